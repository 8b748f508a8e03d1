"""Differences of the elements and types in the schemas of two WSDLs."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from ips_contract.validation.element_order import longest_ordered
from ips_contract.wsdl.differences import NONE, THERE, is_anonymous
from ips_contract.wsdl.frame_differences import operations_of
from ips_contract.wsdl.model import ALL, ComplexType, local

if TYPE_CHECKING:
    from collections.abc import Callable

    from ips_contract.wsdl.differences import Findings, Side
    from ips_contract.wsdl.model import Attribute, Element, Field, Group, SimpleType

    # Whether our validator only remarks on a field of a type that our WSDL lacks or requires.
    Lenient = Callable[[str, str], bool]

_ELEMENT = "element "
_ENUMERATION = "enumeration"
# Facets of which a type has several, all of which count.
_MANY = (_ENUMERATION, "pattern")


def compare_types(findings: Findings, lenient: Lenient) -> None:
    """Adds the differences of all elements and types.

    Args:
        findings: where.
        lenient: whether our validator only remarks on it, by the common name of a type and the
            name of its field, where a field is one that our WSDL lacks, or one that it requires.
    """
    _Types(findings, lenient).compare()


class _Types:
    def __init__(self, findings: Findings, lenient: Lenient) -> None:
        self._findings = findings
        self._ours = findings.ours
        self._theirs = findings.theirs
        self._lenient = lenient
        ours, theirs = operations_of(self._ours), operations_of(self._theirs)
        self._exclusive = ours.keys() ^ theirs.keys()
        # Element → the operation whose input or output it is.
        self._operations: dict[str, str] = {}
        for side, operations in ((self._ours, ours), (self._theirs, theirs)):
            for name, operation in operations.items():
                for message in (operation.input, operation.output):
                    for part in side.wsdl.messages[message].parts if message else ():
                        self._operations[side.common(part.element)] = name

    def _add(
        self, kind: str, key: str, field: str, ours: str, theirs: str, line: int, manner: str = ""
    ) -> None:
        """Adds a difference of the type or element whose common name is ``key``."""
        element = key.removeprefix(_ELEMENT)
        operation = ""
        if key != element:
            operation = self._operations.get(_owner(element), "")
        self._findings.add(
            kind,
            field,
            ours,
            theirs,
            line,
            operation=operation,
            of=local(element),
            uses=self._findings.uses_of(key),
            manner=manner,
        )

    def compare(self) -> None:
        """Adds all differences."""
        ours, theirs = self._ours, self._theirs
        for name in ours.elements.keys() - theirs.elements.keys():
            if not self._is_excused(name):
                self._add("element-removed", _ELEMENT + name, "", THERE, NONE, 0)
        for name, element in theirs.elements.items():
            before = ours.elements.get(name)
            if before is not None:
                self._element(_ELEMENT + name, before, element)
            elif not self._is_excused(name):
                self._add("element-added", _ELEMENT + name, "", NONE, THERE, element.line)
        for key in ours.types.keys() - theirs.types.keys():
            if not is_anonymous(key):
                self._add("type-removed", key, "", THERE, NONE, 0)
        for key, kind in theirs.types.items():
            if key in ours.types:
                self._type(key, ours.types[key], kind)
            elif not is_anonymous(key):
                self._add("type-added", key, "", NONE, THERE, kind.line)

    def _is_excused(self, name: str) -> bool:
        """Whether only operations have an element that one side lacks altogether."""
        uses = self._findings.uses_of(_ELEMENT + name)
        users = uses.requests.keys() | uses.answers.keys()
        is_shared = uses.in_headers or uses.in_faults
        return bool(users) and users <= self._exclusive and not is_shared

    def _element(self, key: str, ours: Element, theirs: Element) -> None:
        rows = (
            ("type", self._ours.shown(ours.type), self._theirs.shown(theirs.type)),
            ("default", ours.default, theirs.default),
            ("flags", ", ".join(ours.flags), ", ".join(theirs.flags)),
        )
        for field, before, after in rows:
            same = before == after
            if field == "type":
                same = self._ours.common(ours.type) == self._theirs.common(theirs.type)
            if not same:
                self._add("element", key, field, before or NONE, after or NONE, theirs.line)

    # Types

    def _type(
        self, key: str, ours: ComplexType | SimpleType, theirs: ComplexType | SimpleType
    ) -> None:
        if isinstance(ours, ComplexType) and isinstance(theirs, ComplexType):
            self._complex_type(key, ours, theirs)
        elif not (isinstance(ours, ComplexType) or isinstance(theirs, ComplexType)):
            self._simple_type(key, "", ours, theirs, theirs.line)
        else:
            before, after = (
                "children" if isinstance(kind, ComplexType) else "a value"
                for kind in (ours, theirs)
            )
            self._add("type-kind", key, "", before, after, theirs.line)

    def _complex_type(self, key: str, ours: ComplexType, theirs: ComplexType) -> None:
        line = theirs.line
        rows = (
            ("model", _model(ours), _model(theirs)),
            ("derivation", self._ours.common(ours.base), self._theirs.common(theirs.base)),
            ("base", self._ours.common(ours.value), self._theirs.common(theirs.value)),
            ("flags", ", ".join(ours.flags), ", ".join(theirs.flags)),
            ("any-attribute", ours.any_attribute, theirs.any_attribute),
        )
        for kind, before, after in rows:
            if before != after:
                self._add(kind, key, "", before or NONE, after or NONE, line)
        self._fields(key, ours, theirs)
        for group in ours.groups:
            if group not in theirs.groups:
                self._add("group-removed", key, "", _group(group), NONE, line)
        for group in theirs.groups:
            if group not in ours.groups:
                self._add("group-added", key, "", NONE, _group(group), line)
        for name in ours.attributes.keys() - theirs.attributes.keys():
            text = _attribute(ours.attributes[name], self._ours)
            self._add("attribute-removed", key, f"@{name}", text, NONE, line)
        for name, attribute in theirs.attributes.items():
            after = _attribute(attribute, self._theirs)
            if name not in ours.attributes:
                self._add("attribute-added", key, f"@{name}", NONE, after, attribute.line)
                continue
            before = _attribute(ours.attributes[name], self._ours)
            if before != after:
                self._add("attribute", key, f"@{name}", before, after, attribute.line)

    def _fields(self, key: str, ours: ComplexType, theirs: ComplexType) -> None:
        before = {(field.name, field.number): field for field in ours.fields}
        after = {(field.name, field.number): field for field in theirs.fields}
        for place, field in before.items():
            if place not in after:
                manner = "required" if field.minimum else ""
                text = _field(field, ours, self._ours)
                self._add("field-removed", key, _name(field), text, NONE, theirs.line, manner)
        for place, field in after.items():
            if place in before:
                self._field(key, before[place], field)
            else:
                lenient = self._lenient(key, field.name) and not field.minimum
                manner = "lenient" if lenient else "required" if field.minimum else ""
                text = _field(field, theirs, self._theirs)
                self._add("field-added", key, _name(field), NONE, text, field.line, manner)
        if ours.kind == theirs.kind == ALL:
            return
        places = {place: index for index, place in enumerate(before)}
        common = [place for place in after if place in places]
        keep = longest_ordered([places[place] for place in common])
        for index, place in enumerate(common):
            if index not in keep:
                texts = _after(before[place], ours), _after(after[place], theirs)
                field = after[place]
                self._add("field-order", key, _name(field), *texts, field.line)

    def _field(self, key: str, ours: Field, theirs: Field) -> None:
        def add(kind: str, before: str, after: str, manner: str = "") -> None:
            self._add(kind, key, _name(theirs), before, after, theirs.line, manner)

        if (ours.minimum, theirs.minimum) == (0, 1):
            add("field-required", "optional", "required")
        elif (ours.minimum, theirs.minimum) == (1, 0):
            manner = "lenient" if self._lenient(key, theirs.name) else ""
            add("field-optional", "required", "optional", manner)
        elif ours.minimum != theirs.minimum:
            add("field-limit", f"at least {ours.minimum}", f"at least {theirs.minimum}")
        if ours.maximum != theirs.maximum:
            add("field-limit", _most(ours.maximum), _most(theirs.maximum))
        if ours.nillable != theirs.nillable:
            words = {True: "nillable", False: "not nillable"}
            add("field-nillable", words[ours.nillable], words[theirs.nillable])
        if ours.default != theirs.default:
            add("field-default", ours.default or NONE, theirs.default or NONE)
        if ours.form != theirs.form:
            add("field-form", ours.form or "as all", theirs.form or "as all")
        self._field_type(key, ours, theirs)

    def _field_type(self, key: str, ours: Field, theirs: Field) -> None:
        names = self._ours.common(ours.type), self._theirs.common(theirs.type)
        if names[0] == names[1]:
            return  # One without a name is compared as every type is.
        kinds = self._ours.types.get(names[0]), self._theirs.types.get(names[1])
        # A type without a name that restricts what the other is: its facets say it better.
        name, line = _name(theirs), theirs.line
        if _narrows(kinds[1], names[1], names[0], self._theirs):
            self._simple_type(key, name, kinds[1]._replace(facets=()), kinds[1], line)
            return
        if _narrows(kinds[0], names[0], names[1], self._ours):
            self._simple_type(key, name, kinds[0], kinds[0]._replace(facets=()), line)
            return
        before, after = (
            side.shown(field.type)
            + ("" if kind is None or isinstance(kind, ComplexType) else f" ({_simple(kind, side)})")
            for side, field, kind in zip(
                (self._ours, self._theirs), (ours, theirs), kinds, strict=True
            )
        )
        self._add("field-type", key, name, before, after, line)

    def _simple_type(
        self, key: str, field: str, ours: SimpleType, theirs: SimpleType, line: int
    ) -> None:
        bases = [
            f"{kind.variety} {side.common(kind.base)}".strip()
            for kind, side in ((ours, self._ours), (theirs, self._theirs))
        ]
        if bases[0] != bases[1]:
            self._add("base", key, field, bases[0], bases[1], line)
        names = dict.fromkeys(facet.kind for facet in (*ours.facets, *theirs.facets))
        for name in names:
            values = [
                [facet.value for facet in kind.facets if facet.kind == name]
                for kind in (ours, theirs)
            ]
            if name == _ENUMERATION:
                values = [sorted(each) for each in values]
            if values[0] != values[1]:
                what = "values" if name == _ENUMERATION else "facet"
                at = field if name == _ENUMERATION else f"{field} {name}".strip()
                texts = [
                    " ".join(each) if name != _ENUMERATION else ", ".join(each) for each in values
                ]
                self._add(what, key, at, texts[0] or NONE, texts[1] or NONE, line)


def _owner(name: str) -> str:
    """The element that the type with the key ``name`` is in."""
    space, brace, rest = name.rpartition("}")
    return space + brace + rest.partition("/")[0]


def _narrows(
    kind: ComplexType | SimpleType | None, name: str, other: str, side: Side
) -> TypeGuard[SimpleType]:
    """Whether ``kind`` has no name, ``name`` being its key, and restricts the type ``other``."""
    if kind is None or isinstance(kind, ComplexType) or not is_anonymous(name):
        return False
    return not kind.variety and side.common(kind.base) == other


def _name(field: Field) -> str:
    return f"{field.name} ({field.number + 1})" if field.number else field.name


def _model(kind: ComplexType) -> str:
    if not kind.kind:
        return ""
    return kind.kind if kind.times == (1, 1) else f"{kind.kind} {_range(*kind.times)}"


def _range(minimum: int, maximum: int | None) -> str:
    return f"{minimum} to {'any number' if maximum is None else maximum} times"


def _most(maximum: int | None) -> str:
    return "any number" if maximum is None else f"at most {maximum}"


def _after(field: Field, kind: ComplexType) -> str:
    index = kind.fields.index(field)
    return f"after {_name(kind.fields[index - 1])}" if index else "first"


def _field(field: Field, kind: ComplexType, side: Side) -> str:
    """``string, optional, after jobName``."""
    words = [side.shown(field.type), "required" if field.minimum else "optional"]
    if field.maximum != 1:
        words.append(_most(field.maximum))
    words += ["nillable"] if field.nillable else []
    if kind.kind != ALL:
        words.append(_after(field, kind))
    return ", ".join(words)


def _group(group: Group) -> str:
    return f"{group.kind} of {', '.join(group.names)}, {_range(group.minimum, group.maximum)}"


def _attribute(attribute: Attribute, side: Side) -> str:
    words = [side.shown(attribute.type), attribute.use, attribute.default]
    return ", ".join(word for word in words if word)


def _simple(kind: SimpleType, side: Side) -> str:
    """A type of values in words, with the first of its constants."""
    words = f"{kind.variety} of {side.shown(kind.base)}".removeprefix(" of ").strip()
    return ", ".join([words, *(f"{facet.kind} {facet.value}" for facet in kind.facets[:5])])
