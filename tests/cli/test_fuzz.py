"""The command ``fuzz``: whole runs, reports, and examples."""

from __future__ import annotations

import argparse
import io
import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from ips_contract import VERSIONS, Version, battery, validate
from ips_contract.battery.processes.client import Clients
from ips_contract.battery.scenarios.accept import PLAIN
from ips_contract.battery.scenarios.mutated import GATING_RULES, example_named, mutations_of
from ips_contract.battery.scenarios.table import SCENARIOS
from ips_contract.battery.server import ScenarioServer
from ips_contract.cli import arguments, fuzz
from tests.blocks import ROOT
from tests.sweep import every, examples

if TYPE_CHECKING:
    from ips_contract.battery.verdict import Result

CLIENTS = ROOT / "tests" / "clients"
DRIVERS = ROOT / "examples" / "drivers"
PYTHON = sys.executable
URLLIB = (PYTHON, "-I", str(CLIENTS / "with_urllib.py"))
# A client in one line: it does whatever is written behind it.
FAST = (PYTHON, "-I", "-S", "-c")


def run(*argv: str) -> int:
    parser = argparse.ArgumentParser()
    below = parser.add_subparsers().add_parser("fuzz")
    arguments.fuzz(below)
    return fuzz.run(parser.parse_args(("fuzz", *argv)))


def only(*names: str) -> list[str]:
    return [word for name in names for word in ("--case", name)]


# Whole runs.


def test_a_careful_client_passes(capsys: pytest.CaptureFixture[str]) -> None:
    """G cases, stalls included; how long all take is measured in benchmarks."""
    gating = every(6, (case.id for case in battery.cases()))
    status = run("--jobs", "4", *only(*gating), "--", *URLLIB)
    assert capsys.readouterr().out == f"{len(gating)} cases: {len(gating)} OK\n"
    assert status == 0


@pytest.mark.parametrize("name", every(2, ["requests", "httpx"]))
def test_other_careful_clients(name: str) -> None:
    command = (PYTHON, str(CLIENTS / f"with_{name}.py"))
    assert run(*only("lines", "fault-20003", "closed-at-once", "name-emoji"), "--", *command) == 0


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("name", "caught"),
    every(
        3,
        [
            ("zeep", "body-two-children handle-unqualified type-html"),
            ("suds", "body-two-children name-entity entity-internal"),
            ("requests_lxml", "comment-in-handle envelope-none html-page entity-internal"),
        ],
    ),
)
def test_what_real_libraries_miss(name: str, caught: str, tmp_path: Path) -> None:
    """As the scoreboard says. If a new version of a library does better, measure it again."""
    report = tmp_path / "report.json"
    command = (PYTHON, str(DRIVERS / "python" / f"with_{name}.py"))
    names = [*caught.split(), "fault-30000", "truncated", "header-decoy"]
    assert run("--report", str(report), *only(*names), "--", *command) == 1
    rows = json.loads(report.read_text())["cases"]
    assert {row["id"] for row in rows if row["fails"]} == set(caught.split())


@pytest.mark.no_cover
def test_zeep_with_what_its_users_should_add(capsys: pytest.CaptureFixture[str]) -> None:
    """Alive for all cases."""
    command = (str(DRIVERS / "python" / "alive.py"), str(DRIVERS / "python" / "careful_zeep.py"))
    names = ("body-t*", "handle-*", "type-html", "fault-30000", "name-emoji", "gzip")
    status = run("--persistent", *only(*names), "--", PYTHON, *command)
    assert status == 0, capsys.readouterr().out


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("xmllint")), reason="needs both")
def test_curl_and_xmllint(capsys: pytest.CaptureFixture[str]) -> None:
    names = ("plain", "name-*", "password-markup", "handle-empty", "handle-blank", "truncated")
    status = run(*only(*names), "--", "bash", str(DRIVERS / "curl" / "submit.sh"))
    assert status == 0, capsys.readouterr().out


def test_the_plain_success_comes_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*only("lines", "name-*"), "--", *FAST, "") == 1
    out = capsys.readouterr().out
    assert "1 case: 1 FAILED" in out
    assert "plain success failed, so nothing else was run: it sent no POST" in out
    assert "    should  print exactly the handle" in out  # All of it: there is no more to tell.
    assert "again   ips-contract fuzz --case plain -- " in out
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


def test_failures_are_summed_up(capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each, and at the end the command that tells all of just these."""
    names = ("plain", "name-spaces-inside", "name-spaces-around", "sibling-unknown")
    assert run("--case", ",".join(names), "--", *FOLDING) == 1
    told, _, again = capsys.readouterr().out.partition("\n\nWhat happened there: ")
    inside = 'it printed "47|two and three|", not exactly "47|two  and   three|"'
    around = 'it printed "47| leading, trailing |", not exactly "47|  leading, trailing |"'
    assert told.splitlines() == [
        "4 cases: 1 OK, 1 NON-STRICT, 2 FAILED",
        "  G, gates             3: 1 OK, 2 FAILED",
        "  S, with --strict     1: 1 NON-STRICT",
        "",
        f"FAILED  name-spaces-inside  {inside}",
        f"FAILED  name-spaces-around  {around}",
    ]
    option = "--case name-spaces-inside,name-spaces-around"
    assert again.startswith(f"ips-contract fuzz -v {option} -- {PYTHON} ")
    assert run("-v", *option.split(), "--", *FOLDING) == 1
    told, _, again = capsys.readouterr().out.rpartition("\n\nAgain: ")
    assert told.startswith("FAILED        name-spaces-inside  [G, case 23]")
    assert again.startswith(f"ips-contract fuzz {option} -- ")


def test_failures_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    status = run("-v", *only("plain", "name-spaces-inside", "sibling-unknown"), "--", *FOLDING)
    out = capsys.readouterr().out
    assert status == 1
    assert "FAILED        name-spaces-inside  [G, case 23]  a name, and so a handle, with" in out
    assert 'wrong   it printed "47|two and three|", not exactly "47|two  and   three|"' in out
    assert "sent    POST /case" in out
    assert "should  print exactly the handle and exit with status 0" in out
    assert "again   ips-contract fuzz --case name-spaces-inside -- " in out
    assert "NON-STRICT    sibling-unknown  [S, case 41]  it printed a handle" in out
    assert "\n\n3 cases: 1 OK, 1 NON-STRICT, 1 FAILED\n" in out


def test_strict() -> None:
    assert run(*only("sibling-unknown"), "--", *URLLIB) == 0
    assert run("--strict", *only("sibling-unknown"), "--", *URLLIB) == 1


def test_versions() -> None:
    assert run("--api-version", "6.8", *only("other-version", "lines"), "--", *URLLIB) == 0


def test_reruns_keep_the_options(capsys: pytest.CaptureFixture[str]) -> None:
    names = only("plain", "name-spaces-inside")
    options = ("--strict", "--timeout", "7.5", "--api-version", "6.8")
    assert run(*options, *names, "--", *FOLDING) == 1
    again = "fuzz -v --case name-spaces-inside --strict --timeout 7.5 --api-version 6.8 -- "
    assert again in capsys.readouterr().out


def test_reports(tmp_path: Path) -> None:
    names = only("plain", "name-spaces-inside", "sibling-unknown")
    files = [str(tmp_path / f"report{suffix}") for suffix in (".json", ".xml", ".html")]
    options = [word for file in files for word in ("--report", file)]
    assert run(*options, *names, "--", *FOLDING) == 1
    data = json.loads((tmp_path / "report.json").read_text())
    assert data["summary"] == {"OK": 1, "FAILED": 1, "NON-STRICT": 1}
    row = {row["id"]: row for row in data["cases"]}["name-spaces-inside"]
    assert row["verdict"] == "FAILED"
    assert row["output"] == "47|two and three|\n"
    assert row["handle"] == "47|two  and   three|"
    assert row["did"] == 'printed "47|two and three|", exit status 0'
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
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert [
        part.partition("<")[0] for part in html.split('<section class="box test"><h3>')[1:]
    ] == [
        "What failed",
        "What is not OK, and fails nothing",
        "What is OK",
    ]
    assert html.count('<details class="exchange"') == 3
    assert html.count("ips-contract fuzz --case name-spaces-inside -- ") == 1


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
    out = capsys.readouterr().out
    assert f"\nchanged: name-spaces-inside: OK; it was FAILED\n1 change from {baseline}\n" in out
    assert "\nWhat happened there: ips-contract fuzz -v --case name-spaces-inside -- " in out
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
    assert (
        "name-ampersand       G  23  accept  a name, and so a handle, with & (XML 1.0 section 2.4)"
        in capsys.readouterr().out
    )


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ((), "give the client's command line after --"),
        (("--case", "plian", "--", "x"), "no case 'plian'"),
        (("--case", "mutation-x", "--", "x"), "no case 'mutation-x'"),
        (("--report", "x.txt", "--", "x"), "must end in .html, .json, .xml"),
        (("--report", "/no/x.html", "--", "x"), "--report /no/x.html: there is no folder /no"),
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

    stream = Terminal()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TERM", "xterm")
        patch.setenv("COLUMNS", "60")
        with fuzz.Progress(3, stream) as progress:
            progress.begin("drip-body")
            progress.begin("plain")
            progress.end("plain", "FAILED")
            progress.begin("a-case-with-a-long-name")
    wiped = [text.strip() for text in stream.getvalue().split("\r")]
    assert "0/3 cases, 0 not OK, running: drip-body, plain" in wiped
    assert "1/3 cases, 1 not OK, running: drip-body" in wiped
    assert "1/3 cases, 1 not OK, running: drip-body, a-case-with-a-lon…" in wiped
    assert stream.getvalue().endswith("\r")
    silent = io.StringIO()
    with fuzz.Progress(2, silent) as progress:
        progress.begin("plain")
    assert silent.getvalue() == ""


# Examples.


@pytest.mark.no_cover
def test_careful_clients_pass_examples(capsys: pytest.CaptureFixture[str]) -> None:
    argv = ("--examples", str(examples(8, 25)), "--seed", "5", *only("plain"), "--", *URLLIB)
    assert run(*argv) == 0
    assert "FAILED" not in capsys.readouterr().out


def test_examples_that_fail_become_small(tmp_path: Path, capsys: Any) -> None:
    trusts = f"{SUBMIT}\ntry: print(with_urllib.submit(j))\nexcept careful.Refused: print('47|x|')"
    client = (PYTHON, "-I", "-c", trusts)
    report = tmp_path / "report.json"
    argv = ("-v", "--examples", "6", "--seed", "11", "--report", str(report))
    assert run(*argv, *only("plain"), "--", *client) == 1
    out = capsys.readouterr().out
    rows = {row["id"]: row for row in json.loads(report.read_text())["cases"]}
    assert list(rows) == ["plain", *(f"mutation-11-{place}" for place in range(1, 7))]
    for name, row in rows.items():
        example = example_named(name, VERSIONS[0])
        if example is not None:
            assert row["title"].startswith(f"{example.title}; ")
            assert " bytes made " in row["title"]
            assert row["verdict"] == ("FAILED" if example.level == "G" else "NON-STRICT")
    failed = next(name for name, row in rows.items() if row["fails"])
    assert f"again   ips-contract fuzz --case {failed} -- " in out
    assert run(*only(failed), "--", *client) == 1
    assert run("--list", *only(failed)) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith(failed)


SENDS = f"""{SUBMIT}
import re, urllib.request as u
answer = u.urlopen(u.Request(j[0], careful.message(j), careful.HEADERS)).read().decode()
"""


def smallest_run(rule: str, client: str) -> Result:
    """The result of an example that breaks ``rule``, with a client that has ``answer``."""
    names = (f"mutation-2-{place}" for place in range(1, 500))
    found = (example_named(name, VERSIONS[0]) for name in names)
    example = next(row for row in found if row is not None and f"({rule} at " in row.title)
    with ScenarioServer() as server, Clients((PYTHON, "-I", "-c", SENDS + client)) as clients:
        return fuzz._run(example, clients, server)


def test_the_smallest_answer_of_a_client_that_takes_the_first_handle() -> None:
    """It needs two handles in a result, and nothing else: no declaration, header or decoy."""
    result = smallest_run(
        "repeated-element", "print(re.search('<jobHandle>([^<]+)', answer.split('Body')[1])[1])"
    )
    assert result.verdict == "FAILED"
    body = result.sent.served.partition(b"\r\n\r\n")[2].decode()
    assert body == result.scenario.answer.body.decode()  # type: ignore[union-attr]
    handle = f"<jobHandle>{result.handle}</jobHandle>"
    assert body == (
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
        f'<submitJobReturn xmlns="http://www.scene7.com/IpsApi/xsd">{handle}{handle}'
        "</submitJobReturn></soapenv:Body></soapenv:Envelope>"
    )


def test_answers_become_smaller_for_the_same_reason_only() -> None:
    """A client that hangs at a header, and believes anything else, keeps the header."""
    result = smallest_run(
        "repeated-element", "if 'Header' not in answer: sys.exit(7)\nprint(answer[:9])"
    )
    assert result.outcome.status == 0
    served = result.sent.served.decode()
    assert "Header" in served
    assert "trace" not in served


def test_examples_that_fail_in_one_size_only_stay() -> None:
    example = example_named("mutation-1-1", VERSIONS[0])
    assert example is not None
    most = len(example.answer.body)
    code = f"{SENDS}sys.exit(len(answer.encode()) != {most})"
    with ScenarioServer() as server, Clients((PYTHON, "-I", "-c", code)) as clients:
        result = fuzz._run(example, clients, server)
    assert result.scenario.answer == example.answer
    assert f"{most} bytes made {most} in " in result.scenario.title


@pytest.mark.no_cover
@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_examples_are_repeatable_and_invalid(version: Version) -> None:
    for place in range(1, examples(10, 60)):
        one, two = (example_named(f"mutation-3-{place}", version) for _ in range(2))
        assert one is not None
        assert two is not None
        assert one == two
        assert isinstance(one.answer.body, bytes)
        assert not validate(one.answer.body).valid
    assert example_named("mutation-x", version) is None
    assert {mutation.rule for mutation in mutations_of(version)} >= GATING_RULES


def test_signals_outside_the_main_thread() -> None:
    """They cannot be caught there; the run works all the same."""
    from concurrent.futures import ThreadPoolExecutor

    arguments: Any = (*only("plain"), "--", *URLLIB)
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(run, *arguments).result() == 0
    assert PLAIN.id == "plain"
