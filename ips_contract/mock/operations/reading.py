"""A request's message as plain values, by the contract's types, and what these mean."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ips_contract.contract.model import contract, simple_type
from ips_contract.contract.rules import ERROR, RULES
from ips_contract.contract.values import problems
from ips_contract.mock.fault import Fault
from ips_contract.xml.datetimes import read_date_time
from ips_contract.xml.parser import children, local_name, text_of
from ips_contract.xml.text import collapse, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lxml import etree

    from ips_contract.contract.model import ComplexType, Contract
    from ips_contract.contract.writer import Plain
    from ips_contract.mock.operations.call import Call

    # Text, what a complex element holds, or the items of an array.
    Read = str | Mapping[str, "Read"] | list["Read"]
    Fields = Mapping[str, Read]

INVALID, MISSING = 30001, 30002


def read(call: Call) -> Fields:
    """The fields of a request: text, mappings, and lists of the items of arrays.

    Raises:
        Fault: it names no company and should. What pre-4.0 requires of most requests no source
            says, so that the validator takes them without.
    """
    assert call.message is not None
    table = contract(call.version)
    kind = table.complex_types[table.messages[local_name(call.message)]]
    if not call.company and any(field.type == "CompanyHandle" for field in kind.fields):
        raise Fault(MISSING, "companyHandle is missing or blank.")
    return _fields(call.message, table, kind)


def _fields(element: etree._Element, table: Contract, kind: ComplexType) -> Fields:
    types = {field.name: field.type for field in kind.fields}
    found: dict[str, Read] = {}
    for child in children(element):
        name = local_name(child)
        below = table.complex_types.get(types.get(name, ""))
        if below is None:
            found[name] = text_of(child)
        elif len(below.fields) == 1 and below.fields[0].maximum != 1:
            inner = table.complex_types.get(below.fields[0].type)
            found[name] = [
                text_of(item) if inner is None else _fields(item, table, inner)
                for item in children(child)
            ]
        else:
            found[name] = _fields(child, table, below)
    return found


def text(fields: Fields, name: str) -> str:
    """The text of a field, collapsed; ``""`` without one."""
    value = fields.get(name, "")
    return collapse(value) if isinstance(value, str) else ""


def needed(fields: Fields, name: str) -> str:
    """The text of a field that must be there.

    Raises:
        Fault: it is not, or is blank.
    """
    found = text(fields, name)
    if not found:
        raise Fault(MISSING, f"{name} is missing or blank.")
    return found


def texts(fields: Fields, name: str) -> list[str]:
    """The items of an array of text; none without the array."""
    found = fields.get(name, [])
    items = found if isinstance(found, list) else []
    return [collapse(item) for item in items if isinstance(item, str)]


def entries(fields: Fields, name: str) -> list[Fields]:
    """The items of an array of elements with fields; none without the array."""
    found = fields.get(name, [])
    items = found if isinstance(found, list) else []
    return [item for item in items if not isinstance(item, (str, list))]


def part(fields: Fields, name: str) -> Fields:
    """What an element with fields holds; nothing without the element."""
    found = fields.get(name, {})
    return found if not isinstance(found, (str, list)) else {}


def flag(fields: Fields, name: str, *, default: bool = False) -> bool:
    """A boolean of XML Schema."""
    found = text(fields, name)
    return found in ("true", "1") if found else default


def whole(fields: Mapping[str, object], name: str, least: int, default: int) -> int:
    """A whole number.

    Raises:
        Fault: it is less than ``least``, or none.
    """
    found = fields.get(name)
    found = collapse(found) if isinstance(found, str) else ""
    if not found:
        return default
    # Python reads no more than some thousand digits, and XSD allows any number of zeros.
    digits = found.lstrip("+-0") or "0"
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 20):
        raise Fault(INVALID, f"{name} is {quoted(found)}, which is no number.")
    number = int(digits) * (-1 if found[0] == "-" else 1)
    if number < least:
        raise Fault(INVALID, f"{name} is {number}; give {least} or more.")
    return number


def values_of(
    call: Call, fields: Fields, kind: str, unless: frozenset[str] = frozenset()
) -> dict[str, Plain]:
    """Those of the fields that a type of the contract has, as values of their types there.

    Args:
        call: the request.
        fields: those of the request, or of an item in it.
        kind: the type, such as ``ZoomTarget``; its fields with fields of their own are left out.
        unless: fields that are left out, too.

    Raises:
        Fault: a value is none of its type.
    """
    found: dict[str, Plain] = {}
    table = contract(call.version)
    for field in table.complex_types[kind].fields:
        name, given = field.name, fields.get(field.name)
        if not isinstance(given, str) or name in unless:
            continue
        reader = _READERS.get(field.type)
        if reader is None:
            _check_constants(table, field.type, name, given)
        found[name] = given if reader is None else reader(name, collapse(given))
    return found


def _check_constants(table: Contract, kind: str, name: str, given: str) -> None:
    """Does nothing for a value of the type: a request may have as any text what answers cannot."""
    row = simple_type(table, kind)
    for rule, words in problems(row, given) if row is not None else ():
        if RULES[rule].severity == ERROR:
            raise Fault(INVALID, f"{name}: {words}")


def decimal(name: str, found: str) -> float:
    """A number.

    Raises:
        Fault: it is none.
    """
    try:
        return float(found)
    except ValueError:
        raise Fault(INVALID, f"{name} is {quoted(found)}, which is no number.") from None


def moment(name: str, found: str) -> datetime:
    """A moment, as XML Schema or as a browser writes it (D); UTC where it names no zone.

    Raises:
        Fault: it is none.
    """
    try:
        if found[:1].isalpha():  # "Fri Jul 25 2014 22:13:45 GMT-0500 (CDT)" (D)
            return datetime.strptime(found.partition(" (")[0], "%a %b %d %Y %H:%M:%S GMT%z")
        return read_date_time(found)
    except ValueError:
        raise Fault(INVALID, f"{name} is {quoted(found)}, which is no moment.") from None


def _whole_number(name: str, found: str) -> int:
    return whole({name: found}, name, -(2**63), 0)


# Type of a field in the contract → what reads it; others are texts.
_READERS: dict[str, Callable[[str, str], Plain]] = {
    "Int": _whole_number,
    "Long": _whole_number,
    "Double": decimal,
    "Float": decimal,
    "xs:boolean": lambda _, found: found in ("true", "1"),
    "DateTime": moment,
}
