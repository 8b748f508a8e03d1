"""All routes: what the interface can be asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ips_contract.mock.control import (
    clock,
    coverage,
    events,
    exchanges,
    jobs,
    scripts,
    server,
    state,
)
from ips_contract.mock.control.openapi import document
from ips_contract.mock.control.page import page
from ips_contract.mock.control.routes import Asked, Route

if TYPE_CHECKING:
    from ips_contract.http.messages import Response

FOLDER = "/_ips"
_NAMED = {
    "Exchange": exchanges.SUMMARY,
    "Script": scripts.SHOWN,
    "Clock": clock.CLOCK,
    "Job": jobs.JOB,
}


def live_page(_asked: Asked) -> Response:
    """The page that shows what happens."""
    return page()


def openapi(asked: Asked) -> dict[str, Any]:
    """The document that describes the interface."""
    return document(ROUTES, _NAMED, FOLDER, asked.tenant.root)


ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/",
        live_page,
        "A page that shows what happens.",
        {"type": "string"},
        "server",
        media_type="text/html",
    ),
    Route("GET", "/openapi.json", openapi, "This document.", {"type": "object"}, "server"),
    *server.ROUTES,
    *exchanges.ROUTES,
    *coverage.ROUTES,
    *scripts.ROUTES,
    *clock.ROUTES,
    *jobs.ROUTES,
    *state.ROUTES,
    *events.ROUTES,
)
