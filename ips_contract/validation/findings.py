"""Findings on a document, with their elements, gathered into a Report."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from ips_contract.contract.rules import ERROR, RULES
from ips_contract.validation.discretion import discreet
from ips_contract.validation.report import Report, Violation
from ips_contract.xml.positions import locate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lxml import etree

    from ips_contract.contract.versions import Version
    from ips_contract.validation.budget import Budget

    # Rule, message, path, element, and the fault code where it is not the rule's.
    Finding = tuple[str, str, str, etree._Element, int | None]
    # The same, and whether it is about a request.
    SidedFinding = tuple[str, str, str, etree._Element, int | None, bool]


_path_of, _element_of = itemgetter(2), itemgetter(3)


class Findings:
    """The findings on one document: what its budget allows, and an error beyond them.

    Attributes:
        budget: what is left for the document.
        is_decided: whether nothing more is to be looked for: an error is known beyond what is kept.
    """

    def __init__(self, budget: Budget) -> None:
        """Prepares the list; each finding that it keeps is taken off ``budget``."""
        self.budget = budget
        self.is_decided = False
        self._found: list[SidedFinding] = []
        self._last_error: SidedFinding | None = None
        self._cut = False

    def __len__(self) -> int:
        return len(self._found)

    def add(
        self,
        rule: str,
        message: str,
        path: str,
        element: etree._Element,
        *,
        request: bool = True,
        fault: int | None = None,
    ) -> None:
        """Adds a finding; ``fault`` is the fault code where it is not the rule's."""
        found = (rule, message, path, element, fault, request)
        if self.budget.findings:
            self.budget.findings -= 1
            self._found.append(found)
            return
        self._cut = True
        if RULES[rule].severity == ERROR:
            self._last_error = found  # One is enough to know that the document is not valid.
            self.is_decided = True

    def add_walk(
        self, findings: list[Finding], beyond: Finding | None, *, cut: bool, request: bool
    ) -> None:
        """Adds what a Diagnosis found: its ``findings``, ``beyond`` and ``cut``."""
        room = self.budget.findings
        for finding in findings[:room]:
            self._found.append((*finding, request))
            self.budget.findings -= 1
        for rule, text, path, element, fault in findings[room:]:
            self.add(rule, text, path, element, request=request, fault=fault)
        if cut:
            self._cut = True
        if beyond is not None:
            self._last_error = (*beyond, request)
            self.is_decided = True

    def replace_elements(
        self, first: int, elements: Mapping[etree._Element, etree._Element], other: etree._Element
    ) -> None:
        """Puts ``elements`` in place of those of the findings from number ``first`` on.

        Those that are not among them become ``other``. An error beyond has its place, too.
        """
        if self._last_error is not None:
            rule, text, path, element, fault, request = self._last_error
            self._last_error = (rule, text, path, elements.get(element, element), fault, request)
        self._found[first:] = [
            (rule, text, path, elements.get(element, other), fault, request)
            for rule, text, path, element, fault, request in self._found[first:]
        ]

    def has(self, is_meant: Callable[[str], bool]) -> bool:
        """Whether there is a finding whose path ``is_meant``."""
        return any(map(is_meant, map(_path_of, self._found)))

    def refuse(self, code: int, is_meant: Callable[[str], bool]) -> None:
        """Gives ``code`` to the errors in requests whose path ``is_meant``."""
        self._found = [
            (rule, text, path, element, code, request)
            if request and is_meant(path) and RULES[rule].severity == ERROR
            else (rule, text, path, element, fault, request)
            for rule, text, path, element, fault, request in self._found
        ]

    def report(
        self, name: str, version: Version | None, root: etree._Element, data: bytes | None
    ) -> Report:
        """The Report on the message called ``name``; ``root`` was parsed from ``data``."""
        if self._cut:
            words = f"Only the first {len(self._found)} findings are listed."
            self._found.append(("too-many", words, "/", root, None, True))
        if self._last_error is not None:
            self._found.append(self._last_error)
        if not self._found:
            return Report(name, version, (), data)
        places = locate(root, data, map(_element_of, self._found))
        if len(self._found) > 1:
            self._found.sort(key=lambda found: places[found[3]][0])
        violations = []
        holders: dict[etree._Element, bool] = {}
        for rule, message, path, element, fault, request in self._found:
            row = RULES[rule]
            _, line, column = places[element]
            code = (fault or row.fault) if request else None
            words = discreet(rule, message, path, element, holders)
            violations.append(
                Violation(rule, row.severity, words, path, line, column, code, row.source)
            )
        return Report(name, version, violations, data)
