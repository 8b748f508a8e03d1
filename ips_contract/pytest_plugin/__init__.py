"""The pytest plugin: fixtures that are the service, and tests that fail if a client's messages do.

For annotations there are the types of what the fixtures give: ``ServerMock`` (``ips_server``),
``Serve`` (``ips_serve``), ``ResponsesMock`` (``ips_mock``), ``HttpxMock`` (``ips_httpx``) and
``Validate`` (``ips_validate``); ``NonConforming``, the error of a message that does not conform;
and ``UnusedScript``, the warning of a scripted answer that no request used.

pytest imports this package in every project that has it installed. So these names are loaded when
first used, and ``hooks`` imports nothing heavy. PYTEST_DONT_REWRITE: without this word pytest warns
where the package was imported before it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ips_contract.pytest_plugin.hooks import (
    ips_httpx,
    ips_listen_address,
    ips_mock,
    ips_serve,
    ips_server,
    ips_server_options,
    ips_service_options,
    ips_validate,
    pytest_addoption,
    pytest_configure,
    pytest_runtest_call,
    pytest_runtest_makereport,
    pytest_runtest_setup,
    pytest_runtest_teardown,
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
    pytest_unconfigure,
)

if TYPE_CHECKING:
    from ips_contract.pytest_plugin.conformance import NonConforming
    from ips_contract.pytest_plugin.httpx_mock import HttpxMock
    from ips_contract.pytest_plugin.mocks import ResponsesMock, Serve, ServerMock
    from ips_contract.pytest_plugin.unused import UnusedScript
    from ips_contract.pytest_plugin.validate import Validate

__all__ = [
    "HttpxMock",
    "NonConforming",
    "ResponsesMock",
    "Serve",
    "ServerMock",
    "UnusedScript",
    "Validate",
    "ips_httpx",
    "ips_listen_address",
    "ips_mock",
    "ips_serve",
    "ips_server",
    "ips_server_options",
    "ips_service_options",
    "ips_validate",
    "pytest_addoption",
    "pytest_configure",
    "pytest_runtest_call",
    "pytest_runtest_makereport",
    "pytest_runtest_setup",
    "pytest_runtest_teardown",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
    "pytest_testnodedown",
    "pytest_unconfigure",
]

_HOMES = {
    "HttpxMock": "httpx_mock",
    "NonConforming": "conformance",
    "ResponsesMock": "mocks",
    "Serve": "mocks",
    "ServerMock": "mocks",
    "UnusedScript": "unused",
    "Validate": "validate",
}


def __getattr__(name: str) -> object:
    """Loads a public type from the module that defines it."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    return value
