"""What libxml2 complains of leads to the same findings as a walk over everything."""

from __future__ import annotations

import random
from copy import deepcopy
from functools import lru_cache
from typing import TYPE_CHECKING

import pytest

from ips_contract import VERSIONS, Report, validate
from ips_contract.contract.compiled_schemas import Complaint, clean_message
from ips_contract.contract.versions import LATEST, UNVERSIONED, Version
from ips_contract.fixtures import all_fixtures
from ips_contract.generation.minimal import first
from ips_contract.generation.mutations.mutation import CONTENT, WRAPPING, Mutation, Subject
from ips_contract.generation.mutations.table import MUTATIONS
from ips_contract.generation.tree_walk import to_xml
from ips_contract.validation import judgement, message_judgement, sizes, suspects
from ips_contract.validation.diagnosis import Diagnosis
from ips_contract.validation.first_sight import at_first_sight
from ips_contract.xml.envelope import SOAP_11, SOAP_12
from ips_contract.xml.parser import parse
from tests.everything import message
from tests.findings import found
from tests.growth import QUADRATIC, growth
from tests.messages import ITEMS, envelope, request, upload, urls
from tests.sweep import every, examples

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml import etree

    from ips_contract.fixtures import Fixture
    from ips_contract.validation.report import Violation

pytestmark = pytest.mark.no_cover  # What it drives, other tests reach.

TABLE = [
    mutation
    for mutations in MUTATIONS.values()
    for mutation in mutations
    if mutation.level in (CONTENT, WRAPPING)
]
AUTH = (
    '<authHeader xmlns="http://www.scene7.com/IpsApi/xsd"><user>u</user><password>p</password>'
    "<appName>a</appName><appVersion>1</appVersion></authHeader>"
)


def plain(body: bytes, version: Version) -> bytes:
    return b'<Request xmlns="%s">%s\n%s</Request>' % (
        version.namespace.encode(),
        AUTH.encode(),
        body,
    )


def thoroughly(document: bytes, patch: pytest.MonkeyPatch) -> tuple[Violation, ...]:
    """The findings of a walk over everything: nobody asks libxml2 where to look."""
    return whole_report(document, patch).violations


def whole_report(document: bytes, patch: pytest.MonkeyPatch, *, logged_in: bool = False) -> Report:
    with patch.context() as within:
        for name in ("lists_for", "message_suspects"):
            within.setattr(message_judgement, name, lambda *_: None)
        return judgement.judge(parse(document), document, logged_in=logged_in)


def assert_same(document: bytes, patch: pytest.MonkeyPatch) -> None:
    """The short way tells of ``document`` what the walk over everything does."""
    for logged_in in (False, True):
        report = validate(document, logged_in=logged_in)
        whole = whole_report(document, patch, logged_in=logged_in)
        assert report.violations == whole.violations
        assert (report.message, report.version) == (whole.message, whole.version)


READABLE = [
    fixture
    for fixture in all_fixtures()
    if fixture.rule not in {"not-xml", "compressed", "document-type", "too-deep", "too-large"}
    and fixture.limit is None
]


@pytest.mark.parametrize("fixture", READABLE, ids=lambda fixture: fixture.name)
def test_every_fixture_is_judged_the_same(
    fixture: Fixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_same(fixture.data, monkeypatch)


# What is changed in a right fault, and by what.
FAULTS = {
    "nothing": (b"", b""),
    "another code": (b"30001", b"30"),
    "no code": (b"<code>30001</code>", b""),
    "two codes": (b"<code>", b"<code>1</code><code>"),
    "an unknown field": (b"<reason>", b"<x/><reason>"),
    "an attribute": (b"<code>", b"<code a='1'>"),
    "no reason for all": (b"<faultstring>no</faultstring>", b""),
    "another order": (
        b"<faultcode>s:Server</faultcode><faultstring>no</faultstring>",
        b"<faultstring>no</faultstring><faultcode>s:Server</faultcode>",
    ),
    "an actor": (b"<detail>", b"<faultactor>urn:a</faultactor><detail>"),
    "a language": (b"<faultstring>", b"<faultstring xml:lang='en'>"),
    "another entry": (b"</detail>", b"<other xmlns='urn:x'/></detail>"),
    "an entry of the caller's": (b"ipsApiFault", b"otherFault"),
    "a note": (b"</s:Body>", b"</s:Body><note/>"),
    "a text": (b"<s:Body>", b"<s:Body>text"),
    "a Header": (b"<s:Body>", AUTH.join(("<s:Header>", "</s:Header><s:Body>")).encode()),
    "an old Header": (b"<s:Body>", b"<s:Header><a xmlns='urn:x'/></s:Header><s:Body>"),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("change", FAULTS)
def test_faults_at_first_sight(change: str, encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = (
        f"<s:Envelope xmlns:s='{SOAP_11}'><s:Body><s:Fault><faultcode>s:Server</faultcode>"
        f"<faultstring>no</faultstring><detail><ipsApiFault xmlns='{UNVERSIONED}'>"
        "<code>30001</code><reason>wrong</reason></ipsApiFault></detail></s:Fault></s:Body>"
        "</s:Envelope>"
    ).encode()
    new = (
        fault.replace(
            b"<faultcode>s:Server</faultcode>", b"<s:Code><s:Value>s:Receiver</s:Value></s:Code>"
        )
        .replace(b"<faultstring>no</faultstring>", b"<s:Reason><s:Text>no</s:Text></s:Reason>")
        .replace(b"detail>", b"s:Detail>")
        .replace(SOAP_11.encode(), SOAP_12.encode())
    )
    assert FAULTS[change][0] in fault
    assert found(fault) == found(new) == []
    for right in (fault, new):
        document = right.replace(*FAULTS[change])
        assert_same(document.decode().encode(encoding), monkeypatch)


# What is changed in a right envelope, so that libxml2 has looked at some of it only.
ENVELOPES = {
    "behind the Body": (b"</s:Body>", b"</s:Body><note/>"),
    "before the Body": (b"<s:Body>", b"<note/><s:Body>"),
    "an attribute": (b"<s:Body>", b"<s:Body a='1'>"),
    "a second message": (b"</s:Body>", b"<x/></s:Body>"),
    "a message before": (b"<s:Body>", b"<s:Body><x/>"),
    "a second login": (b"</s:Header>", AUTH.encode() + b"</s:Header>"),
    "another entry": (b"<s:Header>", b"<s:Header><x xmlns='urn:x'/>"),
    "no login": (AUTH.encode(), b""),
    "no Header": (f"<s:Header>{AUTH}</s:Header>".encode(), b""),
    "a field of the login": (b"<user>", b"<usr>1</usr><user>"),
    "no user": (b"<user>u</user>", b"<user/>"),
    "no password": (b"<password>p</password>", b"<password/>"),
    "a locale": (b"</authHeader>", b"<locale>en_US</locale></authHeader>"),
    "a field as PHP makes it": (b"<user>", b"<user xmlns=''>"),
}


@pytest.mark.parametrize("change", ENVELOPES)
def test_envelopes_at_first_sight(change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With each of these, a message that is right, and some that are not."""
    right = envelope(request(LATEST), AUTH)
    assert found(right) == []
    assert ENVELOPES[change][0] in right
    document = right.replace(*ENVELOPES[change])
    assert document != right
    for old, new in (
        (b"", b""),
        (b"Full", b"full"),
        (b"My Test Job", b"My | Job"),
        (b"<jobName>My Test Job</jobName>", b""),
        (b"<jobName>", b"<authHeader/><jobName>"),
        (b"<imageServingPublishJob>", b"<locale>en-UK</locale><x/><imageServingPublishJob>"),
    ):
        assert old in document
        assert_same(document.replace(old, new), monkeypatch)


@pytest.fixture
def _as_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small documents are treated as large ones, and short lists as long ones."""
    monkeypatch.setattr(sizes, "LARGE", 100)
    monkeypatch.setattr(suspects, "MANY", 3)


@lru_cache(maxsize=len(VERSIONS))
def documents(version: Version) -> list[etree._Element]:
    """Messages with lists, bare and in envelopes; they stay as they are."""
    jobs = message(version, "getActiveJobsReturn", full=False)
    logs = message(version, "getJobLogsReturn", full=True)
    for root in (jobs, logs):
        array = root[0]
        if not len(array):
            array.append(message(version, "getActiveJobsReturn", full=True)[0][0])
        for _ in range(5):
            array.append(deepcopy(array[0]))
    uploaded = upload(good=5, version=version)
    prefixed = uploaded.replace(b"<", b"<q:").replace(b"<q:/", b"</q:")
    prefixed = prefixed.replace(b" xmlns=", b" xmlns:q=")
    return [
        jobs,
        logs,
        parse(uploaded),
        parse(envelope(uploaded, AUTH)),
        parse(plain(uploaded, version)),
        parse(
            uploaded.replace(b"<", b"<q:")
            .replace(b"<q:/", b"</q:")
            .replace(b" xmlns=", b" xmlns:q=")
        ),
    ]


@pytest.mark.no_cover
@pytest.mark.usefixtures("_as_large")
@pytest.mark.parametrize("mutation", every(4, TABLE), ids=lambda m: f"{m.rule}-{m.kind}")
def test_every_mutation_is_found_either_way(
    mutation: Mutation, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(mutation.kind)
    tried = 0
    for version in every(8, VERSIONS, len(mutation.kind)):
        for root in documents(version):
            targets = mutation.find(Subject(root, version))
            for target in chance.sample(targets, min(len(targets), examples(1, 3))):
                broken = mutation.apply(deepcopy(root), target, first)
                document = broken if isinstance(broken, bytes) else to_xml(broken)
                assert validate(document).violations == thoroughly(document, monkeypatch)
                tried += 1
    assert tried or mutation.level == WRAPPING or not targets


BAD = {
    "missing": "<items><destPath>b</destPath></items>",
    "unknown inside": "<items><sourceUrl>http://a</sourceUrl><x/><destPath>b</destPath></items>",
    "unknown between": "<x/>",
    "of another name": "<item><sourceUrl>http://a</sourceUrl><destPath>b</destPath></item>",
    "relative": "<items><sourceUrl>a</sourceUrl><destPath>b</destPath></items>",
    "text": "text<items><sourceUrl>http://a</sourceUrl>text<destPath>b</destPath></items>",
    "attribute": '<items a=""><sourceUrl>http://a</sourceUrl><destPath c="">b</destPath></items>',
    "order": "<items><destPath>b</destPath><sourceUrl>http://a</sourceUrl></items>",
    "twice": "<items><sourceUrl>a</sourceUrl><sourceUrl>a</sourceUrl><destPath/></items>",
}
AROUND = {
    "nothing": (b"", b""),
    "no name": (b"<jobName>My Test Job</jobName>", b""),
    "unknown above": (b"<jobName>", b"<y/><jobName>"),
    "a warning above": (b"<uploadUrlsJob>", b"<locale>xx</locale><uploadUrlsJob>"),
    "a wrong value": (b"<overwrite>true", b"<overwrite>yes"),
    "behind": (b"</uploadUrlsJob>", b"</uploadUrlsJob><z/>"),
    "list with an attribute": (b"<urlArray>", b"<urlArray n='1'>"),
    "list with texts": (b"<urlArray>", f"<urlArray>text{ITEMS}text".encode()),
}


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("bad", [(), *[(name,) for name in BAD], ("text", "missing"), tuple(BAD)])
def test_large_uploads(bad: tuple[str, ...], around: str, monkeypatch: pytest.MonkeyPatch) -> None:
    items = "".join(BAD[name] + 20 * ITEMS for name in bad)
    document = upload(good=250, bad=items).replace(*AROUND[around])
    assert len(document) > sizes.LARGE
    for given in (document, envelope(document, AUTH), plain(document, LATEST)):
        report = validate(given).violations
        assert report == thoroughly(given, monkeypatch)
        assert len({v.path for v in report}) >= len(bad) + (around != "nothing")


def test_urls_of_another_namespace_make_up_for_none() -> None:
    """URLs are counted in the bytes: those that are meant, and no others."""
    foreign = '<x xmlns="urn:x"><sourceUrl>https://example.com/a.jpg</sourceUrl></x>'
    document = upload(good=250, bad=BAD["relative"] + foreign)
    assert len(document) > sizes.LARGE
    rules = [violation.rule for violation in validate(document).violations]
    assert rules == ["absolute-url", "wrong-namespace"]


def test_a_long_list_is_not_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a mistake above the list, and with one in it."""
    walked: list[object] = []
    plain = Diagnosis._children

    def count(self: Diagnosis, element: etree._Element, *rest: object) -> None:
        walked.append(element)
        plain(self, element, *rest)  # type: ignore[arg-type] # They are passed on.

    monkeypatch.setattr(Diagnosis, "_children", count)
    document = upload(good=300, bad=BAD["unknown inside"])
    for given in (document, document.replace(b"<jobName>My Test Job</jobName>", b"")):
        walked.clear()
        assert not validate(given).valid
        assert 0 < len(walked) < 10


@pytest.mark.parametrize("between", ["text", "<x/>", "<x/>text", f"{ITEMS}text"])
def test_what_stands_between_items_takes_time_in_proportion(between: str) -> None:
    def prepare(size: int) -> Callable[[], object]:
        document = upload(good=100, bad=size * (ITEMS + between))
        return lambda: validate(document)

    assert growth(prepare, 60) < QUADRATIC


def test_what_is_found_in_one_element_takes_time_in_proportion() -> None:
    def prepare(size: int) -> Callable[[], object]:
        document = request(LATEST).replace(b"<jobName>", size * b"<x/>text" + b"<jobName>")
        return lambda: validate(document)

    assert growth(prepare, 300) < QUADRATIC


def test_paths_of_libxml2() -> None:
    root = parse(b'<a xmlns="u" xmlns:p="v"><b/><p:c/><b><d/><d/></b><e xmlns=""/><p:c x="1"/></a>')
    b, c, second, e, last = root
    assert suspects.elements(root, [Complaint("/*", own=True)]) == {root: root}
    through = Complaint("/*", own=True, through=True)
    assert suspects.elements(root, [through]) == {root: None}
    assert suspects.elements(root, [Complaint("/*/e", own=False), through]) == {root: e}
    assert suspects.elements(root, [through, Complaint("/*/e", own=False)]) == {root: e}
    paths = {
        "/*/*[1]": b,
        "/*/p:c[1]": c,
        "/*/*[3]/*[2]": second[1],
        "/*/e": e,
        "/*/p:c[2]/@x": last,
    }
    for path, element in paths.items():
        assert suspects.elements(root, [Complaint(path, own=True)]) == {element: element}
        around = element.getparent()
        assert suspects.elements(root, [Complaint(path, own=False)]) == {around: element}
    for path in ("/*/*[9]", "/*/f", "/*/text()[1]", "/*/p:c[3]"):
        assert suspects.elements(root, [Complaint(path, own=True)]) is None
    many = [Complaint("/*/*[1]", own=True)] * 201
    assert suspects.elements(root, many[:200]) == {b: b}
    assert suspects.elements(root, many) is None


def test_complaints_are_of_their_own_document() -> None:
    schema = clean_message(LATEST, LATEST.namespace, "submitJobParam")
    wrong = parse(request(LATEST).replace(b"Full", b"full"))
    assert schema.complaints(wrong) == [Complaint("/*/*[3]/*[1]", own=True)]
    assert schema.complaints(parse(request(LATEST))) == []
    missing = parse(request(LATEST).replace(b"<jobName>My Test Job</jobName>", b""))
    assert schema.complaints(missing) == [Complaint("/*/*[2]", own=False)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_checks_beyond_xsd_in_small_messages(encoding: str) -> None:
    text = request(LATEST, job=urls()).decode()
    assert found(text.encode(encoding)) == []
    relative = text.replace("https://example.com/", "").encode(encoding)
    assert [rule for rule, _ in found(relative)] == ["absolute-url"]


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_plain_requests_at_first_sight(
    version: Version, own: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is around the message is looked at, too; the header may have the Request's namespace."""
    header = AUTH.replace(UNVERSIONED, version.namespace) if own else AUTH
    auth = header.encode()
    whole = plain(request(version), version).replace(AUTH.encode(), auth)
    assert isinstance(at_first_sight(parse(whole), whole, logged_in=False), Report)
    assert found(whole) == []
    for old, new in (
        (b"<user>u</user>", b""),
        (b"<user>", b"<usr/><user>"),
        (b"</authHeader>", b"</authHeader>text"),
        (b"<Request ", b"<Request a='1' "),
        (auth, b""),
        (auth, b"text"),
        (auth, 2 * auth),
        (b"<authHeader xmlns=", b"<authHeader x:type='y' xmlns:x='http://x' xmlns="),
        (b"</Request>", b"<x/></Request>"),
        (b"</Request>", auth + b"</Request>"),
        (request(version), b""),
        (b"Full", b"full"),
        (b"My Test Job", b"My | Job"),
    ):
        assert old in whole
        document = whole.replace(old, new)
        assert validate(document).violations == thoroughly(document, monkeypatch)
