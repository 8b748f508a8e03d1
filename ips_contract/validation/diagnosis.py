"""Why a message is not as the contract has it: every finding, in words, with its element.

The XSD engines answer yes or no quickly; their messages stop at a parent's first mistake and
speak of automata. This walk over the tree finds all mistakes and says what to do. Tests hold
its verdict to that of both engines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.contract.constraints import CHECKS
from ips_contract.contract.content_models import ContentModel, Particle, content_models
from ips_contract.contract.model import contract
from ips_contract.contract.rules import ERROR, REQUEST_ONLY, RULES
from ips_contract.contract.usual_values import USUAL
from ips_contract.contract.values import problems
from ips_contract.contract.versions import UNVERSIONED
from ips_contract.validation import suspects
from ips_contract.validation.attributes import TOLERATED, TOO_LARGE, XSI_NIL, judge_attributes
from ips_contract.validation.budget import MOST_FINDINGS, Budget
from ips_contract.validation.content_words import (
    absence,
    child_path,
    choice_findings,
    is_chosen,
    presence,
    stray_text,
    too_many,
)
from ips_contract.validation.element_order import misplaced
from ips_contract.validation.unknown_elements import UnknownElements
from ips_contract.xml.counting import about, counter
from ips_contract.xml.parser import local_name, namespace_of, text_of
from ips_contract.xml.text import BLANKS, clipped

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from lxml import etree

    from ips_contract.contract.model import SimpleType
    from ips_contract.contract.values import Problem
    from ips_contract.contract.versions import Version
    from ips_contract.validation.findings import Finding
    from ips_contract.validation.suspects import Elements

    # An element → its children on the way to suspects, or None for one that is walked whole.
    _Ways = dict[etree._Element, dict[etree._Element, None] | None]


class Enough(Exception):
    """The walk stops: there are more findings than anyone reads."""


class Diagnosis:
    """One walk over one message.

    Attributes:
        findings: what was found, no more than the budget had left.
        beyond: an error that was found after those; there may be more.
        cut: whether anything was found after those.
        tolerated: elements with an attribute, by name, that the service reads past and an XSD
            engine would refuse.
        accepted: elements of which the clean schema, which is stricter, may have complained though
            nothing is wrong: those of ``tolerated``, and of values that are right and unusual.
    """

    def __init__(
        self,
        version: Version,
        namespace: str,
        *,
        request: bool,
        data: bytes | None = None,
        budget: Budget | None = None,
    ) -> None:
        """Prepares the walk.

        Args:
            version: the version to judge by.
            namespace: the namespace that the message's elements should have.
            request: whether a client sends the message; some rules are for requests only.
            data: the document, if libxml2 may be asked which items of long lists to walk.
            budget: that of the document; by default one for this message alone.
        """
        self.findings: list[Finding] = []
        self.beyond: Finding | None = None
        self.cut = False
        self.tolerated: list[tuple[etree._Element, str]] = []
        self.accepted: list[etree._Element] = []
        self._budget = budget or Budget()
        self._room = self._budget.findings
        self._root: etree._Element | None = None  # The message, if more than a part is walked.
        self._unknown_elements: UnknownElements | None = None
        self._words: dict[object, tuple[str, ...]] = {}
        self._known: dict[tuple[str, str], list[Problem]] = {}
        # Element → its first child that libxml2 has not looked at, None if it has at all of them.
        self._unseen: dict[etree._Element, etree._Element | None] = {}
        self._models = content_models(version, namespace)
        self._version = version
        self._namespace = namespace
        self._skipped = frozenset() if request else REQUEST_ONLY
        self._data = data if namespace in (version.namespace, UNVERSIONED) else None

    def message(self, root: etree._Element, path: str) -> None:
        """Walks the message ``root``; ``path`` is its absolute path."""
        self._root = root
        try:
            self._complex(root, self._models.message(local_name(root)), path)
        except Enough:
            pass

    def suspects(self, root: etree._Element, path: str, elements: Elements) -> None:
        """Walks only ``elements`` in the message ``root``; all else is known to be right.

        Args:
            root: the message.
            path: its absolute path.
            elements: its elements that are walked, as in ``Suspects``; ``root`` may be one.
        """
        self._root = root
        try:
            ways = self._ways(root, elements)
            self._along(root, self._models.message(local_name(root)), path, ways)
        except Enough:
            pass

    def _ways(self, root: etree._Element, elements: Elements) -> _Ways:
        """The ways from ``root`` to each of ``elements``, none of which are above ``root``."""
        ways: _Ways = {root: {}}
        for suspect, unseen in elements.items():
            if len(suspect) and unseen is not suspect:
                ways.setdefault(suspect, {})
                self._unseen[suspect] = unseen
            else:
                ways[suspect] = None
            element = suspect
            while element is not root:
                parent = element.getparent()
                assert parent is not None
                way = ways.setdefault(parent, {})
                if way is None:
                    break  # It is walked whole.
                known = element in way
                way[element] = None
                if known:
                    break
                element = parent
        return ways

    def _along(self, element: etree._Element, model: ContentModel, path: str, ways: _Ways) -> None:
        """Walks the suspects in ``element``."""
        way = ways[element]
        if way is None or element in self._unseen:
            self._complex(element, model, path, None if way is None else ways)
            return
        particles = model.particles or model.fill()
        for child, count in _numbered(element, way, particles):
            particle = particles[child.tag]
            where = child_path(path, particle.field, count)
            if particle.content is not None:
                self._along(child, particle.content, where, ways)
            elif particle.simple is not None:
                self._simple(child, particle.simple, where)

    def _suspicious_items(
        self,
        element: etree._Element,
        model: ContentModel,
        particles: dict[object, Particle],
        *,
        between: bool,
    ) -> tuple[_Ways, bool] | None:
        """The ways to what deserves a look in the items of the long list ``element``.

        With them, whether something may stand between the items. None if each item deserves a
        look: what is wrong in the first is often wrong in each. ``between``: something is known to
        stand between the items.
        """
        particle, *others = particles.values()
        if others or particle.content is None or model.definition.check is not None:
            return None
        assert self._data is not None
        first = Diagnosis(self._version, self._namespace, request=not self._skipped)
        first.item(element[0], particle)
        if first.findings or local_name(element[0]) != particle.name:
            return None
        kind = suspects.ListType(model.definition.name, particle.name, particle.field.type)
        found = suspects.items(
            *(element, self._data, self._version, self._namespace, kind), between=between
        )
        return None if found is None else (self._ways(element, found[0]), found[1])

    def item(self, element: etree._Element, particle: Particle) -> None:
        """Walks ``element`` alone, as an element of the field ``particle``."""
        try:
            if particle.content is not None:
                self._complex(element, particle.content, "")
            elif particle.simple is not None:
                self._simple(element, particle.simple, "")
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
        if rule in self._skipped:
            return
        if len(self.findings) < self._room:
            self.findings.append((rule, message, path, element, fault))
            return
        self.cut = True
        if RULES[rule].severity == ERROR:
            # One is enough to know that the message is wrong; remarks do not end the search.
            self.beyond = (rule, message, path, element, fault)
            raise Enough

    def _complex(
        self,
        element: etree._Element,
        model: ContentModel,
        path: str,
        ways: _Ways | None = None,
    ) -> None:
        """Walks ``element``; where there are ``ways``, children that are on none are right."""
        particles = model.particles
        if particles is None:
            particles = model.fill()
        if element.keys():
            self._attributes(element, model.names, path, foreign=model.definition.foreign)
        text = element.text
        if text is not None and text.strip(BLANKS):
            self._stray_text(element, text, model, path)
        if (
            self._data is not None
            and (ways is None or self._unseen[element] is not None)
            and suspects.MANY < len(element) < suspects.MOST
        ):
            between = self._unseen.pop(element, None) is not None
            suspicious = self._suspicious_items(element, model, particles, between=between)
            if suspicious is not None:
                ways, between = suspicious
                self._long_list(element, model, particles, path, ways, between=between)
                return
            ways = None
        self._children(element, model, particles, path, ways)

    def _long_list(
        self,
        element: etree._Element,
        model: ContentModel,
        particles: dict[object, Particle],
        path: str,
        ways: _Ways,
        *,
        between: bool,
    ) -> None:
        """Walks the list ``element``, of whose items those are right that are on no way.

        They are many, so libxml2 finds what is none of them, if something may stand ``between``.
        """
        ((tag, particle),) = particles.items()
        total = int(counter("child", str(tag))(element))
        if particle.remarked or total > particle.most:
            self._children(element, model, particles, path, ways)
            return
        counts: dict[str, int] = {}
        guessed: set[str] = set()
        way = ways[element]
        assert way is not None
        others = about(_OTHERS, str(tag))(element) if between else []
        assert isinstance(others, list)
        is_told = bool(element.text and element.text.strip(BLANKS))  # As the first text, if it is.
        for found in others:
            if not isinstance(found, str):
                guessed.add(self._unknown(found, model, particles, counts, path))
                way.pop(found, None)
            elif is_told:
                is_told = False
            else:
                self._stray_text(element, found, model, path)
        self._along(element, model, path, ways)
        if total:
            counts[particle.name] = total
        self._together(element, model, particles, counts, guessed, path)

    def _children(
        self,
        element: etree._Element,
        model: ContentModel,
        particles: dict[object, Particle],
        path: str,
        ways: _Ways | None,
    ) -> None:
        """Walks the children of ``element``; where there are ``ways``, others are right."""
        unseen = None if ways is None else self._unseen.get(element)
        counts: dict[str, int] = {}
        guessed: set[str] = set()
        in_order = True
        last = 0
        for child in element[:]:  # A slice of a few children is read faster than an iterator.
            if child is unseen:
                ways = None
            text = child.tail
            if text is not None and text.strip(BLANKS):
                self._stray_text(element, text, model, path)
            particle = particles.get(child.tag)
            if particle is None:
                guessed.add(self._unknown(child, model, particles, counts, path))
                continue
            position, name, field, most, remarked, simple, accepts, content = particle
            if position < last:
                in_order = False
            last = position
            count = counts.get(name, 0) + 1
            counts[name] = count
            if remarked or count > most:
                self._remark(child, particle, count, path)
            if ways is not None and child not in ways:
                continue
            if content is not None:
                where = child_path(path, field, count)
                if ways is None:
                    self._complex(child, content, where)
                else:
                    self._along(child, content, where, ways)
            elif accepts is None or len(child) or child.keys() or not accepts(child.text or ""):
                assert simple is not None
                self._simple(child, simple, child_path(path, field, count))
        if not in_order and model.definition.ordered:
            self._order(self._places(element, particles), path)
        self._together(element, model, particles, counts, guessed, path)

    def _together(
        self,
        element: etree._Element,
        model: ContentModel,
        particles: dict[object, Particle],
        counts: dict[str, int],
        guessed: set[str],
        path: str,
    ) -> None:
        """What the children of ``element`` must be together: complete, and one of each choice."""
        definition = model.definition
        if definition.choices and not is_chosen(definition, counts):
            places = self._places(element, particles)
            for finding in choice_findings(element, definition, places, guessed, path):
                self._add(*finding)
        for index, field in model.expected:
            if field.name in counts or field.name in guessed:
                continue
            if field.absent == "empty-list" and len(element):
                continue  # What stands there in place of items is told, and where it belongs.
            key = (definition.name, element.tag, index, *counts)
            found = self._words.get(key)
            if found is None:
                found = self._words[key] = (absence(element, definition, index, counts),)
            rule = "missing-element" if field.required else str(field.absent)
            self._add(rule, found[0], path, element)
        if definition.check is not None:
            for rule, message in CHECKS[definition.check](element):
                self._add(rule, message, path, element)

    def _as_meant(self, element: etree._Element, particle: Particle | None, path: str) -> None:
        """Walks an element in a wrong name or namespace as what it was meant to be.

        Else its faults would come to light one run later.
        """
        if particle is None or particle.content is None:
            return  # A value: there the guess is all there is to say.
        below = next(element.iterchildren("*"), None)
        if below is None:
            return  # Nothing.
        # What is built without namespaces has none below, either; what was moved kept them.
        inner = namespace_of(below)
        outer = self._namespace, self._models
        self._namespace, self._models = inner, content_models(self._version, inner)
        try:
            self._complex(element, self._models[particle.content.definition.name], path)
        finally:
            self._namespace, self._models = outer

    def _places(
        self, element: etree._Element, particles: dict[object, Particle]
    ) -> list[tuple[etree._Element, Particle]]:
        return [(child, particles[child.tag]) for child in element[:] if child.tag in particles]

    def _remark(self, element: etree._Element, particle: Particle, count: int, path: str) -> None:
        """Remarks on an element being there, or there once more."""
        path = child_path(path, particle.field, count)
        if count > particle.most:
            self._add(particle.field.maximum_rule, too_many(particle.field), path, element)
        if particle.remarked:
            self._add(str(particle.field.present), presence(particle.field), path, element)

    def _simple(self, element: etree._Element, kind: SimpleType, path: str) -> None:
        has_attributes = bool(element.keys())
        if has_attributes:
            self._attributes(element, {kind.name, kind.base}, path)
        for child in element:
            if isinstance(child.tag, str):
                name = clipped(local_name(child))
                self._add(
                    "unknown-element",
                    f"{name} stands inside {local_name(element)}, which holds text only; "
                    "remove it.",
                    f"{path}/{name}",
                    child,
                )
                return
        if has_attributes and element.get(XSI_NIL) is not None:
            return  # Said already; an empty text is what nil means.
        text = text_of(element) if len(element) else element.text or ""
        found = self._problems(kind, text)
        if kind.check in USUAL and not found:
            self.accepted.append(element)
        for rule, message in found:
            words = message if message[0] == '"' else f"{local_name(element)} {message}"
            self._add(rule, words, path, element)

    def _problems(self, kind: SimpleType, text: str) -> list[Problem]:
        """What is wrong with a value; the same mistake is often made a thousand times."""
        found = self._known.get((kind.name, text))
        if found is None:
            found = problems(kind, text, self._budget.takes_a_guess)
            if len(text) < 100 and len(self._known) < MOST_FINDINGS:
                self._known[kind.name, text] = found
        return found

    def _attributes(
        self, element: etree._Element, types: set[str], path: str, *, foreign: bool = False
    ) -> None:
        for rule, words in judge_attributes(element, types, self._namespace, foreign=foreign):
            if rule == TOLERATED:
                self.tolerated.append((element, words))
                self.accepted.append(element)
                continue
            self._add(rule, words, path, element)
            if rule == TOO_LARGE:
                raise Enough

    def _stray_text(
        self, element: etree._Element, text: str, model: ContentModel, path: str
    ) -> None:
        self._add("stray-text", stray_text(element, text, model.definition), path, element)

    def _unknown(
        self,
        element: etree._Element,
        model: ContentModel,
        particles: dict[object, Particle],
        counts: dict[str, int],
        path: str,
    ) -> str:
        """Reports ``element``; returns the name it was probably meant to have, or ``""``."""
        tag = element.tag
        if not isinstance(tag, str):  # A comment, or an instruction.
            return ""
        key = f"?{tag}"  # A tag without a namespace is no field's name.
        count = counts[key] = counts.get(key, 0) + 1
        # The same mistake is often made a thousand times, in the items of one list.
        around, _, above = path.rpartition("/")
        above = above.partition("[")[0]
        place = (model, tag, bool(len(element)), above, around)
        found = self._words.get(place)
        if found is None:
            if self._unknown_elements is None:
                self._unknown_elements = UnknownElements(self._version, self._root, self._budget)
            words = self._unknown_elements.explain(
                element, model.definition, above, self._namespace
            )
            found = self._words[place] = (clipped(local_name(element)), *words)
        name, rule, message, meant = found
        path = f"{path}/{name}" if count == 1 else f"{path}/{name}[{count}]"
        self._add(rule, message, path, element)
        if meant:
            self._as_meant(element, particles.get(self._models.prefix + meant), path)
        return meant

    def _order(self, places: list[tuple[etree._Element, Particle]], path: str) -> None:
        for element, particle, count, where in misplaced(places):
            words = f"{particle.name} is out of order; it belongs {where}."
            self._add("element-order", words, child_path(path, particle.field, count), element)


def begins_clean(root: etree._Element, version: Version) -> bool:
    """Whether the first item of the first list in the message ``root`` gives no finding.

    True, too, if there is no list or it is empty. A mistake made once is cheap for any engine;
    what is made in one item of a list is often made in each.
    """
    namespace = namespace_of(root)
    name = local_name(root)
    if name not in contract(version).messages:
        return False
    element, model = root, content_models(version, namespace).message(name)
    while True:
        particles = model.particles or model.fill()
        for child in element:
            particle = particles.get(child.tag)
            if particle is None:
                return False
            if particle.content is not None or particle.field.maximum is None:
                break
        else:
            return True
        if particle.field.maximum is None:
            walk = Diagnosis(version, namespace, request=is_request(root))
            walk.item(child, particle)
            return not walk.findings
        assert particle.content is not None
        element, model = child, particle.content


def is_request(root: etree._Element) -> bool:
    """Whether the message ``root`` is one that clients send."""
    return str(root.tag).endswith(("Param", "authHeader"))


# The children of a list that are none of its items, and the texts between them. What stands behind
# a child is not asked of each: that takes libxml2 quadratic time.
_OTHERS = "*[not(self::{})] | text()[normalize-space()]"


def _numbered(
    element: etree._Element,
    wanted: Collection[etree._Element],
    particles: dict[object, Particle],
) -> Iterable[tuple[etree._Element, int]]:
    """The children of ``element`` that are ``wanted``, each with its number among its namesakes.

    ``particles``: those of the element, whose children are all in place.
    """
    if len(wanted) == 1:
        (child,) = wanted
        if particles[child.tag].field.maximum == 1:
            return [(child, 1)]
    if len(particles) == 1 and len(wanted) < len(element) // 10:
        # Of a list. They are counted without reading each.
        (tag,) = particles
        before = counter("preceding-sibling", str(tag))
        return [(child, int(before(child)) + 1) for child in wanted]
    counts: dict[object, int] = {}
    found = []
    for child in element:
        counts[child.tag] = count = counts.get(child.tag, 0) + 1
        if child in wanted:
            found.append((child, count))
    return found
