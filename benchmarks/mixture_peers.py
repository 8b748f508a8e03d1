"""What a document of any kind is compared with: lxml's parser, and the strict schema for it."""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from lxml import etree

from ips_contract.contract.compiled_schemas import clean_envelope, clean_message
from ips_contract.contract.components import AUTH, XS, is_message
from ips_contract.contract.schema import STRICT, render
from ips_contract.contract.versions import LATEST, UNVERSIONED, Version, version_for_namespace
from ips_contract.xml.envelope import SOAP_11, SOAP_12, message_in
from ips_contract.xml.parser import local_name, namespace_of

if TYPE_CHECKING:
    from collections.abc import Callable

# An envelope around any messages that are known, or a fault. Other headers are let through, and
# attributes of its parts.
_ENVELOPE = """
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{soap}" xmlns="{soap}"
           elementFormDefault="{qualified}">
  <xs:element name="Envelope"><xs:complexType><xs:sequence>
    <xs:element name="Header" form="qualified" minOccurs="0"><xs:complexType><xs:sequence>
      <xs:any processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
    </xs:sequence><xs:anyAttribute processContents="skip"/></xs:complexType></xs:element>
    <xs:element name="Body" form="qualified"><xs:complexType><xs:sequence>
      <xs:any processContents="strict"/>
    </xs:sequence><xs:anyAttribute processContents="skip"/></xs:complexType></xs:element>
  </xs:sequence><xs:anyAttribute processContents="skip"/></xs:complexType></xs:element>
  <xs:complexType name="Any"><xs:sequence>
    <xs:any processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
  </xs:sequence></xs:complexType>
  <xs:element name="Fault"><xs:complexType><xs:sequence>{fault}</xs:sequence></xs:complexType>
  </xs:element>
</xs:schema>
"""
_FAULT = {
    SOAP_11: '<xs:element name="faultcode" type="xs:QName"/>'
    '<xs:element name="faultstring" type="xs:string"/>'
    '<xs:element name="faultactor" type="xs:anyURI" minOccurs="0"/>'
    '<xs:element name="detail" type="Any" minOccurs="0"/>',
    SOAP_12: '<xs:element name="Code" type="Any"/><xs:element name="Reason" type="Any"/>'
    '<xs:element name="Node" type="xs:anyURI" minOccurs="0"/>'
    '<xs:element name="Role" type="xs:anyURI" minOccurs="0"/>'
    '<xs:element name="Detail" type="Any" minOccurs="0"/>',
}
_REQUEST = etree.fromstring(
    '<xs:element xmlns:xs="http://www.w3.org/2001/XMLSchema" name="Request"><xs:complexType>'
    '<xs:sequence><xs:any processContents="strict" maxOccurs="2"/></xs:sequence></xs:complexType>'
    "</xs:element>"
)


def peer(data: bytes) -> Callable[[], object]:
    """To parse ``data`` with lxml and validate it; only to parse it, where it is no XML."""
    try:
        schema = schema_for(etree.fromstring(data))
    except etree.XMLSyntaxError:
        return lambda: _refused(data)
    return lambda: schema.validate(etree.fromstring(data))


def floor(data: bytes) -> Callable[[], object] | None:
    """To parse ``data``, validate it with the schema that finds what ours finds, and read its log.

    That is the least that lxml takes to say where something is: the strict schema of ``peer`` lets
    through what is only remarked on. None where ours asks no schema: of what is no XML, and of
    what is no message of a published version.
    """
    try:
        root = etree.fromstring(data)
    except etree.XMLSyntaxError:
        return None
    message = message_in(root)
    found = None if message is None else version_for_namespace(namespace_of(message))
    if message is None or found is None or not is_message(local_name(message)):
        return None
    version, name, soap = found[0], local_name(message), namespace_of(root)
    if soap in _FAULT:
        schema = clean_envelope(version, soap, (name,))
    elif message is root:
        schema = clean_message(version, namespace_of(message), name)
    else:
        return None
    return lambda: schema.complaints(etree.fromstring(data))


def _refused(data: bytes) -> bool:
    try:
        etree.fromstring(data)
    except etree.XMLSyntaxError:
        return False
    raise AssertionError("it is XML")


def schema_for(root: etree._Element) -> etree.XMLSchema:
    """The strict schema of the document under ``root``: of its version, in its wrapping.

    What is in no namespace of ours is held to the latest version, and refused.
    """
    message = message_in(root)
    space = UNVERSIONED if message is None else namespace_of(message)
    if version_for_namespace(space) is None:
        space = UNVERSIONED if namespace_of(root) in _FAULT else LATEST.namespace
    soap = namespace_of(root)
    wrapping = soap if soap in _FAULT else local_name(root) if message is not root else ""
    headers = tuple(
        sorted({namespace_of(e) for part in root[:-1] for e in (part, *part)} - {space, soap})
    )
    return _schema(wrapping, space, tuple(h for h in headers if version_for_namespace(h)))


@lru_cache(maxsize=256)
def _schema(wrapping: str, space: str, headers: tuple[str, ...]) -> etree.XMLSchema:
    found = version_for_namespace(space)
    assert found is not None
    version = found[0]
    main = render(version, STRICT, space)
    if wrapping in _FAULT:
        qualified = "qualified" if wrapping == SOAP_12 else "unqualified"
        text = _ENVELOPE.format(soap=wrapping, fault=_FAULT[wrapping], qualified=qualified)
        return _importing(etree.fromstring(text), version, (space, *headers))
    if wrapping:
        main.append(deepcopy(_REQUEST))
        _add(main, render(version, STRICT, space, (AUTH,)))
    return _importing(main, version, headers)


def _add(schema: etree._Element, more: etree._Element) -> None:
    """Adds what ``schema`` lacks of ``more``: authHeader, where it has another namespace."""
    known = {(node.tag, node.get("name")) for node in schema}
    schema.extend([node for node in more if (node.tag, node.get("name")) not in known])


def _importing(
    schema: etree._Element, version: Version, spaces: tuple[str, ...]
) -> etree.XMLSchema:
    """``schema`` compiled, after it is told to import the schemas of ``spaces``."""

    class Imports(etree.Resolver):
        def resolve(self, url: str | None, _public_id: str | None, context: Any) -> Any:
            assert url is not None
            found = version_for_namespace(url)
            own = found[0] if found is not None and url != UNVERSIONED else version
            return self.resolve_string(etree.tostring(render(own, STRICT, url)), context)

    parser = etree.XMLParser()
    parser.resolvers.add(Imports())
    for space in spaces:
        schema.insert(0, etree.Element(XS + "import", namespace=space, schemaLocation=space))
    return etree.XMLSchema(etree.fromstring(etree.tostring(schema), parser))
