"""Tenants: services of their own on one server."""

from __future__ import annotations

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import pytest
import requests

from ips_contract import mock
from ips_contract.http.messages import Request
from ips_contract.mock.service import Service
from ips_contract.mock.state.lifecycle import MANUAL
from ips_contract.mock.tenants import Full
from tests.calls import NEW, auth, envelope, message
from tests.mock.control.asking import Asker
from tests.mock.test_api import HEADERS, submitted
from tests.mock.test_api import envelope as submission
from tests.mock.test_uploads import AUTH, FILE, form, params

if TYPE_CHECKING:
    from ips_contract.http.messages import Response

SERVICE = "/scene7/services/IpsApiService"


def post(asker: Asker, body: bytes, root: str = "", path: str = SERVICE) -> Response:
    headers = {"host": "mock.test", "content-type": "text/xml", "soapaction": '""'}
    return asker.front.handle(Request("POST", root + path, headers, body))


def names(asker: Asker) -> list[str]:
    return [row["name"] for row in asker("GET", "/tenants").value["tenants"]]


def test_a_tenant_has_all_of_its_own() -> None:
    asker = Asker(Service(plan=MANUAL))
    assert submitted(post(asker, submission("A"), "/t/blue").body.decode()) == "47|A|"
    post(asker, submission("B"), "/t/red")
    asker("POST", "/clock/advance", {"days": 1}, root="/t/blue")
    asker("POST", "/scripts", {"fault": 30001}, root="/t/blue")
    asker("PUT", "/state", {"companies": [{"name": "Blue"}]}, root="/t/blue")
    assert names(asker) == ["red", "blue"]

    def seen(root: str) -> tuple[Any, ...]:
        return (
            [row["handle"] for row in asker("GET", "/exchanges", root=root).value["exchanges"]],
            [row["job_name"] for row in asker("GET", "/jobs", root=root).value["jobs"]],
            asker("GET", "/clock", root=root).value["offset_seconds"],
            len(asker("GET", "/scripts", root=root).value["scripts"]),
            [row["name"] for row in asker("GET", "/state", root=root).value["companies"]],
        )

    assert seen("/t/blue") == (["47|A|"], ["A"], 86_400, 1, ["Blue"])
    assert seen("/t/red") == (["47|B|"], ["B"], 0, 0, [])
    assert seen("") == ([], [], 0, 0, [])


def test_a_tenant_begins_as_the_service_did() -> None:
    service = Service(
        seed={"companies": [{"name": "Acme"}], "users": [{"email": "a@b.test", "password": "x"}]},
        plan=MANUAL,
        limit=4000,
        scripts=[{"fault": 30001}],
        outcomes={"A": "errors"},
        keep_uploads=100,
        most_exchanges=2,
    )
    asker = Asker(service)
    service.jobs.set_outcome("B", "fatal")
    service.scripted.clear()
    found = asker.tenants.get("blue").service
    assert found.jobs.plan == MANUAL
    assert found.jobs.outcomes == {"A": "errors"}
    assert [str(step) for step in found.scripted.steps] == ["scripted: fault=30001"]
    assert found.store.uploads.most_content == 100
    assert found.accounts.company_named("Acme") is not None
    assert found.accounts.user("a@b.test") is not None
    assert (found.limit, type(found.clock)) == (4000, type(service.clock))
    assert found.lock is not service.lock
    service.reset()
    assert service.jobs.outcomes == {"A": "errors"}
    assert len(service.scripted) == 1


def test_what_answers_name_is_below_the_tenants_path() -> None:
    asker = Asker()
    headers = {"host": "mock.test"}
    request = Request("GET", f"/t/my%20blue{SERVICE}?wsdl", headers, b"")
    wsdl = asker.front.handle(request).body.decode()
    assert re.findall(r'location="([^"]*)"', wsdl) == [f"http://mock.test/t/my%20blue{SERVICE}"] * 2
    request = Request("GET", "/t/blue", headers, b"")
    assert b"ips-contract" in asker.front.handle(request).body
    server = asker("GET", "/openapi.json", root="/t/blue").value["servers"]
    assert server == [{"url": "/t/blue/_ips"}]
    assert asker("GET", "/tenants", root="/t/blue").status == 404


def test_tenants_are_reset_and_dropped() -> None:
    asker = Asker()
    post(asker, submission(), "/t/blue")
    assert asker("POST", "/tenants/blue/reset", {}).status == 204
    [row] = asker("GET", "/tenants").value["tenants"]
    assert (row["name"], row["path"], row["exchanges"]) == ("blue", "/t/blue", 0)
    assert asker("DELETE", "/tenants/blue").status == 204
    for method, path, body in (
        ("POST", "/tenants/blue/reset", {}),
        ("DELETE", "/tenants/blue", None),
    ):
        assert asker.refused(method, path, body) == (
            404,
            "There is no tenant 'blue'; there is none.",
        )


def test_a_full_house_says_so() -> None:
    asker = Asker(most=2)
    for name in ("blue", "red"):
        asker.tenants.get(name)
    asker.tenants.get("blue")
    response = post(asker, submission(), "/t/green")
    assert response.status == 503
    assert b"There are 2 tenants, as many as the server takes; drop one" in response.body
    assert b"such as 'red', which was asked longest ago." in response.body
    assert post(asker, submission(), "/t/blue").status == 200
    with pytest.raises(Full):
        asker.tenants.get("green")
    asker.tenants.drop("red")
    assert post(asker, submission(), "/t/green").status == 200


def test_an_idle_tenant_is_gone() -> None:
    asker = Asker(most=2, idle=60)
    blue = asker.tenants.get("blue")
    asker.now = 30
    asker.tenants.get("red")
    asker.now = 59
    assert asker.tenants.find("blue") is blue
    asker.now = 60
    assert names(asker) == ["red"]
    assert asker.tenants.get("blue") is not blue
    asker.now = 89
    asker.tenants.get("red")
    asker.now = 125
    assert [(tenant.name, idle) for tenant, idle in asker.tenants.listed()] == [("red", 36)]


@pytest.mark.parametrize(
    "name", ["a%2Fb", "a%5Cb", "a%00", "%0A", "x" * 101, ".", "..", "%2E%2e", "%ff", "a%C3"]
)
def test_some_names_are_none(name: str) -> None:
    asker = Asker()
    status, words = asker.refused("GET", "/health", root=f"/t/{name}")
    assert status == 404
    assert "is no name of a tenant" in words
    assert names(asker) == []


def test_a_path_without_a_name_is_the_service() -> None:
    asker = Asker()
    assert post(asker, submission(), "/t/").status == 200
    assert asker.service.exchanges.count == 1


# By credentials.


def submission_of(user: str, number: str = "c|47") -> bytes:
    inner = (
        f"<companyHandle>{number}</companyHandle><jobName>J</jobName><imageServingPublishJob>"
        "<publishType>Full</publishType><emailSetting>Error</emailSetting></imageServingPublishJob>"
    )
    return envelope(message("submitJob", inner, NEW), auth(user))


def test_users_are_tenants() -> None:
    asker = Asker(tenants_by="user")
    post(asker, submission_of("Ann@Example.com"))
    post(asker, submission_of("bob@example.com"))
    post(asker, submission_of("ann@example.com"))
    assert names(asker) == ["bob@example.com", "ann@example.com"]
    assert asker("GET", "/exchanges", root="/t/ann@example.com").value["count"] == 2
    # Who cannot be known, and who asks by the path.
    post(asker, b"no XML")
    post(asker, envelope("<a/>", header=""))
    post(asker, submission_of("a/b"))
    post(asker, submission_of("ann@example.com"), "/t/blue")
    assert asker.service.exchanges.count == 3
    assert names(asker)[-1] == "blue"


def test_companies_are_tenants() -> None:
    asker = Asker(tenants_by="company")
    post(asker, submission_of("a@b.test", "c|47"))
    post(asker, submission_of("a@b.test", "c|48"))
    post(asker, envelope(message("getUserInfo", "", NEW)))
    assert names(asker) == ["47", "48"]
    assert asker.service.exchanges.count == 1


def test_who_chooses_tenants_is_one_of_two() -> None:
    with pytest.raises(ValueError, match="no tenants_by 'usr'; did you mean user"):
        mock.serve(tenants_by="usr")  # type: ignore[arg-type]


# On a port.


@pytest.mark.parametrize(
    ("by", "root", "name"),
    [(None, "/t/blue", "blue"), ("user", "", "me@example.com"), ("company", "", "47")],
)
def test_files_are_posted_to_a_tenant(
    by: Literal["user", "company"] | None, root: str, name: str
) -> None:
    body = form(("auth", None, AUTH.encode()), ("uploadParams", None, params()), FILE)
    headers = {"Content-Type": "multipart/form-data; boundary=X"}
    with mock.serve(tenants_by=by) as server:
        base = f"http://127.0.0.1:{server.port}"
        url = f"{base}{root}/scene7/UploadFile"
        answer = requests.post(url, body, headers=headers, timeout=5)
        assert answer.status_code == 200, answer.text
        found = requests.get(f"{base}/t/{name}/_ips/exchanges/1", timeout=5).json()
        assert [file["name"] for file in found["files"]] == ["a.jpg"]
        assert not len(server.exchanges)


def test_fifty_tenants_at_once_see_nothing_of_each_other() -> None:
    """Each in a life of its own of jobs and clock, over 16 connections."""
    plan = mock.Plan(polls=None, seconds=3600)
    with mock.serve(plan=plan) as server, ThreadPoolExecutor(16) as pool:
        base = f"http://127.0.0.1:{server.port}"
        sessions = threading.local()

        def session() -> requests.Session:
            if not hasattr(sessions, "one"):
                sessions.one = requests.Session()
            found: requests.Session = sessions.one
            return found

        def ask(method: str, tenant: int, path: str, value: object = None) -> Any:
            url = f"{base}/t/tenant{tenant}/_ips{path}"
            answer = session().request(method, url, json=value, timeout=30)
            assert answer.ok, answer.text
            return answer.json() if answer.content else None

        def live(step: tuple[int, int]) -> None:
            tenant, turn = step
            url = f"{base}/t/tenant{tenant}{SERVICE}"
            name = f"Job {tenant}-{turn}"
            answer = session().post(url, submission(name), headers=HEADERS, timeout=30)
            assert submitted(answer.text) == f"47|{name}|"
            ask("POST", tenant, "/clock/advance", {"minutes": tenant})

        # All tenants take turns: no two steps of one follow each other.
        for turn in range(3):
            list(pool.map(live, [(tenant, turn) for tenant in range(50)]))

        def seen(tenant: int) -> None:
            own = [f"Job {tenant}-{turn}" for turn in range(3)]
            rows = ask("GET", tenant, "/exchanges")["exchanges"]
            assert [row["handle"] for row in rows] == [f"47|{name}|" for name in own]
            jobs = ask("GET", tenant, "/jobs")
            assert [row["job_name"] for row in jobs["jobs"]] == own
            # A job lasts an hour; the first had three moves of the clock, the last one.
            ended = sum(tenant * (3 - turn) >= 60 for turn in range(3))
            assert jobs["ended"] == ended, (tenant, jobs)
            clock = ask("GET", tenant, "/clock")
            assert clock["offset_seconds"] == 3 * 60 * tenant
            away = datetime.fromisoformat(clock["time"]).timestamp() - time.time()
            assert timedelta(seconds=abs(away - 180 * tenant)) < timedelta(minutes=1)

        list(pool.map(seen, range(50)))
        listed = requests.get(f"{base}/_ips/tenants", timeout=5).json()["tenants"]
        assert {row["name"] for row in listed} == {f"tenant{number}" for number in range(50)}
        assert [row["exchanges"] for row in listed] == [3] * 50
        assert not len(server.exchanges)
