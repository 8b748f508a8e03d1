"""The plugin at the end of a run: reports, coverage and baseline, with xdist and without."""

from __future__ import annotations

import json
import re

import pytest
from lxml import etree

from tests.plugin_runs import Ran, run
from tests.sweep import every

pytest_plugins = ["pytester"]

SUITE = """
import os
import pytest
from client import submit, submit_anyway

CASES = ["Full", "FullWithSearch", "Incremental"]


@pytest.mark.parametrize("kind", CASES)
def test_good(ips_server, kind):
    with open(f"port-{os.getpid()}", "w") as file:
        file.write(str(ips_server.port))
    submit(ips_server, kind=kind)


@pytest.mark.parametrize("kind", ["full", "none"])
def test_bad(ips_server, kind):
    submit_anyway(ips_server, kind=kind, name="&lt;b&gt;")


@pytest.mark.ips(allow=["constant"])
def test_allowed(ips_server):
    submit_anyway(ips_server, kind="full")


def test_login(ips_server):
    with ips_server.expect_fault(20003):
        ips_server.script(fault=20003)
        submit_anyway(ips_server)


def test_made(ips_validate):
    from client import body

    ips_validate(body(kind="Incremental"))
"""
WRONG = ("full", "none")
REPORTS = [f"--ips-report=report.{suffix}" for suffix in ("html", "json", "sarif", "xml")]


def check_reports(pytester: pytest.Pytester, ran: Ran) -> None:
    found = json.loads((pytester.path / "report.json").read_text("utf-8"))
    verdicts = {"conforms": 5, "deviates": 2, "allowed deviation": 1}
    assert found["summary"] == {"messages": 8, "verdicts": verdicts}
    bad = [row for row in found["exchanges"] if row["verdict"] == "deviates"]
    assert [row["test"] for row in bad] == [f"test_suite.py::test_bad[{k}]" for k in WRONG]
    assert bad[0]["violations"][0]["rule"] == "constant"
    assert "-        <publishType>full</publishType>" in bad[0]["nearest"]
    assert found["coverage"]["dimensions"]["faults"]["covered"] == 2
    assert found["coverage"]["dimensions"]["operations"]["covered"] == 1
    sarif = json.loads((pytester.path / "report.sarif").read_text("utf-8"))
    results = sarif["runs"][0]["results"]
    assert len(results) == 2
    place = results[0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "test_suite.py"
    lines = (pytester.path / "test_suite.py").read_text("utf-8").split("\n")
    line = place["region"]["startLine"]
    assert "def test_bad" in "\n".join(lines[line - 1 : line + 1])
    junit = etree.parse(pytester.path / "report.xml").getroot()
    assert (junit.get("tests"), junit.get("failures")) == ("8", "2")
    html = (pytester.path / "report.html").read_text("utf-8")
    assert html.count('class="exchange"') == 8
    assert "python -m pytest &#x27;test_suite.py::test_bad[full]&#x27;" in html
    for suffix in ("html", "json", "sarif", "xml"):
        assert "hunter2" not in (pytester.path / f"report.{suffix}").read_text("utf-8")
        assert f"report.{suffix}" in ran.output


@pytest.mark.cover_runs
def test_reports_and_coverage(pytester: pytest.Pytester) -> None:
    words = [*REPORTS, "--ips-coverage"]
    ran = run(pytester, *words, files={"test_suite": SUITE})
    check_reports(pytester, ran)
    assert ran.status == 1
    alone = ran.output[ran.output.index("= ips-contract =") :]
    assert "operations     1/13     7%  missing: getActiveJobs, " in alone
    assert "faults         2/17    11%" in alone

    # The same with xdist: one server on its own port for each worker, and one report.
    for path in pytester.path.glob("port-*"):
        path.unlink()
    ran = run(pytester, *words, "--numprocesses=2", "--dist=each")
    ports = {path.read_text() for path in pytester.path.glob("port-*")}
    assert len(ports) == 2
    ran = run(pytester, *words, "--numprocesses=2", "--ips-fail-under=99.5")
    check_reports(pytester, ran)
    merged = ran.output[ran.output.index("= ips-contract =") :]
    table = alone[alone.index("operations") : alone.index("total")]
    assert table in merged
    assert "FAIL: " in merged
    assert "of the contract was exercised; --ips-fail-under asks for 99.5%" in merged


GOOD = "from client import submit\ndef test_it(ips_server): submit(ips_server)"


def test_fail_under(pytester: pytest.Pytester) -> None:
    ran = run(pytester, "--ips-fail-under=3", files={"test_good": GOOD})
    assert (ran.status, ran.outcomes) == (0, {"test_it": "passed"})
    assert "FAIL" not in ran.output
    ran = run(pytester, "--ips-fail-under=50", ini="ips_version = pre-4.0")
    assert (ran.status, ran.outcomes) == (1, {"test_it": "passed"})
    assert "versions       1/1    100%" in ran.output


def test_settings(pytester: pytest.Pytester) -> None:
    bar = "from client import submit\ndef test_it(ips_server): submit(ips_server, name='A|B')"
    ran = run(pytester, ini="ips_strict = true", files={"test_good": bar})
    assert ran.outcomes == {"test_it": "failure"}
    assert "name-separator: " in ran.output
    ran = run(pytester, ini="ips_version = 2014R1")
    assert ran.outcomes == {"test_it": "failure"}
    assert "wrong-namespace: " in ran.output
    ran = run(pytester, ini="ips_version = 9.9")
    assert ran.status == 4
    assert "ips_version: no API version '9.9'" in ran.output


BASELINE = """
from client import submit_anyway
def test_one(ips_server): submit_anyway(ips_server, kind="full")
def test_two(ips_server): submit_anyway(ips_server, kind="none")
"""


@pytest.mark.parametrize("workers", every(2, [[], ["--numprocesses=2"]]), ids=len)
def test_baseline(pytester: pytest.Pytester, workers: list[str]) -> None:
    words = ["--ips-baseline=known.json"]
    ran = run(pytester, *words, files={"test_legacy": BASELINE})
    assert ran.status == 4
    assert "--ips-update-baseline writes it" in ran.output
    ran = run(pytester, *words, "--ips-update-baseline", *workers)
    assert (ran.status, set(ran.outcomes.values())) == (0, {"passed"})
    path = "/Envelope/Body/submitJobParam/imageServingPublishJob/publishType"
    tests = ["test_legacy.py::test_one", "test_legacy.py::test_two"]
    row = {"rule": "constant", "message": "submitJobParam", "path": path, "tests": tests}
    found = json.loads((pytester.path / "known.json").read_text())
    assert found == {"format": 1, "deviations": [row]}
    ran = run(pytester, *words)
    assert (ran.status, set(ran.outcomes.values())) == (0, {"passed"})
    # A new deviation fails, and the report is about that one only.
    files = {"test_legacy": BASELINE.replace('kind="none"', 'kind="none", name=""')}
    ran = run(pytester, *words, *workers, files=files)
    assert ran.outcomes == {"test_one": "passed", "test_two": "failure"}
    assert "blank: " in ran.texts["test_two"]
    assert "constant" not in ran.texts["test_two"]
    # A selection takes nothing away that others met, nor does a test that fails.
    update = [*words, "--ips-update-baseline"]
    mended = BASELINE.replace('kind="full"', 'kind="Full"')
    failing = "def test_two(ips_server): raise LookupError"
    files = {"test_legacy": re.sub("def test_two.*", failing, mended)}
    ran = run(pytester, *update, "-k", "test_one", files=files)
    assert ran.status == 0
    assert "1 known deviation; 1 not met, of tests that did not run or did not pass" in ran.output
    row["tests"] = tests[1:]
    assert json.loads((pytester.path / "known.json").read_text()) == {**found, "deviations": [row]}
    ran = run(pytester, *update)
    assert ran.outcomes == {"test_one": "passed", "test_two": "failure"}
    assert json.loads((pytester.path / "known.json").read_text()) == {**found, "deviations": [row]}
    ran = run(
        pytester, *update, files={"test_legacy": mended.replace('kind="none"', 'kind="Full"')}
    )
    assert ran.status == 0
    assert "known.json, 0 known deviations" in ran.output
    assert json.loads((pytester.path / "known.json").read_text())["deviations"] == []


SERVED = """
import pytest
from client import Refused, submit


def test_known(ips_server):
    assert "47|My Test Job|" in submit(ips_server, kind="full")
    ips_server.assert_submitted(job_name="My Test Job")


def test_known_too(ips_mock):
    import requests
    from client import body

    requests.post(ips_mock.endpoint, body(kind="none"), timeout=5).raise_for_status()


def test_expected_fault(ips_server):
    with ips_server.expect_fault(30001), pytest.raises(Refused):
        submit(ips_server, kind="full")


def test_expected_violation(ips_server):
    with ips_server.expect_violation("constant"), pytest.raises(Refused):
        submit(ips_server, kind="full")


@pytest.mark.ips(allow=["constant"])
def test_allowed(ips_server):
    with pytest.raises(Refused):
        submit(ips_server, kind="full")


def test_new(ips_server):
    submit(ips_server, kind="full", name=" ")
"""


@pytest.mark.cover_runs
def test_known_deviations_are_served(pytester: pytest.Pytester) -> None:
    """So a client that raises for a fault passes, if with what is known only."""
    words = ["--ips-baseline=known.json", "--ips-report=report.json"]
    update = [*words, "--ips-update-baseline", "-k", "not new"]
    ran = run(pytester, *update, files={"test_served": SERVED})
    assert set(ran.outcomes.values()) == {"passed"}, ran.output
    (row,) = json.loads((pytester.path / "known.json").read_text())["deviations"]
    assert row["rule"] == "constant"
    assert row["tests"] == ["test_served.py::test_known", "test_served.py::test_known_too"]
    ran = run(pytester, *words)
    failed = {name for name, outcome in ran.outcomes.items() if outcome != "passed"}
    assert failed == {"test_new"}, ran.output
    assert "blank: " in ran.texts["test_new"]
    verdicts = json.loads((pytester.path / "report.json").read_text())["summary"]["verdicts"]
    assert verdicts["known deviation"] == 2
    ran = run(pytester, *words, "-o", "ips_serve_known=false", "-k", "known")
    assert set(ran.outcomes.values()) == {"failure"}
    assert "Refused" in ran.texts["test_known"]


STRAY = """
import threading
from client import submit_anyway
gone = threading.Event()
def test_one(ips_server):
    def late():
        gone.wait(5)
        submit_anyway(ips_server, kind="full")
    global thread
    thread = threading.Thread(target=late)
    thread.start()
"""
BETWEEN = """
def pytest_runtest_logfinish(nodeid):
    import test_stray
    test_stray.gone.set()
    test_stray.thread.join()
"""


def test_between_tests(pytester: pytest.Pytester) -> None:
    files = {"test_stray": STRAY + "def test_two(): pass\n", "conftest": BETWEEN}
    ran = run(pytester, files=files)
    assert set(ran.outcomes.values()) == {"passed"}
    assert ran.status == 1
    assert "A message came when no test was running:" in ran.output
    assert "constant: the message to ips_server does not conform" in ran.output


@pytest.mark.parametrize(
    ("words", "said"),
    every(
        2,
        [
            (["--ips-report=report.txt"], "name it .html or .json or .sarif or .xml"),
            (["--ips-report=nowhere/report.html"], "there is no such folder"),
            (["--ips-fail-under=500"], "--ips-fail-under 500: give 0 to 100"),
            (["-o", "ips_strict=maybe"], "ips_strict: invalid truth value 'maybe'"),
            (["-o", "ips_serve_known=maybe"], "ips_serve_known: invalid truth value 'maybe'"),
            (["--ips-update-baseline"], "needs --ips-baseline FILE"),
            (["--ips-baseline=client.py"], "is no baseline"),
        ],
    ),
)
def test_wrong_options(pytester: pytest.Pytester, words: list[str], said: str) -> None:
    ran = run(pytester, *words, files={"test_good": GOOD})
    assert ran.status == 4
    assert said in ran.output
    assert "Traceback" not in ran.output


def test_a_report_that_cannot_be_written(pytester: pytest.Pytester) -> None:
    (pytester.path / "report.html").mkdir()
    ran = run(pytester, "--ips-report=report.html", files={"test_good": GOOD})
    assert (ran.status, ran.outcomes) == (1, {"test_it": "passed"})
    assert "report.html: Is a directory" in ran.output


def test_a_report_without_tests(pytester: pytest.Pytester) -> None:
    ran = run(pytester, "--ips-report=report.html", files={"test_plain": "def test_a(): pass"})
    assert ran.status == 0
    assert "No test sent a message." in (pytester.path / "report.html").read_text("utf-8")
