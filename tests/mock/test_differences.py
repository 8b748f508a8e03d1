"""Where what requests say is not what was expected."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from ips_contract.mock.differences import difference, submission
from ips_contract.mock.service import Service
from ips_contract.xml.parser import parse
from tests.calls import UPLOAD, post, submit

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


def test_what_cannot_be_read_is_no_submission() -> None:
    service = Service()
    post(service, b"<submitJobParam")
    assert submission(service.exchanges[0]) == {}
    assert parse(b"<a/>").tag == "a"
