"""WSDLs that cannot be read, or are meant to hurt: a clear word, soon, and nothing fetched."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ips_contract import find_version, mock
from ips_contract.wsdl import UnreadableWsdl, read_wsdl
from ips_contract.wsdl.documents import LIMIT
from ips_contract.wsdl.fetching import fetch
from tests.wsdl.changes import part_of_ours

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_httpserver import HTTPServer

HEAD = (
    '<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:t="urn:t" '
    'xmlns:x="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t">'
)
END = "</w:definitions>"


def schema(text: str) -> str:
    return f'{HEAD}<w:types><x:schema targetNamespace="urn:t">{text}</x:schema></w:types>{END}'


def message(text: str) -> str:
    return f"{HEAD}{text}{END}"


def laughs() -> str:
    """Each group refers to the one before ten times: 10^30 fields, written out."""
    groups = ['<x:group name="g0"><x:sequence><x:element name="e"/></x:sequence></x:group>']
    for number in range(1, 31):
        inner = f'<x:group ref="t:g{number - 1}"/>' * 10
        groups.append(f'<x:group name="g{number}"><x:sequence>{inner}</x:sequence></x:group>')
    use = '<x:complexType name="T"><x:group ref="t:g30"/></x:complexType>'
    return schema("".join(groups) + use)


def bases() -> str:
    """A thousand types, each of which extends the one before by a hundred fields."""
    fields = "".join(f'<x:element name="f{number}"/>' for number in range(100))
    rows = ['<x:complexType name="T0"/>']
    rows += [
        f'<x:complexType name="T{number}"><x:complexContent>'
        f'<x:extension base="t:T{number - 1}"><x:sequence>{fields}</x:sequence>'
        "</x:extension></x:complexContent></x:complexType>"
        for number in range(1, 500)
    ]
    return schema("".join(rows))


def many_schemas() -> str:
    """Each schema imports what is not there: each is looked for once."""
    schemas = "".join(
        f'<x:schema targetNamespace="u{number}"><x:import namespace="z" schemaLocation="a"/>'
        "</x:schema>"
        for number in range(9000)
    )
    return f"{HEAD}<w:types>{schemas}</w:types>{END}"


def nested(depth: int) -> str:
    start = '<x:element name="e"><x:complexType><x:sequence>' * depth
    end = "</x:sequence></x:complexType></x:element>" * depth
    return schema(start + end)


EXTENDS = (
    '<x:complexType name="{}"><x:complexContent><x:extension base="t:{}"/>'
    "</x:complexContent></x:complexType>"
)
UNREADABLE: dict[str, tuple[str | bytes | Callable[[], str], str]] = {
    "empty": ("", "The document is empty."),
    "no XML": ("hello", "The document is not well-formed XML"),
    "a page": ("<!DOCTYPE html><html><title>Log in</title></html>", "HTML page"),
    "a message": (
        '<submitJobParam xmlns="urn:x"/>',
        'no WSDL: its root element is "submitJobParam"',
    ),
    "WSDL 2.0": ('<description xmlns="http://www.w3.org/ns/wsdl"/>', "WSDL 2.0 document"),
    "entities": (
        '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + message("&b;"),
        "has a DOCTYPE",
    ),
    "a file as entity": (
        '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + message("&a;"),
        "has a DOCTYPE",
    ),
    "too large": (b"<a>" + b" " * LIMIT, "larger than 4194304 bytes"),
    "deep": (message("<w:types>" * 300), "nest deeper than 256 levels"),
    "many fields": (laughs, "more than 20000 fields"),
    "many bases": (bases, "more than 20000 fields"),
    "many schemas": (many_schemas, ""),
    "deep types": (lambda: nested(80), ""),
    "a group in itself": (
        schema(
            '<x:group name="g"><x:sequence><x:group ref="t:g"/></x:sequence></x:group>'
            '<x:complexType name="T"><x:group ref="t:g"/></x:complexType>'
        ),
        "the group {urn:t}g holds itself",
    ),
    "a base of itself": (
        schema(EXTENDS.format("A", "B") + EXTENDS.format("B", "A")),
        "holds itself",
    ),
    "attributes in themselves": (
        schema(
            '<x:attributeGroup name="g"><x:attributeGroup ref="t:g"/></x:attributeGroup>'
            '<x:complexType name="T"><x:attributeGroup ref="t:g"/></x:complexType>'
        ),
        "the attributeGroup {urn:t}g holds itself",
    ),
    "a type twice": (
        schema('<x:complexType name="T"/><x:simpleType name="T"/>'),
        "it has two of type {urn:t}T",
    ),
    "no such type": (
        schema('<x:element name="e" type="t:None"/>'),
        "it uses the type {urn:t}None, and has none of that name",
    ),
    "no such built-in type": (schema('<x:element name="e" type="x:strin"/>'), "XMLSchema}strin"),
    "no such prefix": (
        schema('<x:element name="e" type="u:T"/>'),
        'prefix of "u:T" is not declared',
    ),
    "no number": (
        schema(
            '<x:complexType name="T"><x:sequence><x:element name="e" maxOccurs="many"/>'
            "</x:sequence></x:complexType>"
        ),
        'maxOccurs is "many", which is no number',
    ),
    "no such element": (
        message('<w:message name="m"><w:part name="p" element="t:e"/></w:message>'),
        "it uses the element {urn:t}e",
    ),
    "no such message": (
        message(
            '<w:portType name="p"><w:operation name="o"><w:input message="t:m"/></w:operation>'
            "</w:portType>"
        ),
        "it uses the message {urn:t}m",
    ),
    "no such port type": (
        message('<w:binding name="b" type="t:p"/>'),
        "it uses the portType {urn:t}p",
    ),
    "no such binding": (
        message('<w:service name="s"><w:port name="p" binding="t:b"/></w:service>'),
        "it uses the binding {urn:t}b",
    ),
    "a message twice": (
        message('<w:message name="m"/><w:message name="m"/>'),
        'it has two of message "m"',
    ),
    "overloaded": (
        message('<w:portType name="p"><w:operation name="o"/><w:operation name="o"/></w:portType>'),
        'it has operation "o" twice',
    ),
    "an include": (
        schema('<x:include schemaLocation="a.xsd"/>'),
        'it needs "a.xsd", which is not read',
    ),
    "an import that is used": (
        schema(
            '<x:import namespace="urn:o" schemaLocation="a.xsd"/>'
            '<x:element name="e" xmlns:o="urn:o" type="o:T"/>'
        ),
        '"a.xsd", which line 1 names, was not read',
    ),
    "another WSDL": (message('<w:import location="http://127.0.0.1:1/"/>'), "which is not read"),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_unreadable(tmp_path: Path, what: str) -> None:
    text, words = UNREADABLE[what]
    text = text() if callable(text) else text
    path = tmp_path / "theirs.wsdl"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    before = time.process_time()
    if not words:
        read_wsdl(path)
    else:
        with pytest.raises(UnreadableWsdl) as caught:
            read_wsdl(path)
        assert words in str(caught.value)
        assert caught.value.name == str(path)
    # Processor's time, so that other programs do not count: a hundred times what it takes.
    assert time.process_time() - before < 10


def test_50_megabytes_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "theirs.wsdl"
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    with pytest.raises(UnreadableWsdl, match=r"larger than 4194304 bytes.*--max-bytes"):
        read_wsdl(path)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs /dev/zero")
def test_what_never_ends_is_not_read_to_its_end() -> None:
    with pytest.raises(UnreadableWsdl, match="larger than 1000 bytes"):
        read_wsdl("/dev/zero", limit=1000)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableWsdl, match="No such file"):
        read_wsdl(tmp_path / "none.wsdl")
    with pytest.raises(UnreadableWsdl, match=r"directory|denied"):
        read_wsdl(tmp_path)


# What it names is read beside it only, and only if asked.

OUTSIDE = [
    ("http://127.0.0.1:{port}/a.xsd", "which is never fetched"),
    ("file:///{outside}", "which is never fetched"),
    ("{outside}", "not in the folder"),
    ("../outside.xsd", "not in the folder"),
    ("..%2Foutside.xsd", "not in the folder"),
    ("link.xsd", "not in the folder"),
    ("none.xsd", "No such file"),
    ("", "no file's name"),
    ("inner/page.html", 'root element is "html"'),
    ("inner", "irectory"),
]


@pytest.mark.parametrize(("location", "words"), OUTSIDE, ids=[row[0] for row in OUTSIDE])
def test_nothing_else_is_followed(tmp_path: Path, location: str, words: str) -> None:
    outside = tmp_path / "outside.xsd"
    outside.write_text("<a/>", encoding="utf-8")
    folder = tmp_path / "folder"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "page.html").write_text(
        "<html><title>Log in</title></html>", encoding="utf-8"
    )
    (folder / "link.xsd").symlink_to(outside)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        location = location.format(port=listening.getsockname()[1], outside=outside)
        path = folder / "theirs.wsdl"
        path.write_text(schema(f'<x:include schemaLocation="{location}"/>'), encoding="utf-8")
        for follow, expected in ((False, "which is not read; --follow"), (True, words)):
            with pytest.raises(UnreadableWsdl) as caught:
                read_wsdl(path, follow=follow)
            assert expected in str(caught.value)
        listening.setblocking(False)
        with pytest.raises(BlockingIOError):  # Nobody called.
            listening.accept()


def test_too_many_files(tmp_path: Path) -> None:
    for number in range(70):
        name = tmp_path / f"{number}.xsd"
        include = f'<x:include schemaLocation="{number + 1}.xsd"/>'
        head = '<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t">'
        name.write_text(f"{head}{include}</x:schema>", encoding="utf-8")
    path = tmp_path / "theirs.wsdl"
    path.write_text(schema('<x:include schemaLocation="0.xsd"/>'), encoding="utf-8")
    with pytest.raises(UnreadableWsdl, match="more than 64 files"):
        read_wsdl(path, follow=True)


def test_the_limit_is_of_all_files_together(tmp_path: Path) -> None:
    path = tmp_path / "theirs.wsdl"
    path.write_text(schema('<x:include schemaLocation="a.xsd"/>'), encoding="utf-8")
    text = f'<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema">{" " * 1000}</x:schema>'
    (tmp_path / "a.xsd").write_text(text, encoding="utf-8")
    read_wsdl(path, follow=True, limit=2000)
    with pytest.raises(UnreadableWsdl, match="larger than 1200 bytes, with what it includes"):
        read_wsdl(path, follow=True, limit=1200)


def test_an_import_that_nothing_uses_is_not_needed(tmp_path: Path) -> None:
    path = tmp_path / "theirs.wsdl"
    imported = '<x:import namespace="urn:o" schemaLocation="http://127.0.0.1:1/o.xsd"/>'
    path.write_text(schema(imported), encoding="utf-8")
    assert read_wsdl(path).elements == {}


# From an address


def test_from_an_address() -> None:
    with mock.serve() as server:
        theirs = read_wsdl(server.wsdl_url("6.6"))
        assert theirs.own == find_version("6.6").namespace
        assert theirs.source == server.wsdl_url("6.6")
        with pytest.raises(UnreadableWsdl, match="the answer has status 404"):
            read_wsdl(f"{server.url}/none.wsdl")
        with pytest.raises(UnreadableWsdl, match="larger than 1000 bytes"):
            read_wsdl(server.wsdl_url("6.6"), limit=1000)


REFUSED = [
    ("ftp://127.0.0.1/a.wsdl", "ftp is not read"),
    ("file:///etc/passwd", "file is not read"),
    ("http://me:secret@127.0.0.1/a.wsdl", "credentials in a URL are not sent"),
    ("http://127.0.0.1:1/a.wsdl?password=secret", "refused"),
    ("http://[::1/a.wsdl", "it is no URL"),
]


@pytest.mark.parametrize(("url", "words"), REFUSED, ids=[row[1] or row[0] for row in REFUSED])
def test_addresses_that_are_refused(url: str, words: str) -> None:
    with pytest.raises(UnreadableWsdl) as caught:
        read_wsdl(url)
    assert words in str(caught.value)
    assert "secret" not in f"{caught.value} {caught.value.name}"


def test_an_answer_that_drips_is_given_up() -> None:
    with mock.serve() as server:
        late = iter(range(0, 1000, 40))
        with pytest.raises(OSError, match="longer than 30 seconds"):
            fetch(server.wsdl_url("6.6"), 10**6, clock=lambda: float(next(late)))


def test_files_are_not_followed_from_an_address(httpserver: HTTPServer) -> None:
    text = schema('<x:include schemaLocation="a.xsd"/>')
    httpserver.expect_request("/theirs.wsdl").respond_with_data(text)
    with pytest.raises(UnreadableWsdl, match="beside a file only"):
        read_wsdl(httpserver.url_for("/theirs.wsdl"), follow=True)


def test_a_redirection_leads_to_no_file(httpserver: HTTPServer, tmp_path: Path) -> None:
    path = tmp_path / "secret.wsdl"
    path.write_bytes(part_of_ours())
    headers = {"Location": path.as_uri()}
    httpserver.expect_request("/a.wsdl").respond_with_data("", 302, headers)
    with pytest.raises(UnreadableWsdl, match="status 302"):
        read_wsdl(httpserver.url_for("/a.wsdl"))


def test_the_part_of_ours_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "theirs.wsdl"
    path.write_bytes(part_of_ours())
    assert read_wsdl(os.fspath(path)).own == find_version("6.8").namespace
