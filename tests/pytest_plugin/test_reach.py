"""The machine around: proxies in the environment, another mock of responses beside ours."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ips_contract.pytest_plugin.reach import Reach
from tests.plugin_runs import run

if TYPE_CHECKING:
    import pytest

pytest_plugins = ["pytester"]

PROXY = "http://127.0.0.1:9"  # Nobody is there.
PROXIES = """
import asyncio
import os
import subprocess
import sys

import httpx
import pytest
import requests
import zeep
from client import body, submit

IPS = "https://s7sps1apissl.scene7.com/scene7/services/IpsApiService"


def test_before():
    assert os.environ["NO_PROXY"] == "a.test" and "no_proxy" not in os.environ


@pytest.fixture(scope="class")
def mine(ips_serve):
    with ips_serve() as server:
        yield server


class TestMine:
    def test_server_of_a_class(self, mine):
        assert requests.post(mine.endpoint, body(), timeout=5).ok

    def test_both(self, mine, ips_server):
        submit(ips_server)
        submit(mine)


def test_urllib(ips_server):
    submit(ips_server)


def test_requests(ips_server):
    assert requests.post(ips_server.endpoint, body(), timeout=5).ok
    with requests.Session() as session:
        assert session.post(ips_server.endpoint, body(), timeout=5).ok


def test_httpx(ips_server, ips_httpx):
    with httpx.Client() as client:
        assert client.post(ips_server.endpoint, content=body()).is_success

    async def post():
        async with httpx.AsyncClient() as client:
            return await client.post(ips_server.endpoint, content=body())

    assert asyncio.run(post()).is_success
    with httpx.Client(transport=ips_httpx) as client:
        assert client.post(IPS, content=body()).is_success


def test_zeep(ips_server):
    assert zeep.Client(ips_server.wsdl_url()).service.submitJob


def test_process(ips_server):
    code = "import sys; from client import body, send; print(send(sys.argv[1], body()))"
    words = [sys.executable, "-c", code, ips_server.endpoint]
    assert b"My Test Job" in subprocess.run(words, capture_output=True, check=True).stdout


def test_mock(ips_mock):
    assert requests.post(IPS, body(), timeout=5).ok


def test_meanwhile(ips_server):
    assert os.environ["NO_PROXY"] == os.environ["no_proxy"] == "a.test,127.0.0.1"


def test_others_are_left_to_the_proxy(ips_server):
    with pytest.raises(requests.exceptions.ProxyError):
        requests.get("http://example.com/", timeout=5)
"""
AFTER = """
import os
import pytest

@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    print("afterwards:", os.environ["NO_PROXY"], os.environ.get("no_proxy"))
"""


def test_proxies(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NO_PROXY", "a.test")
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, PROXY)
    files = {"test_proxies": PROXIES, "conftest": AFTER}
    # zeep itself uses what Python and requests have deprecated.
    warnings = "error\n    ignore::DeprecationWarning"
    ran = run(pytester, "-s", files=files, warnings=warnings)
    for name, outcome in ran.outcomes.items():
        assert outcome == "passed", f"{name}\n{ran.texts[name]}"
    assert len(ran.outcomes) == PROXIES.count("def test_")
    assert "afterwards: a.test None" in ran.output
    words = "http_proxy is set: NO_PROXY had 127.0.0.1 added meanwhile"
    assert ran.output.count(words) == 1
    # What its processes did is told by the one that has the report.
    ran = run(pytester, "--numprocesses=2", "-k", "urllib or requests", warnings=warnings)
    assert set(ran.outcomes.values()) == {"passed"}
    assert ran.output.count(words) == 1


def test_servers_end_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "a.test")
    monkeypatch.setenv("http_proxy", PROXY)
    reach = Reach()
    first, second, third = (reach.without_proxy(h) for h in ("127.0.0.1", "127.0.0.2", "127.0.0.1"))
    for block in (first, second, third):
        block.__enter__()
    assert os.environ["no_proxy"] == "a.test,127.0.0.1,127.0.0.2"
    first.__exit__(None, None, None)
    assert os.environ["NO_PROXY"] == "a.test,127.0.0.2,127.0.0.1"
    second.__exit__(None, None, None)
    assert os.environ["no_proxy"] == "a.test,127.0.0.1"
    third.__exit__(None, None, None)
    assert os.environ["no_proxy"] == os.environ["NO_PROXY"] == "a.test"


BESIDE = """
import pytest
import requests
import responses
from client import body

IPS = "https://s7sps1apissl.scene7.com/scene7/services/IpsApiService"


class Hidden(Exception):
    pass


@responses.activate
def test_refused_fails(ips_mock):
    requests.post(IPS, body(), timeout=5)


def test_refused_and_wrapped_fails(ips_mock):
    with responses.RequestsMock():
        try:
            requests.post(IPS, body(), timeout=5)
        except requests.ConnectionError as error:
            raise Hidden from error


@responses.activate
def test_refused_elsewhere_fails(ips_mock):
    requests.post("https://example.com/", timeout=5)


@responses.activate
def test_without_our_mock_fails():
    requests.post(IPS, body(), timeout=5)


@responses.activate
def test_let_pass(ips_mock):
    responses.add_passthru("https://s7sps")
    responses.add("GET", "https://example.com/", body="other")
    assert requests.get("https://example.com/", timeout=5).text == "other"
    answer = requests.post(IPS, body(), timeout=5)
    assert "47|My Test Job|" in answer.text and answer.headers["Content-Type"].startswith("text/")
    with requests.Session() as session:
        for data in (body(), iter([body()])):
            assert session.post(IPS, data, timeout=(3, 5), stream=True).ok
    ips_mock.script(delay=60)
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.post(IPS, body(), timeout=0.01)
    ips_mock.assert_submitted(times=4)


def test_let_pass_by_a_response(ips_mock):
    with responses.RequestsMock() as other:
        other.add(responses.PassthroughResponse("POST", IPS))
        assert requests.post(IPS, body(), timeout=5).ok
    assert requests.post(IPS, body(), timeout=5).ok
    ips_mock.assert_submitted(times=2)


@responses.activate
def test_deviates_fails(ips_mock):
    responses.add_passthru("https://s7sps")
    requests.post(IPS, body(kind="full"), timeout=5)
"""
NOTE = (
    "Another mock of responses, which was started inside of this one, got the request to "
    "s7sps1apissl.scene7.com and refused it. Let it pass, and this one answers it: "
    "responses.add_passthru('https://s7sps')."
)


def test_another_mock_of_responses(pytester: pytest.Pytester) -> None:
    ran = run(pytester, files={"test_beside": BESIDE})
    for name, outcome in ran.outcomes.items():
        wanted = "failure" if name.endswith("_fails") else "passed"
        assert outcome == wanted, f"{name}\n{ran.texts[name]}"
    assert len(ran.outcomes) == BESIDE.count("def test_")
    for name, text in ran.texts.items():
        assert (NOTE in text) == name.startswith(("test_refused_fails", "test_refused_and")), text
    assert "constant: the message to ips_mock" in ran.texts["test_deviates_fails"]
