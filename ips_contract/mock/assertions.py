"""Assertions on the jobs that clients submitted: what was wanted, what came, and the difference."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from ips_contract.contract.handles import company_number
from ips_contract.contract.model import contract
from ips_contract.contract.versions import VERSIONS
from ips_contract.xml.datetimes import read_date_time
from ips_contract.xml.envelope import message_in
from ips_contract.xml.parser import Unreadable, children, local_name, parse, text_of
from ips_contract.xml.text import collapse, near, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ips_contract.mock.record import Exchange, Record

UNASKED: Any = object()
"""Stands for a field that an assertion does not ask for; None says that it was not sent."""

Expected: TypeAlias = (
    "str | bool | float | datetime | list[Any] | tuple[Any, ...] | dict[str, Any] | None"
)
"""What ``assert_submitted`` compares fields with."""

_MOST_SHOWN = 5  # Submissions that a failed assertion lists.


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
    try:
        root = parse(exchange.request.body, limit=max(len(exchange.request.body), 1))
    except Unreadable:
        return {}
    message = message_in(root)
    values: dict[str, Any] = {}
    for child in children(message) if message is not None else ():
        name = local_name(child)
        if len(child) or name.endswith("Job"):
            values["job"], values["jobFields"] = name, _plain(child)
        else:
            values[name] = text_of(child)
    return values


def _plain(element: Any) -> Any:
    below = children(element)
    if not below:
        return text_of(element)
    names = [local_name(child) for child in below]
    if set(names) == {"items"}:
        return [_plain(child) for child in below]
    return dict(zip(names, map(_plain, below), strict=True))


def difference(values: dict[str, Any], expected: dict[str, Any]) -> list[Row]:
    """Where the submission ``values`` is not as ``expected``; empty if it is.

    Args:
        values: as ``submission`` gives it.
        expected: field → value. ``job_name``, ``job`` and ``company`` are the documented three;
            others are fields of the message or of its job, ``__`` leads into nested ones.
            True stands for true and 1, a number for any way to write it, a moment for the same
            moment in any time zone, a list for an array; None for a field that is not there.
    """
    rows = []
    for name, want in expected.items():
        got = _lookup(values, _NAMES.get(name, name))
        if name == "company" and got is not None and want is not None:
            same = company_number(collapse(got)) == company_number(str(want))
        else:
            same = _same(got, want)
        if not same:
            rows.append(Row(name, got, want))
    return rows


_NAMES = {"job_name": "jobName", "company": "companyHandle"}


@lru_cache(maxsize=1)
def _known() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of fields that a submission of any version may have, and those of its jobs."""
    fields = {"job_name", "company", "job", "jobFields"}
    jobs: set[str] = set()
    for version in VERSIONS:
        table = contract(version)
        waiting = [table.messages["submitJobParam"]]
        message = table.complex_types[waiting[0]]
        jobs.update(name for row in message.choices if row.required for name in row.names)
        # Only what a submission leads to: the types of all messages would take long to read.
        for name in waiting:
            for field in table.complex_types[name].fields:
                fields.add(field.name)
                if field.type in table.complex_types and field.type not in waiting:
                    waiting.append(field.type)
    return tuple(sorted(fields)), tuple(sorted(jobs))


def check_fields(expected: dict[str, Any]) -> None:
    """Does nothing if all fields are some that a submission can have.

    A misspelt one would be met by None, and by ``times=0``: such a test could never fail.

    Raises:
        ValueError: a field or a job is in no version of the contract.
    """
    fields, jobs = _known()
    for name, want in expected.items():
        for part in name.split("__"):
            if part not in fields:
                raise ValueError(f"no field {quoted(part)}{_guess(part, fields)}")
        if name == "job" and isinstance(want, str) and want not in jobs:
            raise ValueError(f"no job {quoted(want)}{_guess(want, jobs)}")


def _guess(name: str, known: tuple[str, ...]) -> str:
    guess = near(name, known) or near(f"{name}Job", known)
    return f"; did you mean {guess}?" if guess else ""


def _lookup(values: dict[str, Any], name: str) -> Any:
    at: Any = values
    path = name.split("__")
    if path[0] not in values and path[0] != "jobFields":
        at = values.get("jobFields")
    for part in path:
        at = at.get(part) if isinstance(at, dict) else None
    return at


def _same(got: Any, want: object) -> bool:
    if want is None or got is None:
        return got is want
    if isinstance(want, (list, tuple)):
        return isinstance(got, list) and len(got) == len(want) and all(map(_same, got, want))
    if isinstance(want, dict):
        return isinstance(got, dict) and all(_same(got.get(key), want[key]) for key in want)
    if not isinstance(got, str):
        return False
    text = got.strip(" \t\r\n")
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


def assert_submitted(
    exchanges: Sequence[Exchange] | Record, expected: dict[str, Any], times: int | None = None
) -> list[Exchange]:
    """The accepted submissions that are as ``expected``.

    Args:
        exchanges: what was recorded.
        expected: as for ``difference``.
        times: how many there must be; None: at least one.

    Raises:
        AssertionError: there are others or none; it shows what came instead.
        ValueError: no submission can have such a field or job.
    """
    if times == 0 or None in expected.values():
        check_fields(expected)
    candidates = []
    matching = []
    for exchange in exchanges:
        if exchange.operation != "submitJob":
            continue
        rows = difference(submission(exchange), expected)
        if exchange.fault is not None:
            rows.append(Row("answer", f"fault {exchange.fault}: {exchange.reason}", "a jobHandle"))
        elif not exchange.request.body:
            rows = [Row("request", "no body: it is old and was dropped", "one to compare")]
        candidates.append((rows, exchange))
        if not rows:
            matching.append(exchange)
    if len(matching) == times or (times is None and matching):
        return matching  # What was found with a value is no misspelt field.
    check_fields(expected)
    raise AssertionError(_failure(candidates, expected, matching, times))


def _failure(
    candidates: list[tuple[list[Row], Exchange]],
    expected: dict[str, Any],
    matching: list[Exchange],
    times: int | None,
) -> str:
    wanted = ", ".join(f"{name}={value!r}" for name, value in expected.items()) or "any job"
    count = "at least once" if times is None else _times(times)
    lines = [f"expected {wanted} to be submitted {count}; it was {_times(len(matching))}."]
    if not candidates:
        lines.append("No submitJob request came.")
    if times is not None and len(matching) > times:  # Those that differ are not what is wrong.
        lines += [f"  {row.number}, at {row.time}: {row.handle}" for row in matching[:_MOST_SHOWN]]
        more = len(matching) - _MOST_SHOWN
        return "\n".join(lines + [f"  and {more} more"] * (more > 0))
    # Nearest first; what cannot be compared any more comes last.
    others = sorted(
        (c for c in candidates if c[0]),
        key=lambda c: (not c[1].request.body, len(c[0]), -c[1].number),
    )
    for rows, exchange in others[:1]:
        lines.append(f"The nearest request is number {exchange.number}, at {exchange.time}:")
        lines += [f"  {row}" for row in rows]
    if len(others) > 1:
        lines.append(f"{len(others)} submissions differ; the first of them:")
    for rows, exchange in others[:_MOST_SHOWN] if len(others) > 1 else ():
        name = submission(exchange).get("jobName")
        what = f"{name!r} differs in {', '.join(row.field for row in rows)}"
        gone = "its body was dropped, being old"
        lines.append(f"  {exchange.number}: {what if exchange.request.body else gone}")
    return "\n".join(lines)


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
