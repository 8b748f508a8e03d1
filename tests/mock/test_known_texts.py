"""The texts that are kept of messages are those that a parser reads, and none is a secret."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ips_contract.mock.differences import plain_value
from ips_contract.mock.known_texts import MOST_TEXT, KnownJobs, fields_of
from ips_contract.mock.record import USUAL_BYTES
from ips_contract.mock.service import Service
from ips_contract.xml.parser import Unreadable, parse
from tests.calls import PUBLISH, UPLOAD, auth, submit

PIECES = st.sampled_from(
    [
        *("<a>", "</a>", "<b>", "</b>", "<a/>", "<c>", "</c>", "<job>", "</job>", "<b q='/>'>"),
        *("<!--", "-->", "<![CDATA[", "]]>", "<?a ", "?>", ">", "job", "b", " ", "job>", "<job/>"),
    ]
)


@given(st.lists(st.lists(PIECES, max_size=10).map("".join), min_size=1, max_size=6))
def test_texts_are_what_is_read(contents: list[str]) -> None:
    known = KnownJobs()
    for content in contents * 3:  # The third time they are known.
        for before in ("<n>x</n>", "<n>job</n>", "<!--<job>"):
            data = f"<m>{before}<job>{content}</job></m>".encode()
            try:
                root = parse(data)
            except Unreadable:
                continue
            if not len(root) or root[-1].tag != "job":
                continue
            job = root[-1]
            found = known.texts_of(job, "job", data)
            names = [str(child.tag) for child in job]
            if len(set(names)) < len(names):
                assert found is None
                continue
            assert found is not None
            assert list(found.names) == names
            if any(len(child) and child.text and child.text.strip() for child in job):
                continue  # No right message has a text beside elements.
            read = {str(child.tag): plain_value(child) for child in job}
            for name in names:
                assert found.told(name) in (None, read[name])


def texts(service: Service) -> list[Any]:
    found = []
    for row in service.exchanges:
        job = row.job
        found.append(None if job is None else {name: job.told(name) for name in job.names})
    return found


def test_jobs_that_are_alike_have_their_texts_once() -> None:
    service = Service()
    for name in ("One", "Two", "imageServingPublishJob", "Three"):
        submit(service, name)
        submit(service, name, job=UPLOAD.replace("b.jpg", f"{name}.jpg"))
    jobs = [row.job for row in service.exchanges]
    assert jobs[0] is not jobs[2]
    assert jobs[2] is jobs[6]  # When it comes again, it is known from then on.
    assert texts(service)[::2] == [{"publishType": "Full", "emailSetting": "Error"}] * 4
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
    for start in (b"<m><", b"<m><n>x</n><", b"<m><!--<job>1</job>--><") * 3:
        found = known.texts_of(parse(start + end)[-1], "job", start + end)
        assert found is not None
        assert (found.names, found.told("a")) == (("a",), "2")
    ends = list(vars(known)["_known"])
    assert ends == [end]  # What may end a comment is not all that there is to know.


@pytest.mark.parametrize("text", ["password: s3cret", "http://me:s3cret@x.test/", "token=s3cret"])
def test_no_secret_is_kept_beside_the_record_nor_told(text: str) -> None:
    known = KnownJobs()
    for name in ("a", "password") * 3:
        data = f"<m><n>{text}</n><job><{name}>{text}</{name}><b>1</b></job></m>".encode()
        found = known.texts_of(parse(data)[-1], "job", data)
        assert found is not None
        assert (found.told(name), found.told("b")) == (None, "1")
    data = f"<m><n>job {text}</n><job><b>1</b></job></m>".encode()
    for _ in range(3):
        assert known.texts_of(parse(data)[-1], "job", data) is not None
    assert "s3cret" not in repr(vars(known))


def test_what_is_kept_is_bounded() -> None:
    known = KnownJobs()
    for number in range(5000):
        data = f"<m><job><a>{number}</a></job></m>".encode()
        for _ in range(2):
            assert known.texts_of(parse(data)[-1], "job", data) is not None
    assert 0 < len(vars(known)["_known"]) <= 256
    assert 0 < len(vars(known)["_seen"]) <= 4096
    long = f"<m><job><a>{'x' * (MOST_TEXT + 1)}</a></job></m>".encode()
    assert known.texts_of(parse(long)[-1], "job", long) is None
    wide = "".join(f"<a{number}/>" for number in range(101))
    wide_job = f"<m><job>{wide}</job></m>".encode()
    assert known.texts_of(parse(wide_job)[-1], "job", wide_job) is None


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


def test_fields_of_what_was_refused_are_known_too() -> None:
    service = Service()
    submit(service, job=PUBLISH.replace("Full", "Nonsense"))
    submit(service, header=auth("me", ""))
    submit(service, job=PUBLISH.replace("<publishType>Full", "x<publishType>Full<y/>"))
    assert [row.fault is None for row in service.exchanges] == [False] * 3
    assert [len(row.open_fields) for row in service.exchanges] == [3, 3, 3]
    assert texts(service) == [None, None, None]


def test_large_messages_have_short_texts() -> None:
    service = Service()
    items = "<items><sourceUrl>http://x.test/a.jpg</sourceUrl><destPath>a</destPath></items>" * 100
    submit(service, job=UPLOAD.replace("<urlArray>", f"<urlArray>{items}"))
    submit(service, "x" * USUAL_BYTES)
    assert [len(row.open_fields) for row in service.exchanges] == [3, 0]
    row = service.exchanges[0]
    assert row.job is not None
    row.drop_bodies()
    assert row.job is None
