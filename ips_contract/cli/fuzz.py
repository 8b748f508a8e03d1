"""``ips-contract fuzz``: runs a client's command once in each case of the battery."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self, TextIO

from ips_contract.battery.html_report import as_html
from ips_contract.battery.processes.client import Clients
from ips_contract.battery.processes.persistent import PersistentClients
from ips_contract.battery.report import SUFFIXES, WRITERS, changes, read_expected
from ips_contract.battery.scenarios.accept import PLAIN
from ips_contract.battery.scenarios.asking import operation_of, version_with, why_not
from ips_contract.battery.scenarios.mutated import example_named, smallest, tries_for
from ips_contract.battery.scenarios.operation import SUBMIT
from ips_contract.battery.scenarios.table import select
from ips_contract.battery.server import ScenarioServer
from ips_contract.battery.summary import counts_by_level, details, failures, first
from ips_contract.battery.verdict import Result, grace, judge
from ips_contract.cli.exit_status import ERROR, FINDINGS, OK
from ips_contract.cli.terminal import complain, is_terminal
from ips_contract.contract.rules import DOCS, docs_site
from ips_contract.validation.report.text import shown
from ips_contract.xml.text import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence
    from types import FrameType

    from ips_contract.battery.scenarios.operation import Operation
    from ips_contract.battery.scenarios.scenario import Scenario
    from ips_contract.contract.versions import Version

_SLOW = ("stall-", "drip-", "endless-", "gzip-bomb", "reset-")
_DRAWN = "mutation-"  # How the ids of examples start.


class Terminated(BaseException):
    """SIGTERM or SIGHUP came; ``number`` says which."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Signals:
    """While it is open, SIGTERM and SIGHUP raise ``Terminated``, as SIGINT KeyboardInterrupt."""

    def __enter__(self) -> Self:
        self._before: dict[int, Any] = {}
        if threading.current_thread() is threading.main_thread():
            for name in ("SIGTERM", "SIGHUP"):
                number = getattr(signal, name, None)
                if number is not None:
                    self._before[number] = signal.signal(number, self._raise)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @staticmethod
    def _raise(number: int, frame: FrameType | None) -> NoReturn:
        del frame
        raise Terminated(number)


def run(args: argparse.Namespace) -> int:
    """Runs the battery, or lists it; the exit status.

    Raises:
        KeyboardInterrupt: SIGINT came; everything that was started is ended.
        OSError: a file cannot be read or written.
    """
    try:
        docs = docs_site(os.environ.get(DOCS, ""))
    except ValueError as error:
        return _refuse(f"{DOCS}: {error}")
    try:
        chosen = _chosen(args)
    except ValueError as error:
        return _refuse(str(error))
    left_out = _left_out(args, chosen)
    chosen = [scenario for scenario in chosen if scenario.id not in left_out]
    why = [f"left out: {name}: {words}" for name, words in left_out.items()]
    if args.list:
        print("\n".join((*([listing(chosen)] if chosen else []), *why)))
        return OK
    if not chosen:
        return _refuse("; ".join(why))
    problem = _conflict(args)
    if problem:
        return _refuse(problem)
    expected = None
    if args.expected is not None:
        try:
            expected = read_expected(Path(args.expected).read_text(encoding="utf-8"))
        except ValueError as error:
            return _refuse(f"{args.expected}: {error}")
    try:
        with Signals():
            results = _battery(args, chosen)
    except Terminated as signalled:
        print("Terminated.", file=sys.stderr)
        return 128 + signalled.number
    except OSError as error:
        return _refuse(f"cannot run {args.command[0]}: {error.strerror or error}")
    return _tell(args, results, expected, docs, left_out=len(left_out))


def _refuse(message: str) -> int:
    complain(message)
    return ERROR


def _chosen(args: argparse.Namespace) -> list[Scenario]:
    """The cases to run.

    Raises:
        ValueError: there is no such case, operation or field.
    """
    version = _version(args)
    operation = operation_of(args.operation, version, args.prints, args.sends)
    names = dict.fromkeys(name for names in args.case for name in names.split(","))
    drawn = [f"mutation-{args.seed}-{place}" for place in range(1, args.examples + 1)]
    found = {name: _example(name, version, operation) for name in (*names, *drawn)}
    patterns = [name for name in names if found[name] is None]
    chosen = select(patterns) if patterns or not names else []
    chosen += [scenario for scenario in found.values() if scenario is not None]
    if args.timeout is not None:
        chosen = [scenario.with_deadline(args.timeout) for scenario in chosen]
    return [scenario.asking(operation) for scenario in chosen]


def _version(args: argparse.Namespace) -> Version:
    found: Version = args.api_version or version_with(args.operation)
    return found


def _left_out(args: argparse.Namespace, chosen: Iterable[Scenario]) -> dict[str, str]:
    """Case → why it says nothing about the operation."""
    version = _version(args)
    found = {scenario.id: why_not(scenario, version) for scenario in chosen}
    return {name: why for name, why in found.items() if why}


def _example(name: str, version: Version, operation: Operation) -> Scenario | None:
    if not name.startswith(_DRAWN):
        return None
    return example_named(name, version, operation)


def _conflict(args: argparse.Namespace) -> str:
    if not args.command:
        return "give the client's command line after --"
    for name in args.report:
        if not name.lower().endswith(SUFFIXES):
            return f"--report {name}: the name must end in {', '.join(SUFFIXES)}"
        if not Path(name).parent.is_dir():  # Said before the run, not after it.
            return f"--report {name}: there is no folder {Path(name).parent}"
    return ""


def listing(chosen: Iterable[Scenario]) -> str:
    """The cases as a table."""
    rows = [
        (row.id, row.level, str(row.number), row.expect, f"{row.title} ({row.rule})")
        for row in chosen
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        "  ".join((*(f"{cell:{width}}" for cell, width in zip(row, widths, strict=False)), row[4]))
        for row in rows
    )


# Running.


def _battery(args: argparse.Namespace, chosen: Sequence[Scenario]) -> list[Result]:
    """The results in the order of ``chosen``; that of the plain success alone if it fails."""
    version = _version(args)
    plain = next((row for row in chosen if row.id == PLAIN.id), PLAIN)
    if plain is PLAIN:
        plain = plain.asking(chosen[0].operation)
        if args.timeout is not None:
            plain = plain.with_deadline(args.timeout)
    rest = [row for row in chosen if row.id != plain.id]
    # What takes long starts first, so that nothing waits for it at the end.
    rest.sort(key=lambda row: not row.id.startswith(_SLOW))
    kind = PersistentClients if args.persistent else Clients
    with (
        ScenarioServer(version) as server,
        kind(args.command) as clients,
        Progress(len(rest) + 1, sys.stderr) as progress,
    ):

        def go(row: Scenario) -> Result:
            progress.begin(row.id)
            result = _run(row, clients, server)
            progress.end(row.id, result.verdict)
            return result

        result = go(plain)
        if result.fails(strict=args.strict):
            return [result]
        results = {plain.id: result}
        with ThreadPoolExecutor(args.jobs) as pool:
            waiting = [pool.submit(go, row) for row in rest]
            try:
                for future in as_completed(waiting):
                    result = future.result()
                    results[result.scenario.id] = result
            except BaseException:
                for future in waiting:
                    future.cancel()
                clients.stop()
                raise
    return [results[row.id] for row in chosen]


def _run(scenario: Scenario, clients: Clients, server: ScenarioServer) -> Result:
    """Runs a case; an example that is not OK is replaced by its smallest form that is not."""
    result = run_case(scenario, clients, server)
    if not scenario.id.startswith(_DRAWN) or result.verdict == "OK":
        return result
    failed = {scenario.answer.body: result}

    def fails(form: Scenario) -> bool:
        again = run_case(form, clients, server)
        if _reaction(again) != _reaction(result):
            return False
        failed[form.answer.body] = again
        return True

    small = smallest(scenario, fails, tries_for(result.outcome.seconds))
    return failed[small.answer.body]._replace(scenario=small)


def _reaction(result: Result) -> tuple[object, ...]:
    """What a client did, in as far as it tells one bug from another."""
    outcome = result.outcome
    printed, ended = bool(outcome.output.strip()), bool(outcome.ended)
    return result.verdict, outcome.status, printed, ended, len(result.sent.posts)


def run_case(scenario: Scenario, clients: Clients, server: ScenarioServer) -> Result:
    """Runs a client in one case.

    Raises:
        OSError: the command cannot be started.
    """
    case = server.open(scenario)
    try:
        outcome = clients.run(case.environment(), scenario.deadline + grace(scenario.deadline))
    finally:
        sent = server.end(case)
    handle = case.handle
    return Result(scenario, handle, judge(scenario, outcome, sent, handle), outcome, sent)


class Progress:
    """``37/140 cases, 2 not OK, running: lines, drip-body`` on a terminal; gone at the end."""

    def __init__(self, total: int, stream: TextIO) -> None:
        self._total = total
        self._stream = stream
        self._shows = is_terminal(stream)
        self._done = self._odd = self._length = 0
        self._running: dict[str, None] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._write("")

    def begin(self, name: str) -> None:
        """A case starts."""
        with self._lock:
            self._running[name] = None
            self._show()

    def end(self, name: str, verdict: str) -> None:
        """A case has ended."""
        with self._lock:
            del self._running[name]
            self._done += 1
            self._odd += verdict != "OK"
            self._show()

    def _show(self) -> None:
        # The slowest first: they say what is waited for.
        text = f"{self._done}/{self._total} cases, {self._odd} not OK, running: "
        self._write(text + ", ".join(self._running))

    def _write(self, text: str) -> None:
        if self._shows:
            width = shutil.get_terminal_size().columns - 1
            text = text if len(text) <= width else f"{text[: max(0, width - 1)]}…"
            wiped = f"\r{' ' * self._length}\r"
            print(wiped + text, end="", file=self._stream, flush=True)
            self._length = len(text)


# Telling.


def rerun(args: argparse.Namespace, names: Iterable[str], *, verbose: bool = False) -> str:
    """The command that runs the cases ``names`` alone."""
    options = ["-v"] if verbose else []
    options += [f"--case {','.join(names)}"]
    if args.strict:
        options.append("--strict")
    if args.timeout is not None:
        options.append(f"--timeout {args.timeout:g}")
    if args.operation != SUBMIT.name:
        options.append(f"--operation {args.operation}")
        options += [f"--prints {args.prints}"] if args.prints else []
        options += [f"--sends {args.sends}"] if args.sends else []
    if args.persistent:
        options.append("--persistent")
    if args.api_version:
        options.append(f"--api-version {args.api_version}")
    command = subprocess.list2cmdline(args.command) if os.name == "nt" else shlex.join(args.command)
    return " ".join(("ips-contract fuzz", *options, "--", command))


def _tell(
    args: argparse.Namespace,
    results: list[Result],
    expected: dict[str, str] | None,
    docs: str,
    *,
    left_out: int,
) -> int:
    """Writes the reports and prints the rest, what is to be done last; the exit status."""
    strict = args.strict
    commands = {row.scenario.id: rerun(args, [row.scenario.id]) for row in results}
    for name in args.report:
        write = WRITERS[Path(name).suffix.lower()]
        if write is as_html:
            text = as_html(results, commands, strict=strict, docs=docs)
        else:
            text = write(results, commands, strict=strict)
        Path(name).write_text(text, encoding="utf-8")
    failed = [row.scenario.id for row in results if row.fails(strict=strict)]
    stopped = failed == [PLAIN.id] and len(results) == 1
    blocks = [details(results, commands, strict=strict)] if args.verbose or stopped else []
    blocks.append("\n".join(counts_by_level(results)))
    if stopped:
        words = shown(results[0].judgement.words[0])
        blocks.append(f"The plain success failed, so nothing else was run: {words}")
    elif expected is None:
        blocks.append("\n".join(failures(results, strict=strict)))
    else:
        found = changes(results, expected, strict=strict)
        failed = list(found)
        lines = first(f"changed: {name}: {shown(words)}" for name, words in found.items())
        blocks.append("\n".join((*lines, f"{counted(len(found), 'change')} from {args.expected}")))
    if left_out:
        words = f"say nothing about {args.operation}, and are left out; --list tells why"
        blocks.append(f"{counted(left_out, 'case')} {words}")
    if failed and not stopped:
        again = rerun(args, failed, verbose=not args.verbose)
        blocks.append(f"{'Again' if args.verbose else 'What happened there'}: {again}")
    print("\n\n".join(block for block in blocks if block))
    return FINDINGS if failed else OK
