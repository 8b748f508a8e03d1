"""A report as text: for readers, with the source line of each finding, and for editors, by line."""

from __future__ import annotations

import codecs
import re
import unicodedata
from bisect import bisect_left
from typing import TYPE_CHECKING

from ips_contract.contract.faults import FAULT_CODES
from ips_contract.contract.rules import ERROR, evidence_words
from ips_contract.http.redaction import redact_lines
from ips_contract.xml.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ips_contract.validation.report.verdict import Verdict, Violation

_WIDTH = 100  # Characters of a source line that are shown,
_BEFORE = 40  # of which so many stand before the place.
_TAB = "    "

_RED, _YELLOW, _GREEN = "1;31", "1;33", "1;32"

# What the mark is drawn under: an empty element's tag, or a start tag and the text behind it.
_MARKED = re.compile(r"<[^<>]*/>|<[^<>]*>?[^<]*")

# What may move a cursor or hide itself; the rest of a text is passed over quickly.
_DOUBTFUL = re.compile(r"[^ -~]+")

# XML 1.0, appendix F: encodings known by their first bytes; the longer signatures come first.
_SIGNATURES = (
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_DECLARED = re.compile(rb"""<\?xml[^>]{1,100}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
# Encodings of Python that are no character sets; some take quadratic time.
_NO_CHARSETS = frozenset(
    ("idna", "mbcs", "oem", "punycode", "raw-unicode-escape", "undefined", "unicode-escape")
)


def report_text(report: Verdict, name: str = "", *, color: bool = False) -> str:
    """``report`` for a reader: the verdict, then each finding with its place and source line."""
    lines = _Lines(report)
    verdict = verdict_line(name, report)
    parts = [_paint(verdict, _GREEN if report.valid else _RED, color=color)]
    for finding in report.violations:
        kind = _paint(f"{finding.severity} {finding.rule}", _tint(finding), color=color)
        parts += ("", f"{kind}: {shown(finding.message)}")
        place = _place(name, finding)
        if place:
            parts.append(f"  at {place}")
        found = lines.at(finding.line, finding.column)
        if found is not None:
            source, column = found
            parts += _excerpt(source, finding.line or 1, column, _tint(finding), color=color)
        parts.append(_reason(finding))
    return "\n".join(parts)


def report_lines(name: str, report: Verdict, *, color: bool = False) -> list[str]:
    """``report`` as lines: the findings, warnings marked as such; the verdict if it is valid."""
    lines = []
    for finding in report.violations:
        mark = "" if finding.severity == ERROR else f"{finding.severity}: "
        marked = finding._replace(message=mark + finding.message)
        lines.append(finding_line(name, marked, color=color))
    if report.valid:
        lines.append(_paint(verdict_line(name, report), _GREEN, color=color))
    return lines


def finding_line(name: str, violation: Violation, *, color: bool = False) -> str:
    """``FILE:LINE: RULE: message``, the form that editors jump to; one line always."""
    rule = _paint(violation.rule, _tint(violation), color=color)
    return f"{shown(name)}:{violation.line or 1}: {rule}: {shown(violation.message)}"


def verdict_line(name: str, report: Verdict) -> str:
    """``FILE: valid (submitJobParam, pre-4.0)``, or ``invalid`` and how often."""
    version = report.version.label if report.version else ""
    about = ", ".join(part for part in (shown(report.message), version) if part)
    subject = f"({about})" if about else ""
    verdict = " ".join(filter(None, ("valid" if report.valid else "invalid", subject)))
    errors = len(report.errors)
    numbers = ((errors, "error"), (len(report.violations) - errors, "warning"))
    counts = ", ".join(counted(number, noun) for number, noun in numbers if number)
    between = "" if not counts else ", " if report.valid else ": "
    return f"{shown(name)}: {verdict}{between}{counts}" if name else f"{verdict}{between}{counts}"


def shown(text: str) -> str:
    """``text`` on one line: newlines and whatever moves a cursor or hides itself are escaped."""
    return text if text.isprintable() else _DOUBTFUL.sub(_escaped, text)


def _escaped(doubtful: re.Match[str]) -> str:
    run = doubtful[0]
    return run if run.isprintable() else "".join(map(_visible, run))


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode()


def _tint(finding: Violation) -> str:
    return _RED if finding.severity == ERROR else _YELLOW


def _paint(text: str, tint: str, *, color: bool) -> str:
    return f"\x1b[{tint}m{text}\x1b[0m" if color else text


def _place(name: str, finding: Violation) -> str:
    """``FILE:LINE:COLUMN, PATH``; without a name, ``line LINE, column COLUMN, PATH``."""
    numbers = [number for number in (finding.line, finding.column) if number is not None]
    if name:
        parts = [":".join((shown(name), *map(str, numbers)))]
    else:
        words = zip(("line", "column"), numbers, strict=False)
        parts = [f"{word} {number}" for word, number in words]
    if finding.path != "/":
        parts.append(shown(finding.path))
    return ", ".join(parts)


def _reason(finding: Violation) -> str:
    """The fault that the service raises, if any, and the evidence for the rule."""
    fault = ""
    if finding.fault_code is not None:
        row = FAULT_CODES.get(finding.fault_code)
        fault = f"fault {finding.fault_code}{f' ({row.name})' if row else ''}; "
    return f"  {fault}source: {evidence_words(finding.source)}"


class _Lines:
    """The lines of a document as they may be shown; none if no finding has a place in it."""

    def __init__(self, report: Verdict) -> None:
        self._sent: list[str] = []
        self._shown: list[str] = []
        # By lines: where tags begin, in what was sent and as shown; None: nothing is hidden in it.
        self._tags: dict[int, tuple[list[int], list[int]] | None] = {}
        if report.data is None or all(finding.line is None for finding in report.violations):
            return
        text = _decoded(report.data).removeprefix("\ufeff")
        hidden = redact_lines(text)
        if hidden is not None:
            self._sent, self._shown = (
                [line.removesuffix("\r") for line in lines] for lines in (text.split("\n"), hidden)
            )

    def at(self, line: int | None, column: int | None) -> tuple[str, int | None] | None:
        """The line with this number as shown, and where in it a column has come; None: no line."""
        if line is None or line > len(self._sent):
            return None
        sent, shown_line = self._sent[line - 1], self._shown[line - 1]
        if column is None:
            return shown_line, None
        if line not in self._tags:
            starts = None if sent == shown_line else (_tag_starts(sent), _tag_starts(shown_line))
            self._tags[line] = starts
        tags = self._tags[line]
        if tags is None:
            return shown_line, column
        old, new = tags
        # Of the tags before the place none are hidden, or all in one secret: those behind are
        # counted from the end.
        number = bisect_left(old, column - 1)
        if number < len(old) and old[number] == column - 1:
            behind = len(old) - number
            if len(old) == len(new):
                return shown_line, new[number] + 1
            return shown_line, (new[-behind] if behind <= len(new) else 0) + 1
        return shown_line, min(column, len(shown_line) or 1)


def _tag_starts(line: str) -> list[int]:
    return [found.start() for found in re.finditer("<", line)]


def _decoded(data: bytes) -> str:
    """``data`` as text, whatever it is; the columns of findings count its characters."""
    for signature, encoding in _SIGNATURES:
        if data.startswith(signature):
            return data.decode(encoding, "replace")
    found = _DECLARED.match(data)
    declared = found[1].decode("ascii", "replace") if found else "utf-8"
    # Escape sequences are ASCII. Other documents that are UTF-8 are it whatever they declare:
    # they were given as str.
    if not declared.lower().startswith("iso-2022"):
        try:
            return data.decode()
        except UnicodeDecodeError:
            pass
    try:
        if codecs.lookup(declared).name.replace("_", "-") not in _NO_CHARSETS:
            return data.decode(declared, "replace")
    except (LookupError, ValueError):
        pass
    return data.decode(errors="replace")


def _excerpt(
    line: str, number: int, column: int | None, tint: str, *, color: bool
) -> tuple[str, ...]:
    """The source line with its number and, if ``column`` is known, a mark under the place.

    No step reads the whole line: there may be thousands of findings on a line of a megabyte.
    """
    at = 0 if column is None else min(column - 1, len(line))
    start = max(0, min(at - _BEFORE, len(line) - _WIDTH))
    end = min(start + _WIDTH, len(line))
    before, after = "..." if start else "", "..." if end < len(line) else ""
    head = f"{number:5} | "
    source = f"{head}{before}{''.join(_cells(line[start:end]))}{after}".rstrip()
    if column is None:
        return (source,)
    found = _MARKED.match(line, at, end)
    marked = found[0].rstrip() if found else line[at : at + 1]
    indent = len(before) + _width(line[start:at])
    mark = "^" + "~" * (_width(marked) - 1)
    under = f"{' ' * (len(head) - 2)}| {' ' * indent}{_paint(mark, tint, color=color)}"
    return source, under


def _cells(text: str) -> Iterable[str]:
    """``text`` as it is shown, by its characters."""
    if text.isprintable():
        return text
    return [_TAB if character == "\t" else _visible(character) for character in text]


def _width(text: str) -> int:
    """How many columns of a terminal ``text`` takes as it is shown."""
    if text.isascii() and text.isprintable():
        return len(text)
    return sum(map(_columns, _cells(text)))


def _columns(cell: str) -> int:
    if len(cell) > 1:
        return len(cell)
    if unicodedata.category(cell) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(cell) in ("W", "F") else 1
