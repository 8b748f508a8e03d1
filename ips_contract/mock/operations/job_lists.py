"""getActiveJobs and getScheduledJobs: jobs as their answers show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.mock.operations.bounds import fitting
from ips_contract.mock.operations.filters import companies_of, job_filter
from ips_contract.mock.operations.job_details import (
    count_files,
    details_for,
    element_of,
    files_of,
)
from ips_contract.mock.operations.job_types import job_type

if TYPE_CHECKING:
    from datetime import datetime

    from ips_contract.mock.operations.call import Call
    from ips_contract.mock.operations.job_details import Values
    from ips_contract.mock.state.lifecycle import Job, Run
    from ips_contract.mock.state.store import Store

SERVER_NAME = "ips-contract"


def get_active_jobs(store: Store, call: Call) -> Values:
    """The active runs, oldest first: the newest that one answer takes. This is a poll for each."""
    wanted = job_filter(store, call)
    jobs = store.jobs
    found = [
        run
        for company in companies_of(store, call)
        for run in jobs.active(company)
        if wanted(run.job, run)
    ]
    now = store.clock.now()
    listed = fitting(
        call,
        "ActiveJob",
        found[::-1],
        lambda run, *, details: _active_job(run, call, now, details=details),
        lambda run: run.job.source,
    )[::-1]
    jobs.poll(run for run, _ in listed)
    return {"jobArray": [item for _, item in listed]}


def _active_job(run: Run, call: Call, now: datetime, *, details: bool) -> Values:
    job = run.job
    progress = run.progress(now)
    if run.paused_at is not None:
        state, message = "WaitingCoordinator", "Paused"
    elif progress:
        state, message = "Running", f"{progress}% done"
    else:
        state, message = "New", "Waiting to start"
    element, files = element_of(job) if details else None, count_files(job)
    done = files * progress // 100  # Progress is under 100, so that one is in process.
    item: Values = {
        "itemName": next(iter(files_of(job, element, done, done + 1)), run.instance),
        "progress": progress / 100,
        "progressMessage": message,
        "lastProgressUpdate": now,
    }
    task: Values = {
        "taskType": job_type(job.kind).name,
        "taskState": "Processing" if progress else "New",
        "numProcessed": done,
        "numProcessing": min(1, files),
        "numPending": max(0, files - done - 1),
        "progress": progress / 100,
        "progressMessage": message,
        "lastProgressUpdate": now,
        "taskItemProgressArray": [item],
    }
    return {
        "companyHandle": call.company_handle(job.company),
        "jobHandle": run.handle(dated=call.dated),
        "name": run.instance,
        "originalName": job.name,
        "type": job_type(job.kind).name,
        "state": state,
        "submitUserEmail": job.user,
        "locale": job.locale or None,
        "description": job.description,
        "serverName": SERVER_NAME,
        "startDate": run.started,
        "triggerTime": run.started,
        "totalSize": files,
        "progress": progress,
        "progressMessage": message,
        "lastProgressUpdate": now,
        "taskProgressArray": [task],
        **details_for(job, element, call.version, "ActiveJob"),
    }


def get_scheduled_jobs(store: Store, call: Call) -> Values:
    """The jobs that wait for their time, oldest first: the newest that one answer takes."""
    wanted = job_filter(store, call)
    sees, account = store.accounts.sees, call.account
    found = [
        job
        for job in store.jobs.scheduled(call.company or None)
        if wanted(job, None) and sees(account, job.company)
    ]
    listed = fitting(
        call,
        "ScheduledJob",
        found[::-1],
        lambda job, *, details: _scheduled_job(job, call, store, details=details),
        lambda job: job.source,
    )
    return {"jobArray": [item for _, item in listed[::-1]]}


def _scheduled_job(job: Job, call: Call, store: Store, *, details: bool) -> Values:
    zone = store.jobs.zone
    fire = job.next_fire.astimezone(zone) if job.next_fire is not None else None
    at = fire or store.clock.now().astimezone(zone)
    if job.paused:
        state = "Paused"
    else:
        state = "Complete" if job.cron is not None and fire is None else "Normal"
    return {
        "companyHandle": call.company_handle(job.company),
        "jobHandle": job.handle(dated=call.dated),
        "name": job.name,
        "originalName": job.name,
        "type": job_type(job.kind).name,
        "submitUserEmail": job.user,
        "locale": job.locale or None,
        "description": job.description,
        "execSchedule": job.schedule,
        "nextFireTime": fire,
        "timeZone": at.tzname(),
        "triggerState": state,
        **details_for(job, element_of(job) if details else None, call.version, "ScheduledJob"),
    }
