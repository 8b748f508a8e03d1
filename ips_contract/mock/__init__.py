"""The mock of the service, for tests: on a port, or inside the process; one core behind all.

``serve()`` is for clients in any language, ``activate()`` for those on requests, ``transport()``
for those on httpx, ``app()`` for whoever has a WSGI server.
"""

from __future__ import annotations

from ips_contract.http.messages import Request, Response
from ips_contract.mock.adapters.httpx import transport
from ips_contract.mock.adapters.responses import activate
from ips_contract.mock.adapters.wsgi import app
from ips_contract.mock.service import Service, ServiceOptions
from ips_contract.mock.serving import MockServer, ServerOptions, serve
from ips_contract.mock.state.accounts import Account, Accounts
from ips_contract.mock.state.lifecycle import AT_ONCE, MANUAL, Plan

__all__ = [
    "AT_ONCE",
    "MANUAL",
    "Account",
    "Accounts",
    "MockServer",
    "Plan",
    "Request",
    "Response",
    "ServerOptions",
    "Service",
    "ServiceOptions",
    "activate",
    "app",
    "serve",
    "transport",
]
