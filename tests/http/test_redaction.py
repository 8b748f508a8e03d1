"""What a document begins with is looked through once: the result is that of the whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ips_contract import validate
from ips_contract.http.named_secrets import redact_xml
from ips_contract.http.redaction import is_shown_whole, redact, redact_message
from ips_contract.http.secret_places import hide_places
from tests.growth import calls

PIECES = [
    *(b"<a>", b"</a>", b"<password>", b"</password>", b"<b:Token x='1'>", b"</b:Token>", b"secret"),
    *(b"<password/>", b"<a password='s", b"'", b'"', b">", b"<", b"<!--", b"-->", b"<![CDATA["),
    *(
        b"]]>",
        b"<key>",
        b"</key>",
        b"<value>",
        b"</value>",
        b"pass",
        b"</saml>",
        b"</",
        b"/>",
        b" ",
    ),
    *(b'<e password="s">', b"<setPasswordParam>", b"</setPasswordParam>", b"<?pi", b"?>"),
]
DOCUMENTS = st.lists(st.sampled_from(PIECES), max_size=14).map(b"".join)


@given(DOCUMENTS)
def test_any_document_is_hidden_as_a_whole(rest: bytes) -> None:
    data = b"<x>" + rest
    assert redact(data) == redact_xml(hide_places(data))


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        (b"<a><password>s</password>", b"<b>c</b></a>"),
        (b"<a><password><b>s</password>", b"<b>c</b></a>"),  # Another element closes it.
        (b"<a><password><password>s</password>", b"t</a>"),  # One is still open.
        (b"<a><b c='</password>", b"'>d</b></a>"),
        (b"<a><!-- <password>s</password>", b" --></a>"),
        (b"<a><password>", b"s</a>"),
        (b"<a><password>s</setPasswordParam>", b"t</a>"),  # That closes none.
        (b"<a><password>s</password>pass>", b"t</a>"),
        (b"<a></password '>", b"t'>u</a>"),
        (b"<a><key>pass</key><value><password>s</password>", b"t</value></a>"),
        (b"<a><key>password</key>", b"<value>s</value></a>"),
    ],
)
def test_what_follows_may_matter(begin: bytes, end: bytes) -> None:
    for data in (begin + end, begin + end + end, begin, begin + end):
        assert redact(data) == redact_xml(hide_places(data))


DOCUMENT = b"<a><password>top=secret&more</password><b>shown the</b></a>"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("Entity 'more' not defined", "Entity '***' not defined"),
        ("expected '>' after secret.", "expected '>' after ***."),
        ("The tag b is shown", "The tag b is shown"),
        ("a top of the secrets", "a *** of the secrets"),
    ],
)
def test_a_parsers_words_show_no_secret(words: str, shown: str) -> None:
    assert redact_message(words, DOCUMENT) == shown


@pytest.mark.parametrize("places", [0, 1, 99, 100, 101, 300])
@pytest.mark.parametrize("around", [b"x%b", b"%bx", b"x%b0", b"%b_"])
def test_a_word_is_lost_if_it_stood_alone_however_often_it_is_a_part(
    places: int, around: bytes
) -> None:
    parts = b"<b>" + (around % b"more" + b" ") * places + b"</b>"
    for secret, shown in ((b"more", "***"), (b"evermore", "more")):
        document = b"<a>%b<password>%b</password></a>" % (parts, secret)
        assert redact_message("Entity 'more'", document) == f"Entity '{shown}'"
        assert redact_message("Entity 'more'", document, redact(document)) == f"Entity '{shown}'"
        spared = b"<a>%b<password>%b</password><b>more</b></a>" % (parts, secret)
        assert redact_message("Entity 'more'", spared) == "Entity 'more'"


def test_what_was_hidden_of_utf_16_is_no_help() -> None:
    document = DOCUMENT.decode().encode("utf-16")
    hidden = redact(document)
    assert redact_message("Entity 'more' is", document, hidden) == "Entity '***' is"


def test_advice_is_never_hidden() -> None:
    """The document's words are secrets; that ours has one of them is by chance."""
    document = b"x = 1\n</authHeader> is it a message"
    (found,) = validate(document).violations
    assert "***" not in found.message
    assert found.message.endswith("It does not begin with an element; is it a message?")


def test_a_parsers_own_words_are_not_looked_for() -> None:
    few, many = "Start tag expected", "Start tag expected " * 20
    cost = [calls(lambda: redact_message(words, DOCUMENT)) for words in (few, many)]  # noqa: B023
    assert cost[1] - cost[0] < 57 * 6  # A search takes twelve calls for each word.


TEXTS = st.lists(
    st.sampled_from(
        [
            *("password", "auth", "token", "secret", "my", " ", ":", "=", "&gt;", "?", "&amp;"),
            *("http://", "me", "@", "x.test", "/", "'", '"', "#", "key", "1", "ü"),
        ]
    ),
    max_size=8,
).map("".join)


@given(TEXTS)
def test_a_text_that_is_shown_whole_has_nothing_to_hide(text: str) -> None:
    body = f"<m><a>{text}</a><b>{text}</b></m>".encode()
    if is_shown_whole(text.replace("&gt;", ">").replace("&amp;", "&")):
        assert redact(body) == body


def test_what_a_text_may_hide() -> None:
    open_ones = ("One", "My Job 5", "12:30", "http://x.test/a", "a > b", "a password")
    assert all(map(is_shown_whole, open_ones))
    assert not any(map(is_shown_whole, ("a@b", "a=b", "password: x", "token > x", "Auth: y")))
