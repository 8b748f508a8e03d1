"""Assertions on what clients asked for: what was wanted, what came, and the difference."""

from __future__ import annotations

from collections import Counter
from functools import partial
from heapq import heapify, heappop, heapreplace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from ips_contract.mock.arguments import UNASKED
from ips_contract.mock.differences import Expected, Row, difference, request_fields, submission
from ips_contract.mock.known_fields import check_request, check_submission
from ips_contract.mock.sight import Sight

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ips_contract.mock.record import Exchange, Record

__all__ = [
    "UNASKED",
    "Comparison",
    "Expected",
    "Row",
    "assert_called",
    "assert_submitted",
    "check_request",
    "check_submission",
    "compare_called",
    "compare_submitted",
    "difference",
    "request_fields",
    "submission",
]


_MOST_SHOWN = 5  # Requests that a failed assertion lists.

_MOST_NAMES = 20  # Operations that it lists.


class Comparison(NamedTuple):
    """What was asked for against what came.

    Attributes:
        matching: the requests that are as expected.
        failure: why that is not what was asked for, in words; ``""`` if it is.
        nearest: of the others the one with the fewest differences; None if there is none, or if
            there are too many that match.
        differences: where that one differs.
    """

    matching: list[Exchange]
    failure: str = ""
    nearest: Exchange | None = None
    differences: tuple[Row, ...] = ()


class _Kind(NamedTuple):
    """The requests that an assertion is about.

    Attributes:
        operation: what they ask for.
        read: what is compared.
        check: refuses fields that they cannot have.
        wanted: what is expected, in words.
        others: what such requests are called.
        accepted: whether only those count that were not answered with a fault.
    """

    operation: str
    read: Callable[[Exchange], dict[str, Any]]
    check: Callable[[dict[str, Any]], None]
    wanted: str
    others: str
    accepted: bool = False


def assert_submitted(
    exchanges: Sequence[Exchange] | Record, expected: dict[str, Any], times: int | None = None
) -> list[Exchange]:
    """The accepted submissions that are as ``expected``; arguments as for ``compare_submitted``.

    Raises:
        AssertionError: there are others or none; it shows what came instead.
        ValueError: no submission can have such a field or job.
    """
    return _required(compare_submitted(exchanges, expected, times))


def compare_submitted(
    exchanges: Sequence[Exchange] | Record, expected: dict[str, Any], times: int | None = None
) -> Comparison:
    """The accepted submissions against what is ``expected``.

    Args:
        exchanges: what was recorded.
        expected: as for ``difference``.
        times: how many there must be; None: at least one.

    Raises:
        ValueError: no submission can have such a field or job.
    """
    wanted = f"{_in_words(expected) or 'any job'} to be submitted"
    kind = _Kind("submitJob", submission, check_submission, wanted, "submissions", accepted=True)
    return _compare(exchanges, kind, expected, times)


def assert_called(
    exchanges: Sequence[Exchange] | Record,
    operation: str,
    expected: dict[str, Any],
    times: int | None = None,
) -> list[Exchange]:
    """The requests of ``operation`` that are as ``expected``; arguments as for ``compare_called``.

    Raises:
        AssertionError: there are others or none; it shows what came instead.
        ValueError: no request of the operation can have such a field.
    """
    return _required(compare_called(exchanges, operation, expected, times))


def compare_called(
    exchanges: Sequence[Exchange] | Record,
    operation: str,
    expected: dict[str, Any],
    times: int | None = None,
) -> Comparison:
    """The requests of ``operation``, however they were answered, against what is ``expected``.

    Args:
        exchanges: what was recorded.
        operation: an operation of the contract.
        expected: as for ``difference``, without ``job``.
        times: how many there must be; None: at least one.

    Raises:
        ValueError: no request of the operation can have such a field.
    """
    fields = _in_words(expected)
    wanted = f"{operation}{f' with {fields}' if fields else ''} to be called"
    check = partial(check_request, operation)
    kind = _Kind(operation, request_fields, check, wanted, "requests")
    return _compare(exchanges, kind, expected, times)


def _required(comparison: Comparison) -> list[Exchange]:
    if comparison.failure:
        raise AssertionError(comparison.failure)
    return comparison.matching


def _in_words(expected: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in expected.items())


def _rows(exchange: Exchange, kind: _Kind, expected: dict[str, Any]) -> list[Row]:
    """Where a request differs."""
    rows = difference(kind.read(exchange), expected) if expected else []
    if kind.accepted and exchange.fault is not None:
        rows.append(Row("answer", f"fault {exchange.fault}: {exchange.reason}", "a jobHandle"))
    elif expected and not exchange.has_body:
        rows = [Row("request", "no body: it is old and was dropped", "one to compare")]
    return rows


def _compare(
    exchanges: Sequence[Exchange] | Record,
    kind: _Kind,
    expected: dict[str, Any],
    times: int | None,
) -> Comparison:
    if times == 0 or None in expected.values():
        kind.check(expected)
    matching: list[Exchange] = []
    others: list[_Other] = []
    sight = Sight(expected, of_jobs=kind.read is submission)
    for exchange in exchanges:
        if exchange.operation != kind.operation:
            continue
        least, is_clear = sight.at(exchange)
        least += _is_refused(exchange, kind)
        if not least and not is_clear:
            least = len(_rows(exchange, kind, expected))
        if not least:
            matching.append(exchange)
            continue
        is_gone = not exchange.has_body
        step = _CLOSE if is_clear else _FIRST
        others.append((is_gone, 0 if is_gone else least, -exchange.number, step, exchange, ()))
    if len(matching) == times or (times is None and matching):
        return Comparison(matching)  # What was found with a value is no misspelt field.
    kind.check(expected)
    came = Counter(exchange.operation or exchange.method for exchange in exchanges)
    number = len(others)
    too_many = times is not None and len(matching) > times  # Then others are not what is wrong.
    nearest = [] if too_many else _nearest(others, sight, kind, expected)
    differ = 0 if too_many else number
    words = _failure(len(matching) + number, differ, nearest, kind, matching, times, came)
    if not nearest:
        return Comparison(matching, words)
    rows_of_first, first = nearest[0]
    return Comparison(matching, words, first, tuple(rows_of_first))


_FIRST, _CLOSE, _READ = range(3)
# What is known of a request that is not as expected: whether the body is gone, in how many fields
# it differs at least, the number with a minus; then how well that is known (by a bound, by a closer
# one or by the rows), the request, and the rows.
_Other: TypeAlias = "tuple[bool, int, int, int, Exchange, Sequence[Row]]"


def _nearest(
    others: list[_Other], sight: Sight, kind: _Kind, expected: dict[str, Any]
) -> list[tuple[Sequence[Row], Exchange]]:
    """Those that differ least, the newest first; what cannot be compared any more comes last.

    Each differs in at least as much as is clear at first sight, so of thousands a few are read.

    Args:
        others: those that are not as expected; they are not in order afterwards.
        sight: looks at them.
        kind: what they are.
        expected: what they are not.
    """
    found: list[tuple[Sequence[Row], Exchange]] = []
    # Who comes first by the rows, while the others' bounds are no less, comes first whatever is
    # read later.
    heapify(others)
    while others and len(found) < _MOST_SHOWN:
        is_gone, least, number, step, exchange, rows = others[0]
        if step == _READ:
            found.append((rows, exchange))
            heappop(others)
            continue
        if step == _FIRST and not is_gone:
            least = max(least, sight.at(exchange, whole=True)[0] + _is_refused(exchange, kind))
            heapreplace(others, (is_gone, least, number, _CLOSE, exchange, rows))
            continue
        rows = _rows(exchange, kind, expected)
        heapreplace(others, (is_gone, len(rows), number, _READ, exchange, rows))
    return found


def _is_refused(exchange: Exchange, kind: _Kind) -> bool:
    """Whether a request does not count, for it was answered with a fault."""
    return kind.accepted and exchange.fault is not None


def _failure(
    candidates: int,
    differ: int,
    others: list[tuple[Sequence[Row], Exchange]],
    kind: _Kind,
    matching: list[Exchange],
    times: int | None,
    came: Counter[str],
) -> str:
    count = "at least once" if times is None else _times(times)
    lines = [f"expected {kind.wanted} {count}; it was {_times(len(matching))}."]
    if not candidates:
        lines.append(f"No {kind.operation} request came.")
        names = [f"{name} {_times(number)}" for name, number in came.most_common(_MOST_NAMES)]
        names += [f"{len(came) - _MOST_NAMES} more"] * (len(came) > _MOST_NAMES)
        lines += [f"What came: {', '.join(names)}."] * bool(names)
    if times is not None and len(matching) > times:
        lines += [
            f"  {row.number}, at {row.time}: {_result(row)}" for row in matching[:_MOST_SHOWN]
        ]
        more = len(matching) - _MOST_SHOWN
        return "\n".join(lines + [f"  and {more} more"] * (more > 0))
    for rows, exchange in others[:1]:
        lines.append(f"The nearest request is number {exchange.number}, at {exchange.time}:")
        lines += [f"  {row}" for row in rows]
    if differ > 1:
        lines.append(f"{differ} {kind.others} differ; the first of them:")
    for rows, exchange in others if differ > 1 else ():
        name = kind.read(exchange).get("jobName")
        what = f"{'it' if name is None else repr(name)} differs in "
        what += ", ".join(row.field for row in rows)
        gone = "its body was dropped, being old"
        lines.append(f"  {exchange.number}: {what if exchange.has_body else gone}")
    return "\n".join(lines)


def _result(exchange: Exchange) -> str:
    """What the answer was, short."""
    if exchange.fault is not None:
        return f"fault {exchange.fault}"
    return exchange.handle or f"HTTP {exchange.response.status}"


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
