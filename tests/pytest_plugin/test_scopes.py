"""State between tests and examples: state machines, servers of a module or a class."""

from __future__ import annotations

import pytest

from tests.plugin_runs import run

pytest_plugins = ["pytester"]

MACHINES = """
from contextlib import ExitStack

import pytest
from client import submit, submit_anyway
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

FEW = settings(max_examples=20, stateful_step_count=8, database=None, deadline=None)


class Submitting(RuleBasedStateMachine):
    def __init__(self, server):
        super().__init__()
        self.server = server
        self.names = []
        self.block = ExitStack()
        self.block.enter_context(server.fresh())

    @rule(number=st.integers(0, 5))
    def submit(self, number):
        submit(self.server, name=f"Job {number}")
        self.names.append(f"Job {number}")

    @invariant()
    def they_are_there(self):
        runs = self.server.jobs.active("47") if self.names else []
        assert sorted(run.job.name for run in runs) == sorted(self.names)

    def teardown(self):
        self.block.close()


class Wrong(Submitting):
    @rule()
    def submit_wrongly(self):
        submit_anyway(self.server, kind="full")


class Broken(Submitting):
    @rule()
    def is_refused(self):
        self.server.script(fault=20008)
        submit(self.server)


def test_machine(ips_server):
    run_state_machine_as_test(lambda: Submitting(ips_server), settings=FEW)


def test_machine_fails(ips_server):
    run_state_machine_as_test(lambda: Wrong(ips_server), settings=FEW)


def test_machine_is_refused_fails(ips_server):
    run_state_machine_as_test(lambda: Broken(ips_server), settings=FEW)


@pytest.fixture(scope="class", autouse=True)
def server(request, ips_server):
    Alone.server = ips_server


class Alone(RuleBasedStateMachine):
    @rule()
    def submit(self):
        with self.server.fresh():
            submit(self.server)
            self.server.assert_submitted(times=1)


TestAlone = Alone.TestCase
TestAlone.settings = FEW
"""


@pytest.mark.no_cover
def test_state_machines(pytester: pytest.Pytester) -> None:
    ran = run(pytester, files={"test_machines": MACHINES})
    for name, outcome in ran.outcomes.items():
        wanted = "failure" if name.endswith("_fails") else "passed"
        assert outcome == wanted, f"{name}\n{ran.texts[name]}"
    assert list(ran.outcomes) == [
        *("test_machine", "test_machine_fails", "test_machine_is_refused_fails", "runTest"),
    ]
    assert "Flaky" not in ran.output
    # The smallest example: one step.
    assert "constant: the message to ips_server does not conform" in ran.output
    assert "state.submit_wrongly()" in ran.output
    assert "state.submit(" not in ran.output
    assert "fault 20008 (illegal access group)" in ran.texts["test_machine_is_refused_fails"]


SCOPES = """
import pytest
from client import Refused, submit, submit_anyway
from hypothesis import given, settings, strategies as st


@pytest.fixture(scope="module")
def shop(ips_serve):
    with ips_serve() as server:
        submit(server, name="Of the module")
        yield server


def names(server):
    return sorted(run.job.name for run in server.jobs.active("47"))


def test_first(shop, ips_server):
    assert names(shop) == ["Of the module"]
    assert shop.url != ips_server.url
    submit(shop, name="Of the first test")
    submit(ips_server)


def test_second(shop, ips_server):
    assert names(shop) == ["Of the first test", "Of the module"]
    assert ips_server.jobs.companies() == []
    shop.assert_submitted(job_name="Of the module", times=1)
    assert [row.number for row in shop.exchanges] == [1, 2]


def test_deviation_fails(shop):
    submit_anyway(shop, kind="full")


@pytest.mark.ips(allow=["constant"])
def test_marked(shop):
    submit_anyway(shop, kind="full")


def test_refused_fails(shop):
    shop.script(fault=20008)
    submit(shop)


@pytest.mark.ips(users=[("me@example.com", "another")])
def test_users_of_a_mark(shop):
    with pytest.raises(Refused, match="10001"):
        submit(shop)


def test_users_are_as_before(shop):
    submit(shop, name="Again")


@given(number=st.integers(0, 1000))
@settings(max_examples=30, database=None, deadline=None)
def test_example_fails(shop, number):
    assert "Of the module" in names(shop)
    submit_anyway(shop, kind="Full" if number < 123 else "full")


def test_scripts_are_for_any_test(shop):
    shop.script(fault=20003)


def test_scripted(shop):
    with shop.expect_fault(20003):
        submit_anyway(shop)


@pytest.fixture(scope="class")
def mine(ips_serve):
    with ips_serve(limit=3000) as server:
        submit(server, name="Of the class")
        yield server
        with pytest.raises(TypeError, match="no_such_option"):
            ips_serve(no_such_option=1).__enter__()
        server.script(fault=20001)
        submit_anyway(server, kind="none")


class TestClass:
    def test_one(self, mine, shop):
        assert names(mine) == ["Of the class"]
        assert mine.service.limit == 3000 and shop.service.limit == 4000
        mine.clock.advance(minutes=5)

    def test_two_error(self, mine):
        assert names(mine) == []
        mine.assert_submitted(job_name="Of the class")


def test_fresh(shop):
    assert "Of the module" in names(shop)
    with pytest.raises(AssertionError, match="constant"), shop.fresh():
        assert not shop.jobs.companies()
        submit_anyway(shop, kind="full")
    assert not shop.jobs.companies()


def test_last(shop):
    shop.script(fault=20009, operation="stopJob")
"""
OPTIONS = """
import pytest

@pytest.fixture(scope="session")
def ips_service_options():
    return {"limit": 4000}
"""


@pytest.mark.cover_runs
def test_servers_of_ones_own_scope(pytester: pytest.Pytester) -> None:
    ran = run(pytester, "--ips-coverage", files={"test_scopes": SCOPES, "conftest": OPTIONS})
    for name, outcome in ran.outcomes.items():
        wanted = "passed"
        if name.endswith("_fails"):
            wanted = "failure"
        elif name in ("test_two_error", "test_last"):
            wanted = "error"  # What comes when its fixture ends.
        assert outcome == wanted, f"{name}\n{ran.texts[name]}"
    assert len(ran.outcomes) == SCOPES.count("def test_")
    assert "constant: the message to ips_serve" in ran.texts["test_deviation_fails"]
    assert "fault 20008 (illegal access group)" in ran.texts["test_refused_fails"]
    text = ran.texts["test_example_fails"]
    assert "number=123," in text or "number=123)" in text, text
    assert '"none" is not one of Full, ' in ran.texts["test_two_error"]
    assert "1 answer to stopJob: fault=20009" in ran.texts["test_last"]
    assert "when no test was running" not in ran.output
