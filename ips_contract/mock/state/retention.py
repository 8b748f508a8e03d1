"""How many jobs are remembered, so that memory stays flat."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ips_contract.mock.state.lifecycle import Job

MOST_JOBS = 20_000  # Jobs that are remembered, immediate and scheduled ones each.
# Of their documents: of immediate jobs, of scheduled ones, and of such as are not made yet, each.
MOST_BYTES = 32 * 1024 * 1024
# Of their names, descriptions and schedules, which stay when a document goes: characters.
MOST_TEXT = 32 * 1024 * 1024


class Retained:
    """Jobs in the order of their submission, bounded in number, texts and documents."""

    def __init__(self, most: int) -> None:
        self.jobs: deque[Job] = deque()
        self._most = most
        self._documented: deque[Job] = deque()  # Those whose document is still there.
        self._bytes = 0
        self._text = 0

    def add(self, job: Job) -> list[Job]:
        """Keeps ``job``; the oldest go if it is too much, and are returned."""
        self.jobs.append(job)
        self._documented.append(job)
        self._bytes += len(job.source)
        self._text += _text_of(job)
        gone: list[Job] = []
        while len(self.jobs) > self._most or (self._text > MOST_TEXT and len(self.jobs) > 1):
            oldest = self.jobs.popleft()
            self._text -= _text_of(oldest)
            if self._documented[0] is oldest:
                self._drop_document()
            gone.append(oldest)
        while self._bytes > MOST_BYTES and len(self._documented) > 1:
            self._drop_document()
        return gone

    def drop_documents(self) -> None:
        """Forgets the documents of all jobs."""
        while self._documented:
            self._drop_document()

    def _drop_document(self) -> None:
        job = self._documented.popleft()
        self._bytes -= len(job.source)
        job.source = b""


def _text_of(job: Job) -> int:
    return len(job.name) + len(job.description or "") + len(job.schedule or "")
