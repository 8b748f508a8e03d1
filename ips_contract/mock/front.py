"""Where a server's requests go: to the service, to a tenant's, or to the control interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.http.hosts import is_loopback
from ips_contract.http.messages import Streamed
from ips_contract.mock.arguments import check_kind
from ips_contract.mock.tenants import FOLDER, WAYS, Full, Tenants
from ips_contract.xml.text import no_such

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from ips_contract.http.messages import Receiver, Request, Response
    from ips_contract.mock.control.control import Control
    from ips_contract.mock.tenants import Tenant

_CONTROL = "/_ips"
_OURS = (_CONTROL, FOLDER)


class Front:
    """What a server asks instead of a service.

    Control calls are no exchanges: no record and no log has them.

    Attributes:
        has_control: whether there is a control interface.

    Args:
        tenants: the services.
        host: the address that the server listens at.
        control: whether there is a control interface.
        token: what its clients must show; None: nothing.
        tenants_by: whose credentials choose a tenant where the path does not: ``"user"`` or
            ``"company"``; ``""``: nobody's.
    """

    def __init__(
        self,
        tenants: Tenants,
        *,
        host: str,
        control: bool = True,
        token: str | None = None,
        tenants_by: str = "",
    ) -> None:
        self.tenants = tenants
        self.limit = tenants.first.service.limit
        # Of the service that most requests are for. Those of others are taken after it, never
        # before.
        self.lock: AbstractContextManager[object] = tenants.first.service.lock
        self._first = tenants.first.handle
        self.has_control = control
        self._host = host
        self._token = token
        self._control: Control | None = None
        self._tenants_by = tenants_by

    def receiver(self, method: str, target: str, headers: dict[str, str]) -> Receiver | None:
        """As ``Service.receiver``; all tenants take files alike."""
        if target.startswith(FOLDER):
            _, _, target = _split(target)
        return self.tenants.first.service.receiver(method, target, headers)

    def handle(self, request: Request) -> Response:
        """The answer to ``request``, by whomever it is for; ``lock`` is held."""
        if request.target.startswith(_OURS):
            return self._answer(request)
        if self._tenants_by and request.method == "POST":
            return self._answer_by_credentials(request)
        return self._first(request, "")

    def _answer(self, request: Request) -> Response:
        tenant, root = self.tenants.first, ""
        if request.target.startswith(FOLDER):
            name, root, target = _split(request.target)
            try:
                tenant = self.tenants.get(name)
            except (Full, ValueError) as error:
                return _refusal(error)
            request = _moved(request, target)
        if self.has_control and _is_control(request.target):
            return self._ask_control(request, tenant)
        with tenant.service.lock:
            return tenant.handle(request, root)

    def _answer_by_credentials(self, request: Request) -> Response:
        # To read the message twice is the price of clients that cannot change their address.
        from ips_contract.mock.tenant_names import tenant_name

        try:
            tenant = self.tenants.get(tenant_name(request, self._tenants_by, self.limit))
        except (Full, ValueError) as error:
            return _refusal(error)
        with tenant.service.lock:
            return tenant.handle(request, tenant.root)

    def _ask_control(self, request: Request, tenant: Tenant) -> Response:
        if self._control is None:
            # To load it takes as long as the rest of a start, and most servers are not asked.
            from ips_contract.mock.control.control import Control

            self._control = Control(self.tenants, self._host, self._token)
        return self._control.handle(request, tenant)


def front_of(
    tenants: Tenants,
    *,
    host: str,
    control: bool | None = None,
    token: str | None = None,
    tenants_by: str | None = None,
) -> Front:
    """The front of a server that listens at ``host``; arguments as for ``Front``.

    ``control`` is by default whether ``host`` is a loopback address, or there is a token.

    Raises:
        TypeError: a value is of a wrong kind.
        ValueError: ``control`` is on at an address of a network, and there is no token.
    """
    if token is not None:
        check_kind("control_token", token, str, "text")
        if not token.strip() or not token.isascii() or not token.isprintable():
            raise ValueError("control_token is blank, or not of ASCII: give a long random one")
    if tenants_by not in (None, *WAYS):
        raise ValueError(no_such("tenants_by", tenants_by, WAYS))
    safe = is_loopback(host) or token is not None
    if control and not safe:
        raise ValueError(
            f"{host} is an address of a network: give a token to let others there control the mock"
        )
    return Front(
        tenants,
        host=host,
        control=safe if control is None else control,
        token=token,
        tenants_by=tenants_by or "",
    )


def _is_control(target: str) -> bool:
    return target.startswith(_CONTROL) and target[len(_CONTROL) :][:1] in ("", "/", "?")


def _split(target: str) -> tuple[str, str, str]:
    """The name of a tenant, the path that its own stand below, and the target without that."""
    from urllib.parse import unquote  # A server that starts can do without.

    path, mark, query = target.partition("?")
    step, slash, rest = path.removeprefix(FOLDER).partition("/")
    # Bytes that are no UTF-8 are not printable then, so that such a step is no name.
    return (
        unquote(step, errors="surrogateescape"),
        FOLDER + step,
        f"{slash or '/'}{rest}{mark}{query}",
    )


def _moved(request: Request, target: str) -> Request:
    """``request`` as it is to another target."""
    moved = request._replace(target=target)
    if isinstance(request, Streamed) and isinstance(moved, Streamed):
        moved.received = request.received
    return moved


def _refusal(error: Full | ValueError) -> Response:
    from ips_contract.mock.control.problems import Problem

    status = 503 if isinstance(error, Full) else 404
    words = str(error)
    return Problem(status, words if words.endswith(".") else f"{words}.").response()
