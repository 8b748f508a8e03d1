"""The setting ``ips_wsdl``: messages are judged, and mocks answer, by a WSDL of one's own."""

from __future__ import annotations

import pytest

from ips_contract.contract.versions import LATEST
from ips_contract.contract.wsdl import wsdl
from tests.plugin_runs import run

pytest_plugins = ["pytester"]

THEIRS = wsdl(LATEST, "http://ips.example.com/").decode().replace('"publishType"', '"publishKind"')
TEST = """
import urllib.error
import urllib.request

from ips_contract import sample


def post(server, old, new):
    body = sample("imageServingPublish", "6.8", wrap="soap11").replace(old, new)
    with urllib.request.urlopen(urllib.request.Request(server.endpoint, body)) as answer:
        return answer.read()


def test_theirs(ips_server):
    assert b"submitJobReturn" in post(ips_server, b"publishType", b"publishKind")
    assert str(ips_server.exchanges[-1].version) == "your WSDL"


def test_ours(ips_server):
    try:
        post(ips_server, b"", b"")
    except urllib.error.HTTPError as error:
        error.close()


def test_validate(ips_validate):
    ips_validate(sample("imageServingPublish", "6.8").replace(b"publishType", b"publishKind"))
"""


@pytest.mark.cover_runs
def test_judged_by_theirs(pytester: pytest.Pytester) -> None:
    (pytester.path / "theirs.wsdl").write_text(THEIRS, encoding="utf-8")
    ran = run(pytester, files={"test_mine": TEST}, ini="ips_wsdl = theirs.wsdl")
    assert ran.outcomes == {
        "test_theirs": "passed",
        "test_ours": "failure",
        "test_validate": "passed",
    }, ran.output
    assert "publishKind" in ran.output


WRONG = [
    ("ips_wsdl = none.wsdl", "ips_wsdl: "),
    ("ips_wsdl = none.wsdl", "No such file or directory"),
    ("ips_wsdl = theirs.wsdl\nips_version = 6.8", "name one file, and no ips_version beside it"),
]


@pytest.mark.parametrize(("ini", "told"), WRONG)
def test_wrong_settings(pytester: pytest.Pytester, ini: str, told: str) -> None:
    ran = run(pytester, files={"test_mine": "def test_it(): pass"}, ini=ini)
    assert ran.status == 4
    assert told in ran.output
