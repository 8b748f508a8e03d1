"""``python -m benchmarks [name ...]``: measures, and prints a table with the promised limits.

Names are those of the other modules here, and of the rows of ``benchmarks.validation``.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

from benchmarks import validation

# The other modules that are programs.
OTHERS = sorted(
    path.stem
    for path in Path(__file__).parent.glob("[a-z]*.py")
    if '__name__ == "__main__"' in path.read_text(encoding="utf-8")
)


def main(arguments: list[str]) -> int:
    known = {"validation", *validation.MEASURES, *OTHERS}
    unknown = sorted(set(arguments) - known)
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(sorted(known))}")
        return 2
    chosen = [
        name
        for name in validation.MEASURES
        if not arguments or name in arguments or "validation" in arguments
    ]
    missed = validation.report(chosen) if chosen else 0
    for name in OTHERS:
        if not arguments or name in arguments:
            sys.argv = [name]
            print(f"\n## {name}\n", flush=True)
            try:
                runpy.run_module(f"benchmarks.{name}", run_name="__main__")
            except SystemExit as end:  # Of this one; the others are still to come.
                missed += bool(end.code)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
