"""Test clients of the Scene7 IPS SOAP API offline: its contract, validators, mock and battery.

Names are loaded when first used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # What type checkers take for true, without the cost of typing.
if TYPE_CHECKING:
    from ips_contract.contract.rules import RULES, Rule
    from ips_contract.contract.versions import VERSIONS, Version, find_version
    from ips_contract.validation.exchanges import validate_exchange
    from ips_contract.validation.report.report import InvalidMessage, Report, Violation
    from ips_contract.validation.validator import validate

__version__ = "0.1.0"

_HOMES = {
    "InvalidMessage": "validation.report.report",
    "RULES": "contract.rules",
    "Report": "validation.report.report",
    "Rule": "contract.rules",
    "VERSIONS": "contract.versions",
    "Version": "contract.versions",
    "Violation": "validation.report.report",
    "find_version": "contract.versions",
    "validate": "validation.validator",
    "validate_exchange": "validation.exchanges",
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
