"""The results of a run of the battery for a terminal: a summary that fits, and all details."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ips_contract.battery.scenarios.scenario import EXAMPLE, GATING, INFORMATIONAL, LEVELS, STRICT
from ips_contract.battery.verdict import OK, VERDICTS, explain
from ips_contract.validation.report.text import shown
from ips_contract.xml.text import clipped, counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ips_contract.battery.scenarios.scenario import Scenario
    from ips_contract.battery.verdict import Result

_MOST_LINES = 30  # With the counts and the command at the end it is a screen.
_WIDTH = 110  # Characters about what was wrong in a case.
_LEVEL_NAMES = {
    GATING: "G, gates",
    STRICT: "S, with --strict",
    INFORMATIONAL: "I, informs",
}


def counts(results: Sequence[Result]) -> str:
    """``140 cases: 120 OK, 3 FAILED``."""
    return f"{counted(len(results), 'case')}: {_verdicts(results)}"


def _verdicts(results: Sequence[Result]) -> str:
    number = Counter(result.verdict for result in results)
    return ", ".join(f"{number[verdict]} {verdict}" for verdict in VERDICTS if number[verdict])


def counts_by_level(results: Sequence[Result]) -> list[str]:
    """A line for the run, and one for each level if it has several."""
    levels = [[row for row in results if row.scenario.level == level] for level in LEVELS]
    rows = [
        f"  {_LEVEL_NAMES[level]:16}  {len(found):4}: {_verdicts(found)}"
        for level, found in zip(LEVELS, levels, strict=True)
        if found
    ]
    return [counts(results), *(rows if len(rows) > 1 else ())]


def failures(results: Sequence[Result], *, strict: bool) -> list[str]:
    """A line for each case that fails the run; of many for the first ones.

    Args:
        results: all results.
        strict: whether NON-STRICT and UNCLEAN fail.
    """
    failed = [result for result in results if result.fails(strict=strict)]
    kind = max((len(row.verdict) for row in failed), default=0)
    name = max((len(row.scenario.id) for row in failed), default=0)
    return first(f"{row.verdict:{kind}}  {row.scenario.id:{name}}  {_wrong(row)}" for row in failed)


def first(lines: Iterable[str]) -> list[str]:
    """The lines, or of many the first ones and how many others there are."""
    rows = list(lines)
    more = len(rows) - _MOST_LINES
    return [*rows[:_MOST_LINES], *([f"… and {more} more"] if more > 0 else [])]


def _wrong(result: Result) -> str:
    return shown(clipped("; ".join(result.judgement.words), _WIDTH))


def details(results: Sequence[Result], rerun: Mapping[str, str], *, strict: bool) -> str:
    """Every result that is not OK: in full if it fails the run, else in a line.

    Args:
        results: all results.
        rerun: case → the command that runs it alone.
        strict: whether NON-STRICT and UNCLEAN fail.
    """
    blocks = []
    for result in results:
        scenario = result.scenario
        if result.verdict == OK:
            continue
        case = case_of(scenario)
        case = f"case {case}" if case.isdecimal() else case
        head = f"{result.verdict:13} {scenario.id}  [{scenario.level}, {case}]"
        if not result.fails(strict=strict):
            blocks.append(f"{head}  {shown('; '.join(result.judgement.words))}")
            continue
        rows = [shown(row) for row in explain(result)]
        rows.append(f"again   {rerun[scenario.id]}")
        blocks.append("\n".join((f"{head}  {scenario.title}", *(f"    {row}" for row in rows))))
    return "\n".join(blocks)


def case_of(scenario: Scenario) -> str:
    """The number of a case, or that it is an example."""
    return "example" if scenario.number == EXAMPLE else str(scenario.number)
