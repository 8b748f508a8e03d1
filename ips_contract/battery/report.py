"""The results of a run of the battery as JSON and JUnit's XML; all formats, and baselines."""

from __future__ import annotations

import json
from collections import Counter
from html import escape
from typing import TYPE_CHECKING, Any

from ips_contract import __version__
from ips_contract.battery.html_report import as_html
from ips_contract.battery.verdict import VERDICTS, explain, summary_of, told
from ips_contract.validation.report.formats import TOOL, to_json
from ips_contract.validation.report.text import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ips_contract.battery.verdict import Result

SUFFIXES = (".html", ".json", ".xml")


def as_dict(results: Sequence[Result], rerun: Mapping[str, str], *, strict: bool) -> dict[str, Any]:
    """The run as JSON-ready values; what ``--expected`` reads is in ``cases``."""
    return {
        "tool": TOOL,
        "version": __version__,
        "strict": strict,
        "summary": dict(Counter(result.verdict for result in results)),
        "cases": [_row(result, rerun[result.scenario.id], strict=strict) for result in results],
    }


def _row(result: Result, rerun: str, *, strict: bool) -> dict[str, Any]:
    scenario, outcome = result.scenario, result.outcome
    return {
        "id": scenario.id,
        "case": scenario.number,
        "title": scenario.title,
        "rule": scenario.rule,
        "level": scenario.level,
        "expected": scenario.expect,
        "verdict": result.verdict,
        "fails": result.fails(strict=strict),
        "words": list(result.judgement.words),
        "handle": result.handle,
        "did": told(outcome),
        "output": outcome.output[:65536].decode("utf-8", "replace"),
        "errors": outcome.errors,
        "exit_status": outcome.status,
        "seconds": round(outcome.seconds, 3),
        "sent": [summary_of(request) for request in result.sent.posts],
        "served": result.sent.served.decode("utf-8", "replace"),
        "rerun": rerun,
    }


def as_json(results: Sequence[Result], rerun: Mapping[str, str], *, strict: bool) -> str:
    """The run as JSON text."""
    return to_json(as_dict(results, rerun, strict=strict))


def as_junit(results: Sequence[Result], rerun: Mapping[str, str], *, strict: bool) -> str:
    """The run as JUnit's XML, a test case each."""
    failures = sum(result.fails(strict=strict) for result in results)
    numbers = f'tests="{len(results)}" failures="{failures}" errors="0"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="{TOOL} fuzz" {numbers}>',
        f'  <testsuite name="{TOOL} fuzz" {numbers} skipped="0">',
    ]
    for result in results:
        scenario = result.scenario
        head = (
            f'    <testcase classname="{TOOL}.fuzz.{scenario.expect}" name="{scenario.id}" '
            f'time="{result.outcome.seconds:.3f}"'
        )
        if result.verdict == VERDICTS[0]:
            lines.append(f"{head}/>")
            continue
        rows = [shown(row) for row in (*explain(result), f"again   {rerun[scenario.id]}")]
        text = escape("\n".join((result.verdict, *rows)))
        words = escape(shown("; ".join(result.judgement.words)))
        failed = result.fails(strict=strict)
        body = (
            f'<failure type="{result.verdict}" message="{words}">{text}</failure>'
            if failed
            else f"<system-out>{text}</system-out>"
        )
        lines += [f"{head}>", f"      {body}", "    </testcase>"]
    lines += ["  </testsuite>", "</testsuites>", ""]
    return "\n".join(lines).encode("ascii", "xmlcharrefreplace").decode()


WRITERS = {".html": as_html, ".json": as_json, ".xml": as_junit}


# Baselines.


def read_expected(text: str) -> dict[str, str]:
    """Case → verdict, from a JSON report, or from a JSON object of just these.

    Raises:
        ValueError: it is neither.
    """
    try:
        value = json.loads(text)
    except ValueError as error:
        raise ValueError(f"it is no JSON: {error}") from None
    if isinstance(value, dict) and isinstance(value.get("cases"), list):
        value = {row.get("id"): row.get("verdict") for row in value["cases"] if type(row) is dict}
    if not isinstance(value, dict) or not set(value.values()) <= set(VERDICTS):
        raise ValueError("it is neither a JSON report of fuzz nor an object of case and verdict")
    return {str(name): verdict for name, verdict in value.items()}


def changes(
    results: Sequence[Result], expected: Mapping[str, str], *, strict: bool
) -> dict[str, str]:
    """Case → what differs from the baseline, in words; a case that is not in it must not fail."""
    found = {}
    for result in results:
        name, verdict = result.scenario.id, result.verdict
        before = expected.get(name)
        if before is None and result.fails(strict=strict):
            found[name] = f"{verdict}, and it is not in the baseline"
        elif before is not None and before != verdict:
            found[name] = f"{verdict}; it was {before}"
    return found
