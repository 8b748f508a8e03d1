"""The files of the live page as a server gives them; ``tests/browser`` opens it."""

from __future__ import annotations

import http.client
import json
import re
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ips_contract import mock, pages
from ips_contract.contract.faults import FAULT_CODES
from ips_contract.pages.live import NAMES, POLICY, page_file
from tests.outline import Outline

if TYPE_CHECKING:
    from ips_contract.mock.serving import MockServer

FOLDER = Path(pages.__file__).parent / "live"
SCRIPTS = sorted(name for name in NAMES if name.endswith(".js"))
TEXTS = {name: page_file(name).body.decode() for name in NAMES}


def test_every_file_of_the_folder_is_given() -> None:
    there = {path.name for path in FOLDER.iterdir()}
    assert there - {"index.html"} == set(NAMES) - {"", "style.css", "facts.js"}


def test_the_page_asks_for_its_own_files_alone() -> None:
    outline = Outline(TEXTS[""])
    linked = {
        value for name, value in outline.attributes if name in ("src", "href") and value is not None
    }
    assert linked >= {"page/page.js", "page/style.css", "page/live.css"}
    assert {name.removeprefix("page/") for name in linked if name.startswith("page/")} <= set(NAMES)
    assert all(re.fullmatch(r"[\w/.]+", name) for name in linked)
    assert outline.tags["script"] == 1
    assert outline.tags["style"] == 0
    assert not {name for name, _ in outline.attributes if name.startswith(("on", "style"))}


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_import_one_another_and_make_nothing_of_text(name: str) -> None:
    imported = re.findall(r'^(?:import .*?|\} )from "([^"]+)";$', TEXTS[name], re.MULTILINE)
    assert {row.removeprefix("./") for row in imported} <= set(SCRIPTS)
    ways = r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|new Function|DOMParser"
    assert re.findall(ways, TEXTS[name]) == []


def test_no_address_outside() -> None:
    for name, text in TEXTS.items():
        found = set(re.findall(r"https?://[^\s\"'`)]+", text))
        assert found <= {"http://www.w3.org/2000/svg"}, name
        assert re.findall(r"@import|\burl\(", text) == [], name


def test_the_policy_is_strict() -> None:
    rules = dict(rule.split(" ", 1) for rule in POLICY.split("; "))
    assert rules["default-src"] == "'none'"
    allowed = {name: value for name, value in rules.items() if value != "'none'"}
    assert allowed == {
        **dict.fromkeys(("script-src", "style-src", "img-src", "connect-src"), "'self'"),
        "require-trusted-types-for": "'script'",
    }
    for name in NAMES:
        assert ("Content-Security-Policy", POLICY) in page_file(name).headers


def test_facts_are_those_of_the_contract() -> None:
    values = dict(re.findall(r"^export const (\w+) = (.*);$", TEXTS["facts.js"], re.MULTILINE))
    assert json.loads(values["FAULTS"])["30001"] == FAULT_CODES[30001].name
    assert "submitJob" in json.loads(values["OPERATIONS"])
    assert json.loads(values["EVIDENCE"])["I"] == "our inference"


def ask(server: MockServer, path: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
    with closing(connection):
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, dict(answer.headers), answer.read()


def test_a_server_gives_them() -> None:
    with mock.serve(control_token="secret") as server:
        for name in NAMES:  # Without the token: a browser that loads a page has none to show.
            path = f"/_ips/page/{name}" if name else "/_ips/"
            status, headers, body = ask(server, path)
            assert (status, body) == (200, page_file(name).body)
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Cache-Control"] == "no-store"
        assert ask(server, "/t/blue/_ips/page/page.js")[0] == 200
        for path in ("/_ips/page/", "/_ips/page/no.js", "/_ips/page/../live.py"):
            assert ask(server, path)[0] == 404
        status, headers, _ = ask(server, "/_ips/page/page.js", "POST")
        assert (status, headers["Allow"]) == (405, "GET, HEAD")
        assert len(server.exchanges) == 0
