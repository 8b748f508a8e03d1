"""Files that come with the package: found in an installed package, in a zip, and in a clone."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


def folder(installed: str, *, cloned: str) -> Traversable:
    """A folder of data files.

    Args:
        installed: its name inside the package, where the wheel puts it.
        cloned: its name beside the package, where the repository has it.
    """
    package = files("ips_contract")
    inside = package / installed
    return inside if inside.is_dir() else package / ".." / cloned
