"""The server that plays scenarios: raw sockets, one listening port for all cases of a run.

Each case has a folder of its own below the root of the server, so that cases run side by side and
every request is attributed to its case. One thread does everything; ``Stage.close`` ends it, with
all connections.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import math
import re
import socket
import struct
import sys
import threading
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeVar

from ips_contract.battery.scenarios.parts import COMPANY, USER, Asked, Drip, Endless, Pause, Reset
from ips_contract.contract.endpoints import SERVICE_PATH, WSDL_FOLDERS
from ips_contract.contract.versions import PRE_4_0, find_version, version_for_namespace
from ips_contract.contract.wsdl import wsdl
from ips_contract.http.content_encoding import BadEncoding, accepts_gzip, gunzip
from ips_contract.http.messages import Request, split_target
from ips_contract.xml.envelope import message_in
from ips_contract.xml.parser import Unreadable, namespace_of, parse

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from ips_contract.battery.scenarios.parts import Scenario, Step
    from ips_contract.contract.versions import Version

T = TypeVar("T")

_MOST_HEAD = 64 * 1024  # Bytes of a request's head,
_MOST_BODY = 1024 * 1024  # and of its body.
_MOST_REQUESTS = 50  # That a case keeps; a client that sends more gets no further answer.
_MOST_CONNECTIONS = 200
_READ_WITHIN = 30.0  # Seconds that a request may take.
_LINGER = 2.0  # Seconds that a client has to take the end of an answer and close.
_LINGERS = "hh" if sys.platform == "win32" else "ii"  # struct linger
_BREATH = 0.005  # Seconds between blocks of an endless body: it need not be fast to be endless.
_MOVED = "/moved"
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_LENGTH = re.compile(r"[0-9]{1,9}")


class Malformed(ValueError):
    """A request that is no HTTP/1.1."""


class Sent(NamedTuple):
    """What a client sent in one case.

    Attributes:
        posts: every POST to the case, its body without transfer and content encoding.
        fetched: whatever else it asked for, but WSDLs, as ``METHOD /path``.
        malformed: what was wrong with requests that were no HTTP.
        served: the first bytes that were sent back, over all connections.
        strays: POSTs that came to no case's address while this case was open.
    """

    posts: tuple[Request, ...] = ()
    fetched: tuple[str, ...] = ()
    malformed: tuple[str, ...] = ()
    served: bytes = b""
    strays: tuple[str, ...] = ()


class Scene:
    """A scenario on the stage: its addresses, and what a client sent to them.

    Attributes:
        scenario: what is played.
        handle: the handle that the answer to the first POST had; ``""`` before it.
        asked: what the last answer depended on; None before the first.
    """

    def __init__(self, scenario: Scenario, base: str, version: Version) -> None:
        self.scenario = scenario
        self.base = base
        self.version = version
        self.asked: Asked | None = None
        self.posts: list[Request] = []
        self.fetched: list[str] = []
        self.malformed: list[str] = []
        self.strays: list[str] = []
        self.served = bytearray()
        self.open: set[asyncio.Task[None]] = set()

    @property
    def endpoint(self) -> str:
        """The address for messages."""
        return self.base + SERVICE_PATH

    @property
    def wsdl(self) -> str:
        """The address of the WSDL of the run's version."""
        return self.base + WSDL_FOLDERS[0] + self.version.wsdl

    @property
    def company(self) -> str:
        """The company handle, in the form of the run's version."""
        return f"c|{COMPANY}" if self.version.date else COMPANY

    @property
    def handle(self) -> str:
        """The handle served: in the form of the request's version once there was one."""
        if self.asked is not None:
            return self.asked.handle
        return self.scenario.served(dated=bool(self.version.date))

    def environment(self) -> dict[str, str]:
        """What a client is told."""
        return {
            "IPS_WSDL": self.wsdl,
            "IPS_ENDPOINT": self.endpoint,
            "IPS_USER": USER,
            "IPS_PASSWORD": self.scenario.password,
            "IPS_COMPANY": self.company,
            "IPS_JOB_NAME": self.scenario.job_name,
        }

    def sent(self) -> Sent:
        """What the client sent so far."""
        return Sent(
            tuple(self.posts),
            tuple(self.fetched),
            tuple(self.malformed),
            bytes(self.served),
            tuple(self.strays),
        )


class Stage:
    """A server on a free loopback port; use it in a ``with`` statement."""

    def __init__(self, version: Version = PRE_4_0) -> None:
        self.version = version
        self._scenes: dict[str, Scene] = {}
        self._count = 0
        self._connections: set[asyncio.Task[None]] = set()
        # Not Windows's default loop, which cannot call back when a socket is ready.
        self._loop = asyncio.SelectorEventLoop()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._listener.settimeout(0)
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._run, name="ips-contract stage", daemon=True)
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

    def open(self, scenario: Scenario) -> Scene:
        """A new case, at an address of its own."""

        async def add() -> Scene:
            self._count += 1
            key = f"case{self._count}"
            scene = Scene(scenario, f"http://127.0.0.1:{self.port}/{key}", self.version)
            self._scenes[key] = scene
            return scene

        return self._call(add())

    def end(self, scene: Scene) -> Sent:
        """Ends a case and its connections; what the client sent."""

        async def remove() -> Sent:
            await _cancel(scene.open)
            for key in [key for key, row in self._scenes.items() if row is scene]:
                del self._scenes[key]
            return scene.sent()

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
        for scene in self._scenes.values():
            scene.open.discard(task)

    async def _connected(self, raw: socket.socket) -> None:
        writer = None
        try:
            reader, writer = await asyncio.open_connection(sock=raw, limit=_MOST_HEAD)
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
            for row in self._scenes.values():
                row.malformed.append(str(error))
            await _finish(reader, writer, _simple(400, "Bad Request"))
            return
        path = split_target(request.target)[0]
        _, key, rest = (*path.split("/", 2), "", "")[:3]
        found = self._scenes.get(key)
        if found is None:
            for row in self._scenes.values():
                row.strays.append(f"{request.method} {request.target}")
            await _finish(reader, writer, _simple(404, "Not Found"))
            return
        scene = found
        task = asyncio.current_task()
        if task is not None:
            scene.open.add(task)
        if request.method == "GET" and rest.lower().endswith(".wsdl"):
            await _finish(reader, writer, self._wsdl(scene, rest))
        elif request.method != "POST":
            scene.fetched.append(f"{request.method} /{rest}")
            await _finish(reader, writer, _simple(404, "Not Found"))
        elif len(scene.posts) < _MOST_REQUESTS:
            scene.posts.append(request)
            scene.asked = _asked(scene, request, "/" + rest)
            await _play(scene, reader, writer, scene.scenario.answer.steps(scene.asked))

    def _wsdl(self, scene: Scene, path: str) -> bytes:
        try:
            version = find_version(path.rpartition("/")[2])
        except ValueError:
            return _simple(404, "Not Found")
        body = wsdl(version, scene.endpoint)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n"
        return f"{head}Connection: close\r\n\r\n".encode() + body


def _asked(scene: Scene, request: Request, path: str) -> Asked:
    namespace = scene.version.namespace
    try:
        message = message_in(parse(request.body))
    except Unreadable:
        message = None
    if message is not None and version_for_namespace(namespace_of(message)) is not None:
        namespace = namespace_of(message)
    handle = scene.scenario.served(dated=namespace != PRE_4_0.namespace)
    offered = accepts_gzip(request.headers.get("accept-encoding")) is True
    return Asked(namespace, handle, scene.base, offered, path == _MOVED)


def _simple(status: int, words: str) -> bytes:
    return f"HTTP/1.1 {status} {words}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()


async def _cancel(tasks: set[asyncio.Task[None]]) -> None:
    waiting = list(tasks)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def _play(
    scene: Scene,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    steps: tuple[Step, ...],
) -> None:
    """Does the steps, then closes the connection as HTTP does."""

    async def send(data: bytes) -> None:
        scene.served += data[: max(0, 4096 - len(scene.served))]
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


# Requests.


async def read_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request:
    """The request on a new connection; its body without transfer and content encoding.

    Raises:
        Malformed: it is no HTTP/1.x, or too large.
        EOFError: there is none.
    """
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.LimitOverrunError:
        raise Malformed(f"the head of the request has more than {_MOST_HEAD} bytes") from None
    first, *lines = head[:-4].split("\r\n")
    parts = first.split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise Malformed(f"the request starts with {first[:80]!r}, which is no HTTP/1.1")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise Malformed(f"{line[:80]!r} is no header field")
        key = name.lower()
        headers[key] = f"{headers[key]}, {value.strip()}" if key in headers else value.strip()
    if headers.get("expect", "").lower() == "100-continue":
        writer.write(_CONTINUE)
    body = await _read_body(reader, headers)
    if headers.get("content-encoding", "").lower() == "gzip":
        try:
            body = gunzip(body, _MOST_BODY)
        except BadEncoding as error:
            raise Malformed(str(error)) from None
    return Request(parts[0], parts[1], headers, body)


async def _read_body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = bytearray()
        while size := _size((await reader.readuntil(b"\r\n")).partition(b";")[0]):
            if len(body) + size > _MOST_BODY:
                raise Malformed(f"the body has more than {_MOST_BODY} bytes")
            body += await reader.readexactly(size)
            await reader.readexactly(2)
        while await reader.readuntil(b"\r\n") != b"\r\n":
            pass
        return bytes(body)
    length = headers.get("content-length", "0")
    if _LENGTH.fullmatch(length) is None or int(length) > _MOST_BODY:
        raise Malformed(f"Content-Length is {length[:40]!r}; at most {_MOST_BODY} bytes are taken")
    return await reader.readexactly(int(length))


def _size(text: bytes) -> int:
    try:
        return int(text.strip(), 16)
    except ValueError:
        raise Malformed(f"{text[:40]!r} is no size of a chunk") from None
