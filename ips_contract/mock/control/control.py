"""The control interface: a request below ``/_ips`` → an answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

from ips_contract.http.messages import Response, split_target
from ips_contract.mock.control.arguments import check, read_json, read_query, read_text
from ips_contract.mock.control.guard import Guard, check_type
from ips_contract.mock.control.page import FILES, file_of_page
from ips_contract.mock.control.problems import HEADERS, Problem, to_json
from ips_contract.mock.control.routes import Asked, Route
from ips_contract.mock.control.table import FOLDER, ROUTES
from ips_contract.xml.text import near

if TYPE_CHECKING:
    from ips_contract.http.messages import Request
    from ips_contract.mock.tenants import Tenant, Tenants

_PAGE = "/"
_STEP = re.compile(r"\{(\w+)\}")


class _Place(NamedTuple):
    """The routes of a path, by their methods."""

    pattern: re.Pattern[str]
    routes: dict[str, Route]


def _places() -> list[_Place]:
    by_path: dict[str, dict[str, Route]] = {}
    for route in ROUTES:
        by_path.setdefault(route.path, {})[route.method] = route
    return [
        _Place(re.compile(_STEP.sub(r"(?P<\1>[^/]+)", path)), routes)
        for path, routes in by_path.items()
    ]


class Control:
    """The interface of a server.

    Args:
        tenants: whose services it is about.
        host: the address that the server listens at.
        token: what clients must show; None: nothing.
    """

    def __init__(self, tenants: Tenants, host: str, token: str | None = None) -> None:
        self._tenants = tenants
        self._guard = Guard(host, token)
        self._places = _places()

    def handle(self, request: Request, tenant: Tenant) -> Response:
        """The answer to ``request``, whose target is without the tenant's root; never raises."""
        try:
            return self._answer(request, tenant)
        except Problem as problem:
            return problem.response()

    def _answer(self, request: Request, tenant: Tenant) -> Response:
        self._guard.check_place(request)
        path, query = split_target(request.target)
        path = path.removeprefix(FOLDER)
        if not path:  # Relative addresses in the page are below the folder.
            return Response(308, (("Location", f"{tenant.root}{FOLDER}/"), *HEADERS), b"")
        if path.startswith(FILES):
            return file_of_page(request.method, path)
        if path != _PAGE:  # A browser shows no token when it loads a page, which has no secrets.
            self._guard.check_token(request)
        route, given = self._find(request.method, path, tenant)
        check_type(request)
        arguments = self._arguments(route, request, given, query, tenant.service.limit)
        with tenant.service.lock:
            return _answer(route, Asked(tenant, arguments, request, self._tenants))

    def _find(self, method: str, path: str, tenant: Tenant) -> tuple[Route, dict[str, str]]:
        for pattern, routes in self._places:
            found = pattern.fullmatch(path)
            if found is None:
                continue
            route = routes.get("GET" if method == "HEAD" else method)
            if route is None:
                allowed = ", ".join([*routes, *["HEAD"] * ("GET" in routes)])
                words = f"{FOLDER}{path} takes {allowed}, not {method}."
                raise Problem(405, words, ("Allow", allowed))
            if route.only_root and tenant.name:
                raise Problem(404, f"That is about the server: ask {FOLDER}{path}.")
            return route, {name: unquote(step) for name, step in found.groupdict().items()}
        known = tuple(dict.fromkeys(route.path for route in ROUTES))
        guess = near(path, known)
        hint = f"did you mean {FOLDER}{guess}? " if guess else ""
        raise Problem(
            404,
            f"There is nothing at {FOLDER}{path[:100]}; {hint}{FOLDER}/openapi.json says what "
            "there is.",
        )

    @staticmethod
    def _arguments(
        route: Route, request: Request, given: dict[str, str], query: str, limit: int
    ) -> dict[str, Any]:
        arguments: dict[str, Any] = {
            name: read_text(name, text, route.path_fields[name]) for name, text in given.items()
        }
        arguments |= read_query(query, route.query)
        if len(request.body) > limit:
            raise Problem(413, f"The body has more than {limit} bytes, the service's limit.")
        if route.body is None:
            if request.body:
                raise Problem(400, "There is a body, and none is needed; send none.")
            return arguments
        checked: dict[str, Any] = check("", read_json(request.body), route.body)
        return arguments | checked


def _answer(route: Route, asked: Asked) -> Response:
    try:
        value = route.call(asked)
    except (TypeError, ValueError) as error:  # What the function refuses, in its own words.
        words = str(error)
        raise Problem(422, words if words.endswith((".", "?")) else f"{words}.") from None
    if isinstance(value, Response):
        return value
    if value is None:
        return Response(route.status, HEADERS, b"")
    headers = (("Content-Type", route.media_type), *HEADERS)
    return Response(route.status, headers, to_json(value))
