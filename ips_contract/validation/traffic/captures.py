"""Captured traffic: the mock's logs and HAR files, read as exchanges and judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ips_contract.http.media_type import media_type
from ips_contract.validation.exchanges import validate_exchange
from ips_contract.validation.http_judgement import judge_headers, with_findings
from ips_contract.validation.report import Report
from ips_contract.validation.traffic.har import read_har
from ips_contract.validation.traffic.json_text import decoded
from ips_contract.validation.traffic.logs import read_log
from ips_contract.validation.validator import LXML, validate
from ips_contract.xml.envelope import soap_of
from ips_contract.xml.parser import DEFAULT_LIMIT, Unreadable, parse

if TYPE_CHECKING:
    from ips_contract.contract.versions import Version
    from ips_contract.validation.exchanges import ExchangeReport
    from ips_contract.validation.report import Violation
    from ips_contract.validation.traffic.model import Capture, Captures


def read_captures(data: bytes, *, har: bool) -> Captures:
    """The exchanges in a log of the mock, or in a HAR file.

    Raises:
        ValueError: ``data`` is neither; the message says what is wrong, and where.
    """
    text = decoded(data, har=har)
    return read_har(text) if har else read_log(text)


def _place(finding: Violation) -> tuple[int, int]:
    return finding.line or 0, finding.column or 0


def judge_capture(
    capture: Capture,
    *,
    version: Version | None = None,
    engine: str = LXML,
    limit: int = DEFAULT_LIMIT,
    logged_in: bool = False,
) -> list[tuple[str, Report]]:
    """The reports on the request and the answer of ``capture``, with a name for each.

    ``logged_in``: whether HTTP carried credentials, also where its headers were not recorded.

    What keeps the answer from belonging to the request is among the findings on the answer, and
    what the headers say wrongly among those on their message. A body that is None has no report.
    """
    request, response = capture.request, capture.response
    terms: dict[str, Any] = {"version": version, "engine": engine, "limit": limit}
    # Logs and browsers hide what follows the scheme, so that it is there must do.
    logged_in = logged_in or bool((capture.headers or {}).get("authorization", "").strip())
    reports: list[tuple[str, Report]] = []
    asked: Report | None
    answer: Report | None
    if request is not None and response is not None:
        found = validate_exchange(request.data, response.data, logged_in=logged_in, **terms)
        asked, answer = found.request, _with_mismatches(found)
    else:
        asked = request and validate(request.data, logged_in=logged_in, **terms)
        answer = response and validate(response.data, **terms)
    if request is not None and asked is not None:
        told = [*_of_headers(capture, asked, limit), *request.doubts]
        reports.append((f"{capture.name} request", with_findings(asked, told)))
    if response is not None and answer is not None:
        reports.append((f"{capture.name} response", with_findings(answer, response.doubts)))
    return reports


def _with_mismatches(found: ExchangeReport) -> Report:
    """The report on the answer, with what keeps it from belonging to the request."""
    answer = found.response
    if not found.violations:
        return answer
    violations = sorted((*answer.violations, *found.violations), key=_place)
    return Report(answer.message, answer.version, violations, answer.data)


def _of_headers(capture: Capture, report: Report, limit: int) -> tuple[Violation, ...]:
    """What is wrong with the headers of the request, if they are known."""
    if capture.headers is None or capture.request is None:
        return ()
    kind = media_type(capture.headers.get("content-type")).kind
    if report.message == "uploadPostParam" and kind == "multipart/form-data":
        return ()  # The document is a part of what was sent: a form for UploadFile.
    try:
        soap = soap_of(parse(capture.request.data, limit=limit))
    except Unreadable:
        return judge_headers(capture.headers, "", "")
    is_request = report.message.endswith("Param")
    return judge_headers(capture.headers, soap, report.message[:-5] if is_request else "")
