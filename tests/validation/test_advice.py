"""Advice that holds: followed literally, step by step, it leads to a valid message."""

from __future__ import annotations

import random
import re
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from ips_contract import validate
from ips_contract.contract.model import contract
from ips_contract.contract.versions import LATEST, PRE_4_0, VERSIONS, Version, find_version
from tests.advice import Follower, local
from tests.everything import message
from tests.findings import found
from tests.messages import request, urls

MOST_STEPS = 60


def followed(root: etree._Element, version: Version) -> list[str]:
    """What was said on the way to a valid message."""
    follower = Follower(root, version)
    said: list[str] = []
    seen = {etree.tostring(root)}
    report = validate(etree.tostring(root))
    while report.errors:
        count = len(report.errors)
        finding = report.errors[0]
        said.append(finding.message)
        acted = follower.follow(finding)
        text = etree.tostring(root)
        assert text not in seen, said
        seen.add(text)
        report = validate(text)
        # What stood in a wrong place was not looked into there, nor what had to be made for it.
        touched = [*acted.iter(), *follower.made]
        inside = {follower.path(node) for node in touched if root in node.iterancestors()}
        worse = [str(row) for row in report.errors if row.path not in inside]
        assert len(worse) <= count, (said, worse)
        assert len(said) < MOST_STEPS, said
    return said


# Mutations: each takes an element below the root, and changes it or what is around it.


def rename(element: etree._Element, name: str) -> None:
    element.tag = f"{{{etree.QName(element).namespace}}}{name}"


def misspell(element: etree._Element, chance: random.Random) -> None:
    name = local(element)
    at = chance.randrange(len(name))
    rename(element, name[:at] + chance.choice("xZ") + name[at + 1 :])


def in_another_case(element: etree._Element, _chance: random.Random) -> None:
    name = local(element)
    rename(element, name[0].upper() + name[1:])


def into_another(element: etree._Element, chance: random.Random) -> None:
    """Moves it to any other element with children that is not inside it."""
    inside = set(element.iter())
    root = element.getroottree().getroot()
    homes = [node for node in root.iter() if len(node) and node not in inside]
    chance.choice(homes).append(element)


def without_its_parent(element: etree._Element, _chance: random.Random) -> None:
    """Puts its children in its place."""
    parent = element.getparent()
    assert parent is not None
    for child in list(element):
        element.addprevious(child)
    parent.remove(element)


def away(element: etree._Element, _chance: random.Random) -> None:
    element.getparent().remove(element)  # type: ignore[union-attr] # It is no root.


def twice(element: etree._Element, _chance: random.Random) -> None:
    element.addnext(deepcopy(element))


def first(element: etree._Element, _chance: random.Random) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.insert(0, element)


def another_value(element: etree._Element, chance: random.Random) -> None:
    if not len(element):
        element.text = chance.choice(["", "never a value", "yes", "TRUE", "-1e99", "all"])


def with_text(element: etree._Element, _chance: random.Random) -> None:
    if len(element):
        element.text = "words"


def with_attribute(element: etree._Element, _chance: random.Random) -> None:
    element.set("id", "1")


def unqualified(element: etree._Element, _chance: random.Random) -> None:
    element.tag = local(element)


def with_a_stranger(element: etree._Element, _chance: random.Random) -> None:
    rename(etree.SubElement(element, element.tag), "stranger")


MUTATIONS = (
    misspell, in_another_case, into_another, without_its_parent, away, twice, first, another_value,
    with_text, with_attribute, unqualified, with_a_stranger,
)  # fmt: skip
REQUESTS = {v: sorted(n for n in contract(v).messages if n.endswith("Param")) for v in VERSIONS}


@settings(max_examples=150)
@given(
    st.sampled_from(VERSIONS),
    st.sampled_from(MUTATIONS),
    st.booleans(),
    st.booleans(),
    st.integers(0, 2**32),
)
def test_advice_leads_to_a_valid_message(
    version: Version, mutation: object, jobs: bool, full: bool, seed: int
) -> None:
    chance = random.Random(seed)
    name = "submitJobParam" if jobs else chance.choice(REQUESTS[version])
    root = message(version, name, full=full, pick=chance.randrange(13))
    below = list(root.iterdescendants())
    if not below:
        return
    assert callable(mutation)
    mutation(chance.choice(below), chance)
    followed(root, version)


@settings(max_examples=100)
@given(st.sampled_from(VERSIONS), st.integers(0, 2**32))
def test_several_mistakes_at_once(version: Version, seed: int) -> None:
    chance = random.Random(seed)
    root = message(version, "submitJobParam", full=True, pick=chance.randrange(13))
    for _ in range(3):
        chance.choice(MUTATIONS)(chance.choice(list(root.iterdescendants())), chance)
    followed(root, version)


LAYERS = "<photoshopOptions><layerNaming>LayerName</layerNaming></photoshopOptions>"
FLAT_URL = "<sourceUrl>https://example.com/a.jpg</sourceUrl><destPath>a.jpg</destPath>"
# A message, its version, and what is said of it on the way.
CASES = [
    (
        request(LATEST, job=urls(LAYERS)),
        ["layerNaming stood here before 4.5; it belongs inside layerOptions now."],
    ),
    (
        request(LATEST, job=urls()).replace(b"<items>", b"").replace(b"</items>", b""),
        [
            'urlArray has no element "sourceUrl"; it belongs inside items.',
            'urlArray has no element "destPath"; it belongs inside items.',
        ],
    ),
    (
        request(LATEST, job=urls()).replace(b"<urlArray>", b"").replace(b"</urlArray>", b""),
        ['uploadUrlsJob has no element "items"; it belongs inside urlArray'],
    ),
    (
        request(LATEST, before="<publishType>Full</publishType>").replace(
            b"<publishType>Full</publishType><emailSetting>", b"<emailSetting>"
        ),
        [
            'submitJobParam has no element "publishType"; it belongs inside imageServing',
        ],
    ),
    (
        request(
            find_version("4.4"),
            job=urls("<photoshopOptions><layerOptions/></photoshopOptions>"),
        ),
        ["layerOptions came with 4.5 ("],
    ),
]


@pytest.mark.parametrize(("document", "expected"), CASES)
def test_cases(document: bytes, expected: list[str]) -> None:
    root = etree.fromstring(document)
    version = next(v for v in VERSIONS if v.namespace == etree.QName(root).namespace)
    said = followed(root, version)
    for words in expected:
        assert any(row.startswith(words) for row in said), said


def test_no_advice_names_a_type() -> None:
    """Readers see elements; what our types are called is nothing to them."""
    types = {kind for kind in contract(LATEST).complex_types if kind[0].isupper()}
    for version in (PRE_4_0, LATEST):
        for name in REQUESTS[version]:
            root = message(version, name, full=True)
            for element in [root, *root.iterdescendants()]:
                etree.SubElement(element, f"{{{version.namespace}}}emailSetting")
            for row in validate(etree.tostring(root)).violations:
                assert not types.intersection(re.findall(r"\w+", row.message)), row


def test_a_list_with_something_else_in_it_is_not_called_empty() -> None:
    flat = request(LATEST, job=urls()).replace(b"<items>", b"").replace(b"</items>", b"")
    assert {rule for rule, _ in found(flat)} == {"unknown-element"}
