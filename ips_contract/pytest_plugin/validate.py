"""What ``ips_validate`` gives: a function that judges messages which are made and not sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ips_contract.contract.versions import Version, as_version
from ips_contract.http.messages import Request, Response
from ips_contract.mock.record import Exchange
from ips_contract.pytest_plugin.conformance import (
    DEVIATES,
    NonConforming,
    Policy,
    Terms,
    failure,
    judge,
)
from ips_contract.validation.report import Report
from ips_contract.validation.validator import validate

if TYPE_CHECKING:
    from ips_contract.validation.validator import Document
    from ips_contract.wsdl.version import GivenWsdl


class Made:
    """The messages that a test has made, as the run sees them: judged by the test's terms."""

    name = "ips_validate"

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._terms = policy.terms
        self._count = 0

    def begin(self, terms: Terms) -> None:
        """A test begins."""
        self._terms = terms
        self._count = 0

    def finish(self) -> str:
        """Nothing is left to be said: ``judge`` says it."""
        return ""

    def judge(self, document: Document, version: str | Version | None) -> Report:
        """As ``Validate`` when it is called."""
        __tracebackhide__ = True
        terms = self._terms
        if version is not None:
            terms = terms._replace(version=as_version(version))
        report = validate(document, version=terms.version)
        self._count += 1
        exchange = _exchange(self._count, report)
        judgement = judge(exchange, terms, self._policy.known)
        self._policy.tell(judgement, self.name)
        if judgement.verdict == DEVIATES:
            raise NonConforming(failure([judgement], 1, self.name, self._policy.docs))
        return report


class Validate:
    """Judges messages that a test has made, by the test's terms."""

    def __init__(self, made: Made) -> None:
        self._made = made

    def __call__(
        self,
        document: Document,
        *,
        version: str | Version | None = None,
        wsdl: GivenWsdl | None = None,
    ) -> Report:
        """The Report on ``document``, as ``validate`` gives it.

        Args:
            document: as for ``validate``.
            version: as for ``validate``; by default the test's, else the message's own.
            wsdl: as for ``validate``.

        Raises:
            NonConforming: it does not conform by the test's terms.
        """
        __tracebackhide__ = True
        if wsdl is not None:
            from ips_contract.wsdl.version import version_by

            version = version_by(version, wsdl)
        return self._made.judge(document, version)


def _exchange(number: int, report: Report) -> Exchange:
    """A message that was made and not sent, as if it had been."""
    data = report.data or b""
    return Exchange(
        number=number,
        time=datetime.now(tz=UTC),
        operation=report.message.removesuffix("Param"),
        request=Request("", "", {}, data),
        body=data,
        report=Report(report.message, report.version, report.violations, report.data),
        response=Response(0, (), b""),
        fault=None,
        reason="",
        handle="",
        notes=(),
        duration=0.0,
    )
