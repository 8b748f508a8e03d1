"""The pictures for docs/ can be made anew."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from tests.blocks import ROOT
from tests.screenshots import MOST_BYTES, SHOTS

if TYPE_CHECKING:
    from pathlib import Path


def test_they_are_taken(tmp_path: Path) -> None:
    """In a process of its own: this one has a browser already."""
    code = (
        "import sys, pathlib; from tests.screenshots import take; take(pathlib.Path(sys.argv[1]))"
    )
    command = (sys.executable, "-c", code, str(tmp_path))
    subprocess.run(command, cwd=ROOT, check=True, timeout=300)
    sizes = {path.stem: path.stat().st_size for path in tmp_path.iterdir()}
    assert sizes.keys() == SHOTS.keys()
    assert all(10_000 < size < MOST_BYTES for size in sizes.values()), sizes
