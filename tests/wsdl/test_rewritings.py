"""Ways to write one WSDL that say the same: nothing differs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from ips_contract.wsdl import read_wsdl
from ips_contract.wsdl.comparison import differences
from tests.wsdl.changes import FIELDS, SEQUENCES, XS, adding, found, ours, part_of_ours, read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Node = etree._Element
TEXT = part_of_ours().decode()


def reversed_children(path: str) -> Callable[[Node], None]:
    def change(root: Node) -> None:
        for node in found(root, path):
            node[:] = reversed(node)

    return change


def reversed_among(path: str) -> Callable[[Node], None]:
    """Turns the order of siblings round, and leaves the others where they are."""

    def change(root: Node) -> None:
        nodes = found(root, path)
        parent = nodes[0].getparent()
        assert parent is not None
        at = parent.index(nodes[0])
        for node in nodes:
            parent.remove(node)
        for node in nodes:
            parent.insert(at, node)

    return change


def occurs_written_out(root: Node) -> None:
    for node in found(root, FIELDS):
        for key in ("minOccurs", "maxOccurs"):
            node.set(key, node.get(key, "1"))
        node.set("nillable", "false")


def documented(root: Node) -> None:
    for node in found(root, "//x:complexType | //x:element"):
        adding("<xs:annotation><xs:documentation>Of it.</xs:documentation></xs:annotation>", 0)(
            node
        )
        node.addprevious(etree.Comment("Here it is."))


def nested_sequences(root: Node) -> None:
    for node in found(root, f"{SEQUENCES}[*]"):
        inner = etree.SubElement(node, XS + "sequence")
        inner.extend(node[:-1])


def named_groups(root: Node) -> None:
    """Each sequence is a group that its type refers to; the second half is another one."""
    (schema,) = found(root, "//x:schema[1]")
    for number, node in enumerate(found(root, f"//x:schema[1]{SEQUENCES}[count(*) > 1]")):
        group = etree.SubElement(schema, XS + "group", name=f"G{number}")
        below = etree.SubElement(group, XS + "sequence")
        below.extend(node[1:])
        etree.SubElement(node, XS + "group", ref=f"types:G{number}")


def attribute_groups(root: Node) -> None:
    for schema in found(root, "//x:schema"):
        group = etree.SubElement(schema, XS + "attributeGroup", name="Others")
        wildcards = found(schema, ".//x:anyAttribute")
        prefix = "types" if schema.get("targetNamespace", "").endswith("03") else "common"
        for node in wildcards:
            parent = node.getparent()
            assert parent is not None
            etree.SubElement(parent, XS + "attributeGroup", ref=f"{prefix}:Others")
            parent.remove(node)
        if wildcards:
            group.append(wildcards[0])


def two_schemas(root: Node) -> None:
    """Half of the components are in a second schema of the same namespace."""
    (schema,) = found(root, "//x:schema[1]")
    twin = etree.Element(schema.tag, dict(schema.attrib), schema.nsmap)
    schema.addnext(twin)
    twin.extend(schema[::2])


def formed_one_by_one(root: Node) -> None:
    for node in found(root, FIELDS):
        node.set("form", "qualified")


def faults_named(root: Node) -> None:
    """As the schema of WSDL 1.1 wants it."""
    for node in found(root, "//w:fault/s:fault | //w:fault/t:fault"):
        parent = node.getparent()
        assert parent is not None
        node.set("name", parent.get("name", ""))


REWRITINGS: dict[str, Callable[[Node], None]] = {
    "types in another order": reversed_children("//x:schema"),
    "operations in another order": reversed_children("//w:portType"),
    "bindings in another order": reversed_among("//w:binding"),
    "messages in another order": reversed_among("//w:message"),
    "ports in another order": reversed_children("//w:service"),
    "any order in another order": reversed_children("//x:all"),
    "occurs written out": occurs_written_out,
    "documented": documented,
    "sequences in sequences": nested_sequences,
    "groups with names": named_groups,
    "groups of attributes": attribute_groups,
    "two schemas": two_schemas,
    "each field qualified": formed_one_by_one,
    "faults with names": faults_named,
}


@pytest.mark.parametrize("what", REWRITINGS)
def test_nothing_differs(what: str) -> None:
    root = etree.fromstring(TEXT)
    REWRITINGS[what](root)
    assert etree.tostring(root) != TEXT.encode()
    assert differences(ours(), read(root)) == ()


TEXTS = {
    "other prefixes": re.sub(r"\btypes:|:types=", lambda m: m[0].replace("types", "q"), TEXT),
    "another address": TEXT.replace("ips.example.com", "www.example.com"),
    "a schema by default": TEXT.replace("<xs:", "<")
    .replace("</xs:", "</")
    .replace("<schema ", '<schema xmlns="http://www.w3.org/2001/XMLSchema" '),
    "single quotes": TEXT.replace('"', "'"),
}


@pytest.mark.parametrize("what", TEXTS)
def test_nothing_differs_in_another_text(what: str) -> None:
    assert TEXTS[what] != TEXT
    assert differences(ours(), read(etree.fromstring(TEXTS[what]))) == ()


# In files.


def split(folder: Path, *, chameleon: bool = False) -> Path:
    """The WSDL with its schemas, and some types of one, in files of their own."""
    root = etree.fromstring(TEXT)
    types = found(root, "//w:types")[0]
    for number, schema in enumerate(found(root, "//x:schema")):
        text = etree.tostring(schema).decode()
        name = f"schema{number}.xsd"
        if number == 0:
            included = etree.Element(schema.tag, dict(schema.attrib), schema.nsmap)
            included.extend(schema[::2])
            inner = etree.tostring(included).decode()
            if chameleon:
                inner = inner.replace(f'targetNamespace="{schema.get("targetNamespace")}"', "")
                inner = inner.replace("types:", "")
            (folder / "deeper").mkdir()
            (folder / "deeper" / "part.xsd").write_text(inner, encoding="utf-8")
            include = etree.Element(XS + "include", schemaLocation="deeper/part.xsd")
            schema.insert(0, include)
            text = etree.tostring(schema).decode()
        (folder / name).write_text(text, encoding="utf-8")
        space = schema.get("targetNamespace", "")
        schema[:] = []
        for key in schema.attrib:
            del schema.attrib[key]
        etree.SubElement(schema, XS + "import", namespace=space, schemaLocation=name)
    assert len(types) == 2
    path = folder / "theirs.wsdl"
    path.write_bytes(etree.tostring(root))
    return path


@pytest.mark.parametrize("chameleon", [False, True], ids=["include", "chameleon"])
def test_files_beside_it(tmp_path: Path, chameleon: bool) -> None:
    theirs = read_wsdl(split(tmp_path, chameleon=chameleon), follow=True)
    assert differences(ours(), theirs) == ()


def test_files_that_name_one_another(tmp_path: Path) -> None:
    path = split(tmp_path)
    part = tmp_path / "deeper" / "part.xsd"
    text = part.read_text(encoding="utf-8")
    include = '<xs:include schemaLocation="../schema0.xsd"/><xs:include schemaLocation="part.xsd"/>'
    part.write_text(re.sub(r"(<xs:schema.*?>)", rf"\1{include}", text), encoding="utf-8")
    assert differences(ours(), read_wsdl(path, follow=True)) == ()


def test_a_wsdl_in_two_files(tmp_path: Path) -> None:
    root = etree.fromstring(TEXT)
    (service,) = found(root, "//w:service")
    outer = etree.Element(root.tag, dict(root.attrib), root.nsmap)
    outer.append(etree.Element(f"{{{root.nsmap['wsdl']}}}import", location="inner.wsdl"))
    outer.append(service)
    (tmp_path / "inner.wsdl").write_bytes(etree.tostring(root))
    (tmp_path / "outer.wsdl").write_bytes(etree.tostring(outer))
    theirs = read_wsdl(tmp_path / "outer.wsdl", follow=True)
    assert differences(ours(), theirs) == ()
