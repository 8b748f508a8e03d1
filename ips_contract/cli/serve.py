"""``ips-contract serve``: the mock on a port until it is interrupted, with a line per exchange.

The service waits for nobody who reads its lines or its log: see ``narration`` and ``exchange_log``.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

from ips_contract.cli import harness
from ips_contract.cli.arguments import JSON
from ips_contract.cli.exchange_log import open_log
from ips_contract.cli.exchange_text import log_line, told_line
from ips_contract.cli.exit_status import ERROR, OK
from ips_contract.cli.narration import Narration
from ips_contract.cli.terminal import complain
from ips_contract.http.proxies import bypass, proxies
from ips_contract.mock.clock import RealClock, real_monotonic
from ips_contract.mock.front import front_of
from ips_contract.mock.replay import Recorded, check_field
from ips_contract.mock.server.server import Server
from ips_contract.mock.service import Service
from ips_contract.mock.state.accounts import Accounts
from ips_contract.mock.state.lifecycle import DEFAULT_PLAN
from ips_contract.mock.state.seed import SeedError
from ips_contract.mock.tenants import Tenants
from ips_contract.recording.remarks import NOT_RECORDED, REPLAYED

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from ips_contract.cli.exchange_log import ExchangeLog
    from ips_contract.http.messages import Request, Response
    from ips_contract.mock.state.seed import Seed
    from ips_contract.mock.tenants import Handle
    from ips_contract.mock.tls import Tls

PROG = "ips-contract serve"
_END = 0  # What is waited for as if it were a signal; no signal has this number.


def run(args: argparse.Namespace) -> int:
    """Serves until SIGINT or SIGTERM, or the end of standard input; the exit status.

    Raises:
        OSError: a file cannot be opened.
    """
    try:
        service = _service(args)
        recorded = _recorded(args)
        tls = _certified(args)
        harness.forget_ready_file(args.ready_file)
    except (ImportError, ValueError) as error:  # Two users of one name; a log or seed that is none.
        complain(str(error), PROG)
        return ERROR
    narration = Narration(sys.stderr)

    def report(message: str) -> None:
        narration.tell(f"{PROG}: {message}")

    # Until the last line is written: signals end it in any case, and always with the same status.
    with Signals() as signals, narration, opened_log(args.log, report) as log:

        def refused(status: int, reason: str) -> None:
            narration.tell(
                f"{service.clock.now():%H:%M:%S} no request, {status or 'TLS'}: {reason}"
            )

        def told(name: str, one: Service) -> Handle:
            answers = recorded.another() if recorded is not None else None
            write = log.write if log is not None else None
            return Told(
                one, narration.tell, write, latency=args.latency, recorded=answers, tenant=name
            ).handle

        try:
            if args.exit_with_stdin:
                harness.tell_at_end_of_input(signals.end)
            front = front_of(
                Tenants(service, told, real_monotonic),
                host=args.host,
                control=args.control,
                token=args.control_token,
                tenants_by=args.tenants_by,
            )
            server = Server(
                front,
                host=args.host,
                port=args.port,
                tls=tls.context if tls is not None else None,
                refused=refused,
            )
        except (ImportError, OSError, ValueError) as error:
            report(getattr(error, "strerror", None) or str(error))
            return ERROR
        # The process is ours, and what it keeps (the record, jobs) it keeps long: looking through
        # it for garbage as often as by default took a fifth of the time.
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        place = harness.place_of(server, args.ca_file, control=front.has_control)
        with server, harness.ready_file(args.ready_file, place):
            told_place = f"IPS mock listening on {server.url}"
            print(json.dumps(place) if args.format == JSON else told_place, flush=True)
            if bypass(os.environ, server.host):
                words = f"{proxies(os.environ)[0]} is set: clients need NO_PROXY={server.host}"
                report(words)
            if args.control is None and not front.has_control:
                report(f"no control interface at {args.host}: it needs --control-token TOKEN")
            signals.wait()
    return OK


def _service(args: argparse.Namespace) -> Service:
    """The service that the options ask for.

    Raises:
        ImportError: a file needs a library that is not installed.
        OSError: a file cannot be opened.
        ValueError: one is wrong, or two users have one name.
    """
    seed = _seed(args.seed) if args.seed else None
    try:
        return Service(
            clock=RealClock(args.clock),
            accounts=Accounts(args.user) if seed is None else seed.accounts(args.user),
            behind_proxy=args.behind_proxy,
            seed=seed,
            wsdl=args.wsdl,
            plan=args.plan or DEFAULT_PLAN,
            scripts=_scripts(args.script) if args.script else (),
            outcomes=dict(args.outcome),
        )
    except SeedError as error:  # Such as an asset that another one names and that is not there.
        raise ValueError(f"{args.seed}: {error}") from None


def _scripts(path: str) -> list[dict[str, Any]]:
    from ips_contract.mock.control.script_files import read_script_file

    return read_script_file(path)


def _recorded(args: argparse.Namespace) -> Recorded | None:
    if not args.replay:
        if args.replay_ignore:
            raise ValueError("--replay-ignore is about the requests of a log: give --replay")
        return None
    for name in args.replay_ignore:
        check_field(name)
    return Recorded.read(args.replay, frozenset(args.replay_ignore))


def _certified(args: argparse.Namespace) -> Tls | None:
    from ips_contract.cli.certificates import certified

    return certified(args)


def _seed(path: str) -> Seed:
    # What reads it takes a part of a start, and most servers begin without.
    from ips_contract.mock.seed_files import read_seed_file

    return read_seed_file(path)


@contextmanager
def opened_log(path: str | None, tell: Callable[[str], None]) -> Iterator[ExchangeLog | None]:
    """A block with the log at ``path``, if there is to be one; see ``open_log``."""
    if path is None:
        yield None
        return
    log = open_log(path, tell)
    try:
        yield log
    finally:
        log.close()


class Signals:
    """SIGINT, SIGTERM, or ``end`` to wait for, on Windows too, without waking up meanwhile.

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
        """Returns when one has come, or ``end`` was called."""
        while self._reader.recv(1)[0] not in (_END, *self._handlers):
            pass  # pragma: no cover - another signal, such as SIGCHLD, where somebody handles it

    def end(self) -> None:
        """Has ``wait`` return; from any thread."""
        try:
            self._writer.send(bytes([_END]))
        except OSError:
            pass  # It has returned already.


class Told:
    """A service each of whose exchanges is told and logged. ``handle`` as the service's.

    Args:
        service: what answers.
        tell: gets a line for each exchange.
        log: gets a line of the log for each, if anything does.
        latency: seconds by which each answer is delayed.
        recorded: answers to give instead of the service's.
        tenant: the name of the tenant whose service it is; ``""`` for that without one.
    """

    def __init__(
        self,
        service: Service,
        tell: Callable[[str], None],
        log: Callable[[bytes], None] | None = None,
        *,
        latency: float = 0.0,
        recorded: Recorded | None = None,
        tenant: str = "",
    ) -> None:
        self.service = service
        self._tell = tell
        self._log = log
        self._latency = latency
        self._recorded = recorded
        self._tenant = tenant

    def handle(self, request: Request, root: str = "") -> Response:
        """The answer to ``request``; the arguments are those of ``Service.handle``."""
        response = self.service.handle(request, root)
        exchange = self.service.exchanges[-1]
        answer = self._recorded.answer(exchange.request) if self._recorded is not None else None
        if answer is not None:
            response = answer.response
            exchange.response = answer.response
            exchange.fault, exchange.reason, exchange.handle = answer[1:]
            exchange.notes += (REPLAYED,)
        elif self._recorded is not None and exchange.method == "POST":
            exchange.notes += (NOT_RECORDED,)
        self._tell(told_line(exchange, self._tenant))
        if self._log is not None:
            self._log(log_line(exchange, self._tenant))
        if self._latency:
            response = response._replace(delay=response.delay + self._latency)
        return response
