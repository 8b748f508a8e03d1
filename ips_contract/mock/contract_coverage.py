"""Contract coverage: which parts of the contract a client's messages exercised.

What counts is in messages that conform; of faults, that a client got them. Of the service's many
operations, those count that the mock plays, with all in their requests; any other counts from its
first request on.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ips_contract.contract.faults import FAULT_CODES
from ips_contract.contract.model import ComplexType, Contract, Field, SimpleType, contract
from ips_contract.contract.rules import RULES, WARNING
from ips_contract.contract.versions import VERSIONS, Version
from ips_contract.mock.operations.table import JOB_FAMILY
from ips_contract.xml.envelope import message_in
from ips_contract.xml.parser import Unreadable, children, local_name, parse, text_of
from ips_contract.xml.text import collapse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml import etree

    from ips_contract.validation.report import Report

DIMENSIONS = ("operations", "job types", "fields", "constants", "faults", "versions")
_OPERATIONS, _JOBS, _FIELDS, _CONSTANTS, _FAULTS, _VERSIONS = DIMENSIONS
_REQUEST = "Param"

# (dimension, item) → how often it was exercised.
Seen = Counter[tuple[str, str]]


class Counted:
    """What a growing list of exchanges exercised.

    Args:
        removals: of the record that they are in; of use to whoever counts.

    Attributes:
        seen: what they exercised.
        exchanges: how many were counted.
        number: that of the last one.
        removals: as given.
    """

    def __init__(self, removals: int = 0) -> None:
        self.seen = Seen()
        self.exchanges = self.number = 0
        self.removals = removals

    def add(self, number: int, report: Report, fault: int | None) -> None:
        """Counts one: its number, the report on its request, and the fault that answered it."""
        self.seen.update(seen_in(report, fault))
        self.exchanges += 1
        self.number = number


class Dimension(NamedTuple):
    """What there is of one kind, and how often each was exercised.

    ``items`` has those of the contract; ``0`` for those that were not exercised.
    """

    name: str
    items: dict[str, int]

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.items)

    @property
    def covered(self) -> int:
        """How many of them were exercised."""
        return sum(map(bool, self.items.values()))

    @property
    def missing(self) -> list[str]:
        """Those that were not exercised."""
        return [item for item, count in self.items.items() if not count]


def seen_in(report: Report, fault: int | None) -> Iterator[tuple[str, str]]:
    """What one exchange exercised: the report on its request, and the fault that answered it."""
    if fault is not None:
        yield _FAULTS, str(fault)
    if report.data is None or report.version is None or not report.valid:
        return
    try:
        root = parse(report.data, limit=max(len(report.data), 1))
    except Unreadable:
        return
    message = message_in(root)
    name = local_name(message) if message is not None else ""
    table = contract(report.version)
    if message is None or not name.endswith(_REQUEST) or name not in table.messages:
        return
    yield _VERSIONS, report.version.label
    yield _OPERATIONS, name.removesuffix(_REQUEST)
    kind = table.complex_types[table.messages[name]]
    # In a large list the items are alike: each item is counted once in a message.
    yield from dict.fromkeys(_walk(table, message, kind, name))


def _walk(
    table: Contract, element: etree._Element, kind: ComplexType, owner: str
) -> Iterator[tuple[str, str]]:
    fields = {field.name: field for field in _open_fields(kind)}
    for child in children(element):
        field = fields.get(local_name(child))
        if field is None:
            continue
        yield _FIELDS, f"{owner}.{field.name}"
        below = table.complex_types.get(field.type)
        if below is None:
            constant = collapse(text_of(child))
            if constant in _constants(table.simple_types.get(field.type)):
                yield _CONSTANTS, f"{field.type}.{constant}"
            continue
        if _is_job(owner, field.choice, field.name):
            yield _JOBS, field.name
        yield from _walk(table, child, below, below.name)


def _is_job(owner: str, choice: int | None, name: str) -> bool:
    return owner == "submitJobParam" and choice is not None and name.endswith("Job")


def _open_fields(kind: ComplexType) -> list[Field]:
    """The fields that are open to all clients: not the jobs of the vendor's own applications."""
    return [field for field in kind.fields if field.present != "restricted-job"]


def _constants(kind: SimpleType | None) -> tuple[str, ...]:
    """The documented constants of a type; one whose use only warns is not missed.

    Nor are lists that the reference does not claim to be whole, such as a hundred types of logs.
    """
    if kind is None or kind.open is not None:
        return ()
    return tuple(
        facet.value
        for facet in kind.facets
        if facet.kind == "enumeration"
        and (facet.rule not in RULES or RULES[facet.rule].severity != WARNING)
    )


def everything(version: Version | None = None, others: Iterable[str] = ()) -> dict[str, list[str]]:
    """What there is to exercise in ``version``; by default in all versions together.

    Args:
        version: the API version.
        others: operations that count besides those that the mock plays.
    """
    operations = tuple(dict.fromkeys((*JOB_FAMILY, *others)))
    return {name: list(items) for name, items in _everything(version, operations).items()}


@lru_cache(maxsize=8)  # One who watches asks again and again.
def _everything(version: Version | None, operations: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    versions = VERSIONS if version is None else (version,)
    found: dict[str, dict[str, None]] = {name: {} for name in DIMENSIONS}
    for each in versions:
        table = contract(each)
        for operation in operations:
            type_name = table.messages.get(name := operation + _REQUEST)
            if type_name is not None:
                found[_OPERATIONS][operation] = None
                for dimension, item in _reachable(table, table.complex_types[type_name], name):
                    found[dimension][item] = None
        found[_VERSIONS][each.label] = None
    found[_FAULTS] = dict.fromkeys(map(str, FAULT_CODES))
    return {name: tuple(items) for name, items in found.items()}


def _reachable(
    table: Contract, message: ComplexType, message_name: str
) -> Iterator[tuple[str, str]]:
    done: set[str] = set()
    waiting = [(message, message_name)]
    while waiting:
        kind, owner = waiting.pop(0)
        for field in _open_fields(kind):
            yield _FIELDS, f"{owner}.{field.name}"
            if _is_job(owner, field.choice, field.name):
                yield _JOBS, field.name
            for constant in _constants(table.simple_types.get(field.type)):
                yield _CONSTANTS, f"{field.type}.{constant}"
            below = table.complex_types.get(field.type)
            if below is not None and below.name not in done:
                done.add(below.name)
                waiting.append((below, below.name))


def measure(seen: Seen, version: Version | None = None) -> list[Dimension]:
    """``seen`` against what there is."""
    others = [item for dimension, item in seen if dimension == _OPERATIONS]
    return [
        Dimension(name, {item: seen[name, item] for item in items})
        for name, items in everything(version, others).items()
    ]


def percent(dimensions: Iterable[Dimension]) -> float:
    """How much was exercised: the mean of the dimensions, each as one part, in percent.

    So the many fields do not hide that no fault was ever handled.
    """
    parts = [row.covered / row.total for row in dimensions]
    return 100 * sum(parts) / len(parts)


def shown(share: float) -> str:
    """``share`` of a hundred with one decimal, cut: what is not reached is not shown as reached."""
    return f"{int(share * 10) / 10:.1f}"


def summary(dimensions: list[Dimension], *, names: int = 6) -> list[str]:
    """The coverage as a table of lines; of what is missing at most ``names`` each."""
    width = max(len(row.name) for row in dimensions)
    lines = []
    for row in dimensions:
        missing = row.missing
        more = f" and {len(missing) - names} more" if len(missing) > names else ""
        what = f"  missing: {', '.join(missing[:names])}{more}" if missing else ""
        share = 100 * row.covered // row.total
        lines.append(f"{row.name:{width}}  {row.covered:4}/{row.total:<4} {share:3}%{what}")
    lines.append(f"{'total':{width}}  {'':9} {int(percent(dimensions)):3}%")
    return lines
