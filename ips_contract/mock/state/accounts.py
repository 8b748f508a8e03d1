"""Who may do what: users, their companies and their roles."""

from __future__ import annotations

import copy
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from ips_contract.contract.components import components
from ips_contract.contract.faults import NO_CREDENTIALS
from ips_contract.contract.handles import company_number
from ips_contract.http.secret_names import scheme_of
from ips_contract.mock.arguments import check_kind
from ips_contract.mock.fault import Fault
from ips_contract.validation.credentials import AUTH_HEADER, refusal
from ips_contract.xml.text import list_of, no_such, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from ips_contract.validation.credentials import Login

ROLES = (  # Constants page, User Roles (D).
    "IpsAdmin",
    "IpsCompanyAdmin",
    "IpsUser",
    "WebServiceUser",
    "TrialSiteAdmin",
    "TrialSiteUser",
    "ImagePortalAdmin",
    "ImagePortalUser",
    "ImagePortalContrib",
    "ImagePortalContribUser",
)
ADMIN, USER = "IpsAdmin", "IpsUser"
# Beyond these no client adds any.
MOST_USERS = MOST_COMPANIES = 20_000
_IN_USE, _INVALID = 30000, 30001
# Misprints of the pages, which the contract's table has as they are → the roles they mean.
_MISPRINTS = {
    "IspAdmin": "IpsAdmin",
    "ImagePortalcontribUser": "ImagePortalContribUser",
    "ImpagePortalContribUser": "ImagePortalContribUser",
}
# Roles that may name another user in userHandle (D: "only admins"; that these are meant, I).
_ADMINS = frozenset({"IpsAdmin", "IpsCompanyAdmin", "TrialSiteAdmin", "ImagePortalAdmin"})


class Account(NamedTuple):
    """A user of the service.

    Attributes:
        email: what the user logs in with.
        password: never shown.
        role: one of ROLES.
        companies: numbers of the companies that the user belongs to; None: all.
        valid: False for a user who was disabled; every login fails with 10002.
        number: the number in the user handle ``number|email``.
        token: an accessToken or samlResponse that stands for the password; never shown.
        first_name: by default made of the email.
        last_name: likewise.
        expires: when the password does, as answers show it; None: never. Logins do not look at it.
        roles: number of a company → the role there, where it is another one.
        inactive: numbers of those of the companies that the user may not enter now.
    """

    email: str
    password: str
    role: str = "IpsAdmin"
    companies: frozenset[str] | None = None
    valid: bool = True
    number: int = 1
    token: str = ""
    first_name: str = ""
    last_name: str = ""
    expires: datetime | None = None
    roles: Mapping[str, str] = MappingProxyType({})
    inactive: frozenset[str] = frozenset()

    @property
    def handle(self) -> str:
        """The user handle."""
        return f"{self.number}|{self.email}"

    def role_in(self, company: str) -> str:
        """The role in the company with this number; who is an IpsAdmin is one in all (D)."""
        return self.role if self.role == ADMIN else self.roles.get(company, self.role)

    def roles_for(self, company: str) -> frozenset[str]:
        """The roles that count in a request about a company; without one, all of them (I)."""
        if company:
            return frozenset((self.role_in(company),))
        return frozenset((self.role, *self.roles.values()))

    def belongs(self, company: str) -> bool:
        """Whether the user is in the company with this number, active there or not."""
        return self.companies is None or company in self.companies

    def __repr__(self) -> str:
        return f"Account({self.email!r}, role={self.role!r}, companies={self.companies!r})"


# Who comes with a token alone where there are no users: no source says whose a token is (I).
_NAMELESS = "guest@example.com"


def _guest(email: str) -> Account:
    """Who is let in where there are no users."""
    return _known_guest(email) if len(email) <= _LONGEST_EMAIL else Account(email, "")


@lru_cache(maxsize=256)  # A client has one for all its requests: it spares 2 % of their time.
def _known_guest(email: str) -> Account:
    return Account(email, "")


_LONGEST_EMAIL = 320  # Characters; no longer one is kept. (RFC 3696, section 3.)


class Company(NamedTuple):
    """A company of the service.

    Attributes:
        number: the one in its handle.
        name: what it is called.
        expires: when it does, as answers show it; None: never.
        ims_org_id: as answers show it from 6.8 on; ``""`` for none.
    """

    number: str
    name: str
    expires: datetime | None = None
    ims_org_id: str = ""


_AN_ACCOUNT = 'an Account, such as Account("me@example.com", "secret")'


class Accounts:
    """The users and companies that the service knows.

    Without users, any user with a password or a token is let in as an IpsAdmin, who may use
    every operation here, and every company exists. With users, everything is checked.

    Args:
        users: the users.
        companies: number → name of the companies, or the Company; those of the users exist as well.

    Raises:
        ValueError: a role is not one of ROLES, or two users have the same email or token.
        TypeError: a user is no Account, or the companies of one are a str.
    """

    def __init__(
        self,
        users: Iterable[Account] = (),
        companies: Mapping[str, str | Company] | None = None,
    ) -> None:
        self._users: dict[str, Account] = {}
        self._owners: dict[str, str] = {}  # Token → the user's email, in lower case.
        self._companies = {
            number: Company(number, given) if isinstance(given, str) else given
            for number, given in (companies or {}).items()
        }
        for number, user in enumerate(users, 1):
            check_kind("a user", user, Account, _AN_ACCOUNT)
            check_kind("email", user.email, str, "text")
            check_kind(f"password of {user.email!r}", user.password, str, "text")
            if user.role not in ROLES:
                raise ValueError(no_such("role", user.role, ROLES))
            if user.email.lower() in self._users:
                raise ValueError(f"two users have the email {user.email!r}")
            if user.token in self._owners:
                raise ValueError(f"{user.email!r} has the token of another user")
            if user.token:
                self._owners[user.token] = user.email.lower()
            if isinstance(user.companies, str):
                raise TypeError(f"companies of {user.email!r} is a str; give a set of numbers")
            mine = user.companies
            if mine is not None:
                mine = frozenset(company_number(str(company)) for company in mine)
                for company in sorted(mine):
                    self._companies.setdefault(company, Company(company, f"Company {company}"))
            self._users[user.email.lower()] = user._replace(number=number, companies=mine)
        # What holds from the start holds when a client adds a user or a company, too.
        self._open = not self._users
        # Companies are checked only if there are some to check against.
        self._any_company = not self._companies
        self._last_number = max(len(self._users), 1)  # Who is let in without being known has 1.

    def copy(self) -> Accounts:
        """The same users and companies, for who changes them."""
        twin = copy.copy(self)
        twin._users = dict(self._users)
        twin._owners = dict(self._owners)
        twin._companies = dict(self._companies)
        return twin

    # What clients change.

    def add_user(self, user: Account) -> Account:
        """A new user, whose number is the next.

        Raises:
            Fault: the email is blank or in use, or there are too many users.
        """
        self._refuse_email(user.email)
        if len(self._users) >= MOST_USERS:
            raise Fault(_IN_USE, f"There are at most {MOST_USERS} users here.")
        self._last_number += 1
        added = user._replace(number=self._last_number)
        self._users[added.email.lower()] = added
        return added

    def change_user(self, before: Account, after: Account) -> None:
        """Puts ``after``, whose email may be another one, in the place of a user who is known.

        Raises:
            Fault: the new email is blank or in use.
        """
        old, new = before.email.lower(), after.email.lower()
        if new != old:
            self._refuse_email(after.email)
        if self._lets_in_anybody(before.email):
            self._users[new] = after  # Known from now on.
            return
        self._users = {
            (new if email == old else email): (after if email == old else user)
            for email, user in self._users.items()
        }
        if after.token:
            self._owners[after.token] = new

    def _refuse_email(self, email: str) -> None:
        if not email.strip():
            raise Fault(_INVALID, "The email of a user is blank.")
        if email.lower() in self._users:
            raise Fault(_IN_USE, f"There is a user {quoted(email)} already.")

    def add_company(self, company: Company) -> None:
        """A new company.

        Raises:
            Fault: its name is blank or in use, or there are too many companies.
        """
        if not company.name.strip():
            raise Fault(_INVALID, "The name of a company is blank.")
        if any(company.name == known.name for known in self._companies.values()):
            raise Fault(_IN_USE, f"There is a company named {quoted(company.name)} already.")
        if len(self._companies) >= MOST_COMPANIES:
            raise Fault(_IN_USE, f"There are at most {MOST_COMPANIES} companies here.")
        self._companies[company.number] = company

    # Logins, and what users may do.

    def authenticate(self, login: Login, headers: dict[str, str]) -> Account:
        """The account that ``login`` is for.

        Raises:
            Fault: 10000, 10001 or 10002.
        """
        email, token = login.user.strip(), login.token
        code = refusal(login)
        if code == NO_CREDENTIALS:
            raise Fault(code, _no_credentials(login, headers))
        if self._lets_in_anybody(email):
            if code is not None:
                raise Fault(code, f"The password of {quoted(login.user)} is empty.")
            return _guest(email or _NAMELESS)
        if not email:
            email = self._owners.get(token, "")
            if not email:
                raise Fault(10001, "The token in authHeader is that of no user.")
        user = self._users.get(email.lower())
        if user is None:
            raise Fault(10002, f"There is no user {quoted(login.user)}.")
        # A token counts where there is no password. A mock has no secrets whose timing could leak.
        if code is not None:
            raise Fault(code, f"The password of {quoted(login.user)} is empty.")
        if login.password:
            if not self._is_password(user, login.password):
                raise Fault(10001, f"The password of {quoted(login.user)} is wrong.")
        elif user.token != token:
            raise Fault(10001, f"The token of {quoted(login.user)} is wrong.")
        if not user.valid:
            raise Fault(10002, f"The user {quoted(user.email)} is disabled.")
        return user

    def permit(self, account: Account, operation: str, company: str = "") -> None:
        """Does nothing if a role of ``account`` may use ``operation``: the role in the company.

        Raises:
            Fault: 20003.
        """
        if not self._users:
            return  # Nobody has a role.
        roles = roles_of(operation)
        if not roles or self._lets_in_anybody(account.email):
            return
        mine = account.roles_for(company)
        if mine.isdisjoint(roles):
            raise Fault(
                20003,
                f"The role {list_of(sorted(mine), 'and')} may not use {operation}; it is for "
                f"{list_of([role for role in ROLES if role in roles], 'and')}.",
            )

    def _is_password(self, user: Account, password: str) -> bool:
        """Whether it is the user's; any is, where anybody is let in, until the user has one."""
        return user.password == password or (self._open and not user.password)

    def _lets_in_anybody(self, email: str) -> bool:
        """Whether there are no users from the start, and none has been added with this email."""
        return self._open and (not self._users or email.lower() not in self._users)

    def enter(self, account: Account, company: str) -> None:
        """Does nothing if ``account`` belongs to the company with this number.

        Raises:
            Fault: 20000 if there is no such company, 20006 if the user is not in it.
        """
        if not self._any_company and company not in self._companies:
            known = list_of(sorted(self._companies)[:20], "and")
            raise Fault(20000, f"There is no company {quoted(company)}; there is {known}.")
        if account.companies is not None and company not in account.companies:
            raise Fault(20006, f"{account.email} is not in company {quoted(company)}.")
        if company in account.inactive:
            raise Fault(20006, f"{account.email} is not active in company {quoted(company)}.")

    def sees(self, account: Account, company: str) -> bool:
        """Whether ``account`` belongs to the company with this number, and is active there."""
        return account.belongs(company) and company not in account.inactive

    def act_for(self, account: Account, handle: str, company: str) -> str:
        """The email of the user that ``account`` names in userHandle; see ``let_name``.

        Raises:
            Fault: 20001, 20002, 20004 or 20007 (I: by the names of the codes).
        """
        email = handle.rpartition("|")[2].strip() or handle.strip()
        user = self.user(email)
        if user is None:
            raise Fault(20001, f"userHandle {quoted(handle)}: there is no such user.")
        if not user.valid:
            raise Fault(20002, f"userHandle {quoted(handle)}: the user is disabled.")
        self.let_name(account, user, company)
        return user.email

    def let_name(self, account: Account, user: Account, company: str = "") -> None:
        """Does nothing if ``account`` may name ``user``: itself, or another as an admin (D).

        Both must be in the company with the number ``company``, or, without one, in a common one.

        Raises:
            Fault: 20004 or 20007 (I: by the names of the codes).
        """
        same = user.email.lower() == account.email.lower()
        if same and not company:
            return
        if not same and _ADMINS.isdisjoint(account.roles_for(company)):
            mine = list_of(sorted(account.roles_for(company)), "and")
            raise Fault(20004, f"The role {mine} may not name another user ({quoted(user.email)}).")
        if company and not user.belongs(company):
            raise Fault(20007, f"{quoted(user.email)} is not in company {company}.")
        if not _share(user, account):
            raise Fault(20007, f"{quoted(user.email)} is in none of your companies.")

    def check(self, email: str, password: str, company: str | None) -> bool:
        """Whether checkLogin calls this login valid."""
        if self._lets_in_anybody(email.strip()):
            return bool(email.strip() and password)
        user = self._users.get(email.strip().lower())
        return (
            user is not None
            and self._is_password(user, password)
            and user.valid
            and (company is None or (company in self._companies or self._any_company))
            and (company is None or self.sees(user, company))
        )

    @property
    def any_company(self) -> bool:
        """Whether every company exists, because none is known."""
        return self._any_company

    def users(self) -> list[Account]:
        """All users that are known; where anybody is let in, those that a client added."""
        return list(self._users.values())

    def companies(self) -> list[str]:
        """The numbers of the companies that are known."""
        return list(self._companies)

    def user(self, email: str) -> Account | None:
        """The user with this email; None if there is none."""
        if self._lets_in_anybody(email.strip()):
            return _guest(email.strip())
        return self._users.get(email.strip().lower())

    def company(self, number: str) -> Company:
        """The company with this number, which exists."""
        return self._companies.get(number) or Company(number, f"Company {number}")

    def company_named(self, name: str) -> Company | None:
        """The company with this name; None if there is none.

        Where every company exists, ``Company 48`` is number 48 and any other name number 47,
        that of the documented request.
        """
        for known in self._companies.values():
            if known.name == name:
                return known
        if not self._any_company:
            return None
        number = name.removeprefix("Company ")
        return Company(number if number.isascii() and number.isdecimal() else "47", name)


def _share(one: Account, other: Account) -> bool:
    """Whether the two are in a company together."""
    if one.companies is None or other.companies is None:
        return True  # All companies.
    return bool(one.companies & other.companies)


@lru_cache(maxsize=256)
def roles_of(operation: str) -> frozenset[str]:
    """The roles that may use an operation; empty where no source says (D, and S for submitJob).

    Cut out of the text of the contract: to read all its rows takes longer than a server's start.
    """
    row = components().get(f"{operation}Param", b"")  # One of somebody's WSDL has none.
    names = row.partition(b' f:roles="')[2].partition(b'"')[0].decode().split()
    return frozenset(_MISPRINTS.get(name, name) for name in names)


def _no_credentials(login: Login, headers: dict[str, str]) -> str:
    hint = (
        "send authHeader with user and password or with accessToken, HTTP Basic, or AuthUser and "
        "AuthPassword"
    )
    if login.style == AUTH_HEADER:
        return f"The user in authHeader is empty; {hint}."
    header = headers.get("authorization", "")
    scheme = scheme_of(header)
    if scheme.lower() == "basic":
        return f"The Authorization header is no readable HTTP Basic; {hint}."
    if scheme:
        return f"The Authorization scheme {quoted(scheme)} is not taken; {hint}."
    if header.strip():
        # What stands there may be the secret itself.
        return f"The Authorization header begins with no scheme that is known; {hint}."
    return f"There are no credentials; {hint}."
