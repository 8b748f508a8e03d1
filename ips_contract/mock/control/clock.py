"""The service's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ips_contract.mock.control.problems import Problem
from ips_contract.mock.control.routes import EMPTY, MOMENT, NUMBER, Asked, Route, body_of, object_of
from ips_contract.mock.control.values import moment, read_moment

if TYPE_CHECKING:
    from ips_contract.mock.clock import Clock

_UNIT = {"type": "number", "minimum": -1e10, "maximum": 1e10}
_UNITS = ("weeks", "days", "hours", "minutes", "seconds", "milliseconds")


def shown(clock: Clock) -> dict[str, Any]:
    """What a clock says."""
    return {"time": moment(clock.now()), "offset_seconds": clock.offset.total_seconds()}


CLOCK = object_of(
    {"time": MOMENT, "offset_seconds": {**NUMBER, "description": "How far it was moved."}}
)


def read_clock(asked: Asked) -> dict[str, Any]:
    """The time."""
    return shown(asked.service.clock)


def advance_clock(asked: Asked) -> dict[str, Any]:
    """``Clock.advance``."""
    if not asked.given:
        raise Problem(422, 'It moves by nothing; give a time, such as {"minutes": 5}.')
    try:
        asked.service.clock.advance(**asked.given)
    except ValueError as error:
        raise Problem(409, f"{error}.") from None
    return shown(asked.service.clock)


def set_clock(asked: Asked) -> dict[str, Any]:
    """``Clock.set``."""
    asked.service.clock.set(read_moment(asked.given["time"]))
    return shown(asked.service.clock)


def reset_clock(asked: Asked) -> dict[str, Any]:
    """``Clock.reset``."""
    asked.service.clock.reset()
    return shown(asked.service.clock)


_TAG = "clock"
_CLOCK = {"$ref": "#/components/schemas/Clock"}
ROUTES = (
    Route("GET", "/clock", read_clock, "The service's time.", _CLOCK, _TAG),
    Route(
        "PUT",
        "/clock",
        set_clock,
        "Makes it a time now; the clock goes on from there.",
        _CLOCK,
        _TAG,
        body=body_of({"time": {**MOMENT, "examples": ["2014-04-03T09:30:00Z"]}}, "time"),
        refusals={422: "That is no moment, or of a year before 1000 or after 9900."},
    ),
    Route(
        "POST",
        "/clock/advance",
        advance_clock,
        "Moves the clock; back, if a number is negative.",
        _CLOCK,
        _TAG,
        body=body_of(dict.fromkeys(_UNITS, _UNIT)),
        refusals={
            409: "The clock would leave the years 1000 to 9900; it stays as it was.",
            422: "There is nothing to move by.",
        },
    ),
    Route(
        "POST",
        "/clock/reset",
        reset_clock,
        "Takes back every move: the real time, or what the server was started with.",
        _CLOCK,
        _TAG,
        body=EMPTY,
    ),
)
