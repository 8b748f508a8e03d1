"""The mock of the service, for tests: on a port, or inside the process; one core behind all.

``serve()`` is for clients in any language, ``activate()`` for those on requests, ``transport()``
for those on httpx, ``app()`` for whoever has a WSGI server. These three, ``Tls``, and what reads
seeds and shows assets, are loaded when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ips_contract.http.messages import Request, Response
from ips_contract.mock.service import Service, ServiceOptions
from ips_contract.mock.serving import MockServer, ServerOptions, serve
from ips_contract.mock.state.accounts import Account, Accounts
from ips_contract.mock.state.lifecycle import AT_ONCE, MANUAL, Plan
from ips_contract.mock.state.seed import Seed, SeedError

if TYPE_CHECKING:
    from ips_contract.mock.adapters.httpx import transport
    from ips_contract.mock.adapters.responses import activate
    from ips_contract.mock.adapters.wsgi import app
    from ips_contract.mock.seed_files import read_seed_file
    from ips_contract.mock.state.seed_reading import read_seed
    from ips_contract.mock.state.views import AssetView, FolderView
    from ips_contract.mock.tls import Tls

__all__ = [
    "AT_ONCE",
    "MANUAL",
    "Account",
    "Accounts",
    "AssetView",
    "FolderView",
    "MockServer",
    "Plan",
    "Request",
    "Response",
    "Seed",
    "SeedError",
    "ServerOptions",
    "Service",
    "ServiceOptions",
    "Tls",
    "activate",
    "app",
    "read_seed",
    "read_seed_file",
    "serve",
    "transport",
]

# Who has a server needs none of them, and to load them takes a twentieth of its start.
_LATER = {
    "AssetView": "state.views",
    "FolderView": "state.views",
    "Tls": "tls",
    "activate": "adapters.responses",
    "app": "adapters.wsgi",
    "transport": "adapters.httpx",
    "read_seed": "state.seed_reading",
    "read_seed_file": "seed_files",
}


def __getattr__(name: str) -> object:
    """Loads what is seldom needed from the module that defines it."""
    home = _LATER.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names, loaded or not."""
    return sorted({*globals(), *__all__})
