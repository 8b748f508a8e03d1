"""The service that the tests talk to: what it has from the start, and a client for it."""

from __future__ import annotations

from pathlib import Path

import pytest
import zeep
from catalogue.ips import Ips

from ips_contract.mock import read_seed_file

SEED = Path(__file__).parent.parent / "seed.json"


@pytest.fixture(scope="session")
def ips_service_options():
    return {"seed": read_seed_file(SEED)}


@pytest.fixture(scope="session")
def soap(ips_server):
    """To read the WSDL takes zeep a while, so that is done once."""
    return zeep.Client(ips_server.wsdl_url("6.8"))


@pytest.fixture
def ips(ips_server, soap):
    upload = f"{ips_server.url}UploadFile"
    return Ips(soap, "shop@example.com", "secret", "Acme Shoes", upload, interval=0, polls=5)
