"""What tests give wrongly to the mock is refused at once, in words that say what to give."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from ips_contract import mock
from ips_contract.mock import Service
from ips_contract.mock.clock import Clock, RealClock
from tests.calls import PUBLISH, envelope, message, post, submit

NAN, ENDLESS = float("nan"), float("inf")
BIG = timedelta.max

WRONG_MOMENTS = [
    ("2014-04-03", "moment is '2014-04-03'; give a datetime with a time zone, such as "),
    (date(2014, 4, 3), r"moment is datetime.date\(2014, 4, 3\); give a datetime with"),
    (None, "moment is None; give a datetime"),
    (datetime.max.replace(tzinfo=UTC), "moment is 9999-12-31.*; give a year from 1000 to 9900"),
    (datetime.min.replace(tzinfo=UTC), "moment is 0001-01-01.*; give a year from 1000 to 9900"),
]
WRONG_TIMES: list[tuple[dict[str, Any], str]] = [
    ({"by": "7 days"}, "'7 days' has no unit: give a timedelta, or for example minutes=5"),
    ({"minutes": "5"}, "minutes is '5'; give a number"),
    ({"days": True}, "days is True; give a number"),
    ({"min": 5}, r"no unit 'min'; did you mean minutes\?"),
    ({"years": 5}, "no unit 'years'; the units are weeks, days, hours, minutes, "),
    ({"days": 1e12}, "no time is that long"),
    ({"days": NAN}, "no time is that long"),
    ({"by": BIG, "days": 1e5}, "no time is that long"),
    ({"days": 3e6}, "the clock would leave the years 1000 to 9900; it stays as it was"),
    ({"days": -5e5}, "the clock would leave the years 1000 to 9900; it stays as it was"),
]


@pytest.mark.parametrize("kind", [Clock, RealClock])
def test_the_clock(kind: type[Clock]) -> None:
    clock = kind()
    clock.set(datetime(2014, 4, 3, tzinfo=UTC))
    for moment, words in WRONG_MOMENTS:
        with pytest.raises((TypeError, ValueError), match=words):
            clock.set(moment)  # type: ignore[arg-type]
    for units, words in WRONG_TIMES:
        with pytest.raises((TypeError, ValueError), match=words):
            clock.advance(**units)
    assert clock.now().date() == date(2014, 4, 3)
    clock.set(datetime(2014, 4, 3, tzinfo=UTC))  # From where it is, not from the real time.
    clock.advance(weeks=1.5)
    assert clock.now().date() == date(2014, 4, 13)


WRONG_STEPS: list[tuple[dict[str, Any], str]] = [
    ({"fault": "30001"}, "fault is '30001'; give the code as a number, such as 30001"),
    ({"fault": 30001.0}, "fault is 30001.0; give the code as a number"),
    ({"status": "500"}, "status is '500'; give the HTTP status as a number, such as 503"),
    ({"status": True}, "status is True; give the HTTP status"),
    ({"delay": "1"}, "delay is '1'; give seconds as a number, such as 2.5"),
    ({"delay": timedelta(seconds=1)}, r"delay is datetime.timedelta\(seconds=1\); give seconds"),
    ({"delay": NAN}, "delay is nan; give seconds, 0 to 86400"),
    ({"delay": ENDLESS}, "delay is inf; give seconds, 0 to 86400"),
    ({"drop": "yes"}, "drop is 'yes'; give True or False"),
    ({"truncate": 1}, "truncate is 1; give True or False"),
    ({"malformed": "no"}, "malformed is 'no'; give True or False"),
    ({"body": "<a/>"}, r"body is '<a/>'; give bytes, such as b\"busy\" or text.encode\(\)"),
    ({"body": "x" * 5000}, "body is 'x{99}…; give bytes"),
    ({"answer": 503}, "answer is 503; give a function of the request and the answer"),
    ({"fault": 30001, "times": "3"}, "times is '3'; give a whole number"),
    ({"fault": 30001, "times": True}, "times is True; give a whole number"),
    ({"fault": 30001, "times": 10**12}, "times is 1000000000000; give 1 to 1000000"),
    ({"fault": 30001, "operation": 3}, "operation is 3; give its name, such as 'submitJob'"),
    ({"fault": 30001, "path": b"/x"}, "path is b'/x'; give the path of an address"),
    ({"fault": 30001, "when": True}, "when is True; give 'before' or 'after'"),
    ({"fields": [("jobHandle", "x")]}, r"fields is \[.*\]; give a dict from fields to values"),
]


@pytest.mark.parametrize(("step", "words"), WRONG_STEPS)
def test_a_script(step: dict[str, Any], words: str) -> None:
    service = Service()
    with pytest.raises((TypeError, ValueError), match=words):
        service.script(**step)
    assert not len(service.scripted)


# Without their types, which refuse all of this.
ANY: Any = mock
SERVICE: Any = Service()
WRONG_CALLS: list[tuple[Any, str]] = [
    (lambda: SERVICE.plan("x", "soon"), r"plan is 'soon'; give a Plan, such as Plan\(polls=3"),
    (lambda: SERVICE.plan("x", ANY.Plan("2")), "polls is '2'; give a number, or None"),
    (lambda: SERVICE.plan("x", ANY.Plan(2.5)), "polls is 2.5; give a number, or None"),
    (lambda: SERVICE.plan("x", ANY.Plan(None, NAN)), r"seconds is nan; give 0 to 1e\+09, or None"),
    (lambda: SERVICE.plan("x", ANY.Plan(None, -1)), r"seconds is -1; give 0 to 1e\+09, or None"),
    (lambda: SERVICE.plan(3, ANY.Plan()), "job_name is 3; give the job's name as text"),
    (lambda: SERVICE.outcome(None, "fatal"), "job_name is None; give the job's name as text"),
    (lambda: SERVICE.jobs.finish(3), "job_name is 3; give the job's name as text"),
    (lambda: SERVICE.assert_submitted(times="1"), "times is '1'; give a whole number"),
    (lambda: SERVICE.assert_submitted(times=-1), "times is -1; give 0 or more"),
    (lambda: ANY.Service(plan=ANY.Plan(2000)), "polls is 2000; give 0 to 1000, or None"),
    (lambda: ANY.Service(accounts=[("a", "b")]), r"accounts is \[\('a', 'b'\)\]; give Accounts\("),
    (
        lambda: ANY.Service(clock=datetime.now(tz=UTC)),
        "clock is .*; give a Clock, which tests move",
    ),
    (lambda: ANY.Service(jobs=[]), r"jobs is \[\]; give Jobs\(clock.now"),
    (lambda: ANY.Service(limit="1"), "limit is '1'; give bytes as a number"),
    (lambda: ANY.Service(most_exchanges="1"), "most_exchanges is '1'; give a number"),
    (
        lambda: ANY.Accounts([("a", "b")]),
        r"a user is \('a', 'b'\); give an Account, such as Account",
    ),
    (lambda: ANY.Accounts([ANY.Account(None, "b")]), "email is None; give text"),
    (lambda: ANY.Accounts([ANY.Account("a", 5)]), "password of 'a' is 5; give text"),
    (lambda: ANY.serve(Service), r"service is <class .*; give a Service, such as Service\(\)"),
    (lambda: ANY.serve(port="80"), "port is '80'; give a number, 0 for a free one"),
    (lambda: ANY.serve(host=3), "host is 3; give an address as text"),
    (lambda: ANY.serve(request_timeout="3"), "request_timeout is '3'; give seconds as a number"),
    (lambda: ANY.serve(max_connections=None), "max_connections is None; give a number"),
    (lambda: SERVICE.script(falt=30001), r"^no argument 'falt'; did you mean fault\?$"),
    (lambda: SERVICE.script(nothing=1), "^no argument 'nothing'; the arguments are times, fault, "),
    (lambda: ANY.Service(sed={}), r"^no argument 'sed'; did you mean seed\?$"),
    (lambda: ANY.serve(prot=80), r"^no argument 'prot'; did you mean port\?$"),
    (lambda: ANY.serve(Service(), maxconnections=80), r"; did you mean max_connections\?$"),
    (lambda: ANY.serve(acounts=80), r"^no argument 'acounts'; did you mean accounts\?$"),
    (lambda: SERVICE.assert_called("getFolders", time=0), r"\"time\"; did you mean times\?$"),
    (lambda: SERVICE.assert_submitted(time=0), r"^no field \"time\"; did you mean times\?$"),
    (lambda: SERVICE.assert_submitted(urlArray=[{"time": 0}]), r"^no field \"time\"$"),
    (lambda: ANY.transport(Service), "service is <class .*; give a Service"),
    (lambda: ANY.app(3), "service is 3; give a Service"),
    (lambda: ANY.activate(3), "service is 3; give a Service"),
]


@pytest.mark.parametrize(("call", "words"), WRONG_CALLS)
def test_a_call(call: Any, words: str) -> None:
    with pytest.raises((TypeError, ValueError), match=words):
        call()


def test_a_job_that_cannot_be_finished() -> None:
    service = Service()

    def said(name: str) -> str:
        with pytest.raises(ValueError, match=r"^no ") as caught:
            service.jobs.finish(name)
        return str(caught.value)

    assert said("Nightly") == "no job 'Nightly' was submitted, nor any other"
    submit(service, "Nightly")
    assert said("nightli") == "no job 'nightli' was submitted; did you mean \"Nightly\"?"
    submit(service, "Weekly")
    assert said("x") == 'no job \'x\' was submitted, but "Nightly" and "Weekly"'
    service.jobs.finish("Nightly")
    assert said("Nightly") == "no run of 'Nightly' is active; 1 of it ended"
    service.clock.set(datetime(2014, 4, 3, tzinfo=UTC))
    when = "<execTime>2014-04-03T09:30:00Z</execTime>"
    inner = f"<companyHandle>47</companyHandle><jobName>Later</jobName>{when}{PUBLISH}"
    assert post(service, envelope(message("submitJob", inner))).status == 200
    words = "no run of 'Later' is active: it is scheduled, and starts at 2014-04-03 09:30:00+00:00"
    assert said("Later") == words
