"""The man page, made from the helps of the command: ``python -m tests.cli.man_page`` writes it.

argparse-manpage lays it out. It leaves out how the helps of commands end, with examples and what
the exit status means; these follow in sections of their own.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from unittest.mock import patch

from argparse_manpage.manpage import Manpage  # type: ignore[import-untyped]

from ips_contract import __version__
from ips_contract.cli.commands import PROG, whole_parser
from ips_contract.cli.epilogs import EPILOGS, MAIN, WSDL_DIFF
from tests.blocks import ROOT

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

PAGE = ROOT / "man" / "ips-contract.1"
EXAMPLES, STATUS = "examples:\n", "exit status: "


def page() -> str:
    """The page, in roff."""
    parser = whole_parser()
    parser.epilog = None  # It is below EXAMPLES.
    # Usages are as wide as the terminal.
    with patch.dict(os.environ, {"COLUMNS": "80"}):
        return str(_made(parser))


def _made(parser: argparse.ArgumentParser) -> Manpage:
    made = Manpage(parser)
    made.source = f"{PROG} {__version__}"
    made.manual = "User Commands"
    made.date = ""  # The same page whenever it is made.
    description = str(parser.description)
    made.description = description[0].lower() + description[1:].rstrip(".")
    ends = {PROG: MAIN, **{f"{PROG} {name}": text for name, text in EPILOGS.items()}}
    ends[f"{PROG} wsdl diff"] = WSDL_DIFF
    made.add_section("examples", "=", "\n".join(_examples(ends)))
    made.add_section("exit status", "=", "\n".join(_statuses(ends)))
    return made


def _examples(ends: dict[str, str]) -> Iterator[str]:
    """What helps end with but for the exit status, as it stands."""
    for name, text in ends.items():
        yield from (f".SS {_escaped(name)}", ".nf")
        yield from map(
            _escaped, text.partition(STATUS)[0].replace(EXAMPLES, "").rstrip().split("\n")
        )
        yield ".fi"


def _statuses(ends: dict[str, str]) -> Iterator[str]:
    """What the exit status means, by command."""
    for name, text in ends.items():
        if STATUS in text:
            yield from (".TP", f".B {_escaped(name)}")
            yield _escaped(" ".join(text.partition(STATUS)[2].split()))


def _escaped(text: str) -> str:
    """A line of text; one that begins with a dot or a quote would be a request."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text.startswith((".", "'")) else text


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
