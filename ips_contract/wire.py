"""What goes over HTTP, without any: requests and answers as values, and their encodings."""

from __future__ import annotations

import re
import zlib
from functools import lru_cache
from typing import NamedTuple

SERVICE_PATH = "/scene7/services/IpsApiService"  # SOAP 1.1 and 1.2 (D).
PLAIN_PATH = "/scene7/api/IpsApiService"  # XML without SOAP (O).
WSDL_FOLDERS = ("/scene7/webservice/", "/scene7/")  # D, and O.

# Names of elements and attributes that hold a secret: password, AuthPassword and misspellings.
_SECRET = b"pass"


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[bytes], re.Pattern[bytes], re.Pattern[bytes]]:
    """An element named like a secret, an attribute, and from a tag's start to inside it.

    Compiled when something is to be shown: that takes longer than the rest of the module.
    """
    return (
        re.compile(
            rb"<(?:[\w.\-]+:)?[\w.\-]*pass[\w.\-]*(?:\s[^<>]*)?(?<!/)>"
            rb"((?:<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|[^<])*)",
            re.IGNORECASE | re.DOTALL,
        ),
        re.compile(rb"""[\w.\-]*\s*=\s*("[^"]*"?|'[^']*'?|[^\s"'<>&]+)"""),
        re.compile(rb"""<(?:[^<>"']|"[^"<]*"|'[^'<]*')*"""),
    )


_STARS = b"***"
_HIDDEN_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie"})


class Request(NamedTuple):
    """A request as an adapter received it.

    Attributes:
        method: the HTTP method, upper-case.
        target: path with query, as on the request line.
        headers: names lower-case; duplicates joined by ``", "``.
        body: as received after de-chunking; its Content-Encoding is still on it.
    """

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class Response(NamedTuple):
    """An answer for an adapter to send.

    Attributes:
        status: the HTTP status.
        headers: without Content-Length, Connection and Date, which the adapter adds.
        body: the bytes to send, encoded as the headers say; empty in an answer to HEAD.
        delay: seconds that the adapter waits before it sends.
        fate: ``""`` to send normally; ``"drop"`` to close without a byte; ``"truncate"`` to send
            the headers with the full Content-Length, then half of the body, then close.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    delay: float = 0.0
    fate: str = ""


class Fault(Exception):
    """The service refuses a request: ``code`` is a key of ``faults.FAULT_CODES``."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


class BadEncoding(ValueError):
    """A body that is not what its Content-Encoding says."""


def accepts_gzip(accept_encoding: str | None) -> bool | None:
    """Whether a client takes gzip by its Accept-Encoding; None if it did not send the header.

    Real clients send ``none`` and ``identity``, too: both mean no.
    """
    if accept_encoding is None:
        return None
    for part in accept_encoding.lower().split(","):
        name, _, parameter = part.partition(";")
        if name.strip() in ("gzip", "x-gzip", "*"):
            weight = parameter.strip().removeprefix("q=").strip()
            return not weight or weight.strip("0.") != ""
    return False


def gzip(data: bytes) -> bytes:
    """``data`` compressed, the same bytes each time."""
    # Answers are small: little memory and effort make this several times faster than gzip's own.
    small = len(data) < 4096
    packer = zlib.compressobj(1 if small else 6, zlib.DEFLATED, 28 if small else 31, 4)
    return packer.compress(data) + packer.flush()


def gunzip(data: bytes, limit: int) -> bytes:
    """``data`` decompressed, as far as ``limit + 1`` bytes: more than ``limit`` is too much.

    Raises:
        BadEncoding: it is no gzip data, or it ends early.
    """
    found = b""
    while data and len(found) <= limit:
        unpacker = zlib.decompressobj(31)
        try:
            found += unpacker.decompress(data, limit + 1 - len(found))
        except zlib.error as error:
            raise BadEncoding(f"The body is no gzip data: {error}.") from None
        if len(found) > limit:
            break
        if not unpacker.eof:
            raise BadEncoding("The gzip data of the body ends early.")
        data = unpacker.unused_data
    return found


def split_target(target: str) -> tuple[str, str]:
    """The path and the query of a request target, which may name scheme and host, too."""
    path, _, query = target.partition("?")
    if "://" in path:
        path = "/" + path.partition("://")[2].partition("/")[2]
    return path, query


def redact_headers(headers: dict[str, str]) -> dict[str, str]:
    """``headers`` with their secrets hidden; the scheme of Authorization stays."""
    if _HIDDEN_HEADERS.isdisjoint(headers):
        return headers
    return {
        name: _hidden(value) if name in _HIDDEN_HEADERS else value
        for name, value in headers.items()
    }


def _hidden(value: str) -> str:
    scheme, blank, _ = value.partition(" ")
    return f"{scheme} ***" if blank and scheme.isalpha() else "***"


def redact_target(target: str) -> str:
    """``target`` with the values of parameters such as ``password`` hidden."""
    if "pass" not in target.lower():
        return target
    return re.sub(r"(?i)([^?&=]*pass[^&=]*=)[^&]*", r"\1***", target)


def redact(data: bytes) -> bytes:
    """``data``, a body as received, with its passwords hidden, however malformed it is.

    XML keeps its shape: only the text of elements and attributes named like a password becomes
    stars. What is no XML is kept only if it is text that does not speak of passwords.
    """
    start = data[:256].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] == b"<" and b"\0" not in start:
        return data if _SECRET not in data.lower() else _redact_xml(data)
    marked = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if marked else ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.lstrip("\ufeff \t\r\n")[:1] == "<":
            hidden = _redact_xml(text.encode("utf-8", "replace")).decode()
            return hidden.encode(encoding)
    if start.isascii() and b"\0" not in data and _SECRET not in data.lower():
        return data
    return f"[{len(data)} bytes that are no XML]".encode() if data else b""


def _redact_xml(data: bytes) -> bytes:
    # The regular expressions are tried only where the word stands: a scan of the whole by them
    # would cost more than the validation.
    named_element, named_attribute, in_tag_pattern = _patterns()
    low = data.lower()
    parts: list[bytes] = []
    done, at = 0, low.find(_SECRET)
    while at >= 0:
        begin = max(data.rfind(b"<", done, at), done)
        match = named_element.match(data, begin)
        if match is None or at >= match.start(1):
            in_tag = in_tag_pattern.fullmatch(data, begin, at) is not None
            match = named_attribute.match(data, at) if in_tag else None
        end = at + 1
        if match is not None:
            first, end = match.span(1)
            if data[first:end].strip():
                parts += (data[done:first], _STARS)
                done = end
        at = low.find(_SECRET, end)
    parts.append(data[done:])
    return b"".join(parts)
