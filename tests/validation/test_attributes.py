"""Attributes: how many are looked at, and the types that they name."""

from __future__ import annotations

import pytest

from ips_contract import validate
from ips_contract.contract.versions import LATEST
from tests.findings import found, only
from tests.messages import REQUEST, request


@pytest.mark.parametrize("count", [100, 101])
def test_of_many_attributes_only_their_number_is_told(count: int) -> None:
    attributes = "".join(f' a{n}=""' for n in range(count))
    document = REQUEST.replace(b"<jobName>", f"<jobName\n{attributes}>".encode())
    if count == 100:
        assert len(validate(document).violations) == 100
        return
    words = "jobName has 101 attributes; it needs none."
    assert only(document) == ("stray-attribute", words, "/submitJobParam/jobName", 3)


@pytest.mark.parametrize("count", [100, 101])
def test_among_many_namespaces_no_type_is_looked_up(count: int) -> None:
    # In the scope of the element are xsi, xs, the default namespace, and those made up here.
    spaces = "".join(f' xmlns:p{n}="urn:{n}"' for n in range(count - 3))
    spaces += ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    spaces += ' xmlns:xs="http://www.w3.org/2001/XMLSchema" xsi:type="xs:string"'
    document = REQUEST.replace(b"<jobName>", f"<jobName{spaces}>".encode())
    if count == 100:
        assert validate(document).violations == ()
        return
    words = (
        "101 namespaces are declared around jobName; with more than 100 its xsi:type is not read."
    )
    assert only(document) == ("too-large", words, "/submitJobParam/jobName", 3)


XSI = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'


@pytest.mark.parametrize("name", ["HandleArray", "HandleArrayUpTo1000"])
def test_xsi_type_may_be_the_services_name(name: str) -> None:
    job = (
        f'<automatedSetGenerationJob><assetHandleArray {XSI} i:type="t:{name}" '
        f'xmlns:t="{LATEST.namespace}"><items>a</items></assetHandleArray>'
        "<readyForPublish>true</readyForPublish><autoSetCreationOptions/>"
        "<emailSetting>All</emailSetting></automatedSetGenerationJob>"
    )
    assert validate(request(LATEST, job=job), engine="both").violations == ()


@pytest.mark.parametrize("jobname", ["x", "a|b"])
def test_xsi_type_may_be_our_name_for_a_value(jobname: str) -> None:
    """The engine takes it; so the long way, which a remark elsewhere leads to, takes it too."""
    document = request(LATEST).replace(
        b"<companyHandle>",
        f'<companyHandle {XSI} i:type="t:CompanyHandle" xmlns:t="{LATEST.namespace}">'.encode(),
    )
    rules = [rule for rule, _ in found(document.replace(b"My Test Job", jobname.encode()))]
    assert rules == ["name-separator"] * (jobname != "x")
