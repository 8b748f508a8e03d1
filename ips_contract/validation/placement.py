"""Where an element in a wrong place belongs: the elements that hold one of its name."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ips_contract.contract.model import contract
from ips_contract.xml.parser import children, local_name, namespace_of
from ips_contract.xml.text import BLANKS

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml import etree

    from ips_contract.contract.model import ComplexType
    from ips_contract.contract.versions import Version

_MOST = 4  # Places that are named.
_MOST_KEPT = 64  # Of those that are equally near.


class ParentFinder:
    """Finds parents in a version's messages; what a type reaches is kept for the next question."""

    def __init__(self, version: Version) -> None:
        self._table = contract(version)
        self._reached: dict[str, dict[tuple[str, bool], tuple[str, ...]]] = {}

    def find(
        self,
        element: etree._Element,
        root: etree._Element | None,
        names_in: Callable[[etree._Element, ComplexType], set[str]],
    ) -> list[str]:
        """The elements inside which ``element`` belongs, by name or path, seen from where it is.

        The nearest: below the element around it, or else around that. Of several that might be,
        those that hold such an element, with children or with a text, and that stand there.

        Args:
            element: an element in a wrong place of a message.
            root: that message.
            names_in: which fields of a type are among an element's children.
        """
        name = local_name(element)
        around = self._around(element, root)
        filled = bool(children(element)) or bool((element.text or "").strip(BLANKS))
        for with_children in (bool(children(element)), None) if filled else (None,):
            for node, kind in reversed(around):
                if node is not element.getparent() and self._holds(
                    kind, name, with_children=with_children
                ):
                    return [local_name(node)]
                reached = self._paths(kind.name, name, with_children=with_children)
                if not reached:
                    continue
                standing = names_in(node, kind)
                possible = _possible(kind, standing)
                paths = [path for path in reached if path.partition("/")[0] in possible]
                there = [path for path in paths if path.partition("/")[0] in standing]
                if not paths:
                    paths = self._below(kind, standing, name, with_children=with_children)
                if paths:
                    return (there or paths)[:_MOST]
        return []

    def _below(
        self, kind: ComplexType, standing: set[str], name: str, *, with_children: bool | None
    ) -> list[str]:
        """Longer paths, through the elements that stand, where the nearest are ruled out."""
        return [
            f"{field.name}/{path}"
            for field in kind.fields
            if field.name in standing and field.type in self._table.complex_types
            for path in self._paths(field.type, name, with_children=with_children)
        ]

    def _around(
        self, element: etree._Element, root: etree._Element | None
    ) -> list[tuple[etree._Element, ComplexType]]:
        """The elements around ``element``, from the message on, with their types."""
        nodes = [*element.iterancestors()]
        if root is None or root not in nodes:
            return []
        kind = self._table.complex_types[self._table.type_of(local_name(root), namespace_of(root))]
        found = [(root, kind)]
        for node in reversed(nodes[: nodes.index(root)]):
            below = [field for field in kind.fields if field.name == local_name(node)]
            if not below or below[0].type not in self._table.complex_types:
                return []  # It is itself none that is known here.
            kind = self._table.complex_types[below[0].type]
            found.append((node, kind))
        return found

    def _holds(self, kind: ComplexType, name: str, *, with_children: bool | None) -> bool:
        """Whether ``kind`` has an element ``name``, with or without children if that is asked."""
        return any(
            field.name == name and with_children in (None, field.type in self._table.complex_types)
            for field in kind.fields
        )

    def _paths(self, type_name: str, name: str, *, with_children: bool | None) -> tuple[str, ...]:
        """The paths from a type to the nearest elements below that hold a child ``name``."""
        found = self._reached.get(type_name)
        if found is None:
            found = self._reached[type_name] = self._reach(type_name)
        if with_children is not None:
            return found.get((name, with_children), ())
        either = [found[name, kind] for kind in (True, False) if (name, kind) in found]
        return min(either, key=lambda paths: paths[0].count("/"), default=())

    def _reach(self, type_name: str) -> dict[tuple[str, bool], tuple[str, ...]]:
        """For all elements below a type, with children or without, the nearest that hold them.

        One search for all of them: who sends a hundred wrong names would else pay for each.
        """
        types = self._table.complex_types
        found: dict[tuple[str, bool], tuple[str, ...]] = {}
        level = [("", type_name)]
        seen = {type_name}
        while level:
            below = [
                (f"{path}/{field.name}", field.type)
                for path, kind in level
                for field in types[kind].fields
                if field.type in types
            ]
            level = [(path, kind) for path, kind in below if kind not in seen]
            nearest: dict[tuple[str, bool], tuple[str, ...]] = {}
            for path, kind in below:
                for field in types[kind].fields:
                    key = (field.name, field.type in types)
                    if key not in found and len(nearest.get(key, ())) < _MOST_KEPT:
                        nearest[key] = (*nearest.get(key, ()), path[1:])
            found |= nearest
            seen.update(kind for _, kind in level)
        return found


@lru_cache(maxsize=16)
def parent_finder(version: Version) -> ParentFinder:
    """The finder for the messages of ``version``; kept per process."""
    return ParentFinder(version)


def _possible(kind: ComplexType, standing: set[str]) -> set[str]:
    """The fields that stand, or that may be added to those that stand without a remark."""
    taken = {field.choice for field in kind.fields if field.name in standing} - {None}
    return {
        field.name
        for field in kind.fields
        if field.name in standing or (field.choice not in taken and field.present is None)
    }
