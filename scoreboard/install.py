"""Gets what a stack needs, into ``.scoreboard/``: nothing of it is global but Debian's packages."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scoreboard.stacks import Stack

ROOT = Path(__file__).parents[1]
WORK = ROOT / ".scoreboard"
COPIED = ("examples/drivers", "tests/clients")  # Where drivers are; they are built in copies.
BUILT = "built"  # Folder that build.sh is told to put the driver into.
_PATIENCE = 600  # Seconds for one step.
_WAIT = "--option=DPkg::Lock::Timeout=300"  # Seconds, for another that installs.
_LAST = 300  # Characters of what a step said before it failed.


class Missing(Exception):
    """A stack cannot be had on this machine; the text says why."""


class Workshop:
    """A folder with copies of all drivers, and an environment of Python's for the stacks.

    Attributes:
        folder: what it is in.
    """

    def __init__(self, folder: Path = WORK) -> None:
        self.folder = folder
        self._listed = False
        ignored = shutil.ignore_patterns("__pycache__", "node_modules")
        for name in COPIED:  # What npm has put beside earlier copies stays.
            to = folder / "drivers" / name
            shutil.copytree(ROOT / name, to, ignore=ignored, dirs_exist_ok=True)

    def place(self, stack: Stack) -> Path:
        """The folder that the stack's driver is run in."""
        return self.folder / "drivers" / stack.folder

    @cached_property
    def environment(self) -> dict[str, str]:
        """The variables that drivers are built and run with."""
        programs = self.folder / "python" / ("Scripts" if os.name == "nt" else "bin")
        # The second one has the command ips-contract, for drivers that are generated.
        path = os.pathsep.join((str(programs), str(Path(sys.executable).parent)))
        kept = {key: text for key, text in os.environ.items() if not key.startswith("IPS_")}
        return {**kept, "PATH": f"{path}{os.pathsep}{os.environ.get('PATH', '')}"}

    def prepare(self, stack: Stack) -> str:
        """Installs what the stack needs and builds its driver; its version.

        Raises:
            Missing: it cannot be had.
        """
        place = self.place(stack)
        if not place.is_dir():
            raise Missing(f"there is no {stack.folder}")
        self._debian(stack.debian)
        if stack.language == "Python":
            self._pypi(stack.pypi)
        if stack.npm:
            npm = ("npm", "install", "--prefix", ".", "--no-audit", "--no-fund")
            self._do((*npm, *stack.npm), place)
        absent = [name for name in stack.needs if self._which(name) is None]
        if absent:
            raise Missing(f"no program {', '.join(absent)}")
        if stack.build:
            self._do(stack.build, place)
        elif (place / "build.sh").is_file():
            wsdl = self.wsdl(stack.api_version)
            self._do(("sh", "build.sh", str(wsdl), BUILT), place)
        said = self._do(stack.version, place)
        found = re.search(stack.version_pattern, said)
        if found is None:
            raise Missing(f"its version is not in what was printed: {said[-_LAST:]}")
        return found[1]

    def wsdl(self, version: str) -> Path:
        """A file with our WSDL of a version, for what generates code from it."""
        path = self.folder / f"IpsApi-{version}.wsdl"
        ours = (sys.executable, "-m", "ips_contract", "wsdl", "--api-version", version)
        path.write_text(self._do(ours, self.folder), encoding="utf-8")
        return path

    def _which(self, name: str) -> str | None:
        return shutil.which(name, path=self.environment["PATH"])

    def _debian(self, packages: Sequence[str]) -> None:
        absent = [name for name in packages if not _is_installed(name)]
        if not absent or self._which("dpkg-query") is None:
            return  # Elsewhere ``needs`` says what is missing.
        if not hasattr(os, "geteuid") or os.geteuid() != 0:
            raise Missing(f"not installed, and only root may: {', '.join(absent)}")
        if not self._listed:
            self._do(("apt-get", "update", "--quiet"), self.folder)
            self._listed = True
        install = ("apt-get", "install", "--yes", "--quiet", "--no-install-recommends", _WAIT)
        self._do((*install, *absent), self.folder, {"DEBIAN_FRONTEND": "noninteractive"})

    def _pypi(self, packages: Sequence[str]) -> None:
        home = self.folder / "python"
        if not (home / "pyvenv.cfg").exists():
            venv.create(home, with_pip=True)
        if packages:
            pip = ("python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
            self._do((*pip, *packages), self.folder)

    def _do(self, command: Iterable[str], place: Path, more: dict[str, str] | None = None) -> str:
        """Runs a step; what it printed.

        Raises:
            Missing: it failed.
        """
        words = list(command)
        program = self._which(words[0])
        if program is None:
            raise Missing(f"no program {words[0]}")
        try:
            done = subprocess.run(
                [program, *words[1:]],
                cwd=place,
                env={**self.environment, **(more or {})},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                encoding="utf-8",
                errors="replace",
                timeout=_PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Missing(f"{words[0]} took longer than {_PATIENCE} s") from None
        if done.returncode:
            said = " ".join(done.stdout.split())[-_LAST:]
            raise Missing(f"{' '.join(words[:2])} failed: {said}")
        return done.stdout


def _is_installed(package: str) -> bool:
    if shutil.which("dpkg-query") is None:
        return False
    asked = ("dpkg-query", "--show", "--showformat=${db:Status-Status}", package)
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return done.stdout == "installed"
