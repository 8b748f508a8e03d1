"""A seed: what a service knows from the start, as values, and how it becomes state."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ips_contract.mock.fault import Fault
from ips_contract.mock.state.accounts import Account, Accounts, Company

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from ips_contract.contract.writer import Value
    from ips_contract.mock.state.assets import Asset
    from ips_contract.mock.state.catalog import Catalog
    from ips_contract.mock.state.library import Library


class SeedError(ValueError):
    """A seed that is wrong; the message names the place."""


class SeededAsset(NamedTuple):
    """An asset of a seed: where it is, and what is set of it.

    ``links`` has names of fields of an Asset, such as ``thumb``, and paths of other assets.
    """

    place: str
    folder: str
    name: str
    given: dict[str, object]
    changes: dict[str, object]
    links: dict[str, str]
    members: tuple[tuple[str, bool], ...]
    projects: tuple[str, ...]
    contexts: tuple[str, ...]


class SeededRecord(NamedTuple):
    """A record of a seed: its kind, name and values, and who or what is in it."""

    place: str
    kind: str
    name: str
    values: dict[str, Value]
    members: tuple[str, ...] = ()
    below: tuple[SeededRecord, ...] = ()


class SeededCompany(NamedTuple):
    """A company of a seed.

    ``server_files`` has paths of files on the service's own server, for uploadDirectoryJob;
    ``expires`` and ``ims_org_id`` are those of a ``Company``.
    """

    number: str
    name: str
    folders: tuple[str, ...]
    records: tuple[SeededRecord, ...]
    assets: tuple[SeededAsset, ...]
    server_files: tuple[str, ...] = ()
    expires: datetime | None = None
    ims_org_id: str = ""


class Seed(NamedTuple):
    """What a service knows from the start.

    Attributes:
        companies: its companies, with all that they have.
        users: its users; none: anybody is let in.
    """

    companies: tuple[SeededCompany, ...] = ()
    users: tuple[Account, ...] = ()

    def accounts(self, users: Iterable[Account] = ()) -> Accounts:
        """The users and companies of the seed, and users beside them.

        Raises:
            ValueError: two users have the same email or token.
        """
        companies = {
            row.number: Company(row.number, row.name, row.expires, row.ims_org_id)
            for row in self.companies
        }
        return Accounts((*users, *self.users), companies)

    def server_files(self, company: str) -> tuple[str, ...]:
        """The files of the company with this number that are on the service's own server."""
        return next((row.server_files for row in self.companies if row.number == company), ())

    def check(self, accounts: Accounts) -> None:
        """Does nothing if accounts that were made elsewhere know all that the seed has.

        Raises:
            SeedError: they lack a user or a company.
        """
        known = {number: accounts.company(number).name for number in accounts.companies()}
        for company in self.companies:
            if known.get(company.number) != company.name:
                raise SeedError(
                    f"seed: the accounts have no company {company.number} named {company.name}; "
                    "make them with seed.accounts(), or leave them out"
                )
        for user in self.users:
            if user.email.lower() not in {known.email.lower() for known in accounts.users()}:
                raise SeedError(f"seed: the accounts have no user {user.email}")

    def plant(self, library: Library, catalog: Catalog) -> None:
        """Puts everything into an empty library and an empty catalog.

        Raises:
            SeedError: two things are in one another's place, or a name is that of nothing.
        """
        for company in self.companies:
            library.root(company.number)
            for path in company.folders:
                library.folder(company.number, path, create=True)
            for record in company.records:
                _plant_record(catalog, company.number, record)
            catalog.contexts(company.number)  # The usual ones, if there are no others.
            assets = [_plant_asset(library, company.number, row) for row in company.assets]
            for row, asset in zip(company.assets, assets, strict=True):
                _link(library, catalog, row, asset)


def _plant_record(catalog: Catalog, company: str, row: SeededRecord) -> None:
    try:
        record = catalog.add(row.kind, company, row.name, dict(row.values))
        record.members = [*row.members]
        for below in row.below:
            values: dict[str, Value] = {"type": record.number, **below.values}
            catalog.add(below.kind, company, "", values)
    except Fault as refusal:
        raise SeedError(f"seed: {row.place}: {refusal.reason}") from None


def _plant_asset(library: Library, company: str, row: SeededAsset) -> Asset:
    folder = library.find_folder(company, row.folder)
    if folder is not None and row.name in folder.assets:
        raise SeedError(f"seed: {row.place} is called {row.name!r}, as another in its folder")
    try:
        asset = library.put_asset(company, row.folder, row.name, **row.given)  # type: ignore[arg-type]
    except Fault as refusal:
        raise SeedError(f"seed: {row.place}: {refusal.reason}") from None
    for name, value in row.changes.items():
        setattr(asset, name, value)
    return asset


def _link(library: Library, catalog: Catalog, row: SeededAsset, asset: Asset) -> None:
    # A seed without assets has no need of these.
    from ips_contract.mock.state.assets import NOT_IN_TRASH, Member
    from ips_contract.mock.state.catalog import CONTEXT, PROJECT

    def find(path: str) -> int:
        folder, _, name = path.rpartition("/")
        found = library.find_folder(asset.company, folder)
        if found is None or name not in found.assets:
            raise SeedError(f"seed: {row.place}: there is no asset {path!r}")
        return found.assets[name].number

    for name, path in row.links.items():
        setattr(asset, name, find(path))
    asset.members = [Member(find(path), page_reset) for path, page_reset in row.members]
    for kind, names, numbers in (
        (PROJECT, row.projects, asset.projects),
        (CONTEXT, row.contexts, asset.contexts),
    ):
        for name in names:
            record = catalog.named(kind, asset.company, name)
            if record is None:
                raise SeedError(f"seed: {row.place}: the company has no {kind} {name!r}")
            numbers.add(record.number)
    trash, asset.trash = asset.trash, NOT_IN_TRASH
    if trash != NOT_IN_TRASH:
        changed = asset.modified, asset.modifier
        library.delete_asset(asset, "")
        asset.trash = trash
        asset.modified, asset.modifier = changed
