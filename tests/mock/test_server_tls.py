"""The server by TLS, seen from a socket: HTTP over it, and handshakes that come to nothing."""

from __future__ import annotations

import gc
import socket
import ssl
import threading
import time
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ips_contract.http.messages import Request, Response
from ips_contract.mock.server.server import Server, new_event_loop
from ips_contract.mock.tls import Tls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ips_contract.mock.serving import MockServer

XML = (("Content-Type", "text/xml; charset=utf-8"),)
TIMEOUT = 0.25  # Seconds; the deadlines of the server.
HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"  # How a handshake begins.


@pytest.fixture(scope="module")
def tls() -> Tls:
    return Tls.make()


@pytest.fixture(params=["uvloop", "asyncio"], autouse=True)
def _each_loop(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "uvloop":
        pytest.importorskip("uvloop")
    else:
        plain = partial(new_event_loop, prefer_uvloop=False)
        monkeypatch.setattr("ips_contract.mock.server.server.new_event_loop", plain)


class Echo:
    """Answers with the request's body; what was refused is in ``refused``."""

    limit = 4096

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.fate, self.delay = "", 0.0
        self.seen: list[Request] = []
        self.refused: list[tuple[int, str]] = []

    def handle(self, request: Request) -> Response:
        self.seen.append(request)
        return Response(200, XML, request.body, delay=self.delay, fate=self.fate)

    def refuse(self, status: int, reason: str) -> None:
        self.refused.append((status, reason))


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def server(echo: Echo, tls: Tls) -> Iterator[Server]:
    with Server(echo, tls=tls.context, refused=echo.refuse) as server:
        yield server


@pytest.fixture
def impatient(echo: Echo, tls: Tls) -> Iterator[Server]:
    with Server(
        echo,
        tls=tls.context,
        request_timeout=TIMEOUT,
        idle_timeout=2 * TIMEOUT,
        refused=echo.refuse,
    ) as server:
        yield server


@contextmanager
def connected(server: Server | MockServer, tls: Tls, **options: Any) -> Iterator[ssl.SSLSocket]:
    context = ssl.create_default_context(cadata=tls.ca.decode())
    for name, value in options.items():
        if callable(getattr(context, name)):
            getattr(context, name)(value)
        else:
            setattr(context, name, value)
    with (
        socket.create_connection((server.host, server.port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as client,
    ):
        yield client


def post(body: bytes = b"") -> bytes:
    return b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


def read_all(client: socket.socket) -> bytes:
    """Until the server ends its side."""
    pieces = []
    while piece := client.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


def wait_until(is_so: Callable[[], object]) -> None:
    end = time.monotonic() + 10
    while not is_so() and time.monotonic() < end:
        time.sleep(0.005)


def wait_for(rows: list[tuple[int, str]]) -> tuple[int, str]:
    wait_until(lambda: rows)
    [row] = rows
    return row


# Exchanges


@pytest.mark.parametrize("size", [0, 10, 20_000, 200_000])
def test_bodies_of_any_size(echo: Echo, server: Server, tls: Tls, size: int) -> None:
    server.max_body_bytes = 1_000_000
    with connected(server, tls) as client:
        file = client.makefile("rb")
        for _ in range(3):
            client.sendall(post(b"a" * size))
            assert file.readline() == b"HTTP/1.1 200 OK\r\n"
            while file.readline() != b"\r\n":
                pass
            assert file.read(size) == b"a" * size


def test_pipelined_requests_and_a_clean_end(echo: Echo, server: Server, tls: Tls) -> None:
    with connected(server, tls, post_handshake_auth=False) as client:
        assert client.version() == "TLSv1.3"
        close = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        client.sendall(post(b"1") + post(b"2") + close)
        answers = read_all(client)
    assert answers.count(b"HTTP/1.1 200 OK") == 3
    assert answers.index(b"\r\n\r\n1") < answers.index(b"\r\n\r\n2")


def test_http_2_is_not_agreed_on(server: Server, tls: Tls) -> None:
    with connected(server, tls, set_alpn_protocols=["h2", "http/1.1"]) as client:
        assert client.selected_alpn_protocol() == "http/1.1"


@pytest.mark.parametrize("fate", ["drop", "truncate"])
def test_broken_answers(echo: Echo, server: Server, tls: Tls, fate: str) -> None:
    echo.fate = fate
    with connected(server, tls) as client:
        client.sendall(post(b"12345678"))
        head, _, body = read_all(client).partition(b"\r\n\r\n")
    assert (body, b"Content-Length: 8" in head) == (
        (b"", False) if fate == "drop" else (b"1234", True)
    )


def test_a_late_answer(echo: Echo, server: Server, tls: Tls) -> None:
    echo.delay = 0.05
    with connected(server, tls) as client:
        client.sendall(post(b"late"))
        assert client.recv(1000).endswith(b"late")


def test_a_refused_client_that_still_sends_sees_why(
    impatient: Server, tls: Tls, echo: Echo
) -> None:
    with connected(impatient, tls) as client:
        client.sendall(b"GET / HTTP/1.1\r\nX: " + b"a" * 40_000 + b"\r\n\r\n")
        client.sendall(b"a" * 40_000)
        assert read_all(client).startswith(b"HTTP/1.1 431 ")
    assert wait_for(echo.refused) == (431, "The request's headers are too long.")


def test_a_request_that_is_not_complete_in_time(impatient: Server, tls: Tls) -> None:
    with connected(impatient, tls) as client:
        client.sendall(b"GET / HT")
        assert read_all(client).startswith(b"HTTP/1.1 408 ")


def test_a_client_that_ends_its_side(server: Server, tls: Tls) -> None:
    with connected(server, tls) as client:
        client.sendall(post(b"last"))
        socket.socket.shutdown(client, socket.SHUT_WR)  # Its own forgets the keys.
        assert b"200 OK" in client.recv(1000)


def test_one_too_many(echo: Echo, tls: Tls) -> None:
    with (
        Server(echo, tls=tls.context, max_connections=1) as server,
        connected(server, tls) as first,
        connected(server, tls) as second,
    ):
        assert b" 503 " in second.recv(1000)
        first.sendall(post(b"first"))
        assert first.recv(1000).endswith(b"first")


# What is no handshake, or none that succeeds


def test_plain_http_at_a_port_of_tls(server: Server, echo: Echo) -> None:
    answer = requests.post(f"http://127.0.0.1:{server.port}/", b"a" * 100_000, timeout=10)
    words = "This is no TLS, and the mock speaks TLS: write https:// in its address."
    assert (answer.status_code, answer.text) == (400, f"{words}\n")
    assert wait_for(echo.refused) == (400, words)
    assert not echo.seen


@pytest.mark.parametrize("start", [HELLO, HELLO[:1]])
def test_a_handshake_that_is_not_complete_in_time(
    impatient: Server, echo: Echo, start: bytes
) -> None:
    with socket.create_connection((impatient.host, impatient.port), timeout=10) as client:
        client.sendall(start)
        assert client.recv(100) == b""
    words = "The TLS handshake failed: it was not complete after 0.25 seconds."
    assert wait_for(echo.refused) == (0, words)


def test_a_connection_without_a_byte_ends(impatient: Server, echo: Echo) -> None:
    with socket.create_connection((impatient.host, impatient.port), timeout=10) as client:
        assert client.recv(100) == b""
    wait_until(lambda: not impatient.connections)
    assert not impatient.connections
    assert not echo.refused


def test_who_leaves_before_or_in_the_handshake(server: Server, tls: Tls, echo: Echo) -> None:
    socket.create_connection((server.host, server.port), timeout=10).close()
    with socket.create_connection((server.host, server.port), timeout=10) as client:
        client.sendall(HELLO)
    assert wait_for(echo.refused) == (
        0,
        "The TLS handshake failed: the client ended it; it may not trust the server's certificate.",
    )
    with connected(server, tls) as client:  # Others are served.
        client.sendall(post(b"next"))
        assert client.recv(1000).endswith(b"next")


def test_a_client_that_does_not_trust_the_certificate(server: Server, echo: Echo) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(server.url, timeout=10)
    status, words = wait_for(echo.refused)
    assert status == 0
    assert words == (
        "The TLS handshake failed: the client does not trust the server's certificate (tlsv1 alert "
        "unknown ca): have it trust the CA that signed it."
    )


def test_no_cipher_in_common(server: Server, tls: Tls, echo: Echo) -> None:
    only = {"maximum_version": ssl.TLSVersion.TLSv1_2, "set_ciphers": "AES128-GCM-SHA256"}
    with pytest.raises(ssl.SSLError), connected(server, tls, **only):
        pass
    assert wait_for(echo.refused)[1] == (
        "The TLS handshake failed: client and server have no version or cipher of TLS in common "
        "(no shared cipher)."
    )


def test_garbage_after_the_first_byte(server: Server, echo: Echo) -> None:
    with socket.create_connection((server.host, server.port), timeout=10) as client:
        client.sendall(b"\x16" + b"garbage" * 10)
        read_all(client)
    status, words = wait_for(echo.refused)
    assert (status, words.startswith("The TLS handshake failed: ")) == (0, True)


def test_close_is_quick_and_leaves_nothing(tls: Tls, recwarn: pytest.WarningsRecorder) -> None:
    before = set(threading.enumerate())
    server = Server(Echo(), tls=tls.context)
    address = (server.host, server.port)
    silent, halfway = socket.create_connection(address), socket.create_connection(address)
    halfway.sendall(HELLO)
    with connected(server, tls) as idle, connected(server, tls) as partly:
        partly.sendall(b"POST / HTTP/1.1\r\nContent-Le")
        idle.sendall(post(b"a"))
        assert idle.recv(1000).endswith(b"a")
        start = time.perf_counter()
        server.close()
        assert time.perf_counter() - start < 5  # The deadlines are 60 s and 10 s.
        assert set(threading.enumerate()) == before
        assert not server.connections
    silent.close()
    halfway.close()
    del server
    gc.collect()
    assert not [str(warning.message) for warning in recwarn]
