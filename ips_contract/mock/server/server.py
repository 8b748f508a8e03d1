"""The mock on a port of this machine: one event loop in a thread, HTTP parsed by httptools.

One loop over a C parser serves more requests than a thread for each connection, and needs no
lock between them. It is a loop of our own, not asyncio's, whose import alone takes longer than all
the rest of the way to the first answer. Nothing of IPS is known here: a request goes to ``handle``,
its answer is sent.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from importlib.machinery import BuiltinImporter
from itertools import count
from typing import TYPE_CHECKING

from ips_contract.http.messages import Response
from ips_contract.http.redaction import redact_target
from ips_contract.mock.clock import Clock
from ips_contract.mock.server.connection import NEVER, PLAIN, Connection, server_log
from ips_contract.mock.server.heads import SHORT
from ips_contract.mock.server.sockets import READ, accept, listen, pair, waiter

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from types import ModuleType, TracebackType
    from typing import Protocol, Self

    from ips_contract.http.messages import Request
    from ips_contract.mock.server.connection import Turn

    class Handler(Protocol):
        """What is served: ``handle`` is called with ``lock`` held, in the server's thread."""

        @property
        def lock(self) -> AbstractContextManager[object]:
            """Held around each call of ``handle``."""

        def handle(self, request: Request) -> Response:
            """The answer to ``request``."""


MISSING = "The server needs httptools: pip install 'ips-contract[server]'"

_RECEIVE = 256 * 1024  # Bytes read at once: a request of 1,000 URLs in one piece.
_HOLD = 0.002  # Seconds that an answer may wait for others to be sent with.
_ACCEPT = 64  # Connections accepted before those that are open have their turn.


def _real_time_module() -> ModuleType:
    """A ``time`` module that freezegun cannot reach: it replaces functions in sys.modules only.

    With the clock frozen by a test's thread, deadlines of this thread would come never or at once.
    """
    spec = BuiltinImporter.find_spec("time")
    assert spec is not None
    module = BuiltinImporter.create_module(spec)
    assert module is not None
    BuiltinImporter.exec_module(module)
    return module


_real_time = _real_time_module()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_from_timestamp = datetime.fromtimestamp


class RealClock(Clock):
    """The clock of a service on a port: nothing but its own methods moves or stops it.

    Freezing the time of a test is meant for the test's thread; a service in another thread that
    froze with it, or not, as its imports happen to be, would be a riddle.
    """

    def now(self) -> datetime:
        """The present moment, in UTC."""
        moment = _from_timestamp(_real_time.time(), UTC)
        return moment + self._offset if self._offset else moment

    def set(self, moment: datetime) -> None:
        """Makes it ``moment`` now; the clock goes on from there.

        Raises:
            ValueError: ``moment`` has no time zone.
        """
        super().set(moment)  # For its checks; the offset is from the frozen time, if there is one.
        self._offset = moment - _EPOCH - timedelta(seconds=_real_time.time())


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def _http_date(second: int) -> bytes:
    """RFC 9110 section 5.6.7, in any locale. ``email.utils`` is slow to import."""
    at = _real_time.gmtime(second)
    day = f"{_DAYS[at.tm_wday]}, {at.tm_mday:02} {_MONTHS[at.tm_mon - 1]} {at.tm_year}"
    return f"{day} {at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02} GMT".encode()


class Server:
    """A service on a loopback port, from construction until ``close``.

    Attributes:
        service: what answers.
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
        refused: Callable[[int, str], None] | None = None,
    ) -> None:
        """Listens, and starts the thread.

        Args:
            service: what answers; see ``Handler``.
            host: address to listen at; other than a loopback address only if you mean it.
            port: TCP port; 0 takes a free one.
            request_timeout: seconds from a request's first byte to its last.
            idle_timeout: seconds a connection may wait between requests, and an answer may wait
                for its reader.
            max_connections: how many may be open; more get a 503.
            max_header_bytes: largest target and headers of a request together.
            max_body_bytes: largest body read; None for the service's ``limit``. Of a longer one
                the service is shown one byte more than that.
            refused: is told of what never was a request for the service: the status that was
                the answer, and why; called in the server's thread.

        Raises:
            ImportError: httptools is not installed.
            OSError: the address cannot be listened at.
            ValueError: a limit is not positive.
        """
        try:
            import httptools
        except ImportError as error:
            raise ImportError(MISSING) from error
        if max_body_bytes is None:
            max_body_bytes = getattr(service, "limit", 1024 * 1024)
        if min(request_timeout, idle_timeout, max_connections, max_header_bytes) <= 0:
            raise ValueError("The server's limits must be positive.")
        self.service = service
        self.httptools = httptools
        self.request_timeout = request_timeout
        self.idle_timeout = idle_timeout
        self.max_connections = max_connections
        self.max_header_bytes = max_header_bytes
        self.max_body_bytes = max_body_bytes
        self.refused = refused
        self.connections: set[Connection] = set()
        self.buffer = bytearray(_RECEIVE)
        self.view = memoryview(self.buffer)
        self.most_known = min(SHORT, max_header_bytes)  # Bytes of a head that is looked up.
        self.outbox: list[Connection] = []  # Those with answers that are not sent yet.
        self._now: Callable[[], float] = _real_time.monotonic
        self.moment = self._now()  # When the loop last looked: for deadlines, this is the present.
        # Deadlines are looked at this often at least. None that is set later is nearer.
        self._tick = min(request_timeout, idle_timeout)
        self._next_look = NEVER
        self._late: list[tuple[float, int, Connection, Turn, Response]] = []  # The next is last.
        self._numbers = count()
        self._date = b""
        self._date_until = 0.0
        self._listener = listen(host, port)
        self.host, self.port = self._listener.getsockname()[:2]
        self.waiter = waiter()
        self._is_accepting = False
        self._accept_more()
        self._waker, self._wakened = pair()
        self.waiter.watch(self._wakened, READ, None)
        self._closed = False
        self._closing = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=f"ips-mock-{self.port}", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Base address, ``http://127.0.0.1:PORT/scene7/``."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/scene7/"

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
        self._waker.send(b"x")
        self._thread.join()
        self._waker.close()

    def _run(self) -> None:
        wait, now = self.waiter.wait, self._now
        try:
            while True:
                ready = wait(self._until_next())
                begin = self.moment = now()
                for go_on in ready:
                    if go_on is None:
                        return
                    go_on()
                    if self.moment - begin > _HOLD:
                        self._send_all()
                        begin = self.moment
                self._look_at_clock()
                self._send_all()
        finally:
            for connection in list(self.connections):
                connection.close()
            self.waiter.close()
            self._listener.close()
            self._wakened.close()

    def _send_all(self) -> None:
        # To send wakes the client up, which costs as much as a whole small request. Answers that
        # are ready together go out together: a client of several connections is woken up once.
        if self.outbox:
            for connection in self.outbox:
                try:  # As ``guard`` does, whose call takes a hundredth of an answer's time.
                    connection.send_out()
                except Exception as error:  # noqa: BLE001 - told by fail
                    connection.fail(error)
            self.outbox.clear()

    def _until_next(self) -> float | None:
        """Seconds until something is to be done by the clock; None for never."""
        moment = self._next_look
        if self._late:
            moment = min(moment, self._late[-1][0])
        return None if moment == NEVER else max(moment - self._now(), 0.0)

    def _look_at_clock(self) -> None:
        if not self._late and self._next_look == NEVER:
            return
        now = self.moment
        while self._late and self._late[-1][0] <= now:
            _, _, connection, turn, response = self._late.pop()
            connection.guard(connection.send_late, turn, response)
        if now >= self._next_look:
            for connection in list(self.connections):
                if now >= connection.deadline:
                    connection.guard(connection.expire)
            self._next_look = NEVER
            self._accept_more()
            if self.connections:
                nearest = min(connection.deadline for connection in self.connections)
                self._next_look = min(nearest, now + self._tick)

    def send_later(
        self, seconds: float, connection: Connection, turn: Turn, response: Response
    ) -> None:
        """Has ``connection.send_late`` called in ``seconds``."""
        # Few wait at a time: to sort them is quick, and heapq takes longer to import.
        self._late.append((self._now() + seconds, next(self._numbers), connection, turn, response))
        self._late.sort(reverse=True)

    def _accept_more(self) -> None:
        if not self._is_accepting:
            self._is_accepting = True
            self.waiter.watch(self._listener, READ, self._accept)

    def _accept(self) -> None:
        for _ in range(_ACCEPT):
            try:
                client = accept(self._listener)
            except (BlockingIOError, ConnectionAbortedError):
                return
            except OSError:  # No more files may be opened.
                self._accept_no_more()
                return
            connection = Connection(self, client)
            self.connections.add(connection)
            self._next_look = min(self._next_look, self.moment + self._tick)
            excess = len(self.connections) - self.max_connections
            if excess > 0:
                connection.guard(
                    connection.refuse,
                    503,
                    "The mock has as many connections as it takes; close some.",
                )
            if excess >= self.max_connections:  # Not even for refusals is there a place.
                self._accept_no_more()
                return

    def _accept_no_more(self) -> None:
        # Who comes now waits in the system's queue, until a connection ends or the next look.
        self._is_accepting = False
        self.waiter.forget(self._listener)
        self._next_look = min(self._next_look, self.moment + self._tick)

    def forget(self, connection: Connection) -> None:
        """A connection is closed."""
        self.connections.discard(connection)
        if not self._closed:
            self._accept_more()

    def date(self) -> bytes:
        """The Date header, written anew once a second; the machine's time, never a frozen one."""
        if self.moment >= self._date_until:
            second, part = divmod(_real_time.time(), 1)
            self._date = b"Date: %b\r\n" % _http_date(int(second))
            self._date_until = self.moment + 1 - part
        return self._date

    def answer(self, request: Request) -> Response:
        """The service's answer; a plain 500 if it raises, for its clients must not hang."""
        try:
            service = self.service
            with service.lock:
                response = service.handle(request)
        except Exception as error:
            logger = server_log()
            logger.exception(
                "The mock failed at %s %s", request.method, redact_target(request.target)
            )
            text = f"The mock itself failed: {type(error).__name__}: {error}\n"
            response = Response(500, PLAIN, text.encode())
        self.moment = self._now()  # It may have taken long: a test's function may wait.
        return response
