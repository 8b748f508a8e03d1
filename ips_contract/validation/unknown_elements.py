"""Elements that their parent does not have: misspelt, misplaced, or of another version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.contract.misnamed import real_name
from ips_contract.contract.model import field_names
from ips_contract.contract.versions import BETA_2016, RANKS, find_version
from ips_contract.validation.placement import parent_finder
from ips_contract.xml.parser import local_name, names_among, namespace_of
from ips_contract.xml.text import clipped, list_of, named, near, quoted

if TYPE_CHECKING:
    from lxml import etree

    from ips_contract.contract.model import ComplexType, Field
    from ips_contract.contract.versions import Version
    from ips_contract.validation.budget import Budget

_MOST_NAMES = 30  # Elements of a type that are named.


class UnknownElements:
    """What to say of the unknown elements of one message."""

    def __init__(self, version: Version, root: etree._Element | None, budget: Budget) -> None:
        """Prepares the answers.

        Args:
            version: the version to judge by.
            root: the message; None if but a part of one is looked at.
            budget: that of the document.
        """
        self._root = root
        self._version = version
        self._budget = budget
        self._names: dict[etree._Element, set[str]] = {}
        self._allowed: dict[str, tuple[str, ...]] = {}

    def explain(
        self,
        element: etree._Element,
        definition: ComplexType,
        parent: str,
        namespace: str,
    ) -> tuple[str, str, str]:
        """The rule that the unknown ``element`` breaks, the message, and the name it meant.

        Args:
            element: the element.
            definition: the type of the element around it.
            parent: that element's name: readers see elements, and no types.
            namespace: the namespace that it should have.
        """
        name, given = local_name(element), namespace_of(element)
        allowed = self._allowed.get(definition.name)
        if allowed is None:
            allowed = tuple(field.name for field in definition.fields)
            self._allowed[definition.name] = allowed
        if given != namespace:
            message = f"{clipped(name)} has {named(given)}; it needs {namespace}."
            return "wrong-namespace", message, name if name in allowed else ""
        if name in definition.elsewhen:
            words = self._not_in_version(definition.elsewhen[name], element)
            return "not-in-version", words, name
        known = real_name(name, (*allowed, *definition.elsewhen))
        if known is not None:
            meant, where = known
            message = f"{name} comes from {where}; the element's name is {meant}."
            return "unknown-element", message, meant
        guess = self._budget.takes_a_guess()
        meant = (near(name, allowed) or "") if guess else ""
        places = []
        if guess and name in field_names() and meant.casefold() != name.casefold():
            places = self._parents(element)
            meant = ""  # It is no misspelt name, but one in the wrong place.
        message = f"{parent} has no element {quoted(name)}; "
        if meant:
            message += f"write {meant}."
        elif places:
            message += f"it belongs inside {list_of(places)}."
        elif allowed:
            message += f"it has {_some(allowed)}."
        else:
            message += "it is empty."
        return "unknown-element", message, meant

    def _parents(self, element: etree._Element) -> list[str]:
        """The elements inside which ``element``, which stands in a wrong place, belongs."""
        return parent_finder(self._version).find(element, self._root, self._names_in)

    def _names_in(self, element: etree._Element, kind: ComplexType) -> set[str]:
        """The fields of ``kind`` that are among the children of ``element``."""
        found = self._names.get(element)
        if found is None:
            found = names_among(element, [field.name for field in kind.fields])
            self._names[element] = found
        return found

    def _not_in_version(self, field: Field, element: etree._Element) -> str:
        rank = max(self._version.ranks)
        gone = field.until and rank >= RANKS[field.until]
        places = self._parents(element) if gone and self._budget.takes_a_guess() else []
        if places:
            return (
                f"{field.name} stood here before {field.until}; it belongs inside "
                f"{list_of(places)} now."
            )
        words = not_in_version(field.name, field.since, field.until, self._version)
        return f"{words} Leave it out or change the version."


def _some(names: tuple[str, ...]) -> str:
    """The names in words; of many, the first."""
    if len(names) <= _MOST_NAMES:
        return list_of(names, "and")
    return f"{', '.join(names[:_MOST_NAMES])} and {len(names) - _MOST_NAMES} more"


def _came(since: str) -> str:
    """In words, when something came: with a version, or after one and not later than another."""
    after, _, known = since.rpartition("..")
    if not after:
        version = find_version(known) if known != BETA_2016.label else BETA_2016
        return f"came with {version.label} ({version.namespace})"
    return f"came after pre-4.0, with {known} at the latest"


def not_in_version(name: str, since: str, until: str, version: Version) -> str:
    """That ``version`` lacks what was there from ``since`` until ``until``, in words."""
    if version.components is not None:
        return f"{name} is not in {version}."
    gone = until and max(version.ranks) >= RANKS[until]
    words = f"was there before {until} only" if gone else _came(since)
    return f"{name} {words}; this message is of {version.label}."
