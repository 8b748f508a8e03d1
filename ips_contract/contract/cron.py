"""Read the cron strings of ``execSchedule``. When they fire, ``cron_times`` computes.

Two families are read: Quartz strings of 6 or 7 fields (second minute hour day-of-month month
day-of-week [year]) and Unix strings of 5 (minute hour day-of-month month day-of-week).

The service also takes a format that is not public, and that its scheduler is Quartz is inferred. So
the two errors differ in what they prove, and whatever is in doubt raises the milder one:

* `ShapeError`: no cron string, or one whose values are in range but which Quartz refuses or no
  source settles, such as one without a question mark. Worth a warning.
* `RangeError`: of cron shape, with a value out of range, such as minute 60. An error.

Source: Quartz CronExpression, 2.3.2 by running it, 2.5 and the tutorial by reading (inferred
scheduler, evidence I); crontab(5) for five fields; getScheduledJobs' example (D) for what may be
one of six that lost its last.
"""

from __future__ import annotations

# No import at the top: `datetime` or `re` alone take longer than reading a schedule.
TYPE_CHECKING = False  # typing.TYPE_CHECKING without the import; mypy knows the name
if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

__all__ = ["Cron", "RangeError", "ShapeError", "parse"]

MAX_LENGTH = 512  # characters of a text that is read; bounds time and memory
FIRST_YEAR, LAST_YEAR = 1970, 2099  # that can be written; no time beyond them is looked for
_EVERY_YEAR = tuple(range(FIRST_YEAR, LAST_YEAR + 1))

_EXAMPLE = "write for example '0 0 2 * * ?' (Quartz, daily at 02:00) or '0 2 * * *' (Unix)"
_MAX_DIGITS = 9  # no longer number can occur in cron
_SUNDAY, _SATURDAY = 1, 7


class _CronError(ValueError):
    def __init__(self, message: str, field: str | None = None, position: int | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.position = position


class ShapeError(_CronError):
    """No cron string, or one that only Quartz refuses or reads oddly: grounds for a warning.

    Values are in range, but their combination is none of Quartz (``0 0 3 * * *``), or it is no
    cron string at all (``every night``) and may be of the format that is not public.
    `.field` is the name of the field (str) and `.position` its 1-based number (int); both are
    None when the text as a whole is meant. Source: Quartz CronExpression (evidence I).
    """


class RangeError(_CronError):
    """Of cron shape, with a value that its field does not have: grounds for an error.

    `.field` is the name of the field (str) and `.position` its 1-based number (int).
    Source: the documented pages (a cron string, evidence S); the ranges are Quartz's, which
    throws ParseException, and those of crontab(5) for five fields.
    """


def _numbered(names: str, first: int) -> dict[str, int]:
    return {name: number for number, name in enumerate(names.split(), first)}


_MONTHS = _numbered("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC", 1)
_WEEKDAYS = _numbered("SUN MON TUE WED THU FRI SAT", _SUNDAY)
_UNIX_WEEKDAYS = _numbered("SUN MON TUE WED THU FRI SAT", 0)
_DOM, _DOW = "day-of-month", "day-of-week"


class _Field:
    """A row of the tables below: what may stand in one position."""

    __slots__ = ("allowed", "high", "low", "name", "names", "position", "sample", "size")
    unix = False

    def __init__(
        self,
        position: int,
        name: str,
        low: int,
        high: int,
        sample: str,
        names: dict[str, int] | None = None,
        allowed: str = "",
    ) -> None:
        self.position, self.name, self.sample = position, name, sample
        self.low, self.high, self.names = low, high, names or {}
        self.allowed = f"{low}-{high}{allowed}"
        # After so many values the field starts again; Unix has two numbers for Sunday.
        self.size = 7 if name == _DOW else high - low + 1

    def wrong(self, kind: type[_CronError], found: str, why: str, instead: str = "") -> _CronError:
        """The error to raise: where, what was found, what is allowed, what to write."""
        message = (
            f"{self.name} (field {self.position}): found {found[:40]!r}: {why}; "
            f"allowed: {self.allowed}; write {instead or f'for example {self.sample!r}'}"
        )
        return kind(message, self.name, self.position)


class _UnixField(_Field):
    __slots__ = ()
    unix = True


_QUARTZ = (
    _Field(1, "second", 0, 59, "0"),
    _Field(2, "minute", 0, 59, "0/15"),
    _Field(3, "hour", 0, 23, "2"),
    _Field(4, _DOM, 1, 31, "1"),
    _Field(5, "month", 1, 12, "JAN", _MONTHS, " or JAN-DEC"),
    _Field(6, _DOW, 1, 7, "MON-FRI", _WEEKDAYS, " (1 is Sunday) or SUN-SAT"),
    _Field(7, "year", FIRST_YEAR, LAST_YEAR, "2030"),
)
_UNIX = (
    _UnixField(1, "minute", 0, 59, "*/15"),
    _UnixField(2, "hour", 0, 23, "2"),
    _UnixField(3, _DOM, 1, 31, "1"),
    _UnixField(4, "month", 1, 12, "JAN", _MONTHS, " or JAN-DEC"),
    _UnixField(5, _DOW, 0, 7, "MON-FRI", _UNIX_WEEKDAYS, " (0 and 7 are Sunday) or SUN-SAT"),
)

# Marks of Quartz beyond plain values (dL is 6L): the fields that may have them, and the range of
# their number (offset or week).
_MARKS: dict[str, tuple[tuple[str, ...], int, int]] = {
    "?": ((_DOM, _DOW), 0, 0),
    "L": ((_DOM, _DOW), 0, 0),
    "L-": ((_DOM,), 0, 30),
    "LW": ((_DOM,), 0, 30),
    "W": ((_DOM,), 0, 0),
    "dL": ((_DOW,), 0, 0),
    "#": ((_DOW,), 1, 5),
}


class Cron:
    """A cron string that was read: made by `parse`, immutable, equal when the text is equal.

    Attributes, values ascending: `text` (str, as given); `fields` (int: 5, 6 or 7); `seconds`,
    `minutes`, `hours`, `days_of_month`, `months`, `years` (tuples of int); `days_of_week` (tuple
    of int, 1 = Sunday to 7 = Saturday in both families).
    Day rules: `last_offset` (int or None: that many days before the last day of the month, in
    place of `days_of_month`); `nearest_weekday` (bool: move to the nearest Monday-Friday of the
    month); `week` (int or None: only the 1st-5th such day of the week in the month, -1: only the
    last); `either_day` (bool: a match of the day of month or of the day of week is enough).
    Source: Quartz CronExpression (inferred scheduler, evidence I).
    """

    __slots__ = (
        *("text", "fields", "seconds", "minutes", "hours", "days_of_month", "months"),
        *("days_of_week", "years", "last_offset", "nearest_weekday", "week", "either_day"),
    )
    text: str
    fields: int
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

    def __init__(self, **values: object) -> None:
        for name in self.__slots__:
            object.__setattr__(self, name, values[name])

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Cron is immutable: cannot set {name!r}; parse another text")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a Cron is immutable: cannot delete {name!r}")

    def __eq__(self, other: object) -> bool:
        return self.text == other.text if isinstance(other, Cron) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"parse({self.text!r})"

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return parse, (self.text,)  # copy and pickle would otherwise set attributes

    def next_after(self, moment: datetime) -> datetime | None:
        """The first time to fire strictly after `moment`, or None when there is none.

        `moment` must be timezone-aware (ValueError otherwise); the fields are matched on the wall
        clock of its zone, and the result is in that zone, whole seconds. The search ends with the
        year 2099. Clock changes are handled as Quartz 2.3.2 was seen to: a wall time that the
        clock skips does not fire that day; one that occurs twice fires once, the second time.
        Source: Quartz CronExpression.getTimeAfter (inferred scheduler, evidence I).
        """
        from ips_contract.contract import cron_times

        return cron_times.next_after(self, moment)

    def last_until(self, moment: datetime) -> datetime | None:
        """The last time to fire at or before `moment`, or None when there is none.

        These are the times that `next_after` gives; none is before the year 1970.
        Source: Quartz CronExpression (inferred scheduler, evidence I).
        """
        from ips_contract.contract import cron_times

        return cron_times.last_until(self, moment)


def parse(text: str) -> Cron:
    """Read a Quartz string of 6 or 7 fields or a Unix string of 5.

    Fields are apart by spaces or tabs; names of months and days may be in either case. Raises
    ShapeError or RangeError and nothing else; see there for what each proves. Of a string with
    both faults it is the one in the earlier field; a question mark too few or too many comes last.
    Source: Quartz CronExpression (inferred scheduler, evidence I); crontab(5) for five fields.
    """
    if len(text) > MAX_LENGTH:
        raise ShapeError(f"found {len(text)} characters; allowed: {MAX_LENGTH}; {_EXAMPLE}")
    tokens = [token for token in text.strip("\r\n\t ").replace("\t", " ").split(" ") if token]
    if not 5 <= len(tokens) <= 7:
        allowed = "5 (Unix), 6 or 7 (Quartz)"
        found = "1 field" if len(tokens) == 1 else f"{len(tokens)} fields"
        raise ShapeError(f"found {found}; allowed: {allowed}; {_EXAMPLE}")
    unix = len(tokens) == 5
    # Shapes first: a text that is no cron string in field 6 must not be an error in field 1.
    rows = [
        (field, token, _items(field, token))
        for field, token in zip(_UNIX if unix else _QUARTZ, tokens, strict=False)
    ]
    values = {field.name: _values(field, token, items) for field, token, items in rows}
    # A mark stands alone in its field, so the first item tells.
    first = {field.name: items[0] for field, _, items in rows}
    (day, _, _, offset), (weekday, _, _, week) = first[_DOM], first[_DOW]
    if not unix and (day == "?") == (weekday == "?"):
        why = f"Quartz needs '?' either here or in {_DOM} (field 4), and not in both"
        raise _QUARTZ[5].wrong(ShapeError, tokens[5], why, _with_question_mark(tokens))
    return Cron(
        text=text,
        fields=len(tokens),
        seconds=values.get("second", (0,)),
        minutes=values["minute"],
        hours=values["hour"],
        days_of_month=values[_DOM],
        months=values["month"],
        days_of_week=values[_DOW],
        years=values.get("year", _EVERY_YEAR),
        last_offset=int(offset or 0) if day in ("L", "L-", "LW") else None,
        nearest_weekday=day in ("W", "LW"),
        week={"dL": -1, "#": int(week or 0)}.get(weekday),
        # crontab(5): when neither starts with '*', one of both is enough.
        either_day=unix and "*" not in (tokens[2][0], tokens[4][0]),
    )


def _with_question_mark(tokens: list[str]) -> str:
    """What to write instead of ``tokens``, whose two day fields have no '?' or two."""
    number, instead = (5, "?") if tokens[5] == "*" else (3, "*" if tokens[3] == "?" else "?")
    if instead == "?" and tokens[number] != "*":
        return "'?' in the one that does not matter"  # Each says which days; nobody can know.
    return repr(" ".join([*tokens[:number], instead, *tokens[number + 1 :]]))


_Item = tuple[str, str, str, str]  # mark, first value, last value, number (step, week or offset)


def _items(field: _Field, token: str) -> list[_Item]:
    """Take a field apart into its list of items; ShapeError when it cannot occur in cron."""
    items = []
    for text in token.upper().split(","):
        item = _shape(text) if token.isascii() else None
        if item is None:
            raise field.wrong(ShapeError, token, "this does not occur in a cron string")
        mark, low, high, number = item
        if field.unix and (mark or (number and not high and low != "*")):
            why = "this does not occur in a cron string of five fields (Unix)"
            raise field.wrong(ShapeError, token, why, "a field of seconds in front for Quartz")
        items.append(item)
    return items


def _shape(text: str) -> _Item | None:
    """Take an item apart; None when it cannot occur in cron."""
    head, slash, step = text.partition("/")
    low, dash, high = head.partition("-")
    if not slash or _is_number(step):
        if head == "*" or (slash and not head):
            return "", head, "", step
        if _is_value(low) and (not dash or _is_value(high)):
            return "", low, high, step
    last, dash, offset = text.removesuffix("W").partition("-")
    if last == "L" and (not dash or _is_number(offset)):
        return "LW" if text.endswith("W") else last + dash, "", "", offset
    for mark in "LW#":
        low, found, week = text.partition(mark)
        if not found or not (_is_number(week) if mark == "#" else not week):
            continue
        if _is_number(low) or (low in _WEEKDAYS and mark != "W"):
            return "dL" if mark == "L" else mark, low, "", week
    return ("?", "", "", "") if text == "?" else None


def _is_number(word: str) -> bool:
    return word.isdigit() and len(word) <= _MAX_DIGITS


def _is_value(word: str) -> bool:
    return _is_number(word) or word in _MONTHS or word in _WEEKDAYS


def _values(field: _Field, token: str, items: list[_Item]) -> tuple[int, ...]:
    """The values of a field, ascending; RangeError, or ShapeError where in doubt."""
    for mark, _, _, number in items:
        if not mark:
            continue
        fields, low, high = _MARKS[mark]
        sign = mark.removeprefix("d")
        if field.name not in fields:
            raise field.wrong(ShapeError, token, f"{sign!r} belongs in {' or '.join(fields)}")
        if len(items) > 1:
            # Quartz 2.3 refuses some such lists and ignores a part of others; 2.5 takes more.
            raise field.wrong(ShapeError, token, f"{sign!r} does not work in a list")
        if number and not low <= int(number) <= high:
            raise field.wrong(RangeError, token, f"the number after {sign!r} is {low} to {high}")
    return tuple(sorted({value for item in items for value in _span(field, token, item)}))


def _span(field: _Field, token: str, item: _Item) -> Iterable[int]:
    """The values of one item, perhaps twice."""
    mark, low, high, number = item
    every = low in ("", "*")
    if mark == "L" and field.name == _DOW:
        return [_SATURDAY]
    step = int(number) if number and not mark else 1
    # A step is no value of its field: no source says how large it may be.
    if step == 0:
        # Crontabs refuse it; Quartz reads it as if there were no step.
        raise field.wrong(ShapeError, token, "a step is 1 or more", "no step for every value")
    if step > field.high and field.name != "year":
        # All of Quartz 2.x refuses */90; 0/90 passes in 2.2 (issue 58), 0-59/90 in every version;
        # the usual crontabs take them all.
        why = f"the step is larger than the field, so it would hit one {field.name} only"
        raise field.wrong(ShapeError, token, why, f"a step of {field.high} or less")
    if number and low in field.names and not mark and not field.unix:
        why = "Quartz ignores a step after names"
        raise field.wrong(ShapeError, token, why, "numbers instead of names")
    if high and low.isdigit() != high.isdigit() and not field.unix:
        why = "Quartz refuses a range from a name to a number or back"
        raise field.wrong(ShapeError, token, why, "two names or two numbers")
    first = field.low if every else _value(field, token, low, mark)
    last = _value(field, token, high, "-") if high else first
    if every or (number and not high and not mark):
        last = field.high
    if last < first:
        if field.name == "year":
            raise field.wrong(ShapeError, token, "these years run backwards", "the earlier first")
        last += field.size
    base = 1 if field.name == _DOW else field.low  # Unix counts days from 0
    return [(value - field.low) % field.size + base for value in range(first, last + 1, step)]


def _value(field: _Field, token: str, word: str, mark: str) -> int:
    """The number that a word stands for; `mark` is '-' for the end of a range."""
    if word in field.names:
        return field.names[word]
    if not word.isdigit():
        raise field.wrong(RangeError, token, f"{word} is no {field.name}")
    value = int(word)
    if field.low <= value <= field.high:
        return value
    if field.unix and field.name == _DOM and value == 0:
        # The reference shows the service answer "00 00 00 * * ": a Quartz string without its end.
        instead = "one field more, for the day of the week, if the first are seconds"
        raise field.wrong(ShapeError, token, f"{word} is out of range", instead)
    # Quartz does not check years, the lower end of a range's last value, 0W, nor days before '#'.
    # (That it takes 98 and 99 for its inner '?' and '*' is a known bug of it, issue 832.)
    unchecked = field.name == "year" or mark == "#" or (value < field.low and mark in ("-", "W"))
    kind: type[_CronError] = ShapeError if unchecked and not field.unix else RangeError
    raise field.wrong(kind, token, f"{word} is out of range")
