"""The server seen from a socket: what proxies, old clients, probes and attackers send."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gzip
import re
import select
import socket
import ssl
import sys
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ips_contract.http.messages import Request, Response
from ips_contract.mock.server.connection import Connection
from ips_contract.mock.server.server import Server, new_event_loop

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

XML = (("Content-Type", "text/xml; charset=utf-8"),)
TIMEOUT = 0.25  # Seconds; the deadline of the impatient server.


class Echo:
    """Answers with the request's body, or as the target says; keeps what it saw."""

    limit = 4096

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.seen: list[Request] = []
        self.scripted: dict[str, Response] = {}

    def handle(self, request: Request) -> Response:
        self.seen.append(request)
        if request.target in self.scripted:
            return self.scripted[request.target]
        return Response(200, XML, request.body or request.target.encode())


class Client:
    """A raw connection; reads answers one by one."""

    def __init__(self, server: Server) -> None:
        self.socket = socket.create_connection((server.host, server.port), timeout=10)
        self.file = self.socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.file.close()
        self.socket.close()

    def send(self, *packets: bytes) -> Client:
        for packet in packets:
            self.socket.sendall(packet)
        return self

    def head(self) -> tuple[int, dict[str, str]]:
        status = self.file.readline()
        assert status.startswith(b"HTTP/1.1 "), status
        headers: dict[str, str] = {}
        while (line := self.file.readline().decode("latin-1").rstrip("\r\n")) != "":
            name, _, value = line.partition(": ")
            assert name.lower() not in headers
            headers[name.lower()] = value
        return int(status.split()[1]), headers

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        status, headers = self.head()
        return status, headers, self.file.read(int(headers["content-length"]))

    def ended(self) -> bool:
        return self.file.read(1) == b""


@pytest.fixture(params=["uvloop", "asyncio"])
def echo(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Echo:
    """With each loop that there is for this system."""
    if request.param == "uvloop":
        pytest.importorskip("uvloop")
    else:
        plain = partial(new_event_loop, prefer_uvloop=False)
        monkeypatch.setattr("ips_contract.mock.server.server.new_event_loop", plain)
    return Echo()


@pytest.fixture
def server(echo: Echo) -> Iterator[Server]:
    with Server(echo) as server:
        yield server


@pytest.fixture
def impatient(echo: Echo) -> Iterator[Server]:
    with Server(echo, request_timeout=TIMEOUT, idle_timeout=2 * TIMEOUT) as server:
        yield server


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    with Client(server) as client:
        yield client


def post(target: str = "/", body: bytes = b"", *headers: str, version: str = "1.1") -> bytes:
    lines = [
        f"POST {target} HTTP/{version}",
        "Host: mock",
        *headers,
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def test_an_answer_is_complete_and_keeps_the_connection(client: Client, echo: Echo) -> None:
    for body in (b"one", b"two"):
        status, headers, answer = client.send(post("/a?b=c%20d", body)).answer()
        assert (status, answer) == (200, body)
        assert headers.keys() == {"content-type", "content-length", "date"}
        assert headers["date"].endswith(" GMT")
    assert echo.seen[0] == Request(
        "POST", "/a?b=c%20d", {"host": "mock", "content-length": "3"}, b"one"
    )


def test_the_answer_is_one_packet(client: Client) -> None:
    client.send(post("/", b"body"))
    assert client.socket.recv(65536).endswith(b"body")


@pytest.mark.parametrize("size", [1, 2, 7, 40])
def test_packets_may_be_split_anywhere(client: Client, echo: Echo, size: int) -> None:
    data = post("/path", b"x" * 30, "A: b") + post("/second", b"y", "Transfer: n")
    client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.send(*(data[n : n + size] for n in range(0, len(data), size)))
    assert client.answer()[2] == b"x" * 30
    assert client.answer()[2] == b"y"
    assert [request.target for request in echo.seen] == ["/path", "/second"]


def test_pipelined_requests_are_answered_in_order(client: Client) -> None:
    bodies = [b"%d" % n for n in range(500)]
    client.send(b"".join(post("/", body) for body in bodies))
    assert [client.answer()[2] for _ in bodies] == bodies


def test_pipelined_requests_wait_for_a_delayed_answer(client: Client, echo: Echo) -> None:
    echo.scripted["/late"] = Response(200, XML, b"late", delay=0.1)
    client.send(post("/late") + post("/1", b"1") + post("/late") + post("/2", b"2"))
    client.send(post("/3", b"3"))
    assert [client.answer()[2] for _ in range(5)] == [b"late", b"1", b"late", b"2", b"3"]


def test_a_delay_holds_up_no_other_connection(server: Server, echo: Echo) -> None:
    echo.scripted["/late"] = Response(200, XML, b"late", delay=9)
    echo.scripted["/later"] = Response(200, XML, b"later", delay=0.1)
    with Client(server) as slow, Client(server) as quick:
        slow.send(post("/late"))
        for _ in range(50):
            assert quick.send(post("/", b"now")).answer()[2] == b"now"
        start = time.monotonic()
        assert quick.send(post("/later")).answer()[2] == b"later"
        assert time.monotonic() - start >= 0.1
        assert not select.select([slow.socket], [], [], 0)[0]


def test_a_client_may_leave_before_a_delayed_answer(server: Server, echo: Echo) -> None:
    echo.scripted["/late"] = Response(200, XML, b"late", delay=0.1)
    with Client(server) as client:
        client.send(post("/late"))
        wait_for(lambda: bool(echo.seen))
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    wait_for(lambda: not server.connections)


def test_a_half_closed_client_gets_all_its_answers(client: Client, echo: Echo) -> None:
    echo.scripted["/late"] = Response(200, XML, b"late", delay=0.05)
    client.send(post("/late") + post("/", b"x") + post("/", b"last"))
    client.socket.shutdown(socket.SHUT_WR)
    assert client.answer()[2] == b"late"
    assert client.answer()[2] == b"x"
    assert client.answer()[2] == b"last"
    assert client.ended()


def test_a_half_closed_client_with_an_answered_request(client: Client) -> None:
    assert client.send(post("/", b"x")).answer()[2] == b"x"
    client.socket.shutdown(socket.SHUT_WR)
    assert client.ended()


def test_a_request_that_ends_early_is_told_so(client: Client, echo: Echo) -> None:
    client.send(post("/", b"whole")[:-1])
    client.socket.shutdown(socket.SHUT_WR)
    status, headers, body = client.answer()
    assert (status, headers["connection"], body) == (400, "close", b"The request ended early.\n")
    assert client.ended()
    assert not echo.seen


@pytest.mark.parametrize(
    "connection", ["close", "Close", "TE, close", "close, TE", "keep-alive, close"]
)
def test_connection_close_is_said_when_meant(client: Client, connection: str) -> None:
    client.send(post("/", b"x", f"Connection: {connection}", "TE: trailers"))
    status, headers, body = client.answer()
    assert (status, headers["connection"], body) == (200, "close", b"x")
    assert client.ended()


def test_what_follows_connection_close_is_ignored(client: Client, echo: Echo) -> None:
    client.send(post("/", b"x", "Connection: close") + post("/again"))
    assert client.answer()[2] == b"x"
    assert client.ended()
    assert len(echo.seen) == 1


def test_http_1_0_closes(client: Client) -> None:
    status, headers, body = client.send(post("/", b"x", version="1.0")).answer()
    assert (status, headers["connection"], body) == (200, "close", b"x")
    assert client.ended()


def test_http_1_0_with_keep_alive(client: Client) -> None:
    for body in (b"x", b"y"):
        client.send(post("/", body, "Connection: Keep-Alive", version="1.0"))
        status, headers, answer = client.answer()
        assert (status, headers["connection"], answer) == (200, "keep-alive", body)


def test_expect_100_continue(client: Client) -> None:
    data = post("/", b"body", "Expect: 100-Continue")
    client.send(data[:-4])
    assert client.head() == (100, {})
    assert client.send(data[-4:]).answer()[2] == b"body"


def test_expect_is_not_answered_to_http_1_0(client: Client) -> None:
    client.send(post("/", b"body", "Expect: 100-continue", version="1.0"))
    assert client.answer()[:1] == (200,)


def test_expect_waits_for_the_answers_before_it(client: Client, echo: Echo) -> None:
    echo.scripted["/late"] = Response(200, XML, b"late", delay=0.05)
    data = post("/", b"body", "Expect: 100-continue")
    client.send(post("/late") + data[:-4])
    assert client.answer()[2] == b"late"
    assert client.head() == (100, {})
    assert client.send(data[-4:]).answer()[2] == b"body"


CHUNKED = b"POST /chunked HTTP/1.1\r\nHost: mock\r\nTransfer-Encoding: chunked\r\n\r\n"


def test_chunks_extensions_and_trailers(client: Client, echo: Echo) -> None:
    data = CHUNKED + b'3;a="b"\r\nabc\r\n1\r\nd\r\n0\r\nHost: evil\r\nX: y\r\n\r\n'
    assert client.send(data + post("/", b"next")).answer()[2] == b"abcd"
    assert client.answer()[2] == b"next"
    assert echo.seen[0].headers == {"host": "mock", "transfer-encoding": "chunked"}
    assert echo.seen[1].headers == {"host": "mock", "content-length": "4"}


def test_a_compressed_body_is_handed_on_as_it_came(client: Client, echo: Echo) -> None:
    body = gzip.compress(b"<a/>")
    client.send(post("/", body, "Content-Encoding: gzip")).answer()
    assert echo.seen[0].body == body
    assert echo.seen[0].headers["content-encoding"] == "gzip"


def test_headers_are_lower_case_trimmed_and_joined(client: Client, echo: Echo) -> None:
    client.send(post("/", b"", "X-A:  1 ", "x-a:2", 'SOAPAction: "submitJob"', "E:")).answer()
    headers = echo.seen[0].headers
    assert (headers["x-a"], headers["soapaction"], headers["e"]) == ("1, 2", '"submitJob"', "")


def test_head_has_the_length_and_no_body(client: Client, echo: Echo) -> None:
    status, headers = client.send(b"HEAD /abc HTTP/1.1\r\nHost: mock\r\n\r\n").head()
    assert (status, headers["content-length"]) == (200, "4")
    assert client.send(post("/", b"next")).answer()[2] == b"next"


@pytest.mark.parametrize("status", [204, 304])
def test_statuses_without_a_body(client: Client, echo: Echo, status: int) -> None:
    echo.scripted["/none"] = Response(status, (), b"never sent")
    answer = client.send(post("/none")).head()
    assert answer[0] == status
    assert "content-length" not in answer[1]
    assert client.send(post("/", b"next")).answer()[2] == b"next"


def test_an_unknown_status_is_sent(client: Client, echo: Echo) -> None:
    echo.scripted["/odd"] = Response(599, (), b"")
    assert client.send(post("/odd")).answer()[0] == 599


@pytest.mark.parametrize(
    ("target", "seen", "host"),
    [
        ("/scene7/a%2Fb?x=%20&y", "/scene7/a%2Fb?x=%20&y", "mock"),
        ("http://s7.example:80/scene7/a?b", "/scene7/a?b", "s7.example:80"),
        ("HTTPS://s7.example", "/", "s7.example"),
        ("http://s7.example?b#c", "/?b", "s7.example"),
        ("http://me:secret@s7.example/a", "/a", "s7.example"),
        ("*", "*", "mock"),
    ],
)
def test_targets(client: Client, echo: Echo, target: str, seen: str, host: str) -> None:
    client.send(f"OPTIONS {target} HTTP/1.1\r\nHost: mock\r\n\r\n".encode()).answer()
    assert (echo.seen[0].target, echo.seen[0].headers["host"]) == (seen, host)


OFFER = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAEAAEAA")


def test_an_offer_of_http_2_is_ignored(client: Client, echo: Echo) -> None:
    client.send(post("/", b"body", *OFFER) * 50 + post("/", b"next"))
    assert [client.answer()[2] for _ in range(51)] == [b"body"] * 50 + [b"next"]
    assert "upgrade" not in echo.seen[0].headers


def test_an_offer_of_http_2_in_pieces(client: Client) -> None:
    data = post("/", b"body", *OFFER, "X: y")
    client.send(data[:-4])
    time.sleep(0.02)
    assert client.send(data[-4:]).answer()[2] == b"body"


def test_an_offer_of_http_2_that_closes(client: Client) -> None:
    client.send(post("/", b"body", "Connection: close, Upgrade", "Upgrade: h2c"))
    assert client.answer()[1]["connection"] == "close"
    assert client.ended()


def refused(client: Client) -> tuple[int, str]:
    status, headers, body = client.answer()
    assert headers["connection"] == "close"
    assert headers["content-type"] == "text/plain; charset=utf-8"
    client.socket.shutdown(socket.SHUT_WR)
    assert client.ended()
    return status, body.decode()


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\xff\x00\xff",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"EHLO mock\r\n",
        b"GET / HTTP/3.0\r\n\r\n",
        b"GET /\xc3\xa9 HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n",
        b"GET / HTTP/1.1\r\nA : b\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: b\0c\r\n\r\n",
        b"CONNECT s7sps1apissl.scene7.com:443 HTTP/1.1\r\n\r\n",
        post("/", b"abc", "Content-Length: 3"),
        post("/", b"abc", "Content-Length: 4"),
        post("/", b"0\r\n\r\n", "Transfer-Encoding: chunked"),
        b"POST / HTTP/1.1\r\nContent-Length: 3, 3\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nContent-Length: -3\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked, gzip\r\n\r\nabc",
        CHUNKED + b"x\r\n",
        CHUNKED + b"-1\r\n",
        CHUNKED + b"3\r\nabcd\r\n",
        CHUNKED + b"fffffffffffffffffffff\r\n",
    ],
)
def test_garbage_gets_a_400(client: Client, echo: Echo, data: bytes) -> None:
    assert refused(client.send(data))[0] == 400
    assert not echo.seen


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
            400,
            "This is TLS, and the mock speaks plain HTTP: write http:// in its address.",
        ),
        (
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            400,
            "This is HTTP/2, and the mock speaks HTTP/1.1: have the client use that.",
        ),
        (b"GET /\r\n\r\n", 505, "This is HTTP/0.9, and the mock speaks HTTP/1.1: send that."),
        (
            b"GET / HTTP/2.0\r\n\r\n",
            505,
            "This is HTTP/2.0, and the mock speaks HTTP/1.1: send that.",
        ),
        (
            b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n",
            505,
            "This is RTSP, and the mock speaks HTTP/1.1: send that.",
        ),
        (
            b"DESCRIBE RTSP://mock/ RTSP/1.0\r\n\r\n",
            505,
            "This is RTSP, and the mock speaks HTTP/1.1: send that.",
        ),
    ],
)
@pytest.mark.parametrize("packets", [1, 2, 3])
def test_another_protocol_is_named(
    client: Client, echo: Echo, data: bytes, status: int, words: str, packets: int
) -> None:
    client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for number in range(packets - 1):
        client.send(data[number : number + 1])
        time.sleep(0.01)
    client.send(data[packets - 1 :])
    assert refused(client) == (status, f"{words}\n")
    assert not echo.seen


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x80\x2e\x01\x03\x01\x00\x15\x00\x00\x00\x10" + bytes(37), "This is TLS, and the "),
        (
            b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nGET / HTTP/1.1\r\n\r\n",
            "This is the PROXY protoc",
        ),
        (b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + bytes(12), "This is the PROXY protocol of a load"),
        (
            b"\x05\x01\x00",
            "This is SOCKS. The mock is no proxy: give its address as the service's.",
        ),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "This is SSH, and the mock speaks HTTP/1.1: send that."),
        (b"HTTP/1.1 200 OK\r\n\r\n", "This is an answer of HTTP, and the mock wants a request."),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "This is XML with no HTTP before it: POST it, as "),
        (
            b"\n <soapenv:Envelope>",
            "This is XML with no HTTP before it: POST it, as a client of HTTP ",
        ),
        (
            b"post / HTTP/1.1\r\n\r\n",
            "The method of the request is not in capitals, as HTTP has it",
        ),
        (b"EHLO mock\r\n", "This is no HTTP/1.1 request: Invalid method encountered."),
    ],
)
def test_what_is_no_http_is_named(client: Client, echo: Echo, data: bytes, words: str) -> None:
    status, text = refused(client.send(data))
    assert (status, text[: len(words)]) == (400, words)
    assert not echo.seen


def test_a_line_of_http_0_9(echo: Echo) -> None:
    with Server(echo, request_timeout=TIMEOUT) as server, Client(server) as client:
        status, text = refused(client.send(b"GET /\r\n"))
    assert (status, text.endswith("names no version of HTTP; send HTTP/1.1.\n")) == (408, True)


def test_what_a_client_of_tls_says(server: Server) -> None:
    context = ssl.create_default_context()
    with (
        socket.create_connection((server.host, server.port), timeout=10) as plain,
        pytest.raises(ssl.SSLError, match=r"(?i)wrong.version.number|record layer failure"),
    ):
        context.wrap_socket(plain, server_hostname="mock")


def test_http_1_0_without_a_host_means_the_address_it_came_to(
    server: Server, client: Client, echo: Echo
) -> None:
    client.send(b"GET / HTTP/1.0\r\n\r\n").answer()
    assert echo.seen[0].headers["host"] == f"127.0.0.1:{server.port}"


def test_garbage_after_a_request_is_answered_after_it(client: Client, echo: Echo) -> None:
    echo.scripted["/late"] = Response(200, XML, b"late", delay=0.05)
    client.send(post("/late") + b"garbage")
    assert client.answer()[2] == b"late"
    status, text = refused(client)
    assert (status, text) == (400, "This is no HTTP/1.1 request: Invalid method encountered.\n")


def test_the_server_goes_on_after_garbage(server: Server) -> None:
    for n in range(50):
        with Client(server) as client:
            client.send(bytes((n * k * k + k) % 256 for k in range(200)))
    with Client(server) as client:
        assert client.send(post("/", b"fine")).answer()[2] == b"fine"


@pytest.mark.parametrize(
    "headers",
    [f"A: {'b' * 33000}", "\r\n".join(f"A{n}: {'b' * 90}" for n in range(400))],
    ids=["long", "many"],
)
def test_headers_too_long(client: Client, echo: Echo, headers: str) -> None:
    assert refused(client.send(post("/", b"", headers))) == (
        431,
        "The request's headers are too long.\n",
    )
    assert not echo.seen


def test_a_target_too_long(client: Client) -> None:
    assert refused(client.send(post("/" + "a" * 33000)))[0] == 431


def test_a_header_without_end(client: Client) -> None:
    client.send(b"GET / HTTP/1.1\r\nA: ")
    for _ in range(5):
        time.sleep(0.001)
        client.send(b"b" * 8000)
    assert refused(client)[0] == 431


@pytest.mark.parametrize("start", [b"GET / HTTP/1.1\r\nA: ", b"GET / HTTP/1.1\r\nB: c\r\nA: "])
def test_a_header_without_end_in_one_packet(client: Client, start: bytes) -> None:
    client.send(start + b"b" * 40_000)
    assert refused(client)[0] == 431


def test_a_body_at_the_limit(client: Client, echo: Echo) -> None:
    body = b"x" * echo.limit
    assert client.send(post("/", body)).answer()[2] == body


@pytest.mark.parametrize("chunked", [False, True])
def test_of_a_body_too_long_the_service_sees_enough(
    client: Client, echo: Echo, *, chunked: bool
) -> None:
    body = b"x" * 1_000_000
    data = CHUNKED + b"f4240\r\n" + body if chunked else post("/", body)
    status, headers, answer = client.send(data).answer()
    assert (status, headers["connection"]) == (200, "close")
    assert answer == body[: echo.limit + 1] == echo.seen[0].body
    client.socket.shutdown(socket.SHUT_WR)
    assert client.ended()


def test_a_body_too_long_is_not_waited_for(client: Client, echo: Echo) -> None:
    client.send(b"POST / HTTP/1.1\r\nContent-Length: 10000000000\r\n\r\n" + b"x" * 5000)
    assert len(client.answer()[2]) == echo.limit + 1


def test_chunks_that_are_all_framing(client: Client, echo: Echo) -> None:
    client.send(CHUNKED)
    time.sleep(0.02)
    chunk = b"1;" + b"e" * 2000 + b"\r\nx\r\n"
    client.send(chunk * 40)
    assert refused(client) == (413, "The request is too long for what its body holds.\n")
    assert not echo.seen


def wait_for(condition: object, seconds: float = 30) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.mark.parametrize(
    ("begin", "piece"),
    [
        (b"POST / HTTP/1.1\r\nA: ", b"b"),
        (post("/", b"x" * 1000)[:-1000], b"x"),
        (CHUNKED, b"1\r\nx\r\n"),
    ],
    ids=["headers", "body", "chunks"],
)
def test_slow_loris(impatient: Server, echo: Echo, begin: bytes, piece: bytes) -> None:
    start = time.monotonic()
    with Client(impatient) as client:
        client.send(begin)
        client.socket.settimeout(0.01)
        while True:
            try:
                answer = client.socket.recv(65536)
            except TimeoutError:
                client.send(piece)
                assert time.monotonic() - start < 100 * TIMEOUT
            else:
                break
    assert time.monotonic() - start > 0.9 * TIMEOUT
    assert answer.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert b"\r\nConnection: close\r\n" in answer
    assert answer.endswith(b"The request was not complete after 0.25 seconds.\n")
    assert not echo.seen


def test_the_deadline_is_of_each_request(echo: Echo) -> None:
    with Server(echo, request_timeout=2) as server, Client(server) as client:
        for _ in range(5):
            data = post("/", b"body")
            client.send(data[:10])
            time.sleep(0.5)
            assert client.send(data[10:]).answer()[2] == b"body"


def test_a_delayed_answer_may_take_longer_than_the_deadlines(impatient: Server, echo: Echo) -> None:
    echo.scripted["/late"] = Response(200, XML, b"late", delay=3 * TIMEOUT)
    with Client(impatient) as client:
        client.send(post("/late") + post("/", b"partly")[:-1])
        assert client.answer()[2] == b"late"
        assert client.send(b"y").answer()[2] == b"party"[:4] + b"ly"[:1] + b"y"


def test_a_refused_client_that_goes_on_sending_is_cut(impatient: Server) -> None:
    with Client(impatient) as client:
        client.send(b"garbage")
        assert client.answer()[0] == 400
        with pytest.raises(ConnectionError):
            send_on(client, b"more garbage")


def send_on(client: Client, data: bytes) -> None:
    for _ in range(1000):
        client.send(data)
        time.sleep(0.005)


@pytest.mark.parametrize("data", [b"", b"\r\n", post("/", b"x")], ids=["new", "blank", "used"])
def test_idle_connections_end_without_a_word(impatient: Server, data: bytes) -> None:
    start = time.monotonic()
    with Client(impatient) as client:
        client.send(data)
        if data.startswith(b"POST"):
            client.answer()
        assert client.ended()
    assert time.monotonic() - start > 1.8 * TIMEOUT


def test_a_client_that_does_not_read_is_cut(impatient: Server, echo: Echo) -> None:
    echo.scripted["/big"] = Response(200, XML, b"x" * 1_000_000)
    with Client(impatient) as client:
        client.socket.settimeout(0.05)
        with pytest.raises((TimeoutError, ConnectionError)):
            send_on(client, post("/big") * 20)
        wait_for(lambda: not impatient.connections)
    assert len(echo.seen) < 60  # It is not read on while answers wait for their reader.


def test_a_slow_reader_gets_everything(server: Server, echo: Echo) -> None:
    echo.scripted["/big"] = Response(200, XML, b"x" * 1_000_000)
    with Client(server) as client:
        client.send(post("/big") * 10 + post("/", b"last"))
        for _ in range(10):
            time.sleep(0.01)
            assert len(client.answer()[2]) == 1_000_000
        assert client.answer()[2] == b"last"


def test_a_delay_behind_a_full_buffer(server: Server, echo: Echo) -> None:
    echo.scripted["/big"] = Response(200, XML, b"x" * 9_000_000)
    echo.scripted["/late"] = Response(200, XML, b"late" * 1_000_000, delay=0.05)
    with Client(server) as client:
        client.send((post("/big") + post("/late")) * 2 + post("/", b"last"))
        time.sleep(0.1)
        sizes = [len(client.answer()[2]) for _ in range(4)]
        assert sizes == [9_000_000, 4_000_000] * 2
        assert client.answer()[2] == b"last"


def test_more_connections_than_allowed_get_a_503(echo: Echo) -> None:
    with Server(echo, max_connections=3) as server:
        clients = [Client(server) for _ in range(3)]
        for client in clients:
            assert client.send(post("/", b"x")).answer()[2] == b"x"
        with Client(server) as fourth:
            assert refused(fourth)[0] == 503
        wait_for(lambda: len(server.connections) == 3)
        crowd = [Client(server) for _ in range(3)]
        # Beyond twice as many there is no place even for a refusal: it waits for one.
        with Client(server) as last:
            last.socket.settimeout(0.1)
            with pytest.raises(TimeoutError):
                last.send(post("/", b"x")).answer()
            assert len(server.connections) == 6
            for client in crowd:
                client.__exit__()
            last.socket.settimeout(10)
            assert last.socket.recv(100).startswith(b"HTTP/1.1 503 ")
        clients.pop().__exit__()
        wait_for(lambda: len(server.connections) == 2)
        with Client(server) as again:
            assert again.send(post("/", b"x")).answer()[2] == b"x"
        for client in clients:
            client.__exit__()


@pytest.mark.parametrize("before", [0, 2])
def test_drop(client: Client, echo: Echo, before: int) -> None:
    echo.scripted["/drop"] = Response(200, XML, b"never", fate="drop")
    client.send(post("/", b"x") * before + post("/drop") + post("/never"))
    for _ in range(before):
        assert client.answer()[2] == b"x"
    assert client.ended()
    assert echo.seen[-1].target == "/drop"


def test_drop_after_a_delay(client: Client, echo: Echo) -> None:
    echo.scripted["/drop"] = Response(200, XML, b"never", delay=0.05, fate="drop")
    client.send(post("/drop") + post("/never"))
    assert client.ended()


def test_truncate(client: Client, echo: Echo) -> None:
    echo.scripted["/half"] = Response(200, XML, b"0123456789", fate="truncate")
    status, headers = client.send(post("/half")).head()
    assert (status, headers["content-length"], headers["connection"]) == (200, "10", "close")
    assert client.file.read() == b"01234"


def test_a_long_head_in_several_packets_is_refused(client: Client) -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\n" + b"".join(
        b"X-%d: %b\r\n" % (number, b"a" * 1000) for number in range(31)
    )
    rest = b"X-Last: " + b"a" * 2500 + b"\r\nContent-Length: 0\r\n\r\n"
    assert refused(client.send(head, rest))[0] == 431


@pytest.mark.parametrize(
    "lines",
    [
        [b"A: b\r\n"] * 11_000,  # 66 KB, of which a third is names and values.
        [b"A%d: b\r\n" % number for number in range(2000)],
        [b"A: %b\r\n" % (b"b" * 8000)] * 4,
        [b"A: %b\r\n" % (b"b" * 8300)] * 4,
        [b"A:%bb\r\n" % (b" " * 20_000)] * 3,
    ],
    ids=["66 KB", "20 KB", "just in", "just out", "blanks"],
)
def test_the_limit_of_a_head_does_not_depend_on_packets(server: Server, lines: list[bytes]) -> None:
    head = b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(lines) + b"\r\n"
    statuses = set()
    for size in (len(head), len(head) // 2 + 1, len(head) // 7, 1500):
        with Client(server) as client:
            client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with contextlib.suppress(OSError):  # It is refused already.
                for at in range(0, len(head), size):
                    client.send(head[at : at + size])
                    time.sleep(0.002)
            statuses.add(client.head()[0])
    assert len(statuses) == 1


def test_requests_with_the_same_head_have_their_own_host(client: Client, echo: Echo) -> None:
    head = b" HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
    client.send(b"POST http://other/a" + head, b"POST /b" + head, b"POST http://third/c" + head)
    for _ in range(3):
        client.answer()
    found = [(request.target, request.headers["host"]) for request in echo.seen]
    assert found == [("/a", "other"), ("/b", "x"), ("/c", "third")]


# A head that is sent again is known by its bytes.


LINES = (
    b"Host: h",
    *[b"Content-Length: 5"] * 3,
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
BODIES = (
    *(b"", b"12345", b"1234", b"123456", b"12345\r\n", b"\r\n\r\n1", b"\r\n1\r\n\r\n"),
    *(b"x" * 65, b"5\r\n12345\r\n0\r\n\r\n"),
)
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


class Transport(asyncio.Transport):
    """Keeps what is written, without the time, until it is closed."""

    def __init__(self) -> None:
        super().__init__({"sockname": ("127.0.0.1", 80)})
        self.answers = b""
        self.over = ""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self.over
        self.answers += re.sub(rb"Date: [^\r]*", b"", bytes(data))

    def is_closing(self) -> bool:
        return self.over == "closed"

    def close(self) -> None:
        self.over = "closed"

    abort = close

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self.over = "half"

    def pause_reading(self) -> None:
        pass

    resume_reading = pause_reading


class EchoHost:
    """The least that a connection needs."""

    request_timeout = idle_timeout = 60.0
    max_header_bytes, max_body_bytes = 2048, 64
    refused: Callable[[int, str], None] | None = None

    def __init__(self) -> None:
        self.seen: list[Request] = []

    def receiver(self, method: str, target: str, headers: dict[str, str]) -> None:
        """Every body is in its request."""

    def answer(self, request: Request) -> Response:
        self.seen.append(request)
        return Response(200, XML, request.body)

    def date(self) -> bytes:
        return b"Date: now\r\n"

    def send_soon(self, connection: Connection) -> None:
        connection.flush()

    def go_on(self, connection: Connection, more: Callable[[], bytes | None]) -> None:
        """No answer of this one goes on."""

    def run(self, task: Coroutine[object, object, None]) -> None:
        """No answer of this one is to come."""

    def forget(self, connection: Connection) -> None:
        pass


async def exchanged(data: list[bytes], *, known: bool) -> tuple[list[Request], bytes, str]:
    """What was seen of it and answered, with heads known again or not, and how it ended."""
    host, transport = EchoHost(), Transport()
    connection = Connection(host)
    connection.connection_made(transport)
    for packet in data:
        connection.data_received(packet)
        if not known:
            connection.known = None
    connection.eof_received()
    connection.connection_lost(None)
    return host.seen, transport.answers, transport.over


@given(first=packets(), second=packets(), order=st.sampled_from(("1", "11", "12", "121", "1221")))
def test_a_known_head_changes_nothing(first: bytes, second: bytes, order: str) -> None:
    data = [first if number == "1" else second for number in order]
    results = [asyncio.run(exchanged(data, known=known)) for known in (True, False)]
    assert results[0] == results[1]


WHOLE = (
    post("/0", b"12345"),
    post("/1", b"abcde"),
    post("/1", b"abc"),
    post("/3", b"\r\n\r\n1", "X-A: b", "X-A: c"),
    b"POST /4 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
    b"GET /5 HTTP/1.1\r\nHost: h\r\n\r\n",
    b"\r\n" + post("/6", b"12345"),
)


@given(numbers=st.lists(st.sampled_from(range(len(WHOLE))), min_size=2, max_size=9))
def test_one_request_after_the_other(numbers: list[int]) -> None:
    data = [WHOLE[number] for number in numbers]
    known, parsed = (asyncio.run(exchanged(data, known=known)) for known in (True, False))
    assert known == parsed
    assert [request.target for request in known[0]] == [f"/{'0113456'[n]}" for n in numbers]


def test_a_head_is_parsed_once_for_each_connection() -> None:
    async def main() -> list[int]:
        found = []
        for _ in range(2):
            host, transport = EchoHost(), Transport()
            connection = Connection(host)
            connection.connection_made(transport)
            for body in (b"12345", b"abcde", b"vwxyz"):
                connection.data_received(post("/", body))
            connection.connection_lost(None)
            assert [request.body for request in host.seen] == [b"12345", b"abcde", b"vwxyz"]
            found.append(len({id(request.headers) for request in host.seen}))
        return found

    assert asyncio.run(main()) == [1, 1]


def test_a_head_that_comes_again_in_pieces(server: Server, echo: Echo) -> None:
    request = post("/a", b"abcde")
    for at in (1, 5, 20, len(request) - 7, len(request) - 5, len(request) - 1):
        with Client(server) as client:
            assert client.send(post("/a", b"12345")).answer()[2] == b"12345"
            client.send(request[:at])
            wait_for(lambda: any(each.reading for each in server.connections))
            assert client.send(request[at:]).answer()[2] == b"abcde"
        wait_for(lambda: not server.connections)


def test_each_connection_has_its_own_last_head(server: Server, echo: Echo) -> None:
    one, two = post("/1", b"12345"), post("/2", b"abc")
    with Client(server) as a, Client(server) as b:
        for client, request in ((a, one), (b, two), (a, one), (a, two), (b, one), (b, one)):
            assert client.send(request).answer()[2] == request[-5 if request == one else -3 :]
    assert [request.target for request in echo.seen] == "/1 /2 /1 /2 /1 /1".split()


def test_a_head_longer_than_the_limit_is_refused_each_time(echo: Echo) -> None:
    request = post("/", b"12345", f"X-A: {'a' * 60}")
    with Server(echo, max_header_bytes=50) as server:
        for _ in range(2):
            with Client(server) as client:
                assert refused(client.send(request))[0] == 431
    assert not echo.seen


def test_a_body_that_looks_like_a_request(server: Server, client: Client, echo: Echo) -> None:
    inner = post("/inner", b"12345")
    client.send(post("/outer", inner)[: -len(inner)])
    wait_for(lambda: any(each.reading == "body" for each in server.connections))
    assert client.send(inner).answer()[2] == inner
    assert [request.target for request in echo.seen] == ["/outer"]


def test_line_ends_between_requests_do_not_add_up(echo: Echo) -> None:
    echo.limit = 64
    with Server(echo, max_header_bytes=64) as server, Client(server) as client:
        client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(400):  # Of the 576 bytes that may be framing, 800 come.
            client.send(post("/", b"12345"))
            assert client.answer()[0] == 200
            client.send(b"\r\n")
            wait_for(lambda: max(each.received for each in server.connections) > 0)


def test_the_connection_ends_where_a_request_without_a_body_says_so(client: Client) -> None:
    client.send(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
    assert client.answer()[1]["connection"] == "close"
    assert client.ended()


def test_who_is_told_of_a_refusal_cannot_prevent_the_answer(
    echo: Echo, caplog: pytest.LogCaptureFixture
) -> None:
    told = []

    def note(status: int, reason: str) -> None:
        told.append((status, reason.partition(":")[0]))
        raise ValueError("no")

    with Server(echo, refused=note) as server, Client(server) as client:
        assert refused(client.send(b"nonsense\r\n\r\n"))[0] == 400
    assert told == [(400, "This is no HTTP/1.1 request")]
    assert "Who is told of refusals failed" in caplog.text


# What was said of the sockets.


def test_a_port_can_be_taken_again_at_once(echo: Echo) -> None:
    with Server(echo) as server, Client(server) as client:
        client.send(post("/", b"x")).answer()
    with Server(echo, port=server.port) as again, Client(again) as client:
        assert client.send(post("/", b"x")).answer()[2] == b"x"


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_an_address_in_use_is_named(echo: Echo, host: str) -> None:
    try:
        server = Server(echo, host=host)
    except OSError as error:  # A machine may have no IPv6.
        if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT) or host != "::1":
            raise
        pytest.skip("This machine has no IPv6.")
    with server:
        words = f"cannot listen at {host}:{server.port}: "
        with pytest.raises(OSError, match=re.escape(words)) as caught:
            Server(echo, host=host, port=server.port)
        assert caught.value.errno == errno.EADDRINUSE


def test_late_answers_go_out_when_they_are_due(server: Server, echo: Echo) -> None:
    """By their times, whatever the order they were asked for in."""
    with contextlib.ExitStack() as stack:
        due: dict[int, Client] = {}
        for tenths in (9, 5, 1, 7, 3):
            echo.scripted[f"/{tenths}"] = Response(200, XML, b"%d" % tenths, delay=tenths / 10)
            due[tenths] = stack.enter_context(Client(server)).send(post(f"/{tenths}"))
        came: list[int] = []
        while len(came) < len(due):
            waiting = [client.socket for n, client in due.items() if n not in came]
            for ready in select.select(waiting, [], [], 10)[0]:
                [tenths] = [n for n, client in due.items() if client.socket is ready]
                assert due[tenths].answer()[2] == b"%d" % tenths
                came.append(tenths)
    assert came == [1, 3, 5, 7, 9]


# The loop.


def test_which_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    with contextlib.closing(new_event_loop(prefer_uvloop=False)) as plain:
        assert isinstance(plain, asyncio.SelectorEventLoop)
    uvloop = pytest.importorskip("uvloop")
    with contextlib.closing(new_event_loop()) as loop:
        assert isinstance(loop, uvloop.Loop)
    with monkeypatch.context() as patch:
        for name in ("epoll", "kqueue"):  # As gevent does.
            patch.delattr(select, name, raising=False)
        with contextlib.closing(new_event_loop()) as loop:
            assert not isinstance(loop, uvloop.Loop)
    monkeypatch.setitem(sys.modules, "uvloop", None)
    with contextlib.closing(new_event_loop()) as loop:
        assert not isinstance(loop, uvloop.Loop)
