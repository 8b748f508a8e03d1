"""An exchange as text: a line for a reader, and a line of the log.

Passwords are hidden in both; the record has them as stars already.
"""

from __future__ import annotations

import base64
import json
from functools import lru_cache
from typing import TYPE_CHECKING

from ips_contract.http.redaction import redact_headers, redact_target
from ips_contract.mock.operations.bounds import BOUNDED
from ips_contract.mock.operations.canned import CANNED
from ips_contract.mock.state.uploaded_file import NO_FILE
from ips_contract.recording.remarks import ANSWER, NOT_RECORDED, REPLAYED, UNREACHED
from ips_contract.validation.report import Report

if TYPE_CHECKING:
    from ips_contract.contract.versions import Version
    from ips_contract.mock.record import Exchange
    from ips_contract.mock.state.uploaded_file import UploadedFile

_TOLD = (
    BOUNDED,
    CANNED,
    NO_FILE,
    ANSWER,
    UNREACHED,
    REPLAYED,
    NOT_RECORDED,
)  # How the notes begin that a reader is told.
_LONGEST_LINE = 500  # Characters; the rest of a reason is in the log.


def told_line(exchange: Exchange, tenant: str = "") -> str:
    """An exchange for a reader: time in UTC, operation, verdict, handle or fault, omissions.

    An answer that was canned says so.

    It may hold characters that are not to be shown as they are.

    Args:
        exchange: the exchange.
        tenant: the name of the tenant whose it is, if it is one's.
    """
    operation, response = exchange.operation, exchange.response
    errors, warnings = exchange.findings
    verdict = ""
    if operation or errors or warnings:  # Else there was nothing to judge.
        verdict = " invalid" if errors or not operation else " valid"
        if warnings:
            verdict += f" ({warnings} warning{'s' if warnings > 1 else ''})"
    if exchange.fault is not None:
        result = f"fault {exchange.fault}: {exchange.reason}"
    else:
        result = exchange.handle or str(response.status)
    what = operation or f"{exchange.method} {redact_target(exchange.head[1])}"
    fate = f" ({response.fate})" if response.fate else ""
    # Other notes are in the log: of what they say the line has a word.
    remarks = "".join(f" ({note})" for note in exchange.notes if note.startswith(_TOLD))
    whose = f"[{tenant}] " if tenant else ""
    time = exchange.time.time().isoformat("seconds")
    text = f"{time} {whose}{what}{verdict} {result}{fate}{remarks}"
    return text if len(text) <= _LONGEST_LINE else f"{text[:_LONGEST_LINE]}…"


_encoded = json.JSONEncoder(ensure_ascii=False).encode


def log_line(exchange: Exchange, tenant: str = "") -> bytes:
    """An exchange as an object of JSON, on a line, with the name of the tenant if it is one's.

    A body is text; where it is none, it is base64 and ``encoding`` beside it says so, as in
    HAR files. The answer's body is as before any compression. ``duration`` is in seconds.

    It is put together by hand, for most of it is the same again and again: to have all of it
    encoded took twice as long.
    """
    method, target, headers = exchange.head
    status, answered, body, delay, fate = exchange.response
    what, result = _encoded(exchange.operation), _encoded(exchange.handle)
    notes = _encoded(exchange.notes) if exchange.notes else "[]"
    fault, reason = exchange.fault, _encoded(exchange.reason)
    whose = f'"tenant": {_encoded(tenant)}, ' if tenant else ""
    if any(exchange.findings):
        report = _encoded(exchange.report.to_dict())
    else:
        report = _clean_report(exchange.message, exchange.version)
    return (
        f'{{{whose}"number": {exchange.number}, "time": "{exchange.time.isoformat()}", '
        f'"operation": {what}, "handle": {result}, '
        f'"fault": {"null" if fault is None else fault}, "reason": {reason}, '
        f'"notes": {notes}, {_files(exchange.files)}"duration": {exchange.duration:.6f}, '
        f'"request": {{{_request_head(method, target, tuple(headers.items()))}, '
        f'{_body(exchange.body)}}}, "response": {{{_response_head(status, answered)}, '
        f'{_body(body)}, "delay": {_encoded(delay) if delay else "0.0"}, '
        f'"fate": {_encoded(fate)}}}, "report": {report}}}\n'
    ).encode(errors="backslashreplace")  # An escape of JSON, too.


def _files(files: tuple[UploadedFile, ...]) -> str:
    """What was posted to UploadFile, which most exchanges do not have."""
    if not files:
        return ""
    shown = [
        {"name": file.name, "folder": file.folder, "size": file.size, "sha256": file.sha256}
        for file in files
    ]
    return f'"files": {_encoded(shown)}, '


def _body(body: bytes) -> str:
    try:
        return f'"body": {_encoded(body.decode())}'
    except UnicodeDecodeError:
        text = base64.b64encode(body).decode()
        return f'"body": "{text}", "encoding": "base64"'


# What is repeated is kept: few heads are different, and a request's has a limit.


@lru_cache(maxsize=64)
def _request_head(method: str, target: str, headers: tuple[tuple[str, str], ...]) -> str:
    shown = {
        "method": method,
        "target": redact_target(target),
        "headers": redact_headers(dict(headers)),
    }
    return _encoded(shown)[1:-1]


@lru_cache(maxsize=64)
def _response_head(status: int, headers: tuple[tuple[str, str], ...]) -> str:
    return _encoded({"status": status, "headers": headers})[1:-1]


@lru_cache(maxsize=64)
def _clean_report(message: str, version: Version | None) -> str:
    return _encoded(Report(message, version).to_dict())
