"""Writes a file whole or not at all: a run that is stopped must not leave half a one."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: str, text: str) -> None:
    """Puts ``text`` into the file at ``path``; until it is whole, the old file stays.

    Raises:
        OSError: it cannot be written.
    """
    target = os.path.realpath(path)  # Of a link, what it points to is replaced.
    draft = Path(f"{target}.{os.getpid()}.new")
    try:
        with draft.open("w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
