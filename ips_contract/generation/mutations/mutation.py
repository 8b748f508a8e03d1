"""What a mutation is, and the two ways most of them are made: a wrong value, an edited element."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from lxml import etree

from ips_contract.contract.content_models import simple_type
from ips_contract.contract.model import ComplexType, Field, SimpleType, contract
from ips_contract.contract.rules import RULES
from ips_contract.contract.versions import Version
from ips_contract.generation.minimal import Choose
from ips_contract.generation.tree_walk import (
    FAULT,
    Spot,
    child_named,
    child_names,
    element_at,
    grown,
    growths,
    spots,
)

# What is broken: a message's elements and values; what wraps it; the bytes; an answer that is
# valid alone and does not belong to its request.
CONTENT, WRAPPING, DOCUMENT, EXCHANGE = "content", "wrapping", "document", "exchange"


class Place(NamedTuple):
    """Where a rule can be broken.

    Attributes:
        path: the path that the finding will have.
        spot: the element to work on; None for the document as a whole.
        what: which of the ways there: a name, an index, a pair of indices.
        version: the version to judge by.
    """

    path: str
    spot: Spot | None
    what: object
    version: Version


class Mutation(NamedTuple):
    """A way to break one rule.

    Attributes:
        rule: id of the rule.
        kind: the way, unique among those of the rule.
        description: what it does, in words.
        level: ``CONTENT``, ``WRAPPING``, ``DOCUMENT`` or ``EXCHANGE``.
        places: the places in a valid document, the plainest first. Where the document has none,
            they are places that it could have, and ``apply`` adds what is missing first.
        apply: breaks the rule at one of these places in a copy of the document, and returns its
            root, which may be another one, or its bytes.
    """

    rule: str
    kind: str
    description: str
    level: str
    places: Callable[[etree._Element, Version], list[Place]]
    apply: Callable[[etree._Element, Place, Choose], etree._Element | bytes]


Finds = Callable[[Spot, ComplexType, list[str]], Iterator[tuple[object, str]]]
Edit = Callable[[etree._Element, Place, Choose], None]
Picks = Callable[[SimpleType, Version], tuple[str, ...]]


def _search(
    root: etree._Element, version: Version, rule: str, at: Callable[[Spot], list[Place]]
) -> list[Place]:
    """The places at elements that are there; failing these, at ones that can be added.

    Adding one that takes another out, as a second job does, comes last.
    """
    there = spots(root, version)
    if RULES[rule].request_only:
        there = [spot for spot in there if spot.request]
    places = [place for spot in there for place in at(spot)]
    if places:
        return places
    could = [(growth, at(growth)) for spot in there for growth in growths(root, spot)]
    for replaces in (False, True):
        places = [p for spot, found in could for p in found if bool(spot.replaces) is replaces]
        if places:
            break
    return places


def value_mutation(rule: str, kind: str, description: str, picks: Picks) -> Mutation:
    """A mutation that puts one of ``picks`` into an element that holds a value."""

    def places(root: etree._Element, version: Version) -> list[Place]:
        def at(spot: Spot) -> list[Place]:
            row = simple_type(contract(spot.version), spot.type)
            texts = () if row is None else picks(row, spot.version)
            if spot.root == FAULT:  # A number of any size is judged as a code, too.
                texts = tuple(text for text in texts if not text.isdecimal())
            return [Place(spot.path, spot, texts, version)] if texts else []

        return _search(root, version, rule, at)

    def apply(root: etree._Element, place: Place, choose: Choose) -> etree._Element:
        assert place.spot is not None
        assert isinstance(place.what, tuple)
        set_text(grown(root, place.spot), choose(place.what))
        return root

    return Mutation(rule, kind, description, CONTENT, places, apply)


def set_text(element: etree._Element, text: str) -> None:
    """Makes ``text`` all that ``element`` holds."""
    for child in list(element):
        element.remove(child)
    element.text = text or None


def edit_mutation(rule: str, kind: str, description: str, finds: Finds, edit: Edit) -> Mutation:
    """A mutation that edits an element with children.

    ``finds`` gives, for the element at a spot, its type and the names of its children, each
    ``what`` that can be done to it and the path of the finding.
    """

    def places(root: etree._Element, version: Version) -> list[Place]:
        def at(spot: Spot) -> list[Place]:
            row = spot.complex
            if row is None:
                return []
            found = finds(spot, row, child_names(root, spot))
            return [Place(path, spot, what, version) for what, path in found]

        return _search(root, version, rule, at)

    def apply(root: etree._Element, place: Place, choose: Choose) -> etree._Element:
        assert place.spot is not None
        edit(grown(root, place.spot), place, choose)
        return root

    return Mutation(rule, kind, description, CONTENT, places, apply)


def element_mutation(
    rule: str,
    kind: str,
    description: str,
    suits: Callable[[Spot], bool],
    edit: Edit,
    path: Callable[[Spot], str] = lambda spot: spot.path,
) -> Mutation:
    """A mutation that edits any element that ``suits``, and never adds one."""

    def places(root: etree._Element, version: Version) -> list[Place]:
        return [Place(path(s), s, None, version) for s in spots(root, version) if suits(s)]

    def apply(root: etree._Element, place: Place, choose: Choose) -> etree._Element:
        assert place.spot is not None
        edit(element_at(root, place.spot.at), place, choose)
        return root

    return Mutation(rule, kind, description, CONTENT, places, apply)


def row_of(place: Place) -> ComplexType:
    """The row of the type of the element at ``place``."""
    assert place.spot is not None
    row = place.spot.complex
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
