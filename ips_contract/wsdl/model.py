"""A WSDL 1.1 as values: operations, messages, bindings, services, and the schemas in it.

Names are expanded, as ``{namespace}name``; what is in no namespace has none in braces. ``line`` is
the line of the document where a thing begins, and is left out of comparisons. Sources: WSDL 1.1,
sections 2 and 3; XML Schema 1.0 part 1.
"""

from __future__ import annotations

from typing import NamedTuple

SEQUENCE, ALL, CHOICE = "sequence", "all", "choice"
ANY = "(any element)"  # Stands for a wildcard among the fields.


class Facet(NamedTuple):
    """A restriction of a value: ``kind`` is the name of the XSD facet."""

    kind: str
    value: str


class SimpleType(NamedTuple):
    """The type of a value.

    ``base`` is what it restricts; of lists and unions ``variety`` says so, and ``base`` has the
    types of items or members, with spaces between.
    """

    base: str
    facets: tuple[Facet, ...]
    variety: str
    line: int


class Field(NamedTuple):
    """A child element as a content model declares it.

    ``number`` counts those of one name in one type, from 0. ``type`` is a name, or a key of
    ``Wsdl.types`` for one that has no name. ``maximum`` is None for unbounded. ``form`` is
    ``qualified`` or ``unqualified`` where that is not what its schema says of all. ``default`` has
    its default or fixed value, as ``default=…``.
    """

    name: str
    number: int
    type: str
    minimum: int
    maximum: int | None
    nillable: bool
    form: str
    default: str
    line: int


class Group(NamedTuple):
    """A group inside a content model: alternatives, or a part that repeats or may lack."""

    kind: str
    minimum: int
    maximum: int | None
    names: tuple[str, ...]


class Attribute(NamedTuple):
    """An attribute that a type declares. ``use`` is ``optional`` or ``required``."""

    type: str
    use: str
    default: str
    line: int


class ComplexType(NamedTuple):
    """A type with children or attributes.

    ``fields`` are those of its base, too, and of the groups that it refers to, in wire order;
    ``kind`` is the outermost group's, ``""`` for no children. ``times`` tells how often that group
    stands, ``(1, 1)`` nearly always. ``groups`` are those inside. ``value`` is the type of its text
    if it has simple content. ``base`` says what it extends or restricts. ``any_attribute`` tells
    which others may stand on it. ``flags`` are ``mixed`` and ``abstract``.
    """

    kind: str
    times: tuple[int, int | None]
    fields: tuple[Field, ...]
    groups: tuple[Group, ...]
    attributes: dict[str, Attribute]
    any_attribute: str
    value: str
    base: str
    flags: tuple[str, ...]
    line: int


class Element(NamedTuple):
    """A global element. ``flags`` are ``nillable`` and ``abstract``."""

    type: str
    flags: tuple[str, ...]
    default: str
    line: int


class Schema(NamedTuple):
    """What a schema says of all that it declares."""

    element_form: str
    attribute_form: str
    line: int


class Part(NamedTuple):
    """A part of a message: the element or the type that it is."""

    name: str
    element: str
    type: str


class Message(NamedTuple):
    """An abstract message."""

    parts: tuple[Part, ...]
    line: int


class Operation(NamedTuple):
    """An operation of a port type.

    ``input`` and ``output`` are messages, ``""`` for none; ``names`` what the operation calls them;
    ``faults`` has messages by their names.
    """

    input: str
    output: str
    names: tuple[str, str]
    faults: dict[str, str]
    line: int


class PortType(NamedTuple):
    """A port type: its operations by name."""

    operations: dict[str, Operation]
    line: int


class BoundOperation(NamedTuple):
    """How a binding has an operation: each property by what it is of, such as ``soapAction``.

    ``headers`` has the messages and parts that are bound as headers of the input.
    """

    properties: dict[str, str]
    headers: tuple[tuple[str, str], ...]
    line: int


class Binding(NamedTuple):
    """A binding of a port type. ``properties`` has its SOAP version, style and transport."""

    properties: dict[str, str]
    operations: dict[str, BoundOperation]
    line: int


class Port(NamedTuple):
    """A port of a service."""

    binding: str
    address: str
    line: int


class Service(NamedTuple):
    """A service: its ports by name, the first one first."""

    ports: dict[str, Port]
    line: int


class Wsdl(NamedTuple):
    """A WSDL.

    ``source`` is its file or URL, with secrets hidden; ``name`` and ``namespace`` are those of its
    definitions; ``own`` the namespace of its version,
    ``""`` if it has none of the API's; ``schemas`` are by their target namespaces. ``types`` has
    the types with a name by it, and those without by that of what they are in and a slash.
    """

    source: str
    name: str
    namespace: str
    own: str
    schemas: dict[str, Schema]
    elements: dict[str, Element]
    types: dict[str, ComplexType | SimpleType]
    messages: dict[str, Message]
    port_types: dict[str, PortType]
    bindings: dict[str, Binding]
    services: dict[str, Service]


def local(name: str) -> str:
    """An expanded name without its namespace."""
    return name.rpartition("}")[2]


def namespace(name: str) -> str:
    """The namespace of an expanded name, ``""`` for none."""
    return name[1:].rpartition("}")[0] if name[:1] == "{" else ""
