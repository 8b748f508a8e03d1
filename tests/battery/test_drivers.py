"""The drivers of docs/reference/battery.md: each does what it should, where its language is."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.blocks import REFERENCE, ROOT, blocks
from tests.cli.test_fuzz import only, run
from tests.sweep import every

if TYPE_CHECKING:
    from pathlib import Path


FILES = {
    "python": "driver.py",
    "php": "driver.php",
    "js": "driver.mjs",
    "xml": "message.xml",
    "ruby": "driver.rb",
    "java": "Driver.java",
    "csharp": "Driver.cs",
}
# Language → what must work for it, what builds the driver, and how it is run. Node's needs a
# package from the network; it was run by hand.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "python": (f"{sys.executable} --version", "", f"{sys.executable} driver.py"),
    "php": ("php -r exit((int)!class_exists('SoapClient'));", "", "php driver.php"),
    "ruby": ("ruby -rrexml/document -e 0", "", "ruby driver.rb"),
    "java": ("javac --version", "javac Driver.java", "java -cp . Driver"),
    "csharp": ("mcs --version", "mcs Driver.cs", "mono Driver.exe"),
}
DRIVERS = {
    block.language: block.text
    for block in blocks(REFERENCE / "battery.md")
    if block.info == "driver"
}


def works(command: str) -> bool:
    words = command.split()
    if shutil.which(words[0]) is None:
        return False
    return subprocess.run(words, check=False, capture_output=True).returncode == 0


def test_every_language_has_a_driver_of_about_ten_lines() -> None:
    assert DRIVERS.keys() == FILES.keys()
    for language, text in DRIVERS.items():
        assert len(text.splitlines()) <= 16, language
        assert max(map(len, text.splitlines())) <= 140, language


@pytest.mark.parametrize("language", every(len(COMMANDS), COMMANDS))
def test_drivers(
    language: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    needs, build, command = COMMANDS[language]
    if not works(needs):
        pytest.skip(f"needs {needs}")
    for name, text in DRIVERS.items():
        (tmp_path / FILES[name]).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    if build:
        subprocess.run(build.split(), check=True, capture_output=True)
    cases = ("fault-30000", "name-emoji", "header-decoy", "name-ampersand", "password-markup")
    status = run(*only("plain", *every(3, cases), "truncated"), "--", *command.split())
    assert status == 0, capsys.readouterr().out


@pytest.mark.skipif(not works("perl -MSOAP::Lite -e 1"), reason="SOAP::Lite")
def test_soap_lite(capsys: pytest.CaptureFixture[str]) -> None:
    cases = ("plain", "fault-30000", "name-emoji", "name-entity", "password-markup", "truncated")
    program = ROOT / "examples" / "drivers" / "perl" / "soap_lite.pl"
    status = run(*only(*cases), "--", "perl", str(program))
    assert status == 0, capsys.readouterr().out
