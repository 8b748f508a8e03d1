"""What the clean schema takes for granted, no check has a word against."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ips_contract.contract.iso_codes import COUNTRIES, LANGUAGES
from ips_contract.contract.usual_values import USUAL
from ips_contract.contract.values import CHECKS
from tests.sweep import examples

PATTERNS = {check: re.compile(pattern) for check, pattern in USUAL.items()}


@pytest.mark.parametrize("check", USUAL)
@settings(max_examples=examples(40, 800), deadline=None)
@given(data=st.data())
def test_usual_values_pass(check: str, data: st.DataObject) -> None:
    text = data.draw(
        st.from_regex(PATTERNS[check], fullmatch=True, alphabet=st.characters(codec="ascii"))
    )
    assert list(CHECKS[check](text)) == []


def test_locales() -> None:
    for language in LANGUAGES:
        assert PATTERNS["locale-code"].fullmatch(language)
    for country in COUNTRIES:
        assert PATTERNS["locale-code"].fullmatch(f"en-{country}")
    for text in ("xx", "en-XX", "EN", "en-us", "en_US", "eng", "en-", ""):
        assert not PATTERNS["locale-code"].fullmatch(text)


@pytest.mark.parametrize(
    "text",
    [
        *("0 0 2 * * ?", "0 0/5 * * * ?", "0 15 10 ? * MON-FRI", "0 0 12 1,15 JAN,JUL ? 2030"),
        *("0 0 0 ? * SUN", "*/10 * * * * ?", "0 0 8,18 * * ? *"),
        *("0 0 8-18/2 L * ?", "0 0 0 LW JAN-MAR ?", "0 0 0 ? * 6#3", "0 3 * * 1"),
        *("0 3 * * 1-5", "*/15 8-18/2 1,15 JAN-MAR MON-FRI", "0 0 1 */3 0", "5 4 * * SUN,7"),
    ],
)
def test_usual_schedules(text: str) -> None:
    assert PATTERNS["schedule"].fullmatch(text)


@pytest.mark.parametrize(
    "text", ["0 60 2 * * ?", "0 0 2 * * *", "0 0 2 ? * ?", "0 0/60 * * * ?", "x"]
)
def test_other_schedules_are_left_to_the_check(text: str) -> None:
    assert not PATTERNS["schedule"].fullmatch(text)
    assert list(CHECKS["schedule"](text))
