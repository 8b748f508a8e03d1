"""Drawing valid requests against ``st.builds`` over dataclasses written out by hand.

The peer has the types of version 6.8 as a careful author would write them: a dataclass for each,
optional fields as ``none() | …``, a job by ``|``, handles and dates without ``from_regex`` and
``datetimes``, and lxml to serialize. Both draw the same space: optional fields in half of the
messages, arrays of up to three items, texts of any characters. The mean size of their messages is
printed, for it is what the time goes to.

``python -m benchmarks.strategies 100000`` is the proof that what is drawn is valid.
"""

from __future__ import annotations

import sys
import time
from statistics import median
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, seed, settings

from benchmarks.server import Row
from benchmarks.strategies_peer import peer
from ips_contract.engines import lxml_verdict, xmlschema_verdict
from ips_contract.envelope import parse
from ips_contract.strategies import messages, submit_job_requests
from ips_contract.validation import validate
from ips_contract.versions import version_for_namespace

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

_EXAMPLES = 1000
_PAIRS = 5
_BATCH = 2000


class Drawn:
    """What a run drew: examples, bytes, seconds, tries that came to nothing."""

    def __init__(self) -> None:
        self.examples = 0
        self.size = 0
        self.seconds = 0.0

    @property
    def microseconds(self) -> float:
        """Time per example."""
        return self.seconds / self.examples * 1e6


def draw(strategy: SearchStrategy[bytes], examples: int, start: int) -> Drawn:
    """Draws ``examples`` messages, from the seed ``start``."""
    drawn = Drawn()

    @seed(start)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def test(message: bytes) -> None:
        drawn.examples += 1
        drawn.size += len(message)

    before = time.process_time()
    test()
    drawn.seconds = time.process_time() - before
    return drawn


def run() -> list[Row]:
    """Time per example, ours against the peer's, by turns in one process."""
    ours, theirs = submit_job_requests("6.8"), peer()
    pairs = []
    for start in range(_PAIRS):
        first, second = draw(ours, _EXAMPLES, start), draw(theirs, _EXAMPLES, start)
        pairs.append((first, second))
        sizes = f"{first.size // first.examples} and {second.size // second.examples} bytes"
        print(f"  {first.microseconds:.0f} and {second.microseconds:.0f} us; {sizes}")
    ratio = median(first.microseconds / second.microseconds for first, second in pairs)
    return [
        Row(
            "valid request drawn",
            median(first.microseconds for first, _ in pairs),
            median(second.microseconds for _, second in pairs),
            "us",
            ratio,
            0.5,
            at_least=False,
        )
    ]


def nightly(count: int) -> int:
    """Draws ``count`` valid messages; all three validators must accept each. Returns how many.

    Raises:
        AssertionError: one of them refuses a message, or has a remark.
    """
    accepted = 0
    strategy = submit_job_requests() | messages()

    def judge(message: bytes) -> None:
        nonlocal accepted
        root = parse(message)
        found = version_for_namespace(str(root.tag)[1:].partition("}")[0])
        assert found is not None
        version = found[0]
        assert not validate(message).violations, message
        assert not lxml_verdict(root, version, version.namespace), message
        assert not xmlschema_verdict(root, version, version.namespace), message
        accepted += 1

    batch = 0
    while accepted < count:
        batch += 1
        # Hypothesis keeps a tree of all that it drew: several runs need less memory than one.
        test = settings(max_examples=_BATCH, database=None, deadline=None)(given(strategy)(judge))
        seed(batch)(test)()
        print(f"{accepted} messages accepted by all three", flush=True)
    return accepted


if __name__ == "__main__":
    if len(sys.argv) > 1:
        nightly(int(sys.argv[1]))
    else:
        for row in run():
            print(row)
