"""What ``make demo`` shows."""

import pytest

from ips_contract.demo import main


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
