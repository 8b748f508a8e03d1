"""Pages explain the letters of sources before they use them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from ips_contract.contract.rules import EVIDENCE
from tests.blocks import DOCS, EXPLANATION, HOW_TO, TUTORIALS

if TYPE_CHECKING:
    from pathlib import Path

_LETTERS = "".join(EVIDENCE)
_CITED = re.compile(rf"\((?:[{_LETTERS}](?:, [{_LETTERS}])*)[):;]")
_EXPLAINED = "contract.md#the-letters"
PAGES = [page for page in sorted(DOCS.rglob("*.md")) if page.name != "contract.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_letters_are_explained_before_they_are_used(page: Path) -> None:
    text = page.read_text(encoding="utf-8").replace("such as (D)", "")
    cited = _CITED.search(text)
    if cited is not None:
        assert _EXPLAINED in text[: cited.start()], cited[0]
        assert page.parent not in (TUTORIALS, HOW_TO)


def test_the_page_of_the_contract_explains_all() -> None:
    text = (EXPLANATION / "contract.md").read_text(encoding="utf-8")
    table, _, rest = text.partition("## The sources")
    assert re.findall(r"(?m)^\| \*\*([A-Z])\*\* \|", table) == sorted(
        EVIDENCE, key="SLBWODIPY".index
    )
    assert _CITED.search(rest)
