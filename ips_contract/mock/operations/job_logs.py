"""The logs of jobs that ended: getJobLogs, getJobLogDetails and getAssetJobLogs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ips_contract.contract.handles import handle_number
from ips_contract.mock.effects.settling import settle
from ips_contract.mock.operations.asset_values import asset_handle, find_asset
from ips_contract.mock.operations.bounds import BOUNDED, MOST_READ, fitted, fitting
from ips_contract.mock.operations.filters import companies_of, job_filter
from ips_contract.mock.operations.job_details import (
    OF_FILES,
    count_files,
    count_rows,
    detail_rows,
    log_of,
    sub_type_of,
)
from ips_contract.mock.operations.job_types import job_type
from ips_contract.mock.operations.reading import needed, read, whole
from ips_contract.mock.state.effect import DONE, DUPLICATE, FAILED, UPDATED, WARNED
from ips_contract.xml.datetimes import EARLIEST, LATEST, read_date_time
from ips_contract.xml.text import collapse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from ips_contract.mock.operations.call import Call
    from ips_contract.mock.operations.job_details import Entries, Values
    from ips_contract.mock.state.jobs import Jobs
    from ips_contract.mock.state.lifecycle import Run
    from ips_contract.mock.state.store import Store

_MOST_RECORDS = 1000  # Maximum and default of recordsPerPage (D).
_DESCENDING = "Descending"
_ROW_BYTES = 5
_NONE: Counter[str] = Counter()

# Sort field → key of a run (constants page, Job Log Sort Fields, D).
_SORTS: dict[str, Callable[[Jobs, Run], object]] = {
    "JobName": lambda _, run: run.instance,
    "LogType": lambda _, run: job_type(run.job.kind).begin,
    "StartDate": lambda _, run: run.started,
    "CompanyName": lambda _, run: run.job.company,
    "UserId": lambda _, run: run.job.user,
    "Email": lambda _, run: run.job.user,
    "FileErrorCount": lambda jobs, run: _counts(jobs, run)[1],
    "FileWarningCount": lambda jobs, run: _counts(jobs, run)[2],
    "FileSuccessCount": lambda jobs, run: _counts(jobs, run)[0],
}


def _counts(jobs: Jobs, run: Run) -> tuple[int, int, int]:
    """Files of a run that succeeded, failed, and succeeded with a warning."""
    files, outcome, effect = count_files(run.job), jobs.outcome_of(run), run.effect
    if effect:
        counts = effect.counts
        return counts[DONE] + counts[UPDATED], counts[FAILED], counts[WARNED]
    if outcome in ("fatal", "stopped"):
        return 0, int(outcome == "fatal"), 0
    failed, warned = (
        int(outcome == "errors" and files > 0),
        int(outcome == "warnings" and files > 0),
    )
    return files - failed - warned, failed, warned


def _job_log(run: Run, ended: datetime, log: list[Entries], call: Call, jobs: Jobs) -> Values:
    job = run.job
    success, errors, warnings = _counts(jobs, run)
    counts = run.effect.counts if run.effect is not None else _NONE
    return {
        "companyHandle": call.company_handle(job.company),
        "jobHandle": run.handle(dated=call.dated),
        "jobName": run.instance,
        "originalJobName": job.name,
        "submitUserEmail": job.user,
        "logType": job_type(job.kind).begin,  # The first entry's, as in the page's example (D).
        "jobSubType": sub_type_of(job),
        "startDate": run.started,
        "endDate": ended,
        "description": job.description or "",  # Required in logs from 6.6 on (L).
        "fileSuccessCount": success,
        "fileErrorCount": errors,
        "fileWarningCount": warnings,
        "fileDuplicateCount": counts[DUPLICATE],
        "fileUpdateCount": counts[UPDATED],
        "totalFileCount": len(run.effect) if run.effect else count_files(job),
        # Nothing is transferred here; of what the service counts no source says more.
        "transferSuccessCount": 0,
        "transferErrorCount": 0,
        "transferWarningCount": 0,
        "fatalError": jobs.outcome_of(run) == "fatal",
        "detailTotalRows": count_rows(log),
    }


def get_job_logs(store: Store, call: Call) -> Values:
    """The logs of runs that ended; for those that did not this is a poll.

    Newest first, unless sortBy or sortDirection says otherwise (I: no page has a default). Of
    these the first numRows, and no more than one answer takes.
    """
    fields, jobs = call.fields, store.jobs
    handle, user = collapse(fields.get("userHandle", "")), ""
    if handle:
        user = store.accounts.act_for(call.account, handle, call.company).lower()
    first, last = _moment(fields, "startDate", EARLIEST), _moment(fields, "endDate", LATEST)
    rows = whole(fields, "numRows", 0, -1)
    found: list[tuple[Run, datetime]] = []
    for company in companies_of(store, call):
        logged, active = jobs.logged(company), jobs.active(company)
        found += [
            (run, ended)
            for run, ended in logged
            if first <= run.started and ended <= last and user in ("", run.job.user.lower())
        ]
        jobs.poll(
            run
            for run in active
            if first <= run.started <= last and user in ("", run.job.user.lower())
        )
    settle(store, MOST_READ)
    sort = fields.get("sortBy")
    found.sort(key=lambda entry: _SORTS[sort or "StartDate"](jobs, entry[0]))  # type: ignore[arg-type, return-value]
    if fields.get("sortDirection", "" if sort else _DESCENDING) == _DESCENDING:
        found.reverse()

    def show(entry: tuple[Run, datetime], /, *, details: bool) -> Values:  # noqa: ARG001
        run, ended = entry
        return _job_log(run, ended, log_of(run, ended, jobs.outcome_of(run)), call, jobs)

    return {
        "jobLogArray": [
            item for _, item in fitting(call, "JobLog", found[: rows if rows >= 0 else None], show)
        ]
    }


def get_job_log_details(store: Store, call: Call) -> Values:
    """The logs of runs that ended, with their details, a page of each.

    Oldest first, or by their types: the newest that one answer takes.
    """
    fields, jobs = call.fields, store.jobs
    wanted = job_filter(store, call)
    size = min(whole(fields, "recordsPerPage", 1, _MOST_RECORDS), _MOST_RECORDS)
    page = whole(fields, "resultsPage", 1, 1)
    # Date or LogType, Date by default (D).
    by_type, reverse = fields.get("sortBy") == "LogType", fields.get("sortDirection") == _DESCENDING
    found = [(run, ended) for run, ended in jobs.logged(call.company) if wanted(run.job, run)]
    settled = settle(store, MOST_READ)
    asset_of = _handles(store, call)

    def show(entry: tuple[Run, datetime], /, *, details: bool) -> Values:
        run, ended = entry
        log = log_of(run, ended, jobs.outcome_of(run))
        if call.log_types:
            log = [entries for entries in log if entries.log_type in call.log_types]
        if by_type:
            log.sort(key=lambda entries: entries.log_type)
        values = _job_log(run, ended, log, call, jobs)
        if details:
            rows = count_rows(log)
            begin, end = size * (page - 1), size * page
            if reverse:
                begin, end = rows - end, rows - begin
            shown = detail_rows(run, log, begin, end, asset_of, call.address)
            values["detailArray"] = shown[::-1] if reverse else shown
        return values

    listed = fitting(call, "JobLog", found[::-1], show, _source, reading=MOST_READ - settled)[::-1]
    if by_type:
        listed.sort(key=lambda item: job_type(item[0][0].job.kind).begin, reverse=reverse)
    return {"jobLogArray": [item for _, item in listed]}


def get_asset_job_logs(store: Store, call: Call) -> Values:
    """The entries about an asset in the logs of the company, newest log first (I).

    An entry is about an asset if it names it, its file or its handle.
    """
    asset = find_asset(store, call, needed(read(call), "assetHandle"))
    names, jobs = {asset.name, asset.file_name} - {""}, store.jobs
    found: list[Values] = []
    reading = MOST_READ
    own, handles = asset_handle(asset, call), _handles(store, call)
    for run, ended in reversed(jobs.logged(call.company)):
        job, effect = run.job, run.effect
        if job.kind not in OF_FILES and not effect:
            continue
        log = log_of(run, ended, jobs.outcome_of(run))
        rows = count_rows(log)
        # To look at the files of an effect takes as long as to read a few bytes.
        reading -= len(_source((run, ended))) + _ROW_BYTES * rows
        if reading < 0:
            call.note(f"{BOUNDED}the newest logs are looked through")
            break
        if effect and not any(file.asset == asset.number for file in effect.files):
            continue
        made = (
            row
            for begin, end in _that_may_be_about(run, log, asset.number, names)
            for row in detail_rows(run, log, begin, end, handles, call.address)
        )
        for row in made:
            name, handle = str(row.pop("assetName", "")), row.pop("assetHandle", None)
            by_handle = job.kind != "uploadUrlsJob" and handle_number(name) == asset.number
            if handle == own if handle is not None else name in names or by_handle:
                found.append(
                    {
                        "jobHandle": run.handle(dated=call.dated),
                        "jobName": run.instance,
                        "logMessage": row["logMessage"],
                        "logType": row["logType"],
                        "submitUserEmail": job.user,
                        "logDate": row["dateCreated"],
                        "auxArray": row.get("auxArray"),
                    }
                )
    return {"jobLogArray": fitted(call, "AssetJobLog", found, "entries")}


def _that_may_be_about(
    run: Run, log: list[Entries], number: int, names: set[str]
) -> Iterator[tuple[int, int]]:
    """Where the entries begin and end that may be about an asset: others are not made."""
    at = 0
    for entries in log:
        if not run.effect or entries.token or entries.first is None:
            yield at, at + entries.rows
        else:
            files = run.effect.files[entries.first : entries.first + entries.rows]
            for index, file in enumerate(files, at):
                if file.asset == number or file.asset is None or file.name in names:
                    yield index, index + 1
        at += entries.rows


def _handles(store: Store, call: Call) -> Callable[[int], str | None]:
    """Number of an asset → its handle; None if there is none any more."""

    def asset_of(number: int) -> str | None:
        asset = store.library.asset(call.company, number)
        return asset_handle(asset, call) if asset is not None else None

    return asset_of


def _source(entry: tuple[Run, datetime]) -> bytes:
    """The document that the details of a log are read from: none once its effects are known."""
    run, _ = entry
    return b"" if run.effect else run.job.source


def _moment(fields: dict[str, str], name: str, default: datetime) -> datetime:
    text = fields.get(name)
    return read_date_time(text) if text is not None else default
