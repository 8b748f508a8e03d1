"""What the service knows, in one place: jobs, users and companies, folders, assets, the time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ips_contract.mock.clock import Clock
    from ips_contract.mock.state.accounts import Accounts
    from ips_contract.mock.state.catalog import Catalog
    from ips_contract.mock.state.jobs import Jobs
    from ips_contract.mock.state.library import Library


class Store:
    """What operations read and change.

    Attributes:
        jobs: the jobs and their runs.
        accounts: the users and the companies.
        clock: the service's time.
        library: the companies' folders and assets.
        catalog: what else companies have: projects, groups, metadata fields and so on.
    """

    def __init__(
        self, jobs: Jobs, accounts: Accounts, clock: Clock, library: Library, catalog: Catalog
    ) -> None:
        self.jobs = jobs
        self.accounts = accounts
        self.clock = clock
        self.library = library
        self.catalog = catalog
