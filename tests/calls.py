"""Requests to the mock, and what is in its answers: for the tests of its modules."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from ips_contract import VERSIONS, validate
from ips_contract.contract.endpoints import PLAIN_PATH, SERVICE_PATH
from ips_contract.contract.versions import UNVERSIONED, Version
from ips_contract.http.content_encoding import gunzip
from ips_contract.http.messages import Request, Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ips_contract.mock.service import Service

OLD, NEW = VERSIONS[0], VERSIONS[-1]
SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
PUBLISH = (
    "<imageServingPublishJob><publishType>Full</publishType>"
    "<emailSetting>Error</emailSetting></imageServingPublishJob>"
)
UPLOAD = (
    "<uploadUrlsJob><urlArray><items><sourceUrl>http://x.test/a.jpg</sourceUrl><destPath>a</destPath></items>"
    "<items><sourceUrl>http://x.test/b.jpg?c=d</sourceUrl><destPath>b</destPath></items></urlArray>"
    "<overwrite>true</overwrite><readyForPublish>true</readyForPublish>"
    "<createMask>false</createMask><emailSetting>None</emailSetting></uploadUrlsJob>"
)


def auth(
    user: str = "me@example.com",
    password: str = "secret",
    extra: str = "",
    namespace: str = UNVERSIONED,
) -> str:
    return (
        f'<authHeader xmlns="{namespace}"><user>{user}</user>'
        f"<password>{password}</password>{extra}</authHeader>"
    )


def company(version: Version, number: str = "47") -> str:
    return f"c|{number}" if version.namespace != UNVERSIONED else number


def handle(version: Version, name: str, number: str = "47") -> str:
    return f"j|{number}|{name}||" if version.date else f"{number}|{name}|"


def message(operation: str, inner: str, version: Version = OLD) -> str:
    return f'<{operation}Param xmlns="{version.namespace}">{inner}</{operation}Param>'


def envelope(body: str, header: str | None = None, soap: str = SOAP_11) -> bytes:
    header = auth() if header is None else header
    return (
        f'<e:Envelope xmlns:e="{soap}"><e:Header>{header}</e:Header><e:Body>{body}</e:Body>'
        "</e:Envelope>"
    ).encode()


def post(
    service: Service,
    body: bytes,
    headers: Mapping[str, str | None] | None = None,
    path: str = SERVICE_PATH,
    method: str = "POST",
) -> Response:
    """The service's answer; checks that it is valid by our own validator.

    ``headers`` are sent with the usual ones, or in their place; one that is None is not sent.
    """
    usual = {"content-type": "text/xml", "soapaction": '""', "host": "ips.test"}
    sent = {
        name: value for name, value in {**usual, **(headers or {})}.items() if value is not None
    }
    response = service.handle(Request(method, path, sent, body))
    notes = " ".join(service.exchanges[-1].notes)
    if path in (SERVICE_PATH, PLAIN_PATH) and "scripted" not in notes:
        version = service.exchanges[-1].version
        given = version if version is not None and version.components is not None else None
        report = validate(plain(response), version=given)
        assert report.valid, report.text()
    return response


def call(
    service: Service,
    operation: str,
    inner: str = "",
    version: Version = OLD,
    header: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    return post(service, envelope(message(operation, inner, version), header), headers)


def submit(
    service: Service,
    name: str = "My Test Job",
    extra: str = "",
    job: str = PUBLISH,
    version: Version = OLD,
    number: str = "47",
    header: str | None = None,
) -> Response:
    inner = (
        f"<companyHandle>{company(version, number)}</companyHandle><jobName>{name}</jobName>"
        f"{extra}{job}"
    )
    return call(service, "submitJob", inner, version, header)


def steer(
    service: Service, operation: str, job_handle: str, version: Version = OLD, number: str = "47"
) -> Response:
    inner = (
        f"<companyHandle>{company(version, number)}</companyHandle>"
        f"<jobHandle>{job_handle}</jobHandle>"
    )
    return call(service, operation, inner, version)


def listing(
    service: Service,
    operation: str,
    extra: str = "",
    version: Version = OLD,
    number: str = "47",
) -> list[etree._Element]:
    """The items of a list of jobs or logs."""
    inner = f"<companyHandle>{company(version, number)}</companyHandle>{extra}"
    response = call(service, operation, inner, version)
    assert response.status == 200, response.body.decode()
    root = etree.fromstring(response.body)
    return list(root[0][0][0])


def ask(
    service: Service,
    operation: str,
    inner: str = "",
    version: Version = NEW,
    number: str = "47",
    *,
    whole: bool = True,
) -> etree._Element:
    """What an operation of a company returns; with ``whole=False`` the request names none."""
    fields = f"<companyHandle>{company(version, number)}</companyHandle>" * whole + inner
    response = call(service, operation, fields, version)
    assert response.status == 200, response.body.decode()
    answered: etree._Element = etree.fromstring(response.body)[0][0]
    return answered


def refusal(
    service: Service, operation: str, inner: str = "", version: Version = NEW, number: str = "47"
) -> tuple[int, str]:
    """The code and the reason of the fault that an operation of a company ends in."""
    fields = f"<companyHandle>{company(version, number)}</companyHandle>{inner}"
    return fault_of(call(service, operation, fields, version))


def texts(element: etree._Element, path: str) -> list[str]:
    """The texts of the elements at a path of names, such as ``assetArray/items/name``."""
    found = element.findall("/".join(f"{{*}}{step}" for step in path.split("/")))
    return [inner.text or "" for inner in found]


def text(element: etree._Element, name: str) -> str | None:
    """The text of the child called ``name``, None without one."""
    return element.findtext(f"{{*}}{name}")


def plain(response: Response) -> bytes:
    """The body, decompressed."""
    if ("Content-Encoding", "gzip") in response.headers:
        return gunzip(response.body, 10**7)
    return response.body


def fault_of(response: Response) -> tuple[int, str]:
    """The code and the reason of a fault."""
    body = plain(response).decode()
    code = re.search("<code>([0-9]+)</code><reason>(.*)</reason>", body, re.DOTALL)
    assert code is not None, body
    return int(code[1]), code[2]
