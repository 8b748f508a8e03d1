"""Permissions of groups on assets, folders and property sets: set, changed, removed, and shown.

They are kept and shown. Nothing is refused for them: no source says what the service does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ips_contract.mock.operations.asset_values import find_asset, find_folder
from ips_contract.mock.operations.groups import any_group
from ips_contract.mock.operations.property_sets import find_property_set
from ips_contract.mock.operations.reading import entries, flag, needed, read
from ips_contract.mock.state.permission import Permission

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ips_contract.mock.operations.call import Call
    from ips_contract.mock.operations.job_details import Values
    from ips_contract.mock.operations.reading import Fields
    from ips_contract.mock.state.permission import Permissions
    from ips_contract.mock.state.store import Store

    # The request → what its permissions are of.
    Targets = Callable[[Store, Call, Fields], Sequence["_Target"]]
    # The permissions before and those of the request → those after.
    Change = Callable[[Permissions, Permissions], Permissions]


class _Target(Protocol):
    permissions: Permissions


# What permissions are of.


def _asset(store: Store, call: Call, fields: Fields) -> Sequence[_Target]:
    return [find_asset(store, call, needed(fields, "assetHandle"))]


def _folder(store: Store, call: Call, fields: Fields) -> Sequence[_Target]:
    """A folder, and where its children are meant, too, all folders below (I)."""
    folder = find_folder(store, call, needed(fields, "folderHandle"))
    children = flag(fields, "setChildren") or flag(fields, "updateChildren")
    return list(folder.walk()) if children else [folder]


def _property_set(store: Store, call: Call, fields: Fields) -> Sequence[_Target]:
    return [find_property_set(store, call, needed(fields, "setHandle"))]


# What becomes of them.


def _set(_: Permissions, given: Permissions) -> Permissions:
    return _update((), given)


def _update(before: Permissions, given: Permissions) -> Permissions:
    kept = {(row.group, row.type): row for row in (*before, *given)}
    return tuple(kept.values())


def _remove(_: Permissions, __: Permissions) -> Permissions:
    return ()


def _acting(targets: Targets, change: Change, array: str = "") -> Callable[[Store, Call], Values]:
    def act(store: Store, call: Call) -> Values:
        fields = read(call)
        given = tuple(_permission(store, call, row) for row in entries(fields, array))
        for target in targets(store, call, fields):
            target.permissions = change(target.permissions, given)
        return {}

    return act


def _permission(store: Store, call: Call, row: Fields) -> Permission:
    return Permission(
        any_group(store, call, needed(row, "groupHandle")).number,
        needed(row, "permissionType"),
        flag(row, "isAllowed"),
        flag(row, "isOverride"),
    )


PERMISSIONS: dict[str, Callable[[Store, Call], Values]] = {
    "setAssetPermissions": _acting(_asset, _set, "permissionArray"),
    "updateAssetPermissions": _acting(_asset, _update, "updateArray"),
    "removeAssetPermissions": _acting(_asset, _remove),
    "setFolderPermissions": _acting(_folder, _set, "permissionArray"),
    "updateFolderPermissions": _acting(_folder, _update, "updateArray"),
    "removeFolderPermissions": _acting(_folder, _remove),
    "setPropertySetPermissions": _acting(_property_set, _set, "permissionArray"),
    "updatePropertySetPermissions": _acting(_property_set, _update, "updateArray"),
    "removePropertySetPermissions": _acting(_property_set, _remove),
}
