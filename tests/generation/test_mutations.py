"""The mutation table: each rule, each way, in each version that has it, breaks that rule alone."""

from __future__ import annotations

import random
from collections import Counter
from copy import deepcopy
from functools import lru_cache

import pytest
from lxml import etree

from ips_contract import RULES, VERSIONS, Version, validate
from ips_contract.contract.model import contract
from ips_contract.contract.rules import ERROR
from ips_contract.contract.values import problems
from ips_contract.contract.versions import LATEST
from ips_contract.fixtures import all_fixtures
from ips_contract.generation.envelopes import plain_request
from ips_contract.generation.minimal import enveloped, first, least_message
from ips_contract.generation.mutations.mutation import (
    CONTENT,
    EXCHANGE,
    WRAPPING,
    Mutation,
)
from ips_contract.generation.mutations.namespaces import UNPUBLISHED
from ips_contract.generation.mutations.table import (
    BEYOND,
    MUTATIONS,
    Invalid,
    break_rules,
    possible,
    rule_ids,
)
from ips_contract.generation.mutations.values import VALUE_MUTATIONS, WRONG_CHECKS, WRONG_FORMS
from ips_contract.generation.random_messages import (
    draw,
    draw_envelope,
    draw_exchange,
    draw_fault,
    message_choices,
    request_choices,
)
from ips_contract.generation.serialization import to_element
from ips_contract.generation.tree_walk import to_xml
from ips_contract.validation.engines import VERDICTS
from ips_contract.xml.parser import parse
from tests.messages import some_names
from tests.sweep import every, examples

SOME = 3  # Messages besides those about jobs; at night all.
TABLE = [mutation for mutations in MUTATIONS.values() for mutation in mutations]
# What no XSD 1.0 engine can see. (An engine has the schema of one message; of a name that is none,
# it has no schema.)
UNSEEN = {"schedule", "constant-case", "company-named", "not-a-message"}


def test_every_rule_has_a_mutation() -> None:
    assert MUTATIONS.keys() == RULES.keys() - BEYOND
    for mutations in MUTATIONS.values():
        kinds = [mutation.kind for mutation in mutations]
        assert len(kinds) == len(set(kinds))
        assert all(mutation.description for mutation in mutations)


def test_every_facet_check_and_remark_of_the_contract_has_a_mutation() -> None:
    for version in VERSIONS:
        rows = contract(version)
        for row in rows.simple_types.values():
            for facet in row.facets:
                if facet.kind == "pattern" and facet.rule not in ("wrong-type", "range"):
                    assert row.name in WRONG_FORMS[facet.rule]
            if row.check is not None:
                assert row.check in WRONG_CHECKS
        for kind in rows.complex_types.values():
            for field in kind.fields:
                rules = {field.present, field.absent, field.maximum_rule} - {None}
                assert rules <= MUTATIONS.keys()
            assert {choice.rule for choice in kind.choices} <= MUTATIONS.keys()
    assert UNPUBLISHED.keys() == {version.label for version in VERSIONS}


@pytest.mark.no_cover
@pytest.mark.parametrize("version", every(3, VERSIONS, LATEST.rank), ids=str)
def test_every_wrong_value_breaks_its_rule_alone(version: Version) -> None:
    seen: Counter[str] = Counter()
    done: set[tuple[str, str, str]] = set()
    roots = [least_message(version, name) for name in some_names(version, SOME)]
    for mutation in VALUE_MUTATIONS:
        for root in roots:
            for target in mutation.targets(root, version):
                assert target.location is not None
                row = contract(version).simple_types.get(target.location.type)
                assert isinstance(target.what, tuple)
                key = (mutation.rule, mutation.kind, target.location.type)
                if row is None or key in done:
                    continue
                done.add(key)
                for text in target.what:
                    assert {rule for rule, _ in problems(row, text)} == {mutation.rule}, text
                    seen[mutation.rule] += 1
    assert seen["constant"] > 100


@lru_cache(maxsize=len(VERSIONS))
def documents(version: Version) -> list[etree._Element]:
    """The least messages of ``version``: what these can suffer, all can. They stay as they are."""
    chance = random.Random(0)
    found = [least_message(version, name) for name in some_names(version, SOME)]
    found.append(enveloped(least_message(version, "submitJobParam")))
    found.append(to_element(draw_envelope(chance, draw(chance, request_choices((version,))[0]))))
    found.append(to_element(draw_fault(chance)))
    login = draw(chance, message_choices((VERSIONS[0],), "authHeader")[0])
    request = draw(chance, request_choices((version,))[0])
    found.append(to_element(plain_request(request, login)))
    return found


@lru_cache(maxsize=len(VERSIONS))
def reachable(version: Version) -> frozenset[Mutation]:
    found: set[Mutation] = set()
    for root in documents(version):
        left = [each for each in TABLE if each.level != EXCHANGE and each not in found]
        found.update(each for each in left if each.targets(root, version))
    answer = least_message(version, "submitJobReturn")
    return frozenset(found | set(possible(answer, version, (EXCHANGE,))))


# Rules that some versions cannot break: they lack the element that the rule is about.
NOT_IN = {
    "locale": {"pre-4.0"},
    "locale-code": {"pre-4.0"},
    "pdf-render": {"pre-4.0"},
    "export-format": {"pre-4.0", "4.0", "4.2", "4.4", "4.5"},
    "response-only": {"pre-4.0", "4.0", "4.2", "4.4"},
    "restricted-job": {"pre-4.0"},
    "array-limit": {"pre-4.0"},
    "constant-case": {"pre-4.0"},
    "missing-tolerated": {v.label for v in VERSIONS} - {"6.8"},
    "missing-inferred": {"6.6", "6.8"},
    "later-than-pre-4.0": {v.label for v in VERSIONS} - {"pre-4.0"},
}


@pytest.mark.no_cover
@pytest.mark.parametrize("version", every(3, VERSIONS, LATEST.rank), ids=str)
def test_every_rule_can_be_broken_in_every_version_that_has_it(version: Version) -> None:
    reached = {mutation.rule for mutation in reachable(version)}
    missing = {rule for rule, labels in NOT_IN.items() if version.label in labels}
    assert reached == MUTATIONS.keys() - missing


def test_every_mutation_is_possible_in_some_version() -> None:
    assert {m for version in VERSIONS for m in reachable(version)} == set(TABLE)


@lru_cache(maxsize=512)
def sources(version: Version, rule: str) -> list[str]:
    """The messages of ``version`` in which ``rule`` can be broken; "" for a fault."""
    found = [
        name
        for name in some_names(version, SOME)
        if any(each.targets(least_message(version, name), version) for each in MUTATIONS[rule])
    ]
    return ["submitJobParam"] * 3 * ("submitJobParam" in found) + found or [""]


def drawn(
    chance: random.Random, version: Version, rule: str
) -> tuple[etree._Element | None, etree._Element]:
    """A random valid document that can break ``rule``; with its request, if an exchange."""
    requests = request_choices((version,))
    if MUTATIONS[rule][0].level == EXCHANGE:
        return draw_exchange(chance, chance.choice(requests))
    name = chance.choice(sources(version, rule))
    if not name:
        return None, to_element(draw_fault(chance))
    choices = requests if name == "submitJobParam" else message_choices((version,), name)
    message = draw(chance, chance.choice(choices))
    return None, to_element(draw_envelope(chance, message) if chance.random() < 0.2 else message)


def engines_refuse(found: Invalid, mutation: Mutation, version: Version) -> None:
    """Both engines refuse a bare message whose defect XSD can express."""
    rule = mutation.rule
    if mutation.level != CONTENT or RULES[rule].severity != ERROR or rule in UNSEEN:
        return
    root = parse(found.xml)
    if not str(root.tag).endswith(("Param", "Return")):
        return
    for name, verdict in VERDICTS.items():
        assert verdict(root, version, version.namespace), (name, found)


@pytest.mark.no_cover
def test_examples_reach_every_rule_in_every_version(
    capsys: pytest.CaptureFixture[str],
) -> None:
    counts: Counter[tuple[str, str]] = Counter()
    versions = every(3, VERSIONS, LATEST.rank)
    rules: dict[str, list[str]] = {
        v.label: sorted({m.rule for m in reachable(v)}) for v in versions
    }
    for seed in range(examples(len(versions) * max(map(len, rules.values())), 2000)):
        chance = random.Random(seed)
        version = versions[seed % len(versions)]
        # Each rule of the version in its turn, at a document that can break it.
        rule = rules[version.label][seed // len(versions) % len(rules[version.label])]
        request, root = drawn(chance, version, rule)
        able = [m for m in MUTATIONS[rule] if m.targets(root, version)]
        mutation = chance.choice(able)
        before = to_xml(root)
        target_paths = {target.path for target in mutation.targets(root, version)}
        found = break_rules(root, version, [mutation], chance.choice, request=request)
        assert to_xml(root) == before, "apply works on a copy"
        assert found.rules == (found.rule,) == (rule,)
        assert found.path in target_paths
        if (seed + seed // len(versions)) % 8 == 0:  # In one version, each rule.
            engines_refuse(found, mutation, version)
        counts[rule, version.label] += 1
    with capsys.disabled():
        print("\n" + coverage_table(counts, rules))
    assert len(counts) == sum(map(len, rules.values()))


def coverage_table(counts: Counter[tuple[str, str]], rules: dict[str, list[str]]) -> str:
    """Rule by version: how often each was reached; a dash where the version has it not."""
    lines = [f"{'rule by version':20}" + "".join(f"{label:>8}" for label in rules)]
    for rule in MUTATIONS:
        cells = [str(counts[rule, label]) if rule in rules[label] else "-" for label in rules]
        lines.append(f"{rule:20}" + "".join(f"{cell:>8}" for cell in cells))
    return "\n".join(lines)


@pytest.mark.no_cover
@pytest.mark.parametrize("mutation", every(2, TABLE), ids=lambda m: f"{m.rule}: {m.kind}")
def test_every_mutation_at_every_place_of_the_least_messages(mutation: Mutation) -> None:
    chance = random.Random(1)
    for version in (VERSIONS[0], VERSIONS[1], VERSIONS[-1]):
        if mutation.level == EXCHANGE:
            request, root = draw_exchange(chance, request_choices((version,))[0])
            assert break_rules(root, version, [mutation], chance.choice, request=request)
            continue
        met = 0
        for root in documents(version):
            targets = mutation.targets(root, version)
            met += bool(targets)
            if met > examples(2, len(documents(version))):
                break
            for target in chance.sample(targets, min(len(targets), 3)):
                result = mutation.apply(deepcopy(root), target, chance.choice)
                xml = result if isinstance(result, bytes) else to_xml(result)
                found = validate(xml).violations
                assert {v.rule for v in found} == {mutation.rule}, (target.path, xml[:2000])
                assert found[0].path == target.path


def test_every_invalid_fixture_is_of_a_kind_in_the_table() -> None:
    for fixture in all_fixtures():
        assert fixture.rule is None or fixture.rule in MUTATIONS


def test_two_rules_at_once() -> None:
    root = least_message(VERSIONS[-1], "submitJobParam")
    chosen = [MUTATIONS["blank"][0], MUTATIONS["constant"][0], MUTATIONS["not-xml"][0]]
    found = break_rules(root, VERSIONS[-1], chosen[:2])
    assert set(found.rules) == {"blank", "constant"}
    assert found.rule == found.rules[0]
    assert break_rules(root, VERSIONS[-1], chosen).rules == ("not-xml",)
    gone = [MUTATIONS["not-a-message"][0], MUTATIONS["blank"][0]]
    assert break_rules(root, VERSIONS[-1], gone).rules == ("not-a-message",)


WRECKS = [mutation for mutation in TABLE if mutation.level == WRAPPING]


@pytest.mark.parametrize("mutation", WRECKS, ids=lambda m: f"{m.rule}: {m.kind}")
def test_two_wrappings_at_once(mutation: Mutation) -> None:
    """What has no place any more is left out, and so is what mends what was wrong."""
    root = least_message(LATEST, "submitJobParam")
    for second in WRECKS:
        if second is not mutation:
            assert break_rules(root, LATEST, [mutation, second]).rules


def test_what_cannot_be_broken() -> None:
    answer = least_message(VERSIONS[0], "submitJobReturn")
    with pytest.raises(ValueError, match=r"range cannot be broken in this document of pre-4\.0"):
        break_rules(answer, VERSIONS[0], [MUTATIONS["range"][0]])
    with pytest.raises(ValueError, match="no rule 'nothing' that can be broken here; there are "):
        rule_ids("nothing")
    with pytest.raises(ValueError, match=r"'rnage' that can be broken here; did you mean range\?"):
        rule_ids("rnage")
    with pytest.raises(ValueError, match="no rule 1 that can be broken here; there are "):
        rule_ids([1])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="no rule ''"):
        rule_ids([])


def test_invalid() -> None:
    root = least_message(VERSIONS[-1], "submitJobParam")
    found = break_rules(root, VERSIONS[-1], [MUTATIONS["blank"][0]], first)
    assert repr(found).startswith("<Invalid blank at /submitJobParam/companyHandle (6.8): writes")
    assert str(found.element.tag).endswith("submitJobParam")
    assert found.request is None


def test_attributes_and_namespaces_are_written_out() -> None:
    inner = b'<b xmlns="" c="1 &lt; &quot;2&quot;" xml:lang="en"><d/>e</b><!-- -->f'
    xml = b'<a xmlns="urn:x">' + inner + b"</a>"
    again = etree.fromstring(to_xml(etree.fromstring(xml)))
    assert [each.tag for each in again.iter()] == ["{urn:x}a", "b", "d"]
    assert dict(again[0].attrib) == {
        "c": '1 < "2"',
        "{http://www.w3.org/XML/1998/namespace}lang": "en",
    }
    assert again[0].tail == "f"
