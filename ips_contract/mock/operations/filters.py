"""Which companies, jobs and runs a request for lists is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.mock.state.job_keys import token
from ips_contract.xml.text import collapse

if TYPE_CHECKING:
    from collections.abc import Callable

    from ips_contract.mock.operations.call import Call
    from ips_contract.mock.state.lifecycle import Job, Run
    from ips_contract.mock.state.store import Store


def job_filter(store: Store, call: Call) -> Callable[[Job, Run | None], bool]:
    """The filter that jobHandle and originalName of a request make; an unknown handle raises."""
    handle, original = call.fields.get("jobHandle"), call.fields.get("originalName")
    named: frozenset[Job | Run] | None = None
    if handle is not None and handle.strip():
        company = call.company or _company_in(handle)
        store.accounts.enter(call.account, company)
        jobs, runs = store.jobs.find(company, handle)
        named = frozenset((*jobs, *runs))
    original = token(original) if original is not None and original.strip() else None

    def wanted(job: Job, run: Run | None) -> bool:
        if original is not None and job.token != original:
            return False
        return named is None or (job if run is None else run) in named

    return wanted


def _company_in(handle: str) -> str:
    """The company's number in a job handle."""
    return collapse(handle).removeprefix("j|").partition("|")[0]


def companies_of(store: Store, call: Call) -> list[str]:
    """The companies that a request is about: all that its user sees if it names none."""
    if call.company:
        return [call.company]
    known = store.jobs.companies()
    return [company for company in known if store.accounts.sees(call.account, company)]
