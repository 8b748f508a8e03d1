"""The wheel: built, installed in an environment of its own, used from another folder."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

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
        "ips_contract/translations.json",
        "ips_contract/xsd/ips.xsd",
        "ips_contract/xsd/auth-pre-3.8.xsd",
    } <= names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/"))]


def test_readme_commands(environment: Path, tmp_path: Path) -> None:
    from ips_contract.fixtures import load

    (tmp_path / "request.xml").write_bytes(load("valid/documented-request.xml"))
    (tmp_path / "broken.xml").write_bytes(load("invalid/constant--case.xml"))
    shown = [b for b in blocks(ROOT / "README.md") if b.language == "console" and not b.info]
    assert shown
    for block in shown:
        for command, expected, output in run_console(block, tmp_path, str(environment)):
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
        "from ips_contract import validate, fixtures, schema\n"
        "names = [f.name for f in fixtures.all_fixtures()]\n"
        "report = validate(fixtures.load('valid/documented-request.xml'))\n"
        "print(len(names), report.valid, 'site-packages' in schema.schema_directory())\n"
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
