"""What changes assets, one or many in a request: rows over the same few changes.

A request about one asset is refused with a fault. One about many changes those that it can; what
it cannot is counted, and stands in errorDetailArray.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ips_contract.contract.handles import handle_number, handle_parts
from ips_contract.mock.fault import Fault
from ips_contract.mock.operations.asset_values import find_asset, find_folder
from ips_contract.mock.operations.bounds import fitted
from ips_contract.mock.operations.metadata import set_metadata
from ips_contract.mock.operations.new_assets import set_modifiers
from ips_contract.mock.operations.reading import (
    INVALID,
    entries,
    flag,
    needed,
    read,
    text,
    texts,
    values_of,
)
from ips_contract.mock.state.catalog import CONTEXT, PROJECT
from ips_contract.xml.text import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ips_contract.contract.writer import Value
    from ips_contract.mock.operations.call import Call
    from ips_contract.mock.operations.job_details import Values
    from ips_contract.mock.operations.reading import Fields
    from ips_contract.mock.state.assets import Asset
    from ips_contract.mock.state.catalog import Record
    from ips_contract.mock.state.store import Store

    # The fields are those of the request, or those of an item that is about one asset.
    Change = Callable[[Store, Call, Asset, Fields], None]


# The changes.


def _delete(store: Store, call: Call, asset: Asset, _: Fields) -> None:
    store.library.delete_asset(asset, call.account.email)


def _restore(store: Store, call: Call, asset: Asset, _: Fields) -> None:
    store.library.restore_asset(asset, call.account.email)


def _empty(store: Store, call: Call, asset: Asset, _: Fields) -> None:
    store.library.empty_asset(asset, call.account.email)


def _move(store: Store, call: Call, asset: Asset, fields: Fields) -> None:
    folder = find_folder(store, call, needed(fields, "folderHandle"))
    store.library.move_asset(asset, folder, call.account.email)


def _rename(store: Store, call: Call, asset: Asset, fields: Fields) -> None:
    # validateName: the new name is checked for global uniqueness (D).
    store.library.rename_asset(
        asset,
        needed(fields, "newName"),
        call.account.email,
        everywhere=flag(fields, "validateName"),
    )


def _publish_state(store: Store, call: Call, asset: Asset, fields: Fields) -> None:
    ready = needed(fields, "publishState") == "MarkedForPublish"
    contexts = texts(fields, "contextHandleArray")
    if contexts:
        _mark(store, call, asset, [(handle, ready) for handle in contexts])
    else:
        asset.ready = ready
    store.library.touch(asset, call.account.email)


def _context_states(store: Store, call: Call, asset: Asset, fields: Fields) -> None:
    states = [
        (needed(row, "contextHandle"), needed(row, "publishState") == "MarkedForPublish")
        for row in entries(fields, "contextStateUpdateArray")
    ]
    _mark(store, call, asset, states)
    store.library.touch(asset, call.account.email)


def _mark(store: Store, call: Call, asset: Asset, states: Iterable[tuple[str, bool]]) -> None:
    marked = set(asset.contexts)
    store.catalog.contexts(call.company)  # They are there from now on.
    for handle, ready in states:
        context = store.catalog.find(CONTEXT, handle_number(handle))
        if context is None or context.company != call.company:
            raise Fault(INVALID, f"There is no publish context with the handle {quoted(handle)}.")
        (marked.add if ready else marked.discard)(context.number)
    asset.contexts = marked
    asset.ready = bool(marked)


def _metadata(store: Store, call: Call, asset: Asset, fields: Fields) -> None:
    set_metadata(store, call, asset, entries(fields, "updateArray"))


def _forget_metadata(store: Store, call: Call, asset: Asset, fields: Fields) -> None:
    for row in entries(fields, "deleteArray"):
        asset.metadata.pop(handle_parts(needed(row, "fieldHandle"))[-1], None)
    store.library.touch(asset, call.account.email)


def _modifiers(store: Store, call: Call, asset: Asset, fields: Fields) -> None:
    set_modifiers(asset, fields)
    store.library.touch(asset, call.account.email)


def _packet(store: Store, call: Call, asset: Asset, fields: Fields) -> None:
    asset.xmp = needed(fields, "compressedPacket")
    store.library.touch(asset, call.account.email)


def _without_mask(store: Store, call: Call, asset: Asset, _: Fields) -> None:
    for name in ("maskPath", "maskFile"):
        asset.info.pop(name, None)
    store.library.touch(asset, call.account.email)


def _force(_: Store, __: Call, asset: Asset, ___: Fields) -> None:
    asset.forced = True


def _thumb(store: Store, call: Call, asset: Asset, fields: Fields) -> None:
    handle = text(fields, "thumbAssetHandle")
    asset.thumb = find_asset(store, call, handle).number if handle else None
    store.library.touch(asset, call.account.email)


def _details(kind: str) -> Change:
    """Changes details of an asset: those that a type of the contract has."""

    def change(store: Store, call: Call, asset: Asset, fields: Fields) -> None:
        asset.info.update(values_of(call, fields, kind, frozenset(("assetHandle",))))
        store.library.touch(asset, call.account.email)

    return change


# Requests about one asset.

_ONE: dict[str, Change] = {
    "deleteAsset": _delete,
    "moveAsset": _move,
    "renameAsset": _rename,
    "setAssetPublishState": _publish_state,
    "setAssetMetadata": _metadata,
    "deleteAssetMetadata": _forget_metadata,
    "setUrlModifier": _modifiers,
    "removeMask": _without_mask,
}


class _Many(NamedTuple):
    """A request about many assets.

    ``array`` has handles, or items with an assetHandle each.
    """

    array: str
    change: Change


_MANY: dict[str, _Many] = {
    "deleteAssets": _Many("assetHandleArray", _delete),
    "restoreAssetsFromTrash": _Many("assetHandleArray", _restore),
    "emptyAssetsFromTrash": _Many("assetHandleArray", _empty),
    "moveAssets": _Many("assetMoveArray", _move),
    "setAssetsPublishState": _Many("publishStateUpdateArray", _publish_state),
    "setAssetsContextState": _Many("assetsContextStateUpdateArray", _context_states),
    "forceRepublishAssets": _Many("assetHandleArray", _force),
    "batchSetThumbAsset": _Many("updateArray", _thumb),
    "batchSetImageFields": _Many("updateArray", _details("ImageFieldUpdate")),
    "batchSetFontFields": _Many("updateArray", _details("FontFieldUpdate")),
    "batchSetIccProfileFields": _Many("updateArray", _details("IccProfileFieldUpdate")),
}


def _project(store: Store, call: Call, fields: Fields) -> Record:
    handle = needed(fields, "projectHandle")
    record = store.catalog.named(PROJECT, call.company, handle_parts(handle)[-1])
    if record is None:
        raise Fault(INVALID, f"There is no project with the handle {quoted(handle)}.")
    return record


def add_project_assets(store: Store, call: Call) -> Values:
    """Puts assets into a project."""
    return _change_project(store, call, lambda asset, number: asset.projects.add(number))


def remove_project_assets(store: Store, call: Call) -> Values:
    """Takes assets out of a project."""
    return _change_project(store, call, lambda asset, number: asset.projects.discard(number))


def set_project_assets(store: Store, call: Call) -> Values:
    """Puts these assets into a project, and takes all others out."""
    number = _project(store, call, read(call)).number
    for asset in store.library.assets(call.company):
        asset.projects.discard(number)
    return add_project_assets(store, call)


def _change_project(store: Store, call: Call, change: Callable[[Asset, int], None]) -> Values:
    fields = read(call)
    number = _project(store, call, fields).number
    rows: list[tuple[str, Fields]] = [(h, {}) for h in texts(fields, "assetHandleArray")]
    return _counted(store, call, rows, lambda _, __, asset, ___: change(asset, number))


def get_xmp_packet(store: Store, call: Call) -> Values:
    """The XMP packet that an asset was given; an empty one where nobody gave any (I)."""
    asset = find_asset(store, call, needed(read(call), "assetHandle"))
    return {"compressedPacket": asset.xmp}


def _one(change: Change, **answer: Value) -> Callable[[Store, Call], Values]:
    def act(store: Store, call: Call) -> Values:
        fields = read(call)
        asset = find_asset(store, call, needed(fields, "assetHandle"))
        change(store, call, asset, fields)
        return {**answer}

    return act


def _many(row: _Many) -> Callable[[Store, Call], Values]:
    def act(store: Store, call: Call) -> Values:
        fields = read(call)
        rows: list[tuple[str, Fields]] = [(handle, {}) for handle in texts(fields, row.array)]
        rows += [(text(item, "assetHandle"), item) for item in entries(fields, row.array)]
        return _counted(store, call, rows, row.change)

    return act


def _counted(store: Store, call: Call, rows: list[tuple[str, Fields]], change: Change) -> Values:
    """Does a change to many assets, and says how many could be changed, and why others not."""
    faults = []
    for handle, fields in rows:
        try:
            change(store, call, find_asset(store, call, handle), fields)
        except Fault as refusal:
            fault: Values = {
                "assetHandle": handle,
                "code": refusal.code,
                "reason": refusal.reason,
            }
            faults.append(fault)
    values: Values = {
        "successCount": len(rows) - len(faults),
        "warningCount": 0,
        "errorCount": len(faults),
    }
    if faults:
        values["errorDetailArray"] = fitted(call, "AssetOperationFault", faults, "faults")
    return values


ASSET_CHANGES: dict[str, Callable[[Store, Call], Values]] = {
    **{name: _one(change) for name, change in _ONE.items()},
    **{name: _many(row) for name, row in _MANY.items()},
    "updateXMPPacket": _one(_packet, success=True),
    "getXMPPacket": get_xmp_packet,
    "addProjectAssets": add_project_assets,
    "removeProjectAssets": remove_project_assets,
    "setProjectAssets": set_project_assets,
}
