"""What HTTP says of a message against the message, in the mock and by itself."""

from __future__ import annotations

import pytest

from ips_contract.contract.endpoints import PLAIN_PATH
from ips_contract.http.messages import Request
from ips_contract.mock import Service
from ips_contract.validation.http_judgement import judge_headers, read_body
from tests.calls import auth, envelope, fault_of, plain, post
from tests.messages import REQUEST, RESPONSE, SOAP_12

DOCUMENTED = REQUEST.decode()

NOT_SENT = "SOAPAction is not sent; SOAP 1.1 requires it: send SOAPAction: submitJob."
OTHER = "SOAPAction is stopJob; the Body asks for submitJob."
OF_11 = "it should be text/xml, as the envelope is of SOAP 1.1."
OF_12 = "it should be application/soap+xml, as the envelope is of SOAP 1.2."
SOAP_KIND = "application/soap+xml"
# Content-Type, SOAPAction, the envelope's SOAP, and the words of what is found.
HEADERS: list[tuple[str | None, str | None, str, list[str]]] = [
    ("text/xml; charset=utf-8", "submitJob", "1.1", []),
    ("application/xml", '"submitJob"', "1.1", []),
    ("text/xml", '""', "1.1", []),
    ("text/xml", "", "1.1", []),
    ("text/xml", None, "1.1", [NOT_SENT]),
    ("text/xml", "stopJob", "1.1", [OTHER]),
    (None, None, "1.1", [f"Content-Type is not sent; {OF_11}", NOT_SENT]),
    ("text/plain", "submitJob", "1.1", [f"Content-Type is text/plain; {OF_11}"]),
    (f"{SOAP_KIND}; action=submitJob", None, "1.1", [f"Content-Type is {SOAP_KIND}; {OF_11}"]),
    (SOAP_KIND, None, "1.2", []),
    (f'{SOAP_KIND}; action="submitJob"', None, "1.2", []),
    (
        f"{SOAP_KIND}; action=stopJob",
        '""',
        "1.2",
        [OTHER],
    ),
    ("text/xml", None, "1.2", [f"Content-Type is text/xml; {OF_12}"]),
    ("text/xml", None, "", []),
    ("application/xml", None, "", []),
    (None, None, "", ["Content-Type is not sent; it should be text/xml."]),
]


@pytest.mark.parametrize(("kind", "action", "soap", "words"), HEADERS)
def test_headers(kind: str | None, action: str | None, soap: str, words: list[str]) -> None:
    sent = {"content-type": kind, "soapaction": action}
    headers = {name: value for name, value in sent.items() if value is not None}
    found = judge_headers(headers, soap, "submitJob")
    assert [row.message for row in found] == words
    assert {row.severity for row in found} <= {"warning"}
    assert [row.rule for row in judge_headers(headers, soap, "")] == [
        row.rule for row in found if row.rule == "content-type"
    ]


def test_bodies() -> None:
    headers = {"content-type": 'text/xml; charset="ISO-8859-1"'}
    assert read_body(headers, "<a>ü</a>".encode("latin-1")) == ("<a>ü</a>".encode(), ())
    _, (found,) = read_body(headers, "<a>ü</a>".encode())
    assert (found.rule, found.severity, found.path) == ("charset", "warning", "/")
    assert read_body({}, RESPONSE) == (RESPONSE, ())


def rules(service: Service) -> list[str]:
    return [row.rule for row in service.exchanges[-1].report.violations]


NAMED = DOCUMENTED.replace("My Test Job", "Grüße")
LATIN = "text/xml; charset=ISO-8859-1"


def test_the_mock_reads_a_body_by_its_charset() -> None:
    service = Service()
    body = envelope(NAMED)
    latin = body.decode().encode("latin-1")
    response = post(service, latin, {"content-type": LATIN})
    assert "47|Grüße|" in response.body.decode()
    assert rules(service) == []
    seen = service.exchanges[0]
    # As it was sent, its passwords hidden; the report is about the text that was read.
    assert seen.request.body == latin.replace(b"secret", b"***")
    assert seen.report.data == body.replace(b"secret", b"***")
    response = post(service, body, {"content-type": LATIN})
    assert "47|GrÃ¼Ã\x9fe|" in response.body.decode()
    assert rules(service) == ["charset"]
    (note,) = service.exchanges[-1].notes
    assert note.startswith("charset: charset=ISO-8859-1 is said, and the bytes are UTF-8;")
    assert service.exchanges[-1].report.valid
    # What can be read in no way is an error, as ever; what HTTP says of it is told, too.
    code, reason = fault_of(post(service, latin, {"content-type": "text/xml; charset=us-ascii"}))
    assert (code, reason.partition(":")[0]) == (30003, "not-xml")
    assert "more error" not in reason
    assert rules(service) == ["not-xml", "charset"]
    assert fault_of(post(service, latin))[0] == 30003
    assert rules(service) == ["not-xml"]


def test_a_body_may_be_larger_in_utf_8() -> None:
    body = envelope(DOCUMENTED.replace("My Test Job", "ü" * 500)).decode().encode("latin-1")
    service = Service(limit=len(body))
    assert post(service, body, {"content-type": LATIN}).status == 200
    assert fault_of(post(service, body + b" ", {"content-type": LATIN}))[1].startswith("too-large")


def test_soap_action_is_missed_in_soap_11_only() -> None:
    service = Service()
    absent = {"soapaction": None}
    assert post(service, envelope(DOCUMENTED), absent).status == 200
    assert rules(service) == ["soap-action"]
    assert service.exchanges[-1].notes == (f"soap-action: {NOT_SENT}",)
    body = envelope(DOCUMENTED, soap=SOAP_12)
    assert post(service, body, {**absent, "content-type": SOAP_KIND}).status == 200
    assert rules(service) == []
    assert post(service, body, {**absent, "content-type": "text/xml"}).status == 200
    assert rules(service) == ["content-type"]
    namespace = "http://www.scene7.com/IpsApi/xsd"
    request = f'<Request xmlns="{namespace}">{auth()}{DOCUMENTED}</Request>'.encode()
    assert post(service, request, absent, path=PLAIN_PATH).status == 200
    assert rules(service) == []


def test_a_form_is_named_by_its_content_type_as_well() -> None:
    service = Service()
    kind = "application/x-www-form-urlencoded"
    reason = fault_of(post(service, b"xml=%3CEnvelope%3E", {"content-type": kind}))[1]
    assert reason.startswith("not-xml: The document is a form (its XML is %-encoded)")
    assert rules(service) == ["not-xml", "content-type"]


def test_what_was_not_read_is_not_kept() -> None:
    service = Service()
    headers = {"content-type": LATIN, "content-encoding": "gzip"}
    service.handle(Request("POST", PLAIN_PATH, headers, b"<password>x</password>"))
    assert service.exchanges[0].request.body == b"[a document that was not read]"
    assert plain(service.exchanges[0].response).startswith(b"<?xml")


def test_headers_of_any_length_are_judged() -> None:
    headers = {"content-type": "text/xml;" + " " * 5000, "soapaction": "x" * 5000}
    (found,) = judge_headers(headers, "1.1", "submitJob")
    assert found.message == f"SOAPAction is {'x' * 80}; the Body asks for submitJob."
    assert [row.rule for row in judge_headers(headers, "1.1", "y" * 5000)] == ["soap-action"]
    assert judge_headers({**headers, "soapaction": "submitJob"}, "1.1", "submitJob") == ()
    far = {**headers, "soapaction": f"submitJob{' ' * 5000}x"}
    assert [row.rule for row in judge_headers(far, "1.1", "submitJob")] == ["soap-action"]
