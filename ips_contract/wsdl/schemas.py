"""The schemas of a WSDL as values: elements, types and their content models.

What a type takes from its base, and from groups that it refers to, is written out, so that two
ways to say the same are the same. Types that hold themselves are referred to by name and not
written out; groups and bases that would never end are refused. Source: XML Schema 1.0 part 1.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from ips_contract.contract.components import XS
from ips_contract.wsdl.documents import UnreadableWsdl
from ips_contract.wsdl.model import (
    ALL,
    ANY,
    CHOICE,
    SEQUENCE,
    Attribute,
    ComplexType,
    Element,
    Facet,
    Field,
    Group,
    SimpleType,
)
from ips_contract.wsdl.qnames import expanded
from ips_contract.xml.text import clipped, quoted

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from ips_contract.wsdl.documents import SchemaNode

_MOST_FIELDS = 20_000  # The published WSDLs have some 3,000.
_DEEPEST = 100  # Groups in groups, bases of bases.
_GROUPS = (XS + SEQUENCE, XS + ALL, XS + CHOICE)
_SOAP_ENCODING = "{http://schemas.xmlsoap.org/soap/encoding/}"
_XML = "{http://www.w3.org/XML/1998/namespace}"
ANY_TYPE = XS + "anyType"
# The names of XSD 1.0 part 2, and anyType.
_BUILT_IN = frozenset(
    XS + name
    for name in (
        "anyType anySimpleType string boolean decimal float double duration dateTime time date "
        "gYearMonth gYear gMonthDay gDay gMonth hexBinary base64Binary anyURI QName NOTATION "
        "normalizedString token language NMTOKEN NMTOKENS Name NCName ID IDREF IDREFS ENTITY "
        "ENTITIES integer nonPositiveInteger negativeInteger long int short byte "
        "nonNegativeInteger unsignedLong unsignedInt unsignedShort unsignedByte positiveInteger"
    ).split()
)


def is_built_in(name: str) -> bool:
    """Whether the type ``name`` needs no declaration: one of XSD's own, or of SOAP's encoding."""
    return name in _BUILT_IN or name.startswith(_SOAP_ENCODING)


class Use(NamedTuple):
    """That a name is used. ``what`` is ``type``, ``element``, ``group`` or ``attributeGroup``."""

    what: str
    name: str
    document: str
    line: int


class _Node(NamedTuple):
    """A component as XML, and the schema that it stands in."""

    node: etree._Element
    schema: SchemaNode


@dataclass
class _Content:
    """What a complex type has in it, as it is gathered; ``counts`` are of the fields' names."""

    kind: str = ""
    times: tuple[int, int | None] = (1, 1)
    fields: list[Field] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, added: Field) -> None:
        """Adds a field behind the others."""
        self.fields.append(added)
        self.counts[added.name] += 1


class SchemaReader:
    """Reads schemas.

    Attributes:
        elements: the global elements by name.
        types: the types: those with a name by it, those without by where they stand.
        used: the names of types and elements that are used.
    """

    def __init__(self, schemas: Sequence[SchemaNode]) -> None:
        """Reads all of ``schemas``.

        Raises:
            UnreadableWsdl: they contradict themselves, or would never end.
        """
        self.elements: dict[str, Element] = {}
        self.types: dict[str, ComplexType | SimpleType] = {}
        self.used: list[Use] = []
        self._nodes: dict[tuple[str, str], _Node] = {}
        self._fields = 0
        self._open: list[tuple[str, str]] = []
        self._gather(schemas)
        for (what, name), found in self._nodes.items():
            if what == "element":
                self.elements[name] = self._element(name, found)
            elif what == "type" and name not in self.types:
                self._read_type(name, found)

    def _gather(self, schemas: Sequence[SchemaNode]) -> None:
        """Notes all components, so that each can refer to any other."""
        kinds = {
            XS + "element": "element",
            XS + "complexType": "type",
            XS + "simpleType": "type",
            XS + "group": "group",
            XS + "attributeGroup": "attributeGroup",
            XS + "attribute": "attribute",
        }
        for schema in schemas:
            for node in schema.node.iterchildren(*kinds):
                key = kinds[str(node.tag)], _qualified(schema.target, node.get("name", ""))
                if key in self._nodes:
                    words = f"it has two of {key[0]} {clipped(key[1], 120)}"
                    raise UnreadableWsdl(schema.document, words, node.sourceline)
                self._nodes[key] = _Node(node, schema)

    def declared(self, what: str) -> Container[str]:
        """The names that there are of ``type``, ``element``, ``group`` or ``attributeGroup``."""
        return {name for kind, name in self._nodes if kind == what}

    # Elements

    def _element(self, name: str, found: _Node) -> Element:
        node = found.node
        flags = tuple(key for key in ("nillable", "abstract") if _is_true(node.get(key)))
        return Element(
            self._type_of(f"element {name}", found, found), flags, _default(node), _line(node)
        )

    def _type_of(self, key: str, declared: _Node, used: _Node) -> str:
        """The type of an element or attribute; one without a name is read, as ``key``.

        Args:
            key: what to call it.
            declared: the declaration.
            used: where a name in it is used.
        """
        node = declared.node
        if "type" in node.attrib:
            return self._name("type", declared, node, node.get("type", ""))
        inner = next(node.iterchildren(XS + "complexType", XS + "simpleType"), None)
        if inner is None:
            return ANY_TYPE
        if declared.node is used.node and key not in self.types:
            self._read_type(key, _Node(inner, declared.schema))
        return key

    def _name(self, what: str, found: _Node, node: etree._Element, qname: str) -> str:
        """The expanded name of the component that ``qname`` means, which must be there."""
        default = found.schema.target if found.schema.adopted else None
        name = expanded(node, qname, found.schema.document, default)
        self.used.append(Use(what, name, found.schema.document, _line(node)))
        return name

    # Types

    def _read_type(self, key: str, found: _Node) -> None:
        if found.node.tag == XS + "simpleType":
            self.types[key] = self._simple_type(found)
        else:
            self.types[key] = self._complex_type(key, found)

    def _simple_type(self, found: _Node) -> SimpleType:
        node = found.node
        line = _line(node)
        for variety, attribute in (("list", "itemType"), ("union", "memberTypes")):
            for below in node.iterchildren(XS + variety):
                names = [
                    self._name("type", found, below, each)
                    for each in below.get(attribute, "").split()
                ]
                facets: tuple[Facet, ...] = ()
                for inner in below.iterchildren(XS + "simpleType"):
                    item = self._simple_type(found._replace(node=inner))
                    names.append(item.base)
                    facets += item.facets
                return SimpleType(" ".join(names), facets, variety, line)
        below_ = node.find(XS + "restriction")
        if below_ is None:
            return SimpleType(XS + "anySimpleType", (), "", line)
        return self._restriction(found, below_)

    def _restriction(self, found: _Node, node: etree._Element) -> SimpleType:
        facets = tuple(
            Facet(etree.QName(each).localname, each.get("value", ""))
            for each in node
            if isinstance(each.tag, str) and "value" in each.attrib
        )
        if "base" in node.attrib:
            base = self._name("type", found, node, node.get("base", ""))
            return SimpleType(base, facets, "", _line(node))
        inner = node.find(XS + "simpleType")
        if inner is None:
            return SimpleType(XS + "anySimpleType", facets, "", _line(node))
        above = self._simple_type(found._replace(node=inner))
        return above._replace(facets=above.facets + facets, line=_line(node))

    def _complex_type(self, key: str, found: _Node) -> ComplexType:
        node = found.node
        content = _Content()
        attributes: dict[str, Attribute] = {}
        any_attribute = value = base = ""
        holder = node
        flags = tuple(flag for flag in ("mixed", "abstract") if _is_true(node.get(flag)))
        for below in node.iterchildren(XS + "simpleContent", XS + "complexContent"):
            derivation = next(below.iterchildren(XS + "extension", XS + "restriction"), None)
            if derivation is None:
                continue
            holder = derivation
            how = etree.QName(derivation).localname
            name = self._name("type", found, derivation, derivation.get("base", ""))
            base = f"{how} of {name}"
            if below.tag == XS + "simpleContent":
                value = name
                if how == "restriction":
                    facets = self._restriction(found, derivation).facets
                    value += "".join(f" {facet.kind}={facet.value}" for facet in facets)
            above = self._above(name, found) if how == "extension" else None
            if above is None and value:
                base = ""  # The value says it.
            if above is not None:
                self._count(len(above.fields), found)
                content.kind, content.times = above.kind, above.times
                content.groups += above.groups
                for inherited in above.fields:
                    content.add(inherited)
                attributes |= above.attributes
                any_attribute, value = above.any_attribute, above.value or value
            if _is_true(below.get("mixed")) and "mixed" not in flags:
                flags = ("mixed", *flags)
        self._read_content(key, found, holder, content)
        any_attribute = self._attributes(key, found, holder, attributes) or any_attribute
        return ComplexType(
            content.kind,
            content.times,
            tuple(content.fields),
            tuple(content.groups),
            attributes,
            any_attribute,
            value,
            base,
            flags,
            _line(node),
        )

    def _above(self, name: str, found: _Node) -> ComplexType | None:
        """The complex type that one extends; None if it is a simple one, or is not there."""
        declared = self._nodes.get(("type", name))
        if declared is None or declared.node.tag != XS + "complexType":
            return None
        with self._inside("type", name, found):
            if name not in self.types:
                self._read_type(name, declared)
        above = self.types[name]
        return above if isinstance(above, ComplexType) else None

    @contextmanager
    def _inside(self, what: str, name: str, found: _Node) -> Iterator[None]:
        """While a component is written out in another.

        Raises:
            UnreadableWsdl: it is in itself, or there are too many.
        """
        key = what, name
        if key in self._open or len(self._open) >= _DEEPEST:
            wrong = "holds itself" if key in self._open else "is nested too deep"
            words = f"the {what} {clipped(name, 120)} {wrong}"
            raise UnreadableWsdl(found.schema.document, words, _line(found.node))
        self._open.append(key)
        yield
        self._open.pop()

    def _count(self, number: int, found: _Node) -> None:
        self._fields += number
        if self._fields > _MOST_FIELDS:
            words = f"its types have more than {_MOST_FIELDS} fields, written out"
            raise UnreadableWsdl(found.schema.document, words, _line(found.node))

    # Content models

    def _read_content(
        self, key: str, found: _Node, holder: etree._Element, content: _Content
    ) -> None:
        """Adds what stands in ``holder`` to ``content``."""
        node = next(holder.iterchildren(*_GROUPS, XS + "group"), None)
        if node is None:
            return
        start = len(content.fields)
        outer = self._particles_of(key, found._replace(node=node), content)
        if outer is None:
            return
        times = _times(node, found.schema.document)
        if not content.kind:
            content.kind, content.times = _tag(outer.node), times
        elif (_tag(outer.node), times) != (SEQUENCE, (1, 1)):
            self._add_group(outer, times, start, content)

    def _add_group(
        self, found: _Node, times: tuple[int, int | None], start: int, content: _Content
    ) -> None:
        """Adds the group that is the node of ``found``; its fields begin at ``start``."""
        names = tuple(each.name for each in content.fields[start:])
        self._count(len(names), found)
        content.groups.append(Group(_tag(found.node), *times, names))

    def _referred(self, what: str, found: _Node, node: etree._Element) -> _Node | None:
        name = self._name(what, found, node, node.get("ref", ""))
        return self._nodes.get((what, name))

    def _particles_of(self, key: str, found: _Node, content: _Content) -> _Node | None:
        """Adds what is in the group that is the node of ``found``, or that it refers to.

        Returns:
            That group; None if it is not declared, or empty.
        """
        node = found.node
        self._count(1, found)
        inner: _Node | None = found
        name = f"{key} {id(node)}"  # A group without a name is never in itself.
        if node.tag == XS + "group":
            referred = self._referred("group", found, node)
            if referred is None:
                return None
            name = _qualified(referred.schema.target, referred.node.get("name", ""))
            first = next(referred.node.iterchildren(*_GROUPS), None)
            inner = None if first is None else referred._replace(node=first)
        if inner is None:
            return None
        with self._inside("group", name, found):
            self._particles(key, inner, content)
        return inner

    def _particles(self, key: str, found: _Node, content: _Content) -> None:
        """Adds the fields and groups inside the group that is the node of ``found``."""
        for node in found.node.iterchildren(XS + "element", XS + "any", XS + "group", *_GROUPS):
            below = found._replace(node=node)
            if node.tag == XS + "element":
                content.add(self._field(key, below, content))
            elif node.tag == XS + "any":
                content.add(self._wildcard(below, content))
            else:
                start = len(content.fields)
                times = _times(node, found.schema.document)
                inner = self._particles_of(key, below, content)
                # A sequence in a sequence says nothing of its own.
                if inner is not None and not (
                    inner.node.tag == found.node.tag == XS + SEQUENCE and times == (1, 1)
                ):
                    self._add_group(inner, times, start, content)

    def _field(self, key: str, found: _Node, content: _Content) -> Field:
        node = found.node
        self._count(1, found)
        minimum, maximum = _times(node, found.schema.document)
        declared = found
        form = ""
        if "ref" in node.attrib:
            name = self._name("element", found, node, node.get("ref", ""))
            declared = self._nodes.get(("element", name), found)
            kind = (
                ANY_TYPE if declared is found else self._type_of(f"element {name}", declared, found)
            )
            start = f"{{{found.schema.target}}}"
            name = name.removeprefix(start)
        else:
            name = node.get("name", "")
            usual = found.schema.node.get("elementFormDefault", "unqualified")
            form = node.get("form", usual)
            form = "" if form == usual else form
            kind = ""
        number = content.counts[name]
        if not kind:
            mark = f"#{number}" if number else ""
            kind = self._type_of(f"{key}/{name}{mark}", found, found)
        return Field(
            name,
            number,
            kind,
            minimum,
            maximum,
            _is_true(declared.node.get("nillable")),
            form,
            _default(declared.node),
            _line(node),
        )

    def _wildcard(self, found: _Node, content: _Content) -> Field:
        node = found.node
        self._count(1, found)
        minimum, maximum = _times(node, found.schema.document)
        number = content.counts[ANY]
        return Field(
            ANY,
            number,
            _wildcard(node),
            minimum,
            maximum,
            nillable=False,
            form="",
            default="",
            line=_line(node),
        )

    def _attributes(
        self, key: str, found: _Node, holder: etree._Element, into: dict[str, Attribute]
    ) -> str:
        """Adds the attributes that ``holder`` declares; which others may stand there."""
        others = ""
        for node in holder.iterchildren(XS + "attribute"):
            self._count(1, found)
            if node.get("use") == "prohibited":
                continue
            declared = found._replace(node=node)
            name = node.get("name", "")
            if "ref" in node.attrib:
                default = found.schema.target if found.schema.adopted else None
                name = expanded(node, node.get("ref", ""), found.schema.document, default)
                declared = self._nodes.get(("attribute", name), declared)
            kind = self._type_of(f"{key}/@{name}", declared, declared)
            use = node.get("use", "optional")
            into[name] = Attribute(
                kind, use, _default(node) or _default(declared.node), _line(node)
            )
        for node in holder.iterchildren(XS + "attributeGroup"):
            inner = self._referred("attributeGroup", found, node)
            if inner is not None:
                name = _qualified(inner.schema.target, inner.node.get("name", ""))
                self._count(1, found)
                with self._inside("attributeGroup", name, found):
                    others = self._attributes(key, inner, inner.node, into) or others
        for node in holder.iterchildren(XS + "anyAttribute"):
            others = _wildcard(node)
        return others


def _qualified(target: str, name: str) -> str:
    return f"{{{target}}}{name}" if target else name


def _tag(node: etree._Element) -> str:
    return etree.QName(node).localname


def _is_true(value: str | None) -> bool:
    return value is not None and value.strip() in ("true", "1")


def _line(node: etree._Element) -> int:
    return node.sourceline or 0


def _default(node: etree._Element) -> str:
    return next(
        (f"{key}={node.get(key)}" for key in ("default", "fixed") if key in node.attrib), ""
    )


def _wildcard(node: etree._Element) -> str:
    spaces = " ".join(sorted(node.get("namespace", "##any").split()))
    return f"{spaces} {node.get('processContents', 'strict')}"


def _times(node: etree._Element, document: str) -> tuple[int, int | None]:
    """``minOccurs`` and ``maxOccurs``."""
    found: list[int | None] = []
    for key in ("minOccurs", "maxOccurs"):
        text = node.get(key, "1").strip()
        if key == "maxOccurs" and text == "unbounded":
            found.append(None)
        elif text.isascii() and text.isdecimal() and len(text) < 10:
            found.append(int(text))
        else:
            raise UnreadableWsdl(
                document, f"{key} is {quoted(text)}, which is no number", _line(node)
            )
    return found[0] or 0, found[1]
