"""What tutorials, how-to pages and explanations show is what happens when a reader does it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from ips_contract.fixtures import load
from tests.blocks import EXPLANATION, HOW_TO, TUTORIALS
from tests.docs.running import environment, run_page, serving, unknown_blocks
from tests.sweep import every

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PAGES = [page for kind in (TUTORIALS, HOW_TO, EXPLANATION) for page in sorted(kind.glob("*.md"))]
# Other tests run what these show.
ELSEWHERE = {
    "application": "tests/test_examples.py",
    "record": "tests/cli/test_record.py",
}


def recorded_traffic(folder: Path) -> None:
    """A log, of a client that publishes once."""
    client = (
        "import sys; from publisher import Publisher\n"
        "Publisher('me@example.com', 'secret', 47, sys.argv[1]).publish('Nightly')"
    )
    words = ["ips-contract", "serve", "--port", "0", "--log", "traffic.jsonl"]
    with serving(words, folder, folder / "lines.txt") as (_, port):
        address = f"http://127.0.0.1:{port}/scene7/services/IpsApiService"
        command = [sys.executable, "-c", client, address]
        subprocess.run(command, env=environment(), check=True, timeout=60)


def messages_in_files(folder: Path) -> None:
    (folder / "messages").mkdir()
    (folder / "messages" / "request.xml").write_bytes(load("valid/documented-request.xml"))


# Page → what its reader has already.
PREPARED: dict[str, Callable[[Path], None]] = {
    "ci": messages_in_files,
    "replay": recorded_traffic,
}


# Page → the programs that its reader has.
NEEDS = {"fixed-host": ("bash", "curl"), "own-wsdl": ("bash", "sed")}


@pytest.mark.parametrize("page", every(5, PAGES), ids=lambda page: page.stem)
def test_page(page: Path, tmp_path: Path) -> None:
    if page.stem in ELSEWHERE:
        return
    assert unknown_blocks(page) == []
    for program in NEEDS.get(page.stem, ()):
        if shutil.which(program) is None:
            pytest.skip(f"needs {program}")
    if page.stem in PREPARED:
        PREPARED[page.stem](tmp_path)
    for command, shown, output in run_page(page, tmp_path):
        assert output == shown, command
