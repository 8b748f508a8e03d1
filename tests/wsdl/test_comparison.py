"""What differs between WSDLs: nothing in the published ones, and else exactly what changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from ips_contract import VERSIONS, find_version
from ips_contract.contract.versions import BETA_2016, UNVERSIONED
from ips_contract.contract.wsdl import wsdl
from ips_contract.wsdl import compare, nearest
from ips_contract.wsdl.comparison import differences, our_wsdl
from ips_contract.wsdl.documents import documents_of
from ips_contract.wsdl.reader import wsdl_of
from ips_contract.xml.parser import parse
from tests.sweep import every
from tests.wsdl.published import NAMESPACES, facts, published

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ips_contract import Version
    from ips_contract.wsdl import Difference
    from ips_contract.wsdl.model import Wsdl

each_published = pytest.mark.parametrize("label", NAMESPACES)
INVERSE = {"added": "removed", "removed": "added"}


def read(data: bytes) -> Wsdl:
    return wsdl_of(documents_of("theirs.wsdl", parse(data, limit=len(data))))


@each_published
def test_nothing_differs_in_what_was_published(label: str) -> None:
    theirs = read(published(label))
    assert nearest(theirs.own) == find_version(label)
    assert compare(theirs, find_version(label)) == ()


@pytest.mark.parametrize(
    "version", every(7, [*VERSIONS, BETA_2016]), ids=str
)  # With pre-4.0, whose names are all in one namespace.
def test_nothing_differs_in_our_own(version: Version) -> None:
    assert nearest(our_wsdl(version).own) == version
    assert compare(our_wsdl(version), version) == ()


# (kind, element or type, field, how the one that has it has it) of what changed.
Change = tuple[str, str, str, str]


def changes(old: str, new: str) -> set[Change]:
    """What tests/facts/changes.json says of two versions."""
    rows: set[Change] = set()
    lines = facts("changes")[f"{old} -> {new}"]
    added = {line.split()[-1] for line in lines if line.startswith("operation")}
    for line in lines:
        listed = re.fullmatch(r"(type|element|operation) (added|removed): (\w+)", line)
        if listed:
            what, how, name = listed.groups()
            # Those of an operation come and go with it.
            if what != "element" or re.sub("(Param|Return)$", "", name) not in added:
                rows.add((f"{what}-{how}", name, "", ""))
            continue
        field = re.fullmatch(r"(?:type|element)\.(\w+): ([+-]) (\w+) (\S+) (\d\.\.\d)(.*)", line)
        assert field is not None, line
        name, sign, child, kind, times, where = field.groups()
        words = [kind.removeprefix("xsd:"), "required" if times == "1..1" else "optional"]
        if where:
            words.append(where.strip().replace("after (first)", "first"))
        rows.add((f"field-{'added' if sign == '+' else 'removed'}", name, child, ", ".join(words)))
    return rows


def shown(difference: Difference, *, backwards: bool) -> Change:
    kind, _, how = difference.kind.rpartition("-")
    text = difference.theirs if how == "added" else difference.ours
    if not kind.startswith("field"):
        text = ""
    if (how == "removed") != backwards:
        text = re.sub(", (after .*|first)$", "", text)  # The table has no place of these.
    how = INVERSE[how] if backwards else how
    return f"{kind}-{how}", difference.type or difference.operation, difference.field, text


@pytest.mark.parametrize("backwards", [False, True], ids=["forwards", "backwards"])
def test_between_published_versions_exactly_what_changed(backwards: bool) -> None:
    ours, theirs = ("6.8", "6.6") if backwards else ("6.6", "6.8")
    found = compare(read(published(theirs)), find_version(ours))
    # FACTS section 1: the namespace of a version is its own, and 6.8 binds its own authHeader.
    frame = [each for each in found if each.place == "frame"]
    assert [(each.kind, each.field) for each in frame] == [
        ("namespace", ""),
        ("message-part", "message authHeader"),
    ]
    assert frame[0][4:6] == (NAMESPACES[ours], NAMESPACES[theirs])
    header = {"6.6": UNVERSIONED, "6.8": NAMESPACES["6.8"]}
    assert [text.split(": ")[1] for text in frame[1][4:6]] == [
        f"{{{header[label]}}}authHeader" for label in (ours, theirs)
    ]
    rest = [shown(each, backwards=backwards) for each in found if each.place != "frame"]
    assert len(rest) == len(set(rest))
    assert set(rest) == changes("6.6", "6.8")


def test_each_is_told_where_it_is() -> None:
    data = published("6.8")
    lines = data.decode().splitlines()
    for difference in compare(read(data), find_version("6.6")):
        name = difference.field or difference.type or difference.operation
        if difference.line > 1:
            assert name.split()[-1] in lines[difference.line - 1] or difference.theirs == "none"
        assert difference.uses == "" or difference.type


def test_differences_are_grouped() -> None:
    found = compare(read(published("6.8")), find_version("6.6"))
    places = [each.place for each in found]
    firsts = list(dict.fromkeys(places))
    assert places == sorted(places, key=firsts.index)
    assert firsts[0] == "frame"
    kinds = [place.split()[0] for place in firsts]
    assert kinds == sorted(kinds, key=["frame", "operation", "type"].index)


NEAREST = [
    (UNVERSIONED, "pre-4.0"),
    (f"{UNVERSIONED}/2013-02-15", "6.6"),
    (f"{UNVERSIONED}/2013-08-29-beta", "6.6"),
    (f"{UNVERSIONED}/2016-01-14-beta", "2016-01-14-beta"),
    (f"{UNVERSIONED}/2015-12-31", "6.8"),
    (f"{UNVERSIONED}/2021-01-11-beta", "2016-01-14-beta"),
    ("urn:another", None),
    ("", None),
]


@pytest.mark.parametrize(("namespace", "label"), NEAREST)
def test_nearest(namespace: str, label: str | None) -> None:
    found = nearest(namespace)
    assert (found and found.label) == label


# What a difference means depends on where its type is used, and on what we do.


def meanings(theirs: bytes, version: str) -> Iterator[tuple[str, str]]:
    for each in compare(read(theirs), find_version(version)):
        yield f"{each.kind} {each.type}/{each.field}", each.meaning


SIX_EIGHT = published("6.8").decode()
APP_NAME = '<element name="appName" type="xsd:string"'
MEANT = [
    # 6.8 was served without appName (FACTS section 1), so we only remark on it.
    (
        SIX_EIGHT.replace(f"{APP_NAME} />", f'{APP_NAME} minOccurs="0" />'),
        "field-optional authHeader/appName",
        "Their service takes requests without it, we remark on them.",
    ),
    (
        SIX_EIGHT.replace('"expires" type="xsd:dateTime"', '"expires" type="xsd:date"'),
        "field-type Company/expires",
        "Our mock would answer a value of our type; generated code depends on it.",
    ),
    (
        SIX_EIGHT.replace('<complexType name="LongArray">', '<complexType name="LongArray2">'),
        "type-removed LongArray/",
        "Generated code depends on it.",
    ),
]


@pytest.mark.parametrize(("theirs", "what", "meaning"), MEANT, ids=[row[1] for row in MEANT])
def test_what_it_means(theirs: str, what: str, meaning: str) -> None:
    assert theirs != SIX_EIGHT
    assert dict(meanings(theirs.encode(), "6.8"))[what] == meaning


def test_what_pre_4_0_takes_with_a_remark_is_not_told_to_be_refused() -> None:
    """The seed pages show description in its namespace, where the WSDL lacks it (S over L)."""
    text = wsdl(find_version("pre-4.0"), "")
    before = b'<xs:element name="imageServingPublishJob"'
    added = b'<xs:element name="description" type="xs:string" minOccurs="0"/>'
    theirs = read(text.replace(before, added + before, 1))
    (found,) = compare(theirs, find_version("pre-4.0"))
    assert found.kind == "field-added"
    assert found.meaning == "Their service takes it, we take it with a remark."
    (found,) = differences(our_wsdl(find_version("pre-4.0")), theirs)
    assert found.meaning == "Their service takes it, we refuse it."
