"""What there is much of: pages of 10,000 assets, and the control interface with 10,000 exchanges.

Pages are answered by ``Service.handle``, in the process. Times are of the processor, so that other
programs on the machine matter little. A page comes again and again, as when a client polls a list:
the best of some rounds counts. Beside it stands the first one, for which each asset is written.

The control interface is asked over a socket, each of its routes. Times are those of the processor,
the asking client's among them, which is in the same process.
"""

from __future__ import annotations

import http.client
import json
import re
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.server import small
from ips_contract.contract.endpoints import SERVICE_PATH
from ips_contract.contract.versions import LATEST
from ips_contract.http.messages import Request
from ips_contract.mock.control.table import FOLDER, ROUTES
from ips_contract.mock.service import Service
from ips_contract.mock.serving import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    """A call of the control interface; ``once``: it can only be made once."""

    method: str
    path: str
    value: object = None
    once: bool = False


CALLS = (
    *(Ask("GET", path) for path in ("/", "/openapi.json", "/health", "/versions", "/tenants")),
    Ask("GET", "/exchanges"),
    Ask("GET", "/exchanges?since=9000&limit=1000"),
    Ask("GET", "/exchanges?operation=getFolders"),
    Ask("GET", "/exchanges?verdict=invalid"),
    Ask("GET", "/exchanges/5000"),
    Ask("POST", "/verify", {"submitted": {}}),
    Ask("POST", "/verify", {"submitted": {"job_name": "Job 5000", "company": 47}}),
    Ask("POST", "/verify", {"submitted": {"job_name": "Job 5000", "publishType": "Full"}}),
    Ask("POST", "/verify", {"submitted": {"job_name": "Nobody", "publishType": "Full"}}),
    Ask("POST", "/verify", {"submitted": {"publishType": "Incremental"}}),
    Ask("POST", "/verify", {"submitted": {"publishType": "Full"}}),
    Ask("POST", "/verify", {"called": "getFolders", "fields": {"companyHandle": "48"}}),
    Ask("GET", "/coverage"),
    Ask("GET", "/scripts"),
    Ask("POST", "/scripts", {"fault": 30001}),
    Ask("DELETE", "/scripts/1", once=True),
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


def control_calls() -> Iterator[tuple[str, float, float]]:
    """What is asked for → milliseconds of the processor for the first time, and for another."""
    with serve() as server:
        for number in range(MANY):
            if number % 10 == 9:
                request = asking("getFolders", "")
            else:
                body = small().replace(b"My Test Job", b"Job %d" % number)
                headers = {"content-type": "text/xml", "soapaction": "submitJob"}
                request = Request("POST", SERVICE_PATH, headers, body)
            server.service.handle(request)
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        _called(connection, Ask("GET", "/health"), "/t/blue")
        for call in CALLS:
            spent = [_called(connection, call) for _ in range(1 if call.once else 5)]
            value = "" if call.value is None else f" {json.dumps(call.value)}"
            yield f"{call.method} {call.path}{value}", spent[0], min(spent)
        connection.close()


def _called(connection: http.client.HTTPConnection, call: Ask, root: str = "") -> float:
    body = None if call.value is None else json.dumps(call.value)
    headers = {} if call.method == "GET" else {"Content-Type": "application/json"}
    start = time.process_time()
    connection.request(call.method, f"{root}{FOLDER}{call.path}", body, headers)
    response = connection.getresponse()
    answer = response.read()
    spent = time.process_time() - start
    if response.status not in (200, 201, 204, 409):  # What does not come true is 409.
        raise RuntimeError(f"{call}: {answer.decode()}")
    return spent * 1000


def _table(what: str, rows: Iterator[tuple[str, float, float]], limit: float) -> int:
    """Prints a table; how many missed the limit."""
    missed = 0
    print(f"\n| {what} | first | again | limit | met |\n| --- | --- | --- | --- | --- |")
    for name, first, again in rows:
        missed += again > limit
        met = "no" if again > limit else "yes"
        print(f"| {name} | {first:.1f} | {again:.1f} | {limit:.0f} | {met} |", flush=True)
    return missed


def _main() -> int:
    print(f"ms of the processor: the first time, and the best of {_ROUNDS} pages, or of 5 calls")
    missed = _table(f"of {MANY:,} assets", pages(), PAGE_LIMIT)
    missed += _table(f"with {MANY:,} exchanges", control_calls(), CALL_LIMIT)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(_main())
