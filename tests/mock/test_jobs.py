"""The life of jobs, computed from what happened."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ips_contract.mock.fault import Fault
from ips_contract.mock.state.job_keys import handle_key
from ips_contract.mock.state.jobs import MOST_FIRES, Jobs
from ips_contract.mock.state.lifecycle import AT_ONCE, MANUAL, Job, Plan, Run
from ips_contract.mock.state.submissions import Submission
from tests.calls import NEW, OLD

START = datetime(2014, 4, 3, 9, 30, tzinfo=UTC)
KIND = "imageServingPublishJob"


class World:
    """Jobs with a time that stands still."""

    def __init__(self, plan: Plan = MANUAL, most: int = 100, zone: str = "UTC") -> None:
        self.now = START
        self.jobs = Jobs(lambda: self.now, itertools.count(500), plan, ZoneInfo(zone), most)

    def submit(
        self,
        name: str = "A",
        company: str = "47",
        schedule: str | None = None,
        exec_time: datetime | None = None,
    ) -> Job:
        return self.jobs.submit(
            company, name, KIND, OLD, "me", schedule=schedule, exec_time=exec_time
        )

    def advance(self, **units: float) -> None:
        self.now += timedelta(**units)

    def states(self, company: str = "47") -> tuple[int, int, int]:
        jobs = self.jobs
        return (
            len(jobs.scheduled(company)),
            len(jobs.active(company)),
            len(jobs.logged(company)),
        )

    def run(self) -> Run:
        (run,) = self.jobs.active("47")
        return run


def refused(call: object, *arguments: str) -> str:
    assert callable(call)
    with pytest.raises(Fault) as caught:
        call(*arguments)
    assert caught.value.code == 30001
    return caught.value.reason


def test_handles() -> None:
    world = World()
    job = world.submit("My Test Job")
    run = world.run()
    assert job.handle(dated=False) == "47|My Test Job|"
    assert job.handle(dated=True) == "j|47|My Test Job||"
    assert run.handle(dated=False) == "47||My Test Job_2014-04-03-09:30:00.000"
    assert run.handle(dated=True) == "j|47||My Test Job_2014-04-03-09:30:00.000|500"
    for text in (
        run.handle(dated=False),
        run.handle(dated=True),
        " 47||My Test Job_2014-04-03-09:30:00.000 ",
    ):
        assert world.jobs.find("47", text) == ([], [run])
    for dated in (False, True):
        assert world.jobs.find("47", job.handle(dated=dated)) == ([job], [run])
    assert handle_key("j|47|a||") == "47|a|"


def test_a_company_is_a_number_or_a_handle() -> None:
    world = World()
    world.submit("A")
    world.submit("B", schedule="0 0 2 * * ?")
    for company in ("47", 47, "c|47"):
        assert [run.job.name for run in world.jobs.active(company)] == ["A"]
        assert [job.name for job in world.jobs.scheduled(company)] == ["B"]
    assert not world.jobs.active(48)
    assert not world.jobs.scheduled(48)
    world.jobs.finish("A")
    for company in ("47", 47, "c|47"):
        assert [run.job.name for run, _ in world.jobs.logged(company)] == ["A"]


def test_names_with_bars_and_blanks_are_found() -> None:
    world = World()
    job = world.submit(" a|b  c ")
    assert job.handle(dated=True) == "j|47| a|b  c ||"
    assert world.jobs.find("47", job.handle(dated=True))[0] == [job]
    assert world.jobs.find("47", "47|a|b c|")[0] == [job]
    run = world.run()
    assert world.jobs.find("47", run.handle(dated=False)) == ([], [run])


def test_instances_of_one_name_at_one_moment_have_their_own_names() -> None:
    world = World()
    for _ in range(3):
        world.submit()
    names = [run.instance for run in world.jobs.active("47")]
    assert names == [f"A_2014-04-03-09:30:00.00{n}" for n in range(3)]
    jobs, runs = world.jobs.find("47", "47|A|")
    assert (len(jobs), len(runs)) == (3, 3)


def test_instance_names_are_in_the_servers_time() -> None:
    world = World(zone="America/Los_Angeles")
    world.submit()
    assert world.run().instance == "A_2014-04-03-02:30:00.000"


def test_a_job_ends_after_two_polls() -> None:
    world = World(Plan())
    world.submit()
    for _ in range(2):
        assert world.states() == (0, 1, 0)
        world.advance(seconds=1)
        world.jobs.poll(world.jobs.active("47"))
    assert world.states() == (0, 0, 1)
    ((run, ended),) = world.jobs.logged("47")
    assert ended == START + timedelta(seconds=2)
    assert run.started == START


def test_or_after_a_minute() -> None:
    world = World(Plan())
    world.submit()
    world.advance(seconds=59.999)
    assert world.states() == (0, 1, 0)
    world.advance(seconds=0.001)
    assert world.states() == (0, 0, 1)
    world.advance(hours=1)
    assert world.jobs.logged("47")[0][1] == START + timedelta(seconds=60)


@pytest.mark.parametrize(
    ("plan", "polls", "seconds", "ended"),
    [
        (AT_ONCE, 0, 0, True),
        (MANUAL, 50, 10**6, False),
        (Plan(None, 30), 50, 29, False),
        (Plan(None, 30), 0, 30, True),
        (Plan(5, None), 4, 10**6, False),
        (Plan(5, None), 5, 0, True),
        (Plan(None, 0), 0, 0, True),
    ],
)
def test_other_plans(plan: Plan, polls: int, seconds: int, ended: bool) -> None:
    world = World(plan)
    world.submit()
    for _ in range(polls):
        world.jobs.poll(world.jobs.active("47"))
    world.advance(seconds=seconds)
    assert world.states() == ((0, 0, 1) if ended else (0, 1, 0))


def test_plans_by_name_hold_for_runs_that_start_later() -> None:
    world = World()
    world.submit()
    world.jobs.set_plan("A", AT_ONCE)
    world.submit()
    world.submit("B")
    assert world.states() == (0, 2, 1)
    with pytest.raises(ValueError, match="polls is -1"):
        world.jobs.set_plan("A", Plan(-1))


def test_progress_rises() -> None:
    world = World(Plan())
    world.submit()
    run = world.run()
    seen = [run.progress(world.now)]
    world.jobs.poll([run])
    seen.append(run.progress(world.now))
    world.advance(seconds=55)
    seen.append(run.progress(world.now))
    assert seen == [33, 66, 91]
    world.advance(days=-1)
    assert run.progress(world.now) == 66


def test_a_run_of_the_future_is_active() -> None:
    world = World(Plan())
    world.submit()
    world.advance(days=-1)
    assert world.states() == (0, 1, 0)


def test_finishing_by_hand() -> None:
    world = World()
    world.submit()
    world.submit(company="48")
    world.jobs.finish(" A ")
    assert world.states() == world.states("48") == (0, 0, 1)
    with pytest.raises(ValueError, match="no run of 'A' is active; 2 of it ended"):
        world.jobs.finish("A")


def test_a_time_that_is_past_means_at_once() -> None:
    world = World()
    world.submit(exec_time=START)
    assert world.states() == (0, 1, 0)
    assert world.run().started == START


def test_an_exec_time_runs_once() -> None:
    world = World()
    world.submit(exec_time=START + timedelta(hours=1))
    assert world.states() == (1, 0, 0)
    world.advance(hours=2)
    assert world.states() == (0, 1, 0)
    assert world.run().started == START + timedelta(hours=1)
    world.jobs.stop("47", "47|A|")
    world.advance(days=99)
    assert world.states() == (0, 0, 1)


def test_a_schedule_runs_again_and_again() -> None:
    world = World(Plan(None, 60))
    job = world.submit(schedule="0 0 10 * * ?")
    assert job.next_fire == START.replace(hour=10, minute=0)
    world.advance(days=3)
    assert world.states() == (1, 0, 3)
    assert [run.started.day for run, _ in world.jobs.logged("47")] == [3, 4, 5]
    assert job.next_fire == datetime(2014, 4, 6, 10, tzinfo=UTC)


def test_schedules_are_in_the_servers_time() -> None:
    world = World(zone="America/Los_Angeles")
    assert world.submit(schedule="0 10 * * *").next_fire == datetime(2014, 4, 3, 17, tzinfo=UTC)


def test_runs_that_are_due_start_in_the_order_of_their_times() -> None:
    world = World()
    world.submit("B", schedule="0 0/20 * * * ?")
    world.submit("A", schedule="0 0/30 * * * ?")
    world.advance(hours=1)
    runs = world.jobs.active("47")
    assert [(run.job.name, run.started.strftime("%H:%M")) for run in runs] == [
        ("B", "09:40"),
        ("B", "10:00"),
        ("A", "10:00"),
        ("B", "10:20"),
        ("A", "10:30"),
    ]
    assert [run.number for run in runs] == list(range(500, 505))


def test_one_read_starts_so_many_runs_and_no_more() -> None:
    world = World(most=10**6)
    job = world.submit(schedule="* * * * * ?")
    world.advance(days=1)
    assert world.states() == (1, MOST_FIRES, 0)
    assert job.next_fire == world.now + timedelta(seconds=1)
    world.advance(seconds=2)
    assert world.states() == (1, MOST_FIRES + 2, 0)


def test_runs_of_one_job_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ips_contract.mock.state.jobs.MOST_RUNS", 5)
    world = World(AT_ONCE)
    world.submit(schedule="0 * * * * ?")
    world.advance(minutes=20)
    assert world.states() == (1, 0, 5)


@pytest.mark.parametrize("schedule", ["every night", "0 0 0 1 1 ? 2001", "99 * * * *"])
def test_schedules_that_never_fire_stay(schedule: str) -> None:
    world = World()
    job = world.submit(schedule=schedule)
    world.advance(days=9999)
    assert world.states() == (1, 0, 0)
    assert job.next_fire is None
    world.jobs.execute("47", "47|A|")
    assert world.states() == (1, 1, 0)


def test_pausing_a_schedule() -> None:
    world = World(AT_ONCE)
    job = world.submit(schedule="0 0 10 * * ?")
    world.jobs.pause("47", "47|A|")
    world.advance(days=3)
    assert world.states() == (1, 0, 0)
    assert job.next_fire == datetime(2014, 4, 6, 10, tzinfo=UTC)
    world.jobs.resume("47", "47|A|")
    assert world.states() == (1, 0, 1)
    assert world.jobs.logged("47")[0][0].started == world.now
    world.advance(days=1)
    assert world.states() == (1, 0, 2)


def test_pausing_an_exec_time() -> None:
    world = World()
    world.submit(exec_time=START + timedelta(hours=1))
    world.jobs.pause("47", "47|A|")
    world.jobs.resume("47", "47|A|")
    assert world.states() == (1, 0, 0)
    world.jobs.pause("47", "47|A|")
    world.advance(hours=2)
    assert world.states() == (1, 0, 0)
    world.jobs.resume("47", "47|A|")
    assert world.states() == (0, 1, 0)


def test_pausing_a_run() -> None:
    world = World(Plan(2, 60))
    world.submit()
    world.advance(seconds=30)
    world.jobs.pause("47", "47|A|")
    world.jobs.pause("47", "47|A|")
    world.advance(hours=1)
    world.jobs.poll(world.jobs.active("47"))
    world.jobs.poll(world.jobs.active("47"))
    assert world.states() == (0, 1, 0)
    assert world.run().progress(world.now) == 50
    world.jobs.resume("47", "47|A|")
    with pytest.raises(Fault, match="not paused"):
        world.jobs.resume("47", "47|A|")
    world.advance(seconds=29)
    assert world.states() == (0, 1, 0)
    world.advance(seconds=1)
    assert world.states() == (0, 0, 1)


def test_stopping() -> None:
    world = World()
    world.submit()
    world.advance(seconds=5)
    world.jobs.stop("47", world.run().handle(dated=True))
    ((run, ended),) = world.jobs.logged("47")
    assert (run.ending, ended) == ("stopped", START + timedelta(seconds=5))


def test_executing() -> None:
    world = World()
    world.submit(exec_time=START + timedelta(hours=1))
    world.submit("B", schedule="0 0 10 * * ?")
    world.jobs.execute("47", "47|A|")
    world.jobs.execute("47", "47|B|")
    assert world.states() == (1, 2, 0)
    world.advance(hours=1)
    assert world.states() == (1, 3, 0)


def test_deleting() -> None:
    world = World()
    job = world.submit(schedule="0 0 10 * * ?")
    world.advance(days=1)
    world.jobs.stop("47", "47|A|")
    world.jobs.execute("47", "47|A|")
    assert world.states() == (1, 1, 1)
    world.jobs.delete("47", "47|A|")
    assert world.states() == (0, 0, 1)
    world.advance(days=9)
    assert world.states() == (0, 0, 1)
    assert not job.fires
    only = world.submit("B")
    world.jobs.delete("47", "47|B|")
    assert world.jobs.find("47", "47|B|") == ([only], [])
    world.submit("C", "48")
    world.jobs.delete("48", "48|C|")
    assert world.jobs.companies() == ["47"]


def test_what_cannot_be_done_says_why() -> None:
    world = World()
    jobs = world.jobs
    world.submit("S", schedule="0 0 10 * * ?")
    world.submit("D")
    jobs.finish("D")
    assert "it is scheduled" in refused(jobs.stop, "47", "47|S|")
    for call in (jobs.stop, jobs.pause, jobs.resume, jobs.delete):
        assert "over" in refused(call, "47", "47|D|")
    assert "not scheduled" in refused(jobs.execute, "47", "47|D|")
    reason = refused(jobs.stop, "47", "47|X|")
    assert reason == 'There is no job "47|X|"; company "47" has "47|S|", "47|D|".'
    assert 'company "48" has none' in refused(jobs.stop, "48", "48|X|")
    for number in range(20):
        world.submit(f"N{number}")
    assert refused(jobs.stop, "47", "47|X|").endswith('"47|N19|" and 12 more.')


def test_handles_of_other_companies() -> None:
    world = World()
    world.submit(company="48")
    for handle in ("48|A|", world.jobs.active("48")[0].handle(dated=True)):
        with pytest.raises(Fault) as caught:
            world.jobs.find("47", handle)
        assert caught.value.code == 20005


def test_memory_is_bounded() -> None:
    world = World(AT_ONCE, most=10)
    jobs = world.jobs
    for number in range(50):
        world.submit(f"N{number % 3}")
        world.submit(f"S{number}", schedule="0 0 10 * * ?")
    assert world.states() == (10, 0, 10)
    assert [job.name for job in jobs.scheduled("47")] == [f"S{n}" for n in range(40, 50)]
    assert sum(map(len, jobs._named.values())) == 20
    assert len(jobs._runs) == len(jobs._company_runs["47"]) == 10
    assert len(jobs._stamps) == 3
    for number in range(20):
        world.submit(f"M{number}", company="48")
    assert len(jobs._stamps) == 10
    world.advance(days=1)
    assert world.states() == (10, 0, 10)


def test_reading_changes_nothing() -> None:
    world = World(Plan())
    world.submit()
    world.submit("S", schedule="0 0 10 * * ?")
    world.advance(seconds=59)
    before = world.states()
    for _ in range(5):
        assert world.states() == before
        world.jobs.find("47", "47|A|")


def test_reset() -> None:
    world = World()
    world.submit(schedule="0 0 10 * * ?")
    world.jobs.set_outcome("A", "fatal")
    world.jobs.reset()
    world.advance(days=1)
    assert world.states() == (0, 0, 0)
    assert world.jobs.outcomes == {}
    assert world.jobs.companies() == []


def test_outcomes_that_are_none() -> None:
    with pytest.raises(ValueError, match="no outcome 'bad'"):
        World().jobs.set_outcome("A", "bad")


def test_versions_of_handles() -> None:
    world = World()
    job = world.jobs.submit("47", "A", KIND, NEW, "me")
    assert job.version is NEW


def test_documents_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ips_contract.mock.state.retention.MOST_BYTES", 250)
    jobs = World(most=4).jobs
    made = [jobs.submit("47", f"N{n}", KIND, OLD, "me", source=b"x" * 100) for n in range(4)]
    assert [len(job.source) for job in made] == [0, 0, 100, 100]
    made.append(jobs.submit("47", "large", KIND, OLD, "me", source=b"x" * 1000))
    assert [len(job.source) for job in made] == [0, 0, 0, 0, 1000]
    assert [run.job for run in jobs.active("47")] == made[1:]
    made += [jobs.submit("47", f"M{n}", KIND, OLD, "me", source=b"x" * 60) for n in range(4)]
    assert [len(job.source) for job in made[-4:]] == [60] * 4


def test_names_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """They stay where a document goes, and a name may be as long as a document."""
    monkeypatch.setattr("ips_contract.mock.state.retention.MOST_TEXT", 100)
    jobs = World(MANUAL).jobs
    for number in range(6):
        jobs.submit("47", f"{number}" * 40, KIND, OLD, "me", source=b"x")
    assert [run.job.name[0] for run in jobs.active("47")] == ["4", "5"]
    jobs.submit("47", "6", KIND, OLD, "me", description="d" * 70)
    assert [run.job.name[0] for run in jobs.active("47")] == ["6"]
    jobs.submit("47", "7", KIND, OLD, "me", description="d" * 200)
    jobs.submit("47", "S", KIND, OLD, "me", schedule="every " + "n" * 300)
    jobs.submit("47", "T", KIND, OLD, "me", schedule="every night")
    assert [run.job.name[0] for run in jobs.active("47")] == ["7"]
    assert [job.name for job in jobs.scheduled("47")] == ["T"]
    assert len(jobs._named) == len(jobs._stamps) + 1 == 2


def accept(
    world: World,
    name: str,
    source: bytes = b"",
    schedule: str | None = None,
    exec_time: datetime | None = None,
) -> None:
    submission = Submission("47", name, KIND, OLD, "me", source, "de", "about")
    world.jobs.accept(world.now, submission, exec_time, schedule)


@given(st.lists(st.sampled_from(["A", "B", "later", "daily", "plan", "wait", "look"])))
def test_jobs_that_are_accepted_are_those_that_would_have_been_submitted(words: list[str]) -> None:
    asked, unseen = World(Plan(polls=None, seconds=60)), World(Plan(polls=None, seconds=60))
    for word in words:
        for world in (asked, unseen):
            if word == "wait":
                world.advance(seconds=20)
            elif word == "plan":
                world.jobs.set_plan("A", AT_ONCE)
            elif word == "later":
                accept(world, "later", exec_time=world.now + timedelta(seconds=30))
            elif word == "daily":
                accept(world, "daily", schedule="0/25 * * * * ?")
            elif word != "look":
                accept(world, word)
        if word == "look":
            asked.states()

    def all_of(world: World) -> list[object]:
        jobs = world.jobs
        runs = [*jobs.active("47"), *(run for run, _ in jobs.logged("47"))]
        waiting = [(job.name, job.number, job.next_fire) for job in jobs.scheduled("47")]
        return [
            waiting,
            [(run.handle(dated=True), run.job.number, run.started, run.plan) for run in runs],
            [(run.job.locale, run.job.description, run.job.user) for run in runs],
            [end for _, end in jobs.logged("47")],
        ]

    assert all_of(asked) == all_of(unseen)


def test_jobs_that_nobody_has_looked_at_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(most=4)
    for number in range(10):
        accept(world, f"N{number}", source=b"x" * 100)
    assert len(world.jobs._unmade.entries) == 4
    assert world.jobs._unmade.bytes == 400
    assert not world.jobs._named
    assert [run.job.name for run in world.jobs.active("47")] == ["N6", "N7", "N8", "N9"]
    assert [run.number for run in world.jobs.active("47")] == [506, 507, 508, 509]
    assert not world.jobs._unmade.entries
    assert world.jobs._unmade.bytes == 0
    monkeypatch.setattr("ips_contract.mock.state.retention.MOST_BYTES", 250)
    for number in range(6):
        accept(world, f"M{number}", source=b"x" * 100)
        assert world.jobs._unmade.bytes == min(number + 1, 2) * 100
    assert not world.jobs._named.keys() & {"47|M0|"}  # None of the jobs was made for it.
    assert [len(run.job.source) for run in world.jobs.active("47")] == [0, 0, 100, 100]
    accept(world, "large", source=b"x" * 1000)
    accept(world, "small", source=b"x" * 100)
    assert [len(run.job.source) for run in world.jobs.active("47")] == [0, 0, 0, 100]
    for number in range(6):
        accept(world, f"W{number}", source=b"x" * 100, schedule="0 0 2 * * ?")
    waiting = world.jobs._unmade_scheduled
    assert (len(waiting.entries), waiting.bytes) == (4, 200)
    names = [(job.name, len(job.source)) for job in world.jobs.scheduled()]
    assert names == [("W2", 0), ("W3", 0), ("W4", 100), ("W5", 100)]
    accept(world, "gone")
    world.jobs.reset()
    assert world.states() == (0, 0, 0)


def test_instances_before_1970_and_in_other_spellings() -> None:
    world = World()
    world.now = datetime(1960, 1, 2, 3, 4, 5, 678999, tzinfo=UTC)
    for _ in range(2):
        world.submit()
    one, two = world.jobs.active("47")
    assert (one.instance, two.instance) == (
        "A_1960-01-02-03:04:05.678",
        "A_1960-01-02-03:04:05.679",
    )
    assert world.jobs.find("47", two.handle(dated=True)) == ([], [two])
    for other in ("A_1960-01-02 03:04:05.678", "A_1960-01-02-03:04:05.678000", "A_1960-01-02", ""):
        assert "There is no job" in refused(world.jobs.find, "47", f"47||{other}")
