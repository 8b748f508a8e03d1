"""The files for containers, as far as that can be tested without an engine to run them.

Their commands are run here; that the image is built and starts is not shown.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
import requests
import yaml  # type: ignore[import-untyped]

from tests.blocks import ROOT
from tests.cli.test_serve import parsed
from tests.cli.test_serve_harness import COMMAND, read, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = ROOT / "examples" / "docker"
HEALTH = FOLDER / "healthcheck.py"


def instructions() -> list[tuple[str, str]]:
    """Those of the Dockerfile, with continued lines in one."""
    text = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
    lines = re.sub(r"\\\n", "", re.sub(r"(?m)^#.*\n", "", text)).splitlines()
    return [(words[0], words[1]) for line in lines if (words := line.split(None, 1))]


def value_of(name: str) -> str:
    return [rest for word, rest in instructions() if word == name][-1]


def test_the_dockerfile() -> None:
    known = {"FROM", "WORKDIR", "COPY", "RUN", "USER", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
    assert {word for word, _ in instructions()} <= known
    stages = [rest for word, rest in instructions() if word == "FROM"]
    assert len(stages) == 2  # What builds the wheel is not in the image.
    assert int(value_of("USER")) > 0  # Not root.
    last = [word for word, _ in instructions()]
    assert last.index("USER") > last.index("RUN", last.index("RUN") + 1)
    extras = set(re.findall(r"\[([\w,]+)\]\"", value_of("RUN"))[0].split(","))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert extras <= project["optional-dependencies"].keys()


def test_what_is_copied_is_there() -> None:
    ignored = (FOLDER / "Dockerfile.dockerignore").read_text(encoding="utf-8")
    for name in re.findall(r"(?m)^!(.+)$", ignored):
        assert (ROOT / name).exists(), name
    hatch = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]
    wheel = hatch["build"]["targets"]["wheel"]
    shared = {path.partition("/")[0] for path in wheel["shared-data"]}
    for name in (*wheel["packages"], *wheel["force-include"], *shared, "README.md", "LICENSE"):
        assert f"!{name}\n" in ignored  # Without it the wheel is not built, or lacks something.


def compose(name: str) -> dict[str, Any]:
    value: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return value


@pytest.mark.parametrize("name", ["compose.yaml", "compose.fixed-host.yaml"])
def test_the_options_of_compose_files_are_those_of_serve(name: str) -> None:
    service = compose(name)["services"]["ips"]
    entry = json.loads(value_of("ENTRYPOINT"))
    assert entry[:2] == ["ips-contract", "serve"]
    args = parsed(*entry[2:], *service["command"])
    assert (args.host, args.port) == ("0.0.0.0", 443 if args.tls else 8080)
    assert (FOLDER / service["build"]["context"] / service["build"]["dockerfile"]).exists()
    tests = compose(name)["services"]["tests"]
    assert tests["depends_on"]["ips"]["condition"] == "service_healthy"
    for variable, value in tests["environment"].items():
        if variable in ("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"):
            assert value == args.ca_file


@pytest.fixture(params=[("--tls",), ("--control-token", "a-long-random-one")], ids=str)
def serving(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, bool]]:
    """The ready file of the image's command, and whether there is a control interface."""
    entry = json.loads(value_of("ENTRYPOINT"))[2:]
    words = [word.replace("/run/ips", str(tmp_path)) for word in (*entry, *request.param)]
    with subprocess.Popen([*COMMAND, *words], stdout=subprocess.DEVNULL) as process:
        try:
            ready = tmp_path / "ready.json"
            wait_until(ready.exists)
            yield ready, "--control-token" in request.param
        finally:
            process.terminate()


def health(ready: Path) -> subprocess.CompletedProcess[str]:
    words = json.loads(value_of("HEALTHCHECK").partition("CMD ")[2])
    assert words == ["python", "/usr/local/lib/ips/healthcheck.py", "/run/ips/ready.json"]
    return subprocess.run(
        [sys.executable, str(HEALTH), str(ready)], capture_output=True, text=True, check=False
    )


def test_the_health_check(serving: tuple[Path, bool], tmp_path: Path) -> None:
    ready, has_control = serving
    place = read(ready)
    assert place["host"] == "127.0.0.1"
    assert bool(place["control"]) == has_control
    done = health(ready)
    assert (done.returncode, done.stderr) == (0, "")
    if has_control:  # It is not in the record that tests look at.
        head = {"Authorization": "Bearer a-long-random-one"}
        found = requests.get(f"{place['control']}exchanges", headers=head, timeout=10)
        assert found.json()["count"] == 0
        elsewhere = tmp_path / "other.json"
        text = json.dumps({**place, "control": "http://127.0.0.1:1/"})
        elsewhere.write_text(text, encoding="utf-8")
        assert health(elsewhere).returncode == 1
        assert health(tmp_path / "none.json").returncode == 1
