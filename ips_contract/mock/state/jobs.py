"""The life of jobs: scheduled → active → logged, computed from what happened to them.

What is kept are events: a job was submitted, paused, run, stopped, seen by a poll. The state is a
function of these and of the time, so that a read changes nothing, except that it may be a poll.

What nobody asks for is not computed: a submission touches no other job and no schedule. The first
that reads jobs has their past made up for, by ``Jobs.fire``.
"""

from __future__ import annotations

import itertools
from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from heapq import heapify, heappop, heappush, merge
from operator import itemgetter
from typing import TYPE_CHECKING

from ips_contract.contract.handles import company_number
from ips_contract.mock.arguments import check_kind
from ips_contract.mock.fault import Fault
from ips_contract.mock.state.effect import EFFECTIVE
from ips_contract.mock.state.job_keys import (
    handle_key,
    key_of,
    read_instance_key,
    stamp_of,
    token,
)
from ips_contract.mock.state.lifecycle import (
    AT_ONCE,
    DEFAULT_PLAN,
    MOST_POLLS,
    Job,
    Plan,
    Run,
    check_plan,
)
from ips_contract.mock.state.retention import MOST_JOBS, Retained
from ips_contract.mock.state.schedules import newest_fires, next_fire, read_schedule
from ips_contract.mock.state.submissions import Accepted, Submission, Unmade
from ips_contract.xml.text import list_of, near, no_such, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import tzinfo

    from ips_contract.contract.versions import Version

_A_NAME = "the job's name as text"
OUTCOMES = ("success", "warnings", "errors", "fatal")
MOST_RUNS = 10_000  # Runs of one job that are remembered.
MOST_RECURRING = 20_000  # Runs of all jobs with a schedule that are remembered.
MOST_FIRES = 1_000  # Runs that one schedule starts within one read.
_MOST_SHOWN = 10  # Handles that a fault names.
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Jobs:
    """All jobs of the service.

    Args:
        now: the service's clock.
        ids: the source of log numbers; by default they count up from 1.
        plan: when runs end.
        zone: the server's local time, in which schedules are read.
        most: jobs that are remembered, immediate and scheduled ones each; beyond, the oldest
            is forgotten, so that memory stays flat. For the same reason a job older than
            MOST_BYTES of documents loses the details that lists would show of it.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        ids: Iterator[int] | None = None,
        plan: Plan = DEFAULT_PLAN,
        zone: tzinfo = UTC,
        most: int = MOST_JOBS,
    ) -> None:
        check_plan(plan)
        self._now = now
        self._ids = ids if ids is not None else itertools.count(1)
        self._plan = plan
        self.zone = zone
        self.most = most
        self.reset()

    def reset(self) -> None:
        """Forgets all jobs, and the plans and outcomes set by name. Numbers go on."""
        self._count = 0
        self._plans: dict[str, Plan] = {}
        self.outcomes: dict[str, str] = {}
        # By the key of their handle: a name may be submitted more than once.
        self._named: dict[str, dict[int, Job]] = {}
        # By the key of their job and their stamp: their own key is a text that few ask for.
        self._runs: dict[tuple[str, int], Run] = {}
        self._company_runs: dict[str, dict[int, Run]] = {}
        self._uploads: dict[str, dict[int, Run]] = {}  # By the key of an instance without a time.
        self._immediate, self._scheduled = Retained(self.most), Retained(self.most)
        self._stamps: dict[str, int] = {}  # The last of each name.
        self._unsettled: dict[tuple[str, int], Run] = {}  # Those that are to change something.
        # Those of jobs with a schedule, oldest first.
        self._recurring: OrderedDict[tuple[str, int], Run] = OrderedDict()
        self._due: list[tuple[datetime, int, Job]] = []
        # What nobody has asked for: what runs at once, and what waits for its time.
        self._unmade, self._unmade_scheduled = Unmade(self.most), Unmade(self.most)
        self._orders = itertools.count()
        self._submitted = _LONG_AGO  # When the last submission came.

    @property
    def plan(self) -> Plan:
        """When runs end that start from now on, unless their name has a plan."""
        return self._plan

    @plan.setter
    def plan(self, plan: Plan) -> None:
        self._start_earlier()
        self._plan = plan

    def _start_earlier(self) -> None:
        """Starts the runs that were due when the last submission came: their plan was another."""
        if self._due or self._unmade_scheduled.entries:
            self.fire(self._submitted)

    def set_plan(self, job_name: str, plan: Plan) -> None:
        """Runs of ``job_name`` that start from now on end by ``plan``.

        Raises:
            TypeError: the name is no text, or the plan no Plan.
            ValueError: the plan waits for more polls than are counted.
        """
        check_kind("job_name", job_name, str, _A_NAME)
        check_plan(plan)
        self._start_earlier()
        self._plans[token(job_name)] = plan

    def set_outcome(self, job_name: str, outcome: str) -> None:
        """Runs of ``job_name`` end with ``outcome``, one of OUTCOMES.

        Raises:
            TypeError: the name is no text.
            ValueError: there is no such outcome.
        """
        check_kind("job_name", job_name, str, _A_NAME)
        if outcome not in OUTCOMES:
            raise ValueError(no_such("outcome", outcome, OUTCOMES))
        self.outcomes[token(job_name)] = outcome

    # Submitting.

    def submit(
        self,
        company: str,
        name: str,
        kind: str,
        version: Version,
        user: str,
        *,
        source: bytes = b"",
        locale: str = "",
        description: str | None = None,
        exec_time: datetime | None = None,
        schedule: str | None = None,
    ) -> Job:
        """A new job: it runs at once, or waits for its time.

        Args:
            company: the company's number.
            name: as submitted.
            kind: name of the job element, such as ``imageServingPublishJob``.
            version: the version of the request.
            user: email of the user it runs for.
            source: the document, for the job's details.
            locale: as submitted.
            description: as submitted.
            exec_time: when to run once; a time that is past means at once.
            schedule: when to run again and again.
        """
        submission = Submission(company, name, kind, version, user, source, locale, description)
        now = self._now()
        self.accept(now, submission, exec_time, schedule)
        self.fire(now)
        return next(reversed(self._named[key_of(company, token(name), "")].values()))

    def accept(
        self,
        now: datetime,
        submission: Submission,
        exec_time: datetime | None = None,
        schedule: str | None = None,
    ) -> None:
        """``submit`` at the time ``now``, but the job is made when somebody asks for jobs.

        Most are never asked for; without this a submission takes a quarter longer, and one that
        comes while thousands of schedules are due would have to wait for them.
        """
        if now < self._submitted:
            self.fire(now)
        self._submitted = now
        plan = self._plans.get(token(submission.name), self._plan) if self._plans else self._plan
        entry = Accepted(next(self._orders), now, plan, submission, exec_time, schedule)
        if (schedule is not None or exec_time is not None) and entry.waits:
            self._unmade_scheduled.add(entry)
        elif gone := self._unmade.add(entry):
            for _ in range(gone):
                next(self._ids)  # Each that was forgotten had a number.

    def begin(self, now: datetime, submission: Submission, closes: datetime) -> Run:
        """A run that begins at once and takes files until ``closes``, which its owner may move.

        It ends then, or by the plan that its name has.
        """
        self.fire(now)
        job = self._new_job(submission)
        self._keep(job)
        run = self._begin(job, now, self._plans.get(job.token, AT_ONCE))
        run.closes = closes
        self._uploads.setdefault(_upload_key(job), {})[run.number] = run
        return run

    def take_up(self, company: str, handle: str) -> Run:
        """The run of ``company`` that ``handle`` names and that takes files now.

        Raises:
            Fault: 20005 for a handle of another company (I), 30001 if there is none.
        """
        _, runs = self.find(company, handle)
        now = self._now()
        taking = [run for run in runs if run.stopped is None and run.is_open(now)]
        if not taking:
            raise Fault(30001, f"{quoted(handle)} takes no files: the job is over, or no upload.")
        return taking[-1]

    def _make(self) -> list[tuple[datetime, int, Job, Plan]]:
        """Makes the jobs that were accepted. What is to run at once: since when, and its plan."""
        begins: list[tuple[datetime, int, Job, Plan]] = []
        for unmade, kept in (
            (self._unmade, self._immediate),
            (self._unmade_scheduled, self._scheduled),
        ):
            if unmade.stripped:  # The documents of older jobs go before those of newer ones.
                kept.drop_documents()
        for entry in merge(self._unmade.take(), self._unmade_scheduled.take()):
            job = self._new_job(entry.submission)
            job.exec_time, job.schedule = entry.exec_time, entry.schedule
            if entry.schedule is not None:
                job.fires = True
                job.cron = read_schedule(entry.schedule)
                self._schedule(job, entry.at)
            elif entry.exec_time is not None and entry.waits:
                job.fires = True
                job.next_fire = entry.exec_time
                self._wait(job, entry.exec_time)
            else:
                begins.append((entry.at, job.number, job, entry.plan))
            self._keep(job)
        return begins

    def _new_job(self, submission: Submission) -> Job:
        self._count += 1
        job = Job(self._count, *submission[:5])
        job.source, job.locale, job.description, job.files = submission[5:]
        self._named.setdefault(job.key, {})[job.number] = job
        return job

    def _keep(self, job: Job) -> None:
        for oldest in (self._scheduled if job.fires else self._immediate).add(job):
            self._forget(oldest)

    def _schedule(self, job: Job, after: datetime) -> None:
        job.next_fire = next_fire(job.cron, after, self.zone) if job.cron is not None else None
        if job.next_fire is not None:
            self._wait(job, job.next_fire)

    def _wait(self, job: Job, until: datetime) -> None:
        heappush(self._due, (until, job.number, job))
        if len(self._due) > 2 * self.most:
            # A job that was deleted or forgotten may have waited for a time that is far away.
            self._due = [entry for entry in self._due if _still_waits(entry)]
            heapify(self._due)

    def _start(self, job: Job, at: datetime) -> None:
        self._begin(job, at, self._plans.get(job.token, self._plan))

    def _begin(self, job: Job, at: datetime, plan: Plan) -> Run:
        key, number = job.key, next(self._ids)
        stamp = stamp_of(at, self.zone)
        last = self._stamps.get(key)
        if last is not None and stamp <= last:
            stamp = last + 1  # Instances of one name need different names.
        self._stamps[key] = stamp
        run = Run(job, number, stamp, at, plan)
        job.runs.append(run)
        if len(job.runs) > MOST_RUNS:
            self._drop(job.runs[0])
        self._runs[key, stamp] = run
        self._company_runs.setdefault(job.company, {})[number] = run
        if job.kind in EFFECTIVE:
            self._unsettled[key, stamp] = run
        if job.schedule is not None:
            self._recurring[key, stamp] = run
            if len(self._recurring) > MOST_RECURRING:
                self._drop(next(iter(self._recurring.values())))
        return run

    def fire(self, now: datetime) -> None:
        """Makes the jobs that were accepted, and starts the runs that are due at ``now``.

        All that reads jobs begins with this. Runs begin in the order of their times. Of one
        schedule at most MOST_FIRES are started, of all together MOST_RECURRING: the newest.
        """
        # If the clock was put back since the last submission, what was due until then has begun.
        now = max(now, self._submitted)
        begins: list[tuple[datetime, int, Job, Plan]] = []
        if self._unmade.entries or self._unmade_scheduled.entries:
            begins = self._make()
        fires = self._fires(now) if self._due and self._due[0][0] <= now else []
        for at, _, job, plan in merge(fires, begins, key=itemgetter(0)):
            if plan is None:
                self._start(job, at)
            else:
                self._begin(job, at, plan)

    def _fires(self, now: datetime) -> list[tuple[datetime, int, Job, None]]:
        """What is to start because its time came, in the order of these times."""
        once: list[tuple[datetime, Job]] = []
        again: list[Job] = []
        while self._due and self._due[0][0] <= now:
            entry = heappop(self._due)
            at, _, job = entry
            if not _still_waits(entry):
                continue
            if job.paused:
                job.missed = True
            elif job.cron is None:
                once.append((at, job))
                job.next_fire, job.fires = None, False
            if job.cron is not None:
                again.append(job)
        running = [job for job in again if not job.paused]
        found = newest_fires(running, now, self.zone, MOST_FIRES, MOST_RECURRING)
        for job in again:
            self._schedule(job, now)
        return sorted((at, job.number, job, None) for at, job in (*once, *found))

    def _forget(self, job: Job) -> None:
        job.deleted = True
        job.fires = False
        for run in tuple(job.runs):
            self._drop(run)
        named = self._named[job.key]
        del named[job.number]
        if not named:
            del self._named[job.key]
            self._stamps.pop(job.key, None)

    def _drop(self, run: Run) -> None:
        job = run.job
        job.runs.remove(run)
        del self._runs[job.key, run.stamp]
        self._recurring.pop((job.key, run.stamp), None)
        self._unsettled.pop((job.key, run.stamp), None)
        if run.closes is not None:
            alike = self._uploads[_upload_key(job)]
            del alike[run.number]
            if not alike:
                del self._uploads[_upload_key(job)]
        ours = self._company_runs[job.company]
        del ours[run.number]
        if not ours:
            del self._company_runs[job.company]

    # Finding.

    def find(self, company: str, handle: str) -> tuple[list[Job], list[Run]]:
        """The jobs and the runs that ``handle`` of ``company`` names.

        The handle of a submitted job names all jobs of that name with their runs; that of an
        instance names this run.

        Raises:
            Fault: 20005 for a handle of another company (I), 30001 for one that is unknown.
        """
        self.fire(self._now())
        key = handle_key(handle)
        run = self._run_with(key) or self._upload_with(key, handle)
        if run is not None and run.job.company == company:
            return [], [run]
        named = self._named.get(key)
        if named:
            jobs = list(named.values())
            if jobs[0].company == company:
                return jobs, [run for job in jobs for run in job.runs]
        if run is not None or named:
            raise Fault(20005, f"jobHandle {quoted(handle)} is not of company {quoted(company)}.")
        raise Fault(30001, f"There is no job {quoted(handle)}; {self._known(company)}.")

    def _run_with(self, key: str) -> Run | None:
        read = read_instance_key(key)
        run = self._runs.get(read) if read is not None else None
        # The same moment can be written in other ways than an instance's name does.
        exact = run is not None and key_of(run.job.company, "", run.instance) == key
        return run if exact else None

    def _upload_with(self, key: str, handle: str) -> Run | None:
        """The upload with the number in ``handle``, or the newest of its name without one."""
        alike = self._uploads.get(key)
        if alike is None:
            return None
        number = token(handle).rpartition("|")[2] if handle.lstrip().startswith("j|") else ""
        if not number:
            return alike[max(alike)]
        return (
            alike.get(int(number))
            if number.isascii() and number.isdecimal() and len(number) < 20
            else None
        )

    def _known(self, company: str) -> str:
        ours = [key for key in self._named if key.startswith(f"{company}|")]
        if not ours:
            return f"company {quoted(company)} has none"
        more = f" and {len(ours) - _MOST_SHOWN} more" if len(ours) > _MOST_SHOWN else ""
        return f"company {quoted(company)} has {', '.join(map(quoted, ours[-_MOST_SHOWN:]))}{more}"

    def scheduled(self, company: str | int | None = None) -> list[Job]:
        """The jobs that wait, of one company or all, in the order of their submission.

        Args:
            company: its number, or its handle in the form of any version; None for all.
        """
        self.fire(self._now())
        number = None if company is None else _number(company)
        return [job for job in self._scheduled.jobs if job.fires and number in (None, job.company)]

    def active(self, company: str | int) -> list[Run]:
        """The runs of ``company`` that are active, oldest first; see ``scheduled``."""
        number = _number(company)
        return [run for run, ended in self._of(number) if ended is None]

    def runs(self) -> list[tuple[Run, datetime | None]]:
        """The runs of all companies, oldest first, each with its end if it has ended."""
        now = self._now()
        self.fire(now)
        return [(run, run.ended(now)) for run in self._runs.values()]

    def logged(self, company: str | int) -> list[tuple[Run, datetime]]:
        """The runs of ``company`` that ended, oldest first, with their ends; see ``scheduled``."""
        number = _number(company)
        return [(run, ended) for run, ended in self._of(number) if ended is not None]

    def take_ended(self, most: int | None = None) -> list[tuple[Run, datetime]]:
        """The runs that have ended and change something, each once, in the order of their ends.

        Args:
            most: bytes of their documents, of which one is taken in any case; None: of all.
        """
        now = self._now()
        self.fire(now)
        ended: list[tuple[Run, datetime]] = []
        for run in self._unsettled.values():
            at = run.ended(now)
            if at is not None:
                ended.append((run, at))
        ended.sort(key=lambda entry: (entry[1], entry[0].number))
        if most is not None:
            ended = ended[: _as_many_as(ended, most)]
        for run, _ in ended:
            del self._unsettled[run.job.key, run.stamp]
        return ended

    def outcome_of(self, run: Run) -> str:
        """How a run that has ended ended: one of OUTCOMES, or ``stopped``."""
        if run.effect is not None:
            return run.effect.outcome
        return "stopped" if run.ending == "stopped" else self.outcomes.get(run.job.token, "success")

    def companies(self) -> list[str]:
        """The companies that have runs."""
        self.fire(self._now())
        return list(self._company_runs)

    def _of(self, company: str) -> Iterator[tuple[Run, datetime | None]]:
        now = self._now()
        self.fire(now)
        for run in self._company_runs.get(company, {}).values():
            yield run, run.ended(now)

    def poll(self, runs: Iterable[Run]) -> None:
        """Counts a poll for each of ``runs``, which are active."""
        now = self._now()
        for run in runs:
            if run.paused_at is None and not run.is_open(now) and len(run.polled) < MOST_POLLS:
                run.polled += (now,)

    # Steering.

    def stop(self, company: str, handle: str) -> None:
        """Ends the active runs that ``handle`` names.

        Raises:
            Fault: it names none, 30001.
        """
        self._end(self._active(company, handle, "stopped"), "stopped")

    def finish(
        self,
        job_name: str | None = None,
        *,
        handle: str | None = None,
        outcome: str | None = None,
    ) -> None:
        """Ends the active runs of ``job_name``, in any company, or those of a handle: for tests.

        Args:
            job_name: the name of the job.
            handle: a job's handle, or a run's, instead.
            outcome: how runs of this job's name end, as for ``set_outcome``.

        Raises:
            TypeError: a value is no text, or both or none of the first two are given.
            ValueError: there are none, or no such outcome; the words say why.
        """
        if outcome is not None and outcome not in OUTCOMES:
            raise ValueError(no_such("outcome", outcome, OUTCOMES))
        if handle is None:
            check_kind("job_name", job_name, str, f"{_A_NAME}, or a handle")
            active = self._active_named(str(job_name))
        else:
            check_kind("handle", handle, str, "a job's handle as text")
            if job_name is not None:
                raise TypeError("job_name and handle are both given; give one of them")
            company = handle_key(handle).partition("|")[0]
            try:
                active = self._active(company, handle, "finished")
            except Fault as refusal:
                raise ValueError(refusal.reason) from None
        if outcome is not None:
            self.outcomes[active[0].job.token] = outcome
        self._end(active, "finished")

    def _active_named(self, job_name: str) -> list[Run]:
        now = self._now()
        self.fire(now)
        name = token(job_name)
        runs = [run for run in self._runs.values() if run.job.token == name]
        active = [run for run in runs if run.ended(now) is None]
        if not active:
            raise ValueError(self._why_inactive(job_name, len(runs)))
        return active

    def _why_inactive(self, job_name: str, ended: int) -> str:
        jobs = [job for kept in (self._immediate, self._scheduled) for job in kept.jobs]
        name = token(job_name)
        waiting = [job for job in jobs if job.token == name and job.fires]
        if waiting:
            due = waiting[0].next_fire
            when = f" at {due}" if due is not None else ""
            return f"no run of {job_name!r} is active: it is scheduled, and starts{when}"
        if ended:
            return f"no run of {job_name!r} is active; {ended} of it ended"
        names = tuple(dict.fromkeys(job.name for job in jobs))
        if not names:
            return f"no job {job_name!r} was submitted, nor any other"
        guess = near(job_name, names)
        if guess:
            return f"no job {job_name!r} was submitted; did you mean {quoted(guess)}?"
        newest = list_of([quoted(known) for known in names[-_MOST_SHOWN:]], "and")
        return f"no job {job_name!r} was submitted, but {newest}"

    def _end(self, runs: Iterable[Run], ending: str) -> None:
        now = self._now()
        for run in runs:
            run.stopped = max(now, run.started)
            run.ending = ending

    def _active(self, company: str, handle: str, what: str) -> list[Run]:
        jobs, runs = self.find(company, handle)
        now = self._now()
        active = [run for run in runs if run.ended(now) is None]
        if not active:
            where = "scheduled" if any(job.fires for job in jobs) else "over"
            raise Fault(
                30001, f"{quoted(handle)} cannot be {what}: it is {where}, and no run is active."
            )
        return active

    def _alive(self, company: str, handle: str, what: str) -> tuple[list[Job], list[Run], datetime]:
        jobs, runs = self.find(company, handle)
        now = self._now()
        waiting = [job for job in jobs if job.fires]
        active = [run for run in runs if run.ended(now) is None]
        if not waiting and not active:
            raise Fault(30001, f"{quoted(handle)} cannot be {what}: it is over; its log stays.")
        return waiting, active, now

    def pause(self, company: str, handle: str) -> None:
        """Pauses the schedules and the active runs that ``handle`` names.

        Raises:
            Fault: there is nothing to pause, 30001.
        """
        waiting, active, now = self._alive(company, handle, "paused")
        for job in waiting:
            job.paused = True
        for run in active:
            run.paused_at = run.paused_at or now

    def resume(self, company: str, handle: str) -> None:
        """Takes back ``pause``. A schedule that missed its time runs once, at once, as Quartz does.

        Raises:
            Fault: nothing is paused, 30001: resumeJob is for a paused job (D).
        """
        alive, runs, now = self._alive(company, handle, "resumed")
        waiting = [job for job in alive if job.paused]
        active = [run for run in runs if run.paused_at is not None]
        if not waiting and not active:
            raise Fault(30001, f"{quoted(handle)} cannot be resumed: it is not paused.")
        for job in waiting:
            job.paused = False
            if job.missed:
                job.missed = False
                self._start(job, now)
                if job.cron is None:
                    job.next_fire, job.fires = None, False
        for run in active:
            if run.paused_at is not None:
                run.paused_for += max(now - run.paused_at, timedelta())
                run.paused_at = None

    def execute(self, company: str, handle: str) -> None:
        """Runs the scheduled jobs that ``handle`` names, now; one with an execTime only now.

        Raises:
            Fault: it names no scheduled job, 30001.
        """
        jobs, _ = self.find(company, handle)
        waiting = [job for job in jobs if job.fires]
        if not waiting:
            raise Fault(30001, f"{quoted(handle)} cannot be executed: it is not scheduled.")
        now = self._now()
        for job in waiting:
            self._start(job, now)
            if job.schedule is None:
                job.next_fire, job.fires = None, False

    def delete(self, company: str, handle: str) -> None:
        """Forgets the schedules and the active runs that ``handle`` names; logs stay.

        Raises:
            Fault: there is nothing to delete, 30001.
        """
        waiting, active, _ = self._alive(company, handle, "deleted")
        for job in waiting:
            job.fires, job.next_fire = False, None
        for run in active:
            self._drop(run)


def _as_many_as(ended: list[tuple[Run, datetime]], most: int) -> int:
    """How many of these have documents of ``most`` bytes together; one at least."""
    times: dict[int, int] = {}
    for number, (run, _) in enumerate(ended):
        # Of the runs of one job two at most have it read.
        times[run.job.number] = times.get(run.job.number, 0) + 1
        most -= len(run.job.source) if times[run.job.number] <= 2 else 0
        if most < 0:
            return max(number, 1)
    return len(ended)


def _upload_key(job: Job) -> str:
    return key_of(job.company, "", job.token)


def _number(company: str | int) -> str:
    """A company as jobs have it; what is no handle of any version is one all the same."""
    text = str(company)
    return company_number(text) or text


def _still_waits(entry: tuple[datetime, int, Job]) -> bool:
    at, _, job = entry
    return not job.deleted and job.next_fire == at
