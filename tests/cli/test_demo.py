"""What ``make demo`` shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ips_contract.cli.demo import main
from tests.blocks import ROOT

if TYPE_CHECKING:
    import pytest


def test_demo(capsys: pytest.CaptureFixture[str]) -> None:
    main()
    out = capsys.readouterr().out
    first, rest = out.split("== The same with a mistake ==")
    second, after = rest.split("== What to do next ==")
    assert "HTTP 200 (indented here):\n" in first
    assert "\n      <jobHandle>47|My Test Job|</jobHandle>\n" in first
    assert "The client gets the job's handle: 47|My Test Job|\n" in first
    assert "request: valid (submitJobParam, pre-4.0)" in first
    assert "answer: valid (submitJobReturn, pre-4.0)" in first
    assert "HTTP 500 (indented here):\n" in second
    assert "\n  code:   30001\n  reason: constant: " in second
    assert "error constant" in second
    assert "^~~~" in second
    assert "secret" not in out
    steps = re.findall(r"^\d\. .*$", after, re.MULTILINE)
    assert len(steps) == 3
    for page in re.findall(r"docs/\S+\.md", after):
        assert (ROOT / page).exists()


def test_the_finding_names_a_line_that_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    main()
    second = capsys.readouterr().out.split("== The same with a mistake ==")[1]
    (number,) = re.findall(r"at request:(\d+):", second)
    (shown,) = re.findall(rf"^ +{number} \| (.*)\n +\| ", second, re.MULTILINE)
    assert re.findall(rf"^ +{number} \| (.*)$", second, re.MULTILINE) == [shown, shown]
    assert "<publishType>full" in shown
