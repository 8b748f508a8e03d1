"""What changes jobs: submitJob, stopJob, pauseJob, resumeJob, executeJob and deleteJob."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.contract.handles import write_job_handle
from ips_contract.mock.operations.job_details import OF_FILES, count_in
from ips_contract.mock.state.submissions import Submission
from ips_contract.xml.datetimes import read_date_time
from ips_contract.xml.text import collapse

if TYPE_CHECKING:
    from ips_contract.mock.operations.call import Call
    from ips_contract.mock.operations.job_details import Values
    from ips_contract.mock.state.store import Store


def submit_job(store: Store, call: Call) -> Values:
    """A new job, and its handle."""
    fields = call.fields
    name, handle, time = fields["jobName"], fields.get("userHandle"), fields.get("execTime")
    user = call.account.email
    if handle is not None and handle.strip():
        user = store.accounts.act_for(call.account, collapse(handle), call.company)
    kind = call.last
    submission = Submission(
        call.company,
        name,
        kind,
        call.version,
        user,
        call.data,
        fields.get("locale") or call.locale,
        fields.get("description"),
        # Counted while the element is there, so that no list has to read all the documents.
        count_in(call.message[-1]) if kind in OF_FILES and call.message is not None else 1,
    )
    exec_time = read_date_time(time) if time is not None else None
    store.jobs.accept(call.now, submission, exec_time, fields.get("execSchedule"))
    return {"jobHandle": write_job_handle(call.company, name, dated=call.dated)}


def stop_job(store: Store, call: Call) -> Values:
    """Ends active runs."""
    store.jobs.stop(call.company, call.fields["jobHandle"])
    return {}


def pause_job(store: Store, call: Call) -> Values:
    """Pauses schedules and active runs."""
    store.jobs.pause(call.company, call.fields["jobHandle"])
    return {}


def resume_job(store: Store, call: Call) -> Values:
    """Takes back ``pause_job``."""
    store.jobs.resume(call.company, call.fields["jobHandle"])
    return {}


def execute_job(store: Store, call: Call) -> Values:
    """Runs scheduled jobs now."""
    store.jobs.execute(call.company, call.fields["jobHandle"])
    return {}


def delete_job(store: Store, call: Call) -> Values:
    """Forgets schedules and active runs."""
    store.jobs.delete(call.company, call.fields["jobHandle"])
    return {}
