"""Answers judged with their requests, and the parts of job handles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import etree

from ips_contract import validate_exchange
from ips_contract.contract.handles import JobHandle, company_number, read_job_handle
from ips_contract.contract.versions import LATEST, PRE_4_0, UNVERSIONED, Version
from tests.growth import QUADRATIC, growth
from tests.messages import REQUEST, RESPONSE, envelope, request

if TYPE_CHECKING:
    from collections.abc import Callable

HANDLES = [
    ("47|My Test Job|", JobHandle("47", "My Test Job")),
    ("47||Add_2007-09-14-15:04:34", JobHandle("47", "", "Add_2007-09-14-15:04:34")),
    ("0|Cleanup|", JobHandle("0", "Cleanup")),
    ("47|a|b|", JobHandle("47", "a|b")),
    ("j|110|katlyn||", JobHandle("110", "katlyn")),
    ("j|110||3e_2011-03-30|5129821", JobHandle("110", "", "3e_2011-03-30", "5129821")),
    ("j|1|a|b||", JobHandle("1", "a|b")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "parts"), HANDLES)
def test_handles(text: str, parts: JobHandle) -> None:
    assert read_job_handle(text) == parts
    assert parts.text(dated=text.startswith("j")) == text


@pytest.mark.parametrize("text", ["", "47", "47|x", "j|1|x|", "j"])
def test_no_handles(text: str) -> None:
    assert read_job_handle(text) is None


def test_company_number() -> None:
    assert company_number("47") == company_number("c|47") == "47"


def answer(handle: str, version: Version = PRE_4_0) -> bytes:
    return (
        f'<submitJobReturn xmlns="{version.namespace}"><jobHandle>{handle}</jobHandle>'
        "</submitJobReturn>"
    ).encode()


FAULT_DETAIL = (
    f'<ipsApiFault xmlns="{UNVERSIONED}"><code>20003</code><reason>x</reason></ipsApiFault>'
).encode()
FAULT = b"<s:Fault><faultcode>s:Server</faultcode><faultstring>x</faultstring></s:Fault>"
ROWS = [
    (REQUEST, RESPONSE, []),
    (envelope(REQUEST), envelope(RESPONSE), []),
    (request(LATEST), answer("j|47|My Test Job||", LATEST), []),
    (REQUEST, envelope(FAULT), []),
    (REQUEST, answer("47||My Test Job_2014-04-03-09:30:00.000"), []),
    (REQUEST, answer("47||Other_2014-04-03-09:30:00.000"), ["exchange-job-name"]),
    (REQUEST, answer("48|Other|"), ["exchange-company", "exchange-job-name"]),
    (REQUEST, answer("no handle"), []),
    (REQUEST, answer("j|47|My Test Job||", LATEST), ["exchange-version"]),
    (REQUEST, REQUEST, ["exchange-return"]),
    (REQUEST, b"<", []),
    (b"<", RESPONSE, []),
    (RESPONSE, REQUEST, ["exchange-return"]),
    (RESPONSE, RESPONSE, ["exchange-return"]),
    (envelope(FAULT), envelope(RESPONSE), ["exchange-return"]),
    (FAULT_DETAIL, FAULT_DETAIL, ["exchange-return"]),
    (b"<html/>", RESPONSE, []),
    (envelope(b""), RESPONSE, []),
    # One version judges both, but the service answers in the namespace that it was asked in.
    (
        request(LATEST).replace(b"2014-04-03", b"2016-01-14-beta"),
        answer("j|47|My Test Job||", LATEST),
        ["exchange-version"],
    ),
    # Handles and names are tokens.
    (
        REQUEST.replace(b"My Test Job", b"\n  My  Test Job "),
        answer("\n47|My Test Job|\n"),
        [],
    ),
    (REQUEST.replace(b"My Test Job", b"Job "), answer("47|Job |"), []),
    (
        REQUEST.replace(b"submitJobParam", b"deleteJobParam"),
        b'<deleteJobReturn xmlns="http://www.scene7.com/IpsApi/xsd"/>',
        [],
    ),
]


@pytest.mark.parametrize(("asked", "answered", "rules"), ROWS)
def test_exchanges(asked: bytes, answered: bytes, rules: list[str]) -> None:
    report = validate_exchange(asked, answered)
    assert [v.rule for v in report.violations] == rules
    together = report.request.valid and report.response.valid and not rules
    assert report.valid is together


OTHER = RESPONSE.replace(b"47|", b"48|")
PLACES: list[tuple[bytes | etree._Element, str, int, int | None]] = [
    (OTHER, "/submitJobReturn/jobHandle", 2, 4),
    (
        envelope(b"\n\n   " + OTHER),
        "/Envelope/Body/submitJobReturn/jobHandle",
        4,
        4,
    ),
    (
        f'<Request xmlns="{UNVERSIONED}">\n{OTHER.decode()}</Request>'.encode(),
        "/Request/submitJobReturn/jobHandle",
        3,
        4,
    ),
    (etree.fromstring(OTHER), "/submitJobReturn/jobHandle", 2, None),
    (envelope(b"\n <stopJobReturn/>"), "/Envelope/Body/stopJobReturn", 2, 2),
]


@pytest.mark.parametrize(("answered", "path", "line", "column"), PLACES)
def test_places_are_those_of_the_document(
    answered: bytes | etree._Element, path: str, line: int, column: int | None
) -> None:
    (found,) = validate_exchange(REQUEST, answered).violations
    assert (found.path, found.line, found.column) == (path, line, column)


def test_swapped_arguments_are_told_so() -> None:
    report = validate_exchange(RESPONSE, envelope(REQUEST))
    assert not report.valid
    (found,) = report.violations
    assert found.message == "The request is submitJobReturn, an answer; swap the two."
    assert found.path == "/Envelope/Body/submitJobParam"


def test_long_namespaces_are_not_read() -> None:
    # Else each of the children would cost as much as the namespace is long.
    def judging(size: int) -> Callable[[], object]:
        inner = "<a/>" * (size // 4)
        asked = f'<submitJobParam xmlns="{"x" * size}">{inner}</submitJobParam>'.encode()

        def work() -> None:
            report = validate_exchange(asked, asked.replace(b"Param", b"Return"))
            assert [v.rule for v in report.request.violations] == ["too-large"]
            assert report.violations == ()

        return work

    assert growth(judging, 25_000) < QUADRATIC


def test_no_operation_in_a_request_wrapper() -> None:
    asked = f'<Request xmlns="{PRE_4_0.namespace}"/>'.encode()
    assert validate_exchange(asked, RESPONSE).violations == ()
