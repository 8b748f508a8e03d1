"""Hides the secrets in what was received, however malformed it is, in linear time.

What is one, ``secret_names`` says. In XML what stands where credentials belong is hidden by
``secret_places``, and what has the name of a secret by ``named_secrets``. Who shows no message
needs neither, so they are loaded with the first that has secrets.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ips_contract.http.secret_names import (
    WORDS,
    is_secret_header,
    is_secret_parameter,
    scheme_of,
)
from ips_contract.http.secret_urls import hide_in_urls


def may_hold_secrets(data: bytes) -> bool:
    """Whether a secret's name, or a part of it, stands in ``data``."""
    low = data.lower()
    return any(word.encode() in low for word in WORDS)


_LONGEST_HEAD = (
    4096  # Bytes of a document up to the end of its Header, if what becomes of it is kept.
)
# Of names of secrets and of places of them: where none stands, nothing is hidden but in URLs. The
# end of a Header is nearly always the last of them.
_TELLING = tuple(word.encode() for word in ("header", *WORDS, "auth", "security", "login"))
_HEADS_END = re.compile(rb"</(?:[^\s<>/:]++:)?(?:header|authheader)\s*+>")
_PROBE = b"<a>b</a>"


def _redact_document(data: bytes) -> bytes:
    """As ``_redact_xml``. A client sends the same credentials again and again.

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
    return _redact_xml(data)


def _redact_xml(data: bytes) -> bytes:
    """``data``, XML or what was meant to be some, with its secrets hidden."""
    # To load these takes a fiftieth of the mock's start.
    from ips_contract.http.named_secrets import redact_xml
    from ips_contract.http.secret_places import hide_places

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
    hidden = _redact_xml(head + _PROBE)
    return hidden.removesuffix(_PROBE) if hidden.endswith(_PROBE) else None


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
        data = _redact_xml(data)
    else:
        from ips_contract.http.secret_places import hide_places

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

    XML keeps its shape, see ``named_secrets``. What is no XML is kept only if it is text that does
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
            hidden = _redact_xml(text.encode("utf-8", "replace")).decode()
            return hidden.encode(encoding)
    if start.isascii() and b"\0" not in data and not _may_tell(data):
        return data
    return f"[{len(data)} bytes that are no XML]".encode() if data else b""
