"""An exchange as text: the line for a reader, the line of the log."""

from __future__ import annotations

import hashlib
import json

import pytest

from ips_contract.cli.exchange_text import log_line, told_line
from ips_contract.contract.endpoints import SERVICE_PATH
from ips_contract.http.messages import Request
from ips_contract.mock.service import Service
from tests.mock.test_api import envelope
from tests.mock.test_uploads import AUTH, FILE, form, params


def test_a_request_to_a_wrong_address_has_no_verdict() -> None:
    service = Service()
    service.handle(Request("POST", "/scene7/nope", {}, b"<a/>"))
    assert told_line(service.exchanges[-1]).endswith("POST /scene7/nope 404")


REQUESTS = [
    Request("POST", SERVICE_PATH, {"content-type": "text/xml"}, envelope()),
    Request("POST", SERVICE_PATH, {"content-type": "text/xml"}, envelope("a|b")),
    Request("POST", SERVICE_PATH, {"content-type": "text/xml"}, envelope('"\\\n\t\u2028é')),
    Request("POST", SERVICE_PATH, {"content-type": "text/xml"}, envelope()[:-20]),
    Request("POST", SERVICE_PATH, {"content-type": "text/xml"}, b"\xff\xfea\0"),
    Request("GET", '/scene7/"?token=secret', {"authorization": "Basic secret", "a": '"'}, b""),
]


@pytest.mark.parametrize("request_", REQUESTS)
def test_a_line_of_the_log_has_the_exchange(request_: Request) -> None:
    service = Service()
    service.handle(request_)
    exchange = service.exchanges[-1]
    line = log_line(exchange)
    assert line.count(b"\n") == 1
    assert b"secret" not in line
    row = json.loads(line)
    request, response = exchange.request, exchange.response
    assert row["request"] | row["response"] | row == {
        "number": 1,
        "time": exchange.time.isoformat(),
        "operation": exchange.operation,
        "handle": exchange.handle,
        "fault": exchange.fault,
        "reason": exchange.reason,
        "notes": list(exchange.notes),
        "duration": round(exchange.duration, 6),
        "request": row["request"],
        "response": row["response"],
        "report": json.loads(exchange.report.json()),
        "method": request.method,
        "target": request.target,
        "status": response.status,
        "headers": [list(pair) for pair in response.headers],
        "delay": response.delay,
        "fate": response.fate,
        "body": response.body.decode(),
        **({"encoding": "base64"} if "encoding" in row["request"] else {}),
    }
    assert row["request"]["headers"] == request.headers
    if "encoding" not in row["request"]:
        assert row["request"]["body"] == request.body.decode()


def test_the_log_has_what_was_uploaded() -> None:
    service = Service()
    request = Request(
        "POST",
        "/scene7/UploadFile",
        {"content-type": "multipart/form-data; boundary=X"},
        form(("auth", None, AUTH.encode()), ("uploadParams", None, params()), FILE),
    )
    service.handle(request)
    row = json.loads(log_line(service.exchanges[-1]))
    checksum = hashlib.sha256(b"abc").hexdigest()
    assert row["files"] == [{"name": "a.jpg", "folder": "", "size": 3, "sha256": checksum}]
    assert row["request"]["body"] == params().decode()
    assert told_line(service.exchanges[-1]).endswith("uploadPost valid j|47||Holiday|1")


def test_a_line_tells_of_a_part_that_is_no_file() -> None:
    """The commonest mistake with forms: the bytes are there, and no filename."""
    service = Service()
    parts = form(
        ("auth", None, AUTH.encode()), ("uploadParams", None, params()), ("file", None, b"abc")
    )
    headers = {"content-type": "multipart/form-data; boundary=X"}
    service.handle(Request("POST", "/scene7/UploadFile", headers, parts))
    told = told_line(service.exchanges[-1])
    assert told.endswith("j|47||Holiday|1 (no file: the part file has no filename)")
