"""Every kind of finding and of job, measured: ``python -m benchmarks.mixtures [group ...]``.

A row is a kind of message. It has the ratio of its worst message, the ratio of its median message,
and the limit; the rows furthest from their limits come first. A table before that has a row for
each group of kinds. Messages are judged by turns with
lxml, which parses the same bytes and validates them by the strict schema for their wrapping; the
mock's rows are rates, as shares of the documented submission's.

Groups are those of ``GROUPS``, ``mock``, and ``floor``: what lxml alone takes to refuse a broken
message with a schema that finds what ours finds, and to say where. ``--long`` measures all
messages, not a sample, and longer. ``--profile`` says where the time of the worst messages goes.
"""

from __future__ import annotations

import cProfile
import sys
import time
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.mixture_messages import Message, broken, clean, several
from benchmarks.mixture_mock import rates
from benchmarks.mixture_peers import floor, peer
from benchmarks.mixture_urls import clean_urls, every_url, one_in_urls
from benchmarks.validation import by_turns
from ips_contract import validate
from ips_contract.validation.exchanges import validate_exchange
from ips_contract.xml.parser import DEFAULT_LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import CodeType

GROUPS: dict[str, Callable[..., Iterator[Message]]] = {
    "clean": clean,
    "broken": broken,
    "several": several,
    "urls": clean_urls,
    "one": one_in_urls,
    "every": every_url,
}
MOCK, FLOOR = "mock", "floor"
GROUP_HEAD = [
    "group",
    "kinds",
    "messages",
    "worst",
    "which",
    "median",
    "limit",
    "kinds that met it",
]
HEAD = ["kind", "messages", "worst", "which", "median", "limit", "met"]
PROFILED = 10  # Messages whose time is looked into.
CALLS = 200  # Of each.
FUNCTIONS = 8  # Those shown.


class Effort(NamedTuple):
    """How long to measure: pairs of timings, and seconds of each.

    All messages are measured briefly. The ``again`` worst of a row are measured once more and
    better, and count with that: else the worst would be the one that the machine disturbed most.
    """

    pairs: int
    sample: float
    again: int
    better_pairs: int
    better_sample: float


QUICK = Effort(3, 0.0005, 2, 9, 0.002)
LONG = Effort(7, 0.002, 4, 60, 0.005)


class Measured(NamedTuple):
    """A message's ratio; ``excess`` is how far beyond the limit, as a factor."""

    name: str
    ratio: float
    excess: float


class Row(NamedTuple):
    """One kind: the measured messages of it, the worst first, and the limit of that one."""

    kind: str
    found: list[Measured]
    limit: float
    at_least: bool

    @property
    def met(self) -> bool:
        return self.found[0].excess <= 1

    def cells(self) -> list[str]:
        worst = self.found[0]
        sign = "at least" if self.at_least else "at most"
        return [
            self.kind,
            str(len(self.found)),
            f"{worst.ratio:.2f}",
            worst.name.replace("|", "\\|"),
            f"{median(one.ratio for one in self.found):.2f}",
            f"{sign} {self.limit:g}",
            "yes" if self.met else "**no**",
        ]


def ours(message: Message) -> Callable[[], object]:
    """To judge ``message``, findings read."""
    if message.request is not None:
        request = message.request

        def exchange() -> object:
            report = validate_exchange(request, message.data)
            return report.request.violations, report.response.violations, report.violations

        return exchange
    most = DEFAULT_LIMIT if message.most is None else message.most
    return lambda: validate(message.data, limit=most).violations


def theirs(message: Message) -> Callable[[], object]:
    """To parse and validate the same bytes with lxml."""
    answer = peer(message.data)
    if message.request is None:
        return answer
    request = peer(message.request)
    return lambda: (request(), answer())


def ratio(message: Message, pairs: int, sample: float) -> float:
    return median(by_turns(ours(message), theirs(message), pairs, sample))


def row_of(messages: Sequence[Message], effort: Effort) -> Row:
    """The row of the messages of one kind."""
    found = [(0.0, 0.0, message) for message in messages]
    if len(messages) > effort.again:
        for place, message in enumerate(messages):
            value = ratio(message, effort.pairs, effort.sample)
            found[place] = (value / message.limit, value, message)
        found.sort(key=lambda one: -one[0])
    for place, (_, _, message) in enumerate(found[: effort.again]):
        value = ratio(message, effort.better_pairs, effort.better_sample)
        found[place] = (value / message.limit, value, message)
    # A disturbed one that was not looked at again is not the worst.
    better = sorted(found[: effort.again], key=lambda one: -one[0])
    chosen = better + found[effort.again :]
    measured = [Measured(message.name, value, excess) for excess, value, message in chosen]
    return Row(messages[0].kind, measured, chosen[0][2].limit, at_least=False)


def floors(*, whole: bool) -> str:
    """What lxml alone takes for broken messages, as shares of ``peer``, as a table."""
    found: dict[str, list[float]] = {}
    effort = LONG if whole else QUICK
    for message in broken(whole=whole):
        least = None if message.request is not None else floor(message.data)
        if least is not None:
            ratios = by_turns(least, theirs(message), effort.better_pairs, effort.better_sample)
            found.setdefault(message.kind.partition(":")[0], []).append(median(ratios))
    lines = [["lxml alone", "messages", "least", "median", "worst"], ["---"] * 5]
    for kind, ratios in found.items():
        numbers = min(ratios), median(ratios), max(ratios)
        lines.append([kind, str(len(ratios)), *(f"{number:.2f}" for number in numbers)])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def by_kind(messages: Iterable[Message]) -> dict[str, list[Message]]:
    found: dict[str, list[Message]] = {}
    for message in messages:
        found.setdefault(message.kind, []).append(message)
    return found


def mock_rows(*, whole: bool) -> list[Row]:
    found: dict[str, list[tuple[Measured, float]]] = {}
    for rate in rates(whole=whole):
        measured = Measured(rate.name, rate.ratio, rate.limit / rate.ratio)
        found.setdefault(rate.kind, []).append((measured, rate.limit))
    rows = []
    for kind, pairs in found.items():
        pairs.sort(key=lambda pair: -pair[0].excess)
        rows.append(Row(kind, [one for one, _ in pairs], pairs[0][1], at_least=True))
    return rows


def table(rows: Iterable[Row]) -> str:
    """The rows as Markdown, the worst first."""
    lines = [HEAD, ["---"] * len(HEAD)]
    lines += [row.cells() for row in _worst_first(rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def summary(rows: Iterable[Row]) -> str:
    """A row for each group of kinds, with its worst kind, as Markdown."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.kind.partition(":")[0], []).append(row)
    lines = [GROUP_HEAD, ["---"] * len(GROUP_HEAD)]
    for kinds in sorted(
        map(_worst_first, groups.values()), key=lambda row: -row[0].found[0].excess
    ):
        kind, _, value, which, _, limit, met = kinds[0].cells()
        group, _, words = kind.partition(": ")
        middle = median(one.ratio for row in kinds for one in row.found)
        lines.append(
            [
                *(group, str(len(kinds)), str(sum(len(row.found) for row in kinds))),
                *(value, words if which == "it" else f"{words} ({which})", f"{middle:.2f}", limit),
                f"{sum(row.met for row in kinds)} of {len(kinds)}" if met != "yes" else met,
            ]
        )
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _worst_first(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: -row.found[0].excess)


def profile(message: Message) -> str:
    """The functions in which judging ``message`` spends most, in microseconds of a call."""
    action = ours(message)
    action()
    calls = CALLS if len(message.data) < 10_000 else CALLS // 10
    profiler = cProfile.Profile(time.process_time)
    profiler.enable()
    for _ in range(calls):
        action()
    profiler.disable()
    most = sorted(profiler.getstats(), key=lambda entry: -entry.inlinetime)[:FUNCTIONS]
    return "\n".join(
        f"  {1e6 * entry.inlinetime / calls:8.1f} us own "
        f"{1e6 * entry.totaltime / calls:8.1f} in all "
        f"{entry.callcount / calls:7.1f} calls  {_named(entry.code)}"
        for entry in most
    )


def _named(code: CodeType | str) -> str:
    """A function, by its place in the package; one of C's by its name."""
    if isinstance(code, str):
        return code
    file = code.co_filename.rpartition("ips_contract/")[2]
    return f"{file}:{code.co_firstlineno} {code.co_name}"


def main(words: list[str]) -> int:
    """Prints the table; 1 if a limit was missed."""
    whole, profiled = "--long" in words, "--profile" in words
    names = [word for word in words if not word.startswith("-")] or [*GROUPS, MOCK]
    known = [*GROUPS, MOCK, FLOOR, "--long", "--profile"]
    unknown = sorted({*names, *words} - {*known})
    if unknown:
        print(f"no {', '.join(unknown)}; there are {', '.join(known)}")
        return 2
    effort = LONG if whole else QUICK
    rows: list[Row] = []
    measured: dict[tuple[str, str], Message] = {}
    for name in names:
        start = time.perf_counter()
        if name == FLOOR:
            print(f"{floors(whole=whole)}\n")
        elif name == MOCK:
            rows += mock_rows(whole=whole)
        else:
            kinds = by_kind(GROUPS[name](whole=whole))
            measured |= {(m.kind, m.name): m for kind in kinds.values() for m in kind}
            rows += [row_of(messages, effort) for messages in kinds.values()]
        print(f"{name}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    print(f"{summary(rows)}\n\n{table(rows)}", flush=True)
    if profiled:
        for row in [row for row in _worst_first(rows) if not row.at_least][:PROFILED]:
            worst = row.found[0]
            print(f"\n{row.kind} ({worst.name}): {worst.ratio:.2f}")
            print(profile(measured[row.kind, worst.name]))
    return int(not all(row.met for row in rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
