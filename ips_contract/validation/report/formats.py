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
from ips_contract.contract.faults import FAULT_CODES
from ips_contract.contract.rules import EVIDENCE, RULES, Rule, page_of
from ips_contract.validation.report.text import report_lines, shown, verdict_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ips_contract.validation.inputs import Inside
    from ips_contract.validation.report import Report, Violation

    Reports = Sequence[tuple[str, Report]]
    # Names of files and folders that could not be read, and why.
    Unreadable = Sequence[tuple[str, str]]

TOOL = "ips-contract"
SARIF_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def as_json(reports: Reports, unreadable: Unreadable = ()) -> str:
    """``reports`` as one JSON object; ``docs/reference/report.schema.json`` describes it."""
    valid = sum(report.valid for _, report in reports)
    errors = sum(len(report.errors) for _, report in reports)
    return to_json(
        {
            "tool": TOOL,
            "version": __version__,
            "reports": [{"file": name, **report.to_dict()} for name, report in reports],
            "unreadable": [{"file": name, "reason": reason} for name, reason in unreadable],
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


def as_sarif(
    reports: Reports,
    unreadable: Unreadable = (),
    *,
    base: str = "",
    inside: Mapping[str, Inside] | None = None,
    problems: Sequence[str] = (),
    docs: str = "",
) -> str:
    """``reports`` as a SARIF 2.1.0 log.

    Args:
        reports: the names of the documents and their reports.
        unreadable: what could not be read, and why: notifications of the run.
        base: the working folder; names of files inside it are relative to it.
        inside: the names of documents that are parts of files, and where they stand.
        problems: what else kept the run from its end: notifications, too.
        docs: the address of the documentation's site, to which the rules link; empty: none.
    """
    numbers = {rule: number for number, rule in enumerate(RULES)}
    results = []
    uris = []
    for name, report in reports:
        place = inside.get(name) if inside else None
        uri = uri_of(place.file if place else name, base)
        uris.append(uri)
        results += [_result(finding, uri, place, numbers) for finding in report.violations]
    driver = {
        "name": TOOL,
        "version": __version__,
        "rules": [_rule(rule, docs) for rule in RULES.values()],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [
            {
                "executionSuccessful": not (unreadable or problems),
                "toolExecutionNotifications": [
                    *({"level": "error", "message": {"text": words}} for words in problems),
                    *(
                        {
                            "level": "error",
                            "message": {"text": f"{shown(name)}: {reason}"},
                            "locations": [_at({"artifactLocation": {"uri": uri_of(name, base)}})],
                        }
                        for name, reason in unreadable
                    ),
                ],
            }
        ],
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": {"uri": uri}} for uri in dict.fromkeys(uris)],
        "results": results,
    }
    return to_json({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]})


def _at(physical: dict[str, Any]) -> dict[str, Any]:
    return {"physicalLocation": physical}


def _rule(rule: Rule, docs: str) -> dict[str, Any]:
    properties: dict[str, Any] = {"severity": rule.severity, "source": rule.source}
    if rule.fault is not None:
        properties |= {"faultCode": rule.fault, "faultName": FAULT_CODES[rule.fault].name}
    words = (
        f"{rule.meaning} Source: {rule.source} ({_evidence(rule.source)}). "
        f"With an example, offline: ips-contract rules {rule.id}"
    )
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.meaning},
        "fullDescription": {"text": rule.meaning},
        "help": {"text": words},
        **({"helpUri": page_of(rule.id, docs)} if docs else {}),
        "defaultConfiguration": {"level": rule.severity},
        "properties": properties,
    }


def _evidence(source: str) -> str:
    """What the letters at the start of ``source`` stand for."""
    letters = source.partition(":")[0].split()
    return "; ".join(f"{letter}: {EVIDENCE[letter]}" for letter in letters if letter in EVIDENCE)


def _result(
    finding: Violation, uri: str, inside: Inside | None, numbers: dict[str, int]
) -> dict[str, Any]:
    message = finding.message
    place: tuple[tuple[str, int | None], ...]
    place = (("startLine", finding.line), ("startColumn", finding.column))
    if inside is not None:
        # Lines and columns are the document's, not the file's: they go into the message.
        at = ":".join([str(number) for _, number in place if number is not None])
        message = f"{inside.part}{f':{at}' if at else ''}: {message}"
        place = (("startLine", inside.line),)
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri}}
    region = {key: number for key, number in place if number is not None}
    if region:
        physical["region"] = region
    location = _at(physical)
    if finding.path != "/":
        location["logicalLocations"] = [{"fullyQualifiedName": finding.path, "kind": "element"}]
    properties: dict[str, Any] = {"source": finding.source}
    if finding.fault_code is not None:
        properties["faultCode"] = finding.fault_code
    return {
        "ruleId": finding.rule,
        "ruleIndex": numbers[finding.rule],
        "level": finding.severity,
        "message": {"text": message},
        "locations": [location],
        "properties": properties,
    }


def uri_of(name: str, base: str) -> str:
    """``name`` as a URI reference: relative to ``base`` where it can be; odd bytes as they are."""
    path = Path(name)
    # With "..": the same file would have two URIs.
    whole = Path(os.path.normpath(Path(base, name)))
    if base and whole.is_relative_to(base):
        path = whole.relative_to(base)
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))


def as_junit(
    reports: Reports,
    unreadable: Unreadable = (),
    *,
    strict: bool = False,
    failing: Sequence[bool] | None = None,
) -> str:
    """``reports`` as JUnit's XML, a test case each. A name that comes again gets a number.

    Args:
        reports: the names of the documents and their reports.
        unreadable: what could not be read, and why: an error each.
        strict: whether warnings alone fail a test case.
        failing: which of ``reports`` fail, if others decide that.
    """
    if failing is None:
        failing = [
            not report.valid or (strict and bool(report.violations)) for _, report in reports
        ]
    failures = sum(failing)
    # Those who read it take test cases of one name for one, and drop the others.
    names = _distinct([*(name for name, _ in reports), *(name for name, _ in unreadable)])
    cases = []
    for name, (_, report), failed in zip(names, reports, failing, strict=False):
        cases += _case(name, report, failed=failed)
    for name, (_, reason) in zip(names[len(reports) :], unreadable, strict=True):
        error = f'<error type="unreadable" message="{escape(shown(reason))}"/>'
        cases += [f"{_start(name)}>", f"      {error}", "    </testcase>"]
    tests = len(reports) + len(unreadable)
    counts = f'tests="{tests}" failures="{failures}" errors="{len(unreadable)}"'
    lines = (
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="{TOOL}" {counts}>',
        f'  <testsuite name="{TOOL}" {counts} skipped="0">',
        *cases,
        "  </testsuite>",
        "</testsuites>",
    )
    return "\n".join(lines).encode("ascii", "xmlcharrefreplace").decode() + "\n"


def _distinct(names: Sequence[str]) -> list[str]:
    """``names`` as they are shown; of those that are there already, with a number behind."""
    taken = {shown(name) for name in names}
    found: dict[str, int] = {}
    result = []
    for name in map(shown, names):
        unique, number = name, found.get(name, 0) + 1
        if number > 1:
            while (unique := f"{name} ({number})") in taken:
                number += 1
            taken.add(unique)
        found[name] = number
        result.append(unique)
    return result


def _start(name: str) -> str:
    # Whatever XML does not allow (controls, surrogates, U+FFFE) is not printable, and shown() and
    # the lines have escaped it.
    return f'    <testcase classname="{TOOL}" name="{escape(shown(name))}"'


def _case(name: str, report: Report, *, failed: bool) -> list[str]:
    start = _start(name)
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
