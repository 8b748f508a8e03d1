"""The command line: ``ips-contract validate``, ``rules``, ``schema``, ``versions``.

What reads XML is imported when a command needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
import errno
import io
import os
import re
import sys
import time
from contextlib import nullcontext
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple, Self, TextIO

from ips_contract import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from ips_contract.contract.versions import Version
    from ips_contract.validation.inputs import Judged, Problem
    from ips_contract.validation.report.report import Report

PROG = "ips-contract"
OK, INVALID, FAILED = 0, 1, 2
INTERRUPTED, CLOSED_PIPE = 130, 141  # What a shell says of SIGINT and SIGPIPE.
# Windows says EINVAL when the reader of a pipe is gone.
_CLOSED = (errno.EPIPE, errno.EINVAL)
FORMATS = TEXT, JSON, SARIF, JUNIT = ("text", "json", "sarif", "junit")
# The engines of ips_contract.validation.engines, whose import costs too much for --help.
ENGINES = ("lxml", "xmlschema", "both")

_STATUSES = """\
exit status: 0 every document is valid, 1 some are not, 2 a file could not be read or the
command was wrong (2 wins over 1), 130 interrupted, 141 the reader of a pipe went away"""


class Command(NamedTuple):
    """A subcommand: ``arguments`` declares its arguments, ``run`` returns the exit status."""

    name: str
    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]
    epilog: str = ""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command in ``argv`` (by default the process's) and returns its exit status."""
    _prepare_streams()
    try:
        status = _run(argv)
        _flush()
    except KeyboardInterrupt:
        status = _end(INTERRUPTED, "Interrupted.\n")
    except OSError as error:  # From writing; what cannot be read is told where it is read.
        if error.errno in _CLOSED and error.filename is None:
            status = _end(CLOSED_PIPE)
        else:
            status = _end(FAILED, f"{PROG}: {_words(error, error.filename or 'output')}\n")
    return status


def _run(argv: Sequence[str] | None) -> int:
    words = sys.argv[1:] if argv is None else argv
    parser = _parser(words)
    try:
        args, unknown = parser.parse_known_args(argv)
        if unknown:
            # The command's own parser, whose usage has the options that there are.
            below = getattr(args, "parser", parser)
            below.error(_unknown(unknown[0], below))
    except SystemExit as stop:  # --help, --version, or a usage error that argparse has told.
        return int(stop.code or OK)
    if args.run is None:
        parser.print_help(sys.stderr)
        return FAILED
    status: int = args.run(args)
    return status


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        PROG, description="Check messages of Adobe's Scene7 IPS SOAP API (submitJob) offline."
    )
    parser.add_argument("--version", action="version", version=f"{PROG} {__version__}")
    parser.set_defaults(run=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command in COMMANDS:
        below = commands.add_parser(
            command.name,
            help=command.help,
            description=f"{command.help[0].upper()}{command.help[1:]}.",
            epilog=command.epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if command.name in words:  # Others' modules need not be imported.
            command.arguments(below)
            below.set_defaults(run=command.run, parser=below)
    return parser


def _unknown(word: str, parser: argparse.ArgumentParser) -> str:
    if not word.startswith("-"):
        return f"{word} is one argument too many"
    from ips_contract.xml.text import near

    option = word.partition("=")[0]
    guess = near(option, tuple(re.findall("--[a-z-]+", parser.format_help())))
    return f"no option {option}" + (f"; did you mean {guess}?" if guess else "")


def _prepare_streams() -> None:
    """Lets any character be written, and to a stream that is closed (``>&-``) anything at all."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, _Nowhere(io.FileIO(os.devnull, "w")))
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


class _Nowhere(io.TextIOWrapper):
    """What stands for a stream that is closed."""


def _flush() -> None:
    sys.stdout.flush()
    sys.stderr.flush()


def _end(status: int, message: str = "") -> int:
    """Says ``message`` and writes what is left; streams that cannot be written fall silent."""
    for stream, text in ((sys.stdout, ""), (sys.stderr, message)):
        try:
            print(text, end="", file=stream, flush=True)
        except OSError:
            # Else the interpreter would try once more at its end and complain.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return status


def _complain(message: str) -> None:
    from ips_contract.validation.report.text import shown

    sys.stdout.flush()  # So that both streams tell things in the order in which they happened.
    print(f"{PROG}: {shown(message)}", file=sys.stderr)


def _words(error: OSError, name: str) -> str:
    return f"{name}: {error.strerror or error}"


# validate


def _validate_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "files",
        nargs="+",
        metavar="FILE",
        help="a document; a log of serve (*.jsonl) or a HAR file (*.har); - for standard input; "
        "a folder for its *.xml and *.soap files",
    )
    add("--format", choices=FORMATS, default=TEXT, help="of the findings (default: %(default)s)")
    add("--output", metavar="FILE", help="write there instead of to standard output")
    add("--explain", action="store_true", help="text: show the source line of each finding")
    add("--strict", action="store_true", help="let warnings fail, too")
    add(
        "--api-version",
        type=_version,
        metavar="V",
        help="judge by this version, such as 4.5, 2012R1 or 2010-01-31 (default: the namespace's)",
    )
    add("--engine", choices=ENGINES, default="lxml", help="XSD engine (default: %(default)s)")
    add("--max-bytes", type=_size, metavar="N", help="refuse larger documents (default: 1 MiB)")


def _version(name: str) -> Version:
    from ips_contract.contract.versions import find_version

    try:
        return find_version(name)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _size(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of bytes")
    return int(text)


def _validate(args: argparse.Namespace) -> int:
    from ips_contract.validation.inputs import Judged, Problem, Terms, expand, judge_file
    from ips_contract.validation.report.report import Report

    conflict = _conflict(args)
    if conflict:
        _complain(conflict)
        return FAILED
    outcomes = dict.fromkeys(("valid", "invalid", "with warnings", "unreadable"), 0)
    kept: list[Judged] = []
    paths, problems = expand(args.files, args.output)
    for problem in problems:
        _complain(f"{problem.name}: {problem.words}")
    terms = Terms(args.api_version, args.engine, args.max_bytes)
    with _opened(args.output) as out, Progress(len(paths), sys.stderr) as progress:
        color = args.output is None and _is_colored(sys.stdout)
        for done, path in enumerate(paths):
            progress.show(done)
            for found in judge_file(path, terms):
                if isinstance(found, Problem):
                    progress.clear()
                    _complain(f"{found.name}: {found.words}")
                    outcomes["unreadable"] += found.failed
                    problems += [found] * found.failed
                    continue
                name, report, inside = found
                outcomes[_outcome(report, strict=args.strict)] += 1
                if args.format == TEXT:
                    progress.clear()
                    _print_report(out, name, report, explain=args.explain, color=color)
                else:  # Without the documents, which would fill the memory.
                    report = Report(report.message, report.version, report.violations)
                    kept.append(Judged(name, report, inside))
        if args.format != TEXT:
            out.write(_formatted(args.format, kept, problems, strict=args.strict))
    if args.format == TEXT and sum(outcomes.values()) > 1:
        sys.stdout.flush()
        print(_summary(outcomes), file=sys.stderr)
    if problems:
        return FAILED
    return INVALID if outcomes["invalid"] or outcomes["with warnings"] else OK


def _conflict(args: argparse.Namespace) -> str | None:
    """What is wrong with a command that argparse takes."""
    if args.output is None and isinstance(sys.stdout, _Nowhere):
        return "standard output is closed; --output FILE writes the findings there"
    if args.explain and args.format != TEXT:
        return f"--explain is for --format text, not {args.format}"
    if args.engine != "lxml" and find_spec("xmlschema") is None:
        return f"--engine {args.engine} needs xmlschema: pip install 'ips-contract[xmlschema]'"
    if args.output is not None:
        from ips_contract.validation.inputs import STDIN

        target = os.path.realpath(args.output)
        if any(path != STDIN and os.path.realpath(path) == target for path in args.files):
            return f"--output {args.output} would overwrite a document to be judged"
    return None


def _opened(path: str | None) -> AbstractContextManager[TextIO]:
    if path is None:
        return nullcontext(sys.stdout)
    return open(path, "w", encoding="utf-8", errors="backslashreplace")


def _outcome(report: Report, *, strict: bool) -> str:
    if not report.valid:
        return "invalid"
    return "with warnings" if strict and report.violations else "valid"


def _summary(outcomes: Mapping[str, int]) -> str:
    """``12 files: 10 valid, 2 invalid``."""
    told = [
        f"{number} {outcome}"
        for outcome, number in outcomes.items()
        if number or outcome in ("valid", "invalid")
    ]
    return f"{sum(outcomes.values())} files: {', '.join(told)}"


def _print_report(out: TextIO, name: str, report: Report, *, explain: bool, color: bool) -> None:
    from ips_contract.validation.report.text import report_lines

    if explain:
        # An empty line keeps findings of different documents apart.
        print(report.text(name, color=color), end="\n\n" if report.violations else "\n", file=out)
    else:
        print(*report_lines(name, report, color=color), sep="\n", file=out)


def _formatted(kind: str, judged: list[Judged], problems: list[Problem], *, strict: bool) -> str:
    from pathlib import Path

    from ips_contract.validation.report.formats import as_json, as_junit, as_sarif

    reports = [(name, report) for name, report, _ in judged]
    unreadable = [(name, words) for name, words, _ in problems]
    if kind == JSON:
        return as_json(reports, unreadable)
    if kind == SARIF:
        inside = {name: place for name, _, place in judged if place is not None}
        return as_sarif(reports, unreadable, base=str(Path.cwd()), inside=inside)
    return as_junit(reports, unreadable, strict=strict)


# Terminals


def _is_terminal(stream: TextIO) -> bool:
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def _is_colored(stream: TextIO) -> bool:
    """Whether ``stream`` shows colours and its user wants them (https://no-color.org)."""
    if os.environ.get("NO_COLOR") or not _is_terminal(stream):
        return False
    # Terminals that show colours on Windows say what they are; the old console does not.
    return os.name != "nt" or any(os.environ.get(name) for name in ("WT_SESSION", "TERM"))


class Progress:
    """``123/4000 files`` on a terminal, from the first second on; gone at the end.

    ``clear`` must be called before anything else is written to a terminal.
    """

    def __init__(
        self, total: int, stream: TextIO, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._total = total
        self._stream = stream
        self._clock = clock
        self._length = 0
        shows = total > 1 and _is_terminal(stream)
        self._due = clock() + 1 if shows else float("inf")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def show(self, done: int) -> None:
        """Says that ``done`` files are done, ten times a second at most."""
        now = self._clock()
        if now < self._due:
            return
        self._due = now + 0.1
        text = f"{done}/{self._total} files"
        self._length = len(text)
        print(f"\r{text}", end="", file=self._stream, flush=True)

    def clear(self) -> None:
        """Wipes the line, if there is one."""
        if self._length:
            print(f"\r{' ' * self._length}\r", end="", file=self._stream, flush=True)
            self._length = 0


# rules, schema, versions


def _format_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format", choices=(TEXT, JSON), default=TEXT, help="(default: %(default)s)"
    )


def _rules(args: argparse.Namespace) -> int:
    from ips_contract.contract.faults import FAULT_CODES
    from ips_contract.contract.rules import EVIDENCE, RULES
    from ips_contract.validation.report.formats import to_json

    names = {code: row.name for code, row in FAULT_CODES.items()}
    if args.format == JSON:
        rows = [
            {
                "id": rule.id,
                "severity": rule.severity,
                "fault_code": rule.fault,
                "fault_name": names[rule.fault] if rule.fault else None,
                "meaning": rule.meaning,
                "source": rule.source,
                "request_only": rule.request_only,
            }
            for rule in RULES.values()
        ]
        print(to_json({"rules": rows, "evidence": EVIDENCE}), end="")
        return OK
    width = max(map(len, RULES))
    for rule in RULES.values():
        fault = f"  fault {rule.fault} ({names[rule.fault]})" if rule.fault else ""
        print(f"{rule.id:{width}}  {rule.severity:7}{fault}".rstrip())
        print(f"    {rule.meaning}{' Requests only.' if rule.request_only else ''}")
        print(f"    source: {rule.source}\n")
    print("Sources:")
    for letter, meaning in EVIDENCE.items():
        print(f"    {letter}  {meaning}")
    return OK


def _schema_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--api-version", type=_version, metavar="V", help="such as 4.5 (default: the latest)"
    )


def _schema(args: argparse.Namespace) -> int:
    from ips_contract.contract.schema import schema_text
    from ips_contract.contract.versions import LATEST

    print(schema_text(args.api_version or LATEST), end="")
    return OK


def _versions(args: argparse.Namespace) -> int:
    from ips_contract.contract.versions import VERSIONS
    from ips_contract.validation.report.formats import to_json

    if args.format == JSON:
        rows = [
            {
                "label": version.label,
                "date": version.date or None,
                "aliases": version.aliases,
                "namespace": version.namespace,
                "wsdl": version.wsdl,
            }
            for version in VERSIONS
        ]
        print(to_json({"versions": rows}), end="")
        return OK
    table = [("LABEL", "ALIASES", "NAMESPACE", "WSDL")]
    for version in VERSIONS:
        aliases = ", ".join(filter(None, (version.date, *version.aliases)))
        table.append((version.label, aliases, version.namespace, version.wsdl))
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = (f"{cell:{width}}" for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())
    return OK


def _module(name: str) -> Command:
    """The command that the module ``name`` implements, which is imported when it is used."""

    def arguments(parser: argparse.ArgumentParser) -> None:
        module = import_module(f"ips_contract.cli.{name}")
        module.add_arguments(parser)
        parser.epilog = getattr(module, "EPILOG", "")

    def run(args: argparse.Namespace) -> int:
        status: int = import_module(f"ips_contract.cli.{name}").run(args)
        return status

    return Command(name, _HELP[name], arguments, run)


# What other modules do, in a line each.
_HELP = {
    "serve": "run a mock of the service on a port",
    "generate": "make messages, valid ones or ones that break a rule",
    "fuzz": "run a client against every answer that it could get",
}
COMMANDS: tuple[Command, ...] = (
    Command("validate", "judge messages", _validate_arguments, _validate, _STATUSES),
    *map(_module, _HELP),
    Command("rules", "list the rules, with their faults and sources", _format_argument, _rules),
    Command("schema", "print the XML schema of a version", _schema_arguments, _schema),
    Command("versions", "list the versions of the API", _format_argument, _versions),
)
