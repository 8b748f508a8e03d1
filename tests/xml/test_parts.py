"""What stands in an element, by the bytes, is what the parser reads; or the bytes do not tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ips_contract.xml.parser import Unreadable, children, local_name, parse, text_of
from ips_contract.xml.parts import (
    ABSENT,
    UNCLEAR,
    as_document,
    child_of,
    content_of,
    is_plain,
    is_utf_8,
    items_in,
    may_be_array,
    path_in,
)

if TYPE_CHECKING:
    from lxml import etree


@pytest.mark.parametrize(
    ("document", "content"),
    [
        ("<a><job>x</job></a>", b"x"),
        ("<a><job/></a>", b""),
        ('<a><job n="/>"/></a>', UNCLEAR),
        ('<a><job n="1" /></a>', b""),
        ("<a><job></job></a>", b""),
        ("<a><n>job</n><job>x</job></a>", b"x"),
        ("<a><n>job</n><job>x</job><n>a job</n></a>", b"x"),
        ("<a><n>job></n><job><jobs/></job></a>", UNCLEAR),
        ('<a xmlns:p="q"><p:job p:z="1"><p:x/></p:job></a>', b"<p:x/>"),
        ("<a><job>x</job ></a>", UNCLEAR),
        ("<a><!--<job>--><job>x</job></a>", UNCLEAR),
        ("<a><!--<job>y</job>--><job/></a>", UNCLEAR),
        ("<a><![CDATA[<job>y</job>]]><job/></a>", UNCLEAR),
        ("<a><?job?><job>x</job></a>", UNCLEAR),
        ('<?xml version="1.0"?><a><n>job</n><job>x</job></a>', b"x"),
        ("<a><job>x</job><job>y</job></a>", UNCLEAR),
        ("<a><job><job>x</job></job></a>", UNCLEAR),
    ],
)
def test_an_element_of_a_document(document: str, content: bytes | None) -> None:
    parse(document.encode())
    assert content_of(document.encode(), "job") == content


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", ABSENT),
        (b"<b>c</b>", ABSENT),
        (b"<b>x</b>", ABSENT),
        (b"<x>1</x>", b"1"),
        (b"<x/>", b""),
        (b"<b/><x>1</x>", b"1"),
        (b"<b/><x>1</x><b><c/></b>", b"1"),
        (b"<b><x>1</x></b>", ABSENT),
        (b"<b><x>1</x></b><x>2</x>", b"2"),
        (b"<x>1</x><x>2</x>", UNCLEAR),
        (b"<b>/></b><x>1</x><b/><b/><b/>", UNCLEAR),
        (b"<b><x>1</x><c>/></c></b>", ABSENT),
        (b"<!--<x>1</x>--><b/>", UNCLEAR),
        (b"<b/><!--<x>1</x>-->", UNCLEAR),
        (b"<!--</b>--><b><x>1</x><c/></b>", UNCLEAR),
        (b"<xy>1</xy><x>2</x>", b"2"),
        (b"<xy>1</xy>", ABSENT),
        (b"<p:x>1</p:x>", b"1"),
        (b'<x q="1">1</x>', b"1"),
    ],
)
def test_a_child(content: bytes, found: object) -> None:
    assert child_of(content, "x") == found


def test_a_path() -> None:
    content = b"<a><b><c>1</c></b></a><d>2</d>"
    assert path_in(content, ()) == content
    assert path_in(content, ("a", "b", "c")) == b"1"
    assert path_in(content, ("d", "b", "c")) is ABSENT
    assert path_in(content, ("a", "items")) is ABSENT


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"<items>1</items>", ABSENT),
        (b"<items>1</items><p:items/><items><b>2</b></items>", ABSENT),
        (b"<items><b/></items><b/>", b"<b/>"),
        (b"<b/>", ABSENT),
        (b"items", ABSENT),
        (b"<items>></items>", UNCLEAR),
        (b"<items><!----></items>", UNCLEAR),
    ],
)
def test_no_name_leads_into_an_array(content: bytes, found: object) -> None:
    assert path_in(content, ("items",)) == found


@pytest.mark.parametrize(
    ("start", "told"),
    [
        (b"<a/>", True),
        (b"\xef\xbb\xbf<a/>", True),
        (b'<?xml version="1.0"?><a/>', True),
        (b"<?xml version='1.0' encoding='utf-8'?><a/>", True),
        (b'<?xml version="1.0" encoding="Shift_JIS"?><a/>', False),
        (b'<?xml version="1.0"' + b" " * 70 + b'encoding="Shift_JIS"?><a/>', False),
        ("<a/>".encode("utf-16"), False),
        ("<a/>".encode("utf-16-le"), False),
        (b"", False),
    ],
)
def test_utf_8_is_told_by_the_start(start: bytes, told: bool) -> None:
    assert is_utf_8(start) is told


def test_prefixes_are_declared() -> None:
    root = parse(as_document(b'<p:a x:b="http://c">q: r</p:a><xml:d xmlns:s="t"/>'))
    assert [local_name(child) for child in children(root)] == ["a", "d"]


# Documents of few names, so that they come together in all ways.
PIECES = st.sampled_from(
    [
        *("<a>", "</a>", "<b>", "</b>", "<a/>", "<ab>", "</ab>", "<p:a>", "</p:a>", "<b q='/>'>"),
        *("<!--", "-->", "<![CDATA[", "]]>", "<?a ", "?>", ">", "/>", "a", "b", " ", "</a >"),
        "<a q='1'>",
    ]
)


def _value(element: etree._Element) -> object:
    below = children(element)
    return [(local_name(child), _value(child)) for child in below] if below else text_of(element)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_what_is_told_is_what_is_read(content: str) -> None:
    try:
        root = parse(f"<r xmlns:p='p'>{content}</r>".encode())
    except Unreadable:
        return
    found = child_of(content.encode(), "a")
    those = [child for child in children(root) if local_name(child) == "a"]
    if found is ABSENT:
        assert not those
    elif isinstance(found, bytes):
        assert [_value(child) for child in those] == [_value(parse(as_document(found)))]
    named = [element for element in root.iter() if local_name(element) == "a"]
    if len(named) == 1:
        whole = content_of(f"<r xmlns:p='p'>{content}</r>".encode(), "a")
        if whole is not UNCLEAR:
            assert _value(parse(as_document(whole))) == _value(named[0])


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (b"<a>b?</a>", True),
        (b"\xef\xbb\xbf<?xml version='1.0'?><a>b!?</a>", True),
        (b"<a><?b?></a>", False),
        (b"<a>b<?b?></a>", False),
        (b"<a><!-- b --></a>", False),
        ("<a/>".encode("utf-16"), False),
    ],
)
def test_plain_documents(document: bytes, told: bool) -> None:
    assert is_plain(document) is told


@pytest.mark.parametrize(
    ("content", "items"),
    [
        (b"<items>1</items>", [b"1"]),
        (b"<items></items><items><a/></items>", [b"", b"<a/>"]),
        (b"<items><a><items>1</items></a></items>", UNCLEAR),
        (b"<items><items>1</items><items>2</items></items>", UNCLEAR),
        (b"<items/><items>1</items>", UNCLEAR),
        (b"<items>1</items> <items>1</items>", UNCLEAR),
        (b"<items>1</items><a/><items>1</items>", UNCLEAR),
        (b"<p:items>1</p:items>", UNCLEAR),
        (b"<a/>", UNCLEAR),
        (b"", UNCLEAR),
    ],
)
def test_items(content: bytes, items: list[bytes] | None) -> None:
    assert items_in(content) == items


@given(st.lists(st.sampled_from(["<items>", "</items>", "<items/>", "<a>", "</a>", "b", " "])))
def test_items_are_what_is_read(pieces: list[str]) -> None:
    content = "".join(pieces)
    try:
        root = parse(f"<r>{content}</r>".encode())
    except Unreadable:
        return
    items = items_in(content.encode())
    if items is not None:
        assert [_value(parse(as_document(item))) for item in items] == [
            _value(child) for child in children(root)
        ]
    names = {local_name(child) for child in children(root)}
    if "items" in names and len(names) == 1:
        assert may_be_array(content.encode())
