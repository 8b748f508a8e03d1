"""The command ``generate``: the same seed, the same bytes; verdicts that hold."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ips_contract import validate, validate_exchange
from ips_contract.cli import arguments, generate
from ips_contract.cli.arguments import KINDS
from ips_contract.cli.generate import MANIFEST, SEPARATOR
from tests.sweep import every

BROKEN: tuple[tuple[str, ...], ...] = ((), ("--invalid",))


def call(*words: str) -> int:
    parser = argparse.ArgumentParser()
    arguments.generate(parser)
    return generate.run(parser.parse_args(words))


def output(capfdbinary: pytest.CaptureFixture[bytes], *words: str) -> bytes:
    assert call(*words) == 0
    sys.stdout.flush()
    return capfdbinary.readouterr().out


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("kind", "broken"), every(3, [(kind, broken) for broken in BROKEN for kind in KINDS])
)
def test_the_same_seed_gives_the_same_bytes(
    capfdbinary: pytest.CaptureFixture[bytes], kind: str, broken: tuple[str, ...]
) -> None:
    words = ("--kind", kind, "-n", "12", *broken)
    first = output(capfdbinary, *words)
    assert first == output(capfdbinary, *words, "--seed", "0")
    assert first != output(capfdbinary, *words, "--seed", "1")
    documents = first.removesuffix(b"\n").split(SEPARATOR)
    assert len(documents) == (24 if kind == "exchange" else 12)
    if kind == "exchange":
        for request, answer in zip(documents[::2], documents[1::2], strict=True):
            assert len(validate_exchange(request, answer).violations) == len(broken)
    else:
        assert all(validate(document).valid is not bool(broken) for document in documents)
    # More of them begin with the same ones.
    assert output(capfdbinary, *words[:2], "-n", "2", *broken)[:-1] == SEPARATOR.join(
        documents[: 4 if kind == "exchange" else 2]
    )


@pytest.mark.no_cover
@pytest.mark.parametrize("words", [("--kind", "exchange"), ("--invalid", "--kind", "envelope")])
def test_another_process_gives_the_same_bytes(words: tuple[str, ...]) -> None:
    """Whatever Python's hashes are."""
    command = [sys.executable, "-m", "ips_contract", "generate", "-n", "40", "--seed", "7", *words]
    first, second = (
        subprocess.run(
            command,
            env=os.environ | {"PYTHONHASHSEED": hashes},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            check=True,
        ).stdout
        for hashes in ("1", "2")
    )
    assert first == second
    assert first.count(SEPARATOR) >= 39


@pytest.mark.no_cover
@pytest.mark.parametrize("kind", KINDS)
def test_files_and_manifest(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "new" / "folder"
    assert call("--kind", kind, "--invalid", "-n", "11", "--out", str(folder)) == 0
    manifest = json.loads((folder / MANIFEST).read_bytes())
    assert manifest["kind"] == kind
    rows: list[dict[str, Any]] = manifest["documents"]
    named = {row[key] for row in rows for key in ("name", "request")} - {None}
    assert {path.name for path in folder.iterdir()} == named | {MANIFEST}
    assert rows[0]["name"].startswith("00-")
    for row in rows:
        xml = (folder / row["name"]).read_bytes()
        if row["request"] is None:
            found = validate(xml).violations
        else:
            found = validate_exchange((folder / row["request"]).read_bytes(), xml).violations
        assert {v.rule for v in found} == {row["rule"]}
        assert (found[0].path, found[0].line) == (row["path"], row["line"])
        assert row["valid"] is False
        assert row["description"]
    text = (folder / MANIFEST).read_bytes()
    assert call("--kind", kind, "--invalid", "-n", "11", "--out", str(folder), "--force") == 0
    assert (folder / MANIFEST).read_bytes() == text


def test_valid_files(tmp_path: Path) -> None:
    words = ("--job", "uploadUrlsJob", "--api-version", "4.5", "--api-version", "6.8", "-n", "8")
    assert call(*words, "--out", str(tmp_path)) == 0
    rows = json.loads((tmp_path / MANIFEST).read_bytes())["documents"]
    assert {row["version"] for row in rows} == {"4.5", "6.8"}
    assert all(row["valid"] and row["rule"] is None and row["path"] is None for row in rows)
    for row in rows:
        xml = (tmp_path / row["name"]).read_bytes()
        assert b"uploadUrlsJob" in xml
        assert validate(xml).violations == ()


@pytest.mark.no_cover
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "fault"])
@pytest.mark.parametrize("operation", ["searchAssets", "getCompanyInfo", "uploadPost"])
def test_other_operations(
    capfdbinary: pytest.CaptureFixture[bytes], operation: str, kind: str
) -> None:
    words = ("--operation", operation, "--kind", kind, "-n", "6")
    for broken in ((), ("--invalid",) * (kind != "exchange" or operation != "uploadPost")):
        documents = output(capfdbinary, *words, *broken).removesuffix(b"\n").split(SEPARATOR)
        if kind == "exchange":
            for request, answer in zip(documents[::2], documents[1::2], strict=True):
                assert len(validate_exchange(request, answer).violations) == len(broken)
        else:
            assert all(validate(document).valid is not bool(broken) for document in documents)
        if not broken:
            assert all(operation.encode() in document for document in documents)


def test_rules_and_warnings(tmp_path: Path) -> None:
    words = ("--rule", "handle-form", "--rule", "blank", "-n", "12", "--out", str(tmp_path))
    assert call(*words) == 0
    rows = json.loads((tmp_path / MANIFEST).read_bytes())["documents"]
    assert {(row["rule"], row["valid"]) for row in rows} == {
        ("handle-form", True),
        ("blank", False),
    }


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--rule", "nothing"), "no rule 'nothing'"),
        (("--rule", "locale", "--api-version", "pre-4.0"), "can break locale"),
        (("--rule", "range", "--job", "videoPublishJob"), "request with videoPublishJob"),
        (("--job", "nothing"), "no job 'nothing'"),
        (("--job", "exportJob", "--api-version", "4.5"), "exportJob"),
        (("--job", "ripPdfsJob", "--invalid"), "can break one rule only"),
        (("--kind", "fault", "--job", "exportJob"), "--job is for requests"),
        (("--api-version", "7.0"), "no API version '7.0'"),
        (("--operation", "getAsset"), "no operation 'getAsset'; did you mean getAssets?"),
        (("--operation", "nothing at all"), "no operation 'nothing at all'; there are 16"),
        (("--operation", "getAssets", "--job", "exportJob"), "getAssets has no job"),
        (("--operation", "uploadPost", "--api-version", "6.6"), "has the operation uploadPost"),
        (("--operation", "stopJob", "--rule", "array-limit"), "can break array-limit"),
    ],
)
def test_refused(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], message: str) -> None:
    assert call(*words) == 2
    assert message in capsys.readouterr().err


def test_wrong_numbers_and_folders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call("-n", "-1")
    assert "argument -n: '-1' is no number of messages" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        call("--seed", "abc")
    assert "argument --seed: 'abc' is no seed" in capsys.readouterr().err
    (tmp_path / "file").touch()
    assert call("--out", str(tmp_path)) == 2
    assert "is not empty; --force" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_versions_without_the_job_are_left_out(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert b"exportJob" in output(capfdbinary, "--job", "exportJob", "-n", "3")
    assert output(capfdbinary, "-n", "0") == b""


def test_progress() -> None:
    assert generate._bar(1, 4) == f"[{'#' * 7}{'.' * 23}] 1/4"
    assert generate._bar(2, 4) == f"[{'#' * 15}{'.' * 15}] 2/4"


def test_a_reader_that_goes_away() -> None:
    code = "from tests.cli.test_generate import call; call('-n', '100000')"
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(1000)
        process.stdout.close()
        error = process.stderr.read()
    # The command line tells it by its exit status (tests/cli/test_command_line.py).
    assert b"BrokenPipeError" in error
