"""The commands of ``ips-contract``, and the parser of what they are told.

It stands apart from what runs them: the man page and the completion of shells are made of it.
"""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from ips_contract import __version__
from ips_contract.cli import arguments
from ips_contract.cli.epilogs import EPILOGS, MAIN
from ips_contract.cli.exit_status import ERROR
from ips_contract.xml.text import no_such

if TYPE_CHECKING:
    from collections.abc import Callable

PROG = "ips-contract"
VERSION = f"{PROG} {__version__}"


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
    Command("completion", "print what a shell needs to complete commands", arguments.completion),
    Command("version", "print the version of ips-contract", arguments.version),
    Command("help", "explain a command", arguments.help_),
)


# argparse's own words; later versions of Python leave out the quotes around what there is.
_WRONG_CHOICE = re.compile(
    r"invalid choice: (?P<quote>['\"])(?P<given>.*)(?P=quote) \(choose from (?P<known>.*)\)"
)


class Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line, and what was meant."""

    def error(self, message: str) -> NoReturn:
        """Ends with what is wrong."""
        wrong = _WRONG_CHOICE.search(message)
        if wrong is not None:  # Of an action of a command: values say it themselves.
            known = tuple(re.findall(r"[\w-]+", wrong["known"]))
            message = no_such("command", wrong["given"], known)
        self.exit(ERROR, f"{self.prog}: error: {message}\n")


def parser_of(
    *names: str | None, kind: type[argparse.ArgumentParser] = Parser
) -> argparse.ArgumentParser:
    """The parser; of the commands, only those called ``names`` are asked what they take."""
    parser = kind(
        PROG,
        description="Check messages of Adobe's Scene7 IPS SOAP API (submitJob) offline.",
        epilog=MAIN,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-V", "--version", action="version", version=VERSION)
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
        if command.name in names:
            command.add_arguments(below)
            below.set_defaults(module=command.name.replace("-", "_"), parser=below)
    return parser


def whole_parser(kind: type[argparse.ArgumentParser] = Parser) -> argparse.ArgumentParser:
    """The parser with all that every command takes, for what is made of it: not to parse by."""
    return parser_of(*(row.name for row in COMMANDS), kind=kind)
