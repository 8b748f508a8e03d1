"""Assertions on what clients asked for: what was wanted, what came, and the difference."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from functools import lru_cache, partial
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

from ips_contract.contract.handles import company_number
from ips_contract.contract.model import contract
from ips_contract.contract.versions import BETA_2016, VERSIONS
from ips_contract.http.redaction import redact_inside
from ips_contract.mock.record import USUAL_BYTES, is_hidden
from ips_contract.xml.datetimes import read_date_time
from ips_contract.xml.envelope import message_in
from ips_contract.xml.parser import Unreadable, children, local_name, parse, text_of
from ips_contract.xml.parts import Absent, as_document, has_only_tags, path_in
from ips_contract.xml.text import BLANKS, collapse, near, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ips_contract.mock.record import Exchange, Record

UNASKED: Any = object()
"""Stands for a field that an assertion does not ask for; None says that it was not sent."""

Expected: TypeAlias = (
    "str | bool | float | datetime | list[Any] | tuple[Any, ...] | dict[str, Any] | None"
)
"""What ``assert_submitted`` and ``assert_called`` compare fields with."""

_MOST_SHOWN = 5  # Requests that a failed assertion lists.
_MOST_NAMES = 20  # Operations that it lists.


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
    values = values_of([(local_name(child), _plain(child)) for child in below])
    if len(body) <= USUAL_BYTES:
        exchange.read = (values_of, values)
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
        got = _lookup(values, _NAMES.get(name, name))
        if not _is_met(name, got, want):
            rows.append(Row(name, got, want))
    return rows


def _is_met(name: str, got: Any, want: object) -> bool:
    if name == "company" and got is not None and want is not None:
        return company_number(collapse(got)) == company_number(str(want))
    return _same(got, want)


_NAMES = {"job_name": "jobName", "company": "companyHandle"}


@lru_cache(maxsize=64)
def _known(operation: str) -> frozenset[str]:
    """The names of the fields that requests of an operation may have, in any version, nested too.

    With the short names that stand for some of them.
    """
    fields: set[str] = set()
    for version in (*VERSIONS, BETA_2016):
        table = contract(version)
        message = table.messages.get(f"{operation}Param")
        waiting = [message] if message is not None else []
        # Only what the request leads to: the types of all messages would take long to read.
        for name in waiting:
            for field in table.complex_types[name].fields:
                fields.add(field.name)
                if field.type in table.complex_types and field.type not in waiting:
                    waiting.append(field.type)
    return frozenset(fields | {short for short, name in _NAMES.items() if name in fields})


@lru_cache(maxsize=1)
def _jobs() -> tuple[str, ...]:
    """The names of the job elements of all versions."""
    jobs: set[str] = set()
    for version in VERSIONS:
        table = contract(version)
        message = table.complex_types[table.messages["submitJobParam"]]
        jobs.update(name for row in message.choices if row.required for name in row.names)
    return tuple(sorted(jobs))


def check_submission(expected: dict[str, Any]) -> None:
    """Does nothing if all fields are some that a submission can have.

    A misspelt one would be met by None, and by ``times=0``: such a test could never fail.

    Raises:
        ValueError: a field or a job is in no version of the contract.
    """
    _check_names(expected, _known("submitJob") | {"job", "jobFields"})
    job = expected.get("job")
    if isinstance(job, str) and job not in _jobs():
        raise ValueError(f"no job {quoted(job)}{_guess(job, _jobs())}")


def check_request(operation: str, expected: dict[str, Any]) -> None:
    """Does nothing if all fields are some that a request of ``operation`` can have.

    Raises:
        ValueError: a field is in no version of the contract.
    """
    _check_names(expected, _known(operation))


def _check_names(expected: dict[str, Any], known: frozenset[str]) -> None:
    names = [part for name in expected for part in _path(name)]
    for part in (*names, *_names_in(list(expected.values()))):
        if part not in known:
            may_be = known | {"times"} - {part} if part in expected else known
            raise ValueError(f"no field {quoted(part)}{_guess(part, tuple(sorted(may_be)))}")


def _names_in(want: object) -> Iterator[str]:
    """The names of nested fields in what is expected."""
    if isinstance(want, dict):
        yield from want
        want = list(want.values())
    if isinstance(want, (list, tuple)):
        for item in want:
            yield from _names_in(item)


@lru_cache(maxsize=256)
def _path(name: str) -> tuple[str, ...]:
    return tuple(name.replace("__", ".").split("."))


def _guess(name: str, known: tuple[str, ...]) -> str:
    guess = near(name, known) or near(f"{name}Job", known)
    return f"; did you mean {guess}?" if guess else ""


def _lookup(values: dict[str, Any], name: str) -> Any:
    at: Any = values
    path = _path(name)
    if path[0] not in values and path[0] != "jobFields":
        at = values.get("jobFields")
    for part in path:
        at = at.get(part) if isinstance(at, dict) else None
    return at


def _same(got: Any, want: object) -> bool:
    if want is None or got is None:
        return got is want
    if not want and isinstance(want, (list, tuple, dict)):
        return not got or (isinstance(got, str) and not got.strip(BLANKS))  # Nothing is in it.
    if isinstance(want, (list, tuple)):
        return isinstance(got, list) and len(got) == len(want) and all(map(_same, got, want))
    if isinstance(want, dict):
        return isinstance(got, dict) and all(_same(got.get(key), want[key]) for key in want)
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


class _Look(NamedTuple):
    """A field that is expected.

    Attributes:
        name: as it is asked for.
        path: the field of the message that has this name, or the names that lead to it.
        want: what is expected.
        data: a text that has to be in the message then, if its bytes can be looked for; else none.
    """

    name: str
    path: tuple[str, ...]
    want: Any
    data: bytes

    def within(self, content: bytes, path: tuple[str, ...]) -> bool | None:
        """Whether it is as expected, by the content of an element from which ``path`` leads to it.

        None: the message has to be read.
        """
        found = path_in(content, path)
        if isinstance(found, Absent):
            return _is_met(self.name, None, self.want)
        if found is not None and has_only_tags(found):
            nests = isinstance(self.want, (list, tuple, dict)) and bool(self.want)
            if b"<" in found and not nests:
                return False
            if self.data and self.data not in found and b"&" not in found:
                return False
        # A value beside a key may be a secret by what the key is.
        shown = None if found is None or "value" in path else redact_inside(found)
        if shown is None:
            return None
        try:
            if b"<" not in shown and b"&" not in shown and b"\r" not in shown:
                return _is_met(self.name, shown.decode(), self.want)
            document = as_document(shown)
            return _is_met(self.name, _plain(parse(document, limit=len(document))), self.want)
        except (Unreadable, UnicodeDecodeError):
            return None


class _Route(NamedTuple):
    """Where what is expected stands in messages that have the same fields.

    Attributes:
        least: in how many fields these differ whatever is in them.
        own: what is in a field of the message: the field, and the names that lead on in it.
        job: the field that is a submission's job, if something is expected in that; else none.
        in_job: what is, and the names that lead there.
        unclear: what only reading tells.
    """

    least: int
    own: tuple[tuple[_Look, str, tuple[str, ...]], ...]
    job: str
    in_job: tuple[tuple[_Look, tuple[str, ...]], ...]
    unclear: tuple[_Look, ...]


class _Sight:
    """Looks at requests for what is expected, without reading them.

    Requests of one client are alike, so what was found out for one is kept for the others: where
    the fields are, by the names of all; whether they are as expected, by the bytes that they are
    in.
    """

    def __init__(self, kind: _Kind, expected: dict[str, Any]) -> None:
        self._of_jobs = kind.read is submission
        self._looks = [
            _Look(name, _path(_NAMES.get(name, name)), want, _data(name, want))
            for name, want in expected.items()
        ]
        self._routes: dict[tuple[object, ...], _Route] = {}
        self._met: dict[tuple[str, tuple[str, ...], object], bool | None] = {}
        self._in_jobs: dict[bytes, tuple[int, tuple[_Look, ...]]] = {}

    def at(self, exchange: Exchange, *, whole: bool = False) -> tuple[int, bool]:
        """In how many fields a request differs at least, and whether that is all.

        Args:
            exchange: the request.
            whole: whether to go on when it is clear that it differs.
        """
        if not self._looks:
            return 0, True
        fields, version = exchange.open_fields, exchange.version
        # By somebody's WSDL a submission may have other fields with fields.
        shape = (version is not None and version.components is None, *fields)
        route = self._routes.get(shape)
        if route is None:
            route = _kept(self._routes, shape, self._route(fields, is_ours=bool(shape[0])))
        least, unclear = route.least, route.unclear
        for look, field, path in route.own:
            is_met = self._is_met(look, exchange, field, path)
            if is_met is None:
                unclear += (look,)
            elif not is_met:
                least += 1
        if least and not whole:
            return least, False
        if route.job:
            content = exchange.content_of(route.job)
            found = None if content is None else self._in_jobs.get(content)
            if found is None:
                found = _in_job(route, content)
                if content is not None:
                    _kept(self._in_jobs, content, found)
            least, unclear = least + found[0], unclear + found[1]
        if not unclear:
            return least, True
        lacking = sum(bool(look.data) and exchange.lacks(look.data) for look in unclear)
        return least + lacking, lacking == len(unclear)

    def _is_met(
        self, look: _Look, exchange: Exchange, field: str, path: tuple[str, ...]
    ) -> bool | None:
        text = None if path else exchange.text_of(field)
        if text is not None and text.strip(BLANKS):  # A field with fields of its own has blanks.
            return _is_met(look.name, text, look.want)
        content = exchange.content_of(field)
        if content is None:
            return None
        if self._of_jobs and b"<" in content:  # Then it is read as the job.
            return None
        key = (look.name, path, content)
        if key not in self._met:
            _kept(self._met, key, look.within(content, path))
        return self._met[key]

    def _route(self, fields: Iterable[str], *, is_ours: bool) -> _Route:
        """The route in messages that have these fields. There are none if they are to be read."""
        least, own, in_job, unclear = 0, [], [], []
        names = set(fields)
        jobs = [name for name in names if name.endswith("Job")] if self._of_jobs else []
        job = jobs[0] if len(jobs) == 1 and is_ours else ""
        for look in self._looks:
            first, *rest = look.path
            is_met: bool | None = None
            if not names or any(map(is_hidden, look.path)):
                pass
            elif look.name == "job" and self._of_jobs:
                is_met = _same(job, look.want) if job else None
            elif first in names and not (self._of_jobs and first.endswith("Job")):
                own.append((look, first, tuple(rest)))
                continue
            elif not self._of_jobs:
                is_met = _is_met(look.name, None, look.want)
            elif job and first != "job":
                in_job.append((look, tuple(rest) if first == "jobFields" else look.path))
                continue
            if is_met is None:
                unclear.append(look)
            else:
                least += not is_met
        return _Route(least, tuple(own), job if in_job else "", tuple(in_job), tuple(unclear))


def _in_job(route: _Route, content: bytes | None) -> tuple[int, tuple[_Look, ...]]:
    """In how many fields of its job a submission differs, and what only reading tells."""
    least, unclear = 0, []
    for look, path in route.in_job:
        is_met = None if content is None else look.within(content, path)
        if is_met is None:
            unclear.append(look)
        else:
            least += not is_met
    return least, tuple(unclear)


_MOST_KNOWN = 256
_Key = TypeVar("_Key")
_Found = TypeVar("_Found")


def _kept(known: dict[_Key, _Found], key: _Key, found: _Found) -> _Found:
    """``found``, kept in ``known``, which stays small."""
    if len(known) >= _MOST_KNOWN:
        known.clear()
    known[key] = found
    return found


def _data(name: str, want: object) -> bytes:
    """The bytes that a message has to have for ``want`` to be in it; none if they vary."""
    if isinstance(want, dict):
        want = list(want.values())
    if isinstance(want, (list, tuple)):
        return max((_data(name, each) for each in want), key=len, default=b"")
    # What is hidden has stars, and a parser makes others of line ends.
    if not isinstance(want, str) or not want.isascii() or not want.isprintable() or "*" in want:
        return b""
    return b"" if name == "company" else want.encode()


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
    others: list[tuple[bool, int, int, Exchange]] = []
    sight = _Sight(kind, expected)
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
        others.append((is_gone, 0 if is_gone else least, -exchange.number, exchange))
    if len(matching) == times or (times is None and matching):
        return Comparison(matching)  # What was found with a value is no misspelt field.
    kind.check(expected)
    came = Counter(exchange.operation or exchange.method for exchange in exchanges)
    too_many = times is not None and len(matching) > times  # Then others are not what is wrong.
    nearest = [] if too_many else _nearest(others, sight, kind, expected)
    number = len(others)
    differ = 0 if too_many else number
    words = _failure(len(matching) + number, differ, nearest, kind, matching, times, came)
    if not nearest:
        return Comparison(matching, words)
    rows_of_first, first = nearest[0]
    return Comparison(matching, words, first, tuple(rows_of_first))


def _nearest(
    others: list[tuple[bool, int, int, Exchange]],
    sight: _Sight,
    kind: _Kind,
    expected: dict[str, Any],
) -> list[tuple[list[Row], Exchange]]:
    """Those that differ least, the newest first; what cannot be compared any more comes last.

    Each differs in at least as much as is clear at first sight, so of thousands a few are read.

    Args:
        others: those that are not as expected: whether the body is gone, in how many fields they
            differ at least, the number with a minus, and the request.
        sight: looks at them.
        kind: what they are.
        expected: what they are not.
    """
    found: list[tuple[list[Row], Exchange]] = []
    # What is known of each is a bound, a closer one, and at last the rows. Who comes first by the
    # rows, while the others' bounds are no less, comes first whatever is read later.
    waiting: list[tuple[bool, int, int, int, Exchange, list[Row]]] = [
        (is_gone, least, number, 0, exchange, []) for is_gone, least, number, exchange in others
    ]
    heapify(waiting)
    while waiting and len(found) < _MOST_SHOWN:
        is_gone, least, number, step, exchange, rows = heappop(waiting)
        if step == _READ:
            found.append((rows, exchange))
            continue
        if step == 0 and not is_gone:
            least = max(least, sight.at(exchange, whole=True)[0] + _is_refused(exchange, kind))
            heappush(waiting, (is_gone, least, number, 1, exchange, rows))
            continue
        rows = _rows(exchange, kind, expected)
        heappush(waiting, (is_gone, len(rows), number, _READ, exchange, rows))
    return found


_READ = 2


def _is_refused(exchange: Exchange, kind: _Kind) -> bool:
    """Whether a request does not count, for it was answered with a fault."""
    return kind.accepted and exchange.fault is not None


def _failure(
    candidates: int,
    differ: int,
    others: list[tuple[list[Row], Exchange]],
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
