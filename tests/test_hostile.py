"""Hostile documents: a corpus, and anything at all. The bounds are measured in benchmarks."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ips_contract import RULES, Report, validate
from tests.blocks import ROOT
from tests.messages import REQUEST, envelope


@pytest.mark.parametrize("group", ["entities", "values"])
def test_corpus(group: str) -> None:
    """Each document gets a report, in a process that a watchdog ends after ten seconds of one."""
    command = [sys.executable, "-m", "tests.hostile", group]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert len(run.stdout.splitlines()) > 10


def sound(report: Report) -> None:
    for found in report.violations:
        assert found.rule in RULES
        assert found.path.startswith("/")
        assert found.line is None or found.line >= 1
        assert len(found.message) < 5000


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    report = validate(data)
    sound(report)
    assert not report.valid


@settings(max_examples=300)
@given(st.text(max_size=100))
def test_any_text(text: str) -> None:
    report = validate(text)
    sound(report)
    assert not report.valid


WHOLE = envelope(REQUEST)
PIECES = st.sampled_from([b"", b"<", b">", b"&", b"</jobName>", b"<x/>", b"\0", b"]]>", b"<!--"])


@settings(max_examples=400)
@given(st.integers(0, len(WHOLE)), st.integers(0, 40), PIECES | st.binary(max_size=8))
def test_edited_bytes(at: int, cut: int, piece: bytes) -> None:
    sound(validate(WHOLE[:at] + piece + WHOLE[at + cut :], engine="both"))


@pytest.mark.parametrize("end", range(len(WHOLE) - 1))
def test_truncated_at_every_byte(end: int) -> None:
    assert not validate(WHOLE[:end]).valid
