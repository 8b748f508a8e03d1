"""``ips-contract record``: a proxy in front of the real service, with a line per exchange."""

from __future__ import annotations

import gc
import ssl
import sys
from typing import TYPE_CHECKING

from ips_contract.cli.exchange_text import log_line, told_line
from ips_contract.cli.exit_status import ERROR, OK
from ips_contract.cli.narration import Narration
from ips_contract.cli.serve import Signals, opened_log
from ips_contract.cli.terminal import complain
from ips_contract.mock.server.server import Server

if TYPE_CHECKING:
    import argparse

    from ips_contract.mock.record import Exchange

PROG = "ips-contract record"
_IDLE = 60.0  # Seconds that a client's connection may be idle.


def run(args: argparse.Namespace) -> int:
    """Records until SIGINT or SIGTERM; the exit status.

    Raises:
        OSError: the log cannot be opened, or the file of the CA not read.
    """
    try:
        from ips_contract.recording.proxy import Proxy
        from ips_contract.recording.upstream import Upstream

        upstream = Upstream(args.upstream, context=_trust(args.ca_file), timeout=args.timeout)
    except (ImportError, ValueError) as error:
        complain(str(error), PROG)
        return ERROR
    narration = Narration(sys.stderr)

    def report(message: str) -> None:
        narration.tell(f"{PROG}: {message}")

    # Until the last line is written: signals end it in any case, and always with the same status.
    with Signals() as signals, narration, opened_log(args.log, report) as log:

        def told(exchange: Exchange) -> None:
            narration.tell(told_line(exchange))
            assert log is not None
            log.write(log_line(exchange))

        proxy = Proxy(upstream, told)

        def refused(status: int, reason: str) -> None:
            narration.tell(f"{proxy.clock.now():%H:%M:%S} no request, {status}: {reason}")

        try:
            server = Server(
                proxy,
                host=args.host,
                port=args.port,
                idle_timeout=_IDLE + args.timeout,
                refused=refused,
            )
        except (ImportError, OSError, ValueError) as error:
            report(getattr(error, "strerror", None) or str(error))
            return ERROR
        gc.freeze()
        with server:
            print(f"Recording {upstream.url} to {args.log}, listening on {server.url}", flush=True)
            signals.wait()
    return OK


def _trust(ca_file: str | None) -> ssl.SSLContext:
    """Whom the system trusts, and whose certificates are in ``ca_file``.

    Raises:
        OSError: the file cannot be read.
        ValueError: there is no certificate in it.
    """
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except ssl.SSLError:
            raise ValueError(f"{ca_file}: there is no certificate in PEM in it") from None
        except OSError as error:
            raise OSError(error.errno, error.strerror, ca_file) from None
    return context
