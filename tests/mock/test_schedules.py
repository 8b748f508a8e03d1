"""Schedules are computed when somebody asks, in work and memory that time does not add to."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from ips_contract.contract import cron
from ips_contract.mock.service import Service
from ips_contract.mock.state import retention, schedules
from ips_contract.mock.state.jobs import MOST_FIRES, Jobs
from ips_contract.mock.state.lifecycle import AT_ONCE, MANUAL, Job, Plan
from ips_contract.mock.state.schedules import newest_fires, next_fire, read_schedule
from ips_contract.mock.state.submissions import Submission
from tests.calls import OLD, PUBLISH, envelope, message, post
from tests.growth import calls

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

START = datetime(2014, 4, 3, 9, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


class World:
    """Jobs with a time that stands still."""

    def __init__(self, plan: Plan = MANUAL, most: int = 20_000) -> None:
        self.now = START
        self.jobs = Jobs(lambda: self.now, itertools.count(500), plan, most=most)

    def accept(
        self, name: str, schedule: str | None = None, exec_time: datetime | None = None
    ) -> None:
        submission = Submission("47", name, "imageServingPublishJob", OLD, "me")
        self.jobs.accept(self.now, submission, exec_time, schedule)

    def advance(self, **units: float) -> None:
        self.now += timedelta(**units)

    def all_runs(self) -> list[object]:
        jobs = self.jobs
        waiting = [(job.name, job.next_fire, job.paused) for job in jobs.scheduled()]
        runs = [
            (run.number, run.instance, run.started, run.plan, run.ended(self.now))
            for run in jobs._runs.values()
        ]
        return [waiting, runs, [run.number for run in jobs.active("47")]]


WORDS = (
    "A",
    "once",
    "often",
    "seldom",
    "wait",
    "minutes",
    "back",
    "plan",
    "plans",
    "pause",
    "resume",
)


@given(st.lists(st.sampled_from(WORDS), max_size=30))
@example(["often", "wait", "A", "back"])
def test_what_is_computed_late_is_what_would_have_been_computed_at_once(words: list[str]) -> None:
    late, eager = World(Plan(None, 60), most=100), World(Plan(None, 60), most=100)
    for word in words:
        for world in (late, eager):
            jobs = world.jobs
            if word == "wait":
                world.advance(seconds=25)
            elif word == "minutes":
                world.advance(minutes=10)  # No more is due than one read starts: MOST_FIRES.
            elif word == "back":
                world.advance(seconds=-40)
            elif word == "plan":
                jobs.set_plan("often", AT_ONCE)
            elif word == "plans":
                jobs.plan = Plan(None, 10)
            elif word in ("pause", "resume"):
                for job in jobs.scheduled():
                    if job.name == "often" and job.paused == (word == "resume"):
                        (jobs.pause if word == "pause" else jobs.resume)("47", "47|often|")
                        break
            else:
                schedule = {"often": "0/20 * * * * ?", "seldom": "0 0 12 * * ?"}.get(word)
                later = world.now + timedelta(seconds=30) if word == "once" else None
                world.accept(word, schedule, later)
                if world is eager:
                    jobs.fire(world.now)
    assert late.all_runs() == eager.all_runs()


TEXTS = ("0 0/7 * * * ?", "0/30 0 1-3 * * ?", "0 30 2 * * ?", "0 0 2 ? * SUN", "5 5 * * *")


@given(
    st.lists(st.sampled_from(TEXTS), max_size=5),
    st.datetimes(datetime(2024, 3, 30), datetime(2024, 4, 2)),  # noqa: DTZ001
    st.integers(0, 200_000),
    st.integers(1, 60),
    st.integers(1, 90),
)
def test_the_newest_times_are_those_of_a_walk(
    texts: list[str], start: datetime, seconds: int, each: int, together: int
) -> None:
    start = start.replace(tzinfo=UTC, microsecond=0)
    end = start + timedelta(seconds=seconds)
    jobs, walked = [], []
    for number, text in enumerate(texts):
        job = Job(number, "47", "A", "imageServingPublishJob", OLD, "me")
        job.cron = cron.parse(text)
        job.next_fire = next_fire(job.cron, start, BERLIN)
        jobs.append(job)
        times = []
        at = job.next_fire
        while at is not None and at <= end:
            times.append((at, number))
            at = next_fire(job.cron, at, BERLIN)
        walked += times[-each:]
    found = newest_fires(jobs, end, BERLIN, each, together)
    assert [(at, job.number) for at, job in found] == sorted(walked, reverse=True)[:together]


def test_the_newest_runs_are_those_that_are_started() -> None:
    world = World()
    world.accept("A", "0 0/5 * * * ?")
    world.advance(days=7)
    runs = world.jobs.active("47")
    assert len(runs) == MOST_FIRES
    assert runs[-1].started == world.now
    assert runs[0].started == world.now - timedelta(minutes=5) * (MOST_FIRES - 1)
    assert [run.number for run in runs] == list(range(500, 500 + MOST_FIRES))


def test_runs_of_schedules_are_bounded_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ips_contract.mock.state.jobs.MOST_RECURRING", 10)
    world = World()
    world.accept("plain")
    for name in "ABCD":
        world.accept(name, "0 * * * * ?")
    world.accept("once", exec_time=world.now + timedelta(seconds=30))
    for _ in range(2):
        world.advance(minutes=10)
        runs = [(run.job.name, run.started) for run in world.jobs.active("47")]
        # What is no instance of a schedule keeps its place.
        assert [name for name, _ in runs] == ["plain", "once", *"CDABCDABCD"]
        assert [at for _, at in runs[-4:]] == [world.now] * 4
        assert len(world.jobs._runs) == 12
    world.jobs.delete("47", "47|A|")
    assert len(world.jobs._recurring) == 8


def test_times_that_nobody_waits_for_are_forgotten() -> None:
    world = World(most=10)
    for number in range(500):
        world.accept(f"N{number}", "0 0 0 1 1 ? 2099")
        world.jobs.delete("47", f"47|N{number}|")
    assert len(world.jobs._due) <= 2 * 10
    for number in range(500):
        world.accept(f"M{number}", "0 0 0 1 1 ? 2099")
        world.jobs.scheduled()
    assert len(world.jobs._due) <= 2 * 10
    assert len(world.jobs.scheduled()) == 10


def test_schedules_are_read_once_and_long_ones_never() -> None:
    assert read_schedule("* * * * *") is read_schedule("* * * * *") is not None
    kept = schedules._read.cache_info().currsize
    for number in range(3):
        assert read_schedule(f"{number}, at every full moon" * 100) is None
    assert schedules._read.cache_info().currsize == kept


# Growth: work is counted, not timed.


def submission(world: World) -> Callable[[], object]:
    return lambda: world.accept("plain")


def test_a_submission_touches_no_schedule() -> None:
    counts = []
    for jobs, days in ((1, 0), (100, 7), (2000, 36_500)):
        world = World()
        for number in range(jobs):
            world.accept(f"N{number}", "0 0/5 * * * ?")
        world.jobs.scheduled()
        world.advance(days=days)
        world.accept("plain")
        counts.append(calls(submission(world)))
    assert len(set(counts)) == 1


def test_a_busy_port_does_not_fall_behind() -> None:
    world = World(most=500)
    for number in range(500):
        world.accept(f"N{number}", "* * * * * ?")
    counts = []
    for _ in range(1000):
        world.advance(seconds=10)
        counts.append(calls(submission(world)))
    # From the 501st on the oldest goes.
    assert len(set(counts[:500])) == 1
    assert len(set(counts[501:])) == 1
    assert not world.jobs._runs


def test_a_read_costs_the_same_after_years_as_after_days() -> None:
    def reading(jobs: int, days: int) -> int:
        world = World()
        for number in range(jobs):
            world.accept(f"N{number}", "0 0/5 * * * ?")
        world.jobs.scheduled()
        world.advance(days=days)
        return calls(world.jobs.scheduled)

    week, century = reading(5, 7), reading(5, 365 * 80)
    assert century < 1.1 * week
    assert week < 60 * 5 * MOST_FIRES  # So many for each run that is started.
    assert reading(80, 7) < 5 * week  # 80,000 times are due; 20,000 are looked for.


def test_tests_with_scheduled_jobs_stay_as_quick_as_the_first() -> None:
    service = Service()
    body = envelope(
        message(
            "submitJob",
            "<companyHandle>47</companyHandle><jobName>A</jobName>"
            f"<execSchedule>0 0/5 * * * ?</execSchedule>{PUBLISH}",
        )
    )

    def one() -> None:
        service.reset()
        post(service, body)
        service.clock.advance(days=1)

    for _ in range(3):
        one()
    first = calls(one)
    for _ in range(300):
        one()
    assert abs(calls(one) - first) < 0.02 * first


def test_texts_of_unmade_submissions_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each that is forgotten keeps its number, as when it was made."""
    monkeypatch.setattr(retention, "MOST_TEXT", 100)
    seen = []
    for reads in (True, False):
        world = World()
        for number in range(10):
            world.accept(str(number) * 40)
            if reads:
                world.jobs.fire(world.now)
        world.jobs.fire(world.now)
        seen.append([(run.number, run.job.name[0]) for run in world.jobs.active("47")])
    assert seen[0] == seen[1] == [(508, "8"), (509, "9")]
