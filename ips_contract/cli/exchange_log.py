"""Where the log of ``ips-contract serve`` goes: a file, or what is none and may block.

A file gets each line when it is handed over, before the answer is sent: files do not block. To
a pipe or a device a thread of its own writes.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ips_contract.cli.line_writer import LineWriter

if TYPE_CHECKING:
    import io
    from collections.abc import Callable

_MOST_LINES = 10_000
_MOST_BYTES = 16 * 1024 * 1024
_PIECE = 64 * 1024  # Bytes of a log that are looked through at once.
_STARTS = (b'{"number": ', b'{"tenant": ')  # As ``log_line`` begins lines.
_PATIENCE = 1.0  # Seconds that the end waits for the reader of a pipe.


class ExchangeLog(Protocol):
    """Takes lines of the log; what it cannot write it tells."""

    def write(self, line: bytes) -> None:
        """Appends ``line``, which ends in a line end. Never raises, never waits for a reader."""

    def close(self) -> None:
        """Writes what is left, in a second at most, and tells how many lines are missing."""


def open_log(path: str, tell: Callable[[str], None]) -> ExchangeLog:
    """The log at ``path``, whatever that is.

    Args:
        path: a file, made if it is not there, or a pipe or a device.
        tell: is told when nothing more can be written, and at the end what is missing.

    Raises:
        OSError: it cannot be opened.
    """
    _mend(path, tell)
    if Path(path).is_fifo():
        return PipeLog(path, _open_fifo(path), tell)
    file = _append_to(path)
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return FileLog(path, file, tell)
    return PipeLog(path, file, tell)


def _mend(path: str, tell: Callable[[str], None]) -> None:
    """Takes half a line out of the end of a log, as a process leaves it that is killed.

    A line that does not begin as ours do is somebody else's.
    """
    if not Path(path).is_file():
        return
    with open(path, "r+b") as file:
        end = file.seek(0, os.SEEK_END)
        start, tail = end, b""
        while start and b"\n" not in tail:
            start = max(start - _PIECE, 0)
            file.seek(start)
            tail = file.read(min(_PIECE, end - start)) + tail[:1]
            end = start
        place = start + tail.rfind(b"\n", 0, _PIECE) + 1
        file.seek(place)
        head = file.read(len(max(_STARTS)))
        if head and any(head.startswith(begin) or begin.startswith(head) for begin in _STARTS):
            file.truncate(place)
            tell(f"the last line of {path} was not complete; it was taken out")


def _append_to(path: str, how: int = 0) -> io.FileIO:
    return open(path, "ab", buffering=0, opener=lambda name, flags: os.open(name, flags | how))


class _Fifo:
    """A named pipe that nobody reads yet: it is opened, which waits, by the first write."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._file: io.FileIO | None = None

    def write(self, data: bytes, /) -> int | None:
        if self._file is None:
            self._file = _append_to(self._path)
        return self._file.write(data)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def _open_fifo(path: str) -> io.FileIO | _Fifo:
    """A named pipe, without waiting for its reader."""
    try:
        file = _append_to(path, os.O_NONBLOCK)
    except OSError as error:
        if error.errno != errno.ENXIO:  # Else: nobody reads it.
            raise
        return _Fifo(path)
    os.set_blocking(file.fileno(), True)
    return file


class FileLog:
    """A file that each line is in once it is handed over, or not at all."""

    def __init__(self, path: str, file: io.FileIO, tell: Callable[[str], None]) -> None:
        self._path = path
        self._file = file
        self._tell = tell
        self._failed = False
        self._missing = 0

    def write(self, line: bytes) -> None:
        """Appends ``line``; a file with no room for it ends before it."""
        if self._failed:
            self._missing += 1
            return
        written = 0
        try:
            while written < len(line):  # Once, as a rule.
                written += self._file.write(line[written:] if written else line)
        except OSError as error:
            if written:
                self._take_back(written)
            self._failed = True
            self._missing += 1
            self._tell(f"the log ends here: {error.strerror}")

    def _take_back(self, written: int) -> None:
        """Half a line is taken out again, unless somebody else has written behind it."""
        end = self._file.tell()
        if os.fstat(self._file.fileno()).st_size == end:
            self._file.truncate(end - written)

    def close(self) -> None:
        """Tells how many lines are missing."""
        self._file.close()
        _tell_missing(self._path, self._missing, self._tell)


class PipeLog:
    """What may block. Lines that nobody reads are left out, and that is told."""

    def __init__(self, path: str, file: io.FileIO | _Fifo, tell: Callable[[str], None]) -> None:
        self._path = path
        self._file = file
        self._tell = tell
        self._told = False
        self._writer = LineWriter(
            file, most_lines=_MOST_LINES, most_bytes=_MOST_BYTES, failed=self._fail
        )

    def write(self, line: bytes) -> None:
        """Has ``line`` written soon, if there is room for it to wait."""
        if not self._writer.put(line) and not self._told:
            self._told = True
            self._tell(f"the log loses exchanges: nobody reads {self._path}")

    def _fail(self, error: OSError | ValueError) -> None:
        self._told = True
        reason = error.strerror if isinstance(error, OSError) else None
        self._tell(f"the log ends here: {reason or error}")

    def close(self) -> None:
        """Waits for the reader, a second at most, and tells how many lines are missing."""
        _tell_missing(self._path, self._writer.close(_PATIENCE), self._tell)
        if self._writer.ended:  # Else a thread stands in a write to it, until the process ends.
            self._file.close()


def _tell_missing(path: str, number: int, tell: Callable[[str], None]) -> None:
    if number:
        what = "1 exchange is" if number == 1 else f"{number:,} exchanges are"
        tell(f"{what} missing in the log {path}")
