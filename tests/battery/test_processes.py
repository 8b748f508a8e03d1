"""Clients as processes: their bounds, and what is left when a run ends early."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from ips_contract.battery.processes import client as processes
from ips_contract.battery.processes import guardian, windows_jobs
from ips_contract.battery.processes.client import Clients, memory_of
from ips_contract.battery.scenarios.table import SCENARIOS
from ips_contract.battery.server import ScenarioServer
from ips_contract.cli import fuzz
from tests.cli.test_fuzz import FAST, PYTHON, SUBMIT, URLLIB
from tests.sweep import every

if TYPE_CHECKING:
    from ips_contract.battery.verdict import Outcome, Result


SLEEP = "import time; time.sleep(60)"
HANGS = (*FAST, "import time; time.sleep(60)")
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc")
posix = pytest.mark.skipif(os.name != "posix", reason="signals and process groups")


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


# One client.


def test_what_a_client_gets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    code = "import os, json; print(json.dumps(dict(os.environ)))"
    with ScenarioServer() as server, Clients((*FAST, code)) as clients:
        result = fuzz.run_case(SCENARIOS["name-emoji"], clients, server)
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


def test_hanging_clients_are_ended() -> None:
    outcome = start(HANGS, limit=0.3)
    assert (outcome.status, outcome.ended) == (None, "no end after 0.3 s")
    assert outcome.seconds < 50


@posix
@pytest.mark.parametrize("then", ["time.sleep(60)", "sys.exit()"])
def test_children_are_ended(then: str, tmp_path: Path) -> None:
    file = tmp_path / "pid"
    child = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    code = (
        f"import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-c', {child!r}]); "
        f"open({str(file)!r}, 'w').write(str(p.pid)); {then}"
    )
    outcome = start((*FAST, code), limit=2.5)
    assert outcome.seconds < 50
    assert is_gone(int(file.read_text()))


@linux
def test_children_in_another_session_are_ended(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    code = (
        "import subprocess, sys, threading, time\n"
        "def go():\n"
        f"    p = subprocess.Popen([sys.executable, '-c', {SLEEP!r}], start_new_session=True)\n"
        f"    open({str(file)!r}, 'w').write(str(p.pid))\n"
        "    time.sleep(60)\n"
        "threading.Thread(target=go).start()\n"
    )
    assert start((*FAST, code), limit=2.5).ended
    assert is_gone(int(file.read_text()))


@posix
def test_names_reach_clients_in_any_locale() -> None:
    """As UTF-8, although the runner's own encoding may have no emoji."""
    code = "import os; print(os.environb[b'IPS_JOB_NAME'].hex())"
    runner = (
        "import sys; from ips_contract.battery.processes.client import Clients\n"
        f"with Clients({(*FAST, code)!r}) as clients:\n"
        "    print(clients.run({'IPS_JOB_NAME': chr(0x1F680)}, 10).output.decode())"
    )
    plain = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
    found = subprocess.run(
        (PYTHON, "-c", runner), env={**os.environ, **plain}, capture_output=True, check=True
    )
    assert found.stdout.strip().decode() == "🚀".encode().hex()


# Daemons: what has left its group and its parent.


def daemon(file: Path, *, first: str = "", then: str = "", clean: bool = False) -> str:
    """A client that makes a daemon as Unix does: fork, setsid, fork. It holds the client's pipes.

    Args:
        file: where the daemon writes its number.
        first: what the client does before.
        then: what the client does when the daemon is there.
        clean: whether the daemon has an environment of its own.
    """
    code = f"import os; open({str(file)!r}, 'w').write(f'{{os.getpid()}} '); {SLEEP}"
    call = "os.execve(sys.executable, words, {})" if clean else "os.execv(sys.executable, words)"
    return (
        f"import os, sys, time\n{first}\nif not os.fork():\n    os.setsid()\n"
        "    if os.fork(): os._exit(0)\n"
        f"    words = [sys.executable, '-I', '-S', '-c', {code!r}]\n    {call}\n"
        f"os.wait()\nwhile not os.path.exists({str(file)!r}) or ' ' not in open({str(file)!r})"
        f".read(): time.sleep(0.01)\n{then}"
    )


def number_in(file: Path) -> int:
    return int(file.read_text().split()[0])


def kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


@linux
@pytest.mark.parametrize("then", ["", "os._exit(3)", "time.sleep(60)", "os.close(1); os.close(2)"])
def test_daemons_end_with_their_client(then: str, tmp_path: Path) -> None:
    """At once, not with the run: the client ends well or badly, or is ended."""
    file = tmp_path / "pid"
    first = "print('47|x|', flush=True); print('why', file=sys.stderr, flush=True)"
    code = daemon(file, first=first, then=then)
    with Clients((*FAST, code)) as clients:
        outcome = clients.run({}, 3.0)
        assert is_gone(number_in(file))
    hangs = "sleep" in then
    assert outcome.output == b"47|x|\n"
    assert outcome.errors == "why\n"
    assert outcome.status == (None if hangs else 3 if "3" in then else 0)


@linux
def test_daemons_of_a_client_that_ends_at_once(tmp_path: Path) -> None:
    """It does not wait until they are there: they may be in the middle of exec."""
    for turn in range(20):
        file = tmp_path / str(turn)
        code = daemon(file).partition("os.wait()")[0]
        with Clients((*FAST, code)) as clients:
            clients.run({"IPS_X": str(turn)}, 10)
            assert bearing(f"IPS_X={turn}", clients) == []


def bearing(variable: str, clients: Clients) -> list[int]:
    """The processes of a run that have a variable in their environment."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            have = path.read_bytes().split(b"\0")
            if variable.encode() in have and f"IPS_CONTRACT_RUN={clients._mark}".encode() in have:
                found.append(int(path.parent.name))
    return [pid for pid in found if not is_gone(pid)]


@linux
def test_daemons_of_another_client_go_on(tmp_path: Path) -> None:
    """Clients run side by side; each has a mark of its own."""
    file = tmp_path / "pid"
    with Clients((*FAST, daemon(file, then="time.sleep(60)"))) as clients:
        slow = threading.Thread(target=clients.run, args=({}, 60.0))
        slow.start()
        until = time.monotonic() + 20
        while not (file.exists() and file.read_text()) and time.monotonic() < until:
            time.sleep(0.01)
        clients.command = (*FAST, "pass")
        assert clients.run({}, 10).status == 0
        os.kill(number_in(file), 0)  # It is there.
        clients.stop()
        slow.join(20)
        assert is_gone(number_in(file))


@posix
def test_nobody_waits_for_a_daemon_that_cannot_be_found(tmp_path: Path) -> None:
    """It holds the pipes and has nothing of ours. All that the client wrote is there."""
    file = tmp_path / "pid"
    first = "print('47|x|' + 'y' * 60_000, flush=True); print('why', file=sys.stderr, flush=True)"
    code = daemon(file, first=first, clean=True)
    with Clients((*FAST, code)) as clients:
        before = time.monotonic()
        outcome = clients.run({}, 30.0)
        waited = time.monotonic() - before - outcome.seconds
        os.kill(number_in(file), 0)  # It is there.
        kill(number_in(file))
    assert (outcome.status, len(outcome.output), outcome.errors) == (0, 60_006, "why\n")
    assert waited < 2.0


@posix
def test_who_goes_on_writing_is_read_no_further() -> None:
    """Not by the clock: no more is read than a pipe can hold."""
    ours, theirs = os.pipe()
    stop = threading.Event()

    def write() -> None:
        with open(theirs, "wb", buffering=0) as file, contextlib.suppress(BrokenPipeError):
            while not stop.is_set():
                file.write(b"x" * 65536)

    writer = threading.Thread(target=write)
    writer.start()
    reader = processes.Reader(os.fdopen(ours, "rb", buffering=0), 100, threading.Event())
    reader.finish()
    stop.set()
    writer.join(20)
    assert not writer.is_alive()
    assert len(reader.data) == 101


@linux
@pytest.mark.parametrize("killed", [False, True])
def test_a_client_s_daemons_end_with_the_run(killed: bool, tmp_path: Path) -> None:
    """The run ends while its client waits: by itself, or by a kill."""
    file = tmp_path / "pid"
    runner = (
        "import os, threading, time; from pathlib import Path\n"
        "from ips_contract.battery.processes.client import Clients\n"
        f"path = Path({str(file)!r})\n"
        f"with Clients({(*FAST, daemon(file, then='time.sleep(60)'))!r}) as clients:\n"
        "    threading.Thread(target=clients.run, args=({}, 60), daemon=True).start()\n"
        "    while not (path.exists() and path.read_text()): time.sleep(0.01)\n"
        f"    {killed} and os.kill(os.getpid(), 9)"
    )
    ended = subprocess.run((PYTHON, "-c", runner), check=False)
    assert ended.returncode == (-9 if killed else 0)
    assert is_gone(number_in(file))


@posix
def test_the_guardian_kills_groups_that_run() -> None:
    with Clients(HANGS) as clients:
        group, other, over = (processes.started(clients.command, {})[0] for _ in range(3))
        lines = [f"+{number}\n" for number in (group.pid, over.pid, 2**22 + 1)]
        guardian.guard([*lines, f"-{over.pid}\n"], "no=mark")
        assert group.wait(10) == -9
        assert (other.poll(), over.poll()) == (None, None)
        for process in (other, over):
            processes.kill(process)
            process.wait()
    for process in (group, other, over):
        for pipe in (process.stdout, process.stderr):
            assert pipe is not None
            pipe.close()


@linux
def test_the_guardian_kills_what_bears_the_mark() -> None:
    started = [
        subprocess.Popen(HANGS, env={"IPS_X": value}, stdin=subprocess.DEVNULL)
        for value in ("one", "two")
    ]
    guardian.guard([], "IPS_X=one")
    assert started[0].wait(10) == -9
    assert started[1].poll() is None
    started[1].kill()
    started[1].wait()
    assert not guardian.ended(2**22 + 1, b"x")


@linux
def test_what_is_older_than_the_client_is_left_alone() -> None:
    """Whatever it has in its environment, and without a look for it to become something."""
    with subprocess.Popen(HANGS, env={"IPS_X": "one"}, stdin=subprocess.DEVNULL) as older:
        start = guardian.start_of(older.pid)
        guardian.end_marked(b"IPS_X=one", start + 1)
        assert older.poll() is None
        guardian.end_marked(b"IPS_X=one", start)
        assert older.wait(10) == -9


# Memory.


def own_peak() -> int:
    import resource  # Not on Windows.

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@linux
def test_memory_is_bounded() -> None:
    assert memory_of(os.getpid()) > 2**20
    assert memory_of(2**22 + 1) == 0
    holding = (*FAST, "x = b'x' * 300_000_000; import time; time.sleep(60)")
    assert start(holding, memory=150 * 2**20).ended == "it took more than 150 MiB of memory"


@linux
def test_memory_that_was_held_for_a_moment_counts() -> None:
    """Nobody looked while it was there; the system knows the peak, if it is above our own."""
    most = own_peak() + 50 * 2**20
    quick = start((*FAST, f"x = b'x' * {most + 50 * 2**20}"), memory=most)
    assert "MiB of memory" in quick.ended


@linux
def test_our_own_memory_is_not_the_client_s() -> None:
    """A new process starts with the peak of who started it."""
    bound = 40 * 2**20
    assert own_peak() > bound
    assert start((*FAST, "pass"), memory=bound).ended == ""


@linux
def test_memory_of_children_counts() -> None:
    child = f"import time; x = b'x' * 100_000_000; {SLEEP}"
    code = (
        "import subprocess, sys, time\n"
        f"ps = [subprocess.Popen([sys.executable, '-c', {child!r}]) for _ in range(3)]\n"
        "time.sleep(60)"
    )
    ended = start((*FAST, code), memory=200 * 2**20).ended
    assert ended == "it took more than 200 MiB of memory"


@linux
def test_address_space_is_not_bounded() -> None:
    """Java's and Node's engines reserve gigabytes that they never use."""
    code = "import mmap; m = mmap.mmap(-1, 20 * 2**30, flags=0x4022); m[0] = 1; print('ok')"
    outcome = start((*FAST, code), memory=150 * 2**20)
    assert (outcome.output, outcome.ended) == (b"ok\n", "")


def in_the_bomb(*command: str) -> Result:
    with ScenarioServer() as server, Clients(command, memory=200 * 2**20) as clients:
        return fuzz.run_case(SCENARIOS["gzip-bomb"], clients, server)


@linux
def test_the_bomb_catches_who_unpacks_everything() -> None:
    """And a careful client passes it, within the same bound."""
    unpacks = SUBMIT + (
        "import urllib.request, gzip; r = urllib.request.Request(j[0], careful.message(j), "
        "careful.HEADERS | {'Accept-Encoding': 'gzip'}); "
        "x = gzip.decompress(urllib.request.urlopen(r).read()); import time; time.sleep(1)"
    )
    naive = in_the_bomb(PYTHON, "-I", "-c", unpacks)
    assert naive.verdict == "FAILED"
    assert "200 MiB" in naive.judgement.words[0]
    assert in_the_bomb(*URLLIB).judgement.words == ()


def test_nothing_starts_after_a_stop() -> None:
    with Clients(HANGS) as clients:
        clients.stop()
        assert clients.run({}, 5).ended == "the run was interrupted"


# Jobs of Windows: the calls and the structures, with the system's library played.


class Kernel:
    """kernel32, with another process's thread and then the client's; ``refuses`` names who fails.

    Handles are named for who gives them.
    """

    def __init__(self, refuses: str = "") -> None:
        self.refuses = refuses
        self.calls: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any) -> object:
            self.calls.append((name, *arguments))
            if name == "SetInformationJobObject":
                limits = arguments[2]._obj
                assert (limits.basic.flags, arguments[3]) == (0x2000, ctypes.sizeof(limits))
            if name == "QueryInformationJobObject":
                arguments[2]._obj.peak_job_memory = 12345
            if name in ("Thread32First", "Thread32Next"):
                thread = arguments[1]._obj
                assert thread.size == ctypes.sizeof(thread)
                thread.process, thread.number = (98, 1) if name == "Thread32First" else (99, 2)
            if self.refuses == name:
                wrong = {"ResumeThread": 2**32 - 1, "CreateToolhelp32Snapshot": NO_HANDLE}
                return wrong.get(name, 0)
            return name

        return call

    @property
    def called(self) -> list[str]:
        return [row[0] for row in self.calls]

    @property
    def closed(self) -> list[object]:
        return [row[1] for row in self.calls if row[0] == "CloseHandle"]


NO_HANDLE = ctypes.c_void_p(-1).value
GIVE_HANDLES = ["CreateJobObjectW", "OpenProcess", "CreateToolhelp32Snapshot", "OpenThread"]
MADE = [
    *("CreateJobObjectW", "SetInformationJobObject", "OpenProcess", "AssignProcessToJobObject"),
    *("CreateToolhelp32Snapshot", "Thread32First", "Thread32Next", "OpenThread", "ResumeThread"),
]


def test_jobs() -> None:
    kernel = Kernel()
    job = windows_jobs.Job(99, kernel)
    assert [name for name in kernel.called if name != "CloseHandle"] == MADE
    assert ("AssignProcessToJobObject", "CreateJobObjectW", "OpenProcess") in kernel.calls
    assert ("OpenProcess", 0x0101, 0, 99) in kernel.calls
    assert ("OpenThread", 2, 0, 2) in kernel.calls
    assert ("ResumeThread", "OpenThread") in kernel.calls
    assert sorted(map(str, kernel.closed)) == sorted(GIVE_HANDLES[1:])
    assert job.memory() == 12345
    job.end()
    job.close()
    job.close()
    assert kernel.calls[-2:] == [
        ("TerminateJobObject", "CreateJobObjectW", 1),
        ("CloseHandle", "CreateJobObjectW"),
    ]
    kernel.refuses = "QueryInformationJobObject"
    assert job.memory() == 0


@pytest.mark.parametrize("refuses", MADE)
def test_jobs_that_are_refused(refuses: str) -> None:
    kernel = Kernel(refuses)
    with pytest.raises(OSError, match="cannot be put into a job"):
        windows_jobs.Job(99, kernel)
    given = [name for name in GIVE_HANDLES if name in kernel.called and name != refuses]
    assert sorted(map(str, kernel.closed)) == sorted(given)
    assert kernel.called.count("ResumeThread") == (refuses == "ResumeThread")


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="sizes on 64 bits")
def test_structures_have_the_size_that_windows_expects() -> None:
    assert ctypes.sizeof(windows_jobs.Limits) == 144
    assert windows_jobs.Limits.peak_job_memory.offset == 136
    assert ctypes.sizeof(windows_jobs.Thread) == 28


def test_jobs_stand_for_the_client_s_tree() -> None:
    """What is asked of a client in a job is asked of the job."""

    class Job:
        def memory(self) -> int:
            return 2**40

        def close(self) -> None:
            pass

    with pytest.MonkeyPatch.context() as patch, Clients(HANGS) as clients:
        process, _ = processes.started(HANGS, {})
        patch.setattr(processes, "started", lambda *_, **__: (process, Job()))
        assert clients.run({}, 10).ended == "it took more than 1024 MiB of memory"
    assert is_gone(process.pid)


# What is left when a run ends early.

RUNNER = """
import argparse, signal, sys
from ips_contract.cli import arguments, fuzz
signal.signal(signal.SIGINT, signal.default_int_handler)  # A shell's background jobs ignore it.
parser = argparse.ArgumentParser()
arguments.fuzz(parser)
try:
    sys.exit(fuzz.run(parser.parse_args()))
except KeyboardInterrupt:
    sys.exit(130)
"""


KILLS = [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129), ("SIGKILL", -9)]


@posix
@pytest.mark.parametrize(
    ("name", "status", "first"),
    # Each third, so that both ways are among them.
    every(3, [(*row, first) for row in KILLS for first in (True, False)]),
)
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
    null = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=null, stderr=null) as runner:
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
