"""``ips-contract rules``: the rules, with their faults and sources; or some, with examples."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from ips_contract.cli.arguments import JSON
from ips_contract.cli.exit_status import ERROR, OK
from ips_contract.cli.terminal import complain
from ips_contract.contract.faults import FAULT_CODES
from ips_contract.contract.rules import EVIDENCE, RULES, Rule
from ips_contract.validation.report.formats import to_json
from ips_contract.xml.text import no_such

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable


def run(args: argparse.Namespace) -> int:
    """Prints the rules; the exit status."""
    try:
        chosen = _chosen(args.rules)
    except ValueError as error:
        complain(str(error))
        return ERROR
    if args.format == JSON:
        rows = [_row(rule) for rule in chosen]
        print(to_json({"rules": rows, "evidence": EVIDENCE}), end="")
        return OK
    width = max(len(rule.id) for rule in chosen)
    for rule in chosen:
        faults = " or ".join(f"{code} ({FAULT_CODES[code].name})" for code in rule.faults)
        fault = f"  fault {faults}" if faults else ""
        print(f"{rule.id:{width}}  {rule.severity:7}{fault}".rstrip())
        print(f"    {rule.meaning}{' Requests only.' if rule.request_only else ''}")
        print(f"    source: {rule.source}\n")
        if args.rules:
            from ips_contract.cli.rule_examples import example_lines  # It needs lxml.

            print("\n".join(example_lines(rule)) + "\n")
    letters = {letter for rule in chosen for letter in re.findall(r"\b[A-Z]\b", rule.source)}
    print("Sources:")
    for letter, meaning in EVIDENCE.items():
        if not args.rules or letter in letters:
            print(f"    {letter}  {meaning}")
    return OK


def _chosen(patterns: Iterable[str]) -> list[Rule]:
    """The rules that ``patterns`` name, in the order of the table; all if there are none.

    Raises:
        ValueError: a pattern matches none.
    """
    if not patterns:
        return list(RULES.values())
    found: set[str] = set()
    for pattern in patterns:
        matches = {name for name in RULES if fnmatchcase(name, pattern)}
        if not matches:
            where = "`ips-contract rules` lists them"
            raise ValueError(no_such("rule", pattern, tuple(RULES), where))
        found |= matches
    return [rule for rule in RULES.values() if rule.id in found]


def _row(rule: Rule) -> dict[str, object]:
    from ips_contract.cli.rule_examples import example_of  # It needs lxml.

    example = example_of(rule)
    return {
        "id": rule.id,
        "severity": rule.severity,
        "fault_code": rule.fault,
        "fault_name": FAULT_CODES[rule.fault].name if rule.fault else None,
        "fault_code_if_absent": rule.absent,
        "meaning": rule.meaning,
        "source": rule.source,
        "request_only": rule.request_only,
        # Names for ``ips_contract.fixtures.load``.
        "example": example and {"breaks": example.breaks.name, "keeps": example.keeps.name},
    }
