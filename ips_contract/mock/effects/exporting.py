"""Export jobs: assets → an archive, which is made when somebody downloads it."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

from ips_contract.contract.handles import handle_number
from ips_contract.mock.state.archives import Archive, Archives, Exported
from ips_contract.mock.state.effect import DONE, FAILED, WARNED, FileResult
from ips_contract.xml.parser import children, local_name, text_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from lxml import etree

    from ips_contract.mock.state.effect import Effect
    from ips_contract.mock.state.lifecycle import Run
    from ips_contract.mock.state.store import Store

MOST_ENTRIES = 10_000  # Of one archive.


def export(
    store: Store, run: Run, element: etree._Element | None, outcome: str
) -> tuple[list[FileResult], list[Exported]]:
    """The assets of an export job with their results, and what its archive has.

    An asset that the mock does not know is in it all the same: its handle may be that of another
    service (I).
    """
    results: list[FileResult] = []
    exported: list[Exported] = []
    inner = children(element) if element is not None else ()
    for item in next((child for child in inner if local_name(child) == "assetHandleArray"), ()):
        handle = text_of(item).strip()
        number = handle_number(handle)
        asset = store.library.asset(run.job.company, number) if number is not None else None
        name = (asset.file_name or asset.name) if asset is not None else handle
        known = asset.number if asset is not None else None
        if outcome == "errors" and not results:
            results.append(FileResult(name, FAILED, "", known))
            continue
        warned = outcome == "warnings" and not results
        results.append(FileResult(name, WARNED if warned else DONE, "", known))
        exported.append(Exported(handle, name))
    return results, exported[:MOST_ENTRIES]


def token_of(run: Run) -> str:
    """The token of a run's archive: the same for the same run."""
    text = f"{run.job.key}|{run.stamp}|{run.number}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def with_archive(
    archives: Archives, run: Run, effect: Effect, exported: Sequence[Exported], at: datetime
) -> Effect:
    """``effect`` with the archive that the run makes; without one if there is nothing for it."""
    if not exported:
        return effect
    token = token_of(run)
    archives.add(token, Archive(exported, at))
    return effect.with_token(token)


def packed(archive: Archive) -> bytes:
    """A ZIP archive with a small text for each asset: its name and handle."""
    import zipfile

    file = io.BytesIO()
    names: set[str] = set()
    date = archive.made.timetuple()[:6]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for number, (handle, file_name) in enumerate(archive.assets, 1):
            name = file_name.replace("/", "_").replace("\\", "_")[:200]
            if name in names:  # Assets of several folders may be called alike.
                name = f"{number}_{name}"
            names.add(name)
            text = f"{file_name}\n{handle}\n"
            package.writestr(zipfile.ZipInfo(name, (max(date[0], 1980), *date[1:])), text)
    return file.getvalue()
