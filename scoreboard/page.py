"""The scoreboard as one HTML page: cases by stacks, and what the users of each stack should add."""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ips_contract.battery.verdict import FAILED, INFORMATION, NON_STRICT, OK, UNCLEAN
from ips_contract.pages.frame import frame
from ips_contract.validation.report.text import shown
from ips_contract.xml.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scoreboard.board import Board

# Verdict → the class of its colour, and its mark.
LOOKS = {
    OK: ("good", "✓"),
    FAILED: ("bad", "✗"),
    NON_STRICT: ("warn", "!"),
    UNCLEAN: ("warn", "~"),
    INFORMATION: ("known", "○"),
}
LEVELS = {"G": "gates", "S": "with --strict", "I": "informs"}
_MEANINGS = {
    OK: "it did what it should",
    FAILED: "it did not, in a case that gates; or it sent what is wrong",
    NON_STRICT: "it did not, in a case of level S",
    UNCLEAN: "the right result, but late or with more output",
    INFORMATION: "it did not, in a case that informs only",
}


def page(board: Board) -> str:
    """The page; it needs nothing else, and the same board always makes the same page."""
    folder = Path(__file__).parent
    stacks = board["stacks"]
    maintained = sum(row["maintained"] for row in stacks)
    return frame(
        "SOAP stacks and hostile answers · IPS client battery",
        "SOAP stacks and hostile answers",
        f"{counted(len(board['cases']), 'case')} by {counted(len(stacks), 'stack')}, "
        f"{maintained} of them maintained; measured with ips-contract {board['version']}. "
        "A verdict is of a stack with its driver: most of what fails can be added by its user.",
        (
            *_legend(board),
            *_tools(board),
            *_map(board),
            '<p id="board-none" class="soft hidden">No case fits.</p>',
            "<h2>What users should add</h2>",
            *(line for row in stacks for line in _stack(row, board)),
            *_missing(board),
            '<dialog id="cell" aria-labelledby="cell-title"></dialog>',
            f'<script type="application/json" id="board">{_data(board)}</script>',
        ),
        style=(folder / "page.css").read_text(encoding="utf-8"),
        script=(folder / "page.js").read_text(encoding="utf-8"),
    )


def _data(board: Board) -> str:
    """The board for the script: nothing in it can end the element."""
    text = json.dumps(board, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _legend(board: Board) -> Iterator[str]:
    yield '<div class="legend">'
    for verdict, (kind, mark) in LOOKS.items():
        yield (
            f'<span><b class="badge {kind}">{mark} {verdict}</b> '
            f'<span class="soft">{_MEANINGS[verdict]}</span></span>'
        )
    if any("unsteady" in cell for row in board["stacks"] for cell in row["cells"].values()):
        yield (
            '<span><b class="badge unsteady">? unsteady</b> '
            '<span class="soft">its runs did not say the same; the cell tells why</span></span>'
        )
    yield "</div>"


def _tools(board: Board) -> Iterator[str]:
    areas = dict.fromkeys(row["area"] for row in board["cases"])
    yield '<div id="filters" class="tools hidden" role="group" aria-label="Filters">'
    yield _select("area", "All areas", {name: name for name in areas})
    yield _select("level", "All levels", {name: f"{name}, {LEVELS[name]}" for name in LEVELS})
    verdicts = {name: name for name in LOOKS} | {"unsteady": "unsteady"}
    yield _select("verdict", "All verdicts", verdicts)
    yield '<input id="text" type="search" placeholder="Find in cases" aria-label="Find">'
    yield '<button id="reset" type="button">Reset</button></div>'
    yield '<details id="choice" class="choice hidden"><summary>Stacks</summary><div class="items">'
    for row in board["stacks"]:
        yield (
            f'<label class="chip"><input type="checkbox" data-stack="{row["id"]}" checked> '
            f"{escape(row['name'])}</label>"
        )
    yield (
        '<button type="button" data-choose="all">All</button>'
        '<button type="button" data-choose="none">None</button>'
        '<button type="button" data-choose="maintained">Maintained</button></div></details>'
    )
    words = "Filters, and what is in a cell, need JavaScript."
    yield f'<noscript><p class="soft">{words}</p></noscript>'


def _select(name: str, everything: str, options: dict[str, str]) -> str:
    rows = "".join(
        f'<option value="{escape(value)}">{escape(words)}</option>'
        for value, words in options.items()
    )
    label = name.capitalize()
    return (
        f'<select id="{name}" aria-label="{label}"><option value="">{everything}</option>{rows}'
        "</select>"
    )


def _map(board: Board) -> Iterator[str]:
    stacks = board["stacks"]
    yield '<div class="map box" tabindex="-1"><table id="map" role="grid" aria-label="Verdicts">'
    yield '<thead><tr><th scope="col" class="corner">case</th>'
    for row in stacks:
        failed = row["summary"]["failed"]
        kind = "bad" if failed else "good"
        yield (
            f'<th scope="col" data-stack="{row["id"]}"><a href="#stack-{row["id"]}">'
            f"<span>{escape(row['name'])}</span></a>"
            f'<b class="{kind}" title="gating cases that failed">{failed}</b></th>'
        )
    yield "</tr></thead>"
    area = None
    for case in board["cases"]:
        if case["area"] != area:
            area = case["area"]
            yield (
                f"{'</tbody>' if case is not board['cases'][0] else ''}<tbody data-area="
                f'"{escape(area)}"><tr class="area"><th colspan="{len(stacks) + 1}" '
                f'scope="rowgroup"><span>{escape(area)}</span></th></tr>'
            )
        yield (
            f'<tr data-case="{case["id"]}"><th scope="row"><span class="soft">{case["level"]}'
            f'</span> <span title="{escape(shown(case["title"]))}">{case["id"]}</span></th>'
            + "".join(_cell(row["cells"].get(case["id"])) for row in stacks)
            + "</tr>"
        )
    yield "</tbody></table></div>"


def _cell(cell: dict[str, Any] | None) -> str:
    if cell is None:
        return "<td></td>"
    kind, mark = LOOKS[cell["verdict"]]
    if "unsteady" in cell:
        return f'<td class="{kind} unsteady">{mark}?</td>'
    return f'<td class="{kind}">{mark}</td>'


def _stack(row: dict[str, Any], board: Board) -> Iterator[str]:
    counts = row["summary"]
    kind, mark = ("bad", "✗") if counts["failed"] else ("good", "✓")
    state = "maintained" if row["maintained"] else "no longer maintained"
    seconds = ", ".join(f"{value:g}" for value in row["seconds"])
    typical = ", ".join(str(value) for value in row["typical_ms"])
    facts = (
        row["language"],
        f"version {row['version']}",
        row["way"],
        f"{state}{'; ' + row['state'] if row['state'] else ''}",
        row["from"],
        f"driver {row['driver']}: {row['command']}",
        f"WSDL {row['api_version']}",
        f"{row['date']}: {seconds} s for all cases, {typical} ms for a right answer",
    )
    failed = [
        case["id"]
        for case in board["cases"]
        if case["level"] == "G" and row["cells"].get(case["id"], {}).get("verdict") == FAILED
    ]
    yield (
        f'<section class="box stack" id="stack-{row["id"]}"><h3>{escape(row["name"])} '
        f'<span class="badge {kind}">{mark} {counts["failed"]} of {counts["gating"]} failed</span>'
        "</h3>"
    )
    yield f"<p>{_advice(row)}</p>"
    yield f'<p class="soft">{escape(" · ".join(facts))}</p>'
    if failed:
        yield (
            f"<details><summary>{counted(len(failed), 'gating case')} failed</summary>"
            f'<p class="fails">'
        )
        yield " ".join(f'<a class="chip" href="#{row["id"]}/{name}">{name}</a>' for name in failed)
        yield "</p></details>"
    yield "</section>"


def _advice(row: dict[str, Any]) -> str:
    """The advice as HTML; a case that it names leads to the stack's cell."""

    def code(match: re.Match[str]) -> str:
        text = f"<code>{match[1]}</code>"
        return f'<a href="#{row["id"]}/{match[1]}">{text}</a>' if match[1] in row["cells"] else text

    return re.sub("`(.+?)`", code, escape(row["advice"]))


def _missing(board: Board) -> Iterator[str]:
    if board["missing"]:
        yield "<h2>What could not be measured</h2><ul>"
        for row in board["missing"]:
            yield f"<li><b>{escape(row['name'])}</b>: {escape(shown(row['why']))}</li>"
        yield "</ul>"
