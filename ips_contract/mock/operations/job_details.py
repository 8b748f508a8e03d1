"""What a job is about, read from the request it came in: its type, files, details and log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.contract.model import ComplexType, Contract, contract
from ips_contract.mock.operations.job_types import job_type
from ips_contract.xml.envelope import message_in
from ips_contract.xml.parser import Unreadable, children, local_name, parse, text_of

if TYPE_CHECKING:
    from datetime import datetime

    from lxml import etree

    from ips_contract.contract.versions import Version
    from ips_contract.contract.writer import Value
    from ips_contract.mock.state.lifecycle import Job, Run

    Values = dict[str, Value]


# publishType → jobSubType of an image serving job (D).
_SUB_TYPES = {"Full": "full", "Incremental": "increment", "FullWithSearch": "fullwithsearch"}


def sub_type_of(job: Job) -> str:
    """The job's jobSubType, ``""`` where it has none; kept, as ``count_files`` is."""
    if job.sub_type is None:
        job.sub_type = ""
        element = _element(job) if job.kind == "imageServingPublishJob" else None
        for child in children(element) if element is not None else ():
            if local_name(child) == "publishType":
                job.sub_type = _SUB_TYPES.get(text_of(child), "")
    return job.sub_type


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
    kind, files = job_type(run.job.kind), files_of(run.job)
    rows = [_row(kind.begin, f"{run.instance} started", run.started)]
    if outcome == "fatal":
        rows.append(_row("FatalError", f"{run.instance} failed", ended, _AUX_ERROR))
        return rows
    if outcome == "stopped":
        rows.append(_row("FileCancel", f"{run.instance} was stopped", ended))
        return rows
    for index, file in enumerate(files):
        if index == 0 and outcome == "errors":
            row = _row(kind.error, f"{file} failed", ended, _AUX_ERROR)
        elif index == 0 and outcome == "warnings":
            words = f"{file} was processed with a warning"
            row = _row(kind.warning, words, ended, _AUX_WARNING)
        else:
            row = _row(kind.success, f"{file} was processed", ended)
        rows.append({**row, "assetName": file})
    rows.append(_row(kind.end, f"{run.instance} ended", ended))
    return rows


def count_rows(job: Job, outcome: str) -> int:
    """How many entries ``detail_rows`` has."""
    return 2 if outcome in ("fatal", "stopped") else count_files(job) + 2


# logType of an entry's auxArray, which warnings and errors have (D).
_AUX_WARNING, _AUX_ERROR = "IPSJobLog.gcUploadWarning", "IPSJobLog.gcUploadError"


def _row(log_type: str, message: str, at: datetime, aux_type: str = "") -> Values:
    row: Values = {"logMessage": message, "logType": log_type, "dateCreated": at}
    if aux_type:
        row["auxArray"] = [{"logMessage": message, "logType": aux_type, "dateCreated": at}]
    return row


def details_for(job: Job, version: Version, type_name: str) -> Values:
    """The job element as a field of ``type_name``, as ``version`` has it; {} if it cannot."""
    table = contract(version)
    field = next((f for f in table.complex_types[type_name].fields if f.name == job.kind), None)
    element = _element(job)
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
