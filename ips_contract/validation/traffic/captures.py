"""Captured traffic: the mock's logs (JSON Lines) and HAR files, read as exchanges to judge."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from ips_contract.contract.model import messages
from ips_contract.http.content_encoding import BadEncoding, gunzip
from ips_contract.validation.exchanges import validate_exchange
from ips_contract.validation.report.report import Report
from ips_contract.validation.validator import LXML, validate
from ips_contract.xml.parser import DEFAULT_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ips_contract.contract.versions import Version
    from ips_contract.validation.report.report import Violation


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
    nothing but the mock's traffic: there ``skipped`` is 0. ``problems`` says which could not be
    read, and why; that a log's last line was cut, for one, is no reason to lose the others.
    """

    exchanges: list[Capture]
    entries: int
    skipped: int = 0
    problems: tuple[str, ...] = ()


def read_captures(data: bytes, *, har: bool) -> Captures:
    """The exchanges in a log of the mock, or in a HAR file.

    Raises:
        ValueError: ``data`` is neither; the message says what is wrong, and where.
    """
    text = decoded(data, har=har)
    return _har(text) if har else _log(text)


def decoded(data: bytes, *, har: bool) -> str:
    """The text of a log, or of a HAR file.

    Raises:
        ValueError: it is no UTF-8; the message says where.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        kind = "HAR file" if har else "log"
        raise ValueError(f"this is no {kind}: byte {error.start + 1} is not UTF-8") from None


class Misshapen(ValueError):
    """An exchange is not one; the message says why, its place not being known."""


def read_json(text: str) -> Any:
    """A text of JSON.

    Raises:
        Misshapen: it is none.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f"column {error.colno}" if error.lineno == 1 else f"line {error.lineno}"
        raise Misshapen(f"it is no JSON ({error.msg} at {place})") from None
    except RecursionError:
        raise Misshapen("its JSON nests too deeply") from None
    except ValueError:  # The one that is no JSONDecodeError.
        raise Misshapen("it has a number of thousands of digits") from None


def need_object(value: object, name: str) -> dict[str, Any]:
    """``value`` if it is an object of JSON.

    Raises:
        Misshapen: it is none; ``name`` says what is meant.
    """
    if not isinstance(value, dict):
        raise Misshapen(f"{name} is {'missing' if value is None else 'no object'}")
    return value


def need_list(value: object, name: str) -> list[Any]:
    """``value`` if it is a list; as ``need_object``."""
    if not isinstance(value, list):
        raise Misshapen(f"{name} is {'missing' if value is None else 'no list'}")
    return value


def log_lines(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The lines of a log, with their numbers from 1; without those that are blank.

    Raises:
        ValueError: one is no object of JSON; the message names it.
    """
    for number, line in _numbered(text):
        try:
            yield number, need_object(read_json(line), "the line")
        except Misshapen as error:
            raise ValueError(f"line {number} is no exchange of a log: {error}") from None


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    # Not splitlines(): JSON texts may hold other line ends that Python knows.
    return ((n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip())


def _log(text: str) -> Captures:
    captures = []
    problems = []
    lines = 0
    for number, line in _numbered(text):
        lines += 1
        name = f"line {number}"
        try:
            item = need_object(read_json(line), "the line")
            request, response = (_log_body(item, side) for side in ("request", "response"))
        except Misshapen as error:
            problems.append(f"{name} is no exchange of a log: {error}")
            continue
        if request:
            captures.append(Capture(name, request, response, number))
    return Captures(captures, lines, 0, tuple(problems))


def _log_body(item: dict[str, Any], side: str) -> bytes:
    message = need_object(item.get(side), f"its {side}")
    body = read_body(message.get("body"), message.get("encoding"), f"the body of its {side}")
    is_packed = "gzip" in header_in(message.get("headers"), "content-encoding").lower()
    return _unpacked(body) if is_packed else body


def header_in(headers: object, wanted: str) -> str:
    """The value of a header, ``""`` if there is none: of an object, of pairs, or of HAR's rows."""
    rows = list(headers.items()) if isinstance(headers, dict) else headers
    for row in rows if isinstance(rows, list) else ():
        pair: Any = (row.get("name"), row.get("value")) if isinstance(row, dict) else row
        if isinstance(pair, (list, tuple)) and len(pair) == 2 and str(pair[0]).lower() == wanted:
            return str(pair[1])
    return ""


def har_entries(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The entries of a HAR file, with their numbers from 1.

    Raises:
        ValueError: it is none, or one of them is no object; the message names it.
    """
    for number, entry in enumerate(_har_list(text), 1):
        try:
            yield number, need_object(entry, "it")
        except Misshapen as error:
            raise ValueError(f"entry {number} is none of a HAR file: {error}") from None


def _har_list(text: str) -> list[Any]:
    try:
        log = need_object(need_object(read_json(text), "it").get("log"), "its log")
        return need_list(log.get("entries"), "its list of entries")
    except Misshapen as error:
        raise ValueError(f"this is no HAR file: {error}") from None


def _har(text: str) -> Captures:
    captures = []
    problems = []
    entries = _har_list(text)
    for number, entry in enumerate(entries, 1):
        name = f"entry {number}"
        try:
            bodies = har_bodies(need_object(entry, "it"))
        except Misshapen as error:
            problems.append(f"{name} is none of a HAR file: {error}")
            continue
        if bodies is not None:
            captures.append(Capture(name, *bodies))
    skipped = len(entries) - len(captures) - len(problems)
    return Captures(captures, len(entries), skipped, tuple(problems))


def har_bodies(entry: dict[str, Any]) -> tuple[bytes, bytes] | None:
    """The bodies of request and answer; None if the request is no message for the API.

    Raises:
        Misshapen: it is no entry of a HAR file.
    """
    request = need_object(entry.get("request"), "its request")
    posted = request.get("postData") or {}
    if not isinstance(posted, dict) and _is_elsewhere(request):
        return None
    posted = need_object(posted, "its request's postData")
    try:
        body = read_body(posted.get("text") or "", posted.get("encoding"), "its request's text")
    except Misshapen:
        if not _is_elsewhere(request):
            raise
        return None
    body = _unpacked(body)
    if not body or not _is_for_the_api(request, body):
        return None
    response = need_object(entry.get("response") or {}, "its response")
    content = need_object(response.get("content") or {}, "its response's content")
    answer = read_body(content.get("text") or "", content.get("encoding"), "its response's text")
    return body, _unpacked(answer)


def _is_elsewhere(request: dict[str, Any]) -> bool:
    """Whether what cannot be read is other traffic by its address: of whatever form that is."""
    return bool(request.get("url")) and not _is_for_the_api(request, b"")


def _is_for_the_api(request: dict[str, Any], body: bytes) -> bool:
    """Whether the request went to the API, or looks as if it were meant to."""
    if "ipsapi" in str(request.get("url")).partition("?")[0].lower():
        return True
    action = header_in(request.get("headers"), "soapaction").strip('" ').rpartition("/")[2]
    if f"{action}Param" in messages():
        return True
    text = body.replace(b"\0", b"").lower()  # UTF-16, too.
    return b"scene7.com/ipsapi" in text or any(
        name.lower().encode() in text for name in messages() if name.endswith("Param")
    )


def read_body(text: object, encoding: object, name: str) -> bytes:
    """The body that ``text`` stands for, ``encoding`` beside it; as ``need_object``."""
    if not isinstance(text, str):
        raise Misshapen(f"{name} is {'missing' if text is None else 'no text'}")
    if encoding != "base64":
        return text.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:  # binascii.Error is one, and so is a character beyond ASCII.
        raise Misshapen(f"{name} is no base64, though its encoding says so") from None


def _unpacked(body: bytes) -> bytes:
    """``body`` without gzip compression, if it has one and is whole; never much of a bomb."""
    if body[:2] != b"\x1f\x8b":
        return body
    try:
        return gunzip(body, DEFAULT_LIMIT)
    except BadEncoding:
        return body


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
