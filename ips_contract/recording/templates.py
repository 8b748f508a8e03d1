"""Recorded messages with placeholders for what is another each time: handles, dates and times."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from ips_contract.contract.writer import escape
from ips_contract.http.redaction import redact
from ips_contract.xml.parser import Unreadable, children, local_name, parse, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?")
_NUMBERED = re.compile(rb"\{\{(\w*?[A-Za-z])[0-9]+\}\}")


class Placeholders:
    """Names for values, the same for the same value: ``jobHandle1``, ``date2``.

    Attributes:
        values: name → value, in the order in which they were met.
    """

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self._names: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}

    def name(self, kind: str, value: str) -> str:
        """The name of ``value``, a ``kind`` of which there may be several."""
        found = self._names.get((kind, value))
        if found is None:
            number = self._counts[kind] = self._counts.get(kind, 0) + 1
            found = self._names[kind, value] = f"{kind}{number}"
            self.values[found] = value
        return found

    def forget(self, kept: int) -> None:
        """Forgets all names but the first ``kept``."""
        for name in list(self.values)[kept:]:
            kind = name.rstrip("0123456789")
            del self._names[kind, self.values.pop(name)]
            self._counts[kind] -= 1


def template(body: bytes, placeholders: Placeholders) -> bytes | None:
    """A message with ``{{name}}`` for each handle and date, passwords hidden; None if it is no XML.

    Args:
        body: the message, without a content coding.
        placeholders: where the values go.
    """
    body = redact(body)
    try:
        root = parse(body, limit=max(len(body), 1))
    except Unreadable:
        return None
    for kind, element in list(_changing(root)):
        name = placeholders.name(kind, text_of(element).strip())
        element.text = f"{{{{{name}}}}}"
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def filled(text: bytes, values: Mapping[str, str]) -> bytes:
    """A template with ``values`` in the place of their names."""
    for name, value in values.items():
        key = f"{{{{{name}}}}}".encode()
        if key in text:
            text = text.replace(key, escape(value).encode())
    return text


def unnumbered(text: bytes) -> bytes:
    """A template without the numbers of its placeholders: two with the same show nothing new."""
    return _NUMBERED.sub(rb"{{\1}}", text)


def _changing(root: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """The elements whose values are another each time, and what kinds these are."""
    for element in root.iter("*"):
        value = text_of(element).strip()
        if not value or children(element):
            continue
        name = local_name(element)
        parent = element.getparent()
        above = local_name(parent) if parent is not None else ""
        if name.endswith("Handle"):
            yield name, element
        elif above.endswith("HandleArray"):  # Of items.
            yield above.removesuffix("Array"), element
        elif _DATE.fullmatch(value):
            yield "date", element
