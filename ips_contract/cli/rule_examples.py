"""What a rule looks like: a message that breaks it, what is found there, and the mended message."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from ips_contract.fixtures import Fixture, all_fixtures, load
from ips_contract.validation.exchanges import validate_exchange
from ips_contract.validation.report.text import finding_line, shown
from ips_contract.validation.validator import validate
from ips_contract.xml.parser import DEFAULT_LIMIT
from ips_contract.xml.text import clipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ips_contract.contract.rules import Rule

_MOST_LINES = 30  # Of a document that is shown whole.
_AROUND = 4  # Lines that are shown before and behind what differs in a longer one.
_WIDEST = 120  # Characters of a line that are shown.
_ALIKE = 0.5  # How like the broken one a message is that mends it; others only keep the rule.
_FIRST_BYTES = 8  # Of what is no text.

# Rules that no message alone can break.
_WITHOUT = {
    "soap-action": "It is about the HTTP header SOAPAction, which stands in no message.",
    "content-type": "It is about the HTTP header Content-Type, which stands in no message.",
    "charset": "It is about the HTTP header Content-Type, which stands in no message.",
    "too-many": "It ends a report with more findings than are kept.",
    "schema": "It reports what an XSD engine refuses and our diagnosis does not explain: tell us.",
    "engine-disagreement": "It reports where two XSD engines differ: tell us.",
}


class Example(NamedTuple):
    """A message that breaks a rule, and the one most like it that keeps it."""

    breaks: Fixture
    keeps: Fixture


def example_of(rule: Rule) -> Example | None:
    """The example of ``rule``; None if no message alone can break it."""
    pairs = [
        Example(breaks, keeps)
        for breaks in all_fixtures()
        for keeps in all_fixtures()
        if breaks.rule == keeps.beside == rule.id
    ]
    return max(pairs, key=lambda pair: _matcher(pair).ratio(), default=None)


def example_lines(rule: Rule) -> Iterator[str]:
    """The example of ``rule`` for a reader; why there is none, where there is none."""
    example = example_of(rule)
    if example is None:
        yield f"    no example: {_WITHOUT[rule.id]}"
        return
    breaks, keeps = example
    if breaks.request is not None:
        yield f"  the request (fixture {breaks.request}):"
        yield from _part(_lines(load(breaks.request)), 0, 0)
        yield ""
    matcher = _matcher(example)
    # Of long documents both show what differs: what stands behind these first lines, and before
    # these last ones.
    blocks = matcher.get_matching_blocks()
    first = blocks[0].size if blocks[0].a == blocks[0].b == 0 else 0
    last = next((block for block in reversed(blocks) if block.size), blocks[-1])
    tail = last.size if last.a + last.size == len(_lines(breaks.data)) else 0
    yield f"  {'the answer ' * (breaks.request is not None)}breaks it (fixture {breaks.name}):"
    yield from _part(_lines(breaks.data), first, tail)
    yield ""
    yield from _found(breaks)
    yield ""
    yield f"  {'mended' if matcher.ratio() >= _ALIKE else 'keeps it'} (fixture {keeps.name}):"
    yield from _part(_lines(keeps.data), first, tail)


def _matcher(example: Example) -> SequenceMatcher[str]:
    broken, mended = (_lines(row.data) for row in example)
    return SequenceMatcher(None, broken, mended, autojunk=False)


def _lines(data: bytes) -> list[str]:
    try:
        return data.decode().splitlines()
    except UnicodeDecodeError:
        first = data[:_FIRST_BYTES].hex(" ")
        return [f"({len(data)} bytes that are no text: {first} …)"]


def _part(lines: list[str], start: int, tail: int) -> Iterator[str]:
    """``lines``, of many of them those around what differs: all but the first and last ones."""
    first, end = 0, len(lines)
    if len(lines) > _MOST_LINES:
        first = max(0, start - _AROUND)
        end = min(len(lines), max(len(lines) - tail, start) + _AROUND)
    if first:
        yield f"    … {first} lines"
    for line in lines[first:end]:
        yield f"    {shown(line if len(line) <= _WIDEST else clipped(line, _WIDEST))}".rstrip()
    if end < len(lines):
        yield f"    … {len(lines) - end} lines"


def _found(row: Fixture) -> Iterator[str]:
    name = row.name.rpartition("/")[2]
    if row.request is not None:
        findings = validate_exchange(load(row.request), row.data).violations
    else:
        findings = validate(row.data, limit=row.limit or DEFAULT_LIMIT).violations
    for finding in findings:
        yield f"  {finding_line(name, finding)}"
