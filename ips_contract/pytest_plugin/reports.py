"""The reports of a run, for people and programs: HTML, JSON, SARIF and JUnit's XML."""

from __future__ import annotations

import os
from itertools import chain
from typing import TYPE_CHECKING, Any

from ips_contract import __version__
from ips_contract.mock import contract_coverage
from ips_contract.pytest_plugin.conformance import DEVIATES
from ips_contract.pytest_plugin.files import write_whole
from ips_contract.pytest_plugin.html_report import page
from ips_contract.validation.report import formats

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ips_contract.contract.versions import Version
    from ips_contract.pytest_plugin.entries import Entry
    from ips_contract.pytest_plugin.results import Results
    from ips_contract.validation.report import Report

SUFFIXES = (".html", ".json", ".sarif", ".xml")


# Which can say that a run was not whole; reports of the others are of whole runs only.
SAYS_SO = ".sarif"


def write_report(
    path: str,
    results: Results,
    version: Version | None,
    root: Path,
    lack: str = "",
    docs: str = "",
) -> None:
    """Writes the report of a run in the format that the suffix of ``path`` names.

    Args:
        path: the file.
        results: what the run found.
        version: that of all messages, if they must be of one.
        root: the folder that the files of tests are relative to.
        lack: why the run is not whole; ``""`` if it is.
        docs: the address of the documentation's site, to which findings link; empty: none.

    Raises:
        OSError: it cannot be written.
    """
    rows = sorted(
        results.entries, key=lambda row: (row.file, row.line, row.test, row.number, row.fixture)
    )
    if path.endswith(SAYS_SO):
        text = _sarif(rows, root, lack, docs)
    elif path.endswith(".json"):
        text = formats.to_json(_values(rows, results, version))
    elif path.endswith(".xml"):
        text = formats.as_junit(
            [(row.name, _for_junit(row)) for row in rows],
            failing=[row.verdict == DEVIATES for row in rows],
        )
    else:
        dimensions = contract_coverage.measure(results.seen, version)
        text = page(rows, dimensions, results.left_out, docs)
    write_whole(path, text)


def _for_junit(row: Entry) -> Report:
    """What fails, or else everything as warnings."""
    report = row.report()
    if row.verdict == DEVIATES:
        report.violations = tuple(report.violations[index] for index in row.failing)
    else:
        report.violations = tuple(v._replace(severity="warning") for v in report.violations)
    return report


def _sarif(rows: Sequence[Entry], root: Path, lack: str, docs: str) -> str:
    """Those who read it look for files in the repository, of which ``root`` may be a part."""
    base = repository(root)
    return formats.as_sarif(
        [(str(root / row.file), _at_test(row)) for row in rows if row.failing or row.warnings],
        base=str(base),
        docs=docs,
        problems=[f"This run is not whole: {lack}."] if lack else (),
    )


def repository(folder: Path) -> Path:
    """The repository that ``folder`` is in, by the mark of Git; ``folder`` itself if in none."""
    for place in chain((folder,), folder.parents):
        if os.access(place / ".git", os.F_OK):  # A folder; of a worktree or submodule a file.
            return place
    return folder


def _at_test(row: Entry) -> Report:
    """The findings of ``row`` at the line of its test: the only file that there is to look at."""
    report = row.report()
    place = f"{row.name}, {row.operation or 'unknown operation'}"
    report.violations = tuple(
        found._replace(
            message=f"{place}, line {found.line or 1}: {found.message}", line=row.line, column=None
        )
        for index, found in enumerate(report.violations)
        if index in row.failing or index in row.warnings
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
