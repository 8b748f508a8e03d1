"""The nearest valid form of a message: repaired finding by finding, judged, and shown as changes.

It is a proposal to a reader. Where there is no telling what was meant, there is none.
"""

from __future__ import annotations

import difflib
import re
from copy import deepcopy
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from ips_contract.contract.misnamed import real_name
from ips_contract.contract.model import ComplexType, Contract, Field, SimpleType, contract
from ips_contract.contract.rules import RULES, WARNING
from ips_contract.contract.values import never, problems
from ips_contract.contract.versions import UNVERSIONED
from ips_contract.http.redaction import redact
from ips_contract.validation.validator import examine
from ips_contract.xml.envelope import message_in
from ips_contract.xml.parser import (
    Unreadable,
    children,
    local_name,
    names_among,
    namespace_of,
    parse,
)
from ips_contract.xml.text import near

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ips_contract.validation.report import Report, Violation

_MOST_BYTES = 64 * 1024  # Nobody reads the changes of a larger message.
_MOST_ROUNDS = 12
_MOST_LOOKS = 8_000_000  # Children among which those are looked for that are to be repaired.
_MOST_LINES = 40
_STEP = re.compile(r"([^/\[]+)(?:\[(\d+)\])?")

# Values to stand where one is missing, by the type's name or its base.
_SAMPLES = {
    "CompanyHandle": ("47", "c|47"),
    "OptionalCompanyHandle": ("47", "c|47"),
    "JobHandle": ("47|My Job|", "j|47|My Job||"),
    "OptionalJobHandle": ("47|My Job|", "j|47|My Job||"),
    "JobName": ("My Job",),
    "Locale": ("en-US",),
    "SourceUrl": ("https://example.com/image.tif",),
    "xs:boolean": ("true",),
    "xs:int": ("0",),
    "xs:long": ("0",),
    "xs:double": ("0",),
    "xs:dateTime": ("2030-01-01T00:00:00Z",),
    "xs:string": ("...",),
    "xs:token": ("...",),
}
_BOOLEANS = {"yes": "true", "on": "true", "no": "false", "off": "false"}


class Node(NamedTuple):
    """An element of the message, and the row of its type."""

    element: etree._Element
    field: Field | None
    kind: ComplexType | None


def nearest(report: Report) -> list[str]:
    """The changes that make the document of ``report`` valid, as lines of a diff; [] if unknown."""
    data = report.data
    if data is None or report.version is None or report.valid or len(data) > _MOST_BYTES:
        return []
    try:
        root = parse(data)
    except Unreadable:
        return []
    before = _lines(root)
    repair = _Repair(root, contract(report.version))
    for _ in range(_MOST_ROUNDS):
        errors = examine(repair.root, None, report.version).errors
        if not errors:
            return _diff(before, _lines(repair.root))
        # All in one round, as far as they do not touch one another.
        done = [repair.try_to(error) for error in errors]
        if True not in done or repair.is_spent:
            return []
    return []


def _lines(root: etree._Element) -> list[str]:
    copy = deepcopy(root)
    etree.cleanup_namespaces(copy)
    etree.indent(copy, "  ")
    # Hidden in both forms: a secret may have got its right name, or lost it.
    text = etree.tostring(copy, encoding="unicode").encode("utf-8", "surrogatepass")
    return redact(text).decode("utf-8", "surrogatepass").split("\n")


def _diff(before: list[str], after: list[str]) -> list[str]:
    changes = list(difflib.unified_diff(before, after, lineterm="", n=1))[2:]
    lines = ["..." if line.startswith("@@") else line for line in changes]
    lines = lines[1:] if lines[:1] == ["..."] else lines
    more = len(lines) - _MOST_LINES
    return [*lines[:_MOST_LINES], f"... and {more} more lines"] if more > 0 else lines


class _Repair:
    """Changes ``root`` for one finding at a time; it may become another element."""

    def __init__(self, root: etree._Element, table: Contract) -> None:
        self.root = root
        self._table = table
        self._looks = _MOST_LOOKS
        message = message_in(root)
        self._namespace = namespace_of(message) if message is not None else UNVERSIONED
        fixes: dict[str, Callable[[Node, Violation], bool]] = {
            "missing-element": self._add,
            "unknown-element": self._rename,
            "wrong-namespace": self._move_namespace,
            "not-in-version": self._remove,
            "element-order": self._sort,
            "stray-text": self._drop_text,
            "stray-attribute": self._drop_attributes,
            **dict.fromkeys(
                ("repeated-element", "one-job", "one-schedule", "one-crop", "one-follow-up"),
                self._remove,
            ),
            **dict.fromkeys(
                ("wrong-type", "constant", "range", "blank", "time-zone", "locale"), self._revalue
            ),
        }
        self._fixes = fixes

    @property
    def is_spent(self) -> bool:
        """Whether so much was looked at that it was given up: a flood, which nobody repairs."""
        return self._looks < 0

    def try_to(self, finding: Violation) -> bool:
        """Whether something was changed for ``finding``."""
        if self.is_spent:
            return False
        fix = self._fixes.get(finding.rule)
        node = self._find(finding.path)
        return fix is not None and node is not None and fix(node, finding)

    def _find(self, path: str) -> Node | None:
        steps = _STEP.findall(path)
        if not steps or steps[0][0] != local_name(self.root):
            return None
        node = self._node(self.root, None)
        for name, number in steps[1:]:
            self._looks -= len(node.element)
            named = node.element.iterchildren(f"{{*}}{name}")
            child = next(islice(named, int(number or 1) - 1, None), None)
            if child is None:
                return None
            fields = node.kind.fields if node.kind is not None else ()
            field = next((row for row in fields if row.name == name), None)
            node = self._node(child, field)
        self._looks -= len(node.element)  # All of which a fix may read.
        return node

    def _node(self, element: etree._Element, field: Field | None) -> Node:
        table = self._table
        name = field.type if field is not None else table.messages.get(local_name(element), "")
        return Node(element, field, table.complex_types.get(name))

    # One for each kind of finding.

    def _add(self, node: Node, _: Violation) -> bool:
        if node.kind is None:
            return False
        there = names_among(node.element, [row.name for row in node.kind.fields])
        lacking = [row for row in node.kind.fields if row.required and row.name not in there]
        for field in lacking:
            node.element.append(self._sample(field))
        self._arrange(node)
        return bool(lacking)

    def _sample(self, field: Field) -> etree._Element:
        element = etree.Element(f"{{{self._namespace}}}{field.name}")
        kind = self._table.complex_types.get(field.type)
        if kind is None:
            element.text = self._value(field.type, "")
        for below in kind.fields if kind is not None else ():
            if below.required:
                element.append(self._sample(below))
        return element

    def _rename(self, node: Node, _: Violation) -> bool:
        home = self._home(node)
        if home is None or home.kind is None:
            return False
        there = names_among(home.element, [row.name for row in home.kind.fields])
        allowed = tuple(row.name for row in home.kind.fields if row.name not in there)
        name = local_name(node.element)
        known = real_name(name, allowed)
        guess = known[0] if known is not None else near(name, allowed)
        if guess is None:
            return self._remove(node)
        node.element.tag = f"{{{self._namespace}}}{guess}"
        return True

    def _move_namespace(self, node: Node, _: Violation) -> bool:
        element = node.element
        message = message_in(self.root)
        if element is message:
            wanted = self._table.version.namespace
        else:
            wanted = UNVERSIONED if local_name(element) == "authHeader" else self._namespace
        if wanted == namespace_of(element):
            return False
        old = namespace_of(element)
        if element is message:
            return self._rewrite(element, old, wanted)
        for below in list(element.iter(etree.Element)):
            if namespace_of(below) == old:
                below.tag = f"{{{wanted}}}{local_name(below)}"
        return True

    def _rewrite(self, message: etree._Element, old: str, new: str) -> bool:
        # As text: changed tags would get prefixes that nobody wrote.
        tail, message.tail = message.tail, None
        text = etree.tostring(message, encoding="unicode")
        name = local_name(message)
        if old:
            text = text.replace(f'"{old}"', f'"{new}"')
        else:
            text = text.replace(f"<{name}", f'<{name} xmlns="{new}"', 1)
        found = parse(text.encode(), decoded=True)
        found.tail = tail
        parent = message.getparent()
        if parent is None:
            self.root = found
        else:
            parent.replace(message, found)
        self._namespace = new
        return True

    def _remove(self, node: Node, _: Violation | None = None) -> bool:
        parent = node.element.getparent()
        if parent is None or node.element is message_in(self.root):
            return False
        parent.remove(node.element)
        return True

    def _sort(self, node: Node, _: Violation) -> bool:
        home = self._home(node)
        return home is not None and self._arrange(home)

    def _home(self, node: Node) -> Node | None:
        """The parent of ``node``."""
        parent = node.element.getparent()
        return self._find(_path(parent)) if parent is not None else None

    def _arrange(self, node: Node) -> bool:
        fields = node.kind.fields if node.kind is not None else ()
        places = {row.name: at for at, row in enumerate(fields)}
        found = children(node.element)
        ordered = sorted(found, key=lambda child: places.get(local_name(child), len(places)))
        node.element[:] = ordered
        return ordered != found

    def _drop_text(self, node: Node, _: Violation) -> bool:
        self._looks -= 8 * len(node.element)  # A text is not read as quickly as a name.
        node.element.text = None
        for child in node.element:
            if child.tail is not None:  # To write takes long.
                child.tail = None
        return True

    def _drop_attributes(self, node: Node, _: Violation) -> bool:
        node.element.attrib.clear()
        return True

    def _revalue(self, node: Node, _: Violation) -> bool:
        if node.field is None or node.kind is not None:
            return False
        value = self._value(node.field.type, (node.element.text or "").strip())
        if value is None:
            return False
        for child in list(node.element):
            node.element.remove(child)
        node.element.text = value
        return True

    def _value(self, type_name: str, text: str) -> str | None:
        """The first value near ``text`` that the type accepts."""
        kind = self._table.simple_types.get(type_name) or SimpleType("", type_name)
        for value in _near_values(kind, text):
            if not any(RULES[rule].severity != WARNING for rule, _ in problems(kind, value, never)):
                return value
        return None


def _near_values(kind: SimpleType, text: str) -> Iterator[str]:
    constants = tuple(row.value for row in kind.facets if row.kind == "enumeration")
    if constants:
        yield near(text, constants) or constants[0]
    if text:
        low = text.casefold()
        yield _BOOLEANS.get(low, low)
        yield f"{text}Z"
        yield text.replace(" ", "T") + "Z"
        yield text.replace(",", ".")
        yield text.partition(".")[0]
        language, _, country = text.replace("_", "-").partition("-")
        yield f"{language.lower()}-{country.upper()}"
        yield language.lower()
        bounds = [row.value for row in kind.facets if row.kind.endswith("Inclusive")]
        try:
            yield from sorted(bounds, key=lambda bound: abs(float(bound) - float(text)))
        except ValueError:
            yield from bounds
    yield from _SAMPLES.get(kind.name, ())
    yield from _SAMPLES.get(kind.base, ())


def _path(element: etree._Element) -> str:
    """The path of ``element`` as findings write it."""
    parts = []
    at: etree._Element | None = element
    while at is not None:
        name = local_name(at)
        before = sum(1 for _ in at.itersiblings(f"{{*}}{name}", preceding=True))
        parts.append(f"{name}[{before + 1}]")
        at = at.getparent()
    return "/" + "/".join(reversed(parts))
