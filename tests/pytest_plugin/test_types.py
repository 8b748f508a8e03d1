"""What type checkers see: the fixtures' types, and that wrong calls are refused."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from inspect import signature
from typing import TYPE_CHECKING

import pytest

from ips_contract.mock.service import Service
from ips_contract.mock.steering import Steering
from tests.blocks import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.no_cover  # What it drives, other tests reach.

# A line that is wrong ends with the code of its error; all others are right.
SAMPLE = """
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from ips_contract import mock
from ips_contract.mock import Account, Accounts, MockServer, Plan, ServerOptions, ServiceOptions
from ips_contract.pytest_plugin import (
    HttpxMock,
    NonConforming,
    ResponsesMock,
    Serve,
    ServerMock,
    UnusedScript,
    Validate,
)


@pytest.fixture(scope="session")
def ips_service_options() -> ServiceOptions:
    return {"plan": Plan(polls=3, seconds=None), "accounts": Accounts([Account("a@b.c", "d")])}


@pytest.fixture(scope="session")
def ips_server_options() -> ServerOptions:
    return {"request_timeout": 3}


def wrong_options() -> ServiceOptions:
    return {"limit": "1"}  # E: typeddict-item


def wrong_limits() -> ServerOptions:
    return {"timeout": 3}  # E: typeddict-unknown-key


@pytest.fixture(scope="module")
def shop(ips_serve: Serve) -> Iterator[ServerMock]:
    with ips_serve(port=0, plan=mock.AT_ONCE) as server:
        yield server
    with ips_serve(plam=mock.AT_ONCE):  # E: call-arg
        pass


def test_script(ips_server: ServerMock, ips_mock: ResponsesMock, ips_httpx: HttpxMock) -> None:
    ips_server.script(fault=3, times=2, operation="stopJob")
    ips_server.script(falt=3)  # E: call-arg
    ips_mock.script(status="500")  # E: arg-type
    ips_httpx.script(delay="1")  # E: arg-type
    ips_httpx.script(body="text")  # E: arg-type
    ips_httpx.script(answer=lambda request, response: response._replace(status=201))
    fields = {"folderHandle": "f|a/", "array": [{"name": "a", "on": True}]}
    ips_server.script(operation="createFolder", fields=fields, when="before")
    ips_server.script(path="/scene7/UploadFile", body=b"")
    ips_server.script(fields=[("folderHandle", "f|a/")])  # E: arg-type
    ips_server.script(drop=True, when="during")  # E: arg-type
    httpx.Client(transport=ips_httpx)
    httpx.AsyncClient(transport=ips_httpx)


def test_submitted(ips_server: ServerMock, server: MockServer) -> None:
    for row in ips_server.assert_submitted(job_name="a", company=47, job=None, times=1):
        row.handle.upper()
        row.handel  # E: attr-defined
    server.assert_submitted(execTime=datetime(2014, 4, 3, tzinfo=UTC), urlArray=[{"a": "b"}])
    server.assert_submitted(a__b=0.5, flag=True, gone=None)
    server.assert_submitted(times="1")  # E: arg-type
    ips_server.assert_submitted(job_name=3)  # E: arg-type
    ips_server.assert_submitted(description=b"bytes")  # E: arg-type
    for row in ips_server.assert_called("searchAssets", folder="a", times=1):
        row.canned.real
    server.assert_called("getFolders", 0, **{"a.b": True})
    server.assert_called(operation="getFolders")  # E: call-arg
    server.assert_called("getFolders", times="1")  # E: arg-type


def test_record(ips_server: ServerMock, server: MockServer, service: mock.Service) -> None:
    total: int = ips_server.exchanges.count + server.exchanges.count + service.exchanges.count
    ips_server.exchanges[0].fault = total
    with ips_server.expect_fault(30001) as caught, ips_server.fresh():
        caught[0].reason.upper()
    ips_server.expect_fault("30001")  # E: arg-type
    ips_server.clock.set("2014-04-03")  # E: arg-type
    ips_server.clock.advance(minutes="5")  # E: arg-type
    ips_server.plan("Nightly", 3)  # E: arg-type
    server.outcome("Nightly", "fatal")
    server.jobs.finish("Nightly")


def test_serve(ips_validate: Validate) -> None:
    with mock.serve(port=0, limit=3, accounts=Accounts()) as server:
        server.script(drop=True)
    mock.serve(acounts=Accounts())  # E: call-arg
    mock.serve(plan=3)  # E: arg-type
    with pytest.raises(NonConforming), pytest.warns(UnusedScript):
        ips_validate("<a/>").errors
"""


def test_a_sample(tmp_path: Path) -> None:
    path = tmp_path / "test_sample.py"
    path.write_text(SAMPLE, "utf-8")
    # The project's settings, which are strict, and its cache: `make test` has checked it before.
    words = [f"--config-file={ROOT / 'pyproject.toml'}", f"--cache-dir={ROOT / '.mypy_cache'}"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *words, "--show-error-codes", "--no-pretty", str(path)],
        env={**os.environ, "MYPYPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.findall(r"^\S+:(\d+): error: .* \[([\w-]+)\]$", done.stdout, re.MULTILINE)
    marked = re.findall(r"^.*$", SAMPLE, re.MULTILINE)
    wanted = [
        (str(number), line.rpartition("  # E: ")[2])
        for number, line in enumerate(marked, 1)
        if "  # E: " in line
    ]
    assert found == wanted, done.stdout + done.stderr
    assert len(wanted) > 15


def test_servers_and_fixtures_take_what_the_service_takes() -> None:
    for name in ("script", "assert_submitted", "assert_called", "outcome", "plan", "reset"):
        assert signature(getattr(Steering, name)) == signature(getattr(Service, name)), name
