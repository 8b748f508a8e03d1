"""The tests in a browser, in one process: ``python -m tests.browser`` (``make browser``).

Where there is no Chromium, it is installed if that can be done without asking anybody.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from tests.browser.chromium import MISSING, program

_INSTALL = ("apt-get", "install", "--yes", "chromium")


def _may_install() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def main() -> int:
    """Runs them; the exit status is pytest's, or 2 where there is no browser."""
    if program() is None and _may_install():
        # As it may be asked for on a fresh machine, which has no lists of packages yet.
        subprocess.run(("apt-get", "update", "--quiet"), check=False)
        subprocess.run(_INSTALL, check=False)
    if program() is None:
        print(MISSING, file=sys.stderr)
        return 2
    tests = (sys.executable, "-m", "pytest", "--numprocesses=0", "tests/browser")
    return subprocess.run(tests, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
