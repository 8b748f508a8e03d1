"""What there is much of: pages of 10,000 assets, and the control interface with 10,000 exchanges.

Pages are answered by ``Service.handle``, in the process. Times are of the processor, so that other
programs on the machine matter little. A page comes again and again, as when a client polls a list:
the best of some rounds counts. Beside it stands the first one, for which each asset is written.

The control interface is asked over a socket, each of its routes. Times are those of the processor,
the asking client's among them, which is in the same process. Each call has a process of its own: so
the first one finds nothing read that another left. Before it Python collects its garbage: it does
so now and then, whatever is asked, and over so many exchanges a whole pass takes as long as the
slowest call. Recorded are five kinds of submissions, of which two are all different, and every
tenth request is another.
"""

from __future__ import annotations

import gc
import http.client
import json
import re
import sys
import time
from datetime import UTC, datetime
from multiprocessing import get_context
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.server import NAMESPACE, envelope, small
from ips_contract.contract.endpoints import SERVICE_PATH
from ips_contract.contract.versions import LATEST
from ips_contract.http.messages import Request
from ips_contract.mock.control.table import FOLDER, ROUTES
from ips_contract.mock.service import Service
from ips_contract.mock.serving import serve

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MANY = 10_000
PAGE_LIMIT, CALL_LIMIT = 20.0, 50.0  # ms.
_ROUNDS = 15
_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_LOGIN = "<user>user@example.test</user><password>secret</password>"
_UNVERSIONED = "http://www.scene7.com/IpsApi/xsd"
_DAY = datetime(2014, 4, 3, 9, 30, tzinfo=UTC)
_KINDS = ("Image", "Image", "Image", "Video", "Template", "Pdf", "ImageSet")


def library() -> Service:
    """A service with the assets, of several types, most with metadata and details."""
    service = Service()
    for number in range(MANY):
        kind = _KINDS[number % len(_KINDS)]
        service.library.put_asset(
            *("47", f"shoes/f{number % 100}", f"shoe-{number}"),
            type=kind,
            file_name="" if kind == "ImageSet" else f"shoe-{number}.jpg",
            user=f"user{number % 5}@example.test",
            metadata={
                "Color": "Brown",
                "Stock": number % 9,
                "Tags": ("new", "old"),
                "Weight": number / 3,
                "Note": f"a <b> & {number}" if number % 11 == 0 else "plain",
            },
            info={"width": number, "height": 8, "fileSize": 9} if kind == "Image" else {},
            created=_DAY,
            modified=_DAY,
        )
    return service


def asking(operation: str, inner: str) -> Request:
    """A request of the latest version, with credentials."""
    body = (
        f'<e:Envelope xmlns:e="{_SOAP}"><e:Header><authHeader xmlns="{_UNVERSIONED}">{_LOGIN}'
        f'</authHeader></e:Header><e:Body><{operation}Param xmlns="{LATEST.namespace}">'
        f"<companyHandle>c|47</companyHandle>{inner}</{operation}Param></e:Body></e:Envelope>"
    )
    return Request("POST", SERVICE_PATH, {"content-type": "text/xml"}, body.encode())


def _fields(*names: str) -> str:
    items = "".join(f"<items>assetArray/items/{name}</items>" for name in names)
    return f"<responseFieldArray>{items}</responseFieldArray>"


def _handles(number: int) -> str:
    items = "".join(f"<items>a|{each}</items>" for each in range(1, number + 1))
    return f"<assetHandleArray>{items}</assetHandleArray>"


def _names(number: int) -> str:
    items = "".join(f"<items>shoe-{each}</items>" for each in range(number))
    return f"<nameArray>{items}</nameArray>"


_DEEP = "<includeSubfolders>true</includeSubfolders>"
PAGES: dict[str, tuple[str, str]] = {
    "searchAssets, a page of 100": (
        "searchAssets",
        f"{_DEEP}<recordsPerPage>100</recordsPerPage>",
    ),
    "searchAssets, a page of 500": (
        "searchAssets",
        f"{_DEEP}<recordsPerPage>500</recordsPerPage>",
    ),
    "searchAssets, the default page": ("searchAssets", _DEEP),
    "the same, sorted by name": ("searchAssets", f"{_DEEP}<sortBy>Name</sortBy>"),
    "the same, handle and name": ("searchAssets", _DEEP + _fields("assetHandle", "name")),
    "searchAssetsByMetadata, the default page": ("searchAssetsByMetadata", "<filters/>"),
    "getAssets, 1,000 handles": ("getAssets", _handles(1000)),
    "getAssetsByName, 1,000 names": ("getAssetsByName", _names(1000)),
}


def pages() -> Iterator[tuple[str, float, float]]:
    """Name of a page → milliseconds of the processor for the first time, and for another."""
    service = library()
    for name, (operation, inner) in PAGES.items():
        request = asking(operation, inner)
        service.handle(request)  # Tables are read.
        first = again = float("inf")
        for _ in range(_ROUNDS):
            service.store.written_assets.clear()
            first = min(first, _spent(service, request))
            again = min(again, _spent(service, request))
        yield name, first, again


def _spent(service: Service, request: Request) -> float:
    start = time.process_time()
    response = service.handle(request)
    spent = time.process_time() - start
    if response.status != 200:
        raise RuntimeError(response.body.decode())
    return spent * 1000


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


def asked(number: int, calls: Sequence[Ask]) -> list[tuple[float, float]]:
    """Milliseconds of the processor that calls take the first time, and another time.

    All of them are made to one server, with so many exchanges.
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


def control_calls() -> Iterator[tuple[str, float, float]]:
    """What is asked for → milliseconds of the processor for the first time, and for another."""
    with get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for call in CALLS:
            ((first, again),) = pool.apply(asked, (MANY, (call,)))
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


def _table(what: str, rows: Iterator[tuple[str, float, float]], limit: float) -> int:
    """Prints a table; how many missed the limit, which is for the first time, too."""
    missed = 0
    print(f"\n| {what} | first | again | limit | met |\n| --- | --- | --- | --- | --- |")
    for name, first, again in rows:
        missed += max(first, again) > limit
        met = "no" if max(first, again) > limit else "yes"
        print(f"| {name} | {first:.1f} | {again:.1f} | {limit:.0f} | {met} |", flush=True)
    return missed


def _main() -> int:
    print(f"ms of the processor: the first time, and the best of {_ROUNDS} pages, or of 5 calls")
    missed = _table(f"of {MANY:,} assets", pages(), PAGE_LIMIT)
    missed += _table(f"with {MANY:,} exchanges", control_calls(), CALL_LIMIT)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(_main())
