"""The mock's logs: JSON Lines, an exchange on each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ips_contract.validation.http_judgement import read_body as by_charset
from ips_contract.validation.traffic.json_text import (
    Misshapen,
    headers_in,
    need_object,
    read_body,
    read_json,
    unpacked,
)
from ips_contract.validation.traffic.model import Body, Capture, Captures
from ips_contract.xml.text import clipped

if TYPE_CHECKING:
    from collections.abc import Iterator


def log_lines(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The lines of a log, with their numbers from 1; without those that are blank.

    Raises:
        ValueError: one is no object of JSON; the message names it.
    """
    for number, line in _numbered(text):
        try:
            yield number, need_object(read_json(line), "the line")
        except Misshapen as error:
            raise ValueError(f"line {number} is no exchange of a log: {error}") from None


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    # Not splitlines(): JSON texts may hold other line ends that Python knows.
    return ((n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip())


# What the mock writes, and wrote, in place of a body that it has not, or cannot show.
_NOT_KEPT = re.compile(
    rb"\[(?:a document that was not read|[0-9]+ bytes that (?:were not read|are no XML))\]"
)


def read_log(text: str) -> Captures:
    """The exchanges in a log of the mock."""
    captures = []
    problems = []
    remarks = []
    lines = skipped = 0
    for number, line in _numbered(text):
        lines += 1
        name = f"line {number}"
        try:
            item = need_object(read_json(line), "the line")
            request, response = (_log_body(item, side) for side in ("request", "response"))
        except Misshapen as error:
            problems.append(f"{name} is no exchange of a log: {error}")
            continue
        asked = item["request"]
        if not request.data and str(asked.get("method", "")).upper() != "POST":
            skipped += 1  # A WSDL was fetched, or a page.
            continue
        if _NOT_KEPT.fullmatch(request.data):
            problems.append(f"{name}: its request is not in the log{_verdict(item)}")
            continue
        if not response.data:
            fate = item["response"].get("fate")
            remarks.append(f"{name}: its answer has no body{f' ({fate})' if fate else ''}")
        answer = response if response.data else None
        headers = headers_in(asked.get("headers")) or None
        captures.append(Capture(name, request, answer, number, headers))
    return Captures(captures, lines, skipped, tuple(problems), tuple(remarks))


def _verdict(item: dict[str, Any]) -> str:
    """What the mock said of the request of a line, to go on with; "" if that is not known."""
    report = item.get("report")
    rows = report.get("violations") if isinstance(report, dict) else None
    first = rows[0] if isinstance(rows, list) and rows else None
    if not isinstance(first, dict):
        return ""
    rule, words = clipped(str(first.get("rule"))), clipped(str(first.get("message")), 300)
    return f"; the mock said {rule}: {words}"


def _log_body(item: dict[str, Any], side: str) -> Body:
    message = need_object(item.get(side), f"its {side}")
    body = read_body(message.get("body"), message.get("encoding"), f"the body of its {side}")
    headers = headers_in(message.get("headers"))
    if "gzip" in headers.get("content-encoding", "").lower():
        body = unpacked(body)
    return Body(*by_charset(headers, body, request=side == "request"))
