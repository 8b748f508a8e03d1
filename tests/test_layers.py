"""Imports between packages run one way, and no modules import one another in a circle.

Imports for type checking only count, too: who reads a module follows them as any other.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import ips_contract

PACKAGE = Path(ips_contract.__file__).parent
# A package imports those on lines above it only, and none on its own line.
ROWS = """
extras resources xml http
contract
validation
fixtures generation pages wsdl
strategies mock by_wsdl
invalid battery pytest_plugin recording
cli
__main__
"""
RANKS = {name: rank for rank, row in enumerate(ROWS.split("\n")) for name in row.split()}


def module_name(path: Path) -> str:
    """``ips_contract.xml.parser``; a package is named like its folder."""
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(
        ".__init__"
    )


MODULES = {module_name(path): path for path in PACKAGE.rglob("*.py")}


@cache
def imports_in(text: str) -> list[ast.Import | ast.ImportFrom]:
    """The statements that import, wherever in ``text``; most modules are looked at many times."""
    nodes = ast.walk(ast.parse(text))
    return [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]


def imports_of(name: str, modules: dict[str, str]) -> set[str]:
    """The modules of the package that module ``name`` imports, wherever in its text.

    Args:
        name: the importing module.
        modules: module → its source.
    """
    found = set()
    for node in imports_in(modules[name]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        else:
            assert node.module is not None, f"{name}: imports are absolute"
            below = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= below & modules.keys()
            if below - modules.keys():
                found.add(node.module)
    return found & modules.keys()


def package_of(name: str) -> str:
    """The package, or the single module, that ``name`` belongs to; ``""`` for ``ips_contract``."""
    return ([*name.split("."), ""])[1]


def wrong_arrows(modules: dict[str, str]) -> list[str]:
    """The imports between packages that do not run downwards."""
    return [
        f"{name} imports {imported}"
        for name in modules
        for imported in imports_of(name, modules)
        if package_of(name)
        and package_of(imported)
        and package_of(name) != package_of(imported)
        and RANKS[package_of(imported)] >= RANKS[package_of(name)]
    ]


def in_circles(modules: dict[str, str]) -> set[str]:
    """The modules that import one another in a circle, and those that import such."""
    graph = {name: imports_of(name, modules) for name in modules}
    # ``ips_contract`` gives the version's number to those below, and loads them when asked.
    graph["ips_contract"] = set()
    done: set[str] = set()
    while True:
        free = {name for name, needs in graph.items() if name not in done and needs <= done}
        if not free:
            return graph.keys() - done
        done |= free


SOURCES = {name: path.read_text(encoding="utf-8") for name, path in MODULES.items()}


@pytest.mark.no_cover
def test_imports_run_downwards() -> None:
    assert {package_of(name) for name in SOURCES} - {""} == set(RANKS)
    assert wrong_arrows(SOURCES) == []


@pytest.mark.no_cover
def test_there_is_no_circle() -> None:
    assert in_circles(SOURCES) == set()


@pytest.mark.no_cover
def test_these_tests_see_wrong_arrows_and_circles() -> None:
    upwards = {**SOURCES, "ips_contract.xml.text": "from ips_contract.cli import demo"}
    assert wrong_arrows(upwards) == ["ips_contract.xml.text imports ips_contract.cli.demo"]
    beside = {**SOURCES, "ips_contract.http.messages": "import ips_contract.xml.text"}
    assert wrong_arrows(beside) == ["ips_contract.http.messages imports ips_contract.xml.text"]
    text = "if TYPE_CHECKING:\n    from ips_contract.xml.positions import Positions"
    circle = {**SOURCES, "ips_contract.xml.text": text}
    circle["ips_contract.xml.positions"] = "from ips_contract.xml import text"
    assert in_circles(circle) >= {"ips_contract.xml.text", "ips_contract.xml.positions"}


def test_each_package_says_what_it_is_for() -> None:
    for name, path in MODULES.items():
        if path.name == "__init__.py":
            said = ast.get_docstring(ast.parse(SOURCES[name]))
            assert said is not None, name
            assert re.match(r"[A-Z].*[.:]", said), name


@pytest.mark.parametrize(
    ("library", "code"),
    [
        ("hypothesis", "import ips_contract.strategies"),
        ("hypothesis", "import ips_contract.invalid"),
        ("hypothesis", "from ips_contract.strategies import submit_job_requests"),
        ("xmlschema", "ips_contract.validate(message, engine='xmlschema')"),
        ("xmlschema", "ips_contract.validate(message, engine='both')"),
        ("responses", "from ips_contract import mock; mock.activate().__enter__()"),
        ("httpx", "from ips_contract import mock; mock.transport()"),
        ("httpx", "import ips_contract.pytest_plugin.httpx_mock"),
    ],
)
def test_what_is_not_installed_is_told_with_its_extra(library: str, code: str) -> None:
    # In a process of its own: here the libraries are loaded.
    script = (
        f"import sys; sys.modules[{library!r}] = None; import ips_contract, ips_contract.fixtures\n"
        "message = ips_contract.fixtures.load('valid/documented-request.xml')\n"
        f"try: {code}\n"
        "except ImportError as error: print(error)"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    words = f"This needs {library}: pip install 'ips-contract[{library}]'"
    assert run.stdout == f"{words}\n"


def test_importing_the_package_loads_nothing_else() -> None:
    code = (
        "import sys; before = set(sys.modules); import ips_contract; "
        "print(*set(sys.modules) - before)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"ips_contract"} <= set(run.stdout.split()) <= {"ips_contract", "__future__"}
