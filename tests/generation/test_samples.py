"""Samples: each is valid, without a remark, and reads as if a person had written it."""

from __future__ import annotations

import re

import pytest
from lxml import etree

from ips_contract import sample, validate
from ips_contract.contract.model import contract, field_names
from ips_contract.contract.versions import LATEST, VERSIONS, Version
from ips_contract.generation import sample_values
from ips_contract.generation.samples import WRAPS, Kind, kinds, versions_with
from tests.sweep import every

KINDS = kinds()
PAIRS = [(kind, version) for kind in KINDS for version in versions_with(kind)]
# Jobs that are remarked on wherever they stand, or in pre-4.0.
REMARKS = {"deprecated-job", "restricted-job", "later-than-pre-4.0"}


def remarks(kind: Kind, version: Version) -> list[str]:
    """What the contract itself remarks on ``kind``."""
    table = contract(version)
    fields = table.complex_types[table.messages[kind.message]].fields
    return [field.present for field in fields if field.name == kind.job and field.present]


def test_there_is_one_of_each_message_of_each_version() -> None:
    jobs = {kind.job for kind in KINDS if kind.job}
    assert len(jobs) == 13
    for version in VERSIONS:
        of_version = {kind.message for kind, one in PAIRS if one is version}
        operations = {n for n in contract(version).messages if n.endswith(("Param", "Return"))}
        assert of_version == operations
        table = contract(version)
        kind = table.complex_types[table.messages["submitJobParam"]]
        have = jobs & {field.name for field in kind.fields}
        assert have == {kind.job for kind, one in PAIRS if one is version and kind.job}


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("version", every(3, VERSIONS, LATEST.rank), ids=str)
def test_each_is_valid(version: Version, *, full: bool) -> None:
    for kind in every(3, (kind for kind, one in PAIRS if one is version), version.rank):
        data = sample(kind.name, version, full=full)
        report = validate(data)
        assert report.valid, data
        assert report.version == version
        assert [found.rule for found in report.violations] == remarks(kind, version), data
        assert {found.rule for found in report.violations} <= REMARKS
        if kind.job:
            assert f"<{kind.job}" in data.decode()


@pytest.mark.parametrize("wrap", WRAPS)
@pytest.mark.parametrize("version", every(3, VERSIONS, LATEST.rank), ids=str)
def test_each_is_valid_in_what_wraps_it(version: Version, wrap: str) -> None:
    mine = [kind for kind, one in PAIRS if one is version and not remarks(kind, version)]
    for kind in every(7, mine, version.rank):
        is_answer = kind.message.endswith("Return")
        if is_answer and wrap == "request":
            continue
        data = sample(kind.name, version, wrap=wrap)
        assert validate(data).violations == (), data
        root = etree.fromstring(data)
        wanted = {"none": kind.message, "request": "Request"}.get(wrap, "Envelope")
        assert etree.QName(root).localname == wanted
        has_credentials = b"<password>your-password</password>" in data.partition(b"Body")[0]
        assert has_credentials is (wrap != "none" and not is_answer) or wrap == "none"


def leaves(data: bytes) -> list[etree._Element]:
    return [node for node in etree.fromstring(data).iter() if not len(node)]


@pytest.mark.no_cover
def test_addresses_are_nobodys() -> None:
    found = set()
    for kind, version in PAIRS:
        for node in leaves(sample(kind.name, version, full=True)):
            text = node.text or ""
            found |= set(re.findall("(?:://|@)([A-Za-z0-9.]+)", text))
    assert found == {"example.com", "AdobeOrg", "AdobeID"}


def test_the_tables_name_what_there_is() -> None:
    """Else a misspelt row would never be used."""
    types = set(contract(VERSIONS[-1]).complex_types)
    known = field_names()
    for key in sample_values.VALUES:
        parent, _, name = key.rpartition("/")
        assert name in known, key
        assert not parent or parent in types | known, key
    for type_name, fields in sample_values.MEANT.items():
        assert type_name in types
        assert set(fields) <= known
    assert known >= sample_values.ASSETS


@pytest.mark.no_cover
def test_the_least_are_short() -> None:
    assert sample("imageServingPublish").decode() == (
        '<submitJobParam xmlns="http://www.scene7.com/IpsApi/xsd/2014-04-03">\n'
        "  <companyHandle>c|47</companyHandle>\n"
        "  <jobName>Nightly job</jobName>\n"
        "  <imageServingPublishJob>\n"
        "    <publishType>Full</publishType>\n"
        "    <emailSetting>Error</emailSetting>\n"
        "  </imageServingPublishJob>\n"
        "</submitJobParam>\n"
    )
    for kind, version in PAIRS:
        assert len(sample(kind.name, version)) <= len(sample(kind.name, version, full=True))


def test_what_makes_sense_only_with_it_is_there() -> None:
    assert b"<sourceUrl>https://example.com/images/shirt.jpg</sourceUrl>" in sample("uploadUrls")
    assert b"<fileName>shirt.jpg</fileName>" in sample("uploadPost")


def test_a_request_names_its_company_where_it_can() -> None:
    for kind, version in PAIRS:
        table = contract(version)
        fields = table.complex_types[table.messages[kind.message]].fields
        can = any(field.name == "companyHandle" for field in fields)
        if kind.message.endswith("Param"):
            assert (b"\n  <companyHandle>" in sample(kind.name, version)) is can


@pytest.mark.parametrize("name", ["uploadUrls", "searchAssets", "getJobLogDetails"])
def test_handles_have_the_form_of_the_version(name: str) -> None:
    assert b"<companyHandle>47</companyHandle>" in sample(name, "pre-4.0")
    assert b"<companyHandle>c|47</companyHandle>" in sample(name, "4.0")


def test_by_default_the_latest_version_that_has_it() -> None:
    assert validate(sample("uploadUrls")).version == VERSIONS[-1]
    gone = [kind for kind in KINDS if versions_with(kind)[-1] is not VERSIONS[-1]]
    assert gone
    for kind in gone:
        assert validate(sample(kind.name)).version == versions_with(kind)[-1]


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("upload-urls", "uploadUrlsJob"),
        ("UPLOAD_URLS_JOB", "uploadUrlsJob"),
        ("upload", "uploadUrlsJob"),
        ("publish", "imageServingPublishJob"),
        ("submitJob", "imageServingPublishJob"),
        ("submitJobParam", "imageServingPublishJob"),
        ("search assets", "searchAssetsParam"),
        ("searchassetsreturn", "searchAssetsReturn"),
        ("uploadPost", "uploadPostParam"),
    ],
)
def test_names(name: str, same: str) -> None:
    assert sample(name) == sample(same)


def test_no_name_means_two_things() -> None:
    folded = [
        re.sub("[^a-z]", "", name.lower())
        for kind in KINDS
        for name in {kind.name, re.sub("(Job|Param)$", "", kind.name)}
    ]
    assert len(folded) == len(set(folded))


@pytest.mark.parametrize(
    ("name", "version", "wrap", "words"),
    [
        ("uploadUlrs", None, "none", "no job or operation 'uploadUlrs'; did you mean uploadUrls?"),
        ("", None, "none", "no job or operation ''; "),
        ("zzz", None, "none", "`ips-contract sample --list` shows what there is"),
        ("export", "4.5", "none", "4.5 has no exportJob; pre-4.0, 6.0, 6.6 and 6.8 have it"),
        ("export", "6.7", "none", "no API version '6.7'; did you mean 6.6 or 6.8?"),
        ("export", None, "soap", "no wrap 'soap'; "),
        ("submitJobReturn", None, "request", "submitJobReturn is an answer; a Request wraps req"),
    ],
)
def test_what_there_is_not(name: str, version: str | None, wrap: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        sample(name, version, wrap=wrap)
