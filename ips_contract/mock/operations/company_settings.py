"""Settings of companies and of publishing, disk usage, and events of the media portal."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ips_contract.contract.handles import handle_number
from ips_contract.mock.fault import Fault
from ips_contract.mock.operations.asset_values import (
    asset_values,
    find_asset,
)
from ips_contract.mock.operations.bounds import fitted
from ips_contract.mock.operations.members import known_companies
from ips_contract.mock.operations.reading import (
    INVALID,
    entries,
    moment,
    needed,
    read,
    text,
    values_of,
)
from ips_contract.mock.state.assets import EMPTIED
from ips_contract.mock.state.catalog import COMPANY, CONTEXT, EVENT
from ips_contract.xml.text import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from ips_contract.contract.writer import Value
    from ips_contract.mock.operations.call import Call
    from ips_contract.mock.operations.job_details import Values
    from ips_contract.mock.operations.reading import Fields
    from ips_contract.mock.state.store import Store

# What uploads do where nobody said otherwise, and nothing else; the service's own no source says.
_FIRST: dict[str, Value] = {
    "overwriteMode": "OverwriteAnyExt",
    "retainPublishState": False,
    "diskSpaceWarningMin": 0,
    "emailTrashCleanupWarning": False,
}
# Field of the settings → the asset that it is; in requests its handle.
_ASSETS = ("defaultSourceProfile", "defaultDisplayProfile", "iptcExifMappingXslt", "xmpMappingXslt")


def get_company_settings(store: Store, call: Call) -> Values:
    """The settings of a company: those that were set, and the first ones."""
    read(call)
    found: Values = {**_FIRST, **store.catalog.settings(COMPANY, call.company)}
    # Of the profiles the schema wants an asset, of the rest it does not; none has any fields.
    shown: Values = {name: {} for name in _ASSETS[:2]}
    for name in _ASSETS:
        number = found.pop(name, None)
        asset = store.library.asset(call.company, number) if isinstance(number, int) else None
        if asset is not None:
            shown[name] = asset_values(store, call, asset)
    return {"settings": {**found, **shown}}


def set_company_settings(store: Store, call: Call) -> Values:
    """Changes those settings of a company that the request gives."""
    fields = read(call)
    given = values_of(call, fields, "CompanySettings")
    for name in _ASSETS:
        handle = text(fields, f"{name}Handle")
        if handle:
            given[name] = find_asset(store, call, handle).number
    store.catalog.settings(COMPANY, call.company).update(given)
    return {}


# Settings of publishing.


def _of_context(kind: str, store: Store, call: Call, fields: Fields) -> dict[str, Value]:
    """The settings of a publish context; without one, those of the company."""
    handle, number = text(fields, "contextHandle"), 0
    if handle:
        store.catalog.contexts(call.company)  # They are there from now on.
        context = store.catalog.find(CONTEXT, handle_number(handle))
        if context is None or context.company != call.company:
            words = f"There is no publish context with the handle {quoted(handle)}."
            raise Fault(INVALID, words)
        number = context.number
    return store.catalog.settings(kind, call.company, number)


def _getting(kind: str) -> Callable[[Store, Call], Values]:
    def act(store: Store, call: Call) -> Values:
        found = _of_context(kind, store, call, read(call))
        rows = [row for row in found.values() if isinstance(row, dict)]
        return {"publishSettingArray": fitted(call, "ConfigSetting", rows, "settings")}

    return act


def _setting(kind: str) -> Callable[[Store, Call], Values]:
    """Gives a context these settings and no others (I)."""

    def act(store: Store, call: Call) -> Values:
        fields = read(call)
        rows = entries(fields, "publishSettingArray")
        given: dict[str, Value] = {
            needed(row, "name"): values_of(call, row, "ConfigSetting") for row in rows
        }
        kept = _of_context(kind, store, call, fields)
        kept.clear()
        kept.update(given)
        return {}

    return act


# What a company uses, and what happens there.


def get_disk_usage(store: Store, call: Call) -> Values:
    """Of a company, or of each that the user sees: images, bytes of files, the last change.

    What was not emptied from the trash counts; the bytes are those that details have (I).
    """
    read(call)
    companies = [call.company] if call.company else known_companies(store)
    rows: list[Values] = []
    for number in companies:
        if not store.accounts.sees(call.account, number):
            continue
        assets = [row for row in store.library.assets(number) if row.trash != EMPTIED]
        sizes = (asset.info.get("fileSize", 0) for asset in assets)
        root = store.library.root(number)
        rows.append(
            {
                "companyHandle": call.company_handle(number),
                "companyName": store.library.name(number),
                "imageCount": sum(asset.type == "Image" for asset in assets),
                "diskSpaceUsage": sum(size for size in sizes if isinstance(size, int)),
                "lastModified": max((row.modified for row in assets), default=root.modified),
            }
        )
    return {"diskUsageArray": fitted(call, "DiskUsage", rows, "companies")}


def add_media_portal_event(store: Store, call: Call) -> Values:
    """Notes an event."""
    values = values_of(call, read(call), "MPEvent")
    store.catalog.add(EVENT, call.company, "", {**values, "createDate": store.clock.now()})
    return {}


_EVENT_TEXTS = ("eventType", "ipsUser", "jobName", "jobDescription")


def get_media_portal_event(store: Store, call: Call) -> Values:
    """The events of a company, or of all that the user sees, that are as the request says."""
    fields = read(call)
    wanted = {name: text(fields, name) for name in _EVENT_TEXTS if text(fields, name)}
    ends = {name: text(fields, name) for name in ("afterDate", "beforeDate")}
    after, before = (moment(name, found) if found else None for name, found in ends.items())
    companies = [call.company] if call.company else known_companies(store)
    rows: list[Values] = []
    for number in companies:
        if not store.accounts.sees(call.account, number):
            continue
        own: Values = {"companyId": int(number), "companyName": store.library.name(number)}
        for event in store.catalog.records(EVENT, number):
            at = event.values["createDate"]
            assert isinstance(at, datetime)
            fits = all(event.values.get(name) == found for name, found in wanted.items())
            if fits and (after is None or at >= after) and (before is None or at <= before):
                rows.append({**own, **event.values})
    return {"MediaPortalEventArray": fitted(call, "MPEvent", rows, "events")}


COMPANY_SETTINGS: dict[str, Callable[[Store, Call], Values]] = {
    "getCompanySettings": get_company_settings,
    "setCompanySettings": set_company_settings,
    "getImageServingPublishSettings": _getting("ImageServing"),
    "setImageServingPublishSettings": _setting("ImageServing"),
    "getImageRenderingPublishSettings": _getting("ImageRendering"),
    "setImageRenderingPublishSettings": _setting("ImageRendering"),
    "getDiskUsage": get_disk_usage,
    "addMediaPortalEvent": add_media_portal_event,
    "getMediaPortalEvent": get_media_portal_event,
}
