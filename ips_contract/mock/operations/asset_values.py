"""Assets as answers show them, and the handles of assets and folders."""

from __future__ import annotations

from datetime import datetime
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from ips_contract.contract.handles import handle_number, write_handle
from ips_contract.contract.writer import plain_text, text_writer, written
from ips_contract.mock.fault import Fault
from ips_contract.mock.operations.asset_plans import Plan, Shape, Source, tuple_places
from ips_contract.mock.operations.bounds import MOST_BYTES, fitting
from ips_contract.mock.operations.groups import permission_values
from ips_contract.mock.operations.reading import INVALID
from ips_contract.mock.operations.selection import ALL
from ips_contract.mock.state.asset_types import info_field, info_fields
from ips_contract.mock.state.catalog import IMAGE_MAP
from ips_contract.mock.state.written_assets import FIRST_METADATA, OWN, shown_values, texts_in
from ips_contract.xml.text import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ips_contract.contract.writer import Value, Written
    from ips_contract.mock.operations.call import Call
    from ips_contract.mock.operations.job_details import Values
    from ips_contract.mock.operations.selection import Selection
    from ips_contract.mock.state.assets import Asset, Folder, Metadata
    from ips_contract.mock.state.catalog import Record
    from ips_contract.mock.state.store import Store

# Type of an asset → the number in the middle of its handle, from handles that were seen (D, O). Of
# others none was seen, and they get that of an image (I).
_TYPE_NUMBERS = {
    "Image": 1,
    "Template": 2,
    "Watermark": 2,
    "ImageMap": 8,
    "ZoomTarget": 9,
    "AdjustedView": 10,
    "LayerView": 10,
    "IccProfile": 13,
    "Font": 14,
    "Video": 19,
    "ImageSet": 22,
    "RenderSet": 22,
    "SpinSet": 22,
    "PostScript": 25,
    "Pdf": 25,
    "Zip": 27,
    "ViewerPreset": 40,
    "AssetSet": 44,
}


def asset_handle(asset: Asset, call: Call) -> str:
    """The handle of an asset in the form of the request's version."""
    kind = _TYPE_NUMBERS.get(asset.type, 1)
    return write_handle("asset", call.date, asset.number, kind, asset.serial)


def folder_handle(folder: Folder, call: Call) -> str:
    """The handle of a folder in the form of the request's version."""
    return write_handle("folder", call.date, folder.path)


def find_asset(store: Store, call: Call, handle: str) -> Asset:
    """The asset of the request's company with a handle in the form of any version.

    Raises:
        Fault: there is none.
    """
    return find_assets(store, call, (handle,))[0]


def find_assets(store: Store, call: Call, handles: Iterable[str]) -> list[Asset]:
    """The assets of the request's company with these handles, in the form of any version.

    Some requests name no company until 4.5 (L): then they may be in any that the user sees.

    Raises:
        Fault: one of them is none's.
    """
    companies = [call.company] if call.company else store.library.companies()
    seen = [
        store.library.numbered(company)
        for company in companies
        if store.accounts.sees(call.account, company)
    ]
    found: list[Asset] = []
    for handle in handles:
        number = handle_number(handle)
        known = (assets.get(number) for assets in seen) if number is not None else ()
        asset = next(filter(None, known), None)
        if asset is None:
            raise Fault(INVALID, f"There is no asset with the handle {quoted(handle)}.")
        found.append(asset)
    return found


def find_folder(store: Store, call: Call, handle: str) -> Folder:
    """The folder of the request's company with a handle in the form of any version.

    Raises:
        Fault: there is none.
    """
    return store.library.folder(call.company, handle.removeprefix("f|"))


def _projects(store: Store, asset: Asset) -> str | None:
    names = [store.catalog.name("project", number) for number in sorted(asset.projects)]
    return ", ".join(names) or None


# Field of an asset → the attribute that has its value.
_ATTRIBUTES = {
    "type": "type",
    "subType": "sub_type",
    "name": "name",
    "fileName": "file_name",
    "readyForPublish": "ready",
    "trashState": "trash",
    "created": "created",
    "createUser": "creator",
    "lastModified": "modified",
    "lastModifyUser": "modifier",
}
# Those of them that an answer does not have where they are empty.
_OPTIONAL = ("subType", "fileName", "createUser", "lastModifyUser")
# Field → its value, but for those that the asset's type decides.
_FIELDS: dict[str, Callable[[_Assets, Asset], Value]] = {
    "assetHandle": lambda here, asset: asset_handle(asset, here.call),
    "folder": lambda here, asset: here.folder(asset.folder)[0],
    "folderHandle": lambda here, asset: here.folder(asset.folder)[1],
    "projects": lambda here, asset: _projects(here.store, asset) if asset.projects else None,
}


# Those of them that are no attributes, nor others' names.
_MORE = ("assetHandle", "folder", "folderHandle")


def _getter(names: Sequence[str]) -> Callable[[Asset], tuple[Value, ...]]:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda asset: tuple(getattr(asset, name) for name in names)


class _Details(NamedTuple):
    """Where the details of a type of assets are shown.

    Attributes:
        field: such as ``imageInfo``.
        names: the fields in it that are wanted, and that the version has.
        shown: what is wanted of these.
    """

    field: str
    names: frozenset[str]
    shown: Selection


_LONG = 100  # Assets of a list in which one of whatever fields hardly is the only one.


class _Assets:
    """Makes values of the assets of one answer; what is the same for all of them is known once.

    Args:
        store: the service's.
        call: the request.
        shown: the fields that are wanted.
        number: how many assets there are.
    """

    def __init__(self, store: Store, call: Call, shown: Selection, number: int = 1) -> None:
        self._is_long = number >= _LONG
        self.store: Store = store
        self.call: Call = call
        self._shown = shown
        self._names = [name for name in _ATTRIBUTES if shown.has(name)]
        self._attributes = _getter([_ATTRIBUTES[name] for name in self._names])
        self._optional = [name for name in _OPTIONAL if name in self._names]
        self._fields = [(name, value) for name, value in _FIELDS.items() if shown.has(name)]
        self._has_metadata = shown.has("metadataArray")
        self._has_permissions = shown.has("permissions")
        self._folders: dict[Folder, tuple[str, str]] = {}
        self._details: dict[str, _Details] = {}
        self._form = (call.version, call.date, repr(shown))
        self._shapes: dict[tuple[object, ...], Shape] = {}
        self._last: dict[str, Shape] = {}  # Type of an asset → the shape of the last one.

    def folder(self, folder: Folder) -> tuple[str, str]:
        """The path and the handle of a folder."""
        found = self._folders.get(folder)
        if found is None:
            handle = folder_handle(folder, self.call)
            found = self._folders[folder] = (folder.path, handle)
        return found

    def values(self, asset: Asset, *, details: bool) -> Values:
        """The fields of an asset; see ``asset_values``."""
        values = self._own(asset)
        if details:
            if asset.metadata and self._has_metadata:
                values["metadataArray"] = [
                    metadata_values(name, value) for name, value in asset.metadata.items()
                ]
            where = self._details.get(asset.type) or self._details_of(asset.type)
            info = self._info(asset, where)
            if info:
                values[where.field] = info
            if asset.permissions and self._has_permissions:
                rows = permission_values(self.store, self.call, asset.permissions)
                if rows:
                    values["permissions"] = rows
        return values

    def item(self, asset: Asset, *, details: bool) -> Values | Written:
        """As ``values``; or written, as it was before or as one before it with the same fields."""
        if not details:
            return self.values(asset, details=False)
        shown, (path, folder) = shown_values(asset), self.folder(asset.folder)
        if shown is None:
            return self.values(asset, details=True)
        kept, form = self.store.written_assets, self._form
        item = kept.find(form, asset, shown, path)
        if item is None:
            known = (*shown, asset_handle(asset, self.call), path, folder)  # See _MORE.
            plan = self._plan(asset, known)
            item = plan.written(known) if plan is not None else None
            if item is None:
                values = self.values(asset, details=True)
                item = written(self.call.version, "Asset", values)
            texts = plan.texts(known) if plan is not None else texts_in(known)
            kept.keep(form, asset, shown, path, item, texts)
        return item

    def _plan(self, asset: Asset, known: tuple[object, ...]) -> Plan | None:
        """How assets are written that have the same fields as this one; None: there is none yet.

        In a short list the second of them makes it: there may be more.
        """
        # What is empty, of which types the values are, the names of details, and how long lists
        # are: in the rest such assets differ in nothing but their texts.
        key: tuple[object, ...] = (
            *(not asset.sub_type, not asset.file_name, not asset.creator, not asset.modifier),
            *(not asset.set_definition, asset.type, len(asset.metadata), *map(type, known)),
            *asset.info,
        )
        shape = self._last.get(asset.type)
        if shape is None or shape.key != key:  # Nearly never: one is like the last.
            shape = self._shapes.get(key)
            if shape is None:
                shape = self._shapes[key] = Shape(key, tuple_places(known), {})
            self._last[asset.type] = shape
        plans = shape.plans
        lengths: tuple[int, ...] = ()
        if shape.lists:
            lengths = tuple([len(known[place]) for place in shape.lists])  # type: ignore[arg-type]
        if lengths not in plans and not self._is_long:
            plans[lengths] = None
            return None
        plan = plans.get(lengths)
        if plan is None:
            sources = self._sources(asset, known)
            plan = Plan(self.call.version, self.values(asset, details=True), sources, known)
            plans[lengths] = plan
        return plan

    def _sources(self, asset: Asset, known: tuple[object, ...]) -> list[Source]:
        """Where the single values of ``values`` come from, in their order."""
        places = {name: index for index, name in enumerate(OWN)}
        more = {name: len(known) - len(_MORE) + index for index, name in enumerate(_MORE)}

        def source(index: int) -> Source:
            kind = type(known[index])
            return Source(index, None if kind is str else text_writer(kind))

        found = [
            source(more[name] if name in more else places[_ATTRIBUTES[name]])
            for name in self._own(asset)
        ]
        size, names = len(asset.metadata), FIRST_METADATA
        for index in range(names, names + size) if self._has_metadata else ():
            value = known[index + size]
            found += (source(index), Source(index + size, _text_of(type(value))))
            if isinstance(value, tuple):
                found += (Source(index + size, itemgetter(n)) for n in range(len(value)))
            elif not isinstance(value, str):
                found.append(source(index + size))
        details = {"originalPath": more["folder"], "originalFile": places["file_name"]}
        if not asset.file_name:
            details.clear()
        if asset.set_definition:
            details["setDefinition"] = places["set_definition"]
        first = names + 2 * size + len(asset.info)
        details |= {name: first + index for index, name in enumerate(asset.info)}
        where = self._details.get(asset.type) or self._details_of(asset.type)
        found += (source(index) for name, index in details.items() if name in where.names)
        return found

    def _own(self, asset: Asset) -> Values:
        """The fields that assets of all types have."""
        values: Values = dict(zip(self._names, self._attributes(asset), strict=True))
        for name in self._optional:
            if not values[name]:
                del values[name]
        for name, value_of in self._fields:
            value = value_of(self, asset)
            if value is not None:
                values[name] = value
        return values

    def _details_of(self, kind: str) -> _Details:
        field = info_field(kind)
        known = info_fields(self.call.version, kind) if self._shown.has(field) else {}
        below = self._shown.below(field)
        names = frozenset(name for name in known if below.has(name))
        found = self._details[kind] = _Details(field, names, below)
        return found

    def _info(self, asset: Asset, where: _Details) -> Values:
        """The details of its type that are shown."""
        if not where.names:
            return {}
        found: Values = {}
        if asset.file_name:
            found["originalPath"] = self.folder(asset.folder)[0]
            found["originalFile"] = asset.file_name
        if asset.set_definition:
            found["setDefinition"] = asset.set_definition
        for name, records in (("imageMaps", asset.image_maps), ("zoomTargets", asset.zoom_targets)):
            if records:
                below = where.shown.below(name, "items")
                rows = (part_values(record, self.call) for record in records)
                found[name] = [{k: v for k, v in row.items() if below.has(k)} for row in rows]
        if asset.settings:
            found["configSettingArray"] = setting_values(asset.settings)
        found |= asset.info
        return {name: value for name, value in found.items() if name in where.names}


def asset_values(
    store: Store, call: Call, asset: Asset, shown: Selection = ALL, *, details: bool = True
) -> Values:
    """The fields of an asset that are wanted; without details no metadata and nothing of its type.

    A field that other versions have is among them: who writes the answer leaves it out.
    """
    return _Assets(store, call, shown).values(asset, details=details)


def part_values(record: Record, call: Call) -> Values:
    """An image map or a zoom target as answers show it."""
    handle = "imageMapHandle" if record.kind == IMAGE_MAP else "zoomTargetHandle"
    own: Values = {
        handle: write_handle(record.kind, call.date, record.number),
        "name": record.name,
    }
    return {**own, **record.values}


def setting_values(settings: Mapping[str, tuple[str, str]]) -> list[Values]:
    """The items of a ConfigSettingArray: name → value and handle, each ``""`` for none."""
    return [
        {"name": name, "value": value or None, "handle": handle or None}
        for name, (value, handle) in settings.items()
    ]


_TYPED = {bool: "boolVal", int: "longVal", float: "doubleVal", datetime: "dateVal"}


def _text_of(kind: type) -> Callable[[Any], str] | None:
    """What makes the text of a value of metadata; None if it is one."""
    return None if kind is str else ", ".join if kind is tuple else text_writer(kind)


def metadata_text(value: Metadata) -> str:
    """A value of metadata as text."""
    return ", ".join(value) if isinstance(value, tuple) else plain_text(value)


def metadata_values(name: str, value: Metadata) -> Values:
    """A metadata field and its value: as text, and in the field for its type."""
    if type(value) is str:
        return {"name": name, "value": value}
    values: Values = {"name": name, "value": metadata_text(value)}
    if isinstance(value, tuple):
        values["valueArray"] = value
    else:
        typed = next((field for kind, field in _TYPED.items() if isinstance(value, kind)), None)
        if typed is not None:
            values[typed] = value
    return values


def listed(
    store: Store,
    call: Call,
    assets: Sequence[Asset],
    shown: Selection = ALL,
    room: int = MOST_BYTES,
) -> list[Written]:
    """The items of an AssetArray: those of the assets that one answer takes, or the room in it."""
    show = _Assets(store, call, shown, len(assets)).item
    found = fitting(call, "Asset", assets, show, lambda _: b"", "assets", room)
    return [item for _, item in found]
