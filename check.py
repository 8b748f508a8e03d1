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
# pytest rewrites the assertions of each module of tests and keeps it compiled. Done here by one
# process, beside mypy, it is not done by each of the three that run the tests.
COLLECTION = ("pytest", "--collect-only", "-qq")
# Step by step; the checks of a step run at the same time. Tests wait at times: the site has room.
STEPS = (
    (("ruff", "format", "--check", "."), ("ruff", "check", "."), ("codespell_lib",)),
    (("mypy",), COLLECTION),
    (("tests.site",), TESTS),
    (("coverage", "combine", "--quiet"),),
    (("coverage", "report"),),
)


def started(check: tuple[str, ...]) -> subprocess.Popen[str]:
    """A check that runs. A list of all tests is of no use unless it fails."""
    output = subprocess.PIPE if check == COLLECTION else None
    return subprocess.Popen([sys.executable, "-m", *check], stdout=output, text=True)


def main() -> int:
    """Runs the steps one after the other; the exit status is of the first check that fails."""
    for step in STEPS:
        for check in step:
            print("$", *check, flush=True)
        running = [started(check) for check in step]
        outputs = [process.communicate()[0] for process in running]
        failed = [place for place, process in enumerate(running) if process.returncode]
        if failed:
            print(*filter(None, outputs))
            return running[failed[0]].returncode
    print("Not run: tests/browser, which needs Chromium; `make browser` runs it.")
    print(left_out())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
