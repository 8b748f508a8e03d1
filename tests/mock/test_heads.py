"""Heads of requests that are known by their bytes, and that knowing them changes nothing."""

from __future__ import annotations

import re
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ips_contract.http.messages import Request, Response
from ips_contract.mock.server.heads import Head, plain_head
from ips_contract.mock.server.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LENGTH = b"Content-Length: 5\r\n"


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (
            b"POST /a?b HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nx-a:  2 \r\n" + LENGTH + b"\r\n",
            ("POST", "/a?b", {"host": "h", "x-a": "1, 2", "content-length": "5"}, b"", 5),
        ),
        (
            b"PUT http://h/a HTTP/1.1\r\nHost: x\r\nContent-Length: 007 \r\n\r\n",
            ("PUT", "/a", {"host": "h", "content-length": "007"}, b"", 7),
        ),
        (
            b"POST / HTTP/1.0\r\nConnection: Keep-Alive\r\n" + LENGTH + b"\r\n",
            ("POST", "/", {"connection": "Keep-Alive", "content-length": "5"}, b"keep-alive", 5),
        ),
    ],
)
def test_plain_heads(head: bytes, found: Head) -> None:
    assert plain_head(head) == found
    assert plain_head(head) is plain_head(bytes(bytearray(head)))


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\r\n\r\n",
        b"garbage\r\n\r\n",
        b"POST / HTTP/1.1\r\n" + LENGTH,
        b"GET / HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        b"POST / HTTP/1.0\r\n" + LENGTH + b"\r\n",
        b"POST / HTTP/1.1\r\nConnection: close\r\n" + LENGTH + b"\r\n",
        b"POST / HTTP/1.1\r\nExpect: 100-continue\r\n" + LENGTH + b"\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST / HTTP/1.1\r\n" + LENGTH + LENGTH + b"\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 5, 5\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: +5\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
        b"POST / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n" + LENGTH + b"\r\n",
        b"CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n",
        # Two heads, and a head with the begin of its body, whose lines end as no line should.
        b"GET / HTTP/1.1\n\nPOST / HTTP/1.1\r\n" + LENGTH + b"\r\n",
        b"GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\nContent-Length: 9\n\nab\r\n\r\n",
    ],
)
def test_what_takes_more_is_left_to_the_parser(head: bytes) -> None:
    assert plain_head(head) is None


class Echo:
    """Answers with the body; keeps what it saw."""

    limit = 64

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.seen: list[Request] = []

    def handle(self, request: Request) -> Response:
        self.seen.append(request)
        return Response(200, (("Content-Type", "text/plain"),), request.body)


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Server, Server]]:
    """One as it is, and one that knows no heads."""
    with Server(Echo()) as known, Server(Echo()) as parsed:
        parsed.most_known = 0
        yield known, parsed


LINES = (
    b"Host: h",
    b"Content-Length: 5",
    b"Content-Length: 5",
    b"Content-Length: 5",
    b"Content-Length: 0",
    b"Content-Length: 65",
    b"Content-Length: x",
    b"Transfer-Encoding: chunked",
    b"Expect: 100-continue",
    b"Connection: close",
    b"Connection: keep-alive",
    b"Connection: Upgrade",
    b"Upgrade: h2c",
    b"X-A: a",
    b"X-A: \xe4 ",
    b" folded",
    b"",
)
STARTS = (b"", b"", b"", b"\r\n", b"\r\n\r\n", b"\n")
REQUESTS = (
    b"POST /a HTTP/1.1",
    b"POST /a HTTP/1.0",
    b"HEAD /?q HTTP/1.1",
    b"GET http://other/b HTTP/1.1",
    b"CONNECT h:1 HTTP/1.1",
    b"nonsense",
)
BODIES = (b"", b"12345", b"1234", b"123456", b"x" * 65, b"5\r\n12345\r\n0\r\n\r\n", b"\r\n\r\n1")
ENDS = (b"\r\n", b"\r\n", b"\r\n", b"\n")


@st.composite
def packets(draw: st.DrawFn) -> bytes:
    """What a client may send at once; often a request, and often what is nearly one."""
    parts = []
    for _ in range(draw(st.integers(1, 2))):
        end = draw(st.sampled_from(ENDS))
        lines = [draw(st.sampled_from(REQUESTS)), *draw(st.lists(st.sampled_from(LINES)))]
        parts += [draw(st.sampled_from(STARTS)), *(line + end for line in lines), end]
        parts += [draw(st.sampled_from(BODIES))]
    return b"".join(parts)


def until(is_so: Callable[[], bool]) -> None:
    """Waits for it, half a minute at most."""
    end = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < end, "it never was"
        time.sleep(0.001)


def exchanged(server: Server, data: list[bytes]) -> tuple[list[Request], bytes | None]:
    """What the service saw of it, and what came back, without the time.

    None if the connection was reset, as it is if the server closes it before all has come.
    """
    echo = server.service
    assert isinstance(echo, Echo)
    echo.seen.clear()
    got: list[bytes] = []
    answer: bytes | None = None
    with socket.create_connection((server.host, server.port), timeout=10) as client:
        try:
            for packet in data:
                client.sendall(packet)
            client.shutdown(socket.SHUT_WR)
            while not got or got[-1]:
                got.append(client.recv(65536))
            answer = re.sub(rb"Date: [^\r]*", b"", b"".join(got))
        except OSError:
            pass
    until(lambda: not server.connections)  # Until the server has seen all of it.
    return list(echo.seen), answer


WHOLE = (
    b"POST /1 HTTP/1.1\r\n" + LENGTH + b"\r\n12345",
    b"POST /2 HTTP/1.1\r\n" + LENGTH + b"\r\nabcde",
    b"POST /2 HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc",
    b"POST /3 HTTP/1.1\r\nX-A: b\r\nX-A: c\r\n" + LENGTH + b"\r\n\r\n\r\n1",
    b"POST /4 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
    b"GET /5 HTTP/1.1\r\nHost: h\r\n\r\n",
    b"\r\nPOST /6 HTTP/1.1\r\n" + LENGTH + b"\r\n12345",
)


TARGETS = "1223456"


@given(numbers=st.lists(st.sampled_from(range(len(WHOLE))), min_size=2, max_size=9))
def test_one_request_after_the_other(servers: tuple[Server, Server], numbers: list[int]) -> None:
    """Each is answered before the next is sent, so that the server reads one at a time."""
    seen, answers = [], []
    for server in servers:
        echo = server.service
        assert isinstance(echo, Echo)
        echo.seen.clear()
        with socket.create_connection((server.host, server.port), timeout=10) as client:
            for number in numbers:
                client.sendall(WHOLE[number])
                answers.append(re.sub(rb"Date: [^\r]*", b"", client.recv(65536)))
        seen.append(list(echo.seen))
    assert seen[0] == seen[1]
    assert [request.target for request in seen[0]] == [f"/{TARGETS[n]}" for n in numbers]
    assert answers[: len(numbers)] == answers[len(numbers) :]


@given(first=packets(), second=packets(), order=st.sampled_from(("1", "11", "12", "121", "1221")))
def test_a_known_head_changes_nothing(
    servers: tuple[Server, Server], first: bytes, second: bytes, order: str
) -> None:
    data = [first if number == "1" else second for number in order]
    seen, answers = zip(*(exchanged(server, data) for server in servers), strict=True)
    assert seen[0] == seen[1]
    assert None in answers or answers[0] == answers[1]


def test_a_head_that_comes_again_in_pieces() -> None:
    """The place that all is read into still holds the last one whole."""
    head = b"POST /a HTTP/1.1\r\n" + LENGTH + b"\r\n"
    with Server(Echo()) as server:
        for at in range(1, len(head) + 5):
            with socket.create_connection((server.host, server.port), timeout=10) as client:
                client.sendall(head + b"12345")
                assert client.recv(65536).endswith(b"12345")
                (connection,) = server.connections
                assert connection.start == head
                request = head + b"abcde"
                client.sendall(request[:at])
                until(lambda: connection.reading != "")  # noqa: B023 - called at once
                client.sendall(request[at:])
                assert client.recv(65536).endswith(b"abcde")
            until(lambda: not server.connections)


def test_each_connection_has_its_own_last_head() -> None:
    one = b"POST /1 HTTP/1.1\r\n" + LENGTH + b"\r\n"
    two = b"POST /2 HTTP/1.1\r\nContent-Length: 3\r\n\r\n"
    with Server(Echo()) as server:
        address = (server.host, server.port)
        with socket.create_connection(address, 10) as a, socket.create_connection(address, 10) as b:
            for client, request in ((a, one), (b, two), (a, one), (a, two), (b, one), (b, one)):
                body = b"12345" if request == one else b"abc"
                client.sendall(request + body)
                assert client.recv(65536).endswith(b"\r\n\r\n" + body)
        assert isinstance(server.service, Echo)
        assert [request.target for request in server.service.seen] == "/1 /2 /1 /2 /1 /1".split()


def test_a_head_longer_than_the_limit_is_not_looked_up() -> None:
    head = b"POST / HTTP/1.1\r\nX-A: %b\r\n" % (b"a" * 60) + LENGTH + b"\r\n"
    assert plain_head(head) is not None
    with Server(Echo(), max_header_bytes=50) as server:
        seen, answer = exchanged(server, [head + b"12345"])
    assert (seen, (answer or b"")[:12]) == ([], b"HTTP/1.1 431")


def test_a_body_that_looks_like_a_request() -> None:
    inner = b"POST / HTTP/1.1\r\n" + LENGTH + b"\r\n12345"
    with (
        Server(Echo()) as server,
        socket.create_connection((server.host, server.port), timeout=10) as client,
    ):
        client.sendall(b"POST /outer HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(inner))
        until(lambda: any(connection.reading == "body" for connection in server.connections))
        client.sendall(inner)
        assert client.recv(65536).endswith(inner)
        assert isinstance(server.service, Echo)
        assert [request.target for request in server.service.seen] == ["/outer"]


def test_a_head_is_parsed_once_and_looked_up_once_for_each_connection() -> None:
    request = b"POST /once HTTP/1.1\r\nX-Once: 1\r\n" + LENGTH + b"\r\n12345"
    before = plain_head.cache_info()
    with Server(Echo()) as server:
        for _ in range(3):
            with socket.create_connection((server.host, server.port), timeout=10) as client:
                for _ in range(4):
                    client.sendall(request)
                    assert client.recv(65536).endswith(b"12345")
    after = plain_head.cache_info()
    assert (after.misses - before.misses, after.hits - before.hits) == (1, 2)


def test_line_ends_between_requests_do_not_add_up() -> None:
    request = b"POST / HTTP/1.1\r\n" + LENGTH + b"\r\n12345"
    with (
        Server(Echo(), max_header_bytes=64) as server,
        socket.create_connection((server.host, server.port), timeout=10) as client,
    ):
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(400):  # Of the 576 bytes that may be framing, 800 come.
            client.sendall(request)
            assert client.recv(65536).startswith(b"HTTP/1.1 200 ")
            client.sendall(b"\r\n")
            while server.connections and max(c.received for c in server.connections) == 0:
                time.sleep(0)


def test_the_connection_ends_where_a_request_without_a_body_says_so() -> None:
    with (
        Server(Echo()) as server,
        socket.create_connection((server.host, server.port), timeout=10) as client,
    ):
        client.sendall(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
        got = b""
        while piece := client.recv(65536):
            got += piece
    assert b"\r\nConnection: close\r\n" in got


def test_who_is_told_of_a_refusal_cannot_prevent_the_answer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told = []

    def refused(status: int, reason: str) -> None:
        told.append((status, reason.partition(":")[0]))
        raise ValueError("no")

    with (
        Server(Echo(), refused=refused) as server,
        socket.create_connection((server.host, server.port), timeout=10) as client,
    ):
        client.sendall(b"nonsense\r\n\r\n")
        answer = client.recv(65536)
    assert told == [(400, "This is no HTTP/1.1 request")]
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert "no" in caplog.text
