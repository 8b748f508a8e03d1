"""What HTML reports have in common: the frame, the style, and how a message is shown.

A page is one file and asks for nothing else. All that came from outside is escaped; the page's
policy lets nothing but its own script run.
"""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape
from typing import TYPE_CHECKING, Any

from ips_contract.contract.faults import FAULT_CODES
from ips_contract.contract.rules import ERROR, evidence_words
from ips_contract.validation.report.text import counted, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

MOST_FOLDED = 1000  # Lines that can be unfolded at one place.
_MOST_LINES = 60  # Lines of a message that are shown; of a longer one those near findings are.
_CONTEXT = 6
_MARKED = re.compile(r"<[^<>]*/>|<[^<>]*>?[^<]*")

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
      (!text || (one.closest("[data-whole]") || one).textContent.toLowerCase().includes(text));
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


def frame(title: str, heading: str, about: str, parts: Iterable[str]) -> str:
    """The page.

    Args:
        title: of the browser's window; without markup.
        heading: over all; without markup.
        about: what the page is about; HTML.
        parts: what is in it; HTML.
    """
    digest = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    return "\n".join(
        (
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>",
            f"<h1>{escape(heading)}</h1>",
            f'<p class="soft">{about}</p>',
            *parts,
            f"</main><script>{_SCRIPT}</script></body></html>\n",
        )
    )


def cards(rows: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    """Numbers in boxes.

    Args:
        rows: the number, what it counts, and the class of its colour.
    """
    yield '<div class="cards">'
    for number, label, kind in rows:
        yield f'<div class="card"><b class="{kind}">{number}</b>'
        yield f'<span class="soft">{label}</span></div>'
    yield "</div>"


def tools(filters: Mapping[str, str], things: str) -> Iterator[str]:
    """Buttons that filter, and a field to search in.

    Args:
        filters: class of a colour → the words of its button.
        things: what is filtered, as ``messages``.
    """
    yield '<div class="tools hidden"><button data-kind="" aria-pressed="true">All</button>'
    for kind, name in filters.items():
        yield f'<button data-kind="{kind}" aria-pressed="false">{name}</button>'
    yield (
        f'<input id="search" type="search" placeholder="Find in {things}" aria-label="Find"></div>'
    )
    yield f'<p id="none" class="soft hidden">No {things.removesuffix("s")} fits.</p>'


def command(text: str) -> str:
    """A command that can be copied."""
    return (
        f'<div class="command"><code>{escape(shown(text))}</code>'
        '<button class="copy hidden">Copy</button></div>'
    )


def lines(text: str) -> Iterator[str]:
    """Text with the numbers of its lines."""
    yield '<div class="code">'
    for number, row in enumerate(text.split("\n")[:MOST_FOLDED], 1):
        yield line(number, escape(clean(row.removesuffix("\r"))))
    yield "</div>"


def message(
    text: str, violations: Sequence[Mapping[str, Any]], failing: Sequence[int]
) -> Iterator[str]:
    """The lines of a message, the findings below the lines that they are at.

    Args:
        text: the message.
        violations: the findings, as values that JSON can have.
        failing: which of them fail.
    """
    rows = [row.removesuffix("\r") for row in text.split("\n")]
    at: dict[int, list[tuple[int, Mapping[str, Any]]]] = {}
    for index, found in enumerate(violations):
        where = found["line"]
        at.setdefault(where if where is not None and where <= len(rows) else 0, []).append(
            (index, found)
        )
    yield '<div class="code">'
    for index, found in at.get(0, []):
        yield _note(found, failing=index in failing)
    last = 0
    for number in [*_shown_lines(len(rows), at), len(rows) + 1]:
        if number != last + 1:
            yield f'<details><summary class="gap">{counted(number - last - 1, "line")}</summary>'
            for folded in range(last + 1, min(number, last + 1 + MOST_FOLDED)):
                yield line(folded, escape(clean(rows[folded - 1])))
            yield "</details>"
        last = number
        if number > len(rows):
            break
        here = at.get(number, [])
        yield line(number, _marked(rows[number - 1], here), _row_class(here, failing))
        for index, found in here:
            yield _note(found, failing=index in failing)
    yield "</div>"


def _shown_lines(count: int, at: dict[int, Any]) -> list[int]:
    """The lines that are not folded away: all of a short message, else what is near findings."""
    if count <= _MOST_LINES:
        return list(range(1, count + 1))
    near = {
        number for place in sorted(at) for number in range(place - _CONTEXT, place + _CONTEXT + 1)
    }
    return sorted(number for number in near | {*range(1, 13)} if 1 <= number <= count)


def _row_class(here: list[tuple[int, Mapping[str, Any]]], failing: Sequence[int]) -> str:
    if not here:
        return ""
    return "hit" if any(index in failing for index, _ in here) else "hit warn-row"


def line(number: int | str, text: str, kind: str = "") -> str:
    """A line of code: its number or sign, its HTML, and the class of its colour."""
    return f'<div class="row {kind}"><span>{number}</span><span>{text}</span></div>'


def _marked(row: str, here: list[tuple[int, Mapping[str, Any]]]) -> str:
    """A line, escaped, with the places of findings marked."""
    parts = []
    done = 0
    for column in sorted({found["column"] for _, found in here if found["column"] is not None}):
        start = column - 1
        if start < done or start >= len(row):
            continue
        match = _MARKED.match(row, start)
        end = start + len(match[0].rstrip()) if match else start + 1
        parts += [
            escape(clean(row[done:start])),
            f"<mark>{escape(clean(row[start:end]))}</mark>",
        ]
        done = end
    return "".join([*parts, escape(clean(row[done:]))])


def clean(text: str) -> str:
    """Text that can be shown in one line; not escaped yet."""
    return shown(text.replace("\t", "    "))


def _note(found: Mapping[str, Any], *, failing: bool) -> str:
    fault = found["fault_code"]
    words = f"fault {fault} ({FAULT_CODES[fault].name}) · " if fault is not None else ""
    words = f"{found['path']} · {words}source: {evidence_words(found['source'])}"
    kind = "bad" if found["severity"] == ERROR else "warn"
    return (
        f'<div class="note{"" if failing else " warn-row"}"><b class="{kind}">'
        f"{found['rule']}</b> {escape(shown(found['message']))}"
        f"<small>{escape(shown(words))}</small></div>"
    )
