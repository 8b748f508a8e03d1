"""Mutations of bytes: documents that are no XML, or none that is read."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from ips_contract.generation.mutations.mutation import DOCUMENT, Mutation, Subject, Target
from ips_contract.generation.tree_walk import to_xml
from ips_contract.xml.parser import DEFAULT_LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml import etree

    from ips_contract.generation.minimal import Choose

    Spoil = Callable[[bytes, Choose], bytes]


def _spoiling(rule: str, kind: str, description: str, spoil: Spoil) -> Mutation:
    """A mutation of the bytes of a document."""

    def find(subject: Subject) -> list[Target]:
        return [Target("/", None, None, subject.version)]

    def apply(root: etree._Element, _target: Target, choose: Choose) -> bytes:
        return spoil(to_xml(root), choose)

    return Mutation(rule, kind, description, DOCUMENT, find, apply)


def _pad(data: bytes, _choose: Choose) -> bytes:
    return data + b"\n" * (DEFAULT_LIMIT + 1 - len(data))


def _long_namespace(data: bytes, _choose: Choose) -> bytes:
    return _in_root(data, b' xmlns:long="urn:' + b"x" * 1000 + b'" long:a=""')


def _in_root(data: bytes, attribute: bytes) -> bytes:
    """``data`` with ``attribute`` in the root's tag; the first ``>`` ends it, as we write it."""
    end = data.index(b">")
    end -= data[end - 1 : end] == b"/"
    return data[:end] + attribute + data[end:]


def _behind_root_tag(data: bytes, text: bytes) -> bytes:
    end = data.index(b">") + 1
    if data[end - 2 : end] == b"/>":
        name = data[1:end].split()[0]
        return data[: end - 2] + b">" + text + b"</" + name + b">"
    return data[:end] + text + data[end:]


def _gzip(data: bytes, _choose: Choose) -> bytes:
    # Stored, not squeezed, so that every zlib gives the same bytes.
    packer = zlib.compressobj(0, zlib.DEFLATED, -15)
    body = packer.compress(data) + packer.flush()
    size = struct.pack("<II", zlib.crc32(data), len(data))
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + body + size


def _zip(data: bytes, _choose: Choose) -> bytes:
    import io
    import zipfile

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo("message.xml"), data)  # With a fixed date, stored.
    return file.getvalue()


def _truncate(data: bytes, choose: Choose) -> bytes:
    return data[: choose(range(1, len(data)))]


def _blank(_data: bytes, choose: Choose) -> bytes:
    return choose((b"", b" ", b"\n\n"))


def _text(_data: bytes, choose: Choose) -> bytes:
    return choose((b"Not Found", b'{"jobHandle": "47|J|"}', b"<!-- nothing -->", b"<"))


def _insert_text(*texts: bytes) -> Spoil:
    return lambda data, choose: _behind_root_tag(data, choose(texts))


def _recode(data: bytes, choose: Choose) -> bytes:
    text = choose((b"\xe9", b"\xff", b"\xc3(", b"\xed\xa0\x80"))
    return _behind_root_tag(data, b"<description>" + text + b"</description>")


def _declare(data: bytes, choose: Choose) -> bytes:
    encoding = choose((b"UTF-16", b"no-such-encoding", b"UCS-4"))
    return b'<?xml version="1.0" encoding="' + encoding + b'"?>' + data


def _before_declaration(data: bytes, choose: Choose) -> bytes:
    return choose((b" ", b"\n", b"x")) + b'<?xml version="1.0"?>' + data


def _after_root(data: bytes, choose: Choose) -> bytes:
    return data + choose((b"x", b"<again/>", b"</again>", data))


def _attributes(data: bytes, choose: Choose) -> bytes:
    return _in_root(data, choose((b" a=b", b" a", b' a="1" a="2"', b' a="<"', b' a="1"b="2"')))


def _prefix(data: bytes, _choose: Choose) -> bytes:
    return _behind_root_tag(data, b"<nobody:knows/>")


def _doctype(*doctypes: bytes) -> Spoil:
    return lambda data, choose: choose(doctypes) + data


_BOMB = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 9) for n in range(1, 9))


def _nest(data: bytes, choose: Choose) -> bytes:
    depth = choose((300, 1000, 5000))
    return _behind_root_tag(data, b"<a>" * depth + b"</a>" * depth)


UNREADABLE_MUTATIONS: tuple[Mutation, ...] = (
    *(
        _spoiling(rule, kind, description, spoil)
        for rule, kind, description, spoil in (
            ("too-large", "padding", "pads the document beyond the limit", _pad),
            ("too-large", "namespace", "declares an endless namespace", _long_namespace),
            ("compressed", "gzip", "compresses the document", _gzip),
            ("compressed", "zip", "puts the document into a zip archive", _zip),
            ("not-xml", "truncated", "cuts the document off", _truncate),
            ("not-xml", "empty", "sends nothing", _blank),
            ("not-xml", "other data", "sends something else", _text),
            ("not-xml", "ampersand", "leaves & unescaped", _insert_text(b"A & B", b"&", b"&;")),
            ("not-xml", "less-than", "leaves < unescaped", _insert_text(b"a < b", b"<", b"1<2")),
            ("not-xml", "CDATA end", "writes ]]> in a text", _insert_text(b"]]>")),
            ("not-xml", "open tag", "does not close an element", _insert_text(b"<open>")),
            ("not-xml", "crossed tags", "crosses tags", _insert_text(b"<a><b></a></b>")),
            (
                *("not-xml", "character", "holds a character that XML has not"),
                _insert_text(b"\0", b"\x01", b"\x1f", b"&#0;", b"&#31;", b"\xef\xbf\xbf"),
            ),
            ("not-xml", "entity", "uses an unknown entity", _insert_text(b"&nbsp;", b"&eacute;")),
            ("not-xml", "comment", "has a wrong comment", _insert_text(b"<!-- -- -->", b"<!-- ")),
            ("not-xml", "encoding", "is not in the encoding it has", _recode),
            ("not-xml", "declaration", "declares an encoding it has not", _declare),
            ("not-xml", "before", "starts before its declaration", _before_declaration),
            ("not-xml", "behind", "goes on behind its root", _after_root),
            ("not-xml", "attributes", "has malformed attributes", _attributes),
            ("not-xml", "prefix", "uses a prefix it does not declare", _prefix),
            (
                *("document-type", "plain", "has a document type"),
                _doctype(b"<!DOCTYPE x>", b'<!DOCTYPE html PUBLIC "a" "b">\n'),
            ),
            (
                *("document-type", "external", "names a file of declarations"),
                _doctype(b'<!DOCTYPE x SYSTEM "file:///etc/passwd">'),
            ),
            (
                *("document-type", "entity", "declares an entity"),
                _doctype(
                    b'<!DOCTYPE x [<!ENTITY e "x">]>',
                    b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
                    b'<!DOCTYPE x [<!ENTITY e0 "ha">' + _BOMB + b"]>",
                ),
            ),
            ("too-deep", "nested", "nests elements too deep", _nest),
        )
    ),
)
