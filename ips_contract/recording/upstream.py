"""The service that is recorded, as a client reaches it: bytes go and come as they are.

HTTP is httpx's, which is asked to follow nothing, add nothing and unpack nothing.
"""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

try:
    import httpx
except ImportError as _error:  # pragma: no cover - see tests/test_layers.py
    raise ImportError("This needs httpx: pip install 'ips-contract[record]'") from _error

from ips_contract.http.redaction import redact_text

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Iterator, Mapping

# Seconds that a connection is kept for the next request. Apache closes after 5 by default: what is
# sent just then would be lost, and a proxy must not send a message twice (RFC 9110 section 9.2.2).
_KEPT_OPEN = 2.0
# What is about one connection, not about the message (RFC 9110 section 7.6.1); and what the sides
# of the proxy say themselves: the length, the date, and that they go on.
_OF_A_CONNECTION = frozenset(
    "connection keep-alive proxy-connection proxy-authenticate proxy-authorization te trailer "
    "transfer-encoding upgrade".split()
)
_NOT_ASKED = _OF_A_CONNECTION | {"host", "expect", "content-length"}
_NOT_TOLD = _OF_A_CONNECTION | {"date"}


class Unreached(Exception):
    """No answer came from the service.

    Attributes:
        status: 502; 504 if it took too long; 400 if it cannot be asked.
    """

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


class Answer(NamedTuple):
    """What came: the headers without those of the connection, and the body as it comes."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: Body


class Body:
    """A body that comes, its content coding still on it. ``aclose`` it in any case."""

    def __init__(self, response: httpx.Response, where: str, timeout: float) -> None:
        self._response = response
        self._where = where
        self._timeout = timeout
        self._pieces = response.aiter_raw()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The pieces that have not been taken yet.

        Raises:
            Unreached: it ended early.
        """
        try:
            async for piece in self._pieces:
                yield piece
        except httpx.HTTPError as error:
            raise _unreached(error, self._where, self._timeout, begun=True) from error

    async def aclose(self) -> None:
        """Gives the connection back; or ends it, if not all was read."""
        await self._response.aclose()


class _Sent(httpx.AsyncByteStream):
    """A request's body, handed to httpx piece by piece."""

    def __init__(self, pieces: AsyncIterable[bytes] | None) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._pieces is not None:
            async for piece in self._pieces:
                yield piece


class Upstream:
    """The service at an address.

    Args:
        url: scheme and host, such as ``https://s7sps1apissl.scene7.com``; paths are the clients'.
        context: whom TLS trusts; None: whom the system does.
        timeout: seconds to connect, and between two signs of life.

    Raises:
        ValueError: the address is none, or has more than scheme and host.
    """

    def __init__(
        self, url: str, *, context: ssl.SSLContext | None = None, timeout: float = 60.0
    ) -> None:
        self.url = read_address(url)
        self._host = urlsplit(self.url).netloc
        self._timeout = timeout
        self._terms = {"timeout": httpx.Timeout(timeout, pool=None).as_dict()}
        # What the environment says of proxies holds; it is the only way out of some networks.
        self._client = httpx.AsyncClient(
            verify=context if context is not None else ssl.create_default_context(),
            limits=httpx.Limits(
                max_connections=None, max_keepalive_connections=64, keepalive_expiry=_KEPT_OPEN
            ),
        )

    async def send(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: AsyncIterable[bytes] | None = None,
    ) -> Answer:
        """Asks, and returns when the head of the answer is there.

        Args:
            method: as the client sent it.
            target: likewise; a path, with the query.
            headers: likewise, names lower-case.
            body: likewise; None: it has none.

        Raises:
            Unreached: there is no answer.
        """
        request = httpx.Request(
            method,
            self.url,
            headers=[
                (name.encode("latin-1"), value.encode("latin-1"))
                for name, value in (
                    ("Host", self._host),
                    *_asked(headers, has_body=body is not None),
                )
            ],
            stream=_Sent(body),
            extensions={**self._terms, "target": target.encode("latin-1")},
        )
        try:
            response = await self._client.send(
                request, stream=True, follow_redirects=False, auth=None
            )
        except httpx.HTTPError as error:
            raise _unreached(error, self.url, self._timeout) from error
        self._client.cookies.clear()  # They are the clients' own matter.
        told = tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in response.headers.raw
            if name.lower().decode("latin-1") not in _NOT_TOLD
        )
        return Answer(response.status_code, told, Body(response, self.url, self._timeout))

    async def aclose(self) -> None:
        """Ends its connections."""
        await self._client.aclose()


def read_address(url: str) -> str:
    """``url`` without a slash at its end.

    Raises:
        ValueError: it is no address of a host.
    """
    shown = redact_text(url)
    try:
        parts = urlsplit(url)
        _ = parts.port  # It may be none.
    except ValueError as error:
        raise ValueError(f"{shown!r} is no address: {error}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(
            f"{shown!r} is no address: give one such as https://s7sps1apissl.scene7.com"
        )
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("the address has more than scheme, host and port; clients send the rest")
    if parts.path.rstrip("/") not in ("", "/scene7"):
        raise ValueError(
            f"the address has the path {parts.path}: give scheme, host and port alone; paths are "
            "those that clients ask for"
        )
    return f"{parts.scheme}://{parts.netloc}"


def _asked(headers: Mapping[str, str], *, has_body: bool) -> Iterator[tuple[str, str]]:
    named = {name.strip().lower() for name in headers.get("connection", "").split(",")}
    for name, value in headers.items():
        if name not in _NOT_ASKED and name not in named:
            yield name, value
    if has_body and "transfer-encoding" in headers:
        yield "transfer-encoding", "chunked"
    elif "content-length" in headers:
        yield "content-length", headers["content-length"]


def _unreached(
    error: httpx.HTTPError, where: str, timeout: float, *, begun: bool = False
) -> Unreached:
    """What ``error`` means."""
    causes = list(_causes(error))
    tls = next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None)
    if isinstance(tls, ssl.SSLCertVerificationError):
        return Unreached(
            502,
            f"{where} is not trusted: {tls.verify_message.rstrip('.')}. If a CA of your own signed "
            "its certificate, name that with --ca-file.",
        )
    if tls is not None:
        reason = (tls.reason or str(tls)).lower().replace("_", " ")
        return Unreached(502, f"TLS with {where} failed: {reason}. Does it speak TLS there?")
    if isinstance(error, httpx.ConnectTimeout):
        return Unreached(504, f"{where} took no connection in {timeout:g} seconds.")
    if isinstance(error, httpx.TimeoutException):
        what = "gone on with its answer" if begun else "answered"
        if isinstance(error, httpx.WriteTimeout):
            what = "taken more of the request"
        return Unreached(504, f"{where} has not {what} for {timeout:g} seconds.")
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return Unreached(502, f"{where} has no address: its name is not known here.")
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return Unreached(502, f"{where} refused the connection: nothing listens there.")
    if isinstance(error, httpx.ConnectError):
        return Unreached(502, f"{where} cannot be reached: {_words(causes)}.")
    if isinstance(error, httpx.LocalProtocolError):
        return Unreached(400, f"This request cannot be sent on: {_words(causes)}.")
    if begun:
        return Unreached(502, f"{where} ended the connection in the middle of its answer.")
    if isinstance(error, httpx.RemoteProtocolError) and "without sending" not in str(error):
        return Unreached(502, f"What {where} answered is no HTTP/1.1: {_words(causes)}.")
    if isinstance(error, (httpx.NetworkError, httpx.RemoteProtocolError)):
        return Unreached(502, f"{where} ended the connection without an answer.")
    return Unreached(502, f"{where} was not reached: {_words(causes)}.")


def _causes(error: BaseException) -> Iterator[BaseException]:
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        cause = waiting.pop(0)
        if cause is None or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [cause.__cause__, cause.__context__]
        if isinstance(cause, BaseExceptionGroup):
            waiting += cause.exceptions


def _words(causes: list[BaseException]) -> str:
    for cause in causes:
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
    return str(causes[0]).rstrip(".") or type(causes[0]).__name__
