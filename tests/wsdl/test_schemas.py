"""What is read of schemas that the published files have nothing of, and how it is compared."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from ips_contract.wsdl.comparison import differences
from ips_contract.wsdl.kinds import KINDS, meaning
from tests.wsdl.changes import CHANGES, inverse, read
from tests.wsdl.test_documents import schema

if TYPE_CHECKING:
    from ips_contract.wsdl.model import Wsdl

XSD = "{http://www.w3.org/2001/XMLSchema}"
FIELD = '<x:element name="{}" type="x:string"/>'
A, B, C = (FIELD.format(name) for name in "abc")


def of(body: str, name: str = "T", rest: str = "") -> str:
    return f'<x:complexType name="{name}"{rest}>{body}</x:complexType>'


def sequence(*fields: str) -> str:
    return f"<x:sequence>{''.join(fields)}</x:sequence>"


def derived(how: str, body: str, base: str = "t:U") -> str:
    return f'<x:complexContent><x:{how} base="{base}">{body}</x:{how}></x:complexContent>'


def simple(body: str, how: str = "restriction", base: str = 'base="x:string"') -> str:
    return f'<x:simpleType name="S"><x:{how} {base}>{body}</x:{how}></x:simpleType>'


def values(*names: str) -> str:
    return "".join(f'<x:enumeration value="{name}"/>' for name in names)


U = of(sequence(A), "U")
ATTRIBUTE = '<x:attribute name="k" type="x:string"{}/>'
CHOICE = '<x:choice minOccurs="0">{}</x:choice>'
ANY = '<x:any namespace="##other" processContents="lax"/>'
TEXT = '<x:simpleContent><x:extension base="x:{}">{}</x:extension></x:simpleContent>'
NILLABLE = '<x:element name="b" type="x:string" nillable="true"/>'
# Ours, theirs, and each difference: kind, field, ours, theirs.
PAIRS: dict[str, tuple[str, str, list[tuple[str, str, str, str]]]] = {
    "an extension says the same": (
        U + of(sequence(A, B)),
        U + of(derived("extension", sequence(B))),
        [("derivation", "", "none", "extension of {urn:t}U")],
    ),
    "a restriction": (
        U + of(sequence(A)),
        U + of(derived("restriction", sequence(A))),
        [("derivation", "", "none", "restriction of {urn:t}U")],
    ),
    "a choice in an extension": (
        U + of(derived("extension", sequence(B, C))),
        U + of(derived("extension", CHOICE.format(B + C))),
        [("group-added", "", "none", "choice of b, c, 0 to 1 times")],
    ),
    "alternatives": (
        of(sequence(A, CHOICE.format(B + C))),
        of(sequence(A, B, C)),
        [("group-removed", "", "choice of b, c, 0 to 1 times", "none")],
    ),
    "a field repeated": (
        of(sequence(A, B)),
        of(sequence(A, B, A)),
        [("field-added", "a (2)", "none", "string, required, after b")],
    ),
    "any element": (
        of(sequence(A)),
        of(sequence(A, ANY)),
        [("field-added", "(any element)", "none", "##other lax, required, after a")],
    ),
    "a reference": (
        NILLABLE + of(sequence(A, NILLABLE)),
        NILLABLE + of(sequence(A, '<x:element ref="t:b"/>')),
        [],
    ),
    "no children": (
        of(""),
        of(sequence(A)),
        [
            ("model", "", "none", "sequence"),
            ("field-added", "a", "none", "string, required, first"),
        ],
    ),
    "constants": (
        simple(values("x", "y")),
        simple(values("z", "x")),
        [("values", "", "x, y", "x, z")],
    ),
    "constants in another order": (simple(values("x", "y")), simple(values("y", "x")), []),
    "a list": (
        simple(""),
        simple("", "list", 'itemType="x:string"'),
        [
            (
                "base",
                "",
                f"{XSD}string",
                f"list {XSD}string",
            )
        ],
    ),
    "a union": (
        simple("", "union", 'memberTypes="x:int x:date"'),
        simple(
            '<x:simpleType><x:restriction base="x:int"/></x:simpleType>'
            '<x:simpleType><x:restriction base="x:date"/></x:simpleType>',
            "union",
            "",
        ),
        [],
    ),
    "a restriction in a restriction": (
        simple('<x:maxLength value="9"/><x:minLength value="1"/>'),
        simple(
            '<x:simpleType><x:restriction base="x:string"><x:maxLength value="9"/></x:restriction>'
            '</x:simpleType><x:minLength value="1"/>',
            base="",
        ),
        [],
    ),
    "a value with attributes": (
        of(TEXT.format("string", ATTRIBUTE.format(""))),
        of(TEXT.format("int", ATTRIBUTE.format(' use="required"'))),
        [
            (
                "base",
                "",
                f"{XSD}string",
                f"{XSD}int",
            ),
            (
                "attribute",
                "@k",
                "string, optional",
                "string, required",
            ),
        ],
    ),
    "a prohibited attribute": (of(ATTRIBUTE.format(' use="prohibited"')), of(""), []),
    "children or a value": (
        of("", "S"),
        simple(""),
        [("type-kind", "", "children", "a value")],
    ),
    "a type by name": (
        simple(values("x")) + of(sequence(A)),
        simple(values("x")) + of(sequence('<x:element name="a" type="t:S"/>')),
        [
            (
                "field-type",
                "a",
                "string",
                "{urn:t}S (string, enumeration x)",
            )
        ],
    ),
    "no type": (
        '<x:element name="e"/>',
        '<x:element name="e" type="x:string"/>',
        [("element", "type", "anyType", "string")],
    ),
}


def read_schema(text: str) -> Wsdl:
    return read(etree.fromstring(schema(text)))


@pytest.mark.parametrize("what", PAIRS)
def test_compared(what: str) -> None:
    ours, theirs, expected = PAIRS[what]
    found = differences(read_schema(ours), read_schema(theirs))
    assert sorted((d.kind, d.field, d.ours, d.theirs) for d in found) == sorted(expected)


# The words


def test_each_kind_is_made_by_a_test() -> None:
    made = {row[0] for _, _, rows in PAIRS.values() for row in rows}
    for change in CHANGES.values():
        made |= {change.kind, inverse(change.kind)}
    assert KINDS.keys() - made == {"namespace", "message-part"}  # These are in test_comparison.py.


def test_each_kind_has_a_meaning() -> None:
    for kind, request, answer in product(KINDS, (True, False), (True, False)):
        words = meaning(kind, request=request, answer=answer)
        assert words[0].isupper(), kind
        assert words.endswith("."), kind
        assert len(words) > 20, kind
