"""Standard output and error: any character can be written, and a stream may be closed."""

from __future__ import annotations

import io
import os
import sys


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
