"""The table of stacks: ``stacks.toml``, read and checked."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ips_contract.contract.versions import as_version

if TYPE_CHECKING:
    from collections.abc import Iterable

TABLE = Path(__file__).with_name("stacks.toml")
_ABSENT = "absent"
# How a client comes to its messages.
WAYS = {
    "generated": "code that is generated from the WSDL",
    "wsdl": "the WSDL, read when it runs",
    "by hand": "messages written by hand",
}


class Stack(NamedTuple):
    """A SOAP stack with a driver.

    Attributes:
        id: its name on the command line and in addresses.
        name: its name for people.
        language: that it is for.
        way: one of ``WAYS``.
        careful: whether its driver checks what the stack does not; others are as users write them.
        maintained: whether releases still come.
        state: the same in words.
        folder: where its driver is, from the root of the project.
        debian: Debian packages that it needs.
        pypi: packages of PyPI, for the environment of the scoreboard.
        npm: packages of npm, for the driver's folder.
        needs: programs that must be there after that.
        build: a command that builds the driver; without it, and where there is build.sh,
            ``sh build.sh WSDL built`` makes ``built/driver``.
        version: a command that prints its version, and whatever else.
        version_pattern: finds the version in that; its group 1.
        command: the client's command line, run in the folder.
        persistent: whether the command stays alive for all cases.
        api_version: of the WSDL that it gets.
        jobs: clients at the same time; fewer for those that start slowly.
        advice: what its users should add, from the results.
    """

    id: str
    name: str
    language: str
    way: str
    folder: str
    version: tuple[str, ...]
    command: tuple[str, ...]
    advice: str
    careful: bool = False
    maintained: bool = True
    state: str = ""
    debian: tuple[str, ...] = ()
    pypi: tuple[str, ...] = ()
    npm: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    build: tuple[str, ...] = ()
    version_pattern: str = r"(\d+(?:\.\d+)+[\w.+~-]*)"
    persistent: bool = False
    api_version: str = "pre-4.0"
    jobs: int = 8

    @property
    def got_from(self) -> str:
        """Where it can be had, in words."""
        parts = [
            f"{where}: {', '.join(packages)}"
            for where, packages in (
                ("Debian", self.debian),
                ("PyPI", self.pypi),
                ("npm", self.npm),
            )
            if packages
        ]
        return "; ".join(parts) or "nothing but the language"


def read(text: str) -> dict[str, Stack]:
    """The stacks of a table, in its order.

    Raises:
        ValueError: it is no such table.
    """
    rows = tomllib.loads(text)
    return {name: _stack(name, row) for name, row in rows.items() if name != _ABSENT}


def stacks() -> dict[str, Stack]:
    """The stacks of the table."""
    return read(TABLE.read_text(encoding="utf-8"))


def absent() -> dict[str, str]:
    """What has no driver → why."""
    found: dict[str, str] = tomllib.loads(TABLE.read_text(encoding="utf-8"))[_ABSENT]
    return found


def _stack(name: str, row: dict[str, Any]) -> Stack:
    unknown = row.keys() - set(Stack._fields)
    missing = set(Stack._fields) - Stack._field_defaults.keys() - row.keys() - {"id"}
    if unknown or missing:
        raise ValueError(f"{name}: unknown {sorted(unknown)}, missing {sorted(missing)}")
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in row.items()
    }
    values["advice"] = " ".join(values["advice"].split())
    stack = Stack(id=name, **values)
    if stack.way not in WAYS:
        raise ValueError(f"{name}: no way {stack.way!r}; there are {', '.join(WAYS)}")
    as_version(stack.api_version)
    return stack


def chosen(names: Iterable[str], table: dict[str, Stack]) -> list[Stack]:
    """The stacks with these names, or all without any, in the order of the table.

    Raises:
        ValueError: there is no such stack.
    """
    wanted = set(names)
    unknown = sorted(wanted - table.keys())
    if unknown:
        raise ValueError(f"no stack {', '.join(unknown)}; there are {', '.join(table)}")
    return [stack for name, stack in table.items() if not wanted or name in wanted]
