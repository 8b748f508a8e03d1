"""One message in many spellings: XML texts that differ, and mean the same.

``Node`` is a message before it is spelled. Its values are safe in every spelling: what XML's
line-end rules would change is written as a character reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

from lxml import etree

from ips_contract.contract.writer import escape
from ips_contract.xml.envelope import SOAP_VERSIONS
from ips_contract.xml.parser import children, local_name, namespace_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

# Bytes that choose a spelling; all zero is the plain one.
STYLE_WIDTH = 10
PLAIN = bytes(STYLE_WIDTH)

# One style in four is plain: the most usual spelling, and the cheapest.
_PLAIN_BELOW = 64
_SOAP_PREFIX = "soapenv"
_PREFIXES = ("a", "ips", "ns1", "_", "x-y.z", _SOAP_PREFIX, "")
_GAPS = ("", " ", "\n", "\r\n", "\t", "\n\n  ", " \r\n\t")
_COMMENTS = ("<!---->", "<!-- a <b> & c -->", "<?pi?>", "<?php echo '>' ?>")
# Codec of Python, name in the declaration ("" for none needed), mark in front.
_ENCODINGS = (
    ("utf-8", "", ""),
    ("utf-8", "UTF-8", ""),
    ("utf-8", "utf-8", "\ufeff"),
    ("utf-8", "", "\ufeff"),
    ("utf-16-le", "UTF-16", "\ufeff"),
    ("utf-16-be", "", "\ufeff"),
    ("iso-8859-1", "ISO-8859-1", ""),
    ("ascii", "US-ASCII", ""),
)
_MOST_REFERENCES = 32  # In a row; they make a document long.
_CHUNK = 3  # Characters in a row that are spelled alike.


class QName(str):
    """A value that names something in the namespace ``space``, by a prefix as it is declared."""

    space: str

    def __new__(cls, space: str, local: str) -> Self:
        """The name ``local`` in ``space``."""
        name = super().__new__(cls, local)
        name.space = space
        return name


class Node(NamedTuple):
    """An element: its value, or its children. Attributes are of no namespace or ``xml:``."""

    namespace: str
    name: str
    content: str | list[Node]
    attributes: tuple[tuple[str, str], ...] = ()


def from_element(element: etree._Element) -> Node:
    """``element`` without its spelling; text around children is dropped."""
    below = children(element)
    content: str | list[Node] = [from_element(child) for child in below]
    return Node(namespace_of(element), local_name(element), content if below else text_of(element))


def to_element(node: Node) -> etree._Element:
    """A new tree of ``node``, plainly spelled."""
    return etree.fromstring(plain(node), etree.XMLParser(resolve_entities=False))


def write(node: Node, style: bytes = PLAIN) -> bytes:
    """``node`` as a document, spelled as the ``STYLE_WIDTH`` bytes of ``style`` say."""
    if style[0] < _PLAIN_BELOW:
        return plain(node, indent=style[0] >= _PLAIN_BELOW // 2)
    return _Speller(style).document(node)


def plain(node: Node, *, indent: bool = False) -> bytes:
    """``node`` with a default namespace, in UTF-8, without a declaration.

    An envelope's own elements have a prefix, as clients write them.
    """
    parts: list[str] = []
    _plain(node, "", parts, "\n" if indent else "")
    return "".join(parts).encode()


def _plain(node: Node, default: str, parts: list[str], gap: str) -> None:
    namespace, name, content, attributes = node
    declared = ""
    if namespace in SOAP_VERSIONS:
        if name == "Envelope":
            declared = f' xmlns:{_SOAP_PREFIX}="{namespace}"'
        name = f"{_SOAP_PREFIX}:{name}"
    elif namespace != default:
        declared, default = f' xmlns="{namespace}"', namespace
    for key, value in attributes:
        declared += f' {key}="{value}"'
    if not content:
        parts.append(f"<{name}{declared}/>")
    elif isinstance(content, str):
        prefix = f"{_SOAP_PREFIX}:" if isinstance(content, QName) else ""
        parts.append(f"<{name}{declared}>{prefix}{escape(content)}</{name}>")
    else:
        parts.append(f"<{name}{declared}>")
        inner = gap and gap + "  "
        for child in content:
            parts.append(inner)
            _plain(child, default, parts, inner)
        parts.append(f"{gap}</{name}>")


class _Speller:
    """One document in one style. The same style spells the same node the same way."""

    def __init__(self, style: bytes) -> None:
        encoding, gaps, prefixes, cdata, references, comments, tags, quotes = style[1:9]
        self._state = style[9] + 1
        on = 128  # A feature is off below: half of all styles have it.
        self._codec, self._declared, self._mark = _ENCODINGS[
            encoding % len(_ENCODINGS) if encoding >= on else 0
        ]
        self._gaps = _GAPS if gaps >= on else ("",)
        self._prefixes = _PREFIXES if prefixes >= on else ("",)
        self._redeclares = prefixes >= 192
        self._cdata, self._references = cdata >= on, references >= on
        self._comments = _COMMENTS if comments >= on else ()
        self._loose_tags = tags >= on
        self._quotes = "\"'" if quotes >= on else '"'
        self._texts: list[Callable[[str], str]] = [escape]
        if self._cdata:
            self._texts.append(self._as_cdata)
        if self._references:
            self._texts.append(self._as_references)

    def document(self, node: Node) -> bytes:
        parts = []
        if self._declared or self._roll(3) == 0:
            quote, other = self._quotes[0], self._quotes[-1]
            # Latin-1 and ASCII cannot be told from the bytes; UTF-8 and UTF-16 can.
            named = f" encoding={other}{self._declared}{other}" if self._declared else ""
            alone = " standalone='yes'" if self._roll(4) == 0 else ""
            parts.append(f"<?xml version={quote}1.0{quote}{named}{alone}?>")
        parts.append(self._between())
        self._element(node, {"": ""}, parts)
        parts.append(self._between())
        text = self._mark + "".join(parts)
        # Only values have characters that an encoding may lack, so a reference can replace them.
        return text.encode(self._codec, "xmlcharrefreplace")

    def _roll(self, sides: int) -> int:
        """A number below ``sides``; a small generator, so that a style says it all."""
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self._state >> 33) % sides

    def _between(self) -> str:
        """White space and comments, where elements or nothing may stand."""
        gap = self._gaps[self._roll(len(self._gaps))]
        if self._comments and self._roll(4) == 0:
            gap += self._comments[self._roll(len(self._comments))] + gap
        return gap

    def _element(self, node: Node, scope: dict[str, str], parts: list[str]) -> None:
        """Appends ``node``; ``scope`` is prefix → namespace around it, "" the default."""
        namespace, name, content, attributes = node
        written, scope = self._declare(node, scope)
        fitting = [prefix for prefix, space in scope.items() if space == namespace]
        prefix = fitting[self._roll(len(fitting))]
        if prefix:
            name = f"{prefix}:{name}"
        start = "".join([self._attribute(*pair) for pair in (*attributes, *written)])
        loose = self._gaps[self._roll(len(self._gaps))] if self._loose_tags else ""
        if not content:
            short = self._roll(2) == 0 or not self._loose_tags
            end = "/>" if short else f"></{name}{loose}>"
            parts.append(f"<{name}{start}{loose}{end}")
            return
        parts.append(f"<{name}{start}{loose}>")
        if isinstance(content, str):
            parts.append(self._value(content, scope))
        else:
            for child in content:
                parts.append(self._between())
                self._element(child, scope, parts)
            parts.append(self._between())
        parts.append(f"</{name}{loose}>")

    def _attribute(self, key: str, value: str) -> str:
        quote = self._quotes[self._roll(len(self._quotes))]
        equals = " = " if self._loose_tags and self._roll(3) == 0 else "="
        return f" {key}{equals}{quote}{value}{quote}"

    def _declare(
        self, node: Node, scope: dict[str, str]
    ) -> tuple[list[tuple[str, str]], dict[str, str]]:
        """The namespace declarations that ``node`` needs or happens to have, and its scope."""
        new: dict[str, str] = {}
        content = node.content
        if isinstance(content, QName) and content.space not in scope.values():
            new["q"] = content.space
        needed = node.namespace not in scope.values() or "q" in new
        if needed or (self._redeclares and self._roll(6) == 0):
            prefix = self._prefixes[self._roll(len(self._prefixes))] if node.namespace else ""
            new[prefix] = node.namespace
        if not new:
            return [], scope
        inner = scope | new
        if isinstance(content, QName) and content.space not in inner.values():
            new["q"] = inner["q"] = content.space
        written = [(f"xmlns:{key}" if key else "xmlns", space) for key, space in new.items()]
        return written, inner

    def _value(self, text: str, scope: dict[str, str]) -> str:
        if isinstance(text, QName):
            prefix = next(key for key, space in scope.items() if space == text.space)
            return f"{prefix}:{text}" if prefix else text
        if len(self._texts) == 1 and not self._comments:
            return escape(text)
        at = self._roll(len(text) + 1)
        pieces = [text[:at], text[at : at + _CHUNK], text[at + _CHUNK :]]
        spelled = [self._texts[self._roll(len(self._texts))](piece) for piece in pieces]
        if self._comments and self._roll(4) == 0:
            spelled.insert(1, self._comments[self._roll(len(self._comments))])
        return "".join(spelled)

    def _as_cdata(self, text: str) -> str:
        # References mean nothing in there, so what needs one stays outside.
        if "\r" in text or "]]>" in text or not (text.isascii() or self._codec[:3] == "utf"):
            return escape(text)
        return f"<![CDATA[{text}]]>"

    def _as_references(self, text: str) -> str:
        if len(text) > _MOST_REFERENCES:
            return escape(text)
        forms = ("&#{0};", "&#x{0:x};", "&#x{0:X};", "&#0{0};")
        form = forms[self._roll(len(forms))]
        return "".join([form.format(ord(character)) for character in text])
