"""When a cron string fires: by arithmetic on its fields, in few steps however far away that is.

The times are those of a wall clock. Where it is changed, they are as Quartz 2.3.2 was seen to take
them: a wall time that the clock skips does not fire that day; one that occurs twice fires once,
the second time. So times to fire have the order of their wall times.

Source: Quartz CronExpression (inferred scheduler, evidence I).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    Day = tuple[int, int, int]

_SUNDAY, _SATURDAY = 1, 7
_SECOND = timedelta(seconds=1)


class Fields(Protocol):
    """What a cron string says, as ``Cron`` in ``contract/cron.py`` explains it."""

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days_of_month: tuple[int, ...]
    months: tuple[int, ...]
    days_of_week: tuple[int, ...]
    years: tuple[int, ...]
    last_offset: int | None
    nearest_weekday: bool
    week: int | None
    either_day: bool


def next_after(fields: Fields, moment: datetime) -> datetime | None:
    """The first time to fire strictly after ``moment``, in its zone; None if there is none.

    Raises:
        ValueError: ``moment`` has no time zone.
    """
    _check_aware(moment)
    first, last = fields.years[0], fields.years[-1]
    if moment.year > last:
        return None
    if moment.year < first:  # Also keeps the arithmetic below away from year 1.
        moment = datetime(first - 1, 12, 31, 23, 59, 59, tzinfo=moment.tzinfo)
    wall, again = _read_clock(moment)
    return _fire(fields, wall + _SECOND if again is None else again, moment.tzinfo, back=False)


def last_until(fields: Fields, moment: datetime) -> datetime | None:
    """The last time to fire at or before ``moment``, in its zone; None if there is none.

    Raises:
        ValueError: ``moment`` has no time zone.
    """
    _check_aware(moment)
    first, last = fields.years[0], fields.years[-1]
    if moment.year < first:
        return None
    if moment.year > last:  # Also keeps the arithmetic below away from year 9999.
        moment = datetime(last + 1, 1, 1, tzinfo=moment.tzinfo)
    wall, again = _read_clock(moment)
    return _fire(fields, wall if again is None else again - _SECOND, moment.tzinfo, back=True)


def _check_aware(moment: datetime) -> None:
    if moment.utcoffset() is None:
        raise ValueError("moment is naive: give it a timezone, for example datetime.UTC")


# Wall clocks.


def _read_clock(moment: datetime) -> tuple[datetime, datetime | None]:
    """The wall time at ``moment``, and where the clock will be put back to before it is so again.

    The latter is None if it is not so again.
    """
    zone = moment.tzinfo
    if zone is UTC:
        return moment.replace(microsecond=0, tzinfo=None), None
    at = moment.replace(microsecond=0).astimezone(UTC)
    local = at.astimezone(zone)  # ``moment`` itself may be a time that the clock skips.
    later = local.replace(fold=1).astimezone(UTC)
    again = _change(at, later, zone).astimezone(zone) if later > at else None
    return local.replace(tzinfo=None), again.replace(tzinfo=None) if again is not None else None


def _fire(fields: Fields, wall: datetime, zone: tzinfo | None, *, back: bool) -> datetime | None:
    """The first time to fire with a wall time from ``wall`` on; back: the last up to it."""
    while (found := _match(fields, wall, back=back)) is not None:
        if zone is UTC:
            return found.replace(tzinfo=UTC)
        fire = found.replace(tzinfo=zone, fold=1).astimezone(UTC)
        local = fire.astimezone(zone)
        if local.replace(tzinfo=None) == found:
            return local
        # The clock skips it: go on at the other side of all that it skips.
        change = _change(fire, found.replace(tzinfo=zone, fold=0).astimezone(UTC), zone)
        beside = change - _SECOND if back else change
        wall = beside.astimezone(zone).replace(tzinfo=None)
    return None


def _change(low: datetime, high: datetime, zone: tzinfo | None) -> datetime:
    """When the clock of ``zone`` is changed: once, after ``low`` and not after ``high``."""
    before = low.astimezone(zone).utcoffset()

    def changes(seconds: int) -> int:
        return int((low + timedelta(seconds=seconds)).astimezone(zone).utcoffset() != before)

    seconds = range(1, int((high - low).total_seconds()))
    return low + timedelta(seconds=1 + bisect_left(seconds, 1, key=changes))


# Wall times.


def _match(fields: Fields, wall: datetime, *, back: bool) -> datetime | None:
    """The first matching time from ``wall`` on; back: the last up to it."""
    year, month, day = wall.year, wall.month, wall.day
    if (
        year in fields.years
        and month in fields.months
        and _days(fields, year, month) >> day & 1
        and (clock := _clock(fields, wall, back=back)) is not None
    ):
        return clock
    found = _day(fields, year, month, day - 1 if back else day + 1, back=back)
    if found is None:
        return None
    end = -1 if back else 0
    return datetime(*found, fields.hours[end], fields.minutes[end], fields.seconds[end])  # noqa: DTZ001


def _clock(fields: Fields, wall: datetime, *, back: bool) -> datetime | None:
    """As ``_match``, but on the day of ``wall`` only."""
    hours, minutes, seconds = fields.hours, fields.minutes, fields.seconds
    end = -1 if back else 0
    hour, minute = wall.hour, wall.minute
    if hour in hours:
        if minute in minutes and (second := _beside(seconds, wall.second, back=back)) is not None:
            return wall.replace(second=second)
        other = _beside(minutes, minute - 1 if back else minute + 1, back=back)
        if other is not None:
            return wall.replace(minute=other, second=seconds[end])
    other = _beside(hours, hour - 1 if back else hour + 1, back=back)
    if other is None:
        return None
    return wall.replace(hour=other, minute=minutes[end], second=seconds[end])


def _beside(values: tuple[int, ...], value: int, *, back: bool) -> int | None:
    """The first of ``values``, which ascend, from ``value`` on; back: the last up to it."""
    if back:
        at = bisect_right(values, value)
        return values[at - 1] if at else None
    at = bisect_left(values, value)
    return values[at] if at < len(values) else None


def _day(fields: Fields, year: int, month: int, day: int, *, back: bool) -> Day | None:
    """The first matching day from this one on; back: the last up to it.

    ``day`` may be one beyond its month.
    """
    if back:
        years, months = fields.years[: bisect_right(fields.years, year)][::-1], fields.months[::-1]
    else:
        years, months = fields.years[bisect_left(fields.years, year) :], fields.months
    # There are 14 kinds of years: so many are looked at if no day ever matches, and no more.
    empty: set[tuple[int, int]] = set()
    for at in years:
        kind = date(at, 1, 1).toordinal() % 7, date(at, 12, 31).toordinal() % 7
        if kind in empty:
            continue
        for number in months:
            if at == year and (number > month if back else number < month):
                continue
            days = _days(fields, at, number)
            if at == year and number == month:
                days = days & ((2 << day) - 1) if back else days >> day << day
            if days:
                return at, number, (days if back else days & -days).bit_length() - 1
        if at != year:
            empty.add(kind)
    return None


def _days(fields: Fields, year: int, month: int) -> int:
    """The days of this month that match, as bits: ``1 << day``."""
    first = date(year, month, 1).toordinal()
    length = date(year + month // 12, month % 12 + 1, 1).toordinal() - first
    return _days_of(
        fields.days_of_month,
        fields.days_of_week,
        fields.last_offset,
        fields.week,
        first % 7,  # Ordinal 1 was a Monday.
        length,
        nearest_weekday=fields.nearest_weekday,
        either_day=fields.either_day,
    )


@lru_cache(maxsize=1024)
def _days_of(
    days_of_month: tuple[int, ...],
    days_of_week: tuple[int, ...],
    last_offset: int | None,
    week: int | None,
    since_sunday: int,
    length: int,
    *,
    nearest_weekday: bool,
    either_day: bool,
) -> int:
    """As ``_days``, of a month that begins so many days after a Sunday and has ``length`` days."""
    every = (2 << length) - 2
    if last_offset is not None:
        days = 1 << max(length - last_offset, 0) & every
    else:
        days = _bits(days_of_month) & every
    if nearest_weekday and days:
        day = days.bit_length() - 1  # The mark stands alone, so it is one day.
        days = 1 << _nearest_weekday(day, (since_sunday + day - 1) % 7 + 1, length)
    # Weeks from a Sunday on, moved to where this month has its first one.
    weeks = _bits(days_of_week) * 0b1_0000001_0000001_0000001_0000001_0000001
    in_week = weeks >> since_sunday & every
    if week == -1:
        in_week &= every << (length - 7)
    elif week:
        in_week &= 0b1111111 << 7 * week - 6
    return days | in_week if either_day else days & in_week


def _bits(values: Iterable[int]) -> int:
    bits = 0
    for value in values:
        bits |= 1 << value
    return bits


def _nearest_weekday(day: int, weekday: int, length: int) -> int:
    """``day``, or the Friday or Monday next to it, without leaving the month."""
    if weekday == _SATURDAY:
        return day - 1 if day > 1 else 3
    if weekday == _SUNDAY:
        return day + 1 if day < length else day - 2
    return day
