"""Logs of the mock and HAR files, read and judged."""

import base64
import gzip
import json
from pathlib import Path

import pytest

from ips_contract.captures import Capture, judge_capture, read_captures
from ips_contract.cli import main
from ips_contract.versions import find_version
from tests.messages import REQUEST, RESPONSE

TEXT = REQUEST.decode()
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


PACKED = base64.b64encode(gzip.compress(REQUEST)).decode()
LOGS = [
    (line(TEXT, "ok"), [Capture("line 1", REQUEST, b"ok")]),
    ("\n" + line(TEXT, "") + "\n\n", [Capture("line 2", REQUEST, b"")]),
    (line("", "wsdl"), []),
    ("\ufeff" + line("a\u2028b", ""), [Capture("line 1", "a\u2028b".encode(), b"")]),
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
        [Capture("line 1", REQUEST, b"")],
    ),
]


@pytest.mark.parametrize(("text", "captures"), LOGS)
def test_logs(text: str, captures: list[Capture]) -> None:
    assert read_captures(text.encode(), har=False) == captures


HARS = [
    (har(), []),
    (har(entry({"text": TEXT}, {"text": "ok"})), [Capture("entry 1", REQUEST, b"ok")]),
    (har(entry(None, None), entry({"text": TEXT}, {})), [Capture("entry 2", REQUEST, b"")]),
    (
        har(entry({"text": PACKED, "encoding": "base64"}, {"text": "H4sI", "encoding": "base64"})),
        [Capture("entry 1", REQUEST, b"\x1f\x8b\x08")],
    ),
]


@pytest.mark.parametrize(("data", "captures"), HARS)
def test_hars(data: bytes, captures: list[Capture]) -> None:
    assert read_captures(data, har=True) == captures


WRONG = [
    (b"\xff", False, "no UTF-8 at byte 0"),
    (b"{}", False, "line 1 is no exchange of a log"),
    (b"\n[1]", False, "line 2 is no exchange"),
    (b"{", False, "line 1 is no exchange"),
    (b"[" * 100_000, False, "line 1 is no exchange"),
    (b'{"request": {"body": "!", "encoding": "base64", "headers": {}}}', False, "no base64"),
    (b"{}", True, "no HAR file"),
    (b"[]", True, "no HAR file"),
    (har({"request": 1}), True, "no HAR file"),
]


@pytest.mark.parametrize(("data", "is_har", "words"), WRONG)
def test_what_is_neither(data: bytes, is_har: bool, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_captures(data, har=is_har)


def test_judging() -> None:
    names = [name for name, _ in judge_capture(Capture("line 1", REQUEST, RESPONSE))]
    assert names == ["line 1 request", "line 1 response"]
    ((_, alone),) = judge_capture(Capture("line 1", REQUEST, b""), version=find_version("4.5"))
    assert [v.rule for v in alone.violations] == ["wrong-namespace", "handle-form"]
    other = RESPONSE.replace(b"47|", b"48|")
    (_, request), (_, response) = judge_capture(Capture("line 1", REQUEST, other))
    assert request.valid
    assert [v.rule for v in response.violations] == ["exchange-company"]
    assert response.data == other


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
    assert err == "3 files: 2 valid, 1 invalid\n"
    archive = tmp_path / "a.HAR"
    archive.write_bytes(har(entry({"text": TEXT}, {})))
    assert main(["validate", "--format", "json", str(archive)]) == 0
    assert '"valid": 1' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("log.jsonl", "{}", "line 1 is no exchange of a log"),
        ("log.jsonl", "", "no exchange with a message in it"),
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
