"""What the documentation shows is what happens."""

from pathlib import Path

import pytest

from ips_contract.faults import FAULT_CODES
from ips_contract.rules import RULES
from ips_contract.versions import VERSIONS
from tests.blocks import ROOT, blocks

DOCS = sorted((ROOT / "docs").glob("*.md"))


def rules_page() -> str:
    """docs/rules.md, from the table."""
    lines = [
        "# The rules",
        "",
        "Made from `ips_contract/rules.py` by `python -m tests.test_docs`.",
        "The command `ips-contract rules` prints the same.",
        "The letters of a source are explained in [the contract](contract.md#evidence).",
        "",
        "| rule | says | severity | fault | source |",
        "|---|---|---|---|---|",
    ]
    for rule in RULES.values():
        fault = f"{rule.fault} {FAULT_CODES[rule.fault].name}" if rule.fault else ""
        cells = (f"`{rule.id}`", rule.meaning, rule.severity, fault, rule.source)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def test_rules_page() -> None:
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == rules_page()


def test_versions_in_the_contract_page() -> None:
    text = (ROOT / "docs" / "contract.md").read_text(encoding="utf-8")
    for version in VERSIONS:
        end = f"/{version.date}" if version.date else "/IpsApi/xsd"
        also = ", ".join(version.aliases)
        row = f"| {version.label} | {also} | `{end}` | {version.wsdl} |".replace("|  |", "| |")
        assert row in text


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS], ids=str)
def test_links(page: Path) -> None:
    import re

    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_python_blocks(page: Path) -> None:
    for block in blocks(page):
        if block.language == "python" and not block.info:
            exec(compile(block.text, f"{page}:{block.line}", "exec"), {"__name__": "example"})


if __name__ == "__main__":
    (ROOT / "docs" / "rules.md").write_text(rules_page(), encoding="utf-8")
