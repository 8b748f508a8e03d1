"""The built wheel in environments other than that of the tests: ``python -m tests.elsewhere``.

- The oldest version of each dependency that pyproject.toml allows, with tests of what uses it.
- An older pytest, with pytest-asyncio and xdist: the plugin's own tests and
  those of an example project. (The tests' own environment has the newest.)
- The action, installed as GitHub does.
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
import tomllib
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ips_contract import __version__
from tests.blocks import HOW_TO, ROOT, blocks
from tests.test_github import ACTION, steps_of

PYTEST = "pytest==8.*"
# The plugin's tests, and what they need.
TESTS = ("pytest_plugin/test_hooks.py", "pytest_plugin/test_run.py")
HELPERS = ("__init__.py", "pytest_plugin/__init__.py", "plugin_runs.py", "sweep.py")
NEEDED = ("pytest-asyncio", "pytest-xdist", "freezegun", "anyio", "hypothesis", "httpx")
# What is tried with the oldest versions: the extras, tests of what uses them, and what else these
# need, as old as the extra dev allows.
EXTRAS = "completion,httpx,hypothesis,pytest,record,responses,server,tls,xmlschema,yaml"
OLDEST_TESTS = (
    *("tests/validation/test_findings.py", "tests/validation/test_words.py", "tests/xml"),  # lxml
    "tests/validation/test_engines.py",  # xmlschema
    "tests/mock/test_server_raw.py::test_garbage_gets_a_400",  # httptools, uvloop
    "tests/mock/test_server_raw.py::test_a_line_of_http_0_9",
    "tests/mock/test_adapters.py",  # responses, httpx
    "tests/mock/test_tls.py",  # trustme
    "tests/mock/test_seed.py",  # PyYAML
    "tests/recording/test_upstream.py",  # httpx, httpcore
    "tests/strategies/test_valid.py::test_requests_have_no_findings",  # hypothesis
    "tests/cli/test_completion.py",  # shtab
    "tests/pytest_plugin/test_run.py::test_reports_and_coverage",  # pytest
)
OLDEST_HELPERS = (
    "coverage",
    "freezegun",
    "jsonschema",
    "pytest-asyncio",
    "pytest-xdist",
    "requests",
    "zeep",
)
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


def with_oldest_versions(folder: Path, wheel: Path) -> str:
    """Tests of what uses each dependency, in its oldest version; the last line of the run."""
    uv = environment(folder / "tool", "uv")
    venv.create(folder / "venv", symlinks=os.name != "nt")
    python = folder / "venv" / uv.relative_to(folder / "tool")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    allowed = project["optional-dependencies"]["dev"]
    helpers = [row for row in allowed if row.partition(">=")[0] in OLDEST_HELPERS]
    install = (uv, "-m", "uv", "pip", "install", "--quiet", "--python", python)
    call(*install, "--resolution=lowest-direct", f"{wheel}[{EXTRAS}]", *helpers, folder=folder)
    # The package is that of the clone, whose root is first in sys.path; the wheel's is the same.
    words = (python, "-m", "pytest", "-q", "--numprocesses=2", "-p", "no:cacheprovider")
    shown = call(*words, *OLDEST_TESTS, folder=ROOT, PYTHONDONTWRITEBYTECODE="1")
    return f"the oldest dependencies: {shown.strip().splitlines()[-1]}"


def with_the_action(folder: Path) -> str:
    """The action's step that installs, run as GitHub runs it; what it printed."""
    (step,) = [step for step in steps_of(ACTION) if step["name"] == "Install ips-contract"]
    (folder / "variables").write_text("", encoding="utf-8")
    variables = {
        "IPS_PYTHON": sys.executable,
        "IPS_SOURCE": str(ROOT),
        "RUNNER_TEMP": str(folder),
        "GITHUB_ENV": str(folder / "variables"),
    }
    if step["env"].keys() != variables.keys() & {"IPS_PYTHON", "IPS_SOURCE"}:
        raise Failed(f"the action's step has {step['env']}")
    words = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"])
    # Above it pip may warn of this or that.
    shown = call(*words, folder=folder, wanted=0, **variables).strip().splitlines()[-1]
    _, _, program = (folder / "variables").read_text(encoding="utf-8").strip().partition("=")
    judged = call(
        program, "validate", ROOT / "fixtures/valid/documented-request.xml", folder=folder
    )
    if shown != f"ips-contract {__version__}" or ": valid " not in judged:
        raise Failed(shown + judged)
    return f"the action: {shown}"


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
    (plugin / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\nmarkers = cover_runs\n")
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
            for part in ("oldest", "old", "application", "hook", "action"):
                (folder / part).mkdir()
            oldest = pool.submit(with_oldest_versions, folder / "oldest", wheel)
            old = pool.submit(with_old_pytest, folder / "old", wheel)
            application = pool.submit(with_an_application, folder / "application", wheel)
            hook = pool.submit(with_pre_commit, folder / "hook") if shutil.which("git") else None
            action = pool.submit(with_the_action, folder / "action")
            print(oldest.result(), flush=True)
            print(old.result(), flush=True)
            print(action.result(), flush=True)
            print(application.result(), flush=True)
            # A clone can be had without git, and pre-commit cannot: then CI alone has tried it.
            print(hook.result() if hook else "pre-commit: NOT TRIED, there is no git", flush=True)
        except Failed as failure:
            print(failure, flush=True)
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
