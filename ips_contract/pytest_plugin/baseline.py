"""Known deviations of a client, in a file: what is in it does not fail tests, what is new does."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

from ips_contract.pytest_plugin.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from collections.abc import Set as AbstractSet

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


def read(path: str) -> dict[Key, frozenset[str]]:
    """The deviations in the file at ``path``, each with the tests that met it.

    A file of an earlier version names no tests.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no baseline.
    """
    with open(path, encoding="utf-8") as file:
        try:
            value = json.load(file)
            form, rows = value["format"], value["deviations"]
            known = {
                Key(row["rule"], row["message"], row["path"]): frozenset(row.get("tests", ()))
                for row in rows
            }
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            words = str(error) if isinstance(error, ValueError) else "its form is another"
            raise ValueError(f"{path} is no baseline: {words}") from None
    if form != _FORMAT:
        raise ValueError(f"{path} has format {form!r}; this version reads {_FORMAT}")
    return known


def updated(
    old: Mapping[Key, Collection[str]], met: Mapping[Key, Collection[str]], passed: AbstractSet[str]
) -> dict[Key, set[str]]:
    """The baseline ``old`` after a session.

    A test tells that a deviation is gone only if it ran whole. What the others had stays: they
    were not selected, were skipped, or failed before they came to it. So does what no test is
    named for.

    Args:
        old: the deviations, each with its tests.
        met: those of the session.
        passed: the tests of the session that passed.
    """
    rows = {deviation: set(tests) for deviation, tests in met.items()}
    for deviation, tests in old.items():
        left = set(tests) - passed
        if left or not tests:
            rows.setdefault(deviation, set()).update(left)
    return rows


def write(path: str, known: Mapping[Key, Collection[str]]) -> None:
    """Writes ``known`` to the file at ``path``, sorted, so that changes of it are readable.

    Raises:
        OSError: it cannot be written.
    """
    rows = [{**row._asdict(), "tests": sorted(tests)} for row, tests in sorted(known.items())]
    write_whole(path, json.dumps({"format": _FORMAT, "deviations": rows}, indent=2) + "\n")
