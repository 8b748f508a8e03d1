"""The pages on other languages show the files that are run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.blocks import HOW_TO, ROOT
from tests.languages.machine import LANGUAGES
from tests.languages.page import PAGES, files_shown, with_files

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = {page: page.read_text(encoding="utf-8") for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_page_has_the_text_of_the_files(page: Path) -> None:
    text = TEXTS[page]
    assert text == with_files(text)  # Else: python -m tests.languages.page
    shown = files_shown(text)
    assert shown
    first = (ROOT / shown[0]).read_text(encoding="utf-8")
    assert with_files(text.replace(first, "")) == text


def test_every_language_is_shown() -> None:
    shown = [name for text in TEXTS.values() for name in files_shown(text)]
    for language in LANGUAGES:
        assert any(name.startswith(f"examples/{language.folder}/") for name in shown)


def test_every_way_for_a_fixed_host_is_shown() -> None:
    folder = ROOT / "examples" / "fixed-host"
    shown = files_shown(TEXTS[HOW_TO / "fixed-host.md"])
    assert {f"examples/fixed-host/{path.name}" for path in folder.iterdir()} == set(shown)
