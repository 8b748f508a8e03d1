"""What requests say, field by field, and where that is not what was expected."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from ips_contract.contract.handles import company_number
from ips_contract.mock.record import USUAL_BYTES
from ips_contract.xml.datetimes import read_date_time
from ips_contract.xml.envelope import message_in
from ips_contract.xml.parser import Unreadable, children, local_name, parse, text_of
from ips_contract.xml.text import BLANKS, collapse

if TYPE_CHECKING:
    from collections.abc import Callable

    from ips_contract.mock.record import Exchange

Expected: TypeAlias = (
    "str | bool | float | datetime | list[Any] | tuple[Any, ...] | dict[str, Any] | None"
)
"""What ``assert_submitted`` and ``assert_called`` compare fields with."""


class Row(NamedTuple):
    """One thing that differs: the field, what was got, what was expected."""

    field: str
    got: object
    expected: object

    def __str__(self) -> str:
        got = "nothing" if self.got is None else repr(self.got)
        return f"{self.field}: got {got}, expected {self.expected!r}"


def submission(exchange: Exchange) -> dict[str, Any]:
    """The job that a submitJob request asks for, as plain values; {} if it cannot be read.

    Fields have their names; ``job`` is the name of the job element, whose fields are in
    ``jobFields``. Values are text as sent; arrays are lists.
    """
    return _read(exchange, _submission)


def request_fields(exchange: Exchange) -> dict[str, Any]:
    """The fields of a request's message as plain values; {} if it cannot be read.

    Values are text as sent; arrays are lists, other elements with children dicts.
    """
    return _read(exchange, dict)


def _submission(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in fields:
        if name.endswith("Job") or not isinstance(value, str):
            values["job"], values["jobFields"] = name, value
        else:
            values[name] = value
    return values


def _read(
    exchange: Exchange, values_of: Callable[[list[tuple[str, Any]]], dict[str, Any]]
) -> dict[str, Any]:
    """What ``values_of`` makes of the message's fields; kept with a message of usual size.

    A test asks again and again, and most of what was recorded was there before.
    """
    kept = exchange.read  # Once: another thread may drop it meanwhile.
    if kept is not None and kept[0] is values_of:
        return kept[1]
    body = exchange.body
    try:
        root = parse(body, limit=max(len(body), 1))
    except Unreadable:
        return {}
    message = message_in(root)
    below = children(message) if message is not None else []
    values = values_of([(local_name(child), plain_value(child)) for child in below])
    if len(body) <= USUAL_BYTES:
        exchange.read = (values_of, values)
    return values


def plain_value(element: Any) -> Any:
    """What an element has in it: text as sent, a list of an array, a dict of other children."""
    below = children(element)
    if not below:
        return text_of(element)
    names = [local_name(child) for child in below]
    if set(names) == {"items"}:
        return [plain_value(child) for child in below]
    return dict(zip(names, map(plain_value, below), strict=True))


def difference(values: dict[str, Any], expected: dict[str, Any]) -> list[Row]:
    """Where the request ``values`` is not as ``expected``; empty if it is.

    Args:
        values: as ``submission`` or ``request_fields`` gives it.
        expected: field → value. ``job_name``, ``job`` and ``company`` are the documented three;
            others are fields of the message or of its job, ``__`` or a dot leads into nested ones.
            True stands for true and 1, a number for any way to write it, a moment for the same
            moment in any time zone, a list for an array; None for a field that is not there.
    """
    rows = []
    for name, want in expected.items():
        got = _lookup(values, SHORT_NAMES.get(name, name))
        if not meets(name, got, want):
            rows.append(Row(name, got, want))
    return rows


def meets(name: str, got: Any, want: object) -> bool:
    """Whether ``got``, None for nothing, is what ``want`` asks of the field called ``name``."""
    if name == "company" and got is not None and want is not None:
        return company_number(collapse(got)) == company_number(str(want))
    return is_same(got, want)


SHORT_NAMES = {"job_name": "jobName", "company": "companyHandle"}
"""What two fields may be called, and their names."""


@lru_cache(maxsize=256)
def path_to(name: str) -> tuple[str, ...]:
    """The names that lead to the field that is expected as ``name``."""
    return tuple(name.replace("__", ".").split("."))


def _lookup(values: dict[str, Any], name: str) -> Any:
    at: Any = values
    path = path_to(name)
    if path[0] not in values and path[0] != "jobFields":
        at = values.get("jobFields")
    for part in path:
        at = at.get(part) if isinstance(at, dict) else None
    return at


def is_same(got: Any, want: object) -> bool:
    """Whether ``got``, as ``plain_value`` gives it or None for nothing, is ``want``."""
    if want is None or got is None:
        return got is want
    if not want and isinstance(want, (list, tuple, dict)):
        return not got or (isinstance(got, str) and not got.strip(BLANKS))  # Nothing is in it.
    if isinstance(want, (list, tuple)):
        return isinstance(got, list) and len(got) == len(want) and all(map(is_same, got, want))
    if isinstance(want, dict):
        return isinstance(got, dict) and all(is_same(got.get(key), want[key]) for key in want)
    if not isinstance(got, str):
        return False
    text = got.strip(BLANKS)
    if isinstance(want, bool):
        return text in (("true", "1") if want else ("false", "0"))
    try:
        if isinstance(want, (int, float)):
            return float(text) == want
        if isinstance(want, datetime):
            zoned = want if want.tzinfo is not None else want.replace(tzinfo=UTC)
            return read_date_time(text) == zoned
    except ValueError:
        return False
    return got == want
