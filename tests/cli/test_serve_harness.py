"""``ips-contract serve`` for programs that start it: where it is, TLS, and when it ends."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import requests
import trustme

from ips_contract import __version__
from ips_contract.cli import harness, serve
from ips_contract.contract.endpoints import SERVICE_PATH
from tests.blocks import REFERENCE, blocks
from tests.cli.test_serve import MAIN, parsed, running
from tests.mock.test_api import HEADERS, envelope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

COMMAND = [sys.executable, "-W", "error", "-c", MAIN]


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


@contextmanager
def started(*words: str, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """With the other side of a pipe as its standard input."""
    with subprocess.Popen(
        [*COMMAND, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, **options
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def read(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return value


def test_the_ready_file_says_where_it_is(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    ready.write_text("left by one that was killed", encoding="utf-8")
    words = ("--exit-with-stdin", "--ready-file", str(ready), "--format", "json")
    with started(*words) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        line = process.stdout.readline()
        assert list(tmp_path.iterdir()) == [ready]
        place = read(ready)
        base = f"http://127.0.0.1:{place['port']}"
        assert place == {
            "url": f"{base}/scene7/",
            "endpoint": f"{base}{SERVICE_PATH}",
            "wsdl": f"{base}{SERVICE_PATH}?wsdl",
            "control": f"{base}/_ips/",
            "host": "127.0.0.1",
            "port": place["port"],
            "ca": None,
            "pid": process.pid,
            "version": __version__,
        }
        assert json.loads(line) == place
        shown = {block.info: block.text for block in blocks(REFERENCE / "server.md")}
        assert list(json.loads(shown["ready-file"])) == list(place)
        assert place["endpoint"] in requests.get(place["wsdl"], timeout=10).text
        health = requests.get(f"{place['control']}health", timeout=10)
        assert health.json()["status"] == "ok"
        answer = requests.post(place["endpoint"], envelope(), headers=HEADERS, timeout=10)
        assert answer.status_code == 200
        process.stdin.close()
        assert process.wait(timeout=10) == 0
    assert not ready.exists()


def test_it_ends_with_its_standard_input(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    with started("--exit-with-stdin", "--ready-file", str(ready)) as process:
        assert process.stdin is not None
        process.stdin.write(b"what comes is left\n")
        process.stdin.flush()
        wait_until(ready.exists)
        assert requests.get(read(ready)["url"], timeout=10).status_code == 200
        assert process.poll() is None
        process.stdin.close()
        assert process.wait(timeout=10) == 0
    assert not ready.exists()


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=10).close()
    except ConnectionRefusedError:
        return False
    return True


PARENT = """
import subprocess, sys, time
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE)
time.sleep(60)
"""


def test_it_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    words = [*COMMAND, "--exit-with-stdin", "--ready-file", str(ready)]
    with subprocess.Popen([sys.executable, "-c", PARENT, *words], stdout=subprocess.PIPE) as parent:
        wait_until(ready.exists)
        place = read(ready)
        assert place["pid"] != parent.pid
        parent.kill()
        wait_until(lambda: not ready.exists())
    wait_until(lambda: not listens(place["port"]))


def test_without_a_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert serve.run(parsed("--exit-with-stdin")) == 2
    words = "ips-contract serve: --exit-with-stdin: standard input is closed already\n"
    assert capsys.readouterr().err == words


def test_a_ready_file_that_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "none" / "ready.json"
    with pytest.raises(FileNotFoundError) as caught:
        serve.run(parsed("--ready-file", str(path)))
    assert caught.value.filename == str(path)


def test_the_ready_file_of_another_server_stays(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    with harness.ready_file(str(path), {"port": 1}):
        with harness.ready_file(str(path), {"port": 2}):
            assert read(path) == {"port": 2}
        assert not path.exists()
    with harness.ready_file(str(path), {"port": 1}):
        path.write_text("another's", encoding="utf-8")
    assert path.read_text(encoding="utf-8") == "another's"
    with harness.ready_file(None, {}):
        assert list(tmp_path.iterdir()) == [path]


# TLS


def test_by_tls_with_a_certificate_made_on_the_spot(tmp_path: Path) -> None:
    ca, ready = tmp_path / "ca.pem", tmp_path / "ready.json"
    words = ("--ca-file", str(ca), "--ready-file", str(ready), "--tls-name", "ips-mock")
    with running(*words) as command:
        place = read(ready)
        assert place["ca"] == str(ca)
        assert place["url"] == command.url == f"https://127.0.0.1:{place['port']}/scene7/"
        wsdl = requests.get(place["wsdl"], verify=str(ca), timeout=10).text
        assert f'location="{place["endpoint"]}"' in wsdl
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(command.url, timeout=10)
        plain = requests.get(command.url.replace("https:", "http:"), timeout=10)
        assert plain.status_code == 400
        lines = [line[9:] for line in command.end()[2].splitlines()]
    assert lines == [
        f"GET {SERVICE_PATH}?wsdl 200",
        (
            "no request, TLS: The TLS handshake failed: the client does not trust the server's "
            "certificate (tlsv1 alert unknown ca): have it trust the CA that signed it."
        ),
        (
            "no request, 400: This is no TLS, and the mock speaks TLS: write https:// in its "
            "address."
        ),
    ]
    text = ca.read_bytes()
    assert text.startswith(b"-----BEGIN CERTIFICATE-----\n")
    assert b"PRIVATE" not in text


def test_by_tls_with_a_certificate_of_ones_own(tmp_path: Path) -> None:
    ca = trustme.CA()
    one = ca.issue_cert("127.0.0.1")
    paths = {name: str(tmp_path / name) for name in ("ca", "cert", "key", "both")}
    ca.cert_pem.write_to_path(paths["ca"])
    one.cert_chain_pems[0].write_to_path(paths["cert"])
    one.private_key_pem.write_to_path(paths["key"])
    with running("--cert", paths["cert"], "--key", paths["key"]) as command:
        assert command.url.startswith("https://")
        assert requests.get(command.url, verify=paths["ca"], timeout=10).status_code == 200


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--key", "k"], "--key is the key of a certificate: give that with --cert"),
        (
            ["--cert", "c", "--ca-file", "f"],
            "--ca-file is about the certificate that --tls makes; leave out --cert",
        ),
        (
            ["--cert", "c", "--tls-name", "n"],
            "--tls-name is about the certificate that --tls makes; leave out --cert",
        ),
        (["--cert", os.devnull], f"{os.devnull}: these are not a certificate with its private key"),
        (["--tls-name", "a b"], "'a b': no names for a certificate: "),
    ],
)
def test_what_does_not_fit_together(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert serve.run(parsed(*words)) == 2
    assert capsys.readouterr().err.startswith(f"ips-contract serve: {told}")
