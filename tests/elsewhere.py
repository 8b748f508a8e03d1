"""The built wheel in environments other than that of the tests: ``python -m tests.elsewhere``.

- The oldest pytest that is promised, with pytest-asyncio and xdist: the plugin's own tests and
  those of an example project. (The tests' own environment has the newest.)
- The other example project, a whole application, with what it asks for itself and nothing else.
- pre-commit, with the hook from a repository of this project.

All install from the registry, so this is no test of the suite: ``make elsewhere``, which CI runs.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.blocks import HOW_TO, ROOT, blocks

PYTEST = "pytest==8.*"
# The plugin's tests, and what they need.
TESTS = ("pytest_plugin/test_hooks.py", "pytest_plugin/test_run.py")
HELPERS = ("__init__.py", "pytest_plugin/__init__.py", "plugin_runs.py")
NEEDED = ("pytest-asyncio", "pytest-xdist", "freezegun", "anyio", "hypothesis", "httpx")
# What the hook's repository needs to have.
PARTS = ("ips_contract", "xsd", "fixtures", "man")
FILES = ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")

_SECONDS = 300
# Coverage is measured of the working copy, not of the wheel.
_PLAIN = {k: v for k, v in os.environ.items() if not k.startswith(("COVERAGE_", "PYTEST_"))}


class Failed(Exception):
    """A command did not do what it should; its output."""


def call(*words: object, folder: Path, wanted: int = 0, **more: str) -> str:
    """The output of a command.

    Raises:
        Failed: its exit status is not the one that is wanted.
    """
    done = subprocess.run(
        [str(word) for word in words],
        cwd=folder,
        env={**_PLAIN, **more},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
        timeout=_SECONDS,
    )
    if done.returncode != wanted:
        raise Failed(f"$ {' '.join(map(str, words))}\n{done.stdout}exit {done.returncode}")
    return done.stdout


def environment(folder: Path, *packages: object) -> Path:
    """A new environment with ``packages``; its Python."""
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet")
    call(*pip, "--disable-pip-version-check", *packages, folder=folder)
    return python


def with_old_pytest(folder: Path, wheel: Path) -> str:
    """The plugin's tests and the example's, by an older pytest; the last line of each run."""
    python = environment(folder / "venv", f"{wheel}[pytest,tls]", PYTEST, *NEEDED)
    plugin, example = folder / "plugin", folder / "example"
    (plugin / "tests").mkdir(parents=True)
    for name in (*TESTS, *HELPERS):
        (plugin / "tests" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "tests" / name, plugin / "tests" / name)
    shutil.copytree(ROOT / "examples" / "publisher", example)
    words = (python, "-m", "pytest", "-q", "--numprocesses=2", "-p", "no:cacheprovider")
    version = call(python, "-m", "pytest", "--version", folder=folder).strip()
    (plugin / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    ran = call(*words, "tests", folder=plugin)
    # The example has nothing async; without a setting for it pytest-asyncio warns.
    plain = ("-p", "no:asyncio", "--ips-coverage", "--ips-report=report.html")
    shown = call(*words, *plain, folder=example)
    if "versions       1/1    100%" not in shown or not (example / "report.html").exists():
        raise Failed(shown)
    last = [text.strip().splitlines()[-1] for text in (ran, shown)]
    return f"{version}: the plugin's tests: {last[0]}; the example's: {last[1]}"


def with_an_application(folder: Path, wheel: Path) -> str:
    """The catalogue's tests, installed as its README says; the last line of the run."""
    project = folder / "catalogue"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "examples" / "catalogue", project, ignore=ignored)
    python = environment(folder / "venv", f"{wheel}[pytest]", f"{project}[test]")
    shown = call(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", folder=project)
    return f"the application's tests: {shown.strip().splitlines()[-1]}"


def with_pre_commit(folder: Path) -> str:
    """The hook as docs/how-to/ci.md shows it, run by pre-commit; the last line of what it said."""
    source, project, home = folder / "source", folder / "project", str(folder / "home")
    python = environment(folder / "venv", "pre-commit")
    for part in PARTS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / part, source / part, ignore=ignored)
    for name in FILES:
        shutil.copy(ROOT / name, source)
    (project / "messages").mkdir(parents=True)
    for path in (source, project):
        call("git", "init", "--quiet", folder=path)
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@example.com")
    call("git", "add", "--all", folder=source)
    call(*git, "commit", "--quiet", "--message=all", folder=source)
    commit = call("git", "rev-parse", "HEAD", folder=source).strip()
    (shown,) = (b.text for b in blocks(HOW_TO / "ci.md") if b.info == "pre-commit")
    lines = []
    for line in shown.splitlines():
        key = line.split(":")[0]
        value = {"  - repo": source.as_uri(), "    rev": commit}.get(key)
        lines.append(f"{key}: {value}" if value else line)
    (project / ".pre-commit-config.yaml").write_text("\n".join(lines) + "\n")
    (project / "pom.xml").write_text("<project/>\n")  # None of its files.
    for name, file in (("good", "valid/documented-request"), ("bad", "invalid/constant--case")):
        shutil.copy(ROOT / "fixtures" / f"{file}.xml", project / "messages" / f"{name}.xml")
    words = (python, "-m", "pre_commit", "run", "--files")
    good = ("messages/good.xml", "pom.xml")
    call("git", "add", "--all", folder=project)
    said = call(*words, *good, folder=project, PRE_COMMIT_HOME=home)
    refused = call(
        *(*words, *good, "messages/bad.xml"), folder=project, wanted=1, PRE_COMMIT_HOME=home
    )
    if "Passed" not in said or "messages/bad.xml:6: constant: " not in refused:
        raise Failed(said + refused)
    return f"pre-commit: {said.strip().splitlines()[-1]}"


def main() -> int:
    """Does all at once; the exit status."""
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor() as pool:
        folder = Path(name)
        build = (sys.executable, "-m", "build", "--wheel", "--no-isolation")
        try:
            call(*build, f"--outdir={folder}", ROOT, folder=folder)
            (wheel,) = folder.glob("*.whl")
            for part in ("old", "application", "hook"):
                (folder / part).mkdir()
            old = pool.submit(with_old_pytest, folder / "old", wheel)
            application = pool.submit(with_an_application, folder / "application", wheel)
            hook = pool.submit(with_pre_commit, folder / "hook") if shutil.which("git") else None
            print(old.result(), flush=True)
            print(application.result(), flush=True)
            # A clone can be had without git, and pre-commit cannot: then CI alone has tried it.
            print(hook.result() if hook else "pre-commit: NOT TRIED, there is no git", flush=True)
        except Failed as failure:
            print(failure, flush=True)
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
