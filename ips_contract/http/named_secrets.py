"""Hides the secrets in XML as it was received, however malformed it is, in linear time.

What is one, ``secret_names`` says. What stands where credentials belong is hidden first, by
``secret_places``; here it is what has the name of a secret wherever it stands. XML keeps its
shape: what is inside of an element named so, the value of an attribute named so, and the value
beside a key that says so (as PHP makes them of an array), become stars. The document is cut into
tags, comments and the like, and text, so that the word in a comment or in a CDATA section opens
nothing.
"""

from __future__ import annotations

import re
from bisect import bisect

from ips_contract.http.secret_names import STARS, WORDS, is_secret
from ips_contract.http.secret_places import HARMLESS, stars_for

_SECRET = "|".join(WORDS).encode()  # In lower case.

_STARTS, _ENDS = (b"<!--", b"<![cdata[", b"<?"), (b"-->", b"]]>", b"?>")

_TAG = rb"""<++[^<>"']*+(?:(?:"[^"<]*+"|'[^'<]*+')[^<>"']*+)*+(?:>|["'][^<]*+)?"""
_TEXT = rb"[^<]+"
# The value beside such a key, up to its end. Nothing in it is tried twice.
_ITEM = (
    rb"<(?:[^\s<>:/]++:)?key(?:\s[^<>]*+)?>(?=[^<]*?(?:" + _SECRET + rb"))[^<]*+"
    rb"</(?:[^\s<>:/]++:)?key\s*+>\s*+<(?:[^\s<>:/]++:)?value(?:\s[^<>]*+)?>(?<!/>)"
    rb"(.*?)(?=</(?:[^\s<>:/]++:)?value\s*+>|\Z)"
)
_REST = rb"<!--.*?(?:-->|\Z)|<!\[cdata\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)"


# No part of these can be tried again and again: what comes may be chosen to take long.
_WORDS = re.compile(_SECRET)
_PIECES = re.compile(rb"|".join((_REST, _TAG, _TEXT)), re.DOTALL)  # Of a document in lower case.
_ENCLOSED_PIECES = re.compile(rb"|".join((_TAG, _TEXT)))  # Of what stands inside of a comment.
_ATTRIBUTES = re.compile(
    rb"""(?<![^\s"'<>=/])([^\s"'<>=/]++)\s*+=\s*+("[^"]*+"?|'[^']*+'?|[^\s"'<>&]++)"""
)
_ITEMS = re.compile(_ITEM, re.DOTALL | re.IGNORECASE)


_MARKUP, _ENCLOSED, _OPENS, _CLOSES = "markup", "enclosed", "opens", "closes"
_FLOOD = "flood"  # All that follows, where there are too many to be told apart.
_MOST_PIECES = 20_000  # Of one document, in which a word stands: no message has so many.


class _Piece:
    """A piece of a document in which a word stands. ``until``: where a secret ends at last."""

    __slots__ = ("end", "role", "start", "until")

    def __init__(self, start: int, end: int, role: str, until: int) -> None:
        self.start = start
        self.end = end
        self.role = role
        self.until = until


class _Room:
    """For how many more pieces of a document there is ``left`` room."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = _MOST_PIECES


def redact_xml(data: bytes) -> bytes:
    """``data``, XML or what was meant to be some, with its secrets hidden.

    After ``_MOST_PIECES`` that may be secrets all the rest is hidden.
    """
    return _redacted(data, _Room(), enclosed=False)


def _redacted(data: bytes, room: _Room, *, enclosed: bool) -> bytes:
    """``data`` with its secrets hidden.

    ``enclosed``: it is what a comment or a CDATA section encloses: it has none of its own.
    """
    data = _ITEMS.sub(_hide_value, data)
    parts: list[bytes] = []
    done = 0
    for piece in _pieces(data, room, enclosed=enclosed):
        start, end = piece.start, piece.end
        if piece.role == _FLOOD:
            parts += (data[done:start], STARS) if done < end else ()
            done = end
            break
        if start < done:  # It is inside of a secret.
            continue
        hidden = []
        if piece.role == _ENCLOSED:
            tail = next((len(tail) for tail in _ENDS if data.endswith(tail, start, end)), 0)
            inside = _redacted(data[start + 1 : end - tail], room, enclosed=True)
            hidden.append((start + 1, end - tail, inside))
        elif piece.role in (_MARKUP, _OPENS):
            hidden += [(*span, STARS) for span in _secret_values(data, start, end)]
        if piece.role == _OPENS and data[end : piece.until].strip():
            hidden.append((end, piece.until, stars_for(data[end : piece.until])))
        for first, last, by in hidden:
            parts += (data[done:first], by)
            done = last
    parts.append(data[done:])
    return b"".join(parts)


def _hide_value(item: re.Match[bytes]) -> bytes:
    """The key and the value of an item, the value hidden."""
    start = item.start(1) - item.start()
    return item[0][:start] + stars_for(item[1]) if item[1].strip() else item[0]


def _pieces(data: bytes, room: _Room, *, enclosed: bool) -> list[_Piece]:
    """The pieces of ``data`` that matter: most do not, and are passed over quickly."""
    low = data.lower()
    never = len(low)
    word = _next_word(low, 0)
    pieces: list[_Piece] = []
    open_ones: list[_Piece] = []
    closings: list[int] = []
    alone: list[_Piece] = []  # Opened, and no tag has come since.
    for match in (_ENCLOSED_PIECES if enclosed else _PIECES).finditer(low):
        start, end = match.span()
        is_tag = low.startswith(b"<", start)
        is_enclosed = is_tag and not enclosed and low.startswith(_STARTS, start)
        if is_tag and not is_enclosed and alone:
            alone.pop().until = start
        if word < end:
            word = _next_word(low, end)
            if not is_tag:
                continue
            if not room.left:
                for piece in open_ones:
                    piece.until = never  # What closes it, if anything does, is not looked for.
                return [*pieces, _Piece(start, never, _FLOOD, never)]
            room.left -= 1
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


def _next_word(low: bytes, start: int) -> int:
    """Where the next word of ``low`` stands, from ``start`` on; its length if there is none."""
    found = _WORDS.search(low, start)
    return len(low) if found is None else found.start()


def _is_secret(name: bytes) -> bool:
    """Whether an element or attribute called ``name``, in lower case, may hold a secret."""
    return is_secret(name.rpartition(b":")[2].decode("latin-1"))


def _role_of_tag(tag: bytes) -> str:
    """What a tag is, in lower case, in which the word stands."""
    words = tag.strip(b"<>").split(None, 1)
    name = words[0] if words else b""
    if not _is_secret(name):
        return _MARKUP
    if name.startswith(b"/"):
        return _CLOSES
    return _OPENS if tag.endswith(b">") and not tag.endswith(b"/>") else _MARKUP


def _secret_values(data: bytes, start: int, end: int) -> list[tuple[int, int]]:
    """Where the values of a tag's attributes are that may be secrets."""
    if data.find(b"=", start, end) < 0:
        return []
    tag = data[start:end].lower()
    words = tag.strip(b"</>").split(None, 1)
    is_secret = bool(words) and _is_secret(words[0])
    found = []
    for match in _ATTRIBUTES.finditer(data, start, end):
        name = match[1].lower()
        harmless = name.startswith(b"xmlns") or name.rpartition(b":")[2] in HARMLESS
        if _WORDS.search(name) or (is_secret and not harmless):
            found.append(match.span(2))
    return found
