"""Bytes → cron strings that mean something, in all that Quartz and crontab(5) can say."""

from __future__ import annotations

SCHEDULE_WIDTH = 10
_MONTH_NAMES = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
_DAY_NAMES = "SUN MON TUE WED THU FRI SAT".split()


def _plain(low: int, high: int) -> tuple[str, ...]:
    """Items of numbers: the simplest first."""
    middle = (low + high) // 2
    return (
        *map(str, range(low, high + 1)),
        *(f"{low}-{high}", f"{middle}-{high}", f"{high}-{low}", f"{middle + 1}-{middle}"),
        *(f"{low},{high}", f"{low},{middle},{high}", f"{low}-{middle},{high}", f"{low:02}"),
    )


def _stepped(low: int, high: int) -> tuple[str, ...]:
    """Items with steps that both families read."""
    middle = (low + high) // 2
    return (
        *(f"*/{step}" for step in (1, 2, 5, high // 2, high) if 1 <= step <= high),
        *(f"{low}-{middle}/2", f"{low},{low + 1}-{middle}/3,*/4", f"{middle}-{high}/{high}"),
    )


def _from(low: int, high: int) -> tuple[str, ...]:
    """Items with steps as only Quartz has them."""
    return (f"{low}/2", f"{high}/1", f"/{(low + high) // 2}", f"{low + 1}/{high},{high}")


def _named(names: list[str]) -> tuple[str, ...]:
    first, second, last = names[0], names[1], names[-1]
    both = (first, last, f"{first}-{last}", f"{last}-{second}", f"{first},{second},{last}")
    return (*names, *both, *(text.lower() for text in both), f"{first.title()}-{second}")


def _quartz(low: int, high: int) -> tuple[str, ...]:
    return ("*", *_plain(low, high), *_stepped(low, high), *_from(low, high))


def _unix(low: int, high: int) -> tuple[str, ...]:
    return ("*", *_plain(low, high), *_stepped(low, high))


_SECOND, _MINUTE, _HOUR = _quartz(0, 59), _quartz(0, 59), _quartz(0, 23)
_MONTH = (*_quartz(1, 12), *_named(_MONTH_NAMES))
_MONTH_DAY = (
    *_quartz(1, 31),
    *("L", "l", "LW", "L-1", "L-3", "L-30", "L-2W", "1W", "15W", "31w"),
)
_WEEK_DAY = (
    *(*_quartz(1, 7), *_named(_DAY_NAMES)),
    *("L", "6L", "FRIL", "2L", "monL", "2#1", "6#5", "FRI#3", "sun#1", "7#5"),
)
_YEAR = (
    *("*", "2030", "1970", "2099", "2025-2030", "2030,2040", "2024/2", "*/4", "1970-2099/100"),
    *("2025,2030-2035/2",),
)
_QUARTZ_FIELDS = (_SECOND, _MINUTE, _HOUR, _MONTH_DAY, _MONTH, _WEEK_DAY, _YEAR)
_UNIX_FIELDS = (
    _unix(0, 59),
    _unix(0, 23),
    _unix(1, 31),
    (*_unix(1, 12), *_named(_MONTH_NAMES)),
    (*_unix(0, 6), "7", "5-7", *_named(_DAY_NAMES)),
)
_GAPS = (*[" "] * 6, "  ", "\t", " \t ")
_AROUND = (*[""] * 14, " ", "\n")


def schedule(data: bytes) -> str:
    """A schedule from ``SCHEDULE_WIDTH`` bytes; zeros are the simplest one."""
    family, gap = data[0], _GAPS[data[1] % len(_GAPS)]
    if family >= 192:
        fields = _pick(_UNIX_FIELDS, data[3:])
    else:
        # One of the two days, and only one, is a question mark.
        by_week = data[2] & 1
        fields = _pick(_QUARTZ_FIELDS, data[3:])
        fields[3 if by_week else 5] = "?"
        del fields[7 if family >= 96 else 6 :]
    around = _AROUND[data[2] // 2 % len(_AROUND)]
    return around + gap.join(fields) + around


def _pick(tables: tuple[tuple[str, ...], ...], data: bytes) -> list[str]:
    return [table[byte % len(table)] for table, byte in zip(tables, data, strict=False)]
