"""Test clients of the Scene7 IPS SOAP API offline: its contract, validators, mock and battery.

Names are loaded when first used, so that importing the package costs next to nothing.
PYTEST_DONT_REWRITE: without this word pytest warns where the package was imported before it.
"""

from __future__ import annotations

# Type checkers take it for true. Importing typing for it takes 6 ms, the package itself 0.4 ms.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from ips_contract.by_wsdl import sample, validate, validate_exchange
    from ips_contract.contract.rules import RULES, Rule
    from ips_contract.contract.versions import VERSIONS, Version, find_version
    from ips_contract.validation.report import InvalidMessage, Report, Violation

__version__ = "0.2.0"

_HOMES = {
    "InvalidMessage": "validation.report",
    "RULES": "contract.rules",
    "Report": "validation.report",
    "Rule": "contract.rules",
    "VERSIONS": "contract.versions",
    "Version": "contract.versions",
    "Violation": "validation.report",
    "find_version": "contract.versions",
    "sample": "by_wsdl",
    "validate": "by_wsdl",
    "validate_exchange": "by_wsdl",
}

__all__ = [
    "RULES",
    "VERSIONS",
    "InvalidMessage",
    "Report",
    "Rule",
    "Version",
    "Violation",
    "find_version",
    "sample",
    "validate",
    "validate_exchange",
]


def __getattr__(name: str) -> object:
    """Loads a public name from the module that defines it."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names, loaded or not."""
    return sorted({*globals(), *__all__})
