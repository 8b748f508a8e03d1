"""What a mutation run found untested: one wrong character there, and a user would lose this.

``docs/testing.md`` says how the run is done and what it leaves.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest
from lxml import etree

from ips_contract import find_version, validate, validate_exchange
from ips_contract.contract.compiled_schemas import compiled_envelope
from ips_contract.contract.components import XS
from ips_contract.contract.model import (
    Choice,
    ComplexType,
    Facet,
    Field,
    SimpleType,
    contract,
    simple_type,
)
from ips_contract.contract.rules import RULES, WARNING
from ips_contract.contract.schema import CLEAN, SERVICE, STRICT, render, schema_text
from ips_contract.contract.values import problems, quick_accept
from ips_contract.contract.versions import LATEST, PRE_4_0, UNVERSIONED, VERSIONS, Version
from ips_contract.validation import diagnosis, engines, findings
from ips_contract.validation.diagnosis import Diagnosis, begins_clean
from ips_contract.xml.envelope import split_envelope
from ips_contract.xml.parser import Unreadable, parse, text_of
from ips_contract.xml.positions import as_utf8, element_starts, locate
from ips_contract.xml.text import collapse
from tests.messages import REQUEST, RESPONSE, SOAP_11, SOAP_12, envelope, request, urls

# --- rows: what the writer, the strategies and the sources shown in the documentation stand on


def row(name: str, type_name: str, evidence: str, **changes: object) -> Field:
    """A field that may be left out, once at most, in every version, but for ``changes``."""
    plain = Field(name, type_name, False, 1, None, "repeated-element", None, None, "", "", evidence)
    return plain._replace(**changes)  # type: ignore[arg-type] # as the rows below have them


EXPORT = row("exportJob", "ExportJob", "S L B D", choice=1, since="6.0")
TEMPLATE = row("createTemplate", "xs:boolean", "D", since="4.0", until="4.5")
LATE = "later-than-pre-4.0"
# Version, type, the field there; the last column: whether another version only has it.
FIELDS: list[tuple[str, str, Field, bool]] = [
    (
        "6.8",
        "submitJobParamType",
        row("companyHandle", "CompanyHandle", "S L B W D", required=True),
        False,
    ),
    ("6.8", "submitJobParamType", row("execTime", "ZonedDateTime", "S L B W D", choice=0), False),
    ("6.8", "submitJobParamType", EXPORT, False),
    ("4.5", "submitJobParamType", EXPORT, True),
    ("pre-4.0", "submitJobParamType", EXPORT._replace(present=LATE), False),
    (
        "pre-4.0",
        "submitJobParamType",
        row("ripPdfsJob", "RipPdfsJob", "S L B D", choice=1, since="4.0", present="deprecated-job"),
        False,
    ),
    ("pre-4.0", "PhotoshopOptions", TEMPLATE, True),
    ("4.2", "PhotoshopOptions", TEMPLATE, False),
    ("4.5", "PhotoshopOptions", TEMPLATE, True),
    (
        "4.4",
        "UploadUrlsJob",
        row("numUrls", "Int", "L B D", since="4.5", present="response-only"),
        True,
    ),
    ("6.8", "UploadUrlArray", row("items", "UploadUrl", "L B W D", maximum=None), False),
    (
        "6.8",
        "HandleArrayUpTo1000",
        row("items", "xs:string", "D", maximum=1000, maximum_rule="array-limit"),
        False,
    ),
    (
        "6.8",
        "UploadDirectoryJob",
        row("serverDir", "xs:string", "L B W D", required=True),
        False,
    ),
    (
        "4.5",
        "getAssetJobLogsParamType",
        row("assetHandle", "xs:string", "L B D", absent="missing-inferred"),
        False,
    ),
    (
        "6.6",
        "getAssetJobLogsParamType",
        row("assetHandle", "xs:string", "L B D", required=True),
        False,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("version", "type_name", "field", "elsewhen"), FIELDS)
def test_fields(version: str, type_name: str, field: Field, elsewhen: bool) -> None:
    kind = contract(find_version(version)).complex_types[type_name]
    assert kind.elsewhen.get(field.name) == (field if elsewhen else None)
    assert [f for f in kind.fields if f.name == field.name] == ([] if elsewhen else [field])


def test_choices() -> None:
    first, second = contract(find_version("4.5")).complex_types["submitJobParamType"].choices
    assert first == Choice("one-schedule", False, ("execTime", "execSchedule"), "S")
    assert second[:2] == ("one-job", True)
    assert "exportJob" not in second.names
    crop = contract(LATEST).complex_types["UploadUrlsJob"].choices[0]
    assert crop[:2] == ("one-crop", False)
    assert crop.evidence == "D"


NUMBER = r"[+\-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+\-]?[0-9]+)?|-?INF"
SIMPLE_TYPES = [
    (
        "pre-4.0",
        SimpleType(
            "CompanyHandle",
            "xs:token",
            (
                Facet("minLength", "1", "blank", "S D"),
                Facet("pattern", "[0-9]+", "handle-form", "O D"),
            ),
        ),
    ),
    (
        "4.0",
        SimpleType(
            "CompanyHandle",
            "xs:token",
            (
                Facet("minLength", "1", "blank", "S D"),
                Facet("pattern", r"c\|[0-9]+", "handle-form", "O D"),
            ),
        ),
    ),
    (
        "6.8",
        SimpleType(
            "Ratio",
            "xs:double",
            (
                Facet("pattern", NUMBER, "range", "D"),
                Facet("minInclusive", "0", "range", "D"),
                Facet("maxInclusive", "1", "range", "D"),
            ),
        ),
    ),
    ("6.8", SimpleType("Schedule", "xs:string", (), "schedule")),
]


@pytest.mark.parametrize(("version", "kind"), SIMPLE_TYPES)
def test_simple_types(version: str, kind: SimpleType) -> None:
    assert contract(find_version(version)).simple_types[kind.name] == kind


@pytest.mark.parametrize(
    ("name", "ordered", "check"),
    [
        ("ExportJob", True, "export-format"),
        ("FaultDetail", True, "fault-code"),
        ("authHeaderAnyOrderType", False, None),
        ("UploadUrlsJob", True, None),
    ],
)
def test_complex_types(name: str, ordered: bool, check: str | None) -> None:
    kind = contract(LATEST).complex_types[name]
    assert (kind.name, kind.ordered, kind.check) == (name, ordered, check)


# --- schema: each flavour is what the rows say, so that the engines and the diagnosis agree


class Item(NamedTuple):
    """An element declaration: ``choice`` is the index of the choice it stands in, or None."""

    name: str
    type: str
    minimum: str | None
    maximum: str | None
    choice: int | None


class Shape(NamedTuple):
    """The children of a complex type in a rendered schema."""

    ordered: bool
    items: list[Item]
    optional_choices: list[bool]


# Not for the C engine.
CHECKED = {"locale-code", "schedule", "export-format", "fault-code", "company-named"}


def wanted(kind: ComplexType, version: Version, flavour: str) -> Shape:
    """The shape of ``kind`` as the rows have it."""
    rows = contract(version)
    checked = {kind.name for kind in rows.simple_types.values() if kind.check in CHECKED}
    checked |= {kind.name for kind in rows.complex_types.values() if kind.check in CHECKED}
    items = []
    for field in kind.fields:
        required, choice, type_name = field.required, field.choice, field.type
        most = field.maximum
        if flavour == CLEAN:
            if field.present is not None or field.type in checked:
                continue
            required = required or field.absent is not None
        if flavour == SERVICE:
            choice = None
            simple = rows.simple_types.get(type_name)
            base = simple.base.replace("xs:token", "xs:string") if simple else type_name
            type_name = field.service or base
            if field.present == LATE or (version is PRE_4_0 and field.name == "ripPdfsJob"):
                continue  # The WSDL of this version has it not.
        if flavour == STRICT and RULES[field.maximum_rule].severity == WARNING:
            most = None
        maximum = {1: None, None: "unbounded"}.get(most, str(most))
        minimum = None if required or choice is not None else "0"
        items.append(Item(field.name, type_name, minimum, maximum, choice))
    choices = [] if flavour == SERVICE else [not choice.required for choice in kind.choices]
    if not items and flavour != SERVICE:
        return EMPTY
    return Shape(kind.ordered or flavour == SERVICE, items, choices)


# Nothing, and white space around it: XSD's own empty content would refuse that.
EMPTY = Shape(False, [Item("", "", None, None, None)], [])


GROUPS = {XS + "sequence", XS + "all", XS + "choice"}


def rendered(node: etree._Element) -> Shape:
    """The shape of the xs:complexType ``node``."""
    group = next(child for child in node if child.tag in GROUPS)
    items: list[Item] = []
    choices: list[bool] = []
    for child in group:
        inside = child.tag == XS + "choice"
        items += [
            Item(
                element.get("name", ""),
                element.get("type", ""),
                element.get("minOccurs"),
                element.get("maxOccurs"),
                len(choices) if inside else None,
            )
            for element in (child if inside else [child])
        ]
        if inside:
            choices.append(child.get("minOccurs") == "0")
    return Shape(group.tag == XS + "sequence", items, choices)


@pytest.mark.no_cover
@pytest.mark.parametrize("flavour", [STRICT, CLEAN, SERVICE])
@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_rendered_types(version: Version, flavour: str) -> None:
    root = render(version, flavour)
    rows = contract(version)
    types = {node.get("name"): node for node in root.iterchildren(XS + "complexType")}
    shapes = {name: wanted(kind, version, flavour) for name, kind in rows.complex_types.items()}
    if flavour == SERVICE:  # What no message of the version reaches, its WSDL leaves out.
        used = list(dict.fromkeys(rows.messages.values()))
        for name in used:
            used += [i.type for i in shapes[name].items if i.type in shapes and i.type not in used]
        shapes = {name: shapes[name] for name in used}
        types = {name: node for name, node in types.items() if name in used}
    messages = {node.get("name"): node.get("type") for node in root.iterchildren(XS + "element")}
    unseen = CHECKED if flavour == CLEAN else set()
    assert messages == {
        name: kind
        for name, kind in rows.messages.items()
        if rows.complex_types[kind].check not in unseen
    }


@pytest.mark.parametrize("flavour", [STRICT, CLEAN, SERVICE])
@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_rendered_values(version: Version, flavour: str) -> None:
    root = render(version, flavour)
    found: dict[str, list[tuple[str, str | None]]] = {}
    for node in root.iterchildren(XS + "simpleType"):
        own = [(str(facet.tag).removeprefix(XS), facet.get("value")) for facet in node[-1]]
        found[str(node.get("name"))] = own + found.get(str(node[-1].get("base")), [])

    def keeps(facet: Facet) -> bool:
        warns = RULES[facet.rule].severity == WARNING
        return not warns or (facet.kind == "enumeration") is (flavour == STRICT)

    kinds = contract(version).simple_types.values() if flavour != SERVICE else ()
    assert found == {
        k.name: []
        if k.open and flavour == STRICT  # A list that is open refuses nothing.
        else [(f.kind, f.value) for f in k.facets if keeps(f)]
        for k in kinds
    }


def test_schema_text_is_for_readers() -> None:
    """The command ``schema`` prints it: indented, whole, and without notes of ours."""
    text = schema_text(LATEST)
    lines = text.splitlines()
    assert lines[0] == (
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        f'xmlns="{LATEST.namespace}" targetNamespace="{LATEST.namespace}" '
        'elementFormDefault="qualified">'
    )
    assert lines[1] == '  <xs:simpleType name="OptionalCompanyHandle">'
    assert lines[3].endswith("Handle of a company: 47 before 4.0, c|47 after.</xs:documentation>")
    assert text.count("<xs:documentation>Default: true.<") > 3
    assert "f:" not in re.sub("<xs:documentation>[^<]*</xs:documentation>", "", text)
    assert (lines[-1], text[-2:]) == ("</xs:schema>", ">\n")
    assert "<!--" not in text
    assert "exportJob" in text
    assert "exportJob" not in schema_text(find_version("4.5"))
    assert 'maxOccurs="1000"' in text
    assert r"c\|[0-9]+" not in text  # What only warns must not refuse.


def test_schema_in_another_namespace() -> None:
    """Unpublished versions are judged in their own namespace, longer ones that start alike too."""
    root = render(LATEST, STRICT, "urn:x")
    assert (root.get("targetNamespace"), root.nsmap[None]) == ("urn:x", "urn:x")


AUTH = f'<authHeader xmlns="{UNVERSIONED}"><user>u</user><password>p</password></authHeader>'
REMARKED = dict.fromkeys(VERSIONS, "<locale>en_US</locale>")
REMARKED[PRE_4_0] = "<locale>en</locale>"


@pytest.mark.parametrize("soap", [SOAP_11, SOAP_12])
@pytest.mark.parametrize("version", VERSIONS, ids=str)
@pytest.mark.parametrize("messages", [(), ("submitJobParam",)])
def test_clean_envelopes(version: Version, soap: str, messages: tuple[str, ...]) -> None:
    """What this schema takes is reported clean at once: never something remarked on.

    That what is in the Header is an authHeader, ``validate`` sees to.
    """
    schema = compiled_envelope(version, soap, messages)

    def takes(message: bytes, header: str = AUTH) -> bool:
        return schema.validate(parse(envelope(message, header, soap)))

    assert takes(request(version))
    assert takes(request(version), header="")
    assert not takes(request(version), header=AUTH.replace("user", "usr"))
    assert not takes(request(version), header=AUTH * 2)
    assert not takes(request(version, before=REMARKED[version]))
    assert not takes(request(version, job=urls(after="<numUrls>1</numUrls>")))
    assert not takes(request(version).replace(b"Full", b"full"))


# --- values: what is accepted without a closer look, and numbers at the edge


def accepts(type_name: str, text: str) -> bool | None:
    kind = simple_type(contract(LATEST), type_name)
    assert kind is not None
    quick = quick_accept(kind)
    return None if quick is None else bool(quick(text))


@pytest.mark.parametrize(
    ("type_name", "text", "accepted"),
    [
        ("xs:string", "x", True),
        ("xs:boolean", "true", True),
        ("xs:boolean", "yes", False),
        ("xs:int", "1", True),
        ("xs:int", " 1", False),
        ("EmailSetting", "All", True),
        ("EmailSetting", "all", False),
        ("PdfProcess", "render", False),
        ("SourceUrl", "https://example.com/a.jpg", True),
        ("SourceUrl", "a.jpg", False),
        ("Locale", "en", None),
        ("JobName", "x", None),
    ],
)
def test_quick_accept(type_name: str, text: str, accepted: bool | None) -> None:
    """A thousand values are looked at quickly, and none that is to be remarked on slips by."""
    assert accepts(type_name, text) is accepted


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("0" * 90 + "9999999999", False),
        ("0" * 90 + "2147483647", True),
        ("0" * 100 + "2147483647", True),
        ("0" * 100 + "99999999999", False),
        ("-" + "0" * 100 + "1", True),
        ("0" * 100 + "x", False),
    ],
)
def test_padded_numbers(text: str, valid: bool) -> None:
    assert (list(problems(SimpleType("xs:int", "xs:int"), text)) == []) is valid


BUILT_IN_ROWS = {
    "xs:int": (
        "2147483647 -2147483648 +1 -0",
        "2147483648 -2147483649 1.0 1_0 + x",
    ),
    "xs:long": (
        "9223372036854775807 -9223372036854775808",
        "9223372036854775808 -9223372036854775809",
    ),
    "xs:dateTime": (
        """
        2014-04-03T09:30:00 2014-12-01T00:00:00 2014-01-31T23:59:59 2014-04-03T24:00:00
        2014-04-03T24:00:00.00 2014-04-03T24:00:00.0Z 2014-04-03T24:00:00Z
        2014-04-03T00:00:00.5Z 2012-02-29T00:00:00 2000-02-29T00:00:00 12000-02-29T00:00:00
        2014-04-03T09:30:00+14:00 2014-04-03T09:30:00-13:59 2014-04-03T09:30:00+01:59
        10000-01-01T00:00:00 -0001-01-01T00:00:00 0010-01-01T00:00:00 0400-02-29T00:00:00
        2014-04-03T00:00:00+00:00 2014-11-30T00:00:00 10100-01-01T00:00:00
        """,
        """
        2014-04-03 2014-00-01T00:00:00 2014-13-01T00:00:00 2014-01-00T00:00:00
        2014-01-32T00:00:00 2014-04-31T00:00:00 2014-11-31T00:00:00 2014-02-29T00:00:00
        1900-02-29T00:00:00 2014-04-03T24:00:01 2014-04-03T24:01:00 2014-04-03T24:01:01
        2014-04-03T24:00:00.5 2014-04-03T25:00:00 2014-04-03T09:60:00 2014-04-03T09:30:60
        2014-04-03T09:60:60 2014-04-03T25:30:00 2014-04-03T09:30:00+14:01
        2014-04-03T09:30:00-13:60 2014-04-03T09:30:00+15:00 2014-04-03T09:30:00+13:99
        0000-01-01T00:00:00 02014-01-01T00:00:00 00000-01-01T00:00:00 10100-02-29T00:00:00
        2014-04-03T24:30:00 2014-04-03T24:00:30 2012-02-30T00:00:00
        """,
    ),
}


@pytest.mark.parametrize(
    ("base", "text", "valid"),
    [
        (base, text, valid)
        for base, (good, bad) in BUILT_IN_ROWS.items()
        for valid, texts in ((True, good), (False, bad))
        for text in texts.split()
    ],
)
def test_built_in_values(base: str, text: str, valid: bool) -> None:
    """``test_values`` has both engines say the same of most of them."""
    assert (list(problems(SimpleType(base, base), text)) == []) is valid


# --- versions: which version judges a namespace


@pytest.mark.parametrize(
    "date", ["2014-0x-03", "2014-x4-03", "2014-04-x3", "2014-04-0x", "201x-04-03", "x014-04-03"]
)
def test_a_namespace_with_a_letter_in_its_date(date: str) -> None:
    document = RESPONSE.replace(UNVERSIONED.encode(), f"{UNVERSIONED}/{date}".encode())
    (found,) = validate(document).violations
    assert found.rule == "wrong-namespace"


def test_names_of_releases() -> None:
    assert [v.aliases for v in VERSIONS] == [()] * 5 + [("2012R1",), ("2013R1",), ("2014R1",)]
    assert find_version("2013R1").label == "6.6"
    assert PRE_4_0.date == ""


# --- diagnosis: where it stops

ITEMS = "<items><sourceUrl>https://example.com/a.jpg</sourceUrl><destPath>a</destPath></items>"


def upload(*, good: int, bad: str = "", version: Version = LATEST) -> bytes:
    """An upload with ``bad`` behind so many more good items."""
    return request(version, job=urls().replace("</urlArray>", f"{ITEMS * good}{bad}</urlArray>"))


ITEM = "<items><source/></items>"
RELATIVE_URLS = urls().replace("https://example.com/", "")


def handles(items: str) -> bytes:
    job = f"<reprocessAssetsJob><assetHandleArray>{items}</assetHandleArray></reprocessAssetsJob>"
    return request(LATEST, job=job)


# A list of one job, with what each job has (L), and its job element.
_WHEN = "2014-04-03T09:30:00Z"
ANSWER = (
    f'<getActiveJobsReturn xmlns="{LATEST.namespace}"><jobArray><items>'
    "<companyHandle>c|47</companyHandle><jobHandle>j|47|a||</jobHandle><name>a</name>"
    "<originalName>a</originalName><type>UrlUpload</type><state>Running</state>"
    "<submitUserEmail>a</submitUserEmail><serverName>a</serverName>"
    f"<startDate>{_WHEN}</startDate><triggerTime>{_WHEN}</triggerTime><totalSize>1</totalSize>"
    f"<progress>0</progress><progressMessage/><lastProgressUpdate>{_WHEN}</lastProgressUpdate>"
    f"<taskProgressArray/>{RELATIVE_URLS}</items></jobArray></getActiveJobsReturn>"
).encode()
BEGINNINGS = [
    # The first item is looked at, and no other.
    (upload(good=1), LATEST, True),
    (upload(good=0, bad=ITEM), LATEST, True),
    (request(LATEST, job=urls().replace("source", "from")), LATEST, False),
    (request(LATEST, job=urls().replace("<items>", "<wrong/><items>")), LATEST, False),
    (request(LATEST, job=urls().replace("<items>", "<items><wrong/>")), LATEST, False),
    (request(LATEST, job="<uploadUrlsJob><urlArray/></uploadUrlsJob>"), LATEST, True),
    (b"<a/>", LATEST, False),
    (RESPONSE, PRE_4_0, True),
    (REQUEST.replace(b"jobName", b"name"), PRE_4_0, False),
    # What stands once is left to the engine.
    (REQUEST.replace(b"My Test Job", b"a|b"), PRE_4_0, True),
    (handles("<items>a</items>"), LATEST, True),
    (handles("<items><a/></items>"), LATEST, False),
    # Relative URLs are remarked on in requests only.
    (request(LATEST, job=RELATIVE_URLS), LATEST, False),
    (ANSWER, LATEST, True),
]


@pytest.mark.parametrize(("document", "version", "clean"), BEGINNINGS)
def test_the_beginning_of_a_large_document(document: bytes, version: Version, clean: bool) -> None:
    """A wrong beginning spares the engine; a right one must not be taken for wrong."""
    assert begins_clean(parse(document), version) is clean


def test_the_walk_stops_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "MOST_FINDINGS", 3)
    walk = Diagnosis(LATEST, LATEST.namespace, request=True)
    walk.message(parse(request(LATEST, before="<a/><b/><c/><d/>")), "")
    assert len(walk.findings) == 3


def test_built_in_types_are_types_without_facets() -> None:
    assert simple_type(contract(LATEST), "xs:int") == SimpleType("xs:int", "xs:int")
    assert simple_type(contract(LATEST), "NoSuchType") is None


# --- exchange: each option reaches both messages


def test_exchange_options() -> None:
    report = validate_exchange(REQUEST, RESPONSE, version="4.5")
    assert [str(r.version) for r in report[:2]] == ["4.5", "4.5"]
    assert [r.message for r in report[:2]] == ["submitJobParam", "submitJobReturn"]
    with pytest.raises(ValueError, match="no engine 'expat'"):
        validate_exchange(REQUEST, RESPONSE, engine="expat")
    report = validate_exchange(REQUEST, RESPONSE, limit=len(REQUEST) - 1)
    assert [len(r.violations) for r in report[:2]] == [1, 0]
    assert report.violations == ()


# --- judge: a cut list of findings says so, and a Report can show its source

RELATIVE = "<items><sourceUrl>b</sourceUrl><destPath>b</destPath></items>"
URL_ITEM = "/submitJobParam/uploadUrlsJob/urlArray/items"
TOO_MANY = ("too-many", "/", 1, 1, None)
CUT: list[tuple[bytes, bool, list[tuple[str, str, int, int, int | None]]]] = [
    (
        request(LATEST, before="<a/><b/><c/>"),
        False,
        [
            TOO_MANY,
            ("unknown-element", "/submitJobParam/a", 1, 134, 30003),
            ("unknown-element", "/submitJobParam/b", 1, 138, 30003),
            ("unknown-element", "/submitJobParam/c", 1, 142, 30003),
        ],
    ),
    # Warnings alone leave the message valid; an error behind them must not get lost.
    (
        upload(good=0, bad=RELATIVE * 3),
        True,
        [
            TOO_MANY,
            ("absolute-url", f"{URL_ITEM}[2]/sourceUrl", 1, 262, None),
            ("absolute-url", f"{URL_ITEM}[3]/sourceUrl", 1, 323, None),
        ],
    ),
    (
        upload(good=0, bad=RELATIVE * 3).replace(b"<createMask>false", b"<createMask>no"),
        False,
        [
            TOO_MANY,
            ("absolute-url", f"{URL_ITEM}[2]/sourceUrl", 1, 262, None),
            ("absolute-url", f"{URL_ITEM}[3]/sourceUrl", 1, 323, None),
            ("wrong-type", "/submitJobParam/uploadUrlsJob/createMask", 1, 515, 30001),
        ],
    ),
    (
        envelope(
            request(LATEST, before="<a/>"),
            f'<authHeader/><authHeader xmlns="{LATEST.namespace}"><user>u</user>'
            "<password>p</password></authHeader>",
        ),
        False,
        [
            TOO_MANY,
            ("wrong-namespace", "/Envelope/Header/authHeader", 1, 75, 30003),
            ("missing-tolerated", "/Envelope/Header/authHeader", 1, 88, None),
            ("unknown-element", "/Envelope/Body/submitJobParam/a", 1, 353, 30003),
        ],
    ),
    (
        request(LATEST, before="<a/>"),
        False,
        [("unknown-element", "/submitJobParam/a", 1, 134, 30003)],
    ),
]


@pytest.mark.parametrize(("document", "valid", "expected"), CUT)
def test_a_list_that_is_cut_says_so(
    document: bytes,
    valid: bool,
    expected: list[tuple[str, str, int, int, int | None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(diagnosis, "MOST_FINDINGS", 2)
    monkeypatch.setattr(findings, "MOST_FINDINGS", 2)
    report = validate(document)
    found = [(v.rule, v.path, v.line, v.column, v.fault_code) for v in report.violations]
    assert found == expected
    assert report.valid is valid
    if expected[0] == TOO_MANY:
        assert report.violations[0].message == "Only the first 2 findings are listed."


@pytest.mark.parametrize(
    "document",
    [
        REQUEST,
        REQUEST.replace(b"Full", b"full"),
        b"<",
        b"<a xmlns='%s'>%s</a>" % (b"n" * 1001, b"<a/>" * 5000),
    ],
)
def test_a_report_keeps_its_document(document: bytes) -> None:
    """Without it, the text of the report could not show the line and mark the place."""
    assert validate(document).data == document


@pytest.mark.parametrize("document", [REQUEST.replace(b"Full", b"full"), b"<", b"<a/>"])
def test_a_finding_has_its_source(document: bytes) -> None:
    (found,) = validate(document).violations
    assert found.source == RULES[found.rule].source


def test_engines() -> None:
    assert validate(REQUEST, engine="xmlschema").violations == ()
    with pytest.raises(
        ValueError, match=r"^no engine 'expat'; the engines are lxml, xmlschema, both$"
    ):
        validate(REQUEST, engine="expat")


ENGINE_ROWS = [
    (REQUEST, "/submitJobParam", 30003),
    (envelope(REQUEST), "/Envelope/Body/submitJobParam", 30003),
    (RESPONSE, "/submitJobReturn", None),
]


@pytest.mark.parametrize(("document", "path", "code"), ENGINE_ROWS)
def test_an_engine_that_refuses_what_we_take(
    document: bytes, path: str, code: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last net: what no rule of ours saw is still said, with its place and its fault."""
    monkeypatch.setitem(engines.VERDICTS, "xmlschema", lambda *_: [("no", 3)])
    first, second = validate(document, engine="both").violations
    assert (first.rule, first.path, first.fault_code) == ("engine-disagreement", path, None)
    assert first.message == "lxml accepts and xmlschema refuses the message. Please report this."
    assert (second.rule, second.path, second.fault_code) == ("schema", path, code)
    assert second.message == "xmlschema, line 3: no"


# --- locate and envelope: places in documents that the two parsers read differently


def test_places_where_expat_stops_early() -> None:
    root = parse(b"<a>\n<b/>\n</a>")
    assert locate(root, b"<a>", [root[0]]) == {root[0]: (1, 2, None)}
    assert locate(root, b"<a><b/></a>", [root[0], root]) == {
        root: (0, 1, 1),
        root[0]: (1, 1, 4),
    }


@pytest.mark.parametrize(
    ("data", "declared", "text"),
    [
        (b"<a/>", None, b"<a/>"),
        (b"\xef\xbb\xbf<a/>", "UTF-8", b"<a/>"),
        ("\n<a/>".encode("utf-16"), None, b"\n<a/>"),
        ("\ufeff\n<a/>".encode("utf-16-be"), "UTF-16BE", b"\n<a/>"),
        ("\ufeff<a/>".encode("gb18030"), "GB18030", b"<a/>"),
        (b"<a>\xfc</a>", "ISO-8859-1", "<a>\u00fc</a>".encode()),
        # Where Python is stricter than libxml2, one character stands for one that it cannot read.
        (b"<a>\x81</a>", "windows-1252", "<a>\ufffd</a>".encode()),
        (b"<a/>", "no-such-encoding", b""),
    ],
)
def test_encodings(data: bytes, declared: str | None, text: bytes) -> None:
    assert as_utf8(data, declared) == text


def test_start_tags_of_recoded_text() -> None:
    """The declaration of a document that was UTF-16 still says so."""
    head = b'<?xml version="1.0" encoding="UTF-16"?>'
    assert element_starts(head + b"<a><b/></a>", [0, 1]) == [len(head), len(head) + 3]


def test_the_parser_leaves_comments_out() -> None:
    root = parse(b"<a>1<!-- 2 --><?p 3?>4</a>")
    assert (root.text, len(root)) == ("14", 0)


def test_the_place_where_xml_ends_to_be_well_formed() -> None:
    with pytest.raises(Unreadable, match="not well-formed XML: ") as caught:
        parse(b"<a>\n<b>&</b>\n</a>")
    assert (caught.value.line, caught.value.rule) == (2, "not-xml")
    assert caught.value.column is not None
    assert ", line" not in str(caught.value)
    (found,) = validate(b"<a>\n<b>&</b>\n</a>").violations
    assert (found.line, found.column) == (2, caught.value.column)


def test_a_long_error_of_the_parser_is_clipped() -> None:
    with pytest.raises(Unreadable) as caught:
        parse(f"<{'a' * 300}></b>".encode())
    head = "The document is not well-formed XML: "
    assert len(str(caught.value)) == len(head) + 200 + 1
    assert str(caught.value).endswith("a….")


class Raising:
    """A parser target that fails as lxml does where it cannot decode a document."""

    def start(self, *_: object) -> None:
        raise ValueError("x" * 201)

    def close(self) -> None:
        """Ends the parse."""


def test_errors_of_lxml_that_are_none_of_xml(monkeypatch: pytest.MonkeyPatch) -> None:
    failing = etree.XMLParser(target=Raising())  # type: ignore[call-overload] # two methods do
    monkeypatch.setattr("ips_contract.xml.parser._PARSER", failing)
    (found,) = validate(b"<a/>").violations
    assert found.rule == "not-xml"
    assert found.message == f"The document is not well-formed XML: {'x' * 199}…."


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ("<a/>", ""),
        ("<a>1</a>", "1"),
        ("<a>1<b/>2<b/>3</a>", "123"),
        ("<a><b/><b/>3</a>", "3"),
        ("<a><!-- x -->1<!-- y --></a>", "1"),
    ],
)
def test_text_of(xml: str, text: str) -> None:
    assert text_of(etree.fromstring(xml)) == text


def test_an_envelope_of_no_soap_has_no_version() -> None:
    assert split_envelope(parse(b"<Envelope/>")).version == ""


# --- bounds of one element


def _only(document: bytes | etree._Element) -> tuple[str, str, str, int | None]:
    (found,) = validate(document).violations
    return found.rule, found.message, found.path, found.line


@pytest.mark.parametrize("count", [100, 101])
def test_of_many_attributes_only_their_number_is_told(count: int) -> None:
    attributes = "".join(f' a{n}=""' for n in range(count))
    document = REQUEST.replace(b"<jobName>", f"<jobName\n{attributes}>".encode())
    if count == 100:
        assert len(validate(document).violations) == 100
        return
    words = "jobName has 101 attributes; it needs none."
    assert _only(document) == ("stray-attribute", words, "/submitJobParam/jobName", 3)


@pytest.mark.parametrize("count", [100, 101])
def test_among_many_namespaces_no_type_is_looked_up(count: int) -> None:
    # In the scope of the element are xsi, xs, the default namespace, and those made up here.
    spaces = "".join(f' xmlns:p{n}="urn:{n}"' for n in range(count - 3))
    spaces += ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    spaces += ' xmlns:xs="http://www.w3.org/2001/XMLSchema" xsi:type="xs:string"'
    document = REQUEST.replace(b"<jobName>", f"<jobName{spaces}>".encode())
    if count == 100:
        assert validate(document).violations == ()
        return
    words = (
        "101 namespaces are declared around jobName; with more than 100 its xsi:type is not read."
    )
    assert _only(document) == ("too-large", words, "/submitJobParam/jobName", 3)


@pytest.mark.parametrize("inside", [True, False])
def test_an_entity_reference_in_a_tree_is_refused(inside: bool) -> None:
    root = etree.fromstring(REQUEST)
    (root[1] if inside else root).append(etree.Entity("name"))
    words = "The element holds an entity reference."
    assert _only(root) == ("document-type", words, "/", None)


# --- fault codes


@pytest.mark.parametrize(
    ("texts", "rules"),
    [
        (["2147483647"], ["fault-code"]),
        (["2147483648"], ["wrong-type"]),
        (["-2147483648"], ["fault-code"]),
        (["-2147483649"], ["wrong-type"]),
        (["99999999999"], ["wrong-type"]),
        (["+30000"], []),
        (["+1"], ["fault-code"]),
    ],
)
def test_the_codes_that_a_fault_may_have(texts: list[str], rules: list[str]) -> None:
    codes = "".join(f"<code>{text}</code>" for text in texts)
    document = f'<ipsApiFault xmlns="{UNVERSIONED}">{codes}<reason>r</reason></ipsApiFault>'
    assert [found.rule for found in validate(document).violations] == rules


@pytest.mark.parametrize("first", ["x", "99999999999"])
def test_a_second_code_is_looked_at_although_the_first_is_none(first: str) -> None:
    document = (
        f'<ipsApiFault xmlns="{UNVERSIONED}"><code>{first}</code><code>5</code>'
        "<reason>r</reason></ipsApiFault>"
    )
    found = [row.rule for row in validate(document).violations]
    assert sorted(found) == ["fault-code", "repeated-element", "wrong-type"]


# --- prologs


@pytest.mark.parametrize(
    "start", [b"\0\0\0<", b"\xff\xfe\0\0<\0\0\0", b"<\0\0\0?\0\0\0", b"\x4c\x6f\xa7\x94"]
)
def test_encodings_in_the_dark(start: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        parse(start + b"x" * 8)
    assert caught.value.rule == "not-xml"
    assert str(caught.value) == "The document's encoding is not read; send UTF-8."


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_document_type_in_utf_16_is_seen(codec: str, mark: str) -> None:
    start = mark if codec != "utf-16" else ""  # It writes one itself.
    text = f"{start}<?xml version='1.0'?><!DOCTYPE a><a>\ud83d\ude00</a>"
    data = text.encode(codec, "surrogatepass")
    with pytest.raises(Unreadable) as caught:
        parse(data)
    assert caught.value.rule == "document-type"
    # Half a character at the end is no reason to fail in another way.
    with pytest.raises(Unreadable):
        parse(data[:-1])


@pytest.mark.parametrize("prolog", ["<?a?>", "<!---->", "<!-- <!DOCTYPE -->", "<??>"])
def test_a_document_type_behind_the_shortest_prologs(prolog: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse(f"{prolog}\n<!DOCTYPE a><a/>".encode())
    assert (caught.value.rule, caught.value.line) in (
        ("document-type", 2),
        ("document-type", 1),  # The comment has the word, too: it is the first.
    )


# --- exchanges


def test_two_requests_and_two_answers_are_told_apart() -> None:
    def said(first: bytes, second: bytes) -> str:
        (found,) = validate_exchange(first, second).violations
        return found.message

    asked, answered = REQUEST, RESPONSE
    words = "The request is submitJobReturn, an answer; "
    assert said(answered, asked) == words + "swap the two."
    order = "give what was asked before what was answered."
    assert said(answered, answered) == words + order


def test_an_answer_in_another_namespace_is_told_with_both() -> None:
    other = RESPONSE.replace(UNVERSIONED.encode(), LATEST.namespace.encode())
    found = validate_exchange(REQUEST, other).violations[0]
    assert found.rule == "exchange-version"
    assert found.message == (
        f"The answer has the namespace {LATEST.namespace}; give it the request's, {UNVERSIONED}."
    )


def test_a_handle_of_an_instance_is_told_as_one() -> None:
    handle = b"47||Other_2014-04-03-09:30:00.000"
    answer = RESPONSE.replace(b"47|My Test Job|", handle)
    assert answer != RESPONSE
    (found,) = validate_exchange(REQUEST, answer).violations
    assert found.rule == "exchange-job-name"
    instance = handle.decode().rpartition("|")[2]
    assert found.message == (
        f'The handle is of instance "{instance}"; submitted was job "My Test Job".'
    )


def test_a_second_handle_is_looked_at_although_the_first_is_none() -> None:
    answer = RESPONSE.replace(
        b"<jobHandle>", b"<jobHandle>none</jobHandle>\n<jobHandle>", 1
    ).replace(b"My Test Job", b"Other")
    rules = [found.rule for found in validate_exchange(REQUEST, answer).violations]
    assert "exchange-job-name" in rules


def test_both_documents_of_an_exchange_have_the_limit_and_the_engine() -> None:
    limit = max(len(REQUEST), len(RESPONSE))
    assert validate_exchange(REQUEST, RESPONSE, limit=limit).valid
    big = 2 * 1024 * 1024
    long_request = REQUEST + b" " * big
    long_response = RESPONSE + b" " * big
    assert validate_exchange(long_request, long_response, limit=2 * big).valid
    assert validate_exchange(long_request, RESPONSE).request.violations[0].rule == "too-large"
    found = validate_exchange(REQUEST, long_response)
    assert found.response.violations[0].rule == "too-large"
    assert found.violations == ()
    with pytest.raises(ValueError, match="engine"):
        validate_exchange(REQUEST, RESPONSE, engine="none")


# --- what stands around a message


@pytest.mark.parametrize(
    ("entry", "home"),
    [
        ("authHeader", "the Header"),
        ("ipsApiFault", "a Fault's detail"),
        ("authenticationFault", "a Fault's detail"),
    ],
)
def test_what_stands_in_the_body_and_belongs_elsewhere(entry: str, home: str) -> None:
    document = envelope(f'<{entry} xmlns="{UNVERSIONED}"/>'.encode() + REQUEST)
    found = [row for row in validate(document).violations if row.rule == "envelope"]
    assert [row.message for row in found] == [f"{entry} stands in the Body; it belongs in {home}."]
    assert found[0].path == f"/Envelope/Body/{entry}"


@pytest.mark.parametrize(
    ("document", "rule"),
    [
        (
            "<ipsApiFault xmlns='{0}'><code>30000</code><reason>r</reason></ipsApiFault>",
            "wrong-namespace",
        ),
    ],
)
def test_what_has_one_namespace_in_every_version(document: str, rule: str) -> None:
    space = LATEST.namespace
    name = document[1:].partition(" ")[0]
    found = [row for row in validate(document.format(space)).violations if row.rule == rule]
    assert [(row.message, row.path) for row in found] == [
        (f"{name} has the namespace {space}; it needs {UNVERSIONED} in every version.", f"/{name}")
    ]
    # The rule's fault code is for what a client sends only.
    expected = RULES[rule].fault if name == "authHeader" else None
    assert found[0].fault_code == expected


def test_text_between_the_parts_of_an_envelope() -> None:
    document = envelope(REQUEST).replace(b"<s:Body>", b" \xc2\xa0a\xc2\xa0 <s:Body>b", 1)
    found = [(row.message, row.path) for row in validate(document).violations]
    words = "Text {} stands in {}, which holds elements only; remove it."
    # U+00A0 is no white space of XML, so it belongs to the text.
    assert found == [
        (words.format('"\\xa0a\\xa0"', "Envelope"), "/Envelope"),
        (words.format('"b"', "Body"), "/Envelope/Body"),
    ]


def test_a_name_of_no_operation_is_told_which_there_are() -> None:
    document = f'<zzzzzz xmlns="{UNVERSIONED}"/>'.encode()
    (found,) = validate(document).violations
    assert found.message == (
        '"zzzzzz" is no message of the API; its 176 operations have messages such as '
        "submitJobParam and its Return."
    )


def test_a_message_in_a_near_namespace_is_judged_by_all_versions_or_the_one_asked_for() -> None:
    near = f"{UNVERSIONED}/2014-04-3"
    broken = REQUEST.replace(b">Full<", b"><").replace(UNVERSIONED.encode(), near.encode())
    for version in (None, "pre-4.0"):
        found = validate(broken, version=version).violations
        assert [row.rule for row in found] == ["wrong-namespace", "constant"]
        assert [row.fault_code for row in found] == [30003, 30001]
    no_job = f'<submitJobParam xmlns="{near}"><companyHandle>47</companyHandle></submitJobParam>'
    codes = {row.rule: row.fault_code for row in validate(no_job).violations}
    assert codes["one-job"] == 30002  # Missing is another fault than one too many.


def test_what_is_judged_slowly_and_found_well_has_its_document() -> None:
    document = (
        f'<authHeader xmlns="{UNVERSIONED}"><user>u</user><password>p</password></authHeader>'
    )
    report = validate(document, version="pre-4.0")
    assert report.valid
    assert report.data == document.encode()


def test_both_documents_of_an_exchange_are_shown_to_the_engines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def note(root: etree._Element, *_: object) -> list[tuple[str, int | None]]:
        asked.append(etree.QName(root).localname)
        return []

    for name in engines.VERDICTS:
        monkeypatch.setitem(engines.VERDICTS, name, note)
    assert validate_exchange(REQUEST, RESPONSE, engine="both").valid
    assert asked == ["submitJobParam"] * 2 + ["submitJobReturn"] * 2


def test_both_documents_of_an_exchange_have_a_report_whatever_they_are() -> None:
    empty = f'<s:Envelope xmlns:s="{SOAP_11}"><s:Body/></s:Envelope>'.encode()
    for request_, response in ((empty, RESPONSE), (REQUEST, empty), (b"<", RESPONSE)):
        found = validate_exchange(request_, response)
        assert not found.valid
        assert found.request.data == request_
        assert found.response.data == response


def test_what_is_in_a_far_namespace_is_judged_only_if_a_version_is_asked_for() -> None:
    far = REQUEST.replace(b">Full<", b">full<").replace(UNVERSIONED.encode(), b"urn:far")
    assert [row.rule for row in validate(far).violations] == ["wrong-namespace"]
    rules = [row.rule for row in validate(far, version="pre-4.0").violations]
    assert rules == ["wrong-namespace", "constant"]


@pytest.mark.parametrize(
    ("text", "collapsed"),
    [("a b", "a b"), (" a b", "a b"), ("a  b", "a b"), ("\ta\n b\r", "a b"), ("\xa0a", "\xa0a")],
)
def test_blanks_are_collapsed(text: str, collapsed: str) -> None:
    assert collapse(text) == collapsed
    asked = REQUEST.replace(b"My Test Job", text.encode())
    answer = RESPONSE.replace(b"My Test Job", collapsed.encode())
    assert validate_exchange(asked, answer).valid


def test_a_handle_of_another_job_is_told_as_one() -> None:
    answer = RESPONSE.replace(b"My Test Job", b"Other")
    (found,) = validate_exchange(REQUEST, answer).violations
    assert found.message == 'The handle is of job "Other"; submitted was job "My Test Job".'


def test_of_texts_in_one_wrapping_the_first_is_told() -> None:
    document = (
        envelope(REQUEST).replace(b"</s:Body>", b"a</s:Body>b").replace(b"<s:Body>", b"c<s:Body>")
    )
    told = [row.message.partition(",")[0] for row in validate(document).violations]
    assert told == ['Text "c" stands in Envelope', 'Text "a" stands in Body']
