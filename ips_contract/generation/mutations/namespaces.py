"""Mutations of namespaces: none, another one, or that of a version never published."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from lxml import etree

from ips_contract.contract.model import contract
from ips_contract.contract.versions import UNVERSIONED, VERSIONS
from ips_contract.generation.mutations.mutation import (
    CONTENT,
    Mutation,
    Subject,
    Target,
    element_mutation,
)
from ips_contract.generation.tree_walk import (
    AUTH_HEADER,
    MESSAGE,
    Location,
    element_at,
    messages,
)
from ips_contract.xml.parser import local_name, namespace_of

if TYPE_CHECKING:
    from ips_contract.contract.versions import Version
    from ips_contract.generation.minimal import Choose
    from ips_contract.generation.mutations.mutation import Edit


def _misspace(*, deep: bool, foreign: bool = True) -> Edit:
    """Another namespace for an element; ``foreign``: another version's will do, too."""

    def edit(element: etree._Element, _target: Target, choose: Choose) -> None:
        own = namespace_of(element)
        others = [v.namespace for v in VERSIONS if v.namespace != own] if foreign else []
        wrong = (
            *(f"{own}/", own.replace("http:", "https:"), own.upper(), own[:-1]),
            *("urn:example", f"{UNVERSIONED}/2010-1-31", *others),
        )
        _rename_all(element, choose(wrong), deep=deep)

    return edit


def _unqualify(*, deep: bool) -> Edit:
    return lambda element, _target, _choose: _rename_all(element, "", deep=deep)


def _rename_all(element: etree._Element, namespace: str, *, deep: bool) -> None:
    for each in element.iter(etree.Element) if deep else (element,):
        each.tag = f"{{{namespace}}}{local_name(each)}" if namespace else local_name(each)


def _is_value(location: Location) -> bool:
    return location.complex is None


def _is_message_value(location: Location) -> bool:
    # In authHeader, what has no namespace falls under another rule.
    return _is_value(location) and location.root != AUTH_HEADER


def _is_inner(location: Location) -> bool:
    return location.complex is not None and not _is_root(location)


def _is_root(location: Location) -> bool:
    return location.type in _root_types(location.version)


@lru_cache(maxsize=16)
def _root_types(version: Version) -> frozenset[str]:
    table = contract(version)
    return frozenset((*table.messages.values(), *table.companions.values()))


def _is_qualified_root(location: Location) -> bool:
    # Of a plain Request, the validator says that it lacks its authHeader: rule envelope.
    return _is_root(location) and location.path != "/Request/authHeader"


def _unnumbered(location: Location) -> str:
    """The path of a child with a name of its own, which is no longer counted among its like."""
    return re.sub(r"\[\d+\]$", "", location.path)


def _first_unnumbered(location: Location) -> str:
    """The path of a child without a namespace, which is counted among its like."""
    return location.path.removesuffix("[1]")


def _unpublished(subject: Subject) -> list[Target]:
    return [
        Target(location.path, location, None, subject.version)
        for location in messages(subject.root, subject.version)
        if location.root == MESSAGE
    ]


# Dated namespaces that were never published, by the version that judges them.
UNPUBLISHED: dict[str, tuple[str, ...]] = {
    "pre-4.0": ("2007-06-30", "2006-01-01-beta"),
    "4.0": ("2008-03-01",),
    "4.2": ("2008-12-24", "2009-07-30-beta"),
    "4.4": ("2009-08-01",),
    "4.5": ("2011-11-04", "2011-11-04-beta"),
    "6.0": ("2012-07-31", "2012-07-31-beta"),
    "6.6": ("2013-08-29-beta",),
    "6.8": ("2016-01-14-beta", "2017-10-29-beta", "2023-01-15"),
}


def _unpublish(root: etree._Element, target: Target, choose: Choose) -> etree._Element:
    assert target.location is not None
    date = choose(UNPUBLISHED[target.version.label])
    _rename_all(element_at(root, target.location.at), f"{UNVERSIONED}/{date}", deep=True)
    return root


NAMESPACE_MUTATIONS: tuple[Mutation, ...] = (
    *(
        element_mutation("wrong-namespace", f"{kind}: {way}", words, suits, edit, path)
        for kind, suits, deep, words in (
            ("leaf", _is_value, False, "gives a value's element a wrong namespace"),
            ("inner", _is_inner, False, "gives an element a wrong namespace, not what it holds"),
            ("subtree", _is_inner, True, "gives an element and all in it a wrong namespace"),
        )
        for way, edit, path in (
            ("other", _misspace(deep=deep), _unnumbered),
            ("none", _unqualify(deep=deep), _first_unnumbered),
        )
        if (kind, way) != ("leaf", "none")
    ),
    element_mutation(
        *("wrong-namespace", "leaf: none", "gives a value's element no namespace"),
        *(_is_message_value, _unqualify(deep=False), _first_unnumbered),
    ),
    *(
        element_mutation("wrong-namespace", f"{kind}: {way}", words, _is_qualified_root, edit)
        for kind, deep, words in (
            ("root", False, "gives a message's root a wrong namespace"),
            ("message", True, "gives all of a message a wrong namespace"),
        )
        for way, edit in (
            ("other", _misspace(deep=deep, foreign=False)),
            ("none", _unqualify(deep=deep)),
        )
    ),
    Mutation(
        *("unpublished-version", "date", "uses a dated namespace that was never published"),
        *(CONTENT, _unpublished, _unpublish),
    ),
)
