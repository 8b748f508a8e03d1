"""Where elements stand in the source: lines and columns of their start tags."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterable


# lxml spells an element's namespace out whenever its tag is read: a long one, declared once, would
# make each of many elements as expensive as the document.
LONGEST_NAMESPACE = 1000
_LONG_NAMESPACE = re.compile(rb"xmlns[^\s=]*\s*=\s*(?:\"[^\"]{%d}|'[^']{%d})" % ((1001,) * 2))


def names_a_long_namespace(root: etree._Element, data: bytes) -> bool:
    """Whether ``data``, which ``root`` was parsed from, declares an unreasonable namespace."""
    if len(data) <= LONGEST_NAMESPACE:
        return False
    text = as_utf8(data, root.getroottree().docinfo.encoding)
    return _LONG_NAMESPACE.search(text) is not None


class Place(NamedTuple):
    """``order``: rank in document order; ``line`` and ``column``: from 1, None if unknown."""

    order: int
    line: int | None
    column: int | None


def locate(
    root: etree._Element, data: bytes | None, elements: Iterable[etree._Element]
) -> dict[etree._Element, Place]:
    """The places of ``elements`` of the tree under ``root``, which was parsed from ``data``.

    libxml2 keeps the line on which a start tag ends, and no column; expat knows where it starts.
    """
    wanted = set(elements)
    ranks = {
        element: rank for rank, element in enumerate(root.iter(etree.Element)) if element in wanted
    }
    if data is None:
        return {e: Place(rank, e.sourceline, None) for e, rank in ranks.items()}
    text = as_utf8(data, root.getroottree().docinfo.encoding)
    starts = element_starts(text)
    if len(starts) <= max(ranks.values(), default=0):
        return {e: Place(rank, e.sourceline, None) for e, rank in ranks.items()}
    places = {}
    at, line, column = 0, 1, 1
    for element, rank in ranks.items():  # In document order, so that each byte is read once.
        start = starts[rank]
        newlines = text.count(b"\n", at, start)
        if newlines:
            line += newlines
            at, column = text.rindex(b"\n", at, start) + 1, 1
        column += len(text[at:start].decode(errors="replace"))
        at = start
        places[element] = Place(rank, line, column)
    return places


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


def element_starts(text: bytes) -> list[int]:
    """Byte offsets of all start tags in the UTF-8 ``text``, in document order.

    As far as expat can read it; ``text`` must have no document type.
    """
    from xml.parsers import expat

    starts: list[int] = []
    parser = expat.ParserCreate("utf-8")

    def start(_name: str, _attributes: list[str]) -> None:
        starts.append(parser.CurrentByteIndex)

    parser.ordered_attributes = True
    parser.StartElementHandler = start
    try:
        parser.Parse(text, True)
    except expat.ExpatError:
        pass
    return starts
