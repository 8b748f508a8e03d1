"""How large a document may be, and how full of markup, that libxml2 judges for us."""

from __future__ import annotations

from lxml import etree

LARGE = 16 * 1024  # Bytes of a document from which on it pays to ask it of parts.
_HUGE = 128 * 1024
# Tags, start and end, and attributes that libxml2 is shown: in any case, and without long lists.
_MUCH_MARKUP, _MOST_MARKUP = 16 * 1024, 64 * 1024
# A step to a child of this number takes a third of a predicate that asks each element for one.
_HAS_LONG_LIST = etree.XPath("boolean(descendant-or-self::*/*[2001])")


def is_busy(root: etree._Element, data: bytes) -> bool:
    """Whether there is more markup in ``data`` than in any but unusual messages.

    libxml2 and lxml describe each error at a cost that grows with the number of siblings. A
    thousand URLs have six thousand tags, a thousand job logs forty thousand; a megabyte can have a
    quarter of a million. ``root`` was parsed from ``data``.
    """
    if len(data) <= _HUGE:
        return False
    tags, attributes = data.count(b"<"), data.count(b"=")
    if tags + attributes <= _MUCH_MARKUP:
        return False
    return attributes > _MUCH_MARKUP or tags > _MOST_MARKUP or bool(_HAS_LONG_LIST(root))


def lists_for(root: etree._Element, data: bytes | None) -> bytes | None:
    """``data`` if it pays to ask libxml2 of the long lists in that document, else None."""
    return data if data and len(data) > LARGE and not is_busy(root, data) else None
