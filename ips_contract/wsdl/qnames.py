"""QNames as they stand in attributes, with their namespaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.wsdl.documents import UnreadableWsdl
from ips_contract.xml.text import quoted

if TYPE_CHECKING:
    from lxml import etree


def expanded(node: etree._Element, name: str, document: str, default: str | None = None) -> str:
    """The QName ``name``, as it stands in an attribute of ``node``, with its namespace.

    Args:
        node: where it stands.
        name: the QName; ``""`` stays that.
        document: the document's name, for what is told.
        default: namespace of one without a prefix; None for the default one there.

    Raises:
        UnreadableWsdl: its prefix is not declared.
    """
    if not name:
        return ""
    prefix, colon, rest = name.strip().rpartition(":")
    if not colon:
        found = node.nsmap.get(None) if default is None else default
        return f"{{{found}}}{rest}" if found else rest
    found = node.nsmap.get(prefix)
    if found is None:
        words = f"the prefix of {quoted(name)} is not declared"
        raise UnreadableWsdl(document, words, node.sourceline)
    return f"{{{found}}}{rest}"
