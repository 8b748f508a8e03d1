"""design.md, tests/README.md and CONTRIBUTING.md say what is: arrows, files, functions."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING

import pytest

from tests.blocks import MAINTAINERS, ROOT, blocks
from tests.test_layers import ROWS, SOURCES, imports_of, package_of

if TYPE_CHECKING:
    from pathlib import Path

DESIGN = MAINTAINERS / "design.md"
PAGES = (DESIGN, ROOT / "tests" / "README.md", ROOT / "CONTRIBUTING.md")
Arrows = set[tuple[str, str]]


def arrows_between_packages() -> Arrows:
    """Who imports whom, without the package itself and what runs it."""
    found = {
        (package_of(name), package_of(imported))
        for name in SOURCES
        for imported in imports_of(name, SOURCES)
    }
    return {(a, b) for a, b in found if a != b and {"", "__main__"}.isdisjoint((a, b))}


def below(package: str, arrows: Arrows) -> set[str]:
    """All that ``package`` imports, directly or through others."""
    direct = {b for a, b in arrows if a == package}
    return direct.union(*(below(b, arrows) for b in direct))


def reduced(arrows: Arrows) -> Arrows:
    """``arrows`` without those between packages that a longer way joins, too."""
    return {
        (a, b)
        for a, b in arrows
        if not any(b in below(other, arrows) for start, other in arrows if start == a)
    }


def drawn() -> str:
    (picture,) = [block.text for block in blocks(DESIGN) if block.language == "mermaid"]
    return picture


@pytest.mark.no_cover
def test_the_picture_has_the_arrows_of_the_code() -> None:
    found = re.findall(r"(?m)^ *(\w+) --> (.+)$", drawn())
    assert {(a, b) for a, row in found for b in row.split(" & ")} == reduced(
        arrows_between_packages()
    )


def test_the_picture_has_the_rows_of_the_code() -> None:
    """From the top, as it is drawn; each row is a subgraph."""
    rows = re.findall(r"(?ms)^ *subgraph .*?\n(.*?)^ *end$", drawn())
    wanted = [set(row.split()) for row in reversed(ROWS.split("\n")) if row]
    assert [set(re.findall(r"\w+", row)) for row in rows] == wanted[1:]
    assert wanted[0] == {"__main__"}


def test_arrows_that_a_longer_way_joins_are_left_out() -> None:
    arrows = {("a", "b"), ("b", "c"), ("c", "d"), ("a", "d"), ("a", "e")}
    assert reduced(arrows) == arrows - {("a", "d")}


def test_each_package_has_its_line() -> None:
    said = re.findall(r"(?m)^\| `(\w+)/?` \|", DESIGN.read_text(encoding="utf-8"))
    packages = {package_of(name) for name in SOURCES} - {"", "__main__"}
    assert sorted(said) == sorted(packages)


# What the pages name.


def file_named(text: str) -> Path:
    """``mock/service.py`` in the package; or a file of the project, such as ``check.py``."""
    inside = ROOT / "ips_contract" / text
    return inside if inside.exists() else ROOT / text


@lru_cache(maxsize=256)
def defined_in(path: Path) -> set[str]:
    """What a module defines: ``Service``, ``Service.handle``, ``STEPS``."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        found |= names_of(node)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{name}" for inner in node.body for name in names_of(inner)}
    return found


def names_of(node: ast.stmt) -> set[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, ast.AnnAssign):
        return {ast.unparse(node.target)}
    return {ast.unparse(t) for t in node.targets} if isinstance(node, ast.Assign) else set()


# "`Service.handle`, `STEPS` and `Call` in `mock/service.py`", a line's end between or not.
NAMED = re.compile(r"((?:`[\w.]+`(?:,| and| or)?\s+)*`[\w.]+`)\s+in\s+`([\w./-]+\.py)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_is_named_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    paths = set(re.findall(r"`([\w./-]+\.(?:py|xsd|json|md))`", text))
    missing = [name for name in sorted(paths) if not file_named(name).is_file()]
    folders = set(re.findall(r"`([\w./-]+/)`", text))
    missing += [name for name in sorted(folders) if not file_named(name).is_dir()]
    for names, name in NAMED.findall(text):
        if file_named(name).is_file():
            wanted = set(re.findall(r"`([\w.]+)`", names))
            missing += sorted(f"{each} in {name}" for each in wanted - defined_in(file_named(name)))
    assert missing == []


def test_the_pages_name_much() -> None:
    """Else the patterns above have missed it."""
    text = DESIGN.read_text(encoding="utf-8")
    assert len(NAMED.findall(text)) > 40
