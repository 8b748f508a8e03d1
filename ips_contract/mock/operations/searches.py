"""searchAssets, searchAssetsByMetadata and the lists of assets by handle, name and count."""

from __future__ import annotations

from collections import Counter
from operator import attrgetter
from typing import TYPE_CHECKING

from ips_contract.contract.handles import handle_number, handle_parts
from ips_contract.mock.fault import Fault
from ips_contract.mock.operations.asset_values import (
    asset_handle,
    asset_values,
    find_asset,
    find_assets,
    listed,
    metadata_text,
    metadata_values,
)
from ips_contract.mock.operations.bounds import MOST_BYTES, fitted, fitted_texts, fitting, size_of
from ips_contract.mock.operations.conditions import condition_test
from ips_contract.mock.operations.reading import (
    INVALID,
    entries,
    flag,
    part,
    read,
    text,
    texts,
)
from ips_contract.mock.operations.selection import page_of, selection_of
from ips_contract.mock.state.assets import NOT_IN_TRASH
from ips_contract.mock.state.catalog import PROJECT
from ips_contract.xml.text import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ips_contract.contract.writer import Written
    from ips_contract.mock.operations.call import Call
    from ips_contract.mock.operations.conditions import Getter, Test
    from ips_contract.mock.operations.job_details import Values
    from ips_contract.mock.operations.reading import Fields
    from ips_contract.mock.operations.selection import Selection
    from ips_contract.mock.state.assets import Asset, Folder
    from ips_contract.mock.state.store import Store

_ANY_TRASH = "Any"  # A state to search for, beside those that an asset is in (D).
_ANY_WORD = "MatchAny"
_MOST_CONDITIONS = 200  # Of one array.
_BY_NUMBER = attrgetter("number")


def _info(name: str) -> Getter:
    return lambda asset: asset.info.get(name)


def _metadata(*names: str) -> Getter:
    def value_of(asset: Asset) -> object:
        return next((asset.metadata[name] for name in names if name in asset.metadata), None)

    return value_of  # type: ignore[return-value] # It is what metadata has.


_NAME, _TYPE = attrgetter("name"), attrgetter("type")
_CREATED, _MODIFIED = attrgetter("created"), attrgetter("modified")
_CREATOR, _MODIFIER = attrgetter("creator"), attrgetter("modifier")
_FILE_NAME, _FOLDER = attrgetter("file_name"), attrgetter("folder.path")

# Field of a SystemFieldCondition → its value (constants page, D). What keywords are and what made a
# file is in its XMP data, by the names that searchAssetsByMetadata has for them (I).
SYSTEM_FIELDS: dict[str, Getter] = {
    "Name": _NAME,
    "Keywords": _metadata("Keywords", "dc.subject"),
    "Description": _info("description"),
    "Comments": _info("comments"),
    "UserData": _info("userData"),
    "Sku": _info("sku"),
    "FileSize": _info("fileSize"),
    "CreatedWith": _metadata("CreatedWith", "xmp.CreatorTool"),
    "Created": _CREATED,
    "CreateUser": _CREATOR,
    "LastModified": _MODIFIED,
    "LastModifyUser": _MODIFIER,
    "FileName": _FILE_NAME,
}
# Key of searchAssetsByMetadata → its value (D); any other key is that of a metadata field.
KEYS: dict[str, Getter] = {
    "asset_id": _BY_NUMBER,
    "name": _NAME,
    "folder_path": _FOLDER,
    "type": _TYPE,
    "file_name": _FILE_NAME,
    "description": _info("description"),
    "comment": _info("comments"),
    "user_data": _info("userData"),
    "sku": _info("sku"),
    "created_at": _CREATED,
    "created_by": _CREATOR,
    "modified_at": _MODIFIED,
    "modified_by": _MODIFIER,
}
_CUSTOM = "custom_attributes."  # What the key of a user's own field begins with (D).


def _size(asset: Asset) -> float:
    size = asset.info.get("fileSize")
    return size if isinstance(size, (int, float)) else 0


# Sort field → its key (constants page, Asset Sort Fields, D).
_SORTS: dict[str, Callable[[Asset], object]] = {
    "Created": _CREATED,
    "Modified": _MODIFIED,
    "Name": lambda asset: asset.name.casefold(),  # And of those that are alike by the name itself.
    "AssetType": _TYPE,
    "FileSize": _size,
}


def search_assets(store: Store, call: Call) -> Values:
    """The assets that fit what is asked for, a page of them; totalRows counts all."""
    fields = read(call)
    tests = _filters(store, call, fields)
    groups = [
        _keyword_tests(texts(fields, "keywordArray")),
        _conditions(fields, "systemFieldConditionArray", "systemFieldMatchMode", _system_field),
        _conditions(fields, "tagConditionArray", "tagMatchMode", _field_value),
        _conditions(fields, "metadataConditionArray", "metadataMatchMode", _field_value),
    ]
    if text(fields, "conditionMatchMode") == _ANY_WORD:
        tests += _any_of([_all_of(group) for group in groups if group])
    else:
        tests += [test for group in groups for test in group]
    found = _found(store, call, fields, tests)
    shown = selection_of(fields)
    values: Values = {}
    if shown.has("totalRows"):
        values["totalRows"] = len(found)
    if shown.has("assetArray"):
        below = shown.below("assetArray", "items")
        page = page_of(fields, below).of(found)
        values["assetArray"] = listed(store, call, page, below)
    return values


def search_assets_by_metadata(store: Store, call: Call) -> Values:
    """The assets whose metadata fit, as summaries, a page of them; totalRows counts all."""
    fields = read(call)
    filters = part(fields, "filters")
    tests = _filters(store, call, filters)
    tests += _conditions(fields, "metadataConditionArray", "metadataConditionMatchMode", _key_value)
    found = _found(store, call, {"includeSubfolders": "true", **filters}, tests)
    sort = text(fields, "sortBy")
    if sort:
        found = _sorted(found, sort, text(fields, "sortDirection"))
    keys = texts(fields, "responseMetadataArray")

    def show(asset: Asset, /, *, details: bool) -> Values:
        return _summary(call, asset, keys if details else [])

    page = page_of(fields).of(found)
    items = fitting(call, "AssetSummary", page, show, lambda _: b"", "assets")
    return {"totalRows": len(found), "assetSummaryArray": [item for _, item in items]}


def _summary(call: Call, asset: Asset, keys: list[str]) -> Values:
    metadata: list[Values] = []
    for key in keys:
        # The service finds users' own fields and does not show them: their value is "null" (D).
        value = "null" if key.startswith(_CUSTOM) else _key_value(key)(asset)
        if value is not None:
            metadata.append(metadata_values(key, value))
    return {
        "assetHandle": asset_handle(asset, call),
        "type": asset.type,
        "name": asset.name,
        "folder": asset.folder.path,
        "filename": asset.file_name or None,
        "created": asset.created,
        "createUser": asset.creator or None,
        "lastModified": asset.modified,
        "lastModifyUser": asset.modifier or None,
        "metadataArray": metadata or None,
    }


def _by_trash(fields: Fields, found: Iterable[Asset]) -> list[Asset]:
    """Those in the state of trash that is asked for."""
    trash = text(fields, "trashState") or NOT_IN_TRASH  # The default (D).
    if trash == _ANY_TRASH:
        return list(found)
    return [asset for asset in found if asset.trash == trash]


def _filters(store: Store, call: Call, fields: Fields) -> list[Test]:
    """The tests that searchAssets, SearchFilter and getAssetsByName have in common.

    They come after that for the trash, which all have.
    """
    tests: list[Test] = []
    published = text(fields, "publishState")
    if published:
        ready = published == "MarkedForPublish"
        tests.append(lambda asset: asset.ready is ready)
    types = frozenset(texts(fields, "assetTypeArray"))
    if types:
        tests.append(lambda asset: asset.type in types)
    others = frozenset(texts(fields, "excludeAssetTypeArray"))
    if others:
        tests.append(lambda asset: asset.type not in others)
    kinds = frozenset(texts(fields, "assetSubTypeArray"))
    if kinds:
        # Without the check those that have no subtype are there, too (D).
        wanted = kinds if flag(fields, "strictSubTypeCheck") else kinds | {""}
        tests.append(lambda asset: asset.sub_type in wanted)
    if flag(fields, "excludeByproducts"):
        tests.append(lambda asset: asset.originator is None)
    byproducts = {
        (text(row, "engine"), text(row, "generatedAssetType"))
        for row in entries(fields, "excludeByproductArray")
    }
    if byproducts:
        tests.append(
            lambda asset: asset.originator is None or (asset.engine, asset.type) not in byproducts
        )
    handle = text(fields, "projectHandle")
    if handle:
        name = handle_parts(handle)[-1]
        project = store.catalog.named(PROJECT, call.company, name)
        if project is None:
            raise Fault(INVALID, f"There is no project with the handle {quoted(handle)}.")
        tests.append(lambda asset: project.number in asset.projects)
    return tests


def _found(store: Store, call: Call, fields: Fields, tests: list[Test]) -> list[Asset]:
    """The assets in a folder that pass all tests, sorted as asked for, else oldest first (I)."""
    library, path = store.library, text(fields, "folder")
    folder = library.folder(call.company, path) if path else library.root(call.company)
    deep = flag(fields, "includeSubfolders")
    trashed = text(fields, "trashState") not in ("", NOT_IN_TRASH)
    found: Iterable[Asset]
    if deep and folder.parent is None:
        found = library.assets(call.company)
    elif trashed:  # No folder knows what came into the trash from it.
        found = _in_or_from(library.assets(call.company), folder.path, deep=deep)
    elif deep:
        found = [asset for inner in folder.walk() for asset in inner.assets.values()]
        found.sort(key=_BY_NUMBER)
    else:
        found = sorted(folder.assets.values(), key=_BY_NUMBER)
    found = _by_trash(fields, found)
    for test in tests:
        found = [asset for asset in found if test(asset)]
    sort = text(fields, "sortBy")
    return _sorted(found, sort, text(fields, "sortDirection")) if sort else found


def _in_or_from(assets: Iterable[Asset], path: str, *, deep: bool) -> list[Asset]:
    """The assets that are in the folder with a path, or were before they came into the trash."""
    known: dict[Folder, bool] = {}
    found: list[Asset] = []
    for asset in assets:
        inside = known.get(asset.folder)
        if inside is None:
            own = asset.folder.path
            inside = known[asset.folder] = own.startswith(path) if deep else own == path
        if inside:
            found.append(asset)
    return found


def _sorted(found: list[Asset], field: str, direction: str) -> list[Asset]:
    key = _SORTS.get(field) or KEYS.get(field)
    if key is None:
        raise Fault(INVALID, f"sortBy is {quoted(field)}; it takes {', '.join(_SORTS)}.")
    reverse = direction == "Descending"
    lacking = [] if field in _SORTS else [asset for asset in found if key(asset) is None]
    if lacking:
        found = [asset for asset in found if key(asset) is not None]
    if field == "Name":
        # First by what counts less: texts are compared in half the time that pairs of them take.
        found = sorted(found, key=_NAME, reverse=reverse)
    # Two that are alike stay in the order of their numbers, whichever the direction.
    found = sorted(found, key=key, reverse=reverse)  # type: ignore[arg-type]
    # An asset without the value comes before all others (I).
    return found + lacking if reverse else lacking + found


def _refuse_many(array: str, rows: Sequence[object]) -> None:
    # Each is tried on each asset.
    if len(rows) > _MOST_CONDITIONS:
        raise Fault(
            INVALID,
            f"{array} has {len(rows)} items or values; {_MOST_CONDITIONS} are the most here.",
        )


def _any_of(tests: list[Test]) -> list[Test]:
    return [lambda asset: any(test(asset) for test in tests)] if len(tests) > 1 else tests


def _all_of(tests: list[Test]) -> Test:
    return lambda asset: all(test(asset) for test in tests)


def _conditions(
    fields: Fields, array: str, mode: str, value_of: Callable[[str], Getter]
) -> list[Test]:
    """The tests of an array of conditions, all of which must be passed: MatchAll by default (D)."""
    names = ("field", "fieldHandle")
    rows = entries(fields, array)
    # Each value of a condition is compared for itself.
    others = [*(texts(row, name)[1:] for row in rows for name in ("values", "valueArray"))]
    _refuse_many(array, [*rows, *(value for values in others for value in values)])
    tests = [
        condition_test(
            condition, value_of(next((text(condition, n) for n in names if n in condition), ""))
        )
        for condition in rows
    ]
    return _any_of(tests) if text(fields, mode) == _ANY_WORD else tests


def _system_field(name: str) -> Getter:
    value_of = SYSTEM_FIELDS.get(name)
    if value_of is None:
        raise Fault(INVALID, f"There is no system field {quoted(name)}.")
    return value_of


def _field_value(handle: str) -> Getter:
    """What a metadata field has that is named by its handle."""
    return _metadata(handle_parts(handle)[-1])


def _key_value(key: str) -> Getter:
    """What searchAssetsByMetadata knows by a key."""
    return KEYS.get(key) or _metadata(key.removeprefix(_CUSTOM), handle_parts(key)[-1])


def _keyword_tests(words: list[str]) -> list[Test]:
    """The test for keywords: one of them is in the name, the file's name or the metadata (I)."""
    _refuse_many("keywordArray", words)
    folded = [word.casefold() for word in words if word]
    if not folded:
        return []

    def test(asset: Asset) -> bool:
        if _has_one(f"{asset.name}\n{asset.file_name}", folded):  # No word goes on in a next line.
            return True
        values = asset.metadata.values()
        texts = [value if type(value) is str else metadata_text(value) for value in values]
        return _has_one("\n".join(texts), folded)

    return [test]


def _has_one(text: str, folded: list[str]) -> bool:
    line = text.casefold()
    return any(word in line for word in folded)


# Assets by what is known of them.


def get_assets(store: Store, call: Call) -> Values:
    """The assets with these handles, in their order; those in the trash, too (I)."""
    fields = read(call)
    handles = texts(fields, "assetHandleArray")
    return _asset_array(store, call, fields, find_assets(store, call, handles))


def get_assets_by_name(store: Store, call: Call) -> Values:
    """The assets with these names. A name that no asset has is left out (O)."""
    fields = read(call)
    names = dict.fromkeys(texts(fields, "nameArray"))
    found = store.library.all_named(call.company, names)
    found = _by_trash(fields, found)
    for test in _filters(store, call, fields):
        found = [asset for asset in found if test(asset)]
    return _asset_array(store, call, fields, found)


def _asset_array(store: Store, call: Call, fields: Fields, found: list[Asset]) -> Values:
    shown = selection_of(fields)
    if not shown.has("assetArray"):
        return {}
    return {"assetArray": listed(store, call, found, shown.below("assetArray", "items"))}


def get_asset_counts(store: Store, call: Call) -> Values:
    """How many assets of each type there are, without those in the trash (I)."""
    counts = Counter(
        asset.type for asset in store.library.assets(call.company) if asset.trash == NOT_IN_TRASH
    )
    rows: list[Values] = [
        {"assetType": kind, "count": number} for kind, number in counts.most_common()
    ]
    return {"countArray": fitted(call, "AssetCount", rows, "asset types")}


def check_asset_names(store: Store, call: Call) -> Values:
    """Those of the names that an asset has."""
    names = dict.fromkeys(texts(read(call), "assetNameArray"))
    used = [name for name in names if store.library.named(call.company, name)]
    return {"inUseNameArray": fitted_texts(call, used, "names")}


def get_original_file_paths(store: Store, call: Call) -> Values:
    """The paths of the files of assets, in the order of their handles."""
    handles = texts(read(call), "assetHandleArray")
    found = find_assets(store, call, handles)
    paths = [asset.path for asset in found]
    return {"originalFileArray": fitted_texts(call, paths, "paths")}


def get_associated_assets(store: Store, call: Call) -> Values:
    """What has to do with an asset: sets, members, what it is made from and what from it."""
    fields = read(call)
    shown, library = selection_of(fields), store.library
    asset = find_asset(store, call, text(fields, "assetHandle"))
    others = [row for row in library.assets(call.company) if row.trash == NOT_IN_TRASH]
    by_number = {row.number: row for row in others}
    found = {
        "containerArray": [
            row for row in others if any(member.asset == asset.number for member in row.members)
        ],
        "memberArray": [
            by_number[member.asset] for member in asset.members if member.asset in by_number
        ],
        # Those that an asset was derived from by createDerivedAsset own it.
        "ownerArray": [by_number[n] for n in (asset.owner,) if n in by_number],
        "derivedArray": [row for row in others if row.owner == asset.number],
    }
    found["thumbAsset"] = [by_number[n] for n in (asset.thumb,) if n in by_number]
    made = {
        "generatorArray": [asset] if asset.originator in by_number else [],
        "generatedArray": [row for row in others if row.originator == asset.number],
    }
    values: Values = {}
    room = MOST_BYTES  # Of all lists together.
    for name, rows in (*found.items(), *made.items()):
        if rows and shown.has(name):
            show = generation_infos if name in made else listed
            below = shown.below(name) if name == "thumbAsset" else shown.below(name, "items")
            items = show(store, call, rows, below, room)
            room -= size_of(items)
            values[name] = items if name != "thumbAsset" else next(iter(items), None)
    return values


def get_generation_info(store: Store, call: Call) -> Values:
    """How assets were generated: from one, or one, or by an engine."""
    fields = read(call)
    shown, engine = selection_of(fields), text(fields, "engine")
    origin, made = (handle_number(text(fields, f"{n}Handle")) for n in ("originator", "generated"))
    found = [
        asset
        for asset in store.library.assets(call.company)
        if asset.originator is not None
        and asset.trash == NOT_IN_TRASH
        and origin in (None, asset.originator)
        and made in (None, asset.number)
        and engine in ("", asset.engine)
    ]
    below = shown.below("generationArray", "items")
    return {"generationArray": generation_infos(store, call, found, below)}


def generation_infos(
    store: Store, call: Call, made: Sequence[Asset], shown: Selection, room: int = MOST_BYTES
) -> list[Written]:
    """The items of a GenerationInfoArray, for assets that were generated."""

    def show(asset: Asset, /, *, details: bool) -> Values:  # noqa: ARG001 # It has none.
        assert asset.originator is not None
        origin = store.library.asset(call.company, asset.originator)
        values: Values = {}
        if asset.engine and shown.has("engine"):
            values["engine"] = asset.engine
        for name, end in (("originator", origin), ("generated", asset)):
            if end is not None and shown.has(name):
                values[name] = asset_values(store, call, end, shown.below(name))
        return values

    found = fitting(call, "GenerationInfo", made, show, None, "assets", room)
    return [item for _, item in found]
