"""The commands of docs/reference/control.md do what stands below them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from ips_contract import mock
from tests.blocks import REFERENCE, blocks


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="needs curl and jq")
def test_the_commands(tmp_path: Path) -> None:
    shown = blocks(REFERENCE / "control.md")
    pairs = [
        (command.text, output.text)
        for command, output in pairwise(shown)
        if command.language == "sh" and output.language == "text"
    ]
    assert len(pairs) == sum(block.language == "sh" for block in shown) == 7
    # One shell, for the variable is set once; what each block prints ends with a mark.
    script = "".join(f"{command}\necho :\n" for command, _ in pairs)
    with mock.serve() as server:
        done = subprocess.run(
            ["sh", "-euc", script.replace("8080", str(server.port))],
            cwd=tmp_path,
            env={
                **os.environ,
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                "NO_PROXY": "*",
            },
            capture_output=True,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split(":\n")[:-1] == [output for _, output in pairs]
