"""How fast the mock serves each kind of submission, next to how fast it serves the documented one.

The rates are of ``Service.handle`` by the time of the processor, and of ``mock.serve()`` over
sockets, as in ``benchmarks.server``; ``ips-contract serve`` is compared with ``mock.serve()``.
"""

from __future__ import annotations

from functools import partial
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.mixture_messages import WRAPPINGS, submissions
from benchmarks.server import (
    HEADERS,
    OURS,
    PATH,
    command,
    load_apart,
    one_processor,
    small,
    started,
)
from benchmarks.validation import by_turns
from ips_contract import mock
from ips_contract.contract.versions import LATEST, PRE_4_0, UNVERSIONED
from ips_contract.http.messages import Request
from ips_contract.mock.clock import RealClock
from ips_contract.mock.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Shares of the rate with the documented submission.
CLEAN, REMARKED = 0.9, 0.65
TOLD = 0.85  # Share of the rate of mock.serve() that ``ips-contract serve`` has.
IN_QUICK = 10  # Submissions that are sent over sockets in a quick run: the slowest.


class Submission(NamedTuple):
    """A request to the mock; ``kind`` is its row, ``status`` that of the answer."""

    kind: str
    name: str
    body: bytes
    limit: float
    status: int = 200


class Rate(NamedTuple):
    """The rate with a submission as a share of the documented one's."""

    kind: str
    name: str
    ratio: float
    limit: float


_OLD = f'{UNVERSIONED}"><companyHandle>47<'.encode()
_NEW = f'{LATEST.namespace}"><companyHandle>c|47<'.encode()
_JOB = b"<imageServingPublishJob>"
_LONG = "All images of the summer's catalogue. " * 20
_WITH = {
    "locale": "<locale>de-CH</locale>",
    "execTime": "<execTime>2031-04-05T06:07:08+01:00</execTime>",
    "execTime, past": "<execTime>2011-04-05T06:07:08Z</execTime>",
    "execSchedule": "<execSchedule>0 0 3 ? * MON-FRI</execSchedule>",
    "execSchedule, rare": "<execSchedule>0 0 0 29 2 ? 2028</execSchedule>",
    "description": "<description>All images of the summer</description>",
    "description, long": f"<description>{_LONG}</description>",
    "locale, execSchedule, description": "<locale>de-CH</locale>"
    "<execSchedule>0 0/5 3 1 * ?</execSchedule><description>All</description>",
}
_WARNED = {
    "name-separator": (b">My Test Job<", b">My|Test|Job<"),
    "handle-form": (b">47<", b">c|47<"),
    "later-than-pre-4.0": (_JOB, b"<locale>de-CH</locale>" + _JOB),
    "locale-code, and later-than-pre-4.0": (_JOB, b"<locale>en-UK</locale>" + _JOB),
    "schedule-form": (_JOB, b"<execSchedule>daily</execSchedule>" + _JOB),
    "auth-locale": (b"</password>", b"</password><locale>en_US</locale>"),
    "unpublished-version": (
        b'IpsApi/xsd"><companyHandle>',
        b'IpsApi/xsd/2014-05-05"><companyHandle>',
    ),
    "envelope-extra": (b"</soapenv:Body>", b"</soapenv:Body><a/>"),
}
_REFUSED = {
    "constant": (b">Full<", b">All<"),
    "missing-element": (b"<emailSetting>Error</emailSetting>", b""),
    "unknown-element": (_JOB, _JOB + b"<priority>1</priority>"),
    "misspelt element": (b"emailSetting", b"emailSettings"),
    "blank": (b">My Test Job<", b"><"),
    "stray-attribute": (_JOB, b'<imageServingPublishJob id="1">'),
    "wrong-namespace": (b"<submitJobParam xmlns=", b"<submitJobParam xmlns:o="),
    "not-xml": (b"</soapenv:Envelope>", b""),
    "no authHeader": (
        small().partition(b"Header>")[2].partition(b"</soapenv:Header>")[0],
        b"",
    ),
    "two findings": (b">Full</publishType>", b">All</publishType><priority>1</priority>"),
}


def submitted() -> Iterator[Submission]:
    """Each kind of submission, the documented one first."""
    plain = small()
    yield Submission("clean: documented submission", "it", plain, CLEAN)
    # The unversioned namespace has no locale and no description without a remark.
    dated = plain.replace(_OLD, _NEW)
    for name, field in _WITH.items():
        body = dated.replace(_JOB, field.encode() + _JOB)
        yield Submission("clean: optional fields", f"{name}, {LATEST}", body, CLEAN)
        if name.startswith("exec"):
            body = plain.replace(_JOB, field.encode() + _JOB)
            yield Submission("clean: optional fields", f"{name}, {PRE_4_0}", body, CLEAN)
    for name, version, root in submissions():
        if version in (PRE_4_0, LATEST):
            size = "all fields" if "all fields" in name else "least fields"
            body = WRAPPINGS["SOAP 1.1, authHeader"](root, version)
            yield Submission(f"clean: job types, {size}", name, body, CLEAN)
            if "imageServingPublishJob, least" in name:
                again = WRAPPINGS["SOAP 1.2, authHeader"](root, version)
                yield Submission("clean: other wrappings", f"SOAP 1.2, {version}", again, CLEAN)
    utf_16 = plain.partition(b"?>")[2].decode().encode("utf-16")
    yield Submission("clean: other wrappings", "UTF-16", utf_16, CLEAN)
    yield from _changed(plain, "a warning", _WARNED, 200)
    yield from _changed(plain, "a fault", _REFUSED, 500)


def _changed(
    plain: bytes, kind: str, changes: dict[str, tuple[bytes, bytes]], status: int
) -> Iterator[Submission]:
    for name, (old, new) in changes.items():
        assert old in plain, name
        yield Submission(f"{kind}: {name}", "it", plain.replace(old, new), REMARKED, status)


def _handled(body: bytes, status: int) -> Callable[[], object]:
    """To have a service of its own answer ``body``."""
    service = Service(clock=RealClock())
    request = Request("POST", PATH, {name.lower(): text for name, text in HEADERS.items()}, body)
    if b"2003/05/soap-envelope" in body:
        request.headers["content-type"] = "application/soap+xml"
    assert (found := service.handle(request)).status == status, (found, body)
    return partial(service.handle, request)


def handled(rows: list[Submission], *, pairs: int) -> list[Rate]:
    """The rates of ``Service.handle``."""
    plain = _handled(small(), 200)
    return [
        Rate(
            f"Service.handle, {row.kind}",
            row.name,
            median(by_turns(plain, _handled(row.body, row.status), pairs)),
            row.limit,
        )
        for row in rows
    ]


def served(rows: list[Submission], *, pairs: int, requests: int) -> list[Rate]:
    """The rates of ``mock.serve()``, over one connection."""
    found = []
    with one_processor():
        for row in rows:
            with mock.serve() as theirs, mock.serve() as ours:
                ratios = [
                    load_apart(ours.port, requests, 1, row.body, row.status)
                    / load_apart(theirs.port, requests, 1, small())
                    for _ in range(pairs + 1)
                ][1:]
            found.append(Rate(f"mock.serve(), {row.kind}", row.name, median(ratios), row.limit))
    return found


def told(rows: list[Submission], *, pairs: int, requests: int) -> list[Rate]:
    """The rate of ``ips-contract serve``, lines and all, as a share of that of ``mock.serve()``."""
    found = []
    with one_processor(), started(OURS) as theirs:
        assert theirs.stdout is not None
        other = int(theirs.stdout.readline())
        for row in rows:
            with command() as port:
                ratios = [
                    load_apart(port, requests, 1, row.body, row.status)
                    / load_apart(other, requests, 1, row.body, row.status)
                    for _ in range(pairs + 1)
                ][1:]
            kind = f"ips-contract serve: {row.kind.replace(': ', ', ')}"
            found.append(Rate(kind, row.name, median(ratios), TOLD))
        theirs.kill()
    return found


def rates(*, whole: bool) -> Iterator[Rate]:
    """All of these; over sockets only the slowest, if not ``whole``."""
    rows = list(submitted())
    first = handled(rows, pairs=40 if whole else 9)
    yield from first
    slowest = sorted(zip(first, rows, strict=True), key=lambda both: both[0].ratio / both[0].limit)
    chosen = [row for _, row in slowest[: None if whole else IN_QUICK]]
    pairs, requests = (9, 1600) if whole else (3, 300)
    yield from served(chosen, pairs=pairs, requests=requests)
    # The documented one, one with fields, the first with a warning, the first with a fault.
    groups: dict[str, Submission] = {}
    for row in rows:
        groups.setdefault("plain" if row is rows[0] else row.kind.partition(":")[0], row)
    yield from told(list(groups.values()), pairs=pairs, requests=requests)
