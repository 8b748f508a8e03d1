"""Any message of any version, made from the contract's rows: with least fields, or with all.

Not the strategies that ship: these are plain, so that the contract's tests do not rest on them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from ips_contract.contract.model import ComplexType, Contract, Field, contract
from ips_contract.contract.versions import PRE_4_0, Version

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEP = 6  # Levels below which optional fields are left out: some types hold themselves.

# A value for each type that has no list of constants and is no built-in one.
VALUES = {
    "JobName": "Nightly",
    "Locale": "en-US",
    "HeaderLocale": "en-US",
    "Schedule": "0 0 3 * * ?",
    "SourceUrl": "https://example.com/a.jpg",
    "ContextHandle": "pc|7",
    "UserHandle": "47|me@example.com",
}
BY_BASE = {
    "xs:string": "x",
    "xs:token": "x",
    "xs:boolean": "true",
    "xs:int": "1",
    "xs:long": "1",
    "xs:double": "0.5",
    "xs:float": "0.5",
    "xs:dateTime": "2014-04-03T09:30:00Z",
    "xs:base64Binary": "AAAA",
}


def value(table: Contract, version: Version, name: str) -> str:
    """A text of the simple type ``name`` that nothing is remarked on."""
    dated = version is not PRE_4_0
    if name.endswith("CompanyHandle"):
        return "c|47" if dated else "47"
    if name.endswith("JobHandle"):
        return "j|47|Nightly||" if dated else "47|Nightly|"
    if name in VALUES:
        return VALUES[name]
    kind = table.simple_types.get(name)
    if kind is None:
        return BY_BASE[name]
    constants = [f.value for f in kind.facets if f.kind == "enumeration" and f.value]
    return constants[0] if constants else BY_BASE[kind.base]


def chosen(kind: ComplexType, pick: int) -> Iterator[Field]:
    """The fields of ``kind`` that may stand together: of each choice the ``pick``-th."""
    for field in kind.fields:
        if field.choice is not None:
            names = kind.choices[field.choice].names
            if field.name != names[pick % len(names)]:
                continue
        yield field


def message(version: Version, name: str, *, full: bool, pick: int = 0) -> etree._Element:
    """The message ``name`` of ``version``, with all of its fields or with the least."""
    table = contract(version)
    namespace = version.namespace
    root = etree.Element(f"{{{namespace}}}{name}", nsmap={None: namespace})

    fill(table, version, root, table.type_of(name, namespace), full=full, pick=pick)
    return root


def fill(
    table: Contract,
    version: Version,
    element: etree._Element,
    type_name: str,
    *,
    full: bool,
    pick: int = 0,
    depth: int = 0,
) -> None:
    """Gives ``element`` the children of its type, all of them or the least."""
    tag = f"{{{version.namespace}}}"
    kind = table.complex_types[type_name]
    for field in chosen(kind, pick):
        of_choice = field.choice is not None and kind.choices[field.choice].required
        wanted = field.required or of_choice or field.absent is not None
        named = kind.check == "company-named" and field.name == "companyName"
        if not (wanted or named or (full and depth < DEEP)) or field.present is not None:
            continue
        for _ in range(2 if full and field.maximum != 1 else 1):
            child = etree.SubElement(element, tag + field.name)
            if field.type in table.complex_types:
                fill(table, version, child, field.type, full=full, pick=pick, depth=depth + 1)
            else:
                child.text = value(table, version, field.type)
    if kind.check == "export-format" and full:
        element.find(tag + "fmt").text = "orig"  # type: ignore[union-attr] # It is required.
