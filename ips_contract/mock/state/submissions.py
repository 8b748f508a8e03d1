"""Submissions of which no job was made yet: most are never asked for."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from ips_contract.mock.state import retention

if TYPE_CHECKING:
    from datetime import datetime

    from ips_contract.contract.versions import Version
    from ips_contract.mock.state.lifecycle import Plan


class Submission(NamedTuple):
    """What makes a job, each value as ``Jobs.submit`` takes it.

    ``files`` is that of ``Job``, from whoever has the document in hand.
    """

    company: str
    name: str
    kind: str
    version: Version
    user: str
    source: bytes = b""
    locale: str = ""
    description: str | None = None
    files: int = -1


class Accepted(NamedTuple):
    """A submission, and what was so when it came.

    Attributes:
        order: how many were accepted before it.
        at: when it came.
        plan: when its run ends, if it runs at once.
        submission: what makes the job.
        exec_time: when to run once; a time that is past means at once.
        schedule: when to run again and again.
    """

    order: int
    at: datetime
    plan: Plan
    submission: Submission
    exec_time: datetime | None
    schedule: str | None

    @property
    def waits(self) -> bool:
        """Whether the job does not run at once."""
        later = self.exec_time is not None and self.exec_time > self.at
        return later or self.schedule is not None


class Unmade:
    """Accepted submissions in their order, bounded as the jobs are that come of them."""

    def __init__(self, most: int) -> None:
        self.entries: deque[Accepted] = deque()
        self.bytes = 0  # Of the documents that are still there.
        self._most = most
        self._text = 0
        self.stripped = 0  # The first so many have lost their document.

    def add(self, entry: Accepted) -> int:
        """Keeps ``entry``; how many of the oldest are gone for it."""
        self.entries.append(entry)
        self.bytes += len(entry.submission.source)
        self._text += _text_of(entry)
        while self.bytes > retention.MOST_BYTES and self.stripped < len(self.entries) - 1:
            self._strip()
        gone = 0
        while len(self.entries) > self._most or (
            self._text > retention.MOST_TEXT and len(self.entries) > 1
        ):
            oldest = self.entries.popleft()
            gone += 1
            self._text -= _text_of(oldest)
            if self.stripped:
                self.stripped -= 1
            else:
                self.bytes -= len(oldest.submission.source)
        return gone

    def _strip(self) -> None:
        entry = self.entries[self.stripped]
        self.bytes -= len(entry.submission.source)
        bare = entry.submission._replace(source=b"")
        self.entries[self.stripped] = entry._replace(submission=bare)
        self.stripped += 1

    def take(self) -> deque[Accepted]:
        """All of them; none stays."""
        taken, self.entries = self.entries, deque()
        self.bytes = self.stripped = self._text = 0
        return taken


def _text_of(entry: Accepted) -> int:
    submission = entry.submission
    return len(submission.name) + len(submission.description or "") + len(entry.schedule or "")
