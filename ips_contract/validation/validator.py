"""Judging a document: bytes, text or a tree → Report. No input makes it raise."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from lxml import etree

from ips_contract.validation.first_sight import at_first_sight
from ips_contract.validation.report import Report, violation
from ips_contract.xml.parser import DEFAULT_LIMIT, Unreadable, doctype_refused, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from ips_contract.contract.versions import Version
    from ips_contract.validation.sight import Sight

    Document = bytes | bytearray | memoryview | str | etree._Element

LXML = "lxml"


def validate(
    document: Document,
    *,
    version: str | Version | None = None,
    engine: str = LXML,
    limit: int = DEFAULT_LIMIT,
    logged_in: bool = False,
) -> Report:
    """As ``ips_contract.validate``, which says what is meant; WSDLs are read there."""
    data: bytes | None = None
    try:
        if type(document) is bytes:
            data = document
            root = parse(data, limit=limit)
        else:
            data, root = read(document, limit)
    except Unreadable as error:
        words = error.shown(lambda quoted: _hidden(quoted, document))
        finding = violation(error.rule, words, "/", error.line, error.column)
        return Report("", None, (finding,), data)
    return examine(root, data, version, engine, logged_in=logged_in)


def _hidden(quoted: str, document: Document) -> str:
    """The parser's words ``quoted`` without the secrets of ``document``."""
    # Nearly every document is read, and to load this takes a while.
    from ips_contract.http.redaction import redact_message

    if isinstance(document, etree._Element):
        return quoted  # It was parsed by somebody else; nothing is quoted from it.
    source = document.encode("utf-8", "replace") if isinstance(document, str) else document
    return redact_message(quoted, bytes(source))


def examine(
    root: etree._Element,
    data: bytes | None,
    version: str | Version | None = None,
    engine: str = LXML,
    *,
    logged_in: bool = False,
) -> Report:
    """Judges a document that is parsed already.

    Args:
        root: its root element, as ``xml.parser.parse`` gives it.
        data: what it was parsed from; None to judge an element of unknown origin.
        version: as for ``validate``.
        engine: as for ``validate``.
        logged_in: as for ``validate``.

    Raises:
        ValueError: ``version`` or ``engine`` is not a known one.
    """
    sight: Sight | None = None
    if data is not None and version is None and engine == LXML:
        found = at_first_sight(root, data, logged_in=logged_in)
        if isinstance(found, Report):
            return found
        sight = found
    return _judgement()(root, data, version, engine, sight, logged_in=logged_in)


@cache
def _judgement() -> Callable[..., Report]:
    # To load this takes an eighth of a first verdict, and most messages are clean.
    from ips_contract.validation.judgement import judge

    return judge


def read(document: object, limit: int) -> tuple[bytes | None, etree._Element]:
    """The bytes of ``document``, None for an element, and its root element.

    Raises:
        Unreadable: it is no XML that is read.
        TypeError: it is of another type.
    """
    if isinstance(document, etree._Element):
        if not isinstance(document.tag, str):
            raise Unreadable("not-xml", "The node is a comment or an instruction, not an element.")
        if next(document.iter(etree.Entity), None) is not None:
            raise Unreadable("document-type", "The element holds an entity reference.")
        if document.getroottree().docinfo.internalDTD is not None:
            raise doctype_refused()
        return None, document if type(document) is etree._Element else _plain(document)
    if isinstance(document, str):
        try:
            data = document.encode()
        except UnicodeEncodeError as error:
            at = f"character {error.start} is half of a surrogate pair"
            raise Unreadable("not-xml", f"The document is no text: {at}.") from None
        return data, parse(data, limit=limit, decoded=True)
    if not isinstance(document, (bytes, bytearray, memoryview)):
        kind = type(document).__name__
        raise TypeError(f"document is of type {kind}; give bytes, str or an lxml element")
    data = bytes(document)
    return data, parse(data, limit=limit)


def _plain(element: etree._Element) -> etree._Element:
    """A copy of ``element`` and all below it in lxml's own class.

    Others may iterate in their own way: an objectify element yields its siblings of one name.
    """
    copy: etree._Element = etree.fromstring(
        etree.tostring(element, with_tail=False), etree.XMLParser(huge_tree=True)
    )
    for original, twin in zip(element.iter(), copy.iter(), strict=True):
        twin.sourceline = original.sourceline  # type: ignore[misc] # lxml's stubs lack the setter.
    return copy
