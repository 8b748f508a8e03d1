"""``ips-contract completion``: real shells read what it prints, and are asked to complete."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from itertools import takewhile
from typing import TYPE_CHECKING

import pytest

from ips_contract.cli import command_line as cli
from ips_contract.cli.completion import VALUES, script
from ips_contract.cli.values import SHELLS

if TYPE_CHECKING:
    from pathlib import Path

# The command line up to the cursor, and what can stand there. Where several can, zsh writes what
# they have in common.
LINES = [
    ("ips-contract vali", ["validate"]),
    ("ips-contract version", ["version", "versions"]),
    ("ips-contract validate --explain --form", ["--format"]),
    ("ips-contract validate --format s", ["sarif"]),
    ("ips-contract validate --api-version 6", ["6.0", "6.6", "6.8"]),
    ("ips-contract validate requ", ["request.xml"]),
    ("ips-contract sample upload", ["uploadDirectory", "uploadPost", "uploadUrls"]),
    ("ips-contract rules const", ["constant", "constant-case"]),
    ("ips-contract wsdl di", ["diff"]),
    ("ips-contract wsdl diff --aga", ["--against"]),
    ("ips-contract fuzz --case gzip-c", ["gzip-checksum", "gzip-cut"]),
    ("ips-contract completion z", ["zsh"]),
    ("ips-contract help val", ["validate"]),
]

# These print what there is for the command line in $2, after the script in $1.
BASH = r"""
source "$1/ips-contract.bash"
read -r -a COMP_WORDS <<< "$2"
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
by=$(complete -p ips-contract | sed 's/.*-F \([^ ]*\) .*/\1/')
"$by" ips-contract "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
"""
FISH = r"""
source $argv[1]/ips-contract.fish
complete -C $argv[2]
"""
# What zsh writes is read from a terminal: its completion works in no other place.
ZSH = r"""
zmodload zsh/zpty
zpty shell "TERM=dumb zsh -f -i"
zpty -w shell "fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -d $1/dump"
zpty -w shell "show() { print -r -- \"<<\$BUFFER>>\" }; zle -N show"
zpty -w shell "bindkey '^I' complete-word; bindkey '^X' show; print RE''ADY"
zpty -r shell out '*READY*'
zpty -w -n shell "$2"$'\t\x18'
zpty -r shell out '*<<*>>*'
zpty -d shell
print -r -- "${${out##*<<}%%>>*}"
"""
ASKING = {"bash": BASH, "fish": FISH, "zsh": ZSH}
FILES = {"bash": "ips-contract.bash", "fish": "ips-contract.fish", "zsh": "_ips-contract"}


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scripts")
    for shell, name in FILES.items():
        (folder / name).write_text(f"{script(shell)}\n", encoding="utf-8")
    (folder / "request.xml").touch()
    return folder


def asked(shell: str, line: str, folder: Path) -> list[str]:
    """What ``shell`` offers at the end of ``line``, in ``folder``."""
    program = shutil.which(shell)
    if program is None or sys.platform == "win32":
        # CI installs them all, and says so.
        assert os.environ.get("IPS_SHELLS") != "all", f"no {shell}"
        pytest.skip(f"no {shell}")
    # To bash, what follows the script is $0, $1, …; to fish, $argv.
    name = [] if shell == "fish" else [shell]
    done = subprocess.run(
        [program, "-c", ASKING[shell], *name, str(folder), line],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stderr == ""
    # fish explains what it offers behind a tab.
    return sorted(row.partition("\t")[0] for row in done.stdout.split("\n")[:-1])


@pytest.mark.parametrize(("line", "wanted"), LINES)
@pytest.mark.parametrize("shell", ["bash", "fish"])
def test_what_is_offered(shell: str, line: str, wanted: list[str], scripts: Path) -> None:
    assert asked(shell, line, scripts) == wanted


@pytest.mark.parametrize(("line", "wanted"), LINES)
def test_what_zsh_writes(line: str, wanted: list[str], scripts: Path) -> None:
    start = line[: line.rindex(" ") + 1]
    same = takewhile(lambda letters: len(set(letters)) == 1, zip(*wanted, strict=False))
    common = "".join(letters[0] for letters in same)
    end = " " if len(wanted) == 1 else ""
    assert asked("zsh", line, scripts) == [f"{start}{common}{end}"]


def test_values_are_those_that_the_commands_take() -> None:
    """A value that is offered is none that the command refuses."""
    for name, command in [
        ("api_version", "validate request.xml --api-version"),
        ("against", "wsdl diff --against"),
        ("case", "fuzz --list --case"),
        ("topic", "help"),
        ("shell", "completion"),
    ]:
        for value in VALUES[name]():
            more = ["their.wsdl"] if name == "against" else []
            assert cli.parsed([*command.split(), value, *more]).module is not None
    assert VALUES.keys() >= {"job", "name", "operation", "rule", "rules"}


@pytest.mark.parametrize("name", ["name", "operation"])
def test_samples_of_all_names_that_are_offered(name: str) -> None:
    from ips_contract.generation.samples import find_kind

    for value in VALUES[name]():
        find_kind(value)


@pytest.mark.parametrize("shell", SHELLS)
def test_it_is_printed(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["completion", shell]) == 0
    assert capsys.readouterr().out == f"{script(shell)}\n"


def test_a_shell_that_there_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["completion", "fsh"]) == 2
    assert capsys.readouterr().err.endswith("no shell 'fsh'; did you mean fish?\n")


def test_without_the_extra(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert cli.main(["completion", "bash"]) == 2
    written = capsys.readouterr()
    assert (written.out, written.err) == (
        "",
        "ips-contract: completion needs shtab: pip install 'ips-contract[completion]'\n",
    )
