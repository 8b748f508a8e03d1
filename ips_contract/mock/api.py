"""The mock of the service, for tests: on a port, or inside the process; one core behind all.

``serve()`` is for clients in any language, ``activate()`` for those on requests, ``transport()``
for those on httpx, ``app()`` for whoever has a WSGI server.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from ips_contract.contract.endpoints import SERVICE_PATH, WSDL_FOLDERS
from ips_contract.contract.versions import VERSIONS, find_version
from ips_contract.mock.server.server import RealClock, Server
from ips_contract.mock.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from types import TracebackType
    from wsgiref.types import WSGIApplication

    import httpx

    from ips_contract.contract.versions import Version
    from ips_contract.mock.clock import Clock
    from ips_contract.mock.record import Exchange, Record

__all__ = ["MockServer", "Service", "activate", "app", "serve", "transport"]

P = ParamSpec("P")
T = TypeVar("T")


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


class Activation:
    """A service that answers what requests sends; see ``activate``."""

    def __init__(self, service: Service | None) -> None:
        self._service = service
        self._active: list[AbstractContextManager[Service]] = []

    def __enter__(self) -> Service:
        from ips_contract.mock import adapters

        active = adapters.activate(Service() if self._service is None else self._service)
        service = active.__enter__()
        self._active.append(active)
        return service

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._active.pop().__exit__(kind, error, traceback)

    def __call__(self, function: Callable[P, T]) -> Callable[P, T]:
        """``function``, each of whose calls is made inside."""
        import inspect

        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise TypeError("A generator runs on after its call: use a with statement in it.")

        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def wait(*args: P.args, **kwargs: P.kwargs) -> Any:
                with self:
                    return await function(*args, **kwargs)

            return cast("Callable[P, T]", wait)

        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            with self:
                return function(*args, **kwargs)

        return call


def activate(service: Service | None = None) -> Activation:
    """Has a service answer what requests sends to the six hosts of IPS, any scheme, any path.

    A context manager that gives the service, and a decorator of functions, async ones too.
    Requests to other hosts go where they would without it: to the network, or to the
    ``responses`` mock that stands around it. A ``responses`` mock that is started inside of it
    gets all requests first.

    Args:
        service: what answers; by default a new one, at each activation.

    Raises:
        ImportError: responses is not installed; raised on entry.
        TypeError: it was written as a decorator without parentheses.
    """
    if callable(service):
        raise TypeError("Write @activate() with parentheses.")
    return Activation(service)


def transport(service: Service | None = None) -> httpx.MockTransport:
    """A transport for ``httpx.Client(transport=…)`` and ``httpx.AsyncClient(transport=…)``.

    Args:
        service: what answers, whatever the host; by default a new one.

    Raises:
        ImportError: httpx is not installed.
    """
    from ips_contract.mock import adapters

    return adapters.httpx_transport(Service() if service is None else service)


def app(service: Service | None = None) -> WSGIApplication:
    """A WSGI application.

    Args:
        service: what answers; by default a new one.
    """
    from ips_contract.mock import adapters

    return adapters.wsgi_app(Service() if service is None else service)
