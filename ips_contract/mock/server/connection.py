"""One client's connection to the mock: bytes → requests, answers → bytes, by turns.

It is driven by the loop in ``server``, in the server's thread. HTTP is parsed by httptools.
"""

from __future__ import annotations

from collections import deque
from functools import lru_cache
from typing import TYPE_CHECKING, ParamSpec

from ips_contract.http.messages import Request, Response, new_request
from ips_contract.mock.server.heads import (
    SHORT,
    known_headers,
    known_target,
    known_text,
    plain_head,
    read_headers,
    read_target,
)
from ips_contract.mock.server.sockets import READ, WRITE, end_sending

if TYPE_CHECKING:
    from _socket import socket
    from collections.abc import Callable
    from logging import Logger

    import httptools

    from ips_contract.mock.server.heads import Head
    from ips_contract.mock.server.server import Server

NEVER = float("inf")
_HOLD_BYTES = 64 * 1024  # As much of one connection's answers waits at most.

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_REASONS = {200: "OK", 500: "Internal Server Error"}
PLAIN = (("Content-Type", "text/plain; charset=utf-8"),)
# Statuses that never have a body (RFC 9110 section 6.4.1).
_BODILESS = frozenset({*range(100, 200), 204, 304})


class _Refused(Exception):
    """A request that is answered before it is complete; then the connection ends."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class _TooLong(Exception):
    """A body over the limit: the service gets the part that shows it, and answers that."""


def server_log() -> Logger:
    """Where the server's own failures are told."""
    from logging import getLogger  # Slow to import, and seldom needed.

    return getLogger("ips_contract.mock.server.server")


# Where trailers go: there is none that means anything to IPS.
_NOWHERE: deque[bytes] = deque(maxlen=0)


@lru_cache(maxsize=256)
def _head(status: int, headers: tuple[tuple[str, str], ...], connection: bytes) -> bytes:
    """Status line and the headers that are often the same; few different ones are ever sent."""
    reason = _REASONS.get(status)
    if reason is None:
        from http import HTTPStatus  # Slow to import, and seldom needed.

        reason = {known.value: known.phrase for known in HTTPStatus}.get(status, "")
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers)]
    text = "\r\n".join(lines)
    if text.count("\n") != len(headers) or "\0" in text:
        raise ValueError(f"An answer's headers must be single lines: {headers}")
    last = b"Connection: %b\r\n" % connection if connection else b""
    return text.encode("latin-1") + b"\r\n" + last


# What is sent next on a connection: the request for the service; the answer's Connection header, of
# which ``b"close"`` ends it and ``b""`` is none; whether the client may still be sending when it
# goes out; and the answer, if it does not take the service to know it.
Turn = tuple[Request, bytes, bool, "Response | None"]

P = ParamSpec("P")

# What a connection may be waiting for before it goes on.
_LATER, _READER = 1, 2


class Connection:
    """One client's connection. Its callers are the loop and the parser, in the server's thread."""

    __slots__ = (
        *("body", "deadline", "discarding", "ended", "events", "head", "headers", "keep"),
        *("lines", "out", "out_size", "parser", "parting", "queue", "reading", "received"),
        *("server", "size", "socket", "start", "target", "unsent", "upgrade", "waits", "word"),
    )

    def __init__(self, server: Server, client: socket) -> None:
        self.server = server
        self.socket = client
        self.parser: httptools.HttpRequestParser = server.httptools.HttpRequestParser(self)
        self.queue: deque[Turn | bytes] = deque()  # Pipelined requests that wait their turn.
        self.waits = 0  # _LATER, _READER: what keeps the next in the queue from its turn.
        self.out: list[bytes] = []  # Answers to be sent.
        self.out_size = 0
        self.unsent = memoryview(b"")  # What the system did not take of them.
        self.ended = False  # The client has sent its last byte.
        self.discarding = False  # What comes is not read any more: the last answer is decided.
        self.parting = ""  # How it ends once all is sent: "" not at all, "close" or "linger".
        self.deadline = server.moment + server.idle_timeout
        self.events = 0  # What is watched for: ``READ``, ``WRITE`` or nothing.
        # The head that last came whole, with its blank line and more behind it, and what it says.
        self.start = b""
        self.head: Head | None = None
        # The request that is read; see ``on_message_begin``.
        self.reading = ""  # What is being read: "" between requests, "head" or "body".
        self.target = b""
        self.lines: list[bytes] | deque[bytes] = []  # Of its headers, names and values by turns.
        self.headers: dict[str, str] = {}
        self.body: list[bytes] = []
        self.size = 0  # Of the body.
        self.received = 0  # Bytes since the head or the body began, the first packet left out.
        self.word = b""  # The Connection header of its answer.
        self.keep = True
        self.upgrade = False
        self._watch()

    # What the loop calls.

    def guard(self, method: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Calls a method of this connection; if it fails, only this connection ends."""
        try:
            method(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - told by fail
            self.fail(error)

    def ready(self) -> None:
        """The socket can be read from or written to; guarded, too."""
        try:
            if self.events == WRITE:
                self._flush()
            else:
                self._receive()
        except Exception as error:  # noqa: BLE001 - told by fail
            self.fail(error)

    def fail(self, error: Exception) -> None:
        """The connection ends, alone; what is no client's leaving is logged."""
        if isinstance(error, BlockingIOError):
            return  # It was not ready after all.
        if not isinstance(error, OSError):  # Else the client is gone.
            server_log().error("A connection of the mock failed", exc_info=error)
        self.close()

    def expire(self) -> None:
        """The deadline is past."""
        if self.reading and not self.waits and not self.discarding:
            seconds = f"{self.server.request_timeout:g}"
            self.refuse(408, f"The request was not complete after {seconds} seconds.")
        else:
            self.close()

    def close(self) -> None:
        """Closes at once. May be called again."""
        self.discarding = True
        self.parting = "close"
        self.queue.clear()
        self.out.clear()
        self.unsent = memoryview(b"")
        if self.events:
            self.server.waiter.forget(self.socket)
            self.events = 0
        self.socket.close()
        self.server.forget(self)

    def _watch(self) -> None:
        # While answers are to come nothing is read. What a client sends meanwhile waits in the
        # system's buffers, which are bounded; so it may pipeline, or close its sending side.
        events = WRITE if self.unsent else 0 if self.waits or self.ended else READ
        if events != self.events:
            if events:
                self.server.waiter.watch(self.socket, events, self.ready)
            else:
                self.server.waiter.forget(self.socket)
            self.events = events

    # Reading.

    def _receive(self) -> None:
        # Into one place for all: to get so much memory for each would cost more than to read.
        server = self.server
        view = server.view
        size = self.socket.recv_into(view)
        if not size:
            self._end()
        elif not self.discarding:
            # Most requests come whole, from clients that have sent the same head before.
            if not self.reading:
                start = self.start
                if not start or not server.buffer.startswith(start):
                    end = server.buffer.find(b"\r\n\r\n", 0, server.most_known) + 4
                    start = self.start = view[:end].tobytes() if 4 <= end < size else b""
                    self.head = plain_head(start) if start else None
                if self.head is not None:
                    method, target, headers, connection, length = self.head
                    end = len(start)
                    if size == end + length <= end + server.max_body_bytes:
                        self.received = 0
                        request = new_request((method, target, headers, view[end:size].tobytes()))
                        self._put((request, connection, False, None))
                        return
            self._read(view[:size])

    def _end(self) -> None:
        """The client has sent its last byte."""
        if self.discarding:
            self.close()
            return
        self.ended = True
        if self.reading:
            self.refuse(400, "The request ended early.")
        else:
            self._hang_up(linger=False)

    def _read(self, data: memoryview) -> None:
        self.received += len(data)
        try:
            self._feed(data)
            if self.received > self.server.max_header_bytes:
                self._check_size()
        except _Refused as refused:
            self.refuse(refused.status, str(refused))
        except _TooLong:
            self._end_request(complete=False)

    def _feed(self, data: memoryview | bytes) -> None:
        httptools = self.server.httptools
        while data:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserCallbackError as error:
                raise error.__context__ or error from None
            except httptools.HttpParserUpgrade as error:
                data = self._without_upgrade() + data[error.args[0] :]
            except httptools.HttpParserError as error:
                # After a request with "Connection: close" anything is an error; that one stands.
                if not self.discarding:
                    raise _Refused(400, f"This is no HTTP/1.1 request: {error}.") from None
                return
            else:
                return

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
        self.parser = self.server.httptools.HttpRequestParser(self)
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    def _check_size(self) -> None:
        limit = self.server.max_header_bytes
        if self.reading == "head" and self.received > limit:
            raise _Refused(431, "The request's headers are too long.")
        if self.received > 8 * self.server.max_body_bytes + limit:
            # The body itself is within bounds: this is framing, chunk extensions and trailers.
            raise _Refused(413, "The request is too long for what its body holds.")

    # The parser's callbacks.

    def on_message_begin(self) -> None:
        """A request begins."""
        self.reading = "head"
        self.target = b""
        self.lines = []
        self.body = []
        self.size = self.received = 0
        if not self.waits:
            self.deadline = self.server.moment + self.server.request_timeout

    def on_url(self, url: bytes) -> None:
        """A part of its target."""
        self.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """One of its headers."""
        self.lines.extend((name, value))

    def on_headers_complete(self) -> None:
        """Its head is read."""
        lines, limit = b"\n".join(self.lines), self.server.max_header_bytes
        if len(self.target) + len(lines) - lines.count(b"\n") > limit:
            raise _Refused(431, "The request's headers are too long.")
        known = known_headers if len(lines) <= SHORT else read_headers
        headers, self.word = known(lines)
        self.headers = headers
        self.lines = _NOWHERE
        parser = self.parser
        self.upgrade = parser.should_upgrade()
        if self.upgrade:
            if parser.get_method() == b"CONNECT":
                raise _Refused(400, "The mock is no proxy: give its address as the service's.")
            return
        self.keep = parser.should_keep_alive()
        self.reading = "body"
        self.received = 0
        if "expect" in headers and headers["expect"].lower() == "100-continue":
            # HTTP/1.0 does not know the interim answer (RFC 9110 section 10.1.1).
            if parser.get_http_version() == "1.0":
                return
            if self.waits:
                self.queue.append(_CONTINUE)
            else:
                self._write(_CONTINUE)

    def on_body(self, data: bytes) -> None:
        """A part of its body."""
        self.body.append(data)
        self.size += len(data)
        if self.size > self.server.max_body_bytes:
            raise _TooLong

    def on_message_complete(self) -> None:
        """It is read."""
        if not self.upgrade:
            self._end_request(complete=True)

    def _end_request(self, *, complete: bool) -> None:
        """Has the request answered, now or when it is its turn."""
        headers = self.headers
        target, host = (known_target if len(self.target) < SHORT else read_target)(self.target)
        if host is not None:
            headers = {**headers, "host": host}
        body = b"".join(self.body)
        if not complete:
            body = body[: self.server.max_body_bytes + 1]
        connection = self.word
        if not (self.keep and complete):
            connection = b"close"
            self.discarding = True
        self.reading = ""
        method = known_text(self.parser.get_method())
        self._put((new_request((method, target, headers, body)), connection, not complete, None))

    def refuse(self, status: int, reason: str) -> None:
        """Answers what cannot be read as a request, after all that came before it."""
        self.reading = ""
        self.discarding = True
        response = Response(status, PLAIN, f"{reason}\n".encode())
        self._put((Request("", "", {}, b""), b"close", True, response))
        if self.server.refused is not None:
            try:
                self.server.refused(status, reason)
            except Exception:
                logger = server_log()
                logger.exception("Who is told of refusals failed")

    # Answering.

    def _put(self, turn: Turn) -> None:
        if self.waits:
            self.queue.append(turn)
        elif not self.parting:  # A pipelined request may follow a dropped one.
            self._answer(turn)

    def _answer(self, turn: Turn) -> None:
        request, _, _, known = turn
        response = known or self.server.answer(request)
        if response.delay > 0:
            self.waits |= _LATER
            self.deadline = NEVER
            self.server.send_later(response.delay, self, turn, response)
            self._watch()
        else:
            self._send(turn, response)

    def send_late(self, turn: Turn, response: Response) -> None:
        """The answer's delay is over."""
        self.waits &= ~_LATER
        if not self.parting:
            self._send(turn, response)
            self._go_on()

    def _send(self, turn: Turn, response: Response) -> None:
        request, connection, linger, _ = turn
        status, headers, body, _, fate = response
        if fate == "drop":
            self._hang_up(linger=False)
            return
        try:
            head = _head(status, headers, b"close" if fate else connection)
        except ValueError as error:
            server_log().exception("This answer of the mock cannot be sent")
            status, body, fate = 500, f"The mock itself failed: {error}\n".encode(), ""
            head = _head(status, PLAIN, connection)
        is_head = request.method == "HEAD"
        if status in _BODILESS or (is_head and not body):
            # In the second case the length of the answer to GET is not known.
            length, body = b"", b""
        else:
            length = b"Content-Length: %d\r\n" % len(body)
        if is_head:
            body = b""
        elif fate == "truncate":
            body = body[: len(body) // 2]
        server = self.server
        self.deadline = server.moment + server.idle_timeout
        # One write is one packet: never does the client's delayed acknowledgement hold us up.
        self._write(b"".join((head, length, server.date(), b"\r\n", body)))
        if fate or connection == b"close":
            self._hang_up(linger=linger)

    def _write(self, data: bytes) -> None:
        if not self.out:
            self.server.outbox.append(self)
        self.out.append(data)
        self.out_size += len(data)
        if self.out_size > _HOLD_BYTES:
            self.send_out()

    def send_out(self) -> None:
        """Sends what is to be sent, as much of it as the system takes now."""
        if not self.out:
            return
        data = b"".join(self.out)
        self.out.clear()
        self.out_size = 0
        try:
            sent = self.socket.send(data)
        except BlockingIOError:
            sent = 0
        if sent < len(data):
            self.unsent = memoryview(data)[sent:]
            self.waits |= _READER
            self._watch()
        elif self.parting:
            self._part()

    def _flush(self) -> None:
        self.unsent = self.unsent[self.socket.send(self.unsent) :]
        if not self.unsent:
            self.waits &= ~_READER
            if self.parting:
                self._part()
            else:
                self._go_on()

    def _go_on(self) -> None:
        """Answers what has waited, until there is something to wait for again."""
        while self.queue and not self.waits:
            item = self.queue.popleft()
            if isinstance(item, bytes):
                self._write(item)
            else:
                self._answer(item)
        if not self.waits and not self.parting:
            if self.reading:
                self.deadline = self.server.moment + self.server.request_timeout
            self._watch()

    def _hang_up(self, *, linger: bool) -> None:
        """Ends after what is written. With ``linger`` only our side, until the client's ends too.

        Closing while it still sends would reset the connection, and the answer could be lost.
        """
        self.discarding = True
        self.queue.clear()
        self.parting = "linger" if linger and not self.ended else "close"
        if not self.out and not self.unsent:
            self._part()

    def _part(self) -> None:
        if self.parting == "close":
            self.close()
        else:
            self.deadline = self.server.moment + self.server.request_timeout
            end_sending(self.socket)
            self._watch()
