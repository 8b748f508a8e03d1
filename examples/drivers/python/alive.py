"""Keeps a driver of one case alive for many: ``python alive.py DRIVER.py [ARGUMENT ...]``.

The driver is a script that finds its task in the environment and prints the handle. Here it is run
once for each line on standard input, in one process, so its libraries are loaded once.
"""

from __future__ import annotations

import io
import json
import os
import runpy
import sys
from contextlib import redirect_stdout
from pathlib import Path


def run(driver: str, task: dict[str, str]) -> dict[str, str]:
    """The answer to a task: what the driver printed, or how it failed."""
    os.environ.update(task)
    answer = {"case": task["IPS_CASE"]}
    printed = io.StringIO()
    try:
        with redirect_stdout(printed):
            runpy.run_path(driver, run_name="__main__")
    except SystemExit as end:
        if end.code not in (None, 0):
            return {**answer, "error": str(end.code)}
    except Exception as error:  # noqa: BLE001 - whatever it is, it is how the driver failed
        return {**answer, "error": f"{type(error).__name__}: {error}"}
    return {**answer, "output": printed.getvalue()}


if __name__ == "__main__":
    del sys.argv[0]  # The driver finds its own name there, as if it had been started alone.
    sys.path[0] = str(Path(sys.argv[0]).resolve().parent)
    for line in sys.stdin:
        print(json.dumps(run(sys.argv[0], json.loads(line))), flush=True)
