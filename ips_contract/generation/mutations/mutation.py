"""What a mutation is, and the two ways most of them are made: a wrong value, an edited element."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from lxml import etree

from ips_contract.contract.model import ComplexType, Field, SimpleType, contract, simple_type
from ips_contract.contract.rules import RULES
from ips_contract.contract.versions import Version
from ips_contract.generation.minimal import Choose
from ips_contract.generation.tree_walk import (
    FAULT,
    Location,
    add_missing,
    child_named,
    child_names,
    element_at,
    locations,
    missing_locations,
)

# What is broken: a message's elements and values; what wraps it; the bytes; an answer that is
# valid alone and does not belong to its request.
CONTENT, WRAPPING, DOCUMENT, EXCHANGE = "content", "wrapping", "document", "exchange"


class Target(NamedTuple):
    """Where a rule can be broken.

    Attributes:
        path: the path that the finding will have.
        location: the element to work on; None for the document as a whole.
        what: which of the ways there: a name, an index, a pair of indices.
        version: the version to judge by.
    """

    path: str
    location: Location | None
    what: object
    version: Version


class Subject:
    """A valid document to be broken: what many mutations look for in it is looked up once.

    Args:
        root: the document's root.
        version: the version to judge it by.
    """

    def __init__(self, root: etree._Element, version: Version) -> None:
        self.root = root
        self.version = version

    @cached_property
    def there(self) -> list[Location]:
        """The elements of its messages."""
        return locations(self.root, self.version)

    @cached_property
    def missing(self) -> list[tuple[Location, list[str]]]:
        """The elements that could be added to these, each with the names of its children."""
        return [
            (growth, child_names(self.root, growth) if growth.complex is not None else [])
            for location in self.there
            for growth in missing_locations(self.root, location)
        ]


class Mutation(NamedTuple):
    """A way to break one rule.

    Attributes:
        rule: id of the rule.
        kind: the way, unique among those of the rule.
        description: what it does, in words.
        level: ``CONTENT``, ``WRAPPING``, ``DOCUMENT`` or ``EXCHANGE``.
        find: the targets in a valid document, the plainest first. Where the document has none,
            they are targets that it could have, and ``apply`` adds what is missing first.
        apply: breaks the rule at one of these targets in a copy of the document, and returns its
            root, which may be another one, or its bytes.
    """

    rule: str
    kind: str
    description: str
    level: str
    find: Callable[[Subject], list[Target]]
    apply: Callable[[etree._Element, Target, Choose], etree._Element | bytes]

    def targets(self, root: etree._Element, version: Version) -> list[Target]:
        """The targets in the document ``root`` of ``version``."""
        return self.find(Subject(root, version))


Found = Iterator[tuple[object, str]]
Finds = Callable[[Location, ComplexType, list[str]], Found]
Edit = Callable[[etree._Element, Target, Choose], None]
Picks = Callable[[SimpleType, Version], tuple[str, ...]]


def _search(
    subject: Subject, rule: str, at: Callable[[Location, Sequence[str] | None], list[Target]]
) -> list[Target]:
    """The targets at elements that are there; failing these, at ones that can be added.

    Adding one that takes another out, as a second job does, comes last. ``at`` gets the names of
    the children of one that can be added.
    """
    all_rows = not RULES[rule].request_only
    targets = [
        target
        for location in subject.there
        if all_rows or location.request
        for target in at(location, None)
    ]
    if targets:
        return targets
    could = [
        (growth, at(growth, names))
        for growth, names in subject.missing
        if all_rows or growth.request
    ]
    for replaces in (False, True):
        targets = [
            p for location, found in could for p in found if bool(location.replaces) is replaces
        ]
        if targets:
            break
    return targets


def value_mutation(rule: str, kind: str, description: str, picks: Picks) -> Mutation:
    """A mutation that puts one of ``picks`` into an element that holds a value."""

    def find(subject: Subject) -> list[Target]:
        def at(location: Location, _names: object) -> list[Target]:
            row = simple_type(contract(location.version), location.type)
            texts = () if row is None else picks(row, location.version)
            if location.root == FAULT:  # A number of any size is judged as a code, too.
                texts = tuple(text for text in texts if not text.isdecimal())
            return [Target(location.path, location, texts, subject.version)] if texts else []

        return _search(subject, rule, at)

    def apply(root: etree._Element, target: Target, choose: Choose) -> etree._Element:
        assert target.location is not None
        assert isinstance(target.what, tuple)
        set_text(add_missing(root, target.location), choose(target.what))
        return root

    return Mutation(rule, kind, description, CONTENT, find, apply)


def set_text(element: etree._Element, text: str) -> None:
    """Makes ``text`` all that ``element`` holds."""
    for child in list(element):
        element.remove(child)
    element.text = text or None


def edit_mutation(rule: str, kind: str, description: str, finds: Finds, edit: Edit) -> Mutation:
    """A mutation that edits an element with children.

    ``finds`` gives, for the element at a location, its type and the names of its children, each
    ``what`` that can be done to it and the path of the finding.
    """

    def find(subject: Subject) -> list[Target]:
        def at(location: Location, names: Sequence[str] | None) -> list[Target]:
            row = location.complex
            if row is None:
                return []
            known = child_names(subject.root, location) if names is None else [*names]
            found = finds(location, row, known)
            return [Target(path, location, what, subject.version) for what, path in found]

        return _search(subject, rule, at)

    def apply(root: etree._Element, target: Target, choose: Choose) -> etree._Element:
        assert target.location is not None
        edit(add_missing(root, target.location), target, choose)
        return root

    return Mutation(rule, kind, description, CONTENT, find, apply)


def element_mutation(
    rule: str,
    kind: str,
    description: str,
    suits: Callable[[Location], bool],
    edit: Edit,
    path: Callable[[Location], str] = lambda location: location.path,
) -> Mutation:
    """A mutation that edits any element that ``suits``, and never adds one."""

    def find(subject: Subject) -> list[Target]:
        return [Target(path(s), s, None, subject.version) for s in subject.there if suits(s)]

    def apply(root: etree._Element, target: Target, choose: Choose) -> etree._Element:
        assert target.location is not None
        edit(element_at(root, target.location.at), target, choose)
        return root

    return Mutation(rule, kind, description, CONTENT, find, apply)


def row_of(target: Target) -> ComplexType:
    """The row of the type of the element at ``target``."""
    assert target.location is not None
    row = target.location.complex
    assert row is not None
    return row


def field_of(kind: ComplexType, name: str) -> Field:
    """The field ``name`` of a type."""
    return next(field for field in kind.fields if field.name == name)


def child_of(parent: etree._Element, name: object) -> etree._Element:
    """The child ``name``, which is there."""
    child = child_named(parent, str(name))
    assert child is not None
    return child
