"""The mock on a port of this machine, for clients in any language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ips_contract.contract.endpoints import SERVICE_PATH, WSDL_FOLDERS
from ips_contract.contract.versions import VERSIONS, find_version
from ips_contract.mock.clock import RealClock
from ips_contract.mock.server.server import Server
from ips_contract.mock.service import Service

if TYPE_CHECKING:
    from ips_contract.contract.versions import Version
    from ips_contract.mock.clock import Clock
    from ips_contract.mock.record import Exchange, Record


class MockServer(Server):
    """A service on a port of this machine, with what tests do with it.

    Attributes:
        service: the service; hold ``service.lock`` where you call it while clients do.
        clock: its clock; ``clock.advance(minutes=5)``.
        exchanges: what was asked and answered, oldest first.
    """

    service: Service

    @property
    def endpoint(self) -> str:
        """The address that messages are sent to."""
        return self.url.removesuffix("/scene7/") + SERVICE_PATH

    def wsdl_url(self, version: str | Version | None = None) -> str:
        """The address of a version's WSDL; without ``version``, the one without a date.

        Raises:
            ValueError: there is no such version.
        """
        if version is None:
            version = VERSIONS[0]
        elif isinstance(version, str):
            version = find_version(version)
        return self.url.removesuffix("/scene7/") + WSDL_FOLDERS[0] + version.wsdl

    @property
    def clock(self) -> Clock:
        """The service's clock."""
        return self.service.clock

    @property
    def exchanges(self) -> Record:
        """What the service recorded."""
        return self.service.exchanges

    def script(self, **step: Any) -> None:
        """As ``Service.script``."""
        with self.service.lock:
            self.service.script(**step)

    def assert_submitted(self, **expected: Any) -> list[Exchange]:
        """As ``Service.assert_submitted``."""
        with self.service.lock:
            return self.service.assert_submitted(**expected)

    def reset(self) -> None:
        """As ``Service.reset``; connections stay open."""
        with self.service.lock:
            self.service.reset()


def serve(
    service: Service | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    request_timeout: float = 10.0,
    idle_timeout: float = 60.0,
    max_connections: int = 256,
    **options: Any,
) -> MockServer:
    """Starts a server for ``service``; use it in a ``with`` statement, or ``close`` it.

    Args:
        service: what answers; by default a new one, whose clock freezegun does not touch.
        host: address to listen at.
        port: TCP port to listen at; 0 takes a free one.
        request_timeout: seconds from a request's first byte to its last.
        idle_timeout: seconds that a connection may be idle.
        max_connections: how many may be open.
        options: for the new service, such as ``accounts`` and ``plan``; see ``Service``.

    Raises:
        ImportError: httptools is not installed.
        OSError: the address cannot be listened at.
        TypeError: there are ``options`` beside a ``service``, or there is no such option.
        ValueError: a limit is not positive.
    """
    if service is None:
        options.setdefault("clock", RealClock())
        service = Service(**options)
    elif options:
        raise TypeError(f"{', '.join(options)}: give these to the service you made")
    return MockServer(
        service,
        host=host,
        port=port,
        request_timeout=request_timeout,
        idle_timeout=idle_timeout,
        max_connections=max_connections,
    )
