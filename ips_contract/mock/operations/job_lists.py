"""getActiveJobs and getScheduledJobs: jobs as their answers show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.mock.calls import companies_of, wanted_by
from ips_contract.mock.operations.job_details import details_for, files_of, job_type

if TYPE_CHECKING:
    from datetime import datetime

    from ips_contract.mock.calls import Asked, Services
    from ips_contract.mock.operations.job_details import Values
    from ips_contract.mock.state.jobs import Job, Run

SERVER_NAME = "ips-contract"


def get_active_jobs(services: Services, asked: Asked) -> Values:
    """The active runs; this is a poll for each of them."""
    wanted = wanted_by(services, asked)
    jobs = services.jobs
    found = [
        run
        for company in companies_of(services, asked)
        for run in jobs.active(company)
        if wanted(run.job, run)
    ]
    now = services.now()
    items = [_active_job(run, asked, now) for run in found]
    jobs.poll(found)
    return {"jobArray": items}


def _active_job(run: Run, asked: Asked, now: datetime) -> Values:
    job = run.job
    progress = run.progress(now)
    if run.paused_at is not None:
        state, message = "WaitingCoordinator", "Paused"
    elif progress:
        state, message = "Running", f"{progress}% done"
    else:
        state, message = "New", "Waiting to start"
    files = files_of(job)
    done = len(files) * progress // 100  # Progress is under 100, so that one is in process.
    item: Values = {
        "itemName": files[done] if files else run.instance,
        "progress": progress / 100,
        "progressMessage": message,
        "lastProgressUpdate": now,
    }
    task: Values = {
        "taskType": job_type(job.kind),
        "taskState": "Processing" if progress else "New",
        "numProcessed": done,
        "numProcessing": min(1, len(files)),
        "numPending": max(0, len(files) - done - 1),
        "progress": progress / 100,
        "progressMessage": message,
        "lastProgressUpdate": now,
        "taskItemProgressArray": [item],
    }
    return {
        "companyHandle": asked.company_handle(job.company),
        "jobHandle": run.handle(dated=asked.dated),
        "name": run.instance,
        "originalName": job.name,
        "type": job_type(job.kind),
        "state": state,
        "submitUserEmail": job.user,
        "locale": job.locale or None,
        "description": job.description,
        "serverName": SERVER_NAME,
        "startDate": run.started,
        "triggerTime": run.started,
        "totalSize": len(files),
        "progress": progress,
        "progressMessage": message,
        "lastProgressUpdate": now,
        "taskProgressArray": [task],
        **details_for(job, asked.version, "ActiveJob"),
    }


def get_scheduled_jobs(services: Services, asked: Asked) -> Values:
    """The jobs that wait for their time."""
    wanted = wanted_by(services, asked)
    sees, account = services.accounts.sees, asked.account
    items = [
        _scheduled_job(job, asked, services)
        for job in services.jobs.scheduled(asked.company or None)
        if wanted(job, None) and sees(account, job.company)
    ]
    return {"jobArray": items}


def _scheduled_job(job: Job, asked: Asked, services: Services) -> Values:
    zone = services.jobs.zone
    fire = job.next_fire.astimezone(zone) if job.next_fire is not None else None
    at = fire or services.now().astimezone(zone)
    if job.paused:
        state = "Paused"
    else:
        state = "Complete" if job.cron is not None and fire is None else "Normal"
    return {
        "companyHandle": asked.company_handle(job.company),
        "jobHandle": job.handle(dated=asked.dated),
        "name": job.name,
        "originalName": job.name,
        "type": job_type(job.kind),
        "submitUserEmail": job.user,
        "locale": job.locale or None,
        "description": job.description,
        "execSchedule": job.schedule,
        "nextFireTime": fire,
        "timeZone": at.tzname(),
        "triggerState": state,
        **details_for(job, asked.version, "ScheduledJob"),
    }
