"""The operations of the job family: a request's fields → the fields of its answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ips_contract.contract.handles import write_job_handle
from ips_contract.mock.fault import Fault
from ips_contract.mock.operations.job_lists import get_active_jobs, get_scheduled_jobs
from ips_contract.mock.operations.job_logs import get_job_log_details, get_job_logs
from ips_contract.xml.datetimes import read_date_time
from ips_contract.xml.text import collapse, quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from ips_contract.mock.calls import Asked, Services
    from ips_contract.mock.operations.job_details import Values

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
    name = fields["jobName"]
    submitted = (
        asked.company,
        name,
        asked.job,
        asked.version,
        user,
        asked.source,
        fields.get("locale") or asked.locale,
        fields.get("description"),
    )
    services.jobs.accept(
        asked.now,
        submitted,
        read_date_time(time) if time is not None else None,
        fields.get("execSchedule"),
    )
    return {"jobHandle": write_job_handle(asked.company, name, dated=asked.dated)}


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
        "rootPath": f"{''.join(company.name.split())}/",  # Without blanks (D).
        "expires": _FOREVER,
    }
    return {"companyInfo": info}


def get_user_info(services: Services, asked: Asked) -> Values:
    """The user with a handle or an email; by default the one who asks."""
    fields = asked.fields
    handle, email = collapse(fields.get("userHandle", "")), fields.get("email", "").strip()
    email = email or handle.rpartition("|")[2] or handle
    user = services.accounts.user(email) if email else asked.account
    if user is None:
        raise Fault(30001, f"There is no user {quoted(email)}.")
    services.accounts.let_name(asked.account, user)
    first, _, last = user.email.partition("@")[0].partition(".")
    info: Values = {
        "userHandle": user.handle,
        "firstName": first.capitalize(),
        "lastName": last.capitalize(),
        "email": user.email,
        # role until 4.5, defaultRole in 6.0 and 6.6, neither in 6.8 (L).
        "role": user.role,
        "defaultRole": user.role,
        "isValid": user.valid,
        "isIpsAdmin": user.role == "IpsAdmin",
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
