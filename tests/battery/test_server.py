"""The server of the battery: what goes over its sockets, and that nothing of it stays."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import closing, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from ips_contract import VERSIONS
from ips_contract.battery.scenarios.accept import PLAIN
from ips_contract.battery.scenarios.answer import DECOY
from ips_contract.battery.scenarios.table import SCENARIOS
from ips_contract.battery.server import ScenarioServer
from ips_contract.http.content_encoding import gzip
from tests.clients.careful import Job, message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ips_contract.battery.running_case import RunningCase

BODY = message(Job("", "u", "p", "47", "n"))
HANDLE = b"<jobHandle>47|Nightly publish|</jobHandle>"


@pytest.fixture(scope="module")
def server() -> Iterator[ScenarioServer]:
    with ScenarioServer() as server:
        yield server


def connect(case: RunningCase) -> socket.socket:
    parts = urlsplit(case.endpoint)
    return socket.create_connection((str(parts.hostname), parts.port), 10)


def request(case: RunningCase, body: bytes = BODY, head: str = "", path: str = "") -> bytes:
    target = path or urlsplit(case.endpoint).path
    framing = f"Content-Length: {len(body)}\r\n" if "Transfer-Encoding" not in head else ""
    return f"POST {target} HTTP/1.1\r\nHost: x\r\n{framing}{head}\r\n".encode() + body


def ask(case: RunningCase, data: bytes) -> bytes:
    """What is answered to ``data``, up to the end of the connection."""
    answer = b""
    with closing(connect(case)) as raw:
        raw.sendall(data)
        while chunk := raw.recv(65536):
            answer += chunk
    return answer


def test_a_submission_is_answered_and_kept(server: ScenarioServer) -> None:
    case = server.open(PLAIN)
    answer = ask(case, request(case, head="SOAPAction: submitJob\r\n"))
    assert answer.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\n")
    assert HANDLE in answer
    sent = server.end(case)
    assert [post.body for post in sent.posts] == [BODY]
    assert sent.posts[0].headers["soapaction"] == "submitJob"
    assert sent.served == answer
    assert case.handle == "47|Nightly publish|"


def test_the_answer_has_the_namespace_of_the_request(server: ScenarioServer) -> None:
    case = server.open(PLAIN)
    body = BODY.replace(
        b'Param xmlns="', b'Param xmlns="' + VERSIONS[-1].namespace.encode() + b'" x="'
    )
    assert case.handle == "47|Nightly publish|"
    answer = ask(case, request(case, body))
    assert VERSIONS[-1].namespace.encode() in answer
    assert case.handle == "j|47|Nightly publish||"
    for unknown in (b"<x", b"<x xmlns='urn:x'/>"):
        assert f'"{VERSIONS[0].namespace}"'.encode() in ask(case, request(case, unknown))
    server.end(case)


@pytest.mark.parametrize("version", [VERSIONS[0], VERSIONS[-1]], ids=str)
def test_environment(version) -> None:  # type: ignore[no-untyped-def]
    with ScenarioServer(version) as server:
        case = server.open(SCENARIOS["name-emoji"])
        env = case.environment()
        assert env["IPS_JOB_NAME"] == "launch 🚀 day 👩‍💻"
        assert env["IPS_COMPANY"] == ("c|47" if version.date else "47")
        assert case.handle.startswith("j|47|launch" if version.date else "47|launch")
        with urlopen(env["IPS_WSDL"], timeout=10) as answer:
            text = answer.read().decode()
        assert env["IPS_ENDPOINT"] in text
        assert version.namespace in text
        assert server.end(case).fetched == ()


def test_requests_are_attributed_to_their_cases(server: ScenarioServer) -> None:
    cases = [server.open(PLAIN) for _ in range(8)]
    threads = [threading.Thread(target=ask, args=(s, request(s))) for s in cases[1:]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(server.end(case).posts) for case in cases] == [0] + [1] * 7


def test_whatever_else_is_asked_is_kept(server: ScenarioServer) -> None:
    case = server.open(PLAIN)
    folder = urlsplit(case.base).path
    for line in (f"GET {folder}/schema.xsd?x=1", f"HEAD {folder}/", f"GET {folder}/no.wsdl"):
        assert ask(case, f"{line} HTTP/1.1\r\nHost: x\r\n\r\n".encode()).startswith(b"HTTP/1.1 404")
    ask(case, request(case, path="/scene7/services/IpsApiService"))
    sent = server.end(case)
    assert sent.fetched == ("GET /schema.xsd", "HEAD /")
    assert sent.strays == ("POST /scene7/services/IpsApiService",)
    assert sent.posts == ()


MALFORMED = [
    (b"GET\r\n\r\n", "no HTTP/1.1"),
    (b"GET / HTTP/2.0\r\n\r\n", "no HTTP/1.1"),
    (b"GET / HTTP/1.1\r\nx y\r\n\r\n", "no header field"),
    (b"GET / HTTP/1.1\r\n x: y\r\n\r\n", "no header field"),
    (b"GET / HTTP/1.1\r\nx: " + b"y" * 70_000 + b"\r\n\r\n", "more than 65536"),
    (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "Content-Length is '-1'"),
    (b"POST / HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n", "Content-Length is"),
    (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "no size of a chunk"),
    (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffff\r\n", "body has more than"),
    (b"POST / HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx", "gzip data"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "words"), MALFORMED, ids=[words for _, words in MALFORMED])
def test_malformed_requests(server: ScenarioServer, data: bytes, words: str) -> None:
    case = server.open(PLAIN)
    assert ask(case, data).startswith(b"HTTP/1.1 400")
    (found,) = server.end(case).malformed
    assert words in found


def test_encodings_of_requests(server: ScenarioServer) -> None:
    case = server.open(PLAIN)
    chunks = f"{len(BODY):x};x=y\r\n".encode() + BODY + b"\r\n0\r\nX-Trailer: 1\r\n\r\n"
    ask(case, request(case, chunks, "Transfer-Encoding: chunked\r\n"))
    ask(case, request(case, gzip(BODY), "Content-Encoding: gzip\r\n"))
    continued = ask(case, request(case, head="Expect: 100-continue\r\nX: 1\r\nX: 2\r\n"))
    assert continued.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")
    sent = server.end(case)
    assert [post.body for post in sent.posts] == [BODY] * 3
    assert sent.posts[2].headers["x"] == "1, 2"


def test_a_flood_of_posts_is_cut(server: ScenarioServer) -> None:
    case = server.open(PLAIN)
    answers = [ask(case, request(case)) for _ in range(52)]
    assert answers[49]
    assert answers[50:] == [b"", b""]
    assert len(server.end(case).posts) == 50


def test_who_leaves_early_does_no_harm(server: ScenarioServer) -> None:
    case = server.open(PLAIN)
    for part in (b"", b"POST /", request(case)[:-10]):
        with closing(connect(case)) as raw:
            raw.sendall(part)
    assert HANDLE in ask(case, request(case))
    assert len(server.end(case).posts) == 1


@pytest.mark.parametrize("id_", ["stall-before-head", "stall-in-body", "drip-body"])
def test_stalls_end_with_the_case(server: ScenarioServer, id_: str) -> None:
    case = server.open(SCENARIOS[id_])
    with closing(connect(case)) as raw:
        raw.sendall(request(case))
        raw.settimeout(0.3)
        until = time.monotonic() + 0.3
        received = b""
        with suppress(TimeoutError):
            while time.monotonic() < until:
                received += raw.recv(1024)
        assert b"</soapenv" not in received
        server.end(case)
        raw.settimeout(5)
        try:
            assert b"</soapenv" not in raw.recv(1024)
        except ConnectionResetError:
            pass


def test_stalls_end_with_the_client(server: ScenarioServer) -> None:
    case = server.open(SCENARIOS["stall-before-head"])
    with closing(connect(case)) as raw:
        raw.sendall(request(case))
        time.sleep(0.1)
    until = time.monotonic() + 5
    while case.open and time.monotonic() < until:
        time.sleep(0.01)
    assert not case.open
    server.end(case)


def test_bytes_drip(server: ScenarioServer) -> None:
    case = server.open(SCENARIOS["drip-head"])
    with closing(connect(case)) as raw:
        raw.sendall(request(case))
        assert raw.recv(1024) == b"H"
        assert raw.recv(1024) == b"T"
    server.end(case)


def test_endless(server: ScenarioServer) -> None:
    case = server.open(SCENARIOS["endless-body"])
    size = 0
    with closing(connect(case)) as raw:
        raw.sendall(request(case))
        while size < 4 * 2**20:
            size += len(raw.recv(2**20))
    assert len(server.end(case).served) == 4096


def test_resets(server: ScenarioServer) -> None:
    case = server.open(SCENARIOS["reset-in-body"])
    with pytest.raises(ConnectionResetError):
        ask(case, request(case))
    server.end(case)


def test_closed_at_once(server: ScenarioServer) -> None:
    case = server.open(SCENARIOS["closed-at-once"])
    assert ask(case, request(case)) == b""
    server.end(case)


def test_redirection(server: ScenarioServer) -> None:
    case = server.open(SCENARIOS["redirect-307"])
    first = ask(case, request(case))
    assert f"Location: {case.base}/moved\r\n".encode() in first
    assert HANDLE in ask(case, request(case, path=urlsplit(case.base).path + "/moved"))
    assert len(server.end(case).posts) == 2


def test_no_answer_is_given_away_before_its_time(server: ScenarioServer) -> None:
    """A decoy is in the answer, and the handle is, too, in every case to be accepted."""
    for scenario in SCENARIOS.values():
        assert DECOY not in scenario.served(dated=False)
    case = server.open(SCENARIOS["pieces"])
    assert HANDLE in ask(case, request(case))
    server.end(case)


def test_a_crowd_is_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ips_contract.battery.server._MOST_CONNECTIONS", 1)
    with ScenarioServer() as server:
        case = server.open(SCENARIOS["stall-before-head"])
        with closing(connect(case)) as first:
            first.sendall(request(case))
            until = time.monotonic() + 5
            while not case.open and time.monotonic() < until:
                time.sleep(0.01)
            with closing(connect(case)) as second:
                second.settimeout(5)
                assert second.recv(1) == b""


def test_a_case_that_is_over_is_over(server: ScenarioServer) -> None:
    case = server.open(PLAIN)
    server.end(case)
    server.end(case)
    assert ask(case, request(case)).startswith(b"HTTP/1.1 404")


def test_close_leaves_nothing() -> None:
    before = threading.active_count()
    server = ScenarioServer()
    case = server.open(SCENARIOS["stall-before-head"])
    raw = connect(case)
    raw.sendall(request(case))
    server.close()
    server.close()
    assert threading.active_count() == before
    with closing(raw):
        raw.settimeout(5)
        with suppress(ConnectionResetError):
            assert raw.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), 1)
