"""Files are written whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ips_contract.pytest_plugin.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path


def test_write_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_whole(str(path), "old\n")
    with pytest.raises(TypeError):
        write_whole(str(path), b"new")  # type: ignore[arg-type]
    assert path.read_text() == "old\n"
    link = tmp_path / "link.txt"
    link.symlink_to(path)
    write_whole(str(link), "\ud800")
    assert link.is_symlink()
    assert path.read_text() == "\\ud800"
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        write_whole(str(tmp_path / "folder"), "text")
    assert {file.name for file in tmp_path.iterdir()} == {"a.txt", "link.txt", "folder"}
