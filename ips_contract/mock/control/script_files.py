"""What is scripted from the start, in files: a list in the form of the interface."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ips_contract.mock.control.arguments import check
from ips_contract.mock.control.problems import Problem
from ips_contract.mock.control.scripts import SCRIPT, script_arguments
from ips_contract.mock.script import Script, Step

if TYPE_CHECKING:
    import os


def read_script_file(path: str | os.PathLike[str]) -> list[dict[str, Any]]:
    """The arguments of ``Service.script`` for each script of a JSON file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no list of scripts; the message names the place.
    """
    try:
        rows = json.loads(Path(path).read_bytes())
        checked = check("scripts", rows, {"type": "array", "items": SCRIPT})
        return [_arguments(row, f"scripts[{index}]") for index, row in enumerate(checked)]
    except (Problem, ValueError, RecursionError) as error:
        raise ValueError(f"{path}: {error}") from None


def _arguments(row: dict[str, Any], place: str) -> dict[str, Any]:
    """The arguments of ``Service.script`` that a row is.

    Raises:
        ValueError: they contradict themselves, or no version has what they name.
    """
    try:
        arguments = script_arguments(row)
        Script().add(Step(**{name: arguments[name] for name in arguments if name != "times"}), 1)
    except (Problem, TypeError, ValueError) as error:
        raise ValueError(f"{place}: {error}") from None
    return arguments
