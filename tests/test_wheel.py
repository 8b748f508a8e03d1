"""The wheel: built, installed in an environment of its own, used from another folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from ips_contract import __version__
from ips_contract.fixtures import load
from tests.blocks import ROOT, blocks, run_console


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*build, str(ROOT)], check=True, capture_output=True, timeout=120)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of an environment with the wheel, lxml and nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=os.name != "nt")
    commands = folder / ("Scripts" if os.name == "nt" else "bin")
    python = commands / ("python.exe" if os.name == "nt" else "python")
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-index"]
    subprocess.run([*install, "--no-deps", "--quiet", str(wheel)], check=True, timeout=120)
    # lxml is the one dependency; that of the tests' own environment serves without a network.
    site = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('platlib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    Path(site, "lxml").symlink_to(Path(sysconfig.get_path("platlib"), "lxml"))
    return commands


def test_contents(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    files = {p.relative_to(ROOT).as_posix() for p in (ROOT / "fixtures").rglob("*") if p.is_file()}
    assert {f.replace("fixtures/", "ips_contract/fixture_files/", 1) for f in files} <= names
    assert {
        "ips_contract/py.typed",
        "ips_contract/contract/translations.json",
        "ips_contract/xsd/ips.xsd",
        "ips_contract/xsd/auth-pre-3.8.xsd",
        "ips_contract/pages/style.css",
        "ips_contract/pages/live/index.html",
        "ips_contract/pages/live/page.js",
    } <= names
    shared = f"ips_contract-{__version__}.data/data/share"
    assert f"{shared}/man/man1/ips-contract.1" in names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/"))]


def test_readme_commands(environment: Path) -> None:
    """As written, in the root of the repository."""
    shown = [b for b in blocks(ROOT / "README.md") if b.language == "console" and not b.info]
    assert shown
    for block in shown:
        for command, expected, output in run_console(block, ROOT, str(environment)):
            assert output.rstrip() == expected.rstrip(), command


def test_readme_python(environment: Path, tmp_path: Path) -> None:
    shown = [b for b in blocks(ROOT / "README.md") if b.language == "python" and not b.info]
    assert shown
    for block in shown:
        script = tmp_path / "example.py"
        script.write_text(block.text, encoding="utf-8")
        run = subprocess.run(
            [environment / "python", "-W", "error", script],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert run.returncode == 0, run.stderr


def test_fixtures_and_schema_are_found(environment: Path, tmp_path: Path) -> None:
    code = (
        "import ips_contract\nfrom ips_contract import validate, fixtures\n"
        "names = [f.name for f in fixtures.all_fixtures()]\n"
        "report = validate(fixtures.load('valid/documented-request.xml'))\n"
        "print(len(names), report.valid, 'site-packages' in ips_contract.__file__)\n"
    )
    run = subprocess.run(
        [environment / "python", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    count, valid, inside = run.stdout.split()
    assert int(count) > 100
    assert (valid, inside) == ("True", "True")


@pytest.mark.skipif(shutil.which("man") is None, reason="needs man")
def test_man_finds_the_page(environment: Path, tmp_path: Path) -> None:
    """Where the environment's commands are in PATH, as they are once it is activated."""
    path = f"{environment}{os.pathsep}{os.environ['PATH']}"
    run = subprocess.run(
        ["man", "--where", "ips-contract"],
        env={"PATH": path, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert Path(run.stdout.strip()) == environment.parent / "share/man/man1/ips-contract.1"


# What a program without the command line does, in an interpreter that sees the wheel as a zip.
_PROGRAM = """
import base64
import sys
sys.path.insert(0, sys.argv[1])
from urllib.request import Request, urlopen
import ips_contract
from ips_contract import fixtures, mock, validate
from ips_contract.battery.processes.client import _guardian_program
from ips_contract.cli import main

def need(what):
    if not what:
        raise SystemExit("no")

need(ips_contract.__file__.startswith(sys.argv[1]))
request = fixtures.load("valid/documented-request.xml")
need(validate(request).valid)
need(not validate(fixtures.load("invalid/constant--case.xml")).valid)
need(len(fixtures.all_fixtures()) > 100)
need("def " in _guardian_program())
with mock.serve() as service:
    credentials = "Basic " + base64.b64encode(b"me@example.com:secret").decode()
    headers = {"Content-Type": "text/xml; charset=utf-8", "Authorization": credentials}
    soap = b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    body = soap + request + b"</s:Body></s:Envelope>"
    post = Request(service.endpoint, body, {**headers, "SOAPAction": "submitJob"})
    with urlopen(post) as answer:
        need(b"submitJobReturn" in answer.read())
    with urlopen(service.url.replace("scene7", "_ips")) as page:
        need(b"page/page.js" in page.read())
for words in (["validate", sys.argv[2]], ["schema"], ["rules"]):
    need(main(words) == 0)
"""


@pytest.mark.parametrize("options", [[], ["-OO"], ["-W", "error"]], ids=" ".join)
def test_the_wheel_works_as_a_zip(wheel: Path, tmp_path: Path, options: list[str]) -> None:
    """Without being unpacked, isolated, without assertions and docstrings, with no warning."""
    (tmp_path / "request.xml").write_bytes(load("valid/documented-request.xml"))
    command = [sys.executable, "-I", *options, "-c", _PROGRAM, str(wheel), "request.xml"]
    run = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert (run.returncode, run.stderr) == (0, "")
    shown = run.stdout.splitlines()
    assert shown[0] == "request.xml: valid (submitJobParam, pre-4.0)"
    assert any("xs:schema" in line for line in shown)
    assert any("constant-case" in line for line in shown)
