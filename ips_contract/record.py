"""What the service saw: exchanges, bounded, and assertions on the jobs in them."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from ips_contract.clock import read_date_time
from ips_contract.envelope import (
    Unreadable,
    children,
    local_name,
    message_in,
    parse,
    text_of,
)
from ips_contract.handles import company_number
from ips_contract.report import Report
from ips_contract.validation import validate
from ips_contract.wire import Request, Response, redact, redact_headers, redact_target
from ips_contract.wording import collapse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ips_contract.report import Violation
    from ips_contract.versions import Version

MOST_EXCHANGES = 10_000
MOST_BYTES = 64 * 1024 * 1024  # Of bodies of requests and answers.
_MOST_SHOWN = 5  # Submissions that a failed assertion lists.


class Exchange:
    """A request and what became of it.

    Attributes:
        number: from 1; goes on when old exchanges are forgotten.
        time: when the request came, by the service's clock.
        operation: such as ``submitJob``; ``""`` if the request names none.
        version: the API version of the message; None if it has none.
        request: as received, with passwords hidden. Its body is ``b""`` once it was dropped.
        report: the verdict on the request's document.
        response: as given to the adapter. Its body is ``b""`` once it was dropped.
        fault: the code of the fault that was the answer; None if it was none.
        reason: the fault's reason, ``""`` without a fault.
        handle: the job handle that submitJob answered, ``""`` otherwise.
        notes: remarks on how the request was sent.
        duration: seconds that the service took for it.
    """

    __slots__ = (
        *("_body", "_report", "_request", "_shown", "duration", "fault", "handle", "notes"),
        *("number", "operation", "reason", "response", "time"),
    )

    def __init__(
        self,
        number: int,
        time: datetime,
        operation: str,
        request: Request,
        body: bytes,
        report: Report,
        response: Response,
        fault: int | None,
        reason: str,
        handle: str,
        notes: tuple[str, ...],
        duration: float,
    ) -> None:
        self.number = number
        self.time = time
        self.operation = operation
        # With its secrets, which are hidden when somebody looks: most exchanges nobody looks at.
        self._request = request
        self._body = body
        self._report = report
        self._shown = False
        self.response = response
        self.fault = fault
        self.reason = reason
        self.handle = handle
        self.notes = notes
        self.duration = duration

    @property
    def request(self) -> Request:
        """The request as received, with passwords hidden."""
        self._hide()
        return self._request

    @property
    def report(self) -> Report:
        """The verdict on the request's document; it is about what ``request`` shows."""
        self._hide()
        return self._report

    def _hide(self) -> None:
        if self._shown:
            return
        method, target, headers, _ = self._request
        body = redact(self._body)
        self._request = Request(method, redact_target(target), redact_headers(headers), body)
        if self._report.message or self._report.violations:
            self._report = _report_on(self._report, body)
        self._body = body
        self._shown = True

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self._request.method

    @property
    def size(self) -> int:
        """Bytes of the bodies that are kept."""
        return len(self._body) + len(self.response.body)

    def drop_bodies(self) -> None:
        """Forgets the bodies, and the document in the report."""
        method, target, headers, _ = self._request
        self._request = Request(method, target, headers, b"")
        self._body = b""
        self._report.data = None
        status, lines, _, delay, fate = self.response
        self.response = Response(status, lines, b"", delay, fate)

    @property
    def version(self) -> Version | None:
        """The API version of the message; None if it has none."""
        return self._report.version

    def __repr__(self) -> str:
        what = self.operation or f"{self.request.method} {self.request.target}"
        result = f"fault {self.fault}" if self.fault is not None else str(self.response.status)
        return f"<Exchange {self.number}: {what}: {self.handle or result}>"


class Record:
    """The newest exchanges, oldest first: a sequence.

    Args:
        most: exchanges that are kept.
        most_bytes: bytes of their bodies that are kept; beyond, the oldest bodies are dropped.
    """

    def __init__(self, most: int = MOST_EXCHANGES, most_bytes: int = MOST_BYTES) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self.clear()

    def clear(self) -> None:
        """Forgets everything."""
        self._exchanges: deque[Exchange] = deque()
        self._with_body: deque[Exchange] = deque()
        self._bytes = 0
        self.count = 0
        self._counts: dict[tuple[str, int | None], int] = {}

    @property
    def counts(self) -> dict[str, int]:
        """How often what came, forgotten exchanges too: ``{"submitJob: answered": 5}``."""
        return {
            f"{name}: {'answered' if fault is None else f'fault {fault}'}": number
            for (name, fault), number in self._counts.items()
        }

    def add(self, exchange: Exchange) -> None:
        """Keeps ``exchange``; the oldest goes if there are too many."""
        self.count += 1
        key = (exchange.operation or exchange.method, exchange.fault)
        self._counts[key] = self._counts.get(key, 0) + 1
        self._exchanges.append(exchange)
        self._bytes += exchange.size
        self._with_body.append(exchange)
        if len(self._exchanges) > self._most:
            oldest = self._exchanges.popleft()
            if self._with_body and self._with_body[0] is oldest:
                self._drop_body()
        while self._bytes > self._most_bytes and len(self._with_body) > 1:
            self._drop_body()

    def _drop_body(self) -> None:
        exchange = self._with_body.popleft()
        self._bytes -= exchange.size
        exchange.drop_bodies()

    def __len__(self) -> int:
        return len(self._exchanges)

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self._exchanges)

    @overload
    def __getitem__(self, index: int) -> Exchange: ...
    @overload
    def __getitem__(self, index: slice) -> list[Exchange]: ...
    def __getitem__(self, index: int | slice) -> Exchange | list[Exchange]:
        if isinstance(index, slice):
            return list(self._exchanges)[index]
        return self._exchanges[index]

    def __repr__(self) -> str:
        return f"<Record of {self.count} exchanges, {len(self)} kept>"


def _report_on(report: Report, data: bytes) -> Report:
    """``report`` as one on ``data``, which is the judged document with its passwords hidden."""
    rows: Iterable[Violation] = report.violations
    if report.violations and report.data is not None and report.data != data:
        # Stars have moved what stands behind them on its line.
        judged = validate(data, limit=max(len(data), 1))
        by_place = {(row.rule, row.path, row.message): row for row in judged.violations}
        rows = [by_place.get((row.rule, row.path, row.message), row) for row in report.violations]
    return Report(report.message, report.version, rows, data)


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
    """
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
        return matching
    raise AssertionError(_failure(candidates, expected, len(matching), times))


def _failure(
    candidates: list[tuple[list[Row], Exchange]],
    expected: dict[str, Any],
    found: int,
    times: int | None,
) -> str:
    wanted = ", ".join(f"{name}={value!r}" for name, value in expected.items()) or "any job"
    count = "at least once" if times is None else f"{times} times"
    lines = [f"expected {wanted} to be submitted {count}; it was {found} times."]
    if not candidates:
        lines.append("No submitJob request came.")
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
