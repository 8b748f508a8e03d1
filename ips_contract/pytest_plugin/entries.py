"""The exchanges of a run as its reports have them: plain values, which other processes can read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ips_contract.contract.versions import VERSIONS
from ips_contract.http.content_encoding import BadEncoding, gunzip
from ips_contract.http.redaction import redact
from ips_contract.pytest_plugin.conformance import DEVIATES, Judgement
from ips_contract.validation.nearest_valid import nearest
from ips_contract.validation.report import Report, Violation

if TYPE_CHECKING:
    from ips_contract.http.messages import Response

_MOST_TEXT = 100_000  # Characters of a message.


class Place(NamedTuple):
    """A test: its id, its file and its line, from 1."""

    test: str
    file: str
    line: int


class Entry(NamedTuple):
    """An exchange in the report of a run. All fields are plain values.

    ``failing`` has the numbers of the violations that fail the test, ``warnings`` of those that
    only warn.
    """

    test: str
    file: str
    line: int
    fixture: str
    number: int
    time: str
    operation: str
    version: str
    method: str
    target: str
    status: int
    fault: int | None
    reason: str
    handle: str
    notes: list[str]
    duration: float
    verdict: str
    message: str
    violations: list[dict[str, Any]]
    failing: list[int]
    warnings: list[int]
    request: str
    response: str
    nearest: list[str]

    @property
    def name(self) -> str:
        """What the exchange is called in reports: ``test_a.py::test_b message 2``."""
        return f"{self.test} message {self.number}"

    def report(self) -> Report:
        """The report on the request, without its document."""
        version = next((row for row in VERSIONS if row.label == self.version), None)
        return Report(self.message, version, [Violation(**row) for row in self.violations])


def entry(judgement: Judgement, fixture: str, place: Place) -> Entry:
    """``judgement`` as values."""
    exchange, report, verdict, failing, _, warnings = judgement
    rows = report.violations
    return Entry(
        *place,
        fixture,
        exchange.number,
        exchange.time.isoformat(timespec="milliseconds"),
        exchange.operation,
        report.version.label if report.version is not None else "",
        exchange.request.method,
        exchange.request.target,
        exchange.response.status,
        exchange.fault,
        exchange.reason,
        exchange.handle,
        list(exchange.notes),
        exchange.duration,
        verdict,
        report.message,
        [row._asdict() for row in rows],
        [index for index, row in enumerate(rows) if row in failing],
        [index for index, row in enumerate(rows) if row in warnings],
        _text(exchange.request.body),
        _text(redact(_unpacked(exchange.response))),
        nearest(report) if verdict == DEVIATES else [],
    )


def _unpacked(response: Response) -> bytes:
    if ("Content-Encoding", "gzip") not in response.headers:
        return response.body
    try:
        return gunzip(response.body, _MOST_TEXT)
    except BadEncoding:  # A test scripted it so.
        return response.body


def _text(body: bytes) -> str:
    encoding = "utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    return body[: 4 * _MOST_TEXT].decode(encoding, "replace")[:_MOST_TEXT]
