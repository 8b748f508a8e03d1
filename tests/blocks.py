"""The code blocks of the documentation: read out, run, and compared with what they show."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
TUTORIALS, HOW_TO, REFERENCE, EXPLANATION, MAINTAINERS = (
    DOCS / kind for kind in ("tutorials", "how-to", "reference", "explanation", "maintainers")
)
_BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block: its language, the rest of its first line, its text, its line."""

    language: str
    info: str
    text: str
    line: int


def blocks(path: Path) -> list[Block]:
    """The fenced code blocks of a Markdown file."""
    text = path.read_text(encoding="utf-8")
    return [
        Block(m[1], m[2].strip(), m[3], text.count("\n", 0, m.start()) + 1)
        for m in _BLOCK.finditer(text)
    ]


def run_console(block: Block, folder: Path, path: str) -> list[tuple[str, str, str]]:
    """Runs each ``$ command`` of a console block; returns command, shown and real output.

    ``...`` at the end of what is shown stands for the rest.
    """
    results = []
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        run = subprocess.run(
            shlex.split(command.partition(" #")[0]),
            cwd=folder,
            env={"PATH": path, "LC_ALL": "C.UTF-8"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=60,
        )
        output = run.stdout
        if shown.endswith("...\n"):
            shown = shown.removesuffix("...\n")
            output = output[: len(shown)]
        results.append((command, shown, output))
    return results
