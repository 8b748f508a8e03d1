"""What the tests of a run found, merged from all its processes."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from ips_contract.mock.contract_coverage import Seen, seen_in
from ips_contract.pytest_plugin.baseline import Key, key
from ips_contract.pytest_plugin.conformance import DEVIATES, EXPECTED
from ips_contract.pytest_plugin.entries import Entry, Place, entry

if TYPE_CHECKING:
    from ips_contract.pytest_plugin.conformance import Judgement

_MOST_ENTRIES = 5000  # Exchanges of a run in its report.


class Results:
    """What a run found, or one test of it.

    Attributes:
        entries: the exchanges, if they are wanted for a report.
        seen: what of the contract was exercised, if coverage is wanted.
        verdicts: how many exchanges got each verdict.
        warnings: how often each rule warned.
        warned: how many exchanges have warnings.
        deviations: all that were met, those in the baseline too, with the tests that met them.
        passed: the tests that ran to their end, and passed.
        left_out: exchanges that are not among ``entries``, being too many.
    """

    def __init__(self, *, entries: bool, seen: bool) -> None:
        self._with_entries = entries
        self._with_seen = seen
        self.entries: list[Entry] = []
        self.seen: Seen = Counter()
        self.verdicts: Counter[str] = Counter()
        self.warnings: Counter[str] = Counter()
        self.warned = 0
        self.deviations: dict[Key, set[str]] = {}
        self.passed: set[str] = set()
        self.left_out = 0

    def fresh(self) -> Results:
        """Others of the same kind, without anything in them."""
        return Results(entries=self._with_entries, seen=self._with_seen)

    def take(self, judgement: Judgement, fixture: str, place: Place) -> None:
        """Adds a judgement."""
        self.verdicts[judgement.verdict] += 1
        self.warnings.update(row.rule for row in judgement.warnings)
        self.warned += bool(judgement.warnings)
        for row in judgement.deviating:
            self.deviations.setdefault(key(judgement.report, row), set()).add(place.test)
        if self._with_seen:
            self.seen.update(seen_in(judgement.report, judgement.exchange.fault))
        if self._with_entries:
            self._keep(entry(judgement, fixture, place))

    def excuse(self) -> None:
        """Makes deviations expected ones: pytest does not hold them against their test."""
        self.verdicts[EXPECTED] += self.verdicts.pop(DEVIATES, 0)
        self.verdicts += Counter()  # Without what is zero.
        self.entries = [
            row._replace(verdict=EXPECTED, failing=[], nearest=[])
            if row.verdict == DEVIATES
            else row
            for row in self.entries
        ]

    def add(self, other: Results) -> None:
        """Adds what ``other`` has."""
        for row in other.entries:
            self._keep(row)
        self.seen.update(other.seen)
        self.verdicts.update(other.verdicts)
        self.warnings.update(other.warnings)
        self.warned += other.warned
        for deviation, tests in other.deviations.items():
            self.deviations.setdefault(deviation, set()).update(tests)
        self.passed |= other.passed
        self.left_out += other.left_out

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
                "warnings": self.warnings,
                "warned": self.warned,
                "deviations": [[row, sorted(tests)] for row, tests in self.deviations.items()],
                "passed": sorted(self.passed),
                "left_out": self.left_out,
            }
        )

    def merge(self, text: str) -> None:
        """Adds what another process dumped."""
        values = json.loads(text)
        other = self.fresh()
        other.entries = [Entry(*row) for row in values["entries"]]
        other.seen.update({(part, item): count for part, item, count in values["seen"]})
        other.verdicts.update(values["verdicts"])
        other.warnings.update(values["warnings"])
        other.warned = values["warned"]
        other.deviations = {Key(*row): set(tests) for row, tests in values["deviations"]}
        other.passed = set(values["passed"])
        other.left_out = values["left_out"]
        self.add(other)
