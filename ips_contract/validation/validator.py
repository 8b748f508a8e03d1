"""Judging a document: bytes, text or a tree → Report. No input makes it raise."""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import TYPE_CHECKING

from lxml import etree

from ips_contract.contract.compiled_schemas import CleanSchema, clean_envelope, clean_message
from ips_contract.contract.components import AUTH, is_message
from ips_contract.contract.faults import COMPANIONS
from ips_contract.contract.versions import UNVERSIONED, VERSIONS, Version, version_for_namespace
from ips_contract.validation.report import Report, violation
from ips_contract.validation.sizes import is_busy
from ips_contract.xml.envelope import SOAP_11, SOAP_12
from ips_contract.xml.parser import DEFAULT_LIMIT, Unreadable, doctype_refused, parse
from ips_contract.xml.positions import LONGEST_NAMESPACE
from ips_contract.xml.text import BLANKS

if TYPE_CHECKING:
    from ips_contract.validation.suspects import Suspects

    Document = bytes | bytearray | memoryview | str | etree._Element
    # How to judge a message: its name, its version, and its clean schema.
    Plan = tuple[str, Version, CleanSchema]

LXML = "lxml"
_ENVELOPES: dict[object, str] = {f"{{{soap}}}Envelope": soap for soap in (SOAP_11, SOAP_12)}
_REQUESTS: dict[object, Version] = {f"{{{v.namespace}}}Request": v for v in VERSIONS}
_UNVERSIONED_AUTH = f"{{{UNVERSIONED}}}{AUTH}"
_AUTH_TAGS = frozenset(f"{{{version.namespace}}}{AUTH}" for version in VERSIONS)
_LONGEST_TAG = 256
_LARGE = 32 * 1024  # Bytes of a document of which a part is looked at before libxml2 sees it.


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
        schema = clean_envelope(found[0], soap, (name,))
    else:
        schema = clean_message(found[0], namespace, name)
    # What only other versions have is for the full judgement.
    return (name, found[0], schema) if name in schema.names else None


def validate(
    document: Document,
    *,
    version: str | Version | None = None,
    engine: str = LXML,
    limit: int = DEFAULT_LIMIT,
    logged_in: bool = False,
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
        logged_in: whether HTTP carries credentials, so that the document needs none.

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
        words = str(error)
        if error.quotes and not isinstance(document, etree._Element):
            # Nearly every document is read, and to load this takes a while.
            from ips_contract.http.redaction import redact_message

            source = document.encode("utf-8", "replace") if isinstance(document, str) else document
            words = redact_message(words, bytes(source))
        finding = violation(error.rule, words, "/", error.line, error.column)
        return Report("", None, (finding,), data)
    return examine(root, data, version, engine, logged_in=logged_in)


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
    known: Suspects | None = None
    if data is not None and version is None and engine == LXML:
        found = _at_first_sight(root, data, logged_in=logged_in)
        if isinstance(found, Report):
            return found
        known = found
    # To load this takes an eighth of a first verdict, and most messages are clean.
    from ips_contract.validation.judgement import judge

    return judge(root, data, version, engine, known, logged_in=logged_in)


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


def _at_first_sight(
    root: etree._Element, data: bytes, *, logged_in: bool
) -> Report | Suspects | None:
    """What one pass of the C engine says of the document under ``root``.

    Returns:
        The Report if there is nothing to remark, as of most messages. Otherwise the message with
        those of its elements that a remark may be about, or None if that is not certain.
    """
    soap = _ENVELOPES.get(root.tag)
    message = judged = root
    around = ""
    is_open = True  # Whether it may go without credentials.
    if soap is not None:
        try:
            message = root[-1][0]
            if len(root) > 1 and len(root[0]):
                if root[0][0].tag not in _AUTH_TAGS:
                    return None
            else:
                is_open = logged_in
        except IndexError:
            return None
        around = "/Envelope/Body"
    elif root.tag in _REQUESTS:
        if not _is_clean_around(root, _REQUESTS[root.tag]):
            return None
        message = judged = root[-1]
        is_open = logged_in or len(root) > 1
        around = "/Request"
    tag: str = message.tag  # type: ignore[assignment] # The parser makes no others.
    # Longer than any name of a published version; nothing of the kind is kept.
    plan = _plan(tag, soap) if len(tag) <= _LONGEST_TAG else None
    if plan is None or (not is_open and plan[0].endswith("Param")):
        return None
    name, version, schema = plan
    is_large = len(data) > _LARGE
    if is_large and (is_busy(root, data) or not _begins_clean(message, version)):
        return None  # What is wrong in the first item is often wrong in each; libxml2 is slow then.
    complaints = schema.complaints(judged)
    checked = schema.checked_in(data)
    if not complaints and not checked:
        return Report(name, version, (), data)
    if complaints and name in COMPANIONS:
        return None  # A companion is judged by the loosest version, which is another schema.
    # Most messages are clean; to load this takes a tenth of a first verdict.
    from ips_contract.validation.suspects import Suspects, suspects_in

    found = suspects_in(judged, message, data, complaints, checked)
    if found is None:
        return None
    if not found:
        return Report(name, version, (), data)
    is_own = all(complaint.own for complaint in complaints)
    return Suspects(message, version, f"{around}/{name}", found, bool(complaints), is_own)


def _is_clean_around(request: etree._Element, version: Version) -> bool:
    """Whether all but the message is certainly right in a plain Request of ``version``."""
    if (request.text and request.text.strip(BLANKS)) or not 1 <= len(request) <= 2:
        return False
    if any(len(namespace) > LONGEST_NAMESPACE for namespace in request.nsmap.values()):
        return False
    if any(child.tail and child.tail.strip(BLANKS) for child in request[:]):
        return False
    header = request[0]
    if request[-1].tag in _AUTH_TAGS:
        return False
    if header is request[-1]:
        return True
    return header.tag == _UNVERSIONED_AUTH and not _auth_schema(version).complaints(header)


@lru_cache(maxsize=len(VERSIONS))
def _auth_schema(version: Version) -> CleanSchema:
    return clean_message(version, UNVERSIONED, AUTH)


def _begins_clean(message: etree._Element, version: Version) -> bool:
    # To load the diagnosis takes an eighth of the first verdict on 1,000 URLs, more than the engine
    # can waste: the first message of a process goes to the engine unseen.
    diagnosis = sys.modules.get("ips_contract.validation.diagnosis")
    return diagnosis is None or diagnosis.begins_clean(message, version)
