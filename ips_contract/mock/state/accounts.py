"""Who may do what: users, their companies and their roles."""

from __future__ import annotations

from functools import lru_cache
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
    from collections.abc import Iterable

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
    """

    email: str
    password: str
    role: str = "IpsAdmin"
    companies: frozenset[str] | None = None
    valid: bool = True
    number: int = 1
    token: str = ""

    @property
    def handle(self) -> str:
        """The user handle."""
        return f"{self.number}|{self.email}"

    def __repr__(self) -> str:
        return f"Account({self.email!r}, role={self.role!r}, companies={self.companies!r})"


# Who comes with a token alone where there are no users: no source says whose a token is (I).
_NAMELESS = "guest@example.com"


def _guest(email: str) -> Account:
    """Who is let in where there are no users."""
    return Account(email, "")


class Company(NamedTuple):
    """A company of the service: its number and its name."""

    number: str
    name: str


_AN_ACCOUNT = 'an Account, such as Account("me@example.com", "secret")'


class Accounts:
    """The users and companies that the service knows.

    Without users, any user with a password or a token is let in as an IpsAdmin, who may use
    every operation here, and every company exists. With users, everything is checked.

    Args:
        users: the users.
        companies: number → name of the companies; those of the users exist as well.

    Raises:
        ValueError: a role is not one of ROLES, or two users have the same email or token.
        TypeError: a user is no Account, or the companies of one are a str.
    """

    def __init__(
        self, users: Iterable[Account] = (), companies: dict[str, str] | None = None
    ) -> None:
        self._users: dict[str, Account] = {}
        self._owners: dict[str, str] = {}  # Token → the user's email, in lower case.
        self._names = dict(companies or {})
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
                    self._names.setdefault(company, f"Company {company}")
            self._users[user.email.lower()] = user._replace(number=number, companies=mine)
        self._open = not self._users
        # Companies are checked only if there are some to check against.
        self._any_company = not self._names

    def authenticate(self, login: Login, headers: dict[str, str]) -> Account:
        """The account that ``login`` is for.

        Raises:
            Fault: 10000, 10001 or 10002.
        """
        email, token = login.user.strip(), login.token
        code = refusal(login)
        if code == NO_CREDENTIALS:
            raise Fault(code, _no_credentials(login, headers))
        if self._open:
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
            if user.password != login.password:
                raise Fault(10001, f"The password of {quoted(login.user)} is wrong.")
        elif user.token != token:
            raise Fault(10001, f"The token of {quoted(login.user)} is wrong.")
        if not user.valid:
            raise Fault(10002, f"The user {quoted(user.email)} is disabled.")
        return user

    def permit(self, account: Account, operation: str) -> None:
        """Does nothing if the role of ``account`` may use ``operation``.

        Raises:
            Fault: 20003.
        """
        roles = roles_of(operation)
        if roles and account.role not in roles and not self._open:
            raise Fault(
                20003,
                f"The role {account.role} may not use {operation}; it is for "
                f"{list_of([role for role in ROLES if role in roles], 'and')}.",
            )

    def enter(self, account: Account, company: str) -> None:
        """Does nothing if ``account`` belongs to the company with this number.

        Raises:
            Fault: 20000 if there is no such company, 20006 if the user is not in it.
        """
        if not self._any_company and company not in self._names:
            known = list_of(sorted(self._names)[:20], "and")
            raise Fault(20000, f"There is no company {quoted(company)}; there is {known}.")
        if account.companies is not None and company not in account.companies:
            raise Fault(20006, f"{account.email} is not in company {quoted(company)}.")

    def sees(self, account: Account, company: str) -> bool:
        """Whether ``account`` belongs to the company with this number."""
        return account.companies is None or company in account.companies

    def act_for(self, account: Account, handle: str, company: str) -> str:
        """The email of the user that ``account`` names in userHandle; see ``let_name``.

        Raises:
            Fault: 20001, 20002, 20004 or 20007 (I: by the names of the codes).
        """
        email = handle.rpartition("|")[2].strip() or handle.strip()
        if self._open:
            return email
        user = self._users.get(email.lower())
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
        if self._open or (user is account and not company):
            return
        if user is not account and account.role not in _ADMINS:
            raise Fault(
                20004, f"The role {account.role} may not name another user ({quoted(user.email)})."
            )
        if company and not self.sees(user, company):
            raise Fault(20007, f"{quoted(user.email)} is not in company {company}.")
        if not _share(user, account):
            raise Fault(20007, f"{quoted(user.email)} is in none of your companies.")

    def check(self, email: str, password: str, company: str | None) -> bool:
        """Whether checkLogin calls this login valid."""
        if self._open:
            return bool(email.strip() and password)
        user = self._users.get(email.strip().lower())
        return (
            user is not None
            and user.password == password
            and user.valid
            and (company is None or (company in self._names or self._any_company))
            and (company is None or self.sees(user, company))
        )

    @property
    def any_company(self) -> bool:
        """Whether every company exists, because none is known."""
        return self._any_company

    def users(self) -> list[Account]:
        """All users; none where anybody is let in."""
        return list(self._users.values())

    def companies(self) -> list[str]:
        """The numbers of the companies that are known."""
        return list(self._names)

    def user(self, email: str) -> Account | None:
        """The user with this email; None if there is none."""
        if self._open:
            return _guest(email.strip())
        return self._users.get(email.strip().lower())

    def company(self, number: str) -> Company:
        """The company with this number, which exists."""
        return Company(number, self._names.get(number, f"Company {number}"))

    def company_named(self, name: str) -> Company | None:
        """The company with this name; None if there is none.

        Where every company exists, ``Company 48`` is number 48 and any other name number 47,
        that of the documented request.
        """
        for number, known in self._names.items():
            if known == name:
                return Company(number, name)
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
    row = components()[f"{operation}Param"]
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
