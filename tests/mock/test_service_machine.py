"""The life of jobs, whatever is done to them in whatever order: a state machine of requests."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
)

from ips_contract import VERSIONS
from ips_contract.mock.clock import Clock
from ips_contract.mock.service import Service
from ips_contract.mock.state.lifecycle import AT_ONCE, MANUAL, Plan
from tests.calls import handle, listing, steer, submit, text
from tests.sweep import examples

if TYPE_CHECKING:
    from ips_contract.contract.versions import Version

START = datetime(2014, 4, 3, 9, 30, tzinfo=UTC)
COMPANIES = ("47", "48")
SCHEDULES = {
    "now": "",
    "past": "<execTime>2014-04-03T09:29:59Z</execTime>",
    "later": "<execTime>2014-04-03T03:00:00-08:00</execTime>",
    "hourly": "<execSchedule>0 0 * * * ?</execSchedule>",
    "daily": "<execSchedule>0 2 * * *</execSchedule>",
    "custom": "<execSchedule>every full moon</execSchedule>",
}
RECURRING = ("hourly", "daily", "custom")
Job = tuple[str, str, str]  # Company, name, kind of schedule.
_versions = st.sampled_from(VERSIONS)


class FrozenClock(Clock):
    """A clock that only the test moves."""

    def __init__(self) -> None:
        super().__init__()
        self.moment = START

    def now(self) -> datetime:
        return self.moment + self._offset


class LifeOfJobs(RuleBasedStateMachine):
    """Checks after each step: no job is lost or in two states, and handles are unique.

    That every answer is valid is checked by ``tests.calls.post``.
    """

    jobs = Bundle("jobs")

    @initialize(plan=st.sampled_from([Plan(), AT_ONCE, MANUAL, Plan(None, 30), Plan(3, None)]))
    def start(self, plan: Plan) -> None:
        self.service = Service(clock=FrozenClock(), plan=plan)
        self.numbers = itertools.count()
        self.alive: dict[Job, int] = {}  # Job → how many of its runs cannot be gone.
        self.deleted: set[Job] = set()

    @rule(
        target=jobs,
        company=st.sampled_from(COMPANIES),
        kind=st.sampled_from(sorted(SCHEDULES)),
        version=_versions,
    )
    def submit(self, company: str, kind: str, version: Version) -> object:
        name = f"Job {next(self.numbers)}"
        response = submit(self.service, name, SCHEDULES[kind], version=version, number=company)
        assert response.status == 200
        assert f">{handle(version, name, company)}<" in response.body.decode()
        job = (company, name, kind)
        self.alive[job] = 0
        return multiple(job)

    @rule(
        job=jobs,
        operation=st.sampled_from(["pauseJob", "resumeJob", "stopJob", "executeJob"]),
        version=_versions,
    )
    def steer(self, job: Job, operation: str, version: Version) -> None:
        company, name, _ = job
        before = self.counts(job)
        response = steer(self.service, operation, handle(version, name, company), version, company)
        after = self.counts(job)
        if response.status != 200:
            assert after == before
        elif operation == "executeJob":
            assert sum(after[1:]) == sum(before[1:]) + 1
            assert after[0] == (job[2] in RECURRING)
        elif operation == "stopJob":
            assert after == (before[0], 0, before[1] + before[2])
        elif operation == "pauseJob":
            assert after == before

    @rule(job=jobs, version=_versions)
    def delete(self, job: Job, version: Version) -> None:
        company, name, _ = job
        before = self.counts(job)
        response = steer(
            self.service, "deleteJob", handle(version, name, company), version, company
        )
        assert (response.status == 200) is (before[0] + before[1] > 0)
        assert self.counts(job) == (0, 0, before[2])
        if response.status == 200:
            self.deleted.add(job)

    @rule(minutes=st.sampled_from([0.1, 1, 40, 200, 1500]))
    def advance(self, minutes: float) -> None:
        self.service.clock.advance(minutes=minutes)

    @rule(
        company=st.sampled_from(COMPANIES),
        operation=st.sampled_from(
            ["getActiveJobs", "getScheduledJobs", "getJobLogs", "getJobLogDetails"]
        ),
        version=_versions,
    )
    def read(self, company: str, operation: str, version: Version) -> None:
        others = {job: self.counts(job) for job in self.alive if job[0] != company}
        items = listing(self.service, operation, version=version, number=company)
        handles = [text(item, "jobHandle") for item in items]
        assert len(handles) == len(set(handles))
        state = ("getScheduledJobs", "getActiveJobs", "getJobLogs").index(
            operation.replace("Details", "s")
        )
        if operation != "getActiveJobs":  # Its poll ended some of what it lists.
            expected = sum(self.counts(job)[state] for job in self.alive if job[0] == company)
            assert len(items) == expected or operation == "getJobLogs"
        assert others == {job: self.counts(job) for job in others}

    def counts(self, job: Job) -> tuple[int, int, int]:
        """How often ``job`` is scheduled, active and logged."""
        company, name, _ = job
        jobs = self.service.jobs
        return (
            sum(found.name == name for found in jobs.scheduled(company)),
            sum(run.job.name == name for run in jobs.active(company)),
            sum(run.job.name == name for run, _ in jobs.logged(company)),
        )

    @invariant()
    def no_job_is_lost_or_twice(self) -> None:
        for job in getattr(self, "alive", {}):
            scheduled, active, logged = self.counts(job)
            if job in self.deleted:
                assert scheduled == 0
            elif job[2] in RECURRING:
                assert scheduled == 1
            else:
                assert scheduled + active + logged == 1
            assert active + logged >= self.alive[job]
            if active == 0:
                self.alive[job] = logged  # A log is not taken back.

    @invariant()
    def handles_are_unique(self) -> None:
        if not hasattr(self, "service"):
            return
        jobs = self.service.jobs
        runs = [
            run
            for company in COMPANIES
            for run in (*jobs.active(company), *(run for run, _ in jobs.logged(company)))
        ]
        for dated in (False, True):
            assert len({run.handle(dated=dated) for run in runs}) == len(runs)


LifeOfJobs.TestCase.settings = settings(
    max_examples=examples(30, 300),
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestLifeOfJobs = pytest.mark.no_cover(LifeOfJobs.TestCase)
