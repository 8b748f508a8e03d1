"""The list of findings: where it is cut, and what each finding has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ips_contract import validate
from ips_contract.contract.rules import RULES
from ips_contract.contract.versions import LATEST, UNVERSIONED
from ips_contract.validation import budget
from ips_contract.validation.diagnosis import Diagnosis
from tests.messages import REQUEST, envelope, request, upload

if TYPE_CHECKING:
    from lxml import etree

    from ips_contract.validation.suspects import Elements

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


FULL_HEADERS = "".join(
    f"<{i}authHeader xmlns:i='{UNVERSIONED}'><{j}a/><{j}b/><{j}c/></{i}authHeader>"
    for i, j in [("i:", "i:"), ("i:", ""), ("i:", "i:")]
)
FULL_FAULT = (
    "<s:Fault><faultcode>s:Client</faultcode><faultstring/><detail>"
    + f"<ipsApiFault xmlns='{UNVERSIONED}'><a/><b/><c/></ipsApiFault>" * 3
    + "</detail></s:Fault>"
)


@pytest.mark.parametrize(
    ("document", "walked"),
    [
        (envelope(request(LATEST), FULL_HEADERS), 1),
        (envelope(FULL_FAULT.encode()), 1),
        # What is found in a copy, where fields have no namespace, stands in the original.
        (envelope(request(LATEST), FULL_HEADERS.partition("</i:authHeader>")[2]), 1),
        (envelope(request(LATEST, before="<a/>"), "<a/>"), 1),
    ],
)
def test_the_limit_is_that_of_the_document(
    document: bytes, walked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many entries no more is kept than of one, and none is walked when all is decided."""
    walks = []
    walk, part = Diagnosis.message, Diagnosis.suspects

    def counted(self: Diagnosis, root: etree._Element, path: str) -> None:
        walks.append(path)
        walk(self, root, path)

    def in_part(self: Diagnosis, root: etree._Element, path: str, elements: Elements) -> None:
        walks.append(path)
        part(self, root, path, elements)

    monkeypatch.setattr(Diagnosis, "message", counted)
    monkeypatch.setattr(Diagnosis, "suspects", in_part)
    monkeypatch.setattr(budget, "MOST_FINDINGS", 2)
    report = validate(document)
    assert not report.valid
    assert len(report.violations) <= 4
    assert all(found.line is not None for found in report.violations)
    assert len(walks) == walked


@pytest.mark.parametrize(("most", "guessed"), [(9, 4), (3, 3), (0, 0)])
def test_guesses_are_those_of_the_document(
    most: int, guessed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "_MOST_GUESSES", most)
    headers = f"<authHeader xmlns='{UNVERSIONED}'><usr/><pasword/></authHeader>" * 2
    found = validate(envelope(request(LATEST), headers)).violations
    assert sum("; write " in finding.message for finding in found) == guessed


def test_guesses_at_values_are_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of many wrong constants is found; what was meant is guessed of the first ones."""
    monkeypatch.setattr(budget, "_MOST_GUESSES", 3)
    types = "".join(f"<items>Imag{'e' * n}</items>" for n in range(2, 8))
    document = (
        f'<searchAssetsParam xmlns="{LATEST.namespace}"><companyHandle>c|47</companyHandle>'
        f"<includeSubfolders>true</includeSubfolders><assetTypeArray>{types}</assetTypeArray>"
        "</searchAssetsParam>"
    )
    found = validate(document).violations
    assert [finding.rule for finding in found] == 6 * ["unlisted-constant"]
    assert ["Write Image." in finding.message for finding in found] == 3 * [True] + 3 * [False]


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
