"""Words for messages: quoting, clipping, lists and near names."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

BLANKS = " \t\r\n"  # XML's white space; str.isspace() knows more.
_TO_SPACES = dict.fromkeys(map(ord, BLANKS), " ")
_LONGEST = 60  # Characters of a value that a message shows.
_CUTOFF = 0.75  # How like a name another must be, from 0 to 1.


def collapse(text: str) -> str:
    """``text`` as XSD's whiteSpace=collapse leaves it."""
    if text.isalnum() or (text.isprintable() and text.strip(" ") == text and "  " not in text):
        return text  # As nearly always; blanks other than spaces are not printable.
    return " ".join([part for part in text.translate(_TO_SPACES).split(" ") if part])


def clipped(text: str, longest: int = _LONGEST) -> str:
    """``text`` cut to ``longest`` characters, with what cannot be shown escaped."""
    short = text if len(text) <= longest else text[: longest - 1] + "…"
    if short.isprintable():
        return short
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in short)


def quoted(text: str) -> str:
    """``text`` clipped and in quotes."""
    return f'"{clipped(text)}"'


def named(namespace: str) -> str:
    """``namespace`` in words."""
    return f"the namespace {clipped(namespace, 100)}" if namespace else "no namespace"


def list_of(names: Iterable[str], conjunction: str = "or") -> str:
    """``names`` as an English list: ``a, b or c``."""
    *most, last = names
    return f"{', '.join(most)} {conjunction} {last}" if most else last


def counted(number: int, noun: str) -> str:
    """``1 error``, ``2 errors``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def near(name: str, candidates: tuple[str, ...]) -> str | None:
    """The candidate that ``name`` was probably meant to be, or None."""
    return _near(name, candidates) if len(name) <= 2 * _LONGEST else None


def no_such(what: str, name: object, known: tuple[str, ...], where: str = "") -> str:
    """What to say of a name that is not ``known``: what was probably meant, or what there is.

    Args:
        what: the thing, in the singular, such as ``engine``.
        name: what was given.
        known: what could have been.
        where: what to say, in place of a list of all, where none is like it.
    """
    guess = _meant(name, known) if isinstance(name, str) else None
    hint = f"did you mean {guess}?" if guess else where or f"the {what}s are {', '.join(known)}"
    given = name[: _LONGEST - 1] + "…" if isinstance(name, str) and len(name) > _LONGEST else name
    return f"no {what} {given!r}; {hint}"


def _meant(name: str, known: tuple[str, ...]) -> str | None:
    """The one of ``known`` that ``name`` is like, or the only one that begins with it; or None."""
    starts = [each for each in known if name and each.casefold().startswith(name.casefold())]
    return near(name, known) or (starts[0] if len(starts) == 1 else None)


@lru_cache(maxsize=256)
def _near(name: str, candidates: tuple[str, ...]) -> str | None:
    word, known = name.casefold(), _known(candidates)
    if word in known:
        return known[word].name
    likely = _likely(word, known)
    if not likely:
        return None
    from difflib import get_close_matches  # Most processes see no name that is nearly right.

    close = get_close_matches(word, likely, n=1, cutoff=_CUTOFF)
    return known[close[0]].name if close else None


class _Known(NamedTuple):
    """A candidate: as it is written, how many letters it has, and which."""

    name: str
    size: int
    letters: int


@lru_cache(maxsize=64)
def _known(candidates: tuple[str, ...]) -> dict[str, _Known]:
    """The candidates by their names in small letters."""
    found = {}
    for name in candidates:
        folded = name.casefold()
        found[folded] = _Known(name, len(folded), _letters(folded))
    return found


def _letters(word: str) -> int:
    """A bit for each letter that is in a word; some that are rarely together share one."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) & 63)
    return bits


def _likely(word: str, candidates: Mapping[str, _Known]) -> list[str]:
    """Those of ``candidates`` that difflib may find like ``word``; few others.

    difflib takes a millisecond for a pair with the same letters in another order. The blocks that
    it matches are a common subsequence, so they are no longer than the longest, which is found in
    a step for each letter: see Hyyrö, Bit-parallel LCS-length computation revisited (2004). Letters
    that only one of the two has are not in it, and that is known at once.
    """
    places: dict[str, int] = {}
    for index, letter in enumerate(word):
        places[letter] = places.get(letter, 0) | 1 << index
    size, own = len(word), _letters(word)
    every = (1 << size) - 1
    found = []
    for candidate, (_, length, letters) in candidates.items():
        needed = _CUTOFF * (size + length) / 2
        if length < needed or size < needed:
            continue
        if length - (letters & ~own).bit_count() < needed:
            continue
        row = every
        for letter in candidate:
            matched = row & places.get(letter, 0)
            row = (row + matched) | (row - matched)
        if size - (row & every).bit_count() >= needed:
            found.append(candidate)
    return found
