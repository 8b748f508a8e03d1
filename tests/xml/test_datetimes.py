"""Moments as XML writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ips_contract.xml.datetimes import EARLIEST, LATEST, read_date_time, write_date_time


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2014-04-03T09:30:00Z", datetime(2014, 4, 3, 9, 30, tzinfo=UTC)),
        (" 2014-04-03T09:30:00 ", datetime(2014, 4, 3, 9, 30, tzinfo=UTC)),
        ("2014-04-03T09:30:00.5-08:00", datetime(2014, 4, 3, 17, 30, 0, 500_000, tzinfo=UTC)),
        ("2014-04-03T09:30:00.123456789+02:30", datetime(2014, 4, 3, 7, 0, 0, 123_456, tzinfo=UTC)),
        ("2014-12-31T24:00:00Z", datetime(2015, 1, 1, tzinfo=UTC)),
        ("-0044-03-15T12:00:00Z", EARLIEST),
        ("12014-04-03T09:30:00Z", LATEST),
        ("9999-12-31T24:00:00Z", LATEST),
        ("9999-12-31T12:00:00Z", LATEST),
        ("9999-12-31T23:00:00-08:00", LATEST),
        ("0001-01-01T00:00:00+08:00", EARLIEST),
    ],
)
def test_reading(text: str, expected: datetime) -> None:
    assert read_date_time(text) == expected


_MANY = st.one_of(
    st.sampled_from(["0000", "0001", "0002", "2024", "9998", "9999"]),
    st.integers(0, 9999).map("{:04}".format),
)
_TWO = st.one_of(st.integers(1, 28), st.integers(0, 99)).map("{:02}".format)


@given(
    year=_MANY,
    numbers=st.tuples(_TWO, _TWO, _TWO, _TWO, _TWO),
    zone=st.one_of(
        st.sampled_from(["Z", "", "+14:00", "-12:00", "+00:00", "+23:59", "-24:00", "+23:60"]),
        st.tuples(_TWO, _TWO).map("+".join).map("-{}".format),
        st.tuples(_TWO, _TWO).map(":".join).map("+{}".format),
    ),
)
def test_digits_of_a_second_change_nothing(year: str, numbers: tuple[str, ...], zone: str) -> None:
    month, day, hour, minute, second = numbers
    start = f"{year}-{month}-{day}T{hour}:{minute}:{second}"

    def read(text: str) -> datetime | type[Exception]:
        try:
            return read_date_time(text)
        except ValueError as error:
            return type(error)

    # The usual forms are read in a quicker way than those with many digits.
    assert read(f"{start}{zone}") == read(f"{start}.000{zone}") == read(f"{start}.000000{zone}")


def test_what_is_no_date_time() -> None:
    with pytest.raises(ValueError, match="no dateTime"):
        read_date_time("tomorrow")


@given(st.datetimes(timezones=st.timezones()))
def test_what_is_written_is_read_back_to_the_millisecond(moment: datetime) -> None:
    # XML has no offsets of seconds, which old local times had.
    offset = moment.utcoffset()
    if offset is None or offset % timedelta(minutes=1) or not 2 < moment.year < 9998:
        return
    assert abs(read_date_time(write_date_time(moment)) - moment) < timedelta(milliseconds=1)


def test_the_service_writes_milliseconds_and_z() -> None:
    assert write_date_time(datetime(2014, 4, 3, 9, 30, tzinfo=UTC)) == "2014-04-03T09:30:00.000Z"
    zone = timezone(timedelta(hours=-7))
    moment = datetime(2007, 10, 13, 0, 0, 0, 5000, tzinfo=zone)
    assert write_date_time(moment) == "2007-10-13T00:00:00.005-07:00"
