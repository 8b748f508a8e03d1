"""Uploads: files → assets, where the job says."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ips_contract.mock.effects.file_types import asset_type, split_name
from ips_contract.mock.fault import Fault
from ips_contract.mock.state.catalog import COMPANY
from ips_contract.mock.state.effect import DONE, DUPLICATE, FAILED, UPDATED, WARNED, FileResult
from ips_contract.xml.parser import children, local_name, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from lxml import etree

    from ips_contract.mock.state.lifecycle import Job
    from ips_contract.mock.state.store import Store

_TRUE = ("true", "1")


class _Target(NamedTuple):
    """Where a file goes."""

    folder: str
    file_name: str


def upload(
    store: Store, job: Job, element: etree._Element | None, outcome: str, at: datetime
) -> list[FileResult]:
    """Makes the assets of an upload job that ends at ``at``; its files with their results."""
    options = read_options(element)
    results: list[FileResult] = []
    for target in _targets(store, job, element, options):
        is_first = not results
        if is_first and outcome == "errors":
            results.append(FileResult(target.file_name, FAILED))
            continue
        result = _put(store, job, target, options, at)
        if is_first and outcome == "warnings" and result.result in (DONE, UPDATED):
            result = result._replace(result=WARNED)
        results.append(result)
    return results


def read_options(element: etree._Element | None) -> dict[str, str]:
    """The fields of a job element that are texts."""
    inner = children(element) if element is not None else ()
    return {local_name(child): text_of(child).strip() for child in inner if not len(child)}


def _targets(
    store: Store, job: Job, element: etree._Element | None, options: Mapping[str, str]
) -> Iterator[_Target]:
    if job.kind == "uploadPostJob":
        for file in job.uploads:
            yield _Target(file.folder, file.name)
    elif job.kind == "uploadDirectoryJob":
        yield from _in_directory(store.server_files(job.company), options)
    elif element is not None:
        arrays = (child for child in element if local_name(child) == "urlArray")
        for item in next(arrays, ()):
            source, path = (text_of(child).strip() for child in children(item)[:2])
            yield _by_path(source, path)


def _by_path(source: str, path: str) -> _Target:
    """Where a file of a URL goes: destPath is path and name of the file (D)."""
    folder, _, name = path.rpartition("/")
    location = source.partition("?")[0].partition("#")[0].partition("://")
    # Behind the host; what is no absolute URL has none.
    steps = location[2].partition("/")[2] if location[1] else location[0]
    base = steps.rstrip("/").rpartition("/")[2]
    if not name:
        return _Target(folder, base or source)
    extension = split_name(base)[1]
    if not split_name(name)[1] and extension:  # The asset's name alone.
        name = f"{name}.{extension}"
    return _Target(folder, name)


def _in_directory(paths: Iterable[str], options: Mapping[str, str]) -> Iterator[_Target]:
    """Where the files go that are below serverDir."""
    start = options.get("serverDir", "").strip("/")
    start = f"{start}/" if start else ""
    below = options.get("includeSubfolders") in _TRUE
    for path in paths:
        folder, _, name = path.removeprefix(start).rpartition("/")
        if path.startswith(start) and (below or not folder):
            yield _Target(f"{options.get('destFolder', '')}/{folder}", name)


def _put(
    store: Store, job: Job, target: _Target, options: Mapping[str, str], at: datetime
) -> FileResult:
    """Makes the asset of a file, or makes it new; by overwrite one that is there stays."""
    folder, file_name = target
    name, library = split_name(file_name)[0], store.library
    try:
        there = library.find_folder(job.company, folder)
        before = there.assets.get(name) if there is not None else None
        if before is not None and options.get("overwrite") not in _TRUE:
            return FileResult(file_name, DUPLICATE, "", before.number)
        ready = options.get("readyForPublish") in _TRUE
        if before is not None and _keeps_state(store, job, options):
            ready = before.ready
        asset = library.put_asset(
            job.company,
            folder,
            name,
            type=asset_type(file_name),
            file_name=file_name,
            ready=ready,
            user=job.user,
            metadata=before.metadata if before is not None else None,
            created=at,
            modified=at,
        )
    except Fault as refusal:
        return FileResult(file_name, FAILED, refusal.reason)
    return FileResult(file_name, UPDATED if before is not None else DONE, "", asset.number)


def _keeps_state(store: Store, job: Job, options: Mapping[str, str]) -> bool:
    """Whether an overwritten asset keeps its publish state; the company's setting says else (D)."""
    given = options.get("preservePublishState", "")
    if given:
        return given in _TRUE
    return bool(store.catalog.settings(COMPANY, job.company).get("retainPublishState"))
