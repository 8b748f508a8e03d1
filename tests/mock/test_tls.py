"""TLS: the certificates that a server has, and the service behind one."""

from __future__ import annotations

import socket
import ssl
import stat
import sys
from pathlib import Path

import pytest
import requests
import trustme

from ips_contract import mock
from ips_contract.contract.endpoints import HOSTS, SERVICE_PATH, UPLOAD_HOSTS
from ips_contract.mock.server.server import Server
from ips_contract.mock.tls import MISSING, NAMES, Tls
from tests.mock.test_api import HEADERS, envelope
from tests.mock.test_server_tls import Echo, connected


def test_the_service_by_tls() -> None:
    with mock.serve(tls=True) as server:
        assert server.url == f"https://127.0.0.1:{server.port}/scene7/"
        assert server.endpoint == f"https://127.0.0.1:{server.port}{SERVICE_PATH}"
        path = server.ca_file
        # Given with each request: REQUESTS_CA_BUNDLE in the environment outdoes a session's.
        answer = requests.post(
            server.endpoint, envelope(), headers=HEADERS, verify=path, timeout=10
        )
        assert (answer.status_code, b"jobHandle" in answer.content) == (200, True)
        for target in (server.wsdl_url("6.8"), f"{server.endpoint}?wsdl"):
            wsdl = requests.get(target, verify=path, timeout=10).text
            assert f'location="{server.endpoint}"' in wsdl
            assert "http://127.0.0.1" not in wsdl
        assert [one.request.scheme for one in server.exchanges] == ["https"] * 3
        assert Path(path).read_bytes() == server.ca
    assert not Path(path).exists()


def test_the_names_of_a_certificate_made_on_the_spot() -> None:
    tls = Tls.make("ips-mock", "10.1.2.3", "localhost")
    assert {"localhost", "127.0.0.1", "::1", *HOSTS, *UPLOAD_HOSTS} == set(NAMES)
    server = Server(Echo(), tls=tls.context)
    context = ssl.create_default_context(cadata=tls.ca.decode())
    with server:
        for name in (*NAMES, "ips-mock", "10.1.2.3"):
            with (
                socket.create_connection((server.host, server.port), timeout=10) as plain,
                context.wrap_socket(plain, server_hostname=name) as client,
            ):
                assert client.version() == "TLSv1.3"
        with (
            socket.create_connection((server.host, server.port), timeout=10) as plain,
            pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"),
        ):
            context.wrap_socket(plain, server_hostname="example.com")


@pytest.mark.parametrize("name", ["ips_mock", "a b", ""])
def test_names_that_no_certificate_has(name: str) -> None:
    with pytest.raises(ValueError, match=f"^'{name}': no names for a certificate: "):
        Tls.make(name)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_the_key_is_in_no_file_that_others_can_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    load = ssl.SSLContext.load_cert_chain

    def watch(context: ssl.SSLContext, path: str) -> None:
        seen.append(stat.S_IMODE(Path(path).stat().st_mode))
        assert b"PRIVATE KEY" in Path(path).read_bytes()
        load(context, path)

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", watch)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with mock.serve(tls=Tls.make()) as server:
        assert seen == [0o600]
        assert b"PRIVATE KEY" not in Path(server.ca_file).read_bytes()
    assert not list(tmp_path.iterdir())
    assert repr(Tls.make()) == "<Tls>"


class Files:
    """Certificates and keys of all kinds."""

    def __init__(self, folder: Path) -> None:
        from cryptography.hazmat.primitives import serialization

        ca = trustme.CA()
        one, other = ca.issue_cert("localhost"), ca.issue_cert("localhost")
        key = serialization.load_pem_private_key(one.private_key_pem.bytes(), None)
        locked = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"s3cr3t"),
        )
        self.ca = ca.cert_pem.bytes()
        texts = {
            "cert": one.cert_chain_pems[0].bytes(),
            "key": one.private_key_pem.bytes(),
            "both": one.private_key_and_cert_chain_pem.bytes(),
            "other": other.private_key_pem.bytes(),
            "locked": locked,
            "text": b"Hello.",
            "empty": b"",
        }
        for name, text in texts.items():
            (folder / name).write_bytes(text)
        self.folder = folder


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files(tmp_path_factory.mktemp("tls"))


@pytest.mark.parametrize("names", [("cert", "key"), ("both",)])
def test_a_certificate_of_ones_own(files: Files, names: tuple[str, ...]) -> None:
    tls = Tls.read(*(files.folder / name for name in names))
    with mock.serve(tls=tls) as server:
        with connected(server, Tls(tls.context, files.ca)) as client:
            client.sendall(b"GET / HTTP/1.0\r\n\r\n")
            assert client.recv(1000).startswith(b"HTTP/1.1 200 ")
        with pytest.raises(ValueError, match="This server has no CA of its own"):
            _ = server.ca_file


_NOT_BOTH = "these are not a certificate and a private key in PEM"


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("cert", "other"), "cert, F/other: this key is not that of this certificate"),
        (("cert", "locked"), "locked: the key has a password; give it without one"),
        (("cert",), "cert: these are not a certificate with its private key in PEM"),
        (("empty",), "empty: these are not a certificate with its private key in PEM"),
        (("text", "key"), f"text, F/key: {_NOT_BOTH}"),
        (("cert", "text"), f"cert, F/text: {_NOT_BOTH}"),
        (("key", "cert"), f"key, F/cert: {_NOT_BOTH}"),
    ],
)
def test_what_is_no_certificate(files: Files, names: tuple[str, ...], words: str) -> None:
    with pytest.raises(ValueError, match=r"\A") as caught:
        Tls.read(*(files.folder / name for name in names))
    assert str(caught.value).replace(f"{files.folder}", "F").startswith(f"F/{words}")


def test_a_certificate_that_is_not_there(files: Files) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        Tls.read(files.folder / "cert", files.folder / "nowhere")


def test_without_trustme_the_caller_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "trustme", None)
    with pytest.raises(ImportError, match=r"pip install 'ips-contract\[tls\]'") as caught:
        mock.serve(tls=True)
    assert str(caught.value) == MISSING


def test_tls_of_a_wrong_kind() -> None:
    with pytest.raises(TypeError, match=r"tls is 'cert.pem'; give True, or a Tls"):
        mock.serve(tls="cert.pem")  # type: ignore[arg-type]
