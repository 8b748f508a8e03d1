"""Logs of the mock and HAR files, read and judged."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path

import pytest

from ips_contract.cli.command_line import main
from ips_contract.contract.versions import find_version
from ips_contract.validation.traffic.captures import judge_capture, read_captures
from ips_contract.validation.traffic.model import Body, Capture
from tests.messages import REQUEST, RESPONSE

TEXT = REQUEST.decode()
NO_BODY = "its answer has no body"
CONSTANT = '"full" is not one of Full, FullWithSearch or Incremental. Write Full.'


def line(request: object, response: object, headers: object = ()) -> str:
    sides = {
        "request": {"body": request, "headers": headers or {}},
        "response": {"body": response, "headers": []},
    }
    return json.dumps(sides)


def har(*entries: dict[str, object]) -> bytes:
    return json.dumps({"log": {"entries": entries}}).encode()


def entry(request: object, response: object) -> dict[str, object]:
    return {"request": {"postData": request}, "response": {"content": response}}


def capture(
    name: str,
    request: bytes | None,
    response: bytes | None = None,
    number: int | None = None,
    headers: dict[str, str] | None = None,
) -> Capture:
    asked, answer = (None if data is None else Body(data) for data in (request, response))
    return Capture(name, asked, answer, number, headers)


PACKED = base64.b64encode(gzip.compress(REQUEST)).decode()
LOGS = [
    (line(TEXT, "ok"), [capture("line 1", REQUEST, b"ok", 1)]),
    ("\n" + line(TEXT, "") + "\n\n", [capture("line 2", REQUEST, None, 2)]),
    (line("", "wsdl"), []),
    ("\ufeff" + line("a\u2028b", ""), [capture("line 1", "a\u2028b".encode(), None, 1)]),
    (
        json.dumps(
            {
                "request": {
                    "body": PACKED,
                    "encoding": "base64",
                    "headers": {"content-encoding": "gzip"},
                },
                "response": {"body": "", "headers": [["Content-Encoding", "gzip"]]},
            }
        ),
        [capture("line 1", REQUEST, None, 1, {"content-encoding": "gzip"})],
    ),
]


@pytest.mark.parametrize(("text", "captures"), LOGS)
def test_logs(text: str, captures: list[Capture]) -> None:
    found = read_captures(text.encode(), har=False)
    assert (found.exchanges, found.skipped) == (captures, not captures)


HARS = [
    (har(), []),
    (har(entry({"text": TEXT}, {"text": "ok"})), [capture("entry 1", REQUEST, b"ok")]),
    (har(entry(None, None), entry({"text": TEXT}, {})), [capture("entry 2", REQUEST)]),
    (
        har(entry({"text": PACKED, "encoding": "base64"}, {"text": "H4sI", "encoding": "base64"})),
        [capture("entry 1", REQUEST, b"\x1f\x8b\x08")],
    ),
]


@pytest.mark.parametrize(("data", "captures"), HARS)
def test_hars(data: bytes, captures: list[Capture]) -> None:
    found = read_captures(data, har=True)
    assert found.exchanges == captures
    assert found.entries == len(json.loads(data)["log"]["entries"])
    assert found.skipped == found.entries - len(captures)


URL = "https://s7sps1apissl.scene7.com/scene7/services/IpsApiService"
BARE = "<submitJobParam/>"  # Without its namespace.
# URL, headers, body, whether it is judged
TRAFFIC: list[tuple[str, list[dict[str, str]], str, bool]] = [
    ("https://www.google-analytics.com/collect", [], "v=1&t=pageview", False),
    ("https://example.com/api", [], '{"a": 1}', False),
    ("https://example.com/soap", [], "<Envelope><Body><getQuote/></Body></Envelope>", False),
    ("https://example.com/", [{"name": "SOAPAction", "value": '"getQuote"'}], "<a/>", False),
    ("https://example.com/?from=IpsApi", [], "a=1", False),
    (URL, [], "a=1", True),
    (URL.replace("services", "api"), [], "<a/>", True),
    ("http://127.0.0.1:8080/ips", [{"name": "soapaction", "value": '"submitJob"'}], "<a/>", True),
    ("http://127.0.0.1:8080/ips", [{"name": "SOAPAction", "value": "urn:x/stopJob"}], "x", True),
    (
        "http://127.0.0.1:8080/ips",
        [{"name": "Accept", "value": "*/*"}, {}, {"name": "SOAPAction", "value": "getAssets"}],
        "x",
        True,
    ),
    ("http://127.0.0.1:8080/ips", [], TEXT, True),
    ("http://127.0.0.1:8080/ips", [], BARE, True),
]


@pytest.mark.parametrize(("url", "headers", "body", "judged"), TRAFFIC)
def test_other_traffic_is_passed_over(
    url: str, headers: list[dict[str, str]], body: str, judged: bool
) -> None:
    row = entry({"text": body}, {"text": "ok"})
    row["request"] = {"url": url, "headers": headers, "postData": {"text": body}}
    found = read_captures(har(row), har=True)
    assert [capture.request for capture in found.exchanges] == [Body(body.encode())] * judged
    assert (found.entries, found.skipped) == (1, 1 - judged)


def test_encodings_of_a_message_for_the_api() -> None:
    for data in BARE.encode("utf-16"), gzip.compress(BARE.encode()):
        posted = {"text": base64.b64encode(data).decode(), "encoding": "base64"}
        assert len(read_captures(har(entry(posted, {})), har=True).exchanges) == 1


IS_NONE = "line 1 is no exchange of a log: "
# The data, whether it is to be a HAR file, and the whole of what is said.
WRONG = [
    (b"\xff", False, "this is no log: byte 1 is not UTF-8"),
    (b"a\xff", True, "this is no HAR file: byte 2 is not UTF-8"),
    (b"{}", False, IS_NONE + "its request is missing"),
    (b"\n[1]", False, "line 2 is no exchange of a log: the line is no object"),
    (b"{", False, IS_NONE + "it is no JSON ($words at column 2)"),
    (b"[" * 100_000, False, IS_NONE + "its JSON nests too deeply"),
    (b'{"request": 1}', False, IS_NONE + "its request is no object"),
    (b'{"request": {}}', False, IS_NONE + "the body of its request is missing"),
    (b'{"request": {"body": 1}}', False, IS_NONE + "the body of its request is no text"),
    (b'{"request": {"body": "x"}}', False, IS_NONE + "its response is missing"),
    (
        b'{"request": {"body": "!", "encoding": "base64", "headers": {}}}',
        False,
        IS_NONE + "the body of its request is no base64, though its encoding says so",
    ),
    (b"{}", True, "this is no HAR file: its log is missing"),
    (b"[]", True, "this is no HAR file: it is no object"),
    (b'{"log": {}}', True, "this is no HAR file: its list of entries is missing"),
    (b'{"log": {"entries": {}}}', True, "this is no HAR file: its list of entries is no list"),
    (b"{\n,", True, "this is no HAR file: it is no JSON ($words at line 2)"),
    (har({"request": 1}), True, "entry 1 is none of a HAR file: its request is no object"),
    (
        har(entry({"text": "<!>"}, {}), entry({"text": 1}, {})),
        True,
        "entry 2 is none of a HAR file: its request's text is no text",
    ),
]


@pytest.mark.parametrize(("data", "is_har", "words"), WRONG)
def test_what_is_neither(data: bytes, is_har: bool, words: str) -> None:
    try:
        (told,) = read_captures(data, har=is_har).problems  # Of one exchange.
    except ValueError as error:  # Of all.
        told = str(error)
        assert told.startswith("this is no ")
    start, _, end = words.partition("$words")
    assert told.startswith(start)
    assert told.endswith(end)
    assert "Error(" not in told  # Nobody shall have to read Python.


def test_what_cannot_be_read_hides_nothing_else() -> None:
    row = {"request": {"body": BARE}, "response": {"body": ""}}
    cut = (json.dumps(row) + "\n" + '{"request": {"bo').encode()
    found = read_captures(cut, har=False)
    assert [capture.name for capture in found.exchanges] == ["line 1"]
    assert found.entries == 2
    assert len(found.problems) == 1
    good = entry({"text": BARE}, {"size": 0})
    bad = entry({"text": "!", "encoding": "base64"}, {})
    url = "https://analytics.example/"
    elsewhere: dict[str, object] = {"request": {"url": url, "postData": "a"}}
    strange: dict[str, object] = {"request": {"url": url, "postData": {"text": 1}}}
    found = read_captures(har(bad, good, elsewhere, strange), har=True)
    assert [capture.name for capture in found.exchanges] == ["entry 2"]
    assert (found.entries, found.skipped, len(found.problems)) == (4, 2, 1)
    assert found.problems[0].startswith("entry 1 is none of a HAR file: its request's text")


def test_a_number_of_thousands_of_digits() -> None:
    (told,) = read_captures(b'{"a": ' + b"9" * 5000 + b"}", har=False).problems
    assert told == IS_NONE + "it has a number of thousands of digits"


def test_judging() -> None:
    names = [name for name, _ in judge_capture(capture("line 1", REQUEST, RESPONSE))]
    assert names == ["line 1 request", "line 1 response"]
    ((_, alone),) = judge_capture(capture("line 1", REQUEST), version=find_version("4.5"))
    assert [v.rule for v in alone.violations] == ["wrong-namespace", "handle-form"]
    other = RESPONSE.replace(b"47|", b"48|")
    (_, request), (_, response) = judge_capture(capture("line 1", REQUEST, other))
    assert request.valid
    assert [v.rule for v in response.violations] == ["exchange-company"]
    assert response.data == other
    # In document order, whoever found them.
    both = other.replace(b"\n</submit", b"\n<x/></submit")
    (_, (_, response)) = judge_capture(capture("line 1", REQUEST, both))
    assert [v.rule for v in response.violations] == ["exchange-company", "unknown-element"]


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "log.jsonl"
    broken = TEXT.replace("Full", "full")
    log.write_text(line(TEXT, RESPONSE.decode()) + "\n" + line(broken, ""), encoding="utf-8")
    assert main(["validate", str(log)]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        f"{log} line 1 request: valid (submitJobParam, pre-4.0)",
        f"{log} line 1 response: valid (submitJobReturn, pre-4.0)",
        f"{log} line 2 request:5: constant: {CONSTANT}",
    ]
    told = f"ips-contract: {log}: line 2: its answer has no body\n"
    assert err == f"{told}3 files: 2 valid, 1 invalid\n"
    archive = tmp_path / "a.HAR"
    archive.write_bytes(har(entry({"text": TEXT}, {"size": 0})))
    assert main(["validate", "--format", "json", str(archive)]) == 0
    out, err = capsys.readouterr()
    assert '"valid": 1' in out
    assert err == f"ips-contract: {archive}: entry 1: {NO_BODY}\n"
    # Other traffic is no fault of a client of the API.
    archive.write_bytes(
        har(entry({"text": "v=1"}, {"size": 0}), entry({"text": TEXT}, {"size": 0}))
    )
    assert main(["validate", str(archive)]) == 0
    words = "1 of 2 entries passed over: no message for the API in them"
    told = f"ips-contract: {archive}: entry 2: {NO_BODY}\nips-contract: {archive}: {words}\n"
    assert capsys.readouterr().err == told


def test_all_operations_are_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = '<getFoldersParam xmlns="http://www.scene7.com/IpsApi/xsd/2014-04-03"/>'
    log = tmp_path / "log.jsonl"
    log.write_text("\n".join([line(TEXT, RESPONSE.decode()), line(asked, "")]), encoding="utf-8")
    assert main(["validate", str(log)]) == 1
    out, err = capsys.readouterr()
    assert "line 2 request:1: missing-element: getFoldersParam has no companyHandle; add it." in out
    told = f"ips-contract: {log}: line 2: its answer has no body\n"
    assert err == f"{told}3 files: 2 valid, 1 invalid\n"


def test_places_in_sarif(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    broken = TEXT.replace("Full", "full")
    Path("t.jsonl").write_text("\n" + line(broken, RESPONSE.decode()), encoding="utf-8")
    Path("t.har").write_bytes(har(entry({"text": TEXT}, {"text": "ok"})))
    assert main(["validate", "--format", "sarif", "t.jsonl", "t.har"]) == 1
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    # The files are there; their parts are none.
    assert [row["location"]["uri"] for row in run["artifacts"]] == ["t.jsonl", "t.har"]
    first, second = run["results"]
    assert first["message"]["text"] == f"line 2 request:5:7: {CONSTANT}"
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "t.jsonl"},
        "region": {"startLine": 2},
    }
    assert second["message"]["text"].startswith("entry 1 response:1:1: The document is not well-")
    assert second["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": "t.har"}}


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("log.jsonl", "{}", "log.jsonl: line 1 is no exchange of a log: its request is missing\n"),
        ("log.jsonl", "", "no exchange with a message for the API in it"),
        ("none.har", None, "No such file"),
    ],
)
def test_command_with_what_it_cannot_read(
    name: str, text: str | None, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert main(["validate", str(tmp_path / name)]) == 2
    assert words in capsys.readouterr().err
