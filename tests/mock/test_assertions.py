"""Assertions on requests, and what they say where these are not as expected."""

from __future__ import annotations

from typing import Any

import pytest

from ips_contract.mock.record import Record
from ips_contract.mock.service import Service
from tests.calls import NEW, auth, call, submit


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


def test_dropped_bodies_count_where_nothing_is_compared() -> None:
    service = Service()
    service.exchanges = Record(most_bytes=1)
    search(service, "a/")
    search(service, "b/")
    assert len(service.assert_called("searchAssets", times=2)) == 2
    assert "1: its body was dropped" in called(service, "searchAssets", folder="a/", times=2)
