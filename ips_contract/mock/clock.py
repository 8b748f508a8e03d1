"""The service's clock."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from functools import partial

# As time.time and time.monotonic, in seconds. freezegun replaces those two wherever a module has
# them, but not this function; nor, where a system lacks it, what is not itself in a module.
if sys.platform != "win32":
    real_time = partial(time.clock_gettime, time.CLOCK_REALTIME)
    real_monotonic = partial(time.clock_gettime, time.CLOCK_MONOTONIC)
else:  # pragma: no cover - imported while time is frozen, they are frozen
    real_time, real_monotonic = partial(time.time), partial(time.monotonic)

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


class RealClock(Clock):
    """The clock of a service on a port: nothing but its own methods moves or stops it.

    Freezing the time of a test is meant for the test's thread; a service in another thread that
    froze with it, or not, as its imports happen to be, would be a riddle.
    """

    def now(self) -> datetime:
        """The present moment, in UTC."""
        moment = datetime.fromtimestamp(real_time(), UTC)
        return moment + self._offset if self._offset else moment

    def set(self, moment: datetime) -> None:
        """Makes it ``moment`` now; the clock goes on from there.

        Raises:
            ValueError: ``moment`` has no time zone.
        """
        super().set(moment)  # For its checks; the offset is from the frozen time, if there is one.
        self._offset = moment.astimezone(UTC) - datetime.fromtimestamp(real_time(), UTC)
