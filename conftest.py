"""Settings of the test run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from unittest import mock

import coverage
import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Generator

# Shared machines are slow at times; a deadline would fail tests that prove something else.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Does not measure the coverage of a test marked ``no_cover``, nor of what it starts."""
    measuring = coverage.Coverage.current()
    if measuring is None or item.get_closest_marker("no_cover") is None:
        return (yield)
    kept = {name: text for name, text in os.environ.items() if not name.startswith("COVERAGE_")}
    measuring.stop()
    try:
        with mock.patch.dict(os.environ, kept, clear=True):
            return (yield)
    finally:
        measuring.start()
