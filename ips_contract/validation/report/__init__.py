"""What a validation found, as values, as text, and in the formats that programs read.

Public: ``Report``, ``Violation``, ``InvalidMessage``, all of which ``ips_contract`` gives, too.
"""

from __future__ import annotations

from typing import Any

from ips_contract.validation.report.verdict import Verdict, Violation, violation

__all__ = ["InvalidMessage", "Report", "Verdict", "Violation", "violation"]


class InvalidMessage(ValueError):
    """Raised by ``Report.raise_for_errors``; ``.report`` is the Report, the text its rendering."""

    def __init__(self, report: Report) -> None:
        super().__init__(report.text())
        self.report = report


class Report(Verdict):
    """The verdict on one document, with its renderings. Immutable by convention.

    ``message``, ``version``, ``violations`` and ``data`` are as in ``Verdict``.
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
        """Does nothing if valid.

        Raises:
            InvalidMessage: the message has errors; its text is the rendered report.
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
