"""What companies have besides folders, assets and jobs: projects, groups, image formats and so on.

All of it is alike: it has a number, belongs to a company or to none, has a name, and some values
that answers show as they are. So there is one kind of record, and a shelf for each kind of thing.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ips_contract.mock.fault import Fault
from ips_contract.xml.text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ips_contract.contract.writer import Value
    from ips_contract.mock.state.permission import Permissions

PROJECT, GROUP, IMAGE_FORMAT = "project", "group", "image format"
METADATA_FIELD, CONTEXT, INVALIDATION = "metadata field", "publish context", "invalidation"
PROPERTY_SET_TYPE, PROPERTY_SET = "property set type", "property set"
IMAGE_MAP, ZOOM_TARGET, VIGNETTE_FORMAT = "image map", "zoom target", "vignette format"
EVENT = "media portal event"
COMPANY = "company"  # A kind of settings; others are of publishing.
# Kinds, and whether a name is there once in a company; the others have no names of their own.
KINDS = {
    PROJECT: True,
    GROUP: True,
    IMAGE_FORMAT: True,
    METADATA_FIELD: True,
    CONTEXT: True,
    PROPERTY_SET_TYPE: True,
    PROPERTY_SET: False,
    INVALIDATION: False,
    IMAGE_MAP: False,
    ZOOM_TARGET: False,
    VIGNETTE_FORMAT: True,
    EVENT: False,
}
_PASSING = (INVALIDATION, EVENT)  # Of these the oldest are forgotten.
# Publish contexts that a company has where a seed gives it no others, each of the type that it is
# called like (constants page, and the examples of setAssetsContextState, D).
_USUAL_CONTEXTS = ("ImageRendering", "ImageServing", "ServerDirectory", "Video")
MOST = 20_000  # Of one kind.
_IN_USE = 30000
_NOT_FOUND = 30001


@dataclass(eq=False, slots=True)
class Record:
    """Something that a company has.

    Attributes:
        kind: one of KINDS.
        number: its own among those of its kind.
        company: the number of its company; ``""`` for none.
        name: what it is called.
        values: fields of its type in the contract → their values.
        members: the e-mails of a group's users, the values of a tag field.
        permissions: what groups may do with it.
        owner: the number of the asset that it is a part of; 0 for none.
    """

    kind: str
    number: int
    company: str
    name: str
    values: dict[str, Value]
    members: list[str] = field(default_factory=list)
    permissions: Permissions = ()
    owner: int = 0


class Catalog:
    """The records of all kinds."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forgets everything."""
        self._records: dict[str, dict[int, Record]] = {kind: {} for kind in KINDS}
        self._of: dict[tuple[str, str], dict[int, Record]] = {}  # By kind and company.
        self._named: dict[tuple[str, str, str], Record] = {}
        self._numbers: dict[str, Iterator[int]] = {kind: itertools.count(1) for kind in KINDS}
        self._settings: dict[tuple[str, str, int], dict[str, Value]] = {}
        self._permission_sets: dict[Permissions, int] = {}

    def add(self, kind: str, company: str, name: str, values: dict[str, Value]) -> Record:
        """A new record.

        Raises:
            Fault: the name is blank or in use, or there are too many.
        """
        if KINDS[kind]:
            self._refuse_taken(kind, company, name)
        if len(self._records[kind]) >= MOST:
            if kind not in _PASSING:
                raise Fault(_IN_USE, f"There are at most {MOST} of a kind here: {kind}.")
            self.remove(next(iter(self._records[kind].values())))
        record = Record(kind, next(self._numbers[kind]), company, name, values)
        self._records[kind][record.number] = record
        self._of.setdefault((kind, company), {})[record.number] = record
        if KINDS[kind]:
            self._named[kind, company, name] = record
        return record

    def _refuse_taken(self, kind: str, company: str, name: str) -> None:
        if not name.strip():
            raise Fault(_NOT_FOUND, f"The name of a {kind} is blank.")
        if (kind, company, name) in self._named:
            raise Fault(_IN_USE, f"There is a {kind} {quoted(name)} already.")

    def rename(self, record: Record, name: str) -> None:
        """Gives a record another name.

        Raises:
            Fault: the name is blank or in use.
        """
        if not KINDS[record.kind]:
            record.name = name
        elif name != record.name:
            self._refuse_taken(record.kind, record.company, name)
            del self._named[record.kind, record.company, record.name]
            record.name = name
            self._named[record.kind, record.company, name] = record

    def remove(self, record: Record) -> None:
        """Forgets a record."""
        del self._records[record.kind][record.number]
        del self._of[record.kind, record.company][record.number]
        self._named.pop((record.kind, record.company, record.name), None)

    def records(self, kind: str, company: str) -> list[Record]:
        """The records of a company, oldest first."""
        return list(self._of.get((kind, company), {}).values())

    def contexts(self, company: str) -> list[Record]:
        """The publish contexts of a company, which has the usual ones if it was given none."""
        return self.records(CONTEXT, company) or [
            self.add(CONTEXT, company, name, {"contextType": name}) for name in _USUAL_CONTEXTS
        ]

    def settings(self, kind: str, company: str, context: int = 0) -> dict[str, Value]:
        """What a company has set of a kind, of one of its publish contexts; 0: of none."""
        return self._settings.setdefault((kind, company, context), {})

    def permission_set(self, permissions: Permissions) -> int:
        """The number of a set of permissions: all that have the same share it."""
        sets = self._permission_sets
        return sets.setdefault(permissions, len(sets) + 1)

    def find(self, kind: str, number: int | None) -> Record | None:
        """The record with a number; None if there is none."""
        return self._records[kind].get(number) if number is not None else None

    def named(self, kind: str, company: str, name: str) -> Record | None:
        """The record with a name; None if there is none."""
        return self._named.get((kind, company, name))

    def name(self, kind: str, number: int) -> str:
        """The name of the record with a number, which is there."""
        return self._records[kind][number].name
