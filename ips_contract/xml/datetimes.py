"""Moments as XML Schema writes them (``xs:dateTime``)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import cache, lru_cache

# A day from the ends of Python's calendar, so that any time zone can show them.
EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
LATEST = datetime(9999, 12, 30, tzinfo=UTC)


# Numbers with zeros in front: to look them up takes a quarter of the time that isoformat does.
_TWO = tuple(f"{number:02}" for number in range(60))
_THREE = tuple(f"{number:03}" for number in range(1000))


def write_date_time(moment: datetime) -> str:
    """``moment`` as the service writes it: with milliseconds, and Z or an offset (O)."""
    if moment.tzinfo is not UTC:
        return moment.isoformat(timespec="milliseconds")
    return _write_utc(moment)


@lru_cache(maxsize=1024)  # Most moments come more than once: when something was made, and changed.
def _write_utc(moment: datetime) -> str:
    year = f"{moment.year:04}" if moment.year < 1000 else str(moment.year)
    return (
        f"{year}-{_TWO[moment.month]}-{_TWO[moment.day]}T{_TWO[moment.hour]}:"
        f"{_TWO[moment.minute]}:{_TWO[moment.second]}.{_THREE[moment.microsecond // 1000]}Z"
    )


# Compiled when first needed, which takes a hundredth of the mock's start: many read no moment.
@cache
def _usual() -> re.Pattern[str]:
    """As nearly always. Python's own reader takes all that the general way takes, but 24:00:00."""
    return re.compile(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{3})?"
        r"(?:Z|[+-][0-9]{2}:[0-9]{2})"
    )


@cache
def _date_time() -> re.Pattern[str]:
    return re.compile(
        r"(-?)([0-9]{4,})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
        r"(?:(Z)|([+-])([0-9]{2}):([0-9]{2}))?"
    )


def read_date_time(text: str) -> datetime:
    """The moment of a valid ``xs:dateTime``; without a time zone it is UTC.

    What Python's calendar does not reach becomes EARLIEST or LATEST.

    Raises:
        ValueError: ``text`` is no dateTime.
    """
    if _usual().fullmatch(text):
        try:
            moment = datetime.fromisoformat(text).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        else:
            if EARLIEST.year < moment.year < LATEST.year:
                return moment
    match = _date_time().fullmatch(text.strip(" \t\r\n"))
    if match is None:
        raise ValueError(f"{text!r} is no dateTime such as 2014-04-03T09:30:00Z")
    minus, year, *numbers = match.groups()[:7]
    if minus:
        return EARLIEST
    if len(year) > 4:
        return LATEST
    month, day, hour, minute, second = map(int, numbers)
    micros = int((match[8] or "0").ljust(6, "0")[:6])
    zone: timezone = UTC
    if match[10]:
        offset = timedelta(hours=int(match[11]), minutes=int(match[12]))
        zone = timezone(-offset if match[10] == "-" else offset)
    moment = datetime(int(year), month, day, hour % 24, minute, second, micros, tzinfo=zone)
    try:
        # XSD has 24:00:00 for the midnight that ends a day.
        moment = (moment + timedelta(days=hour // 24)).astimezone(UTC)
    except OverflowError:
        return EARLIEST if moment.year == 1 else LATEST
    return max(EARLIEST, min(moment, LATEST))
