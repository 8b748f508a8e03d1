"""Lists of users and companies, and who is in which company and group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.contract.handles import company_number
from ips_contract.mock.fault import Fault
from ips_contract.mock.operations.bounds import fitted, fitted_texts
from ips_contract.mock.operations.groups import any_group
from ips_contract.mock.operations.reading import INVALID, flag, needed, read, text, texts, whole
from ips_contract.mock.operations.records import find_record, record_values
from ips_contract.mock.operations.selection import page_of
from ips_contract.mock.operations.users_and_companies import company_values, user_values
from ips_contract.mock.state.catalog import GROUP
from ips_contract.xml.text import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from ips_contract.mock.operations.call import Call
    from ips_contract.mock.operations.job_details import Values
    from ips_contract.mock.operations.reading import Fields
    from ips_contract.mock.state.accounts import Account
    from ips_contract.mock.state.store import Store

    # The members before and those that a request names → the members after.
    MemberChange = Callable[[list[str], list[str]], list[str]]

_ANY_COMPANY = "47"  # What there is where every company exists: that of the documented request.


def known_companies(store: Store) -> list[str]:
    """The companies that can be listed."""
    if not store.accounts.any_company:
        return store.accounts.companies()
    return store.library.companies() or [_ANY_COMPANY]


def _all_users(store: Store, call: Call) -> list[Account]:
    """The users; where anybody is let in, the one who asks is the first."""
    users = store.accounts.users()
    known = any(user.email.lower() == call.account.email.lower() for user in users)
    return users if known else [call.account, *users]


def find_user(store: Store, call: Call, handle: str) -> Account:
    """The user with a handle in the form of any version; without one who asks.

    Raises:
        Fault: there is none, or who asks may not name it.
    """
    email = handle.rpartition("|")[2].strip()
    user = store.accounts.user(email) if email else call.account
    if user is None:
        raise Fault(INVALID, f"There is no user {quoted(handle)}.")
    store.accounts.let_name(call.account, user)
    return user


def get_all_companies(store: Store, call: Call) -> Values:
    """The companies, those that have expired only if they are asked for."""
    expired, now = flag(read(call), "includeExpired"), store.clock.now()
    companies = [store.accounts.company(number) for number in known_companies(store)]
    rows = [
        company_values(store, call, company.number)
        for company in companies
        if expired or company.expires is None or company.expires > now
    ]
    return {"companyArray": fitted(call, "Company", rows, "companies")}


def get_all_users(store: Store, call: Call) -> Values:
    """The users, those who are disabled only if they are asked for."""
    disabled = flag(read(call), "includeInvalid")
    rows = [user_values(user) for user in _all_users(store, call) if disabled or user.valid]
    return {"userArray": fitted(call, "User", rows, "users")}


# Sort or filter field → what it is of a user (constants page, User Sort Fields, D).
_USER_FIELDS: dict[str, Callable[[Values], str]] = {
    "FirstName": lambda user: str(user["firstName"]),
    "LastName": lambda user: str(user["lastName"]),
    "Email": lambda user: str(user["email"]),
    "Role": lambda user: str(user["role"]),
    "Valid": lambda user: str(user["isValid"]),
    "PasswordExpiration": lambda user: str(user["passwordExpires"]),
}


def _wanted_users(store: Store, call: Call, fields: Fields) -> list[Account]:
    """The users who fit the filters that getUsers and getUserChars have in common.

    Who is not active in any of the companies is left out, unless includeInactive is true (I).
    """
    companies = [company_number(handle) for handle in texts(fields, "companyHandleArray")]
    roles = frozenset(texts(fields, "userRoleArray"))
    inactive = flag(fields, "includeInactive")

    def fits(user: Account) -> bool:
        mine = [number for number in companies if user.belongs(number)]
        if companies and not (mine if inactive else set(mine) - user.inactive):
            return False
        held = frozenset(map(user.role_in, mine)) if companies else user.roles_for("")
        return not roles or bool(held & roles)

    invalid = flag(fields, "includeInvalid")
    users = [user for user in _all_users(store, call) if (user.valid or invalid) and fits(user)]
    handles = texts(fields, "groupHandleArray")
    if handles:
        groups = [any_group(store, call, handle) for handle in handles]
        members = {email for group in groups for email in group.members}
        users = [user for user in users if user.email.lower() in members]
    return users


def get_users(store: Store, call: Call) -> Values:
    """The users who fit what is asked for, a page of them."""
    fields = read(call)
    rows = [user_values(user) for user in _wanted_users(store, call, fields)]
    start, by = text(fields, "charFilter").casefold(), text(fields, "charFilterField")
    if start and by in _USER_FIELDS:
        value_of = _USER_FIELDS[by]
        rows = [row for row in rows if value_of(row).casefold().startswith(start)]
    sort = text(fields, "sortBy")
    if sort in _USER_FIELDS:
        rows.sort(key=_USER_FIELDS[sort])
    return {"userArray": fitted(call, "User", page_of(fields).of(rows), "users")}


def get_user_chars(store: Store, call: Call) -> Values:
    """The different letters that a field of the users begins with, small and in order (D).

    Other fields than FirstName, LastName and Email have no letters (I). numChars says how many
    letters of each are looked at (I).
    """
    fields = read(call)
    field, size = needed(fields, "charField"), whole(fields, "numChars", 1, 1)
    if field not in ("FirstName", "LastName", "Email"):
        return {"userCharsArray": []}
    value_of = _USER_FIELDS[field]
    starts = {
        value_of(user_values(user))[:size].lower() for user in _wanted_users(store, call, fields)
    }
    return {"userCharsArray": fitted_texts(call, sorted(starts - {""}), "letters")}


def get_company_members(store: Store, call: Call) -> Values:
    """The users of a company: with their roles in it from 6.0 on."""
    fields, company = read(call), call.company
    disabled, inactive = flag(fields, "includeInvalid"), flag(fields, "includeInactive")
    users = [
        user
        for user in _all_users(store, call)
        if user.belongs(company)
        and (disabled or user.valid)
        and (inactive or company not in user.inactive)
    ]
    if call.date < _SINCE_MEMBERS:
        rows = [user_values(user) for user in users]
        return {"userArray": fitted(call, "User", rows, "users")}
    members: list[Values] = [
        {
            "user": user_values(user),
            "role": user.role_in(company),
            "isActive": company not in user.inactive,
        }
        for user in users
    ]
    return {"memberArray": fitted(call, "CompanyMember", members, "users")}


def get_company_membership(store: Store, call: Call) -> Values:
    """The companies of a user: with the roles in them from 6.0 on."""
    user = find_user(store, call, text(read(call), "userHandle"))
    companies = [number for number in known_companies(store) if user.belongs(number)]
    if call.date < _SINCE_MEMBERS:
        active = [number for number in companies if number not in user.inactive]
        shown = [company_values(store, call, number) for number in active]
        return {"companyArray": fitted(call, "Company", shown, "companies")}
    rows: list[Values] = [
        {
            "company": company_values(store, call, number),
            "role": user.role_in(number),
            "isActive": number not in user.inactive,
        }
        for number in companies
    ]
    return {"membershipArray": fitted(call, "CompanyMembership", rows, "companies")}


_SINCE_MEMBERS = "2012-02-14"  # 6.0 has CompanyMember and CompanyMembership (D, L).


# Groups.


def get_group_members(store: Store, call: Call) -> Values:
    """The handles of the users of a group."""
    record = find_record(store, call, GROUP, needed(read(call), "groupHandle"))
    users = [store.accounts.user(email) for email in record.members]
    handles = [user.handle for user in users if user is not None]
    return {"userHandleArray": fitted_texts(call, handles, "users")}


def get_group_membership(store: Store, call: Call) -> Values:
    """The groups of a user, of one company if one is named."""
    user = find_user(store, call, text(read(call), "userHandle"))
    companies = [call.company] if call.company else known_companies(store)
    rows = [
        record_values(record, call)
        for company in companies
        for record in store.catalog.records(GROUP, company)
        if user.email.lower() in record.members
    ]
    return {"groupArray": fitted(call, "Group", rows, "groups")}


def _add(before: list[str], given: list[str]) -> list[str]:
    return [*before, *given]


def _remove(before: list[str], given: list[str]) -> list[str]:
    return [email for email in before if email not in given]


def _replace(_: list[str], given: list[str]) -> list[str]:
    return given


def _members(change: MemberChange) -> Callable[[Store, Call], Values]:
    """Changes who is in a group."""

    def act(store: Store, call: Call) -> Values:
        fields = read(call)
        record = find_record(store, call, GROUP, needed(fields, "groupHandle"))
        users = [find_user(store, call, handle) for handle in texts(fields, "userHandleArray")]
        given = [user.email.lower() for user in users]
        record.members = list(dict.fromkeys(change(record.members, given)))
        return {}

    return act


def _membership(change: MemberChange, *, others: bool = False) -> Callable[[Store, Call], Values]:
    """Changes in which groups a user is; with ``others`` it leaves those that are not named."""

    def act(store: Store, call: Call) -> Values:
        fields = read(call)
        email = find_user(store, call, text(fields, "userHandle")).email.lower()
        named = [any_group(store, call, handle) for handle in texts(fields, "groupHandleArray")]
        if others:
            for company in known_companies(store):
                for record in store.catalog.records(GROUP, company):
                    record.members = _remove(record.members, [email])
        for record in named:
            record.members = list(dict.fromkeys(change(record.members, [email])))
        return {}

    return act


MEMBERS: dict[str, Callable[[Store, Call], Values]] = {
    "getAllCompanies": get_all_companies,
    "getAllUsers": get_all_users,
    "getUsers": get_users,
    "getUserChars": get_user_chars,
    "getCompanyMembers": get_company_members,
    "getCompanyMembership": get_company_membership,
    "getGroupMembers": get_group_members,
    "addGroupMembers": _members(_add),
    "removeGroupMembers": _members(_remove),
    "setGroupMembers": _members(_replace),
    "getGroupMembership": get_group_membership,
    "addGroupMembership": _membership(_add),
    "removeGroupMembership": _membership(_remove),
    "setGroupMembership": _membership(_add, others=True),
}
