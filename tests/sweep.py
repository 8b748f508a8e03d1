"""How much of its sweep a test does: a sample of it, or with ``IPS_TESTS=whole`` all of it.

A sweep drives the same lines with each message of each version, or with thousands of examples.
``make test`` takes a sample, the same each time; ``make whole`` takes all.
CI runs the sample of each, and the sweeps that ``.ci/run`` names whole.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")
WHOLE = os.environ.get("IPS_TESTS") == "whole"
# A test that is slow, and one of several of its kind.
only_whole = pytest.mark.skipif(not WHOLE, reason="the whole sweep has it, as others of its kind")


def every(step: int, rows: Iterable[T], start: int = 0) -> list[T]:
    """Each ``step``-th of ``rows``, the one at ``start`` modulo ``step`` first; or all of them.

    Tests of several versions give the version's rank as ``start``: together they meet each row.
    """
    found = list(rows)
    return found if WHOLE else found[start % step :: step]


def examples(sample: int, whole: int) -> int:
    """How many examples to draw: ``sample``, or ``whole``."""
    return whole if WHOLE else sample
