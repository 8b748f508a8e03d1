"""Plain values → XML in the order of the schema, and the service's answers around it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from ips_contract.contract.faults import AUTHENTICATION, AUTHORIZATION, FAULT_CODES
from ips_contract.contract.model import contract, simple_type
from ips_contract.contract.versions import UNVERSIONED
from ips_contract.xml.datetimes import write_date_time
from ips_contract.xml.envelope import SOAP_11, SOAP_12
from ips_contract.xml.text import list_of, near

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

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
    if text.isprintable() and "&" not in text and "<" not in text and ">" not in text:
        return text  # As nearly always. What is printable is no control and no surrogate.
    return re.sub(_SPECIAL, lambda match: _ESCAPES.get(match[0], "\ufffd"), text)


# ASCII that ``escape`` may write as something else: what is deleted of bytes is found.
_MARKED = bytes({*range(32), 127, *b"&<>"})


def _are_plain(text: str) -> bool:
    """Whether nothing in it need be escaped; quicker than to try, for texts of many letters."""
    if not text.isascii():
        return escape(text) == text
    data = text.encode()
    return len(data.translate(None, _MARKED)) == len(data)


def answer(soap: str, xml: str) -> bytes:
    """The bytes of an answer around ``xml``; ``soap`` is ``"1.1"``, ``"1.2"`` or ``""``."""
    return f"{_HEADS[soap]}{xml}{_TAILS[soap]}".encode()


def fault(soap: str, code: int, reason: str, prefix: str = "") -> bytes:
    """The bytes of an answer with the fault ``code``, a key of ``FAULT_CODES``.

    ``prefix`` is for one without SOAP: that of its elements; without it, none is written.
    """
    before, after = _around_reason(soap, code, prefix)
    return f"{before}{escape(reason)}{after}".encode()


@lru_cache(maxsize=64)  # A fault takes a fifth of the time, and few are different.
def _around_reason(soap: str, code: int, prefix: str) -> tuple[str, str]:
    """What stands before and after the reason of such a fault."""
    kind = FAULT_CODES[code].kind
    client, sender, name = _FAULT_WORDS.get(kind, _OTHER_FAULT_WORDS)
    # The detail has the unversioned namespace whatever the version (D).
    colon, space = (f"{prefix}:", f"xmlns:{prefix}") if prefix else ("", "xmlns")
    before = (
        f'<{colon}{kind} {space}="{UNVERSIONED}"><{colon}code>{code}</{colon}code><{colon}reason>'
    )
    after = f"</{colon}reason></{colon}{kind}>"
    if soap == "1.1":
        before = (
            f"<soapenv:Fault><faultcode>soapenv:{client}</faultcode>"
            f"<faultstring>{name}</faultstring><detail>{before}"
        )
        after = f"{after}</detail></soapenv:Fault>"
    elif soap == "1.2":
        before = (
            f"<soapenv:Fault><soapenv:Code><soapenv:Value>soapenv:{sender}</soapenv:Value>"
            f'</soapenv:Code><soapenv:Reason><soapenv:Text xml:lang="en">{name}</soapenv:Text>'
            f"</soapenv:Reason><soapenv:Detail>{before}"
        )
        after = f"{after}</soapenv:Detail></soapenv:Fault>"
    return f"{_HEADS[soap]}{before}", f"{after}{_TAILS[soap]}"


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
    return Written(_content(_layout(version, kind), values, kind, whole=True))


def plain_text(value: Value) -> str:
    """The text that a single value is written as; it is not escaped yet.

    Raises:
        ValueError: it is no single value.
    """
    write_value = _WRITERS.get(type(value))
    if write_value is not None:
        return write_value(value)
    if value is None:
        raise ValueError("None is no single value")
    return _text(value, {"": value}, "a text")


def text_writer(kind: type) -> Callable[[Any], str]:
    """What ``plain_text`` does with values of exactly this type."""
    return _WRITERS.get(kind, plain_text)


class Form:
    """How elements of a type are written whose values differ in nothing but their texts.

    Lists have many such elements, and to fill a form in takes a third of the time of ``written``.

    Args:
        version: the version whose fields and order it has.
        kind: the type.
        values: those of one such element, as ``written`` takes them.

    Attributes:
        numbers: the single values that are written, in their order: each by how many there are
            before it in ``values``. Those of fields that the version lacks are not among them.

    Raises:
        ValueError: as ``write_answer``.
    """

    def __init__(self, version: Version, kind: str, values: Mapping[str, Value]) -> None:
        content = written(version, kind, _marked(values, itertools.count()))
        parts = _MARK.split(content)
        self._row = parts  # Of every second its text is put in its place.
        self.numbers = tuple(map(int, parts[1::2]))

    def filled(self, texts: Sequence[str]) -> Written | None:
        """What stands in the element; None if a text is empty, for its tags are others then.

        Args:
            texts: those of the single values that have ``numbers``, as ``plain_text`` gives them.
        """
        if "" in texts:
            return None
        if not _are_plain("".join(texts)):
            texts = [escape(text) for text in texts]
        row = self._row.copy()
        row[1::2] = texts  # As many as there are: Python refuses more or fewer.
        return Written("".join(row))


# Private characters stand around the number of a text. No name of a field has them.
_MARK = re.compile("\ue000([0-9]+)\ue001")


def _marked(values: Value, numbers: Iterator[int]) -> Any:
    """``values`` with a mark in place of each single value."""
    if isinstance(values, (dict, Mapping)):
        return {name: _marked(value, numbers) for name, value in values.items()}
    if isinstance(values, (list, tuple)):
        return [_marked(value, numbers) for value in values]
    return f"\ue000{next(numbers)}\ue001"


def _write(
    version: Version, name: str, values: Mapping[str, Value], namespace: str | None, *, whole: bool
) -> str:
    table = contract(version)
    if name not in table.messages:
        raise ValueError(f"{version} has no message {name!r}")
    content = _content(_layout(version, table.messages[name]), values, name, whole=whole)
    space = f' xmlns="{escape(namespace or version.namespace)}"'
    return f"<{name}{space}>{content}</{name}>" if content else f"<{name}{space}/>"


class _Nested(NamedTuple):
    """A field that is no single text: one with fields of its own, or one that is repeated.

    Attributes:
        position: its place among the fields that are written.
        name: what it is called.
        below: the layout of its type; None: it has no fields.
        repeated: whether it may be there several times.
    """

    position: int
    name: str
    below: _Layout | None
    repeated: bool


class _Plan(NamedTuple):
    """How elements are written that are given values of the same fields, in the same order.

    Answers list many such elements. So what follows from the names alone is found out once: the
    order, what is missing, and all that stands between the texts.

    Attributes:
        names: of the fields, in the order of the schema; ``""`` for one that is repeated.
        texts: the values → those of the fields that are single texts, in that order.
        nested: the other fields.
        template: the content, with a place for each text and each other field.
    """

    names: tuple[str, ...]
    texts: Callable[[Mapping[str, Value]], tuple[Value, ...]]
    nested: tuple[_Nested, ...]
    template: str


# Type of a value → the least text of it; of others it is empty.
_EPOCH = "1970-01-01T00:00:00Z"
_LEAST: dict[str, str] = {
    "xs:boolean": "false",
    "xs:dateTime": _EPOCH,
    "xs:date": _EPOCH[:10],
    **{f"xs:{name}": "0" for name in "int long short byte integer decimal double float".split()},
}
_MOST_PLANS = 256  # Of one type; a client of ours may give fields in any order.


class _Layout:
    """A type of one version, and the plans that were made for its elements."""

    def __init__(self, table: Contract, kind: ComplexType) -> None:
        self.table = table
        self.kind = kind
        # For ``write``, and for ``write_answer``.
        self.plans: tuple[dict[tuple[str, ...], _Plan], ...] = ({}, {})

    def plan(self, given: tuple[str, ...], path: str, *, whole: bool) -> _Plan:
        """A new plan for elements that are given values of these fields; it is kept.

        Raises:
            ValueError: there is no such field; or, for an answer, one that is required is missing.
        """
        plans = self.plans[whole]
        if len(plans) >= _MOST_PLANS:
            plans.clear()
        found = plans[given] = self._make(frozenset(given), path, whole=whole)
        return found

    def _make(self, given: frozenset[str], path: str, *, whole: bool) -> _Plan:
        fields = {field.name: field for field in self.kind.fields}
        self._refuse_unknown(given - fields.keys(), path, whole=whole)
        if whole:
            for field in self.kind.fields:
                if field.required and field.name not in given:
                    raise ValueError(f"{path} needs {field.name!r} in {self.table.version}")
        rows = [field for field in self.kind.fields if field.name in given]
        names, singles, nested = [], [], []
        for position, field in enumerate(rows):
            repeated = field.maximum != 1
            names.append("" if repeated else field.name)
            if repeated or field.type in self.table.complex_types:
                nested.append(_Nested(position, field.name, self.below(field), repeated))
            else:
                singles.append(field.name)
        template = "".join(f"<{name}>%s</{name}>" if name else "%s" for name in names)
        return _Plan(tuple(names), getter(singles), tuple(nested), template)

    def filled(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        """``values`` with the least for what somebody's WSDL requires and we know nothing of."""
        lacking = (f for f in self.kind.fields if f.required and f.name not in values)
        return {**values, **{field.name: self._least(field) for field in lacking}}

    def _least(self, field: Field) -> Value:
        if field.type in self.table.complex_types:
            return {}
        kind = simple_type(self.table, field.type)
        assert kind is not None
        for facet in kind.facets:
            if facet.kind in ("enumeration", "minInclusive"):
                return facet.value
        return _LEAST.get(kind.base, "")

    def _refuse_unknown(self, unknown: frozenset[str], path: str, *, whole: bool) -> None:
        if whole:
            unknown -= self.kind.elsewhen.keys()
        if unknown:
            name = min(unknown)
            names = tuple(field.name for field in self.kind.fields)
            guess = near(name, names)
            known = list_of(names or ("none",), "and")
            hint = f"did you mean {guess}?" if guess else f"it has {known}"
            raise ValueError(f"{path} has no field {name!r} in {self.table.version}; {hint}")

    @cached_property
    def is_array(self) -> bool:
        """Whether it has items and nothing else, as all array types."""
        return [field.name for field in self.kind.fields] == ["items"]

    @cached_property
    def of_items(self) -> _Layout | None:
        """The layout of an array's items."""
        return self.below(self.kind.fields[0])

    def below(self, field: Field) -> _Layout | None:
        """The layout of a field's type; None for one without fields."""
        if field.type not in self.table.complex_types:
            return None
        return _layout(self.table.version, field.type)


def getter(places: Sequence[Any]) -> Callable[[Any], tuple[Any, ...]]:
    """What takes the values with these keys or indices, always as a tuple."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda values: tuple(values[place] for place in places)


@lru_cache(maxsize=4096)
def _layout(version: Version, name: str) -> _Layout:
    """The layout of a type, by its name."""
    table = contract(version)
    return _Layout(table, table.complex_types[name])


class _NoValueError(Exception):
    """A field is None. It is seen nowhere else: the field is left out."""


def _content(layout: _Layout, values: Mapping[str, Value], path: str, *, whole: bool) -> str:
    try:
        given = tuple(values)
        plan = layout.plans[whole].get(given)
        if plan is None:
            if whole and layout.table.version.components is not None:
                values = layout.filled(values)
                given = tuple(values)
            plan = layout.plan(given, path, whole=whole)
        texts = [
            value if type(value) is str else _text(value, values, path)
            for value in plan.texts(values)
        ]
        if not _are_plain("".join(texts)):
            texts = [escape(text) for text in texts]
        for position, name, below, repeated in plan.nested:
            value = values[name]
            if value is None:
                return _content(layout, _without_none(values), path, whole=whole)
            where = f"{path}/{name}"
            if repeated:
                items = value if isinstance(value, (list, tuple)) else (value,)
                texts.insert(position, _several(name, below, items, where, whole=whole))
            else:
                texts.insert(position, _inside(below, value, where, whole=whole))
    except _NoValueError:
        # Seldom. To look for it first would take a tenth of the time of all the rest.
        return _content(layout, _without_none(values), path, whole=whole)
    if "" in texts:
        parts = zip(plan.names, texts, strict=True)
        return "".join(_element(name, text) if name else text for name, text in parts)
    return plan.template % tuple(texts)


def _without_none(values: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in values.items() if value is not None}


def _element(name: str, content: str) -> str:
    return f"<{name}>{content}</{name}>" if content else f"<{name}/>"


def _several(
    name: str, below: _Layout | None, items: Sequence[Value], path: str, *, whole: bool
) -> str:
    """An element for each of the items."""
    contents = [_inside(below, item, path, whole=whole) for item in items]
    if "" in contents:
        return "".join([_element(name, content) for content in contents])
    # One join for all, instead of a text for each.
    return f"<{name}>{f'</{name}><{name}>'.join(contents)}</{name}>" if contents else ""


def _inside(below: _Layout | None, value: Value, path: str, *, whole: bool) -> str:
    """What stands in an element: by the fields of its type, or a text where it has none."""
    if below is None:
        return escape(value if type(value) is str else _text(value, {"": value}, path))
    if isinstance(value, Written):
        return value
    if isinstance(value, (dict, Mapping)):  # To ask for a dict first is ten times as fast.
        return _content(below, value, path, whole=whole)
    if isinstance(value, (list, tuple)) and below.is_array:
        return _several("items", below.of_items, value, f"{path}/items", whole=whole)
    raise ValueError(f"{path} has fields; give it a mapping, not {value!r}")


def _number(value: float) -> str:
    text = repr(value)
    return text if text[-1].isdigit() else text.replace("inf", "INF").replace("nan", "NaN")


# Type of a single value → what writes it; bool stands before int, which it is, too.
_WRITERS: dict[type, Callable[[Any], str]] = {
    str: str,
    bool: lambda value: "true" if value else "false",
    datetime: write_date_time,
    int: repr,
    float: _number,
}


def _text(value: Value, values: Mapping[str, Value], path: str) -> str:
    """A single value as text, which is not escaped yet; ``values`` are it and those beside it."""
    if value is None:
        raise _NoValueError
    write_value = _WRITERS.get(type(value))
    if write_value is not None:
        return write_value(value)
    for kind, write_value in _WRITERS.items():  # One of a kind of its own.
        if isinstance(value, kind):
            return write_value(value)
    name = next(name for name, known in values.items() if known is value)
    raise ValueError(f"{f'{path}/{name}' if name else path} holds a single value, not {value!r}")
