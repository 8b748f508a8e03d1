"""Making failing documents smaller: known minima, bounds, and that nothing else changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ips_contract import VERSIONS, battery, validate
from ips_contract.battery.scenarios.answer import Asked
from ips_contract.battery.scenarios.mutated import example_named, smallest, tries_for
from ips_contract.generation.shrinking import cuts, shrink, without
from tests.sweep import examples

if TYPE_CHECKING:
    from ips_contract.battery.scenarios.scenario import Scenario

DOCUMENT = (
    b'<?xml version="1.0"?><!-- note --><a x="1" y=\'2\'><b>text<c/></b><b>more</b>'
    b"<![CDATA[<]]></a>"
)


def anything(data: bytes) -> bool:
    return True


@pytest.mark.parametrize(
    ("needed", "smallest_form"),
    [
        ((b"<c/>",), b"<c/>"),
        ((b"more",), b"more"),
        ((b"<b>", b"more"), b"<b>more"),
        ((b"y='2'", b"text"), b"<a y='2'>text"),
        ((b"<![CDATA[<]]>", b"note"), b"<!-- note --><![CDATA[<]]>"),
        ((), b""),
    ],
)
def test_known_minima(needed: tuple[bytes, ...], smallest_form: bytes) -> None:
    """What fails whenever some parts are there becomes just these parts."""

    def fails(data: bytes) -> bool:
        return all(part in data for part in needed)

    found = shrink(DOCUMENT, anything, fails, 100)
    assert (found.data, found.complete) == (smallest_form, True)
    assert found.tries < 40


def test_elements_go_as_a_whole_and_wrappers_alone() -> None:
    forms = {without(DOCUMENT, cut) for cut in cuts(DOCUMENT)}
    assert DOCUMENT.replace(b"<b>text<c/></b>", b"") in forms
    assert DOCUMENT.replace(b"<b>text<c/></b>", b"text<c/>") in forms
    assert DOCUMENT.replace(b' x="1"', b"") in forms
    assert DOCUMENT.replace(b"<!-- note -->", b"") in forms


def test_the_longest_goes_first() -> None:
    sizes = [len(without(DOCUMENT, cut)) for cut in cuts(DOCUMENT)]
    assert sizes == sorted(sizes)
    assert sizes[-1] < len(DOCUMENT)


@pytest.mark.parametrize(
    "data", [b"", b"<", b"<a", b"<a></b></a>", b"<a><b></a>", b"\x1f\x8b\0", b"<!DOCTYPE a [<!E>]>"]
)
def test_what_is_no_xml_has_parts(data: bytes) -> None:
    for cut in cuts(data):
        assert len(without(data, cut)) < len(data)
    assert shrink(data, anything, anything, 100).data == b""


def test_tries_are_bounded_and_counted() -> None:
    tried = []

    def fails(data: bytes) -> bool:
        tried.append(data)
        return False

    assert shrink(DOCUMENT, anything, fails, 3) == (DOCUMENT, 3, False)
    assert len(tried) == len(set(tried)) == 3
    # Nothing is tried twice, and what is of another kind is not tried.
    tried.clear()
    assert shrink(DOCUMENT, anything, fails, 100).complete
    assert len(tried) == len(set(tried))
    tried.clear()
    assert shrink(DOCUMENT, lambda data: False, fails, 100) == (DOCUMENT, 0, True)
    assert tried == []


def small(name: str, needed: bytes) -> Scenario:
    scenario = example_named(name, VERSIONS[0])
    assert scenario is not None

    def fails(form: Scenario) -> bool:
        return needed in form.answer.entity(Asked("", ""))

    return smallest(scenario, fails)


def places(rule: str, count: int = 3) -> list[str]:
    """Examples that break ``rule``."""
    found = []
    for place in range(1, 500):
        row = example_named(f"mutation-2-{place}", VERSIONS[0])
        assert row is not None
        if f"({rule} at " in row.title:
            found.append(row.id)
        if len(found) == count:
            break
    assert len(found) == count
    return found


XSD = "http://www.scene7.com/IpsApi/xsd"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


@pytest.mark.no_cover
@pytest.mark.parametrize("index", range(3))
def test_the_smallest_answer_without_a_handle(index: int) -> None:
    """A client that does not look needs no more than an empty result, and no header."""
    name = places("missing-element")[index]
    body = small(name, b"submitJobReturn").answer.entity(Asked("", ""))
    forms = {
        f'<soapenv:Envelope xmlns:soapenv="{SOAP}"><soapenv:Body><submitJobReturn xmlns="{XSD}"'
        f"{end}</soapenv:Body></soapenv:Envelope>".encode()
        for end in ("/>", "></submitJobReturn>")
    }
    assert body in forms


@pytest.mark.no_cover
@pytest.mark.parametrize("rule", ["repeated-element", "not-xml", "job-handle-empty"])
def test_the_rule_stays(rule: str) -> None:
    for name in places(rule, examples(1, 3)):
        before = example_named(name, VERSIONS[0])
        after = small(name, b"")
        assert before is not None
        bodies = [row.answer.entity(Asked("", "")) for row in (before, after)]
        old, new = (validate(body) for body in bodies)
        assert {row.rule for row in new.errors} == {row.rule for row in old.errors} == {rule}
        assert len(bodies[1]) < len(bodies[0])
        assert b"DECOY" not in bodies[1]
        assert (after.id, after.level, after.rule) == (before.id, before.level, before.rule)
        assert f"{len(bodies[0])} bytes made {len(bodies[1])} in " in after.title


def test_bounds_are_told() -> None:
    """A client for which every form but the whole is fine."""
    name = places("repeated-element", 1)[0]
    scenario = example_named(name, VERSIONS[0])
    assert scenario is not None
    tried = []

    def fails(form: Scenario) -> bool:
        tried.append(form)
        return False

    kept = smallest(scenario, fails)
    assert kept.answer == scenario.answer
    assert 2 < len(tried) <= 50
    assert kept.title.endswith(f"in {len(tried)} runs")
    assert smallest(scenario, fails, 2).title.endswith("in 2 runs, no more were tried")


@pytest.mark.parametrize(("seconds", "tries"), [(0.0, 50), (0.05, 50), (12.0, 5), (4500.0, 0)])
def test_slow_clients_are_run_less_often(seconds: float, tries: int) -> None:
    """A client that hangs costs its deadline each time."""
    assert tries_for(seconds) == tries


def test_examples_are_no_cases_of_the_list() -> None:
    numbers = {case.number for case in battery.cases(level="I")}
    scenario = example_named("mutation-1-1", VERSIONS[0])
    assert scenario is not None
    assert scenario.number not in numbers
