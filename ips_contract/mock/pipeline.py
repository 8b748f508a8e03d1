"""The steps from a request to its answer. Each looks at one thing; the first fault ends it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ips_contract.contract.components import message_names
from ips_contract.contract.endpoints import EXPORT_FOLDER, PLAIN_PATH, SERVICE_PATH, UPLOAD_PATH
from ips_contract.contract.faults import EXCEPTION, INVALID_REQUEST_XML, NO_CREDENTIALS
from ips_contract.contract.handles import company_number
from ips_contract.contract.model import contract
from ips_contract.contract.rules import ERROR
from ips_contract.contract.versions import version_for_namespace
from ips_contract.contract.writer import answer, escape, write_answer
from ips_contract.http.content_encoding import BadEncoding, gunzip
from ips_contract.http.messages import Response, base_address, split_target
from ips_contract.http.redaction import redact, redact_message
from ips_contract.mock.effects.settling import settle
from ips_contract.mock.fault import Fault
from ips_contract.mock.known_texts import fields_of
from ips_contract.mock.operations.call import Call
from ips_contract.mock.operations.canned import canned_answer
from ips_contract.mock.operations.table import JOB_FAMILY, OPERATIONS
from ips_contract.mock.script import AFTER, BEFORE, SCRIPTED
from ips_contract.mock.wrapping import ENVELOPE, missing_wrapping
from ips_contract.validation.credentials import (
    NOBODY,
    header_entries,
    in_http,
    is_about_credentials,
    read_login,
)
from ips_contract.validation.http_judgement import (
    judge_headers,
    read_body,
    with_findings,
)
from ips_contract.validation.report import Report, Violation, violation
from ips_contract.validation.validator import examine
from ips_contract.xml.envelope import SOAP_11, SOAP_12, message_in
from ips_contract.xml.parser import Unreadable, children, local_name, namespace_of, parse, text_of
from ips_contract.xml.text import collapse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from lxml import etree

    from ips_contract.contract.versions import Version
    from ips_contract.http.messages import Request
    from ips_contract.mock.known_texts import JobTexts, KnownJobs
    from ips_contract.mock.script import Script, Step
    from ips_contract.mock.state.store import Store
    from ips_contract.mock.state.uploaded_file import UploadedFile

_SOAP_TAGS = {
    f"{{{SOAP_11}}}Envelope": "1.1",
    f"{{{SOAP_12}}}Envelope": "1.2",
}
_HEADERS = frozenset((f"{{{SOAP_11}}}Header", f"{{{SOAP_12}}}Header"))
_PATHS = {SERVICE_PATH: True, f"{SERVICE_PATH}/": True, PLAIN_PATH: False, f"{PLAIN_PATH}/": False}
CONTENT_TYPES = {
    "1.1": ("Content-Type", "text/xml;charset=UTF-8"),
    "1.2": ("Content-Type", "application/soap+xml;charset=UTF-8"),
    "": ("Content-Type", "text/xml;charset=UTF-8"),
}
_ENCODINGS = ("gzip", "x-gzip")
NOTHING = Report("", None)


class Resources(NamedTuple):
    """What the steps work with: what the service knows, what tests scripted, and its options.

    ``jobs`` has the texts of jobs that came. ``tolerates`` says which errors in a message do not
    keep it from being acted on; ``upload`` answers what is posted to UploadFile. ``given`` is the
    version of a WSDL that the service was given: messages in its namespace are judged and answered
    by it.
    """

    store: Store
    script: Script
    limit: int
    behind_proxy: bool
    jobs: KnownJobs
    upload: Callable[[Resources, Context], Response]
    tolerates: Callable[[Report, Violation], bool] | None = None
    given: Version | None = None


class Bounded(Protocol):
    """What judges documents of up to ``limit`` bytes."""

    @property
    def limit(self) -> int:
        """The size in bytes of the largest document that is read."""

    @property
    def given(self) -> Version | None:
        """The version of a WSDL that was given, as of ``Resources``."""


def version_by(root: etree._Element, given: Version) -> Version | None:
    """``given`` if the message in the document under ``root`` has its namespace; else None."""
    message = message_in(root)
    return given if message is not None and namespace_of(message) == given.namespace else None


class Context(Call):
    """What is known about a request, growing from step to step until it is a whole Call.

    Attributes:
        request: as received.
        root: the path that the service's own paths stand below.
        soap: ``"1.1"``, ``"1.2"`` or ``""``.
        recorded: what the record shows instead of the document.
        report: the verdict on the document.
        login: the credentials.
        operation: the operation that it asks for; ``""`` if no version has one called so.
        unwrapped: what came instead of a message that is wrapped as its address wants it, as the
            name of the root; ``""`` if it is.
        unknown: the name of what is no operation.
        step: what a test scripted for it.
        handle: the job handle that is the answer to submitJob or to an upload.
        data: the document, as it is read.
        sent: the body without its content coding; the document, if its charset is its own.
        doubts: what HTTP says of the document that is not so.
        files: what was posted to UploadFile.
        prefix: that of the elements of a fault without SOAP, ``""`` for none.
        job: the texts of the job that it asks for; None: they are not known.
    """

    # What is so until a step knows better.
    soap = "1.1"
    recorded: bytes | None = None
    report = NOTHING
    login = NOBODY
    operation = ""
    unwrapped = ""
    unknown = ""
    step: Step | None = None
    handle = ""
    doubts: tuple[Violation, ...] = ()
    files: tuple[UploadedFile, ...] = ()
    prefix = ""
    job: JobTexts | None = None

    def __init__(self, request: Request, now: datetime, root: str = "") -> None:
        self.request = request
        self.root = root
        self.now = now
        self.fields = {}
        self.sent = self.data = request.body

    def shown(self) -> bytes:
        """The document with its passwords hidden: for the record and the job alike."""
        if self.recorded is None:
            self.recorded = redact(self.data)
        return self.recorded

    def body(self) -> bytes:
        """What the record keeps: the body as it was sent, if it was read."""
        if self.recorded is None or self.data is not self.sent:
            return self.sent
        return self.recorded


# The steps. Each looks at one thing, and returns an answer only if there is nothing more to do.


def _route(resources: Resources, context: Context) -> Response | None:
    request = context.request
    is_soap = _PATHS.get(request.target)
    path = query = ""
    is_message = is_soap is not None and request.method == "POST"
    if not is_message:
        path, query = split_target(request.target)
        is_soap = _PATHS.get(path)
        is_message = is_soap is not None and request.method == "POST"
    if is_message and not is_soap:
        context.soap = ""
    if resources.script.steps:
        step = resources.script.take_at(request.target, is_message=is_message)
        scripted = _play(context, step) if step is not None else None
        if scripted is not None:
            return scripted
    if is_message:
        return None
    if path.rstrip("/") == UPLOAD_PATH and request.method == "POST":
        return resources.upload(resources, context)
    if path.startswith(EXPORT_FOLDER):
        from ips_contract.mock.downloads import download

        return download(resources.store, request, path)
    # What WSDLs are made with takes a thirtieth of a start, and most clients ask for none.
    from ips_contract.mock.pages import page

    return page(
        request,
        path,
        query,
        context.root,
        behind_proxy=resources.behind_proxy,
        given=resources.given,
    )


def _check_headers(resources: Bounded, context: Context) -> None:
    headers, limit = context.request.headers, resources.limit
    if len(context.data) > limit:
        raise _unread(context, "too-large", f"The document has more than {limit} bytes, the limit.")
    if "content-encoding" not in headers:
        return
    encoding = headers["content-encoding"].strip().lower()
    if encoding in _ENCODINGS:
        packed, context.data = context.data, b""
        try:
            data = gunzip(packed, limit)
        except BadEncoding as error:
            raise _unread(context, "compressed", str(error)) from None
        if len(data) > limit:
            words = f"The document has more than {limit} bytes, decompressed; that is the limit."
            raise _unread(context, "too-large", words)
        context.sent = context.data = data
    elif encoding not in ("", "identity"):
        context.data = b""
        words = f"Content-Encoding {encoding[:40]} is not taken; send gzip or none."
        raise _unread(context, "compressed", words)


def _unread(context: Context, rule: str, message: str) -> Fault:
    """The fault for a document that is not read; it is not recorded either."""
    context.recorded = b"[a document that was not read]"  # Its size is not known: see ``Server``.
    context.sent = context.data
    return _broken(context, rule, message)


def _broken(
    context: Context, rule: str, message: str, line: int | None = None, column: int | None = None
) -> Fault:
    _read_soap(context)
    found = violation(rule, message, "/", line, column)
    # HTTP may say why: that it is a form, or of another charset.
    headers = [*judge_headers(context.request.headers, context.soap, ""), *context.doubts]
    _note(context, headers)
    context.report = Report("", None, (found, *headers), context.shown())
    return Fault(INVALID_REQUEST_XML, reason_of((found,)))


def _read_soap(context: Context) -> None:
    """Takes the SOAP of what is no envelope from its Content-Type."""
    if context.soap and "soap+xml" in context.request.headers.get("content-type", "").lower():
        context.soap = "1.2"


def _note(context: Context, found: Iterable[Violation]) -> None:
    for row in found:
        context.note(f"{row.rule}: {row.message}")


def _parse(resources: Bounded, context: Context) -> None:
    sent = context.sent
    headers = context.request.headers
    data, context.doubts = read_body(headers, sent)
    context.data = data
    # Its size was looked at; in UTF-8 it may be larger.
    limit = resources.limit if data is sent else len(data)
    try:
        root = parse(data, limit=limit)
    except Unreadable as error:
        # HTTP's own credentials can be read all the same; nothing is to be learned from the rest.
        words = error.shown(lambda quoted: redact_message(quoted, data, context.shown()))
        raise _broken(context, error.rule, words, error.line, error.column) from None
    tag = str(root.tag)
    soap = _SOAP_TAGS.get(tag)
    if soap is None:
        _read_soap(context)
    elif context.soap:
        context.soap = soap
    # Held while they are judged, so that lxml makes these elements once.
    parts = root[:2] if soap else []
    is_usual = len(parts) == 2 and parts[0].tag in _HEADERS
    entries = parts[0][:] if is_usual else header_entries(root)
    message = parts[-1][0] if parts and len(parts[-1]) else None
    # Nearly no client sends them so.
    logged_in = "authorization" in headers and in_http(headers)
    given = resources.given
    version = None if given is None else version_by(root, given)
    report = context.report = examine(root, data, version, logged_in=logged_in)
    context.login = read_login(entries, headers)
    if message is None or report.violations:
        message = message_in(root)
    context.message = message
    if message is not None:
        name = str(message.tag)
        known = _known_names if len(name) <= _LONGEST_NAME else _names
        context.namespace, context.operation = known(name)
    is_wrapped = soap is not None if context.soap else tag.endswith("}Request")
    context.unwrapped = "" if is_wrapped else local_name(root)


def _names(tag: str) -> tuple[str, str]:
    """The namespace and the operation of a message with this ``tag``."""
    namespace, _, name = tag[1:].rpartition("}")
    return namespace, name.removesuffix("Param")


_known_names = lru_cache(maxsize=256)(_names)  # A client's are the same each time.
_LONGEST_NAME = 256  # Characters; no longer one is kept.


def _take_early_script(resources: Resources, context: Context) -> Response | None:
    """What is scripted for this operation, however the message is."""
    if context.operation not in OPERATIONS:
        _name_operation(resources, context)
    return _take(resources, context, BEFORE) if resources.script.steps else None


def _name_operation(resources: Bounded, context: Context) -> None:
    if context.operation not in OPERATIONS and not _is_operation(context, resources.given):
        context.unknown, context.operation = context.operation[:80], ""


def _check_wrapping(_resources: Bounded, context: Context) -> None:
    root = context.unwrapped
    if not root:
        return
    report = context.report
    # An Envelope of another namespace is in the report already, with that.
    if not (context.soap and root == ENVELOPE and report.errors):
        extra = violation("envelope", missing_wrapping(root, is_soap=bool(context.soap)), "/")
        context.report = report = Report(
            report.message, report.version, (extra, *report.violations), report.data
        )
    raise Fault(INVALID_REQUEST_XML, reason_of(report.errors))


def authenticate(resources: Resources, context: Context) -> None:
    """Finds out whose the request is.

    Raises:
        Fault: nobody's.
    """
    try:
        context.account = resources.store.accounts.authenticate(
            context.login, context.request.headers
        )
    except Fault as refusal:
        if refusal.code != NO_CREDENTIALS:
            raise
        # Those that were meant may be there, in the wrong namespace or the wrong place.
        rows = context.report.violations
        near = [row for row in rows if is_about_credentials(row.path)]
        if not near:
            raise
        raise Fault(refusal.code, f"{refusal.reason} {reason_of(near[:1])}") from None


def validate(resources: Resources, context: Context) -> None:
    """Refuses what the report calls an error, unless that is tolerated.

    Raises:
        Fault: it is refused.
    """
    report = context.report
    if not report.violations and not context.unknown:
        return
    errors = [row for row in report.violations if row.severity == ERROR]
    if errors and resources.tolerates is not None and report.version is not None:
        left = [
            row
            for row in errors
            if not (_leaves_fields_alone(row, report) and resources.tolerates(report, row))
        ]
        if len(left) < len(errors):
            context.note(f"tolerated: {reason_of([row for row in errors if row not in left])}")
            context.shown()
            context.data = b""  # The job shows nothing of it: answers stay valid.
            errors = left
    if context.unknown and not errors:
        words = f"not-a-message: {context.unknown} is an answer, no operation."
        raise Fault(INVALID_REQUEST_XML, words)
    if errors:
        codes = [row.fault_code for row in errors if row.fault_code is not None]
        raise Fault(codes[0] if codes else INVALID_REQUEST_XML, reason_of(errors))


def _leaves_fields_alone(error: Violation, report: Report) -> bool:
    """Whether an operation can act on the message all the same.

    It reads the message's direct children, and relies on them. What is wrong in the headers, or
    deeper in the message, does not reach it.
    """
    wrapping, _, inside = error.path.partition(f"/{report.message}/")
    if not inside:
        return "/Header/" in wrapping
    return "/" in inside or error.rule == "missing-element"


def _is_operation(context: Context, given: Version | None) -> bool:
    """Whether any version has the operation that the message asks for."""
    tag = str(context.message.tag) if context.message is not None else ""
    name = tag.rpartition("}")[2]
    if not name.endswith("Param"):
        return False
    return name in message_names() or (given is not None and name in contract(given).messages)


def reason_of(errors: Any) -> str:
    """The reason of the fault for these errors: the first of them."""
    first: Violation = errors[0]
    line = f", line {first.line}" if first.line is not None else ""
    more = len(errors) - 1
    rest = f" (and {more} more error{'s' if more > 1 else ''})" if more else ""
    return f"{first.rule}: {first.message} [{first.rule} at {first.path}{line}]{rest}"


def _compare_headers(_resources: Bounded, context: Context) -> None:
    found = judge_headers(context.request.headers, context.soap, context.operation)
    if found or context.doubts:
        found += context.doubts
        _note(context, found)
        context.report = with_findings(context.report, found)


def authorize(resources: Resources, context: Context) -> None:
    """Reads the message's fields, and refuses what its sender may not ask for.

    Raises:
        Fault: it is refused.
    """
    assert context.message is not None
    start = len(context.namespace) + 2
    elements = context.message[:]
    fields: dict[str, str] = {}
    name = ""
    for child in elements:
        name = child.tag[start:]  # type: ignore[index,assignment] # Elements only.
        fields[name] = child.text or ""
    context.fields, context.last = fields, name
    # The record has what was sent: what is read as something else, it reads as that.
    if context.operation == "submitJob" and elements and context.data is context.sent:
        context.job = resources.jobs.texts_of(elements[-1], name, context.data)
    handle = collapse(fields.get("companyHandle", ""))
    company = context.company = company_number(handle) or handle
    resources.store.accounts.permit(context.account, context.operation, company)
    if company:
        resources.store.accounts.enter(context.account, company)


def take_script(resources: Resources, context: Context) -> Response | None:
    """What a test scripted instead of an answer; None if the request is to be acted on.

    Raises:
        Fault: that is what was scripted.
    """
    return _take(resources, context, AFTER) if resources.script.steps else None


def _take(resources: Resources, context: Context, when: str) -> Response | None:
    """Of what waits for such a request at this moment, one; a request gets no second."""
    if context.step is not None:
        return None
    step = resources.script.take(context.operation, context.request.target, when)
    return None if step is None else _play(context, step)


def _play(context: Context, step: Step) -> Response | None:
    """The answer that ``step`` has; None if the service acts on the request."""
    context.step = step
    context.note(str(step))
    if step.fault is not None:
        what = context.operation or "this request"
        raise Fault(step.fault, f"{SCRIPTED}fault {step.fault} for {what}")
    if step.refuses:
        body = b"" if step.fields is None else _written(context, step.fields)
        return Response(step.status or 200, (CONTENT_TYPES[context.soap],), body)
    return None


def _written(context: Context, fields: Mapping[str, Any]) -> bytes:
    """The answer with ``fields``, as the request's version writes it.

    Raises:
        Fault: the request has no version, or its version's answer cannot have these fields.
    """
    version, operation = context.report.version, context.operation
    if version is None:
        raise Fault(EXCEPTION, f"{SCRIPTED}no answer is written: the message is of no version")
    if version.namespace != context.namespace:
        version = _answered(version, context.namespace)
    try:
        xml = write_answer(version, f"{operation}Return", fields, context.namespace)
    except ValueError as error:
        context.note(f"{SCRIPTED}fields: {error}")
        raise Fault(EXCEPTION, f"{SCRIPTED}no answer is written: {error}") from None
    if operation == "submitJob":
        context.handle = str(fields["jobHandle"])
    return answer(context.soap, xml)


def _act(resources: Resources, context: Context) -> Response:
    operation, fields = context.operation, context.fields
    assert context.report.version is not None
    version = context.report.version
    if version.namespace != context.namespace:
        version = _answered(version, context.namespace)
    context.version = version
    play = OPERATIONS.get(operation)
    if play is None:
        xml = canned_answer(operation, context)
        return Response(200, (CONTENT_TYPES[context.soap],), answer(context.soap, xml))
    context.locale = context.login.locale
    if not context.locale and "accept-language" in context.request.headers:
        context.locale = _language(context.request.headers["accept-language"])
    if "logTypeArray" in fields:
        assert context.message is not None
        array = next(e for e in context.message if str(e.tag).endswith("}logTypeArray"))
        context.log_types = tuple(text_of(item) for item in children(array))
    if operation != "submitJob":
        address = base_address(context.request, behind_proxy=resources.behind_proxy)
        context.address = address + context.root
        if operation not in JOB_FAMILY:
            settle(resources.store)
    values = play(resources.store, context)
    if operation == "submitJob":
        context.handle = handle = str(values["jobHandle"])
        # By hand: ``write_answer`` would make a submission take a sixth longer.
        xml = (
            f'<submitJobReturn xmlns="{context.namespace}"><jobHandle>{escape(handle)}</jobHandle>'
            "</submitJobReturn>"
        )
    else:
        xml = write_answer(context.version, f"{operation}Return", values, context.namespace)
    return Response(200, (CONTENT_TYPES[context.soap],), answer(context.soap, xml))


def _answered(version: Version, namespace: str) -> Version:
    """The version whose fields an answer to a message in another ``namespace`` has.

    Between versions, those of both neighbours.
    """
    found = version_for_namespace(namespace)
    return found[0] if found is not None else version


STEPS: tuple[Callable[[Resources, Context], Response | None], ...] = (
    _route,
    _check_headers,
    _parse,
    _compare_headers,
    _take_early_script,
    _check_wrapping,
    authenticate,
    validate,
    authorize,
    take_script,
    _act,
)


def keep_fields(context: Context) -> None:
    """Keeps what is in the fields of a message that was refused, or in which something was found.

    It may be wrong: where it is not told apart as a right one is, nothing is kept.
    """
    if context.fields and context.report.valid:
        return  # They were read, before it was refused.
    context.fields, context.job = {}, None
    # The record has what was sent: what is read as something else, it reads as that.
    if context.message is not None and context.data is context.sent:
        context.fields = fields_of(context.message, has_job=context.operation == "submitJob")


_JUDGING: tuple[Callable[[Bounded, Context], None], ...] = (
    *(_check_headers, _parse, _compare_headers, _name_operation, _check_wrapping),
)


def judge(bounded: Bounded, context: Context) -> None:
    """Judges a message that somebody else answers: ``context`` has its operation and its report."""
    if _PATHS.get(split_target(context.request.target)[0]) is False:
        context.soap = ""
    try:
        for step in _JUDGING:
            step(bounded, context)
    except Fault:
        pass  # The report says why.


def _language(header: str) -> str:
    """The locale that an Accept-Language asks for first; it counts where authHeader has none."""
    return header.partition(",")[0].partition(";")[0].strip().removeprefix("*")
