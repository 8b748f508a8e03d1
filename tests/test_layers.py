"""Imports run in one direction, and the package itself imports nothing heavy."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import ips_contract

PACKAGE = Path(ips_contract.__file__).parent
# Each module imports at run time only from modules above it.
LAYERS = """
versions faults iso extras reference cron wording handles locate clock redaction heads
quick_lxml sockets
wire
fixtures baseline crontexts
rules script connection adapters runs envelope values
server render schema formats report rows engines accounts asked jobs wsdl pages
scenarios_parts scenarios_accept scenarios_refuse scenarios stage
slots checks homes
diagnosis details writer
judge joblogs listings operations leaves spelling
coverage validation wrapping drawing forms
exchange judging nearest record samples sources steps submissions
captures conformance drawn seeded trees service battery
replay shrinking fuzz_guardian fuzz_windows fuzz_process fuzz_report
breakage html inputs mock serve testing wrapped
wrong_bytes wrong_names wrong_structure wrong_values wrong_wrappings
mutations strategies httpx_mock results
scenarios_mutated invalid generate pytest_run pytest_plugin
fuzz demo cli
__main__
""".split("\n")
RANKS = {name: rank for rank, line in enumerate(LAYERS) for name in line.split()}


def runtime_imports(path: Path) -> set[str]:
    """Modules of the package that ``path`` imports, except for type checking only."""
    found: set[str] = set()
    nodes: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            nodes += node.orelse
            continue
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            head, _, tail = node.module.partition(".")
            if head == "ips_contract":
                found |= {tail} if tail else {alias.name for alias in node.names}
        nodes += ast.iter_child_nodes(node)
    return {name for name in found if (PACKAGE / f"{name}.py").exists()}


def test_imports_point_upwards_in_the_table() -> None:
    for path in PACKAGE.glob("*.py"):
        if path.stem == "__init__":
            continue
        assert path.stem in RANKS, f"give {path.stem} a place in LAYERS"
        for imported in runtime_imports(path):
            same = RANKS[imported] == RANKS[path.stem]
            assert RANKS[imported] < RANKS[path.stem] or same, f"{path.stem} imports {imported}"


def test_no_cycles() -> None:
    graph = {path.stem: runtime_imports(path) for path in PACKAGE.glob("*.py")}
    done: set[str] = set()
    while len(done) < len(graph):
        free = {name for name, needs in graph.items() if name not in done and needs <= done}
        assert free, f"cycle among {sorted(graph.keys() - done)}"
        done |= free


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
        ("httpx", "import ips_contract.httpx_mock"),
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
    assert run.stdout.split() == ["ips_contract"]
