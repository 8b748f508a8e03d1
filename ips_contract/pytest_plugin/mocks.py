"""The service as a test has it: what ``ips_server`` and ``ips_mock`` give, without pytest."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from ips_contract.contract.endpoints import SERVICE_PATH
from ips_contract.contract.faults import FAULT_CODES
from ips_contract.contract.handles import read_job_handle
from ips_contract.mock.adapters.responses import HOSTS, activate
from ips_contract.mock.record import Exchange, Record
from ips_contract.mock.state.accounts import Account, Accounts
from ips_contract.pytest_plugin.baseline import key
from ips_contract.pytest_plugin.conformance import (
    DEVIATES,
    NonConforming,
    Policy,
    Terms,
    check_rules,
    failure,
    judge,
    judged,
)
from ips_contract.validation.report.text import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from ips_contract.contract.versions import Version
    from ips_contract.mock.clock import Clock
    from ips_contract.mock.service import Service
    from ips_contract.mock.serving import MockServer
    from ips_contract.mock.state.jobs import Jobs
    from ips_contract.mock.state.lifecycle import Plan
    from ips_contract.validation.report import Report, Violation

_MOST_KEPT = 2000  # Messages of one test that are judged at its end if all must be looked at.


class _Watched(Record):
    """A record that tells of each exchange as it comes, before old ones can be forgotten."""

    def __init__(self, tell: Callable[[Exchange], None]) -> None:
        super().__init__()
        self._tell = tell

    def add(self, exchange: Exchange) -> None:
        """Keeps ``exchange``, and tells of it."""
        super().add(exchange)
        self._tell(exchange)


class _Expectation:
    """What a block of a test expects to be wrong."""

    def __init__(self, fault: int | None, rules: frozenset[str]) -> None:
        self.fault = fault
        self.rules = rules
        self.caught: list[Exchange] = []

    def catches(self, exchange: Exchange) -> bool:
        if self.fault is not None:
            return exchange.fault == self.fault
        return any(row.rule in self.rules for row in exchange.report.violations)

    def refuses(self, error: Violation) -> bool:
        """Whether it is about the refusal of what has ``error``."""
        return self.fault is not None or error.rule in self.rules


class _Sent(NamedTuple):
    """An exchange and the rules that are expected to be broken in it; None: its fault is."""

    exchange: Exchange
    expected: frozenset[str] | None


class Mock:
    """A service for the tests of a run; each test finds it as new.

    Attributes:
        service: the service; hold ``service.lock`` where you call it while clients do.
    """

    name = "ips_mock"

    def __init__(self, service: Service, policy: Policy) -> None:
        self.service = service
        self._policy = policy
        self._terms = policy.terms
        self._accounts = service.accounts
        self._sent: list[_Sent] = []
        self._count = 0
        self._expectations: list[_Expectation] = []
        service.exchanges = _Watched(self._take)
        if policy.serve:
            service.tolerate(self._tolerates)

    # For tests.

    @property
    def endpoint(self) -> str:
        """The address that messages are sent to."""
        return f"https://{HOSTS[0]}{SERVICE_PATH}"

    @property
    def requests(self) -> list[Exchange]:
        """What clients sent since the test began, with the verdicts and answers; oldest first."""
        with self.service.lock:
            return list(self.service.exchanges)

    @property
    def jobs(self) -> Jobs:
        """The jobs that were submitted."""
        return self.service.jobs

    @property
    def clock(self) -> Clock:
        """The service's clock; ``clock.advance(minutes=5)``."""
        return self.service.clock

    def script(self, **step: Any) -> None:
        """As ``Service.script``: what the next requests are answered with."""
        with self.service.lock:
            self.service.script(**step)

    def assert_submitted(self, **expected: Any) -> list[Exchange]:
        """As ``Service.assert_submitted``: the accepted submissions with these fields."""
        with self.service.lock:
            return self.service.assert_submitted(**expected)

    def outcome(self, job_name: str, outcome: str) -> None:
        """As ``Service.outcome``: how jobs of this name end."""
        with self.service.lock:
            self.service.outcome(job_name, outcome)

    def plan(self, job_name: str, plan: Plan) -> None:
        """As ``Service.plan``: when jobs of this name end."""
        with self.service.lock:
            self.service.plan(job_name, plan)

    def reset(self) -> None:
        """Forgets jobs, requests, scripts and the clock's offset; not what did not conform."""
        with self.service.lock:
            self.service.reset()

    @contextmanager
    def fresh(self) -> Iterator[None]:
        """A block that finds the service as new, and fails at its end as a test would.

        For the examples of a property, where the plugin cannot see where one begins.

        Raises:
            NonConforming: a message that was sent in the block does not conform.
        """
        with self.service.lock:
            outer, self._sent = self._sent, []
            count, self._count = self._count, 0
        self._begin()
        try:
            yield
        except Exception as error:
            text = self._finish()
            if text:
                error.add_note(text)
            raise
        else:
            text = self._finish()
            if text:
                raise NonConforming(text)
        finally:
            self._finish()  # For what is no Exception, such as a skip.
            with self.service.lock:
                self._sent, self._count = outer, count
            self._begin()

    @contextmanager
    def expect_fault(self, code: int) -> Iterator[list[Exchange]]:
        """A block in which the service answers a message with this fault.

        It gives the list of the exchanges that ended so, filled as they come. What is wrong with
        them does not fail the test.

        Raises:
            AssertionError: there was none.
            ValueError: there is no such code.
        """
        if code not in FAULT_CODES:
            raise ValueError(f"no fault code {code}; there are {', '.join(map(str, FAULT_CODES))}")
        with self._expect(_Expectation(code, frozenset())) as caught:
            yield caught
        if not caught:
            raise AssertionError(self._missed(f"a request answered with fault {code}"))

    @contextmanager
    def expect_violation(self, *rules: str) -> Iterator[list[Exchange]]:
        """A block in which messages break these rules, each at least once.

        It gives the list of the exchanges that do, filled as they come. Breaking these rules does
        not fail the test; breaking others does.

        Raises:
            AssertionError: one of the rules was not broken.
            ValueError: there is no such rule, or none is named.
        """
        if not rules:
            raise ValueError("name the rules that are broken")
        with self._expect(_Expectation(None, frozenset(check_rules(rules)))) as caught:
            yield caught
        broken = {
            row.rule
            for exchange in caught
            for row in judged(exchange.report, self._terms.version).violations
        }
        for rule in rules:
            if rule not in broken:
                raise AssertionError(self._missed(f"a message that breaks the rule {rule}"))

    @contextmanager
    def _expect(self, expectation: _Expectation) -> Iterator[list[Exchange]]:
        with self.service.lock:
            self._expectations.append(expectation)
        try:
            yield expectation.caught
        finally:
            with self.service.lock:
                self._expectations.remove(expectation)

    def _missed(self, what: str) -> str:
        came = [f"  {row!r}: {shown(row.reason)}".rstrip(": ") for row in self.requests[-5:]]
        return "\n".join([f"expected {what}; it did not come.", *(came or ["  Nothing came."])])

    # For the plugin.

    def _take(self, exchange: Exchange) -> None:
        """Looks at an exchange as it is recorded; the service's lock is held."""
        self._count += exchange.method == "POST"
        expected: frozenset[str] | None = frozenset()
        for expectation in self._expectations:
            if expectation.catches(exchange):
                expectation.caught.append(exchange)
                rules = expectation.rules
                expected = expected | rules if expected is not None and rules else None
        outcome = self._terms.outcome
        if isinstance(outcome, str) and exchange.handle:
            handle = read_job_handle(exchange.handle)
            if handle is not None:
                self.service.outcome(handle.name, outcome)
        version = self._terms.version
        # An error is answered with a fault. The report itself is looked at no sooner than it must
        # be: passwords are hidden then, which takes longer than all of this.
        clean = exchange.clean
        suspect = (
            exchange.fault is not None
            or bool(exchange.notes)
            or (version is not None and exchange.version not in (None, version))
            or (self._terms.strict and not clean)
        )
        # Those that conform, if with warnings, must not crowd out one that does not.
        keep = self._policy.keep or not clean
        most = 2 * _MOST_KEPT if suspect else _MOST_KEPT if keep else 0
        if len(self._sent) < most:
            self._sent.append(_Sent(exchange, expected))

    def _tolerates(self, report: Report, error: Violation) -> bool:
        """Whether ``error`` is a known deviation, which is served; the service's lock is held.

        Who expects a fault, or allows the rule to be broken, is about the refusal: it stays.
        """
        return (
            error.rule not in self._terms.allow
            and not any(row.refuses(error) for row in self._expectations)
            and key(report, error) in self._policy.known
        )

    def _begin(self) -> None:
        terms = self._terms
        service = self.service
        with service.lock:
            service.reset()
            users = terms.users
            accounts = self._accounts
            if users is not None:
                accounts = Accounts(
                    [row if isinstance(row, Account) else Account(*row) for row in users]
                )
            service.store.accounts = accounts
            for name, outcome in (terms.outcome if isinstance(terms.outcome, dict) else {}).items():
                service.outcome(name, outcome)

    def begin(self, terms: Terms) -> None:
        """A test begins."""
        self._terms = terms
        with self.service.lock:
            self._sent, self._count = [], 0
        self._begin()

    def finish(self) -> str:
        """What is to be said of messages that were not judged yet; ``""`` if they conform."""
        return self._finish()

    def _finish(self) -> str:
        with self.service.lock:
            sent, self._sent = self._sent, []
            count, self._count = self._count, 0
        deviating = []
        for exchange, expected in sent:
            judgement = judge(exchange, self._terms, self._policy.known, expected)
            self._policy.tell(judgement, self.name)
            if judgement.verdict == DEVIATES:
                deviating.append(judgement)
        return failure(deviating, count, self.name) if deviating else ""


class ServerMock(Mock):
    """A service on a port of this machine."""

    name = "ips_server"

    def __init__(self, server: MockServer, policy: Policy) -> None:
        super().__init__(server.service, policy)
        self.server = server

    @property
    def url(self) -> str:
        """The server's base address, ``http://127.0.0.1:PORT/scene7/``."""
        return self.server.url

    @property
    def host(self) -> str:
        """The address it listens at."""
        return str(self.server.host)

    @property
    def port(self) -> int:
        """The TCP port it listens at."""
        return int(self.server.port)

    @property
    def endpoint(self) -> str:
        """The address that messages are sent to."""
        return self.server.endpoint

    def wsdl_url(self, version: str | Version | None = None) -> str:
        """The address of a version's WSDL; without ``version``, that of the test's version."""
        return self.server.wsdl_url(version or self._terms.version)


class ResponsesMock(Mock):
    """A service that answers what requests sends to the hosts of the real one."""

    def __init__(self, service: Service, policy: Policy) -> None:
        super().__init__(service, policy)
        self._active: AbstractContextManager[Service] | None = None

    def begin(self, terms: Terms) -> None:
        """A test that uses it begins."""
        super().begin(terms)
        if self._active is None:
            self._active = activate(self.service)
            self._active.__enter__()

    def end(self) -> None:
        """The test has ended."""
        if self._active is not None:
            active, self._active = self._active, None
            active.__exit__(None, None, None)
