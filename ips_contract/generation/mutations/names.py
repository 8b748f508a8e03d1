"""Mutations of names: elements that are unknown, of another version, of another namespace."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from lxml import etree

from ips_contract.contract.misnamed import MISPRINTS, translations
from ips_contract.contract.model import ComplexType, Field, contract
from ips_contract.contract.versions import RANKS, UNVERSIONED, VERSIONS
from ips_contract.generation.minimal import Choose, least_element
from ips_contract.generation.mutations.mutation import (
    CONTENT,
    Mutation,
    Place,
    child_of,
    edit_mutation,
    element_mutation,
    field_of,
    row_of,
    set_text,
)
from ips_contract.generation.tree_walk import (
    AUTH_HEADER,
    MESSAGE,
    Spot,
    child_named,
    child_path,
    element_at,
    messages,
    put,
)
from ips_contract.xml.parser import local_name, namespace_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ips_contract.contract.versions import Version
    from ips_contract.generation.mutations.mutation import Edit, Finds

    Found = Iterator[tuple[object, str]]

_NAME = re.compile(r"[^\W\d][\w.\-]*")
# Names that are near to none of the contract's.
_INVENTED = ("priority", "x", "_", "Straße", "notify-me", "Qualität", "zzz.1", "z" * 50)
_MISSPELLINGS = "case", "doubled", "dropped", "swapped"


# Unknown names


def _anywhere(name: str) -> Finds:
    def finds(spot: Spot, kind: ComplexType, _names: list[str]) -> Found:
        del kind
        yield name, f"{spot.path}/{name}"

    return finds


def _insert(parent: etree._Element, child: etree._Element, choose: Choose) -> None:
    parent.insert(choose(range(len(parent) + 1)), child)


def _add_invented(element: etree._Element, place: Place, choose: Choose) -> None:
    child = etree.Element(f"{{{namespace_of(element)}}}{place.what}")
    child.text = choose(("x", "", "true"))
    _insert(element, child, choose)


@lru_cache(maxsize=len(VERSIONS))
def _job_fields(version: Version) -> dict[str, Field]:
    """The fields of a submitted job and all in it: enough that are foreign elsewhere."""
    types = contract(version).complex_types
    found: dict[str, Field] = {}
    waiting = ["submitJobParamType"]
    for name in waiting:
        for field in types[name].fields:
            found.setdefault(field.name, field)
            if field.type in types and field.type not in waiting:
                waiting.append(field.type)
    return found


def _foreign(spot: Spot, kind: ComplexType, _names: list[str]) -> Found:
    own = {field.name for field in kind.fields} | kind.elsewhen.keys()
    if spot.grow:
        return
    for name in _job_fields(spot.version):
        if name not in own:
            yield name, f"{spot.path}/{name}"


def _add_foreign(element: etree._Element, place: Place, choose: Choose) -> None:
    assert place.spot is not None
    field = _job_fields(place.spot.version)[str(place.what)]
    _insert(element, least_element(place.spot.version, field, namespace_of(element)), choose)


def misspelt(name: str, how: str) -> str:
    """``name`` with a slip of the keyboard; the first letter is kept."""
    if how == "case":
        return name.lower() if name.lower() != name else name[0].upper() + name[1:]
    middle = len(name) // 2
    if how == "doubled":
        return name[:middle] + name[middle - 1 :]
    if how == "dropped":
        return name[:middle] + name[middle + 1 :]
    return name[: middle - 1] + name[middle] + name[middle - 1] + name[middle + 1 :]


def _renamable(kind: ComplexType, names: list[str]) -> Iterator[Field]:
    for field in kind.fields:
        # A check may miss what is renamed, and then two rules are broken.
        if names.count(field.name) == 1 and (kind.check is None or field.required):
            yield field


def _misspellable(how: str) -> Finds:
    def finds(spot: Spot, kind: ComplexType, names: list[str]) -> Found:
        taken = {field.name for field in kind.fields} | kind.elsewhen.keys()
        for field in _renamable(kind, names):
            wrong = misspelt(field.name, how)
            # Short names with a letter less are near to nothing, and one would be missing, too.
            near = how in ("case", "doubled") or len(field.name) > 5
            if wrong not in taken and near:
                yield (field.name, wrong), f"{spot.path}/{wrong}"

    return finds


@lru_cache(maxsize=1)
def _translated_names() -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for wrong, meant in translations().items():
        for real in meant if _NAME.fullmatch(wrong) else ():
            names.setdefault(real, []).append(wrong)
    return names


@lru_cache(maxsize=1)
def _misprints() -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for wrong, real in MISPRINTS.items():
        names.setdefault(real, []).append(wrong)
    return names


def _rendered(table: str) -> Finds:
    def finds(spot: Spot, kind: ComplexType, names: list[str]) -> Found:
        wrong_names = _translated_names() if table == "translated" else _misprints()
        taken = {field.name for field in kind.fields} | kind.elsewhen.keys()
        for field in _renamable(kind, names):
            for wrong in wrong_names.get(field.name, ()):
                if wrong not in taken:
                    yield (field.name, wrong), f"{spot.path}/{wrong}"

    return finds


def _rename(element: etree._Element, place: Place, _choose: Choose) -> None:
    assert isinstance(place.what, tuple)
    name, wrong = place.what
    child = child_of(element, name)
    child.tag = f"{{{namespace_of(element)}}}{wrong}"


def _nest(element: etree._Element, _place: Place, _choose: Choose) -> None:
    child = etree.Element(f"{{{namespace_of(element)}}}value")
    child.text = element.text
    set_text(element, "")
    element.append(child)


# Versions


def _elsewhen(*, early: bool) -> Finds:
    def finds(spot: Spot, kind: ComplexType, _names: list[str]) -> Found:
        own = {field.name for field in kind.fields}
        for field in kind.elsewhen.values():
            gone = bool(field.until) and spot.version.rank >= RANKS[field.until]
            if field.name not in own and gone is not early:
                yield field.name, f"{spot.path}/{field.name}"

    return finds


def _add_elsewhen(element: etree._Element, place: Place, _choose: Choose) -> None:
    assert place.spot is not None
    kind = row_of(place)
    field = kind.elsewhen[str(place.what)]
    child = least_element(place.spot.version, field, namespace_of(element))
    for name in kind.choices[field.choice].names if field.choice is not None else ():
        other = child_named(element, name)
        if other is not None:
            element.replace(other, child)
            return
    element.append(child)


def _remarked(rule: str) -> Finds:
    def finds(spot: Spot, kind: ComplexType, names: list[str]) -> Found:
        for field in kind.fields:
            if field.present == rule and field.name not in names:
                yield field.name, child_path(spot.path, field)

    return finds


def _add_remarked(element: etree._Element, place: Place, _choose: Choose) -> None:
    assert place.spot is not None
    kind = row_of(place)
    field = field_of(kind, str(place.what))
    put(element, kind, field, place.spot)


# Namespaces


def _misspace(*, deep: bool, foreign: bool = True) -> Edit:
    """Another namespace for an element; ``foreign``: another version's will do, too."""

    def edit(element: etree._Element, _place: Place, choose: Choose) -> None:
        own = namespace_of(element)
        others = [v.namespace for v in VERSIONS if v.namespace != own] if foreign else []
        wrong = (
            *(f"{own}/", own.replace("http:", "https:"), own.upper(), own[:-1]),
            *("urn:example", f"{UNVERSIONED}/2010-1-31", *others),
        )
        _rename_all(element, choose(wrong), deep=deep)

    return edit


def _unqualify(*, deep: bool) -> Edit:
    return lambda element, _place, _choose: _rename_all(element, "", deep=deep)


def _rename_all(element: etree._Element, namespace: str, *, deep: bool) -> None:
    for each in element.iter(etree.Element) if deep else (element,):
        each.tag = f"{{{namespace}}}{local_name(each)}" if namespace else local_name(each)


def _is_value(spot: Spot) -> bool:
    return spot.complex is None


def _is_nestable(spot: Spot) -> bool:
    # A check that wants a text there would not find it, and two rules were broken.
    return _is_value(spot) and "/getCompanyInfoParam/" not in spot.path


def _is_message_value(spot: Spot) -> bool:
    # In authHeader, what has no namespace falls under another rule.
    return _is_value(spot) and spot.root != AUTH_HEADER


def _is_inner(spot: Spot) -> bool:
    return spot.complex is not None and not _is_root(spot)


def _is_root(spot: Spot) -> bool:
    return spot.type in _root_types(spot.version)


@lru_cache(maxsize=16)
def _root_types(version: Version) -> frozenset[str]:
    table = contract(version)
    return frozenset((*table.messages.values(), *table.companions.values()))


def _is_qualified_root(spot: Spot) -> bool:
    # Of a plain Request, the validator says that it lacks its authHeader: rule envelope.
    return _is_root(spot) and spot.path != "/Request/authHeader"


def _unnumbered(spot: Spot) -> str:
    """The path of a child with a name of its own, which is no longer counted among its like."""
    return re.sub(r"\[\d+\]$", "", spot.path)


def _first_unnumbered(spot: Spot) -> str:
    """The path of a child without a namespace, which is counted among its like."""
    return spot.path.removesuffix("[1]")


def _unpublished(root: etree._Element, version: Version) -> list[Place]:
    return [
        Place(spot.path, spot, None, version)
        for spot in messages(root, version)
        if spot.root == MESSAGE
    ]


# Dated namespaces that were never published, by the version that judges them.
UNPUBLISHED: dict[str, tuple[str, ...]] = {
    "pre-4.0": ("2007-06-30", "2006-01-01-beta"),
    "4.0": ("2008-03-01",),
    "4.2": ("2008-12-24", "2009-07-30-beta"),
    "4.4": ("2009-08-01",),
    "4.5": ("2011-11-04", "2011-11-04-beta"),
    "6.0": ("2012-07-31", "2012-07-31-beta"),
    "6.6": ("2013-08-29-beta",),
    "6.8": ("2016-01-14-beta", "2017-10-29-beta", "2023-01-15"),
}


def _unpublish(root: etree._Element, place: Place, choose: Choose) -> etree._Element:
    assert place.spot is not None
    date = choose(UNPUBLISHED[place.version.label])
    _rename_all(element_at(root, place.spot.at), f"{UNVERSIONED}/{date}", deep=True)
    return root


NAMES_MUTATIONS: tuple[Mutation, ...] = (
    *(
        edit_mutation(
            *("unknown-element", f"invented: {name[:20]}", f"adds an element {name[:20]}"),
            *(_anywhere(name), _add_invented),
        )
        for name in _INVENTED
    ),
    edit_mutation(
        *("unknown-element", "foreign", "adds an element of another type", _foreign, _add_foreign)
    ),
    *(
        edit_mutation(
            *("unknown-element", how, f"misspells a name ({how})", _misspellable(how), _rename)
        )
        for how in _MISSPELLINGS
    ),
    edit_mutation(
        *("unknown-element", "translated", "uses a name from a machine-translated page"),
        *(_rendered("translated"), _rename),
    ),
    edit_mutation(
        *("unknown-element", "misprint", "uses a name that a page misprints"),
        *(_rendered("misprint"), _rename),
    ),
    element_mutation(
        *("unknown-element", "nested", "puts an element where a value belongs"),
        *(_is_nestable, _nest, lambda spot: f"{spot.path}/value"),
    ),
    edit_mutation(
        *("not-in-version", "too early", "adds an element that a later version brought"),
        *(_elsewhen(early=True), _add_elsewhen),
    ),
    edit_mutation(
        *("not-in-version", "too late", "adds an element that an earlier version had"),
        *(_elsewhen(early=False), _add_elsewhen),
    ),
    *(
        edit_mutation(rule, "present", words, _remarked(rule), _add_remarked)
        for rule, words in (
            ("later-than-pre-4.0", "adds to the unversioned namespace what came after pre-4.0"),
            ("deprecated-job", "uses a job that is deprecated"),
            ("restricted-job", "uses a job that is the vendor's own"),
            ("response-only", "adds what only answers have"),
        )
    ),
    *(
        element_mutation("wrong-namespace", f"{kind}: {way}", words, suits, edit, path)
        for kind, suits, deep, words in (
            ("leaf", _is_value, False, "gives a value's element a wrong namespace"),
            ("inner", _is_inner, False, "gives an element a wrong namespace, not what it holds"),
            ("subtree", _is_inner, True, "gives an element and all in it a wrong namespace"),
        )
        for way, edit, path in (
            ("other", _misspace(deep=deep), _unnumbered),
            ("none", _unqualify(deep=deep), _first_unnumbered),
        )
        if (kind, way) != ("leaf", "none")
    ),
    element_mutation(
        *("wrong-namespace", "leaf: none", "gives a value's element no namespace"),
        *(_is_message_value, _unqualify(deep=False), _first_unnumbered),
    ),
    *(
        element_mutation("wrong-namespace", f"{kind}: {way}", words, _is_qualified_root, edit)
        for kind, deep, words in (
            ("root", False, "gives a message's root a wrong namespace"),
            ("message", True, "gives all of a message a wrong namespace"),
        )
        for way, edit in (
            ("other", _misspace(deep=deep, foreign=False)),
            ("none", _unqualify(deep=deep)),
        )
    ),
    Mutation(
        *("unpublished-version", "date", "uses a dated namespace that was never published"),
        *(CONTENT, _unpublished, _unpublish),
    ),
)
