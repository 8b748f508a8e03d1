"""What a failing test tells of the service's answers, and of scripted ones that were not used."""

from __future__ import annotations

import pytest

from ips_contract.http.messages import Request
from ips_contract.mock.service import Service
from ips_contract.pytest_plugin.answers import Answers
from tests.calls import NEW, call
from tests.plugin_runs import run

pytest_plugins = ["pytester"]

SUITE = """
import socket
import unittest

import pytest
from client import Refused, body, send, submit, submit_anyway

ME = "me@example.com"


def first(mock, **values):
    assert submit_anyway(mock, **values)


@pytest.mark.ips(users=[(ME, "another")])
def test_password_fails(ips_server):
    submit(ips_server)


@pytest.mark.ips(users=[("you@example.com", "hunter2")])
def test_user_fails(ips_server):
    submit(ips_server)


@pytest.mark.ips(users=[(ME, "hunter2", "IpsCompanyAdmin")])
def test_role_fails(ips_server):
    first(ips_server)


@pytest.mark.ips(users=[(ME, "hunter2", "IpsUser", {"48"})])
def test_company_fails(ips_server):
    pytest.fail(f"said so: {submit_anyway(ips_server)}")


def test_wrong_path_fails(ips_server):
    assert send(ips_server.url + "services/wrong", body())


def test_wrong_method_fails(ips_server):
    import urllib.request

    urllib.request.urlopen(ips_server.endpoint, timeout=5)


def test_no_request_fails(ips_server):
    with socket.create_connection((ips_server.host, ips_server.port), timeout=5) as client:
        client.sendall(b"HELO example.com\\r\\n\\r\\n")
        assert client.recv(1000).startswith(b"HTTP/1.1 200")


def test_broken_by_script_fails(ips_server):
    ips_server.script(drop=True)
    ips_server.script(status=503)
    for _ in range(2):
        try:
            submit(ips_server)
        except (OSError, Refused):
            pass
    assert False


def test_expected_one_fails(ips_server):
    with ips_server.expect_fault(20003):
        ips_server.script(fault=20003)
        submit_anyway(ips_server)
    assert False


def test_beside_a_deviation_fails(ips_server):
    ips_server.script(fault=20008)
    submit_anyway(ips_server)
    submit_anyway(ips_server, kind="full")


@pytest.fixture
def before(ips_server):
    ips_server.script(fault=20009)
    submit_anyway(ips_server)


def test_in_a_fixture_fails(before):
    assert False


def test_in_a_block_fails(ips_server):
    with ips_server.fresh():
        ips_server.script(fault=20008)
        submit(ips_server)


def test_in_a_block_that_gives_up_fails(ips_server):
    with ips_server.fresh():
        ips_server.script(fault=20008)
        submit_anyway(ips_server, kind="full")
        submit_anyway(ips_server)
        pytest.fail("said so")


class TestOld(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def server(self, ips_server):
        self.server = ips_server

    def test_old_style_fails(self):
        self.server.script(fault=20008)
        submit(self.server)

    def test_old_style_swallowed_fails(self):
        submit_anyway(self.server, kind="full")
        self.fail("said so")


def test_used_up(ips_server):
    ips_server.script(fault=30000, times=9)  # As often as it tries.
    submit_anyway(ips_server)
    submit_anyway(ips_server)


def test_unused(ips_server):
    ips_server.script(fault=20003)
    ips_server.script(status=503, operation="stopJob", times=2)
    ips_server.script(delay=0.5, operation="*")
    submit_anyway(ips_server)
    submit(ips_server)


def test_unused_and_forgotten(ips_server):
    ips_server.script(fault=20003)
    ips_server.reset()


def test_unused_in_a_block(ips_server):
    with ips_server.fresh():
        ips_server.script(fault=20001)


@pytest.mark.filterwarnings("error::ips_contract.pytest_plugin.UnusedScript")
def test_unused_is_an_error_fails(ips_server):
    ips_server.script(fault=20003, operation="stopJob")
    ips_server.script(fault=20008)
    submit_anyway(ips_server)


def test_unused_in_a_failed_one_fails(ips_server):
    ips_server.script(fault=20003, operation="stopJob")
    assert False


def test_swallowed(ips_server):
    ips_server.script(fault=20003)
    submit_anyway(ips_server)
"""
UNUSED = "no request to ips_server used what was scripted: "
TOLD = {
    "password": ["message 1: submitJob, POST /scene7/services/IpsApiService", "fault 10001 (inval"],
    "user": ['fault 10002 (invalid user), HTTP 500: There is no user "me@example.com"'],
    "role": ["fault 20003 (no operation permission), HTTP 500: "],
    "company": [],  # pytest.fail's text is in the output.
    "wrong_path": [
        "message 1: POST /scene7/services/wrong",
        "HTTP 404: There is nothing at /scene7/services/wrong. Messages go to /scene7/services/Ips",
    ],
    "wrong_method": ["GET /scene7/services/IpsApiService", "HTTP 405: This is the address of the"],
    "no_request": ["no request that could be read", "HTTP 400: "],
    "broken_by_script": ["HTTP 200; scripted: drop=True", "HTTP 503; scripted: status=503"],
    "expected_one": ["HTTP 500: scripted: fault 20003 for submitJob (expected)"],
    "beside_a_deviation": [
        "constant: 1 of 2 messages to ips_server does not conform",
        "message 1: submitJob, POST /scene7/services/IpsApiService\n    fault 20008 (illegal acc",
    ],
    "in_a_fixture": ["fault 20009 (missing permission)"],
    "in_a_block": ["fault 20008 (illegal access group)"],
    "unused_is_an_error": [
        f"UnusedScript: {UNUSED}1 answer to stopJob: fault=20003",
        "fault 20008 (illegal access group)",
    ],
    "unused_in_a_failed_one": [
        "ips_server: no request used what was scripted: 1 answer to stopJob: fault=20003"
    ],
}


@pytest.mark.cover_runs
def test_told(pytester: pytest.Pytester) -> None:
    quiet = "error\n    default::ips_contract.pytest_plugin.UnusedScript"
    ran = run(pytester, files={"test_suite": SUITE}, warnings=quiet)
    for name, outcome in ran.outcomes.items():
        wanted = "failure" if name.endswith("_fails") else "passed"
        assert outcome == wanted, f"{name}\n{ran.texts[name]}"
    assert len(ran.outcomes) == SUITE.count("def test_")
    for name, words in TOLD.items():
        text = ran.texts[f"test_{name}_fails"]
        for part in words:
            assert part in text, f"{name}\n{text}"
        assert ("what ips_server answered:" in text) == (
            name not in ("company", "unused_in_a_failed_one")
        ), text
    # Of what deviates the other text tells already.
    assert "message 2" not in ran.texts["test_beside_a_deviation_fails"].partition("answered:")[2]
    # What is no exception that notes are shown of: sections of the output.
    sections = ran.output.split("\n____")
    for name, words in {
        "test_company_fails": ["Captured answers call", "fault 20000 (invalid company)"],
        "TestOld.test_old_style_fails": ["fault 20008 (illegal access group)"],
        "TestOld.test_old_style_swallowed_fails": ["constant: the message to ips_server"],
        "test_in_a_block_that_gives_up_fails": [
            "constant: 1 of 2 messages to ips_server",
            "fault 20008 (illegal access group)",
        ],
    }.items():
        (section,) = [s for s in sections if f" {name} " in s.partition("\n")[0]]
        for part in words:
            assert section.count(part) == 1, section
    warned = ran.output.partition("warnings summary")[2].partition("short test summary")[0]
    for left in ("2 answers to stopJob: status=503", "1 answer to submitJob: fault=20001"):
        assert f"UnusedScript: {UNUSED}{left}\n" in warned, warned
    assert warned.count("UnusedScript: ") == 2
    assert "hunter2" not in ran.output.partition("FAILURES")[0] + warned


def test_bounded() -> None:
    service = Service()
    answers = Answers()
    for _ in range(25):
        service.handle(Request("POST", "/wrong" + "x" * 5000, {}, b""))
        answers.add(service.exchanges[-1], expected=False)
    answers.add_refusal(400, "word " * 5000)
    text = answers.take("ips_server", [])
    assert text.count("HTTP 404") == 20
    assert text.endswith("\n  and 6 more answers of this kind")
    assert len(text) < 300 * 1000
    assert answers.take("ips_server", []) == ""


ZIP = "<companyHandle>c|47</companyHandle><assetHandle>a|1</assetHandle>"


def test_canned_answers_are_told_together() -> None:
    """A client that reads what is not there fails somewhere else."""
    service = Service()
    answers, block = Answers(), Answers()
    for kept, operation in (
        *((answers, name) for name in ("getZipEntries", "getUserInfo", "getZipEntries")),
        *((block, name) for name in ("getZipEntries", "getPhotoshopPathNames")),
    ):
        inner = "" if operation == "getUserInfo" else ZIP
        assert call(service, operation, inner, NEW).status == 200
        kept.add(service.exchanges[-1], expected=False)
    answers.end_block(block)
    names = "getZipEntries (3), getPhotoshopPathNames (1)"
    assert answers.take("ips_server", []).splitlines() == [
        "what ips_server answered:",
        f"  canned, which the mock does not play: {names}",
        "    These answers have the least that their schema allows. A test can script others.",
    ]
    assert answers.take("ips_server", []) == ""
