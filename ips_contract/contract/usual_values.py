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


def _in_any_case(names: str) -> str:
    """A pattern for names in capitals, in small letters or in both."""
    words = ("".join(f"[{letter}{letter.lower()}]" for letter in name) for name in names.split())
    return f"({'|'.join(words)})"


def _listed(item: str) -> str:
    return f"{item}(,{item})*"


def _field(number: str, step: str, name: str = "") -> str:
    """A pattern for a field of numbers, ranges and steps, and of names and ranges of them."""
    items = rf"\*(/{step})?|/{step}|{number}(-{number})?(/{step})?"
    return _listed(f"({items}|{name}(-{name})?)" if name else f"({items})")


def _unix_field(number: str, step: str, name: str = "") -> str:
    """The same for crontab(5), where a step needs a star or a range before it."""
    value = f"({number}|{name})" if name else number
    return _listed(rf"(\*(/{step})?|{value}(-{value}(/{step})?)?)")


def _ascending_years() -> str:
    """A pattern for a range of years that does not run backwards.

    Ranges within one decade are those of three decades, each year by itself: the schema takes half
    as long again to compile with those of all.
    """
    centuries = "19[7-9][0-9]-20[0-9][0-9]|197[0-9]-19[89][0-9]|198[0-9]-199[0-9]"
    decades = "|".join(f"20{decade}[0-9]-20[{decade + 1}-9][0-9]" for decade in range(9))
    years = "|".join(
        f"{decade}({'|'.join(f'{year}-{decade}[{year}-9]' for year in range(10))})"
        for decade in ("201", "202", "203")
    )
    return f"({centuries}|{decades}|{years})"


# Cron strings that cron.parse() takes (see there for the sources): those of Quartz, and of five
# fields. Left out are ranges of years in a list.
_MINUTE, _HOUR, _DAY = "[0-5]?[0-9]", "(2[0-3]|[01]?[0-9])", "(3[01]|[12][0-9]|0?[1-9])"
_MONTH, _WEEKDAY = "(1[0-2]|0?[1-9])", "[1-7]"
_MONTH_NAME = _in_any_case("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC")
_DAY_NAME = _in_any_case("SUN MON TUE WED THU FRI SAT")
_MINUTE_STEP, _HOUR_STEP = "([1-9]|[1-5][0-9])", "([1-9]|1[0-9]|2[0-3])"
_DAY_STEP, _MONTH_STEP = "([1-9]|[12][0-9]|3[01])", "([1-9]|1[0-2])"
_MINUTES = _field(_MINUTE, _MINUTE_STEP)
_HOURS = _field(_HOUR, _HOUR_STEP)
_MONTHS = _field(_MONTH, _MONTH_STEP, _MONTH_NAME)
_DAYS = f"({_field(_DAY, _DAY_STEP)}|[Ll][Ww]?|[Ll]-(30|[12]?[0-9])|{_DAY}[Ww])"
_WEEKDAYS = f"({_field(_WEEKDAY, '[1-7]', _DAY_NAME)}|({_WEEKDAY}|{_DAY_NAME})([Ll]|#[1-5])|[Ll])"
_YEAR_STEP = "(/[1-9][0-9]?)?"
_SINGLE_YEARS = _listed(rf"(\*|19[7-9][0-9]|20[0-9][0-9]){_YEAR_STEP}")
_YEARS = f"({_SINGLE_YEARS}|{_ascending_years()}{_YEAR_STEP})"
_APART = r"[ \t]+"
_QUARTZ = (
    rf"{_MINUTES}{_APART}{_MINUTES}{_APART}{_HOURS}{_APART}"
    rf"({_DAYS}{_APART}{_MONTHS}{_APART}\?|\?{_APART}{_MONTHS}{_APART}{_WEEKDAYS})"
    rf"({_APART}{_YEARS})?"
)
_FIVE = _APART.join(
    (
        _unix_field(_MINUTE, _MINUTE_STEP),
        _unix_field(_HOUR, _HOUR_STEP),
        _unix_field(_DAY, _DAY_STEP),
        _unix_field(_MONTH, _MONTH_STEP, _MONTH_NAME),
        _unix_field("[0-7]", "[1-7]", _DAY_NAME),
    )
)
_AROUND = r"[ \t\r\n]*"

# The name of a check, as in ``f:check`` → the pattern.
USUAL = {
    "locale-code": f"({_any_of(LANGUAGES)})(-({_any_of(COUNTRIES)}))?",
    "schedule": f"{_AROUND}({_QUARTZ}|{_FIVE}){_AROUND}",
}
