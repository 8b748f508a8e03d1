"""Clients that stay alive for all cases: what they are told, and what becomes of one that fails."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from ips_contract.battery.processes.persistent import PersistentClients, answered
from tests.blocks import ROOT
from tests.cli.test_fuzz import CLIENTS, FAST, PYTHON, only, run
from tests.sweep import only_whole

if TYPE_CHECKING:
    from pathlib import Path

    from ips_contract.battery.verdict import Outcome

DRIVERS = ROOT / "examples" / "drivers"
# A client that does what its task says, and answers with its process's number.
OBEYS = (
    *FAST,
    """
import json, os, sys, time
sys.stdin.reconfigure(encoding="utf-8")
for line in sys.stdin:
    task = json.loads(line)
    exec(task["IPS_DO"])
    print(json.dumps({"case": task["IPS_CASE"], "output": str(os.getpid())}), flush=True)
""",
)
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc")


def do(clients: PersistentClients, code: str, limit: float = 60.0) -> Outcome:
    return clients.run({"IPS_CASE": "some", "IPS_DO": code}, limit)


def test_a_client_that_answers_is_kept() -> None:
    with PersistentClients(OBEYS) as clients:
        first = do(clients, "")
        # Two pipes are read by two threads: what comes with the answer may be read after it.
        second = do(clients, "print('about this', file=sys.stderr); time.sleep(0.5)")
        third = do(clients, "")
    assert first.output == second.output == third.output
    assert (first.status, first.ended, first.no_answer, first.called) == (0, "", "", True)
    assert (first.errors, second.errors.strip(), third.errors) == ("", "about this", "")


@pytest.mark.parametrize(
    ("code", "limit", "status", "words"),
    [
        ("time.sleep(60)", 0.5, None, "no answer after 0.5 s"),
        ("os._exit(3)", 60, 3, "it ended with exit status 3 and did not answer"),
        ("raise ValueError('no way')", 60, 1, "it ended with exit status 1 and did not answer"),
        ("print('debug', flush=True)", 60, None, 'it wrote a line that is no JSON object: "debug"'),
        ("print('x' * 5000, flush=True)", 60, None, "it printed more than 2000 bytes"),
        ("sys.stdout.write('x' * 5000); sys.stdout.flush()", 60, None, "more than 2000 bytes"),
        (
            "task['IPS_CASE'] = 'other'",
            60,
            None,
            "it answered for the case 'other', not for 'some'",
        ),
    ],
)
def test_a_client_that_fails_is_replaced(
    code: str, limit: float, status: int | None, words: str
) -> None:
    with PersistentClients(OBEYS, output=2000) as clients:
        before = do(clients, "")
        failed = do(clients, code, limit)
        after = do(clients, "")
    assert failed.status == status
    assert words in failed.ended + failed.no_answer
    assert after.status == before.status == 0
    assert after.output != before.output
    assert ("no way" in failed.errors) == ("no way" in code)


def test_a_client_that_ends_between_two_tasks_fails_neither(tmp_path: Path) -> None:
    told = tmp_path / "told"
    code = (
        "import pathlib, threading\n"
        "def end_when_told():\n"
        f"    while not pathlib.Path({str(told)!r}).exists():\n"
        "        time.sleep(0.01)\n"
        "    os._exit(3)\n"
        "threading.Thread(target=end_when_told).start()"
    )
    with PersistentClients(OBEYS) as clients:
        first = do(clients, code)
        (talk,) = clients._idle
        told.touch()
        assert talk.is_gone.wait(60)
        second = do(clients, "")
    assert (first.status, second.status) == (0, 0)
    assert first.output != second.output


@linux
@pytest.mark.parametrize(
    "code", ["keep = 'x' * 2**28; time.sleep(60)", "keep = 'x' * 2**28; del keep"]
)
def test_memory_is_bounded_in_each_task(code: str) -> None:
    """What is taken for long is seen while it is, and what is given back by the peak."""
    with PersistentClients(OBEYS, memory=2**27) as clients:
        assert do(clients, "").status == 0
        failed = do(clients, code)
        assert re.match("it took .*MiB of memory", failed.ended), failed
        assert do(clients, "").status == 0


def test_the_end_of_its_input_ends_a_client_and_so_do_we(tmp_path: Path) -> None:
    file = tmp_path / "end"
    code = f"import atexit; atexit.register(open, {str(file)!r}, 'w')"
    with PersistentClients(OBEYS) as clients:
        do(clients, code)
    assert file.exists()
    stays = (*FAST, OBEYS[-1] + "\ntime.sleep(60)")
    start = time.monotonic()
    with PersistentClients(stays) as clients:
        do(clients, "")
    assert time.monotonic() - start < 50


def test_a_client_that_does_not_read_its_task_holds_nobody() -> None:
    with PersistentClients((*FAST, "import time; time.sleep(60)")) as clients:
        outcome = clients.run({"IPS_CASE": "some", "IPS_JOB_NAME": "x" * 10**6}, 0.3)
    assert outcome.ended == "no answer after 0.3 s"


@pytest.mark.parametrize(
    ("line", "status", "output", "words"),
    [
        ('{"case": "é", "output": "\\ud83d\\ude80 ü"}', 0, "🚀 ü", ""),
        ('{"case": "é", "error": "HTTP 500"}', 1, "", ""),
        ('{"case": "é", "error": "HTTP 500", "output": "47|x|"}', 1, "47|x|", ""),
        ('{"case": "é"}', None, None, 'neither with the text "output" nor with the text "error"'),
        ('{"case": "é", "output": 7}', None, None, 'neither with the text "output"'),
        ('{"case": "e", "output": "x"}', None, None, "it answered for the case 'e', not for 'é'"),
        ("[" * 100_000, None, None, "a line that is no JSON object"),
        ('["é"]', None, None, "a line that is no JSON object"),
        ("", None, None, "a line that is no JSON object"),
    ],
)
def test_answers(line: str, status: int | None, output: str | None, words: str) -> None:
    outcome = answered(line.encode(), "é")
    assert outcome.status == status
    assert output is None or outcome.output.decode() == output
    assert words in outcome.no_answer
    assert bool(words) == bool(outcome.no_answer)


def verdicts(report: Path, *argv: str) -> dict[str, str]:
    run("--report", str(report), *argv)
    return {row["id"]: row["verdict"] for row in json.loads(report.read_text())["cases"]}


def test_verdicts_are_those_of_a_process_for_each_case(tmp_path: Path) -> None:
    """Right ones, and wrong ones of each level."""
    names = only(
        "plain", "name-emoji", "header-decoy", "fault-30000", "type-html", "type-plain",
        "empty-200", "encoding-style", "name-ampersand", "closed-at-once",
    )  # fmt: skip
    client = ("--", PYTHON, str(CLIENTS / "credulous.py"))
    each = verdicts(tmp_path / "each.json", *names, *client)
    alive = verdicts(tmp_path / "alive.json", "--persistent", *names, *client)
    assert alive == each
    assert set(each.values()) == {"OK", "FAILED", "NON-STRICT", "INFORMATIONAL"}


def test_how_it_is_run_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--persistent", "--case", "plain", "--", *FAST, "") == 1
    out = capsys.readouterr().out
    assert "wrong   it ended with exit status 0 and did not answer" in out
    assert "again   ips-contract fuzz --case plain --persistent -- " in out


CASES = ("plain", "name-emoji", "fault-30000", "header-decoy", "name-4-kb", "truncated")


@only_whole
@pytest.mark.skipif(shutil.which("javac") is None, reason="Java")
def test_the_driver_in_java(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sources = [str(path) for path in (DRIVERS / "java").glob("*.java")]
    subprocess.run(("javac", "-d", str(tmp_path), *sources), check=True, capture_output=True)
    command = ("java", "-Xshare:auto", "-cp", str(tmp_path), "Driver")
    status = run("--persistent", "--jobs", "1", *only(*CASES), "--", *command)
    assert status == 0, capsys.readouterr().out


IN_NODE = """\
import { answerLines } from "./lines.mjs";
await answerLines(async (task) => {
  const text = (name) => task[name].replace(/[&<>]/g, (found) => `&#${found.charCodeAt(0)};`);
  const message = MESSAGE.replace(/IPS_[A-Z_]+/g, text);
  const headers = { "Content-Type": "text/xml; charset=utf-8", SOAPAction: "submitJob" };
  const answer = await fetch(task.IPS_ENDPOINT, { method: "POST", headers, body: message });
  if (answer.status !== 200) throw new Error(`HTTP ${answer.status}`);
  return /Body>.*<jobHandle>([^<]*)</.exec(await answer.text())[1];
});
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="Node")
def test_the_lines_in_node(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the driver has of us; the package that it calls comes from the network."""
    from tests.battery.test_drivers import DRIVERS as SHOWN

    shutil.copy(DRIVERS / "node" / "lines.mjs", tmp_path)
    client = tmp_path / "client.mjs"
    client.write_text(IN_NODE.replace("MESSAGE", json.dumps(SHOWN["xml"])), encoding="utf-8")
    names = only("plain", "name-emoji", "fault-30000", "name-4-kb", "empty-200")
    status = run("--persistent", "--jobs", "1", *names, "--", "node", str(client))
    assert status == 0, capsys.readouterr().out
