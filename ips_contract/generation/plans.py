"""Bytes → valid values and trees, as the rows of the contract say.

A message is drawn as one string of bytes: each field has its place in it, one byte that says
whether it is there and some that choose its value. That is many times cheaper than a choice for
each, and a place that does not matter shrinks to zero by itself: left out, or the simplest value.
Nothing here knows Hypothesis.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ips_contract.contract.faults import FAULT_CODES
from ips_contract.contract.model import Field, contract
from ips_contract.generation.handles import handle_of
from ips_contract.generation.serialization import Node
from ips_contract.generation.simple_types import (
    FreeText,
    Mode,
    ValuePlan,
    accepts,
    value_plan,
)
from ips_contract.xml.text import BLANKS

if TYPE_CHECKING:
    from collections.abc import Callable

    from ips_contract.contract.versions import Version

ABSENT_BELOW = 128  # What a presence byte must reach for an optional field, at usual density.
# Messages are half full as a rule; some have nearly everything or next to nothing.
_DENSITIES = (*[ABSENT_BELOW] * 5, 64, 192, 1)
# How many items a repeated field has, by its byte; the last row asks for very many.
_COUNTS = (*[0] * 60, *[1] * 90, *[2] * 60, *[3] * 40, *[7] * 4, *[-1] * 2)
_UNBOUNDED_MANY = 20
_COMPLEX_MANY = 4
_ODD_FROM = 160  # Bytes from here on bring about what is remarked on.
# Characters of a text in a long list, so that it stays below the limit; longer ones are replaced.
_LONGEST_OF_MANY = 24
# Bytes of a type from which on its children with children share one place: what is drawn of them
# is alike, and stays below what Hypothesis draws for one example.
_WIDE = 1000
_DEEPEST = 2  # How often a type that holds itself, as folders do, stands inside itself.


if TYPE_CHECKING:
    # Changes the children of the element called so, in a namespace, as a byte says.
    Repair = Callable[[str, str, list[Node], int], None]


class FieldPlan(NamedTuple):
    """A field's place, counted from its parent's: presence or count at ``at``, value behind it.

    ``at`` is -1 for what is always there. ``names`` has more than one entry for a choice, whose
    members share a place. ``copies`` is how many places a repeated field has.
    """

    at: int
    required: bool
    value_at: int
    names: tuple[str, ...]
    plans: tuple[ValuePlan | Plan, ...]
    copies: int
    maximum: int | None


class Plan(NamedTuple):
    """How a complex type is drawn: ``width`` bytes, its fields, and what is changed at the end."""

    width: int
    fields: tuple[FieldPlan, ...]
    ordered: bool
    repair: Repair | None

    def __repr__(self) -> str:
        return f"<Plan of {len(self.fields)} fields>"  # Hypothesis prints it; whole it is 60 kB.


def usable_fields(version: Version, type_name: str, mode: Mode) -> tuple[Field, ...]:
    """The fields of a type that messages of ``mode`` may have."""
    return tuple(
        field
        for field in contract(version).complex_types[type_name].fields
        if field.present is None or accepts(field.present, mode)
    )


def is_needed(field: Field, mode: Mode) -> bool:
    """Whether messages of ``mode`` always have ``field``, as far as choices leave it open."""
    return field.required or (field.absent is not None and not accepts(field.absent, mode))


@lru_cache(maxsize=8192)
def plan(
    version: Version,
    type_name: str,
    mode: Mode,
    only: frozenset[str] | None = None,
    *,
    handles: str = "",
    above: tuple[str, ...] = (),
) -> Plan:
    """The plan of a type.

    Args:
        version: the API version.
        type_name: the type.
        mode: what messages it is in.
        only: the names of its fields, if not all usable ones are to be drawn.
        handles: of a list of handles, what they are of, as ``handle_of`` gives it.
        above: the types around it that can be inside themselves.
    """
    kind = contract(version).complex_types[type_name]
    if only is None:
        fields = usable_fields(version, type_name, mode)
    else:
        fields = tuple(field for field in kind.fields if field.name in only)
    if type_name in _within(version, type_name):
        above = (*above, type_name)
        fields = tuple(f for f in fields if f.required or above.count(f.type) < _DEEPEST)
    planned: list[FieldPlan] = []
    start = at = 0 if kind.ordered else 1  # Where order is free, a byte chooses it.
    done: set[int] = set()
    for field in fields:
        if field.choice is None:
            members, needed = [field], is_needed(field, mode)
        elif field.choice in done:
            continue
        else:
            done.add(field.choice)
            members = [other for other in fields if other.choice == field.choice]
            needed = kind.choices[field.choice].required
        plans = tuple(_plan_of(version, each, mode, handles, above) for each in members)
        field_plan, width = _field_plan(members, plans, at, needed=needed)
        planned.append(field_plan)
        at += width
    if at > _WIDE:
        at, planned = _shared(planned, start)
    repair = None
    if kind.check is not None:
        repair = PROVOCATIONS.get(kind.check) if accepts(kind.check, mode) else REPAIRS[kind.check]
    return Plan(at + (repair is not None), tuple(planned), kind.ordered, repair)


def _field_plan(
    members: list[Field], plans: tuple[ValuePlan | Plan, ...], at: int, *, needed: bool
) -> tuple[FieldPlan, int]:
    """The plan of a field, or of the members of a choice, and how many bytes it takes."""
    first = members[0]
    width = max(each.width for each in plans)
    repeated = first.maximum != 1
    copies = (3 if width < 16 else 2) if repeated else 1
    chooses = repeated or not needed or len(members) > 1
    field_plan = FieldPlan(
        at=at if chooses else -1,
        required=needed,
        value_at=at + chooses,
        names=tuple(member.name for member in members),
        plans=plans,
        copies=copies if repeated else 0,
        maximum=first.maximum,
    )
    return field_plan, chooses + copies * width


def _shared(planned: list[FieldPlan], at: int) -> tuple[int, list[FieldPlan]]:
    """The fields of a wide type, from ``at`` on, and where they end.

    What says whether elements are there, and values, have places of their own; elements with
    children share the last place.
    """
    placed: list[FieldPlan] = []
    for field in planned:
        chooses = field.at >= 0
        placed.append(field._replace(at=at if chooses else -1, value_at=at + chooses))
        at += chooses
        if _is_flat(field):
            at += max(field.copies, 1) * field.plans[0].width
    deep = [field for field in placed if not _is_flat(field)]
    placed = [
        field if _is_flat(field) else field._replace(value_at=at, copies=min(field.copies, 1))
        for field in placed
    ]
    return at + max((each.width for field in deep for each in field.plans), default=0), placed


def _is_flat(field: FieldPlan) -> bool:
    return len(field.plans) == 1 and isinstance(field.plans[0], ValuePlan)


@lru_cache(maxsize=4096)
def _within(version: Version, type_name: str) -> frozenset[str]:
    """The types with children that elements of a type can have inside them."""
    types = contract(version).complex_types
    found: set[str] = set()
    waiting = [type_name]
    for name in waiting:
        for field in types[name].fields:
            if field.type in types and field.type not in found:
                found.add(field.type)
                waiting.append(field.type)
    return frozenset(found)


def _plan_of(
    version: Version, field: Field, mode: Mode, handles: str, above: tuple[str, ...]
) -> ValuePlan | Plan:
    of = handle_of(field.name) or handles
    if field.type not in contract(version).complex_types:
        return value_plan(version, field.type, mode, of if field.type == "xs:string" else "")
    of = of if field.name.endswith("HandleArray") else ""
    return plan(version, field.type, mode, handles=of, above=above)


def least_size(made: ValuePlan | Plan) -> int:
    """How many elements a tree of this plan has at least."""
    if isinstance(made, ValuePlan):
        return 1
    needed = [field for field in made.fields if field.required]
    return 1 + sum(min(map(least_size, field.plans)) for field in needed)


def density(byte: int) -> int:
    """The value that presence bytes must reach in a message."""
    return _DENSITIES[byte % len(_DENSITIES)]


class TreeBuilder:
    """Builds the trees of one message from ``data``.

    Args:
        namespace: of its elements.
        data: as many bytes as its plan is wide.
        absent_below: as ``density`` gives it.
        free: draws a text of any length and characters.
    """

    def __init__(self, namespace: str, data: bytes, absent_below: int, free: FreeText) -> None:
        self._namespace = namespace
        self._data = data
        self._absent_below = absent_below
        self._free = free

    def children(self, made: Plan, base: int, name: str) -> list[Node]:
        """The children of the element ``name``, whose plan is ``made``, from byte ``base`` on."""
        data, found = self._data, []
        for field in made.fields:
            at, required, value_at, names, plans, copies, _ = field
            if copies:
                found += self._items(field, base)
                continue
            index = 0
            if at >= 0:
                index = data[base + at]
                if not required:
                    if index < self._absent_below:
                        continue
                    index -= self._absent_below
                index %= len(names)
            found.append(self._node(names[index], plans[index], base + value_at))
        if not made.ordered and found:
            first = data[base] % len(found)
            found = found[first:] + found[:first]
        if made.repair is not None:
            made.repair(self._namespace, name, found, data[base + made.width - 1])
        return found

    def _items(self, field: FieldPlan, base: int) -> list[Node]:
        count = _COUNTS[self._data[base + field.at]] or int(field.required)
        made, start, name = field.plans[0], base + field.value_at, field.names[0]
        if count < 0:
            count = (
                (field.maximum or _UNBOUNDED_MANY) if isinstance(made, ValuePlan) else _COMPLEX_MANY
            )
        few = min(count, field.copies)
        items = [self._node(name, made, start + made.width * index) for index in range(few)]
        if count > few:
            items = [items[index % few] for index in range(count)]
            if isinstance(made, ValuePlan):
                plain = made.decode(bytes(made.width), 0, str)
                texts = [str(node.content) for node in items]
                short = [text if len(text) <= _LONGEST_OF_MANY else plain for text in texts]
                items = [Node(self._namespace, name, text) for text in short]
        return items

    def _node(self, name: str, made: ValuePlan | Plan, at: int) -> Node:
        content: str | list[Node]
        if isinstance(made, ValuePlan):
            content = made.decode(self._data, at, self._free)
        else:
            content = self.children(made, at, name)
        return Node(self._namespace, name, content)


def _set(found: list[Node], name: str, text: str) -> None:
    for index, node in enumerate(found):
        if node.name == name:
            found[index] = node._replace(content=text)


_CONVERTERS = {"is_modifier", "macro"}  # What says how, where fmt is "convert".


def _repair_export(_namespace: str, _name: str, found: list[Node], _byte: int) -> None:
    values = {node.name: node.content for node in found}
    if values.get("fmt") == "convert" and not _CONVERTERS & values.keys():
        _set(found, "fmt", "orig")


def _provoke_export(_namespace: str, _name: str, found: list[Node], byte: int) -> None:
    if byte >= _ODD_FROM:
        found[:] = [node for node in found if node.name not in _CONVERTERS]
        _set(found, "fmt", "convert")


def _repair_fault(_namespace: str, name: str, found: list[Node], byte: int) -> None:
    codes = [code for code, row in FAULT_CODES.items() if row.kind == name]
    _set(found, "code", str(codes[byte % len(codes)]))


def _repair_company(namespace: str, _name: str, found: list[Node], byte: int) -> None:
    if any(str(node.content).strip(BLANKS) for node in found):
        return
    text = COMPANY_NAMES[byte % len(COMPANY_NAMES)]
    found[:] = [node for node in found if node.name != "companyName"]
    handle = [node for node in found if node.name == "companyHandle"]
    found.insert(len(handle), Node(namespace, "companyName", text))


COMPANY_NAMES = ("a", "Sample Company", "Müller & Söhne", "日本語")

# Check of a complex type (f:check in xsd/) → what makes its findings impossible.
REPAIRS: dict[str, Repair] = {
    "company-named": _repair_company,
    "export-format": _repair_export,
    "fault-code": _repair_fault,
}
# And what brings them about now and then, where warnings are wanted.
PROVOCATIONS: dict[str, Repair] = {
    "export-format": _provoke_export,
}
