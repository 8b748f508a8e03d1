"""The large messages of ``benchmarks.mixtures``: uploads of 1,000 URLs, right and wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from benchmarks.mixture_messages import CLEAN_URLS, EVERY_URL, ONE_IN_URLS, WRAPPINGS, Message
from benchmarks.validation import answer, upload
from ips_contract.contract.versions import LATEST, PRE_3_8, UNVERSIONED, VERSIONS
from ips_contract.xml.envelope import SOAP_11
from tests.messages import PUBLISH

if TYPE_CHECKING:
    from collections.abc import Iterator

_URL = "<sourceUrl>https://images.example.com/shop/summer/{n}.tif</sourceUrl>"
_PATH = "<destPath>shop/summer/{n}.tif</destPath>"
_ITEM = f"<items>{_URL}{_PATH}</items>"

# An item with a finding, or with two.
WRONG_ITEMS = {
    "sourceUrl missing": f"<items>{_PATH}</items>",
    "destPath missing": f"<items>{_URL}</items>",
    "empty item": "<items/>",
    "unknown element, last in an item": f"<items>{_URL}{_PATH}<folder>shop</folder></items>",
    "unknown element, first in an item": f"<items><name>a</name>{_URL}{_PATH}</items>",
    "unknown element with children": f"<items>{_URL}{_PATH}<a><b>c</b><b>d</b></a></items>",
    "unknown element between items": f"{_ITEM}<note>a</note>",
    "misspelt item": f"<item>{_URL}{_PATH}</item>",
    "misspelt field": f"<items>{_URL.replace('sourceUrl', 'sourceURL')}{_PATH}</items>",
    "field of another type": f"<items>{_URL}{_PATH}<emailSetting>All</emailSetting></items>",
    "wrong order": f"<items>{_PATH}{_URL}</items>",
    "repeated field": f"<items>{_URL}{_PATH}{_PATH}</items>",
    "relative URL": f"<items><sourceUrl>shop/{{n}}.tif</sourceUrl>{_PATH}</items>",
    "empty URL": f"<items><sourceUrl/>{_PATH}</items>",
    "blank URL": f"<items><sourceUrl>  </sourceUrl>{_PATH}</items>",
    "attribute": f'<items id="{{n}}">{_URL}{_PATH}</items>',
    "xsi:nil": '<items xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true">'
    f"{_URL}{_PATH}</items>",
    "attribute at a value": "<items>" + _URL.replace(">", ' id="a">', 1) + _PATH + "</items>",
    "text in an item": f"<items>{_URL}and{_PATH}</items>",
    "text between items": f"{_ITEM}and",
    "item in no namespace": f'<items xmlns="">{_URL}{_PATH}</items>',
    "item in another namespace": f'<items xmlns="{VERSIONS[-2].namespace}">{_URL}{_PATH}</items>',
    "field in no namespace": "<items>" + _URL.replace(">", ' xmlns="">', 1) + _PATH + "</items>",
    "two of one kind": f"<items>{_URL}{_PATH}<a/><b/></items>",
    "two of different kinds": f"<items><sourceUrl>{{n}}.tif</sourceUrl>{_PATH}<a/></items>",
}

# With more than ten; in each of 1,000 items that is more than a report lists.
MANY = f"<items>{_URL}{_PATH}{'<note/>' * 11}</items>"

# One finding elsewhere: what is replaced in a right message, and by what.
WRONG_ABOVE = {
    "warning above, name-separator": ("<jobName>Upload<", "<jobName>Up|load<"),
    "warning above, handle-form": (">c|47<", ">47<"),
    "warning above, locale-code": ("<uploadUrlsJob>", "<locale>en-UK</locale><uploadUrlsJob>"),
    "warning above, schedule-form": (
        "<uploadUrlsJob>",
        "<execSchedule>daily</execSchedule><uploadUrlsJob>",
    ),
    "warning above, response-only": ("</urlArray>", "</urlArray><numUrls>1000</numUrls>"),
    "error above, blank": ("<jobName>Upload<", "<jobName><"),
    "error above, locale": ("<uploadUrlsJob>", "<locale>en_US</locale><uploadUrlsJob>"),
    "error above, time-zone": (
        "<uploadUrlsJob>",
        "<execTime>2030-01-01T00:00:00</execTime><uploadUrlsJob>",
    ),
    "error above, schedule": (
        "<uploadUrlsJob>",
        "<execSchedule>0 60 3 * * ?</execSchedule><uploadUrlsJob>",
    ),
    "error above, jobName missing": ("<jobName>Upload</jobName>", ""),
    "error above, unknown element": ("<uploadUrlsJob>", "<priority>1</priority><uploadUrlsJob>"),
    "error above, order": (
        "<companyHandle>c|47</companyHandle><jobName>Upload</jobName>",
        "<jobName>Upload</jobName><companyHandle>c|47</companyHandle>",
    ),
    "error above, attribute of the root": ("<submitJobParam ", '<submitJobParam id="a" '),
    "error above, unknown, before the items": ("<urlArray>", "<urls/><urlArray>"),
    "error below, wrong boolean": ("<overwrite>true<", "<overwrite>yes<"),
    "error below, constant": (">Error<", ">Errors<"),
    "error below, constant in other case": (">Error<", ">error<"),
    "error below, flag missing": ("<overwrite>true</overwrite>", ""),
    "error below, emailSetting missing": ("<emailSetting>Error</emailSetting>", ""),
    "error below, unknown element": ("</uploadUrlsJob>", "<more/></uploadUrlsJob>"),
    "error below, order": (
        "<overwrite>true</overwrite><readyForPublish>true</readyForPublish>",
        "<readyForPublish>true</readyForPublish><overwrite>true</overwrite>",
    ),
    "error below, repeated": ("<overwrite>", "<overwrite>true</overwrite><overwrite>"),
    "error below, second job": (
        "</uploadUrlsJob>",
        f"</uploadUrlsJob>{PUBLISH}",
    ),
    "error below, text behind the items": ("</urlArray>", "</urlArray>and"),
    "error of the text, truncated": ("</submitJobParam>", ""),
}
COUNT = 1000


def _urls(wrong: str, place: int) -> bytes:
    """1,000 items of which the one at ``place`` is ``wrong``."""
    right = upload(_ITEM, COUNT)
    items = right.split(b"<items>")
    # What is before the first item is a part, too.
    parts = [items[0], *(b"<items>" + item for item in items[1:])]
    last, end, rest = parts[-1].partition(b"</items>")
    parts[-1] = last + end
    parts[place + 1] = wrong.replace("{n}", str(place)).encode()
    return b"".join(parts) + rest


_LOGIN = f'<authHeader xmlns="{UNVERSIONED}"><user>u</user><password>p</password></authHeader>'
_OLD_LOGIN = (
    f'<o:AuthUser xmlns:o="{PRE_3_8}">u</o:AuthUser>'
    f'<o:AuthPassword xmlns:o="{PRE_3_8}">p</o:AuthPassword>'
)


def _enveloped(data: bytes, header: str = _LOGIN, behind: str = "") -> bytes:
    start = f'<s:Envelope xmlns:s="{SOAP_11}"><s:Header>{header}</s:Header><s:Body>'.encode()
    return start + data + f"</s:Body>{behind}</s:Envelope>".encode()


def clean_urls(*, whole: bool) -> Iterator[Message]:
    """1,000 URLs in each wrapping, and answers with as many items."""
    del whole  # There are few.
    right = upload(_ITEM, COUNT)
    root = etree.fromstring(right)
    for wrapping, wrap in WRAPPINGS.items():
        data = wrap(root, LATEST)
        yield Message("clean, 1,000 URLs: in each wrapping", wrapping, data, CLEAN_URLS)
    for name, field, text in (
        ("getJobLogsReturn", "fileErrorCount", "3"),
        ("getActiveJobsReturn", "state", "Running"),
    ):
        data = answer(name, field, text, COUNT)
        yield Message("clean, 1,000 URLs: as many items of an answer", name, data, CLEAN_URLS)


def one_in_urls(*, whole: bool) -> Iterator[Message]:
    """1,000 URLs with one finding; with two, where an item has two."""
    places = {"first": 0, "middle": COUNT // 2, "last": COUNT - 1}
    for name, wrong in WRONG_ITEMS.items():
        for word, place in places.items():
            if whole or word == "middle":
                data = _urls(wrong, place)
                kind = f"one in 1,000 URLs: {name}"
                yield Message(kind, f"the {word}", data, ONE_IN_URLS)
                if whole:
                    yield Message(kind, f"the {word}, SOAP 1.1", _enveloped(data), ONE_IN_URLS)
    right = upload(_ITEM, COUNT).decode()
    for name, (old, new) in WRONG_ABOVE.items():
        assert old in right, name
        data = right.replace(old, new, 1).encode()
        kind = f"one in 1,000 URLs: {name}"
        yield Message(kind, "bare", data, ONE_IN_URLS)
        if whole:
            yield Message(kind, "SOAP 1.1", _enveloped(data), ONE_IN_URLS)
            yield Message(kind, "UTF-16", data.decode().encode("utf-16"), ONE_IN_URLS)
    text = right.encode()
    for name, data in {
        "auth-style": _enveloped(text, _OLD_LOGIN),
        "envelope-extra": _enveloped(text, behind="<a/>"),
        "auth-locale": _enveloped(text, _LOGIN.replace("</authH", "<locale>en_US</locale></authH")),
        "unpublished-version": text.replace(LATEST.date.encode(), b"2014-05-05"),
    }.items():
        yield Message(f"one in 1,000 URLs: {name}", "it", data, ONE_IN_URLS)


def every_url(*, whole: bool) -> Iterator[Message]:
    """1,000 URLs, each wrong; and half of them, each other one."""
    for name, wrong in WRONG_ITEMS.items():
        data = upload(wrong, COUNT)
        yield Message(f"each of 1,000 URLs: {name}", "bare", data, EVERY_URL)
        half = upload(wrong + _ITEM, COUNT // 2)
        if whole:
            yield Message(f"each of 1,000 URLs: {name}", "each second one", half, EVERY_URL)
            yield Message(f"each of 1,000 URLs: {name}", "SOAP 1.1", _enveloped(data), EVERY_URL)
    yield Message(
        "each of 1,000 URLs: more findings than are listed", "it", upload(MANY, COUNT), EVERY_URL
    )
    kinds = list(WRONG_ITEMS.values())
    mixed = upload("".join(kinds), COUNT // len(kinds))
    yield Message("each of 1,000 URLs: of all kinds by turns", "bare", mixed, EVERY_URL)
