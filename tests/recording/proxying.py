"""A recorder in this process, and services of any kind for it: for the tests of ``recording``."""

from __future__ import annotations

import socket
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from ips_contract.mock.server.server import Server
from ips_contract.recording.proxy import LIMIT, Proxy
from ips_contract.recording.upstream import Upstream

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

    from ips_contract.http.messages import Request, Response
    from ips_contract.mock.record import Exchange


class Recorder:
    """A recorder: its server, and the exchanges that it told of."""

    def __init__(self, server: Server, exchanges: list[Exchange]) -> None:
        self.server = server
        self.exchanges = exchanges
        self.url = server.url.removesuffix("/scene7/")


@contextmanager
def recorder(
    upstream: str,
    *,
    context: ssl.SSLContext | None = None,
    timeout: float = 10.0,
    limit: int = LIMIT,
) -> Iterator[Recorder]:
    exchanges: list[Exchange] = []
    proxy = Proxy(
        Upstream(upstream, context=context, timeout=timeout), exchanges.append, limit=limit
    )
    with Server(proxy) as server:
        yield Recorder(server, exchanges)


class Answering:
    """A service that answers by a function."""

    limit = 64 * 1024 * 1024

    def __init__(self, answer: Callable[[Request], Response]) -> None:
        self.lock = threading.Lock()
        self.handle = answer


@contextmanager
def upstream(answer: Callable[[Request], Response]) -> Iterator[str]:
    with Server(Answering(answer)) as server:
        yield server.url.removesuffix("/scene7/")


@contextmanager
def raw_upstream(play: Callable[[socket.socket], None]) -> Iterator[str]:
    """What answers one connection after the other with bytes, by ``play``."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def run() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                with client:
                    try:
                        play(client)
                    except OSError:
                        pass  # The recorder has left.

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            thread.join()
