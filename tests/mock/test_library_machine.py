"""Folders and assets, whatever is done to them in whatever order: a state machine of requests.

Beside the service stands a model that is as simple as can be: paths and names as they are, nothing
that knows its parent. What the one refuses the other must refuse.
"""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ips_contract import VERSIONS
from ips_contract.contract.handles import write_handle
from ips_contract.contract.model import contract
from ips_contract.mock.service import Service
from tests.calls import ask, call, company, texts
from tests.sweep import examples

ROOT = "Company47"
NAMES = ("a", "b", "c")
_names = st.sampled_from(NAMES)
_paths = st.lists(_names, max_size=3).map(tuple)
_versions = st.sampled_from(VERSIONS)
_ready = st.booleans()
Path = tuple[str, ...]


def text_of(path: Path) -> str:
    return "/".join((ROOT, *path)) + "/"


class LifeOfAssets(RuleBasedStateMachine):
    """Checks after each step: nothing is lost, names are unique in a folder, and counts agree.

    That every answer is valid is checked by ``tests.calls.post``.
    """

    @initialize()
    def start(self) -> None:
        self.service = Service()
        self.folders: set[Path] = {()}
        self.assets: dict[int, tuple[Path, str]] = {}  # Number → folder and name.
        self.trash: dict[int, str] = {}  # Number → name; where they were, the service says.
        self.ready: dict[int, bool] = {}
        self.version = VERSIONS[-1]

    def act(self, operation: str, inner: str, *, works: bool) -> None:
        """Sends a request, which must be served or refused."""
        version = self.version
        if f"{operation}Param" not in contract(version).messages:
            version = VERSIONS[-1]
        fields = f"<companyHandle>{company(version)}</companyHandle>{inner}"
        response = call(self.service, operation, fields, version)
        assert (response.status == 200) is works, response.body.decode()

    def asset(self, number: int) -> str:
        handle = write_handle("asset", self.version.date, number, 1, number)
        return f"<assetHandle>{handle}</assetHandle>"

    def folder(self, path: Path, name: str = "folderHandle") -> str:
        return f"<{name}>{write_handle('folder', self.version.date, text_of(path))}</{name}>"

    def taken(self, folder: Path, name: str) -> bool:
        return (folder, name) in self.assets.values()

    def add_folders(self, path: Path) -> None:
        self.folders |= {path[:length] for length in range(len(path) + 1)}

    @rule(version=_versions)
    def another_version(self, version: object) -> None:
        self.version = version  # type: ignore[assignment]

    # Folders.

    @rule(path=_paths)
    def create_folder(self, path: Path) -> None:
        inner = f"<folderPath>{text_of(path)}</folderPath>"
        self.act("createFolder", inner, works=path not in self.folders)
        self.add_folders(path)

    @rule(path=_paths, name=_names)
    def rename_folder(self, path: Path, name: str) -> None:
        after = (*path[:-1], name)
        works = bool(path) and path in self.folders and (after == path or after not in self.folders)
        inner = f"{self.folder(path)}<folderName>{name}</folderName>"
        self.act("renameFolder", inner, works=works)
        if works:
            self._follow(path, after)

    def _follow(self, before: Path, after: Path) -> None:
        def moved(path: Path) -> Path:
            inside = path[: len(before)] == before
            return after + path[len(before) :] if inside else path

        self.folders = {moved(path) for path in self.folders}
        self.assets = {n: (moved(path), name) for n, (path, name) in self.assets.items()}

    @rule(path=_paths, into=_paths)
    def move_folder(self, path: Path, into: Path) -> None:
        after = (*into, *path[-1:])
        works = (
            bool(path)
            and {path, into} <= self.folders
            and into[: len(path)] != path
            and (after == path or after not in self.folders)
        )
        inner = self.folder(path) + self.folder(into, "destFolderHandle")
        self.act("moveFolder", inner, works=works)
        if works:
            self._follow(path, after)

    @rule(path=_paths)
    def delete_folder(self, path: Path) -> None:
        works = bool(path) and path in self.folders
        self.act("deleteFolder", self.folder(path), works=works)
        if works:
            self.folders = {p for p in self.folders if p[: len(path)] != path}
            gone = {n for n, (folder, _) in self.assets.items() if folder[: len(path)] == path}
            self.trash |= {number: self.assets.pop(number)[1] for number in gone}

    # Assets.

    @rule(path=_paths, name=_names, ready=_ready)
    def put_asset(self, path: Path, name: str, ready: bool) -> None:
        asset = self.service.library.put_asset("47", text_of(path), name, ready=ready)
        self.add_folders(path)
        same = [n for n, where in self.assets.items() if where == (path, name)]
        assert same in ([], [asset.number])
        self.assets[asset.number] = (path, name)
        self.ready[asset.number] = ready

    def pick(self, number: int) -> int:
        """The number of an asset that there is, in the trash or not, or of none."""
        known = sorted({*self.assets, *self.trash})
        return known[number % len(known)] if known else 999

    @rule(number=st.integers(0, 20), name=_names, everywhere=st.booleans())
    def rename_asset(self, number: int, name: str, everywhere: bool) -> None:
        number = self.pick(number)
        works = number in self.assets
        if works:
            folder, before = self.assets[number]
            if name != before:
                used = any(name == other for _, other in self.assets.values())
                works = not self.taken(folder, name) and not (everywhere and used)
        inner = (
            f"{self.asset(number)}<newName>{name}</newName>"
            f"<validateName>{str(everywhere).lower()}</validateName>"
        )
        self.act("renameAsset", inner, works=works)
        if works:
            self.assets[number] = (self.assets[number][0], name)

    @rule(number=st.integers(0, 20), into=_paths)
    def move_asset(self, number: int, into: Path) -> None:
        number = self.pick(number)
        works = number in self.assets and into in self.folders
        if works:
            folder, name = self.assets[number]
            works = folder == into or not self.taken(into, name)
        self.act("moveAsset", self.asset(number) + self.folder(into), works=works)
        if works:
            self.assets[number] = (into, self.assets[number][1])

    @rule(number=st.integers(0, 20))
    def delete_asset(self, number: int) -> None:
        number = self.pick(number)
        works = number in self.assets
        self.act("deleteAsset", self.asset(number), works=works)
        if works:
            self.trash[number] = self.assets.pop(number)[1]

    @rule()
    def restore_all(self) -> None:
        deep = "<includeSubfolders>true</includeSubfolders><trashState>InTrash</trashState>"
        found = ask(self.service, "searchAssets", deep)
        handles = texts(found, "assetArray/items/assetHandle")
        items = "".join(f"<items>{handle}</items>" for handle in handles)
        answer = ask(
            self.service,
            "restoreAssetsFromTrash",
            f"<assetHandleArray>{items}</assetHandleArray>",
        )
        done = 0
        for handle, where in zip(handles, texts(found, "assetArray/items/folder"), strict=True):
            number, path = int(handle.removeprefix("a|")), tuple(where.split("/")[1:-1])
            self.add_folders(path)
            if not self.taken(path, self.trash[number]):
                self.assets[number] = (path, self.trash.pop(number))
                done += 1
        assert texts(answer, "successCount") == [str(done)]
        assert texts(answer, "errorCount") == [str(len(self.trash))]

    @rule(number=st.integers(0, 20), ready=_ready)
    def publish_state(self, number: int, ready: bool) -> None:
        number = self.pick(number)
        state = "MarkedForPublish" if ready else "NotMarkedForPublish"
        works = number in self.assets or number in self.trash
        inner = f"{self.asset(number)}<publishState>{state}</publishState>"
        self.act("setAssetPublishState", inner, works=works)
        if works:
            self.ready[number] = ready

    # What must be so.

    @invariant()
    def nothing_is_lost(self) -> None:
        if not hasattr(self, "service"):
            return
        found = {
            asset.number: (asset.folder, asset.name, asset.ready_for_publish)
            for asset in self.service.assets
        }
        assert found == {
            number: (text_of(path), name, self.ready[number])
            for number, (path, name) in self.assets.items()
        }
        places = Counter((folder, name) for folder, name, _ in found.values())
        assert set(places.values()) <= {1}

    @invariant()
    def lists_agree(self) -> None:
        if not hasattr(self, "service"):
            return
        answer = ask(self.service, "getFolders")
        paths = texts(answer, "folderArray/items/path")
        assert sorted(paths) == sorted(map(text_of, self.folders))
        tree = ask(self.service, "getFolderTree", "<depth>-1</depth>")
        assert sorted(element.text or "" for element in tree.iter("{*}path")) == sorted(paths)
        deep = "<includeSubfolders>true</includeSubfolders>"
        answer = ask(self.service, "searchAssets", deep)
        assert texts(answer, "totalRows") == [str(len(self.assets))]
        counts = ask(self.service, "getAssetCounts")
        assert sum(map(int, texts(counts, "countArray/items/count"))) == len(self.assets)
        trash = f"{deep}<trashState>InTrash</trashState>"
        assert texts(ask(self.service, "searchAssets", trash), "totalRows") == [
            str(len(self.trash))
        ]
        for path in ((), ("a",)):
            if path in self.folders:
                inner = f"<folder>{text_of(path)}</folder>{deep}"
                inside = [p for p, _ in self.assets.values() if p[: len(path)] == path]
                answer = ask(self.service, "searchAssets", inner)
                assert texts(answer, "totalRows") == [str(len(inside))]
        used = {name for _, name in self.assets.values()}
        names = "".join(f"<items>{name}</items>" for name in NAMES)
        answer = ask(self.service, "checkAssetNames", f"<assetNameArray>{names}</assetNameArray>")
        assert set(texts(answer, "inUseNameArray/items")) == used


LifeOfAssets.TestCase.settings = settings(
    max_examples=examples(12, 200),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestLifeOfAssets = pytest.mark.no_cover(LifeOfAssets.TestCase)
