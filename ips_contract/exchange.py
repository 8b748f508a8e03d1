"""Judging an answer together with the request it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ips_contract.envelope import (
    DEFAULT_LIMIT,
    Unreadable,
    children,
    local_name,
    message_in,
    text_of,
)
from ips_contract.handles import JobHandle, company_number, read_job_handle
from ips_contract.report import Report, Violation, violation
from ips_contract.validation import LXML, read, validate
from ips_contract.wording import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from ips_contract.validation import Document
    from ips_contract.versions import Version


class ExchangeReport(NamedTuple):
    """The verdicts on a request, on its answer, and on whether they belong together.

    Attributes:
        request: the Report on the request.
        response: the Report on the answer.
        violations: what keeps the answer from being one to the request, placed in the answer.
    """

    request: Report
    response: Report
    violations: tuple[Violation, ...]

    @property
    def valid(self) -> bool:
        """True if both messages are valid and belong together."""
        return self.request.valid and self.response.valid and not self.violations


def validate_exchange(
    request: Document,
    response: Document,
    *,
    version: str | Version | None = None,
    engine: str = LXML,
    limit: int = DEFAULT_LIMIT,
) -> ExchangeReport:
    """Judges ``request`` and ``response`` each, and whether the one answers the other.

    An answer belongs to its request if it has its version, is its operation's Return (or a
    fault), and, for submitJob, if the handle names the request's company and job.

    Args:
        request: as for ``validate``.
        response: as for ``validate``.
        version: as for ``validate``; both are judged by it.
        engine: as for ``validate``.
        limit: as for ``validate``; for each of the two.

    Raises:
        ValueError: ``version`` or ``engine`` is not a known one.
        TypeError: a document is of another type.
    """
    reports = [
        validate(document, version=version, engine=engine, limit=limit)
        for document in (request, response)
    ]
    asked, answer = (_message(document, limit) for document in (request, response))
    found: tuple[Violation, ...] = ()
    if asked is not None and answer is not None and local_name(asked).endswith("Param"):
        found = tuple(_mismatches(reports, asked, answer))
    return ExchangeReport(reports[0], reports[1], found)


def _message(document: Document, limit: int) -> etree._Element | None:
    try:
        root = read(document, limit)[1]
    except Unreadable:
        return None
    return message_in(root)


def _mismatches(
    reports: list[Report], asked: etree._Element, answer: etree._Element
) -> Iterator[Violation]:
    name = local_name(answer)
    operation = local_name(asked).removesuffix("Param")
    if name == "Fault" or name.endswith("Fault"):
        return
    path, line = f"/{name}", answer.sourceline
    if name != f"{operation}Return":
        yield violation(
            "exchange-return",
            f"{operation} is answered with {name}; it should be {operation}Return.",
            path,
            line,
        )
        return
    versions = [report.version for report in reports]
    if versions[0] != versions[1]:
        yield violation(
            "exchange-version",
            f"The answer is of version {versions[1]}, the request of {versions[0]}.",
            path,
            line,
        )
        return
    if operation == "submitJob":
        yield from _handle_mismatches(asked, answer)


def _handle_mismatches(asked: etree._Element, answer: etree._Element) -> Iterator[Violation]:
    sent = {local_name(child): text_of(child) for child in children(asked)}
    for element in children(answer):
        handle = read_job_handle(text_of(element))
        if local_name(element) != "jobHandle" or handle is None:
            continue
        path, line = "/submitJobReturn/jobHandle", element.sourceline
        company = company_number(sent.get("companyHandle", ""))
        if handle.company != company:
            yield violation(
                "exchange-company",
                f"The handle is of company {quoted(handle.company)}; asked was {quoted(company)}.",
                path,
                line,
            )
        name = sent.get("jobName", "")
        # An instance's handle has no name of its own: its instance name starts with the job's.
        if name != handle.name and (handle.name or not handle.instance.startswith(name)):
            yield violation(
                "exchange-job-name",
                f"The handle is of {_shown(handle)}; submitted was job {quoted(name)}.",
                path,
                line,
            )


def _shown(handle: JobHandle) -> str:
    return f"job {quoted(handle.name)}" if handle.name else f"instance {quoted(handle.instance)}"
