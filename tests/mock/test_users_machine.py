"""Users, companies and groups, whatever is done to them in whatever order: a state machine.

Beside the service stands a model: who has which password, is valid, and is in which company.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ips_contract import VERSIONS
from ips_contract.mock.service import Service
from ips_contract.mock.state.accounts import Account, Accounts
from tests.calls import NEW, OLD, auth, call, company, fault_of
from tests.mock.test_records import asked
from tests.mock.test_searches import array, fields
from tests.sweep import examples

BOSS = auth("boss@example.com", "pw")
EMAILS = ("a@example.com", "b@example.com", "c@example.com")
COMPANIES = ("47", "48")
_emails = st.sampled_from(EMAILS)
_passwords = st.sampled_from(("one", "two"))
_numbers = st.sets(st.sampled_from(COMPANIES))
_versions = st.sampled_from((OLD, VERSIONS[6], NEW))


class _User:
    """A user of the model: e-mails are names, and stay those of a group, too."""

    def __init__(self, password: str, companies: set[str]) -> None:
        self.password = password
        self.companies = companies
        self.valid = True
        self.grouped = False


class LifeOfUsers(RuleBasedStateMachine):
    """After each step: who may log in where, who is a member, and who is in the group."""

    @initialize()
    def start(self) -> None:
        accounts = Accounts(
            [Account("boss@example.com", "pw")], {number: number for number in COMPANIES}
        )
        self.service = Service(accounts=accounts)
        self.users: dict[str, _User] = {}
        self.version = NEW
        group = fields(companyHandle="c|47", name="G", isSystemDefined="false")
        asked(self.service, "saveGroup", group)

    def act(self, operation: str, inner: str, *, works: bool) -> None:
        response = call(self.service, operation, inner, self.version, BOSS)
        assert (response.status == 200) is works, response.body.decode()

    def user(self, email: str) -> str:
        return f"<userHandle>9|{email}</userHandle>"

    def named(self, numbers: set[str]) -> str:
        handles = [company(self.version, number) for number in sorted(numbers)]
        if self.version == OLD:
            return array("companyHandleArray", *handles)
        rows = "".join(
            f"<items>{fields(companyHandle=handle, role='IpsUser', isActive='true')}</items>"
            for handle in handles
        )
        return f"<membershipArray>{rows}</membershipArray>"

    def info(self, email: str, valid: str, password: str = "") -> str:
        first = fields(firstName="F", lastName="L", email=email)
        kind = {OLD: "<role>IpsUser</role>", NEW: ""}.get(
            self.version, "<defaultRole>IpsUser</defaultRole>"
        )
        last = "<isIpsAdmin>false</isIpsAdmin>" if self.version == NEW else ""
        return f"{first}{kind}{password}<isValid>{valid}</isValid>{last}"

    @rule(version=_versions)
    def another_version(self, version: object) -> None:
        self.version = version  # type: ignore[assignment]

    @rule(email=_emails, password=_passwords, numbers=_numbers)
    def add_user(self, email: str, password: str, numbers: set[str]) -> None:
        works = email not in self.users
        inner = self.info(email, "true", f"<password>{password}</password>")
        self.act("addUser", inner + self.named(numbers), works=works)
        if works:
            self.users[email] = _User(password, set(numbers))

    @rule(email=_emails, password=_passwords)
    def set_password(self, email: str, password: str) -> None:
        works = email in self.users
        inner = f"{self.user(email)}<password>{password}</password>"
        self.act("setPassword", inner, works=works)
        if works:
            self.users[email].password = password

    @rule(email=_emails, new=_emails, valid=st.booleans())
    def set_user_info(self, email: str, new: str, valid: bool) -> None:
        works = email in self.users and (new == email or new not in self.users)
        inner = self.user(email) + self.info(new, str(valid).lower())
        self.act("setUserInfo", inner, works=works)
        if works:
            self.users[new] = self.users.pop(email)
            self.users[new].valid = valid

    @rule(email=_emails, numbers=_numbers)
    def join(self, email: str, numbers: set[str]) -> None:
        inner = self.user(email) + self.named(numbers)
        self.act("addCompanyMembership", inner, works=email in self.users)
        if email in self.users:
            self.users[email].companies |= numbers

    @rule(email=_emails, numbers=_numbers)
    def stay(self, email: str, numbers: set[str]) -> None:
        inner = self.user(email) + self.named(numbers)
        self.act("setCompanyMembership", inner, works=email in self.users)
        if email in self.users:
            self.users[email].companies = set(numbers)

    @rule(email=_emails, numbers=_numbers)
    def leave(self, email: str, numbers: set[str]) -> None:
        handles = [company(self.version, number) for number in sorted(numbers)]
        inner = self.user(email) + array("companyHandleArray", *handles)
        self.act("removeCompanyMembership", inner, works=email in self.users)
        if email in self.users:
            self.users[email].companies -= numbers

    @rule(email=_emails, joins=st.booleans())
    def group(self, email: str, joins: bool) -> None:
        inner = fields(companyHandle=company(self.version), groupHandle="g|1")
        operation = "addGroupMembers" if joins else "removeGroupMembers"
        works = email in self.users
        self.act(operation, inner + array("userHandleArray", f"9|{email}"), works=works)
        if works:
            self.users[email].grouped = joins

    @invariant()
    def logins_agree(self) -> None:
        for email in EMAILS if hasattr(self, "service") else ():
            user = self.users.get(email)
            for number in COMPANIES:
                inner = f"<companyHandle>c|{number}</companyHandle>"
                for password in ("one", "two"):
                    response = call(self.service, "getFolders", inner, NEW, auth(email, password))
                    code = 0 if response.status == 200 else fault_of(response)[0]
                    if user is None:
                        expected = 10002
                    elif user.password != password:
                        expected = 10001
                    elif not user.valid:
                        expected = 10002
                    else:
                        expected = 0 if number in user.companies else 20006
                    assert code == expected, (email, password, number)

    @invariant()
    def members_agree(self) -> None:
        if not hasattr(self, "service"):
            return
        for number in COMPANIES:
            inner = fields(companyHandle=f"c|{number}", includeInvalid="true")
            inner += "<includeInactive>true</includeInactive>"
            members = asked(self.service, "getCompanyMembers", inner)
            found = {element.text for element in members.iter("{*}email")}
            mine = {email for email, user in self.users.items() if number in user.companies}
            assert found == {"boss@example.com", *mine}
        inner = fields(companyHandle="c|47", groupHandle="g|1")
        handles = asked(self.service, "getGroupMembers", inner)[0]
        grouped = {str(element.text).rpartition("|")[2] for element in handles}
        assert grouped == {email for email, user in self.users.items() if user.grouped}


LifeOfUsers.TestCase.settings = settings(
    max_examples=examples(6, 100),
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestLifeOfUsers = pytest.mark.no_cover(LifeOfUsers.TestCase)
