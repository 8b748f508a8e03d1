"""A marker at every place where credentials may stand, and no output that shows it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ips_contract.cli.exchange_text import log_line, told_line
from ips_contract.contract.endpoints import PLAIN_PATH, SERVICE_PATH
from ips_contract.contract.versions import UNVERSIONED
from ips_contract.http.messages import Request
from ips_contract.mock.contract_coverage import Dimension
from ips_contract.mock.service import Service
from ips_contract.pytest_plugin.baseline import key
from ips_contract.pytest_plugin.conformance import Terms, failure, judge
from ips_contract.pytest_plugin.entries import Place, entry
from ips_contract.pytest_plugin.html_report import page
from ips_contract.validation.nearest_valid import nearest
from ips_contract.validation.report.formats import as_json, as_junit, as_sarif
from ips_contract.validation.report.text import report_lines
from ips_contract.validation.validator import validate
from ips_contract.xml.envelope import SOAP_11
from tests.sweep import every

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ips_contract.mock.record import Exchange

S = "Zq9xTr"
MESSAGE = (
    f'<submitJobParam xmlns="{UNVERSIONED}"><companyHandle>47</companyHandle>'
    "<jobName>a</jobName><mistake/></submitJobParam>"
)
# In an authHeader, after its user.
FIELDS = [
    f"<password>{S}</password>",
    f"<pasword>{S}</pasword>",
    f"<Password>{S}</Password>",
    f"<passwrod>{S}</passwrod>",
    f"<pw>{S}</pw>",
    f"<geheim>{S}</geheim>",
    f"<password/>{S}",
    f"{S}<password/>",
    f"<password></password>{S}",
    f'<password">{S}</password>',
    f"<password'>{S}</password>",
    f'<password="{S}"/>',
    f"<password {S}></password>",
    f"<password>{S}",
    f"<password>{S}</passwort>",
    f"<password>a&{S};</password>",
    f"<password>a&{S}</password>",
    f"<password>a<{S}</password>",
    f"<password>a < {S}</password>",
    f"<password>a\n{S}\n</password>",
    f"<password>\x01{S}</password>",
    f"<password>{S}<b/></password>",
    f'<password value="{S}"/>',
    f"<pw value='{S}'>a</pw>",
    f"<!-- {S} -->",
    f"<!-- <password>{S}</password> -->",
    f"<password><![CDATA[{S}]]></password>",
    f"<pw><![CDATA[{S}]]></pw>",
    f"<pw><?a {S}?></pw>",
    f"<password>a</password><accessToken>{S}</accessToken>",
    f"<samlResponse>{S}</samlResponse>",
    f"<item><key>password</key><value>{S}</value></item>",
    f"<item><key>pw</key><value>{S}</value></item>",
    f"&lt;password&gt;{S}&lt;/password&gt;",
]
HEADERS = [
    (
        f"<AuthUser xmlns='http://www.scene7.com/IpsApi'>a</AuthUser>"
        f"<AuthPassword xmlns='http://www.scene7.com/IpsApi'>{S}</AuthPassword>"
    ),
    f"<AuthPasword xmlns='http://www.scene7.com/IpsApi'>{S}</AuthPasword>",
    f'<authHeader password="{S}"/>',
    f'<authHeader xmlns="{UNVERSIONED}" pw="{S}"/>',
    f"<authHeeder><user>a</user><pw>{S}</pw></authHeeder>",
    f"<login><pw>{S}</pw></login>",
    (
        f'<w:Security xmlns:w="urn:w"><w:UsernameToken><w:Username>a</w:Username><w:Password>{S}'
        "</w:Password></w:UsernameToken></w:Security>"
    ),
    (
        f'<w:Security xmlns:w="urn:w"><w:UsernameToken><w:Nonce>{S}</w:Nonce></w:UsernameToken>'
        "</w:Security>"
    ),
    f"{S}",
    f"<!-- password: {S} -->",
]
BODIES = [
    f'<authHeader xmlns="{UNVERSIONED}"><user>a</user><pw>{S}</pw></authHeader>',
    f'<setPasswordParam xmlns="{UNVERSIONED}"><password>{S}</password></setPasswordParam>',
    f'<setPasswordParam xmlns="{UNVERSIONED}"><pasword>{S}</pasword></setPasswordParam>',
    f'<setPasswordParam xmlns="{UNVERSIONED}"><password/>{S}</setPasswordParam>',
    f'<setPasswordParam xmlns="{UNVERSIONED}"><password">{S}</password></setPasswordParam>',
    (
        f"<checkLoginParam xmlns='{UNVERSIONED}'><email>a</email><passwd>{S}</passwd>"
        "</checkLoginParam>"
    ),
    f"<a><!-- password={S} --></a>",
    f"<a><![CDATA[<authHeader><pw>{S}</pw></authHeader>]]></a>",
    f"<a>&lt;password&gt;{S}&lt;/password&gt;</a>",
    (
        f'<submitJobParam xmlns="{UNVERSIONED}"><uploadUrlsJob><urlArray><items><sourceUrl>a://b:{S}@c/d'
        "</sourceUrl></items></urlArray></uploadUrlsJob></submitJobParam>"
    ),
    (
        f'<submitJobParam xmlns="{UNVERSIONED}"><execTime>//a?b=1&amp;token={S}</execTime>'
        "</submitJobParam>"
    ),
]


def _auth(inner: str) -> str:
    return f'<authHeader xmlns="{UNVERSIONED}"><user>me</user>{inner}</authHeader>'


def _envelope(header: str, body: str = MESSAGE) -> str:
    return (
        f'<s:Envelope xmlns:s="{SOAP_11}"><s:Header>\n{header}\n</s:Header>'
        f"<s:Body>{body}</s:Body></s:Envelope>"
    )


def _documents() -> Iterator[tuple[str, str]]:
    for inner in FIELDS:
        yield SERVICE_PATH, _envelope(_auth(inner))
        yield PLAIN_PATH, f'<Request xmlns="{UNVERSIONED}">{_auth(inner)}{MESSAGE}</Request>'
        yield SERVICE_PATH, _auth(inner)
    for header in HEADERS:
        yield SERVICE_PATH, _envelope(header)
        yield SERVICE_PATH, f"<s:Envelope xmlns:s='{SOAP_11}'><s:Header>{header}"
    for body in BODIES:
        yield SERVICE_PATH, _envelope(_auth("<password>a</password>"), body)
        yield SERVICE_PATH, _envelope(_auth("<password>a</password>"), f"{body}<")


def _outputs_of_validate(document: str | bytes) -> Iterator[tuple[str, str]]:
    report = validate(document)
    rows = [("a.xml", report)]
    yield "text", report.text("a.xml", color=True)
    yield "lines", "\n".join(report_lines("a.xml", report))
    yield "JSON", report.json() + as_json(rows)
    yield "SARIF", as_sarif(rows)
    yield "JUnit", as_junit(rows, strict=True)
    yield "repr", repr(report.violations)
    yield "nearest valid form", "\n".join(nearest(report))


def _outputs_of_exchange(exchange: Exchange) -> Iterator[tuple[str, str]]:
    yield "answer", exchange.response.body.decode()
    yield "reason", exchange.reason
    yield "line of serve", told_line(exchange)
    yield "log of serve", log_line(exchange).decode()
    yield "repr", repr(exchange) + repr(exchange.request) + repr(exchange.notes)
    judgement = judge(exchange, Terms(strict=True))
    if judgement.failing:
        yield "failure of a test", failure([judgement], 1, "ips_server")
    values = entry(judgement, "ips_server", Place("t", "t.py", 1))
    yield "report of a test run", json.dumps(values)
    yield "HTML", page([values], [Dimension("operations", {"submitJob": 1})])
    yield "baseline", repr([key(judgement.report, found) for found in judgement.failing])


DOCUMENTS = [("utf-8", *row) for row in _documents()]
IN_UTF_16 = every(4, [("utf-16", *row) for row in _documents()])


@pytest.mark.no_cover
@pytest.mark.parametrize(("encoding", "path", "document"), [*every(2, DOCUMENTS), *IN_UTF_16])
def test_no_output_shows_a_secret(encoding: str, path: str, document: str) -> None:
    data = document.encode(encoding)
    service = Service()
    service.handle(Request("POST", path, {"content-type": "text/xml"}, data))
    exchange = service.exchanges[-1]
    for name, text in (
        *_outputs_of_validate(data),
        *_outputs_of_validate(document),
        *_outputs_of_exchange(exchange),
    ):
        assert S not in text, name


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        (SERVICE_PATH, {"authorization": S}),
        (SERVICE_PATH, {"authorization": f"{S} a"}),
        (SERVICE_PATH, {"authorization": f"Basic {S}"}),
        (SERVICE_PATH, {"authorization": f"Bearer {S}"}),
        (SERVICE_PATH, {"proxy-authorization": f"{S}"}),
        (SERVICE_PATH, {"cookie": f"a={S}"}),
        (SERVICE_PATH, {"x-api-key": S}),
        (SERVICE_PATH, {"x-auth": S}),
        (SERVICE_PATH, {"referer": f"http://a/b?token={S}"}),
        (SERVICE_PATH, {"referer": f"http://a:{S}@b"}),
        (f"http://a:{S}@b{SERVICE_PATH}", {}),
        (f"{SERVICE_PATH}?password={S}", {}),
        (f"{SERVICE_PATH}?a=b&pwd={S}", {}),
        (f"{SERVICE_PATH}?api_key={S}", {}),
    ],
)
def test_no_output_shows_a_secret_of_http(target: str, headers: dict[str, str]) -> None:
    service = Service()
    service.handle(Request("POST", target, headers, _envelope("").encode()))
    for name, text in _outputs_of_exchange(service.exchanges[-1]):
        assert S not in text, name


@pytest.mark.parametrize(
    "body", [f"user=a&password={S}", f"auth={S}", f"pwd={S}&a=b", f'{{"auth": "{S}"}}']
)
def test_no_output_shows_a_field_of_a_form(body: str) -> None:
    service = Service()
    service.handle(Request("POST", SERVICE_PATH, {}, body.encode()))
    for name, text in (
        *_outputs_of_validate(body.encode()),
        *_outputs_of_exchange(service.exchanges[-1]),
    ):
        assert S not in text, name


def test_users_and_what_is_no_secret_are_shown() -> None:
    document = _envelope(_auth("<password>a</password>"))
    service = Service()
    service.handle(Request("POST", SERVICE_PATH, {"content-type": "text/xml"}, document.encode()))
    shown = service.exchanges[-1].request.body.decode()
    assert shown == document.replace("<password>a<", "<password>***<")


def test_the_mark_stands_under_the_same_tag_though_a_secret_before_it_is_hidden() -> None:
    document = _envelope(_auth(f"<password>{S * 9}</password>")).replace("\n", "")
    report = validate(document)
    text = report.text()
    at = text.index("<mistake/>")
    start = text.rindex("\n", 0, at) + 1
    under = text.splitlines()[text[:at].count("\n") + 1]
    assert under.index("^") == at - start
