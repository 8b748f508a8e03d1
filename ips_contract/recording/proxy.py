"""A reverse proxy for ``Server``: requests go to the service as they are, its answers come back.

Each exchange is judged and told before its answer is sent on. All runs in the server's event loop.
"""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from logging import getLogger
from typing import TYPE_CHECKING

from ips_contract.contract.endpoints import UPLOAD_PATH
from ips_contract.http.content_encoding import BadEncoding, gunzip
from ips_contract.http.messages import (
    Awaited,
    Passed,
    Request,
    Response,
    Streamed,
    base_address,
    split_target,
)
from ips_contract.http.redaction import redact_target
from ips_contract.mock.clock import RealClock, real_monotonic
from ips_contract.mock.upload import Upload
from ips_contract.recording.addresses import is_wsdl, rewritten
from ips_contract.recording.judging import Passage, exchange_of
from ips_contract.recording.relay import Relay
from ips_contract.recording.remarks import UNREACHED
from ips_contract.recording.upstream import Unreached

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractContextManager

    from ips_contract.http.messages import Receiver
    from ips_contract.mock.record import Exchange
    from ips_contract.recording.upstream import Answer, Upstream

LIMIT = 8 * 1024 * 1024  # Bytes of a body that is held, judged and logged; more is passed on alone.
_PLAIN = (("Content-Type", "text/plain; charset=utf-8"),)
_LONG = 86_400.0  # Seconds: it is ``Upstream`` that loses patience.

logger = getLogger(__name__)


class Proxy:
    """What a server asks instead of a service.

    Args:
        upstream: the service.
        told: gets each exchange before its answer is sent; in the server's thread.
        limit: bytes of a body that is held, judged and told of.
    """

    def __init__(
        self, upstream: Upstream, told: Callable[[Exchange], None], *, limit: int = LIMIT
    ) -> None:
        self.limit = limit
        self.lock: AbstractContextManager[object] = nullcontext()
        self.upstream = upstream
        self.clock = RealClock()
        self._told = told
        self._count = 0
        self._tasks: set[asyncio.Task[Response]] = set()

    def receiver(self, method: str, target: str, headers: dict[str, str]) -> Receiver | None:
        """What takes the body of a request with this head, and sends it on meanwhile."""
        if not headers.get("content-length", "").strip("0") and "transfer-encoding" not in headers:
            return None
        is_upload = method == "POST" and split_target(target)[0].rstrip("/") == UPLOAD_PATH
        relay = Relay(self.limit, Upload(headers, limit=self.limit) if is_upload else None)
        passing = _Passing(self, Request(method, target, dict(headers), b""), relay)
        relay.task = asyncio.get_running_loop().create_task(passing.answer())
        self._tasks.add(relay.task)
        relay.task.add_done_callback(self._tasks.discard)
        return relay

    def handle(self, request: Request) -> Response:
        """The answer to ``request``, which is to come."""
        otherwise = Response(504, _PLAIN, b"No answer came in a day.\n", _LONG)
        relay = request.received if isinstance(request, Streamed) else None
        if isinstance(relay, Relay) and relay.task is not None:
            task = relay.task
            return Awaited.of(otherwise, lambda: task)
        return Awaited.of(otherwise, _Passing(self, request, None).answer)

    def tell(self, passage: Callable[[int], Passage]) -> None:
        """Has the exchange told that ``passage`` makes of its number."""
        self._count += 1
        passed = passage(self._count)
        try:
            self._told(exchange_of(passed, self.limit))
        except Exception:
            # The client is to have its answer all the same.
            target = redact_target(passed.request.target)
            logger.exception("%s %s could not be recorded", passed.request.method, target)

    async def aclose(self) -> None:
        """Ends what is under way, and the connections to the service."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.upstream.aclose()


class _Passing:
    """One request on its way to the service, and its answer on the way back."""

    def __init__(self, proxy: Proxy, request: Request, relay: Relay | None) -> None:
        self._proxy = proxy
        self._request = request
        self._relay = relay
        self._time = proxy.clock.now()
        self._start = real_monotonic()

    async def answer(self) -> Response:
        """The service's answer, or what says why there is none. It is told by then."""
        method, target, headers, *_ = self._request
        try:
            try:
                found = await self._proxy.upstream.send(method, target, headers, self._relay)
                return await self._received(found)
            except Unreached as error:
                response = Response(error.status, _PLAIN, f"{error}\n".encode())
                self._tell(response, f"{UNREACHED}{error}", judged=False)
                return response
        except asyncio.CancelledError:
            is_clients = self._relay is not None and self._relay.broken
            words = "the client left in the middle of its request"
            self._tell(
                Response(400 if is_clients else 502, _PLAIN, b"", fate="drop"),
                f"{UNREACHED}{words if is_clients else 'the recorder was ended before it came'}",
                judged=False,
            )
            raise

    async def _received(self, found: Answer) -> Response:
        """The whole answer; of a large one its head, its body still to come."""
        held: list[bytes] = []
        size = 0
        pieces = aiter(found.body)
        try:
            async for piece in pieces:
                held.append(piece)
                size += len(piece)
                if size > self._proxy.limit:
                    rest = _Rest(held, pieces, found, self._ended(found))
                    return Passed.of(found.status, found.headers, rest)
        except BaseException:
            await found.body.aclose()
            raise
        await found.body.aclose()
        is_bare = self._request.method == "HEAD" or found.status == 304
        headers = tuple(
            pair for pair in found.headers if is_bare or pair[0].lower() != "content-length"
        )
        response = self._readdressed(Response(found.status, headers, b"".join(held)))
        self._tell(response)
        return response

    def _ended(self, found: Answer) -> Callable[[int, str], None]:
        """What is called when a large answer has passed: its size, and what became of it."""

        def ended(size: int, words: str) -> None:
            response = Response(found.status, found.headers, b"")
            self._tell(response, f"{size} bytes of the answer {words}; they are not kept")

        return ended

    def _readdressed(self, response: Response) -> Response:
        """``response``; a WSDL with the address that the client knows."""
        if response.status != 200 or not is_wsdl(self._request.method, self._request.target):
            return response
        body, headers = response.body, response.headers
        if any(name.lower() == "content-encoding" for name, _ in headers):
            try:
                body = gunzip(body, self._proxy.limit)
            except BadEncoding:
                return response
            headers = tuple(pair for pair in headers if pair[0].lower() != "content-encoding")
        ours = base_address(self._request, behind_proxy=False)
        changed = rewritten(body, self._proxy.upstream.url, ours)
        return response if changed == body else response._replace(headers=headers, body=changed)

    def _tell(self, response: Response, *notes: str, judged: bool = True) -> None:
        request, relay = self._request, self._relay
        upload = None
        if relay is not None:
            if isinstance(relay.reader, Upload):
                upload = relay.reader
            elif relay.ended and relay.whole:
                request = request._replace(body=bytes(relay.kept))
            else:
                notes += (f"{relay.size} bytes of the request came; they are not kept",)
        duration = real_monotonic() - self._start
        self._proxy.tell(
            lambda number: Passage(
                number, self._time, duration, request, upload, response, notes, judged
            )
        )


class _Rest:
    """The body of a large answer: what is held of it, then what comes."""

    def __init__(
        self,
        held: list[bytes],
        pieces: AsyncIterator[bytes],
        found: Answer,
        ended: Callable[[int, str], None],
    ) -> None:
        self._held = held
        self._pieces = pieces
        self._body = found.body
        headers = {name.lower(): value for name, value in found.headers}
        self._length = headers.get("content-length", "")
        self._ended: Callable[[int, str], None] | None = ended
        self._size = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self._held:
            piece = self._held.pop(0)
            self._size += len(piece)
            yield piece
        try:
            async for piece in self._pieces:
                self._size += len(piece)
                yield piece
        except Unreached as error:
            self._tell(f"came, then: {error}")
            raise ConnectionAbortedError(str(error)) from error
        self._tell("were passed on")

    def _tell(self, words: str) -> None:
        ended, self._ended = self._ended, None
        if ended is not None:
            ended(self._size, words)

    async def aclose(self) -> None:
        """No more is wanted."""
        # A client that has it all may be gone before its end is seen here.
        is_whole = str(self._size) == self._length
        self._tell("were passed on" if is_whole else "were passed on, then the client left")
        await self._body.aclose()
