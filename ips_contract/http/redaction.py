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
from functools import lru_cache

from ips_contract.http.secret_names import (
    WORDS,
    is_secret,
    is_secret_header,
    is_secret_parameter,
    scheme_of,
)
from ips_contract.http.secret_places import (
    HARMLESS,
    STARS,
    hide_in_urls,
    hide_places,
    stars_for,
)

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


def may_hold_secrets(data: bytes) -> bool:
    """Whether a secret's name, or a part of it, stands in ``data``."""
    low = data.lower()
    return any(word.encode() in low for word in WORDS)


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


_LONGEST_HEAD = (
    4096  # Bytes of a document up to the end of its Header, if what becomes of it is kept.
)
# Of names of secrets and of places of them: where none stands, nothing is hidden but in URLs. The
# end of a Header is nearly always the last of them.
_TELLING = tuple(word.encode() for word in ("header", *WORDS, "auth", "security", "login"))
_HEADS_END = re.compile(rb"</(?:[^\s<>/:]++:)?(?:header|authheader)\s*+>")
_PROBE = b"<a>b</a>"


def _redact_document(data: bytes) -> bytes:
    """As ``redact_xml`` after ``hide_places``. A client sends the same credentials again and again.

    What a document begins with, up to where its Header is closed, is looked through once, if
    nothing in the rest tells of a secret.
    """
    low = data.lower()
    last = -1
    for word in _TELLING:  # Each is looked for behind those before it.
        last = max(last, low.rfind(word, last + 1))
    if last < 0:
        return hide_in_urls(data)
    start = low.rfind(b"<", 0, last)
    end = low.find(b">", last) + 1
    if start >= 0 and 0 < end <= _LONGEST_HEAD and _HEADS_END.fullmatch(low, start, end):
        hidden = _hidden_head(data[:end])
        if hidden is not None:
            return hidden + hide_in_urls(data[end:])
    return redact_xml(hide_places(data))


def redact_inside(content: bytes) -> bytes | None:
    """``content``, part of a well-formed document, as it is in ``redact`` of that.

    Args:
        content: what stands in an element, none of whose names, nor of those around it, is that
            of a secret or of a place of secrets.

    Returns:
        None if that is only to be told by the whole document.
    """
    if content.isalnum():
        return content
    low = content.lower()
    return None if any(map(low.__contains__, _TELLING)) else hide_in_urls(content)


@lru_cache(maxsize=64)
def _hidden_head(head: bytes) -> bytes | None:
    """What a document begins with, its secrets hidden; None if they may go on behind it."""
    hidden = redact_xml(hide_places(head + _PROBE))
    return hidden.removesuffix(_PROBE) if hidden.endswith(_PROBE) else None


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


def redact_headers(headers: dict[str, str]) -> dict[str, str]:
    """``headers`` with their secrets hidden; the scheme of Authorization stays."""
    return {
        name: _hidden(value) if is_secret_header(name) else _shown(name, value)
        for name, value in headers.items()
    }


def _shown(name: str, value: str) -> str:
    if "@" in value and name.lower() in _HOST_HEADERS:
        # There is no user in a host (RFC 9110 section 7.2), but some make it of a URL that has one.
        value = f"***@{value.rpartition('@')[2]}"
    return redact_text(value)


_HOST_HEADERS = ("host", "x-forwarded-host", "forwarded")


def _hidden(value: str) -> str:
    scheme = scheme_of(value)
    return f"{scheme} ***" if scheme else "***"


def redact_target(target: str) -> str:
    """``target`` with the values of parameters such as ``password``, and a password, hidden."""
    target = redact_text(target)
    return "&".join(map(_redact_parameter, target.split("&"))) if "=" in target else target


_BEFORE_NAMES = re.compile("[?;#]")


def _redact_parameter(parameter: str) -> str:
    """``parameter`` with what follows the first name of a secret hidden."""
    parts = parameter.split("=")
    for index, name in enumerate(parts[:-1]):
        if is_secret_parameter(_BEFORE_NAMES.split(name)[-1]):
            return "=".join((*parts[: index + 1], "***"))
    return parameter


def redact_text(text: str) -> str:
    """``text`` with the passwords and tokens hidden that URLs in it carry."""
    if "@" not in text and "=" not in text:
        return text
    return hide_in_urls(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")


def is_shown_whole(text: str) -> bool:
    """Whether all of ``text``, one in an element that is none of secrets, may be seen for certain.

    A URL may carry a secret; so may what follows a word such as password and a mark.
    """
    if text.isalnum():
        return True
    if "@" in text or "=" in text:
        return False
    return not ((":" in text or ">" in text) and _may_tell(text.encode("utf-8", "surrogatepass")))


def redact_lines(text: str) -> list[str] | None:
    """The lines of ``text``, a document, with its secrets hidden; None if it is better not shown.

    They are as many as before. What is no XML is shown only if it does not speak of secrets.
    """
    data = text.encode("utf-8", "surrogatepass")
    if _may_tell(data):
        if not text.lstrip("\ufeff \t\r\n").startswith("<"):
            return None
        data = redact_xml(hide_places(data))
    else:
        data = hide_places(data)
    return data.decode("utf-8", "surrogatepass").split("\n")


def _may_tell(data: bytes) -> bool:
    return may_hold_secrets(data) or b"auth" in data.lower()


_QUOTED = re.compile(r"[^\s\"'<>(){},;]+")


def redact_message(message: str, data: bytes, hidden: bytes | None = None) -> str:
    """``message``, a parser's words about ``data``, without the words that are secrets there.

    An & in a password, say, makes a parser quote the rest of it as an entity's name. ``hidden``
    is what ``redact`` makes of ``data``, for who has that already.
    """
    if b"\0" in data[:4]:  # UTF-16: as the message, in one byte for each plain letter.
        little = data[:1] in (b"\xff", b"<")
        data = data.decode("utf-16-le" if little else "utf-16-be", "replace").encode()
        hidden = None
    words = {
        found: found.rstrip(".:").encode("utf-8", "replace") for found in _QUOTED.findall(message)
    }
    # Most words are the parser's own.
    quoted = {found: word for found, word in words.items() if word and _has_word(data, word)}
    if not quoted:
        return message
    seen = redact(data) if hidden is None else hidden
    if seen == data:
        return message
    lost = {found for found, word in quoted.items() if not _has_word(seen, word)}

    def shown(match: re.Match[str]) -> str:
        found = match[0]
        return "***" + found[len(found.rstrip(".:")) :] if found in lost else found

    return _QUOTED.sub(shown, message) if lost else message


_IN_WORDS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_MOST_PLACES = 100  # At which a word is looked at one by one.


def _has_word(data: bytes, word: bytes) -> bool:
    """Whether ``word`` stands somewhere in ``data`` and is no part of a longer one.

    An expression finds the same, and takes ten times as long where there are few places.
    """
    start = -1
    for _ in range(_MOST_PLACES):
        start = data.find(word, start + 1)
        if start < 0:
            return False
        end = start + len(word)
        is_begun = start > 0 and data[start - 1] in _IN_WORDS
        if not is_begun and (end == len(data) or data[end] not in _IN_WORDS):
            return True
    alone = re.compile(rb"(?<!\w)" + re.escape(word) + rb"(?!\w)")
    return alone.search(data, start + 1) is not None


def redact(data: bytes) -> bytes:
    """``data``, a body as received, with its secrets hidden, however malformed it is.

    XML keeps its shape, see ``redaction``. What is no XML is kept only if it is text that does
    not speak of secrets.
    """
    start = data[:256].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] == b"<" and b"\0" not in start:
        return _redact_document(data)
    marked = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if marked else ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.lstrip("\ufeff \t\r\n")[:1] == "<":
            hidden = redact_xml(hide_places(text.encode("utf-8", "replace"))).decode()
            return hidden.encode(encoding)
    if start.isascii() and b"\0" not in data and not _may_tell(data):
        return data
    return f"[{len(data)} bytes that are no XML]".encode() if data else b""
