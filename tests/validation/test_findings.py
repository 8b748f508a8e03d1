"""The list of findings: where it is cut, and what each finding has."""

from __future__ import annotations

import pytest

from ips_contract import validate
from ips_contract.contract.rules import RULES
from ips_contract.contract.versions import LATEST
from ips_contract.validation import budget
from tests.messages import REQUEST, envelope, request, upload

RELATIVE = "<items><sourceUrl>b</sourceUrl><destPath>b</destPath></items>"


URL_ITEM = "/submitJobParam/uploadUrlsJob/urlArray/items"


TOO_MANY = ("too-many", "/", 1, 1, None)


CUT: list[tuple[bytes, bool, list[tuple[str, str, int, int, int | None]]]] = [
    (
        request(LATEST, before="<a/><b/><c/>"),
        False,
        [
            TOO_MANY,
            ("unknown-element", "/submitJobParam/a", 1, 134, 30003),
            ("unknown-element", "/submitJobParam/b", 1, 138, 30003),
            ("unknown-element", "/submitJobParam/c", 1, 142, 30003),
        ],
    ),
    # Warnings alone leave the message valid; an error behind them must not get lost.
    (
        upload(good=0, bad=RELATIVE * 3),
        True,
        [
            TOO_MANY,
            ("absolute-url", f"{URL_ITEM}[2]/sourceUrl", 1, 262, None),
            ("absolute-url", f"{URL_ITEM}[3]/sourceUrl", 1, 323, None),
        ],
    ),
    (
        upload(good=0, bad=RELATIVE * 3).replace(b"<createMask>false", b"<createMask>no"),
        False,
        [
            TOO_MANY,
            ("absolute-url", f"{URL_ITEM}[2]/sourceUrl", 1, 262, None),
            ("absolute-url", f"{URL_ITEM}[3]/sourceUrl", 1, 323, None),
            ("wrong-type", "/submitJobParam/uploadUrlsJob/createMask", 1, 515, 30001),
        ],
    ),
    (
        envelope(
            request(LATEST, before="<a/>"),
            f'<authHeader/><authHeader xmlns="{LATEST.namespace}"><user>u</user>'
            "<password>p</password></authHeader>",
        ),
        False,
        [
            TOO_MANY,
            ("wrong-namespace", "/Envelope/Header/authHeader", 1, 75, 30003),
            ("missing-tolerated", "/Envelope/Header/authHeader", 1, 88, None),
            ("unknown-element", "/Envelope/Body/submitJobParam/a", 1, 353, 30003),
        ],
    ),
    (
        request(LATEST, before="<a/>"),
        False,
        [("unknown-element", "/submitJobParam/a", 1, 134, 30003)],
    ),
]


@pytest.mark.parametrize(("document", "valid", "expected"), CUT)
def test_a_list_that_is_cut_says_so(
    document: bytes,
    valid: bool,
    expected: list[tuple[str, str, int, int, int | None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(budget, "MOST_FINDINGS", 2)
    report = validate(document)
    found = [(v.rule, v.path, v.line, v.column, v.fault_code) for v in report.violations]
    assert found == expected
    assert report.valid is valid
    if expected[0] == TOO_MANY:
        assert report.violations[0].message == "Only the first 2 findings are listed."


@pytest.mark.parametrize("document", [REQUEST.replace(b"Full", b"full"), b"<", b"<a/>"])
def test_a_finding_has_its_source(document: bytes) -> None:
    (found,) = validate(document).violations
    assert found.source == RULES[found.rule].source
