"""The record of exchanges."""

from __future__ import annotations

from datetime import UTC, datetime

from ips_contract.http.messages import Request, Response
from ips_contract.mock.record import Exchange, Record
from ips_contract.mock.service import Service
from ips_contract.validation.report import Report
from tests.calls import NEW, auth, envelope, message, submit


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


def test_looking_at_exchanges_does_not_change_their_count_of_bytes() -> None:
    service = Service(most_exchanges=2)
    for _ in range(5):
        submit(service)
        assert b"<password>***<" in service.exchanges[-1].request.body
    assert service.exchanges._bytes == sum(exchange.size for exchange in service.exchanges)
