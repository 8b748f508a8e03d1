"""The pages are in plain English: short sentences, one name for one thing, no typing errors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.blocks import DOCS, EXPLANATION, HOW_TO, REFERENCE, ROOT, TUTORIALS

if TYPE_CHECKING:
    from pathlib import Path

MOST_WORDS = 35
MOST_WORDS_OF_REFERENCE = 45
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
SHORT = [
    *(page for kind in (TUTORIALS, HOW_TO) for page in sorted(kind.glob("*.md"))),
    *(DOCS / name for name in ("index.md", "troubleshooting.md")),
    EXPLANATION / "judging.md",
    EXPLANATION / "how-it-is-built.md",
]

MADE = ("rules.md", "scenarios.md", "operations.md", "api.md")
LONGER = [
    page
    for kind in (REFERENCE, EXPLANATION)
    for page in sorted(kind.glob("*.md"))
    if page.name not in MADE
]

# What nobody should have to read twice → what to write.
WORDS = {
    r"another status than 0|exit status other than 0|nonzero|non zero": "a non-zero status",
    r"\bfuzz(?:er|ers|ing)\b|\bunder fuzz\b": "the battery; `fuzz` is the command's name",
    r"\bredact(?:ed|ing|s)?\b|\bmasked\b|\bblanked\b": "hidden",
    r"\b(?:Judged|Shown|Told|Kept|Left out|Compared|Read) (?:is|are) what\b": "the subject first",
    r"\bwho wants\b": "if you want",
    r"\bnot to be had\b": "not available",
}


def prose(text: str) -> list[str]:
    """The paragraphs, items and cells of a page, without code and marks."""
    text = re.sub(r"(?ms)^ *```.*?^ *```$", "\n", text)
    text = re.sub(r"`[^`\n]+`", "code", text)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"(?m)^ *>(?: \[![A-Z]+\])? ?", "", text)
    parts = []
    for block in re.split(r"\n\s*\n", text):
        if block.startswith("#"):
            parts.append(block.lstrip("# "))
        elif block.lstrip().startswith("|"):
            parts += [cell for line in block.splitlines() for cell in line.split("|")]
        else:
            parts += re.split(r"(?m)^ *(?:[-*]|\d+\.) ", block)
    return [" ".join(part.split()) for part in parts if part.strip()]


def sentences(text: str) -> list[str]:
    """The sentences of a page."""
    return [
        sentence
        for part in prose(text)
        for sentence in re.split(r"(?<=[.!?])[)*\"]* +(?=[A-Z\d*\"(]|code)", part)
    ]


def test_sentences_are_found() -> None:
    text = "# *b*\n\nOne [two](x.md). Three `f.x. Y`\nfour! Five\n\n```sh\nno. No\n```\n"
    assert sentences(text) == ["*b*", "One two.", "Three code four!", "Five"]
    assert sentences("- six\n- seven\n") == ["six", "seven"]


@pytest.mark.parametrize("page", SHORT, ids=lambda page: page.stem)
def test_sentences_are_short(page: Path) -> None:
    found = sentences(page.read_text(encoding="utf-8"))
    assert [words for words in found if len(words.split()) > MOST_WORDS] == []


@pytest.mark.parametrize("page", LONGER, ids=lambda page: page.stem)
def test_sentences_of_the_reference_are_no_monsters(page: Path) -> None:
    """Of its tables, whose cells are lists, nothing is asked; and nothing of what is made."""
    text = re.sub(r"(?m)^\|.*\n", "\n", page.read_text(encoding="utf-8"))
    assert [
        words for words in sentences(text) if len(words.split()) > MOST_WORDS_OF_REFERENCE
    ] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_one_name_for_one_thing(page: Path) -> None:
    text = " ".join(prose(page.read_text(encoding="utf-8")))
    found = {
        match[0]: advice
        for pattern, advice in WORDS.items()
        for match in re.finditer(pattern, text)
    }
    assert found == {}
