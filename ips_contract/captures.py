"""Captured traffic: the mock's logs (JSON Lines) and HAR files, read as exchanges to judge."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from ips_contract.envelope import DEFAULT_LIMIT
from ips_contract.exchange import validate_exchange
from ips_contract.report import Report
from ips_contract.validation import LXML, validate
from ips_contract.wire import BadEncoding, gunzip

if TYPE_CHECKING:
    from ips_contract.versions import Version

SUFFIXES = (".jsonl", ".har")


class Capture(NamedTuple):
    """An exchange: where it stands, and the bodies of request and answer.

    ``name`` is ``line 3`` in a log and ``entry 3`` in a HAR file. Exchanges whose request has no
    body, such as the fetching of a WSDL, are not captured.
    """

    name: str
    request: bytes
    response: bytes


def read_captures(data: bytes, *, har: bool) -> list[Capture]:
    """The exchanges in a log of the mock, or in a HAR file.

    Raises:
        ValueError: ``data`` is neither; the message says where.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"no UTF-8 at byte {error.start}") from None
    return _har(text) if har else _log(text)


def _log(text: str) -> list[Capture]:
    captures = []
    # Not splitlines(): JSON texts may hold other line ends that Python knows.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        name = f"line {number}"
        try:
            item = json.loads(line)
            bodies = [_log_body(item[side]) for side in ("request", "response")]
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(f"{name} is no exchange of a log ({error!r})") from None
        if bodies[0]:
            captures.append(Capture(name, *bodies))
    return captures


def _log_body(message: dict[str, Any]) -> bytes:
    body = _body(message["body"], message.get("encoding"))
    headers = message["headers"]
    pairs = headers.items() if isinstance(headers, dict) else headers
    encodings = [value for key, value in pairs if key.lower() == "content-encoding"]
    return _unpacked(body) if "gzip" in encodings else body


def _har(text: str) -> list[Capture]:
    captures = []
    try:
        entries = json.loads(text)["log"]["entries"]
        for number, entry in enumerate(entries, 1):
            posted = entry["request"].get("postData") or {}
            content = entry["response"].get("content") or {}
            request = _body(posted.get("text") or "", posted.get("encoding"))
            response = _body(content.get("text") or "", content.get("encoding"))
            if request:
                captures.append(Capture(f"entry {number}", _unpacked(request), _unpacked(response)))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"no HAR file ({error!r})") from None
    return captures


def _body(text: str, encoding: object) -> bytes:
    if encoding != "base64":
        return text.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(f"the body is no base64: {error}") from None


def _unpacked(body: bytes) -> bytes:
    """``body`` without gzip compression, if it has one and is whole; never much of a bomb."""
    if body[:2] != b"\x1f\x8b":
        return body
    try:
        return gunzip(body, DEFAULT_LIMIT)
    except BadEncoding:
        return body


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
        violations = (*answer.violations, *found.violations)
        answer = Report(answer.message, answer.version, violations, answer.data)
    return [(f"{capture.name} request", found.request), (f"{capture.name} response", answer)]
