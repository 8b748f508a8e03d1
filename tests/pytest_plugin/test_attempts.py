"""Reports follow pytest: the last run of a test counts, and what did not fail it is expected."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
from lxml import etree

from tests.plugin_runs import run
from tests.sweep import every

pytest_plugins = ["pytester"]

SUITE = """
import pytest
from client import body, submit, submit_anyway

runs = []


def test_flaky(ips_server):
    runs.append(1)
    submit_anyway(ips_server, kind="full" if len(runs) < 3 else "Full")


@pytest.mark.xfail(strict=True)
def test_xfail(ips_server):
    submit_anyway(ips_server, kind="full")


def test_skip(ips_server):
    submit_anyway(ips_server, kind="full")
    pytest.skip("not today")


def test_caught(ips_validate, ips_server):
    with pytest.raises(AssertionError, match="constant"):
        ips_validate(body(kind="full"))
    with pytest.raises(AssertionError, match="constant"), ips_server.fresh():
        submit_anyway(ips_server, kind="full")


@pytest.mark.flaky(reruns=1)
def test_bad(ips_server, ips_validate):
    submit(ips_server)
    ips_server.reset()
    submit(ips_server)
    submit_anyway(ips_server, kind="none")
    ips_validate(body())


@pytest.mark.xdist_group("one")
def test_warned(ips_server):
    submit(ips_server, name="A|B")


@pytest.fixture
def broken(ips_server):
    submit_anyway(ips_server, kind="full")
    raise LookupError


@pytest.mark.flaky(reruns=0)
def test_setup(broken):
    pass
"""
REPORTS = [f"--ips-report=report.{suffix}" for suffix in ("json", "sarif", "xml")]


@pytest.mark.parametrize("words", every(2, [[], ["--numprocesses=2", "--dist=loadgroup"]]))
def test_outcomes(pytester: pytest.Pytester, words: list[str]) -> None:
    # Of a monorepo it is one project.
    (pytester.path.parent / ".git").write_text("gitdir: elsewhere")
    ran = run(pytester, *REPORTS, "--reruns=2", *words, files={"test_suite": SUITE})
    (pytester.path.parent / ".git").unlink()
    assert ran.status == 1
    assert "1 failed, 3 passed, 1 skipped, 1 xfailed, 1 error, 3 rerun" in ran.output
    assert "1 warning in 1 message: name-separator 1" in ran.output

    found = json.loads((pytester.path / "report.json").read_text())
    verdicts = Counter((row["test"][15:], row["verdict"]) for row in found["exchanges"])
    assert verdicts == {
        ("test_flaky", "conforms"): 1,
        ("test_xfail", "expected deviation"): 1,
        ("test_skip", "expected deviation"): 1,
        ("test_caught", "expected deviation"): 2,
        ("test_bad", "conforms"): 3,
        ("test_bad", "deviates"): 1,
        ("test_warned", "conforms, with warnings"): 1,
        ("test_setup", "deviates"): 1,
    }
    totals: Counter[str] = Counter()
    for (_, verdict), count in verdicts.items():
        totals[verdict] += count
    assert found["summary"]["verdicts"] == totals

    suites = etree.parse(pytester.path / "report.xml").getroot()
    assert (suites.get("tests"), suites.get("failures")) == ("11", "2")
    cases = [str(case.get("name")) for case in suites.iter("testcase")]
    assert len(set(cases)) == len(cases)
    bad = [name.removeprefix("test_suite.py::test_bad ") for name in cases if "test_bad" in name]
    assert bad == ["message 1", "message 1 (2)", "message 1 (3)", "message 2"]

    results = json.loads((pytester.path / "report.sarif").read_text())["runs"][0]["results"]
    assert [(row["ruleId"], row["level"]) for row in results] == [
        ("constant", "error"),
        ("name-separator", "warning"),
        ("constant", "error"),
    ]
    (uri,) = {row["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for row in results}
    assert re.fullmatch(r"test_outcomes\d+/test_suite\.py", uri), uri
