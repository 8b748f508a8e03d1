"""Who is let in: by real requests, as browsers and others send them."""

from __future__ import annotations

import http.client
import json
from contextlib import closing
from typing import TYPE_CHECKING, Any
from wsgiref.util import setup_testing_defaults

import httpx
import pytest
import requests

from ips_contract import mock
from ips_contract.http.hosts import host_of, is_loopback
from ips_contract.mock.front import front_of
from ips_contract.mock.service import Service
from ips_contract.mock.tenants import Tenants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EVIL = "http://evil.test"


@pytest.fixture(scope="module")
def server() -> Iterator[mock.MockServer]:
    with mock.serve() as server:
        yield server


@pytest.fixture(scope="module")
def locked() -> Iterator[mock.MockServer]:
    with mock.serve(host="0.0.0.0", control_token="open-sesame") as server:
        yield server


def ask(
    server: mock.MockServer,
    method: str,
    path: str,
    headers: dict[str, str] | None = None,
    body: bytes = b"",
) -> tuple[int, dict[str, str], str]:
    """Status, headers and body of the answer; ``content_type`` is ``Content-Type`` and so on."""
    sent = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    with closing(connection):
        connection.putrequest(method, path, skip_host="host" in sent)
        for name, value in {"content-length": str(len(body)), **sent}.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, found, answer.read().decode()


def scripted(server: mock.MockServer) -> int:
    with server.service.lock:
        return len(server.service.scripted)


SCRIPT = b'{"drop": true}'


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content_type": "application/json", "origin": EVIL}, 403),
        ({"content_type": "application/json", "origin": "null"}, 403),
        ({"content_type": "application/json", "origin": "http://[::1"}, 403),
        ({"content_type": "application/json", "host": "evil.test"}, 403),
        ({"content_type": "application/json", "host": "evil.test:80", "origin": EVIL}, 403),
        ({"content_type": "application/json", "host": "127.0.0.1.evil.test"}, 403),
        ({"content_type": "application/json", "host": ""}, 403),
        ({"content_type": "application/x-www-form-urlencoded"}, 415),
        ({"content_type": "multipart/form-data; boundary=x"}, 415),
        ({"content_type": "text/plain"}, 415),
        ({"content_type": "text/plain, application/json"}, 415),
        ({}, 415),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_page_from_elsewhere_cannot_script_the_mock(
    server: mock.MockServer, headers: dict[str, str], status: int
) -> None:
    found, answered, body = ask(server, "POST", "/_ips/scripts", headers, SCRIPT)
    assert found == status, body
    assert answered["content-type"] == "application/problem+json"
    assert not [name for name in answered if name.startswith("access-control")]
    assert scripted(server) == 0


def test_a_preflight_is_told_no(server: mock.MockServer) -> None:
    wish = {
        "origin": EVIL,
        "access_control_request_method": "POST",
        "access_control_request_headers": "content-type",
    }
    status, headers, _ = ask(server, "OPTIONS", "/_ips/scripts", wish)
    assert status == 403
    assert not [name for name in headers if name.startswith("access-control")]
    status, headers, _ = ask(server, "OPTIONS", "/_ips/scripts")
    assert (status, headers["allow"]) == (405, "GET, POST, DELETE, HEAD")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_from_elsewhere_may_link_and_nothing_more(
    server: mock.MockServer, site: str
) -> None:
    link = {"sec_fetch_site": site, "sec_fetch_mode": "navigate"}
    image = {**link, "sec_fetch_mode": "no-cors"}
    assert ask(server, "GET", "/_ips/", link)[0] == 200
    assert ask(server, "GET", "/_ips/events", image)[0] == 403
    assert (
        ask(server, "POST", "/_ips/reset", {**link, "content_type": "application/json"})[0] == 403
    )
    assert ask(server, "GET", "/_ips/health", {**image, "sec_fetch_site": "same-origin"})[0] == 200


@pytest.mark.parametrize("path", ["/_ips/", "/_ips/state", "/_ips/events", "/t/a/_ips/exchanges"])
def test_a_rebound_name_reads_nothing(server: mock.MockServer, path: str) -> None:
    assert ask(server, "GET", path, {"host": "rebound.evil.test"})[0] == 403


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:80", "[::1]:99", "a.localhost", "127.8.8.8"]
)
def test_names_of_this_machine_are_let_in(server: mock.MockServer, host: str) -> None:
    assert ask(server, "GET", "/_ips/health", {"host": host})[0] == 200
    headers = {"host": host, "origin": f"http://{host}", "content_type": "application/json"}
    assert ask(server, "POST", "/_ips/reset", headers, b"{}")[0] == 204


def test_at_an_address_of_a_network_a_token_is_needed() -> None:
    with mock.serve(host="0.0.0.0") as server:
        assert ask(server, "GET", "/_ips/health")[0] == 404
    with pytest.raises(ValueError, match="give a token to let others there control the mock"):
        mock.serve(host="0.0.0.0", control=True)
    with pytest.raises(ValueError, match="give a long random one"):
        mock.serve(control_token=" ")
    with pytest.raises(TypeError, match="control_token is 3"):
        mock.serve(control_token=3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "shown", ["", "Bearer", "Bearer open-sesam", "Basic open-sesame", "Bearer öpen", "open-sesame"]
)
def test_without_the_token_nobody_is_let_in(locked: mock.MockServer, shown: str) -> None:
    headers = {"authorization": shown} if shown else {}
    status, answered, body = ask(locked, "GET", "/_ips/state", headers)
    assert (status, answered["www-authenticate"]) == (401, "Bearer")
    assert "Authorization: Bearer TOKEN" in json.loads(body)["detail"]


def test_with_the_token_any_name_will_do(locked: mock.MockServer) -> None:
    headers = {"authorization": "bearer open-sesame", "host": "mock.test:8080"}
    assert ask(locked, "GET", "/_ips/state", headers)[0] == 200
    assert ask(locked, "GET", "/_ips/state", {**headers, "origin": EVIL})[0] == 403
    # A browser shows no token when it loads a page. There is nothing secret in it.
    assert ask(locked, "GET", "/_ips/")[0] == 200


def test_it_can_be_left_out() -> None:
    with mock.serve(control=False) as server:
        assert ask(server, "GET", "/_ips/health")[0] == 404
        assert len(server.exchanges) == 1


def test_it_is_no_part_of_what_runs_in_the_process() -> None:
    url = "https://s7sps1apissl.scene7.com/_ips/health"
    with mock.activate() as service:
        assert requests.get(url, timeout=5).status_code == 404
    with httpx.Client(transport=mock.transport(service)) as client:
        assert client.get(url).status_code == 404
    environ: dict[str, Any] = {"PATH_INFO": "/_ips/health"}
    setup_testing_defaults(environ)
    started: list[str] = []

    def start(status: str, *_: object) -> Callable[[bytes], object]:
        started.append(status)
        return started.append  # type: ignore[return-value] # Nobody writes by it.

    b"".join(mock.app(service)(environ, start))
    assert started == ["404 Not Found"]
    assert len(service.exchanges) == 3


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        *(("127.0.0.1", True), ("LOCALHOST.", True), ("[::1]", True), ("127.9.9.9", True)),
        *(("0.0.0.0", False), ("10.0.0.1", False), ("localhost.test", False), ("", False)),
    ],
)
def test_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
    tenants = Tenants(Service(), lambda _, other: other.handle, lambda: 0.0)
    assert front_of(tenants, host=host).has_control is expected


def test_the_host_in_a_header() -> None:
    found = [host_of(text) for text in ("a.test:80", "[::1]:8", "[::1", "", "u@b.test")]
    assert found == ["a.test", "::1", "", "", "b.test"]
