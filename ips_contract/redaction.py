"""Hides the passwords in XML as it was received, however malformed it is, in linear time.

XML keeps its shape: what is inside of an element named like a password, and the value of an
attribute named so, become stars. The document is cut into tags, comments and the like, and text,
so that the word in a comment or in a CDATA section opens nothing.
"""

from __future__ import annotations

import re
from bisect import bisect
from functools import lru_cache

# In names of elements and attributes: password, AuthPassword, passwd, and misspellings.
SECRET = b"pass"
STARS = b"***"

# Attributes of a password that say how it is written, not what it is.
_HARMLESS = (b"type", b"nil", b"encodingstyle", b"mustunderstand", b"actor")
_STARTS, _ENDS = (b"<!--", b"<![cdata[", b"<?"), (b"-->", b"]]>", b"?>")

_TAG = rb"""<++[^<>"']*+(?:(?:"[^"<]*+"|'[^'<]*+')[^<>"']*+)*+(?:>|["'][^<]*+)?"""
_TEXT = rb"[^<]+"
_REST = rb"<!--.*?(?:-->|\Z)|<!\[cdata\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)"


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[bytes], re.Pattern[bytes], re.Pattern[bytes]]:
    """The pieces of a document in lower case, those inside of a comment, and an attribute.

    Compiled when something is to be shown. No part of them can be tried again and again: what
    comes may be chosen to take long.
    """
    return (
        re.compile(rb"|".join((_REST, _TAG, _TEXT)), re.DOTALL),
        re.compile(rb"|".join((_TAG, _TEXT))),
        re.compile(
            rb"""(?<![^\s"'<>=/])([^\s"'<>=/]++)\s*+=\s*+("[^"]*+"?|'[^']*+'?|[^\s"'<>&]++)"""
        ),
    )


_MARKUP, _ENCLOSED, _OPENS, _CLOSES = "markup", "enclosed", "opens", "closes"


class _Piece:
    """A piece of a document in which the word stands. ``until``: where a password ends at last."""

    __slots__ = ("end", "role", "start", "until")

    def __init__(self, start: int, end: int, role: str, until: int) -> None:
        self.start = start
        self.end = end
        self.role = role
        self.until = until


def redact_xml(data: bytes, *, enclosed: bool = False) -> bytes:
    """``data`` with its passwords hidden.

    Args:
        data: XML, or what was meant to be some.
        enclosed: it is what a comment or a CDATA section encloses: it has none of its own.
    """
    parts: list[bytes] = []
    done = 0
    for piece in _pieces(data, enclosed=enclosed):
        start, end = piece.start, piece.end
        if start < done:  # It is inside of a password.
            continue
        hidden = []
        if piece.role == _ENCLOSED:
            tail = next((len(tail) for tail in _ENDS if data.endswith(tail, start, end)), 0)
            inside = redact_xml(data[start + 1 : end - tail], enclosed=True)
            hidden.append((start + 1, end - tail, inside))
        elif piece.role in (_MARKUP, _OPENS):
            hidden += [(*span, STARS) for span in _secret_values(data, start, end)]
        if piece.role == _OPENS and data[end : piece.until].strip():
            hidden.append((end, piece.until, STARS))
        for first, last, by in hidden:
            parts += (data[done:first], by)
            done = last
    parts.append(data[done:])
    return b"".join(parts)


def _pieces(data: bytes, *, enclosed: bool) -> list[_Piece]:
    """The pieces of ``data`` that matter: most do not, and are passed over quickly."""
    whole, inner, _ = _patterns()
    low = data.lower()
    never = len(low)
    word = low.find(SECRET)
    pieces: list[_Piece] = []
    open_ones: list[_Piece] = []
    closings: list[int] = []
    alone: list[_Piece] = []  # Opened, and no tag has come since.
    for match in (inner if enclosed else whole).finditer(low):
        start, end = match.span()
        is_tag = low.startswith(b"<", start)
        is_enclosed = is_tag and not enclosed and low.startswith(_STARTS, start)
        if is_tag and not is_enclosed and alone:
            alone.pop().until = start
        if word < end:
            word = low.find(SECRET, end)
            word = never if word < 0 else word
            if not is_tag:
                continue
            piece = _Piece(start, end, _ENCLOSED, never)
            piece.role = _ENCLOSED if is_enclosed else _role_of_tag(low[start:end])
            pieces.append(piece)
            if piece.role == _OPENS:
                open_ones.append(piece)
                alone.append(piece)
            elif piece.role == _CLOSES:
                closings.append(start)
                if open_ones:
                    open_ones.pop().until = start
        elif word == never and not alone:
            break
    for piece in open_ones:
        # Nothing closes it, but another may that is inside: better too much than too little.
        following = bisect(closings, piece.start)
        if following < len(closings):
            piece.until = closings[following]
    return pieces


def _role_of_tag(tag: bytes) -> str:
    """What a tag is, in lower case, in which the word stands."""
    words = tag.strip(b"<>").split(None, 1)
    name = words[0] if words else b""
    if SECRET not in name.rpartition(b":")[2]:
        return _MARKUP
    if name.startswith(b"/"):
        return _CLOSES
    return _OPENS if tag.endswith(b">") and not tag.endswith(b"/>") else _MARKUP


def _secret_values(data: bytes, start: int, end: int) -> list[tuple[int, int]]:
    """Where the values of a tag's attributes are that may be passwords."""
    tag = data[start:end].lower()
    words = tag.strip(b"</>").split(None, 1)
    is_password = bool(words) and SECRET in words[0].rpartition(b":")[2]
    found = []
    for match in _patterns()[2].finditer(data, start, end):
        name = match[1].lower()
        harmless = name.startswith(b"xmlns") or name.rpartition(b":")[2] in _HARMLESS
        if SECRET in name or (is_password and not harmless):
            found.append(match.span(2))
    return found
