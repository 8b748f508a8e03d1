"""What assertions know of requests before they read them is what they read."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from ips_contract import sample
from ips_contract.contract.endpoints import PLAIN_PATH
from ips_contract.mock import assertions
from ips_contract.mock.assertions import compare_called, compare_submitted
from ips_contract.mock.differences import difference, request_fields, submission
from ips_contract.mock.record import USUAL_BYTES, Exchange, Record
from ips_contract.mock.service import Service
from ips_contract.xml import parser
from tests.calls import (
    NEW,
    OLD,
    PUBLISH,
    SOAP_12,
    UPLOAD,
    auth,
    call,
    envelope,
    message,
    post,
    submit,
)
from tests.growth import calls

# Jobs' names, as they stand in a message.
NAMES = (
    "One",
    "Two",
    " One ",
    "A &amp; B",
    "<![CDATA[One]]>",
    "O<!-- -->ne",
    "O<?x y?>ne",
    "&#79;ne",
    "http://me:secret@x.test/",
    "http://me:***@x.test/",
    "a=b",
    "password=secret",
    "Größe",
    "line\none",
    "line\r\none",
    "imageServingPublishJob",
    "x" * USUAL_BYTES,
)
JOBS = (
    PUBLISH,
    PUBLISH.replace("Full", "Incremental"),
    PUBLISH.replace("Full", "Fu<?x y?>ll"),
    UPLOAD,
    "<imageServingPublishJob><publishType>Nonsense</publishType></imageServingPublishJob>",
)


def recorded() -> Service:
    service = Service()
    for version in (OLD, NEW):
        for name in NAMES:
            for job in JOBS:
                submit(service, name, job=job, version=version)
    inner = "<companyHandle>47</companyHandle>"
    for folder in ("shoes", "shoes/", "<![CDATA[hats]]>", "a=b"):
        call(service, "getFolders", f"{inner}<folderPath>{folder}</folderPath>", OLD)
    document = message("submitJob", f"{inner}<jobName>One</jobName>{PUBLISH}")
    prefixed = document.replace("<", "<p:").replace("<p:/", "</p:").replace("xmlns=", "xmlns:p=")
    post(service, envelope(prefixed))
    for declared in ("", '<?xml version="1.0"?>', '\ufeff<?xml version="1.0"?>'):
        post(service, declared.encode() + envelope(document.replace("Full", "F<?x?>ull")))
    wide = '<?xml version="1.0" encoding="UTF-16"?>' + envelope(document).decode()
    for encoding in ("utf-16", "utf-16-le"):
        post(service, wide.encode(encoding))
    post(service, envelope(message("submitJob", f"{inner}<jobName>One</jobName>")))
    post(service, envelope(document), {"soapaction": None, "content-type": "text/plain"})
    post(service, envelope(document.replace("One", "O\0ne")))
    return service


@pytest.fixture(scope="module")
def service() -> Service:
    return recorded()


VALUES: list[tuple[str, Any]] = [
    *(("job_name", name) for name in ("One", " One ", "A & B", "Größe", "line\none", "", "***")),
    ("job_name", "http://me:secret@x.test/"),
    ("job_name", "http://me:***@x.test/"),
    ("job_name", "http://***@x.test/"),
    ("job_name", "password=***"),
    ("job_name", "a=b"),
    ("jobName", "Nobody"),
    ("company", 47),
    ("company", "c|47"),
    ("companyHandle", "47"),
    ("job", "imageServingPublishJob"),
    ("job", "uploadUrlsJob"),
    ("job", None),
    ("publishType", "Full"),
    ("publishType", "Incremental"),
    ("publishType", None),
    ("jobFields", {"publishType": "Full"}),
    ("overwrite", True),
    ("urlArray", [{"sourceUrl": "http://x.test/a.jpg"}, {"destPath": "b"}]),
    ("locale", None),
]
EXPECTED = [
    *({name: value} for name, value in VALUES),
    *({**dict([first]), **dict([second])} for first, second in combinations(VALUES[::2], 2)),
]


def by_reading(
    exchanges: list[Exchange], expected: dict[str, Any], *, submitted: bool, operation: str
) -> tuple[list[Exchange], list[Exchange]]:
    """Those that match, and the others, the nearest first: each is read as it is shown."""
    matching, others = [], []
    for exchange in exchanges:
        if exchange.operation != operation:
            continue
        read = submission if submitted else request_fields
        rows = len(difference(read(exchange), expected)) if expected else 0
        if submitted and exchange.fault is not None:
            rows += 1
        elif expected and not exchange.request.body:
            rows = 1
        if rows:
            others.append((not exchange.request.body, rows, -exchange.number, exchange))
        else:
            matching.append(exchange)
    return matching, [row[-1] for row in sorted(others, key=lambda row: row[:3])]


@pytest.mark.no_cover
@pytest.mark.parametrize("expected", EXPECTED, ids=str)
def test_submissions(
    monkeypatch: pytest.MonkeyPatch, service: Service, expected: dict[str, Any]
) -> None:
    monkeypatch.setattr(assertions, "_MOST_SHOWN", 1000)
    kept = list(service.exchanges)
    found = compare_submitted(kept, expected)
    matching, others = by_reading(kept, expected, submitted=True, operation="submitJob")
    assert [row.number for row in found.matching] == [row.number for row in matching]
    never = compare_submitted(kept, expected, len(matching) + 1)
    assert [row.number for row in never.matching] == [row.number for row in matching]
    assert (never.nearest.number if never.nearest else 0) == (others[0].number if others else 0)
    if len(others) > 1:
        shown = never.failure.partition("the first of them:\n")[2].splitlines()
        numbers = [int(line.partition(":")[0]) for line in shown]
        assert numbers == [row.number for row in others]
        assert f"{len(others)} submissions differ" in never.failure


@pytest.mark.parametrize("operation", ["getFolders", "submitJob"])
@pytest.mark.parametrize("name", ["folderPath", "companyHandle", "jobName"])
@pytest.mark.parametrize("value", ["shoes", "hats", "47", "a=b", "One", None])
def test_other_requests(service: Service, operation: str, name: str, value: object) -> None:
    if (name == "folderPath") is (operation == "submitJob") and name != "companyHandle":
        return
    kept = list(service.exchanges)
    found = compare_called(kept, operation, {name: value})
    matching, _ = by_reading(kept, {name: value}, submitted=False, operation=operation)
    assert found.matching == matching


@pytest.mark.parametrize(
    ("operation", "job"), [("submitJob", "imageServingPublishJob"), ("uploadPost", "uploadPostJob")]
)
@pytest.mark.parametrize("times", [None, 0, 1])
def test_only_submissions_have_a_job(operation: str, job: str, times: int | None) -> None:
    service = Service()
    submit(service, "One")
    post(service, sample("uploadPost", wrap="soap11"))
    assert [exchange.operation for exchange in service.exchanges] == ["submitJob", "uploadPost"]
    with pytest.raises(ValueError, match='no field "job"'):
        compare_called(service.exchanges, operation, {"job": job}, times)


def test_what_is_hidden_is_compared_as_it_is_shown() -> None:
    service = Service()
    for name in ("secret", "***"):
        call(service, "setPassword", f"<password>{name}</password>", NEW)
    assert service.assert_called("setPassword", times=2, password="***")
    assert service.assert_called("setPassword", times=0, password="secret") == []


@pytest.mark.parametrize("operation", ["setPassword", "addUser", "checkLogin"])
def test_no_secret_of_a_field_is_kept(operation: str) -> None:
    service = Service()
    post(service, sample(operation, wrap="soap11").replace(b"your-password", b"s3cret-of-mine"))
    (exchange,) = service.exchanges
    assert exchange.version is not None
    assert "password" in request_fields(exchange)
    assert "password" not in exchange.open_fields
    assert b"***" in exchange.request.body  # It was looked at: from now on no password is kept.
    for name in Exchange.__slots__:
        assert "s3cret" not in repr(getattr(exchange, name))


def test_a_text_with_a_secret_in_it_is_not_told() -> None:
    service = Service()
    for name in ("http://me:secret@x.test/", "password=secret", "One"):
        submit(service, name)
    told = [exchange.text_of("jobName") for exchange in service.exchanges]
    assert told == [None, None, "One"]


def test_what_was_dropped_is_told_as_before() -> None:
    service = recorded()
    for exchange in list(service.exchanges)[::2]:
        exchange.drop_bodies()
    kept = list(service.exchanges)
    for expected in EXPECTED[:12]:
        matching, others = by_reading(kept, expected, submitted=True, operation="submitJob")
        found = compare_submitted(kept, expected, len(matching) + 1)
        assert found.matching == matching
        assert found.nearest is others[0]


def test_messages_are_read_once_and_large_ones_are_not_kept() -> None:
    service = Service()
    # The bytes alone do not tell, for there may be a secret in the URL with a parameter.
    commented = UPLOAD.replace("true", "tr<!-- urlArray -->ue")
    url = {"sourceUrl": "http://x.test/b.jpg?c=d", "destPath": "b"}
    submit(service, "One", job=commented)
    submit(service, "x" * USUAL_BYTES, job=commented)
    for _ in range(2):
        service.assert_submitted(urlArray=[{"destPath": "a"}, url], times=2)
    assert [exchange.read is None for exchange in service.exchanges] == [False, True]
    assert [len([*exchange.open_fields]) for exchange in service.exchanges] == [3, 0]
    service.exchanges[0].drop_bodies()
    assert (service.exchanges[0].read, [*service.exchanges[0].open_fields]) == (None, [])


def test_a_body_may_be_dropped_while_one_looks_at_what_was_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service = Service()
    submit(service, "One")
    (exchange,) = service.exchanges
    assert submission(exchange)["jobName"] == "One"
    slot: Any = vars(Exchange)["read"]

    def look(exchange: Exchange) -> Any:
        """What was read; then another thread drops the body."""
        kept = slot.__get__(exchange)
        exchange.drop_bodies()
        return kept

    monkeypatch.setattr(Exchange, "read", property(look, slot.__set__))
    assert submission(exchange)["jobName"] == "One"
    assert submission(exchange) == {}


def filled(number: int) -> Record:
    service = Service()
    for each in range(number):
        submit(service, f"Job {each}")
    return service.exchanges


def test_few_of_many_messages_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    record = filled(300)
    read = []

    def count(data: bytes, **options: Any) -> Any:
        read.append(data)
        return parser.parse(data, **options)

    for module in ("differences", "sight"):
        monkeypatch.setattr(f"ips_contract.mock.{module}.parse", count)
    assert len(compare_submitted(record, {"job_name": "Job 7", "company": 47}).matching) == 1
    assert read == []
    assert len(compare_submitted(record, {"job_name": "Job 7", "publishType": "Full"})[0]) == 1
    assert read == []
    assert compare_submitted(record, {"job_name": "None", "publishType": "Full"}).failure
    assert len(read) <= 5
    assert compare_submitted(record, {"publishType": "Incremental"}).failure
    assert len(read) <= 5
    assert len(compare_submitted(record, {"publishType": "Full"}).matching) == 300
    assert len(read) <= 5


UPLOADS = """<uploadUrlsJob><urlArray><items><sourceUrl>http://x.test/{0}.jpg?a=1&amp;b=2</sourceUrl>
<destPath>{0}</destPath></items></urlArray><overwrite>true</overwrite>
<readyForPublish>1</readyForPublish><createMask>false</createMask>
<emailSetting>Error</emailSetting></uploadUrlsJob>"""
DIRECTORY = PUBLISH.replace("Full", "Incremental")
PREFIXED = (
    f'<imageServingPublishJob xmlns:p="{OLD.namespace}"><p:publishType>Full</p:publishType>'
    '<p:emailSetting xmlns:x="/>">Error</p:emailSetting></imageServingPublishJob>'
)
KINDS = (
    ("Job {0}", PUBLISH),
    ("Job {0}", UPLOADS),
    ("imageServingPublishJob {0}", DIRECTORY),
    ("{0}", PREFIXED),
    ("Job {0}", UPLOADS.replace("true", "<?x?>true")),
)


def mixed(number: int) -> Service:
    """Of five kinds of submissions as many; and as many requests of another operation."""
    service = Service()
    for each in range(number):
        for name, job in KINDS:
            submit(service, name.format(each), job=job.format(each), version=OLD)
        call(service, "getFolders", "<companyHandle>47</companyHandle>", OLD)
    return service


MIXED: list[dict[str, Any]] = [
    {"publishType": "Full"},
    {"publishType": "Incremental"},
    {"publishType": "None"},
    {"publishType": 7},
    {"publishType": None},
    {"jobFields.publishType": "Full"},
    {"overwrite": True},
    {"overwrite": False, "readyForPublish": 1},
    {"overwrite": None, "emailSetting": "Error", "company": 47},
    {"emailSetting": "Error", "company": "48"},
    {"urlArray": [{"sourceUrl": "http://x.test/7.jpg?a=1&b=2", "destPath": 7}]},
    {"urlArray": [{"sourceUrl": "http://x.test/7.jpg"}]},
    {"urlArray": []},
    {"urlArray": {"items": 1}},
    {"urlArray__destPath": "7"},
    {"urlArray.items.destPath": None},
    {"jobFields": {"publishType": "Full", "emailSetting": "Error"}},
    {"emailSetting.publishType": None},
    {"job_name": "Job 7", "overwrite": True},
    {"job_name": "Nobody", "publishType": "Full", "emailSetting": "None"},
    {"job": "uploadUrlsJob", "emailSetting": "Error"},
    {"locale": None, "publishType": "Full"},
]


@pytest.fixture(scope="module")
def many() -> Service:
    return mixed(30)


@pytest.mark.parametrize("expected", MIXED, ids=str)
def test_bodies_of_all_kinds(many: Service, expected: dict[str, Any]) -> None:
    kept = list(many.exchanges)
    for exchange in kept:
        exchange.read = None
    matching, others = by_reading(kept, expected, submitted=True, operation="submitJob")
    for exchange in kept:
        exchange.read = None
    found = compare_submitted(kept, expected, len(matching) + 1)
    assert [row.number for row in found.matching] == [row.number for row in matching]
    assert found.nearest is (others[0] if others else None)
    if found.nearest is not None:
        assert list(found.differences) == difference(submission(found.nearest), expected)
    # Only those have to be read in which something stands that a parser alone reads.
    strange = sum(b"<?x?>" in exchange.body for exchange in kept)
    assert sum(exchange.read is not None for exchange in kept) <= strange + 2 * 5


def test_the_nested_fields_of_any_operation(many: Service) -> None:
    kept = list(many.exchanges)
    nested: list[dict[str, Any]] = [
        {"imageServingPublishJob.publishType": "Full"},
        {"imageServingPublishJob": {"emailSetting": "Error"}},
        {"uploadUrlsJob": None, "jobName": "Job 7"},
        {"uploadUrlsJob__createMask": 0},
        {"publishType": None, "uploadUrlsJob.emailSetting": "Error"},
    ]
    for expected in nested:
        matching, _ = by_reading(kept, expected, submitted=False, operation="submitJob")
        assert compare_called(kept, "submitJob", expected, len(matching)).matching == matching
    for path, times in ((None, 30), ("x", 0)):
        found = compare_called(kept, "getFolders", {"folderPath": path}, times)
        assert len(found.matching) == times


def test_a_mistake_in_a_name_reads_few(many: Service) -> None:
    kept = list(many.exchanges)
    for exchange in kept:
        exchange.read = None
    with pytest.raises(ValueError, match="did you mean publishType"):
        compare_submitted(kept, {"publishTipe": "Full"})
    assert all(exchange.read is None for exchange in kept)


def test_what_hides_in_a_job_is_compared_as_it_is_shown() -> None:
    service = Service()
    for url in ("http://me:secret@x.test/a", "http://me:***@x.test/a", "http://x.test/?token=t"):
        job = UPLOADS.replace("http://x.test/{0}.jpg?a=1&amp;b=2", url).format(1)
        submit(service, "One", job=job, version=OLD)
    kept = list(service.exchanges)
    for url in ("http://me:secret@x.test/a", "http://me:***@x.test/a", "http://x.test/?token=***"):
        expected = {"urlArray": [{"sourceUrl": url, "destPath": "1"}]}
        found = compare_submitted(kept, expected, 3).matching
        assert found == by_reading(kept, expected, submitted=True, operation="submitJob")[0]


def test_a_request_that_differs_costs_little() -> None:
    few, many = (filled(number) for number in (100, 600))
    for expected in ({"job_name": "Job 7"}, {"job_name": "None"}, {"publishType": "Incremental"}):
        compare_submitted(few, expected)
        cost = [calls(lambda: compare_submitted(kept, expected)) for kept in (few, many)]  # noqa: B023
        assert cost[1] - cost[0] < 500 * 40


DEEP = UPLOAD.replace(
    "<emailSetting>",
    "<manualCropOptions><left>1</left><right>2</right><top>3</top><bottom>4</bottom>"
    "</manualCropOptions><emailSetting>",
)
REPROCESS = (
    "<reprocessAssetsJob><assetHandleArray><items>a|1</items><items>a|2</items></assetHandleArray>"
    "<createMask>false</createMask><emailSetting>Error</emailSetting></reprocessAssetsJob>"
)
ALL_JOBS = (
    *(PUBLISH, UPLOAD, DEEP, REPROCESS, "", "<imageServingPublishJob/>", PUBLISH + UPLOAD),
    *(PUBLISH.replace("Full", text) for text in ("F<!-- -->ull", "<![CDATA[Full]]>", "F&#117;ll")),
    *(
        UPLOAD.replace(">b<", f">{text}<")
        for text in ("b<!-- -->", "<![CDATA[b]]>", "&#98;", "&lt;")
    ),
    UPLOAD.replace("b.jpg?c=d", "b.jpg?a=1&amp;token=2"),
    UPLOAD.replace("http://x", "http://me:secret@x"),
    UPLOAD.replace(">b<", ">password: secret<"),
    UPLOAD.replace("><", ">\n <"),
    PUBLISH.replace("Full", "Nonsense"),
    PUBLISH.replace("Full", "Full<y/>"),
    PUBLISH.replace("<publishType>", "text<publishType>"),
    PUBLISH.replace("<emailSetting>", "<password>x</password><emailSetting>"),
    PUBLISH.replace("</emailSetting>", "</emailSetting><publishType>Incremental</publishType>"),
    "<foo><bar>1</bar></foo>" + PUBLISH,
    "<fooJob><publishType>Full</publishType></fooJob>",
)
WIDE = '<?xml version="1.0" encoding="UTF-16"?>'


def of_all_kinds() -> Service:
    """Jobs in all wrappings and encodings, some of them refused or with findings."""
    service = Service()
    for job in ALL_JOBS:
        inner = f"<companyHandle>c|47</companyHandle><jobName>One</jobName>{job}"
        document = message("submitJob", inner, NEW)
        body = envelope(document)
        prefixed = document.replace("<", "<p:").replace("xmlns=", "xmlns:p=")
        for written, plain in (("<p:/", "</p:"), ("<p:!", "<!")):
            prefixed = prefixed.replace(written, plain)
        plain_request = f'<Request xmlns="{NEW.namespace}">{auth()}{document}</Request>'
        soap_12 = {"content-type": "application/soap+xml", "soapaction": None}
        post(service, body)
        post(service, envelope(document, soap=SOAP_12), soap_12)
        post(service, envelope(prefixed))
        post(service, plain_request.encode(), {"soapaction": None}, PLAIN_PATH)
        post(service, plain_request.encode())
        post(service, b"<!-- A client's. -->" + body)
        post(service, (WIDE + body.decode()).encode("utf-16"))
        post(service, body, {"content-type": "text/plain"})
        post(service, envelope(document, auth("me", "")))
        post(service, envelope(document.replace("One", "my password: secret")))
    return service


@pytest.fixture(scope="module")
def all_kinds() -> Service:
    return of_all_kinds()


@pytest.fixture(scope="module")
def all_shown() -> Service:
    """The same, and somebody has looked at each: no secret is kept any more."""
    service = of_all_kinds()
    for exchange in service.exchanges:
        assert b"secret" not in exchange.request.body.replace(b"\0", b"")
    return service


OF_ALL: list[dict[str, Any]] = [
    *MIXED,
    {"job_name": "my password: secret"},
    {"job_name": "my password: ***"},
    {"job": None},
    {"job": "uploadDirectoryJob"},
    {"publishType": "Full", "jobFields": {"emailSetting": "Error", "overwrite": None}},
    {"jobFields": None},
    {"jobFields": {"overwrite": True, "manualCropOptions": {"left": 1, "top": "3"}}},
    {"jobFields": {"urlArray": [{"destPath": "a"}, {"destPath": "b"}], "overwrite": 1}},
    {"manualCropOptions.left": 1},
    {"manualCropOptions__left": "7", "job_name": "Nobody"},
    {"manualCropOptions": {"left": 1, "bottom": 4}},
    {"manualCropOptions": {"left": None}},
    {"urlArray": [{"destPath": "a"}, {"destPath": "b"}]},
    {"urlArray": [{"destPath": "a"}, {"destPath": "<"}]},
    {"urlArray": [{}, {"sourceUrl": "http://me:***@x.test/b.jpg?c=d"}]},
    {"urlArray": [{}, {"sourceUrl": "http://x.test/b.jpg?c=d"}]},
    {"urlArray": [{}, {"destPath": "password: secret"}]},
    {"urlArray": [{}, {"destPath": "password: ***"}]},
    {"urlArray": None},
    {"assetHandleArray": ["a|1", "a|2"]},
    {"assetHandleArray": ["a|2"]},
    {"assetHandleArray": {"items": "a|2"}},
    {"assetHandleArray.items": None},
]


@pytest.mark.parametrize("record", ["all_kinds", "all_shown"])
@pytest.mark.parametrize("expected", OF_ALL, ids=str)
def test_jobs_in_all_wrappings(
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    expected: dict[str, Any],
    record: str,
) -> None:
    monkeypatch.setattr(assertions, "_MOST_SHOWN", 1000)
    kept = list(request.getfixturevalue(record).exchanges)
    found = compare_submitted(kept, expected)
    never = compare_submitted(kept, expected, len(kept) + 1)
    matching, others = by_reading(kept, expected, submitted=True, operation="submitJob")
    assert [row.number for row in found.matching] == [row.number for row in matching]
    assert [row.number for row in never.matching] == [row.number for row in matching]
    shown = never.failure.partition("the first of them:\n")[2].splitlines()
    assert [int(line.partition(":")[0]) for line in shown] == [row.number for row in others]


@pytest.mark.parametrize(
    "expected",
    [
        {"imageServingPublishJob.publishType": "Full"},
        {"imageServingPublishJob": {"publishType": "Full", "emailSetting": "Error"}},
        {"uploadUrlsJob": {"urlArray": [{"destPath": "a"}, {"destPath": "b"}]}},
        {"uploadUrlsJob.manualCropOptions.left": 1},
        {"uploadUrlsJob": None},
        {"uploadUrlsJob": {"publishType": None, "overwrite": True}},
    ],
    ids=str,
)
def test_called_in_all_wrappings(all_kinds: Service, expected: dict[str, Any]) -> None:
    kept = list(all_kinds.exchanges)
    found = compare_called(kept, "submitJob", expected, len(kept) + 1)
    matching, others = by_reading(kept, expected, submitted=False, operation="submitJob")
    assert [row.number for row in found.matching] == [row.number for row in matching]
    assert found.nearest is (others[0] if others else None)


def test_conditions_of_searches() -> None:
    service = Service()
    item = "<items><field>Name</field><op>Equals</op><value>{}</value></items>"
    start = "<companyHandle>c|47</companyHandle><folder>a</folder>{}"
    rest = "<includeSubfolders>false</includeSubfolders><systemFieldConditionArray>{}"
    for value in ("a", "<![CDATA[a]]>", "password", "&amp;"):
        for comment in ("", "<!-- c -->"):
            for items in (item.format(value), item.format(value) + item.format("b")):
                inner = (start + rest).format(comment, items) + "</systemFieldConditionArray>"
                call(service, "searchAssets", inner, NEW)
    kept = list(service.exchanges)
    array = "systemFieldConditionArray"
    wants: list[dict[str, Any]] = [
        *({array: [{"value": value}]} for value in ("a", "password", "&", "b", 7)),
        *({array: [{"field": "Name"}, {"value": value}]} for value in ("a", "b")),
        {array: []},
        {f"{array}.items.value": "a"},
        {"folder": "a", array: [{"op": "Equals"}]},
    ]
    for expected in wants:
        found = compare_called(kept, "searchAssets", expected, 1000)
        matching, _ = by_reading(kept, expected, submitted=False, operation="searchAssets")
        assert found.matching == matching
