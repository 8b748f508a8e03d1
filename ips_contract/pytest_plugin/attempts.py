"""What tests found goes into the results of the run once pytest has said what became of the test.

Plugins run a failed test again, and pytest counts its last run only. A test may fail as it was
expected to, or catch the failure. The reports of a run follow pytest in this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from ips_contract.pytest_plugin.conformance import Judgement
    from ips_contract.pytest_plugin.entries import Place
    from ips_contract.pytest_plugin.results import Results

_WHOLE = {"setup", "call", "teardown"}


def id_of(item: pytest.Item) -> str:
    """The id of ``item`` as pytest takes it on its command line.

    With ``--dist=loadgroup`` xdist has added the names of its groups.
    """
    names = {
        str(mark.args[0] if mark.args else mark.kwargs.get("name", "default"))
        for mark in item.iter_markers("xdist_group")
    }
    return item.nodeid.removesuffix(f"@{'_'.join(sorted(names))}") if names else item.nodeid


class Attempts:
    """The runs of the tests of a process, one after another.

    Args:
        results: what all of them found, to be added to.
    """

    def __init__(self, results: Results) -> None:
        self._results = results
        self._item: pytest.Item | None = None
        self._found: Results | None = None  # What the run of a test found that is not over.
        self._reports: list[tuple[str, str]] = []

    def begin(self, item: pytest.Item) -> None:
        """A run of ``item`` begins; another of the same item is forgotten."""
        self.end(following=item)
        self._item, self._found = item, self._results.fresh()
        self._reports = []

    def take(self, judgement: Judgement, fixture: str, place: Place) -> None:
        """Adds a judgement: to the run of a test, or between them to the results themselves."""
        target = self._results if self._found is None else self._found
        target.take(judgement, fixture, place)

    def hear(self, report: pytest.TestReport) -> None:
        """A report of pytest on a test."""
        if self._item is not None and report.nodeid == self._item.nodeid:
            self._reports.append((report.when, report.outcome))

    def end(self, following: pytest.Item | None = None) -> None:
        """The run of a test is over; the next one is of ``following``."""
        found, self._found = self._found, None
        if found is None or self._item is None or following is self._item:
            return
        outcomes = {outcome for _, outcome in self._reports}
        phases = {when for when, _ in self._reports}
        # Of a test that was stopped there is no report on its end.
        if "teardown" in phases and "failed" not in outcomes:
            found.excuse()
            if outcomes == {"passed"} and phases >= _WHOLE:
                found.passed.add(id_of(self._item))
        self._results.add(found)
