"""All checks of the project, in one command: ``python check.py`` (``make test`` sets it up)."""

from __future__ import annotations

import subprocess
import sys

from tests.languages.machine import left_out

TESTS = (
    *("coverage", "run", "-m", "pytest"),
    # One more than the processors that CI has: tests wait at times for processes and sockets.
    "--numprocesses=3",
    "--dist=worksteal",  # Some tests take seconds: none is left to the last worker alone.
)
# Step by step; the checks of a step run at the same time. Tests wait at times, so mypy has room.
STEPS = (
    (("ruff", "format", "--check", "."), ("ruff", "check", "."), ("codespell_lib",)),
    (("mypy",), ("tests.site",), TESTS),
    (("coverage", "combine", "--quiet"),),
    (("coverage", "report"),),
)


def main() -> int:
    """Runs the steps one after the other; the exit status is of the first check that fails."""
    for step in STEPS:
        for check in step:
            print("$", *check, flush=True)
        running = [subprocess.Popen([sys.executable, "-m", *check]) for check in step]
        failed = [process.returncode for process in running if process.wait()]
        if failed:
            return failed[0]
    print("Not run: tests/browser, which needs Chromium; `make browser` runs it.")
    print(left_out())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
