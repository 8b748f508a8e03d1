"""The results of a run of the battery as one HTML page, in the form of the pytest plugin's."""

from __future__ import annotations

from collections import Counter
from html import escape
from typing import TYPE_CHECKING

from ips_contract import __version__
from ips_contract.battery.summary import case_of, counts
from ips_contract.battery.verdict import (
    FAILED,
    INFORMATION,
    NON_STRICT,
    OK,
    UNCLEAN,
    VERDICTS,
    should,
    told,
)
from ips_contract.http.redaction import redact, redact_target
from ips_contract.pages.frame import cards, command, frame, tools
from ips_contract.pages.message import lines, message
from ips_contract.validation.credentials import in_http
from ips_contract.validation.report.text import shown
from ips_contract.validation.validator import validate
from ips_contract.xml.text import clipped, counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ips_contract.battery.verdict import Result
    from ips_contract.http.messages import Request

# Verdict → the class of its colour, and its mark.
_LOOKS = {
    FAILED: ("bad", "✗"),
    UNCLEAN: ("warn", "!"),
    NON_STRICT: ("warn", "!"),
    INFORMATION: ("known", "○"),
    OK: ("good", "✓"),
}
_FILTERS = {"bad": "Failed", "warn": "Non-strict, unclean", "known": "Informational", "good": "OK"}
_LEVELS = {"G": "gates", "S": "with --strict", "I": "informs"}
_MOST_SENT = 65536  # Bytes of a request.
_MOST_POSTS = 3


def as_html(
    results: Sequence[Result], rerun: Mapping[str, str], *, strict: bool, docs: str = ""
) -> str:
    """The run as a page that needs nothing else: what failed first, then all other cases.

    Args:
        results: all results.
        rerun: case → the command that runs it alone.
        strict: whether NON-STRICT and UNCLEAN fail.
        docs: the address of the documentation's site, to which findings link; empty: none.
    """
    failed = [row for row in results if row.fails(strict=strict)]
    odd = [row for row in results if row not in failed and row.verdict != OK]
    fine = [row for row in results if row.verdict == OK]
    title = f"{counted(len(failed), 'case')} failed" if failed else "No case failed"
    kinds = {_LOOKS[row.verdict][0] for row in results}
    return frame(
        f"{title} · IPS client battery",
        "What the client made of the answers",
        f"{counts(results)}{' (strict)' if strict else ''}.\n"
        f"Made by ips-contract {__version__}. Passwords are hidden.",
        (
            *_cards(results),
            "<h2>Cases</h2>",
            *tools({kind: name for kind, name in _FILTERS.items() if kind in kinds}, "cases"),
            *_section("What failed", failed, rerun, docs, opened=True),
            *_section("What is not OK, and fails nothing", odd, rerun, docs),
            *_section("What is OK", fine, rerun, docs),
        ),
    )


def _cards(results: Sequence[Result]) -> Iterator[str]:
    number = Counter(row.verdict for row in results)
    rows = [(str(len(results)), "case" if len(results) == 1 else "cases", "")]
    shown_always = (FAILED, OK)
    for verdict in sorted(VERDICTS, key=list(_LOOKS).index):
        if number[verdict] or verdict in shown_always:
            kind = "good" if not number[verdict] else _LOOKS[verdict][0]
            rows.append((str(number[verdict]), verdict, kind))
    return cards(rows)


def _section(
    title: str,
    results: Sequence[Result],
    rerun: Mapping[str, str],
    docs: str,
    *,
    opened: bool = False,
) -> Iterator[str]:
    if results:
        yield f'<section class="box test"><h3>{title}</h3>'
        for result in results:
            yield from _case(result, rerun[result.scenario.id], docs, opened=opened)
        yield "</section>"


def _case(result: Result, rerun: str, docs: str, *, opened: bool) -> Iterator[str]:
    scenario, outcome, sent = result.scenario, result.outcome, result.sent
    kind, mark = _LOOKS[result.verdict]
    case = case_of(scenario)
    case = f"case {case}" if case.isdecimal() else case
    yield (
        f'<details class="exchange" id="{scenario.id}" data-kind="{kind}"'
        f"{' open' if opened else ''}><summary>"
        f'<span class="badge {kind}">{mark} {result.verdict}</span><b>{scenario.id}</b>'
        f"<span>{escape(shown(scenario.title))}</span>"
        f'<span class="soft end">{case} · {scenario.level}, {_LEVELS[scenario.level]}</span>'
        '</summary><div class="inside">'
    )
    yield f'<p class="soft">{escape(shown(scenario.rule))}</p>'
    for words in result.judgement.words:
        yield f'<p class="{kind}">{escape(shown(words))}</p>'
    yield f"<h4>What the client should do</h4><p>{escape(shown(should(result)))}</p>"
    yield "<h4>What it did</h4>"
    yield f'<p>{escape(shown(told(outcome)))} <span class="soft">{outcome.seconds:.2f} s</span></p>'
    if outcome.errors.strip():
        yield '<details><summary class="soft">Its standard error</summary>'
        yield from lines(outcome.errors.strip())
        yield "</details>"
    yield from _sent(sent.posts, docs)
    yield "<h4>What was served</h4>"
    if sent.served:
        yield from lines(sent.served.decode("utf-8", "backslashreplace"))
    else:
        yield '<p class="soft">Nothing.</p>'
    yield "<h4>Run this case</h4>"
    yield command(rerun)
    yield "</div></details>"


def _sent(posts: Sequence[Request], docs: str) -> Iterator[str]:
    """The messages, with what our validator finds in them."""
    for number, request in enumerate(posts[:_MOST_POSTS], 1):
        which = f" {number} of {len(posts)}" if len(posts) > 1 else ""
        target = escape(clipped(f"{request.method} {redact_target(request.target)}"))
        yield f"<h4>What the client sent{which}: {target}</h4>"
        body = redact(request.body[:_MOST_SENT])
        report = validate(body, logged_in=in_http(request.headers))
        found = [row._asdict() for row in report.violations]
        failing = [index for index, row in enumerate(report.violations) if row in report.errors]
        yield from message(body.decode("utf-8", "backslashreplace"), found, failing, docs)
    if not posts:
        yield '<h4>What the client sent</h4><p class="soft">No POST.</p>'
