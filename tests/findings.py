"""What is found in a document, for tests that compare it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract import validate

if TYPE_CHECKING:
    from lxml import etree


def found(document: bytes | str | etree._Element, **options: str) -> list[tuple[str, str]]:
    report = validate(document, **options)  # type: ignore[arg-type] # options are strings
    return [(v.rule, v.path) for v in report.violations]


def only(document: bytes | etree._Element) -> tuple[str, str, str, int | None]:
    (found,) = validate(document).violations
    return found.rule, found.message, found.path, found.line
