"""The schemas of messages and envelopes, compiled by libxml2 and kept per process."""

from __future__ import annotations

from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from lxml import etree

from ips_contract.contract.annotations import has_own_header
from ips_contract.contract.components import AUTH, XS
from ips_contract.contract.schema import CLEAN, checked_elements, render
from ips_contract.contract.versions import PRE_4_0, UNVERSIONED

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


# Kinds of complaints, as lxml calls them, that are about an element's own text, attributes or type.
_OWN = (
    *("SCHEMAV_CVC_DATATYPE", "SCHEMAV_CVC_FACET", "SCHEMAV_CVC_PATTERN", "SCHEMAV_CVC_ENUM"),
    *("SCHEMAV_CVC_MIN", "SCHEMAV_CVC_MAX", "SCHEMAV_CVC_LENGTH", "SCHEMAV_CVC_TYPE_3_1"),
    *("SCHEMAV_CVC_COMPLEX_TYPE_2_3", "SCHEMAV_CVC_COMPLEX_TYPE_3", "SCHEMAV_CVC_ELT_3"),
    "SCHEMAV_CVC_ELT_4",
)
# What libxml2 says of an element that ends too early. The other words are for a child out of place.
_ENDS_EARLY = ": Missing child element(s)."


class Complaint(NamedTuple):
    """A mistake that libxml2 found.

    ``path`` leads to the element, as ``xmlGetNodePath`` makes it. ``own``: it is in the element
    itself, and not that it is there.
    """

    path: str
    own: bool


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
        self.names = frozenset(node.get("name") for node in root.iterchildren(XS + "element"))
        self._schema = etree.XMLSchema(root)
        # lxml keeps the complaints of the last validation in the schema, whichever thread it was
        # for.
        self._lock = Lock()

    def checked_in(self, data: bytes) -> Mapping[str, CheckedElement]:
        """Those of ``checked`` that may be in the document ``data``."""
        checked = self.checked
        # In a short text it is soon seen that a name is not there; with a zero byte at its start it
        # is UTF-16, where no name is seen.
        if not checked or len(data) > _LONG or 0 in data[:4]:
            return checked
        return {tag: row for tag, row in checked.items() if data.find(row.name) >= 0}

    def complaints(self, root: etree._Element) -> list[Complaint]:
        """What libxml2 finds wrong in the document under ``root``; empty if it is right.

        Behind an element that is out of place it looks at none of its siblings.
        """
        with self._lock:
            if self._schema.validate(root):
                return []
            return [
                Complaint(
                    entry.path or "",
                    entry.type_name.startswith(_OWN) or _ENDS_EARLY in entry.message,
                )
                for entry in self._schema.error_log
            ]


# A SOAP envelope around one message: no more than what a clean one needs.
_ENVELOPE = """
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{soap}"
           xmlns="{soap}" elementFormDefault="qualified">
  <xs:complexType name="Header"><xs:sequence>
    <xs:any namespace="{headers}" processContents="strict" minOccurs="0"/>
  </xs:sequence></xs:complexType>
  <xs:complexType name="Body"><xs:sequence>
    <xs:any namespace="{message}" processContents="strict"/>
  </xs:sequence></xs:complexType>
  <xs:element name="Envelope"><xs:complexType><xs:sequence>
    <xs:element name="Header" type="Header" minOccurs="0"/>
    <xs:element name="Body" type="Body"/>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>
"""


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


def clean_envelope(version: Version, soap: str, messages: tuple[str, ...] = ()) -> CleanSchema:
    """The schema of a clean envelope in namespace ``soap`` around a clean message, compiled anew.

    It takes any of its global elements in the Header, and none: that they are authHeader, and that
    a request has one where HTTP carries no credentials, see to yourself.

    Args:
        version: the API version.
        soap: namespace of the envelope.
        messages: names of the messages that it knows; by default all.
    """
    # The message's schema imports the envelope's, which is small, and not the other way round:
    # what is imported is parsed once more.
    own = has_own_header(version) or version == PRE_4_0
    headers = dict.fromkeys((UNVERSIONED, version.namespace) if own else (UNVERSIONED,))
    text = _ENVELOPE.format(soap=soap, message=version.namespace, headers=" ".join(headers))
    texts = {soap: text.encode()}
    root = render(version, CLEAN, elements=(*messages, AUTH) if messages and own else messages)
    if version != PRE_4_0:
        texts[UNVERSIONED] = etree.tostring(render(version, CLEAN, UNVERSIONED, (AUTH,)))
    for namespace in texts:
        root.insert(0, etree.Element(XS + "import", namespace=namespace, schemaLocation=namespace))
    parser = root.getroottree().parser
    assert parser is not None
    parser.resolvers.add(_Imports(texts))
    return CleanSchema(root)
