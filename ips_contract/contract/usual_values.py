"""Values as nearly everybody writes them, as XSD patterns: what they match passes its check.

The clean schema has them in place of checks beyond XSD. What is right and unusual is left to the
checks themselves (``values.CHECKS``).
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from ips_contract.contract.iso_codes import COUNTRIES, LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable


def _any_of(codes: Iterable[str]) -> str:
    """A pattern for codes of two letters."""
    letters = groupby(sorted(codes), key=lambda code: code[0])
    return "|".join(f"{first}[{''.join(code[1] for code in same)}]" for first, same in letters)


def _listed(item: str) -> str:
    return f"{item}(,{item})*"


# Quartz strings that cron.parse() takes (see there for the sources).
_MINUTE, _HOUR, _DAY = "[0-5]?[0-9]", "(2[0-3]|[01]?[0-9])", "(3[01]|[12][0-9]|0?[1-9])"
_MONTH = "(1[0-2]|0?[1-9]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)"
_WEEKDAY = "([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)"
_STEP = "(/([1-9]|1[0-9]|2[0-3]))?"
_MINUTES = f"(\\*{_STEP}|{_listed(_MINUTE + _STEP)})"
_HOURS = f"(\\*{_STEP}|{_listed(_HOUR + _STEP)})"
_MONTHS = f"(\\*|{_listed(_MONTH)})"
_DAYS = f"((\\*|{_listed(_DAY)}) {_MONTHS} \\?|\\? {_MONTHS} (\\*|{_listed(_WEEKDAY)}|MON-FRI|2-6))"
_YEAR = "( (\\*|19[7-9][0-9]|20[0-9][0-9]))?"

# The name of a check, as in ``f:check`` → the pattern.
USUAL = {
    "locale-code": f"({_any_of(LANGUAGES)})(-({_any_of(COUNTRIES)}))?",
    "schedule": f"{_MINUTES} {_MINUTES} {_HOURS} {_DAYS}{_YEAR}",
}
