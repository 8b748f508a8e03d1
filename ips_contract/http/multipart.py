"""multipart/form-data, read as it comes: pieces of a body → its parts, in bounded memory.

RFC 2046, section 5.1, and RFC 7578. What is held is the head of a part, and as much of its content
as might be the start of a boundary.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

_LONGEST_BOUNDARY = 70  # Characters (RFC 2046 section 5.1.1).
_LONGEST_HEAD = 16 * 1024  # Bytes of the headers of one part.
_LONGEST_PADDING = 256  # Blanks that may follow a boundary on its line.
_PARAMETER = re.compile(r';[ \t\r\n]*([^=\s;"]+)[ \t]*=[ \t]*("(?:\\"|[^"])*+"|[^;"]*+)')
# What browsers write for what would end a quoted name (WHATWG), and curl before 7.81 and others.
_ESCAPES = {"%22": '"', "%0D": "\r", "%0A": "\n", '\\"': '"'}


class BadMultipart(ValueError):
    """A body that is no multipart body, or that ends early."""


class Head(NamedTuple):
    """A part begins.

    Attributes:
        name: of its field in the form, ``""`` without one.
        filename: as it was given; None if the part is no file.
        headers: of the part, names lower-case.
    """

    name: str
    filename: str | None
    headers: dict[str, str]


class End(NamedTuple):
    """The part that began last ends."""


Event = Head | bytes | End


def read_boundary(content_type: str) -> bytes:
    """The boundary that a Content-Type names.

    Raises:
        BadMultipart: it is not that of a form, or has no boundary.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        shown = kind[:80] or "none"
        raise BadMultipart(f"Content-Type is {shown}; send multipart/form-data.")
    boundary = _parameters(content_type).get("boundary", "").strip()
    if not 1 <= len(boundary) <= _LONGEST_BOUNDARY:
        raise BadMultipart(
            f"Content-Type needs a boundary of 1 to {_LONGEST_BOUNDARY} characters; let the"
            " HTTP library write this header."
        )
    return boundary.encode("latin-1", "replace")


class MultipartParser:
    """Takes a body in pieces of any size, and gives its parts.

    Args:
        boundary: as Content-Type names it.
    """

    def __init__(self, boundary: bytes) -> None:
        self._delimiter = b"\r\n--" + boundary
        self._held = b"\r\n"  # The first boundary may begin the body.
        self._read = self._read_preamble
        self._events: list[Event] = []
        self.ended = False

    def feed(self, data: bytes) -> list[Event]:
        """What ``data`` brings: heads of parts, pieces of their content, and their ends.

        Raises:
            BadMultipart: it is no multipart body. Nothing is to be fed any more.
        """
        self._held = self._held + data if self._held else data
        while self._read():
            pass
        events, self._events = self._events, []
        return events

    def close(self) -> None:
        """Says that the body has ended.

        Raises:
            BadMultipart: it ended before its last boundary did.
        """
        if not self.ended:
            raise BadMultipart(
                "The multipart body ends before its last boundary: was all of it sent?"
            )

    # Each reads what it can of what is held, and says whether there is more to do with the rest.

    def _read_preamble(self) -> bool:
        return self._to_delimiter(is_content=False)

    def _read_content(self) -> bool:
        return self._to_delimiter(is_content=True)

    def _to_delimiter(self, *, is_content: bool) -> bool:
        held, delimiter = self._held, self._delimiter
        at = held.find(delimiter)
        # A boundary begins with a line end: without one among the last bytes, nothing waits.
        end = at if at >= 0 else held.find(b"\r", max(0, len(held) - len(delimiter) + 1))
        content = held if end < 0 else held[:end]
        if is_content and content:
            self._events.append(content)
        if at < 0:
            self._held = held[end:] if end >= 0 else b""
            return False
        if is_content:
            self._events.append(End())
        self._held = held[at + len(delimiter) :]
        self._read = self._read_line
        return True

    def _read_line(self) -> bool:
        """What follows a boundary on its line: nothing, or the mark of the last one."""
        held = self._held
        if held.startswith(b"--"):
            self.ended = True
            self._held = b""
            self._read = self._read_epilogue
            return False
        line, found, rest = held.partition(b"\r\n")
        if (
            not found
            and (held == b"-" or not held.strip(b" \t\r"))
            and len(held) < _LONGEST_PADDING
        ):
            return False
        if not found or line.strip(b" \t"):
            raise BadMultipart("A boundary is followed by other text: the body is no multipart.")
        self._held = b"\r\n" + rest  # A part may have no headers at all.
        self._read = self._read_head
        return True

    def _read_head(self) -> bool:
        at = self._held.find(b"\r\n\r\n", 0, _LONGEST_HEAD)
        if at < 0:
            if len(self._held) >= _LONGEST_HEAD:
                raise BadMultipart(f"The headers of a part have more than {_LONGEST_HEAD} bytes.")
            return False
        self._events.append(_head(self._held[2:at]))
        # The boundary after an empty part shares its line end with the headers.
        self._held = self._held[at + 2 :]
        self._read = self._read_first
        return True

    def _read_first(self) -> bool:
        """Tells an empty part from one with content, behind the blank line of its headers."""
        held, delimiter = self._held, self._delimiter
        if len(held) < len(delimiter) and delimiter.startswith(held):
            return False
        if not held.startswith(delimiter):
            self._held = held[2:]
        self._read = self._read_content
        return True

    def _read_epilogue(self) -> bool:
        self._held = b""
        return False


def _head(data: bytes) -> Head:
    """The head of a part.

    Raises:
        BadMultipart: a line of it is no header.
    """
    headers: dict[str, str] = {}
    # A line that begins with a blank goes on with the one before.
    for line in re.sub(rb"\r\n[ \t]+", b" ", data).split(b"\r\n"):
        if not line:
            continue
        name, colon, value = line.partition(b":")
        if not colon or not name.strip():
            raise BadMultipart("A part has a line among its headers that is no header.")
        headers[_text(name).strip().lower()] = _text(value).strip()
    disposition = _parameters(headers.get("content-disposition", ""))
    filename = disposition.get("filename")
    if "filename*" in disposition:  # Not for forms (RFC 7578 section 4.2), and sent all the same.
        filename = _extended(disposition["filename*"])
    return Head(disposition.get("name", ""), filename, headers)


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _parameters(header: str) -> dict[str, str]:
    """The parameters behind a header's first word, names lower-case."""
    found = {}
    for name, value in _PARAMETER.findall(header):
        text = value
        if value.startswith('"'):
            text = re.sub(r'%22|%0[DAda]|\\"', lambda m: _ESCAPES[m[0].upper()], value[1:-1])
        found[name.lower()] = text.strip()
    return found


def _extended(value: str) -> str:
    """A value that says its charset (RFC 8187)."""
    charset, _, rest = value.partition("'")
    data = unquote_to_bytes(rest.partition("'")[2])
    return _text(data) if charset.lower() in ("", "utf-8") else data.decode("latin-1")
