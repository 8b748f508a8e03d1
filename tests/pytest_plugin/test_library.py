"""Folders and assets in tests: what fixtures show of them, and that each test finds them as new."""

from __future__ import annotations

import pytest

from tests.plugin_runs import run

pytest_plugins = ["pytester"]

SUITE = """
import pytest
import requests
from ips_contract import mock

SEED = {"companies": [{"name": "Acme", "assets": [{"folder": "shoes", "name": "boot"}]}]}
BODY = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header><authHeader '
    'xmlns="http://www.scene7.com/IpsApi/xsd"><user>me</user><password>pw</password></authHeader>'
    '</e:Header><e:Body><deleteAssetParam xmlns="http://www.scene7.com/IpsApi/xsd/2013-02-15">'
    '<companyHandle>c|47</companyHandle><assetHandle>a|1</assetHandle></deleteAssetParam>'
    '</e:Body></e:Envelope>'
)


def delete(endpoint):
    return requests.post(endpoint, BODY, headers={"Content-Type": "text/xml"}, timeout=10)


@pytest.mark.parametrize("number", [1, 2])
def test_server(ips_server, number):
    assert ips_server.assets == ()
    ips_server.seed(SEED)
    assert [asset.path for asset in ips_server.assets] == ["Acme/shoes/boot"]
    assert delete(ips_server.endpoint).status_code == 200
    assert ips_server.assets == ()
    assert [folder.path for folder in ips_server.folders] == ["Acme/", "Acme/shoes/"]


def test_mock(ips_mock):
    ips_mock.seed(SEED)
    assert delete(ips_mock.endpoint).status_code == 200
    assert ips_mock.assets == ()


def test_own_server():
    with mock.serve(seed=SEED) as server:
        assert delete(server.endpoint).status_code == 200
        assert server.assets == ()
        server.reset()
        assert len(server.assets) == 1
"""


@pytest.mark.cover_runs
def test_assets_in_tests(pytester: pytest.Pytester) -> None:
    ran = run(pytester, files={"test_library": SUITE})
    assert list(ran.outcomes.values()) == ["passed"] * 4, ran.output
