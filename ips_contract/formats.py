"""Reports in the formats that other programs read: JSON, SARIF and JUnit's XML.

All of them are written in ASCII, so that no encoding of a terminal, file or pipe can break them.
"""

from __future__ import annotations

import json
import os
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ips_contract import __version__
from ips_contract.faults import FAULT_CODES
from ips_contract.render import report_lines, shown, verdict_line
from ips_contract.rules import EVIDENCE, RULES, Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ips_contract.report import Report, Violation

    Reports = Sequence[tuple[str, Report]]

TOOL = "ips-contract"
_SARIF_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def as_json(reports: Reports) -> str:
    """``reports`` as one JSON object; ``docs/report.schema.json`` describes it."""
    valid = sum(report.valid for _, report in reports)
    errors = sum(len(report.errors) for _, report in reports)
    return to_json(
        {
            "tool": TOOL,
            "version": __version__,
            "reports": [{"file": name, **report.to_dict()} for name, report in reports],
            "summary": {
                "files": len(reports),
                "valid": valid,
                "invalid": len(reports) - valid,
                "errors": errors,
                "warnings": sum(len(report.violations) for _, report in reports) - errors,
            },
        }
    )


def to_json(value: object) -> str:
    """``value`` as indented JSON text that ends with a newline."""
    return json.dumps(value, indent=2) + "\n"


def as_sarif(reports: Reports, *, base: str = "") -> str:
    """``reports`` as a SARIF 2.1.0 log.

    Args:
        reports: the names of the documents and their reports.
        base: a folder; absolute names inside it become relative to it.
    """
    numbers = {rule: number for number, rule in enumerate(RULES)}
    results = []
    artifacts = []
    for name, report in reports:
        artifact = {"uri": _uri(name, base)}
        artifacts.append({"location": artifact})
        results += [_result(finding, artifact, numbers) for finding in report.violations]
    driver = {"name": TOOL, "version": __version__, "rules": list(map(_rule, RULES.values()))}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "artifacts": artifacts,
        "results": results,
    }
    return to_json({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(rule: Rule) -> dict[str, Any]:
    properties: dict[str, Any] = {"severity": rule.severity, "source": rule.source}
    if rule.fault is not None:
        properties |= {"faultCode": rule.fault, "faultName": FAULT_CODES[rule.fault].name}
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.meaning},
        "fullDescription": {"text": rule.meaning},
        "help": {"text": f"{rule.meaning} Source: {rule.source} ({_evidence(rule.source)})."},
        "defaultConfiguration": {"level": rule.severity},
        "properties": properties,
    }


def _evidence(source: str) -> str:
    """What the letters at the start of ``source`` stand for."""
    letters = source.partition(":")[0].split()
    return "; ".join(f"{letter}: {EVIDENCE[letter]}" for letter in letters if letter in EVIDENCE)


def _result(
    finding: Violation, artifact: dict[str, str], numbers: dict[str, int]
) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": artifact}
    if finding.line is not None:
        physical["region"] = {"startLine": finding.line}
        if finding.column is not None:
            physical["region"]["startColumn"] = finding.column
    location: dict[str, Any] = {"physicalLocation": physical}
    if finding.path != "/":
        location["logicalLocations"] = [{"fullyQualifiedName": finding.path, "kind": "element"}]
    properties: dict[str, Any] = {"source": finding.source}
    if finding.fault_code is not None:
        properties["faultCode"] = finding.fault_code
    return {
        "ruleId": finding.rule,
        "ruleIndex": numbers[finding.rule],
        "level": finding.severity,
        "message": {"text": finding.message},
        "locations": [location],
        "properties": properties,
    }


def _uri(name: str, base: str) -> str:
    """``name`` as a URI reference: relative where it can be; undecodable bytes as they are."""
    path = Path(name)
    if base and path.is_relative_to(base):
        path = path.relative_to(base)
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))


def as_junit(reports: Reports, *, strict: bool = False) -> str:
    """``reports`` as JUnit's XML, a test case each.

    Args:
        reports: the names of the documents and their reports.
        strict: whether warnings alone fail a test case.
    """
    failures = 0
    cases = []
    for name, report in reports:
        failed = not report.valid or (strict and bool(report.violations))
        failures += failed
        cases += _case(name, report, failed=failed)
    counts = f'tests="{len(reports)}" failures="{failures}" errors="0"'
    lines = (
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="{TOOL}" {counts}>',
        f'  <testsuite name="{TOOL}" {counts} skipped="0">',
        *cases,
        "  </testsuite>",
        "</testsuites>",
    )
    return "\n".join(lines).encode("ascii", "xmlcharrefreplace").decode() + "\n"


def _case(name: str, report: Report, *, failed: bool) -> list[str]:
    # Whatever XML does not allow (controls, surrogates, U+FFFE) is not printable, and shown() and
    # the lines have escaped it.
    start = f'    <testcase classname="{TOOL}" name="{escape(shown(name))}"'
    if not report.violations:
        return [f"{start}/>"]
    text = escape("\n".join(report_lines(name, report)))
    if failed:
        verdict = escape(verdict_line(name, report))
        rule = (report.errors or report.violations)[0].rule
        body = f'<failure type="{rule}" message="{verdict}">{text}</failure>'
    else:
        body = f"<system-out>{text}</system-out>"
    return [f"{start}>", f"      {body}", "    </testcase>"]
