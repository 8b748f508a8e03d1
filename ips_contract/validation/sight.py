"""What one pass of libxml2 has shown of a document that deserves a closer look, as values."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

    from ips_contract.contract.compiled_schemas import Complaint
    from ips_contract.contract.schema import CheckedElement
    from ips_contract.contract.versions import Version


class Sight(NamedTuple):
    """What is known of a document.

    Attributes:
        name: what a Report calls its message.
        version: the version that a Report names.
        judged: the element that libxml2 has judged, a message or an envelope.
        judged_by: the version by which it has.
        complaints: what it has found.
        checked: the elements that may be there and ask for checks beyond XSD.
        data: the document.
        parts: the message, and the authHeader in a Header, by their absolute paths.
        unchecked: without complaints, what does not pass its check beyond XSD.
        is_right: whether all around these parts is right, as far as libxml2 has not shown it.
    """

    name: str
    version: Version
    judged: etree._Element
    judged_by: Version
    complaints: list[Complaint]
    checked: Mapping[str, CheckedElement]
    data: bytes
    parts: dict[str, etree._Element]
    unchecked: list[etree._Element]
    is_right: bool
