"""The command ``rules``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ips_contract.cli import command_line as cli
from ips_contract.contract.rules import EVIDENCE, RULES

if TYPE_CHECKING:
    import pytest


def test_rules(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rules"]) == 0
    *blocks, sources = capsys.readouterr().out.split("\n\n")
    for block, rule in zip(blocks, RULES.values(), strict=True):
        head, meaning, source = block.split("\n")
        assert head.split()[:2] == [rule.id, rule.severity]
        assert (f"fault {rule.fault} (" in head) is (rule.fault is not None)
        assert rule.meaning in meaning
        assert ("Requests only." in meaning) is rule.request_only
        assert source == f"    source: {rule.source}"
    assert [line.split()[0] for line in sources.strip().split("\n")[1:]] == list(EVIDENCE)


def test_rules_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rules", "--format", "json"]) == 0
    table = json.loads(capsys.readouterr().out)
    assert table["evidence"] == EVIDENCE
    assert [row["id"] for row in table["rules"]] == list(RULES)
    for row in table["rules"]:
        rule = RULES[row["id"]]
        assert (row["severity"], row["fault_code"]) == (rule.severity, rule.fault)
        assert (row["fault_name"] is None) is (rule.fault is None)
        assert (row["meaning"], row["source"]) == (rule.meaning, rule.source)
        assert row["request_only"] is rule.request_only
