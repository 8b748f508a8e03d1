"""The parser: what it reads, what it refuses, and its words for that."""

from __future__ import annotations

import pytest
from lxml import etree

from ips_contract import validate
from ips_contract.xml.parser import Unreadable, parse, starts_plainly, text_of
from tests.findings import found
from tests.messages import REQUEST


def test_the_parser_leaves_comments_out() -> None:
    root = parse(b"<a>1<!-- 2 --><?p 3?>4</a>")
    assert (root.text, len(root)) == ("14", 0)


def test_the_place_where_xml_ends_to_be_well_formed() -> None:
    with pytest.raises(Unreadable, match="not well-formed XML: ") as caught:
        parse(b"<a>\n<b>&</b>\n</a>")
    assert (caught.value.line, caught.value.rule) == (2, "not-xml")
    assert caught.value.column is not None
    assert ", line" not in str(caught.value)
    (found,) = validate(b"<a>\n<b>&</b>\n</a>").violations
    assert (found.line, found.column) == (2, caught.value.column)


def test_a_long_error_of_the_parser_is_clipped() -> None:
    with pytest.raises(Unreadable) as caught:
        parse(f"<{'a' * 300}></b>".encode())
    head = "The document is not well-formed XML: "
    assert len(str(caught.value)) == len(head) + 200 + 1
    assert str(caught.value).endswith("a….")


class Raising:
    """A parser target that fails as lxml does where it cannot decode a document."""

    def start(self, *_: object) -> None:
        raise ValueError("x" * 201)

    def close(self) -> None:
        """Ends the parse."""


def test_errors_of_lxml_that_are_none_of_xml(monkeypatch: pytest.MonkeyPatch) -> None:
    failing = etree.XMLParser(target=Raising())  # type: ignore[call-overload] # two methods do
    monkeypatch.setattr("ips_contract.xml.parser._PARSER", failing)
    (found,) = validate(b"<a/>").violations
    assert found.rule == "not-xml"
    assert found.message == f"The document is not well-formed XML: {'x' * 199}…."


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ("<a/>", ""),
        ("<a>1</a>", "1"),
        ("<a>1<b/>2<b/>3</a>", "123"),
        ("<a><b/><b/>3</a>", "3"),
        ("<a><!-- x -->1<!-- y --></a>", "1"),
    ],
)
def test_text_of(xml: str, text: str) -> None:
    assert text_of(etree.fromstring(xml)) == text


@pytest.mark.parametrize(
    "start", [b"\0\0\0<", b"\xff\xfe\0\0<\0\0\0", b"<\0\0\0?\0\0\0", b"\x4c\x6f\xa7\x94"]
)
def test_encodings_in_the_dark(start: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        parse(start + b"x" * 8)
    assert caught.value.rule == "not-xml"
    assert str(caught.value) == "The document's encoding is not read; send UTF-8."


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_document_type_in_utf_16_is_seen(codec: str, mark: str) -> None:
    start = mark if codec != "utf-16" else ""  # It writes one itself.
    text = f"{start}<?xml version='1.0'?><!DOCTYPE a><a>\ud83d\ude00</a>"
    data = text.encode(codec, "surrogatepass")
    with pytest.raises(Unreadable) as caught:
        parse(data)
    assert caught.value.rule == "document-type"
    # Half a character at the end is no reason to fail in another way.
    with pytest.raises(Unreadable):
        parse(data[:-1])


@pytest.mark.parametrize("prolog", ["<?a?>", "<!---->", "<!-- <!DOCTYPE -->", "<??>"])
def test_a_document_type_behind_the_shortest_prologs(prolog: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse(f"{prolog}\n<!DOCTYPE a><a/>".encode())
    assert (caught.value.rule, caught.value.line) == ("document-type", 2)


HIDDEN = [
    b'<?xml version="1.0" encoding="HZ"?><!DOC~\nTYPE a []><a/>',
    b'<?xml version="1.0" encoding="JAVA"?>\\u003c!DOCTYPE a []><a/>',
    b'<?xml version="1.0" encoding="ISO-2022-JP"?><!DOC\x1b(BTYPE a []><a/>',
    b'<?xml version="1.0" encoding="UNICODE-1-1-UTF-7"?>+ADwAIQ-DOCTYPE a []><a/>',
    b'<?xml version="1.0"' + b" " * 200 + b'encoding="UTF-7"?>+ADwAIQ-DOCTYPE a []><a/>',
    b"\xef\xbb\xbf<?xml version='1.0' encoding='utf-7'?><a/>",
]


@pytest.mark.parametrize("document", HIDDEN)
def test_encodings_that_could_hide_a_document_type(document: bytes) -> None:
    (violation,) = validate(document).violations
    assert violation.rule == "not-xml"
    assert "is not read; send UTF-8." in violation.message


@pytest.mark.parametrize(
    "encoding", "utf-8 us-ascii iso-8859-1 windows-1252 shift_jis euc-jp gb18030 big5".split()
)
def test_encodings_that_are_read(encoding: str) -> None:
    document = f'<?xml version="1.0" encoding="{encoding}"?>{REQUEST.decode()}'.encode(encoding)
    assert found(document) == []


@pytest.mark.parametrize(
    ("document", "advice"),
    [
        (b"<a>A & B</a>", "An & in a text is written &amp;."),
        (b"<a>&amp</a>", "An & in a text is written &amp;."),
        (b"<a>A < B</a>", "A < in a text is written &lt;."),
        (b'<a b="<"/>', "A < in a value is written &lt;."),
        (b"<a>&nbsp;</a>", "write others as &#160;."),
        (b"<a><b>", "It ends early: was all of it captured?"),
        (b"<a", "It ends early: was all of it captured?"),
        (b"hello", "It does not begin with an element; is it a message?"),
        (b"<a/><b/>", "give one document at a time."),
        (b' <?xml version="1.0"?><a/>', "Remove what stands before <?xml."),
        (b"<a>\xfc</a>", "Its bytes are in another encoding; send UTF-8."),
        (b"<a>\x01</a>", "XML cannot carry this character; leave it out."),
        (b"<a>&#0;</a>", "XML cannot carry this character; leave it out."),
        (
            b'<?xml version="1.0" encoding="utf-16"?><a/>',
            "It declares UTF-16 and is not: declare the encoding that it has.",
        ),
        (
            b'<?xml version="1.0"?><a/>\n<?xml version="1.0"?><a/>',
            "Two documents are in it; give one document at a time.",
        ),
        (b"<x:a/>", "Namespace prefix x on a is not defined."),
    ],
)
def test_advice_on_what_is_no_xml(document: bytes, advice: str) -> None:
    (violation,) = validate(document).violations
    assert violation.rule == "not-xml"
    assert violation.message.endswith(advice)


DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>'
LONG = b"<!-- " + b"long " * 100 + b"-->"


@pytest.mark.parametrize(
    ("start", "is_plain"),
    [
        (b"<a/>", True),
        (b"<_a/>", True),
        (DECLARATION + b"\n<a/>", True),
        (LONG + b"<a/>", True),
        (DECLARATION + LONG + b"\r\n<a/>", True),
        (DECLARATION + LONG + b"<!DOCTYPE a><a/>", False),
        (LONG + LONG + b"<a/>", False),
        (b"<!DOCTYPE a><a/>", False),
        (DECLARATION + b"<!DOCTYPE a><a/>", False),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?><a/>', False),
        (b"\xef\xbb\xbf<a/>", False),
        ("<a/>".encode("utf-16-le"), False),
        (b"", False),
    ],
)
def test_how_a_document_starts(start: bytes, is_plain: bool) -> None:
    for _ in range(2):  # What was told once is kept.
        assert starts_plainly(start) is is_plain
