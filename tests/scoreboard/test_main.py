"""``python -m scoreboard``: what is measured is written at once, and what cannot be is told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from ips_contract.battery.scenarios.scenario import GATING
from ips_contract.battery.scenarios.table import SCENARIOS
from scoreboard import __main__ as program
from scoreboard.install import Missing
from scoreboard.measure import Measured, NotRun
from scoreboard.page import page
from tests.scoreboard.test_board import BOARD, TEXT

if TYPE_CHECKING:
    from pathlib import Path

    from scoreboard.stacks import Stack

CELLS = {name: {"verdict": "OK", "did": "returned it"} for name in SCENARIOS}


class Workshop:
    """In place of the real one: suds cannot be had."""

    environment: ClassVar[dict[str, str]] = {}

    def prepare(self, stack: Stack) -> str:
        if stack.id == "suds":
            raise Missing("no program python")
        return "9.9"

    def place(self, stack: Stack) -> str:
        return stack.folder


def measure(stack: Stack, *_: Any) -> Measured:
    if stack.id == "curl":
        raise NotRun("it fails the plain success: 127.0.0.1:4711 is closed")
    return Measured(CELLS, (1.0, 2.0, 3.0), (4, 5, 6))


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "scoreboard.json"
    monkeypatch.setattr(program, "RESULTS", path)
    monkeypatch.setattr(program, "PAGE", path.with_suffix(".html"))
    monkeypatch.setattr(program, "Workshop", Workshop)
    monkeypatch.setattr(program, "measure", measure)
    return path


def test_what_is_measured_is_written(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["zeep"]) == 0
    board = json.loads(results.read_bytes())
    (row,) = board["stacks"]
    assert (row["id"], row["version"], row["summary"]["failed"]) == ("zeep", "9.9", 0)
    assert results.with_suffix(".html").read_text(encoding="utf-8") == page(board)
    gating = sum(row.level == GATING for row in SCENARIOS.values())
    said = f"s  9.9: 0 of {gating} gating cases failed, 0 unsteady\n"
    assert capsys.readouterr().out.endswith(said)


def test_what_cannot_be_measured_is_told(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["suds,zeep", "curl"]) == 1
    said = capsys.readouterr().out
    assert "not measured: no program python\n" in said
    assert "not measured: it fails the plain success: 127.0.0.1:PORT is closed\n" in said
    board = json.loads(results.read_bytes())
    assert [row["id"] for row in board["stacks"]] == ["zeep"]
    assert {row["name"] for row in board["missing"]} >= {"suds-community", "curl + xmllint"}


def test_the_page_alone(results: Path) -> None:
    results.write_text(TEXT, encoding="utf-8")
    assert program.main(["--page"]) == 0
    assert json.loads(results.read_bytes()) == BOARD
    assert results.with_suffix(".html").read_text(encoding="utf-8") == page(BOARD)


def test_a_stack_that_is_none(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["zepp"]) == 2
    assert "scoreboard: no stack zepp; there are careful-urllib, " in capsys.readouterr().err
    assert not results.exists()
