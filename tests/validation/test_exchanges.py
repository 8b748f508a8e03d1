"""Answers judged with their requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import etree

from ips_contract import validate_exchange
from ips_contract.contract.versions import LATEST, PRE_4_0, UNVERSIONED, Version
from ips_contract.validation import engines
from tests.growth import QUADRATIC, growth
from tests.messages import REQUEST, RESPONSE, SOAP_11, envelope, request

if TYPE_CHECKING:
    from collections.abc import Callable


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


def test_exchange_options() -> None:
    report = validate_exchange(REQUEST, RESPONSE, version="4.5")
    assert [str(r.version) for r in report[:2]] == ["4.5", "4.5"]
    assert [r.message for r in report[:2]] == ["submitJobParam", "submitJobReturn"]
    with pytest.raises(ValueError, match="no engine 'expat'"):
        validate_exchange(REQUEST, RESPONSE, engine="expat")
    report = validate_exchange(REQUEST, RESPONSE, limit=len(REQUEST) - 1)
    assert [len(r.violations) for r in report[:2]] == [1, 0]
    assert report.violations == ()


def test_two_requests_and_two_answers_are_told_apart() -> None:
    def said(first: bytes, second: bytes) -> str:
        (found,) = validate_exchange(first, second).violations
        return found.message

    asked, answered = REQUEST, RESPONSE
    words = "The request is submitJobReturn, an answer; "
    assert said(answered, asked) == words + "swap the two."
    order = "give what was asked before what was answered."
    assert said(answered, answered) == words + order


def test_an_answer_in_another_namespace_is_told_with_both() -> None:
    other = RESPONSE.replace(UNVERSIONED.encode(), LATEST.namespace.encode())
    found = validate_exchange(REQUEST, other).violations[0]
    assert found.rule == "exchange-version"
    assert found.message == (
        f"The answer has the namespace {LATEST.namespace}; give it the request's, {UNVERSIONED}."
    )


def test_a_handle_of_an_instance_is_told_as_one() -> None:
    handle = b"47||Other_2014-04-03-09:30:00.000"
    answer = RESPONSE.replace(b"47|My Test Job|", handle)
    assert answer != RESPONSE
    (found,) = validate_exchange(REQUEST, answer).violations
    assert found.rule == "exchange-job-name"
    instance = handle.decode().rpartition("|")[2]
    assert found.message == (
        f'The handle is of instance "{instance}"; submitted was job "My Test Job".'
    )


def test_a_second_handle_is_looked_at_although_the_first_is_none() -> None:
    answer = RESPONSE.replace(
        b"<jobHandle>", b"<jobHandle>none</jobHandle>\n<jobHandle>", 1
    ).replace(b"My Test Job", b"Other")
    rules = [found.rule for found in validate_exchange(REQUEST, answer).violations]
    assert "exchange-job-name" in rules


def test_both_documents_of_an_exchange_have_the_limit_and_the_engine() -> None:
    limit = max(len(REQUEST), len(RESPONSE))
    assert validate_exchange(REQUEST, RESPONSE, limit=limit).valid
    big = 2 * 1024 * 1024
    long_request = REQUEST + b" " * big
    long_response = RESPONSE + b" " * big
    assert validate_exchange(long_request, long_response, limit=2 * big).valid
    assert validate_exchange(long_request, RESPONSE).request.violations[0].rule == "too-large"
    found = validate_exchange(REQUEST, long_response)
    assert found.response.violations[0].rule == "too-large"
    assert found.violations == ()
    with pytest.raises(ValueError, match="engine"):
        validate_exchange(REQUEST, RESPONSE, engine="none")


def test_both_documents_of_an_exchange_are_shown_to_the_engines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def note(root: etree._Element, *_: object) -> list[tuple[str, int | None]]:
        asked.append(etree.QName(root).localname)
        return []

    for name in engines.VERDICTS:
        monkeypatch.setitem(engines.VERDICTS, name, note)
    assert validate_exchange(REQUEST, RESPONSE, engine="both").valid
    assert asked == ["submitJobParam"] * 2 + ["submitJobReturn"] * 2


def test_both_documents_of_an_exchange_have_a_report_whatever_they_are() -> None:
    empty = f'<s:Envelope xmlns:s="{SOAP_11}"><s:Body/></s:Envelope>'.encode()
    for request_, response in ((empty, RESPONSE), (REQUEST, empty), (b"<", RESPONSE)):
        found = validate_exchange(request_, response)
        assert not found.valid
        assert found.request.data == request_
        assert found.response.data == response


def test_a_handle_of_another_job_is_told_as_one() -> None:
    answer = RESPONSE.replace(b"My Test Job", b"Other")
    (found,) = validate_exchange(REQUEST, answer).violations
    assert found.message == 'The handle is of job "Other"; submitted was job "My Test Job".'


@pytest.mark.parametrize(
    ("instance", "belongs"),
    [
        ("Add_2011-03-30-14:32:08.834", True),
        ("Add-2011-03-30-14:32:08.834", True),
        ("Add", True),
        ("Address book_2011-03-30-14:32:08.834", False),
        ("Add more_2011-03-30-14:32:08.834", False),
        ("Ad_2011-03-30-14:32:08.834", False),
    ],
)
def test_an_instance_is_one_of_the_job(instance: str, belongs: bool) -> None:
    asked = REQUEST.replace(b"My Test Job", b"Add")
    answer = RESPONSE.replace(b"47|My Test Job|", f"47||{instance}".encode())
    assert validate_exchange(asked, answer).valid == belongs
