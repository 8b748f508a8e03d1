"""The command ``versions``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ips_contract.cli import command_line as cli
from ips_contract.contract.versions import VERSIONS

if TYPE_CHECKING:
    import pytest


def test_versions(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["versions"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["LABEL", "ALIASES", "NAMESPACE", "WSDL"]
    for row, version in zip(rows, VERSIONS, strict=True):
        names = [version.date, *version.aliases] if version.date else []
        assert row.replace(",", "").split() == [
            version.label,
            *names,
            version.namespace,
            version.wsdl,
        ]
        assert row.index("http:") == head.index("NAMESPACE")
    assert cli.main(["versions", "--format", "json"]) == 0
    for row, version in zip(json.loads(capsys.readouterr().out)["versions"], VERSIONS, strict=True):
        assert row == {
            "label": version.label,
            "date": version.date or None,
            "aliases": list(version.aliases),
            "namespace": version.namespace,
            "wsdl": version.wsdl,
        }
