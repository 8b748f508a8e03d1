"""What stands in an element, found in the bytes of a document that was parsed before.

To parse a document again takes ten times as long as to find one field in it, and a record has ten
thousand. These functions are no second parser: the document is known to be well-formed, and
wherever its bytes alone do not tell, they say that.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from functools import lru_cache

from ips_contract.xml.parser import declaration_in

UNCLEAR = None
"""The bytes do not tell: whoever wants to know has to parse the document."""

_UTF_8 = ("utf-8", "utf8")
_NAME = rb"""[^\s<>/"'=:!?]+"""
# What follows the name in a start tag; a group has the / of an empty element. Nothing of it can be
# tried twice.
_REST = re.compile(rb"""(?:\s+[^\s<>/"'=]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'))*\s*(/?)>""")


@lru_cache(maxsize=512)
def _start(name: str) -> re.Pattern[bytes]:
    """Start tags of elements called ``name``, with any prefix; a group is all of the name."""
    return re.compile(rb"<((?:%s:)?%s)(?=[\s/>])" % (_NAME, re.escape(name.encode())))


def is_utf_8(data: bytes) -> bool:
    """Whether ``data`` is in UTF-8, for certain."""
    return _starts_in_utf_8(data[:_START_BYTES])


def is_plain(data: bytes) -> bool:
    """Whether ``data`` is in UTF-8, and each < in it is that of a tag, but for a declaration's."""
    # To look for one byte takes a tenth of the time, and find() takes less than ``in``.
    if data.find(b"!") >= 0 and data.find(b"<!") >= 0:
        return False
    start = len(BOM_UTF8) if data.startswith(BOM_UTF8) else 0
    if data.find(b"<?", start + 1, data.rfind(b"?") + 1) >= 0:
        return False
    return is_utf_8(data)


_START_BYTES = 64


@lru_cache(maxsize=256)  # A client's documents begin alike.
def _starts_in_utf_8(start: bytes) -> bool:
    start = start.removeprefix(BOM_UTF8)
    if not start.startswith(b"<?"):
        return start[:1] == b"<" and start[1:2] != b"\0"
    if b"?>" not in start:
        return False
    declared = declaration_in(start)
    return declared is None or declared.lower() in _UTF_8


def content_of(data: bytes, name: str) -> bytes | None:
    """What stands in the element called ``name``, of which a document has exactly one.

    Args:
        data: the document, in UTF-8.
        name: local name of an element that is there.

    Returns:
        The bytes between its tags; UNCLEAR if the bytes do not tell.
    """
    found = _between(data, name)
    if found is not None:
        return data[slice(*found)]
    # It may have a prefix or attributes, and a text may have the name in it, too.
    if (b"!" in data and b"<!" in data) or data.rfind(b"<?") > data.find(b"<"):
        return UNCLEAR
    tags = _start(name)
    mark = name.encode()
    tag = tags.search(data, data.rfind(b"<", 0, data.find(mark)))
    content = None if tag is None else _content(data, tag)
    if tag is None or content is None:
        return UNCLEAR
    rest = data.find(mark, tag.end() + len(content) + len(mark))
    return UNCLEAR if rest >= 0 and tags.search(data, rest - 1) is not None else content


def _between(data: bytes, name: str) -> tuple[int, int] | None:
    """What is between the tags of ``name``, plain ones, if these are all that has this name."""
    opening, closing, tag = _tags(name)
    first, last = data.find(tag), data.rfind(tag)
    start, end = first + len(tag) + 1, last - 2
    if data[first - 1 : start] != opening or data[end : last + len(tag) + 1] != closing:
        return None
    # Twice and no more: so if one of them is a tag, both are.
    return None if data.find(tag, start, end) >= 0 else (start, end)


@lru_cache(maxsize=512)
def _tags(name: str) -> tuple[bytes, bytes, bytes]:
    tag = name.encode()
    return b"<%s>" % tag, b"</%s>" % tag, tag


def _content(data: bytes, tag: re.Match[bytes]) -> bytes | None:
    """What stands in the element that begins with ``tag``, where no comments are."""
    whole, after = tag[1], tag.end()
    opened = _REST.match(data, after)
    if opened is None or opened[1]:
        return UNCLEAR if opened is None else b""
    end = data.find(b"</%s>" % whole, after)
    # One may be in itself.
    if end < 0 or data.find(b"<%s" % whole, after, end) >= 0:
        return UNCLEAR
    return data[opened.end() : end]


class Absent:
    """There is no such element."""


ABSENT = Absent()


def child_of(content: bytes, name: str) -> bytes | Absent | None:
    """What stands in the child called ``name``.

    Args:
        content: what stands in an element, in UTF-8.
        name: local name.

    Returns:
        The bytes between its tags; ABSENT without such a child; UNCLEAR if there are several, or
        something is written there that only a parser reads.
    """
    if content.find(name.encode()) < 0:
        return ABSENT
    found = _between(content, name)
    if found is not None:
        start, end = found
        size = len(_tags(name)[0])
        before, after = content[: start - size], content[end + size + 1 :]
        # What is open before it is closed after it: the shorter of both tells as much.
        if _depth(before if len(before) < len(after) else after) == 0:
            return content[start:end]
    if not has_only_tags(content):
        return UNCLEAR
    starts = list(_start(name).finditer(content))
    depths = [_depth(content[: tag.start()]) for tag in starts]
    if None in depths:
        return UNCLEAR
    tags = [tag for tag, depth in zip(starts, depths, strict=True) if depth == 0]
    if not tags:
        return ABSENT
    return _content(content, tags[0]) if len(tags) == 1 else UNCLEAR


def has_only_tags(content: bytes) -> bool:
    """Whether each < in ``content`` is that of a tag, for certain: of no comment or the like."""
    if content.find(b"!") >= 0 and content.find(b"<!") >= 0:
        return False
    return content.find(b"?") < 0 or content.find(b"<?") < 0


def _depth(part: bytes) -> int | None:
    """How many more elements ``part`` opens than it closes; UNCLEAR if the bytes do not tell."""
    tags = part.count(b"<")
    if not tags and b">" not in part:
        return 0
    # Each < begins a tag, each > ends one, and /> ends an empty one.
    if tags != part.count(b">") or not has_only_tags(part):
        return UNCLEAR
    return tags - 2 * part.count(b"</") - part.count(b"/>")


def path_in(content: bytes, path: tuple[str, ...]) -> bytes | Absent | None:
    """``child_of`` again and again: what stands in the child that a path of names leads to.

    No name leads into an array, which is an element whose children are all called items.
    """
    found: bytes | Absent | None = content
    for name in path:
        if not isinstance(found, bytes):
            break
        found = _unless_array(found) if name == _ITEMS else child_of(found, name)
    return found


_ITEMS = "items"
_TAG = re.compile(rb"<(/?)(?:%s:)?(%s)[^<>]*?(/?)>" % (_NAME, _NAME))


def _unless_array(content: bytes) -> bytes | Absent | None:
    """``child_of`` for items."""
    if not has_only_tags(content) or content.count(b"<") != content.count(b">"):
        return UNCLEAR
    if items_in(content) is not None:
        return ABSENT
    names, depth = set(), 0
    for closes, name, is_empty in _TAG.findall(content):
        if depth == 0:
            names.add(name)
        depth += -1 if closes else not is_empty
    return ABSENT if names == {_ITEMS.encode()} else child_of(content, _ITEMS)


def items_in(content: bytes) -> list[bytes] | None:
    """What stands in the items of an array; UNCLEAR if it may be none, or is not written plainly.

    Args:
        content: what stands in an element, in which each < is that of a tag.
    """
    if not (content.startswith(b"<items>") and content.endswith(b"</items>")):
        return UNCLEAR
    items = content[7:-8].split(b"</items><items>")
    # Each end is followed by the next start, so none is inside of another.
    if content.count(b"</items>") != len(items) or content.count(b"items") != 2 * len(items):
        return UNCLEAR
    return items


def may_be_array(content: bytes) -> bool:
    """Whether the first child of ``content`` is called items, so that all its children may be."""
    return _FIRST_ITEM.match(content) is not None


_FIRST_ITEM = re.compile(rb"[^<]*<(?:%s:)?items(?=[\s/>])" % _NAME)


_PREFIXES = re.compile(rb"[<\s/]([A-Za-z_][\w.-]*):")
_NO_PREFIXES = (b"xml", b"xmlns")


def as_document(content: bytes) -> bytes:
    """A document whose root has this content; prefixes that it may have are declared."""
    prefixes = set(_PREFIXES.findall(content)).difference(_NO_PREFIXES) if b":" in content else ()
    spaces = b"".join(b' xmlns:%s="%s"' % (prefix, prefix) for prefix in sorted(prefixes))
    return b"<content%s>%s</content>" % (spaces, content)
