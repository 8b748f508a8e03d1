"""What the commands say to whoever looks: complaints, and on terminals colours and progress."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Self, TextIO

from ips_contract.validation.report.text import shown

if TYPE_CHECKING:
    from collections.abc import Callable


def complain(message: str, prog: str = "ips-contract") -> None:
    """Says on standard error what is wrong."""
    sys.stdout.flush()  # So that both streams tell things in the order in which they happened.
    print(f"{prog}: {shown(message)}", file=sys.stderr)


def is_terminal(stream: TextIO) -> bool:
    """Whether ``stream`` can go back to the start of a line."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def is_colored(stream: TextIO) -> bool:
    """Whether ``stream`` shows colours and its user wants them (https://no-color.org)."""
    if os.environ.get("NO_COLOR") or not is_terminal(stream):
        return False
    # Terminals that show colours on Windows say what they are; the old console does not.
    return os.name != "nt" or any(os.environ.get(name) for name in ("WT_SESSION", "TERM"))


class Progress:
    """How many of many are done, on a terminal, from the first second on; gone at the end.

    ``clear`` must be called before anything else is written to a terminal.

    Args:
        total: how many there are; progress of a single one is not shown.
        text: what to show of how many are done, and of how many there are.
        stream: where.
        clock: seconds.
    """

    def __init__(
        self,
        total: int,
        text: Callable[[int, int], str],
        stream: TextIO,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._total = total
        self._text = text
        self._stream = stream
        self._clock = clock
        self._length = 0
        shows = total > 1 and is_terminal(stream)
        self._due = clock() + 1 if shows else float("inf")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def show(self, done: int) -> None:
        """Says that ``done`` are done, ten times a second at most."""
        now = self._clock()
        if now < self._due:
            return
        self._due = now + 0.1
        text = self._text(done, self._total)
        self._length = len(text)
        print(f"\r{text}", end="", file=self._stream, flush=True)

    def clear(self) -> None:
        """Wipes the line, if there is one."""
        if self._length:
            print(f"\r{' ' * self._length}\r", end="", file=self._stream, flush=True)
            self._length = 0
