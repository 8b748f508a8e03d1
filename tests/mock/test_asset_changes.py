"""What changes assets: one or many, their names, places, states, metadata, sets and projects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ips_contract.mock.operations import metadata as metadata_operations
from ips_contract.mock.service import Service
from tests.calls import NEW, ask, call, company, refusal, texts
from tests.growth import QUADRATIC, growth
from tests.mock.test_searches import DEEP, array, fields, names

if TYPE_CHECKING:
    from collections.abc import Callable

SEED: dict[str, Any] = {
    "companies": [
        {
            "name": "Acme",
            "folders": ["new"],
            "assets": [
                {"folder": "shoes", "name": "boot", "fileName": "boot.jpg"},
                {"folder": "shoes", "name": "clog", "fileName": "a.b.tif"},
                {"folder": "hats", "name": "cap"},
                {"folder": "new", "name": "boot"},
            ],
        }
    ]
}
BOOT, CLOG, CAP, NEW_BOOT = "a|1", "a|2", "a|3", "a|4"


@pytest.fixture
def service() -> Service:
    return Service(seed=SEED)


def one(handle: str, **values: object) -> str:
    return fields(assetHandle=handle, **values)


def paths(service: Service) -> list[str]:
    return [asset.path for asset in service.assets]


def counts(answer: Any) -> tuple[int, int, int]:
    success, warning, error = (
        int(texts(answer, f"{kind}Count")[0]) for kind in ("success", "warning", "error")
    )
    return success, warning, error


def test_rename(service: Service) -> None:
    """The file is called so, too, and keeps its extension (D)."""
    ask(service, "renameAsset", one(BOOT, newName="wellie", validateName="true"))
    ask(service, "renameAsset", one(CLOG, newName="sabot", validateName="false"))
    ask(service, "renameAsset", one(CAP, newName="beret", validateName="true"))
    assert paths(service) == [
        "Acme/shoes/wellie.jpg",
        "Acme/shoes/sabot.tif",
        "Acme/hats/beret",
        "Acme/new/boot",
    ]
    assert texts(
        ask(service, "getAssetsByName", array("nameArray", "boot")), "*/*/assetHandle"
    ) == [NEW_BOOT]
    assert service.assets[0].last_modify_user == "me@example.com"


def test_a_name_in_use(service: Service) -> None:
    """Fault 30000 (O): in the folder always, elsewhere if the name is to be validated (D)."""
    in_folder = one(BOOT, newName="clog", validateName="false")
    assert refusal(service, "renameAsset", in_folder) == (30000, 'The name "clog" is in use.')
    elsewhere = refusal(service, "renameAsset", one(CLOG, newName="cap", validateName="true"))
    assert elsewhere[0] == 30000
    ask(service, "renameAsset", one(CLOG, newName="cap", validateName="false"))
    ask(service, "renameAsset", one(CLOG, newName="cap", validateName="true"))  # It is its own.
    for wrong in ("a/b", ""):
        assert refusal(service, "renameAsset", one(BOOT, newName=wrong, validateName="true"))[
            0
        ] in (
            30001,
            30002,
        )


def test_move(service: Service) -> None:
    ask(service, "moveAsset", one(BOOT, folderHandle="f|Acme/hats/"))
    assert paths(service)[0] == "Acme/hats/boot.jpg"
    assert refusal(service, "moveAsset", one(BOOT, folderHandle="f|Acme/new/"))[0] == 30000
    assert refusal(service, "moveAsset", one(BOOT, folderHandle="f|Acme/none/"))[0] == 30001
    rows = "".join(
        f"<items>{one(handle, folderHandle=folder)}</items>"
        for handle, folder in (
            (CLOG, "f|Acme/"),
            (BOOT, "Acme/new/"),
            ("a|9", "Acme/"),
            (CAP, "Acme/x/"),
        )
    )
    answer = ask(service, "moveAssets", f"<assetMoveArray>{rows}</assetMoveArray>")
    assert counts(answer) == (1, 0, 3)
    assert texts(answer, "errorDetailArray/items/assetHandle") == [BOOT, "a|9", CAP]
    assert texts(answer, "errorDetailArray/items/code") == ["30000", "30001", "30001"]
    assert paths(service)[:2] == ["Acme/hats/boot.jpg", "Acme/a.b.tif"]


def test_the_way_through_the_trash(service: Service) -> None:
    ask(service, "deleteAsset", one(BOOT))
    assert names(service, DEEP) == ["clog", "cap", "boot"]
    assert refusal(service, "deleteAsset", one(BOOT))[0] == 30001
    for operation, inner in (
        ("renameAsset", one(BOOT, newName="x", validateName="false")),
        ("moveAsset", one(BOOT, folderHandle="f|Acme/hats/")),
    ):
        assert refusal(service, operation, inner)[0] == 30001
    answer = ask(service, "deleteAssets", array("assetHandleArray", CLOG, BOOT, "none"))
    assert counts(answer) == (1, 0, 2)
    answer = ask(service, "restoreAssetsFromTrash", array("assetHandleArray", BOOT, CAP))
    assert counts(answer) == (1, 0, 1)
    assert paths(service) == ["Acme/shoes/boot.jpg", "Acme/hats/cap", "Acme/new/boot"]
    answer = ask(service, "emptyAssetsFromTrash", array("assetHandleArray", CLOG, CAP))
    assert counts(answer) == (1, 0, 1)
    answer = ask(service, "restoreAssetsFromTrash", array("assetHandleArray", CLOG))
    assert counts(answer) == (0, 0, 1)
    assert names(service, f"{DEEP}<trashState>InEmptiedTrash</trashState>") == ["clog"]
    assert names(service, f"{DEEP}<trashState>InTrash</trashState>") == []


def test_restoring_where_something_else_is(service: Service) -> None:
    ask(service, "deleteAsset", one(BOOT))
    service.library.put_asset("47", "shoes", "boot")
    answer = ask(service, "restoreAssetsFromTrash", array("assetHandleArray", BOOT))
    assert texts(answer, "errorDetailArray/items/code") == ["30000"]
    ask(service, "deleteFolder", "<folderHandle>f|Acme/hats/</folderHandle>")
    answer = ask(service, "restoreAssetsFromTrash", array("assetHandleArray", CAP))
    assert counts(answer) == (1, 0, 0)  # Into a folder that is made anew.
    assert "Acme/hats/cap" in paths(service)


def test_an_asset_is_put_over_one_of_its_name(service: Service) -> None:
    before = service.assets[0]
    service.clock.advance(days=1)
    service.library.put_asset("47", "Acme/shoes", "boot", type="Pdf", user="you@example.com")
    after = service.assets[0]
    assert (after.number, after.created) == (before.number, before.created)
    assert (after.type, after.file_name, after.last_modify_user) == ("Pdf", "", "you@example.com")
    assert after.last_modified > before.last_modified
    assert len(service.assets) == 4


def test_publish_states(service: Service) -> None:
    ask(service, "setAssetPublishState", one(BOOT, publishState="NotMarkedForPublish"))
    rows = f"<items>{one(CLOG, publishState='NotMarkedForPublish')}</items>"
    rows += f"<items>{one('a|9', publishState='MarkedForPublish')}</items>"
    inner = f"<publishStateUpdateArray>{rows}</publishStateUpdateArray>"
    assert counts(ask(service, "setAssetsPublishState", inner)) == (1, 0, 1)
    assert [asset.ready_for_publish for asset in service.assets] == [False, False, True, True]


def test_publish_contexts(service: Service) -> None:
    assert texts(ask(service, "getActivePublishContexts"), "contextArray/items") == [
        "ImageRendering",
        "ImageServing",
        "ServerDirectory",
        "Video",
    ]
    answer = ask(service, "getPublishContexts", "<contextType>Video</contextType>")
    assert texts(answer, "publishContextArray/items/contextHandle") == ["pc|4"]
    states = "".join(
        f"<items>{fields(contextHandle=handle, publishState=state)}</items>"
        for handle, state in (("pc|2", "MarkedForPublish"), ("pc|1", "NotMarkedForPublish"))
    )
    row = f"{one(BOOT)}<contextStateUpdateArray>{states}</contextStateUpdateArray>"
    bad = f"{one(CLOG)}<contextStateUpdateArray>{states.replace('pc|1', 'pc|9')}"
    inner = (
        f"<assetsContextStateUpdateArray><items>{row}</items><items>{bad}"
        "</contextStateUpdateArray></items></assetsContextStateUpdateArray>"
    )
    assert counts(ask(service, "setAssetsContextState", inner)) == (1, 0, 1)
    answer = ask(service, "batchGetAssetPublishContexts", array("assetHandleArray", BOOT, CLOG))
    rows = answer.findall("{*}assetPublishContextsArray/{*}items")
    marked = [texts(row, "publishContextArray/items/contextName") for row in rows]
    assert marked == [["ImageServing"], []]


# Metadata.


def metadata(service: Service, number: int = 0) -> dict[str, Any]:
    return dict(service.assets[number].metadata)


def update(name: str, **values: object) -> str:
    row = fields(fieldHandle=f"m|47|IMAGE|{name}", **values)
    return f"<updateArray><items>{row}</items></updateArray>"


def test_values_of_fields(service: Service) -> None:
    set_it = "setAssetMetadata"
    ask(service, set_it, one(BOOT) + update("Color", value="Red"))
    ask(service, set_it, one(BOOT) + update("Stock", longVal=7))
    ask(service, set_it, one(BOOT) + update("Rate", doubleVal="0.5"))
    ask(service, set_it, one(BOOT) + update("Sold", boolVal="true"))
    tags = array("setTagValueArray", "a", "b")
    row = f"<fieldHandle>m|47|IMAGE|Tags</fieldHandle>{tags}"
    row = f"<updateArray><items>{row}</items></updateArray>"
    ask(service, set_it, one(BOOT) + row)
    change = array("addTagValueArray", "c", "a") + array("deleteTagValueArray", "b")
    ask(service, set_it, one(BOOT) + row.replace(tags, change))
    assert metadata(service) == {
        "Color": "Red",
        "Stock": 7,
        "Rate": 0.5,
        "Sold": True,
        "Tags": ("a", "c"),
    }
    ask(service, set_it, one(BOOT) + update("Color", value=""))
    rows = "<deleteArray><items><fieldHandle>m|47|IMAGE|Stock</fieldHandle></items></deleteArray>"
    ask(service, "deleteAssetMetadata", one(BOOT) + rows)
    assert metadata(service).keys() == {"Rate", "Sold", "Tags"}


def field(service: Service, name: str, kind: str = "String", **values: object) -> str:
    inner = fields(assetType="Image", name=name, fieldType=kind, **values)
    (handle,) = texts(ask(service, "createMetadataField", inner), "fieldHandle")
    return handle


def test_fields_that_a_company_has(service: Service) -> None:
    assert field(service, "Color", defaultValue="Red") == "m|47|IMAGE|Color"
    assert refusal(
        service,
        "createMetadataField",
        fields(assetType="Image", name="Color", fieldType="String"),
    ) == (30000, 'There is a metadata field "Color" already.')
    ask(service, "setAssetMetadata", one(BOOT) + update("Color", value="Blue"))
    # Where there are fields, there are no others.
    code, reason = refusal(service, "setAssetMetadata", one(BOOT) + update("Size", value="M"))
    assert (code, reason) == (
        30001,
        'There is no metadata field "m|47|IMAGE|Size"; there is Color.',
    )
    inner = fields(fieldHandle="m|47|IMAGE|Color", name="Hue")
    assert texts(ask(service, "updateMetadataField", inner), "fieldHandle") == ["m|47|IMAGE|Hue"]
    assert metadata(service) == {"Hue": "Blue"}
    answer = ask(service, "getMetadataFields", "<assetType>Image</assetType>")
    assert texts(answer, "fieldArray/items/name") == ["Hue"]
    assert texts(answer, "fieldArray/items/defaultValue") == ["Red"]
    answer = ask(service, "getMetadataFields", "<assetType>Pdf</assetType>")
    assert texts(answer, "fieldArray/items/name") == []
    answer = ask(service, "getAssetMetadataFields")
    assert texts(answer, "assetFieldsArray/items/assetType") == ["Image"]
    assert texts(answer, "assetFieldsArray/items/fieldArray/items/name") == ["Hue"]
    ask(service, "deleteMetadataField", "<fieldHandle>m|47|IMAGE|Hue</fieldHandle>")
    assert metadata(service) == {}


def test_closed_dictionaries(service: Service) -> None:
    """A value that is not in the dictionary of a fixed tag is refused (D)."""
    handle = field(service, "Side", "SingleFixedTag")
    ask(
        service,
        "setTagFieldValues",
        f"<fieldHandle>{handle}</fieldHandle>" + array("valueArray", "L"),
    )
    ask(
        service,
        "addTagFieldValues",
        f"<fieldHandle>{handle}</fieldHandle>" + array("valueArray", "R"),
    )
    ask(service, "setAssetMetadata", one(BOOT) + update("Side", value="R"))
    code, reason = refusal(service, "setAssetMetadata", one(BOOT) + update("Side", value="X"))
    assert (code, reason) == (30001, '"X" is no value of Side, a SingleFixedTag.')
    assert metadata(service) == {"Side": "R"}
    answer = ask(service, "getTagFieldValues", array("fieldHandleArray", handle))
    assert texts(answer, "fieldArray/items/valueArray/items") == ["L", "R"]
    inner = f"<fieldHandle>{handle}</fieldHandle>" + array("valueArray", "L")
    ask(service, "deleteTagFieldValues", inner)
    answer = ask(service, "getTagFieldValues", array("fieldHandleArray", handle))
    assert texts(answer, "fieldArray/items/valueArray/items") == ["R"]
    boolean = field(service, "On", "BooleanTag")
    answer = ask(service, "getTagFieldValues", array("fieldHandleArray", boolean))
    assert texts(answer, "fieldArray/items/valueArray/items") == ["True", "False"]


def test_a_batch_of_metadata(service: Service) -> None:
    handles = array("assetHandleArray", BOOT, "a|9", CLOG)
    inner = f"<updateArray><items>{handles}{update('Color', value='Red')}</items></updateArray>"
    answer = ask(service, "batchSetAssetMetadata", inner)
    assert counts(answer) == (2, 0, 1)
    assert texts(answer, "errorDetailArray/items/assetHandle") == ["a|9"]
    assert texts(answer, "errorDetailArray/items/fieldHandle") == ["m|47|IMAGE|Color"]
    assert [metadata(service, number) for number in (0, 1)] == [{"Color": "Red"}] * 2
    ask(service, "setAssetMetadata", one(CAP) + update("Color", value="Blue"))
    answer = ask(service, "getDistinctMetadataValues", "<metadataKey>Color</metadataKey>")
    assert texts(answer, "valueArray/items/value") == ["Blue", "Red"]
    assert texts(answer, "valueArray/items/count") == ["1", "2"]
    inner = "<fieldHandle>m|47|IMAGE|Color</fieldHandle>"
    assert texts(ask(service, "getUniqueMetadataValues", inner), "values/items") == ["Blue", "Red"]


# Projects, sets.


def test_projects(service: Service) -> None:
    for name in ("Spring", "Fall"):
        inner = f"<projectName>{name}</projectName>"
        assert texts(ask(service, "createProject", inner), "projectHandle") == [f"p|47|{name}"]
    assert refusal(service, "createProject", "<projectName>Fall</projectName>")[0] == 30000
    project = "<projectHandle>p|47|Spring</projectHandle>"
    inner = project + array("assetHandleArray", BOOT, CLOG, "a|9")
    assert counts(ask(service, "addProjectAssets", inner)) == (2, 0, 1)
    assert names(service, DEEP + project) == ["boot", "clog"]
    ask(service, "removeProjectAssets", project + array("assetHandleArray", BOOT))
    assert names(service, DEEP + project) == ["clog"]
    ask(service, "setProjectAssets", project + array("assetHandleArray", CAP))
    assert names(service, DEEP + project) == ["cap"]
    renamed = ask(service, "renameProject", f"{project}<projectName>Summer</projectName>")
    assert texts(renamed, "projectHandle") == ["p|47|Summer"]
    answer = ask(service, "getAssets", array("assetHandleArray", CAP))
    assert texts(answer, "assetArray/items/projects") == ["Summer"]
    ask(service, "deleteProject", "<projectHandle>p|47|Summer</projectHandle>")
    answer = ask(service, "getAssets", array("assetHandleArray", CAP))
    assert texts(answer, "assetArray/items/projects") == []
    assert texts(ask(service, "getProjects"), "projectArray/items/name") == ["Fall"]
    code, reason = refusal(service, "deleteProject", "<projectHandle>p|47|X</projectHandle>")
    assert (code, reason) == (
        30001,
        'There is no project with the handle "p|47|X"; there is p|47|Fall.',
    )


def test_image_sets(service: Service) -> None:
    inner = fields(folderHandle="f|Acme/new/", name="spin", type="SpinSet", thumbAssetHandle=BOOT)
    (handle,) = texts(ask(service, "createImageSet", inner), "assetHandle")
    assert paths(service)[-1] == "Acme/new/spin"
    assert refusal(service, "createImageSet", inner)[0] == 30000
    rows = "".join(
        f"<items>{one(member, pageReset=reset)}</items>"
        for member, reset in ((CLOG, "false"), (BOOT, "true"))
    )
    members = f"<memberArray>{rows}</memberArray>"
    ask(service, "setImageSetMembers", one(handle) + members)
    answer = ask(service, "getImageSetMembers", one(handle))
    assert texts(answer, "memberArray/items/asset/name") == ["clog", "boot"]
    assert texts(answer, "memberArray/items/pageReset") == ["false", "true"]
    wanted = array("responseFieldArray", "memberArray/items/asset/name")
    answer = ask(service, "getImageSetMembers", one(handle) + wanted)
    assert texts(answer, "memberArray/items/pageReset") == []
    assert texts(answer, "memberArray/items/asset/name") == ["clog", "boot"]
    ask(service, "updateImageSet", one(handle, thumbAssetHandle=CAP))
    answer = ask(service, "getAssociatedAssets", one(handle))
    assert texts(answer, "thumbAsset/name") == ["cap"]
    assert texts(answer, "memberArray/items/name") == ["clog", "boot"]
    wrong = one(handle) + members.replace(CLOG, "a|99")
    assert refusal(service, "setImageSetMembers", wrong)[0] == 30001


def test_asset_sets(service: Service) -> None:
    inner = fields(folderHandle="f|Acme/", name="mix", subType="MixedMedia", setDefinition="1;2")
    (handle,) = texts(ask(service, "createAssetSet", inner), "assetHandle")
    for operation, definition in (("setAssetSetDefinition", "2;1"), ("updateAssetSet", "3")):
        ask(service, operation, one(handle, setDefinition=definition))
        answer = ask(service, "getAssets", array("assetHandleArray", handle))
        assert texts(answer, "assetArray/items/assetSetInfo/setDefinition") == [definition]
        assert texts(answer, "assetArray/items/subType") == ["MixedMedia"]


def test_a_batch_sets_only_so_many_values() -> None:
    service = Service(seed={"companies": [{"name": "Acme", "assets": [{"name": "boot"}]}]})

    def inner(handles: int, fields: int) -> str:
        row = "<items><fieldHandle>m|47|ASSET|Color</fieldHandle><value>Red</value></items>"
        return (
            f"<updateArray><items><assetHandleArray>{'<items>a|1</items>' * handles}"
            f"</assetHandleArray><updateArray>{row * fields}</updateArray></items></updateArray>"
        )

    refused = refusal(service, "batchSetAssetMetadata", inner(1001, 100))
    assert refused == (30001, "updateArray sets 100100 values of assets; 100000 are the most here.")
    assert service.assets[0].metadata == {}
    answer = ask(service, "batchSetAssetMetadata", inner(100, 10))
    assert texts(answer, "successCount") == ["100"]


def many_tags(size: int) -> dict[str, tuple[str, str]]:
    """Name → an operation and what it asks for, of so many tags."""
    names = [f"t{number}" for number in range(size)]
    new = [f"u{number}" for number in range(size)]
    field_of = "<fieldHandle>m|47|ASSET|{}</fieldHandle>".format
    renamed = "".join(
        f"<items><oldValue>{old}</oldValue><newValue>{now}</newValue></items>"
        for old, now in zip(names, new, strict=True)
    )

    def one_update(name: str, *arrays: str) -> str:
        row = f"<items>{field_of(name)}{''.join(arrays)}</items>"
        return f"<assetHandle>a|1</assetHandle><updateArray>{row}</updateArray>"

    arrays = array("addTagValueArray", *names), array("deleteTagValueArray", *new)
    return {
        "rename": ("updateTagFieldValues", f"{field_of('T')}<updateArray>{renamed}</updateArray>"),
        "delete": ("deleteTagFieldValues", field_of("T") + array("valueArray", *names)),
        "change": ("setAssetMetadata", one_update("T", *arrays)),
        "closed": ("setAssetMetadata", one_update("F", array("setTagValueArray", *names))),
    }


@pytest.mark.no_cover
@pytest.mark.parametrize("what", many_tags(0))
def test_many_tags_cost_no_more_than_what_they_are(what: str) -> None:
    def prepare(size: int) -> Callable[[], object]:
        names = [f"t{number}" for number in range(size)]
        kinds = {"T": "MultiTag", "F": "MultiFixedTag"}
        rows = [{"name": name, "type": kind, "values": names} for name, kind in kinds.items()]
        assets = [{"name": "boot"}]
        acme = {"name": "Acme", "metadataFields": rows, "assets": assets}
        service = Service(seed={"companies": [acme]})
        operation, inner = many_tags(size)[what]

        def work() -> None:
            service.store.reset()
            call(service, operation, f"<companyHandle>{company(NEW)}</companyHandle>{inner}", NEW)
            assert service.exchanges[-1].fault is None

        work()
        return work

    assert growth(prepare, 400) < QUADRATIC


def test_the_tags_of_a_field_are_gathered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    gathered: list[object] = []
    tags_of = metadata_operations._tags_of

    def count(*arguments: Any) -> list[str]:
        gathered.append(arguments)
        return tags_of(*arguments)

    monkeypatch.setattr(metadata_operations, "_tags_of", count)
    rows = [{"name": "T", "type": "MultiTag", "values": ["new"]}]
    service = Service(seed={"companies": [{"name": "Acme", "metadataFields": rows}]})
    inner = array("fieldHandleArray", *["m|47|ASSET|T"] * 3)
    answer = ask(service, "getTagFieldValues", inner)
    assert texts(answer, "fieldArray/items/valueArray/items") == ["new"] * 3
    assert len(gathered) == 1
