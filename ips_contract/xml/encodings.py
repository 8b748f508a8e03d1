"""In which encoding a document is, where a protocol says one, too.

A byte order mark counts most, then what the protocol says, then the XML declaration; without any
of them it is UTF-8 (RFC 7303, section 3; XML 1.0, section 4.3.3 and appendix F). Where they
differ, that is told; a reading that cannot be is not taken.
"""

from __future__ import annotations

import codecs
from functools import lru_cache
from typing import NamedTuple

from ips_contract.xml.parser import declaration_in, is_read
from ips_contract.xml.text import clipped

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_ANY_MARK = tuple(mark for mark, _ in _MARKS)
_HEAD = 1000  # Bytes that a declaration takes at most.


class Reading(NamedTuple):
    """A document as ``parse`` reads it rightly, and what is contradictory about its encoding."""

    data: bytes
    doubt: str = ""


def read_as(data: bytes, charset: str | None) -> Reading:
    """``data`` by its encoding; where the parser would choose another one, as UTF-8.

    Args:
        data: a document.
        charset: what the protocol says of its encoding; None if it says nothing.
    """
    if not data:
        return Reading(data)
    said = "" if charset is None else f"charset={clipped(charset)}"
    sure = _by_first_bytes(data)
    named = _declared(data, sure)
    declared = None if named is None else _codec(named)
    named = None if named is None else clipped(named)
    if named is not None and declared is None:
        return Reading(data)  # The parser refuses it, and says so.
    wanted = None
    if charset is not None:
        wanted = _codec(charset)
        if wanted is None:
            return Reading(data, f"{said} is sent, which is not read here; send UTF-8.")
    if sure is not None:
        return _marked(data, sure, said, wanted, named)
    codec = wanted or declared or "utf-8"
    says = said if wanted else f"encoding={named}" if named else "UTF-8"
    text = _decoded(data, codec)
    if text is None:
        if wanted in (None, declared or "utf-8"):
            return Reading(data)  # The parser complains of the same.
        advice = f"send charset={named}." if declared not in (None, wanted) else _advice(data)
        return Reading(data, f"{said} is sent, and the bytes are not in it; {advice}")
    doubt = ""
    if wanted and declared and not _agree(wanted, declared, data):
        doubt = (
            f"{said} is sent, and the XML declaration says {named}; the first counts "
            "(RFC 7303). Say the same in both."
        )
    elif codec != "utf-8" and _is_single(codec) and _looks_like_utf_8(data):
        doubt = f"{says} is said, and the bytes are UTF-8; say that they are UTF-8."
    if data.isascii() or _agree(codec, declared or "utf-8", data):
        return Reading(data, doubt)
    return Reading(as_utf_8(text), doubt)


def _marked(data: bytes, sure: str, said: str, wanted: str | None, named: str | None) -> Reading:
    """The reading of a document whose first bytes leave no doubt about its encoding."""
    what = _name(sure)
    declared = _codec(named) if named else None
    doubt = ""
    if wanted and not _agree(wanted, sure, data):
        doubt = f"{said} is sent, and the document begins as {what}, which counts; {_advice(data)}"
    elif declared and not _agree(declared, sure, data):
        doubt = (
            f"The XML declaration says {named}, and the document begins as {what}, "
            "which counts. Say the same in both."
        )
    # Without a mark libxml2 knows UTF-16 by a declaration only; here the protocol is one.
    is_marked = data.startswith(_ANY_MARK)
    is_named = declared is not None or not (wanted or "").startswith("utf-16")
    if (is_marked or is_named) and (declared is None or _agree(declared, sure, data)):
        return Reading(data, doubt)
    try:
        return Reading(as_utf_8(data.decode(sure)), doubt)
    except UnicodeError:
        return Reading(data, doubt)  # The parser complains.


def _by_first_bytes(data: bytes) -> str | None:
    """The encoding by a byte order mark, or by the zeros that UTF-16 has before or behind ``<``."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return codec
    if len(data) < 2 or (data[0] == 0) == (data[1] == 0):
        return None
    return "utf-16-be" if data[0] == 0 else "utf-16-le"


def _declared(data: bytes, sure: str | None) -> str | None:
    head = data[:_HEAD]
    if b"?" not in head:
        return None
    if sure is not None:
        head = head.decode(sure, "ignore").removeprefix("\ufeff").encode("utf-8", "replace")
    return declaration_in(head)


@lru_cache(maxsize=64)  # Most say the same; none is long.
def _codec(name: str) -> str | None:
    """Python's name of an encoding; None if it is not one that the parser reads."""
    if not is_read(name):
        return None
    try:
        found = codecs.lookup(name.strip()).name
    except LookupError:
        return None
    return found


def _agree(one: str, other: str, data: bytes) -> bool:
    """Whether the encodings may both be said of ``data``."""
    if one == other:
        return True
    if one.startswith("utf-16") and other.startswith("utf-16"):
        return "utf-16" in (one, other)  # Which says that a mark tells the order of bytes.
    return "ascii" in (one, other) and data.isascii() and not f"{one}{other}".count("utf-16")


def _decoded(data: bytes, codec: str) -> str | None:
    """``data``, which does not begin as UTF-16, by ``codec``; None if it is not in it."""
    if codec.startswith("utf-16"):
        return None
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def _is_single(codec: str) -> bool:
    """Whether ``codec`` has one byte for each character, so that all bytes look well in it."""
    return codec.startswith(("iso8859", "cp125", "koi8"))


def _looks_like_utf_8(data: bytes) -> bool:
    if data.isascii():
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _advice(data: bytes) -> str:
    sure = _by_first_bytes(data)
    if sure is None and _looks_like_utf_8(data):
        sure = "utf-8"
    return f"send charset={_name(sure)}." if sure else "say the encoding that they have, or UTF-8."


def _name(codec: str) -> str:
    return "UTF-8" if codec == "utf-8" else "UTF-16"


def as_utf_8(text: str) -> bytes:
    """``text`` in UTF-8, without a mark; its declaration, if it has one, says so.

    The declaration keeps its length if it can, so that columns stay.
    """
    data = text.removeprefix("\ufeff").encode("utf-8", "surrogatepass")
    named = declaration_in(data[:_HEAD])
    if named is None or named.lower() == "utf-8":
        return data
    old = named.encode()
    quote = data.index(old, data.index(b"encoding")) + len(old)
    fill = b" " * (len(old) - 5)
    return data[: quote - len(old)] + b"UTF-8" + data[quote : quote + 1] + fill + data[quote + 1 :]
