"""``ips-contract record`` in front of ``ips-contract serve --tls``, each in its process."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from ips_contract.cli import exchange_log, main
from ips_contract.contract.endpoints import SERVICE_PATH
from tests.blocks import HOW_TO, blocks, run_console
from tests.mock.test_api import HEADERS, by_zeep, envelope, submitted
from tests.sweep import examples

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to send")


class Command:
    """A command of ``ips-contract`` that serves, in a process of its own."""

    def __init__(self, *words: str) -> None:
        environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "NO_PROXY": "*", "no_proxy": "*"}
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "ips_contract", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=environment,
        )
        assert self.process.stdout is not None
        self.first = self.process.stdout.readline().strip()
        self.url = self.first.rpartition(" ")[2].removesuffix("/scene7/")

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Its exit status, and what it said on standard error."""
        self.process.send_signal(number)
        _, err = self.process.communicate(timeout=20)
        return self.process.returncode, err


@contextmanager
def running(*words: str) -> Iterator[Command]:
    command = Command(*words)
    try:
        yield command
    finally:
        command.process.kill()
        command.process.communicate()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Command]:
    """The mock, by TLS; its CA is in ``ca.pem``."""
    with running("serve", "--ca-file", str(tmp_path / "ca.pem")) as command:
        yield command


def recording(folder: Path, service: Command) -> tuple[str, ...]:
    return (
        *("record", "--upstream", service.url, "--ca-file", str(folder / "ca.pem")),
        *("--log", str(folder / "log.jsonl")),
    )


def test_zeep_sees_no_difference_and_no_password_is_kept(tmp_path: Path, service: Command) -> None:
    log = tmp_path / "log.jsonl"
    with running(*recording(tmp_path, service)) as recorder, requests.Session() as session:
        assert recorder.first == (
            f"Recording {service.url} to {log}, listening on {recorder.url}/scene7/"
        )
        handle = by_zeep(f"{recorder.url}{SERVICE_PATH}?wsdl", session)
        answer = session.post(
            recorder.url + SERVICE_PATH,
            envelope(),
            headers={**HEADERS, "Authorization": "Basic bWU6c2VjcmV0"},
            timeout=10,
        )
        session.get(f"{recorder.url}/x?password=secret", timeout=10)
        status, err = recorder.end()
    _, theirs = service.end()
    assert handle == "j|47|My Test Job||"
    assert submitted(answer.text) == "47|My Test Job|"
    assert status == 0
    lines = [line[9:] for line in err.splitlines()]
    assert lines == [line[9:] for line in theirs.splitlines()]  # It saw the same.
    assert lines[0] == f"GET {SERVICE_PATH}?wsdl 200"
    assert lines[2:] == ["submitJob valid 47|My Test Job|", "GET /x?password=*** 404"]
    text = log.read_text(encoding="utf-8")
    assert not any(secret in text + err for secret in ("secret", "bWU6c2VjcmV0"))
    assert main(["validate", str(log)]) == 0
    # The service's own record has the same messages.
    rows = [json.loads(line) for line in text.splitlines()]
    assert [row["handle"] for row in rows[1:3]] == [handle, submitted(answer.text)]


def test_many_exchanges_none_lost_or_mixed_and_whole_after_a_kill(
    tmp_path: Path, service: Command
) -> None:
    number, log = examples(10, 625), tmp_path / "log.jsonl"

    def submit(connection: http.client.HTTPConnection, name: str) -> None:
        connection.request("POST", SERVICE_PATH, envelope(name), HEADERS)
        answer = connection.getresponse()
        assert submitted(answer.read().decode()) == f"47|{name}|"

    def one(start: int) -> list[str]:
        """The names of the jobs that were answered, on one connection."""
        address = recorder.url.removeprefix("http://")
        done = []
        with closing(http.client.HTTPConnection(address, timeout=60)) as connection:
            for name in (f"job {start} {index}" for index in range(number)):
                try:
                    submit(connection, name)
                except (OSError, http.client.HTTPException):
                    break  # It was killed.
                done.append(name)
        return done

    with ExitStack() as stack, ThreadPoolExecutor(17) as pool:
        recorder = stack.enter_context(running(*recording(tmp_path, service)))
        names = [name for row in pool.map(one, range(16)) for name in row]
        assert len(names) == 16 * number
        # Again, and killed while it works.
        size = log.stat().st_size
        going = [pool.submit(one, start) for start in range(16, 32)]
        while log.stat().st_size < size * 17 / 16:
            time.sleep(0.01)
        recorder.process.kill()
        names += [name for row in going for name in row.result(60)]
        recorder.process.communicate()
        with log.open("ab") as file:  # As a kill in the middle of a write leaves it.
            file.write(b'{"number": 7, "time": "20')
        recorder = stack.enter_context(running(*recording(tmp_path, service)))
        names += one(32)
        status, err = recorder.end()
    assert status == 0
    assert err.startswith(
        f"ips-contract record: the last line of {log} was not complete; it was taken out\n"
    )
    rows = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    asked = [row["request"]["body"].partition("<jobName>")[2].partition("<")[0] for row in rows]
    answered = [submitted(row["response"]["body"]) for row in rows]
    assert answered == [f"47|{name}|" for name in asked]
    # All that a client has an answer to; some that were logged never came to one.
    assert set(names) <= set(asked)
    assert len(asked) == len(set(asked)) <= len(names) + 16


def test_what_cannot_be_started(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log, words = str(tmp_path / "log"), ["record", "--log", str(tmp_path / "log")]
    (tmp_path / "ca.pem").write_text("no certificate")
    cases = [
        (["--upstream", "a.test"], "'a.test' is no address: give one such as https://s7"),
        (["--upstream", "https://a.test", "--ca-file", "none"], "none: No such file"),
        (
            ["--upstream", "https://a.test", "--ca-file", str(tmp_path / "ca.pem")],
            "ca.pem: there is no certificate in PEM in it",
        ),
        (["--upstream", "https://a.test", "--host", "203.0.113.1"], "cannot listen at 203.0.113.1"),
        ([], "the following arguments are required: --upstream"),
    ]
    for more, told in cases:
        assert main([*words, *more]) == 2
        assert told in capsys.readouterr().err, log


def test_half_a_line_is_taken_out_of_a_log_and_nothing_else(tmp_path: Path) -> None:
    whole = b'{"number": 1, "time"}\n'
    cases = {
        whole + b'{"number": 2, "ti': whole,
        whole + b'{"nu': whole,
        b'{"tenant": "a", ': b"",
        whole + b'{"number": 2' + b"x" * 200_000: whole,
        whole: whole,
        b"": b"",
        b"my notes": b"my notes",
        whole + b"{}": whole + b"{}",
    }
    for before, after in cases.items():
        path = tmp_path / "log"
        path.write_bytes(before)
        told: list[str] = []
        log = exchange_log.open_log(str(path), told.append)
        log.write(b"more\n")
        log.close()
        assert path.read_bytes() == after + b"more\n"
        assert bool(told) == (before != after)


def test_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What docs/how-to/record.md shows is what is printed."""
    text = (HOW_TO / "record.md").read_text(encoding="utf-8")
    indented = tmp_path / "record.md"
    indented.write_text(re.sub("(?m)^   ", "", text), encoding="utf-8")
    page = blocks(indented)
    (start,) = [block.text for block in page if block.info == "start"]
    (lines,) = [block.text for block in page if block.info == "lines"]
    command, _, said = start.partition("\n")
    words = command.removeprefix("$ ips-contract ").split()
    monkeypatch.chdir(tmp_path)
    with running("serve") as service:
        words[words.index("--upstream") + 1] = service.url
        words[words.index("--port") + 1] = "0"
        with running(*words) as recorder:
            first = recorder.first.replace(service.url, "https://s7sps1apissl.scene7.com")
            assert first.replace(recorder.url, "http://127.0.0.1:8080") + "\n" == said
            requests.get(f"{recorder.url}{SERVICE_PATH}?wsdl", timeout=10)
            for body in (envelope(), envelope().replace(b"publishType", b"publishTyp")):
                requests.post(recorder.url + SERVICE_PATH, body, headers=HEADERS, timeout=10)
            _, err = recorder.end()
    assert [line[8:] for line in err.splitlines()] == [line[8:] for line in lines.splitlines()]
    scripts = str(Path(sys.executable).parent)
    for block in page:
        if block.language == "console" and not block.info:
            for ran, shown, output in run_console(block, tmp_path, scripts):
                assert output == shown, ran
