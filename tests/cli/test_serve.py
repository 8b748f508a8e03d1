"""``ips-contract serve``: its arguments, its lines, its log, its end."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ips_contract.cli import arguments, serve
from ips_contract.contract.endpoints import SERVICE_PATH
from ips_contract.http.messages import Request
from ips_contract.mock.replay import Recorded, read_row
from ips_contract.mock.service import Service
from ips_contract.mock.state.accounts import Account
from ips_contract.mock.state.lifecycle import AT_ONCE, MANUAL, Plan
from ips_contract.validation.validator import validate
from tests import calls
from tests.calls import OLD, message
from tests.mock.test_api import HEADERS, envelope

if TYPE_CHECKING:
    from collections.abc import Iterator

MAIN = """
import argparse, sys
from ips_contract.cli import arguments, serve
parser = argparse.ArgumentParser()
arguments.serve(parser)
sys.exit(serve.run(parser.parse_args()))
"""


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    arguments.serve(parser)
    return parser.parse_args(words)


class Running:
    """The command in a process of its own."""

    def __init__(self, *words: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", MAIN, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )
        assert self.process.stdout is not None
        self.first = self.process.stdout.readline()
        self.url = self.first.rpartition(" ")[2].strip()

    def post(self, data: bytes, target: str = "services/IpsApiService") -> requests.Response:
        return requests.post(self.url + target, data, headers=HEADERS, timeout=10)

    def ask(self, number: int, target: str = "/scene7/x") -> None:
        """Asks so often for what is not there, over one connection; each is answered."""
        self._exchange(number, 404, "GET", target)

    def submit(self, number: int) -> None:
        """Submits so often, over one connection; each is answered."""
        self._exchange(number, 200, "POST", SERVICE_PATH, envelope(), HEADERS)

    def _exchange(self, number: int, status: int, *words: Any) -> None:
        port = int(self.url.split(":")[2].partition("/")[0])
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            for _ in range(number):
                connection.request(*words)
                answer = connection.getresponse()
                answer.read()
                assert answer.status == status

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str, str]:
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=10)
        return self.process.returncode, out, err


@contextmanager
def running(*words: str) -> Iterator[Running]:
    command = Running(*words)
    try:
        yield command
    finally:
        command.process.kill()
        command.process.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to send")
def test_it_tells_of_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    for no_proxy, told in (("a.test", True), ("*", False)):
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.setenv(name, no_proxy)
        with running() as command:
            _, _, err = command.end()
        words = "HTTP_PROXY is set: clients need NO_PROXY=127.0.0.1"
        assert err == (f"ips-contract serve: {words}\n" if told else "")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to send")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_a_signal(number: int) -> None:
    with running() as command:
        assert command.first.startswith("IPS mock listening on http://127.0.0.1:")
        assert command.url.endswith("/scene7/")
        assert command.post(envelope()).status_code == 200
        assert command.post(envelope("47|x")[:-20]).status_code == 500
        requests.get(f"{command.url}x?password=secret", timeout=5)
        status, out, err = command.end(number)
    assert (status, out) == (0, "")
    lines = err.splitlines()
    assert [line[9:].split(":")[0] for line in lines] == [
        "submitJob valid 47|My Test Job|",
        f"POST {SERVICE_PATH} invalid fault 30003",
        "GET /scene7/x?password=*** 404",
    ]
    assert "secret" not in err


def test_what_is_no_request_is_told() -> None:
    with running() as command:
        port = int(command.url.split(":")[2].partition("/")[0])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
            client.sendall(b"\x16\x03\x01 TLS\r\n\r\n")
            assert client.recv(4096).startswith(b"HTTP/1.1 400 ")
        assert command.post(envelope()).status_code == 200
        lines = command.end()[2].splitlines()
    words = "This is TLS, and the mock speaks plain HTTP: write http:// in its address."
    assert lines[0][8:] == f" no request, 400: {words}"
    assert "submitJob valid" in lines[1]


def test_behind_a_proxy() -> None:
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "ips.test"}
    with running("--behind-proxy") as command:
        answer = requests.get(f"{command.url}IpsApi.wsdl", headers=forwarded, timeout=10)
    assert f'"https://ips.test{SERVICE_PATH}"' in answer.text


def test_the_log_can_be_judged_and_replayed(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    with running("--log", str(log), "--user", "user@example.test:secret:IpsUser") as command:
        command.post(envelope("first"))
        command.post(envelope("first").replace(b"secret", b"wrong!"))
        command.post(envelope("first").replace(b"Full", b"full"))
        assert len(log.read_text(encoding="utf-8").splitlines()) == 3
        command.end()
    text = log.read_text(encoding="utf-8")
    assert "secret" not in text
    assert "wrong!" not in text
    rows = [json.loads(line) for line in text.splitlines()]
    assert [row["number"] for row in rows] == [1, 2, 3]
    assert [row["fault"] for row in rows] == [None, 10001, 30001]
    assert rows[0]["handle"] == "47|first|"
    for row in rows:
        assert validate(row["request"]["body"]).valid == row["report"]["valid"]
        assert validate(row["response"]["body"]).valid
    # Without --user the service lets everybody in; the log's answers come first.
    with running("--replay", str(log)) as command:
        assert [command.post(envelope("first")).status_code for _ in range(3)] == [200, 500, 500]
        assert command.post(envelope("new")).status_code == 200
        err = command.end()[2]
    assert "first" in err.splitlines()[0]
    assert "fault 10001" in err.splitlines()[2]
    assert "47|new|" in err.splitlines()[3]


def test_a_seed(tmp_path: Path) -> None:
    seed = tmp_path / "seed.json"
    user = {"email": "ann@example.test", "password": "pw", "role": "IpsAdmin"}
    company = {"name": "Acme", "assets": [{"folder": "shoes", "name": "boot"}]}
    seed.write_text(json.dumps({"companies": [company], "users": [user]}), encoding="utf-8")
    names = "<companyHandle>c|47</companyHandle><nameArray><items>boot</items></nameArray>"
    asked = message("getAssetsByName", names, calls.NEW)
    with running("--seed", str(seed), "--user", "me@example.test:secret:IpsAdmin") as command:
        for email, password in (("me@example.test", "secret"), ("ann@example.test", "pw")):
            answer = command.post(calls.envelope(asked, calls.auth(email, password)))
            assert "<folder>Acme/shoes/</folder>" in answer.text
        assert command.post(calls.envelope(asked)).status_code == 500  # Nobody else is let in.


def test_latency() -> None:
    with running("--latency", "150") as command:
        start = time.perf_counter()
        command.post(envelope())
        assert time.perf_counter() - start >= 0.15


def test_the_command_in_this_process(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    statuses = []

    def client() -> None:
        while "listening" not in (out := capfd.readouterr().out):
            time.sleep(0.01)
        url = out.rpartition(" ")[2].strip()
        statuses.append(requests.get(url, timeout=5).status_code)
        signal.raise_signal(signal.SIGTERM)

    thread = threading.Thread(target=client)
    thread.start()
    args = parsed("--log", str(tmp_path / "log.jsonl"), "--user", "a:b", "--user", "c:d")
    assert serve.run(args) == 0
    thread.join()
    assert statuses == [200]
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before
    assert "GET /scene7/ 200" in capfd.readouterr().err


def test_what_keeps_it_from_serving(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert serve.run(parsed("--port", str(port))) == 2
        expected = f"ips-contract serve: cannot listen at 127.0.0.1:{port}: "
        assert capsys.readouterr().err.startswith(expected)
    assert serve.run(parsed("--user", "a:b", "--user", "A:c")) == 2
    assert "two users have the email" in capsys.readouterr().err
    log = tmp_path / "log"
    log.write_text("\n{}\n", encoding="utf-8")
    assert serve.run(parsed("--replay", str(log))) == 2
    expected = (
        f"ips-contract serve: {log}: line 2 is no exchange of a log: its request is missing\n"
    )
    assert capsys.readouterr().err == expected
    seed = tmp_path / "seed.json"
    seed.write_text('{"companies": [{"nmae": "A"}]}', encoding="utf-8")
    assert serve.run(parsed("--seed", str(seed))) == 2
    expected = f"{seed}: seed: companies[0] has 'nmae'; did you mean name?\n"
    assert capsys.readouterr().err == f"ips-contract serve: {expected}"
    asset = '{"companies": [{"name": "A", "assets": [{"name": "a", "members": ["b"]}]}]}'
    seed.write_text(asset, encoding="utf-8")  # Told when all are there.
    assert serve.run(parsed("--seed", str(seed))) == 2
    expected = f"{seed}: seed: companies[0].assets[0]: there is no asset 'b'\n"
    assert capsys.readouterr().err == f"ips-contract serve: {expected}"
    for option in ("--replay", "--seed"):
        with pytest.raises(FileNotFoundError):
            serve.run(parsed(option, str(tmp_path / "none")))
    monkeypatch.setitem(sys.modules, "httptools", None)
    assert serve.run(parsed()) == 2
    assert "pip install 'ips-contract[server]'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ("a@b:c", Account("a@b", "c", "IpsAdmin")),
        ("a@b:c:IpsUser", Account("a@b", "c", "IpsUser")),
        ("a@b:c:d:IpsUser", Account("a@b", "c:d", "IpsUser")),
        ("a@b:IpsUser", Account("a@b", "IpsUser", "IpsAdmin")),
    ],
)
def test_users(text: str, account: Account) -> None:
    assert parsed("--user", text).user == [account]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--user", "a"], "give EMAIL:PASSWORD"),
        (["--user", ":b"], "give EMAIL:PASSWORD"),
        (["--user", "a:"], "give EMAIL:PASSWORD"),
        (["--user", "a:b:c"], "what follows the last colon is no role; the roles are IpsAdmin"),
        (["--port", "65536"], "'65536' is no port"),
        (["--port", "x"], "'x' is no port"),
        (["--port", "٣"], "'٣' is no port"),
        (["--host", ""], "it is empty: give an address"),
        (["--host", "127.0.0.1:80"], "'127.0.0.1:80' is more than an address: give one such as"),
        (["--host", "[::1]"], "'[::1]' is more than an address: give one such as 127.0.0.1 or ::1"),
        (["--host", "http://localhost"], "is more than an address"),
        (["--host", "0"], "'0' is no whole address: give one such as 127.0.0.1"),
        (["--host", "127.1"], "'127.1' is no whole address"),
        (["--host", "0x7f.1"], "'0x7f.1' is no whole address"),
        (["--log", ""], "it is empty: give the name of a file"),
        (["--latency", "-1"], "'-1' is no time"),
        (["--latency", "nan"], "'nan' is no time"),
        (["--latency", "soon"], "'soon' is no time"),
        (["--plan", "polls"], "'polls' is no plan: give polls=2, seconds=60"),
        (["--plan", "polls=2,"], "'polls=2,' is no plan"),
        (["--plan", "polls=2000"], "polls is 2000; give 0 to 1000, or None"),
        (["--outcome", "errors"], "'errors': give NAME=OUTCOME"),
        (["--outcome", "A=error"], "no outcome 'error'; did you mean errors?"),
        (["--clock", "noon"], "give one such as 2014-04-03T09:30:00Z"),
        (["--clock", "2014-04-03T09:30:00"], "moment is naive"),
        (["--clock", "0001-01-01T00:00:00Z"], "give a year from 1000 to 9900"),
        (["--tenants-by", "name"], "no credential 'name'; the credentials are user, company"),
        (["--no-control", "--control-token", "a"], "not allowed with argument --no-control"),
    ],
)
def test_wrong_arguments(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parsed(*words)
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("polls=3", Plan(3, None)),
        ("seconds=1.5", Plan(None, 1.5)),
        ("polls=0,seconds=60", Plan(0, 60.0)),
        ("at-once", AT_ONCE),
        ("manual", MANUAL),
    ],
)
def test_plans(text: str, plan: Plan) -> None:
    assert parsed("--plan", text).plan == plan


def test_what_a_test_needs_is_there_from_the_start(tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text('[{"fault": 30001}, {"status": 503, "body": "grüß"}]', encoding="utf-8")
    log = tmp_path / "log.jsonl"
    with running(
        *("--script", str(script), "--plan", "manual", "--outcome", "My=Job=errors"),
        *("--clock", "2014-04-03T09:30:00Z", "--log", str(log), "--latency", "1"),
    ) as command:
        control = command.url.removesuffix("/scene7/")
        for root in ("", "/t/blue"):
            url = f"{control}{root}/scene7/services/IpsApiService"
            for status in (500, 503, 200):
                answer = requests.post(url, envelope("My=Job"), headers=HEADERS, timeout=10)
                assert answer.status_code == status
            [job] = requests.get(f"{control}{root}/_ips/jobs", timeout=10).json()["jobs"]
            assert (job["state"], job["outcome"], job["plan"]["seconds"]) == (
                "active",
                "errors",
                None,
            )
            assert job["started"].startswith("2014-04-03T09:3")
            reset = requests.post(f"{control}{root}/_ips/reset", json={}, timeout=10)
            assert reset.status_code == 204
            left = requests.get(f"{control}{root}/_ips/scripts", timeout=10).json()["scripts"]
            assert [row["times"] for row in left] == [1, 1]
        _, _, err = command.end()
    assert [line.split()[1] for line in err.splitlines()] == ["submitJob"] * 3 + ["[blue]"] * 3
    tenants = [json.loads(line).get("tenant") for line in log.read_text("utf-8").splitlines()]
    assert tenants == [None] * 3 + ["blue"] * 3


def test_tenants_have_replays_of_their_own(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    with running("--log", str(log)) as command:
        command.submit(1)
        requests.post(command.url.replace("scene7", "_ips") + "scripts", json={"fault": 20003})
        command.post(envelope())
    with running("--replay", str(log)) as command:
        for root in ("", "/t/blue", "/t/red"):
            url = command.url.replace("/scene7/", f"{root}{SERVICE_PATH}")
            answers = [
                requests.post(url, envelope(), headers=HEADERS, timeout=10).status_code
                for _ in range(2)
            ]
            assert answers == [200, 500]


def test_who_may_control_it(capsys: pytest.CaptureFixture[str]) -> None:
    with running("--no-control") as command:
        health = command.url.replace("scene7", "_ips") + "health"
        assert requests.get(health, timeout=10).status_code == 404
    with running("--host", "0.0.0.0", "--control-token", "sesame") as command:
        port = command.url.split(":")[2].partition("/")[0]
        health = f"http://127.0.0.1:{port}/_ips/health"
        assert requests.get(health, timeout=10).status_code == 401
        shown = {"Authorization": "Bearer sesame"}
        assert requests.get(health, headers=shown, timeout=10).status_code == 200
    with running("--host", "0.0.0.0") as command:
        words = "no control interface at 0.0.0.0: it needs --control-token TOKEN"
        assert f"ips-contract serve: {words}\n" in command.end()[2]
    assert serve.run(parsed("--control-token", "ö")) == 2
    assert "control_token is blank, or not of ASCII" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{}", "scripts is {}; give a list."),
        ('[{"falt": 3}]', "In scripts[0]: No field 'falt'; did you mean fault?"),
        ('[{"fault": 99}]', "In scripts[0]: No fault 99; the faults are 10000, 10001"),
        ("[", "Expecting value"),
        ('[{"body": "?", "encoding": "base64"}]', "body is no base64"),
        ("[{}]", "script.json: scripts[0]: nothing to do; give fault"),
        ('[{"drop": true}, {"operation": "x", "drop": true}]', "scripts[1]: no operation 'x'"),
        ('[{"fields": {"x": 1}}]', "scripts[0]: fields: submitJobReturn has no field 'x'"),
    ],
)
def test_a_file_that_is_no_script(
    text: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "script.json"
    script.write_text(text, encoding="utf-8")
    assert serve.run(parsed("--script", str(script))) == 2
    assert words in capsys.readouterr().err


FILES = ("--seed", "--script", "--replay", "--log", "--ca-file", "--cert", "--key", "--ready-file")


@pytest.mark.parametrize("option", FILES)
def test_an_empty_name_of_a_file_is_told(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parsed(option, "")
    words = f"argument {option}: it is empty: give the name of a file"
    assert words in capsys.readouterr().err


def request(body: bytes) -> Request:
    headers = {"content-type": "text/xml", "soapaction": '""'}
    return Request("POST", SERVICE_PATH, headers, body)


def told(body: bytes) -> list[str]:
    out: list[str] = []
    serve.Told(Service(), out.append).handle(request(body))
    return out


def test_a_line_is_bounded() -> None:
    assert [len(line) for line in told(envelope("x" * 5000))] == [501]


def test_warnings_and_broken_answers_are_in_the_line() -> None:
    service = Service()
    service.script(drop=True)
    out: list[str] = []
    serve.Told(service, out.append).handle(request(envelope("a|b")))
    assert [line[9:] for line in out] == ["submitJob valid (1 warning) 47|a|b| (drop)"]


def test_an_answer_that_leaves_jobs_out_says_so_in_the_line() -> None:
    service = Service()
    for number in range(5000):
        service.jobs.submit("47", f"N{number}", "videoPublishJob", OLD, "me")
    out: list[str] = []
    serve.Told(service, out.append).handle(request(calls.envelope(message("getActiveJobs", ""))))
    (note,) = service.exchanges[0].notes
    assert note.startswith("bounded: ")
    assert [line[9:] for line in out] == [f"getActiveJobs valid 200 ({note})"]


def test_bodies_that_are_no_text() -> None:
    log: list[bytes] = []
    service = Service()
    front = serve.Told(service, print, log.append)
    data = b"\xff\xfe" + envelope().decode().encode("utf-16-le")
    first = front.handle(request(data))
    row = json.loads(log[0])
    assert row["request"]["encoding"] == "base64"
    recorded = Recorded([read_row(row)])
    replayed = serve.Told(Service(), print, recorded=recorded)
    assert replayed.handle(request(data)) == first
    assert replayed.service.exchanges[0].notes[-1] == "replayed"


# Readers that do not read, and logs that cannot be written.

ANSWERED = 5_000  # A pipe holds 2,112 lines.
MANY = 300  # Exchanges of the log, of which a pipe holds 40.


posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to send")


def ended(command: Running) -> int:
    """The exit status after SIGTERM, nothing being read meanwhile."""
    command.process.send_signal(signal.SIGTERM)
    return command.process.wait(timeout=10)


@posix
def test_lines_that_nobody_reads_hold_nothing() -> None:
    with running() as command:
        command.ask(ANSWERED)
        assert ended(command) == 0


@posix
def test_a_reader_who_comes_back_is_told_what_was_left_out() -> None:
    number = 3000
    with running() as command:
        command.ask(number, "/scene7/" + "x" * 480)  # A pipe and the queue hold 2,200 such lines.
        assert command.process.stderr is not None
        lines = [command.process.stderr.readline() for _ in range(1000)]
        command.ask(1)
        command.process.send_signal(signal.SIGTERM)
        lines += command.process.stderr
        assert command.process.wait(timeout=10) == 0
    told = [line for line in lines if "left out" in line]
    assert len(told) == 1
    found = re.fullmatch(r"… ([0-9,]+) lines were left out: nobody read them\.", told[0].strip())
    assert found is not None
    assert len(lines) - 1 + int(found[1].replace(",", "")) == number + 1
    assert lines[-1].endswith("GET /scene7/x 404\n")


@posix
@pytest.mark.parametrize("opened", [True, False])
def test_a_log_that_nobody_reads_holds_nothing(tmp_path: Path, *, opened: bool) -> None:
    log = tmp_path / "log"
    os.mkfifo(log)
    reader = os.open(log, os.O_RDONLY | os.O_NONBLOCK) if opened else None
    with running("--log", str(log)) as command:
        command.submit(MANY)
        assert ended(command) == 0
        err = command.process.communicate()[1]
    found = re.search(r"([0-9]+) exchanges are missing in the log", err)
    assert found is not None
    missing = int(found[1])
    if reader is None:
        assert missing == MANY
        return
    # What the pipe holds is whole.
    data = b""
    while part := os.read(reader, 65536):
        data += part
    os.close(reader)
    rows = [json.loads(line) for line in data.decode().splitlines()]
    assert [row["number"] for row in rows] == list(range(1, MANY - missing + 1))
    assert 0 < missing < MANY


@posix
def test_a_log_that_is_a_pipe(tmp_path: Path) -> None:
    log = tmp_path / "log"
    os.mkfifo(log)
    found: list[str] = []
    reader = threading.Thread(target=lambda: found.append(log.read_text(encoding="utf-8")))
    with running("--log", str(log)) as command:
        command.submit(MANY)
        reader.start()  # It comes late, and gets all of it.
        command.submit(MANY)
        assert command.end()[0] == 0
    reader.join(10)
    numbers = [json.loads(line)["number"] for line in found[0].splitlines()]
    assert numbers == list(range(1, 2 * MANY + 1))


@posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_log_has_every_answered_exchange(tmp_path: Path, number: int) -> None:
    log = tmp_path / "log"
    with running("--log", str(log)) as command:
        command.submit(MANY)
        command.end(number)
    rows = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [row["number"] for row in rows] == list(range(1, MANY + 1))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
def test_a_log_that_cannot_be_written_ends_and_the_service_does_not() -> None:
    with running("--log", "/dev/full") as command:
        command.submit(3)
        status, _, err = command.end()
    assert status == 0
    assert err.count("ips-contract serve: the log ends here: No space left on device\n") == 1
    assert err.count("submitJob valid") == 3
    assert err.endswith("ips-contract serve: 3 exchanges are missing in the log /dev/full\n")


@pytest.mark.no_cover
@posix
def test_no_half_line_is_in_a_log_that_ends(tmp_path: Path) -> None:
    import resource

    log = tmp_path / "log"
    with running("--log", str(log)) as command:
        limits = getattr(resource, "prlimit", None)
        if limits is None:
            pytest.skip("the limits of another process cannot be set here")
        command.submit(1)
        size = log.stat().st_size
        limits(command.process.pid, resource.RLIMIT_FSIZE, (size * 5 // 2, size * 5 // 2))
        command.submit(4)
        status, _, err = command.end()
    assert status == 0
    assert "the log ends here: File too large" in err
    assert err.endswith(f"3 exchanges are missing in the log {log}\n")
    rows = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [row["number"] for row in rows] == [1, 2]
