"""When cron strings fire, held against a reference that goes from day to day."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ips_contract.contract.cron import Cron, parse
from tests.growth import calls
from tests.sweep import examples

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.no_cover  # What it drives, other tests reach.

# Each with moments around which its clock is changed: forward, back, by half an hour, by a whole
# day, by seconds that are no whole minute.
ZONES = {
    "UTC": ["2000-02-28T23:59:59"],
    "Europe/Berlin": ["2024-03-31T01:00:00", "2024-10-27T01:00:00", "1980-04-05T23:00:00"],
    "America/New_York": ["2030-03-10T07:00:00", "2030-11-03T06:00:00"],
    "Australia/Lord_Howe": ["2024-04-06T15:00:00", "2024-10-05T15:30:00"],
    "America/Sao_Paulo": ["2018-11-04T03:00:00", "2018-02-18T02:00:00"],
    "Pacific/Apia": ["2011-12-30T10:00:00"],
    "Africa/Monrovia": ["1972-01-07T00:44:30"],
    "Europe/Dublin": ["2024-03-31T01:00:00", "2024-10-27T01:00:00"],
}


# The reference.


def is_a_day(cron: Cron, day: date) -> bool:
    """Whether ``cron`` fires on ``day``, by counting days."""
    if day.year not in cron.years or day.month not in cron.months:
        return False
    length = monthrange(day.year, day.month)[1]
    wanted = cron.days_of_month
    if cron.last_offset is not None:
        wanted = (length - cron.last_offset,)
    if cron.nearest_weekday:
        wanted = tuple(nearest(day.replace(day=n)) for n in wanted if 1 <= n <= length)
    by_month = day.day in wanted
    by_week = day.isoweekday() % 7 + 1 in cron.days_of_week
    same = [n for n in range(1, length + 1) if (n - day.day) % 7 == 0]
    if cron.week is not None:
        by_week = by_week and (same[-1:] if cron.week == -1 else same[cron.week - 1 :])[:1] == [
            day.day
        ]
    return by_month or by_week if cron.either_day else by_month and by_week


def nearest(day: date) -> int:
    """The working day of the month that is nearest to ``day``."""
    days = [day.replace(day=n) for n in range(1, monthrange(day.year, day.month)[1] + 1)]
    working = [other for other in days if other.isoweekday() < 6]
    return min(working, key=lambda other: abs(other - day)).day


def fire_at(wall: datetime, zone: ZoneInfo) -> datetime | None:
    """When the clock shows ``wall`` for the last time; None if it never does."""
    moments = [wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    shown = [m for m in moments if m.astimezone(zone).replace(tzinfo=None) == wall]
    return max(shown) if shown else None


def walk(cron: Cron, moment: datetime, zone: ZoneInfo, step: int) -> Iterator[datetime]:
    """The times from a day before ``moment`` on, or back from a day after it, day by day."""
    start = moment.astimezone(zone).replace(tzinfo=None)
    day = start.date() - timedelta(days=step)
    while day.year <= 2099 if step > 0 else day.year >= 1970:
        hours = cron.hours if is_a_day(cron, day) else ()
        for hour in hours[::step]:
            begin = datetime.combine(day, time(hour))
            # What is hours before or behind cannot be the next, whatever the clock does.
            if (start - begin) * step > timedelta(hours=3):
                continue
            for minute in cron.minutes[::step]:
                for second in cron.seconds[::step]:
                    fire = fire_at(begin.replace(minute=minute, second=second), zone)
                    if fire is not None:
                        yield fire
        day += timedelta(days=step)


# Cron strings.


def numbers(low: int, high: int) -> st.SearchStrategy[str]:
    """A field in one of all the ways in which lists, ranges and steps are written."""
    number = st.integers(low, high)
    step = st.integers(1, high)
    item = st.one_of(
        number.map(str),
        st.tuples(number, number).map(lambda pair: f"{min(pair)}-{max(pair)}"),
        st.tuples(number, number, step).map(lambda row: f"{min(row[:2])}-{max(row[:2])}/{row[2]}"),
        step.map(lambda n: f"*/{n}"),
    )
    return st.just("*") | st.lists(item, min_size=1, max_size=3).map(",".join)


def quartz_days() -> st.SearchStrategy[tuple[str, str]]:
    """Day of month and day of week, of which one says nothing."""
    offset, day = st.integers(0, 30), st.integers(1, 31)
    month = st.one_of(
        numbers(1, 31),
        st.just("L"),
        offset.map("L-{}".format),
        st.just("LW"),
        offset.map("L-{}W".format),
        day.map("{}W".format),
    )
    week = st.one_of(
        numbers(1, 7),
        st.just("MON-FRI"),
        st.integers(1, 7).map("{}L".format),
        st.tuples(st.integers(1, 7), st.integers(1, 5)).map(lambda p: f"{p[0]}#{p[1]}"),
    )
    return month.map(lambda text: (text, "?")) | week.map(lambda text: ("?", text))


YEARS = st.one_of(
    st.just(""),
    st.integers(1970, 2099).map(" {}".format),
    st.tuples(st.integers(1970, 2099), st.integers(1, 40)).map(lambda p: f" {p[0]}/{p[1]}"),
)
# Few times a day as a rule, so that the reference gets done.
SECONDS, MINUTES, HOURS = numbers(0, 59), numbers(0, 59), numbers(0, 23)
QUARTZ = st.tuples(SECONDS, MINUTES, HOURS, quartz_days(), numbers(1, 12), YEARS).map(
    lambda f: f"{f[0]} {f[1]} {f[2]} {f[3][0]} {f[4]} {f[3][1]}{f[5]}"
)
UNIX = st.tuples(MINUTES, HOURS, numbers(1, 31), numbers(1, 12), numbers(0, 7)).map(" ".join)
NEVER = ["0 0 0 30 2 ?", "0 0 0 31 4,6,9,11 ?", "0 0 0 ? 2 2#5 2031", "0 0 0 29 2 ? 2001/2"]


@st.composite
def moments(draw: st.DrawFn) -> datetime:
    """Moments in a zone: anywhere, or near to where its clock is changed."""
    name = draw(st.sampled_from(sorted(ZONES)))
    if draw(st.booleans()):
        change = datetime.fromisoformat(draw(st.sampled_from(ZONES[name]))).replace(tzinfo=UTC)
        moment = change + timedelta(seconds=draw(st.integers(-9000, 9000)))
    else:
        moment = draw(st.datetimes(datetime(1969, 12, 1), datetime(2100, 2, 1)))  # noqa: DTZ001
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(ZoneInfo(name))


@settings(max_examples=examples(40, 400), deadline=None)
@given(QUARTZ | UNIX | st.sampled_from(NEVER), moments())
@example("* * * * * ?", datetime(2011, 12, 29, 23, 59, 59, 1, tzinfo=ZoneInfo("Pacific/Apia")))
@example("* * * * * ?", datetime(1972, 1, 7, 0, 0, tzinfo=ZoneInfo("Africa/Monrovia")))
@example("0 30 2 ? * SUN", datetime(2024, 3, 31, 3, 0, tzinfo=ZoneInfo("Europe/Berlin")))
@example("0 0 2 * * ?", datetime(2024, 10, 27, 2, 30, tzinfo=ZoneInfo("Europe/Berlin")))
@example("0 0 0 ? * 1L", datetime(2024, 6, 20, tzinfo=ZoneInfo("UTC")))
@example("0 0 0 ? 2 5#5", datetime(2024, 3, 1, tzinfo=ZoneInfo("UTC")))
@example("0 0 0 29 2 ?", datetime(2096, 2, 29, 0, 0, 1, tzinfo=ZoneInfo("UTC")))
@example("0 0 0 31 12 ? 2099", datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC")))
def test_times_are_those_of_the_reference(text: str, moment: datetime) -> None:
    cron, zone = parse(text), moment.tzinfo
    assert isinstance(zone, ZoneInfo)
    later = next((fire for fire in walk(cron, moment, zone, 1) if fire > moment), None)
    earlier = next((fire for fire in walk(cron, moment, zone, -1) if fire <= moment), None)
    assert cron.next_after(moment) == (later and later.astimezone(zone))
    assert cron.last_until(moment) == (earlier and earlier.astimezone(zone))
    for found, expected in (
        (cron.next_after(moment), later),
        (cron.last_until(moment), earlier),
    ):
        if found is not None and expected is not None:
            assert found.tzinfo is zone
            # Two times of one wall clock compare as equal although the clock went back between.
            assert found.astimezone(UTC) == expected
            assert cron.last_until(found) == found


@pytest.mark.parametrize("text", ["0 0/5 * * * ?", "0 30 2 ? * 2#1", "0 0 0 29 2 ?", "1 1 * * 1"])
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
def test_there_and_back(text: str, zone: str) -> None:
    cron, start = parse(text), datetime(2024, 2, 28, tzinfo=ZoneInfo(zone))
    there, at = [], cron.next_after(start)
    for _ in range(50):
        if at is not None:
            there.append(at)
            at = cron.next_after(at)
    back = [there[-1]]
    while len(back) < len(there):
        before = cron.last_until(back[-1].astimezone(UTC).astimezone(ZoneInfo(zone)))
        assert before == back[-1]
        before = (back[-1].astimezone(UTC) - timedelta(seconds=1)).astimezone(ZoneInfo(zone))
        found = cron.last_until(before)
        assert found is not None
        back.append(found)
    assert back[::-1] == there


def test_before_and_beyond_the_years() -> None:
    cron = parse("0 0 0 1 1 ? 1990-2000/5")
    assert cron.last_until(datetime(1989, 12, 31, tzinfo=UTC)) is None
    assert cron.last_until(datetime(9999, 12, 31, tzinfo=UTC)) == datetime(2000, 1, 1, tzinfo=UTC)
    assert cron.next_after(datetime(1, 1, 1, tzinfo=UTC)) == datetime(1990, 1, 1, tzinfo=UTC)
    assert cron.next_after(datetime(2000, 1, 1, tzinfo=UTC)) is None
    with pytest.raises(ValueError, match="moment is naive"):
        cron.last_until(datetime(2024, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Pacific/Apia"])
@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("* * * * * ?", 150),
        ("59 59 23 31 12 ? 2099", 300),
        ("0 0 0 29 2 ? 2096", 300),
        ("0 0 29 2 1", 300),
        ("0 0 0 ? 2 1#5", 500),
        ("0 0 0 30 2 ?", 700),
        ("0 0 2 31 2,4,6,9,11 ?", 2000),
    ],
)
def test_a_time_takes_few_steps_however_far_away_it_is(text: str, most: int, zone: str) -> None:
    cron = parse(text)
    for moment in ("1970-01-01T00:00", "2011-12-29T23:59:59", "2024-03-31T00:59:59", "2099-12-31"):
        at = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone))
        assert calls(lambda at=at: cron.next_after(at)) < most  # type: ignore[misc]
        assert calls(lambda at=at: cron.last_until(at)) < most  # type: ignore[misc]
