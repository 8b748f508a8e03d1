"""What the tests of a run found, merged from all processes, and written for people and programs."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from ips_contract import __version__
from ips_contract.contract.versions import VERSIONS, Version
from ips_contract.http.content_encoding import BadEncoding, gunzip
from ips_contract.pytest_plugin import coverage
from ips_contract.pytest_plugin.baseline import Key, key
from ips_contract.pytest_plugin.conformance import DEVIATES, Judgement
from ips_contract.validation.nearest_valid import nearest
from ips_contract.validation.report.report import Report, Violation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ips_contract.http.messages import Response

SUFFIXES = (".html", ".json", ".sarif", ".xml")
_MOST_ENTRIES = 5000  # Exchanges of a run in its report.
_MOST_TEXT = 100_000  # Characters of a message in it.


class Place(NamedTuple):
    """A test: its id, its file and its line, from 1."""

    test: str
    file: str
    line: int


class Entry(NamedTuple):
    """An exchange in the report of a run. All fields are plain values."""

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
    exchange, report, verdict, failing, _ = judgement
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
        _text(exchange.request.body),
        _text(_unpacked(exchange.response)),
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


class Results:
    """What a run found.

    Attributes:
        entries: the exchanges, if they are wanted for a report.
        seen: what of the contract was exercised, if coverage is wanted.
        verdicts: how many exchanges got each verdict.
        deviations: all that were met, those in the baseline too.
        left_out: exchanges that are not among ``entries``, being too many.
    """

    def __init__(self, *, entries: bool, seen: bool) -> None:
        self._with_entries = entries
        self._with_seen = seen
        self.entries: list[Entry] = []
        self.seen: coverage.Seen = Counter()
        self.verdicts: Counter[str] = Counter()
        self.deviations: set[Key] = set()
        self.left_out = 0

    def take(self, judgement: Judgement, fixture: str, place: Place) -> None:
        """Adds a judgement."""
        self.verdicts[judgement.verdict] += 1
        self.deviations |= {key(judgement.report, row) for row in judgement.deviating}
        if self._with_seen:
            self.seen.update(coverage.seen_in(judgement.report, judgement.exchange.fault))
        if self._with_entries:
            self._keep(entry(judgement, fixture, place))

    def _keep(self, row: Entry) -> None:
        # What conforms makes room for what does not.
        if len(self.entries) < _MOST_ENTRIES or row.verdict == DEVIATES:
            self.entries.append(row)
        else:
            self.left_out += 1

    def dump(self) -> str:
        """Everything as text, for another process to ``merge``."""
        return json.dumps(
            {
                "entries": self.entries,
                "seen": [[*item, count] for item, count in self.seen.items()],
                "verdicts": self.verdicts,
                "deviations": sorted(self.deviations),
                "left_out": self.left_out,
            }
        )

    def merge(self, text: str) -> None:
        """Adds what another process dumped."""
        values = json.loads(text)
        for row in values["entries"]:
            self._keep(Entry(*row))
        for dimension, item, count in values["seen"]:
            self.seen[dimension, item] += count
        self.verdicts.update(values["verdicts"])
        self.deviations |= {Key(*row) for row in values["deviations"]}
        self.left_out += values["left_out"]


def write_report(path: str, results: Results, version: Version | None) -> None:
    """Writes the report of a run in the format that the suffix of ``path`` names.

    Raises:
        OSError: it cannot be written.
    """
    rows = sorted(results.entries, key=lambda row: (row.file, row.line, row.test, row.number))
    with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(_written(path, rows, results, version))


def _written(path: str, rows: Sequence[Entry], results: Results, version: Version | None) -> str:
    from ips_contract.validation.report import formats

    if path.endswith(".json"):
        return formats.to_json(_values(rows, results, version))
    if path.endswith(".sarif"):
        return formats.as_sarif([(row.file, _at_test(row)) for row in rows if row.failing])
    if path.endswith(".xml"):
        return formats.as_junit([(row.name, _failing_only(row)) for row in rows])
    from ips_contract.pytest_plugin.html_report import page

    return page(rows, coverage.measure(results.seen, version), results.left_out)


def _failing_only(row: Entry) -> Report:
    report = row.report()
    if row.verdict == DEVIATES:
        report.violations = tuple(
            v._replace(severity="error")
            for i, v in enumerate(report.violations)
            if i in row.failing
        )
    else:
        report.violations = tuple(v._replace(severity="warning") for v in report.violations)
    return report


def _at_test(row: Entry) -> Report:
    """The findings of ``row`` at the line of its test: the only file that there is to look at."""
    report = row.report()
    place = f"{row.name}, {row.operation or 'unknown operation'}"
    report.violations = tuple(
        found._replace(
            message=f"{place}, line {found.line or 1}: {found.message}", line=row.line, column=None
        )
        for index, found in enumerate(report.violations)
        if index in row.failing
    )
    return report


def _values(rows: Sequence[Entry], results: Results, version: Version | None) -> dict[str, Any]:
    dimensions = coverage.measure(results.seen, version)
    return {
        "tool": "ips-contract",
        "version": __version__,
        "exchanges": [row._asdict() for row in rows],
        "left_out": results.left_out,
        "coverage": {
            "percent": round(coverage.percent(dimensions), 2),
            "dimensions": {
                row.name: {"covered": row.covered, "total": row.total, "missing": row.missing}
                for row in dimensions
            },
        },
        "summary": {"messages": results.verdicts.total(), "verdicts": dict(results.verdicts)},
    }
