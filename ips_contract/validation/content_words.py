"""What is said of the children of an element: one too many, one too few, one that may not be there.

Pure functions; ``Diagnosis`` finds out when they are asked.
"""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING

from ips_contract.contract.rules import RULES
from ips_contract.contract.versions import find_version
from ips_contract.xml.parser import local_name
from ips_contract.xml.text import BLANKS, list_of, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml import etree

    from ips_contract.contract.content_models import Particle
    from ips_contract.contract.model import ComplexType, Field
    from ips_contract.validation.findings import Finding


def child_path(path: str, field: Field, count: int) -> str:
    """The path of the ``count``-th child called as ``field``; list elements show their number."""
    if count == 1 and field.maximum == 1:
        return f"{path}/{field.name}"
    return f"{path}/{field.name}[{count}]"


def presence(field: Field) -> str:
    """What is said of a field whose being there is remarked on."""
    if field.present == "later-than-pre-4.0":
        since = find_version(field.since.rpartition("..")[2])
        return (
            f"{field.name} came after pre-4.0; to be sure that the service takes it, use "
            f"the namespace {since.namespace}."
        )
    if field.present == "restricted-job":
        return f"{field.name} is restricted to the vendor's own applications."
    if field.present == "deprecated-job":
        return f"{field.name} is deprecated; use reprocessAssetsJob."
    return f"{field.name} is a count in answers; leave it out of requests."


def too_many(field: Field) -> str:
    """What is said of a field that stands more often than it may."""
    if field.maximum == 1:
        return f"{field.name} stands more than once; keep one."
    return f"More than {field.maximum} {field.name}; split the request."


def stray_text(element: etree._Element, text: str, definition: ComplexType) -> str:
    """What is said of a ``text`` between the children of ``element``."""
    fields = definition.fields
    home = fields[0].name if len(fields) == 1 else "its element"
    return (
        f"Text {quoted(text.strip(BLANKS))} stands in {local_name(element)}, which holds "
        f"elements only; remove it or put it into {home}."
    )


def absence(
    element: etree._Element, definition: ComplexType, index: int, standing: Iterable[str]
) -> str:
    """What is said of the absence from ``element`` of the field with this index.

    ``standing``: names of the fields that are there.
    """
    field, there = definition.fields[index], set(standing)
    if field.absent == "empty-list":
        return f"{local_name(element)} is empty; add {field.name}."
    before = [f.name for f in definition.fields[:index] if f.name in there]
    after = [f.name for f in definition.fields[index + 1 :] if f.name in there]
    where = f" after {before[-1]}" if before else f" before {after[0]}" if after else ""
    return f"{local_name(element)} has no {field.name}; add it{where}."


def is_chosen(definition: ComplexType, counts: dict[str, int]) -> bool:
    """Whether there is exactly one element of each choice."""
    return all(sum(map(counts.get, choice.names, repeat(0))) == 1 for choice in definition.choices)


def choice_findings(
    element: etree._Element,
    definition: ComplexType,
    places: list[tuple[etree._Element, Particle]],
    guessed: set[str],
    path: str,
) -> Iterator[Finding]:
    """What is wrong with the choices in ``element``: more than one of them, or none.

    Args:
        element: the element.
        definition: its type.
        places: its children that are known, each with what it is.
        guessed: names that others were probably meant to have.
        path: its path.
    """
    for index, choice in enumerate(definition.choices):
        chosen = [place for place in places if place[1].field.choice == index]
        seen: dict[str, int] = {}
        for child, particle in chosen:
            name = particle.name
            count = seen[name] = seen.get(name, 0) + 1
            first, first_particle = chosen[0]
            if child is first:
                continue
            words = f"{name} stands more than once; keep one."
            if name != first_particle.name:
                words = f"{name} stands beside {first_particle.name}; keep one of them."
            yield choice.rule, words, child_path(path, particle.field, count), child, None
        meant = any(
            name in choice.names
            or (name in definition.elsewhen and definition.elsewhen[name].choice == index)
            for name in guessed
        )
        if choice.required and not chosen and not meant:
            words = (
                f"{local_name(element)} has no job; add one of the {len(choice.names)} job "
                f"elements: {list_of(choice.names)}."
            )
            yield choice.rule, words, path, element, RULES[choice.rule].absent
