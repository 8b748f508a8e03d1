"""Zoom targets and image maps: what an image has at places in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ips_contract.contract.handles import handle_number, write_handle
from ips_contract.mock.fault import Fault
from ips_contract.mock.operations.asset_values import find_asset
from ips_contract.mock.operations.bounds import fitted_texts
from ips_contract.mock.operations.reading import INVALID, entries, needed, read, text, values_of
from ips_contract.mock.state.catalog import IMAGE_MAP, ZOOM_TARGET
from ips_contract.xml.text import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from ips_contract.mock.operations.call import Call
    from ips_contract.mock.operations.job_details import Values
    from ips_contract.mock.operations.reading import Fields
    from ips_contract.mock.state.assets import Asset
    from ips_contract.mock.state.catalog import Record
    from ips_contract.mock.state.store import Store


class _Part(NamedTuple):
    """A kind of part.

    Attributes:
        kind: that of its records.
        type: its type in the contract.
        handle: the field with its handle.
        array: the field of a request with all of an image.
        field: where an ``Asset`` has them.
    """

    kind: str
    type: str
    handle: str
    array: str
    field: str


_MAP = _Part(IMAGE_MAP, "ImageMap", "imageMapHandle", "imageMapArray", "image_maps")
_TARGET = _Part(ZOOM_TARGET, "ZoomTarget", "zoomTargetHandle", "zoomTargetArray", "zoom_targets")


def _parts(part: _Part, asset: Asset) -> tuple[Record, ...]:
    found: tuple[Record, ...] = getattr(asset, part.field)
    return found


def _values(part: _Part, store: Store, call: Call, fields: Fields) -> Values:
    """The values of a part that a request gives."""
    own = frozenset((part.handle, "name", "lastModified"))
    return {**values_of(call, fields, part.type, own), "lastModified": store.clock.now()}


def _find(part: _Part, store: Store, call: Call, handle: str) -> tuple[Asset, Record]:
    record = store.catalog.find(part.kind, handle_number(handle))
    if record is None or record.company != call.company:
        raise Fault(INVALID, f"There is no {part.kind} with the handle {quoted(handle)}.")
    asset = store.library.asset(call.company, record.owner)
    assert asset is not None  # None is ever forgotten.
    return asset, record


def _add(part: _Part, store: Store, call: Call, asset: Asset, fields: Fields) -> Record:
    values = _values(part, store, call, fields)
    record = store.catalog.add(part.kind, call.company, needed(fields, "name"), values)
    record.owner = asset.number
    return record


def _saving(part: _Part) -> Callable[[Store, Call], Values]:
    """Changes the part with a handle, or gives an image a new one without; answers its handle."""

    def act(store: Store, call: Call) -> Values:
        fields, handle = read(call), text(read(call), part.handle)
        asset = find_asset(store, call, needed(fields, "assetHandle"))
        if handle:
            _, record = _find(part, store, call, handle)
            if record not in _parts(part, asset):
                words = f"{quoted(asset.name)} has no {part.kind} with the handle {quoted(handle)}."
                raise Fault(INVALID, words)
            store.catalog.rename(record, needed(fields, "name"))
            record.values.update(_values(part, store, call, fields))
        else:
            record = _add(part, store, call, asset, fields)
            setattr(asset, part.field, (*_parts(part, asset), record))
        store.library.touch(asset, call.account.email)
        return {part.handle: write_handle(part.kind, call.date, record.number)}

    return act


def _setting(part: _Part) -> Callable[[Store, Call], Values]:
    """Gives an image these parts and no others; answers their handles."""

    def act(store: Store, call: Call) -> Values:
        fields = read(call)
        asset = find_asset(store, call, needed(fields, "assetHandle"))
        rows = entries(fields, part.array)
        for row in rows:  # What is wrong changes nothing.
            needed(row, "name")
            _values(part, store, call, row)
        for record in _parts(part, asset):
            store.catalog.remove(record)
        added = tuple(_add(part, store, call, asset, row) for row in rows)
        setattr(asset, part.field, added)
        store.library.touch(asset, call.account.email)
        handles = [write_handle(part.kind, call.date, record.number) for record in added]
        return {f"{part.handle}Array": fitted_texts(call, handles, f"{part.kind}s")}

    return act


def _deleting(part: _Part) -> Callable[[Store, Call], Values]:
    def act(store: Store, call: Call) -> Values:
        asset, record = _find(part, store, call, needed(read(call), part.handle))
        store.catalog.remove(record)
        left = tuple(row for row in _parts(part, asset) if row is not record)
        setattr(asset, part.field, left)
        store.library.touch(asset, call.account.email)
        return {}

    return act


IMAGE_PARTS: dict[str, Callable[[Store, Call], Values]] = {
    "saveImageMap": _saving(_MAP),
    "setImageMaps": _setting(_MAP),
    "deleteImageMap": _deleting(_MAP),
    "saveZoomTarget": _saving(_TARGET),
    "setZoomTargets": _setting(_TARGET),
    "deleteZoomTarget": _deleting(_TARGET),
}
