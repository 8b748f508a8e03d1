"""What changes users and companies: new ones, names, passwords, who is in which company.

Who is added can log in at once, with the password and into the companies that the request gives.
What the service was made with is there again after a reset.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from ips_contract.contract.handles import company_number
from ips_contract.mock.fault import Fault
from ips_contract.mock.operations.members import find_user, known_companies
from ips_contract.mock.operations.property_sets import OWNERS, owner
from ips_contract.mock.operations.reading import (
    MISSING,
    entries,
    flag,
    moment,
    needed,
    read,
    text,
    texts,
)
from ips_contract.mock.operations.users_and_companies import company_values
from ips_contract.mock.state.accounts import ADMIN, USER, Account, Company
from ips_contract.mock.state.catalog import GROUP, PROPERTY_SET

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ips_contract.mock.operations.call import Call
    from ips_contract.mock.operations.job_details import Values
    from ips_contract.mock.operations.reading import Fields
    from ips_contract.mock.state.store import Store


class _Membership(NamedTuple):
    """What a request says about a user and a company."""

    company: str
    role: str = ""  # By default the user's own.
    active: bool = True


def _memberships(store: Store, call: Call, fields: Fields) -> list[_Membership]:
    """The companies that a request names: their handles until 4.5, with roles from 6.0 on (W, L).

    Raises:
        Fault: there is no such company, or who asks is not in it.
    """
    rows = [_Membership(handle) for handle in texts(fields, "companyHandleArray")]
    rows += [
        _Membership(needed(row, "companyHandle"), text(row, "role"), flag(row, "isActive"))
        for row in entries(fields, "membershipArray")
    ]
    found = [row._replace(company=company_number(row.company)) for row in rows]
    for row in found:
        store.accounts.enter(call.account, row.company)
    return found


def _expires(fields: Fields, before: datetime | None) -> datetime | None:
    given = text(fields, "passwordExpires")
    return moment("passwordExpires", given) if given else before


def _role(fields: Fields, before: str, memberships: list[_Membership]) -> str:
    """The role of a user: ``role`` until 4.5, ``defaultRole`` until 6.6, isIpsAdmin in 6.8 (L).

    A user of 6.8 who is no IpsAdmin has no role but those in companies, so the first of these
    counts in others.
    """
    given = text(fields, "role") or text(fields, "defaultRole")
    if not given and flag(fields, "isIpsAdmin"):
        given = ADMIN
    demoted = before == ADMIN and "isIpsAdmin" in fields
    kept = before if not demoted else ""
    return given or kept or next((row.role for row in memberships if row.role), USER)


def _password(fields: Fields) -> str:
    """The password of a request, as it is.

    Raises:
        Fault: there is none.
    """
    found = fields.get("password", "")
    if not isinstance(found, str) or not found:
        raise Fault(MISSING, "password is missing or empty.")
    return found


def add_user(store: Store, call: Call) -> Values:
    """A new user; answers its handle."""
    fields = read(call)
    memberships = _memberships(store, call, fields)
    user = Account(
        needed(fields, "email"),
        _password(fields),
        _role(fields, "", memberships),
        frozenset(),
        flag(fields, "isValid", default=True),
        first_name=text(fields, "firstName"),
        last_name=text(fields, "lastName"),
        expires=_expires(fields, None),
    )
    if user.role == ADMIN:
        user = user._replace(companies=None)  # An IpsAdmin is one in all companies (D).
    added = store.accounts_to_change().add_user(_joined(user, memberships))
    return {"userHandle": added.handle}


def set_user_info(store: Store, call: Call) -> Values:
    """Changes a user; by default the one who asks."""
    fields = read(call)
    user = find_user(store, call, text(fields, "userHandle"))
    changed = user._replace(
        email=needed(fields, "email"),
        role=_role(fields, user.role, []),
        valid=flag(fields, "isValid", default=user.valid),
        first_name=text(fields, "firstName"),
        last_name=text(fields, "lastName"),
        expires=_expires(fields, user.expires),
    )
    store.accounts_to_change().change_user(user, changed)
    if changed.email.lower() != user.email.lower():
        _follow(store, user.email.lower(), changed.email.lower())
    return {}


def _follow(store: Store, before: str, after: str) -> None:
    """Gives a user's groups and property sets the user's new e-mail."""
    for company in ("", *known_companies(store)):
        for group in store.catalog.records(GROUP, company):
            group.members = [after if email == before else email for email in group.members]
        for row in store.catalog.records(PROPERTY_SET, company):
            for name in OWNERS:
                if owner(str(row.values[name])) == before:
                    row.values[name] = after


def set_password(store: Store, call: Call) -> Values:
    """Gives a user another password; by default the one who asks."""
    fields = read(call)
    user = find_user(store, call, text(fields, "userHandle"))
    changed = user._replace(password=_password(fields), expires=_expires(fields, user.expires))
    store.accounts_to_change().change_user(user, changed)
    return {}


def generate_password(store: Store, call: Call) -> Values:
    """A password that was not answered before; the same in each run, for it is no secret."""
    read(call)
    number = next(store.passwords)
    return {"password": hashlib.sha256(f"password {number}".encode()).hexdigest()[:16]}


# Companies.


def add_company(store: Store, call: Call) -> Values:
    """A new company; answers it. No source says that who asks is in it."""
    fields = read(call)
    numbers = {*store.accounts.companies(), *store.library.companies()}
    expires = text(fields, "expires")
    company = Company(
        str(1 + max((int(n) for n in numbers if n.isdecimal() and len(n) < 20), default=0)),
        needed(fields, "companyName"),
        moment("expires", expires) if expires else None,
        text(fields, "imsOrgId"),
    )
    store.accounts_to_change().add_company(company)
    return {"companyInfo": company_values(store, call, company.number)}


def _joined(user: Account, rows: list[_Membership]) -> Account:
    """The user, in these companies, too."""
    companies, roles, inactive = user.companies, dict(user.roles), set(user.inactive)
    for number, role, active in rows:
        companies = companies | {number} if companies is not None else None
        if role:
            roles[number] = role
        (inactive.discard if active else inactive.add)(number)
    return user._replace(companies=companies, roles=roles, inactive=frozenset(inactive))


def _alone(user: Account, rows: list[_Membership]) -> Account:
    """The user, in these companies and no others."""
    return _joined(user._replace(companies=frozenset(), roles={}, inactive=frozenset()), rows)


def _membership(
    change: Callable[[Account, list[_Membership]], Account],
) -> Callable[[Store, Call], Values]:
    def act(store: Store, call: Call) -> Values:
        fields = read(call)
        user = find_user(store, call, text(fields, "userHandle"))
        changed = change(user, _memberships(store, call, fields))
        store.accounts_to_change().change_user(user, changed)
        return {}

    return act


def remove_company_membership(store: Store, call: Call) -> Values:
    """Takes a user out of companies; by default the one who asks."""
    fields = read(call)
    user = find_user(store, call, text(fields, "userHandle"))
    gone = {row.company for row in _memberships(store, call, fields)}
    held = known_companies(store) if user.companies is None else user.companies
    changed = user._replace(
        companies=frozenset(held) - gone,
        roles={number: role for number, role in user.roles.items() if number not in gone},
        inactive=user.inactive - gone,
    )
    store.accounts_to_change().change_user(user, changed)
    return {}


USER_CHANGES: dict[str, Callable[[Store, Call], Values]] = {
    "addUser": add_user,
    "setUserInfo": set_user_info,
    "setPassword": set_password,
    "generatePassword": generate_password,
    "addCompany": add_company,
    "addCompanyMembership": _membership(_joined),
    "setCompanyMembership": _membership(_alone),
    "removeCompanyMembership": remove_company_membership,
}
