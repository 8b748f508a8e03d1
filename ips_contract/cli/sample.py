"""``ips-contract sample``: a message that a person would write, to begin with."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ips_contract.cli.exit_status import ERROR, OK
from ips_contract.cli.terminal import complain
from ips_contract.contract.versions import VERSIONS
from ips_contract.generation.samples import kinds, sample, versions_with
from ips_contract.validation.validator import validate

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from ips_contract.contract.versions import Version


def run(args: argparse.Namespace) -> int:
    """Prints the message, or what there is; the exit status."""
    if args.list and args.name is None:
        print(listing(args.api_version))
        return OK
    if args.list or args.name is None:
        words = "--list and a name are both given" if args.list else "name a job or an operation"
        complain(f"{words}; `ips-contract sample --list` shows what there is")
        return ERROR
    try:
        message = sample(args.name, args.api_version, wrap=args.wrap, full=args.full)
    except ValueError as error:
        complain(str(error))
        return ERROR
    sys.stdout.flush()
    print(message.decode(), end="")
    for found in validate(message).violations:  # Of jobs that are remarked on wherever they stand.
        complain(f"{found.severity}: {found.rule}: {found.message}")
    return OK


def listing(version: Version | None = None) -> str:
    """What there are samples of, in ``version`` if one is given: names, elements, versions."""
    having = {kind: versions_with(kind) for kind in kinds()}
    shown = [kind for kind, found in having.items() if version is None or version in found]
    jobs = [("JOB", "ELEMENT", "VERSIONS")]
    jobs += [
        (kind.job.removesuffix("Job"), kind.job, _range(having[kind])) for kind in shown if kind.job
    ]
    operations = [("OPERATION", "REQUEST, ANSWER", "VERSIONS")]
    for kind in shown:
        name = kind.message.removesuffix("Param")
        if name != kind.message and not kind.job:
            operations.append((name, f"{name}Param, {name}Return", _range(having[kind])))
    return f"{_table(jobs)}\n\n{_table(operations)}"


def _range(found: tuple[Version, ...]) -> str:
    """``all``, ``4.2 to 6.8``, or the versions one by one where there is a gap."""
    if found == VERSIONS:
        return "all"
    first, last = found[0], found[-1]
    if len(found) > 1 and last.rank - first.rank == len(found) - 1:
        return f"{first} to {last}"
    return ", ".join(map(str, found))


def _table(rows: Iterable[tuple[str, str, str]]) -> str:
    rows = list(rows)
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    return "\n".join(f"{a:{widths[0]}}  {b:{widths[1]}}  {c}" for a, b, c in rows)
