"""Hides what stands where credentials belong, whatever it is called, in linear time.

That is all of a SOAP Header and of an authHeader, but for what ``secret_names`` calls open; the
text beside a password's tag; users and parameters in URLs; and words such as ``password=...`` in
a text. The document may be anything: what nothing closes goes on to its end. Newlines stay, so
that lines keep their numbers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ips_contract.http.secret_names import (
    FIELDS,
    OPEN_FIELDS,
    STARS,
    WORDS,
    is_place,
    is_secret,
)
from ips_contract.http.secret_urls import hide_in_urls

if TYPE_CHECKING:
    from collections.abc import Iterator

    Span = tuple[int, int]


def stars_for(secret: bytes) -> bytes:
    """What stands instead of ``secret``: it keeps the newlines."""
    return STARS + b"\n" * secret.count(b"\n")


# No part of these can be tried again and again: what comes may be chosen to take long.
_NAME = rb"""(?:[^\s<>/"'=:]*+:)?([^\s<>/"'=:]*+)"""
_PIECES = re.compile(
    rb"<!--.*?(?:-->|\Z)|<!\[cdata\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)"
    rb"""|<++[^<>"']*+(?:(?:"[^"<]*+"|'[^'<]*+')[^<>"']*+)*+(?:>|["'][^<]*+)?|[^<]++""",
    re.DOTALL | re.IGNORECASE,
)
_BRACKETS = ((b"<!--", b"-->"), (b"<![cdata[", b"]]>"), (b"<?", b"?>"))
_BEGINS = (b"<!", b"<?")
_TAG = re.compile(rb"<(/?)" + _NAME)
_WELL_FORMED = re.compile(
    rb"""</?[^\s<>/"'=]++(?:\s++[^\s<>/"'=]++\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'))*+\s*+/?>"""
)
_ATTRIBUTE = re.compile(
    rb"""(?<![^\s"'<>=/])([^\s"'<>=/]++)\s*+=\s*+("[^"]*+"?|'[^']*+'?|[^\s"'<>&]++)"""
)
# Attributes that say how something is written, not what it is.
HARMLESS = frozenset(
    (b"type", b"nil", b"encodingstyle", b"mustunderstand", b"actor", b"role", b"relay")
)
# Where a place may begin: looked for in lower case; ``is_place`` says whether it does.
_CANDIDATES = re.compile(rb"<[^\s<>/]*(?:auth|header|security|usernametoken|credential|login)")


def hide_places(data: bytes) -> bytes:
    """``data``, XML or what was meant to be some, with what stands where credentials belong hidden.

    Passwords elsewhere are for ``redaction``.
    """
    data = _without(data, _in_places(data))
    low = data.lower()
    if b"auth" in low or any(word in low for word in _WORDS):
        for pattern in _BESIDE:
            data = _without(data, _beside_tags(data, pattern))
        data = _without(data, _in_texts(data))
    return hide_in_urls(data)


def _without(data: bytes, spans: Iterator[Span]) -> bytes:
    """``data`` without ``spans``, which are in order; blanks at their ends stay."""
    parts: list[bytes] = []
    done = 0
    for first, last in spans:
        secret = data[first:last]
        start = first + len(secret) - len(secret.lstrip())
        end = first + len(secret.rstrip())
        if start < done or start >= end:
            continue
        parts += (data[done:start], stars_for(data[start:end]))
        done = end
    return b"".join((*parts, data[done:])) if parts else data


def _in_places(data: bytes) -> Iterator[Span]:
    low = data.lower()
    at = 0
    while (found := _CANDIDATES.search(low, at)) is not None:
        at = found.start() + 1
        tag = _TAG.match(low, found.start())
        name = tag[2] if tag is not None else b""
        if not is_place(_text(name)):
            continue
        opening = _PIECES.match(low, found.start())
        assert opening is not None  # It begins with "<".
        if name == b"header" and opening[0].endswith(b"/>"):
            continue  # Nothing is in it, and WSDLs have elements called so.
        place = _Place(data, low, name, found.start())
        yield from place.spans()
        at = max(at, place.end)


def _text(name: bytes) -> str:
    return name[:200].decode("latin-1")


class _Place:
    """An element that holds credentials, and what is to be hidden in it.

    ``end``: where it ends, known after ``spans``.
    """

    def __init__(self, data: bytes, low: bytes, name: bytes, start: int) -> None:
        self._data = data
        self._low = low
        self._name = name
        self._start = start
        self.end = len(data)

    def spans(self) -> Iterator[Span]:
        depth = 0
        opened = b""  # The open field whose start tag was the last piece.
        text: Span | None = None  # A text in an open field, which may be seen if that is closed.
        low = self._low
        for piece in _PIECES.finditer(low, self._start):
            start, end = piece.span()
            bracket = None
            if low.startswith(_BEGINS, start):
                bracket = next((b for b in _BRACKETS if low.startswith(b[0], start)), None)
            tag = _TAG.match(low, start) if bracket is None else None  # A text begins with no "<".
            name, closes = (tag[2], bool(tag[1])) if tag is not None else (b"", False)
            if text is not None:
                if not (closes and name == opened):
                    yield text
                text = None
            if bracket is not None:
                tail = len(bracket[1]) if low.endswith(bracket[1], start, end) else 0
                yield start + len(bracket[0]), end - tail
            elif tag is None:
                if opened and (opened != b"key" or _text(low[start:end].strip()) in FIELDS):
                    text = start, end
                else:
                    yield start, end
                continue  # What was opened may be closed now.
            else:
                yield from self._in_tag(tag, end)
                is_empty = low.endswith(b"/>", start, end)
                if name == self._name and not is_empty:
                    depth += -1 if closes else 1
                if depth == 0:
                    self.end = end
                    return
                is_open = name == b"key" or _text(name) in OPEN_FIELDS
                opened = name if is_open and not closes and not is_empty else b""
        if text is not None:
            yield text

    def _in_tag(self, tag: re.Match[bytes], end: int) -> Iterator[Span]:
        start = tag.start()
        name = _text(tag[2])
        if _WELL_FORMED.fullmatch(self._low, start, end) is None:
            known = name in FIELDS or is_place(name) or is_secret(name)
            known = known and tag[2].isalnum()
            yield (tag.end() if known else tag.start() + 1), end
            return
        if self._low.find(b"=", tag.end(), end) < 0:
            return  # As nearly all have no attributes.
        for match in _ATTRIBUTE.finditer(self._low, tag.end(), end):
            attribute = match[1]
            local = attribute.rpartition(b":")[2]
            if attribute.startswith(b"xmlns") or local in HARMLESS or _text(local) in OPEN_FIELDS:
                continue
            yield match.start(2) + 1, match.end(2) - 1


_WORDS = tuple(word.encode() for word in WORDS)
_WORD = rb"|".join(map(re.escape, _WORDS))
# Where a quote too many makes the tag go on; after an empty password.
_BESIDE = tuple(
    re.compile(pattern)
    for pattern in (
        rb"""<([^<>\s/"'=]*+)["']([^<]*+)""",
        rb"""<([^<>\s/"'=]*+)[^<>]*+(?<=/)>([^<]*+)""",
        rb"""<([^<>\s/"'=]*+)[^<>]*+(?<!/)>\s*+</[^<>]*+>([^<]*+)""",
    )
)


def _beside_tags(data: bytes, pattern: re.Pattern[bytes]) -> Iterator[Span]:
    for match in pattern.finditer(data):
        if is_secret(_text(match[1]).rpartition(":")[2]):
            yield match.span(2)


# ``password=...`` in a text, a comment and the like, and XML that is written as a text.
_IN_TEXT = re.compile(
    rb"(?:\A|>|<!--|<!\[cdata\[|<\?)[^<>]*?(?:(?<![a-z])(?:auth|" + _WORD + rb")[\w.-]{0,40}+"
    rb"|accesstoken|samlresponse|authpassword)(?:&quot;|[\"'\s]){0,8}+(?:[=:]|&gt;)([^<>]*+)",
    re.IGNORECASE,
)
_TAILS = (b"--", b"]]", b"?")


def _in_texts(data: bytes) -> Iterator[Span]:
    for match in _IN_TEXT.finditer(data):
        first, last = match.span(1)
        tail = next((len(tail) for tail in _TAILS if data.endswith(tail, first, last)), 0)
        yield first, last - tail
