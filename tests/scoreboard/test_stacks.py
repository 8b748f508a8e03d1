"""The table of stacks."""

from __future__ import annotations

import pytest

from scoreboard.stacks import absent, chosen, read, stacks
from tests.blocks import ROOT

ROW = """
[mine]
name = "Mine"
language = "Logo"
way = "wsdl"
folder = "examples/drivers/python"
version = ["mine", "--version"]
command = ["mine"]
advice = "Add
 care."
""".replace('"Add\n care."', '"""Add\n care."""')


def test_the_table() -> None:
    table = stacks()
    assert len(table) >= 12
    assert len({stack.name for stack in table.values()}) == len(table)
    assert all(absent().values())
    for name, stack in table.items():
        assert stack.id == name
        assert stack.advice.endswith("."), name
        assert len(stack.advice) > 60, name
        assert (ROOT / stack.folder).is_dir(), name
        assert stack.maintained or stack.state, f"{name}: since when"


def test_every_driver_is_in_the_table() -> None:
    folders = {stack.folder for stack in stacks().values()}
    drivers = {path for path in (ROOT / "examples" / "drivers").iterdir() if path.is_dir()}
    assert {path.relative_to(ROOT).as_posix() for path in drivers} <= folders


def test_a_row() -> None:
    (stack,) = read(ROW).values()
    assert stack.advice == "Add care."
    assert stack.version == ("mine", "--version")
    assert stack.got_from == "nothing but the language"
    (stack,) = read(f'{ROW}debian = ["a", "b"]\nnpm = ["c"]\n').values()
    assert stack.got_from == "Debian: a, b; npm: c"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{ROW}colour = 1\n", r"unknown \['colour'\]"),
        (ROW.replace("name =", "id ="), r"missing \['name'\]"),
        (ROW.replace('"wsdl"', '"magic"'), "no way 'magic'"),
        (f'{ROW}api_version = "1.0"\n', "1.0"),
    ],
)
def test_rows_that_are_wrong(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read(text)


def test_chosen_in_the_order_of_the_table() -> None:
    table = stacks()
    assert chosen([], table) == list(table.values())
    assert [stack.id for stack in chosen(["zeep", "careful-urllib"], table)] == [
        "careful-urllib",
        "zeep",
    ]
    with pytest.raises(ValueError, match="no stack zep; there are "):
        chosen(["zep"], table)
