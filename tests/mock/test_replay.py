"""Recorded answers: what is read of logs and HAR files, and to which requests they are given."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from ips_contract.cli import serve
from ips_contract.contract.endpoints import SERVICE_PATH
from ips_contract.http.messages import Request
from ips_contract.mock.replay import Recorded
from ips_contract.mock.service import Service
from tests.mock.test_api import envelope

if TYPE_CHECKING:
    from pathlib import Path

FAULT = (
    "<ipsApiFault xmlns='http://www.scene7.com/IpsApi/xsd'><code>30000</code>"
    "<reason>busy</reason></ipsApiFault>"
)
RETURN = (
    "<submitJobReturn xmlns='http://www.scene7.com/IpsApi/xsd'><jobHandle>47|a|</jobHandle>"
    "</submitJobReturn>"
)


def posted(body: bytes, method: str = "POST", target: str = SERVICE_PATH) -> Request:
    return Request(
        method,
        target,
        {"content-type": "text/xml", "soapaction": "submitJob", "host": "here:1"},
        body,
    )


def har(
    *answers: str,
    body: str | None = None,
    url: str = f"https://s7sps1apissl.scene7.com{SERVICE_PATH}",
    status: object = 200,
    **response: object,
) -> dict[str, Any]:
    entries = [
        {
            "request": {
                "method": "POST",
                "url": url,
                "postData": {"text": envelope("a").decode() if body is None else body},
            },
            "response": {
                "status": status,
                "headers": [{"name": "content-type", "value": "text/xml"}],
                "content": {"text": text},
                **response,
            },
        }
        for text in answers
    ]
    return {"log": {"entries": entries}}


def replaying(path: Path, content: object) -> tuple[serve.Told, list[str]]:
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, encoding="utf-8")
    out: list[str] = []
    return serve.Told(Service(), out.append, recorded=Recorded.read(str(path))), out


def test_a_har_file_is_replayed(tmp_path: Path) -> None:
    front, out = replaying(tmp_path / "real.HAR", har(RETURN, FAULT, "<html>", "<getQuoteReturn/>"))
    request = posted(envelope("a"))
    answers = [front.handle(request) for _ in range(5)]
    assert [answer.body.decode() for answer in answers[:3]] == [RETURN, FAULT, "<html>"]
    assert answers[3] == answers[4]
    assert answers[0].headers == (("Content-Type", "text/xml"),)
    told = [line[9:] for line in out]
    assert told == [
        "submitJob valid 47|a| (replayed)",
        "submitJob valid fault 30000: busy (replayed)",
        *["submitJob valid 200 (replayed)"] * 3,
    ]
    front.handle(posted(envelope("other")))
    assert out[-1].endswith("submitJob valid 47|other| (not recorded)")


def test_other_traffic_in_a_har_file_is_passed_over(tmp_path: Path) -> None:
    content = har("", RETURN)  # The first: a connection that broke.
    content["log"]["entries"] += har("x", body="a=1", url="https://example.com/")["log"]["entries"]
    front, _ = replaying(tmp_path / "a.har", content)
    assert front.handle(posted(b"a=1", target="/")).status == 405
    assert front.handle(posted(envelope("a"))).body == RETURN.encode()
    assert [row.notes for row in front.service.exchanges] == [("not recorded",), ("replayed",)]


def test_a_wsdl_names_the_server_that_sends_it(tmp_path: Path) -> None:
    log: list[bytes] = []
    front = serve.Told(Service(), print, log.append)
    wsdl = posted(b"", "GET", "/scene7/IpsApi.wsdl")
    front.handle(wsdl._replace(headers={"host": "there:2"}))
    front.handle(posted(envelope("a")))
    front, _ = replaying(tmp_path / "a.jsonl", b"".join(log).decode())
    assert b'location="http://here:1/scene7' in front.handle(wsdl).body


ROW: dict[str, Any] = {
    "request": {"method": "POST", "target": SERVICE_PATH, "body": "a"},
    "response": {"status": 200, "headers": [["A", "b"]], "body": "c"},
    "fault": None,
}


def changed(side: str, **values: object) -> dict[str, Any]:
    return {**ROW, side: {**ROW[side], **values}}


NO_LOG = "line 1 is no exchange of a log: "
NO_HAR = "entry 1 is none of a HAR file: "


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", "no JSON", f"{NO_LOG}it is no JSON (Expecting value at column 1)"),
        ("a.jsonl", "[" * 100_000, f"{NO_LOG}its JSON nests too deeply"),
        ("a.jsonl", "\n3", "line 2 is no exchange of a log: the line is no object"),
        ("a.jsonl", har(), f"{NO_LOG}its request is missing"),
        ("a.jsonl", {**ROW, "response": 1}, f"{NO_LOG}its response is no object"),
        ("a.jsonl", {**ROW, "fault": "x"}, f"{NO_LOG}its fault is no whole number"),
        ("a.jsonl", {**ROW, "handle": 1}, f"{NO_LOG}its handle is no text"),
        ("a.jsonl", changed("request", method=None), f"{NO_LOG}the method of its request is mi"),
        ("a.jsonl", changed("request", body=1), f"{NO_LOG}the body of its request is no text"),
        (
            "a.jsonl",
            changed("request", encoding="base64"),
            f"{NO_LOG}the body of its request is no base64",
        ),
        ("a.jsonl", changed("response", status=None), f"{NO_LOG}the status of its response is mi"),
        ("a.jsonl", changed("response", status=True), f"{NO_LOG}the status of its response is no"),
        ("a.jsonl", changed("response", status=42), f"{NO_LOG}the status of its response is 42"),
        ("a.jsonl", changed("response", headers={}), f"{NO_LOG}the list of headers of its res"),
        ("a.jsonl", changed("response", headers=[["a"]]), f"{NO_LOG}a header of its response is"),
        ("a.jsonl", changed("response", delay="1"), f"{NO_LOG}the delay of its response is no nu"),
        ("a.jsonl", changed("response", fate="x"), f"{NO_LOG}the fate of its response is none of"),
        ("a.jsonl", "", "no exchange with a message for the API in it"),
        ("a.har", har(), "no exchange with a message for the API in it"),
        ("a.har", har("x", body="a=1", url="https://example.com/"), "no exchange with"),
        ("a.har", "{}", "this is no HAR file: its log is missing"),
        ("a.har", {"log": {"entries": [1]}}, f"{NO_HAR}it is no object"),
        ("a.har", har("a", status="x"), f"{NO_HAR}the status of its response is no whole number"),
        ("a.har", har("a", url="http://[/IpsApi"), f"{NO_HAR}its URL: "),
    ],
)
def test_what_is_none(tmp_path: Path, name: str, content: object, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(f'{tmp_path / name}: {message}')}"):
        replaying(tmp_path / name, content)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"{}\xff")
    with pytest.raises(ValueError, match="this is no log: byte 3 is not UTF-8"):
        Recorded.read(str(path))


def test_a_row_needs_no_more_than_it_has(tmp_path: Path) -> None:
    front, out = replaying(tmp_path / "a.jsonl", ROW)
    assert front.handle(posted(b"a")).body == b"c"
    assert out[-1].endswith("invalid 200 (replayed)")
