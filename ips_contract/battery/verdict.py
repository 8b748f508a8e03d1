"""The verdict on a case: what was served, what the client made of it, and what it sent. Pure."""

from __future__ import annotations

import base64
import binascii
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

from ips_contract.battery.scenarios.answer import DECOY
from ips_contract.battery.scenarios.scenario import (
    ACCEPT,
    CALLED,
    COMPANY,
    GATING,
    MEANINGS,
    STRICT,
    USER,
)
from ips_contract.contract.handles import company_number
from ips_contract.http.redaction import redact
from ips_contract.validation.credentials import in_http
from ips_contract.validation.validator import validate
from ips_contract.xml.envelope import SOAP_11, message_in, split_envelope
from ips_contract.xml.parser import Unreadable, children, local_name, namespace_of, parse, text_of
from ips_contract.xml.text import clipped, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from ips_contract.battery.running_case import Sent
    from ips_contract.battery.scenarios.scenario import Scenario
    from ips_contract.http.messages import Request

OK = "OK"
NON_STRICT = "NON-STRICT"
INFORMATION = "INFORMATIONAL"
FAILED = "FAILED"
UNCLEAN = "UNCLEAN"
VERDICTS = (OK, NON_STRICT, INFORMATION, FAILED, UNCLEAN)
_BY_LEVEL = {GATING: FAILED, STRICT: NON_STRICT}

_GRACE = 0.25  # Of the deadline: so much longer a client is watched that is late.
_LONGEST_GRACE = 2.0  # Seconds.


def grace(deadline: float) -> float:
    """Seconds after ``deadline`` in which a late client is still watched."""
    return min(_LONGEST_GRACE, deadline * _GRACE)


class Outcome(NamedTuple):
    """How a client's run ended.

    Attributes:
        status: its exit status; None if it was ended by us.
        output: what it printed on standard output, at most as much as is kept.
        errors: the end of what it printed on standard error.
        seconds: how long it ran.
        ended: why it was ended by us, ``""`` if it was not.
        called: whether it is a callable, or answers in lines: ``output`` is what it returned,
            ``status`` 1 if it raised.
        no_answer: how a client that answers in lines did not answer, ``""`` if it did.
    """

    status: int | None
    output: bytes
    errors: str = ""
    seconds: float = 0.0
    ended: str = ""
    called: bool = False
    no_answer: str = ""

    @property
    def printed(self) -> str:
        """The verb for what it did with a handle."""
        return "returned" if self.called else "printed"


class Judgement(NamedTuple):
    """A verdict, and why.

    Attributes:
        verdict: one of ``VERDICTS``.
        words: each thing that was not as it should be.
    """

    verdict: str
    words: tuple[str, ...] = ()

    def fails(self, *, strict: bool = False) -> bool:
        """Whether this fails the run."""
        return self.verdict == FAILED or (strict and self.verdict in (NON_STRICT, UNCLEAN))


class Result(NamedTuple):
    """A case that was run.

    Attributes:
        scenario: what was played.
        handle: the handle in the answer.
        judgement: the verdict on it.
        outcome: what the client did.
        sent: what it sent.
    """

    scenario: Scenario
    handle: str
    judgement: Judgement
    outcome: Outcome
    sent: Sent

    @property
    def verdict(self) -> str:
        """The verdict, one of ``VERDICTS``."""
        return self.judgement.verdict

    def fails(self, *, strict: bool = False) -> bool:
        """Whether this fails the run."""
        return self.judgement.fails(strict=strict)


class Finding(NamedTuple):
    """Something that is wrong; ``verdict`` is what it makes of the case."""

    verdict: str
    words: str


def judge(scenario: Scenario, outcome: Outcome, sent: Sent, handle: str) -> Judgement:
    """The verdict on a client's run in ``scenario``.

    Args:
        scenario: what was played.
        outcome: what the client did.
        sent: what it sent.
        handle: the handle in the answer.
    """
    findings = [*_sending(scenario, sent), *_reaction(scenario, outcome, handle)]
    if not findings:
        return Judgement(OK)
    order = (FAILED, NON_STRICT, UNCLEAN, INFORMATION)
    worst = min((finding.verdict for finding in findings), key=order.index)
    return Judgement(worst, tuple(finding.words for finding in findings))


# What the client did.


def _reaction(scenario: Scenario, outcome: Outcome, handle: str) -> Iterator[Finding]:
    wrong = _BY_LEVEL.get(scenario.level, INFORMATION)
    if outcome.ended:
        yield Finding(wrong, f"it was ended: {outcome.ended}")
        return
    if outcome.no_answer:
        yield Finding(wrong, outcome.no_answer)
        return
    text = outcome.output.decode("utf-8", "replace")
    noun = scenario.operation.noun
    if scenario.expect == ACCEPT:
        yield from _accepted(wrong, outcome, text, handle, noun)
    else:
        yield from _refused(wrong, outcome, text, handle, noun)
    if outcome.seconds > scenario.deadline:
        late = f"it took {outcome.seconds:.1f} s; the deadline is {scenario.deadline:g} s"
        yield Finding(UNCLEAN, late)


def _accepted(wrong: str, outcome: Outcome, text: str, handle: str, noun: str) -> Iterator[Finding]:
    did = f"it {outcome.printed}"
    if outcome.status != 0:
        how = "it raised" if outcome.called else f"exit status {outcome.status}, not 0"
        yield Finding(wrong, f"it refused a right answer: {how}")
        return
    if text in (handle, handle + "\n", handle + "\r\n"):
        return
    if DECOY in text and DECOY not in handle:
        yield Finding(wrong, f"{did} a {noun} that the answer only mentions: {_shown(text)}")
    elif not text.strip():
        how = "" if outcome.called else ", with exit status 0"
        yield Finding(wrong, f"{did} nothing{how}")
    elif handle in text.replace("\r\n", "\n").split("\n"):
        yield Finding(UNCLEAN, f"{did} more than the {noun}: {_shown(text)}")
    else:
        yield Finding(wrong, f"{did} {_shown(text)}, not exactly {_shown(handle)}")


def _refused(wrong: str, outcome: Outcome, text: str, handle: str, noun: str) -> Iterator[Finding]:
    printed = [known for known in (handle, DECOY) if known and known in text]
    if printed or (outcome.status == 0 and text.strip()):
        about = _shown(printed[0] if printed else text)
        how = "" if outcome.called else f", exit status {outcome.status}"
        yield Finding(wrong, f"it {outcome.printed} a {noun}, {about}{how}")
    elif outcome.status == 0:
        how = f"returned without a {noun}" if outcome.called else "ended with exit status 0"
        yield Finding(wrong, f"it {how}, as after a success")
    elif text.strip():
        yield Finding(UNCLEAN, f"it printed to standard output: {_shown(text)}")


def _shown(text: str) -> str:
    return quoted(text.removesuffix("\n"))


# What the client sent.


def _sending(scenario: Scenario, sent: Sent) -> Iterator[Finding]:
    for words in dict.fromkeys(sent.malformed):
        yield Finding(FAILED, f"it sent what is no HTTP: {words}")
    if sent.fetched:
        asked = ", ".join(dict.fromkeys(sent.fetched))
        yield Finding(FAILED, f"it asked for what is neither the WSDL nor the job: {asked}")
    count = len(sent.posts)
    if not count:
        elsewhere = f"; it asked {sent.strays[0]} instead" if sent.strays else ""
        yield Finding(FAILED, f"it sent no POST to IPS_ENDPOINT{elsewhere}")
    elif count > scenario.posts:
        # Who got no answer cannot know: RFC 9110 section 9.2.2 (Idempotent Methods).
        verdict = NON_STRICT if scenario.unanswered else FAILED
        yield Finding(verdict, f"it submitted {count} times: one submission is one POST")
    for words in dict.fromkeys(
        words for request in sent.posts for words in problems(request, scenario)
    ):
        yield Finding(FAILED, words)


def problems(request: Request, scenario: Scenario) -> Iterator[str]:
    """What is wrong with a submission, in words."""
    action, name = request.headers.get("soapaction"), scenario.operation.name
    if action is None:
        yield f'it sent no SOAPAction; it should be "{name}"'
    elif action.strip('"') != name:
        yield f"it sent SOAPAction {quoted(action)}, not {name}"
    report = validate(request.body, logged_in=in_http(request.headers))
    for row in report.errors[:3]:
        yield f"it sent an invalid message: {row}"
    try:
        root = parse(request.body)
    except Unreadable:
        return  # The report has said so.
    if local_name(root) != "Envelope" or namespace_of(root) != SOAP_11:
        yield f"it sent {quoted(str(root.tag))}, no SOAP 1.1 Envelope"
        return
    message = message_in(root)
    if message is None or local_name(message) != scenario.operation.request:
        yield f"it sent no {scenario.operation.request}"
        return
    yield from _content(message, scenario)
    found = _credentials(root, request)
    if found is None:
        yield "it sent no credentials (authHeader or HTTP Basic)"
    elif found[0] != USER:
        yield f"it sent the user {quoted(found[0])}, not {quoted(USER)}"
    elif found[1] != scenario.password:
        yield _password_words(found[1], scenario.password)


def _password_words(sent: str, wanted: str) -> str:
    """What is wrong with a password; it is shown only if it is ours, wrongly escaped."""
    if unescape(unescape(sent)) == unescape(unescape(wanted)):
        return f"it sent the password {quoted(sent)}, not {quoted(wanted)}"
    return "it sent another password than IPS_PASSWORD"


def _content(message: etree._Element, scenario: Scenario) -> Iterator[str]:
    operation = scenario.operation
    fields = {local_name(child): text_of(child) for child in children(message)}
    has_company = operation.is_submission or "companyHandle" in fields
    if has_company and company_number(fields.get("companyHandle", "")) != COMPANY:
        got = quoted(fields.get("companyHandle", ""))
        yield f"it sent companyHandle {got}, not that of IPS_COMPANY"
    names = _texts(message, operation.sends)
    if operation.sends and scenario.job_name not in names:
        got = ", ".join(map(quoted, names)) or quoted("")
        path = "/".join(operation.sends)
        yield f"it sent {path} {got}, not exactly {quoted(scenario.job_name)}"
    if operation.is_submission and "imageServingPublishJob" not in fields:
        yield "it sent no imageServingPublishJob"


def _texts(element: etree._Element, path: tuple[str, ...]) -> list[str]:
    """The texts at ``path``."""
    found = [element]
    for name in path:
        found = [child for each in found for child in children(each) if local_name(child) == name]
    return [text_of(each) for each in found]


def _credentials(root: etree._Element, request: Request) -> tuple[str, str] | None:
    """User and password, wherever the service would find them (FACTS section 5)."""
    for header in split_envelope(root).headers:
        for block in children(header):
            if local_name(block) == "authHeader":
                values = {local_name(child): text_of(child) for child in children(block)}
                return values.get("user", ""), values.get("password", "")
    scheme, _, data = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, _, password = base64.b64decode(data.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return user, password


def explain(result: Result) -> list[str]:
    """A result in lines: what was served and sent, what the client did, what it should have."""
    scenario, outcome, sent = result.scenario, result.outcome, result.sent
    rows = [
        ("rule", scenario.rule),
        ("served", clipped(sent.served.decode("utf-8", "backslashreplace"), 600) or "nothing"),
        *(row for request in sent.posts[:3] for row in _rows_of(request, scenario)),
        ("client", f"{told(outcome)}, {outcome.seconds:.2f} s"),
        *(("wrong", words) for words in result.judgement.words),
    ]
    if outcome.errors.strip():
        rows.append(("errors", clipped(outcome.errors.strip().splitlines()[-1], 200)))
    rows.append(("should", should(result)))
    return [f"{name:6}  {text}" for name, text in rows]


def should(result: Result) -> str:
    """What a client should have done, in words."""
    words = (CALLED if result.outcome.called else MEANINGS)[result.scenario.expect]
    operation = result.scenario.operation
    words = words.replace("the handle", operation.what).replace("handle", operation.noun)
    return f"{words}: {quoted(result.handle)}" if result.scenario.expect == ACCEPT else words


def told(outcome: Outcome) -> str:
    """What a client did, in words."""
    if outcome.called and outcome.status:
        return "raised"
    printed = _shown(outcome.output.decode("utf-8", "replace")) if outcome.output else "nothing"
    if outcome.status is None:
        return f"{outcome.printed} {printed}, ended by us"
    status = "" if outcome.called else f", exit status {outcome.status}"
    return f"{outcome.printed} {printed}{status}"


def _rows_of(request: Request, scenario: Scenario) -> Iterator[tuple[str, str]]:
    """A request in a line; and its text, if something is wrong with it."""
    yield "sent", summary_of(request)
    if any(problems(request, scenario)):
        text = redact(request.body).decode("utf-8", "backslashreplace")
        yield "body", clipped(text, 600) or "empty"


def summary_of(request: Request) -> str:
    """A request in a line: where it went, how long it is, what our validator says."""
    report = validate(request.body, logged_in=in_http(request.headers))
    verdict = "valid" if report.valid else f"invalid ({report.errors[0].rule})"
    message = report.message or "no message"
    return f"{request.method} {request.target}, {len(request.body)} bytes, {message}, {verdict}"
