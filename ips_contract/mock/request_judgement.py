"""A request → its message and the verdict on it: the steps that judge, and act on nothing."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ips_contract.contract.components import message_names
from ips_contract.contract.endpoints import PLAIN_PATH, SERVICE_PATH
from ips_contract.contract.faults import INVALID_REQUEST_XML
from ips_contract.contract.model import contract
from ips_contract.http.content_encoding import BadEncoding, gunzip
from ips_contract.http.messages import split_target
from ips_contract.http.redaction import redact_message
from ips_contract.mock.fault import Fault
from ips_contract.mock.wrapping import ENVELOPE, missing_wrapping
from ips_contract.validation.credentials import header_entries, in_http, read_login
from ips_contract.validation.http_judgement import judge_headers, read_body, with_findings
from ips_contract.validation.report import Report, violation
from ips_contract.validation.validator import examine
from ips_contract.xml.envelope import SOAP_11, SOAP_12, message_in
from ips_contract.xml.parser import Unreadable, local_name, namespace_of, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from lxml import etree

    from ips_contract.contract.versions import Version
    from ips_contract.mock.context import Bounded, Context
    from ips_contract.validation.report import Violation

SOAP_AT = {SERVICE_PATH: True, f"{SERVICE_PATH}/": True, PLAIN_PATH: False, f"{PLAIN_PATH}/": False}
"""The paths that take messages: whether these are wrapped in SOAP there."""
_SOAP_TAGS = {
    f"{{{SOAP_11}}}Envelope": "1.1",
    f"{{{SOAP_12}}}Envelope": "1.2",
}
_HEADERS = frozenset((f"{{{SOAP_11}}}Header", f"{{{SOAP_12}}}Header"))
_ENCODINGS = ("gzip", "x-gzip")


def decode(resources: Bounded, context: Context) -> None:
    """Takes the content coding off the body.

    Raises:
        Fault: it is larger than is read, or of a coding that is not.
    """
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


def parse_message(resources: Bounded, context: Context) -> None:
    """Parses the document, finds the message and the credentials in it, and judges it.

    Raises:
        Fault: it is no XML that is read.
    """
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


def version_by(root: etree._Element, given: Version) -> Version | None:
    """``given`` if the message in the document under ``root`` has its namespace; else None."""
    message = message_in(root)
    return given if message is not None and namespace_of(message) == given.namespace else None


def _names(tag: str) -> tuple[str, str]:
    """The namespace and the operation of a message with this ``tag``."""
    namespace, _, name = tag[1:].rpartition("}")
    return namespace, name.removesuffix("Param")


# A client's are the same each time: it spares 2 % of the time for a request.
_known_names = lru_cache(maxsize=256)(_names)
_LONGEST_NAME = 256  # Characters; no longer one is kept.


def compare_headers(_resources: Bounded, context: Context) -> None:
    """Adds to the report what the headers of HTTP say of the message that is not so."""
    found = judge_headers(context.request.headers, context.soap, context.operation)
    if found or context.doubts:
        found += context.doubts
        _note(context, found)
        context.report = with_findings(context.report, found)


def name_operation(resources: Bounded, context: Context) -> None:
    """Takes the operation's name back if no version has it."""
    if context.operation != "submitJob" and not _is_operation(context, resources.given):
        context.unknown, context.operation = context.operation[:80], ""


def _is_operation(context: Context, given: Version | None) -> bool:
    """Whether any version has the operation that the message asks for."""
    # To load this takes a tenth of a start, and most clients ask for submitJob alone.
    from ips_contract.mock.operations.table import OPERATIONS

    if context.operation in OPERATIONS:
        return True
    tag = str(context.message.tag) if context.message is not None else ""
    name = tag.rpartition("}")[2]
    if not name.endswith("Param"):
        return False
    return name in message_names() or (given is not None and name in contract(given).messages)


def check_wrapping(_resources: Bounded, context: Context) -> None:
    """Does nothing if the message is wrapped as its address wants it.

    Raises:
        Fault: it is not.
    """
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


def reason_of(errors: Sequence[Violation]) -> str:
    """The reason of the fault for these errors: the first of them."""
    first = errors[0]
    line = f", line {first.line}" if first.line is not None else ""
    more = len(errors) - 1
    rest = f" (and {more} more error{'s' if more > 1 else ''})" if more else ""
    return f"{first.rule}: {first.message} [{first.rule} at {first.path}{line}]{rest}"


_JUDGING: tuple[Callable[[Bounded, Context], None], ...] = (
    *(decode, parse_message, compare_headers, name_operation, check_wrapping),
)


def judge(bounded: Bounded, context: Context) -> None:
    """Judges a message that somebody else answers: ``context`` has its operation and its report."""
    if SOAP_AT.get(split_target(context.request.target)[0]) is False:
        context.soap = ""
    try:
        for step in _JUDGING:
            step(bounded, context)
    except Fault:
        pass  # The report says why.
