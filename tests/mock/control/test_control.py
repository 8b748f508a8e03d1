"""Dispatch, and what is refused in all calls alike."""

from __future__ import annotations

import pytest

from ips_contract.mock.control.table import ROUTES
from ips_contract.mock.service import Service
from tests.blocks import REFERENCE
from tests.mock.control.asking import Asker

CASES: list[tuple[str, str, object, int, str]] = [
    (
        "GET",
        "/exchange",
        None,
        404,
        "There is nothing at /_ips/exchange; did you mean /_ips/exchanges?",
    ),
    ("GET", "/nothing/of/it", None, 404, "/_ips/openapi.json says what there is."),
    ("PATCH", "/clock", None, 405, "/_ips/clock takes GET, PUT, HEAD, not PATCH."),
    ("GET", "/exchanges?sinse=3", None, 400, "No parameter 'sinse'; did you mean since?"),
    ("GET", "/exchanges?since=x", None, 400, 'since is "x"; give a whole number from 0'),
    (
        "GET",
        "/exchanges?since=1&since=2",
        None,
        400,
        "The parameter since is there twice; give it once.",
    ),
    ("GET", "/exchanges?limit=0", None, 400, "limit is 0; give a whole number from 1 to 1000."),
    (
        "GET",
        "/exchanges?verdict=wrong",
        None,
        400,
        "No verdict 'wrong'; the verdicts are valid, invalid, none",
    ),
    ("GET", "/exchanges/0", None, 400, "number is 0; give a whole number from 1"),
    ("POST", "/reset", {"all": True}, 400, "There is a field 'all'; give none."),
    ("POST", "/scripts", {"falt": 30001}, 400, "No field 'falt'; did you mean fault?"),
    ("POST", "/scripts", {"fault": 12}, 400, "No fault 12; "),
    ("POST", "/scripts", {"delay": "2"}, 400, 'delay is "2"; give a number from 0 to 86400.'),
    ("POST", "/scripts", {"drop": 1}, 400, "drop is 1; give true or false."),
    ("POST", "/scripts", [1], 400, "The body is [1]; give an object."),
    (
        "POST",
        "/jobs/plan",
        {"job_name": "A", "plan": {"pols": 1}},
        400,
        "In plan: No field 'pols'; did you mean polls?",
    ),
    (
        "POST",
        "/jobs/plan",
        {"plan": {}},
        400,
        "The body has no job_name; it needs one: text, such as",
    ),
    ("POST", "/jobs/finish", {}, 400, "Give one of handle or job_name, and only one."),
    (
        "POST",
        "/verify",
        {"submitted": {}, "fields": {}},
        400,
        "fields is for called, which is not there.",
    ),
    ("PUT", "/state", {"companies": 3}, 400, "companies is 3; give a list."),
]


@pytest.mark.parametrize(
    ("method", "path", "value", "status", "words"), CASES, ids=lambda value: str(value)[:30]
)
def test_what_is_refused_says_what_is_right(
    method: str, path: str, value: object, status: int, words: str
) -> None:
    found = Asker().refused(method, path, value)
    assert found[0] == status
    assert words in found[1]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "The body is empty; send a JSON object"),
        (b"{", "The body is no JSON: Expecting property name"),
        (b'{"minutes": NaN}', "NaN is no number"),
        (b'{"minutes": 1e999}', "give a number from"),
        (b'{"time": "\\ud800"}', "The body is no JSON"),
        (b"\xff", "The body is no JSON"),
        (b"[" * 100_000, "The body is nested too deep"),
        (b"1" * 10_000, "The body is no JSON: it has a number of 10000 digits; send an object."),
    ],
    ids=["empty", "half", "nan", "endless", "surrogate", "no-utf-8", "deep", "digits"],
)
def test_what_is_no_json_is_refused(body: bytes, words: str) -> None:
    status, detail = Asker().refused("POST", "/clock/advance", body=body)
    assert status == 400
    assert words in detail


def test_the_place_of_a_wrong_field_is_a_pointer() -> None:
    answer = Asker()("POST", "/jobs/plan", {"job_name": "A", "plan": {"polls": -1}})
    assert answer.value["pointer"] == "#/plan/polls"


def test_a_body_is_bounded() -> None:
    asker = Asker(Service(limit=50))
    body = b'{"minutes": 1' + b" " * 50 + b"}"
    status, detail = asker.refused("POST", "/clock/advance", body=body)
    assert (status, detail) == (413, "The body has more than 50 bytes, the service's limit.")


def test_what_needs_no_body_takes_none() -> None:
    assert Asker().refused("DELETE", "/exchanges", body=b"{}")[0] == 400


def test_head_and_the_folder_without_its_slash() -> None:
    asker = Asker()
    assert asker("HEAD", "/health").status == 200
    answer = asker("GET", "", root="/t/blue")
    assert (answer.status, answer.headers["location"]) == (308, "/t/blue/_ips/")


def test_whole_numbers_may_have_a_point() -> None:
    assert Asker()("POST", "/scripts", {"status": 503.0}).status == 201


def test_no_answer_is_kept_or_lent() -> None:
    for answer in (Asker()("GET", "/health"), Asker()("GET", "/nothing")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_calls_are_no_exchanges() -> None:
    asker = Asker()
    for path in ("/health", "/exchanges", "/nothing", "/coverage"):
        asker("GET", path)
    assert asker.service.exchanges.count == 0


def test_every_route_is_on_its_page() -> None:
    page = (REFERENCE / "control.md").read_text(encoding="utf-8")
    assert [r for r in ROUTES if f"`{r.method} /_ips{r.path}`" not in page] == []


def test_without_the_interface_its_paths_are_the_services() -> None:
    asker = Asker(control=False)
    answer = asker("GET", "/health")
    assert answer.status == 404
    assert b"There is nothing at /_ips/health" in answer.value
    assert asker.service.exchanges.count == 1
