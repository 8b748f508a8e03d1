"""The contract's types as the walk over a tree uses them: looked up once, by tag."""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ips_contract.contract.model import ComplexType, Contract, Field, SimpleType, contract
from ips_contract.contract.values import quick_accept

if TYPE_CHECKING:
    from collections.abc import Callable

    from ips_contract.contract.versions import Version


class Slot(NamedTuple):
    """A field of a type.

    ``position`` orders siblings; ``most`` is how many may stand before something is to be said;
    ``remarked``: its being there is remarked on; ``accepts`` is a quick predicate for texts
    without problems, or None; ``below`` is the type of an element with children, or None.
    """

    position: int
    name: str
    field: Field
    most: int
    remarked: bool
    simple: SimpleType | None
    accepts: Callable[[str], object] | None
    below: Kind | None


class Kind:
    """A complex type in one version and namespace.

    Attributes:
        row: the type.
        slots: its fields by tag, with the namespace in braces; None until first asked for, as
            most types never are.
        wanted: the fields whose absence is remarked on, with their indices in the row.
        names: the names that xsi:type may give it: ours, and the service's where we narrow a type.
    """

    __slots__ = ("_all", "_table", "names", "row", "slots", "wanted")

    def __init__(self, row: ComplexType, table: Contract, kinds: Kinds) -> None:
        self.row = row
        self.names = {row.name}
        self.slots: dict[object, Slot] | None = None
        self.wanted = tuple(
            (index, field)
            for index, field in enumerate(row.fields)
            if field.required or field.absent is not None
        )
        self._table = table
        self._all = kinds

    def filled(self) -> dict[object, Slot]:
        """``slots``, made now."""
        slots: dict[object, Slot] = {}
        position = 0
        fields = self.row.fields
        for index, field in enumerate(fields):
            # Alternatives share a position: their order is not what is wrong with them.
            same = index and field.choice is not None and field.choice == fields[index - 1].choice
            position += not same
            simple = simple_type(self._table, field.type)
            below = None if simple else self._all[field.type]
            if below is not None and field.service:
                below.names.add(field.service)
            most = field.maximum if field.choice is None else None  # Of choices more is said.
            slots[self._all.prefix + field.name] = Slot(
                position,
                field.name,
                field,
                sys.maxsize if most is None else most,
                field.present is not None,
                simple,
                quick_accept(simple) if simple else None,
                below,
            )
        self.slots = slots
        return slots


class Kinds(dict[str, Kind]):
    """Name → type, for elements of one version in one namespace; made when asked for."""

    def __init__(self, version: Version, namespace: str) -> None:
        super().__init__()
        self.prefix = f"{{{namespace}}}" if namespace else ""
        self._namespace = namespace
        self._table = contract(version)

    def __missing__(self, name: str) -> Kind:
        """Makes the type.

        Raises:
            KeyError: there is none of that name.
        """
        kind = self[name] = Kind(self._table.complex_types[name], self._table, self)
        return kind

    def message(self, name: str) -> Kind:
        """The type of the message called ``name``.

        Raises:
            KeyError: there is none of that name.
        """
        return self[self._table.type_of(name, self._namespace)]


@lru_cache(maxsize=64)
def kinds(version: Version, namespace: str) -> Kinds:
    """The types of ``version``, for elements in ``namespace``; kept per process."""
    return Kinds(version, namespace)


def simple_type(table: Contract, name: str) -> SimpleType | None:
    """The simple type called ``name``; an XSD built-in is one without facets."""
    if name.startswith("xs:"):
        return SimpleType(name, name)
    return table.simple_types.get(name)
