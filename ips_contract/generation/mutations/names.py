"""Mutations of names: elements that are unknown, or of another version."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from lxml import etree

from ips_contract.contract.misnamed import MISPRINTS, translations
from ips_contract.contract.model import ComplexType, Field, contract
from ips_contract.contract.versions import RANKS, VERSIONS
from ips_contract.generation.minimal import Choose, least_element
from ips_contract.generation.mutations.mutation import (
    Mutation,
    Target,
    child_of,
    edit_mutation,
    element_mutation,
    field_of,
    row_of,
    set_text,
)
from ips_contract.generation.tree_walk import (
    Location,
    child_named,
    child_path,
    put,
)
from ips_contract.xml.parser import namespace_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ips_contract.contract.versions import Version
    from ips_contract.generation.mutations.mutation import Finds, Found

_NAME = re.compile(r"[^\W\d][\w.\-]*")
# Names that are near to none of the contract's.
_INVENTED = ("priority", "x", "_", "Straße", "notify-me", "Qualität", "zzz.1", "z" * 50)
_MISSPELLINGS = "case", "doubled", "dropped", "swapped"


# Unknown names


def _anywhere(name: str) -> Finds:
    def finds(location: Location, kind: ComplexType, _names: list[str]) -> Found:
        del kind
        yield name, f"{location.path}/{name}"

    return finds


def _insert(parent: etree._Element, child: etree._Element, choose: Choose) -> None:
    parent.insert(choose(range(len(parent) + 1)), child)


def _add_invented(element: etree._Element, target: Target, choose: Choose) -> None:
    child = etree.Element(f"{{{namespace_of(element)}}}{target.what}")
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


def _foreign(location: Location, kind: ComplexType, _names: list[str]) -> Found:
    own = {field.name for field in kind.fields} | kind.elsewhen.keys()
    if location.missing:
        return
    for name in _job_fields(location.version):
        if name not in own:
            yield name, f"{location.path}/{name}"


def _add_foreign(element: etree._Element, target: Target, choose: Choose) -> None:
    assert target.location is not None
    field = _job_fields(target.location.version)[str(target.what)]
    _insert(element, least_element(target.location.version, field, namespace_of(element)), choose)


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
    def finds(location: Location, kind: ComplexType, names: list[str]) -> Found:
        taken = {field.name for field in kind.fields} | kind.elsewhen.keys()
        for field in _renamable(kind, names):
            wrong = misspelt(field.name, how)
            # Short names with a letter less are near to nothing, and one would be missing, too.
            near = how in ("case", "doubled") or len(field.name) > 5
            if wrong not in taken and near:
                yield (field.name, wrong), f"{location.path}/{wrong}"

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
    def finds(location: Location, kind: ComplexType, names: list[str]) -> Found:
        wrong_names = _translated_names() if table == "translated" else _misprints()
        taken = {field.name for field in kind.fields} | kind.elsewhen.keys()
        for field in _renamable(kind, names):
            for wrong in wrong_names.get(field.name, ()):
                if wrong not in taken:
                    yield (field.name, wrong), f"{location.path}/{wrong}"

    return finds


def _rename(element: etree._Element, target: Target, _choose: Choose) -> None:
    assert isinstance(target.what, tuple)
    name, wrong = target.what
    child = child_of(element, name)
    child.tag = f"{{{namespace_of(element)}}}{wrong}"


def _is_nestable(location: Location) -> bool:
    # A check that wants a text there would not find it, and two rules were broken.
    return location.complex is None and "/getCompanyInfoParam/" not in location.path


def _nest(element: etree._Element, _target: Target, _choose: Choose) -> None:
    child = etree.Element(f"{{{namespace_of(element)}}}value")
    child.text = element.text
    set_text(element, "")
    element.append(child)


# Versions


def _elsewhen(*, early: bool) -> Finds:
    def finds(location: Location, kind: ComplexType, _names: list[str]) -> Found:
        own = {field.name for field in kind.fields}
        for field in kind.elsewhen.values():
            gone = bool(field.until) and location.version.rank >= RANKS[field.until]
            if field.name not in own and gone is not early:
                yield field.name, f"{location.path}/{field.name}"

    return finds


def _add_elsewhen(element: etree._Element, target: Target, _choose: Choose) -> None:
    assert target.location is not None
    kind = row_of(target)
    field = kind.elsewhen[str(target.what)]
    child = least_element(target.location.version, field, namespace_of(element))
    for name in kind.choices[field.choice].names if field.choice is not None else ():
        other = child_named(element, name)
        if other is not None:
            element.replace(other, child)
            return
    element.append(child)


def _remarked(rule: str) -> Finds:
    def finds(location: Location, kind: ComplexType, names: list[str]) -> Found:
        for field in kind.fields:
            if field.present == rule and field.name not in names:
                yield field.name, child_path(location.path, field)

    return finds


def _add_remarked(element: etree._Element, target: Target, _choose: Choose) -> None:
    assert target.location is not None
    kind = row_of(target)
    field = field_of(kind, str(target.what))
    put(element, kind, field, target.location)


NAME_MUTATIONS: tuple[Mutation, ...] = (
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
        *(_is_nestable, _nest, lambda location: f"{location.path}/value"),
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
)
