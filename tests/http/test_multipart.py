"""multipart/form-data, in whatever pieces it comes."""

from __future__ import annotations

import sys
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ips_contract.http.multipart import (
    BadMultipart,
    End,
    Head,
    MultipartParser,
    read_boundary,
)


class Part(NamedTuple):
    name: str
    filename: str | None
    content: bytes


def parts_of(pieces: list[bytes], boundary: bytes = b"X") -> list[Part]:
    parser = MultipartParser(boundary)
    found: list[Part] = []
    content = b""
    for event in [event for piece in pieces for event in parser.feed(piece)]:
        if isinstance(event, Head):
            found.append(Part(event.name, event.filename, b""))
            content = b""
        elif isinstance(event, bytes):
            content += event
        else:
            found[-1] = found[-1]._replace(content=content)
    parser.close()
    return found


def written(parts: list[Part], boundary: bytes = b"X") -> bytes:
    lines = []
    for name, filename, content in parts:
        file = "" if filename is None else f'; filename="{filename}"'
        lines += [
            b"--" + boundary,
            f'Content-Disposition: form-data; name="{name}"{file}'.encode(),
            b"",
            content,
        ]
    return b"\r\n".join([*lines, b"--" + boundary + b"--", b""])


# What looks like a boundary in part, and what does not.
CONTENT = st.lists(
    st.sampled_from(
        [b"\r", b"\n", b"\r\n", b"-", b"--", b"\r\n--", b"\r\n--Y", b"X", b"abc", b"\0"]
    ),
    max_size=12,
).map(b"".join)
PARTS = st.lists(
    st.builds(Part, st.sampled_from(["a", "ü"]), st.sampled_from([None, "", "b.jpg"]), CONTENT),
    max_size=4,
).filter(lambda parts: all(b"\r\n--X" not in b"\r\n" + part.content for part in parts))


@given(PARTS.filter(bool), st.data())
def test_parts_are_the_same_in_any_pieces(parts: list[Part], data: st.DataObject) -> None:
    body = b"a preamble\r\n" + written(parts) + b"an epilogue --X"
    cuts = sorted(data.draw(st.sets(st.integers(0, len(body)), max_size=40)))
    pieces = [body[i:j] for i, j in zip([0, *cuts], [*cuts, len(body)], strict=True)]
    assert parts_of(pieces) == parts
    assert parts_of([bytes([byte]) for byte in body]) == parts


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_read_or_refused(body: bytes, begun: bool) -> None:
    try:
        parts_of([b"--X\r\n\r\n" * begun, body])
    except BadMultipart:
        pass


def test_what_is_held_is_bounded() -> None:
    parser = MultipartParser(b"X" * 70)
    parser.feed(b"--" + b"X" * 70 + b"\r\n\r\n")
    for content in (b"a" * 100_000, b"\r\n--" + b"X" * 69, b"\r\n-" * 50_000):
        parser.feed(content)
        assert sys.getsizeof(parser._held) < 200


HEADS = {
    'form-data; name="f"; filename="a%22b.jpg"': ("f", 'a"b.jpg'),
    r'form-data; name="f"; filename="a\"b.jpg"': ("f", 'a"b.jpg'),
    r'form-data; name="f"; filename="C:\pictures\a.jpg"': ("f", r"C:\pictures\a.jpg"),
    "form-data; name=f; filename=a.jpg": ("f", "a.jpg"),
    'form-data; filename="x"; name="f"; filename*=utf-8\'\'%C3%BC.jpg': ("f", "ü.jpg"),
    "form-data; name=\"f\"; filename*=iso-8859-1''%FC.jpg": ("f", "ü.jpg"),
    'form-data; name="f;g"; filename="ü;=.jpg"': ("f;g", "ü;=.jpg"),
    'form-data;\r\n name="f"': ("f", None),
    "form-data": ("", None),
}


@pytest.mark.parametrize("value", HEADS)
def test_names(value: str) -> None:
    body = f"--X\r\nCONTENT-Disposition:{value}\r\nContent-Type: image/jpeg\r\n\r\na\r\n--X--"
    [part] = parts_of([body.encode()])
    assert part == (*HEADS[value], b"a")


def test_a_name_in_latin_1() -> None:
    body = b'--X\r\nContent-Disposition: form-data; name="f"; filename="\xfc.jpg"\r\n\r\n\r\n--X--'
    assert parts_of([body]) == [("f", "ü.jpg", b"")]


def test_blanks_may_follow_a_boundary_and_headers_may_be_missing() -> None:
    assert parts_of([b"--X \t\r\n\r\na\r\n--X  \r\n\r\n\r\n--X--"]) == [
        ("", None, b"a"),
        ("", None, b""),
    ]


def test_events_end_each_part() -> None:
    events = MultipartParser(b"X").feed(b"--X\r\n\r\na\r\n--X\r\n\r\n\r\n--X--")
    assert [type(event) for event in events] == [Head, bytes, End, Head, End]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "ends before its last boundary"),
        (b"--Y\r\n\r\n--Y--", "ends before its last boundary"),
        (b"--X\r\n\r\nabc", "ends before its last boundary"),
        (b"--X\r\n\r\nabc\r\n--X", "ends before its last boundary"),
        (b"--X\r\n\r\nabc\r\n--X-", "ends before its last boundary"),
        (b"--Xa\r\n\r\n--X--", "followed by other text"),
        (b"--X\n\nabc\n--X--", "followed by other text"),
        (b"--X" + b" " * 300, "followed by other text"),
        (b"--X\r\nname\r\n\r\n\r\n--X--", "no header"),
        (b"--X\r\n: a\r\n\r\n\r\n--X--", "no header"),
        (b"--X\r\na: " + b"a" * 20_000, "more than 16384 bytes"),
    ],
)
def test_what_is_no_multipart_body(body: bytes, words: str) -> None:
    for pieces in ([body], [body[i : i + 1] for i in range(len(body))]):
        with pytest.raises(BadMultipart, match=words):
            parts_of(pieces)


@pytest.mark.parametrize(
    "header",
    [
        "multipart/form-data; boundary=X",
        'Multipart/Form-Data;charset=utf-8; BOUNDARY="X"',
        "multipart/form-data; boundary=X ; a=b",
    ],
)
def test_boundaries(header: str) -> None:
    assert read_boundary(header) == b"X"


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("", "is none; send multipart/form-data"),
        ("text/xml", "is text/xml; send multipart/form-data"),
        ("multipart/form-data", "needs a boundary"),
        ('multipart/form-data; boundary=""', "needs a boundary"),
        (f"multipart/form-data; boundary={'X' * 71}", "needs a boundary of 1 to 70"),
    ],
)
def test_no_boundary(header: str, words: str) -> None:
    with pytest.raises(BadMultipart, match=words):
        read_boundary(header)
