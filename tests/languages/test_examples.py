"""The examples in other languages pass, with a real client against a real server."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.blocks import TUTORIALS, blocks
from tests.languages.machine import EXAMPLES, LANGUAGES, Language, missing

ALL = os.environ.get("IPS_LANGUAGES") == "all"  # As `make languages` has it.
# The command of this environment, and no proxy before it.
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if "proxy" not in name.lower()},
    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
}


def run(command: tuple[str, ...], folder: Path) -> str:
    """What ``command`` prints."""
    words = [
        word
        for part in command
        for word in (sorted(map(str, folder.glob(part))) if "*" in part else [part])
    ]
    done = subprocess.run(
        words,
        cwd=folder,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
def test_the_example_passes(language: Language, tmp_path: Path) -> None:
    absent = missing(language)
    if ALL:
        assert not absent, f"not on this machine: {', '.join(absent)}"
    elif absent or not language.quick:
        pytest.skip("left out here: `make languages` runs it")
    folder = shutil.copytree(EXAMPLES / language.folder, tmp_path / language.folder)
    printed = "".join(run(command, folder) for command in language.commands)
    assert "pass" in printed or "3 tests successful" in printed
    for line in shown(language, "ran"):
        assert line.lstrip("✔") in printed  # The mark is that of a terminal.


def shown(language: Language, info: str) -> list[str]:
    """The lines of a block of the language's tutorial, if it has one."""
    page = TUTORIALS / f"{language.folder}.md"
    texts = [block.text for block in blocks(page) if block.info == info] if page.exists() else []
    return [line for text in texts for line in text.splitlines()]


# Language → the client, in which its tutorial has the reader write `full`.
CLIENTS = {"java": "src/main/java/Publisher.java", "node": "publish.mjs", "php": "Publisher.php"}


@pytest.mark.parametrize("name", CLIENTS)
def test_the_mistake_of_the_tutorial(name: str, tmp_path: Path) -> None:
    (language,) = [row for row in LANGUAGES if row.name == name]
    if missing(language) or not (ALL or language.quick):
        pytest.skip("left out here: `make languages` runs it")
    folder = shutil.copytree(EXAMPLES / language.folder, tmp_path / language.folder)
    client = folder / CLIENTS[name]
    text = client.read_text(encoding="utf-8")
    assert text.count("Full") == 1
    client.write_text(text.replace("Full", "full"), encoding="utf-8")
    (line,) = shown(language, "said")
    *before, tests = language.commands
    for command in before:
        run(command, folder)
    with pytest.raises(AssertionError) as failed:
        run(tests, folder)
    assert line in str(failed.value)


@pytest.mark.skipif(not ALL, reason="left out here: `make languages` runs it")
@pytest.mark.parametrize("name", ["curl", "node", "php"])
def test_an_example_fails_if_the_mock_does_not_start(name: str, tmp_path: Path) -> None:
    """So one that passes has seen a mock."""
    [language] = [row for row in LANGUAGES if row.name == name]
    folder = shutil.copytree(EXAMPLES / language.folder, tmp_path / language.folder)
    for path in folder.iterdir():
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("--exit-with-stdin", "--no-such-option"), encoding="utf-8")
    with pytest.raises(AssertionError, match="no option --no-such-option"):
        run(language.commands[-1], folder)


@pytest.mark.skipif(not ALL, reason="left out here: `make languages` runs it")
def test_maven_builds_the_example(tmp_path: Path) -> None:
    """Where Maven has what it needs: it is not asked to fetch anything."""
    if shutil.which("mvn") is None:
        pytest.skip("there is no mvn; the example itself was run without it")
    folder = shutil.copytree(EXAMPLES / "java", tmp_path / "java")
    try:
        run(("mvn", "--batch-mode", "--offline", "--quiet", "test"), folder)
    except AssertionError as error:
        if "offline mode" in str(error):
            pytest.skip("Maven has not fetched these plugins yet; the example itself was run")
        raise
    assert list(folder.glob("target/surefire-reports/*.txt"))
