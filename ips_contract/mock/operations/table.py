"""The operations that the mock plays: a request's fields → the fields of its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.mock.operations.job_control import (
    delete_job,
    execute_job,
    pause_job,
    resume_job,
    stop_job,
    submit_job,
)
from ips_contract.mock.operations.job_lists import get_active_jobs, get_scheduled_jobs
from ips_contract.mock.operations.job_logs import get_job_log_details, get_job_logs
from ips_contract.mock.operations.users_and_companies import (
    check_login,
    get_company_info,
    get_user_info,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ips_contract.mock.operations.call import Call
    from ips_contract.mock.operations.job_details import Values
    from ips_contract.mock.state.store import Store

OPERATIONS: dict[str, Callable[[Store, Call], Values]] = {
    "submitJob": submit_job,
    "getActiveJobs": get_active_jobs,
    "getScheduledJobs": get_scheduled_jobs,
    "stopJob": stop_job,
    "pauseJob": pause_job,
    "resumeJob": resume_job,
    "executeJob": execute_job,
    "deleteJob": delete_job,
    "getJobLogs": get_job_logs,
    "getJobLogDetails": get_job_log_details,
    "checkLogin": check_login,
    "getCompanyInfo": get_company_info,
    "getUserInfo": get_user_info,
}
