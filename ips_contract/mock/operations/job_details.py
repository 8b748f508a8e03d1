"""What a job is about, read from the request it came in: its type, files, details and log."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ips_contract.contract.endpoints import EXPORT_FOLDER
from ips_contract.contract.model import ComplexType, Contract, contract
from ips_contract.mock.operations.job_types import job_type
from ips_contract.mock.state.effect import DONE, DUPLICATE, FAILED, UPDATED, WARNED
from ips_contract.xml.envelope import message_in
from ips_contract.xml.parser import Unreadable, children, local_name, parse, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from lxml import etree

    from ips_contract.contract.versions import Version
    from ips_contract.contract.writer import Value
    from ips_contract.mock.operations.job_types import JobType
    from ips_contract.mock.state.effect import Effect
    from ips_contract.mock.state.lifecycle import Job, Run

    Values = dict[str, Value]


# publishType → jobSubType of an image serving job (D).
_SUB_TYPES = {"Full": "full", "Incremental": "increment", "FullWithSearch": "fullwithsearch"}


# Arrays that say what files or assets a job is about, and the jobs that have one.
_ARRAYS = ("urlArray", "assetHandleArray", "pdfHandleArray")
OF_FILES = frozenset(
    {
        "uploadUrlsJob",
        "ripPdfsJob",
        "reprocessAssetsJob",
        "exportJob",
        "automatedSetGenerationJob",
    }
)


def count_in(element: etree._Element | None) -> int:
    """How many files or assets a job element names; 1 if none: the job itself."""
    array = _array(element) if element is not None else None
    return len(array) if array is not None else 1


def count_files(job: Job) -> int:
    """``count_in`` of a job's element, known since it was submitted or kept from here on."""
    if job.files < 0:
        job.files = count_in(element_of(job)) if job.kind in OF_FILES else 1
    return job.files


def sub_type_of(job: Job) -> str:
    """The job's jobSubType, ``""`` where it has none; kept, because logs ask again and again."""
    if job.sub_type is None:
        element = element_of(job) if job.kind == "imageServingPublishJob" else None
        inner = children(element) if element is not None else ()
        names = (child for child in inner if local_name(child) == "publishType")
        job.sub_type = next((_SUB_TYPES.get(text_of(name), "") for name in names), "")
    return job.sub_type


def note_sub_type(job: Job, publish_type: str) -> None:
    """Keeps the jobSubType of a publish job, for who has its element at hand."""
    serves = job.kind == "imageServingPublishJob"
    job.sub_type = _SUB_TYPES.get(publish_type, "") if serves else ""


def element_of(job: Job) -> etree._Element | None:
    """The job element, read from the document it came in; None if that is not kept."""
    if not job.source:
        return None
    try:
        message = message_in(parse(job.source, limit=len(job.source)))
    except Unreadable:
        return None  # A caller of ``Jobs.submit`` gave something else.
    return message[-1] if message is not None and len(message) else None


def _array(element: etree._Element) -> etree._Element | None:
    return next((child for child in element if local_name(child) in _ARRAYS), None)


def files_of(job: Job, element: etree._Element | None, begin: int, end: int) -> list[str]:
    """The names of the job's files from ``begin`` to before ``end``.

    It is its own name where it names no files, or where ``element`` is not at hand.
    """
    if job.uploads:
        return [file.name for file in job.uploads[begin:end]]
    array = _array(element) if element is not None else None
    if array is None:
        return [job.name] * (min(end, count_files(job)) - begin)
    texts = array[begin:end]
    if local_name(array) != "urlArray":
        return [text_of(item) for item in texts]
    urls = [text_of(item[0]).strip() for item in texts]
    return [url.partition("?")[0].rstrip("/").rpartition("/")[2] or url for url in urls]


class Entries(NamedTuple):
    """Entries of a run's log that differ in the file only.

    Attributes:
        log_type: their logType.
        what: what their messages say happened.
        at: when.
        rows: how many they are.
        first: the number of the first one's file; None if they are about the run.
        aux_type: the logType in their auxArray, ``""`` for none.
        token: of the archive that the entry names, ``""`` for none.
    """

    log_type: str
    what: str
    at: datetime
    rows: int = 1
    first: int | None = None
    aux_type: str = ""
    token: str = ""


# logType of an entry's auxArray, which warnings and errors have (D).
_AUX_WARNING, _AUX_ERROR = "IPSJobLog.gcUploadWarning", "IPSJobLog.gcUploadError"


def log_of(run: Run, ended: datetime, outcome: str) -> list[Entries]:
    """The entries of a run's log, in the order of time."""
    kind, files = job_type(run.job.kind), count_files(run.job)
    log = [Entries(kind.begin, "started", run.started)]
    if outcome == "fatal":
        return [*log, Entries("FatalError", "failed", ended, 1, None, _AUX_ERROR)]
    if outcome == "stopped":
        return [*log, Entries("FileCancel", "was stopped", ended)]
    if run.effect:
        return [*log, *_entries(run.effect, kind, ended), Entries(kind.end, "ended", ended)]
    if files and outcome == "errors":
        log.append(Entries(kind.error, "failed", ended, 1, 0, _AUX_ERROR))
    elif files and outcome == "warnings":
        words = "was processed with a warning"
        log.append(Entries(kind.warning, words, ended, 1, 0, _AUX_WARNING))
    done = len(log) - 1
    if files > done:
        log.append(Entries(kind.success, "was processed", ended, files - done, done))
    return [*log, Entries(kind.end, "ended", ended)]


def _entries(effect: Effect, kind: JobType, ended: datetime) -> Iterator[Entries]:
    """The entries about the files of a run, and about the archive that it made."""
    types = {
        DONE: (kind.success, "was processed", ""),
        UPDATED: (kind.success, "was updated", ""),
        WARNED: (kind.warning, "was processed with a warning", _AUX_WARNING),
        FAILED: (kind.error, "failed", _AUX_ERROR),
        # That is what the constants have it for; which files are skipped no source says (I).
        DUPLICATE: ("DuplicateSkipped", "was skipped: there is an asset of its name", ""),
    }
    for result, note, first, size in effect.groups:
        log_type, what, aux = types[result]
        yield Entries(log_type, f"{what}: {note}" if note else what, ended, size, first, aux)
    if effect.token:
        yield Entries(kind.success, "has what was exported", ended, token=effect.token)


def count_rows(log: list[Entries]) -> int:
    """How many entries there are."""
    return sum(entries.rows for entries in log)


def detail_rows(
    run: Run,
    log: list[Entries],
    begin: int,
    end: int,
    asset_of: Callable[[int], str | None],
    address: str,
) -> list[Values]:
    """The entries of ``log`` from ``begin`` to before ``end``.

    Args:
        run: the run that it is of; its job's document may be read.
        log: as ``log_of`` gives it.
        begin: the first entry.
        end: the first one that is left out.
        asset_of: number of an asset → its handle; None if there is none any more.
        address: scheme and host of the service, for what can be downloaded there.
    """
    effect, instance = run.effect, run.instance
    element = None if effect else element_of(run.job)
    rows: list[Values] = []
    for entries in log:
        first, last = max(begin, 0), min(end, entries.rows)
        if first < last:
            if entries.token:
                url = f"{address}{EXPORT_FOLDER}{entries.token}.zip"
                rows.append({**_row(entries, url), "assetName": url})
            elif entries.first is None:
                rows.append(_row(entries, instance))
            elif effect:
                start = entries.first
                for file in effect.files[start + first : start + last]:
                    number = file.asset
                    handle = asset_of(number) if number is not None else None
                    row = _row(entries, file.name)
                    rows.append({**row, "assetName": file.name, "assetHandle": handle})
            else:
                start = entries.first
                files = files_of(run.job, element, start + first, start + last)
                rows += [{**_row(entries, file), "assetName": file} for file in files]
        begin, end = begin - entries.rows, end - entries.rows
    return rows


def _row(entries: Entries, name: str) -> Values:
    message = f"{name} {entries.what}"
    row: Values = {
        "logMessage": message,
        "logType": entries.log_type,
        "dateCreated": entries.at,
    }
    if entries.aux_type:
        row["auxArray"] = [{**row, "logType": entries.aux_type}]
    return row


def details_for(
    job: Job, element: etree._Element | None, version: Version, type_name: str
) -> Values:
    """The job element as a field of ``type_name``, as ``version`` has it; {} if it cannot."""
    table = contract(version)
    field = next((f for f in table.complex_types[type_name].fields if f.name == job.kind), None)
    if field is None or element is None:
        return {}
    kind = table.complex_types[field.type]
    values = _adapted(element, table, kind)
    if values is None:
        return {}
    if any(inner.name == "numUrls" for inner in kind.fields):
        values["numUrls"] = count_files(job)
    return {job.kind: values}


def _adapted(element: etree._Element, table: Contract, kind: ComplexType) -> Values | None:
    """The values of ``element`` that ``kind`` has; None if it lacks what ``kind`` requires.

    A job may be submitted in one version and listed in another.
    """
    values: Values = {}
    arrays: dict[str, list[Value]] = {}
    fields = {field.name: field for field in kind.fields}
    for child in children(element):
        name = local_name(child)
        if name not in fields:
            continue
        below = table.complex_types.get(fields[name].type)
        value = text_of(child) if below is None else _adapted(child, table, below)
        if value is None:
            continue
        if fields[name].maximum == 1:
            values[name] = value
        else:
            values[name] = arrays.setdefault(name, [])
            arrays[name].append(value)
    if any(field.required and field.name not in values for field in kind.fields):
        return None
    return values
