"""What the commands can be told: their arguments.

It stands apart from what the commands do, so that ``--help`` needs no lxml.
"""

from __future__ import annotations

import argparse
import os

from ips_contract.cli import values
from ips_contract.cli.epilogs import WSDL_DIFF
from ips_contract.cli.values import SHELLS
from ips_contract.xml.text import no_such

FORMATS = TEXT, JSON, SARIF, JUNIT = ("text", "json", "sarif", "junit")
# The engines of ips_contract.validation.engines, which needs lxml.
ENGINES = ("lxml", "xmlschema", "both")
KINDS = ("request", "response", "fault", "envelope", "exchange")  # Of messages to generate.
SUBMIT = "submitJob"
DIFF = "diff"
# What can stand around a sample, as ips_contract.generation.samples names it; that needs lxml.
WRAPS = ("none", "soap11", "soap12", "request")
# Clients that wait need no processor: a few more of them than there are processors.
_MORE_JOBS = 2


def validate(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of ``validate``."""
    add = parser.add_argument
    add(
        "files",
        nargs="+",
        metavar="FILE",
        help="a document; a log of serve (*.jsonl) or a HAR file (*.har); - for standard input; "
        "a folder for its *.xml and *.soap files",
    )
    _add_choice(parser, "--format", FORMATS, "form of the findings (default: %(default)s)")
    add(
        "--output",
        type=values.file,
        metavar="FILE",
        help="write there instead of to standard output",
    )
    add("--explain", action="store_true", help="text: show the source line of each finding")
    add("--strict", action="store_true", help="let warnings fail, too")
    add(
        "--logged-in",
        action="store_true",
        help="HTTP carries the credentials (Authorization), so documents need none",
    )
    add(
        "--api-version",
        type=values.version,
        metavar="V",
        help="judge by this version, such as 4.5, 2012R1 or 2010-01-31 (default: the namespace's)",
    )
    add(
        "--wsdl",
        type=values.file,
        metavar="FILE",
        help="judge by this WSDL, such as that of your own service, instead of a version",
    )
    add(
        "--follow",
        action="store_true",
        help="read what the WSDL imports and includes, too: files in its folder, nothing else",
    )
    parser.set_defaults(finish=_read_wsdl)
    _add_choice(parser, "--engine", ENGINES, "XSD engine (default: %(default)s)")
    add(
        "--max-bytes",
        type=values.size,
        metavar="N",
        help="refuse larger documents (default: 1 MiB)",
    )
    add(
        "--docs-url",
        type=values.docs_address,
        metavar="URL",
        help="the documentation's site, to which findings link (default: $IPS_CONTRACT_DOCS, "
        "else they name the command `ips-contract rules`)",
    )


def serve(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of ``serve``."""
    add = parser.add_argument
    _listening(parser)
    add(
        "--user",
        action="append",
        default=[],
        type=values.account,
        metavar="EMAIL:PASSWORD[:ROLE]",
        help="let this user in, as an IpsAdmin unless a role is given; repeat for more "
        "(default: anybody with a password)",
    )
    add(
        "--behind-proxy",
        action="store_true",
        help="take the address in a WSDL from X-Forwarded-Proto and X-Forwarded-Host",
    )
    add(
        "--log",
        type=values.file,
        metavar="FILE",
        help="append each exchange to FILE, a JSON object a line",
    )
    add("--latency", type=values.latency, default=0.0, metavar="MS", help="wait before each answer")
    add(
        "--replay",
        type=values.file,
        metavar="FILE",
        help="answer recorded requests as this log or HAR file does; the mock answers all others",
    )
    add(
        "--replay-ignore",
        action="append",
        default=[],
        metavar="FIELD",
        help="requests that differ in this field alone are the same; repeat for more",
    )
    add(
        "--wsdl",
        type=values.served_wsdl,
        metavar="FILE",
        help="serve this WSDL, and judge and answer messages of its namespace by it",
    )
    add(
        "--seed",
        type=values.file,
        metavar="FILE",
        help="begin with the companies, users, folders and assets of FILE, which is JSON or YAML",
    )
    add(
        "--script",
        type=values.file,
        metavar="FILE",
        help="begin with the scripted answers of FILE, a JSON list in the form of the control "
        "interface",
    )
    add(
        "--plan",
        type=values.plan,
        metavar="PLAN",
        help="when jobs end: polls=N, seconds=S, both with a comma between, at-once or manual "
        "(default: polls=2,seconds=60)",
    )
    add(
        "--outcome",
        action="append",
        default=[],
        type=values.outcome,
        metavar="NAME=OUTCOME",
        help="how jobs called NAME end: success, warnings, errors or fatal; repeat for more",
    )
    add(
        "--clock",
        type=values.moment,
        metavar="TIME",
        help="the service's time at the start, such as 2014-04-03T09:30:00Z (default: now)",
    )
    control = parser.add_mutually_exclusive_group()
    control.add_argument(
        "--no-control",
        dest="control",
        action="store_false",
        default=None,
        help="no control interface below /_ips/",
    )
    control.add_argument(
        "--control-token",
        metavar="TOKEN",
        help="token that callers of the control interface must send; without it there is none "
        "but on loopback addresses",
    )
    add(
        "--tenants-by",
        type=values.tenants_by,
        metavar="{user,company}",
        help="choose the tenant by the user or the company of a message whose path names none "
        "(/t/NAME/)",
    )
    _serve_tls(parser)
    _serve_harness(parser)


def _serve_tls(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--tls",
        action="store_true",
        help="speak TLS, with a certificate made now for this machine and the real hosts",
    )
    add(
        "--tls-name",
        action="append",
        default=[],
        metavar="NAME",
        help="another host name or address that it is for; repeat for more; implies --tls",
    )
    add(
        "--ca-file",
        type=values.file,
        metavar="FILE",
        help="write there what clients have to trust, in PEM; implies --tls",
    )
    add("--cert", type=values.file, metavar="FILE", help="speak TLS, with this certificate, in PEM")
    add(
        "--key",
        type=values.file,
        metavar="FILE",
        help="key of the certificate, in PEM (default: in the file of --cert)",
    )


def _serve_harness(parser: argparse.ArgumentParser) -> None:
    _add_choice(
        parser,
        "--format",
        (TEXT, JSON),
        "form of the address that is printed first (default: %(default)s)",
    )
    add = parser.add_argument
    add(
        "--ready-file",
        type=values.file,
        metavar="FILE",
        help="write the address there, as JSON, once it listens; removed at the end",
    )
    add(
        "--exit-with-stdin",
        action="store_true",
        help="end when standard input does: with the program that holds the other side of a pipe",
    )


def record(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of ``record``."""
    add = parser.add_argument
    add(
        "--upstream",
        required=True,
        metavar="URL",
        help="the real service: scheme and host, such as https://s7sps1apissl.scene7.com",
    )
    add(
        "--log",
        type=values.file,
        required=True,
        metavar="FILE",
        help="append each exchange to FILE, a JSON object a line, passwords hidden",
    )
    _listening(parser)
    add(
        "--ca-file",
        type=values.file,
        metavar="FILE",
        help="trust this CA, too, in PEM (default: those that the system trusts)",
    )
    add(
        "--timeout",
        type=values.seconds,
        default=60.0,
        metavar="S",
        help="seconds to wait for the service (default: 60)",
    )


def fixtures(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of ``fixtures``."""
    add = parser.add_argument
    add("file", metavar="FILE", help="a log of record or serve (*.jsonl), or a HAR file (*.har)")
    add("--out", required=True, metavar="DIR", help="the folder to write to")
    add("--force", action="store_true", help="write to --out DIR even if it is not empty")


def capture_report(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of ``capture-report``."""
    add = parser.add_argument
    add(
        "files",
        nargs="+",
        metavar="FILE",
        help="logs of record or serve (*.jsonl), or HAR files (*.har)",
    )
    add(
        "--output",
        metavar="FILE",
        default="capture-report.html",
        help="where to write it (default: %(default)s)",
    )


def generate(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of ``generate``."""
    add = parser.add_argument
    _add_choice(parser, "--kind", KINDS, "kind of message (default: %(default)s)")
    add("--invalid", action="store_true", help="break exactly one rule in each")
    add(
        "--rule",
        action="append",
        metavar="R",
        help="break this rule, one of `ips-contract rules`; may be repeated; implies --invalid",
    )
    add("-n", type=values.count, default=1, metavar="N", help="how many (default: %(default)s)")
    add(
        "--seed",
        type=values.seed,
        default=0,
        metavar="S",
        help="same seed, same bytes (default: 0)",
    )
    add("--api-version", action="append", metavar="V", help="such as 4.5; may be repeated")
    add(
        "--operation",
        metavar="NAME",
        default=SUBMIT,
        help="whose requests and responses (default: %(default)s)",
    )
    add("--job", metavar="NAME", help="the job element of each request, such as uploadUrlsJob")
    add("--out", metavar="DIR", help="write a file for each, and manifest.json with the verdicts")
    add("--force", action="store_true", help="write to --out DIR even if it is not empty")


def fuzz(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of ``fuzz``."""
    add = parser.add_argument
    add("command", nargs="*", metavar="-- COMMAND", help="the client's command line")
    add(
        "--case",
        action="append",
        default=[],
        metavar="ID|GLOB",
        help="run these cases only; repeat for more, or write commas between (default: all)",
    )
    add(
        "-v",
        "--verbose",
        action="store_true",
        help="tell in full what happened in a case that is not OK",
    )
    add(
        "--examples",
        type=values.number,
        default=0,
        metavar="N",
        help="run N more cases: valid answers after a mutation; what fails is made smaller",
    )
    add("--seed", type=values.number, default=0, metavar="S", help="which examples (default: 0)")
    add("--list", action="store_true", help="list the cases and end")
    add("--strict", action="store_true", help="let NON-STRICT and UNCLEAN fail, too")
    add(
        "--timeout",
        type=values.seconds,
        metavar="S",
        help="seconds that a client has for a case (default: 10)",
    )
    add(
        "--jobs",
        type=values.jobs,
        default=(os.cpu_count() or 1) + _MORE_JOBS,
        metavar="N",
        help="clients that run at the same time (default: processors + 2)",
    )
    add(
        "--operation",
        default="submitJob",
        metavar="OP",
        help="what the client calls, such as getAssetsByName (default: %(default)s)",
    )
    add(
        "--prints",
        default="",
        metavar="PATH",
        help="field of the answer that it prints, such as assetArray/items/name (with --operation)",
    )
    add(
        "--sends",
        default="",
        metavar="PATH",
        help="field of the request that has IPS_JOB_NAME, such as nameArray/items",
    )
    add(
        "--persistent",
        action="store_true",
        help="the client stays alive: it gets each case as a line, and answers with a line",
    )
    add(
        "--report",
        action="append",
        default=[],
        type=values.file,
        metavar="FILE",
        help="write a report: FILE.html, FILE.json or FILE.xml (JUnit); repeat for more",
    )
    add(
        "--expected",
        type=values.file,
        metavar="FILE",
        help="fail on changes from this JSON report only",
    )
    add(
        "--api-version",
        type=values.version,
        metavar="V",
        help="version of IPS_WSDL and IPS_COMPANY (default: pre-4.0, or the latest that has the "
        "operation); the answer has the request's",
    )


def sample(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of ``sample``."""
    add = parser.add_argument
    add(
        "name",
        nargs="?",
        metavar="JOB",
        help="a job, such as uploadUrls; or an operation or message, such as searchAssets",
    )
    add("--list", action="store_true", help="list what there is, and end")
    add("--api-version", type=values.version, metavar="V", help="such as 4.5 (default: the latest)")
    _add_choice(parser, "--wrap", WRAPS, "what stands around it (default: %(default)s)")
    add("--full", action="store_true", help="with all fields (default: the fewest)")


def rules(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of ``rules``."""
    parser.add_argument(
        "rules",
        nargs="*",
        metavar="RULE",
        help="explain these in full, each with an example; names, or patterns such as 'handle-*'",
    )
    _add_format(parser)


def schema(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of ``schema``."""
    parser.add_argument(
        "--api-version", type=values.version, metavar="V", help="such as 4.5 (default: the latest)"
    )


def wsdl(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of ``wsdl``."""
    add = parser.add_argument
    add("--api-version", type=values.version, metavar="V", help="such as 4.5 (default: the latest)")
    add("--service-url", metavar="URL", help="the address of the service in it")
    add(
        "--no-soap12",
        action="store_true",
        help="leave out the binding for SOAP 1.2, which Axis 1.4 cannot read",
    )
    parser.set_defaults(action=None)
    actions = parser.add_subparsers(title="to compare", metavar=f"[{DIFF}]")
    below = actions.add_parser(
        DIFF,
        help="compare another WSDL with ours",
        description="Compare another WSDL with ours, and say what each difference means.",
        epilog=WSDL_DIFF,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    below.set_defaults(action=DIFF, parser=below)
    add = below.add_argument
    add("theirs", metavar="THEIRS", help="a WSDL: a file, or a URL to fetch it from")
    add(
        "--against",
        type=values.version_or_beta,
        metavar="V",
        help="ours of this version (default: the nearest by the namespace of THEIRS)",
    )
    add(
        "--follow",
        action="store_true",
        help="read what THEIRS imports and includes, too: files in its folder, nothing else",
    )
    _add_choice(below, "--format", (TEXT, JSON, SARIF), "(default: %(default)s)")
    add(
        "--output",
        type=values.file,
        metavar="FILE",
        help="write there instead of to standard output",
    )
    add("--max-bytes", type=values.size, metavar="N", help="refuse a larger WSDL (default: 4 MiB)")


def versions(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of ``versions``."""
    _add_format(parser)


def completion(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of ``completion``."""
    parser.add_argument(
        "shell", type=values.shell, metavar=f"{{{','.join(SHELLS)}}}", help="whose script to print"
    )


def help_(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of ``help``."""
    parser.add_argument("topic", nargs="?", metavar="COMMAND", help="the command to explain")


def version(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of ``version``: none."""


# The values


def _add_format(parser: argparse.ArgumentParser) -> None:
    _add_choice(parser, "--format", (TEXT, JSON), "(default: %(default)s)")


def _add_choice(
    parser: argparse.ArgumentParser, option: str, known: tuple[str, ...], explanation: str
) -> None:
    """Adds an option that takes one of ``known``, the first by default.

    argparse's own ``choices`` do not say what a misspelt one was meant to be.
    """

    def one_of(text: str) -> str:
        if text not in known:
            raise argparse.ArgumentTypeError(no_such(option.removeprefix("--"), text, known))
        return text

    parser.add_argument(
        option, type=one_of, metavar=f"{{{','.join(known)}}}", default=known[0], help=explanation
    )


def _read_wsdl(args: argparse.Namespace) -> None:
    """Reads the WSDL of a command with ``--follow``; it is told as any other wrong value."""
    if args.wsdl is not None:
        try:
            args.wsdl = values.version_of_file(args.wsdl, follow=args.follow)
        except argparse.ArgumentTypeError as error:
            args.parser.error(f"argument --wsdl: {error}")
    elif args.follow:
        args.parser.error("--follow is for --wsdl FILE: it reads what that imports and includes")


def _listening(parser: argparse.ArgumentParser) -> None:
    """Declares where a command that serves listens."""
    parser.add_argument(
        "--host",
        type=values.host,
        default="127.0.0.1",
        help="address to listen at (default: %(default)s)",
    )
    parser.add_argument(
        "--port", type=values.port, default=0, metavar="N", help="TCP port (default: a free one)"
    )
