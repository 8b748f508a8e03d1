"""``python -m scoreboard [STACK,STACK ...]``: measures, and writes docs/reference/scoreboard.*.

``--page`` writes the page alone, from the results that are there, with the advice of the table.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import UTC, datetime

from scoreboard.board import Board, as_json, merged, stack_row
from scoreboard.install import ROOT, Missing, Workshop
from scoreboard.measure import NotRun, measure, scrubbed
from scoreboard.page import page
from scoreboard.stacks import Stack, chosen, stacks

RESULTS = ROOT / "docs" / "reference" / "scoreboard.json"
PAGE = RESULTS.with_suffix(".html")


def main(arguments: list[str]) -> int:
    """Measures the stacks that are named; 1 if one of them could not be."""
    parser = argparse.ArgumentParser(prog="python -m scoreboard", description=__doc__)
    parser.add_argument("stacks", nargs="*", help="ids, with commas between (default: all)")
    parser.add_argument("--page", action="store_true", help="measure nothing, write the page")
    args = parser.parse_args(arguments)
    table = stacks()
    names = [name for words in args.stacks for name in words.split(",") if name]
    try:
        wanted = [] if args.page else chosen(names, table)
    except ValueError as error:
        print(f"scoreboard: {error}", file=sys.stderr)
        return 2
    board = json.loads(RESULTS.read_bytes()) if RESULTS.exists() else None
    board = _written(merged(board, [], {}, table))
    workshop = Workshop() if wanted else None
    unmeasured = 0
    for stack in wanted:
        assert workshop is not None
        start = time.monotonic()
        try:
            row = _row(stack, workshop)
        except (Missing, NotRun) as error:
            unmeasured += 1
            why = scrubbed(str(error))
            said = f"not measured: {why}"
            board = merged(board, [], {stack.id: why}, table)
        else:
            counts = row["summary"]
            said = f"{row['version']}: {counts['failed']} of {counts['gating']} gating cases failed"
            said += f", {counts['unsteady']} unsteady"
            board = merged(board, [row], {}, table)
        _written(board)  # Now, so that nothing is lost if the run ends early.
        print(f"{stack.id:16} {time.monotonic() - start:6.1f} s  {said}", flush=True)
    return 1 if unmeasured else 0


def _row(stack: Stack, workshop: Workshop) -> Board:
    """Installs and measures a stack."""
    version = workshop.prepare(stack)
    measured = measure(stack, workshop.place(stack), workshop.environment)
    return stack_row(stack, version, measured, datetime.now(UTC).date().isoformat())


def _written(board: Board) -> Board:
    """Writes both files; the board."""
    for path, text in ((RESULTS, as_json(board)), (PAGE, page(board))):
        path.write_text(text, encoding="utf-8", newline="\n")
    return board


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
