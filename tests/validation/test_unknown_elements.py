"""Elements that a type does not have: what was meant, and where they belong."""

from __future__ import annotations

from lxml import etree

from ips_contract import validate
from ips_contract.contract.versions import LATEST
from tests.findings import found
from tests.messages import REQUEST, request, urls


def test_a_misspelt_job_is_judged_as_the_one_meant() -> None:
    document = REQUEST.replace(b"image", b"Image").replace(b"Full", b"full")
    assert found(document) == [
        ("unknown-element", "/submitJobParam/ImageServingPublishJob"),
        ("constant", "/submitJobParam/ImageServingPublishJob/publishType"),
    ]


def test_a_job_without_namespace_is_judged() -> None:
    job = urls().replace("<uploadUrlsJob>", '<uploadUrlsJob xmlns="">').replace("true", "yes", 1)
    assert found(request(LATEST, job=job)) == [
        ("wrong-namespace", "/submitJobParam/uploadUrlsJob"),
        ("wrong-type", "/submitJobParam/uploadUrlsJob/overwrite"),
    ]
    # Whose children kept their namespace is judged by it.
    job = f'<x:uploadUrlsJob xmlns:x="urn:x">{urls()[15:-16]}</x:uploadUrlsJob>'
    assert found(request(LATEST, job=job.replace("true", "yes", 1))) == [
        ("wrong-namespace", "/submitJobParam/uploadUrlsJob"),
        ("wrong-type", "/submitJobParam/uploadUrlsJob/overwrite"),
    ]


def test_a_real_name_in_a_wrong_place_is_no_misspelt_one() -> None:
    job = "<uploadPostJob/>"
    rules = [row.rule for row in validate(request(LATEST, job=job)).violations]
    assert rules == ["one-job", "unknown-element"]
    inside = urls(after="<imageServingPublishJob/>")
    (row,) = validate(request(LATEST, job=inside)).violations
    assert row.message == (
        'uploadUrlsJob has no element "imageServingPublishJob"; it belongs inside submitJobParam.'
    )
    inside = urls(after="<items/>")
    (row,) = validate(request(LATEST, job=inside)).violations
    assert row.message == ('uploadUrlsJob has no element "items"; it belongs inside urlArray.')


def test_a_comment_changes_nothing_about_what_was_meant() -> None:
    text = REQUEST.replace(b"imageServingPublishJob>", b"imageServingPublishJo>")
    start, end = text.index(b"<publishType"), text.index(b"</imageServingPublishJo>")
    text = text[:start] + b"true<!-- c -->" + text[end:]
    told = [row.message for row in validate(text).violations]
    assert [row.message for row in validate(etree.fromstring(text)).violations] == told
