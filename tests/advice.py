"""Does literally what a finding's message says, on the tree: what ``test_advice`` rests on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from ips_contract.contract.model import ComplexType, contract
from tests.everything import fill, value

if TYPE_CHECKING:
    from ips_contract.contract.versions import Version
    from ips_contract.validation.report import Violation


class NoAdvice(Exception):
    """The message says nothing that could be done."""


class Follower:
    """One message of one version, and what is done to it."""

    def __init__(self, root: etree._Element, version: Version) -> None:
        self.root = root
        self.version = version
        self.table = contract(version)
        self.tag = f"{{{version.namespace}}}"
        self.made: list[etree._Element] = []

    def follow(self, finding: Violation) -> etree._Element:
        """Changes the message as ``finding`` says; returns the element that it is about."""
        words = finding.message
        element = self.find(finding.path)
        for pattern, act in _ACTIONS:
            match = re.search(pattern, words)
            if match is not None:
                act(self, element, *match.groups())
                return element
        raise NoAdvice(words)

    def find(self, path: str) -> etree._Element:
        """The element at ``path``."""
        element = self.root
        for step in path.split("/")[2:]:
            name, _, number = step.partition("[")
            index = int(number.rstrip("]") or 1) - 1
            element = [c for c in element if local(c) == name][index]
        return element

    def path(self, element: etree._Element) -> str:
        """The path of ``element`` as findings give it."""
        parent = element.getparent()
        if parent is None:
            return f"/{local(element)}"
        alike = [child for child in parent if local(child) == local(element)]
        kind = self.kind(parent)
        lists = [f.name for f in (kind.fields if kind else ()) if f.maximum != 1]
        number = alike.index(element) + 1
        shown = number > 1 or local(element) in lists
        return f"{self.path(parent)}/{local(element)}" + (f"[{number}]" if shown else "")

    def kind(self, element: etree._Element) -> ComplexType | None:
        """The type of ``element``, if it is one of the contract's."""
        parent = element.getparent()
        if parent is None:
            return self.table.complex_types[
                self.table.type_of(local(element), self.version.namespace)
            ]
        above = self.kind(parent)
        found = [f for f in above.fields if f.name == local(element)] if above else []
        return self.table.complex_types.get(found[0].type) if found else None

    def rename(self, element: etree._Element, name: str) -> None:
        element.tag = self.tag + name

    def move(self, element: etree._Element, home: str) -> None:
        """Into the nearest element that is at ``home``; what lacks is made."""
        first, *rest = home.split("/")
        parent = element.getparent()
        assert parent is not None
        for around in [parent, *parent.iterancestors()]:
            if around is not parent and local(around) == home:
                around.append(element)
                return
            kind = self.kind(around)
            if kind is not None and any(field.name == first for field in kind.fields):
                target = around
                for name in (first, *rest):
                    below = target.find(self.tag + name)
                    if below is None or below is element:
                        below = etree.SubElement(target, self.tag + name)
                        self.made.append(below)
                    target = below
                target.append(element)
                return
        raise NoAdvice(home)

    def remove(self, element: etree._Element) -> None:
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)

    def reorder(self, element: etree._Element, after: str | None, before: str | None) -> None:
        parent = element.getparent()
        assert parent is not None
        if after is not None:
            [*_, last] = [c for c in parent if local(c) == after and c is not element]
            last.addnext(element)
        else:
            assert before is not None
            next(c for c in parent if local(c) == before and c is not element).addprevious(element)

    def add(
        self, element: etree._Element, name: str, where: str | None, beside: str | None
    ) -> None:
        child = etree.SubElement(element, self.tag + name)
        kind = self.kind(element)
        assert kind is not None
        (field,) = [field for field in kind.fields if field.name == name]
        if field.type in self.table.complex_types:
            fill(self.table, self.version, child, field.type, full=False)
        else:
            child.text = value(self.table, self.version, field.type)
        if where is not None:
            places = (beside, None) if where == "after" else (None, beside)
            self.reorder(child, *places)

    def add_first(self, element: etree._Element, name: str) -> None:
        self.add(element, name, None, None)

    def fill_in(self, element: etree._Element, name: str) -> None:
        self.correct(next(child for child in element if local(child) == name))

    def write(self, element: etree._Element, text: str) -> None:
        element.text = text

    def correct(self, element: etree._Element) -> None:
        """Gives ``element`` a value of its type."""
        parent = element.getparent()
        assert parent is not None
        kind = self.kind(parent)
        assert kind is not None
        (field,) = [field for field in kind.fields if field.name == local(element)]
        element.text = value(self.table, self.version, field.type)

    def qualify(self, element: etree._Element, namespace: str) -> None:
        element.tag = f"{{{namespace}}}{local(element)}"

    def take_text_out(self, element: etree._Element) -> None:
        element.text = None
        for child in element:
            child.tail = None

    def drop_attribute(self, element: etree._Element, name: str) -> None:
        for key in list(element.attrib):
            if etree.QName(key).localname == name:
                del element.attrib[key]


def local(element: etree._Element) -> str:
    return etree.QName(element).localname


# What a message says, and what to do; the first that fits.
_ACTIONS = (
    (r"; write (\w+)\.$", Follower.rename),
    (r"the element's name is (\w+)\.$", Follower.rename),
    (r"it belongs inside ([\w/]+)", Follower.move),
    (r"keep one", Follower.remove),
    (r"it belongs (?:after (\w+))?(?: and )?(?:before (\w+))?\.$", Follower.reorder),
    (r"has no (\w+); add it(?: (after|before) (\w+))?\.$", Follower.add),
    (r"job elements: (\w+)", Follower.add_first),
    (r"add (companyHandle) or companyName", Follower.add_first),
    (r"; fill (\w+)\.$", Follower.fill_in),
    (r"^Text .* remove it", Follower.take_text_out),
    (r"^Attribute (\w+) on .* out\.$", Follower.drop_attribute),
    (r"[Ll]eave it out|remove it\.$|split the request|leave it out of", Follower.remove),
    (r"it needs (http\S+)\.$", Follower.qualify),
    (r" Write (\w+)\.$", Follower.write),
    (r'^".*" (?:is|has|does not look)|is empty or blank', Follower.correct),
    (r"; it (?:has .*|is empty)\.$", Follower.remove),
)
