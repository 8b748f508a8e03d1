"""What a validation found, as values: the violations, and the verdict that they make."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ips_contract.contract.rules import ERROR, RULES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ips_contract.contract.versions import Version


class Violation(NamedTuple):
    """One finding.

    Attributes:
        rule: id of the rule, a key of ``ips_contract.contract.rules.RULES``.
        severity: ``"error"`` or ``"warning"``.
        message: what was found, what was expected, what to do.
        path: absolute path of the offending node, such as
            ``/submitJobParam/uploadUrlsJob/urlArray/items[3]/sourceUrl``; ``/`` for the document.
        line: line of the offending node, from 1; None if the document has none.
        column: column of the node's start, from 1, in characters; None if not known.
        fault_code: code of the fault the service raises for it; None for warnings and answers.
        source: evidence for the rule, and for the field where that differs.
    """

    rule: str
    severity: str
    message: str
    path: str
    line: int | None
    column: int | None
    fault_code: int | None
    source: str

    def __str__(self) -> str:
        where = self.path if self.line is None else f"line {self.line}, {self.path}"
        return f"{self.severity} {self.rule} at {where}: {self.message}"


def violation(
    rule: str,
    message: str,
    path: str = "/",
    line: int | None = None,
    column: int | None = None,
    *,
    source: str = "",
    request: bool = True,
) -> Violation:
    """A Violation whose severity, fault code and source come from the rule's row."""
    row = RULES[rule]
    return Violation(
        rule,
        row.severity,
        message,
        path,
        line,
        column,
        row.fault if request else None,
        source or row.source,
    )


class Verdict:
    """The verdict on one document. Immutable by convention; compare ``violations``.

    Attributes:
        message: local name of the judged message (``submitJobParam``), or of the root if it is
            none, or ``""`` if the document could not be parsed.
        version: the API version it was judged by; None if there was none to judge by.
        violations: every finding, in document order.
        data: the document as given, for rendering; None if an element was given.
    """

    __slots__ = ("data", "message", "version", "violations")

    def __init__(
        self,
        message: str,
        version: Version | None,
        violations: Iterable[Violation] = (),
        data: bytes | None = None,
    ) -> None:
        self.message = message
        self.version = version
        self.violations = tuple(violations)
        self.data = data

    @property
    def valid(self) -> bool:
        """True if no violation is an error."""
        return not self.violations or not any(v.severity == ERROR for v in self.violations)

    @property
    def errors(self) -> tuple[Violation, ...]:
        """The violations that are errors."""
        return tuple(v for v in self.violations if v.severity == ERROR)

    @property
    def warnings(self) -> tuple[Violation, ...]:
        """The violations that are warnings."""
        return tuple(v for v in self.violations if v.severity != ERROR)
