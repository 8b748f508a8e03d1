"""The changelog has the form of Keep a Changelog, and says nothing twice, as merges like to."""

from __future__ import annotations

import re
from collections import Counter

from ips_contract import __version__
from tests.blocks import ROOT

TEXT = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
KINDS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")


def test_versions_are_named_with_their_dates() -> None:
    heads = re.findall(r"(?m)^## (.+)$", TEXT)
    assert heads[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", head) for head in heads[1:])
    assert heads[1].startswith(f"[{__version__}] ")


def test_entries_are_below_what_kind_they_are_of() -> None:
    for part in re.split(r"(?m)^## ", TEXT)[1:]:
        assert not re.search(r"(?m)^[-|]", part.partition("\n### ")[0]), part.partition("\n")[0]
        kinds = re.findall(r"(?m)^### (\w+)", part)
        assert set(kinds) <= set(KINDS)


def test_nothing_stands_twice() -> None:
    lines = Counter(line for line in TEXT.splitlines() if line.startswith("- "))
    assert [line for line, number in lines.items() if number > 1] == []
