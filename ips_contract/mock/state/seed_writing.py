"""The state as the plain data that a seed is: what ``seed_reading`` does, the other way."""

from __future__ import annotations

from datetime import datetime
from math import isfinite
from typing import TYPE_CHECKING, Any

from ips_contract.contract.versions import LATEST
from ips_contract.contract.writer import plain_text
from ips_contract.mock.state.asset_types import info_fields
from ips_contract.mock.state.assets import NOT_IN_TRASH
from ips_contract.mock.state.catalog import (
    CONTEXT,
    GROUP,
    IMAGE_FORMAT,
    METADATA_FIELD,
    PROJECT,
    PROPERTY_SET,
    PROPERTY_SET_TYPE,
)
from ips_contract.xml.datetimes import write_date_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ips_contract.mock.state.accounts import Account
    from ips_contract.mock.state.assets import Asset, Folder
    from ips_contract.mock.state.catalog import Catalog, Record
    from ips_contract.mock.state.library import Library
    from ips_contract.mock.state.store import Store

# The fields of a seed's metadata field that are values of the record.
_FIELD_VALUES = (
    *("assetType", "type", "defaultValue", "initialTagValue"),
    *("isRequired", "isUserDefined", "isHidden", "isEnforced"),
)


def write_seed(store: Store) -> dict[str, Any]:
    """What ``store`` has, as ``read_seed`` reads it.

    Passwords and tokens are left out; so are assets in the trash whose name another asset of the
    folder has by now, and numbers: a new service gives its own.
    """
    library, catalog = store.library, store.catalog
    numbers = dict.fromkeys((*store.accounts.companies(), *library.companies()))
    return {
        "companies": [_company(store, library, catalog, number) for number in numbers],
        "users": [_user(user) for user in store.accounts.users()],
    }


def _user(user: Account) -> dict[str, Any]:
    row: dict[str, Any] = {"email": user.email, "role": user.role, "isValid": user.valid}
    row |= {"firstName": user.first_name} if user.first_name else {}
    row |= {"lastName": user.last_name} if user.last_name else {}
    if user.expires is not None:
        row["passwordExpires"] = write_date_time(user.expires)
    if user.companies is not None:
        row["companies"] = [_membership(user, number) for number in sorted(user.companies)]
    return row


def _membership(user: Account, number: str) -> dict[str, Any]:
    row: dict[str, Any] = {"company": number, "isActive": number not in user.inactive}
    return row | ({"role": user.roles[number]} if number in user.roles else {})


def _company(store: Store, library: Library, catalog: Catalog, number: str) -> dict[str, Any]:
    root, company = library.root(number), store.accounts.company(number)
    found: dict[str, Any] = {
        "name": company.name,
        "number": number,
        "expires": write_date_time(company.expires) if company.expires is not None else "",
        "imsOrgId": company.ims_org_id,
        "folders": [_path(folder, root) for folder in root.walk() if folder is not root],
        "projects": [record.name for record in catalog.records(PROJECT, number)],
        "groups": [
            {
                "name": record.name,
                "isSystemDefined": bool(record.values.get("isSystemDefined")),
                "members": list(record.members),
            }
            for record in catalog.records(GROUP, number)
        ],
        "imageFormats": _named(catalog, IMAGE_FORMAT, number, "urlModifier"),
        "publishContexts": _named(catalog, CONTEXT, number, "contextType"),
        "metadataFields": [
            {
                "name": record.name,
                **_values(record, *_FIELD_VALUES),
                "values": list(record.members),
            }
            for record in catalog.records(METADATA_FIELD, number)
        ],
        "propertySetTypes": [
            _set_type(catalog, record) for record in catalog.records(PROPERTY_SET_TYPE, number)
        ],
        "assets": [_asset(library, catalog, asset, root) for asset in _writable(library, number)],
        "serverFiles": list(store.server_files(number)),
    }
    return {name: value for name, value in found.items() if value not in ([], "")}


def _path(folder: Folder, root: Folder) -> str:
    return folder.path.removeprefix(root.path).rstrip("/")


def _values(record: Record, *names: str) -> dict[str, Any]:
    return {
        name: record.values[name] for name in names if record.values.get(name) not in (None, "")
    }


def _named(catalog: Catalog, kind: str, company: str, *names: str) -> list[dict[str, Any]]:
    records = catalog.records(kind, company)
    return [{"name": record.name, **_values(record, *names)} for record in records]


def _set_type(catalog: Catalog, record: Record) -> dict[str, Any]:
    sets = [
        below
        for below in catalog.records(PROPERTY_SET, record.company)
        if below.values.get("type") == record.number
    ]
    return {
        "name": record.name,
        **_values(record, "propertyType", "allowMultiple"),
        "sets": [_property_set(below.values) for below in sets],
    }


def _property_set(values: Mapping[str, Any]) -> dict[str, Any]:
    row = {"owner": values["primaryOwnerHandle"], "properties": dict(values["properties"])}
    if values.get("secondaryOwnerHandle"):
        row["secondaryOwner"] = values["secondaryOwnerHandle"]
    return row


def _writable(library: Library, company: str) -> Iterator[Asset]:
    taken: set[tuple[Folder, str]] = set()
    everything = sorted(library.assets(company), key=lambda asset: asset.trash != NOT_IN_TRASH)
    kept = set()
    for asset in everything:
        place = (asset.folder, asset.name)
        if place not in taken:
            taken.add(place)
            kept.add(asset.number)
    return (asset for asset in library.assets(company) if asset.number in kept)


def _asset(library: Library, catalog: Catalog, asset: Asset, root: Folder) -> dict[str, Any]:
    details = info_fields(LATEST, asset.type)
    found: dict[str, Any] = {
        "folder": _path(asset.folder, root),
        "name": asset.name,
        "type": asset.type,
        "subType": asset.sub_type,
        "fileName": asset.file_name,
        "readyForPublish": asset.ready,
        "created": write_date_time(asset.created),
        "createUser": asset.creator,
        "lastModified": write_date_time(asset.modified),
        "lastModifyUser": asset.modifier,
        "trashState": asset.trash,
        "metadata": {name: _plain(value) for name, value in asset.metadata.items()},
        "info": {name: _plain(value) for name, value in asset.info.items() if name in details},
        "projects": _names(catalog, PROJECT, asset.projects),
        "publishContexts": _names(catalog, CONTEXT, asset.contexts),
        "members": [
            {"asset": path, "pageReset": member.page_reset}
            for member in asset.members
            if (path := _asset_path(library, asset, member.asset, root))
        ],
        "setDefinition": asset.set_definition,
        "thumbAsset": _asset_path(library, asset, asset.thumb, root),
        "originator": _asset_path(library, asset, asset.originator, root),
        "engine": asset.engine,
    }
    return {name: value for name, value in found.items() if value not in ("", [], {}, None)}


def _asset_path(library: Library, asset: Asset, number: int | None, root: Folder) -> str | None:
    other = library.asset(asset.company, number) if number is not None else None
    if other is None or other.trash != NOT_IN_TRASH:
        return None
    return f"{_path(other.folder, root)}/{other.name}".removeprefix("/")


def _names(catalog: Catalog, kind: str, numbers: set[int]) -> list[str]:
    found = (catalog.find(kind, number) for number in sorted(numbers))
    return [record.name for record in found if record is not None]


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return write_date_time(value)
    if isinstance(value, float) and not isfinite(value):
        return plain_text(value)  # JSON has no number for it.
    return list(value) if isinstance(value, tuple) else value
