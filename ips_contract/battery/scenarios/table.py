"""The cases of the client battery: one table, and how cases are chosen from it."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from ips_contract.battery.scenarios.accept import ACCEPTED
from ips_contract.battery.scenarios.refuse import FAULTS, REFUSED
from ips_contract.xml.text import near

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ips_contract.battery.scenarios.scenario import Scenario

SCENARIOS: dict[str, Scenario] = {
    scenario.id: scenario
    for scenario in sorted((*ACCEPTED, *FAULTS, *REFUSED), key=lambda row: row.number)
}


def select(patterns: Iterable[str] = ()) -> list[Scenario]:
    """The cases whose ids match one of ``patterns`` (``*``, ``?``), all without any.

    Raises:
        ValueError: a pattern matches none.
    """
    wanted = list(patterns)
    if not wanted:
        return list(SCENARIOS.values())
    found: dict[str, Scenario] = {}
    for pattern in wanted:
        matches = [row for name, row in SCENARIOS.items() if fnmatchcase(name, pattern)]
        if not matches:
            guess = near(pattern, tuple(SCENARIOS))
            known = "`ips-contract fuzz --list` shows them"
            hint = f"did you mean {guess}?" if guess else known
            raise ValueError(f"no case {pattern!r}; {hint}")
        found |= {row.id: row for row in matches}
    return [row for name, row in SCENARIOS.items() if name in found]
