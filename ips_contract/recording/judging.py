"""What passed through → an ``Exchange``, judged as the mock judges, and its answer as well."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ips_contract.http.content_encoding import BadEncoding, gunzip
from ips_contract.http.redaction import redact, redact_headers
from ips_contract.mock.context import Context
from ips_contract.mock.record import Exchange
from ips_contract.mock.replay import understood
from ips_contract.mock.request_judgement import judge
from ips_contract.recording.remarks import ANSWER
from ips_contract.validation.exchanges import validate_exchange
from ips_contract.validation.http_judgement import read_body
from ips_contract.validation.validator import validate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ips_contract.contract.versions import Version
    from ips_contract.http.messages import Request, Response
    from ips_contract.mock.upload import Upload
    from ips_contract.validation.report import Violation

_MOST_NOTES = 20  # Of findings on one answer.
_SHORTEST = 4  # Characters of a password that is looked for in what is answered.


class Passage(NamedTuple):
    """A request and its answer, as they passed.

    Attributes:
        number: from 1.
        time: when the request came.
        duration: seconds until its answer was there.
        request: as received; its body empty, if that is not kept.
        upload: what was read of a form for UploadFile.
        response: as the client gets it; its body empty, if that is not kept.
        notes: remarks.
        judged: whether it is the service that answered.
    """

    number: int
    time: datetime
    duration: float
    request: Request
    upload: Upload | None
    response: Response
    notes: tuple[str, ...] = ()
    judged: bool = True


class _Bounded(NamedTuple):
    limit: int
    given: Version | None = None


def exchange_of(passage: Passage, limit: int) -> Exchange:
    """The exchange, judged; documents of more than ``limit`` bytes are not read."""
    request = passage.request
    context = Context(request, passage.time)
    if request.method == "POST" and request.body:
        judge(_Bounded(limit), context)
    elif passage.upload is not None:
        from ips_contract.mock.upload_steps import judge_upload  # Most upload nothing.

        judge_upload(passage.upload, context, limit)
    for note in passage.notes:
        context.note(note)
    response = _unpacked(passage.response, limit)
    answer = understood(response)
    # The mock never says a secret; what a service says, nobody knows.
    secrets = [
        word for word in (context.login.password, context.login.token) if len(word) >= _SHORTEST
    ]

    def discreet(text: str) -> str:
        for secret in secrets:
            text = text.replace(secret, "***")
        return text

    if passage.judged and context.report.message:
        for row in _findings(context, response, limit)[:_MOST_NOTES]:
            context.note(discreet(f"{ANSWER}{row.rule}: {row.message}"))
    return Exchange(
        passage.number,
        passage.time,
        context.operation,
        context.request,
        context.body(),
        context.report,
        _discreet(response, secrets),
        answer.fault,
        discreet(answer.reason),
        discreet(answer.handle),
        context.notes,
        passage.duration,
        context.files,
    )


def _unpacked(response: Response, limit: int) -> Response:
    """``response`` without gzip, as logs have it."""
    names = {name.lower(): value for name, value in response.headers}
    if "gzip" not in names.get("content-encoding", "").lower() or not response.body:
        return response
    try:
        body = gunzip(response.body, limit)
    except BadEncoding:
        return response
    if len(body) > limit:
        return response
    headers = tuple(
        (name, value)
        for name, value in response.headers
        if name.lower() not in ("content-encoding", "content-length")
    )
    return response._replace(headers=headers, body=body)


def _findings(context: Context, response: Response, limit: int) -> Sequence[Violation]:
    """What is to be said of the answer."""
    if not response.body:
        return ()
    headers = {name.lower(): value for name, value in response.headers}
    data, doubts = read_body(headers, response.body, request=False)
    limit = max(limit, len(data))
    if context.report.valid and context.report.data:
        found = validate_exchange(context.report.data, data, limit=limit, logged_in=True)
        return (*doubts, *found.response.violations, *found.violations)
    return (*doubts, *validate(data, limit=limit).violations)


def _discreet(response: Response, secrets: Sequence[str]) -> Response:
    """``response`` without what has the name of a secret, and without the sender's own."""
    body = redact(response.body) if response.body else b""
    for secret in secrets:
        body = body.replace(secret.encode(), b"***")
    headers = tuple(
        pair for name, value in response.headers for pair in redact_headers({name: value}).items()
    )
    return response._replace(headers=headers, body=body)
