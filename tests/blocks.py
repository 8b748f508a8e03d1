"""The code blocks of the documentation: read out, run, and compared with what they show."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

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


def run_console(
    block: Block, folder: Path, path: str, more: Mapping[str, str] | None = None
) -> list[tuple[str, str, str]]:
    """Runs each ``$ command`` of a console block; returns command, shown and real output.

    A line ``...`` in what is shown stands for any lines.

    Args:
        block: of a page.
        folder: the working folder.
        path: where the commands are looked for.
        more: other variables of their environment.
    """
    results = []
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        run = subprocess.run(
            shlex.split(command.partition(" #")[0]),
            cwd=folder,
            env={"PATH": path, "LC_ALL": "C.UTF-8", **(more or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=60,
        )
        results.append((command, shown, shown if is_shown(shown, run.stdout) else run.stdout))
    return results


def is_shown(shown: str, output: str) -> bool:
    """Whether ``shown``, in which a line ``...`` stands for any lines, is ``output``."""
    parts = re.split(r"(?m)^ *\.\.\.\n", shown)
    return re.fullmatch(".*?".join(map(re.escape, parts)), output, re.DOTALL) is not None
