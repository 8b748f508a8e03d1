"""Groups, formats, property sets, lists of users and companies, the CDN, logs of an asset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree

from ips_contract import VERSIONS
from ips_contract.mock.operations.job_types import job_type
from ips_contract.mock.service import Service
from ips_contract.mock.state import catalog
from ips_contract.mock.state.accounts import Account, Accounts
from ips_contract.mock.state.lifecycle import AT_ONCE
from tests.calls import NEW, OLD, UPLOAD, ask, auth, call, fault_of, refusal, submit, text, texts
from tests.mock.test_searches import array, fields

if TYPE_CHECKING:
    import pytest

USERS = Accounts(
    [
        Account("boss@example.com", "pw", "IpsAdmin"),
        Account("ann.lee@example.com", "pw", "IpsUser", frozenset({"47"})),
        Account("bob@example.com", "pw", "IpsCompanyAdmin", frozenset({"48"})),
        Account("gone@example.com", "pw", "IpsUser", frozenset({"47"}), valid=False),
    ]
)
BOSS = auth("boss@example.com", "pw")


def asked(service: Service, operation: str, inner: str = "", header: str = BOSS) -> Any:
    """What an operation without a company returns."""
    response = call(service, operation, inner, NEW, header)
    assert response.status == 200, response.body.decode()
    return etree.fromstring(response.body)[0][0]


def test_image_formats() -> None:
    service = Service()
    inner = fields(name="Large", urlModifier="wid=800&amp;hei=600")
    (handle,) = texts(ask(service, "saveImageFormat", inner), "imageFormatHandle")
    assert handle == "47|1"
    inner = fields(imageFormatHandle=handle, name="Huge", urlModifier="wid=900")
    assert texts(ask(service, "saveImageFormat", inner), "imageFormatHandle") == [handle]
    answer = ask(service, "getImageFormats", version=OLD)
    assert texts(answer, "imageFormatArray/items/name") == ["Huge"]
    assert texts(answer, "imageFormatArray/items/urlModifier") == ["wid=900"]
    handle_in = f"<imageFormatHandle>{handle}</imageFormatHandle>"
    assert refusal(service, "deleteImageFormat", handle_in, number="48")[0] == 30001
    ask(service, "deleteImageFormat", handle_in)
    assert texts(ask(service, "getImageFormats"), "imageFormatArray/items/name") == []


def test_groups() -> None:
    service = Service(accounts=USERS)

    def act(operation: str, inner: str = "") -> Any:
        return asked(service, operation, f"<companyHandle>c|47</companyHandle>{inner}")

    inner = fields(name="Editors", isSystemDefined="false")
    assert texts(act("saveGroup", inner), "groupHandle") == ["g|1"]
    group = "<groupHandle>g|1</groupHandle>"
    act("addGroupMembers", group + array("userHandleArray", "2|ann.lee@example.com"))
    assert texts(act("getGroupMembers", group), "userHandleArray/items") == [
        "2|ann.lee@example.com"
    ]
    user = "<userHandle>u|2|ann.lee@example.com</userHandle>"
    assert texts(asked(service, "getGroupMembership", user), "groupArray/items/name") == ["Editors"]
    assert texts(asked(service, "getGroupMembership"), "groupArray/items/name") == []
    act("removeGroupMembers", group + array("userHandleArray", "2|ann.lee@example.com"))
    assert texts(act("getGroupMembers", group), "userHandleArray/items") == []
    groups = array("groupHandleArray", "g|1")
    asked(service, "addGroupMembership", user + groups)
    assert len(texts(act("getGroupMembers", group), "userHandleArray/items")) == 1
    asked(service, "setGroupMembership", user + "<groupHandleArray/>")
    assert texts(act("getGroupMembers", group), "userHandleArray/items") == []
    wrong = group + array("userHandleArray", "9|x@example.com")
    inner = f"<companyHandle>c|47</companyHandle>{wrong}"
    assert fault_of(call(service, "addGroupMembers", inner, NEW, BOSS))[0] == 30001
    act("deleteGroup", group)
    assert texts(act("getGroups"), "groupArray/items/name") == []


def test_users() -> None:
    service = Service(accounts=USERS)

    def emails(operation: str, inner: str) -> list[str]:
        return texts(asked(service, operation, inner), "userArray/items/email")

    everybody = [user.email for user in USERS.users()]
    assert emails("getAllUsers", "<includeInvalid>true</includeInvalid>") == everybody
    assert emails("getAllUsers", "<includeInvalid>false</includeInvalid>") == everybody[:3]
    inner = array("companyHandleArray", "c|48")
    assert emails("getUsers", inner) == ["boss@example.com", "bob@example.com"]
    assert emails("getUsers", array("userRoleArray", "IpsUser")) == ["ann.lee@example.com"]
    assert emails("getUsers", fields(sortBy="Email"))[0] == "ann.lee@example.com"
    inner = fields(charFilterField="LastName", charFilter="l")
    assert emails("getUsers", inner) == ["ann.lee@example.com"]
    inner = fields(recordsPerPage=2, resultsPage=2)
    assert emails("getUsers", inner) == ["bob@example.com"]
    inner = fields(companyHandle="c|47", includeInvalid="false", includeInactive="true")
    answer = asked(service, "getCompanyMembers", inner)
    assert texts(answer, "memberArray/items/user/email") == [
        "boss@example.com",
        "ann.lee@example.com",
    ]
    assert texts(answer, "memberArray/items/role") == ["IpsAdmin", "IpsUser"]


def test_companies() -> None:
    service = Service(accounts=USERS)
    answer = asked(service, "getAllCompanies", "<includeExpired>true</includeExpired>")
    assert texts(answer, "companyArray/items/companyHandle") == ["c|47", "c|48"]
    header = auth("bob@example.com", "pw")
    answer = asked(service, "getCompanyMembership", "", header)
    assert texts(answer, "membershipArray/items/company/companyHandle") == ["c|48"]
    assert texts(answer, "membershipArray/items/role") == ["IpsCompanyAdmin"]


def test_property_sets() -> None:
    service = Service()
    inner = fields(name="Adobe.UserProperty", propertyType="UserProperty", allowMultiple="false")
    assert texts(asked(service, "createPropertySetType", inner), "typeHandle") == ["pt|1"]
    properties = "<propertyArray><items><name>{}</name><value>{}</value></items></propertyArray>"
    inner = fields(typeHandle="pt|1", primaryOwnerHandle="41|Me@example.com")
    answer = asked(service, "createPropertySet", inner + properties.format("a", "1"))
    assert texts(answer, "setHandle") == ["ps|1"]
    again = call(service, "createPropertySet", inner + properties.format("a", "1"), NEW)
    assert fault_of(again)[0] == 30000  # Its type does not allow more.
    sets = fields(typeHandle="pt|1", primaryOwnerHandle="u|41|me@example.com")

    def found() -> dict[str, str]:
        answer = asked(service, "getPropertySets", sets)
        names = texts(answer, "setArray/items/propertyArray/items/name")
        return dict(
            zip(names, texts(answer, "setArray/items/propertyArray/items/value"), strict=True)
        )

    set_handle = "<setHandle>ps|1</setHandle>"
    asked(service, "updatePropertySet", set_handle + properties.format("b", "2"))
    assert found() == {"a": "1", "b": "2"}
    replace = f"{set_handle}<replaceProperties>true</replaceProperties>"
    asked(service, "updatePropertySet", replace + properties.format("c", "3"))
    assert found() == {"c": "3"}
    other = fields(typeHandle="pt|1", primaryOwnerHandle="1|you@example.com")
    assert len(asked(service, "getPropertySets", other)[0]) == 0
    asked(service, "deletePropertySetType", "<typeHandle>pt|1</typeHandle>")
    assert fault_of(call(service, "deletePropertySet", set_handle, NEW))[0] == 30001


URL = "https://s7d1.example.com/is/image/{}/boot"


def test_cdn_invalidation() -> None:
    service = Service()
    urls = array("urlArray", URL.format("Anything"))
    answer = ask(service, "cdnCacheInvalidation", urls)
    (handle,) = texts(answer, "invalidationHandle")
    assert texts(answer, "estimatedSeconds") == ["5"]
    inner = f"<invalidationHandle>{handle}</invalidationHandle>"
    answer = ask(service, "getCdnCacheInvalidationStatus", inner)
    assert texts(answer, "status") == ["InProgress"]
    assert texts(answer, "pingAfterSeconds") == ["5"]
    service.clock.advance(seconds=5)
    answer = ask(service, "getCdnCacheInvalidationStatus", inner)
    assert texts(answer, "status") == ["Done"]
    assert len(texts(answer, "completionTime")) == 1
    wrong = "<invalidationHandle>99</invalidationHandle>"
    assert refusal(service, "getCdnCacheInvalidationStatus", wrong)[0] == 30001
    answer = ask(service, "cdnCacheInvalidation", urls, VERSIONS[6])
    assert texts(answer, "successCount") == ["1"]


def test_urls_of_other_companies_are_refused() -> None:
    """The whole request is: all URLs must have the root of the company (D)."""
    service = Service(seed={"companies": [{"name": "Acme Shoes"}]})
    mine, other = URL.format("AcmeShoes"), URL.format("Other")
    ask(service, "cdnCacheInvalidation", array("urlArray", mine))
    code, reason = refusal(service, "cdnCacheInvalidation", array("urlArray", mine, other))
    assert code == 30001
    assert reason == f'"{other}" is no URL of the company: it lacks /AcmeShoes/.'


def test_old_invalidations_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "MOST", 3)
    service = Service()
    for number in range(5):
        ask(service, "cdnCacheInvalidation", array("urlArray", URL.format(number)))
    inner = "<invalidationHandle>{}</invalidationHandle>"
    assert refusal(service, "getCdnCacheInvalidationStatus", inner.format(2))[0] == 30001
    ask(service, "getCdnCacheInvalidationStatus", inner.format(3))
    for number in range(3):
        ask(service, "createProject", f"<projectName>P{number}</projectName>")
    assert refusal(service, "createProject", "<projectName>more</projectName>")[0] == 30000


def test_job_logs_of_an_asset() -> None:
    """Of the jobs that made, changed or published it; what was not loaded is about no asset."""
    service = Service(plan=AT_ONCE)
    submit(service, "Upload", job=UPLOAD, version=NEW)
    service.outcome("Bad", "errors")
    submit(service, "Bad", job=UPLOAD, version=NEW)
    submit(service, "Publish", version=NEW)
    told = {}
    for asset in service.assets:
        inner = f"<assetHandle>a|{asset.number}</assetHandle>"
        rows = ask(service, "getAssetJobLogs", inner).findall("{*}jobLogArray/{*}items")
        told[asset.file_name] = [str(text(row, "jobName")).partition("_")[0] for row in rows]
        kinds = {text(row, "logType") for row in rows}
        assert kinds == {job_type("uploadUrlsJob").success, "ImageServingPublishSuccess"}
    assert told == {"a.jpg": ["Publish", "Upload"], "b.jpg": ["Publish", "Bad", "Upload"]}
    other = service.library.put_asset("47", "a", "other")
    inner = f"<assetHandle>a|{other.number}</assetHandle>"
    assert len(ask(service, "getAssetJobLogs", inner)[0]) == 0
