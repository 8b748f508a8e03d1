"""Any wrapping of a message, parsed: SOAP 1.1 and 1.2 envelopes, plain Requests, bare messages.

Home of the one parser for documents from outside. It refuses document types, never opens a
file or a connection, never expands entities, and reads no more than a limit of bytes.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from lxml import etree

from ips_contract.xml.text import clipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

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


class Unreadable(ValueError):
    """A document that is no readable XML. ``rule`` is the id of the rule it breaks.

    ``line`` and ``column`` are from 1, None where there is no place to name. ``quoted`` follows the
    message: libxml2's own words, which may quote what stands there, be it a secret. ``advice``
    follows that, and is our own words again.
    """

    def __init__(
        self,
        rule: str,
        message: str,
        line: int | None = None,
        column: int | None = None,
        *,
        quoted: str = "",
        advice: str = "",
    ) -> None:
        super().__init__(message + quoted + advice)
        self._message = message
        self._quoted = quoted
        self._advice = advice
        self.rule = rule
        self.line = line
        self.column = column

    def shown(self, hide: Callable[[str], str]) -> str:
        """The message as it may be shown: ``hide`` takes the secrets out of what is quoted."""
        return self._message + hide(self._quoted) + self._advice if self._quoted else str(self)


_NOT_WELL_FORMED = "The document is not well-formed XML: "


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
    plain = starts_plainly(data)
    if not plain:
        _check_prolog(data, decoded=decoded)
    try:
        root: etree._Element = etree.fromstring(data, _UTF8_PARSER if decoded else _PARSER)
    except etree.XMLSyntaxError as error:
        raise _unreadable(data, error) from None
    except (LookupError, ValueError) as error:
        words = clipped(str(error), 200)
        raise Unreadable("not-xml", _NOT_WELL_FORMED, quoted=words, advice=".") from None
    if not plain and root.getroottree().docinfo.internalDTD is not None:
        raise doctype_refused()  # None is known to slip by; this is the second lock.
    return root


# How nearly every document starts: with its root element, after a declaration of UTF-8, a comment
# or both, or without them. It has no document type, and is UTF-8 or like it.
_PLAIN_START = re.compile(
    rb"(?:<\?xml version=([\"'])1\.0\1 encoding=\1(?:UTF|utf)-8\1"
    rb"(?: standalone=\1(?:yes|no)\1)?\?>[ \t\r\n]*+)?"
    rb"(?:<!--(?:[^-]++|-[^-])*+-->[ \t\r\n]*+)?<[A-Za-z_]"
)
_START_BYTES = 64  # Of a document; one without a comment before its root starts in fewer.


def starts_plainly(data: bytes) -> bool:
    """Whether ``data`` begins with its root element, behind a declaration and a comment at most."""
    return _begins_plainly(data[:_START_BYTES]) or _PLAIN_START.match(data) is not None


@lru_cache(maxsize=256)  # A client's begin alike: it spares 3 % of the time for a request.
def _begins_plainly(start: bytes) -> bool:
    return _PLAIN_START.match(start) is not None


_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
# Starts of UTF-32 and EBCDIC.
_DARK_STARTS = (b"\0\0", b"\xff\xfe\0\0", b"<\0\0\0", b"\x4c\x6f\xa7\x94")
# Encodings in which "<!DOCTYPE" is those bytes and nothing else is it. In others (UTF-7, ISO-2022,
# HZ, with escapes) a document type cannot be seen before it is parsed, and libxml2 can be made to
# spend minutes on one. SOAP itself is UTF-8 or UTF-16 (WS-I Basic Profile 1.1, R1012).
_CLEAR = re.compile(
    rb"utf-?8|utf-?16(?:le|be)?|us-ascii|ascii|iso[-_]?8859[-_][0-9]{1,2}|latin-?[0-9]|l[0-9]"
    rb"|(?:windows-|cp)125[0-9]|shift[-_]?jis|sjis|euc-?(?:jp|kr|cn|tw)|gb2312|gbk|gb18030|big5"
    rb"|koi8-[ru]",
    re.IGNORECASE,
)


_BLANKS = re.compile(rb"[ \t\r\n]*")
_DECLARATION = re.compile(rb"<\?xml[^?]*?encoding\s*=\s*[\"']([^\"'?]*)", re.IGNORECASE)


def is_read(encoding: str) -> bool:
    """Whether documents in ``encoding`` are read, as far as libxml2 knows it."""
    name = encoding.strip()
    return name.isascii() and _CLEAR.fullmatch(name.encode()) is not None


def declaration_in(data: bytes) -> str | None:
    """The encoding that the XML declaration of ``data`` names; None if it names none."""
    found = _DECLARATION.match(data.removeprefix(b"\xef\xbb\xbf"))
    return None if found is None else found[1].decode("latin-1")


def _check_prolog(data: bytes, *, decoded: bool) -> None:
    """Refuses a document type before libxml2 sees it.

    Raises:
        Unreadable: there is one, or an encoding that could hide one.
    """
    if data.startswith(_DARK_STARTS):
        raise Unreadable("not-xml", "The document's encoding is not read; send UTF-8.")
    if data.startswith(_UTF_16):
        little = data[:1] in b"\xff<"
        text = data.decode("utf-16-le" if little else "utf-16-be", "replace")
        data = text.encode("utf-8", "replace")
    declared = declaration_in(data)
    if declared is not None and not decoded and not is_read(declared):
        words = f'The encoding "{clipped(declared)}" is not read; send UTF-8.'
        raise Unreadable("not-xml", words)
    if b"<!DOCTYPE" not in data:
        return
    at = len(data) - len(data.lstrip(b"\xef\xbb\xbf"))
    while True:
        at = _BLANKS.match(data, at).end()  # type: ignore[union-attr] # It matches nothing, too.
        if data.startswith(b"<!DOCTYPE", at):
            raise doctype_refused(data, at)
        end = _PROLOG_ENDS.get(data[at : at + 2])
        found = data.find(end, at + 2) if end is not None else -1
        if end is None or found < 0:
            return  # The root element, or what the parser will complain of.
        at = found + len(end)


_PROLOG_ENDS = {b"<?": b"?>", b"<!": b"-->"}


def doctype_refused(data: bytes = b"", at: int | None = None) -> Unreadable:
    """The refusal of a document type, which SOAP 1.1 forbids and attacks need.

    Args:
        data: the document.
        at: where the document type stands in it; None if that is not known.
    """
    from ips_contract.xml.causes import html_words  # As below.

    line = data.count(b"\n", 0, at) + 1 if at is not None else None
    words = html_words(data) or "The document has a DOCTYPE, which SOAP forbids; leave it out."
    return Unreadable("document-type", words, line)


def _unreadable(data: bytes, error: etree.XMLSyntaxError) -> Unreadable:
    # Nearly every document is read, and to load this takes a tenth of a first verdict.
    from ips_contract.xml.causes import cause_of

    cause = cause_of(data)
    if cause is not None:
        return Unreadable(*cause)
    line, column = error.position
    text = clipped((error.msg or "unknown error").split(", line ")[0].strip(), 200)
    if "depth" in text:
        return Unreadable("too-deep", "Elements nest deeper than 256 levels.", line or None)
    advice = f".{_advice(data, text)}"
    place = (line or None, column or None)
    return Unreadable("not-xml", _NOT_WELL_FORMED, *place, quoted=text, advice=advice)


# What libxml2 says → what to do.
_ADVICE = (
    ("xmlParseEntityRef: no name", "An & in a text is written &amp;."),
    ("EntityRef: expecting ';'", "An & in a text is written &amp;."),
    ("invalid element name", "A < in a text is written &lt;."),
    ("Unescaped '<'", "A < in a value is written &lt;."),
    ("not defined", "XML itself has &amp;, &lt;, &gt;, &quot; and &apos;; write others as &#160;."),
    ("Premature end", "It ends early: was all of it captured?"),
    ("Couldn't find end of Start Tag", "It ends early: was all of it captured?"),
    ("Start tag expected", "It does not begin with an element; is it a message?"),
    ("Extra content", "Nothing follows the root element; give one document at a time."),
    ("only at the start", "Remove what stands before <?xml."),
    ("Invalid bytes in character encoding", "Its bytes are in another encoding; send UTF-8."),
    ("not proper UTF-8", "Its bytes are in another encoding; send UTF-8."),
    ("invalid Char", "XML cannot carry this character; leave it out."),
    ("invalid xmlChar", "XML cannot carry this character; leave it out."),
)


def _advice(data: bytes, text: str) -> str:
    """What to do about libxml2's complaint ``text``, with a space in front; "" if that says it."""
    if "only at the start" in text and data.lstrip()[:1] == b"<" and _declares_twice(data):
        return " Two documents are in it; give one document at a time."
    if b"utf-16" in data[:100].lower() and data[:1] == b"<" and data[1:2] != b"\0":
        return " It declares UTF-16 and is not: declare the encoding that it has."
    if text.startswith("Namespace prefix"):
        return ""
    return next((f" {advice}" for words, advice in _ADVICE if words in text), "")


def _declares_twice(data: bytes) -> bool:
    return data.find(b"<?xml ", data.find(b">")) > 0


def children(element: etree._Element) -> list[etree._Element]:
    """The child elements, without comments and processing instructions."""
    return [child for child in element if isinstance(child.tag, str)]


def names_among(element: etree._Element, names: Iterable[str]) -> set[str]:
    """Those of ``names`` that children of ``element`` have, in whatever namespace.

    The children can be a hundred thousand: libxml2 looks for the few that count.
    """
    tags = [f"{{*}}{name}" for name in names]
    return {local_name(child) for child in element.iterchildren(*tags)} if tags else set()


def local_name(element: etree._Element) -> str:
    """The name of ``element`` without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace_of(element: etree._Element) -> str:
    """The namespace of ``element``, ``""`` for none."""
    return str(element.tag)[1:].rpartition("}")[0]


def text_of(element: etree._Element) -> str:
    """The text of ``element``'s own text nodes, whole even around comments."""
    if not len(element):
        return element.text or ""
    return (element.text or "") + "".join(child.tail or "" for child in element)
