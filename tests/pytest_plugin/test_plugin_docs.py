"""What docs/reference/pytest.md and docs/how-to/ci.md show works."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from ips_contract.fixtures import directory
from tests.blocks import HOW_TO, REFERENCE, ROOT, blocks
from tests.plugin_runs import run

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["pytester"]
PAGE = REFERENCE / "pytest.md"


@pytest.mark.cover_runs
def test_page(pytester: pytest.Pytester) -> None:
    files = {b.info: b.text for b in blocks(PAGE) if b.info.endswith((".py", ".ini"))}
    shown = {b.info: b.text for b in blocks(PAGE) if not b.info.endswith((".py", ".ini"))}
    tests = {name.removesuffix(".py"): text for name, text in files.items() if name[-3:] == ".py"}
    tests["test_failing"] = (
        "import shop\n\ndef test_failing(ips_server):\n    try:\n"
        "        shop.publish('Nightly', 'full', ips_server.endpoint)\n"
        "    except shop.requests.HTTPError:\n        pass\n"
    )
    settings = files["pytest.ini"].removeprefix("[pytest]\n")
    # zeep itself uses what Python and requests have deprecated.
    warnings = "error\n    ignore::DeprecationWarning"
    ran = run(pytester, "--ips-coverage", ini=settings, files=tests, warnings=warnings)
    failed = {name for name, outcome in ran.outcomes.items() if outcome == "failure"}
    assert failed == {"test_failing"}, ran.output
    assert "1 failed, " in ran.output
    assert sum(text.count("def test_") for text in tests.values()) > 15
    assert shown["failure"].rstrip() in re.sub(r" +$", "", ran.output, flags=re.MULTILINE)
    (line,) = re.findall(r"^operations.*$", shown["coverage"], re.MULTILINE)
    assert line in ran.output


def test_every_fixture_and_option_is_told() -> None:
    text = PAGE.read_text("utf-8")
    code = (ROOT / "ips_contract" / "pytest_plugin" / "hooks.py").read_text("utf-8")
    fixtures = re.findall(r"^@pytest.fixture.*\ndef (\w+)", code, re.MULTILINE)
    assert len(fixtures) == 8
    for name in (
        *fixtures,
        *re.findall(r'"(--ips-[\w-]+)"', code),
        "ips_version",
        "ips_strict",
        "ips_serve_known",
    ):
        assert name in text, name


def test_hook(tmp_path: Path) -> None:
    hook = (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")
    (hook_id,) = re.findall(r"^- id: (.*)$", hook, re.MULTILINE)
    (entry,) = re.findall(r"^  entry: (.*)$", hook, re.MULTILINE)
    page = (HOW_TO / "ci.md").read_text("utf-8")
    assert f"- id: {hook_id}\n" in page
    command, *words = shlex.split(entry)
    assert command == "ips-contract"
    for folder, status in (("valid/documented-request.xml", 0), ("invalid/constant--case.xml", 1)):
        done = subprocess.run(
            [sys.executable, "-m", "ips_contract", *words, f"{directory()}/{folder}"],
            capture_output=True,
            check=False,
        )
        assert done.returncode == status


def test_workflow_uses_real_options(pytester: pytest.Pytester) -> None:
    (text,) = (b.text for b in blocks(HOW_TO / "ci.md") if b.info == "workflow")
    options = re.findall(r"--ips-[\w-]+=\S+", text)
    assert len(options) == 3
    test = "from client import submit\ndef test_it(ips_server): submit(ips_server)"
    ran = run(pytester, *options, files={"test_it": test})
    assert ran.outcomes == {"test_it": "passed"}
    assert "--ips-fail-under asks for 30%" in ran.output
    assert (pytester.path / "ips.sarif").exists()
