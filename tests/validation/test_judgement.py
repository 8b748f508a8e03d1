"""Wrappings: envelopes of both SOAP versions, plain Requests, faults, credentials, versions."""

from __future__ import annotations

import pytest

from ips_contract import find_version, validate
from ips_contract.contract.versions import LATEST, PRE_4_0, UNVERSIONED, VERSIONS
from tests.messages import REQUEST, RESPONSE, SOAP_11, SOAP_12, envelope, request

V66 = find_version("6.6")
AUTH = f'<authHeader xmlns="{UNVERSIONED}"><user>u</user><password>p</password></authHeader>'
BODY = "/Envelope/Body/submitJobParam"


def rules(document: bytes) -> list[tuple[str, str]]:
    return [(v.rule, v.path) for v in validate(document).violations]


@pytest.mark.parametrize("version", VERSIONS, ids=str)
@pytest.mark.parametrize("soap", [SOAP_11, SOAP_12])
def test_clean_envelopes(version: object, soap: str) -> None:
    assert isinstance(version, type(PRE_4_0))
    report = validate(envelope(request(version), AUTH, soap))
    assert (report.violations, report.message) == ((), "submitJobParam")
    assert report.version is version


ENVELOPES: list[tuple[bytes, list[tuple[str, str]]]] = [
    (envelope(request()), []),
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
    (envelope(request() * 2), [("envelope", BODY)]),
    (
        envelope(request()).replace(b"s:Body", b"s:body"),
        [("envelope", "/Envelope"), ("envelope-extra", "/Envelope/body")],
    ),
    (envelope(request(), soap="urn:soap"), [("envelope", "/Envelope")]),
    (
        envelope(request()).replace(b"</s:Body>", b"</s:Body><s:Body/>"),
        [("envelope", "/Envelope/Body[2]")],
    ),
    (
        envelope(request()).replace(b"</s:Body>", b"</s:Body><s:Header/>"),
        [("envelope", "/Envelope/Header")],
    ),
    (
        envelope(request()).replace(b"<s:Body>", b"<s:Header/><s:Header/><s:Body>"),
        [("envelope", "/Envelope/Header[2]")],
    ),
    (
        envelope(request()).replace(b"</s:Body>", b"</s:Body><x/>"),
        [("envelope-extra", "/Envelope/x")],
    ),
    (
        envelope(request(), soap=SOAP_12).replace(b"</s:Body>", b"</s:Body><x/>"),
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
    (plain(PLAIN), []),
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
    ("date", "judged_as"),
    [
        ("2007-01-01", "pre-4.0"),
        ("2008-01-16", "4.0"),
        ("2011-11-04", "4.5"),
        ("2011-11-04-beta", "4.5"),
        ("2012-07-31-beta", "6.0"),
        ("2013-08-29-beta", "6.6"),
        ("2016-01-14-beta", "6.8"),
        ("2023-01-15", "6.8"),
    ],
)
def test_unpublished_versions(date: str, judged_as: str) -> None:
    document = request(LATEST).replace(b"2014-04-03", date.encode())
    report = validate(document, engine="both")
    assert report.version is find_version(judged_as)
    assert report.valid
    assert "unpublished-version" in [v.rule for v in report.violations]


@pytest.mark.parametrize(
    "namespace",
    ["", "urn:x", UNVERSIONED + "/", UNVERSIONED + "/2014-4-3", UNVERSIONED + "/20140403xx"],
)
def test_unknown_namespaces(namespace: str) -> None:
    report = validate(REQUEST.replace(UNVERSIONED.encode(), namespace.encode()))
    assert [(v.rule, v.path) for v in report.violations] == [("wrong-namespace", "/submitJobParam")]


def test_version_asked_for() -> None:
    assert validate(REQUEST, version="pre-4.0").valid
    report = validate(REQUEST, version="2014R1")
    assert report.version is LATEST
    assert [v.rule for v in report.violations][:1] == ["wrong-namespace"]
    assert validate(request(LATEST), version=LATEST).valid


def test_a_misspelt_message_name() -> None:
    (found,) = validate(REQUEST.replace(b"submitJobParam", b"submitJobparam")).violations
    assert "did you mean submitJobParam?" in found.message
    (found,) = validate(REQUEST.replace(b"submitJobParam", b"inventParam")).violations
    assert "its 176 operations have messages such as submitJobParam" in found.message
