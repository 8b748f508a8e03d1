"""What happens, as server-sent events (WHATWG HTML, section 9.2).

A watcher is nothing that the service knows of: it looks at the service some times a second, and
tells what is new. So nobody watching costs nothing, a slow watcher holds nobody up and fills no
queue, and what was changed from Python or by time alone is told, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ips_contract.http.messages import Continuing
from ips_contract.mock.clock import real_monotonic
from ips_contract.mock.control.clock import shown as shown_clock
from ips_contract.mock.control.exchanges import after, summary
from ips_contract.mock.control.problems import HEADERS, Problem, to_json
from ips_contract.mock.control.routes import Asked, Route
from ips_contract.xml.text import clipped

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from ips_contract.mock.service import Service
    from ips_contract.mock.tenants import Tenant, Tenants

MOST_WATCHERS = 32
_MOST = 100  # Exchanges that are told at once; the next look tells the others.
_ALIVE = 15.0  # Seconds after which a comment says that the connection still is one.
_LOOK = 0.5  # Seconds between two looks at jobs, or, as these may be many,
_SHARE = 20  # so many times what a look took.
_Jobs = tuple[Any, Any, int]
_READS = ("get", "search", "check", "is")  # So begin the operations that change nothing.


class Watcher:
    """Tells what happens to a tenant, since it last told.

    Args:
        tenant: whom it watches.
        tenants: all tenants.
        since: the id of the last event that is known, or the number of an exchange; None: what
            happens from now on is told.
        now: the time in seconds, real and monotonic.
    """

    def __init__(
        self, tenant: Tenant, tenants: Tenants, since: str | None, now: Callable[[], float]
    ) -> None:
        self._tenant = tenant
        self._tenants = tenants
        self._now = now
        service = tenant.service
        record = service.exchanges
        self._removals = record.removals
        self._number = record.count
        self._lost = False
        if since is not None:
            removals, _, number = since.rpartition(".")
            known = int(number)
            self._lost = known > record.count or (
                removals != "" and int(removals) != record.removals
            )
            if not self._lost:
                self._number = known
        self._last = self._now()
        self._next_look = self._last + _LOOK
        self._changing = 0  # Exchanges that changed the state, of those that were told.
        # Nobody knows what these were when who comes back left: it is told all of them.
        self._clock: timedelta | None = None
        self._script: int | None = None
        self._jobs: _Jobs | None = None
        self._state: tuple[Any, ...] | None = None
        if since is None or self._lost:
            self._clock = service.clock.offset
            self._script = service.scripted.changes
            self._jobs = self._work(service)
            self._state = self._seen(service, self._jobs)
        self._first = True

    def more(self) -> bytes | None:
        """The events since the last call; None if there will be no more."""
        tenant = self._tenant
        if tenant.name and self._tenants.find(tenant.name) is not tenant:
            return None
        service = tenant.service
        with service.lock:
            events = [b"retry: 1000\n\n"] if self._first else []
            self._first = False
            events += self._happened(service)
        now = self._now()
        if events:
            self._last = now
        elif now - self._last >= _ALIVE:
            self._last = now
            events = [b":\n\n"]
        return b"".join(events)

    def _happened(self, service: Service) -> list[bytes]:
        record, events = service.exchanges, []
        if self._lost or record.removals != self._removals:
            self._lost, self._removals = False, record.removals
            self._number = record.count  # Who reads everything anew reads these.
            events.append(self._event("reset", {}, self._number))
        for exchange in after(record, self._number)[:_MOST]:
            self._number = exchange.number
            self._changing += exchange.fault is None and not exchange.operation.startswith(_READS)
            events.append(self._event("exchange", summary(exchange), exchange.number))
        if service.clock.offset != self._clock:
            self._clock = service.clock.offset
            events.append(self._event("clock", shown_clock(service.clock)))
        if service.scripted.changes != self._script:
            self._script = service.scripted.changes
            events.append(self._event("script", {"waiting": len(service.scripted)}))
        now = self._now()
        if now >= self._next_look:
            jobs = self._work(service)
            if jobs != self._jobs:
                self._jobs = jobs
                active, scheduled, ended = jobs
                numbers = {"active": len(active), "scheduled": len(scheduled), "ended": ended}
                events.append(self._event("jobs", numbers))
            state = self._seen(service, jobs)
            if state != self._state:
                self._state = state
                events.append(self._event("state", {}))
            done = self._now()
            self._next_look = done + max(_LOOK, _SHARE * (done - now))
        return events

    @staticmethod
    def _work(service: Service) -> _Jobs:
        """What there is to see of jobs: those that are active, those that wait, how many ended."""
        runs = service.jobs.runs()
        active = [
            (run.number, run.paused_at, len(run.polled)) for run, ended in runs if ended is None
        ]
        jobs = service.jobs.scheduled()
        scheduled = [(job.number, job.next_fire, job.paused) for job in jobs]
        return active, scheduled, len(runs) - len(active)

    def _seen(self, service: Service, jobs: _Jobs) -> tuple[Any, ...]:
        """What is another when folders, assets, users or companies may be."""
        return self._changing, jobs[2], service.accounts

    def _event(self, kind: str, data: dict[str, Any], number: int | None = None) -> bytes:
        at = "" if number is None else f"id: {self._removals}.{number}\n"
        return b"event: %b\n%bdata: %b\n" % (kind.encode(), at.encode(), to_json(data))


def events(asked: Asked) -> Continuing:
    """An answer that goes on until its client leaves."""
    name, since = "since", asked.given.get("since")
    if since is None:  # A client that knows no event yet may send an empty one.
        name, since = (
            "Last-Event-ID",
            asked.request.headers.get("last-event-id", "").strip() or None,
        )
    if since is not None and not _is_id(since):
        raise Problem(400, f"{name} is {clipped(since)!r}; give the id of an event, or a number.")
    watchers = asked.tenants.watchers
    if len(watchers) >= MOST_WATCHERS:
        words = f"There are {MOST_WATCHERS} watchers, as many as the server takes; end some."
        raise Problem(503, words)
    watcher = Watcher(asked.tenant, asked.tenants, since, real_monotonic)
    watchers.add(watcher)
    headers = (("Content-Type", "text/event-stream"), *HEADERS)
    return Continuing.of(200, headers, watcher.more)


def _is_id(text: str) -> bool:
    removals, dot, number = text.rpartition(".")
    parts = [removals, number] if dot else [number]
    return all(part.isascii() and part.isdecimal() and len(part) < 16 for part in parts)


ROUTES = (
    Route(
        "GET",
        "/events",
        events,
        "What happens, as server-sent events; the answer does not end.",
        {"type": "string"},
        "events",
        text="Events: `exchange` (as in the list of exchanges), `clock` (it was moved), `jobs` "
        "(some came, ended or went on), `state` (folders, assets, users or companies may be "
        "others), `script` (some came or were used), `reset` (exchanges were deleted, or all was "
        "reset: read everything anew). A comment comes every 15 seconds. Watchers that take "
        "nothing for a minute are dropped.",
        query={
            "since": {
                "type": "string",
                "maxLength": 32,
                "description": "The id of the last event that is known, as Last-Event-ID has it, "
                "or the number of an exchange: exchanges since then are told first, and how clock, "
                "scripts, jobs and state are now.",
            }
        },
        refusals={503: "There are as many watchers as the server takes."},
        media_type="text/event-stream",
    ),
)
