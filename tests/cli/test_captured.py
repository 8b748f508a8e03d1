"""``ips-contract fixtures`` and ``capture-report``: what becomes of a log, and of a HAR file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from ips_contract.cli import main, serve
from ips_contract.http.messages import Request
from ips_contract.mock.clock import Clock
from ips_contract.mock.service import Service
from tests.calls import NEW, message
from tests.calls import envelope as wrapped
from tests.mock.test_api import envelope
from tests.mock.test_replay import RETURN, har, posted
from tests.mock.test_uploads import AUTH, FILE, form, params
from tests.mock.test_uploads import PATH as UPLOAD
from tests.outline import Outline

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def log_of(path: Path, *bodies: bytes) -> None:
    """The log of a mock that was sent these messages."""
    lines: list[bytes] = []
    front = serve.Told(Service(clock=Clock()), lambda _: None, lines.append)
    front.handle(posted(b"", "GET", "/scene7/IpsApi.wsdl"))
    for body in bodies:
        front.handle(posted(body))
    path.write_bytes(b"".join(lines))


JOBS = wrapped(message("getActiveJobs", "<companyHandle>c|47</companyHandle>", NEW))
BROKEN = envelope("a").replace(b"emailSetting", b"emailSettings")


def test_messages_and_tests_are_made_of_a_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log, out = tmp_path / "a.jsonl", tmp_path / "recorded"
    log_of(log, envelope("a"), JOBS, JOBS, BROKEN, b"no XML", envelope("a"))
    assert main(["fixtures", str(log), "--out", str(out)]) == 0
    assert capsys.readouterr().out == (
        f"4 exchanges in {out}; 1 more that repeat one of them; 1 whose request is no XML left "
        f"out. To check them: python -m pytest {out}\n"
    )
    values = json.loads((out / "values.json").read_text(encoding="utf-8"))
    assert values["companyHandle1"] == "47"
    assert values["jobHandle1"] == "47|a|"
    assert any(name.startswith("date") for name in values)
    texts = {path.name: path.read_text(encoding="utf-8") for path in (out / "messages").iterdir()}
    assert sorted(texts) == [
        f"{number:04}-{name}.{kind}.xml"
        for number, name in enumerate(
            ("submitJob", "getActiveJobs", "getActiveJobs", "submitJob"), start=1
        )
        for kind in ("request", "response")
    ]
    assert "<jobHandle>{{jobHandle1}}</jobHandle>" in texts["0001-submitJob.response.xml"]
    assert "<companyHandle>{{companyHandle1}}<" in texts["0001-submitJob.request.xml"]
    assert "secret" not in str(texts)
    rows = json.loads((out / "exchanges.json").read_text(encoding="utf-8"))
    assert [row["found"]["request"] for row in rows] == [[], [], [], ["unknown-element"]]
    # The tests pass, and fail where a message or a value is another.
    assert pytested(out) == (0, "4 passed")
    values["jobHandle1"] = "48|a|"
    (out / "values.json").write_text(json.dumps(values), encoding="utf-8")
    assert pytested(out)[0] == 1
    assert main(["fixtures", str(log), "--out", str(out)]) == 2
    assert "is not empty; --force" in capsys.readouterr().err
    assert main(["fixtures", str(log), "--out", str(out), "--force"]) == 0


def pytested(folder: Path) -> tuple[int, str]:
    """The exit status of pytest, and its count, without the time."""
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", folder],
        cwd=folder,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout, run.stderr
    return run.returncode, run.stdout.splitlines()[-1].partition(" in ")[0]


def test_passwords_of_a_har_file_are_in_nothing_that_is_made_of_it(tmp_path: Path) -> None:
    path, out, page = tmp_path / "a.har", tmp_path / "out", tmp_path / "page.html"
    path.write_text(json.dumps(har(RETURN, "<html>")), encoding="utf-8")
    assert "secret" in path.read_text(encoding="utf-8")
    assert main(["fixtures", str(path), "--out", str(out)]) == 0
    assert main(["capture-report", str(path), "--output", str(page)]) == 1
    texts = [file.read_text(encoding="utf-8") for file in (page, *out.rglob("*.xml"))]
    assert len(texts) == 4
    assert not any("secret" in text for text in texts)


def test_the_report_shows_what_there_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second, page = (tmp_path / name for name in ("a.jsonl", "b.har", "page.html"))
    log_of(first, envelope("a"), JOBS, BROKEN, b"<x/>", envelope("a", "urn:x"))
    second.write_text(json.dumps(har(RETURN)), encoding="utf-8")
    assert main(["capture-report", str(first), str(second), "--output", str(page)]) == 1
    assert capsys.readouterr().out == f"6 exchanges, 3 invalid: {page}\n"
    text = page.read_text(encoding="utf-8")
    shown = " ".join(" ".join(Outline(text).words).split())
    assert "submitJob 4 times · pre-4.0 2 exchanges invalid · fault 30003" in shown
    assert f"getActiveJobs 1 time · {NEW.label} all valid" in shown
    assert "other 1 time 1 exchange invalid · fault 30003" in shown
    assert "faults 1 of " in shown
    assert "✗ invalid submitJob pre-4.0 fault 30003" in shown
    assert "unknown-element" in shown
    assert "secret" not in text


def test_the_report_links_to_the_site_if_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, page = tmp_path / "a.jsonl", tmp_path / "page.html"
    log_of(log, BROKEN)
    for site in ("https://docs.example.com", ""):
        monkeypatch.setenv("IPS_CONTRACT_DOCS", site)
        assert main(["capture-report", str(log), "--output", str(page)]) == 1
        links = f'<a href="{site}/reference/rules.html#' in page.read_text(encoding="utf-8")
        assert links == bool(site)


def test_what_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.jsonl").write_bytes(b"\xff")
    (tmp_path / "empty.jsonl").write_bytes(b"")
    log_of(tmp_path / "cut.jsonl", envelope("a"))
    with (tmp_path / "cut.jsonl").open("ab") as file:
        file.write(b'{"number"')
    for name, words in (
        ("bad.jsonl", "byte 1 is not UTF-8"),
        ("empty.jsonl", "no exchange with a message for the API in it"),
        ("none.jsonl", "No such file"),
    ):
        for command in (["fixtures", "--out", "x"], ["capture-report"]):
            assert main([*command, name]) == 2
            told = capsys.readouterr().err
            assert f"{name}: " in told
            assert words in told
    assert not (tmp_path / "x").exists()
    # What can be read is shown all the same.
    assert main(["capture-report", "cut.jsonl"]) == 2
    assert "line 3 is no exchange of a log" in capsys.readouterr().err
    assert "line 3 is no exchange of a log" in (tmp_path / "capture-report.html").read_text("utf-8")


def test_what_was_uploaded_is_no_message_with_a_wrong_type(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines: list[bytes] = []
    front = serve.Told(Service(), lambda _: None, lines.append)
    body = form(("auth", None, AUTH.encode()), ("uploadParams", None, params()), FILE)
    kind = {"content-type": "multipart/form-data; boundary=X", "host": "ips.test"}
    assert front.handle(Request("POST", UPLOAD, kind, body)).status == 200
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"".join(lines))
    assert main(["validate", "--strict", str(log)]) == 0
    assert "uploadPostParam" in capsys.readouterr().out
