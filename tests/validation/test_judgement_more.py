"""What a message is judged by besides its schema: wrappings, companions, guesses, other trees."""

from __future__ import annotations

import pytest
from lxml import etree, objectify

from ips_contract import validate, validate_exchange
from ips_contract.contract.versions import LATEST, PRE_4_0, UNVERSIONED, find_version
from ips_contract.validation import engines
from tests.messages import REQUEST, RESPONSE, envelope, request, urls

XSI = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'


def found(document: bytes | str | etree._Element, **options: str) -> list[tuple[str, str]]:
    report = validate(document, **options)  # type: ignore[arg-type] # options are strings
    return [(v.rule, v.path) for v in report.violations]


# --- text in what wraps a message


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (envelope(REQUEST).replace(b"<s:Body>", b"hi<s:Body>"), "/Envelope"),
        (envelope(REQUEST).replace(b"<s:Body>", b"<s:Body>hi"), "/Envelope/Body"),
        (envelope(REQUEST, " ").replace(b"</s:Header>", b"hi</s:Header>"), "/Envelope/Header"),
        (b'<Request xmlns="%s">hi%s</Request>' % (UNVERSIONED.encode(), REQUEST), "/Request"),
    ],
)
def test_text_in_a_wrapping(document: bytes, path: str) -> None:
    assert found(document) == [("stray-text", path)]
    (violation,) = validate(document).violations
    assert violation.fault_code == 30003
    assert found(document.replace(b"hi", b"\n\t ")) == []


# --- headers that nobody reads

LOGIN = f'<authHeader xmlns="{UNVERSIONED}"><user>u</user><password>p</password></authHeader>'


@pytest.mark.parametrize(
    "header",
    [
        LOGIN.replace("authHeader", "AuthHeader"),
        LOGIN.replace("authHeader", "authheader").replace(UNVERSIONED, "urn:x"),
        f'<AuthUser xmlns="{UNVERSIONED}">u</AuthUser>',
        '<authUser xmlns="http://www.scene7.com/IpsApi">u</authUser>',
        LOGIN + LOGIN,
        # A message that is valid in itself: the clean schema knows it, as it knows the Body's.
        REQUEST.decode(),
    ],
)
def test_credentials_that_nobody_reads(header: str) -> None:
    """The service ignores them, the login fails, and nothing else says why."""
    (violation,) = validate(envelope(REQUEST, header)).violations
    assert (violation.rule, violation.severity) == ("unread-header", "warning")


@pytest.mark.parametrize("header", [LOGIN, '<trace xmlns="urn:x"/>', LOGIN + '<a xmlns="urn:x"/>'])
def test_other_headers_are_nobodys_business(header: str) -> None:
    assert found(envelope(REQUEST, header)) == []


def test_what_stands_in_the_body_and_does_not_belong_there() -> None:
    inside = envelope(LOGIN.encode() + REQUEST.replace(b"Full", b"full"))
    assert found(inside) == [
        ("envelope", "/Envelope/Body/authHeader"),
        ("constant", "/Envelope/Body/submitJobParam/imageServingPublishJob/publishType"),
    ]
    assert found(envelope(LOGIN.encode())) == [("envelope", "/Envelope/Body/authHeader")]
    (violation,) = validate(envelope(FAULT.encode())).violations
    assert violation.message == "ipsApiFault stands in the Body; it belongs in a Fault's detail."


# --- authHeader and the details of faults by themselves

FAULT = f'<ipsApiFault xmlns="{UNVERSIONED}"><code>30001</code><reason>r</reason></ipsApiFault>'


@pytest.mark.parametrize("version", [None, "pre-4.0", "6.8"])
@pytest.mark.parametrize("document", [FAULT, LOGIN])
def test_companions_have_one_namespace_in_every_version(document: str, version: str | None) -> None:
    report = validate(document, version=version)
    assert report.violations == ()
    assert str(report.version) == (version or "pre-4.0")


def test_a_dated_fault() -> None:
    dated = FAULT.replace(UNVERSIONED, LATEST.namespace)
    assert found(dated) == [("wrong-namespace", "/ipsApiFault")]
    assert found(dated.replace("30001", "1")) == [
        ("wrong-namespace", "/ipsApiFault"),
        ("fault-code", "/ipsApiFault"),
    ]


def test_a_dated_header() -> None:
    """From 6.8 on the WSDL binds one in the version's own namespace, with appName and -Version."""
    own = LOGIN.replace(UNVERSIONED, LATEST.namespace)
    assert found(own) == [("missing-tolerated", "/authHeader")] * 2
    app = "<appName>a</appName><appVersion>1</appVersion></authHeader>"
    assert found(own.replace("</authHeader>", app)) == []
    older = LOGIN.replace(UNVERSIONED, find_version("6.6").namespace)
    assert found(older) == [("auth-namespace", "/authHeader")]


# --- what is wrong below what is wrong


def test_a_misspelt_job_is_judged_as_the_one_meant() -> None:
    document = REQUEST.replace(b"image", b"Image").replace(b"Full", b"full")
    assert found(document) == [
        ("unknown-element", "/submitJobParam/ImageServingPublishJob"),
        ("constant", "/submitJobParam/ImageServingPublishJob/publishType"),
    ]


def test_a_job_without_namespace_is_judged() -> None:
    job = urls().replace("<uploadUrlsJob>", '<uploadUrlsJob xmlns="">').replace("true", "yes", 1)
    assert found(request(LATEST, job=job)) == [
        ("wrong-namespace", "/submitJobParam/uploadUrlsJob"),
        ("wrong-type", "/submitJobParam/uploadUrlsJob/overwrite"),
    ]
    # Whose children kept their namespace is judged by it.
    job = f'<x:uploadUrlsJob xmlns:x="urn:x">{urls()[15:-16]}</x:uploadUrlsJob>'
    assert found(request(LATEST, job=job.replace("true", "yes", 1))) == [
        ("wrong-namespace", "/submitJobParam/uploadUrlsJob"),
        ("wrong-type", "/submitJobParam/uploadUrlsJob/overwrite"),
    ]


@pytest.mark.parametrize("namespace", [b"", UNVERSIONED.encode() + b"/"])
def test_a_message_in_a_near_namespace_is_judged(namespace: bytes) -> None:
    document = REQUEST.replace(UNVERSIONED.encode(), namespace).replace(b"Full", b"full")
    assert found(document) == [
        ("wrong-namespace", "/submitJobParam"),
        ("constant", "/submitJobParam/imageServingPublishJob/publishType"),
    ]


def test_a_guessed_version_is_not_held_against_a_message() -> None:
    near = request(LATEST, job=urls("<preserveCrop>true</preserveCrop>")).replace(
        b"2014-04-03", b"2008-1-15"
    )
    assert found(near) == [("wrong-namespace", "/submitJobParam")]
    assert found(near, version="4.0")[:2] == [
        ("wrong-namespace", "/submitJobParam"),
        ("not-in-version", "/submitJobParam/uploadUrlsJob/preserveCrop"),
    ]


def test_the_version_asked_for_is_the_one_named() -> None:
    document = request(LATEST).replace(b"2014-04-03", b"2012-07-31")
    words = [v.message for v in validate(document, version="6.8").violations]
    assert any(word.endswith("judged as 6.8.") for word in words)


def test_all_operations_are_judged() -> None:
    for name in ("getAssetsParam", "deleteFolderReturn"):
        assert ("unknown-element", f"/{name}/x") in found(
            f'<{name} xmlns="{LATEST.namespace}"><x/></{name}>'
        )
    assert found(f'<deleteFolderReturn xmlns="{LATEST.namespace}"/>') == []
    for name in ("getAssets", "getAssetsparam", "inventParam"):
        assert found(f'<{name} xmlns="{UNVERSIONED}"/>') == [("not-a-message", f"/{name}")]
    (violation,) = validate(f'<submitJob xmlns="{UNVERSIONED}"/>').violations
    assert "send submitJobParam, straight in the Body" in violation.message


@pytest.mark.parametrize(
    ("name", "version", "words"),
    [
        ("getAssetsByNameParam", "pre-4.0", "came after pre-4.0, with 6.6 at the latest; "),
        ("deleteAssetMetadataParam", "6.6", "came with 6.8 (http"),
        ("getImageServingCatalogReturn", "6.8", "was there before 6.8 only; "),
        ("createCompanyMetadataParam", "6.8", "came with 2016-01-14-beta (http"),
    ],
)
def test_operations_of_other_versions(name: str, version: str, words: str) -> None:
    (row,) = validate(f'<{name} xmlns="{find_version(version).namespace}"/>').violations
    assert (row.rule, row.path) == ("not-in-version", f"/{name}")
    assert f"{name} {words}" in row.message
    assert f"this message is of {version}." in row.message


def test_alternatives_have_no_order_among_themselves() -> None:
    """One finding: to move one of them would mend nothing."""
    color = "<autoColorCropOptions><corner>UpperLeft</corner><tolerance>0</tolerance>"
    manual = "<left>1</left><right>1</right><top>1</top><bottom>1</bottom></manualCropOptions>"
    crops = f"{color}</autoColorCropOptions><manualCropOptions>{manual}"
    assert found(request(LATEST, job=urls(crops))) == [
        ("one-crop", "/submitJobParam/uploadUrlsJob/manualCropOptions")
    ]


# --- xsi:type


@pytest.mark.parametrize("name", ["HandleArray", "HandleArrayUpTo1000"])
def test_xsi_type_may_be_the_services_name(name: str) -> None:
    job = (
        f'<automatedSetGenerationJob><assetHandleArray {XSI} i:type="t:{name}" '
        f'xmlns:t="{LATEST.namespace}"><items>a</items></assetHandleArray>'
        "<readyForPublish>true</readyForPublish><autoSetCreationOptions/>"
        "<emailSetting>All</emailSetting></automatedSetGenerationJob>"
    )
    assert validate(request(LATEST, job=job), engine="both").violations == ()


@pytest.mark.parametrize("jobname", ["x", "a|b"])
def test_xsi_type_may_be_our_name_for_a_value(jobname: str) -> None:
    """The engine takes it; so the long way, which a remark elsewhere leads to, takes it too."""
    document = request(LATEST).replace(
        b"<companyHandle>",
        f'<companyHandle {XSI} i:type="t:CompanyHandle" xmlns:t="{LATEST.namespace}">'.encode(),
    )
    rules = [rule for rule, _ in found(document.replace(b"My Test Job", jobname.encode()))]
    assert rules == ["name-separator"] * (jobname != "x")


# --- white space where nothing is


@pytest.mark.parametrize("engine", ["lxml", "xmlschema", "both"])
def test_an_indented_answer_without_content(engine: str) -> None:
    document = f'<stopJobReturn xmlns="{LATEST.namespace}">\n  </stopJobReturn>'
    assert validate(document, engine=engine).violations == ()
    assert not validate(document.replace("\n", "x"), engine=engine).valid


# --- handles that may be left out may be empty


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


# --- trees of other classes, values that engines choke on


def test_an_objectify_tree() -> None:
    assert found(objectify.fromstring(REQUEST)) == []
    (violation,) = validate(objectify.fromstring(REQUEST.replace(b"Full", b"full"))).violations
    assert (violation.rule, violation.line) == ("constant", 5)


@pytest.mark.parametrize("engine", ["lxml", "xmlschema", "both"])
@pytest.mark.parametrize("year", ["2" * 10, "2" * 30, "-" + "2" * 11])
def test_years_that_engines_choke_on(engine: str, year: str) -> None:
    document = request(PRE_4_0, before=f"<execTime>{year}-01-01T00:00:00Z</execTime>")
    assert [v.rule for v in validate(document, engine=engine).violations] == ["wrong-type"]


@pytest.mark.parametrize("name", [b"stopJobReturn", b"getActiveJobsParam"])
def test_a_message_without_content_beside_a_word(name: bytes) -> None:
    document = b'<%s xmlns="%s"/><!-- sourceUrl -->' % (name, UNVERSIONED.encode())
    assert found(document) == []
    assert found(envelope(document)) == []


def test_relative_urls_in_utf_16() -> None:
    job = urls().replace("https://example.com/", "")
    document = request(job=job).decode()
    assert [v.rule for v in validate(document.encode("utf-16")).violations] == ["absolute-url"]


HIDDEN = [
    b'<?xml version="1.0" encoding="HZ"?><!DOC~\nTYPE a []><a/>',
    b'<?xml version="1.0" encoding="JAVA"?>\\u003c!DOCTYPE a []><a/>',
    b'<?xml version="1.0" encoding="ISO-2022-JP"?><!DOC\x1b(BTYPE a []><a/>',
    b'<?xml version="1.0" encoding="UNICODE-1-1-UTF-7"?>+ADwAIQ-DOCTYPE a []><a/>',
    b'<?xml version="1.0"' + b" " * 200 + b'encoding="UTF-7"?>+ADwAIQ-DOCTYPE a []><a/>',
    b"\xef\xbb\xbf<?xml version='1.0' encoding='utf-7'?><a/>",
]


@pytest.mark.parametrize("document", HIDDEN)
def test_encodings_that_could_hide_a_document_type(document: bytes) -> None:
    (violation,) = validate(document).violations
    assert violation.rule == "not-xml"
    assert "is not read; send UTF-8." in violation.message


@pytest.mark.parametrize(
    "encoding", "utf-8 us-ascii iso-8859-1 windows-1252 shift_jis euc-jp gb18030 big5".split()
)
def test_encodings_that_are_read(encoding: str) -> None:
    document = f'<?xml version="1.0" encoding="{encoding}"?>{REQUEST.decode()}'.encode(encoding)
    assert found(document) == []


# --- words that help


@pytest.mark.parametrize(
    ("document", "advice"),
    [
        (b"<a>A & B</a>", "An & in a text is written &amp;."),
        (b"<a>&amp</a>", "An & in a text is written &amp;."),
        (b"<a>A < B</a>", "A < in a text is written &lt;."),
        (b'<a b="<"/>', "A < in a value is written &lt;."),
        (b"<a>&nbsp;</a>", "write others as &#160;."),
        (b"<a><b>", "It ends early: was all of it captured?"),
        (b"<a", "It ends early: was all of it captured?"),
        (b"hello", "It does not begin with an element; is it a message?"),
        (b"<a/><b/>", "give one document at a time."),
        (b' <?xml version="1.0"?><a/>', "Remove what stands before <?xml."),
        (b"<a>\xfc</a>", "Its bytes are in another encoding; send UTF-8."),
        (b"<a>\x01</a>", "XML cannot carry this character; leave it out."),
        (b"<a>&#0;</a>", "XML cannot carry this character; leave it out."),
        (
            b'<?xml version="1.0" encoding="utf-16"?><a/>',
            "It declares UTF-16 and is not: declare the encoding that it has.",
        ),
        (b"<x:a/>", "Namespace prefix x on a is not defined."),
    ],
)
def test_advice_on_what_is_no_xml(document: bytes, advice: str) -> None:
    (violation,) = validate(document).violations
    assert violation.rule == "not-xml"
    assert violation.message.endswith(advice)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("2014-02-29T00:00:00Z", "No calendar has this day, or no clock this time."),
        ("2014-01-01T24:01:00", "No calendar has this day, or no clock this time."),
        ("2014-01-01T00:00:00+15:00", "No time zone is so far from UTC."),
        ("2014-01-01T00:00:00+0800", "Put a colon into the offset, as in -08:00."),
        ("2014-01-01T00:00:00-08", "Write the offset with its minutes, as in -08:00."),
        ("2014-01-01 00:00:00Z", "Put T between the date and the time."),
        ("2014-01-01", "Add the time."),
        ("2014-01-01T00:00Z", "Add the seconds."),
        ("1/4/2014 10:00", "Write the date as year-month-day."),
        ("1700000000", "A number of seconds or milliseconds is not taken."),
        ("now", "such as 2014-04-03T09:30:00Z."),
        ("1" * 61, "such as 2014-04-03T09:30:00Z."),
    ],
)
def test_hints_on_dates(text: str, hint: str) -> None:
    (violation,) = validate(request(before=f"<execTime>{text}</execTime>")).violations
    assert violation.rule == "wrong-type"
    assert violation.message.endswith(hint)


@pytest.mark.parametrize(
    ("text", "hint"), [("True", "Write true."), ("no", "Write false."), ("x", "true or false.")]
)
def test_hints_on_booleans(text: str, hint: str) -> None:
    job = urls().replace(">true<", f">{text}<", 1)
    (violation,) = validate(request(job=job)).violations
    assert violation.message.endswith(hint)


# --- what an attack on the validator found


@pytest.mark.parametrize("blank", ["\u3000", "\u00a0", "\u2003", "\u0085"])
def test_engines_agree_about_blanks_that_xml_does_not_know(blank: str) -> None:
    named = REQUEST.replace(b"My Test Job", blank.encode())
    between = REQUEST.replace(b"<jobName>", f"{blank}<jobName>".encode())
    within = request(LATEST, job=urls().replace("<overwrite>true", f"<overwrite>true{blank}"))
    for document, rules in ((named, []), (between, ["stray-text"]), (within, ["wrong-type"])):
        for engine in ("lxml", "xmlschema", "both"):
            report = validate(document, engine=engine)
            assert [row.rule for row in report.violations] == rules, engine


def test_no_engine_is_asked_about_a_flood_of_wrong_elements(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def note(*_: object) -> list[tuple[str, int | None]]:
        asked.append(1)
        return [("wrong", 1)]

    for name in engines.VERDICTS:
        monkeypatch.setitem(engines.VERDICTS, name, note)
    for count, times in ((10, 2), (1000, 0)):  # xmlschema takes minutes for 200,000.
        document = REQUEST.replace(b"<jobName>", b"<a/>" * count + b"<jobName>")
        asked.clear()
        assert not validate(document, engine="both").valid
        assert len(asked) == times


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("submitJobRequest", "submitJobParam"),
        ("getActiveJobsInput", "getActiveJobsParam"),
        ("submitJobResponse", "submitJobReturn"),
        ("stopJobOutput", "stopJobReturn"),
    ],
)
def test_names_as_other_services_have_them(name: str, meant: str) -> None:
    (row,) = validate(f'<{name} xmlns="{UNVERSIONED}"/>').violations
    assert row.message.endswith(f"did you mean {meant}?")


def test_a_real_name_in_a_wrong_place_is_no_misspelt_one() -> None:
    job = "<uploadPostJob/>"
    rules = [row.rule for row in validate(request(LATEST, job=job)).violations]
    assert rules == ["one-job", "unknown-element"]
    inside = urls(after="<imageServingPublishJob/>")
    (row,) = validate(request(LATEST, job=inside)).violations
    assert row.message == (
        'uploadUrlsJob has no element "imageServingPublishJob"; it belongs inside submitJobParam.'
    )
    inside = urls(after="<items/>")
    (row,) = validate(request(LATEST, job=inside)).violations
    assert row.message == ('uploadUrlsJob has no element "items"; it belongs inside urlArray.')


@pytest.mark.parametrize(
    ("instance", "belongs"),
    [
        ("Add_2011-03-30-14:32:08.834", True),
        ("Add-2011-03-30-14:32:08.834", True),
        ("Add", True),
        ("Address book_2011-03-30-14:32:08.834", False),
        ("Add more_2011-03-30-14:32:08.834", False),
        ("Ad_2011-03-30-14:32:08.834", False),
    ],
)
def test_an_instance_is_one_of_the_job(instance: str, belongs: bool) -> None:
    asked = REQUEST.replace(b"My Test Job", b"Add")
    answer = RESPONSE.replace(b"47|My Test Job|", f"47||{instance}".encode())
    assert validate_exchange(asked, answer).valid == belongs


def test_a_comment_changes_nothing_about_what_was_meant() -> None:
    text = REQUEST.replace(b"imageServingPublishJob>", b"imageServingPublishJo>")
    start, end = text.index(b"<publishType"), text.index(b"</imageServingPublishJo>")
    text = text[:start] + b"true<!-- c -->" + text[end:]
    told = [row.message for row in validate(text).violations]
    assert [row.message for row in validate(etree.fromstring(text)).violations] == told


@pytest.mark.parametrize("encoding", ["utf-32", "utf-7", "no-such", "utf-16"])
def test_a_text_is_decoded_whatever_it_declares(encoding: str) -> None:
    declaration = f"<?xml version='1.0' encoding='{encoding}'?>"
    assert validate(declaration + REQUEST.decode()).valid
    (row,) = validate(f"{declaration}<!DOCTYPE a>{REQUEST.decode()}").violations
    assert row.rule == "document-type"


def test_a_version_is_text() -> None:
    with pytest.raises(TypeError, match=r"version is 6\.8; give a Version or text"):
        validate(REQUEST, version=6.8)  # type: ignore[arg-type]


def test_an_envelope_in_an_envelope() -> None:
    rows = validate(envelope(envelope(REQUEST))).violations
    assert [row.message for row in rows] == [
        '"Envelope" is no message of the API; the Body of the envelope holds the message itself.'
    ]
