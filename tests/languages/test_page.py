"""The page on other languages shows the files that are run."""

from __future__ import annotations

from tests.blocks import ROOT, blocks
from tests.languages.machine import LANGUAGES
from tests.languages.page import PAGE, files_shown, with_files


def test_the_page_has_the_text_of_the_files() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text == with_files(text)  # Else: python -m tests.languages.page
    assert with_files(text.replace("control(", "other(")) == text


def test_the_page_shows_every_language() -> None:
    shown = files_shown(PAGE.read_text(encoding="utf-8"))
    for language in LANGUAGES:
        assert any(name.startswith(f"examples/{language.folder}/") for name in shown)
    folder = ROOT / "examples" / "fixed-host"
    assert {f"examples/fixed-host/{path.name}" for path in folder.iterdir()} <= set(shown)


def test_no_block_of_the_page_is_run_by_nothing() -> None:
    shown = files_shown(PAGE.read_text(encoding="utf-8"))
    others = [block for block in blocks(PAGE) if block.info not in shown]
    # Commands for an engine that no test has; their files are tested in tests/cli.
    assert [(block.language, block.info) for block in others] == [("sh", "container")]
