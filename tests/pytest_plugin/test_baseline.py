"""The file of known deviations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ips_contract import validate
from ips_contract.contract.versions import LATEST
from ips_contract.pytest_plugin import baseline
from tests.messages import request, urls

if TYPE_CHECKING:
    from pathlib import Path


def test_baseline(tmp_path: Path) -> None:
    path = str(tmp_path / "known.json")
    report = validate(request(LATEST, job=urls().replace("<items>", "<items/><items>")))
    keys = {baseline.key(report, row) for row in report.violations}
    assert (
        "missing-element",
        "submitJobParam",
        "/submitJobParam/uploadUrlsJob/urlArray/items",
    ) in keys
    baseline.write(path, {key: ["test_b", "test_a"] for key in keys})
    assert baseline.read(path) == {key: {"test_a", "test_b"} for key in keys}
    assert [file.name for file in tmp_path.iterdir()] == ["known.json"]
    for text, said in (
        ("", "is no baseline"),
        ("{", "is no baseline: Expecting property name"),
        ("[]", "is no baseline: its form is another"),
        ('{"format": 1, "deviations": [{}]}', "is no baseline"),
        ('{"format": 1, "deviations": [5]}', "is no baseline"),
        ('{"format": 2, "deviations": []}', "has format 2; this version reads 1"),
    ):
        (tmp_path / "known.json").write_text(text)
        with pytest.raises(ValueError, match=said):
            baseline.read(path)
    # Of an earlier version.
    row = '{"rule": "r", "message": "m", "path": "p"}'
    (tmp_path / "known.json").write_text(f'{{"format": 1, "deviations": [{row}]}}')
    assert baseline.read(path) == {baseline.Key("r", "m", "p"): frozenset()}


def test_updated() -> None:
    one, two, three, old = (baseline.Key(rule, "m", "p") for rule in ("1", "2", "3", "old"))
    found = baseline.updated(
        old={one: {"a"}, two: {"a", "left out"}, three: {"failed"}, old: ()},
        met={two: {"b"}, three: {"c"}},
        passed={"a", "b", "c"},
    )
    # What "a" had is gone, for it passed and did not meet it.
    assert found == {two: {"b", "left out"}, three: {"c", "failed"}, old: set()}
