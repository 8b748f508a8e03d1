"""The strategies for invalid messages: what they yield, refuse, and shrink to."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from ips_contract import RULES, validate, validate_exchange
from ips_contract.contract.rules import ERROR
from ips_contract.generation.mutations.table import is_error
from ips_contract.invalid import (
    Invalid,
    invalid_envelopes,
    invalid_exchanges,
    invalid_faults,
    invalid_messages,
    invalid_submit_job_requests,
    invalid_submit_job_responses,
    mutated,
)
from ips_contract.strategies import envelopes, exchanges, faults, submit_job_requests
from tests.messages import REQUEST
from tests.sweep import every, examples

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

# Made when they are first drawn from: what each message can suffer takes seconds to find out.
SOURCES: dict[str, Callable[[], SearchStrategy[Invalid]]] = {
    "requests": invalid_submit_job_requests,
    "upload": lambda: invalid_submit_job_requests(version=("4.5", "6.8"), job="uploadUrlsJob"),
    "responses": invalid_submit_job_responses,
    "answers": lambda: invalid_messages("getActiveJobsReturn"),
    "envelopes": invalid_envelopes,
    "faults": invalid_faults,
    "warnings": lambda: invalid_submit_job_requests(("handle-form", "auth-style", "schedule-form")),
}


@pytest.mark.no_cover
@pytest.mark.parametrize("name", SOURCES)
def test_one_rule_is_broken(name: str) -> None:
    @settings(max_examples=60)
    @given(SOURCES[name]())
    def check(found: Invalid) -> None:
        report = validate(found.xml)
        assert {v.rule for v in report.violations} == {found.rule} == set(found.rules)
        assert (report.violations[0].path, report.violations[0].line) == (found.path, found.line)
        assert report.valid is not is_error(found.rule)
        assert (name == "warnings") is (RULES[found.rule].severity != ERROR)
        assert found.rule in repr(found)
        if name == "upload":
            assert found.version.label in ("4.5", "6.8")
            if found.rule in ("wrong-type", "constant", "range", "one-crop", "missing-element"):
                assert b"uploadUrlsJob" in found.xml

    check()


@settings(max_examples=60)
@given(st.deferred(invalid_exchanges))
def test_exchanges(found: Invalid) -> None:
    assert found.request is not None
    report = validate_exchange(found.request, found.xml)
    assert report.request.valid
    assert report.response.valid
    assert {v.rule for v in report.violations} == {found.rule}


@settings(max_examples=40)
@given(mutated(submit_job_requests("6.8"), count=3), mutated(st.one_of(envelopes(), faults())))
def test_mutated(several: Invalid, one: Invalid) -> None:
    assert several.rules == tuple(dict.fromkeys(v.rule for v in validate(several.xml).violations))
    assert several.rules
    assert several.description.count(", ") <= 6
    assert len(one.rules) == 1


@settings(max_examples=20)
@given(mutated(submit_job_requests("6.8", form="element"), "locale"))
def test_mutated_elements(found: Invalid) -> None:
    assert found.rule == "locale"
    assert found.element.tag.endswith("submitJobParam")  # type: ignore[union-attr, arg-type]


def test_too_many_mutations() -> None:
    with pytest.raises(ValueError, match=r"this message of pre-4\.0 cannot break 2 of these rules"):
        find(mutated(st.just(REQUEST), "blank", 2), lambda _: True)


SHRUNK = ("missing-element", "locale", "range", "one-schedule", "blank")


@pytest.mark.no_cover
@pytest.mark.parametrize("rule", every(4, SHRUNK))
def test_shrinking_keeps_the_defect_and_drops_the_rest(rule: str) -> None:
    found = find(
        invalid_submit_job_requests(rule), lambda _: True, settings=settings(database=None)
    )
    assert found.rule == rule
    assert found.version.label in ("pre-4.0", "4.0")
    assert len(found.xml) < 520  # The least upload in pre-4.0 (L), where a range needs one.
    assert b"userHandle" not in found.xml
    assert b"description" not in found.xml


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda: invalid_submit_job_requests("nothing"),
            "no rule 'nothing' .* there are missing-element",
        ),
        (lambda: invalid_submit_job_requests("locale", "pre-4.0"), "no rule 'locale'"),
        (lambda: invalid_submit_job_requests("range", job="videoPublishJob"), "no rule 'range'"),
        (lambda: invalid_submit_job_requests(job="nothing"), "the job 'nothing'"),
        (lambda: invalid_submit_job_requests(version="4.5", job="exportJob"), "job 'exportJob'"),
        (lambda: invalid_submit_job_requests(job="ripPdfsJob"), "no clean message"),
        (lambda: invalid_submit_job_requests(version="7"), "no API version"),
        (lambda: invalid_submit_job_responses("range"), "no rule 'range'"),
        (lambda: invalid_messages("nothing"), "nothing"),
        (lambda: invalid_envelopes("fault-code"), "no rule 'fault-code'"),
        (lambda: invalid_faults("locale"), "no rule 'locale'"),
        (lambda: invalid_exchanges("blank"), "no rule 'blank'"),
        (lambda: mutated(exchanges(), ["x"]), "no rule 'x'"),  # type: ignore[arg-type]
    ],
)
def test_what_does_not_go_together(make: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make()


def test_versions_that_cannot_break_a_rule_are_left_out() -> None:
    seen = set()

    @settings(max_examples=60, database=None, derandomize=True)
    @given(invalid_submit_job_requests("export-format"))
    def check(found: Invalid) -> None:
        seen.add(found.version.label)

    check()
    assert seen == {"6.0", "6.6", "6.8"}


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "make",
    [
        invalid_submit_job_requests,
        invalid_envelopes,
        invalid_exchanges,
        invalid_faults,
        lambda: mutated(envelopes()),
    ],
    ids=["requests", "envelopes", "exchanges", "faults", "mutated"],
)
def test_the_plainest_is_not_drawn_all_the_time(
    make: Callable[[], SearchStrategy[Invalid]],
) -> None:
    """Hypothesis makes new examples from parts of others; these must fit into one another."""
    counts: Counter[str] = Counter()
    number = examples(100, 400)

    @settings(max_examples=number, database=None, derandomize=True)
    @given(make())
    def count(found: Invalid) -> None:
        counts[found.rule] += 1

    count()
    # It begins with the plainest: at most 50 examples.
    (_, most), *_ = counts.most_common(1)
    assert most < 50 + number / len(counts) + 60, counts


@pytest.mark.no_cover
def test_what_leaves_credentials_to_http_can_be_broken() -> None:
    """Its other rules are broken alone; and that there are none can be asked for."""

    @settings(max_examples=20)
    @given(mutated(envelopes(credentials="basic"), ["constant", "blank", "stray-attribute"]))
    def test(found: Invalid) -> None:
        assert found.rules == (found.rule,)
        rules = {row.rule for row in validate(found.xml, logged_in=True).violations}
        assert rules == {found.rule}

    test()

    @settings(max_examples=20)
    @given(invalid_envelopes("no-credentials"))
    def bare(found: Invalid) -> None:
        assert (found.rule, found.path) == ("no-credentials", "/Envelope")
        assert validate(found.xml, logged_in=True).violations == ()

    bare()
