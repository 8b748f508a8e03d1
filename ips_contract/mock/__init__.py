"""The mock of the service, for tests: on a port, or inside the process; one core behind all.

``serve()`` is for clients in any language, ``activate()`` for those on requests, ``transport()``
for those on httpx, ``app()`` for whoever has a WSGI server.
"""

from __future__ import annotations

from ips_contract.mock.accounts import Account, Accounts
from ips_contract.mock.api import MockServer, activate, app, serve, transport
from ips_contract.mock.service import Service
from ips_contract.mock.state.lifecycle import AT_ONCE, MANUAL, Plan

__all__ = [
    "AT_ONCE",
    "MANUAL",
    "Account",
    "Accounts",
    "MockServer",
    "Plan",
    "Service",
    "activate",
    "app",
    "serve",
    "transport",
]
