"""How far a session of pytest came: what was to run, what ran, and which workers were heard.

A baseline, a report or a threshold is of a session that ran its tests to the end. pytest ends
sessions in many ways, and plugins in more. So this does not list them: it counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ips_contract.validation.report.text import shown
from ips_contract.xml.text import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

_STOPPED = (
    pytest.ExitCode.INTERRUPTED,
    pytest.ExitCode.INTERNAL_ERROR,
    pytest.ExitCode.USAGE_ERROR,
)


class Progress:
    """A plugin that watches one session, in one process."""

    def __init__(self) -> None:
        self._selected: set[str] = set()
        self._set_up: set[str] = set()  # Those whose fixtures are there, and that have not run.
        self._ended: set[str] = set()
        self._begun: set[str] = set()
        self._broken: dict[str, None] = {}  # What could not be collected, in order.
        self._awaited: dict[str, None] = {}  # Workers that were not heard yet.
        self._elsewhere = 0  # Tests of workers that ran where the plugin did not see them.
        self._distributed = False

    # Hooks.

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Tests were selected in this process."""
        self._selected.update(item.nodeid for item in session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Tests were selected in a worker of xdist."""
        self._selected.update(ids)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file or a folder was collected, or was not."""
        if report.failed:
            self._broken[report.nodeid] = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test was set up, or ran; with ``--setup-only`` its fixtures alone are."""
        if report.when == "call":
            self._set_up.discard(report.nodeid)
        elif report.when == "setup" and report.passed:
            self._set_up.add(report.nodeid)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """A test has ended."""
        if nodeid not in self._set_up:
            self._ended.add(nodeid)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodeready(self, node: Any) -> None:
        """A worker of xdist has started."""
        self._distributed = True
        self._awaited[node.gateway.id] = None

    # For the run.

    def begin(self, item: pytest.Item) -> None:
        """The plugin sees ``item`` begin."""
        self._begun.add(item.nodeid)

    def hear(self, worker: str, elsewhere: int) -> None:
        """A worker has handed over its results.

        Args:
            worker: its name.
            elsewhere: its tests that the plugin did not see.
        """
        self._awaited.pop(worker, None)
        self._elsewhere += elsewhere

    def lose(self, worker: str) -> None:
        """A worker is gone without its results."""
        self._distributed = True
        self._awaited[worker] = None

    @property
    def elsewhere(self) -> int:
        """How many tests ended that the plugin did not see begin, as in processes of their own."""
        if self._distributed:
            return self._elsewhere
        return len(self._ended - self._begun)

    def is_dry(self, session: pytest.Session) -> bool:
        """Whether no test was meant to run, as with ``--collect-only``."""
        return not self._ended and session.exitstatus == pytest.ExitCode.OK

    def lacks(self, session: pytest.Session) -> str:
        """Why ``session`` did not run its tests to the end; ``""`` if it did."""
        if self._awaited:
            workers, plural = ", ".join(self._awaited), "s" * (len(self._awaited) > 1)
            return f"worker{plural} {workers} of xdist ended without handing over what came"
        if self._broken:
            first, *others = self._broken
            more = f" and {len(others)} more" if others else ""
            return f"{shown(first) or 'the tests'}{more} could not be collected"
        if not self._ended:
            return "no test ran"
        left = len(self._selected - self._ended)
        cause = session.shouldfail or session.shouldstop
        why = f" ({shown(str(cause))})" if isinstance(cause, str) else ""
        if left:
            return f"{left} of {counted(len(self._selected), 'test')} did not run to the end{why}"
        if self.elsewhere:
            number = counted(self.elsewhere, "test")
            return f"{number} ran where the plugin does not see them"
        if session.exitstatus in _STOPPED:
            return "the session was stopped"
        return ""
