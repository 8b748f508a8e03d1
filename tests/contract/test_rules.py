"""The tables of rules, fault codes and codes of languages and countries."""

from __future__ import annotations

import pycountry

from ips_contract.contract.faults import FAULT_CODES, KINDS
from ips_contract.contract.iso_codes import COUNTRIES, LANGUAGES
from ips_contract.contract.model import contract
from ips_contract.contract.rules import ERROR, EVIDENCE, RULES, WARNING
from ips_contract.contract.versions import LATEST


def test_rules() -> None:
    for name, rule in RULES.items():
        assert rule.id == name
        assert rule.severity in (ERROR, WARNING)
        assert rule.meaning.endswith(".")
        letters = rule.source.split(":")[0].split()
        assert letters
        assert set(letters) <= EVIDENCE.keys()
        assert rule.fault is None or FAULT_CODES[rule.fault].kind == "ipsApiFault"
        assert rule.severity == ERROR or rule.fault is None


def test_inferred_rules_only_warn() -> None:
    # A limit of ours is no statement about the service.
    inferred = [r for r in RULES.values() if r.source.startswith("I") and "limit" not in r.source]
    assert inferred
    assert {rule.severity for rule in inferred} == {WARNING}


def test_the_schema_names_known_rules() -> None:
    rows = contract(LATEST)
    for kind in rows.simple_types.values():
        assert all(facet.rule in RULES for facet in kind.facets)
        assert all(set(facet.evidence.split()) <= EVIDENCE.keys() for facet in kind.facets)
    for parent in rows.complex_types.values():
        for field in parent.fields:
            assert set(field.evidence.split()) <= EVIDENCE.keys(), field
            assert field.evidence, field
            assert {field.maximum_rule, field.present, field.absent} - {None} <= RULES.keys()
        for choice in parent.choices:
            assert choice.rule in RULES
            assert choice.evidence


def test_fault_codes() -> None:
    assert {row.kind for row in FAULT_CODES.values()} == set(KINDS)
    for code, row in FAULT_CODES.items():
        assert row.code == code
        assert KINDS[code // 10000 - 1] == row.kind


def test_iso_lists() -> None:
    languages = {x.alpha_2 for x in pycountry.languages if hasattr(x, "alpha_2")}
    countries = {x.alpha_2 for x in pycountry.countries}
    assert languages == LANGUAGES
    assert countries == COUNTRIES
