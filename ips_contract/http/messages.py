"""HTTP requests and answers as values, without any socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from ips_contract.http.redaction import redact, redact_headers, redact_target

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable


class Request(NamedTuple):
    """A request as an adapter received it.

    Attributes:
        method: the HTTP method, upper-case.
        target: path with query, as on the request line.
        headers: names lower-case; duplicates joined by ``", "``.
        body: as received after de-chunking; its Content-Encoding is still on it.
        scheme: ``http``, or ``https`` if it came by TLS; of the address that it was sent to.
    """

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    scheme: str = "http"

    def __repr__(self) -> str:
        # A test that fails shows its variables: no passwords there either.
        target, headers = redact_target(self.target), redact_headers(self.headers)
        return f"Request({self.method!r}, {target!r}, {headers!r}, {redact(self.body)!r})"


class Receiver(Protocol):
    """Takes the body of one request as it comes."""

    def feed(self, data: bytes) -> bool:
        """Takes a piece; whether more is wanted. Never raises."""

    def close(self) -> None:
        """The body has ended."""


class Flowing:
    """A receiver that hands on what it takes to somebody who may be slower.

    Attributes:
        full: it holds as much as it means to; what still comes it takes all the same.
        when_free: called once when it is ``full`` no more.
    """

    full = False
    when_free: Callable[[], None] | None = None

    def feed(self, data: bytes) -> bool:
        """As ``Receiver`` has it."""
        raise NotImplementedError

    def close(self) -> None:
        """As ``Receiver`` has it."""
        raise NotImplementedError

    def abort(self) -> None:
        """The body will never be complete."""
        raise NotImplementedError


class Streamed(Request):
    """A request whose body was taken as it came. ``body`` is empty; ``received`` took it."""

    received: Receiver

    @classmethod
    def of(
        cls,
        method: str,
        target: str,
        headers: dict[str, str],
        received: Receiver,
        scheme: str = "http",
    ) -> Streamed:
        """The request with this head, whose body ``received`` has taken."""
        request = cls(method, target, headers, b"", scheme)
        request.received = received
        return request


class Response(NamedTuple):
    """An answer for an adapter to send.

    Attributes:
        status: the HTTP status.
        headers: without Content-Length, Connection and Date, which the adapter adds.
        body: the bytes to send, encoded as the headers say; empty in an answer to HEAD.
        delay: seconds that the adapter waits before it sends.
        fate: ``""`` to send normally; ``"drop"`` to close without a byte; ``"truncate"`` to send
            the headers with the full Content-Length, then half of the body, then close.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    delay: float = 0.0
    fate: str = ""


class Continuing(Response):
    """An answer whose body goes on until its client leaves.

    ``more`` gives what is new of it whenever the adapter asks, which it does some times a second;
    None ends it.
    """

    more: Callable[[], bytes | None]

    @classmethod
    def of(
        cls, status: int, headers: tuple[tuple[str, str], ...], more: Callable[[], bytes | None]
    ) -> Continuing:
        """The answer with this head, of whose body ``more`` gives each piece."""
        response = cls(status, headers, b"")
        response.more = more
        return response


class Awaited(Response):
    """An answer that is to come. What it is itself is sent if none has come after its ``delay``.

    ``coming`` is called once, in the event loop of the server. An answer that nobody waits for any
    more is given up: if it is ``Passed``, its ``pieces`` are closed.
    """

    coming: Callable[[], Awaitable[Response]]

    @classmethod
    def of(cls, otherwise: Response, coming: Callable[[], Awaitable[Response]]) -> Awaited:
        """The answer that ``coming`` gives, or ``otherwise``, whose delay is the patience."""
        response = cls(*otherwise)
        response.coming = coming
        return response


class Pieces(Protocol):
    """A body that comes bit by bit."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Each piece of it, when it comes; what ends it early is raised."""

    async def aclose(self) -> None:
        """No more of it is wanted. May be called again, and after its end."""


class Passed(Response):
    """An answer whose body is passed on as it comes. ``headers`` may have its Content-Length."""

    pieces: Pieces

    @classmethod
    def of(cls, status: int, headers: tuple[tuple[str, str], ...], pieces: Pieces) -> Passed:
        """The answer with this head and this body."""
        response = cls(status, headers, b"")
        response.pieces = pieces
        return response


def base_address(request: Request, *, behind_proxy: bool) -> str:
    """Scheme and host that ``request`` was sent to.

    ``behind_proxy``: a proxy's headers say under what address the service is known.
    """
    headers = request.headers
    proxied = headers if behind_proxy else {}
    scheme = _first(proxied.get("x-forwarded-proto", ""))
    if scheme not in ("http", "https"):
        scheme = request.scheme
    host = _first(proxied.get("x-forwarded-host", "")) or headers.get("host", "localhost")
    return f"{scheme}://{host}"


def _first(header: str) -> str:
    """Of several proxies the one next to the client comes first."""
    return header.partition(",")[0].strip().lower()


def split_target(target: str) -> tuple[str, str]:
    """The path and the query of a request target, which may name scheme and host, too."""
    path, _, query = target.partition("?")
    if "://" in path:
        path = "/" + path.partition("://")[2].partition("/")[2]
    return path, query
