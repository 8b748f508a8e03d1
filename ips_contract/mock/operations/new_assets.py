"""Assets that clients make without a file: templates, views, presets, copies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.mock.fault import Fault
from ips_contract.mock.operations.asset_values import (
    asset_handle,
    find_asset,
    find_folder,
    setting_values,
)
from ips_contract.mock.operations.bounds import fitted
from ips_contract.mock.operations.reading import entries, needed, read, text
from ips_contract.xml.text import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from ips_contract.mock.operations.call import Call
    from ips_contract.mock.operations.job_details import Values
    from ips_contract.mock.operations.reading import Fields
    from ips_contract.mock.state.assets import Asset
    from ips_contract.mock.state.store import Store

_IN_USE = 30000
_MODIFIERS = ("urlModifier", "urlPostApplyModifier")


def new_asset(store: Store, call: Call, fields: Fields, kind: str, sub_type: str = "") -> Asset:
    """A new asset with the name and in the folder of a request, not marked for publish.

    Raises:
        Fault: there is no such folder, or the name is in use there.
    """
    name, folder = needed(fields, "name"), find_folder(store, call, needed(fields, "folderHandle"))
    if name in folder.assets:
        raise Fault(_IN_USE, f"There is an asset {quoted(name)} in {folder.path} already.")
    return store.library.put_asset(
        call.company,
        folder.path,
        name,
        type=kind,
        sub_type=sub_type,
        ready=False,
        user=call.account.email,
        listed=False,
    )


def set_modifiers(asset: Asset, fields: Fields) -> None:
    """Gives an asset the URL modifiers of a request; those that it does not name stay."""
    asset.info.update({name: text(fields, name) for name in _MODIFIERS if name in fields})


def create_template(store: Store, call: Call) -> Values:
    """A new template or watermark; answers its handle."""
    fields = read(call)
    asset = new_asset(store, call, fields, needed(fields, "type"))
    set_modifiers(asset, fields)
    return {"assetHandle": asset_handle(asset, call)}


def create_derived_asset(store: Store, call: Call) -> Values:
    """A new view of an asset, its owner; answers its handle."""
    fields = read(call)
    owner = find_asset(store, call, needed(fields, "ownerHandle"))
    asset = new_asset(store, call, fields, needed(fields, "type"))
    asset.owner = owner.number
    set_modifiers(asset, fields)
    return {"assetHandle": asset_handle(asset, call)}


def copy_image(store: Store, call: Call) -> Values:
    """A new asset of the type of another, changed by a URL: what its details are no source says."""
    fields = read(call)
    source = find_asset(store, call, needed(fields, "assetHandle"))
    asset = new_asset(store, call, fields, source.type, source.sub_type)
    return {"assetHandle": asset_handle(asset, call)}


def replace_image(store: Store, call: Call) -> Values:
    """Changes an image by a URL modifier, which the mock does not render; answers its handle."""
    asset = find_asset(store, call, needed(read(call), "assetHandle"))
    store.library.touch(asset, call.account.email)
    return {"assetHandle": asset_handle(asset, call)}


# Viewer presets.


def _settings(fields: Fields) -> dict[str, tuple[str, str]]:
    return {
        needed(row, "name"): (str(row.get("value", "")), text(row, "handle"))
        for row in entries(fields, "configSettingArray")
    }


def create_viewer_preset(store: Store, call: Call) -> Values:
    """A new viewer preset; answers its handle."""
    fields = read(call)
    kind, settings = needed(fields, "type"), _settings(fields)
    asset = new_asset(store, call, fields, "ViewerPreset")
    asset.info["type"] = kind
    asset.settings = settings
    return {"viewerPresetHandle": asset_handle(asset, call)}


def get_viewer_config_settings(store: Store, call: Call) -> Values:
    """The type and the settings of a viewer preset."""
    asset = find_asset(store, call, needed(read(call), "assetHandle"))
    rows = setting_values(asset.settings)
    return {
        "type": str(asset.info.get("type", "")),
        "configSettingArray": fitted(call, "ConfigSetting", rows, "settings"),
    }


def set_viewer_config_settings(store: Store, call: Call) -> Values:
    """Gives a viewer preset this name and type, and these settings and no others."""
    fields = read(call)
    asset = find_asset(store, call, needed(fields, "assetHandle"))
    kind, settings = needed(fields, "type"), _settings(fields)
    user = call.account.email
    store.library.rename_asset(asset, needed(fields, "name"), user, everywhere=False)
    asset.info["type"], asset.settings = kind, settings
    store.library.touch(asset, user)
    return {}


def update_viewer_config_settings(store: Store, call: Call) -> Values:
    """Changes those settings of a viewer preset that the request names."""
    fields = read(call)
    asset = find_asset(store, call, needed(fields, "assetHandle"))
    asset.settings = {**asset.settings, **_settings(fields)}
    store.library.touch(asset, call.account.email)
    return {}


NEW_ASSETS: dict[str, Callable[[Store, Call], Values]] = {
    "createTemplate": create_template,
    "createDerivedAsset": create_derived_asset,
    "copyImage": copy_image,
    "replaceImage": replace_image,
    "createViewerPreset": create_viewer_preset,
    "getViewerConfigSettings": get_viewer_config_settings,
    "setViewerConfigSettings": set_viewer_config_settings,
    "updateViewerConfigSettings": update_viewer_config_settings,
}
