"""The command line: how it ends, and how it bears streams, pipes and signals."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ips_contract import __version__
from ips_contract.cli import arguments
from ips_contract.cli import command_line as cli
from ips_contract.cli.commands import COMMANDS
from ips_contract.generation.samples import WRAPS
from ips_contract.validation.engines import ENGINES
from ips_contract.xml.parser import DEFAULT_LIMIT
from tests.blocks import REFERENCE, ROOT, blocks, run_console
from tests.cli.documents import (
    BAD_LINES,
    GOOD,
    GOOD_LINES,
    WARNED_LINES,
    command,
    environment,
    run,
)

# arguments, what the one line on standard error ends with
USAGE_ERRORS = [
    ("validat good.xml", "ips-contract: error: no command 'validat'; did you mean validate?"),
    ("gen", "ips-contract: error: no command 'gen'; did you mean generate?"),
    ("help validat", "ips-contract: error: no command 'validat'; did you mean validate?"),
    ("--format json rules", "no option --format; ips-contract --help shows what there is"),
    ("-v", "ips-contract: error: no option -v; did you mean -V?"),
    ("--verison", "ips-contract: error: no option --verison; did you mean --version?"),
    ("validate -format json good.xml", "error: no option -format; did you mean --format?"),
    ("validate --api_version 4.5 good.xml", "no option --api_version; did you mean --api-version?"),
    ("validate --format jsn good.xml", "argument --format: no format 'jsn'; did you mean json?"),
    ("validate --engine lxlm good.xml", "argument --engine: no engine 'lxlm'; did you mean lxml?"),
    ("rules --format sarif", "argument --format: no format 'sarif'; the formats are text, json"),
    ("generate --kind reqest", "argument --kind: no kind 'reqest'; did you mean request?"),
    ("sample publish --wrap soap1.2", "argument --wrap: no wrap 'soap1.2'; did you mean soap12?"),
    ("validate --api-version 6.7 good.xml", "no API version '6.7'; did you mean 6.6 or 6.8?"),
    ("validate --strct good.xml", "validate: error: no option --strct; did you mean --strict?"),
    ("serve --prot=1", "serve: error: no option --prot; did you mean --port?"),
    (
        "validate --zzz good.xml",
        "no option --zzz; ips-contract validate --help shows what there is",
    ),
    ("schema extra", "schema: error: extra is one argument too many"),
    ("--zzz", "no option --zzz; ips-contract --help shows what there is"),
    ("validate", "the following arguments are required: FILE"),
    ("frob", f"no command 'frob'; the commands are {', '.join(row.name for row in COMMANDS)}"),
    (
        "validate --api-version 9.9 good.xml",
        "no API version '9.9'; the versions are pre-4.0, 4.0, 4.2, 4.4, 4.5, 6.0, 6.6, 6.8",
    ),
    ("validate --max-bytes 0 good.xml", "argument --max-bytes: '0' is no number of bytes"),
    ("validate --max-bytes -1 good.xml", "argument --max-bytes: '-1' is no number of bytes"),
    ("validate --max-bytes 1M good.xml", "argument --max-bytes: '1M' is no number of bytes"),
    ("schema --api-version latest", "the versions are pre-4.0, 4.0, 4.2, 4.4, 4.5, 6.0, 6.6, 6.8"),
]


# arguments, what the one line is of commands that find out later
LATER_ERRORS = [
    ("generate --operation searchAsset", "no operation 'searchAsset'; did you mean searchAssets?"),
    (
        "generate --rule constnt",
        "no rule 'constnt' that can be broken here; did you mean constant?",
    ),
    ("generate --job uploadUrlJob", "no job 'uploadUrlJob'; did you mean uploadUrlsJob?"),
    ("generate --api-version 6.7", "no API version '6.7'; did you mean 6.6 or 6.8?"),
    ("fuzz --case stal-body", "did you mean "),
    ("rules constnt", "no rule 'constnt'; did you mean constant?"),
    ("rules zzz*", "no rule 'zzz*'; `ips-contract rules` lists them"),
    ("sample uploadUlrs", "no job or operation 'uploadUlrs'; did you mean uploadUrls?"),
]


@pytest.mark.parametrize(("arguments", "message"), LATER_ERRORS)
def test_unknown_names(arguments: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(arguments.split()) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.count("\n") == 1
    assert written.err.startswith("ips-contract: no ")
    assert message in written.err


@pytest.mark.parametrize("argument", ["--version", "-V", "version"])
def test_version(argument: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([argument]) == 0
    assert capsys.readouterr().out == f"ips-contract {__version__}\n"


@pytest.mark.parametrize(("arguments", "message"), USAGE_ERRORS)
def test_usage_error(
    arguments: str, message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments.split()) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.startswith("ips-contract")
    assert written.err.endswith(f"{message}\n")
    assert written.err.count("\n") == 1


def test_no_command_is_told_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2
    written = capsys.readouterr()
    assert written.out == ""
    for row in COMMANDS:
        assert f" {row.name} " in written.err.replace("\n", " ")
        assert row.help in written.err


@pytest.mark.parametrize("name", [row.name for row in COMMANDS])
def test_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([name, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"usage: ips-contract {name}" in shown
    assert cli.main(["help", name]) == 0
    assert capsys.readouterr().out == shown
    assert cli.main([name, "-h"]) == 0
    assert capsys.readouterr().out == shown


def test_help_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["help"]) == 0
    shown = capsys.readouterr().out
    assert cli.main(["--help"]) == 0
    assert capsys.readouterr().out == shown
    assert all(f" {row.name} " in shown.replace("\n", " ") for row in COMMANDS)


def test_facts_told_twice_agree() -> None:
    assert arguments.ENGINES == ENGINES
    assert arguments.WRAPS == WRAPS
    assert DEFAULT_LIMIT == 1024 * 1024  # "1 MiB" in the help and in docs/reference/cli.md.


@pytest.mark.parametrize(
    "arguments", ["--help", "help sample", "version", "-V", "validat", "validate --help", ""]
)
def test_help_needs_no_lxml(arguments: str) -> None:
    code = (
        "import sys; from ips_contract.cli import main; main(sys.argv[1:]); "
        "sys.exit('lxml' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments.split()],
        check=False,
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 0


# Output


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
@pytest.mark.parametrize("explain", [[], ["--explain"]])
def test_any_encoding_of_the_output(encoding: str, explain: list[str], folder: Path) -> None:
    done = run("validate", "warned.xml", *explain, PYTHONUTF8="0", PYTHONIOENCODING=encoding)
    assert done.returncode == 0
    said = b"What the rules say: ips-contract rules name-separator"
    assert done.stderr.strip() == (said if explain else b"")
    shown = "47|日本".encode(encoding, "backslashreplace")
    assert shown in done.stdout


def test_standard_streams_that_are_not_there(folder: Path) -> None:
    code = (
        "import sys; sys.stdout = sys.stderr = None; from ips_contract.cli import main; "
        "sys.exit(main(['validate', 'bad.xml', 'missing.xml']))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, timeout=60)
    assert done.returncode == 2


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


@pytest.mark.parametrize("kind", arguments.FORMATS)
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


def test_the_module_is_the_command(folder: Path) -> None:
    done = run("validate", "good.xml", "bad.xml", "warned.xml")
    assert done.returncode == 1
    out = done.stdout.decode().replace("\r", "")
    assert out == GOOD_LINES + BAD_LINES + WARNED_LINES


def test_the_documentation_shows_what_happens(tmp_path: Path) -> None:
    messages = tmp_path / "messages"
    messages.mkdir()
    page = blocks(REFERENCE / "cli.md")
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
