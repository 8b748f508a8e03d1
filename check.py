"""All checks of the project, in one command: ``python check.py`` (``make test`` sets it up)."""

from __future__ import annotations

import subprocess
import sys

CHECKS = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy",),
    (
        "pytest",
        "--numprocesses=2",
        "--cov",
        "--cov-branch",
        "--cov-report=term",
        "--cov-fail-under=95",
    ),
    ("tests.elsewhere",),
)


def main() -> int:
    """Runs the checks one after the other; the exit status is that of the first that fails."""
    for check in CHECKS:
        print("$", *check, flush=True)
        status = subprocess.run([sys.executable, "-m", *check], check=False).returncode
        if status:
            return status
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
