"""The addresses in a WSDL, as those of who passes it on: clients made from it come here, too."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import parse_qsl, urlsplit

# The address of a port has any host; documents that are fetched with it, that of the service.
_ADDRESS = re.compile(
    rb"""(<(?:[^\s<>/:"']+:)?address\s[^<>]*?\blocation\s*=\s*["'])(https?://[^/"'<>?]+)""",
    re.IGNORECASE,
)
_IMPORT = re.compile(
    rb"""(\b(?:location|schemaLocation)\s*=\s*["'])(https?://[^/"'<>?]+)""", re.IGNORECASE
)


def is_wsdl(method: str, target: str) -> bool:
    """Whether a request asks for a WSDL whose address it leaves to the service."""
    parts = urlsplit(target)
    names = {name.lower() for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    if method != "GET" or "serviceurl" in names:
        return False
    return parts.path.lower().endswith((".wsdl", ".xsd")) or bool({"wsdl", "xsd"} & names)


def rewritten(document: bytes, theirs: str, ours: str) -> bytes:
    """``document`` with the addresses of the service replaced.

    Args:
        document: a WSDL, in an encoding that has ASCII in it; another is left as it is.
        theirs: scheme and host of the service.
        ours: those of who passes it on, as the client knows them.
    """
    own = escape(ours).encode("ascii", "xmlcharrefreplace")
    document = _ADDRESS.sub(lambda found: found[1] + own, document)
    theirs_too = theirs.encode().lower()
    return _IMPORT.sub(
        lambda found: found[1] + own if found[2].lower() == theirs_too else found[0], document
    )
