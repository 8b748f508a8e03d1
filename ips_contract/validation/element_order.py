"""Elements out of order: the fewest whose move puts the others in order."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from ips_contract.contract.content_models import Particle


def misplaced(
    children: list[tuple[etree._Element, Particle]],
) -> Iterator[tuple[etree._Element, Particle, int, str]]:
    """The fewest of ``children`` whose move puts the rest in order.

    Each with its particle, its number among those of its name, and where it belongs in words.
    What stands once too often is to go, wherever it stands: that is said already.
    """
    seen: dict[str, int] = {}
    chosen: set[int] = set()
    numbered = []
    for element, particle in children:
        count = seen[particle.name] = seen.get(particle.name, 0) + 1
        choice = particle.field.choice
        if count <= particle.most and choice not in chosen:
            numbered.append((element, particle, count))
        if choice is not None:
            chosen.add(choice)
    keep = longest_ordered([particle.position for _, particle, _ in numbered])
    kept = [numbered[index][1] for index in sorted(keep)]
    positions = [particle.position for particle in kept]
    for index, (element, particle, count) in enumerate(numbered):
        if index in keep:
            continue
        before = bisect_left(positions, particle.position)
        after = bisect_right(positions, particle.position)
        where = [f"after {kept[before - 1].name}"] if before else []
        where += [f"before {kept[after].name}"] if after < len(kept) else []
        yield element, particle, count, " and ".join(where)


def longest_ordered(positions: list[int]) -> set[int]:
    """Indices of a longest subsequence of ``positions`` that never descends."""
    tails: list[int] = []  # Index that ends the best subsequence of each length.
    values: list[int] = []
    previous = [-1] * len(positions)
    for index, position in enumerate(positions):
        length = bisect_right(values, position)
        previous[index] = tails[length - 1] if length else -1
        tails[length : length + 1] = [index]
        values[length : length + 1] = [position]
    keep = set()
    index = tails[-1] if tails else -1
    while index >= 0:
        keep.add(index)
        index = previous[index]
    return keep
