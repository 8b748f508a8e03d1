"""The table of versions and the ways to name one."""

from __future__ import annotations

import re

import pytest

from ips_contract import validate
from ips_contract.contract.versions import (
    LATEST,
    PRE_4_0,
    UNVERSIONED,
    VERSIONS,
    find_version,
    version_for_namespace,
)
from tests.messages import RESPONSE


def test_table() -> None:
    assert [v.rank for v in VERSIONS] == list(range(8))
    assert [v.date for v in VERSIONS] == sorted(v.date for v in VERSIONS)
    assert PRE_4_0.namespace == UNVERSIONED
    assert PRE_4_0.wsdl == "IpsApi.wsdl"
    assert LATEST.namespace == f"{UNVERSIONED}/2014-04-03"
    assert LATEST.wsdl == "IpsApi-2014-04-03.wsdl"
    assert [str(v) for v in VERSIONS] == "pre-4.0 4.0 4.2 4.4 4.5 6.0 6.6 6.8".split()


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_names(version: object) -> None:
    assert isinstance(version, type(PRE_4_0))
    for name in (version.label, version.namespace, version.wsdl, *version.aliases):
        assert find_version(name) is version
    if version.date:
        assert find_version(version.date) is version
    assert version_for_namespace(version.namespace) == (version, True)


@pytest.mark.parametrize(
    ("namespace", "expected"),
    [
        (f"{UNVERSIONED}/2012-07-31", ("6.0", False)),
        (f"{UNVERSIONED}/2012-02-14-beta", ("6.0", False)),
        (f"{UNVERSIONED}/2000-01-01", ("pre-4.0", False)),
        (f"{UNVERSIONED}/2014-04-03/", None),
        (f"{UNVERSIONED}/2014-04-03-gamma", None),
        (f"{UNVERSIONED}/2014x04x03", None),
        (f"{UNVERSIONED}x2014-04-03", None),
        (f"{UNVERSIONED}/201-404-03", None),
        (f"{UNVERSIONED}/٢٠١٤-04-03", None),
        ("2014-04-03", None),
        ("6.8", None),
        ("", None),
    ],
)
def test_namespaces(namespace: str, expected: tuple[str, bool] | None) -> None:
    found = version_for_namespace(namespace)
    assert (found and (found[0].label, found[1])) == expected


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("6.7", "did you mean 6.6 or 6.8?"),
        ("5.0", "did you mean 4.5 or 6.0?"),
        ("3.8", "did you mean pre-4.0?"),
        ("2013R2", "did you mean 2013R1?"),
        ("2013-02-16", "did you mean 2013-02-15?"),
        ("v6.8", "did you mean 6.8?"),
        ("6.9", "the versions are pre-4.0, 4.0, 4.2, 4.4, 4.5, 6.0, 6.6, 6.8"),
        ("latest", "the versions are pre-4.0, 4.0, 4.2, 4.4, 4.5, 6.0, 6.6, 6.8"),
        ("", "the versions are pre-4.0, 4.0, 4.2, 4.4, 4.5, 6.0, 6.6, 6.8"),
    ],
)
def test_unknown(name: str, hint: str) -> None:
    with pytest.raises(ValueError, match=rf"^no API version {name!r}; {re.escape(hint)}$"):
        find_version(name)


@pytest.mark.parametrize(
    "date", ["2014-0x-03", "2014-x4-03", "2014-04-x3", "2014-04-0x", "201x-04-03", "x014-04-03"]
)
def test_a_namespace_with_a_letter_in_its_date(date: str) -> None:
    document = RESPONSE.replace(UNVERSIONED.encode(), f"{UNVERSIONED}/{date}".encode())
    (found,) = validate(document).violations
    assert found.rule == "wrong-namespace"


def test_names_of_releases() -> None:
    assert [v.aliases for v in VERSIONS] == [()] * 5 + [("2012R1",), ("2013R1",), ("2014R1",)]
    assert find_version("2013R1").label == "6.6"
    assert PRE_4_0.date == ""
