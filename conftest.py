"""Settings of the test run."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import coverage
import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Generator

# Shared machines are slow at times; a deadline would fail tests that prove something else.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")


# They need a browser, which not every machine has: they run if they are named (make browser).
_BROWSER = Path(__file__).parent / "tests" / "browser"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leaves the tests in a browser out, unless they are named."""
    if collection_path != _BROWSER:
        return None
    named = (Path(argument.partition("::")[0]).resolve() for argument in config.args)
    return None if any(path.is_relative_to(_BROWSER) for path in named) else True


# Coverage is measured in xdist's workers, and in the runs of pytest that some tests of the plugin
# start: those marked ``cover_runs``. In other programs that tests start it is not. To begin to
# measure takes longer than most of them run, and other tests reach the same lines.
_MEASURING = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}


def _measure_children(*, yes: bool) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    for name, value in _MEASURING.items():
        if yes:
            os.environ[name] = value
        else:
            os.environ.pop(name, None)


_measure_children(yes=False)

# Of a test with very many rows, those drive the lines that others of its rows have driven.
_MEASURED_FIRST, _MEASURED_EACH = 4, 10
_rows_run: Counter[str] = Counter()


def _is_measured(item: pytest.Item) -> bool:
    """Whether the coverage of a test is measured: of its first rows, then of each tenth."""
    function = item.nodeid.partition("[")[0]
    _rows_run[function] += 1
    rows = _rows_run[function]
    is_of_the_sample = rows <= _MEASURED_FIRST or rows % _MEASURED_EACH == 0
    return is_of_the_sample and item.get_closest_marker("no_cover") is None


def pytest_configure(config: pytest.Config) -> None:
    """Ends measuring in the process that gives the workers their tests: it runs none."""
    measuring = coverage.Coverage.current()
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    if measuring is not None and not is_worker and config.getoption("numprocesses", None):
        measuring.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Measures the coverage of a sample of each test's rows, as their marks say.

    Of a test marked ``no_cover`` none is, of one marked ``cover_runs`` its runs of pytest are, too.
    """
    measuring = coverage.Coverage.current()
    if measuring is None:
        return (yield)
    is_measured = _is_measured(item)
    if is_measured:
        _measure_children(yes=item.get_closest_marker("cover_runs") is not None)
    else:
        measuring.stop()
    try:
        return (yield)
    finally:
        if not is_measured:
            measuring.start()  # It sets the variables, too.
        _measure_children(yes=False)
