"""Heads of HTTP requests, known again by their bytes.

A client sends the same head again and again, so what httptools has read in one is kept. What is
kept is shared by requests; nobody changes it.
"""

from __future__ import annotations

import re
from functools import lru_cache

SHORT = 2048  # Bytes; longer ones are not kept.

# The absolute form of a request's target, as sent to proxies (RFC 9112 section 3.2.2).
_ABSOLUTE = r"(?i:https?)://([^/?#]*)([^#]*).*"


def read_headers(lines: bytes) -> tuple[dict[str, str], bytes]:
    """Names and values by turns, a line each → headers as a request has them.

    With them the answer's Connection header, if the client shall keep the connection.
    """
    headers: dict[str, str] = {}
    parts = lines.decode("latin-1").split("\n")  # The parser takes no line feed in either.
    for name, value in zip(parts[:-1:2], parts[1::2], strict=True):
        key, text = name.lower(), value.rstrip()
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    # HTTP/1.0 clients wait for this word.
    return headers, b"keep-alive" if "keep-alive" in headers.get("connection", "").lower() else b""


def read_target(data: bytes) -> tuple[str, str | None]:
    """A request's target without scheme and host, and the host if it names one."""
    target = data.decode("latin-1")
    absolute = None if target[:1] == "/" else re.fullmatch(_ABSOLUTE, target)
    if absolute is None:
        return target, None
    path = absolute[2]
    return path if path[:1] == "/" else f"/{path}", absolute[1]


known_headers = lru_cache(maxsize=256)(read_headers)
known_target = lru_cache(maxsize=256)(read_target)
known_text = lru_cache(maxsize=256)(lambda data: data.decode("latin-1"))


# The head of a plain request, one that says its length and keeps the connection: the method; path
# with query; headers as a request has them; the answer's Connection header, ``b""`` for none; bytes
# of the body. (To make a NamedTuple takes a thousandth of the way to the first answer.)
Head = tuple[str, str, dict[str, str], bytes, int]


@lru_cache(maxsize=256)
def plain_head(data: bytes) -> Head | None:
    """The head that ``data`` is, to its blank line, and nothing else.

    None if it is none, or one that takes more than to wait for as many bytes as it says: chunks,
    an interim answer, another protocol, or the connection's end. None, too, without a body: then
    the parser forgets what it saw with the head's last byte.
    """
    import httptools  # The server has it; this module can do without.

    found = _Found()
    parser = httptools.HttpRequestParser(found)
    try:
        parser.feed_data(data)
    except (httptools.HttpParserError, httptools.HttpParserUpgrade):
        return None
    if found.heads != 1 or not parser.should_keep_alive():
        return None
    headers, connection = read_headers(b"\n".join(found.lines))
    if "expect" in headers or "transfer-encoding" in headers:
        return None
    target, host = read_target(found.target)
    if host is not None:
        headers["host"] = host
    length = int(headers.get("content-length") or 0)  # The parser takes digits only.
    if not length:
        return None
    return known_text(parser.get_method()), target, headers, connection, length


class _Found:
    """What the parser finds in a head."""

    def __init__(self) -> None:
        self.heads = 0
        self.target = b""
        self.lines: list[bytes] = []

    def on_url(self, url: bytes) -> None:
        self.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.lines += (name, value)

    def on_headers_complete(self) -> None:
        self.heads += 1
