"""The command ``ips-contract generate``: many messages, the same for the same seed.

What needs lxml is imported when messages are made, so that ``--help`` answers at once.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any, NamedTuple, Self

if TYPE_CHECKING:
    import argparse
    import random
    from collections.abc import Iterator

    from lxml import etree

    from ips_contract.contract.versions import Version
    from ips_contract.generation.mutations.mutation import Mutation
    from ips_contract.generation.mutations.table import Invalid

OK, FAILED = 0, 2
_SUBMIT = "submitJob"
KINDS = ("request", "response", "fault", "envelope", "exchange")
# A line of its own between documents. XML 1.0 has no form feed, so no document holds one.
SEPARATOR = b"\n\f\n"
MANIFEST = "manifest.json"


class Made(NamedTuple):
    """A generated document and the verdict on it; ``request`` as in an exchange."""

    xml: bytes
    request: bytes | None
    rule: str | None
    description: str
    version: Version
    path: str | None = None
    line: int | None = None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of the command."""
    add = parser.add_argument
    add("--kind", choices=KINDS, default="request", help="(default: %(default)s)")
    add("--invalid", action="store_true", help="break exactly one rule in each")
    add(
        "--rule",
        action="append",
        metavar="R",
        help="break this rule, one of `ips-contract rules`; may be repeated; implies --invalid",
    )
    add("-n", type=_count, default=1, metavar="N", help="how many (default: %(default)s)")
    add("--seed", type=_seed, default=0, metavar="S", help="same seed, same bytes (default: 0)")
    add("--api-version", action="append", metavar="V", help="such as 4.5; may be repeated")
    add(
        "--operation",
        metavar="NAME",
        default=_SUBMIT,
        help="whose requests and responses (default: %(default)s)",
    )
    add("--job", metavar="NAME", help="the job element of each request, such as uploadUrlsJob")
    add("--out", metavar="DIR", help="write a file for each, and manifest.json with the verdicts")
    add("--force", action="store_true", help="write to --out DIR even if it is not empty")


def _count(text: str) -> int:
    import argparse

    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number of messages")
    return int(text)


def _seed(text: str) -> int:
    import argparse

    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no seed: give a whole number") from None


def run(args: argparse.Namespace) -> int:
    """Runs the command; returns the exit status."""
    try:
        made = _documents(args)
        if args.out is not None:
            return _write_files(made, args)
    except ValueError as error:
        return _refuse(str(error))
    out = sys.stdout.buffer
    with _Progress(args.n) as progress:
        for index, document in enumerate(made):
            progress.show(index)
            if index:
                out.write(SEPARATOR)
            if document.request is not None:
                out.write(document.request + SEPARATOR)
            out.write(document.xml)
        if args.n:
            out.write(b"\n")
    return OK


def _refuse(message: str) -> int:
    print(f"ips-contract: {message}", file=sys.stderr)
    return FAILED


def _documents(args: argparse.Namespace) -> Iterator[Made]:
    """The documents asked for, made one by one.

    Raises:
        ValueError: the arguments do not go together; before the first document is made.
    """
    from ips_contract.generation.messages import versions_of

    if args.job is not None and args.kind not in ("request", "envelope", "exchange"):
        raise ValueError(f"--job is for requests, not for --kind {args.kind}")
    if args.operation != _SUBMIT:
        _check_operation(args)
    versions = versions_of(args.api_version)
    ways = _ways(args, versions)
    return _make(args, ways)


def _check_operation(args: argparse.Namespace) -> None:
    """Refuses an operation that is unknown, or does not go with the other arguments.

    Raises:
        ValueError: it is so.
    """
    from ips_contract.generation.messages import all_names
    from ips_contract.xml.text import near

    if args.job is not None or args.kind == "fault":
        raise ValueError(f"--operation {args.operation} has no job and no faults of its own")
    known = tuple(name[: -len("Param")] for name in all_names() if name.endswith("Param"))
    if args.operation not in known:
        guess = near(args.operation, known)
        hint = f"; did you mean {guess}?" if guess else f"; there are {len(known)}"
        raise ValueError(f"no operation {args.operation!r}{hint}")


def _ways(
    args: argparse.Namespace, versions: tuple[Version, ...]
) -> list[tuple[Any, tuple[Mutation, ...]]]:
    """What can be drawn, by version: sources of valid messages, and mutations of them."""
    from ips_contract.generation.mutations.mutation import CONTENT, DOCUMENT, EXCHANGE, WRAPPING
    from ips_contract.generation.mutations.table import possible, rule_ids
    from ips_contract.generation.random_messages import message_choices, request_choices
    from ips_contract.generation.serialization import to_element
    from ips_contract.generation.tree_walk import to_xml
    from ips_contract.validation.validator import validate

    rules = args.rule
    broken = args.invalid or rules is not None
    levels = {"exchange": (EXCHANGE,)}.get(args.kind, (CONTENT, WRAPPING, DOCUMENT))
    usual = {"request": (CONTENT, DOCUMENT), "response": (CONTENT, DOCUMENT)}.get(args.kind, levels)
    rule_ids(rules)  # Unknown rules first.
    found: list[tuple[Any, tuple[Mutation, ...]]] = []
    for version in versions:
        if args.kind == "response":
            choices = message_choices((version,), f"{args.operation}Return")
        elif args.kind == "fault":
            choices = message_choices((version,), "ipsApiFault")
        elif args.operation != _SUBMIT:
            choices = message_choices((version,), f"{args.operation}Param")
        else:
            try:
                choices = request_choices((version,), args.job)
            except ValueError:
                if version is versions[-1] and not found:
                    raise
                continue
        if not choices:
            continue  # The version has no such operation.
        if not broken:
            found.append((choices, ()))
            continue
        example = to_element(_node(_plainest(), choices[0], args.kind, answer=True))
        if validate(to_xml(example)).violations:
            continue  # The job is remarked on: another rule would not be broken alone.
        mutations = tuple(
            each
            for each in possible(example, version, levels, keep_job=args.job is not None)
            if (
                each.rule in rules if rules else each.level in usual and each.rule in rule_ids(None)
            )
        )
        if mutations:
            found.append((choices, mutations))
    reached = {mutation.rule for _, mutations in found for mutation in mutations}
    missing = [rule for rule in rules or () if rule not in reached]
    if missing or not found:
        asked = f"{args.kind} with {args.job}" if args.job else args.kind
        if not broken:
            raise ValueError(f"none of these versions has the operation {args.operation}")
        words = f"break {', '.join(missing)}" if missing else "break one rule only"
        raise ValueError(f"no {asked} of these versions can {words}")
    return found


def _plainest() -> random.Random:
    import random

    class Plainest(random.Random):
        """Makes the least message: what it can suffer, all can."""

        def randbytes(self, n: int) -> bytes:
            return bytes(n)

    return Plainest(0)


def _node(chance: random.Random, source: Any, kind: str, *, answer: bool = False) -> Any:
    from ips_contract.generation.random_messages import (
        draw,
        draw_envelope,
        draw_fault,
        message_choices,
    )

    if kind == "fault":
        return draw_fault(chance)
    if kind == "exchange" and answer:
        name = source.name.removesuffix("Param") + "Return"
        source = message_choices((source.version,), name)[0]
    node = draw(chance, source)
    return draw_envelope(chance, node) if kind == "envelope" else node


def _make(args: argparse.Namespace, ways: list[Any]) -> Iterator[Made]:
    import random

    from ips_contract.generation.mutations.table import break_rules
    from ips_contract.generation.random_messages import draw_exchange
    from ips_contract.generation.serialization import to_element
    from ips_contract.generation.tree_walk import to_xml

    for index in range(args.n):
        # Each document has a seed of its own, so that it is the same whatever comes before.
        chance = random.Random(f"{args.seed} {index}")  # noqa: S311
        choices, mutations = chance.choice(ways)
        source = chance.choice(choices)
        request: etree._Element | None = None
        if args.kind == "exchange":
            request, root = draw_exchange(chance, source)
        else:
            root = to_element(_node(chance, source, args.kind))
        if not mutations:
            asked = None if request is None else to_xml(request)
            yield Made(to_xml(root), asked, None, "", source.version)
            continue
        rule = chance.choice(sorted({mutation.rule for mutation in mutations}))
        mutation = chance.choice([each for each in mutations if each.rule == rule])
        yield _made(
            break_rules(
                *(root, source.version, [mutation], chance.choice),
                request=request,
                keep_job=args.job is not None,
            )
        )


def _made(broken: Invalid) -> Made:
    return Made(
        *(broken.xml, broken.request, broken.rule, broken.description, broken.version),
        *(broken.path, broken.line),
    )


def _write_files(made: Iterator[Made], args: argparse.Namespace) -> int:
    import json
    from pathlib import Path

    from ips_contract import __version__
    from ips_contract.generation.mutations.table import is_error

    folder = Path(args.out)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()) and not args.force:
        return _refuse(f"{args.out} is not empty; --force writes to it all the same")
    width = len(str(max(args.n - 1, 0)))
    rows = []
    with _Progress(args.n) as progress:
        for index, document in enumerate(made):
            progress.show(index)
            stem = f"{index:0{width}}-{document.rule or 'valid'}"
            asked = None if document.request is None else f"{stem}.request.xml"
            for name, data in ((f"{stem}.xml", document.xml), (asked, document.request)):
                if name is not None and data is not None:
                    (folder / name).write_bytes(data)
            rows.append(
                {
                    "name": f"{stem}.xml",
                    "request": asked,
                    "valid": document.rule is None or not is_error(document.rule),
                    "rule": document.rule,
                    "path": document.path,
                    "line": document.line,
                    "version": document.version.label,
                    "description": document.description,
                }
            )
    manifest = {
        "tool": f"ips-contract {__version__}",
        "kind": args.kind,
        "seed": args.seed,
        "documents": rows,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    (folder / MANIFEST).write_bytes(text.encode())
    return OK


class _Progress:
    """``123/4000`` with a bar, on a terminal, from the first second on; gone at the end."""

    def __init__(self, total: int) -> None:
        shows = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._total = total
        self._due = time.monotonic() + 1 if shows else float("inf")
        self._shown = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            print(f"\r{' ' * len(self._shown)}\r", end="", file=sys.stderr, flush=True)

    def show(self, done: int) -> None:
        """Says that ``done`` documents are done, ten times a second at most."""
        now = time.monotonic()
        if now < self._due:
            return
        self._due = now + 0.1
        filled = 30 * done // self._total
        self._shown = f"[{'#' * filled}{'.' * (30 - filled)}] {done}/{self._total}"
        print(f"\r{self._shown}", end="", file=sys.stderr, flush=True)
