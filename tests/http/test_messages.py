"""Encodings of bodies, and the hiding of passwords in what is recorded."""

from __future__ import annotations

import random
import zlib
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ips_contract.contract.components import message_names
from ips_contract.contract.endpoints import PLAIN_PATH
from ips_contract.contract.model import field_names
from ips_contract.http import named_secrets
from ips_contract.http.content_encoding import BadEncoding, accepts_gzip, gunzip, gzip
from ips_contract.http.messages import Request, split_target
from ips_contract.http.redaction import redact, redact_headers, redact_target, redact_text
from ips_contract.http.secret_names import is_place, is_secret
from ips_contract.mock.service import Service
from ips_contract.validation import first_sight, validator
from ips_contract.xml import text as words
from tests.growth import QUADRATIC, growth
from tests.sweep import every

if TYPE_CHECKING:
    from collections.abc import Callable
    from functools import _lru_cache_wrapper


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("", False),
        ("none", False),
        ("identity", False),
        ("gzip", True),
        ("GZIP, deflate", True),
        ("deflate, gzip;q=1.0", True),
        ("gzip;q=0", False),
        ("gzip;q=0.000", False),
        ("gzip; q=0.5", True),
        ("x-gzip", True),
        ("*", True),
        ("br", False),
        ("*;q=0, gzip", True),
        ("gzip;q=0, *", False),
        ("*;q=0", False),
    ],
)
def test_accept_encoding(header: str | None, expected: bool | None) -> None:
    assert accepts_gzip(header) is expected


@given(st.binary(max_size=10_000))
def test_gzip_is_read_back(data: bytes) -> None:
    assert gunzip(gzip(data), 10_000) == data
    assert gzip(data) == gzip(data)


def test_several_members_are_one_body() -> None:
    assert gunzip(gzip(b"one ") + gzip(b"two"), 100) == b"one two"


@given(st.lists(st.binary(max_size=200), max_size=100), st.integers(0, 9000))
def test_members_wherever_they_end(parts: list[bytes], size: int) -> None:
    whole = b"".join([*parts, bytes(size)])
    packed = b"".join(map(gzip, [*parts, random.Random(size).randbytes(size)]))
    assert len(gunzip(packed, 100_000)) == len(whole)
    assert gunzip(packed, 100_000).startswith(b"".join(parts))


@pytest.mark.parametrize("data", [b"", b"a", b"a" * 200])
def test_members_take_linear_time(data: bytes) -> None:
    def unpacking(size: int) -> Callable[[], object]:
        packed = gzip(data) * (size // len(gzip(data)))
        return lambda: gunzip(packed, 10**7)

    assert growth(unpacking, 2**16) < QUADRATIC


def test_a_bomb_is_read_no_further_than_the_limit() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = packer.compress(b"\0" * 50_000_000) + packer.flush()
    assert len(bomb) < 100_000
    assert len(gunzip(bomb, 1000)) == 1001
    assert len(gunzip(gzip(b"x" * 1000) * 1000, 1000)) == 1001


@pytest.mark.parametrize("data", [b"no gzip", gzip(b"x" * 100)[:-9], gzip(b"x") + b"rest"])
def test_what_is_no_gzip(data: bytes) -> None:
    with pytest.raises(BadEncoding):
        gunzip(data, 100)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/a", ("/a", "")),
        ("/a?b=c?d", ("/a", "b=c?d")),
        ("http://host:1/a/b?c", ("/a/b", "c")),
        ("http://host", ("/", "")),
        ("*", ("*", "")),
        ("", ("", "")),
    ],
)
def test_targets(target: str, expected: tuple[str, str]) -> None:
    assert split_target(target) == expected


SECRET = "s3cr3t"
XML = [
    "<password>{}</password>",
    "<p:password>{}</p:password>",
    '<password xmlns="u">{}</password>',
    "<password\n a='1' >{}</password>",
    "<AuthPassword>{}</AuthPassword>",
    "<ns1:AuthPassword>{}",
    "<PASSWORD>{}</PASSWORD>",
    "<passwd>{}</passwd>",
    "<password>{}<b/></password>",
    "<password><![CDATA[{}]]></password>",
    "<password><![CDATA[{}",
    "<password><!-- {} --></password>",
    "<password>{}</pasword",
    "<password>\n{}\n</password>",
    '<authHeader password="{}"/>',
    '<authHeader user=">" password="{}"/>',
    "<authHeader password='{}'/>",
    '<authHeader password = "{}',
    "<authHeader password={} />",
    "<a><password/><password>{}</password></a>",
    "<a><password></password><b>pass</b><password>{}</password></a>",
    "<checkLoginParam><email>a</email><password>{}</password></checkLoginParam>",
    "<password>a<{}</password>",  # A client that does not escape.
    "<password>a&{}<b</password>",
    "<password>a<b>{}</b></password>",
    "<password><b>c</b>{}</password>",
    "<password>a<!-- b -->{}</password>",
    "<password>a<?b c?>{}</password>",
    "<password><?a {}?></password>",
    "<password><password>a</password>{}</password>",
    "<password><password>{}</password>",
    '<password value="{}"/>',
    '<p:password p:is = "{}">a</p:password>',
    "<a><!-- <password>{}</password> --></a>",
    "<a><![CDATA[<password>{}</password>]]></a>",
    # Tokens stand for a password, and PHP makes items of an array.
    "<h:authHeader><accessToken>{}</accessToken></h:authHeader>",
    '<samlResponse a="1">a<![CDATA[{}]]></samlResponse>',
    "<item><key>user</key><value>me</value></item><item><key>password</key><value>{}</value></item>",
    "<h:item><h:key a='b'>accessToken</h:key>\n<h:value a='b'>c<d/>{}</h:value></h:item>",
    "<KEY>samlResponse</KEY><Value><!-- {} --></Value>",
    "<key>password</key><value>{}",
    "<key>AuthPassword</key><value>a</value ><key>password</key><value>{}</value >",
]


@pytest.mark.parametrize("shape", XML)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_passwords_in_xml_are_hidden(shape: str, encoding: str) -> None:
    document = "<root>" + shape.format(SECRET) + "</root>"
    hidden = redact(document.encode(encoding)).decode(encoding)
    assert SECRET not in hidden
    assert hidden.replace("***", "").startswith("<root>")


@pytest.mark.parametrize(
    "data",
    [
        b"<a>text</a>",
        b"<a>pass</a>",
        b"<password/>",
        b"<password></password>",
        b"<a pass />",
        b"<a>compass = north</a>",
        b"",
        b"plain text",
        "<a>ä</a>".encode("utf-16"),
    ],
)
def test_the_rest_is_kept(data: bytes) -> None:
    assert redact(data) == data


def test_what_stands_around_a_password_is_kept() -> None:
    before = (
        b'<a x="1">\n<user>me</user><password>one</password>mid<AuthPassword>two</AuthPassword>'
    )
    after = b'<a x="1">\n<user>me</user><password>***</password>mid<AuthPassword>***</AuthPassword>'
    assert redact(before) == after
    assert redact(b"<h password='a b' c='d'>") == b"<h password=*** c='d'>"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<a><!-- <password> is next --><b>c</b></a>", "<a><!-- <password>***--><b>c</b></a>"),
        ("<a><![CDATA[<password>]]><b>c</b></a>", "<a><![CDATA[<password>]]><b>c</b></a>"),
        ("<a><?b <password> c?><b>c</b></a>", "<a><?b <password>***?><b>c</b></a>"),
        ("<a><![CDATA[my passport]]>, passed</a>", "<a><![CDATA[my passport]]>, passed</a>"),
        (
            "<passwords><password>a</password><password>b</password></passwords><c/>",
            "<passwords>***</passwords><c/>",
        ),
        (
            '<password xsi:type="xsd:string" xmlns="u">a</password>',
            '<password xsi:type="xsd:string" xmlns="u">***</password>',
        ),
        ("<pass:a>b</pass:a>", "<pass:a>b</pass:a>"),
        (
            "<key>password</key><value/><key>a</key><value>b</value>",
            "<key>password</key><value/><key>a</key><value>b</value>",
        ),
        (
            "<key>tokens</key><b/><value>c</value><key>pass</key><value> </value>",
            "<key>tokens</key><b/><value>c</value><key>pass</key><value> </value>",
        ),
    ],
)
def test_comments_and_names_like_it_open_no_password(before: str, after: str) -> None:
    assert redact(before.encode()).decode() == after


PIECES = [
    "<pass>",
    "<pass ",
    '<a pass="',
    "</pass>",
    "pass ",
    "<!--",
    "<pass><![CDATA[",
    "<",
    "<pass>a</pass>",
    "<key>pass",
    "<key>pass</key>",
    "<key>pass</key><value>",
    "<key>token</key><value></value>",
    'a="b" ',
    "a=",
    " ",
    "<authHeader>",
    "<authHeader ",
    "</authHeader>",
    "<header/>",
    "<user>a",
    'pass"',
    '<pass"',
    "<pass/>",
    "pass-",
    "pass=",
    "pass&quot;",
    "://",
    "://a:b",
    "?a=b&",
    "@",
    ">",
    "\n",
]
STARTS = ["<a ", "<pass ", "<a>", "<pass>", "<authHeader>", "<authHeader ", "<a>://"]


@pytest.mark.no_cover
@pytest.mark.parametrize(("start", "piece"), every(20, product(STARTS, PIECES)))
def test_no_document_takes_long_to_redact(start: str, piece: str) -> None:
    def redacting(size: int) -> Callable[[], object]:
        document = f"{start}{piece * (size // len(piece))}pass".encode()
        return lambda: redact(document)

    assert growth(redacting, 2**15) < QUADRATIC


@pytest.mark.parametrize(
    "data",
    [
        b'{"password": "s3cr3t"}',
        b"user=a&password=s3cr3t",
        gzip(b"<password>s3cr3t</password>"),
        b"\x4c\x97\x81\xa2\xa2",
        "<password>s3cr3t</password>".encode("utf-32"),
    ],
)
def test_what_is_no_readable_xml_is_not_kept_if_it_may_hold_a_password(data: bytes) -> None:
    hidden = redact(data)
    assert b"s3cr3t" not in hidden
    assert "s3cr3t".encode("utf-32-le") not in hidden


@given(st.text(max_size=50), st.text(max_size=50))
def test_no_text_around_a_password_gives_it_away(before: str, after: str) -> None:
    data = f"<a>{before}<password>{SECRET}</password>{after}</a>".encode("utf-8", "replace")
    assert SECRET.encode() not in redact(data)


def test_what_names_of_the_contract_are_secrets() -> None:
    """Nobody wants to look for a field that is hidden for its name alone."""
    names = field_names()
    assert {name for name in names if is_secret(name)} == {
        *("password", "accessToken", "samlResponse", "AuthPassword")
    } & set(names)
    assert not [name for name in names if is_place(name) and name != "authHeader"]
    places = {name for name in message_names() if is_place(name)}
    assert places == {"authHeader"}


def test_headers_and_targets() -> None:
    headers = {"authorization": "Basic bWU6c2VjcmV0", "cookie": "a=b", "accept": "*/*"}
    assert redact_headers(headers) == {
        "authorization": "Basic ***",
        "cookie": "***",
        "accept": "*/*",
    }
    assert redact_headers({"x-password": "me"}) == {"x-password": "***"}
    assert redact_headers({"accept": "*/*"}) == {"accept": "*/*"}
    assert redact_target("/a?user=b&Password=c&d=e") == "/a?user=b&Password=***&d=e"
    assert redact_headers({"host": "me:a@b@h:80", "from": "me@h"}) == {
        "host": "***@h:80",
        "from": "me@h",
    }
    assert redact_target("/a?b=c") == "/a?b=c"
    assert redact_target("/a;Password=c?d=e") == "/a;Password=***"
    assert redact_target("/a#token=c&d=e") == "/a#token=***&d=e"
    assert redact_target("/a?b=c#token=d") == "/a?b=c#token=***"
    assert (
        redact_text("see https://h/a#access_token=b&c=d") == "see https://h/a#access_token=***&c=d"
    )
    assert redact_target("/a?accessToken=b&c=d") == "/a?accessToken=***&c=d"
    assert redact_target("/a?b=password=c&d") == "/a?b=password=***&d"
    assert redact_target("/a?token&b=passwd") == "/a?token&b=passwd"


@pytest.mark.parametrize("room", range(10))
@pytest.mark.parametrize(
    "document",
    [
        "<m><password>XX</password><b/><token>XX</token><c passwd='XX'/></m>",
        "<m><password>XX<token>XX</token>XX</password></m>",
        "<m><password><token>XX</token><token>XX</token>XX</password><pass>XX</pass></m>",
        "<m><!--<pass>XX</pass><b token='XX'/>--><pass>XX</pass></m>",
        "<m><password><!--pass-->XX<![CDATA[<pass>XX</pass>]]></password></m>",
        "<m><password>XX<token>XX",
    ],
)
def test_a_flood_of_secrets_is_hidden_as_a_whole(
    document: str, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too much rather than too little, wherever the room for telling them apart ends."""
    whole = redact(document.encode())
    monkeypatch.setattr(named_secrets, "_MOST_PIECES", room)
    found = redact(document.encode())
    assert b"XX" not in found
    if room == 9:
        assert found == whole
    assert found.startswith(b"<m>")
    assert redact(b"<m><a/>" * 100 + document.encode()).startswith(b"<m><a/>" * 100)


def test_room_for_secrets_is_that_of_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comments enclose counts with the rest: a comment has no room of its own."""
    monkeypatch.setattr(named_secrets, "_MOST_PIECES", 4)
    found = redact(b"<m>" + b"<!--<pass>x</pass>-->" * 3 + b"</m>")
    assert found == b"<m><!--<pass>***--><!--***--><!--***--></m>"


@pytest.mark.parametrize("unit", ["pass", "a", "pass=&", "?pass"])
def test_a_target_takes_linear_time(unit: str) -> None:
    def redacting(size: int) -> Callable[[], object]:
        target = unit * (size // len(unit)) + "token"
        return lambda: redact_target(target)

    assert growth(redacting, 2**11) < QUADRATIC


def test_a_request_shows_no_password() -> None:
    headers = {"authorization": "Basic bWU6c2VjcmV0"}
    body = b"<a><user>me</user><password>s3cr3t</password></a>"
    assert repr(Request("POST", "/a?password=s3cr3t", headers, body)) == (
        "Request('POST', '/a?password=***', {'authorization': 'Basic ***'}, "
        "b'<a><user>me</user><password>***</password></a>')"
    )


def _named(text: str) -> object:
    """The answer to a message in a namespace of this name."""
    xml = f'<Request xmlns="urn:x"><m xmlns="{text}"/></Request>'
    report = validator.validate(f'<m xmlns="{text}"/>')
    request = Request("POST", PLAIN_PATH, {}, xml.encode())
    return report.valid, Service().handle(request).status


@pytest.mark.parametrize(
    ("cache", "ask", "short"),
    [
        (words._near, lambda name: words.near(name, ("jobName",)), "cachedName"),
        (first_sight._plan, _named, "b"),
    ],
    ids=["near", "plan"],
)
def test_what_is_long_is_not_kept(
    cache: _lru_cache_wrapper[object], ask: Callable[[str], object], short: str
) -> None:
    """A cache of a server may not grow with what its clients send."""
    expected = ask(short)
    before = cache.cache_info()
    assert ask(short) == expected
    assert cache.cache_info().hits > before.hits
    ask(short * 1000)
    assert cache.cache_info()[1:] == before[1:]
