"""searchAssets, searchAssetsByMetadata, and assets by handle, name and type."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ips_contract import VERSIONS
from ips_contract.mock.operations import asset_values
from ips_contract.mock.service import Service
from ips_contract.mock.state import written_assets
from ips_contract.mock.state.assets import Asset, Member
from ips_contract.xml.parser import DEFAULT_LIMIT
from tests.calls import NEW, OLD, ask, refusal, texts

DEEP = "<includeSubfolders>true</includeSubfolders>"
FLAT = "<includeSubfolders>false</includeSubfolders>"
DAY = datetime(2014, 4, 3, tzinfo=UTC)
ASSETS: list[dict[str, Any]] = [
    {
        "folder": "shoes",
        "name": "boot",
        "fileName": "boot.jpg",
        "createUser": "ann@example.com",
        "metadata": {"Color": "Red", "Tags": ["new", "sale"], "Stock": 7, "dc.rights": "Ann"},
        "info": {"fileSize": 300, "sku": "B-1", "description": "A boot"},
    },
    {
        "folder": "shoes/old",
        "name": "Clog",
        "fileName": "clog.tif",
        "readyForPublish": False,
        "metadata": {"Color": "Dark red", "Stock": 12, "Sold": DAY},
        "info": {"fileSize": 100},
        "projects": ["Spring"],
    },
    {"folder": "shoes", "name": "all", "type": "ImageSet", "members": ["shoes/boot"]},
    {"folder": "", "name": "movie", "type": "Video", "subType": "Avs", "fileName": "m.mp4"},
    {"folder": "", "name": "page1", "originator": "book", "engine": "PostScriptRip"},
    {"folder": "", "name": "book", "type": "Pdf", "fileName": "book.pdf"},
    {"folder": "shoes", "name": "gone", "trashState": "InTrash"},
]
for _number, _asset in enumerate(ASSETS):
    _asset["created"] = DAY + timedelta(days=_number)
    _asset["lastModified"] = DAY + timedelta(days=100 - _number)
SEED = {"companies": [{"name": "Acme", "projects": ["Spring"], "assets": ASSETS}]}
LIVE = ["boot", "Clog", "all", "movie", "page1", "book"]


@pytest.fixture(scope="module")
def service() -> Service:
    return Service(seed=SEED)


def names(service: Service, inner: str) -> list[str]:
    return texts(ask(service, "searchAssets", inner), "assetArray/items/name")


def array(name: str, *items: str) -> str:
    return f"<{name}>{''.join(f'<items>{item}</items>' for item in items)}</{name}>"


def fields(**values: object) -> str:
    return "".join(f"<{name}>{value}</{name}>" for name, value in values.items())


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (DEEP, LIVE),
        (FLAT, ["movie", "page1", "book"]),
        (f"<folder>Acme/shoes/</folder>{FLAT}", ["boot", "all"]),
        (f"<folder>shoes</folder>{DEEP}", ["boot", "Clog", "all"]),
        (f"{DEEP}<publishState>NotMarkedForPublish</publishState>", ["Clog"]),
        (f"{DEEP}<publishState>MarkedForPublish</publishState>", [n for n in LIVE if n != "Clog"]),
        (f"{DEEP}<trashState>InTrash</trashState>", ["gone"]),
        (f"{DEEP}<trashState>Any</trashState>", [*LIVE, "gone"]),
        (f"<folder>shoes</folder>{FLAT}<trashState>Any</trashState>", ["boot", "all", "gone"]),
        (f"<folder>shoes</folder>{DEEP}<trashState>InTrash</trashState>", ["gone"]),
        (DEEP + array("assetTypeArray", "Pdf", "Video"), ["movie", "book"]),
        (DEEP + array("excludeAssetTypeArray", "Image", "ImageSet"), ["movie", "book"]),
        (DEEP + array("assetSubTypeArray", "Avs"), LIVE),
        (
            DEEP + array("assetSubTypeArray", "Avs") + fields(strictSubTypeCheck="true"),
            ["movie"],
        ),
        (f"{DEEP}<excludeByproducts>true</excludeByproducts>", [n for n in LIVE if n != "page1"]),
        (
            (
                f"{DEEP}<excludeByproductArray><items><engine>PostScriptRip</engine>"
                "<generatedAssetType>Image</generatedAssetType></items></excludeByproductArray>"
            ),
            [n for n in LIVE if n != "page1"],
        ),
        (
            (
                f"{DEEP}<excludeByproductArray><items><engine>Aco</engine>"
                "<generatedAssetType>Image</generatedAssetType></items></excludeByproductArray>"
            ),
            LIVE,
        ),
        (f"{DEEP}<projectHandle>p|47|Spring</projectHandle>", ["Clog"]),
        (DEEP + array("keywordArray", "SALE"), ["boot"]),
        (DEEP + array("keywordArray", "clog", "movie"), ["Clog", "movie"]),
        (f"{DEEP}<sortBy>Name</sortBy>", ["all", "book", "boot", "Clog", "movie", "page1"]),
        (
            f"{DEEP}<sortBy>Name</sortBy><sortDirection>Descending</sortDirection>",
            ["page1", "movie", "Clog", "boot", "book", "all"],
        ),
        (f"{DEEP}<sortBy>Created</sortBy>", LIVE),
        (f"{DEEP}<sortBy>Modified</sortBy>", LIVE[::-1]),
        (
            f"{DEEP}<sortBy>FileSize</sortBy><sortDirection>Descending</sortDirection>",
            ["boot", "Clog", "all", "movie", "page1", "book"],
        ),
        (
            f"{DEEP}<sortBy>AssetType</sortBy>",
            ["boot", "Clog", "page1", "all", "book", "movie"],
        ),
    ],
)
def test_filters_and_sorts(service: Service, inner: str, expected: list[str]) -> None:
    assert names(service, inner) == expected


def condition(kind: str, name: str, op: str, value: str, field: str = "value") -> str:
    key = {"systemField": "field"}.get(kind, "fieldHandle")
    return f"<items><{key}>{name}</{key}><op>{op}</op><{field}>{value}</{field}></items>"


@pytest.mark.parametrize(
    ("name", "op", "value", "expected"),
    [
        ("Name", "Equals", "boot", ["boot"]),
        ("Name", "Equals", "BOOT", ["boot"]),
        ("Name", "StartsWith", "bo", ["boot", "book"]),
        ("Name", "EndsWith", "O", []),
        ("Name", "EndsWith", "1", ["page1"]),
        ("Name", "Contains", "oo", ["boot", "book"]),
        ("Name", "NotContains", "o", ["all", "page1"]),
        ("Name", "NotEquals", "boot", LIVE[1:]),
        ("FileName", "EndsWith", ".tif", ["Clog"]),
        ("Sku", "Equals", "B-1", ["boot"]),
        ("Sku", "NotEquals", "B-1", LIVE[1:]),
        ("Description", "Contains", "boot", ["boot"]),
        ("FileSize", "GreaterThan", "100", ["boot"]),
        ("FileSize", "GreaterThanEquals", "100", ["boot", "Clog"]),
        ("FileSize", "LessThan", "300", ["Clog"]),
        ("CreateUser", "Equals", "ann@example.com", ["boot"]),
        ("Created", "LessThan", "2014-04-05T00:00:00Z", ["boot", "Clog"]),
        ("Created", "Equals", "2014-04-03T02:00:00+02:00", ["boot"]),
        ("Created", "NotEquals", "2014-04-03T00:00:00Z", LIVE[1:]),
        ("Created", "Equals", "2014-04-03T00:00:00.000Z", ["boot"]),
        ("FileSize", "Equals", "+0300", ["boot"]),
        ("FileSize", "NotEquals", "300.0", LIVE[1:]),
        ("Created", "GreaterThanEquals", "2014-04-08T00:00:00+01:00", ["book"]),
    ],
)
def test_system_fields(
    service: Service, name: str, op: str, value: str, expected: list[str]
) -> None:
    row = condition("systemField", name, op, value)
    inner = f"{DEEP}<systemFieldConditionArray>{row}</systemFieldConditionArray>"
    assert names(service, inner) == expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (condition("", "m|47|IMAGE|Color", "Contains", "RED"), ["boot", "Clog"]),
        (condition("", "47|ALL|Color", "Equals", "Red"), ["boot"]),
        (condition("", "m|47|ASSET|Tags", "Equals", "sale"), ["boot"]),
        (condition("", "m|47|ASSET|Tags", "NotEquals", "sale"), LIVE[1:]),
        (condition("", "m|47|ASSET|Stock", "GreaterThan", "7", "longVal"), ["Clog"]),
        (condition("", "m|47|ASSET|Stock", "Equals", "7", "longVal"), ["boot"]),
        (condition("", "m|47|ASSET|Stock", "NotEquals", "7", "longVal"), LIVE[1:]),
        (condition("", "m|47|ASSET|Stock", "LessThan", "12.5", "doubleVal"), ["boot", "Clog"]),
        (condition("", "m|47|ASSET|Sold", "Equals", "2014-04-03T00:00:00Z", "dateVal"), ["Clog"]),
        (
            (
                "<items><fieldHandle>m|47|ASSET|Stock</fieldHandle><op>Equals</op>"
                "<minLong>8</minLong><maxLong>12</maxLong></items>"
            ),
            ["Clog"],
        ),
        (
            (
                "<items><fieldHandle>m|47|ASSET|Color</fieldHandle><op>Contains</op>"
                "<caseSensitive>true</caseSensitive><value>red</value></items>"
            ),
            ["Clog"],
        ),
        (
            (
                "<items><fieldHandle>m|47|ASSET|Color</fieldHandle><op>Equals</op>"
                "<values><items>red</items><items>dark red</items></values></items>"
            ),
            ["boot", "Clog"],
        ),
    ],
)
def test_metadata_conditions(service: Service, row: str, expected: list[str]) -> None:
    inner = f"{DEEP}<metadataConditionArray>{row}</metadataConditionArray>"
    assert names(service, inner) == expected


def test_match_modes(service: Service) -> None:
    one = condition("systemField", "Name", "Equals", "boot")
    two = condition("systemField", "Name", "Equals", "movie")
    system = f"<systemFieldConditionArray>{one}{two}</systemFieldConditionArray>"
    any_of = "<systemFieldMatchMode>MatchAny</systemFieldMatchMode>"
    assert names(service, DEEP + system) == []
    assert names(service, DEEP + any_of + system) == ["boot", "movie"]
    color = condition("", "m|47|ASSET|Color", "Contains", "red")
    metadata = f"<metadataConditionArray>{color}</metadataConditionArray>"
    assert names(service, DEEP + any_of + system + metadata) == ["boot"]
    either = "<conditionMatchMode>MatchAny</conditionMatchMode>"
    assert names(service, DEEP + either + any_of + system + metadata) == ["boot", "Clog", "movie"]


def test_wrong_conditions(service: Service) -> None:
    row = condition("", "m|47|ASSET|Stock", "GreaterThan", "many")
    inner = f"{DEEP}<metadataConditionArray>{row}</metadataConditionArray>"
    assert refusal(service, "searchAssets", inner) == (
        30001,
        'value is "many", which is no number.',
    )
    assert refusal(service, "searchAssets", f"<folder>none</folder>{DEEP}")[0] == 30001
    assert refusal(service, "searchAssets", f"{DEEP}<projectHandle>x</projectHandle>")[0] == 30001


def test_too_many_conditions(service: Service) -> None:
    row = condition("systemField", "Name", "Equals", "x")
    for rows in (
        f"<systemFieldConditionArray>{row * 201}</systemFieldConditionArray>",
        array("keywordArray", *["x"] * 201),
    ):
        assert refusal(service, "searchAssets", DEEP + rows)[0] == 30001
        ask(
            service,
            "searchAssets",
            DEEP + rows.replace(row, "", 1).replace("<items>x</items>", "", 1),
        )


def test_too_many_values_of_a_condition(service: Service) -> None:
    def inner(count: int) -> str:
        values = f"<values>{'<items>x</items>' * count}</values>"
        row = f"<items><fieldHandle>Color</fieldHandle><op>Contains</op>{values}</items>"
        return f"{DEEP}<metadataConditionArray>{row}</metadataConditionArray>"

    version = VERSIONS[4]
    assert refusal(service, "searchAssets", inner(201), version)[0] == 30001
    assert texts(ask(service, "searchAssets", inner(200), version), "assetArray/items/name") == []


def test_a_page_costs_what_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service()
    for number in range(3000):
        service.library.put_asset("47", f"f{number % 7}", f"n{number}")
    shown: list[Asset] = []

    def count(asset: Asset) -> Any:
        shown.append(asset)
        return written_assets.shown_values(asset)

    monkeypatch.setattr(asset_values, "shown_values", count)
    answer = ask(service, "searchAssets", DEEP + fields(recordsPerPage=10, resultsPage=200))
    assert texts(answer, "assetArray/items/name")[0] == "n1990"
    assert len(shown) == 10


def test_paging(service: Service) -> None:
    """Page 0 and page 1 are the first (O); totalRows counts all."""
    for begin in (0, 1):
        found: list[str] = []
        for page in range(begin, begin + 3):
            inner = DEEP + fields(recordsPerPage=2, resultsPage=page)
            answer = ask(service, "searchAssets", inner)
            assert texts(answer, "totalRows") == ["6"]
            found += texts(answer, "assetArray/items/name")
        assert found == (LIVE if begin else ["boot", "Clog", "boot", "Clog", "all", "movie"])
    beyond = ask(service, "searchAssets", DEEP + fields(recordsPerPage=2, resultsPage=9))
    assert texts(beyond, "totalRows") == ["6"]
    assert texts(beyond, "assetArray/items") == []
    for wrong in (fields(recordsPerPage=0), fields(resultsPage=-1)):
        assert refusal(service, "searchAssets", DEEP + wrong)[0] == 30001


def tags(answer: Any) -> list[str]:
    return [str(element.tag).rpartition("}")[2] for element in answer.iter()]


def test_selected_fields(service: Service) -> None:
    wanted = array(
        "responseFieldArray", "assetArray/items/name", "assetArray/items/assetHandle", "totalRows"
    )
    answer = ask(service, "searchAssets", DEEP + fields(recordsPerPage=1) + wanted)
    # In the order of the schema, whatever that of the paths (O).
    assert tags(answer)[1:] == ["totalRows", "assetArray", "items", "assetHandle", "name"]
    wanted = array("responseFieldArray", "assetArray/items/imageInfo/sku", "none/at/all")
    answer = ask(service, "searchAssets", DEEP + fields(recordsPerPage=1) + wanted)
    assert tags(answer)[1:] == ["assetArray", "items", "imageInfo", "sku"]
    wanted = array("responseFieldArray", "assetArray/items/imageInfo/sku", "assetArray/items")
    assert "name" in tags(ask(service, "searchAssets", DEEP + wanted))
    without = array("excludeFieldArray", "assetArray/items/metadataArray", "totalRows")
    answer = ask(service, "searchAssets", DEEP + without)
    assert not {"metadataArray", "totalRows"} & set(tags(answer))
    assert {"imageInfo", "name"} <= set(tags(answer))
    without = array("excludeFieldArray", "assetArray/items/imageInfo/sku")
    answer = ask(service, "searchAssets", DEEP + without)
    assert "sku" not in tags(answer)
    assert "fileSize" in tags(answer)


def by_metadata(service: Service, inner: str = "") -> list[str]:
    return texts(ask(service, "searchAssetsByMetadata", inner), "assetSummaryArray/items/name")


@pytest.mark.parametrize(
    ("key", "op", "value", "expected"),
    [
        ("name", "Contains", "oo", ["boot", "book"]),
        ("dc.rights", "Equals", "ann", ["boot"]),
        ("custom_attributes.Color", "StartsWith", "dark", ["Clog"]),
        ("folder_path", "StartsWith", "Acme/shoes/old", ["Clog"]),
        ("type", "Equals", "Pdf", ["book"]),
        ("file_name", "EndsWith", "mp4", ["movie"]),
        ("sku", "Equals", "B-1", ["boot"]),
        ("created_at", "LessThan", "Fri Apr 04 2014 12:00:00 GMT-0500 (CDT)", ["boot", "Clog"]),
        ("created_by", "Equals", "ann@example.com", ["boot"]),
        ("asset_id", "Equals", "2", ["Clog"]),
    ],
)
def test_search_by_metadata(
    service: Service, key: str, op: str, value: str, expected: list[str]
) -> None:
    row = condition("", key, op, value)
    inner = f"<metadataConditionArray>{row}</metadataConditionArray>"
    assert by_metadata(service, inner) == expected


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("sku", ["Clog", "all", "movie", "page1", "book", "boot"]),
        ("description", ["Clog", "all", "movie", "page1", "book", "boot"]),
        ("comment", LIVE),
        ("user_data", LIVE),
    ],
)
def test_assets_without_the_value_to_sort_by_come_first(
    service: Service, sort: str, first: list[str]
) -> None:
    assert by_metadata(service, f"<sortBy>{sort}</sortBy>") == first
    inner = f"<sortBy>{sort}</sortBy><sortDirection>Descending</sortDirection>"
    assert by_metadata(service, inner) == (LIVE if first == LIVE else ["boot", *first[:-1]])


@pytest.mark.parametrize("value", [2**63 - 1, -(2**63), 2**53 + 1])
@pytest.mark.parametrize("held", [int, str])
def test_a_long_equals_itself_and_no_other(value: int, held: type[int | str]) -> None:
    asset = {"name": "one", "metadata": {"Stock": held(value)}}
    library = Service(seed={"companies": [{"name": "Acme", "assets": [asset]}]})
    for asked, expected in ((value, ["one"]), (value - 1 if value > 0 else value + 1, [])):
        row = condition("", "m|47|ASSET|Stock", "Equals", str(asked), "longVal")
        inner = f"{DEEP}<metadataConditionArray>{row}</metadataConditionArray>"
        assert names(library, inner) == expected
        row = (
            f"<items><fieldHandle>m|47|ASSET|Stock</fieldHandle><op>Equals</op>"
            f"<minLong>{asked}</minLong><maxLong>{asked}</maxLong></items>"
        )
        inner = f"{DEEP}<metadataConditionArray>{row}</metadataConditionArray>"
        assert names(library, inner) == expected


@pytest.mark.parametrize("text", ["two  blanks", "a\nline", " before and after "])
@pytest.mark.parametrize("op", ["Equals", "Contains", "StartsWith", "EndsWith"])
def test_a_text_is_found_by_itself_whatever_blanks_are_in_it(text: str, op: str) -> None:
    asset = {"name": "one", "metadata": {"Color": text}}
    library = Service(seed={"companies": [{"name": "Acme", "assets": [asset]}]})
    row = condition("", "m|47|ASSET|Color", op, text)
    inner = f"{DEEP}<metadataConditionArray>{row}</metadataConditionArray>"
    assert names(library, inner) == ["one"]


def test_summaries(service: Service) -> None:
    row = condition("", "name", "Equals", "boot")
    keys = array("responseMetadataArray", "dc.rights", "custom_attributes.Color", "none", "sku")
    inner = f"<metadataConditionArray>{row}</metadataConditionArray>{keys}"
    answer = ask(service, "searchAssetsByMetadata", inner)
    assert texts(answer, "totalRows") == ["1"]
    item = answer.find("{*}assetSummaryArray/{*}items")
    assert item is not None
    assert texts(item, "assetHandle") == ["a|1"]
    assert texts(item, "folder") == ["Acme/shoes/"]
    assert texts(item, "filename") == ["boot.jpg"]
    assert texts(item, "created") == ["2014-04-03T00:00:00.000Z"]
    # A user's own field is found, and its value is not shown (D).
    assert texts(item, "metadataArray/items/name") == [
        "dc.rights",
        "custom_attributes.Color",
        "sku",
    ]
    assert texts(item, "metadataArray/items/value") == ["Ann", "null", "B-1"]


def test_filters_of_a_search_by_metadata(service: Service) -> None:
    assert by_metadata(service) == LIVE
    inner = "<filters><folder>shoes</folder><includeSubfolders>false</includeSubfolders></filters>"
    assert by_metadata(service, inner) == ["boot", "all"]
    assert by_metadata(service, "<filters><trashState>InTrash</trashState></filters>") == ["gone"]
    inner = "<recordsPerPage>2</recordsPerPage><resultsPage>2</resultsPage><sortBy>Name</sortBy>"
    assert by_metadata(service, inner) == ["boot", "Clog"]
    either = (
        "<metadataConditionArray>"
        + condition("", "name", "Equals", "boot")
        + condition("", "name", "Equals", "all")
        + "</metadataConditionArray>{}"
    )
    assert by_metadata(service, either.format("")) == []
    mode = "<metadataConditionMatchMode>MatchAny</metadataConditionMatchMode>"
    assert by_metadata(service, either.format(mode)) == ["boot", "all"]
    assert refusal(service, "searchAssetsByMetadata", "<sortBy>color</sortBy>")[0] == 30001


def test_assets_by_name(service: Service) -> None:
    """Names that no asset has are left out (O); so are those of assets in the trash."""
    inner = array("nameArray", "movie", "none", "boot", "gone", "movie")
    assert texts(ask(service, "getAssetsByName", inner), "assetArray/items/name") == [
        "movie",
        "boot",
    ]
    answer = ask(service, "getAssetsByName", array("nameArray", "none"))
    assert tags(answer) == ["getAssetsByNameReturn", "assetArray"]
    inner = array("nameArray", "movie", "boot") + array("assetTypeArray", "Image")
    assert texts(ask(service, "getAssetsByName", inner), "assetArray/items/name") == ["boot"]


def test_assets_by_handle(service: Service) -> None:
    for handles in (("a|4", "a|1"), ("a|4|19|1", "1|1|1"), ("4|19|1", "1|1|1")):
        answer = ask(service, "getAssets", array("assetHandleArray", *handles))
        assert texts(answer, "assetArray/items/name") == ["movie", "boot"]
    answer = ask(service, "getAssets", array("assetHandleArray", "4|19|1"), OLD)
    assert texts(answer, "assetArray/items/assetHandle") == ["4|19|1"]
    code, reason = refusal(service, "getAssets", array("assetHandleArray", "a|99"))
    assert (code, reason) == (30001, 'There is no asset with the handle "a|99".')
    for wrong in ("", "x", "a|", "a|x", "9" * 5000):
        inner = array("assetHandleArray", wrong)
        assert refusal(service, "getAssets", inner)[0] == 30001


def test_an_asset_as_it_is_shown(service: Service) -> None:
    answer = ask(service, "getAssets", array("assetHandleArray", "a|1"))
    item = answer.find("{*}assetArray/{*}items")
    assert item is not None
    shown = {
        name: texts(item, name)[0]
        for name in ("type", "fileName", "folder", "folderHandle", "readyForPublish", "trashState")
    }
    assert shown == {
        "type": "Image",
        "fileName": "boot.jpg",
        "folder": "Acme/shoes/",
        "folderHandle": "f|Acme/shoes/",
        "readyForPublish": "true",
        "trashState": "NotInTrash",
    }
    assert texts(item, "metadataArray/items/name") == ["Color", "Tags", "Stock", "dc.rights"]
    assert texts(item, "metadataArray/items/value") == ["Red", "new, sale", "7", "Ann"]
    assert texts(item, "metadataArray/items/valueArray/items") == ["new", "sale"]
    assert texts(item, "metadataArray/items/longVal") == ["7"]
    assert texts(item, "imageInfo/originalPath") == ["Acme/shoes/"]
    assert texts(item, "imageInfo/originalFile") == ["boot.jpg"]
    assert texts(item, "imageInfo/fileSize") == ["300"]


def test_counts_and_names(service: Service) -> None:
    answer = ask(service, "getAssetCounts")
    assert texts(answer, "countArray/items/assetType")[0] == "Image"
    assert texts(answer, "countArray/items/count") == ["3", "1", "1", "1"]
    inner = array("assetNameArray", "boot", "none", "gone")
    assert texts(ask(service, "checkAssetNames", inner), "inUseNameArray/items") == ["boot"]
    inner = array("assetHandleArray", "a|1", "a|3")
    assert texts(ask(service, "getOriginalFilePaths", inner), "originalFileArray/items") == [
        "Acme/shoes/boot.jpg",
        "Acme/shoes/all",
    ]


def test_associated_assets(service: Service) -> None:
    def associated(handle: str) -> Any:
        return ask(service, "getAssociatedAssets", f"<assetHandle>{handle}</assetHandle>")

    assert texts(associated("a|1"), "containerArray/items/name") == ["all"]
    assert texts(associated("a|3"), "memberArray/items/name") == ["boot"]
    page = associated("a|5")
    assert texts(page, "derivedArray/items/name") == []  # Those of createDerivedAsset.
    assert texts(page, "generatorArray/items/engine") == ["PostScriptRip"]
    assert texts(page, "generatorArray/items/originator/name") == ["book"]
    book = associated("a|6")
    assert texts(book, "generatedArray/items/generated/name") == ["page1"]
    assert len(associated("a|4")) == 0
    inner = "<assetHandle>a|6</assetHandle>" + array(
        "responseFieldArray", "generatedArray/items/originator/assetHandle"
    )
    answer = ask(service, "getAssociatedAssets", inner)  # As in an example of the reference (D).
    assert tags(answer)[1:] == ["generatedArray", "items", "originator", "assetHandle"]


def test_a_company_sees_its_own_assets_only() -> None:
    other = {"name": "Other", "assets": [{"name": "mine"}]}
    service = Service(seed={"companies": [*SEED["companies"], other]})
    assert texts(ask(service, "searchAssets", DEEP, number="48"), "assetArray/items/name") == [
        "mine"
    ]
    assert refusal(service, "getAssets", array("assetHandleArray", "a|1"), number="48")[0] == 30001
    assert refusal(service, "searchAssets", DEEP, number="49")[0] == 20000


def test_what_does_not_fit_is_shown_without_details_and_then_not_at_all() -> None:
    service = Service()
    for number in range(1000):
        service.library.put_asset("47", "", f"n{number}", metadata={"Text": "x" * 2000})
    answer = ask(service, "searchAssets", DEEP, NEW)
    assert len(service.exchanges[-1].response.body) <= DEFAULT_LIMIT
    assert texts(answer, "totalRows") == ["1000"]
    (note,) = service.exchanges[-1].notes
    shown = len(texts(answer, "assetArray/items"))
    assert note.startswith(f"bounded: {shown} of 1000 assets are listed")


def test_a_page_of_few_fields_may_be_longer() -> None:
    service = Service()
    for number in range(3000):
        service.library.put_asset("47", "", f"n{number}")
    few = array("responseFieldArray", "totalRows", "assetArray/items/name")
    big = "<recordsPerPage>1000</recordsPerPage>"
    assert len(names(service, DEEP + few)) == 1000
    assert len(names(service, DEEP + big)) == 1000
    # The validator remarks on more than 1000, and takes it.
    assert len(names(service, f"{DEEP}<recordsPerPage>2500</recordsPerPage>{few}")) == 2500
    assert len(names(service, f"{DEEP}<recordsPerPage>2500</recordsPerPage>")) == 1000


def test_members_that_are_gone_are_not_shown(service: Service) -> None:
    asset = service.library.named("47", "all")[0]
    before = asset.members
    asset.members = [Member(7), Member(999), *before]
    inner = f"<assetHandle>a|{asset.number}</assetHandle>"
    try:
        assert texts(ask(service, "getAssociatedAssets", inner), "memberArray/items/name") == [
            "boot"
        ]
    finally:
        asset.members = before


@pytest.mark.parametrize("direction", ["Ascending", "Descending"])
def test_names_that_differ_in_case_alone_are_sorted_by_it(direction: str) -> None:
    service = Service()
    given = ["b", "A", "a", "B", "Straße", "STRASSE", "a", "strasse", "A"]
    for number, name in enumerate(given):
        service.library.put_asset("47", f"f{number}", name)
    found = names(service, f"{DEEP}<sortBy>Name</sortBy><sortDirection>{direction}</sortDirection>")
    by_both = sorted(given, key=lambda name: (name.casefold(), name))
    assert found == (by_both if direction == "Ascending" else by_both[::-1])
