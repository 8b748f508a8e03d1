"""Lines written by a thread of its own: whoever hands one over never waits for a reader."""

from __future__ import annotations

import select
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

# Of so many bytes a pipe takes all or nothing: whoever ends while it is full leaves no half line.
_ATOMIC: int = getattr(select, "PIPE_BUF", 512)
_GATHER = 0.05  # Seconds: what comes meanwhile is written at once. The first line goes at once.


class Sink(Protocol):
    """Where bytes go, and nothing between: what is written is not kept in a buffer."""

    def write(self, data: bytes, /) -> int | None:
        """Writes a part of ``data`` and says how much; None: it would block, try again."""


class LineWriter:
    """Lines on their way to a sink that may block, for as long as it likes.

    Lines beyond the bounds are left out, the newest. What the writing cannot do is told in the
    writer's own thread.

    Args:
        sink: where they go; used in the writer's thread only.
        most_lines: how many may wait.
        most_bytes: of how many bytes together.
        gap: a line that stands for so many which were left out; None for nothing in their place.
        failed: is told why nothing more can be written.
    """

    def __init__(
        self,
        sink: Sink,
        *,
        most_lines: int,
        most_bytes: int,
        gap: Callable[[int], bytes] | None = None,
        failed: Callable[[OSError | ValueError], None] | None = None,
    ) -> None:
        self._sink = sink
        self._most_lines = most_lines
        self._most_bytes = most_bytes
        self._gap = gap
        self._failed = failed
        self._lines: deque[bytes] = deque()
        self._bytes = 0
        self._left_out = 0  # Since the last line that was taken.
        self._lost = 0
        self._under_way = 0  # Lines that are being written.
        self._over = False
        self._lock = threading.Lock()  # Held for moments only, never while something is written.
        self._awake = threading.Event()
        self._closing = threading.Event()
        # A daemon, for it may stand in the middle of a write when the process is to end. It holds
        # no lock then that the end of the interpreter would want.
        self._thread = threading.Thread(target=self._run, name="lines", daemon=True)
        self._thread.start()

    def put(self, line: bytes) -> bool:
        """Has ``line``, which ends in a line end, written soon; False: it is left out."""
        with self._lock:
            full = len(self._lines) >= self._most_lines or self._bytes >= self._most_bytes
            if full or self._over:
                self._left_out += 1
                self._lost += 1
                return False
            if self._left_out:
                self._fill_gap()
            self._lines.append(line)
            self._bytes += len(line)
        if not self._awake.is_set():
            self._awake.set()
        return True

    def close(self, seconds: float) -> int:
        """Waits so long at most for what is still to be written. How many lines never were."""
        self._closing.set()
        self._awake.set()
        self._thread.join(seconds)
        with self._lock:
            self._over = True
            return self._lost + len(self._lines) + self._under_way

    @property
    def ended(self) -> bool:
        """Whether nothing more will be written; the sink may be closed."""
        return not self._thread.is_alive()

    def _fill_gap(self) -> None:
        if self._gap is not None:
            line = self._gap(self._left_out)
            self._lines.append(line)
            self._bytes += len(line)
        self._left_out = 0

    def _run(self) -> None:
        while True:
            self._awake.wait()
            self._awake.clear()
            closing = self._closing.is_set()  # From here on no more lines come.
            try:
                while data := self._next():
                    self._write(data)
            except (OSError, ValueError) as error:  # The reader has gone, the disk is full …
                self._end()
                if self._failed is not None:
                    self._failed(error)
                return
            if closing:
                return
            self._closing.wait(_GATHER)

    def _next(self) -> bytes:
        """As many lines as can be written at once."""
        with self._lock:
            self._under_way = 0
            if not self._lines and self._left_out and self._closing.is_set():
                self._fill_gap()
            lines, size = self._lines, 0
            taken: list[bytes] = []
            while lines and (not taken or size + len(lines[0]) <= _ATOMIC):
                taken.append(lines.popleft())
                size += len(taken[-1])
            self._bytes -= size
            self._under_way = len(taken)
        return b"".join(taken)

    def _write(self, data: bytes) -> None:
        while data:
            written = self._sink.write(data)
            if written is None:  # Somebody has made it a descriptor that does not block.
                time.sleep(_GATHER)
            else:
                data = data[written:]

    def _end(self) -> None:
        with self._lock:
            self._over = True
            self._lost += len(self._lines) + self._under_way
            self._lines.clear()
            self._bytes = self._under_way = 0
