"""What the clean schema takes for granted, no check has a word against."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ips_contract import validate
from ips_contract.contract.iso_codes import COUNTRIES, LANGUAGES
from ips_contract.contract.usual_values import USUAL, _ascending_years
from ips_contract.contract.values import CHECKS
from ips_contract.contract.versions import UNVERSIONED
from tests.sweep import examples

PATTERNS = {check: re.compile(pattern) for check, pattern in USUAL.items()}
# Made once: to take a pattern apart takes as long as a hundred texts.
TEXTS = {
    check: st.from_regex(pattern, fullmatch=True, alphabet=st.characters(codec="ascii"))
    for check, pattern in PATTERNS.items()
}


@pytest.mark.no_cover
@pytest.mark.parametrize("check", USUAL)
@settings(max_examples=examples(40, 800), deadline=None)
@given(data=st.data())
def test_usual_values_pass(check: str, data: st.DataObject) -> None:
    text = data.draw(TEXTS[check])
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
        *("\n  0 0 3 * * ?\n", "0\t0  3\t* * ?", "0 0 3 ? * mon-Fri", "0 0 3 lw * ?"),
        *("0 0/15 8-17 ? * * 2014-2016", "0 0 3 * * ? 1999-2030/2", "0 0 3 * * ? 2025-2025"),
        *("0 0 3 * * ? 2030,2040/2", "/5 1,*/4 3 * * ?", "0 0 3 L-30 1-12 ?"),
    ],
)
def test_usual_schedules(text: str) -> None:
    assert PATTERNS["schedule"].fullmatch(text)


@pytest.mark.parametrize(
    "text",
    [
        *("0 60 2 * * ?", "0 0 2 * * *", "0 0 2 ? * ?", "0 0/60 * * * ?", "x"),
        *("0 0 2 * * ? 2016-2014", "0 0 2 * * ? 2010-1999", "0 0 2 * * ? 2100"),
    ],
)
def test_other_schedules_are_left_to_the_check(text: str) -> None:
    assert not PATTERNS["schedule"].fullmatch(text)
    assert list(CHECKS["schedule"](text))


def test_ranges_of_years() -> None:
    """None that runs backwards; all others, but for some within a decade."""
    pattern = re.compile(_ascending_years())
    for first, last in product(range(1970, 2100), repeat=2):
        takes = pattern.fullmatch(f"{first}-{last}") is not None
        is_sure = first // 10 < last // 10 or 2010 <= first <= last < 2040
        assert takes is (first <= last and is_sure), (first, last)


def test_a_long_schedule_is_left_to_the_check() -> None:
    for count, rules in ((240, []), (270, ["schedule-form"])):
        text = f"0 {','.join(['15'] * (count * 2 // 3))} 3 * * ?"
        job = "<imageServingPublishJob><publishType>Full</publishType><emailSetting>Error"
        report = validate(
            f'<submitJobParam xmlns="{UNVERSIONED}"><companyHandle>47</companyHandle><jobName>a'
            f"</jobName><execSchedule>{text}</execSchedule>{job}</emailSetting>"
            "</imageServingPublishJob></submitJobParam>"
        )
        assert [found.rule for found in report.violations] == rules, len(text)
