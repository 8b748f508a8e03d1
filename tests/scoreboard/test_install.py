"""What a stack needs is got, or it is said why not."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Any

import pytest

from scoreboard.install import Missing, Workshop
from scoreboard.stacks import Stack

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "examples/drivers/mine"


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    made = Workshop(tmp_path)
    (tmp_path / "drivers" / FOLDER).mkdir()
    return made


def stack(*version: str, **more: Any) -> Stack:
    values = {"folder": FOLDER, "version": version or (sys.executable, "--version"), **more}
    return Stack("mine", "Mine", "Logo", "wsdl", command=("mine",), advice="None.", **values)


def test_drivers_are_copied(workshop: Workshop) -> None:
    folder = workshop.folder / "drivers"
    assert (folder / "examples" / "drivers" / "python" / "alive.py").is_file()
    assert (folder / "tests" / "clients" / "careful.py").is_file()
    assert workshop.place(stack()) == folder / FOLDER


def test_the_version(workshop: Workshop) -> None:
    assert workshop.prepare(stack()).startswith("3.")
    with pytest.raises(Missing, match=r"its version is not in what was printed: Python 3\."):
        workshop.prepare(stack(version_pattern="V(.)"))


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs sh")
def test_a_driver_is_built(workshop: Workshop) -> None:
    script = workshop.place(stack()) / "build.sh"
    script.write_text('mkdir -p "$2"; grep -c 2014-04-03 "$1" > "$2/found"; echo 7.1 > version')
    reads = (sys.executable, "-c", "print(open('version').read(), open('built/found').read())")
    assert workshop.prepare(stack(*reads, api_version="6.8")) == "7.1"
    found = workshop.place(stack()) / "built" / "found"
    assert int(found.read_text()) > 0, "the WSDL"
    script.write_text("echo no compiler >&2; exit 3")
    with pytest.raises(Missing, match=r"sh build\.sh failed: no compiler"):
        workshop.prepare(stack())


def test_what_a_table_says_comes_before_build_sh(workshop: Workshop) -> None:
    (workshop.place(stack()) / "build.sh").write_text("exit 3")
    builds = (sys.executable, "-c", "open('built', 'w')")
    workshop.prepare(stack(build=builds))
    assert (workshop.place(stack()) / "built").exists()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"folder": "examples/drivers/none"}, "there is no examples/drivers/none"),
        ({"needs": ("no-such-program",)}, "no program no-such-program"),
        ({"version": ("no-such-program",)}, "no program no-such-program"),
    ],
)
def test_what_cannot_be_had(workshop: Workshop, more: dict[str, Any], words: str) -> None:
    with pytest.raises(Missing, match=words):
        workshop.prepare(stack(**more))


def test_only_root_installs(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    if shutil.which("dpkg-query") is None:
        pytest.skip("needs Debian's dpkg")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(Missing, match="not installed, and only root may: no-such-package"):
        workshop.prepare(stack(debian=("dpkg", "no-such-package")))
    assert workshop.prepare(stack(debian=("dpkg",)))
