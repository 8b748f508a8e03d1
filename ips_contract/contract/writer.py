"""Plain values → XML in the order of the schema, and the service's answers around it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING

from ips_contract.contract.faults import AUTHENTICATION, AUTHORIZATION, FAULT_CODES
from ips_contract.contract.model import contract
from ips_contract.contract.versions import UNVERSIONED
from ips_contract.xml.datetimes import write_date_time
from ips_contract.xml.envelope import SOAP_11, SOAP_12
from ips_contract.xml.text import list_of, near

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ips_contract.contract.model import ComplexType, Contract, Field
    from ips_contract.contract.versions import Version

    Plain = str | bool | int | float | datetime
    Value = Plain | Mapping[str, "Value"] | Sequence["Value"] | None

DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>"  # Single quotes, as observed.
# What must not stand in text as it is, and what XML 1.0 cannot hold at all.
_SPECIAL = "[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]"
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}

# SOAP version → what stands around an answer, as the real service writes it (O).
_HEADS = {
    "1.1": f'{DECLARATION}<soapenv:Envelope xmlns:soapenv="{SOAP_11}"><soapenv:Body>',
    "1.2": f'{DECLARATION}<soapenv:Envelope xmlns:soapenv="{SOAP_12}"><soapenv:Body>',
    "": DECLARATION,
}
_TAILS = {
    "1.1": "</soapenv:Body></soapenv:Envelope>",
    "1.2": "</soapenv:Body></soapenv:Envelope>",
    "": "",
}
# Kind of fault → its sender in SOAP 1.1 and 1.2, and its faultstring: AuthorizationException
# was documented with Client (D), ipsApiFault observed with Server (O), the third is alike (I).
_FAULT_WORDS = {
    AUTHENTICATION: ("Client", "Sender", "AuthenticationException"),
    AUTHORIZATION: ("Client", "Sender", "AuthorizationException"),
}
_OTHER_FAULT_WORDS = ("Server", "Receiver", "ipsApiFault")


class Written(str):
    """XML that stands in an element with fields: a value that is written already."""

    __slots__ = ()


def escape(text: str) -> str:
    """``text`` for an element's content; what XML cannot hold becomes U+FFFD."""
    if text.isalnum() or (
        text.isprintable() and "&" not in text and "<" not in text and ">" not in text
    ):
        return text  # As nearly always. What is printable is neither a control nor a surrogate.
    return re.sub(_SPECIAL, lambda match: _ESCAPES.get(match[0], "\ufffd"), text)


def answer(soap: str, xml: str) -> bytes:
    """The bytes of an answer around ``xml``; ``soap`` is ``"1.1"``, ``"1.2"`` or ``""``."""
    return f"{_HEADS[soap]}{xml}{_TAILS[soap]}".encode()


def fault(soap: str, code: int, reason: str, prefix: str = "") -> bytes:
    """The bytes of an answer with the fault ``code``, a key of ``FAULT_CODES``.

    ``prefix`` is for one without SOAP: that of its elements; without it, none is written.
    """
    kind = FAULT_CODES[code].kind
    client, sender, name = _FAULT_WORDS.get(kind, _OTHER_FAULT_WORDS)
    # The detail has the unversioned namespace whatever the version (D).
    colon, space = (f"{prefix}:", f"xmlns:{prefix}") if prefix else ("", "xmlns")
    detail = (
        f'<{colon}{kind} {space}="{UNVERSIONED}"><{colon}code>{code}</{colon}code>'
        f"<{colon}reason>{escape(reason)}</{colon}reason></{colon}{kind}>"
    )
    if soap == "1.1":
        detail = (
            f"<soapenv:Fault><faultcode>soapenv:{client}</faultcode>"
            f"<faultstring>{name}</faultstring><detail>{detail}</detail></soapenv:Fault>"
        )
    elif soap == "1.2":
        detail = (
            f"<soapenv:Fault><soapenv:Code><soapenv:Value>soapenv:{sender}</soapenv:Value>"
            f'</soapenv:Code><soapenv:Reason><soapenv:Text xml:lang="en">{name}</soapenv:Text>'
            f"</soapenv:Reason><soapenv:Detail>{detail}</soapenv:Detail></soapenv:Fault>"
        )
    return answer(soap, detail)


def write(
    version: Version,
    name: str,
    values: Mapping[str, Value],
    namespace: str | None = None,
) -> str:
    """The message ``name`` as XML text, its namespace declared as the default.

    Args:
        version: the version whose fields and order it has.
        name: a message, such as ``submitJobReturn``.
        values: field → value. A complex field takes a mapping, a repeated field a sequence, an
            array also the sequence of its items; None leaves a field out. Values are text,
            booleans, numbers and moments.
        namespace: the version's own by default.

    Raises:
        ValueError: the version has no such message, or a field is not one of its type's.
    """
    return _write(version, name, values, namespace, whole=False)


def write_answer(
    version: Version,
    name: str,
    values: Mapping[str, Value],
    namespace: str | None = None,
) -> str:
    """As ``write``, for whoever answers in all versions with the same ``values``.

    Fields that only other versions have are left out, and those that this one requires must be
    there.

    Raises:
        ValueError: as ``write``; or a required field has no value; or no version has a field.
    """
    return _write(version, name, values, namespace, whole=True)


def written(version: Version, kind: str, values: Mapping[str, Value]) -> Written:
    """What stands in an element of the type ``kind``, in the manner of ``write_answer``.

    For whoever wants to know how long it is before it becomes a part of an answer.

    Raises:
        ValueError: as ``write_answer``.
    """
    table = contract(version)
    return Written(_content(table, table.complex_types[kind], values, kind, whole=True))


def _write(
    version: Version, name: str, values: Mapping[str, Value], namespace: str | None, *, whole: bool
) -> str:
    table = contract(version)
    if name not in table.messages:
        raise ValueError(f"{version} has no message {name!r}")
    kind = table.complex_types[table.messages[name]]
    content = _content(table, kind, values, name, whole=whole)
    space = f' xmlns="{escape(namespace or version.namespace)}"'
    return f"<{name}{space}>{content}</{name}>" if content else f"<{name}{space}/>"


_RANK = itemgetter(0)


@lru_cache(maxsize=4096)
def _layout(
    version: Version, name: str
) -> tuple[dict[str, tuple[int, Field, bool]], tuple[str, ...]]:
    """The fields of a type by name: place, field, whether it has fields; and those required."""
    types = contract(version).complex_types
    fields = types[name].fields
    rows = {field.name: (rank, field, field.type in types) for rank, field in enumerate(fields)}
    return rows, tuple(field.name for field in fields if field.required)


def _refuse_unknown(
    table: Contract, kind: ComplexType, values: Mapping[str, Value], path: str, *, whole: bool
) -> None:
    unknown = values.keys() - {field.name for field in kind.fields}
    if whole:
        unknown -= kind.elsewhen.keys()
    if unknown:
        name = min(unknown)
        names = tuple(field.name for field in kind.fields)
        guess = near(name, names)
        hint = f"did you mean {guess}?" if guess else f"it has {list_of(names or ('none',), 'and')}"
        raise ValueError(f"{path} has no field {name!r} in {table.version}; {hint}")


def _content(
    table: Contract, kind: ComplexType, values: Mapping[str, Value], path: str, *, whole: bool
) -> str:
    rows, required = _layout(table.version, kind.name)
    if not values.keys() <= rows.keys():
        _refuse_unknown(table, kind, values, path, whole=whole)
    if whole:
        for name in required:
            if values.get(name) is None:
                raise ValueError(f"{path} needs {name!r} in {table.version}")
    parts = []
    # By what is given, and not by what a type has: of an asset's fields most are not there.
    for _, field, has_fields in sorted([rows[name] for name in values if name in rows], key=_RANK):
        value = values[field.name]
        if value is None:
            continue
        below = table.complex_types[field.type] if has_fields else None
        repeated = field.maximum != 1 and isinstance(value, (list, tuple))
        for item in value if repeated else (value,):  # type: ignore[union-attr]
            where = f"{path}/{field.name}"
            parts.append(_element(table, field.name, below, item, where, whole=whole))
    return "".join(parts)


def _element(
    table: Contract,
    name: str,
    below: ComplexType | None,
    value: Value,
    path: str,
    *,
    whole: bool,
) -> str:
    if below is None:
        text = _text(value, path)
    elif isinstance(value, Written):
        text = value
    elif isinstance(value, (list, tuple)):
        if [field.name for field in below.fields] != ["items"]:  # As all array types have it.
            raise ValueError(f"{path} has fields; give it a mapping, not {value!r}")
        text = _content(table, below, {"items": value}, path, whole=whole)
    elif isinstance(value, (dict, Mapping)):  # To ask for a dict first is ten times as fast.
        text = _content(table, below, value, path, whole=whole)
    else:
        raise ValueError(f"{path} has fields; give it a mapping, not {value!r}")
    return f"<{name}>{text}</{name}>" if text else f"<{name}/>"


def _text(value: Value, path: str) -> str:
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return write_date_time(value)
    if isinstance(value, (int, float)):
        return repr(value).replace("inf", "INF").replace("nan", "NaN")
    raise ValueError(f"{path} holds a single value, not {value!r}")
