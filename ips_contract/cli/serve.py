"""``ips-contract serve``: the mock on a port until it is interrupted, with a line per exchange.

The log is JSON Lines: one object for each exchange, its keys those of ``row``. Passwords are
hidden in all that is shown or written; the record has them as stars already.
"""

from __future__ import annotations

import base64
import gc
import json
import os
import signal
import socket
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Self, TextIO

from ips_contract.cli.exit_status import ERROR, OK
from ips_contract.cli.terminal import complain
from ips_contract.http.proxies import bypass, proxies
from ips_contract.mock.clock import RealClock
from ips_contract.mock.operations.bounds import BOUNDED
from ips_contract.mock.replay import Recorded
from ips_contract.mock.server.server import Server
from ips_contract.mock.service import Service
from ips_contract.mock.state.accounts import Accounts
from ips_contract.validation.report.text import shown

if TYPE_CHECKING:
    import argparse
    from contextlib import AbstractContextManager

    from ips_contract.http.messages import Request, Response
    from ips_contract.mock.record import Exchange

PROG = "ips-contract serve"
_LONGEST_LINE = 500  # Characters; the rest of a reason is in the log.


def run(args: argparse.Namespace) -> int:
    """Serves until SIGINT or SIGTERM; the exit status.

    Raises:
        OSError: a file cannot be opened.
    """
    try:
        service = Service(clock=RealClock(), accounts=Accounts(args.user))
        recorded = Recorded.read(args.replay) if args.replay else None
    except ValueError as error:  # Two users of one name; a log that is none.
        return _refuse(str(error))
    with _opened(args.log) as log:
        told = Told(service, sys.stderr, log, latency=args.latency, recorded=recorded)
        try:
            server = Server(told, host=args.host, port=args.port, refused=told.refused)
        except ImportError as error:
            return _refuse(str(error))
        except OSError as error:
            return _refuse(error.strerror or str(error))
        # The process is ours, and what it keeps (the record, jobs) it keeps long: looking through
        # it for garbage as often as by default took a fifth of the time.
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        with Signals() as signals, server:
            print(f"IPS mock listening on {server.url}", flush=True)
            if bypass(os.environ, server.host):
                words = f"{proxies(os.environ)[0]} is set: clients need NO_PROXY={server.host}"
                complain(words, PROG)
            signals.wait()
    return OK


def _refuse(message: str) -> int:
    complain(message, PROG)
    return ERROR


def _opened(path: str | None) -> AbstractContextManager[TextIO | None]:
    if path is None:
        return nullcontext()
    return open(path, "a", encoding="utf-8", buffering=1)  # Each line is there once it is written.


class Signals:
    """SIGINT and SIGTERM as something to wait for, on Windows too, without waking up meanwhile.

    In the main thread only, as all of ``signal``.
    """

    def __enter__(self) -> Self:
        self._reader, self._writer = socket.socketpair()
        self._writer.settimeout(0)
        self._wakeup = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        numbers = [signal.SIGINT, signal.SIGTERM]
        if hasattr(signal, "SIGBREAK"):  # pragma: no cover - Windows: Ctrl+Break
            numbers.append(signal.SIGBREAK)
        # The handlers do nothing: the byte that the interpreter writes is what is waited for.
        self._handlers = {
            number: signal.signal(number, lambda _number, _frame: None) for number in numbers
        }
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup)
        self._reader.close()
        self._writer.close()

    def wait(self) -> None:
        """Returns when one has come."""
        while self._reader.recv(1)[0] not in self._handlers:
            pass  # pragma: no cover - another signal, such as SIGCHLD, where somebody handles it


class Told:
    """A service each of whose exchanges is told and logged. ``handle`` as the service's.

    Args:
        service: what answers.
        out: where a line for each exchange goes.
        log: where a JSON object for each goes, if anywhere.
        latency: seconds by which each answer is delayed.
        recorded: answers to give instead of the service's.
    """

    def __init__(
        self,
        service: Service,
        out: TextIO,
        log: TextIO | None = None,
        *,
        latency: float = 0.0,
        recorded: Recorded | None = None,
    ) -> None:
        self.service = service
        self.lock: AbstractContextManager[object] = service.lock
        self.limit = service.limit
        self._out: TextIO | None = out
        self._log = log
        self._latency = latency
        self._recorded = recorded

    def handle(self, request: Request) -> Response:
        """The answer to ``request``."""
        response = self.service.handle(request)
        exchange = self.service.exchanges[-1]
        answer = self._recorded.answer(exchange.request) if self._recorded is not None else None
        if answer is not None:
            response = answer.response
            exchange.response = answer.response
            exchange.fault, exchange.reason, exchange.handle = answer[1:]
            exchange.notes += ("replayed",)
        self._tell(exchange)
        if self._latency:
            response = response._replace(delay=response.delay + self._latency)
        return response

    def refused(self, status: int, reason: str) -> None:
        """Tells of what was answered without the service: it was no request that HTTP knows."""
        self._print(f"{self.service.clock.now():%H:%M:%S} no request, {status}: {reason}")

    def _print(self, text: str) -> None:
        try:
            if self._out is not None:
                print(shown(text), file=self._out, flush=True)
        except (OSError, ValueError):
            self._out = None  # Whoever read it has gone; the clients are served all the same.

    def _tell(self, exchange: Exchange) -> None:
        self._print(line(exchange))
        if self._log is not None:
            try:
                self._log.write(json.dumps(row(exchange), ensure_ascii=False) + "\n")
            except OSError as error:
                self._log = None
                complain(f"the log ends here: {error.strerror}", PROG)


def line(exchange: Exchange) -> str:
    """An exchange for a reader: time in UTC, operation, verdict, handle or fault, omissions."""
    report = exchange.report
    what = exchange.operation or f"{exchange.request.method} {exchange.request.target}"
    parts = [f"{exchange.time:%H:%M:%S}", what]
    if exchange.operation or report.violations:  # Else there was nothing to judge.
        parts.append("valid" if report.valid and exchange.operation else "invalid")
        if report.warnings:
            number = len(report.warnings)
            parts.append(f"({number} warning{'s' if number > 1 else ''})")
    if exchange.fault is not None:
        parts.append(f"fault {exchange.fault}: {exchange.reason}")
    else:
        parts.append(exchange.handle or str(exchange.response.status))
    if exchange.response.fate:
        parts.append(f"({exchange.response.fate})")
    # Other notes are in the log: of what they say the line has a word.
    parts.extend(f"({note})" for note in exchange.notes if note.startswith(BOUNDED))
    text = " ".join(parts)
    return shown(f"{text[:_LONGEST_LINE]}…" if len(text) > _LONGEST_LINE else text)


def row(exchange: Exchange) -> dict[str, Any]:
    """An exchange as JSON-ready values.

    ``body`` is text; where it is none, it is base64 and ``encoding`` beside it says so, as in
    HAR files. The answer's body is as before any compression. ``duration`` is in seconds.
    """
    request, response = exchange.request, exchange.response
    return {
        "number": exchange.number,
        "time": exchange.time.isoformat(),
        "operation": exchange.operation,
        "handle": exchange.handle,
        "fault": exchange.fault,
        "reason": exchange.reason,
        "notes": list(exchange.notes),
        "duration": round(exchange.duration, 6),
        "request": {
            "method": request.method,
            "target": request.target,
            "headers": request.headers,
            **_written(request.body),
        },
        "response": {
            "status": response.status,
            "headers": [list(header) for header in response.headers],
            **_written(response.body),
            "delay": response.delay,
            "fate": response.fate,
        },
        "report": exchange.report.to_dict(),
    }


def _written(body: bytes) -> dict[str, str]:
    try:
        return {"body": body.decode()}
    except UnicodeDecodeError:
        return {"body": base64.b64encode(body).decode(), "encoding": "base64"}
