"""Runs a client's command within bounds of time, output and memory, and ends what it leaves.

On POSIX systems a client is the leader of a process group, and the group is killed when the
client has ended or must end. A small guardian process holds the end of a pipe: it kills the
groups when this process is gone, however it went (a portable stand-in for Linux's parent-death
signal). On Windows the tree below the client is ended with ``taskkill``.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import IO, TYPE_CHECKING, Self

from ips_contract.judging import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_OUTPUT = 1024 * 1024  # Bytes on standard output.
MOST_MEMORY = 1024 * 1024 * 1024  # Bytes of all processes of a client.
_KEPT_ERRORS = 4096  # Bytes of standard error that are kept, from its end.
_LOOK_EVERY = 0.1  # Seconds between two looks at a client's memory.
_WAIT_FOR_OUTPUT = 5.0  # Seconds for pipes whose writers have been killed.
_INTERRUPTED = "the run was interrupted"
_POSIX = os.name == "posix"

_GUARDIAN = """
import os, signal, sys
groups = set()
for line in sys.stdin:
    (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
for group in groups:
    try:
        os.killpg(group, signal.SIGKILL)
    except OSError:
        pass
"""


class Clients:
    """Starts clients and keeps track of those that run; use it in a ``with`` statement.

    Args:
        command: the client's command line.
        memory: bytes that all processes of a client may have together (Linux).
        output: bytes that it may print.
    """

    def __init__(
        self, command: Sequence[str], *, memory: int = MOST_MEMORY, output: int = MOST_OUTPUT
    ) -> None:
        self.command = tuple(command)
        self._memory = memory
        self._output = output
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._stopped = False
        self._guardian: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        if _POSIX:
            self._guardian = subprocess.Popen(  # noqa: S603 - our own code
                (sys.executable, "-I", "-S", "-c", _GUARDIAN),
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
            self._stopped = True
            running = list(self._running)
        for process in running:
            _kill(process)

    def run(self, environment: Mapping[str, str], limit: float) -> Outcome:
        """Runs the client once, for at most ``limit`` seconds.

        Raises:
            OSError: the command cannot be started.
        """
        start = time.monotonic()
        with self._lock:
            # Under the lock: a client is either started before stop(), and ended by it, or never.
            if self._stopped:
                return Outcome(None, b"", ended=_INTERRUPTED)
            process = subprocess.Popen(  # noqa: S603 - the user's command is what we are for
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**os.environ, **environment},
                start_new_session=_POSIX,
            )
            self._running.add(process)
            self._tell_guardian("+", process)
        try:
            return self._watch(process, start, limit)
        finally:
            if process.returncode is None:  # Ctrl-C while it was watched.
                _kill(process)
                _reap(process)
            with self._lock:
                self._running.discard(process)
                self._tell_guardian("-", process)

    def _tell_guardian(self, sign: str, process: subprocess.Popen[bytes]) -> None:
        if self._guardian is not None and self._guardian.stdin is not None:
            try:
                self._guardian.stdin.write(f"{sign}{process.pid}\n".encode())
                self._guardian.stdin.flush()
            except OSError:  # pragma: no cover - somebody has killed the guardian
                pass

    def _watch(self, process: subprocess.Popen[bytes], start: float, limit: float) -> Outcome:
        ended = threading.Event()
        out = Reader(process.stdout, self._output, ended)
        errors = Reader(process.stderr, None, ended)
        threading.Thread(target=_await_end, args=(process, ended), daemon=True).start()
        reason = ""
        while not reason and not ended.wait(min(_LOOK_EVERY, max(0.0, start + limit - _now()))):
            if _now() >= start + limit:
                reason = f"no end after {limit:g} s"
            elif memory_of(process.pid) > self._memory:
                reason = f"it took more than {self._memory // 2**20} MiB of memory"
        seconds = _now() - start
        if out.is_full:
            reason = f"it printed more than {self._output} bytes"
        # Also after a good end: children that it left would hold the pipes, and go on.
        _kill(process)
        status, peak = _reap(process)
        out.join(_WAIT_FOR_OUTPUT)
        errors.join(_WAIT_FOR_OUTPUT)
        if not reason and peak > self._memory:
            reason = f"it took {peak // 2**20} MiB of memory; {self._memory // 2**20} are allowed"
        if self._stopped:
            reason = _INTERRUPTED
        text = errors.data[-_KEPT_ERRORS:].decode("utf-8", "replace")
        return Outcome(None if reason else status, bytes(out.data), text, seconds, reason)


def _now() -> float:
    return time.monotonic()


class Reader(threading.Thread):
    """Reads a pipe to its end, keeps as much as is wanted, and closes it.

    Attributes:
        data: what was kept.
        is_full: whether more than ``limit`` bytes came.
    """

    def __init__(self, pipe: IO[bytes] | None, limit: int | None, full: threading.Event) -> None:
        super().__init__(daemon=True)
        self.data = bytearray()
        self.is_full = False
        self._pipe = pipe
        self._limit = limit
        self._full = full
        self.start()

    def run(self) -> None:
        """Reads; sets the event when there is too much."""
        pipe, limit = self._pipe, self._limit
        if pipe is None:  # pragma: no cover - Popen was asked for pipes
            return
        with pipe:
            while chunk := os.read(pipe.fileno(), 65536):
                if limit is None:
                    self.data = self.data[-_KEPT_ERRORS:] + chunk
                elif len(self.data) <= limit:
                    self.data += chunk[: limit + 1 - len(self.data)]
                    if len(self.data) > limit:
                        self.is_full = True
                        self._full.set()


def _await_end(process: subprocess.Popen[bytes], ended: threading.Event) -> None:
    """Waits without reaping, so that the process's number is not given to another one."""
    if sys.platform == "win32":  # pragma: no cover
        process.wait()
    else:
        try:
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        except ChildProcessError:  # It was reaped after it was ended.
            pass
    ended.set()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Ends the client and its children. Only before the client is reaped."""
    if sys.platform == "win32":  # pragma: no cover
        subprocess.run(  # noqa: S603 - no part of it comes from outside
            ("taskkill", "/T", "/F", "/PID", str(process.pid)),  # noqa: S607 - on PATH
            capture_output=True,
            check=False,
        )
    elif process.returncode is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            # macOS says EPERM of a group whose only member is a zombie.
            pass


def _reap(process: subprocess.Popen[bytes]) -> tuple[int, int]:
    """The exit status, and the most memory in bytes that the client had (0: not known)."""
    if sys.platform == "win32":  # pragma: no cover
        return process.wait(), 0
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def memory_of(pid: int) -> int:
    """Bytes of memory that the process and its descendants have; 0 where /proc does not tell."""
    total = 0
    waiting = [pid]
    while waiting and len(waiting) < 1000:
        number = waiting.pop()
        try:
            with open(f"/proc/{number}/statm", "rb") as file:
                total += int(file.read().split()[1]) * _PAGE
            with open(f"/proc/{number}/task/{number}/children", "rb") as file:
                waiting += map(int, file.read().split())
        except (OSError, IndexError):
            continue
    return total


_PAGE = os.sysconf("SC_PAGE_SIZE") if _POSIX else 4096
