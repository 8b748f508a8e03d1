"""Wrappings: envelopes of both SOAP versions, plain Requests, faults, credentials."""

from __future__ import annotations

import pytest

from ips_contract import find_version, validate
from ips_contract.contract.versions import LATEST, PRE_4_0, UNVERSIONED, VERSIONS
from ips_contract.xml.parser import parse
from tests.findings import found
from tests.messages import REQUEST, RESPONSE, SOAP_11, SOAP_12, envelope, request, upload

V66 = find_version("6.6")


AUTH = f'<authHeader xmlns="{UNVERSIONED}"><user>u</user><password>p</password></authHeader>'


BODY = "/Envelope/Body/submitJobParam"


def rules(document: bytes) -> list[tuple[str, str]]:
    return [(v.rule, v.path) for v in validate(document).violations]


@pytest.mark.no_cover
@pytest.mark.parametrize("version", VERSIONS, ids=str)
@pytest.mark.parametrize("soap", [SOAP_11, SOAP_12])
def test_clean_envelopes(version: object, soap: str) -> None:
    assert isinstance(version, type(PRE_4_0))
    report = validate(envelope(request(version), AUTH, soap))
    assert (report.violations, report.message) == ((), "submitJobParam")
    assert report.version is version


ENVELOPES: list[tuple[bytes, list[tuple[str, str]]]] = [
    (envelope(request(), AUTH), []),
    (envelope(RESPONSE), []),
    (envelope(request(), '<other xmlns="urn:x" a="1"><b/></other>' + AUTH), []),
    (envelope(request(), AUTH.replace("<user>", "<user><!-- me -->")), []),
    (
        envelope(request(), AUTH.replace(" xmlns", ' xmlns:s="' + SOAP_11 + '" s:actor="x" xmlns')),
        [],
    ),
    (
        envelope(request(), AUTH.replace("<user>u</user>", "")),
        [("missing-element", "/Envelope/Header/authHeader")],
    ),
    (
        envelope(request(), AUTH.replace("</password>", "</password><locale>en</locale><x/>")),
        [("unknown-element", "/Envelope/Header/authHeader/x")],
    ),
    (
        envelope(request(), AUTH.replace(UNVERSIONED, "")),
        [("wrong-namespace", "/Envelope/Header/authHeader")],
    ),
    (
        envelope(request(V66), AUTH.replace(UNVERSIONED, V66.namespace)),
        [("auth-namespace", "/Envelope/Header/authHeader")],
    ),
    (
        envelope(request(LATEST), AUTH.replace(UNVERSIONED, LATEST.namespace)),
        [("missing-tolerated", "/Envelope/Header/authHeader")] * 2,
    ),
    (
        envelope(request().replace(b"Full", b"full"), AUTH),
        [("constant", f"{BODY}/imageServingPublishJob/publishType")],
    ),
    (envelope(b""), [("envelope", "/Envelope/Body")]),
    (envelope(request() * 2, AUTH), [("envelope", BODY)]),
    (
        envelope(request()).replace(b"s:Body", b"s:body"),
        [("envelope", "/Envelope"), ("envelope-extra", "/Envelope/body")],
    ),
    (envelope(request(), soap="urn:soap"), [("envelope", "/Envelope")]),
    (
        envelope(request(), AUTH).replace(b"</s:Body>", b"</s:Body><s:Body/>"),
        [("envelope", "/Envelope/Body[2]")],
    ),
    (
        envelope(request()).replace(b"</s:Body>", f"</s:Body><s:Header>{AUTH}</s:Header>".encode()),
        [("envelope", "/Envelope/Header")],
    ),
    (
        envelope(request(), AUTH).replace(b"<s:Body>", b"<s:Header/><s:Body>"),
        [("envelope", "/Envelope/Header[2]")],
    ),
    (
        envelope(request(), AUTH).replace(b"</s:Body>", b"</s:Body><x/>"),
        [("envelope-extra", "/Envelope/x")],
    ),
    (
        envelope(request(), AUTH, SOAP_12).replace(b"</s:Body>", b"</s:Body><x/>"),
        [("envelope", "/Envelope/x")],
    ),
    (envelope(b"<x/>"), [("not-a-message", "/Envelope/Body/x")]),
    (b"<Envelope/>", [("not-a-message", "/Envelope")]),
    (f'<s:Envelope xmlns:s="{SOAP_11}"/>'.encode(), [("envelope", "/Envelope")]),
]


@pytest.mark.parametrize(("document", "expected"), ENVELOPES)
def test_envelopes(document: bytes, expected: list[tuple[str, str]]) -> None:
    assert rules(document) == expected


def plain(inner: str, version: str = "4.5") -> bytes:
    return f'<Request xmlns="{find_version(version).namespace}">{inner}</Request>'.encode()


PLAIN_AUTH = "<authHeader><user>u</user><password>p</password></authHeader>"


PLAIN = request(find_version("4.5")).decode()


REQUESTS: list[tuple[bytes, list[tuple[str, str]]]] = [
    (plain(PLAIN_AUTH + PLAIN), []),
    (plain(AUTH + PLAIN), []),
    (plain(PLAIN_AUTH), [("envelope", "/Request")]),
    (plain(PLAIN_AUTH + PLAIN * 2), [("envelope", "/Request/submitJobParam")]),
    (plain(PLAIN + PLAIN_AUTH), [("envelope", "/Request/authHeader")]),
    (
        plain(PLAIN_AUTH.replace("<authHeader", '<authHeader xmlns="u"') + PLAIN),
        [("envelope", "/Request/authHeader")],
    ),
    (
        plain(PLAIN_AUTH.replace("user", "usr") + PLAIN),
        [("unknown-element", "/Request/authHeader/usr")],
    ),
    (b"<Request/>", [("not-a-message", "/Request")]),
]


@pytest.mark.parametrize(("document", "expected"), REQUESTS)
def test_plain_requests(document: bytes, expected: list[tuple[str, str]]) -> None:
    assert rules(document) == expected


def fault(inner: str, soap: str = SOAP_11) -> bytes:
    return envelope(f"<s:Fault>{inner}</s:Fault>".encode(), soap=soap)


def detail(kind: str, code: str, namespace: str = UNVERSIONED) -> str:
    return f'<{kind} xmlns="{namespace}"><code>{code}</code><reason>r</reason></{kind}>'


SAYS = "<faultcode>s:Server</faultcode><faultstring>x</faultstring>"


SAYS_12 = "<s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text>x</s:Text></s:Reason>"


FAULT = "/Envelope/Body/Fault"


FAULTS: list[tuple[bytes, list[tuple[str, str]]]] = [
    (fault(f"{SAYS}<detail>{detail('ipsApiFault', '30001')}</detail>"), []),
    (fault(f"{SAYS_12}<s:Detail>{detail('ipsApiFault', '30001')}</s:Detail>", SOAP_12), []),
    (fault(SAYS), []),
    (fault(f"{SAYS}<detail/>"), []),
    (fault(f'{SAYS}<detail><trace xmlns="urn:proxy">x</trace></detail>'), []),
    (fault("<faultcode>s:Server</faultcode>"), [("missing-element", FAULT)]),
    (fault(SAYS, SOAP_12), [("missing-element", FAULT)] * 2),
    (
        fault(f"{SAYS}<detail>{detail('ipsApiFault', '10001')}</detail>"),
        [("fault-code", f"{FAULT}/detail/ipsApiFault")],
    ),
    (
        fault(f"{SAYS}<detail>{detail('ipsApiFault', '9' * 50)}</detail>"),
        [("wrong-type", f"{FAULT}/detail/ipsApiFault/code")],
    ),
    (
        fault(f"{SAYS}<detail>{detail('ipsApiFault', 'x')}</detail>"),
        [("wrong-type", f"{FAULT}/detail/ipsApiFault/code")],
    ),
    (
        fault(f"{SAYS}<detail>{detail('ipsApiFault', '30001', LATEST.namespace)}</detail>"),
        [("wrong-namespace", f"{FAULT}/detail/ipsApiFault")],
    ),
]


@pytest.mark.parametrize(("document", "expected"), FAULTS)
def test_faults(document: bytes, expected: list[tuple[str, str]]) -> None:
    report = validate(document)
    assert [(v.rule, v.path) for v in report.violations] == expected
    assert report.message == "Fault"
    assert all(v.fault_code is None for v in report.violations)


@pytest.mark.parametrize(
    ("entry", "home"),
    [
        ("authHeader", "the Header"),
        ("ipsApiFault", "a Fault's detail"),
        ("authenticationFault", "a Fault's detail"),
    ],
)
def test_what_stands_in_the_body_and_belongs_elsewhere(entry: str, home: str) -> None:
    document = envelope(f'<{entry} xmlns="{UNVERSIONED}"/>'.encode() + REQUEST)
    found = [row for row in validate(document).violations if row.rule == "envelope"]
    assert [row.message for row in found] == [f"{entry} stands in the Body; it belongs in {home}."]
    assert found[0].path == f"/Envelope/Body/{entry}"


def test_text_between_the_parts_of_an_envelope() -> None:
    document = envelope(RESPONSE).replace(b"<s:Body>", b" \xc2\xa0a\xc2\xa0 <s:Body>b", 1)
    found = [(row.message, row.path) for row in validate(document).violations]
    words = "Text {} stands in {}, which holds elements only; remove it."
    # U+00A0 is no white space of XML, so it belongs to the text.
    assert found == [
        (words.format('"\\xa0a\\xa0"', "Envelope"), "/Envelope"),
        (words.format('"b"', "Body"), "/Envelope/Body"),
    ]


def test_of_texts_in_one_wrapping_the_first_is_told() -> None:
    document = envelope(RESPONSE).replace(b"</s:Body>", b"a</s:Body>b")
    document = document.replace(b"<s:Body>", b"c<s:Body>")
    told = [row.message.partition(",")[0] for row in validate(document).violations]
    assert told == ['Text "c" stands in Envelope', 'Text "a" stands in Body']


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (envelope(REQUEST, AUTH).replace(b"<s:Body>", b"hi<s:Body>"), "/Envelope"),
        (envelope(REQUEST, AUTH).replace(b"<s:Body>", b"<s:Body>hi"), "/Envelope/Body"),
        (envelope(REQUEST, AUTH).replace(b"</s:Header>", b"hi</s:Header>"), "/Envelope/Header"),
        (
            f'<Request xmlns="{UNVERSIONED}">hi{AUTH}{REQUEST.decode()}</Request>'.encode(),
            "/Request",
        ),
    ],
)
def test_text_in_a_wrapping(document: bytes, path: str) -> None:
    assert found(document) == [("stray-text", path)]
    (violation,) = validate(document).violations
    assert violation.fault_code == 30003
    assert found(document.replace(b"hi", b"\n\t ")) == []


def test_of_text_in_a_header_without_credentials_the_service_says_that_there_are_none() -> None:
    document = envelope(REQUEST, " ").replace(b"</s:Header>", b"hi</s:Header>")
    rows = [(row.rule, row.fault_code) for row in validate(document).violations]
    assert rows == [("no-credentials", None), ("stray-text", 10000)]


LOGIN = f'<authHeader xmlns="{UNVERSIONED}"><user>u</user><password>p</password></authHeader>'


@pytest.mark.parametrize(
    "header",
    [
        LOGIN.replace("authHeader", "AuthHeader"),
        LOGIN.replace("authHeader", "authheader").replace(UNVERSIONED, "urn:x"),
        f'<AuthUser xmlns="{UNVERSIONED}">u</AuthUser>',
        '<authUser xmlns="http://www.scene7.com/IpsApi">u</authUser>',
        LOGIN + LOGIN,
        # A message that is valid in itself: the clean schema knows it, as it knows the Body's.
        REQUEST.decode(),
    ],
)
def test_credentials_that_nobody_reads(header: str) -> None:
    """The service ignores them, the login fails, and nothing else says why."""
    (violation,) = validate(envelope(REQUEST, header)).violations
    assert (violation.rule, violation.severity) == ("unread-header", "warning")


@pytest.mark.parametrize(
    "header", [LOGIN, LOGIN + '<a xmlns="urn:x"/>', '<a xmlns="urn:x"/>' + LOGIN]
)
def test_other_headers_are_nobodys_business(header: str) -> None:
    assert found(envelope(REQUEST, header)) == []


def test_what_stands_in_the_body_and_does_not_belong_there() -> None:
    inside = envelope(LOGIN.encode() + REQUEST.replace(b"Full", b"full"))
    assert found(inside) == [
        ("envelope", "/Envelope/Body/authHeader"),
        ("constant", "/Envelope/Body/submitJobParam/imageServingPublishJob/publishType"),
    ]
    assert found(envelope(LOGIN.encode())) == [("envelope", "/Envelope/Body/authHeader")]
    (violation,) = validate(envelope(API_FAULT.encode())).violations
    assert violation.message == "ipsApiFault stands in the Body; it belongs in a Fault's detail."


API_FAULT = f'<ipsApiFault xmlns="{UNVERSIONED}"><code>30001</code><reason>r</reason></ipsApiFault>'


def test_an_envelope_in_an_envelope() -> None:
    rows = validate(envelope(envelope(REQUEST))).violations
    assert [row.message for row in rows] == [
        '"Envelope" is no message of the API; the Body of the envelope holds the message itself.'
    ]


WITHOUT = [
    *(envelope(REQUEST, header) for header in ("", " ", '<trace xmlns="urn:x"/>')),
    envelope(request(LATEST), soap=SOAP_12),
    # The service does not read what others call credentials.
    envelope(REQUEST, f'<Security xmlns="urn:wsse">{PLAIN_AUTH[12:-13]}</Security>'),
    envelope(upload(good=1000)),
    plain(PLAIN),
]


@pytest.mark.parametrize("document", WITHOUT)
def test_no_credentials(document: bytes) -> None:
    """The service answers 10000, whatever else is right; HTTP may say who asks."""
    (violation,) = validate(document).violations
    place = "Request" if b"Request" in document[:10] else "Envelope"
    assert (violation.rule, violation.path) == ("no-credentials", f"/{place}")
    assert (violation.severity, violation.fault_code) == ("warning", None)
    assert violation.message == (
        f"No credentials for the API stand in the {place}; send authHeader, or HTTP Basic."
    )
    assert validate(document, logged_in=True).violations == ()
    for other in (parse(document), document.decode()):
        assert found(other) == [(violation.rule, violation.path)]
    assert validate(document, engine="both").violations == (violation,)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (REQUEST, []),
        (envelope(RESPONSE), []),
        (envelope(b"<x/>"), ["not-a-message"]),
        (envelope(AUTH.encode() + REQUEST), ["envelope"]),
        (envelope(REQUEST).replace(b"<s:Body>", AUTH.encode() + b"<s:Body>"), ["envelope-extra"]),
        (envelope(REQUEST, AUTH.replace("authHeader", "AuthHeader")), ["unread-header"]),
        (envelope(REQUEST, AUTH.replace(UNVERSIONED, "urn:x")), ["wrong-namespace"]),
        (
            envelope(REQUEST, '<AuthUser xmlns="http://www.scene7.com/IpsApi">u</AuthUser>'),
            ["auth-style"],
        ),
        (
            envelope(REQUEST.replace(b"<companyHandle", AUTH.encode() + b"<companyHandle", 1)),
            ["unknown-element"],
        ),
    ],
)
def test_nothing_is_said_twice_of_credentials(document: bytes, expected: list[str]) -> None:
    assert [row.rule for row in validate(document).violations] == expected


def test_without_credentials_all_else_is_judged() -> None:
    document = envelope(REQUEST.replace(b"Full", b"full"))
    told = [("no-credentials", None), ("constant", 30001)]
    assert [(row.rule, row.fault_code) for row in validate(document).violations] == told
    (violation,) = validate(document, logged_in=True).violations
    assert (violation.rule, violation.fault_code) == ("constant", 30001)
