"""Attributes that are read past make no difference to what is found, nor much to the time."""

from __future__ import annotations

import pytest
from lxml import etree

from ips_contract import validate
from ips_contract.contract.content_models import content_models
from ips_contract.contract.versions import LATEST, PRE_4_0, UNVERSIONED, VERSIONS, Version
from ips_contract.validation.engines import BOTH
from ips_contract.validation.first_sight import at_first_sight
from ips_contract.validation.report import Report
from ips_contract.validation.tolerated import forget_tolerated
from ips_contract.xml.envelope import SOAP_11, SOAP_ENCODING
from ips_contract.xml.parser import parse
from tests.everything import message
from tests.messages import envelope

XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSD = "http://www.w3.org/2001/XMLSchema"
TYPE = f"{{{XSI}}}type"


def typed(version: Version, pick: int, value: str = "x:string", job: str = "") -> bytes:
    """A submitJob with an xsi:type on each value, as Axis sends them, and ``job`` on the job."""
    root = message(version, "submitJobParam", full=True, pick=pick)
    around = {None: version.namespace, "i": XSI, "x": XSD, "n": version.namespace}
    copy = etree.Element(root.tag, nsmap=around)
    copy.extend(root[:])
    for element in copy.iter():
        if not len(element) and element.text:
            element.set(TYPE, value)
    if job:
        copy[-1].set(TYPE, job)
    return etree.tostring(copy)


# Each job type that is not for the vendor's own applications alone.
JOBS = [
    (version, pick)
    for version in (PRE_4_0, LATEST)
    for pick in range(11)
    if not validate(message(version, "submitJobParam", full=True, pick=pick)).violations
]


@pytest.mark.parametrize(("version", "pick"), JOBS, ids=str)
def test_typed_values_pass_at_first_sight(version: Version, pick: int) -> None:
    data = typed(version, pick)
    assert len(JOBS) > 12
    assert data.count(b":type=") > 4
    assert isinstance(at_first_sight(parse(data), data, logged_in=False), Report)
    assert validate(data).violations == validate(data, engine=BOTH).violations == ()


@pytest.mark.parametrize(
    ("value", "job"),
    [
        *(("x:string", "n:NoJob"), ("x:nothing", ""), ("y:string", ""), ("x:anyType", "x:string")),
        *(("", ""), ("string", ""), ("x:int", "n:ImageServingPublishJob")),
    ],
)
def test_what_is_wrong_is_found_all_the_same(value: str, job: str) -> None:
    for pick in range(9):
        data = typed(LATEST, pick, value, job)
        by_both = validate(data, engine=BOTH)
        assert validate(data).violations == by_both.violations
        data = data.replace(b">All<", b">Nobody<").replace(b">Nightly<", b"><")
        assert validate(data).violations == validate(data, engine=BOTH).violations
        assert not validate(data).valid


def test_of_a_login_too() -> None:
    user, kind = f'<user xmlns:x="{XSD}" i:type="x:string">u</user>', f'xmlns:i="{XSI}"'
    soap = f'xmlns:s="{SOAP_11}" s:mustUnderstand="0" s:actor=""'
    header = f'<authHeader xmlns="{UNVERSIONED}" {kind} {soap}>{user}<password>p</password>'
    for version in VERSIONS:
        data = envelope(
            etree.tostring(message(version, "submitJobParam", full=False)), f"{header}</authHeader>"
        )
        assert isinstance(at_first_sight(parse(data), data, logged_in=False), Report)
        assert validate(data).violations == validate(data, engine=BOTH).violations == ()


def test_what_is_taken_off() -> None:
    root = etree.fromstring(
        f'<submitJobParam xmlns="{UNVERSIONED}" xmlns:i="{XSI}" xmlns:x="{XSD}" '
        f'xmlns:e="{SOAP_ENCODING}" e:root="1"><jobName i:type="x:string" id="1" i:nil="true"/>'
        '<unknown i:type="x:string"/><imageServingPublishJob i:type="x:string"/>'
        '<companyHandle i:type="x:Company">47</companyHandle></submitJobParam>'
    )
    forget_tolerated(root, PRE_4_0)
    assert [dict(element.attrib) for element in root.iter()] == [
        *({}, {"id": "1", f"{{{XSI}}}nil": "true"}, {TYPE: "x:string"}, {TYPE: "x:string"}),
        {TYPE: "x:Company"},
    ]


def test_of_many_namespaces_nothing_is_looked_up() -> None:
    """Each element would build the list of them anew."""
    spaces = " ".join(f'xmlns:a{number}="urn:{number}"' for number in range(101))
    text = '<jobName i:type="x:string">a</jobName>' * 3
    root = etree.fromstring(
        f'<submitJobParam xmlns="{UNVERSIONED}" xmlns:i="{XSI}" xmlns:x="{XSD}" {spaces}>'
        f"{text}</submitJobParam>"
    )
    forget_tolerated(root, PRE_4_0)
    assert [element.get(TYPE) for element in root] == ["x:string"] * 3
    assert content_models(PRE_4_0, UNVERSIONED).message("submitJobParam").particles
