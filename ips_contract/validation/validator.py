"""Judging a document: bytes, text or a tree → Report. No input makes it raise."""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import TYPE_CHECKING

from lxml import etree

from ips_contract.contract.compiled_schemas import compiled, compiled_envelope
from ips_contract.contract.components import AUTH, is_message
from ips_contract.contract.faults import COMPANIONS
from ips_contract.contract.schema import CLEAN
from ips_contract.contract.versions import UNVERSIONED, VERSIONS, Version, version_for_namespace
from ips_contract.validation.report import Report, violation
from ips_contract.xml.envelope import SOAP_11, SOAP_12
from ips_contract.xml.parser import DEFAULT_LIMIT, Unreadable, doctype_refused, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    Document = bytes | bytearray | memoryview | str | etree._Element
    # How to judge a message: its name, its version, and whether it is clean at first sight.
    Plan = tuple[str, Version, Callable[[etree._Element], bool]]

LXML = "lxml"
_ENVELOPES: dict[object, str] = {f"{{{soap}}}Envelope": soap for soap in (SOAP_11, SOAP_12)}
# From this size on a document is looked at before the engine sees it: libxml2 needs ten times as
# long for a wrong element as for a right one, and its words are not used.
_LARGE = 16 * 1024
_HUGE = 128 * 1024
_MOST_MARKUP = 16 * 1024  # Tags, start and end, and attributes that the engine is shown unseen.
_AUTH_TAGS = frozenset(f"{{{version.namespace}}}{AUTH}" for version in VERSIONS)
_LONGEST_TAG = 256


@lru_cache(maxsize=256)
def _plan(tag: str, soap: str | None) -> Plan | None:
    """The plan for a message with ``tag``, bare or in an envelope of the namespace ``soap``.

    None if the namespace is not that of a published version, or has no such message.
    """
    namespace, _, name = tag[1:].rpartition("}")
    found = version_for_namespace(namespace)
    if found is None or not found[1]:
        return None
    if not is_message(name):
        return None
    if name in COMPANIONS and (soap is not None or namespace != UNVERSIONED):
        return None
    # Each message by itself: its schema is a small part of all that the version has.
    if soap is not None:
        return name, found[0], compiled_envelope(found[0], soap, (name,))
    return name, found[0], compiled(found[0], CLEAN, namespace, (name,))


def validate(
    document: Document,
    *,
    version: str | Version | None = None,
    engine: str = LXML,
    limit: int = DEFAULT_LIMIT,
) -> Report:
    """Judges ``document`` against the contract.

    Args:
        document: a bare message, a SOAP 1.1 or 1.2 envelope, or a plain ``<Request>``; as bytes
            (in the encoding that the XML says), as str, or as a parsed lxml element.
        version: API version to judge by (label, alias, date or namespace); by default the one
            that the message's namespace names.
        engine: ``"lxml"``, ``"xmlschema"`` (extra ``xmlschema``), or ``"both"``, which reports
            it when the two disagree.
        limit: largest size in bytes of a document that is read.

    Returns:
        The Report. A document that is no XML or no message gets one with a violation.

    Raises:
        ValueError: ``version`` or ``engine`` is not a known one.
        TypeError: ``document`` or ``version`` is of another type.
    """
    data: bytes | None = None
    try:
        if type(document) is bytes:
            data = document
            root = parse(data, limit=limit)
        else:
            data, root = read(document, limit)
    except Unreadable as error:
        finding = violation(error.rule, str(error), "/", error.line, error.column)
        return Report("", None, (finding,), data)
    return examine(root, data, version, engine)


def examine(
    root: etree._Element,
    data: bytes | None,
    version: str | Version | None = None,
    engine: str = LXML,
) -> Report:
    """Judges a document that is parsed already.

    Args:
        root: its root element, as ``xml.parser.parse`` gives it.
        data: what it was parsed from; None to judge an element of unknown origin.
        version: as for ``validate``.
        engine: as for ``validate``.

    Raises:
        ValueError: ``version`` or ``engine`` is not a known one.
    """
    if data is not None and version is None and engine == LXML:
        report = _clean(root, data)
        if report is not None:
            return report
    # To load this takes an eighth of a first verdict, and most messages are clean.
    from ips_contract.validation.judgement import judge

    return judge(root, data, version, engine)


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


def _clean(root: etree._Element, data: bytes) -> Report | None:
    """The Report on the message in ``root`` if it is certain that there is nothing to remark.

    Most messages are clean, and then one pass of the C engine says all there is to say. None
    means no more than that a closer look is needed.
    """
    soap = _ENVELOPES.get(root.tag)
    message = root
    if soap is not None:
        try:
            message = root[-1][0]
            if len(root) > 1 and len(root[0]) and root[0][0].tag not in _AUTH_TAGS:
                return None
        except IndexError:
            return None
    tag: str = message.tag  # type: ignore[assignment] # The parser makes no others.
    # Longer than any name of a published version; nothing of the kind is kept.
    plan = _plan(tag, soap) if len(tag) <= _LONGEST_TAG else None
    if plan is None:
        return None
    name, version, is_clean = plan
    if len(data) > _LARGE and (_is_busy(data) or not _begins_clean(message, version)):
        return None
    if not is_clean(root):
        return None
    # In UTF-16 the name is not seen. (For bytes ``in`` is slow: it tries them as a number first.)
    if (data.find(b"sourceUrl") >= 0 or 0 in data[:4]) and not _urls_are_absolute(message, data):
        return None
    return Report(name, version, (), data)


def _is_busy(data: bytes) -> bool:
    """Whether there is more markup than in any but unusual messages.

    libxml2 and lxml describe each error at a cost that grows with the number of siblings. A
    thousand URLs have six thousand tags; a megabyte can have a quarter of a million.
    """
    return len(data) > _HUGE and data.count(b"<") + data.count(b"=") > _MOST_MARKUP


def _begins_clean(message: etree._Element, version: Version) -> bool:
    # To load the diagnosis takes an eighth of the first verdict on 1,000 URLs, more than the engine
    # can waste: the first message of a process goes to the engine unseen.
    diagnosis = sys.modules.get("ips_contract.validation.diagnosis")
    return diagnosis is None or diagnosis.begins_clean(message, version)


def _urls_are_absolute(message: etree._Element, data: bytes) -> bool:
    """Whether every sourceUrl of the clean ``message`` certainly starts with http(s)://.

    A thousand URLs are counted in the bytes in the time that a hundred take in the tree. In
    UTF-8 without comments, CDATA and processing instructions the counted bytes can only be
    start tags, and a clean message has one sourceUrl in each item.
    """
    if not len(message):
        return True
    job = message[-1]
    if not str(job.tag).endswith("}uploadUrlsJob"):
        return False
    # Single bytes are found many times faster than pairs; URLs have question marks, too.
    if b"!" in data or (data.find(b"?", 100) > 0 and data.find(b"?>", 100) > 0):
        return False
    if message.getroottree().docinfo.encoding not in (None, "UTF-8", "utf-8"):
        return False
    items = len(job[0])
    # As a rule all are on one host. Longer texts are found faster.
    first = (job[0][0][0].text or "").encode() if items else b""
    host = first[: first.find(b"/", 8) + 1]
    if host.startswith(_WEB) and data.count(b"<sourceUrl>" + host) == items:
        return True
    return sum(data.count(b"<sourceUrl>" + scheme) for scheme in _WEB) == items


_WEB = (b"https://", b"http://")
