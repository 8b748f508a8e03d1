"""``ips-contract generate``: many messages, the same for the same seed."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ips_contract import __version__
from ips_contract.cli.arguments import SUBMIT
from ips_contract.cli.exit_status import ERROR, OK
from ips_contract.cli.terminal import Progress, complain
from ips_contract.generation.messages import all_message_names, versions_of
from ips_contract.generation.mutations.mutation import CONTENT, DOCUMENT, EXCHANGE, WRAPPING
from ips_contract.generation.mutations.table import break_rules, is_error, possible, rule_ids
from ips_contract.generation.random_messages import (
    draw,
    draw_envelope,
    draw_exchange,
    draw_fault,
    message_choices,
    request_choices,
)
from ips_contract.generation.serialization import to_element
from ips_contract.generation.tree_walk import to_xml
from ips_contract.validation.validator import validate
from ips_contract.xml.text import no_such

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from lxml import etree

    from ips_contract.contract.versions import Version
    from ips_contract.generation.messages import Source
    from ips_contract.generation.mutations.mutation import Mutation
    from ips_contract.generation.mutations.table import Invalid
    from ips_contract.generation.serialization import Node

    # What can be drawn in a version: sources of valid messages, and mutations of them.
    Choices = tuple[list[Source], tuple[Mutation, ...]]

# A line of its own between documents. XML 1.0 has no form feed, so no document holds one.
SEPARATOR = b"\n\f\n"
MANIFEST = "manifest.json"


class _Plainest(random.Random):
    """Makes the least message: what it can suffer, all can."""

    def randbytes(self, n: int) -> bytes:
        return bytes(n)


class Made(NamedTuple):
    """A generated document and the verdict on it; ``request`` as in an exchange."""

    xml: bytes
    request: bytes | None
    rule: str | None
    description: str
    version: Version
    path: str | None = None
    line: int | None = None


def run(args: argparse.Namespace) -> int:
    """Runs the command; returns the exit status."""
    try:
        made = _documents(args)
        if args.out is not None:
            return _write_files(made, args)
    except ValueError as error:
        complain(str(error))
        return ERROR
    out = sys.stdout.buffer
    with Progress(args.n, _bar, sys.stderr) as progress:
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


def _documents(args: argparse.Namespace) -> Iterator[Made]:
    """The documents asked for, made one by one.

    Raises:
        ValueError: the arguments do not go together; before the first document is made.
    """
    if args.job is not None and args.kind not in ("request", "envelope", "exchange"):
        raise ValueError(f"--job is for requests, not for --kind {args.kind}")
    if args.operation != SUBMIT:
        _check_operation(args)
    versions = versions_of(args.api_version)
    return _make(args, _choices(args, versions))


def _check_operation(args: argparse.Namespace) -> None:
    """Refuses an operation that is unknown, or does not go with the other arguments.

    Raises:
        ValueError: it is so.
    """
    if args.job is not None or args.kind == "fault":
        raise ValueError(f"--operation {args.operation} has no job and no faults of its own")
    known = tuple(name[: -len("Param")] for name in all_message_names() if name.endswith("Param"))
    if args.operation not in known:
        raise ValueError(no_such("operation", args.operation, known, f"there are {len(known)}"))


def _choices(args: argparse.Namespace, versions: tuple[Version, ...]) -> list[Choices]:
    """What can be drawn in each of ``versions`` that has what is asked for.

    Raises:
        ValueError: no version has it, or it cannot break the rules.
    """
    rules = args.rule
    broken = args.invalid or rules is not None
    levels = {"exchange": (EXCHANGE,)}.get(args.kind, (CONTENT, WRAPPING, DOCUMENT))
    usual = {"request": (CONTENT, DOCUMENT), "response": (CONTENT, DOCUMENT)}.get(args.kind, levels)
    rule_ids(rules)  # Unknown rules first.
    found: list[Choices] = []
    for version in versions:
        if args.kind == "response":
            sources = message_choices((version,), f"{args.operation}Return")
        elif args.kind == "fault":
            sources = message_choices((version,), "ipsApiFault")
        elif args.operation != SUBMIT:
            sources = message_choices((version,), f"{args.operation}Param")
        else:
            try:
                sources = request_choices((version,), args.job)
            except ValueError:
                if version is versions[-1] and not found:
                    raise
                continue
        if not sources:
            continue  # The version has no such operation.
        if not broken:
            found.append((sources, ()))
            continue
        example = to_element(_node(_Plainest(0), sources[0], args.kind, answer=True))
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
            found.append((sources, mutations))
    reached = {mutation.rule for _, mutations in found for mutation in mutations}
    missing = [rule for rule in rules or () if rule not in reached]
    if missing or not found:
        asked = f"{args.kind} with {args.job}" if args.job else args.kind
        if not broken:
            raise ValueError(f"none of these versions has the operation {args.operation}")
        words = f"break {', '.join(missing)}" if missing else "break one rule only"
        raise ValueError(f"no {asked} of these versions can {words}")
    return found


def _node(chance: random.Random, source: Source, kind: str, *, answer: bool = False) -> Node:
    """A valid document of ``kind``; of an exchange, its request, or its answer alone."""
    if kind == "fault":
        return draw_fault(chance)
    if kind == "exchange" and answer:
        name = source.name.removesuffix("Param") + "Return"
        source = message_choices((source.version,), name)[0]
    node = draw(chance, source)
    return draw_envelope(chance, node) if kind == "envelope" else node


def _make(args: argparse.Namespace, choices: list[Choices]) -> Iterator[Made]:
    for index in range(args.n):
        # Each document has a seed of its own, so that it is the same whatever comes before.
        chance = random.Random(f"{args.seed} {index}")  # noqa: S311
        sources, mutations = chance.choice(choices)
        source = chance.choice(sources)
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
    folder = Path(args.out)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()) and not args.force:
        complain(f"{args.out} is not empty; --force writes to it all the same")
        return ERROR
    width = len(str(max(args.n - 1, 0)))
    rows = []
    with Progress(args.n, _bar, sys.stderr) as progress:
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


def _bar(done: int, total: int) -> str:
    filled = 30 * done // total
    return f"[{'#' * filled}{'.' * (30 - filled)}] {done}/{total}"
