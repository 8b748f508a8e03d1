"""How much one answer lists, so that any reader takes it and nobody waits long for it.

Only getJobLogs, with numRows, lets a client say how many jobs it wants, and no source has a bound
for who says nothing. So the bound is our own: the answer is read by our own validator as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from ips_contract.contract.writer import Written, escape, written
from ips_contract.xml.parser import DEFAULT_LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ips_contract.mock.operations.call import Call
    from ips_contract.mock.operations.job_details import Values

MOST_BYTES = DEFAULT_LIMIT - 4096  # Of the items of a list; the rest is for what is around them.
MOST_READ = 2 * DEFAULT_LIMIT  # Of documents that are read for one answer, in bytes.
BOUNDED = "bounded: "  # How the note of an answer begins that leaves something out.
_TAGS = len("<items></items>")

Entry = TypeVar("Entry")
Shown_contra = TypeVar("Shown_contra", contravariant=True)


class Show(Protocol[Shown_contra]):
    """What makes the fields of an item, or writes it."""

    def __call__(self, entry: Shown_contra, /, *, details: bool) -> Values | Written:
        """The fields that show ``entry``, with its details or without; or these, written."""


def fitting(
    call: Call,
    kind: str,
    entries: Sequence[Entry],
    show: Show[Entry],
    source: Callable[[Entry], bytes] | None = None,
    noun: str = "jobs",
    room: int = MOST_BYTES,
    reading: int = MOST_READ,
) -> list[tuple[Entry, Written]]:
    """The entries that one answer takes, from the first on, each with the item that shows it.

    An entry that does not fit with its details is shown without them; one that alone is more than
    an answer takes is passed over. What is left out is noted.

    Args:
        call: the request.
        kind: the type of the items, such as ``ActiveJob``.
        entries: what is to be listed, the most important first.
        show: makes the fields of an item.
        source: the document that the details of an entry are read from; None: there are none.
        noun: what the entries are, for the note.
        room: bytes that the items may take, where other lists of the answer take the rest.
        reading: bytes of documents that may be read.
    """
    found: list[tuple[Entry, Written]] = []
    bare = 0
    in_vain = MOST_READ  # Bytes of details that may be written and then do not fit.
    for entry in entries:
        to_read = len(source(entry)) if source is not None else 0
        reading -= to_read
        details = source is not None and in_vain >= 0 and (reading >= 0 or not to_read)
        shown = show(entry, details=details)
        # As ``_written`` and ``_size``, without a call for each of a thousand.
        item = shown if type(shown) is Written else _written(call, kind, shown)
        size = _TAGS + len(item) if item.isascii() else _size(item)
        if details and size > room:
            details = False
            in_vain -= size
            item = _written(call, kind, show(entry, details=details))
            size = _size(item)
        if size <= room:
            room -= size
            bare += not details
            found.append((entry, item))
            continue
        reading -= size
        if size <= MOST_BYTES or reading < 0:
            break
    bare = bare if source is not None else 0
    if bare or len(found) < len(entries):
        rest = f", {bare} of them without details" if bare else ""
        call.note(f"{BOUNDED}{len(found)} of {len(entries)} {noun} are listed{rest}")
    return found


def _written(call: Call, kind: str, item: Values | Written) -> Written:
    return item if isinstance(item, Written) else written(call.version, kind, item)


def fitted(call: Call, kind: str, entries: Sequence[Values], noun: str) -> list[Written]:
    """The items of a list that one answer takes, from the first on, each written.

    Args:
        call: the request.
        kind: the type of the items, such as ``Project``.
        entries: the fields of each.
        noun: what they are, for the note.
    """

    def show(entry: Values, /, *, details: bool) -> Values:  # noqa: ARG001 # It has none.
        return entry

    return [item for _, item in fitting(call, kind, entries, show, None, noun)]


def fitted_texts(call: Call, entries: Sequence[str], noun: str) -> list[str]:
    """The texts of a list that one answer takes, from the first on."""
    room = MOST_BYTES
    for index, entry in enumerate(entries):
        room -= _TAGS + len(escape(entry).encode())
        if room < 0:
            call.note(f"{BOUNDED}{index} of {len(entries)} {noun} are listed")
            return [*entries[:index]]
    return [*entries]


def size_of(items: Sequence[Written]) -> int:
    """How many bytes the items of a list take in an answer."""
    return sum(map(_size, items))


def _size(item: Written) -> int:
    return _TAGS + (len(item) if item.isascii() else len(item.encode()))
