"""The command ``schema``."""

from __future__ import annotations

import pytest

from ips_contract.cli import command_line as cli
from ips_contract.contract.schema import schema_text
from ips_contract.contract.versions import LATEST, VERSIONS, find_version


@pytest.mark.parametrize("version", VERSIONS)
def test_schema(version: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["schema", "--api-version", str(version)]) == 0
    text = capsys.readouterr().out
    assert text.isascii()  # So that the encoding of the output does not matter.
    assert text == schema_text(find_version(str(version)))


def test_schema_of_the_latest_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["schema"]) == 0
    assert capsys.readouterr().out == schema_text(LATEST)
