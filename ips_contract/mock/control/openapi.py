"""The OpenAPI 3.1 document, made of the table of routes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ips_contract import __version__
from ips_contract.mock.control.problems import PROBLEM_JSON

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ips_contract.mock.control.arguments import Schema
    from ips_contract.mock.control.routes import Route

_PROBLEM = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, and what would be right."},
    },
    "required": ["type", "title", "status", "detail"],
}
_ALWAYS = {
    400: "The request is not as described here; `detail` says what would be.",
    401: "The server was started with a token, and the request has none, or another.",
    403: "The request came to another host than a loopback one, or from a page from elsewhere.",
}
_WITH_BODY = {
    413: "The body is longer than the service's limit.",
    415: "The Content-Type is not application/json.",
    422: "The request is as described, but what it asks for cannot be.",
}
_TAGS = {
    "server": "The server",
    "exchanges": "What came, and whether it is what a test asks for",
    "scripts": "What the next requests are answered with",
    "clock": "The service's time",
    "jobs": "Jobs and their runs",
    "state": "Folders, assets, users, companies",
    "events": "What happens, as it happens",
    "tenants": "Services of their own on one server",
}


def document(
    routes: Iterable[Route], named: Mapping[str, Schema], folder: str, root: str = ""
) -> dict[str, Any]:
    """The document that describes ``routes``.

    Args:
        routes: all of them.
        named: the schemas that they refer to.
        folder: the path that theirs are below.
        root: the path that this is below: a tenant's.
    """
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        if not (route.only_root and root):
            paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "ips-contract: control of the mock",
            "version": __version__,
            "description": "What tests do with the mock of the IPS service: read what came and "
            "check it, script answers, move the clock, end jobs, seed and reset.",
        },
        "servers": [{"url": f"{root}{folder}"}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": {**named, "Problem": _PROBLEM},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Needed if the server was started with a token.",
                }
            },
        },
    }


def _operation(route: Route) -> dict[str, Any]:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": schema}
        for name, schema in route.path_fields.items()
    ]
    parameters += [
        {"name": name, "in": "query", "schema": schema} for name, schema in route.query.items()
    ]
    refusals = _ALWAYS | (_WITH_BODY if route.body is not None else {}) | dict(route.refusals)
    found: dict[str, Any] = {
        "operationId": route.call.__name__,
        "summary": route.summary,
        "tags": [route.tag],
        "security": [{}, {"token": []}],
    }
    if route.text:
        found["description"] = route.text
    if parameters:
        found["parameters"] = parameters
    if route.body is not None:
        # Always: without one its type would not be said, and that is what keeps pages out.
        content = {"application/json": {"schema": route.body}}
        found["requestBody"] = {"required": True, "content": content}
    done: dict[str, Any] = {"description": route.summary}
    if route.answer is not None:
        done["content"] = {route.media_type: {"schema": route.answer}}
    found["responses"] = {
        str(route.status): done,
        **{
            str(status): {
                "description": words,
                "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            }
            for status, words in sorted(refusals.items())
        },
    }
    return found
