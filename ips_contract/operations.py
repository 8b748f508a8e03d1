"""The operations of the job family: a request's fields → the fields of its answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ips_contract.asked import companies_of, wanted_by
from ips_contract.clock import read_date_time
from ips_contract.details import count_files, details_for, job_type
from ips_contract.joblogs import get_job_log_details, get_job_logs
from ips_contract.values import collapse
from ips_contract.wire import Fault
from ips_contract.wording import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from ips_contract.asked import Asked, Services
    from ips_contract.details import Values
    from ips_contract.jobs import Job, Run

SERVER_NAME = "ips-contract"
_FOREVER = datetime(2099, 12, 31, tzinfo=UTC)


def submit_job(services: Services, asked: Asked) -> Values:
    """A new job, and its handle."""
    fields = asked.fields
    account = asked.account
    user = account.email
    handle = fields.get("userHandle")
    if handle is not None and handle.strip():
        user = services.accounts.act_for(account, collapse(handle), asked.company)
    time = fields.get("execTime")
    job = services.jobs.submit(
        asked.company,
        fields["jobName"],
        asked.job,
        asked.version,
        user,
        source=asked.source,
        locale=fields.get("locale") or asked.locale,
        description=fields.get("description"),
        exec_time=read_date_time(time) if time is not None else None,
        schedule=fields.get("execSchedule"),
    )
    return {"jobHandle": job.handle(dated=asked.dated)}


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
    files = count_files(job)
    done = files * progress // 100
    task: Values = {
        "taskType": job_type(job.kind),
        "numProcessed": done,
        "numProcessing": min(1, files - done),
        "numPending": max(0, files - done - 1),
        "progress": progress / 100,
        "progressMessage": message,
        "lastProgressUpdate": now,
        "taskState": state,
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
        "totalSize": str(files),
        "progress": progress,
        "progressMessage": message,
        "lastProgressUpdate": now,
        "taskProgressArray": [task],
        **details_for(job, asked.version, "ActiveJob"),
    }


def get_scheduled_jobs(services: Services, asked: Asked) -> Values:
    """The jobs that wait for their time."""
    wanted = wanted_by(services, asked)
    items = [
        _scheduled_job(job, asked, services)
        for job in services.jobs.scheduled(asked.company)
        if wanted(job, None)
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


def _steering(name: str) -> Callable[[Services, Asked], Values]:
    def act(services: Services, asked: Asked) -> Values:
        getattr(services.jobs, name)(asked.company, asked.fields["jobHandle"])
        return {}

    return act


def check_login(services: Services, asked: Asked) -> Values:
    """Whether email and password are those of a user, of the company if one is named."""
    fields = asked.fields
    company = asked.company or None
    valid = services.accounts.check(fields["email"], fields["password"], company)
    return {"status": "ValidLogin" if valid else "InvalidLogin"}


def get_company_info(services: Services, asked: Asked) -> Values:
    """The company with a handle or a name."""
    name = asked.fields.get("companyName")
    if asked.company:
        company = services.accounts.company(asked.company)
    elif name is not None and name.strip():
        found = services.accounts.company_named(name)
        if found is None:
            raise Fault(20000, f"There is no company named {quoted(name)}.")
        services.accounts.enter(asked.account, found.number)
        company = found
    else:
        raise Fault(30002, "getCompanyInfo needs companyHandle or companyName.")
    info: Values = {
        "companyHandle": asked.company_handle(company.number),
        "name": company.name,
        "rootPath": f"{company.name}/",
        "expires": _FOREVER,
    }
    return {"companyInfo": info}


def get_user_info(services: Services, asked: Asked) -> Values:
    """The user with a handle or an email; by default the one who asks."""
    fields = asked.fields
    handle, email = collapse(fields.get("userHandle", "")), fields.get("email", "").strip()
    email = email or handle.partition("|")[2] or handle
    user = services.accounts.user(email) if email else asked.account
    if user is None:
        raise Fault(30001, f"There is no user {quoted(email)}.")
    first, _, last = user.email.partition("@")[0].partition(".")
    info: Values = {
        "userHandle": user.handle,
        "firstName": first.capitalize(),
        "lastName": last.capitalize(),
        "email": user.email,
        # role before 4.0 (W), defaultRole on the page (D).
        "defaultRole" if asked.dated else "role": user.role,
        "isValid": user.valid,
        "passwordExpires": _FOREVER,
    }
    return {"userInfo": info}


OPERATIONS: dict[str, Callable[[Services, Asked], Values]] = {
    "submitJob": submit_job,
    "getActiveJobs": get_active_jobs,
    "getScheduledJobs": get_scheduled_jobs,
    "stopJob": _steering("stop"),
    "pauseJob": _steering("pause"),
    "resumeJob": _steering("resume"),
    "executeJob": _steering("execute"),
    "deleteJob": _steering("delete"),
    "getJobLogs": get_job_logs,
    "getJobLogDetails": get_job_log_details,
    "checkLogin": check_login,
    "getCompanyInfo": get_company_info,
    "getUserInfo": get_user_info,
}
