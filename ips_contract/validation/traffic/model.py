"""Captured exchanges, as values."""

from __future__ import annotations

from typing import NamedTuple


class Capture(NamedTuple):
    """An exchange: where it stands, the bodies of request and answer, and its line in the file.

    ``name`` is ``line 3`` in a log and ``entry 3`` in a HAR file. The lines of a HAR file mean
    nothing, so ``line`` is None there.
    """

    name: str
    request: bytes
    response: bytes
    line: int | None = None


class Captures(NamedTuple):
    """The exchanges of a file.

    Those whose request has no body, such as the fetching of a WSDL, are not among them, nor is
    other traffic in a HAR file; ``skipped`` says how many of its ``entries`` are not. A log has
    nothing but the mock's traffic: there ``skipped`` is 0. ``problems`` says which could not be
    read, and why; that a log's last line was cut, for one, is no reason to lose the others.
    """

    exchanges: list[Capture]
    entries: int
    skipped: int = 0
    problems: tuple[str, ...] = ()
