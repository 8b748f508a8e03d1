"""Clients whose host is fixed reach the mock: their names are resolved otherwise, and TLS holds."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from ips_contract import mock
from ips_contract.contract.endpoints import HOSTS, SERVICE_PATH
from tests.languages.machine import EXAMPLES
from tests.languages.test_examples import ALL, run

if TYPE_CHECKING:
    from collections.abc import Iterator

WAYS = {
    "curl": ("./client.sh",),
    "node": ("node", "client.mjs"),
    "java": ("./java.sh",),
    "python": (sys.executable, "python_client.py"),
}
NEEDS = {"curl": ("bash", "curl"), "node": ("node",), "java": ("bash", "java", "keytool")}


@pytest.fixture(scope="module")
def server() -> Iterator[mock.MockServer]:
    with mock.serve(tls=True) as server:
        yield server


@pytest.mark.parametrize("name", WAYS)
def test_its_host_is_this_machine(name: str, server: mock.MockServer) -> None:
    absent = [need for need in NEEDS.get(name, ()) if shutil.which(need) is None]
    if ALL:
        assert not absent, f"not on this machine: {', '.join(absent)}"
    elif absent or name == "java":
        pytest.skip("left out here: `make languages` runs it")
    server.reset()
    printed = run((*WAYS[name], str(server.port), server.ca_file), EXAMPLES / "fixed-host")
    assert printed == "200 text/xml;charset=UTF-8\n"
    [exchange] = server.exchanges
    assert exchange.request.headers["host"] == f"{HOSTS[0]}:{server.port}"
    assert exchange.request.scheme == "https"
    address = f'location="https://{HOSTS[0]}:{server.port}{SERVICE_PATH}"'
    assert address.encode() in exchange.response.body
