"""Projects, groups, publish contexts, formats: lists, new ones, changes, deletions.

They are alike, so that rows say what there is: how a kind is shown, and what each operation does
with which field of its request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ips_contract.contract.handles import handle_parts, write_handle
from ips_contract.contract.model import contract
from ips_contract.contract.versions import LATEST
from ips_contract.mock.fault import Fault
from ips_contract.mock.operations.bounds import fitted
from ips_contract.mock.operations.reading import INVALID, needed, read, text, values_of
from ips_contract.mock.state.catalog import CONTEXT, GROUP, IMAGE_FORMAT, PROJECT, VIGNETTE_FORMAT
from ips_contract.xml.text import list_of, quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from ips_contract.contract.writer import Value
    from ips_contract.mock.operations.call import Call
    from ips_contract.mock.operations.job_details import Values
    from ips_contract.mock.state.catalog import Record
    from ips_contract.mock.state.store import Store

    Operation = Callable[[Store, Call], Values]

_MOST_SHOWN = 10  # Names that a fault lists.


class Kind(NamedTuple):
    """How a kind of record is shown.

    Attributes:
        type: its type in the contract.
        handle: the field with its handle, in that type and in requests.
        name: the field with its name, in that type.
        parts: what identifies it, as ``write_handle`` takes it.
        by_name: whether that is its name, and else its number.
    """

    type: str
    handle: str
    name: str
    parts: Callable[[Record], tuple[object, ...]]
    by_name: bool = False


KINDS = {
    PROJECT: Kind("Project", "projectHandle", "name", lambda r: (r.company, r.name), by_name=True),
    GROUP: Kind("Group", "groupHandle", "name", lambda r: (r.number,)),
    IMAGE_FORMAT: Kind("ImageFormat", "imageFormatHandle", "name", lambda r: (r.company, r.number)),
    CONTEXT: Kind("PublishContext", "contextHandle", "contextName", lambda r: (r.number,)),
    VIGNETTE_FORMAT: Kind(
        "VignettePublishFormat", "vignetteFormatHandle", "name", lambda r: (r.company, r.number)
    ),
}


def record_handle(record: Record, call: Call) -> str:
    """The handle of a record in the form of the request's version."""
    parts = KINDS[record.kind].parts(record)
    return write_handle(record.kind, call.date, *parts)


def record_values(record: Record, call: Call) -> Values:
    """A record as answers show it: the fields that its type has."""
    kind = KINDS[record.kind]
    values: Values = {
        kind.handle: record_handle(record, call),
        kind.name: record.name,
        "companyHandle": call.company_handle(record.company),
        **record.values,
    }
    fields = contract(call.version).complex_types[kind.type].fields
    return {field.name: values[field.name] for field in fields if field.name in values}


def find_record(store: Store, call: Call, kind: str, handle: str) -> Record:
    """The record of the request's company with a handle in the form of any version.

    Raises:
        Fault: there is none; it names those that there are.
    """
    last = handle_parts(handle)[-1]
    if KINDS[kind].by_name:
        record = store.catalog.named(kind, call.company, last)
    else:
        number = int(last) if last.isascii() and last.isdecimal() and len(last) < 20 else None
        record = store.catalog.find(kind, number)
    if record is None or record.company != call.company:
        known = [record_handle(row, call) for row in store.catalog.records(kind, call.company)]
        rest = f"; there is {list_of(known[:_MOST_SHOWN], 'and')}" if known else ""
        raise Fault(INVALID, f"There is no {kind} with the handle {quoted(handle)}{rest}.")
    return record


# What operations do.


def _listing(kind: str, array: str) -> Operation:
    def act(store: Store, call: Call) -> Values:
        read(call)
        rows = [record_values(row, call) for row in store.catalog.records(kind, call.company)]
        return {array: fitted(call, KINDS[kind].type, rows, f"{kind}s")}

    return act


_EMPTY: dict[str, Value] = {"xs:boolean": False, "Int": 0, "Double": 0.0}


def _least(kind: str) -> dict[str, Value]:
    """What a new record has where the request does not say: pre-4.0 requires nothing of it."""
    fields = contract(LATEST).complex_types[KINDS[kind].type].fields
    return {
        field.name: _EMPTY.get(field.type, "")
        for field in fields
        if field.required and field.name not in _own_fields(kind)
    }


def _own_fields(kind: str) -> frozenset[str]:
    """The fields of a kind that are no values of its records."""
    return frozenset((KINDS[kind].handle, KINDS[kind].name, "companyHandle"))


def _saving(kind: str, name: str, *, new: bool = True) -> Operation:
    """Changes the record with a handle, or makes a new one without; answers its handle.

    Of the record's values those are changed that the request gives. A new one needs a name; with
    ``new=False`` there must be a handle.
    """

    def act(store: Store, call: Call) -> Values:
        fields, handle = read(call), KINDS[kind].handle
        values = values_of(call, fields, KINDS[kind].type, _own_fields(kind))
        given = text(fields, handle) if new else needed(fields, handle)
        if given:
            record = find_record(store, call, kind, given)
            store.catalog.rename(record, text(fields, name) or record.name)
            record.values.update(values)
        else:
            name_of = needed(fields, name)
            record = store.catalog.add(kind, call.company, name_of, {**_least(kind), **values})
        return {handle: record_handle(record, call)}

    return act


def _deleting(kind: str) -> Operation:
    def act(store: Store, call: Call) -> Values:
        record = find_record(store, call, kind, needed(read(call), KINDS[kind].handle))
        store.catalog.remove(record)
        if kind == PROJECT:
            for asset in store.library.assets(call.company):
                asset.projects.discard(record.number)
        return {}

    return act


def get_publish_contexts(store: Store, call: Call) -> Values:
    """The publish contexts of the company, of one type if one is named."""
    wanted = text(read(call), "contextType")
    rows = [
        record_values(row, call)
        for row in store.catalog.contexts(call.company)
        if wanted in ("", row.values["contextType"])
    ]
    return {"publishContextArray": fitted(call, "PublishContext", rows, "publish contexts")}


RECORDS: dict[str, Operation] = {
    "getProjects": _listing(PROJECT, "projectArray"),
    "createProject": _saving(PROJECT, "projectName"),
    "renameProject": _saving(PROJECT, "projectName", new=False),
    "deleteProject": _deleting(PROJECT),
    "getImageFormats": _listing(IMAGE_FORMAT, "imageFormatArray"),
    "saveImageFormat": _saving(IMAGE_FORMAT, "name"),
    "deleteImageFormat": _deleting(IMAGE_FORMAT),
    "getGroups": _listing(GROUP, "groupArray"),
    "saveGroup": _saving(GROUP, "name"),
    "deleteGroup": _deleting(GROUP),
    "getPublishContexts": get_publish_contexts,
    "getVignettePublishFormats": _listing(VIGNETTE_FORMAT, "vignetteFormatArray"),
    "createVignettePublishFormat": _saving(VIGNETTE_FORMAT, "name"),
    "updateVignettePublishFormat": _saving(VIGNETTE_FORMAT, "name", new=False),
    "deleteVignettePublishFormat": _deleting(VIGNETTE_FORMAT),
}
