"""How long all gating cases take, stalls included: ``python -m benchmarks.battery [COMMAND...]``.

Without a command, the careful client on urllib of the tests, and how long it takes to start.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

from ips_contract import battery, fuzz

CLIENT = Path(__file__).parent.parent / "tests" / "clients" / "with_urllib.py"


def main(command: list[str]) -> int:
    parser = argparse.ArgumentParser()
    fuzz.add_arguments(parser)
    cases = [word for case in battery.cases() for word in ("--case", case.id)]
    before = time.perf_counter()
    subprocess.run([*command[:-1], "-c", "import urllib.request"], check=False)
    started = time.perf_counter() - before
    status = fuzz.run(parser.parse_args([*cases, "--", *command]))
    total = time.perf_counter() - before - started
    print(f"{len(battery.cases())} cases: {total:.1f} s; an empty client: {started * 1000:.0f} ms")
    return status


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:] or [sys.executable, "-I", str(CLIENT)]))
