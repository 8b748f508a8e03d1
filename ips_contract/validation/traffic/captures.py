"""Captured traffic: the mock's logs and HAR files, read as exchanges and judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.validation.exchanges import validate_exchange
from ips_contract.validation.report import Report
from ips_contract.validation.traffic.har import read_har
from ips_contract.validation.traffic.json_text import decoded
from ips_contract.validation.traffic.logs import read_log
from ips_contract.validation.validator import LXML, validate
from ips_contract.xml.parser import DEFAULT_LIMIT

if TYPE_CHECKING:
    from ips_contract.contract.versions import Version
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
) -> list[tuple[str, Report]]:
    """The reports on the request and the answer of ``capture``, with a name for each.

    What keeps the answer from belonging to the request is among the findings on the answer. An
    answer without a body, as of a connection that broke, has no report.
    """
    if not capture.response:
        report = validate(capture.request, version=version, engine=engine, limit=limit)
        return [(f"{capture.name} request", report)]
    found = validate_exchange(
        capture.request, capture.response, version=version, engine=engine, limit=limit
    )
    answer = found.response
    if found.violations:
        violations = sorted((*answer.violations, *found.violations), key=_place)
        answer = Report(answer.message, answer.version, violations, answer.data)
    return [(f"{capture.name} request", found.request), (f"{capture.name} response", answer)]
