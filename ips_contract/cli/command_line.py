"""The command ``ips-contract``: what it reads from the command line, and how it ends.

A command's module is imported when the command runs, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
import errno
import re
import sys
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from ips_contract import __version__
from ips_contract.cli import arguments, streams
from ips_contract.cli.exit_status import CLOSED_PIPE, ERROR, INTERRUPTED, OK
from ips_contract.xml.text import near

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PROG = "ips-contract"
# Windows says EINVAL when the reader of a pipe is gone.
_CLOSED = (errno.EPIPE, errno.EINVAL)


class Command(NamedTuple):
    """A command: ``run`` in the module of its name does it, and returns the exit status."""

    name: str
    help: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    epilog: str = ""


COMMANDS: tuple[Command, ...] = (
    Command("validate", "judge messages", arguments.validate, arguments.VALIDATE_EPILOG),
    Command("serve", "run a mock of the service on a port", arguments.serve),
    Command("generate", "make messages, valid ones or ones that break a rule", arguments.generate),
    Command(
        *("fuzz", "run a client against every answer that it could get"),
        *(arguments.fuzz, arguments.FUZZ_EPILOG),
    ),
    Command("rules", "list the rules, with their faults and sources", arguments.rules),
    Command("schema", "print the XML schema of a version", arguments.schema),
    Command("versions", "list the versions of the API", arguments.versions),
)


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
    parser = _parser(sys.argv[1:] if argv is None else argv)
    try:
        args, unknown = parser.parse_known_args(argv)
        if unknown:
            # The command's own parser, whose usage has the options that there are.
            below = getattr(args, "parser", parser)
            below.error(_unknown(unknown[0], below))
    except SystemExit as stop:  # --help, --version, or a usage error that argparse has told.
        return int(stop.code or OK)
    if args.module is None:
        parser.print_help(sys.stderr)
        return ERROR
    status: int = import_module(f"ips_contract.cli.{args.module}").run(args)
    return status


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        PROG, description="Check messages of Adobe's Scene7 IPS SOAP API (submitJob) offline."
    )
    parser.add_argument("--version", action="version", version=f"{PROG} {__version__}")
    parser.set_defaults(module=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command in COMMANDS:
        below = commands.add_parser(
            command.name,
            help=command.help,
            description=f"{command.help[0].upper()}{command.help[1:]}.",
            epilog=command.epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if command.name in words:  # Others are not asked what they take.
            command.add_arguments(below)
            below.set_defaults(module=command.name, parser=below)
    return parser


def _unknown(word: str, parser: argparse.ArgumentParser) -> str:
    if not word.startswith("-"):
        return f"{word} is one argument too many"
    option = word.partition("=")[0]
    guess = near(option, tuple(re.findall("--[a-z-]+", parser.format_help())))
    return f"no option {option}" + (f"; did you mean {guess}?" if guess else "")
