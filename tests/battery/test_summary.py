"""What a run prints: a screen, whatever has failed."""

from __future__ import annotations

import pytest

from ips_contract.battery import summary
from ips_contract.battery.running_case import Sent
from ips_contract.battery.scenarios.table import SCENARIOS
from ips_contract.battery.verdict import Judgement, Outcome, Result


def result(name: str, verdict: str, *words: str) -> Result:
    return Result(SCENARIOS[name], "47|x|", Judgement(verdict, words), Outcome(0, b""), Sent())


FEW = [
    result("plain", "OK"),
    result("lines", "UNCLEAN", "it took 10.5 s", "it printed\nmore"),
    result("cdata", "FAILED", "it printed nothing"),
    result("type-plain", "NON-STRICT", "it printed a handle"),
    result("xml-1.1", "INFORMATIONAL", "it printed a handle"),
]


def test_counts() -> None:
    words = "5 cases: 1 OK, 1 NON-STRICT, 1 INFORMATIONAL, 1 FAILED, 1 UNCLEAN"
    assert summary.counts(FEW) == words
    assert summary.counts_by_level(FEW) == [
        words,
        "  G, gates             3: 1 OK, 1 FAILED, 1 UNCLEAN",
        "  S, with --strict     1: 1 NON-STRICT",
        "  I, informs           1: 1 INFORMATIONAL",
    ]
    assert summary.counts_by_level(FEW[:1]) == ["1 case: 1 OK"]


def test_failures_are_a_line_each() -> None:
    assert summary.failures(FEW, strict=False) == ["FAILED  cdata  it printed nothing"]
    assert summary.failures(FEW, strict=True) == [
        "UNCLEAN     lines       it took 10.5 s; it printed\\nmore",
        "FAILED      cdata       it printed nothing",
        "NON-STRICT  type-plain  it printed a handle",
    ]
    assert summary.failures(FEW[:1], strict=True) == []


@pytest.mark.parametrize("words", ["no", "x" * 5000, "\n" * 300, "\x1b[2J" * 50])
def test_a_screen_is_enough(words: str) -> None:
    """For a client that fails everywhere, in many words."""
    every = [result(name, "FAILED", words) for name in SCENARIOS]
    lines = [*summary.counts_by_level(every), *summary.failures(every, strict=False)]
    assert len(lines) <= 36
    assert lines[-1] == f"… and {len(every) - 30} more"
    assert all(line.isprintable() for line in lines)
    assert max(map(len, lines[:-1])) < 700  # Escaped; a plain one is clipped at 110.
