"""The committed results, and the page that is made from them."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ips_contract.battery.scenarios.table import SCENARIOS
from scoreboard.board import AREAS, area_of, as_json, cases, facts, merged, summary
from scoreboard.page import page
from scoreboard.stacks import absent, stacks
from tests.blocks import REFERENCE, ROOT

RESULTS = REFERENCE / "scoreboard.json"
TEXT = RESULTS.read_text(encoding="utf-8")
BOARD = json.loads(TEXT)
SCHEMA = json.loads((REFERENCE / "scoreboard.schema.json").read_bytes())


def test_the_results_fit_their_schema() -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(BOARD)


def test_the_results_are_written_as_they_are() -> None:
    assert as_json(BOARD) == TEXT
    assert len(RESULTS.read_bytes()) < 1_000_000


def test_the_page_is_made_from_the_results() -> None:
    assert (REFERENCE / "scoreboard.html").read_text(encoding="utf-8") == page(BOARD)


def test_the_cases_are_those_of_the_battery() -> None:
    """As they were measured: a case that has changed since needs another run."""
    known = {row["id"]: row for row in cases()}
    assert [row for row in BOARD["cases"] if known.get(row["id"]) != row] == []


def test_every_stack_was_measured_in_every_case() -> None:
    names = {row["id"] for row in BOARD["cases"]}
    levels = {row["id"]: row["level"] for row in BOARD["cases"]}
    for row in BOARD["stacks"]:
        assert row["cells"].keys() == names, row["id"]
        assert row["summary"] == summary(row["cells"], levels)


def test_the_stacks_are_those_of_the_table() -> None:
    table = stacks()
    listed = {row["name"] for row in (*BOARD["stacks"], *BOARD["missing"])}
    assert listed == {*(stack.name for stack in table.values()), *absent()}
    for row in BOARD["stacks"]:
        assert {**row, **facts(table[row["id"]])} == row, (
            f"{row['id']}: python -m scoreboard --page"
        )


def test_what_is_careful_fails_no_gating_case() -> None:
    """Else a case gates that a careful client on a common library cannot pass."""
    careful = {row["id"]: row["summary"]["failed"] for row in BOARD["stacks"] if row["careful"]}
    assert len(careful) >= 4
    assert careful == dict.fromkeys(careful, 0)


def test_nothing_of_a_machine_is_told() -> None:
    folders = {str(ROOT), str(Path.home()), tempfile.gettempdir(), "/tmp/", "/root/", "/home/"}
    assert [folder for folder in folders if f"{folder.rstrip('/')}/" in TEXT] == []
    assert re.findall(r"127\.0\.0\.1:\d+", TEXT) == []


def test_every_case_has_one_area() -> None:
    numbers = [number for rows in AREAS.values() for number in rows]
    assert sorted(numbers) == sorted({row.number for row in SCENARIOS.values()})
    assert area_of(41) == "The result"


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["id"])
def test_what_was_served_is_text(case: dict[str, Any]) -> None:
    assert case["served"]
    assert all(line.isprintable() for line in case["served"].split("\n"))


def test_what_is_no_text_is_told_in_words() -> None:
    served = {row["id"]: row["served"] for row in cases()}
    assert served["stall-before-head"] == "[nothing more comes]"
    assert served["stall-in-body"].endswith("[nothing more comes]")
    assert "[a byte each " in served["drip-body"]
    assert served["reset-in-body"].endswith("[reset]")
    assert "\\x00" in served["utf-16"]


# Merging.


def of(name: str, **more: Any) -> dict[str, Any]:
    row = {"id": name, "advice": "old", "maintained": False, "cells": {}}
    return {**row, "summary": {"failed": 5}, **more}


def test_what_was_not_run_stays() -> None:
    table = stacks()
    missing = [{"name": "curl + xmllint", "why": "x"}, {"name": "gone, too", "why": "y"}]
    before = {"version": "0", "stacks": [of(n) for n in ("zeep", "suds", "gone")]}
    before["missing"] = missing
    assert merged(before, [], {}, table)["version"] == "0", "nothing was measured"
    board = merged(before, [of("suds", new=True)], {"strong-soap": "no npm", "zeep": "off"}, table)
    assert {row["id"]: "new" in row for row in board["stacks"]} == {"zeep": False, "suds": True}
    assert board["stacks"][0]["advice"] == table["zeep"].advice
    assert board["stacks"][0]["maintained"], "what the table says is taken from it"
    why = {"curl + xmllint": "x", "strong-soap": "no npm", **absent()}
    assert {row["name"]: row["why"] for row in board["missing"]} == why
    board = merged(board, [of("curl")], {}, table)
    assert {row["name"] for row in board["missing"]} == why.keys() - {"curl + xmllint"}


def test_the_order() -> None:
    """The careful ones, the maintained ones, then the others; in each by what failed."""
    failed = {"axis": 1, "zeep": 9, "suds": 8, "careful-zeep": 10}
    rows = [of(name, summary={"failed": number}) for name, number in failed.items()]
    board = merged(None, rows, {}, stacks())
    assert [row["id"] for row in board["stacks"]] == ["careful-zeep", "suds", "zeep", "axis"]


# The page.

HOSTILE = "</script><img src=x onerror=alert(1)>"


def test_what_is_hostile_stays_text() -> None:
    row = BOARD["stacks"][0]
    cell = {"verdict": "FAILED", "did": HOSTILE, "words": [HOSTILE], "unsteady": HOSTILE}
    cells = {**row["cells"], "plain": cell}
    text = page({**BOARD, "stacks": [{**row, "name": HOSTILE, "cells": cells}]})
    assert "<img" not in text
    assert text.count("</script>") == 2
    data = text.partition('id="board">')[2].partition("</script>")[0]
    assert json.loads(data)["stacks"][0]["name"] == HOSTILE


def test_advice_leads_to_the_cells_that_it_names() -> None:
    row = {**BOARD["stacks"][0], "id": "it", "advice": "Call `a<b>`; see `handle-nil`."}
    link = '<a href="#it/handle-nil"><code>handle-nil</code></a>'
    assert f"<p>Call <code>a&lt;b&gt;</code>; see {link}.</p>" in page({**BOARD, "stacks": [row]})


def test_the_page_asks_for_nothing() -> None:
    text = page(BOARD)
    assert not re.search(r"<(?:link|img|iframe)\b|\bsrc=|@import|url\(", text)
    assert re.search(
        r"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-\S{44}'\"", text
    )


def test_what_could_not_be_measured_is_told() -> None:
    row = {"name": "PHP", "why": "no program php"}
    assert "<li><b>PHP</b>: no program php</li>" in page({**BOARD, "missing": [row]})
