"""Answers scripted in advance."""

from __future__ import annotations

from typing import Any

import pytest

from ips_contract.http.messages import Request, Response
from ips_contract.mock.script import Script, Step, apply
from ips_contract.mock.service import Service
from ips_contract.xml.parser import Unreadable, parse
from tests.calls import PUBLISH, envelope, fault_of, listing, message, post, steer, submit


def test_a_fault_for_the_next_submissions() -> None:
    service = Service()
    service.script(times=2, fault=20008)
    assert len(service.scripted) == 2
    for _ in range(2):
        assert fault_of(submit(service))[0] == 20008
    assert submit(service).status == 200
    assert service.exchanges[0].notes == ("scripted: fault=20008",)
    assert len(listing(service, "getActiveJobs")) == 1


def test_a_delay_and_a_broken_connection_come_after_the_job() -> None:
    service = Service()
    for step in ({"delay": 1.5}, {"drop": True}, {"truncate": True}, {"malformed": True}):
        service.script(**step)
    answers = [submit(service) for _ in range(5)]
    assert [(answer.delay, answer.fate) for answer in answers] == [
        (1.5, ""),
        (0.0, "drop"),
        (0.0, "truncate"),
        (0.0, ""),
        (0.0, ""),
    ]
    assert answers[0].body == answers[4].body
    with pytest.raises(Unreadable):
        parse(answers[3].body)
    assert len(listing(service, "getActiveJobs")) == 5


def test_a_status_and_a_body() -> None:
    service = Service()
    service.script(status=503)
    service.script(body=b"busy", status=502)
    service.script(body=b"<a/>")
    service.script(fault=30000, status=200)
    answers = [submit(service) for _ in range(4)]
    assert [(a.status, a.body) for a in answers[:3]] == [(503, b""), (502, b"busy"), (200, b"<a/>")]
    assert answers[3].status == 200
    assert fault_of(answers[3])[0] == 30000
    assert listing(service, "getActiveJobs") == []


def test_a_scripted_encoding_is_left_alone() -> None:
    service = Service()
    header = ("Content-Encoding", "br")
    service.script(answer=lambda _, response: response._replace(headers=(header,)))
    response = post(service, envelope("<x/>"), {"accept-encoding": "gzip"})
    assert ("Content-Encoding", "gzip") in response.headers
    inner = "<companyHandle>47</companyHandle><jobName>x</jobName>" + PUBLISH
    body = envelope(message("submitJob", inner))
    assert post(service, body, {"accept-encoding": "gzip"}).headers == (header,)


def test_a_function() -> None:
    service = Service()

    def shout(request: Request, response: Response) -> Response:
        assert request.method == "POST"
        return response._replace(body=response.body.upper())

    service.script(answer=shout)
    assert b"<JOBHANDLE>47|MY TEST JOB|" in submit(service).body


def test_a_function_that_returns_no_answer_is_told_so() -> None:
    service = Service()
    service.script(answer=lambda _request, _response: None)  # type: ignore[arg-type, return-value]
    with pytest.raises(TypeError, match="the function returned None, no Response"):
        submit(service)


def test_operations_have_their_own_steps() -> None:
    service = Service()
    service.script(fault=30000, operation="stopJob")
    service.script(fault=20009, operation="*", times=2)
    assert fault_of(submit(service))[0] == 20009
    assert fault_of(steer(service, "stopJob", "47|x|"))[0] == 30000
    assert fault_of(steer(service, "stopJob", "47|x|"))[0] == 20009
    assert fault_of(steer(service, "stopJob", "47|x|"))[0] == 30001


def test_steps_wait_for_their_operation() -> None:
    service = Service()
    service.script(fault=30000, operation="stopJob")
    assert submit(service).status == 200
    assert len(service.scripted) == 1


def test_requests_that_are_refused_use_up_nothing() -> None:
    service = Service()
    service.script(fault=30000)
    assert fault_of(submit(service, job=""))[0] == 30002
    assert fault_of(submit(service))[0] == 30000


def test_reset_forgets_steps() -> None:
    service = Service()
    service.script(fault=30000)
    service.reset()
    assert submit(service).status == 200


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ({}, "nothing to do"),
        ({"times": 0, "drop": True}, "times is 0"),
        ({"fault": 1}, "no fault code 1"),
        ({"fault": 30000, "body": b""}, "both given"),
        ({"status": 99}, "status is 99"),
        ({"delay": -1}, "delay is -1"),
        ({"drop": True, "truncate": True}, "a connection ends once"),
        ({"drop": True, "fault": 30000}, "drop is given beside an answer"),
        ({"drop": True, "body": b""}, "drop is given beside an answer"),
        ({"drop": True, "operation": "submit"}, "no operation 'submit'"),
    ],
)
def test_what_cannot_be_scripted(step: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Service().script(**step)


def test_steps_in_words() -> None:
    step = Step("submitJob", delay=0.5, drop=True, body=b"", answer=lambda _, response: response)
    assert str(step) == "scripted: delay=0.5, drop=True, body, answer"
    assert not Script()
    response = Response(200, (), b"<a></a>", delay=1.0)
    assert apply(step, Request("POST", "/", {}, b""), response).delay == 1.5


def test_unused() -> None:
    service = Service()
    service.script(fault=20003, times=2, operation="stopJob")
    service.script(delay=0.0, status=503, operation="*")
    service.script(fault=30000, times=9)
    told = [
        "2 answers to stopJob: fault=20003",
        "1 answer to any operation: status=503",
        "9 answers to submitJob: fault=30000",
    ]
    assert service.scripted.unused() == told
    submit(service)
    submit(service)
    # One of the nine is enough: it may mean as often as the client tries.
    assert service.scripted.unused() == told[:1]
    assert len(service.scripted) == 10
    service.reset()
    assert service.scripted.unused() == []
