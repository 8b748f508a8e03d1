"""Jobs and their runs: what there is of them, and how and when they end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ips_contract.contract.versions import UNVERSIONED
from ips_contract.mock.control.problems import Problem
from ips_contract.mock.control.routes import (
    MAYBE_MOMENT,
    MAYBE_TEXT,
    MAYBE_WHOLE,
    TEXT,
    WHOLE,
    Asked,
    Route,
    body_of,
    list_schema,
    object_of,
)
from ips_contract.mock.control.values import maybe_moment, moment
from ips_contract.mock.effects.settling import settle
from ips_contract.mock.state.jobs import OUTCOMES
from ips_contract.mock.state.lifecycle import MOST_POLLS, Plan

if TYPE_CHECKING:
    from datetime import datetime

    from ips_contract.contract.versions import Version
    from ips_contract.mock.service import Service
    from ips_contract.mock.state.lifecycle import Job, Run

STATES = ("scheduled", "active", "paused", "ended")
_MOST = 1_000
PLAN = object_of(
    {
        "polls": {
            "type": ["integer", "null"],
            "minimum": 0,
            "maximum": MOST_POLLS,
            "description": "It ends when it was asked about so often; null: that never ends it.",
        },
        "seconds": {
            "type": ["number", "null"],
            "minimum": 0,
            "maximum": 1e9,
            "description": "It ends after so many seconds; null: that never ends it.",
        },
    }
)
_PLAN = {**PLAN, "additionalProperties": False, "required": []}
JOB = object_of(
    {
        "handle": {**TEXT, "description": "Of the run; of the job, if it is scheduled."},
        "job_name": {**TEXT, "description": "As it was submitted."},
        "name": {**TEXT, "description": "Of the run: the job's name with the time of the run."},
        "job": {**TEXT, "description": "Its kind, such as imageServingPublishJob."},
        "company": {**TEXT, "description": "The company's number."},
        "user": TEXT,
        "state": {"type": "string", "enum": list(STATES)},
        "outcome": {
            "type": ["string", "null"],
            "enum": [*OUTCOMES, "stopped", None],
            "description": "How it ended, or will; null of a scheduled one.",
        },
        "progress": {**MAYBE_WHOLE, "description": "Percent; null of a scheduled one."},
        "number": {**MAYBE_WHOLE, "description": "The number of its log; null of a scheduled one."},
        "started": MAYBE_MOMENT,
        "ended": MAYBE_MOMENT,
        "ends": {**MAYBE_MOMENT, "description": "When it ends by time alone, if it does."},
        "polls": {**WHOLE, "description": "How often it was asked about."},
        "plan": {"oneOf": [PLAN, {"type": "null"}]},
        "next": {**MAYBE_MOMENT, "description": "When a scheduled one runs next."},
        "schedule": {**MAYBE_TEXT, "description": "The cron expression of a recurring job."},
    }
)


def _dated(version: Version) -> bool:
    return version.namespace != UNVERSIONED


def _run(service: Service, run: Run, ended: datetime | None, now: datetime) -> dict[str, Any]:
    job = run.job
    begin = run.started if run.closes is None else run.closes
    seconds = run.plan.seconds
    ends = None
    if ended is None and seconds is not None and run.paused_at is None:
        ends = begin + timedelta(seconds=seconds) + run.paused_for
    state = "ended" if ended is not None else "active" if run.paused_at is None else "paused"
    return {
        "handle": run.handle(dated=_dated(job.version)),
        "job_name": job.name,
        "name": run.instance,
        "job": job.kind,
        "company": job.company,
        "user": job.user,
        "state": state,
        "outcome": service.jobs.outcome_of(run),
        "progress": 100 if ended is not None else run.progress(now),
        "number": run.number,
        "started": moment(run.started),
        "ended": maybe_moment(ended),
        "ends": maybe_moment(ends),
        "polls": len(run.polled),
        "plan": {"polls": run.plan.polls, "seconds": run.plan.seconds},
        "next": None,
        "schedule": job.schedule,
    }


def _scheduled(job: Job) -> dict[str, Any]:
    return {
        "handle": job.handle(dated=_dated(job.version)),
        "job_name": job.name,
        "name": job.name,
        "job": job.kind,
        "company": job.company,
        "user": job.user,
        "state": "paused" if job.paused else "scheduled",
        "outcome": None,
        "progress": None,
        "number": None,
        "started": None,
        "ended": None,
        "ends": None,
        "polls": 0,
        "plan": None,
        "next": maybe_moment(job.next_fire),
        "schedule": job.schedule,
    }


def list_jobs(asked: Asked) -> dict[str, Any]:
    """The newest runs and scheduled jobs."""
    service, given = asked.service, asked.given
    settle(service.store)
    now, jobs = service.clock.now(), service.jobs
    name = given.get("job_name")
    scheduled = [job for job in jobs.scheduled() if name in (None, job.name)]
    runs = jobs.runs()
    if name is not None:
        runs = [row for row in runs if row[0].job.name == name]
    limit = given.get("limit", 100)
    active = [ended for _, ended in runs].count(None)
    return {
        "jobs": [
            *(_run(service, run, ended, now) for run, ended in runs[-limit:]),
            *(_scheduled(job) for job in scheduled[-limit:]),
        ],
        "time": moment(now),
        "scheduled": len(scheduled),
        "active": active,
        "ended": len(runs) - active,
    }


def finish(asked: Asked) -> None:
    """``Jobs.finish``."""
    try:
        asked.service.jobs.finish(**asked.given)
    except ValueError as error:
        raise Problem(409, f"{str(error).removesuffix('.')}.") from None


def outcome(asked: Asked) -> None:
    """``Service.outcome``."""
    asked.service.outcome(asked.given["job_name"], asked.given["outcome"])


def plan(asked: Asked) -> None:
    """``Service.plan``."""
    given = asked.given
    asked.service.plan(given["job_name"], read_plan(given["plan"]))


def read_plan(given: dict[str, Any]) -> Plan:
    """The plan that an object is; what it does not have never ends a job."""
    return Plan(given.get("polls"), given.get("seconds"))


_JOB_NAME = {"type": "string", "examples": ["My Job"]}
_OUTCOME = {"type": "string", "enum": list(OUTCOMES)}
_TAG = "jobs"
ROUTES = (
    Route(
        "GET",
        "/jobs",
        list_jobs,
        "The newest runs, oldest first, and the scheduled jobs.",
        object_of(
            {
                "jobs": list_schema({"$ref": "#/components/schemas/Job"}),
                "time": {"type": "string", "format": "date-time"},
                "scheduled": WHOLE,
                "active": WHOLE,
                "ended": WHOLE,
            }
        ),
        _TAG,
        query={
            "limit": {"type": "integer", "minimum": 1, "maximum": _MOST, "default": 100},
            "job_name": {"type": "string", "description": "Only jobs of this name."},
        },
        text="To list jobs here is no poll: it brings no run nearer to its end.",
    ),
    Route(
        "POST",
        "/jobs/finish",
        finish,
        "Ends the active runs of a handle or of a job's name.",
        None,
        _TAG,
        body=body_of(
            {
                "handle": {"type": "string", "examples": ["47|My Job|"]},
                "job_name": _JOB_NAME,
                "outcome": {**_OUTCOME, "description": "How jobs of this name end from now on."},
            },
            one_of=("handle", "job_name"),
        ),
        status=204,
        refusals={409: "No such run is active; `detail` says why."},
    ),
    Route(
        "POST",
        "/jobs/outcome",
        outcome,
        "How jobs of a name end.",
        None,
        _TAG,
        body=body_of({"job_name": _JOB_NAME, "outcome": _OUTCOME}, "job_name", "outcome"),
        status=204,
    ),
    Route(
        "POST",
        "/jobs/plan",
        plan,
        "When jobs of a name end that start from now on.",
        None,
        _TAG,
        body=body_of({"job_name": _JOB_NAME, "plan": _PLAN}, "job_name", "plan"),
        status=204,
    ),
)
