"""Clients that stay alive for many cases: a task is a line on standard input, and so is its answer.

A task is a JSON object of texts, in ASCII: what a client of one case finds in its environment.
The answer is a JSON object with the ``case``, and either the ``output``, which such a client would
print, or the ``error`` with which it would fail. docs/reference/battery.md describes it for who
writes one.

A client has one task at a time. One that is late, takes too much or does not answer is ended, and
another one is started for the next task. The bounds are those of one process for each case.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
from typing import TYPE_CHECKING, Any

from ips_contract.battery.processes.client import (
    INTERRUPTED,
    KEPT_ERRORS,
    LOOK_EVERY,
    Clients,
    Reader,
    await_end,
    memory,
    now,
    peak_of,
)
from ips_contract.battery.verdict import Outcome
from ips_contract.xml.text import clipped, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ips_contract.battery.processes.client import Started

CASE = "IPS_CASE"  # The name of a task's case.
_TO_READ = 0.1  # Seconds that a client which has answered, or is gone, has for reading its task.
_TO_END = 1.0  # Seconds that clients have for ending once their input has ended.


class PersistentClients(Clients):
    """As ``Clients``, but a client that has answered is kept for another task."""

    def __init__(self, *args: Any, **bounds: Any) -> None:
        super().__init__(*args, **bounds)
        self._idle: list[_Talk] = []

    def __exit__(self, *details: object) -> None:
        until = now() + _TO_END
        for talk in self._idle:
            talk.hang_up()
        for talk in self._idle:
            talk.is_gone.wait(max(0.0, until - now()))
            self._drop(talk)
        super().__exit__(*details)

    def run(self, environment: Mapping[str, str], limit: float) -> Outcome:
        """Gives a client the task in ``environment``, and waits ``limit`` seconds at most.

        Raises:
            OSError: the command cannot be started.
        """
        start = now()
        talk = self._next()
        if talk is None:
            return Outcome(None, b"", ended=INTERRUPTED)
        try:
            talk.say(json.dumps(environment))
            reason = self._wait(talk, start, limit)
        except BaseException:  # Ctrl-C while it was watched.
            self._drop(talk)
            raise
        seconds = now() - start
        line = talk.out.take(b"\n")
        outcome = Outcome(None, b"", ended=reason) if reason else answered(line, environment[CASE])
        if reason or outcome.no_answer:
            status = self._drop(talk)
            if line is None and not reason:
                words = f"it ended with exit status {status} and did not answer"
                outcome = Outcome(status, b"", no_answer=words)
        errors = (talk.errors.take() or b"")[-KEPT_ERRORS:].decode("utf-8", "replace")
        if not (reason or outcome.no_answer):
            with self._lock:
                self._idle.append(talk)
        if self.is_stopped:
            outcome = Outcome(None, b"", ended=INTERRUPTED)
        told = "\n".join(text for text in (errors.rstrip(), outcome.errors) if text)
        return outcome._replace(errors=told, seconds=seconds)

    def _next(self) -> _Talk | None:
        """A client that waits, else one that is just started; None once all were stopped."""
        while True:
            with self._lock:
                talk = self._idle.pop() if self._idle else None
            if talk is None:
                client = self.begin({}, stdin=subprocess.PIPE)
                return None if client is None else _Talk(client, self.output)
            if not talk.is_gone.is_set():
                talk.errors.take()
                return talk
            self._drop(talk)  # It ended between two tasks, which is no task's fault.

    def _wait(self, talk: _Talk, start: float, limit: float) -> str:
        """Waits for the answer, or for the end of the client; why it is to be ended, or ``""``."""
        process, job, _ = talk.client
        while True:
            talk.news.clear()  # Before the looks: what comes after them is seen in the next round.
            is_over = talk.is_gone.is_set()
            if is_over:
                talk.out.finish()
            if talk.out.has(b"\n") or is_over:
                break
            if talk.out.is_full:
                return f"it printed more than {self.output} bytes"
            if now() >= start + limit:
                return f"no answer after {limit:g} s"
            if memory(process, job) > self.memory:
                return self.too_much()
            talk.news.wait(min(LOOK_EVERY, max(0.0, start + limit - now())))
        # Of earlier tasks it was not more, or the client would have been ended.
        peak = peak_of(process, job)
        return self.too_much(peak) if peak > self.memory else ""

    def _drop(self, talk: _Talk) -> int:
        """Ends a client; its exit status."""
        status, _ = self.end(talk.client)
        talk.hang_up()
        for reader in (talk.out, talk.errors):
            reader.finish()
        self.forget(talk.client)
        return status


def answered(line: bytes | None, case: str) -> Outcome:
    """What a line says about ``case``, as if a client of this case alone had done it."""
    if line is None:
        return Outcome(None, b"", no_answer="it did not answer")
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        found = None
    shown = quoted(clipped(line.decode("utf-8", "replace")))
    if not isinstance(found, dict):
        return Outcome(None, line, no_answer=f"it wrote a line that is no JSON object: {shown}")
    if found.get("case") != case:
        words = f"it answered for the case {found.get('case')!r}, not for {case!r}: {shown}"
        return Outcome(None, line, no_answer=words)
    output, error = found.get("output"), found.get("error")
    texts = [text for text in (output, error) if text is not None]
    if not texts or not all(isinstance(text, str) for text in texts):
        words = f'it answered neither with the text "output" nor with the text "error": {shown}'
        return Outcome(None, line, no_answer=words)
    printed = (output or "").encode(errors="replace")
    return Outcome(0 if error is None else 1, printed, error or "", called=True)


class _Talk:
    """A client that was started, and what is said to it and by it.

    Attributes:
        client: the client.
        news: set when there is a line, too much output, or the end of the client.
        is_gone: set when it has ended.
        out: what it writes on standard output.
        errors: the end of what it writes on standard error.
    """

    def __init__(self, client: Started, most: int) -> None:
        process = client.process
        assert process.stdout is not None  # Popen was asked for pipes.
        assert process.stderr is not None
        self.client = client
        self.news = threading.Event()
        self.is_gone = threading.Event()
        self.out = Reader(process.stdout, most, self.news, until=b"\n")
        self.errors = Reader(process.stderr, None, self.news)
        threading.Thread(target=self._await_end, daemon=True).start()

    def say(self, line: str) -> None:
        """Writes a line, in a thread: a client that does not read must not hold us."""
        data = f"{line}\n".encode()
        self._writer = threading.Thread(target=self._write, args=(data,), daemon=True)
        self._writer.start()

    def hang_up(self) -> None:
        """Ends the client's standard input, if it has read all of it."""
        self._writer.join(_TO_READ)
        if not self._writer.is_alive():
            with contextlib.suppress(OSError):
                assert self.client.process.stdin is not None
                self.client.process.stdin.close()

    def _write(self, data: bytes) -> None:
        with contextlib.suppress(OSError):  # It is gone.
            assert self.client.process.stdin is not None
            self.client.process.stdin.write(data)
            self.client.process.stdin.flush()

    def _await_end(self) -> None:
        await_end(self.client.process, self.is_gone)
        self.news.set()
