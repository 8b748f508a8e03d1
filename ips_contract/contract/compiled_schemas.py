"""The schemas of messages and envelopes, compiled by libxml2 and kept per process."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from lxml import etree

from ips_contract.contract.annotations import has_own_header
from ips_contract.contract.components import AUTH, XS
from ips_contract.contract.schema import CLEAN, render
from ips_contract.contract.versions import PRE_4_0, UNVERSIONED

if TYPE_CHECKING:
    from ips_contract.contract.versions import Version

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


@lru_cache(maxsize=_CACHED)
def compiled_envelope(
    version: Version, soap: str, messages: tuple[str, ...] = ()
) -> etree.XMLSchema:
    """The schema of a clean envelope in namespace ``soap`` around a clean message.

    It takes any of its global elements in the Header: that they are authHeader, see to yourself.

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
    return etree.XMLSchema(root)
