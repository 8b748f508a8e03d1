"""Which elements of a large document deserve a look: those that libxml2 complains of.

It reads a thousand items in the time that the diagnosis takes for a hundred. Its words are not
used, and that it stops at a parent's first mistake is allowed for.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from ips_contract.contract.compiled_schemas import CleanSchema
from ips_contract.contract.components import XS
from ips_contract.contract.schema import CLEAN, render
from ips_contract.validation.first_sight import schema_of
from ips_contract.validation.value_checks import doubtful

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ips_contract.contract.compiled_schemas import Complaint
    from ips_contract.contract.schema import CheckedElement
    from ips_contract.contract.versions import Version
    from ips_contract.validation.findings import Finding
    from ips_contract.validation.sight import Sight

    # Elements to look at. Each with the first of its children that libxml2 has not looked at; with
    # None if it has looked at all of them, and with itself if that is not certain.
    Elements = dict[etree._Element, etree._Element | None]
    # An element that libxml2 complains of, and the complaint.
    _Located = tuple[etree._Element, Complaint]

MANY, MOST = 50, 5000  # Children of a list that is judged by libxml2.
_MOST_COMPLAINTS = 200  # With more, the walk over everything is as fast.


class Suspects(NamedTuple):
    """The elements of a message that a finding may be about; all else in it is right.

    Attributes:
        elements: those elements, which nobody changes; the message may be one.
        complaints: how many mistakes libxml2 has found in the message.
        is_own: whether these are in those elements themselves, each time.
    """

    elements: Elements
    complaints: int
    is_own: bool

    def is_explained_by(
        self, findings: Iterable[Finding], accepted: Iterable[etree._Element]
    ) -> bool:
        """Whether ``findings`` and what is ``accepted`` are all that the schema can have meant."""
        about = {found[3] for found in findings}
        return self.is_own and self.elements.keys() <= about.union(accepted)


_NOTHING = Suspects({}, 0, is_own=True)


class Known(NamedTuple):
    """Where in a document a finding may be.

    Attributes:
        version: the version by which that is known.
        parts: the message, and the authHeader in a Header, by their absolute paths, each with those
            of its elements that a finding may be about; None if it is to be walked whole.
        is_alone: whether all around these parts is right.
    """

    version: Version
    parts: dict[str, tuple[etree._Element, Suspects | None]]
    is_alone: bool


def known_by(sight: Sight) -> Known:
    """Where a finding may be in a document of which libxml2 has given ``sight``."""
    parts: dict[str, tuple[etree._Element, Suspects | None]] = {}
    if not sight.complaints:
        for path, part in sight.parts.items():
            parts[path] = part, _NOTHING
        # What does not pass its check stands in the message, which is the last part.
        unchecked: Elements = {element: element for element in sight.unchecked}
        parts[path] = part, Suspects(unchecked, 0, is_own=True)
        return Known(sight.judged_by, parts, sight.is_right)
    complaints = _located(sight.judged, sight.complaints)
    apart = None if complaints is None else _apart(sight.parts.values(), complaints)
    for path, part in sight.parts.items():
        if apart is not None:
            inner: list[_Located] | None = apart[part]
        else:
            inner = None if complaints is None else _within(part, sight.judged, complaints)
        found = None
        if inner is not None:
            found = _suspects_in(part, inner, sight.checked, sight.data)
        parts[path] = part, found
    return Known(sight.judged_by, parts, sight.is_right and apart is not None)


def message_suspects(
    message: etree._Element, version: Version, root: etree._Element, data: bytes
) -> Suspects | None:
    """What libxml2 says of a ``message`` alone; None if it is better walked whole.

    Args:
        message: the message, in any namespace.
        version: the version to judge it by.
        root: the document's root element.
        data: the document.
    """
    schema = schema_of(message, version, root, data)
    if schema is None:
        return None
    inner = _located(message, schema.complaints(message))
    if inner is None:
        return None
    return _suspects_in(message, inner, schema.checked_in(data), data)


def _suspects_in(
    message: etree._Element,
    complaints: list[_Located],
    checked: Mapping[str, CheckedElement],
    data: bytes,
) -> Suspects:
    """Those of one ``message``, in which libxml2 has found ``complaints``; the rest as a Sight."""
    if not complaints and not checked:
        return _NOTHING
    found = _wide(complaints, message)
    if checked and found.get(message) is not message:
        for one in doubtful(message, data, checked):
            found.setdefault(one, one)
    for _, complaint in complaints:
        if not complaint.own:
            return Suspects(found, len(complaints), is_own=False)
    return Suspects(found, len(complaints), is_own=True)


def _apart(
    parts: Iterable[etree._Element], complaints: list[_Located]
) -> dict[etree._Element, list[_Located]] | None:
    """Each of the ``parts``, none of which is in another, with those of ``complaints`` about it.

    None if one is about something else: then libxml2 may not have looked at a part.
    """
    apart: dict[etree._Element, list[_Located]] = {part: [] for part in parts}
    for located in complaints:
        found, complaint = located
        if found in apart and not complaint.own:
            return None
        element: etree._Element | None = found
        while element not in apart:
            if element is None:
                return None
            element = element.getparent()
        apart[element].append(located)
    return apart


def _located(root: etree._Element, complaints: Iterable[Complaint]) -> list[_Located] | None:
    """The elements under ``root`` that ``complaints`` are about, each with its own.

    None if there are too many, or one is not to be found.
    """
    found: list[_Located] = []
    for number, complaint in enumerate(complaints):
        element = _at(root, complaint.path) if number < _MOST_COMPLAINTS else None
        if element is None:
            return None
        found.append((element, complaint))
    return found


def _within(
    element: etree._Element, judged: etree._Element, complaints: list[_Located]
) -> list[_Located] | None:
    """Those of ``complaints`` that are about ``element`` and what is in it.

    None if libxml2 may not have looked at all of it: it looks at none of the siblings behind an
    element that is out of place.
    """
    if element is judged:
        return complaints
    above = [element, *element.iterancestors()]
    if judged not in above:
        return None
    inner = []
    for found, complaint in complaints:
        if found is element or element in found.iterancestors():
            if found is element and not complaint.own:
                return None
            inner.append((found, complaint))
            continue
        parent = found.getparent()
        if found in above or parent is None:
            return None
        if not complaint.own and parent in above:
            branch = above[above.index(parent) - 1]
            if parent.index(found) < parent.index(branch):
                return None
    return inner


def elements(root: etree._Element, complaints: Iterable[Complaint]) -> Elements | None:
    """The elements under ``root`` to look at, so that nothing else can be wrong.

    None if there are too many, or one is not to be found.
    """
    found = _located(root, complaints)
    return None if found is None else _wide(found, root)


def _wide(complaints: Iterable[_Located], root: etree._Element) -> Elements:
    """The elements to look at for ``complaints``.

    Where an element is out of place, that is its parent: libxml2 has looked neither at it nor at
    what follows.
    """
    found: Elements = {}
    for element, complaint in complaints:
        parent = None if complaint.own or element is root else element.getparent()
        suspect = element if parent is None else parent
        unseen = None if complaint.through else element
        if found.get(suspect) is None or unseen is suspect:
            found[suspect] = unseen
    return found


_FEW = 20  # Children of an element that are read one by one.
_CHILD = etree.XPath("*[name() = $name][$number]")


def _at(root: etree._Element, path: str) -> etree._Element | None:
    """The element at the ``path`` that libxml2 gives; None if there is none.

    ``*`` stands for a name in a default namespace, and is counted among all siblings; the parser
    leaves nothing but elements.
    """
    element = root
    for step in path.split("/")[2:]:
        name, _, behind = step.partition("[")
        number = int(behind[:-1]) if behind else 1
        if name == "*":
            if number > len(element):
                return None
            element = element[number - 1]
        elif name[:1] == "@":
            return element
        else:
            child = _child(element, name, number)
            if child is None:
                return None
            element = child
    return element


def _child(element: etree._Element, name: str, number: int) -> etree._Element | None:
    """The child of ``element`` with this ``name``, prefix and all, and ``number``; or None."""
    if len(element) > _FEW:
        there = _CHILD(element, name=name, number=number)
        return there[0] if isinstance(there, list) and there else None
    prefix, _, local = name.rpartition(":")
    for child in element.iterchildren(f"{{*}}{local}"):
        if (child.prefix or "") == prefix:
            number -= 1
            if not number:
                return child
    return None


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
    array: etree._Element,
    data: bytes,
    version: Version,
    namespace: str,
    kind: ListType,
    *,
    between: bool,
) -> tuple[Elements, bool] | None:
    """The items of the list ``array`` that deserve a look, and what in others does.

    What stands in the list that is none of its items is not looked at here.

    Args:
        array: an element of a document, all of whose items have complex content.
        data: the document.
        version: the version to judge by.
        namespace: the namespace of all.
        kind: the list's type.
        between: whether something is known to stand between the items.

    Returns:
        The elements, in document order, and whether something may stand between the items; None
        if there are too many.
    """
    name = etree.QName(array).localname
    schema = _list_schema(version, namespace, name, kind.name)
    found = None if between else elements(array, schema.complaints(array))
    if between or (found is not None and array in found):
        between = True
        schema = _items_schema(version, namespace, name, kind.item, kind.item_type)
        found = elements(array, schema.complaints(array))
    if found is None or array in found:
        return None
    for one in doubtful(array, data, schema.checked):
        found.setdefault(one, one)
    return found, between
