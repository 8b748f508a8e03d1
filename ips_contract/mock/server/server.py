"""The mock on a port of this machine: an event loop in a thread, HTTP parsed by httptools.

One loop over a C parser serves more requests than a thread for each connection, and needs no
lock between them. Nothing of IPS is known here: a request goes to ``handle``, its answer is sent.
"""

from __future__ import annotations

import asyncio
import os
import select
import socket
import threading
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Protocol

from ips_contract.http.messages import Response
from ips_contract.http.redaction import redact_target
from ips_contract.mock.clock import real_monotonic, real_time
from ips_contract.mock.server.answers import PLAIN
from ips_contract.mock.server.connection import Connection, logger
from ips_contract.mock.server.handshake import handshake_failure
from ips_contract.mock.server.other_protocols import IS_PLAIN, TLS

if TYPE_CHECKING:
    import ssl
    from collections.abc import Coroutine
    from contextlib import AbstractContextManager
    from types import TracebackType
    from typing import Self

    from ips_contract.http.messages import Receiver, Request

MISSING = "The server needs httptools: pip install 'ips-contract[server]'"

_BACKLOG = 512  # Connections that wait to be accepted.
_HOLD = 0.002  # Seconds that an answer may wait for others to be sent with.
_LOOK = 0.1  # Seconds between two pieces of an answer that goes on.
_RETRY = 0.1  # Seconds until it is tried again to accept, if no more files could be opened.


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def _http_date(second: int) -> str:
    """RFC 9110 section 5.6.7, in any locale. ``email.utils`` takes 7 % of a start to import."""
    at = time.gmtime(second)
    day = f"{_DAYS[at.tm_wday]}, {at.tm_mday:02} {_MONTHS[at.tm_mon - 1]} {at.tm_year}"
    return f"{day} {at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02} GMT"


class Handler(Protocol):
    """What is served: ``handle`` is called with ``lock`` held, in the server's thread."""

    @property
    def lock(self) -> AbstractContextManager[object]:
        """Held around each call of ``handle``."""

    def handle(self, request: Request) -> Response:
        """The answer to ``request``."""


_MakeReceiver = Callable[[str, str, dict[str, str]], "Receiver | None"]


class _Loop(asyncio.SelectorEventLoop):
    """asyncio's loop, with a clock that freezegun does not freeze."""

    def time(self) -> float:
        return real_monotonic()


def new_event_loop(*, prefer_uvloop: bool = True) -> asyncio.AbstractEventLoop:
    """The loop of a new server: uvloop's if it is installed and preferred, else asyncio's."""
    # gevent, which takes both away, makes threads of one; asyncio's loop has it run the others.
    if prefer_uvloop and (hasattr(select, "epoll") or hasattr(select, "kqueue")):
        try:
            import uvloop
        except ImportError:
            pass
        else:
            return uvloop.new_event_loop()
    return _Loop()


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens at a TCP port; 0 takes a free one.

    Raises:
        OSError: the address cannot be listened at.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # Elsewhere it would let two programs listen at one port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.settimeout(0)
        try:
            listener.bind((host, port))
        except OSError as error:
            reason = f"cannot listen at {host}:{port}: {error.strerror}"
            raise OSError(error.errno, reason) from None
        listener.listen(_BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener


class Server:
    """A service on a loopback port, from construction until ``close``.

    Attributes:
        handler: what answers.
        host: the address it listens at.
        port: the TCP port it listens at.
        connections: the open connections; of use to tests, and to the server's thread only.
    """

    def __init__(
        self,
        service: Handler,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        request_timeout: float = 10.0,
        idle_timeout: float = 60.0,
        max_connections: int = 256,
        max_header_bytes: int = 32 * 1024,
        max_body_bytes: int | None = None,
        tls: ssl.SSLContext | None = None,
        refused: Callable[[int, str], None] | None = None,
    ) -> None:
        """Listens, and starts the thread.

        Args:
            service: what answers; see ``Handler``. If it has a ``receiver`` as ``Service``, this is
                asked, outside of the lock, what takes the body of a request as it comes. If it has
                an ``aclose``, this is awaited at the end.
            host: address to listen at; other than a loopback address only if you mean it.
            port: TCP port; 0 takes a free one.
            request_timeout: seconds from a request's first byte to its last.
            idle_timeout: seconds a connection may wait between requests, and an answer may wait
                for its reader.
            max_connections: how many may be open; more get a 503.
            max_header_bytes: largest target and headers of a request together; each header
                counts with four bytes for the rest of its line.
            max_body_bytes: largest body read; None for the service's ``limit``. Of a longer one
                the service is shown one byte more than that.
            tls: with its certificate TLS is spoken, and no plain HTTP; None: the other way round.
            refused: is told of what never was a request for the service: the status that was
                the answer, or 0 if there could be none, and why; called in the server's thread.

        Raises:
            ImportError: httptools is not installed.
            OSError: the address cannot be listened at.
            ValueError: a limit is not positive, or ``host`` is empty.
        """
        if not host:
            raise ValueError("host is empty: give an address, such as 127.0.0.1; 0.0.0.0 is all.")
        try:
            import httptools  # noqa: F401 - the connections use it
        except ImportError as error:
            raise ImportError(MISSING) from error
        if max_body_bytes is None:
            max_body_bytes = getattr(service, "limit", 1024 * 1024)
        if min(request_timeout, idle_timeout, max_connections, max_header_bytes) <= 0:
            raise ValueError("The server's limits must be positive.")
        self.handler = service
        self.request_timeout = request_timeout
        self.idle_timeout = idle_timeout
        self.max_connections = max_connections
        self.max_header_bytes = max_header_bytes
        self.max_body_bytes = max_body_bytes
        self.refused = refused
        self._tls = tls
        self._receiver: _MakeReceiver | None = getattr(service, "receiver", None)
        self._aclose: Callable[[], Awaitable[None]] | None = getattr(service, "aclose", None)
        self._tasks: set[asyncio.Task[None]] = set()  # Of answers that are to come.
        self.connections: set[Connection] = set()
        self._date = b""
        self._second = -1  # That the date is of.
        self._listener = _listen(host, port)
        self.host: str
        self.port: int
        self.host, self.port = self._listener.getsockname()[:2]
        self._loop = new_event_loop()
        self._joining: set[asyncio.Task[None]] = set()  # Of those that have no transport yet.
        # Those whose answer goes on, and what gives more of it.
        self._continued: dict[Connection, Callable[[], bytes | None]] = {}
        self._next_look: asyncio.TimerHandle | None = None
        self._outbox: list[Connection] = []  # Those with answers that are not sent yet.
        self._held_since = 0.0
        self._waiting = False  # For files to be closed, so that others can be opened.
        self._stop = asyncio.Event()
        self._closed = False
        self._closing = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=f"ips-mock-{self.port}", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Base address, ``http://127.0.0.1:PORT/scene7/``; with TLS, ``https://``."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http{'s' if self._tls else ''}://{host}:{self.port}/scene7/"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends every connection, frees the port and joins the thread. May be called again."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        self._accept_more()
        await self._stop.wait()
        self._loop.remove_reader(self._listener)
        self._listener.close()
        if self._tls is not None:  # A handshake may take long; all else is done in a moment.
            for task in self._joining:
                task.cancel()
        await asyncio.gather(*self._joining, return_exceptions=True)
        for connection in list(self.connections):
            connection.transport.abort()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        while self.connections:
            await asyncio.sleep(0)
        if self._aclose is not None:
            await self._aclose()

    # Accepting is ours: asyncio's own server cannot pause, and what it is just accepting when it
    # is closed stays open.

    def _accept_more(self) -> None:
        if not self._stop.is_set() and len(self.connections) < 2 * self.max_connections:
            self._loop.add_reader(self._listener, self._accept)

    def _accept(self) -> None:
        try:
            client, _ = self._listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError as error:  # No more files may be opened.
            if not self._waiting:
                self._waiting = True
                logger.warning("New connections wait until others end: %s", error.strerror)
            self._loop.remove_reader(self._listener)
            self._loop.call_later(_RETRY, self._accept_more)
            return
        self._waiting = False
        client.settimeout(0)
        connection = Connection(self, full=len(self.connections) >= self.max_connections)
        self.connections.add(connection)
        task = self._loop.create_task(self._join(client, connection))
        self._joining.add(task)
        task.add_done_callback(partial(self._joined, client, connection))
        # Beyond that not even for refusals is there a place. Who comes then waits in the system's
        # queue, until a connection ends.
        if len(self.connections) >= 2 * self.max_connections:
            self._loop.remove_reader(self._listener)

    async def _join(self, client: socket.socket, connection: Connection) -> None:
        if self._tls is None:
            await self._loop.connect_accepted_socket(lambda: connection, client)
            return
        first = await self._first_byte(client)
        if first != TLS:
            if first:
                connection.refusal = (400, IS_PLAIN)
            await self._loop.connect_accepted_socket(lambda: connection, client)
            return
        try:
            await self._loop.connect_accepted_socket(
                lambda: connection,
                client,
                ssl=self._tls,
                ssl_handshake_timeout=self.request_timeout,
                ssl_shutdown_timeout=self.request_timeout,
            )
        except OSError as error:
            if self.refused is not None:
                self.refused(0, handshake_failure(error, self.request_timeout))
            raise

    async def _first_byte(self, client: socket.socket) -> bytes:
        """What the client begins with, which stays to be read; nothing if it ends before."""
        has_come = asyncio.Event()
        self._loop.add_reader(client, has_come.set)
        try:
            async with asyncio.timeout(self.idle_timeout):
                await has_come.wait()
        finally:
            self._loop.remove_reader(client)
        return client.recv(1, socket.MSG_PEEK)

    def _joined(
        self, client: socket.socket, connection: Connection, task: asyncio.Task[None]
    ) -> None:
        self._joining.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, OSError):
            logger.error("A connection of the mock failed", exc_info=error)
        if (task.cancelled() or error is not None) and not hasattr(connection, "transport"):
            client.close()  # It is gone already, or must go.
            self.forget(connection)

    def send_soon(self, connection: Connection) -> None:
        """Sends the connection's answers with those to others whose requests came with its own.

        To send wakes the client up, which costs as much as a small request: a client of several
        connections is woken up once.
        """
        if len(self.connections) == 1:  # There is nobody to wait for.
            connection.flush()
            return
        now = real_monotonic()
        if not self._outbox:
            self._held_since = now
            self._loop.call_soon(self._send_all)
        self._outbox.append(connection)
        if now - self._held_since > _HOLD:
            self._send_all()

    def _send_all(self) -> None:
        for connection in self._outbox:
            connection.flush()
        self._outbox.clear()

    def go_on(self, connection: Connection, more: Callable[[], bytes | None]) -> None:
        """Has ``connection`` send what ``more`` gives, some times a second, until it is closed."""
        self._continued[connection] = more
        connection.go_on(more)
        if self._next_look is None:
            self._next_look = self._loop.call_later(_LOOK, self._send_more)

    def _send_more(self) -> None:
        for connection, more in list(self._continued.items()):
            connection.go_on(more)
        again = bool(self._continued)
        self._next_look = self._loop.call_later(_LOOK, self._send_more) if again else None

    def run(self, task: Coroutine[object, object, None]) -> None:
        """Has ``task`` run in the loop, until the server ends."""
        running = self._loop.create_task(task)
        self._tasks.add(running)
        running.add_done_callback(self._tasks.discard)

    def forget(self, connection: Connection) -> None:
        """A connection is closed."""
        self.connections.discard(connection)
        self._continued.pop(connection, None)
        self._accept_more()

    def receiver(self, method: str, target: str, headers: dict[str, str]) -> Receiver | None:
        """What takes the body of a request with this head as it comes; None: nothing does."""
        return self._receiver(method, target, headers) if self._receiver is not None else None

    def date(self) -> bytes:
        """The Date header, written anew once a second; the machine's time, never a frozen one."""
        second = int(real_time())
        if second != self._second:
            self._second = second
            self._date = f"Date: {_http_date(second)}\r\n".encode()
        return self._date

    def answer(self, request: Request) -> Response:
        """The service's answer; a plain 500 if it raises, for its clients must not hang."""
        try:
            handler = self.handler
            with handler.lock:
                return handler.handle(request)
        except Exception as error:  # noqa: BLE001 - logged, with its traceback
            logger.exception(
                "The mock failed at %s %s", request.method, redact_target(request.target)
            )
            text = f"The mock itself failed: {type(error).__name__}: {error}\n"
            return Response(500, PLAIN, text.encode())
