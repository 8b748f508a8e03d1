"""Conditions on the values of an asset: an operator and what to compare with → yes or no."""

from __future__ import annotations

import operator
from datetime import datetime
from typing import TYPE_CHECKING

from ips_contract.mock.fault import Fault
from ips_contract.mock.operations.asset_values import metadata_text
from ips_contract.mock.operations.reading import (
    INVALID,
    decimal,
    flag,
    moment,
    text,
    texts,
    whole,
)
from ips_contract.xml.text import collapse, quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from ips_contract.mock.operations.reading import Fields
    from ips_contract.mock.state.assets import Asset, Metadata

    Test = Callable[[Asset], bool]
    Getter = Callable[[Asset], Metadata | None]
    Comparison = Callable[[float, float], bool]

# Operator → the test of a text, and whether it is turned round (constants page, D).
_TEXT_TESTS: dict[str, tuple[Callable[[str, str], bool], bool]] = {
    "Equals": (operator.eq, False),
    "NotEquals": (operator.eq, True),
    "Contains": (operator.contains, False),
    "NotContains": (operator.contains, True),
    "StartsWith": (str.startswith, False),
    "EndsWith": (str.endswith, False),
}
_NUMBER_TESTS: dict[str, Comparison] = {
    "Equals": operator.eq,
    "NotEquals": operator.ne,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}
# Fields of a condition that say of what type a value is compared, and those of the ends of a range.
_TYPED = ("longVal", "doubleVal", "dateVal")
_LEAST, _MOST = ("minLong", "minDouble", "minDate"), ("maxLong", "maxDouble", "maxDate")


def condition_test(condition: Fields, value_of: Getter, *, case: bool = False) -> Test:
    """The test that a condition is.

    Args:
        condition: its fields.
        value_of: the value of an asset that it is about; None: the asset has none.
        case: whether the case of letters counts where the condition does not say (I).

    Raises:
        Fault: there is no such operator, or what to compare with is no number or moment.
    """
    least = next((name for name in _LEAST if text(condition, name)), "")
    most = next((name for name in _MOST if text(condition, name)), "")
    if least or most:
        return _range_test(condition, least, most, value_of)
    name = text(condition, "op")
    typed = next((field for field in _TYPED if text(condition, field)), "")
    if typed or (name in _NUMBER_TESTS and name not in _TEXT_TESTS):
        return _number_test(condition, typed or "value", name, value_of)
    if name not in _TEXT_TESTS:
        raise Fault(INVALID, f"There is no operator {quoted(name)}.")
    return _text_test(
        condition, name, value_of, case=flag(condition, "caseSensitive", default=case)
    )


def _text_test(condition: Fields, name: str, value_of: Getter, *, case: bool) -> Test:
    compare, negated = _TEXT_TESTS[name]
    words = texts(condition, "values") or texts(condition, "valueArray")
    if text(condition, "boolVal"):
        words = ["true" if flag(condition, "boolVal") else "false"]
    words = words or [text(condition, "value")]
    # A number or a moment that an asset has is the same however it is spelt.
    limit = _number(words[0]) if name in _NUMBER_TESTS and len(words) == 1 else None
    if not case:
        words = [word.casefold() for word in words]

    one = words[0] if len(words) == 1 else None

    def fits(value: str) -> bool:
        value = collapse(value)  # As what it is compared with.
        if not case:
            value = value.casefold()
        return any(compare(value, word) for word in words) if one is None else compare(value, one)

    def test(asset: Asset) -> bool:
        value = value_of(asset)
        if value is None:
            return negated
        if limit is not None and not isinstance(value, (str, tuple)) and _number(value) == limit:
            return not negated
        if isinstance(value, tuple):
            return any(fits(tag) for tag in value) is not negated
        return fits(value if isinstance(value, str) else metadata_text(value)) is not negated

    return test


def _number_test(condition: Fields, field: str, name: str, value_of: Getter) -> Test:
    if name not in _NUMBER_TESTS:
        raise Fault(INVALID, f"The operator {quoted(name)} compares texts, and {field} is none.")
    compare, limit = _NUMBER_TESTS[name], _limit(condition, field)

    def test(asset: Asset) -> bool:
        value = _number(value_of(asset))
        return name == "NotEquals" if value is None else compare(value, limit)

    return test


def _range_test(condition: Fields, least: str, most: str, value_of: Getter) -> Test:
    low = _limit(condition, least) if least else float("-inf")
    high = _limit(condition, most) if most else float("inf")

    def test(asset: Asset) -> bool:
        value = _number(value_of(asset))
        return value is not None and low <= value <= high

    return test


def _limit(condition: Fields, field: str) -> float:
    if field.endswith(("Long", "longVal")):
        return whole(condition, field, -(2**63), 0)  # No float is each of these.
    found = text(condition, field)
    if field.endswith(("Date", "dateVal")) or (field == "value" and _is_moment(found)):
        return moment(field, found).timestamp()
    return decimal(field, found)


def _is_moment(found: str) -> bool:
    return "T" in found and ":" in found


def _number(value: Metadata | None) -> float | None:
    """A value as something that numbers can be compared with; None if it is nothing of the kind."""
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, (int, float)):
        return value
    if not isinstance(value, str):
        return None
    try:
        if _is_moment(value):
            return moment("", value).timestamp()
        return int(value) if value.lstrip("+-").isdecimal() else float(value)
    except (Fault, ValueError):
        return None
