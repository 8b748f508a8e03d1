"""Runs the battery against a stack three times, and compares."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ips_contract.battery.scenarios.accept import PLAIN
from ips_contract.battery.verdict import FAILED, INFORMATION, NON_STRICT, OK, UNCLEAN
from ips_contract.xml.text import clipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scoreboard.stacks import Stack

Rows = dict[str, dict[str, Any]]  # Case → its row of a report.
Said = tuple[str, dict[str, Any]]  # The timing of a run, and the row of a case in it.
_WORST_FIRST = (FAILED, NON_STRICT, UNCLEAN, INFORMATION, OK)
_PATIENCE = 420  # Seconds for a run of all cases.
_MOST_ERRORS = 100  # Characters.
_MOST_WORDS = 240


class Timing(NamedTuple):
    """How a run is timed.

    Attributes:
        seconds: that a client has for a case.
        alone: whether one case is run at a time.
    """

    seconds: float
    alone: bool = False

    def __str__(self) -> str:
        return f"{self.seconds:g} s{', one at a time' if self.alone else ''}"


RUNS = (Timing(10), Timing(10), Timing(7))
# What a client sees of a connection that breaks is a race between data and end: a few more times.
RACES = ("chunk-size-bad", "closed-at-once", "last-chunk-missing", "reset-in-body", "short-body")
REPEATS = (Timing(10),) * 4
# What differs between the runs is run again with nothing beside it: is it the load, or chance?
CHECKS = (Timing(10, alone=True), Timing(10, alone=True))


class NotRun(Exception):
    """The battery did not get to the cases; the text says why."""


class Measured(NamedTuple):
    """What was measured of a stack.

    Attributes:
        cells: case → its verdict, what the client did, and what was wrong with that.
        seconds: how long each run of all cases took.
        typical: the median of what a right answer took, in milliseconds, in each run.
    """

    cells: dict[str, dict[str, Any]]
    seconds: tuple[float, ...]
    typical: tuple[int, ...]


def measure(
    stack: Stack, place: Path, environment: Mapping[str, str], cases: Sequence[str] = ()
) -> Measured:
    """Runs a stack's driver in all cases.

    Args:
        stack: the stack.
        place: the folder that its driver is in.
        environment: the variables that it is run with.
        cases: these only.

    Raises:
        NotRun: it fails the plain success, or the command cannot be run.
    """
    runs, seconds = [], []
    for timing in RUNS:
        start = time.monotonic()
        runs.append(_battery(stack, timing, place, environment, cases))
        seconds.append(round(time.monotonic() - start, 1))
    racing = [case for case in RACES if case in runs[0]]
    repeats = [_battery(stack, timing, place, environment, racing) for timing in REPEATS if racing]
    said = {
        case: [(str(timing), run[case]) for timing, run in zip(RUNS, runs, strict=True)]
        + [
            (str(timing), run[case])
            for timing, run in zip(REPEATS, repeats, strict=False)
            if case in racing
        ]
        for case in runs[0]
    }
    odd = [case for case, rows in said.items() if not agree(rows)]
    checks = [_battery(stack, timing, place, environment, odd) for timing in CHECKS if odd]
    cells = {}
    for case, rows in said.items():
        alone = [
            (str(timing), run[case])
            for timing, run in zip(CHECKS, checks, strict=False)
            if case in odd
        ]
        cells[case] = cell(rows, alone, races=case in racing)
    return Measured(cells, tuple(seconds), tuple(map(typical, runs)))


def _battery(
    stack: Stack,
    timing: Timing,
    place: Path,
    environment: Mapping[str, str],
    cases: Sequence[str] = (),
) -> Rows:
    """A run; the rows of its report."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        options = [f"--timeout={timing.seconds:g}", f"--jobs={1 if timing.alone else stack.jobs}"]
        options += [f"--report={report}", f"--api-version={stack.api_version}"]
        options += ["--persistent"] if stack.persistent else []
        options += [f"--case={','.join(cases)}"] if cases else []
        fuzz = (sys.executable, "-m", "ips_contract", "fuzz", *options, "--", *stack.command)
        try:
            done = subprocess.run(
                fuzz,
                cwd=place,
                env=environment,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                stdin=subprocess.DEVNULL,
                timeout=_PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise NotRun(f"a run took longer than {_PATIENCE} s") from None
        if not report.exists():
            raise NotRun(clipped(" ".join((done.stderr or done.stdout).split()), _MOST_WORDS))
        rows: Rows = {row["id"]: row for row in json.loads(report.read_bytes())["cases"]}
    row = rows.get(PLAIN.id)
    if row is not None and row["fails"]:  # Then it is all that was run.
        words = "; ".join([*row["words"], row["errors"].strip()[-_MOST_WORDS:]])
        raise NotRun(f"it fails the plain success: {scrubbed(words)}")
    return rows


def agree(said: Sequence[Said]) -> bool:
    """Whether the verdict is the same in all runs."""
    return len({row["verdict"] for _, row in said}) == 1


def cell(said: Sequence[Said], alone: Sequence[Said], *, races: bool = False) -> dict[str, Any]:
    """A case of a stack, from its rows in the runs, and in those that were run again alone.

    A case with several verdicts has the one that it has alone; the worst, if that differs, too.

    Args:
        said: the timing and the row of each run.
        alone: the same of the runs with nothing beside it; none if the others agree.
        races: whether it is one of ``RACES``: then any run may be right, and the worst counts.
    """
    settled = alone if alone and not races else [*said, *alone]
    verdict = min((row["verdict"] for _, row in settled), key=_WORST_FIRST.index)
    row = next(row for _, row in (*alone, *said) if row["verdict"] == verdict)
    found = {"verdict": verdict, "did": did(row)}
    words = [scrubbed(words) for words in row["words"]]
    if words:
        found["words"] = [clipped(text, _MOST_WORDS) for text in words]
    errors = [line.strip() for line in row["errors"].splitlines() if line.strip()]
    if errors:
        shown = [line for line in errors if not line.startswith("at ")]  # Of traces.
        found["errors"] = clipped(scrubbed((shown or errors)[-1]), _MOST_ERRORS)
    if not agree([*said, *alone]):
        found["unsteady"] = why(said, alone, races=races)
    return found


def why(said: Sequence[Said], alone: Sequence[Said], *, races: bool) -> str:
    """What each run of an unsteady case said."""
    parts = []
    for timing, row in (*said, *alone):
        words = clipped(scrubbed("; ".join(row["words"])), 90)
        parts.append(f"{row['verdict']} ({timing}{': ' if words else ''}{words})")
    cause = "the load or the time" if agree(alone) else "it differs with nothing beside it, too"
    cause = "a race between what comes and the end of the connection" if races else cause
    return f"{cause}: {'; '.join(parts)}"


def did(row: Mapping[str, Any]) -> str:
    """What the client did, in short."""
    words: str = row["did"]
    return clipped(scrubbed(words), 160)


def typical(rows: Rows) -> int:
    """The median of what a right answer that was taken took, in milliseconds."""
    taken = sorted(
        row["seconds"]
        for row in rows.values()
        if row["expected"] == "accept" and row["verdict"] == OK
    )
    return round(taken[len(taken) // 2] * 1000) if taken else 0


# What must not be told.


def scrubbed(text: str) -> str:
    """Text without what is of this machine or this run: folders, ports, numbers of cases."""
    for pattern, shown in _patterns():
        text = pattern.sub(shown, text)
    return text


def _patterns() -> Iterator[tuple[re.Pattern[str], str]]:
    folders = {str(Path(__file__).parents[1]), str(Path.home()), tempfile.gettempdir()}
    for folder in sorted(folders, key=len, reverse=True):
        if len(folder) > 1:
            yield (
                re.compile(rf"(?:file://)?{re.escape(folder)}(?:{re.escape(os.sep)}[^\s:)'\"]*)?"),
                "…",
            )
    yield re.compile(r"(127\.0\.0\.1|localhost)[:(]\d+\)?"), r"\1:PORT"
    yield re.compile(r"/case\d+/"), "/caseN/"
    yield re.compile(r"\bport[= ]+\d+"), "port PORT"
    yield re.compile(r"\b0x[0-9a-fA-F]{6,}"), "0x…"
