"""The HTML report: everything escaped, nothing from outside, findings at their lines."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from ips_contract import validate
from ips_contract.mock import contract_coverage
from ips_contract.pytest_plugin.entries import Entry
from ips_contract.pytest_plugin.html_report import page
from ips_contract.validation.nearest_valid import nearest
from tests.messages import request
from tests.outline import Outline

DIMENSIONS = contract_coverage.measure(
    Counter(contract_coverage.seen_in(validate(request()), 30001))
)


def entry(document: bytes = b"", verdict: str = "deviates", **changes: object) -> Entry:
    report = validate(document)
    values = {
        "test": "tests/test_a.py::test_b[a b]",
        "file": "tests/test_a.py",
        "line": 3,
        "fixture": "ips_server",
        "number": 1,
        "time": "2014-04-03T09:30:00.000+00:00",
        "operation": "submitJob",
        "version": str(report.version or ""),
        "method": "POST",
        "target": "/scene7/services/IpsApiService",
        "status": 500,
        "fault": 30001,
        "reason": "constant: …",
        "handle": "",
        "notes": [],
        "duration": 0.001,
        "verdict": verdict,
        "message": report.message,
        "violations": [row._asdict() for row in report.violations],
        "failing": list(range(len(report.violations))),
        "warnings": [],
        "request": document.decode(),
        "response": "<answer/>",
        "nearest": nearest(report),
    }
    return Entry(**{**values, **changes})  # type: ignore[arg-type]


def test_page() -> None:
    bad = request().replace(b"Full", b"full").replace(b"><", b">\n<")
    rows = [
        entry(
            request(), "conforms", test="t.py::test_good", status=200, fault=None, handle="47|A|"
        ),
        entry(bad, notes=["content-type: none is sent"]),
        entry(request(), "conforms, with warnings", number=2, method="", status=0, fault=None),
        entry(bad, "known deviation", number=3, failing=[], fault=None, reason=""),
    ]
    text = page(rows, DIMENSIONS, left_out=7)
    found = Outline(text)
    words = " ".join(found.words)
    assert "1 message deviates" in words
    assert "7 more messages are not shown." in words
    assert "content-type: none is sent" in words
    assert re.search(r"<mark>&lt;publishType&gt;full</mark>&lt;/publishType&gt;</span>", text)
    assert "python -m pytest 'tests/test_a.py::test_b[a b]'" in words
    assert found.tags["section"] == 2
    # Tests with something to act on come first, and are open.
    assert text.index("test_b[a b]") < text.index("test_good")
    assert text.count('data-kind="bad" open') == 1
    assert "publishType" in words
    assert 'title="in 1 message">PublishType.Full<' in text


def test_without_anything() -> None:
    text = page([], DIMENSIONS)
    Outline(text)
    assert "<title>All conform" in text
    assert "No test sent a message." in text


def test_nothing_from_outside() -> None:
    text = page([entry(request(), reason='<img src="http://evil.test">')], DIMENSIONS)
    found = Outline(text)
    names = {name for name, _ in found.attributes}
    assert not names & {"src", "href", "action", "onclick", "onload", "srcset"}
    assert "url(" not in text
    assert "@import" not in text
    script = re.search(r"<script>(.*?)</script>", text, re.DOTALL)
    assert script is not None
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'" in text
    assert found.tags["script"] == 1
    assert found.tags["img"] == 0


PLAIN = Outline(page([entry(request())], DIMENSIONS)).tags


@given(st.text(), st.sampled_from(["test", "operation", "target", "reason", "handle", "request"]))
def test_everything_is_escaped(text: str, name: str) -> None:
    text = f"</script><b onclick=x>'\"&{text}\x1b\u202e"
    found = Outline(page([entry(request(), **{name: text})], DIMENSIONS))
    assert found.tags["b"] == PLAIN["b"]
    assert "\x1b" not in "".join(found.words)
    assert "\u202e" not in "".join(found.words)


def test_long_messages_are_folded() -> None:
    lines = [f"<line{n}/>" for n in range(1, 501)]
    violation = {
        "rule": "constant",
        "severity": "error",
        "message": "no",
        "path": "/a",
        "line": 300,
        "column": 1,
        "fault_code": 30001,
        "source": "S D",
    }
    rows = [violation, {**violation, "line": 900}, {**violation, "column": 90}]
    text = page([entry(b"", request="\n".join(lines), violations=rows, failing=[0])], DIMENSIONS)
    Outline(text)
    assert ">281 lines</summary>" in text  # 13 to 293.
    assert ">194 lines</summary>" in text  # 307 to 500.
    assert text.count("<mark>") == 1
    assert text.count('class="note') == 3


def test_a_page_is_bounded() -> None:
    rows = [entry(b"", "conforms", request="x" * 99_000, number=n) for n in range(300)]
    text = page(rows, DIMENSIONS)
    assert len(text) < 25_000_000
    assert "The text is left out" in text
