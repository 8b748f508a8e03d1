"""What must hold between the values of one element, where no schema can say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.contract.faults import FAULT_CODES, KINDS
from ips_contract.xml.parser import children, local_name, text_of
from ips_contract.xml.text import BLANKS, list_of, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml import etree


def _export_format(element: etree._Element) -> Iterator[tuple[str, str]]:
    if not any(len(child) or child.text == "convert" for child in element[:]):
        return  # As nearly always.
    values = {local_name(child): text_of(child) for child in children(element)}
    if values.get("fmt") == "convert" and not {"is_modifier", "macro"} & values.keys():
        yield "export-format", "fmt is convert; add is_modifier or macro to say how."


_COMPANY_NAMES = ("companyHandle", "companyName", "imsOrgId")


def _company_named(element: etree._Element) -> Iterator[tuple[str, str]]:
    for child in element:
        if text_of(child).strip(BLANKS) and local_name(child) in _COMPANY_NAMES:
            return
    there = {local_name(child) for child in children(element)}
    first = next((name for name in _COMPANY_NAMES if name in there), None)
    advice = f"fill {first}" if first else "add companyHandle or companyName"
    yield "company-named", f"getCompanyInfoParam names no company; {advice}."


# Kind of fault → its codes in words.
_CODES = {
    kind: list_of([str(code) for code, row in FAULT_CODES.items() if row.kind == kind])
    for kind in KINDS
}


def _fault_code(element: etree._Element) -> Iterator[tuple[str, str]]:
    name = local_name(element)
    for child in element.iterchildren("{*}code"):
        text = text_of(child).strip(BLANKS)
        digits = text[text[:1] in ("-", "+") :]
        if not digits.isascii() or not digits.isdecimal():
            continue
        if len(digits) > 10 or not -(2**31) <= int(text) < 2**31:
            continue  # It is no int: that is said already.
        row = FAULT_CODES.get(int(text))
        if row is None or row.kind != name:
            codes = _CODES[name]
            yield "fault-code", f"{quoted(text)} is no documented code of {name}: {codes}."


# Element → rules broken and messages, by the names that xsd/ gives in f:check.
CHECKS: dict[str, Callable[[etree._Element], Iterator[tuple[str, str]]]] = {
    "company-named": _company_named,
    "export-format": _export_format,
    "fault-code": _fault_code,
}
