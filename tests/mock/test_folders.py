"""Folders: lists and trees of them, and what makes, renames, moves and deletes them."""

from __future__ import annotations

import pytest

from ips_contract import VERSIONS
from ips_contract.mock.service import Service
from ips_contract.mock.state.library import MOST_LETTERS, MOST_LEVELS
from ips_contract.xml.parser import DEFAULT_LIMIT
from tests.calls import NEW, OLD, ask, call, refusal, texts

SEED = {
    "companies": [
        {
            "name": "Sample Company",
            "folders": ["b/c/d", "a"],
            "assets": [
                {"folder": "b/c", "name": "shoe", "fileName": "shoe.jpg"},
                {"folder": "a", "name": "book", "type": "Pdf"},
            ],
        },
        {"name": "Other", "folders": ["a"]},
    ]
}
ROOT = "SampleCompany/"


@pytest.fixture
def service() -> Service:
    return Service(seed=SEED)


def paths(service: Service, inner: str = "") -> list[str]:
    return texts(ask(service, "getFolders", inner), "folderArray/items/path")


def tree(service: Service, inner: str) -> list[str]:
    """The paths in a tree, in the order of the document."""
    found = ask(service, "getFolderTree", inner).iter("{*}path")
    return [element.text or "" for element in found]


def handle(path: str) -> str:
    return f"<folderHandle>f|{ROOT}{path}</folderHandle>"


def test_get_folders(service: Service) -> None:
    everything = [ROOT, f"{ROOT}a/", f"{ROOT}b/", f"{ROOT}b/c/", f"{ROOT}b/c/d/"]
    assert paths(service) == everything
    for given in (f"{ROOT}b/", f"{ROOT}b", "b", "/b/"):
        assert paths(service, f"<folderPath>{given}</folderPath>") == everything[2:]
    answer = ask(service, "getFolders", "<folderPath>b/c</folderPath>")
    assert texts(answer, "folderArray/items/hasSubfolders") == ["true", "false"]
    assert texts(answer, "folderArray/items/folderHandle")[1] == f"f|{ROOT}b/c/d/"
    assert (
        texts(ask(service, "getFolders", version=OLD), "folderArray/items/folderHandle")[0] == ROOT
    )
    for given, words in (
        ("x", f'there is "{ROOT}".'),
        ("b/x/y", f'there is "{ROOT}b/".'),
        (f"{ROOT}B/c", f'did you mean "{ROOT}b/"?'),
    ):
        reason = refusal(service, "getFolders", f"<folderPath>{given}</folderPath>")
        assert reason == (30001, f'There is no folder "{given}"; {words}')
    assert texts(ask(service, "getFolders", number="48"), "folderArray/items/path") == [
        "Other/",
        "Other/a/",
    ]


def test_depth_of_a_tree(service: Service) -> None:
    assert tree(service, "<depth>0</depth>") == [ROOT]
    assert tree(service, "<depth>1</depth>") == [ROOT, f"{ROOT}a/", f"{ROOT}b/"]
    assert tree(service, "<depth>-1</depth>") == paths(service)
    below = tree(service, "<folderPath>b</folderPath><depth>1</depth>")
    assert below == [f"{ROOT}b/", f"{ROOT}b/c/"]
    answer = ask(service, "getFolderTree", "<depth>1</depth>")
    assert texts(answer, "folders/subfolderArray/items/hasSubfolders") == ["false", "true"]


def test_folders_of_asset_types(service: Service) -> None:
    types = "<assetTypeArray><items>Image</items></assetTypeArray>"
    assert paths(service, types) == [ROOT, f"{ROOT}b/", f"{ROOT}b/c/"]
    assert tree(service, f"<depth>-1</depth>{types}") == paths(service, types)


def test_selected_fields_of_a_tree(service: Service) -> None:
    fields = (
        "<responseFieldArray><items>folders/path</items>"
        "<items>folders/subfolderArray/items/folderHandle</items></responseFieldArray>"
    )
    answer = ask(service, "getFolderTree", f"<depth>-1</depth>{fields}")
    names = [str(element.tag).rpartition("}")[2] for element in answer.iter()]
    assert names[:3] == ["getFolderTreeReturn", "folders", "path"]
    assert set(names[3:]) == {"subfolderArray", "items", "folderHandle"}
    assert names.count("folderHandle") == 2  # Of a and b: nothing is wanted of what is below.
    without = "<excludeFieldArray><items>folders/subfolderArray</items></excludeFieldArray>"
    assert tree(service, f"<depth>-1</depth>{without}") == [ROOT]


def test_create(service: Service) -> None:
    answer = ask(service, "createFolder", f"<folderPath>{ROOT}b/x/y/</folderPath>")
    assert texts(answer, "folderHandle") == [f"f|{ROOT}b/x/y/"]
    assert f"{ROOT}b/x/" in paths(service)
    again = refusal(service, "createFolder", f"<folderPath>{ROOT}b/x</folderPath>")
    assert again == (30000, f'There is a folder "{ROOT}b/x" already.')
    deep = "/".join("x" * MOST_LEVELS)
    assert refusal(service, "createFolder", f"<folderPath>{deep}</folderPath>")[0] == 30001


def test_a_renamed_folder_is_renamed_in_the_paths_of_what_is_in_it(service: Service) -> None:
    answer = ask(service, "renameFolder", f"{handle('b/')}<folderName>new</folderName>")
    assert texts(answer, "folderHandle") == [f"f|{ROOT}new/"]
    assert paths(service)[2:] == [f"{ROOT}new/", f"{ROOT}new/c/", f"{ROOT}new/c/d/"]
    assert next(asset.path for asset in service.assets) == f"{ROOT}new/c/shoe.jpg"
    assert refusal(service, "renameFolder", f"{handle('b/')}<folderName>x</folderName>")[0] == 30001
    in_use = f"{handle('new/')}<folderName>a</folderName>"
    assert refusal(service, "renameFolder", in_use)[0] == 30000
    for name in ("a/b", "/"):
        wrong = f"{handle('new/')}<folderName>{name}</folderName>"
        assert refusal(service, "renameFolder", wrong)[0] == 30001
    assert refusal(service, "renameFolder", f"{handle('')}<folderName>x</folderName>")[0] == 30001


def test_move(service: Service) -> None:
    to = "<destFolderHandle>f|{}</destFolderHandle>"
    answer = ask(service, "moveFolder", handle("b/c/") + to.format(f"{ROOT}a/"))
    assert texts(answer, "folderHandle") == [f"f|{ROOT}a/c/"]
    assert [folder.path for folder in service.folders if folder.company == "47"] == [
        ROOT,
        f"{ROOT}a/",
        f"{ROOT}a/c/",
        f"{ROOT}a/c/d/",
        f"{ROOT}b/",
    ]
    into_itself = handle("a/") + to.format(f"{ROOT}a/c/d/")
    assert refusal(service, "moveFolder", into_itself)[0] == 30001
    ask(service, "createFolder", "<folderPath>c</folderPath>")
    taken = handle("c/") + to.format(f"{ROOT}a/")
    assert refusal(service, "moveFolder", taken)[0] == 30000
    assert refusal(service, "moveFolder", handle("") + to.format(f"{ROOT}a/"))[0] == 30001


def test_moving_does_not_make_too_deep_a_tree() -> None:
    service = Service()
    half = "/".join("x" * (MOST_LEVELS // 2 + 1))
    for top in "ab":
        ask(service, "createFolder", f"<folderPath>{top}/{half}</folderPath>")
    moved = (
        "<folderHandle>f|Company47/a/</folderHandle>"
        f"<destFolderHandle>f|Company47/b/{half}/</destFolderHandle>"
    )
    assert refusal(service, "moveFolder", moved)[0] == 30001


def test_the_deepest_tree_is_read() -> None:
    service = Service()
    deepest = "/".join("x" * (MOST_LEVELS - 1))
    ask(service, "createFolder", f"<folderPath>{deepest}</folderPath>")
    assert len(tree(service, "<depth>-1</depth>")) == MOST_LEVELS  # ``ask`` has it judged.


def test_names_are_not_endless(service: Service) -> None:
    most = "x" * MOST_LETTERS
    ask(service, "createFolder", f"<folderPath>{most}</folderPath>")
    assert refusal(service, "createFolder", f"<folderPath>{most}y</folderPath>")[0] == 30001
    longer = f"{handle('a/')}<folderName>{most}y</folderName>"
    assert refusal(service, "renameFolder", longer)[0] == 30001
    longer = f"<assetHandle>a|1</assetHandle><newName>{most}y</newName>"
    longer += "<validateName>true</validateName>"
    assert refusal(service, "renameAsset", longer)[0] == 30001


def test_delete(service: Service) -> None:
    assert len(ask(service, "deleteFolder", handle("b/"))) == 0
    assert paths(service) == [ROOT, f"{ROOT}a/"]
    assert [asset.name for asset in service.assets] == ["book"]
    trash = "<includeSubfolders>true</includeSubfolders><trashState>InTrash</trashState>"
    assert texts(ask(service, "searchAssets", trash), "assetArray/items/name") == ["shoe"]
    assert refusal(service, "deleteFolder", handle("b/"))[0] == 30001
    assert refusal(service, "deleteFolder", handle(""))[0] == 30001


def test_modification_times(service: Service) -> None:
    service.clock.advance(hours=1)
    now = service.clock.now()
    ask(service, "createFolder", f"<folderPath>{ROOT}b/c/new</folderPath>")
    library = service.library
    touched = {"": False, "b": False, "b/c": True, "a": False}
    for path, changed in touched.items():
        folder = library.folder("47", path)
        assert (folder.modified >= now) is changed, path
        assert (folder.child_modified >= now) is (path != "a"), path


def test_the_root_goes_by_the_names_that_clients_have_for_the_company() -> None:
    service = Service()
    for name in ("Acme Shoes", "Beta"):
        info = ask(service, "getCompanyInfo", "").find("{*}companyInfo")
        assert info is not None

        call(service, "getCompanyInfo", f"<companyName>{name}</companyName>", NEW)
    assert paths(service) == ["Beta/"]
    for root in ("Acme Shoes".replace(" ", ""), "Beta", "Company47"):
        assert paths(service, f"<folderPath>{root}/</folderPath>") == ["Beta/"]
    answer = ask(service, "getCompanyInfo")
    assert texts(answer, "companyInfo/rootPath") == ["Beta/"]
    assert texts(answer, "companyInfo/name") == ["Beta"]
    service.reset()
    assert paths(service) == ["Company47/"]


def test_a_huge_tree_is_bounded_from_above() -> None:
    service = Service()
    for number in range(60):
        for below in range(100):
            service.library.folder("47", f"f{number}/g{below}", create=True)
    found = tree(service, "<depth>-1</depth>")
    assert len(service.exchanges[-1].response.body) <= DEFAULT_LIMIT
    assert {f"Company47/f{number}/" for number in range(60)} <= set(found)
    assert 61 < len(found) < 6061
    (note,) = service.exchanges[-1].notes
    assert note == f"bounded: {len(found)} of 6061 or more folders are listed"
    listed = paths(service)
    assert len(listed) < 6061
    assert service.exchanges[-1].notes[0] == f"bounded: {len(listed)} of 6061 folders are listed"


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_handles_of_any_version_are_understood(service: Service, version: object) -> None:
    for form in (f"f|{ROOT}b/", f"{ROOT}b/", f"{ROOT}b"):
        inner = f"<folderHandle>{form}</folderHandle><folderName>b</folderName>"
        ask(service, "renameFolder", inner, version)  # type: ignore[arg-type]
