"""A run of pytest with the plugin: from the first fixture or option to the reports at its end."""

from __future__ import annotations

import functools
import inspect
import json
import os
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from ips_contract.contract.rules import DOCS, docs_site
from ips_contract.contract.versions import find_version
from ips_contract.mock import contract_coverage
from ips_contract.mock.adapters.responses import caught_elsewhere
from ips_contract.pytest_plugin import baseline
from ips_contract.pytest_plugin.attempts import Attempts, id_of
from ips_contract.pytest_plugin.conformance import Judgement, Policy, Terms, read_terms
from ips_contract.pytest_plugin.entries import Place
from ips_contract.pytest_plugin.progress import Progress
from ips_contract.pytest_plugin.reach import Reach
from ips_contract.pytest_plugin.reports import SAYS_SO, SUFFIXES, write_report
from ips_contract.pytest_plugin.results import Results
from ips_contract.pytest_plugin.unused import UnusedScript
from ips_contract.pytest_plugin.validate import Made
from ips_contract.pytest_plugin.watch import Watch
from ips_contract.xml.text import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ips_contract.contract.versions import Version
    from ips_contract.mock.service import ServiceOptions
    from ips_contract.mock.serving import MockServer
    from ips_contract.pytest_plugin.baseline import Key

W = TypeVar("W", bound=Watch | Made)

_WRONG_MARK = "@pytest.mark.ips"


def _joined(texts: Iterable[str]) -> str:
    return "\n\n".join(filter(None, texts))


class _Everything(frozenset[Any]):
    """A baseline that has every deviation."""

    def __contains__(self, _: object) -> bool:
        return True


class Run:
    """What is known of a run, in one process.

    Attributes:
        policy: what holds for all tests.
        progress: how far the session came.
        reach: which hosts are kept from proxies.
        summary: lines to show at the end.
    """

    def __init__(self, config: pytest.Config) -> None:
        option = config.option
        self._reports = [os.path.abspath(path) for path in option.ips_report]
        self._update = bool(option.ips_update_baseline)
        self._coverage = option.ips_coverage or option.ips_fail_under is not None
        self._root = config.rootpath
        self._fail_under = option.ips_fail_under
        self._baseline = self._check(config)
        self._watches: list[Watch | Made] = []
        self.reach = Reach()
        self._terms = Terms()
        self._item: pytest.Item | None = None
        self._failure = ""  # What it failed with, at the end of its call.
        self._problem = ""  # What is wrong with its marks.
        self._stray: list[str] = []
        self.progress = Progress()
        self.summary: list[str] = []
        if self._fail_under is not None and not 0 <= self._fail_under <= 100:
            raise pytest.UsageError(f"--ips-fail-under {self._fail_under:g}: give 0 to 100")
        self._wsdl = _given(config)
        version = config.getini("ips_version")
        try:
            named = find_version(version) if version else None
        except ValueError as error:
            raise pytest.UsageError(f"ips_version: {error}") from None
        default = Terms(self._wsdl or named, config.getini("ips_strict"))
        html = any(path.endswith((".html", ".json")) for path in self._reports)
        self._results = Results(entries=bool(self._reports), seen=bool(self._coverage or html))
        self._attempts = Attempts(self._results)
        keep = bool(self._reports or self._coverage)
        self._old = self._read_baseline()
        known: frozenset[Key] = _Everything() if self._update else frozenset(self._old)
        serve = self._baseline is not None and config.getini("ips_serve_known")
        site = config.getini("ips_docs")
        try:
            docs = docs_site(site or os.environ.get(DOCS, ""))
        except ValueError as error:
            raise pytest.UsageError(f"{'ips_docs' if site else DOCS}: {error}") from None
        self.policy = Policy(default, known, keep, self._take, serve, docs)

    def _check(self, config: pytest.Config) -> str | None:
        """Checks the options; returns the path of the baseline."""
        for path in self._reports:
            if not path.endswith(SUFFIXES):
                raise pytest.UsageError(f"--ips-report {path}: name it {' or '.join(SUFFIXES)}")
            if not os.path.isdir(os.path.dirname(path)):
                raise pytest.UsageError(f"--ips-report {path}: there is no such folder")
        path = config.option.ips_baseline
        if path is None:
            if self._update:
                raise pytest.UsageError("--ips-update-baseline needs --ips-baseline FILE")
            return None
        # The workers of xdist may run in another folder; they get the options from here.
        path = config.option.ips_baseline = os.path.abspath(path)
        return str(path)

    def _read_baseline(self) -> dict[Key, frozenset[str]]:
        if self._baseline is None:
            return {}
        try:
            return baseline.read(self._baseline)
        except FileNotFoundError:
            if self._update:
                return {}
            hint = "--ips-update-baseline writes it"
            raise pytest.UsageError(f"there is no baseline {self._baseline}; {hint}") from None
        except (OSError, ValueError) as error:
            raise pytest.UsageError(f"--ips-baseline: {error}") from None

    def service_options(self, options: ServiceOptions) -> ServiceOptions:
        """``options``, with the WSDL that the settings name where they have none."""
        if self._wsdl is None or "wsdl" in options:
            return options
        return {**options, "wsdl": self._wsdl}

    # Tests.

    def add(self, watch: W, item: pytest.Item) -> W:
        """``watch`` as the test ``item`` finds it, and from then on every test."""
        self._watches.append(watch)
        if self._item is not item:
            self._begin_attempt(item)
        # To fail here would fail the fixture, for all tests of the session.
        self._problem = self._problem or self._begin(watch)
        return watch

    @contextmanager
    def watched(self, server: MockServer, item: pytest.Item) -> Iterator[Watch]:
        """A block in which ``server`` keeps its state from test to test."""
        watch = Watch(server.service, self.policy, "ips_serve", keeps=True)
        with self.reach.without_proxy(server.host):
            self.add(watch, item)
            try:
                yield watch
            finally:
                watch.over = True

    def begin(self, item: pytest.Item) -> None:
        """A test begins."""
        self._attempts.end(following=item)
        self._look_for_stray()
        self._watches = [w for w in self._watches if isinstance(w, Made) or not w.over]
        self._failure = ""
        self._begin_attempt(item)
        names = getattr(item, "fixturenames", ())
        for watch in self._watches:
            if isinstance(watch, Made) or not watch.needs_its_name or watch.name in names:
                self._problem = self._problem or self._begin(watch)

    def check_marks(self) -> None:
        """Fails the test if its marks are wrong."""
        if self._problem:
            pytest.fail(self._problem, pytrace=False)

    def _begin_attempt(self, item: pytest.Item) -> None:
        self.progress.begin(item)
        self._problem = self._read_terms(item)
        self._attempts.begin(item)

    def _look_for_stray(self) -> None:
        """Takes what came when no test was running."""
        self._stray += filter(None, [watch.finish() for watch in self._watches])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A report of pytest on a test."""
        self._attempts.hear(report)

    def _read_terms(self, item: pytest.Item) -> str:
        self._item = item
        self._terms = self.policy.terms
        marks = list(item.iter_markers("ips"))
        if any(mark.args for mark in marks):
            return f"{_WRONG_MARK}: give options by name, as in version='6.8'"
        try:
            self._terms = read_terms(self.policy.terms, [mark.kwargs for mark in marks])
        except (TypeError, ValueError) as error:
            return f"{_WRONG_MARK}: {error}"
        return ""

    def _begin(self, watch: Watch | Made) -> str:
        try:
            watch.begin(self._terms)
        except (TypeError, ValueError) as error:
            return f"{_WRONG_MARK}: {error}"
        return ""

    def _take(self, judgement: Judgement, fixture: str) -> None:
        item = self._item
        assert item is not None
        file, line, _ = item.location
        self._attempts.take(judgement, fixture, Place(id_of(item), file, (line or 0) + 1))

    def _finish(self) -> str:
        return _joined([watch.finish() for watch in self._watches])

    def _services(self) -> list[Watch]:
        return [watch for watch in self._watches if isinstance(watch, Watch)]

    def _answers(self) -> str:
        return _joined([watch.answers() for watch in self._services()])

    def tell(self, item: pytest.Item, when: str, error: BaseException) -> None:
        """The test has failed already: what its client sent, and what it got, goes with that."""
        texts = {"conformance": self._finish(), "answers": self._answers()}
        if any(watch.is_activated for watch in self._services()):
            texts["answers"] = _joined([texts["answers"], caught_elsewhere(error)])
        for name, text in texts.items():
            if not text:
                continue
            if isinstance(error, pytest.fail.Exception):
                item.add_report_section(when, name, text)  # Its notes are not shown.
            else:
                error.add_note(text)  # Reports of all kinds have it: JUnit's, those of editors.

    def check(self) -> None:
        """Fails the test if its client sent what does not conform."""
        text = self._finish()
        if text:
            self._failure = _joined([text, self._answers()])
            pytest.fail(self._failure, pytrace=False)

    def untold(self, shown: str) -> str:
        """What is to be said of a test that failed, and is not in what is ``shown`` of it."""
        failure, self._failure = self._failure, ""
        lost = failure and failure.partition("\n")[0] not in shown
        return _joined([failure if lost else "", self._answers()])

    def tell_unused(self, item: pytest.Item, *, over: bool = False) -> None:
        """Warns of scripted answers that no request of the test used.

        Args:
            item: the test, which has passed.
            over: the fixtures have ended, too: only servers that are over are asked.
        """
        text = "; ".join(filter(None, [w.unused() for w in self._services() if w.over == over]))
        if not text:
            return
        try:
            item.warn(UnusedScript(text))
        except UnusedScript:  # By pytest's filters it is an error.
            self._failure = _joined([f"UnusedScript: {text}", self._answers()])
        else:
            return
        pytest.fail(self._failure, pytrace=False)

    def end(self) -> None:
        """The test has ended."""
        for watch in self._services():
            watch.end()

    def wrap_examples(self, item: pytest.Item) -> Callable[[], None] | None:
        """Has each example of a Hypothesis test start anew and fail by itself.

        So the failure belongs to the example, which Hypothesis then shrinks. This is the way that
        Hypothesis offers to plugins.

        Returns:
            What takes it back; None if the test is none of Hypothesis's.
        """
        # The test of a state machine says that it is one of Hypothesis's, and has no handle.
        handle: Any = getattr(getattr(item, "obj", None), "hypothesis", None)
        inner = getattr(handle, "inner_test", None)
        if inner is None:
            return None

        if inspect.iscoroutinefunction(inner):

            @functools.wraps(inner)
            async def wait(*args: Any, **kwargs: Any) -> Any:
                __tracebackhide__ = True
                with self._example():
                    return await inner(*args, **kwargs)

            handle.inner_test = wait
        else:

            @functools.wraps(inner)
            def call(*args: Any, **kwargs: Any) -> Any:
                __tracebackhide__ = True
                with self._example():
                    return inner(*args, **kwargs)

            handle.inner_test = call

        def undo() -> None:
            handle.inner_test = inner

        return undo

    @contextmanager
    def _example(self) -> Iterator[None]:
        __tracebackhide__ = True
        with ExitStack() as stack:
            for watch in self._services():
                stack.enter_context(watch.example())
            yield

    # The end.

    def _end(self) -> None:
        self._attempts.end()
        self._look_for_stray()

    def dump(self) -> str:
        """What this process found, for ``merge`` in another."""
        self._end()
        parts = self._results.dump(), self._stray, self.progress.elsewhere, self.reach.told
        return json.dumps(parts)

    def merge(self, worker: str, text: str) -> None:
        """Adds what another process dumped, the worker of this name."""
        results, stray, elsewhere, told = json.loads(text)
        self._results.merge(results)
        self.reach.told += [words for words in told if words not in self.reach.told]
        self._stray += stray
        self.progress.hear(worker, elsewhere)

    def close(self, session: pytest.Session) -> bool:
        """Writes what is to be written; whether all is well."""
        self._end()
        good = not self._stray
        self.summary += self.reach.told
        for text in self._stray:
            self.summary += ["A message came when no test was running:", *text.split("\n"), ""]
        self._count_warnings()
        lack = self.progress.lacks(session)
        if lack and (self._coverage or self._reports or self._update):
            return self._leave(lack, dry=self.progress.is_dry(session)) and good
        good = self._measure() and good
        for path in self._reports:
            good = self._written(f"report: {path}", self._write_report, path) and good
        if self._update and self._baseline is not None:
            good = self._write_baseline(self._baseline) and good
        return good

    def _count_warnings(self) -> None:
        warnings, messages = self._results.warnings, self._results.warned
        if messages:
            rules = ", ".join(f"{rule} {count}" for rule, count in warnings.most_common())
            what = counted(warnings.total(), "warning")
            self.summary.append(f"{what} in {counted(messages, 'message')}: {rules}")

    def _leave(self, lack: str, *, dry: bool) -> bool:
        """What is left undone, because the session was not whole; whether that was meant."""
        self.summary.append(f"{'' if dry else 'FAIL: '}not a whole run: {lack}")
        kept = [path for path in self._reports if dry or not path.endswith(SAYS_SO)]
        if self._update and self._baseline is not None:
            kept.append(self._baseline)
        for path in kept:
            self.summary.append(f"not written, as it was: {path}")
        for path in self._reports:
            if path not in kept:
                self._written(f"report, which says so: {path}", self._write_report, path, lack)
        if self._coverage:
            self.summary.append("not measured: how much of the contract was exercised")
        return dry

    def _write_report(self, path: str, lack: str = "") -> None:
        version, docs = self.policy.terms.version, self.policy.docs
        write_report(path, self._results, version, self._root, lack, docs)

    def _write_baseline(self, path: str) -> bool:
        results = self._results
        rows = baseline.updated(self._old, results.deviations, results.passed)
        words = f"baseline: {path}, {counted(len(rows), 'known deviation')}"
        left = len(rows.keys() - results.deviations.keys())
        if left:
            words += f"; {left} not met, of tests that did not run or did not pass"
        return self._written(words, baseline.write, path, rows)

    def _measure(self) -> bool:
        if not self._coverage:
            return True
        dimensions = contract_coverage.measure(self._results.seen, self.policy.terms.version)
        self.summary += contract_coverage.summary(dimensions)
        found = contract_coverage.percent(dimensions)
        if self._fail_under is None or found >= self._fail_under:
            return True
        self.summary.append(
            f"FAIL: {contract_coverage.shown(found)}% of the contract was exercised; "
            f"--ips-fail-under asks for {self._fail_under:g}%"
        )
        return False

    def _written(self, words: str, write: Callable[..., None], path: str, *more: object) -> bool:
        try:
            write(path, *more)
        except OSError as error:
            self.summary.append(f"FAIL: {words}: {error.strerror or error}")
            return False
        self.summary.append(words)
        return True


def _given(config: pytest.Config) -> Version | None:
    """The version of the WSDL that ``ips_wsdl`` names; None if it names none."""
    paths = config.getini("ips_wsdl")
    if not paths:
        return None
    if len(paths) > 1 or config.getini("ips_version"):
        raise pytest.UsageError("ips_wsdl: name one file, and no ips_version beside it")
    # Most runs have none, and what reads it takes a while.
    from ips_contract.wsdl import UnreadableWsdl, version_of

    try:
        return version_of(paths[0])
    except UnreadableWsdl as error:
        raise pytest.UsageError(f"ips_wsdl: {error}") from None
