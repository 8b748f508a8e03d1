"""The texts that are kept of messages are those that a parser reads, and none is a secret."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ips_contract.mock.differences import plain_value
from ips_contract.mock.known_texts import MOST_TEXT, KnownJobs, fields_of, is_mixed
from ips_contract.mock.record import USUAL_BYTES
from ips_contract.mock.service import Service
from ips_contract.xml.parser import Unreadable, parse
from tests.calls import PUBLISH, UPLOAD, auth, envelope, message, post, submit

PIECES = st.sampled_from(
    [
        *("<a>", "</a>", "<b>", "</b>", "<a/>", "<c>", "</c>", "<job>", "</job>", "<b q='/>'>"),
        *("<!--", "-->", "<![CDATA[", "]]>", "<?a ", "?>", ">", "job", "b", " ", "job>", "<job/>"),
    ]
)


@given(st.lists(st.lists(PIECES, max_size=10).map("".join), min_size=1, max_size=6))
def test_texts_are_what_is_read(contents: list[str]) -> None:
    known = KnownJobs()
    for content in [*contents, *contents]:  # The second time they are known.
        for before in ("<n>x</n>", "<n>job</n>", "<!--<job>"):
            data = f"<m>{before}<job>{content}</job></m>".encode()
            try:
                root = parse(data)
            except Unreadable:
                continue
            if not len(root) or root[-1].tag != "job":
                continue
            found = known.texts_of(root[-1], "job", data)
            assert found is not None
            assert list(found.texts) == list(dict.fromkeys(child.tag for child in root[-1]))
            read = {child.tag: plain_value(child) for child in root[-1]}
            for name, text in found.texts.items():
                if text is not None and not is_mixed(root[-1]):
                    assert text == read[name]
            assert found.is_whole is (None not in found.texts.values())


def texts(service: Service) -> list[Any]:
    return [None if row.job is None else dict(row.job.texts) for row in service.exchanges]


def test_jobs_that_are_alike_have_their_texts_once() -> None:
    service = Service()
    for name in ("One", "Two", "imageServingPublishJob"):
        submit(service, name)
        submit(service, name, job=UPLOAD.replace("b.jpg", f"{name}.jpg"))
    jobs = [row.job for row in service.exchanges]
    assert jobs[0] is jobs[2] is jobs[4]
    assert jobs[1] is jobs[3] is jobs[5]
    assert texts(service)[0] == {"publishType": "Full", "emailSetting": "Error"}
    assert texts(service)[1] == {
        "urlArray": None,
        "overwrite": "true",
        "readyForPublish": "true",
        "createMask": "false",
        "emailSetting": "None",
    }


def test_a_document_may_end_as_another_does() -> None:
    known = KnownJobs()
    end = b"job><a>2</a></job></m>"
    for start, text in ((b"<m><", "2"), (b"<m><n>x</n><", "2"), (b"<m><!--<job>1</job>--><", "2")):
        found = known.texts_of(parse(start + end)[-1], "job", start + end)
        assert found is not None
        assert found.texts == {"a": text}
    ends = list(vars(known)["_ends"])
    assert ends == [end]  # What may end a comment is not all that there is to know.


@pytest.mark.parametrize("text", ["password: s3cret", "http://me:s3cret@x.test/", "token=s3cret"])
def test_no_secret_is_kept(text: str) -> None:
    known = KnownJobs()
    for name in ("a", "password"):
        data = f"<m><n>{text}</n><job><{name}>{text}</{name}><b>1</b></job></m>".encode()
        found = known.texts_of(parse(data)[-1], "job", data)
        assert found is not None
        assert found.texts == {name: None, "b": "1"}
    data = f"<m><n>job {text}</n><job><b>1</b></job></m>".encode()
    assert known.texts_of(parse(data)[-1], "job", data) is not None
    assert "s3cret" not in repr(vars(known))


def test_what_is_kept_is_bounded() -> None:
    known = KnownJobs()
    for number in range(2000):
        data = f"<m><job><a>{number}</a></job></m>".encode()
        assert known.texts_of(parse(data)[-1], "job", data) is not None
    assert all(0 < len(kept) <= 256 for kept in vars(known).values())
    long = f"<m><job><a>{'x' * (MOST_TEXT + 1)}</a></job></m>".encode()
    assert known.texts_of(parse(long)[-1], "job", long) is None
    wide = f"<m><job>{'<a/>' * 101}</job></m>".encode()
    assert known.texts_of(parse(wide)[-1], "job", wide) is None


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        ("<a>1</a><b/><xJob><c/></xJob>", {"a": "1", "b": "", "xJob": ""}),
        ("<a>1</a>", {"a": "1"}),
        ("<a>1</a><a>2</a>", {}),
        ("<a>1</a><password>2</password>", {}),
        ("<xJob/><a/>", {}),
        ("<a><c/></a><xJob/>", {}),
        ("<a><c/></a>", {}),
        ("<a/>" * 101, {}),
    ],
)
def test_fields_of_a_wrong_submission(content: str, fields: dict[str, str]) -> None:
    assert fields_of(parse(f"<m>{content}</m>".encode()), has_job=True) == fields


def test_fields_of_another_wrong_message() -> None:
    root = parse(b"<m><a><b>1</b></a><xJob/><c>2</c></m>")
    assert fields_of(root, has_job=False) == {"a": "", "xJob": "", "c": "2"}


def test_what_was_refused_is_known_too() -> None:
    service = Service()
    submit(service, job=PUBLISH.replace("Full", "Nonsense"))
    submit(service, header=auth("me", ""))
    submit(service, job=PUBLISH.replace("<publishType>Full", "x<publishType>Full<y/>"))
    assert [row.fault is None for row in service.exchanges] == [False] * 3
    assert [len(row.open_fields) for row in service.exchanges] == [3, 3, 3]
    full = {"publishType": "Full", "emailSetting": "Error"}
    assert texts(service) == [{**full, "publishType": "Nonsense"}, full, None]


def test_large_messages_have_short_texts() -> None:
    service = Service()
    items = "<items><sourceUrl>http://x.test/a.jpg</sourceUrl></items>" * 100
    submit(service, job=UPLOAD.replace("<urlArray>", f"<urlArray>{items}"))
    submit(service, "x" * USUAL_BYTES)
    assert [len(row.open_fields) for row in service.exchanges] == [3, 0]


def test_what_is_not_plain_is_copied_if_it_nests() -> None:
    service = Service()
    wide = '<?xml version="1.0" encoding="UTF-16"?>'
    for job in (PUBLISH, UPLOAD):
        document = envelope(
            message("submitJob", f"<companyHandle>47</companyHandle><jobName>N</jobName>{job}")
        )
        post(service, document)
        post(service, b"<!-- s3cret -->" + document)
        post(service, (wide + document.decode()).encode("utf-16"))
    rows = list(service.exchanges)
    assert [row.is_copied for row in rows] == [False, False, False, False, True, True]
    assert rows[4].content_of("urlArray") == rows[5].content_of("urlArray")
    assert rows[4].content_of("urlArray") == rows[3].content_of("urlArray")
    assert rows[4].size > rows[3].size + len(UPLOAD)
    assert b"s3cret" not in repr(rows[4].content_of("uploadUrlsJob")).encode()
    rows[4].drop_bodies()
    assert not rows[4].is_copied
    assert rows[4].job is None
