"""Pages show files of ``examples/``: this puts their texts there."""

from __future__ import annotations

import re

from tests.blocks import HOW_TO, ROOT, TUTORIALS

PAGES = (
    *(TUTORIALS / f"{name}.md" for name in ("java", "node", "php")),
    *(HOW_TO / f"{name}.md" for name in ("other-languages", "fixed-host", "container")),
)
# A block whose first line names a file.
_BLOCK = re.compile(r"(?ms)^(```\w+ (examples/\S+)\n).*?^```$")


def with_files(text: str) -> str:
    """``text``, in which each block that names a file has the file's text."""

    def filled(block: re.Match[str]) -> str:
        return f"{block[1]}{(ROOT / block[2]).read_text(encoding='utf-8')}```"

    return _BLOCK.sub(filled, text)


def files_shown(text: str) -> list[str]:
    """The files that ``text`` shows."""
    return [block[2] for block in _BLOCK.finditer(text)]


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(with_files(page.read_text(encoding="utf-8")), encoding="utf-8")
