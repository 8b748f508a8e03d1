"""The reports of a run as files: what is in them, and where it points to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lxml import etree

from ips_contract.pytest_plugin.conformance import Terms, judge
from ips_contract.pytest_plugin.entries import Place
from ips_contract.pytest_plugin.reports import repository, write_report
from ips_contract.pytest_plugin.results import Results
from tests.pytest_plugin.test_conformance import BARRED, FULL, exchange

if TYPE_CHECKING:
    from pathlib import Path

PLACE = Place("tests/test_a.py::test_b", "tests/test_a.py", 3)


def sarif(root: Path, *judgements: Any) -> list[tuple[str, str, str]]:
    """Rule, level and file of each result."""
    results = Results(entries=True, seen=False)
    for judgement in judgements:
        results.take(judgement, "ips_server", PLACE)
    write_report(f"{root}/r.sarif", results, None, root)
    (run,) = json.loads((root / "r.sarif").read_text())["runs"]
    assert run["invocations"][0]["executionSuccessful"] is True
    return [
        (
            row["ruleId"],
            row["level"],
            row["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
        )
        for row in run["results"]
    ]


def test_sarif_is_relative_to_the_repository(tmp_path: Path) -> None:
    project = tmp_path / "services" / "the shop"
    project.mkdir(parents=True)
    assert repository(project) == project
    found = judge(exchange(FULL), Terms())
    assert sarif(project, found) == [("constant", "error", "tests/test_a.py")]
    (tmp_path / ".git").mkdir()
    assert repository(project) == repository(tmp_path) == tmp_path
    path = "services/the%20shop/tests/test_a.py"
    assert sarif(project, found) == [("constant", "error", path)]
    (project / ".git").write_text("gitdir: of a submodule")
    assert repository(project) == project


def test_sarif_has_warnings_and_nothing_that_is_known(tmp_path: Path) -> None:
    both = BARRED.replace(b"Full", b"full")
    constant = frozenset({"constant"})
    rows = sarif(
        tmp_path,
        judge(exchange(BARRED), Terms()),
        judge(exchange(both), Terms(allow=constant)),
        judge(exchange(both), Terms(), expected=constant),
        judge(exchange(BARRED), Terms(allow=frozenset({"name-separator"}))),
        judge(exchange(BARRED), Terms(strict=True)),
    )
    assert rows == [("name-separator", "warning", "tests/test_a.py")] * 4


def test_junit_calls_no_message_invalid_that_has_warnings_only(tmp_path: Path) -> None:
    results = Results(entries=True, seen=False)
    results.take(judge(exchange(BARRED), Terms(strict=True)), "ips_server", PLACE)
    write_report(f"{tmp_path}/r.xml", results, None, tmp_path)
    (suite,) = etree.parse(tmp_path / "r.xml").getroot()
    (failure,) = suite[0]
    assert failure.get("type") == "name-separator"
    assert str(failure.get("message")).endswith(": valid (submitJobParam, pre-4.0), 1 warning")
