"""What a test scripted for a request: taken, and played, by steps of the pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ips_contract.contract.faults import EXCEPTION
from ips_contract.contract.versions import version_for_namespace
from ips_contract.contract.writer import answer, write_answer
from ips_contract.http.messages import Response
from ips_contract.mock.context import CONTENT_TYPES
from ips_contract.mock.fault import Fault
from ips_contract.mock.request_judgement import name_operation
from ips_contract.mock.script import AFTER, BEFORE, SCRIPTED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ips_contract.contract.versions import Version
    from ips_contract.mock.context import Context, Resources
    from ips_contract.mock.script import Step


def take_early_script(resources: Resources, context: Context) -> Response | None:
    """What is scripted for this operation, however the message is."""
    if context.operation != "submitJob":  # As of most requests.
        name_operation(resources, context)
    return _take(resources, context, BEFORE) if resources.script.steps else None


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
    return None if step is None else play(context, step)


def play(context: Context, step: Step) -> Response | None:
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
        version = answered_by(version, context.namespace)
    try:
        xml = write_answer(version, f"{operation}Return", fields, context.namespace)
    except ValueError as error:
        context.note(f"{SCRIPTED}fields: {error}")
        raise Fault(EXCEPTION, f"{SCRIPTED}no answer is written: {error}") from None
    if operation == "submitJob":
        context.handle = str(fields["jobHandle"])
    return answer(context.soap, xml)


def answered_by(version: Version, namespace: str) -> Version:
    """The version whose fields an answer to a message in another ``namespace`` has.

    Between versions, those of both neighbours.
    """
    found = version_for_namespace(namespace)
    return found[0] if found is not None else version
