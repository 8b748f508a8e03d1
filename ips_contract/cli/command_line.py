"""The command ``ips-contract``: what it reads from the command line, and how it ends.

A command's module is imported when the command runs, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
import errno
import re
import sys
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from ips_contract import __version__
from ips_contract.cli import arguments, streams
from ips_contract.cli.epilogs import EPILOGS, MAIN
from ips_contract.cli.exit_status import CLOSED_PIPE, ERROR, INTERRUPTED, OK
from ips_contract.xml.text import clipped, near, no_such

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PROG = "ips-contract"
_VERSION = f"{PROG} {__version__}"
_OPTION = r"(?<![\w-])--?[A-Za-z][a-z-]*"  # In the text of --help.
# Windows says EINVAL when the reader of a pipe is gone.
_CLOSED = (errno.EPIPE, errno.EINVAL)


class Command(NamedTuple):
    """A command: ``run`` in the module of its name does it, and returns the exit status.

    ``help`` and ``version`` have no module: what they do is here.
    """

    name: str
    help: str
    add_arguments: Callable[[argparse.ArgumentParser], None]


COMMANDS: tuple[Command, ...] = (
    Command("validate", "judge messages", arguments.validate),
    Command("sample", "print a message to begin with", arguments.sample),
    Command("serve", "run a mock of the service on a port", arguments.serve),
    Command("record", "record the real service: a proxy that judges", arguments.record),
    Command("fixtures", "make tests of recorded messages", arguments.fixtures),
    Command("capture-report", "show what was recorded, as a page", arguments.capture_report),
    Command("generate", "make messages, valid ones or ones that break a rule", arguments.generate),
    Command("fuzz", "run a client against every answer that it could get", arguments.fuzz),
    Command("rules", "list the rules, or explain some of them", arguments.rules),
    Command("schema", "print the XML schema of a version", arguments.schema),
    Command("wsdl", "print the WSDL of a version, or compare another one", arguments.wsdl),
    Command("versions", "list the versions of the API", arguments.versions),
    Command("version", "print the version of ips-contract", arguments.version),
    Command("help", "explain a command", arguments.help_),
)


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(ERROR, f"{self.prog}: error: {message}\n")


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
        _parser().print_help(sys.stderr)
        return ERROR
    if args.module == "version":
        print(_VERSION)
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
    parser = _parser(name)
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
    return args


def _parser(name: str | None = None) -> argparse.ArgumentParser:
    """The parser; of the commands, only the one called ``name`` is asked what it takes."""
    parser = _Parser(
        PROG,
        description="Check messages of Adobe's Scene7 IPS SOAP API (submitJob) offline.",
        epilog=MAIN,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-V", "--version", action="version", version=_VERSION)
    parser.set_defaults(module=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command in COMMANDS:
        below = commands.add_parser(
            command.name,
            help=command.help,
            description=f"{command.help[0].upper()}{command.help[1:]}.",
            epilog=EPILOGS.get(command.name, ""),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if command.name == name:
            command.add_arguments(below)
            below.set_defaults(module=command.name.replace("-", "_"), parser=below)
    return parser


def _unknown(word: str, parser: argparse.ArgumentParser) -> str:
    if not word.startswith("-"):
        return f"{clipped(word)} is one argument too many"
    option = word.partition("=")[0]
    guess = near(option, tuple(re.findall(_OPTION, parser.format_help())))
    hint = f"did you mean {guess}?" if guess else f"{parser.prog} --help shows what there is"
    return f"no option {clipped(option)}; {hint}"
