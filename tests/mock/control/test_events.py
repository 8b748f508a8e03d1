"""Server-sent events: what is told, in which order, and to whom no more."""

from __future__ import annotations

import http.client
import json
import socket
import time
from contextlib import closing, nullcontext, suppress
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ips_contract import mock
from ips_contract.http.messages import Continuing, Request, Response
from ips_contract.mock.control.events import MOST_WATCHERS, Watcher
from ips_contract.mock.server.server import Server
from ips_contract.mock.service import Service
from ips_contract.mock.state.lifecycle import MANUAL
from tests.calls import call, submit
from tests.mock.control.asking import Asker
from tests.mock.test_api import HEADERS, envelope

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

Told = list[tuple[str, str, Any]]


def read(data: bytes) -> Told:
    """Kind, id and data of each event."""
    found = []
    for block in data.decode().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
        if "event" in fields:
            found.append((fields["event"], fields.get("id", ""), json.loads(fields["data"])))
    return found


class Watching:
    """A watcher of a service, and its time."""

    def __init__(self, asker: Asker, since: str | None = None) -> None:
        self.now = 0.0
        tenant = asker.tenants.first
        self.watcher = Watcher(tenant, asker.tenants, since, lambda: self.now)

    def more(self, after: float = 1.0) -> Told:
        self.now += after
        data = self.watcher.more()
        assert data is not None
        return read(data)


def kinds(told: Told) -> list[str]:
    return [kind for kind, _, _ in told]


def test_everything_that_happens_is_told_once() -> None:
    asker = Asker(Service(plan=MANUAL))
    watching = Watching(asker)
    assert watching.more() == []
    submit(asker.service, "A")
    told = watching.more()
    assert kinds(told) == ["exchange", "jobs", "state"]
    assert told[0][1] == "1.1"
    assert told[0][2] == asker("GET", "/exchanges").value["exchanges"][0]
    assert told[1][2] == {"active": 1, "scheduled": 0, "ended": 0}
    assert watching.more() == []
    asker.service.clock.advance(minutes=5)
    [(kind, _, clock)] = watching.more()
    assert (kind, clock["offset_seconds"]) == ("clock", 300)
    asker.service.script(drop=True)
    assert watching.more() == [("script", "", {"waiting": 1})]
    asker.service.jobs.finish("A")
    assert kinds(watching.more()) == ["jobs", "state"]
    asker.service.seed({"companies": [{"name": "A"}]})
    assert kinds(watching.more()) == ["state"]
    call(asker.service, "getFolders", "<companyHandle>47</companyHandle>")
    assert kinds(watching.more()) == ["exchange"]
    asker("POST", "/reset", {})
    told = watching.more()
    assert told[0] == ("reset", "2.0", {})
    assert set(kinds(told)) == {"reset", "clock", "script", "jobs", "state"}


def test_a_job_that_ends_by_time_is_told() -> None:
    asker = Asker()
    submit(asker.service, "A")
    watching = Watching(asker)
    asker.service.clock.advance(minutes=2)
    assert kinds(watching.more()) == ["clock", "jobs", "state"]


def test_who_comes_back_is_told_what_was_missed() -> None:
    asker = Asker()
    for name in ("A", "B", "C"):
        submit(asker.service, name)
    told = Watching(asker, "1.1").more()
    assert [(at, data.get("handle")) for _, at, data in told] == [
        ("1.2", "47|B|"),
        ("1.3", "47|C|"),
        *[("", None)] * 4,  # What these were when it left is not known.
    ]
    others = ["clock", "script", "jobs", "state"]
    assert kinds(told)[2:] == others
    assert kinds(Watching(asker, "0").more()) == ["exchange"] * 3 + others
    watching = Watching(asker, "1.3")
    assert [kinds(watching.more()), kinds(watching.more())] == [others, []]
    # What it knew is not there any more.
    for stale in ("1.9", "9.1", "9"):
        assert Watching(asker, stale).more() == [("reset", "1.3", {})]
    watching = Watching(asker)
    assert asker("DELETE", "/exchanges/2").status == 204
    assert watching.more() == [("reset", "2.3", {})]


def test_who_comes_back_is_told_of_clock_and_scripts() -> None:
    asker = Asker()
    submit(asker.service, "A")
    asker.service.clock.advance(minutes=5)
    asker.service.script(drop=True, times=2)
    watching = Watching(asker, "1.1")
    told = {kind: data for kind, _, data in watching.more()}
    assert told["clock"]["offset_seconds"] == 300
    assert told["script"] == {"waiting": 2}
    assert watching.more() == []


def test_many_are_told_in_portions() -> None:
    asker = Asker()
    for number in range(150):
        submit(asker.service, str(number))
    watching = Watching(asker, "0")
    portions = [
        [data["number"] for kind, _, data in watching.more(0) if kind == "exchange"]
        for _ in range(3)
    ]
    assert portions == [list(range(1, 101)), list(range(101, 151)), []]


def test_while_nothing_happens_a_comment_comes_now_and_then() -> None:
    watching = Watching(Asker())
    assert watching.watcher.more() == b"retry: 1000\n\n"
    found = []
    for second in range(60):
        watching.now = float(second)
        found.append(watching.watcher.more())
    assert found.count(b":\n\n") == 3
    assert set(found) == {b"", b":\n\n"}


def test_the_watchers_of_a_dropped_tenant_are_told_no_more() -> None:
    asker = Asker()
    tenant = asker.tenants.get("blue")
    watcher = Watcher(tenant, asker.tenants, None, lambda: 0.0)
    assert watcher.more() is not None
    assert asker("DELETE", "/tenants/blue").status == 204
    assert watcher.more() is None
    asker.tenants.get("blue")  # Another of the same name.
    assert watcher.more() is None


@pytest.mark.parametrize("since", ["x", "1.", ".1", "-1", "1.1.1", "²"])
def test_what_is_no_id_is_refused(since: str) -> None:
    assert Asker().refused("GET", f"/events?since={since}")[0] == 400
    assert Asker().refused("GET", "/events", last_event_id=since)[0] == 400


def test_an_empty_last_event_id_is_that_of_who_knows_none() -> None:
    assert Asker()("GET", "/events", last_event_id="").status == 200
    words = Asker().refused("GET", "/events", last_event_id="x")[1]
    assert words == "Last-Event-ID is 'x'; give the id of an event, or a number."


def test_there_are_only_so_many_watchers() -> None:
    asker = Asker()
    watchers = [Watcher(asker.tenants.first, asker.tenants, None, lambda: 0.0) for _ in range(32)]
    for watcher in watchers:
        asker.tenants.watchers.add(watcher)
    assert len(watchers) == MOST_WATCHERS
    assert asker.refused("GET", "/events")[0] == 503
    watchers.pop()
    del watcher
    assert asker("GET", "/events").status == 200


# On a port.


@pytest.fixture
def server() -> Iterator[mock.MockServer]:
    with mock.serve() as server:
        yield server


def watch(server: mock.MockServer | Server) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/_ips/events")
    return connection


def test_a_submission_is_told_within_a_second(server: mock.MockServer) -> None:
    with closing(watch(server)) as connection:
        answer = connection.getresponse()
        assert answer.getheader("Content-Type") == "text/event-stream"
        assert answer.getheader("Connection") == "close"
        assert answer.readline() == b"retry: 1000\n"
        begun = time.monotonic()
        requests.post(server.endpoint, envelope(), headers=HEADERS, timeout=5)
        lines = [answer.readline() for _ in range(4)]
        assert lines[1:3] == [b"event: exchange\n", b"id: 1.1\n"]
        assert b'"handle": "47|My Test Job|"' in lines[3]
        assert time.monotonic() - begun < 5
        with server.service.lock:
            server.service.script(drop=True)  # From another thread.
        assert b"event: script\n" in iter(answer.readline, b"")


def test_requests_behind_it_are_not_answered_into_it(server: mock.MockServer) -> None:
    request = b"GET /_ips/%b HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.sendall(request % b"events" + request % b"health")
        found = b""
        while b"retry: 1000" not in found:
            found += client.recv(65536)
        client.sendall(request % b"health")
        server.clock.advance(minutes=1)
        while b"event: clock" not in found:
            found += client.recv(65536)
        assert found.count(b"HTTP/1.1 ") == 1


def test_one_who_leaves_is_forgotten(server: mock.MockServer) -> None:
    for _ in range(MOST_WATCHERS + 1):
        with closing(watch(server)) as connection:
            assert connection.getresponse().status == 200
    # The last one may be about to go.
    deadline = time.monotonic() + 5
    while requests.get(server.url, timeout=5) and time.monotonic() < deadline:
        with closing(watch(server)) as connection:
            if connection.getresponse().status == 200:
                return
    raise AssertionError("watchers that left still count")


def test_the_server_ends_with_watchers() -> None:
    server = mock.serve()
    with closing(watch(server)) as connection:
        answer = connection.getresponse()
        server.close()
        with suppress(ConnectionError):
            assert answer.read() in (b"", b"retry: 1000\n\n")


class Flood:
    """Answers with more than anybody reads; to ``/`` with little."""

    def __init__(self) -> None:
        self.lock: AbstractContextManager[object] = nullcontext()
        self.asked = 0

    def handle(self, request: Request) -> Response:
        if request.target == "/":
            return Response(200, (), b"here")
        return Continuing.of(200, (), self.more)

    def more(self) -> bytes:
        self.asked += 1
        return b"x" * 2**20


def test_a_slow_watcher_is_dropped_and_holds_nobody_up() -> None:
    flood = Flood()
    with Server(flood, idle_timeout=1.0) as server, socket.socket() as client:
        client.connect(("127.0.0.1", server.port))
        client.sendall(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        client.settimeout(5)
        size = len(client.recv(1000))
        [slow] = server.connections
        deadline = time.monotonic() + 20
        url = f"http://127.0.0.1:{server.port}/"
        while slow in server.connections:
            assert requests.get(url, timeout=5).content == b"here"
            assert time.monotonic() < deadline
        with suppress(ConnectionError):
            while piece := client.recv(2**20):
                size += len(piece)
                assert time.monotonic() < deadline
        # What it did not take was not made: the system's buffers hold some megabytes.
        assert flood.asked < 20
        assert size <= flood.asked * 2**20 + 1000


def test_a_failure_ends_the_answer_alone(caplog: pytest.LogCaptureFixture) -> None:
    flood = Flood()

    def fail() -> bytes:
        raise LookupError("gone")

    flood.more = fail  # type: ignore[method-assign]
    with Server(flood) as server, closing(watch(server)) as connection:
        with suppress(ConnectionError):
            assert connection.getresponse().read() == b""
        assert requests.get(f"http://127.0.0.1:{server.port}/", timeout=5).content == b"here"
    assert "A connection of the mock failed" in caplog.text
