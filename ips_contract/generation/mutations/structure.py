"""Mutations of structure: elements that are missing, too many, misplaced, misnamed, and so on."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from lxml import etree

from ips_contract.contract.faults import FAULT_CODES
from ips_contract.generation.minimal import Choose, least_element
from ips_contract.generation.mutations.mutation import (
    CONTENT,
    Mutation,
    Subject,
    Target,
    child_of,
    edit_mutation,
    element_mutation,
    field_of,
    row_of,
    set_text,
)
from ips_contract.generation.tree_walk import Location, child_named, child_path, put
from ips_contract.validation.attributes import XSI
from ips_contract.xml.envelope import SOAP_11, SOAP_12
from ips_contract.xml.parser import local_name, namespace_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ips_contract.contract.model import ComplexType
    from ips_contract.generation.mutations.mutation import Edit, Finds, Found

_STRAY_TEXTS = ("x", "0", "null", "&", "Ü", "-", ",", ".")


# Missing, repeated, out of order


def _required(location: Location, kind: ComplexType, names: list[str]) -> Found:
    for field in kind.fields:
        if field.required and field.name in names:
            yield field.name, location.path


def _wanted(rule: str) -> Finds:
    def finds(location: Location, kind: ComplexType, names: list[str]) -> Found:
        for field in kind.fields:
            if field.absent == rule and field.name in names:
                yield field.name, location.path

    return finds


def _remove(element: etree._Element, target: Target, _choose: Choose) -> None:
    element.remove(child_of(element, target.what))


def _remove_all(element: etree._Element, _target: Target, _choose: Choose) -> None:
    for child in list(element):
        element.remove(child)


def _countable(rule: str) -> Finds:
    def finds(location: Location, kind: ComplexType, names: list[str]) -> Found:
        for field in kind.fields:
            if field.maximum is None or field.choice is not None or field.maximum_rule != rule:
                continue
            if field.name in names or field.maximum > 1:
                yield field.name, child_path(location.path, field, field.maximum + 1)

    return finds


def _exceed(element: etree._Element, target: Target, _choose: Choose) -> None:
    kind = row_of(target)
    field = field_of(kind, str(target.what))
    assert field.maximum is not None
    assert target.location is not None
    tag = f"{{{namespace_of(element)}}}{field.name}"
    if element.find(tag) is None:
        put(element, kind, field, target.location)
    for _ in range(field.maximum + 1 - len(element.findall(tag))):
        twin = child_of(element, field.name)
        twin.addnext(deepcopy(twin))


def _movable(location: Location, kind: ComplexType, names: list[str]) -> list[int]:
    """The ranks of the children, if their order means something."""
    ranks = {field.name: rank for rank, field in enumerate(kind.fields)}
    if not kind.ordered or location.complex is None or len(set(names)) < len(names):
        return []
    return [ranks[name] for name in names]


def _neighbours(location: Location, kind: ComplexType, names: list[str]) -> Found:
    for index in range(len(_movable(location, kind, names)) - 1):
        # Of two that are swapped, the one that comes too early is told.
        yield (index + 1, index), child_path(location.path, field_of(kind, names[index + 1]))


def _far(location: Location, kind: ComplexType, names: list[str]) -> Found:
    count = len(_movable(location, kind, names))
    for start in range(count):
        for end in range(count):
            if abs(start - end) > 1:
                yield (start, end), child_path(location.path, field_of(kind, names[start]))


def _move(element: etree._Element, target: Target, _choose: Choose) -> None:
    assert isinstance(target.what, tuple)
    start, end = target.what
    names = {field.name for field in row_of(target).fields}
    known = [child for child in element if local_name(child) in names]
    child, other = known[start], known[end]
    element.remove(child)
    element.insert(element.index(other) + (end > start), child)


# Stray text and attributes


def _strew(element: etree._Element, _target: Target, choose: Choose) -> None:
    text = choose(_STRAY_TEXTS)
    at = choose(range(len(element) + 1))
    if at:
        element[at - 1].tail = text
    else:
        element.text = text


def _takes_none(location: Location) -> bool:
    """Whether no attribute of another namespace may stand on the element."""
    return location.complex is None or not location.complex.foreign


_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ATTRIBUTES = {
    "plain": (("lang", "en"), ("id", "1"), ("type", "xsd:string"), ("xsi", "nil")),
    "foreign": ((_XML_LANG, "en"), ("{urn:example}a", "b"), (f"{{{XSI}}}other", "x")),
    "xsi:nil": ((f"{{{XSI}}}nil", "true"), (f"{{{XSI}}}nil", "false"), (f"{{{XSI}}}nil", "1")),
    "xsi:type": tuple(
        (f"{{{XSI}}}type", name) for name in ("xsd:date", "xsd:anyURI", "xsd:hexBinary")
    ),
}


def _decorate(kind: str) -> Edit:
    def edit(element: etree._Element, _target: Target, choose: Choose) -> None:
        name, value = choose(_ATTRIBUTES[kind])
        element.set(name, value)

    return edit


# Choices


def _alternatives(kind: ComplexType, rule: str) -> Iterator[tuple[int, list[str]]]:
    for index, choice in enumerate(kind.choices):
        if choice.rule == rule:
            yield index, [f.name for f in kind.fields if f.choice == index and f.present is None]


def _two(rule: str) -> Finds:
    def finds(location: Location, kind: ComplexType, names: list[str]) -> Found:
        for _, options in _alternatives(kind, rule):
            for one in [name for name in options if name in names] or options:
                for two in options:
                    second = child_path(location.path, field_of(kind, two), 1 + (one == two))
                    yield (one, two), second

    return finds


def _double(element: etree._Element, target: Target, _choose: Choose) -> None:
    assert target.location is not None
    assert isinstance(target.what, tuple)
    one, two = target.what
    kind = row_of(target)
    there = child_named(element, one)
    if there is None:
        there = put(element, kind, field_of(kind, one), target.location)
    second = field_of(kind, two)
    there.addnext(
        least_element(
            target.location.version, second, namespace_of(element), request=target.location.request
        )
    )


def _none(rule: str) -> Finds:
    def finds(location: Location, kind: ComplexType, names: list[str]) -> Found:
        for index, options in _alternatives(kind, rule):
            for name in options if kind.choices[index].required else ():
                if name in names:
                    yield name, location.path

    return finds


# Checks of whole types


def _checked(check: str) -> Finds:
    def finds(location: Location, kind: ComplexType, _names: list[str]) -> Found:
        if kind.check == check:
            yield None, location.path

    return finds


def _bare_export(element: etree._Element, _target: Target, _choose: Choose) -> None:
    set_text(child_of(element, "fmt"), "convert")
    for name in ("is_modifier", "macro"):
        child = child_named(element, name)
        if child is not None:
            element.remove(child)


def _unname(element: etree._Element, _target: Target, choose: Choose) -> None:
    text = choose(("", " "))
    for child in list(element):
        element.remove(child)
    if text:
        child = etree.SubElement(element, f"{{{namespace_of(element)}}}companyName")
        child.text = text


def _other_code(element: etree._Element, _target: Target, choose: Choose) -> None:
    own = local_name(element)
    others = [str(code) for code, row in FAULT_CODES.items() if row.kind != own]
    set_text(child_of(element, "code"), choose(("0", "99999", "2147483647", *others)))


_FAULT_PARTS = {f"{{{SOAP_12}}}Fault": f"{{{SOAP_12}}}", f"{{{SOAP_11}}}Fault": ""}


def _fault_parts(subject: Subject) -> list[Target]:
    version = subject.version
    found: list[Target] = []
    for fault in subject.root.iter(*_FAULT_PARTS):
        soap = _FAULT_PARTS[str(fault.tag)]
        names = ("Code", "Reason") if soap else ("faultcode", "faultstring")
        found += [Target("/Envelope/Body/Fault", None, soap + name, version) for name in names]
    return found


def _remove_fault_part(root: etree._Element, target: Target, _choose: Choose) -> etree._Element:
    for fault in root.iter(*_FAULT_PARTS):
        for part in fault.findall(str(target.what)):
            fault.remove(part)
    return root


STRUCTURE_MUTATIONS: tuple[Mutation, ...] = (
    edit_mutation(
        "missing-element", "required", "leaves a required element out", _required, _remove
    ),
    Mutation(
        *("missing-element", "fault", "leaves a part of a SOAP Fault out", CONTENT),
        *(_fault_parts, _remove_fault_part),
    ),
    edit_mutation(
        *("missing-inferred", "wanted", "leaves out what a job can hardly do without"),
        *(_wanted("missing-inferred"), _remove),
    ),
    edit_mutation(
        *("empty-list", "none", "leaves a list empty that the request is about"),
        *(_wanted("empty-list"), _remove_all),
    ),
    edit_mutation(
        "repeated-element", "twice", "repeats an element", _countable("repeated-element"), _exceed
    ),
    edit_mutation(
        "array-limit", "one more", "lists one more than allowed", _countable("array-limit"), _exceed
    ),
    edit_mutation("element-order", "adjacent", "swaps two neighbours", _neighbours, _move),
    edit_mutation("element-order", "far", "moves an element away", _far, _move),
    element_mutation(
        *("stray-text", "text", "puts text between elements"),
        *(lambda location: location.complex is not None, _strew),
    ),
    *(
        element_mutation(
            *("stray-attribute", kind, f"adds an attribute ({kind})"),
            *(_takes_none if kind == "foreign" else lambda _: True, _decorate(kind)),
        )
        for kind in _ATTRIBUTES
    ),
    *(
        edit_mutation(rule, "two", words, _two(rule), _double)
        for rule, words in (
            ("one-job", "submits two jobs"),
            ("one-schedule", "gives two times to run"),
            ("one-crop", "crops in two ways"),
            ("one-follow-up", "names two publish jobs to follow"),
        )
    ),
    edit_mutation("one-job", "none", "submits no job", _none("one-job"), _remove),
    edit_mutation(
        *("company-named", "none", "asks for no company"),
        *(_checked("company-named"), _unname),
    ),
    edit_mutation(
        *("export-format", "bare", "converts an export to nothing in particular"),
        *(_checked("export-format"), _bare_export),
    ),
    edit_mutation(
        *("fault-code", "other", "gives a fault a code that is not its kind's"),
        *(_checked("fault-code"), _other_code),
    ),
)
