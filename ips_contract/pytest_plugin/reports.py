"""The reports of a run, for people and programs: HTML, JSON, SARIF and JUnit's XML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ips_contract import __version__
from ips_contract.pytest_plugin import contract_coverage
from ips_contract.pytest_plugin.conformance import DEVIATES
from ips_contract.pytest_plugin.html_report import page
from ips_contract.validation.report import formats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ips_contract.contract.versions import Version
    from ips_contract.pytest_plugin.entries import Entry
    from ips_contract.pytest_plugin.results import Results
    from ips_contract.validation.report import Report

SUFFIXES = (".html", ".json", ".sarif", ".xml")


def write_report(path: str, results: Results, version: Version | None) -> None:
    """Writes the report of a run in the format that the suffix of ``path`` names.

    Raises:
        OSError: it cannot be written.
    """
    rows = sorted(results.entries, key=lambda row: (row.file, row.line, row.test, row.number))
    with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(_written(path, rows, results, version))


def _written(path: str, rows: Sequence[Entry], results: Results, version: Version | None) -> str:
    if path.endswith(".json"):
        return formats.to_json(_values(rows, results, version))
    if path.endswith(".sarif"):
        return formats.as_sarif([(row.file, _at_test(row)) for row in rows if row.failing])
    if path.endswith(".xml"):
        return formats.as_junit([(row.name, _failing_only(row)) for row in rows])
    return page(rows, contract_coverage.measure(results.seen, version), results.left_out)


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
    dimensions = contract_coverage.measure(results.seen, version)
    return {
        "tool": "ips-contract",
        "version": __version__,
        "exchanges": [row._asdict() for row in rows],
        "left_out": results.left_out,
        "coverage": {
            "percent": round(contract_coverage.percent(dimensions), 2),
            "dimensions": {
                row.name: {"covered": row.covered, "total": row.total, "missing": row.missing}
                for row in dimensions
            },
        },
        "summary": {"messages": results.verdicts.total(), "verdicts": dict(results.verdicts)},
    }
