"""SOAP 1.1 and 1.2 envelopes and plain Requests: their parts, and the message in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.xml.parser import children, local_name, namespace_of

if TYPE_CHECKING:
    from lxml import etree


SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
SOAP_ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
SOAP_VERSIONS = {SOAP_11: "1.1", SOAP_12: "1.2"}


class Envelope:
    """The parts of a SOAP envelope that a reader needs, found without judging them.

    ``version`` is ``"1.1"``, ``"1.2"`` or ``""`` for another namespace.
    """

    __slots__ = ("bodies", "extras", "headers", "namespace", "version")

    def __init__(self, namespace: str) -> None:
        self.version = SOAP_VERSIONS.get(namespace, "")
        self.namespace = namespace
        self.headers: list[etree._Element] = []
        self.bodies: list[etree._Element] = []
        self.extras: list[etree._Element] = []


def split_envelope(root: etree._Element) -> Envelope:
    """The parts of the envelope ``root``."""
    found = Envelope(namespace_of(root))
    lists = {
        f"{{{found.namespace}}}Header": found.headers,
        f"{{{found.namespace}}}Body": found.bodies,
    }
    for child in children(root):
        lists.get(str(child.tag), found.extras).append(child)
    return found


def soap_of(root: etree._Element) -> str:
    """The version of SOAP of the envelope ``root``: ``"1.1"``, ``"1.2"``, ``""`` if it is none."""
    return SOAP_VERSIONS.get(namespace_of(root), "") if local_name(root) == "Envelope" else ""


def message_in(root: etree._Element) -> etree._Element | None:
    """The message in any wrapping: the Body's or the Request's child, or ``root`` itself."""
    start, _, name = str(root.tag).rpartition("}")
    if name == "Envelope":
        # Without ``split_envelope``, which takes four times as long.
        body = f"{start}}}Body"
        for part in root:
            if part.tag == body:
                for child in part:
                    if isinstance(child.tag, str):
                        return child
        return None
    if name == "Request":
        return next((c for c in children(root) if local_name(c) != "authHeader"), None)
    return root
