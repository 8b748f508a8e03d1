"""The mock on a port of this machine, for clients in any language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypedDict, Unpack

from ips_contract.contract.endpoints import SERVICE_PATH, WSDL_FOLDERS
from ips_contract.contract.versions import VERSIONS, as_version
from ips_contract.mock.arguments import check_kind, check_names
from ips_contract.mock.clock import RealClock, real_monotonic
from ips_contract.mock.front import front_of
from ips_contract.mock.server.server import Server
from ips_contract.mock.service import Service, ServiceOptions
from ips_contract.mock.steering import Steering
from ips_contract.mock.tenants import Tenants

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from ips_contract.contract.versions import Version
    from ips_contract.mock.tls import Tls


class ServerOptions(TypedDict, total=False):
    """The limits that ``serve`` takes, to annotate a dict of them with; it says what each is."""

    request_timeout: float
    idle_timeout: float
    max_connections: int
    tls: bool | Tls


TenantsBy = Literal["user", "company"]
_ARGUMENTS = (
    *("service", "host", "port", "control", "control_token", "tenants_by"),
    *ServerOptions.__annotations__,
    *ServiceOptions.__annotations__,
)


class MockServer(Steering):
    """A service on a port of this machine, with what tests do with it; ``close`` ends it.

    ``serve`` starts one, and says what it takes.

    Attributes:
        service: the service; hold ``service.lock`` where you call it while clients do.
        ca: the certificate, in PEM, that clients have to trust; empty without TLS, and where a
            certificate of your own is used.
    """

    def __init__(
        self,
        service: Service,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        request_timeout: float = 10.0,
        idle_timeout: float = 60.0,
        max_connections: int = 256,
        control: bool | None = None,
        control_token: str | None = None,
        tenants_by: TenantsBy | None = None,
        tls: bool | Tls = False,
    ) -> None:
        check_kind("service", service, Service, "a Service, such as Service()")
        check_kind("host", host, str, "an address as text")
        check_kind("port", port, int, "a number, 0 for a free one")
        check_kind("request_timeout", request_timeout, (int, float), "seconds as a number")
        check_kind("idle_timeout", idle_timeout, (int, float), "seconds as a number")
        check_kind("max_connections", max_connections, int, "a number")
        self.service = service
        certified = _certified(tls) if tls is not False else None
        self.ca = certified.ca if certified is not None else b""
        self._ca_file = ""
        front = front_of(
            Tenants(service, lambda _, other: other.handle, real_monotonic),
            host=host,
            control=control,
            token=control_token,
            tenants_by=tenants_by,
        )
        self._server = Server(
            front,
            host=host,
            port=port,
            request_timeout=request_timeout,
            idle_timeout=idle_timeout,
            max_connections=max_connections,
            tls=certified.context if certified is not None else None,
        )

    @property
    def url(self) -> str:
        """Base address, ``http://127.0.0.1:PORT/scene7/``; with TLS, ``https://``."""
        return self._server.url

    @property
    def host(self) -> str:
        """The address it listens at."""
        return self._server.host

    @property
    def port(self) -> int:
        """The TCP port it listens at."""
        return self._server.port

    @property
    def ca_file(self) -> str:
        """A file with ``ca``, from the first time that it is asked for until ``close``.

        Raises:
            ValueError: there is no such certificate.
        """
        if not self.ca:
            raise ValueError("This server has no CA of its own: it has with tls=True.")
        if not self._ca_file:
            import tempfile

            with tempfile.NamedTemporaryFile(suffix=".pem", delete=False) as file:
                file.write(self.ca)
            self._ca_file = file.name
        return self._ca_file

    @property
    def endpoint(self) -> str:
        """The address that messages are sent to."""
        return self.url.removesuffix("/scene7/") + SERVICE_PATH

    def wsdl_url(self, version: str | Version | None = None) -> str:
        """The address of a version's WSDL; without ``version``, the one without a date.

        Raises:
            TypeError: ``version`` is neither a Version nor text.
            ValueError: there is no such version.
        """
        chosen = VERSIONS[0] if version is None else as_version(version)
        return self.url.removesuffix("/scene7/") + WSDL_FOLDERS[0] + chosen.wsdl

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends every connection, frees the port and joins the thread. May be called again."""
        self._server.close()
        if self._ca_file:
            from pathlib import Path

            path, self._ca_file = Path(self._ca_file), ""
            path.unlink(missing_ok=True)


def serve(
    service: Service | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    request_timeout: float = 10.0,
    idle_timeout: float = 60.0,
    max_connections: int = 256,
    control: bool | None = None,
    control_token: str | None = None,
    tenants_by: TenantsBy | None = None,
    tls: bool | Tls = False,
    **options: Unpack[ServiceOptions],
) -> MockServer:
    """Starts a server for ``service``; use it in a ``with`` statement, or ``close`` it.

    It leaves the environment alone: where HTTP_PROXY is set, clients need the server's address in
    NO_PROXY. The fixtures of the pytest plugin see to that.

    Args:
        service: what answers; by default a new one, whose clock freezegun does not touch.
        host: address to listen at.
        port: TCP port to listen at; 0 takes a free one.
        request_timeout: seconds from a request's first byte to its last.
        idle_timeout: seconds that a connection may be idle.
        max_connections: how many connections may be open at a time.
        control: whether there is a control interface below ``/_ips/`` (docs/reference/control.md);
            by default if ``host`` is a loopback address, or there is a ``control_token``.
        control_token: what callers of the interface must send. Without it there is none on other
            addresses than loopback ones.
        tenants_by: chooses the tenant by the user or the company of a message whose path names
            none.
        tls: True to speak TLS, with a certificate made now for this machine's names and those of
            the real service's hosts; a ``Tls`` to choose the certificate.
        options: for the new service, such as ``accounts`` and ``plan``; see ``Service``.

    Raises:
        ImportError: httptools is not installed; or, for ``tls=True``, trustme.
        OSError: the address cannot be listened at.
        TypeError: there are ``options`` beside a ``service``, there is no such option, or a value
            is of a wrong kind.
        ValueError: a limit is not positive, ``host`` is empty, there is no such way to choose
            tenants, or ``control`` is on at an address of a network without a token.
    """
    check_names(options, _ARGUMENTS)
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
        control=control,
        control_token=control_token,
        tenants_by=tenants_by,
        tls=tls,
    )


def _certified(tls: bool | Tls) -> Tls:  # noqa: FBT001 - as it was given
    from ips_contract.mock.tls import Tls  # It loads ssl.

    check_kind("tls", tls, (bool, Tls), "True, or a Tls, such as Tls.read('cert.pem', 'key.pem')")
    return Tls.make() if isinstance(tls, bool) else tls


def tell_refusals(server: MockServer, to: Callable[[int, str], None]) -> None:
    """Has ``to`` told, from now on, of what comes to ``server`` and is no request.

    It gets the status that was the answer, and why, in the server's thread.
    """
    server._server.refused = to
