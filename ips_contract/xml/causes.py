"""What a document is that is no readable XML: the cause, where a parser knows only the symptom.

Looks at the start of a document, and no further than ``_LOOKED_AT``, so that it costs little
whatever comes. It is asked only about documents that could not be read.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ips_contract.xml.text import clipped

_LOOKED_AT = 4096  # Bytes.
_BOM = b"\xef\xbb\xbf"


class Cause(NamedTuple):
    """The rule that the document breaks, and what it is and what to do, in whole sentences."""

    rule: str
    words: str


# First bytes → the name of what they begin.
_COMPRESSED = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip"),
    (b"\x78\x01", "deflate (zlib)"),
    (b"\x78\x9c", "deflate (zlib)"),
    (b"\x78\xda", "deflate (zlib)"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)
_FILES = (
    (b"%PDF-", "a PDF file"),
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
)


# Nothing in these can be tried again and again: what comes may be chosen to take long.
_MULTIPART = re.compile(
    rb"(?:MIME-Version:[^\n]*+\n|Content-[A-Za-z-]++:[^\n]*+\n(?:[ \t][^\n]*+\n)*+)*+\s*+"
    rb"--[^\s][^\r\n]{0,100}+\r?\n(?:MIME-Version|Content-[A-Za-z-]++)[ \t]*+:",
    re.IGNORECASE,
)
_HTTP_HEAD = re.compile(rb"(?:[A-Z]{3,10}+ [^\s]++ )?HTTP/[0-9]")
_HEADERS = re.compile(
    rb"(?:[A-Za-z][A-Za-z0-9-]*+:[ \t][^\r\n]*+\r?\n){1,100}+[ \t]*+\r?\n\s*+<", re.IGNORECASE
)
_JSON = re.compile(rb"""\{\s*+(?:"|\}\s*+\Z)|\[\s*+(?:[\[{"0-9]|\]\s*+\Z)""")
_JSON_TEXT = re.compile(rb'"\s*+(?:<|\\u003c)', re.IGNORECASE)
_FORM = re.compile(
    rb"(?:[\w.:\[\]-]{1,100}+=)?(?:%ef%bb%bf)?+(?:%0d|%0a|%20|\+)*+%3c", re.IGNORECASE
)
_FORM_RAW = re.compile(rb"[\w.\[\]-]{1,100}+=\s*+<")
_ESCAPED = re.compile(rb"&(?:amp;)*+(?:lt|#60|#x3c);", re.IGNORECASE)
_BACKSLASHED = re.compile(
    rb"(?:\\[nrt])*+(?:\\u003c|\\x3c|(?s:.{0,500}?)<[\w:.-]++\s++[\w:.-]++=\\[\"'])", re.IGNORECASE
)
_BASE64 = re.compile(rb"(?:77u/)?+P(?:D9[4-7]|FNP|Evb|EVu|HNv|HN1|HM6|GV|Hh)[A-Za-z0-9+/\r\n]{16}")
_QUOTED_PRINTABLE = re.compile(rb"(?s:.{0,500}?)<[\w:.-]++\s++[\w:.-]++=3D[\"']")
_CHUNK = re.compile(rb"[0-9A-Fa-f]{1,8}+(?:;[^\r\n]*+)?+\r\n\s*+<")
_LITERAL = re.compile(rb"(?:[bu][\"']|')(?:\\[nrt]|\s)*+<", re.IGNORECASE)
# What languages make of an object if text is wanted: Python, JavaScript; Java and .NET.
_OBJECT = re.compile(
    rb"(?:None|null|undefined|nil|\[object [A-Za-z]{1,60}+\])\s*+\Z"
    rb"|<[A-Za-z_][^<>]{1,200}? at 0x[0-9A-Fa-f]++>\s*+\Z"
    rb"|(?:[A-Za-z_$][\w$]{0,60}+\.){1,10}+[A-Za-z_$][\w$]{0,60}+(?:@[0-9a-f]{1,16}+)?+\s*+\Z"
)
_BEFORE_HTML = rb"(?:\s++|<!--(?:[^-]|-(?!->))*+-->|<\?[^>]*+>)*+"
_HTML = re.compile(_BEFORE_HTML + rb"<(?:html|head|body)[\s>]", re.IGNORECASE)
_HTML_TYPE = re.compile(_BEFORE_HTML + rb"<!doctype\s++html\b", re.IGNORECASE)
_HTML_TAG = re.compile(rb"<(?:html|head|body|title|meta)[\s>]", re.IGNORECASE)
_TITLE = re.compile(rb"<title[^<>]{0,100}+>([^<]{1,200}+)", re.IGNORECASE)

_ONCE_MORE = "send the XML itself, with Content-Type text/xml"
# What the start looks like → what the document is, and what to do.
_TEXTS = (
    (
        _HTTP_HEAD,
        (
            "The document begins with the head of an HTTP message; give its body alone: what "
            "follows the first empty line."
        ),
    ),
    (
        _HEADERS,
        "The document begins with HTTP headers; give the body alone: what follows the empty line.",
    ),
    (_JSON, f"The document is JSON, and the API speaks XML; {_ONCE_MORE}."),
    (_JSON_TEXT, "The document is a text of JSON, in quotes, that holds XML; send what is in it."),
    (_FORM, f"The document is a form (its XML is %-encoded); {_ONCE_MORE}."),
    (_FORM_RAW, f"The document is a form, name=value; {_ONCE_MORE}."),
    (
        _ESCAPED,
        (
            "The markup of the document is escaped: it begins with &lt; where < belongs. It was "
            "escaped once too often; send the XML itself."
        ),
    ),
    (
        _BACKSLASHED,
        (
            'The document is written as in source code or JSON (\\", \\n or \\u003c); send the '
            "text that this stands for."
        ),
    ),
    (
        _LITERAL,
        (
            "The document is written as in source code (b'…'); send the bytes themselves, and "
            "encode text instead of having it shown."
        ),
    ),
    (
        _OBJECT,
        (
            "The document is the name of an object or of a file, and not what is in it; "
            "serialize the object, or read the file."
        ),
    ),
    (
        _CHUNK,
        (
            "The document begins with the size of a chunk (Transfer-Encoding: chunked); decode "
            "that first."
        ),
    ),
    (_BASE64, "The document is base64; decode it first."),
    (
        _QUOTED_PRINTABLE,
        "The document is quoted-printable, as mail is (=3D is =); decode it first.",
    ),
)

# What stands somewhere in a start that these match. They look for it from place to place, which
# takes longer than all others together.
_NEEDED = {_BACKSLASHED: b"\\", _QUOTED_PRINTABLE: b"=3D"}
# Those that what starts with "<" can match.
_MARKUP = [row for row in _TEXTS if row[0] in (_BACKSLASHED, _OBJECT, _QUOTED_PRINTABLE)]


def cause_of(data: bytes) -> Cause | None:
    """What ``data``, which is no readable XML, is; None if it looks like XML that is broken."""
    for start, kind in _COMPRESSED:
        if data.startswith(start):
            return Cause("compressed", f"The document is {kind} data; decompress it first.")
    for start, kind in _FILES:
        if data.startswith(start):
            return Cause("not-xml", f"The document is {kind}, and the API takes XML.")
    if data.startswith(_BOM * 2):
        return Cause("not-xml", "The document begins with two byte order marks; write one or none.")
    if data.startswith("\ufeff".encode().decode("latin-1").encode()):
        return Cause(
            "not-xml",
            "The document begins with a byte order mark that was encoded twice; it is UTF-8 that "
            "was taken for another encoding. Read it as UTF-8.",
        )
    start = _shown_start(data)
    if not start:
        if data and not data.strip(b" \t\r\n"):
            return Cause("not-xml", "The document is empty: it has white space and nothing else.")
        return None if data[_LOOKED_AT:].strip() else Cause("not-xml", "The document is empty.")
    is_markup = start.startswith(b"<")
    if not is_markup and _MULTIPART.match(start):
        return Cause("not-xml", _multipart(start))
    for pattern, words in _MARKUP if is_markup else _TEXTS:
        if _NEEDED.get(pattern, b"") in start and pattern.match(start):
            return Cause("not-xml", words)
    words = html_words(start)
    return Cause("not-xml", words) if words else None


def html_words(data: bytes) -> str:
    """What to say of an HTML page; ``""`` if ``data`` is none."""
    start = _shown_start(data)
    if not _HTML.match(start) and not (_HTML_TYPE.match(start) and _HTML_TAG.search(start)):
        return ""
    title = _TITLE.search(start)
    text = " ".join(title[1].decode("utf-8", "replace").split()) if title else ""
    name = f' "{clipped(text)}"' if text else ""
    return (
        f"The document is an HTML page{name} and no message, as a login, a proxy or a gateway "
        "sends one; look at the address, and at the HTTP status."
    )


def _shown_start(data: bytes) -> bytes:
    """The first bytes, without a byte order mark and blanks before them; of UTF-16 every other."""
    start = data[:_LOOKED_AT]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in start[:2]:
        start = start.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").replace(b"\0", b"")
    return start.removeprefix(_BOM).lstrip()


def _multipart(start: bytes) -> str:
    if b"xop+xml" in start.lower():
        kind, what = "an MTOM message (multipart, with XOP)", "switch MTOM off"
    else:
        kind, what = "a MIME multipart message (SOAP with attachments)", "send no attachments"
    return f"The document is {kind}, and the API takes the envelope alone; {what} in the client."
