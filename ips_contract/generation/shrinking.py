"""Makes a document smaller while something stays true of it: delta debugging on its parts.

The parts are those of the text, not of a tree, so that a document that is no XML has them, too:
elements, tags, attributes, comments, declarations and runs of text. Nothing else of the bytes
changes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Cut = tuple[tuple[int, int], ...]

_TOKEN = re.compile(
    rb"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[.*?\]\]>|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>"
    rb"|</(?P<end>[^>]*)>|<(?P<start>[^!?/\s>][^\s/>]*)(?P<rest>[^>]*)>|[^<]+|<",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(rb"""\s+[^\s=>/]+\s*=\s*(?:"[^"]*"|'[^']*')""")


class Shrunk(NamedTuple):
    """What is left.

    Attributes:
        data: the smallest document found.
        tries: how often ``fails`` was asked.
        complete: whether no part of it can be left out; False: there were too many tries.
    """

    data: bytes
    tries: int
    complete: bool


def shrink(
    data: bytes, keeps: Callable[[bytes], bool], fails: Callable[[bytes], bool], most: int
) -> Shrunk:
    """The smallest form of ``data`` that is found by leaving out one part after the other.

    Args:
        data: what fails.
        keeps: whether a smaller form is of the same kind; cheap.
        fails: whether it fails in the same way; dear, and asked ``most`` times at most.
        most: see there.
    """
    tries = 0
    refused: set[bytes] = set()
    while True:
        for cut in cuts(data):
            form = without(data, cut)
            if form in refused or not keeps(form):
                refused.add(form)
                continue
            if tries == most:
                return Shrunk(data, tries, complete=False)
            tries += 1
            if fails(form):
                data = form
                break  # Its parts are at other places.
            refused.add(form)
        else:
            return Shrunk(data, tries, complete=True)


def without(data: bytes, cut: Cut) -> bytes:
    """``data`` without some ranges, which are in order."""
    kept, at = [], 0
    for start, end in cut:
        kept.append(data[at:start])
        at = end
    return b"".join((*kept, data[at:]))


def cuts(data: bytes) -> list[Cut]:
    """What can be left out of a document, the longest first."""
    found = dict.fromkeys(_cuts(data))
    return sorted(found, key=lambda cut: sum(start - end for start, end in cut))


def _cuts(data: bytes) -> Iterator[Cut]:
    opened: list[tuple[bytes, tuple[int, int]]] = []
    for token in _TOKEN.finditer(data):
        yield (token.span(),)
        if token["start"] is not None:
            for attribute in _ATTRIBUTE.finditer(data, *token.span("rest")):
                yield (attribute.span(),)
            if not token["rest"].endswith(b"/"):
                opened.append((token["start"], token.span()))
        elif token["end"] is not None and any(name == token["end"] for name, _ in opened):
            name, start = opened.pop()
            while name != token["end"]:  # Tags that are never closed.
                name, start = opened.pop()
            yield ((start[0], token.end()),)
            yield (start, token.span())  # What is inside stays.
