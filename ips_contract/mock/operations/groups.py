"""Groups as others name them: by handle, and in the permissions that answers show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.contract.handles import handle_number, write_handle
from ips_contract.mock.fault import Fault
from ips_contract.mock.operations.reading import INVALID
from ips_contract.mock.state.catalog import GROUP
from ips_contract.xml.text import quoted

if TYPE_CHECKING:
    from ips_contract.mock.operations.call import Call
    from ips_contract.mock.operations.job_details import Values
    from ips_contract.mock.state.catalog import Record
    from ips_contract.mock.state.permission import Permissions
    from ips_contract.mock.state.store import Store


def any_group(store: Store, call: Call, handle: str) -> Record:
    """The group with a handle, of any company that the user is in.

    Raises:
        Fault: there is none, or the user is not in its company.
    """
    record = store.catalog.find(GROUP, handle_number(handle))
    if record is None:
        raise Fault(INVALID, f"There is no group with the handle {quoted(handle)}.")
    store.accounts.enter(call.account, record.company)
    return record


def permission_values(store: Store, call: Call, permissions: Permissions) -> list[Values]:
    """Permissions as answers show them; those of groups that are gone are gone, too."""
    rows: list[Values] = []
    for permission in permissions:
        group = store.catalog.find(GROUP, permission.group)
        if group is not None:
            rows.append(
                {
                    "groupHandle": write_handle(GROUP, call.date, group.number),
                    "groupName": group.name,
                    "permissionType": permission.type,
                    "isAllowed": permission.allowed,
                    "isOverride": permission.override,
                }
            )
    return rows
