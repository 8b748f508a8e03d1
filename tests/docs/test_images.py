"""The pictures in docs/images: small, shown, and made by ``make screenshots`` or by hand as SVG."""

from __future__ import annotations

import re

import pytest
from lxml import etree

from tests.blocks import DOCS, ROOT
from tests.screenshots import IMAGES, MOST_BYTES, SHOTS

SHOWN = {
    (page.parent / target).resolve(): words
    for page in (ROOT / "README.md", *DOCS.rglob("*.md"))
    for words, target in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
}


def test_every_picture_is_shown_with_words_and_every_shown_one_is_there() -> None:
    assert set(SHOWN) == set(IMAGES.iterdir())
    assert all(len(words.split()) > 5 for words in SHOWN.values())


@pytest.mark.parametrize("name", SHOTS)
def test_screenshots_are_small(name: str) -> None:
    data = (IMAGES / f"{name}.png").read_bytes()
    assert data.startswith(b"\x89PNG")
    assert len(data) < MOST_BYTES


def test_no_other_screenshots() -> None:
    assert {path.stem for path in IMAGES.glob("*.png")} == set(SHOTS)


def test_drawings_have_words_for_who_does_not_see_them() -> None:
    for path in IMAGES.glob("*.svg"):
        names = {etree.QName(element).localname for element in etree.parse(path).getroot()}
        assert {"title", "desc"} <= names
