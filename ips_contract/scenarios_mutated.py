"""More cases, drawn: valid answers after one mutation, which a client must not believe."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

from ips_contract.breakage import CONTENT, DOCUMENT, WRAPPING
from ips_contract.envelope import parse
from ips_contract.mutations import break_rules, is_error, possible
from ips_contract.samples import first
from ips_contract.scenarios_parts import (
    DECLARATION,
    GATING,
    REFUSE,
    STRICT,
    TRACE,
    Answer,
    Asked,
    Scenario,
    envelope,
    filled,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from ips_contract.breakage import Mutation
    from ips_contract.samples import Choose
    from ips_contract.versions import Version

# Rules of ours that a careful client keeps without a schema, as gating cases of the list ask.
GATING_RULES = frozenset(
    (
        "compressed",
        "job-handle-empty",
        "missing-element",
        "not-a-message",
        "not-xml",
        "repeated-element",
        "wrong-namespace",
    )
)
# Limits that are ours alone; and attributes, which cases 14 and 15 want to be accepted.
_NOT_FOR_CLIENTS = frozenset(("stray-attribute", "too-deep", "too-large"))
_NAME = re.compile("mutation-([0-9]{1,18})-([1-9][0-9]{0,8})")
_NUMBER = 99  # Of no case in the list.


class Example:
    """A drawn case, and smaller ones that break the same rule in the same way.

    Attributes:
        scenario: the case.
    """

    def __init__(self, name: str, version: Version, mutation: Mutation, seed: str) -> None:
        self._name = name
        self._version = version
        self._mutation = mutation
        self._seed = seed
        self.scenario = self._made(header=True, choose=random.Random(seed).choice)  # noqa: S311 - repeatable

    def smaller(self) -> Iterator[Scenario]:
        """The same case smaller, the smallest first."""
        drawn = random.Random(self._seed).choice  # noqa: S311 - repeatable
        made = [self._made(header=False, choose=choose) for choose in (first, drawn)]
        size = len(self.scenario.answer.body)
        found = {row.answer.body: row for row in made if len(row.answer.body) < size}
        yield from sorted(found.values(), key=lambda row: len(row.answer.body))

    def _made(self, *, header: bool, choose: Choose) -> Scenario:
        root = _answer(self._version, header=header)
        broken = break_rules(root, self._version, [self._mutation], choose)
        level = GATING if broken.rule in GATING_RULES else STRICT
        title = f"{broken.description} ({broken.rule} at {broken.path})"
        source = f"ips-contract's rule {broken.rule}"
        return Scenario(self._name, _NUMBER, title, source, level, REFUSE, Answer(broken.xml))


def _answer(version: Version, *, header: bool) -> etree._Element:
    """A valid answer to the usual submission, parsed."""
    blank = Scenario("", 0, "", "", GATING, REFUSE, Answer())
    asked = Asked(version.namespace, blank.served(dated=bool(version.date)))
    block = f"<soapenv:Header>{TRACE}</soapenv:Header>" if header else ""
    return parse(filled(envelope(header=block, before=DECLARATION), asked).encode())


def mutations_of(version: Version) -> tuple[Mutation, ...]:
    """The mutations that make an answer of ``version`` invalid."""
    ways = possible(_answer(version, header=True), version, (CONTENT, WRAPPING, DOCUMENT))
    return tuple(way for way in ways if is_error(way.rule) and way.rule not in _NOT_FOR_CLIENTS)


def example(seed: int, place: int, version: Version) -> Example:
    """The example at ``place`` of those drawn with ``seed``: the same one always."""
    key = f"{seed}/{place}"
    mutation = random.Random(key).choice(mutations_of(version))  # noqa: S311 - repeatable
    return Example(f"mutation-{seed}-{place}", version, mutation, key)


def example_named(name: str, version: Version) -> Example | None:
    """The example that has the id ``name``, None if it is no example's."""
    match = _NAME.fullmatch(name)
    return None if match is None else example(int(match[1]), int(match[2]), version)
