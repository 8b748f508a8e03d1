"""A message that a person would write: to begin with, to read, to send.

``sample("uploadUrls")`` is the least one that makes sense; the values are in ``sample_values``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ips_contract.contract.model import Field, contract, simple_type
from ips_contract.contract.versions import VERSIONS, Version, as_version
from ips_contract.generation.envelopes import envelope, header_namespaces, plain_request
from ips_contract.generation.handles import HANDLE_TYPES, handle_form, handle_of
from ips_contract.generation.messages import all_message_names, job_names
from ips_contract.generation.plans import REPAIRS, is_needed, usable_fields
from ips_contract.generation.sample_values import (
    ASSETS,
    COMPANY,
    HANDLE_PARTS,
    MEANT,
    OF_COMPANY,
    OTHER_PARTS,
    USUAL,
    VALUES,
)
from ips_contract.generation.serialization import Node, plain
from ips_contract.generation.simple_types import Mode, fits, value_plan
from ips_contract.xml.text import list_of, no_such

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ips_contract.contract.model import ComplexType, SimpleType

WRAPS = NONE, SOAP_11, SOAP_12, REQUEST = ("none", "soap11", "soap12", "request")
_SOAP = {SOAP_11: "1.1", SOAP_12: "1.2"}
_SUBMIT = "submitJobParam"
_WIDE = 64  # Bytes that a value is made of; with zeros it is the simplest.
# Short names beside those that a name without its end gives.
_SHORT = {"publish": "imageServingPublishJob", "upload": "uploadUrlsJob"}
_LOGIN = frozenset({"user", "password"})


class Kind(NamedTuple):
    """What a sample is of: a message; and of a submission, its job."""

    message: str
    job: str = ""

    @property
    def name(self) -> str:
        """The name of the job, or else of the message."""
        return self.job or self.message


def sample(
    name: str, version: str | Version | None = None, *, wrap: str = NONE, full: bool = False
) -> bytes:
    """As ``ips_contract.sample``, which says what is meant; WSDLs are read there."""
    if wrap not in WRAPS:
        raise ValueError(no_such("wrap", wrap, WRAPS))
    kind = find_kind(name)
    found = _version_for(kind, None if version is None else as_version(version))
    message = _Sample(found, kind, full=full).message()
    if wrap != NONE:
        message = _wrapped(message, found, wrap)
    return plain(message, indent=True) + b"\n"


def kinds() -> tuple[Kind, ...]:
    """What there are samples of: each job, and then the messages of all other operations."""
    jobs = [Kind(_SUBMIT, job) for job in job_names()]
    return (*jobs, *(Kind(name) for name in all_message_names() if name != _SUBMIT))


def find_kind(name: str) -> Kind:
    """What ``name`` means.

    Raises:
        ValueError: nothing; the message says what it was probably meant to be.
    """
    table = _by_name()
    found = table.get(_folded(name))
    if found is None:
        known = tuple(dict.fromkeys(spelled for kind in kinds() for spelled in _names_of(kind)))
        where = "`ips-contract sample --list` shows what there is"
        raise ValueError(no_such("job or operation", name, known, where))
    return found


def versions_with(kind: Kind) -> tuple[Version, ...]:
    """The published versions that have ``kind``."""
    return tuple(version for version in VERSIONS if _has(version, kind))


def _names_of(kind: Kind) -> Iterator[str]:
    """The names under which ``kind`` is found, the shortest first."""
    if kind.job:
        yield kind.job.removesuffix("Job")
    elif kind.message.endswith("Param"):
        yield kind.message.removesuffix("Param")
    yield kind.name


def _folded(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.casefold())


@lru_cache(maxsize=1)
def _by_name() -> dict[str, Kind]:
    table = {_folded(name): kind for kind in kinds() for name in _names_of(kind)}
    table |= {short: Kind(_SUBMIT, job) for short, job in _SHORT.items()}
    plainest = Kind(_SUBMIT, next(iter(job_names())))
    return table | dict.fromkeys((_folded(_SUBMIT), "submitjob"), plainest)


def _has(version: Version, kind: Kind) -> bool:
    table = contract(version)
    type_name = table.messages.get(kind.message)
    if type_name is None or not kind.job:
        return type_name is not None
    return any(field.name == kind.job for field in table.complex_types[type_name].fields)


def _version_for(kind: Kind, version: Version | None) -> Version:
    having = versions_with(kind)
    if version is None:
        return having[-1]
    if not _has(version, kind):
        labels = list_of([each.label for each in having], "and")
        have = "has" if len(having) == 1 else "have"
        raise ValueError(f"{version} has no {kind.name}; {labels} {have} it")
    return version


def _wrapped(message: Node, version: Version, wrap: str) -> Node:
    is_answer = message.name.endswith("Return")
    if is_answer and wrap == REQUEST:
        raise ValueError(f"{message.name} is an answer; a Request wraps requests only")
    namespace = header_namespaces(version)[-1]
    kind = Kind("authHeader")
    header = _Sample(version, kind, full=False, namespace=namespace, always=_LOGIN).message()
    if wrap == REQUEST:
        return plain_request(message, header)
    return envelope(message, _SOAP[wrap], [] if is_answer else [header], 0)


class _Sample:
    """Makes one message.

    Args:
        version: its version.
        kind: what it is.
        full: whether with all fields.
        namespace: its namespace; by default the version's.
        always: fields of the message that are there in any case.
    """

    def __init__(
        self,
        version: Version,
        kind: Kind,
        *,
        full: bool,
        namespace: str = "",
        always: frozenset[str] = frozenset(),
    ) -> None:
        self._version = version
        self._kind = kind
        self._full = full
        self._namespace = namespace or version.namespace
        self._always = always
        self._mode = Mode(request=not kind.message.endswith("Return"))
        self._types = contract(version).complex_types

    def message(self) -> Node:
        """The message."""
        name = self._kind.message
        type_name = contract(self._version).type_of(name, self._namespace)
        return Node(self._namespace, name, self._children(name, type_name, (), ""))

    def _children(
        self, name: str, type_name: str, above: tuple[str, ...], handles: str
    ) -> list[Node]:
        kind = self._types[type_name]
        found = [
            self._element(field, kind, name, (*above, type_name), handles)
            for field in self._fields(kind, above)
        ]
        if kind.check is None:
            return found
        before = set(map(id, found))
        REPAIRS[kind.check](self._namespace, name, found, 0)
        # What was added to keep the rule has a value that is no person's.
        by_name = {field.name: field for field in kind.fields}
        return [
            node
            if id(node) in before or node.content == ""
            else self._element(by_name[node.name], kind, name, (*above, type_name), handles)
            for node in found
        ]

    def _fields(self, kind: ComplexType, above: tuple[str, ...]) -> list[Field]:
        """The fields of ``kind`` that the sample has."""
        usable = {field.name for field in usable_fields(self._version, kind.name, self._mode)}
        wanted = set(MEANT.get(kind.name, ())) & usable
        if not above:
            wanted |= self._always | {self._kind.job}
            if self._mode.request:
                wanted |= {"companyHandle"} & usable
        is_list = len(kind.fields) == 1 and kind.fields[0].maximum != 1
        taken: set[int] = {
            field.choice
            for field in kind.fields
            if field.name in wanted and field.choice is not None
        }
        found = []
        for field in kind.fields:
            if field.name in wanted:
                found.append(field)
                continue
            if field.name not in usable or field.choice in taken:
                continue
            if field.type in (*above, kind.name) and not field.required:
                continue  # Folders in folders, and so on.
            if field.choice is not None:
                needed = kind.choices[field.choice].required
            else:
                needed = is_needed(field, self._mode) or is_list
            if needed or self._full:
                found.append(field)
                if field.choice is not None:
                    taken.add(field.choice)
        return found

    def _element(
        self, field: Field, parent: ComplexType, inside: str, above: tuple[str, ...], handles: str
    ) -> Node:
        of = "asset" if field.name in ASSETS else handle_of(field.name) or handles
        if field.type not in self._types:
            return Node(self._namespace, field.name, self._value(field, (inside, parent.name), of))
        below = of if field.name.endswith("HandleArray") else ""
        content = self._children(field.name, field.type, above, below)
        return Node(self._namespace, field.name, content)

    def _value(self, field: Field, parents: tuple[str, ...], handle: str) -> str:
        kind = simple_type(contract(self._version), field.type)
        assert kind is not None
        for text in self._candidates(field, kind, parents, handle):
            if fits(kind, text, self._mode):
                return text
        raise AssertionError(f"no sample of {parents[-1]}/{field.name} in {self._version}")

    def _candidates(
        self, field: Field, kind: SimpleType, parents: tuple[str, ...], handle: str
    ) -> Iterator[str]:
        """What the value may be, the best first."""
        of = HANDLE_TYPES.get(field.type, handle)
        form = handle_form(self._version, of)
        if form:
            parts = HANDLE_PARTS | ({"number": COMPANY} if of in OF_COMPANY else {})
            parts |= OTHER_PARTS.get(of, {}) | OTHER_PARTS.get(field.name, {})
            yield form.format(**parts)
        elif of:
            yield HANDLE_PARTS["number"]
        for key in (*(f"{parent}/{field.name}" for parent in parents), field.name):
            if key in VALUES:
                yield VALUES[key]
        yield from (facet.value for facet in kind.facets if facet.kind == "enumeration")
        yield from USUAL.get(kind.base, ())
        if self._version.components is not None:  # Nobody has said what a field of theirs means.
            yield "text"
            yield value_plan(self._version, field.type, self._mode).decode(bytes(_WIDE), 0, str)
