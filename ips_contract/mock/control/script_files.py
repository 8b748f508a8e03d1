"""What is scripted from the start, in files: a list in the form of the interface."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ips_contract.mock.control.arguments import check
from ips_contract.mock.control.problems import Problem
from ips_contract.mock.control.scripts import SCRIPT, script_arguments

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
        return [script_arguments(row) for row in checked]
    except (Problem, ValueError, RecursionError) as error:
        raise ValueError(f"{path}: {error}") from None
