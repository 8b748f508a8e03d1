"""Settings of the test run."""

from __future__ import annotations

import os

from hypothesis import settings

# Shared machines are slow at times; a deadline would fail tests that prove something else.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")
