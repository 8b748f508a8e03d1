"""Judging an answer together with the request it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ips_contract.contract.components import ANSWERS
from ips_contract.contract.handles import JobHandle, company_number, read_job_handle
from ips_contract.validation.report import Report, Violation, violation
from ips_contract.validation.validator import LXML, read, validate
from ips_contract.xml.envelope import message_in
from ips_contract.xml.parser import (
    DEFAULT_LIMIT,
    Unreadable,
    children,
    local_name,
    namespace_of,
    text_of,
)
from ips_contract.xml.positions import locate
from ips_contract.xml.text import clipped, collapse, named, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from ips_contract.contract.versions import Version
    from ips_contract.validation.validator import Document

    # Rule, message, and the element of the answer that it is about.
    _Finding = tuple[str, str, etree._Element]


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
    logged_in: bool = False,
) -> ExchangeReport:
    """As ``ips_contract.validate_exchange``, which says what is meant; WSDLs are read there."""
    judged = validate(request, version=version, engine=engine, limit=limit, logged_in=logged_in)
    answered = validate(response, version=version, engine=engine, limit=limit)
    if any(found.rule == "too-large" for found in (*judged.violations, *answered.violations)):
        return ExchangeReport(judged, answered, ())  # Or its namespaces are: not to be read.
    try:
        asked = message_in(read(request, limit)[1])
        data, root = read(response, limit)
    except Unreadable:
        return ExchangeReport(judged, answered, ())
    answer = message_in(root)
    if asked is None or answer is None:
        return ExchangeReport(judged, answered, ())
    found = list(_mismatches(asked, answer))
    places = locate(root, data, [element for _, _, element in found])
    start = _path_to(answer, root)
    violations = []
    for rule, message, element in found:
        path = start if element is answer else f"{start}/{local_name(element)}"
        violations.append(violation(rule, message, path, *places[element][1:]))
    return ExchangeReport(judged, answered, tuple(violations))


def _path_to(message: etree._Element, root: etree._Element) -> str:
    """The path of ``message`` in the wrapping ``root``, as the findings on the message have it."""
    wrapping = {"Envelope": "/Envelope/Body", "Request": "/Request"}.get(local_name(root), "")
    return f"{wrapping}/{clipped(local_name(message))}"


def _mismatches(asked: etree._Element, answer: etree._Element) -> Iterator[_Finding]:
    question, name = local_name(asked), local_name(answer)
    if not question.endswith("Param"):
        if question.endswith(ANSWERS):
            question = clipped(question)
            swapped = name.endswith("Param")
            advice = "swap the two" if swapped else "give what was asked before what was answered"
            yield "exchange-return", f"The request is {question}, an answer; {advice}.", answer
        return  # Other things are no message at all, which is said of the request.
    operation = question.removesuffix("Param")
    if name.endswith("Fault"):
        return
    if name != f"{operation}Return":
        operation, name = clipped(operation), clipped(name)
        yield (
            "exchange-return",
            f"{operation} is answered with {name}; it should be {operation}Return.",
            answer,
        )
        return
    # The versions that judge them may be the same where the namespaces are not.
    sent, got = namespace_of(asked), namespace_of(answer)
    if sent != got:
        yield (
            "exchange-version",
            f"The answer has {named(got)}; give it the request's, {clipped(sent, 100)}.",
            answer,
        )
        return
    if operation == "submitJob":
        yield from _handle_mismatches(asked, answer)


def _handle_mismatches(asked: etree._Element, answer: etree._Element) -> Iterator[_Finding]:
    # By the schema both are tokens: white space around them and repeated blanks do not count.
    sent = {local_name(child): collapse(text_of(child)) for child in children(asked)}
    for element in children(answer):
        given = read_job_handle(text_of(element))
        if local_name(element) != "jobHandle" or given is None:
            continue
        handle = JobHandle(*map(collapse, given))
        company = company_number(sent.get("companyHandle", ""))
        if handle.company != company:
            yield (
                "exchange-company",
                f"The handle is of company {quoted(handle.company)}; asked was {quoted(company)}.",
                element,
            )
        name = sent.get("jobName", "")
        # An instance's handle has no name of its own: its instance name starts with the job's.
        if name != handle.name and (handle.name or not _is_instance(handle.instance, name)):
            yield (
                "exchange-job-name",
                f"The handle is of {_shown(handle)}; submitted was job {quoted(name)}.",
                element,
            )


def _is_instance(instance: str, name: str) -> bool:
    """Whether an instance is one of the job: its name, a separator and a time (D, O)."""
    rest = instance.removeprefix(name)
    return len(rest) + len(name) == len(instance) and not rest[:1].isalnum() and rest[:1] != " "


def _shown(handle: JobHandle) -> str:
    return f"job {quoted(handle.name)}" if handle.name else f"instance {quoted(handle.instance)}"
