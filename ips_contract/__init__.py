"""Test clients of the Scene7 IPS SOAP API offline: its contract, validators and fixtures.

Names are loaded when first used, so that importing the package costs next to nothing.
"""

TYPE_CHECKING = False  # What type checkers take for true, without the cost of typing.
if TYPE_CHECKING:
    from ips_contract.exchange import validate_exchange
    from ips_contract.report import InvalidMessage, Report, Violation
    from ips_contract.rules import RULES, Rule
    from ips_contract.validation import validate
    from ips_contract.versions import VERSIONS, Version, find_version

__version__ = "0.1.0"

_HOMES = {
    "InvalidMessage": "report",
    "RULES": "rules",
    "Report": "report",
    "Rule": "rules",
    "VERSIONS": "versions",
    "Version": "versions",
    "Violation": "report",
    "find_version": "versions",
    "validate": "validation",
    "validate_exchange": "exchange",
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
