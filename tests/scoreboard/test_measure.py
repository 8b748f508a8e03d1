"""Three runs of the battery, compared."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from ips_contract.battery.scenarios.table import SCENARIOS
from scoreboard.measure import (
    CHECKS,
    RACES,
    RUNS,
    NotRun,
    Said,
    agree,
    cell,
    measure,
    scrubbed,
    typical,
)
from scoreboard.stacks import Stack
from tests.blocks import ROOT

CLIENTS = ROOT / "tests" / "clients"


def row(verdict: str = "OK", words: str = "", errors: str = "", **more: Any) -> dict[str, Any]:
    found = {"verdict": verdict, "words": [words] if words else [], "errors": errors}
    return found | {"did": "printed nothing", "expected": "accept", "seconds": 0.5} | more


def stack(*command: str, **more: Any) -> Stack:
    words = ("it", "Python", "by hand", "tests/clients", ("python", "--version"))
    return Stack("it", *words, command, "advice", **more)


def runs(*rows: dict[str, Any]) -> list[Said]:
    return [(str(timing), row) for timing, row in zip(RUNS, rows, strict=True)]


def alone(*rows: dict[str, Any]) -> list[Said]:
    return [(str(timing), row) for timing, row in zip(CHECKS, rows, strict=True)]


def test_a_case_that_is_the_same_three_times() -> None:
    errors = "Traceback\nRefused: no handle\n  at Driver.main\n\n"
    found = cell(runs(*[row("FAILED", "it printed a handle", errors)] * 3), [])
    assert found == {
        "verdict": "FAILED",
        "did": "printed nothing",
        "words": ["it printed a handle"],
        "errors": "Refused: no handle",
    }
    assert cell(runs(row(), row(), row()), []) == {"verdict": "OK", "did": "printed nothing"}


def test_a_case_that_is_unsteady_has_the_verdict_that_it_has_alone() -> None:
    late = row("FAILED", "it was ended: no answer after 9 s")
    found = cell(runs(row(), late, row()), alone(row(), row()))
    assert found["verdict"] == "OK"
    assert found["unsteady"] == (
        "the load or the time: OK (10 s); FAILED (10 s: it was ended: no answer after 9 s); "
        "OK (7 s); OK (10 s, one at a time); OK (10 s, one at a time)"
    )


def test_a_case_that_is_unsteady_alone_has_the_worst_verdict() -> None:
    late = row("UNCLEAN", "late")
    found = cell(runs(row(), row("FAILED"), row()), alone(row(), late))
    assert found["verdict"] == "UNCLEAN"
    assert found["words"] == ["late"]
    assert found["unsteady"].startswith("it differs with nothing beside it, too: ")


def test_of_a_race_the_worst_verdict_counts() -> None:
    found = cell(runs(row(), row("FAILED", "it printed"), row()), alone(row(), row()), races=True)
    assert found["verdict"] == "FAILED"
    assert found["unsteady"].startswith("a race between what comes and the end of the connection: ")


def test_what_agrees() -> None:
    assert agree(runs(row(), row(), row()))
    assert not agree(runs(row(), row(), row("FAILED")))
    assert set(RACES) <= SCENARIOS.keys()


def test_the_typical_time_is_that_of_right_answers() -> None:
    rows = {str(n): row(seconds=n / 10) for n in (1, 2, 9)}
    assert typical({**rows, "f": row(expected="fault", seconds=99)}) == 200
    assert typical({"f": row("FAILED")}) == 0


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"at run ({ROOT / 'examples' / 'a.mjs'}:3:4)", "at run (…:3:4)"),
        (f"File '{Path.home() / 'x' / 'y.py'}'", "File '…'"),
        (f"file://{ROOT}/a.js: no", "…: no"),
        ("connect to 127.0.0.1:40123 failed", "connect to 127.0.0.1:PORT failed"),
        ("GET /case12/scene7/answer.dtd", "GET /caseN/scene7/answer.dtd"),
        ("host='127.0.0.1', port=40123): x", "host='127.0.0.1', port PORT): x"),
        ("<object at 0x7f12ab34cd>", "<object at 0x…>"),
        ("47|Nightly publish|", "47|Nightly publish|"),
    ],
)
def test_nothing_of_this_machine_is_told(text: str, shown: str) -> None:
    assert scrubbed(text) == shown


def test_a_client_that_is_measured() -> None:
    careful = stack(sys.executable, "-E", "-s", "-S", "with_urllib.py")
    cases = ("plain", "fault-30000", "handle-nil", "sibling-unknown")
    measured = measure(careful, CLIENTS, os.environ, cases)
    assert measured.cells.keys() == set(cases)
    assert {case: row["verdict"] for case, row in measured.cells.items()} == {
        "plain": "OK",
        "fault-30000": "OK",
        "handle-nil": "OK",
        "sibling-unknown": "NON-STRICT",
    }
    assert measured.cells["plain"]["did"] == 'printed "47|Nightly publish|", exit status 0'
    assert len(measured.seconds) == len(measured.typical) == 3
    assert min(measured.typical) > 0


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ((sys.executable, "-c", "raise SystemExit('no such library')"), "no such library"),
        (("/nowhere/python",), "cannot run /nowhere/python"),
    ],
)
def test_a_client_that_does_not_work(command: tuple[str, ...], words: str) -> None:
    with pytest.raises(NotRun, match=words):
        measure(stack(*command), CLIENTS, os.environ, ["plain"])
