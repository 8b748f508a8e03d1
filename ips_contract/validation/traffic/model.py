"""Captured exchanges, as values."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ips_contract.validation.report import Violation


class Body(NamedTuple):
    """A body as the parser reads it, and what its headers say of its encoding that is not so."""

    data: bytes
    doubts: tuple[Violation, ...] = ()


class Capture(NamedTuple):
    """An exchange: where it stands, the bodies of request and answer, and its line in the file.

    ``name`` is ``line 3`` in a log and ``entry 3`` in a HAR file. The lines of a HAR file mean
    nothing, so ``line`` is None there. A body is None if there was none, or if it was not recorded.
    ``headers`` are the request's, names in lower case; None if they are not known.
    """

    name: str
    request: Body | None
    response: Body | None
    line: int | None = None
    headers: Mapping[str, str] | None = None


class Captures(NamedTuple):
    """The exchanges of a file.

    Those whose request has no body and needs none, such as the fetching of a WSDL, are not among
    them, nor is other traffic in a HAR file; ``skipped`` says how many of its ``entries`` are not.
    ``problems`` says what could not be read, or was not recorded, and why; that a log's last line
    was cut, for one, is no reason to lose the others. ``remarks`` says which answers were none.
    """

    exchanges: list[Capture]
    entries: int
    skipped: int = 0
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
