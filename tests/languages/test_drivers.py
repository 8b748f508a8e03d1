"""The drivers of SOAP stacks: each has a row, and one whose stack `.ci/run` installs is run."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from ips_contract import find_version
from ips_contract.contract.wsdl import wsdl
from tests.languages.machine import EXAMPLES, LANGUAGES, missing
from tests.languages.test_examples import ALL, run

if TYPE_CHECKING:
    from pathlib import Path

DRIVERS = EXAMPLES / "drivers"
PAGE = (DRIVERS / "README.md").read_text(encoding="utf-8")
BUILT = sorted(path.parent for path in DRIVERS.glob("*/build.sh"))
CASES = "plain,name-emoji,fault-30000,header-decoy,password-markup,truncated"


def test_every_driver_is_on_the_page() -> None:
    folders = {path.parent.name for path in DRIVERS.glob("*/*")}
    assert {
        name for name in folders if f"{name}/" not in PAGE and f"/{name}\n" not in PAGE
    } == set()
    named = re.findall(r"`(\w+/build\.sh)`", PAGE)
    assert sorted(named) == [f"{folder.name}/build.sh" for folder in BUILT]


@pytest.mark.skipif(os.name == "nt", reason="the scripts are for a shell of POSIX")
@pytest.mark.parametrize("folder", BUILT, ids=lambda folder: folder.name)
def test_a_build_ends_where_its_stack_is_missing(folder: Path, tmp_path: Path) -> None:
    """And makes no driver. So the scoreboard can tell."""
    file = tmp_path / "IpsApi.wsdl"
    file.write_bytes(wsdl(find_version("6.8"), "http://127.0.0.1/"))
    out = tmp_path / "a folder"
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "cat", "grep", "sed", "mkdir", "dirname"):
        [found] = [path for path in ("/bin", "/usr/bin") if os.access(f"{path}/{name}", os.X_OK)][
            :1
        ]
        (tools / name).symlink_to(f"{found}/{name}")
    done = subprocess.run(
        [str(folder / "build.sh"), str(file), str(out)],
        env={"PATH": str(tools)},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 127, done.stderr
    assert out.is_dir()
    assert not (out / "driver").exists()


def test_php() -> None:
    [php] = [row for row in LANGUAGES if row.name == "php"]
    absent = missing(php)
    if ALL:
        assert not absent, f"not on this machine: {', '.join(absent)}"
    elif absent:
        pytest.skip("left out here: `make languages` runs it")
    client = ("php", str(DRIVERS / "php" / "driver.php"))
    fuzz = ("ips-contract", "fuzz", "--case", CASES, "--api-version", "6.8", "--", *client)
    assert run(fuzz, DRIVERS).startswith("6 cases: 6 OK\n")
