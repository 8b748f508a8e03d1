"""What one pass of libxml2 says of a document: that all is right, or where to look closer."""

from __future__ import annotations

import sys
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ips_contract.contract.compiled_schemas import (
    CleanSchema,
    clean_envelope,
    clean_fault,
    clean_message,
    header_namespaces,
)
from ips_contract.contract.components import AUTH, is_message
from ips_contract.contract.faults import COMPANIONS, KINDS
from ips_contract.contract.versions import (
    LOOSEST,
    PRE_4_0,
    UNVERSIONED,
    VERSIONS,
    Version,
    version_for_namespace,
)
from ips_contract.validation.credentials import MOST_ENTRIES, is_of_others
from ips_contract.validation.report import Report
from ips_contract.validation.sight import Sight
from ips_contract.validation.sizes import is_busy
from ips_contract.xml.envelope import SOAP_11, SOAP_12
from ips_contract.xml.parser import local_name
from ips_contract.xml.positions import LONGEST_NAMESPACE, names_a_long_namespace
from ips_contract.xml.text import BLANKS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lxml import etree

    from ips_contract.contract.schema import CheckedElement


class _Plan(NamedTuple):
    """How to judge a message: by which version and clean schema.

    ``logins`` are the tags that an authHeader beside it may have.
    """

    name: str
    version: Version
    schema: CleanSchema
    logins: frozenset[object]


_ENVELOPES: dict[object, str] = {f"{{{soap}}}Envelope": soap for soap in (SOAP_11, SOAP_12)}
_REQUESTS: dict[object, Version] = {f"{{{v.namespace}}}Request": v for v in VERSIONS}
_UNVERSIONED_AUTH = f"{{{UNVERSIONED}}}{AUTH}"
_AUTH_TAGS = frozenset(f"{{{version.namespace}}}{AUTH}" for version in VERSIONS)
# Tag of a Fault → its namespace, the tag of its detail, and the name of that.
_FAULTS: dict[object, tuple[str, str, str]] = {
    f"{{{SOAP_11}}}Fault": (SOAP_11, "detail", "detail"),
    f"{{{SOAP_12}}}Fault": (SOAP_12, f"{{{SOAP_12}}}Detail", "Detail"),
}
_KINDS: dict[object, str] = {f"{{{UNVERSIONED}}}{kind}": kind for kind in KINDS}
_TYPE_GIVEN = b":type="  # In an xsi:type, as nearly everybody writes it.
_LONGEST_TAG = 256
_LARGE = 32 * 1024  # Bytes of a document of which a part is looked at before libxml2 sees it.


@lru_cache(maxsize=256)
def _plan(tag: str, soap: str | None) -> _Plan | None:
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
    if name not in schema.names:
        return None
    logins = frozenset(f"{{{space}}}{AUTH}" for space in header_namespaces(found[0]))
    return _Plan(name, found[0], schema, logins)


def at_first_sight(root: etree._Element, data: bytes, *, logged_in: bool) -> Report | Sight | None:
    """What one pass of the C engine says of the document under ``root``.

    Args:
        root: its root element.
        data: what it was parsed from.
        logged_in: whether HTTP carries credentials, so that the document needs none.

    Returns:
        The Report if there is nothing to remark, as of most messages. Otherwise what the engine has
        found, or None if it is better not asked.
    """
    tag: str = root.tag  # type: ignore[assignment] # The parser makes no others.
    soap = _ENVELOPES.get(tag)
    message = judged = root
    login: etree._Element | None = None
    around = ""
    is_right = True  # What is around the message, as far as no schema says it.
    is_open = True  # Whether it may go without credentials.
    if soap is not None:
        try:
            header, body = root[0], root[-1]
            message = body[0]
        except IndexError:
            return None
        # Nobody else reads the attributes around a message.
        has_attributes = root.keys() or header.keys() or body.keys()
        is_right = not (has_attributes and names_a_long_namespace(root, data))
        if header is not body and len(header):
            login = header[0]
        else:
            is_open = logged_in
        tag = message.tag  # type: ignore[assignment]
        if tag in _FAULTS:
            return _fault_at_first_sight(root, message, data)
        around = "/Envelope/Body"
    elif tag in _REQUESTS:
        if not len(root):
            return None
        is_right = _is_clean_around(root, _REQUESTS[tag])
        message = judged = root[-1]
        tag = message.tag  # type: ignore[assignment]
        is_open = logged_in or len(root) > 1
        around = "/Request"
    # Longer than any name of a published version; nothing of the kind is kept.
    plan = _plan(tag, soap) if len(tag) <= _LONGEST_TAG else None
    if plan is None:
        return None
    name, version, schema, logins = plan
    if login is not None and (login.tag not in logins or len(header) > 1):
        is_right, login = _look_into(header, logins, data)
        is_open = logged_in or login is not None
    if not is_open and name.endswith("Param"):
        is_right = False
    if len(data) > _LARGE and not _pays(message, version, root, data):
        return None
    if data.find(_TYPE_GIVEN, 0, _LARGE) >= 0:
        _forget_types(message, login, version)
    complaints = schema.complaints(judged)
    checked = schema.checked_in(data) if schema.checked else schema.checked
    unchecked = _unchecked(message, checked, data) if checked and not complaints else []
    if is_right and not complaints and not unchecked:
        return Report(name, version, (), data)
    if complaints and name in COMPANIONS:
        return None  # A companion is judged by the loosest version, which is another schema.
    parts = {} if login is None or not is_right else {LOGIN_PATH: login}
    parts[f"{around}/{name}"] = message
    seen = complaints, checked, data
    return Sight(name, version, judged, version, *seen, parts, unchecked, is_right)


def _unchecked(
    message: etree._Element, checked: Mapping[str, CheckedElement], data: bytes
) -> list[etree._Element]:
    """What XSD accepts in a ``message`` and does not pass its check."""
    return _value_checks()(message, data, checked)


@cache
def _value_checks() -> Callable[..., list[etree._Element]]:
    # Most messages have nothing to check beyond XSD.
    from ips_contract.validation.value_checks import doubtful

    return doubtful


def _forget_types(message: etree._Element, login: etree._Element | None, version: Version) -> None:
    """Takes the types off that are tolerated, of values in the ``message`` and the ``login``."""
    forget = _forget_tolerated()
    forget(message, version)
    if login is not None and login.tag == _UNVERSIONED_AUTH:
        forget(login, version)


@cache
def _forget_tolerated() -> Callable[[etree._Element, Version], None]:
    # Few clients give types to values.
    from ips_contract.validation.tolerated import forget_tolerated

    return forget_tolerated


LOGIN_PATH = f"/Envelope/Header/{AUTH}"


def _look_into(
    header: etree._Element, logins: frozenset[object], data: bytes
) -> tuple[bool, etree._Element | None]:
    """Whether a ``header`` has nothing to remark on but what is in its authHeader, and that.

    An authHeader has one of the tags ``logins``; None: there is none. Others' entries are read by
    nobody else, so it is seen to it here that ``data`` has no namespace that is too long.
    """
    if len(header) > MOST_ENTRIES or names_a_long_namespace(header, data):
        return False, None
    login = None
    for entry in header:
        if login is None and entry.tag in logins:
            login = entry
        elif not is_of_others(entry):
            return False, None
    return True, login


@lru_cache(maxsize=2)
def _fault_schema(soap: str) -> CleanSchema:
    return clean_fault(soap)


def _fault_at_first_sight(
    root: etree._Element, fault: etree._Element, data: bytes
) -> Report | Sight | None:
    """The same of an envelope with a ``fault`` that has at most one entry of ours in its detail."""
    soap, detail_tag, detail = _FAULTS[fault.tag]
    if len(data) > _LARGE:
        return None
    header = root[0]
    if header is not root[-1] and len(header) and not _look_into(header, frozenset(), data)[0]:
        return None
    last = fault[-1:]
    entries = last[0] if last and last[0].tag == detail_tag else ()
    ours = [one for one in entries[: MOST_ENTRIES + 1] if local_name(one) in KINDS]
    entry = ours[0] if ours else None
    if len(entries) > MOST_ENTRIES or len(ours) > 1 or names_a_long_namespace(root, data):
        return None
    if entry is not None and entry.tag not in _KINDS:
        return None
    schema = _fault_schema(soap)
    complaints = schema.complaints(root)
    if entry is None:
        return Report("Fault", None, (), data) if not complaints else None
    checked = schema.checked_in(data)
    unchecked = _unchecked(entry, checked, data) if checked and not complaints else []
    if not complaints and not unchecked:
        return Report("Fault", PRE_4_0, (), data)
    path = f"/Envelope/Body/Fault/{detail}/{_KINDS[entry.tag]}"
    seen = complaints, checked, data
    # A fault says nothing of a version.
    return Sight("Fault", PRE_4_0, root, LOOSEST, *seen, {path: entry}, unchecked, is_right=True)


def schema_of(
    message: etree._Element, version: Version, root: etree._Element, data: bytes
) -> CleanSchema | None:
    """The clean schema of a ``message`` alone; None if libxml2 is better not asked of it.

    Args:
        message: the message, in any namespace.
        version: the version to judge it by.
        root: the document's root element.
        data: the document.
    """
    tag = str(message.tag)
    if len(tag) > _LONGEST_TAG or (len(data) > _LARGE and not _pays(message, version, root, data)):
        return None
    namespace, _, name = tag[1:].rpartition("}")
    keep = _known if namespace in (version.namespace, UNVERSIONED) else _foreign
    return keep(version, namespace, name)


# Those of namespaces that a sender made up have a small cache of their own.
_known, _foreign = lru_cache(maxsize=256)(clean_message), lru_cache(maxsize=16)(clean_message)


def _is_clean_around(request: etree._Element, version: Version) -> bool:
    """Whether all but the message is certainly right in a plain Request of ``version``."""
    if (request.text and request.text.strip(BLANKS)) or len(request) > 2:
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
    if header.tag == _UNVERSIONED_AUTH:
        namespace = UNVERSIONED
    elif header.tag == f"{{{version.namespace}}}{AUTH}":
        namespace = version.namespace
    else:
        return False
    return not _known(version, namespace, AUTH).complaints(header)


def _pays(message: etree._Element, version: Version, root: etree._Element, data: bytes) -> bool:
    """Whether it pays to ask libxml2 of the large document ``data``.

    What is wrong in the first item is often wrong in each; libxml2 is slow then.
    """
    if is_busy(root, data):
        return False
    # To load the diagnosis takes an eighth of the first verdict on 1,000 URLs, more than the engine
    # can waste: the first message of a process goes to the engine unseen.
    diagnosis = sys.modules.get("ips_contract.validation.diagnosis")
    return diagnosis is None or diagnosis.begins_clean(message, version)
