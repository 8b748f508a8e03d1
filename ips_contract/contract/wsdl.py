"""The WSDL 1.1 of a version, as the service has it: what a client generates its code from.

Names, bindings and shape are those of the published files (L, FACTS section 1), for generated code
depends on them; what is in the messages comes from ``xsd/``. An operation is a pair of elements
``…Param`` and ``…Return``. What each part is for, and what client stacks make of it:
``docs/reference/wsdl.md``.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

from lxml import etree

from ips_contract.contract.annotations import has, has_own_header
from ips_contract.contract.components import AUTH, FACTS, XS, master_text, parse_schema
from ips_contract.contract.faults import AUTHENTICATION, AUTHORIZATION, IPS_API
from ips_contract.contract.model import contract
from ips_contract.contract.schema import SERVICE, render
from ips_contract.contract.versions import PRE_4_0, UNVERSIONED, VERSIONS, WITH_WSDL, Version

if TYPE_CHECKING:
    from collections.abc import Iterator

WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
SOAP12 = "{http://schemas.xmlsoap.org/wsdl/soap12/}"
HTTP_TRANSPORT = "http://schemas.xmlsoap.org/soap/http"
# In every version, and of no schema.
NAMESPACE = "http://www.scene7.com/IpsApi"
NAME, SERVICE_NAME, PORT_TYPE = "IpsApi", "IpsApiService", "IpsApiPortType"
# Binding and port of each SOAP version.
BINDINGS = (
    (SOAP, "IpsApiServiceSoapBinding", "IpsApiSoapPort"),
    (SOAP12, "IpsApiServiceSoap12Binding", "IpsApiSoap12Port"),
)

# In the order of the published files.
FAULTS = (IPS_API, AUTHENTICATION, AUTHORIZATION)

_PARAM, _RETURN = "Param", "Return"
_FAULT_MESSAGE = "Exception"  # What the name of a fault's message ends in.
# Prefixes: of NAMESPACE, of the version's namespace, and of the unversioned one.
_TNS, _OWN, _COMMON = "tns", "types", "common"
_ADDRESS = "urn:address"
_WRITTEN = ("name", "type", "minOccurs", "maxOccurs")
# Names of types that no WSDL has: those of elements, and those that narrow one for one place.
_OURS = etree.XPath(
    "/xs:schema/xs:element/@type | //@type[../@f:service]",
    namespaces={"xs": XS[1:-1], "f": FACTS[1:-1]},
)


def wsdl(version: Version, address: str, *, soap12: bool = True) -> bytes:
    """The WSDL of ``version`` as UTF-8 text; of a version that has one of somebody's, that.

    Args:
        version: the API version.
        address: URL of the service.
        soap12: whether the binding and the port for SOAP 1.2 are in it. Some stacks, Axis 1.4
            among them, cannot read a WSDL that has them.
    """
    if version.components is not None:
        return escape(address).encode().join(version.components.document)
    return escape(address).encode().join(_around_addresses(version, soap12=soap12))


def operations(version: Version) -> tuple[str, ...]:
    """The names of the operations of ``version``, in the order of the schema."""
    names = contract(version).messages
    return tuple(
        name.removesuffix(_PARAM)
        for name in names
        if name.endswith(_PARAM) and name.removesuffix(_PARAM) + _RETURN in names
    )


@lru_cache(maxsize=2 * len(VERSIONS))
def _around_addresses(version: Version, *, soap12: bool) -> tuple[bytes, ...]:
    """The text of the WSDL before, between and after the addresses."""
    root = _definitions(version, BINDINGS if soap12 else BINDINGS[:1])
    etree.indent(root)
    text = etree.tostring(root, encoding="unicode")
    parts = f"<?xml version='1.0' encoding='UTF-8'?>\n{text}\n".split(_ADDRESS)
    return tuple(part.encode() for part in parts)


def _definitions(version: Version, bindings: tuple[tuple[str, str, str], ...]) -> etree._Element:
    common = _OWN if version is PRE_4_0 else _COMMON
    spaces = {
        "wsdl": WSDL[1:-1],
        "soap": SOAP[1:-1],
        "soap12": SOAP12[1:-1],
        "xs": XS[1:-1],
        _TNS: NAMESPACE,
        _OWN: version.namespace,
        common: UNVERSIONED,
    }
    if len(bindings) == 1:
        del spaces["soap12"]
    # One prefix each for the whole document: old stacks lose those declared further down.
    root = etree.Element(WSDL + "definitions", nsmap=spaces, name=NAME, targetNamespace=NAMESPACE)
    root.append(
        etree.Comment(
            f" The IPS API {version}, rebuilt from its facts by ips-contract."
            " It is not Adobe's own file. "
        )
    )
    types = _add(root, "types")
    _add_schema(types, version, version.namespace)
    if version is not PRE_4_0:
        _add_schema(types, version, UNVERSIONED)
    names = operations(version)
    for name in names:
        _add_message(root, name, f"{_OWN}:{name}{_PARAM}", "input")
        _add_message(root, name + "Response", f"{_OWN}:{name}{_RETURN}", "output")
    for kind in FAULTS:
        _add_message(root, kind + _FAULT_MESSAGE, f"{common}:{kind}", "fault")
    header = _OWN if has_own_header(version) else common
    _add_message(root, AUTH, f"{header}:{AUTH}", AUTH)
    _add_port_type(root, names)
    for soap, binding, _ in bindings:
        _add_binding(root, soap, binding, names)
    service = _add(root, "service", name=SERVICE_NAME)
    for soap, binding, name in bindings:
        port = _add(service, "port", name=name, binding=f"{_TNS}:{binding}")
        etree.SubElement(port, soap + "address", location=_ADDRESS)
    return root


def _add(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, WSDL + tag, attributes)


def _add_message(root: etree._Element, name: str, element: str, part: str) -> None:
    _add(_add(root, "message", name=name), "part", name=part, element=element)


def _add_port_type(root: etree._Element, names: tuple[str, ...]) -> None:
    port_type = _add(root, "portType", name=PORT_TYPE)
    for name in names:
        answer = name + "Response"
        operation = _add(port_type, "operation", name=name)
        _add(operation, "input", name=name, message=f"{_TNS}:{name}")
        _add(operation, "output", name=answer, message=f"{_TNS}:{answer}")
        for kind in FAULTS:
            _add(operation, "fault", name=kind, message=f"{_TNS}:{kind}{_FAULT_MESSAGE}")


def _add_binding(root: etree._Element, soap: str, name: str, names: tuple[str, ...]) -> None:
    binding = _add(root, "binding", name=name, type=f"{_TNS}:{PORT_TYPE}")
    etree.SubElement(binding, soap + "binding", style="document", transport=HTTP_TRANSPORT)
    # The published files have this namespace, which document/literal has no use for, and no name
    # in soap:fault.
    how = {"namespace": NAMESPACE, "use": "literal"}
    header = {"message": f"{_TNS}:{AUTH}", "part": AUTH}
    for name in names:
        operation = _add(binding, "operation", name=name)
        etree.SubElement(operation, soap + "operation", soapAction=name)
        request = _add(operation, "input", name=name)
        etree.SubElement(request, soap + "body", how)
        etree.SubElement(request, soap + "header", header | how)
        etree.SubElement(_add(operation, "output", name=name + "Response"), soap + "body", how)
        for kind in FAULTS:
            etree.SubElement(_add(operation, "fault", name=kind), soap + "fault", how)


def _add_schema(types: etree._Element, version: Version, namespace: str) -> None:
    """Adds the schema of ``version`` for ``namespace``."""
    source = render(version, SERVICE, namespace)
    prefix = _OWN if namespace == version.namespace else _COMMON
    schema = etree.SubElement(
        types, XS + "schema", targetNamespace=namespace, elementFormDefault="qualified"
    )
    kinds = {node.get("name", ""): node for node in source.iterchildren(XS + "complexType")}
    for node in _elements(source):
        # Its type has no name, so that generated classes are called submitJobParam, authHeader.
        element = etree.SubElement(schema, XS + "element", name=node.get("name", ""))
        _add_type(element, kinds[node.get("type", "")], prefix)
    for name in _named_types(source, version, namespace):
        _add_type(schema, kinds[name], prefix, name=name)


def _named_types(source: etree._Element, version: Version, namespace: str) -> list[str]:
    """The types that the WSDL names in ``namespace``, in the order of the schema ``source``."""
    kinds = {node.get("name", ""): node for node in source.iterchildren(XS + "complexType")}
    waiting = [node.get("type", "") for node in _elements(source)]
    reached: set[str] = set()
    while waiting:
        used = {field.get("type", "") for field in _fields(kinds[waiting.pop()])}
        waiting += (used & kinds.keys()) - reached
        reached |= used
    if version.rank in WITH_WSDL and namespace == version.namespace:
        # The published files declare some that no element reaches (L).
        reached |= {name for name, node in kinds.items() if has(node, version)} - _ours()
    return [name for name in kinds if name in reached]


@lru_cache(maxsize=1)
def _ours() -> frozenset[str]:
    return frozenset(_OURS(parse_schema(master_text())))


def _add_type(parent: etree._Element, source: etree._Element, prefix: str, **name: str) -> None:
    """Adds the type ``source`` without our ``f:`` attributes and documentation."""
    target = etree.SubElement(parent, XS + "complexType", name)
    group = source.find(XS + "all")
    tag = XS + "sequence" if group is None else XS + "all"
    holder = etree.SubElement(target, tag)
    for field in _fields(source):
        attributes = {key: field.get(key, "") for key in _WRITTEN if key in field.attrib}
        if ":" not in attributes["type"]:
            attributes["type"] = f"{prefix}:{attributes['type']}"
        etree.SubElement(holder, XS + "element", attributes)
    for wildcard in source.iterchildren(XS + "anyAttribute"):
        attributes = {key: wildcard.get(key, "") for key in ("namespace", "processContents")}
        etree.SubElement(target, XS + "anyAttribute", attributes)


def _elements(schema: etree._Element) -> Iterator[etree._Element]:
    return schema.iterchildren(XS + "element")


def _fields(kind: etree._Element) -> Iterator[etree._Element]:
    return kind.iter(XS + "element")
