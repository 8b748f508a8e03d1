"""The OpenAPI document: what it says is what is answered."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree

from ips_contract import mock
from ips_contract.mock.control.table import ROUTES
from tests.mock.control.asking import Asker
from tests.sweep import WHOLE

# 422: what is asked for fits the schema, and cannot be: a field that no request has, a moment in a
# year without one, a script that contradicts itself. No schema says that.
CONFIG = """
[checks]
positive_data_acceptance.expected-statuses = ["2xx", "401", "403", "404", "409", "422"]
"""


def test_the_document_has_all_routes_with_names_of_their_own() -> None:
    document = Asker()("GET", "/openapi.json").value
    assert document["openapi"].startswith("3.1")
    found = {
        (method.upper(), path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert found.keys() == {(route.method, route.path) for route in ROUTES}
    assert len({operation["operationId"] for operation in found.values()}) == len(ROUTES)
    tags = {row["name"] for row in document["tags"]}
    assert {tag for operation in found.values() for tag in operation["tags"]} == tags


@pytest.mark.no_cover
def test_schemathesis_finds_no_failure(tmp_path: Path) -> None:
    """It sends what the document allows, and what it does not, and judges what is answered."""
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG)
    examples, phases = ("50", "examples,coverage,fuzzing,stateful") if WHOLE else ("2", "fuzzing")
    with mock.serve() as server:
        url = f"http://127.0.0.1:{server.port}/_ips/openapi.json"
        run = subprocess.run(
            [
                *(str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(config)),
                *("run", url, "--exclude-path", "/events"),  # Its answer does not end.
                *("--phases", phases, "--max-examples", examples, "--seed", "1"),
                *("--generation-database", ":memory:", "--no-color", "--warnings", "off"),
                *("--report-junit-path", str(tmp_path / "junit.xml")),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 0, run.stdout + run.stderr
    tested = {case.get("name") for case in etree.parse(tmp_path / "junit.xml").iter("testcase")}
    left = {"GET /events", "GET /openapi.json"}  # The document itself it has read already.
    assert {f"{route.method} {route.path}" for route in ROUTES} - left <= tested
