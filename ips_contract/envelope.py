"""Any wrapping of a message, parsed: SOAP 1.1 and 1.2 envelopes, plain Requests, bare messages.

Home of the one parser for documents from outside. It refuses document types, never opens a
file or a connection, never expands entities, and reads no more than a limit of bytes.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from lxml import etree

from ips_contract.wording import clipped

SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
SOAP_ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
PRE_3_8 = "http://www.scene7.com/IpsApi"  # Namespace of AuthUser and AuthPassword (D).
SOAP_VERSIONS = {SOAP_11: "1.1", SOAP_12: "1.2"}

DEFAULT_LIMIT = 1024 * 1024  # Bytes of a document.

_OPTIONS: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "attribute_defaults": False,
    "huge_tree": False,
    "recover": False,
    "decompress": False,
    "remove_comments": True,
    "remove_pis": True,
}
# Comments and processing instructions carry no data; without them an element's text is whole.
_PARSER = etree.XMLParser(**_OPTIONS)
# For text that was a str: whatever encoding its declaration names, it is UTF-8 now.
_UTF8_PARSER = etree.XMLParser(encoding="utf-8", **_OPTIONS)

_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"


class Unreadable(ValueError):
    """A document that is no readable XML. ``rule`` is the id of the rule it breaks.

    ``line`` and ``column`` are from 1, None where there is no place to name.
    """

    def __init__(
        self, rule: str, message: str, line: int | None = None, column: int | None = None
    ) -> None:
        super().__init__(message)
        self.rule = rule
        self.line = line
        self.column = column


def parse(data: bytes, *, limit: int = DEFAULT_LIMIT, decoded: bool = False) -> etree._Element:
    """The root element of ``data``, parsed without trusting it.

    Args:
        data: the document.
        limit: largest size in bytes.
        decoded: ``data`` was a str and is UTF-8, whatever encoding it declares.

    Raises:
        Unreadable: too large, compressed, not well-formed, too deep, or with a document type.
    """
    if len(data) > limit:
        raise Unreadable(
            "too-large", f"The document has {len(data)} bytes; the limit is {limit} bytes."
        )
    plain = _begins_plain(data)
    if not plain:
        _check_prolog(data)
    try:
        root: etree._Element = etree.fromstring(data, _UTF8_PARSER if decoded else _PARSER)
    except etree.XMLSyntaxError as error:
        raise _unreadable(data, error) from None
    except (LookupError, ValueError) as error:
        raise Unreadable(
            "not-xml", f"The document is not well-formed XML: {clipped(str(error), 200)}."
        ) from None
    if not plain and root.getroottree().docinfo.internalDTD is not None:
        raise doctype_refused(data)
    return root


# How nearly every document begins; they are of one length.
_DECLARATIONS = tuple(
    f"<?xml version={quote}1.0{quote} encoding={quote}{name}{quote}?>".encode()
    for quote in "\"'"
    for name in ("UTF-8", "utf-8")
)


def _begins_plain(data: bytes) -> bool:
    """Whether the root element begins at once, in an encoding that shows it.

    Then there is no document type: it would have to stand before.
    """
    at = 0
    if data.startswith(_DECLARATIONS):
        at = len(_DECLARATIONS[0])
        at += data[at : at + 1] == b"\r"
        at += data[at : at + 1] == b"\n"
    return data[at : at + 1] == b"<" and data[at + 1 : at + 2].isalpha()


_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
# Encodings in which a document type cannot be seen before it is parsed, and libxml2 can be made to
# spend minutes on one. SOAP is UTF-8 or UTF-16 (WS-I Basic Profile, R1012).
_DARK_STARTS = (b"\0\0", b"\xff\xfe\0\0", b"<\0\0\0", b"\x4c\x6f\xa7\x94")
_DARK = (
    rb"(?i)<\?xml[^>]{1,100}encoding\s*=\s*[\"'](?:utf-?7|utf-?32|ucs|iso-10646-ucs|ibm|cp0|ebcdic)"
)


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """_DARK and white space, compiled when a document begins in another way than most."""
    return re.compile(_DARK), re.compile(rb"[ \t\r\n]*")


def _check_prolog(data: bytes) -> None:
    """Refuses a document type before libxml2 sees it.

    Raises:
        Unreadable: there is one, or an encoding that could hide one.
    """
    dark, space = _patterns()
    if data.startswith(_DARK_STARTS) or dark.match(data.removeprefix(b"\xef\xbb\xbf")):
        raise Unreadable("not-xml", "The document's encoding is not read; send UTF-8.")
    if data.startswith(_UTF_16):
        little = data[:1] in b"\xff<"
        text = data.decode("utf-16-le" if little else "utf-16-be", "replace")
        data = text.encode("utf-8", "replace")
    at = len(data) - len(data.lstrip(b"\xef\xbb\xbf"))
    while True:
        at = space.match(data, at).end()  # type: ignore[union-attr] # It matches nothing, too.
        if data.startswith(b"<!DOCTYPE", at):
            raise doctype_refused(data)
        end = _PROLOG_ENDS.get(data[at : at + 2])
        found = data.find(end, at + 2) if end is not None else -1
        if end is None or found < 0:
            return  # The root element, or what the parser will complain of.
        at = found + len(end)


_PROLOG_ENDS = {b"<?": b"?>", b"<!": b"-->"}


def doctype_refused(data: bytes = b"") -> Unreadable:
    """The refusal of a document type, which SOAP 1.1 forbids and attacks need."""
    at = data.find(b"<!DOCTYPE")
    line = data.count(b"\n", 0, at) + 1 if at >= 0 else None
    return Unreadable(
        "document-type", "The document has a DOCTYPE, which SOAP forbids; leave it out.", line
    )


def _unreadable(data: bytes, error: etree.XMLSyntaxError) -> Unreadable:
    if data[:2] == _GZIP or data[:4] == _ZIP:
        kind = "gzip" if data[:2] == _GZIP else "zip"
        return Unreadable("compressed", f"The document is {kind} data; decompress it first.")
    if not data.strip():
        return Unreadable("not-xml", "The document is empty.")
    if b"<!DOCTYPE" in data[:4096]:
        # Whatever else is wrong behind it (an undefined entity, a bomb), this comes first.
        return doctype_refused(data)
    line, column = error.position
    text = clipped((error.msg or "unknown error").split(", line ")[0].strip(), 200)
    if "depth" in text:
        return Unreadable("too-deep", "Elements nest deeper than 256 levels.", line or None)
    return Unreadable(
        "not-xml", f"The document is not well-formed XML: {text}.", line or None, column or None
    )


class Envelope(NamedTuple):
    """The parts of a SOAP envelope that a reader needs, found without judging them.

    ``version`` is ``"1.1"``, ``"1.2"`` or ``""`` for another namespace.
    """

    version: str
    namespace: str
    headers: list[etree._Element]
    bodies: list[etree._Element]
    extras: list[etree._Element]


def children(element: etree._Element) -> list[etree._Element]:
    """The child elements, without comments and processing instructions."""
    return [child for child in element if isinstance(child.tag, str)]


def local_name(element: etree._Element) -> str:
    """The name of ``element`` without its namespace."""
    tag = str(element.tag)
    return tag[tag.rindex("}") + 1 :] if tag[0] == "{" else tag


def namespace_of(element: etree._Element) -> str:
    """The namespace of ``element``, ``""`` for none."""
    tag = str(element.tag)
    return tag[1 : tag.rindex("}")] if tag[0] == "{" else ""


def split_envelope(root: etree._Element) -> Envelope:
    """The parts of the envelope ``root``."""
    namespace = namespace_of(root)
    headers: list[etree._Element] = []
    bodies: list[etree._Element] = []
    extras: list[etree._Element] = []
    header, body = f"{{{namespace}}}Header", f"{{{namespace}}}Body"
    for child in children(root):
        parts = {header: headers, body: bodies}.get(str(child.tag), extras)
        parts.append(child)
    return Envelope(SOAP_VERSIONS.get(namespace, ""), namespace, headers, bodies, extras)


def text_of(element: etree._Element) -> str:
    """The text of ``element``'s own text nodes, whole even around comments."""
    if not len(element):
        return element.text or ""
    return (element.text or "") + "".join(child.tail or "" for child in element)


def message_in(root: etree._Element) -> etree._Element | None:
    """The message in any wrapping: the Body's or the Request's child, or ``root`` itself."""
    name = local_name(root)
    if name == "Envelope":
        return next(
            (child for body in split_envelope(root).bodies for child in children(body)), None
        )
    if name == "Request":
        return next((c for c in children(root) if local_name(c) != "authHeader"), None)
    return root
