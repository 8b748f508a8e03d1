"""The WSDL 1.1 of a version: what a client stack generates its code from.

Everything in it comes from ``xsd/ips.xsd``: an operation is a pair of elements ``…Param`` and
``…Return``. The shape, the reason for each part and what client stacks make of it:
``docs/wsdl.md``.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from lxml import etree

from ips_contract.faults import KINDS
from ips_contract.schema import SERVICE, XS, render
from ips_contract.versions import PRE_4_0, UNVERSIONED, VERSIONS, Version

if TYPE_CHECKING:
    from collections.abc import Callable

WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
HTTP_TRANSPORT = "http://schemas.xmlsoap.org/soap/http"
SERVICE_NAME, PORT_TYPE, BINDING, PORT = (
    "IpsApiService",
    "IpsApiPortType",
    "IpsApiSoapBinding",
    "IpsApi",
)
AUTH_HEADER = "authHeader"

_PARAM, _RETURN = "Param", "Return"
_HEADER_MESSAGE = AUTH_HEADER + "Message"
# Their elements have the unversioned namespace in every version (FACTS section 5).
_COMPANIONS = (AUTH_HEADER, *KINDS)
# Prefixes: of the version's namespace, and of the unversioned one where that is another.
_OWN, _COMMON = "tns", "ips"
_ADDRESS = "urn:address"
_WRITTEN = ("name", "type", "minOccurs", "maxOccurs")


def wsdl(version: Version, address: str) -> bytes:
    """The WSDL of ``version`` as UTF-8 text, with the service at the URL ``address``."""
    before, after = _around_address(version)
    return before + escape(address, {'"': "&quot;"}).encode() + after


@lru_cache(maxsize=len(VERSIONS))
def operations(version: Version) -> tuple[str, ...]:
    """The names of the operations of ``version``, in the order of the schema."""
    names = _elements(render(version, SERVICE))
    return tuple(
        name.removesuffix(_PARAM)
        for name in names
        if name.endswith(_PARAM) and name.removesuffix(_PARAM) + _RETURN in names
    )


@lru_cache(maxsize=len(VERSIONS))
def _around_address(version: Version) -> tuple[bytes, bytes]:
    """The text of the WSDL before and after the address."""
    root = _definitions(version)
    etree.indent(root)
    text = etree.tostring(root, encoding="unicode")
    before, after = f"<?xml version='1.0' encoding='UTF-8'?>\n{text}\n".split(_ADDRESS)
    return before.encode(), after.encode()


def _definitions(version: Version) -> etree._Element:
    common = _OWN if version is PRE_4_0 else _COMMON
    root = etree.Element(
        WSDL + "definitions",
        # One prefix each for the whole document: old stacks lose those declared further down.
        nsmap={
            "wsdl": WSDL[1:-1],
            "soap": SOAP[1:-1],
            "xs": XS[1:-1],
            _OWN: version.namespace,
            common: UNVERSIONED,
        },
        name=SERVICE_NAME,
        targetNamespace=version.namespace,
    )
    _add(root, "documentation").text = (
        f"The IPS API {version} around submitJob, rebuilt from its public documentation by "
        "ips-contract. It is not Adobe's own WSDL."
    )
    types = _add(root, "types")
    if version is PRE_4_0:
        _add_schema(types, version, _OWN, lambda _: True)
    else:
        _add_schema(types, PRE_4_0, _COMMON, lambda name: name in _COMPANIONS)
        _add_schema(types, version, _OWN, lambda name: name not in _COMPANIONS)
    names = operations(version)
    for name in names:
        _add_message(root, name + "Request", f"{_OWN}:{name}{_PARAM}")
        _add_message(root, name + "Response", f"{_OWN}:{name}{_RETURN}")
    # Not a second part of each request: soap4r would send that in the body.
    _add_message(root, _HEADER_MESSAGE, f"{common}:{AUTH_HEADER}")
    for kind in KINDS:
        # Not named as its element: Axis 1.4 would write two classes of one name. The classes of
        # clients of the real service end in Exception too (O).
        _add_message(root, kind + "Exception", f"{common}:{kind}")
    _add_port_type(root, names)
    _add_binding(root, names)
    service = _add(root, "service", name=SERVICE_NAME)
    port = _add(service, "port", name=PORT, binding=f"{_OWN}:{BINDING}")
    etree.SubElement(port, SOAP + "address", location=_ADDRESS)
    return root


def _add(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, WSDL + tag, attributes)


def _add_message(root: etree._Element, name: str, element: str) -> None:
    # The part is named as its element: one named "parameters" makes C# tools (Mono's wsdl) take the
    # message apart into an argument for each field.
    part = element.partition(":")[2]
    _add(_add(root, "message", name=name), "part", name=part, element=element)


def _add_port_type(root: etree._Element, names: tuple[str, ...]) -> None:
    port_type = _add(root, "portType", name=PORT_TYPE)
    for name in names:
        operation = _add(port_type, "operation", name=name)
        _add(operation, "input", message=f"{_OWN}:{name}Request")
        _add(operation, "output", message=f"{_OWN}:{name}Response")
        for kind in KINDS:
            _add(operation, "fault", name=kind, message=f"{_OWN}:{kind}Exception")


def _add_binding(root: etree._Element, names: tuple[str, ...]) -> None:
    binding = _add(root, "binding", name=BINDING, type=f"{_OWN}:{PORT_TYPE}")
    etree.SubElement(binding, SOAP + "binding", style="document", transport=HTTP_TRANSPORT)
    for name in names:
        operation = _add(binding, "operation", name=name)
        etree.SubElement(operation, SOAP + "operation", soapAction=name, style="document")
        request = _add(operation, "input")
        header = f"{_OWN}:{_HEADER_MESSAGE}"
        # Before the body: xsdata sends them in this order.
        etree.SubElement(request, SOAP + "header", message=header, part=AUTH_HEADER, use="literal")
        etree.SubElement(request, SOAP + "body", use="literal")
        etree.SubElement(_add(operation, "output"), SOAP + "body", use="literal")
        for kind in KINDS:
            fault = _add(operation, "fault", name=kind)
            etree.SubElement(fault, SOAP + "fault", name=kind, use="literal")


def _add_schema(
    types: etree._Element, version: Version, prefix: str, is_wanted: Callable[[str], bool]
) -> None:
    """Adds the schema of ``version``: the wanted elements, and the types that they reach."""
    source = render(version, SERVICE)
    schema = etree.SubElement(
        types,
        XS + "schema",
        targetNamespace=version.namespace,
        elementFormDefault="qualified",
    )
    kinds = {node.get("name", ""): node for node in source.iterchildren(XS + "complexType")}
    waiting: list[str] = []
    for name, node in _elements(source).items():
        if is_wanted(name):
            # The type has no name, as in the service's own WSDL: the classes of a client that
            # was generated from that are submitJobParam, authHeader, ipsApiFault (W).
            element = etree.SubElement(schema, XS + "element", name=name)
            waiting += _add_type(element, kinds[node.get("type", "")], prefix)
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += _add_type(schema, kinds[name], prefix, name=name)


def _add_type(
    parent: etree._Element, source: etree._Element, prefix: str, **name: str
) -> list[str]:
    """Adds the type ``source`` without our ``f:`` attributes; returns the types of its fields."""
    used = []
    target = etree.SubElement(parent, XS + "complexType", name)
    sequence = etree.SubElement(target, XS + "sequence")
    for field in source.iterfind(f"{XS}sequence/{XS}element"):
        attributes = {key: field.get(key, "") for key in _WRITTEN if key in field.attrib}
        if ":" not in attributes["type"]:
            used.append(attributes["type"])
            attributes["type"] = f"{prefix}:{attributes['type']}"
        etree.SubElement(sequence, XS + "element", attributes)
    return used


def _elements(schema: etree._Element) -> dict[str, etree._Element]:
    """The global elements of ``schema`` by name."""
    return {node.get("name", ""): node for node in schema.iterchildren(XS + "element")}
