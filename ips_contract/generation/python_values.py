"""Messages as Python values: dicts such as zeep takes, and dataclasses made from the contract."""

from __future__ import annotations

import dataclasses
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

from ips_contract.contract.model import contract
from ips_contract.contract.versions import Version, version_for_namespace
from ips_contract.generation.serialization import Node, from_element, plain
from ips_contract.xml.parser import parse
from ips_contract.xml.text import collapse

if TYPE_CHECKING:
    from collections.abc import Callable

    from ips_contract.contract.model import Field


# A value of the dict form.
Value = str | bool | int | float | dict[str, "Value"] | list["Value"]


def _number(text: str) -> float | str:
    # Python's names of these are not XML's, and NaN is not equal to itself.
    value = collapse(text)
    return value if value[-1] in "FN" else float(value)


# XSD's built-in type → what Python has for it. Dates stay text: Python's end at year 9999.
_READERS: dict[str, tuple[type | str, Callable[[str], Any]]] = {
    "xs:boolean": (bool, lambda text: collapse(text) in ("true", "1")),
    "xs:int": (int, int),
    "xs:long": (int, int),
    "xs:double": ("float | str", _number),
}
_AS_TEXT: tuple[type | str, Callable[[str], Any]] = (str, str)


def write_value(value: object) -> str:
    """The text of a plain value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Record:
    """A complex type's value; its subclasses are made by ``record_class``.

    Attributes:
        version: the version it is of.
        type_name: the complex type, as in xsd/ips.xsd.
        message: the message's name, ``""`` for a type that is no message's.
    """

    version: ClassVar[Version]
    type_name: ClassVar[str]
    message: ClassVar[str]

    if TYPE_CHECKING:  # The fields are made from the contract, where no type checker looks.

        def __getattr__(self, name: str) -> Any: ...


@lru_cache(maxsize=1024)
def record_class(version: Version, type_name: str) -> type[Record]:
    """The dataclass of a complex type: frozen, with keyword arguments.

    Required fields have no default; the others are None. Repeated fields are tuples.
    """
    kind = contract(version).complex_types[type_name]
    fields: list[Any] = []
    for field in sorted(kind.fields, key=lambda field: not field.required):
        if field.maximum != 1:
            fields.append((field.name, tuple[Any, ...], dataclasses.field(default=())))
        elif field.required:
            fields.append((field.name, _python_type(version, field)))
        else:
            fields.append((field.name, f"{_type_text(version, field)} | None", None))
    messages = {name: key for key, name in contract(version).messages.items()}
    message = messages.get(type_name, "")
    made = dataclasses.make_dataclass(
        message or type_name,
        fields,
        bases=(Record,),
        frozen=True,
        kw_only=True,
        namespace={"version": version, "type_name": type_name, "message": message},
    )
    made.__module__ = __name__
    return made


def _reader(version: Version, name: str) -> tuple[type | str, Callable[[str], Any]]:
    simple = contract(version).simple_types.get(name)
    return _READERS.get(simple.base if simple else name, _AS_TEXT)


def _python_type(version: Version, field: Field) -> type | str:
    if field.type in contract(version).complex_types:
        return record_class(version, field.type)
    return _reader(version, field.type)[0]


def _type_text(version: Version, field: Field) -> str:
    kind = _python_type(version, field)
    return kind if isinstance(kind, str) else kind.__name__


def to_dict(node: Node, version: Version, type_name: str) -> dict[str, Value]:
    """The fields of ``node``: a repeated field is a list, a complex one a dict.

    zeep's ``create_message`` takes it as keyword arguments, ``writer.write`` as values.
    """
    table = contract(version)
    fields = {field.name: field for field in table.complex_types[type_name].fields}
    values: dict[str, Value] = {name: [] for name, field in fields.items() if field.maximum != 1}
    for child in node.content or ():
        assert isinstance(child, Node)
        field = fields[child.name]
        value: Value
        if field.type in table.complex_types:
            value = to_dict(child, version, field.type)
        else:
            assert isinstance(child.content, (str, list))
            value = _reader(version, field.type)[1](_text(child))
        repeated = values.get(child.name)
        if field.maximum != 1 and isinstance(repeated, list):
            repeated.append(value)
        else:
            values[child.name] = value
    return values


def _text(node: Node) -> str:
    return node.content if isinstance(node.content, str) else ""


def to_record(node: Node, version: Version, type_name: str) -> Record:
    """``node`` as a dataclass."""
    return _record(to_dict(node, version, type_name), version, type_name)


def _record(values: dict[str, Any], version: Version, type_name: str) -> Record:
    table = contract(version)
    found = {}
    for field in table.complex_types[type_name].fields:
        if field.name not in values:
            continue
        value = values[field.name]
        many = value if isinstance(value, list) else [value]
        if field.type in table.complex_types:
            many = [_record(item, version, field.type) for item in many]
        found[field.name] = tuple(many) if field.maximum != 1 else many[0]
    return record_class(version, type_name)(**found)


def to_node(record: Record, name: str = "") -> Node:
    """``record`` as an element called ``name``; a message has a name of its own.

    Raises:
        ValueError: ``name`` is missing, and the record is no message.
    """
    version, name = record.version, name or record.message
    if not name:
        raise ValueError(f"{record.type_name} is no message; give its element's name")
    content = []
    for field in contract(version).complex_types[record.type_name].fields:
        value = getattr(record, field.name)
        for item in value if field.maximum != 1 else () if value is None else (value,):
            if isinstance(item, Record):
                content.append(to_node(item, field.name))
            else:
                content.append(Node(version.namespace, field.name, write_value(item)))
    return Node(version.namespace, name, content)


def to_bytes(record: Record) -> bytes:
    """The message ``record`` as XML.

    Raises:
        ValueError: it is no message.
    """
    return plain(to_node(record))


def from_bytes(data: bytes) -> Record:
    """The bare, valid message in ``data`` as a dataclass.

    Raises:
        parser.Unreadable: it is no XML that is read.
        ValueError: it is no message of a version.
    """
    node = from_element(parse(data))
    found = version_for_namespace(node.namespace)
    if found is None or node.name not in contract(found[0]).messages:
        raise ValueError(f"{node.name} in {node.namespace!r} is no message")
    return to_record(node, found[0], contract(found[0]).messages[node.name])
