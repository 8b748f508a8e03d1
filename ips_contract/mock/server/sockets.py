"""Sockets, and who waits for many of them, for a server that is to start quickly.

The modules ``socket`` and ``selectors`` make enumerations of some hundred constants when they are
imported, which takes longer than to judge fifty messages. The types below them are enough here.
"""

from __future__ import annotations

import os
import select
import sys
from _socket import (
    AF_INET,
    AF_INET6,
    IPPROTO_TCP,
    SHUT_WR,
    SO_REUSEADDR,
    SOCK_STREAM,
    SOL_SOCKET,
    TCP_NODELAY,
    socket,
)
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

READ, WRITE = 1, 4  # EPOLLIN and EPOLLOUT.
_BACKLOG = 512  # Connections that wait to be accepted.
_MOST = 64  # Sockets that one call of wait tells of.


def listen(host: str, port: int) -> socket:
    """A socket that listens at a TCP port, ready for ``accept``; 0 takes a free one.

    Raises:
        OSError: the address cannot be listened at.
    """
    family = AF_INET6 if ":" in host else AF_INET
    listener = socket(family, SOCK_STREAM)
    try:
        if os.name == "posix":  # Elsewhere it would let two programs listen at one port.
            listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        if family == AF_INET6:
            from _socket import IPPROTO_IPV6, IPV6_V6ONLY  # A system may have neither.

            listener.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            reason = f"cannot listen at {host}:{port}: {error.strerror}"
            raise OSError(error.errno, reason) from None
        listener.listen(_BACKLOG)
    except BaseException:
        listener.close()
        raise
    listener.settimeout(0)
    return listener


def accept(listener: socket) -> socket:
    """The next connection, not blocking, that sends what it is given at once.

    Raises:
        OSError: there is none, or it is gone again.
    """
    number, _address = listener._accept()  # type: ignore[attr-defined]
    client = socket(listener.family, SOCK_STREAM, 0, fileno=number)
    try:
        client.settimeout(0)
        client.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    except OSError:  # Some systems say so here if the client has gone already.
        client.close()
        raise ConnectionAbortedError from None
    return client


def end_sending(connection: socket) -> None:
    """Tells the other side that no more will be sent; it may still send."""
    connection.shutdown(SHUT_WR)


def pair() -> tuple[socket, socket]:
    """Two sockets that are connected to each other."""
    try:
        from _socket import socketpair
    except ImportError:  # Windows has none; the module plays it.
        from socket import socketpair

    return socketpair()


class Epoll:
    """Waits for sockets on Linux; ``selectors`` would make two objects of each that is ready."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._data: dict[int, Callable[[], None] | None] = {}

    def watch(self, watched: socket, events: int, data: Callable[[], None] | None) -> None:
        """Begins to watch for ``READ`` or ``WRITE``, or changes which."""
        number = watched.fileno()
        if number in self._data:
            self._epoll.modify(number, events)
        else:
            self._epoll.register(number, events)
        self._data[number] = data

    def forget(self, watched: socket) -> None:
        """Watches no longer. The socket is still open."""
        number = watched.fileno()
        self._epoll.unregister(number)
        del self._data[number]

    def wait(self, seconds: float | None) -> list[Callable[[], None] | None]:
        """The data of those that are ready, after at most ``seconds``; None for no limit."""
        data = self._data
        return [data[number] for number, _ in self._epoll.poll(seconds, _MOST)]

    def close(self) -> None:
        """Ends it."""
        self._epoll.close()


class Selected:
    """As ``Epoll``, on every system, by what ``selectors`` takes for the best way there."""

    def __init__(self) -> None:
        import selectors

        self._selector = selectors.DefaultSelector()
        self._events = {READ: selectors.EVENT_READ, WRITE: selectors.EVENT_WRITE}

    def watch(self, watched: socket, events: int, data: Callable[[], None] | None) -> None:
        """Begins to watch for ``READ`` or ``WRITE``, or changes which."""
        known = watched.fileno() in self._selector.get_map()
        change = self._selector.modify if known else self._selector.register
        change(watched.fileno(), self._events[events], data)

    def forget(self, watched: socket) -> None:
        """Watches no longer. The socket is still open."""
        self._selector.unregister(watched.fileno())

    def wait(self, seconds: float | None) -> list[Callable[[], None] | None]:
        """The data of those that are ready, after at most ``seconds``; None for no limit."""
        return [key.data for key, _ in self._selector.select(seconds)]

    def close(self) -> None:
        """Ends it."""
        self._selector.close()


def waiter() -> Epoll | Selected:
    """The best of the two on this system, looked up anew: gevent takes ``epoll`` away."""
    return Epoll() if sys.platform == "linux" and hasattr(select, "epoll") else Selected()
