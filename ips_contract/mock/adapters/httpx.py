"""The service behind a transport for httpx."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, cast

from ips_contract.extras import missing
from ips_contract.http.messages import Request, Response, Streamed
from ips_contract.mock.adapters.transfer import framed_headers, handle, streamed, waiting_time
from ips_contract.mock.arguments import check_kind
from ips_contract.mock.service import Service

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Iterable

    import httpx


def transport(service: Service | None = None) -> httpx.MockTransport:
    """A transport for ``httpx.Client(transport=…)`` and ``httpx.AsyncClient(transport=…)``.

    It never leaves the process. Delays are waited for, up to the client's read timeout, which is
    then raised.

    Args:
        service: what answers, whatever the host; by default a new one.

    Raises:
        ImportError: httpx is not installed.
    """
    try:
        import httpx
    except ImportError as error:
        raise missing("httpx", error) from error
    behind = Service() if service is None else service
    check_kind("service", behind, Service, "a Service, such as Service()")

    def ask(request: httpx.Request, asked: Request) -> tuple[Request, Response, float]:
        response = handle(behind, asked)
        timeout = request.extensions.get("timeout", {}).get("read")
        return asked, response, waiting_time(response, timeout)

    def tell(
        request: httpx.Request, asked: Request, response: Response, waited: float
    ) -> httpx.Response:
        if waited < response.delay:
            raise httpx.ReadTimeout("timed out", request=request)
        if response.fate == "drop":
            text = "Server disconnected without sending a response."
            raise httpx.RemoteProtocolError(text, request=request)
        body = b"" if request.method == "HEAD" else response.body
        if response.fate == "truncate" and body:
            text = (
                "peer closed connection without sending complete message body "
                f"(received {len(body) // 2} bytes, expected {len(body)})"
            )
            raise httpx.RemoteProtocolError(text, request=request)
        return httpx.Response(
            response.status, headers=framed_headers(asked, response), content=body, request=request
        )

    class Transport(httpx.MockTransport):
        """Both of httpx's kinds of transport."""

        def __init__(self) -> None:
            super().__init__(self.handle_request)

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            sent = _asked(behind, request)
            asked, response, wait = ask(request, sent)
            if wait > 0:
                time.sleep(wait)
            return tell(request, asked, response, wait)

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            sent = await _async_asked(behind, request)
            asked, response, wait = ask(request, sent)
            if wait > 0:
                import anyio  # httpx's own choice: asyncio or trio, as its caller runs.

                await anyio.sleep(wait)
            return tell(request, asked, response, wait)

    return Transport()


def _head(request: httpx.Request) -> tuple[str, str, dict[str, str]]:
    return request.method, request.url.raw_path.decode("ascii"), dict(request.headers)


def _asked(service: Service, request: httpx.Request) -> Request:
    head = _head(request)
    receiver = service.receiver(*head)
    if receiver is None:
        return Request(*head, request.read(), request.url.scheme)
    pieces = cast("Iterable[bytes]", request.stream)
    return streamed(*head, receiver, pieces, request.url.scheme)


async def _async_asked(service: Service, request: httpx.Request) -> Request:
    head = _head(request)
    receiver = service.receiver(*head)
    if receiver is None:
        return Request(*head, await request.aread(), request.url.scheme)
    async for piece in cast("AsyncIterable[bytes]", request.stream):
        if not receiver.feed(piece):
            break
    receiver.close()
    return Streamed.of(*head, receiver, request.url.scheme)
