"""What a validation found, as values, as text, and in the formats that programs read.

Public: ``Report``, ``Violation``, ``InvalidMessage``, all of which ``ips_contract`` gives, too.
"""

from __future__ import annotations

from typing import Any

from ips_contract.validation.report.verdict import Verdict, Violation, violation

__all__ = ["InvalidMessage", "Report", "Verdict", "Violation", "violation"]


class InvalidMessage(ValueError):
    """A message has errors; ``.report`` is the Report. ``Report.raise_for_errors`` raises it."""

    def __init__(self, report: Report) -> None:
        super().__init__(report.text())
        self.report = report


class Report(Verdict):
    """The verdict on one document, which can be shown as text or as JSON. Do not change it.

    Attributes:
        message: local name of the judged message (``submitJobParam``), or of the root if it is
            none, or ``""`` if the document could not be parsed.
        version: the API version it was judged by; None if there was none to judge by.
        violations: every finding, in document order.
        data: the document as given; None if an element was given.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        verdict = "valid" if self.valid else "invalid"
        return (
            f"<Report {self.message or 'no message'} ({self.version or 'no version'}): {verdict}, "
            f"{len(self.errors)} errors, {len(self.warnings)} warnings>"
        )

    def __str__(self) -> str:
        return self.text()

    def raise_for_errors(self) -> None:
        """Raises an exception if the message is not valid.

        Raises:
            InvalidMessage: the message has errors; its text is that of the report.
        """
        if not self.valid:
            raise InvalidMessage(self)

    def text(self, name: str = "", *, color: bool = False) -> str:
        """The report for a reader, each finding with its source line and the place marked."""
        # Most reports are never rendered, and what hides secrets in one takes a while to load.
        from ips_contract.validation.report.text import report_text

        return report_text(self, name, color=color)

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready values; docs/reference/report.schema.json has the schema."""
        return {
            "valid": self.valid,
            "message": self.message,
            "version": self.version.label if self.version else None,
            "violations": [v._asdict() for v in self.violations],
        }

    def json(self) -> str:
        """``to_dict()`` as JSON text."""
        import json  # A server that starts can do without.

        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)
