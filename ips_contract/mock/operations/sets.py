"""Image sets and asset sets: assets that have others as members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.mock.operations.asset_values import (
    asset_handle,
    asset_values,
    find_asset,
)
from ips_contract.mock.operations.bounds import fitting
from ips_contract.mock.operations.new_assets import new_asset
from ips_contract.mock.operations.reading import entries, flag, needed, read, text
from ips_contract.mock.operations.selection import selection_of
from ips_contract.mock.state.assets import Member

if TYPE_CHECKING:
    from ips_contract.mock.operations.call import Call
    from ips_contract.mock.operations.job_details import Values
    from ips_contract.mock.operations.reading import Fields
    from ips_contract.mock.state.assets import Asset
    from ips_contract.mock.state.store import Store


def create_image_set(store: Store, call: Call) -> Values:
    """A new set without members; answers its handle."""
    fields = read(call)
    asset = _new_set(store, call, fields, needed(fields, "type"), "")
    return {"assetHandle": asset_handle(asset, call)}


def create_asset_set(store: Store, call: Call) -> Values:
    """A new asset set; answers its handle."""
    fields = read(call)
    asset = _new_set(store, call, fields, "AssetSet", needed(fields, "subType"))
    asset.set_definition = text(fields, "setDefinition")
    return {"assetHandle": asset_handle(asset, call)}


def _new_set(store: Store, call: Call, fields: Fields, kind: str, sub_type: str) -> Asset:
    thumb = _thumb(store, call, fields)
    asset = new_asset(store, call, fields, kind, sub_type)
    asset.thumb = thumb
    return asset


def _thumb(store: Store, call: Call, fields: Fields) -> int | None:
    handle = text(fields, "thumbAssetHandle")
    return find_asset(store, call, handle).number if handle else None


def get_image_set_members(store: Store, call: Call) -> Values:
    """The members of a set, in their order."""
    fields = read(call)
    asset = find_asset(store, call, needed(fields, "assetHandle"))
    below = selection_of(fields).below("memberArray", "items")

    def show(member: Member, /, *, details: bool) -> Values:
        values: Values = {}
        found = store.library.asset(call.company, member.asset)
        if found is not None and below.has("asset"):
            shown = below.below("asset")
            values["asset"] = asset_values(store, call, found, shown, details=details)
        if below.has("pageReset"):
            values["pageReset"] = member.page_reset
        return values

    listed = fitting(call, "ImageSetMember", asset.members, show, lambda _: b"", "members")
    return {"memberArray": [item for _, item in listed]}


def set_image_set_members(store: Store, call: Call) -> Values:
    """Gives a set these members and no others."""
    fields = read(call)
    asset = find_asset(store, call, needed(fields, "assetHandle"))
    asset.members = _members(store, call, fields)
    store.library.touch(asset, call.account.email)
    return {}


def _members(store: Store, call: Call, fields: Fields) -> list[Member]:
    return [
        Member(find_asset(store, call, needed(row, "assetHandle")).number, flag(row, "pageReset"))
        for row in entries(fields, "memberArray")
    ]


def update_set(store: Store, call: Call) -> Values:
    """Changes what the request gives of a set: members, definition, what shows it."""
    fields = read(call)
    asset = find_asset(store, call, needed(fields, "assetHandle"))
    thumb = _thumb(store, call, fields)
    if "memberArray" in fields:
        asset.members = _members(store, call, fields)
    if "setDefinition" in fields:
        asset.set_definition = text(fields, "setDefinition")
    if thumb is not None:
        asset.thumb = thumb
    store.library.touch(asset, call.account.email)
    return {}
