"""An answer of the service → the bytes that are sent."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ips_contract.http.messages import Response

PLAIN = (("Content-Type", "text/plain; charset=utf-8"),)
# Statuses that never have a body (RFC 9110 section 6.4.1).
_BODILESS = frozenset({*range(100, 200), 204, 304})


def written(method: str, response: Response, connection: bytes, date: bytes) -> bytes:
    """``response`` as it goes out; of one that is truncated the first half of its body.

    Args:
        method: of the request.
        response: the answer.
        connection: the value of its Connection header, ``b""`` for none.
        date: its Date header, a line.

    Raises:
        ValueError: its headers are no single lines.
    """
    status, headers, body, _, fate = response
    start = head(status, headers, connection)
    is_head = method == "HEAD"
    if status in _BODILESS or (is_head and not body):
        # In the second case the length of the answer to GET is not known.
        length, body = b"", b""
    else:
        length = b"Content-Length: %d\r\n" % len(body)
    if is_head:
        body = b""
    elif fate == "truncate":
        body = body[: len(body) // 2]
    return b"".join((start, length, date, b"\r\n", body))


@lru_cache(maxsize=256)  # Few are different; it spares 2 % of the time for a request.
def head(status: int, headers: tuple[tuple[str, str], ...], connection: bytes) -> bytes:
    """Status line and headers, each a line; without those that every answer has."""
    lines = [f"HTTP/1.1 {status} {_reason(status)}"]
    text = "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers)])
    if text.count("\n") != len(headers) or "\0" in text:
        raise ValueError(f"An answer's headers must be single lines: {headers}")
    last = b"Connection: %b\r\n" % connection if connection else b""
    return text.encode("latin-1") + b"\r\n" + last


def _reason(status: int) -> str:
    if status == 200:
        return "OK"  # As of nearly all; to load the others takes a hundredth of a start.
    from http import HTTPStatus

    return next((known.phrase for known in HTTPStatus if known == status), "")
