"""Terms of tests, judgements by them, and the words of failures."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ips_contract import Report, Version, find_version, validate
from ips_contract.contract.endpoints import SERVICE_PATH
from ips_contract.contract.versions import LATEST, PRE_4_0
from ips_contract.http.messages import Request, Response
from ips_contract.mock import Service
from ips_contract.mock.record import Exchange
from ips_contract.pytest_plugin.baseline import key
from ips_contract.pytest_plugin.conformance import Terms, failure, judge, judged, read_terms
from tests.messages import envelope, request

FULL = request().replace(b"Full", b"full")
BARRED = request().replace(b"My Test Job", b"A|B")


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
        ({"verson": "6.8"}, "no option 'verson'; did you mean version"),
        ({"version": "9"}, "no API version '9'"),
        ({"version": 6.8}, "version is 6.8; give a Version or text, such as '6.8'"),
        ({"allow": [5]}, "rule is 5; give its name, such as 'constant'"),
        ({"outcome": ["fatal"]}, "no outcome ..fatal..; the outcomes are success, "),
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
    (known,) = (key(one.report, row) for row in one.report.violations)
    found = judge(one, Terms(), frozenset({known}))
    assert (found.verdict, found.failing, len(found.deviating)) == ("known deviation", (), 1)


def test_the_wrapping_is_judged_by_no_version() -> None:
    from ips_contract.validation.report import violation

    report = validate(request())
    extra = violation("envelope", "A SOAP envelope is expected.", "/")
    wrapped = Report(report.message, report.version, (extra,), report.data)
    rules = [row.rule for row in judged(wrapped, LATEST).violations]
    assert rules[:2] == ["envelope", "wrong-namespace"]


@pytest.mark.parametrize(
    ("headers", "rules"),
    [
        ({"authorization": "Basic bWU6c2VjcmV0"}, []),
        ({"authorization": "Basic ?"}, ["no-credentials"]),
        ({}, ["no-credentials"]),
    ],
)
@pytest.mark.parametrize("version", [None, LATEST])
def test_credentials_in_http_count_whatever_version_is_asked_for(
    headers: dict[str, str], rules: list[str], version: Version | None
) -> None:
    service = Service()
    service.handle(Request("POST", SERVICE_PATH, headers, envelope(request(find_version("6.6")))))
    (kept,) = service.exchanges
    for _ in range(2):  # Before and after its passwords are hidden.
        found = judge(kept, Terms(version)).report
        assert [row.rule for row in found.violations if row.rule == "no-credentials"] == rules
        assert found.version == (version or find_version("6.6"))
        assert "secret" not in repr(kept.request)


def test_warnings_that_fail_a_strict_test_are_no_errors() -> None:
    strict = Terms(strict=True)
    warned, broken = judge(exchange(BARRED), strict), judge(exchange(FULL), strict)
    text = failure([warned], 1, "ips_server")
    assert text.startswith("name-separator: the message to ips_server has warnings, which this ")
    assert "conform" not in text.replace("nearest valid", "")
    assert "\nvalid (submitJobParam, pre-4.0), 1 warning" in text
    text = failure([warned] * 7, 7, "ips_server")
    assert text.startswith("name-separator: 7 of 7 messages to ips_server have warnings, which ")
    assert "\n2 more messages have warnings, which this test fails for (strict)." in text
    # What does not conform is named first, and counted alone.
    first, *rest = failure([warned, warned, broken], 9, "ips_server").split("\n")
    assert first.startswith("constant: 1 of 9 messages to ips_server does not conform, 2 more have")
    assert rest[2].startswith("invalid (")
    both = judge(exchange(BARRED.replace(b"Full", b"full")), strict)
    assert failure([both], 1, "f").startswith("constant: the message to f does not conform, at ")


@pytest.mark.parametrize(
    ("terms", "expected", "warnings"),
    [
        (Terms(), frozenset(), ["name-separator"]),
        (Terms(), None, ["name-separator"]),
        (Terms(), frozenset({"name-separator"}), []),
        (Terms(allow=frozenset({"name-separator"})), frozenset(), []),
        (Terms(strict=True), frozenset(), []),
    ],
)
def test_warnings(terms: Terms, expected: frozenset[str] | None, warnings: list[str]) -> None:
    for document in (BARRED, BARRED.replace(b"Full", b"full")):
        found = judge(exchange(document), terms, expected=expected)
        assert [row.rule for row in found.warnings] == warnings


def test_failure_is_bounded() -> None:
    found = [judge(exchange(FULL), Terms())] * 7
    text = failure(found, 9, "ips_server")
    assert text.startswith("constant: 7 of 9 messages to ips_server do not conform, at /submitJob")
    assert text.count("\nmessage 1: ") == 5
    assert "2 more messages do not conform." in text
    made = exchange(FULL, Response(0, (), b""))
    assert "answered" not in failure([judge(made, Terms())], 1, "ips_server")
