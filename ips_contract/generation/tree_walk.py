"""Messages as trees: where the contract's elements stand, or could, and writing them out."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ips_contract.contract.components import AUTH
from ips_contract.contract.faults import KINDS
from ips_contract.contract.model import ComplexType, Field, contract
from ips_contract.contract.versions import (
    LATEST,
    PRE_4_0,
    UNVERSIONED,
    Version,
    version_for_namespace,
)
from ips_contract.contract.writer import escape
from ips_contract.generation.minimal import least_element, least_names
from ips_contract.validation.attributes import XSD, XSI
from ips_contract.xml.envelope import SOAP_VERSIONS, split_envelope
from ips_contract.xml.parser import local_name, namespace_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

_XML = "http://www.w3.org/XML/1998/namespace"
_PREFIXES = {_XML: "xml", XSI: "xsi", XSD: "xsd"}
MESSAGE, AUTH_HEADER, FAULT = "message", "authHeader", "fault"


class Location(NamedTuple):
    """A place for an element of the contract in a tree.

    Attributes:
        at: the indices of children that lead from the root to the element, or, if it is not
            there, to the nearest one above it that is.
        missing: the fields to add below that one, one inside the other; () if it is there.
        path: path of the element, as a report writes it.
        type: name of its type.
        version: version of its message.
        root: what its message is: ``MESSAGE``, ``AUTH_HEADER`` or ``FAULT``.
        request: whether a client sends it.
        replaces: the rule of the choice from which growing takes another element away; or "".
    """

    at: tuple[int, ...]
    missing: tuple[Field, ...]
    path: str
    type: str
    version: Version
    root: str
    request: bool
    replaces: str = ""

    @property
    def complex(self) -> ComplexType | None:
        """The row of its type; None if it holds a value."""
        return contract(self.version).complex_types.get(self.type)


def element_at(root: etree._Element, at: tuple[int, ...]) -> etree._Element:
    """The element that the indices ``at`` lead to."""
    for index in at:
        root = root[index]
    return root


def messages(root: etree._Element, version: Version) -> Iterator[Location]:
    """The messages in the document ``root``: bare, in an envelope, in a Request, in a Fault."""
    name = local_name(root)
    if name == "Envelope":
        envelope = split_envelope(root)
        for part in (*envelope.headers, *envelope.bodies):
            for index, child in enumerate(part):
                if isinstance(child.tag, str):
                    path = f"/Envelope/{local_name(part)}"
                    yield from _message(child, (root.index(part), index), path, version)
    elif name == "Request":
        for index, child in enumerate(root):
            if isinstance(child.tag, str):
                yield from _message(child, (index,), "/Request", version)
    else:
        yield from _message(root, (), "", version)


def _message(
    element: etree._Element, at: tuple[int, ...], path: str, version: Version
) -> Iterator[Location]:
    name = local_name(element)
    path = f"{path}/{name}"
    if name == "Fault":
        for detail in element:
            if isinstance(detail.tag, str) and local_name(detail).lower() == "detail":
                where = (*at, element.index(detail))
                for index, entry in enumerate(detail):
                    below = f"{path}/{local_name(detail)}"
                    yield from _message(entry, (*where, index), below, version)
        return
    namespace = namespace_of(element)
    root = AUTH_HEADER if name == AUTH else FAULT if name in KINDS else MESSAGE
    if root != MESSAGE:
        version = _judged_by(name, namespace, path, version)
    try:
        type_name = contract(version).type_of(name, namespace)
    except KeyError:
        return
    yield Location(
        at, (), path, type_name, version, root, request=name.endswith(("Param", "Header"))
    )


def _judged_by(name: str, namespace: str, path: str, version: Version) -> Version:
    """The version by which an authHeader or a fault beside a message of ``version`` is judged."""
    if name == AUTH and namespace != UNVERSIONED:
        found = version_for_namespace(namespace)
        return found[0] if found is not None else version
    if name == AUTH and (path.startswith("/Envelope") or version is PRE_4_0):
        return version
    return LATEST  # It says nothing of a version; the last one takes most.


def locations(root: etree._Element, version: Version) -> list[Location]:
    """The contract's elements that the document ``root`` has."""
    found: list[Location] = []
    for location in messages(root, version):
        _walk(element_at(root, location.at), location, found)
    return found


@lru_cache(maxsize=1024)
def _fields(version: Version, type_name: str, namespace: str) -> dict[str, Field]:
    kind = contract(version).complex_types[type_name]
    return {f"{{{namespace}}}{field.name}": field for field in kind.fields}


def _walk(element: etree._Element, location: Location, found: list[Location]) -> None:
    found.append(location)
    if location.complex is None:
        return
    fields = _fields(location.version, location.type, namespace_of(element))
    counts: dict[str, int] = {}
    for index, child in enumerate(element):
        field = fields.get(str(child.tag))
        if field is None:
            continue
        count = counts[field.name] = counts.get(field.name, 0) + 1
        path = child_path(location.path, field, count)
        _walk(child, location._replace(at=(*location.at, index), path=path, type=field.type), found)


def child_path(path: str, field: Field, count: int = 1) -> str:
    """The path of the ``count``-th child for ``field`` below ``path``."""
    if field.maximum == 1 and count == 1:
        return f"{path}/{field.name}"
    return f"{path}/{field.name}[{count}]"


@lru_cache(maxsize=4096)
def _below(version: Version, type_name: str) -> tuple[tuple[Field, ...], ...]:
    """The ways down from a type: chains of fields that raise no remark by being there.

    Below each of its fields, a chain to the first place of each type: there are types that hold
    themselves, and some that hold thousands of elements.
    """
    types = contract(version).complex_types
    chains: list[tuple[Field, ...]] = []
    for first in types[type_name].fields if type_name in types else ():
        if first.present is not None:
            continue
        waiting: list[tuple[Field, ...]] = [(first,)]
        done: set[str] = set()
        for chain in waiting:
            below = chain[-1].type
            if below in types and below not in done:
                done.add(below)
                fields = types[below].fields
                waiting += [(*chain, field) for field in fields if field.present is None]
        chains += waiting
    return tuple(chains)


def missing_locations(root: etree._Element, location: Location) -> Iterator[Location]:
    """Locations for elements that the one at ``location`` lacks, and for those below them."""
    kind = location.complex
    if kind is None:
        return
    names = child_names(root, location)
    for chain in _below(location.version, location.type):
        field = chain[0]
        if field.name in names:
            continue
        replaces = ""
        if field.choice is not None:
            choice = kind.choices[field.choice]
            replaces = choice.rule if set(choice.names) & set(names) else ""
        path = location.path
        for step in chain:
            path = child_path(path, step)
        yield location._replace(missing=chain, path=path, type=chain[-1].type, replaces=replaces)


def child_names(root: etree._Element, location: Location) -> list[str]:
    """The names of the contract's children of the element at ``location``, grown if need be."""
    if location.missing:
        # What grows is least: the part that the chain names, and what must be.
        return least_names(location.version, location.missing[-1], request=location.request)
    element = element_at(root, location.at)
    fields = _fields(location.version, location.type, namespace_of(element))
    return [fields[child.tag].name for child in element if child.tag in fields]


def add_missing(root: etree._Element, location: Location) -> etree._Element:
    """The element at ``location``, with what it needs added to the tree first."""
    element = element_at(root, location.at)
    type_name = location.type
    if location.missing:
        type_name = next(s.type for s in locations(root, location.version) if s.at == location.at)
    for field in location.missing:
        kind = contract(location.version).complex_types[type_name]
        there = child_named(element, field.name)
        if there is None:
            there = put(element, kind, field, location)
        element, type_name = there, field.type
    return element


def child_named(element: etree._Element, name: str) -> etree._Element | None:
    """The first child of ``element`` called ``name``, in its namespace."""
    return element.find(f"{{{namespace_of(element)}}}{name}")


def put(
    parent: etree._Element, kind: ComplexType, field: Field, location: Location
) -> etree._Element:
    """Adds an element for ``field`` in its place, instead of another one of its choice.

    ``location`` says of which message ``parent`` is a part.
    """
    if field.choice is not None:
        for name in kind.choices[field.choice].names:
            other = child_named(parent, name)
            if other is not None:
                parent.remove(other)
    element = least_element(location.version, field, namespace_of(parent), request=location.request)
    ranks = {row.name: rank for rank, row in enumerate(kind.fields)}
    own = ranks[field.name]
    at = len(parent)
    for index, child in enumerate(parent):
        if isinstance(child.tag, str) and ranks.get(local_name(child), -1) > own:
            at = index
            break
    parent.insert(at, element)
    return element


def to_xml(root: etree._Element) -> bytes:
    """``root`` as XML in UTF-8.

    lxml writes an element without a namespace below a default one as if it had that one, so
    this says ``xmlns=""`` where it is needed.
    """
    parts: list[str] = []
    _write(root, "", "", parts)
    return "".join(parts).encode()


def _write(element: etree._Element, default: str, soap: str, parts: list[str]) -> None:
    name, namespace = local_name(element), namespace_of(element)
    declared: dict[str, str] = {}
    if namespace in SOAP_VERSIONS:
        name = f"soapenv:{name}"
        if soap != namespace:
            declared["xmlns:soapenv"] = soap = namespace
    elif namespace != default:
        declared["xmlns"] = default = namespace
    attributes: dict[str, str] = {}
    for key, value in element.attrib.items():
        space, _, local = str(key)[1:].rpartition("}") if str(key)[0] == "{" else ("", "", str(key))
        prefix = _PREFIXES.get(space, "other")
        attributes[f"{prefix}:{local}" if space else local] = str(value)
        if space and prefix != "xml":
            declared[f"xmlns:{prefix}"] = space
        if str(value).startswith("xsd:"):
            declared["xmlns:xsd"] = XSD
    start = "".join(
        f' {key}="{escape(value).replace(chr(34), "&quot;")}"'
        for key, value in (*declared.items(), *attributes.items())
    )
    if element.text is None and not len(element):
        parts.append(f"<{name}{start}/>")
        return
    parts.append(f"<{name}{start}>{escape(element.text or '')}")
    for child in element:
        if isinstance(child.tag, str):
            _write(child, default, soap, parts)
        parts.append(escape(child.tail or ""))
    parts.append(f"</{name}>")
