"""The recorder between a client and a service: what passes, as bytes; what it tells of it."""

from __future__ import annotations

import gzip
import http.client
import socket
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import requests

from ips_contract import mock
from ips_contract.cli.exchange_text import told_line
from ips_contract.contract.endpoints import SERVICE_PATH
from ips_contract.http.messages import Request, Response
from tests.mock.test_api import HEADERS, envelope, submitted
from tests.mock.test_uploads import AUTH, END, FILE, NAMED, form, params
from tests.recording.proxying import raw_upstream, recorder, upstream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ips_contract.mock.record import Exchange

XML = (("Content-Type", "text/xml"),)
PIECE = 64 * 1024


def lines(exchanges: list[Exchange]) -> list[str]:
    return [told_line(exchange)[9:] for exchange in exchanges]


def asked(address: str, data: bytes) -> bytes:
    """All that is answered to ``data`` on one connection."""
    host, _, port = address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as client:
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: client.recv(PIECE), b""))


def test_what_passes_is_unchanged() -> None:
    seen: list[Request] = []

    def answer(request: Request) -> Response:
        seen.append(request)
        headers = (("X-Odd", "caf\xe9"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))
        return Response(418, headers, b"\0\xff" + request.body)

    target = "/scene7/a%2fb/../c;d?x=1&y=%7C|"
    body = b"\x1f\x8b no gzip at all"
    with upstream(answer) as address, recorder(address) as front:
        head = (
            f"POST {target} HTTP/1.1\r\nHost: x.test\r\nX-Mine: caf\xe9\r\nCookie: s=1\r\n"
            f"Connection: close, X-Hop\r\nX-Hop: 1\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        answered = asked(front.url, head.encode("latin-1") + body)
    assert seen, answered
    (request,) = seen
    assert (request.method, request.body) == ("POST", body)
    assert request.target == target
    host = address.removeprefix("http://")
    length = str(len(body))
    sent = {"host": host, "x-mine": "caf\xe9", "cookie": "s=1", "content-length": length}
    assert request.headers == sent
    head_back, _, body_back = answered.partition(b"\r\n\r\n")
    assert body_back == b"\0\xff" + body
    told = head_back.split(b"\r\n")
    assert told[0].startswith(b"HTTP/1.1 418 ")
    assert {b"X-Odd: caf\xe9", b"Set-Cookie: a=1", b"Set-Cookie: b=2"} <= set(told)
    assert sum(line.startswith(b"Date:") for line in told) == 1
    # What a service says to keep is nobody else's.
    assert front.exchanges[0].response.headers[1:3] == (("Set-Cookie", "***"),) * 2


def test_a_body_in_chunks_stays_one_and_nothing_is_added_to_a_request_without() -> None:
    seen: list[Request] = []

    def answer(request: Request) -> Response:
        seen.append(request)
        return Response(200, XML, b"")

    with upstream(answer) as address, recorder(address) as front:
        requests.post(f"{front.url}/x", iter([b"ab", b"c"]), timeout=10)
        asked(front.url, b"DELETE /y HTTP/1.1\r\nHost: a\r\n\r\n")
        asked(front.url, b"HEAD /z HTTP/1.0\r\n\r\n")
    assert [(row.method, row.body) for row in seen] == [
        ("POST", b"abc"),
        ("DELETE", b""),
        ("HEAD", b""),
    ]
    assert seen[0].headers["transfer-encoding"] == "chunked"
    assert seen[1].headers == seen[2].headers == {"host": address.removeprefix("http://")}


def test_a_message_is_judged_and_so_is_its_answer() -> None:
    answers = [
        Response(200, XML, b"<getFoldersReturn/>"),
        Response(200, XML, gzip.compress(b"<html>secret")),
    ]
    answers[1] = answers[1]._replace(headers=(*XML, ("Content-Encoding", "gzip")))
    with upstream(lambda _: answers.pop(0)) as address, recorder(address) as front:
        first = requests.post(front.url + SERVICE_PATH, envelope(), headers=HEADERS, timeout=10)
        second = requests.post(front.url + SERVICE_PATH, b"<a/>", headers=HEADERS, timeout=10)
        third = requests.post(front.url + SERVICE_PATH, envelope(), timeout=10)
    assert first.text == "<getFoldersReturn/>"
    assert second.content == b"<html>secret"
    assert third.status_code == 500  # ``answers`` is empty: the service fails.
    told = lines(front.exchanges)
    assert told[0].startswith("submitJob valid 200 (the answer: ")
    assert "exchange-return: submitJob is answered with getFoldersReturn" in told[0]
    assert told[1].startswith(f"POST {SERVICE_PATH} invalid 200")
    assert told[2].startswith("submitJob valid (2 warnings) 500 (the answer: not-xml")
    # As logs have it.
    assert front.exchanges[1].response.body == b"<html>secret"
    assert front.exchanges[1].response.headers == XML


def test_a_password_is_hidden_wherever_it_stands_in_an_answer() -> None:
    def answer(request: Request) -> Response:
        return Response(
            500, (*XML, ("X-Auth-Token", "t")), b"<p>Not for secret!</p>" + request.body
        )

    with upstream(answer) as address, recorder(address) as front:
        answered = requests.post(front.url + SERVICE_PATH, envelope(), timeout=10)
    assert answered.content.count(b"secret") == 2
    (exchange,) = front.exchanges
    assert b"<p>Not for ***!</p>" in exchange.response.body
    assert b"secret" not in exchange.response.body + exchange.request.body
    assert "secret" not in str([exchange.notes, exchange.response.headers, exchange.reason])


def test_wsdls_have_the_address_of_the_recorder() -> None:
    with mock.serve() as service, recorder(service.url.removesuffix("/scene7/")) as front:
        for query in ("?wsdl", "?WSDL&soap12=no"):
            wsdl = requests.get(f"{front.url}{SERVICE_PATH}{query}", timeout=10).text
            assert f'location="{front.url}{SERVICE_PATH}"' in wsdl
            assert service.url not in wsdl
        other = "https://there.test/x"
        wsdl = requests.get(
            f"{front.url}/scene7/webservice/IpsApi.wsdl?serviceUrl={other}", timeout=10
        ).text
        assert f'location="{other}"' in wsdl  # The client's own choice.


def pieces(number: int) -> Iterator[bytes]:
    for _ in range(number):
        yield b"x" * PIECE


def upload(number: int, end: str = END) -> Iterator[bytes]:
    """A form with a file of so many pieces."""
    before, after = form(
        ("auth", None, AUTH.encode()),
        ("uploadParams", None, params(NAMED.replace("<uploadParams>", f"{end}<uploadParams>"))),
        ("file", "a.jpg", b"@@"),
    ).split(b"@@")
    yield before
    yield from pieces(number)
    yield after


KIND = {"Content-Type": "multipart/form-data; boundary=edge"}


def test_uploads_and_large_answers_pass_without_being_held() -> None:
    number = 400  # 25 MiB.
    length = PIECE * number

    def play(client: socket.socket) -> None:
        client.recv(PIECE)
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % length)
        for piece in pieces(number):
            client.sendall(piece)

    with (
        mock.serve() as service,
        raw_upstream(play) as store,
        recorder(service.url.removesuffix("/scene7/"), limit=PIECE) as front,
        recorder(store, limit=PIECE) as other,
    ):
        boundary = form(FILE).split(b"\r\n")[0][2:].decode()
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        tracemalloc.start()
        answered = requests.post(
            f"{front.url}/scene7/UploadFile", upload(number), headers=kind, timeout=60
        )
        assert (answered.status_code, submitted(answered.text)[:4]) == (200, "j|47"), answered.text
        size = 0
        with requests.get(f"{other.url}/big.zip", stream=True, timeout=60) as got:
            assert got.headers["Content-Length"] == str(length)
            for piece in got.iter_content(PIECE):
                size += len(piece)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert size == length
    assert peak < length / 2
    (exchange,) = front.exchanges
    (file,) = exchange.files
    assert (exchange.operation, exchange.handle) == ("uploadPost", submitted(answered.text))
    assert (file.name, file.size) == ("a.jpg", PIECE * number)
    assert file.sha256 == service.exchanges[0].files[0].sha256
    assert lines(other.exchanges) == ["GET /big.zip 200"]
    assert other.exchanges[0].notes == (
        f"{length} bytes of the answer were passed on; they are not kept",
    )


def test_a_client_is_no_faster_than_the_service() -> None:
    go_on = threading.Event()
    length, took = 48 * 1024 * 1024, 0

    def play(client: socket.socket) -> None:
        nonlocal took
        go_on.wait(30)
        took = len(client.recv(PIECE))
        while took < length:
            took += len(client.recv(PIECE))
        client.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with raw_upstream(play) as address, recorder(address) as front:
        host, _, port = front.url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=0.5) as client:
            client.sendall(b"PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % length)
            sent, piece = 0, b"x" * PIECE
            try:
                while sent < length:
                    sent += client.send(piece)
            except TimeoutError:
                pass
            # What is between them is in the system's buffers.
            assert sent < length / 2
            go_on.set()
            client.settimeout(30)
            while sent < length:
                sent += client.send(piece[: length - sent])
            assert client.recv(PIECE).startswith(b"HTTP/1.1 204 No Content\r\n")


def test_a_client_that_leaves_in_the_middle_is_told_and_its_request_is_not_taken_for_whole() -> (
    None
):
    came: list[bytes] = []
    begun, ended = threading.Event(), threading.Event()

    def play(client: socket.socket) -> None:
        for piece in iter(lambda: client.recv(PIECE), b""):
            came.append(piece)
            if piece.endswith(b"abc"):
                begun.set()
        ended.set()

    with raw_upstream(play) as address, recorder(address) as front:
        host, _, port = front.url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=10) as client:
            client.sendall(b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc")
            assert begun.wait(10)
        assert ended.wait(10)
    assert b"".join(came).endswith(b"\r\n\r\nabc")
    (exchange,) = front.exchanges
    assert (exchange.response.status, exchange.response.fate) == (400, "drop")
    assert exchange.notes == (
        "no answer: the client left in the middle of its request",
        "3 bytes of the request came; they are not kept",
    )


def test_an_answer_that_is_under_way_when_the_recorder_ends_is_told() -> None:
    came = threading.Event()

    def play(client: socket.socket) -> None:
        request = b""
        while envelope() not in request and (piece := client.recv(PIECE)):
            request += piece
        came.set()
        while client.recv(PIECE):  # Nothing comes, to the end.
            pass

    with raw_upstream(play) as address, recorder(address) as front, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(requests.post, front.url + SERVICE_PATH, envelope(), timeout=10)
        assert came.wait(10)
        front.server.close()
        assert isinstance(waiting.exception(10), requests.ConnectionError)
    (line,) = lines(front.exchanges)
    assert line.endswith("502 (drop) (no answer: the recorder was ended before it came)")


@pytest.mark.parametrize("number", [64])
def test_many_at_once_are_not_mixed(number: int) -> None:
    def one(start: int) -> None:
        port = front.server.port
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            for name in (f"job {start} {index}" for index in range(number // 16)):
                connection.request("POST", SERVICE_PATH, envelope(name), HEADERS)
                answer = connection.getresponse()
                assert submitted(answer.read().decode()) == f"47|{name}|"

    with mock.serve() as service, recorder(service.url.removesuffix("/scene7/")) as front:
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(one, range(16)))
        names = {exchange.handle for exchange in front.exchanges}
        assert len(front.exchanges) == len(names) == len(service.exchanges) == number
        assert [row.number for row in front.exchanges] == list(range(1, number + 1))
