"""The command ``validate``: what it reads, finds and writes."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree

from ips_contract.cli import arguments, validate
from ips_contract.cli import command_line as cli
from ips_contract.contract.versions import find_version
from ips_contract.validation import inputs
from ips_contract.xml.parser import DEFAULT_LIMIT
from tests.cli.documents import (
    BAD,
    BAD_LINES,
    CONSTANT,
    EXPLAINED,
    GOOD,
    GOOD_LINES,
    VALID,
    WARNED_LINES,
    run,
)

# arguments, exit status, standard output, standard error
SAID = "What the rules say: ips-contract rules constant\n"
RUNS: list[tuple[str, int, str, str]] = [
    ("validate good.xml", 0, GOOD_LINES, ""),
    ("validate bad.xml", 1, BAD_LINES, ""),
    ("validate warned.xml", 0, WARNED_LINES, ""),
    ("validate --strict warned.xml", 1, WARNED_LINES, ""),
    ("validate --strict good.xml", 0, GOOD_LINES, ""),
    (
        "validate --strict --engine both open.xml --logged-in",
        0,
        f"open.xml: valid {VALID}\n",
        "",
    ),
    ("validate empty.xml", 1, "empty.xml:1: not-xml: The document is empty.\n", ""),
    (
        "validate binary.bin",
        1,
        "binary.bin:1: not-xml: The document is not well-formed XML: Document is empty.\n",
        "",
    ),
    ("validate utf16.xml", 1, BAD_LINES.replace("bad", "utf16"), ""),
    (
        "validate good.xml bad.xml warned.xml",
        1,
        GOOD_LINES + BAD_LINES + WARNED_LINES,
        "3 files: 2 valid, 1 invalid\n",
    ),
    (
        "validate --strict good.xml warned.xml",
        1,
        GOOD_LINES + WARNED_LINES,
        "2 files: 1 valid, 0 invalid, 1 with warnings\n",
    ),
    (
        "validate bad.xml missing.xml good.xml",
        2,
        BAD_LINES + GOOD_LINES,
        (
            "ips-contract: missing.xml: No such file or directory\n"
            "3 files: 1 valid, 1 invalid, 1 unreadable\n"
        ),
    ),
    ("validate missing.xml", 2, "", "ips-contract: missing.xml: No such file or directory\n"),
    (
        "validate folder",
        1,
        (
            f"folder/a.XML: valid {VALID}\nfolder/b.soap: valid {VALID}\n"
            f"folder/below/c.xml:5: constant: {CONSTANT}\n"
        ),
        "3 files: 2 valid, 1 invalid\n",
    ),
    ("validate none", 2, "", "ips-contract: none: no *.xml or *.soap file in it\n"),
    (
        "validate none good.xml",
        2,
        GOOD_LINES,
        "ips-contract: none: no *.xml or *.soap file in it\n",
    ),
    ("validate --explain bad.xml", 1, EXPLAINED, SAID),
    (
        "validate --explain bad.xml good.xml",
        1,
        EXPLAINED + GOOD_LINES,
        f"2 files: 1 valid, 1 invalid\n{SAID}",
    ),
    ("validate --api-version pre-4.0 good.xml", 0, GOOD_LINES, ""),
    ("validate --engine both good.xml", 0, GOOD_LINES, ""),
    ("validate --engine xmlschema bad.xml", 1, BAD_LINES, ""),
    (
        "validate --max-bytes 10 good.xml",
        1,
        (
            "good.xml:1: too-large: The document is larger than 10 bytes; --max-bytes sets another "
            "limit.\n"
        ),
        "",
    ),
    (f"validate --max-bytes {len(GOOD)} good.xml", 0, GOOD_LINES, ""),
    ("validate --max-bytes 99999999999999999999 good.xml", 0, GOOD_LINES, ""),
    (
        "validate --explain --format json bad.xml",
        2,
        "",
        "ips-contract: --explain is for --format text, not json\n",
    ),
    (
        "validate --output good.xml folder ./good.xml",
        2,
        "",
        "ips-contract: --output good.xml would overwrite a document to be judged\n",
    ),
    (
        "validate --output no/where good.xml",
        2,
        "",
        "ips-contract: no/where: No such file or directory\n",
    ),
]


@pytest.mark.parametrize(("arguments", "status", "out", "err"), RUNS)
def test_run(
    arguments: str,
    status: int,
    out: str,
    err: str,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(arguments.split()) == status
    written = capsys.readouterr()
    assert (written.out.replace("\\", "/"), written.err) == (out, err)


SITE = "https://docs.example.com/ips"


@pytest.mark.parametrize(
    ("words", "variable", "expected"),
    [
        ("", "", "ips-contract rules constant"),
        ("", SITE, f"{SITE}/reference/rules.html#constant"),
        (f"--docs-url {SITE}", "http://other.example.com", f"{SITE}/reference/rules.html#constant"),
    ],
)
def test_explain_says_where_the_rules_are_explained(
    words: str,
    variable: str,
    expected: str,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("IPS_CONTRACT_DOCS", variable)
    assert cli.main(f"validate --explain {words} bad.xml good.xml".split()) == 1
    err = capsys.readouterr().err
    assert err == f"2 files: 1 valid, 1 invalid\nWhat the rules say: {expected}\n"
    assert cli.main(f"validate --explain {words} good.xml".split()) == 0
    assert capsys.readouterr().err == ""
    assert cli.main(f"validate --format sarif {words} bad.xml".split()) == 1
    assert (f'"helpUri": "{expected}"' in capsys.readouterr().out) == bool(words or variable)


def test_a_site_that_is_none(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IPS_CONTRACT_DOCS", "docs.example.com")
    wrong = "'docs.example.com' is no http or https URL of the documentation's site"
    assert cli.main(["validate", "good.xml"]) == 2
    assert capsys.readouterr().err == f"ips-contract: IPS_CONTRACT_DOCS: {wrong}\n"
    for command in (["fuzz", "--list"], ["capture-report", "traffic.jsonl"]):
        assert cli.main(command) == 2
        assert f"IPS_CONTRACT_DOCS: {wrong}" in capsys.readouterr().err
    assert cli.main(["validate", "--docs-url", "docs.example.com", "good.xml"]) == 2
    assert wrong in capsys.readouterr().err


# Input


def test_standard_input(folder: Path) -> None:
    done = run("validate", "-", given=BAD.encode())
    assert done.returncode == 1
    assert done.stdout.decode().replace("\r", "") == BAD_LINES.replace("bad.xml", "<stdin>")
    done = run("validate", "-", "good.xml", "--max-bytes", "500", given=b"x" * 3_000_000)
    assert done.returncode == 1
    assert b"<stdin>:1: too-large: The document is larger than 500 bytes" in done.stdout


def test_standard_input_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert cli.main(["validate", "-"]) == 2
    assert capsys.readouterr().err == "ips-contract: <stdin>: standard input is closed\n"


def test_a_large_file_is_not_read_whole(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    class Endless(io.BytesIO):
        total = 0

        def read(self, size: int | None = -1) -> bytes:
            assert size is not None
            assert 0 < size <= 1024 * 1024
            self.total += size
            return b"x" * size

    endless = Endless()
    assert len(inputs._first(endless, 3_000_000)) == endless.total == 3_000_000
    with Path("huge.xml").open("wb") as file:
        file.truncate(20 * DEFAULT_LIMIT)
    assert cli.main(["validate", "huge.xml"]) == 1
    assert "huge.xml:1: too-large: The document is larger than" in capsys.readouterr().out


def test_folders_bear_links_and_pipes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    below = folder / "folder" / "below"
    try:
        (below / "loop").symlink_to(folder / "folder", target_is_directory=True)
        (below / "again.xml").symlink_to(folder / "good.xml")
        (below / "dangling.xml").symlink_to("nowhere")
    except OSError:  # pragma: no cover
        assert os.name == "nt"  # There links need a privilege.
        return
    if sys.platform != "win32":
        os.mkfifo(below / "pipe.xml")
    assert cli.main(["validate", "folder/below"]) == 2
    written = capsys.readouterr()
    assert written.out == (
        f"folder/below/again.xml: valid {VALID}\nfolder/below/c.xml:5: constant: {CONSTANT}\n"
    )
    assert written.err == (
        "ips-contract: folder/below/dangling.xml: No such file or directory\n"
        "3 files: 1 valid, 1 invalid, 1 unreadable\n"
    )


def test_a_folder_that_cannot_be_listed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scan = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("below"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert cli.main(["validate", "folder"]) == 2
    written = capsys.readouterr()
    assert written.out.count("valid") == 2
    below = os.path.join("folder", "below")
    assert written.err.startswith(f"ips-contract: {below}: Permission denied\n")


def test_xmlschema_that_is_not_installed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(validate, "find_spec", lambda name: None)
    assert cli.main(["validate", "--engine", "both", "good.xml"]) == 2
    assert "pip install 'ips-contract[xmlschema]'" in capsys.readouterr().err


def test_another_version_than_the_namespace_names(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in "4.5", "2010-01-31", find_version("4.5").namespace:
        assert cli.main(["validate", "--api-version", name, "good.xml"]) == 1
        out = capsys.readouterr().out
        assert out.startswith("good.xml:1: wrong-namespace: ")
        assert "version 4.5 has http://www.scene7.com/IpsApi/xsd/2010-01-31" in out


# Output


@pytest.mark.parametrize("kind", ["json", "sarif", "junit"])
@pytest.mark.parametrize("to_file", [False, True])
def test_format(kind: str, to_file: bool, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = ["--output", "out.xml"] if to_file else []
    files = ["good.xml", "bad.xml", "warned.xml", str(folder / "empty.xml"), "folder", "missing"]
    assert cli.main(["validate", "--format", kind, *output, *files]) == 2
    written = capsys.readouterr()
    assert written.err == "ips-contract: missing: No such file or directory\n"
    text = Path("out.xml").read_text("utf-8") if to_file else written.out
    assert (written.out == "") is to_file
    if kind == "json":
        run = json.loads(text)
        assert run["summary"]["files"] == len(run["reports"]) == 7
        missing = {"file": "missing", "reason": "No such file or directory"}
        assert run["unreadable"] == [missing]
    elif kind == "sarif":
        (run,) = json.loads(text)["runs"]
        assert {result["ruleId"] for result in run["results"]} == {
            "constant",
            "name-separator",
            "not-xml",
        }
        assert run["artifacts"][3]["location"]["uri"] == "empty.xml"
        (told,) = run["invocations"][0]["toolExecutionNotifications"]
        assert told["message"]["text"] == "missing: No such file or directory"
    else:
        root = etree.fromstring(text.encode())
        counts = [root.get(name) for name in ("tests", "failures", "errors")]
        assert counts == ["8", "3", "1"]


def test_folders_without_documents_are_in_the_formats(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["validate", "--format", "json", "none", "good.xml"]) == 2
    run = json.loads(capsys.readouterr().out)
    assert run["unreadable"] == [{"file": "none", "reason": "no *.xml or *.soap file in it"}]


def test_strict_junit(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["validate", "--strict", "--format", "junit", "warned.xml"]) == 1
    assert 'failures="1"' in capsys.readouterr().out


def test_output_is_no_input_of_the_next_run(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["validate", "--format", "junit", "--output", "folder/junit.xml", "folder"]
    assert cli.main(arguments) == 1
    first = Path("folder/junit.xml").read_bytes()
    assert cli.main(arguments) == 1
    assert Path("folder/junit.xml").read_bytes() == first
    assert b'tests="3"' in first
    Path("none/out.xml").touch()
    assert cli.main(["validate", "none", "--output", "none/out.xml"]) == 2
    assert "no *.xml" in capsys.readouterr().err


def test_text_goes_to_a_file_plain_and_in_utf_8(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["validate", "warned.xml", "bad.xml", "--output", "out"]) == 1
    assert Path("out").read_text("utf-8") == WARNED_LINES + BAD_LINES
    written = capsys.readouterr()
    assert (written.out, written.err) == ("", "2 files: 1 valid, 1 invalid\n")


@pytest.mark.parametrize("kind", arguments.FORMATS)
def test_any_name_of_a_file(kind: str, folder: Path) -> None:
    name = b"\xff\xc3\xa9\n .xml" if os.name == "posix" else "é .xml".encode()
    Path(os.fsdecode(name)).write_text(BAD, encoding="utf-8")
    done = run("validate", "--format", kind, ".", os.fsdecode(name), PYTHONIOENCODING="ascii")
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    done.stdout.decode("ascii")


def test_a_name_cannot_write_to_the_terminal(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["validate", "a\x1b[31m\n.xml"]) == 2
    assert r"ips-contract: a\x1b[31m\n.xml: No such file" in capsys.readouterr().err


@pytest.mark.parametrize(("output", "status"), [([], 2), (["--output", "out"], 0)])
def test_closed_output_is_no_success(output: list[str], status: int, folder: Path) -> None:
    code = (
        "import sys; sys.stdout = None; from ips_contract.cli import main; "
        f"sys.exit(main(['validate', 'good.xml', *{output}]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, timeout=60, stderr=subprocess.PIPE
    )
    words = b"ips-contract: standard output is closed; --output FILE writes the findings there\n"
    assert (done.returncode, done.stderr.replace(b"\r", b"")) == (status, b"" if output else words)
