"""What the tests of a run found, merged from all its processes."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from ips_contract.pytest_plugin.baseline import Key, key
from ips_contract.pytest_plugin.conformance import DEVIATES
from ips_contract.pytest_plugin.contract_coverage import Seen, seen_in
from ips_contract.pytest_plugin.entries import Entry, Place, entry

if TYPE_CHECKING:
    from ips_contract.pytest_plugin.conformance import Judgement

_MOST_ENTRIES = 5000  # Exchanges of a run in its report.


class Results:
    """What a run found.

    Attributes:
        entries: the exchanges, if they are wanted for a report.
        seen: what of the contract was exercised, if coverage is wanted.
        verdicts: how many exchanges got each verdict.
        deviations: all that were met, those in the baseline too.
        left_out: exchanges that are not among ``entries``, being too many.
    """

    def __init__(self, *, entries: bool, seen: bool) -> None:
        self._with_entries = entries
        self._with_seen = seen
        self.entries: list[Entry] = []
        self.seen: Seen = Counter()
        self.verdicts: Counter[str] = Counter()
        self.deviations: set[Key] = set()
        self.left_out = 0

    def take(self, judgement: Judgement, fixture: str, place: Place) -> None:
        """Adds a judgement."""
        self.verdicts[judgement.verdict] += 1
        self.deviations |= {key(judgement.report, row) for row in judgement.deviating}
        if self._with_seen:
            self.seen.update(seen_in(judgement.report, judgement.exchange.fault))
        if self._with_entries:
            self._keep(entry(judgement, fixture, place))

    def _keep(self, row: Entry) -> None:
        # What conforms makes room for what does not.
        if len(self.entries) < _MOST_ENTRIES or row.verdict == DEVIATES:
            self.entries.append(row)
        else:
            self.left_out += 1

    def dump(self) -> str:
        """Everything as text, for another process to ``merge``."""
        return json.dumps(
            {
                "entries": self.entries,
                "seen": [[*item, count] for item, count in self.seen.items()],
                "verdicts": self.verdicts,
                "deviations": sorted(self.deviations),
                "left_out": self.left_out,
            }
        )

    def merge(self, text: str) -> None:
        """Adds what another process dumped."""
        values = json.loads(text)
        for row in values["entries"]:
            self._keep(Entry(*row))
        for dimension, item, count in values["seen"]:
            self.seen[dimension, item] += count
        self.verdicts.update(values["verdicts"])
        self.deviations |= {Key(*row) for row in values["deviations"]}
        self.left_out += values["left_out"]
