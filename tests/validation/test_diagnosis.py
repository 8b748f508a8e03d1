"""What the diagnosis says of wrong messages: rule, path, words."""

from __future__ import annotations

import pytest
from lxml import etree

from ips_contract import VERSIONS, find_version, validate
from ips_contract.contract.versions import LATEST, PRE_4_0, UNVERSIONED, Version
from ips_contract.validation.budget import MOST_FINDINGS, Budget
from ips_contract.validation.diagnosis import Diagnosis, begins_clean
from ips_contract.xml.parser import parse
from tests.everything import message
from tests.messages import PUBLISH, REQUEST, RESPONSE, envelope, request, upload, urls

Row = tuple[str, bytes, list[tuple[str, str, str]]]


def found(document: bytes) -> list[tuple[str, str]]:
    return [(v.rule, v.path) for v in validate(document, engine="both").violations]


JOB = "/submitJobParam/imageServingPublishJob"
UPLOAD = "/submitJobParam/uploadUrlsJob"

FLAT = (
    "<maintainLayers>true</maintainLayers><layerNaming>LayerName</layerNaming>"
    "<anchor>North</anchor>"
)
# Document, and what is found: rule, path, words in the message.
ROWS: list[tuple[bytes, list[tuple[str, str, str]]]] = [
    # Several faults under one parent are all reported.
    (
        request(job=PUBLISH.replace("Full", "FULL").replace("Error", "Errors")),
        [
            ("constant", f"{JOB}/publishType", "Write Full."),
            ("constant", f"{JOB}/emailSetting", "Write Error."),
        ],
    ),
    (
        request(job="<imageServingPublishJob><a/><b/></imageServingPublishJob>"),
        [
            ("missing-element", JOB, "no publishType"),
            ("missing-element", JOB, "no emailSetting"),
            ("unknown-element", f"{JOB}/a", 'no element "a"; it has publishType,'),
            ("unknown-element", f"{JOB}/b", 'no element "b"'),
        ],
    ),
    # An element out of order names its place, and only the one that moved is named.
    (
        request(job=urls().replace("<emailSetting>All</emailSetting>", "")[:-16])
        .replace(b"<urlArray>", b"<emailSetting>All</emailSetting><urlArray>")
        .replace(b"</submitJobParam>", b"</uploadUrlsJob></submitJobParam>"),
        [("element-order", f"{UPLOAD}/emailSetting", "belongs after createMask.")],
    ),
    (
        request(job=f"<description>x</description>{PUBLISH}", before="<locale>en</locale>").replace(
            b"<locale>en</locale><description>x</description>",
            b"<description>x</description><locale>en</locale>",
        ),
        [
            ("later-than-pre-4.0", "/submitJobParam/description", "came after pre-4.0; to be sure"),
            ("later-than-pre-4.0", "/submitJobParam/locale", "IpsApi/xsd/2008-01-15."),
            ("element-order", "/submitJobParam/description", "after locale and before image"),
        ],
    ),
    # Names: rendered by a translated page, misprinted, of another case, of another place.
    (
        request(before="<作业名称>x</作业名称>"),
        [("unknown-element", "/submitJobParam/作业名称", "Chinese reference page")],
    ),
    (
        request(before="<Beschreibung>x</Beschreibung>"),
        [
            (
                "unknown-element",
                "/submitJobParam/Beschreibung",
                "German reference page; the element's",
            )
        ],
    ),
    (
        request(job=urls("<IllustratorOptions/>")),
        [("unknown-element", f"{UPLOAD}/IllustratorOptions", "a misprint in the reference")],
    ),
    (
        request(job=PUBLISH.replace("emailSetting", "emailSettings")),
        [("unknown-element", f"{JOB}/emailSettings", "is emailSetting.")],
    ),
    (
        request(before="<process>None</process>"),
        [("unknown-element", "/submitJobParam/process", 'has no element "process"; it has comp')],
    ),
    # Versions: later ones, and ones that are over.
    (
        request(find_version("4.2"), job=urls("<autoSetCreationOptions/>")),
        [("not-in-version", f"{UPLOAD}/autoSetCreationOptions", "came with 4.4 (http")],
    ),
    (
        request(find_version("4.0"), job="<exportJob/>"),
        [("not-in-version", "/submitJobParam/exportJob", "came with 6.0")],
    ),
    (
        request(LATEST, job=urls("<photoshopOptions><anchor>North</anchor></photoshopOptions>")),
        [
            (
                "not-in-version",
                f"{UPLOAD}/photoshopOptions/anchor",
                "before 4.5; it belongs inside layerOptions now.",
            ),
        ],
    ),
    # pre-4.0 has the flat shape of PhotoshopOptions only, and requires all of it.
    (
        request(job=urls(f"<photoshopOptions>{FLAT}</photoshopOptions>")),
        [],
    ),
    (
        request(job=urls(f"<photoshopOptions>{FLAT}<process>None</process></photoshopOptions>")),
        [("not-in-version", f"{UPLOAD}/photoshopOptions/process", "came with 4.5")],
    ),
    # Between pre-4.0 and 6.6 nobody knows whether it is required.
    (
        request(
            find_version("4.4"),
            job=urls("<photoshopOptions><anchor>North</anchor></photoshopOptions>"),
        ),
        [],
    ),
    # Content where it does not belong.
    (
        request(job=PUBLISH.replace("Full", "<b>Full</b>")),
        [("unknown-element", f"{JOB}/publishType/b", "holds text only")],
    ),
    (
        request().replace(b"<jobName>", b"Hello<jobName>"),
        [("stray-text", "/submitJobParam", 'Text "Hello"')],
    ),
    (
        request(job=f"text{PUBLISH}"),
        [("stray-text", "/submitJobParam", 'Text "text"')],
    ),
    (
        request().replace(b"<jobName>", b'<jobName id="1">'),
        [("stray-attribute", "/submitJobParam/jobName", "Attribute id on jobName")],
    ),
    (
        request().replace(
            b"<jobName>",
            b'<jobName xmlns:i="http://www.w3.org/2001/XMLSchema-instance" '
            b'xmlns:x="http://www.w3.org/2001/XMLSchema" i:type="x:date">',
        ),
        [("stray-attribute", "/submitJobParam/jobName", '"x:date" is not the element\'s type')],
    ),
    # Namespaces.
    (
        request(
            job=PUBLISH.replace("<imageServingPublishJob>", '<imageServingPublishJob xmlns="u">')
        ),
        [
            (
                "wrong-namespace",
                JOB,
                "has the namespace u; it needs http://www.scene7.com/IpsApi/xsd.",
            )
        ],
    ),
    # Choices.
    (
        request(job=PUBLISH * 2),
        [("one-job", f"{JOB}[2]", "more than once")],
    ),
    (
        request(before="<execTime>2014-04-03T09:30:00Z</execTime>" * 2),
        [("one-schedule", "/submitJobParam/execTime[2]", "more than once")],
    ),
    # An element whose name is wrong is not also missing.
    (
        request().replace(b"jobName", b"jobname"),
        [("unknown-element", "/submitJobParam/jobname", "write jobName.")],
    ),
    (
        request(job=PUBLISH.replace("imageServingPublishJob", "imageServingPublisJob")),
        [("unknown-element", "/submitJobParam/imageServingPublisJob", "write imageServing")],
    ),
    # Warnings beside errors.
    (
        request(LATEST, before="<locale>xx-UK</locale>"),
        [
            ("locale-code", "/submitJobParam/locale", '"xx" is no language code'),
            ("locale-code", "/submitJobParam/locale", '"UK" is no country code'),
        ],
    ),
]


@pytest.mark.parametrize(("document", "expected"), ROWS)
def test_findings(document: bytes, expected: list[tuple[str, str, str]]) -> None:
    violations = validate(document, engine="both").violations
    assert sorted((v.rule, v.path) for v in violations) == sorted(e[:2] for e in expected)
    for rule, path, words in expected:
        assert any(v.rule == rule and v.path == path and words in v.message for v in violations)


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_pre_4_0_order_holds_in_every_version(version: object) -> None:
    assert isinstance(version, type(PRE_4_0))
    assert found(request(version)) == []


@pytest.mark.parametrize(
    "attribute",
    [
        'i:schemaLocation="http://example.com x.xsd"',
        'i:noNamespaceSchemaLocation="file:///x.xsd"',
        's:encodingStyle=""',
        's:mustUnderstand="1"',
        'i:type="x:string"',
        'i:type="x:token"',
        'i:type="x:int"',
    ],
)
@pytest.mark.parametrize("field", ["jobName", "publishType"])
def test_attributes_of_soap_and_schema_are_read_past(attribute: str, field: str) -> None:
    extra = (
        f'<{field} xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns:x="http://www.w3.org/'
        f'2001/XMLSchema" xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" {attribute}>'
    )
    assert found(REQUEST.replace(f"<{field}>".encode(), extra.encode())) == []


def test_xsi_type_may_name_the_complex_type() -> None:
    job = PUBLISH.replace(
        "<imageServingPublishJob>",
        '<imageServingPublishJob xmlns:i="http://www.w3.org/2001/XMLSchema-instance" '
        'i:type="ImageServingPublishJob">',
    )
    assert found(request(job=job)) == []


def test_authheader_has_any_order_from_6_6_on() -> None:
    header = "<appName>a</appName><accessToken>t</accessToken><user>u</user>"
    document = f'<authHeader xmlns="{PRE_4_0.namespace}">{header}</authHeader>'.encode()
    assert found(document) == []
    assert {rule for rule, _ in found(envelope(REQUEST, document.decode()))} == {
        "element-order", "missing-element", "unknown-element",
    }  # fmt: skip
    for version in VERSIONS[1:]:
        assert found(envelope(request(version), document.decode())) == []


def test_rules_for_requests_do_not_bind_answers() -> None:
    job = urls("<pdfOptions><process>render</process></pdfOptions>").replace(
        "</urlArray>", "</urlArray><numUrls>1</numUrls>"
    )
    job = job.replace("https://example.com/a.jpg", "a.jpg")
    answer = message(LATEST, "getActiveJobsReturn", full=False)
    items = etree.SubElement(answer[0], f"{{{LATEST.namespace}}}items")
    full = message(LATEST, "getActiveJobsReturn", full=True)
    for child in full[0][0]:
        if not str(child.tag).endswith("Job"):
            items.append(child)
    items.append(
        etree.fromstring(job.replace("<", f'<x xmlns="{LATEST.namespace}"><', 1) + "</x>")[0]
    )
    assert found(etree.tostring(answer)) == []
    assert [rule for rule, _ in found(request(LATEST, job=job))] == [
        "absolute-url",
        "response-only",
        "pdf-render",
    ]


def test_answers_have_no_fault_code() -> None:
    report = validate(b'<submitJobReturn xmlns="http://www.scene7.com/IpsApi/xsd"/>')
    assert [(v.rule, v.fault_code) for v in report.violations] == [("missing-element", None)]


@pytest.mark.parametrize(
    ("document", "codes"),
    [
        (request(job=""), [30002]),
        (request(job=PUBLISH + "<videoPublishJob/>"), [30002, 30001]),
        (request(job=PUBLISH.replace("Full", "full")), [30001]),
        (request(before="<x/>"), [30003]),
        (request().replace(b"My Test Job", b" "), [30002]),
        (b"<", [30003]),
    ],
)
def test_fault_codes(document: bytes, codes: list[int]) -> None:
    assert sorted(v.fault_code or 0 for v in validate(document).violations) == sorted(codes)


def test_line_is_that_of_the_start_tag() -> None:
    document = REQUEST.replace(b"<jobName>", b"<jobName\n\n  x='1'\n>")
    (violation,) = validate(document).violations
    assert (violation.line, violation.column) == (3, 4)


def test_columns_count_characters() -> None:
    document = "<submitJobParam xmlns='http://www.scene7.com/IpsApi/xsd'>ü<b/></submitJobParam>"
    columns = {v.rule: v.column for v in validate(document.encode("utf-16")).violations}
    assert columns["unknown-element"] == document.index("<b/>") + 1
    assert columns == {v.rule: v.column for v in validate(document).violations}


def test_findings_have_a_limit() -> None:
    items = b"<items><sourceUrl>x</sourceUrl><destPath>x</destPath></items>" * (MOST_FINDINGS + 5)
    document = request(job=urls()).replace(b"<urlArray>", b"<urlArray>" + items)
    report = validate(document)
    assert len(report.violations) == MOST_FINDINGS + 1
    assert report.valid
    assert report.violations[0].rule == "too-many"
    assert not validate(document.replace(b"<createMask>false", b"<createMask>no")).valid


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


def test_the_walk_stops_at_the_limit() -> None:
    budget = Budget()
    budget.findings = 3
    walk = Diagnosis(LATEST, LATEST.namespace, request=True, budget=budget)
    walk.message(parse(request(LATEST, before="<a/><b/><c/><d/>")), "")
    assert len(walk.findings) == 3


@pytest.mark.parametrize(
    ("document", "rules"),
    [
        ("<getActiveJobsParam @><companyHandle/></getActiveJobsParam>", ["handle-form"]),
        ("<getActiveJobsParam @><jobHandle/></getActiveJobsParam>", ["job-handle-form"]),
        (
            "<stopJobParam @><companyHandle/><jobHandle>1|a|</jobHandle></stopJobParam>",
            ["blank"],
        ),
        (
            "<stopJobParam @><companyHandle>1</companyHandle><jobHandle/></stopJobParam>",
            ["job-handle-empty"],
        ),
        ("<submitJobReturn @><jobHandle/></submitJobReturn>", ["job-handle-empty"]),
    ],
)
def test_empty_handles(document: str, rules: list[str]) -> None:
    report = validate(document.replace("@", f'xmlns="{UNVERSIONED}"'), engine="both")
    assert [v.rule for v in report.violations] == rules
    assert report.valid is rules[0].endswith("form")
