"""checkLogin, getCompanyInfo and getUserInfo; users and companies as answers show them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ips_contract.mock.fault import Fault
from ips_contract.mock.state.accounts import ADMIN
from ips_contract.xml.text import collapse, quoted

if TYPE_CHECKING:
    from ips_contract.mock.operations.call import Call
    from ips_contract.mock.operations.job_details import Values
    from ips_contract.mock.state.accounts import Account
    from ips_contract.mock.state.store import Store

_FOREVER = datetime(2099, 12, 31, tzinfo=UTC)


def check_login(store: Store, call: Call) -> Values:
    """Whether email and password are those of a user, of the company if one is named."""
    fields = call.fields
    company = call.company or None
    valid = store.accounts.check(fields["email"], fields["password"], company)
    return {"status": "ValidLogin" if valid else "InvalidLogin"}


def get_company_info(store: Store, call: Call) -> Values:
    """The company with a handle or a name."""
    name = call.fields.get("companyName")
    if call.company:
        number = call.company
    elif name is not None and name.strip():
        found = store.accounts.company_named(name)
        if found is None:
            raise Fault(20000, f"There is no company named {quoted(name)}.")
        store.accounts.enter(call.account, found.number)
        number = found.number
        if store.accounts.any_company:
            store.library.call(number, found.name)
    else:
        raise Fault(30002, "getCompanyInfo needs companyHandle or companyName.")
    return {"companyInfo": company_values(store, call, number)}


def company_values(store: Store, call: Call, number: str) -> Values:
    """A company as answers show it."""
    company = store.accounts.company(number)
    return {
        "companyHandle": call.company_handle(number),
        "name": store.library.name(number),
        "rootPath": store.library.root(number).path,
        "expires": company.expires or _FOREVER,
        "imsOrgId": company.ims_org_id or None,
    }


def get_user_info(store: Store, call: Call) -> Values:
    """The user with a handle or an email; by default the one who asks."""
    fields = call.fields
    handle, email = collapse(fields.get("userHandle", "")), fields.get("email", "").strip()
    email = email or handle.rpartition("|")[2] or handle
    user = store.accounts.user(email) if email else call.account
    if user is None:
        raise Fault(30001, f"There is no user {quoted(email)}.")
    store.accounts.let_name(call.account, user)
    return {"userInfo": user_values(user)}


def user_values(user: Account) -> Values:
    """A user as answers show it."""
    first, _, last = user.email.partition("@")[0].partition(".")
    named = user.first_name or user.last_name
    return {
        "userHandle": user.handle,
        "firstName": user.first_name if named else first.capitalize(),
        "lastName": user.last_name if named else last.capitalize(),
        "email": user.email,
        # role until 4.5, defaultRole in 6.0 and 6.6, neither in 6.8 (L).
        "role": user.role,
        "defaultRole": user.role,
        "isValid": user.valid,
        "isIpsAdmin": user.role == ADMIN,
        "passwordExpires": user.expires or _FOREVER,
    }
