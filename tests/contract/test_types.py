"""What user code gets, as mypy sees it (it checks this file, strictly) and as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_type, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from lxml import etree

from ips_contract.generation.python_values import Record, Value, from_bytes, to_bytes
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
from ips_contract.strategies import (
    company_handles,
    envelopes,
    exchanges,
    faults,
    job_details,
    job_handles,
    locales,
    messages,
    plain_requests,
    schedules,
    submit_job_requests,
    submit_job_responses,
    user_handles,
    zoned_datetimes,
)
from tests.sweep import every

if TYPE_CHECKING:
    from collections.abc import Callable

Bytes = SearchStrategy[bytes]
Element = SearchStrategy[etree._Element]
Dict = SearchStrategy[dict[str, Value]]
Dataclass = SearchStrategy[Record]
Text = SearchStrategy[str]
Broken = SearchStrategy[Invalid]
JOB = "optimizeImagesJob"

TYPED: dict[str, tuple[SearchStrategy[Any], type]] = {
    "requests": (assert_type(submit_job_requests(), Bytes), bytes),
    "request elements": (
        assert_type(submit_job_requests(form="element"), Element),
        etree._Element,
    ),
    "request dicts": (assert_type(submit_job_requests(form="dict"), Dict), dict),
    "request dataclasses": (
        assert_type(submit_job_requests(form="dataclass"), Dataclass),
        Record,
    ),
    "responses": (assert_type(submit_job_responses(), Bytes), bytes),
    "response elements": (
        assert_type(submit_job_responses(form="element"), Element),
        etree._Element,
    ),
    "response dicts": (assert_type(submit_job_responses(form="dict"), Dict), dict),
    "response dataclasses": (
        assert_type(submit_job_responses(form="dataclass"), Dataclass),
        Record,
    ),
    "messages": (assert_type(messages("stopJob", "6.8"), Bytes), bytes),
    "message elements": (assert_type(messages(form="element"), Element), etree._Element),
    "message dicts": (assert_type(messages(form="dict"), Dict), dict),
    "message dataclasses": (assert_type(messages(form="dataclass"), Dataclass), Record),
    "details": (assert_type(job_details(JOB), Bytes), bytes),
    "detail elements": (assert_type(job_details(JOB, form="element"), Element), etree._Element),
    "detail dicts": (assert_type(job_details(JOB, form="dict"), Dict), dict),
    "detail dataclasses": (assert_type(job_details(JOB, form="dataclass"), Dataclass), Record),
    "envelopes": (assert_type(envelopes(submit_job_requests()), Bytes), bytes),
    "envelope elements": (assert_type(envelopes(form="element"), Element), etree._Element),
    "plain requests": (assert_type(plain_requests(), Bytes), bytes),
    "plain elements": (assert_type(plain_requests(form="element"), Element), etree._Element),
    "faults": (assert_type(faults(), Bytes), bytes),
    "fault elements": (assert_type(faults(form="element"), Element), etree._Element),
    "exchanges": (assert_type(exchanges(), SearchStrategy[tuple[bytes, bytes]]), tuple),
    "exchanges of elements": (
        assert_type(
            exchanges(form="element"),
            SearchStrategy[tuple[etree._Element, etree._Element]],
        ),
        tuple,
    ),
    "company handles": (assert_type(company_handles(), Text), str),
    "user handles": (assert_type(user_handles(), Text), str),
    "job handles": (assert_type(job_handles("6.8", "active"), Text), str),
    "locales": (assert_type(locales(), Text), str),
    "schedules": (assert_type(schedules(), Text), str),
    "moments": (assert_type(zoned_datetimes(), Text), str),
}
# Made when they are asked for: what each message can suffer takes seconds to find out.
WRONG: dict[str, Callable[[], Broken]] = {
    "wrong requests": lambda: assert_type(invalid_submit_job_requests("locale"), Broken),
    "wrong responses": lambda: assert_type(invalid_submit_job_responses(), Broken),
    "wrong messages": lambda: assert_type(invalid_messages("getActiveJobsReturn"), Broken),
    "wrong envelopes": lambda: assert_type(invalid_envelopes(), Broken),
    "wrong faults": lambda: assert_type(invalid_faults(), Broken),
    "wrong exchanges": lambda: assert_type(invalid_exchanges(), Broken),
    "mutated": lambda: assert_type(mutated(submit_job_requests()), Broken),
}


def typed(name: str) -> tuple[SearchStrategy[Any], type]:
    """The strategy called ``name``, and the type of what it draws."""
    return (WRONG[name](), Invalid) if name in WRONG else TYPED[name]


@pytest.mark.no_cover
@pytest.mark.parametrize("name", [*TYPED, *WRONG])
def test_what_is_drawn_has_the_type(name: str) -> None:
    strategy, kind = typed(name)
    element = etree._Element if "elements" in name else bytes

    @settings(max_examples=5, database=None)
    @given(strategy)
    def check(value: object) -> None:
        assert isinstance(value, kind)
        if isinstance(value, tuple) and not isinstance(value, Invalid):
            assert [isinstance(part, element) for part in value] == [True, True]

    check()


@settings(max_examples=20, database=None)
@given(st.deferred(invalid_submit_job_requests), submit_job_requests(form="dataclass"))
def test_attributes(broken: Invalid, record: Record) -> None:
    assert_type(broken.xml, bytes)
    assert_type(broken.rule, str)
    assert_type(broken.description, str)
    assert_type(broken.path, str)
    assert_type(record.jobName, Any)
    assert isinstance(record.jobName, str)
    assert not hasattr(record, "job_name")
    assert_type(from_bytes(to_bytes(record)), Record)


@pytest.mark.parametrize("name", [*TYPED, *WRONG])
def test_reprs_are_short(name: str) -> None:
    """Hypothesis prints them where a draw raises; of long ones it warns."""
    assert len(repr(typed(name)[0])) < 1500


@pytest.mark.no_cover
@pytest.mark.parametrize("name", every(3, [*TYPED, *WRONG]))
def test_a_draw_that_raises_says_so_shortly(name: str) -> None:
    def refuse(_: object) -> None:
        raise LookupError("refused")

    @settings(max_examples=5, database=None)
    @given(typed(name)[0].map(refuse))
    def check(_: None) -> None:
        raise AssertionError("nothing is drawn")

    # Warnings are errors here, that of a long repr, too.
    with pytest.raises(LookupError, match="refused") as caught:
        check()
    assert sum(map(len, getattr(caught.value, "__notes__", ()))) < 3000


def test_forms_are_those_of_the_types() -> None:
    from ips_contract.strategies.drawing import _RENDERERS

    assert set(_RENDERERS) == {"bytes", "element", "dict", "dataclass"}
    assert get_args(Value)
