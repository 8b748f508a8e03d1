"""The documents of a WSDL: the one that is given and, if asked, the files beside it that it names.

Nothing is read that was not asked for, and nothing but the one URL given is ever fetched.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from ips_contract.contract.components import XS
from ips_contract.contract.wsdl import WSDL
from ips_contract.http.redaction import redact_message, redact_text
from ips_contract.xml.parser import Unreadable, parse
from ips_contract.xml.text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

# Bytes of all documents together. The published WSDLs have 0.6 MiB; what libxml2 makes of this
# many takes some 100 MiB of memory.
LIMIT = 4 * 1024 * 1024
_MOST_FILES = 64
_NAMELESS = "WSDL"  # What is given as bytes.
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_INCLUDES = (XS + "include", XS + "redefine")


class UnreadableWsdl(ValueError):
    """What is given is no WSDL that can be read; the message says why.

    ``name`` is the file or URL, with secrets hidden; ``line`` counts from 1, None where there is
    no line to name.
    """

    def __init__(self, name: str, message: str, line: int | None = None) -> None:
        super().__init__(name, message, line)
        self.name = name
        self.line = line

    def __str__(self) -> str:
        at = f":{self.line}" if self.line else ""
        return f"{self.name}{at}: {self.args[1]}"


class SchemaNode(NamedTuple):
    """An ``xs:schema``.

    ``target`` is its target namespace. ``adopted``: it has none of its own and is that of the
    schema that includes it, so that its names without a prefix are of that, too (XSD 1.0 part 1,
    section 4.2.1).
    """

    document: str
    node: etree._Element
    target: str
    adopted: bool


@dataclass
class Documents:
    """What was read: definitions by the name of their document, and schemas.

    ``unread`` has the imports of schemas that were not followed, as document, line and location.
    """

    definitions: list[tuple[str, etree._Element]] = field(default_factory=list)
    schemas: list[SchemaNode] = field(default_factory=list)
    unread: list[tuple[str, int, str]] = field(default_factory=list)


def load(source: str | bytes, *, follow: bool = False, limit: int = LIMIT) -> Documents:
    """The documents of the WSDL at ``source``.

    Args:
        source: a file, or an http or https URL; or the WSDL itself as bytes.
        follow: whether what it imports and includes is read, too: files in its folder, and in
            folders there.
        limit: largest size in bytes, of all together.

    Raises:
        UnreadableWsdl: it cannot be read, is too large, or names what is not read.
    """
    return _Loading(source, follow=follow, limit=limit).documents


def documents_of(name: str, root: etree._Element) -> Documents:
    """The documents of a WSDL that is whole in itself.

    Args:
        name: what to call it.
        root: its definitions.
    """
    schemas = [
        SchemaNode(name, node, node.get("targetNamespace", ""), adopted=False)
        for node in _schemas_in(root)
    ]
    return Documents([(name, root)], schemas)


class _Loading:
    def __init__(self, source: str | bytes, *, follow: bool, limit: int) -> None:
        self.documents = Documents()
        self._follow = follow
        self._limit = self._left = limit
        self._folder: Path | None = None
        self._seen: set[object] = set()
        from ips_contract.wsdl.fetching import fetch, is_url  # urllib is slow to load.

        if isinstance(source, bytes):
            self._name, data = _NAMELESS, source
        elif is_url(source):
            self._name = redact_text(source)
            try:
                data = fetch(source, limit + 1)
            except OSError as error:
                raise UnreadableWsdl(self._name, error.strerror or str(error)) from None
        else:
            self._name = source
            data = self._file(Path(source), source)
            path = Path(source).resolve()
            self._folder = path.parent
            self._seen.add(path)
        root = self._parsed(self._name, data)
        if root.tag != WSDL + "definitions":
            raise UnreadableWsdl(self._name, _no_wsdl(root), root.sourceline)
        self._take_definitions(self._name, root)

    def _file(self, path: Path, name: str) -> bytes:
        try:
            with path.open("rb") as file:
                return file.read(self._left + 1)
        except (OSError, ValueError) as error:
            words = getattr(error, "strerror", None) or str(error)
            raise UnreadableWsdl(name, words) from None

    def _parsed(self, name: str, data: bytes) -> etree._Element:
        if len(data) > self._left:
            words = f"it is larger than {self._limit} bytes, with what it includes; "
            raise UnreadableWsdl(name, words + "--max-bytes sets another limit")
        self._left -= len(data)
        try:
            return parse(data, limit=self._limit)
        except Unreadable as error:
            words = error.shown(lambda quoted: redact_message(quoted, data))
            raise UnreadableWsdl(name, words, error.line) from None

    def _take_definitions(self, name: str, root: etree._Element) -> None:
        self.documents.definitions.append((name, root))
        schemas = list(_schemas_in(root))
        inline = frozenset(node.get("targetNamespace", "") for node in schemas)
        for node in schemas:
            target = node.get("targetNamespace", "")
            self._take_schema(SchemaNode(name, node, target, adopted=False), inline)
        for node in root.iterchildren(WSDL + "import"):
            self._follow_to(name, node, node.get("location", ""), "")

    def _take_schema(self, schema: SchemaNode, inline: frozenset[str]) -> None:
        """Takes a schema; ``inline`` are the target namespaces of those in its document."""
        self.documents.schemas.append(schema)
        name, node = schema.document, schema.node
        for below in node.iterchildren(*_INCLUDES):
            self._follow_to(name, below, below.get("schemaLocation", ""), schema.target)
        for below in node.iterchildren(XS + "import"):
            location = below.get("schemaLocation", "")
            # A location is a hint: what is inline needs none (XSD 1.0 part 1, section 4.2.3).
            if location and below.get("namespace", "") not in inline:
                if self._follow:
                    self._follow_to(name, below, location, "")
                else:
                    line = below.sourceline or 0
                    self.documents.unread.append((name, line, location))

    def _follow_to(self, name: str, node: etree._Element, location: str, target: str) -> None:
        """Reads what ``node`` names; ``target`` is the namespace that a schema is included in."""
        line = node.sourceline
        if not self._follow:
            words = f"it needs {quoted(location)}, which is not read; --follow reads files beside"
            raise UnreadableWsdl(name, f"{words} it", line)
        path = self._beside(name, location, line)
        if path in self._seen:
            return
        if len(self._seen) >= _MOST_FILES:
            raise UnreadableWsdl(name, f"it needs more than {_MOST_FILES} files", line)
        self._seen.add(path)
        shown = str(Path(self._name).parent / path.relative_to(self._folder or path))
        root = self._parsed(shown, self._file(path, shown))
        own = root.get("targetNamespace", "")
        if root.tag == WSDL + "definitions":
            self._take_definitions(shown, root)
        elif root.tag != XS + "schema":
            raise UnreadableWsdl(shown, _no_wsdl(root), root.sourceline)
        else:
            adopted = not own and target != ""
            self._take_schema(SchemaNode(shown, root, own or target, adopted), frozenset((own,)))

    def _beside(self, name: str, location: str, line: int | None) -> Path:
        """The file that ``location`` names in the document ``name``."""
        words = f"it needs {quoted(location)}, "
        if self._folder is None:
            words += "and files are read beside a file only; save the WSDL with what it needs"
            raise UnreadableWsdl(name, words, line)
        if _SCHEME.match(location):
            words += "which is never fetched; save it beside the WSDL, and name that file"
            raise UnreadableWsdl(name, words, line)
        if not location or "\0" in location:
            raise UnreadableWsdl(name, f"{words}which is no file's name", line)
        # What the file is by its real name counts, so no link leads out of the folder.
        start = Path(name).resolve().parent
        path = Path(os.path.realpath(start / unquote(location.partition("#")[0])))
        if not path.is_relative_to(self._folder):
            words += "which is not in the folder of the WSDL; save it there, and name that file"
            raise UnreadableWsdl(name, words, line)
        return path


def _schemas_in(root: etree._Element) -> Iterator[etree._Element]:
    if root.tag == XS + "schema":
        yield root
    for types in root.iterchildren(WSDL + "types"):
        yield from types.iterchildren(XS + "schema")


_WSDL_2 = "{http://www.w3.org/ns/wsdl}"


def _no_wsdl(root: etree._Element) -> str:
    tag = str(root.tag)
    if tag.startswith(_WSDL_2):
        return "it is a WSDL 2.0 document, and WSDL 1.1 is read"
    return f"it is no WSDL: its root element is {quoted(tag.rpartition('}')[2])}"
