"""Contract coverage as HTML: a bar for each kind of thing, and which of them were exercised."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Protocol

from ips_contract.contract.faults import FAULT_CODES
from ips_contract.xml.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


class Part(Protocol):
    """What there is of one kind, and how often each was exercised."""

    @property
    def name(self) -> str:
        """Of the kind, in plural."""

    @property
    def items(self) -> Mapping[str, int]:
        """Each of the kind → how often."""

    @property
    def total(self) -> int:
        """How many there are."""

    @property
    def covered(self) -> int:
        """How many were exercised."""


def coverage(dimensions: Sequence[Part]) -> Iterator[str]:
    """The section with this title."""
    yield '<h2>Contract coverage</h2><div class="box">'
    for row in dimensions:
        share = 100 * row.covered // row.total
        yield (
            f'<details class="part"><summary><span>{row.name}</span>'
            f'<span class="bar"><i style="width:{share}%"></i></span>'
            f'<span class="num soft">{row.covered} of {row.total}</span>'
            f'<span class="num share">{share}%</span></summary><div class="items">'
        )
        for item, count in row.items.items():
            name = escape(_item(row.name, item))
            times = f' title="in {counted(count, "message")}"' if count else ""
            yield f'<span class="chip{" on" if count else ""}"{times}>{name}</span>'
        yield "</div></details>"
    yield "</div>"


def _item(dimension: str, item: str) -> str:
    return f"{item} {FAULT_CODES[int(item)].name}" if dimension == "faults" else item
