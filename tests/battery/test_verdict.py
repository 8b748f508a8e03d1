"""Verdicts, as a table: what a client did and sent → what is said of it."""

from __future__ import annotations

import base64

import pytest

from ips_contract.battery.running_case import Sent
from ips_contract.battery.scenarios.accept import PLAIN
from ips_contract.battery.scenarios.answer import DECOY
from ips_contract.battery.scenarios.scenario import JOB_NAME, PASSWORD, USER
from ips_contract.battery.scenarios.table import SCENARIOS
from ips_contract.battery.verdict import (
    FAILED,
    INFORMATION,
    NON_STRICT,
    OK,
    UNCLEAN,
    Judgement,
    Outcome,
    Result,
    explain,
    grace,
    judge,
    summary_of,
)
from ips_contract.http.messages import Request
from tests.clients.careful import HEADERS, Job, message

JOB = Job("http://127.0.0.1/", USER, PASSWORD, "47", JOB_NAME)
HANDLE = "47|Nightly publish|"
FAULT, STRICT, INFO = (SCENARIOS[i] for i in ("fault-30000", "doctype-bare", "encoding-style"))
GOOD = {name.lower(): value for name, value in HEADERS.items()}


def post(body: bytes | None = None, **headers: str | None) -> Request:
    fields = GOOD | {k: v for k, v in headers.items() if v is not None}
    fields = {k: v for k, v in fields.items() if headers.get(k, "") is not None}
    return Request("POST", "/case1/scene7/services/IpsApiService", fields, body or message(JOB))


SENT = Sent((post(),))
ASKED = "it asked for what is neither the WSDL nor the job"
NOTHING = Outcome(1, b"")

REACTIONS = [
    (PLAIN, Outcome(0, HANDLE.encode()), OK, ""),
    (PLAIN, Outcome(0, f"{HANDLE}\n".encode()), OK, ""),
    (PLAIN, Outcome(0, f"{HANDLE}\r\n".encode()), OK, ""),
    (PLAIN, Outcome(0, f"{HANDLE}\n\n".encode()), UNCLEAN, "more than the handle"),
    (PLAIN, Outcome(0, f"job:\n{HANDLE}\n".encode()), UNCLEAN, "more than the handle"),
    (PLAIN, Outcome(0, f" {HANDLE}\n".encode()), FAILED, "not exactly"),
    (PLAIN, Outcome(0, HANDLE[:-1].encode()), FAILED, "not exactly"),
    (PLAIN, Outcome(0, b""), FAILED, "printed nothing"),
    (PLAIN, Outcome(0, b" \n"), FAILED, "printed nothing"),
    (PLAIN, Outcome(0, f"{DECOY}\n{HANDLE}\n".encode()), FAILED, "only mentions"),
    (PLAIN, Outcome(2, HANDLE.encode()), FAILED, "refused a right answer: exit status 2"),
    (PLAIN, Outcome(0, b"\xff\xfe"), FAILED, "not exactly"),
    (PLAIN, Outcome(0, HANDLE.encode(), seconds=11.0), UNCLEAN, "it took 11.0 s"),
    (PLAIN, Outcome(None, b"", ended="no end after 12 s"), FAILED, "it was ended: no end"),
    (FAULT, NOTHING, OK, ""),
    (FAULT, Outcome(-9, b""), OK, ""),
    (FAULT, Outcome(1, b"error\n"), UNCLEAN, "to standard output"),
    (FAULT, Outcome(0, b""), FAILED, "as after a success"),
    (FAULT, Outcome(0, b"None\n"), FAILED, "it printed a handle"),
    (FAULT, Outcome(1, f"{HANDLE}\n".encode()), FAILED, "it printed a handle"),
    (FAULT, Outcome(1, f"{DECOY}\n".encode()), FAILED, "it printed a handle"),
    (STRICT, Outcome(0, HANDLE.encode()), NON_STRICT, "it printed a handle"),
    (STRICT, NOTHING, OK, ""),
    (INFO, Outcome(0, HANDLE.encode()), INFORMATION, "it printed a handle"),
    (INFO, Outcome(None, b"", ended="x"), INFORMATION, "ended"),
    (INFO, NOTHING, OK, ""),
]


@pytest.mark.parametrize(("scenario", "outcome", "verdict", "words"), REACTIONS)
def test_reactions(scenario, outcome, verdict, words) -> None:  # type: ignore[no-untyped-def]
    found = judge(scenario, outcome, SENT, HANDLE)
    assert found.verdict == verdict
    assert words in "; ".join(found.words)
    assert bool(words) == bool(found.words)


def basic(text: bytes) -> str:
    return "Basic " + base64.b64encode(text).decode()


GIVEN = message(JOB)
BARE = GIVEN.replace(b"<s:Header>", b"<s:Header><!--").replace(b"</s:Header>", b"--></s:Header>")
NEWER = GIVEN.replace(b"schemas.xmlsoap.org/soap/envelope/", b"www.w3.org/2003/05/soap-envelope")
EMPTY = b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>'
VIDEO = GIVEN.replace(b"imageServingPublishJob", b"videoPublishJob").replace(
    b"<publishType>Full</publishType>", b""
)
SENDINGS = [
    (post(), ""),
    (post(soapaction="submitJob"), ""),
    (post(soapaction=None), "no SOAPAction"),
    (post(soapaction='""'), "SOAPAction"),
    (post(soapaction="stopJob"), "not submitJob"),
    (post(b"<x"), "invalid message"),
    (post(b"<x/>"), "no SOAP 1.1 Envelope"),
    (post(NEWER), "no SOAP 1.1"),
    (post(message(JOB).replace(b"submitJobParam", b"stopJobParam")), "no submitJobParam"),
    (post(EMPTY), "no submitJobParam"),
    (post(message(JOB._replace(company="48"))), "companyHandle"),
    (post(message(JOB._replace(company="c|47"))), ""),
    (post(message(JOB._replace(job_name="Nightly"))), "jobName"),
    (post(VIDEO), "no imageServingPublishJob"),
    (post(message(JOB).replace(b"Full", b"full")), "invalid message"),
    (post(BARE), "no credentials"),
    (post(BARE, authorization=basic(f"{USER}:{PASSWORD}".encode())), ""),
    (post(BARE, authorization=basic(b"\xff")), "no credentials"),
    (post(BARE, authorization="Basic ?"), "no credentials"),
    (post(BARE, authorization="Bearer x"), "no credentials"),
    (post(BARE, authorization=basic(b"you:x")), "it sent the user"),
    (post(message(JOB._replace(password="x"))), "it sent another password than IPS_PASSWORD"),
    (post(message(JOB._replace(password="correct&#32;horse"))), 'the password "correct&#32;'),
]  # fmt: skip


@pytest.mark.parametrize(("request_", "words"), SENDINGS)
def test_sendings(request_: Request, words: str) -> None:
    found = judge(PLAIN, Outcome(0, HANDLE.encode()), Sent((request_,)), HANDLE)
    assert found.verdict == (FAILED if words else OK), found
    assert words in "; ".join(found.words)


def test_a_client_s_own_password_is_told_nowhere() -> None:
    """It may be a real one, and runs are kept. Ours, wrongly escaped, is told."""
    request = post(message(JOB._replace(password="own secret")).replace(b"Full", b"full"))
    sent = Sent((request,))
    found = judge(PLAIN, Outcome(0, HANDLE.encode()), sent, HANDLE)
    assert found.words[-1] == "it sent another password than IPS_PASSWORD"
    lines = explain(Result(PLAIN, HANDLE, found, Outcome(0, HANDLE.encode()), sent))
    assert any(line.startswith("body    <s:Envelope") for line in lines)
    assert "own secret" not in "\n".join((*found.words, *lines))


@pytest.mark.parametrize("scenario", [STRICT, INFO], ids=str)
def test_what_is_sent_gates_in_every_case(scenario) -> None:  # type: ignore[no-untyped-def]
    found = judge(scenario, NOTHING, Sent((post(soapaction=None),)), HANDLE)
    assert found.verdict == FAILED


def test_one_submission_is_one_post() -> None:
    twice = Sent((post(), post()))
    good = Outcome(0, HANDLE.encode())
    assert judge(PLAIN, good, twice, HANDLE).words == (
        "it submitted 2 times: one submission is one POST",
    )
    assert judge(FAULT, NOTHING, twice, HANDLE).verdict == FAILED
    assert judge(SCENARIOS["redirect-307"], good, twice, HANDLE).verdict == OK
    # Who got no answer may think that nothing was submitted.
    assert judge(SCENARIOS["closed-at-once"], NOTHING, twice, HANDLE).verdict == NON_STRICT
    assert judge(PLAIN, good, Sent(), HANDLE).words == ("it sent no POST to IPS_ENDPOINT",)
    stray = judge(PLAIN, good, Sent(strays=("POST /scene7/services/IpsApiService",)), HANDLE)
    assert "it asked POST /scene7/services/IpsApiService instead" in stray.words[0]


def test_what_must_not_be_sent() -> None:
    good = Outcome(0, HANDLE.encode())
    fetched = judge(PLAIN, good, SENT._replace(fetched=("GET /schema.xsd",)), HANDLE)
    assert fetched == Judgement(FAILED, (f"{ASKED}: GET /schema.xsd",))
    odd = judge(PLAIN, good, SENT._replace(malformed=("x", "x")), HANDLE)
    assert odd == Judgement(FAILED, ("it sent what is no HTTP: x",))


def test_the_worst_verdict_counts() -> None:
    both = judge(STRICT, Outcome(0, b"", seconds=11), Sent((post(), post())), HANDLE)
    assert both.verdict == FAILED
    assert len(both.words) == 3


def test_what_fails_a_run() -> None:
    assert Judgement(FAILED).fails()
    for verdict in (NON_STRICT, UNCLEAN):
        assert not Judgement(verdict).fails()
        assert Judgement(verdict).fails(strict=True)
    for verdict in (OK, INFORMATION):
        assert not Judgement(verdict).fails(strict=True)


def test_grace() -> None:
    assert grace(4) == 1
    assert grace(100) == 2


def test_explanations() -> None:
    outcome = Outcome(0, b"47|wrong|\n", "Traceback\nValueError: \x1b[31mbad\n", 0.25)
    sent = SENT._replace(served=b"HTTP/1.1 200 OK\r\n")
    result = Result(PLAIN, HANDLE, judge(PLAIN, outcome, sent, HANDLE), outcome, sent)
    assert explain(result) == [
        f"rule    {PLAIN.rule}",
        "served  HTTP/1.1 200 OK\\r\\n",
        f"sent    {summary_of(post())}",
        'client  printed "47|wrong|", exit status 0, 0.25 s',
        'wrong   it printed "47|wrong|", not exactly "47|Nightly publish|"',
        "errors  ValueError: \\x1b[31mbad",
        'should  print exactly the handle and exit with status 0: "47|Nightly publish|"',
    ]
    assert result.verdict == FAILED
    ended = Outcome(None, b"", ended="no end after 12 s")
    lines = explain(Result(FAULT, HANDLE, judge(FAULT, ended, Sent(), HANDLE), ended, Sent()))
    assert lines[1] == "served  nothing"
    assert lines[2] == "client  printed nothing, ended by us, 0.00 s"
    assert lines[-1].startswith("should  print no handle")


def test_what_was_sent_is_shown_where_it_is_wrong() -> None:
    sent = Sent((post(b"<x"),))
    lines = explain(Result(PLAIN, HANDLE, judge(PLAIN, NOTHING, sent, HANDLE), NOTHING, sent))
    assert "body    <x" in lines


def test_summaries() -> None:
    line = summary_of(post())
    assert line.startswith("POST /case1/scene7/services/IpsApiService, ")
    assert line.endswith(" bytes, submitJobParam, valid")
    assert summary_of(post(b"<x")).endswith("2 bytes, no message, invalid (not-xml)")
