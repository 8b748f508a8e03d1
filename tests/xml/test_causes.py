"""What is given instead of XML: each kind is named, with what to do."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest

from ips_contract import validate
from ips_contract.xml.causes import cause_of, html_words
from tests.growth import QUADRATIC, growth
from tests.messages import REQUEST, envelope

if TYPE_CHECKING:
    from collections.abc import Callable

SOAP = envelope(REQUEST)
DECLARED = b'<?xml version="1.0" encoding="UTF-8"?>' + SOAP
PAGE = b"<head><title>\n Sign  in </title></head><body>502<br></body></html>"
PART = b"--uuid:1\r\nContent-Type: %s\r\nContent-ID: <a>\r\n\r\n%s\r\n--uuid:1--\r\n"
MIME = b'MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n boundary="uuid:1"\r\n\r\n'
XOP = PART % (b'application/xop+xml; charset=UTF-8; type="text/xml"', SOAP)
ATTACHED = PART % (b"text/xml", SOAP)


def _zip(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        # Not the time of now, which is in the names of the tests: all workers must agree on these.
        archive.writestr(zipfile.ZipInfo("message.xml"), data)
    return file.getvalue()


# Words → what they are said of.
CAUSES: dict[str, list[bytes]] = {
    "is gzip data; decompress it first.": [
        gzip.compress(SOAP, mtime=0),
        gzip.compress(SOAP, mtime=0)[:9],
    ],
    "is zip data; decompress it first.": [_zip(SOAP)],
    "is deflate (zlib) data; decompress it first.": [zlib.compress(SOAP, n) for n in (1, 6, 9)],
    "is bzip2 data; decompress it first.": [bz2.compress(SOAP)],
    "is xz data; decompress it first.": [lzma.compress(SOAP)],
    "is zstd data; decompress it first.": [b"\x28\xb5\x2f\xfd\x04\0"],
    "is a PDF file, and the API takes XML.": [b"%PDF-1.7\n%\xe2"],
    "is a PNG image, and": [b"\x89PNG\r\n\x1a\n"],
    "is a JPEG image, and": [b"\xff\xd8\xff\xe0"],
    "is a GIF image, and": [b"GIF89a"],
    "is an MTOM message (multipart, with XOP), and the API takes the envelope alone; switch MTOM": [
        *(XOP, b"\r\n" + XOP, MIME + XOP),
    ],
    "is a MIME multipart message (SOAP with attachments), and the API takes": [
        *(ATTACHED, b"\r\n" + ATTACHED, MIME + ATTACHED, ATTACHED.replace(b"\r", b"")),
    ],
    "begins with the head of an HTTP message; give its body alone": [
        b"POST /scene7/services/IpsApiService HTTP/1.1\r\nHost: x\r\n\r\n" + SOAP,
        b"HTTP/1.1 200 OK\nServer: x\n\n" + SOAP,
        b"HTTP/2 200\n\n" + SOAP,
    ],
    "begins with HTTP headers; give the body alone": [
        b'Content-Type: text/xml\r\nSOAPAction: "submitJob"\r\n\r\n' + DECLARED,
        b"Host: x\n\n" + SOAP,
    ],
    "is JSON, and the API speaks XML": [
        *(b'{"submitJob": {}}', b' {\n "a": 1}', b"{}", b"[]", b'[{"a": 1}]', b"[1, 2]"),
        '{"a": 1}'.encode("utf-16"),
    ],
    "is a text of JSON, in quotes, that holds XML": [
        *(b'"' + SOAP.replace(b'"', b'\\"') + b'"', b'"\\u003ca/>"'),
    ],
    "is a form (its XML is %-encoded)": [
        *(b"xml=%3Csoap%3AEnvelope", b"%3c%3fxml", b"a[0]=%0A+%3Ca", b"%EF%BB%BF%3Ca"),
    ],
    "is a form, name=value": [b"xml=" + SOAP],
    "is escaped: it begins with &lt; where < belongs": [
        *(SOAP.replace(b"<", b"&lt;"), b"\n&amp;lt;a>", b"&#60;a>", b"&#x3C;a>"),
    ],
    "is written as in source code or JSON": [
        *(SOAP.replace(b'"', b'\\"'), b"\\n\\u003ca/>", DECLARED.replace(b'"', b'\\"')),
    ],
    "is written as in source code (b'…'); send the bytes themselves": [
        *(repr(SOAP).encode(), b"b'<a/>'", b"'\\n<a/>'", b'B"<a/>"', b"'" + SOAP + b"'"),
    ],
    "is the name of an object or of a file": [
        *(b"None", b"null\n", b"undefined", b"[object XMLDocument]", b"System.Xml.XmlDocument"),
        *(b"<Element 'a' at 0x7f2c>", b"<_io.BytesIO object at 0x7f2c>", b"org.w3c.Doc@1f2e"),
        *(b"request.xml", b"$builder.toString"),
    ],
    "begins with the size of a chunk": [b"1a\r\n<a/>\r\n0\r\n\r\n", b"4;x=y\r\n<a/>"],
    "is base64; decode it first.": [
        base64.b64encode(data) for data in (SOAP, DECLARED, REQUEST, b"\xef\xbb\xbf" + DECLARED)
    ],
    "is quoted-printable, as mail is": [SOAP.replace(b"=", b"=3D")],
    "begins with two byte order marks; write one or none.": [b"\xef\xbb\xbf" * 2 + SOAP],
    "begins with a byte order mark that was encoded twice": [
        b"\xef\xbb\xbf".decode("latin-1").encode() + SOAP
    ],
    'is an HTML page "Sign in" and no message': [
        *(b"<html>" + PAGE, b"<HTML lang=en>" + PAGE, b"<!-- a -->\n<html>" + PAGE),
        *(PAGE, b"<!doctype html>\n<html>" + PAGE, b"<!DOCTYPE html><html>" + PAGE),
        b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "a" "b"><html>' + PAGE,
    ],
    "is an HTML page and no message": [b"<html><body><br></body></html>", b"<head><meta a>"],
    "is empty.": [b"", b"\xef\xbb\xbf", b"\xef\xbb\xbf \n", b"\xff\xfe \0"],
    "is empty: it has white space and nothing else.": [b" ", b"\r\n\t", b"\n" * 5000],
}


@pytest.mark.parametrize(
    ("document", "words"), [(data, words) for words, rows in CAUSES.items() for data in rows]
)
def test_causes(document: bytes, words: str) -> None:
    (found,) = validate(document).violations
    assert words in found.message
    is_packed = words.endswith("decompress it first.")
    is_typed = b"<!DOCTYPE" in document[:60] and "HTML" in words
    rule = "compressed" if is_packed else "document-type" if is_typed else "not-xml"
    assert found.rule == rule


@pytest.mark.parametrize(
    "document",
    [
        *(
            b"<a>",
            b"<a><!-- <!DOCTYPE html> <html> --><b></a>",
            b"<a b=c>",
            b"<",
            b"hello",
            b"x: y",
            b"null and void",
            b"hello. world",
            b"<a at 0x7f2c>x",
        ),
        *(b"<html:a><b>", b"<htmlx>", b"<a>{}", b"<a>--b\nContent-Type: x", b"<a x='3=3D4'>"),
        *(b"<!DOCTYPE html><submitJobParam>", b"[x", b"{x", b"PHP", b"POST it", b"--b\nfoo"),
        b"<a><sourceUrl>http://x/?a=3D&b=%3C</sourceUrl>",
        b'<a b="http://x/?a=3D">' + b"<b>",
    ],
)
def test_xml_that_is_broken_is_nothing_else(document: bytes) -> None:
    assert cause_of(document) is None


def test_lines_that_were_lost_are_no_harm() -> None:
    # curl -d @file leaves line ends out.
    assert validate(DECLARED.replace(b"\n", b""), logged_in=True).violations == ()


def test_a_long_title_is_clipped() -> None:
    assert len(html_words(b"<html><title>" + b"x" * 150 + b"</title>")) < 250


@pytest.mark.parametrize(
    "part",
    [
        *(b"<", b"<a ", b"<a a=", b"&amp;", b"-", b"a: b\n", b"%0a", b" ", b"\n ", b"<!---->"),
        *(b"<?>", b"a", b"[", b'"', b"Content-A:\n ", b"A ", b"\\n", b"PHN", b"<title>"),
    ],
)
def test_no_document_takes_long(part: bytes) -> None:
    def prepare(size: int) -> Callable[[], object]:
        data = part * (size // len(part))
        return lambda: [cause_of(data) for _ in range(20)]

    assert growth(prepare, 256) < QUADRATIC  # More than 16 times that is not looked at.
