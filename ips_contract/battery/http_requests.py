"""Requests as they come over a connection: HTTP/1.x, bounded, the body without its encodings."""

from __future__ import annotations

import asyncio
import re

from ips_contract.http.content_encoding import BadEncoding, gunzip
from ips_contract.http.messages import Request

MOST_HEAD = 64 * 1024  # Bytes of a request's head,
_MOST_BODY = 1024 * 1024  # and of its body.
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_LENGTH = re.compile(r"[0-9]{1,9}")


class Malformed(ValueError):
    """A request that is no HTTP/1.1."""


async def read_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request:
    """The request on a new connection; its body without transfer and content encoding.

    Raises:
        Malformed: it is no HTTP/1.x, or too large.
        EOFError: there is none.
    """
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.LimitOverrunError:
        raise Malformed(f"the head of the request has more than {MOST_HEAD} bytes") from None
    first, *lines = head[:-4].split("\r\n")
    parts = first.split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise Malformed(f"the request starts with {first[:80]!r}, which is no HTTP/1.1")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise Malformed(f"{line[:80]!r} is no header field")
        key = name.lower()
        headers[key] = f"{headers[key]}, {value.strip()}" if key in headers else value.strip()
    if headers.get("expect", "").lower() == "100-continue":
        writer.write(_CONTINUE)
    body = await _read_body(reader, headers)
    if headers.get("content-encoding", "").lower() == "gzip":
        try:
            body = gunzip(body, _MOST_BODY)
        except BadEncoding as error:
            raise Malformed(str(error)) from None
    return Request(parts[0], parts[1], headers, body)


async def _read_body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = bytearray()
        while size := _size((await reader.readuntil(b"\r\n")).partition(b";")[0]):
            if len(body) + size > _MOST_BODY:
                raise Malformed(f"the body has more than {_MOST_BODY} bytes")
            body += await reader.readexactly(size)
            await reader.readexactly(2)
        while await reader.readuntil(b"\r\n") != b"\r\n":
            pass
        return bytes(body)
    length = headers.get("content-length", "0")
    if _LENGTH.fullmatch(length) is None or int(length) > _MOST_BODY:
        raise Malformed(f"Content-Length is {length[:40]!r}; at most {_MOST_BODY} bytes are taken")
    return await reader.readexactly(int(length))


def _size(text: bytes) -> int:
    try:
        return int(text.strip(), 16)
    except ValueError:
        raise Malformed(f"{text[:40]!r} is no size of a chunk") from None
