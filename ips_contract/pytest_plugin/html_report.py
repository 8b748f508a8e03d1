"""The report of a test run as one HTML page: no other file, nothing from the network.

All that was sent or answered is escaped; the page's policy lets nothing but its own script run.
"""

from __future__ import annotations

import shlex
from html import escape
from typing import TYPE_CHECKING

from ips_contract import __version__
from ips_contract.mock.contract_coverage import Dimension, percent
from ips_contract.pages.coverage import coverage
from ips_contract.pages.frame import cards, command, frame, tools
from ips_contract.pages.message import difference, lines, message
from ips_contract.pytest_plugin.conformance import DEVIATES
from ips_contract.validation.report.text import shown
from ips_contract.xml.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ips_contract.pytest_plugin.entries import Entry

_MOST_PAGE = 20_000_000  # Characters; then messages that conform are shown without their text.

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


def page(
    entries: Sequence[Entry], dimensions: Sequence[Dimension], left_out: int = 0, docs: str = ""
) -> str:
    """The page.

    Args:
        entries: the exchanges, those of one test side by side.
        dimensions: the contract coverage.
        left_out: exchanges that are not among ``entries``.
        docs: the address of the documentation's site, to which findings link; empty: none.
    """
    bad = sum(row.verdict == DEVIATES for row in entries)
    title = f"{counted(bad, 'message')} deviate{'s' if bad == 1 else ''}" if bad else "All conform"
    return frame(
        f"{title} · IPS contract",
        "What the tests' client sent to IPS",
        "Each message judged against the contract of the Scene7 IPS API.\n"
        f"Made by ips-contract {__version__}. Passwords are hidden.",
        (
            *_cards(entries, dimensions),
            *coverage(dimensions),
            *_exchanges(entries, left_out, docs),
        ),
    )


def _cards(entries: Sequence[Entry], dimensions: Sequence[Dimension]) -> Iterator[str]:
    counts = dict.fromkeys(_LOOKS, 0)
    for row in entries:
        counts[row.verdict] += 1
    bad = counts.pop(DEVIATES)
    rows = [
        (str(len(entries)), "messages", ""),
        (str(bad), "deviate" if bad != 1 else "deviates", "bad" if bad else "good"),
    ]
    rows += [
        (str(count), verdict.replace("conforms, ", ""), _LOOKS[verdict][0])
        for verdict, count in counts.items()
        if count and verdict != "conforms"
    ]
    rows += [(f"{percent(dimensions):.0f}%", "of the contract exercised", "")]
    return cards(rows)


def _exchanges(entries: Sequence[Entry], left_out: int, docs: str) -> Iterator[str]:
    yield "<h2>Messages</h2>"
    if not entries:
        yield '<p class="soft">No test sent a message.</p>'
        return
    kinds = {_LOOKS[row.verdict][0] for row in entries}
    filters = {kind: name for kind, name in _FILTERS.items() if kind in kinds}
    yield from tools(filters, "messages")
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
            name = escape(shown(test))
            yield f'<section class="box test" data-whole><h3><code>{name}</code></h3>'
        text = "\n".join(_exchange(row, docs, full=size < _MOST_PAGE or row.verdict == DEVIATES))
        size += len(text)
        yield text
    yield "</section>"


def _exchange(row: Entry, docs: str, *, full: bool) -> Iterator[str]:
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
        yield from message(row.request, row.violations, row.failing, docs)
    else:
        yield '<p class="soft">The text is left out: this page has so much of it.</p>'
    if row.nearest:
        yield "<h4>Nearest valid form</h4>"
        yield from difference(row.nearest)
    if row.status:
        fault = f", fault {row.fault}" if row.fault is not None else ""
        yield f"<h4>Answer: HTTP {row.status}{fault}</h4>"
        if row.reason:
            yield f"<p>{escape(shown(row.reason))}</p>"
        if full and row.response:
            yield '<details><summary class="soft">Its text</summary>'
            yield from lines(row.response)
            yield "</details>"
    yield f"<h4>{'Reproduce' if row.verdict == DEVIATES else 'Run this test'}</h4>"
    yield command(f"python -m pytest {shlex.quote(row.test)}")
    yield "</div></details>"
