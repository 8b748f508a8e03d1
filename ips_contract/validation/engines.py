"""The two XSD engines' verdicts on a message, by the strict schema of its version."""

from __future__ import annotations

import re
from copy import deepcopy
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from lxml import etree

from ips_contract.contract.compiled_schemas import compiled
from ips_contract.contract.schema import READ_PAST, STRICT, render
from ips_contract.extras import missing
from ips_contract.validation.attributes import SOAP_ATTRIBUTES
from ips_contract.xml.parser import local_name
from ips_contract.xml.text import clipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ips_contract.contract.versions import Version

    Verdict = list[tuple[str, int | None]]

LXML, XMLSCHEMA, BOTH = "lxml", "xmlschema", "both"
ENGINES = (LXML, XMLSCHEMA, BOTH)
# What xmlschema raises where it should yield: for an xsi:type that names no type, for a long year.
_RAISED = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
_FOREIGN_BLANKS = re.compile("[\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_MOST = 10  # Messages of an engine that a report shows.


_IS_OF_SOAP = " or ".join(f"namespace-uri()='{namespace}'" for namespace in READ_PAST)
_has_soap_attributes = etree.XPath(f"boolean(descendant-or-self::*/@*[{_IS_OF_SOAP}])")


def without(
    root: etree._Element, attributes: Iterable[tuple[etree._Element, str]]
) -> etree._Element:
    """``root`` itself, or a copy without SOAP's attributes and the given ones of its elements."""
    unwanted: dict[etree._Element, list[str]] = {}
    for element, name in attributes:
        if not name.startswith(SOAP_ATTRIBUTES):
            unwanted.setdefault(element, []).append(name)
    # Those of SOAP wherever they are: in what is right for certain nobody has looked for them.
    if not unwanted and not _has_soap_attributes(root):
        return root
    copy = deepcopy(root)
    etree.strip_attributes(copy, *(f"{namespace}*" for namespace in SOAP_ATTRIBUTES))
    if unwanted:
        for original, twin in zip(root.iter(), copy.iter(), strict=True):
            for name in unwanted.get(original, ()):
                del twin.attrib[name]
    return copy


def lxml_verdict(root: etree._Element, version: Version, namespace: str) -> Verdict:
    """libxml2's complaints about ``root``: messages and lines; empty if it is valid."""
    schema = compiled(version, STRICT, namespace, (local_name(root),))
    if schema.validate(root):
        return []
    return [(entry.message, entry.line) for entry in list(schema.error_log)[:_MOST]]


def xmlschema_verdict(root: etree._Element, version: Version, namespace: str) -> Verdict:
    """Xmlschema's complaints about ``root``: messages and lines; empty if it is valid.

    Raises:
        ModuleNotFoundError: xmlschema is not installed; the message says how it is.
    """
    complaints: Verdict = []
    try:
        schema = _xmlschema(version, namespace, local_name(root))
        root = _without_foreign_blanks(root)
        for error in schema.iter_errors(root, use_location_hints=False):
            complaints.append((error.reason or "invalid", error.sourceline))
            if len(complaints) == _MOST:
                break
    except _RAISED as error:
        complaints.append((clipped(str(error), 200), None))
    return complaints


VERDICTS: dict[str, Callable[[etree._Element, Version, str], Verdict]] = {
    LXML: lxml_verdict,
    XMLSCHEMA: xmlschema_verdict,
}


def _without_foreign_blanks(root: etree._Element) -> etree._Element:
    """``root`` itself, or a copy with middle dots for blanks that are none of XML's.

    XML 1.0 production 3 has four white space characters. xmlschema 4.3 strips all of Unicode's.
    """
    texts = (text for node in root.iter() for text in (node.text, node.tail))
    if not any(text and _FOREIGN_BLANKS.search(text) for text in texts):
        return root
    copy = deepcopy(root)
    for node in copy.iter():
        if isinstance(node.tag, str) and node.text:
            node.text = _FOREIGN_BLANKS.sub("\u00b7", node.text)
        if node.tail:
            node.tail = _FOREIGN_BLANKS.sub("\u00b7", node.tail)
    return copy


@lru_cache(maxsize=32)
def _xmlschema(version: Version, namespace: str, message: str) -> Any:
    try:
        import xmlschema
    except ImportError as error:
        raise missing("xmlschema", error) from error

    text = etree.tostring(render(version, STRICT, namespace, (message,)), encoding="unicode")
    return xmlschema.XMLSchema10(text)
