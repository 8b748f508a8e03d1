"""Metadata fields, their tags, and the values that assets have of them.

Where a company has metadata fields, in a seed or made by a client, an asset takes values of these
only. Where it has none, any field is taken: a client may have its handle from elsewhere (I).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ips_contract.contract.handles import handle_parts, write_handle
from ips_contract.mock.fault import Fault
from ips_contract.mock.operations.asset_values import find_asset, metadata_text
from ips_contract.mock.operations.bounds import fitted, fitted_texts
from ips_contract.mock.operations.reading import (
    INVALID,
    decimal,
    entries,
    flag,
    moment,
    needed,
    read,
    text,
    texts,
    whole,
)
from ips_contract.mock.state.assets import NOT_IN_TRASH
from ips_contract.mock.state.catalog import METADATA_FIELD, Record
from ips_contract.xml.text import list_of, quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from ips_contract.mock.operations.call import Call
    from ips_contract.mock.operations.job_details import Values
    from ips_contract.mock.operations.reading import Fields
    from ips_contract.mock.state.assets import Asset, Metadata
    from ips_contract.mock.state.store import Store

    # The tags before and those that a request gives → the tags after.
    TagChange = Callable[[list[str], list[str]], list[str]]

_FIXED = ("SingleFixedTag", "MultiFixedTag", "BooleanTag")  # Of closed dictionaries (D).
# What stands for all asset types in handles: ``47|ALL|Resolution``, ``m|3|ASSET|Color``.
_ALL = ("ALL", "ASSET")
_MOST_UPDATES = 100_000  # Values that one request sets (I).
_MOST_SHOWN = 10  # Names that a fault lists.


def field_handle(record: Record, call: Call) -> str:
    """The handle of a metadata field in the form of the request's version."""
    kind = str(record.values["assetType"]).upper()
    return write_handle(METADATA_FIELD, call.date, record.company, kind, record.name)


def find_field(store: Store, call: Call, handle: str) -> Record:
    """The metadata field with a handle in the form of any version.

    Raises:
        Fault: there is none; it names those that there are.
    """
    record = store.catalog.named(METADATA_FIELD, call.company, handle_parts(handle)[-1])
    if record is None:
        known = [row.name for row in store.catalog.records(METADATA_FIELD, call.company)]
        rest = f"; there is {list_of(known[:_MOST_SHOWN], 'and')}" if known else ""
        raise Fault(INVALID, f"There is no metadata field {quoted(handle)}{rest}.")
    return record


def add_field(
    store: Store, company: str, name: str, asset_type: str, field_type: str, values: Values
) -> Record:
    """A new metadata field of a company.

    Raises:
        Fault: the name is blank or in use.
    """
    kept: Values = {
        "assetType": asset_type,
        "type": field_type,
        "defaultValue": "",
        "isRequired": False,
        "isUserDefined": True,
        "isHidden": False,
        "isEnforced": False,
        **values,
    }
    record = store.catalog.add(METADATA_FIELD, company, name, kept)
    if field_type == "BooleanTag":
        record.members = ["True", "False"]  # Its dictionary (D).
    return record


def _given(fields: Fields) -> Values:
    """The values of a metadata field that a request gives."""
    values: Values = {
        name: text(fields, name) for name in ("defaultValue", "initialTagValue") if name in fields
    }
    flags = ("isHidden", "isEnforced")
    return {**values, **{name: flag(fields, name) for name in flags if name in fields}}


def create_metadata_field(store: Store, call: Call) -> Values:
    """A new metadata field; answers its handle."""
    fields = read(call)
    record = add_field(
        store,
        call.company,
        needed(fields, "name"),
        needed(fields, "assetType"),
        needed(fields, "fieldType"),
        _given(fields),
    )
    return {"fieldHandle": field_handle(record, call)}


def save_metadata_field(store: Store, call: Call) -> Values:
    """Changes the metadata field with a handle, or makes a new one without."""
    fields = read(call)
    handle = text(fields, "fieldHandle")
    if not handle:
        return create_metadata_field(store, call)
    record = find_field(store, call, handle)
    _rename(store, call, record, needed(fields, "name"))
    record.values.update(
        assetType=needed(fields, "assetType"), type=needed(fields, "fieldType"), **_given(fields)
    )
    return {"fieldHandle": field_handle(record, call)}


def update_metadata_field(store: Store, call: Call) -> Values:
    """Changes what the request gives of a metadata field; answers its handle."""
    fields = read(call)
    record = find_field(store, call, needed(fields, "fieldHandle"))
    name = text(fields, "name")
    if name:
        _rename(store, call, record, name)
    record.values.update(_given(fields))
    return {"fieldHandle": field_handle(record, call)}


def _rename(store: Store, call: Call, record: Record, name: str) -> None:
    before = record.name
    store.catalog.rename(record, name)
    if name != before:
        for asset in store.library.assets(call.company):
            if before in asset.metadata:
                asset.metadata[name] = asset.metadata.pop(before)


def delete_metadata_field(store: Store, call: Call) -> Values:
    """Deletes a metadata field, and the values that assets have of it."""
    record = find_field(store, call, needed(read(call), "fieldHandle"))
    store.catalog.remove(record)
    for asset in store.library.assets(call.company):
        asset.metadata.pop(record.name, None)
    return {}


def _shown(record: Record, call: Call) -> Values:
    rest = {name: value for name, value in record.values.items() if name != "assetType"}
    return {"fieldHandle": field_handle(record, call), "name": record.name, **rest}


def get_metadata_fields(store: Store, call: Call) -> Values:
    """The metadata fields of an asset type, those of all types among them."""
    kind = needed(read(call), "assetType").upper()
    found = [
        _shown(record, call)
        for record in store.catalog.records(METADATA_FIELD, call.company)
        if kind in _ALL or str(record.values["assetType"]).upper() in (kind, *_ALL)
    ]
    return {"fieldArray": fitted(call, "MetadataField", found, "fields")}


def get_asset_metadata_fields(store: Store, call: Call) -> Values:
    """The metadata fields by the asset types that they are of."""
    kinds: dict[str, list[Values]] = {}
    for record in store.catalog.records(METADATA_FIELD, call.company):
        kinds.setdefault(str(record.values["assetType"]), []).append(_shown(record, call))
    rows: list[Values] = [{"assetType": kind, "fieldArray": row} for kind, row in kinds.items()]
    return {"assetFieldsArray": fitted(call, "AssetMetadataFields", rows, "asset types")}


# Tags.


def _tags_of(store: Store, record: Record) -> list[str]:
    """The dictionary of a tag field, or the tags of it that assets have."""
    found = dict.fromkeys(record.members)
    for asset in store.library.assets(record.company):
        value = asset.metadata.get(record.name)
        if value is not None and record.values["type"] not in _FIXED:
            found.update(dict.fromkeys(value if isinstance(value, tuple) else [str(value)]))
    return list(found)


def get_tag_field_values(store: Store, call: Call) -> Values:
    """The tags of each of the fields."""
    found: list[Values] = []
    known: dict[str, list[str]] = {}  # A request may name one field thousands of times.
    for handle in texts(read(call), "fieldHandleArray"):
        record = find_field(store, call, handle)
        if record.name not in known:
            known[record.name] = _tags_of(store, record)
        found.append({"fieldHandle": field_handle(record, call), "valueArray": known[record.name]})
    return {"fieldArray": fitted(call, "TagFieldValues", found, "fields")}


def add_tag_field_values(store: Store, call: Call) -> Values:
    """Adds tags to the dictionary of a field."""
    return _change_tags(store, call, lambda before, given: [*before, *given])


def set_tag_field_values(store: Store, call: Call) -> Values:
    """Gives a field these tags and no others."""
    return _change_tags(store, call, lambda _, given: given)


def delete_tag_field_values(store: Store, call: Call) -> Values:
    """Takes tags out of the dictionary of a field."""

    def without(before: list[str], given: list[str]) -> list[str]:
        gone = set(given)
        return [tag for tag in before if tag not in gone]

    return _change_tags(store, call, without)


def _change_tags(store: Store, call: Call, changed: TagChange) -> Values:
    fields = read(call)
    record = find_field(store, call, needed(fields, "fieldHandle"))
    _refuse_fixed(record)
    given = dict.fromkeys(texts(fields, "valueArray"))
    record.members = list(dict.fromkeys(changed(record.members, list(given))))
    return {}


def _refuse_fixed(record: Record) -> None:
    if record.values["type"] == "BooleanTag":  # Its dictionary cannot be changed (D).
        raise Fault(INVALID, f"{record.name} is a BooleanTag, whose values are True and False.")


def update_tag_field_values(store: Store, call: Call) -> Values:
    """Gives tags of a field other names, in its dictionary and in assets.

    What is not there, and what would be there twice, is counted and told (D, an example).
    """
    fields = read(call)
    record = find_field(store, call, needed(fields, "fieldHandle"))
    _refuse_fixed(record)
    rows = entries(fields, "updateArray")
    renamed: dict[str, str] = {}
    before: dict[str, str] = {}  # New name of a tag → that which it had before this request.
    faults: list[Values] = []
    tags = set(_tags_of(store, record))
    for row in rows:
        old, new = needed(row, "oldValue"), needed(row, "newValue")
        words = ""
        if old not in tags:
            words = f"{record.name} has no value {quoted(old)}."
        elif new in tags:
            words = f"{record.name} has a value {quoted(new)} already."
        if words:
            faults.append({"value": old, "code": INVALID, "reason": words})
            continue
        tags.discard(old)
        tags.add(new)
        # A tag that this request has renamed may be renamed once more.
        first = before.pop(old, old)
        renamed[first], before[new] = new, first
    record.members = [renamed.get(tag, tag) for tag in record.members]
    for asset in store.library.assets(call.company):
        value = asset.metadata.get(record.name)
        if isinstance(value, tuple):
            asset.metadata[record.name] = tuple(renamed.get(tag, tag) for tag in value)
        elif value is not None and str(value) in renamed:
            asset.metadata[record.name] = renamed[str(value)]
    values: Values = {
        "successCount": len(rows) - len(faults),
        "warningCount": 0,
        "errorCount": len(faults),
    }
    if faults:
        values["errorDetailArray"] = fitted(call, "TagValueUpdateFault", faults, "faults")
    return values


# Values.


def set_metadata(
    store: Store,
    call: Call,
    asset: Asset,
    updates: list[Fields],
    closed: dict[str, frozenset[str]] | None = None,
) -> None:
    """Gives an asset values of metadata fields: all that are asked for, or none.

    Args:
        store: the state.
        call: the request.
        asset: the asset.
        updates: the items of updateArray.
        closed: name of a field → its closed dictionary, for a request about many assets: it is
            filled here, for a dictionary may have thousands of tags.

    Raises:
        Fault: there is no such field, or a tag is not in its closed dictionary (D).
    """
    changed = dict(asset.metadata)
    closed = {} if closed is None else closed
    listed = bool(store.catalog.records(METADATA_FIELD, call.company))
    for update in updates:
        record = find_field(store, call, needed(update, "fieldHandle")) if listed else None
        name, value = _updated(record, changed, update, closed)
        if value in ("", ()):
            changed.pop(name, None)
        else:
            changed[name] = value
    asset.metadata = changed
    store.library.touch(asset, call.account.email)


def _updated(
    record: Record | None,
    before: dict[str, Metadata],
    update: Fields,
    closed: dict[str, frozenset[str]],
) -> tuple[str, Metadata]:
    """The name of the field that an update is for, and its new value.

    ``record``: the field; None: the company has no list of fields, and any is taken.
    """
    name = record.name if record is not None else handle_parts(needed(update, "fieldHandle"))[-1]
    value = _value(name, before, update)
    if record is not None and record.values["type"] in _FIXED:
        if name not in closed:
            closed[name] = frozenset(record.members)
        for tag in value if isinstance(value, tuple) else (metadata_text(value),):
            if tag and tag not in closed[name]:
                raise Fault(INVALID, f"{quoted(tag)} is no value of {name}, a {_kind(record)}.")
    return name, value


def _kind(record: Record) -> str:
    return str(record.values["type"])


def _value(name: str, before: dict[str, Metadata], update: Fields) -> Metadata:
    if "boolVal" in update:
        return flag(update, "boolVal")
    if "longVal" in update:
        return whole(update, "longVal", -(2**63), 0)
    if "doubleVal" in update:
        return decimal(name, text(update, "doubleVal"))
    if "dateVal" in update:
        return moment(name, text(update, "dateVal"))
    if "setTagValueArray" in update:
        return tuple(dict.fromkeys(texts(update, "setTagValueArray")))
    if "addTagValueArray" in update or "deleteTagValueArray" in update:
        held = before.get(name, ())
        tags = held if isinstance(held, tuple) else (metadata_text(held),)
        gone = set(texts(update, "deleteTagValueArray"))
        kept = [tag for tag in (*tags, *texts(update, "addTagValueArray")) if tag not in gone]
        return tuple(dict.fromkeys(kept))
    given = update.get("value", "")
    return given if isinstance(given, str) else ""


def _count(update: Fields) -> int:
    """How many values an update has, each tag for itself."""
    arrays = ("setTagValueArray", "addTagValueArray", "deleteTagValueArray")
    return max(1, sum(len(texts(update, name)) for name in arrays))


def batch_set_asset_metadata(store: Store, call: Call) -> Values:
    """Gives many assets values of metadata fields; what cannot be done is counted and told."""
    done = 0
    faults: list[Values] = []
    rows = entries(read(call), "updateArray")
    asked = sum(
        len(texts(row, "assetHandleArray")) * sum(map(_count, entries(row, "updateArray")))
        for row in rows
    )
    if asked > _MOST_UPDATES:  # A message of 1 MiB may ask for a hundred million.
        words = f"updateArray sets {asked} values of assets; {_MOST_UPDATES} are the most here."
        raise Fault(INVALID, words)
    closed: dict[str, frozenset[str]] = {}
    for row in rows:
        updates = entries(row, "updateArray")
        for handle in texts(row, "assetHandleArray"):
            try:
                set_metadata(store, call, find_asset(store, call, handle), updates, closed)
            except Fault as refusal:
                first = text(updates[0], "fieldHandle") if updates else ""
                faults.append(
                    {
                        "assetHandle": handle,
                        "fieldHandle": first,
                        "code": refusal.code,
                        "reason": refusal.reason,
                    }
                )
            else:
                done += 1
    values: Values = {"successCount": done, "warningCount": 0, "errorCount": len(faults)}
    if faults:
        values["errorDetailArray"] = fitted(call, "SetMetadataFault", faults, "faults")
    return values


def get_unique_metadata_values(store: Store, call: Call) -> Values:
    """The different values that assets have of a field."""
    name = handle_parts(needed(read(call), "fieldHandle"))[-1]
    return {"values": fitted_texts(call, list(_counts(store, call, name)), "values")}


def get_distinct_metadata_values(store: Store, call: Call) -> Values:
    """The different values that assets have of a field, and how many have each."""
    key = needed(read(call), "metadataKey")
    name = handle_parts(key)[-1].removeprefix("custom_attributes.")
    found: list[Values] = [
        {"value": value, "count": number} for value, number in _counts(store, call, name).items()
    ]
    return {"valueArray": fitted(call, "ValueCount", found, "values")}


def _counts(store: Store, call: Call, name: str) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for asset in store.library.assets(call.company):
        value = asset.metadata.get(name)
        if value is not None and asset.trash == NOT_IN_TRASH:
            counts.update(value if isinstance(value, tuple) else [metadata_text(value)])
    return dict(sorted(counts.items()))
