"""``ips-contract completion``: the script by which a shell completes commands.

shtab writes it from the parser. What stands for a value, such as a rule, is completed where all
values are known; they are those of this version of ips-contract.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from ips_contract.battery.scenarios.table import SCENARIOS
from ips_contract.cli.commands import COMMANDS, whole_parser
from ips_contract.cli.exit_status import ERROR, OK
from ips_contract.cli.terminal import complain
from ips_contract.cli.values import SHELLS
from ips_contract.contract.rules import RULES
from ips_contract.contract.versions import VERSIONS
from ips_contract.generation.samples import kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FILES, FOLDERS = ("FILE", "THEIRS"), ("DIR",)  # What stands for them in the helps.


def run(args: argparse.Namespace) -> int:
    """Prints the script; the exit status."""
    try:
        shown = script(args.shell)
    except ImportError:
        complain("completion needs shtab: pip install 'ips-contract[completion]'")
        return ERROR
    print(shown)
    return OK


def script(shell: str) -> str:
    """What ``shell``, one of SHELLS, has to read."""
    import shtab

    return shtab.complete(whole_parser(_Completed), shell)


def _rules() -> list[str]:
    return list(RULES)


def _versions() -> list[str]:
    return [version.label for version in VERSIONS]


def _jobs() -> list[str]:
    return [kind.job for kind in kinds() if kind.job]


def _operations() -> list[str]:
    names = [kind.message for kind in kinds() if kind.message.endswith("Param")]
    return sorted({name.removesuffix("Param") for name in names})


# What an argument takes, by its name in the code.
VALUES: dict[str, Callable[[], Sequence[str]]] = {
    "against": _versions,
    "api_version": _versions,
    "case": lambda: list(SCENARIOS),
    "job": _jobs,
    "name": lambda: [*(job.removesuffix("Job") for job in _jobs()), *_operations()],
    "operation": _operations,
    "rule": _rules,
    "rules": _rules,
    "shell": lambda: SHELLS,
    "topic": lambda: [row.name for row in COMMANDS],
}


class _Completed(argparse.ArgumentParser):
    """A parser whose arguments say what they are completed by, as shtab reads it."""

    def add_argument(self, *names: str, **settings: Any) -> argparse.Action:
        """Declares an argument as usual."""
        import shtab

        action = super().add_argument(*names, **settings)
        stands_for = str(action.metavar)
        if action.dest in VALUES:
            action.choices = VALUES[action.dest]()
        elif stands_for.startswith("{"):
            action.choices = stands_for.strip("{}").split(",")
        elif stands_for in FILES:
            action.complete = shtab.FILE  # type: ignore[attr-defined] # as shtab documents it
        elif stands_for in FOLDERS:
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        return action
