"""Publish jobs: assets that are marked → their histories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.contract.handles import handle_number
from ips_contract.mock.state.assets import NOT_IN_TRASH
from ips_contract.mock.state.effect import DONE, FAILED, WARNED, FileResult

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from ips_contract.mock.state.store import Store

_RENDERED = frozenset({"Cabinet", "RenderScene", "RenderSet", "Vignette", "WindowsCovering"})
_VIDEOS = frozenset({"Audio", "MasterVideo", "Video", "VideoCaption"})
# Publish job → the kind of its context (D).
CONTEXTS = {
    "imageServingPublishJob": "ImageServing",
    "imageRenderingPublishJob": "ImageRendering",
    "videoPublishJob": "Video",
    "serverDirectoryPublishJob": "ServerDirectory",
}


def publish(
    store: Store, company: str, kind: str, options: Mapping[str, str], outcome: str, at: datetime
) -> list[FileResult]:
    """Publishes what is marked for it; the assets with their results.

    Args:
        store: the service's.
        company: whose assets.
        kind: the job element's name.
        options: its fields.
        outcome: of the job: with ``errors`` the first asset is left out.
        at: when it ends.
    """
    wanted = handle_number(options.get("contextHandle") or "0")
    context = next(
        (
            row
            for row in store.catalog.contexts(company)
            if row.number == wanted or (not wanted and row.name == CONTEXTS[kind])
        ),
        None,
    )
    name = context.name if context is not None else CONTEXTS[kind]
    newer_only = options.get("publishType") == "Incremental"
    results: list[FileResult] = []
    for asset in store.library.assets(company):
        if asset.trash != NOT_IN_TRASH or not asset.ready or not _takes(kind, asset.type):
            continue
        if context is not None and asset.contexts and context.number not in asset.contexts:
            continue
        last = asset.published.get(name)
        if newer_only and last is not None and asset.modified <= last and not asset.forced:
            continue
        shown = asset.file_name or asset.name
        if outcome == "errors" and not results:
            results.append(FileResult(shown, FAILED, "", asset.number))
            continue
        asset.published[name], asset.forced = at, False
        warned = outcome == "warnings" and not results
        results.append(FileResult(shown, WARNED if warned else DONE, "", asset.number))
    return results


def _takes(kind: str, asset_type: str) -> bool:
    """Whether a publish job is for assets of a type; which are for which no source says (I)."""
    if kind == "imageRenderingPublishJob":
        return asset_type in _RENDERED
    if kind == "videoPublishJob":
        return asset_type in _VIDEOS
    return kind == "serverDirectoryPublishJob" or asset_type not in _RENDERED | _VIDEOS
