"""Users, companies and who is in them, as clients change them: what logins and answers then say."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from ips_contract import VERSIONS
from ips_contract.mock.service import Service
from ips_contract.mock.state.accounts import Account, Accounts
from tests.calls import NEW, OLD, auth, call, company, fault_of, texts
from tests.mock.test_searches import array, fields

V66 = VERSIONS[6]
BOSS = auth("boss@example.com", "pw")
ANN = auth("ann@example.com", "s3cret")


def users() -> Accounts:
    return Accounts(
        [
            Account("boss@example.com", "pw"),
            Account("ann.lee@example.com", "pw", "IpsUser", frozenset({"47"})),
            Account("bob@example.com", "pw", "IpsCompanyAdmin", frozenset({"48"})),
        ]
    )


def asked(
    service: Service, operation: str, inner: str = "", version: Any = NEW, header: str = BOSS
) -> etree._Element:
    response = call(service, operation, inner, version, header)
    assert response.status == 200, response.body.decode()
    answer: etree._Element = etree.fromstring(response.body)[0][0]
    return answer


def code(service: Service, operation: str, inner: str = "", header: str = BOSS) -> int:
    return fault_of(call(service, operation, inner, NEW, header))[0]


def membership(*rows: tuple[str, str, bool]) -> str:
    items = "".join(
        "<items>"
        + fields(companyHandle=handle, role=role, isActive=str(active).lower())
        + "</items>"
        for handle, role, active in rows
    )
    return f"<membershipArray>{items}</membershipArray>"


def new_user(version: Any, email: str = "ann@example.com") -> str:
    """The request of addUser in a version: roles were told in three ways (W, L)."""
    first = fields(firstName="Ann", lastName="Lee", email=email)
    rest = "<passwordExpires>2050-01-01T00:00:00Z</passwordExpires><isValid>true</isValid>"
    password = f"<password>s3cret</password>{rest}"
    if version == OLD:
        return f"{first}<role>IpsUser</role>{password}{array('companyHandleArray', '47')}"
    rows = membership(("c|47", "IpsUser", True))
    if version == V66:
        return f"{first}<defaultRole>IpsUser</defaultRole>{password}{rows}"
    return f"{first}{password}<isIpsAdmin>false</isIpsAdmin>{rows}"


def login(service: Service, header: str, company: str = "c|47") -> int:
    """0 for who may look at a company, else the code of the fault."""
    inner = f"<companyHandle>{company}</companyHandle>"
    response = call(service, "getFolders", inner, NEW, header)
    return 0 if response.status == 200 else fault_of(response)[0]


@pytest.mark.parametrize("version", [OLD, V66, NEW], ids=str)
def test_a_user_who_is_added_can_log_in(version: Any) -> None:
    service = Service(accounts=users())
    assert login(service, ANN) == 10002
    answer = asked(service, "addUser", new_user(version), version)
    assert texts(answer, "userHandle") == ["4|ann@example.com"]
    assert login(service, ANN) == 0
    assert login(service, ANN, "c|48") == 20006
    assert login(service, auth("ann@example.com", "S3cret")) == 10001
    # The role is kept: users may not see who else there is.
    assert code(service, "getAllUsers", "<includeInvalid>true</includeInvalid>", ANN) == 20003
    shown = asked(service, "getUserInfo", "", version, ANN)
    assert texts(shown, "userInfo/firstName") == ["Ann"]
    assert texts(shown, "userInfo/lastName") == ["Lee"]
    (expires,) = texts(shown, "userInfo/passwordExpires")
    assert expires.startswith("2050-01-01")
    checked = fields(companyHandle=company(version), email="ann@example.com", password="s3cret")
    assert texts(asked(service, "checkLogin", checked, version), "status") == ["ValidLogin"]
    service.reset()
    assert login(service, ANN) == 10002


def test_what_a_service_was_made_with_stays() -> None:
    accounts = users()
    service, other = Service(accounts=accounts), Service(accounts=accounts)
    asked(service, "addUser", new_user(NEW))
    assert login(other, ANN) == 10002
    assert len(accounts.users()) == 3


def test_users_that_cannot_be_added() -> None:
    service = Service(accounts=users())
    assert code(service, "addUser", new_user(NEW, "BOSS@example.com")) == 30000
    assert code(service, "addUser", new_user(NEW, " ")) == 30002
    assert code(service, "addUser", new_user(NEW).replace("c|47", "c|50")) == 20000
    assert code(service, "addUser", new_user(NEW).replace("s3cret", "")) == 30002
    bob = auth("bob@example.com", "pw")
    assert code(service, "addUser", new_user(NEW), bob) == 20006  # Of another's company.
    assert code(service, "addUser", new_user(NEW), auth("ann.lee@example.com", "pw")) == 20003
    assert len(service.accounts.users()) == 3


@pytest.mark.parametrize("version", [OLD, V66, NEW], ids=str)
def test_user_info(version: Any) -> None:
    service = Service(accounts=users())
    role = {OLD: "<role>ImagePortalUser</role>", V66: "<defaultRole>ImagePortalUser</defaultRole>"}
    admin = "<isIpsAdmin>false</isIpsAdmin>" if version == NEW else ""
    inner = (
        "<userHandle>2|ann.lee@example.com</userHandle>"
        + fields(firstName="Anna", lastName="Lee", email="anna@example.com")
        + f"{role.get(version, '')}<isValid>true</isValid>{admin}"
    )
    group = "<companyHandle>c|47</companyHandle><name>G</name>"
    asked(service, "saveGroup", f"{group}<isSystemDefined>false</isSystemDefined>")
    member = array("userHandleArray", "2|ann.lee@example.com")
    asked(
        service,
        "addGroupMembers",
        f"<companyHandle>c|47</companyHandle><groupHandle>g|1</groupHandle>{member}",
    )
    asked(service, "setUserInfo", inner, version)
    header = auth("anna@example.com", "pw")
    shown = asked(service, "getUserInfo", "", version, header)
    assert texts(shown, "userInfo/userHandle") == ["2|anna@example.com"]
    assert texts(shown, "userInfo/firstName") == ["Anna"]
    assert login(service, auth("ann.lee@example.com", "pw")) == 10002
    assert texts(asked(service, "getGroupMembership", "", version, header), "groupArray/items/name")
    user = service.accounts.user("anna@example.com")
    assert user is not None
    assert user.role == ("IpsUser" if version == NEW else "ImagePortalUser")
    gone = inner.replace("ann.lee@", "anna@").replace("isValid>true", "isValid>false")
    asked(service, "setUserInfo", gone, version)
    assert login(service, header) == 10002
    taken = inner.replace("ann.lee@", "anna@").replace(">anna@example", ">bob@example")
    assert fault_of(call(service, "setUserInfo", taken, version, BOSS))[0] == 30000


def test_an_admin_of_6_8_is_one_everywhere_until_told_otherwise() -> None:
    service = Service(accounts=users())
    user = "<userHandle>2|ann.lee@example.com</userHandle>"
    inner = user + fields(firstName="A", lastName="L", email="ann.lee@example.com", isValid="true")
    header = auth("ann.lee@example.com", "pw")
    asked(service, "setUserInfo", f"{inner}<isIpsAdmin>true</isIpsAdmin>")
    companies = "<includeExpired>true</includeExpired>"
    asked(service, "getAllCompanies", companies, NEW, header)
    asked(service, "setUserInfo", f"{inner}<isIpsAdmin>false</isIpsAdmin>")
    assert code(service, "getAllCompanies", companies, header) == 20003


@pytest.mark.parametrize("version", [OLD, V66, NEW], ids=str)
def test_passwords(version: Any) -> None:
    service = Service(accounts=users())
    inner = "<userHandle>2|ann.lee@example.com</userHandle><password>new  one</password>"
    asked(service, "setPassword", inner, version)
    assert login(service, auth("ann.lee@example.com", "pw")) == 10001
    assert login(service, auth("ann.lee@example.com", "new  one")) == 0
    own = auth("ann.lee@example.com", "new  one")
    asked(service, "setPassword", "<password>third</password>", version, own)
    assert login(service, auth("ann.lee@example.com", "third")) == 0
    other = "<userHandle>1|boss@example.com</userHandle><password>x</password>"
    assert code(service, "setPassword", other, auth("ann.lee@example.com", "third")) == 20004
    assert code(service, "setPassword", "<password></password>") == 30002
    first, second = (
        texts(asked(service, "generatePassword", "", version), "password")[0] for _ in range(2)
    )
    assert first != second
    assert len(first) >= 8
    service.reset()
    assert texts(asked(service, "generatePassword", "", version), "password") == [first]


@pytest.mark.parametrize("version", [OLD, V66, NEW], ids=str)
def test_companies_of_a_user(version: Any) -> None:
    service = Service(accounts=users())
    ann, user = (
        auth("ann.lee@example.com", "pw"),
        "<userHandle>2|ann.lee@example.com</userHandle>",
    )

    def named(number: str) -> str:
        handle = company(version, number)
        if version == OLD:
            return array("companyHandleArray", handle)
        return membership((handle, "IpsCompanyAdmin", True))

    asked(service, "addCompanyMembership", user + named("48"), version)
    assert (login(service, ann), login(service, ann, "c|48")) == (0, 0)
    companies = "<companyHandle>c|48</companyHandle>"
    inner = companies + fields(includeInvalid="true", includeInactive="true")
    if version == OLD:
        assert code(service, "getCompanyMembers", inner, ann) == 20003
    else:  # The role in this company counts.
        shown = asked(service, "getCompanyMembers", inner, NEW, ann)
        roles = texts(shown, "memberArray/items/role")
        assert roles == ["IpsAdmin", "IpsCompanyAdmin", "IpsCompanyAdmin"]
        assert code(service, "getCompanyMembers", inner.replace("48", "47"), ann) == 20003
    gone = array("companyHandleArray", company(version))
    asked(service, "removeCompanyMembership", user + gone, version)
    assert (login(service, ann), login(service, ann, "c|48")) == (20006, 0)
    asked(service, "setCompanyMembership", user + named("47"), version)
    assert (login(service, ann), login(service, ann, "c|48")) == (0, 20006)
    wrong = array("companyHandleArray", company(version, "99"))
    refused = call(service, "removeCompanyMembership", user + wrong, version, BOSS)
    assert fault_of(refused)[0] == 20000


def test_who_is_not_active_in_a_company_stays_a_member() -> None:
    service = Service(accounts=users())
    user, ann = (
        "<userHandle>2|ann.lee@example.com</userHandle>",
        auth("ann.lee@example.com", "pw"),
    )
    asked(service, "setCompanyMembership", user + membership(("c|47", "IpsUser", False)))
    assert login(service, ann) == 20006
    inner = "<companyHandle>c|47</companyHandle><includeInvalid>true</includeInvalid>"
    every = asked(service, "getCompanyMembers", f"{inner}<includeInactive>true</includeInactive>")
    assert texts(every, "memberArray/items/isActive") == ["true", "false"]
    some = asked(service, "getCompanyMembers", f"{inner}<includeInactive>false</includeInactive>")
    assert texts(some, "memberArray/items/user/email") == ["boss@example.com"]
    found = array("companyHandleArray", "c|47")
    assert len(asked(service, "getUsers", found)[0]) == 1
    assert (
        len(asked(service, "getUsers", f"<includeInactive>true</includeInactive>{found}")[0]) == 2
    )
    shown = asked(service, "getCompanyMembership", "", NEW, ann)
    assert texts(shown, "membershipArray/items/isActive") == ["false"]


@pytest.mark.parametrize("version", [OLD, V66, NEW], ids=str)
def test_companies(version: Any) -> None:
    service = Service(accounts=users())
    inner = fields(companyName="Sample Company", expires="2008-07-31T12:00:00-06:00")
    if version == NEW:
        inner += "<imsOrgId>abc@Org</imsOrgId>"
    answer = asked(service, "addCompany", inner, version)
    assert texts(answer, "companyInfo/companyHandle") == [company(version, "49")]
    assert texts(answer, "companyInfo/rootPath") == ["SampleCompany/"]  # D
    if version == NEW:
        assert texts(answer, "companyInfo/imsOrgId") == ["abc@Org"]
    assert login(service, BOSS, "c|49") == 0
    assert login(service, auth("ann.lee@example.com", "pw"), "c|49") == 20006
    every = asked(service, "getAllCompanies", "<includeExpired>true</includeExpired>", version)
    assert len(every[0]) == 3
    some = asked(service, "getAllCompanies", "<includeExpired>false</includeExpired>", version)
    assert len(some[0]) == 2
    assert fault_of(call(service, "addCompany", inner, version, BOSS))[0] == 30000
    assert code(service, "addCompany", "<companyName> </companyName>") == 30002
    service.reset()
    assert login(service, BOSS, "c|49") == 20000


@pytest.mark.parametrize("version", [OLD, V66, NEW], ids=str)
def test_first_letters_of_users(version: Any) -> None:
    service = Service(accounts=users())

    def found(inner: str) -> list[str]:
        return texts(asked(service, "getUserChars", inner, version), "userCharsArray/items")

    assert found(fields(charField="Email")) == ["a", "b"]
    assert found(fields(charField="Email", numChars=2)) == ["an", "bo"]
    named = fields(charField="LastName") + array("companyHandleArray", company(version))
    assert found(named) == ["l"]
    assert found(fields(charField="Email") + array("userRoleArray", "IpsUser")) == ["a"]
    assert found(fields(charField="None")) == []


def test_where_anybody_is_let_in_those_who_are_added_are_known() -> None:
    service = Service()
    me = auth()
    assert login(service, ANN) == login(service, auth("ann@example.com", "other")) == 0
    asked(service, "addUser", new_user(NEW), NEW, me)
    assert login(service, ANN) == 0
    assert login(service, auth("ann@example.com", "other")) == 10001
    assert login(service, ANN, "c|48") == 20006
    assert login(service, me, "c|48") == 0
    every = asked(service, "getAllUsers", "<includeInvalid>true</includeInvalid>", NEW, me)
    assert texts(every, "userArray/items/email") == ["me@example.com", "ann@example.com"]
    # Who changes their own companies keeps any password, until there is one.
    asked(service, "setCompanyMembership", membership(("c|47", "IpsAdmin", True)), NEW, me)
    assert login(service, auth(password="another")) == 0
    asked(service, "setPassword", "<password>mine</password>", NEW, me)
    assert login(service, me) == 10001
    assert login(service, auth(password="mine")) == 0
