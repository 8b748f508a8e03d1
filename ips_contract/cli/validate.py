"""``ips-contract validate``: judges documents, and says what it finds as text or in a format."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from importlib.util import find_spec
from typing import TYPE_CHECKING, TextIO

from ips_contract.cli.arguments import JSON, SARIF, TEXT
from ips_contract.cli.exit_status import ERROR, FINDINGS, OK
from ips_contract.cli.streams import ClosedStream
from ips_contract.cli.terminal import Progress, complain, is_colored
from ips_contract.contract.rules import DOCS, docs_site, where_explained
from ips_contract.validation.inputs import STDIN, Judged, Problem, Terms, expand, judge_file
from ips_contract.validation.report import Report
from ips_contract.validation.report.text import report_lines

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from contextlib import AbstractContextManager


def run(args: argparse.Namespace) -> int:
    """Judges the documents; the exit status.

    Raises:
        OSError: what is found cannot be written.
    """
    conflict = _conflict(args)
    try:
        docs = args.docs_url or docs_site(os.environ.get(DOCS, ""))
    except ValueError as error:
        conflict = f"{DOCS}: {error}"
    if conflict:
        complain(conflict)
        return ERROR
    outcomes = dict.fromkeys(("valid", "invalid", "with warnings", "unreadable"), 0)
    kept: list[Judged] = []
    broken: dict[str, None] = {}  # The rules, in the order of their findings.
    paths, problems = expand(args.files, args.output)
    for problem in problems:
        complain(f"{problem.name}: {problem.words}")
    terms = Terms(args.wsdl or args.api_version, args.engine, args.max_bytes, args.logged_in)
    with _opened(args.output) as out, Progress(len(paths), _progress, sys.stderr) as progress:
        color = args.output is None and is_colored(sys.stdout)
        for done, path in enumerate(paths):
            progress.show(done)
            for found in judge_file(path, terms):
                if isinstance(found, Problem):
                    progress.clear()
                    complain(f"{found.name}: {found.words}")
                    outcomes["unreadable"] += found.failed
                    problems += [found] * found.failed
                    continue
                name, report, inside = found
                outcomes[_outcome(report, strict=args.strict)] += 1
                if args.format == TEXT:
                    progress.clear()
                    _print_report(out, name, report, explain=args.explain, color=color)
                    broken |= dict.fromkeys(found.rule for found in report.violations)
                else:  # Without the documents, which would fill the memory.
                    report = Report(report.message, report.version, report.violations)
                    kept.append(Judged(name, report, inside))
        if args.format != TEXT:
            out.write(_formatted(args.format, kept, problems, docs, strict=args.strict))
    if args.format == TEXT and sum(outcomes.values()) > 1:
        sys.stdout.flush()
        print(_summary(outcomes), file=sys.stderr)
    if args.explain and broken:
        sys.stdout.flush()
        print(f"What the rules say: {where_explained(broken, docs)}", file=sys.stderr)
    if problems:
        return ERROR
    return FINDINGS if outcomes["invalid"] or outcomes["with warnings"] else OK


def _conflict(args: argparse.Namespace) -> str | None:
    """What is wrong with a command that argparse takes."""
    if args.output is None and isinstance(sys.stdout, ClosedStream):
        return "standard output is closed; --output FILE writes the findings there"
    if args.wsdl is not None and args.api_version is not None:
        return "--wsdl and --api-version say by what to judge: give one of them"
    if args.explain and args.format != TEXT:
        return f"--explain is for --format text, not {args.format}"
    if args.engine != "lxml" and find_spec("xmlschema") is None:
        return f"--engine {args.engine} needs xmlschema: pip install 'ips-contract[xmlschema]'"
    if args.output is not None:
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
    if explain:
        # An empty line keeps findings of different documents apart.
        print(report.text(name, color=color), end="\n\n" if report.violations else "\n", file=out)
    else:
        print(*report_lines(name, report, color=color), sep="\n", file=out)


def _formatted(
    kind: str, judged: list[Judged], problems: list[Problem], docs: str, *, strict: bool
) -> str:
    # Most read the text; to load these takes a fifteenth of the time to judge a file.
    from pathlib import Path

    from ips_contract.validation.report.formats import as_json, as_junit, as_sarif

    reports = [(name, report) for name, report, _ in judged]
    unreadable = [(name, words) for name, words, _ in problems]
    if kind == JSON:
        return as_json(reports, unreadable)
    if kind == SARIF:
        inside = {name: place for name, _, place in judged if place is not None}
        return as_sarif(reports, unreadable, base=str(Path.cwd()), inside=inside, docs=docs)
    return as_junit(reports, unreadable, strict=strict)


def _progress(done: int, total: int) -> str:
    return f"{done}/{total} files"
