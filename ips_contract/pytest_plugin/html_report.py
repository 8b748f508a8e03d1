"""The report of a test run as one HTML page: no other file, nothing from the network.

All that was sent or answered is escaped; the page's policy lets nothing but its own script run.
"""

from __future__ import annotations

import base64
import hashlib
import re
import shlex
from html import escape
from typing import TYPE_CHECKING, Any

from ips_contract import __version__
from ips_contract.contract.faults import FAULT_CODES
from ips_contract.contract.rules import ERROR, evidence_words
from ips_contract.pytest_plugin.conformance import DEVIATES
from ips_contract.pytest_plugin.contract_coverage import Dimension, percent
from ips_contract.validation.report.text import counted, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ips_contract.pytest_plugin.entries import Entry

_MOST_PAGE = 20_000_000  # Characters; then messages that conform are shown without their text.
_MOST_LINES = 60  # Lines of a message that are shown; of a longer one those near findings are.
_MOST_FOLDED = 1000  # Lines that can be unfolded at one place.
_CONTEXT = 6
_MARKED = re.compile(r"<[^<>]*/>|<[^<>]*>?[^<]*")

# Verdict → the class of its colour, and its mark.
_LOOKS = {
    "deviates": ("bad", "✗"),
    "known deviation": ("known", "≈"),
    "allowed deviation": ("known", "○"),
    "expected deviation": ("known", "○"),
    "conforms, with warnings": ("warn", "!"),
    "conforms": ("good", "✓"),
}
_FILTERS = {
    "bad": "Deviating",
    "known": "Known, allowed",
    "warn": "Warnings",
    "good": "Conforming",
}

_STYLE = """
:root { color-scheme: light dark; --page: #f6f7f9; --card: #fff; --ink: #1c2330; --soft: #5b6575;
  --line: #dfe3e9; --bad: #b3261e; --bad-bg: #fdecea; --good: #1a7f43; --good-bg: #e6f4ea;
  --warn: #8a5a00; --warn-bg: #fff4d9; --known: #3556a8; --known-bg: #e8eefc; --code: #f3f5f8;
  --mark: #ffd9d4; }
@media (prefers-color-scheme: dark) { :root { --page: #12151b; --card: #1b2029; --ink: #e5e9f0;
  --soft: #9aa5b5; --line: #2e3542; --bad: #ff8a80; --bad-bg: #3c1f1f; --good: #7bd59a;
  --good-bg: #17301f; --warn: #f2c063; --warn-bg: #37290f; --known: #9db7f5; --known-bg: #1f2943;
  --code: #151a22; --mark: #6b2a26; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 28px 20px 80px; }
h1 { font-size: 24px; margin: 0 0 2px; } h2 { font-size: 18px; margin: 34px 0 10px; }
.soft { color: var(--soft); } p { margin: 4px 0; }
code, pre, .code { font: 13px/1.55 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px;
  margin: 20px 0 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 12px 16px; }
.card b { display: block; font-size: 26px; line-height: 1.25; font-variant-numeric: tabular-nums; }
.bad { color: var(--bad); } .good { color: var(--good); } .warn { color: var(--warn); }
.known { color: var(--known); }
.box { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
details.part { border-bottom: 1px solid var(--line); } details.part:last-child { border: 0; }
details.part > summary { display: grid; grid-template-columns: 18px 110px 1fr 74px 46px;
  gap: 12px; align-items: center; padding: 9px 16px; cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary::before { content: "▸"; color: var(--soft); margin-right: 6px; }
details[open] > summary::before { content: "▾"; }
.bar { height: 9px; border-radius: 5px; background: var(--line); overflow: hidden; }
.bar i { display: block; height: 100%; background: var(--good); }
.num { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.items { padding: 4px 16px 14px 46px; display: flex; flex-wrap: wrap; gap: 5px; }
.chip { font-size: 12px; padding: 1px 8px; border-radius: 10px; border: 1px solid var(--line);
  color: var(--soft); } .chip.on { background: var(--good-bg); color: var(--good);
  border-color: transparent; }
.tools { display: flex; flex-wrap: wrap; gap: 8px; margin: 10px 0 12px; }
.tools input, .tools button, button.copy { font: inherit; color: inherit; background: var(--card);
  border: 1px solid var(--line); border-radius: 8px; padding: 4px 12px; }
.tools input { flex: 1; min-width: 200px; } .tools button, button.copy { cursor: pointer; }
.tools button[aria-pressed=true] { background: var(--ink); color: var(--page); }
.test { margin: 0 0 12px; overflow: hidden; }
.test > h3 { margin: 0; padding: 9px 16px; font-size: 14px; border-bottom: 1px solid var(--line);
  overflow-wrap: anywhere; background: var(--code); font-weight: 600; }
details.exchange { border-bottom: 1px solid var(--line); }
details.exchange:last-child { border-bottom: 0; }
details.exchange > summary { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: baseline;
  padding: 9px 16px; cursor: pointer; list-style: none; }
summary .end { margin-left: auto; min-width: 0; overflow-wrap: anywhere; }
.badge { border-radius: 10px; padding: 1px 10px; font-size: 12.5px; font-weight: 600;
  white-space: nowrap; }
.badge.bad { background: var(--bad-bg); } .badge.good { background: var(--good-bg); }
.badge.warn { background: var(--warn-bg); } .badge.known { background: var(--known-bg); }
.inside { padding: 2px 16px 16px 40px; } .inside h4 { margin: 14px 0 5px; font-size: 13px;
  color: var(--soft); font-weight: 600; }
.code { background: var(--code); border: 1px solid var(--line); border-radius: 8px; margin: 0;
  padding: 6px 0; }
.row { display: grid; grid-template-columns: 52px 1fr; }
.row > span:first-child { color: var(--soft); text-align: right; padding-right: 12px;
  user-select: none; } .row > span:last-child { white-space: pre-wrap; overflow-wrap: anywhere;
  padding-right: 12px; }
.row.hit { background: var(--bad-bg); } .row.hit.warn-row { background: var(--warn-bg); }
mark { background: var(--mark); color: inherit; border-radius: 3px; padding: 1px 0; }
.note { margin: 3px 12px 8px 52px; border-left: 3px solid var(--bad); padding: 3px 12px;
  background: var(--card); border-radius: 0 6px 6px 0;
  font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
.note.warn-row { border-color: var(--warn); } .note small { color: var(--soft); display: block;
  overflow-wrap: anywhere; }
.gap { color: var(--soft); padding: 2px 12px 2px 30px; cursor: pointer; }
.inside summary { cursor: pointer; list-style: none; }
.add { background: var(--good-bg); } .del { background: var(--bad-bg); }
.command { display: flex; gap: 8px; align-items: flex-start; } .command code { flex: 1;
  background: var(--code); border: 1px solid var(--line); border-radius: 8px; padding: 5px 12px;
  overflow-wrap: anywhere; }
.hidden { display: none; }
@media (max-width: 640px) { details.part > summary { grid-template-columns: 14px 84px 1fr 78px; }
  details.part > summary .share { display: none; } .inside { padding-left: 16px; } }
"""

_SCRIPT = """
const all = [...document.querySelectorAll("details.exchange")];
const tests = [...document.querySelectorAll(".test")];
const buttons = [...document.querySelectorAll("button[data-kind]")];
const search = document.querySelector("#search");
const none = document.querySelector("#none");
let kind = "";
function show() {
  const text = search.value.toLowerCase();
  for (const one of all) {
    const fits = (!kind || one.dataset.kind === kind) &&
      (!text || one.closest(".test").textContent.toLowerCase().includes(text));
    one.classList.toggle("hidden", !fits);
  }
  let any = false;
  for (const test of tests) {
    const left = test.querySelector("details.exchange:not(.hidden)");
    test.classList.toggle("hidden", !left);
    any = any || left;
  }
  none.classList.toggle("hidden", Boolean(any));
}
for (const button of buttons) button.addEventListener("click", () => {
  kind = button.dataset.kind;
  for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
  show();
});
if (search) search.addEventListener("input", show);
for (const button of document.querySelectorAll("button.copy")) {
  button.classList.remove("hidden");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.previousElementSibling.textContent);
    button.textContent = "Copied";
  });
}
for (const tools of document.querySelectorAll(".tools")) tools.classList.remove("hidden");
"""


def page(entries: Sequence[Entry], dimensions: Sequence[Dimension], left_out: int = 0) -> str:
    """The page.

    Args:
        entries: the exchanges, those of one test side by side.
        dimensions: the contract coverage.
        left_out: exchanges that are not among ``entries``.
    """
    digest = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    bad = sum(row.verdict == DEVIATES for row in entries)
    title = f"{counted(bad, 'message')} deviate{'s' if bad == 1 else ''}" if bad else "All conform"
    return "\n".join(
        (
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{title} · IPS contract</title><style>{_STYLE}</style></head><body><main>",
            "<h1>What the tests' client sent to IPS</h1>",
            '<p class="soft">Each message judged against the contract of the Scene7 IPS API.',
            f"Made by ips-contract {__version__}. Passwords are hidden.</p>",
            *_cards(entries, dimensions),
            *_coverage(dimensions),
            *_exchanges(entries, left_out),
            f"</main><script>{_SCRIPT}</script></body></html>\n",
        )
    )


def _cards(entries: Sequence[Entry], dimensions: Sequence[Dimension]) -> Iterator[str]:
    counts = dict.fromkeys(_LOOKS, 0)
    for row in entries:
        counts[row.verdict] += 1
    bad = counts.pop(DEVIATES)
    cards = [
        (str(len(entries)), "messages", ""),
        (str(bad), "deviate" if bad != 1 else "deviates", "bad" if bad else "good"),
    ]
    cards += [
        (str(count), verdict.replace("conforms, ", ""), _LOOKS[verdict][0])
        for verdict, count in counts.items()
        if count and verdict != "conforms"
    ]
    cards += [(f"{percent(dimensions):.0f}%", "of the contract exercised", "")]
    yield '<div class="cards">'
    for number, label, kind in cards:
        yield f'<div class="card"><b class="{kind}">{number}</b>'
        yield f'<span class="soft">{label}</span></div>'
    yield "</div>"


def _coverage(dimensions: Sequence[Dimension]) -> Iterator[str]:
    yield '<h2>Contract coverage</h2><div class="box">'
    for row in dimensions:
        share = 100 * row.covered // row.total
        yield (
            f'<details class="part"><summary><span>{row.name}</span>'
            f'<span class="bar"><i style="width:{share}%"></i></span>'
            f'<span class="num soft">{row.covered} of {row.total}</span>'
            f'<span class="num share">{share}%</span></summary><div class="items">'
        )
        for item, count in row.items.items():
            name = escape(_item(row.name, item))
            times = f' title="in {counted(count, "message")}"' if count else ""
            yield f'<span class="chip{" on" if count else ""}"{times}>{name}</span>'
        yield "</div></details>"
    yield "</div>"


def _item(dimension: str, item: str) -> str:
    return f"{item} {FAULT_CODES[int(item)].name}" if dimension == "faults" else item


def _exchanges(entries: Sequence[Entry], left_out: int) -> Iterator[str]:
    yield "<h2>Messages</h2>"
    if not entries:
        yield '<p class="soft">No test sent a message.</p>'
        return
    kinds = {_LOOKS[row.verdict][0] for row in entries}
    yield '<div class="tools hidden"><button data-kind="" aria-pressed="true">All</button>'
    for kind, name in _FILTERS.items():
        if kind in kinds:
            yield f'<button data-kind="{kind}" aria-pressed="false">{name}</button>'
    yield '<input id="search" type="search" placeholder="Find in messages" aria-label="Find"></div>'
    yield '<p id="none" class="soft hidden">No message fits.</p>'
    if left_out:
        yield f'<p class="soft">{left_out} more messages are not shown.</p>'
    test = None
    size = 0
    # What is to be acted on comes first.
    failing = {row.test for row in entries if row.verdict == DEVIATES}
    for row in sorted(entries, key=lambda row: row.test not in failing):
        if row.test != test:
            if test is not None:
                yield "</section>"
            test = row.test
            yield f'<section class="box test"><h3><code>{escape(shown(test))}</code></h3>'
        text = "\n".join(_exchange(row, full=size < _MOST_PAGE or row.verdict == DEVIATES))
        size += len(text)
        yield text
    yield "</section>"


def _exchange(row: Entry, *, full: bool) -> Iterator[str]:
    kind, mark = _LOOKS[row.verdict]
    opened = " open" if row.verdict == DEVIATES else ""
    what = escape(shown(row.operation or "no operation"))
    version = f'<span class="soft">{row.version}</span>' if row.version else ""
    result = row.handle or (f"fault {row.fault}" if row.fault is not None else "")
    if not result and row.status:
        result = f"HTTP {row.status}"
    yield (
        f'<details class="exchange" data-kind="{kind}"{opened}><summary>'
        f'<span class="badge {kind}">{mark} {row.verdict}</span><b>{what}</b>{version}'
        f'<span class="soft end">{escape(shown(result))} · {row.fixture} {row.number}</span>'
        '</summary><div class="inside">'
    )
    if row.method:
        sent = escape(shown(f"{row.method} {row.target}"))
        yield f'<p class="soft">{sent} · {row.time} · {1000 * row.duration:.1f} ms</p>'
    for note in row.notes:
        yield f'<p class="warn">{escape(shown(note))}</p>'
    if full:
        yield "<h4>Message</h4>"
        yield from _message(row)
    else:
        yield '<p class="soft">The text is left out: this page has so much of it.</p>'
    if row.nearest:
        yield "<h4>Nearest valid form</h4>"
        yield '<div class="code">'
        for line in row.nearest:
            sign = line[:1] if line[:1] in "+-" else ""
            look = {"+": "add", "-": "del"}.get(sign, "")
            yield _line(sign, escape(_clean(line[1:])), look)
        yield "</div>"
    if row.status:
        fault = f", fault {row.fault}" if row.fault is not None else ""
        yield f"<h4>Answer: HTTP {row.status}{fault}</h4>"
        if row.reason:
            yield f"<p>{escape(shown(row.reason))}</p>"
        if full and row.response:
            yield '<details><summary class="soft">Its text</summary><div class="code">'
            for number, line in enumerate(row.response.split("\n")[:_MOST_FOLDED], 1):
                yield _line(number, escape(_clean(line)))
            yield "</div></details>"
    yield f"<h4>{'Reproduce' if row.verdict == DEVIATES else 'Run this test'}</h4>"
    command = escape(shown(f"python -m pytest {shlex.quote(row.test)}"))
    yield (
        f'<div class="command"><code>{command}</code>'
        '<button class="copy hidden">Copy</button></div></div></details>'
    )


def _message(row: Entry) -> Iterator[str]:
    """The lines of the message, the findings below the lines that they are at."""
    lines = [line.removesuffix("\r") for line in row.request.split("\n")]
    at: dict[int, list[tuple[int, dict[str, Any]]]] = {}
    for index, found in enumerate(row.violations):
        line = found["line"]
        at.setdefault(line if line is not None and line <= len(lines) else 0, []).append(
            (index, found)
        )
    yield '<div class="code">'
    for index, found in at.get(0, []):
        yield _note(found, failing=index in row.failing)
    last = 0
    for number in [*_shown_lines(len(lines), at), len(lines) + 1]:
        if number != last + 1:
            yield f'<details><summary class="gap">{counted(number - last - 1, "line")}</summary>'
            for folded in range(last + 1, min(number, last + 1 + _MOST_FOLDED)):
                yield _line(folded, escape(_clean(lines[folded - 1])))
            yield "</details>"
        last = number
        if number > len(lines):
            break
        here = at.get(number, [])
        yield _line(number, _marked(lines[number - 1], here), _row_class(here, row.failing))
        for index, found in here:
            yield _note(found, failing=index in row.failing)
    yield "</div>"


def _shown_lines(count: int, at: dict[int, Any]) -> list[int]:
    """The lines that are not folded away: all of a short message, else what is near findings."""
    if count <= _MOST_LINES:
        return list(range(1, count + 1))
    near = {number for line in sorted(at) for number in range(line - _CONTEXT, line + _CONTEXT + 1)}
    return sorted(number for number in near | {*range(1, 13)} if 1 <= number <= count)


def _row_class(here: list[tuple[int, dict[str, Any]]], failing: list[int]) -> str:
    if not here:
        return ""
    return "hit" if any(index in failing for index, _ in here) else "hit warn-row"


def _line(number: int | str, text: str, kind: str = "") -> str:
    return f'<div class="row {kind}"><span>{number}</span><span>{text}</span></div>'


def _marked(line: str, here: list[tuple[int, dict[str, Any]]]) -> str:
    """The line, escaped, with the places of findings marked."""
    parts = []
    done = 0
    for column in sorted({found["column"] for _, found in here if found["column"] is not None}):
        start = column - 1
        if start < done or start >= len(line):
            continue
        match = _MARKED.match(line, start)
        end = start + len(match[0].rstrip()) if match else start + 1
        parts += [
            escape(_clean(line[done:start])),
            f"<mark>{escape(_clean(line[start:end]))}</mark>",
        ]
        done = end
    return "".join([*parts, escape(_clean(line[done:]))])


def _clean(text: str) -> str:
    return shown(text.replace("\t", "    "))


def _note(found: dict[str, Any], *, failing: bool) -> str:
    fault = found["fault_code"]
    words = f"fault {fault} ({FAULT_CODES[fault].name}) · " if fault is not None else ""
    words = f"{found['path']} · {words}source: {evidence_words(found['source'])}"
    kind = "bad" if found["severity"] == ERROR else "warn"
    return (
        f'<div class="note{"" if failing else " warn-row"}"><b class="{kind}">'
        f"{found['rule']}</b> {escape(shown(found['message']))}"
        f"<small>{escape(shown(words))}</small></div>"
    )
