"""The guardian of a run of the battery: a program that ends the run's clients when the run is gone.

It reads which process groups run, ``+7`` and ``-7`` a line. The input ends with the run, however
that went. The groups that are left are killed then, and on Linux whatever else bears the run's
mark in its environment: what left its group, or was started in the moment of the run's end.
It starts quickly: the standard library only, and not much of it. The run itself looks for the mark
of a client in the same way, when that has ended.
"""

from __future__ import annotations

import os
import signal
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_LOOKS = 10
_PAUSE = 0.01  # Seconds between two looks.


def guard(lines: Iterable[str], mark: str) -> None:
    """Keeps the account of ``lines`` to their end, then kills what is left."""
    groups = set()
    for line in lines:
        number = int(line[1:])
        if line[0] == "+":
            groups.add(number)
        else:
            groups.discard(number)
    for group in groups:
        try:
            os.killpg(group, signal.SIGKILL)
        except OSError:
            pass
    end_marked(mark.encode())


def end_marked(mark: bytes, since: int = 0) -> None:
    """Kills what bears ``mark``; nothing where there is no /proc.

    Args:
        mark: a variable of its environment, ``NAME=value``.
        since: only what was started then or later, as ``start_of`` tells it.
    """
    others: set[int] = set()
    for _ in range(_LOOKS if os.path.isdir("/proc/self") else 0):
        names = os.listdir("/proc")  # noqa: PTH208 - pathlib takes long to load
        # The last look finds nobody new: who was just started is not in the list that its parent,
        # now gone, is in.
        new = {int(name) for name in names if name.isdecimal()} - others
        if not new:
            break
        again = {number for number in new if ended(number, mark, since)}
        others |= new - again
        if again:
            time.sleep(_PAUSE)


def ended(number: int, mark: bytes, since: int = 0) -> bool:
    """Kills a process with ``mark``; True: look again, it was one, or is just being made."""
    try:
        if since and start_of(number) < since:
            return False
        with open(f"/proc/{number}/environ", "rb") as file:
            found = file.read()
        if mark in found.split(b"\0"):
            os.kill(number, signal.SIGKILL)
            return True
        # Between fork and the end of exec there is a program, and no environment yet.
        return not found and bool(os.readlink(f"/proc/{number}/exe"))  # noqa: PTH115 - as above
    except OSError:
        return False


def start_of(number: int) -> int:
    """When a process was started, in ticks of the system's clock.

    Raises:
        OSError: /proc has no such process.
    """
    with open(f"/proc/{number}/stat", "rb") as file:
        # Behind the name, which may have spaces and parentheses, begins the third field.
        return int(file.read().rpartition(b")")[2].split()[19])


if __name__ == "__main__":
    guard(sys.stdin, sys.argv[1])
