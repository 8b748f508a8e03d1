"""Checks beyond XSD, of the elements that ask for one and of no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.contract import constraints, values
from ips_contract.contract.schema import BASE64
from ips_contract.xml.positions import source_text
from ips_contract.xml.text import collapse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

    from ips_contract.contract.schema import CheckedElement

_URL_CHECK = "absolute-url"
_MANY = 4096  # Bytes of a message whose URLs are counted rather than read one by one.


def doubtful(
    element: etree._Element, data: bytes, checked: Mapping[str, CheckedElement]
) -> list[etree._Element]:
    """The elements in ``element`` that do not pass a check beyond XSD.

    An element of which it is not certain which check it asks for has to pass all that it may.

    Args:
        element: an element of a document, a message or a part of one.
        data: the document.
        checked: the checked elements that may be there, by tag: ``CleanSchema.checked_in``.
    """
    candidates: list[etree._Element] = []
    if len(data) <= _MANY:
        candidates += element.iter(*checked)
    else:
        for tag, (_, checks) in checked.items():
            if checks != (_URL_CHECK,):
                candidates += element.iter(tag)
            elif not _are_absolute(element, tag, data):
                urls = element.iter(tag)
                candidates += [url for url in urls if not _is_web_url(url)]
    found = []
    for candidate in candidates:
        for check in checked[str(candidate.tag)].checks:
            if not _passes(check, candidate):
                found.append(candidate)
                break
    return found


def _passes(check: str, element: etree._Element) -> bool:
    if check == BASE64:
        is_base64, _ = values.BUILT_INS["xs:base64Binary"]
        return is_base64(collapse(element.text or ""))
    if check != _URL_CHECK:
        return next(constraints.CHECKS[check](element), None) is None
    if _is_web_url(element):
        return True
    return next(values.CHECKS[check](collapse(element.text or "")), None) is None


def _is_web_url(element: etree._Element) -> bool:
    text = element.text  # The parser leaves nothing that could part it.
    return text is not None and text.startswith(values.WEB_SCHEMES)


def _are_absolute(element: etree._Element, tag: str, data: bytes) -> bool:
    """Whether every URL in the document of ``element``, called ``tag``, certainly starts with http.

    A thousand are counted in the text in the time that a hundred take in the tree. Without
    comments, CDATA and processing instructions what is counted can only be tags.
    """
    first = next(element.iter(tag), None)
    if first is None:
        return True
    # Single bytes are found many times faster than pairs; URLs have question marks, too.
    if not (element.getroottree().docinfo.encoding or "UTF-8").lower().startswith("utf"):
        return False  # What stands for its bytes in Python may not in libxml2.
    text = source_text(element, data)
    if b"!" in text or (text.find(b"?", 100) > 0 and text.find(b"?>", 100) > 0):
        return False
    # The name stands in a start and an end tag, or once, if that is empty: where it stands twice
    # for each that starts with http, there are no others.
    count = text.count(b"sourceUrl") / 2
    if not count:
        return False  # Its encoding is read otherwise here.
    start = f"<{first.prefix}:sourceUrl>" if first.prefix else "<sourceUrl>"
    # As a rule all are on one host. Longer texts are found faster.
    url = first.text or ""
    host = url[: url.find("/", 8) + 1]  # Empty for one without a path.
    if host.startswith(values.WEB_SCHEMES) and text.count((start + host).encode()) == count:
        return True
    found = [text.count((start + scheme).encode()) for scheme in values.WEB_SCHEMES]
    return bool(sum(found) == count)
