"""The steps from a request to its answer. Each looks at one thing; the first fault ends it.

Each gives an answer only if there is nothing more to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.contract.endpoints import EXPORT_FOLDER, UPLOAD_PATH
from ips_contract.contract.faults import INVALID_REQUEST_XML, NO_CREDENTIALS
from ips_contract.contract.handles import company_number
from ips_contract.contract.rules import ERROR
from ips_contract.contract.writer import answer, escape, write_answer
from ips_contract.http.messages import Response, base_address, split_target
from ips_contract.mock.context import CONTENT_TYPES
from ips_contract.mock.effects.settling import settle
from ips_contract.mock.fault import Fault
from ips_contract.mock.known_texts import fields_of
from ips_contract.mock.operations.canned import canned_answer
from ips_contract.mock.operations.job_control import submit_job
from ips_contract.mock.request_judgement import (
    SOAP_AT,
    check_wrapping,
    compare_headers,
    decode,
    parse_message,
    reason_of,
)
from ips_contract.mock.script_steps import answered_by, play, take_early_script, take_script
from ips_contract.validation.credentials import is_about_credentials
from ips_contract.xml.parser import children, text_of
from ips_contract.xml.text import collapse

if TYPE_CHECKING:
    from collections.abc import Callable

    from ips_contract.mock.context import Context, Resources
    from ips_contract.validation.report import Report, Violation


def _route(resources: Resources, context: Context) -> Response | None:
    request = context.request
    is_soap = SOAP_AT.get(request.target)
    path = query = ""
    is_message = is_soap is not None and request.method == "POST"
    if not is_message:
        path, query = split_target(request.target)
        is_soap = SOAP_AT.get(path)
        is_message = is_soap is not None and request.method == "POST"
    if is_message and not is_soap:
        context.soap = ""
    if resources.script.steps:
        step = resources.script.take_at(request.target, is_message=is_message)
        scripted = play(context, step) if step is not None else None
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


def _act(resources: Resources, context: Context) -> Response:
    version = context.report.version
    assert version is not None
    if version.namespace != context.namespace:
        version = answered_by(version, context.namespace)
    context.version = version
    context.locale = context.login.locale
    if not context.locale and "accept-language" in context.request.headers:
        context.locale = _language(context.request.headers["accept-language"])
    if context.operation == "submitJob":
        context.handle = handle = str(submit_job(resources.store, context)["jobHandle"])
        # By hand: ``write_answer`` would make a submission take a sixth longer.
        xml = (
            f'<submitJobReturn xmlns="{context.namespace}"><jobHandle>{escape(handle)}</jobHandle>'
            "</submitJobReturn>"
        )
    else:
        xml = _play(resources, context)
    return Response(200, (CONTENT_TYPES[context.soap],), answer(context.soap, xml))


def _play(resources: Resources, context: Context) -> str:
    """The answer of an operation other than submitJob; what is not played gets the least one."""
    # Most clients ask for nothing else; to load the others takes a tenth of a start.
    from ips_contract.mock.operations.table import JOB_FAMILY, OPERATIONS

    operation = context.operation
    operate = OPERATIONS.get(operation)
    if operate is None:
        return canned_answer(operation, context)
    if "logTypeArray" in context.fields:
        assert context.message is not None
        array = next(e for e in context.message if str(e.tag).endswith("}logTypeArray"))
        context.log_types = tuple(text_of(item) for item in children(array))
    address = base_address(context.request, behind_proxy=resources.behind_proxy)
    context.address = address + context.root
    if operation not in JOB_FAMILY:
        settle(resources.store)
    values = operate(resources.store, context)
    return write_answer(context.version, f"{operation}Return", values, context.namespace)


def _language(header: str) -> str:
    """The locale that an Accept-Language asks for first; it counts where authHeader has none."""
    return header.partition(",")[0].partition(";")[0].strip().removeprefix("*")


STEPS: tuple[Callable[[Resources, Context], Response | None], ...] = (
    _route,
    decode,
    parse_message,
    compare_headers,
    take_early_script,
    check_wrapping,
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
