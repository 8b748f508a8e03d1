"""The service's clock, and moments as XML writes them."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import UTC, datetime, timedelta, timezone

__all__ = [
    "EARLIEST",
    "LATEST",
    "UTC",
    "Clock",
    "datetime",
    "datetime_module",
    "read_date_time",
    "timedelta",
    "write_date_time",
]


def datetime_module() -> Any:
    """``datetime``, or its half in C, which has the same classes and takes a third of the time.

    In Python 3.11 the other half makes classes, which those in C then replace, at each import. Who
    has ``datetime`` already gets that: freezegun may have changed it.
    """
    try:
        return import_module("datetime" if "datetime" in sys.modules else "_datetime")
    except ImportError:  # It is CPython's.
        return import_module("datetime")


if not TYPE_CHECKING:
    _home = datetime_module()
    UTC, datetime, timedelta, timezone = _home.UTC, _home.datetime, _home.timedelta, _home.timezone

_DATE_TIME = (
    r"(-?)([0-9]{4,})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:(Z)|([+-])([0-9]{2}):([0-9]{2}))?"
)
# A day from the ends of Python's calendar, so that any time zone can show them.
EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
LATEST = datetime(9999, 12, 30, tzinfo=UTC)
_NO_TIME = timedelta()


class Clock:
    """The real time plus an offset that tests move.

    It reads ``datetime.now`` at each call and nothing else, so that freezegun freezes it in the
    process in which it is asked.
    """

    def __init__(self) -> None:
        self._offset = _NO_TIME

    def now(self) -> datetime:
        """The present moment, in UTC."""
        moment = datetime.now(tz=UTC)
        return moment + self._offset if self._offset else moment

    def advance(self, by: timedelta = _NO_TIME, **units: float) -> None:
        """Moves the clock by ``by``, or by keywords of timedelta: ``advance(minutes=5)``.

        A negative time moves it back.

        Raises:
            TypeError: ``by`` is no timedelta, or there is no such unit.
        """
        if not isinstance(by, timedelta):
            raise TypeError(f"{by!r} has no unit: give a timedelta, or for example minutes=5")
        self._offset += by + timedelta(**units)

    def set(self, moment: datetime) -> None:
        """Makes it ``moment`` now; the clock goes on from there.

        Raises:
            ValueError: ``moment`` has no time zone.
        """
        if moment.utcoffset() is None:
            raise ValueError("moment is naive: give it a time zone, for example datetime.UTC")
        self._offset = moment.astimezone(UTC) - datetime.now(tz=UTC)

    def reset(self) -> None:
        """Takes back every ``advance`` and ``set``."""
        self._offset = _NO_TIME


def write_date_time(moment: datetime) -> str:
    """``moment`` as the service writes it: with milliseconds, and Z or an offset (O)."""
    if moment.tzinfo is UTC:
        return moment.isoformat(timespec="milliseconds")[:-6] + "Z"
    return moment.isoformat(timespec="milliseconds")


def read_date_time(text: str) -> datetime:
    """The moment of a valid ``xs:dateTime``; without a time zone it is UTC.

    What Python's calendar does not reach becomes EARLIEST or LATEST.

    Raises:
        ValueError: ``text`` is no dateTime.
    """
    match = re.fullmatch(_DATE_TIME, text.strip(" \t\r\n"))  # It keeps what it compiled.
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
