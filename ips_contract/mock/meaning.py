"""What a message says, whatever its bytes are: so that a recorded one is known again."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from ips_contract.http.secret_names import is_secret
from ips_contract.xml.parser import Unreadable, children, local_name, parse, text_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from lxml import etree

# Who asks, by authHeader, by the headers of old, and by WS-Security (contract.md, Credentials).
_WHO = frozenset(("user", "AuthUser", "AuthPassword", "Security"))
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_NO_MEANING = frozenset((f"{_XSI}schemaLocation", f"{_XSI}noNamespaceSchemaLocation"))


def meaning(body: bytes, ignored: Collection[str] = ()) -> bytes:
    """A digest that two messages share if they say the same.

    Prefixes, comments, white space around values and between elements, the order of attributes
    and the encoding are no part of what is said, nor are credentials. What is no XML is its bytes.

    Args:
        body: a message, without a content coding.
        ignored: local names of elements that are left out.
    """
    try:
        root = parse(body, limit=max(len(body), 1))
    except Unreadable:
        return hashlib.sha256(body).digest()
    found = hashlib.sha256()
    # No recursion: what nests is as deep as it likes. None ends an element.
    waiting: list[etree._Element | None] = [root]
    while waiting:
        element = waiting.pop()
        if element is None:
            found.update(b">")
            continue
        name = local_name(element)
        if name in ignored or name in _WHO or is_secret(name):
            continue
        found.update(b"<%b" % str(element.tag).encode())
        for key, value in sorted((str(key), str(value)) for key, value in element.attrib.items()):
            if key not in _NO_MEANING:
                found.update(b"\0%b=%b" % (key.encode(), value.encode()))
        below = children(element)
        text = "" if below else text_of(element).strip()
        found.update(b"\0%b" % text.encode("utf-8", "surrogatepass"))
        waiting.append(None)
        waiting += reversed(below)
    return found.digest()
