"""Terms of tests, judgements by them, the baseline, and the nearest valid form."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from ips_contract import Report, validate
from ips_contract.contract.versions import LATEST, PRE_4_0, UNVERSIONED, find_version
from ips_contract.fixtures import all_fixtures
from ips_contract.http.content_encoding import gzip
from ips_contract.http.messages import Request, Response
from ips_contract.mock.record import Exchange
from ips_contract.pytest_plugin import baseline as known
from ips_contract.pytest_plugin.conformance import Terms, failure, judge, judged, read_terms
from ips_contract.pytest_plugin.results import Place, Results, entry
from ips_contract.validation.nearest_valid import nearest
from ips_contract.xml.parser import parse
from tests.messages import SOAP_11, envelope, request, urls

if TYPE_CHECKING:
    from pathlib import Path

FULL = request().replace(b"Full", b"full")
BARRED = request().replace(b"My Test Job", b"A|B")
PLACE = Place("test_a.py::test_b", "test_a.py", 3)


def exchange(document: bytes, answer: Response | None = None, report: Report | None = None) -> Any:
    return Exchange(
        number=1,
        time=datetime(2014, 4, 3, tzinfo=UTC),
        operation="submitJob",
        request=Request("POST", "/", {}, document),
        body=document,
        report=report or validate(document),
        response=answer or Response(500, (), b"<a/>"),
        fault=30001,
        reason="no",
        handle="",
        notes=("a note",),
        duration=0.1,
    )


def test_terms() -> None:
    marks: list[dict[str, Any]] = [
        {"version": "6.8", "allow": "constant"},
        {"version": "4.0", "allow": ["blank"]},
    ]
    found = read_terms(Terms(strict=True), marks)
    assert found == Terms(LATEST, strict=True, allow=frozenset({"constant", "blank"}))
    users = read_terms(Terms(), [{"users": [("a", "b")], "outcome": {"J": "fatal"}}])
    assert (users.users, users.outcome) == ((("a", "b"),), {"J": "fatal"})


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        ({"verson": "6.8"}, "no option 'verson'; there are version, "),
        ({"version": "9"}, "no API version '9'"),
        ({"allow": ["constants"]}, "did you mean constant"),
        ({"allow": ["zzzzz"]}, "ips-contract rules lists them"),
        ({"outcome": "good"}, "no outcome 'good'; the outcomes are success, "),
        ({"outcome": {"J": "good"}}, "no outcome 'good'"),
        ({"strict": "false"}, "strict is 'false'; give True or False"),
        ({"strict": 0}, "strict is 0; give True or False"),
        ({"allow": None}, "allow is None; give a list of rules"),
        ({"users": ("me@example.com", "secret")}, "give a list of .email, password. or longer"),
        ({"users": "me:secret"}, "users is 'me:secret'; give a list"),
        ({"users": [("me",)]}, "give a list"),
        ({"users": 5}, "users is 5; give a list"),
    ],
)
def test_wrong_terms(mark: dict[str, Any], said: str) -> None:
    with pytest.raises((TypeError, ValueError), match=said):
        read_terms(Terms(), [mark])


@pytest.mark.parametrize(
    ("document", "terms", "verdict"),
    [
        (request(), Terms(), "conforms"),
        (FULL, Terms(), "deviates"),
        (FULL, Terms(allow=frozenset({"constant"})), "allowed deviation"),
        (BARRED, Terms(), "conforms, with warnings"),
        (BARRED, Terms(strict=True), "deviates"),
        (request(), Terms(version=LATEST), "deviates"),
        (request(), Terms(version=PRE_4_0), "conforms"),
        (b"<", Terms(version=LATEST), "deviates"),
    ],
)
def test_judge(document: bytes, terms: Terms, verdict: str) -> None:
    found = judge(exchange(document), terms)
    assert found.verdict == verdict
    assert bool(found.failing) == (verdict == "deviates")


def test_expected_and_known() -> None:
    one = exchange(FULL)
    assert judge(one, Terms(), expected=None).verdict == "expected deviation"
    assert judge(one, Terms(), expected=frozenset({"constant"})).verdict == "expected deviation"
    assert judge(one, Terms(), expected=frozenset({"blank"})).verdict == "deviates"
    (key,) = (known.key(one.report, row) for row in one.report.violations)
    found = judge(one, Terms(), frozenset({key}))
    assert (found.verdict, found.failing, len(found.deviating)) == ("known deviation", (), 1)


def test_the_wrapping_is_judged_by_no_version() -> None:
    from ips_contract.validation.report.report import violation

    report = validate(request())
    extra = violation("envelope", "A SOAP envelope is expected.", "/")
    wrapped = Report(report.message, report.version, (extra,), report.data)
    rules = [row.rule for row in judged(wrapped, LATEST).violations]
    assert rules[:2] == ["envelope", "wrong-namespace"]


def test_failure_is_bounded() -> None:
    found = [judge(exchange(FULL), Terms())] * 7
    text = failure(found, 9, "ips_server")
    assert text.startswith("constant: 7 of 9 messages to ips_server do not conform, at /submitJob")
    assert text.count("\nmessage 1: ") == 5
    assert "2 more messages do not conform." in text
    made = exchange(FULL, Response(0, (), b""))
    assert "answered" not in failure([judge(made, Terms())], 1, "ips_server")


def test_baseline(tmp_path: Path) -> None:
    path = str(tmp_path / "known.json")
    report = validate(request(LATEST, job=urls().replace("<items>", "<items/><items>")))
    keys = {known.key(report, row) for row in report.violations}
    assert (
        "missing-element",
        "submitJobParam",
        "/submitJobParam/uploadUrlsJob/urlArray/items",
    ) in keys
    known.write(path, keys)
    assert known.read(path) == keys
    assert [file.name for file in tmp_path.iterdir()] == ["known.json"]
    for text, said in (
        ("", "is no baseline"),
        ("{", "is no baseline: Expecting property name"),
        ("[]", "is no baseline: its form is another"),
        ('{"format": 1, "deviations": [{}]}', "is no baseline"),
        ('{"format": 2, "deviations": []}', "has format 2; this version reads 1"),
    ):
        (tmp_path / "known.json").write_text(text)
        with pytest.raises(ValueError, match=said):
            known.read(path)


def test_results() -> None:
    results = Results(entries=True, seen=True)
    results.take(judge(exchange(FULL), Terms()), "ips_server", PLACE)
    results.take(judge(exchange(request()), Terms()), "ips_server", PLACE)
    merged = Results(entries=True, seen=True)
    for _ in range(2):
        merged.merge(results.dump())
    assert merged.verdicts == {"deviates": 2, "conforms": 2}
    assert merged.deviations == results.deviations
    assert merged.seen["operations", "submitJob"] == 2
    assert merged.entries == results.entries * 2
    assert merged.entries[0].report().violations == validate(FULL).violations


def test_what_conforms_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ips_contract.pytest_plugin.results._MOST_ENTRIES", 2)
    results = Results(entries=True, seen=False)
    for document in (request(), request(), request(), FULL):
        results.take(judge(exchange(document), Terms()), "ips_server", PLACE)
    assert ([row.verdict for row in results.entries], results.left_out) == (
        ["conforms", "conforms", "deviates"],
        1,
    )


def test_entry_texts() -> None:
    packed = Response(200, (("Content-Encoding", "gzip"),), gzip(b"<answer/>"))
    assert entry(judge(exchange(FULL, packed), Terms()), "f", PLACE).response == "<answer/>"
    broken = packed._replace(body=b"<answer/>")
    assert entry(judge(exchange(FULL, broken), Terms()), "f", PLACE).response == "<answer/>"
    wide = "\ufeff<a/>".encode("utf-16")
    assert entry(judge(exchange(wide), Terms()), "f", PLACE).request.endswith("<a/>")


# The nearest valid form.

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
