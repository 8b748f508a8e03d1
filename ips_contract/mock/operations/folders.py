"""Folders: getFolders, getFolderTree, and what makes, renames, moves and deletes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.contract.handles import write_handle
from ips_contract.contract.writer import Written, written
from ips_contract.mock.fault import Fault
from ips_contract.mock.operations.asset_values import find_folder, folder_handle
from ips_contract.mock.operations.bounds import BOUNDED, MOST_BYTES, fitting, size_of
from ips_contract.mock.operations.groups import permission_values
from ips_contract.mock.operations.reading import needed, read, text, texts, whole
from ips_contract.mock.operations.selection import selection_of
from ips_contract.xml.text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ips_contract.mock.operations.call import Call
    from ips_contract.mock.operations.job_details import Values
    from ips_contract.mock.operations.reading import Fields
    from ips_contract.mock.operations.selection import Selection
    from ips_contract.mock.state.assets import Folder
    from ips_contract.mock.state.permission import Permissions
    from ips_contract.mock.state.store import Store

_AROUND = "<items></items><subfolderArray></subfolderArray>"
_IN_USE = 30000


def _start(store: Store, call: Call, fields: Fields) -> Folder:
    """The folder that folderPath names; the root without one (D)."""
    path = text(fields, "folderPath")
    return store.library.folder(call.company, path.removeprefix("f|"))


def _wanted(top: Folder, types: frozenset[str]) -> set[Folder] | None:
    """The folders that have assets of these types, in them or below (I); None: all."""
    if not types:
        return None
    wanted: set[Folder] = set()
    for folder in top.walk():
        if any(asset.type in types for asset in folder.assets.values()):
            above: Folder | None = folder
            while above is not None and above not in wanted:
                wanted.add(above)
                above = above.parent
    return wanted


def _values(store: Store, folder: Folder, call: Call, shown: Selection) -> Values:
    values: Values = {
        "folderHandle": folder_handle(folder, call),
        "path": folder.path,
        "lastModified": folder.modified,
        "childLastModified": folder.child_modified,
        "hasSubfolders": bool(folder.folders),
    }
    permissions = permission_values(store, call, folder.permissions)
    if permissions:  # Until they had sets, folders had them themselves (W).
        values["permissions"] = permissions
        values["permissionSetHandle"] = _set_handle(store, call, folder.permissions)
    return {name: value for name, value in values.items() if shown.has(name)}


def _set_handle(store: Store, call: Call, permissions: Permissions) -> str:
    return write_handle("permission set", call.date, store.catalog.permission_set(permissions))


def _permission_sets(
    store: Store, call: Call, shown: Selection, folders: Iterable[Folder], room: int
) -> Values:
    """The sets of permissions that folders have, by the handles that they are shown with."""
    if not shown.has("permissionSetArray"):
        return {}
    sets = dict.fromkeys(folder.permissions for folder in folders)

    def show(permissions: Permissions, /, *, details: bool) -> Values:  # noqa: ARG001 # It has none.
        return {
            "permissionSetHandle": _set_handle(store, call, permissions),
            "permissionArray": permission_values(store, call, permissions),
        }

    rows = [row for row in sets if permission_values(store, call, row)]
    found = fitting(call, "PermissionSet", rows, show, None, "permission sets", room)
    return {"permissionSetArray": [item for _, item in found]} if found else {}


def get_folders(store: Store, call: Call) -> Values:
    """A folder and all those below it, one after the other (D)."""
    fields = read(call)
    top, shown = _start(store, call, fields), selection_of(fields)
    wanted = _wanted(top, frozenset(texts(fields, "assetTypeArray")))
    found = [folder for folder in top.walk() if wanted is None or folder in wanted]
    if not shown.has("folderArray"):
        return _permission_sets(store, call, shown, found, MOST_BYTES)
    below = shown.below("folderArray", "items")

    def show(folder: Folder, /, *, details: bool) -> Values:  # noqa: ARG001 # It has none.
        return _values(store, folder, call, below)

    listed = fitting(call, "Folder", found, show, None, "folders")
    items = [item for _, item in listed]
    sets = _permission_sets(
        store, call, shown, (folder for folder, _ in listed), MOST_BYTES - size_of(items)
    )
    return {"folderArray": items, **sets}


def get_folder_tree(store: Store, call: Call) -> Values:
    """A folder with those in it, as many levels down as depth says: 0 none, below 0 all (D)."""
    fields = read(call)
    top, shown = _start(store, call, fields), selection_of(fields)
    depth = whole(fields, "depth", -(10**18), 0)
    wanted = _wanted(top, frozenset(texts(fields, "assetTypeArray")))
    if not shown.has("folders"):
        return {}
    # By level, so that an answer that cannot take all has all of the upper ones.
    order: list[tuple[Folder, int]] = [(top, -1)]
    texts_of: list[Written] = []
    room, number, ends = MOST_BYTES, 0, [1]
    level, below = 0, shown.below("folders")
    while number < len(order):
        item = written(call.version, "Folder", _values(store, order[number][0], call, below))
        room -= len(item.encode()) + len(_AROUND)
        if room < 0 and number:
            break
        texts_of.append(item)
        if (depth < 0 or level < depth) and below.has("subfolderArray"):
            inner = order[number][0].folders
            order += [
                (inner[name], number)
                for name in sorted(inner)
                if wanted is None or inner[name] in wanted
            ]
        number += 1
        if number == ends[-1]:
            ends.append(len(order))
            level += 1
            below = below.below("subfolderArray", "items")
    if len(texts_of) < len(order):
        call.note(f"{BOUNDED}{len(texts_of)} of {len(order)} or more folders are listed")
    inside: list[list[str]] = [[] for _ in texts_of]
    for index in range(len(texts_of) - 1, -1, -1):
        if inside[index]:
            items = "".join(f"<items>{item}</items>" for item in reversed(inside[index]))
            texts_of[index] = Written(f"{texts_of[index]}<subfolderArray>{items}</subfolderArray>")
        if index:
            inside[order[index][1]].append(texts_of[index])
    folders = (folder for folder, _ in order[: len(texts_of)])
    sets = _permission_sets(store, call, shown, folders, max(room, 0))
    return {"folders": texts_of[0], **sets}


# What changes folders.


def create_folder(store: Store, call: Call) -> Values:
    """A new folder; those above it that are not there are made, too (I).

    Raises:
        Fault: there is one, or the path is none.
    """
    path = needed(read(call), "folderPath")
    if store.library.find_folder(call.company, path) is not None:
        raise Fault(_IN_USE, f"There is a folder {quoted(path)} already.")
    folder = store.library.folder(call.company, path, create=True)
    return {"folderHandle": folder_handle(folder, call)}


def rename_folder(store: Store, call: Call) -> Values:
    """Gives a folder another name; answers its new handle."""
    fields = read(call)
    folder = find_folder(store, call, needed(fields, "folderHandle"))
    store.library.rename_folder(folder, needed(fields, "folderName"))
    return {"folderHandle": folder_handle(folder, call)}


def move_folder(store: Store, call: Call) -> Values:
    """Moves a folder into another; answers its new handle."""
    fields = read(call)
    folder = find_folder(store, call, needed(fields, "folderHandle"))
    target = find_folder(store, call, needed(fields, "destFolderHandle"))
    store.library.move_folder(folder, target)
    return {"folderHandle": folder_handle(folder, call)}


def delete_folder(store: Store, call: Call) -> Values:
    """Deletes a folder with all that is in it; its assets come into the trash (I)."""
    folder = find_folder(store, call, needed(read(call), "folderHandle"))
    store.library.delete_folder(call.company, folder, call.account.email)
    return {}
