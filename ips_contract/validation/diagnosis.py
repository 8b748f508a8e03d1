"""Why a message is not as the contract has it: every finding, in words, with its element.

The XSD engines answer yes or no quickly; their messages stop at a parent's first mistake and
speak of automata. This walk over the tree finds all mistakes and says what to do. Tests hold
its verdict to that of both engines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from ips_contract.contract.constraints import CHECKS
from ips_contract.contract.content_models import Kind, Slot, kinds
from ips_contract.contract.faults import MISSING_PARAMETER
from ips_contract.contract.misnamed import real_name
from ips_contract.contract.model import contract, field_names
from ips_contract.contract.rules import ERROR, RULES
from ips_contract.contract.schema import AUTH
from ips_contract.contract.values import problems
from ips_contract.contract.versions import BETA_2016, RANKS, find_version
from ips_contract.validation.placement import homes
from ips_contract.xml.envelope import SOAP_11, SOAP_12, SOAP_ENCODING
from ips_contract.xml.parser import children, local_name, namespace_of, text_of
from ips_contract.xml.text import BLANKS, clipped, list_of, named, near, quoted

if TYPE_CHECKING:
    from ips_contract.contract.model import ComplexType, Field, SimpleType
    from ips_contract.contract.versions import Version

XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSD = "http://www.w3.org/2001/XMLSchema"
# Attributes of these belong to SOAP or point at schemas; the service reads past them (O).
_SOAP_ATTRIBUTES = tuple(f"{{{namespace}}}" for namespace in (SOAP_11, SOAP_12, SOAP_ENCODING))
_XSI_TYPE, _XSI_NIL = f"{{{XSI}}}type", f"{{{XSI}}}nil"
_XSI_LOCATIONS = (f"{{{XSI}}}schemaLocation", f"{{{XSI}}}noNamespaceSchemaLocation")
# Built-in types that clients without a WSDL make up from how a value looks (SOAP::Lite has 47 for
# an int), or that are derived from the element's own. The value is judged; nothing rules them out.
_MADE_UP = frozenset(
    """
    boolean byte dateTime decimal double float int integer long normalizedString short string token
    unsignedByte unsignedInt unsignedShort
    """.split()
)
MOST_FINDINGS = 10_000
MOST_ATTRIBUTES = 100  # Of one element, that are looked at one by one.
_MOST_NAMESPACES = 100  # In the scope of one element, that are looked up for an xsi:type.
_MOST_GUESSES = 500
_MOST_NAMES = 30  # Elements of a type that are named.


class Enough(Exception):
    """The walk stops: there are more findings than anyone reads."""


# Rule, message, path, element, and the fault code where it is not the rule's.
Finding = tuple[str, str, str, etree._Element, int | None]
_REQUEST_ONLY = frozenset(row.id for row in RULES.values() if row.request_only)


class Diagnosis:
    """One walk over one message.

    Attributes:
        findings: what was found, no more than ``MOST_FINDINGS``.
        beyond: an error that was found after those; there may be more.
        cut: whether anything was found after those.
        tolerated: elements with an attribute, by name, that the service reads past and an XSD
            engine would refuse.
    """

    def __init__(self, version: Version, namespace: str, *, request: bool) -> None:
        """Prepares the walk.

        Args:
            version: the version to judge by.
            namespace: the namespace that the message's elements should have.
            request: whether a client sends the message; some rules are for requests only.
        """
        self.findings: list[Finding] = []
        self.beyond: Finding | None = None
        self.cut = False
        self.tolerated: list[tuple[etree._Element, str]] = []
        self._root: etree._Element | None = None
        self._words: dict[object, tuple[str, ...]] = {}
        self._known: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}
        self._kinds = kinds(version, namespace)
        self._names: dict[etree._Element, set[str]] = {}
        self._version = version
        self._namespace = namespace
        self._skipped = frozenset() if request else _REQUEST_ONLY
        # Attributes that no xs:anyAttribute lets in: of the own namespace, and of XSD's instances.
        self._closed = (f"{{{namespace}}}", f"{{{XSI}}}")

    def message(self, root: etree._Element, path: str) -> None:
        """Walks the message ``root``; ``path`` is its absolute path."""
        self._root = root
        try:
            self._complex(root, self._kinds.message(local_name(root)), path)
        except Enough:
            pass

    def item(self, element: etree._Element, slot: Slot) -> None:
        """Walks ``element`` alone, as an element of the field ``slot``."""
        try:
            if slot.below is not None:
                self._complex(element, slot.below, "")
            elif slot.simple is not None:
                self._simple(element, slot.simple, "")
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
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append((rule, message, path, element, fault))
            return
        self.cut = True
        if RULES[rule].severity == ERROR:
            # One is enough to know that the message is wrong; remarks do not end the search.
            self.beyond = (rule, message, path, element, fault)
            raise Enough

    def _complex(self, element: etree._Element, kind: Kind, path: str) -> None:
        slots = kind.slots
        if slots is None:
            slots = kind.filled()
        if element.keys():
            self._attributes(element, kind.names, path, foreign=kind.row.foreign)
        text = element.text
        if text is not None and text.strip(BLANKS):
            self._stray_text(element, text, kind, path)
        counts: dict[str, int] = {}
        guessed: set[str] = set()
        in_order = True
        last = 0
        for child in element[:]:  # A slice of a few children is read faster than an iterator.
            text = child.tail
            if text is not None and text.strip(BLANKS):
                self._stray_text(element, text, kind, path)
            slot = slots.get(child.tag)
            if slot is None:
                guessed.add(self._unknown(child, kind, slots, counts, path))
                continue
            position, name, field, most, remarked, simple, accepts, below = slot
            if position < last:
                in_order = False
            last = position
            count = counts.get(name, 0) + 1
            counts[name] = count
            if remarked or count > most:
                self._remark(child, slot, count, path)
            if below is not None:
                self._complex(child, below, _child_path(path, field, count))
            elif accepts is None or len(child) or child.keys() or not accepts(child.text or ""):
                assert simple is not None
                self._simple(child, simple, _child_path(path, field, count))
        if not in_order and kind.row.ordered:
            self._order(self._places(element, slots), path)
        self._together(element, kind, slots, counts, guessed, path)

    def _together(
        self,
        element: etree._Element,
        kind: Kind,
        slots: dict[object, Slot],
        counts: dict[str, int],
        guessed: set[str],
        path: str,
    ) -> None:
        """What the children of ``element`` must be together: complete, and one of each choice."""
        row = kind.row
        if row.choices:
            self._choices(element, row, self._places(element, slots), guessed, path)
        for index, field in kind.wanted:
            if field.name not in counts and field.name not in guessed:
                self._missing(element, row, index, counts, path)
        if row.check is not None:
            for rule, message in CHECKS[row.check](element):
                self._add(rule, message, path, element)

    def _as_meant(self, element: etree._Element, slot: Slot | None, path: str) -> None:
        """Walks an element in a wrong name or namespace as what it was meant to be.

        Else its faults would come to light one run later.
        """
        if slot is None or slot.below is None or not children(element):
            return  # A value, or nothing: there the guess is all there is to say.
        # What is built without namespaces has none below, either; what was moved kept them.
        inner = next((namespace_of(child) for child in children(element)), self._namespace)
        outer = self._namespace, self._kinds
        self._namespace, self._kinds = inner, kinds(self._version, inner)
        try:
            self._complex(element, self._kinds[slot.below.row.name], path)
        finally:
            self._namespace, self._kinds = outer

    def _places(
        self, element: etree._Element, slots: dict[object, Slot]
    ) -> list[tuple[etree._Element, Slot]]:
        return [(child, slots[child.tag]) for child in element[:] if child.tag in slots]

    def _remark(self, element: etree._Element, slot: Slot, count: int, path: str) -> None:
        """Remarks on an element being there, or there once more."""
        path = _child_path(path, slot.field, count)
        if count > slot.most:
            self._repeated(element, slot.field, path)
        if slot.remarked:
            self._present(element, slot.field, path)

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
        if has_attributes and element.get(_XSI_NIL) is not None:
            return  # Said already; an empty text is what nil means.
        for rule, message in self._problems(kind, text_of(element)):
            words = message if message[0] == '"' else f"{local_name(element)} {message}"
            self._add(rule, words, path, element)

    def _problems(self, kind: SimpleType, text: str) -> tuple[tuple[str, str], ...]:
        """What is wrong with a value; the same mistake is often made a thousand times."""
        found = self._known.get((kind.name, text))
        if found is None:
            found = tuple(problems(kind, text))
            if len(text) < 100 and len(self._known) < MOST_FINDINGS:
                self._known[kind.name, text] = found
        return found

    def _attributes(
        self, element: etree._Element, types: set[str], path: str, *, foreign: bool = False
    ) -> None:
        if len(element.attrib) > MOST_ATTRIBUTES:
            words = f"{local_name(element)} has {len(element.attrib)} attributes; it needs none."
            self._add("stray-attribute", words, path, element)
            return
        for key in list(element.attrib):  # Reading all values takes quadratic time.
            name = str(key)
            if name.startswith(_SOAP_ATTRIBUTES) or name in _XSI_LOCATIONS:
                self.tolerated.append((element, name))
            elif name == _XSI_TYPE and self._fits(element, types, path):
                self.tolerated.append((element, name))
            elif foreign and name[0] == "{" and not name.startswith(self._closed):
                pass  # xs:anyAttribute of the type.
            else:
                self._stray_attribute(element, name, path)

    def _fits(self, element: etree._Element, types: set[str], path: str) -> bool:
        """Whether xsi:type names the element's type: the service's WSDL's or our narrower one."""
        prefix, _, local = element.get(_XSI_TYPE, "").strip(BLANKS).rpartition(":")
        names = element.nsmap
        if len(names) > _MOST_NAMESPACES:
            words = (
                f"{len(names)} namespaces are declared around {local_name(element)}; with more "
                f"than {_MOST_NAMESPACES} its xsi:type is not read."
            )
            self._add("too-large", words, path, element)
            raise Enough
        namespace = names.get(prefix or None)
        if local == AUTH and local_name(element) == AUTH:
            return True  # PHP's SoapClient names the element where the type has no name (O).
        if namespace == self._namespace:
            return local in types
        is_value = any(name[:3] == "xs:" for name in types)
        return is_value and namespace == XSD and local in _MADE_UP

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

    def _stray_text(self, element: etree._Element, text: str, kind: Kind, path: str) -> None:
        fields = kind.row.fields
        home = fields[0].name if len(fields) == 1 else "its element"
        self._add(
            "stray-text",
            f"Text {quoted(text.strip(BLANKS))} stands in {local_name(element)}, which holds "
            f"elements only; remove it or put it into {home}.",
            path,
            element,
        )

    def _present(self, element: etree._Element, field: Field, path: str) -> None:
        rule = field.present
        assert rule is not None
        if rule == "later-than-pre-4.0":
            since = find_version(field.since.rpartition("..")[2])
            message = (
                f"{field.name} came after pre-4.0; to be sure that the service takes it, use "
                f"the namespace {since.namespace}."
            )
        elif rule == "restricted-job":
            message = f"{field.name} is restricted to the vendor's own applications."
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
        self,
        element: etree._Element,
        kind: Kind,
        slots: dict[object, Slot],
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
        place = (kind, tag, bool(len(element)), above, around)
        found = self._words.get(place)
        if found is None:
            words = self._unknown_words(element, kind.row, above)
            found = self._words[place] = (clipped(local_name(element)), *words)
        name, rule, message, guess = found
        path = f"{path}/{name}" if count == 1 else f"{path}/{name}[{count}]"
        self._add(rule, message, path, element)
        if guess:
            self._as_meant(element, slots.get(self._kinds.prefix + guess), path)
        return guess

    def _unknown_words(
        self, element: etree._Element, kind: ComplexType, parent: str
    ) -> tuple[str, str, str]:
        """The rule that the unknown ``element`` breaks, the message, and the name it meant.

        ``parent`` is the name of the element around it: readers see elements, and no types.
        """
        name, namespace = local_name(element), namespace_of(element)
        allowed = tuple(field.name for field in kind.fields)
        if namespace != self._namespace:
            message = f"{clipped(name)} has {named(namespace)}; it needs {self._namespace}."
            return "wrong-namespace", message, name if name in allowed else ""
        if name in kind.elsewhen:
            words = self._not_in_version(kind.elsewhen[name], self._homes(element))
            return "not-in-version", words, name
        known = real_name(name, (*allowed, *kind.elsewhen))
        if known is not None:
            guess, where = known
            message = f"{name} comes from {where}; the element's name is {guess}."
            return "unknown-element", message, guess
        # To look for a near name takes time; who invents a hundred names misspells none of them.
        guess = (near(name, allowed) or "") if len(self._words) < _MOST_GUESSES else ""
        places = []
        if guess.casefold() != name.casefold() and len(self._words) < _MOST_GUESSES:
            places = self._homes(element)
            if places or name in field_names():
                guess = ""  # It is no misspelt name, but one in the wrong place.
        message = f"{parent} has no element {quoted(name)}; "
        if guess:
            message += f"write {guess}."
        elif places:
            message += f"it belongs inside {list_of(places)}."
        elif allowed:
            message += f"it has {_some(allowed)}."
        else:
            message += "it is empty."
        return "unknown-element", message, guess

    def _homes(self, element: etree._Element) -> list[str]:
        """The elements inside which ``element``, which stands in a wrong place, belongs."""
        return homes(self._version).of(element, self._root, self._names_in)

    def _names_in(self, element: etree._Element) -> set[str]:
        """The names of the children of ``element``, which can be a hundred thousand."""
        found = self._names.get(element)
        if found is None:
            found = self._names[element] = {local_name(child) for child in children(element)}
        return found

    def _not_in_version(self, field: Field, places: list[str]) -> str:
        rank = max(self._version.ranks)
        gone = field.until and rank >= RANKS[field.until]
        if gone and places:
            return (
                f"{field.name} stood here before {field.until}; it belongs inside "
                f"{list_of(places)} now."
            )
        words = not_in_version(field.name, field.since, field.until, self._version)
        return f"{words} Leave it out or change the version."

    def _order(self, places: list[tuple[etree._Element, Slot]], path: str) -> None:
        """Reports the fewest elements whose move puts the rest in order.

        What stands once too often is to go, wherever it stands: that is said already.
        """
        from bisect import bisect_left, bisect_right

        seen: dict[str, int] = {}
        chosen: set[int] = set()
        numbered = []
        for element, slot in places:
            count = seen[slot.name] = seen.get(slot.name, 0) + 1
            choice = slot.field.choice
            if count <= slot.most and choice not in chosen:
                numbered.append((element, slot, count))
            if choice is not None:
                chosen.add(choice)
        keep = _longest_ordered([slot.position for _, slot, _ in numbered])
        kept = [numbered[index][1] for index in sorted(keep)]
        positions = [slot.position for slot in kept]
        for index, (element, slot, count) in enumerate(numbered):
            if index in keep:
                continue
            before = bisect_left(positions, slot.position)
            after = bisect_right(positions, slot.position)
            where = [f"after {kept[before - 1].name}"] if before else []
            where += [f"before {kept[after].name}"] if after < len(kept) else []
            self._add(
                "element-order",
                f"{slot.name} is out of order; it belongs {' and '.join(where)}.",
                _child_path(path, slot.field, count),
                element,
            )

    def _choices(
        self,
        element: etree._Element,
        kind: ComplexType,
        places: list[tuple[etree._Element, Slot]],
        guessed: set[str],
        path: str,
    ) -> None:
        for index, choice in enumerate(kind.choices):
            chosen = [place for place in places if place[1].field.choice == index]
            seen: dict[str, int] = {}
            for child, slot in chosen:
                name = slot.name
                count = seen[name] = seen.get(name, 0) + 1
                first, first_slot = chosen[0]
                if child is first:
                    continue
                self._add(
                    choice.rule,
                    f"{name} stands beside {first_slot.name}; keep one of them."
                    if name != first_slot.name
                    else f"{name} stands more than once; keep one.",
                    _child_path(path, slot.field, count),
                    child,
                )
            meant = any(
                name in choice.names
                or (name in kind.elsewhen and kind.elsewhen[name].choice == index)
                for name in guessed
            )
            if choice.required and not chosen and not meant:
                self._add(
                    choice.rule,
                    f"{local_name(element)} has no job; add one of the {len(choice.names)} job "
                    f"elements: {list_of(choice.names)}.",
                    path,
                    element,
                    MISSING_PARAMETER,
                )

    def _missing(
        self,
        element: etree._Element,
        kind: ComplexType,
        index: int,
        counts: dict[str, int],
        path: str,
    ) -> None:
        """Remarks on the absence of the field with this index."""
        field = kind.fields[index]
        key = (kind.name, element.tag, index, *counts)
        found = self._words.get(key)
        if found is None:
            before = [f.name for f in kind.fields[:index] if f.name in counts]
            after = [f.name for f in kind.fields[index + 1 :] if f.name in counts]
            where = f" after {before[-1]}" if before else f" before {after[0]}" if after else ""
            words = f"{local_name(element)} has no {field.name}; add it{where}."
            found = self._words[key] = (words,)
        self._add(
            "missing-element" if field.required else str(field.absent), found[0], path, element
        )


def begins_clean(root: etree._Element, version: Version) -> bool:
    """Whether the first item of the first list in the message ``root`` gives no finding.

    True, too, if there is no list or it is empty. A mistake made once is cheap for any engine;
    what is made in one item of a list is often made in each.
    """
    namespace = namespace_of(root)
    name = local_name(root)
    if name not in contract(version).messages:
        return False
    element, kind = root, kinds(version, namespace).message(name)
    while True:
        slots = kind.slots or kind.filled()
        for child in element:
            slot = slots.get(child.tag)
            if slot is None:
                return False
            if slot.below is not None or slot.field.maximum is None:
                break
        else:
            return True
        if slot.field.maximum is None:
            walk = Diagnosis(version, namespace, request=is_request(root))
            walk.item(child, slot)
            return not walk.findings
        assert slot.below is not None
        element, kind = child, slot.below


def _some(names: tuple[str, ...]) -> str:
    """The names in words; of many, the first."""
    if len(names) <= _MOST_NAMES:
        return list_of(names, "and")
    return f"{', '.join(names[:_MOST_NAMES])} and {len(names) - _MOST_NAMES} more"


def came(since: str) -> str:
    """In words, when something came: with a version, or after one and not later than another."""
    after, _, known = since.rpartition("..")
    if not after:
        version = find_version(known) if known != BETA_2016.label else BETA_2016
        return f"came with {version.label} ({version.namespace})"
    return f"came after pre-4.0, with {known} at the latest"


def not_in_version(name: str, since: str, until: str, version: Version) -> str:
    """That ``version`` lacks what was there from ``since`` until ``until``, in words."""
    gone = until and max(version.ranks) >= RANKS[until]
    words = f"was there before {until} only" if gone else came(since)
    return f"{name} {words}; this message is of {version.label}."


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
