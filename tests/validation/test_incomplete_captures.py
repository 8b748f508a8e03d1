"""Captured traffic that is not whole: what is there is judged, and what is not there is told."""

from __future__ import annotations

import base64
import gzip
import json
from typing import TYPE_CHECKING

import pytest

from ips_contract.cli import serve
from ips_contract.cli.command_line import main
from ips_contract.contract.endpoints import SERVICE_PATH
from ips_contract.contract.versions import UNVERSIONED
from ips_contract.http.messages import Request
from ips_contract.mock import Service
from ips_contract.validation.traffic.captures import judge_capture, read_captures
from tests.calls import auth
from tests.messages import REQUEST, RESPONSE, envelope

if TYPE_CHECKING:
    from pathlib import Path

TEXT, ANSWER = REQUEST.decode(), RESPONSE.decode()
NAMED = TEXT.replace("My Test Job", "Grüße")
SENT: dict[str, object] = {
    "url": f"https://s7sps1apissl.scene7.com{SERVICE_PATH}",
    "method": "POST",
    "headers": [{"name": "Content-Type", "value": "text/xml"}],
}
ELSEWHERE: dict[str, object] = {"url": "http://127.0.0.1/", "method": "POST"}
POSTED: dict[str, object] = {**SENT, "postData": {"text": TEXT}}
GOOD: dict[str, object] = {"status": 200, "content": {"size": 200, "text": ANSWER}}
WRONG: dict[str, object] = {"status": 200, "content": {"text": ANSWER.replace("jobHandle", "x")}}
PAGE: dict[str, object] = {
    "status": 502,
    "content": {"text": "<html><title>Bad Gateway</title><br></html>"},
}
LOST = "the body of its request was not recorded, and is not judged"
CUT = "the body of its answer (200 bytes) was not recorded, and is not judged"
NONE = "no exchange with a message for the API in it"
VALID = ["response: valid"]
ASKED = ["request: valid"]


def posted(**data: object) -> dict[str, object]:
    return {**SENT, "postData": data}


# Request, answer, exit status, what is found of entry 1, and what is told.
INCOMPLETE: list[tuple[dict[str, object], dict[str, object], int, list[str], str]] = [
    (SENT, GOOD, 2, VALID, LOST),
    (SENT, WRONG, 2, ["response:2: unknown-element"], LOST),
    ({**SENT, "postData": None}, GOOD, 2, VALID, LOST),
    (posted(), GOOD, 2, VALID, LOST),
    (posted(text=""), GOOD, 2, VALID, LOST),
    (posted(comment="too large"), GOOD, 2, VALID, "not recorded (too large), and is not judged"),
    (posted(params=[{"name": "a"}]), GOOD, 2, VALID, "as the fields of a form (params), not as"),
    ({**SENT, "bodySize": 431}, GOOD, 2, VALID, LOST),
    ({**SENT, "method": ""}, GOOD, 2, VALID, LOST),
    (SENT, {}, 2, [], LOST),
    # Sent without a body.
    ({**SENT, "bodySize": 0}, GOOD, 1, ["request:1: not-xml: The document is empty."], ""),
    (
        {**SENT, "headers": [{"name": "Content-Length", "value": "0"}]},
        *(GOOD, 1, ["request:1: not-xml: The document is empty."], ""),
    ),
    # Known by its answer alone.
    (ELSEWHERE, {"content": {"text": envelope(RESPONSE).decode()}}, 2, VALID, LOST),
    (ELSEWHERE, PAGE, 2, [], NONE),
    # What has no message, and needs none.
    ({**SENT, "method": "GET"}, GOOD, 2, [], NONE),
    ({**SENT, "method": "HEAD"}, GOOD, 2, [], NONE),
    ({**SENT, "method": "OPTIONS"}, {"status": 204, "content": {"size": 0}}, 2, [], NONE),
    # Answers.
    (POSTED, GOOD, 0, [*ASKED, *VALID], ""),
    (POSTED, PAGE, 1, ['response:1: not-xml: The document is an HTML page "Bad Gateway"'], ""),
    (POSTED, {"status": 200, "content": {"size": 200}}, 2, ASKED, CUT),
    (POSTED, {"status": 200, "content": {"size": 0}}, 0, ASKED, "has no body (status 200)"),
    (POSTED, {"status": 200}, 2, ASKED, "body of its answer (status 200) was not recorded, and is"),
    (POSTED, {"status": 200, "content": {"size": -1}}, 2, ASKED, "(status 200) was not recorded"),
    (POSTED, {"status": 200, "bodySize": 200}, 2, ASKED, CUT),
    (POSTED, {"status": 200, "bodySize": 0}, 0, ASKED, "has no body (status 200)"),
    (POSTED, {"status": 204}, 0, ASKED, "has no body (status 204)"),
    (POSTED, {}, 0, ASKED, "no answer came\n"),
    (POSTED, {"status": 0}, 0, ASKED, "no answer came\n"),
    (POSTED, {"status": 0, "_error": "net::ERR"}, 0, ASKED, "no answer came (net::ERR)\n"),
    (POSTED, {"status": 302}, 0, ASKED, "it was answered with a redirect (302); send to the"),
]


@pytest.mark.parametrize(("request_", "response", "status", "found", "told"), INCOMPLETE)
def test_har(
    request_: dict[str, object],
    response: dict[str, object],
    status: int,
    found: list[str],
    told: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    archive = tmp_path / "a.har"
    archive.write_bytes(har({"request": request_, "response": response}))
    assert main(["validate", str(archive)]) == status
    out, err = capsys.readouterr()
    for words in found:
        assert f"{archive} entry 1 {words}" in out
    assert told in err
    assert ("ips-contract: " in err) is bool(told)


def har(*entries: dict[str, object]) -> bytes:
    return json.dumps({"log": {"entries": entries}}).encode()


def test_no_more_is_told_than_anybody_reads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = tmp_path / "a.har"
    row: dict[str, object] = {"request": POSTED, "response": {}}
    archive.write_bytes(har(*[row] * 25))
    assert main(["validate", str(archive)]) == 0
    err = capsys.readouterr().err
    assert err.count("no answer came") == 20
    assert "and 5 more without an answer" in err


def rules_of(request: dict[str, object]) -> list[str]:
    (found,) = read_captures(har({"request": request, "response": {}}), har=True).exchanges
    ((_, report),) = judge_capture(found)
    return [violation.rule for violation in report.violations]


@pytest.mark.parametrize("encoding", ["utf-16", "latin1", "x-none"])
def test_text_in_a_har_file_was_decoded_by_who_recorded_it(encoding: str) -> None:
    kind = [{"name": "Content-Type", "value": "text/xml; charset=ISO-8859-1"}]
    text = f'<?xml version="1.0" encoding="{encoding}"?>{NAMED}'
    row: dict[str, object] = {**posted(text=text), "headers": kind}
    assert rules_of(row) == []
    (found,) = read_captures(har({"request": row, "response": {}}), har=True).exchanges
    assert found.request is not None
    assert "Grüße" in found.request.data.decode()


@pytest.mark.parametrize(
    ("data", "kind", "rules"),
    [
        (NAMED.encode("latin-1"), "text/xml; charset=iso-8859-1", []),
        (NAMED.encode(), "text/xml; charset=iso-8859-1", ["charset"]),
        (NAMED.encode("latin-1"), "text/xml; charset=utf-8", ["not-xml"]),
        (NAMED.encode("latin-1"), "text/xml; charset=us-ascii", ["not-xml", "charset"]),
        (gzip.compress(NAMED.encode(), mtime=0), "text/xml", []),
    ],
)
def test_bytes_in_a_har_file_are_read_by_their_charset(
    data: bytes, kind: str, rules: list[str]
) -> None:
    text = base64.b64encode(data).decode()
    row = {**posted(text=text, encoding="base64", mimeType=kind), "headers": []}
    assert sorted(rules_of(row)) == sorted(rules)


@pytest.mark.parametrize(
    ("headers", "rules"),
    [
        (None, []),
        ({}, []),
        ({"content-type": "text/xml", "soapaction": "submitJob"}, []),
        ([["Content-Type", "text/xml"], ["SOAPAction", '""']], []),
        ({"content-type": "text/xml"}, ["soap-action"]),
        ({"content-type": "text/plain", "soapaction": "x"}, ["content-type", "soap-action"]),
    ],
)
def test_headers_are_judged_where_they_are_known(headers: object, rules: list[str]) -> None:
    sides = {
        "request": {
            "method": "POST",
            "body": envelope(REQUEST, auth()).decode(),
            "headers": headers,
        },
        "response": {"body": ""},
    }
    (found,) = read_captures(json.dumps(sides).encode(), har=False).exchanges
    ((_, report),) = judge_capture(found)
    assert [violation.rule for violation in report.violations] == rules
    assert report.valid


@pytest.mark.parametrize(
    ("header", "rules"),
    [
        ("Basic bWU6c2VjcmV0", []),
        ("Basic ***", []),  # As logs have it.
        ("Bearer x", []),
        (" ", ["no-credentials"]),
        (None, ["no-credentials"]),
    ],
)
@pytest.mark.parametrize("answer", ["", ANSWER])
def test_credentials_may_be_in_a_header(header: str | None, rules: list[str], answer: str) -> None:
    known = {"content-type": "text/xml", "soapaction": "submitJob"}
    headers = known if header is None else {**known, "Authorization": header}
    for body in (envelope(REQUEST), f'<Request xmlns="{UNVERSIONED}">{TEXT}</Request>'.encode()):
        sides = {
            "request": {"method": "POST", "body": body.decode(), "headers": headers},
            "response": {"body": answer},
        }
        (found,) = read_captures(json.dumps(sides).encode(), har=False).exchanges
        (_, report), *_ = judge_capture(found)
        assert [violation.rule for violation in report.violations] == rules


def logged(service: Service, *requests: tuple[str, dict[str, str], bytes]) -> str:
    log: list[bytes] = []
    told = serve.Told(service, lambda _line: None, log.append)
    for method, headers, body in requests:
        told.handle(Request(method, SERVICE_PATH, headers, body))
    return b"".join(log).decode()


def test_a_log_of_the_mock_has_its_verdicts() -> None:
    service = Service()
    body = envelope(NAMED.encode(), auth())
    latin = body.decode().encode("latin-1")
    kind, named = "text/xml; charset=ISO-8859-1", {"soapaction": "submitJob"}
    text = logged(
        service,
        ("POST", {"content-type": kind, **named}, latin),
        ("POST", {"content-type": kind, **named}, body),
        ("POST", {"content-type": "text/xml"}, body),
        ("POST", {"content-type": "text/xml; charset=utf-16", "soapaction": "x"}, body),
        ("POST", {"content-type": "text/xml", "soapaction": "x"}, b""),
    )
    captures = read_captures(text.encode(), har=False)
    assert (len(captures.exchanges), captures.problems, captures.skipped) == (5, (), 0)
    for found, exchange in zip(captures.exchanges, service.exchanges, strict=True):
        (_, report), (_, answer) = judge_capture(found)
        seen = exchange.report.violations
        assert [row[:3] for row in report.violations] == [row[:3] for row in seen]
        assert answer.violations == ()
    assert [len(exchange.report.violations) for exchange in service.exchanges] == [0, 1, 1, 2, 1]


def test_bodies_that_a_log_has_not() -> None:
    kind = {"content-type": "text/xml"}
    text = logged(
        Service(limit=100),
        ("GET", kind, b""),
        ("POST", kind, b"<" * 101),
        ("POST", kind, b'{"password": 1}'),
    )
    captures = read_captures(text.encode(), har=False)
    assert (captures.exchanges, captures.entries, captures.skipped) == ([], 3, 1)
    assert captures.problems == (
        (
            "line 2: its request is not in the log; the mock said too-large: The document has "
            "more than 100 bytes, the limit."
        ),
        (
            "line 3: its request is not in the log; the mock said not-xml: The document is JSON, "
            "and the API speaks XML; send the XML itself, with Content-Type text/xml."
        ),
    )
    row = json.loads(text.splitlines()[1])
    reports: list[object] = [None, [], {"violations": [1]}, {"violations": []}]
    for report in reports:
        data = json.dumps({**row, "report": report}).encode()
        (words,) = read_captures(data, har=False).problems
        assert words == "line 1: its request is not in the log"


def test_an_answer_that_broke_off() -> None:
    sides = {
        "request": {"method": "POST", "body": TEXT, "headers": {}},
        "response": {"body": "", "fate": "drop", "headers": []},
    }
    captures = read_captures(json.dumps(sides).encode(), har=False)
    assert captures.remarks == ("line 1: its answer has no body (drop)",)
    assert len(captures.exchanges) == 1
