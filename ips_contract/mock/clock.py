"""The service's clock."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Self

from ips_contract.mock.arguments import check_kind
from ips_contract.xml.text import no_such

# As time.time and time.monotonic, in seconds. freezegun replaces those two wherever a module has
# them, but not this function; nor, where a system lacks it, what is not itself in a module.
if sys.platform != "win32":
    real_time = partial(time.clock_gettime, time.CLOCK_REALTIME)
    real_monotonic = partial(time.clock_gettime, time.CLOCK_MONOTONIC)
else:  # pragma: no cover - imported while time is frozen, they are frozen
    real_time, real_monotonic = partial(time.time), partial(time.monotonic)

_NO_TIME = timedelta()
_UNITS = ("weeks", "days", "hours", "minutes", "seconds", "milliseconds", "microseconds")
# Handles have the year in four digits, and jobs end some time after they began.
_FIRST_YEAR, _LAST_YEAR = 1000, 9900


class Clock:
    """The real time plus an offset that tests move.

    It reads ``datetime.now`` at each call and nothing else, so that freezegun freezes it in the
    process in which it is asked.

    Args:
        start: what it shows at first, and after each ``reset``; the real time by default. It goes
            on from there.

    Raises:
        TypeError: ``start`` is no datetime.
        ValueError: ``start`` has no time zone, or is out of range.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._offset = _NO_TIME
        self._start = start
        self.reset()

    @property
    def offset(self) -> timedelta:
        """How far it is ahead of the real time."""
        return self._offset

    def another(self) -> Self:
        """A clock of the same kind with the same start, that nobody has moved."""
        return type(self)(self._start)

    def now(self) -> datetime:
        """The present moment, in UTC."""
        moment = datetime.now(tz=UTC)
        return moment + self._offset if self._offset else moment

    def advance(self, by: timedelta = _NO_TIME, **units: float) -> None:
        """Moves the clock by ``by``, or by keywords of timedelta: ``advance(minutes=5)``.

        A negative time moves it back.

        Raises:
            TypeError: ``by`` is no timedelta, there is no such unit, or a unit is no number.
            ValueError: no calendar has that moment.
        """
        if not isinstance(by, timedelta):
            raise TypeError(f"{by!r} has no unit: give a timedelta, or for example minutes=5")
        for unit, number in units.items():
            if unit not in _UNITS:
                raise TypeError(no_such("unit", unit, _UNITS))
            check_kind(unit, number, (int, float), "a number")
        try:
            offset = self._offset + by + timedelta(**units)
        except (OverflowError, ValueError):  # It is endless, or no number.
            raise ValueError(f"no time is that long: {by} and {units}") from None
        self._move(offset)

    def _move(self, offset: timedelta) -> None:
        """Sets the offset, if moments near it have dates: jobs end some time after they began."""
        before, self._offset = self._offset, offset
        try:
            year = self.now().year
        except OverflowError:
            year = 0
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
            self._offset = before
            where = f"the years {_FIRST_YEAR} to {_LAST_YEAR}"
            raise ValueError(f"the clock would leave {where}; it stays as it was")

    def set(self, moment: datetime) -> None:
        """Makes it ``moment`` now; the clock goes on from there.

        Raises:
            TypeError: ``moment`` is no datetime.
            ValueError: ``moment`` has no time zone, or is out of range.
        """
        give = "a datetime with a time zone, such as datetime(2014, 4, 3, 9, 30, tzinfo=UTC)"
        check_kind("moment", moment, datetime, give)
        if moment.utcoffset() is None:
            raise ValueError("moment is naive: give it a time zone, for example datetime.UTC")
        if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            raise ValueError(f"moment is {moment}; give a year from {_FIRST_YEAR} to {_LAST_YEAR}")
        self._offset += moment - self.now()

    def reset(self) -> None:
        """Takes back every ``advance`` and ``set``: it shows its start again."""
        self._offset = _NO_TIME
        if self._start is not None:
            self.set(self._start)


class RealClock(Clock):
    """The clock of a service on a port: nothing but its own methods moves or stops it.

    Freezing the time of a test is meant for the test's thread; a service in another thread that
    froze with it, or not, as its imports happen to be, would be a riddle.
    """

    def now(self) -> datetime:
        """The present moment, in UTC."""
        moment = datetime.fromtimestamp(real_time(), UTC)
        return moment + self._offset if self._offset else moment
