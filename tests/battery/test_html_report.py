"""The battery's HTML page: in the plugin's form, everything escaped, nothing from outside."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from ips_contract.battery.html_report import as_html
from ips_contract.battery.running_case import Sent
from ips_contract.battery.scenarios.table import SCENARIOS
from ips_contract.battery.verdict import Judgement, Outcome, Result
from ips_contract.http.messages import Request
from ips_contract.pytest_plugin.html_report import page as plugin_page
from tests.clients.careful import Job, message
from tests.messages import envelope, request
from tests.outline import Outline
from tests.pytest_plugin.test_html_report import DIMENSIONS, entry

JOB = Job("", "u", "own secret", "47", "Nightly publish")
RERUN = dict.fromkeys(SCENARIOS, "ips-contract fuzz --case x -- ./client")


def result(
    name: str, verdict: str = "OK", body: bytes = b"", *, out: bytes = b"", errors: str = ""
) -> Result:
    words = () if verdict == "OK" else (f"wrong in {name}",)
    posts = (Request("POST", "/case1/x", {}, body),) if body else ()
    sent = Sent(posts, served=b"HTTP/1.1 200 OK\r\n\r\n<answer>\xff</answer>" if posts else b"")
    return Result(
        SCENARIOS[name], "47|x|", Judgement(verdict, words), Outcome(0, out, errors), sent
    )


WRONG = message(JOB).replace(b"Full", b"full")
ROWS = [
    result("plain", body=message(JOB)),
    result("type-plain", "NON-STRICT", message(JOB)),
    result("xml-1.1", "INFORMATIONAL"),
    result("cdata", "FAILED", WRONG, out=b"<b>", errors="Trace\nlast"),
]


def opened(text: str) -> list[str]:
    return re.findall(r'<details class="exchange" id="([^"]+)" data-kind="\w+" open>', text)


def test_what_is_to_be_acted_on_comes_first_and_is_open() -> None:
    text = as_html(ROWS, RERUN, strict=False)
    found = Outline(text)
    words = " ".join(found.words)
    names = re.findall(r'<details class="exchange" id="([^"]+)"', text)
    assert names == ["cdata", "type-plain", "xml-1.1", "plain"]
    assert opened(text) == ["cdata"]
    assert "1 case failed" in words
    assert "4 cases: 1 OK, 1 NON-STRICT, 1 INFORMATIONAL, 1 FAILED" in words
    assert RERUN["cdata"] in words
    assert opened(as_html(ROWS, RERUN, strict=True)) == ["type-plain", "cdata"]
    assert "<title>No case failed" in as_html(ROWS[:1], RERUN, strict=True)


def test_messages_are_shown_with_their_findings() -> None:
    """As on the plugin's page: the place marked, the finding below it."""
    text = as_html(ROWS, RERUN, strict=False)
    assert "<mark>&lt;publishType&gt;full</mark>" in text
    assert text.count('<div class="note">') == 1
    assert "own secret" not in text
    assert "<span>&lt;answer&gt;\\xff&lt;/answer&gt;</span>" in text
    assert "<span>last</span>" in text
    assert "printed &quot;&lt;b&gt;&quot;" in text
    assert '<p class="soft">No POST.</p>' in text


def test_it_is_made_as_the_plugin_s() -> None:
    """One style, one script, and the policy that lets nothing else run."""
    mine = as_html(ROWS, RERUN, strict=False)
    theirs = plugin_page([entry(message(JOB))], DIMENSIONS)
    for part in (r"<style>.*?</style>", r"<script>.*?</script>", r"<meta http-equiv[^>]*>"):
        (one,), (other,) = (re.findall(part, text, re.DOTALL) for text in (mine, theirs))
        assert one == other
    names = {name for name, _ in Outline(mine).attributes}
    assert not names & {"src", "href", "action", "onclick", "onload", "srcset"}
    # Characters stand as they are: references mean nothing in a style sheet.
    assert 'content: "▸"' in mine


@pytest.mark.parametrize("field", ["title", "rule", "words", "out", "errors", "body", "rerun"])
def test_everything_is_escaped(field: str) -> None:
    evil = "</script><i onclick=x>'\"&\x1b\u202e"
    row = result("cdata", "FAILED", message(JOB))
    rerun = {**RERUN, "cdata": evil} if field == "rerun" else RERUN
    if field == "title":
        row = row._replace(scenario=replace(row.scenario, title=evil))
    elif field == "rule":
        row = row._replace(scenario=replace(row.scenario, rule=evil))
    elif field == "words":
        row = row._replace(judgement=Judgement("FAILED", (evil,)))
    elif field in ("out", "errors"):
        changed = {"output": evil.encode()} if field == "out" else {"errors": evil}
        row = row._replace(outcome=row.outcome._replace(**changed))
    elif field == "body":
        row = row._replace(sent=Sent((Request("POST", evil, {}, evil.encode()),), served=b"<i>"))
    text = as_html([row], rerun, strict=False)
    assert "onclick" in text
    found = Outline(text)
    assert found.tags["i"] == 0
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_credentials_in_http_are_seen() -> None:
    bare = envelope(request())
    told = []
    for headers in ({}, {"authorization": "Basic bWU6c2VjcmV0"}):
        row = result("plain", body=bare)
        posts = tuple(post._replace(headers=headers) for post in row.sent.posts)
        text = as_html([row._replace(sent=row.sent._replace(posts=posts))], RERUN, strict=False)
        told.append("no-credentials" in text)
    assert told == [True, False]


def test_findings_link_to_the_site_if_there_is_one() -> None:
    link = '<a href="https://docs.example.com/reference/rules.html#constant">constant</a>'
    assert link in as_html(ROWS, RERUN, strict=False, docs="https://docs.example.com")
    assert "rules.html" not in as_html(ROWS, RERUN, strict=False)
