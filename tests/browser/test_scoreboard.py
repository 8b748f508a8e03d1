"""The page of the scoreboard in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from scoreboard.page import page
from tests.browser.tab import PHONE
from tests.scoreboard.test_board import BOARD, HOSTILE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.tab import Opener

ROWS = "tr[data-case]:visible"
NAMES = [row["id"] for row in BOARD["stacks"]]


@pytest.fixture
def address(tmp_path: Path) -> str:
    """Of a page with a hostile, unsteady cell."""
    first, *others = BOARD["stacks"]
    cell = {"verdict": "FAILED", "did": HOSTILE, "words": [HOSTILE], "unsteady": "the load: both"}
    first = {**first, "cells": {**first["cells"], "handle-nil": cell}}
    path = tmp_path / "scoreboard.html"
    path.write_text(page({**BOARD, "stacks": [first, *others]}), encoding="utf-8")
    return path.as_uri()


def test_filters(open_tab: Opener, address: str) -> None:
    tab = open_tab(address)
    rows = tab.find(ROWS)
    expect(rows).to_have_count(len(BOARD["cases"]))
    assert tab.barriers() == []
    tab.find("#area").select_option("The result")
    expect(rows).to_have_count(sum(row["area"] == "The result" for row in BOARD["cases"]))
    tab.find("#level").select_option("S")
    strict = [r for r in BOARD["cases"] if r["area"] == "The result" and r["level"] == "S"]
    expect(rows).to_have_count(len(strict))
    tab.find("#text").fill("no such text")
    expect(tab.find("#board-none")).to_be_visible()
    tab.button("Reset").click()
    expect(rows).to_have_count(len(BOARD["cases"]))
    tab.find("#verdict").select_option("unsteady")
    expect(tab.find("tr[data-case=handle-nil]")).to_be_visible()
    tab.button("Reset").click()
    tab.find("#text").fill("billion")
    expect(rows).to_have_count(1)


def test_stacks_are_chosen(open_tab: Opener, address: str) -> None:
    tab = open_tab(address)
    columns = tab.find("thead th[data-stack]:visible")
    expect(columns).to_have_count(len(NAMES))
    tab.find("#choice summary").click()
    tab.button("None").click()
    expect(columns).to_have_count(0)
    tab.find(f"#choice input[data-stack={NAMES[1]}]").check()
    expect(columns).to_have_count(1)
    expect(tab.find("tr[data-case=plain] td:visible")).to_have_count(1)
    tab.button("Maintained").click()
    expect(columns).to_have_count(sum(row["maintained"] for row in BOARD["stacks"]))


def test_a_cell_by_mouse(open_tab: Opener, address: str) -> None:
    tab = open_tab(address)
    tab.find("tr[data-case=handle-nil] td").first.click()
    dialog = tab.find("dialog")
    expect(dialog).to_contain_text(HOSTILE)
    expect(dialog).to_contain_text("Unsteady. the load: both")
    expect(dialog.locator(".code")).to_contain_text('xsi:nil="true"')
    assert tab.find("img").count() == 0
    assert tab.barriers() == []
    tab.button("Close").click()
    expect(dialog).to_be_hidden()
    tab.find("tr[data-case=handle-nil] th").click()
    expect(dialog.locator("li")).to_have_count(len(NAMES))
    dialog.locator("li a").first.click()
    expect(dialog.locator("h2")).to_contain_text(": handle-nil")
    assert tab.page.url.endswith(f"#{NAMES[0]}/handle-nil")


def test_a_cell_by_keyboard(open_tab: Opener, address: str) -> None:
    tab = open_tab(address)
    press = tab.page.keyboard.press
    press("/")
    expect(tab.find("#text")).to_be_focused()
    tab.page.keyboard.type("handle-")
    tab.find("tr[data-case]:visible [tabindex='0']").focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowUp"):
        press(key)
    press("Enter")
    title = tab.find("dialog h2")
    first = next(row["id"] for row in BOARD["cases"] if "handle-" in row["id"])
    expect(title).to_have_text(f"{BOARD['stacks'][1]['name']}: {first}")
    press("Escape")
    expect(title).to_be_hidden()
    press("End")
    press("Home")
    press("Space")
    expect(title).to_have_text(first)


def test_a_cell_by_its_address(open_tab: Opener, address: str) -> None:
    tab = open_tab(f"{address}#{NAMES[-1]}/body-twice")
    expect(tab.find("dialog h2")).to_have_text(f"{BOARD['stacks'][-1]['name']}: body-twice")


def test_in_the_dark_and_on_a_phone(open_tab: Opener, address: str) -> None:
    tab = open_tab(address, viewport=PHONE, color_scheme="dark")
    tab.find("details").evaluate_all("(parts) => { for (const part of parts) part.open = true; }")
    assert not tab.is_wider_than_its_window()
    assert tab.barriers("color-contrast") == []
    tab.find("tr[data-case=handle-nil] td").first.click()
    assert not tab.is_wider_than_its_window()
    assert tab.barriers("color-contrast") == []
