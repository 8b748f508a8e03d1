"""The documented examples, whole and well-formed (D): each is valid, or only warned about.

``tests/facts/examples.json`` has their elements, and their values except free text, by a number.
An element is ``[name, text or children]``, the name with its namespace where that changes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from ips_contract import validate

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES: dict[str, list[Any]] = json.loads(
    (Path(__file__).parents[1] / "facts" / "examples.json").read_text(encoding="utf-8")
)
# Number → the rule that it breaks, and why we stay with the rule.
EXCEPTIONS = {
    # initialTagValue stands elsewhere than in the WSDLs of 6.6 and 6.8 (L), whose order is certain.
    "49": "element-order",
    # Its Base64 has two characters too few (here: AAA).
    "178": "wrong-type",
    # setUserInfo with defaultRole in the unversioned namespace. pre-4.0's WSDL has role there (W),
    # and the change log gives defaultRole to 6.0 (D).
    "241": "not-in-version",
}
# Number → the rules that only warn. The rest is without a remark.
REMARKS = {
    # Envelopes that show the message, not how to log in.
    "101": "no-credentials",
    "103": "no-credentials",
    "118": "handle-form",  # A bare company in a dated request.
    "20": "handle-form",  # 525s|…, a misprint.
    "191": "handle-form",  # A company where a user should stand.
}
UNPUBLISHED = "unpublished-version"  # Examples in betas and other dates that are not in the table.


def element(row: list[Any], namespace: str = "") -> etree._Element:
    name, content = row[:2]
    if name.startswith("{"):
        namespace, _, name = name[1:].partition("}")
    node = etree.Element(f"{{{namespace}}}{name}" if namespace else name)
    for key, value in (row[2] if len(row) > 2 else {}).items():
        node.set(key, value)
    if isinstance(content, str):
        node.text = content
    else:
        node.extend([element(child, namespace) for child in content])
    return node


def dates(root: etree._Element) -> Iterator[str]:
    for node in root.iter(etree.Element):
        yield str(etree.QName(node).namespace or "").rpartition("/")[2]


def test_there_are_many() -> None:
    assert len(EXAMPLES) == 151
    assert EXAMPLES.keys() >= EXCEPTIONS.keys() | REMARKS.keys()


@pytest.mark.parametrize("number", EXAMPLES)
def test_example(number: str) -> None:
    root = element(EXAMPLES[number])
    report = validate(etree.tostring(root))
    words = [str(row) for row in report.violations]
    errors = {row.rule for row in report.errors}
    assert errors == ({EXCEPTIONS[number]} if number in EXCEPTIONS else set()), words
    remarks = {row.rule for row in report.violations} - errors
    expected = {REMARKS[number]} if number in REMARKS else set()
    assert remarks - {UNPUBLISHED} == expected, words
