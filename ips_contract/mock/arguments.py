"""What tests give to the mock: checked where it is given, not where it would break later."""

from __future__ import annotations


def check_kind(name: str, value: object, kinds: type | tuple[type, ...], give: str) -> None:
    """Does nothing if ``value`` is of one of ``kinds``. A bool is no number.

    Raises:
        TypeError: it is not; the words say what to ``give``.
    """
    kinds = kinds if isinstance(kinds, tuple) else (kinds,)
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise TypeError(f"{name} is {_told(value)}; give {give}")


def _told(value: object) -> str:
    """``value``, short. A class is told as one: its parentheses may be forgotten."""
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


_LONGEST = 100
