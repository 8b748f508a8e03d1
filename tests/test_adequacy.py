"""Mutation adequacy: break any one fact of the schema or of the rule table, and a test fails.

A full run: ``python -m tests.test_adequacy`` (some ten minutes; prints each survivor). CI breaks
a sample. The tests asked are those of ``test_facts`` and ``test_rules`` and the verdicts on the
shipped fixtures.
"""

from __future__ import annotations

import random
import sys
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from functools import partial
from inspect import isfunction, signature
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest.mock import patch

import pytest
from lxml import etree

from ips_contract import RULES, validate
from ips_contract.envelope import DEFAULT_LIMIT
from ips_contract.fixtures import Fixture, all_fixtures
from ips_contract.rows import ComplexType, SimpleType, contract
from ips_contract.rules import ERROR, WARNING
from ips_contract.schema import FACTS, XS, master_text, parse_schema
from ips_contract.values import problems
from ips_contract.versions import LATEST, PRE_4_0, VERSIONS, Version
from ips_contract.wrong_values import WRONG_FORMS
from tests import test_docs, test_facts, test_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SAMPLE = 25
OWN = {"test_the_checks_pass_as_they_are", "test_a_sample_of_broken_facts_is_noticed"}
SINCE, UNTIL = f"{FACTS}since", f"{FACTS}until"
LABELS = [version.label for version in VERSIONS]


class Broken(NamedTuple):
    """A fact that is broken: what was done, and the schema's text or the rule's row."""

    what: str
    text: bytes | None = None
    rule: Any = None


def broken_facts() -> Iterator[Callable[[], Broken]]:
    """Every fact, each broken in each way, one at a time."""
    root = parse_schema(master_text())
    for index, node in enumerate(root.iter(etree.Element)):
        parent = node.getparent()
        for name, change in CHANGES.items() if parent is not None else ():
            assert parent is not None
            trial = deepcopy(parent)[parent.index(node)]
            possible = _placeable(node, name) if name in PLACED else change(trial) is not None
            if possible:
                yield partial(_break, index, name)
    for row in RULES.values():
        other = WARNING if row.severity == ERROR else ERROR
        yield partial(Broken, f"rule {row.id}: {other}", rule=row._replace(severity=other))
        code = 30003 if row.fault != 30003 else 30001
        yield partial(Broken, f"rule {row.id}: fault {code}", rule=row._replace(fault=code))


def _break(index: int, name: str) -> Broken:
    root = parse_schema(master_text())
    node = list(root.iter(etree.Element))[index]
    words = f"{name}: {_describe(node)}"
    done = CHANGES[name](node)
    return Broken(f"{words} {done if isinstance(done, str) else ''}".strip(), _written(root))


def _nothing() -> Broken:
    """No fact broken, in the same way."""
    return Broken("nothing", _written(parse_schema(master_text())))


def _written(root: etree._Element) -> bytes:
    """The schema as a file has it: each component a paragraph."""
    root.text = "\n\n"
    for component in root:
        component.tail = "\n\n"
    return etree.tostring(root)


def _describe(node: etree._Element) -> str:
    names = [
        each.get("name") or each.get("value") or ""
        for each in (*reversed(list(node.iterancestors())), node)
    ]
    return f"{etree.QName(node).localname} {'/'.join(filter(None, names))}"


def _placeable(node: etree._Element, name: str) -> bool:
    parent = node.getparent()
    assert parent is not None
    inside = parent.tag in (XS + "sequence", XS + "choice", XS + "all", XS + "restriction")
    if name == "dropped":
        return inside
    if name == "swapped":
        # The order of alternatives, of facets, and of what has no order, says nothing.
        below = node.getnext()
        return parent.tag == XS + "sequence" and below is not None
    return node.tag == XS + "choice"


def _dropped(node: etree._Element) -> None:
    parent = node.getparent()
    assert parent is not None
    parent.remove(node)


def _swapped(node: etree._Element) -> None:
    below = node.getnext()
    assert below is not None
    below.addnext(node)


def _unchosen(node: etree._Element) -> None:
    """The alternatives of a choice become optional elements in a row."""
    for child in reversed(list(node)):
        child.set("minOccurs", "0")
        node.addnext(child)
    _dropped(node)


def _required(node: etree._Element) -> str | None:
    parent = node.getparent()
    if node.tag == XS + "element" and parent is not None and parent.tag == XS + "choice":
        return None  # Of alternatives, one is there or not as the choice says.
    if node.tag not in (XS + "element", XS + "choice") or node.get("type", "").endswith("Type"):
        return None
    if node.get("minOccurs") == "0":
        del node.attrib["minOccurs"]
        return "required"
    node.set("minOccurs", "0")
    return "optional"


def _counted(node: etree._Element) -> str | None:
    if node.tag != XS + "element" or node.get("type", "").endswith("Type"):
        return None
    maximum = node.get("maxOccurs", "1")
    new = {"1": "unbounded", "unbounded": "1"}.get(maximum) or str(int(maximum) + 1)
    node.set("maxOccurs", new)
    return f"maxOccurs {new}"


def _version_change(attribute: str, step: int) -> Callable[[etree._Element], str | None]:
    def change(node: etree._Element) -> str | None:
        label = node.get(attribute)
        if label is None:
            return None
        index = LABELS.index(label) + step
        if not 0 < index < len(LABELS):
            return None
        node.set(attribute, LABELS[index])
        return f"{attribute[len(FACTS) :]} {LABELS[index]}"

    return change


def _without(attribute: str) -> Callable[[etree._Element], str | None]:
    def change(node: etree._Element) -> str | None:
        value = node.attrib.pop(FACTS + attribute, None)
        return None if value is None else f"no {attribute}"

    return change


def _begun(node: etree._Element) -> str | None:
    if node.tag != XS + "element" or SINCE in node.attrib or not node.get(f"{FACTS}by"):
        return None
    node.set(SINCE, "4.0")
    return "since 4.0"


def _loosened(node: etree._Element) -> str | None:
    kinds = {"minInclusive": -1, "maxInclusive": 1, "minLength": -1}
    step = kinds.get(etree.QName(node).localname)
    if step is None:
        return None
    value = str(int(node.get("value", "")) + step)
    node.set("value", value)
    return value


def _tightened(node: etree._Element) -> str | None:
    kinds = {"minInclusive": 1, "maxInclusive": -1, "minLength": 1}
    step = kinds.get(etree.QName(node).localname)
    if step is None:
        return None
    value = str(int(node.get("value", "")) + step)
    node.set("value", value)
    return value


def _added(node: etree._Element) -> str | None:
    if node.tag != XS + "restriction" or not node.findall(f"{XS}enumeration"):
        return None
    extra = deepcopy(node.findall(f"{XS}enumeration")[0])
    extra.set("value", "Extra")
    node.append(extra)
    return "with Extra"


def _retyped(node: etree._Element) -> str | None:
    new = {"xs:string": "xs:boolean", "xs:boolean": "xs:string", "Int": "xs:string"}
    kind = new.get(node.get("type", ""))
    if kind is None:
        return None
    node.set("type", kind)
    return f"as {kind}"


CHANGES: dict[str, Callable[[etree._Element], Any]] = {
    "dropped": _dropped,
    "swapped": _swapped,
    "unchosen": _unchosen,
    "required or not": _required,
    "counted": _counted,
    "since, later": _version_change(SINCE, 1),
    "since, earlier": _version_change(SINCE, -1),
    "until, later": _version_change(UNTIL, 1),
    "until, earlier": _version_change(UNTIL, -1),
    "since, dropped": _without("since"),
    "until, dropped": _without("until"),
    "present, dropped": _without("present"),
    "absent, dropped": _without("absent"),
    "check, dropped": _without("check"),
    "begun": _begun,
    "loosened": _loosened,
    "tightened": _tightened,
    "added": _added,
    "retyped": _retyped,
}
PLACED = {"dropped", "swapped", "unchosen"}


@contextmanager
def broken(fact: Broken) -> Iterator[None]:
    """The package with ``fact`` broken; nothing that was cached before or within is kept."""
    _forget()
    with ExitStack() as stack:
        text = fact.text
        if text is not None:
            for module in ("schema", "rows"):
                stack.enter_context(patch(f"ips_contract.{module}.master_text", lambda: text))
        if fact.rule is not None:
            stack.enter_context(patch.dict(RULES, {fact.rule.id: fact.rule}))
            warns = frozenset(row.id for row in RULES.values() if row.severity == WARNING)
            stack.enter_context(patch("ips_contract.schema._WARNS", warns))
        try:
            yield
        finally:
            _forget()


def _forget() -> None:
    for name, module in list(sys.modules.items()):
        if name.startswith("ips_contract."):
            for value in list(vars(module).values()):
                if callable(getattr(value, "cache_clear", None)):
                    value.cache_clear()


def failing_check() -> str | None:
    """The name of the first check that fails; None if none does."""
    for name, function in _functions(sys.modules[__name__], test_facts, test_rules):
        if not _passes(function):
            return name
    if not _passes(test_docs.test_rules_page):
        return "test_rules_page"
    for fixture in all_fixtures():
        if fixture.request is not None:
            continue
        got = _verdict(fixture)
        if got != EXPECTED[fixture.name]:
            return fixture.name
    return None


def _functions(*modules: Any) -> Iterator[tuple[str, Any]]:
    """The tests of ``modules`` that need nothing but their rows."""
    for module in modules:
        for name, function in vars(module).items():
            if not isfunction(function) or name[:5] != "test_" or hasattr(function, "hypothesis"):
                continue
            rows = [mark.args[0] for mark in getattr(function, "pytestmark", ())]
            given = {
                name for row in rows for name in (row.split(",") if isinstance(row, str) else row)
            }
            if name not in OWN and set(signature(function).parameters) == given:
                yield name, function


def _verdict(fixture: Fixture) -> list[tuple[str, str, str, int | None]]:
    report = validate(fixture.data, limit=fixture.limit or DEFAULT_LIMIT)
    return [(v.rule, v.path, v.severity, v.fault_code) for v in report.violations]


EXPECTED = {f.name: _verdict(f) for f in all_fixtures() if f.request is None}


def _passes(function: Any) -> bool:
    tables = []
    for mark in getattr(function, "pytestmark", ()):
        names, values = mark.args[:2]
        several = not isinstance(names, str)
        tables.append(
            [dict(zip(names, row, strict=True)) if several else {names: row} for row in values]
        )
    for rows in product(*tables):
        arguments = {key: value for row in rows for key, value in row.items()}
        try:
            function(**arguments)
        except Exception:  # noqa: BLE001
            return False
    return True


def survives(fact: Broken) -> bool:
    """Whether all checks pass with ``fact`` broken."""
    try:
        with broken(fact):
            return failing_check() is None
    except Exception:  # noqa: BLE001
        return False  # A schema that cannot be compiled is noticed by every test.


def shape(row: ComplexType | SimpleType) -> str:
    """A type of the latest version in one line, as FACTS section 2 writes them.

    ``?`` may be left out, ``!`` to be remarked on then, ``*`` any number, ``[a | b]`` at most one
    of them, ``[a | b]!`` exactly one, ``since``-``until`` behind ``@``.
    """
    if isinstance(row, SimpleType):
        facets = [f"{facet.kind}={facet.value} ({facet.rule})" for facet in row.facets]
        return f"{row.name}: {row.base} {row.check or '-'} {'; '.join(facets)}"
    parts: list[str] = []
    for field in (*row.fields, *row.elsewhen.values()):
        here = "elsewhen" if field not in row.fields else ""
        many = {None: "*", 1: ""}.get(field.maximum, str(field.maximum))
        mark = "" if field.required else f"!{field.absent}" if field.absent else "?"
        span = f"@{field.since}-{field.until}" if field.since or field.until else ""
        rules = f"#{field.present or ''}/{field.maximum_rule}"
        choice = "" if field.choice is None else f"[{field.choice}]"
        text = f"{field.name}:{field.type}{many}{mark}{choice}{span}{here}{rules}"
        parts.append(text.removesuffix("#/repeated-element"))
    groups = [f"[{choice.rule}{'!' * choice.required}]" for choice in row.choices]
    order = "" if row.ordered else "any order"
    return f"{row.name}: {' '.join((*parts, *groups, order, row.check or ''))}".rstrip()


def shapes() -> str:
    """All types of the latest version, and what differs in the others."""
    lines: list[str] = []
    for version in reversed(VERSIONS):
        rows = contract(version)
        types: list[ComplexType | SimpleType] = [*rows.simple_types.values()]
        types += rows.complex_types.values()
        messages = " ".join(f"{name}={kind}" for name, kind in rows.messages.items())
        new = [line for line in (*[shape(row) for row in types], messages) if line not in lines]
        lines += [f"\n= {version}", *new]
    return "\n".join(lines).lstrip() + "\n"


SHAPES = Path(test_facts.__file__).parent / "facts" / "shapes.txt"


def test_shapes() -> None:
    """Double entry: the contract once more, compared with FACTS section 2 by reading."""
    assert SHAPES.read_text(encoding="utf-8") == shapes()


# Ranges (FACTS section 3): type → least, most.
RANGES = [
    ("Ratio", "0", "1"),
    ("SharpenAmount", "0", "5"),
    ("SharpenRadius", "0", "250"),
    ("SharpenThreshold", "0", "255"),
    ("SharpenMonochrome", "0", "1"),
    ("MediaTime", "0", None),
]


@pytest.mark.parametrize(("name", "least", "most"), RANGES)
def test_ranges(name: str, least: str, most: str | None) -> None:
    facets = contract(LATEST).simple_types[name].facets
    found = {facet.kind: facet.value for facet in facets if facet.kind != "pattern"}
    wanted = {"minInclusive": least} | ({} if most is None else {"maxInclusive": most})
    assert found == wanted


# Forms of values: type → texts that have it, before 4.0 and since; and rule → texts that break it.
FORMS = [
    ("CompanyHandle", "0 47", "c|0 c|47"),
    ("OptionalCompanyHandle", "0 47", "c|0 c|47"),
    ("UserHandle", "1|a 12|me@example.com", "1|a 12|me@example.com"),
    ("ContextHandle", "pc|0 pc|12", "pc|0 pc|12"),
    ("JobHandle", "1|a| 47||x", "j|1|a|| j|47||x|9"),
    ("OptionalJobHandle", "1|a| 47||x", "j|1|a|| j|47||x|9"),
    ("JobName", "a", "a"),
    ("Locale", "en en-US", "en en-US"),
    ("ZonedDateTime", "2014-04-03T09:30:00Z", "2014-04-03T09:30:00-08:00"),
]


@pytest.mark.parametrize("version", VERSIONS, ids=str)
@pytest.mark.parametrize(("name", "before", "since"), FORMS)
def test_forms(name: str, before: str, since: str, version: Version) -> None:
    row = contract(version).simple_types[name]
    for text in (before if version is PRE_4_0 else since).split():
        assert list(problems(row, text)) == []
    for rule, types in WRONG_FORMS.items():
        for text in types.get(name, ((), ()))[version is not PRE_4_0]:
            assert [found for found, _ in problems(row, text)] == [rule]
    for text in WRONG_BLANKS.get(name, ()):
        assert [found for found, _ in problems(row, text)] == [WRONG_BLANKS_RULE[name]]


WRONG_BLANKS = dict.fromkeys(("CompanyHandle", "JobName", "JobHandle"), ("", "  "))
WRONG_BLANKS_RULE = {"CompanyHandle": "blank", "JobName": "blank", "JobHandle": "job-handle-empty"}


# libxml2 takes 1e for a number, and xmlschema 1_0 and NaN in a range; these keep them from it.
PATTERNS = {
    "xs:double": r"[+\-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+\-]?[0-9]+)?|-?INF|NaN",
    "xs:int": r"[+\-]?[0-9]+",
    "xs:long": r"[+\-]?[0-9]+",
}


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_numbers_have_the_spellings_of_xml_schema(version: Version) -> None:
    for row in contract(version).simple_types.values():
        forms = [facet.value for facet in row.facets if facet.kind == "pattern"]
        bounded = any(facet.kind == "minInclusive" for facet in row.facets)
        if row.base in PATTERNS:
            assert forms == [PATTERNS[row.base].removesuffix("|NaN" if bounded else "")]
        elif row.base == "xs:dateTime":
            assert forms[-1] == "-?[0-9]{4,9}-.*"


# Facts that no check can see broken, and why that is right.
KNOWN: dict[str, str] = {}


def test_the_checks_pass_as_they_are() -> None:
    with broken(_nothing()):
        assert failing_check() is None


def test_a_sample_of_broken_facts_is_noticed() -> None:
    facts = random.Random(4).sample(list(broken_facts()), SAMPLE)
    assert [
        fact.what for make in facts if survives(fact := make()) and fact.what not in KNOWN
    ] == []


@pytest.fixture(autouse=True)
def _nothing_cached() -> Iterator[None]:
    yield
    _forget()


def main() -> None:
    """Breaks every fact and prints the survivors."""
    facts = list(broken_facts())
    left = 0
    nothing = _nothing()
    assert survives(nothing), "a check fails as it is"
    for index, make in enumerate(facts):
        fact = make()
        if survives(fact):
            left += 1
            print(f"{index}/{len(facts)} survives: {fact.what}", flush=True)
    assert survives(nothing), "a check began to fail meanwhile"
    print(f"{len(facts)} facts broken, {left} survivors, {len(KNOWN)} of them known")


if __name__ == "__main__":
    if "--shapes" in sys.argv:  # After a change of the contract; read the difference.
        SHAPES.write_text(shapes(), encoding="utf-8")
    else:
        main()
