"""``ips-contract rules``: the rules, with their faults and sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.cli.arguments import JSON
from ips_contract.cli.exit_status import OK
from ips_contract.contract.faults import FAULT_CODES
from ips_contract.contract.rules import EVIDENCE, RULES
from ips_contract.validation.report.formats import to_json

if TYPE_CHECKING:
    import argparse


def run(args: argparse.Namespace) -> int:
    """Prints the rules; the exit status."""
    names = {code: row.name for code, row in FAULT_CODES.items()}
    if args.format == JSON:
        rows = [
            {
                "id": rule.id,
                "severity": rule.severity,
                "fault_code": rule.fault,
                "fault_name": names[rule.fault] if rule.fault else None,
                "meaning": rule.meaning,
                "source": rule.source,
                "request_only": rule.request_only,
            }
            for rule in RULES.values()
        ]
        print(to_json({"rules": rows, "evidence": EVIDENCE}), end="")
        return OK
    width = max(map(len, RULES))
    for rule in RULES.values():
        fault = f"  fault {rule.fault} ({names[rule.fault]})" if rule.fault else ""
        print(f"{rule.id:{width}}  {rule.severity:7}{fault}".rstrip())
        print(f"    {rule.meaning}{' Requests only.' if rule.request_only else ''}")
        print(f"    source: {rule.source}\n")
    print("Sources:")
    for letter, meaning in EVIDENCE.items():
        print(f"    {letter}  {meaning}")
    return OK
