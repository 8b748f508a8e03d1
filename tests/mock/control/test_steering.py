"""Scripts, clock, jobs, and state by HTTP."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ips_contract.mock.clock import Clock
from ips_contract.mock.service import Service
from ips_contract.mock.state.lifecycle import MANUAL, Plan
from tests.calls import NEW, ask, fault_of, listing, steer, submit, texts
from tests.mock.control.asking import Asker
from tests.mock.test_seed import WHOLE

# Scripts.


def test_scripts_are_played_listed_and_deleted() -> None:
    asker = Asker()
    row = asker("POST", "/scripts", {"fault": 30001, "times": 2})
    assert row.status == 201
    assert row.value == {
        "number": 1,
        "times": 2,
        "whom": "submitJob",
        "what": "fault=30001",
        "when": "after",
        "fault": 30001,
        "operation": "submitJob",
    }
    asker("POST", "/scripts", {"status": 503, "path": "/scene7/UploadFile", "delay": 1.5})
    assert fault_of(submit(asker.service))[0] == 30001
    waiting = asker("GET", "/scripts").value["scripts"]
    assert [(row["number"], row["times"]) for row in waiting] == [(1, 1), (2, 1)]
    assert asker("DELETE", "/scripts/1").status == 204
    assert asker.refused("DELETE", "/scripts/1")[1] == (
        "There is no script 1; those that wait are [2]."
    )
    assert submit(asker.service).status == 200
    assert asker("DELETE", "/scripts").status == 204
    assert asker("GET", "/scripts").value == {"scripts": []}


def test_a_script_has_the_body_and_the_fields_it_was_given() -> None:
    asker = Asker()
    asker("POST", "/scripts", {"body": "grüß", "status": 502})
    asker(
        "POST", "/scripts", {"body": base64.b64encode(b"\x80\x00").decode(), "encoding": "base64"}
    )
    asker("POST", "/scripts", {"fields": {"jobHandle": "47|Mine|"}, "operation": "submitJob"})
    rows = asker("GET", "/scripts").value["scripts"]
    assert [row.get("body") for row in rows] == ["grüß", "gAA=", None]
    assert rows[1]["encoding"] == "base64"
    assert rows[2]["fields"] == {"jobHandle": "47|Mine|"}
    assert submit(asker.service).body == "grüß".encode()
    assert submit(asker.service).body == b"\x80\x00"
    assert b"47|Mine|" in submit(asker.service).body


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ({}, "nothing to do; give fault"),
        ({"drop": True, "truncate": True}, "drop and truncate are both given"),
        ({"fault": 20003, "operation": "submitJb"}, "did you mean submitJob?"),
        ({"fields": {"handle": "a"}, "operation": "submitJob"}, "fields: "),
        ({"body": "?", "encoding": "base64"}, "body is no base64, as encoding says"),
        ({"encoding": "base64", "drop": True}, "encoding is given without a body."),
    ],
)
def test_a_script_that_cannot_be_is_refused(script: dict[str, Any], words: str) -> None:
    asker = Asker()
    status, detail = asker.refused("POST", "/scripts", script)
    assert status == 422
    assert words in detail
    assert len(asker.service.scripted) == 0


# The clock.


def test_the_clock_is_moved_set_and_reset() -> None:
    asker = Asker()
    before = datetime.now(UTC)
    moved = asker("POST", "/clock/advance", {"days": 1, "minutes": 5}).value
    assert moved["offset_seconds"] == 86_700
    assert datetime.fromisoformat(moved["time"]) >= before + timedelta(days=1, minutes=4)
    found = asker("PUT", "/clock", {"time": "2014-04-03T09:30:00+02:00"}).value
    assert found["time"].startswith("2014-04-03T07:30:00.")
    assert found["time"].endswith("Z")
    assert asker("POST", "/clock/reset", {}).value["offset_seconds"] == 0
    assert asker("GET", "/clock").value["offset_seconds"] == 0


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "words"),
    [
        ("PUT", "/clock", {"time": "tomorrow"}, 422, "give a moment with its time zone"),
        ("PUT", "/clock", {"time": "2014-04-03T09:30:00"}, 422, "give a moment with its time"),
        ("PUT", "/clock", {"time": "0999-04-03T09:30:00Z"}, 422, "give a year from 1000 to 9900"),
        ("POST", "/clock/advance", {}, 422, "give a time, such as"),
        ("POST", "/clock/advance", {"weeks": 500_000}, 409, "the clock would leave the years"),
        ("POST", "/clock/advance", {"minits": 1}, 400, "did you mean minutes?"),
    ],
)
def test_moments_that_cannot_be(
    method: str, path: str, body: dict[str, Any], status: int, words: str
) -> None:
    asker = Asker()
    found = asker.refused(method, path, body)
    assert found[0] == status
    assert words in found[1]
    assert asker.service.clock.offset == timedelta()


# Jobs.


def test_jobs_are_listed_as_they_are() -> None:
    asker = Asker(Service(plan=Plan(polls=4, seconds=None)))
    submit(asker.service, "Now")
    submit(asker.service, "Often", "<execSchedule>0 0 12 * * ?</execSchedule>", version=NEW)
    listing(asker.service, "getActiveJobs")
    found = asker("GET", "/jobs").value
    assert (found["scheduled"], found["active"], found["ended"]) == (1, 1, 0)
    now, often = found["jobs"]
    assert (now["job_name"], now["state"], now["polls"], now["progress"]) == (
        "Now",
        "active",
        1,
        40,
    )
    assert now["plan"] == {"polls": 4, "seconds": None}
    assert (now["handle"][:7], now["ended"], now["ends"]) == ("47||Now", None, None)
    assert (often["state"], often["schedule"]) == ("scheduled", "0 0 12 * * ?")
    assert often["handle"] == "j|47|Often||"
    assert often["next"].endswith("T12:00:00.000Z")
    asker("POST", "/clock/advance", {"days": 2})
    names = [row["job_name"] for row in asker("GET", "/jobs?job_name=Often").value["jobs"]]
    assert names == ["Often"] * 3
    assert len(asker("GET", "/jobs?limit=1").value["jobs"]) == 2  # A run, and a schedule.


def test_to_list_jobs_is_no_poll() -> None:
    asker = Asker(Service(plan=Plan(polls=1, seconds=None)))
    submit(asker.service)
    for _ in range(3):
        assert asker("GET", "/jobs").value["active"] == 1


def test_when_a_job_ends_by_time_is_foretold() -> None:
    asker = Asker(Service(clock=Clock(datetime(2014, 4, 3, tzinfo=UTC))))
    asker("POST", "/jobs/plan", {"job_name": "A", "plan": {"seconds": 3600}})
    submit(asker.service, "A")
    [row] = asker("GET", "/jobs").value["jobs"]
    assert row["plan"] == {"polls": None, "seconds": 3600.0}
    start, end = (datetime.fromisoformat(row[name]) for name in ("started", "ends"))
    assert end - start == timedelta(hours=1)
    asker("POST", "/clock/advance", {"hours": 2})
    [row] = asker("GET", "/jobs").value["jobs"]
    assert (row["state"], datetime.fromisoformat(row["ended"])) == ("ended", end)


def test_jobs_are_ended_by_name_and_by_handle() -> None:
    asker = Asker(Service(plan=MANUAL))
    for name in ("A|B/C", "D", "E"):
        submit(asker.service, name)
    assert asker("POST", "/jobs/finish", {"job_name": "D", "outcome": "errors"}).status == 204
    handle = asker("GET", "/jobs?job_name=E").value["jobs"][0]["handle"]
    assert asker("POST", "/jobs/finish", {"handle": handle, "outcome": "fatal"}).status == 204
    assert asker("POST", "/jobs/finish", {"handle": "j|47|A|B/C||"}).status == 204
    found = {r["job_name"]: (r["state"], r["outcome"]) for r in asker("GET", "/jobs").value["jobs"]}
    assert found == {
        "A|B/C": ("ended", "success"),
        "D": ("ended", "errors"),
        "E": ("ended", "fatal"),
    }


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"job_name": "Bee"}, "no job 'Bee' was submitted, but \"A\"."),
        ({"handle": "47|B|"}, 'There is no job "47|B|"; company "47" has "47|A|".'),
        ({"handle": "48|A|"}, 'There is no job "48|A|"; company "48" has none.'),
        ({"handle": ""}, 'There is no job ""; company "" has none.'),
    ],
)
def test_what_cannot_be_ended_says_why(body: dict[str, Any], words: str) -> None:
    asker = Asker(Service(plan=MANUAL))
    submit(asker.service, "A")
    given = {**body, "outcome": "fatal"}
    assert asker.refused("POST", "/jobs/finish", given) == (409, words)
    assert asker.service.jobs.outcomes == {}


def test_the_arguments_of_finish() -> None:
    jobs = Service().jobs
    for arguments in ({}, {"job_name": "A", "handle": "47|A|"}, {"handle": 3}):
        with pytest.raises(TypeError):
            jobs.finish(**arguments)
    with pytest.raises(ValueError, match="no outcome 'fine'"):
        jobs.finish("A", outcome="fine")


def test_outcomes_and_plans_are_set_by_name() -> None:
    asker = Asker(Service(plan=MANUAL))
    asker("POST", "/jobs/outcome", {"job_name": "A", "outcome": "warnings"})
    asker("POST", "/jobs/plan", {"job_name": "A", "plan": {"polls": 0}})
    submit(asker.service, "A")
    [row] = asker("GET", "/jobs").value["jobs"]
    assert (row["state"], row["outcome"]) == ("ended", "warnings")


def test_a_paused_job() -> None:
    asker = Asker()
    submit(asker.service, "A")
    handle = asker("GET", "/jobs").value["jobs"][0]["handle"]
    steer(asker.service, "pauseJob", handle)
    [row] = asker("GET", "/jobs").value["jobs"]
    assert (row["state"], row["ends"]) == ("paused", None)


# State.


def test_the_state_is_a_seed_that_gives_it_again() -> None:
    first = Asker(Service(seed=WHOLE))
    seed = first("GET", "/state").value
    assert {company["name"] for company in seed["companies"]} == {
        company["name"] for company in WHOLE["companies"]
    }
    second = Asker()
    assert second("PUT", "/state", seed).status == 204
    assert second("GET", "/state").value == seed
    assert second("GET", "/folders").value == first("GET", "/folders").value
    assets = [asker("GET", "/assets").value for asker in (first, second)]
    assert assets[0] == assets[1]


def test_no_secret_is_in_the_state() -> None:
    seed = {"users": [{"email": "a@b.test", "password": "hunter2", "token": "t0ken"}]}
    text = str(Asker(Service(seed=seed))("GET", "/state").value)
    assert "a@b.test" in text
    assert "hunter2" not in text
    assert "t0ken" not in text


def test_a_wrong_seed_changes_nothing() -> None:
    asker = Asker(Service(seed={"companies": [{"name": "A"}]}))
    status, words = asker.refused("PUT", "/state", {"companies": [{"nam": "B"}]})
    assert (status, words) == (422, "seed: companies[0] has 'nam'; did you mean name?")
    assert [row["name"] for row in asker("GET", "/state").value["companies"]] == ["A"]


def test_assets_and_folders_come_in_pages() -> None:
    assets = [{"folder": f"f{number}", "name": f"a{number}"} for number in range(5)]
    seed = {"companies": [{"name": "A", "assets": assets}, {"name": "B", "folders": ["g"]}]}
    asker = Asker(Service(seed=seed))
    found, since = [], 0
    while True:
        page = asker("GET", f"/assets?limit=2&since={since}").value
        found += [row["path"] for row in page["assets"]]
        since = page["next"]
        if not page["more"]:
            break
    assert found == [f"A/f{number}/a{number}" for number in range(5)]
    page = asker("GET", "/folders?company=47&limit=4&since=2").value
    assert [row["path"] for row in page["folders"]] == [f"A/f{number}/" for number in (1, 2, 3, 4)]
    assert not page["more"]


def test_reset_is_the_services() -> None:
    asker = Asker()
    submit(asker.service)
    asker("POST", "/clock/advance", {"days": 1})
    asker("POST", "/scripts", {"drop": True})
    assert asker("POST", "/reset", {}).status == 204
    assert asker("GET", "/exchanges").value["count"] == 0
    assert asker("GET", "/jobs").value["jobs"] == []
    assert asker("GET", "/scripts").value["scripts"] == []
    assert asker("GET", "/clock").value["offset_seconds"] == 0


@pytest.mark.parametrize(("value", "shown"), [("NaN", "NaN"), ("INF", "INF"), ("-1e999", "-INF")])
def test_numbers_that_json_has_not_are_texts(value: str, shown: str) -> None:
    """A browser reads no body with NaN or Infinity in it."""
    details = {"resolution": float(value)}
    assets = [{"name": "boot", "info": details}]
    asker = Asker(Service(seed={"companies": [{"name": "Acme", "assets": assets}]}))
    row = f"<items><fieldHandle>m|47|ASSET|Size</fieldHandle><doubleVal>{value}</doubleVal></items>"
    inner = f"<assetHandle>a|1</assetHandle><updateArray>{row}</updateArray>"
    ask(asker.service, "setAssetMetadata", inner)
    [asset] = asker("GET", "/assets").value["assets"]
    assert asset["metadata"] == {"Size": shown}
    assert asset["info"] == {"resolution": shown}
    state = asker("GET", "/state").value
    assert state["companies"][0]["assets"][0]["metadata"] == {"Size": shown}
    for _ in range(2):  # As messages have it, and after that as a seed had it.
        answer = ask(asker.service, "getUniqueMetadataValues", "<fieldHandle>Size</fieldHandle>")
        assert texts(answer, "values/items") == [shown]
        assert asker("PUT", "/state", state).status == 204
        assert str(asker.service.assets[0].info) == str(details)
