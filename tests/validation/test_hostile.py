"""Hostile documents: a corpus, and anything at all. The bounds are measured in benchmarks."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ips_contract import RULES, Report, validate
from tests.blocks import ROOT
from tests.hostile import DOCUMENTS, Measured, groups, names
from tests.messages import REQUEST, envelope
from tests.sweep import every, examples

# Measuring the coverage of what a fork does is to no avail: it ends without a word.
PLAIN = {key: text for key, text in os.environ.items() if not key.startswith("COVERAGE_")}
MOST_MEMORY = 100e6  # Bytes that one document may make the process grow by.


@pytest.mark.no_cover
@pytest.mark.parametrize("group", groups())
def test_corpus(group: str) -> None:
    """Each document gets a right report in bounded memory, and in time.

    A watchdog ends the process after a minute of a document, which is many times the bound that
    ``benchmarks`` measures: how fast this machine is today is nothing for a test.
    """
    sample = every(40, names(group))
    command = [sys.executable, "-m", "tests.hostile", *sample]
    run = subprocess.run(command, cwd=ROOT, env=PLAIN, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    rows = [Measured(*json.loads(line)) for line in run.stdout.splitlines()]
    assert [row.name for row in rows] == sample
    assert [row for row in rows if not DOCUMENTS[row.name].is_met_by(row.rules)] == []
    assert [row for row in rows if row.growth > MOST_MEMORY] == []


def sound(report: Report) -> None:
    for found in report.violations:
        assert found.rule in RULES
        assert found.path.startswith("/")
        assert found.line is None or found.line >= 1
        assert len(found.message) < 5000


@settings(max_examples=examples(100, 1000))
@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    report = validate(data)
    sound(report)
    assert not report.valid


@settings(max_examples=examples(100, 1000))
@given(st.text(max_size=100))
def test_any_text(text: str) -> None:
    report = validate(text)
    sound(report)
    assert not report.valid


WHOLE = envelope(REQUEST)
PIECES = st.sampled_from([b"", b"<", b">", b"&", b"</jobName>", b"<x/>", b"\0", b"]]>", b"<!--"])


@pytest.mark.no_cover
@settings(max_examples=examples(150, 1000))
@given(st.integers(0, len(WHOLE)), st.integers(0, 40), PIECES | st.binary(max_size=8))
def test_edited_bytes(at: int, cut: int, piece: bytes) -> None:
    sound(validate(WHOLE[:at] + piece + WHOLE[at + cut :], engine="both"))


@pytest.mark.no_cover
@pytest.mark.parametrize("end", range(len(WHOLE) - 1))
def test_truncated_at_every_byte(end: int) -> None:
    assert not validate(WHOLE[:end]).valid
