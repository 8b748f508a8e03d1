"""What tests give to the mock: checked where it is given, not where it would break later."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from ips_contract.contract.components import message_names
from ips_contract.xml.text import near, no_such

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_P = ParamSpec("_P")
_R = TypeVar("_R")

UNASKED: Any = object()
"""Stands for a field that an assertion does not ask for; None says that it was not sent."""


def check_names(given: Iterable[str], known: Iterable[str]) -> None:
    """Does nothing if all arguments that are ``given`` by name are ``known``.

    Raises:
        TypeError: one of them is not; the words say which is probably meant.
    """
    names = tuple(known)
    for name in given:
        if name not in names:
            raise TypeError(no_such("argument", name, names))


def says_what_is_meant(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """``function``, all of whose arguments are optional and given by name.

    Of one that it does not have, it says which is probably meant. Python's own words do so from
    3.13 on. Type checkers see the function as it is.
    """
    known = getattr(function, "__kwdefaults__", None) or {}

    @wraps(function)
    def checked(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        if not kwargs.keys() <= known.keys():
            check_names(kwargs, known)
        return function(*args, **kwargs)

    return checked


def check_kind(name: str, value: object, kinds: type | tuple[type, ...], give: str) -> None:
    """Does nothing if ``value`` is of one of ``kinds``. A bool is no number.

    Raises:
        TypeError: it is not; the words say what to ``give``.
    """
    kinds = kinds if isinstance(kinds, tuple) else (kinds,)
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise TypeError(f"{name} is {_told(value)}; give {give}")


def check_operation(name: str) -> None:
    """Does nothing if a version of the contract has the operation ``name``.

    Raises:
        ValueError: none has; the words say which may be meant.
    """
    if f"{name}Param" in message_names():
        return
    found = sorted(message_names())  # As near as another: then always the same.
    known = tuple(one.removesuffix("Param") for one in found if one.endswith("Param"))
    guess = near(name, known)
    hint = f"did you mean {guess}?" if guess else f"there are {len(known)}, such as submitJob"
    raise ValueError(f"no operation {name!r}; {hint}")


def _told(value: object) -> str:
    """``value``, short. A class is told as one: its parentheses may be forgotten."""
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


_LONGEST = 100
