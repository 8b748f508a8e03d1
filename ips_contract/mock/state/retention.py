"""How many jobs are remembered, so that memory stays flat."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ips_contract.mock.state.lifecycle import Job

MOST_JOBS = 20_000  # Jobs that are remembered, immediate and scheduled ones each.
# Of their documents: of immediate jobs, of scheduled ones, and of such as are not made yet, each.
MOST_BYTES = 32 * 1024 * 1024


class Retained:
    """Jobs in the order of their submission, bounded in number and in bytes of their documents."""

    def __init__(self, most: int) -> None:
        self.jobs: deque[Job] = deque()
        self._most = most
        self._documented: deque[Job] = deque()  # Those whose document is still there.
        self._bytes = 0

    def add(self, job: Job) -> Job | None:
        """Keeps ``job``; the oldest goes if there are too many, and is returned."""
        self.jobs.append(job)
        self._documented.append(job)
        self._bytes += len(job.source)
        oldest = self.jobs.popleft() if len(self.jobs) > self._most else None
        if oldest is not None and self._documented[0] is oldest:
            self._drop_document()
        while self._bytes > MOST_BYTES and len(self._documented) > 1:
            self._drop_document()
        return oldest

    def _drop_document(self) -> None:
        job = self._documented.popleft()
        self._bytes -= len(job.source)
        job.source = b""
