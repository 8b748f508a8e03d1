"""How work grows with what it is given, as a ratio within one run, or counted.

A bound in seconds would test the machine, which may be slow today. These test the code.
"""

from __future__ import annotations

import gc
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

TIMES = 16
# Linear work on 16 times as much takes 16 times as long, quadratic work 256 times. This is between
# the two, with room for a machine that changes its speed meanwhile.
QUADRATIC = 72.0


def seconds(work: Callable[[], object]) -> float:
    """The processor time that this thread needs for ``work``, in seconds."""
    begin = time.thread_time()
    work()
    return time.thread_time() - begin


def growth(prepare: Callable[[int], Callable[[], object]], size: int) -> float:
    """How many times the processor time of the work of ``size`` that of 16 times the size takes.

    ``prepare`` makes a work of a size; its own time does not count. Each work is done more than
    once, as a machine may be busy with something else, and the quickest counts.
    """
    small, large = prepare(size), prepare(TIMES * size)
    least = max(min(seconds(small) for _ in range(5)), 1e-6)
    once = seconds(large)
    return (once if once < QUADRATIC * least else min(once, seconds(large))) / least


def calls(work: Callable[[], object]) -> int:
    """How many functions ``work`` calls in this thread, those in C included.

    It is the same at each run, so it may be compared with a number.
    """
    count = 0

    def profile(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before, collects = sys.getprofile(), gc.isenabled()
    gc.disable()  # A collection has hooks, whose calls are nobody's work.
    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(before)
        if collects:
            gc.enable()
    return count
