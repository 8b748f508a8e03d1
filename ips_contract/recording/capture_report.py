"""What is in captured traffic, as one HTML page: operations, versions, verdicts, coverage."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

from ips_contract import __version__
from ips_contract.contract.rules import ERROR
from ips_contract.http.messages import Response
from ips_contract.http.redaction import redact
from ips_contract.mock.contract_coverage import Counted, measure, percent
from ips_contract.mock.replay import understood
from ips_contract.pages.coverage import coverage
from ips_contract.pages.frame import cards, frame, tools
from ips_contract.pages.message import message
from ips_contract.validation.report.text import shown
from ips_contract.validation.traffic.captures import judge_capture
from ips_contract.xml.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ips_contract.validation.report import Report
    from ips_contract.validation.traffic.model import Body, Capture

_MOST_TEXT = 20_000_000  # Characters of messages; then valid ones are shown without their text.
_OTHER = "other"  # What no operation of the contract is.

# Verdict → the class of its colour, its mark, and the words of its button.
_LOOKS = {
    "invalid": ("bad", "✗", "Invalid"),
    "warnings": ("warn", "!", "Warnings"),
    "valid": ("good", "✓", "Valid"),
}


class Shown(NamedTuple):
    """An exchange with its verdicts; ``request`` and ``response`` are None if there was none."""

    file: str
    name: str
    request: Report | None
    response: Report | None
    fault: int | None
    handle: str

    @property
    def operation(self) -> str:
        """Such as ``submitJob``."""
        name = self.request.message if self.request is not None else ""
        return name.removesuffix("Param") if name.endswith("Param") else _OTHER

    @property
    def version(self) -> str:
        """The label of the request's version; ``""`` if it has none."""
        version = self.request.version if self.request is not None else None
        return version.label if version is not None else ""

    @property
    def verdict(self) -> str:
        """A key of the looks: the worse of the two messages'."""
        rows = [
            row
            for report in (self.request, self.response)
            if report is not None
            for row in report.violations
        ]
        if any(row.severity == ERROR for row in rows):
            return "invalid"
        return "warnings" if rows else "valid"


def judged(file: str, captures: Iterable[Capture]) -> Iterator[Shown]:
    """The exchanges of a file, with their verdicts; passwords are hidden."""
    for capture in captures:
        capture = capture._replace(  # noqa: PLW2901 - the same, discreet
            request=_discreet(capture.request), response=_discreet(capture.response)
        )
        reports = {name.rpartition(" ")[2]: report for name, report in judge_capture(capture)}
        answer = understood(Response(200, (), capture.response.data if capture.response else b""))
        yield Shown(
            file,
            capture.name,
            reports.get("request"),
            reports.get("response"),
            answer.fault,
            answer.handle,
        )


def _discreet(body: Body | None) -> Body | None:
    return None if body is None else body._replace(data=redact(body.data))


def page(exchanges: Sequence[Shown], problems: Sequence[str], docs: str = "") -> str:
    """The page.

    Args:
        exchanges: those of all files.
        problems: what of the files could not be read.
        docs: the address of the documentation's site, to which findings link; empty: none.
    """
    counts = dict.fromkeys(_LOOKS, 0)
    seen = Counted()
    for number, row in enumerate(exchanges, 1):
        counts[row.verdict] += 1
        if row.request is not None:
            seen.add(number, row.request, row.fault)
    dimensions = measure(seen.seen)
    bad = counts["invalid"]
    title = f"{counted(bad, 'exchange')} of {len(exchanges)} invalid" if bad else "All valid"
    files = ", ".join(escape(shown(name)) for name in dict.fromkeys(row.file for row in exchanges))
    return frame(
        f"{title} · IPS contract",
        "What was captured of IPS",
        f"Requests and answers in {files or 'no file'}, each judged by the contract of the Scene7 "
        f"IPS API.\nMade by ips-contract {__version__}. Passwords are hidden.",
        (
            *cards(
                (
                    (str(len(exchanges)), "exchanges", ""),
                    (str(bad), "invalid", "bad" if bad else "good"),
                    (
                        str(counts["warnings"]),
                        "with warnings",
                        "warn" if counts["warnings"] else "",
                    ),
                    (f"{percent(dimensions):.0f}%", "of the contract exercised", ""),
                )
            ),
            *_problems(problems),
            *_operations(exchanges),
            *coverage(dimensions),
            *_messages(exchanges, docs),
        ),
    )


def _problems(problems: Sequence[str]) -> Iterator[str]:
    if problems:
        yield "<h2>What could not be read</h2>"
        for words in problems:
            yield f'<p class="warn">{escape(shown(words))}</p>'


def _operations(exchanges: Sequence[Shown]) -> Iterator[str]:
    """Each operation: in what versions it was asked for, how often, and how that went."""
    rows: dict[str, list[Shown]] = {}
    for row in exchanges:
        rows.setdefault(row.operation, []).append(row)
    yield '<h2>Operations</h2><div class="box"><div class="inside">'
    for name, group in sorted(rows.items(), key=lambda item: (-len(item[1]), item[0])):
        versions = ", ".join(dict.fromkeys(row.version for row in group if row.version))
        faults = sorted({row.fault for row in group if row.fault is not None})
        bad = sum(row.verdict == "invalid" for row in group)
        kind = "bad" if bad else "good"
        told = f"{counted(bad, 'exchange')} invalid" if bad else "all valid"
        codes = f" · fault {', '.join(map(str, faults))}" if faults else ""
        yield (
            f'<p><b>{escape(name)}</b> <span class="soft">{counted(len(group), "time")}'
            f"{f' · {versions}' if versions else ''}</span> "
            f'<span class="{kind}">{told}</span><span class="soft">{codes}</span></p>'
        )
    yield "</div></div>"


def _messages(exchanges: Sequence[Shown], docs: str) -> Iterator[str]:
    yield "<h2>Messages</h2>"
    if not exchanges:
        yield '<p class="soft">There is none for the API.</p>'
        return
    kinds = {row.verdict for row in exchanges}
    yield from tools(
        {look[0]: look[2] for verdict, look in _LOOKS.items() if verdict in kinds}, "messages"
    )
    size = 0
    yield '<section class="box test">'
    # What is to be acted on comes first.
    order = list(_LOOKS)
    for row in sorted(exchanges, key=lambda row: order.index(row.verdict)):
        text = "\n".join(_exchange(row, docs, full=size < _MOST_TEXT))
        size += len(text)
        yield text
    yield "</section>"


def _exchange(row: Shown, docs: str, *, full: bool) -> Iterator[str]:
    kind, mark, _ = _LOOKS[row.verdict]
    opened = " open" if row.verdict == "invalid" and full else ""
    result = row.handle or (f"fault {row.fault}" if row.fault is not None else "")
    end = " · ".join(filter(None, (result, f"{row.file} {row.name}")))
    yield (
        f'<details class="exchange" data-kind="{kind}"{opened}><summary>'
        f'<span class="badge {kind}">{mark} {row.verdict}</span><b>{escape(row.operation)}</b>'
        f'<span class="soft">{row.version}</span>'
        f'<span class="soft end">{escape(shown(end))}</span></summary><div class="inside">'
    )
    for title, report in (("Request", row.request), ("Answer", row.response)):
        yield f"<h4>{title}</h4>"
        if report is None:
            yield '<p class="soft">It is not there.</p>'
        elif not full:
            yield '<p class="soft">The text is left out: this page has so much of it.</p>'
        else:
            found = report.to_dict()["violations"]
            failing = [at for at, one in enumerate(found) if one["severity"] == ERROR]
            text = (report.data or b"").decode("utf-8", "replace")
            yield from message(text, found, failing, docs)
    yield "</div></details>"
