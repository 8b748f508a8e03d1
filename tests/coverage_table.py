"""How much of the contract a run of generated messages reached, as a table to print."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ips_contract.contract.model import contract
from ips_contract.contract.rules import RULES, WARNING
from ips_contract.generation.python_values import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ips_contract.contract.versions import Version


class Coverage:
    """Counts rows by version. A cell is None where the version has no such row."""

    def __init__(self, versions: Sequence[Version]) -> None:
        self._versions = versions
        self._wanted: dict[str, set[Version]] = {}
        self._found: Counter[tuple[str, Version]] = Counter()

    def want(self, row: str, version: Version) -> None:
        """States that ``version`` has ``row``."""
        self._wanted.setdefault(row, set()).add(version)

    def count(self, row: str, version: Version) -> None:
        """Counts that ``row`` was reached."""
        self._found[row, version] += 1

    def rows(self) -> tuple[str, ...]:
        """The rows that some version has."""
        return tuple(self._wanted)

    def missing(self) -> list[tuple[str, str]]:
        """The cells that were not reached: rows and version labels."""
        return [
            (row, version.label)
            for row, versions in self._wanted.items()
            for version in self._versions
            if version in versions and not self._found[row, version]
        ]

    def table(self) -> str:
        """The counts as text; a dot where the version has no such row."""
        width = max(map(len, self._wanted), default=0)
        lines = [" " * width + "".join(f"{version.label:>9}" for version in self._versions)]
        for row, versions in self._wanted.items():
            cells = (
                f"{self._found[row, version]:>9}" if version in versions else f"{'.':>9}"
                for version in self._versions
            )
            lines.append(f"{row:<{width}}" + "".join(cells))
        return "\n".join(lines)

    def summary(self) -> str:
        """``812 of 812 cells (100 %)``."""
        whole = sum(map(len, self._wanted.values()))
        reached = whole - len(self.missing())
        return f"{reached} of {whole} cells ({100 * reached // max(whole, 1)} %)"


def rows_of(version: Version, type_name: str, *, warnings: bool) -> Iterator[str]:
    """Field and constant rows of a type's whole tree: ``Type/field`` and ``Type/field=Value``.

    Without ``warnings``, those that are remarked on are left out.
    """
    table = contract(version)
    seen: set[str] = set()
    waiting = [type_name]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for field in table.complex_types[name].fields:
            if field.present is not None and not warnings:
                continue
            yield f"{name}/{field.name}"
            if field.type in table.complex_types:
                waiting.append(field.type)
            elif field.type in table.simple_types:
                for facet in table.simple_types[field.type].facets:
                    warns = bool(facet.rule) and RULES[facet.rule].severity == WARNING
                    if facet.kind == "enumeration" and (warnings or not warns):
                        yield f"{name}/{field.name}={facet.value}"


def rows_in(values: Mapping[str, Any], version: Version, type_name: str) -> Iterator[str]:
    """The rows that a valid message reaches; ``values`` is its dict form."""
    fields = _fields(version, type_name)
    for name, value in values.items():
        type_below, is_complex = fields[name]
        row = f"{type_name}/{name}"
        for item in value if isinstance(value, list) else (value,):
            yield row
            if is_complex:
                yield from rows_in(item, version, type_below)
            elif isinstance(item, str):
                yield f"{row}={item}"


def rows_in_record(record: Record) -> Iterator[str]:
    """The rows that a valid message reaches; ``record`` is its dataclass."""
    for field in fields(record):
        value = getattr(record, field.name)
        row = f"{record.type_name}/{field.name}"
        for item in value if isinstance(value, tuple) else () if value is None else (value,):
            yield row
            if isinstance(item, Record):
                yield from rows_in_record(item)
            elif isinstance(item, str):
                yield f"{row}={item}"


@lru_cache(maxsize=1024)
def _fields(version: Version, type_name: str) -> dict[str, tuple[str, bool]]:
    table = contract(version)
    fields = table.complex_types[type_name].fields
    return {field.name: (field.type, field.type in table.complex_types) for field in fields}
