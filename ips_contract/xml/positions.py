"""Where elements stand in the source: lines and columns of their start tags."""

from __future__ import annotations

import codecs
import re
from itertools import accumulate, islice
from operator import itemgetter
from typing import TYPE_CHECKING

from lxml import etree

from ips_contract.xml.parser import starts_plainly

if TYPE_CHECKING:
    from collections.abc import Iterable


# lxml spells an element's namespace out whenever its tag is read: a long one, declared once, would
# make each of many elements as expensive as the document.
LONGEST_NAMESPACE = 250
_LONG_VALUE = re.compile(rb"=\s*(?:\"[^\"]{%d}|'[^']{%d})" % ((LONGEST_NAMESPACE + 1,) * 2))
_DECLARATION = re.compile(rb"\sxmlns(?::[^\s=]*)?\s*\Z")
_FAR = 1000  # Bytes before a value that are searched for its name.
_ONE_NAME = re.compile(rb"\S{%d}" % _FAR)


def names_a_long_namespace(root: etree._Element, data: bytes) -> bool:
    """Whether ``data``, which ``root`` was parsed from, declares an unreasonable namespace."""
    if len(data) <= LONGEST_NAMESPACE:
        return False
    text = source_text(root, data)
    for match in _LONG_VALUE.finditer(text):
        at = match.start()
        before = text[max(at - _FAR, 0) : at]
        # Nothing but a name before it: whose, is not worth a search through a megabyte.
        if _DECLARATION.search(before) or _ONE_NAME.fullmatch(before):
            return True
    return False


# A number that grows in document order, line and column: from 1, None if unknown.
Place = tuple[int, int | None, int | None]


_LONG = 4096  # Bytes of a document in which elements are counted rather than listed,
_FEW = 16  # if so many places are asked for.
_RANK = etree.XPath("count(ancestor::*) + count(preceding::*)")
_START_TAG = re.compile(rb"<(?!/)")
_first = itemgetter(0)


def locate(
    root: etree._Element, data: bytes | None, elements: Iterable[etree._Element]
) -> dict[etree._Element, Place]:
    """The places of ``elements`` of the tree under ``root``, which was parsed from ``data``.

    libxml2 keeps the line on which a start tag ends, and no column.
    """
    wanted = set(elements)
    text = b"" if data is None else source_text(root, data)
    found = _by_name(text, wanted) if len(wanted) <= _FEW else None
    if found is None:
        ranks = _ranks(root, data, wanted)
        starts = element_starts(text, [rank for rank, _ in ranks])
        if starts is None:
            return {element: (rank, element.sourceline, None) for rank, element in ranks}
        found = [(start, element) for start, (_, element) in zip(starts, ranks, strict=True)]
    places: dict[etree._Element, Place] = {}
    ascii_only = text.isascii()
    at, line, column = 0, 1, 1
    for start, element in found:
        # In document order, so that each byte is read once.
        newlines = text.count(b"\n", at, start)
        if newlines:
            line += newlines
            at, column = text.rindex(b"\n", at, start) + 1, 1
        column += start - at if ascii_only else len(text[at:start].decode(errors="replace"))
        at = start
        places[element] = (start, line, column)
    return places


def _by_name(
    text: bytes, elements: Iterable[etree._Element]
) -> list[tuple[int, etree._Element]] | None:
    """Where the start tags of ``elements`` begin in the UTF-8 ``text``, in document order.

    None if a name does not tell: if there is more than one place that begins like the tag.
    """
    found = []
    for element in elements:
        tag, prefix = str(element.tag), element.prefix
        name = tag[tag.rfind("}") + 1 :]
        start = (f"<{prefix}:{name}" if prefix else f"<{name}").encode()
        at = text.find(start)
        if at < 0 or text.find(start, at + 1) >= 0:
            return None
        found.append((at, element))
    found.sort(key=_first)
    return found


def _ranks(
    root: etree._Element, data: bytes | None, wanted: set[etree._Element]
) -> list[tuple[int, etree._Element]]:
    """How many elements stand before each that is ``wanted``, in document order."""
    if data is not None and len(data) > _LONG and len(wanted) <= _FEW:
        return sorted([(int(_RANK(element)), element) for element in wanted], key=_first)
    ranks = []
    # Our parser leaves nothing but elements.
    for rank, element in enumerate(root.iter(etree.Element) if data is None else root.iter()):
        if element in wanted:
            ranks.append((rank, element))
            if len(ranks) == len(wanted):
                break  # What follows can be most of the document.
    return ranks


def source_text(root: etree._Element, data: bytes) -> bytes:
    """The document ``data`` in UTF-8; ``root`` was parsed from it.

    Empty if Python does not know its encoding.
    """
    if (data[:1] == b"<" and data[1:2] not in (b"?", b"\0")) or starts_plainly(data):
        return data  # Without a declaration it is UTF-8 (XML 1.0, section 4.3.3).
    return as_utf8(data, root.getroottree().docinfo.encoding)


def as_utf8(data: bytes, declared: str | None) -> bytes:
    """``data`` in UTF-8, as far as Python knows its encoding; a byte order mark is left out."""
    encoding = (declared or "utf-8").lower()
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        encoding = "utf-16"  # libxml2 keeps no note of what only the mark says.
    if encoding != "utf-8":
        try:
            return data.decode(encoding, "replace").lstrip("\ufeff").encode()
        except (LookupError, ValueError):
            return b""
    return data.removeprefix(codecs.BOM_UTF8)


# What may hold a "<" that begins no tag. In a document that is well-formed and has no document
# type each of these ends at the first place where it can, and no attribute's value has a "<"
# (XML 1.0, sections 2.5 to 2.7 and 3.1).
_NO_TAGS = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)


def _has_more_than_tags(text: bytes) -> bool:
    """Whether there may be comments, CDATA sections or instructions."""
    # Single bytes are found many times faster than pairs.
    return (text.find(b"!") >= 0 and text.find(b"<!") >= 0) or (
        text.find(b"?") >= 0 and text.find(b"<?") >= 0
    )


def element_starts(text: bytes, ranks: list[int]) -> list[int] | None:
    """Byte offsets of the start tags in the UTF-8 ``text`` that have these ranks, from 0.

    ``text`` is a well-formed document without a document type; None if it has fewer tags.
    """
    if _has_more_than_tags(text):
        text = _NO_TAGS.sub(lambda match: b" " * len(match[0]), text)
    if len(ranks) <= _FEW and len(text) > _LONG:
        starts = [_start(text, rank) for rank in ranks]
        return [at for at in starts if at is not None] if None not in starts else None
    last = max(ranks, default=-1)
    parts = text.replace(b"</", b"//").split(b"<", last + 1)
    sizes = list(accumulate(map(len, parts[:-1])))
    if last >= len(sizes):
        return None
    # Before each "<" there are the parts up to it, and one byte for each "<" among them.
    return [sizes[rank] + rank for rank in ranks]


def _start(text: bytes, rank: int) -> int | None:
    """Where the start tag with this rank begins in ``text``; None if it has fewer tags.

    They are counted in one part of the text after the other, so that no list of all is made.
    """
    low, before = 0, 0
    while low < len(text):
        end = low + _LONG
        if text[end - 1 : end] == b"<":
            end -= 1  # So that what comes behind it is seen with it.
        tags = text.count(b"<", low, end) - text.count(b"</", low, end)
        if before + tags > rank:
            break
        low, before = end, before + tags
    match = next(islice(_START_TAG.finditer(text, low), rank - before, None), None)
    return None if match is None else match.start()
