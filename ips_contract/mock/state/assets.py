"""Folders and assets: what is known of each of them. ``Library`` keeps them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ips_contract.mock.state.catalog import Record
    from ips_contract.mock.state.permission import Permissions

Plain = str | bool | int | float | datetime
Metadata = Plain | tuple[str, ...]

NOT_IN_TRASH, IN_TRASH, EMPTIED = "NotInTrash", "InTrash", "InEmptiedTrash"  # Constants page (D).


@dataclass(eq=False, slots=True)
class Folder:
    """A folder. Its assets are those that are not in the trash.

    Attributes:
        name: its last step, as in ``uploads``.
        parent: the folder that it is in; None for a company's root.
        modified: when it was made or renamed, or something came into it or left it.
        child_modified: the same for any folder below.
        folders: name → the folders in it.
        assets: name → the assets in it.
        permissions: what groups may do with it.
    """

    name: str
    parent: Folder | None
    modified: datetime
    child_modified: datetime
    folders: dict[str, Folder] = field(default_factory=dict)
    assets: dict[str, Asset] = field(default_factory=dict)
    permissions: Permissions = ()

    @property
    def path(self) -> str:
        """The path from the company's root on, with a slash at its end."""
        names: list[str] = []
        folder: Folder | None = self
        while folder is not None:
            names.append(f"{folder.name}/")
            folder = folder.parent
        return "".join(reversed(names))

    @property
    def level(self) -> int:
        """How many folders it is in; 0 for a root."""
        level, folder = 0, self.parent
        while folder is not None:
            level, folder = level + 1, folder.parent
        return level

    def walk(self) -> Iterator[Folder]:
        """It and all folders below, each before what is in it, by the order of names."""
        waiting = [self]
        while waiting:
            folder = waiting.pop()
            yield folder
            waiting += [folder.folders[name] for name in sorted(folder.folders, reverse=True)]


@dataclass(slots=True)
class Member:
    """A member of a set: the asset's number, and whether a page begins with it."""

    asset: int
    page_reset: bool = False


@dataclass(eq=False, slots=True)
class Asset:
    """An asset.

    Attributes:
        number: its own among all assets of the service.
        serial: its own among those of its type.
        company: the number of its company.
        folder: where it is, or was before it came into the trash.
        name: its IPS ID, such as ``shoe``.
        type: a constant of the list of asset types, such as ``Image``.
        sub_type: of a set or a video; ``""`` without one.
        file_name: the file's, such as ``shoe.jpg``; ``""`` for what is no file.
        ready: whether it is marked for publish.
        trash: NOT_IN_TRASH, IN_TRASH or EMPTIED.
        created: when it was made.
        creator: the e-mail of who made it.
        modified: when it was last changed.
        modifier: the e-mail of who did.
        metadata: name of a metadata field → its value; a tuple for tags.
        info: field of the type's own details, such as ``width`` of an image → its value.
        projects: numbers of the projects that it is in.
        contexts: numbers of the publish contexts that it is marked for.
        members: what a set has.
        set_definition: of an asset set.
        thumb: the number of the asset that shows it, or None.
        originator: the number of the asset that it was generated from, or None.
        engine: what generated it, such as ``PostScriptRip``.
        published: name of a publish context → when it was last published there.
        forced: whether the next publish job takes it, changed or not.
        owner: the number of the asset that it is derived from, or None.
        image_maps: those of an image.
        zoom_targets: those of an image.
        permissions: what groups may do with it.
        settings: of a viewer preset: name → value and handle, each ``""`` for none.
        xmp: its XMP packet, compressed and in Base64; ``""`` where nobody gave one.
    """

    number: int
    serial: int
    company: str
    folder: Folder
    name: str
    type: str
    sub_type: str
    file_name: str
    ready: bool
    created: datetime
    creator: str
    modified: datetime
    modifier: str
    trash: str = NOT_IN_TRASH
    metadata: dict[str, Metadata] = field(default_factory=dict)
    info: dict[str, Plain] = field(default_factory=dict)
    projects: set[int] = field(default_factory=set)
    contexts: set[int] = field(default_factory=set)
    members: list[Member] = field(default_factory=list)
    set_definition: str = ""
    thumb: int | None = None
    originator: int | None = None
    engine: str = ""
    published: dict[str, datetime] = field(default_factory=dict)
    forced: bool = False
    owner: int | None = None
    image_maps: tuple[Record, ...] = ()
    zoom_targets: tuple[Record, ...] = ()
    permissions: Permissions = ()
    settings: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    xmp: str = ""

    @property
    def path(self) -> str:
        """The path of its file, or of its name if it is no file."""
        return self.folder.path + (self.file_name or self.name)
