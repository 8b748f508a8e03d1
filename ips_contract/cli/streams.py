"""Standard output and error: any character can be written, and a stream may be closed."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from ips_contract.cli.line_writer import Sink


class ClosedStream(io.TextIOWrapper):
    """What stands for a stream that is closed."""


def prepare() -> None:
    """Lets any character be written, and to a stream that is closed (``>&-``) anything at all."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, ClosedStream(io.FileIO(os.devnull, "w")))
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


class _Whole:
    """A text stream that has no bytes below it, as a sink of UTF-8."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, data: bytes, /) -> int:
        self._stream.write(data.decode())
        self._stream.flush()
        return len(data)


def below(stream: TextIO) -> tuple[Sink, str, str]:
    """What is below ``stream``, without a buffer or a lock; its encoding, and what of errors.

    A thread that stands in a write to it holds nothing that others need: not when they write to
    ``stream``, and not when the interpreter ends.
    """
    if not isinstance(stream, io.TextIOWrapper):
        return _Whole(stream), "utf-8", "backslashreplace"
    stream.flush()
    sink = getattr(stream.buffer, "raw", None) or stream.buffer
    return sink, stream.encoding, stream.errors or "strict"


def flush() -> None:
    """Writes what is left.

    Raises:
        OSError: it cannot be written.
    """
    sys.stdout.flush()
    sys.stderr.flush()


def end(message: str = "") -> None:
    """Says ``message`` and writes what is left; streams that cannot be written fall silent."""
    for stream, text in ((sys.stdout, ""), (sys.stderr, message)):
        try:
            print(text, end="", file=stream, flush=True)
        except OSError:
            # Else the interpreter would try once more at its end and complain.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
