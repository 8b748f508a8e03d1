"""The record of exchanges, and assertions on what was submitted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from ips_contract.contract.model import messages
from ips_contract.http.messages import Request, Response
from ips_contract.mock.assertions import difference, submission
from ips_contract.mock.record import Exchange, Record
from ips_contract.mock.service import Service
from ips_contract.validation.report import Report
from ips_contract.xml.parser import parse
from tests.calls import NEW, UPLOAD, auth, call, envelope, message, post, submit


def exchange(number: int, size: int = 10) -> Exchange:
    body = b"x" * size
    return Exchange(
        number,
        datetime(2020, 1, 1, tzinfo=UTC),
        "submitJob",
        Request("POST", "/", {}, body),
        body,
        Report("", None, (), body),
        Response(200, (), b""),
        None,
        "",
        "",
        (),
        0.0,
    )


def test_the_oldest_go_first() -> None:
    record = Record(most=3)
    for number in range(1, 6):
        record.add(exchange(number))
    assert [kept.number for kept in record] == [3, 4, 5]
    assert (record.count, len(record), record.counts) == (5, 3, {"submitJob: answered": 5})
    assert record[-1].number == 5
    assert [kept.number for kept in record[:2]] == [3, 4]
    assert repr(record) == "<Record of 5 exchanges, 3 kept>"
    record.clear()
    assert (record.count, len(record)) == (0, 0)


def test_bodies_go_before_exchanges() -> None:
    record = Record(most=5, most_bytes=100)
    for number in range(1, 5):
        record.add(exchange(number, 40))
    assert [len(kept.request.body) for kept in record] == [0, 0, 40, 40]
    assert record[0].report.data is None
    record.add(exchange(5, 1000))
    assert [len(kept.request.body) for kept in record] == [0, 0, 0, 0, 1000]
    for number in range(6, 20):
        record.add(exchange(number, 1))
    assert [len(kept.request.body) for kept in record] == [1] * 5


def test_what_is_recorded() -> None:
    ticks = iter([10.0, 10.25, 20.0, 20.5])
    service = Service(timer=lambda: next(ticks))
    submit(service, version=NEW)
    seen = service.exchanges[0]
    assert (seen.number, seen.operation, seen.version, seen.fault) == (1, "submitJob", NEW, None)
    assert (seen.handle, seen.duration) == ("j|47|My Test Job||", 0.25)
    assert (seen.report.valid, seen.report.message) == (True, "submitJobParam")
    assert seen.report.data is seen.request.body
    assert seen.response.status == 200
    assert repr(seen) == "<Exchange 1: submitJob: j|47|My Test Job||>"
    submit(service, job="")
    refused = service.exchanges[1]
    assert (refused.fault, refused.handle) == (30002, "")
    assert refused.reason.startswith("one-job: ")
    assert repr(refused) == "<Exchange 2: submitJob: fault 30002>"


def test_passwords_are_nowhere_in_the_record() -> None:
    service = Service()
    secret = "s3cr3t&amp;"
    body = envelope(
        message("checkLogin", f"<email>a</email><password>{secret}</password>"), auth("me", secret)
    )
    headers = {"authorization": "Basic bWU6czNjcjN0", "cookie": "a=s3cr3t"}
    target = "/scene7/services/IpsApiService?password=s3cr3t"
    for data in (
        body,
        body.replace(b"</e:Body>", b""),
        body.replace(b"<email>", b"<email2>").replace(b"</email>", b"</email2>"),
        body.decode().encode("utf-16"),
        b"password=s3cr3t",
        b"",
    ):
        service.handle(Request("POST", target, headers, data))
        service.handle(Request("GET", "/scene7/?password=s3cr3t", headers, data))
    for seen in service.exchanges:
        report = seen.report
        shown = [seen.request, report.data, report.violations, seen.reason, seen.notes, seen]
        text = repr(shown) + repr(seen.response)
        assert "s3cr3t" not in text
        assert "s3cr3t" not in text.replace("\\x00", "")
        assert "czNjcjN0" not in text


def test_reports_are_on_what_was_recorded() -> None:
    service = Service()
    submit(service, job="<x/>", header=auth("me", "a rather long password"))
    seen = service.exchanges[0]
    assert seen.report.data == seen.request.body
    last = seen.report.violations[-1]
    assert last.column is not None
    assert seen.request.body[last.column - 1 :].startswith(b"<x/>")


SUBMISSION = {
    "companyHandle": "c|47",
    "jobName": "My Test Job",
    "execTime": "2014-04-03T09:30:00Z",
    "job": "uploadUrlsJob",
    "jobFields": {
        "overwrite": "1",
        "emailSetting": "None",
        "urlArray": [{"sourceUrl": "http://x/"}],
        "projectHandleArray": ["a", "b"],
        "autoTransparentCropOptions": {"tolerance": "0.50"},
    },
}
MOMENT = datetime(2014, 4, 3, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"job_name": "My Test Job", "job": "uploadUrlsJob", "company": "47"},
        {"company": 47, "jobName": "My Test Job"},
        {"company": "c|47"},
        {"overwrite": True, "emailSetting": "None"},
        {"execTime": MOMENT},
        {"execTime": MOMENT.astimezone(timezone(timedelta(hours=2)))},
        {"execTime": MOMENT.replace(tzinfo=None)},
        {"projectHandleArray": ["a", "b"]},
        {"urlArray": [{"sourceUrl": "http://x/"}]},
        {"autoTransparentCropOptions__tolerance": 0.5},
        {"autoTransparentCropOptions": {"tolerance": 0.5}},
        {"jobFields__overwrite": 1},
        {"description": None, "mediaOptions": None},
    ],
)
def test_no_difference(expected: dict[str, Any]) -> None:
    assert difference(SUBMISSION, expected) == []


@pytest.mark.parametrize(
    ("expected", "rows"),
    [
        ({"job_name": "Other"}, [("job_name", "My Test Job", "Other")]),
        ({"company": "48"}, [("company", "c|47", "48")]),
        ({"description": "x"}, [("description", None, "x")]),
        ({"overwrite": None}, [("overwrite", "1", None)]),
        ({"overwrite": False}, [("overwrite", "1", False)]),
        ({"emailSetting": 1}, [("emailSetting", "None", 1)]),
        (
            {"execTime": MOMENT + timedelta(1)},
            [("execTime", "2014-04-03T09:30:00Z", MOMENT + timedelta(1))],
        ),
        ({"jobName": MOMENT}, [("jobName", "My Test Job", MOMENT)]),
        ({"projectHandleArray": ["a"]}, [("projectHandleArray", ["a", "b"], ["a"])]),
        ({"projectHandleArray": "a"}, [("projectHandleArray", ["a", "b"], "a")]),
        ({"jobName": {"a": "b"}}, [("jobName", "My Test Job", {"a": "b"})]),
        ({"jobName__x": "y"}, [("jobName__x", None, "y")]),
    ],
)
def test_differences(expected: dict[str, Any], rows: list[tuple[str, object, object]]) -> None:
    assert [tuple(row) for row in difference(SUBMISSION, expected)] == rows


def test_submissions_are_read_from_the_request() -> None:
    service = Service()
    submit(service, job=UPLOAD, extra="<description>a</description>")
    values = submission(service.exchanges[0])
    assert values["jobFields"]["urlArray"][1] == {
        "sourceUrl": "http://x.test/b.jpg?c=d",
        "destPath": "b",
    }
    assert (
        difference(values, {"job_name": "My Test Job", "description": "a", "createMask": False})
        == []
    )


def test_assert_submitted() -> None:
    service = Service()
    submit(service, "One")
    submit(service, "Two", version=NEW)
    submit(service, "Two")
    (found,) = service.assert_submitted(
        job_name="One", job="imageServingPublishJob", company="47", publishType="Full"
    )
    assert found.number == 1
    assert len(service.assert_submitted(job_name="Two", times=2)) == 2
    assert service.assert_submitted(job_name="Three", times=0) == []
    assert len(service.assert_submitted()) == 3


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"descripton": None}, 'no field "descripton"; did you mean description'),
        ({"jobname": "One"}, 'no field "jobname"; did you mean jobName'),
        ({"job": "imageServingPublish"}, "no job .*; did you mean imageServingPublishJob"),
        (
            {"autoTransparentCropOptions__tolerence": 0.5},
            'no field "tolerence"; did you mean tolerance',
        ),
        ({"nonsense": 3}, 'no field "nonsense"$'),
        ({"jobFields": {"publishTyp": "Full"}}, 'no field "publishTyp"; did you mean publishType'),
        ({"urlArray": [{"sourceUrll": "x"}]}, 'no field "sourceUrll"; did you mean sourceUrl'),
    ],
)
def test_what_no_submission_can_have_is_refused(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Service().assert_submitted(times=0, **fields)


def failure(service: Service, **expected: Any) -> str:
    with pytest.raises(AssertionError) as caught:
        service.assert_submitted(**expected)
    return str(caught.value)


def test_failures_show_the_nearest() -> None:
    service = Service()
    assert "No submitJob request came." in failure(service)
    call(service, "getActiveJobs")
    submit(service, "One", number="48")
    submit(service, "Two")
    text = failure(service, job_name="Three", company="47", publishType="Full")
    assert "expected job_name='Three', company='47', publishType='Full'" in text
    assert "at least once; it was 0 times" in text
    assert "The nearest request is number 3" in text
    assert "  job_name: got 'Two', expected 'Three'\n" in text
    assert "  2: 'One' differs in job_name, company" in text
    assert "submitted 2 times; it was once." in failure(service, job_name="One", times=2)
    assert "description: got nothing, expected 'x'" in failure(service, description="x")


def test_failures_show_those_that_are_too_many() -> None:
    service = Service()
    for _ in range(6):
        submit(service, "One")
    submit(service, "Two")
    lines = failure(service, job_name="One", times=0).splitlines()
    assert lines[0] == "expected job_name='One' to be submitted 0 times; it was 6 times."
    assert [line.partition(",")[0] for line in lines[1:6]] == [f"  {n}" for n in range(1, 6)]
    assert lines[1].endswith(": 47|One|")
    assert lines[6:] == ["  and 1 more"]
    lines = failure(service, job_name="Two", times=0).splitlines()
    assert len(lines) == 2
    assert "submitted once; it was 7 times" in failure(service, times=1)


def test_a_comment_about_passwords_does_not_hide_a_submission() -> None:
    service = Service()
    comment = "<!-- <password> is for the log-in only -->"
    submit(service, "One", f"<description>a{comment}b</description>")
    assert service.assert_submitted(job_name="One", description="ab")


def test_refused_submissions_do_not_count() -> None:
    service = Service()
    submit(service, "One", job="<emptyJob/>")
    assert "answer: got 'fault 30002: one-job: " in failure(service, job_name="One")


def test_dropped_bodies_are_named() -> None:
    service = Service()
    service.exchanges = Record(most_bytes=1)
    submit(service, "One")
    submit(service, "Two")
    assert "1: its body was dropped" in failure(service, job_name="One")


def test_what_cannot_be_read_is_no_submission() -> None:
    service = Service()
    post(service, b"<submitJobParam")
    assert submission(service.exchanges[0]) == {}
    assert parse(b"<a/>").tag == "a"


def test_looking_at_exchanges_does_not_change_their_count_of_bytes() -> None:
    service = Service(most_exchanges=2)
    for _ in range(5):
        submit(service)
        assert b"<password>***<" in service.exchanges[-1].request.body
    assert service.exchanges._bytes == sum(exchange.size for exchange in service.exchanges)


# Requests of any operation.

IN_COMPANY = "<companyHandle>c|47</companyHandle>"
CONDITIONS = (
    "<systemFieldConditionArray><items><field>Name</field><op>Equals</op><value>a</value></items>"
    "</systemFieldConditionArray>"
)


def search(service: Service, folder: str, rest: str = "", header: str | None = None) -> None:
    below = "" if "Subfolders" in rest else "<includeSubfolders>false</includeSubfolders>"
    inner = f"{IN_COMPANY}<folder>{folder}</folder>{below}{rest}"
    call(service, "searchAssets", inner, NEW, header)


def called(service: Service, operation: str, **expected: Any) -> str:
    """What a failing assertion says."""
    with pytest.raises(AssertionError) as caught:
        service.assert_called(operation, **expected)
    return str(caught.value)


def test_assert_called() -> None:
    service = Service()
    search(service, "a/", "<includeSubfolders>1</includeSubfolders><keywordArray/>")
    search(service, "b/", f"<keywordArray><items>k</items></keywordArray>{CONDITIONS}")
    call(service, "getFolders", "<x/>", NEW)
    assert len(service.assert_called("searchAssets", times=2)) == 2
    assert len(service.assert_called("searchAssets", company=47)) == 2
    (found,) = service.assert_called("searchAssets", folder="a/", includeSubfolders=True)
    assert (found.number, found.operation) == (1, "searchAssets")
    (found,) = service.assert_called("searchAssets", 1, keywordArray=["k"], sortBy=None)
    assert found.number == 2
    assert service.assert_called("searchAssets", keywordArray=[])[0].number == 1
    field = [{"field": "Name"}]
    assert service.assert_called("searchAssets", systemFieldConditionArray=field)
    # However it was answered: here with fault 30002.
    assert service.assert_called("getFolders", times=1)[0].fault == 30002
    assert service.assert_called("getAssets", times=0) == []


def test_assert_called_reads_nested_fields() -> None:
    service = Service()
    submit(service, "One")
    job = "imageServingPublishJob"
    for expected in (
        {job: {"publishType": "Full"}},
        {f"{job}.publishType": "Full", f"{job}__emailSetting": "Error"},
        {"jobName": "One", "job_name": "One", "companyHandle": "47"},
    ):
        assert service.assert_called("submitJob", **expected)
    text = called(service, "submitJob", **{f"{job}.publishType": "Incremental"})
    assert f"  {job}.publishType: got 'Full', expected 'Incremental'" in text


def test_assert_called_says_what_came() -> None:
    service = Service()
    assert called(service, "getFolders").splitlines() == [
        "expected getFolders to be called at least once; it was 0 times.",
        "No getFolders request came.",
    ]
    search(service, "a/", "<recordsPerPage>5</recordsPerPage>")
    search(service, "b/")
    search(service, "b/", header=auth("me", ""))
    assert called(service, "getFolders").splitlines()[1:] == [
        "No getFolders request came.",
        "What came: searchAssets 3 times.",
    ]
    lines = called(service, "searchAssets", folder="c/", recordsPerPage=5, times=2).splitlines()
    assert lines[0] == (
        "expected searchAssets with folder='c/', recordsPerPage=5 to be called 2 times; "
        "it was 0 times."
    )
    assert lines[1].startswith("The nearest request is number 1, at ")
    assert lines[2:] == [
        "  folder: got 'a/', expected 'c/'",
        "3 requests differ; the first of them:",
        "  1: it differs in folder",
        "  3: it differs in folder, recordsPerPage",
        "  2: it differs in folder, recordsPerPage",
    ]
    for header in (None, auth("me", "")):
        call(service, "getImageFormats", IN_COMPANY, NEW, header)
    lines = called(service, "getImageFormats", companyHandle="c|47", times=0).splitlines()
    assert [line.rpartition(": ")[2] for line in lines[1:]] == ["HTTP 200", "fault 10001"]


@pytest.mark.parametrize(
    ("operation", "fields", "said"),
    [
        ("searchAsset", {}, "no operation 'searchAsset'; did you mean searchAssets"),
        ("searchAssets", {"foldr": None}, 'no field "foldr"; did you mean folder'),
        ("searchAssets", {"folder": "x", "job": None}, 'no field "job"'),
        ("searchAssets", {"jobName": "x"}, 'no field "jobName"'),
        ("searchAssets", {"systemFieldConditionArray.feld": 1}, 'no field "feld"'),
        ("searchAssets", {"systemFieldConditionArray": [{"feld": 1}]}, 'no field "feld"'),
        ("searchAssets", {"times": -1}, "times is -1"),
        ("getTrashAsset", {}, "no operation 'getTrashAsset'"),
    ],
)
def test_what_nobody_can_have_asked_for(operation: str, fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Service().assert_called(operation, **fields)
    with pytest.raises(TypeError, match="operation is None"):
        Service().assert_called(None)  # type: ignore[arg-type]


def test_dropped_bodies_count_where_nothing_is_compared() -> None:
    service = Service()
    service.exchanges = Record(most_bytes=1)
    search(service, "a/")
    search(service, "b/")
    assert len(service.assert_called("searchAssets", times=2)) == 2
    assert "1: its body was dropped" in called(service, "searchAssets", folder="a/", times=2)


def test_every_operation_can_be_asserted() -> None:
    names = [name.removesuffix("Param") for name in messages() if name.endswith("Param")]
    assert len(names) > 170
    for operation in names:
        assert Service().assert_called(operation, times=0) == []
    # With a field that only the beta of 2016 has, and one that came with 4.0.
    assert Service().assert_called("createCompanyMetadata", times=0, xtype=None) == []
    assert Service().assert_called("submitJob", times=0, uploadUrlsJob=None) == []
