"""A job and its runs: what happened to them, from which their states are computed."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ips_contract.contract.handles import write_job_handle
from ips_contract.mock.arguments import check_kind
from ips_contract.mock.state.job_keys import instance_name, key_of, token

if TYPE_CHECKING:
    from datetime import datetime

    from ips_contract.contract.cron import Cron
    from ips_contract.contract.versions import Version
    from ips_contract.mock.state.effect import Effect
    from ips_contract.mock.state.uploaded_file import UploadedFile


_NO_TIME = timedelta()


class Plan(NamedTuple):
    """When a run ends by itself: after so many polls or seconds, whichever comes first.

    A poll is a getActiveJobs or getJobLogs that lists the run, or would if it had ended. None:
    that never ends it. 0 polls: it ends at once.
    """

    polls: int | None = 2
    seconds: float | None = 60.0


DEFAULT_PLAN = Plan()
_span = lru_cache(maxsize=64)(lambda seconds: timedelta(seconds=seconds))  # Each run is asked.
MOST_POLLS = 1_000  # Polls that a plan may wait for: no more are counted of a run.
_MOST_SECONDS = 1e9  # Some thirty years.


def check_plan(plan: Plan) -> None:
    """Does nothing if runs can end by ``plan``.

    Raises:
        TypeError: it is no Plan, or has what is no number.
        ValueError: a number is negative, or it waits for more than is counted.
    """
    check_kind("plan", plan, Plan, "a Plan, such as Plan(polls=3, seconds=None)")
    for name, value, kinds, most in (
        ("polls", plan.polls, int, MOST_POLLS),
        ("seconds", plan.seconds, (int, float), _MOST_SECONDS),
    ):
        if value is not None:
            check_kind(name, value, kinds, "a number, or None")
            if not 0 <= value <= most:
                raise ValueError(f"{name} is {value}; give 0 to {most:g}, or None")


AT_ONCE = Plan(polls=0, seconds=None)
MANUAL = Plan(polls=None, seconds=None)


class Job:
    """A job as submitted. ``source`` is the document it came in, of which its element is shown."""

    __slots__ = (
        *("cron", "deleted", "description", "exec_time", "files", "fires", "key", "kind", "locale"),
        *("missed", "name", "next_fire", "number", "paused", "company", "runs", "schedule"),
        *("source", "sub_type", "token", "uploads", "user", "version"),
    )

    def __init__(
        self, number: int, company: str, name: str, kind: str, version: Version, user: str
    ) -> None:
        self.number = number
        self.company = company
        self.name = name
        self.token = token(name)
        self.key = key_of(company, self.token, "")
        self.kind = kind
        self.version = version
        self.user = user
        self.locale = ""
        self.description: str | None = None
        self.source = b""
        self.exec_time: datetime | None = None
        self.schedule: str | None = None
        self.cron: Cron | None = None
        self.next_fire: datetime | None = None
        self.fires = False  # Whether it waits for a time, or for executeJob.
        self.paused = False
        self.missed = False  # A time to fire came while it was paused.
        self.deleted = False
        self.files = -1  # How many it is about, once that is known.
        self.sub_type: str | None = None  # Once that was asked for.
        self.runs: list[Run] = []
        self.uploads: list[UploadedFile] = []  # What was posted to it; see ``UploadedFiles``.

    def handle(self, *, dated: bool) -> str:
        """The handle of the submitted job."""
        return write_job_handle(self.company, self.name, dated=dated)


class Run:
    """An instance of a job: active, then logged.

    ``closes`` is for one that takes files: until when. Its plan counts from then on. None: it takes
    none.
    """

    __slots__ = (
        *("closes", "effect", "ending", "job", "number", "paused_at", "paused_for", "plan"),
        *("polled", "stamp", "started", "stopped"),
    )

    def __init__(self, job: Job, number: int, stamp: int, started: datetime, plan: Plan) -> None:
        self.job = job
        self.number = number
        self.stamp = stamp  # See ``stamp_of``; no other run of this name has it.
        self.started = started
        self.plan = plan
        self.polled: tuple[datetime, ...] = ()
        self.stopped: datetime | None = None
        self.ending = ""  # "stopped" by a client, or "finished" by the test.
        self.paused_at: datetime | None = None
        self.paused_for = _NO_TIME
        self.closes: datetime | None = None
        self.effect: Effect | None = None  # Once it has ended and somebody looked.

    def is_open(self, now: datetime) -> bool:
        """Whether it takes files at ``now``, if nobody has stopped it."""
        return self.closes is not None and now < self.closes

    @property
    def instance(self) -> str:
        """The name of the job with the time of the run, in the server's time zone.

        That of an upload has no time (D).
        """
        if self.closes is not None:
            return self.job.token
        return instance_name(self.job.token, self.stamp)

    def handle(self, *, dated: bool) -> str:
        """The handle of this instance."""
        number = str(self.number)
        return write_job_handle(self.job.company, "", self.instance, number, dated=dated)

    def ended(self, now: datetime) -> datetime | None:
        """When it ended, None if it is active at ``now``."""
        if self.stopped is not None:
            return self.stopped
        begin = self.closes
        if begin is None:
            begin = self.started
        elif now < begin:
            return None
        (polls, seconds), ends = self.plan, None
        if polls is not None and len(self.polled) >= polls:
            ends = self.polled[polls - 1] if polls else begin
        if seconds is not None and self.paused_at is None:
            due = begin + _span(seconds)
            if self.paused_for:
                due += self.paused_for
            if due <= now and (ends is None or due < ends):
                ends = due
        return ends

    def progress(self, now: datetime) -> int:
        """How far it is, in percent, from 0 to 99."""
        if self.is_open(now):
            return 0
        polls, seconds = self.plan
        begin = self.started if self.closes is None else self.closes
        by_polls = 100 * (len(self.polled) + 1) // (polls + 1) if polls is not None else 0
        by_time = 0.0
        if seconds:
            at = self.paused_at or now
            by_time = 100 * ((at - begin - self.paused_for).total_seconds() / seconds)
        return max(0, min(99, max(by_polls, int(by_time))))
