"""What a command that serves says while it does: lines on a stream that nobody need read."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, TextIO

from ips_contract.cli.line_writer import LineWriter
from ips_contract.cli.streams import below
from ips_contract.validation.report.text import shown

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

_MOST_LINES = 10_000
_MOST_BYTES = 1024 * 1024


class Narration:
    """Lines on a stream. Who tells one never waits, and never hears that nobody reads.

    While it is entered, what modules log as a warning or worse is told as well, instead of being
    written by whichever thread it happens in.

    Args:
        stream: where the lines go; what is below it is written to by a thread.
        patience: seconds that its end waits for a reader.
    """

    def __init__(self, stream: TextIO, patience: float = 1.0) -> None:
        sink, self._encoding, self._errors = below(stream)
        self._patience = patience
        self._writer = LineWriter(
            sink, most_lines=_MOST_LINES, most_bytes=_MOST_BYTES, gap=self._gap
        )
        self._handler = _Logged(self)

    def __enter__(self) -> Self:
        logging.getLogger().addHandler(self._handler)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        logging.getLogger().removeHandler(self._handler)
        self._writer.close(self._patience)

    def tell(self, text: str) -> None:
        """Has ``text`` written soon, on one line."""
        self._writer.put(self._line(shown(text)))

    def _line(self, text: str) -> bytes:
        return f"{text}{os.linesep}".encode(self._encoding, self._errors)

    def _gap(self, number: int) -> bytes:
        what = "1 line was" if number == 1 else f"{number:,} lines were"
        return self._line(f"… {what} left out: nobody read them.")


class _Logged(logging.Handler):
    """Tells what is logged."""

    def __init__(self, narration: Narration) -> None:
        super().__init__(logging.WARNING)
        self._narration = narration

    def emit(self, record: logging.LogRecord) -> None:
        for row in self.format(record).split("\n"):
            self._narration.tell(row)
