"""The service's steps, from a request to its answer."""

from __future__ import annotations

import base64
import random
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from freezegun import freeze_time
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from ips_contract import VERSIONS, validate, validate_exchange
from ips_contract.contract.endpoints import PLAIN_PATH, SERVICE_PATH
from ips_contract.contract.faults import FAULT_CODES
from ips_contract.fixtures import Fixture, all_fixtures, load
from ips_contract.http.content_encoding import gzip
from ips_contract.http.messages import Request, Response
from ips_contract.mock.clock import Clock
from ips_contract.mock.operations.table import OPERATIONS
from ips_contract.mock.service import Service
from ips_contract.mock.state.accounts import Account, Accounts
from ips_contract.mock.state.jobs import Jobs
from ips_contract.mock.state.lifecycle import AT_ONCE, MANUAL, Plan
from ips_contract.strategies.invalid import invalid_messages
from tests.blocks import REFERENCE
from tests.calls import (
    NEW,
    OLD,
    PUBLISH,
    SOAP_12,
    UPLOAD,
    auth,
    call,
    company,
    envelope,
    fault_of,
    handle,
    listing,
    message,
    plain,
    post,
    steer,
    submit,
    text,
)
from tests.messages import Generator
from tests.mock.test_library_answers import ELSEWHERE
from tests.sweep import every

if TYPE_CHECKING:
    from collections.abc import Callable

    from ips_contract.contract.versions import Version
    from ips_contract.generation.mutations.table import Invalid
    from ips_contract.validation.report import Report, Violation

DOCUMENTED = load("valid/documented-request.xml").decode()
BEFORE, AFTER = envelope("|").split(b"|")
USERS = Accounts(
    [
        Account("admin@x.test", "pw", companies=frozenset({"47", "48"})),
        Account("user@x.test", "pw", "IpsUser", frozenset({"47"})),
        Account("old@x.test", "pw", valid=False),
        Account("boss@x.test", "pw", "IpsCompanyAdmin", frozenset({"47"})),
    ]
)


def get(path: str, method: str = "GET", headers: dict[str, str] | None = None) -> Response:
    return Service().handle(Request(method, path, headers or {}, b""))


# Wire.


def test_the_documented_request_gets_the_documented_answer() -> None:
    response = post(Service(), envelope(DOCUMENTED), {"soapaction": '"submitJob"'})
    assert response == Response(
        200,
        (("Content-Type", "text/xml;charset=UTF-8"),),
        b"<?xml version='1.0' encoding='UTF-8'?><soapenv:Envelope xmlns:soapenv="
        b'"http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><submitJobReturn xmlns='
        b'"http://www.scene7.com/IpsApi/xsd"><jobHandle>47|My Test Job|</jobHandle>'
        b"</submitJobReturn></soapenv:Body></soapenv:Envelope>",
    )


def test_soap_12_gets_soap_12() -> None:
    service = Service()
    body = envelope(DOCUMENTED, soap=SOAP_12)
    headers = {"content-type": 'application/soap+xml;charset=UTF-8;action="submitJob"'}
    response = post(service, body, headers)
    assert response.headers == (("Content-Type", "application/soap+xml;charset=UTF-8"),)
    assert SOAP_12.encode() in response.body
    assert service.exchanges[0].notes == ()
    for broken in (body.replace(b"Full", b"full"), b"<"):
        response = post(service, broken, headers)
        assert b"<soapenv:Value>soapenv:Receiver</soapenv:Value>" in response.body
    post(service, body, {"content-type": "application/soap+xml; action=stopJob"})
    assert service.exchanges[-1].notes[0].startswith("soap-action: SOAPAction is stopJob")


@pytest.mark.parametrize(
    ("action", "same"),
    [
        *(("submitJob", True), ('"submitJob"', True), (" 'submitJob' ", True), ('""', True)),
        *(('" submitJob "', False), ("'\"submitJob\"'", False), ("submitjob", False)),
    ],
)
def test_soap_actions(action: str, same: bool) -> None:
    service = Service()
    post(service, envelope(DOCUMENTED), {"content-type": "text/xml", "soapaction": action})
    assert [v.rule for v in service.exchanges[-1].report.violations] == ["soap-action"][same:]


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_plain_xml(version: Version) -> None:
    service = Service()
    body = message(
        "submitJob",
        f"<companyHandle>{company(version)}</companyHandle><jobName>x</jobName>{PUBLISH}",
        version,
    )
    request = (
        f'<Request xmlns="{version.namespace}">{auth(namespace=version.namespace)}{body}</Request>'
    )
    response = post(service, request.encode(), path=PLAIN_PATH)
    assert response.body.decode() == (
        "<?xml version='1.0' encoding='UTF-8'?>"
        f'<submitJobReturn xmlns="{version.namespace}"><jobHandle>{handle(version, "x")}'
        "</jobHandle></submitJobReturn>"
    )
    response = post(service, request.replace("secret", "").encode(), path=PLAIN_PATH)
    assert response.body.decode().startswith(
        "<?xml version='1.0' encoding='UTF-8'?><authenticationFault xmlns="
    )


def test_each_address_takes_its_own_wrapping() -> None:
    service = Service()
    request = f'<Request xmlns="{OLD.namespace}">{auth()}{DOCUMENTED}</Request>'.encode()
    soap, plain = f"a SOAP envelope at {SERVICE_PATH}", f"a Request at {PLAIN_PATH}"
    alone = "submitJobParam came alone, and belongs in"
    old = b'<Envelope xmlns="http://www.w3.org/2001/12/soap-envelope"><Body/></Envelope>'
    for body, path, words in (
        (request, SERVICE_PATH, f"A Request came, and the message belongs in {soap}"),
        (DOCUMENTED.encode(), SERVICE_PATH, f"{alone} {soap}: Envelope/Body/submitJobParam."),
        (
            envelope(DOCUMENTED),
            PLAIN_PATH,
            f"A SOAP envelope came, and the message belongs in {plain}",
        ),
        (DOCUMENTED.encode(), PLAIN_PATH, f"{alone} {plain}: Request/submitJobParam."),
        (b"<a/>", SERVICE_PATH, f"The element a came, and the message belongs in {soap}"),
        (old, SERVICE_PATH, "The envelope's namespace http://www.w3.org/2001/12/soap-envelope is "),
    ):
        code, reason = fault_of(post(service, body, path=path))
        assert (code, words in reason) == (30003, True), reason
        assert service.exchanges[-1].report.violations[0].rule == "envelope"


def test_the_namespace_of_the_request_is_that_of_the_answer() -> None:
    namespace = "http://www.scene7.com/IpsApi/xsd/2016-01-14-beta"
    body = DOCUMENTED.replace("http://www.scene7.com/IpsApi/xsd", namespace).replace(">47", ">c|47")
    service = Service()
    response = post(service, envelope(body))
    assert (
        f'<submitJobReturn xmlns="{namespace}"><jobHandle>j|47|My Test Job||'
        in response.body.decode()
    )
    assert service.exchanges[0].version is NEW


@pytest.mark.parametrize(
    "action", ["submitJob", '"submitJob"', "'submitJob'", "", '""', " submitJob "]
)
def test_soap_actions_that_agree(action: str) -> None:
    service = Service()
    assert post(service, envelope(DOCUMENTED), {"soapaction": action}).status == 200
    assert service.exchanges[0].notes == ()
    assert service.exchanges[0].report.violations == ()


def test_a_soap_action_that_disagrees_is_served_and_noted() -> None:
    service = Service()
    headers = {"soapaction": '"stopJob"'}
    assert post(service, envelope(DOCUMENTED), headers).status == 200
    assert service.exchanges[0].notes == (
        "soap-action: SOAPAction is stopJob; the Body asks for submitJob.",
    )
    assert [v.rule for v in service.exchanges[0].report.violations] == ["soap-action"]


def test_a_soap_action_that_disagrees_is_noted_whatever_else_is_wrong() -> None:
    service = Service()
    headers = {"soapaction": "stopJob"}
    wrong = envelope(DOCUMENTED.replace("Full", "full"))
    assert fault_of(post(service, wrong, headers))[0] == 30001
    rules = [v.rule for v in service.exchanges[-1].report.violations]
    assert rules == ["soap-action", "constant"]
    assert fault_of(post(service, envelope(DOCUMENTED, ""), headers))[0] == 10000
    rules = [v.rule for v in service.exchanges[-1].report.violations]
    assert rules == ["soap-action", "no-credentials"]
    unknown = envelope(f'<stopJobs xmlns="{OLD.namespace}"/>')
    code, reason = fault_of(post(service, unknown, headers))
    assert (code, reason[:13]) == (30003, "not-a-message")
    assert service.exchanges[-1].notes[0].endswith("the Body asks for stopJobs.")
    assert fault_of(post(service, envelope(""), headers))[0] == 30003
    assert service.exchanges[-1].notes == ()


@pytest.mark.parametrize("kind", ["", "application/x-www-form-urlencoded", "multipart/related"])
def test_other_content_types_are_served_and_noted(kind: str) -> None:
    service = Service()
    assert post(service, envelope(DOCUMENTED), {"content-type": kind}).status == 200
    assert service.exchanges[0].notes[0].startswith("content-type: ")


def test_what_the_server_reads_past() -> None:
    header = auth().replace("<authHeader", '<authHeader e:mustUnderstand="1" e:actor="urn:x"')
    body = envelope(
        f'<ns1:submitJobParam xmlns:ns1="{OLD.namespace}" xmlns:n2="{OLD.namespace}" '
        'xmlns:i="http://www.w3.org/2001/XMLSchema-instance" '
        'xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        '<n2:companyHandle i:type="xsd:string">47</n2:companyHandle><ns1:jobName>x</ns1:jobName>'
        "<ns1:imageServingPublishJob><n2:publishType>Full</n2:publishType>"
        "<ns1:emailSetting>All</ns1:emailSetting></ns1:imageServingPublishJob></ns1:submitJobParam>",
        header,
    ).replace(b"<e:Envelope", b'<e:Envelope e:encodingStyle="urn:x"')
    service = Service()
    assert b"47|x|" in post(service, body).body
    assert len(listing(service, "getActiveJobs")) == 1


@pytest.mark.parametrize(
    ("text_", "expected"),
    [
        (None, 500),
        ("200", 200),
        ("503", 503),
        ("0", 500),
        ("204", 500),
        ("abc", 500),
        ("1000", 500),
    ],
)
def test_fault_http_status_code(text_: str | None, expected: int) -> None:
    extra = f"<faultHttpStatusCode>{text_}</faultHttpStatusCode>" if text_ else ""
    assert submit(Service(), job="", header=auth(extra=extra)).status == expected
    if expected != 500:
        assert submit(Service(), header=auth("me", "", extra)).status == expected


@pytest.mark.parametrize(
    ("wish", "accept", "packed"),
    [
        (None, None, False),
        (None, "gzip, deflate", True),
        (None, "identity", False),
        ("true", None, True),
        ("true", "gzip", True),
        ("true", "none", True),
        ("true", "identity", True),
        ("1", "gzip;q=0", True),
        ("false", "gzip", False),
        ("0", None, False),
    ],
)
def test_gzip_of_answers(wish: str | None, accept: str | None, packed: bool) -> None:
    extra = f"<gzipResponse>{wish}</gzipResponse>" if wish else ""
    headers = {"accept-encoding": accept} if accept is not None else {}
    service = Service()
    for body in (DOCUMENTED, "<x/>"):
        response = post(service, envelope(body, auth(extra=extra)), headers)
        assert (("Content-Encoding", "gzip") in response.headers) is packed
        assert plain(response).startswith(b"<?xml")
        assert service.exchanges[-1].response.body.startswith(b"<?xml")


def test_gzip_of_requests() -> None:
    service = Service()
    for encoding in ("gzip", "x-gzip", "GZIP"):
        headers = {"content-encoding": encoding}
        assert post(service, gzip(envelope(DOCUMENTED)), headers).status == 200
    assert b"<password>***</password>" in service.exchanges[0].request.body
    assert post(service, envelope(DOCUMENTED), {"content-encoding": "identity"}).status == 200


@pytest.mark.parametrize(
    ("body", "encoding", "rule"),
    [
        (b"x" * 2000, "", "too-large"),
        (gzip(b"<a>" + b" " * 10**6), "gzip", "too-large"),
        (b"no gzip", "gzip", "compressed"),
        (gzip(b"<a/>")[:-4], "gzip", "compressed"),
        (b"<a/>", "br", "compressed"),
        (gzip(b"<a/>"), "", "compressed"),
        (b"", "", "not-xml"),
        (b"<a>", "", "not-xml"),
        (b"<!DOCTYPE a><a/>", "", "document-type"),
        (b"<a>" * 300 + b"</a>" * 300, "", "too-large"),
    ],
)
def test_what_is_not_read(body: bytes, encoding: str, rule: str) -> None:
    service = Service(limit=1500)
    code, reason = fault_of(post(service, body, {"content-encoding": encoding}))
    assert (code, reason.partition(":")[0]) == (30003, rule)
    assert [v.rule for v in service.exchanges[0].report.violations] == [rule]


def test_the_size_of_what_was_not_read_is_not_made_up() -> None:
    # A server reads one byte more than the limit, however many there are.
    reason = fault_of(post(Service(limit=1500), b"x" * 1501))[1]
    assert reason.startswith("too-large: The document has more than 1500 bytes, the limit.")


# Other methods and paths.


@pytest.mark.parametrize("path", ["/", "/x", "/scene7/x", "/scene7/services/IpsApi", "*", "/é"])
def test_a_wrong_path_says_the_right_ones(path: str) -> None:
    for method in ("GET", "POST", "PUT"):
        if path == "/" and method == "GET":
            continue
        response = get(path, method)
        assert response.status == (405 if path == "/" else 404)
        assert response.headers[0] == ("Content-Type", "text/plain;charset=UTF-8")
        assert SERVICE_PATH in response.body.decode()


@pytest.mark.parametrize(
    "path",
    [
        SERVICE_PATH,
        PLAIN_PATH,
        f"{SERVICE_PATH}/",
        f"{SERVICE_PATH}?x=wsdl",
        f"{SERVICE_PATH}?wsdls",
        f"{PLAIN_PATH}?wsdl",
    ],
)
def test_reading_the_service_says_how_to_post(path: str) -> None:
    response = get(path)
    assert (response.status, response.headers[1]) == (405, ("Allow", "POST"))
    assert b"by POST" in response.body
    assert get(path, "HEAD") == response._replace(body=b"")


@pytest.mark.parametrize("path", ["/scene7/", "/scene7", "/", "http://ips.test/scene7/"])
def test_the_home_page(path: str) -> None:
    response = get(path)
    assert response.status == 200
    assert b"mock" in response.body
    assert get(path, "DELETE").headers[1] == ("Allow", "GET, HEAD")


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_wsdls(version: Version) -> None:
    for folder in ("/scene7/webservice/", "/scene7/"):
        response = get(folder + version.wsdl, headers={"host": "ips.test:81"})
        assert response.status == 200
        by_label = f"{folder}IpsApi-{version.label}.wsdl"
        assert get(by_label, headers={"host": "ips.test:81"}) == response
        assert b'"http://ips.test:81/scene7/services/IpsApiService"' in response.body
        assert version.namespace.encode() in response.body
    response = get(f"/scene7/{version.wsdl}?serviceUrl=https%3A%2F%2Fh%2Fp%3Fa%26b")
    assert b'"https://h/p?a&amp;b"' in response.body
    odd = get(f"/scene7/{version.wsdl}", headers={"host": "a\x01<\ufffe"})
    assert b"http://a&lt;/" in odd.body
    assert get("/scene7/IpsApi-1999-01-01.wsdl").status == 404


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ({"x-forwarded-proto": "https", "x-forwarded-host": "ips.test"}, "https://ips.test"),
        ({"x-forwarded-proto": "HTTPS, http", "x-forwarded-host": "a.test, b"}, "https://a.test"),
        ({"x-forwarded-host": "ips.test:81"}, "http://ips.test:81"),
        ({"x-forwarded-proto": "https"}, "https://mock:80"),
        ({"x-forwarded-proto": "javascript"}, "http://mock:80"),
        ({}, "http://mock:80"),
    ],
)
def test_the_wsdl_behind_a_proxy(headers: dict[str, str], address: str) -> None:
    request = Request("GET", f"{SERVICE_PATH}?wsdl", {"host": "mock:80", **headers}, b"")
    proxied = Service(behind_proxy=True).handle(request).body
    assert f'"{address}{SERVICE_PATH}"'.encode() in proxied
    assert f'"http://mock:80{SERVICE_PATH}"'.encode() in Service().handle(request).body


@pytest.mark.parametrize(("proto", "scheme"), [("http", "http"), ("ftp", "https"), ("", "https")])
def test_the_wsdl_by_tls(proto: str, scheme: str) -> None:
    head = {"host": "mock:443", "x-forwarded-proto": proto}
    request = Request("GET", f"{SERVICE_PATH}?wsdl", head, b"", "https")
    assert f'"https://mock:443{SERVICE_PATH}"'.encode() in Service().handle(request).body
    proxied = Service(behind_proxy=True).handle(request).body
    assert f'"{scheme}://mock:443{SERVICE_PATH}"'.encode() in proxied


@pytest.mark.parametrize("query", ["wsdl", "WSDL", "Wsdl=", "x=1&wsdl=1"])
def test_the_wsdl_at_the_service_itself(query: str) -> None:
    path, host = f"{SERVICE_PATH}?{query}", {"host": "ips.test"}
    answer = get(path, headers=host)
    assert answer == get(f"/scene7/{VERSIONS[-1].wsdl}", headers=host)
    assert get(path, "HEAD", headers=host) == answer._replace(body=b"")
    given = f"{path}&serviceUrl=http%3A%2F%2Fother%2F&serviceUrl=second"
    assert b'location="http://other/"' in get(given, headers=host).body
    assert b'location="http://ips.test/' in get(f"{path}&serviceUrl=", headers=host).body
    assert get(path, "PUT").status == 405


def test_a_message_may_be_posted_where_the_wsdl_is() -> None:
    request = Request("POST", f"{SERVICE_PATH}?wsdl", {}, envelope(DOCUMENTED))
    assert Service().handle(request).status == 200


@pytest.mark.parametrize("path", [f"{SERVICE_PATH}?wsdl", f"/scene7/{VERSIONS[0].wsdl}?x=1"])
def test_wsdls_without_soap_12(path: str) -> None:
    assert b"soap12" in get(path).body
    assert b"soap12" in get(f"{path}&soap12=yes").body
    bare = get(f"{path}&soap12=no")
    assert bare.status == 200
    assert b"soap12" not in bare.body


def test_pages_are_recorded_without_an_operation() -> None:
    service = Service()
    service.handle(Request("GET", "/scene7/", {}, b""))
    assert (service.exchanges[0].operation, service.exchanges[0].report.valid) == ("", True)
    assert repr(service.exchanges[0]) == "<Exchange 1: GET /scene7/: 200>"


# Credentials and faults.


def test_three_ways_to_log_in() -> None:
    service = Service()
    basic = {"authorization": "Basic " + base64.b64encode(b"me:secret").decode()}
    old = (
        '<AuthUser xmlns="http://www.scene7.com/IpsApi">me</AuthUser>'
        '<AuthPassword xmlns="http://www.scene7.com/IpsApi">secret</AuthPassword>'
    )
    for header, headers, rules in (
        (auth(), {}, []),
        ("", basic, []),
        (old, {}, ["auth-style"]),
        (auth(namespace=NEW.namespace), {}, ["missing-tolerated"] * 2),
        (auth(namespace=VERSIONS[5].namespace), {}, ["auth-namespace"]),
        (
            auth(namespace="")
            .replace("<authHeader", f"<h:authHeader xmlns:h='{OLD.namespace}'")
            .replace("</authHeader", "</h:authHeader"),
            {},
            ["auth-unqualified"],
        ),
        (f"<authHeader xmlns='{OLD.namespace}'><accessToken>t</accessToken></authHeader>", {}, []),
    ):
        inner = message(
            "submitJob", f"<companyHandle>c|47</companyHandle><jobName>x</jobName>{PUBLISH}", NEW
        )
        assert post(service, envelope(inner, header), headers).status == 200
        assert [v.rule for v in service.exchanges[-1].report.violations] == rules
    first, second, *_ = listing(service, "getActiveJobs", version=NEW)
    assert text(second, "submitUserEmail") == "me"
    assert text(first, "submitUserEmail") == "me@example.com"


def as_user(user: str, password: str = "pw") -> str:
    return auth(f"{user}@x.test", password)


def with_user(service: Service, user: str, user_handle: str, number: str = "47") -> Response:
    inner = (
        f"<companyHandle>{number}</companyHandle><userHandle>{user_handle}</userHandle>"
        f"<jobName>x</jobName>{PUBLISH}"
    )
    return call(service, "submitJob", inner, header=as_user(user))


def other_company(service: Service) -> Response:
    submit(service, "x", header=as_user("admin"), number="48")
    inner = "<companyHandle>47</companyHandle><jobHandle>48|x|</jobHandle>"
    return call(service, "stopJob", inner, header=as_user("admin"))


# Code → how to reach it; the others are scripted. docs/reference/mock.md says the same in words.
NATURAL: dict[int, Callable[[Service], Response]] = {
    10000: lambda s: submit(s, header=""),
    10001: lambda s: submit(s, header=as_user("admin", "wrong")),
    10002: lambda s: submit(s, header=as_user("nobody")),
    20000: lambda s: submit(s, header=as_user("admin"), number="50"),
    20001: lambda s: with_user(s, "admin", "9|nobody@x.test"),
    20002: lambda s: with_user(s, "admin", "3|old@x.test"),
    20003: lambda s: submit(s, header=as_user("boss")),
    20004: lambda s: with_user(s, "user", "1|admin@x.test"),
    20005: other_company,
    20006: lambda s: submit(s, header=as_user("user"), number="48"),
    20007: lambda s: with_user(s, "admin", "2|user@x.test", "48"),
    30001: lambda s: submit(s, header=as_user("user"), job=PUBLISH.replace("Full", "full")),
    30002: lambda s: submit(s, header=as_user("user"), job=""),
    30003: lambda s: submit(s, header=as_user("user"), job=f"<x/>{PUBLISH}"),
}
SCRIPTED = (20008, 20009, 30000)


@pytest.mark.parametrize(
    ("header", "in_body", "rule"),
    [
        (auth().replace(OLD.namespace, "urn:x"), "", "wrong-namespace"),
        (auth().replace("user>", "username>"), "", "missing-element"),
        (f'<AuthUser xmlns="{OLD.namespace}">a</AuthUser>', "", "unread-header"),
        ("", auth(), "envelope"),
    ],
)
def test_credentials_that_are_not_read_are_explained(header: str, in_body: str, rule: str) -> None:
    code, reason = fault_of(post(Service(), envelope(in_body + DOCUMENTED, header)))
    assert code == 10000
    assert f" {rule}: " in reason
    assert f"[{rule} at /Envelope/" in reason


@pytest.mark.parametrize("code", FAULT_CODES)
def test_every_fault_can_be_reached(code: int) -> None:
    service = Service(accounts=USERS)
    if code in SCRIPTED:
        service.script(fault=code)
        response = submit(service, header=as_user("admin"))
    else:
        response = NATURAL[code](service)
    found, reason = fault_of(response)
    assert (found, response.status) == (code, 500)
    assert reason
    row = FAULT_CODES[code]
    root = etree.fromstring(response.body)
    (detail,) = root[0][0].findall("detail")
    assert detail[0].tag == f"{{http://www.scene7.com/IpsApi/xsd}}{row.kind}"
    sender = "soapenv:Server" if row.kind == "ipsApiFault" else "soapenv:Client"
    assert root[0][0].findtext("faultcode") == sender
    assert (service.exchanges[-1].fault, service.exchanges[-1].reason != "") == (code, True)


def test_every_fault_is_documented() -> None:
    page = (REFERENCE / "mock.md").read_text(encoding="utf-8")
    for code in FAULT_CODES:
        assert re.search(rf"^\| {code} \|", page, re.MULTILINE), code
    words = set(re.findall(r"\w+", page + (REFERENCE / "library.md").read_text(encoding="utf-8")))
    assert words >= OPERATIONS.keys()


def test_the_order_of_the_steps_decides() -> None:
    service = Service(accounts=USERS)
    cases = (
        ("", "", "<", 30003),  # No XML comes before no credentials.
        ("", "50", "<x/>", 10000),  # No credentials before an invalid message.
        (as_user("boss", "no"), "50", "<x/>", 10001),
        (as_user("boss"), "50", "<x/>", 30003),  # An invalid message before the role.
        (as_user("boss"), "50", PUBLISH, 20003),  # The role before the company.
        (as_user("user"), "50", PUBLISH, 20000),
        (as_user("user"), "48", PUBLISH, 20006),
    )
    for header, number, job, code in cases:
        if job == "<":
            assert fault_of(post(service, envelope("<")))[0] == code
        else:
            sent = f"<x/>{PUBLISH}" if job == "<x/>" else job
            assert fault_of(submit(service, job=sent, header=header, number=number))[0] == code
    assert listing_of_all(service) == 0


def listing_of_all(service: Service) -> int:
    return sum(len(service.jobs.active(number)) for number in ("47", "48", "50"))


def test_reasons_carry_rule_and_place() -> None:
    code, reason = fault_of(post(Service(), envelope(DOCUMENTED.replace("Full", "full"))))
    assert code == 30001
    assert reason == (
        'constant: "full" is not one of Full, FullWithSearch or Incremental. Write Full. '
        "[constant at /Envelope/Body/submitJobParam/imageServingPublishJob/publishType, line 5]"
    )
    wrong = DOCUMENTED.replace("Full", "full").replace("Error", "error")
    assert fault_of(post(Service(), envelope(wrong)))[1].endswith("line 5] (and 1 more error)")


BARE = [
    f
    for f in all_fixtures()
    if f.limit is None
    and validate(f.data).message.endswith("Param")
    and b"Envelope" not in f.data
    and b"<Request" not in f.data
]


@pytest.mark.parametrize("fixture", BARE, ids=lambda fixture: fixture.name)
def test_faults_have_the_code_of_the_first_error(fixture: Fixture) -> None:
    encoding = "utf-16" if fixture.data[:1] == b"\xff" else "utf-8"
    body = re.sub(r"^<\?xml.*?\?>", "", fixture.data.decode(encoding, "replace"))
    service = Service()
    response = post(service, envelope(body))
    errors = service.exchanges[0].report.errors
    assert bool(errors) is (
        fixture.name.startswith("invalid/") and not validate(fixture.data).valid
    )
    if errors:
        assert fault_of(response)[0] == errors[0].fault_code
    else:
        assert response.status == 200
        exchange = service.exchanges[0]
        assert exchange.canned is (exchange.operation not in OPERATIONS)


WRONG_INSIDE = ("Full<", "full<"), ("<emailSetting>Error</emailSetting>", "")


def test_errors_that_are_tolerated() -> None:
    service, asked = Service(), []

    def tolerates(report: Report, error: Violation) -> bool:
        asked.append((report.message, error.rule))
        return error.rule != "blank"

    service.tolerate(tolerates)
    job = PUBLISH
    for old, new in WRONG_INSIDE:
        assert old in job
        job = job.replace(old, new)
    assert submit(service, job=job).status == 200
    assert sorted(asked) == [("submitJobParam", "constant"), ("submitJobParam", "missing-element")]
    exchange = service.exchanges[-1]
    assert (exchange.fault, exchange.handle) == (None, "47|My Test Job|")
    assert [row.rule for row in exchange.report.errors] == ["missing-element", "constant"]
    assert exchange.notes[0].startswith("tolerated: missing-element: ")
    assert b"secret" not in exchange.request.body
    # What is not tolerated is the fault, alone.
    code, reason = fault_of(submit(service, job=job, name=" "))
    assert (code, reason[:7], "more error" in reason) == (30002, "blank: ", False)
    # An operation could not read these.
    service.tolerate(lambda report, error: True)
    for wrong in (
        submit(service, job=PUBLISH.replace("imageServing", "image")),
        call(service, "submitJob", f"<companyHandle>47</companyHandle>{PUBLISH}"),
        call(
            service, "submitJob", f"{PUBLISH}<companyHandle>47</companyHandle><jobName>a</jobName>"
        ),
        submit(service, extra="<execTime>tomorrow</execTime>"),
    ):
        assert fault_of(wrong)[0] in (30001, 30002, 30003)
    # What the job was about is not shown: it would make the answers invalid.
    submit(service, "Wrong", job=PUBLISH.replace(*WRONG_INSIDE[0]), version=NEW)
    submit(service, "Right", version=NEW)
    shown = {
        str(text(job, "name")).partition("_")[0]: job.find("{*}imageServingPublishJob") is not None
        for job in listing(service, "getActiveJobs", version=NEW)
    }
    assert shown == {"My Test Job": False, "Wrong": False, "Right": True}
    service.tolerate(None)
    assert fault_of(submit(service, job=job))[0] == 30002


@pytest.mark.no_cover
@given(st.sampled_from([f"{name}Param" for name in OPERATIONS]).flatmap(invalid_messages))
@settings(max_examples=100, deadline=None)
def test_whatever_is_tolerated_has_valid_answers(wrong: Invalid) -> None:
    service = Service()
    service.tolerate(lambda report, error: True)
    encoding = "utf-16" if wrong.xml[:1] in (b"\xff", b"\xfe") else "utf-8"
    body = re.sub(r"^<\?xml.*?\?>", "", wrong.xml.decode(encoding, "replace"))
    post(service, envelope(body))
    for operation in ("getActiveJobs", "getJobLogs"):
        call(service, operation, "<companyHandle>47</companyHandle>")


def test_what_is_no_operation() -> None:
    service = Service()
    for operation in ("submitjob", "submitJobs", "getNothing"):
        code, reason = fault_of(call(service, operation))
        assert (code, reason[:15]) == (30003, "not-a-message: ")
        assert service.exchanges[-1].operation == ""
    body = envelope(
        '<submitJobReturn xmlns="http://www.scene7.com/IpsApi/xsd"><jobHandle>1</jobHandle></submitJobReturn>'
    )
    assert fault_of(post(service, body)) == (
        30003,
        "not-a-message: submitJobReturn is an answer, no operation.",
    )
    assert fault_of(post(service, envelope("")))[0] == 30003
    assert fault_of(post(service, envelope("<a/><b/>")))[0] == 30003


NOT_PLAYED = "getZipEntries"
INNER = "<companyHandle>c|47</companyHandle><assetHandle>a|1</assetHandle>"


def test_operations_that_the_mock_does_not_play_are_judged() -> None:
    service = Service()
    code, _ = fault_of(call(service, NOT_PLAYED, "<x/>", NEW))
    assert code in (30002, 30003)
    assert not service.exchanges[-1].report.valid
    assert call(service, NOT_PLAYED, INNER, NEW).status == 200
    exchange = service.exchanges[-1]
    assert (exchange.operation, exchange.report.valid) == (NOT_PLAYED, True)
    assert exchange.canned
    # What came later than the message's version is a mistake.
    code, reason = fault_of(call(service, "getAssetJobLogs", "", OLD))
    assert (code, reason[:15]) == (30003, "not-in-version:")
    assert not service.exchanges[-1].canned


def test_roles_count_for_what_is_not_played_too() -> None:
    service = Service(accounts=Accounts([Account("me", "pw", "WebServiceUser")]))
    header = auth("me", "pw")
    assert fault_of(call(service, NOT_PLAYED, INNER, NEW, header))[0] == 20003
    # No source has roles for this one.
    inner = "<companyHandle>c|47</companyHandle>"
    assert call(service, "uploadPost", inner, NEW, header).status == 200


def test_names_that_nobody_knows_are_not_kept() -> None:
    """However a request with one is refused: the record counts what came by operation."""
    service = Service()
    for number in range(3):
        for header in (None, ""):
            headers = {"soapaction": "stopJob"}
            body = envelope(message(f"get{'x' * 1000}{number}", ""), header)
            assert fault_of(post(service, body, headers))[0] in (10000, 30003)
            assert len(service.exchanges[-1].notes[0]) < 200
    assert service.exchanges.counts == {"POST: fault 30003": 3, "POST: fault 10000": 3}


def test_hostile_documents_do_no_harm() -> None:
    service = Service()
    for fixture in all_fixtures():
        for path in (SERVICE_PATH, PLAIN_PATH):
            post(service, fixture.data, path=path)
    for data in (b"\xff\xfe", b"\0" * 10, b"<a/>" * 2, "<a>é</a>".encode("latin-1")):
        post(service, data)
    post(service, DOCUMENTED.encode("utf-16"))
    assert post(service, envelope(DOCUMENTED).decode().encode("utf-16")).status == 200
    job = listing(service, "getActiveJobs")[-1]
    assert job.find("{*}imageServingPublishJob/{*}publishType") is not None


def test_an_encoding_that_cannot_be_searched_is_not_kept() -> None:
    service = Service()
    document = '<?xml version="1.0" encoding="UTF-32"?>' + envelope(DOCUMENTED).decode()
    response = post(service, document.encode("utf-32"))
    assert response.status == 500
    assert b"encoding is not read; send UTF-8" in response.body
    assert service.exchanges[0].request.body.startswith(b"[")


_MUTATIONS = st.lists(
    st.tuples(st.integers(0, 5000), st.integers(0, 30), st.binary(max_size=12)), max_size=4
)
_HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "accept-encoding",
            "accept-language",
            "authorization",
            "content-encoding",
            "content-type",
            "host",
            "soapaction",
        ]
    ),
    st.one_of(
        st.text(max_size=20),
        st.sampled_from(["gzip", "Basic bWU6eA==", "Basic ", "application/soap+xml;action="]),
    ),
)


@pytest.mark.no_cover
@settings(max_examples=300, deadline=None)
@given(
    method=st.sampled_from(["POST", "POST", "POST", "GET", "HEAD", "PUT"]),
    target=st.one_of(
        st.sampled_from(
            [SERVICE_PATH, SERVICE_PATH, PLAIN_PATH, "/scene7/IpsApi.wsdl?serviceUrl=a%00"]
        ),
        st.text(max_size=40),
    ),
    headers=_HEADERS,
    seed=st.sampled_from([f.data for f in all_fixtures() if f.limit is None] + [b""]),
    mutations=_MUTATIONS,
)
def test_whatever_is_sent_there_is_an_answer(
    method: str,
    target: str,
    headers: dict[str, str],
    seed: bytes,
    mutations: list[tuple[int, int, bytes]],
) -> None:
    body = seed if b"nvelope" in seed or b"<Request" in seed else seed.join((BEFORE, AFTER))
    for at, length, put in mutations:
        start = at % (len(body) + 1)
        body = body[:start] + put + body[start + length :]
    if headers.get("content-encoding") == "gzip" and len(body) % 2:
        body = gzip(body)
    service = Service()
    response = service.handle(Request(method, target, headers, body))
    assert 200 <= response.status < 600
    assert len(service.exchanges) == 1
    if method == "POST" and target in (SERVICE_PATH, PLAIN_PATH):
        assert validate(plain(response)).valid


def test_numbers_may_have_many_zeros() -> None:
    service = Service(plan=AT_ONCE)
    submit(service)
    for number, count in (("0" * 9000 + "1", 1), ("+01", 1), ("-0", 0), (" 0 ", 0)):
        assert len(listing(service, "getJobLogs", f"<numRows>{number}</numRows>")) == count
    far = "<execTime>99999-01-01T00:00:00Z</execTime>"
    submit(service, extra=far)
    (job,) = listing(service, "getScheduledJobs")
    assert text(job, "nextFireTime") == "9999-12-30T00:00:00.000Z"


# The operations.


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_every_operation_in_every_version(version: Version) -> None:
    service = Service(clock=Clock(), plan=Plan(2, None))
    number = company(version)
    for name, extra in (("Now", ""), ("Later", "<execSchedule>0 0 2 * * ?</execSchedule>")):
        response = submit(service, name, extra, UPLOAD, version)
        request = service.exchanges[-1].request.body
        assert validate_exchange(request, response.body).valid
    (active,) = listing(service, "getActiveJobs", version=version)
    assert text(active, "companyHandle") == number
    assert text(active, "originalName") == "Now"
    assert [text(active, name) for name in ("type", "state", "progress")] == [
        "UrlUpload",
        "Running",
        "33",
    ]
    urls = active.find("{*}uploadUrlsJob/{*}numUrls")
    assert (urls is not None) is (version.rank >= 4)
    (scheduled,) = listing(service, "getScheduledJobs", version=version)
    assert text(scheduled, "jobHandle") == handle(version, "Later")
    assert [text(scheduled, name) for name in ("execSchedule", "timeZone", "triggerState")] == [
        "0 0 2 * * ?",
        "UTC",
        "Normal",
    ]
    assert str(text(scheduled, "nextFireTime")).endswith("T02:00:00.000Z")
    assert listing(service, "getJobLogs", version=version) == []
    (log,) = listing(service, "getJobLogs", version=version)
    assert [text(log, n) for n in ("totalFileCount", "fileSuccessCount", "fatalError")] == [
        "2",
        "2",
        "false",
    ]
    by_handle = f"<jobHandle>{text(log, 'jobHandle')}</jobHandle>"
    (log,) = listing(service, "getJobLogDetails", by_handle, version)
    assert [text(row, "assetName") for row in log.findall("{*}detailArray/{*}items")] == [
        None,
        "a.jpg",
        "b.jpg",
        None,
    ]
    later = handle(version, "Later")
    for operation in ("pauseJob", "resumeJob", "executeJob", "stopJob", "deleteJob"):
        response = steer(service, operation, later, version)
        assert response.status == 200
        assert f'<{operation}Return xmlns="{version.namespace}"/>'.encode() in response.body
    assert fault_of(steer(service, "deleteJob", later, version))[0] == 30001
    response = call(service, "checkLogin", "<email>a</email><password>b</password>", version)
    assert b"<status>ValidLogin</status>" in response.body
    response = call(service, "getCompanyInfo", "<companyName>My Company</companyName>", version)
    assert (
        f"<companyHandle>{number}</companyHandle><name>My Company</name>"
        "<rootPath>MyCompany/</rootPath>" in response.body.decode()
    )
    body = call(service, "getUserInfo", "", version).body
    assert b"<email>me@example.com</email>" in body
    # role until 4.5, defaultRole in 6.0 and 6.6, isIpsAdmin in 6.8 (L).
    assert (b"<role>" in body) is (version.rank < 5)
    assert (b"<defaultRole>" in body) is (version.rank in (5, 6))
    assert (b"<isIpsAdmin>true</isIpsAdmin>" in body) is (version is NEW)
    assert {exchange.operation for exchange in service.exchanges} == ELSEWHERE


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", every(3, range(12)))
def test_any_job_is_listed_in_any_version(seed: int) -> None:
    """post() finds each answer valid, whatever version the job was submitted in."""
    chance = random.Random(seed)
    for version in VERSIONS:
        service = Service(plan=Plan(1, None))
        generator = Generator(version, chance)
        accepted = 0
        for _ in range(6):
            document = generator.message("submitJobParam").decode()
            if "<execTime>" in document and chance.random() < 0.5:
                document = re.sub(
                    "<execTime>.*?</execTime>",
                    "<execTime>2999-01-01T00:00:00Z</execTime>",
                    document,
                )
            accepted += post(service, envelope(document)).status == 200
        assert accepted
        for other in VERSIONS:
            for operation in (
                "getActiveJobs",
                "getScheduledJobs",
                "getJobLogs",
                "getJobLogDetails",
            ):
                listing(service, operation, version=other)
        for other in (OLD, NEW):
            listing(service, "getJobLogDetails", version=other)


def test_details_of_other_versions_lose_what_the_version_has_not() -> None:
    service = Service(plan=MANUAL)
    late = "<excludeMasterVideoFromAVS>true</excludeMasterVideoFromAVS></uploadUrlsJob>"
    submit(service, job=UPLOAD.replace("</uploadUrlsJob>", late), version=NEW)
    (new,) = listing(service, "getActiveJobs", version=NEW)
    assert new.find("{*}uploadUrlsJob/{*}excludeMasterVideoFromAVS") is not None
    (old,) = listing(service, "getActiveJobs", version=VERSIONS[1])
    assert old.find("{*}uploadUrlsJob/{*}emailSetting") is not None
    assert old.find("{*}uploadUrlsJob/{*}excludeMasterVideoFromAVS") is None


def test_a_job_that_lacks_what_the_version_requires_is_listed_without_details() -> None:
    service = Service(plan=MANUAL)
    job = (
        "<exportJob><assetHandleArray/><fmt>orig</fmt><emailSetting>All</emailSetting></exportJob>"
    )
    submit(service, job=job, version=NEW)
    source = service.jobs.active("47")[0].job
    source.source = source.source.replace(b"<fmt>orig</fmt>", b"")
    (found,) = listing(service, "getActiveJobs", version=NEW)
    assert found.find("{*}exportJob") is None


def test_polls_and_time() -> None:
    with freeze_time("2014-04-03T09:30:00Z") as frozen:
        service = Service()
        submit(service)
        submit(service, "Other", number="48")
        (job,) = listing(service, "getActiveJobs")
        assert text(job, "startDate") == "2014-04-03T09:30:00.000Z"
        assert text(job, "name") == "My Test Job_2014-04-03-09:30:00.000"
        assert text(job, "jobHandle") == "47||My Test Job_2014-04-03-09:30:00.000"
        (job,) = listing(service, "getActiveJobs")
        assert text(job, "progress") == "66"
        assert listing(service, "getActiveJobs") == []
        assert len(listing(service, "getJobLogs")) == 1
        frozen.tick(59)
        assert len(service.jobs.active("48")) == 1
        service.clock.advance(seconds=1)
        assert listing(service, "getActiveJobs", number="48") == []
        (log,) = listing(service, "getJobLogs", number="48")
        assert text(log, "endDate") == "2014-04-03T09:31:00.000Z"


def test_unrelated_reads_are_no_polls() -> None:
    service = Service(plan=Plan(1, None))
    submit(service, "A")
    submit(service, "B", number="48")
    for _ in range(3):
        listing(service, "getScheduledJobs")
        listing(service, "getJobLogDetails")
        listing(service, "getActiveJobs", "<originalName>X</originalName>")
        listing(service, "getJobLogs", "<userHandle>1|other@x.test</userHandle>")
        listing(service, "getJobLogs", "<endDate>2001-01-01T00:00:00Z</endDate>")
        listing(service, "getActiveJobs", number="49")
        fault_of(steer(service, "stopJob", "47|X|"))
    assert len(service.jobs.active("47")) == len(service.jobs.active("48")) == 1
    listing(service, "getActiveJobs", "<originalName> A </originalName>")
    assert (len(service.jobs.active("47")), len(service.jobs.active("48"))) == (0, 1)


def test_lists_of_all_companies() -> None:
    service = Service(accounts=USERS, plan=MANUAL)
    for number in ("47", "48"):
        submit(service, number=number, header=as_user("admin"))
    for user, count in (("admin", 2), ("user", 1)):
        body = call(service, "getActiveJobs", header=as_user(user)).body
        assert body.count(b"<jobHandle>") == count
    inner = "<jobHandle>48|My Test Job|</jobHandle>"
    assert fault_of(call(service, "getActiveJobs", inner, header=as_user("user")))[0] == 20006
    body = call(service, "getActiveJobs", inner, header=as_user("admin")).body
    assert body.count(b"<jobHandle>") == 1


def test_filters() -> None:
    service = Service(plan=MANUAL)
    for name in ("A", "B", "A"):
        submit(service, name, version=NEW)
        submit(service, name, "<execSchedule>0 0 2 * * ?</execSchedule>", version=NEW)
    for operation in ("getActiveJobs", "getScheduledJobs"):
        for extra, count in (
            ("", 3),
            ("<originalName>A</originalName>", 2),
            ("<jobHandle>j|47|A||</jobHandle>", 2),
            ("<jobHandle>47|B|</jobHandle><originalName>A</originalName>", 0),
            ("<originalName> </originalName>", 3),
        ):
            assert len(listing(service, operation, extra, NEW)) == count
    one = text(listing(service, "getActiveJobs", "", NEW)[0], "jobHandle")
    assert len(listing(service, "getActiveJobs", f"<jobHandle>{one}</jobHandle>", NEW)) == 1
    inner = "<companyHandle>47</companyHandle><jobHandle>47|X|</jobHandle>"
    assert '"47|A|"' in fault_of(call(service, "getActiveJobs", inner))[1]


def test_job_logs() -> None:
    with freeze_time("2014-04-03T09:30:00Z") as frozen:
        service = Service(plan=AT_ONCE)
        for name, outcome, job in (
            ("C", "errors", UPLOAD),
            ("A", "warnings", UPLOAD),
            ("B", "fatal", PUBLISH),
            ("D", "success", PUBLISH),
        ):
            service.outcome(name, outcome)
            submit(service, name, job=job, version=NEW)
            frozen.tick(3600)

        def names(extra: str = "") -> str:
            logs = listing(service, "getJobLogs", extra, NEW)
            return "".join(str(text(log, "originalJobName")) for log in logs)

        assert names() == "DBAC"
        assert names("<sortDirection>Ascending</sortDirection>") == "CABD"
        assert names("<sortBy>JobName</sortBy>") == "ABCD"
        assert names("<sortBy>JobName</sortBy><sortDirection>Descending</sortDirection>") == "DCBA"
        assert names("<sortBy>FileErrorCount</sortBy><sortDirection>Descending</sortDirection>")[
            :2
        ] in ("BC", "CB")
        assert names("<sortBy>FileWarningCount</sortBy>")[-1] == "A"
        assert names("<sortBy>FileSuccessCount</sortBy>")[0] == "B"
        for sort in ("LogType", "StartDate", "CompanyName", "UserId", "Email"):
            assert len(names(f"<sortBy>{sort}</sortBy>")) == 4
        assert names("<startDate>2014-04-03T10:30:00Z</startDate>") == "DBA"
        assert names("<endDate>2014-04-03T09:30:00+01:00</endDate>") == ""
        assert (
            names(
                "<startDate>2014-04-03T10:00:00Z</startDate><endDate>2014-04-03T12:00:00Z</endDate>"
            )
            == "BA"
        )
        assert names("<numRows>2</numRows>") == "DB"
        assert names("<numRows>0</numRows>") == ""
        assert names("<userHandle>1|me@example.com</userHandle>") == "DBAC"
        assert names("<userHandle>1|you@example.com</userHandle>") == ""
        counts = {
            str(text(log, "originalJobName")): [
                text(log, f"file{kind}Count") for kind in ("Success", "Error", "Warning")
            ]
            + [text(log, "fatalError"), text(log, "detailTotalRows")]
            for log in listing(service, "getJobLogs", version=NEW)
        }
        assert counts == {
            "A": ["1", "0", "1", "false", "4"],
            "B": ["0", "1", "0", "true", "2"],
            "C": ["1", "1", "0", "false", "4"],
            # What "A" has uploaded is published.
            "D": ["2", "0", "0", "false", "4"],
        }
        response = call(service, "getJobLogs", "<numRows>-1</numRows>")
        assert fault_of(response) == (30001, "numRows is -1; give 0 or more.")


def test_job_log_details() -> None:
    service = Service(plan=AT_ONCE)
    for name in ("A", "B"):
        service.outcome(name, "errors")
        submit(service, name, job=UPLOAD, version=NEW)

    def rows(extra: str) -> list[str]:
        logs = listing(service, "getJobLogDetails", f"<originalName>A</originalName>{extra}", NEW)
        assert len(logs) == 1
        return [str(text(row, "logType")) for row in logs[0].findall("{*}detailArray/{*}items")]

    everything = ["BeginUploadUrls", "UploadError", "UploadSuccess", "EndUploadUrls"]
    assert rows("") == everything
    assert rows("<logTypeArray><items>UploadError</items><items>x</items></logTypeArray>") == [
        "UploadError"
    ]
    assert rows("<recordsPerPage>3</recordsPerPage>") == everything[:3]
    assert rows("<recordsPerPage>3</recordsPerPage><resultsPage>2</resultsPage>") == everything[3:]
    assert rows("<resultsPage>2</resultsPage>") == []
    assert rows("<recordsPerPage>5000</recordsPerPage>") == everything
    assert rows("<sortDirection>Descending</sortDirection>") == everything[::-1]
    assert rows("<sortBy>LogType</sortBy>") == sorted(everything)
    logs = listing(service, "getJobLogDetails", version=NEW)
    assert [text(log, "originalJobName") for log in logs] == ["A", "B"]
    inner = "<companyHandle>c|47</companyHandle><recordsPerPage>0</recordsPerPage>"
    assert fault_of(call(service, "getJobLogDetails", inner, NEW))[0] == 30001
    submit(service, "S", "<execSchedule>0 0 2 * * ?</execSchedule>")
    assert listing(service, "getJobLogDetails", "<jobHandle>47|S|</jobHandle>") == []


def test_warnings_have_their_entry() -> None:
    service = Service(plan=AT_ONCE)
    for outcome in ("warnings", "fatal"):
        service.outcome(outcome, outcome)
        submit(service, outcome)
    logs = listing(service, "getJobLogDetails", version=NEW)
    aux = [[text(row, "logType") for row in log.iter("{*}auxArray")] for log in logs]
    assert aux == [[None], [None]]  # One in each, and what is below it:
    assert [[str(row[0][1].text) for row in log.iter("{*}auxArray")] for log in logs] == [
        ["IPSJobLog.gcUploadWarning"],
        ["IPSJobLog.gcUploadError"],
    ]
    types = [
        [text(row, "logType") for row in log.findall("{*}detailArray/{*}items")] for log in logs
    ]
    assert types == [
        ["BeginImageServingPublish", "ImageServingPublishWarning", "EndImageServingPublish"],
        ["BeginImageServingPublish", "FatalError"],
    ]


def test_a_job_without_a_field_in_lists_is_listed_without_details() -> None:
    service = Service(plan=MANUAL)
    job = (
        "<automatedSetGenerationJob><assetHandleArray/><readyForPublish>true</readyForPublish>"
        "<autoSetCreationOptions/><emailSetting>All</emailSetting></automatedSetGenerationJob>"
    )
    submit(service, job=job, version=NEW)
    (found,) = listing(service, "getActiveJobs", version=NEW)
    assert text(found, "type") == "AutomatedSetGeneration"
    assert found.find("{*}automatedSetGenerationJob/{*}emailSetting") is not None  # L: 6.8 has it.
    (found,) = listing(service, "getActiveJobs", version=OLD)
    assert text(found, "type") == "AutomatedSetGeneration"
    assert not [child for child in found if str(child.tag).endswith("Job")]
    service.jobs.submit("48", "Bare", "exportJob", NEW, "me")
    (found,) = listing(service, "getActiveJobs", version=NEW, number="48")
    assert text(found, "type") == "Export"


def test_logs_can_be_restricted_by_role() -> None:
    service = Service(accounts=Accounts([Account("me", "pw", "ImagePortalUser")]))
    inner = "<companyHandle>47</companyHandle>"
    assert call(service, "getJobLogs", inner, header=auth("me", "pw")).status == 200
    assert fault_of(submit(service, header=auth("me", "pw")))[0] == 20003


def test_a_job_of_assets_has_their_log() -> None:
    service = Service(plan=AT_ONCE)
    job = (
        "<exportJob><assetHandleArray><items>a|1</items><items>a|2</items></assetHandleArray>"
        "<fmt>orig</fmt><emailSetting>All</emailSetting></exportJob>"
    )
    submit(service, job=job, version=NEW)
    (log,) = listing(service, "getJobLogDetails", version=NEW)
    rows = log.findall("{*}detailArray/{*}items")
    *names, archive, end = [text(row, "assetName") for row in rows]
    assert names == [None, "a|1", "a|2"]
    assert archive is not None
    assert archive.startswith("http://ips.test/scene7/export/")
    assert end is None


def test_stopping_and_pausing_show() -> None:
    service = Service(plan=MANUAL)
    submit(service)
    steer(service, "pauseJob", "47|My Test Job|")
    (job,) = listing(service, "getActiveJobs")
    assert [text(job, name) for name in ("state", "progressMessage")] == [
        "WaitingCoordinator",
        "Paused",
    ]
    steer(service, "resumeJob", "47|My Test Job|")
    (job,) = listing(service, "getActiveJobs")
    assert text(job, "state") == "New"
    steer(service, "stopJob", str(text(job, "jobHandle")))
    (log,) = listing(service, "getJobLogDetails")
    assert [text(row, "logType") for row in log.findall("{*}detailArray/{*}items")][
        -1
    ] == "FileCancel"
    submit(service, "S", "<execTime>2999-01-01T00:00:00-08:00</execTime>")
    submit(service, "X", "<execSchedule>0 0 0 1 1 ? 2001</execSchedule>")
    steer(service, "pauseJob", "47|S|")
    paused, complete = listing(service, "getScheduledJobs")
    assert [text(paused, n) for n in ("triggerState", "nextFireTime", "execSchedule")] == [
        "Paused",
        "2999-01-01T08:00:00.000Z",
        None,
    ]
    assert [text(complete, n) for n in ("triggerState", "nextFireTime")] == ["Complete", None]


def test_jobs_end_by_hand_and_by_name() -> None:
    service = Service(plan=MANUAL)
    service.plan("Quick", AT_ONCE)
    submit(service, "Quick")
    submit(service, "Slow")
    assert len(listing(service, "getJobLogs")) == 1
    service.jobs.finish("Slow")
    assert len(listing(service, "getJobLogs")) == 2
    service.jobs.plan = AT_ONCE
    service.reset()
    assert service.jobs.plan == MANUAL
    assert len(service.exchanges) == 0
    assert listing(service, "getJobLogs") == []


def test_locale_and_description() -> None:
    service = Service(plan=MANUAL)
    headers = {"accept-language": "fr-FR;q=0.9, en"}
    inner = f"<companyHandle>c|47</companyHandle><jobName>x</jobName>{{}}{PUBLISH}"
    call(service, "submitJob", inner.format(""), NEW, headers=headers)
    call(
        service,
        "submitJob",
        inner.format("<locale>de-DE</locale><description>A&amp;B</description>"),
        NEW,
    )
    call(
        service,
        "submitJob",
        inner.format(""),
        NEW,
        header=auth(extra="<locale>nl</locale>"),
        headers=headers,
    )
    call(service, "submitJob", inner.format(""), NEW, headers={"accept-language": "*"})
    jobs = listing(service, "getActiveJobs", version=NEW)
    assert [text(job, "locale") for job in jobs] == ["fr-FR", "de-DE", "nl", None]
    assert text(jobs[1], "description") == "A&B"


def test_company_and_user_info() -> None:
    service = Service(accounts=USERS)
    header = as_user("user")

    def ask(operation: str, inner: str) -> Response:
        return call(service, operation, inner, NEW, header)

    assert (
        b"<name>Company 47</name>"
        in ask("getCompanyInfo", "<companyHandle>c|47</companyHandle>").body
    )
    assert b"c|47" in ask("getCompanyInfo", "<companyName>Company 47</companyName>").body
    assert fault_of(ask("getCompanyInfo", "<companyName>Nobody</companyName>"))[0] == 20000
    assert fault_of(ask("getCompanyInfo", "<companyName>Company 48</companyName>"))[0] == 20006
    assert fault_of(ask("getCompanyInfo", ""))[0] == 30002
    # Only admins name others, who share a company with them (D).
    other = "<userHandle>1|admin@x.test</userHandle>"
    assert fault_of(ask("getUserInfo", other))[0] == 20004
    assert fault_of(ask("getJobLogs", other))[0] == 20004
    assert ask("getJobLogs", "<userHandle>u|2|user@x.test</userHandle>").status == 200
    assert b"2|user@x.test" in ask("getUserInfo", "<userHandle>2|user@x.test</userHandle>").body
    header = as_user("admin")
    assert b"2|user@x.test" in ask("getUserInfo", "<userHandle>2|user@x.test</userHandle>").body
    assert b"<isValid>false</isValid>" in ask("getUserInfo", "<email>old@x.test</email>").body
    assert fault_of(ask("getUserInfo", "<email>no@x.test</email>"))[0] == 30001
    login = "<companyHandle>c|48</companyHandle><email>{}@x.test</email><password>pw</password>"
    assert b"InvalidLogin" in ask("checkLogin", login.format("user")).body
    assert b">ValidLogin" in ask("checkLogin", login.format("admin")).body


def test_odd_company_handles() -> None:
    service = Service()
    for number in ("c|", "x y", "a|b"):
        inner = f"<companyHandle>{number}</companyHandle><jobName>x</jobName>{PUBLISH}"
        assert call(service, "submitJob", inner).status == 200
        inner = f"<companyHandle>{number}</companyHandle>"
        assert call(service, "getActiveJobs", inner).body.count(b"<originalName>") == 1


def test_injected_parts() -> None:
    clock = Clock()
    clock.set(datetime(2011, 3, 30, 14, 32, 8, 834_000, tzinfo=UTC))
    service = Service(clock=clock, ids=iter([5129821]), plan=Plan(None, 30))
    submit(service, "3e41464dce94", number="110", version=NEW)
    (job,) = listing(service, "getActiveJobs", number="110", version=NEW)
    assert re.fullmatch(
        r"j\|110\|\|3e41464dce94_2011-03-30-14:32:08\.83\d\|5129821", str(text(job, "jobHandle"))
    )
    clock.advance(timedelta(seconds=30))
    assert listing(service, "getActiveJobs", number="110") == []
    jobs = Jobs(clock.now, plan=AT_ONCE)
    other = Service(clock=clock, jobs=jobs, most_exchanges=2)
    for _ in range(3):
        submit(other)
    assert (len(other.exchanges), other.exchanges.count) == (2, 3)
    assert len(jobs.logged("47")) == 3


@pytest.mark.no_cover
def test_ten_thousand_submissions_lose_none() -> None:
    service = Service(plan=MANUAL, timer=lambda: 0.0)
    body = envelope(DOCUMENTED)
    handles = set()
    for number in range(10_000):
        response = service.handle(
            Request(
                "POST",
                SERVICE_PATH,
                {"content-type": "text/xml"},
                body.replace(b"My Test Job", b"J%d" % number),
            )
        )
        handles.add(response.body)
    assert len(handles) == 10_000
    assert len(service.jobs.active("47")) == 10_000
