"""The example projects pass with the built wheel; tutorials/application.md shows one of them."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import IO, TYPE_CHECKING

from tests.blocks import ROOT, TUTORIALS, blocks
from tests.plugin_runs import MENTIONED
from tests.sweep import every

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = ROOT / "examples"
PAGE = TUTORIALS / "application.md"
# Another copy of the package must not count in the coverage of this one.
PLAIN = {key: text for key, text in os.environ.items() if not key.startswith("COVERAGE_")}
WITHOUT = [f"-pno:{plugin}" for plugin in ("cacheprovider", *MENTIONED)]
PYTEST = ("-m", "pytest", *WITHOUT, "--ips-coverage")
# Example → how many tests it has, and the least coverage of the contract.
RUNS = {"publisher": (13, 15), "catalogue": (11, 30)}


def copy_of(example: str, folder: Path) -> Path:
    """A copy of an example project; tests write nothing into the working copy."""
    project = folder / example
    copytree(EXAMPLES / example, project, ignore=ignore_patterns("__pycache__", "report.html"))
    return project


def test_examples_with_the_wheel(tmp_path: Path) -> None:
    """The wheel in front of the working copy, the projects at once: one, or both of them.

    ``make elsewhere`` has them in environments of their own, with xdist and an older pytest.
    """
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", f"--outdir={tmp_path}"]
    subprocess.run([*build, str(ROOT)], check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "installed"
    install = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet"]
    subprocess.run([*install, f"--target={installed}", str(wheel)], check=True, timeout=120)
    path = filter(None, (str(installed), os.environ.get("PYTHONPATH", "")))
    environment = {**PLAIN, "PYTHONPATH": os.pathsep.join(path)}
    started = {}
    examples = every(2, RUNS)
    for example in examples:
        _, least = RUNS[example]
        project = copy_of(example, tmp_path)
        (project / "conftest.py").write_text(
            "import ips_contract\n"
            f"assert ips_contract.__file__.startswith({str(installed)!r}), ips_contract.__file__\n"
        )
        words = (*PYTEST, f"--ips-fail-under={least}", "--ips-report=report.html")
        started[example] = subprocess.Popen(
            [sys.executable, *words],
            cwd=project,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    outputs = {example: process.communicate(timeout=120)[0] for example, process in started.items()}
    for example in examples:
        tests, _ = RUNS[example]
        output = outputs[example]
        assert started[example].returncode == 0, output
        assert f"{tests} passed" in output
        assert "versions       1/1    100%" in output
        assert (tmp_path / example / "report.html").exists()


# docs/tutorials/application.md


def shown(kind: str) -> str:
    """The one block of the page with these words on its first line."""
    (text,) = (block.text for block in blocks(PAGE) if block.info == kind)
    return text


def test_the_page_shows_the_example() -> None:
    files = [block for block in blocks(PAGE) if (EXAMPLES / "catalogue" / block.info).is_file()]
    assert len(files) > 10
    for block in files:
        text = (EXAMPLES / "catalogue" / block.info).read_text("utf-8")
        assert block.text in text, (block.info, block.line)
    # The rest are commands and outputs, which the tests below run and compare.
    others = {block.info for block in blocks(PAGE) if block not in files}
    assert others == {"install", "server", "client", "output", "lines", "tests", "failure"}


def test_the_pages_table_has_what_is_called() -> None:
    text = PAGE.read_text("utf-8").partition("| step |")[2].partition("The middle")[0]
    code = (EXAMPLES / "catalogue" / "catalogue" / "ips.py").read_text("utf-8")
    called = set(re.findall(r'_(?:ask|call)\(\s*"(\w+)"', code))
    assert len(called) > 10
    assert called <= set(re.findall(r"\w+", text))


@contextmanager
def serving(
    command: str, folder: Path, environment: dict[str, str], lines: IO[bytes]
) -> Iterator[str]:
    """Runs the command that serves, on a free port; the line that says that it does."""
    assert "--port 8080" in command
    words = shlex.split(command.replace("--port 8080", "--port 0"))
    process = subprocess.Popen(
        words, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=lines, text=True
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline()
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_what_the_page_runs(tmp_path: Path) -> None:
    """The mock in one process, the application in another, as the page has it in two shells."""
    project = copy_of("catalogue", tmp_path)
    environment = {**PLAIN, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    command, _, first = shown("server").removeprefix("$ ").partition("\n")
    log = project / "lines.txt"
    with log.open("wb") as lines, serving(command, project, environment, lines) as line:
        port = int(line.split(":")[2].split("/")[0])
        assert line.replace(str(port), "8080") == first
        script = shown("client").replace("8080", str(port))
        words = ["sh", "-euc", script]
        ran = subprocess.run(
            words,
            cwd=project,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    assert (ran.stdout, ran.stderr, ran.returncode) == (shown("output"), "", 1)
    said = re.sub("^[0-9:]{8}", "09:30:00", log.read_text("utf-8"), flags=re.MULTILINE)
    assert said.startswith(shown("lines"))
    assert " invalid " not in said
    assert "canned" not in said


def test_how_it_fails(tmp_path: Path) -> None:
    project = copy_of("catalogue", tmp_path)
    module = project / "catalogue" / "ips.py"
    text = module.read_text("utf-8")
    right, wrong = '"emailSetting": "None"', '"emailSetting": "none"'
    assert right in text
    assert f"`{wrong}`" in PAGE.read_text("utf-8")
    module.write_text(text.replace(right, wrong, 1), "utf-8")
    ran = subprocess.run(
        [sys.executable, *PYTEST, "-k", "go_live"],
        cwd=project,
        env=PLAIN,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert shown("failure") in re.sub("^E {1,11}", "", ran.stdout, flags=re.MULTILINE)
