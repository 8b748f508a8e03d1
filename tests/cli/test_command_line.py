"""The command line: what it prints, how it ends, and how it bears terminals, pipes and signals."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import pytest
from lxml import etree

from ips_contract import __version__
from ips_contract.cli import command_line as cli
from ips_contract.contract.rules import EVIDENCE, RULES
from ips_contract.contract.schema import schema_text
from ips_contract.contract.versions import LATEST, VERSIONS, find_version
from ips_contract.validation import inputs
from ips_contract.validation.engines import ENGINES
from ips_contract.xml.parser import DEFAULT_LIMIT
from tests.blocks import ROOT, blocks, run_console

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

if sys.platform != "win32":  # Windows has no pseudo terminals in the standard library,
    import pty  # nor named pipes in folders.

GOOD = """\
<submitJobParam xmlns="http://www.scene7.com/IpsApi/xsd">
   <companyHandle>47</companyHandle>
   <jobName>My Test Job</jobName>
   <imageServingPublishJob>
      <publishType>Full</publishType>
      <emailSetting>Error</emailSetting>
   </imageServingPublishJob>
</submitJobParam>
"""
BAD = GOOD.replace("Full", "Fulll")
WARNED = GOOD.replace("My Test Job", "47|日本")

VALID = "(submitJobParam, pre-4.0)"
CONSTANT = '"Fulll" is not one of Full, FullWithSearch or Incremental. Write Full.'
BAR = '"47|日本" has a bar, which separates the parts of a job handle; avoid it.'
GOOD_LINES = f"good.xml: valid {VALID}\n"
BAD_LINES = f"bad.xml:5: constant: {CONSTANT}\n"
WARNED_LINES = (
    f"warned.xml:3: name-separator: warning: {BAR}\nwarned.xml: valid {VALID}, 1 warning\n"
)
EXPLAINED = f"""\
bad.xml: invalid (submitJobParam, pre-4.0): 1 error

error constant: {CONSTANT}
  at bad.xml:5:7, /submitJobParam/imageServingPublishJob/publishType
    5 |       <publishType>Fulll</publishType>
      |       ^~~~~~~~~~~~~~~~~~
  fault 30001 (invalid parameter); source: documented pages, API reference: constants

"""

# The folder that every test of the command runs in.
FILES: dict[str, str | bytes] = {
    "good.xml": GOOD,
    "bad.xml": BAD,
    "warned.xml": WARNED,
    "empty.xml": b"",
    "binary.bin": b"\x00\x01\xff\xfe" * 100,
    "notes.txt": "not a document",
    "folder/b.soap": GOOD,
    "folder/a.XML": GOOD,
    "folder/below/c.xml": BAD,
    "folder/below/readme.txt": "",
    "none/readme.txt": "",
    "utf16.xml": BAD.encode("utf-16"),
}

# arguments, exit status, standard output, standard error
RUNS: list[tuple[str, int, str, str]] = [
    ("validate good.xml", 0, GOOD_LINES, ""),
    ("validate bad.xml", 1, BAD_LINES, ""),
    ("validate warned.xml", 0, WARNED_LINES, ""),
    ("validate --strict warned.xml", 1, WARNED_LINES, ""),
    ("validate --strict good.xml", 0, GOOD_LINES, ""),
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
    ("validate --explain bad.xml", 1, EXPLAINED, ""),
    (
        "validate --explain bad.xml good.xml",
        1,
        EXPLAINED + GOOD_LINES,
        "2 files: 1 valid, 1 invalid\n",
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
    ("--version", 0, f"ips-contract {__version__}\n", ""),
]

# arguments, what the message on standard error ends with
USAGE_ERRORS = [
    ("validate --strct good.xml", "validate: error: no option --strct; did you mean --strict?"),
    ("serve --prot=1", "serve: error: no option --prot; did you mean --port?"),
    ("validate --zzz good.xml", "validate: error: no option --zzz"),
    ("rules extra", "rules: error: extra is one argument too many"),
    ("--zzz", "ips-contract: error: no option --zzz"),
    ("validate", "the following arguments are required: FILE"),
    ("frob", f"(choose from {', '.join(row.name for row in cli.COMMANDS)})"),
    (
        "validate --api-version 9.9 good.xml",
        "no API version '9.9'; the versions are pre-4.0, 4.0, 4.2, 4.4, 4.5, 6.0, 6.6, 6.8",
    ),
    ("validate --max-bytes 0 good.xml", "argument --max-bytes: '0' is no number of bytes"),
    ("validate --max-bytes -1 good.xml", "argument --max-bytes: '-1' is no number of bytes"),
    ("validate --max-bytes 1M good.xml", "argument --max-bytes: '1M' is no number of bytes"),
    ("schema --api-version latest", "the versions are pre-4.0, 4.0, 4.2, 4.4, 4.5, 6.0, 6.6, 6.8"),
]

# environment, whether a terminal gets colours
COLORS: list[tuple[dict[str, str], bool]] = [
    ({"TERM": "xterm"}, True),
    ({"TERM": "xterm", "NO_COLOR": ""}, True),
    ({"TERM": "xterm", "NO_COLOR": "1"}, False),
    ({"TERM": "dumb"}, False),
]
# name of the system, environment, whether a terminal gets colours
SYSTEM_COLORS: list[tuple[str, dict[str, str], bool]] = [
    ("posix", {}, True),
    ("nt", {}, False),
    ("nt", {"WT_SESSION": "1"}, True),
    ("nt", {"TERM": "xterm"}, True),
]

_SETTINGS = ("NO_COLOR", "TERM", "WT_SESSION", "COLUMNS", "PYTHONUNBUFFERED", "PYTHONIOENCODING")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with FILES in which the command runs."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def environment(**settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _SETTINGS}
    return kept | {"PYTHONUTF8": "1"} | settings


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "ips_contract", *arguments]


def run(*arguments: str, given: bytes = b"", **settings: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command(*arguments),
        input=given,
        capture_output=True,
        check=False,
        timeout=60,
        env=environment(**settings),
    )


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


@pytest.mark.parametrize(("arguments", "message"), USAGE_ERRORS)
def test_usage_error(
    arguments: str, message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments.split()) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.startswith("usage: ips-contract")
    # Python 3.12 and newer do not quote the choices.
    assert written.err.replace("'", "").rstrip().endswith(message.replace("'", ""))


def test_no_command_is_told_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2
    written = capsys.readouterr()
    assert written.out == ""
    for row in cli.COMMANDS:
        assert f" {row.name} " in written.err
        assert row.help in written.err


@pytest.mark.parametrize("name", [row.name for row in cli.COMMANDS])
def test_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([name, "--help"]) == 0
    assert f"usage: ips-contract {name}" in capsys.readouterr().out


def test_facts_told_twice_agree() -> None:
    assert cli.ENGINES == ENGINES
    assert DEFAULT_LIMIT == 1024 * 1024  # "1 MiB" in the help and in docs/cli.md.


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["validate", "--help"], []])
def test_help_needs_no_lxml(arguments: list[str]) -> None:
    code = (
        "import sys; from ips_contract.cli import main; main(sys.argv[1:]); "
        "sys.exit('lxml' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], check=False, capture_output=True, timeout=60
    )
    assert done.returncode == 0


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
    monkeypatch.setattr(cli, "find_spec", lambda name: None)
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


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
@pytest.mark.parametrize("explain", [[], ["--explain"]])
def test_any_encoding_of_the_output(encoding: str, explain: list[str], folder: Path) -> None:
    done = run("validate", "warned.xml", *explain, PYTHONUTF8="0", PYTHONIOENCODING=encoding)
    assert done.returncode == 0
    assert done.stderr == b""
    shown = "47|日本".encode(encoding, "backslashreplace")
    assert shown in done.stdout


@pytest.mark.parametrize("kind", cli.FORMATS)
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


def test_standard_streams_that_are_not_there(folder: Path) -> None:
    code = (
        "import sys; sys.stdout = sys.stderr = None; from ips_contract.cli import main; "
        "sys.exit(main(['validate', 'bad.xml', 'missing.xml']))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, timeout=60)
    assert done.returncode == 2


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


def test_streams_that_are_no_text_wrappers(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert cli.main(["validate", "good.xml"]) == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full to stand for a full disk")
@pytest.mark.parametrize("to_file", [False, True])
def test_a_full_disk(to_file: bool, folder: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command("validate", "bad.xml", *(["--output", "/dev/full"] if to_file else [])),
            check=False,
            timeout=60,
            stdout=subprocess.PIPE if to_file else full,
            stderr=subprocess.PIPE,
            env=environment(),
        )
    assert done.returncode == 2
    assert done.stderr == b"ips-contract: output: No space left on device\n"


# Pipes and signals


def start(*arguments: str, **settings: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command(*arguments),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(**settings),
    )


@pytest.mark.parametrize("kind", cli.FORMATS)
def test_the_reader_of_the_pipe_goes_away(kind: str, folder: Path) -> None:
    Path("many.xml").write_text(GOOD.replace("<jobName>", "<x/>" * 3000 + "<jobName>"))
    with start("validate", "--format", kind, "many.xml", "many.xml") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(1)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 141


@pytest.mark.parametrize("arguments", [["--help"], ["schema"], ["validate", "good.xml"]])
def test_nobody_reads_the_pipe(arguments: list[str], folder: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            command(*arguments),
            check=False,
            timeout=60,
            stdout=writing,
            stderr=subprocess.PIPE,
            env=environment(),
        )
        both = subprocess.run(
            command(*arguments, "nonsense", "-x"),
            check=False,
            timeout=60,
            stdout=writing,
            stderr=writing,
            env=environment(),
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")
    assert both.returncode in (2, 141)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to whole consoles only")
def test_ctrl_c(folder: Path) -> None:
    code = (  # A shell may have started the tests with SIGINT ignored.
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from ips_contract.cli import main; sys.exit(main(['validate', 'good.xml', '-']))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(PYTHONUNBUFFERED="1"),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().decode() == GOOD_LINES
        time.sleep(0.2)  # Now it waits for standard input.
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == b"Interrupted.\n"
        assert process.wait(60) == 130


# Terminals


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


# time of each look at the clock, what is written
PROGRESS: list[tuple[list[float], str]] = [
    ([0, 0, 0.5, 0.9], ""),
    ([0, 0, 1.0, 1.05], "\r1/3 files\r         \r"),
    ([0, 0, 1.0, 1.2], "\r1/3 files\r2/3 files\r         \r"),
]


@pytest.mark.parametrize(("times", "expected"), PROGRESS)
def test_progress(times: list[float], expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    clock = iter(times)
    with cli.Progress(3, stream, lambda: next(clock)) as progress:
        for done in range(3):
            progress.show(done)
    assert stream.getvalue() == expected
    progress.clear()
    assert stream.getvalue() == expected


@pytest.mark.parametrize(
    ("total", "stream", "term"),
    [(1, Terminal(), "xterm"), (3, io.StringIO(), "xterm"), (3, Terminal(), "dumb")],
)
def test_no_progress(
    total: int, stream: TextIO, term: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", term)
    clock = iter(range(0, 100, 10))
    with cli.Progress(total, stream, lambda: next(clock)) as progress:
        progress.show(0)
    assert isinstance(stream, io.StringIO)
    assert stream.getvalue() == ""


@pytest.mark.parametrize(("system", "settings", "colored"), SYSTEM_COLORS)
def test_colors_of_a_system(
    system: str, settings: dict[str, str], colored: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in _SETTINGS:
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with monkeypatch.context() as patch:
        patch.setattr(os, "name", system)
        assert cli._is_colored(Terminal()) is colored


if sys.platform != "win32":

    def on_terminal(
        arguments: Sequence[str],
        settings: dict[str, str],
        meanwhile: Callable[[], None] = lambda: None,
    ) -> tuple[int, str]:
        """Exit status and output of the command with a terminal as stdout and stderr."""
        ours, theirs = pty.openpty()
        with subprocess.Popen(
            command(*arguments),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment(**settings),
        ) as process:
            os.close(theirs)
            meanwhile()
            chunks = []
            try:
                while chunk := os.read(ours, 65536):
                    chunks.append(chunk)
            except OSError:  # So Linux says that the other side is closed.
                pass
            finally:
                os.close(ours)
        return process.returncode, b"".join(chunks).decode().replace("\r\n", "\n")

    @pytest.mark.parametrize(("settings", "colored"), COLORS)
    @pytest.mark.parametrize("explain", [[], ["--explain"]])
    def test_colors(
        settings: dict[str, str], colored: bool, explain: list[str], folder: Path
    ) -> None:
        status, text = on_terminal(["validate", "bad.xml", *explain], settings)
        assert status == 1
        assert ("\x1b[" in text) is colored
        plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
        assert plain == (EXPLAINED if explain else BAD_LINES)

    def test_a_file_gets_no_colors(folder: Path) -> None:
        on_terminal(["validate", "bad.xml", "--output", "out"], {"TERM": "xterm"})
        assert Path("out").read_text("utf-8") == BAD_LINES

    def test_progress_on_a_terminal(folder: Path) -> None:
        os.mkfifo("slow.xml")

        def answer() -> None:
            with Path("slow.xml").open("wb") as pipe:
                time.sleep(1.2)
                pipe.write(BAD.encode())

        thread = threading.Thread(target=answer)
        status, text = on_terminal(
            ["validate", "slow.xml", "good.xml", "warned.xml"], {"TERM": "xterm"}, thread.start
        )
        thread.join()
        assert status == 1
        assert "\r1/3 files\r         \r" in text
        lines = re.sub(r"\x1b\[[0-9;]*m", "", re.sub(r"[^\n]*\r", "", text))
        assert lines == (
            BAD_LINES.replace("bad", "slow")
            + GOOD_LINES
            + WARNED_LINES
            + "3 files: 2 valid, 1 invalid\n"
        )


# rules, schema, versions


def test_rules(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rules"]) == 0
    *blocks, sources = capsys.readouterr().out.split("\n\n")
    for block, rule in zip(blocks, RULES.values(), strict=True):
        head, meaning, source = block.split("\n")
        assert head.split()[:2] == [rule.id, rule.severity]
        assert (f"fault {rule.fault} (" in head) is (rule.fault is not None)
        assert rule.meaning in meaning
        assert ("Requests only." in meaning) is rule.request_only
        assert source == f"    source: {rule.source}"
    assert [line.split()[0] for line in sources.strip().split("\n")[1:]] == list(EVIDENCE)


def test_rules_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rules", "--format", "json"]) == 0
    table = json.loads(capsys.readouterr().out)
    assert table["evidence"] == EVIDENCE
    assert [row["id"] for row in table["rules"]] == list(RULES)
    for row in table["rules"]:
        rule = RULES[row["id"]]
        assert (row["severity"], row["fault_code"]) == (rule.severity, rule.fault)
        assert (row["fault_name"] is None) is (rule.fault is None)
        assert (row["meaning"], row["source"]) == (rule.meaning, rule.source)
        assert row["request_only"] is rule.request_only


@pytest.mark.parametrize("version", VERSIONS)
def test_schema(version: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["schema", "--api-version", str(version)]) == 0
    text = capsys.readouterr().out
    assert text.isascii()  # So that the encoding of the output does not matter.
    assert text == schema_text(find_version(str(version)))


def test_schema_of_the_latest_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["schema"]) == 0
    assert capsys.readouterr().out == schema_text(LATEST)


def test_versions(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["versions"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["LABEL", "ALIASES", "NAMESPACE", "WSDL"]
    for row, version in zip(rows, VERSIONS, strict=True):
        names = [version.date, *version.aliases] if version.date else []
        assert row.replace(",", "").split() == [
            version.label,
            *names,
            version.namespace,
            version.wsdl,
        ]
        assert row.index("http:") == head.index("NAMESPACE")
    assert cli.main(["versions", "--format", "json"]) == 0
    for row, version in zip(json.loads(capsys.readouterr().out)["versions"], VERSIONS, strict=True):
        assert row == {
            "label": version.label,
            "date": version.date or None,
            "aliases": list(version.aliases),
            "namespace": version.namespace,
            "wsdl": version.wsdl,
        }


def test_the_module_is_the_command(folder: Path) -> None:
    done = run("validate", "good.xml", "bad.xml", "warned.xml")
    assert done.returncode == 1
    out = done.stdout.decode().replace("\r", "")
    assert out == GOOD_LINES + BAD_LINES + WARNED_LINES


def test_the_documentation_shows_what_happens(tmp_path: Path) -> None:
    messages = tmp_path / "messages"
    messages.mkdir()
    page = blocks(ROOT / "docs" / "cli.md")
    (broken,) = [block.text for block in page if block.language == "xml"]
    for path, text in (
        (tmp_path / "request.xml", GOOD),
        (tmp_path / "broken.xml", broken),
        (messages / "request.xml", GOOD),
        (messages / "nightly.soap", broken),
    ):
        path.write_text(text, encoding="utf-8")
    answer = (ROOT / "fixtures" / "valid" / "documented-response.xml").read_text("utf-8")
    entries = [
        {"request": {"postData": {"text": text}}, "response": {"content": {"text": answer}}}
        for text in (GOOD, "v=1&t=pageview")
    ]
    har = json.dumps({"log": {"entries": entries}})
    (tmp_path / "traffic.har").write_text(har, encoding="utf-8")
    examples = [block for block in page if block.language == "console"]
    assert len(examples) > 6
    scripts = str(Path(sys.executable).parent)
    for example in examples:
        for ran, shown, output in run_console(example, tmp_path, scripts):
            assert output == shown, ran
