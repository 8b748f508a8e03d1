"""The pytest plugin: fixtures that are the service, and tests that fail if a client's messages do.

pytest loads it in every project that has the package installed: ``hooks`` imports nothing heavy.
PYTEST_DONT_REWRITE: it has no assertions to rewrite.
"""

from __future__ import annotations

from ips_contract.pytest_plugin.hooks import (
    ips_httpx,
    ips_listen_address,
    ips_mock,
    ips_server,
    ips_server_options,
    ips_service_options,
    ips_validate,
    pytest_addoption,
    pytest_configure,
    pytest_runtest_call,
    pytest_runtest_setup,
    pytest_runtest_teardown,
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
    pytest_unconfigure,
)

__all__ = [
    "ips_httpx",
    "ips_listen_address",
    "ips_mock",
    "ips_server",
    "ips_server_options",
    "ips_service_options",
    "ips_validate",
    "pytest_addoption",
    "pytest_configure",
    "pytest_runtest_call",
    "pytest_runtest_setup",
    "pytest_runtest_teardown",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
    "pytest_testnodedown",
    "pytest_unconfigure",
]
