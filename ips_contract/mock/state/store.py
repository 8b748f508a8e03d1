"""What the service knows, in one place: jobs, users and companies, folders and assets, the time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ips_contract.mock.clock import Clock
    from ips_contract.mock.state.accounts import Accounts
    from ips_contract.mock.state.jobs import Jobs
    from ips_contract.mock.state.library import Library


class Store:
    """What operations read and change.

    Attributes:
        jobs: the jobs and their runs.
        accounts: the users and the companies.
        clock: the service's time.
        library: the companies' folders and assets.
    """

    def __init__(self, jobs: Jobs, accounts: Accounts, clock: Clock, library: Library) -> None:
        self.jobs = jobs
        self.accounts = accounts
        self.clock = clock
        self.library = library
