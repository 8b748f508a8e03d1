"""The components of the annotated schema: the files of ``xsd/`` as text, each read when needed.

The files of ``xsd/`` are the one table of the contract; the head of ``ips.xsd`` explains their
``f:`` attributes. A component (XSD 1.0 part 1, section 2.2) is a type or a global element.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from lxml import etree

from ips_contract.resources import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ips_contract.contract.versions import Version

XS = "{http://www.w3.org/2001/XMLSchema}"
FACTS = "{urn:ips-contract:facts}"
AUTH = "authHeader"


def sources() -> list[Callable[[], bytes]]:
    """What reads the files of ``xsd/`` that ``ips.xsd`` includes, in that order."""
    parts = _main().split(b'schemaLocation="')[1:]
    return [partial(_read, part[: part.index(b'"')].decode()) for part in parts]


@lru_cache(maxsize=1)
def _main() -> bytes:
    return _read("ips.xsd")


def _read(name: str) -> bytes:
    return read(f"xsd/{name}").replace(b"\r\n", b"\n")


def master_text() -> bytes:
    """The annotated schema, all files of ``xsd/`` as one."""
    return schema_of([b"\n\n" + _body(read()) for read in sources()])


def _body(text: bytes) -> bytes:
    """A file's part between its head, with what it includes, and its end."""
    begin = text.index(b"\n\n", text.rindex(b"<xs:include")) if b"<xs:include" in text else 0
    begin = begin or text.index(b"\n\n", text.index(b"<xs:schema"))
    return text[begin : text.rindex(b"</xs:schema>")].strip(b"\n")


_END = b"\n</xs:schema>\n"


class Components(Mapping[str, bytes]):
    """The components of the annotated schema by name; elements of one name together.

    A component is a paragraph of a file. All of one name are in one file, which is read when no
    file before it has the name: what everybody asks for is in the first ones.
    """

    def __init__(self, texts: list[Callable[[], bytes]]) -> None:
        """Prepares the table; ``texts`` read the files."""
        self._unread = texts[::-1]
        self._found: dict[str, bytes] = {}
        self._lock = threading.Lock()  # Whoever finds nothing left to read must see all of it.

    def __getitem__(self, name: str) -> bytes:
        if name not in self._found:
            with self._lock:
                while name not in self._found:
                    if not self._unread:
                        raise KeyError(name)
                    self._read_next()
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        with self._lock:
            while self._unread:
                self._read_next()
        return iter(self._found)

    def __len__(self) -> int:
        return len(list(iter(self)))

    def _read_next(self) -> None:
        found: dict[str, bytes] = {}
        for paragraph in _body(self._unread.pop()()).split(b"\n\n"):
            name = paragraph.partition(b' name="')[2].partition(b'"')[0].decode()
            if name:
                found[name] = found.get(name, b"") + b"\n\n" + paragraph
        self._found.update(found)  # At once: who looks without the lock must not see a half.


def components_of(version: Version) -> Mapping[str, bytes]:
    """The components that the contract of ``version`` is cut from."""
    return components() if version.components is None else version.components


@lru_cache(maxsize=1)
def components() -> Components:
    """The components of ``xsd/``; kept per process."""
    return Components(sources())


def text_of(version: Version) -> bytes:
    """The annotated schema that ``version`` is cut from, as one."""
    return (
        master_text() if version.components is None else schema_of([*version.components.values()])
    )


def needed_text(elements: tuple[str, ...], known: Mapping[str, bytes] | None = None) -> bytes:
    """The annotated schema less all that the global ``elements`` do not need.

    To leave out unread what nobody asked for saves nearly all of the time that the whole takes.

    Args:
        elements: names of elements; those of types are taken, too.
        known: the components to take from; by default those of ``xsd/``.

    Raises:
        KeyError: there is no such element.
    """
    known = components() if known is None else known
    return schema_of([known[name] for name in needed_names(elements, known)])


def needed_names(elements: tuple[str, ...], known: Mapping[str, bytes]) -> tuple[str, ...]:
    """The names of ``elements``, and of all among ``known`` that they need.

    Raises:
        KeyError: there is no such element.
    """
    waiting = list(elements)
    needed = dict.fromkeys(waiting)
    for name in waiting:
        component = known[name]
        for attribute in (b' type="', b' base="', b' f:service="'):
            for part in component.split(attribute)[1:]:
                used = part[: part.index(b'"')].decode()
                # Types of XSD's own have no component here.
                if used not in needed and not used.startswith("xs:"):
                    needed[used] = None
                    waiting.append(used)
    return tuple(needed)


def schema_of(parts: list[bytes]) -> bytes:
    """Components of the annotated schema as a schema of their own."""
    main = _main()
    return main[: main.index(b"\n\n", main.index(b"<xs:schema"))] + b"".join(parts) + _END


def parse_schema(text: bytes) -> etree._Element:
    """The root of our own schema; the parser for documents from outside is ``xml.parser``.

    It has a parser of its own, which finds other schemas for it.
    """
    return etree.fromstring(text, _parser())


def _parser() -> etree.XMLParser:
    return etree.XMLParser(remove_comments=True, remove_blank_text=True)


_READER = _parser()  # To make one takes as long as to parse a type.
_ROOT = b"<xs:schema"  # The remarks before it are longer than most components.


def read_schema(text: bytes) -> etree._Element:
    """As ``parse_schema``, to look at it only: it finds no other schemas."""
    return etree.fromstring(text[text.index(_ROOT) :], _READER)


@lru_cache(maxsize=1)
def message_names() -> frozenset[str]:
    """The names of all messages of all versions, and of authHeader and the fault details."""
    return frozenset(name for name in components() if is_message(name))


ANSWERS = ("Return", "Fault")  # How the names of answers end.


def is_message(name: str) -> bool:
    """Whether a version has a message called ``name``, or a companion."""
    return components().get(name, b"").startswith(_GLOBAL_ELEMENT)


_GLOBAL_ELEMENT = b"\n\n  <xs:element "
