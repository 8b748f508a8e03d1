"""Lists of assets: however often and by what way an asset is written, it is written the same."""

from __future__ import annotations

import itertools
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from ips_contract import VERSIONS
from ips_contract.contract.endpoints import SERVICE_PATH
from ips_contract.contract.writer import Form, plain_text, written
from ips_contract.http.messages import Request
from ips_contract.mock import record
from ips_contract.mock.operations.asset_values import _LONG, asset_values, listed
from ips_contract.mock.operations.call import Call
from ips_contract.mock.operations.selection import ALL, selection_of
from ips_contract.mock.service import Service
from ips_contract.mock.state import written_assets
from ips_contract.mock.state.catalog import IMAGE_MAP, Record
from ips_contract.mock.state.written_assets import WrittenAssets
from ips_contract.mock.tenants import RECORD_BYTES
from tests.calls import NEW, OLD, ask, company, envelope, message, texts
from tests.growth import calls
from tests.sweep import every

if TYPE_CHECKING:
    from collections.abc import Callable

    from ips_contract.contract.versions import Version
    from ips_contract.mock.operations.selection import Selection
    from ips_contract.mock.state.assets import Asset

DAY = datetime(2014, 4, 3, 9, 30, tzinfo=UTC)
EAST = DAY.astimezone(timezone(timedelta(hours=2)))
VALUES: list[dict[str, Any]] = [
    {},
    {"Color": "Red"},
    {"Color": ""},
    {"Color": "a <b> & \r %s \ue0001\ue001", "": "x"},
    {"Stock": 7, "Weight": 0.5, "Sold": DAY, "Is new": True},
    {"Stock": True, "Weight": float("inf"), "Sold": EAST, "Is new": 0},
    {"Tags": ("new", "sale")},
    {"Tags": ("new",)},
    {"Tags": ()},
    {"Tags": ("",), "Stock": -0.0},
]
INFO: list[dict[str, Any]] = [
    {},
    {"width": 7, "height": 8, "fileSize": 9},
    {"width": 7, "description": "é \x01", "sku": "", "no field": "x"},
    {"originalFile": "another.jpg", "width": 1},
]
KINDS = ("Image", "Video", "Template", "AssetSet", "ViewerPreset", "Font")
FIELDS: list[list[str]] = [
    [],
    ["name"],
    ["assetHandle", "name"],
    ["metadataArray", "imageInfo/width"],
    ["metadataArray"],
    ["folder", "folderHandle", "created"],
    ["subType", "fileName", "createUser", "lastModifyUser", "readyForPublish", "trashState"],
    ["imageInfo", "videoInfo/originalPath", "templateInfo", "assetSetInfo", "type"],
    ["imageInfo/originalFile", "imageInfo/description", "projects", "permissions"],
]


def selection(fields: list[str]) -> Selection:
    return selection_of({"responseFieldArray": [*fields]}) if fields else ALL


def asked(version: Version) -> Call:
    call = Call()
    call.version, call.namespace, call.company = version, version.namespace, "47"
    return call


@pytest.fixture
def service() -> Service:
    """One with assets of many forms, each form several times."""
    service = Service()
    library, number = service.library, 0
    for _ in range(3):
        for kind in KINDS:
            for metadata in VALUES:
                for info in INFO:
                    number += 1
                    asset = library.put_asset(
                        *("47", f"f{number % 7}", f"n{number}"),
                        type=kind,
                        file_name="" if number % 5 == 0 else f"{number} & more.jpg",
                        user="" if number % 3 == 0 else "me@example.com",
                        metadata=metadata,
                        info=info,
                        created=EAST if number % 11 == 0 else DAY,
                        modified=DAY,
                        ready=number % 2 == 0,
                    )
                    if number % 13 == 0:
                        record = Record(IMAGE_MAP, number, "47", "map", {"action": "a"})
                        asset.image_maps = (record,)
                    if number % 17 == 0:
                        asset.settings = {"zoom": ("1", ""), "pan": ("", "a|1")}
                    if number % 19 == 0:
                        asset.set_definition = "${a}?b"
                    asset.sub_type = "Avs" if number % 23 == 0 else ""
    return service


def assets_of(service: Service) -> list[Asset]:
    return [*service.library.assets("47")]


def by_the_table(service: Service, call: Call, shown: Selection) -> list[str]:
    store = service.store
    return [
        written(call.version, "Asset", asset_values(store, call, asset, shown))
        for asset in assets_of(service)
    ]


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("version", "fields"), every(8, itertools.product(VERSIONS, FIELDS)), ids=str
)
def test_all_ways_to_write_an_asset_are_the_same(
    service: Service, version: Version, fields: list[str]
) -> None:
    call, shown = asked(version), selection(fields)
    expected = by_the_table(service, call, shown)
    for _ in range(2):  # The second time they are there.
        assert listed(service.store, call, assets_of(service), shown) == expected
    service.store.written_assets.clear()
    assets, short = assets_of(service), _LONG - 1
    for start in range(0, len(assets), short):
        part = slice(start, start + short)
        assert listed(service.store, call, assets[part], shown) == expected[part]
    assert call.notes == ()


def put_into_a_project(service: Service, asset: Asset) -> None:
    asset.projects.add(service.store.catalog.add("project", "47", "Spring", {}).number)


def rename_the_folder(service: Service, asset: Asset) -> None:
    service.library.rename_folder(asset.folder, "another")


def call_the_company(service: Service, _asset: Asset) -> None:
    service.library.call("47", "Another")
    service.library.root("47")


def give(**values: Any) -> Callable[[Service, Asset], None]:
    def change(_service: Service, asset: Asset) -> None:
        for name, value in values.items():
            setattr(asset, name, value)

    return change


CHANGES: dict[str, Callable[[Service, Asset], None]] = {
    "a project": put_into_a_project,
    "its folder's name": rename_the_folder,
    "its company's name": call_the_company,
    "a name": lambda service, asset: service.library.rename_asset(asset, "b", "", everywhere=False),
    "the trash": lambda service, asset: service.library.delete_asset(asset, "you@example.com"),
    "a number for true": lambda _, asset: asset.metadata.update(Flag=1),
    "a moment elsewhere": lambda _, asset: asset.metadata.update(At=EAST),
    "a moment of its own": give(created=EAST),
    "no moment": give(created=None),
    "no name": give(name=None),
    "other names": lambda _, asset: asset.metadata.update(Other=asset.metadata.pop("Flag")),
    "from metadata to details": lambda _, asset: asset.info.update(
        width=int(str(asset.metadata.pop("n")))
    ),
    "details": lambda _, asset: asset.info.update(height=9),
    "not ready": give(ready=False),
    "a type": give(type="Video", serial=9),
    "a definition": give(type="AssetSet", set_definition="a"),
    "settings": give(type="ViewerPreset", settings={"a": ("b", "")}),
    "maps": give(image_maps=(Record(IMAGE_MAP, 1, "47", "map", {"action": "a"}),)),
}


@pytest.mark.parametrize("version", [OLD, NEW], ids=str)
@pytest.mark.parametrize("change", CHANGES)
def test_what_was_changed_is_written_anew(change: str, version: Version) -> None:
    service, call = Service(), asked(version)
    asset = service.library.put_asset(
        *("47", "f", "a"),
        user="me@example.com",
        metadata={"Flag": True, "At": DAY, "n": 7},
        info={"fileSize": 1},
        created=DAY,
        modified=DAY,
    )
    before = listed(service.store, call, [asset])
    assert before == by_the_table(service, call, ALL)
    CHANGES[change](service, asset)
    after = listed(service.store, call, [asset])
    assert after == by_the_table(service, call, ALL)
    if version is NEW:
        assert after != before


def test_records_that_are_renamed_are_shown_by_their_new_names() -> None:
    service, call = Service(), asked(NEW)
    asset = service.library.put_asset("47", "f", "a")
    put_into_a_project(service, asset)
    record = Record(IMAGE_MAP, 1, "47", "map", {"action": "a"})
    asset.image_maps = (record,)
    listed(service.store, call, [asset])
    record.name = "another map"
    service.store.catalog.records("project", "47")[0].name = "Autumn"
    (item,) = listed(service.store, call, [asset])
    assert "<projects>Autumn</projects>" in item
    assert "<name>another map</name>" in item


def test_versions_and_selections_do_not_mix(service: Service) -> None:
    asset = assets_of(service)[:1]
    forms = [(version, fields) for version in VERSIONS for fields in FIELDS]
    for _ in range(2):
        for version, fields in forms:
            call, shown = asked(version), selection(fields)
            values = asset_values(service.store, call, asset[0], shown)
            expected = [written(version, "Asset", values)]
            assert listed(service.store, call, asset, shown) == expected


def test_a_reset_forgets_them() -> None:
    service = Service()
    for name in ("a", "b"):
        service.library.put_asset("47", "f", name)
        answer = ask(
            service, "getAssets", "<assetHandleArray><items>a|1</items></assetHandleArray>"
        )
        assert texts(answer, "assetArray/items/name") == [name]
        service.reset()


def kept(service: Service) -> int:
    """How many items are kept."""
    return sum(map(len, service.store.written_assets._forms.values()))


def test_what_is_kept_is_bounded(service: Service) -> None:
    service.store.written_assets = WrittenAssets(20_000)
    call = asked(NEW)
    expected = by_the_table(service, call, ALL)
    assert listed(service.store, call, assets_of(service)) == expected
    assert 5 < kept(service) < 40 < len(expected)


LONG = "x" * 100_000
WIDE = "x" * 25_000 + "\N{ATHLETIC SHOE}"  # Four bytes for each letter.
# What of many requests takes memory → of one of them, by its number: what the asset has by then,
# and a field that is asked for beside its name.
TAKING: dict[str, Callable[[int], tuple[dict[str, Any], str]]] = {
    "a field": lambda number: ({}, f"{LONG}{number}"),
    "a wide field": lambda number: ({}, f"{WIDE}{number}"),
    "a wide name": lambda number: ({"name": f"{WIDE}{number}"}, f"{number}"),
    "a value that is not shown": lambda number: (
        {"metadata": {"Text": f"{LONG}{number}"}},
        f"{number}",
    ),
    "a list that is not shown": lambda number: (
        {"metadata": {"Tags": ("new", f"{LONG}{number}")}},
        f"{number}",
    ),
    "a list of many": lambda number: (
        {"metadata": {"Tags": tuple(f"{number}.{each}" for each in range(2_000))}},
        f"{number}",
    ),
}


@pytest.mark.parametrize("what", TAKING)
def test_whatever_is_sent_it_takes_no_more_memory(what: str) -> None:
    service, most = Service(), 1024 * 1024
    service.store.written_assets = WrittenAssets(most)
    asset = service.library.put_asset("47", "f", "a", metadata={"Color": "Red"})

    def ask(number: int) -> int:
        values, field = TAKING[what](number)
        for name, value in values.items():
            setattr(asset, name, value)
        listed(service.store, asked(NEW), [asset], selection(["name", field]))
        return kept(service)

    tracemalloc.start()
    try:
        ask(0)
        before, _ = tracemalloc.get_traced_memory()
        numbers = [ask(number) for number in range(1, 30)]
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert max(numbers) > 1
    assert after - before < most


def test_what_is_too_large_is_not_kept(service: Service) -> None:
    service.store.written_assets = WrittenAssets(300_000)
    first, second = assets_of(service)[:2]
    call = asked(NEW)
    listed(service.store, call, [first])
    for _ in range(2):
        (item,) = listed(service.store, call, [second], selection(["name", "x" * 300_000]))
        assert item == f"<name>{second.name}</name>"
    assert kept(service) == 1  # The first: it did not have to go.


def test_another_service_keeps_in_proportion_to_its_record() -> None:
    service = Service()
    for part, most in ((1, written_assets.MOST_BYTES), (16, 1024 * 1024)):
        another = service.another(most_bytes=record.MOST_BYTES // part)
        assert another.store.written_assets is not service.store.written_assets
        assert another.store.written_assets._most_bytes == most
    assert record.MOST_BYTES // 16 == RECORD_BYTES


def test_a_form_has_the_fields_that_its_version_has() -> None:
    values: dict[str, Any] = {
        "name": "a",
        "fileName": "b",
        "type": "Image",
        "imageInfo": {"width": 1},
    }
    values |= dict.fromkeys(("assetHandle", "folder", "folderHandle"), "x")
    values |= {"readyForPublish": True, "created": DAY, "lastModified": DAY}
    for version in VERSIONS:
        form = Form(version, "Asset", values)
        row = ["c", "d", "Video", "7", "x", "y", "z", "false", "1", "2"]
        others = dict(zip(values, row, strict=True)) | {"imageInfo": {"width": "7"}}
        assert form.filled([row[number] for number in form.numbers]) == written(
            version, "Asset", others
        )
    assert Form(NEW, "Metadata", {"name": "a", "value": "b"}).filled(["a", ""]) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (True, "true"),
        (7, "7"),
        (float("nan"), "NaN"),
        (DAY, "2014-04-03T09:30:00.000Z"),
    ],
)
def test_texts_of_single_values(value: Any, text: str) -> None:
    assert plain_text(value) == text


@pytest.mark.parametrize("value", [None, ["a"], {"name": "a"}, b"a"])
def test_what_is_no_single_value_has_no_text(value: Any) -> None:
    with pytest.raises(ValueError, match="single value"):
        plain_text(value)


def page(service: Service, size: int) -> Callable[[], object]:
    inner = (
        f"<companyHandle>{company(NEW)}</companyHandle><includeSubfolders>true</includeSubfolders>"
        f"<recordsPerPage>{size}</recordsPerPage>"
    )
    body = envelope(message("searchAssets", inner, NEW))
    request = Request("POST", SERVICE_PATH, {"content-type": "text/xml"}, body)
    return lambda: service.handle(request)


def test_a_page_costs_little_for_each_asset_and_less_when_it_comes_again() -> None:
    service = Service()
    for number in range(2_000):
        service.library.put_asset(
            *("47", f"f{number % 20}", f"n{number}"),
            file_name=f"{number}.jpg",
            user="me@example.com",
            metadata={"Color": "Red", "Stock": number, "Title": f"t{number}", "Tags": ("a", "b")},
            info={"width": number, "height": 8, "fileSize": 9},
        )
    few, many = page(service, 100), page(service, 1_000)
    few(), many()  # Tables are read.
    service.store.written_assets.clear()
    first = calls(many) - calls(few)
    again = calls(many) - calls(few)
    # Of 900 assets. The table alone takes 190 calls for each, to look whether it changed 26.
    assert again < 900 * 30
    assert first < 900 * 125
