"""Assets as answers show them, and the handles of assets and folders."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ips_contract.contract.handles import handle_number, write_handle
from ips_contract.mock.fault import Fault
from ips_contract.mock.operations.bounds import MOST_BYTES, fitting
from ips_contract.mock.operations.groups import permission_values
from ips_contract.mock.operations.reading import INVALID
from ips_contract.mock.operations.selection import ALL
from ips_contract.mock.state.asset_types import info_field, info_fields
from ips_contract.mock.state.catalog import IMAGE_MAP
from ips_contract.xml.datetimes import write_date_time
from ips_contract.xml.text import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ips_contract.contract.writer import Value, Written
    from ips_contract.mock.operations.call import Call
    from ips_contract.mock.operations.job_details import Values
    from ips_contract.mock.operations.selection import Selection
    from ips_contract.mock.state.assets import Asset, Folder, Metadata
    from ips_contract.mock.state.catalog import Record
    from ips_contract.mock.state.store import Store

# Type of an asset → the number in the middle of its handle, from handles that were seen (D, O). Of
# others none was seen, and they get that of an image (I).
_TYPE_NUMBERS = {
    "Image": 1,
    "Template": 2,
    "Watermark": 2,
    "ImageMap": 8,
    "ZoomTarget": 9,
    "AdjustedView": 10,
    "LayerView": 10,
    "IccProfile": 13,
    "Font": 14,
    "Video": 19,
    "ImageSet": 22,
    "RenderSet": 22,
    "SpinSet": 22,
    "PostScript": 25,
    "Pdf": 25,
    "Zip": 27,
    "ViewerPreset": 40,
    "AssetSet": 44,
}


def asset_handle(asset: Asset, call: Call) -> str:
    """The handle of an asset in the form of the request's version."""
    kind = _TYPE_NUMBERS.get(asset.type, 1)
    return write_handle("asset", call.date, asset.number, kind, asset.serial)


def folder_handle(folder: Folder, call: Call) -> str:
    """The handle of a folder in the form of the request's version."""
    return write_handle("folder", call.date, folder.path)


def find_asset(store: Store, call: Call, handle: str) -> Asset:
    """The asset of the request's company with a handle in the form of any version.

    Some requests name no company until 4.5 (L): then it may be in any that the user sees.

    Raises:
        Fault: there is none.
    """
    number = handle_number(handle)
    companies = [call.company] if call.company else store.library.companies()
    asset = None
    for company in companies:
        if asset is None and number is not None and store.accounts.sees(call.account, company):
            asset = store.library.asset(company, number)
    if asset is None:
        raise Fault(INVALID, f"There is no asset with the handle {quoted(handle)}.")
    return asset


def find_folder(store: Store, call: Call, handle: str) -> Folder:
    """The folder of the request's company with a handle in the form of any version.

    Raises:
        Fault: there is none.
    """
    return store.library.folder(call.company, handle.removeprefix("f|"))


def _projects(store: Store, asset: Asset) -> str | None:
    names = [store.catalog.name("project", number) for number in sorted(asset.projects)]
    return ", ".join(names) or None


# Field of an asset → its value, but for those that need the version.
_FIELDS: dict[str, Callable[[Store, Call, Asset], Value]] = {
    "assetHandle": lambda _, call, asset: asset_handle(asset, call),
    "type": lambda _, __, asset: asset.type,
    "subType": lambda _, __, asset: asset.sub_type or None,
    "name": lambda _, __, asset: asset.name,
    "fileName": lambda _, __, asset: asset.file_name or None,
    "folder": lambda _, __, asset: asset.folder.path,
    "folderHandle": lambda _, call, asset: folder_handle(asset.folder, call),
    "readyForPublish": lambda _, __, asset: asset.ready,
    "trashState": lambda _, __, asset: asset.trash,
    "projects": lambda store, _, asset: _projects(store, asset),
    "created": lambda _, __, asset: asset.created,
    "createUser": lambda _, __, asset: asset.creator or None,
    "lastModified": lambda _, __, asset: asset.modified,
    "lastModifyUser": lambda _, __, asset: asset.modifier or None,
}


def asset_values(
    store: Store, call: Call, asset: Asset, shown: Selection = ALL, *, details: bool = True
) -> Values:
    """The fields of an asset that are wanted; without details no metadata and nothing of its type.

    A field that other versions have is among them: who writes the answer leaves it out.
    """
    values: Values = {
        name: value(store, call, asset) for name, value in _FIELDS.items() if shown.has(name)
    }
    if details:
        if asset.metadata and shown.has("metadataArray"):
            values["metadataArray"] = [
                metadata_values(name, value) for name, value in asset.metadata.items()
            ]
        field = info_field(asset.type)
        if shown.has(field):
            names = info_fields(call.version, asset.type)
            below = shown.below(field)
            info = {
                name: value
                for name, value in _info(asset, call, below).items()
                if name in names and below.has(name)
            }
            if info:
                values[field] = info
        if asset.permissions and shown.has("permissions"):
            values["permissions"] = permission_values(store, call, asset.permissions) or None
    return values


def _info(asset: Asset, call: Call, shown: Selection) -> Values:
    found: Values = {}
    if asset.file_name:
        found["originalPath"] = asset.folder.path
        found["originalFile"] = asset.file_name
    if asset.set_definition:
        found["setDefinition"] = asset.set_definition
    for name, records in (("imageMaps", asset.image_maps), ("zoomTargets", asset.zoom_targets)):
        if records:
            below = shown.below(name, "items")
            rows = (part_values(record, call) for record in records)
            found[name] = [{k: v for k, v in row.items() if below.has(k)} for row in rows]
    if asset.settings:
        found["configSettingArray"] = setting_values(asset.settings)
    return {**found, **asset.info}


def part_values(record: Record, call: Call) -> Values:
    """An image map or a zoom target as answers show it."""
    handle = "imageMapHandle" if record.kind == IMAGE_MAP else "zoomTargetHandle"
    own: Values = {
        handle: write_handle(record.kind, call.date, record.number),
        "name": record.name,
    }
    return {**own, **record.values}


def setting_values(settings: Mapping[str, tuple[str, str]]) -> list[Values]:
    """The items of a ConfigSettingArray: name → value and handle, each ``""`` for none."""
    return [
        {"name": name, "value": value or None, "handle": handle or None}
        for name, (value, handle) in settings.items()
    ]


_TYPED = ((bool, "boolVal"), (int, "longVal"), (float, "doubleVal"), (datetime, "dateVal"))


def metadata_text(value: Metadata) -> str:
    """A value of metadata as text."""
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return write_date_time(value) if isinstance(value, datetime) else str(value)


def metadata_values(name: str, value: Metadata) -> Values:
    """A metadata field and its value: as text, and in the field for its type."""
    values: Values = {"name": name, "value": metadata_text(value)}
    if isinstance(value, tuple):
        values["valueArray"] = value
    else:
        typed = next((field for kind, field in _TYPED if isinstance(value, kind)), None)
        if typed is not None:
            values[typed] = value
    return values


def listed(
    store: Store,
    call: Call,
    assets: Sequence[Asset],
    shown: Selection = ALL,
    room: int = MOST_BYTES,
) -> list[Written]:
    """The items of an AssetArray: those of the assets that one answer takes, or the room in it."""

    def show(asset: Asset, /, *, details: bool) -> Values:
        return asset_values(store, call, asset, shown, details=details)

    found = fitting(call, "Asset", assets, show, lambda _: b"", "assets", room)
    return [item for _, item in found]
