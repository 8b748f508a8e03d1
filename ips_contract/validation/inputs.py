"""What ``ips-contract validate`` is given: files, folders, standard input and captured traffic."""

from __future__ import annotations

import errno
import os
import stat
import sys
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from ips_contract.validation.report import Report, violation
from ips_contract.validation.validator import validate
from ips_contract.xml.parser import DEFAULT_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ips_contract.contract.versions import Version

STDIN = "-"
SUFFIXES = (".xml", ".soap")
# Files that hold exchanges; a folder's are not taken, for they may be anything else.
HAR, LOG = ".har", ".jsonl"
MOST_CAPTURED = 256 * 1024 * 1024  # Bytes of a log or a HAR file.
_MOST_PROBLEMS = 20  # Exchanges of one file that are told as unreadable.
_CHUNK = 1024 * 1024


class Problem(NamedTuple):
    """What could not be judged, by the name of the file or folder, and why.

    ``failed`` is False where nothing was lost: other traffic was passed over.
    """

    name: str
    words: str
    failed: bool = True


class Inside(NamedTuple):
    """Where a document stands that is part of a file: captured traffic.

    ``part`` is what of it, such as ``line 3 request``; ``line`` the line of the file that holds
    the whole document, None if there is no such line.
    """

    file: str
    part: str
    line: int | None = None


class Judged(NamedTuple):
    """A document's name and report; ``inside`` says where it stands, if that is part of a file."""

    name: str
    report: Report
    inside: Inside | None = None


class Terms(NamedTuple):
    """How to judge; as for ``validate``. ``limit`` is in bytes, None for the usual one."""

    version: Version | None
    engine: str
    limit: int | None
    logged_in: bool = False


def expand(names: Sequence[str], output: str | None) -> tuple[list[str], list[Problem]]:
    """The files that ``names`` stand for, and those of them that stand for none."""
    skipped = None if output is None else os.path.realpath(output)
    paths: list[str] = []
    problems: list[Problem] = []
    for name in names:
        if name == STDIN or not os.path.isdir(name):
            paths.append(name)
            continue
        errors: list[OSError] = []
        found = [path for path in _inside(name, errors) if os.path.realpath(path) != skipped]
        paths += found
        problems += [Problem(error.filename, _words(error)) for error in errors]
        if not found and not errors:
            kinds = " or ".join(f"*{suffix}" for suffix in SUFFIXES)
            problems.append(Problem(name, f"no {kinds} file in it"))
    return paths, problems


def _words(error: OSError) -> str:
    return error.strerror or str(error)


def _inside(folder: str, errors: list[OSError]) -> Iterator[str]:
    """The documents under ``folder``, sorted; links to folders are not followed."""
    for parent, folders, files in os.walk(folder, onerror=errors.append):
        folders.sort()
        for file in sorted(files):
            path = os.path.join(parent, file)
            if file.lower().endswith(SUFFIXES) and not _is_special(path):
                yield path


def _is_special(path: str) -> bool:
    """Whether ``path`` is a pipe or a device, which nobody means by naming its folder."""
    from pathlib import Path  # Who names files has no need of it.

    try:
        return not stat.S_ISREG(Path(path).stat().st_mode)
    except OSError:
        return False  # Reading it will say what is wrong.


def judge_file(path: str, terms: Terms) -> Iterator[Judged | Problem]:
    """The reports on all documents in the file at ``path``, and what could not be judged."""
    if path.lower().endswith((HAR, LOG)):
        yield from _judge_captures(path, terms)
        return
    name = "<stdin>" if path == STDIN else path
    limit = terms.limit or DEFAULT_LIMIT
    try:
        data = read(path, limit + 1)
    except OSError as error:
        yield Problem(name, _words(error))
        return
    if len(data) > limit:
        message = f"The document is larger than {limit} bytes; --max-bytes sets another limit."
        yield Judged(name, Report("", None, (violation("too-large", message),)))
        return
    report = validate(
        data,
        version=terms.version,
        engine=terms.engine,
        limit=limit,
        logged_in=terms.logged_in,
    )
    yield Judged(name, report)


def _judge_captures(path: str, terms: Terms) -> Iterator[Judged | Problem]:
    # Most files are documents; to load this takes a tenth of the time to judge one.
    from ips_contract.validation.traffic.captures import judge_capture, read_captures

    try:
        captures = read_captures(read(path, MOST_CAPTURED), har=path.lower().endswith(HAR))
    except OSError as error:
        yield Problem(path, _words(error))
        return
    except ValueError as error:
        yield Problem(path, str(error))
        return
    yield from _some(path, captures.problems, "and {} more that could not be read", failed=True)
    yield from _some(path, captures.remarks, "and {} more without an answer", failed=False)
    if not captures.exchanges:
        if captures.problems:
            return
        yield Problem(path, "no exchange with a message for the API in it")
        return
    if captures.skipped:
        counts = f"{captures.skipped} of {captures.entries} entries passed over"
        yield Problem(path, f"{counts}: no message for the API in them", failed=False)
    limit = terms.limit or DEFAULT_LIMIT
    for capture in captures.exchanges:
        judged = judge_capture(
            capture,
            version=terms.version,
            engine=terms.engine,
            limit=limit,
            logged_in=terms.logged_in,
        )
        for name, report in judged:
            yield Judged(f"{path} {name}", report, Inside(path, name, capture.line))


def _some(path: str, told: Sequence[str], rest: str, *, failed: bool) -> Iterator[Problem]:
    """The first of what is told of the exchanges in the file at ``path``, and how many more."""
    for words in told[:_MOST_PROBLEMS]:
        yield Problem(path, words, failed)
    more = len(told) - _MOST_PROBLEMS
    if more > 0:
        yield Problem(path, rest.format(more), failed)


def read(path: str, most: int) -> bytes:
    """The first ``most`` bytes of the file at ``path``, or of standard input.

    Raises:
        OSError: it cannot be read.
    """
    if path != STDIN:
        with open(path, "rb") as file:
            return _first(file, most)
    if sys.stdin is None:
        raise OSError(errno.EBADF, "standard input is closed")
    return _first(sys.stdin.buffer, most)


def _first(file: BinaryIO, most: int) -> bytes:
    # By chunks, because read(most) would take the memory for all of it at once.
    chunks = []
    while most and (chunk := file.read(min(most, _CHUNK))):
        chunks.append(chunk)
        most -= len(chunk)
    return b"".join(chunks)
