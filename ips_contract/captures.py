"""Captured traffic: the mock's logs (JSON Lines) and HAR files, read as exchanges to judge."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from ips_contract.envelope import (
    DEFAULT_LIMIT,
    Unreadable,
    local_name,
    message_in,
    namespace_of,
    parse,
)
from ips_contract.exchange import validate_exchange
from ips_contract.reference import OPERATIONS
from ips_contract.report import Report
from ips_contract.schema import message_names
from ips_contract.validation import LXML, validate
from ips_contract.versions import version_for_namespace
from ips_contract.wire import BadEncoding, gunzip

if TYPE_CHECKING:
    from ips_contract.report import Violation
    from ips_contract.versions import Version

SUFFIXES = (".jsonl", ".har")


class Capture(NamedTuple):
    """An exchange: where it stands, the bodies of request and answer, and its line in the file.

    ``name`` is ``line 3`` in a log and ``entry 3`` in a HAR file. The lines of a HAR file mean
    nothing, so ``line`` is None there.
    """

    name: str
    request: bytes
    response: bytes
    line: int | None = None


class Captures(NamedTuple):
    """The exchanges of a file.

    Those whose request has no body, such as the fetching of a WSDL, are not among them, nor is
    other traffic in a HAR file; ``skipped`` says how many of its ``entries`` are not. A log has
    nothing but the mock's traffic: there ``skipped`` is 0.
    """

    exchanges: list[Capture]
    entries: int
    skipped: int = 0


def read_captures(data: bytes, *, har: bool) -> Captures:
    """The exchanges in a log of the mock, or in a HAR file.

    Raises:
        ValueError: ``data`` is neither; the message says what is wrong, and where.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        kind = "HAR file" if har else "log"
        raise ValueError(f"this is no {kind}: byte {error.start + 1} is not UTF-8") from None
    return _har(text) if har else _log(text)


class _Misshapen(ValueError):
    """What a file is not."""


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f"column {error.colno}" if error.lineno == 1 else f"line {error.lineno}"
        raise _Misshapen(f"it is no JSON ({error.msg} at {place})") from None
    except RecursionError:
        raise _Misshapen("its JSON nests too deeply") from None


def _object(value: object, name: str) -> dict[str, Any]:
    """``value`` if it is an object of JSON.

    Raises:
        _Misshapen: it is none; ``name`` says what is meant.
    """
    if not isinstance(value, dict):
        raise _Misshapen(f"{name} is {'missing' if value is None else 'no object'}")
    return value


def _list(value: object, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise _Misshapen(f"{name} is {'missing' if value is None else 'no list'}")
    return value


def _log(text: str) -> Captures:
    captures = []
    lines = 0
    # Not splitlines(): JSON texts may hold other line ends that Python knows.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        lines += 1
        name = f"line {number}"
        try:
            item = _object(_json(line), "the line")
            request, response = (_log_body(item, side) for side in ("request", "response"))
        except _Misshapen as error:
            raise ValueError(f"{name} is no exchange of a log: {error}") from None
        if request:
            captures.append(Capture(name, request, response, number))
    return Captures(captures, lines)


def _log_body(item: dict[str, Any], side: str) -> bytes:
    message = _object(item.get(side), f"its {side}")
    body = _body(message.get("body"), message.get("encoding"), f"the body of its {side}")
    is_packed = "gzip" in _header(message.get("headers"), "content-encoding").lower()
    return _unpacked(body) if is_packed else body


def _header(headers: object, wanted: str) -> str:
    """The value of a header, ``""`` if there is none: of an object, of pairs, or of HAR's rows."""
    rows = list(headers.items()) if isinstance(headers, dict) else headers
    for row in rows if isinstance(rows, list) else ():
        pair: Any = (row.get("name"), row.get("value")) if isinstance(row, dict) else row
        if isinstance(pair, (list, tuple)) and len(pair) == 2 and str(pair[0]).lower() == wanted:
            return str(pair[1])
    return ""


def _har(text: str) -> Captures:
    try:
        log = _object(_object(_json(text), "it").get("log"), "its log")
        entries = _list(log.get("entries"), "its list of entries")
    except _Misshapen as error:
        raise ValueError(f"this is no HAR file: {error}") from None
    captures = []
    for number, entry in enumerate(entries, 1):
        name = f"entry {number}"
        try:
            bodies = _har_bodies(_object(entry, "it"))
        except _Misshapen as error:
            raise ValueError(f"{name} is none of a HAR file: {error}") from None
        if bodies is not None:
            captures.append(Capture(name, *bodies))
    return Captures(captures, len(entries), len(entries) - len(captures))


def _har_bodies(entry: dict[str, Any]) -> tuple[bytes, bytes] | None:
    """The bodies of request and answer; None if the request is no message for the API."""
    request = _object(entry.get("request"), "its request")
    posted = _object(request.get("postData") or {}, "its request's postData")
    body = _unpacked(_body(posted.get("text") or "", posted.get("encoding"), "its request's text"))
    if not body or not _is_for_the_api(request, body):
        return None
    response = _object(entry.get("response") or {}, "its response")
    content = _object(response.get("content") or {}, "its response's content")
    answer = _body(content.get("text") or "", content.get("encoding"), "its response's text")
    return body, _unpacked(answer)


def _is_for_the_api(request: dict[str, Any], body: bytes) -> bool:
    """Whether the request went to the API, or looks as if it were meant to."""
    if "ipsapi" in str(request.get("url")).partition("?")[0].lower():
        return True
    action = _header(request.get("headers"), "soapaction").strip('" ').rpartition("/")[2]
    if action in OPERATIONS:
        return True
    text = body.replace(b"\0", b"").lower()  # UTF-16, too.
    return b"scene7.com/ipsapi" in text or any(
        f"{operation}param".lower().encode() in text for operation in OPERATIONS
    )


def _body(text: object, encoding: object, name: str) -> bytes:
    if not isinstance(text, str):
        raise _Misshapen(f"{name} is {'missing' if text is None else 'no text'}")
    if encoding != "base64":
        return text.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:  # binascii.Error is one, and so is a character beyond ASCII.
        raise _Misshapen(f"{name} is no base64, though its encoding says so") from None


def _unpacked(body: bytes) -> bytes:
    """``body`` without gzip compression, if it has one and is whole; never much of a bomb."""
    if body[:2] != b"\x1f\x8b":
        return body
    try:
        return gunzip(body, DEFAULT_LIMIT)
    except BadEncoding:
        return body


def operation_not_judged(capture: Capture, limit: int = DEFAULT_LIMIT) -> str:
    """The documented operation that ``capture`` asks for, if it is none of those known here.

    Real clients ask for more than jobs. That nothing is said of such an exchange is better than
    that its messages are none of the API. ``""`` for any other exchange.
    """
    try:
        message = message_in(parse(capture.request, limit=limit))
    except Unreadable:
        return ""
    if message is None or version_for_namespace(namespace_of(message)) is None:
        return ""
    name = local_name(message)
    operation = name.removesuffix("Param")
    unknown = operation in OPERATIONS and operation != name and name not in message_names()
    return operation if unknown else ""


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
