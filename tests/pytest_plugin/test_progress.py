"""Reports, baseline and threshold are of whole sessions; else the old stay, and a line says why."""

from __future__ import annotations

import json
from typing import NamedTuple

import pytest

from tests.plugin_runs import run
from tests.sweep import every

pytest_plugins = ["pytester"]

SUITE = {
    "test_a": "from client import submit_anyway\n"
    "def test_bad(ips_server): submit_anyway(ips_server, kind='full')\n",
    "test_b": "from client import submit\ndef test_good(ips_server): submit(ips_server)\n",
}
OTHERS = ("report.html", "report.json", "report.xml")
OLD = {"format": 1, "deviations": [{"rule": "blank", "message": "m", "path": "/p", "tests": ["t"]}]}
# A worker that crashes is not replaced: with loadfile xdist would give it the test again.
WORKERS = "--numprocesses=2 --dist=loadfile --max-worker-restart=0"


class Case(NamedTuple):
    """A session that is not whole: how it is run, and what is said of it."""

    words: str
    status: int
    said: str
    files: dict[str, str]
    dry: bool = False


BROKEN = {"test_c": "import nothing_of_this_name"}
FAILING = {"test_aa": "def test_c(): assert 0"}
LOSES = "ended without handing over what came"
CASES = {
    "nothing is selected": Case("-k nothing", 5, "no test ran", {}),
    "no such path": Case("nowhere.py", 4, "no test ran", {}),
    "import fails": Case("", 2, "test_c.py could not be collected", BROKEN),
    "import fails, the others run": Case(
        "--continue-on-collection-errors", 1, "test_c.py could not be collected", BROKEN
    ),
    "Ctrl-C": Case(
        "",
        2,
        "1 of 3 tests did not run to the end",
        {"test_c": "def test_c(): raise KeyboardInterrupt"},
    ),
    "exit, as if all were well": Case(
        "",
        1,
        "2 of 3 tests did not run to the end",
        {"test_aa": "import pytest\ndef test_c(): pytest.exit('enough', 0)"},
    ),
    "first failure": Case(
        "-x", 1, "1 of 3 tests did not run to the end (stopping after 1 failures)", FAILING
    ),
    "tests are collected only": Case("--collect-only", 0, "no test ran", {}, dry=True),
    "fixtures are shown": Case("--fixtures", 0, "no test ran", {}, dry=True),
    "fixtures are set up only": Case("--setup-only", 0, "no test ran", {}, dry=True),
    "error of pytest": Case(
        "", 3, "no test ran", {"conftest": "def pytest_runtest_logreport(report): 1 / 0"}
    ),
    "tests are run elsewhere": Case(
        "",
        1,
        "2 tests ran where the plugin does not see them",
        {
            "conftest": "def pytest_runtest_protocol(item):\n"
            "    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)\n"
            "    return True"
        },
    ),
    "worker crashes": Case(WORKERS, 1, LOSES, {"test_c": "import os\ndef test_c(): os._exit(0)"}),
    "worker fails": Case(f"{WORKERS} -x", 2, "", FAILING),
}


@pytest.mark.parametrize("name", every(4, CASES))
def test_what_is_not_whole(pytester: pytest.Pytester, name: str) -> None:
    case = CASES[name]
    old = json.dumps(OLD)
    written = [] if case.dry else ["report.sarif"]
    for path in (*OTHERS, "report.sarif", "known.json"):
        (pytester.path / path).write_text(old)
    options = [f"--ips-report={path}" for path in (*OTHERS, "report.sarif")]
    options += ["--ips-baseline=known.json", "--ips-update-baseline", "--ips-fail-under=90"]
    ran = run(pytester, *options, *case.words.split(), files={**SUITE, **case.files})
    assert ran.status == case.status, ran.output
    assert f"not a whole run: {case.said}" in ran.output or LOSES in case.said
    assert case.said in ran.output
    assert ("FAIL: " in ran.output) == (not case.dry)
    assert "not measured: how much of the contract was exercised" in ran.output
    assert not list(pytester.path.glob("*.new"))
    for path in (*OTHERS, "report.sarif", "known.json"):
        kept = (pytester.path / path).read_text() == old
        assert kept == (path not in written), path
        assert (f"not written, as it was: {pytester.path / path}" in ran.output) == kept
    if written:
        (invocation,) = json.loads((pytester.path / "report.sarif").read_text())["runs"][0][
            "invocations"
        ]
        assert invocation["executionSuccessful"] is False
        (notification,) = invocation["toolExecutionNotifications"]
        assert case.said in notification["message"]["text"]


def test_a_selection_is_whole(pytester: pytest.Pytester) -> None:
    """It is what was asked for; -x without a failure, and a failure at the end, stop nothing."""
    files = {**SUITE, "test_c": "def test_c(ips_validate): assert 0"}
    words = ["--ips-report=report.json", "--ips-coverage", "-x", "-k", "good or test_c"]
    ran = run(pytester, *words, files=files)
    assert ran.status == 1
    assert "not a whole run" not in ran.output
    assert "operations     1/13" in ran.output
    found = json.loads((pytester.path / "report.json").read_text())
    assert found["summary"] == {"messages": 1, "verdicts": {"conforms": 1}}
