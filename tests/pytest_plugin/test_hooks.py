"""The plugin: its fixtures, and that tests fail whose client sends what does not conform."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import pytest

from tests.plugin_runs import run

pytest_plugins = ["pytester"]

CONFORMANCE = """
import pytest
from client import Refused, body, send, submit, submit_anyway

NEW = dict(namespace="http://www.scene7.com/IpsApi/xsd/2014-04-03", company="c|47")


def test_good(ips_server):
    assert "47|My Test Job|" in submit(ips_server)
    (found,) = ips_server.assert_submitted(job_name="My Test Job", company="47")
    assert [row.handle for row in ips_server.exchanges] == [found.handle]
    assert [run.job.name for run in ips_server.jobs.active("47")] == ["My Test Job"]


def test_is_as_new(ips_server):
    assert not len(ips_server.exchanges) and not ips_server.jobs.companies()


def test_swallowed_fails(ips_server):
    submit(ips_server)
    submit_anyway(ips_server, kind="full")


def test_raised_fails(ips_server):
    submit(ips_server, kind="full")


def test_failed_otherwise_fails(ips_server):
    submit_anyway(ips_server, kind="full")
    pytest.fail("said so")


def test_caught_fails(ips_server):
    with pytest.raises(Refused, match="30001"):
        submit(ips_server, kind="full")


def test_expected_fault(ips_server):
    with ips_server.expect_fault(30001) as caught:
        submit_anyway(ips_server, kind="full")
    assert "constant" in caught[0].reason


def test_expected_fault_does_not_come(ips_server):
    with ips_server.expect_fault(30001):
        submit(ips_server)


def test_wrong_expectations(ips_server):
    with pytest.raises(ValueError, match="no fault code 5; there are 10000, "):
        ips_server.expect_fault(5).__enter__()
    with pytest.raises(ValueError, match="name the rules"):
        ips_server.expect_violation().__enter__()


def test_expected_violation(ips_server):
    with pytest.raises(Refused), ips_server.expect_violation("constant") as caught:
        submit(ips_server, kind="full")
    assert len(caught) == 1


def test_expected_violation_and_another_fails(ips_server):
    with ips_server.expect_violation("constant"):
        submit_anyway(ips_server, kind="full", name="")


def test_expected_violation_does_not_come(ips_server):
    with ips_server.expect_violation("constant"):
        submit(ips_server)


@pytest.mark.ips(allow=["constant"])
def test_allowed(ips_server):
    submit_anyway(ips_server, kind="full")


@pytest.mark.ips(allow=["constant"])
def test_allowed_and_another_fails(ips_server):
    submit_anyway(ips_server, kind="full", name="")


@pytest.mark.ips(version="6.8")
def test_version(ips_server):
    submit(ips_server, **NEW)
    assert ips_server.wsdl_url().endswith("2014-04-03.wsdl")
    assert ips_server.wsdl_url("4.0").endswith("2008-01-15.wsdl")


@pytest.mark.ips(version="6.8")
def test_wrong_version_fails(ips_server):
    submit(ips_server)


def test_warning(ips_server):
    submit(ips_server, name="A|B")


@pytest.mark.ips(strict=True)
def test_strict_fails(ips_server):
    submit(ips_server, name="A|B")


@pytest.mark.ips(users=[("me@example.com", "another")])
def test_users(ips_server):
    with pytest.raises(Refused, match="10001"), ips_server.expect_fault(10001):
        submit(ips_server)


def test_users_are_as_before(ips_server):
    submit(ips_server)


LOGS = ("<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Header>"
    "<authHeader xmlns='http://www.scene7.com/IpsApi/xsd'><user>a@b.c</user>"
    "<password>p</password></authHeader></e:Header><e:Body>"
    "<getJobLogsParam xmlns='http://www.scene7.com/IpsApi/xsd'>"
    "<companyHandle>47</companyHandle></getJobLogsParam></e:Body></e:Envelope>").encode()


@pytest.mark.ips(outcome="fatal")
def test_outcome(ips_server):
    submit(ips_server)
    ips_server.clock.advance(minutes=5)
    assert "<fatalError>true" in send(ips_server.endpoint, LOGS)


@pytest.mark.ips(outcome={"My Test Job": "fatal"})
def test_outcome_of_a_name(ips_server):
    submit(ips_server)
    submit(ips_server, name="Other")
    ips_server.clock.advance(minutes=5)
    assert send(ips_server.endpoint, LOGS).count("<fatalError>true") == 1


def test_outcome_is_as_before(ips_server):
    submit(ips_server)
    ips_server.clock.advance(minutes=5)
    assert "<fatalError>true" not in send(ips_server.endpoint, LOGS)


def test_script(ips_server):
    ips_server.script(fault=20008)
    with pytest.raises(Refused, match="20008"):
        submit(ips_server)
    submit(ips_server)
    ips_server.plan("x", __import__("ips_contract.mock").mock.AT_ONCE)
    ips_server.outcome("x", "errors")
    ips_server.reset()
    assert ips_server.requests == []


def test_reset_forgets_no_deviation_fails(ips_server):
    submit_anyway(ips_server, kind="full")
    ips_server.reset()


def test_fresh(ips_server):
    submit(ips_server)
    with ips_server.fresh():
        assert not ips_server.requests
        submit(ips_server, name="Inner")
    with pytest.raises(AssertionError, match="constant"), ips_server.fresh():
        submit_anyway(ips_server, kind="full")
    with pytest.raises(Refused) as caught, ips_server.fresh():
        submit(ips_server, kind="full")
    assert "constant: the message to ips_server" in caught.value.__notes__[0]


@pytest.mark.xfail(strict=True)
def test_xfail(ips_server):
    submit_anyway(ips_server, kind="full")


def test_skip(ips_server):
    submit_anyway(ips_server, kind="full")
    pytest.skip("said so")


@pytest.fixture
def before(ips_server):
    submit_anyway(ips_server, kind="full")


def test_fixture_sends_fails(before):
    pass


@pytest.fixture
def after(ips_server):
    yield
    submit_anyway(ips_server, kind="full")


def test_fixture_sends_at_its_end_error(after):
    pass


@pytest.fixture
def broken(ips_server):
    submit_anyway(ips_server, kind="full")
    raise LookupError


def test_fixture_breaks_error(broken):
    pass


@pytest.fixture
def broken_after(ips_server):
    yield
    submit_anyway(ips_server, kind="full")
    raise LookupError


def test_fixture_breaks_at_its_end_error(broken_after):
    pass


@pytest.mark.ips("6.8")
def test_mark_by_position_error(ips_server):
    pass


@pytest.mark.ips(allow=["constants"])
def test_mark_unknown_rule_error(ips_server):
    pass


@pytest.mark.ips(users=[("a@b.c", "p", "Boss")])
def test_mark_unknown_role_error(ips_server):
    pass


def test_by_name(request):
    submit(request.getfixturevalue("ips_server"))


class TestMethods:
    @pytest.mark.ips(allow="constant")
    def test_method(self, ips_server):
        submit_anyway(ips_server, kind="full")
"""


@pytest.mark.cover_runs
def test_conformance(pytester: pytest.Pytester) -> None:
    ran = run(pytester, files={"test_conformance": CONFORMANCE})
    for name, outcome in ran.outcomes.items():
        wanted = "passed"
        if name.endswith(("_fails", "not_come")):
            wanted = "failure"
        elif name.endswith("_error"):
            wanted = "error"
        elif name in ("test_xfail", "test_skip"):
            wanted = "skipped"
        assert outcome == wanted, f"{name}\n{ran.texts[name]}"
    assert len(ran.outcomes) == CONFORMANCE.count("def test_")
    text = ran.texts["test_swallowed_fails"]
    for words in (  # Rule, path, line, source, marked in the message, fault, nearest valid form.
        "constant: 1 of 2 messages to ips_server does not conform, at /Envelope/Body/submitJob",
        "message 2: submitJob, POST /scene7/services/IpsApiService",
        'error constant: "full" is not one of Full, FullWithSearch or Incremental. Write Full.',
        "at line 8, column 1, /Envelope/Body/submitJobParam/imageServingPublishJob/publishType",
        "    8 | <publishType>full</publishType><emailSetting>Error</emailSetting>",
        "      | ^~~~~~~~~~~~~~~~~",
        "fault 30001 (invalid parameter); source: documented pages",
        "answered with fault 30001, HTTP 500",
        "  -        <publishType>full</publishType>",
        "  +        <publishType>Full</publishType>",
        "@pytest.mark.ips(allow=['constant'])",
    ):
        assert words in text, text
    assert "Refused" in ran.texts["test_raised_fails"]
    assert "constant: the message to ips_server" in ran.texts["test_raised_fails"]
    assert "constant: the message to ips_server" in ran.texts["test_fixture_breaks_error"]
    assert "Captured conformance call" in ran.output
    assert "constant: " in ran.texts["test_fixture_breaks_at_its_end_error"]
    assert "blank: " in ran.texts["test_expected_violation_and_another_fails"]
    assert "blank: " in ran.texts["test_allowed_and_another_fails"]
    assert "it did not come" in ran.texts["test_expected_fault_does_not_come"]
    assert "did you mean constant?" in ran.texts["test_mark_unknown_rule_error"]
    assert "no role 'Boss'" in ran.texts["test_mark_unknown_role_error"]
    assert "give options by name" in ran.texts["test_mark_by_position_error"]
    assert "hunter2" not in ran.output.replace("<password>hunter2</password></authHeader>", "")


FIXTURES = """
import asyncio
import socket
import subprocess
import sys
import threading

import httpx
import pytest
import requests
from client import body, submit
from ips_contract.pytest_plugin import NonConforming

HOST = "https://s7sps3apissl-staging.scene7.com/scene7/services/IpsApiService"
HEADERS = {"Content-Type": "text/xml"}


def test_mock(ips_mock):
    answer = requests.post(HOST, body(), headers=HEADERS, timeout=5)
    assert "47|My Test Job|" in answer.text
    assert requests.post(ips_mock.endpoint, body(), timeout=5).ok
    ips_mock.assert_submitted(times=2)


def test_mock_fails(ips_mock):
    requests.post(HOST, body(kind="full"), timeout=5)


def test_mock_is_off():
    import responses

    with responses.RequestsMock() as other:
        other.post(HOST, body="other")
        assert requests.post(HOST, b"", timeout=5).text == "other"


@pytest.mark.usefixtures("ips_mock")
def test_mock_is_on_again():
    assert requests.post(HOST, body(), timeout=5).ok


def test_httpx(ips_httpx):
    with httpx.Client(transport=ips_httpx) as client:
        assert "47|My Test Job|" in client.post(HOST, content=body()).text
    ips_httpx.assert_submitted(job_name="My Test Job")


def test_httpx_async(ips_httpx):
    async def post():
        async with httpx.AsyncClient(transport=ips_httpx) as client:
            return await client.post(ips_httpx.endpoint, content=body())

    assert asyncio.run(post()).status_code == 200


def test_httpx_fails(ips_httpx):
    with httpx.Client(transport=ips_httpx) as client:
        client.post(HOST, content=body(kind="full"))


def test_validate(ips_validate):
    assert ips_validate(body()).valid
    assert ips_validate(body().decode()).message == "submitJobParam"
    with pytest.raises(NonConforming, match="constant: the message to ips_validate") as caught:
        ips_validate(body(kind="full"))
    assert "expect_violation" not in str(caught.value)
    assert "hunter2" not in str(caught.value)
    with pytest.raises(NonConforming, match="wrong-namespace"):
        ips_validate(body(), version="6.8")


@pytest.mark.ips(allow=["constant"])
def test_validate_allowed(ips_validate):
    assert not ips_validate(body(kind="full")).valid


def test_threads(ips_server):
    threads = [threading.Thread(target=submit, args=(ips_server,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ips_server.assert_submitted(times=8)


def test_async_client(ips_server):
    async def post():
        async with httpx.AsyncClient() as client:
            tasks = [client.post(ips_server.endpoint, content=body()) for _ in range(4)]
            return await asyncio.gather(*tasks)

    assert [answer.status_code for answer in asyncio.run(post())] == [200] * 4


def test_subprocess(ips_server):
    code = "import sys; from client import body, send; print(send(sys.argv[1], body()))"
    words = [sys.executable, "-c", code, ips_server.endpoint]
    run = subprocess.run(words, capture_output=True, text=True, check=True)
    assert "47|My Test Job|" in run.stdout
    ips_server.assert_submitted()


def test_subprocess_fails(ips_server):
    code = "import sys; from client import *; send(sys.argv[1], body(kind='full'))"
    words = [sys.executable, "-c", code, ips_server.endpoint]
    assert b"Refused" in subprocess.run(words, capture_output=True).stderr


@pytest.mark.anyio
async def test_anyio(ips_server):
    async with httpx.AsyncClient() as client:
        assert (await client.post(ips_server.endpoint, content=body())).status_code == 200


@pytest.mark.anyio
async def test_anyio_fails(ips_server):
    async with httpx.AsyncClient() as client:
        await client.post(ips_server.endpoint, content=body(kind="full"))


@pytest.mark.asyncio
async def test_asyncio(ips_server, ips_httpx):
    async with httpx.AsyncClient() as client, httpx.AsyncClient(transport=ips_httpx) as inner:
        assert (await client.post(ips_server.endpoint, content=body())).status_code == 200
        assert (await inner.post(HOST, content=body())).status_code == 200


@pytest.mark.asyncio
async def test_asyncio_fails(ips_server):
    async with httpx.AsyncClient() as client:
        await client.post(ips_server.endpoint, content=body(kind="full"))


@pytest.fixture
def anyio_backend():
    return "asyncio"


def test_frozen_time(ips_server, ips_mock):
    from freezegun import freeze_time

    with freeze_time("2014-04-03 09:30:00"):
        submit(ips_server)
        requests.post(HOST, body(), headers=HEADERS, timeout=5)
    # The service inside the process freezes with its test, the one on a port does not.
    assert ips_mock.exchanges[0].time.year == 2014
    assert ips_server.requests[0].time.year != 2014


def test_by_tls(ips_serve):
    with ips_serve(tls=True) as server:
        assert server.url.startswith("https://")
        wsdl = requests.get(server.wsdl_url(), verify=server.ca_file, timeout=5)
        assert server.endpoint in wsdl.text


def test_options(ips_server, ips_listen_address):
    assert ips_server.host == ips_listen_address[0] == "127.0.0.2"
    assert ips_server.port > 0 and str(ips_server.port) in ips_server.url
    with socket.create_connection((ips_server.host, ips_server.port)) as client:
        client.sendall(b"POST")
        assert b"not complete after 0.3 seconds" in client.makefile("rb").read()
    assert ips_server.service.limit == 5000
"""

CONFTEST = """
import pytest


@pytest.fixture(scope="session")
def ips_listen_address():
    return "127.0.0.2", 0


@pytest.fixture(scope="session")
def ips_server_options():
    return {"request_timeout": 0.3}


@pytest.fixture(scope="session")
def ips_service_options():
    return {"limit": 5000}
"""


@pytest.mark.cover_runs
def test_fixtures(pytester: pytest.Pytester) -> None:
    ran = run(pytester, files={"test_fixtures": FIXTURES, "conftest": CONFTEST})
    for name, outcome in ran.outcomes.items():
        wanted = "failure" if name.endswith("_fails") else "passed"
        assert outcome == wanted, f"{name}\n{ran.texts[name]}"
    assert len(ran.outcomes) == FIXTURES.count("def test_")


HYPOTHESIS = """
import pytest
from client import body, submit, submit_anyway
from hypothesis import given, settings, strategies as st

numbers = st.integers(0, 1000)


@given(numbers)
@settings(max_examples=20, database=None, deadline=None)
def test_each_example_is_as_new(ips_server, ips_mock, ips_httpx, ips_validate, number):
    assert not ips_server.requests
    submit(ips_server, name=f"Job {number}")
    ips_server.assert_submitted(times=1)


@given(numbers)
@settings(max_examples=200, database=None, deadline=None)
def test_example_fails(ips_server, number):
    submit_anyway(ips_server, kind="Full" if number < 321 else "full")


class TestMethod:
    @given(numbers)
    @settings(max_examples=200, database=None, deadline=None)
    def test_method_fails(self, ips_server, number):
        submit(ips_server, kind="Full" if number < 123 else "full")


@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"


@pytest.mark.anyio
@given(number=numbers)
@settings(max_examples=200, database=None, deadline=None)
async def test_async_fails(ips_server, anyio_backend, number):
    submit_anyway(ips_server, kind="Full" if number < 55 else "full")


def test_afterwards(ips_server):
    submit(ips_server)
"""


def test_hypothesis(pytester: pytest.Pytester) -> None:
    ran = run(pytester, files={"test_given": HYPOTHESIS})
    for name, outcome in ran.outcomes.items():
        wanted = "failure" if name.endswith("_fails") else "passed"
        assert outcome == wanted, f"{name}\n{ran.texts[name]}"
    assert len(ran.outcomes) == 5
    # The failure belongs to an example, the smallest one.
    for name, number in (("example", 321), ("method", 123), ("async", 55)):
        text = ran.texts[f"test_{name}_fails"]
        assert f"number={number}," in text or f"number={number})" in text, text
        assert "constant: the message to ips_server does not conform" in text


def test_a_wrong_mark_fails_its_own_test_only(pytester: pytest.Pytester) -> None:
    tests = """
    import pytest

    @pytest.mark.ips(alow=["constant"])
    def test_first(ips_server): pass

    @pytest.mark.ips(users=1)
    def test_second(ips_server): pass

    def test_third(ips_server): pass
    """
    ran = run(pytester, files={"test_a": tests})
    assert ran.outcomes == {
        "test_first": "error",
        "test_second": "error",
        "test_third": "passed",
    }
    assert "@pytest.mark.ips: no option 'alow'" in ran.texts["test_first"]


@pytest.mark.parametrize("named", [False, True])
def test_imported_before_pytest(pytester: pytest.Pytester, named: bool) -> None:
    """pytest cannot rewrite it any more, and has no reason to complain."""
    # As in a wheel, the distribution has files of the package; here it is an editable one.
    record = "ips_contract/__init__.py,,\nips_contract/pytest_plugin/__init__.py,,\n"
    metadata = "Metadata-Version: 2.1\nName: ips-contract\nVersion: 0.1.0\n"
    entry = "[pytest11]\nips_contract = ips_contract.pytest_plugin\n"
    folder = pytester.mkdir("ips_contract-0.1.0.dist-info")
    for name, text in (("RECORD", record), ("METADATA", metadata), ("entry_points.txt", entry)):
        (folder / name).write_text(text)
    if not named:  # Without it pytest-asyncio warns.
        pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function")
    pytester.makepyfile("def test_a(): pass")
    options = ["-q", "-W", "error", "-p", "no:cacheprovider"]
    options += ["-p", "ips_contract.pytest_plugin"] if named else []
    program = f"import sys, ips_contract.pytest_plugin, pytest; sys.exit(pytest.main({options}))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={
            **os.environ,
            "PYTHONPATH": str(pytester.path),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1" if named else "",
        },
        capture_output=True,
        text=True,
        check=False,
        cwd=pytester.path,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_types_for_annotations() -> None:
    code = """
    import sys
    from ips_contract import pytest_plugin
    assert "lxml" not in sys.modules
    ours = set(pytest_plugin._HOMES)
    assert len(ours) == 7
    for name in ours:
        assert getattr(pytest_plugin, name).__name__ == name
        assert name in pytest_plugin.__doc__
    try: pytest_plugin.nothing
    except AttributeError as error: print(error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "module 'ips_contract.pytest_plugin' has no attribute 'nothing'\n"


def test_without_the_plugin(pytester: pytest.Pytester) -> None:
    files = {"test_a": "def test_uses(ips_server): pass\ndef test_plain(): pass"}
    ran = run(pytester, "-p", "no:ips_contract", files=files)
    assert ran.outcomes == {"test_uses": "error", "test_plain": "passed"}
    assert "fixture 'ips_server' not found" in ran.output
    ran = run(pytester, "-p", "no:ips_contract", "--ips-coverage", files=files)
    assert "unrecognized arguments: --ips-coverage" in ran.output


def test_unused_it_loads_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_a="""
        import sys

        def test_a():
            ours = {name for name in sys.modules if name.startswith("ips_contract")}
            plugin = {"ips_contract.pytest_plugin", "ips_contract.pytest_plugin.hooks"}
            assert ours == {"ips_contract", *plugin}
            assert not {"lxml", "responses", "httpx", "httptools", "requests"} & set(sys.modules)
        """
    )
    # Without the plugins of this environment, which load some of them.
    words = ["-m", "pytest", "-q", "-p", "ips_contract.pytest_plugin"]
    done = subprocess.run(
        [sys.executable, *words],
        env={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
        cwd=pytester.path,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_first_test(pytester: pytest.Pytester) -> None:
    """Three lines, where the client takes the address from its caller."""
    files = {"test_first": "from client import submit\ndef test_it(ips_server): submit(ips_server)"}
    ran = run(pytester, "-q", files=files)
    assert ran.outcomes == {"test_it": "passed"}
    assert ran.status == 0
    assert "ips-contract" not in ran.output


def test_a_failure_says_where_the_rules_are_explained(pytester: pytest.Pytester) -> None:
    test = (
        "from client import submit_anyway\n"
        "def test_it(ips_server): submit_anyway(ips_server, kind='full')"
    )
    site = "https://docs.example.com"
    for ini, words in (
        ("", "ips-contract rules constant"),
        (f"ips_docs = {site}", f"{site}/reference/rules.html#constant"),
    ):
        reports = ("--ips-report=r.html", "--ips-report=r.sarif")
        ran = run(pytester, *reports, ini=ini, files={"test_it": test})
        assert f"What the rules say: {words}\nIf this is meant: " in ran.texts["test_it"]
        link = f'<a href="{words}">constant</a>'
        assert (link in (pytester.path / "r.html").read_text("utf-8")) == bool(ini)
        assert ("helpUri" in (pytester.path / "r.sarif").read_text("utf-8")) == bool(ini)
    ran = run(pytester, "--ips-coverage", ini="ips_docs = x", files={"test_it": test})
    assert "ips_docs: 'x' is no http or https URL" in ran.output
