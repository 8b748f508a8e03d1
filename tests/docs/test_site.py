"""What the site is made of; ``python -m tests.site`` builds it and follows its links."""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

from ips_contract.contract.rules import RULES, page_of
from mkdocs_hooks import with_alerts, with_links, with_rows, with_titles
from tests.blocks import REFERENCE
from tests.site import wrong
from tests.test_docs import anchors

if TYPE_CHECKING:
    from pathlib import Path

API = (REFERENCE / "api.md").read_text(encoding="utf-8")
# Modules of the package that are public; those of the plugin are fixtures and hooks, too.
PUBLIC = ("", ".battery", ".invalid", ".mock", ".strategies", ".wsdl")


@pytest.mark.parametrize("module", [f"ips_contract{name}" for name in PUBLIC])
def test_every_public_name_is_on_the_page_of_the_api(module: str) -> None:
    names = import_module(module).__all__
    shown = re.findall(rf"(?m)^::: {re.escape(module)}\.(\w+)$", API)
    assert sorted(shown) == sorted(names)


def test_each_rule_has_a_place_that_findings_link_to() -> None:
    places = anchors(REFERENCE / "rules.md")
    assert {page_of(rule, "").removeprefix("/reference/rules.html#") for rule in RULES} <= places


def test_types_of_the_plugin_are_on_the_page_of_the_api() -> None:
    from ips_contract import pytest_plugin

    classes = {name for name in pytest_plugin.__all__ if name[0].isupper()}
    assert set(re.findall(r"(?m)^::: ips_contract\.pytest_plugin\.(\w+)$", API)) == classes


def test_what_stands_behind_a_language_is_a_title_or_nothing() -> None:
    page = "```python shop.py\nx\n```\n\n   ```sh install\n   y\n   ```\n"
    assert with_titles(page) == '```python title="shop.py"\nx\n```\n\n   ```sh\n   y\n   ```\n'


def test_a_picture_is_a_table() -> None:
    page = (
        "a\n\n```mermaid\nflowchart TD\n  subgraph top\n    a\n    b\n  end\n"
        "  subgraph ground\n    c\n  end\n  a --> b & c\n```\n\nz\n"
    )
    assert with_rows(page) == (
        "a\n\n| row | package → what it imports |\n|---|---|\n"
        "| top | **a** → b, c<br>**b** |\n| ground | **c** |\n\nz\n"
    )


def test_an_alert_is_an_admonition() -> None:
    page = "a\n\n> [!WARNING]\n> Not so.\n>\n> But so.\n\n> A quote.\n"
    assert with_alerts(page) == ("a\n\n!!! warning\n\n    Not so.\n\n    But so.\n\n> A quote.\n")


def test_links_to_files_outside_the_pages() -> None:
    page = "[a](../reference/cli.md#x), [b](../../xsd/ips.xsd), [`xsd/`](../../xsd/), [c](#d)"
    kept = "[a](../reference/cli.md#x), "
    assert with_links(page, "how-to/a.md", "") == f"{kept}b (`xsd/ips.xsd`), `xsd/`, [c](#d)"
    there = with_links(page, "how-to/a.md", "https://example.com/r")
    assert there.startswith(f"{kept}[b](https://example.com/r/blob/main/xsd/ips.xsd), ")
    assert with_links("[d](../../CHANGELOG.md)", "how-to/a.md", "") == (
        "[d](../maintainers/changelog.md)"
    )


def test_what_is_wrong_with_a_site_is_found(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "index.html").write_text('<p id="x">x</p>')
    (tmp_path / "b.html").write_text(
        '<a href="a/#x">1</a><a href="a/index.html#y">2</a><a href="c.html">3</a>'
        '<a href="https://example.com/">4</a><img src="https://example.com/i.png"/>'
    )
    assert wrong(tmp_path) == [
        "b.html loads https://example.com/i.png",
        "b.html links to a/index.html#y, and there is no such place",
        "b.html links to c.html, which is not there",
    ]
