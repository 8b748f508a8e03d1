"""The record by HTTP, and verification."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest

from ips_contract.http.messages import Request, Response
from ips_contract.mock.record import Exchange
from ips_contract.mock.service import Service
from ips_contract.validation.report import Report
from tests.calls import NEW, OLD, call, post, submit
from tests.growth import calls
from tests.mock.control.asking import Asker


@pytest.fixture
def asker() -> Asker:
    asker = Asker()
    submit(asker.service, "One")
    submit(asker.service, "Two", job="<imageServingPublishJob/>")
    call(asker.service, "getFolders", "<companyHandle>47</companyHandle>")
    post(asker.service, b"", path="/scene7/", method="GET")
    return asker


def test_a_list_goes_on_where_the_last_one_ended(asker: Asker) -> None:
    first = asker("GET", "/exchanges?limit=3").value
    assert [row["number"] for row in first["exchanges"]] == [1, 2, 3]
    assert (first["next"], first["more"], first["count"], first["kept"]) == (3, True, 4, 4)
    rest = asker("GET", "/exchanges?since=3").value
    assert [row["number"] for row in rest["exchanges"]] == [4]
    assert (rest["next"], rest["more"]) == (4, False)
    assert asker("GET", "/exchanges?since=4").value["exchanges"] == []


def test_a_list_can_be_of_one_kind(asker: Asker) -> None:
    def numbers(query: str) -> list[int]:
        return [row["number"] for row in asker("GET", f"/exchanges?{query}").value["exchanges"]]

    assert numbers("operation=submitJob") == [1, 2]
    assert numbers("verdict=valid") == [1, 3]
    assert numbers("verdict=invalid") == [2]
    assert numbers("verdict=none") == [4]
    assert numbers("operation=submitJob&verdict=invalid") == [2]


def test_a_summary(asker: Asker) -> None:
    row = asker("GET", "/exchanges").value["exchanges"][0]
    time, duration = row.pop("time"), row.pop("duration")
    assert time.endswith("Z")
    assert duration > 0
    assert row == {
        "number": 1,
        "operation": "submitJob",
        "version": "pre-4.0",
        "method": "POST",
        "target": "/scene7/services/IpsApiService",
        "verdict": "valid",
        "errors": 0,
        "warnings": 0,
        "status": 200,
        "fault": None,
        "reason": "",
        "handle": "47|One|",
        "canned": False,
        "notes": [],
    }


def test_one_exchange_has_all(asker: Asker) -> None:
    found = asker("GET", "/exchanges/2").value
    assert found["request"]["method"] == "POST"
    assert "<jobName>Two</jobName>" in found["request"]["body"]
    assert found["report"] == asker.service.exchanges[1].report.to_dict()
    assert found["report"]["violations"][0]["rule"] == "missing-element"
    assert any(line.startswith("+") and "publishType" in line for line in found["nearest_valid"])
    assert found["response"]["status"] == 500
    assert "ipsApiFault" in found["response"]["body"]
    assert (found["fault"], found["verdict"]) == (30002, "invalid")


def test_secrets_are_hidden(asker: Asker) -> None:
    asker.service.script(body=b"<a><password>secret</password></a>")
    submit(asker.service, "Three")
    for number in range(1, 6):
        text = json.dumps(asker("GET", f"/exchanges/{number}").value)
        assert "secret" not in text, text


def test_what_is_no_text_is_base64(asker: Asker) -> None:
    asker.service.script(body=b"<a>\xff</a>")
    submit(asker.service, "Three")
    response = asker("GET", "/exchanges/5").value["response"]
    assert (response["body"], response["encoding"]) == ("PGE+/zwvYT4=", "base64")


def test_exchanges_are_deleted(asker: Asker) -> None:
    assert asker("DELETE", "/exchanges/2").status == 204
    numbers = [row["number"] for row in asker("GET", "/exchanges").value["exchanges"]]
    assert numbers == [1, 3, 4]
    assert asker("GET", "/exchanges/3").value["number"] == 3
    for method in ("GET", "DELETE"):
        status, words = asker.refused(method, "/exchanges/2")
        assert (status, words) == (404, "There is no exchange 2; there are 1 to 4.")
    assert asker("DELETE", "/exchanges").status == 204
    assert asker.refused("GET", "/exchanges/1")[1] == "There is no exchange 1, nor any other."
    submit(asker.service, "Again")
    assert asker("GET", "/exchanges").value["next"] == 1


def test_a_record_that_lost_one_still_keeps_its_bounds() -> None:
    service = Service(most_exchanges=3)
    for number in range(3):
        submit(service, f"Job {number}")
    assert service.exchanges.remove(2)
    assert not service.exchanges.remove(2)
    for number in range(2):
        submit(service, f"Job {number}")
    assert [row.number for row in service.exchanges] == [3, 4, 5]


VERIFIED: list[dict[str, object]] = [
    {"submitted": {}},
    {"submitted": {"job_name": "One", "job": "imageServingPublishJob"}},
    {"submitted": {"job_name": "Another"}},
    {"submitted": {"job_name": "Two"}},
    {"submitted": {"job_name": "One"}, "times": 2},
    {"submitted": {"job_name": "One"}, "times": 0},
    {"submitted": {"jobFields__publishType": "Full", "locale": None}},
    {"called": "getFolders"},
    {"called": "getFolders", "fields": {"companyHandle": "48"}},
    {"called": "deleteFolder", "times": 1},
]


@pytest.mark.parametrize("body", VERIFIED, ids=str)
def test_verification_says_what_the_assertions_say(asker: Asker, body: dict[str, object]) -> None:
    service, times = asker.service, body.get("times")
    assert times is None or isinstance(times, int)
    answer = asker("POST", "/verify", body)
    fields: dict[str, Any] = body.get("submitted", body.get("fields", {}))  # type: ignore[assignment]
    if "called" in body:
        asserted = partial(service.assert_called, str(body["called"]), times, **fields)
    else:
        asserted = partial(service.assert_submitted, times=times, **fields)
    if answer.status == 200:
        numbers = [row["number"] for row in answer.value["exchanges"]]
        assert numbers == [exchange.number for exchange in asserted()]
        return
    assert answer.status == 409
    with pytest.raises(AssertionError) as failed:
        asserted()
    assert answer.value["detail"] == str(failed.value)


def test_the_difference_is_told_as_fields(asker: Asker) -> None:
    expected = {"job_name": "Another", "job": "imageServingPublishJob", "locale": "de-DE"}
    answer = asker("POST", "/verify", {"submitted": expected})
    assert answer.value["nearest"] == 1
    assert answer.value["matching"] == []
    assert answer.value["differences"] == [
        {"field": "job_name", "expected": "Another", "got": "One"},
        {"field": "locale", "expected": "de-DE", "got": None},
    ]
    many = asker("POST", "/verify", {"submitted": {}, "times": 0}).value
    assert (many["matching"], many["nearest"], many["differences"]) == ([1], None, [])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"submitted": {"jobNme": "A"}}, 'no field "jobNme"; did you mean jobName?'),
        ({"submitted": {"job": "imageServingJob"}}, 'no job "imageServingJob"'),
        ({"called": "getFolder"}, "no operation 'getFolder'; did you mean getFolders?"),
    ],
)
def test_what_can_never_come_is_no_mere_difference(
    asker: Asker, body: dict[str, object], words: str
) -> None:
    status, detail = asker.refused("POST", "/verify", body)
    assert status == 422
    assert words in detail


def test_coverage_counts_what_came(asker: Asker) -> None:
    found = asker("GET", "/coverage").value
    assert (found["exchanges"], found["complete"]) == (4, True)
    rows = {row["name"]: row for row in found["dimensions"]}
    assert rows["versions"]["covered"] == 1
    assert "submitJob" not in rows["operations"]["missing"]
    submit(asker.service, "New", version=NEW)
    rows = {row["name"]: row for row in asker("GET", "/coverage").value["dimensions"]}
    assert rows["versions"]["covered"] == 2
    asker("POST", "/reset", {})
    assert asker("GET", "/coverage").value["exchanges"] == 0


def test_an_answer_counts_only_so_many(monkeypatch: pytest.MonkeyPatch, asker: Asker) -> None:
    monkeypatch.setattr("ips_contract.mock.control.coverage._MOST", 3)
    first, second = (asker("GET", "/coverage").value for _ in range(2))
    assert (first["exchanges"], first["complete"]) == (3, False)
    assert (second["exchanges"], second["complete"]) == (4, True)


def test_a_part_of_a_long_list_is_no_more_work_than_of_a_short_one() -> None:
    def work(size: int) -> int:
        asker = Asker()
        response = Response(200, (), b"")
        request = Request("POST", "/scene7/services/IpsApiService", {}, b"")
        time, report = asker.service.clock.now(), Report("", None)
        for number in range(1, size + 1):
            row = (number, time, "submitJob", request, b"", report, response, None, "", "", (), 0.0)
            asker.service.exchanges.add(Exchange(*row))
        query = f"/exchanges?since={size // 2}&limit=100"
        assert len(asker("GET", query).value["exchanges"]) == 100
        return calls(lambda: asker("GET", query))

    assert work(10_000) < 1.1 * work(1_000)


def test_versions(asker: Asker) -> None:
    found = asker("GET", "/versions").value["versions"]
    assert found[0]["label"] == OLD.label
    assert found[-1] == {"label": NEW.label, "date": NEW.date, "namespace": NEW.namespace}


def test_no_field_is_taken_for_itself() -> None:
    asked = {"called": "submitJob", "fields": {"times": 3}}
    assert Asker().refused("POST", "/verify", asked) == (422, 'no field "times".')
