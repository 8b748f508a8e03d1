"""Publish contexts of assets, and the invalidation of what the CDN has."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ips_contract.contract.handles import handle_number, write_handle
from ips_contract.mock.fault import Fault
from ips_contract.mock.operations.asset_values import asset_handle, find_asset
from ips_contract.mock.operations.bounds import fitted, fitted_texts
from ips_contract.mock.operations.reading import INVALID, MISSING, needed, read, texts
from ips_contract.mock.operations.records import record_values
from ips_contract.mock.state.catalog import INVALIDATION
from ips_contract.xml.text import quoted

if TYPE_CHECKING:
    from ips_contract.mock.operations.call import Call
    from ips_contract.mock.operations.job_details import Values
    from ips_contract.mock.state.store import Store

_SECONDS = 5  # Until an invalidation is done: about as many (D).
_MOST_URLS = 1000  # (D)


def get_active_publish_contexts(store: Store, call: Call) -> Values:
    """The names of the company's publish contexts (I)."""
    read(call)
    names = [row.name for row in store.catalog.contexts(call.company)]
    return {"contextArray": fitted_texts(call, names, "publish contexts")}


def batch_get_asset_publish_contexts(store: Store, call: Call) -> Values:
    """The publish contexts that each of the assets is marked for."""
    handles = texts(read(call), "assetHandleArray")
    contexts = {row.number: row for row in store.catalog.contexts(call.company)}
    rows: list[Values] = []
    for handle in handles:
        asset = find_asset(store, call, handle)
        marked = [
            record_values(contexts[n], call) for n in sorted(asset.contexts & contexts.keys())
        ]
        rows.append({"assetHandle": asset_handle(asset, call), "publishContextArray": marked})
    found = fitted(call, "AssetPublishContexts", rows, "assets")
    return {"assetPublishContextsArray": found}


def cdn_cache_invalidation(store: Store, call: Call) -> Values:
    """Has the CDN forget what it has of some URLs; answers a handle to ask for its status.

    Raises:
        Fault: there are none, or too many, or one is not of the company: its path must have the
            company's root (D). Where every company exists, any URL will do.
    """
    urls = texts(read(call), "urlArray")
    if not urls:
        raise Fault(MISSING, "urlArray has no URLs.")
    if len(urls) > _MOST_URLS:
        raise Fault(INVALID, f"urlArray has {len(urls)} URLs; {_MOST_URLS} are the most.")
    if not store.accounts.any_company:
        root = store.library.root(call.company).name
        wrong = next((url for url in urls if f"/{root}/" not in url), None)
        if wrong is not None:
            raise Fault(INVALID, f"{quoted(wrong)} is no URL of the company: it lacks /{root}/.")
    at = store.clock.now()
    record = store.catalog.add(INVALIDATION, call.company, "", {"at": at})
    return {
        "invalidationHandle": write_handle(INVALIDATION, call.date, record.number),
        "estimatedSeconds": _SECONDS,
        "successCount": len(urls),
        "warningCount": 0,
        "errorCount": 0,
    }


def get_cdn_cache_invalidation_status(store: Store, call: Call) -> Values:
    """How far an invalidation is. What states are called no source says (I)."""
    handle = needed(read(call), "invalidationHandle")
    record = store.catalog.find(INVALIDATION, handle_number(handle))
    if record is None or record.company != call.company:
        raise Fault(INVALID, f"There is no invalidation with the handle {quoted(handle)}.")
    started, now = record.values["at"], store.clock.now()
    assert isinstance(started, datetime)
    done = started + timedelta(seconds=_SECONDS)
    if now < done:
        return {"status": "InProgress", "pingAfterSeconds": _SECONDS}
    return {"status": "Done", "completionTime": done}
