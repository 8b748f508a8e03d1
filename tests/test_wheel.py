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
from ips_contract.cli.commands import COMMANDS
from ips_contract.contract.versions import LATEST
from ips_contract.contract.wsdl import wsdl
from ips_contract.fixtures import load
from tests.blocks import ROOT, blocks, run_console
from tests.cli.test_captured import log_of
from tests.mock.test_api import envelope
from tests.sweep import every


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


# What needs an extra, with what is said where it is not installed.
NEEDS = {
    "validate --engine xmlschema request.xml": "xmlschema",
    "validate --engine both request.xml": "xmlschema",
    "serve": "server",
    "serve --tls": "tls",
    "serve --seed seed.yaml": "yaml",
    "record --upstream https://s7sps1apissl.scene7.com --log new.jsonl": "record",
    "completion bash": "completion",
}
# What does not, with its exit status.
BARE = {
    **{f"help {row.name}": 0 for row in COMMANDS},
    "--help": 0,
    "validate --explain request.xml": 0,
    "validate --format sarif broken.xml": 1,
    "validate traffic.jsonl": 0,
    "sample uploadUrls --wrap soap11": 0,
    "sample --list": 0,
    "fixtures traffic.jsonl --out made": 0,
    "capture-report traffic.jsonl": 0,
    "generate -n 2": 0,
    "generate --invalid -n 2": 0,
    "fuzz --list": 0,
    "fuzz --case plain --report out.html -- false": 1,
    "rules constant": 0,
    "schema": 0,
    "wsdl": 0,
    "wsdl diff their.wsdl": 0,
    "versions": 0,
    "version": 0,
}


@pytest.fixture
def named(tmp_path: Path) -> Path:
    """A folder with the files that these commands name."""
    (tmp_path / "request.xml").write_bytes(load("valid/documented-request.xml"))
    (tmp_path / "broken.xml").write_bytes(load("invalid/constant--case.xml"))
    (tmp_path / "their.wsdl").write_bytes(wsdl(LATEST, "http://localhost/ips"))
    (tmp_path / "seed.yaml").write_text("companies: []\n", encoding="utf-8")
    log_of(tmp_path / "traffic.jsonl", envelope("a"))
    return tmp_path


def bare(environment: Path, folder: Path, line: str) -> subprocess.CompletedProcess[str]:
    """Runs a command where lxml is installed, and nothing else."""
    return subprocess.run(
        [environment / "ips-contract", *line.split()],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


def test_all_commands_are_tried() -> None:
    tried = {line.split()[0] for line in (*NEEDS, *BARE)} - {"help", "--help"}
    assert tried == {row.name for row in COMMANDS} - {"help"}


@pytest.mark.parametrize("line", NEEDS)
def test_a_command_says_which_extra_it_needs(line: str, environment: Path, named: Path) -> None:
    done = bare(environment, named, line)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.endswith(f"pip install 'ips-contract[{NEEDS[line]}]'\n")
    assert not (named / "new.jsonl").exists()


@pytest.mark.parametrize("line", every(4, BARE))
def test_a_command_needs_no_extra(line: str, environment: Path, named: Path) -> None:
    done = bare(environment, named, line)
    assert done.returncode == BARE[line], done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout or line.startswith(("fixtures", "capture-report"))


@pytest.mark.skipif(shutil.which("man") is None, reason="needs man")
def test_man_finds_the_page(environment: Path, tmp_path: Path) -> None:
    """Where the environment's commands are in PATH, as they are once it is activated."""
    path = f"{environment}{os.pathsep}{os.environ['PATH']}"
    run = subprocess.run(
        ["man", "-w", "ips-contract"],
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


@pytest.mark.parametrize("options", every(2, [[], ["-OO"], ["-W", "error"]]), ids=" ".join)
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
