"""Contract coverage: what counts, what there is, and the sums."""

from __future__ import annotations

import pytest

from ips_contract import validate
from ips_contract.contract.faults import FAULT_CODES
from ips_contract.contract.versions import LATEST, PRE_4_0, VERSIONS
from ips_contract.fixtures import all_fixtures
from ips_contract.generation.minimal import least_message
from ips_contract.generation.tree_walk import to_xml
from ips_contract.mock import contract_coverage
from ips_contract.mock.operations.table import JOB_FAMILY
from ips_contract.validation.report import Report
from tests.messages import RESPONSE, envelope, request, urls


def seen(document: bytes, fault: int | None = None) -> set[tuple[str, str]]:
    return set(contract_coverage.seen_in(validate(document), fault))


def test_the_documented_request() -> None:
    expected = {
        ("versions", "pre-4.0"),
        ("operations", "submitJob"),
        ("job types", "imageServingPublishJob"),
        ("fields", "submitJobParam.companyHandle"),
        ("fields", "submitJobParam.jobName"),
        ("fields", "submitJobParam.imageServingPublishJob"),
        ("fields", "ImageServingPublishJob.publishType"),
        ("fields", "ImageServingPublishJob.emailSetting"),
        ("constants", "PublishType.Full"),
        ("constants", "EmailSetting.Error"),
    }
    assert seen(request()) == expected
    assert seen(envelope(request())) == expected


def test_lists_are_counted_once_in_a_message() -> None:
    item = "<items><sourceUrl>https://example.com/b.jpg</sourceUrl><destPath>b</destPath></items>"
    job = urls().replace("</urlArray>", f"{item}</urlArray>")
    found = list(contract_coverage.seen_in(validate(request(LATEST, job=job)), None))
    assert found.count(("fields", "UploadUrl.sourceUrl")) == 1


@pytest.mark.parametrize(
    "document",
    [request().replace(b"Full", b"full"), RESPONSE, b"", b"<a/>", b"<authHeader/>"],
    ids=["invalid", "an answer", "empty", "no message", "no namespace"],
)
def test_what_does_not_count(document: bytes) -> None:
    assert seen(document) == set()
    assert seen(document, 30001) == {("faults", "30001")}


def test_a_report_that_is_not_of_its_document() -> None:
    assert not list(contract_coverage.seen_in(Report("", PRE_4_0, (), b"<"), None))
    assert not list(contract_coverage.seen_in(Report("", PRE_4_0, (), b"<a/>"), None))
    strange = request().replace(b"jobName", b"jobTitle")
    fields = {item for _, item in contract_coverage.seen_in(Report("", PRE_4_0, (), strange), None)}
    assert "submitJobParam.jobTitle" not in fields


def test_everything() -> None:
    found = contract_coverage.everything()
    assert tuple(found) == contract_coverage.DIMENSIONS
    sizes = {name: len(items) for name, items in found.items()}
    assert (sizes["operations"], sizes["job types"]) == (13, 11)
    assert (sizes["faults"], sizes["versions"]) == (len(FAULT_CODES), len(VERSIONS))
    assert "PdfProcess.render" not in found["constants"]
    assert "submitJobReturn.jobHandle" not in found["fields"]
    latest = contract_coverage.everything(LATEST)
    assert latest["versions"] == ["6.8"]
    assert all(set(items) <= set(found[name]) for name, items in latest.items())


def test_other_operations_count_once_they_are_seen() -> None:
    """So a client that submits jobs does not miss all of the service."""
    found = contract_coverage.Seen(contract_coverage.seen_in(validate(request()), None))
    alone = {row.name: row for row in contract_coverage.measure(found)}
    assert alone["operations"].total == len(JOB_FAMILY)
    found.update(
        contract_coverage.seen_in(
            validate(to_xml(least_message(LATEST, "getAssetCountsParam"))), None
        )
    )
    both = {row.name: row for row in contract_coverage.measure(found)}
    assert both["operations"].total == alone["operations"].total + 1
    assert both["operations"].items["getAssetCounts"] == 1
    assert both["fields"].items["getAssetCountsParam.companyHandle"] == 1
    assert both["fields"].total > alone["fields"].total
    old = {row.name: row for row in contract_coverage.measure(found, PRE_4_0)}
    assert "getAssetCounts" in both["operations"].items
    assert old["operations"].total >= len(JOB_FAMILY)


def test_jobs_of_the_vendor_do_not_count() -> None:
    job = "<metadataPublishJob><forcePublish>true</forcePublish></metadataPublishJob>"
    items = {
        item for _, item in contract_coverage.seen_in(validate(request(LATEST, job=job)), None)
    }
    assert items == {"6.8", "submitJob", "submitJobParam.companyHandle", "submitJobParam.jobName"}


def test_lists_that_are_not_whole_do_not_count() -> None:
    assert not [
        item for item in contract_coverage.everything()["constants"] if item[:10] == "JobLogType"
    ]


@pytest.mark.no_cover
def test_valid_messages_exercise_nothing_unknown() -> None:
    for fixture in all_fixtures():
        found = contract_coverage.Seen(contract_coverage.seen_in(validate(fixture.data), None))
        known = {row.name: row.items for row in contract_coverage.measure(found)}
        for dimension, item in found:
            assert item in known[dimension]


def test_sums() -> None:
    rows = [
        contract_coverage.Dimension("a", {"x": 3, "y": 0}),
        contract_coverage.Dimension("fields", dict.fromkeys("abcd", 1)),
        contract_coverage.Dimension("b", dict.fromkeys("abcdefgh", 0)),
    ]
    assert [(row.covered, row.total) for row in rows] == [(1, 2), (4, 4), (0, 8)]
    assert contract_coverage.percent(rows) == 50
    assert contract_coverage.summary(rows) == [
        "a          1/2     50%  missing: y",
        "fields     4/4    100%",
        "b          0/8      0%  missing: a, b, c, d, e, f and 2 more",
        "total              50%",
    ]


def test_measure() -> None:
    found = contract_coverage.Seen()
    for _ in range(2):
        found.update(contract_coverage.seen_in(validate(request()), 20003))
    rows = {row.name: row for row in contract_coverage.measure(found)}
    assert rows["faults"].items["20003"] == 2
    assert rows["versions"].covered == 1
    assert {row.name: row.covered for row in contract_coverage.measure(found, LATEST)}[
        "versions"
    ] == 0


def test_what_is_not_reached_is_not_shown_as_reached() -> None:
    assert [contract_coverage.shown(share) for share in (0.99, 1.0, 99.96, 100.0)] == [
        "0.9",
        "1.0",
        "99.9",
        "100.0",
    ]
