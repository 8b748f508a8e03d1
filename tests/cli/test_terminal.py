"""Colours and progress, on terminals and elsewhere."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import pytest

from ips_contract.cli import terminal
from tests.cli.documents import (
    BAD,
    BAD_LINES,
    EXPLAINED,
    GOOD_LINES,
    SETTINGS,
    WARNED_LINES,
    command,
    environment,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

if sys.platform != "win32":  # Windows has no pseudo terminals in the standard library,
    import pty  # nor named pipes in folders.

# environment, whether a terminal gets colours
COLORS: list[tuple[dict[str, str], bool]] = [
    ({"TERM": "xterm"}, True),
    ({"TERM": "xterm", "NO_COLOR": ""}, True),
    ({"TERM": "xterm", "NO_COLOR": "1"}, False),
    ({"TERM": "dumb"}, False),
]
# name of the system, environment, whether a terminal gets colours
SYSTEM_COLORS: list[tuple[str, dict[str, str], bool]] = [
    ("posix", {}, True),
    ("nt", {}, False),
    ("nt", {"WT_SESSION": "1"}, True),
    ("nt", {"TERM": "xterm"}, True),
]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def text(done: int, total: int) -> str:
    return f"{done}/{total} files"


# time of each look at the clock, what is written
PROGRESS: list[tuple[list[float], str]] = [
    ([0, 0, 0.5, 0.9], ""),
    ([0, 0, 1.0, 1.05], "\r1/3 files\r         \r"),
    ([0, 0, 1.0, 1.2], "\r1/3 files\r2/3 files\r         \r"),
]


@pytest.mark.parametrize(("times", "expected"), PROGRESS)
def test_progress(times: list[float], expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    clock = iter(times)
    with terminal.Progress(3, text, stream, lambda: next(clock)) as progress:
        for done in range(3):
            progress.show(done)
    assert stream.getvalue() == expected
    progress.clear()
    assert stream.getvalue() == expected


@pytest.mark.parametrize(
    ("total", "stream", "term"),
    [(1, Terminal(), "xterm"), (3, io.StringIO(), "xterm"), (3, Terminal(), "dumb")],
)
def test_no_progress(
    total: int, stream: TextIO, term: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", term)
    clock = iter(range(0, 100, 10))
    with terminal.Progress(total, text, stream, lambda: next(clock)) as progress:
        progress.show(0)
    assert isinstance(stream, io.StringIO)
    assert stream.getvalue() == ""


@pytest.mark.parametrize(("system", "settings", "colored"), SYSTEM_COLORS)
def test_colors_of_a_system(
    system: str, settings: dict[str, str], colored: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with monkeypatch.context() as patch:
        patch.setattr(os, "name", system)
        assert terminal.is_colored(Terminal()) is colored


if sys.platform != "win32":

    def on_terminal(
        arguments: Sequence[str],
        settings: dict[str, str],
        meanwhile: Callable[[], None] = lambda: None,
    ) -> tuple[int, str]:
        """Exit status and output of the command with a terminal as stdout and stderr."""
        ours, theirs = pty.openpty()
        with subprocess.Popen(
            command(*arguments),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment(**settings),
        ) as process:
            os.close(theirs)
            meanwhile()
            chunks = []
            try:
                while chunk := os.read(ours, 65536):
                    chunks.append(chunk)
            except OSError:  # So Linux says that the other side is closed.
                pass
            finally:
                os.close(ours)
        return process.returncode, b"".join(chunks).decode().replace("\r\n", "\n")

    @pytest.mark.parametrize(("settings", "colored"), COLORS)
    @pytest.mark.parametrize("explain", [[], ["--explain"]])
    def test_colors(
        settings: dict[str, str], colored: bool, explain: list[str], folder: Path
    ) -> None:
        status, text = on_terminal(["validate", "bad.xml", *explain], settings)
        assert status == 1
        assert ("\x1b[" in text) is colored
        plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
        explained = f"{EXPLAINED}What the rules say: ips-contract rules constant\n"
        assert plain == (explained if explain else BAD_LINES)

    def test_a_file_gets_no_colors(folder: Path) -> None:
        on_terminal(["validate", "bad.xml", "--output", "out"], {"TERM": "xterm"})
        assert Path("out").read_text("utf-8") == BAD_LINES

    def test_progress_on_a_terminal(folder: Path) -> None:
        os.mkfifo("slow.xml")

        def answer() -> None:
            with Path("slow.xml").open("wb") as pipe:
                time.sleep(1.2)
                pipe.write(BAD.encode())

        thread = threading.Thread(target=answer)
        status, text = on_terminal(
            ["validate", "slow.xml", "good.xml", "warned.xml"], {"TERM": "xterm"}, thread.start
        )
        thread.join()
        assert status == 1
        assert "\r1/3 files\r         \r" in text
        lines = re.sub(r"\x1b\[[0-9;]*m", "", re.sub(r"[^\n]*\r", "", text))
        assert lines == (
            BAD_LINES.replace("bad", "slow")
            + GOOD_LINES
            + WARNED_LINES
            + "3 files: 2 valid, 1 invalid\n"
        )
