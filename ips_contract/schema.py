"""The annotated schema, read once: compiled schemas and field rows for each version.

``xsd/ips.xsd`` is the one table of the contract; its head explains the ``f:`` attributes.
From it come, for a version:

- the **strict** schema: what the service accepts; facets whose rule only warns are left out;
- the **clean** schema: the strict one less all that any rule remarks on or that a check beyond
  XSD must look at. A message it accepts has no findings, so that most messages need one pass
  of the C engine and nothing else (see ``docs/design.md``);
- the **service** schema: as the service's WSDL has it, constants as ``xsd:string``, optional
  elements instead of choices.

The same file read as rows is in ``ips_contract.rows``.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

from ips_contract.quick_lxml import etree
from ips_contract.rules import RULES, WARNING
from ips_contract.versions import PRE_4_0, UNVERSIONED, VERSIONS, Version

XS = "{http://www.w3.org/2001/XMLSchema}"
FACTS = "{urn:ips-contract:facts}"
STRICT, CLEAN, SERVICE = "strict", "clean", "service"
_AUTH = "authHeader"

_SINCE, _UNTIL, _RULE = FACTS + "since", FACTS + "until", FACTS + "rule"
_PRESENT, _ABSENT, _CHECK = FACTS + "present", FACTS + "absent", FACTS + "check"
_SERVICE, _ENUMERATION = FACTS + "service", XS + "enumeration"
# Six times as fast as to name the attributes.
_VARYING = etree.XPath("descendant::*[@f:*]", namespaces={"f": FACTS[1:-1]})
_INDEX = {version.label: version.rank for version in VERSIONS}
_WARNS = frozenset(row.id for row in RULES.values() if row.severity == WARNING)
# A check whose element the clean schema keeps, because validate() can do it without a diagnosis.
_KEPT_CHECKS = frozenset({"absolute-url"})
# The WSDL types of values that the contract narrows (FACTS section 5: constants are strings).
_SERVICE_BASE = {"xs:token": "xs:string"}
# Schemas that a process may need: some of each published version, and of unpublished ones.
_CACHED = 64


def schema_directory() -> str:
    """The folder that holds ``ips.xsd``: inside the installed package, or beside it in a clone."""
    package = os.path.dirname(os.path.abspath(__file__))
    inside = os.path.join(package, "xsd")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(package), "xsd")


@lru_cache(maxsize=1)
def master_text() -> bytes:
    """The annotated schema, ``xsd/ips.xsd``, its lines ended by line feeds."""
    with open(os.path.join(schema_directory(), "ips.xsd"), "rb") as file:
        return file.read().replace(b"\r\n", b"\n")


def _without_evidence(text: bytes) -> bytes:
    """The annotated schema less its ``f:by`` attributes, three of four that it has of ours.

    No rendering depends on them, and to parse them takes longer than to cut them out.
    """
    first, *rest = text.split(b'f:by="')
    return first + b"".join([part[part.index(b'"') + 1 :] for part in rest])


def needed_text(text: bytes, elements: tuple[str, ...]) -> bytes:
    """The annotated schema less all that the global ``elements`` do not need.

    Each component is a paragraph of the file: to leave out unread what nobody asked for takes half
    of the time that the whole does.

    Raises:
        KeyError: there is no such element.
    """
    begin, end = text.index(b"\n\n", text.index(b"<xs:schema")), text.rindex(b"</xs:schema>")
    components: dict[bytes, bytes] = {}
    for paragraph in text[begin:end].split(b"\n\n"):
        name = paragraph.partition(b' name="')[2].partition(b'"')[0]
        components[name] = components.get(name, b"") + paragraph
    waiting = [name.encode() for name in elements]
    needed = set(waiting)
    while waiting:
        component = components[waiting.pop()]
        for attribute in (b' type="', b' base="', b' f:service="'):
            used = {part[: part.index(b'"')] for part in component.split(attribute)[1:]}
            new = used & components.keys() - needed  # Types of XSD's own have no component here.
            needed |= new
            waiting += new
    parts = [component for name, component in components.items() if name in needed]
    return text[:begin] + b"".join(parts) + text[end:]


def parse_schema(text: bytes) -> etree._Element:
    """The root of our own schema; the parser for documents from outside is ``envelope.parse``."""
    return etree.fromstring(text, etree.XMLParser(remove_comments=True, remove_blank_text=True))


def has(node: etree._Element, version: Version) -> bool:
    """Whether ``version`` has ``node``.

    The seed pages document every parameter in the unversioned namespace, so there a later start
    does not count (S over D); its end does, for types that changed their shape.
    """
    since, until = node.get(_SINCE), node.get(_UNTIL)
    if until is not None and version.rank >= _INDEX[until]:
        return False
    if since is None or version.rank >= _INDEX[since]:
        return True
    return version is PRE_4_0 and node.tag == XS + "element"


def is_late(node: etree._Element, version: Version) -> bool:
    """Whether ``node`` came after ``version``."""
    since = node.get(_SINCE)
    return since is not None and version.rank < _INDEX[since]


def render(
    version: Version, flavour: str, namespace: str | None = None, elements: tuple[str, ...] = ()
) -> etree._Element:
    """The schema of ``version`` as a new ``xs:schema`` element.

    Args:
        version: the API version.
        flavour: ``STRICT``, ``CLEAN`` or ``SERVICE``.
        namespace: target namespace; the version's own by default.
        elements: global elements to render with their types; by default all.

    Raises:
        KeyError: there is no such element.
    """
    # xs:schema declares the namespace as its default; an element cannot be told another one, so
    # the text is changed. The quotes keep longer namespaces that start alike out of it.
    own = f'"{namespace or version.namespace}"'.encode()
    text = master_text()
    text = _without_evidence(needed_text(text, elements) if elements else text)
    root = parse_schema(text.replace(f'"{UNVERSIONED}"'.encode(), own))
    checked = {
        node.get("name")
        for node in root.iterchildren(XS + "simpleType", XS + "complexType")
        if node.get(_CHECK, "absolute-url") not in _KEPT_CHECKS
    }
    # Few nodes differ: one XPath is cheaper than a walk.
    for node in _VARYING(root):
        if not has(node, version) or _is_dropped(node, version, flavour):
            node.getparent().remove(node)
        elif flavour == CLEAN and _ABSENT in node.attrib:
            del node.attrib["minOccurs"]
        elif is_late(node, version) and node.getparent().tag != XS + "choice":
            node.set("minOccurs", "0")
        if flavour == SERVICE and _SERVICE in node.attrib:
            node.set("type", node.get(_SERVICE))
    if flavour == CLEAN:
        for node in [n for n in root.iter(XS + "element") if n.get("type") in checked]:
            parent = node.getparent()
            if parent is not None:
                parent.remove(node)
    if flavour == SERVICE:
        _relax(root)
    else:
        for node in root.iterchildren(XS + "complexType"):
            if not len(node[-1]):
                _let_blanks_in(node)
    return root


def _let_blanks_in(node: etree._Element) -> None:
    """Lets white space stand in elements of the complex type ``node``, which has no children.

    XSD forbids it in empty content, and whoever indents XML puts it there; to element content, even
    if nothing can stand there, it is nothing (XSD 1.0 part 1, section 3.4.4).
    """
    node[-1].tag = XS + "choice"
    node[-1].set("minOccurs", "0")
    etree.SubElement(node[-1], XS + "sequence")


def _is_dropped(node: etree._Element, version: Version, flavour: str) -> bool:
    """Whether a schema of ``flavour`` lacks ``node``, which the version has."""
    warns = node.get(_RULE) in _WARNS
    if flavour == CLEAN:
        if is_late(node, version) or _PRESENT in node.attrib:
            return True
        return warns and node.tag == _ENUMERATION  # A constant that is accepted with a warning.
    return flavour == STRICT and warns and node.tag != _ENUMERATION


def schema_text(version: Version) -> str:
    """The strict schema of ``version`` as XML text, without our ``f:`` attributes."""
    root = render(version, STRICT)
    for node in root.iter(etree.Element):
        for name in [name for name in node.attrib if name.startswith(FACTS)]:
            del node.attrib[name]
    etree.indent(root)
    text = etree.tostring(root, encoding="unicode")
    return text.replace(' xmlns:f="urn:ips-contract:facts"', "") + "\n"


def _relax(root: etree._Element) -> None:
    """Turns the strict schema into the service's: built-in types, no choices, no xs:all."""
    bases: dict[str, str] = {}
    for node in list(root.iterchildren(XS + "simpleType")):
        base = bases.get(node[-1].get("base", ""), node[-1].get("base", ""))
        bases[node.get("name", "")] = _SERVICE_BASE.get(base, base)
        root.remove(node)
    for element in root.iter(XS + "element"):
        kind = element.get("type")
        if kind in bases:
            element.set("type", bases[kind])
    for group in list(root.iter(XS + "all")):
        group.tag = XS + "sequence"
    for choice in list(root.iter(XS + "choice")):
        parent = choice.getparent()
        assert parent is not None
        at = parent.index(choice)
        for offset, element in enumerate(list(choice)):
            element.set("minOccurs", "0")
            parent.insert(at + offset, element)
        parent.remove(choice)
    used = {element.get("type") for element in root.iter(XS + "element")}
    for node in list(root.iterchildren(XS + "complexType")):
        if node.get("name") not in used:
            root.remove(node)


@lru_cache(maxsize=_CACHED)
def compiled(
    version: Version, flavour: str, namespace: str, elements: tuple[str, ...] = ()
) -> etree.XMLSchema:
    """The schema of ``render()``, compiled by libxml2; kept per process."""
    return etree.XMLSchema(render(version, flavour, namespace, elements))


# A SOAP envelope around one message: no more than what a clean one needs.
_ENVELOPE = """
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{soap}"
           xmlns="{soap}" xmlns:h="{header}" elementFormDefault="qualified">
  <xs:import namespace="{header}"/>
  <xs:complexType name="Header"><xs:sequence>
    <xs:element ref="h:authHeader" minOccurs="0"/>
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


@lru_cache(maxsize=4 * len(VERSIONS))
def compiled_envelope(
    version: Version, soap: str, messages: tuple[str, ...] = ()
) -> etree.XMLSchema:
    """The schema of a clean envelope in namespace ``soap`` around a clean message.

    Args:
        version: the API version.
        soap: namespace of the envelope.
        messages: names of the messages that it knows; by default all.
    """
    # The message's schema imports the envelope's, which is small, and not the other way round:
    # what is imported is parsed once more.
    text = _ENVELOPE.format(soap=soap, message=version.namespace, header=UNVERSIONED)
    texts = {soap: text.encode()}
    if version is PRE_4_0:
        root = render(version, CLEAN, elements=(*messages, _AUTH) if messages else ())
    else:  # authHeader has the unversioned namespace in every version.
        root = render(version, CLEAN, elements=messages)
        texts[UNVERSIONED] = etree.tostring(render(version, CLEAN, UNVERSIONED, (_AUTH,)))
    for namespace in texts:
        root.insert(0, etree.Element(XS + "import", namespace=namespace, schemaLocation=namespace))
    parser = root.getroottree().parser
    assert parser is not None
    parser.resolvers.add(_Imports(texts))
    return etree.XMLSchema(root)


@lru_cache(maxsize=1)
def message_names() -> frozenset[str]:
    """The names of all messages and of their companions authHeader and the fault details."""
    root = parse_schema(master_text())
    return frozenset(node.get("name", "") for node in root.iterchildren(XS + "element"))
