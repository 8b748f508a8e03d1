"""What ``make demo`` shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.cli.demo import main

if TYPE_CHECKING:
    import pytest


def test_demo(capsys: pytest.CaptureFixture[str]) -> None:
    main()
    out = capsys.readouterr().out
    first, second = out.split("== The same with a mistake ==")
    assert "HTTP 200\n" in first
    assert "<jobHandle>47|My Test Job|</jobHandle>" in first
    assert "request: valid (submitJobParam, pre-4.0)" in first
    assert "answer: valid (submitJobReturn, pre-4.0)" in first
    assert "HTTP 500\n" in second
    assert "<code>30001</code>" in second
    assert "error constant" in second
    assert "^~~~" in second
