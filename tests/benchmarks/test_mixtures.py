"""The benchmark of mixtures has every rule and job, and measures. No time counts."""

from __future__ import annotations

from itertools import chain, islice

import pytest
from lxml import etree

from benchmarks import mixtures
from benchmarks.mixture_messages import Message, broken, clean, kind_of, several, submissions
from benchmarks.mixture_mock import REMARKED, Rate, Submission, handled, submitted
from benchmarks.mixture_peers import peer
from benchmarks.mixture_urls import MANY, clean_urls, every_url, one_in_urls
from benchmarks.mixtures import Effort, Measured, Row, by_kind, row_of, summary, table
from benchmarks.strategies import JOBS
from benchmarks.validation import DOCUMENTED
from ips_contract import RULES, VERSIONS, validate
from ips_contract.contract.rules import ERROR, HTTP_RULES
from ips_contract.generation.mutations.table import BEYOND, MUTATIONS

pytestmark = pytest.mark.no_cover  # What it drives, other tests reach.

LEAST = Effort(1, 0.0, 1, 1, 0.0)
# What is remarked on by itself has no clean submission.
REMARKED_JOBS = {"ripPdfsJob", "metadataPublishJob", "createVideoSitemapJob"}


def rules_of(message: Message) -> set[str]:
    return {violation.rule for violation in validate(message.data).violations}


@pytest.mark.no_cover
def test_every_rule_has_a_row_whose_messages_break_it_alone() -> None:
    rows = by_kind(broken(whole=False))
    assert rows.keys() == {kind_of(rule) for rule in RULES.keys() - BEYOND}
    for rule, mutations in MUTATIONS.items():
        row = rows[kind_of(rule)]
        assert len(row) > len(mutations), "its mutations, and what is in fixtures/"
        message = row[0]
        if message.request is None:
            assert rules_of(message) == {rule}


def test_every_job_is_there_in_every_version() -> None:
    found = {name.split(", ")[0] for name, _, _ in submissions()}
    assert found == JOBS - REMARKED_JOBS
    assert {version for _, version, _ in submissions()} == set(VERSIONS)


@pytest.mark.no_cover
def test_clean_messages_are_clean_and_the_peer_takes_them() -> None:
    rows = by_kind(chain(clean(whole=False), clean_urls(whole=False)))
    (documented,) = rows["clean: documented message"]
    assert documented.data == DOCUMENTED
    for kind, messages in rows.items():
        for message in messages[:3]:
            assert not rules_of(message), (kind, message.name)
            assert peer(message.data)(), (kind, message.name)


@pytest.mark.no_cover
def test_large_ones_have_one_finding_or_as_many_as_items() -> None:
    for message in one_in_urls(whole=False):
        assert 1 <= len(validate(message.data).violations) <= 2, message.kind
    for message in islice(every_url(whole=False), 3):
        assert len(validate(message.data).violations) >= 1000, message.kind
    assert all(
        2 <= len(validate(message.data).violations) <= 3
        for message in islice(several(whole=False), 5)
    )
    assert len(rules_of(Message("", "", every_many(), 1.0))) == 2, "too-many is the other"


def every_many() -> bytes:
    (found,) = (m.data for m in every_url(whole=False) if "more findings" in m.kind)
    assert found.count(b"<note/>") == 1000 * MANY.count("<note/>")
    return found


@pytest.mark.parametrize("row", [*submitted()], ids=lambda row: f"{row.kind} {row.name}")
def test_submissions_are_answered_as_they_say(row: Submission) -> None:
    """``handled`` asserts the status."""
    (rate,) = handled([row], pairs=1)
    assert rate.ratio > 0
    found = validate(row.body)
    refused_alone = row.kind == "a fault: no authHeader"  # It may be in HTTP.
    assert found.valid is (row.status == 200 or refused_alone)
    assert bool(found.violations) is (row.limit == REMARKED)


def test_tables(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    few = list(islice(several(whole=False), 3))
    monkeypatch.setattr(mixtures, "GROUPS", {"few": lambda *, whole: iter(few[: 3 + whole])})
    monkeypatch.setattr(mixtures, "QUICK", LEAST)
    monkeypatch.setattr(mixtures, "CALLS", 10)
    rate = Rate("Service.handle, a warning: blank", "it", 0.5, 0.65)
    monkeypatch.setattr(mixtures, "rates", lambda *, whole: iter([rate] * (1 + whole)))
    status = mixtures.main(["--profile"])
    shown = capsys.readouterr().out
    assert "| several findings: pairs | 3 |" in shown
    line = "| Service.handle, a warning: blank | 1 | 0.50 | it | 0.50 | at least 0.65 | **no** |"
    assert line in shown
    assert "us own" in shown
    assert status == 1, "a limit was missed"
    assert mixtures.main(["nothing"]) == 2


def test_the_worst_comes_first() -> None:
    near = Row("a: near", [Measured("x", 3.9, 0.98), Measured("y|z", 1.0, 0.25)], 4.0, False)
    over = Row("a: over", [Measured("it", 1.3, 1.08)], 1.2, False)
    slow = Row("b: slow", [Measured("it", 0.5, 1.3)], 0.65, True)
    kinds = [line.split(" | ")[0] for line in table([near, over, slow]).splitlines()[2:]]
    assert kinds == ["| b: slow", "| a: over", "| a: near"]
    groups = summary([near, over, slow]).splitlines()[2:]
    assert groups[1] == "| a | 2 | 3 | 1.30 | over | 1.30 | at most 1.2 | 1 of 2 |"


def test_a_row_is_of_one_kind() -> None:
    row = row_of([Message("k", "n", etree.tostring(etree.fromstring(DOCUMENTED)), 100.0)], LEAST)
    assert (row.kind, row.found[0].name, row.limit, row.met) == ("k", "n", 100.0, True)
    assert {RULES[rule].severity for rule in BEYOND - {"too-many"} - HTTP_RULES} == {ERROR}
