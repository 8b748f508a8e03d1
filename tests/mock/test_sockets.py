"""Sockets without the module ``socket``, and who waits for many of them."""

from __future__ import annotations

import _socket
import contextlib
import errno
import select
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from ips_contract.mock.server import sockets
from ips_contract.mock.server.connection import Connection
from ips_contract.mock.server.server import Server
from ips_contract.mock.server.sockets import (
    READ,
    WRITE,
    Epoll,
    Selected,
    accept,
    end_sending,
    listen,
    pair,
)
from tests.mock.test_server import Counter, ask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ips_contract.http.messages import Request, Response
    from ips_contract.mock.server.connection import Turn

linux = pytest.mark.skipif(not hasattr(select, "epoll"), reason="This system has no epoll.")


@pytest.fixture(params=[pytest.param(Epoll, marks=linux), Selected])
def waiter(request: pytest.FixtureRequest) -> Iterator[Epoll | Selected]:
    with contextlib.closing(request.param()) as waiter:
        yield waiter


def mark() -> None:
    """Something to be told of."""


def test_the_constants_are_the_system_s() -> None:
    if hasattr(select, "epoll"):
        assert (READ, WRITE) == (select.EPOLLIN, select.EPOLLOUT)


def test_the_best_way_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    with contextlib.closing(sockets.waiter()) as best:
        assert isinstance(best, Epoll) == (sys.platform == "linux")
    monkeypatch.delattr(select, "epoll", raising=False)  # As gevent does.
    with contextlib.closing(sockets.waiter()) as other:
        assert isinstance(other, Selected)


def test_who_is_ready_is_told(waiter: Epoll | Selected) -> None:
    ours, theirs = pair()
    with contextlib.closing(ours), contextlib.closing(theirs):
        waiter.watch(ours, READ, mark)
        assert waiter.wait(0) == []
        theirs.send(b"x")
        assert waiter.wait(None) == waiter.wait(5) == [mark]
        assert ours.recv(9) == b"x"
        assert waiter.wait(0.01) == []
        waiter.watch(ours, WRITE, None)
        assert waiter.wait(5) == [None]
        waiter.watch(ours, READ, mark)
        assert waiter.wait(0) == []
        end_sending(theirs)
        assert waiter.wait(5) == [mark]
        assert ours.recv(9) == b""
        waiter.forget(ours)
        assert waiter.wait(0) == []
        waiter.watch(ours, READ, mark)
        assert waiter.wait(5) == [mark]
        waiter.forget(ours)


def test_who_is_gone_is_told_to_who_waits_to_write(waiter: Epoll | Selected) -> None:
    ours, theirs = pair()
    with contextlib.closing(ours):
        waiter.watch(ours, WRITE, mark)
        theirs.close()
        assert waiter.wait(5) == [mark]
        waiter.forget(ours)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_listening(host: str) -> None:
    try:
        listener = listen(host, 0)
    except OSError as error:  # A machine may have no IPv6.
        if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT) or host != "::1":
            raise
        pytest.skip("This machine has no IPv6.")
    with contextlib.closing(listener):
        with pytest.raises(BlockingIOError):
            accept(listener)
        port = listener.getsockname()[1]
        with socket.create_connection((host, port), timeout=5) as client:
            with contextlib.closing(sockets.waiter()) as waiter:
                waiter.watch(listener, READ, mark)
                assert waiter.wait(5) == [mark]
            with contextlib.closing(accept(listener)) as server:
                assert server.family == listener.family
                assert server.gettimeout() == 0
                assert server.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
                assert server.getpeername()[:2] == client.getsockname()[:2]
                server.send(b"hello")
                assert client.recv(9) == b"hello"
        with pytest.raises(OSError, match=f"cannot listen at {host}:{port}: ") as caught:
            listen(host, port)
        assert caught.value.errno == errno.EADDRINUSE


def test_a_port_can_be_taken_again_at_once() -> None:
    with Server(Counter()) as server:
        ask(server)
    with Server(Counter(), port=server.port) as again:
        assert ask(again)[0] == 200


class Gone:
    """A connection whose client has gone already, as some systems tell of it."""

    family = socket.AF_INET
    closed = False

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def _accept(self) -> tuple[int, object]:
        return 12345, None

    def settimeout(self, _seconds: float) -> None:
        raise OSError(errno.EINVAL, "Invalid argument")

    def close(self) -> None:
        Gone.closed = True


def test_who_is_gone_again_is_not_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "socket", Gone)
    with pytest.raises(ConnectionAbortedError):
        accept(Gone())  # type: ignore[arg-type]
    assert Gone.closed


def test_no_pair_without_the_module_where_the_system_has_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(_socket, "socketpair", raising=False)
    monkeypatch.setattr(socket, "socketpair", lambda: ("ours", "theirs"))
    assert repr(pair()) == repr(("ours", "theirs"))


def test_late_answers_go_out_when_they_are_due(monkeypatch: pytest.MonkeyPatch) -> None:
    """By their times, whatever the order they were asked for in."""

    class Late(Counter):
        def handle(self, request: Request) -> Response:
            return super().handle(request)._replace(delay=int(request.body) / 10)

    sent: list[bytes] = []
    send_late = Connection.send_late

    def noting(connection: Connection, turn: Turn, response: Response) -> None:
        sent.append(turn[0].body)
        send_late(connection, turn, response)

    monkeypatch.setattr(Connection, "send_late", noting)
    with Server(Late()) as server, contextlib.ExitStack() as stack:
        clients = []
        for body in (b"9", b"5", b"1", b"7", b"3"):
            client = socket.create_connection((server.host, server.port), 30)
            clients.append(stack.enter_context(client))
            client.sendall(b"POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\n" + body)
        answers = sorted(client.recv(4096)[-3:] for client in clients)
    assert [answer[:2] for answer in answers] == [b"0 ", b"1 ", b"2 ", b"3 ", b"4 "]
    assert sent == [b"1", b"3", b"5", b"7", b"9"]


def test_a_server_starts_without_what_takes_long_to_import() -> None:
    code = (
        "import sys; from ips_contract import mock\n"
        "with mock.serve() as server: pass\n"
        "print({'socket', 'selectors', 'inspect', 'asyncio', 'email', 'logging', 'http',"
        " 'heapq', 'binascii', 'dataclasses'} & set(sys.modules))"
    )
    command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{code}"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (run.stdout, run.stderr) == ("set()\n", "")
