"""Drawing valid requests against ``st.builds`` over dataclasses written out by hand.

The peer has the types of version 6.8 as a careful author would write them: a dataclass for each,
optional fields as ``none() | …``, a job by ``|``, handles and dates without ``from_regex`` and
``datetimes``, and lxml to serialize. Both draw the same space: optional fields in half of the
messages, arrays of up to three items, texts of any characters. The mean size of their messages is
printed, for it is what the time goes to.

Then, over all versions: the share of examples that were begun and came to nothing, which is what
filters cost; and how many examples it takes until each of the eleven job types was there.
"""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from benchmarks.server import Row
from benchmarks.strategies_peer import peer
from ips_contract.contract.model import contract
from ips_contract.contract.versions import LATEST
from ips_contract.invalid import (
    invalid_envelopes,
    invalid_exchanges,
    invalid_faults,
    invalid_messages,
    invalid_submit_job_requests,
    invalid_submit_job_responses,
)
from ips_contract.strategies import (
    envelopes,
    exchanges,
    faults,
    messages,
    plain_requests,
    submit_job_requests,
)
from ips_contract.xml.parser import local_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DrawFn, SearchStrategy

_EXAMPLES = 1000
_PAIRS = 7
JOBS = frozenset(contract(LATEST).complex_types["submitJobParamType"].choices[-1].names)

# What the share of discarded examples is measured of: every strategy for whole messages.
DRAWN: dict[str, SearchStrategy[Any]] = {
    # Those of invalid messages take seconds to make: that is done when they are first drawn from.
    "valid requests": submit_job_requests(),
    "valid requests, warnings": submit_job_requests(warnings=True),
    "messages of all operations": messages(),
    "envelopes": envelopes(),
    "plain requests": plain_requests(),
    "faults": faults(),
    "exchanges": exchanges(),
    "invalid requests": st.deferred(invalid_submit_job_requests),
    "invalid responses": st.deferred(invalid_submit_job_responses),
    "invalid lists of jobs": st.deferred(lambda: invalid_messages("getActiveJobsReturn")),
    "invalid envelopes": st.deferred(invalid_envelopes),
    "invalid faults": st.deferred(invalid_faults),
    "invalid exchanges": st.deferred(invalid_exchanges),
}


def draw(
    strategy: SearchStrategy[Any],
    examples: int,
    start: int,
    use: Callable[[Any], object] = lambda _: None,
) -> None:
    """Draws ``examples`` from the seed ``start``; ``use`` gets each."""
    checks = list(HealthCheck)
    options = settings(
        max_examples=examples, database=None, deadline=None, suppress_health_check=checks
    )

    @seed(start)
    @options
    @given(strategy)
    def test(example: Any) -> None:
        use(example)

    test()


def timed(strategy: SearchStrategy[bytes], start: int) -> tuple[float, int]:
    """Microseconds of the processor per example, and bytes per message."""
    sizes: list[int] = []
    before = time.process_time()
    draw(strategy, _EXAMPLES, start, lambda message: sizes.append(len(message)))
    spent = time.process_time() - before
    return spent / len(sizes) * 1e6, sum(sizes) // len(sizes)


def speed() -> Row:
    """Time per example, ours to the peer's, by turns in one process."""
    ours, theirs = submit_job_requests("6.8"), peer()
    pairs = []
    for start in range(_PAIRS):
        (first, size), (second, other) = timed(ours, start), timed(theirs, start)
        pairs.append((first, second))
        print(f"  {first:.0f} and {second:.0f} us; {size} and {other} bytes", flush=True)
    ratio = median(first / second for first, second in pairs)
    names = (median(first for first, _ in pairs), median(second for _, second in pairs))
    return Row("time per valid request", *names, "us", ratio, 0.5, at_least=False)


def discarded(strategy: SearchStrategy[Any], examples: int = 500) -> tuple[int, int]:
    """How many examples were begun, and how many of them came to nothing."""
    begun = ended = 0

    @st.composite
    def counted(draw: DrawFn) -> None:
        nonlocal begun, ended
        begun += 1
        draw(strategy)
        ended += 1

    draw(counted(), examples, 0)
    return begun, begun - ended


def discards(name: str) -> Row:
    """The share of discarded examples in percent."""
    begun, lost = discarded(DRAWN[name])
    share = 100 * lost / begun
    return Row(f"discarded of {begun} {name}", lost, begun, "%", share, 2, at_least=False)


def until_all_jobs(start: int) -> int:
    """How many requests were drawn when the last of the eleven job types came."""
    left, count, last = set(JOBS), 0, 0

    def use(message: Any) -> None:
        nonlocal count, last
        count += 1
        job = local_name(message[-1])
        if job in left:
            left.discard(job)
            last = count

    draw(submit_job_requests(warnings=True, form="element"), 500, start, use)
    return last if not left else 501


def run() -> list[Row]:
    """All measurements."""
    found = [until_all_jobs(start) for start in range(10)]
    most = max(found)
    name = "examples until all eleven job types, most of 10 runs"
    jobs = Row(name, most, len(JOBS), "examples", most, 500, at_least=False)
    return [speed(), *map(discards, DRAWN), jobs]


def main() -> None:
    """Prints the rows."""
    for row in run():
        verdict = "" if row.reached else "  MISSED"
        print(
            f"{row.name:52} {row.ours:8.0f} / {row.theirs:6.0f} {row.unit:8} = {row.ratio:6.2f}"
            f"  (goal <= {row.goal}){verdict}",
            flush=True,
        )


if __name__ == "__main__":
    main()
