"""Services that do not answer: each is told as what it is, to the client and in the line."""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
from http.client import HTTPResponse
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import requests

from ips_contract import mock
from ips_contract.cli.exchange_text import told_line
from ips_contract.contract.endpoints import SERVICE_PATH
from ips_contract.mock.server.server import Server
from ips_contract.mock.tls import Tls
from ips_contract.recording.upstream import read_address
from tests.mock.test_api import HEADERS, envelope
from tests.recording.proxying import Answering, raw_upstream, recorder

if TYPE_CHECKING:
    from collections.abc import Callable

    from ips_contract.http.messages import Request, Response


def failure(address: str, timeout: float = 10.0, context: ssl.SSLContext | None = None) -> str:
    """The words for what becomes of a message; checks that line and note have them, too."""
    body = envelope()
    fields = {"Host": "ips.test", "Content-Length": str(len(body)), **HEADERS}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    request = f"POST {SERVICE_PATH} HTTP/1.1\r\n{head}\r\n".encode() + body
    with recorder(address, timeout=timeout, context=context) as front:
        place = urlsplit(front.url)
        with socket.create_connection((place.hostname, place.port), timeout=20) as client:
            # In one packet: the message has come before it is known that there is no answer.
            client.sendall(request)
            answer = HTTPResponse(client)
            answer.begin()
            words = answer.read().decode().removesuffix("\n")
    (exchange,) = front.exchanges
    assert exchange.notes == (f"no answer: {words}",)
    status = answer.status
    line = told_line(exchange)[9:]
    assert line == f"submitJob valid {status} (no answer: {words})"
    return f"{status} {words.replace(address, 'URL')}"


def take(client: socket.socket) -> None:
    """Reads the whole message: who closes with some of it unread resets the connection."""
    came = b""
    while not came.rstrip().endswith(b"Envelope>"):
        piece = client.recv(65536)
        if not piece:
            return
        came += piece


def closing(client: socket.socket) -> None:
    take(client)


def garbage(client: socket.socket) -> None:
    take(client)
    client.sendall(b"SSH-2.0-x\r\n\r\n")


def half(client: socket.socket) -> None:
    take(client)
    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")


def stall(client: socket.socket) -> None:
    while client.recv(65536):
        pass


def stall_within(client: socket.socket) -> None:
    half(client)
    stall(client)


@pytest.mark.parametrize(
    ("play", "words"),
    [
        (closing, "502 URL ended the connection without an answer."),
        (garbage, "502 What URL answered is no HTTP/1.1: illegal status line"),
        (half, "502 URL ended the connection in the middle of its answer."),
        (stall, "504 URL has not answered for 0.2 seconds."),
        (stall_within, "504 URL has not gone on with its answer for 0.2 seconds."),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_answers_badly(play: Callable[[socket.socket], None], words: str) -> None:
    with raw_upstream(play) as address:
        assert failure(address, timeout=0.2).startswith(words)


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    assert failure(address) == "502 URL refused the connection: nothing listens there."


def test_a_name_that_is_none() -> None:
    found = failure("http://nowhere.invalid")
    assert found == "502 URL has no address: its name is not known here."


def test_tls() -> None:
    tls = Tls.make()

    def answer(_: Request) -> Response:
        raise AssertionError

    with Server(Answering(answer), tls=tls.context) as server:
        address = server.url.removesuffix("/scene7/")
        found = failure(address)
        assert found.startswith("502 URL is not trusted: ")
        assert found.endswith(
            " If a CA of your own signed its certificate, name that with --ca-file."
        )
        plain = f"http://127.0.0.1:{server.port}"
        with recorder(plain) as front:  # It answers, in words of its own.
            assert requests.get(f"{front.url}/", timeout=10).status_code == 400
    trusting = ssl.create_default_context(cadata=tls.ca.decode())
    with mock.serve(tls=tls) as other, mock.serve() as unsafe:
        assert failure(f"https://127.0.0.1:{unsafe.port}", context=trusting) == (
            "502 TLS with URL failed: wrong version number. Does it speak TLS there?"
        )
        with recorder(other.url.removesuffix("/scene7/"), context=trusting) as front:
            got = requests.post(front.url + SERVICE_PATH, envelope(), headers=HEADERS, timeout=9)
            assert got.status_code == 200


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("s7sps1apissl.scene7.com", "is no address: give one such as https://s7sps1apissl"),
        ("ftp://me:pw@a.test", "is no address"),
        ("https://", "is no address"),
        ("https://a.test:x", "is no address"),
        ("https://me:pw@a.test", "more than scheme, host and port"),
        ("https://a.test/?x", "more than scheme, host and port"),
        ("https://a.test/scene7/services/IpsApiService", "has the path /scene7/services/IpsApi"),
    ],
)
def test_addresses_that_are_none(url: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        read_address(url)
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize("url", ["https://a.test", "https://a.test/", "https://a.test/scene7/"])
def test_addresses(url: str) -> None:
    assert read_address(url) == "https://a.test"


def test_without_httpx_the_extra_is_named() -> None:
    script = (
        "import sys; sys.modules['httpx'] = None\n"
        "from ips_contract.cli import main\n"
        "sys.exit(main(['record', '--upstream', 'https://a.test', '--log', '/dev/null/x']))"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    words = "This needs httpx: pip install 'ips-contract[record]'"
    assert (run.returncode, run.stderr) == (2, f"ips-contract record: {words}\n")
