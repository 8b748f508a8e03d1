"""A message as HTML: its lines, its findings at the lines that they are at, a difference.

``live/message.js`` shows the same in the same elements; ``tests/browser`` holds the two together.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

from ips_contract.contract.faults import FAULT_CODES
from ips_contract.contract.rules import ERROR, evidence_words, page_of
from ips_contract.validation.report.text import shown
from ips_contract.xml.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MOST_FOLDED = 1000  # Lines that can be unfolded at one place.
_MOST_LINES = 60  # Lines of a message that are shown; of a longer one those near findings are.
_CONTEXT = 6
_MARKED = re.compile(r"<[^<>]*/>|<[^<>]*>?[^<]*")


def lines(text: str) -> Iterator[str]:
    """Text with the numbers of its lines."""
    yield '<div class="code">'
    for number, row in enumerate(text.split("\n")[:MOST_FOLDED], 1):
        yield line(number, escape(clean(row.removesuffix("\r"))))
    yield "</div>"


def message(
    text: str, violations: Sequence[Mapping[str, Any]], failing: Sequence[int], docs: str = ""
) -> Iterator[str]:
    """The lines of a message, the findings below the lines that they are at.

    Args:
        text: the message.
        violations: the findings, as values that JSON can have.
        failing: which of them fail.
        docs: the address of the documentation's site, to which findings link; empty: none.
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
        yield _note(found, docs, failing=index in failing)
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
            yield _note(found, docs, failing=index in failing)
    yield "</div>"


def difference(changes: Sequence[str]) -> Iterator[str]:
    """The lines of a diff: what to add and what to take away in their colours.

    Args:
        changes: as ``nearest`` gives them.
    """
    yield '<div class="code">'
    for text in changes:
        sign = text[:1] if text[:1] in "+-" else ""
        look = {"+": "add", "-": "del"}.get(sign, "")
        yield line(sign, escape(clean(text[1:])), look)
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


def _note(found: Mapping[str, Any], docs: str, *, failing: bool) -> str:
    fault = found["fault_code"]
    words = f"fault {fault} ({FAULT_CODES[fault].name}) · " if fault is not None else ""
    words = f"{found['path']} · {words}source: {evidence_words(found['source'])}"
    kind = "bad" if found["severity"] == ERROR else "warn"
    rule = found["rule"]
    if docs:
        rule = f'<a href="{escape(page_of(rule, docs))}">{rule}</a>'
    return (
        f'<div class="note{"" if failing else " warn-row"}"><b class="{kind}">'
        f"{rule}</b> {escape(shown(found['message']))}"
        f"<small>{escape(shown(words))}</small></div>"
    )
