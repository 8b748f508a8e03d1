"""What GitHub reads: the workflows, and the action, whose steps are run here as it runs them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from ips_contract import __version__
from ips_contract.fixtures import load
from tests.blocks import ROOT, blocks

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ACTION = ROOT / "action.yml"
PAGE = ROOT / "docs" / "how-to" / "ci.md"
FILES = [*WORKFLOWS, ACTION]


needs_bash = pytest.mark.skipif(
    shutil.which("bash") is None or sys.platform == "win32", reason="needs a bash of its own"
)


def program_path() -> str:
    """PATH with this Python first."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


def read(path: Path) -> dict[str, Any]:
    # To YAML "on" is a truth value; to GitHub it is a word.
    text = re.sub(r"(?m)^on:", '"on":', path.read_text(encoding="utf-8"))
    value: dict[str, Any] = yaml.safe_load(text)
    return value


def steps_of(path: Path) -> list[dict[str, Any]]:
    value = read(path)
    jobs = value["jobs"].values() if "jobs" in value else [value["runs"]]
    return [step for job in jobs for step in job["steps"]]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_github_can_read_it(path: Path) -> None:
    kind = "vendor.github-actions" if path == ACTION else "vendor.github-workflows"
    words = ["-m", "check_jsonschema", "--builtin-schema", kind, str(path)]
    done = subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_others_actions_are_of_a_version_and_scripts_take_inputs_as_variables(path: Path) -> None:
    for step in steps_of(path):
        if "uses" in step:
            assert re.fullmatch(r"[\w-]+/[\w/-]+@v\d+(\.\d+)*", step["uses"]), step
        # What is put into a script could be a command.
        assert "${{" not in step.get("run", "")
    # Nobody knows yet where the project will be.
    assert "github.com/" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_least_permissions(path: Path) -> None:
    value = read(path)
    assert value["permissions"] == {"contents": "read"}
    more = {name: job["permissions"] for name, job in value["jobs"].items() if "permissions" in job}
    assert more == ({"publish": {"id-token": "write"}} if path.stem == "release" else {})
    for job in value["jobs"].values():
        assert job["timeout-minutes"]
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


def test_nothing_is_published_that_was_not_tried() -> None:
    value = read(ROOT / ".github" / "workflows" / "release.yml")
    assert value["on"] == {"push": {"tags": ["v*"]}}
    needs = {name: job.get("needs") for name, job in value["jobs"].items()}
    assert needs == {"build": None, "try": "build", "publish": "try"}
    publish = value["jobs"]["publish"]
    assert publish["environment"] == "pypi"
    assert not [step for step in publish["steps"] if "run" in step or "checkout" in step["uses"]]


def test_all_pythons_that_are_promised() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    promised = re.findall(r"Python :: (3\.\d+)", " ".join(project["classifiers"]))
    workflow = read(ROOT / ".github" / "workflows" / "test.yml")
    matrix = workflow["jobs"]["test"]["strategy"]["matrix"]
    assert matrix["python"] == promised
    assert [os.split("-")[0] for os in matrix["os"]] == ["ubuntu", "macos", "windows"]


def test_what_ci_runs_is_what_github_runs() -> None:
    (run,) = [step["run"] for step in steps_of(WORKFLOWS[0]) if "run" in step]
    assert WORKFLOWS[0].name == "check.yml"
    assert run == "bash .ci/run"
    assert (ROOT / ".ci" / "run").exists()


def test_what_ci_runs_whole_has_sweeps() -> None:
    """``make whole`` passes over a name that is not there, and over files without a sweep."""
    (named,) = re.findall(r'WHOLE="([^"]+)"', (ROOT / ".ci" / "run").read_text(encoding="utf-8"))
    for name in named.replace("\\\n", " ").split():
        path = ROOT / name
        files = [path] if path.is_file() else list(path.rglob("test_*.py"))
        texts = [file.read_text(encoding="utf-8") for file in files]
        assert any("from tests.sweep import" in text for text in texts), name


# The release's own check of its tag.


@needs_bash
@pytest.mark.parametrize("tag", ["v0.0.0", __version__, "main"])
def test_a_tag_that_is_not_the_version(tag: str) -> None:
    release = steps_of(ROOT / ".github" / "workflows" / "release.yml")
    (step,) = [step for step in release if step.get("name") == "The tag is the version"]
    assert step["env"] == {"TAG": "${{ github.ref_name }}"}
    assert bash(step["run"], ROOT, {"TAG": tag, "PATH": program_path()}).returncode == 1


@needs_bash
def test_the_tag_of_this_version() -> None:
    """The changelog has it, and the examples name it."""
    release = steps_of(ROOT / ".github" / "workflows" / "release.yml")
    (step,) = [step for step in release if step.get("name") == "The tag is the version"]
    done = bash(step["run"], ROOT, {"TAG": f"v{__version__}", "PATH": program_path()})
    assert (done.returncode, done.stderr) == (0, "")
    text = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"(?:@|rev: )v(\d+\.\d+\.\d+)", text) == [__version__, __version__]


# The action


def inputs() -> dict[str, Any]:
    value: dict[str, Any] = read(ACTION)["inputs"]
    return value


def test_the_page_has_the_inputs_with_their_defaults() -> None:
    text = PAGE.read_text(encoding="utf-8").partition("| input | is")[2].partition("\n\n")[0]
    rows = re.findall(r"(?m)^\| `([\w-]+)` \| .* \| (?:`([^`]*)`)? ?\|$", text)
    assert rows == [(name, row["default"]) for name, row in inputs().items()]


def test_the_example_uses_what_there_is() -> None:
    (text,) = [block.text for block in blocks(PAGE) if block.info == "action"]
    job = yaml.safe_load(text)["jobs"]["contract"]
    step = job["steps"][-1]
    assert step["uses"].startswith("OWNER/ips-contract@v")
    assert step["with"].keys() <= inputs().keys()
    assert job["permissions"] == {"contents": "read", "security-events": "write"}


def test_each_input_is_read() -> None:
    text = ACTION.read_text(encoding="utf-8")
    for name in inputs():
        assert f"inputs.{name} " in text, name


def bash(script: str, folder: Path, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Runs a script as GitHub does where the shell is bash."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def run_step(name: str, folder: Path, given: dict[str, str]) -> tuple[int, str, str]:
    """Runs a step of the action; its exit status, what it printed, its outputs."""
    (step,) = [step for step in steps_of(ACTION) if step["name"] == name]
    values = {key: row["default"] for key, row in inputs().items()} | given
    assert values.keys() == inputs().keys()
    variables = {
        key: values[text.removeprefix("${{ inputs.").removesuffix(" }}")]
        for key, text in step["env"].items()
    }
    (folder / "output").write_text("", encoding="utf-8")
    program = Path(sys.executable).with_name("ips-contract")
    variables |= {"GITHUB_OUTPUT": str(folder / "output"), "IPS_CONTRACT_PROGRAM": str(program)}
    done = bash(step["run"], folder, variables)
    return done.returncode, done.stdout + done.stderr, (folder / "output").read_text("utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "some messages").mkdir()
    (tmp_path / "some messages" / "good.xml").write_bytes(load("valid/documented-request.xml"))
    (tmp_path / "bad.xml").write_bytes(load("invalid/constant--case.xml"))
    (tmp_path / "warned.xml").write_bytes(load("invalid/name-separator--bar.xml"))
    return tmp_path


@needs_bash
@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        ({"files": "some messages\n"}, 0, "some messages/good.xml: valid"),
        ({"files": "some messages\nbad.xml"}, 1, "bad.xml:6: constant: "),
        ({"files": "warned.xml"}, 0, "name-separator: warning: "),
        ({"files": "warned.xml", "strict": "true"}, 1, "name-separator: warning: "),
        ({"files": "some messages", "api-version": "6.8"}, 1, "wrong-namespace"),
        ({"files": "none.xml"}, 2, "none.xml: No such file"),
        ({"files": "$(touch ran) `touch ran`; touch ran"}, 2, "No such file"),
        ({"files": "--strict\nbad.xml"}, 2, "--strict: No such file"),
    ],
    ids=str,
)
def test_validate(given: dict[str, str], status: int, said: str, project: Path) -> None:
    ended, printed, outputs = run_step("Validate", project, given)
    assert (ended, outputs) == (status, "sarif=ips-contract.sarif\n"), printed
    assert said in printed
    assert '"version": "2.1.0"' in (project / "ips-contract.sarif").read_text(encoding="utf-8")
    assert not (project / "ran").exists()


@needs_bash
def test_what_the_action_does_not_know_fails(project: Path) -> None:
    # What an earlier step wrote is not taken for this one's.
    (project / "ips-contract.sarif").write_text("{}", encoding="utf-8")
    ended, printed, outputs = run_step(
        "Validate", project, {"files": "bad.xml", "api-version": "6.7"}
    )
    assert (ended, outputs) == (2, "")
    assert "did you mean 6.6 or 6.8?" in printed


@needs_bash
@pytest.mark.parametrize(
    ("client", "status"), [("with_urllib", 0), ("credulous", 1)], ids=["careful", "credulous"]
)
def test_fuzz(client: str, status: int, project: Path) -> None:
    file = ROOT / "tests" / "clients" / f"{client}.py"
    command = f"exec '{sys.executable}' '{file}'"
    given = {"client": command, "cases": "plain,gzip-c*,handle-*", "report": "out.html"}
    ended, printed, outputs = run_step("Fuzz the client", project, given)
    assert ended == status, printed
    assert ("handle-" in printed) == bool(status)
    names = ["out.html", "out.json", "out.xml"]
    listed = "".join(f"{name}\n" for name in names)
    assert outputs == f"report=out.html\nfiles<<END-OF-FILES\n{listed}END-OF-FILES\n"
    assert all((project / name).exists() for name in names)
    if status:  # What is known is expected from then on.
        more = {**given, "expected": "out.json", "report": "next.html"}
        assert run_step("Fuzz the client", project, more)[0] == 0
