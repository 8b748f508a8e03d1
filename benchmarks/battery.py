"""How long all gating cases take, stalls included: ``python -m benchmarks.battery [COMMAND...]``.

Without a command, the careful client on urllib of the tests, which has 3 s of patience. How long
a client takes to start is measured by starting it without its environment: it ends at once.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from ips_contract import battery
from ips_contract.cli import arguments, fuzz

CLIENT = Path(__file__).parent.parent / "tests" / "clients" / "with_urllib.py"
GOAL = 30.0  # Seconds, on two processors, for a client that starts in 50 ms.
STARTS = 9


def start_of(command: list[str]) -> float:
    """Seconds from the start of the client to its end, when it has nothing to do."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("IPS_")}
    seconds = []
    for _ in range(STARTS):
        before = time.perf_counter()
        subprocess.run(command, check=False, capture_output=True, env=environment)
        seconds.append(time.perf_counter() - before)
    return median(seconds)


def main(command: list[str]) -> int:
    parser = argparse.ArgumentParser()
    arguments.fuzz(parser)
    gating = battery.cases()
    chosen = [word for case in gating for word in ("--case", case.id)]
    start = start_of(command)
    said = io.StringIO()
    before = time.perf_counter()
    with contextlib.redirect_stdout(said):
        status = fuzz.run(parser.parse_args([*chosen, "--", *command]))
    total = time.perf_counter() - before
    print(said.getvalue().splitlines()[0])
    print(
        f"{'battery, all G cases with stalls':44}{total:6.1f} s  (goal <= {GOAL:g} s"
        f"{'' if total <= GOAL else ': MISSED'})  the client starts in {start * 1000:.0f} ms, "
        f"{os.cpu_count()} processors"
    )
    return status or int(total > GOAL)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:] or [sys.executable, "-E", "-s", "-S", str(CLIENT)]))
