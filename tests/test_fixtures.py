"""The shipped messages: each has the verdict that the manifest gives it, by either engine."""

from __future__ import annotations

import pytest

from ips_contract import RULES, validate, validate_exchange
from ips_contract.contract.rules import HTTP_RULES
from ips_contract.fixtures import Fixture, all_fixtures, directory, load
from ips_contract.xml.parser import DEFAULT_LIMIT
from tests.messages import REQUEST, RESPONSE

FIXTURES = all_fixtures()
MESSAGES = [fixture for fixture in FIXTURES if fixture.request is None]
EXCHANGES = [fixture for fixture in FIXTURES if fixture.request is not None]
# No document can provoke these: they report that an engine is wrong, or that we are, or are about
# HTTP headers (tests/validation/test_http_judgement.py).
WITHOUT_FIXTURE = HTTP_RULES | {"schema", "engine-disagreement", "too-many"}


def test_documented_messages_are_as_the_pages_show_them() -> None:
    assert REQUEST.decode() == (
        '<submitJobParam xmlns="http://www.scene7.com/IpsApi/xsd">\n'
        "   <companyHandle>47</companyHandle>\n"
        "   <jobName>My Test Job</jobName>\n"
        "   <imageServingPublishJob>\n"
        "      <publishType>Full</publishType>\n"
        "      <emailSetting>Error</emailSetting>\n"
        "   </imageServingPublishJob>\n"
        "</submitJobParam>\n"
    )
    assert RESPONSE.decode() == (
        '<submitJobReturn xmlns="http://www.scene7.com/IpsApi/xsd">\n'
        "   <jobHandle>47|My Test Job|</jobHandle>\n"
        "</submitJobReturn>\n"
    )


@pytest.mark.parametrize("engine", ["lxml", "xmlschema", "both"])
@pytest.mark.parametrize("fixture", MESSAGES, ids=lambda fixture: fixture.name)
def test_verdict(fixture: Fixture, engine: str) -> None:
    report = validate(fixture.data, engine=engine, limit=fixture.limit or DEFAULT_LIMIT)
    assert [v.rule for v in report.violations] == [fixture.rule] * (fixture.rule is not None)
    assert (report.version and report.version.label) == fixture.version
    for found in report.violations:
        assert (found.path, found.line) == (fixture.path, fixture.line)
        assert found.severity == RULES[found.rule].severity


@pytest.mark.parametrize("fixture", EXCHANGES, ids=lambda fixture: fixture.name)
def test_exchange(fixture: Fixture) -> None:
    assert fixture.request is not None
    report = validate_exchange(load(fixture.request), fixture.data)
    assert report.request.valid
    assert report.response.valid
    assert [v.rule for v in report.violations] == [fixture.rule] * (fixture.rule is not None)
    assert report.valid is (fixture.rule is None)


def test_every_rule_has_a_message_that_keeps_it_and_one_that_breaks_it() -> None:
    assert {f.rule for f in FIXTURES if f.rule} == RULES.keys() - WITHOUT_FIXTURE
    assert {f.beside for f in FIXTURES if f.beside} == RULES.keys() - WITHOUT_FIXTURE


def test_every_file_is_in_the_manifest() -> None:
    import pathlib

    root = pathlib.Path(str(directory()))
    files = {path.relative_to(root).as_posix() for path in root.glob("*/*.xml")}
    named = {f.name for f in FIXTURES} | {f.request for f in FIXTURES if f.request}
    assert files == named
    assert all(f.source for f in FIXTURES)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("valid/documented-reqest.xml", "did you mean valid/documented-request.xml"),
        ("documented-request.xml", "did you mean valid/documented-request.xml"),
        ("exchange-return--other.request.xml", "did you mean invalid/exchange-return--other.req"),
        ("none", "all_fixtures() has all"),
    ],
)
def test_unknown_fixture(name: str, hint: str) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        load(name)
    assert f"no fixture {name!r}; " in str(caught.value)
    assert hint in str(caught.value)
