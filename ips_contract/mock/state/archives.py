"""What export jobs have exported, until it is downloaded: handles and names, no files."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

MOST_HANDLES = 200_000  # Of all archives that can be downloaded.


class Exported(NamedTuple):
    """An asset of an archive: its handle as the job gave it, and a name for its file."""

    handle: str
    file_name: str


class Archive(NamedTuple):
    """What can be downloaded: the assets, and when the job ended."""

    assets: Sequence[Exported]
    made: datetime


class Archives:
    """The archives of export jobs, by their tokens: the newest."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forgets them."""
        self._archives: OrderedDict[str, Archive] = OrderedDict()
        self._handles = 0

    def add(self, token: str, archive: Archive) -> None:
        """Keeps an archive; the oldest go if there are too many."""
        self._archives[token] = archive
        self._handles += len(archive.assets)
        while self._handles > MOST_HANDLES:
            _, oldest = self._archives.popitem(last=False)
            self._handles -= len(oldest.assets)

    def find(self, token: str) -> Archive | None:
        """The archive with a token; None if there is none."""
        return self._archives.get(token)
