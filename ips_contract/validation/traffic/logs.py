"""The mock's logs: JSON Lines, an exchange on each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ips_contract.validation.traffic.json_text import (
    Misshapen,
    header_in,
    need_object,
    read_body,
    read_json,
    unpacked,
)
from ips_contract.validation.traffic.model import Capture, Captures

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


def read_log(text: str) -> Captures:
    """The exchanges in a log of the mock."""
    captures = []
    problems = []
    lines = 0
    for number, line in _numbered(text):
        lines += 1
        name = f"line {number}"
        try:
            item = need_object(read_json(line), "the line")
            request, response = (_log_body(item, side) for side in ("request", "response"))
        except Misshapen as error:
            problems.append(f"{name} is no exchange of a log: {error}")
            continue
        if request:
            captures.append(Capture(name, request, response, number))
    return Captures(captures, lines, 0, tuple(problems))


def _log_body(item: dict[str, Any], side: str) -> bytes:
    message = need_object(item.get(side), f"its {side}")
    body = read_body(message.get("body"), message.get("encoding"), f"the body of its {side}")
    is_packed = "gzip" in header_in(message.get("headers"), "content-encoding").lower()
    return unpacked(body) if is_packed else body
