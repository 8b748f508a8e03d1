"""What comes to a service within a test: noted as it comes, judged and told when the test ends."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import pytest

from ips_contract.contract.faults import FAULT_CODES
from ips_contract.contract.handles import read_job_handle
from ips_contract.mock.arguments import check_kind
from ips_contract.mock.operations.canned import CANNED
from ips_contract.mock.record import Exchange, Record
from ips_contract.mock.state.accounts import Account, Accounts
from ips_contract.pytest_plugin.answers import Answers
from ips_contract.pytest_plugin.baseline import key
from ips_contract.pytest_plugin.conformance import (
    DEVIATES,
    NonConforming,
    Policy,
    Terms,
    check_rules,
    failure,
    judge,
    report_on,
)
from ips_contract.pytest_plugin.unused import UnusedScript
from ips_contract.validation.report.text import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from ips_contract.mock.service import Service
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


class _Noted:
    """What came since a test, or a block of one, began."""

    def __init__(self) -> None:
        self.sent: list[_Sent] = []
        self.count = 0
        self.answers = Answers()
        self.tells_unused = True


class Watch:
    """A service as it is seen by the run: what comes to it, by the terms of each test.

    Args:
        service: the service.
        policy: what holds for all tests.
        name: what messages call it, such as ``ips_server``.
        keeps: whether its state stays from test to test.
        activate: turns it on for a test that names it; None: it is always on.
    """

    def __init__(
        self,
        service: Service,
        policy: Policy,
        name: str,
        *,
        keeps: bool = False,
        activate: Callable[[Service], AbstractContextManager[Service]] | None = None,
    ) -> None:
        self.service = service
        self.name = name
        self.terms = policy.terms
        self.over = False
        self._policy = policy
        self._keeps = keeps
        self._activate = activate
        self._active: AbstractContextManager[Service] | None = None
        self._displaced: Accounts | None = None  # By those of a test's terms.
        self._noted = _Noted()
        self._expectations: list[_Expectation] = []
        service.exchanges = _Watched(self._take)
        if policy.serve:
            service.tolerate(self._tolerates)

    # For the run.

    @property
    def needs_its_name(self) -> bool:
        """Whether it is on only in tests that name it."""
        return self._activate is not None

    @property
    def is_activated(self) -> bool:
        """Whether it was turned on for this test."""
        return self._active is not None

    def begin(self, terms: Terms) -> None:
        """A test begins.

        Raises:
            TypeError: the terms' users are none.
            ValueError: likewise.
        """
        self.terms = terms
        self._noted = _Noted()
        self._begin(as_new=not self._keeps)
        if self._activate is not None and self._active is None:
            active = self._activate(self.service)
            active.__enter__()  # Where its library is not installed, there is nothing to end.
            self._active = active

    def finish(self) -> str:
        """What is to be said of messages that were not judged yet; ``""`` if they conform."""
        noted = self._noted
        with self.service.lock:
            sent, noted.sent = noted.sent, []
            count, noted.count = noted.count, 0
        deviating = []
        for exchange, expected in sent:
            judgement = judge(exchange, self.terms, self._policy.known, expected)
            self._policy.tell(judgement, self.name)
            if judgement.verdict == DEVIATES:
                deviating.append(judgement)
        if not deviating:
            return ""
        noted.answers.forget([judgement.exchange for judgement in deviating])
        return failure(deviating, count, self.name, self._policy.docs)

    def answers(self) -> str:
        """What the service said that may be why the test failed; ``""`` if nothing is left."""
        noted = self._noted
        with self.service.lock:
            unused = self._unused() if noted.tells_unused and not self._keeps else []
            noted.tells_unused = False
            return noted.answers.take(self.name, unused)

    def unused(self) -> str:
        """Of scripted answers that no request used, in words; ``""`` if there are none."""
        if self._keeps and not self.over:
            return ""  # Another test may use them.
        with self.service.lock:
            rows = self._unused()
            self.service.scripted.clear()
        if not rows:
            return ""
        listed = "; ".join(rows)
        return f"no request to {self.name} used what was scripted: {listed}"

    def _unused(self) -> list[str]:
        return self.service.scripted.unused()

    def refused(self, status: int, reason: str) -> None:
        """What came to its port and was no request; called in the server's thread."""
        with self.service.lock:
            self._noted.answers.add_refusal(status, reason)

    def end(self) -> None:
        """The test has ended."""
        if self._active is not None:
            active, self._active = self._active, None
            active.__exit__(None, None, None)

    @contextmanager
    def example(self) -> Iterator[None]:
        """A block for one example of a test: ``fresh``, but what keeps its state keeps it."""
        __tracebackhide__ = True
        with self._block(fresh=not self._keeps):
            yield

    # For tests.

    @contextmanager
    def fresh(self) -> Iterator[None]:
        """A block that finds the service as new, and fails at its end as a test would.

        Raises:
            NonConforming: a message that was sent in the block does not conform.
        """
        __tracebackhide__ = True
        with self._block(fresh=True):
            yield

    @contextmanager
    def _block(self, *, fresh: bool) -> Iterator[None]:
        __tracebackhide__ = True
        with self.service.lock:
            outer, self._noted = self._noted, _Noted()
        if fresh:
            self._begin(as_new=True)
        try:
            yield
        except Exception as error:
            outer.answers.end_block(None)
            for text in (self.finish(), self.answers()):
                if text:
                    error.add_note(text)
            raise
        except pytest.fail.Exception:
            # Its notes are not shown: who tells of the test tells this, too.
            outer.answers.carry(self.finish(), self.answers())
            raise
        else:
            text = self.finish()
            if text:
                raise NonConforming("\n\n".join(filter(None, (text, self.answers()))))
            outer.answers.end_block(self._noted.answers)  # The test may fail all the same.
            unused = self.unused()
            if unused:
                warnings.warn(UnusedScript(unused), stacklevel=5)
        finally:
            self.finish()  # For what is no Exception, such as a skip.
            with self.service.lock:
                self._noted = outer
            if fresh:
                self._begin(as_new=True)

    @contextmanager
    def expect_fault(self, code: int) -> Iterator[list[Exchange]]:
        """A block in which the service answers a message with this fault."""
        check_kind("code", code, int, "a fault code as a number, such as 30001")
        if code not in FAULT_CODES:
            raise ValueError(f"no fault code {code}; there are {', '.join(map(str, FAULT_CODES))}")
        with self._expect(_Expectation(code, frozenset())) as caught:
            yield caught
        if not caught:
            raise AssertionError(self._missed(f"a request answered with fault {code}"))

    @contextmanager
    def expect_violation(self, *rules: str) -> Iterator[list[Exchange]]:
        """A block in which messages break these rules, each at least once."""
        if not rules:
            raise ValueError("name the rules that are broken")
        with self._expect(_Expectation(None, frozenset(check_rules(rules)))) as caught:
            yield caught
        broken = {
            row.rule
            for exchange in caught
            for row in report_on(exchange, self.terms.version).violations
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
        last = self.service.exchanges[-5:]
        came = [f"  {row!r}: {shown(row.reason)}".rstrip(": ") for row in last]
        return "\n".join([f"expected {what}; it did not come.", *(came or ["  Nothing came."])])

    def _take(self, exchange: Exchange) -> None:
        """Looks at an exchange as it is recorded; the service's lock is held."""
        noted = self._noted
        noted.count += exchange.method == "POST"
        expected: frozenset[str] | None = frozenset()
        for expectation in self._expectations:
            if expectation.catches(exchange):
                expectation.caught.append(exchange)
                rules = expectation.rules
                expected = expected | rules if expected is not None and rules else None
        noted.answers.add(exchange, expected=expected is None or bool(expected))
        outcome = self.terms.outcome
        if isinstance(outcome, str) and exchange.handle:
            handle = read_job_handle(exchange.handle)
            if handle is not None:
                self.service.outcome(handle.name, outcome)
        version = self.terms.version
        # An error is answered with a fault. The report itself is looked at no sooner than it must
        # be: passwords are hidden then, which takes longer than all of this.
        clean = exchange.clean
        suspect = (
            exchange.fault is not None
            or any(not note.startswith(CANNED) for note in exchange.notes)
            or (version is not None and exchange.version not in (None, version))
            or (self.terms.strict and not clean)
        )
        # Those that conform, if with warnings, must not crowd out one that does not.
        keep = self._policy.keep or not clean
        most = 2 * _MOST_KEPT if suspect else _MOST_KEPT if keep else 0
        if len(noted.sent) < most:
            noted.sent.append(_Sent(exchange, expected))

    def _tolerates(self, report: Report, error: Violation) -> bool:
        """Whether ``error`` is a known deviation, which is served; the service's lock is held.

        Who expects a fault, or allows the rule to be broken, is about the refusal: it stays.
        """
        return (
            error.rule not in self.terms.allow
            and not any(row.refuses(error) for row in self._expectations)
            and key(report, error) in self._policy.known
        )

    def _begin(self, *, as_new: bool) -> None:
        terms = self.terms
        service = self.service
        with service.lock:
            if as_new:
                service.reset()
            elif self._displaced is not None:
                service.store.accounts = self._displaced
            self._displaced = None
            if terms.users is not None:
                self._displaced = service.accounts
                service.store.accounts = Accounts(
                    [row if isinstance(row, Account) else Account(*row) for row in terms.users]
                )
            for name, outcome in (terms.outcome if isinstance(terms.outcome, dict) else {}).items():
                service.outcome(name, outcome)
