"""A WSDL's documents → the values of ``wsdl.model``. Every name that is used must be declared."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from lxml import etree

from ips_contract.contract.versions import UNVERSIONED, version_for_namespace
from ips_contract.contract.wsdl import SOAP, SOAP12, WSDL
from ips_contract.wsdl.documents import LIMIT, Documents, UnreadableWsdl, load
from ips_contract.wsdl.model import (
    Binding,
    BoundOperation,
    Message,
    Operation,
    Part,
    Port,
    PortType,
    Schema,
    Service,
    Wsdl,
    namespace,
)
from ips_contract.wsdl.qnames import expanded
from ips_contract.wsdl.schemas import SchemaReader, is_built_in
from ips_contract.xml.text import clipped, quoted

if TYPE_CHECKING:
    import os
    from collections.abc import Container

    from ips_contract.wsdl.documents import SchemaNode

_SOAPS = {SOAP: "SOAP 1.1", SOAP12: "SOAP 1.2"}


def read_wsdl(source: str | os.PathLike[str], *, follow: bool = False, limit: int = LIMIT) -> Wsdl:
    """The WSDL at ``source`` as values.

    Args:
        source: a file, or an http or https URL, which is fetched.
        follow: whether files in its folder that it imports or includes are read, too. Nothing
            else is ever read.
        limit: largest size in bytes, of all documents together.

    Raises:
        UnreadableWsdl: it cannot be read, is too large, is no WSDL 1.1, or uses what is not
            declared in it.
    """
    return wsdl_of(load(str(source), follow=follow, limit=limit))


def wsdl_of(documents: Documents) -> Wsdl:
    """The values of ``documents``.

    Raises:
        UnreadableWsdl: what is in them is no WSDL 1.1, or uses what is not declared.
    """
    try:
        return _Reader(documents).wsdl
    except RecursionError:  # pragma: no cover - libxml2 refuses elements as deep as that
        name = documents.definitions[0][0]
        raise UnreadableWsdl(name, "its types are nested too deep") from None


class _Reader:
    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        source, root = documents.definitions[0]
        schemas = SchemaReader(documents.schemas)
        self._elements = schemas.elements
        self.wsdl = Wsdl(
            source,
            root.get("name", ""),
            root.get("targetNamespace", ""),
            "",
            {each.target: _schema(each) for each in reversed(documents.schemas)},
            schemas.elements,
            schemas.types,
            {},
            {},
            {},
            {},
        )
        for name, root in documents.definitions:
            self._take(name, root)
        self._check(schemas)
        self.wsdl = self.wsdl._replace(own=self._own())

    def _take(self, document: str, root: etree._Element) -> None:
        target = root.get("targetNamespace", "")
        tables = (
            ("message", self.wsdl.messages, _message),
            ("portType", self.wsdl.port_types, _port_type),
            ("binding", self.wsdl.bindings, _binding),
            ("service", self.wsdl.services, _service),
        )
        for tag, table, read in tables:
            for node in root.iterchildren(WSDL + tag):
                name = f"{{{target}}}{node.get('name', '')}"
                if name in table:
                    words = f"it has two of {tag} {quoted(node.get('name', ''))}"
                    raise UnreadableWsdl(document, words, node.sourceline)
                table[name] = read(node, document)  # type: ignore[assignment]

    def _check(self, schemas: SchemaReader) -> None:
        """Sees that all names are declared.

        Raises:
            UnreadableWsdl: one is not.
        """
        wsdl = self.wsdl
        first = self._documents.definitions[0][0]
        declared = {
            what: schemas.declared(what) for what in ("type", "element", "group", "attributeGroup")
        }
        for what, name, document, line in schemas.used:
            if name not in declared[what] and not (what == "type" and is_built_in(name)):
                raise UnreadableWsdl(document, self._lacks(what, name), line)
        used: list[tuple[str, str, Container[str], int]] = []
        for message in wsdl.messages.values():
            for part in message.parts:
                if part.element:
                    used.append(("element", part.element, wsdl.elements, message.line))
                elif not is_built_in(part.type):
                    used.append(("type", part.type, wsdl.types, message.line))
        for port_type in wsdl.port_types.values():
            for operation in port_type.operations.values():
                names = [operation.input, operation.output, *operation.faults.values()]
                used += [("message", n, wsdl.messages, operation.line) for n in names if n]
        for binding in wsdl.bindings.values():
            kind = binding.properties["port type"]
            used.append(("portType", kind, wsdl.port_types, binding.line))
            for bound in binding.operations.values():
                used += [("message", n, wsdl.messages, bound.line) for n, _ in bound.headers]
        for service in wsdl.services.values():
            used += [("binding", p.binding, wsdl.bindings, p.line) for p in service.ports.values()]
        for what, name, known, line in used:
            if name not in known:
                raise UnreadableWsdl(first, self._lacks(what, name), line)

    def _lacks(self, what: str, name: str) -> str:
        words = f"it uses the {what} {clipped(name, 120)}, and has none of that name"
        if self._documents.unread:
            _, line, location = self._documents.unread[0]
            words += f"; {quoted(location)}, which line {line} names, was not read: --follow does"
        return words

    def _own(self) -> str:
        """The namespace of the version: one of the API's in which most of its messages are."""
        counts = Counter(
            namespace(part.element)
            for message in self.wsdl.messages.values()
            for part in message.parts
            if part.element
        )
        ours = [each for each, _ in counts.most_common() if version_for_namespace(each)]
        dated = [each for each in ours if each != UNVERSIONED]
        return (dated or ours or [""])[0]


def _schema(each: SchemaNode) -> Schema:
    node = each.node
    return Schema(
        node.get("elementFormDefault", "unqualified"),
        node.get("attributeFormDefault", "unqualified"),
        node.sourceline or 0,
    )


def _message(node: etree._Element, document: str) -> Message:
    parts = tuple(
        Part(
            part.get("name", ""),
            expanded(part, part.get("element", ""), document),
            expanded(part, part.get("type", ""), document),
        )
        for part in node.iterchildren(WSDL + "part")
    )
    return Message(parts, node.sourceline or 0)


def _port_type(node: etree._Element, document: str) -> PortType:
    operations: dict[str, Operation] = {}
    for below in node.iterchildren(WSDL + "operation"):
        name = below.get("name", "")
        if name in operations:
            words = f"it has operation {quoted(name)} twice, and overloading is not read"
            raise UnreadableWsdl(document, words, below.sourceline)
        given, got = below.find(WSDL + "input"), below.find(WSDL + "output")
        operations[name] = Operation(
            _message_of(given, document),
            _message_of(got, document),
            (
                name if given is None else given.get("name", name),
                name + "Response" if got is None else got.get("name", name + "Response"),
            ),
            {
                fault.get("name", ""): _message_of(fault, document)
                for fault in below.iterchildren(WSDL + "fault")
            },
            below.sourceline or 0,
        )
    return PortType(operations, node.sourceline or 0)


def _message_of(node: etree._Element | None, document: str) -> str:
    return "" if node is None else expanded(node, node.get("message", ""), document)


def _binding(node: etree._Element, document: str) -> Binding:
    properties = {"port type": expanded(node, node.get("type", ""), document)}
    style = ""
    for soap, version in _SOAPS.items():
        for below in node.iterchildren(soap + "binding"):
            style = below.get("style", "document")
            properties["protocol"] = version
            properties["transport"] = below.get("transport", "")
            properties["style"] = style
    operations = {
        below.get("name", ""): _bound(below, document, style)
        for below in node.iterchildren(WSDL + "operation")
    }
    return Binding(properties, operations, node.sourceline or 0)


def _bound(node: etree._Element, document: str, style: str) -> BoundOperation:
    properties: dict[str, str] = {}
    headers: list[tuple[str, str]] = []
    for soap in _SOAPS:
        for below in node.iterchildren(soap + "operation"):
            properties["soapAction"] = below.get("soapAction", "")
            if below.get("style", style) != style:
                properties["style"] = below.get("style", "")
        for direction in ("input", "output", "fault"):
            for side in node.iterchildren(WSDL + direction):
                what = f"fault {side.get('name', '')}" if direction == "fault" else direction
                for below in side.iterchildren(soap + "*"):
                    properties |= _extension(below, what, side.get("name", ""), document)
                for below in side.iterchildren(soap + "header"):
                    message = expanded(below, below.get("message", ""), document)
                    headers.append((message, below.get("part", "")))
    return BoundOperation(properties, tuple(headers), node.sourceline or 0)


def _extension(node: etree._Element, what: str, fault: str, document: str) -> dict[str, str]:
    """What an element of the SOAP binding says of ``what``, such as ``input body use``."""
    kind = etree.QName(node).localname
    found = {}
    if kind == "header":
        kind = f"header {node.get('part', '')}"
        found[f"{what} {kind}"] = expanded(node, node.get("message", ""), document)
    # The name that soap:fault must have, and the published files lack, is that of its fault.
    names = {"use", "namespace", "encodingStyle", "parts", "name"}
    return found | {
        f"{what} {kind} {key}": value
        for key, value in node.attrib.items()
        if key in names and not (key == "name" and value == fault)
    }


def _service(node: etree._Element, document: str) -> Service:
    ports = {}
    for below in node.iterchildren(WSDL + "port"):
        addresses = [
            each.get("location", "") for soap in _SOAPS for each in below.iter(soap + "address")
        ]
        ports[below.get("name", "")] = Port(
            expanded(below, below.get("binding", ""), document),
            (addresses or [""])[0],
            below.sourceline or 0,
        )
    return Service(ports, node.sourceline or 0)
