"""Many spellings, one meaning."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ips_contract import validate
from ips_contract.generation.cron_expressions import SCHEDULE_WIDTH, schedule
from ips_contract.generation.envelopes import envelope, fault_in
from ips_contract.generation.python_values import write_value
from ips_contract.generation.serialization import (
    PLAIN,
    STYLE_WIDTH,
    Node,
    QName,
    from_element,
    plain,
    to_element,
    write,
)
from ips_contract.strategies.drawing import FREE_TEXT
from ips_contract.xml.envelope import SOAP_11
from ips_contract.xml.parser import namespace_of, parse
from tests.strategies.test_valid import drawn
from tests.sweep import examples

if TYPE_CHECKING:
    from lxml import etree

STYLES = st.binary(min_size=STYLE_WIDTH, max_size=STYLE_WIDTH)
TEXTS = FREE_TEXT | st.text("\r\n\t <>&]\"'é🎈", max_size=20)


def leaf(text: str, namespace: str = "urn:a") -> Node:
    return Node(namespace, "leaf", text)


def tree(*texts: str) -> Node:
    """Three namespaces, none among them, nested both ways."""
    inner = Node("", "bare", [leaf(texts[-1], ""), leaf("x", "urn:b"), Node("urn:a", "none", "")])
    return Node("urn:a", "root", [*map(leaf, texts), inner, Node("urn:b", "b", [leaf("y")])])


def meaning(node: Node) -> Node:
    """``node`` with empty content in one form."""
    if isinstance(node.content, str):
        return node._replace(content=str(node.content))
    return node._replace(content=[meaning(child) for child in node.content] or "")


@pytest.mark.no_cover
@settings(max_examples=400)
@given(st.lists(TEXTS, min_size=1, max_size=4), STYLES)
def test_every_spelling_means_the_same(texts: list[str], style: bytes) -> None:
    node = tree(*texts)
    assert meaning(from_element(parse(write(node, style)))) == meaning(node)


@given(TEXTS)
def test_plain_is_the_same_tree(text: str) -> None:
    node = tree(text)
    assert meaning(from_element(to_element(node))) == meaning(node)
    assert meaning(from_element(parse(plain(node, indent=True)))) == meaning(node)


def test_plain() -> None:
    assert write(tree("A & B\r"), PLAIN) == (
        b'<root xmlns="urn:a"><leaf>A &amp; B&#13;</leaf><bare xmlns=""><leaf>A &amp; B&#13;'
        b'</leaf><leaf xmlns="urn:b">x</leaf><none xmlns="urn:a"/></bare>'
        b'<b xmlns="urn:b"><leaf xmlns="urn:a">y</leaf></b></root>'
    )


FEATURES = {
    "a declaration": rb"^<\?xml version=['\"]1.0",
    "no declaration": rb"^<[a-z]",
    "standalone": rb"standalone='yes'",
    "UTF-8's mark": rb"^\xef\xbb\xbf<",
    "UTF-16, little end first": rb"^\xff\xfe<\0",
    "UTF-16, big end first": rb"^\xfe\xff\0<",
    "Latin-1": rb"encoding=['\"]ISO-8859-1",
    "ASCII": rb"encoding=['\"]US-ASCII",
    "a prefix": rb"<ips:root[^>]*xmlns:ips",
    "a default namespace": rb"<root[^>]*xmlns ?=",
    "a namespace declared again": rb"(?s)urn:a['\"].*urn:a",
    "single quotes": rb"xmlns(:\w+)? ?= ?'",
    "double quotes": rb'xmlns(:\w+)? ?= ?"',
    "CDATA": rb"<!\[CDATA\[A",
    "a decimal reference": rb"&#\d+;",
    "a hexadecimal reference": rb"&#x[0-9A-F]+;",
    "a comment": rb"<!-- a",
    "an instruction": rb"<\?php",
    "an empty-element tag": rb"none */>",
    "an empty element with two tags": rb"none\s*></",
    "CRLF": rb">\s*\r\n\s*<",
    "tabs": rb">\s*\t\s*<",
    "white space in a tag": rb"leaf\s+>",
    "an indented text": rb"root xmlns=\"urn:a\">\n  <leaf",
}


def test_every_feature_is_reached() -> None:
    node = tree("A & B", "0")
    found = [write(node, style) for style in drawn(STYLES, 1000)]
    missing = [
        name for name, form in FEATURES.items() if not any(re.search(form, f) for f in found)
    ]
    assert missing == []


def test_a_shadowed_prefix() -> None:
    node = Node("urn:a", "a", [Node("urn:b", "b", [Node("urn:a", "c", "x")])])
    found = [write(node, style) for style in drawn(STYLES, 600)]
    assert any(re.search(rb"<(\w+):a [^>]*urn:a.*<\1:b [^>]*urn:b", data) for data in found)


def test_values_are_never_padded() -> None:
    for style in drawn(STYLES, 300):
        (child,) = parse(write(Node("urn:a", "a", [leaf("x")]), style))
        assert child.text == "x"


@pytest.mark.no_cover
@pytest.mark.parametrize("soap", ["1.1", "1.2"])
@pytest.mark.parametrize("kind", ["authenticationFault", "authorizationFault", "ipsApiFault"])
def test_names_in_values_follow_their_prefix(soap: str, kind: str) -> None:
    space = "http://www.scene7.com/IpsApi/xsd"
    detail = Node(space, kind, [Node(space, "code", "1"), Node(space, "reason", "x")])
    node = envelope(fault_in(soap, detail), soap, [], 0)
    for style in [PLAIN, *drawn(STYLES, examples(100, 300))]:
        root = parse(write(node, style))
        holder = root.find(".//faultcode") if soap == "1.1" else root.find(".//{*}Value")
        assert holder is not None
        assert expanded(holder).startswith(f"{{{namespace_of(root)}}}")
        assert validate(write(node, style)).valid


def expanded(element: etree._Element) -> str:
    """The qualified name in the value of ``element``, in Clark's notation."""
    prefix, _, local = (element.text or "").rpartition(":")
    return f"{{{element.nsmap[prefix or None]}}}{local}"


def test_qualified_names() -> None:
    name = QName(SOAP_11, "Client")
    assert name == "Client"
    assert name.space == SOAP_11
    # A namespace that nothing around it declares.
    root = parse(_styled(Node("urn:a", "a", name)))
    assert expanded(root) == f"{{{SOAP_11}}}Client"


def _styled(node: Node) -> bytes:
    return write(node, b"\xff" + bytes(STYLE_WIDTH - 1))


def test_envelopes_have_headers_now_and_then() -> None:
    message = leaf("x")
    names = {
        byte: [child.name for child in envelope(message, "1.1", [], byte).content]  # type: ignore[union-attr]
        for byte in (0, 200, 255)
    }
    assert names == {0: ["Body"], 200: ["Header", "Body"], 255: ["Header", "Body"]}


def test_values() -> None:
    assert [write_value(value) for value in (True, False, 7, 0.5, "x")] == [
        *("true", "false", "7", "0.5", "x")
    ]


def test_the_simplest_schedule() -> None:
    assert schedule(bytes(SCHEDULE_WIDTH)) == "* * * * * ?"
