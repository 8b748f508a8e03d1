"""Runs a page of docs/ as a reader would: writes its files, types its commands, compares.

What a block is, the words behind its language say:

- a file's name: it is written; ``test_*.py`` and the like are run by the page's own commands;
- ``console``: each ``$ command`` is run, and prints what is shown below it;
- ``console server``: the command serves until the page ends; its port 8080 is a free one;
- ``sh``: a script; ``text output`` behind it is what it prints;
- ``text lines``: what the server says of what came;
- ``sh install`` and the kinds in ``ELSEWHERE`` are not run here.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from tests.blocks import ROOT, blocks, is_shown, run_console
from tests.plugin_runs import MENTIONED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.blocks import Block

# Words behind a language → what runs such blocks instead, or why nothing does.
ELSEWHERE = {
    "install": "it installs packages",
    "start": "tests/cli/test_record.py",
    "run": "tests/languages",
    "ran": "tests/languages",
    "said": "tests/languages",
    "action": "tests/test_github.py has its inputs, and runs its steps",
    "workflow": "tests/pytest_plugin/test_plugin_docs.py has its options",
    "pre-commit": "tests/elsewhere.py",
    "container": "no test has a container engine",
    "machine": "it changes the machine",
}
COMMANDS = str(Path(sys.executable).parent)
# What tests of the environment would add to the output of an inner pytest.
_WITHOUT = [f"-pno:{plugin}" for plugin in ("cacheprovider", *MENTIONED)]
LINES = "lines.txt"
PROJECT = "/home/me/project"  # What pages call the folder of the reader.
_CHANGING = [
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:8080"),
    (re.compile(r"\bin \d+\.\d+s"), "in 0.05s"),
    (re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+"), "2030-04-03 09:30:00.000000"),
]
_FILE = re.compile(r"[\w./-]+\.\w+")


def environment() -> dict[str, str]:
    """The variables that the commands of a page find."""
    return {
        "PATH": os.pathsep.join([COMMANDS, os.environ["PATH"]]),
        "PYTEST_ADDOPTS": " ".join(_WITHOUT),
        "PYTHONPATH": str(ROOT / "examples" / "publisher"),
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
        "COLUMNS": "80",
        # Windows does not start Python without it.
        **{name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ},
    }


def unknown_blocks(page: Path) -> list[str]:
    """The blocks of a page that nothing runs or writes."""
    return [
        f"{page.name}:{block.line}: {block.language} {block.info}"
        for block in blocks(page)
        if not (
            _is_file(block) or block.info in ELSEWHERE or (block.language, block.info) in _KINDS
        )
    ]


_KINDS = {
    *(("console", ""), ("console", "server"), ("sh", ""), ("text", "output"), ("text", "lines")),
}


def _is_file(block: Block) -> bool:
    return _FILE.fullmatch(block.info) is not None


class _Reader:
    """Does what a page says, block by block, and notes where something else happens."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = "8080"
        self.differences: list[tuple[str, str, str]] = []
        self.servers = ExitStack()

    def see(self, command: str, shown: str, output: str) -> None:
        there = output.replace(str(self.folder), PROJECT)
        if not is_shown(settled(shown, self.port), settled(there, self.port)):
            self.differences.append((command, shown, there))

    def write(self, block: Block) -> None:
        path = self.folder / block.info
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text.replace("8080", self.port), encoding="utf-8")

    def start(self, block: Block) -> None:
        command, _, expected = block.text.removeprefix("$ ").partition("\n")
        words = shlex.split(command.replace("--port 8080", "--port 0"))
        running = serving(words, self.folder, self.folder / LINES)
        first, self.port = self.servers.enter_context(running)
        self.see(command, expected, first)

    def type(self, block: Block) -> None:
        moved = block._replace(text=block.text.replace("8080", self.port))
        for command, shown, output in run_console(moved, self.folder, "", environment()):
            self.see(command, shown, output)

    def run(self, block: Block, shown: str) -> None:
        done = subprocess.run(
            ["bash", "-euc", block.text.replace("8080", self.port)],
            cwd=self.folder,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout
        self.see(block.text, shown, done.stdout)


def run_page(page: Path, folder: Path) -> list[tuple[str, str, str]]:
    """What the page shows and what there was instead, with the command, where they differ."""
    reader = _Reader(folder)
    shown = [block for block in blocks(page) if block.info not in ELSEWHERE]
    with reader.servers:
        for block, after in zip_longest(shown, shown[1:]):
            if _is_file(block):
                reader.write(block)
            elif block.info == "server":
                reader.start(block)
            elif block.language == "console":
                reader.type(block)
            elif block.language == "sh":
                reader.run(block, after.text if after and after.info == "output" else "")
    for block in shown:
        if block.info == "lines":  # The server has ended, and has said all.
            said = (folder / LINES).read_text(encoding="utf-8")
            reader.see("the lines", block.text, re.sub(r"(?m)^[0-9:]{8}", "09:30:00", said))
    return reader.differences


def settled(text: str, port: str = "8080") -> str:
    """``text`` without what is another each time: ports, durations, times."""
    text = text.replace(port, "8080")
    for pattern, fixed in _CHANGING:
        text = pattern.sub(fixed, text)
    return re.sub(r"(?m)[ \t]+$", "", text)


@contextmanager
def serving(words: list[str], folder: Path, lines: Path) -> Iterator[tuple[str, str]]:
    """Runs a command that serves; its first line, and the port. ``lines`` gets what it says."""
    with lines.open("wb") as out:
        process = subprocess.Popen(
            words, cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=out, text=True
        )
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            yield first, first.split(":")[2].split("/")[0]
        finally:
            process.terminate()
            process.communicate(timeout=30)
