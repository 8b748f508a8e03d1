"""The server that plays scenarios: raw sockets, one listening port for all cases of a run.

Each case has a folder of its own below the root of the server, so that cases run side by side and
every request is attributed to its case. One thread does everything; ``ScenarioServer.close`` ends
it, with all connections.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import math
import socket
import struct
import sys
import threading
from typing import TYPE_CHECKING, Any, Self, TypeVar

from ips_contract.battery.http_requests import MOST_HEAD, Malformed, read_request
from ips_contract.battery.running_case import RunningCase, Sent
from ips_contract.battery.scenarios.answer import Asked, Drip, Endless, Pause, Reset
from ips_contract.contract.versions import PRE_4_0, find_version, version_for_namespace
from ips_contract.contract.wsdl import wsdl
from ips_contract.http.content_encoding import accepts_gzip
from ips_contract.http.messages import Request, split_target
from ips_contract.xml.envelope import message_in
from ips_contract.xml.parser import Unreadable, namespace_of, parse

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from ips_contract.battery.scenarios.answer import Step
    from ips_contract.battery.scenarios.scenario import Scenario
    from ips_contract.contract.versions import Version

T = TypeVar("T")

_MOST_REQUESTS = 50  # That a case keeps; a client that sends more gets no further answer.
_MOST_CONNECTIONS = 200
_READ_WITHIN = 30.0  # Seconds that a request may take.
_LINGER = 2.0  # Seconds that a client has to take the end of an answer and close.
_LINGERS = "hh" if sys.platform == "win32" else "ii"  # struct linger
_BREATH = 0.005  # Seconds between blocks of an endless body: it need not be fast to be endless.
_MOVED = "/moved"


class ScenarioServer:
    """A server on a free loopback port; use it in a ``with`` statement."""

    def __init__(self, version: Version = PRE_4_0) -> None:
        self.version = version
        self._cases: dict[str, RunningCase] = {}
        self._count = 0
        self._connections: set[asyncio.Task[None]] = set()
        # Not Windows's default loop, which cannot call back when a socket is ready.
        self._loop = asyncio.SelectorEventLoop()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._listener.settimeout(0)
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._run, name="ips-contract battery", daemon=True)
        self._thread.start()
        self._call(self._start())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends all connections and the thread; nothing listens any more."""
        if self._thread.is_alive():
            self._call(self._stop())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    def open(self, scenario: Scenario) -> RunningCase:
        """A new case, at an address of its own."""

        async def add() -> RunningCase:
            self._count += 1
            key = f"case{self._count}"
            case = RunningCase(scenario, f"http://127.0.0.1:{self.port}/{key}", self.version)
            self._cases[key] = case
            return case

        return self._call(add())

    def end(self, case: RunningCase) -> Sent:
        """Ends a case and its connections; what the client sent."""

        async def remove() -> Sent:
            await _cancel(case.open)
            for key in [key for key, row in self._cases.items() if row is case]:
                del self._cases[key]
            return case.sent()

        return self._call(remove())

    # In the thread.

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _start(self) -> None:
        # By hand: what asyncio's own server is just accepting when it is closed stays open.
        self._loop.add_reader(self._listener, self._accept)

    async def _stop(self) -> None:
        self._loop.remove_reader(self._listener)
        self._listener.close()
        await _cancel(self._connections)

    def _accept(self) -> None:
        try:
            raw, _ = self._listener.accept()
        except OSError:  # pragma: no cover - it has gone again
            return
        if len(self._connections) >= _MOST_CONNECTIONS:
            raw.close()
            return
        raw.settimeout(0)
        task = self._loop.create_task(self._connected(raw))
        self._connections.add(task)
        task.add_done_callback(functools.partial(self._closed, raw))

    def _closed(self, raw: socket.socket, task: asyncio.Task[None]) -> None:
        raw.close()
        self._connections.discard(task)
        for case in self._cases.values():
            case.open.discard(task)

    async def _connected(self, raw: socket.socket) -> None:
        writer = None
        try:
            reader, writer = await asyncio.open_connection(sock=raw, limit=MOST_HEAD)
            await self._serve(reader, writer)
        except (OSError, EOFError, asyncio.CancelledError, TimeoutError):
            pass  # The client went away, or its case is over.
        finally:
            if writer is not None:
                writer.transport.abort()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_READ_WITHIN):
                request = await read_request(reader, writer)
        except Malformed as error:
            for row in self._cases.values():
                row.malformed.append(str(error))
            await _finish(reader, writer, _simple(400, "Bad Request"))
            return
        path = split_target(request.target)[0]
        _, key, rest = (*path.split("/", 2), "", "")[:3]
        found = self._cases.get(key)
        if found is None:
            for row in self._cases.values():
                row.strays.append(f"{request.method} {request.target}")
            await _finish(reader, writer, _simple(404, "Not Found"))
            return
        case = found
        task = asyncio.current_task()
        if task is not None:
            case.open.add(task)
        if request.method == "GET" and rest.lower().endswith(".wsdl"):
            await _finish(reader, writer, self._wsdl(case, rest))
        elif request.method != "POST":
            case.fetched.append(f"{request.method} /{rest}")
            await _finish(reader, writer, _simple(404, "Not Found"))
        elif len(case.posts) < _MOST_REQUESTS:
            case.posts.append(request)
            case.asked = _asked(case, request, "/" + rest)
            await _play(case, reader, writer, case.scenario.answer.steps(case.asked))

    def _wsdl(self, case: RunningCase, path: str) -> bytes:
        try:
            version = find_version(path.rpartition("/")[2])
        except ValueError:
            return _simple(404, "Not Found")
        body = wsdl(version, case.endpoint)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n"
        return f"{head}Connection: close\r\n\r\n".encode() + body


def _asked(case: RunningCase, request: Request, path: str) -> Asked:
    namespace = case.version.namespace
    try:
        message = message_in(parse(request.body))
    except Unreadable:
        message = None
    if message is not None and version_for_namespace(namespace_of(message)) is not None:
        namespace = namespace_of(message)
    handle = case.scenario.served(dated=namespace != PRE_4_0.namespace)
    offered = accepts_gzip(request.headers.get("accept-encoding")) is True
    return Asked(namespace, handle, case.base, offered, path == _MOVED, case.scenario.operation)


def _simple(status: int, words: str) -> bytes:
    return f"HTTP/1.1 {status} {words}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()


async def _cancel(tasks: set[asyncio.Task[None]]) -> None:
    waiting = list(tasks)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def _play(
    case: RunningCase,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    steps: tuple[Step, ...],
) -> None:
    """Does the steps, then closes the connection as HTTP does."""

    async def send(data: bytes) -> None:
        case.served += data[: max(0, 4096 - len(case.served))]
        writer.write(data)
        await writer.drain()

    for step in steps:
        if isinstance(step, bytes):
            await send(step)
        elif isinstance(step, Pause):
            await _pause(reader, step.seconds)
        elif isinstance(step, Drip):
            for byte in step.data:
                await send(bytes((byte,)))
                await _pause(reader, step.seconds)
        elif isinstance(step, Endless):
            while True:
                await send(step.data)
                await asyncio.sleep(_BREATH)
        elif isinstance(step, Reset):
            raw: socket.socket = writer.get_extra_info("socket")
            # With no time to linger, close() resets the connection.
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(_LINGERS, 1, 0))
            return
    await _finish(reader, writer, b"")


async def _pause(reader: asyncio.StreamReader, seconds: float) -> None:
    """Waits, but no longer than the client stays.

    Raises:
        EOFError: the client has gone.
    """
    try:
        async with asyncio.timeout(None if seconds == math.inf else seconds):
            while await reader.read(4096):
                pass
    except TimeoutError:
        return
    raise EOFError


async def _finish(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, data: bytes) -> None:
    """Sends ``data`` and the end, then waits for the client's: closing at once could reset."""
    writer.write(data)
    await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()
    with contextlib.suppress(EOFError):
        await _pause(reader, _LINGER)
