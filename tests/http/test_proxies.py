"""What keeps an address from the proxies of an environment: clients agree with it."""

from __future__ import annotations

import os
import urllib.request

import httpx
import pytest
import requests

from ips_contract.http.proxies import bypass, proxies

HOST = "127.0.0.1"
BOTH = {"no_proxy": HOST, "NO_PROXY": HOST}
PROXY = {"HTTP_PROXY": "http://192.0.2.1:9"}  # A documentation address: nobody is there.


@pytest.mark.parametrize(
    ("before", "changed"),
    [
        ({}, BOTH),
        ({"no_proxy": "a.test"}, {"no_proxy": f"a.test,{HOST}", "NO_PROXY": f"a.test,{HOST}"}),
        ({"NO_PROXY": "a.test"}, {"no_proxy": f"a.test,{HOST}", "NO_PROXY": f"a.test,{HOST}"}),
        (
            {"no_proxy": "a.test", "NO_PROXY": "b.test, ,c.test "},
            {"no_proxy": f"a.test,{HOST}", "NO_PROXY": f"b.test,c.test,{HOST}"},
        ),
        ({"no_proxy": HOST}, {"NO_PROXY": HOST}),
        ({"no_proxy": f"a.test, {HOST}", "NO_PROXY": "*"}, {}),
        ({"NO_PROXY": "*"}, {"no_proxy": "*"}),
        ({"no_proxy": "127.0.0.11"}, dict.fromkeys(BOTH, f"127.0.0.11,{HOST}")),
    ],
)
def test_merged(before: dict[str, str], changed: dict[str, str]) -> None:
    assert bypass({**PROXY, **before}, HOST) == changed
    assert bypass({**PROXY, **before, **changed}, HOST) == {}


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
def test_only_where_a_proxy_is_set(name: str) -> None:
    assert bypass({name: "http://192.0.2.1:9"}, HOST) == BOTH
    assert proxies({name: "http://192.0.2.1:9"}) == [name]
    assert bypass({name: "", "https_proxy": "http://192.0.2.1:9"}, HOST) == {}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    return monkeypatch


@pytest.mark.parametrize("host", [HOST, "::1", "localhost"])
@pytest.mark.parametrize("before", [{}, {"NO_PROXY": "a.test"}, {"no_proxy": "a.test"}])
def test_clients(environment: pytest.MonkeyPatch, host: str, before: dict[str, str]) -> None:
    for name, value in {**PROXY, "all_proxy": PROXY["HTTP_PROXY"], **before}.items():
        environment.setenv(name, value)
    url = f"http://[{host}]:8080/" if ":" in host else f"http://{host}:8080/"

    def by_proxy() -> list[bool]:
        with httpx.Client() as client:
            mounts = [t for p, t in client._mounts.items() if p.matches(httpx.URL(url))]
        return [
            bool(requests.utils.get_environ_proxies(url)),
            not urllib.request.proxy_bypass(url.split("/")[2]),
            bool(mounts and mounts[0] is not None),
        ]

    assert by_proxy() == [True, True, True]
    for name, value in bypass(os.environ, host).items():
        environment.setenv(name, value)
    # urllib compares with the brackets, which httpx does not take in NO_PROXY.
    assert by_proxy() == [False, host == "::1", False]
