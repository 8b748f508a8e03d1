"""Long lists: each answer is one that our own validator reads, and takes little to make."""

from __future__ import annotations

import itertools
import re
import tracemalloc
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import zeep
from lxml import etree

from ips_contract import VERSIONS
from ips_contract.contract import writer
from ips_contract.contract.endpoints import SERVICE_PATH
from ips_contract.contract.model import contract
from ips_contract.http.messages import Request
from ips_contract.mock.operations import bounds, job_details
from ips_contract.mock.operations.call import Call
from ips_contract.mock.operations.job_types import job_type
from ips_contract.mock.operations.table import OPERATIONS
from ips_contract.mock.service import Service
from ips_contract.mock.serving import serve
from ips_contract.mock.state.accounts import Account, Accounts
from ips_contract.mock.state.assets import Member
from ips_contract.mock.state.lifecycle import AT_ONCE, MANUAL, Plan
from ips_contract.mock.state.submissions import Submission
from ips_contract.xml import parser
from ips_contract.xml.parser import DEFAULT_LIMIT
from tests.calls import (
    NEW,
    PUBLISH,
    UPLOAD,
    ask,
    auth,
    call,
    company,
    envelope,
    listing,
    message,
    submit,
    text,
    texts,
)
from tests.sweep import every

if TYPE_CHECKING:
    from collections.abc import Callable

    from ips_contract.contract.versions import Version

pytestmark = pytest.mark.no_cover  # What it drives, other tests reach.

MANY = 20_000
LATER = datetime(2999, 1, 1, tzinfo=UTC)
# Operation → the plan of jobs that it lists, whether they wait, and what its items are.
LISTS: dict[str, tuple[Plan, bool, str]] = {
    "getActiveJobs": (MANUAL, False, "ActiveJob"),
    "getScheduledJobs": (MANUAL, True, "ScheduledJob"),
    "getJobLogs": (AT_ONCE, False, "JobLog"),
    "getJobLogDetails": (AT_ONCE, False, "JobLog"),
}
# The same for lists of the library and of records, with the rest of the request. Their items are
# bounded in the same way, and these requests list very many.
HANDLES = "".join(f"<items>a|{number}</items>" for number in range(1, 6001))
SET = "<assetHandle>a|1</assetHandle>"
TARGETS = (
    "<items><name>t</name><xPosition>1</xPosition><yPosition>1</yPosition><width>1</width>"
    "<height>1</height></items>"
) * 3000
MAPS = (
    "<items><name>m</name><shapeType>Polygon</shapeType><region>1</region><action>a</action>"
    "<enabled>true</enabled></items>"
) * 3000
LIBRARY_LISTS: dict[str, str] = {
    "getFolders": "",
    "searchAssets": "<includeSubfolders>true</includeSubfolders>",
    "searchAssetsByMetadata": "<responseMetadataArray><items>Text</items></responseMetadataArray>",
    "getAssets": f"<assetHandleArray>{HANDLES}</assetHandleArray>",
    "getAssetsByName": "<nameArray><items>same</items></nameArray>",
    "getAssetCounts": "",
    "checkAssetNames": "<assetNameArray><items>same</items></assetNameArray>",
    "getOriginalFilePaths": f"<assetHandleArray>{HANDLES}</assetHandleArray>",
    "getAssociatedAssets": SET,
    "getGenerationInfo": "",
    "getImageSetMembers": SET,
    "getMetadataFields": "<assetType>Image</assetType>",
    "getAssetMetadataFields": "",
    "getTagFieldValues": "<fieldHandleArray><items>m|47|ASSET|Text</items></fieldHandleArray>",
    "getUniqueMetadataValues": "<fieldHandle>m|47|ASSET|Text</fieldHandle>",
    "getDistinctMetadataValues": "<metadataKey>Text</metadataKey>",
    "getProjects": "",
    "getImageFormats": "",
    "getGroups": "",
    "getPublishContexts": "",
    "getActivePublishContexts": "",
    "batchGetAssetPublishContexts": f"<assetHandleArray>{HANDLES}</assetHandleArray>",
    "getGroupMembers": "<groupHandle>g|1</groupHandle>",
    "getGroupMembership": "",
    "getAllCompanies": "<includeExpired>true</includeExpired>",
    "getAllUsers": "<includeInvalid>true</includeInvalid>",
    "getUsers": "",
    "getUserChars": "<charField>Email</charField><numChars>500</numChars>",
    "getCompanyMembers": (
        "<includeInvalid>true</includeInvalid><includeInactive>true</includeInactive>"
    ),
    "getCompanyMembership": "",
    "getPropertySetTypes": "",
    "getVignettePublishFormats": "",
    "getViewerConfigSettings": SET,
    "getImageServingPublishSettings": "",
    "getImageRenderingPublishSettings": "",
    "getDiskUsage": "",
    "getMediaPortalEvent": "",
    "setZoomTargets": f"{SET}<zoomTargetArray>{TARGETS}</zoomTargetArray>",
    "setImageMaps": f"{SET}<imageMapArray>{MAPS}</imageMapArray>",
    "getPropertySets": (
        "<typeHandle>pt|1</typeHandle><primaryOwnerHandle>me@example.com</primaryOwnerHandle>"
    ),
}
# What answers with an entry for each asset that it could not change.
BATCHES = frozenset(
    {
        "moveAssets",
        "deleteAssets",
        "restoreAssetsFromTrash",
        "emptyAssetsFromTrash",
        "setAssetsPublishState",
        "setAssetsContextState",
        "batchSetAssetMetadata",
        "addProjectAssets",
        "removeProjectAssets",
        "setProjectAssets",
        "forceRepublishAssets",
        "batchSetThumbAsset",
        "batchSetImageFields",
        "batchSetFontFields",
        "batchSetIccProfileFields",
        "updateTagFieldValues",
    }
)
SORTED = "<sortBy>FileSuccessCount</sortBy><sortDirection>Ascending</sortDirection>"
REQUESTS = [
    *((operation, "") for operation in LISTS),
    ("getJobLogs", SORTED),
    ("getJobLogs", f"<numRows>{MANY}</numRows>"),
    ("getJobLogDetails", "<sortBy>LogType</sortBy>"),
    ("getJobLogDetails", "<recordsPerPage>1</recordsPerPage>"),
    ("getJobLogDetails", "<logTypeArray><items>UploadError</items></logTypeArray>"),
]


def document(job: str) -> bytes:
    inner = f"<companyHandle>c|47</companyHandle><jobName>J</jobName>{job}"
    return envelope(message("submitJob", inner, NEW))


def kind_of(job: str) -> str:
    return job[1 : job.index(">")]


def filled(operation: str, job: str, number: int, source: bytes | None = None) -> Service:
    """A service with as many jobs in the list of an operation."""
    plan, waits, _ = LISTS[operation]
    service = Service(plan=plan)
    source = document(job) if source is None else source
    files = job_details.count_in(etree.fromstring(document(job))[1][0][-1])
    for index in range(number):
        submission = Submission(
            "47", f"N{index}", kind_of(job), NEW, "me@example.com", source, "", None, files
        )
        service.jobs.accept(service.clock.now(), submission, LATER if waits else None)
    return service


def upload(urls: int) -> str:
    items = "".join(
        f"<items><sourceUrl>http://x.test/f{number}.jpg</sourceUrl>"
        f"<destPath>f{number}</destPath></items>"
        for number in range(urls)
    )
    return re.sub("<items>.*</items>", items, UPLOAD)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many items are written, and how many bytes of documents are read for lists."""
    done: Counter[str] = Counter()

    def count_written(*args: Any) -> Any:
        done["written"] += 1
        return writer.written(*args)

    def count_parsed(data: bytes, **options: Any) -> Any:
        done["read"] += len(data)
        return parser.parse(data, **options)

    monkeypatch.setattr(bounds, "written", count_written)
    monkeypatch.setattr(job_details, "parse", count_parsed)
    return done


def test_all_lists_are_here() -> None:
    rows = contract(NEW)
    arrays = {
        operation
        for operation in OPERATIONS
        for field in rows.complex_types[rows.messages[f"{operation}Return"]].fields
        if field.type.endswith("Array")
    }
    assert arrays == LISTS.keys() | LIBRARY_LISTS.keys() | BATCHES | {
        "getAssetJobLogs",
        "getAssetPublishHistory",  # A company has few contexts.
        "getFolderTree",
    }


@pytest.fixture(scope="module")
def services() -> Callable[[str], Service]:
    """Services with very many jobs in one list, each made when it is asked for."""
    made: dict[tuple[Plan, bool], Service] = {}

    def service_for(operation: str) -> Service:
        plan, waits, _ = LISTS[operation]
        if (plan, waits) not in made:
            made[plan, waits] = filled(operation, UPLOAD, MANY)
        return made[plan, waits]

    return service_for


@pytest.mark.parametrize(("operation", "extra"), every(3, REQUESTS))
def test_very_many_jobs(
    services: Callable[[str], Service], work: Counter[str], operation: str, extra: str
) -> None:
    service = services(operation)
    items = listing(service, operation, extra, NEW)  # It is valid: ``post`` asks the validator.
    body = service.exchanges[-1].response.body
    assert 0.99 * DEFAULT_LIMIT < len(body) <= DEFAULT_LIMIT
    assert 500 < len(items) < 3000
    (note,) = service.exchanges[-1].notes
    assert note.startswith(f"bounded: {len(items)} of {MANY} jobs are listed")
    # Beyond those that are shown: one that does not fit with its details, and not without.
    assert work["written"] <= len(items) + 3
    assert work["read"] <= bounds.MOST_READ


@pytest.mark.parametrize("operation", every(2, LISTS))
def test_memory(services: Callable[[str], Service], operation: str) -> None:
    service, headers = services(operation), {"content-type": "text/xml"}
    inner = f"<companyHandle>{company(NEW)}</companyHandle>"
    asked = Request("POST", SERVICE_PATH, headers, envelope(message(operation, inner, NEW)))
    service.handle(asked)
    tracemalloc.start()
    try:
        service.handle(asked)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 8 * DEFAULT_LIMIT


@pytest.mark.parametrize("operation", ["getActiveJobs", "getScheduledJobs", "getJobLogDetails"])
def test_the_newest_are_listed_oldest_first(
    services: Callable[[str], Service], operation: str
) -> None:
    items = listing(services(operation), operation, version=NEW)
    name = "originalJobName" if operation == "getJobLogDetails" else "originalName"
    names = [text(item, name) for item in items]
    assert names == [f"N{number}" for number in range(MANY - len(names), MANY)]


def test_logs_are_listed_from_the_first_of_their_order(
    services: Callable[[str], Service],
) -> None:
    service = services("getJobLogs")
    names = [text(item, "originalJobName") for item in listing(service, "getJobLogs", "", NEW)]
    assert names == [f"N{number}" for number in range(MANY - 1, MANY - 1 - len(names), -1)]
    by_name = listing(service, "getJobLogs", "<sortBy>JobName</sortBy>", NEW)
    first = sorted(str(run.instance) for run, _ in service.jobs.logged("47"))[: len(by_name)]
    assert [text(item, "jobName") for item in by_name] == first


def test_every_job_can_be_asked_for(services: Callable[[str], Service]) -> None:
    for operation in LISTS:
        if operation == "getJobLogs":  # It has no such field.
            continue
        service = services(operation)
        assert len(listing(service, operation, "<originalName>N0</originalName>", NEW)) == 1
        assert service.exchanges[-1].notes == ()


def test_zeep_reads_the_longest_answer() -> None:
    service = filled("getActiveJobs", UPLOAD, 1500)
    untyped: Any = zeep
    with serve(service) as server:
        client = untyped.Client(
            server.wsdl_url("6.6"),
            transport=untyped.Transport(timeout=60, operation_timeout=60),
            settings=untyped.Settings(strict=True),
        )
        header = {"authHeader": {"user": "me@example.com", "password": "secret"}}
        jobs = client.service.getActiveJobs(companyHandle="c|47", _soapheaders=header)
    (note,) = service.exchanges[-1].notes
    assert note == f"bounded: {len(jobs)} of 1500 jobs are listed"
    assert [job.originalName for job in jobs] == [f"N{n}" for n in range(1500 - len(jobs), 1500)]


def test_only_what_is_listed_is_polled() -> None:
    service = filled("getActiveJobs", PUBLISH, 3000)
    number = len(listing(service, "getActiveJobs", version=NEW))
    polled = [len(run.polled) for run in service.jobs.active("47")]
    assert polled == [0] * (3000 - number) + [1] * number


def test_a_client_that_polls_sees_all_jobs_end() -> None:
    service = filled("getActiveJobs", PUBLISH, 1500)
    for run in service.jobs.active("47"):
        run.plan = Plan(2, None)
    polls = 0
    while listing(service, "getActiveJobs", version=NEW):
        polls += 1
    assert polls == 2 * 2  # Some 800 at a time.
    assert service.exchanges[-1].notes == ()


def test_few_jobs_are_listed_whole() -> None:
    for operation in LISTS:
        service = filled(operation, UPLOAD, 50)
        assert len(listing(service, operation, version=NEW)) == 50
        assert service.exchanges[-1].notes == ()


@pytest.mark.parametrize("operation", ["getActiveJobs", "getScheduledJobs"])
def test_details_that_do_not_fit_are_left_out(operation: str) -> None:
    service = filled(operation, upload(8000), 4)
    later = LATER if LISTS[operation][1] else None
    source = document(UPLOAD)
    service.jobs.submit("47", "S", kind_of(UPLOAD), NEW, "me", source=source, exec_time=later)
    items = listing(service, operation, version=NEW)
    shown = [item.find("{*}uploadUrlsJob") is not None for item in items]
    assert shown == [False, False, False, True, True]
    expected = "bounded: 5 of 5 jobs are listed, 3 of them without details"
    assert service.exchanges[-1].notes == (expected,)
    if operation == "getActiveJobs":
        assert [text(item, "totalSize") for item in items] == ["8000"] * 4 + ["2"]


def test_what_no_answer_takes_hides_nothing_else() -> None:
    service = filled("getActiveJobs", PUBLISH, 2)
    service.jobs.submit("47", "n" * 300_000, "videoPublishJob", NEW, "me")
    service.jobs.submit("47", "last", "videoPublishJob", NEW, "me")
    items = listing(service, "getActiveJobs", version=NEW)
    assert [text(item, "originalName") for item in items] == ["N0", "N1", "last"]
    assert service.exchanges[-1].notes == ("bounded: 3 of 4 jobs are listed",)


def test_what_no_answer_takes_is_not_tried_forever(work: Counter[str]) -> None:
    service = Service(plan=MANUAL)
    for number in range(50):
        service.jobs.submit("47", f"{number}{'n' * 300_000}", "videoPublishJob", NEW, "me")
    assert listing(service, "getActiveJobs", version=NEW) == []
    assert work["written"] <= 4


def test_details_that_do_not_fit_are_not_written_forever() -> None:
    """Logs of thousands of files, none of which fits beside the first."""
    tried: list[int] = []

    def show(number: int, /, *, details: bool) -> writer.Written:
        tried.extend([number] * details)
        return writer.Written("n" * (bounds.MOST_BYTES // 2) if details else "n")

    call = Call()
    found = bounds.fitting(call, "JobLog", range(100), show, lambda _: b"")
    assert len(found) == 100
    assert call.notes == ("bounded: 100 of 100 jobs are listed, 99 of them without details",)
    assert tried == list(range(len(tried)))
    assert len(tried) < 10


def test_bytes_are_counted_and_not_characters() -> None:
    service = Service(plan=MANUAL)
    for number in range(2000):
        service.jobs.submit("47", f"\u65e5\u672c{number}" * 20, "videoPublishJob", NEW, "me")
    listing(service, "getActiveJobs", version=NEW)
    assert 0.98 * DEFAULT_LIMIT < len(service.exchanges[-1].response.body) <= DEFAULT_LIMIT


@pytest.mark.parametrize("operation", ["getActiveJobs", "getJobLogDetails"])
def test_documents_that_show_little_are_not_all_read(work: Counter[str], operation: str) -> None:
    """Comments are in no answer, so that its size would not bound what is read for it."""
    source = document(UPLOAD).replace(b"<overwrite>", b"<!--%s--><overwrite>" % (b"x" * 900_000))
    service = filled(operation, UPLOAD, 30, source)
    items = listing(service, operation, version=NEW)
    assert len(items) == 30
    assert 0 < work["read"] <= bounds.MOST_READ
    (note,) = service.exchanges[-1].notes
    assert note == "bounded: 30 of 30 jobs are listed, 28 of them without details"
    count = "totalSize" if operation == "getActiveJobs" else "totalFileCount"
    assert {text(item, count) for item in items} == {"2"}


# Logs of many entries.

URLS = 5000


def entries(service: Service, extra: str) -> list[tuple[str, str]]:
    """The entries of the one log, as type and file."""
    (log,) = listing(service, "getJobLogDetails", extra, NEW)
    return [
        (str(text(row, "logType")), text(row, "assetName") or "")
        for row in log.findall("{*}detailArray/{*}items")
    ]


@pytest.mark.parametrize("outcome", ["success", "warnings", "errors"])
@pytest.mark.parametrize("order", ["", "<sortBy>LogType</sortBy>"])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("types", [(), ("UploadUrlsSuccess", "UploadSuccess", "UploadError")])
def test_pages_have_each_entry_once(
    outcome: str, order: str, descending: bool, types: tuple[str, ...]
) -> None:
    service = Service(plan=AT_ONCE)
    service.outcome("My Test Job", outcome)
    submit(service, job=upload(7), version=NEW)
    kind = job_type("uploadUrlsJob")
    first = {"success": kind.success, "warnings": kind.warning, "errors": kind.error}[outcome]
    expected = [
        (kind.begin, ""),
        (first, "f0.jpg"),
        *((kind.success, f"f{number}.jpg") for number in range(1, 7)),
        (kind.end, ""),
    ]
    if types:
        expected = [row for row in expected if row[0] in types]
    if order:
        expected.sort(key=lambda row: row[0])
    if descending:
        expected.reverse()
    items = "".join(f"<items>{name}</items>" for name in types)
    array = f"<logTypeArray>{items}</logTypeArray>" if types else ""
    direction = "<sortDirection>Descending</sortDirection>" if descending else ""
    for size in (1, 2, 3, 4, 1000):
        found: list[tuple[str, str]] = []
        for page in itertools.count(1):
            paging = f"<recordsPerPage>{size}</recordsPerPage><resultsPage>{page}</resultsPage>"
            rows = entries(service, f"{array}{paging}{order}{direction}")
            found += rows
            if len(rows) < size:
                break
        assert found == expected


def test_a_log_of_thousands_of_files() -> None:
    service = Service(plan=AT_ONCE)
    submit(service, job=upload(URLS), version=NEW)
    names = []
    for page in range(1, 7):
        names += [name for _, name in entries(service, f"<resultsPage>{page}</resultsPage>")]
    assert names == ["", *(f"f{number}.jpg" for number in range(URLS)), ""]
    (log,) = listing(service, "getJobLogDetails", version=NEW)
    assert text(log, "detailTotalRows") == str(URLS + 2)
    (log,) = listing(service, "getJobLogs", version=NEW)
    assert text(log, "totalFileCount") == str(URLS)


def test_counts_outlive_the_document() -> None:
    service = Service(plan=AT_ONCE)
    submit(service, job=UPLOAD, version=NEW)
    service.jobs.logged("47")[0][0].job.source = b""
    (log,) = listing(service, "getJobLogs", version=NEW)
    assert text(log, "totalFileCount") == "2"
    assert [name for _, name in entries(service, "")] == ["", "My Test Job", "My Test Job", ""]


def test_logs_need_no_document_for_their_counts(work: Counter[str]) -> None:
    service = Service(plan=AT_ONCE)
    for job in (UPLOAD, PUBLISH):
        submit(service, job=job, version=NEW)
    logs = listing(service, "getJobLogs", version=NEW)
    # What was uploaded is published.
    assert [text(log, "totalFileCount") for log in logs] == ["2", "2"]
    assert [text(log, "jobSubType") for log in logs] == ["full", ""]
    read = work["read"]
    sent = sum(len(exchange.request.body) for exchange in list(service.exchanges)[:2])
    assert 0 < read < sent + 10  # Each once, for what the jobs did, and jobSubType with it.
    listing(service, "getJobLogs", version=NEW)
    assert work["read"] == read


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_jobs_of_files_are_those_with_an_array(version: Version) -> None:
    rows = contract(version)
    fields = rows.complex_types[rows.messages["submitJobParam"]].fields
    arrays = {
        field.name
        for field in fields
        if field.type in rows.complex_types
        for inner in rows.complex_types[field.type].fields
        if inner.name in job_details._ARRAYS
    }
    jobs = {field.name for field in fields if field.name.endswith("Job")}
    assert arrays == jobs & job_details.OF_FILES


# Lists of the library.


def values_of_kind(kind: str) -> dict[str, Any]:
    """The least that a record's type wants beside its name and what it belongs to."""
    empty: dict[str, Any] = {"xs:string": "", "Int": 0, "Double": 0.0, "xs:boolean": False}
    own = ("companyHandle", "vignetteFormatHandle", "name", "companyId", "companyName")
    fields = contract(NEW).complex_types[kind].fields
    return {f.name: empty[f.type] for f in fields if f.required and f.name not in own}


@pytest.fixture(scope="module")
def library() -> Service:
    """A service with so much of everything that no answer takes it."""
    long, users = "x" * 190, 6000
    accounts = Accounts(
        [
            Account(f"me{number}{long}@example.com", "secret", companies=None)
            for number in range(users)
        ],
        {str(47 + number): f"Company {47 + number} {long}" for number in range(users)},
    )
    service = Service(accounts=accounts)
    store, catalog = service.library, service.store.catalog
    for number in range(6000):
        asset = store.put_asset(
            "47",
            f"f{number}{long}",
            "same",
            file_name="f.jpg",
            metadata={"Text": f"{number}{long}"},
        )
        asset.originator = 1
        asset.contexts = {1, 2}
    first = store.asset("47", 1)
    assert first is not None
    first.members = [Member(number) for number in range(2, 6001)]
    first.originator = None
    kinds: dict[str, dict[str, Any]] = {
        "project": {},
        "group": {"isSystemDefined": False},
        "image format": {"urlModifier": "a"},
        "publish context": {"contextType": "Video"},
        "property set type": {"propertyType": "UserProperty", "allowMultiple": True},
        "vignette format": values_of_kind("VignettePublishFormat"),
        "media portal event": values_of_kind("MPEvent") | {"createDate": LATER, "string1": long},
    }
    settings = {f"{number}{long}": ("value", "") for number in range(6000)}
    first.settings = settings
    for kind in ("ImageServing", "ImageRendering"):
        rows = {name: {"name": name, "value": "value"} for name in settings}
        catalog.settings(kind, "47").update(rows)
    for number in range(6000):
        for kind, values in kinds.items():
            catalog.add(kind, "47", f"{number}{long}", dict(values))
        properties: dict[str, Any] = {"type": 1, **OWNERS, "properties": {"a": long}}
        catalog.add("property set", "47", "", properties)
        field: dict[str, Any] = {"assetType": "Asset", "type": "MultiTag", "defaultValue": long}
        flags = dict.fromkeys(("isRequired", "isUserDefined", "isHidden", "isEnforced"), False)
        name = f"{number}{long}" if number else "Text"
        catalog.add("metadata field", "47", name, {**field, **flags})
    for record in catalog.records("group", "47"):
        record.members = [f"me0{long}@example.com"]
    group = catalog.find("group", 1)
    assert group is not None
    group.members = [user.email.lower() for user in accounts.users()]
    return service


OWNERS = {"primaryOwnerHandle": "me@example.com", "secondaryOwnerHandle": ""}
# What is never long: it has an entry for each type of assets, for each name that is asked for, for
# what the request gives, or pages that fit.
SHORT = frozenset(
    {
        "getAssetCounts",
        "checkAssetNames",
        "searchAssetsByMetadata",
        "getUsers",
        "getDiskUsage",
        "setZoomTargets",
        "setImageMaps",
    }
)
# What does not fit into one item is not shown at all.
EMPTY = frozenset({"getTagFieldValues", "getAssetMetadataFields"})


@pytest.mark.parametrize("operation", every(4, LIBRARY_LISTS))
def test_very_much_of_the_library(library: Service, operation: str) -> None:
    rows = contract(NEW)
    fields = rows.complex_types[rows.messages[f"{operation}Param"]].fields
    inner = LIBRARY_LISTS[operation]
    if fields and fields[0].name == "companyHandle":
        inner = f"<companyHandle>c|47</companyHandle>{inner}"
    header = auth(f"me0{'x' * 190}@example.com", "secret")
    response = call(library, operation, inner, NEW, header)  # It is valid: ``post`` asks for that.
    assert response.status == 200, response.body[:500]
    assert len(response.body) <= DEFAULT_LIMIT
    if operation in SHORT:
        assert library.exchanges[-1].notes == ()
    else:
        assert library.exchanges[-1].notes[0].startswith("bounded: ")
        assert operation in EMPTY or len(response.body) > 0.4 * DEFAULT_LIMIT


@pytest.mark.parametrize("operation", ["deleteAssets", "emptyAssetsFromTrash"])
def test_very_many_that_could_not_be_changed(operation: str) -> None:
    service = Service()
    items = "".join("<items>x</items>" for _ in range(30_000))
    answer = ask(service, operation, f"<assetHandleArray>{items}</assetHandleArray>")
    assert texts(answer, "errorCount") == ["30000"]
    assert len(texts(answer, "errorDetailArray/items")) < 30_000
    assert len(service.exchanges[-1].response.body) <= DEFAULT_LIMIT
