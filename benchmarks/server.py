"""The mock against pytest-httpserver sending one canned answer, and against canned responses.

The command ``ips-contract serve`` is measured against ``mock.serve()``, which tells nothing.

Each pair is measured by turns in one run; the ratio is the median of the pairs'. The load comes
from a process of its own, over raw sockets, so that the client is not what is measured.

Server and client share one processor where the system lets them be bound to it. What is compared
so is the work for a request. With a processor for each, most of a round trip on one connection is
the time that a halted virtual processor takes to wake up, twice, which is the same whoever answers;
the rows "all processors" show that, too.

``--million`` adds a run of a million requests, which takes minutes.
"""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import socket
import subprocess
import sys
import tempfile
import threading
import time
from functools import lru_cache, partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATH = "/scene7/services/IpsApiService"
URL = f"https://s7sps1apissl.scene7.com{PATH}"
HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": "submitJob"}
NAMESPACE = "http://www.scene7.com/IpsApi/xsd"
PAIRS = 25  # Short ones: the machine's speed may change within a second.


class Row(NamedTuple):
    """One line of the result: ``ratio`` of ours to theirs, to be at least or at most ``goal``.

    Without a goal it only explains another line.
    """

    name: str
    ours: float
    theirs: float
    unit: str
    ratio: float
    goal: float | None
    at_least: bool

    @property
    def reached(self) -> bool:
        """Whether the ratio is on the goal's right side."""
        if self.goal is None:
            return True
        return self.ratio >= self.goal if self.at_least else self.ratio <= self.goal


def envelope(job: str, namespace: str, company: str) -> bytes:
    """A submitJob request in an envelope with credentials."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">'
        f'<soapenv:Header><authHeader xmlns="{NAMESPACE}"><user>user@example.test</user>'
        "<password>secret</password></authHeader></soapenv:Header><soapenv:Body>"
        f'<submitJobParam xmlns="{namespace}"><companyHandle>{company}</companyHandle>'
        f"<jobName>My Test Job</jobName>{job}</submitJobParam></soapenv:Body></soapenv:Envelope>"
    ).encode()


def small() -> bytes:
    """The documented request."""
    return envelope(
        "<imageServingPublishJob><publishType>Full</publishType><emailSetting>Error</emailSetting>"
        "</imageServingPublishJob>",
        NAMESPACE,
        "47",
    )


def large() -> bytes:
    """A request with 1,000 URLs, the most that the service takes."""
    items = "".join(
        f"<items><sourceUrl>http://images.example.test/shop/{n}.tif</sourceUrl><destPath>{n}.tif</destPath></items>"
        for n in range(1000)
    )
    return envelope(
        f"<uploadUrlsJob><urlArray>{items}</urlArray><overwrite>true</overwrite>"
        "<readyForPublish>true</readyForPublish><createMask>false</createMask>"
        "<emailSetting>Error</emailSetting></uploadUrlsJob>",
        f"{NAMESPACE}/2014-04-03",
        "c|47",
    )


# The load: run as a program, in a process of its own.


def load(port: int, requests: int, connections: int, body: bytes, status: int = 200) -> float:
    """Answers a second: each of ``connections`` has one request under way at a time.

    Each answer is to have the HTTP ``status``.
    """
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: load\r\nAccept: */*\r\n"
        "Connection: keep-alive\r\nContent-Type: text/xml; charset=utf-8\r\n"
        f"SOAPAction: submitJob\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    request = head.encode() + body
    if connections == 1:
        return _load_one(port, requests, request, status)
    selector = selectors.DefaultSelector()
    to_send, to_get = requests, requests

    def begin(old: socket.socket | None) -> None:
        nonlocal to_send
        if to_send <= 0:
            return
        to_send -= 1
        if old is None:
            old = _connect(port)
            selector.register(old, selectors.EVENT_READ, bytearray())
        old.sendall(request)

    start = time.perf_counter()
    for _ in range(connections):
        begin(None)
    while to_get:
        for key, _ in selector.select():
            connection, buffer = key.fileobj, key.data
            assert isinstance(connection, socket.socket)
            data = connection.recv(65536)
            text = bytes(buffer + data) if buffer else data
            complete, closing = _read(text, status, at_end=not data)
            if not complete:
                buffer += data
                continue
            to_get -= 1
            buffer.clear()
            if closing:
                selector.unregister(connection)
                connection.close()
            begin(None if closing else connection)
    seconds = time.perf_counter() - start
    for key in list(selector.get_map().values()):
        assert isinstance(key.fileobj, socket.socket)
        key.fileobj.close()
    selector.close()
    return requests / seconds


def _load_one(port: int, requests: int, request: bytes, status: int) -> float:
    """``load`` over one connection, which can wait for its answer without a selector."""
    connection = None
    start = time.perf_counter()
    for _ in range(requests):
        if connection is None:
            connection = _connect(port)
        connection.sendall(request)
        answer, complete, closing = b"", False, False
        while not complete:
            data = connection.recv(65536)
            answer += data
            complete, closing = _read(answer, status, at_end=not data)
        if closing:
            connection.close()
            connection = None
    seconds = time.perf_counter() - start
    if connection is not None:
        connection.close()
    return requests / seconds


def _connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _read(answer: bytes, status: int, *, at_end: bool) -> tuple[bool, bool]:
    """Whether the answer is complete, and whether the connection ends with it."""
    begin = answer.find(b"\r\n\r\n") + 4
    length, closing = _promised(answer[:begin], status) if begin >= 4 else (0, False)
    complete = 4 <= begin <= len(answer) - length
    if at_end and not complete:
        raise SystemExit(f"a request failed: {answer!r}")
    return complete, closing


@lru_cache(maxsize=64)
def _promised(head: bytes, status: int) -> tuple[int, bool]:
    """The length that the head of an answer promises, and whether the connection ends with it.

    Kept, as a head is the same for a second: the load shares a processor with who is measured.
    """
    lower = head.lower()
    at = lower.find(b"content-length:") + len(b"content-length:")
    if b" %d " % status not in head[:13]:
        raise SystemExit(f"a request failed: {head!r}")
    return int(lower[at:].partition(b"\r")[0]), b"connection: close" in lower


def load_apart(port: int, requests: int, connections: int, body: bytes, status: int = 200) -> float:
    """``load`` in a process of its own."""
    numbers = map(str, (port, requests, connections, status))
    words = [sys.executable, __file__, "load", *numbers]
    run = subprocess.run(words, input=body, stdout=subprocess.PIPE, check=True)
    return float(run.stdout)


# The measurements.


@contextlib.contextmanager
def canned(body: bytes, *, threaded: bool = False) -> Iterator[int]:
    """pytest-httpserver with one answer; its port. As it is by default, it is at its fastest."""
    from pytest_httpserver import HTTPServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # Its lines would only slow it down.
    server = HTTPServer(threaded=threaded)
    server.expect_request(PATH, method="POST").respond_with_data(
        body, content_type="text/xml;charset=UTF-8"
    )
    server.start()
    try:
        yield server.port
    finally:
        server.clear()
        server.stop()


def answer_to(body: bytes) -> bytes:
    """What the mock answers."""
    from ips_contract.http.messages import Request
    from ips_contract.mock.service import Service

    response = Service().handle(Request("POST", PATH, {"content-type": "text/xml"}, body))
    assert response.status == 200, response
    return response.body


def paired(
    name: str,
    unit: str,
    measures: tuple[Callable[[], float], Callable[[], float]],
    goal: float | None,
    *,
    at_least: bool = True,
    pairs: int = PAIRS,
) -> Row:
    """Ours and theirs by turns, after one pair that is not counted."""
    ours, theirs = measures
    found = [(ours(), theirs()) for _ in range(pairs + 1)][1:]
    ratio = median(a / b for a, b in found)
    return Row(
        name, median(a for a, _ in found), median(b for _, b in found), unit, ratio, goal, at_least
    )


@contextlib.contextmanager
def one_processor() -> Iterator[bool]:
    """This thread, and what it starts, on one processor; False where that cannot be had."""
    if not hasattr(os, "sched_setaffinity"):
        yield False
        return
    every = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(every)})
    try:
        yield len(every) > 1
    finally:
        os.sched_setaffinity(0, every)


def rates() -> list[Row]:
    """Requests a second over sockets."""
    with one_processor() as bound:
        rows = [_rate(*case) for case in CASES]
    return rows + [_rate(*case[:4], None, ", all processors") for case in CASES[:2] if bound]


CASES = (
    ("1 connection", small(), 1, 1600, 3.5),
    ("8 connections", small(), 8, 2400, 5.5),
    ("1,000 URLs, 1 connection", large(), 1, 100, 0.25),  # Each URL with its destPath.
)


def _rate(
    name: str, body: bytes, connections: int, requests: int, goal: float | None, note: str = ""
) -> Row:
    from ips_contract import mock

    share = requests if len(body) > 10_000 else requests // 4  # Theirs is as fast for large ones.
    with mock.serve() as server, canned(answer_to(body)) as port:
        measures = (
            lambda: load_apart(server.port, requests, connections, body),
            lambda: load_apart(port, share, connections, body),
        )
        return paired(f"server, {name}{note}", "requests/s", measures, goal)


def commands() -> list[Row]:
    """``ips-contract serve`` against ``mock.serve()``: what its lines cost, and its log."""
    with one_processor(), tempfile.TemporaryDirectory() as folder:
        log = str(Path(folder, "log.jsonl"))
        return [
            _command_rate(f"serve, {name}{note}", connections, requests, words)
            for note, words in ((", its lines read", ()), (", and --log", ("--log", log)))
            for name, _, connections, requests, _ in CASES[:2]
        ]


def _command_rate(name: str, connections: int, requests: int, words: tuple[str, ...]) -> Row:
    with command(*words) as port, started(OURS) as theirs:
        assert theirs.stdout is not None
        other = int(theirs.stdout.readline())
        measures = (
            lambda: load_apart(port, requests, connections, small()),
            lambda: load_apart(other, requests, connections, small()),
        )
        row = paired(name, "requests/s", measures, 0.85)
        theirs.kill()
    return row


@contextlib.contextmanager
def command(*words: str) -> Iterator[int]:
    """``ips-contract serve`` with its lines on a pipe that is read; its port."""
    run = [sys.executable, "-m", "ips_contract", "serve", *words]
    with subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        lines = process.stderr.fileno()

        def read() -> None:
            while os.read(lines, 65536):
                pass

        reader = threading.Thread(target=read)
        reader.start()
        try:
            yield int(process.stdout.readline().split(b":")[2].partition(b"/")[0])
        finally:
            process.kill()
            reader.join()


OURS = "from ips_contract import mock; s = mock.serve(); print(s.port, flush=True); input()"
_THEIRS = f"""
from pytest_httpserver import HTTPServer
s = HTTPServer()
s.expect_request({PATH!r}, method="POST").respond_with_data("<a/>", content_type="text/xml")
s.start()
print(s.port, flush=True)
input()
"""


# What no server with lxml, asyncio and httptools can do without; uvloop where it is installed.
_IMPORTS = """
import asyncio, contextlib, datetime, threading
import httptools, lxml.etree
with contextlib.suppress(ImportError):
    import uvloop
print(0, flush=True)
input()
"""


def started(program: str) -> subprocess.Popen[bytes]:
    """A process that runs ``program``, as a user's does: its compiled modules are kept."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )


def first_answer(program: str) -> float:
    """Seconds from the start of a process to its first answer; to its port if that is 0."""
    start = time.perf_counter()
    with started(program) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        if port:
            load(port, 1, 1, small())
        seconds = time.perf_counter() - start
        process.kill()
    return seconds


def starts() -> list[Row]:
    """From nothing to the first answer; and how much of that is imports."""
    return [
        paired(
            name,
            "s",
            (partial(first_answer, program), partial(first_answer, _THEIRS)),
            goal,
            at_least=False,
            pairs=15,
        )
        for name, program, goal in (
            ("start to first answer", OURS, 0.65),
            ("start, imports alone", _IMPORTS, None),
        )
    ]


def in_process() -> list[Row]:
    """requests through ``responses``: ours against a canned answer.

    requests asks for gzip, and ours compresses, which the canned answer is spared; once, if it is
    the same answer again. The other rows have jobs with names of their own, whose answers differ,
    and have both sides do the same: compressed, and not.
    """
    import requests
    import responses

    from ips_contract import mock
    from ips_contract.http.content_encoding import gzip

    number = 60
    body = small()
    same = [body] * number
    named = [body.replace(b"My Test Job", b"My Test Job %d" % each) for each in range(number)]
    plain: tuple[bytes, dict[str, str]] = answer_to(body), {}
    compressed = gzip(plain[0])
    packed = (
        compressed,
        {
            "Content-Encoding": "gzip",
            "Vary": "Accept-Encoding",
            "Content-Length": str(len(compressed)),
        },
    )

    def spend(encoding: str | None, bodies: list[bytes]) -> float:
        with requests.Session() as session:
            if encoding is not None:
                session.headers["Accept-Encoding"] = encoding
            start = time.perf_counter()
            for one in bodies:
                session.post(URL, one, headers=HEADERS, timeout=5).raise_for_status()
            return number / (time.perf_counter() - start)

    def ours(encoding: str | None, bodies: list[bytes]) -> float:
        with mock.activate():
            return spend(encoding, bodies)

    def theirs(
        encoding: str | None, bodies: list[bytes], answer: tuple[bytes, dict[str, str]]
    ) -> float:
        data, headers = answer
        with responses.RequestsMock() as canned_mock:
            canned_mock.post(URL, body=data, headers=headers, content_type="text/xml;charset=UTF-8")
            return spend(encoding, bodies)

    return [
        paired(
            name,
            "requests/s",
            (partial(ours, how, bodies), partial(theirs, how, bodies, answer)),
            goal,
            pairs=75,
        )
        for name, how, bodies, answer, goal in (
            ("responses mock", None, same, plain, 0.85),
            ("responses mock, a name for each job", None, named, plain, None),
            ("responses mock, both compressed", None, same, packed, None),
            ("responses mock, both not compressed", "identity", same, plain, None),
        )
    ]


def memory(requests: int = 100_000) -> list[Row]:
    """Resident memory after ``requests`` to that after all that is kept is full; Linux only.

    The record keeps 10,000 exchanges, and 20,000 jobs are remembered; from there on memory is to
    stay flat.
    """
    with started(OURS) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        statm = Path(f"/proc/{process.pid}/statm")
        if not statm.exists():
            process.kill()
            return []
        sizes = []
        for number in (25_000, requests - 25_000):
            load_apart(port, number, 8, small())
            sizes.append(int(statm.read_text().split()[1]) * 4096 / 1e6)
        process.kill()
    full, late = sizes
    name = f"memory after {requests:,} requests"
    return [Row(name, late, full, "MB", late / full, 1.1, at_least=False)]


def run(*, million: bool = False) -> list[Row]:
    """All measurements; ``million`` takes minutes more."""
    rows = [*rates(), *commands(), *starts(), *in_process(), *memory()]
    return rows + memory(1_000_000) if million else rows


def _main(words: list[str]) -> None:
    if words[:1] == ["load"]:
        port, requests, connections, status = map(int, words[1:])
        print(load(port, requests, connections, sys.stdin.buffer.read(), status))
        return
    for row in run(million="--million" in words):
        sign, verdict = (">=" if row.at_least else "<="), ("" if row.reached else "  MISSED")
        goal = "no goal" if row.goal is None else f"goal {sign} {row.goal}"
        print(
            f"{row.name:40} {row.ours:10.2f} / {row.theirs:10.2f} {row.unit:10} = "
            f"{row.ratio:6.3f}  ({goal}){verdict}",
            flush=True,
        )


if __name__ == "__main__":
    _main(sys.argv[1:])
