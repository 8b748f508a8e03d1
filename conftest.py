"""Settings of the test run."""

from __future__ import annotations

import os
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


# Coverage is measured in xdist's workers, and not in what tests start: to begin to measure takes
# longer than most of these programs run, and tests in the process reach the same lines.
def _leave_children_alone() -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        for variable in [name for name in os.environ if name.startswith("COVERAGE_")]:
            del os.environ[variable]


_leave_children_alone()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Does not measure the coverage of a test marked ``no_cover``."""
    measuring = coverage.Coverage.current()
    if measuring is None or item.get_closest_marker("no_cover") is None:
        return (yield)
    measuring.stop()
    try:
        return (yield)
    finally:
        measuring.start()
        _leave_children_alone()  # It has set the variables again.
