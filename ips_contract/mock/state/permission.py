"""What a group may do with an asset, a folder or a property set."""

from __future__ import annotations

from typing import NamedTuple


class Permission(NamedTuple):
    """Whether a group may do something.

    Attributes:
        group: the group's number.
        type: a constant of the list of permission types, such as ``Read``.
        allowed: whether it may.
        override: as the request says it; no source says what it does.
    """

    group: int
    type: str
    allowed: bool
    override: bool


Permissions = tuple[Permission, ...]
