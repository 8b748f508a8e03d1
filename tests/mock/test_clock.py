"""The clock."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone

import pytest
from freezegun import freeze_time

from ips_contract.mock.clock import Clock


def test_it_follows_the_real_time() -> None:
    before = datetime.now(tz=UTC)
    assert before <= Clock().now() <= datetime.now(tz=UTC)


def test_advance_set_and_reset() -> None:
    with freeze_time("2014-04-03 09:30:00"):
        clock = Clock()
        clock.advance(minutes=5)
        clock.advance(timedelta(hours=1), seconds=1)
        assert clock.now() == datetime(2014, 4, 3, 10, 35, 1, tzinfo=UTC)
        clock.advance(hours=-2)
        assert clock.now() == datetime(2014, 4, 3, 8, 35, 1, tzinfo=UTC)
        clock.set(datetime(2020, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))))
        assert clock.now() == datetime(2020, 1, 1, tzinfo=UTC)
        clock.reset()
        assert clock.now() == datetime(2014, 4, 3, 9, 30, tzinfo=UTC)


def test_a_time_without_a_unit_is_refused() -> None:
    with pytest.raises(
        TypeError, match="7 has no unit: give a timedelta, or for example minutes=5"
    ):
        Clock().advance(7)  # type: ignore[arg-type]


def test_a_moment_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        Clock().set(datetime(2020, 1, 1))  # noqa: DTZ001


def test_frozen_time_is_read_at_each_call() -> None:
    clock = Clock()
    with freeze_time("2014-04-03T09:30:00Z") as frozen:
        assert clock.now() == datetime(2014, 4, 3, 9, 30, tzinfo=UTC)
        frozen.tick(60)
        assert clock.now() == datetime(2014, 4, 3, 9, 31, tzinfo=UTC)
    assert clock.now().year > 2020


_FROZEN = """
import sys; sys.path[:0] = {path!r}
{first}
{second}
with freeze_time("2014-04-03T09:30:00Z"):
    print(Clock().now(), RealClock().now().year > 2020)
print(Clock().now().year > 2020)
"""
_OURS = "from ips_contract.mock.clock import Clock, RealClock"
_FREEZE = "from freezegun import freeze_time"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (_OURS, _FREEZE),
        (_FREEZE, _OURS),
        (f"{_FREEZE}\nwith freeze_time('1999-12-31'):\n    {_OURS}", ""),
    ],
)
def test_freezegun_freezes_it_however_things_are_imported(first: str, second: str) -> None:
    """Also where our modules came while time was frozen."""
    code = _FROZEN.format(path=sys.path, first=first, second=second)
    command = [sys.executable, "-I", "-S", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr == ""
    assert done.stdout == "2014-04-03 09:30:00+00:00 True\nTrue\n"
