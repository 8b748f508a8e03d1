"""What can be drawn: a version's messages, with a job chosen and fields fixed."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ips_contract.contract.components import ANSWERS
from ips_contract.contract.faults import COMPANIONS
from ips_contract.contract.model import contract
from ips_contract.contract.versions import LATEST, UNVERSIONED, VERSIONS, Version, find_version
from ips_contract.contract.writer import write
from ips_contract.generation.plans import Plan, least_size, plan, usable_fields
from ips_contract.generation.serialization import Node, from_element
from ips_contract.generation.simple_types import Mode
from ips_contract.xml.parser import parse
from ips_contract.xml.text import no_such

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ips_contract.contract.writer import Value

    Versions = None | str | Version | Sequence[str | Version]

_REQUEST = "submitJobParam"
_WIDE = 150  # Bytes of a plan.


class Source(NamedTuple):
    """One kind of element to draw: its version and type, its plan, and children that are fixed."""

    version: Version
    namespace: str
    name: str
    type_name: str
    plan: Plan
    fixed: tuple[Node, ...] = ()

    def __repr__(self) -> str:
        return f"<Source of {self.name}, {self.version}>"


@lru_cache(maxsize=1024)
def field_order(version: Version, type_name: str) -> dict[str, int]:
    """The fields of a type, and their places in its order."""
    fields = contract(version).complex_types[type_name].fields
    return {field.name: index for index, field in enumerate(fields)}


def versions_of(version: Versions) -> tuple[Version, ...]:
    """The versions that ``version`` names: one, several, or all for None.

    Raises:
        ValueError: none is given, or one is unknown.
    """
    if version is None:
        return VERSIONS
    if isinstance(version, (str, Version)):
        version = (version,)
    found = tuple(find_version(one) if isinstance(one, str) else one for one in version)
    if not found:
        raise ValueError("no version is given")
    return found


@lru_cache(maxsize=4096)
def message_source(
    version: Version, name: str, *, warnings: bool = False, namespace: str = ""
) -> Source:
    """The source of the message ``name``; an authHeader or a fault has no version's namespace.

    Raises:
        KeyError: ``version`` has no such message.
    """
    table = contract(version)
    if not namespace:
        namespace = UNVERSIONED if name in COMPANIONS else version.namespace
    type_name = table.type_of(name, namespace)
    mode = Mode(warnings, not name.endswith(ANSWERS))
    return Source(version, namespace, name, type_name, plan(version, type_name, mode))


@lru_cache(maxsize=64)
def message_names(version: Version) -> tuple[str, ...]:
    """The messages of all operations of ``version``; those of submitJob first."""
    names = [n for n in contract(version).messages if n.endswith(("Param", "Return"))]
    return tuple(sorted(names, key=lambda name: not name.startswith("submitJob")))


@lru_cache(maxsize=1)
def all_message_names() -> tuple[str, ...]:
    """The messages of all operations of all versions; those of submitJob first."""
    return tuple(dict.fromkeys(name for one in reversed(VERSIONS) for name in message_names(one)))


def request_sources(
    versions: tuple[Version, ...],
    job: str | Sequence[str] | None,
    fixed: dict[str, Value],
    *,
    warnings: bool,
) -> list[Source]:
    """A source for each version and job, the smallest first; see ``submit_job_requests``.

    Raises:
        ValueError: a job or field is unknown, no version has them all, or a required one is None.
    """
    names = job_names()
    jobs = (job,) if isinstance(job, str) else tuple(names if job is None else job)
    for name in jobs:
        if name not in names:
            raise ValueError(no_such("job", name, names))
    known = list(
        dict.fromkeys(name for one in VERSIONS for name in field_order(one, _type_of(one)))
    )
    for name in fixed:
        if name not in known:
            raise ValueError(f"submitJobParam has {no_such('field', name, tuple(known))}")
    pinned = [name for name in fixed if name in names and fixed[name] is not None]
    if pinned:
        jobs = tuple(name for name in jobs if name in pinned)
    jobs = tuple(name for name in jobs if name not in fixed or name in pinned)
    mode = Mode(warnings)
    named = job is not None or bool(pinned)
    found = [
        made
        for one in versions
        for name in jobs
        if (made := _request_source(one, name, fixed, mode, named=named)) is not None
    ]
    # What was asked for by name is there even where it is remarked on, if it is so everywhere.
    clean = [source for source, remarks in found if not remarks]
    chosen = clean or [source for source, _ in found]
    if not chosen:
        labels = ", ".join(map(str, versions))
        raise ValueError(f"no message of {labels} has all of: {', '.join((*jobs, *fixed))}")
    # Jobs with many options are drawn twice as often: most of the contract is in them.
    weighted = [source for source in chosen for _ in range(1 + (source.plan.width > _WIDE))]
    return sorted(weighted, key=lambda source: least_size(source.plan))


def _type_of(version: Version) -> str:
    return contract(version).messages[_REQUEST]


def job_names() -> tuple[str, ...]:
    """The job elements of all versions, in wire order."""
    kind = contract(LATEST).complex_types[_type_of(LATEST)]
    return next(choice.names for choice in kind.choices if choice.required)


def _request_source(
    version: Version, job: str, fixed: dict[str, Value], mode: Mode, *, named: bool
) -> tuple[Source, bool] | None:
    """The source of messages with ``job``, and whether they are remarked on; None if impossible.

    A job that is remarked on is there only if it was ``named``.
    """
    type_name = _type_of(version)
    fields = {field.name: field for field in contract(version).complex_types[type_name].fields}
    pins = {name: value for name, value in fixed.items() if value is not None}
    if job not in fields or not pins.keys() <= fields.keys():
        return None
    for name, value in fixed.items():
        if value is None and name in fields and fields[name].required:
            raise ValueError(f"{name} is required; it cannot be left out")
    usable = {field.name for field in usable_fields(version, type_name, mode)}
    if job not in usable and not named:
        return None
    taken = {fields[name].choice for name in (*pins, job)} - {None}
    only = {name for name in usable if name not in fixed and fields[name].choice not in taken}
    if job not in pins:
        only.add(job)
    made = plan(version, type_name, mode, frozenset(only))
    nodes: list[Node] = []
    for name, value in pins.items():
        written = write(version, _REQUEST, {name: value})
        content = from_element(parse(written.encode())).content
        assert isinstance(content, list)
        nodes += content
    source = Source(version, version.namespace, _REQUEST, type_name, made, tuple(nodes))
    return source, not {*pins, job} <= usable
