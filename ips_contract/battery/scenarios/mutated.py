"""More cases, drawn: valid answers after one mutation, which a client must not believe."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ips_contract.battery.scenarios.answer import Answer, Asked, filled
from ips_contract.battery.scenarios.bodies import DECLARATION, TRACE, envelope
from ips_contract.battery.scenarios.operation import SUBMIT
from ips_contract.battery.scenarios.scenario import EXAMPLE, GATING, REFUSE, STRICT, Scenario
from ips_contract.generation.mutations.mutation import CONTENT, DOCUMENT, WRAPPING
from ips_contract.generation.mutations.table import break_rules, is_error, possible
from ips_contract.generation.shrinking import shrink
from ips_contract.validation.validator import validate
from ips_contract.xml.parser import parse
from ips_contract.xml.text import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml import etree

    from ips_contract.battery.scenarios.operation import Operation
    from ips_contract.contract.versions import Version
    from ips_contract.generation.mutations.mutation import Mutation

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
_VALUES = re.compile(r'[0-9]+|"[^"]*"')
# For making one example smaller: runs of the client, and seconds if it is slow.
_MOST_TRIES, _MOST_SECONDS = 50, 60


def _answer(version: Version, operation: Operation, *, header: bool) -> etree._Element:
    """A valid answer to the usual request, parsed."""
    blank = Scenario("", 0, "", "", GATING, REFUSE, Answer(), operation=operation)
    handle = blank.served(dated=bool(version.date))
    asked = Asked(version.namespace, handle, operation=operation)
    block = f"<soapenv:Header>{TRACE}</soapenv:Header>" if header else ""
    return parse(filled(envelope(header=block, before=DECLARATION), asked).encode())


def mutations_of(version: Version, operation: Operation = SUBMIT) -> tuple[Mutation, ...]:
    """The mutations that make an answer of ``version`` invalid."""
    ways = possible(
        _answer(version, operation, header=True), version, (CONTENT, WRAPPING, DOCUMENT)
    )
    return tuple(way for way in ways if is_error(way.rule) and way.rule not in _NOT_FOR_CLIENTS)


def example(seed: int, place: int, version: Version, operation: Operation = SUBMIT) -> Scenario:
    """The example at ``place`` of those drawn with ``seed``: the same one always."""
    key = f"{seed}/{place}"
    mutation = random.Random(key).choice(mutations_of(version, operation))  # noqa: S311 - repeatable
    drawn = random.Random(key).choice  # noqa: S311 - repeatable
    broken = break_rules(_answer(version, operation, header=True), version, [mutation], drawn)
    level = GATING if broken.rule in GATING_RULES else STRICT
    title = f"{broken.description} ({broken.rule} at {broken.path})"
    source = f"ips-contract's rule {broken.rule}"
    name = f"mutation-{seed}-{place}"
    answer = Answer(broken.xml)
    return Scenario(name, EXAMPLE, title, source, level, REFUSE, answer, operation=operation)


def example_named(name: str, version: Version, operation: Operation = SUBMIT) -> Scenario | None:
    """The example that has the id ``name``, None if it is no example's."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    return example(int(match[1]), int(match[2]), version, operation)


def tries_for(seconds: float) -> int:
    """How often a client that takes ``seconds`` is run for making an example smaller."""
    return min(_MOST_TRIES, int(_MOST_SECONDS / max(seconds, 0.001)))


def smallest(
    scenario: Scenario, fails: Callable[[Scenario], bool], most: int = _MOST_TRIES
) -> Scenario:
    """An example that fails, made smaller as long as it ``fails`` and breaks the same rule.

    Args:
        scenario: the example.
        fails: whether a form of it fails in the same way.
        most: how often that is asked at most.

    Returns:
        the smallest form; its title says how it became small.
    """

    def form(answer: bytes) -> Scenario:
        return replace(scenario, answer=Answer(answer))

    whole = scenario.answer.entity(Asked("", ""))
    kind = _kind(whole)
    found = shrink(whole, lambda data: _kind(data) == kind, lambda data: fails(form(data)), most)
    told = f"{len(whole)} bytes made {len(found.data)} in {counted(found.tries, 'run')}"
    if not found.complete:
        told += ", no more were tried"
    return replace(form(found.data), title=f"{scenario.title}; {told}")


def _kind(answer: bytes) -> tuple[str, ...]:
    """What is wrong with an answer, without the numbers and texts in it."""
    return tuple(f"{row.rule} {_VALUES.sub('', row.message)}" for row in validate(answer).errors)
