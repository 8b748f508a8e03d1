"""The schemas of messages and envelopes, compiled by libxml2 and kept per process."""

from __future__ import annotations

from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from lxml import etree

from ips_contract.contract.annotations import has_own_header
from ips_contract.contract.components import AUTH, XS
from ips_contract.contract.faults import KINDS
from ips_contract.contract.schema import CLEAN, checked_elements, render
from ips_contract.contract.versions import LOOSEST, PRE_4_0, UNVERSIONED
from ips_contract.xml.envelope import SOAP_11, SOAP_12

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ips_contract.contract.schema import CheckedElement
    from ips_contract.contract.versions import Version

_LONG = 4096  # Bytes of a document in which names are not searched for.
# Schemas that a process may need: those of the messages it sees, in some versions and wrappings.
_CACHED = 256


def compiled(
    version: Version, flavour: str, namespace: str, elements: tuple[str, ...] = ()
) -> etree.XMLSchema:
    """The schema of ``render()``, compiled by libxml2; kept per process.

    Those of namespaces that a sender made up have a small cache of their own: else a thousand dates
    would push out what everybody needs.
    """
    keep = _known if namespace in (version.namespace, UNVERSIONED) else _foreign
    return keep(version, flavour, namespace, elements)


def _compiled(
    version: Version, flavour: str, namespace: str, elements: tuple[str, ...]
) -> etree.XMLSchema:
    return etree.XMLSchema(render(version, flavour, namespace, elements))


_known, _foreign = lru_cache(maxsize=_CACHED)(_compiled), lru_cache(maxsize=16)(_compiled)


def _kinds(*beginnings: str) -> frozenset[int]:
    """The numbers of the kinds of complaints that lxml calls by names with these beginnings."""
    kinds = vars(etree.ErrorTypes).items()
    return frozenset(number for name, number in kinds if name.startswith(beginnings))


# Kinds of complaints that are about an element's own text, attributes or type.
_OWN = _kinds(
    *("SCHEMAV_CVC_DATATYPE", "SCHEMAV_CVC_FACET", "SCHEMAV_CVC_PATTERN", "SCHEMAV_CVC_ENUM"),
    *("SCHEMAV_CVC_MIN", "SCHEMAV_CVC_MAX", "SCHEMAV_CVC_LENGTH", "SCHEMAV_CVC_TYPE_3_1"),
    *("SCHEMAV_CVC_COMPLEX_TYPE_2_3", "SCHEMAV_CVC_COMPLEX_TYPE_3", "SCHEMAV_CVC_ELT_3"),
    "SCHEMAV_CVC_ELT_4",
)
# Those in spite of which libxml2 looks at all that is in the element.
_THROUGH = _kinds("SCHEMAV_CVC_COMPLEX_TYPE_3")
# What libxml2 says of an element that ends too early. The other words are for a child out of place.
_ENDS_EARLY = ": Missing child element(s)."


class Complaint(NamedTuple):
    """A mistake that libxml2 found.

    ``path`` leads to the element, as ``xmlGetNodePath`` makes it. ``own``: it is in the element
    itself, and not that it is there. ``through``: libxml2 has looked at all that is in the element.
    """

    path: str
    own: bool
    through: bool = False


class CleanSchema:
    """The clean schema of messages, bare or in an envelope.

    Attributes:
        checked: the elements that a message may have and that ask for checks beyond XSD, as
            ``checked_elements()`` gives them.
        names: names of the elements that may be the message.
    """

    def __init__(self, root: etree._Element) -> None:
        """Compiles the ``xs:schema`` element ``root``."""
        self.checked = checked_elements(root)
        self._names = [(tag, row.name) for tag, row in self.checked.items()]
        # In UTF-16, of either order.
        self._wide_names = [
            (tag, name.decode().encode("utf-16-be")[1:]) for tag, name in self._names
        ]
        self.names = frozenset(node.get("name") for node in root.iterchildren(XS + "element"))
        self._schema = etree.XMLSchema(root)
        # lxml keeps the complaints of the last validation in the schema, whichever thread it was
        # for.
        self._lock = Lock()

    def checked_in(self, data: bytes) -> Mapping[str, CheckedElement]:
        """Those of ``checked`` that may be in the document ``data``."""
        checked = self.checked
        # In a short text it is soon seen that a name is not there.
        if not checked or len(data) > _LONG:
            return checked
        found = {}
        for tag, name in self._wide_names if 0 in data[:4] else self._names:
            if data.find(name) >= 0:
                found[tag] = checked[tag]
        return found

    def complaints(self, root: etree._Element) -> list[Complaint]:
        """What libxml2 finds wrong in the document under ``root``; empty if it is right.

        Behind an element that is out of place it looks at none of its siblings.
        """
        with self._lock:
            if self._schema.validate(root):
                return []
            found = []
            for entry in self._schema.error_log:
                kind = entry.type
                own = kind in _OWN
                early = not own and _ENDS_EARLY in entry.message
                found.append(Complaint(entry.path or "", own or early, early or kind in _THROUGH))
            return found


# A SOAP envelope around one message: no more than what a clean one needs. Nothing is remarked on
# attributes of its parts, such as encodingStyle or the Id of what is signed, nor on headers of
# others.
_ENVELOPE = """
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{soap}"
           xmlns="{soap}" elementFormDefault="qualified">
  <xs:complexType name="Header">
    <xs:sequence>
      <xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
    </xs:sequence>
    <xs:anyAttribute processContents="skip"/>
  </xs:complexType>
  <xs:complexType name="Body">
    <xs:sequence><xs:any namespace="{message}" processContents="strict"/></xs:sequence>
    <xs:anyAttribute processContents="skip"/>
  </xs:complexType>
  <xs:element name="Envelope"><xs:complexType>
    <xs:sequence>
      <xs:element name="Header" type="Header" minOccurs="0"/>
      <xs:element name="Body" type="Body"/>
    </xs:sequence>
    <xs:anyAttribute processContents="skip"/>
  </xs:complexType></xs:element>
</xs:schema>
"""


# A SOAP envelope around a fault. Of a fault nothing is remarked on but that its first two parts are
# there, and what is wrong in entries of ours in its detail.
_FAULT_ENVELOPE = """
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{soap}"
           xmlns="{soap}" elementFormDefault="qualified">
  <xs:complexType name="Anything" mixed="true">
    <xs:sequence>
      <xs:any processContents="skip" minOccurs="0" maxOccurs="unbounded"/>
    </xs:sequence>
    <xs:anyAttribute processContents="skip"/>
  </xs:complexType>
  <xs:complexType name="Header">
    <xs:sequence>
      <xs:any namespace="##other" processContents="skip" minOccurs="0" maxOccurs="unbounded"/>
    </xs:sequence>
    <xs:anyAttribute processContents="skip"/>
  </xs:complexType>
  <xs:complexType name="Detail" mixed="true">
    <xs:sequence>
      <xs:any processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
    </xs:sequence>
    <xs:anyAttribute processContents="skip"/>
  </xs:complexType>
  <xs:complexType name="Fault">
    <xs:sequence>{parts}</xs:sequence>
    <xs:anyAttribute processContents="skip"/>
  </xs:complexType>
  <xs:element name="Envelope"><xs:complexType>
    <xs:sequence>
      <xs:element name="Header" type="Header" minOccurs="0"/>
      <xs:element name="Body"><xs:complexType>
        <xs:sequence><xs:element name="Fault" type="Fault"/></xs:sequence>
        <xs:anyAttribute processContents="skip"/>
      </xs:complexType></xs:element>
    </xs:sequence>
    <xs:anyAttribute processContents="skip"/>
  </xs:complexType></xs:element>
</xs:schema>
"""
_OPTIONAL = ' minOccurs="0"'
# The parts of a fault in their order (SOAP 1.1, section 4.4; SOAP 1.2 part 1, section 5.4).
_FAULT_PARTS: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    SOAP_11: (
        "unqualified",
        (
            *(("faultcode", ""), ("faultstring", ""), ("faultactor", _OPTIONAL)),
            ("detail", _OPTIONAL),
        ),
    ),
    SOAP_12: (
        "qualified",
        (
            *(("Code", ""), ("Reason", ""), ("Node", _OPTIONAL), ("Role", _OPTIONAL)),
            ("Detail", _OPTIONAL),
        ),
    ),
}


class _Imports(etree.Resolver):
    """Gives libxml2 the schemas that one imports, by their namespaces."""

    def __init__(self, texts: dict[str, bytes]) -> None:
        self._texts = texts

    def resolve(self, system_url: str | None, _public_id: str | None, context: Any) -> Any:
        """The answer to libxml2 asking for the document at ``system_url``."""
        return self.resolve_string(self._texts[system_url or ""], context)


def clean_message(version: Version, namespace: str, message: str) -> CleanSchema:
    """The clean schema of ``message`` in ``namespace``, without a wrapping, compiled anew."""
    return CleanSchema(render(version, CLEAN, namespace, (message,)))


def header_namespaces(version: Version) -> tuple[str, ...]:
    """The namespaces that an authHeader beside a message of ``version`` may have unremarked."""
    own = has_own_header(version) or version == PRE_4_0
    return tuple(dict.fromkeys((UNVERSIONED, version.namespace) if own else (UNVERSIONED,)))


def clean_envelope(version: Version, soap: str, messages: tuple[str, ...] = ()) -> CleanSchema:
    """The schema of a clean envelope in namespace ``soap`` around a clean message, compiled anew.

    It takes in the Header what others may have put there, and judges there what it knows. That
    one is an authHeader, and in one of the ``header_namespaces``, see to yourself, and that a
    request has one where HTTP carries no credentials.

    Args:
        version: the API version.
        soap: namespace of the envelope.
        messages: names of the messages that it knows; by default all.
    """
    # The message's schema imports the envelope's, which is small, and not the other way round:
    # what is imported is parsed once more.
    own = version.namespace in header_namespaces(version)
    text = _ENVELOPE.format(soap=soap, message=version.namespace)
    texts = {soap: text.encode()}
    root = render(version, CLEAN, elements=(*messages, AUTH) if messages and own else messages)
    if version != PRE_4_0:
        texts[UNVERSIONED] = etree.tostring(render(version, CLEAN, UNVERSIONED, (AUTH,)))
    return _importing(root, texts)


def _importing(root: etree._Element, texts: dict[str, bytes]) -> CleanSchema:
    """The schema ``root``, which imports those with the ``texts``, by their namespaces."""
    for namespace in texts:
        root.insert(0, etree.Element(XS + "import", namespace=namespace, schemaLocation=namespace))
    parser = root.getroottree().parser
    assert parser is not None
    parser.resolvers.add(_Imports(texts))
    return CleanSchema(root)


def clean_fault(soap: str) -> CleanSchema:
    """The schema of a clean envelope in namespace ``soap`` with a clean fault, compiled anew.

    It judges those entries of the fault's detail that it knows. That an entry is none that is meant
    as one of ours, in another namespace, see to yourself.
    """
    form, names = _FAULT_PARTS[soap]
    parts = "".join(
        f'<xs:element name="{name}" form="{form}"{optional} '
        f'type="{"Detail" if name in ("detail", "Detail") else "Anything"}"/>'
        for name, optional in names
    )
    text = _FAULT_ENVELOPE.format(soap=soap, parts=parts)
    # Faults say nothing of a version.
    return _importing(render(LOOSEST, CLEAN, UNVERSIONED, KINDS), {soap: text.encode()})
