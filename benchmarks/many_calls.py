"""The calls of the control interface that ``many`` measures, with as many exchanges recorded.

They are asked over a socket, each of its routes. Times are those of the processor, the asking
client's among them, which is in the same process. Each call has a process of its own: so the first
one finds nothing read that another left. Before it Python collects its garbage: it does so now and
then, whatever is asked, and over so many exchanges a whole pass takes as long as the slowest call.
Recorded are five kinds of submissions, of which two are all different, and every tenth request is
another. Verification is also asked of other records: of submissions in all wrappings and encodings,
some refused, some with findings, some with 1,000 URLs.
"""

from __future__ import annotations

import gc
import http.client
import json
import re
import time
from multiprocessing import get_context
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.server import NAMESPACE, envelope, small
from ips_contract.contract.endpoints import PLAIN_PATH, SERVICE_PATH
from ips_contract.contract.versions import LATEST
from ips_contract.http.messages import Request
from ips_contract.mock.control.table import FOLDER, ROUTES
from ips_contract.mock.serving import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ips_contract.mock.service import Service

_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_LOGIN = "<user>user@example.test</user><password>secret</password>"
_UNVERSIONED = "http://www.scene7.com/IpsApi/xsd"


def asking(operation: str, inner: str) -> Request:
    """A request of the latest version, with credentials."""
    body = (
        f'<e:Envelope xmlns:e="{_SOAP}"><e:Header><authHeader xmlns="{_UNVERSIONED}">{_LOGIN}'
        f'</authHeader></e:Header><e:Body><{operation}Param xmlns="{LATEST.namespace}">'
        f"<companyHandle>c|47</companyHandle>{inner}</{operation}Param></e:Body></e:Envelope>"
    )
    return Request("POST", SERVICE_PATH, {"content-type": "text/xml"}, body.encode())


class Ask(NamedTuple):
    """A call of the control interface; ``once``: it can only be made once; ``after`` another."""

    method: str
    path: str
    value: object = None
    once: bool = False
    after: tuple[Ask, ...] = ()


def _verifying(expected: dict[str, object], **others: object) -> Ask:
    return Ask("POST", "/verify", {"submitted": expected, **others})


_ITEM = {"sourceUrl": "http://images.example.test/shop/5002.tif?id=1", "destPath": "5002.tif"}
_FAULT = Ask("POST", "/scripts", {"fault": 30001})
_JOB = "imageServingPublishJob"
_CONDITIONS = "systemFieldConditionArray"
CALLS = (
    *(Ask("GET", path) for path in ("/", "/openapi.json", "/health", "/versions", "/tenants")),
    Ask("GET", "/exchanges"),
    Ask("GET", "/exchanges?since=9000&limit=1000"),
    Ask("GET", "/exchanges?operation=getFolders"),
    Ask("GET", "/exchanges?verdict=invalid"),
    Ask("GET", "/exchanges/5000"),
    _verifying({}),
    _verifying({"job_name": "Job 5000", "company": 47}),
    _verifying({"job_name": "Job 5000", "publishType": "Full"}),
    _verifying({"job_name": "Nobody", "publishType": "Full"}),
    _verifying({"publishType": "Full"}),
    _verifying({"publishType": "Incremental"}),
    _verifying({"publishType": "Nothing"}),
    _verifying({"publishType": 1}),
    _verifying({"publishType": None}),
    _verifying({"publishType": "Full"}, times=5),
    _verifying({"publishType": "Full"}, times=0),
    _verifying({"publishTipe": "Full"}),
    _verifying({"jobFields.publishType": "Full", "company": "c|47"}),
    _verifying({"overwrite": True}),
    _verifying({"overwrite": False, "emailSetting": "Error"}),
    _verifying({"emailSetting": "Error", "locale": None}),
    _verifying({"urlArray": [_ITEM]}),
    _verifying({"urlArray": []}),
    _verifying({"urlArray__items__destPath": "1.tif"}),
    _verifying({"assetHandleArray": ["a|5006"]}),
    _verifying({"job": _JOB, "emailSetting": "Error"}),
    _verifying({"job": "imageServingJob"}),
    Ask("POST", "/verify", {"called": "getFolders", "fields": {"companyHandle": "48"}}),
    Ask("POST", "/verify", {"called": "getFolders", "fields": {"folderPath": "x"}}),
    Ask("POST", "/verify", {"called": "getFolders", "fields": {"folderPath": None}}),
    Ask("POST", "/verify", {"called": "submitJob", "fields": {f"{_JOB}.publishType": "Full"}}),
    Ask("POST", "/verify", {"called": "submitJob", "fields": {"publishType": "Full"}}),
    Ask("GET", "/coverage"),
    Ask("GET", "/scripts"),
    _FAULT,
    Ask("DELETE", "/scripts/1", once=True, after=(_FAULT,)),
    Ask("DELETE", "/scripts"),
    Ask("GET", "/clock"),
    Ask("PUT", "/clock", {"time": "2014-04-03T09:30:00Z"}),
    Ask("POST", "/clock/advance", {"seconds": 1}),
    Ask("POST", "/clock/reset", {}),
    Ask("GET", "/jobs"),
    Ask("GET", "/jobs?limit=1000"),
    Ask("GET", "/jobs?job_name=Job%205000"),
    Ask("POST", "/jobs/finish", {"job_name": "Job 6000"}, once=True),
    Ask("POST", "/jobs/outcome", {"job_name": "Job 6001", "outcome": "errors"}),
    Ask("POST", "/jobs/plan", {"job_name": "Job 6001", "plan": {"polls": 3}}),
    *(Ask("GET", path) for path in ("/state", "/assets", "/folders")),
    Ask("POST", "/tenants/blue/reset", {}),
    Ask("DELETE", "/tenants/blue", once=True),
    Ask("DELETE", "/exchanges/5000", once=True),
    Ask("DELETE", "/exchanges", once=True),
    Ask("PUT", "/state", {"companies": []}),
    Ask("POST", "/reset", {}),
)
_CROP = "manualCropOptions"
OTHERS = (
    _verifying({}),
    _verifying({"job_name": "Job 5000"}),
    _verifying({"overwrite": True}),
    _verifying({"overwrite": False}),
    _verifying({"overwrite": None}),
    _verifying({"readyForPublish": 7}),
    _verifying({"emailSetting": "Error", "overwrite": 1}, times=5),
    _verifying({"emailSeting": "Error"}),
    _verifying({f"{_CROP}.left": 1}),
    _verifying({f"{_CROP}__top": "4"}),
    _verifying({_CROP: {"left": 1}}),
    _verifying({_CROP: None}),
    _verifying({"jobFields": {"overwrite": True, _CROP: {"left": 2}}}),
    _verifying({"job_name": "Nobody", f"{_CROP}.left": 7}),
    _verifying({"urlArray": [{"destPath": "5001.tif"}]}),
    _verifying({"urlArray.items.destPath": "5001.tif"}),
    _verifying({"urlArray": None}),
    Ask("POST", "/verify", {"called": "submitJob", "fields": {f"uploadUrlsJob.{_CROP}.left": 1}}),
    Ask("POST", "/verify", {"called": "submitJob", "fields": {"uploadUrlsJob.overwrite": False}}),
    Ask(
        "POST", "/verify", {"called": "searchAssets", "fields": {_CONDITIONS: [{"value": "5009"}]}}
    ),
    Ask("POST", "/verify", {"called": "searchAssets", "fields": {_CONDITIONS: []}}),
)
_ENDLESS = frozenset({("GET", "/events")})


def unasked() -> list[tuple[str, str]]:
    """The routes that no call is of."""
    asked = [(call.method, call.path.partition("?")[0]) for call in CALLS]
    patterns = {(row.method, row.path): re.sub(r"\{\w+\}", "[^/]+", row.path) for row in ROUTES}
    return [
        route
        for route, pattern in patterns.items()
        if route not in _ENDLESS
        and not any(route[0] == method and re.fullmatch(pattern, path) for method, path in asked)
    ]


def submitted(number: int) -> bytes:
    """The body of a submission: of five kinds one after the other, two of each."""
    name, namespace = f"Job {number}", f"{NAMESPACE}/2014-04-03"
    kind = number % 10 // 2
    if kind == 1:
        url = f"http://images.example.test/shop/{number}.tif"
        items = f"<items><sourceUrl>{url}?id=1</sourceUrl><destPath>{number}.tif</destPath></items>"
        inner = (
            f"<uploadUrlsJob><urlArray>{items}</urlArray><overwrite>true</overwrite>"
            "<readyForPublish>true</readyForPublish><createMask>false</createMask>"
            "<emailSetting>Error</emailSetting></uploadUrlsJob>"
        )
        body = envelope(inner, namespace, "c|47")
    elif kind == 2:
        name = f"imageServingPublishJob {number}"
        body = small().replace(b"Full", b"Incremental")
    elif kind == 3:
        inner = (
            f"<reprocessAssetsJob><assetHandleArray><items>a|{number}</items></assetHandleArray>"
            "<createMask>false</createMask><emailSetting>Error</emailSetting></reprocessAssetsJob>"
        )
        body = envelope(inner, namespace, "c|47")
    elif kind == 4:
        inner = (
            f'<imageServingPublishJob xmlns:i="{NAMESPACE}"><i:publishType>Full</i:publishType>'
            "<i:emailSetting>Error</i:emailSetting></imageServingPublishJob>"
        )
        body = envelope(inner, NAMESPACE, "47")
    else:
        body = small()
    return body.replace(b"My Test Job", name.encode())


def fill(service: Service, number: int) -> None:
    """Sends so many requests: every tenth is no submission."""
    headers = {"content-type": "text/xml", "soapaction": "submitJob"}
    for each in range(number):
        if each % 10 == 9:
            response = service.handle(asking("getFolders", ""))
        else:
            request = Request("POST", SERVICE_PATH, headers, submitted(each))
            response = service.handle(request)
        if response.status != 200:
            raise RuntimeError(response.body.decode())


_SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
_ITEM_OF_MANY = "<items><sourceUrl>http://x.test/{0}</sourceUrl><destPath>{0}</destPath></items>"
_MANY_URLS = "".join(map(_ITEM_OF_MANY.format, range(1000)))


def other(number: int) -> Request:
    """A request: nine kinds of submissions one after the other, and a search; few are large."""
    kind = number % 10
    if kind == 9:
        condition = f"<items><field>Name</field><op>Equals</op><value>{number}</value></items>"
        where = "<folder>Company47/</folder><includeSubfolders>false</includeSubfolders>"
        return asking("searchAssets", f"{where}<{_CONDITIONS}>{condition}</{_CONDITIONS}>")
    large = _MANY_URLS if number % 500 == 0 else ""
    url = f"<sourceUrl>http://images.example.test/shop/{number}.tif</sourceUrl>"
    crop = "<left>1</left><right>2</right><top>3</top><bottom>4</bottom>"
    inner = (
        f"<jobName>Job {number}</jobName><uploadUrlsJob><urlArray>{large}<items>{url}<destPath>"
        f"{number}.tif</destPath></items></urlArray><overwrite>true</overwrite><readyForPublish>1"
        f"</readyForPublish><createMask>false</createMask><{_CROP}>{crop}</{_CROP}><emailSetting>"
        "Error</emailSetting></uploadUrlsJob>"
    )
    method, path, headers, body, _ = asking("submitJob", inner)
    headers["soapaction"] = "submitJob"
    if kind == 1:
        body = body.replace(_SOAP.encode(), _SOAP_12.encode())
        headers["content-type"] = "application/soap+xml"
    elif kind == 2:
        login, message = body.partition(b"<e:Header>")[2].removesuffix(_END).split(_BETWEEN)
        body = b'<Request xmlns="%s">%s%s</Request>' % (_UNVERSIONED.encode(), login, message)
        path = PLAIN_PATH
    elif kind == 3:
        body = f'<?xml version="1.0" encoding="UTF-16"?>{body.decode()}'.encode("utf-16")
    elif kind == 4:
        body = body.replace(b"<overwrite>", b"<!-- All. --><overwrite>")
    elif kind == 5:
        body = body.replace(b">1<", b"><![CDATA[1]]><").replace(b".tif</s", b".tif?a=1&amp;b=2</s")
    elif kind == 6:  # It is refused.
        body = body.replace(b">Error<", b">Nonsense<")
    elif kind == 7:  # So is this.
        body = body.replace(b">secret<", b"><")
    elif kind == 8:  # That warns.
        headers["content-type"] = "text/plain"
    return Request(method, path, headers, body)


_BETWEEN, _END = b"</e:Header><e:Body>", b"</e:Body></e:Envelope>"


def fill_with_others(service: Service, number: int) -> None:
    """Sends so many requests of all kinds."""
    for each in range(number):
        service.handle(other(each))


def asked(
    number: int, calls: Sequence[Ask], fill: Callable[[Service, int], None] = fill
) -> list[tuple[float, float]]:
    """Milliseconds of the processor that calls take the first time, and another time.

    All of them are made to one server, with so many exchanges, which ``fill`` sends.
    """
    with serve() as server:
        fill(server.service, number)
        gc.collect()
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        _called(connection, Ask("GET", "/health"), "/t/blue")
        found = []
        for call in calls:
            for before in call.after:
                _called(connection, before)
            spent = [_called(connection, call) for _ in range(1 if call.once else 5)]
            found.append((spent[0], min(spent)))
        connection.close()
    return found


def control_calls(
    number: int,
    calls: Sequence[Ask] = CALLS,
    fill: Callable[[Service, int], None] = fill,
) -> Iterator[tuple[str, float, float]]:
    """What is asked for → milliseconds of the processor for the first time, and for another.

    Args:
        number: of exchanges.
        calls: what is asked for.
        fill: what sends them.
    """
    with get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for call in calls:
            ((first, again),) = pool.apply(asked, (number, (call,), fill))
            value = "" if call.value is None else f" {json.dumps(call.value)}"
            yield f"{call.method} {call.path}{value}", first, again


def _called(connection: http.client.HTTPConnection, call: Ask, root: str = "") -> float:
    body = None if call.value is None else json.dumps(call.value)
    headers = {} if call.method == "GET" else {"Content-Type": "application/json"}
    start = time.process_time()
    connection.request(call.method, f"{root}{FOLDER}{call.path}", body, headers)
    response = connection.getresponse()
    answer = response.read()
    spent = time.process_time() - start
    if response.status not in (200, 201, 204, 409, 422):  # What is not so, or no name.
        raise RuntimeError(f"{call}: {answer.decode()}")
    return spent * 1000
