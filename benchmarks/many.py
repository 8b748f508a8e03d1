"""What there is much of: pages of 10,000 assets, and the control interface with 10,000 exchanges.

Pages are answered by ``Service.handle``, in the process. Times are of the processor, so that other
programs on the machine matter little. A page comes again and again, as when a client polls a list:
the best of some rounds counts. Beside it stands the first one, for which each asset is written.

The control interface is asked by ``many_calls``.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from benchmarks.many_calls import OTHERS, asking, control_calls, fill_with_others
from ips_contract.mock.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ips_contract.http.messages import Request

MANY = 10_000
PAGE_LIMIT, CALL_LIMIT = 20.0, 50.0  # ms.
_ROUNDS = 15
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
    missed += _table(f"with {MANY:,} exchanges", control_calls(MANY), CALL_LIMIT)
    others = control_calls(MANY, OTHERS, fill_with_others)
    missed += _table(f"with {MANY:,} exchanges of all kinds", others, CALL_LIMIT)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(_main())
