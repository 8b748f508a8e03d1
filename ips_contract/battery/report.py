"""The results of a run of the battery as JSON, JUnit's XML and HTML; and baselines."""

from __future__ import annotations

import json
from collections import Counter
from html import escape
from typing import TYPE_CHECKING, Any

from ips_contract import __version__
from ips_contract.battery.summary import case_of, counts
from ips_contract.battery.verdict import VERDICTS, explain, summary_of
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


_STYLE = """
body { font: 16px/1.4 system-ui, sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em }
table { border-collapse: collapse; margin-top: 1em; width: 100% }
td, th { border-bottom: 1px solid #ccc; padding: .3em .6em; text-align: left; vertical-align: top }
td { overflow-wrap: anywhere } td:first-child, code { white-space: nowrap }
td:nth-child(4), td:nth-child(6) { white-space: nowrap }
.OK { color: #175c2b } .FAILED { color: #a40000; font-weight: bold }
.NON-STRICT, .UNCLEAN { color: #7a4b00 } .INFORMATIONAL { color: #444 }
dl { background: #f4f4f4; display: grid; grid-template-columns: 5em 1fr; margin: .5em 0;
  overflow-wrap: anywhere; padding: .6em }
dt { color: #444 } dd { font-family: monospace; margin: 0; white-space: pre-wrap }
"""


def _details(result: Result, rerun: str) -> str:
    """What happened, as a list of terms."""
    rows = [*explain(result), f"again   {rerun}"]
    cells = [(escape(row[:6].strip()), escape(shown(row[8:]))) for row in rows]
    return "<dl>" + "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in cells) + "</dl>"


def as_html(results: Sequence[Result], rerun: Mapping[str, str], *, strict: bool) -> str:
    """The run as a page that needs nothing else: what failed first, then all cases."""
    failures, rows = [], []
    for result in results:
        scenario = result.scenario
        title = escape(scenario.title)
        code = f"<code>{scenario.id}</code>"
        if result.fails(strict=strict):
            failures.append(
                f'<h3 id="{scenario.id}"><span class="{result.verdict}">{result.verdict}</span> '
                f"{code}: {title}</h3>\n{_details(result, rerun[scenario.id])}"
            )
            code = f'<a href="#{scenario.id}">{code}</a>'
        elif result.verdict != VERDICTS[0]:
            told = _details(result, rerun[scenario.id])
            title += f"<details><summary>what happened</summary>{told}</details>"
        rows.append(
            f'<tr><td class="{result.verdict}">{result.verdict}</td><td>{case_of(scenario)}</td>'
            f"<td>{scenario.level}</td><td>{code}</td><td>{title}</td>"
            f"<td>{scenario.expect}</td><td>{escape(scenario.rule)}</td></tr>"
        )
    told = counts(results) + (" (strict)" if strict else "")
    head = "".join(
        f'<th scope="col">{name}</th>'
        for name in ("verdict", "case", "level", "id", "the answer", "should", "rule")
    )
    failed = "\n".join(("<h2>What failed</h2>", *failures, "")) if failures else ""
    page = (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        f"<title>Client battery: {told}</title>\n<style>{_STYLE}</style>\n"
        f"<h1>Client battery</h1>\n<p>{told}</p>\n{failed}<h2>All cases</h2>\n"
        f"<table>\n<tr>{head}</tr>\n" + "\n".join(rows) + "\n</table>\n</html>\n"
    )
    return page.encode("ascii", "xmlcharrefreplace").decode()


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
