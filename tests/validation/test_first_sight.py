"""What is right is seen at first sight: it costs no walk, and no second opinion."""

from __future__ import annotations

import re
from itertools import product

import pytest

from ips_contract import validate
from ips_contract.contract.components import ANSWERS
from ips_contract.contract.model import contract
from ips_contract.contract.versions import LATEST, PRE_4_0, UNVERSIONED, VERSIONS, Version
from ips_contract.validation.attributes import XSI
from ips_contract.validation.engines import ENGINES
from ips_contract.validation.first_sight import at_first_sight
from ips_contract.validation.judgement import judge
from ips_contract.validation.report import Report
from ips_contract.xml.envelope import SOAP_11, SOAP_12
from ips_contract.xml.parser import parse
from tests.messages import request
from tests.sweep import every


@pytest.mark.parametrize("version", VERSIONS[1:5:3], ids=str)
def test_empty_answers_that_a_version_allows(version: Version) -> None:
    """Some fields are required by later versions alone, and asked for in requests alone."""
    seen = 0
    for name in contract(version).messages:
        data = f'<{name} xmlns="{version.namespace}"/>'.encode()
        if name.endswith(ANSWERS) and not validate(data).violations:
            assert isinstance(at_first_sight(parse(data), data, logged_in=False), Report), name
            seen += 1
    assert seen > 20


AUTH = f'<authHeader xmlns="{UNVERSIONED}"><user>u</user><password>p</password></authHeader>'
FULL_AUTH = AUTH.replace("</pass", "</pass", 1).replace(
    "</authHeader>", "<appName>a</appName><appVersion>1</appVersion></authHeader>"
)
WRONG_AUTH = FULL_AUTH.replace("user>", "usr>")
TRACE = '<trace xmlns="urn:others" b:id="1" xmlns:b="urn:b">1</trace>'
SECURITY = (
    '<w:Security xmlns:w="urn:wsse" s:mustUnderstand="1"><w:UsernameToken>'
    "<w:Username>u</w:Username></w:UsernameToken></w:Security>"
)
LONG = f'<trace xmlns="urn:{"o" * 300}"/>'
# Attributes that toolkits give to what wraps a message, and to the message itself.
ENCODED = 's:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"'
SIGNED = 'xmlns:wsu="urn:wsu" wsu:Id="a"'
UNDERSTOOD = 's:mustUnderstand="0" s:actor=""'


def enveloped(
    message: str,
    header: str = FULL_AUTH,
    *,
    soap: str = SOAP_11,
    around: str = "",
    inside: str = "",
) -> bytes:
    """An envelope; attributes of its parts are ``around``, those of what is in them ``inside``."""
    if inside:
        message = message.replace(" xmlns", f" {inside} xmlns", 1)
        header = header.replace("<authHeader", f"<authHeader {inside}")
    header = f"<s:Header {around}>{header}</s:Header>" if header else ""
    body = f"<s:Body {around}>{message}</s:Body>"
    return f'<s:Envelope xmlns:s="{soap}" {around}>{header}{body}</s:Envelope>'.encode()


RIGHT = request(LATEST).decode()
HEADERS_SEEN = (
    *(FULL_AUTH, TRACE + FULL_AUTH, FULL_AUTH + TRACE, SECURITY + TRACE + FULL_AUTH),
    TRACE * 19 + FULL_AUTH,
)


@pytest.mark.parametrize("soap", [SOAP_11, SOAP_12])
@pytest.mark.parametrize("header", HEADERS_SEEN, ids=len)
@pytest.mark.parametrize("around", ["", ENCODED, SIGNED])
@pytest.mark.parametrize("inside", ["", ENCODED, UNDERSTOOD])
def test_what_toolkits_add_is_seen(soap: str, header: str, around: str, inside: str) -> None:
    data = enveloped(RIGHT, header, soap=soap, around=around, inside=inside)
    assert isinstance(at_first_sight(parse(data), data, logged_in=False), Report)


def test_others_headers_are_seen_where_http_has_the_credentials() -> None:
    data = enveloped(RIGHT, TRACE + SECURITY)
    assert isinstance(at_first_sight(parse(data), data, logged_in=True), Report)
    assert [row.rule for row in validate(data).violations] == ["no-credentials"]


HEADERS = (
    *HEADERS_SEEN,
    *("", AUTH, AUTH * 2, TRACE, TRACE + AUTH * 2, FULL_AUTH + TRACE * 20),
    *(TRACE * 20 + FULL_AUTH, TRACE * 20 + WRONG_AUTH, TRACE * 19 + WRONG_AUTH),
    FULL_AUTH.replace(f'"{UNVERSIONED}"', f'"{LATEST.namespace}"'),
    TRACE + FULL_AUTH.replace(f'"{UNVERSIONED}"', f'"{VERSIONS[3].namespace}"'),
    TRACE + FULL_AUTH.replace(f'"{UNVERSIONED}"', '"urn:others"'),
    FULL_AUTH.replace("authHeader", "AuthHeader") + TRACE,
    WRONG_AUTH + TRACE,
    TRACE + '<AuthUser xmlns="http://www.scene7.com/IpsApi">u</AuthUser>',
    *(TRACE + RIGHT, FULL_AUTH + RIGHT, LONG + FULL_AUTH, f"text{FULL_AUTH}{TRACE}"),
    *(f"<bare/>{FULL_AUTH}", f"{FULL_AUTH}<s:Header/>", f"{TRACE}<!-- c -->{FULL_AUTH}"),
    f'<trace xmlns="urn:others">{FULL_AUTH}</trace>',
    f'<trace xmlns="urn:others">{WRONG_AUTH}</trace>{FULL_AUTH}',
    f'<trace xmlns="urn:o" xmlns:i="{XSI}" i:type="x:y"/>{AUTH}',
)
ANSWER = (
    f'<submitJobReturn xmlns="{LATEST.namespace}"><jobHandle>j|47|a||</jobHandle></submitJobReturn>'
)
MESSAGES = (
    *(RIGHT, RIGHT.replace("My Test Job", "My|Test Job"), RIGHT.replace(">Full<", ">Fuller<")),
    *(request(PRE_4_0).decode(), request(VERSIONS[3]).decode(), RIGHT + RIGHT, "", "text"),
    ANSWER,
)
AROUND = ("", ENCODED, SIGNED, 'a="1"', f'xmlns:n="urn:{"o" * 300}" n:a="1"')


WARNED = RIGHT.replace("<imageServingPublishJob>", "<uploadUrlsJob><numUrls>0</numUrls>", 1)
WARNED = re.sub(
    "<publishType>.*</imageServingPublishJob>",
    "<overwrite>true</overwrite><readyForPublish>true</readyForPublish>"
    "<createMask>true</createMask><emailSetting>All</emailSetting></uploadUrlsJob>",
    WARNED,
    flags=re.DOTALL,
)
MANY = " ".join(f's:a{number}="1"' for number in range(101))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("attributes", ["", ENCODED, UNDERSTOOD, MANY], ids=len)
@pytest.mark.parametrize(
    ("message", "rules"), [(RIGHT, []), (WARNED, ["response-only"])], ids=["right", "warned"]
)
@pytest.mark.parametrize("at", ["<submitJobParam", "<companyHandle", "<emailSetting"])
def test_attributes_of_soap_are_no_errors(
    at: str, message: str, rules: list[str], attributes: str, engine: str
) -> None:
    """Whatever else is warned about: no schema of ours is asked about them."""
    data = enveloped(message.replace(at, f"{at} {attributes}"))
    report = validate(data, engine=engine)
    assert [row.rule for row in report.violations] == rules
    assert report.valid


def same(data: bytes, *, logged_in: bool = False) -> None:
    """Nothing that is seen at first sight changes what is found."""
    quick, slow = validate(data, logged_in=logged_in), judge(parse(data), data, logged_in=logged_in)
    assert quick.violations == slow.violations
    assert (quick.message, quick.version) == (slow.message, slow.version)


@pytest.mark.no_cover
@pytest.mark.parametrize("message", MESSAGES, ids=range(len(MESSAGES)))
@pytest.mark.parametrize("header", HEADERS, ids=range(len(HEADERS)))
def test_envelopes_are_judged_as_without_it(header: str, message: str) -> None:
    ways = product((SOAP_11, SOAP_12), AROUND, ("", UNDERSTOOD))
    place = len(MESSAGES) * HEADERS.index(header) + MESSAGES.index(message)
    for soap, around, inside in every(3, ways, place):
        data = enveloped(message, header, soap=soap, around=around, inside=inside)
        same(data)
    same(enveloped(message, header), logged_in=True)


OURS = f'<ipsApiFault xmlns="{UNVERSIONED}"><code>30000</code><reason>a</reason></ipsApiFault>'
HOST = '<h:hostname xmlns:h="http://xml.apache.org/axis/">h</h:hostname>'
DETAILS = (
    *(None, "", "text", OURS, HOST, OURS + HOST, HOST + OURS, OURS * 2, HOST * 20 + OURS),
    OURS + OURS.replace("30000", "3"),
    *(OURS.replace("30000", "3"), OURS.replace("30000", "x") + HOST, HOST * 19 + OURS),
    OURS.replace(f' xmlns="{UNVERSIONED}"', ""),
    OURS.replace(UNVERSIONED, LATEST.namespace),
    OURS.replace("ipsApiFault", "authorizationFault"),
    OURS.replace("<reason>a</reason>", "") + HOST,
    f'<a xmlns="urn:o">{OURS.replace("30000", "x")}</a>',
    *(LONG, LONG + OURS, AUTH),
)
_PARTS = {
    SOAP_11: "<faultcode>s:Server</faultcode><faultstring>x</faultstring>{}",
    SOAP_12: "<s:Code><s:Value>s:Receiver</s:Value></s:Code>"
    '<s:Reason><s:Text xml:lang="en">x</s:Text></s:Reason>{}',
}
_DETAIL = {SOAP_11: "<detail {}>{}</detail>", SOAP_12: "<s:Detail {}>{}</s:Detail>"}


@pytest.mark.no_cover
@pytest.mark.parametrize("soap", [SOAP_11, SOAP_12])
@pytest.mark.parametrize("detail", DETAILS, ids=range(len(DETAILS)))
def test_faults_are_judged_as_without_it(soap: str, detail: str | None) -> None:
    ways = product(("", TRACE, WRONG_AUTH, f"text{TRACE}", LONG), AROUND)
    for header, around in every(3, ways, DETAILS.index(detail)):
        inner = "" if detail is None else _DETAIL[soap].format(around, detail)
        for parts in (_PARTS[soap], _PARTS[soap].replace("{}", "", 1), "{}" + _PARTS[soap][:-2]):
            fault = f"<s:Fault {around}>{parts.format(inner)}</s:Fault>"
            same(enveloped(fault, header, soap=soap, around=around))


@pytest.mark.parametrize("soap", [SOAP_11, SOAP_12])
@pytest.mark.parametrize("detail", [None, OURS, HOST, OURS + HOST, HOST * 19 + OURS], ids=str)
def test_faults_of_toolkits_are_seen(soap: str, detail: str | None) -> None:
    inner = "" if detail is None else _DETAIL[soap].format("", detail)
    data = enveloped(f"<s:Fault>{_PARTS[soap].format(inner)}</s:Fault>", TRACE, soap=soap)
    assert isinstance(at_first_sight(parse(data), data, logged_in=False), Report)
