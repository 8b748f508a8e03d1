"""Folders and assets as values for tests to look at: nothing that is done to them changes state."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ips_contract.mock.state.assets import NOT_IN_TRASH

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from ips_contract.mock.state.assets import Asset, Metadata, Plain
    from ips_contract.mock.state.library import Library


class AssetView(NamedTuple):
    """An asset.

    Attributes:
        company: the number of its company.
        folder: the path of its folder.
        name: its name.
        type: a constant of the list of asset types.
        file_name: the file's; ``""`` for what is no file.
        ready_for_publish: whether it is marked for publish.
        metadata: name of a metadata field → its value; a tuple for tags.
        info: field of the type's details → its value.
        sub_type: of a set or a video.
        created: when it was made.
        create_user: the e-mail of who made it.
        last_modified: when it was last changed.
        last_modify_user: the e-mail of who did.
        number: its own among all assets, with which its handles begin.
    """

    company: str
    folder: str
    name: str
    type: str
    file_name: str
    ready_for_publish: bool
    metadata: Mapping[str, Metadata]
    info: Mapping[str, Plain]
    sub_type: str
    created: datetime
    create_user: str
    last_modified: datetime
    last_modify_user: str
    number: int

    @property
    def path(self) -> str:
        """The path of its file, or of its name if it is no file."""
        return self.folder + (self.file_name or self.name)


class FolderView(NamedTuple):
    """A folder: the number of its company, its path, and the names of the assets in it."""

    company: str
    path: str
    assets: tuple[str, ...]


def _view(asset: Asset) -> AssetView:
    return AssetView(
        asset.company,
        asset.folder.path,
        asset.name,
        asset.type,
        asset.file_name,
        asset.ready,
        dict(asset.metadata),
        dict(asset.info),
        asset.sub_type,
        asset.created,
        asset.creator,
        asset.modified,
        asset.modifier,
        asset.number,
    )


def assets_in(library: Library) -> tuple[AssetView, ...]:
    """The assets of all companies that are not in the trash, oldest first."""
    found = [
        asset
        for company in library.companies()
        for asset in library.assets(company)
        if asset.trash == NOT_IN_TRASH
    ]
    return tuple(_view(asset) for asset in sorted(found, key=lambda asset: asset.number))


def folders_in(library: Library) -> tuple[FolderView, ...]:
    """The folders of all companies, each before what is in it."""
    return tuple(
        FolderView(company, folder.path, tuple(sorted(folder.assets)))
        for company in library.companies()
        for folder in library.root(company).walk()
    )
