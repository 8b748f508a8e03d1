"""The live page shows a message as the reports do: the same elements, made by two languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ips_contract import validate
from ips_contract.fixtures import all_fixtures, load
from ips_contract.pages.message import difference, lines, message
from ips_contract.validation.nearest_valid import nearest
from tests.browser.tab import live

if TYPE_CHECKING:
    from ips_contract.mock.serving import MockServer
    from tests.browser.tab import Opener

_LIVE = """
async ([text, violations, failing, changes]) => {
  const view = await import("./page/message.js");
  return [view.message(text, violations, failing), view.lines(text), view.difference(changes)]
    .map((element) => element.outerHTML);
}
"""
# What the browser makes of the HTML, in a document of its own, where text may be markup.
_REPORT = """
(texts) => texts.map((text) => {
  const page = document.implementation.createHTMLDocument();
  page.body.innerHTML = text;
  return page.body.firstElementChild.outerHTML;
})
"""
LONG = "\n".join(["<a>", *(f"<b n='{n}'>{'x' * n}</b>" for n in range(300)), "</a>"])


def finding(line: int | None, column: int | None, **more: object) -> dict[str, object]:
    usual = {"rule": "constant", "severity": "error", "message": "no", "path": "/a"}
    places = {"line": line, "column": column, "fault_code": 30001, "source": "S D: constants"}
    return {**usual, **places, **more}


def judged() -> dict[str, tuple[str, list[dict[str, Any]], list[str]]]:
    """Texts, what is found in them, and changes."""
    found = {}
    for fixture in all_fixtures():
        if fixture.name.startswith("invalid/") and len(fixture.name) % 5 == 0:
            data = load(fixture.name)
            report = validate(data)
            rows = [row._asdict() for row in report.violations]
            text = data.decode("utf-8", "backslashreplace")
            found[fixture.name] = text, rows, nearest(report)
    astral = "<a>\U0001f600<b>\u202e\x07\u00a0\tc</b>\r\n<\U0001f600 \u2028\ue000\u0378>\u3000</a>"
    found["odd"] = (
        astral,
        [
            finding(1, 5),
            finding(1, 2, severity="warning", fault_code=None, source="I"),
            finding(2, 3, message="<b>\u202e"),
            finding(2, 1, source="X Y: <i>"),
            finding(2, 90),
            finding(9, 1),
            finding(None, None),
            finding(1, None),
        ],
        ["...", "+<a>", "-\t<b>", "  c", "", "... and 3 more lines"],
    )
    found["long"] = LONG, [finding(200, 1), finding(290, 4), finding(5, 200)], []
    found["longer"] = "x\n" * 2500, [], []
    found["nothing"] = "", [finding(1, 1)], []
    return found


def test_both_make_the_same_of_each(open_tab: Opener, server: MockServer) -> None:
    tab, free = open_tab(live(server)), open_tab("about:blank")
    texts = judged()
    assert len(texts) > 20
    for name, (text, violations, changes) in texts.items():
        failing = [index for index, row in enumerate(violations) if row["severity"] == "error"]
        shown = tab.page.evaluate(_LIVE, [text, violations, failing, changes])
        report = [
            "".join(message(text, violations, failing)),
            "".join(lines(text)),
            "".join(difference(changes)),
        ]
        assert shown == free.page.evaluate(_REPORT, report), name


@pytest.mark.parametrize("change", ["failing", "text"])
def test_a_difference_would_be_seen(open_tab: Opener, server: MockServer, change: str) -> None:
    tab, free = open_tab(live(server)), open_tab("about:blank")
    failing = [0] if change == "text" else []
    text = "<b/>" if change == "text" else "<a/>"
    shown = tab.page.evaluate(_LIVE, [text, [finding(1, 1)], failing, []])[0]
    report = "".join(message("<a/>", [finding(1, 1)], [0]))
    assert [shown] != free.page.evaluate(_REPORT, [report])
