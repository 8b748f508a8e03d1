"""Runs a client's command within bounds of time, output and memory, and ends what it leaves.

On POSIX systems a client is the leader of a process group, and the group is killed when the
client has ended or must end, with what /proc says is below the client, and with what bears the
client's mark in its environment: daemons, which have left group and parent. A small guardian
process (``guardian``) holds the end of a pipe: when this process is gone, however it went, it kills
the groups and, on Linux, all that this run has started. On Windows a client is put into a job
(``windows_jobs``), which the system ends with this process.

Memory is what is really there (resident), never address space: runtimes such as those of Java
and Node reserve many gigabytes of the latter and use little of it.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import secrets
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from importlib.resources import files
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple, Self

from ips_contract.battery.processes import guardian
from ips_contract.battery.verdict import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ips_contract.battery.processes.windows_jobs import Job

MOST_OUTPUT = 1024 * 1024  # Bytes on standard output.
MOST_MEMORY = 1024 * 1024 * 1024  # Bytes of all processes of a client.
KEPT_ERRORS = 4096  # Bytes of standard error that are kept, from its end.
LOOK_EVERY = 0.1  # Seconds between two looks at a client's memory.
_LOOK_AT_PIPE_EVERY = 0.05  # Seconds after which a reader asks whether the client is gone.
# Bytes read from a pipe that somebody still holds when the client and all that is known to be its
# are gone. No pipe holds more, so what the client wrote is among them.
_MOST_LEFT = 1024 * 1024
_WAIT_FOR_OUTPUT = 1.0  # Seconds, on Windows, for pipes whose writers have been ended.
INTERRUPTED = "the run was interrupted"
_POSIX = os.name == "posix"

_RUN_MARK, _CLIENT_MARK = "IPS_CONTRACT_RUN", "IPS_CONTRACT_CLIENT"
_NO_PROXY = "127.0.0.1,localhost"
# Settings for proxies must not lead the client away, nor the locale change what it prints.
_SURROUNDINGS = {"NO_PROXY": _NO_PROXY, "no_proxy": _NO_PROXY, "PYTHONIOENCODING": "utf-8"}


def _guardian_program() -> str:
    """The text of ``guardian``, which runs without this package: it may be in a zip."""
    return files("ips_contract.battery.processes").joinpath("guardian.py").read_text("utf-8")


class Started(NamedTuple):
    """A client that was started.

    Attributes:
        process: its process, the leader of its group on POSIX systems.
        job: what it is in on Windows, else None.
        mark: what is in its environment and in that of all it starts, as ``NAME=VALUE``.
    """

    process: subprocess.Popen[bytes]
    job: Job | None
    mark: str


class Clients:
    """Starts clients and keeps track of those that run; use it in a ``with`` statement.

    Attributes:
        command: the client's command line.
        memory: bytes that all processes of a client may have together.
        output: bytes that it may print.
        is_stopped: whether all were ended, and none starts any more.
    """

    def __init__(
        self, command: Sequence[str], *, memory: int = MOST_MEMORY, output: int = MOST_OUTPUT
    ) -> None:
        self.command = tuple(command)
        self.memory = memory
        self.output = output
        self._lock = threading.Lock()
        self._running: dict[subprocess.Popen[bytes], Job | None] = {}  # Jobs on Windows only.
        self.is_stopped = False
        self._mark = secrets.token_hex(8)
        self._guardian: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        if _POSIX:
            self._guardian = subprocess.Popen(  # noqa: S603 - our own code
                (
                    sys.executable,
                    "-I",
                    "-S",
                    "-c",
                    _guardian_program(),
                    f"{_RUN_MARK}={self._mark}",
                ),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C at the terminal must not end it first.
            )
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        guardian = self._guardian
        if guardian is not None and guardian.stdin is not None:
            guardian.stdin.close()
            guardian.wait()

    def stop(self) -> None:
        """Ends all clients; none starts any more."""
        with self._lock:
            self.is_stopped = True
            running = list(self._running.items())
        for process, job in running:
            kill(process, job)

    def run(self, environment: Mapping[str, str], limit: float) -> Outcome:
        """Runs the client once, for at most ``limit`` seconds.

        Raises:
            OSError: the command cannot be started.
        """
        start = now()
        client = self.begin(environment)
        if client is None:
            return Outcome(None, b"", ended=INTERRUPTED)
        try:
            return self._watch(client, start, limit)
        finally:
            self.forget(client)

    def begin(
        self, environment: Mapping[str, str], *, stdin: int = subprocess.DEVNULL
    ) -> Started | None:
        """Starts the client, None once all were stopped; ``forget`` it in the end.

        Raises:
            OSError: the command cannot be started.
        """
        mark = secrets.token_hex(8)
        marks = {_RUN_MARK: self._mark, _CLIENT_MARK: mark}
        with self._lock:
            # Under the lock: a client is either started before stop(), and ended by it, or never.
            if self.is_stopped:
                return None
            process, job = started(
                self.command, {**_SURROUNDINGS, **environment, **marks}, stdin=stdin
            )
            self._running[process] = job
            self._tell_guardian("+", process)
        return Started(process, job, f"{_CLIENT_MARK}={mark}")

    def end(self, client: Started) -> tuple[int, int]:
        """Ends the client and what it left; its exit status, and its peak of memory in bytes."""
        process, job, mark = client
        # Also after a good end: children that it left would hold the pipes, and go on.
        kill(process, job)
        kill_daemons(process, mark)
        status, peak = reap(process)
        return status, peak if job is None else job.memory()

    def forget(self, client: Started) -> None:
        """The client is over; it is ended if it is not yet."""
        process, job, _ = client
        if process.returncode is None:  # Ctrl-C while it was watched.
            kill(process, job)
            reap(process)
        with self._lock:
            del self._running[process]
            self._tell_guardian("-", process)
        if job is not None:
            job.close()

    def too_much(self, taken: int = 0) -> str:
        """Says that it took too much memory: ``taken`` bytes at its peak, if that is known."""
        allowed = self.memory // 2**20
        if taken:
            return f"it took {taken // 2**20} MiB of memory; {allowed} are allowed"
        return f"it took more than {allowed} MiB of memory"

    def _tell_guardian(self, sign: str, process: subprocess.Popen[bytes]) -> None:
        if self._guardian is not None and self._guardian.stdin is not None:
            with contextlib.suppress(OSError):  # Somebody has killed the guardian.
                self._guardian.stdin.write(f"{sign}{process.pid}\n".encode())
                self._guardian.stdin.flush()

    def _watch(self, client: Started, start: float, limit: float) -> Outcome:
        process, job, _ = client
        assert process.stdout is not None  # Popen was asked for pipes.
        assert process.stderr is not None
        ended = threading.Event()
        out = Reader(process.stdout, self.output, ended)
        errors = Reader(process.stderr, None, ended)
        threading.Thread(target=await_end, args=(process, ended), daemon=True).start()
        reason = ""
        while not reason and not ended.wait(min(LOOK_EVERY, max(0.0, start + limit - now()))):
            if now() >= start + limit:
                reason = f"no end after {limit:g} s"
            elif memory(process, job) > self.memory:
                reason = self.too_much()
        seconds = now() - start
        if out.is_full:
            reason = f"it printed more than {self.output} bytes"
        status, peak = self.end(client)
        for reader in (out, errors):
            reader.finish()
        if not reason and peak > self.memory:
            reason = self.too_much(peak)
        if self.is_stopped:
            reason = INTERRUPTED
        text = errors.data[-KEPT_ERRORS:].decode("utf-8", "replace")
        return Outcome(None if reason else status, bytes(out.data), text, seconds, reason)


def now() -> float:
    """Seconds of a clock that only goes forward."""
    return time.monotonic()


def started(
    command: Sequence[str],
    environment: Mapping[str, str],
    *,
    stdin: int = subprocess.DEVNULL,
) -> tuple[subprocess.Popen[bytes], Job | None]:
    """The client as a process, on Windows in a job.

    Raises:
        OSError: the command cannot be started.
    """
    if sys.platform == "win32":  # pragma: no cover
        # Here only: ctypes, which it needs, is not part of every Python.
        from ips_contract.battery.processes import windows_jobs

        # CreateProcess finds only .exe by itself, and many clients start with a .cmd.
        program = shutil.which(command[0]) or command[0]
        process = subprocess.Popen(  # noqa: S603 - the user's command is what we are for
            (program, *command[1:]),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **environment},
            creationflags=windows_jobs.START,
        )
        try:
            return process, windows_jobs.Job(process.pid)
        except OSError:
            process.kill()
            process.wait()
            raise
    else:
        # As UTF-8 whatever the locale says: a name with an emoji must start a client anywhere.
        told = {name.encode(): value.encode() for name, value in environment.items()}
        process = subprocess.Popen(  # noqa: S603 - the user's command is what we are for
            command,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environb, **told},
            start_new_session=True,
        )
        return process, None


class Reader(threading.Thread):
    """Reads a pipe to its end, keeps as much as is wanted, and closes it.

    Args:
        pipe: what is read.
        limit: bytes that are kept; None: the last ones.
        full: is set when there is more, or one of ``until``.
        until: what is waited for; ``b""``: nothing.

    Attributes:
        data: what was kept.
        is_full: whether more than ``limit`` bytes came.
    """

    def __init__(
        self, pipe: IO[bytes], limit: int | None, full: threading.Event, *, until: bytes = b""
    ) -> None:
        super().__init__(daemon=True)
        self.data = bytearray()
        self.is_full = False
        self._lock = threading.Lock()
        self._pipe = pipe
        self._limit = limit
        self._full = full
        self._until = until
        self._client_is_gone = threading.Event()
        self.start()

    def finish(self) -> None:
        """Waits until all is read that the client wrote, which is gone: not for who holds the pipe.

        A daemon that could not be found may hold it for ever.
        """
        self._client_is_gone.set()
        self.join(None if _POSIX else _WAIT_FOR_OUTPUT)

    def run(self) -> None:
        """Reads; sets the event when there is too much."""
        with self._pipe as pipe:
            for chunk in _chunks(pipe.fileno(), self._client_is_gone):
                self._keep(chunk)

    def has(self, end: bytes) -> bool:
        """Whether ``end`` is in what was kept."""
        with self._lock:
            return end in self.data

    def take(self, end: bytes = b"") -> bytes | None:
        """What was kept, which is forgotten, up to ``end`` if one is given; None: no end yet."""
        with self._lock:
            data, found, rest = self.data.partition(end) if end else (self.data, b"", bytearray())
            if end and not found:
                return None
            self.data = rest
            return bytes(data)

    def _keep(self, chunk: bytes) -> None:
        limit = self._limit
        with self._lock:
            if limit is None:
                self.data = self.data[-KEPT_ERRORS:] + chunk
            elif len(self.data) <= limit:
                self.data += chunk[: limit + 1 - len(self.data)]
                if len(self.data) > limit:
                    self.is_full = True
                    self._full.set()
            if self._until and self._until in chunk:
                self._full.set()


def _chunks(pipe: int, client_is_gone: threading.Event) -> Iterator[bytes]:
    """What comes from a pipe, to its end; once the client is gone, what is in it at most."""
    left = _MOST_LEFT
    while left > 0:
        last = client_is_gone.is_set()  # Before the look: what was written before is seen then.
        if _has_some(pipe):
            chunk = os.read(pipe, 65536)
            if not chunk:
                return
            yield chunk
            left -= len(chunk) if last else 0
        elif last:
            return


def _has_some(pipe: int) -> bool:
    """Whether there is something to read soon, or the end; always where only reading tells."""
    has_some = True
    if sys.platform != "win32":
        poll = select.poll()
        poll.register(pipe, select.POLLIN)
        has_some = bool(poll.poll(_LOOK_AT_PIPE_EVERY * 1000))
    return has_some


def await_end(process: subprocess.Popen[bytes], ended: threading.Event) -> None:
    """Waits without reaping, so that the process's number is not given to another one."""
    if sys.platform == "win32":  # pragma: no cover
        process.wait()
    elif sys.platform == "darwin":  # pragma: no cover - os.waitid came there with Python 3.13
        event = select.kevent(
            process.pid, select.KQ_FILTER_PROC, select.KQ_EV_ADD, select.KQ_NOTE_EXIT
        )
        try:
            with contextlib.closing(select.kqueue()) as queue:
                queue.control([event], 1)
        except OSError:  # It has ended before.
            pass
    else:
        try:
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        except ChildProcessError:  # It was reaped after it was ended.
            pass
    ended.set()


def kill(process: subprocess.Popen[bytes], job: Job | None = None) -> None:
    """Ends the client and its children. Only before the client is reaped."""
    if sys.platform == "win32":  # pragma: no cover
        if job is not None:
            job.end()
    elif process.returncode is None:
        # Those that have left the group, while /proc still tells whose children they are.
        below = _family(process.pid)[1:]
        with contextlib.suppress(ProcessLookupError, PermissionError):
            # macOS says EPERM of a group whose only member is a zombie.
            os.killpg(process.pid, signal.SIGKILL)
        for number in below:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(number, signal.SIGKILL)


def kill_daemons(process: subprocess.Popen[bytes], mark: str) -> None:
    """Ends what bears the client's mark, and was started after it. Only before it is reaped."""
    try:
        since = guardian.start_of(process.pid)
    except OSError:  # Only Linux's /proc tells; and somebody else's SIGCHLD may have reaped it.
        return
    guardian.end_marked(mark.encode(), since)


def reap(process: subprocess.Popen[bytes]) -> tuple[int, int]:
    """The exit status, and the most memory in bytes that the client had (0: not known)."""
    peak = 0
    if sys.platform != "win32":
        import resource

        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        # Linux counts from before exec, when the client was a copy of us: a peak that is not
        # above our own says nothing. Clients below that are watched by memory_of alone.
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        if usage.ru_maxrss > own:
            peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return process.wait(), peak


def memory(process: subprocess.Popen[bytes], job: Job | None) -> int:
    """Bytes of memory that the client and its children have."""
    return memory_of(process.pid) if job is None else job.memory()


def peak_of(process: subprocess.Popen[bytes], job: Job | None) -> int:
    """The most memory in bytes that a client has had since it started; 0: not known."""
    if job is not None:  # pragma: no cover - Windows
        return job.memory()
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process.pid}/status").read_text("utf-8", "replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def memory_of(pid: int) -> int:
    """Bytes of memory that the process and its descendants have; 0 where /proc does not tell."""
    total = 0
    for number in _family(pid):
        try:
            with open(f"/proc/{number}/statm", "rb") as file:
                total += int(file.read().split()[1]) * mmap.PAGESIZE
        except (OSError, IndexError):
            continue
    return total


def _family(pid: int) -> list[int]:
    """The process and, where /proc tells, its descendants; a thousand at most."""
    found = [pid]
    for number in found:
        if len(found) < 1000:
            with contextlib.suppress(OSError):
                # Every thread has the children that it started.
                for thread in Path(f"/proc/{number}/task").iterdir():
                    found += map(int, (thread / "children").read_bytes().split())
    return found
