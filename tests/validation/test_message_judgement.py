"""The message itself: its name, its namespace, its version, and what engines are asked."""

from __future__ import annotations

import pytest

from ips_contract import find_version, validate
from ips_contract.contract.rules import RULES
from ips_contract.contract.versions import LATEST, UNVERSIONED
from ips_contract.validation import engines
from tests.findings import found
from tests.messages import REQUEST, request, urls


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("date", "judged_as"),
    [
        ("2007-01-01", "pre-4.0"),
        ("2008-01-16", "4.0"),
        ("2011-11-04", "4.5"),
        ("2011-11-04-beta", "4.5"),
        ("2012-07-31-beta", "6.0"),
        ("2013-08-29-beta", "6.6"),
        ("2016-01-14-beta", "6.8"),
        ("2023-01-15", "6.8"),
    ],
)
def test_unpublished_versions(date: str, judged_as: str) -> None:
    document = request(LATEST).replace(b"2014-04-03", date.encode())
    report = validate(document, engine="both")
    assert report.version is find_version(judged_as)
    assert report.valid
    assert "unpublished-version" in [v.rule for v in report.violations]


@pytest.mark.parametrize(
    "namespace",
    ["", "urn:x", UNVERSIONED + "/", UNVERSIONED + "/2014-4-3", UNVERSIONED + "/20140403xx"],
)
def test_unknown_namespaces(namespace: str) -> None:
    report = validate(REQUEST.replace(UNVERSIONED.encode(), namespace.encode()))
    assert [(v.rule, v.path) for v in report.violations] == [("wrong-namespace", "/submitJobParam")]


def test_version_asked_for() -> None:
    assert validate(REQUEST, version="pre-4.0").valid
    report = validate(REQUEST, version="2014R1")
    assert report.version is LATEST
    assert [v.rule for v in report.violations][:1] == ["wrong-namespace"]
    assert validate(request(LATEST), version=LATEST).valid


def test_a_misspelt_message_name() -> None:
    (found,) = validate(REQUEST.replace(b"submitJobParam", b"submitJobparam")).violations
    assert "did you mean submitJobParam?" in found.message
    (found,) = validate(REQUEST.replace(b"submitJobParam", b"inventParam")).violations
    assert "its 176 operations have messages such as submitJobParam" in found.message


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


def test_what_is_in_a_far_namespace_is_judged_only_if_a_version_is_asked_for() -> None:
    far = REQUEST.replace(b">Full<", b">full<").replace(UNVERSIONED.encode(), b"urn:far")
    assert [row.rule for row in validate(far).violations] == ["wrong-namespace"]
    rules = [row.rule for row in validate(far, version="pre-4.0").violations]
    assert rules == ["wrong-namespace", "constant"]


LOGIN = f'<authHeader xmlns="{UNVERSIONED}"><user>u</user><password>p</password></authHeader>'


API_FAULT = f'<ipsApiFault xmlns="{UNVERSIONED}"><code>30001</code><reason>r</reason></ipsApiFault>'


@pytest.mark.parametrize("version", [None, "pre-4.0", "6.8"])
@pytest.mark.parametrize("document", [API_FAULT, LOGIN])
def test_companions_have_one_namespace_in_every_version(document: str, version: str | None) -> None:
    report = validate(document, version=version)
    assert report.violations == ()
    assert str(report.version) == (version or "pre-4.0")


def test_a_dated_fault() -> None:
    dated = API_FAULT.replace(UNVERSIONED, LATEST.namespace)
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


def test_what_only_versions_between_have_is_no_mistake_in_a_long_message() -> None:
    """A version is guessed for a wrong namespace, and not each is asked about a long message."""
    job = (
        "<items><companyHandle>47</companyHandle><jobHandle>47|a|</jobHandle><name>a</name>"
        "<originalName>a</originalName><type>upload</type><state>Working</state>"
        "<submitUserEmail>a@b.c</submitUserEmail><serverName>s</serverName>"
        "<startDate>2008-09-10T00:00:00Z</startDate><totalSize>1</totalSize><progress>1</progress>"
        "<progressMessage>m</progressMessage>"
        "<lastProgressUpdate>2008-09-10T00:00:00Z</lastProgressUpdate><uploadDirectoryJob>"
        "<serverDir>a/</serverDir><videoEncodingPreset>v</videoEncodingPreset>"
        "</uploadDirectoryJob></items>"
    )
    document = (
        f'<getActiveJobsReturn xmlns="{UNVERSIONED}/20080910"><jobArray>{job * 10}'
        "</jobArray></getActiveJobsReturn>"
    )
    rules = {row.rule for row in validate(document).violations}
    assert "wrong-namespace" in rules
    assert "not-in-version" not in rules
