"""The folders and assets of the companies: one tree for each, and its assets by their numbers.

A folder knows its parent and its own name, and a path is read off the tree when it is asked for. So
a folder that is renamed or moved is that in the paths of all that is in it, at once.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from ips_contract.mock.fault import Fault
from ips_contract.mock.state.asset_types import asset_types
from ips_contract.mock.state.assets import EMPTIED, IN_TRASH, NOT_IN_TRASH, Asset, Folder
from ips_contract.xml.text import near, no_such, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from ips_contract.mock.state.assets import Metadata, Plain

IN_USE = 30000  # Observed where an asset is given a name in use (O).
NOT_FOUND = 30001
# Beyond these nothing is made: an answer shows no more folders (D), and readers take no XML that
# is much deeper than a tree of as many levels; that of assets is ours.
MOST_FOLDERS = 100_000
MOST_LEVELS = 100
MOST_ASSETS = 200_000
MOST_LETTERS = 1000  # Of one name, so that paths stay short.
_MOST_GUESSED = 200  # Folders that a misspelt one is compared with.
_MOST_NAMES = 16  # Of one company that paths may begin with.


def root_name(company: str) -> str:
    """The name of the root folder of a company: the company's without blanks (D)."""
    return "".join(company.replace("/", " ").split()) or "Company"


def _no_folder(path: str, above: Folder, step: str) -> str:
    """What to say of a path that leads nowhere from a folder on: which is meant, or how far it is.

    Args:
        path: as it was given.
        above: the folder that the path leads to.
        step: what is not in it.
    """
    guess = near(step, tuple(itertools.islice(above.folders, _MOST_GUESSED)))
    if guess:
        hint = f"did you mean {quoted(f'{above.path}{guess}/')}?"
    else:
        hint = f"there is {quoted(above.path)}."
    return f"There is no folder {quoted(path)}; {hint}"


def _check_name(name: str, what: str) -> None:
    if not name.strip() or "/" in name:
        raise Fault(NOT_FOUND, f"{quoted(name)} is no name of {what}.")
    if len(name) > MOST_LETTERS:
        raise Fault(NOT_FOUND, f"The name of {what} has at most {MOST_LETTERS} letters here.")


class _Holdings:
    """What one company has."""

    def __init__(self, root: Folder) -> None:
        self.root = root
        self.count = 1  # Of folders.
        self.assets: dict[int, Asset] = {}  # Those in the trash, too.
        self.named: dict[str, dict[int, Asset]] = {}  # Those that are not.


class Library:
    """The folders and assets of all companies. A company that is asked for has its root folder.

    Args:
        now: the service's clock.
        names: number of a company → its name, which its root folder has.
    """

    def __init__(self, now: Callable[[], datetime], names: Callable[[str], str]) -> None:
        self._now = now
        self._names = names
        self.reset()

    def reset(self) -> None:
        """Forgets everything."""
        self._companies: dict[str, _Holdings] = {}
        self._called: dict[str, list[str]] = {}  # The newest first.
        self._numbers = itertools.count(1)
        self._serials: dict[str, Iterator[int]] = {}

    def call(self, company: str, name: str) -> None:
        """From now on a company goes by this name; paths with those before are known, too.

        For services in which every company exists, whatever name a client has for it.
        """
        if name != self.name(company):
            before = [known for known in self._called.get(company, ()) if known != name]
            self._called[company] = [name, *before[: _MOST_NAMES - 1]]

    def name(self, company: str) -> str:
        """The name of a company."""
        called = self._called.get(company)
        return called[0] if called else self._names(company)

    def _is_root(self, company: str, step: str) -> bool:
        names = (*self._called.get(company, ()), self._names(company))
        return any(step == root_name(name) for name in names)

    def _of(self, company: str) -> _Holdings:
        name = root_name(self.name(company))
        held = self._companies.get(company)
        if held is None:
            now = self._now()
            held = self._companies[company] = _Holdings(Folder(name, None, now, now))
        held.root.name = name
        return held

    def companies(self) -> list[str]:
        """The numbers of the companies that have anything."""
        return list(self._companies)

    # Folders.

    def root(self, company: str) -> Folder:
        """The root folder of a company."""
        return self._of(company).root

    def find_folder(self, company: str, path: str) -> Folder | None:
        """The folder with a path, with the root's name or without; None if there is none."""
        folder: Folder | None = self.root(company)
        for step in self._steps(company, path):
            assert folder is not None
            folder = folder.folders.get(step)
            if folder is None:
                return None
        return folder

    def folder(self, company: str, path: str, *, create: bool = False) -> Folder:
        """The folder with a path.

        Args:
            company: the company's number.
            path: the steps between slashes, with the root's name or without.
            create: makes what is not there.

        Raises:
            Fault: there is none; or it would be too deep, or one too many.
        """
        folder = self.root(company)
        steps = self._steps(company, path)
        if create and len(steps) >= MOST_LEVELS:
            raise Fault(NOT_FOUND, f"A folder is in at most {MOST_LEVELS} others.")
        for step in steps:
            below = folder.folders.get(step)
            if below is None:
                if not create:
                    raise Fault(NOT_FOUND, _no_folder(path, folder, step))
                below = self._add_folder(company, folder, step)
            folder = below
        return folder

    def _steps(self, company: str, path: str) -> list[str]:
        steps = [step for step in path.strip().split("/") if step]
        return steps[1:] if steps and self._is_root(company, steps[0]) else steps

    def _add_folder(self, company: str, parent: Folder, name: str) -> Folder:
        held = self._of(company)
        _check_name(name, "a folder")
        if held.count >= MOST_FOLDERS:
            raise Fault(IN_USE, f"A company has at most {MOST_FOLDERS} folders here.")
        held.count += 1
        now = self._now()
        below = parent.folders[name] = Folder(name, parent, now, now)
        self._changed(parent)
        return below

    def _changed(self, folder: Folder | None) -> None:
        now = self._now()
        if folder is not None:
            folder.modified = now
        while folder is not None:
            folder.child_modified = now
            folder = folder.parent

    def rename_folder(self, folder: Folder, name: str) -> None:
        """Gives a folder another name.

        Raises:
            Fault: it is a root, the name is none for a folder, or is in use beside it.
        """
        parent, name = self._parent_of(folder, "renamed"), name.strip().rstrip("/")
        _check_name(name, "a folder")
        if name == folder.name:
            return
        self._refuse_taken(parent, name)
        del parent.folders[folder.name]
        folder.name = name
        parent.folders[name] = folder
        folder.modified = self._now()
        self._changed(parent)

    def move_folder(self, folder: Folder, target: Folder) -> None:
        """Moves a folder, with all that is in it, into another.

        Raises:
            Fault: it is a root; or the other is in it, has a folder of that name, or is too deep.
        """
        parent = self._parent_of(folder, "moved")
        above: Folder | None = target
        while above is not None:
            if above is folder:
                raise Fault(NOT_FOUND, f"{quoted(folder.path)} cannot be moved into itself.")
            above = above.parent
        if target is parent:
            return
        self._refuse_taken(target, folder.name)
        height = max(below.level for below in folder.walk()) - folder.level
        if target.level + 1 + height >= MOST_LEVELS:
            raise Fault(NOT_FOUND, f"A folder is in at most {MOST_LEVELS} others.")
        del parent.folders[folder.name]
        self._changed(parent)
        folder.parent = target
        target.folders[folder.name] = folder
        self._changed(target)

    def delete_folder(self, company: str, folder: Folder, user: str) -> None:
        """Deletes a folder and those in it; their assets come into the trash.

        Raises:
            Fault: it is a root.
        """
        parent = self._parent_of(folder, "deleted")
        held = self._of(company)
        for below in folder.walk():
            held.count -= 1
            for asset in list(below.assets.values()):
                self.delete_asset(asset, user)
        del parent.folders[folder.name]
        self._changed(parent)

    def _parent_of(self, folder: Folder, done: str) -> Folder:
        if folder.parent is None:
            raise Fault(NOT_FOUND, f"The company's root folder {folder.path} cannot be {done}.")
        return folder.parent

    def _refuse_taken(self, parent: Folder, name: str) -> None:
        if name in parent.folders:
            raise Fault(IN_USE, f"There is a folder {quoted(parent.path + name + '/')} already.")

    # Assets.

    def put_asset(
        self,
        company: str,
        path: str,
        name: str,
        *,
        type: str = "Image",  # noqa: A002 # As the field is called.
        sub_type: str = "",
        file_name: str = "",
        ready: bool = True,
        user: str = "",
        metadata: Mapping[str, Metadata] | None = None,
        info: Mapping[str, Plain] | None = None,
        created: datetime | None = None,
        modified: datetime | None = None,
        listed: bool = True,
    ) -> Asset:
        """Puts an asset into a folder, which is made if it is not there.

        An asset of that name in the folder keeps its number, and when and by whom it was made; the
        rest of it becomes what is given.

        Args:
            company: the company's number.
            path: the folder's path, with the root's name or without.
            name: the asset's name, such as ``shoe``.
            type: a constant of the list of asset types.
            sub_type: of a set or a video.
            file_name: the file's, such as ``shoe.jpg``.
            ready: whether it is marked for publish.
            user: the e-mail of who does it.
            metadata: name of a metadata field → its value.
            info: field of the type's details → its value.
            created: when it was made; now by default.
            modified: when it was last changed; now by default.
            listed: whether the type must be in the list; requests may have another.

        Raises:
            ValueError: the type is not in the list; the message says what may be meant.
            Fault: the folder cannot be made, the name is none for an asset, or there are too many.
        """
        if listed and type not in asset_types():
            raise ValueError(no_such("asset type", type, asset_types()))
        _check_name(name, "an asset")
        folder = self.folder(company, path, create=True)
        held, now = self._of(company), self._now()
        asset = folder.assets.get(name)
        if asset is None:
            if len(held.assets) >= MOST_ASSETS:
                raise Fault(IN_USE, f"A company has at most {MOST_ASSETS} assets here.")
            asset = Asset(
                next(self._numbers),
                self._serial(type),
                company,
                folder,
                name,
                type,
                sub_type,
                file_name,
                ready,
                created or now,
                user,
                modified or now,
                user,
            )
            held.assets[asset.number] = asset
            self._show(held, asset)
        else:
            if asset.type != type:
                asset.type, asset.serial = type, self._serial(type)
            asset.sub_type, asset.file_name, asset.ready = sub_type, file_name, ready
            asset.modified, asset.modifier = modified or now, user
        asset.metadata = dict(metadata or {})
        asset.info = dict(info or {})
        self._changed(folder)
        return asset

    def _serial(self, kind: str) -> int:
        return next(self._serials.setdefault(kind, itertools.count(1)))

    def _show(self, held: _Holdings, asset: Asset) -> None:
        asset.folder.assets[asset.name] = asset
        held.named.setdefault(asset.name, {})[asset.number] = asset

    def _hide(self, held: _Holdings, asset: Asset) -> None:
        del asset.folder.assets[asset.name]
        same = held.named[asset.name]
        del same[asset.number]
        if not same:
            del held.named[asset.name]

    def asset(self, company: str, number: int) -> Asset | None:
        """The asset of a company with this number, in the trash or not; None if there is none."""
        return self.numbered(company).get(number)

    def numbered(self, company: str) -> Mapping[int, Asset]:
        """Number → asset of a company, in the trash or not: for who looks for many."""
        return self._of(company).assets

    def assets(self, company: str) -> Iterable[Asset]:
        """All assets of a company, those in the trash too, oldest first."""
        return self._of(company).assets.values()

    def named(self, company: str, name: str) -> list[Asset]:
        """The assets of a company with this name that are not in the trash, oldest first."""
        return self.all_named(company, (name,))

    def all_named(self, company: str, names: Iterable[str]) -> list[Asset]:
        """``named`` for each name, one after the other."""
        known = self._of(company).named
        return [asset for name in names for asset in known.get(name, {}).values()]

    def touch(self, asset: Asset, user: str) -> None:
        """Notes that a user changed an asset now."""
        asset.modified, asset.modifier = self._now(), user

    def rename_asset(self, asset: Asset, name: str, user: str, *, everywhere: bool) -> None:
        """Gives an asset another name. Its file is called so, too, and keeps its extension (D).

        Args:
            asset: the asset, which is not in the trash.
            name: its new name.
            user: the e-mail of who does it.
            everywhere: whether the name must be new in all of the company, not in the folder only.

        Raises:
            Fault: the name is none for an asset, or is in use; or the asset is in the trash.
        """
        _check_name(name, "an asset")
        self._refuse_trashed(asset)
        if name == asset.name:
            return
        held = self._of(asset.company)
        if name in asset.folder.assets or (everywhere and name in held.named):
            raise Fault(IN_USE, f"The name {quoted(name)} is in use.")
        self._hide(held, asset)
        asset.name = name
        if asset.file_name:
            stem, dot, extension = asset.file_name.rpartition(".")
            asset.file_name = name + (dot + extension if stem else "")
        self._show(held, asset)
        self.touch(asset, user)
        self._changed(asset.folder)

    def move_asset(self, asset: Asset, target: Folder, user: str) -> None:
        """Moves an asset into another folder of its company.

        Raises:
            Fault: there is one of that name; or the asset is in the trash.
        """
        self._refuse_trashed(asset)
        if target is asset.folder:
            return
        if asset.name in target.assets:
            raise Fault(IN_USE, f"There is an asset {quoted(asset.name)} in {target.path} already.")
        held, before = self._of(asset.company), asset.folder
        self._hide(held, asset)
        asset.folder = target
        self._show(held, asset)
        self.touch(asset, user)
        self._changed(before)
        self._changed(target)

    def _refuse_trashed(self, asset: Asset) -> None:
        if asset.trash != NOT_IN_TRASH:
            raise Fault(NOT_FOUND, f"The asset {quoted(asset.name)} is in the trash.")

    def delete_asset(self, asset: Asset, user: str) -> None:
        """Moves an asset into the trash.

        Raises:
            Fault: it is there.
        """
        self._refuse_trashed(asset)
        self._hide(self._of(asset.company), asset)
        asset.trash = IN_TRASH
        self.touch(asset, user)
        self._changed(asset.folder)

    def restore_asset(self, asset: Asset, user: str) -> None:
        """Moves an asset out of the trash to where it was; folders that are gone are made anew.

        Raises:
            Fault: it is not in the trash, or was emptied from it; or its name is in use there.
        """
        if asset.trash != IN_TRASH:
            raise Fault(NOT_FOUND, f"The asset {quoted(asset.name)} is not in the trash.")
        folder = self.folder(asset.company, asset.folder.path, create=True)
        if asset.name in folder.assets:
            raise Fault(IN_USE, f"There is an asset {quoted(asset.name)} in {folder.path} already.")
        asset.folder, asset.trash = folder, NOT_IN_TRASH
        self._show(self._of(asset.company), asset)
        self.touch(asset, user)
        self._changed(folder)

    def empty_asset(self, asset: Asset, user: str) -> None:
        """Empties an asset from the trash: it cannot be restored any more.

        Raises:
            Fault: it is not in the trash, or was emptied already.
        """
        if asset.trash != IN_TRASH:
            raise Fault(NOT_FOUND, f"The asset {quoted(asset.name)} is not in the trash.")
        asset.trash = EMPTIED
        self.touch(asset, user)
