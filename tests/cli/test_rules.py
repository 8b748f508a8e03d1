"""The command ``rules``."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from ips_contract.cli import command_line as cli
from ips_contract.contract.rules import EVIDENCE, RULES
from ips_contract.fixtures import all_fixtures, load
from tests.test_fixtures import WITHOUT_FIXTURE

if TYPE_CHECKING:
    import pytest

FIXTURES = {row.name: row for row in all_fixtures()}


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
        if row["id"] in WITHOUT_FIXTURE:
            assert row["example"] is None
        else:
            assert FIXTURES[row["example"]["breaks"]].rule == rule.id
            assert FIXTURES[row["example"]["keeps"]].beside == rule.id


EXPLAINED = """\
constant  error    fault 30001 (invalid parameter)
    A constant is a documented one.
    source: S D: constants

  breaks it (fixture invalid/constant--case.xml):
{breaks}
  constant--case.xml:6: constant: {words}

  mended (fixture valid/constant--full.xml):
{mended}
Sources:
    S  the two documented submitJob pages
    D  the API reference
"""


def indented(name: str) -> str:
    return "".join(f"    {line}\n" for line in load(name).decode().splitlines())


def test_a_rule_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rules", "constant"]) == 0
    assert capsys.readouterr().out == EXPLAINED.format(
        breaks=indented("invalid/constant--case.xml"),
        words='"full" is not one of Full, FullWithSearch or Incremental. Write Full.',
        mended=indented("valid/constant--full.xml"),
    )


def test_patterns_and_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rules", "too-d*", "auth-*", "constant", "constant"]) == 0
    heads = re.findall("(?m)^([a-z-]+) +(?:error|warning)", capsys.readouterr().out)
    wanted = [name for name in RULES if name in ("too-deep", "constant") or name[:5] == "auth-"]
    assert heads == wanted
    assert len(heads) == 6
    assert cli.main(["rules", "too-d*", "--format", "json"]) == 0
    assert [row["id"] for row in json.loads(capsys.readouterr().out)["rules"]] == ["too-deep"]


def test_every_rule_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    for name in RULES:
        assert cli.main(["rules", name]) == 0
        shown = capsys.readouterr().out
        assert ("no example: " in shown) is (name in WITHOUT_FIXTURE)
        assert (f" {name}: " in shown.partition(" (fixture valid")[0]) is (
            name not in WITHOUT_FIXTURE
        )
        assert ("breaks it (fixture " in shown) is (name not in WITHOUT_FIXTURE)
        assert len(shown) < 6000  # Long documents are cut.
        assert shown.replace("\n", "").isprintable()


def test_the_message_most_like_the_broken_one_is_the_mended_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["rules", "*"]) == 0
    shown = capsys.readouterr().out
    assert re.findall(r"  keeps it \(fixture valid/(.*)--", shown) == [
        *("compressed", "too-deep", "not-a-message", "repeated-element", "wrong-namespace"),
        "exchange-return",
    ]
    assert shown.count("  mended (fixture ") == len(RULES) - len(WITHOUT_FIXTURE) - 6
    assert "(fixture valid/not-xml--escaped.xml)" in shown  # There is one in Latin-1, too.


def test_of_a_long_document_what_differs_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rules", "array-limit"]) == 0
    broken, _, mended = capsys.readouterr().out.partition("mended")
    assert "<items>a|1000</items>" in broken
    assert "<items>a|1000</items>" not in mended
    assert "    … 1002 lines\n" in broken
    assert "    … 1002 lines\n" in mended
    assert "    … 2 lines\n" in mended
