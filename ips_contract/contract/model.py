"""The contract of each version as values: its messages, types, fields and facets.

Read from ``xsd/``, each type when it is asked for; what the diagnosis, the writer and the
strategies stand on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

from lxml import etree

from ips_contract.contract.annotations import absent_rule, adapt, has, is_late, is_required
from ips_contract.contract.components import (
    FACTS,
    XS,
    components,
    components_of,
    master_text,
    needed_names,
    read_schema,
    schema_of,
)
from ips_contract.contract.versions import PRE_4_0, RANKS, UNVERSIONED, Version


class Facet(NamedTuple):
    """A restriction of a value: ``kind`` is the XSD facet's name, ``rule`` the rule it states."""

    kind: str
    value: str
    rule: str
    evidence: str


class SimpleType(NamedTuple):
    """The type of a value: an XSD built-in ``base``, facets, and a check beyond XSD by name.

    ``open`` is the rule that a value outside the list of constants falls under, where that is
    not ``constant``; ``case`` the one for a value of such a list in another case.
    """

    name: str
    base: str
    facets: tuple[Facet, ...] = ()
    check: str | None = None
    open: str | None = None
    case: str | None = None


class Field(NamedTuple):
    """A child element of a complex type, as one version has it.

    ``maximum`` is None for unbounded; ``choice`` the index into the type's choices, or None;
    ``present`` and ``absent`` are ids of rules that remark on the element being there or not;
    ``since`` and ``until`` are version labels, "" where unknown; ``service`` is the type's name in
    the service's WSDL where that is another one, or "".
    """

    name: str
    type: str
    required: bool
    maximum: int | None
    choice: int | None
    maximum_rule: str
    present: str | None
    absent: str | None
    since: str
    until: str
    evidence: str
    service: str = ""


class Choice(NamedTuple):
    """A group of elements of which at most one may stand, or exactly one if ``required``."""

    rule: str
    required: bool
    names: tuple[str, ...]
    evidence: str


class ComplexType(NamedTuple):
    """A type with children. ``elsewhen`` has the fields that only other versions have.

    ``foreign``: whether attributes of other namespaces may stand on its elements.
    """

    name: str
    fields: tuple[Field, ...]
    choices: tuple[Choice, ...]
    ordered: bool
    elsewhen: dict[str, Field]
    check: str | None
    foreign: bool = False


class Message(NamedTuple):
    """A message, as the table has it for all versions.

    ``since`` and ``until`` are as in ``Field``; ``roles`` are those that the reference allows the
    operation to.
    """

    name: str
    type: str
    since: str
    until: str
    evidence: str
    roles: tuple[str, ...]


_Value = TypeVar("_Value")


class Table(Mapping[str, _Value], Generic[_Value]):
    """Name → value, each read when it is first asked for."""

    def __init__(self, names: tuple[str, ...], read: Callable[[str], _Value]) -> None:
        """Prepares the table.

        Args:
            names: the names that it has.
            read: reads the value with a name.
        """
        self._names = dict.fromkeys(names)
        self._read = read
        self._values: dict[str, _Value] = {}

    def __getitem__(self, name: str) -> _Value:
        value = self._values.get(name)
        if value is None:
            if name not in self._names:
                raise KeyError(name)
            value = self._values[name] = self._read(name)
        return value

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class Contract(NamedTuple):
    """The contract of one version: messages by name, and the types they reach.

    ``companions`` are authHeader and the fault details, in the unversioned namespace. (pre-4.0
    has them among its ``messages``, too.)
    """

    version: Version
    messages: dict[str, str]
    companions: dict[str, str]
    complex_types: Mapping[str, ComplexType]
    simple_types: Mapping[str, SimpleType]

    def type_of(self, name: str, namespace: str) -> str:
        """The type of the message called ``name`` in ``namespace``.

        An authHeader in the namespace of a version that has none there is taken as the
        unversioned one.

        Raises:
            KeyError: there is no such message.
        """
        first, second = self.messages, self.companions
        if namespace == UNVERSIONED:
            first, second = second, first
        return first[name] if name in first else second[name]


@lru_cache(maxsize=1)
def _names() -> dict[str, tuple[str, ...]]:
    return _names_in(components())


def _names_in(known: Mapping[str, bytes]) -> dict[str, tuple[str, ...]]:
    """The names of the components of each kind."""
    found: dict[str, list[str]] = {"element": [], "complexType": [], "simpleType": []}
    for name, part in known.items():
        found[part.lstrip()[4:].split(None, 1)[0].decode()].append(name)
    return {kind: tuple(names) for kind, names in found.items()}


def _parsed(known: Mapping[str, bytes], *names: str) -> etree._Element:
    """A schema of the components with these names."""
    return read_schema(schema_of([known[name] for name in names]))


@lru_cache(maxsize=256)
def _own(name: str) -> etree._Element:
    """A schema of one of our own components: the versions read the same, and none changes it."""
    return _parsed(components(), name)


@lru_cache(maxsize=1)
def _message_nodes() -> etree._Element:
    return _parsed(components(), *_names()["element"])


@lru_cache(maxsize=1)
def messages() -> dict[str, Message]:
    """All messages of all versions; companions are not among them."""
    return {
        node.get("name", ""): Message(
            node.get("name", ""),
            node.get("type", ""),
            node.get(FACTS + "since", ""),
            node.get(FACTS + "until", ""),
            node.get(FACTS + "by", ""),
            tuple(node.get(FACTS + "roles", "").split()),
        )
        for node in _message_nodes()
        if FACTS + "unversioned" not in node.attrib
    }


@lru_cache(maxsize=1)
def field_names() -> frozenset[str]:
    """The names of all elements, of messages and of types, in any version."""
    parts = master_text().split(_ELEMENT)[1:]
    return frozenset(part[: part.index(b'"')].decode() for part in parts)


def names_within(message: str) -> frozenset[str]:
    """The names of all elements that a ``message`` may have in it, in any version.

    They are read from the text, for to read the types of all versions takes long. There are none if
    no version has the message.
    """
    known = components()
    if message not in known:
        return frozenset()
    first = _rank(known[message], b' f:since="') or 0
    names = set()
    for name in needed_names((message,), known)[1:]:
        for element in known[name].split(_ELEMENT)[1:]:
            last = _rank(element[: element.index(b">")], b' f:until="')
            if last is None or last > first:
                names.add(element[: element.index(b'"')].decode())
    return frozenset(names)


def _rank(text: bytes, attribute: bytes) -> int | None:
    """The rank of the version that the first ``attribute`` in ``text`` names; None if none does."""
    value = text.partition(attribute)[2]
    label = value[: value.find(b'"')].partition(b"..")[0].decode()
    return RANKS[label] if label else None


_ELEMENT = b'<xs:element name="'


@lru_cache(maxsize=64)
def contract(version: Version) -> Contract:
    """The contract of ``version``; kept per process."""
    known = components_of(version)
    if version.components is None:
        names, nodes = _names(), _message_nodes()
    else:
        names = _names_in(known)
        nodes = _parsed(known, *names["element"])
    own: dict[str, str] = {}
    companions: dict[str, str] = {}
    for node in nodes:
        if has(node, version):
            table = companions if FACTS + "unversioned" in node.attrib else own
            table[node.get("name", "")] = node.get("type", "")
    if version.namespace == UNVERSIONED and not version.between:
        own |= companions

    is_ours = version.components is None

    def read_complex(name: str) -> ComplexType:
        if is_ours and PRE_4_0.rank not in version.ranks:
            return _complex_type(_own(name)[0], version)
        root = _parsed(known, name)
        adapt(root, version)
        return _complex_type(root[0], version)

    def read_simple(name: str) -> SimpleType:
        (node,) = _own(name) if is_ours else _parsed(known, name)
        # A type of ours is read with what it is derived from.
        base = node[-1].get("base", "")
        above = SimpleType("", base) if base.startswith("xs:") else simple[base]
        facets = tuple(
            Facet(
                etree.QName(facet).localname,
                facet.get("value", ""),
                facet.get(FACTS + "rule", ""),
                facet.get(FACTS + "by", ""),
            )
            for facet in node[-1]
            if has(facet, version) and FACTS + "engine" not in facet.attrib
        )
        check, opened, case = (node.get(FACTS + key) for key in ("check", "open", "case"))
        return SimpleType(name, above.base, facets + above.facets, check, opened, case)

    simple = Table(names["simpleType"], read_simple)
    return Contract(version, own, companions, Table(names["complexType"], read_complex), simple)


_GROUPS = (XS + "sequence", XS + "all")


def _complex_type(node: etree._Element, version: Version) -> ComplexType:
    fields: list[Field] = []
    choices: list[Choice] = []
    elsewhen: dict[str, Field] = {}
    group = next(child for child in node if child.tag in _GROUPS)
    for child in group:
        if child.tag != XS + "choice":
            _add_field(child, version, None, fields, elsewhen)
            continue
        names: list[Field] = []
        for element in child:
            _add_field(element, version, len(choices), names, elsewhen)
        fields += names
        choices.append(
            Choice(
                child.get(FACTS + "rule", ""),
                child.get("minOccurs") != "0",
                tuple(field.name for field in names),
                child.get(FACTS + "by", ""),
            )
        )
    return ComplexType(
        node.get("name", ""),
        tuple(fields),
        tuple(choices),
        group.tag != XS + "all",
        {name: field for name, field in elsewhen.items() if name not in {f.name for f in fields}},
        node.get(FACTS + "check"),
        any(child.tag == XS + "anyAttribute" and has(child, version) for child in node),
    )


def _add_field(
    node: etree._Element,
    version: Version,
    choice: int | None,
    fields: list[Field],
    elsewhen: dict[str, Field],
) -> None:
    late = is_late(node, version)
    maximum = node.get("maxOccurs", "1")
    present = node.get(FACTS + "present")
    if late and present is None:
        present = "later-than-pre-4.0"
    field = Field(
        name=node.get("name", ""),
        type=node.get("type", ""),
        required=choice is None and is_required(node, version),
        maximum=None if maximum == "unbounded" else int(maximum),
        choice=choice,
        maximum_rule=node.get(FACTS + "rule", "repeated-element"),
        present=present,
        absent=None if late else absent_rule(node, version),
        since=node.get(FACTS + "since", ""),
        until=node.get(FACTS + "until", ""),
        evidence=node.get(FACTS + "by", ""),
        service=node.get(FACTS + "service", ""),
    )
    if not late and not has(node, version):
        elsewhen[field.name] = field
    elif fields and fields[-1].name == field.name:  # Between versions the later is the looser.
        fields[-1] = field
    else:
        fields.append(field)


def simple_type(table: Contract, name: str) -> SimpleType | None:
    """The simple type called ``name``; an XSD built-in is one without facets."""
    if name.startswith("xs:"):
        return SimpleType(name, name)
    return table.simple_types.get(name)
