"""The service's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

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
