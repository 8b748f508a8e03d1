"""Tenants: services of their own on one server, which see nothing of one another."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING
from weakref import WeakSet

from ips_contract.xml.text import clipped

if TYPE_CHECKING:
    from ips_contract.http.messages import Request, Response
    from ips_contract.mock.contract_coverage import Counted
    from ips_contract.mock.service import Service

FOLDER = "/t/"  # The paths of tenants are below it.
WAYS = BY_USER, BY_COMPANY = "user", "company"  # In which credentials choose a tenant.
MOST_TENANTS = 100
IDLE = 1800.0  # Seconds after which a tenant that nobody asked is gone.
_LONGEST = 100  # Characters of a name.
# Bytes of bodies that the record of each keeps: a sixteenth of what a service on its own does.
RECORD_BYTES = 4 * 1024 * 1024

Handle = Callable[["Request", str], "Response"]


class Tenant:
    """A tenant.

    Attributes:
        name: its own among all; ``""`` for the service that has no prefix.
        root: the path that its own paths stand below; ``""`` for that one.
        service: its jobs, state, scripts, record and clock.
        handle: answers a request, whose target is without the root that is the second argument;
            the service's lock is held around it.
        counted: what was counted of its messages, once somebody asked.
    """

    def __init__(self, name: str, service: Service, handle: Handle) -> None:
        self.name = name
        self.root = _root_of(name) if name else ""
        self.service = service
        self.handle = handle
        self.counted: Counted | None = None


class Full(Exception):
    """There are as many tenants as the server takes."""


def _root_of(name: str) -> str:
    from urllib.parse import quote  # A server that starts can do without.

    return FOLDER + quote(name, safe="@+")


def check_name(name: str) -> None:
    """Does nothing if a tenant can be called ``name``.

    Raises:
        ValueError: it cannot.
    """
    is_step = name in (".", "..")  # Clients take these out of a path (RFC 3986 section 5.2.4).
    if (
        is_step
        or not 1 <= len(name) <= _LONGEST
        or not name.isprintable()
        or set("/\\") & set(name)
    ):
        raise ValueError(
            f"{clipped(name)!r} is no name of a tenant: give 1 to {_LONGEST} characters that can "
            "be printed, without slashes"
        )


class Tenants:
    """The tenants of a server, those that were asked last at the end.

    Args:
        first: the service that has no prefix; others begin as it did.
        handle: name and service → what answers for the tenant.
        most: how many there may be.
        idle: seconds after which one that nobody asked is gone.
        now: the time in seconds, real and monotonic.

    Attributes:
        first: that without a name, whose service is ``first``.
        most: as given.
        idle: as given.
        watchers: those who are told what happens, of any tenant.
    """

    def __init__(
        self,
        first: Service,
        handle: Callable[[str, Service], Handle],
        now: Callable[[], float],
        *,
        most: int = MOST_TENANTS,
        idle: float = IDLE,
    ) -> None:
        self.first = Tenant("", first, handle("", first))
        self.most = most
        self.idle = idle
        self._handle = handle
        self._now = now
        self.watchers: WeakSet[object] = WeakSet()  # Of events.
        self._kept: OrderedDict[str, tuple[Tenant, float]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: str) -> Tenant:
        """The tenant called ``name``, made if it is not there.

        Raises:
            Full: there are as many as there may be.
            ValueError: no tenant can be called so.
        """
        if not name:
            return self.first
        with self._lock:
            self._forget_idle()
            entry = self._kept.get(name)
            if entry is None:
                check_name(name)
                if len(self._kept) >= self.most:
                    oldest = next(iter(self._kept))
                    raise Full(
                        f"There are {self.most} tenants, as many as the server takes; drop one "
                        f"that is done, such as {oldest!r}, which was asked longest ago."
                    )
                service = self.first.service.another(most_bytes=RECORD_BYTES)
                entry = Tenant(name, service, self._handle(name, service)), 0.0
            self._kept[name] = entry[0], self._now()
            self._kept.move_to_end(name)
            return entry[0]

    def find(self, name: str) -> Tenant | None:
        """The tenant called ``name``; None if there is none. It is not asked by this."""
        with self._lock:
            self._forget_idle()
            entry = self._kept.get(name)
            return entry[0] if entry is not None else None

    def drop(self, name: str) -> bool:
        """Forgets a tenant and all that it has; False: there is none."""
        with self._lock:
            self._forget_idle()
            return self._kept.pop(name, None) is not None

    def listed(self) -> list[tuple[Tenant, float]]:
        """The tenants, and for how many seconds nobody has asked them."""
        with self._lock:
            self._forget_idle()
            now = self._now()
            return [(tenant, now - asked) for tenant, asked in self._kept.values()]

    def _forget_idle(self) -> None:
        since = self._now() - self.idle
        while self._kept:
            name, (_, asked) = next(iter(self._kept.items()))
            if asked > since:
                return
            del self._kept[name]
