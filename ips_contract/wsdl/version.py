"""Somebody's WSDL as a version, which everything here judges and answers by as by any other.

What is in ``xsd/`` for our versions is written here for theirs, in the same form: components with
``f:`` attributes. Structure, order, types and occurrence are theirs. Where an element has the name
that ours has, in a type that ours has, its constants, checks and one-of rules are ours.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from lxml import etree

from ips_contract.contract.components import AUTH, FACTS, XS, components, needed_names
from ips_contract.contract.faults import COMPANIONS
from ips_contract.contract.given import GivenComponents
from ips_contract.contract.model import contract, simple_type
from ips_contract.contract.rules import RULES, WARNING
from ips_contract.contract.schema import STRICT, render
from ips_contract.contract.versions import (
    BETA_2016,
    LATEST,
    UNVERSIONED,
    VERSIONS,
    Version,
    version_for_namespace,
)
from ips_contract.contract.wsdl import WSDL
from ips_contract.wsdl.comparison import nearest
from ips_contract.wsdl.documents import LIMIT, UnreadableWsdl, load
from ips_contract.wsdl.model import ALL, ANY, CHOICE, ComplexType, SimpleType, local
from ips_contract.wsdl.reader import wsdl_of
from ips_contract.xml.text import clipped, quoted

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from ips_contract.contract.model import Choice
    from ips_contract.contract.model import Field as OurField
    from ips_contract.wsdl.documents import Documents
    from ips_contract.wsdl.model import Field, Wsdl

    GivenWsdl = str | os.PathLike[str] | bytes | Version

Asked = TypeVar("Asked")
LABEL = "your WSDL"
_SOURCE = "Y"
_ADDRESS = "urn:ips-contract:address"
_CONSTANT = "constant"
# Facet → the rule that a value beyond it breaks. Of other facets an XSD engine says it.
_FACET_RULES = {"enumeration": _CONSTANT, "minInclusive": "range", "maxInclusive": "range"}
_NUMBERS = frozenset(f"{XS}{name}" for name in "int long double float".split())
# Our base of values → theirs, which narrow nothing.
_WIRE = {"xs:token": "xs:string"}
# What no version of theirs has: it is known, and not there.
_NEVER = BETA_2016.label
_NAME = re.compile(r"[^\W\d][\w.-]*(?:#\d+)?")  # Of an element, or of where a type stands.
_FACETS = frozenset(
    (
        "enumeration pattern length minLength maxLength minInclusive maxInclusive minExclusive "
        "maxExclusive totalDigits fractionDigits whiteSpace"
    ).split()
)
_LONGEST_FACET = 1000
# Of one type: libxml2 takes cubic time for optional ones. The published ones have 58 at most.
_MOST_FIELDS = 200
# What libxml2 would write out, state by state.
_COUNTED = re.compile(r"\{\d{3,}|,\d{3,}\}")
# Rules that remark on an absence which their WSDL decides.
_DECIDED = ("missing-inferred", "missing-element")


def version_of(
    source: str | os.PathLike[str] | bytes, *, follow: bool = False, limit: int = LIMIT
) -> Version:
    """The version that the WSDL at ``source`` describes.

    Args:
        source: a file, or an http or https URL, which is fetched; or the WSDL itself as bytes.
        follow: whether files in its folder that it imports or includes are read, too.
        limit: largest size in bytes, of all documents together.

    Raises:
        UnreadableWsdl: it cannot be read, is none of the API's, or has what no version of the API
            has: attributes, wildcards, lists, values that may be nil.
    """
    given = source if isinstance(source, bytes) else str(source)
    documents = load(given, follow=follow, limit=limit)
    return given_version(wsdl_of(documents), documents)


def version_by(version: Asked, wsdl: GivenWsdl | None) -> Asked | Version:
    """What a function is asked for by: ``version``, or the version of a WSDL if one is given.

    A file that is as it was, and the same bytes, are read once.

    Args:
        version: as it was given to the function.
        wsdl: a file, the WSDL itself as bytes, or the version that ``version_of`` gave.

    Raises:
        TypeError: both are given, or the WSDL is of another type.
        ValueError: a version has no WSDL of its own.
        UnreadableWsdl: as for ``version_of``.
    """
    if wsdl is None:
        return version
    if version is not None:
        raise TypeError("version and wsdl are both given; give one of them")
    if isinstance(wsdl, Version):
        if wsdl.components is None:
            raise ValueError(f"{wsdl} has no WSDL of yours; give it as version")
        return wsdl
    if isinstance(wsdl, bytes):
        return _version_of(wsdl)
    if isinstance(wsdl, str) and (not wsdl or wsdl.lstrip()[:1] == "<"):
        is_text = "is the text of a WSDL; give that as bytes" if wsdl else "names no file"
        raise ValueError(f"wsdl {is_text}")
    try:
        path = Path(wsdl)
    except TypeError:
        kind = type(wsdl).__name__
        raise TypeError(f"wsdl is of type {kind}; give a file, bytes, or a Version") from None
    try:
        state = path.stat()
    except (OSError, ValueError):
        return version_of(wsdl)  # It is an address, or says what is wrong.
    return _version_of(str(path.absolute()), state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=8)
def _version_of(source: str | bytes, *_state: int) -> Version:
    return version_of(source)


def given_version(wsdl: Wsdl, documents: Documents) -> Version:
    """The version that ``wsdl``, read from ``documents``, describes.

    Raises:
        UnreadableWsdl: as for ``version_of``.
    """
    known = nearest(wsdl.own)
    if known is None:
        raise UnreadableWsdl(wsdl.source, "it has no namespace of the API")
    parts = _Components(wsdl, known).parts
    # Ranks say what the mock does and what handles look like: as in the nearest that was published.
    found = version_for_namespace(wsdl.own)
    rank = LATEST.rank if found is None else found[0].rank
    suffix = wsdl.own.removeprefix(UNVERSIONED).strip("/")
    version = Version(
        rank,
        LABEL,
        wsdl.own,
        f"IpsApi-{suffix}.wsdl" if suffix else VERSIONS[0].wsdl,
        suffix.removesuffix("-beta"),
        components=GivenComponents(parts, _document(documents)),
    )
    try:
        etree.XMLSchema(render(version, STRICT))
    except etree.XMLSchemaParseError as error:
        words = clipped(str(error).replace(FACTS, ""), 200)
        raise UnreadableWsdl(wsdl.source, f"libxml2 does not take it: {words}") from None
    return version


def _document(documents: Documents) -> tuple[bytes, ...]:
    """The text of the WSDL around its addresses; () if it is in several files."""
    name, root = documents.definitions[0]
    if {each.document for each in documents.schemas} - {name} or len(documents.definitions) > 1:
        return ()
    for port in root.iter(WSDL + "port"):
        for node in port.iterchildren("{*}address"):
            node.set("location", _ADDRESS)
    text = etree.tostring(root, encoding="unicode")
    parts = f"<?xml version='1.0' encoding='UTF-8'?>\n{text}\n".split(_ADDRESS)
    return tuple(part.encode() for part in parts)


class _Components:
    """Writes the components.

    Attributes:
        parts: the components by name, each with an empty line before it.
    """

    def __init__(self, wsdl: Wsdl, known: Version) -> None:
        self.parts: dict[str, bytes] = {}
        self._wsdl = wsdl
        self._ours = contract(known)
        self._names: dict[tuple[str, str], str] = {}
        self._waiting: list[tuple[str, str]] = []
        self._taken = {name for name in components() if _is_simple(name)}
        for name in wsdl.elements:
            self._element(name)
        for name in self._ours.companions:
            if f"{{{UNVERSIONED}}}{name}" not in wsdl.elements:
                self._take_ours(name)
        while self._waiting:
            self._complex_type(*self._waiting.pop())

    # Elements

    def _element(self, name: str) -> None:
        space, plain = name[1:].rpartition("}")[::2]
        is_companion = space == UNVERSIONED and plain in COMPANIONS
        if space != self._wsdl.own and not is_companion:
            return  # Of no message of the API.
        element = self._wsdl.elements[name]
        self._check_name(plain, element.line)
        table = self._ours.companions if is_companion else self._ours.messages
        kind = self._wsdl.types.get(element.type)
        if not isinstance(kind, ComplexType):
            raise self._unlike(name, "has no children", element.line)
        ours = table.get(plain, "")
        if plain == AUTH and not is_companion:
            ours = ours or self._ours.companions[AUTH]
        mark = ' f:unversioned="yes"' if is_companion else ""
        written = self._named(element.type, ours, f"{plain}{'Common' if mark else ''}Type")
        text = f'\n\n  <xs:element name="{plain}" type="{written}"{mark} f:by="{_SOURCE}"/>'
        self.parts[plain] = self.parts.get(plain, b"") + text.encode()

    def _take_ours(self, name: str) -> None:
        """Takes one of our elements, with all that it needs."""
        known = components()
        for each in needed_names((name,), known):
            self.parts.setdefault(each, known[each])

    # Types

    def _named(self, key: str, ours: str, wanted: str = "") -> str:
        """The name of the component of their type ``key``, where ours has the type ``ours``."""
        pair = key, ours
        if pair not in self._names:
            name = wanted or local(key).replace("/", ".").replace("#", ".")
            while name in self._taken:
                name += "_"
            self._taken.add(name)
            self._names[pair] = name
            self._waiting.append(pair)
        return self._names[pair]

    def _complex_type(self, key: str, ours: str) -> None:
        kind = self._wsdl.types[key]
        assert isinstance(kind, ComplexType)
        self._check_name(local(key).replace("/", "."), kind.line)
        self._check(key, kind)
        like = self._ours.complex_types.get(ours)
        known = {} if like is None else {field.name: field for field in like.fields}
        lines = [(field.name, self._field(field, known.get(field.name))) for field in kind.fields]
        choices = () if like is None else like.choices
        content = list(_in_choices(kind, lines, choices))
        if like is not None:
            there = {field.name for field in kind.fields}
            content += [
                f'<xs:element name="{name}" type="xs:string" minOccurs="0" f:since="{_NEVER}"/>'
                for name in (*known, *like.elsewhen)
                if name not in there
            ]
        group = "all" if kind.kind == ALL else "sequence"
        check = f' f:check="{like.check}"' if like is not None and like.check else ""
        others = ""
        if kind.any_attribute:
            spaces, _, how = kind.any_attribute.rpartition(" ")
            others = f'<xs:anyAttribute namespace="{spaces}" processContents="{how}"/>'
        name = self._names[key, ours]
        text = (
            f'\n\n  <xs:complexType name="{name}"{check}><xs:{group}>{"".join(content)}'
            f"</xs:{group}>{others}</xs:complexType>"
        )
        self.parts[name] = text.encode()

    def _check(self, key: str, kind: ComplexType) -> None:
        """Sees that the type is of a form that versions of the API have.

        Raises:
            UnreadableWsdl: it is not.
        """
        wrong = ""
        if len(kind.fields) > _MOST_FIELDS:
            wrong = f"has more than {_MOST_FIELDS} fields"
        elif kind.attributes:
            wrong = f"has the attribute {next(iter(kind.attributes))}"
        elif kind.value:
            wrong = "is a value with attributes"
        elif kind.flags:
            wrong = f"is {kind.flags[0]}"
        elif kind.times != (1, 1) or kind.kind == CHOICE:
            wrong = "has alternatives, or repeats, as a whole"
        for field in kind.fields:
            if field.name == ANY or field.number or "}" in field.name:
                wrong = f"has {field.name}, any element, twice or of another schema"
            self._check_name(field.name, field.line)
            if field.nillable or field.form:
                wrong = f"has {field.name}, which may be nil or has no namespace"
        schema = self._wsdl.schemas.get(self._wsdl.own)
        if schema is not None and schema.element_form != "qualified":
            wrong = "has fields without a namespace"
        if wrong:
            raise self._unlike(key, wrong, kind.line)

    def _check_name(self, name: str, line: int) -> None:
        """Sees that ``name`` can be written as it is.

        Raises:
            UnreadableWsdl: it is no name.
        """
        if name != ANY and _NAME.fullmatch(name.rpartition("}")[2]) is None:
            raise UnreadableWsdl(self._wsdl.source, f"{quoted(name)} is no name", line)

    def _unlike(self, key: str, what: str, line: int) -> UnreadableWsdl:
        words = f"{local(key)} {what}, which nothing in the API has: it is not judged by that"
        return UnreadableWsdl(self._wsdl.source, words, line)

    # Fields

    def _field(self, field: Field, ours: OurField | None) -> str:
        kind, service = self._field_type(field, ours)
        attributes = {"name": field.name, "type": kind}
        absent = None if ours is None else ours.absent
        if field.minimum == 0 or absent == "missing-tolerated":
            attributes["minOccurs"] = "0"
            if absent is not None and absent not in _DECIDED:
                attributes["f:absent"] = absent
        elif field.minimum > 1:
            attributes["minOccurs"] = str(field.minimum)
        maximum = field.maximum
        if ours is not None and ours.maximum is not None and _warns(ours.maximum_rule):
            # A number beyond which we warn stays one, where theirs has no less.
            maximum = ours.maximum if maximum is None else min(maximum, ours.maximum)
        if maximum != 1:
            attributes["maxOccurs"] = "unbounded" if maximum is None else str(maximum)
        if ours is not None:
            if maximum == ours.maximum and ours.maximum_rule != "repeated-element":
                attributes["f:rule"] = ours.maximum_rule
            if ours.present not in (None, "later-than-pre-4.0"):
                attributes["f:present"] = str(ours.present)
        attributes["f:by"] = _SOURCE
        if service:
            attributes["f:service"] = service
        words = " ".join(f'{key}="{escape(value)}"' for key, value in attributes.items())
        return f"<xs:element {words}/>"

    def _field_type(self, field: Field, ours: OurField | None) -> tuple[str, str]:
        """The component of a field's type, and the type's name on the wire if that is another."""
        key = field.type
        kind = self._wsdl.types.get(key)
        if kind is None:
            built_in = f"xs:{local(key)}"
            if ours is None or ours.type.startswith("xs:"):
                return built_in, ""
            narrow = simple_type(self._ours, ours.type)
            # Ours narrows it only if it is the same kind of value.
            if narrow is None or _WIRE.get(narrow.base, narrow.base) != built_in:
                return built_in, ""
            self._take_ours(ours.type)
            return ours.type, ""
        if isinstance(kind, SimpleType):
            return self._simple_type(key, kind), ""
        like = ""
        if ours is not None and ours.type in self._ours.complex_types:
            like = ours.type
        elif local(key) in self._ours.complex_types:
            like = local(key)
        name = self._named(key, like)
        wire = "" if "/" in local(key) else local(key)
        return name, wire if wire != name else ""

    def _simple_type(self, key: str, kind: SimpleType) -> str:
        """The component of a type of values."""
        pair = key, ""
        if pair in self._names:
            return self._names[pair]
        if kind.variety:
            raise self._unlike(key, f"is a {kind.variety}", kind.line)
        for facet in kind.facets:
            if facet.kind not in _FACETS or len(facet.value) > _LONGEST_FACET:
                raise self._unlike(key, f"has a {clipped(facet.kind)} of its own", kind.line)
            if facet.kind == "pattern" and _COUNTED.search(facet.value):
                raise self._unlike(key, "counts far in a pattern", kind.line)
        self._check_name(local(key).replace("/", ".").replace("@", ""), kind.line)
        name = self._named(key, "")
        self._waiting.remove(pair)
        above = self._wsdl.types.get(kind.base)
        if isinstance(above, SimpleType):
            base = self._simple_type(kind.base, above)
        else:
            base = f"xs:{local(kind.base)}"
        facets = []
        for facet in kind.facets:
            rule = _FACET_RULES.get(facet.kind)
            if rule == "range" and kind.base not in _NUMBERS:
                rule = None
            mark = f'f:rule="{rule}"' if rule else 'f:engine="yes"'
            value = escape(facet.value)
            facets.append(f'<xs:{facet.kind} value="{value}" {mark} f:by="{_SOURCE}"/>')
        text = (
            f'\n\n  <xs:simpleType name="{name}"><xs:restriction base="{base}">{"".join(facets)}'
            "</xs:restriction></xs:simpleType>"
        )
        self.parts[name] = text.encode()
        return name


def _warns(rule: str) -> bool:
    return RULES[rule].severity == WARNING


def _is_simple(name: str) -> bool:
    return components()[name].startswith(b"\n\n  <xs:simpleType ")


def _in_choices(
    kind: ComplexType, lines: list[tuple[str, str]], choices: tuple[Choice, ...]
) -> Iterator[str]:
    """The fields as XML, those of our one-of rules in choices.

    A rule is laid on top only where its fields stand together in theirs, and none is required. A
    job of theirs among the jobs is one more of them.
    """
    names = [name for name, _ in lines]
    required = {field.name for field in kind.fields if field.minimum}
    ends: dict[int, tuple[int, Choice]] = {}
    for choice in choices:
        at = [index for index, name in enumerate(names) if name in choice.names]
        if len(at) < 2 or kind.kind == ALL:
            continue
        among = names[at[0] : at[-1] + 1]
        strangers = [name for name in among if name not in choice.names]
        jobs = choice.rule == "one-job" and all(name.endswith("Job") for name in strangers)
        if required.isdisjoint(among) and (not strangers or jobs):
            ends[at[0]] = at[-1], choice
    index = 0
    while index < len(lines):
        if index not in ends:
            yield lines[index][1]
            index += 1
            continue
        last, choice = ends[index]
        optional = "" if choice.required else ' minOccurs="0"'
        inner = "".join(text for _, text in lines[index : last + 1]).replace(' minOccurs="0"', "")
        yield (
            f'<xs:choice{optional} f:rule="{choice.rule}" f:by="{choice.evidence}">{inner}'
            "</xs:choice>"
        )
        index = last + 1
