"""The examples in the helps, each run as it is written, in a folder that has what they name.

An address with port 8080 is written there; here it has a free port.
"""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from ips_contract import mock
from ips_contract.cli.commands import COMMANDS
from ips_contract.cli.epilogs import EPILOGS, MAIN, WSDL_DIFF
from ips_contract.contract.versions import find_version
from ips_contract.contract.wsdl import wsdl
from ips_contract.fixtures import load
from tests.cli.documents import command, environment
from tests.cli.test_captured import log_of
from tests.cli.test_serve_harness import wait_until
from tests.mock.test_api import envelope
from tests.mock.test_replay import RETURN, har
from tests.sweep import every

if TYPE_CHECKING:
    from pathlib import Path

# What the client of these examples does: nothing. That is told of it, case by case.
CLIENT = f"#!{sys.executable}\nraise SystemExit(1)\n"
# The exit status where it is not 0. The other statuses are told below each example.
STATUS = {
    "fuzz -- python client.py": 1,
    "fuzz -v --case 'gzip-*' --report battery.html -- ./client": 1,
    "wsdl diff --against 6.8 --format sarif --output wsdl.sarif their.wsdl": 1,
}
# These serve until they are ended.
SERVING = ("serve", "record")


def lines_of(text: str) -> list[str]:
    """The commands that a help shows."""
    shown = text.partition("examples:\n")[2]
    return re.findall(r"(?m)^  (\S.*)$", shown.partition("\n\n")[0])


ALL = {"": lines_of(MAIN), "wsdl diff": lines_of(WSDL_DIFF)}
ALL |= {name: lines_of(text) for name, text in EPILOGS.items()}
LINES = sorted({line for lines in ALL.values() for line in lines})


@pytest.fixture
def named(tmp_path: Path) -> Path:
    """A folder with the files that the examples name."""
    (tmp_path / "messages").mkdir()
    for name in ("request.xml", "messages/request.xml"):
        (tmp_path / name).write_bytes(load("valid/documented-request.xml"))
    for name in ("traffic.jsonl", "monday.jsonl"):
        log_of(tmp_path / name, envelope("a"))
    for name in ("traffic.har", "tuesday.har"):
        (tmp_path / name).write_text(json.dumps(har(RETURN)), encoding="utf-8")
    (tmp_path / "their.wsdl").write_bytes(wsdl(find_version("6.6"), "http://localhost/ips"))
    for name in ("client", "client.py"):
        (tmp_path / name).write_text(CLIENT, encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    return tmp_path


def test_each_command_has_some() -> None:
    assert {row.name for row in COMMANDS} == EPILOGS.keys()
    for name, lines in ALL.items():
        own = [line for line in lines if line.startswith(f"ips-contract {name}".rstrip())]
        assert own, name


def words_of(line: str) -> tuple[list[str], str]:
    """A line as words to start, with this Python's programs, and the file it writes to."""
    plain, _, file = line.partition(" > ")
    program, *words = shlex.split(plain)
    words = [sys.executable if word == "python" else word for word in words]
    if program == "ips-contract":
        return command(*words), file
    assert program == "python", line
    return [sys.executable, *words], file


@pytest.mark.parametrize("line", every(5, LINES))
def test_as_it_is_written(line: str, named: Path) -> None:
    if sys.platform == "win32" and "./client" in line:
        pytest.skip("a file that Windows cannot start")
    if line == "python -m pytest tests/recorded":
        made = command("fixtures", "traffic.jsonl", "--out", "tests/recorded")
        subprocess.run(made, cwd=named, check=True, capture_output=True, timeout=60)
    with mock.serve() as server:
        port = "0" if "serve" in line else str(server.port)
        words, file = words_of(line.replace("8080", port))
        if line.split()[1] in SERVING:
            serves(words, named)
            return
        done = subprocess.run(
            words, cwd=named, env=environment(), capture_output=True, check=False, timeout=120
        )
    assert done.returncode == STATUS.get(line.removeprefix("ips-contract "), 0), done.stderr
    assert b"Traceback" not in done.stderr
    made_files = {"--output": 1, "--report": 1, "--out": 1}
    for option in made_files.keys() & set(words):
        assert (named / words[words.index(option) + 1]).exists()
    if file:
        (named / file).write_bytes(done.stdout)
        assert done.stdout.startswith(b"<") or "completion" in words
    elif not re.search(r"--(output|out) ", line):
        assert done.stdout


def serves(words: list[str], folder: Path) -> None:
    """Whether the command tells an address, makes the files it names, and ends when told to."""
    with subprocess.Popen(
        words,
        cwd=folder,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            assert process.stdout is not None
            assert b"http" in process.stdout.readline()
            for option in {"--ca-file", "--ready-file"} & set(words):
                wait_until((folder / words[words.index(option) + 1]).exists)
            if "--exit-with-stdin" not in words:
                process.send_signal(signal.SIGTERM)
            _, told = process.communicate(timeout=20)  # It closes standard input.
        finally:
            process.kill()
    if sys.platform != "win32":
        assert (process.returncode, told) == (0, b"")
