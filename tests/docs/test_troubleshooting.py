"""The texts that docs/troubleshooting.md explains are those that people see."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from ips_contract.fixtures import load
from tests.blocks import DOCS
from tests.docs.running import environment
from tests.sweep import every

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TESTS = """
import pytest
import requests
import responses
import zeep
from ips_contract import sample
from publisher import Publisher


def publish(server, name="Nightly"):
    Publisher("me@example.com", "secret", 47, server.endpoint).publish(name)


def test_wrong(ips_server):
    publish(ips_server, "")


def test_unused(ips_server):
    ips_server.script(fault=30000)


def test_nothing(ips_server):
    requests.post(ips_server.url + "Nothing", b"", timeout=9).raise_for_status()


def test_nobody(ips_server):
    message = sample("imageServingPublish", wrap="soap11").decode()
    before, _, rest = message.partition("<soapenv:Header>")
    data = before + rest.partition("</soapenv:Header>")[2]
    headers = {"Content-Type": "text/xml", "SOAPAction": "submitJob"}
    requests.post(ips_server.endpoint, data, headers=headers, timeout=9).raise_for_status()


@pytest.mark.ips(users=[("me@example.com", "other")])
def test_password(ips_server):
    publish(ips_server)


@responses.activate
def test_responses(ips_mock):
    requests.get("https://s7sps1apissl.scene7.com/scene7/", timeout=9)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_zeep(ips_server):
    client = zeep.Client(ips_server.wsdl_url("6.8"))
    header = {"authHeader": {"user": "me@example.com", "password": "secret"}}
    publish = {"publishType": "Full", "emailSetting": "Error"}
    submit = client.service.submitJob
    submit("c|47", jobName="a", imageServingPublishJob=publish, _soapheaders=header)


def test_tls(ips_server):
    requests.get(ips_server.url.replace("http:", "https:"), timeout=9)


def test_trust(ips_serve):
    with ips_serve(tls=True) as server:
        requests.get(server.url, timeout=9)
"""


def said(folder: Path, *command: str, **more: str) -> str:
    """What a command prints."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**environment(), **more},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    return done.stdout


@pytest.fixture(scope="module")
def tests_say(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What pytest prints of tests in which each of these things goes wrong."""
    folder = tmp_path_factory.mktemp("tests")
    (folder / "test_all.py").write_text(TESTS, encoding="utf-8")
    return said(folder, sys.executable, "-m", "pytest", "-q", "--tb=short")


def no_command(folder: Path) -> str:
    if shutil.which("bash") is None:
        pytest.skip("needs bash")
    return said(folder, "bash", "-c", "PATH=/; ips-contract")


def without_a_library(folder: Path) -> str:
    code = "import sys; sys.modules['httptools'] = None; from ips_contract.cli import main; main()"
    return said(folder, sys.executable, "-c", code, "serve", "--port", "0")


def without_the_plugin(folder: Path) -> str:
    (folder / "test_it.py").write_text("def test_it(ips_server): pass\n", encoding="utf-8")
    return said(folder, sys.executable, "-m", "pytest", "-p", "no:ips_contract")


def not_a_whole_run(folder: Path) -> str:
    (folder / "test_it.py").write_text("def test_it(ips_server): pass\n", encoding="utf-8")
    return said(folder, sys.executable, "-m", "pytest", "-k", "nothing", "--ips-coverage")


def a_port_in_use(folder: Path) -> str:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        return said(folder, "ips-contract", "serve", "--port", port)


def a_proxy(folder: Path) -> str:
    more = {"HTTP_PROXY": "http://proxy.example.com:3128", "NO_PROXY": "", "no_proxy": ""}
    return said(folder, "ips-contract", "serve", "--exit-with-stdin", **more)


def other_traffic(folder: Path) -> str:
    texts = ("v=1", load("valid/documented-request.xml").decode())
    entries = [{"request": {"postData": {"text": text}}} for text in texts]
    (folder / "a.har").write_text(json.dumps({"log": {"entries": entries}}), encoding="utf-8")
    return said(folder, "ips-contract", "validate", "a.har")


def too_large(folder: Path) -> str:
    (folder / "a.xml").write_text("<a/>", encoding="utf-8")
    return said(folder, "ips-contract", "validate", "--max-bytes", "2", "a.xml")


def a_driver_that_does_nothing(folder: Path) -> str:
    return said(folder, "ips-contract", "fuzz", "--", sys.executable, "-c", "")


# The start of a heading → what makes the text; None: the run of tests.
CAUSES: dict[str, Callable[[Path], str] | None] = {
    "ips-contract: command": no_command,
    "The server needs": without_a_library,
    "fixture 'ips_server'": without_the_plugin,
    "the message to": None,
    "UnusedScript": None,
    "There is nothing": None,
    "There are no credentials": None,
    "The password of": None,
    "Connection refused": None,
    "FAIL: not a whole run": not_a_whole_run,
    "Missing element": None,
    "cannot listen": a_port_in_use,
    "HTTP_PROXY is set": a_proxy,
    "This is TLS": None,
    "the client does not trust": None,
    "no API version": lambda folder: said(
        folder, "ips-contract", "sample", "publish", "--api-version", "6.7"
    ),
    "The document is larger": too_large,
    "entries passed over": other_traffic,
    "The plain success failed": a_driver_that_does_nothing,
}
HEADINGS = re.findall(r"(?m)^### `(.+)`$", (DOCS / "troubleshooting.md").read_text("utf-8"))


@pytest.mark.parametrize("heading", every(2, HEADINGS))
def test_the_text_is_what_people_see(heading: str, tmp_path: Path, tests_say: str) -> None:
    (start,) = [start for start in CAUSES if heading.startswith(start)]
    cause = CAUSES[start]
    output = tests_say if cause is None else cause(tmp_path)
    pattern = ".*".join(re.escape(part.strip()) for part in heading.split("…"))
    assert re.search(pattern, output), output


def test_each_cause_has_a_heading() -> None:
    assert len(HEADINGS) == len(CAUSES)
