"""The command ``fuzz``: clients as processes, their bounds, reports, and what a kill leaves."""

from __future__ import annotations

import argparse
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from lxml import etree

from ips_contract import VERSIONS, Version, battery, fuzz, validate
from ips_contract.fuzz_process import Clients, memory_of
from ips_contract.scenarios import PLAIN, SCENARIOS
from ips_contract.scenarios_mutated import GATING_RULES, example_named, mutations_of
from ips_contract.stage import Stage
from tests.blocks import ROOT

if TYPE_CHECKING:
    from ips_contract.judging import Outcome

CLIENTS = ROOT / "tests" / "clients"
PYTHON = sys.executable
URLLIB = (PYTHON, "-I", str(CLIENTS / "with_urllib.py"))
# A client in one line: it does whatever is written behind it.
FAST = (PYTHON, "-I", "-S", "-c")
HANGS = (*FAST, "import time; time.sleep(60)")
MEASURED = {name: text for name, text in os.environ.items() if name.startswith("COVERAGE_PROCESS")}
posix = pytest.mark.skipif(os.name != "posix", reason="signals and process groups")


def run(*argv: str) -> int:
    parser = argparse.ArgumentParser()
    below = parser.add_subparsers().add_parser("fuzz")
    fuzz.add_arguments(below)
    return fuzz.run(parser.parse_args(("fuzz", *argv)))


def only(*names: str) -> list[str]:
    return [word for name in names for word in ("--case", name)]


def start(client: tuple[str, ...], limit: float = 10.0, **bounds: int) -> Outcome:
    with Clients(client, **bounds) as clients:
        return clients.run({"IPS_X": "y"}, limit)


def is_gone(pid: int) -> bool:
    """Whether a process ends within seconds; a zombie is as good as gone."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


@pytest.fixture(autouse=True)
def quick_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measuring the coverage of clients would only make them slow to start."""
    for name in MEASURED:
        monkeypatch.delenv(name)


# Whole runs.


def test_a_careful_client_passes_and_quickly(capsys: pytest.CaptureFixture[str]) -> None:
    """All G cases, stalls included, in less than 30 s on 2 processors."""
    before = time.monotonic()
    gating = [case.id for case in battery.cases()]
    status = run("--jobs", "4", *only(*gating), "--", *URLLIB)
    assert capsys.readouterr().out == f"{len(gating)} cases: {len(gating)} OK\n"
    assert status == 0
    assert time.monotonic() - before < 30


@pytest.mark.parametrize("name", ["requests", "httpx"])
def test_other_careful_clients(name: str) -> None:
    command = (PYTHON, str(CLIENTS / f"with_{name}.py"))
    assert run(*only("lines", "fault-20003", "closed-at-once", "name-emoji"), "--", *command) == 0


@pytest.mark.parametrize(
    ("name", "caught"),
    [
        ("zeep", "body-two-children handle-empty handle-unqualified type-html gzip-cut"),
        ("suds", "body-two-children handle-empty two-lengths name-entity entity-internal"),
        ("requests_lxml", "comment-in-handle envelope-none html-page entity-internal"),
    ],
)
def test_what_real_libraries_miss(name: str, caught: str, tmp_path: Path) -> None:
    """As docs/battery.md says. If a new version of a library does better, say it there."""
    report = tmp_path / "report.json"
    command = (PYTHON, str(CLIENTS / f"with_{name}.py"))
    names = [*caught.split(), "fault-30000", "truncated", "header-decoy"]
    assert run("--report", str(report), *only(*names), "--", *command) == 1
    rows = json.loads(report.read_text())["cases"]
    assert {row["id"] for row in rows if row["fails"]} == set(caught.split())


def test_the_plain_success_comes_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*only("lines", "name-*"), "--", *FAST, "") == 1
    out = capsys.readouterr().out
    assert "1 case: 1 FAILED" in out
    assert "plain success failed, so nothing else was run: it sent no POST" in out
    assert run(*only("plain"), "--timeout", "3", "--", *FAST, "print(1)") == 1


SUBMIT = f"""\
import os, sys
sys.path.insert(0, {str(CLIENTS)!r})
import with_urllib
careful = with_urllib.careful
names = ("ENDPOINT", "USER", "PASSWORD", "COMPANY", "JOB_NAME")
j = careful.Job(*(os.environ["IPS_" + name] for name in names))
"""
SLOPPY = (PYTHON, "-I", "-c", SUBMIT + "print('<&>\\x1b', with_urllib.submit(j).strip())")
FOLDING = (PYTHON, "-I", "-c", SUBMIT + "print(' '.join(with_urllib.submit(j).split()))")


def test_failures_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    status = run(*only("plain", "name-spaces-inside", "sibling-unknown"), "--", *FOLDING)
    out = capsys.readouterr().out
    assert status == 1
    assert "FAILED        name-spaces-inside  [G, case 23]  a name, and so a handle, with" in out
    assert 'wrong   it printed "47|two and three|", not exactly "47|two  and   three|"' in out
    assert "sent    POST /case" in out
    assert "should  print exactly the handle and exit with status 0" in out
    assert "again   ips-contract fuzz --case name-spaces-inside -- " in out
    assert "NON-STRICT    sibling-unknown  [S, case 41]  it printed a handle" in out
    assert out.endswith("3 cases: 1 OK, 1 NON-STRICT, 1 FAILED\n")


def test_strict() -> None:
    assert run(*only("sibling-unknown"), "--", *URLLIB) == 0
    assert run("--strict", *only("sibling-unknown"), "--", *URLLIB) == 1


def test_versions() -> None:
    assert run("--api-version", "6.8", *only("other-version", "lines"), "--", *URLLIB) == 0


def test_reruns_keep_the_options(capsys: pytest.CaptureFixture[str]) -> None:
    names = only("plain", "name-spaces-inside")
    options = ("--timeout", "7.5", "--api-version", "6.8")
    assert run(*options, *names, "--", *FOLDING) == 1
    again = "--case name-spaces-inside --timeout 7.5 --api-version 6.8 -- "
    assert again in capsys.readouterr().out


def test_reports(tmp_path: Path) -> None:
    names = only("plain", "name-spaces-inside", "sibling-unknown")
    for suffix in (".json", ".xml", ".html"):
        report = tmp_path / f"report{suffix}"
        assert run("--report", str(report), *names, "--", *FOLDING) == 1
    data = json.loads((tmp_path / "report.json").read_text())
    assert data["summary"] == {"OK": 1, "FAILED": 1, "NON-STRICT": 1}
    row = {row["id"]: row for row in data["cases"]}["name-spaces-inside"]
    assert row["verdict"] == "FAILED"
    assert row["output"] == "47|two and three|\n"
    assert row["handle"] == "47|two  and   three|"
    assert row["exit_status"] == 0
    assert row["sent"][0].endswith("submitJobParam, valid")
    root = etree.parse(tmp_path / "report.xml").getroot()
    assert (root.get("tests"), root.get("failures")) == ("3", "1")
    assert [case.get("name") for case in root.iter("testcase")] == [
        "plain",
        "name-spaces-inside",
        "sibling-unknown",
    ]
    assert len(root.findall(".//failure")) == len(root.findall(".//system-out")) == 1
    html = (tmp_path / "report.html").read_text()
    assert '<td class="FAILED">FAILED</td>' in html
    assert html.isascii()


def test_reports_escape_what_clients_print(tmp_path: Path) -> None:
    for suffix in (".xml", ".html"):
        report = tmp_path / f"report{suffix}"
        assert run("--report", str(report), *only("plain"), "--", *SLOPPY) == 1
        text = report.read_text()
        assert "&lt;&amp;&gt;\\x1b" in text
        assert "<&>" not in text
        assert "\x1b" not in text


def test_baselines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    baseline = str(tmp_path / "baseline.json")
    names = only("plain", "name-spaces-inside")
    assert run("--report", baseline, *names, "--", *FOLDING) == 1
    assert run("--expected", baseline, *names, "--", *FOLDING) == 0
    assert capsys.readouterr().out.endswith(f"0 changes from {baseline}\n")
    assert run("--expected", baseline, *names, "--", *URLLIB) == 1
    assert "changed: name-spaces-inside: OK; it was FAILED\n" in capsys.readouterr().out
    Path(baseline).write_text('{"plain": "OK"}')
    assert run("--expected", baseline, *names, "--", *FOLDING) == 1
    assert "name-spaces-inside: FAILED, and it is not in the baseline" in capsys.readouterr().out
    assert run("--expected", baseline, *names, "--", *URLLIB) == 0


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(SCENARIOS)
    assert lines[0].split()[:4] == ["plain", "G", "0", "accept"]
    assert run("--list", *only("name-*")) == 0
    assert "(XML 1.0 section 2.4; WS-I Basic Profile 1.1)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ((), "give the client's command line after --"),
        (("--case", "plian", "--", "x"), "no case 'plian'"),
        (("--case", "mutation-x", "--", "x"), "no case 'mutation-x'"),
        (("--report", "x.txt", "--", "x"), "must end in .html, .json, .xml"),
        (("--case", "plain", "--", "/no/such/command"), "cannot run /no/such/command: No such"),
        (("--case", "plain", "--", "/"), "cannot run /: Permission denied"),
    ],
)
def test_bad_usage(argv: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*argv) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("text", ["[]", '{"cases": [1, {"id": "plain"}]}', "{", '{"plain": 1}'])
def test_bad_baselines(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    assert run("--expected", str(path), *only("plain"), "--", *URLLIB) == 2
    assert f"ips-contract: {path}: " in capsys.readouterr().err


@pytest.mark.parametrize(
    "argv",
    [
        ("--timeout", "0"),
        ("--timeout", "x"),
        ("--timeout", "nan"),
        ("--jobs", "0"),
        ("--jobs", "999"),
        ("--api-version", "9"),
        ("--examples", "-1"),
        ("--seed", "x"),
    ],
)
def test_arguments_are_checked(argv: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        run(*argv, "--", "x")
    assert stop.value.code == 2
    assert argv[1] in capsys.readouterr().err


def test_progress() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    results = battery.run(lambda _: None, ["plain"])
    stream = Terminal()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TERM", "xterm")
        with fuzz.Progress(2, stream) as progress:
            progress.show(results[0])
    assert "1/2 cases, 1 not OK, last: plain" in stream.getvalue()
    assert stream.getvalue().endswith("\r")
    silent = io.StringIO()
    with fuzz.Progress(2, silent) as progress:
        progress.show(results[0])
    assert silent.getvalue() == ""


# Examples.


def test_careful_clients_pass_examples(capsys: pytest.CaptureFixture[str]) -> None:
    argv = ("--examples", "25", "--seed", "5", *only("plain"), "--", *URLLIB)
    assert run(*argv) == 0
    assert "FAILED" not in capsys.readouterr().out


def test_examples_that_fail_become_small(tmp_path: Path, capsys: Any) -> None:
    trusts = f"{SUBMIT}\ntry: print(with_urllib.submit(j))\nexcept careful.Refused: print('47|x|')"
    client = (PYTHON, "-I", "-c", trusts)
    report = tmp_path / "report.json"
    argv = ("--examples", "6", "--seed", "11", "--report", str(report))
    assert run(*argv, *only("plain"), "--", *client) == 1
    out = capsys.readouterr().out
    rows = {row["id"]: row for row in json.loads(report.read_text())["cases"]}
    assert list(rows) == ["plain", *(f"mutation-11-{place}" for place in range(1, 7))]
    for name, row in rows.items():
        example = example_named(name, VERSIONS[0])
        if example is not None:
            smallest = next(example.smaller(), example.scenario)
            assert (row["title"], row["rule"]) == (smallest.title, smallest.rule)
            assert row["verdict"] == ("FAILED" if smallest.level == "G" else "NON-STRICT")
    failed = next(name for name, row in rows.items() if row["fails"])
    assert f"again   ips-contract fuzz --case {failed} -- " in out
    assert run(*only(failed), "--", *client) == 1
    assert run("--list", *only(failed)) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith(failed)


def test_examples_that_fail_in_one_size_only_stay() -> None:
    example = example_named("mutation-1-1", VERSIONS[0])
    assert example is not None
    most = len(example.scenario.answer.body)
    code = (
        f"{SUBMIT}\nimport urllib.request as u\n"
        "r = u.urlopen(u.Request(j[0], careful.message(j), careful.HEADERS)).read()\n"
        f"sys.exit(len(r) != {most})"
    )
    with Stage() as stage, Clients((PYTHON, "-I", "-c", code)) as clients:
        result = fuzz._run_small(example.scenario, example, clients, stage)
    assert result.scenario is example.scenario


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_examples_are_repeatable_and_invalid(version: Version) -> None:
    for place in range(1, 60):
        one, two = (example_named(f"mutation-3-{place}", version) for _ in range(2))
        assert one is not None
        assert two is not None
        assert one.scenario == two.scenario
        for row in (one.scenario, *one.smaller()):
            assert isinstance(row.answer.body, bytes)
            assert not validate(row.answer.body).valid
    assert example_named("mutation-x", version) is None
    assert {mutation.rule for mutation in mutations_of(version)} >= GATING_RULES


# One client.


def test_what_a_client_gets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    code = "import os, json; print(json.dumps(dict(os.environ)))"
    with Stage() as stage, Clients((*FAST, code)) as clients:
        result = fuzz.run_case(SCENARIOS["name-emoji"], clients, stage)
    env = json.loads(result.outcome.output)
    assert env["IPS_JOB_NAME"] == "launch 🚀 day 👩‍💻"
    assert env["IPS_TIMEOUT"] == "10"
    assert env["NO_PROXY"] == "127.0.0.1,localhost"
    assert {"IPS_WSDL", "IPS_ENDPOINT", "IPS_USER", "IPS_PASSWORD", "IPS_COMPANY"} <= env.keys()


def test_outcomes() -> None:
    code = "import sys; print('out'); print('é', file=sys.stderr); sys.exit(3)"
    outcome = start((*FAST, code))
    assert (outcome.status, outcome.output, outcome.ended) == (3, b"out\n", "")
    assert "\n" in outcome.errors
    assert 0 < outcome.seconds < 10


def test_input_is_empty() -> None:
    assert start((*FAST, "import sys; print(repr(sys.stdin.read()))")).output == b"''\n"


def test_only_the_end_of_errors_is_kept() -> None:
    outcome = start((*FAST, "import sys; sys.stderr.write('x' * 10**6 + 'end')"))
    assert len(outcome.errors) == 4096
    assert outcome.errors.endswith("xend")


def test_floods_are_stopped() -> None:
    code = "import sys\nwhile True: sys.stdout.write('x' * 10000)"
    outcome = start((*FAST, code), output=100_000)
    assert outcome.ended == "it printed more than 100000 bytes"
    assert len(outcome.output) == 100_001
    assert outcome.seconds < 9


def test_hanging_clients_are_ended() -> None:
    outcome = start(HANGS, limit=0.3)
    assert (outcome.status, outcome.ended) == (None, "no end after 0.3 s")
    assert outcome.seconds < 5


@posix
@pytest.mark.parametrize("then", ["time.sleep(60)", "sys.exit()"])
def test_children_are_ended(then: str, tmp_path: Path) -> None:
    file = tmp_path / "pid"
    child = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    code = (
        f"import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-c', {child!r}]); "
        f"open({str(file)!r}, 'w').write(str(p.pid)); {then}"
    )
    outcome = start((*FAST, code), limit=1.5)
    assert outcome.seconds < 8
    assert is_gone(int(file.read_text()))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc")
def test_memory_is_bounded() -> None:
    assert memory_of(os.getpid()) > 2**20
    assert memory_of(2**22 + 1) == 0
    holding = (*FAST, "x = b'x' * 300_000_000; import time; time.sleep(60)")
    assert start(holding, memory=150 * 2**20).ended == "it took more than 150 MiB of memory"
    quick = start((*FAST, "x = b'x' * 300_000_000"), memory=150 * 2**20)
    assert "MiB of memory" in quick.ended


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc")
def test_the_bomb_catches_who_unpacks_everything() -> None:
    unpacks = SUBMIT + (
        "import urllib.request, gzip; r = urllib.request.Request(j[0], careful.message(j), "
        "careful.HEADERS | {'Accept-Encoding': 'gzip'}); "
        "gzip.decompress(urllib.request.urlopen(r).read())"
    )
    bounds = 200 * 2**20
    with Stage() as stage, Clients((PYTHON, "-I", "-c", unpacks), memory=bounds) as clients:
        naive = fuzz.run_case(SCENARIOS["gzip-bomb"], clients, stage)
    assert naive.verdict == "FAILED"
    assert "200 MiB" in naive.judgement.words[0]


def test_nothing_starts_after_a_stop() -> None:
    with Clients(HANGS) as clients:
        clients.stop()
        assert clients.run({}, 5).ended == "the run was interrupted"


# What is left when a run ends early.

RUNNER = """
import argparse, signal, sys
from ips_contract import fuzz
signal.signal(signal.SIGINT, signal.default_int_handler)  # A shell's background jobs ignore it.
parser = argparse.ArgumentParser()
fuzz.add_arguments(parser)
try:
    sys.exit(fuzz.run(parser.parse_args()))
except KeyboardInterrupt:
    sys.exit(130)
"""


@posix
@pytest.mark.parametrize(
    ("name", "status"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129), ("SIGKILL", -9)]
)
@pytest.mark.parametrize("first", [True, False])
def test_a_kill_leaves_nothing(name: str, status: int, first: bool, tmp_path: Path) -> None:
    """No process and no port; while the plain success runs, and while many cases do."""
    hang = (
        "import subprocess, time\n"
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(tmp_path)!r} + '/' + str(os.getpid()), 'w').write(f'{{p.pid}} ' + j[0])\n"
        "time.sleep(60)"
    )
    passes = "" if first else "if '/case1/' in j[0]: print(with_urllib.submit(j)); sys.exit()\n"
    client = (PYTHON, "-I", "-c", f"{SUBMIT}\n{passes}{hang}")
    command = (PYTHON, "-c", RUNNER, "--jobs", "3", "--timeout", "50", "--", *client)
    wanted = 1 if first else 3
    null, env = subprocess.DEVNULL, {**os.environ, **MEASURED}
    with subprocess.Popen(command, stdout=null, stderr=null, env=env) as runner:
        try:
            until = time.monotonic() + 20
            while len(found := _written(tmp_path)) < wanted and time.monotonic() < until:
                time.sleep(0.02)
            assert len(found) == wanted
            runner.send_signal(getattr(signal, name))
            assert runner.wait(20) == status
        finally:
            runner.kill()
    for pid, (child, endpoint) in found.items():
        assert is_gone(pid)
        assert is_gone(int(child))
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", urlsplit(endpoint).port or 0), 5)


def _written(folder: Path) -> dict[int, list[str]]:
    rows = {int(path.name): path.read_text().split() for path in folder.iterdir()}
    return {pid: row for pid, row in rows.items() if len(row) == 2}


def test_signals_outside_the_main_thread() -> None:
    """They cannot be caught there; the run works all the same."""
    from concurrent.futures import ThreadPoolExecutor

    arguments: Any = (*only("plain"), "--", *URLLIB)
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(run, *arguments).result() == 0
    assert PLAIN.id == "plain"
