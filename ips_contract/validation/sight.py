"""What one pass of libxml2 has shown of a document that deserves a closer look, as values."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

    from ips_contract.contract.compiled_schemas import Complaint
    from ips_contract.contract.schema import CheckedElement
    from ips_contract.contract.versions import Version


class Seen(NamedTuple):
    """What libxml2 has found in a message, or in an envelope.

    Attributes:
        judged: what it has judged.
        version: the version by which it has.
        complaints: what it has found.
        checked: the elements that may be there and ask for checks beyond XSD.
        data: the document.
    """

    judged: etree._Element
    version: Version
    complaints: list[Complaint]
    checked: Mapping[str, CheckedElement]
    data: bytes


class Sight(NamedTuple):
    """What is known of a document.

    Attributes:
        name: what a Report calls its message.
        version: the version that a Report names.
        seen: what libxml2 has found in the document.
        parts: the message, and the authHeader in a Header, by their absolute paths.
        unchecked: without complaints, what does not pass its check beyond XSD.
        is_right: whether all around these parts is right, as far as libxml2 has not shown it.
    """

    name: str
    version: Version
    seen: Seen
    parts: dict[str, etree._Element]
    unchecked: list[etree._Element]
    is_right: bool
