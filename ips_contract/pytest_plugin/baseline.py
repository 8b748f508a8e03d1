"""Known deviations of a client, in a file: what is in it does not fail tests, what is new does."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ips_contract.validation.report import Report, Violation

_FORMAT = 1
_NUMBER = re.compile(r"\[\d+\]")


class Key(NamedTuple):
    """What makes two deviations the same one: not the test, the value or the place in a list."""

    rule: str
    message: str
    path: str


def key(report: Report, finding: Violation) -> Key:
    """The key of ``finding`` in ``report``."""
    return Key(finding.rule, report.message, _NUMBER.sub("", finding.path))


def read(path: str) -> frozenset[Key]:
    """The deviations in the file at ``path``.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no baseline.
    """
    with open(path, encoding="utf-8") as file:
        try:
            value = json.load(file)
            form, rows = value["format"], value["deviations"]
            keys = frozenset(Key(row["rule"], row["message"], row["path"]) for row in rows)
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            words = str(error) if isinstance(error, ValueError) else "its form is another"
            raise ValueError(f"{path} is no baseline: {words}") from None
    if form != _FORMAT:
        raise ValueError(f"{path} has format {form!r}; this version reads {_FORMAT}")
    return keys


def write(path: str, keys: Iterable[Key]) -> None:
    """Writes ``keys`` to the file at ``path``, sorted, so that changes of it are readable.

    Raises:
        OSError: it cannot be written.
    """
    rows = [entry._asdict() for entry in sorted(keys)]
    text = json.dumps({"format": _FORMAT, "deviations": rows}, indent=2) + "\n"
    # Not in place: a run that is stopped must not leave half a file.
    draft = f"{path}.{os.getpid()}.new"
    with open(draft, "w", encoding="utf-8") as file:
        file.write(text)
    Path(draft).replace(path)
