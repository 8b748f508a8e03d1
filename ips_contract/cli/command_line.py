"""The command ``ips-contract``: what it reads from the command line, and how it ends.

A command's module is imported when the command runs, so that ``--help`` answers at once.
"""

from __future__ import annotations

import errno
import re
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from ips_contract.cli import streams
from ips_contract.cli.commands import COMMANDS, PROG, VERSION, parser_of
from ips_contract.cli.exit_status import CLOSED_PIPE, ERROR, INTERRUPTED, OK
from ips_contract.xml.text import clipped, near, no_such

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

_OPTION = r"(?<![\w-])--?[A-Za-z][a-z-]*"  # In the text of --help.
# Windows says EINVAL when the reader of a pipe is gone.
_CLOSED = (errno.EPIPE, errno.EINVAL)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command in ``argv`` (by default the process's) and returns its exit status."""
    streams.prepare()
    try:
        status = _run(argv)
        streams.flush()
    except KeyboardInterrupt:
        status = INTERRUPTED
        streams.end("Interrupted.\n")
    except OSError as error:  # From writing; what cannot be read is told where it is read.
        if error.errno in _CLOSED and error.filename is None:
            status = CLOSED_PIPE
            streams.end()
        else:
            status = ERROR
            name = error.filename or "output"
            streams.end(f"{PROG}: {name}: {error.strerror or error}\n")
    return status


def _run(argv: Sequence[str] | None) -> int:
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        args = parsed(words)
    except SystemExit as stop:  # --help, --version, or a usage error that has been told.
        return int(stop.code or OK)
    if args.module is None:
        parser_of().print_help(sys.stderr)
        return ERROR
    if args.module == "version":
        print(VERSION)
        return OK
    if args.module == "help":
        return _run([*([args.topic] if args.topic else ()), "--help"])
    status: int = import_module(f"ips_contract.cli.{args.module}").run(args)
    return status


def parsed(words: list[str]) -> argparse.Namespace:
    """What ``words`` say; ``module`` is the command's, or None if there is none.

    Raises:
        SystemExit: there is nothing more to do.
    """
    place = next((at for at, word in enumerate(words) if not word.startswith("-")), len(words))
    name = words[place] if place < len(words) else None
    parser = parser_of(name)
    # What stands before the command is the program's; argparse would not say so.
    _, unknown = parser.parse_known_args(words[:place])
    if unknown:
        parser.error(_unknown(unknown[0], parser))
    names = tuple(row.name for row in COMMANDS)
    if name is not None and name not in names:
        parser.error(no_such("command", name, names))
    args, unknown = parser.parse_known_args(words)
    if unknown:
        # The command's own parser, whose usage has the options that there are.
        below = getattr(args, "parser", parser)
        below.error(_unknown(unknown[0], below))
    finish = getattr(args, "finish", None)
    if finish is not None:
        finish(args)
    return args


def _unknown(word: str, parser: argparse.ArgumentParser) -> str:
    if not word.startswith("-"):
        return f"{clipped(word)} is one argument too many"
    option = word.partition("=")[0]
    guess = near(option, tuple(re.findall(_OPTION, parser.format_help())))
    hint = f"did you mean {guess}?" if guess else f"{parser.prog} --help shows what there is"
    return f"no option {clipped(option)}; {hint}"
