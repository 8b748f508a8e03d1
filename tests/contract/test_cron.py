"""Cron strings of `execSchedule`: which are read, which are refused and how, when they fire.

What Quartz does was found by running CronExpression of Quartz 2.3.2 (and reading 2.5); the rows
here keep the findings.
"""

from __future__ import annotations

import copy
import pickle
import sys
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ips_contract.contract.cron import Cron, RangeError, ShapeError, parse
from tests.growth import QUADRATIC, growth

if TYPE_CHECKING:
    from collections.abc import Callable

BERLIN = ZoneInfo("Europe/Berlin")

# text, number of fields, attributes and their values
VALID: list[tuple[str, int, dict[str, object]]] = [
    ("0 0 12 * * ?", 6, {"seconds": (0,), "hours": (12,), "days_of_month": tuple(range(1, 32))}),
    ("0 0 12 * * ? *", 7, {"years": tuple(range(1970, 2100))}),
    ("  0\t0  12 * * ?\n", 6, {"hours": (12,)}),
    ("0 15 10 ? * MON-FRI", 6, {"days_of_week": (2, 3, 4, 5, 6)}),
    ("0 15 10 ? * mon,Wed,FRI", 6, {"days_of_week": (2, 4, 6)}),
    ("0 15 10 ? * FRI-MON", 6, {"days_of_week": (1, 2, 6, 7)}),
    ("0 15 10 ? * 6-2", 6, {"days_of_week": (1, 2, 6, 7)}),
    ("0 0 22-2 * * ?", 6, {"hours": (0, 1, 2, 22, 23)}),
    ("0 0 22-2/2 * * ?", 6, {"hours": (0, 2, 22)}),
    ("0 55-5/5 * * * ?", 6, {"minutes": (0, 5, 55)}),
    ("0 0 0 25-5/3 * ?", 6, {"days_of_month": (3, 25, 28, 31)}),
    ("0 0 0 1 NOV-feb ?", 6, {"months": (1, 2, 11, 12)}),
    ("0 0 0 1 1,JUN,12 ?", 6, {"months": (1, 6, 12)}),
    ("*/15 0/20 8-18/5 * * ?", 6, {"minutes": (0, 20, 40), "hours": (8, 13, 18)}),
    ("/15 5,007 * * * ?", 6, {"seconds": (0, 15, 30, 45), "minutes": (5, 7)}),
    ("59 59 23 31 12 ? 2099", 7, {"seconds": (59,), "years": (2099,)}),
    ("0 0 0 1 1 ? 1970,2000-2002,2090/4", 7, {"years": (1970, 2000, 2001, 2002, 2090, 2094, 2098)}),
    ("0 0 0 1 1 ? */100", 7, {"years": (1970, 2070)}),
    ("0 0 0 1 1 ? */5000", 7, {"years": (1970,)}),
    ("*/59 */59 */23 */31 */12 ?", 6, {"seconds": (0, 59), "hours": (0, 23), "months": (1,)}),
    ("0 0 0 ? * */7", 6, {"days_of_week": (1,)}),
    ("0 0 0 L * ?", 6, {"last_offset": 0, "nearest_weekday": False}),
    ("0 0 0 l-3 * ?", 6, {"last_offset": 3, "nearest_weekday": False}),
    ("0 0 0 L-30 * ?", 6, {"last_offset": 30}),
    ("0 0 0 LW * ?", 6, {"last_offset": 0, "nearest_weekday": True}),
    ("0 0 0 L-3W * ?", 6, {"last_offset": 3, "nearest_weekday": True}),
    ("0 0 0 15W * ?", 6, {"days_of_month": (15,), "last_offset": None, "nearest_weekday": True}),
    ("0 0 0 ? * L", 6, {"days_of_week": (7,), "week": None}),
    ("0 0 0 ? * 5L", 6, {"days_of_week": (5,), "week": -1}),
    ("0 0 0 ? * FRIL", 6, {"days_of_week": (6,), "week": -1}),
    ("0 0 0 ? * 6#3", 6, {"days_of_week": (6,), "week": 3}),
    ("0 0 0 ? * FRI#3", 6, {"days_of_week": (6,), "week": 3}),
    ("0 2 * * *", 5, {"seconds": (0,), "minutes": (0,), "hours": (2,), "either_day": False}),
    ("*/15 9-17/2 1,15 JAN-MAR *", 5, {"hours": (9, 11, 13, 15, 17), "months": (1, 2, 3)}),
    ("0 0 * * 0", 5, {"days_of_week": (1,)}),
    ("0 0 * * 7", 5, {"days_of_week": (1,)}),
    ("0 0 * * SUN", 5, {"days_of_week": (1,)}),
    ("0 0 * * 5-7", 5, {"days_of_week": (1, 6, 7)}),
    ("0 0 * * FRI-1", 5, {"days_of_week": (1, 2, 6, 7)}),
    ("0 0 * * MON-FRI/2", 5, {"days_of_week": (2, 4, 6)}),
    ("0 0 * * *", 5, {"days_of_week": (1, 2, 3, 4, 5, 6, 7)}),
    ("0 0 1 * MON", 5, {"either_day": True}),
    ("0 0 */2 * MON", 5, {"either_day": False}),
]

# text, field, position, part of the message
NO_SHAPE: list[tuple[str, str | None, int | None, str]] = [
    ("", None, None, "found 0 fields; allowed: 5 (Unix), 6 or 7 (Quartz); write for example"),
    ("@daily", None, None, "found 1 field; allowed"),
    ("0 0 12 *", None, None, "found 4 fields"),
    ("0 0 12 * * ? * *", None, None, "found 8 fields"),
    ("0 0 12 * * ?" + " " * 512, None, None, "found 524 characters; allowed: 512"),
    ("every day at 3 am", "minute", 1, "found 'every'"),
    ("at 02:00 on each Monday morning", "second", 1, "found 'at'"),
    ("0 02:30 * * * ?", "minute", 2, "this does not occur in a cron string"),
    ("99 99 99 99 99 x", "day-of-week", 6, "found 'x'"),
    ("0\n0 0 12 * * ?", "second", 1, "does not occur"),
    ("0 0 0 ? * FR\u0131", "day-of-week", 6, "does not occur"),
    ("0 0 \u0663 * * ?", "hour", 3, "does not occur"),
    ("0 0 1,,2 * * ?", "hour", 3, "does not occur"),
    ("0 0 - * * ?", "hour", 3, "does not occur"),
    ("0 0 1- * * ?", "hour", 3, "does not occur"),
    ("0 0 *-3 * * ?", "hour", 3, "does not occur"),
    ("0 0/ * * * ?", "minute", 2, "does not occur"),
    ("0 0/x * * * ?", "minute", 2, "does not occur"),
    ("0 */-5 * * * ?", "minute", 2, "does not occur"),
    ("0 5x * * * ?", "minute", 2, "does not occur"),
    ("0 1234567890 * * * ?", "minute", 2, "does not occur"),
    ("0 0 0 W * ?", "day-of-month", 4, "does not occur"),
    ("0 0 0 L- * ?", "day-of-month", 4, "does not occur"),
    ("0 0 0 LW-1 * ?", "day-of-month", 4, "does not occur"),
    ("0 0 0 ? * 6#", "day-of-week", 6, "does not occur"),
    ("0 0 0 ? * MONDAY", "day-of-week", 6, "does not occur"),
    ("0 0 0 ?5 * MON", "day-of-month", 4, "does not occur"),
    # Quartz takes these without complaint, but in a way that nobody means or that versions differ.
    ("0 */0 * * * ?", "minute", 2, "a step is 1 or more"),
    ("0 0/0 * * * ?", "minute", 2, "a step is 1 or more"),
    ("0 0/60 * * * ?", "minute", 2, "larger than the field"),
    ("0 0-30/60 * * * ?", "minute", 2, "write a step of 59 or less"),
    ("0 0 0 ? * MON-FRI/2", "day-of-week", 6, "Quartz ignores a step after names"),
    ("0 0 0 ? * MON/2", "day-of-week", 6, "write numbers instead of names"),
    ("0 0 0 1,L * ?", "day-of-month", 4, "'L' does not work in a list"),
    ("0 0 0 1W,15 * ?", "day-of-month", 4, "'W' does not work in a list"),
    ("0 0 0 ?,5 * MON", "day-of-month", 4, "'?' does not work in a list"),
    ("0 0 0 ? * 6#3,2", "day-of-week", 6, "'#' does not work in a list"),
    ("0 0 0 0W * ?", "day-of-month", 4, "0 is out of range"),
    ("0 0 0 5-0 * ?", "day-of-month", 4, "0 is out of range"),
    ("0 0 0 ? * 9#3", "day-of-week", 6, "9 is out of range"),
    ("0 0 L * * ?", "hour", 3, "'L' belongs in day-of-month or day-of-week"),
    ("0 0 0 ? * L-3", "day-of-week", 6, "'L-' belongs in day-of-month"),
    ("0 0 0 ? * LW", "day-of-week", 6, "'LW' belongs in day-of-month"),
    ("0 0 0 1 1 ? 1969", "year", 7, "allowed: 1970-2099"),
    ("0 0 0 1 1 ? 2000-2100", "year", 7, "2100 is out of range"),
    # The values are in range, but Quartz, which is inferred, refuses the combination.
    ("0 0 0 ? * MON,6L", "day-of-week", 6, "'L' does not work in a list"),
    ("0 0 0 ? * 6#3,2#1", "day-of-week", 6, "'#' does not work in a list"),
    ("0 0 0 1 1 ? 2030-2020", "year", 7, "these years run backwards"),
    ("*/60 0 0 * * ?", "second", 1, "larger than the field, so it would hit one second only"),
    ("0 /60 0 * * ?", "minute", 2, "larger than the field"),
    ("0 0 */24 * * ?", "hour", 3, "write a step of 23 or less"),
    ("0 0 0 */32 * ?", "day-of-month", 4, "larger than the field"),
    ("0 0 0 1 */13 ?", "month", 5, "larger than the field"),
    ("0 0 0 ? * */8", "day-of-week", 6, "larger than the field"),
    ("0 0 0 ? * MON-6", "day-of-week", 6, "two names or two numbers"),
    ("0 0 0 1 1-MAR ?", "month", 5, "two names or two numbers"),
    ("? 0 0 * * ?", "second", 1, "'?' belongs in day-of-month or day-of-week"),
    ("0 0 0 1 ? ?", "month", 5, "'?' belongs in"),
    ("0 0 5L * * ?", "hour", 3, "'L' belongs in day-of-week"),
    ("0 0 5W * * ?", "hour", 3, "'W' belongs in day-of-month"),
    ("0 0 0 6#3 * ?", "day-of-month", 4, "'#' belongs in day-of-week"),
    ("0 0 12 ? * ?", "day-of-week", 6, "and not in both; allowed"),
    ("0 0 12 1 * *", "day-of-week", 6, "needs '?' either here or in day-of-month (field 4)"),
    ("0 0 12 * * *", "day-of-week", 6, "write '0 0 12 * * ?'"),
    ("0 0 12 1 * MON 2030", "day-of-week", 6, "write '?' in the one that does not matter"),
    ("0 0 12 * * MON 2030", "day-of-week", 6, "write '0 0 12 ? * MON 2030'"),
    ("*/0 * * * *", "minute", 1, "a step is 1 or more"),
    ("*/60 * * * *", "minute", 1, "larger than the field"),
    ("0 0 0 ? * 2,6L", "day-of-week", 6, "'L' does not work in a list"),
    ("0 0 0 ? * MON#1,FRI#2", "day-of-week", 6, "'#' does not work in a list"),
    ("0 0 0 1 * *", "day-of-week", 6, "write '0 0 0 1 * ?'"),
    ("0 0 0 ? * ?", "day-of-week", 6, "write '0 0 0 * * ?'"),
    # As the service is shown to answer (getScheduledJobs, D), and its like.
    ("00 00 00 * * ", "day-of-month", 3, "write one field more, for the day of the week"),
    ("0 0 0 * *", "day-of-month", 3, "0 is out of range"),
    ("0 0 5-0 * *", "day-of-month", 3, "0 is out of range"),
    # Quartz marks in a Unix string
    ("0 0 ? * MON", "day-of-month", 3, "write a field of seconds in front for Quartz"),
    ("0 0 L * *", "day-of-month", 3, "five fields"),
    ("0/5 * * * *", "minute", 1, "five fields"),
    ("/5 * * * *", "minute", 1, "five fields"),
]

# text, field, position, part of the message
OUT_OF_RANGE: list[tuple[str, str, int, str]] = [
    ("60 0 0 * * ?", "second", 1, "found '60': 60 is out of range; allowed: 0-59; write"),
    ("0 60 0 * * ?", "minute", 2, "allowed: 0-59"),
    ("0 99 0 * * ?", "minute", 2, "99 is out of range"),
    ("0 0 24 * * ?", "hour", 3, "allowed: 0-23"),
    ("0 0 1,2,24 * * ?", "hour", 3, "found '1,2,24': 24 is out of range"),
    ("0 0 20-24 * * ?", "hour", 3, "24 is out of range"),
    ("0 0 0 0 * ?", "day-of-month", 4, "allowed: 1-31"),
    ("0 0 0 32 * ?", "day-of-month", 4, "32 is out of range"),
    ("0 0 0 0-5 * ?", "day-of-month", 4, "0 is out of range"),
    ("0 0 0 32W * ?", "day-of-month", 4, "32 is out of range"),
    ("0 0 0 L-31 * ?", "day-of-month", 4, "the number after 'L-' is 0 to 30"),
    ("0 0 0 L-31W * ?", "day-of-month", 4, "the number after 'LW' is 0 to 30"),
    ("0 0 0 1 0 ?", "month", 5, "allowed: 1-12 or JAN-DEC; write for example 'JAN'"),
    ("0 0 0 1 13 ?", "month", 5, "13 is out of range"),
    ("0 0 0 ? * 0", "day-of-week", 6, "allowed: 1-7 (1 is Sunday) or SUN-SAT"),
    ("0 0 0 ? * 8", "day-of-week", 6, "8 is out of range"),
    ("0 0 0 ? * 0L", "day-of-week", 6, "0 is out of range"),
    ("0 0 0 ? * 8L", "day-of-week", 6, "8 is out of range"),
    ("0 0 0 ? * 6#0", "day-of-week", 6, "the number after '#' is 1 to 5"),
    ("0 0 0 ? * FRI#6", "day-of-week", 6, "the number after '#' is 1 to 5"),
    ("MON 0 0 * * ?", "second", 1, "MON is no second"),
    ("0 0 0 ? MON 1", "month", 5, "MON is no month"),
    ("0 0 0 ? * JAN", "day-of-week", 6, "JAN is no day-of-week"),
    ("60 * * * *", "minute", 1, "60 is out of range"),
    ("0 24 * * *", "hour", 2, "24 is out of range"),
    ("0 0 32 * *", "day-of-month", 3, "32 is out of range"),
    ("0 0 * 0 *", "month", 4, "0 is out of range"),
    ("0 0 * 13 *", "month", 4, "13 is out of range"),
    ("0 0 * * 8", "day-of-week", 5, "allowed: 0-7 (0 and 7 are Sunday) or SUN-SAT"),
]

# text, moment, fire times that follow (ISO, in the zone of the moment)
FIRES: list[tuple[str, datetime, list[str]]] = [
    # examples of the Quartz documentation
    ("0 0 12 ? * WED", datetime(2024, 1, 1, tzinfo=UTC), ["2024-01-03T12", "2024-01-10T12"]),
    ("0 15 10 L * ?", datetime(2023, 2, 1, tzinfo=UTC), ["2023-02-28T10:15", "2023-03-31T10:15"]),
    ("0 15 10 L-2 * ?", datetime(2024, 2, 1, tzinfo=UTC), ["2024-02-27T10:15"]),
    ("0 15 10 ? * 6L", datetime(2024, 2, 1, tzinfo=UTC), ["2024-02-23T10:15"]),
    (
        "0 15 10 ? * 6L 2002-2005",
        datetime(2005, 11, 1, tzinfo=UTC),
        ["2005-11-25T10:15", "2005-12-30T10:15", ""],
    ),
    ("0 15 10 ? * 6#3", datetime(2024, 1, 1, tzinfo=UTC), ["2024-01-19T10:15", "2024-02-16T10:15"]),
    (
        "0 0/5 14,18 * * ?",
        datetime(2024, 1, 1, 14, 50, tzinfo=UTC),
        ["2024-01-01T14:55", "2024-01-01T18", "2024-01-01T18:05"],
    ),
    ("0 0-5 14 * * ?", datetime(2024, 1, 1, 14, 5, tzinfo=UTC), ["2024-01-02T14"]),
    ("0 10,44 14 ? 3 WED", datetime(2024, 3, 27, 15, tzinfo=UTC), ["2025-03-05T14:10"]),
    (
        "0 0 12 1/5 * ?",
        datetime(2024, 2, 21, 13, tzinfo=UTC),
        ["2024-02-26T12", "2024-03-01T12", "2024-03-06T12"],
    ),
    ("0 11 11 11 11 ?", datetime(2024, 12, 1, tzinfo=UTC), ["2025-11-11T11:11"]),
    ("0 15 10 * * ? 2005", datetime(2006, 1, 1, tzinfo=UTC), [""]),
    # nearest weekday: Saturday back, Sunday on, and never out of the month
    ("0 15 10 15W * ?", datetime(2024, 6, 1, tzinfo=UTC), ["2024-06-14T10:15", "2024-07-15T10:15"]),
    ("0 0 0 15W 9 ?", datetime(2024, 1, 1, tzinfo=UTC), ["2024-09-16T00"]),
    ("0 0 0 1W 6 ?", datetime(2024, 1, 1, tzinfo=UTC), ["2024-06-03T00"]),
    ("0 0 0 31W 3 ?", datetime(2024, 1, 1, tzinfo=UTC), ["2024-03-29T00"]),
    ("0 0 0 31W * ?", datetime(2024, 4, 1, tzinfo=UTC), ["2024-05-31T00"]),
    ("0 0 0 LW 6 ?", datetime(2024, 1, 1, tzinfo=UTC), ["2024-06-28T00"]),
    ("0 0 0 L-3W 4 ?", datetime(2024, 1, 1, tzinfo=UTC), ["2024-04-26T00"]),
    # ends of months and years, leap years, days that are rare or never come
    ("0 0 0 L-30 * ?", datetime(2024, 1, 2, tzinfo=UTC), ["2024-03-01T00"]),
    ("0 0 0 ? * 5#5", datetime(2024, 3, 1, tzinfo=UTC), ["2024-05-30T00"]),
    ("0 0 0 29 2 ?", datetime(2096, 3, 1, tzinfo=UTC), [""]),
    ("0 0 0 29 2 ?", datetime(2024, 2, 29, tzinfo=UTC), ["2028-02-29T00"]),
    ("0 0 0 30 2 ?", datetime(2024, 1, 1, tzinfo=UTC), [""]),
    ("59 59 23 31 12 ?", datetime(2023, 12, 31, 23, 59, 59, tzinfo=UTC), ["2024-12-31T23:59:59"]),
    ("* * * * * ?", datetime(2023, 12, 31, 23, 59, 59, tzinfo=UTC), ["2024-01-01T00"]),
    ("* * * * * ?", datetime(2099, 12, 31, 23, 59, 58, tzinfo=UTC), ["2099-12-31T23:59:59", ""]),
    ("* * * * * ?", datetime.max.replace(tzinfo=UTC), [""]),
    ("0 0 0 * * ?", datetime.min.replace(tzinfo=timezone(timedelta(hours=9))), ["1970-01-01T00"]),
    # strictly later, whole seconds
    ("0 0 12 * * ?", datetime(2024, 1, 1, 12, tzinfo=UTC), ["2024-01-02T12"]),
    ("0 0 12 * * ?", datetime(2024, 1, 1, 11, 59, 59, 999999, UTC), ["2024-01-01T12"]),
    ("* * * * * ?", datetime(2024, 1, 1, 12, 0, 0, 1, UTC), ["2024-01-01T12:00:01"]),
    # Unix: both days restricted, one is enough (15th, or Monday); otherwise both must match
    ("0 0 15 * MON", datetime(2024, 1, 9, tzinfo=UTC), ["2024-01-15T00", "2024-01-22T00"]),
    ("0 0 16 * MON", datetime(2024, 1, 9, tzinfo=UTC), ["2024-01-15T00", "2024-01-16T00"]),
    ("0 0 */2 * MON", datetime(2024, 1, 9, tzinfo=UTC), ["2024-01-15T00", "2024-01-29T00"]),
    ("*/15 2 * * *", datetime(2024, 1, 1, 2, 45, tzinfo=UTC), ["2024-01-02T02"]),
    # clocks go on: 02:00-03:00 does not exist on 31 March 2024
    ("0 30 2 * * ?", datetime(2024, 3, 31, tzinfo=BERLIN), ["2024-04-01T02:30+02:00"]),
    ("0 0 * * * ?", datetime(2024, 3, 31, 1, tzinfo=BERLIN), ["2024-03-31T03+02:00"]),
    ("0 0 * * * ?", datetime(2024, 3, 31, 2, 30, tzinfo=BERLIN), ["2024-03-31T04+02:00"]),
    # clocks go back: 02:00-03:00 occurs twice on 27 October 2024; the second one counts
    (
        "0 30 2 * * ?",
        datetime(2024, 10, 27, tzinfo=BERLIN),
        ["2024-10-27T02:30+01:00", "2024-10-28T02:30+01:00"],
    ),
    (
        "0 0/30 * * * ?",
        datetime(2024, 10, 27, 1, 30, tzinfo=BERLIN),
        ["2024-10-27T02+01:00", "2024-10-27T02:30+01:00", "2024-10-27T03+01:00"],
    ),
    (
        "0,20 30 * * * ?",
        datetime(2024, 10, 27, 2, 45, tzinfo=BERLIN),
        ["2024-10-27T02:30:00+01:00", "2024-10-27T02:30:20+01:00", "2024-10-27T03:30:00+01:00"],
    ),
    # a whole day that never was
    (
        "* * * 30 12 ? 2011,2012",
        datetime(2011, 12, 29, 23, tzinfo=ZoneInfo("Pacific/Apia")),
        ["2012-12-30T00+14:00"],
    ),
]


@pytest.mark.parametrize(("text", "fields", "values"), VALID, ids=[row[0] for row in VALID])
def test_valid(text: str, fields: int, values: dict[str, object]) -> None:
    cron = parse(text)
    assert (cron.text, cron.fields) == (text, fields)
    assert {name: getattr(cron, name) for name in values} == values


@pytest.mark.parametrize(("text", "field", "position", "part"), NO_SHAPE)
def test_no_shape(text: str, field: str | None, position: int | None, part: str) -> None:
    with pytest.raises(ShapeError) as caught:
        parse(text)
    error = caught.value
    assert (error.field, error.position) == (field, position)
    assert part in str(error)
    assert "; write " in str(error)


@pytest.mark.parametrize(("text", "field", "position", "part"), OUT_OF_RANGE)
def test_out_of_range(text: str, field: str, position: int, part: str) -> None:
    with pytest.raises(RangeError) as caught:
        parse(text)
    error = caught.value
    assert (error.field, error.position) == (field, position)
    assert str(error).startswith(f"{field} (field {position}): found ")
    assert part in str(error)
    assert "; write " in str(error)


@pytest.mark.parametrize(("text", "moment", "expected"), FIRES)
def test_next_after(text: str, moment: datetime, expected: list[str]) -> None:
    cron = parse(text)
    at: datetime | None = moment
    for iso in expected:
        assert at is not None
        at = cron.next_after(at)
        if not iso:
            assert at is None
            continue
        wanted = datetime.fromisoformat(iso)
        if wanted.tzinfo is None:
            wanted = wanted.replace(tzinfo=moment.tzinfo)
        assert at is not None
        assert at.tzinfo is moment.tzinfo
        assert (at.isoformat(), at.microsecond) == (wanted.isoformat(), 0)


def test_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="moment is naive"):
        parse("0 0 12 * * ?").next_after(datetime(2024, 1, 1))  # noqa: DTZ001


def test_cron_is_an_immutable_value() -> None:
    cron = parse("0 0 12 * * ?")
    with pytest.raises(AttributeError, match="cannot set 'hours'"):
        cron.hours = (13,)
    with pytest.raises(AttributeError, match="cannot set 'other'"):
        cron.other = 1
    with pytest.raises(AttributeError, match="cannot delete 'hours'"):
        del cron.hours
    assert not hasattr(cron, "__dict__")
    assert cron == parse("0 0 12 * * ?") != parse("0 0 13 * * ?")
    assert cron != "0 0 12 * * ?"
    assert len({cron, parse("0 0 12 * * ?")}) == 1
    assert repr(cron) == "parse('0 0 12 * * ?')"
    assert copy.deepcopy(cron) == pickle.loads(pickle.dumps(cron)) == cron


def test_errors_survive_pickling() -> None:
    with pytest.raises(RangeError) as caught:
        parse("0 0 24 * * ?")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.field, again.position) == (str(caught.value), "hour", 3)


def test_hopeless_search_is_fast() -> None:
    cron = parse("* * * 31 2,4,6,9,11 ?")
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        assert cron.next_after(datetime(1970, 1, 1, tzinfo=UTC)) is None
    finally:
        sys.setprofile(before)
    assert calls < 100_000  # A search by days makes as many; one by minutes makes 1,440 times that.


@given(st.text(alphabet="0123456789*?,-/LW#MONJANSU \t\n", max_size=40) | st.text())
def test_any_text_gives_a_cron_or_one_of_the_two_errors(text: str) -> None:
    try:
        assert isinstance(parse(text), Cron)
    except (ShapeError, RangeError) as error:
        assert (error.field is None) == (error.position is None)  # noqa: PT017


@pytest.mark.parametrize("character", "0*?,-/LW#Z \u00e9")
def test_long_texts_are_fast(character: str) -> None:
    def parsing(length: int) -> Callable[[], object]:
        def work() -> None:
            with pytest.raises((ShapeError, RangeError)):
                parse("0 0 0 " + character * length + " *")

        return work

    assert growth(parsing, 2**12) < QUADRATIC


def simple_field(low: int, high: int) -> st.SearchStrategy[tuple[str, frozenset[int]]]:
    """A field and the values it means, worked out without the module: a list of numbers or `*`."""
    numbers = st.frozensets(st.integers(low, high), min_size=1, max_size=4)
    lists = numbers.map(lambda v: (",".join(map(str, v)), v))
    return lists | st.just(("*", frozenset(range(low, high + 1))))


DAY_RULES = st.one_of(
    st.tuples(simple_field(1, 31), st.just("dom")),
    st.tuples(simple_field(1, 7), st.just("dow")),
    st.integers(0, 5).map(lambda n: ((f"L-{n}", frozenset({n})), "last")),
    st.tuples(st.integers(1, 7), st.integers(1, 5)).map(
        lambda p: ((f"{p[0]}#{p[1]}", frozenset(p[:1])), p[1])
    ),
    st.integers(1, 7).map(lambda n: ((f"{n}L", frozenset({n})), "last-dow")),
)


def day_matches(day: date, rule: object, wanted: frozenset[int]) -> bool:
    """Whether a day matches, by counting days instead of computing them."""
    weekday = day.isoweekday() % 7 + 1
    same = [n for n in range(1, monthrange(day.year, day.month)[1] + 1) if (n - day.day) % 7 == 0]
    if rule == "dom":
        return day.day in wanted
    if rule == "last":
        return (day + timedelta(days=1 + min(wanted))).day == 1
    if rule == "last-dow":
        return weekday in wanted and day.day == same[-1]
    if isinstance(rule, int):
        return weekday in wanted and len(same) >= rule and day.day == same[rule - 1]
    return weekday in wanted


@settings(max_examples=150, deadline=None)
@given(
    simple_field(0, 59),
    simple_field(0, 59),
    simple_field(0, 23),
    DAY_RULES,
    simple_field(1, 12),
    st.datetimes(datetime(1990, 1, 1), datetime(2080, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_next_after_is_the_first_match(
    seconds: tuple[str, frozenset[int]],
    minutes: tuple[str, frozenset[int]],
    hours: tuple[str, frozenset[int]],
    days: tuple[tuple[str, frozenset[int]], object],
    months: tuple[str, frozenset[int]],
    moment: datetime,
) -> None:
    (day_text, wanted), rule = days
    by_month = rule in ("dom", "last")
    dom, dow = (day_text, "?") if by_month else ("?", day_text)
    found = parse(" ".join([seconds[0], minutes[0], hours[0], dom, months[0], dow])).next_after(
        moment
    )

    def fires(day: date) -> bool:
        return day.month in months[1] and day_matches(day, rule, wanted)

    day = moment.date()
    # Days one by one, then the minutes of the first day that has a time left, one by one.
    for _ in range(366 * 9):
        if fires(day):
            for minute in range(24 * 60):
                if minute // 60 in hours[1] and minute % 60 in minutes[1]:
                    for second in sorted(seconds[1]):
                        at = datetime(
                            day.year, day.month, day.day, *divmod(minute, 60), second, tzinfo=UTC
                        )
                        if at > moment:
                            assert found == at
                            return
        day += timedelta(days=1)
    assert found is None or found.date() >= day


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([row[0] for row in VALID]),
    st.datetimes(
        datetime(1950, 1, 1),  # noqa: DTZ001
        datetime(2105, 1, 1),  # noqa: DTZ001
        timezones=st.sampled_from(
            [UTC, BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")]
        ),
        allow_imaginary=True,
    ),
    st.integers(0, 1),
)
def test_next_after_is_strictly_later_and_matches(text: str, moment: datetime, fold: int) -> None:
    cron, moment = parse(text), moment.replace(fold=fold)
    found = cron.next_after(moment)
    if found is not None:
        assert found.astimezone(UTC) > moment.astimezone(UTC)
        assert found.tzinfo is moment.tzinfo
        assert found.astimezone(UTC).astimezone(found.tzinfo) == found
        assert found.microsecond == 0
        assert found.second in cron.seconds
        assert found.minute in cron.minutes
        assert found.hour in cron.hours
        assert found.month in cron.months
        assert found.year in cron.years
        # No time between the two that the answer jumped over.
        earlier = found.astimezone(UTC) - timedelta(microseconds=1)
        if earlier > moment.astimezone(UTC):
            assert cron.next_after(earlier.astimezone(moment.tzinfo)) == found
