"""Seeds: what a service has from the start, and what is said of a wrong one."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from ips_contract.mock import read_seed_file
from ips_contract.mock.service import Service
from ips_contract.mock.state import seed_reading
from ips_contract.mock.state.accounts import Account, Accounts
from ips_contract.mock.state.seed import SeedError
from ips_contract.mock.state.seed_reading import read_seed
from tests.blocks import REFERENCE
from tests.calls import NEW, ask, auth, call, fault_of, refusal, texts
from tests.mock.test_library_answers import REQUESTS, forms_of, known
from tests.mock.test_searches import DEEP, array

if TYPE_CHECKING:
    from pathlib import Path

WHOLE: dict[str, Any] = {
    "companies": [
        {
            "name": "Acme Shoes",
            "number": 6,
            "folders": ["empty/one"],
            "projects": ["Spring"],
            "groups": [{"name": "Editors", "members": ["Ann@example.com"]}],
            "imageFormats": [{"name": "Large", "urlModifier": "wid=800"}],
            "publishContexts": [{"name": "Web", "contextType": "ImageServing"}],
            "metadataFields": [
                {"name": "Color", "type": "SingleFixedTag", "values": ["Red", "Blue"]},
                {"name": "Size", "assetType": "Image", "isHidden": True, "defaultValue": "M"},
            ],
            "propertySetTypes": [
                {
                    "name": "Adobe.UserProperty",
                    "propertyType": "UserProperty",
                    "sets": [{"owner": "ann@example.com", "properties": {"a": 1}}],
                }
            ],
            "assets": [
                {
                    "folder": "shoes",
                    "name": "boot",
                    "type": "Image",
                    "fileName": "boot.jpg",
                    "readyForPublish": False,
                    "created": "2014-04-03T09:30:00+02:00",
                    "createUser": "ann@example.com",
                    "lastModified": "2014-05-03T09:30:00Z",
                    "lastModifyUser": "bob@example.com",
                    "metadata": {"Color": "Red", "Tags": ["a", "b"]},
                    "info": {"width": 100, "resolution": 72, "sku": "B"},
                    "projects": ["Spring"],
                    "publishContexts": ["Web"],
                    "originator": "book",
                    "engine": "PostScriptRip",
                    "thumbAsset": "book",
                },
                {"name": "book", "type": "Pdf"},
                {
                    "folder": "shoes",
                    "name": "spin",
                    "type": "SpinSet",
                    "members": ["shoes/boot", {"asset": "book", "pageReset": True}],
                },
                {"name": "mix", "type": "AssetSet", "subType": "Mixed", "setDefinition": "1;2"},
                {"name": "old", "trashState": "InTrash"},
            ],
        },
        {"name": "Other", "expires": "2008-07-31T12:00:00Z", "imsOrgId": "abc@Org"},
    ],
    "users": [
        {
            "email": "ann@example.com",
            "password": "pw",
            "role": "IpsAdmin",
            "companies": ["Acme Shoes"],
            "firstName": "Ann",
            "lastName": "Lee",
            "passwordExpires": "2050-01-01T00:00:00Z",
        },
        {"email": "bob@example.com", "token": "t", "companies": [48], "isValid": True},
        {
            "email": "cid@example.com",
            "password": "pw",
            "companies": [
                {"company": "Acme Shoes", "isActive": False},
                {"company": 48, "role": "IpsCompanyAdmin"},
            ],
        },
    ],
}
HEADER = auth("ann@example.com", "pw")


def test_a_whole_seed() -> None:
    service = Service(seed=WHOLE)
    boot, book, spin, mix = service.assets
    assert boot.path == "AcmeShoes/shoes/boot.jpg"
    assert (boot.company, boot.ready_for_publish) == ("6", False)
    assert (boot.create_user, boot.last_modify_user) == ("ann@example.com", "bob@example.com")
    assert boot.created.isoformat() == "2014-04-03T07:30:00+00:00"
    assert boot.metadata == {"Color": "Red", "Tags": ("a", "b")}
    assert boot.info == {"width": 100, "resolution": 72, "sku": "B"}
    assert (book.type, spin.type, mix.sub_type) == ("Pdf", "SpinSet", "Mixed")
    assert [folder.path for folder in service.folders] == [
        "AcmeShoes/",
        "AcmeShoes/empty/",
        "AcmeShoes/empty/one/",
        "AcmeShoes/shoes/",
        "Other/",
    ]
    assert service.folders[3].assets == ("boot", "spin")
    (asset,) = service.library.named("6", "spin")
    assert [(member.asset, member.page_reset) for member in asset.members] == [
        (1, False),
        (2, True),
    ]
    (asset,) = service.library.named("6", "boot")
    assert (asset.originator, asset.engine, asset.thumb) == (2, "PostScriptRip", 2)
    assert (asset.projects, asset.contexts) == ({1}, {1})
    assert service.library.named("6", "old") == []


def test_users_and_companies_of_a_seed() -> None:
    service = Service(seed=WHOLE)
    assert fault_of(call(service, "getFolders", "<companyHandle>c|6</companyHandle>"))[0] == 10002
    inner = "<companyName>Acme Shoes</companyName>"
    body = call(service, "getCompanyInfo", inner, NEW, HEADER).body
    assert b"<companyHandle>c|6</companyHandle>" in body
    assert b"<rootPath>AcmeShoes/</rootPath>" in body
    inner = "<companyHandle>c|48</companyHandle>"
    assert fault_of(call(service, "getFolders", inner, NEW, HEADER))[0] == 20006
    shown = etree.fromstring(call(service, "getUserInfo", "", NEW, HEADER).body)[0][0]
    assert texts(shown, "userInfo/firstName") == ["Ann"]
    assert texts(shown, "userInfo/passwordExpires") == ["2050-01-01T00:00:00.000Z"]
    cid = auth("cid@example.com", "pw")
    acme = "<companyHandle>c|6</companyHandle>"
    assert fault_of(call(service, "getFolders", acme, NEW, cid))[0] == 20006
    every = f"{inner}<includeInvalid>true</includeInvalid><includeInactive>true</includeInactive>"
    members = etree.fromstring(call(service, "getCompanyMembers", every, NEW, cid).body)[0][0]
    assert texts(members, "memberArray/items/role") == ["IpsUser", "IpsCompanyAdmin"]
    mine = etree.fromstring(call(service, "getCompanyMembership", "", NEW, cid).body)[0][0]
    assert texts(mine, "membershipArray/items/isActive") == ["false", "true"]
    expires = texts(mine, "membershipArray/items/company/expires")
    assert expires == ["2099-12-31T00:00:00.000Z", "2008-07-31T12:00:00.000Z"]
    assert texts(mine, "membershipArray/items/company/imsOrgId") == ["abc@Org"]
    # Without users anybody is let in, into the companies that there are.
    service = Service(seed={"companies": [{"name": "A"}]})
    ask(service, "getFolders")
    assert refusal(service, "getFolders", number="48")[0] == 20000


def test_records_of_a_seed() -> None:
    service = Service(seed={"companies": [{**WHOLE["companies"][0], "number": 47}]})
    assert texts(ask(service, "getProjects"), "projectArray/items/name") == ["Spring"]
    assert texts(ask(service, "getGroups"), "groupArray/items/name") == ["Editors"]
    answer = ask(service, "getImageFormats")
    assert texts(answer, "imageFormatArray/items/urlModifier") == ["wid=800"]
    answer = ask(service, "getPublishContexts")
    assert texts(answer, "publishContextArray/items/contextName") == ["Web"]
    answer = ask(service, "getMetadataFields", "<assetType>Image</assetType>")
    assert texts(answer, "fieldArray/items/name") == ["Color", "Size"]
    assert texts(answer, "fieldArray/items/isHidden") == ["false", "true"]
    answer = ask(service, "getTagFieldValues", array("fieldHandleArray", "m|47|ASSET|Color"))
    assert texts(answer, "fieldArray/items/valueArray/items") == ["Red", "Blue"]
    inner = (
        "<typeHandle>pt|1</typeHandle><primaryOwnerHandle>1|Ann@example.com</primaryOwnerHandle>"
    )
    response = call(service, "getPropertySets", inner, NEW)
    assert b"<name>a</name><value>1</value>" in response.body


def test_every_operation_on_a_seeded_service() -> None:
    """What a seed can give is what answers can hold: ``call`` has each of them judged."""
    service = Service(seed={"companies": [{**WHOLE["companies"][0], "number": 47}]})
    forms = forms_of(NEW, NEW.namespace)
    for operation, row in REQUESTS:
        inner = row.format(**forms)
        if known(NEW, operation, f"<companyHandle/>{inner}"):
            call(service, operation, f"<companyHandle>c|47</companyHandle>{inner}", NEW)
        else:
            call(service, operation, inner, NEW)


def test_reset_brings_the_seed_back() -> None:
    service = Service(seed=WHOLE)
    before = (service.assets, service.folders)
    inner = "<companyHandle>c|6</companyHandle><assetHandle>a|1</assetHandle>"
    call(service, "deleteAsset", inner, NEW, HEADER)
    assert len(service.assets) == 3
    service.reset()
    after = (service.assets, service.folders)
    assert [asset.path for asset in after[0]] == [asset.path for asset in before[0]]
    assert after[1] == before[1]
    assert after[0][0].number == 1


def test_a_seed_of_one_test() -> None:
    service = Service()
    service.seed({"companies": [{"name": "Acme", "assets": [{"name": "boot"}]}]})
    assert [asset.path for asset in service.assets] == ["Acme/boot"]
    assert refusal(service, "getFolders", number="48")[0] == 20000
    service.reset()
    assert service.assets == ()
    ask(service, "getFolders", number="48")
    with pytest.raises(SeedError, match="has no name"):
        service.seed({"companies": [{}]})


def test_values_do_not_change_the_state() -> None:
    service = Service(seed=WHOLE)
    service.assets[0].metadata["Color"] = "Green"  # type: ignore[index]
    assert service.assets[0].metadata["Color"] == "Red"


def test_accounts_beside_a_seed() -> None:
    seed = read_seed(WHOLE)
    accounts = seed.accounts([Account("me@example.com", "pw")])
    service = Service(accounts=accounts, seed=seed)
    inner = "<companyHandle>c|6</companyHandle>"
    assert call(service, "getFolders", inner, NEW, auth("me@example.com", "pw")).status == 200
    with pytest.raises(SeedError, match="have no company 6 named Acme Shoes"):
        Service(accounts=Accounts(), seed=seed)
    with pytest.raises(SeedError, match=re.escape("have no user ann@example.com")):
        Service(accounts=Accounts((), {"6": "Acme Shoes", "48": "Other"}), seed=seed)


def one(asset: dict[str, Any] | None = None, **company: object) -> dict[str, Any]:
    assets = [] if asset is None else [{"name": "first"}, {"name": "a", **asset}]
    return {"companies": [{"name": "A", "assets": assets, **company}]}


WRONG: list[tuple[object, str]] = [
    ([], "the top is a list; give a mapping with companies, users or $schema"),
    ({"company": []}, "the top has 'company'; did you mean companies?"),
    ({"companies": {}}, "companies is a mapping; give a list"),
    ({"companies": ["A"]}, "companies[0] is 'A'; give a mapping with name,"),
    ({"companies": [{}]}, "companies[0] has no name"),
    ({"companies": [{"name": " "}]}, "companies[0].name is ' '; give text"),
    ({"companies": [{"name": "A"}, {"name": "A"}]}, "companies has two of one name"),
    (
        {"companies": [{"name": "A", "number": 48}, {"name": "B"}]},
        "companies has two of one number",
    ),
    (one(number="x"), "companies[0].number is 'x'; give digits"),
    (one(folders=[1.5]), "companies[0].folders[0] is 1.5; give text"),
    (one({"tpye": "Image"}), "companies[0].assets[1] has 'tpye'; did you mean type?"),
    (one({"type": "image"}), "companies[0].assets[1].type is 'image'; did you mean Image?"),
    (one({"type": "Q"}), "companies[0].assets[1].type is 'Q'; it is no type of the reference's"),
    (one({"folder": 7}), "companies[0].assets[1].folder is 7; give a path as text"),
    (one({"readyForPublish": 1}), "companies[0].assets[1].readyForPublish is 1; give true or"),
    (one({"created": "now"}), "companies[0].assets[1].created is 'now'; give a moment such as"),
    (one({"trashState": "Gone"}), "companies[0].assets[1].trashState is 'Gone'; give NotInTrash,"),
    (one({"info": {"wide": 1}}), "companies[0].assets[1].info has 'wide'"),
    (
        one({"info": {"width": "1"}}),
        "companies[0].assets[1].info.width is '1'; give a whole number",
    ),
    (one({"info": {"width": 2**31}}), "companies[0].assets[1].info.width is 2147483648, which no"),
    (one({"info": {"width": True}}), "companies[0].assets[1].info.width is True; give a whole"),
    (
        one({"info": {"width": 1}, "type": "Video"}),
        "companies[0].assets[1].info has 'width'",
    ),
    (
        one({"info": {}, "type": "ImageSet"}),
        "companies[0].assets[1].info is there, and an asset of type ImageSet has no details",
    ),
    (
        one({"metadata": {"a": {}}}),
        "companies[0].assets[1].metadata.a is a mapping; give text, a number",
    ),
    (one({"metadata": {"a": 2**64}}), "companies[0].assets[1].metadata.a is 184467"),
    (one({"members": ["none"]}), "companies[0].assets[1]: there is no asset 'none'"),
    (one({"members": [{"pageReset": True}]}), "companies[0].assets[1].members[0] has no asset"),
    (one({"originator": "x/y"}), "companies[0].assets[1]: there is no asset 'x/y'"),
    (one({"projects": ["P"]}), "companies[0].assets[1]: the company has no project 'P'"),
    (one({"publishContexts": ["P"]}), "the company has no publish context 'P'"),
    (one({"name": "first"}), "companies[0].assets[1] is called 'first', as another in its folder"),
    (one({"name": "a/b"}), 'companies[0].assets[1]: "a/b" is no name of an asset.'),
    (one(projects=["P", "P"]), 'companies[0].projects[1]: There is a project "P" already.'),
    (
        one(propertySetTypes=[{"name": "P", "propertyType": "X"}]),
        "companies[0].propertySetTypes[0].propertyType is 'X'; give UserProperty, CompanyProperty",
    ),
    (
        {"companies": [{"name": "A"}], "users": [{"email": "a", "companies": [{"company": "X"}]}]},
        "users[0].companies[0].company is 'X', no company of the seed",
    ),
    ({"users": [{"email": "a", "role": "Boss"}]}, "users[0].role is 'Boss'; give IpsAdmin,"),
    (
        {"users": [{"email": "a", "companies": ["X"]}]},
        "users[0].companies[0] is 'X', no company of the seed",
    ),
]


@pytest.mark.parametrize(("data", "words"), WRONG)
def test_what_is_wrong_is_said_with_its_place(data: object, words: str) -> None:
    with pytest.raises(SeedError) as caught:
        Service(seed=data)  # type: ignore[arg-type]
    assert str(caught.value).startswith(f"seed: {words}") or words in str(caught.value)
    assert len(str(caught.value)) < 400


def test_passwords_are_not_shown() -> None:
    seed = read_seed(WHOLE)
    assert "pw" not in repr(seed)
    for users in (
        [{"email": "a", "password": ["secret"]}],
        [{"email": "a", "token": {"secret": 1}}],
        {"email": "a", "password": "secret"},
        ["me@example.com:secret"],
    ):
        with pytest.raises(SeedError) as caught:
            read_seed({"users": users})
        assert "secret" not in str(caught.value)


def test_every_field_of_a_seed_is_documented() -> None:
    page = (REFERENCE / "library.md").read_text(encoding="utf-8")
    table = page.partition("## The seed")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([\w$]+)`", table))
    read: set[str] = set()
    real = seed_reading._Node.fields

    def noted(node: Any, *names: str, needed: tuple[str, ...] = ()) -> Any:
        if not node.place.endswith(".info"):
            read.update(names)
        return real(node, *names, needed=needed)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seed_reading._Node, "fields", noted)
        read_seed(WHOLE)
    assert read <= named
    assert named - read <= {"width", "path", "accounts", "read_seed"}


# Files.


def test_json_file(tmp_path: Path) -> None:
    file = tmp_path / "seed.json"
    file.write_text(json.dumps(WHOLE))
    assert read_seed_file(file) == read_seed(WHOLE)
    file.write_text('{"companies": [{}]}')
    with pytest.raises(SeedError, match=re.escape("seed.json: seed: companies[0] has no name")):
        read_seed_file(file)
    file.write_bytes(b'{"companies": "\xff"}')
    with pytest.raises(SeedError, match=re.escape("seed: byte 16 is no UTF-8; save the file as")):
        read_seed_file(file)
    file.write_text("[" * 100_000)
    with pytest.raises(SeedError, match=re.escape("seed.json: seed: lists and mappings are nest")):
        read_seed_file(file)
    with pytest.raises(OSError, match="none"):
        read_seed_file(tmp_path / "none")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{,}", "line 1, column 2: this is no JSON; there is a comma too many"),
        ("", "line 1, column 1: this is no JSON; the file ends too early"),
        ('{"users": NaN}', "NaN is no number of JSON"),
        ('{"users": [', "line 1, column 12: this is no JSON; the file ends too early"),
        ("{\n 'users': []}", "line 2, column 2: this is no JSON; texts stand in double quotes"),
        ('{"users": [] "a": 1}', "line 1, column 14: this is no JSON; there is a comma or a colon"),
        ('{\n\n  "users" []}', "line 3, column 11: this is no JSON; there is a comma or a colon"),
        ('{"users": [1 // x', "line 1, column 14: this is no JSON; JSON has no comments"),
        ('{"users": secret}', "line 1, column 11: this is no JSON; a value or a name in double"),
    ],
)
def test_json_that_is_broken_is_told_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "seed.json"
    file.write_text(text)
    with pytest.raises(SeedError) as caught:
        read_seed_file(file)
    assert str(caught.value).startswith(f"{file}: seed: {words}")
    assert "secret" not in str(caught.value)


YAML = """
companies:
  - name: Acme
    assets:
      - name: boot
        created: 2014-04-03T09:30:00Z
        metadata: {Sold: 2014-04-03T09:30:00Z, Stock: 7}
"""


def test_yaml_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "seed.yaml"
    file.write_text(YAML)
    service = Service(seed=read_seed_file(file))
    assert service.assets[0].created.isoformat() == "2014-04-03T09:30:00+00:00"
    answer = ask(service, "searchAssets", DEEP)
    assert texts(answer, "*/*/metadataArray/items/dateVal") == ["2014-04-03T09:30:00.000Z"]
    file.write_text("password: secret\na: [")
    with pytest.raises(SeedError, match=r"seed.yaml: seed: line 2, column 5: ") as caught:
        read_seed_file(file)
    assert "secret" not in str(caught.value)
    file.write_text("!!python/object/apply:os.getcwd []")
    with pytest.raises(SeedError, match="could not determine a constructor"):
        read_seed_file(file)
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(ImportError, match=re.escape("pip install 'ips-contract[yaml]'")):
        read_seed_file(file)
