"""In which encoding a document is read, and what is told where header and bytes differ."""

from __future__ import annotations

import codecs

import pytest

from ips_contract.xml.encodings import read_as
from ips_contract.xml.parser import parse

TEXT = "Grüße"
BARE = f"<a>{TEXT}</a>"
MARK = codecs.BOM_UTF8


def declared(encoding: str) -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?>\n{BARE}'


def mojibake(text: str) -> str:
    return text.encode().decode("latin-1")


LATIN, PLAIN = BARE.encode("latin-1"), BARE.encode()
IS_UTF_8 = "is said, and the bytes are UTF-8; say that they are UTF-8."
BOTH = "and the XML declaration says {}; the first counts (RFC 7303). Say the same in both."
BEGINS = "and the document begins as {}, which counts"
# The document, the charset, the text that is read ("" if none can be), and the doubt's words.
READINGS: list[tuple[bytes, str | None, str, str]] = [
    # What agrees.
    (PLAIN, None, TEXT, ""),
    (PLAIN, "UTF-8", TEXT, ""),
    (PLAIN, "utf8", TEXT, ""),
    (MARK + PLAIN, "utf-8", TEXT, ""),
    (declared("utf-8").encode(), "UTF-8", TEXT, ""),
    (LATIN, "ISO-8859-1", TEXT, ""),
    (declared("ISO-8859-1").encode("latin-1"), "latin1", TEXT, ""),
    (declared("ISO-8859-1").encode("latin-1"), None, TEXT, ""),
    ("<a>€</a>".encode("cp1252"), "windows-1252", "€", ""),
    ("<a>日本</a>".encode("shift_jis"), "Shift_JIS", "日本", ""),
    (b"<a>x</a>", "us-ascii", "x", ""),
    (b'<?xml version="1.0" encoding="UTF-8"?><a>x</a>', "US-ASCII", "x", ""),
    (b"<a>x</a>", "ISO-8859-1", "x", ""),
    (BARE.encode("utf-16"), "utf-16", TEXT, ""),
    (BARE.encode("utf-16"), None, TEXT, ""),
    (declared("utf-16").encode("utf-16"), "utf-16", TEXT, ""),
    (declared("utf-16").encode("utf-16"), "utf-16le", TEXT, ""),
    (BARE.encode("utf-16-le"), "utf-16le", TEXT, ""),
    (BARE.encode("utf-16-be"), "utf-16", TEXT, ""),
    # The header counts more than the declaration, and a mark more than the header.
    (PLAIN, "ISO-8859-1", mojibake(TEXT), f"charset=ISO-8859-1 {IS_UTF_8}"),
    (declared("ISO-8859-1").encode(), None, mojibake(TEXT), f"encoding=ISO-8859-1 {IS_UTF_8}"),
    (declared("ISO-8859-1").encode(), "utf-8", TEXT, BOTH.format("ISO-8859-1")),
    (declared("UTF-8").encode("latin-1"), "iso-8859-1", TEXT, BOTH.format("UTF-8")),
    (declared("utf8").encode("latin-1"), "iso-8859-1", TEXT, BOTH.format("utf8")),
    (declared("UTF-8").encode(), "iso-8859-1", mojibake(TEXT), BOTH.format("UTF-8")),
    (
        b'<?xml version="1.0" encoding="ISO-8859-1"?><a>x</a>',
        *("utf-8", "x", BOTH.format("ISO-8859-1")),
    ),
    (MARK + PLAIN, "latin1", TEXT, f"charset=latin1 is sent, {BEGINS.format('UTF-8')}; send"),
    (
        MARK + declared("ISO-8859-1").encode(),
        *(None, TEXT, f"The XML declaration says ISO-8859-1, {BEGINS.format('UTF-8')}."),
    ),
    (BARE.encode("utf-16"), "utf-8", TEXT, f"{BEGINS.format('UTF-16')}; send charset=UTF-16."),
    (BARE.encode("utf-16-be"), "utf-16le", TEXT, f"{BEGINS.format('UTF-16')}; send"),
    (
        declared("utf-8").encode("utf-16"),
        *("utf-16", TEXT, f"The XML declaration says utf-8, {BEGINS.format('UTF-16')}."),
    ),
    # What the header says cannot be: the document's own word counts.
    (
        PLAIN,
        "utf-16",
        TEXT,
        "charset=utf-16 is sent, and the bytes are not in it; send charset=UTF-8",
    ),
    (PLAIN, "us-ascii", TEXT, "and the bytes are not in it; send charset=UTF-8."),
    (
        declared("ISO-8859-1").encode("latin-1"),
        *("utf-8", TEXT, "and the bytes are not in it; send charset=ISO-8859-1."),
    ),
    (PLAIN, "x-none", TEXT, "charset=x-none is sent, which is not read here; send UTF-8."),
    (PLAIN, "iso-8859-12", TEXT, "which is not read here; send UTF-8."),  # There is none.
    (PLAIN, "utf-7", TEXT, "which is not read here; send UTF-8."),
    (PLAIN, "punycode", TEXT, "which is not read here; send UTF-8."),
    (PLAIN, "", TEXT, "charset= is sent, which is not read here; send UTF-8."),
    (PLAIN, "é", TEXT, "charset=é is sent, which is not read here; send UTF-8."),
    # Neither can be.
    (b"<a>\xff\xfc</a>", "utf-8", "", ""),
    (b"<a>\xff\xfc</a>", None, "", ""),
    (b"<a>\xff\xfc</a>", "us-ascii", "", "not in it; say the encoding that they have, or UTF-8."),
    (b'<?xml version="1.0" encoding="x-none"?><a/>', "utf-8", "", ""),
    (BARE.encode("utf-16-le"), None, "", ""),
    (b"\xff\xfe<\0a", "utf-16", "", ""),
    (b"", "x-none", "", ""),
]


@pytest.mark.parametrize(("data", "charset", "text", "doubt"), READINGS)
def test_readings(data: bytes, charset: str | None, text: str, doubt: str) -> None:
    reading = read_as(data, charset)
    try:
        read = parse(reading.data).text or ""
    except ValueError:
        read = ""
    assert read == text
    assert (doubt in reading.doubt) if doubt else reading.doubt == ""


def test_the_parser_gets_what_was_sent_where_it_reads_it_rightly() -> None:
    for data, charset in (
        (PLAIN, "utf-8"),
        (declared("ISO-8859-1").encode("latin-1"), "latin-1"),
        (BARE.encode("utf-16"), "utf-16"),
        (b"<a/>", "iso-8859-1"),
    ):
        assert read_as(data, charset).data is data


def test_a_declaration_says_the_encoding_that_is_read_and_lines_stay() -> None:
    data = declared("windows-1252").encode("cp1252")
    read = read_as(data, "iso-8859-15").data
    assert read == declared("UTF-8").replace('"?>', '"       ?>').encode()
    assert read.index(b"<a>") == data.index(b"<a>")


@pytest.mark.parametrize("hidden", ["utf-7", "hz", "iso-2022-jp", "unicode_escape"])
def test_no_charset_hides_a_document_type(hidden: str) -> None:
    data = b"+ADwAIQ-DOCTYPE a []><a/>"
    assert read_as(data, hidden).data is data
    with pytest.raises(ValueError, match="DOCTYPE"):
        parse(read_as("<!DOCTYPE a><a>é</a>".encode("latin-1"), "latin-1").data)
