"""Values as JSON has them."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ips_contract.contract.writer import plain_text
from ips_contract.mock.control.problems import Problem
from ips_contract.xml.datetimes import write_date_time


def moment(at: datetime) -> str:
    """``at`` as ISO 8601, in UTC with a Z, to the millisecond."""
    return write_date_time(at if at.tzinfo is UTC else at.astimezone(UTC))


def maybe_moment(at: datetime | None) -> str | None:
    """``at`` as ``moment`` has it; None for none."""
    return None if at is None else moment(at)


def read_moment(text: str) -> datetime:
    """The moment that ``text`` is; it needs a time zone.

    Raises:
        Problem: it is none.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.utcoffset() is None:
        words = "give a moment with its time zone, such as 2014-04-03T09:30:00Z"
        raise Problem(422, f"time is {text[:60]!r}; {words}.")
    return at


def body_fields(body: bytes) -> dict[str, str]:
    """A body as text; where it is none, as base64, which ``encoding`` says, as in HAR files."""
    try:
        return {"body": body.decode()}
    except UnicodeDecodeError:
        return {"body": base64.b64encode(body).decode(), "encoding": "base64"}


def plain(value: Any) -> Any:
    """``value`` of plain types, as JSON has it."""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return plain_text(value)  # JSON has no number for it; it is NaN, INF or -INF in messages.
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return str(value)
