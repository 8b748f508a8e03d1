"""Property sets and their types: what belongs to users, companies, or users in companies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.contract.handles import handle_number, handle_parts, write_handle
from ips_contract.mock.fault import Fault
from ips_contract.mock.operations.bounds import fitted
from ips_contract.mock.operations.groups import permission_values
from ips_contract.mock.operations.reading import INVALID, entries, flag, needed, read, text
from ips_contract.mock.state.catalog import PROPERTY_SET, PROPERTY_SET_TYPE
from ips_contract.xml.text import quoted

if TYPE_CHECKING:
    from ips_contract.contract.writer import Value
    from ips_contract.mock.operations.call import Call
    from ips_contract.mock.operations.job_details import Values
    from ips_contract.mock.operations.reading import Fields
    from ips_contract.mock.state.catalog import Record
    from ips_contract.mock.state.store import Store

_IN_USE = 30000
# What a set belongs to: fields of a request, and of what is kept.
OWNERS = ("primaryOwnerHandle", "secondaryOwnerHandle")


def _find(store: Store, call: Call, kind: str, handle: str) -> Record:
    """The type or set with a handle, of a company that the user sees, or of none."""
    record = store.catalog.find(kind, handle_number(handle))
    if record is None:
        raise Fault(INVALID, f"There is no {kind} with the handle {quoted(handle)}.")
    if record.company:
        store.accounts.enter(call.account, record.company)
    return record


def _handle(record: Record, call: Call) -> str:
    return write_handle(record.kind, call.date, record.number)


def _type_values(record: Record, call: Call) -> Values:
    company = {"companyHandle": call.company_handle(record.company)} if record.company else {}
    return {"typeHandle": _handle(record, call), **company, "name": record.name, **record.values}


def get_property_set_types(store: Store, call: Call) -> Values:
    """The types of a company, and those of none."""
    read(call)
    companies = ("", call.company) if call.company else ("",)
    rows = [
        _type_values(record, call)
        for company in companies
        for record in store.catalog.records(PROPERTY_SET_TYPE, company)
    ]
    return {"typeArray": fitted(call, "PropertySetType", rows, "property set types")}


def get_property_set_type(store: Store, call: Call) -> Values:
    """The type with a name, of the company, or of none."""
    name = needed(read(call), "name")
    named = (store.catalog.named(PROPERTY_SET_TYPE, c, name) for c in (call.company, ""))
    record = next((found for found in named if found is not None), None)
    if record is None:
        raise Fault(INVALID, f"There is no property set type {quoted(name)}.")
    return {"type": _type_values(record, call)}


def create_property_set_type(store: Store, call: Call) -> Values:
    """A new type; answers its handle."""
    fields = read(call)
    values: Values = {
        "propertyType": needed(fields, "propertyType"),
        "allowMultiple": flag(fields, "allowMultiple"),
    }
    name = needed(fields, "name")
    record = store.catalog.add(PROPERTY_SET_TYPE, call.company, name, values)
    return {"typeHandle": _handle(record, call)}


def delete_property_set_type(store: Store, call: Call) -> Values:
    """Deletes a type and its sets."""
    record = _find(store, call, PROPERTY_SET_TYPE, needed(read(call), "typeHandle"))
    for row in _sets_of(store, record):
        store.catalog.remove(row)
    store.catalog.remove(record)
    return {}


def _sets_of(store: Store, kind: Record) -> list[Record]:
    sets = store.catalog.records(PROPERTY_SET, kind.company)
    return [row for row in sets if row.values["type"] == kind.number]


def owner(handle: str) -> str:
    """What an owner's handle means in any version: a user's e-mail, or a company's number."""
    return handle_parts(handle)[-1].lower()


def _owners(fields: Fields) -> dict[str, Value]:
    return {name: owner(text(fields, name)) for name in OWNERS}


def _properties(fields: Fields) -> dict[str, Value]:
    rows = entries(fields, "propertyArray")
    return {needed(row, "name"): str(row.get("value", "")) for row in rows}


def create_property_set(store: Store, call: Call) -> Values:
    """A new set of a type; answers its handle."""
    fields = read(call)
    kind = _find(store, call, PROPERTY_SET_TYPE, needed(fields, "typeHandle"))
    needed(fields, OWNERS[0])
    record = add_property_set(store, kind, _owners(fields), _properties(fields))
    return {"setHandle": _handle(record, call)}


def add_property_set(
    store: Store, kind: Record, owners: dict[str, Value], properties: dict[str, Value]
) -> Record:
    """A new set of a type.

    Raises:
        Fault: its owners have one, and the type does not allow more.
    """
    same = (row for row in _sets_of(store, kind) if owners.items() <= row.values.items())
    if not kind.values["allowMultiple"] and next(same, None) is not None:
        raise Fault(_IN_USE, f"There is a set of {quoted(kind.name)} of this owner already.")
    values: dict[str, Value] = {"type": kind.number, **owners, "properties": properties}
    return store.catalog.add(PROPERTY_SET, kind.company, "", values)


def get_property_sets(store: Store, call: Call) -> Values:
    """The sets of a type and an owner."""
    fields = read(call)
    kind = _find(store, call, PROPERTY_SET_TYPE, needed(fields, "typeHandle"))
    first, second = (_owners(fields)[name] for name in OWNERS)
    rows = [
        _set_values(store, row, kind, call)
        for row in _sets_of(store, kind)
        if row.values[OWNERS[0]] == first and second in ("", row.values[OWNERS[1]])
    ]
    return {"setArray": fitted(call, "PropertySet", rows, "property sets")}


def find_property_set(store: Store, call: Call, handle: str) -> Record:
    """The set with a handle, of a company that the user sees, or of none.

    Raises:
        Fault: there is none.
    """
    return _find(store, call, PROPERTY_SET, handle)


def _set_values(store: Store, record: Record, kind: Record, call: Call) -> Values:
    properties = record.values["properties"]
    assert isinstance(properties, dict)
    rows: list[Values] = [{"name": name, "value": value} for name, value in properties.items()]
    return {
        "setHandle": _handle(record, call),
        "typeHandle": _handle(kind, call),
        "propertyArray": rows,
        "permissions": permission_values(store, call, record.permissions) or None,
    }


def update_property_set(store: Store, call: Call) -> Values:
    """Changes properties of a set, or with replaceProperties gives it these and no others."""
    fields = read(call)
    record = find_property_set(store, call, needed(fields, "setHandle"))
    before = record.values["properties"]
    assert isinstance(before, dict)
    kept = {} if flag(fields, "replaceProperties") else before
    record.values["properties"] = {**kept, **_properties(fields)}
    return {}


def delete_property_set(store: Store, call: Call) -> Values:
    """Deletes a set."""
    store.catalog.remove(find_property_set(store, call, needed(read(call), "setHandle")))
    return {}
