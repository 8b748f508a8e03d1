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
from ips_contract.battery.scenarios.parts import DECOY
from ips_contract.battery.scenarios.table import PLAIN, SCENARIOS
from ips_contract.battery.stage import Scene, Stage
from ips_contract.http.content_encoding import gzip
from tests.clients.careful import Job, message

if TYPE_CHECKING:
    from collections.abc import Iterator

BODY = message(Job("", "u", "p", "47", "n"))
HANDLE = b"<jobHandle>47|Nightly publish|</jobHandle>"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage() as stage:
        yield stage


def connect(scene: Scene) -> socket.socket:
    parts = urlsplit(scene.endpoint)
    return socket.create_connection((str(parts.hostname), parts.port), 10)


def request(scene: Scene, body: bytes = BODY, head: str = "", path: str = "") -> bytes:
    target = path or urlsplit(scene.endpoint).path
    framing = f"Content-Length: {len(body)}\r\n" if "Transfer-Encoding" not in head else ""
    return f"POST {target} HTTP/1.1\r\nHost: x\r\n{framing}{head}\r\n".encode() + body


def ask(scene: Scene, data: bytes) -> bytes:
    """What is answered to ``data``, up to the end of the connection."""
    answer = b""
    with closing(connect(scene)) as raw:
        raw.sendall(data)
        while chunk := raw.recv(65536):
            answer += chunk
    return answer


def test_a_submission_is_answered_and_kept(stage: Stage) -> None:
    scene = stage.open(PLAIN)
    answer = ask(scene, request(scene, head="SOAPAction: submitJob\r\n"))
    assert answer.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\n")
    assert HANDLE in answer
    sent = stage.end(scene)
    assert [post.body for post in sent.posts] == [BODY]
    assert sent.posts[0].headers["soapaction"] == "submitJob"
    assert sent.served == answer
    assert scene.handle == "47|Nightly publish|"


def test_the_answer_has_the_namespace_of_the_request(stage: Stage) -> None:
    scene = stage.open(PLAIN)
    body = BODY.replace(
        b'Param xmlns="', b'Param xmlns="' + VERSIONS[-1].namespace.encode() + b'" x="'
    )
    assert scene.handle == "47|Nightly publish|"
    answer = ask(scene, request(scene, body))
    assert VERSIONS[-1].namespace.encode() in answer
    assert scene.handle == "j|47|Nightly publish||"
    for unknown in (b"<x", b"<x xmlns='urn:x'/>"):
        assert f'"{VERSIONS[0].namespace}"'.encode() in ask(scene, request(scene, unknown))
    stage.end(scene)


@pytest.mark.parametrize("version", [VERSIONS[0], VERSIONS[-1]], ids=str)
def test_environment(version) -> None:  # type: ignore[no-untyped-def]
    with Stage(version) as stage:
        scene = stage.open(SCENARIOS["name-emoji"])
        env = scene.environment()
        assert env["IPS_JOB_NAME"] == "launch 🚀 day 👩‍💻"
        assert env["IPS_COMPANY"] == ("c|47" if version.date else "47")
        assert scene.handle.startswith("j|47|launch" if version.date else "47|launch")
        with urlopen(env["IPS_WSDL"], timeout=10) as answer:
            text = answer.read().decode()
        assert env["IPS_ENDPOINT"] in text
        assert version.namespace in text
        assert stage.end(scene).fetched == ()


def test_requests_are_attributed_to_their_cases(stage: Stage) -> None:
    scenes = [stage.open(PLAIN) for _ in range(8)]
    threads = [threading.Thread(target=ask, args=(s, request(s))) for s in scenes[1:]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(stage.end(scene).posts) for scene in scenes] == [0] + [1] * 7


def test_whatever_else_is_asked_is_kept(stage: Stage) -> None:
    scene = stage.open(PLAIN)
    folder = urlsplit(scene.base).path
    for line in (f"GET {folder}/schema.xsd?x=1", f"HEAD {folder}/", f"GET {folder}/no.wsdl"):
        assert ask(scene, f"{line} HTTP/1.1\r\nHost: x\r\n\r\n".encode()).startswith(
            b"HTTP/1.1 404"
        )
    ask(scene, request(scene, path="/scene7/services/IpsApiService"))
    sent = stage.end(scene)
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
def test_malformed_requests(stage: Stage, data: bytes, words: str) -> None:
    scene = stage.open(PLAIN)
    assert ask(scene, data).startswith(b"HTTP/1.1 400")
    (found,) = stage.end(scene).malformed
    assert words in found


def test_encodings_of_requests(stage: Stage) -> None:
    scene = stage.open(PLAIN)
    chunks = f"{len(BODY):x};x=y\r\n".encode() + BODY + b"\r\n0\r\nX-Trailer: 1\r\n\r\n"
    ask(scene, request(scene, chunks, "Transfer-Encoding: chunked\r\n"))
    ask(scene, request(scene, gzip(BODY), "Content-Encoding: gzip\r\n"))
    continued = ask(scene, request(scene, head="Expect: 100-continue\r\nX: 1\r\nX: 2\r\n"))
    assert continued.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")
    sent = stage.end(scene)
    assert [post.body for post in sent.posts] == [BODY] * 3
    assert sent.posts[2].headers["x"] == "1, 2"


def test_a_flood_of_posts_is_cut(stage: Stage) -> None:
    scene = stage.open(PLAIN)
    answers = [ask(scene, request(scene)) for _ in range(52)]
    assert answers[49]
    assert answers[50:] == [b"", b""]
    assert len(stage.end(scene).posts) == 50


def test_who_leaves_early_does_no_harm(stage: Stage) -> None:
    scene = stage.open(PLAIN)
    for part in (b"", b"POST /", request(scene)[:-10]):
        with closing(connect(scene)) as raw:
            raw.sendall(part)
    assert HANDLE in ask(scene, request(scene))
    assert len(stage.end(scene).posts) == 1


@pytest.mark.parametrize("id_", ["stall-before-head", "stall-in-body", "drip-body"])
def test_stalls_end_with_the_case(stage: Stage, id_: str) -> None:
    scene = stage.open(SCENARIOS[id_])
    with closing(connect(scene)) as raw:
        raw.sendall(request(scene))
        raw.settimeout(0.3)
        until = time.monotonic() + 0.3
        received = b""
        with suppress(TimeoutError):
            while time.monotonic() < until:
                received += raw.recv(1024)
        assert b"</soapenv" not in received
        stage.end(scene)
        raw.settimeout(5)
        try:
            assert b"</soapenv" not in raw.recv(1024)
        except ConnectionResetError:
            pass


def test_stalls_end_with_the_client(stage: Stage) -> None:
    scene = stage.open(SCENARIOS["stall-before-head"])
    with closing(connect(scene)) as raw:
        raw.sendall(request(scene))
        time.sleep(0.1)
    until = time.monotonic() + 5
    while scene.open and time.monotonic() < until:
        time.sleep(0.01)
    assert not scene.open
    stage.end(scene)


def test_bytes_drip(stage: Stage) -> None:
    scene = stage.open(SCENARIOS["drip-head"])
    with closing(connect(scene)) as raw:
        raw.sendall(request(scene))
        assert raw.recv(1024) == b"H"
        assert raw.recv(1024) == b"T"
    stage.end(scene)


def test_endless(stage: Stage) -> None:
    scene = stage.open(SCENARIOS["endless-body"])
    size = 0
    with closing(connect(scene)) as raw:
        raw.sendall(request(scene))
        while size < 4 * 2**20:
            size += len(raw.recv(2**20))
    assert len(stage.end(scene).served) == 4096


def test_resets(stage: Stage) -> None:
    scene = stage.open(SCENARIOS["reset-in-body"])
    with pytest.raises(ConnectionResetError):
        ask(scene, request(scene))
    stage.end(scene)


def test_closed_at_once(stage: Stage) -> None:
    scene = stage.open(SCENARIOS["closed-at-once"])
    assert ask(scene, request(scene)) == b""
    stage.end(scene)


def test_redirection(stage: Stage) -> None:
    scene = stage.open(SCENARIOS["redirect-307"])
    first = ask(scene, request(scene))
    assert f"Location: {scene.base}/moved\r\n".encode() in first
    assert HANDLE in ask(scene, request(scene, path=urlsplit(scene.base).path + "/moved"))
    assert len(stage.end(scene).posts) == 2


def test_no_answer_is_given_away_before_its_time(stage: Stage) -> None:
    """A decoy is in the answer, and the handle is, too, in every case to be accepted."""
    for scenario in SCENARIOS.values():
        assert DECOY not in scenario.served(dated=False)
    scene = stage.open(SCENARIOS["pieces"])
    assert HANDLE in ask(scene, request(scene))
    stage.end(scene)


def test_a_crowd_is_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ips_contract.battery.stage._MOST_CONNECTIONS", 1)
    with Stage() as stage:
        scene = stage.open(SCENARIOS["stall-before-head"])
        with closing(connect(scene)) as first:
            first.sendall(request(scene))
            until = time.monotonic() + 5
            while not scene.open and time.monotonic() < until:
                time.sleep(0.01)
            with closing(connect(scene)) as second:
                second.settimeout(5)
                assert second.recv(1) == b""


def test_a_case_that_is_over_is_over(stage: Stage) -> None:
    scene = stage.open(PLAIN)
    stage.end(scene)
    stage.end(scene)
    assert ask(scene, request(scene)).startswith(b"HTTP/1.1 404")


def test_close_leaves_nothing() -> None:
    before = threading.active_count()
    stage = Stage()
    scene = stage.open(SCENARIOS["stall-before-head"])
    raw = connect(scene)
    raw.sendall(request(scene))
    stage.close()
    stage.close()
    assert threading.active_count() == before
    with closing(raw):
        raw.settimeout(5)
        with suppress(ConnectionResetError):
            assert raw.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", stage.port), 1)
