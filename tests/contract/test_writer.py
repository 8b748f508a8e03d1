"""Plain values → XML in the order of the schema; the answers' bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ips_contract import VERSIONS, validate
from ips_contract.contract import writer
from ips_contract.contract.faults import FAULT_CODES
from ips_contract.contract.writer import answer, escape, fault, write, write_answer, written

if TYPE_CHECKING:
    from ips_contract.contract.versions import Version
    from ips_contract.contract.writer import Value

OLD, NEW = VERSIONS[0], VERSIONS[-1]


def test_fields_come_in_the_order_of_the_schema() -> None:
    values: dict[str, Value] = {
        "imageServingPublishJob": {"emailSetting": "None", "publishType": "Full"},
        "jobName": "A & B",
        "companyHandle": "47",
        "description": None,
    }
    assert write(OLD, "submitJobParam", values) == (
        '<submitJobParam xmlns="http://www.scene7.com/IpsApi/xsd"><companyHandle>47'
        "</companyHandle><jobName>A &amp; B</jobName><imageServingPublishJob><publishType>Full"
        "</publishType><emailSetting>None</emailSetting></imageServingPublishJob></submitJobParam>"
    )


def test_values() -> None:
    job: dict[str, Value] = {
        "overwrite": True,
        "readyForPublish": False,
        "createMask": "1",
        "urlArray": [
            {"sourceUrl": "http://x/", "destPath": "x"},
            {"sourceUrl": "http://y/", "destPath": "y"},
        ],
        "autoTransparentCropOptions": {"tolerance": 1},
        "projectHandleArray": {"items": ["a", "b"]},
        "unsharpMaskOptions": {"amount": 0.5, "threshold": 3},
        "emailSetting": "All",
    }
    values: dict[str, Value] = {
        "companyHandle": "c|47",
        "jobName": "x",
        "execTime": datetime(2014, 4, 3, 9, 30, tzinfo=UTC),
        "uploadUrlsJob": job,
    }
    text = write(NEW, "submitJobParam", values)
    assert validate(text).violations == ()
    for part in (
        "<execTime>2014-04-03T09:30:00.000Z</execTime>",
        "<overwrite>true</overwrite><readyForPublish>false</readyForPublish>",
        "<amount>0.5</amount><threshold>3</threshold>",
        "<projectHandleArray><items>a</items><items>b</items></projectHandleArray>",
        "<items><sourceUrl>http://y/</sourceUrl><destPath>y</destPath></items>",
    ):
        assert part in text


def test_answers_leave_out_what_the_version_lacks_and_nothing_it_requires() -> None:
    user: dict[str, Value] = {
        "userHandle": "1|a@b",
        "firstName": "A",
        "lastName": "B",
        "email": "a@b",
        "role": "IpsUser",
        "defaultRole": "IpsUser",
        "isValid": True,
        "isIpsAdmin": False,
    }
    old = write_answer(OLD, "getUserInfoReturn", {"userInfo": user})
    assert "<role>IpsUser</role><isValid>true</isValid></userInfo>" in old
    new = write_answer(NEW, "getUserInfoReturn", {"userInfo": user})
    assert "<email>a@b</email><isValid>true</isValid><isIpsAdmin>false</isIpsAdmin>" in new
    with pytest.raises(ValueError, match="getUserInfoReturn/userInfo needs 'isIpsAdmin'"):
        write_answer(NEW, "getUserInfoReturn", {"userInfo": {**user, "isIpsAdmin": None}})
    with pytest.raises(ValueError, match="no field 'rolle'"):
        write_answer(OLD, "getUserInfoReturn", {"userInfo": {**user, "rolle": "x"}})
    with pytest.raises(ValueError, match="no field 'defaultRole'"):
        write(NEW, "getUserInfoReturn", {"userInfo": user})


def test_what_is_written_already_stands_as_it_is() -> None:
    info: dict[str, Value] = {
        "companyHandle": "c|1",
        "name": "A & B",
        "rootPath": "A/",
        "expires": datetime.now(UTC),
    }
    for version in VERSIONS:
        item = written(version, "Company", info)
        assert "A &amp; B" in item
        once = write_answer(version, "getCompanyInfoReturn", {"companyInfo": info})
        assert write_answer(version, "getCompanyInfoReturn", {"companyInfo": item}) == once
    with pytest.raises(ValueError, match="Company needs 'name'"):
        written(VERSIONS[-1], "Company", {"companyHandle": "c|1"})
    with pytest.raises(ValueError, match="Company has no field 'nome'"):
        written(VERSIONS[-1], "Company", {**info, "nome": "A"})
    # Only what was written here is taken so, and only where fields stand.
    with pytest.raises(ValueError, match="has fields"):
        write(VERSIONS[-1], "getCompanyInfoReturn", {"companyInfo": str(item)})
    assert "&lt;name&gt;" in write(VERSIONS[-1], "submitJobReturn", {"jobHandle": item})


def test_numbers_beyond_the_finite() -> None:
    crop = {"tolerance": float("inf")}
    text = write(OLD, "submitJobParam", {"uploadUrlsJob": {"autoTransparentCropOptions": crop}})
    assert "<tolerance>INF</tolerance>" in text


def test_nothing_is_an_empty_element() -> None:
    assert write(NEW, "stopJobReturn", {}) == f'<stopJobReturn xmlns="{NEW.namespace}"/>'
    assert write(NEW, "stopJobReturn", {}, "urn:a&b") == '<stopJobReturn xmlns="urn:a&amp;b"/>'
    assert "<jobArray/>" in write(NEW, "getActiveJobsReturn", {"jobArray": []})
    assert "<jobHandle/>" in write(NEW, "submitJobReturn", {"jobHandle": ""})


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("submitJob", {}, "no message 'submitJob'"),
        ("submitJobParam", {"jobname": "x"}, "did you mean jobName"),
        ("submitJobParam", {"xyz": "x"}, "it has companyHandle"),
        ("stopJobReturn", {"xyz": "x"}, "it has none"),
        ("submitJobParam", {"jobName": ["x"]}, "holds a single value"),
        ("submitJobParam", {"jobName": {"x": "y"}}, "holds a single value"),
        ("submitJobParam", {"uploadUrlsJob": "x"}, "give it a mapping"),
        ("submitJobParam", {"uploadUrlsJob": {"urlArray": [None]}}, "give it a mapping"),
        ("submitJobParam", {"uploadUrlsJob": {"urls": []}}, "uploadUrlsJob has no field 'urls'"),
    ],
)
def test_what_is_not_in_the_schema_raises(name: str, values: dict[str, Value], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        write(NEW, name, values)


def test_fields_of_other_versions_raise() -> None:
    with pytest.raises(ValueError, match="exportJob"):
        write(VERSIONS[1], "submitJobParam", {"exportJob": {}})


@given(st.text())
def test_any_text_survives(text: str) -> None:
    expected = "".join(
        c
        if c in "\t\n\r"
        or (c >= " " and not "\ud800" <= c <= "\udfff" and c < "\ufffe")
        or c > "\uffff"
        else "\ufffd"
        for c in text
    )
    root = etree.fromstring(f"<a>{escape(text)}</a>")
    assert (root.text or "") == expected


def test_the_bytes_of_the_documented_answer() -> None:
    xml = write(OLD, "submitJobReturn", {"jobHandle": "47|My Test Job|"})
    assert answer("1.1", xml) == (
        b"<?xml version='1.0' encoding='UTF-8'?><soapenv:Envelope xmlns:soapenv="
        b'"http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><submitJobReturn xmlns='
        b'"http://www.scene7.com/IpsApi/xsd"><jobHandle>47|My Test Job|</jobHandle>'
        b"</submitJobReturn></soapenv:Body></soapenv:Envelope>"
    )
    assert answer("", xml).startswith(b"<?xml version='1.0' encoding='UTF-8'?><submitJobReturn ")


@pytest.mark.parametrize("code", FAULT_CODES)
@pytest.mark.parametrize("soap", ["1.1", "1.2", ""])
def test_faults_are_valid(code: int, soap: str) -> None:
    data = fault(soap, code, "because of <this> & that")
    report = validate(data)
    assert report.violations == ()
    row = FAULT_CODES[code]
    assert f"<{row.kind} xmlns=".encode() in data
    if soap == "1.1":
        client = row.kind != "ipsApiFault"
        assert (b"<faultcode>soapenv:Client</faultcode>" in data) is client
    assert b"because of &lt;this&gt; &amp; that" in data


def test_documented_faults() -> None:
    assert b"<faultstring>AuthorizationException</faultstring>" in fault("1.1", 20003, "x")
    assert b"<faultstring>ipsApiFault</faultstring>" in fault("1.1", 30000, "x")


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_every_version_writes_the_documented_request(version: Version) -> None:
    values: dict[str, Value] = {
        "companyHandle": "47" if version is OLD else "c|47",
        "jobName": "My Test Job",
        "imageServingPublishJob": {"publishType": "Full", "emailSetting": "Error"},
    }
    assert validate(write(version, "submitJobParam", values)).violations == ()


def test_what_follows_from_names_is_found_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists have many elements of the same fields; whoever gives others is bounded."""
    made: list[frozenset[str]] = []
    make = writer._Layout._make

    def count(
        layout: writer._Layout, given: frozenset[str], path: str, *, whole: bool
    ) -> writer._Plan:
        made.append(given)
        return make(layout, given, path, whole=whole)

    monkeypatch.setattr(writer._Layout, "_make", count)
    writer._layout.cache_clear()
    rows: list[Value] = [
        {
            "name": f"n{number}",
            "type": "Image",
            "imageInfo": {"width": number},
            "metadataArray": [{"name": "a", "value": str(number)}],
        }
        for number in range(500)
    ]
    text = write_answer(NEW, "searchAssetsReturn", {"totalRows": 500, "assetArray": rows})
    assert text.count("<width>") == 500
    assert len(made) == 4  # Of the message, an asset, its details, its metadata.
    names = [field.name for field in writer._layout(NEW, "ImageInfo").kind.fields]
    for number in range(2**9):
        chosen = {name: "" for bit, name in enumerate(names[:9]) if number >> bit & 1}
        assert written(NEW, "ImageInfo", chosen).count("/>") == len(chosen)
    plans = writer._layout(NEW, "ImageInfo").plans
    assert 0 < len(plans[True]) <= writer._MOST_PLANS


def test_none_leaves_a_field_out_at_any_depth() -> None:
    values: dict[str, Value] = {
        "name": "n",
        "subType": None,
        "imageInfo": {"width": 1, "sku": None, "zoomTargets": None},
        "metadataArray": None,
    }
    assert written(NEW, "Asset", values) == (
        "<name>n</name><imageInfo><width>1</width></imageInfo>"
    )
    with pytest.raises(ValueError, match=r"Metadata needs 'value' in 6\.8"):
        written(NEW, "Metadata", {"name": "a", "value": None})
