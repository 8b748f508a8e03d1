"""The contract as rows: messages, types, fields and facets of each version.

Read from ``xsd/ips.xsd``; what the diagnosis, the writer and the strategies stand on.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from ips_contract.schema import FACTS, XS, has, is_late, master_text, parse_schema
from ips_contract.versions import VERSIONS, Version


class Facet(NamedTuple):
    """A restriction of a value: ``kind`` is the XSD facet's name, ``rule`` the rule it states."""

    kind: str
    value: str
    rule: str
    evidence: str


class SimpleType(NamedTuple):
    """The type of a value: an XSD built-in ``base``, facets, and a check beyond XSD by name."""

    name: str
    base: str
    facets: tuple[Facet, ...] = ()
    check: str | None = None


class Field(NamedTuple):
    """A child element of a complex type, as one version has it.

    ``maximum`` is None for unbounded; ``choice`` the index into the type's choices, or None;
    ``present`` and ``absent`` are ids of rules that remark on the element being there or not;
    ``since`` and ``until`` are version labels, "" where unknown; ``service`` is the type's name in
    the service's WSDL where that is another one, or "".
    """

    name: str
    type: str
    required: bool
    maximum: int | None
    choice: int | None
    maximum_rule: str
    present: str | None
    absent: str | None
    since: str
    until: str
    evidence: str
    service: str = ""


class Choice(NamedTuple):
    """A group of elements of which at most one may stand, or exactly one if ``required``."""

    rule: str
    required: bool
    names: tuple[str, ...]
    evidence: str


class ComplexType(NamedTuple):
    """A type with children. ``elsewhen`` has the fields that only other versions have."""

    name: str
    fields: tuple[Field, ...]
    choices: tuple[Choice, ...]
    ordered: bool
    elsewhen: dict[str, Field]
    check: str | None


class Contract(NamedTuple):
    """The rows of one version: messages by name, and the types they reach."""

    version: Version
    messages: dict[str, str]
    complex_types: dict[str, ComplexType]
    simple_types: dict[str, SimpleType]


@lru_cache(maxsize=len(VERSIONS))
def contract(version: Version) -> Contract:
    """The rows of ``version``; kept per process."""
    root = parse_schema(master_text())
    simple: dict[str, SimpleType] = {}
    complex_types = {}
    for node in root.iterchildren(XS + "simpleType"):
        name = node.get("name", "")
        restriction = node[-1]
        # A type of ours is read with what it is derived from, which stands before it.
        base = restriction.get("base", "")
        above = simple.get(base, SimpleType("", base))
        facets = tuple(
            Facet(
                etree.QName(facet).localname,
                facet.get("value", ""),
                facet.get(FACTS + "rule", ""),
                facet.get(FACTS + "by", ""),
            )
            for facet in restriction
            if has(facet, version)
        )
        simple[name] = SimpleType(
            name, above.base, facets + above.facets, node.get(FACTS + "check")
        )
    for node in root.iterchildren(XS + "complexType"):
        complex_types[node.get("name", "")] = _complex_type(node, version)
    messages = {
        node.get("name", ""): node.get("type", "") for node in root.iterchildren(XS + "element")
    }
    return Contract(version, messages, complex_types, simple)


def _complex_type(node: etree._Element, version: Version) -> ComplexType:
    fields: list[Field] = []
    choices: list[Choice] = []
    elsewhen: dict[str, Field] = {}
    group = node[-1]
    for child in group:
        if child.tag != XS + "choice":
            _add_field(child, version, None, fields, elsewhen)
            continue
        names: list[Field] = []
        for element in child:
            _add_field(element, version, len(choices), names, elsewhen)
        fields += names
        choices.append(
            Choice(
                child.get(FACTS + "rule", ""),
                child.get("minOccurs") != "0",
                tuple(field.name for field in names),
                child.get(FACTS + "by", ""),
            )
        )
    return ComplexType(
        node.get("name", ""),
        tuple(fields),
        tuple(choices),
        group.tag != XS + "all",
        elsewhen,
        node.get(FACTS + "check"),
    )


def _add_field(
    node: etree._Element,
    version: Version,
    choice: int | None,
    fields: list[Field],
    elsewhen: dict[str, Field],
) -> None:
    late = is_late(node, version)
    maximum = node.get("maxOccurs", "1")
    present = node.get(FACTS + "present")
    if late and present is None:
        present = "later-than-pre-4.0"
    field = Field(
        name=node.get("name", ""),
        type=node.get("type", ""),
        required=node.get("minOccurs") != "0" and choice is None and not late,
        maximum=None if maximum == "unbounded" else int(maximum),
        choice=choice,
        maximum_rule=node.get(FACTS + "rule", "repeated-element"),
        present=present,
        absent=node.get(FACTS + "absent"),
        since=node.get(FACTS + "since", ""),
        until=node.get(FACTS + "until", ""),
        evidence=node.get(FACTS + "by", ""),
        service=node.get(FACTS + "service", ""),
    )
    if has(node, version):
        fields.append(field)
    else:
        elsewhen[field.name] = field
