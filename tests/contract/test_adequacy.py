"""Mutation adequacy: break any one fact of the schema or of the rule table, and a test fails.

More: ``python -m tests.nightly adequacy 1000``; all, some 13,000: ``adequacy 0`` (hours). CI
breaks a sample. The tests asked are those of ``test_facts`` and ``test_rules`` and the verdicts on
the shipped fixtures.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from functools import lru_cache, partial
from inspect import isfunction, signature
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest.mock import patch

import pytest
from lxml import etree

from ips_contract import RULES, validate
from ips_contract.contract.components import FACTS, XS, master_text, parse_schema
from ips_contract.contract.model import contract
from ips_contract.contract.rules import ERROR, WARNING, Rule
from ips_contract.contract.values import problems
from ips_contract.contract.versions import BETA_2016, LATEST, PRE_4_0, VERSIONS, Version
from ips_contract.fixtures import Fixture, all_fixtures
from ips_contract.generation.mutations.values import WRONG_FORMS
from ips_contract.xml.parser import DEFAULT_LIMIT
from tests import test_docs
from tests.contract import test_facts, test_rules
from tests.sweep import examples

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLE = examples(4, 25)
OWN = {"test_the_checks_pass_as_they_are", "test_a_sample_of_broken_facts_is_noticed"}
SINCE, UNTIL, REQUIRED = f"{FACTS}since", f"{FACTS}until", f"{FACTS}required"
LABELS = [version.label for version in VERSIONS]


class Broken(NamedTuple):
    """A fact that is broken: what was done, and the schema's text or the rule's row."""

    what: str
    text: bytes | None = None
    rule: Any = None


Make = Callable[[], Broken]


def broken_facts(chance: random.Random, count: int) -> list[Make]:
    """``count`` of all facts, broken in some way; all in each way, if that is 0."""
    nodes = _nodes(parse_schema(master_text()))
    ways: list[tuple[int, str]] = [(index, name) for index in range(len(nodes)) for name in CHANGES]
    rules = [make for row in RULES.values() for make in _broken_rules(row)]
    if not count:
        return [partial(_break, *way) for way in ways if _possible(nodes[way[0]], way[1])] + rules
    found: list[Make] = chance.sample(rules, max(count // 10, 1))
    while len(found) < count:
        index, name = chance.choice(ways)
        if _possible(nodes[index], name):
            found.append(partial(_break, index, name))
    return found


def _broken_rules(row: Rule) -> list[Make]:
    other = WARNING if row.severity == ERROR else ERROR
    code = 30003 if row.fault != 30003 else 30001
    return [
        partial(Broken, f"rule {row.id}: {other}", rule=row._replace(severity=other)),
        partial(Broken, f"rule {row.id}: fault {code}", rule=row._replace(fault=code)),
    ]


def _nodes(root: etree._Element) -> list[etree._Element]:
    return [node for component in root for node in component.iter(etree.Element)]


def _possible(node: etree._Element, name: str) -> bool:
    """Whether a change can be made; it is tried in a copy of the component."""
    if name in PLACED:
        return _placeable(node, name)
    component = node
    while (parent := component.getparent()) is not None and parent.getparent() is not None:
        component = parent
    twins = deepcopy(component).iter(etree.Element)
    pairs = zip(component.iter(etree.Element), twins, strict=True)
    return next(CHANGES[name](twin) for own, twin in pairs if own is node) is not None


def _break(index: int, name: str) -> Broken:
    root = parse_schema(master_text())
    node = _nodes(root)[index]
    words = f"{name}: {_describe(node)}"
    done = CHANGES[name](node)
    return Broken(f"{words} {done if isinstance(done, str) else ''}".strip(), _written(root))


def _nothing() -> Broken:
    """No fact broken, in the same way."""
    return Broken("nothing", _written(parse_schema(master_text())))


def _written(root: etree._Element) -> bytes:
    """The schema as a file has it: each component a paragraph."""
    root.text = "\n\n  "
    for component in root:
        component.tail = "\n\n  "
    root[-1].tail = "\n\n"
    return etree.tostring(root) + b"\n"


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
    if REQUIRED in node.attrib:
        return None  # That says it.
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
        after, between, known = label.rpartition("..")
        if known not in LABELS:
            return None  # That of the beta of 2016.
        index = LABELS.index(known) + step
        if not LABELS.index(after or "pre-4.0") < index < len(LABELS):
            return None
        new = after + between + LABELS[index]
        node.set(attribute, new)
        return f"{attribute[len(FACTS) :]} {new}"

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
    "required, later": _version_change(REQUIRED, 1),
    "required, earlier": _version_change(REQUIRED, -1),
    "required, dropped": _without("required"),
    "since, dropped": _without("since"),
    "until, dropped": _without("until"),
    "present, dropped": _without("present"),
    "absent, dropped": _without("absent"),
    "check, dropped": _without("check"),
    "optional, dropped": _without("optional"),
    "shown, dropped": _without("shown"),
    "open, dropped": _without("open"),
    "case, dropped": _without("case"),
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
            stack.enter_context(
                patch("ips_contract.contract.components.sources", lambda: [lambda: text])
            )
        if fact.rule is not None:
            stack.enter_context(patch.dict(RULES, {fact.rule.id: fact.rule}))
            warns = frozenset(row.id for row in RULES.values() if row.severity == WARNING)
            stack.enter_context(patch("ips_contract.contract.schema._WARNS", warns))
        try:
            yield
        finally:
            _forget()


def _forget() -> None:
    for name, module in list(sys.modules.items()):
        if name.startswith(("ips_contract.", test_facts.__name__)):
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


def _parametrized(function: Any) -> list[pytest.Mark]:
    marks = getattr(function, "pytestmark", ())
    return [mark for mark in marks if mark.name == "parametrize"]


def _functions(*modules: Any) -> Iterator[tuple[str, Any]]:
    """The tests of ``modules`` that need nothing but their rows."""
    for module in modules:
        for name, function in vars(module).items():
            if not isfunction(function) or name[:5] != "test_" or hasattr(function, "hypothesis"):
                continue
            rows = [mark.args[0] for mark in _parametrized(function)]
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
    for mark in _parametrized(function):
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


def effect() -> list[object]:
    """What the contract says of messages: the rows that they reach, less their dates and evidence.

    A date that a message's own date makes moot, for example, is no fact: broken, it has no effect.
    """
    found: list[object] = []
    for version in (*VERSIONS, BETA_2016):
        table = contract(version)
        waiting = dict.fromkeys((*table.messages.values(), *table.companions.values()))
        found.append((table.messages, table.companions))
        names = list(waiting)
        for name in names:
            row = table.complex_types[name]
            plain = [field._replace(since="", until="", evidence="") for field in row.fields]
            found.append(row._replace(fields=tuple(plain), elsewhen={}))
            found.append(set(row.elsewhen))
            for field in plain:
                if field.type in table.complex_types and field.type not in waiting:
                    waiting[field.type] = None
                    names.append(field.type)
                elif field.type in table.simple_types:
                    found.append(table.simple_types[field.type])
    return found


@lru_cache(maxsize=1)
def _usual_effect() -> list[object]:
    return effect()


def survives(fact: Broken) -> bool:
    """Whether all checks pass with ``fact`` broken, and it makes a difference."""
    try:
        with broken(fact):
            if failing_check() is not None:
                return False
            made = effect()
        return fact.text is None or made != _usual_effect()
    except Exception:  # noqa: BLE001
        return False  # A schema that cannot be compiled is noticed by every test.


# What the tables of ``tests/facts`` do not have, once more by hand: where one of several may stand
# (FACTS section 3), and which rule remarks on what.
CROPS = "manualCropOptions autoColorCropOptions autoTransparentCropOptions"
POSTS = "postImageServingPublishJob postImageRenderingPublishJob postVideoPublishJob"
JOBS = (
    "imageServingPublishJob imageRenderingPublishJob videoPublishJob serverDirectoryPublishJob "
    "metadataPublishJob uploadDirectoryJob uploadUrlsJob optimizeImagesJob ripPdfsJob "
    "reprocessAssetsJob createVideoSitemapJob exportJob automatedSetGenerationJob"
)
UPLOADS = ("UploadDirectoryJob", "UploadUrlsJob", "RipPdfsJob", "ReprocessAssetsJob")
CHOICES = {
    ("submitJobParamType", "one-schedule", "execTime execSchedule", False),
    ("submitJobParamType", "one-job", JOBS, True),
    *((name, "one-crop", CROPS, False) for name in (*UPLOADS, "UploadPostJob")),
    *((name, "one-follow-up", POSTS, False) for name in UPLOADS),
}
# Owner, field or "", what marks it, how.
MARKS = {
    ("Locale", "", "check", "locale-code"),
    ("Schedule", "", "check", "schedule"),
    ("SourceUrl", "", "check", "absolute-url"),
    ("FaultDetail", "", "check", "fault-code"),
    ("ExportJob", "", "check", "export-format"),
    ("getCompanyInfoParamType", "", "check", "company-named"),
    ("HandleArrayUpTo1000", "items", "rule", "array-limit 1000"),
    ("submitJobParamType", "metadataPublishJob", "present", "restricted-job"),
    ("submitJobParamType", "createVideoSitemapJob", "present", "restricted-job"),
    ("submitJobParamType", "ripPdfsJob", "present", "deprecated-job"),
    ("UploadUrlsJob", "numUrls", "present", "response-only"),
    ("authHeaderOwnType", "appName", "absent", "missing-tolerated"),
    ("authHeaderOwnType", "appVersion", "absent", "missing-tolerated"),
    ("UploadUrlArray", "items", "absent", "empty-list"),
    ("AssetMoveArray", "items", "absent", "empty-list"),
    ("BatchMetadataUpdateArray", "items", "absent", "empty-list"),
    ("ImageFieldUpdateArray", "items", "absent", "empty-list"),
    ("FontFieldUpdateArray", "items", "absent", "empty-list"),
    ("IccProfileFieldUpdateArray", "items", "absent", "empty-list"),
    ("ThumbAssetUpdateArray", "items", "absent", "empty-list"),
    ("PublishStateUpdateArray", "items", "absent", "empty-list"),
    ("PermissionUpdateArray", "items", "absent", "empty-list"),
    ("CompanyMembershipUpdateArray", "items", "absent", "empty-list"),
    ("PostScriptProcess", "", "case", "constant-case"),
    ("JobSubType", "", "case", "constant-case"),
    ("authHeaderAnyOrderType", "", "any", ""),
    ("authHeaderOwnType", "", "any", ""),
    ("FaultDetail", "", "any", "4.0..6.6"),
    *(
        ("submitJobParamType", name, "shown", "pre-4.0")
        for name in (
            *("locale", "description", "optimizeImagesJob", "ripPdfsJob", "reprocessAssetsJob"),
            *("exportJob", "automatedSetGenerationJob"),
        )
    ),
}


# Until when what was: version → owner/field. Where no WSDL is known, the change log or the order of
# pre-4.0 has it (D W).
UNTIL_WHEN = {
    "4.5": "PhotoshopOptions/maintainLayers PhotoshopOptions/layerNaming PhotoshopOptions/anchor "
    "PhotoshopOptions/createTemplate PhotoshopOptions/extractText PhotoshopOptions/extendLayers",
    "6.0": "User/role setUserInfoParamType/role addUserParamType/role",
    "6.6": "UploadDirectoryJob/videoEncodingPreset renameAssetParamType/renameFiles "
    "Folder/permissions getCompanyMembersReturnType/userArray "
    "getCompanyMembershipReturnType/companyArray setCompanyMembershipParamType/companyHandleArray "
    "addCompanyMembershipParamType/companyHandleArray addUserParamType/companyHandleArray",
    "6.8": "UploadDirectoryJob/xmpTemplateId UploadDirectoryJob/xmpTemplateOverwrites "
    "cdnCacheInvalidationParamType/confirmation cdnCacheInvalidationReturnType/successCount "
    "cdnCacheInvalidationReturnType/warningCount cdnCacheInvalidationReturnType/errorCount "
    "cdnCacheInvalidationReturnType/errorDetailArray setUserInfoParamType/defaultRole "
    "addUserParamType/defaultRole User/defaultRole",
    "2016-01-14-beta": "UrlArray/items",
}
# Required in pre-4.0 (L W), and later not.
OPTIONAL_SINCE_4_0 = (
    "PhotoshopOptions/maintainLayers PhotoshopOptions/layerNaming PhotoshopOptions/anchor "
    "PostScriptOptions/resolution PostScriptOptions/colorspace "
    "PostScriptOptions/extractSearchWords UploadUrlsJob/urlArray User/role"
)


def marked(mark: str) -> dict[str, set[str]]:
    """Values of an attribute → the fields that have it, as owner/field."""
    found: dict[str, set[str]] = {}
    for owner in parse_schema(adequacy_text()).iter(f"{XS}complexType"):
        for node in owner.iter(f"{XS}element"):
            if value := node.get(FACTS + mark):
                found.setdefault(value, set()).add(f"{owner.get('name')}/{node.get('name')}")
    return found


def test_until_when() -> None:
    assert marked("until") == {label: set(names.split()) for label, names in UNTIL_WHEN.items()}
    assert marked("optional") == {"4.0": set(OPTIONAL_SINCE_4_0.split())}


def test_when_what_no_source_dates_came() -> None:
    """After pre-4.0, whose WSDL lacks it, and not later than 6.6, whose WSDL has it (L)."""
    ranges = {label: names for label, names in marked("since").items() if ".." in label}
    ranges.pop("4.0..6.6")
    assert ranges == {"4.0..6.0": {"createMetadataFieldParamType/initialTagValue"}}


def test_answers_came_with_their_requests() -> None:
    nodes = parse_schema(adequacy_text()).findall(f"{XS}element")
    since = {node.get("name", ""): node.get(SINCE) for node in nodes}
    for name, label in since.items():
        if name.endswith("Param"):
            assert since.get(name.removesuffix("Param") + "Return", label) == label


def test_the_order_of_photoshop_options_in_4_0() -> None:
    """The change log has the fields, in this order (D); no WSDL of 4.0 to 4.4 is known."""
    fields = contract(VERSIONS[1]).complex_types["PhotoshopOptions"].fields
    assert " ".join(field.name for field in fields) == (
        "maintainLayers layerNaming anchor createTemplate extractText extendLayers"
    )


OWN_HEADER = {
    "user": "xs:string",
    "password": "xs:string",
    "accessToken": "xs:string",
    "samlResponse": "xs:string",
    "locale": "HeaderLocale",
    "appName": "xs:string",
    "appVersion": "xs:string",
    "gzipResponse": "xs:boolean",
    "faultHttpStatusCode": "Int",
}


def test_own_auth_header() -> None:
    """As 6.8 has it, and with samlResponse the beta of 2016 (L B); all may be left out (O)."""
    for version, missing in ((LATEST, {"samlResponse"}), (BETA_2016, set())):
        row = contract(version).complex_types["authHeaderOwnType"]
        wanted = [pair for pair in OWN_HEADER.items() if pair[0] not in missing]
        assert [(field.name, field.type) for field in row.fields] == wanted
        assert not any(field.required or field.maximum != 1 for field in row.fields)
        assert row.ordered


def test_choices() -> None:
    found = set()
    for owner in parse_schema(adequacy_text()):
        for node in owner.iter(f"{XS}choice"):
            names = " ".join(child.get("name", "") for child in node)
            required = node.get("minOccurs") != "0"
            found.add((owner.get("name"), node.get(f"{FACTS}rule"), names, required))
    assert found == CHOICES


def test_marks() -> None:
    found = set()
    for owner in parse_schema(adequacy_text()):
        for node in owner.iter(etree.Element):
            name = "" if node is owner else node.get("name", "")
            for mark in ("check", "present", "absent", "shown", "case"):
                if value := node.get(FACTS + mark):
                    found.add((owner.get("name"), name, mark, value))
            if node.tag == f"{XS}element" and (rule := node.get(f"{FACTS}rule")):
                found.add((owner.get("name"), name, "rule", f"{rule} {node.get('maxOccurs')}"))
            if node.tag == f"{XS}anyAttribute":
                found.add((owner.get("name"), "", "any", node.get(SINCE, "")))
    assert found == MARKS


def adequacy_text() -> bytes:
    """The schema's text, with the fact that is broken."""
    return master_text()


# Ranges (FACTS section 3): type → least, most.
RANGES = [
    ("Ratio", "0", "1"),
    ("SharpenAmount", "0", "5"),
    ("SharpenRadius", "0", "250"),
    ("SharpenThreshold", "0", "255"),
    ("SharpenMonochrome", "0", "1"),
    ("MediaTime", "0", None),
    ("PageSize", None, "1000"),
]


@pytest.mark.parametrize(("name", "least", "most"), RANGES)
def test_ranges(name: str, least: str | None, most: str | None) -> None:
    facets = contract(LATEST).simple_types[name].facets
    found = {facet.kind: facet.value for facet in facets if facet.kind != "pattern"}
    limits = {"minInclusive": least, "maxInclusive": most}
    assert found == {kind: limit for kind, limit in limits.items() if limit is not None}


# Forms of values: type → texts that have it, before 4.0 and since; and rule → texts that break it.
FORMS = [
    ("CompanyHandle", "0 47", "c|0 c|47"),
    ("OptionalCompanyHandle", "0 47", "c|0 c|47"),
    ("UserHandle", "1|a 12|me@example.com", "1|a u|12|me@example.com"),
    ("ContextHandle", "pc|0 pc|12", "pc|0 pc|12"),
    ("JobHandle", "1|a| 47||x", "j|1|a|| j|47||x|9"),
    ("OptionalJobHandle", "1|a| 47||x", "j|1|a|| j|47||x|9"),
    ("AnswerCompanyHandle", "47 c|47", "47 c|47"),
    ("JobName", "a", "a"),
    ("Locale", "en en-US", "en en-US"),
    ("HeaderLocale", "en en-US", "en en-US"),
    ("ZonedDateTime", "2014-04-03T09:30:00Z", "2014-04-03T09:30:00-08:00"),
]


@pytest.mark.no_cover
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
    "xs:float": r"[+\-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+\-]?[0-9]+)?|-?INF|NaN",
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


@pytest.mark.no_cover
def test_the_checks_pass_as_they_are() -> None:
    with broken(_nothing()):
        assert failing_check() is None


@pytest.mark.no_cover
def test_a_sample_of_broken_facts_is_noticed() -> None:
    facts = broken_facts(random.Random(4), SAMPLE)
    assert [
        fact.what for make in facts if survives(fact := make()) and fact.what not in KNOWN
    ] == []


@pytest.fixture(autouse=True)
def _nothing_cached() -> Iterator[None]:
    yield
    _forget()


def passes(fact: Broken) -> bool:
    """Whether all checks pass."""
    with broken(fact):
        return failing_check() is None


def survivors_of(count: int, start: int) -> str:
    """Breaks ``count`` facts, or all if that is 0, and prints each that nothing notices.

    Raises:
        AssertionError: one that is not known survives, or a check fails as it is.
    """
    facts = broken_facts(random.Random(start), count)
    left: list[str] = []
    nothing = _nothing()
    assert passes(nothing), "a check fails as it is"
    for index, make in enumerate(facts):
        fact = make()
        if survives(fact):
            left.append(fact.what)
            print(f"{index}/{len(facts)} survives: {fact.what}", file=sys.stderr, flush=True)
    assert passes(nothing), "a check began to fail meanwhile"
    unknown = [what for what in left if what not in KNOWN]
    assert not unknown, f"{len(unknown)} of {len(facts)} broken facts are not noticed"
    return f"{len(facts)} facts broken, {len(left)} survivors, all of them known"
