"""What the service knows, in one place: jobs, users and companies, folders, assets, the time."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from ips_contract.mock.state.archives import Archives
from ips_contract.mock.state.effect import Logged
from ips_contract.mock.state.seed import Seed
from ips_contract.mock.state.uploaded_files import UploadedFiles
from ips_contract.mock.state.written_assets import WrittenAssets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ips_contract.mock.clock import Clock
    from ips_contract.mock.state.accounts import Accounts
    from ips_contract.mock.state.catalog import Catalog
    from ips_contract.mock.state.jobs import Jobs
    from ips_contract.mock.state.library import Library

_NO_SEED = Seed()


class Store:
    """What operations read and change.

    After a reset what a seed gives is there when it is first asked for: most tests need not wait
    for it.

    Args:
        jobs: the jobs and their runs.
        clock: the service's time.
        accounts: the users and the companies; by default those of the seed.
        seed: what there is from the start, and after each ``reset``.
        keep_uploads: bytes of posted files that are kept.

    Attributes:
        jobs: as given.
        clock: as given.
        accounts: the users and the companies.
        uploads: what is kept of files that were posted.
        archives: what can be downloaded of export jobs.
        logged: the files that logs show.
        written_assets: what lists wrote of assets.
        passwords: the numbers of the passwords that were generated.

    Raises:
        SeedError: the seed is wrong, or the accounts lack something of it.
    """

    def __init__(
        self,
        jobs: Jobs,
        clock: Clock,
        accounts: Accounts | None = None,
        seed: Seed = _NO_SEED,
        keep_uploads: int = 0,
    ) -> None:
        self.jobs = jobs
        self.clock = clock
        if accounts is not None:
            seed.check(accounts)
        self._first = (accounts if accounts is not None else seed.accounts(), seed)
        self._changed_accounts: Accounts | None = None
        self._stock: tuple[Library, Catalog] | None = None  # Made when first asked for.
        self.uploads = UploadedFiles(keep_uploads)
        self.archives = Archives()
        self.logged = Logged()
        self.written_assets = WrittenAssets()
        self._server_files: list[str] = []
        self.reset()
        self._check_seed()

    def reset(self) -> None:
        """Forgets all but jobs, and what it got at first."""
        self.accounts, self._seed = self._first
        self.uploads.clear()
        self.archives.clear()
        self.logged.clear()
        self._server_files.clear()
        self.passwords = itertools.count(1)
        self._begin()

    def seed(self, seed: Seed) -> None:
        """Forgets all but jobs, and takes what a seed gives, until the next ``reset``.

        Raises:
            SeedError: the seed is wrong.
        """
        self.accounts, self._seed = seed.accounts(), seed
        self._begin()
        self._check_seed()

    def accounts_to_change(self) -> Accounts:
        """The users and companies, for who changes them until ``reset``.

        What the service was made with stays as it is: other services may have it, too.
        """
        if self._changed_accounts is not self.accounts:
            self.accounts = self._changed_accounts = self.accounts.copy()
        return self.accounts

    def put_server_files(self, paths: Iterable[str]) -> None:
        """Upload jobs find files with these paths on the service's own server, until ``reset``."""
        self._server_files += paths

    def server_files(self, company: str) -> Iterator[str]:
        """The paths of the files that a company finds there, without a slash in front."""
        for path in (*self._seed.server_files(company), *self._server_files):
            yield path.strip("/")

    def _begin(self) -> None:
        self.written_assets.clear()
        if self._stock is not None:
            library, catalog = self._stock
            library.reset()
            catalog.reset()
        self._planted = False

    def _check_seed(self) -> None:
        """What is wrong with the seed comes to light now."""
        if self._seed.companies:
            self._planted_stock()

    def _planted_stock(self) -> tuple[Library, Catalog]:
        if self._stock is None:
            # Most clients only submit jobs; to load these takes a thirtieth of a start.
            from ips_contract.mock.state.catalog import Catalog
            from ips_contract.mock.state.library import Library

            library = Library(self.clock.now, lambda number: self.accounts.company(number).name)
            self._stock = library, Catalog()
        if not self._planted:
            self._planted = True  # First: to plant asks for it, too.
            self._seed.plant(*self._stock)
        return self._stock

    @property
    def library(self) -> Library:
        """The companies' folders and assets."""
        return self._planted_stock()[0]

    @property
    def catalog(self) -> Catalog:
        """What else companies have: projects, groups, metadata fields and so on."""
        return self._planted_stock()[1]
