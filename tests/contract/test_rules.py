"""The tables of rules, fault codes and codes of languages and countries."""

from __future__ import annotations

import re

import pycountry
import pytest

from ips_contract.contract.faults import FAULT_CODES, KINDS
from ips_contract.contract.iso_codes import COUNTRIES, LANGUAGES
from ips_contract.contract.model import contract
from ips_contract.contract.rules import (
    ERROR,
    EVIDENCE,
    RULES,
    WARNING,
    docs_site,
    evidence_words,
    page_of,
    where_explained,
)
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


def test_evidence_in_words() -> None:
    assert evidence_words("S D: constants") == "documented pages, API reference: constants"
    assert evidence_words("S: execTime; D: getJobLogs") == (
        "documented pages: execTime; API reference: getJobLogs"
    )
    assert evidence_words("P: XML 1.0; the code is inferred") == (
        "specification: XML 1.0; the code is inferred"
    )
    for rule in RULES.values():
        assert not re.search(r"(?:^|; )[A-Z](?: [A-Z])*:", evidence_words(rule.source))


def test_where_rules_are_explained() -> None:
    site = docs_site("https://docs.example.com/ips/")
    page = "https://docs.example.com/ips/reference/rules.html#constant"
    assert page_of("constant", site) == page
    assert where_explained(["constant", "blank"], site) == f"{page} {page_of('blank', site)}"
    assert where_explained(["constant", "blank"], docs_site("")) == (
        "ips-contract rules constant blank"
    )
    with pytest.raises(ValueError, match="is no http or https URL"):
        docs_site("javascript:alert(1)")


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
