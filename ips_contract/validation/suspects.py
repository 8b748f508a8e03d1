"""Which elements of a large document deserve a look: those that libxml2 complains of.

It reads a thousand items in the time that the diagnosis takes for a hundred. Its words are not
used, and that it stops at a parent's first mistake is allowed for.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from ips_contract.contract.compiled_schemas import CleanSchema
from ips_contract.contract.components import XS
from ips_contract.contract.schema import CLEAN, render
from ips_contract.validation.value_checks import doubtful

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from ips_contract.contract.compiled_schemas import Complaint
    from ips_contract.contract.schema import CheckedElement
    from ips_contract.contract.versions import Version

MANY, MOST = 50, 5000  # Children of a list that is judged by libxml2.
_MOST_COMPLAINTS = 200  # With more, the walk over everything is as fast.


class Suspects(NamedTuple):
    """The elements of a message that a finding may be about; all else in the document is right.

    Attributes:
        message: the message.
        version: its version.
        path: its absolute path.
        elements: those elements, with all that is in them; ``message`` may be one.
        is_refused: whether the message's clean schema refuses it.
        is_own: whether that is for what is in those elements themselves, each time.
    """

    message: etree._Element
    version: Version
    path: str
    elements: list[etree._Element]
    is_refused: bool
    is_own: bool

    def is_explained_by(self, found: Iterable[etree._Element]) -> bool:
        """Whether findings on the elements ``found`` are all that the schema can have meant."""
        return self.is_own and frozenset(found).issuperset(self.elements)


def suspects_in(
    judged: etree._Element,
    message: etree._Element,
    data: bytes,
    complaints: Collection[Complaint],
    checked: Mapping[str, CheckedElement],
) -> list[etree._Element] | None:
    """The elements of ``message`` that a finding may be about; None if all is to be looked at.

    Args:
        judged: what libxml2 has judged: the message, or its envelope.
        message: the message.
        data: the document.
        complaints: what libxml2 has found in ``judged``.
        checked: the elements that may be there and ask for checks beyond XSD.
    """
    found = elements(judged, complaints)
    if found is None:
        return None
    if message is not judged and not all(_is_in(message, element) for element in found):
        return None
    if checked and message not in found:
        unchecked = doubtful(message, data, checked, clean=not complaints)
        found += [one for one in unchecked if one not in found]
    return found


def _is_in(message: etree._Element, element: etree._Element) -> bool:
    return element is message or message in element.iterancestors()


def elements(root: etree._Element, complaints: Iterable[Complaint]) -> list[etree._Element] | None:
    """The elements under ``root`` to look at, so that nothing else can be wrong.

    Where an element is out of place, that is its parent, with all that is in it: libxml2 has not
    looked at what follows. None if there are too many, or one is not to be found.
    """
    found: dict[etree._Element, None] = {}
    for number, complaint in enumerate(complaints):
        element = _at(root, complaint.path) if number < _MOST_COMPLAINTS else None
        if element is None:
            return None
        parent = element.getparent()
        if not complaint.own and element is not root and parent is not None:
            element = parent
        found[element] = None
    return list(found)


_STEP = re.compile(r"([^\[]+)(?:\[(\d+)\])?")
_CHILD = etree.XPath("*[name() = $name][$number]")


def _at(root: etree._Element, path: str) -> etree._Element | None:
    """The element at the ``path`` that libxml2 gives; None if there is none.

    ``*`` stands for a name in a default namespace, and is counted among all siblings; the parser
    leaves nothing but elements.
    """
    element = root
    for step in path.split("/")[2:]:
        match = _STEP.fullmatch(step)
        if match is None or step[0] == "@":
            return element if step[:1] == "@" else None
        number = int(match[2] or 1)
        if match[1] == "*":
            if number > len(element):
                return None
            element = element[number - 1]
            continue
        there = _CHILD(element, name=match[1], number=number)
        if not isinstance(there, list) or not there:
            return None
        element = there[0]
    return element


@lru_cache(maxsize=64)
def _list_schema(version: Version, namespace: str, name: str, kind: str) -> CleanSchema:
    """The clean schema of an element ``name`` of the type ``kind``."""
    root = render(version, CLEAN, namespace, (kind,))
    etree.SubElement(root, XS + "element", name=name, type=kind)
    return CleanSchema(root)


@lru_cache(maxsize=64)
def _items_schema(
    version: Version, namespace: str, array: str, name: str, kind: str
) -> CleanSchema:
    """A schema of the element ``array`` with anything in it, where ``name`` is of type ``kind``.

    So each of the items is judged, whatever stands between them. That takes twice as long.
    """
    root = render(version, CLEAN, namespace, (kind,))
    etree.SubElement(root, XS + "element", name=name, type=kind)
    element = etree.SubElement(root, XS + "element", name=array)
    content = etree.SubElement(element, XS + "complexType", mixed="true")
    sequence = etree.SubElement(content, XS + "sequence")
    anything = {"minOccurs": "0", "maxOccurs": "unbounded", "processContents": "lax"}
    etree.SubElement(sequence, XS + "any", anything)
    etree.SubElement(content, XS + "anyAttribute", processContents="skip")
    return CleanSchema(root)


class ListType(NamedTuple):
    """A type of lists: the name of its items, and their type's."""

    name: str
    item: str
    item_type: str


def items(
    array: etree._Element, data: bytes, version: Version, namespace: str, kind: ListType
) -> list[etree._Element] | None:
    """The items of the list ``array`` that deserve a look, and what in others does.

    What stands in the list that is none of its items is not looked at here.

    Args:
        array: an element of a document, all of whose items have complex content.
        data: the document.
        version: the version to judge by.
        namespace: the namespace of all.
        kind: the list's type.

    Returns:
        The elements, in document order; None if there are too many.
    """
    name = etree.QName(array).localname
    schema = _list_schema(version, namespace, name, kind.name)
    found = elements(array, schema.complaints(array))
    if found is not None and array in found:
        schema = _items_schema(version, namespace, name, kind.item, kind.item_type)
        found = elements(array, schema.complaints(array))
    if found is None or array in found:
        return None
    unchecked = doubtful(array, data, schema.checked, clean=False)
    return [*found, *(element for element in unchecked if element not in found)]
