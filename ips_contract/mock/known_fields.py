"""Which fields a request can have at all, in any version: a misspelt one is no expectation."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ips_contract.contract.model import contract, names_within
from ips_contract.contract.versions import VERSIONS
from ips_contract.mock.differences import SHORT_NAMES, path_to
from ips_contract.xml.text import near, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator


@lru_cache(maxsize=64)
def _known(operation: str) -> frozenset[str]:
    """The names of the fields that requests of an operation may have, in any version, nested too.

    With the short names that stand for some of them.
    """
    fields = names_within(f"{operation}Param")
    return fields | {short for short, name in SHORT_NAMES.items() if name in fields}


@lru_cache(maxsize=1)
def _jobs() -> tuple[str, ...]:
    """The names of the job elements of all versions."""
    jobs: set[str] = set()
    for version in VERSIONS:
        table = contract(version)
        message = table.complex_types[table.messages["submitJobParam"]]
        jobs.update(name for row in message.choices if row.required for name in row.names)
    return tuple(sorted(jobs))


def check_submission(expected: dict[str, Any]) -> None:
    """Does nothing if all fields are some that a submission can have.

    A misspelt one would be met by None, and by ``times=0``: such a test could never fail.

    Raises:
        ValueError: a field or a job is in no version of the contract.
    """
    _check_names(expected, _known("submitJob") | {"job", "jobFields"})
    job = expected.get("job")
    if isinstance(job, str) and job not in _jobs():
        raise ValueError(f"no job {quoted(job)}{_guess(job, _jobs())}")


def check_request(operation: str, expected: dict[str, Any]) -> None:
    """Does nothing if all fields are some that a request of ``operation`` can have.

    Raises:
        ValueError: a field is in no version of the contract.
    """
    _check_names(expected, _known(operation))


def _check_names(expected: dict[str, Any], known: frozenset[str]) -> None:
    names = [part for name in expected for part in path_to(name)]
    for part in (*names, *_names_in(list(expected.values()))):
        if part not in known:
            may_be = known | {"times"} - {part} if part in expected else known
            raise ValueError(f"no field {quoted(part)}{_guess(part, tuple(sorted(may_be)))}")


def _names_in(want: object) -> Iterator[str]:
    """The names of nested fields in what is expected."""
    if isinstance(want, dict):
        yield from want
        want = list(want.values())
    if isinstance(want, (list, tuple)):
        for item in want:
            yield from _names_in(item)


def _guess(name: str, known: tuple[str, ...]) -> str:
    guess = near(name, known) or near(f"{name}Job", known)
    return f"; did you mean {guess}?" if guess else ""
