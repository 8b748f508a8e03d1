"""Why a message is not as the contract has it: every finding, in words, with its element.

The XSD engines answer yes or no quickly; their messages stop at a parent's first mistake and
speak of automata. This walk over the tree finds all mistakes and says what to do. Tests hold
its verdict to that of both engines.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from ips_contract.envelope import (
    SOAP_11,
    SOAP_12,
    SOAP_ENCODING,
    children,
    local_name,
    namespace_of,
    text_of,
)
from ips_contract.faults import FAULT_CODES, MISSING_PARAMETER
from ips_contract.rows import ComplexType, Contract, Field, SimpleType, contract
from ips_contract.rules import RULES
from ips_contract.values import problems, quick_accept
from ips_contract.versions import Version, find_version
from ips_contract.wording import BLANKS, clipped, list_of, named, near, quoted, real_name

if TYPE_CHECKING:
    from collections.abc import Iterator

XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSD = "http://www.w3.org/2001/XMLSchema"
# Attributes of these belong to SOAP or point at schemas; the service reads past them (O).
_SOAP_ATTRIBUTES = tuple(f"{{{namespace}}}" for namespace in (SOAP_11, SOAP_12, SOAP_ENCODING))
_XSI_TYPE, _XSI_NIL = f"{{{XSI}}}type", f"{{{XSI}}}nil"
_XSI_LOCATIONS = (f"{{{XSI}}}schemaLocation", f"{{{XSI}}}noNamespaceSchemaLocation")
# xsi:type may name the service's type of a value or one derived from it.
_DERIVED = {
    "string": {"normalizedString", "token"},
    "int": {"short", "byte", "unsignedShort", "unsignedByte"},
    "long": {"int", "short", "byte", "unsignedInt", "unsignedShort", "unsignedByte"},
}
MOST_FINDINGS = 10_000
MOST_ATTRIBUTES = 100  # Of one element, that are looked at one by one.


class Finding(NamedTuple):
    """A broken rule at an element; ``fault`` overrides the rule's fault code."""

    rule: str
    message: str
    path: str
    element: etree._Element
    fault: int | None = None


class Slot(NamedTuple):
    """A field with what the walk needs of it, looked up once.

    ``position`` orders siblings; ``accepts`` is a quick predicate for clean values, or None;
    ``plain``: one at most, and nothing to remark on it being there.
    """

    position: int
    name: str
    field: Field
    plain: bool
    simple: SimpleType | None
    accepts: Callable[[str], object] | None
    complex: ComplexType | None


class Place(NamedTuple):
    """A child that the contract knows, and its slot."""

    element: etree._Element
    slot: Slot


class Enough(Exception):
    """The walk stops: more findings than anyone reads, or as many elements as were asked for."""


@lru_cache(maxsize=1024)
def _slots(version: Version, type_name: str, prefix: str) -> dict[object, Slot]:
    """Tag → slot for the children of a type; ``prefix`` is the namespace in braces."""
    table = contract(version)
    kind = table.complex_types[type_name]
    slots: dict[object, Slot] = {}
    position = 0
    for index, field in enumerate(kind.fields):
        # Alternatives share a position: their order is not what is wrong with them.
        same = index and field.choice is not None and field.choice == kind.fields[index - 1].choice
        position += not same
        simple = simple_type(table, field.type)
        slots[prefix + field.name] = Slot(
            position,
            field.name,
            field,
            field.maximum == 1 and field.present is None,
            simple,
            quick_accept(simple) if simple else None,
            table.complex_types.get(field.type),
        )
    return slots


@lru_cache(maxsize=1024)
def _wanted(version: Version, type_name: str) -> tuple[Field, ...]:
    """The fields of a type whose absence is remarked on."""
    fields = contract(version).complex_types[type_name].fields
    return tuple(field for field in fields if field.required or field.absent is not None)


def simple_type(table: Contract, name: str) -> SimpleType | None:
    """The simple type called ``name``; an XSD built-in is one without facets."""
    if name.startswith("xs:"):
        return SimpleType(name, name)
    return table.simple_types.get(name)


class Diagnosis:
    """One walk over one message.

    Args:
        version: the version to judge by.
        namespace: the namespace that the message's elements should have.
        request: whether a client sends the message; some rules are for requests only.
        elements: how many elements to look at, at most.
    """

    def __init__(
        self, version: Version, namespace: str, *, request: bool, elements: int = -1
    ) -> None:
        self.findings: list[Finding] = []
        self._left = elements
        # Elements with attributes that the service reads past and an XSD engine would refuse.
        self.tolerated: list[tuple[etree._Element, str]] = []
        self._unknowns: dict[tuple[str, str], tuple[str, str, str]] = {}
        self._contract = contract(version)
        self._version = version
        self._namespace = namespace
        self._prefix = f"{{{namespace}}}"
        self._request = request

    def message(self, root: etree._Element, path: str) -> None:
        """Walks the message ``root``; ``path`` is its absolute path."""
        kind = self._contract.complex_types[self._contract.messages[local_name(root)]]
        try:
            self._complex(root, kind, path)
        except Enough:
            pass

    def _add(
        self,
        rule: str,
        message: str,
        path: str,
        element: etree._Element,
        fault: int | None = None,
    ) -> None:
        if RULES[rule].request_only and not self._request:
            return
        if len(self.findings) >= MOST_FINDINGS:
            raise Enough
        self.findings.append(Finding(rule, message, path, element, fault))

    def _complex(self, element: etree._Element, kind: ComplexType, path: str) -> None:
        slots = _slots(self._version, kind.name, self._prefix)
        if element.keys():
            self._attributes(element, kind.name, path)
        text = element.text
        if text is not None and text.strip(BLANKS):
            self._stray_text(element, text, path)
        counts: dict[str, int] = {}
        guessed: set[str] = set()
        in_order = True
        last = 0
        # A slice of a few children is read faster than an iterator; a look at the first elements
        # of a long list must not read them all.
        for child in element if self._left > 0 else element[:]:
            self._left -= 1
            if not self._left:
                raise Enough
            text = child.tail
            if text is not None and text.strip(BLANKS):
                self._stray_text(element, text, path)
            slot = slots.get(child.tag)
            if slot is None:
                guessed.add(self._unknown(child, kind, counts, path))
                continue
            in_order = in_order and slot.position >= last
            last = slot.position
            count = counts[slot.name] = counts.get(slot.name, 0) + 1
            self._known(child, slot, count, path)
        if not in_order and kind.ordered:
            self._order(self._places(element, slots), path)
        if kind.choices:
            self._choices(element, kind, self._places(element, slots), guessed, path)
        self._missing(element, kind, counts, guessed, path)
        if kind.check is not None:
            for rule, message in CHECKS[kind.check](element):
                self._add(rule, message, path, element)

    def _known(self, child: etree._Element, slot: Slot, count: int, path: str) -> None:
        _, _, field, plain, simple, accepts, below = slot
        if count > 1 or not plain:
            self._count(child, field, count, path)
        if simple is None:
            assert below is not None
            self._complex(child, below, _child_path(path, field, count))
        elif accepts is None or len(child) or child.keys() or not accepts(child.text or ""):
            self._simple(child, simple, _child_path(path, field, count))

    def _places(self, element: etree._Element, slots: dict[object, Slot]) -> list[Place]:
        return [Place(child, slots[child.tag]) for child in element[:] if child.tag in slots]

    def _count(self, element: etree._Element, field: Field, count: int, path: str) -> None:
        """Remarks on an element being there, or there once more."""
        if field.maximum is not None and count > field.maximum and field.choice is None:
            self._repeated(element, field, _child_path(path, field, count))
        if field.present is not None:
            self._present(element, field, _child_path(path, field, count))

    def _simple(self, element: etree._Element, kind: SimpleType, path: str) -> None:
        if element.keys():
            self._attributes(element, kind.base, path)
        for child in element:
            if isinstance(child.tag, str):
                name = clipped(local_name(child))
                self._add(
                    "unknown-element",
                    f"{name} stands inside {local_name(element)}, which holds text only.",
                    f"{path}/{name}",
                    child,
                )
                return
            self._node(child, path)
        if element.get(_XSI_NIL) is not None:
            return  # Said already; an empty text is what nil means.
        for rule, message in problems(kind, text_of(element)):
            words = message if message[0] == '"' else f"{local_name(element)} {message}"
            self._add(rule, words, path, element)

    def _node(self, node: etree._Element, path: str) -> None:
        """Comments and instructions are nothing; entity references do not belong in messages."""
        if isinstance(node, etree._Entity):
            parent = node.getparent()
            assert parent is not None
            self._add(
                "document-type", f"{clipped(node.text or '')} is an entity reference.", path, parent
            )

    def _attributes(self, element: etree._Element, type_name: str, path: str) -> None:
        if len(element.attrib) > MOST_ATTRIBUTES:
            words = f"{local_name(element)} has {len(element.attrib)} attributes; it needs none."
            self._add("stray-attribute", words, path, element)
            return
        for key in list(element.attrib):  # Reading all values takes quadratic time.
            name = str(key)
            if name.startswith(_SOAP_ATTRIBUTES) or name in _XSI_LOCATIONS:
                self.tolerated.append((element, name))
            elif name == _XSI_TYPE and self._fits(element, type_name):
                self.tolerated.append((element, name))
            else:
                self._stray_attribute(element, name, path)

    def _fits(self, element: etree._Element, type_name: str) -> bool:
        """Whether xsi:type names the element's type as the service's WSDL has it."""
        prefix, _, local = element.get(_XSI_TYPE, "").strip(BLANKS).rpartition(":")
        namespace = element.nsmap.get(prefix or None)
        if namespace == self._namespace:
            return local == type_name
        base = type_name.removeprefix("xs:").replace("token", "string")
        return namespace == XSD and (local == base or local in _DERIVED.get(base, ()))

    def _stray_attribute(self, element: etree._Element, name: str, path: str) -> None:
        local = clipped(name.rpartition("}")[2])
        if name == _XSI_NIL:
            advice = "to send no value, leave the element out"
        elif name == _XSI_TYPE:
            value = quoted(element.get(_XSI_TYPE, ""))
            advice = f"{value} is not the element's type; leave xsi:type out"
        else:
            advice = "elements of the API have no attributes; leave it out"
        self._add(
            "stray-attribute",
            f"Attribute {local} on {local_name(element)}: {advice}.",
            path,
            element,
        )

    def _stray_text(self, element: etree._Element, text: str, path: str) -> None:
        self._add(
            "stray-text",
            f"Text {quoted(text.strip(BLANKS))} stands in {local_name(element)}, which holds "
            "elements only; remove it or put it into its element.",
            path,
            element,
        )

    def _present(self, element: etree._Element, field: Field, path: str) -> None:
        rule = field.present
        assert rule is not None
        if rule == "later-than-pre-4.0":
            since = find_version(field.since)
            message = (
                f"{field.name} came with {since.label}; to be sure that the service takes it, use "
                f"the namespace {since.namespace}."
            )
        elif rule == "deprecated-job":
            message = f"{field.name} is deprecated; use reprocessAssetsJob."
        else:
            message = f"{field.name} is a count in answers; leave it out of requests."
        self._add(rule, message, path, element)

    def _repeated(self, element: etree._Element, field: Field, path: str) -> None:
        if field.maximum == 1:
            message = f"{field.name} stands more than once; keep one."
        else:
            message = f"More than {field.maximum} {field.name}; split the request."
        self._add(field.maximum_rule, message, path, element)

    def _unknown(
        self, element: etree._Element, kind: ComplexType, counts: dict[str, int], path: str
    ) -> str:
        """Reports ``element``; returns the name it was probably meant to have, or ``""``."""
        if not isinstance(element.tag, str):
            self._node(element, path)
            return ""
        tag = element.tag
        name = clipped(local_name(element))
        key = f"?{tag}"  # A tag without a namespace is no field's name.
        count = counts[key] = counts.get(key, 0) + 1
        path = f"{path}/{name}" if count == 1 else f"{path}/{name}[{count}]"
        found = self._unknowns.get((kind.name, tag))
        if found is None:
            found = self._unknowns[kind.name, tag] = self._unknown_words(element, kind)
        rule, message, guess = found
        self._add(rule, message, path, element)
        return guess

    def _unknown_words(self, element: etree._Element, kind: ComplexType) -> tuple[str, str, str]:
        """The rule that the unknown ``element`` breaks, the message, and the name it meant."""
        name, namespace = local_name(element), namespace_of(element)
        parent = self._shown(kind)
        allowed = tuple(field.name for field in kind.fields)
        if namespace != self._namespace:
            message = f"{clipped(name)} has {named(namespace)}; it needs {self._namespace}."
            return "wrong-namespace", message, name if name in allowed else ""
        if name in kind.elsewhen:
            return "not-in-version", self._not_in_version(kind.elsewhen[name]), name
        known = real_name(name, allowed)
        if known is not None:
            guess, where = known
            message = f"{name} comes from {where}; the element's name is {guess}."
            return "unknown-element", message, guess
        guess = near(name, allowed) or ""
        homes = [] if guess else self._homes(name)
        message = f"{parent} has no element {quoted(name)}; "
        if guess:
            message += f"write {guess}."
        elif homes:
            message += f"it belongs inside {list_of(homes)}."
        elif allowed:
            message += f"it has {list_of(allowed, 'and')}."
        else:
            message += "it is empty."
        return "unknown-element", message, guess

    def _homes(self, name: str) -> list[str]:
        types = self._contract.complex_types.values()
        homes = [kind for kind in types if any(f.name == name for f in kind.fields)]
        return [self._shown(kind) for kind in homes][:4]

    def _shown(self, kind: ComplexType) -> str:
        """The name of a type for readers; that of a message is the element's."""
        of_message = kind.name in self._contract.messages.values()
        return kind.name.removesuffix("Type") if of_message else kind.name

    def _not_in_version(self, field: Field) -> str:
        if field.until and self._version.rank >= find_version(field.until).rank:
            words = f"{field.name} was there before {find_version(field.until).label} only"
        else:
            since = find_version(field.since)
            words = f"{field.name} came with {since.label} ({since.namespace})"
        advice = "Leave it out or change the version."
        return f"{words}; this message is of {self._version.label}. {advice}"

    def _order(self, places: list[Place], path: str) -> None:
        """Reports the fewest elements whose move puts the rest in order."""
        keep = _longest_ordered([place.slot.position for place in places])
        kept = [places[index] for index in sorted(keep)]
        seen: dict[str, int] = {}
        for index, (element, slot) in enumerate(places):
            name = slot.name
            count = seen[name] = seen.get(name, 0) + 1
            if index in keep:
                continue
            before = [place.slot.name for place in kept if place.slot.position < slot.position]
            after = [place.slot.name for place in kept if place.slot.position > slot.position]
            where = [f"after {before[-1]}"] if before else []
            where += [f"before {after[0]}"] if after else []
            self._add(
                "element-order",
                f"{name} is out of order; it belongs {' and '.join(where)}.",
                _child_path(path, slot.field, count),
                element,
            )

    def _choices(
        self,
        element: etree._Element,
        kind: ComplexType,
        places: list[Place],
        guessed: set[str],
        path: str,
    ) -> None:
        for index, choice in enumerate(kind.choices):
            chosen = [place for place in places if place.slot.field.choice == index]
            seen: dict[str, int] = {}
            for place in chosen:
                name = place.slot.name
                count = seen[name] = seen.get(name, 0) + 1
                if place is chosen[0]:
                    continue
                first = chosen[0].slot.name
                self._add(
                    choice.rule,
                    f"{name} stands beside {first}; keep one of them."
                    if name != first
                    else f"{name} stands more than once; keep one.",
                    _child_path(path, place.slot.field, count),
                    place.element,
                )
            meant = any(
                name in choice.names
                or (name in kind.elsewhen and kind.elsewhen[name].choice == index)
                for name in guessed
            )
            if choice.required and not chosen and not meant:
                self._add(
                    choice.rule,
                    f"{local_name(element)} has no job; add one of {list_of(choice.names)}.",
                    path,
                    element,
                    MISSING_PARAMETER,
                )

    def _missing(
        self,
        element: etree._Element,
        kind: ComplexType,
        counts: dict[str, int],
        guessed: set[str],
        path: str,
    ) -> None:
        for field in _wanted(self._version, kind.name):
            if field.name in counts or field.name in guessed:
                continue
            at = kind.fields.index(field)
            before = [f.name for f in kind.fields[:at] if f.name in counts]
            after = [f.name for f in kind.fields[at + 1 :] if f.name in counts]
            where = f" after {before[-1]}" if before else f" before {after[0]}" if after else ""
            self._add(
                "missing-element" if field.required else str(field.absent),
                f"{local_name(element)} has no {field.name}; add it{where}.",
                path,
                element,
            )


def begins_clean(root: etree._Element, version: Version, elements: int = 12) -> bool:
    """Whether ``root`` is a message whose first ``elements`` elements give no finding."""
    if local_name(root) not in contract(version).messages:
        return False
    walk = Diagnosis(version, namespace_of(root), request=is_request(root), elements=elements)
    walk.message(root, "")
    return not walk.findings


def is_request(root: etree._Element) -> bool:
    """Whether the message ``root`` is one that clients send."""
    return local_name(root).endswith(("Param", "authHeader"))


def _child_path(path: str, field: Field, count: int) -> str:
    """The path of the ``count``-th child called as ``field``; list elements show their number."""
    if count == 1 and field.maximum == 1:
        return f"{path}/{field.name}"
    return f"{path}/{field.name}[{count}]"


def _longest_ordered(positions: list[int]) -> set[int]:
    """Indices of a longest subsequence of ``positions`` that never descends."""
    from bisect import bisect_right

    tails: list[int] = []  # Index that ends the best subsequence of each length.
    values: list[int] = []
    previous = [-1] * len(positions)
    for index, position in enumerate(positions):
        length = bisect_right(values, position)
        previous[index] = tails[length - 1] if length else -1
        tails[length : length + 1] = [index]
        values[length : length + 1] = [position]
    keep = set()
    index = tails[-1] if tails else -1
    while index >= 0:
        keep.add(index)
        index = previous[index]
    return keep


def _export_format(element: etree._Element) -> Iterator[tuple[str, str]]:
    values = {local_name(child): text_of(child) for child in children(element)}
    if values.get("fmt") == "convert" and not {"is_modifier", "macro"} & values.keys():
        yield "export-format", "fmt is convert; add is_modifier or macro to say how."


def _fault_code(element: etree._Element) -> Iterator[tuple[str, str]]:
    name = local_name(element)
    for child in children(element):
        text = text_of(child).strip(BLANKS)
        digits = text.removeprefix("-").removeprefix("+")
        if local_name(child) != "code" or not digits.isascii() or not digits.isdecimal():
            continue
        if len(digits) > 10 or not -(2**31) <= int(text) < 2**31:
            continue  # It is no int: that is said already.
        row = FAULT_CODES.get(int(text))
        if row is None or row.kind != name:
            codes = [str(code) for code, row in FAULT_CODES.items() if row.kind == name]
            yield "fault-code", f"{quoted(text)} is no documented code of {name}: {list_of(codes)}."


# The checks that ips.xsd names in f:check on complex types.
CHECKS: dict[str, Callable[[etree._Element], Iterator[tuple[str, str]]]] = {
    "export-format": _export_format,
    "fault-code": _fault_code,
}
