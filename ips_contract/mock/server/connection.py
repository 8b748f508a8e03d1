"""One client's connection to the mock: bytes → requests, answers → bytes, by turns.

A protocol of asyncio; all of it runs in the server's thread. HTTP is parsed by httptools.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from functools import wraps
from logging import getLogger
from typing import TYPE_CHECKING, Protocol, cast

from ips_contract.http.messages import (
    Awaited,
    Continuing,
    Flowing,
    Passed,
    Request,
    Response,
    Streamed,
)
from ips_contract.mock.clock import real_monotonic
from ips_contract.mock.server.answers import PLAIN, head, written
from ips_contract.mock.server.other_protocols import (
    IS_HTTP_2,
    IS_PROXIED,
    IS_RTSP,
    IS_TLS,
    LOOKED_AT,
    TLS,
    other_protocol,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from ips_contract.http.messages import Receiver

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
# The absolute form of a request's target, as sent to proxies (RFC 9112 section 3.2.2).
_ABSOLUTE = r"(?i:https?)://([^/?#]*)([^#]*).*"
_NEVER = float("inf")
_LONG = 86_400.0  # Seconds, where somebody else has a deadline.
_VERSIONS = ("1.1", "1.0")  # Of HTTP. The parser takes others, too.
_NO_VERSION = "0.0"  # As the parser has it until it has read one.
_LINE = 4  # Bytes of a header's line beside name and value, as it is usually sent.
_LEAST_IDLE = 0.5  # Seconds, of an answer that goes on: it is looked at less often than that.
_TLS_LINGER = 1.0  # Seconds that what a refused client still sends is read away.
_HOLD_BYTES = 64 * 1024  # As much of one connection's answers waits at most to be sent.

_IS_FULL = "The mock has as many connections as it takes; close some."
_LONG_HEAD = "The request's headers are too long."

logger = getLogger("ips_contract.mock.server.server")  # Where the server's own failures are told.


class Host(Protocol):
    """The server, as its connections see it. Its limits are in seconds and bytes."""

    request_timeout: float
    idle_timeout: float
    max_header_bytes: int
    max_body_bytes: int
    refused: Callable[[int, str], None] | None

    def receiver(self, method: str, target: str, headers: dict[str, str]) -> Receiver | None:
        """What takes the body of a request with this head as it comes; None: nothing does."""

    def answer(self, request: Request) -> Response:
        """The service's answer to ``request``; never raises."""

    def date(self) -> bytes:
        """The Date header, a line."""

    def send_soon(self, connection: Connection) -> None:
        """Calls ``connection.flush`` in a moment."""

    def go_on(self, connection: Connection, more: Callable[[], bytes | None]) -> None:
        """Has ``connection.go_on`` called again and again, until it is closed."""

    def run(self, task: Coroutine[object, object, None]) -> None:
        """Has ``task`` run in the loop, until the server ends."""

    def forget(self, connection: Connection) -> None:
        """``connection`` is closed."""


class _Refused(Exception):
    """A request that is answered before it is complete; then the connection ends."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class _TooLong(Exception):
    """A body of which no more is wanted: the service gets what has come, and answers that."""


def _read_target(data: bytes) -> tuple[str, str | None]:
    """A request's target without scheme and host, and the host if it names one."""
    target = data.decode("latin-1")
    absolute = None if target[:1] == "/" else re.fullmatch(_ABSOLUTE, target)
    if absolute is None:
        return target, None
    path = absolute[2]
    return path if path[:1] == "/" else f"/{path}", absolute[1]


def _guarded(method: Callable[[Connection], None]) -> Callable[[Connection], None]:
    """A method that the loop calls: if it fails, its connection ends, and no other."""

    @wraps(method)
    def guarded(connection: Connection) -> None:
        try:
            method(connection)
        except Exception as error:  # noqa: BLE001 - told by fail
            connection.fail(error)

    return guarded


# What is sent next on a connection: the request for the service; the answer's Connection header, of
# which ``b"close"`` ends it and ``b""`` is none; whether the client may still be sending when it
# goes out; and the answer, if it does not take the service to know it.
Turn = tuple[Request, bytes, bool, Response | None]


class Connection(asyncio.Protocol):
    """One client's connection. Its callers are the loop and the parser."""

    transport: asyncio.Transport  # From ``connection_made`` on.

    def __init__(self, host: Host, *, full: bool = False) -> None:
        """Of ``host``, which has no place for it if it is ``full``."""
        from httptools import HttpRequestParser  # Who has no server can do without.

        self.host = host
        # Status and reason that it is refused with at once, if it is.
        self.refusal = (503, _IS_FULL) if full else None
        self.scheme = "http"  # Or "https"; of what is sent by it.
        self.parser = HttpRequestParser(self)
        self.loop = asyncio.get_running_loop()
        # What it waits for before it goes on: an answer's time, or the client to take answers.
        self.late: tuple[Turn, Response] | None = None
        self.paused = False
        self.room = asyncio.Event()  # Set when it is ``paused`` no more, or closed.
        self.queue: deque[Turn | bytes] = deque()  # Pipelined requests that wait their turn.
        self.out: list[bytes] = []  # Answers that wait to be sent.
        self.out_size = 0
        self.ended = False  # The client has sent its last byte.
        self.discarding = False  # What comes is not read any more: the last answer is decided.
        self.over = False  # The last answer is given to the transport.
        self.deadline = self.next_look = _NEVER
        self.timer: asyncio.TimerHandle | None = None  # Looks at the deadline at ``next_look``.
        # The last request of the packet that is read; and what is known of a head: its bytes, the
        # size of its body, the request without that, the answer's Connection header.
        self.last: tuple[Request, bytes] | None = None
        self.known: tuple[bytes, int, Request, bytes] | None = None
        # The request that is read; see ``on_message_begin``.
        self.start = b""  # Its first bytes; of all that came in a packet with others, theirs.
        self.reading = ""  # What is being read: "" between requests, "head" or "body".
        self.target = b""
        self.headers: dict[str, str] = {}
        self.body: list[bytes] = []
        self.receiver: Receiver | None = None  # Takes the body instead.
        self.size = 0  # Of target and headers, then of the body.
        # Bytes since the last header, or since the body began; of the body's the first packet is
        # left out.
        self.received = 0
        self.upgrade = False

    # What the loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Bytes may come and go from now on."""
        self.transport = cast("asyncio.Transport", transport)
        if transport.get_extra_info("ssl_object") is not None:
            self.scheme = "https"
        self._within(self.host.idle_timeout)
        if self.refusal is not None:
            self.refuse(*self.refusal)

    def data_received(self, data: bytes) -> None:
        """``data`` came."""
        if not self.discarding:
            try:
                self._receive(data)
            except Exception as error:  # noqa: BLE001 - told by fail
                self.fail(error)

    def fail(self, error: Exception) -> None:
        """The connection ends, alone; what is no client's leaving is logged."""
        if not isinstance(error, OSError):
            logger.error("A connection of the mock failed", exc_info=error)
        self.transport.abort()

    def _receive(self, data: bytes) -> None:
        is_start = not self.reading
        if is_start and self.known is not None:
            head, size, (method, target, headers, *_), connection = self.known
            if len(data) == len(head) + size and data.startswith(head):
                self.received = 0
                request = Request(method, target, headers, data[len(head) :], self.scheme)
                self._put((request, connection, False, None))
                return
        if is_start:
            self.start = data[:LOOKED_AT]
            if self.start[:1] == TLS and self.scheme == "http":
                self.refuse(400, IS_TLS)
                return
        elif len(self.start) < LOOKED_AT:
            self.start += data[:LOOKED_AT]
        self.last = None
        self.received += len(data)
        try:
            self._feed(data)
            if self.reading == "head":
                # The line that has no end yet counts, also where others ended in its packet.
                self.received = max(self.received, len(data) - data.rfind(b"\n") - 1)
            if is_start:
                self._learn(data)
            if self.received > self.host.max_header_bytes:
                self._check_size()
        except _Refused as refused:
            self.refuse(refused.status, str(refused))
        except _TooLong:
            self._end_request(complete=False)

    def eof_received(self) -> bool:
        """The client has sent its last byte; it may still read."""
        self._end()
        return self.transport.can_write_eof()  # TLS ends both sides at once.

    @_guarded
    def _end(self) -> None:
        if self.discarding:
            self.transport.close()
            return
        self.ended = True
        if self.reading:
            self.refuse(400, "The request ended early.")
        else:
            self._hang_up(linger=False)

    def pause_writing(self) -> None:
        """The client does not take what is written as fast as it is."""
        self.paused = True
        self.room.clear()
        self.transport.pause_reading()

    @_guarded
    def resume_writing(self) -> None:
        """It has taken most of it."""
        self.paused = False
        self.room.set()
        if self.over:
            self._within(self.host.request_timeout)
        else:
            self._go_on()

    def connection_lost(self, _error: Exception | None) -> None:
        """It is closed, by whomever."""
        self.discarding = self.over = True
        self.queue.clear()
        self.out.clear()
        self.room.set()
        self._give_up_body()
        if self.timer is not None:
            self.timer.cancel()
        self.host.forget(self)

    # The deadline. To set and cancel a timer for each request would take longer than to look,
    # now and then, whether the deadline that was set last is over.

    def _within(self, seconds: float) -> None:
        """Sets the deadline."""
        self.deadline = real_monotonic() + seconds
        if self.deadline < self.next_look:
            self._look_in(seconds)

    def _look_in(self, seconds: float) -> None:
        if self.timer is not None:
            self.timer.cancel()
        self.next_look = self.deadline
        # uvloop's clock has whole milliseconds: with one more it is not too early.
        self.timer = self.loop.call_later(seconds + 0.001, self._look)

    @_guarded
    def _look(self) -> None:
        left = self.deadline - real_monotonic()
        if left > 0:
            self._look_in(left)
            return
        self.next_look = _NEVER
        if self.late is not None:
            turn, response = self.late
            if isinstance(response, Passed):
                self.transport.abort()
                return
            self.late = None
            self._send(turn, response)
            self._go_on()
        elif self.reading and not self.paused and not self.discarding:
            words = f"The request was not complete after {self.host.request_timeout:g} seconds."
            if self.target and self.parser.get_http_version() == _NO_VERSION:
                # A client of HTTP/0.9 waits for its answer after that line.
                words += " Its first line names no version of HTTP; send HTTP/1.1."
            self.refuse(408, words)
        elif self.over and not self.paused and not self.transport.can_write_eof():
            self.transport.close()
        else:
            self.transport.abort()

    # Reading.

    def _feed(self, data: bytes) -> None:
        import httptools

        while data:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserCallbackError as error:
                raise error.__context__ or error from None
            except httptools.HttpParserUpgrade as error:
                data = self._without_upgrade() + data[error.args[0] :]
                self.parser = httptools.HttpRequestParser(self)
            except httptools.HttpParserError as error:
                # After a request with "Connection: close" anything is an error; that one stands.
                if not self.discarding:
                    raise _Refused(400, self._what_it_is(error)) from None
                return
            else:
                return

    def _what_it_is(self, error: Exception) -> str:
        """Words for what is no request."""
        if self.parser.get_method() == b"PRI":
            return IS_HTTP_2
        return other_protocol(self.start) or f"This is no HTTP/1.1 request: {error}."

    def _without_upgrade(self) -> bytes:
        # Java's HttpClient offers HTTP/2 with its requests. Such an offer may be ignored (RFC 9110
        # section 7.8), but the parser leaves all that follows it, the request's own body too, to
        # the other protocol. So the request is read again as it would be without the offer.
        headers = dict(self.headers)
        del headers["upgrade"]
        closing = "close" in headers.pop("connection").lower()
        lines = [f"{self.parser.get_method().decode()} {self.target.decode('latin-1')} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += ["Connection: close"] if closing else []
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    def _check_size(self) -> None:
        limit = self.host.max_header_bytes
        if self.reading == "head" and self.received > limit:
            raise _Refused(431, _LONG_HEAD)  # One of its lines alone is.
        body = self.host.max_body_bytes if self.receiver is None else self.size
        if self.received > 8 * body + limit:
            # The body itself is within bounds: this is framing, chunk extensions and trailers.
            raise _Refused(413, "The request is too long for what its body holds.")

    def _learn(self, data: bytes) -> None:
        # A client sends the same head again and again; what the last one says is kept,
        # which spares a tenth of the time for a request. ``data`` is a head to its blank line, as
        # many bytes as it says, and nothing else; or it is not kept.
        if self.last is None or self.reading:
            return
        request, connection = self.last
        head = data[: len(data) - len(request.body)]
        plain = "expect" not in request.headers and "transfer-encoding" not in request.headers
        if plain and len(head) == data.find(b"\r\n\r\n") + 4:
            self.known = head, len(request.body), request._replace(body=b""), connection

    # The parser's callbacks.

    def on_message_begin(self) -> None:
        """A request begins."""
        self.reading = "head"
        self.target = b""
        self.headers = {}
        self.body = []
        self.receiver = None
        self.size = self.received = 0
        if self.late is None and not self.paused:
            self._within(self.host.request_timeout)

    def on_url(self, url: bytes) -> None:
        """A part of its target."""
        self.target += url
        self._grow(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """One of its headers; or of its trailers, of which none means anything to IPS."""
        if self.reading == "head":
            self._grow(len(name) + len(value) + _LINE)
            key, text = name.decode("latin-1").lower(), value.decode("latin-1").rstrip()
            headers = self.headers
            headers[key] = f"{headers[key]}, {text}" if key in headers else text

    def _grow(self, size: int) -> None:
        # What it counts is the same in whatever packets the head comes.
        self.size += size
        self.received = 0
        if self.size > self.host.max_header_bytes:
            raise _Refused(431, _LONG_HEAD)

    def on_headers_complete(self) -> None:
        """Its head is read."""
        version = self.parser.get_http_version()
        if version not in _VERSIONS:
            raise _Refused(505, f"This is HTTP/{version}, and the mock speaks HTTP/1.1: send that.")
        # The parser takes RTSP for HTTP. Each of its requests has this header (RFC 2326, 12.17).
        if "cseq" in self.headers or self.target[:5].lower() == b"rtsp:":
            raise _Refused(505, IS_RTSP)
        self.upgrade = self.parser.should_upgrade()
        if self.upgrade:
            if self.parser.get_method() == b"CONNECT":
                raise _Refused(400, IS_PROXIED)
            return
        self.reading = "body"
        self.size = self.received = 0
        target, _ = _read_target(self.target)
        self.receiver = self.host.receiver(self.parser.get_method().decode(), target, self.headers)
        # HTTP/1.0 does not know the interim answer (RFC 9110 section 10.1.1).
        expects = self.headers.get("expect", "").lower() == "100-continue"
        if expects and version != "1.0":
            if self.late is not None or self.paused:
                self.queue.append(_CONTINUE)
            else:
                self._write(_CONTINUE)

    def on_body(self, data: bytes) -> None:
        """A part of its body."""
        if self.receiver is not None:
            self.size += len(data)
            if not self.receiver.feed(data):
                raise _TooLong
            # As long as some of it comes: it may be as large as a film.
            self._within(self.host.request_timeout)
            if isinstance(self.receiver, Flowing) and self.receiver.full:
                self.receiver.when_free = self._take_more
                self.transport.pause_reading()
                self._within(_LONG)  # Who takes it has a deadline of its own.
            return
        self.body.append(data)
        self.size += len(data)
        if self.size > self.host.max_body_bytes:
            raise _TooLong

    @_guarded
    def _take_more(self) -> None:
        if self.discarding or self.transport.is_closing():
            return
        if self.reading:
            self._within(self.host.request_timeout)
        if self.late is None and not self.paused:
            self.transport.resume_reading()

    def _give_up_body(self) -> None:
        """What takes the body of the request that is read is told that no more comes."""
        if self.reading == "body" and isinstance(self.receiver, Flowing):
            self.receiver.abort()

    def on_message_complete(self) -> None:
        """It is read."""
        if not self.upgrade:
            self._end_request(complete=True)

    def _end_request(self, *, complete: bool) -> None:
        """Has the request answered, now or when it is its turn."""
        target, host = _read_target(self.target)
        if host is not None:
            self.headers["host"] = host.rpartition("@")[2]
        elif "host" not in self.headers:  # HTTP/1.0 needs none: the address it came to is meant.
            self.headers["host"] = self._address()
        method = self.parser.get_method().decode()
        if self.receiver is not None:
            self.receiver.close()
            request: Request = Streamed.of(method, target, self.headers, self.receiver, self.scheme)
        else:
            body = b"".join(self.body)[: self.host.max_body_bytes + 1]
            request = Request(method, target, self.headers, body, self.scheme)
        self.reading = ""
        if not complete or not self.parser.should_keep_alive():
            connection = b"close"
            self.discarding = True
        else:  # HTTP/1.0 clients wait for this word.
            word = b"keep-alive"
            connection = (
                word if word.decode() in self.headers.get("connection", "").lower() else b""
            )
        self.last = None if self.receiver is not None else (request, connection)
        self._put((request, connection, not complete, None))

    def _address(self) -> str:
        host, port = self.transport.get_extra_info("sockname")[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def refuse(self, status: int, reason: str) -> None:
        """Answers what cannot be read as a request, after all that came before it."""
        self._give_up_body()
        self.reading = ""
        self.discarding = True
        response = Response(status, PLAIN, f"{reason}\n".encode())
        self._put((Request("", "", {}, b""), b"close", True, response))
        if self.host.refused is not None:
            try:
                self.host.refused(status, reason)
            except Exception:
                logger.exception("Who is told of refusals failed")

    # Answering.

    def _put(self, turn: Turn) -> None:
        if self.late is not None or self.paused:
            self.queue.append(turn)
        else:
            self._answer(turn)

    def _answer(self, turn: Turn) -> None:
        if self.over or self.transport.is_closing():
            return  # A pipelined request may follow a dropped one.
        response = turn[3] or self.host.answer(turn[0])
        if response.delay > 0:
            # While answers are to come nothing is read. What a client sends meanwhile waits in the
            # system's buffers, which are bounded; so it may pipeline, or close its sending side.
            self.late = turn, response
            self.transport.pause_reading()
            self._within(response.delay)
            if isinstance(response, Awaited):
                self.host.run(self._wait_for(turn, response))
        else:
            self._send(turn, response)

    async def _wait_for(self, turn: Turn, awaited: Awaited) -> None:
        try:
            response = await awaited.coming()
            is_wanted = self.late is not None and self.late[1] is awaited
            if isinstance(response, Passed):
                try:
                    if is_wanted and not self.transport.is_closing():
                        await self._pass_on(turn, response)
                finally:
                    await response.pieces.aclose()
            elif is_wanted and not self.transport.is_closing():
                self.late = None
                self._send(turn, response)
                self._go_on()
        except Exception as error:  # noqa: BLE001 - told by fail
            self.fail(error)

    async def _pass_on(self, turn: Turn, response: Passed) -> None:
        request, connection, linger, _ = turn
        self.late = turn, response
        has_length = any(name.lower() == "content-length" for name, _ in response.headers)
        # Without a length its end is that of the connection (RFC 9112 section 6.3).
        connection = connection if has_length else b"close"
        start = head(response.status, response.headers, connection)
        self._within(self.host.idle_timeout)
        self._write(b"".join((start, self.host.date(), b"\r\n")))
        if request.method != "HEAD":
            async for piece in response.pieces:
                # As long as some of it comes, and is taken.
                self._within(self.host.idle_timeout)
                self._write(piece)
                self.flush()
                if self.paused:
                    await self.room.wait()
                if self.transport.is_closing():
                    return
        self.late = None
        if connection == b"close":
            self._hang_up(linger=linger)
        else:
            self._go_on()

    def _send(self, turn: Turn, response: Response) -> None:
        request, connection, linger, _ = turn
        fate = response.fate
        if fate == "drop":
            self._hang_up(linger=False)
            return
        if isinstance(response, Continuing) and request.method != "HEAD":
            self._begin_continuing(response)
            return
        date = self.host.date()
        try:
            data = written(request.method, response, b"close" if fate else connection, date)
        except ValueError as error:
            logger.exception("This answer of the mock cannot be sent")
            fate = ""
            body = f"The mock itself failed: {error}\n".encode()
            data = written(request.method, Response(500, PLAIN, body), connection, date)
        self._within(self.host.idle_timeout)
        # One write is one packet: never does the client's delayed acknowledgement hold us up.
        self._write(data)
        if fate or connection == b"close":
            self._hang_up(linger=linger)

    def _begin_continuing(self, response: Continuing) -> None:
        self.discarding = self.over = True
        self.queue.clear()
        # Without a length its end is that of the connection (RFC 9112 section 6.3).
        start = head(response.status, response.headers, b"close")
        self._write(b"".join((start, self.host.date(), b"\r\n")))
        self.host.go_on(self, response.more)

    def go_on(self, more: Callable[[], bytes | None]) -> None:
        """Sends what ``more`` gives, if the client has taken what was sent before."""
        if self.paused or self.transport.is_closing():
            return  # One who takes nothing until the deadline is dropped.
        try:
            data = more()
        except Exception as error:  # noqa: BLE001 - told by fail
            self.fail(error)
            return
        if data is None:
            self._hang_up(linger=False)
            return
        # Whoever leaves is to be noticed, and keeps nobody waiting while nothing happens.
        self._within(max(self.host.idle_timeout, _LEAST_IDLE))
        if data:
            self._write(data)

    def _write(self, data: bytes) -> None:
        self.out.append(data)
        self.out_size += len(data)
        if self.out_size > _HOLD_BYTES:
            self.flush()
        elif len(self.out) == 1:
            self.host.send_soon(self)

    def flush(self) -> None:
        """Hands what is written to the transport."""
        if self.out:
            data = b"".join(self.out)
            self.out.clear()
            self.out_size = 0
            self.transport.write(data)

    def _go_on(self) -> None:
        """Answers what has waited, until there is something to wait for again."""
        while self.queue and self.late is None and not self.paused:
            item = self.queue.popleft()
            if isinstance(item, bytes):
                self._write(item)
            else:
                self._answer(item)
        if self.late is None and not self.paused and not self.over:
            if self.reading:
                self._within(self.host.request_timeout)
            if not self.ended:
                self.transport.resume_reading()

    def _hang_up(self, *, linger: bool) -> None:
        """Ends after what is written. With ``linger`` only our side, until the client's ends too.

        Closing while it still sends would reset the connection, and the answer could be lost.
        """
        self.discarding = self.over = True
        self.queue.clear()
        self.flush()
        if self.ended or not linger:
            self.transport.close()
            return
        seconds = self.host.request_timeout
        if self.transport.can_write_eof():
            self.transport.write_eof()
        else:  # TLS: the end is told to the client later, with that of our side.
            seconds = min(seconds, _TLS_LINGER)
        self.transport.resume_reading()
        if not self.paused:
            self._within(seconds)
