"""Answers scripted in advance."""

from __future__ import annotations

from typing import Any

import pytest

from ips_contract import validate
from ips_contract.contract.endpoints import PLAIN_PATH, SERVICE_PATH
from ips_contract.contract.versions import UNVERSIONED
from ips_contract.http.messages import Request, Response
from ips_contract.mock.script import Script, Step, apply
from ips_contract.mock.service import Service
from ips_contract.xml.parser import Unreadable, parse
from tests.calls import (
    NEW,
    OLD,
    PUBLISH,
    ask,
    auth,
    call,
    envelope,
    fault_of,
    listing,
    message,
    post,
    steer,
    submit,
)

COMPANY = "<companyHandle>c|47</companyHandle>"
ZIP = f"{COMPANY}<assetHandle>a|1</assetHandle>"
INNER = f"<companyHandle>47</companyHandle><jobName>x</jobName>{PUBLISH}"


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


def test_a_function_gets_what_is_scripted_beside_it() -> None:
    service = Service()

    def louder(_: Request, response: Response) -> Response:
        return response._replace(body=response.body + b"!", status=response.status + 1)

    service.script(body=b"busy", status=502, answer=louder)
    service.script(status=503, answer=louder)
    service.script(fault=30000, status=400, answer=louder)
    answers = [submit(service) for _ in range(3)]
    assert [(a.status, a.body) for a in answers[:2]] == [(503, b"busy!"), (504, b"!")]
    assert answers[2].status == 401
    assert answers[2].body.endswith(b"!")


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


def test_any_operation_is_really_any() -> None:
    service = Service()
    service.script(fault=20009, operation="*", times=3)
    assert fault_of(call(service, "getZipEntries", ZIP, NEW))[0] == 20009
    assert fault_of(call(service, "getUserInfo", "", OLD))[0] == 20009
    assert fault_of(submit(service))[0] == 20009
    assert not service.exchanges[0].canned


def test_what_is_acted_on_is_canned_where_the_mock_does_not_play_it() -> None:
    service = Service()
    service.script(delay=1.5, operation="getZipEntries")
    response = call(service, "getZipEntries", ZIP, NEW)
    assert (response.status, response.delay) == (200, 1.5)
    assert [note.partition(":")[0] for note in service.exchanges[-1].notes] == [
        "scripted",
        "canned",
    ]


# Before the message is judged.


@pytest.mark.parametrize(
    ("body", "operation"),
    [
        (envelope(message("submitJob", "<x/>")), "submitJob"),
        (envelope(message("submitJob", "<x/>"), ""), "submitJob"),
        (envelope(message("getImageFormats", "<x/>"), ""), "getImageFormats"),
        (envelope(message("submitJobs", "")), "*"),
        (message("submitJob", "").encode(), "*"),
        (envelope('<submitJobParam xmlns="urn:x"/>'), "submitJob"),
        (envelope(""), "*"),
    ],
)
def test_before_validation_a_message_may_be_what_it_is(body: bytes, operation: str) -> None:
    service = Service()
    for when, code in (("before", 20009), ("after", None)):
        service.reset()
        service.script(fault=20009, operation=operation, when=when)  # type: ignore[arg-type]
        found, _ = fault_of(post(service, body))
        assert (found == 20009) is (code is not None)
        assert not service.exchanges[-1].report.valid  # It is judged all the same.
        assert len(service.scripted) == (code is None)


def test_one_request_gets_one_step() -> None:
    service = Service()
    service.script(delay=1, when="before")
    service.script(delay=2, path=SERVICE_PATH, when="before")
    service.script(delay=4)
    assert [submit(service).delay for _ in range(4)] == [2, 1, 4, 0]
    service.script(delay=1, when="before")
    assert fault_of(wrong := submit(service, job=""))[0] == 30002
    assert wrong.delay == 1
    assert len(service.exchanges[-1].notes) == 1


# Addresses.


def test_whatever_is_sent_to_an_address() -> None:
    service = Service()
    path = "/scene7/Nothing"
    service.script(path=path, body=b"<ok/>", times=2)
    service.script(path=path, answer=lambda _, found: found._replace(status=found.status + 1))
    service.script(path=path, fault=30000)
    for method in ("POST", "PUT"):
        response = post(service, b"\xff" * 10, path=f"{path}?a=b", method=method)
        assert (response.status, response.body) == (200, b"<ok/>")
    assert post(service, b"", path=path).status == 405  # It would have been 404.
    assert fault_of(post(service, b"", path=path))[0] == 30000
    assert post(service, b"", path=path).status == 404
    assert submit(service).status == 200
    assert [seen.operation for seen in service.exchanges] == [""] * 5 + ["submitJob"]


def test_a_path_with_a_query_is_for_that_query() -> None:
    service = Service()
    service.script(path=f"{SERVICE_PATH}?wsdl", status=503)
    assert submit(service).status == 200
    assert post(service, b"", path=f"{SERVICE_PATH}?WSDL&soap12=no", method="GET").status == 200
    assert post(service, b"", path=f"http://x.test{SERVICE_PATH}?wsdl", method="GET").status == 503


def test_an_address_of_the_service_and_an_operation() -> None:
    service = Service()
    service.script(path=PLAIN_PATH, operation="submitJob", fault=20008)
    service.script(path=SERVICE_PATH, status=503)
    assert submit(service, job="").status == 500  # Refused: what comes after waits.
    assert submit(service).status == 503
    assert submit(service).status == 200
    request = f"<Request xmlns='{OLD.namespace}'>{auth()}{message('submitJob', INNER)}</Request>"
    assert fault_of(post(service, request.encode(), path=PLAIN_PATH))[0] == 20008
    # Unread: it need not be XML.
    service.script(path=SERVICE_PATH, status=503, when="before")
    assert post(service, b"\0").status == 503
    assert service.exchanges[-1].report.violations == ()
    service.script(path=PLAIN_PATH, fault=20008, when="before")
    response = post(service, b"\0", path=PLAIN_PATH)
    assert fault_of(response)[0] == 20008
    assert b"Envelope" not in response.body


# Answers in fields.


def test_fields_are_written_by_the_contract() -> None:
    service = Service()
    formats = [{"imageFormatHandle": "1|2", "name": "A & B", "urlModifier": ""}]
    fields: dict[str, Any] = {"imageFormatArray": formats}
    service.script(operation="getImageFormats", fields=fields, delay=1)
    response = call(service, "getImageFormats", COMPANY, NEW)
    assert validate(response.body).valid
    assert b"<name>A &amp; B</name><urlModifier/></items>" in response.body
    assert (response.status, response.delay) == (200, 1)
    assert service.exchanges[-1].notes == ("scripted: delay=1, fields",)
    # Also of an operation that the mock plays, in the form of the request's version.
    service.script(fields={"jobHandle": "j|1|mine||"}, status=201)
    response = submit(service, version=NEW)
    assert (response.status, b"<jobHandle>j|1|mine||</jobHandle>" in response.body) == (201, True)
    assert service.exchanges[-1].handle == "j|1|mine||"
    assert listing(service, "getActiveJobs") == []
    # And of a message that is not judged first, in a namespace of its own.
    service.script(fields={"jobHandle": "x"}, when="before")
    body = post(service, envelope(message("submitJob", "", NEW), "")).body
    assert f'<submitJobReturn xmlns="{NEW.namespace}"><jobHandle>x<'.encode() in body


def tree(folders: int) -> dict[str, Any]:
    """The fields of a getFolderTree that goes so deep."""
    moment = "2014-04-03T09:30:00Z"
    values = {"path": "x", "folderHandle": "f|x/", "hasSubfolders": True}
    values |= {"lastModified": moment, "childLastModified": moment}
    found: dict[str, Any] = dict(values)
    for _ in range(folders - 1):
        found = {**values, "subfolderArray": [found]}
    return {"folders": found}


def test_fields_are_nested_so_deep_and_no_deeper() -> None:
    service = Service()
    service.script(operation="getFolderTree", fields=tree(100))
    answer = ask(service, "getFolderTree", "<depth>-1</depth>")
    assert len(answer.findall(".//{*}hasSubfolders")) == 100
    for folders in (200, 400, 20_000):
        with pytest.raises(ValueError, match="nested too deep: 250 levels are the most"):
            service.script(operation="getFolderTree", fields=tree(folders))


def test_fields_that_only_other_versions_have() -> None:
    service = Service()
    names = ("userHandle", "firstName", "lastName", "email")
    user: dict[str, Any] = {**dict.fromkeys(names, "a"), "isValid": True}
    # pre-4.0 wants a role, and 6.8 has none.
    service.script(operation="getUserInfo", fields={"userInfo": {**user, "role": "IpsUser"}})
    assert b"<role>IpsUser</role>" in call(service, "getUserInfo", "", OLD).body
    service.script(operation="getUserInfo", fields={"userInfo": {**user, "isIpsAdmin": True}})
    words = "getUserInfoReturn/userInfo needs 'role' in pre-4.0"
    assert fault_of(call(service, "getUserInfo", "", OLD)) == (
        30000,
        f"scripted: no answer is written: {words}",
    )
    assert service.exchanges[-1].notes == ("scripted: fields", f"scripted: fields: {words}")
    service.script(fields={"jobHandle": "x"}, when="before")
    code, reason = fault_of(post(service, envelope('<submitJobParam xmlns="urn:x"/>')))
    assert (code, reason.endswith("the message is of no version")) == (30000, True)


def test_fields_of_an_operation_that_only_a_beta_has() -> None:
    service = Service()
    operation, beta = "createCompanyMetadata", f"{UNVERSIONED}/2016-01-14-beta"
    for namespace, said in (
        (beta, f'<{operation}Return xmlns="{beta}"><xid>7</xid></{operation}Return>'),
        (NEW.namespace, f"6.8 has no message '{operation}Return'"),
    ):
        service.script(operation=operation, fields={"xid": 7}, when="before")
        body = envelope(f'<{operation}Param xmlns="{namespace}"/>')
        assert said in post(service, body).body.decode()


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
        ({"drop": True, "operation": "submit"}, "no operation 'submit'; did you mean submitJob"),
        ({"drop": True, "operation": ""}, "no operation ''; there are 176, such as submitJob"),
        ({"drop": True, "operation": "getFolder"}, "did you mean getFolders"),
        ({"drop": True, "operation": "searchAssetsParam"}, "did you mean searchAssets"),
        ({"drop": True, "path": "scene7/x"}, "give it from its slash on"),
        ({"path": "/x", "operation": "*", "when": "before"}, "nothing to do"),
        ({"drop": True, "when": "during"}, "give 'before' or 'after'"),
        ({"fields": {}, "operation": "*"}, "fields are given for no operation"),
        ({"fields": {}, "path": "/x"}, "fields are given for no operation"),
        ({"fields": {"jobHandle": "a"}, "fault": 30000}, "one answer has one of them"),
        ({"fields": {"jobHandle": "a"}, "body": b""}, "one answer has one of them"),
        ({"fields": {"jobHandle": "a"}, "drop": True}, "drop is given beside an answer"),
        ({"fields": {}}, "fields: submitJobReturn needs 'jobHandle' in 6.8"),
        ({"fields": {"jobHandel": "a"}}, "has no field 'jobHandel' in 6.8; did you mean jobHandle"),
        ({"fields": {"jobHandle": b"a"}}, "holds a single value, not b'a'"),
        ({"fields": {"jobArray": b"a"}, "operation": "getActiveJobs"}, "give it a mapping, not b'"),
        (
            {"fields": {"userInfo": ["a"]}, "operation": "getUserInfo"},
            "userInfo has fields; give it a mapping, not \\['a'\\]",
        ),
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
    service.script(path="/x", status=503)
    service.script(path="/x", operation="*", status=503)
    told = [
        "2 answers to stopJob: fault=20003",
        "1 answer to any operation: status=503",
        "9 answers to submitJob: fault=30000",
        "1 answer to /x: status=503",
        "1 answer to any operation at /x: status=503",
    ]
    assert service.scripted.unused() == told
    submit(service)
    submit(service)
    # One of the nine is enough: it may mean as often as the client tries.
    assert service.scripted.unused() == told[:1] + told[3:]
    assert len(service.scripted) == 12
    service.reset()
    assert service.scripted.unused() == []
