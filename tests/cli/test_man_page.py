"""The man page is that of the parser, and of the examples in the helps."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import pytest

from ips_contract import __version__
from ips_contract.cli.commands import COMMANDS
from tests.cli.man_page import PAGE, page
from tests.cli.test_epilogs import LINES


# Usages are laid out anew with 3.13.
@pytest.mark.skipif(sys.version_info >= (3, 13), reason="it is written by 3.11 or 3.12")
def test_it_is_as_it_would_be_made() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.fixture
def shown() -> str:
    """The page as a reader gets it."""
    words = ["man", str(PAGE)]
    if shutil.which("man") is None:
        pytest.skip("no man")
    done = subprocess.run(
        words,
        env={"PATH": "/usr/bin:/bin", "MANWIDTH": "120", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stderr == ""
    return done.stdout


def test_it_has_all_commands_examples_and_the_version(shown: str) -> None:
    for row in COMMANDS:
        assert f"COMMAND 'ips-contract {row.name}'" in shown
    for line in LINES:
        assert re.search(rf"(?m)^ +{re.escape(line)}$", shown), line
    assert f"ips-contract {__version__} " in shown
    assert "check messages of Adobe's Scene7 IPS SOAP API (submitJob) offline\n" in shown


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="needs mandoc")
def test_mandoc_complains_of_nothing() -> None:
    words = ["mandoc", "-T", "lint", "-W", "warning", str(PAGE)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    complaints = [line for line in done.stdout.splitlines() if "missing date" not in line]
    assert complaints == []
