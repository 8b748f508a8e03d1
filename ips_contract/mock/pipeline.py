"""The steps from a request to its answer. Each looks at one thing; the first fault ends it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ips_contract.contract.endpoints import PLAIN_PATH, SERVICE_PATH
from ips_contract.contract.faults import EXCEPTION, INVALID_REQUEST_XML, NO_CREDENTIALS
from ips_contract.contract.schema import message_names
from ips_contract.contract.versions import version_for_namespace
from ips_contract.contract.writer import answer, escape, write_answer
from ips_contract.http.content_encoding import BadEncoding, gunzip
from ips_contract.http.messages import Request, Response, new_response, split_target
from ips_contract.http.redaction import redact
from ips_contract.mock.accounts import NOBODY, read_login
from ips_contract.mock.calls import Asked, field_company
from ips_contract.mock.fault import Fault
from ips_contract.mock.operations.table import OPERATIONS
from ips_contract.validation.report.report import Report, Violation, violation
from ips_contract.validation.validator import examine
from ips_contract.xml.envelope import SOAP_11, SOAP_12, message_in
from ips_contract.xml.parser import Unreadable, children, parse, text_of
from ips_contract.xml.text import list_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from lxml import etree

    from ips_contract.contract.versions import Version
    from ips_contract.mock.script import Step
    from ips_contract.mock.service import Service

_SOAP_TAGS = {
    f"{{{SOAP_11}}}Envelope": "1.1",
    f"{{{SOAP_12}}}Envelope": "1.2",
}
_PATHS = {SERVICE_PATH: True, f"{SERVICE_PATH}/": True, PLAIN_PATH: False, f"{PLAIN_PATH}/": False}
CONTENT_TYPES = {
    "1.1": ("Content-Type", "text/xml;charset=UTF-8"),
    "1.2": ("Content-Type", "application/soap+xml;charset=UTF-8"),
    "": ("Content-Type", "text/xml;charset=UTF-8"),
}
_CONTENT_HEADERS = {soap: (header,) for soap, header in CONTENT_TYPES.items()}
_ENCODINGS = ("gzip", "x-gzip")
NOTHING = Report("", None)


class Call(Asked):
    """What is known about a request, growing from step to step."""

    # What is so until a step knows better.
    operation = ""
    soap = "1.1"
    recorded: bytes | None = None
    message: etree._Element | None = None
    report = NOTHING
    login = NOBODY
    notes: tuple[str, ...] = ()
    handle = ""
    step: Step | None = None

    def __init__(self, request: Request, now: datetime) -> None:
        self.request = request
        self.now = now
        self.data = request.body

    def shown(self) -> bytes:
        """The document with its passwords hidden: for the record and the job alike."""
        if self.recorded is None:
            self.recorded = redact(self.data)
        return self.recorded

    def note(self, remark: str) -> None:
        """Adds a remark on how the request was sent."""
        self.notes += (remark,)


# The steps. Each looks at one thing, and returns an answer only if there is nothing more to do.


def _route(_service: Service, call: Call) -> Response | None:
    request = call.request
    is_soap = _PATHS.get(request.target)
    if is_soap is None or request.method != "POST":
        path, query = split_target(request.target)
        is_soap = _PATHS.get(path)
        if is_soap is None or request.method != "POST":
            from ips_contract.mock.pages import page  # No client needs it to begin with.

            return page(request, path, query)
    if not is_soap:
        call.soap = ""
    return None


def _check_headers(service: Service, call: Call) -> None:
    headers, limit = call.request.headers, service.limit
    kind = _media_type(headers.get("content-type", ""))
    if kind == "text/xml":
        pass
    elif kind == "application/soap+xml":
        if call.soap:
            call.soap = "1.2"  # Until the envelope says it better.
    elif kind != "application/xml":
        call.note(f"content-type: {kind or 'none'} is sent; it should be text/xml")
    if len(call.data) > limit:
        raise _unread(call, "too-large", _too_large(len(call.data), limit))
    if "content-encoding" not in headers:
        return
    encoding = headers["content-encoding"].strip().lower()
    if encoding in _ENCODINGS:
        packed, call.data = call.data, b""
        try:
            data = gunzip(packed, limit)
        except BadEncoding as error:
            raise _unread(call, "compressed", str(error)) from None
        if len(data) > limit:
            raise _unread(call, "too-large", _too_large(None, limit))
        call.data = data
    elif encoding not in ("", "identity"):
        call.data = b""
        words = f"Content-Encoding {encoding[:40]} is not taken; send gzip or none."
        raise _unread(call, "compressed", words)


@lru_cache(maxsize=256)
def _media_type(header: str) -> str:
    return header.partition(";")[0].strip().lower()


def _too_large(size: int | None, limit: int) -> str:
    what = f"{size} bytes" if size is not None else f"more than {limit} bytes, decompressed"
    return f"The document has {what}; the limit is {limit} bytes."


def _unread(call: Call, rule: str, message: str) -> Fault:
    """The fault for a document that is not read; it is not recorded either."""
    call.recorded = f"[{len(call.request.body)} bytes that were not read]".encode()
    return _broken(call, rule, message)


def _broken(
    call: Call, rule: str, message: str, line: int | None = None, column: int | None = None
) -> Fault:
    call.report = Report("", None, (violation(rule, message, "/", line, column),), call.shown())
    return Fault(INVALID_REQUEST_XML, _reason(call.report.violations))


def _parse(service: Service, call: Call) -> None:
    data = call.data
    try:
        root = parse(data, limit=service.limit)
    except Unreadable as error:
        # HTTP's own credentials can be read all the same; nothing is to be learned from the rest.
        raise _broken(call, error.rule, str(error), error.line, error.column) from None
    tag = str(root.tag)
    soap = _SOAP_TAGS.get(tag)
    if call.soap and soap is not None:
        call.soap = soap
    # Held while they are judged, so that lxml makes the elements of Header and Body once.
    parts = root[:2] if soap else ()
    message = parts[-1][0] if parts and len(parts[-1]) else None
    report = call.report = examine(root, data)
    call.login = read_login(root, call.request.headers, clean=not report.violations)
    if message is None or report.violations:
        message = message_in(root)
    call.message = message
    if message is not None:
        name = str(message.tag)
        # A client's are the same each time. What is longer than any of them is not kept.
        call.namespace, call.operation = (_known_names if len(name) <= 256 else _names)(name)
    wrapped = soap is not None if call.soap else tag.endswith("}Request")
    if not wrapped:
        words, path = _WRAPPINGS[bool(call.soap)]
        extra = violation("envelope", f"{words} is expected at this address.", path)
        call.report = Report(report.message, report.version, (extra, *report.violations), data)
        raise Fault(INVALID_REQUEST_XML, _reason(call.report.errors))


def _names(tag: str) -> tuple[str, str]:
    """The namespace and the operation of a message with ``tag``."""
    namespace, _, name = tag[1:].rpartition("}")
    return namespace, name.removesuffix("Param")


_known_names = lru_cache(maxsize=256)(_names)


_WRAPPINGS = {
    True: (f"A SOAP envelope (XML without SOAP goes to {PLAIN_PATH})", "/"),
    False: (f"A Request around the message (SOAP goes to {SERVICE_PATH})", "/"),
}


def _authenticate(service: Service, call: Call) -> None:
    try:
        call.account = service.accounts.authenticate(call.login, call.request.headers)
    except Fault as refusal:
        if refusal.code != NO_CREDENTIALS:
            raise
        # Those that were meant may be there, in the wrong namespace or the wrong place.
        rows = call.report.violations
        near = [row for row in rows if "/Header/" in row.path or "/authHeader" in row.path]
        if not near:
            raise
        raise Fault(refusal.code, f"{refusal.reason} {_reason(near[:1])}") from None


def _validate(_service: Service, call: Call) -> None:
    errors = list(call.report.errors) if call.report.violations else []
    if call.operation not in OPERATIONS and not _is_operation(call):
        name, call.operation = call.operation[:80], ""
        if not errors and call.message is not None:
            raise Fault(INVALID_REQUEST_XML, f"not-a-message: {name} is an answer, no operation.")
    if errors:
        codes = [row.fault_code for row in errors if row.fault_code is not None]
        raise Fault(codes[0] if codes else INVALID_REQUEST_XML, _reason(errors))


def _is_operation(call: Call) -> bool:
    """Whether any version has the operation that the message asks for."""
    tag = str(call.message.tag) if call.message is not None else ""
    name = tag.rpartition("}")[2]
    return name.endswith("Param") and name in message_names()


def _reason(errors: Any) -> str:
    first: Violation = errors[0]
    line = f", line {first.line}" if first.line is not None else ""
    more = len(errors) - 1
    rest = f" (and {more} more error{'s' if more > 1 else ''})" if more else ""
    return f"{first.rule}: {first.message} [{first.rule} at {first.path}{line}]{rest}"


def _check_action(_service: Service, call: Call) -> None:
    headers = call.request.headers
    action = headers.get("soapaction")
    if action is None and "action=" in headers.get("content-type", ""):
        action = headers["content-type"].partition("action=")[2].partition(";")[0]
    if action is None or action == call.operation:
        return
    action = action.strip().strip('"').strip("'")
    if action in ("", call.operation) or not call.operation:
        return
    words = f"SOAPAction is {action[:80]}; the Body asks for {call.operation}."
    call.note(f"soap-action: {words}")
    extra = violation("soap-action", words)
    report = call.report
    call.report = Report(report.message, report.version, (extra, *report.violations), report.data)


def _authorize(service: Service, call: Call) -> None:
    assert call.message is not None
    start = len(call.namespace) + 2
    fields = call.fields = {
        child.tag[start:]: child.text or ""  # type: ignore[index,misc] # The parser gives elements only.
        for child in call.message[:]
    }
    service.accounts.permit(call.account, call.operation)
    company = call.company = field_company(fields)
    if company:
        service.accounts.enter(call.account, company)


def _take_script(service: Service, call: Call) -> Response | None:
    if not service.scripted.steps:
        return None
    step = call.step = service.scripted.take(call.operation)
    if step is None:
        return None
    call.note(str(step))
    if step.fault is not None:
        raise Fault(step.fault, f"scripted: fault {step.fault} for {call.operation}")
    if step.refuses:
        return Response(step.status or 200, (CONTENT_TYPES[call.soap],), b"")
    return None


def _act(service: Service, call: Call) -> Response:
    version, operation, fields = call.report.version, call.operation, call.fields
    assert version is not None
    if operation not in OPERATIONS:
        raise Fault(EXCEPTION, _not_played(operation))
    call.version = version = _answered(version, call)
    call.locale = call.login.locale or _language(call.request.headers)
    if operation == "submitJob":
        call.job = next(reversed(fields))  # The last element of the message.
        call.source = call.data
    elif "logTypeArray" in fields:
        assert call.message is not None
        array = next(child for child in call.message if str(child.tag).endswith("}logTypeArray"))
        call.log_types = tuple(text_of(item) for item in children(array))
    values = OPERATIONS[operation](service.services, call)
    if operation == "submitJob":
        call.handle = handle = str(values["jobHandle"])
        # The one answer that is worth writing by hand: it is the one that is waited for.
        xml = (
            f'<submitJobReturn xmlns="{call.namespace}"><jobHandle>{escape(handle)}</jobHandle>'
            "</submitJobReturn>"
        )
    else:
        xml = write_answer(version, f"{operation}Return", values, call.namespace)
    return new_response((200, _CONTENT_HEADERS[call.soap], answer(call.soap, xml), 0.0, ""))


def _answered(version: Version, call: Call) -> Version:
    """The version whose fields an answer has: between versions, those of both neighbours."""
    if call.namespace == version.namespace:
        return version
    found = version_for_namespace(call.namespace)
    return found[0] if found is not None else version


def _not_played(operation: str) -> str:
    return (
        f"The message is valid, and the mock does not play {operation}: it plays "
        f"{list_of(tuple(OPERATIONS), 'and')}. A test can script an answer to it: "
        f"script(operation={operation!r}, body=...)."
    )


STEPS: tuple[Callable[[Service, Call], Response | None], ...] = (
    _route,
    _check_headers,
    _parse,
    _check_action,
    _authenticate,
    _validate,
    _authorize,
    _take_script,
    _act,
)


def _language(headers: dict[str, str]) -> str:
    """The locale that Accept-Language asks for first; it counts where authHeader has none."""
    header = headers.get("accept-language", "")
    return header.partition(",")[0].partition(";")[0].strip().removeprefix("*") if header else ""
