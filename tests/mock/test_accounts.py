"""Credentials, users, companies, roles."""

from __future__ import annotations

import base64

import pytest

from ips_contract import VERSIONS, validate
from ips_contract.contract.model import messages
from ips_contract.mock.fault import Fault
from ips_contract.mock.operations.table import OPERATIONS
from ips_contract.mock.service import Service
from ips_contract.mock.state.accounts import (
    _MISPRINTS,
    ROLES,
    Account,
    Accounts,
    Company,
    roles_of,
)
from ips_contract.validation.credentials import Login, header_entries, read_login
from ips_contract.xml.parser import parse
from tests.calls import NEW, SOAP_12, auth, call, envelope, message

OLD_STYLE = (
    '<a:AuthUser xmlns:a="http://www.scene7.com/IpsApi">me</a:AuthUser>'
    '<a:AuthPassword xmlns:a="http://www.scene7.com/IpsApi">secret</a:AuthPassword>'
)


def basic(text: str | bytes) -> dict[str, str]:
    data = text.encode() if isinstance(text, str) else text
    return {"authorization": "Basic " + base64.b64encode(data).decode()}


def login(header: str, headers: dict[str, str] | None = None, soap: str = "") -> Login:
    options = {"soap": soap} if soap else {}
    return read_login(header_entries(parse(envelope("<x/>", header, **options))), headers or {})


def test_the_roles_of_operations_are_those_of_the_contract() -> None:
    for name, row in messages().items():
        if name.endswith("Param"):
            meant = {_MISPRINTS.get(role, role) for role in row.roles}
            assert roles_of(name.removesuffix("Param")) == meant <= set(ROLES), name


def test_misprints_of_roles_are_read_as_what_they_mean() -> None:
    """The page of deleteAssets lists an IspAdmin (D)."""
    service = Service(accounts=Accounts([Account("me", "pw", "IpsAdmin")]))
    inner = "<companyHandle>c|47</companyHandle><assetHandleArray/>"
    assert call(service, "deleteAssets", inner, NEW, auth("me", "pw")).status == 200


def test_every_operation_here_has_roles_and_an_admin_may_use_all() -> None:
    unknown = {operation for operation in OPERATIONS if not roles_of(operation)}
    # One page lists no IpsAdmin, and is believed.
    for operation in OPERATIONS.keys() - unknown - {"removeProjectAssets"}:
        assert {"IpsAdmin"} <= roles_of(operation) <= set(ROLES), operation
    # No source says who may use these.
    assert unknown == {
        "addMediaPortalEvent",
        "getCdnCacheInvalidationStatus",
        "getMediaPortalEvent",
        "getVignettePublishFormats",
        "removeMask",
        "removePropertySetPermissions",
        "setImageRenderingPublishSettings",
        "setImageServingPublishSettings",
        "setPropertySetPermissions",
        "setZoomTargets",
        "updateAssetSet",
        "updateImageSet",
        "updatePropertySetPermissions",
    }
    assert "IpsCompanyAdmin" not in roles_of("submitJob")
    assert "TrialSiteAdmin" not in roles_of("getJobLogDetails")


def test_auth_header() -> None:
    extra = (
        "<locale> de-DE </locale><appName>x</appName><gzipResponse>1</gzipResponse>"
        "<faultHttpStatusCode>200</faultHttpStatusCode>"
    )
    found = login(auth("me", "secret", extra))
    assert found == Login("me", "secret", "authHeader", "de-DE", gzip=True, status=200)
    assert "secret" not in repr(found)
    for version in VERSIONS:
        assert login(auth("me", "x", namespace=version.namespace)).user == "me"
    assert login(auth("me", "x", namespace="urn:other")).style == ""
    assert login(auth("me", "x"), soap=SOAP_12).user == "me"
    lone = auth("me", "secret", "<locale>de</locale>").replace("<password>secret</password>", "")
    assert login(lone) == Login("me", "", "authHeader", "de")


BARE = '<h:authHeader xmlns:h="http://www.scene7.com/IpsApi/xsd/2014-04-03" {}>{}</h:authHeader>'


@pytest.mark.parametrize(
    ("attributes", "fields", "expected"),
    [
        # As PHP makes it of an object, and of an instance of a mapped class (O).
        ("", "<user>me</user><password>pw</password>", ("me", "pw", "")),
        (
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="h:authHeader"',
            "<h:user>me</h:user><h:password>pw</h:password>",
            ("me", "pw", ""),
        ),
        ('xmlns:o="urn:o" o:a="1"', "<password>pw</password><user>me</user>", ("me", "pw", "")),
        ("", "<h:appName>a</h:appName><h:accessToken> t1 </h:accessToken>", ("", "", "t1")),
        ("", "<h:samlResponse>t2</h:samlResponse>", ("", "", "t2")),
        ("", "<h:user>me</h:user><h:accessToken>t1</h:accessToken>", ("me", "", "t1")),
        # An array makes items, which nobody reads.
        ("", "<item><key>user</key><value>me</value></item>", ("", "", "")),
    ],
)
def test_auth_header_in_every_form(
    attributes: str, fields: str, expected: tuple[str, str, str]
) -> None:
    found = login(BARE.format(attributes, fields))
    assert (found.user, found.password, found.token) == expected
    assert not expected[2] or expected[2] not in repr(found)


@pytest.mark.parametrize("fields", ["<password>p</password><user>u</user>", ""])
def test_any_order_is_read_where_nothing_is_remarked_on(fields: str) -> None:
    header = f'<authHeader xmlns="http://www.scene7.com/IpsApi/xsd">{fields}</authHeader>'
    document = envelope(message("getUserInfo", "", VERSIONS[-1]), header)
    assert not validate(document).violations
    found = read_login(header_entries(parse(document)), {})
    assert (found.user, found.password) == (("u", "p") if fields else ("", ""))


@pytest.mark.parametrize("text", ["0", "99", "600", "204", "304", "x", "", "-500", "1e9", "²"])
def test_statuses_that_cannot_be_sent_are_left_out(text: str) -> None:
    extra = f"<faultHttpStatusCode>{text}</faultHttpStatusCode>"
    assert login(auth(extra=extra)).status is None


def test_basic_and_the_old_style() -> None:
    assert login("", basic("me:a:b"))[:3] == ("me", "a:b", "HTTP Basic")
    assert login("", basic("mü:ö"))[:2] == ("mü", "ö")
    assert login("", basic("mü:ö".encode("latin-1")))[:2] == ("mü", "ö")
    assert login(OLD_STYLE)[:3] == ("me", "secret", "AuthUser and AuthPassword")
    assert login(OLD_STYLE, basic("you:x")).user == "you"
    assert login(auth("he"), basic("you:x")).user == "he"
    assert login(auth("  ", extra="<locale>de</locale>"), basic("you:x"))[:4] == (
        "you",
        "x",
        "HTTP Basic",
        "de",
    )


@pytest.mark.parametrize(
    "headers",
    [{}, {"authorization": "Basic !"}, {"authorization": "Bearer x"}, basic("me"), basic(":")],
)
def test_no_credentials(headers: dict[str, str]) -> None:
    assert login("", headers).style == ""
    with pytest.raises(Fault) as caught:
        Accounts().authenticate(login("", headers), headers)
    assert caught.value.code == 10000
    assert "authHeader" in caught.value.reason


def test_documents_without_a_header() -> None:
    for document in (
        b"<a/>",
        b"<x:Envelope xmlns:x='u'/>",
        b"<x:Envelope xmlns:x='u'><y/></x:Envelope>",
    ):
        assert read_login(header_entries(parse(document)), {}) == Login()
    assert read_login([], basic("me:x")).user == "me"


USERS = Accounts(
    [
        Account("admin@x.test", "s3cret", companies=frozenset({"47", "c|48"})),
        Account("user@x.test", "pw", "IpsUser", frozenset({"47"}), token="t0ken"),
        Account("old@x.test", "pw", valid=False),
        Account("all@x.test", "pw", "IpsCompanyAdmin"),
    ],
    {"99": "Ninety-Nine"},
)


def code(call: object, *arguments: object) -> int:
    assert callable(call)
    with pytest.raises(Fault) as caught:
        call(*arguments)
    assert "s3cret" not in str(caught.value)
    return caught.value.code


def who(email: str) -> Account:
    account = USERS.user(email)
    assert account is not None
    return account


def test_authentication() -> None:
    assert USERS.authenticate(Login("ADMIN@x.test", "s3cret", "x"), {}).number == 1
    assert code(USERS.authenticate, Login("admin@x.test", "S3cret", "x"), {}) == 10001
    assert code(USERS.authenticate, Login("nobody@x.test", "pw", "x"), {}) == 10002
    assert code(USERS.authenticate, Login("old@x.test", "pw", "x"), {}) == 10002
    assert code(USERS.authenticate, Login("", "pw", "authHeader"), {}) == 10000


def test_tokens() -> None:
    def log_in(user: str = "", password: str = "", token: str = "t0ken") -> Login:
        return Login(user, password, "authHeader", token=token)

    assert USERS.authenticate(log_in(), {}).email == "user@x.test"
    assert USERS.authenticate(log_in("user@x.test"), {}).email == "user@x.test"
    assert USERS.authenticate(log_in("admin@x.test", "s3cret"), {}).email == "admin@x.test"
    assert code(USERS.authenticate, log_in(token="other"), {}) == 10001
    assert code(USERS.authenticate, log_in("admin@x.test"), {}) == 10001
    assert code(USERS.authenticate, log_in("user@x.test", "wrong"), {}) == 10001
    assert Accounts().authenticate(log_in(), {}).email == "guest@example.com"
    assert Accounts().authenticate(log_in("me"), {}).email == "me"
    assert "t0ken" not in repr(who("user@x.test"))


def test_open_accounts_take_anyone_with_a_password() -> None:
    anyone = Accounts().authenticate(Login("me", "x", "y"), {})
    assert (anyone.email, anyone.role, anyone.companies) == ("me", "IpsAdmin", None)
    assert code(Accounts().authenticate, Login("me", "", "y"), {}) == 10001
    Accounts().enter(anyone, "12345")
    assert Accounts().act_for(anyone, "3|you@x.test", "47") == "you@x.test"
    assert Accounts().check("me", "x", "47")
    assert not Accounts().check("me", "", None)
    assert Accounts().user(" you ") == Account("you", "")


def test_roles() -> None:
    USERS.permit(who("user@x.test"), "submitJob")
    assert code(USERS.permit, who("all@x.test"), "submitJob") == 20003


def test_companies() -> None:
    USERS.enter(who("admin@x.test"), "48")
    USERS.enter(who("all@x.test"), "99")
    assert code(USERS.enter, who("admin@x.test"), "50") == 20000
    assert code(USERS.enter, who("user@x.test"), "48") == 20006
    assert USERS.company("48") == Company("48", "Company 48")
    assert USERS.company_named("Ninety-Nine") == Company("99", "Ninety-Nine")
    assert USERS.company_named("Other") is None
    assert Accounts().company_named("Other") == Company("47", "Other")
    assert Accounts().company_named("Company 48") == Company("48", "Company 48")


def test_acting_for_others() -> None:
    admin, user = who("admin@x.test"), who("user@x.test")
    assert USERS.act_for(admin, "2|user@x.test", "47") == "user@x.test"
    assert USERS.act_for(user, "user@x.test", "47") == "user@x.test"
    assert code(USERS.act_for, admin, "9|nobody@x.test", "47") == 20001
    assert code(USERS.act_for, admin, "3|old@x.test", "47") == 20002
    assert code(USERS.act_for, user, "1|admin@x.test", "47") == 20004
    assert code(USERS.act_for, admin, "2|user@x.test", "48") == 20007
    assert USERS.act_for(admin, "u|2|user@x.test", "47") == "user@x.test"


def test_without_a_company_one_in_common_will_do() -> None:
    admin, user, everywhere = who("admin@x.test"), who("user@x.test"), who("all@x.test")
    stranger = Account("far@x.test", "pw", companies=frozenset({"50"}))
    USERS.let_name(admin, user)
    USERS.let_name(everywhere, user)
    USERS.let_name(user, user)
    assert code(USERS.let_name, user, admin) == 20004
    assert code(USERS.let_name, stranger, user) == 20007


@pytest.mark.parametrize(
    ("email", "password", "company", "expected"),
    [
        ("admin@x.test", "s3cret", None, True),
        ("admin@x.test", "s3cret", "47", True),
        ("admin@x.test", "wrong", None, False),
        ("admin@x.test", "s3cret", "50", False),
        ("all@x.test", "pw", "50", False),
        ("user@x.test", "pw", "48", False),
        ("old@x.test", "pw", None, False),
        ("nobody", "pw", None, False),
    ],
)
def test_check(email: str, password: str, company: str | None, expected: bool) -> None:
    assert USERS.check(email, password, company) is expected


def test_accounts_that_cannot_be() -> None:
    with pytest.raises(ValueError, match="no role 'Boss'"):
        Accounts([Account("a", "b", "Boss")])
    with pytest.raises(ValueError, match="two users"):
        Accounts([Account("a", "b"), Account("A", "c")])
    with pytest.raises(ValueError, match="'b' has the token of another user"):
        Accounts([Account("a", "b", token="t"), Account("b", "c", token="t")])
    with pytest.raises(TypeError, match="a set of numbers"):
        Accounts([Account("a", "b", companies="47")])  # type: ignore[arg-type]


def test_passwords_do_not_show() -> None:
    assert "s3cret" not in repr(who("admin@x.test"))
    assert who("user@x.test").handle == "2|user@x.test"
