"""The guardian of a run of the battery: a program that ends the run's clients when the run is gone.

It reads which process groups run, ``+7`` and ``-7`` a line. The input ends with the run, however
that went. The groups that are left are killed then, and on Linux whatever else bears the run's
mark in its environment: what left its group, or was started in the moment of the run's end.
It starts quickly: the standard library only, and not much of it.
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
    for _ in range(_LOOKS if os.path.isdir("/proc/self") else 0):
        names = os.listdir("/proc")  # noqa: PTH208 - pathlib takes long to load
        numbers = [int(name) for name in names if name.isdecimal()]
        if not [number for number in numbers if ended(number, mark.encode())]:
            break
        time.sleep(_PAUSE)


def ended(number: int, mark: bytes) -> bool:
    """Kills a process with ``mark``; True: look again, it was one, or is just being made."""
    try:
        with open(f"/proc/{number}/environ", "rb") as file:
            found = file.read()
        if mark in found.split(b"\0"):
            os.kill(number, signal.SIGKILL)
            return True
        # Between fork and the end of exec there is a program, and no environment yet.
        return not found and bool(os.readlink(f"/proc/{number}/exe"))  # noqa: PTH115 - as above
    except OSError:
        return False


if __name__ == "__main__":
    guard(sys.stdin, sys.argv[1])
