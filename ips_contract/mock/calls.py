"""A request that is ready to be acted on, and what operations share in reading it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.contract.handles import company_number
from ips_contract.contract.versions import UNVERSIONED
from ips_contract.mock.state.lifecycle import token
from ips_contract.xml.text import collapse

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ips_contract.contract.versions import Version
    from ips_contract.mock.accounts import Account, Accounts
    from ips_contract.mock.state.jobs import Job, Jobs, Run


class Asked:
    """A request that is parsed, authenticated, valid and allowed, as operations see it.

    Attributes:
        now: when it came.
        fields: the text of the message's direct children.
        version: the version it was judged by.
        account: who asks.
        namespace: that of the message.
        company: the number in companyHandle, ``""`` without one.
        job: the name of the job element.
        source: the document as received; of it nothing but the job element is ever shown.
        locale: as wished for outside of the message, ``""`` if it was not.
        log_types: the text of logTypeArray's items.
    """

    now: datetime
    fields: dict[str, str]
    version: Version
    account: Account
    namespace = UNVERSIONED
    company = ""
    job = ""
    source = b""
    locale = ""
    log_types: tuple[str, ...] = ()

    @property
    def dated(self) -> bool:
        """Whether handles have the form of dated versions."""
        return self.namespace != UNVERSIONED

    def company_handle(self, number: str) -> str:
        """The handle of a company in the form of the request's version."""
        return f"c|{number}" if self.dated else number


class Services:
    """What operations work on."""

    __slots__ = ("accounts", "jobs", "now")

    def __init__(self, jobs: Jobs, accounts: Accounts, now: Callable[[], datetime]) -> None:
        self.jobs = jobs
        self.accounts = accounts
        self.now = now


def wanted_by(services: Services, asked: Asked) -> Callable[[Job, Run | None], bool]:
    """The filter that jobHandle and originalName of a request make; an unknown handle raises."""
    handle, original = asked.fields.get("jobHandle"), asked.fields.get("originalName")
    named: frozenset[Job | Run] | None = None
    if handle is not None and handle.strip():
        company = asked.company or handle_company(handle)
        services.accounts.enter(asked.account, company)
        jobs, runs = services.jobs.find(company, handle)
        named = frozenset((*jobs, *runs))
    original = token(original) if original is not None and original.strip() else None

    def wanted(job: Job, run: Run | None) -> bool:
        if original is not None and job.token != original:
            return False
        return named is None or (job if run is None else run) in named

    return wanted


def handle_company(handle: str) -> str:
    """The company's number in a job handle."""
    return collapse(handle).removeprefix("j|").partition("|")[0]


def companies_of(services: Services, asked: Asked) -> list[str]:
    """The companies that a request is about: all that its user sees if it names none."""
    if asked.company:
        return [asked.company]
    known = services.jobs.companies()
    return [company for company in known if services.accounts.sees(asked.account, company)]


def field_company(fields: dict[str, str]) -> str:
    """The company's number in a request's companyHandle, ``""`` without one."""
    handle = fields.get("companyHandle")
    if handle is None:
        return ""
    handle = collapse(handle)
    return company_number(handle) or handle
