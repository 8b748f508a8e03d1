"""The server's life: start, load, failures inside, clocks, stop."""

from __future__ import annotations

import asyncio
import errno
import gc
import http.client
import logging
import os
import socket
import sys
import threading
import time
from functools import partial
from itertools import count

import freezegun
import pytest

from ips_contract.http.messages import Request, Response
from ips_contract.mock.server.server import MISSING, Server, new_event_loop

XML = (("Content-Type", "text/xml; charset=utf-8"),)


class Counter:
    """Answers each request with a number of its own."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.numbers = count()

    def handle(self, request: Request) -> Response:
        assert self.lock.locked()
        return Response(200, XML, b"%d %b" % (next(self.numbers), request.body))


def ask(server: Server, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
    try:
        connection.request("POST", "/scene7/", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_it_listens_on_loopback_at_a_free_port() -> None:
    with Server(Counter()) as server:
        assert (server.host, server.url) == ("127.0.0.1", f"http://127.0.0.1:{server.port}/scene7/")
        assert ask(server, b"a") == (200, b"0 a")


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_ipv6() -> None:
    try:
        server = Server(Counter(), host="::1")
    except OSError as error:  # pragma: no cover - as the machine is
        pytest.skip(str(error))
    with server:
        assert server.url == f"http://[::1]:{server.port}/scene7/"
        assert ask(server, b"a") == (200, b"0 a")


def test_the_port_is_free_again_after_close() -> None:
    port = 0
    for _ in range(5):
        with Server(Counter(), port=port) as server:
            port = server.port
            assert ask(server)[0] == 200
    with pytest.raises(ConnectionRefusedError):
        ask(server)


def test_a_port_in_use_is_told_to_the_caller() -> None:
    with Server(Counter()) as server, pytest.raises(OSError, match=r"[Aa]ddress"):
        Server(Counter(), port=server.port)


def test_several_servers_at_once() -> None:
    servers = [Server(Counter()) for _ in range(5)]
    for n, server in enumerate(servers):
        for _ in range(n):
            ask(server)
    assert [ask(server)[1] for server in servers] == [b"%d " % n for n in range(5)]
    for server in servers:
        server.close()


@pytest.mark.parametrize(("seconds", "connections"), [(0, 1), (1, 0)])
def test_limits_are_positive(seconds: float, connections: int) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        Server(Counter(), request_timeout=seconds, max_connections=connections)


def test_without_httptools_the_caller_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "httptools", None)
    with pytest.raises(ImportError, match=r"pip install 'ips-contract\[server\]'") as caught:
        Server(Counter())
    assert str(caught.value) == MISSING


@pytest.mark.usefixtures("_each_loop")
def test_close_is_quick_and_leaves_nothing(recwarn: pytest.WarningsRecorder) -> None:
    before = set(threading.enumerate())
    service = Counter()
    server = Server(service)
    idle = socket.create_connection((server.host, server.port))
    partly = socket.create_connection((server.host, server.port))
    partly.sendall(b"POST / HTTP/1.1\r\nContent-Le")
    assert ask(server)[0] == 200
    start = time.perf_counter()
    server.close()
    server.close()
    assert time.perf_counter() - start < 5  # The deadlines of the two are 60 s and 10 s.
    assert set(threading.enumerate()) == before
    assert not server.connections
    for client in (idle, partly):
        assert client.recv(100) == b""
        client.close()
    del server
    gc.collect()
    assert not [str(warning.message) for warning in recwarn]


@pytest.mark.usefixtures("_each_loop")
def test_close_while_an_answer_is_delayed() -> None:
    class Late(Counter):
        def handle(self, request: Request) -> Response:
            return Response(200, XML, b"late", delay=60)

    with Server(Late()) as server:
        client = socket.create_connection((server.host, server.port))
        client.sendall(b"GET / HTTP/1.1\r\n\r\n" * 3)
        time.sleep(0.05)
    assert client.recv(100) == b""
    client.close()


@pytest.mark.usefixtures("_each_loop")
def test_close_among_new_connections() -> None:
    for _ in range(10):
        server = Server(Counter())
        clients = [socket.create_connection((server.host, server.port)) for _ in range(20)]
        server.close()
        assert not server.connections
        for client in clients:
            client.close()


def test_close_from_another_thread() -> None:
    server = Server(Counter())
    threads = [threading.Thread(target=server.close) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
        assert not thread.is_alive()


def test_a_failure_inside_is_answered_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Counter):
        def handle(self, request: Request) -> Response:
            if request.body:
                raise LookupError(request.body.decode())
            return super().handle(request)

    with Server(Broken()) as server:
        status, body = ask(server, b"why")
        assert (status, body) == (500, b"The mock itself failed: LookupError: why\n")
        assert ask(server) == (200, b"0 ")
    [record] = caplog.records
    assert (record.levelno, record.getMessage()) == (
        logging.ERROR,
        "The mock failed at POST /scene7/",
    )


def test_the_log_of_a_failure_has_no_password(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Counter):
        def handle(self, _request: Request) -> Response:
            raise LookupError

    with Server(Broken()) as server, socket.create_connection((server.host, server.port)) as client:
        client.sendall(b"GET /?password=s3cr3t HTTP/1.1\r\nHost: a\r\n\r\n")
        assert client.recv(1000).startswith(b"HTTP/1.1 500 ")
    assert "/?password=***" in caplog.text
    assert "s3cr3t" not in caplog.text


@pytest.mark.parametrize(
    "header", [("X", "a\r\nSet-Cookie: b"), ("X\0", "a"), ("X", "\N{SNOWMAN}")]
)
def test_an_answer_that_cannot_be_sent(
    header: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    class Bad(Counter):
        def handle(self, request: Request) -> Response:
            return Response(200, (header,), b"body", fate="truncate")

    with Server(Bad()) as server:
        connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
        connection.request("GET", "/")
        answer = connection.getresponse()
        assert answer.status == 500
        assert answer.read().startswith(b"The mock itself failed: ")
        assert answer.getheader("connection") is None  # It is whole, and another may follow.
        connection.close()
    assert len(caplog.records) == 1


def test_the_limit_for_heads_counts_targets_and_lines() -> None:
    with Server(Counter(), max_header_bytes=100) as server:
        for number, wanted in ((93, b"200"), (94, b"431")):
            with socket.create_connection((server.host, server.port)) as client:
                client.sendall(b"GET /x HTTP/1.1\r\nA: %b\r\n\r\n" % (b"x" * number))
                assert client.recv(1000).split()[1] == wanted, number


@pytest.mark.usefixtures("_each_loop")
def test_a_failure_of_the_server_ends_one_connection(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with Server(Counter()) as server:
        with monkeypatch.context() as patch:
            patch.setattr(server, "date", lambda: None)
            with pytest.raises(ConnectionError):
                ask(server)
        assert ask(server)[0] == 200
    assert [record.getMessage() for record in caplog.records] == ["A connection of the mock failed"]


@pytest.mark.usefixtures("_each_loop")
def test_too_many_open_files_are_waited_out(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    full = OSError(errno.EMFILE, "Too many open files")
    failures = [full, full, ConnectionAbortedError()]
    accept = socket.socket.accept

    def failing(listener: socket.socket) -> tuple[socket.socket, object]:
        if failures:
            raise failures.pop()
        return accept(listener)

    monkeypatch.setattr(socket.socket, "accept", failing)
    with Server(Counter()) as server:
        assert ask(server)[0] == 200
    assert not failures
    words = "New connections wait until others end: Too many open files"
    assert [record.getMessage() for record in caplog.records] == [words]


def test_an_empty_host_is_refused() -> None:
    with pytest.raises(ValueError, match="host is empty: give an address"):
        Server(Counter(), host="")


@pytest.mark.usefixtures("_each_loop")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_forked_process_cannot_close_the_server_of_its_parent() -> None:
    with Server(Counter()) as server:
        assert ask(server)[0] == 200
        child = os.fork()
        if not child:
            server.close()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        assert ask(server)[0] == 200


@pytest.fixture(params=[True, False], ids=["uvloop", "asyncio"])
def _each_loop(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if not request.param:
        plain = partial(new_event_loop, prefer_uvloop=False)
        monkeypatch.setattr("ips_contract.mock.server.server.new_event_loop", plain)


@pytest.mark.usefixtures("_each_loop")
@pytest.mark.parametrize("instant", ["1999-12-31 23:59:59", "2099-01-01"])
def test_a_frozen_clock_neither_hangs_nor_hurries_the_server(instant: str) -> None:
    class Late(Counter):
        def handle(self, request: Request) -> Response:
            return super().handle(request)._replace(delay=0.1)

    start = time.perf_counter()
    with freezegun.freeze_time(instant), Server(Late(), request_timeout=1) as server:
        assert ask(server, b"a") == (200, b"0 a")
        assert ask(server, b"a") == (200, b"1 a")
        client = socket.create_connection((server.host, server.port), timeout=10)
        client.sendall(b"POST")
        assert client.recv(1000).startswith(b"HTTP/1.1 408 ")
        client.close()
    assert time.perf_counter() - start >= 1.2


@pytest.mark.usefixtures("_each_loop")
def test_a_clock_frozen_later() -> None:
    class Late(Counter):
        def handle(self, request: Request) -> Response:
            return super().handle(request)._replace(delay=0.05)

    with Server(Late()) as server:
        for instant in ("1999-12-31", "2099-01-01"):
            assert ask(server)[0] == 200
            with freezegun.freeze_time(instant) as frozen:
                assert ask(server)[0] == 200
                frozen.tick(100_000)
                assert ask(server)[0] == 200


def test_the_date_is_the_real_one() -> None:
    with freezegun.freeze_time("1999-12-31"), Server(Counter()) as server:
        connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
        connection.request("GET", "/")
        answer = connection.getresponse()
        answer.read()
        connection.close()
    assert "1999" not in str(answer.getheader("Date"))


def test_it_works_inside_a_running_event_loop() -> None:
    async def main() -> tuple[int, bytes]:
        with Server(Counter()) as server:
            return await asyncio.to_thread(ask, server, b"a")

    assert asyncio.run(main()) == (200, b"0 a")


async def submit_all(server: Server, each: int, connections: int) -> list[bytes]:
    """What is answered on ``connections`` connections with ``each`` requests one by one."""

    async def one(n: int) -> list[bytes]:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        answers = []
        for m in range(each):
            body = b"%d.%d" % (n, m)
            writer.write(b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 ")
            size = int(head.partition(b"Content-Length: ")[2].split(b"\r")[0])
            answer = await reader.readexactly(size)
            assert answer.endswith(b" " + body)
            answers.append(answer)
        writer.close()
        await writer.wait_closed()
        return answers

    groups = await asyncio.gather(*(one(n) for n in range(connections)))
    return [answer for group in groups for answer in group]


def test_ten_thousand_requests_over_16_connections_lose_none() -> None:
    with Server(Counter()) as server:
        answers = asyncio.run(asyncio.wait_for(submit_all(server, 625, 16), 30))
    numbers = {int(answer.split()[0]) for answer in answers}
    assert numbers == set(range(10_000))
    assert len({answer.split()[1] for answer in answers}) == 10_000
