"""When schedules fire: next, and lately, without a walk through all times between."""

from __future__ import annotations

from datetime import UTC, timedelta
from functools import lru_cache
from heapq import heapify, heappop, heapreplace
from typing import TYPE_CHECKING

from ips_contract.contract import cron

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, tzinfo

    from ips_contract.mock.state.lifecycle import Job

_SECOND = timedelta(seconds=1)


def read_schedule(schedule: str) -> cron.Cron | None:
    """A schedule; None if it is of the custom format that is not public: it never fires."""
    return _read(schedule) if len(schedule) <= cron.MAX_LENGTH else None


@lru_cache(maxsize=1024)  # Many jobs have the same few schedules.
def _read(schedule: str) -> cron.Cron | None:
    try:
        return cron.parse(schedule)
    except (cron.ShapeError, cron.RangeError):
        return None


def next_fire(schedule: cron.Cron, after: datetime, zone: tzinfo) -> datetime | None:
    """When ``schedule`` fires first after that moment, by the clock of ``zone``; in UTC."""
    fire = schedule.next_after(after.astimezone(zone))
    return fire.astimezone(UTC) if fire is not None else None


def newest_fires(
    jobs: Iterable[Job], until: datetime, zone: tzinfo, each: int, together: int
) -> list[tuple[datetime, Job]]:
    """The newest times to fire of ``jobs``, from ``Job.next_fire`` to ``until``; newest first.

    How far apart these two are, and how often a job fires between them, makes no difference.

    Args:
        jobs: those whose schedules count.
        until: the last moment that counts.
        zone: the server's local time.
        each: the most of one job.
        together: the most of all of them.
    """
    # Of each job the newest that was not taken yet: seconds before the epoch, so that the newest
    # of all comes first; then the last that was submitted.
    heap = [
        (-last.timestamp(), -job.number, last, job)
        for job in jobs
        if (last := _last_fire(job, until, zone)) is not None
    ]
    heapify(heap)
    found: list[tuple[datetime, Job]] = []
    taken: dict[int, int] = {}
    while heap and len(found) < together:
        _, number, at, job = heap[0]
        found.append((at, job))
        taken[number] = taken.get(number, 0) + 1
        before = _last_fire(job, at - _SECOND, zone) if taken[number] < each else None
        if before is not None:
            heapreplace(heap, (-before.timestamp(), number, before, job))
        else:
            heappop(heap)
    return found


def _last_fire(job: Job, until: datetime, zone: tzinfo) -> datetime | None:
    """The last time of ``job`` that is not after ``until``, and not before its next one."""
    if job.cron is None or job.next_fire is None or until < job.next_fire:
        return None
    fire = job.cron.last_until(until.astimezone(zone))
    return fire.astimezone(UTC) if fire is not None else None
