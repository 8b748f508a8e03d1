"""Every message of every version: what is judged valid is so by both engines, and nothing else."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pytest
import xmlschema
from lxml import etree

from ips_contract import validate
from ips_contract.contract.faults import COMPANIONS, FAULT_CODES
from ips_contract.contract.model import contract
from ips_contract.contract.schema import STRICT, render
from ips_contract.contract.versions import (
    BETA_2016,
    LATEST,
    VERSIONS,
    Version,
    version_for_namespace,
)
from tests.everything import message
from tests.sweep import every

PICKS = 3  # Of a choice, alternatives that are tried.


@lru_cache(maxsize=1)
def engines(version: Version) -> tuple[etree.XMLSchema, Any]:
    root = render(version, STRICT)
    return etree.XMLSchema(root), xmlschema.XMLSchema10(etree.tostring(root, encoding="unicode"))


def broken(root: etree._Element) -> etree._Element:
    """``root`` less its first child, or with one that nobody knows."""
    if len(root):
        root.remove(root[0])
    etree.SubElement(root, f"{{{etree.QName(root).namespace}}}nobodyKnowsThis")
    return root


@pytest.mark.no_cover
@pytest.mark.parametrize("version", every(4, VERSIONS, LATEST.rank), ids=str)
def test_all_messages(version: Version) -> None:
    libxml2, second = engines(version)
    names = contract(version).messages
    assert len(names) > 140
    for name in {*every(20, names, version.rank), "submitJobParam"}:
        for full, pick in [(False, 0), *((True, pick) for pick in range(PICKS))]:
            root = message(version, name, full=full, pick=pick)
            if name in COMPANIONS - {"authHeader"}:
                root[0].text = next(str(c) for c, row in FAULT_CODES.items() if row.kind == name)
            report = validate(etree.tostring(root))
            assert not report.violations, (name, [str(row) for row in report.violations])
            assert (report.message, str(report.version)) == (name, str(version))
            assert libxml2.validate(root), (name, libxml2.error_log)
            if full and pick == 0:
                assert second.is_valid(root), name
        wrong = broken(message(version, name, full=False))
        assert not validate(etree.tostring(wrong)).valid, name
        assert not libxml2.validate(wrong), name
        assert not second.is_valid(wrong), name


NEIGHBOURS = {
    "2007-01-01": ("pre-4.0", "4.0"),
    "2008-01-15-beta": ("pre-4.0", "4.0"),
    "2012-07-31": ("6.0", "6.6"),
    "2013-08-29-beta": ("6.6", "6.8"),
    "2015-06-01": ("6.8",),
    "2016-01-14-beta": ("6.8", BETA_2016.label),
    "2023-01-15": ("6.8", BETA_2016.label),
}


@pytest.mark.no_cover
@pytest.mark.parametrize(("date", "neighbours"), NEIGHBOURS.items())
def test_between_versions_what_one_neighbour_takes_is_taken(
    date: str, neighbours: tuple[str, ...]
) -> None:
    namespace = f"{VERSIONS[0].namespace}/{date}"
    found = version_for_namespace(namespace)
    assert found is not None
    by_label = {version.label: version for version in (*VERSIONS, BETA_2016)}
    assert [by_label[label].rank for label in neighbours] == list(found[0].ranks)
    for label in neighbours:
        version = by_label[label]._replace(namespace=namespace)
        for name in every(20, contract(version).messages, version.rank):
            for full in (False, True):
                root = message(version, name, full=full)
                report = validate(etree.tostring(root))
                rules = {row.rule for row in report.violations}
                assert report.valid, (name, [str(row) for row in report.violations])
                assert rules <= {"unpublished-version", "missing-inferred"}, (name, rules)


def test_what_no_neighbour_has_is_wrong() -> None:
    for date, name in (("2013-08-29-beta", "createCompanyMetadataParam"),
                       ("2015-06-01", "createCompanyMetadataParam"),
                       ("2023-01-15", "getImageServingCatalogParam")):  # fmt: skip
        text = f'<{name} xmlns="http://www.scene7.com/IpsApi/xsd/{date}"/>'
        rules = [row.rule for row in validate(text.encode()).errors]
        assert rules == ["not-in-version"]
