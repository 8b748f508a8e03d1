"""The reports of the plugin and of the battery in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from ips_contract.battery.html_report import as_html
from ips_contract.pytest_plugin.html_report import page
from ips_contract.recording.capture_report import judged
from ips_contract.recording.capture_report import page as captured
from ips_contract.validation.traffic.model import Body, Capture
from tests.battery.test_html_report import RERUN, ROWS
from tests.browser.tab import PHONE
from tests.messages import request
from tests.pytest_plugin.test_html_report import DIMENSIONS, entry

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.tab import Opener

BAD = request().replace(b"Full", b"full").replace(b"><", b">\n<")
HOSTILE = "<img src=x onerror=alert(1)>"
ENTRIES = [
    entry(request(), "conforms", status=200, fault=None, handle=f"47|{HOSTILE}|"),
    entry(BAD, test=f"t.py::test_bad[{HOSTILE}]", notes=[HOSTILE]),
    entry(BAD, "known deviation", number=3, failing=[], fault=None, reason=HOSTILE),
    entry(request(), "conforms, with warnings", number=2, method="", status=0, fault=None),
]
CAPTURES = [
    Capture(f"line {number}", Body(text), None)
    for number, text in enumerate((request(), BAD, request(), request()), start=1)
]
REPORTS = {
    "plugin": (page(ENTRIES, DIMENSIONS, left_out=7), "Deviating"),
    "captures": (captured([*judged(HOSTILE, CAPTURES)], [HOSTILE]), "Invalid"),
    "battery": (as_html(ROWS, RERUN, strict=False), "Failed"),
}


@pytest.fixture(params=REPORTS)
def report(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """The address of a report, and the button for what failed."""
    text, button = REPORTS[request.param]
    path = tmp_path / "report.html"
    path.write_text(text, encoding="utf-8")
    return path.as_uri(), button


def test_what_failed_with_its_findings(open_tab: Opener, report: tuple[str, str]) -> None:
    address, button = report
    tab = open_tab(address)
    shown = tab.find("details.exchange:visible")
    expect(shown).to_have_count(4)
    assert tab.barriers() == []
    tab.button(button).click()
    expect(shown).to_have_count(1)
    expect(tab.find(".row.hit mark:visible")).to_have_text("<publishType>full")
    expect(tab.find(".row.hit + .note:visible")).to_contain_text("constant")
    assert tab.find("img").count() == 0
    tab.find("#search").fill("no such thing")
    expect(tab.find("#none")).to_be_visible()


def test_in_the_dark_and_on_a_phone(open_tab: Opener, report: tuple[str, str]) -> None:
    tab = open_tab(report[0], viewport=PHONE, color_scheme="dark")
    tab.find("details.part, details.exchange").evaluate_all(
        "(parts) => { for (const part of parts) part.open = true; }"
    )
    assert not tab.is_wider_than_its_window()
    assert tab.barriers("color-contrast") == []
