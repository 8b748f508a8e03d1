"""The nearest valid form of a message: what is changed to make it valid, as a difference."""

from __future__ import annotations

import pytest
from lxml import etree

from ips_contract import Report, validate
from ips_contract.contract.versions import LATEST, PRE_4_0, UNVERSIONED, find_version
from ips_contract.fixtures import all_fixtures
from ips_contract.validation import nearest_valid
from ips_contract.validation.nearest_valid import nearest
from ips_contract.xml.parser import parse
from tests.messages import SOAP_11, envelope, request, urls

FULL = request().replace(b"Full", b"full")
REPAIRED = {
    "case": (
        FULL,
        ["-    <publishType>full</publishType>", "+    <publishType>Full</publishType>"],
    ),
    "translated": (
        request(before="<landinstelling>nl</landinstelling>"),
        ["-  <landinstelling>nl</landinstelling>", "+  <locale>nl</locale>"],
    ),
    "unlike any": (request(before="<zzz>1</zzz>"), ["-  <zzz>1</zzz>"]),
    "boolean": (
        request(job=urls().replace(">true<", ">True<", 1)),
        ["-    <overwrite>True</overwrite>", "+    <overwrite>true</overwrite>"],
    ),
    "attribute": (
        request().replace(b"<jobName>", b'<jobName a="1">'),
        ['-  <jobName a="1">My Test Job</jobName>', "+  <jobName>My Test Job</jobName>"],
    ),
    "range": (
        request(
            job=urls(
                "<autoTransparentCropOptions><tolerance>7</tolerance></autoTransparentCropOptions>"
            )
        ),
        ["-      <tolerance>7</tolerance>", "+      <tolerance>1</tolerance>"],
    ),
    "time zone": (
        request(before="<execTime>2030-01-01T00:00:00</execTime>"),
        [
            "-  <execTime>2030-01-01T00:00:00</execTime>",
            "+  <execTime>2030-01-01T00:00:00Z</execTime>",
        ],
    ),
    "locale": (
        request(before="<locale>EN_us</locale>"),
        ["-  <locale>EN_us</locale>", "+  <locale>en-US</locale>"],
    ),
    "missing": (
        request().replace(b"<jobName>My Test Job</jobName>", b""),
        ["+  <jobName>My Job</jobName>"],
    ),
    "missing tree": (
        request(job=urls().replace("<urlArray>", "<!--").replace("</urlArray>", "-->")),
        ["+    <urlArray/>"],
    ),
    "order": (
        request(before="<description>d</description><locale>en</locale>"),
        ["-  <locale>en</locale>", "+  <locale>en</locale>"],
    ),
    "two jobs": (
        request(job="<optimizeImagesJob><emailSetting>All</emailSetting></optimizeImagesJob>" * 2),
        [
            "-  <optimizeImagesJob>",
            "-    <emailSetting>All</emailSetting>",
            "-  </optimizeImagesJob>",
        ],
    ),
    "stray text": (
        request().replace(b"<jobName>", b"text<jobName>"),
        ["-  <companyHandle>47</companyHandle>text<jobName>My Test Job</jobName>"],
    ),
    "auth": (
        envelope(
            request(),
            '<authHeader xmlns="urn:x"><user>u</user><password>p</password></authHeader>',
        ),
        None,
    ),
    "child namespace": (request().replace(b"<jobName>", b'<jobName xmlns="urn:x">'), None),
    "no namespace": (
        envelope(request().replace(f' xmlns="{UNVERSIONED}"'.encode(), b"")),
        None,
    ),
}


@pytest.mark.parametrize("name", REPAIRED)
def test_nearest(name: str) -> None:
    document, changes = REPAIRED[name]
    version = PRE_4_0 if name == "no namespace" else None
    report = validate(document, version=version)
    assert not report.valid
    lines = nearest(report)
    assert lines, report.text()
    if changes is not None:
        assert set(changes) <= set(lines), lines


def test_nearest_version() -> None:
    old, new = (f'<submitJobParam xmlns="{v.namespace}">' for v in (PRE_4_0, LATEST))
    assert nearest(validate(request(), version="6.8"))[:2] == [f"-{old}", f"+{new}"]
    lines = nearest(validate(envelope(request()), version="6.8"))
    assert any(line.startswith("-") and UNVERSIONED in line for line in lines)
    assert not any("ns0" in line for line in lines)


@pytest.mark.parametrize("fixture", [f.name for f in all_fixtures() if f.rule is not None])
def test_fixtures_become_valid_or_nothing_is_said(fixture: str) -> None:
    (row,) = (f for f in all_fixtures() if f.name == fixture)
    report = validate(row.data, version=find_version(row.version) if row.version else None)
    lines = nearest(report)
    if report.valid:
        assert lines == []
    if not lines:
        return
    # Where all of the message is shown, it can be judged.
    text = "\n".join(line[1:] for line in lines if line[0] in "+ ")
    if text.startswith("<") and "..." not in lines:
        try:
            root = parse(text.encode())
        except ValueError:
            return
        assert validate(etree.tostring(root)).valid


def test_no_nearest_form() -> None:
    assert nearest(Report("", PRE_4_0, validate(FULL).violations)) == []
    assert nearest(Report("a", PRE_4_0, validate(FULL).violations, b"<")) == []
    large = request(before=f"<description>{'x' * 70_000}</description><zzz/>")
    assert nearest(validate(large)) == []
    none = request(job="")
    assert nearest(validate(none)) == []
    misplaced = envelope(request()).replace(SOAP_11.encode(), b"urn:x")
    assert nearest(validate(misplaced)) == []


def test_many_changes_are_cut() -> None:
    items = "<items><url>x</url></items>" * 40
    job = urls().replace("<items>", f"{items}<items>", 1)
    lines = nearest(validate(request(job=job)))
    assert len(lines) == 41
    assert lines[-1].startswith("... and ")


@pytest.mark.parametrize(
    "flood", ["<items/>", "<items xmlns='u'/>", "<items a=''/>", "<a/>", "x<items/>"]
)
def test_a_flood_is_not_repaired_for_long(flood: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is looked at has a bound, counted in children; within it the flood would be repaired."""
    report = validate(request(job=urls().replace("<items>", f"{flood * 50}<items>", 1)))
    before = nearest(report)
    monkeypatch.setattr(nearest_valid, "_MOST_LOOKS", 50)
    assert nearest(report) == []
    monkeypatch.setattr(nearest_valid, "_MOST_LOOKS", 10**9)
    assert nearest(report) == before != []
