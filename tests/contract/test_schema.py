"""The schema's flavours: what they take and leave, and that each is what the rows say."""

from __future__ import annotations

import re
from itertools import product
from typing import NamedTuple

import pytest
import xmlschema
from lxml import etree

from ips_contract import find_version
from ips_contract.contract.compiled_schemas import clean_envelope, compiled
from ips_contract.contract.components import (
    FACTS,
    XS,
    master_text,
    message_names,
    needed_text,
    parse_schema,
)
from ips_contract.contract.model import ComplexType, Facet, SimpleType, contract, messages
from ips_contract.contract.rules import RULES, WARNING
from ips_contract.contract.schema import CLEAN, SERVICE, STRICT, render, schema_text
from ips_contract.contract.usual_values import USUAL
from ips_contract.contract.versions import LATEST, PRE_4_0, VERSIONS, Version
from ips_contract.resources import read
from tests.blocks import ROOT
from tests.messages import REQUEST, SOAP_11, envelope, request, urls
from tests.sweep import every

XSD_FILES = ROOT / "xsd"
OPERATIONS = {name.removesuffix("Param") for name in messages() if name.endswith("Param")}


# xmlschema needs a second for each. (test_all_messages.py gives it the strict one of each version.)
FLAVOURS = list(product(VERSIONS, (STRICT, CLEAN, SERVICE)))
BY_XMLSCHEMA = every(12, FLAVOURS)


def test_messages() -> None:
    companions = {"authHeader", "authenticationFault", "authorizationFault", "ipsApiFault"}
    pairs = {op + suffix for op in OPERATIONS for suffix in ("Param", "Return")}
    assert message_names() == pairs | companions
    assert contract(LATEST).messages.keys() < pairs | companions
    assert contract(LATEST).companions.keys() == companions


@pytest.mark.no_cover
@pytest.mark.parametrize(("version", "flavour"), every(6, FLAVOURS), ids=str)
def test_flavours_compile_in_both_engines(version: Version, flavour: str) -> None:
    root = render(version, flavour)
    assert root.get("targetNamespace") == version.namespace
    etree.XMLSchema(root)
    if (version, flavour) in BY_XMLSCHEMA:
        xmlschema.XMLSchema(etree.tostring(root, encoding="unicode"))


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_rows_have_the_fields_of_the_strict_schema(version: Version) -> None:
    root = render(version, STRICT)
    rows = contract(version)
    used = {element.get("type") for element in root.iter(XS + "element")}
    for node in root.iterchildren(XS + "complexType"):
        if node.get("name") not in used:
            continue  # Of other versions.
        kind = rows.complex_types[str(node.get("name"))]
        elements = list(node.iter(XS + "element"))
        assert [e.get("name") for e in elements] == [f.name for f in kind.fields]
        for element, field in zip(elements, kind.fields, strict=True):
            chosen = element.getparent().tag == XS + "choice"  # type: ignore[union-attr] # has one
            assert field.required is (element.get("minOccurs") != "0" and not chosen)
            most = element.get("maxOccurs", "1")
            limit = None if field.maximum_rule == "array-limit" else field.maximum  # It only warns.
            assert str(limit or "unbounded") == most


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_the_service_schema_has_only_what_wsdls_have(version: Version) -> None:
    root = render(version, SERVICE)
    tags = {str(node.tag).removeprefix(XS) for node in root.iter(etree.Element)}
    assert tags <= {"schema", "element", "complexType", "sequence", "all", "anyAttribute"}
    types = {node.get("type") for node in root.iter(XS + "element")}
    named = {node.get("name") for node in root.iterchildren(XS + "complexType")}
    assert {kind for kind in types if not str(kind).startswith("xs:")} <= named
    # It takes what the strict one refuses: constants are strings, jobs are optional.
    schema = compiled(version, SERVICE, version.namespace)
    assert schema.validate(etree.fromstring(request(version).replace(b"Full", b"full")))
    assert schema.validate(etree.fromstring(request(version, job="")))


def components(root: etree._Element) -> dict[str, bytes]:
    """The components of a schema by kind and name, as they are written."""
    nodes = root.iterchildren(etree.Element)
    return {
        f"{node.tag!s} {node.get('name')}": etree.tostring(node, method="c14n") for node in nodes
    }


@pytest.mark.no_cover
def test_what_elements_need_and_no_more() -> None:
    """The file is cut by its text; here what is used is found in its tree."""
    whole = parse_schema(master_text())
    by_name: dict[str | None, list[etree._Element]] = {}
    for component in whole.iterchildren(etree.Element):
        by_name.setdefault(component.get("name"), []).append(component)
    for name in every(5, sorted(message_names())):
        needed: set[str | None] = {name}
        waiting = list(needed)
        while waiting:
            for node in [n for parent in by_name[waiting.pop()] for n in parent.iter(XS + "*")]:
                names = {node.get(key) for key in ("type", "base", FACTS + "service")}
                used = names & by_name.keys() - needed
                needed |= used
                waiting += used
        part = parse_schema(needed_text((name,)))
        assert components(part) == {
            key: text for key, text in components(whole).items() if key.split()[1] in needed
        }
        # authHeader stands three times: of pre-4.0, of the others, and 6.8's own.
        assert len(part) == len(components(part)) + (2 if name == "authHeader" else 0)


def test_an_element_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        render(LATEST, CLEAN, elements=("submitJobParams",))


def test_line_ends_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clone on Windows may have others."""
    before = master_text()

    def crlf(name: str) -> bytes:
        return read(name).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")

    monkeypatch.setattr("ips_contract.contract.components.read", crlf)
    assert master_text() == before


def test_the_files_include_what_they_use() -> None:
    """Each area names the areas that its types are from, and ips.xsd names all of them."""
    files = {file.name: file.read_text("utf-8") for file in XSD_FILES.glob("*.xsd")}
    homes = {
        name: file
        for file, text in files.items()
        for name in re.findall(r'<xs:(?:simple|complex)Type name="(\w+)"', text)
    }
    included = {f: set(re.findall(r'schemaLocation="([^"]+)"', text)) for f, text in files.items()}
    assert included["ips.xsd"] == files.keys() - {"ips.xsd", "auth-pre-3.8.xsd"}
    for file, text in files.items():
        used = {homes[name] for name in re.findall(r' (?:type|base)="(\w+)"', text)} - {file}
        if file != "ips.xsd":
            assert included[file] == used, file
        assert re.search(r"<!--\n  [A-Z]", text), f"{file} has no heading"
        assert "\n\n\n" not in text


@pytest.mark.parametrize("version", every(3, VERSIONS, LATEST.rank), ids=str)
@pytest.mark.parametrize("flavour", [STRICT, CLEAN, SERVICE])
def test_some_elements_are_rendered_as_in_the_whole(version: Version, flavour: str) -> None:
    elements = ("getJobLogsReturn", "submitJobParam")
    part, whole = render(version, flavour, "urn:x", elements), render(version, flavour, "urn:x")
    etree.XMLSchema(part)
    assert components(part).items() < components(whole).items()
    names = [str(node.get("name")) for node in part.iterchildren(XS + "element")]
    assert sorted(names) == list(elements)


@pytest.mark.no_cover
def test_schema_text_is_free_of_our_attributes() -> None:
    for version in VERSIONS:
        text = schema_text(version)
        assert "urn:ips-contract" not in text
        assert " f:" not in text
        if version in every(8, VERSIONS, LATEST.rank):
            xmlschema.XMLSchema(text).validate(request(version).decode())


def test_clean_is_stricter_than_strict() -> None:
    remarked = request(PRE_4_0, before="<locale>en</locale>")
    strict, clean = (compiled(PRE_4_0, f, PRE_4_0.namespace) for f in (STRICT, CLEAN))
    for document, is_clean in ((REQUEST, True), (remarked, False), (request(job=urls()), True)):
        root = etree.fromstring(document)
        assert strict.validate(root)
        assert clean.validate(root) is is_clean


@pytest.mark.parametrize("messages", [(), ("submitJobParam",)])
def test_clean_envelope(messages: tuple[str, ...]) -> None:
    schema = clean_envelope(LATEST, SOAP_11, messages)
    assert not schema.complaints(etree.fromstring(envelope(request(LATEST))))
    assert schema.complaints(etree.fromstring(envelope(request(LATEST) * 2)))
    assert schema.complaints(etree.fromstring(envelope(REQUEST)))


def test_other_credentials_have_a_schema() -> None:
    schema = xmlschema.XMLSchema(str(XSD_FILES / "auth-pre-3.8.xsd"))
    assert schema.is_valid('<AuthUser xmlns="http://www.scene7.com/IpsApi">me</AuthUser>')
    assert set(schema.elements) == {"AuthUser", "AuthPassword"}


def test_every_fact_has_evidence() -> None:
    text = master_text().decode()
    facts = re.findall(
        r"<xs:(?:element|choice|enumeration|pattern|min\w+|max\w+|anyAttribute) [^>]*>", text
    )
    assert len(facts) > 2000
    for fact in facts:
        letters = re.search(r'f:by="([^"]+)"', fact)
        assert letters is not None, fact
        assert set(letters[1].split()) <= set("SLBWOD") | {"I"}, fact


LATE = "later-than-pre-4.0"


class Item(NamedTuple):
    """An element declaration: ``choice`` is the index of the choice it stands in, or None."""

    name: str
    type: str
    minimum: str | None
    maximum: str | None
    choice: int | None


class Shape(NamedTuple):
    """The children of a complex type in a rendered schema."""

    ordered: bool
    items: list[Item]
    optional_choices: list[bool]


def wanted(kind: ComplexType, version: Version, flavour: str) -> Shape:
    """The shape of ``kind`` as the rows have it."""
    rows = contract(version)
    items = []
    for field in kind.fields:
        required, choice, type_name = field.required, field.choice, field.type
        most = field.maximum
        if flavour == CLEAN:
            if field.present is not None:
                continue
            required = required or field.absent is not None
        if flavour == SERVICE:
            # The WSDL requires it (L); the service does without (O), which is another flavour's.
            required = required or field.absent == "missing-tolerated"
            choice = None
            simple = rows.simple_types.get(type_name)
            base = simple.base.replace("xs:token", "xs:string") if simple else type_name
            type_name = field.service or base
            if field.present == LATE or (version is PRE_4_0 and field.name == "ripPdfsJob"):
                continue  # The WSDL of this version has it not.
        if flavour == STRICT and RULES[field.maximum_rule].severity == WARNING:
            most = None
        maximum = {1: None, None: "unbounded"}.get(most, str(most))
        minimum = None if required or choice is not None else "0"
        items.append(Item(field.name, type_name, minimum, maximum, choice))
    choices = [] if flavour == SERVICE else [not choice.required for choice in kind.choices]
    if not items and flavour != SERVICE:
        return EMPTY
    return Shape(kind.ordered or flavour == SERVICE, items, choices)


# Nothing, and white space around it: XSD's own empty content would refuse that.
EMPTY = Shape(False, [Item("", "", None, None, None)], [])


GROUPS = {XS + "sequence", XS + "all", XS + "choice"}


def rendered(node: etree._Element) -> Shape:
    """The shape of the xs:complexType ``node``."""
    group = next(child for child in node if child.tag in GROUPS)
    items: list[Item] = []
    choices: list[bool] = []
    for child in group:
        inside = child.tag == XS + "choice"
        items += [
            Item(
                element.get("name", ""),
                element.get("type", ""),
                element.get("minOccurs"),
                element.get("maxOccurs"),
                len(choices) if inside else None,
            )
            for element in (child if inside else [child])
        ]
        if inside:
            choices.append(child.get("minOccurs") == "0")
    return Shape(group.tag == XS + "sequence", items, choices)


@pytest.mark.no_cover
@pytest.mark.parametrize("flavour", [STRICT, CLEAN, SERVICE])
@pytest.mark.parametrize("version", every(3, VERSIONS, LATEST.rank), ids=str)
def test_rendered_types(version: Version, flavour: str) -> None:
    root = render(version, flavour)
    rows = contract(version)
    types = {node.get("name"): node for node in root.iterchildren(XS + "complexType")}
    shapes = {name: wanted(kind, version, flavour) for name, kind in rows.complex_types.items()}
    if flavour == SERVICE:  # What no message of the version reaches, its WSDL leaves out.
        used = list(dict.fromkeys(rows.messages.values()))
        for name in used:
            used += [i.type for i in shapes[name].items if i.type in shapes and i.type not in used]
        shapes = {name: shapes[name] for name in used}
        types = {name: node for name, node in types.items() if name in used}
    assert {name: rendered(node) for name, node in types.items()} == shapes
    messages = {node.get("name"): node.get("type") for node in root.iterchildren(XS + "element")}
    assert messages == rows.messages


@pytest.mark.no_cover
@pytest.mark.parametrize("flavour", [STRICT, CLEAN, SERVICE])
@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_rendered_values(version: Version, flavour: str) -> None:
    root = render(version, flavour)
    found: dict[str, list[tuple[str, str | None]]] = {}
    for node in root.iterchildren(XS + "simpleType"):
        own = [(str(facet.tag).removeprefix(XS), facet.get("value")) for facet in node[-1]]
        found[str(node.get("name"))] = own + found.get(str(node[-1].get("base")), [])

    def keeps(facet: Facet) -> bool:
        warns = RULES[facet.rule].severity == WARNING
        return not warns or (facet.kind == "enumeration") is (flavour == STRICT)

    kinds = contract(version).simple_types.values() if flavour != SERVICE else ()

    def facets(kind: SimpleType) -> list[tuple[str, str | None]]:
        if kind.open and flavour == STRICT:  # A list that is open refuses nothing.
            return []
        if kind.check in USUAL and flavour == CLEAN:
            return [("maxLength", "512"), ("pattern", USUAL[kind.check])]
        return [(f.kind, f.value) for f in kind.facets if keeps(f)]

    assert found == {kind.name: facets(kind) for kind in kinds}


def test_schema_text_is_for_readers() -> None:
    """The command ``schema`` prints it: indented, whole, and without notes of ours."""
    text = schema_text(LATEST)
    lines = text.splitlines()
    assert lines[0] == (
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        f'xmlns="{LATEST.namespace}" targetNamespace="{LATEST.namespace}" '
        'elementFormDefault="qualified">'
    )
    assert lines[1] == '  <xs:simpleType name="OptionalCompanyHandle">'
    assert lines[3].endswith("Handle of a company: 47 before 4.0, c|47 after.</xs:documentation>")
    assert text.count("<xs:documentation>Default: true.<") > 3
    assert "f:" not in re.sub("<xs:documentation>[^<]*</xs:documentation>", "", text)
    assert (lines[-1], text[-2:]) == ("</xs:schema>", ">\n")
    assert "<!--" not in text
    assert "exportJob" in text
    assert "exportJob" not in schema_text(find_version("4.5"))
    assert 'maxOccurs="1000"' in text
    assert r"c\|[0-9]+" not in text  # What only warns must not refuse.


def test_schema_in_another_namespace() -> None:
    """Unpublished versions are judged in their own namespace, longer ones that start alike too."""
    root = render(LATEST, STRICT, "urn:x")
    assert (root.get("targetNamespace"), root.nsmap[None]) == ("urn:x", "urn:x")
