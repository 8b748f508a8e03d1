"""What ``make demo`` shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
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
    assert after.endswith("docs/tutorials/application.md\n")
    for page in re.findall(r"docs/\S+\.md", after):
        assert (ROOT / page).exists()


def test_the_order_is_that_of_a_client(capsys: pytest.CaptureFixture[str]) -> None:
    """The address to look at, what is sent, what comes back, and only then why."""
    main()
    out = capsys.readouterr().out
    page, second = out.split("== The same with a mistake ==")
    assert re.match(r"A mock .+\n.+ http://127\.0\.0\.1:\d+/_ips/\n", page)
    marks = (
        *("The client sends", "    1 | ", "HTTP 500", "The client gets a fault", "  reason: "),
        *("The validator says", "error constant: ", "at request:", "; source: "),
    )
    places = [second.index(mark) for mark in marks]
    assert places == sorted(places)


def test_no_proxy_is_asked_and_nothing_is_read() -> None:
    """It ends by itself where standard input is closed, and where the environment has a proxy."""
    nobody = "http://127.0.0.1:9"  # Nothing listens there.
    done = subprocess.run(
        [sys.executable, "-m", "ips_contract.cli.demo"],
        cwd=ROOT,
        env={**os.environ, "http_proxy": nobody, "HTTP_PROXY": nobody, "no_proxy": ""},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "The client gets the job's handle" in done.stdout


def test_the_finding_names_a_line_that_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    main()
    second = capsys.readouterr().out.split("== The same with a mistake ==")[1]
    (number,) = re.findall(r"at request:(\d+):", second)
    (shown,) = re.findall(rf"^ +{number} \| (.*)\n +\| ", second, re.MULTILINE)
    assert re.findall(rf"^ +{number} \| (.*)$", second, re.MULTILINE) == [shown, shown]
    assert "<publishType>full" in shown
