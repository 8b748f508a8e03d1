"""One change of a WSDL each, and what must be told of it; and rewritings that change nothing.

They work on a part of our WSDL of 6.8: some operations, and the types that these reach.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from ips_contract.contract.versions import LATEST
from ips_contract.contract.wsdl import wsdl
from ips_contract.wsdl.documents import documents_of
from ips_contract.wsdl.reader import wsdl_of

if TYPE_CHECKING:
    from ips_contract.wsdl.model import Wsdl

SPACES = {
    "w": "http://schemas.xmlsoap.org/wsdl/",
    "s": "http://schemas.xmlsoap.org/wsdl/soap/",
    "t": "http://schemas.xmlsoap.org/wsdl/soap12/",
    "x": "http://www.w3.org/2001/XMLSchema",
}
XS = f"{{{SPACES['x']}}}"
WSDL = f"{{{SPACES['w']}}}"
OPERATIONS = ("checkLogin", "getCompanyInfo", "addUser", "getImageSetMembers", "uploadPost")
Node = etree._Element


def found(root: Node, path: str) -> list[Node]:
    nodes = root.xpath(path, namespaces=SPACES)
    assert isinstance(nodes, list)
    return [node for node in nodes if isinstance(node, etree._Element)]


@cache
def part_of_ours(names: tuple[str, ...] = OPERATIONS) -> bytes:
    """Our WSDL of the latest version with these operations only, and one type of no use."""
    return part_of(wsdl(LATEST, "http://ips.example.com/"), names)


def part_of(text: bytes, names: tuple[str, ...]) -> bytes:
    """A WSDL with these operations only, and the types that they need."""
    root = etree.fromstring(text)
    for node in found(root, "//w:operation"):
        if node.get("name") not in names:
            remove(node)
    messages = {
        text.split(":")[1]
        for node in found(root, "//w:portType//*")
        for text in [node.get("message")]
        if text
    } | {"authHeader"}
    for node in found(root, "//w:message"):
        if node.get("name") not in messages:
            remove(node)
    bound = {str(node.get("element")).split(":")[1] for node in found(root, "//w:part")}
    for node in found(root, "//x:schema/x:element"):
        if node.get("name") not in bound:
            remove(node)
    unused = set(map(str, range(9)))
    while unused:
        used = {str(node.get("type")).split(":")[1] for node in found(root, "//x:element[@type]")}
        unused = (
            {node.get("name", "") for node in found(root, "//x:schema/x:complexType")}
            - used
            - {"LongArray"}
        )
        for node in found(root, "//x:schema/x:complexType"):
            if node.get("name") in unused:
                remove(node)
    return etree.tostring(root)


def remove(node: Node) -> None:
    parent = node.getparent()
    assert parent is not None
    parent.remove(node)


@cache
def ours() -> Wsdl:
    return read(etree.fromstring(part_of_ours()))


def read(root: Node) -> Wsdl:
    # Prefixes that were made up on the way are as good as any.
    return wsdl_of(documents_of("theirs.wsdl", etree.fromstring(etree.tostring(root))))


class Told(NamedTuple):
    """What is told of a change."""

    kind: str
    place: str
    type: str = ""
    field: str = ""


# What chooses one of several; and what changes a document, and says what is to be told of it.
Choose = Callable[[list[Node]], Node]
Apply = Callable[[Node, Choose], Told]


class Change(NamedTuple):
    """A change, and the kind of difference that it makes."""

    kind: str
    apply: Apply


def owner(node: Node) -> tuple[str, str]:
    """The place and the type of a field or of a type's part."""
    (top,) = found(node, "ancestor-or-self::*[parent::x:schema]")
    name = top.get("name", "")
    if top.tag == XS + "complexType":
        return f"type {name}", name
    for end in ("Param", "Return"):
        if name.endswith(end):
            return f"operation {name.removesuffix(end)}", name
    return f"type {name}", name


FIELDS = "//x:complexType/*/x:element"
SEQUENCES = "//x:complexType/x:sequence"


def of_field(kind: str, path: str, change: Callable[[Node], None], field: str = "{}") -> Change:
    """A change of the field that is chosen among those at ``path``."""

    def apply(root: Node, choose: Choose) -> Told:
        node = choose(found(root, path))
        told = Told(kind, *owner(node), field.format(node.get("name")))
        change(node)
        return told

    return Change(kind, apply)


def of_type(kind: str, path: str, change: Callable[[Node], None], field: str = "") -> Change:
    """A change of the sequence or type that is chosen among those at ``path``."""

    def apply(root: Node, choose: Choose) -> Told:
        node = choose(found(root, path))
        told = Told(kind, *owner(node), field)
        change(node)
        return told

    return Change(kind, apply)


def of_frame(kind: str, path: str, change: Callable[[Node], None], field: str) -> Change:
    """A change of what is at ``path``, which is the frame's."""

    def apply(root: Node, choose: Choose) -> Told:
        node = choose(found(root, path))
        told = Told(kind, "frame", "", field.format(node.get("name")))
        change(node)
        return told

    return Change(kind, apply)


def of_new(kind: str, path: str, name: str) -> Change:
    """A copy of what is chosen among what is at ``path``, by another name."""

    def apply(root: Node, choose: Choose) -> Told:
        copied(name)(choose(found(root, path)))
        return Told(kind, f"type {name}", name)

    return Change(kind, apply)


def of_operation(kind: str, path: str, change: Callable[[Node], None], field: str = "") -> Change:
    """A change of the operation that is chosen among those at ``path``."""

    def apply(root: Node, choose: Choose) -> Told:
        node = choose(found(root, path))
        told = Told(kind, f"operation {node.get('name')}", "", field)
        change(node)
        return told

    return Change(kind, apply)


def setting(key: str, value: str) -> Callable[[Node], None]:
    return lambda node: node.set(key, value)


def adding(text: str, at: int | None = None) -> Callable[[Node], None]:
    def add(node: Node) -> None:
        new = etree.fromstring(f'<xs:all xmlns:xs="{SPACES["x"]}">{text}</xs:all>')[0]
        node.insert(len(node) if at is None else at, new)

    return add


def renaming(path: str, key: str, old: Callable[[Node], str], new: str) -> Callable[[Node], None]:
    """Renames a node, and what refers to it at ``path``."""

    def rename(node: Node) -> None:
        before = old(node)
        node.set("name", new)
        for each in found(node, path):
            if each.get(key) == before:
                each.set(key, f"tns:{new}")

    return rename


def tns(node: Node) -> str:
    return f"tns:{node.get('name')}"


def move(node: Node) -> None:
    """Moves a field by two places, so that no other move is as good."""
    parent = node.getparent()
    assert parent is not None
    at = parent.index(node)
    parent.insert(at + 3 if at + 2 < len(parent) else at - 2, node)


def restrict(text: str) -> Callable[[Node], None]:
    def change(node: Node) -> None:
        base = str(node.attrib.pop("type")).split(":")[1]
        inner = f'<xs:restriction base="xs:{base}">{text}</xs:restriction>'
        body = f"<xs:simpleType>{inner}</xs:simpleType>"
        adding(body)(node)

    return change


def anonymous(node: Node) -> None:
    del node.attrib["type"]
    adding("<xs:complexType><xs:sequence/></xs:complexType>")(node)


def in_choice(node: Node) -> None:
    """Puts a field and the next into a choice."""
    parent = node.getparent()
    assert parent is not None
    at = parent.index(node)
    choice = etree.Element(XS + "choice")
    choice.extend(parent[at : at + 2])
    parent.insert(at, choice)


def to_all(node: Node) -> None:
    node.tag = XS + "all"


def without_operation(node: Node) -> None:
    """Takes an operation out of the port type, the bindings, the messages and the schema."""
    name = str(node.get("name"))
    root = node.getroottree().getroot()
    for path in (
        f"//w:operation[@name='{name}']",
        f"//w:message[@name='{name}' or @name='{name}Response']",
        f"//x:schema/x:element[@name='{name}Param' or @name='{name}Return']",
    ):
        for each in found(root, path):
            remove(each)


def both_actions(node: Node) -> None:
    name = node.get("name")
    for each in found(node, f"//w:binding/w:operation[@name='{name}']/*[@soapAction]"):
        each.set("soapAction", "another")


def without_header(node: Node) -> None:
    name = node.get("name")
    for each in found(node, f"//w:binding/w:operation[@name='{name}']/w:input/*[@part]"):
        remove(each)


def without_fault(node: Node) -> None:
    remove(found(node, "w:fault[2]")[0])


def copied(name: str) -> Callable[[Node], None]:
    def copy_it(node: Node) -> None:
        twin = copy.deepcopy(node)
        twin.set("name", name)
        node.addnext(twin)

    return copy_it


OTHERS = '<xs:anyAttribute namespace="##any" processContents="lax"/>'
REQUIRED = "[not(@minOccurs)]"
STRING = "[@type = 'xs:string']"
OF_SEQUENCES = f"{SEQUENCES}/x:element"
NEW = "aFieldOfTheirs"
OWN_SCHEMA = "//x:schema[1]"
PORT_OPERATIONS = "//w:portType/w:operation"
# Elsewhere a field's type would have to be a type that the one in the sequence is.
CHANGES: dict[str, Change] = {
    "a field more": of_type(
        "field-added", SEQUENCES, adding(f'<xs:element name="{NEW}" type="xs:string"/>', 0), NEW
    ),
    "a field less": of_field("field-removed", FIELDS, remove),
    "required": of_field(
        "field-required",
        f"{FIELDS}[@minOccurs = '0']",
        lambda node: node.set("minOccurs", "1"),
    ),
    "optional": of_field("field-optional", f"{FIELDS}{REQUIRED}", setting("minOccurs", "0")),
    "repeated": of_field("field-limit", f"{FIELDS}[not(@maxOccurs)]", setting("maxOccurs", "7")),
    "required thrice": of_field(
        "field-limit", f"{FIELDS}{REQUIRED}[not(@maxOccurs)]", setting("minOccurs", "3")
    ),
    "another type": of_field("field-type", f"{FIELDS}{STRING}", setting("type", "xs:long")),
    "a type of theirs": of_field(
        "field-type", f"{FIELDS}{STRING}", setting("type", "types:LongArray")
    ),
    "a type without a name": of_field("field-type", FIELDS, anonymous),
    "nillable": of_field("field-nillable", FIELDS, setting("nillable", "true")),
    "a default": of_field("field-default", f"{FIELDS}{STRING}", setting("default", "x")),
    "a fixed value": of_field("field-default", f"{FIELDS}{STRING}", setting("fixed", "x")),
    "unqualified": of_field("field-form", FIELDS, setting("form", "unqualified")),
    "elsewhere": of_field("field-order", f"{SEQUENCES}[count(*) > 3]/x:element", move),
    "constants": of_field(
        "values",
        f"{FIELDS}{STRING}",
        restrict('<xs:enumeration value="a"/><xs:enumeration value="b"/>'),
    ),
    "a limit": of_field(
        "facet", f"{FIELDS}{STRING}", restrict('<xs:maxLength value="9"/>'), "{} maxLength"
    ),
    "in any order": of_type("model", f"{SEQUENCES}[*][not(*/@maxOccurs)]", to_all),
    "repeated as a whole": of_type("model", f"{SEQUENCES}[*]", setting("maxOccurs", "unbounded")),
    "alternatives": of_type(
        "group-added", f"{SEQUENCES}/x:element[following-sibling::x:element]", in_choice
    ),
    "any attribute": of_type(
        "any-attribute", "//x:complexType[not(x:anyAttribute)]", adding(OTHERS)
    ),
    "no other attribute": of_type(
        "any-attribute",
        "//x:complexType[x:anyAttribute]",
        lambda node: remove(found(node, "x:anyAttribute")[0]),
    ),
    "an attribute": of_type(
        "attribute-added",
        "//x:complexType",
        adding('<xs:attribute name="theirs" type="xs:string"/>', 1),
        "@theirs",
    ),
    "mixed": of_type("flags", "//x:complexType", setting("mixed", "true")),
    "abstract": of_type("flags", "//x:schema/x:complexType", setting("abstract", "true")),
    "a type more": of_new("type-added", "//x:schema/x:complexType", "Theirs"),
    "a type less": of_type("type-removed", "//x:complexType[@name = 'LongArray']", remove),
    "an element more": of_new("element-added", f"{OWN_SCHEMA}/x:element", "theirs"),
    "an element that may be nil": of_type(
        "element", "//x:schema/x:element", setting("nillable", "true"), "flags"
    ),
    "unqualified fields": of_frame(
        "form", OWN_SCHEMA, setting("elementFormDefault", "unqualified"), "elementFormDefault"
    ),
    "qualified attributes": of_frame(
        "form", OWN_SCHEMA, setting("attributeFormDefault", "qualified"), "attributeFormDefault"
    ),
    "another name": of_frame("definitions", "/*", setting("name", "Theirs"), "name"),
    "another service": of_frame("service", "//w:service", setting("name", "Theirs"), "name"),
    "a service more": of_frame("service-added", "//w:service", copied("Theirs"), "Theirs"),
    "another port": of_frame("port", "//w:port", setting("name", "Theirs"), "name"),
    "a port less": of_frame("port-removed", "//w:port", remove, "{}"),
    "a port more": of_frame("port-added", "//w:port", copied("Theirs"), "Theirs"),
    "another binding": of_frame(
        "binding", "//w:binding", renaming("//w:port", "binding", tns, "Theirs"), "name"
    ),
    "a binding more": of_frame("binding-added", "//w:binding", copied("Theirs"), "Theirs"),
    "another port type": of_frame(
        "port-type", "//w:portType", renaming("//w:binding", "type", tns, "Theirs"), "name"
    ),
    "a port type more": of_frame("port-type-added", "//w:portType", copied("Theirs"), "Theirs"),
    "rpc": of_frame(
        "binding",
        "//w:binding",
        lambda node: node[0].set("style", "rpc"),
        "style of {}",
    ),
    "another transport": of_frame(
        "binding",
        "//w:binding",
        lambda node: node[0].set("transport", "urn:mail"),
        "transport of {}",
    ),
    "another message": of_frame(
        "message",
        "//w:message",
        renaming("//*[@message]", "message", tns, "theirs"),
        "name",
    ),
    "a message more": of_frame("message-added", "//w:message", copied("theirs"), "theirs"),
    "an operation less": of_operation("operation-removed", PORT_OPERATIONS, without_operation),
    "another action": of_operation("soap-action", PORT_OPERATIONS, both_actions, "soapAction"),
    "another action in SOAP 1.2": of_operation(
        "soap-action",
        "//w:binding[2]/w:operation",
        lambda node: node[0].set("soapAction", "another"),
        "soapAction in IpsApiServiceSoap12Binding",
    ),
    "another fault": of_operation(
        "operation", PORT_OPERATIONS, without_fault, "fault authenticationFault"
    ),
    "the name of a request": of_operation(
        "operation",
        PORT_OPERATIONS,
        lambda node: node[0].set("name", "theirs"),
        "name of input",
    ),
    "an operation that is not bound": of_operation(
        "bound-operation",
        "//w:binding[1]/w:operation",
        remove,
        "the operation in IpsApiServiceSoapBinding",
    ),
    "encoded": of_operation(
        "bound-operation",
        "//w:binding[1]/w:operation",
        lambda node: found(node, "w:output/*")[0].set("use", "encoded"),
        "output body use in IpsApiServiceSoapBinding",
    ),
}
# What another change does for the inverse of these.
INVERSE = {
    "field-required": "field-optional",
    "field-optional": "field-required",
}


def inverse(kind: str) -> str:
    """The kind of a change that is looked at from the other side."""
    for one, other in (("-added", "-removed"), ("-removed", "-added")):
        if kind.endswith(one):
            return kind.removesuffix(one) + other
    return INVERSE.get(kind, kind)
