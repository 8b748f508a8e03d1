"""What the examples in other languages need, and what of it is here. Needs nothing but Python."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

EXAMPLES = Path(__file__).parents[2] / "examples"
_JARS = Path("/usr/share/java")  # Where Debian has them.
_JUNIT = (
    "junit-jupiter-api",
    "junit-jupiter-engine",
    "junit-platform-commons",
    "junit-platform-engine",
    "junit-platform-launcher",
    "junit-platform-console",
    "junit-platform-reporting",
    "opentest4j",
    "opentest4j-reporting-events",
    "opentest4j-reporting-schema",
    "apiguardian-api",
    "picocli",
)
_JUNIT_PATHS = [str(_JARS / f"{name}.jar") for name in _JUNIT]
_CLASSPATH = os.pathsep.join(["classes", *_JUNIT_PATHS])


class Language(NamedTuple):
    """An example, and how it is run.

    Attributes:
        name: what it is called here.
        folder: in ``examples/``.
        needs: programs, and files by their paths.
        packages: of Debian, that have these.
        commands: run one after the other, in a copy of the folder; ``*`` stands for files.
        quick: whether ``make test`` runs it where it can.
    """

    name: str
    folder: str
    needs: tuple[str, ...]
    packages: tuple[str, ...]
    commands: tuple[tuple[str, ...], ...]
    quick: bool = False


LANGUAGES = (
    Language(
        "curl",
        "curl",
        ("bash", "curl", "jq", "mkfifo"),
        ("bash", "curl", "jq", "coreutils"),
        (("./test.sh",),),
        quick=True,
    ),
    Language("node", "node", ("node",), ("nodejs",), (("node", "--test"),), quick=True),
    Language(
        "php",
        "php",
        ("php", "php:soap"),
        ("php-cli", "php-soap"),
        (("php", "test.php"),),
        quick=True,
    ),
    Language(
        "java",
        "java",
        ("javac", "java", *_JUNIT_PATHS),
        ("default-jdk-headless", "junit5"),
        (
            ("javac", "-d", "classes", "-cp", _CLASSPATH, "src/*/java/*.java"),
            (
                *("java", "-cp", _CLASSPATH, "org.junit.platform.console.ConsoleLauncher"),
                *("--fail-if-no-tests", "--disable-banner", "--scan-classpath", "classes"),
            ),
        ),
    ),
    Language(
        "csharp",
        "csharp",
        ("mcs", "mono", "/usr/lib/mono/4.5/System.Net.Http.dll"),
        ("mono-mcs", "mono-runtime", "libmono-system-net-http4.0-cil"),
        (
            ("mcs", "-langversion:latest", "-r:System.Net.Http", "-out:test.exe", "*.cs"),
            ("mono", "test.exe"),
        ),
    ),
)


@cache
def _has(need: str) -> bool:
    if need.startswith("/"):
        return Path(need).exists()
    program, _, extension = need.partition(":")
    if shutil.which(program) is None:
        return False
    if not extension:
        return True
    listed = subprocess.run([program, "-m"], capture_output=True, text=True, check=False)
    return extension in listed.stdout.split()


def missing(language: Language) -> list[str]:
    """What it needs and this machine does not have."""
    return [need for need in language.needs if not _has(need)]


def left_out() -> str:
    """What ``make test`` does not run here, in a line."""
    rows = [row.name for row in LANGUAGES if not row.quick]
    quick = [row for row in LANGUAGES if row.quick and missing(row)]
    rows += [f"{row.name} (no {missing(row)[0]})" for row in quick]
    return f"Not run: the examples in {', '.join(rows)}; `make languages` runs all of them."


if __name__ == "__main__":
    needed = {name for row in LANGUAGES if missing(row) for name in row.packages}
    print(*sorted(needed))
    sys.exit(0)
