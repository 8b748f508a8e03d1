"""What a job is about, read from the request it came in: its type, files, details and log."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ips_contract.envelope import Unreadable, children, local_name, message_in, parse, text_of
from ips_contract.rows import ComplexType, Contract, contract
from ips_contract.versions import find_version

if TYPE_CHECKING:
    from datetime import datetime

    from lxml import etree

    from ips_contract.jobs import Job, Run
    from ips_contract.versions import Version
    from ips_contract.writer import Value

    Values = dict[str, Value]

_NUM_URLS_SINCE = find_version("4.5")


class Kind(NamedTuple):
    """A job element's type and its log types: constants pages (D), except where a line says I."""

    type: str
    begin: str
    success: str
    warning: str
    error: str
    end: str


# Where the constants have no type for warnings, a success with words stands for one (I).
_KINDS: dict[str, Kind] = {
    "imageServingPublishJob": Kind(
        "ImageServingPublish",
        "BeginImageServingPublish",
        "ImageServingPublishSuccess",
        "ImageServingPublishWarning",
        "ImageServingPublishError",
        "EndImageServingPublish",
    ),
    "imageRenderingPublishJob": Kind(
        "ImageRenderingPublish",
        "BeginImageRenderingPublish",
        "ImageRenderingPublishSuccess",
        "ImageRenderingPublishSuccess",
        "ImageRenderingPublishError",
        "EndImageRenderingPublish",
    ),
    "videoPublishJob": Kind(
        "VideoPublish",
        "BeginVideoPublish",
        "VideoPublishSuccess",  # The page has VideoPubilshSuccess, a misprint.
        "VideoPublishWarning",
        "VideoPublishError",
        "EndVideoPublish",
    ),
    "serverDirectoryPublishJob": Kind(
        "ServerDirectoryPublish",
        "BeginServerDirectoryPublish",
        "ServerDirectoryPublishSuccess",
        "ServerDirectoryPublishWarning",
        "ServerDirectoryPublishError",
        "EndServerDirectoryPublish",
    ),
    "uploadDirectoryJob": Kind(
        "UploadFromServerDirectory",
        "BeginUpload",
        "UploadSuccess",
        "UploadWarning",
        "UploadError",
        "EndUpload",
    ),
    "uploadUrlsJob": Kind(
        "UrlUpload",
        "BeginUploadUrls",
        "UploadSuccess",
        "UploadWarning",
        "UploadError",
        "EndUploadUrls",
    ),
    "optimizeImagesJob": Kind(
        "ImageOptimization",
        "BeginReoptimize",
        "ReoptimizeSuccess",
        "ReoptimizeSuccess",
        "ReoptimizeFailure",
        "endReoptimize",
    ),
    # No constants page names the types of the following four (I).
    "ripPdfsJob": Kind(
        "PdfRip", "BeginPdfRip", "UploadSuccess", "UploadWarning", "PdfRipError", "EndUpload"
    ),
    "reprocessAssetsJob": Kind(
        "ReprocessAssets",
        "BeginUpload",
        "UploadSuccess",
        "UploadWarning",
        "UploadError",
        "EndUpload",
    ),
    "exportJob": Kind(
        "Export", "BeginGet", "ReturnSuccess", "ReturnSuccess", "GetFailure", "EndGet"
    ),
    "automatedSetGenerationJob": Kind(
        "AutomatedSetGeneration",
        "BeginUpload",
        "UploadSuccess",
        "UploadWarning",
        "UploadError",
        "EndUpload",
    ),
}


def kind_of(name: str) -> Kind:
    """The row of a job element."""
    return _KINDS[name]


def job_type(name: str) -> str:
    """The type of a job element, as ActiveJob has it."""
    return _KINDS[name].type


def _element(job: Job) -> etree._Element | None:
    if not job.source:
        return None
    try:
        message = message_in(parse(job.source, limit=len(job.source)))
    except Unreadable:
        return None  # A caller of ``Jobs.submit`` gave something else.
    return message[-1] if message is not None else None


def files_of(job: Job) -> list[str]:
    """The names of the files or assets that a job is about; its own name if it names none."""
    element = _element(job)
    names: list[str] = []
    for array in children(element) if element is not None else ():
        if local_name(array) == "urlArray":
            urls = [text_of(children(item)[0]).strip() for item in children(array)]
            names = [url.partition("?")[0].rstrip("/").rpartition("/")[2] or url for url in urls]
        elif local_name(array) in ("assetHandleArray", "pdfHandleArray"):
            names = [text_of(item) for item in children(array)]
        else:
            continue
        return names
    return [job.name]


def count_files(job: Job) -> int:
    """How many names ``files_of`` has; kept, because lists of logs ask for it again and again."""
    if job.files < 0:
        job.files = len(files_of(job))
    return job.files


def detail_rows(run: Run, ended: datetime, outcome: str) -> list[Values]:
    """The entries of a run's log, in the order of time."""
    kind, files = kind_of(run.job.kind), files_of(run.job)
    rows = [_row(kind.begin, f"{run.instance} started", run.started)]
    if outcome == "fatal":
        rows.append(_row("FatalError", f"{run.instance} failed", ended))
        return rows
    if outcome == "stopped":
        rows.append(_row("FileCancel", f"{run.instance} was stopped", ended))
        return rows
    for index, file in enumerate(files):
        if index == 0 and outcome == "errors":
            row = _row(kind.error, f"{file} failed", ended)
        elif index == 0 and outcome == "warnings":
            row = _row(kind.warning, f"{file} was processed with a warning", ended)
        else:
            row = _row(kind.success, f"{file} was processed", ended)
        rows.append({**row, "assetName": file})
    rows.append(_row(kind.end, f"{run.instance} ended", ended))
    return rows


def count_rows(job: Job, outcome: str) -> int:
    """How many entries ``detail_rows`` has."""
    return 2 if outcome in ("fatal", "stopped") else count_files(job) + 2


def _row(log_type: str, message: str, at: datetime) -> Values:
    aux: Values = {"logMessage": message, "logType": log_type, "dateCreated": at}
    return {"logMessage": message, "logType": log_type, "auxArray": [aux]}


def details_for(job: Job, version: Version, type_name: str) -> Values:
    """The job element as a field of ``type_name``, as ``version`` has it; {} if it cannot."""
    table = contract(version)
    field = next((f for f in table.complex_types[type_name].fields if f.name == job.kind), None)
    element = _element(job)
    if field is None or element is None:
        return {}
    values = _adapted(element, table, table.complex_types[field.type])
    if values is None:
        return {}
    if job.kind == "uploadUrlsJob" and version.rank >= _NUM_URLS_SINCE.rank:
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
