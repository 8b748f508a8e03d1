"""The command ``sample``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ips_contract import sample
from ips_contract.cli import command_line as cli
from ips_contract.contract.versions import VERSIONS
from ips_contract.generation.samples import kinds

if TYPE_CHECKING:
    from pathlib import Path


def test_a_message(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sample", "publish"]) == 0
    written = capsys.readouterr()
    assert written.out.encode() == sample("publish")
    assert written.err == ""


def test_all_options(capsys: pytest.CaptureFixture[str]) -> None:
    words = "sample upload-urls --api-version 4.5 --wrap soap12 --full"
    assert cli.main(words.split()) == 0
    assert capsys.readouterr().out.encode() == sample("uploadUrls", "4.5", wrap="soap12", full=True)


def test_what_it_prints_is_what_validate_takes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert cli.main(["sample", "uploadUrls", "--wrap", "soap11"]) == 0
    path = tmp_path / "request.xml"
    path.write_text(capsys.readouterr().out, encoding="utf-8")
    assert cli.main(["validate", "--strict", str(path)]) == 0


def test_a_remark_on_the_job_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sample", "ripPdfs"]) == 0
    written = capsys.readouterr()
    assert written.out.encode() == sample("ripPdfsJob")
    assert written.err.startswith("ips-contract: warning: deprecated-job: ")


def test_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sample", "--list"]) == 0
    shown = capsys.readouterr().out
    rows = {line.split()[0]: line for line in shown.splitlines() if line}
    for kind in kinds():
        if kind.job or kind.message.endswith("Param"):
            name = kind.name.removesuffix("Job").removesuffix("Param")
            assert kind.name in rows[name]
    assert rows["uploadUrls"].endswith(" all")
    assert rows["export"].endswith(" pre-4.0, 6.0, 6.6, 6.8")
    assert rows["searchAssetsByMetadata"].endswith(" 4.5 to 6.8")
    assert rows["uploadPost"].endswith(f" {VERSIONS[-1]}")
    assert cli.main(["sample", "--list", "--api-version", "4.0"]) == 0
    shown = capsys.readouterr().out
    assert "searchAssetsByMetadata" not in shown
    assert "uploadUrls" in shown


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("", "name a job or an operation; `ips-contract sample --list` shows what there is"),
        ("publish --list", "--list and a name are both given; "),
        ("export --api-version 4.5", "4.5 has no exportJob; pre-4.0, 6.0, 6.6 and 6.8 have it"),
        ("uploadPost --api-version 4.5", "4.5 has no uploadPostParam; 6.8 has it"),
        ("searchAssetsReturn --wrap request", "searchAssetsReturn is an answer; "),
    ],
)
def test_wrong_usage(words: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sample", *words.split()]) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.startswith(f"ips-contract: {message}")
    assert written.err.count("\n") == 1
