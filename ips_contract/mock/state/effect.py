"""What became of a run when it ended: its files, each with its result."""

from __future__ import annotations

from collections import Counter, deque
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

# Jobs whose end changes something.
EFFECTIVE = frozenset(
    {
        "uploadUrlsJob",
        "uploadDirectoryJob",
        "uploadPostJob",
        "exportJob",
        "imageServingPublishJob",
        "imageRenderingPublishJob",
        "videoPublishJob",
        "serverDirectoryPublishJob",
    }
)
DONE, UPDATED, WARNED, FAILED, DUPLICATE = "done", "updated", "warned", "failed", "duplicate"
MOST_FILES = 10_000  # Of one run that its log shows.
MOST_LOGGED = 400_000  # Of all runs: the newest.


class FileResult(NamedTuple):
    """A file of a run.

    Attributes:
        name: the file's.
        result: DONE, UPDATED, WARNED, FAILED or DUPLICATE.
        note: why it failed, where that is known.
        asset: the number of its asset; None if it has none.
    """

    name: str
    result: str
    note: str = ""
    asset: int | None = None


class Group(NamedTuple):
    """Files that follow one another with one result: the first one's index, and how many."""

    result: str
    note: str
    first: int
    size: int


class Effect:
    """What became of a run.

    Attributes:
        outcome: how it ended: one of ``OUTCOMES`` in ``state.jobs``, or ``stopped``.
        files: those that its log shows.
        groups: the same by their results.
        counts: result → files, of all.
        token: names the archive that it made; ``""`` for none.
    """

    __slots__ = ("counts", "files", "groups", "outcome", "token")

    def __init__(self, outcome: str, files: Sequence[FileResult] = (), token: str = "") -> None:
        self.outcome = outcome
        self.files = files[:MOST_FILES]
        self.counts = Counter(file.result for file in files)
        self.token = token
        self.groups: list[Group] = []
        at = 0
        for (result, note), alike in groupby(self.files, lambda file: (file.result, file.note)):
            size = sum(1 for _ in alike)
            self.groups.append(Group(result, note, at, size))
            at += size

    def __len__(self) -> int:
        """How many files the run had."""
        return self.counts.total()

    def with_token(self, token: str) -> Effect:
        """The same with another archive; both share what they have of their files."""
        twin = Effect(self.outcome)
        twin.files, twin.counts, twin.groups = self.files, self.counts, self.groups
        twin.token = token
        return twin

    def forget(self) -> None:
        """Drops the files that the log shows; how many there were stays known."""
        self.files, self.groups = (), []


class Logged:
    """The effects whose files logs show, bounded in the files of all."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forgets them."""
        self._effects: deque[Effect] = deque()
        self._files = 0

    def add(self, effect: Effect) -> None:
        """Keeps the files of ``effect``; those of the oldest go if there are too many."""
        self._effects.append(effect)
        self._files += len(effect.files)
        while self._files > MOST_LOGGED:
            oldest = self._effects.popleft()
            self._files -= len(oldest.files)
            oldest.forget()
