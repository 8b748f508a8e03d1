"""Somebody's WSDL as a version: the rows of the published one are ours, those of another theirs."""

from __future__ import annotations

import io
import random
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import zeep
from lxml import etree

from ips_contract import find_version, fixtures, mock, sample, validate
from ips_contract.contract.model import contract
from ips_contract.contract.versions import BETA_2016, VERSIONS
from ips_contract.contract.wsdl import wsdl
from ips_contract.mock.service import Service
from ips_contract.wsdl import UnreadableWsdl
from ips_contract.wsdl.documents import documents_of
from ips_contract.wsdl.reader import wsdl_of
from ips_contract.wsdl.version import given_version, version_of
from ips_contract.xml.parser import parse
from tests.blocks import ROOT
from tests.calls import call, submit
from tests.messages import Generator
from tests.mock.test_library_answers import answers, stocked
from tests.sweep import every
from tests.wsdl.changes import part_of
from tests.wsdl.published import ADDRESS, NAMESPACES, published
from tests.wsdl.test_rewritings import split

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ips_contract import Version
    from ips_contract.contract.model import ComplexType, Field

each_published = pytest.mark.parametrize("label", every(2, NAMESPACES, 1))
# What is changed below is a part of it, so that it is soon read.
SOME = ("submitJob", "getActiveJobs", "getUsers", "getCompanyInfo", "searchAssets")
SIX_EIGHT = part_of(published("6.8"), SOME).decode()
XS = "{http://www.w3.org/2001/XMLSchema}"


def given(text: str) -> Version:
    documents = documents_of("theirs.wsdl", parse(text.encode(), limit=len(text) + 1))
    return given_version(wsdl_of(documents), documents)


@cache
def theirs(label: str) -> Version:
    return given(published(label).decode())


# ======== The rows ========


def row(field: Field) -> tuple[object, ...]:
    """What counts of a field. That a WSDL does not require it is no inference any more."""
    absent = None if field.absent == "missing-inferred" else field.absent
    return field.name, field.required, field.maximum, field.maximum_rule, field.present, absent


def shape(kind: ComplexType) -> tuple[object, ...]:
    choices = [(choice.rule, choice.required, choice.names) for choice in kind.choices]
    return [row(f) for f in kind.fields], choices, kind.ordered, kind.check, kind.foreign


@each_published
def test_the_rows_of_a_published_one_are_ours(label: str) -> None:
    a, b = contract(theirs(label)), contract(find_version(label))
    assert a.messages.keys() == b.messages.keys()
    assert a.companions.keys() == b.companions.keys()
    waiting = [(a.messages[name], b.messages[name]) for name in a.messages]
    waiting += [(a.companions[name], b.companions[name]) for name in a.companions]
    seen = set()
    while waiting:
        pair = waiting.pop()
        if pair in seen:
            continue
        seen.add(pair)
        ours, other = a.complex_types[pair[0]], b.complex_types[pair[1]]
        assert shape(ours) == shape(other), pair
        for one, two in zip(ours.fields, other.fields, strict=True):
            if one.type in a.complex_types:
                waiting.append((one.type, two.type))
            elif one.type in a.simple_types:
                assert a.simple_types[one.type] == b.simple_types[two.type]
            else:
                assert one.type == two.type
    assert len(seen) > 300


@each_published
def test_verdicts_by_a_published_one_are_ours(label: str) -> None:
    """Valid messages, and each with a part gone, doubled, renamed or changed."""
    version, other = find_version(label), theirs(label)
    chance = random.Random(7)
    generator = Generator(version, chance)
    names = every(9, sorted(generator.rows.messages), 3)
    told = 0
    for name in names:
        message = etree.fromstring(generator.message(name))
        for document in (etree.tostring(message), broken(message, chance)):
            by_ours, by_theirs = (validate(document, version=v) for v in (version, other))
            assert [v[:5] for v in by_theirs.violations] == [v[:5] for v in by_ours.violations]
            told += len(by_ours.violations)
    assert told > len(names) / 2


def broken(message: etree._Element, chance: random.Random) -> bytes:
    node = chance.choice(list(message.iter()))
    parent = node.getparent()
    if parent is None:
        etree.SubElement(node, f"{{{etree.QName(node).namespace}}}x")
    elif chance.random() < 0.4:
        parent.remove(node)
    elif chance.random() < 0.5:
        node.tag = f"{{{etree.QName(node).namespace}}}{etree.QName(node).localname}x"
    else:
        parent.insert(0, etree.fromstring(etree.tostring(node)))
    return etree.tostring(message)


SHIPPED = sorted(path.name for path in (ROOT / "fixtures" / "valid").glob("6.8--*.xml"))


@pytest.mark.parametrize("name", every(3, SHIPPED))
def test_shipped_messages_of_6_8(name: str) -> None:
    report = validate(fixtures.load(f"valid/{name}"), version=theirs("6.8"))
    assert report.valid
    assert str(report.version) == "your WSDL"


# ======== What theirs says otherwise ========


def changed(*pairs: tuple[str, str]) -> str:
    text = SIX_EIGHT
    for old, new in pairs:
        assert text.count(old) >= 1, old
        text = text.replace(old, new)
    return text


def in_type(name: str, change: Callable[[str], str]) -> str:
    """6.8's WSDL with the text of one type, or one element's, changed."""
    start = SIX_EIGHT.index(f'name="{name}"><')
    end = SIX_EIGHT.index("</complexType>", start)
    inner = SIX_EIGHT[start:end]
    assert change(inner) != inner
    return SIX_EIGHT[:start] + change(inner) + SIX_EIGHT[end:]


NEW = '<element name="theirOwn" type="xsd:int"/>'
PUBLISH = sample("imageServingPublish", "6.8").decode()
UPLOAD = sample("uploadUrls", "6.8").decode()
LIST = '<simpleType><restriction base="xsd:string">{}</restriction></simpleType></element>'
VALUES = "".join(f'<enumeration value="{name}"/>' for name in ("Full", "Some"))
JOB = '<element name="theirJob" type="types:MetadataPublishJob" minOccurs="0"/>'


def publish_type(facets: str) -> str:
    field = '<element name="publishType" type="xsd:string"/>'
    return in_type(
        "ImageServingPublishJob",
        lambda text: text.replace(field, f'<element name="publishType">{LIST.format(facets)}'),
    )


# What changed in the WSDL, a message, and what is said of it: rules, the words of the first, and
# its source.
JUDGED: dict[str, tuple[str, str, list[str], str, str]] = {
    "a field more": (
        in_type("ImageServingPublishJob", lambda t: t.replace("<sequence>", f"<sequence>{NEW}")),
        PUBLISH,
        ["missing-element"],
        "imageServingPublishJob has no theirOwn; add it ",
        "Y",
    ),
    "a field of another type": (
        in_type("ImageServingPublishJob", lambda t: t.replace("<sequence>", f"<sequence>{NEW}")),
        PUBLISH.replace("<publishType>", "<theirOwn>x</theirOwn><publishType>"),
        ["wrong-type"],
        '"x" is not a whole number of 32 bits.',
        "Y",
    ),
    "a field less": (
        in_type(
            "UploadUrlsJob",
            lambda t: t.replace('<element name="overwrite"', '<element name="overwritten"'),
        ),
        UPLOAD.replace("<emailSetting>", "<overwritten>true</overwritten><emailSetting>"),
        ["not-in-version", "element-order"],
        "overwrite is not in your WSDL. Leave it out or change the version.",
        "Y",
    ),
    "required": (
        in_type(
            "submitJobParam",
            lambda t: t.replace(
                'name="locale" type="xsd:string" minOccurs="0"', 'name="locale" type="xsd:string"'
            ),
        ),
        PUBLISH,
        ["missing-element"],
        "submitJobParam has no locale; add it after jobName.",
        "Y",
    ),
    "our constants are on top": (
        SIX_EIGHT,
        PUBLISH.replace(">Full<", ">Ful<"),
        ["constant"],
        '"Ful" is not one of Full, FullWithSearch or Incremental. Write Full.',
        "S D: constants",
    ),
    "their constants": (
        publish_type(VALUES),
        PUBLISH.replace(">Full<", ">Incremental<"),
        ["constant"],
        '"Incremental" is not one of Full or Some.',
        "S D: constants",
    ),
    "their pattern": (
        publish_type(r'<pattern value="\p{Lu}\c*"/>'),
        PUBLISH.replace(">Full<", ">full<"),
        ["schema"],
        "lxml, line 5: Element",
        "",
    ),
    "our one-of rule is on top": (
        SIX_EIGHT,
        PUBLISH.replace("</submitJobParam>", "<metadataPublishJob/></submitJobParam>"),
        ["restricted-job", "one-job"],
        "",
        "",
    ),
    "a job of theirs is one of the jobs": (
        in_type(
            "submitJobParam",
            lambda t: t.replace('<element name="exportJob"', f'{JOB}<element name="exportJob"'),
        ),
        PUBLISH.replace("</submitJobParam>", "<theirJob/></submitJobParam>"),
        ["one-job"],
        "",
        "S: Notes",
    ),
    "an operation less": (
        changed(("getActiveJobs", "getTheirJobs")),
        '<getActiveJobsParam xmlns="http://www.scene7.com/IpsApi/xsd/2014-04-03"/>',
        ["not-in-version"],
        "getActiveJobsParam is not in your WSDL. Change the version.",
        "Y",
    ),
    "an operation more": (
        changed(("getActiveJobs", "getTheirJobs")),
        '<getTheirJobsParam xmlns="http://www.scene7.com/IpsApi/xsd/2014-04-03"/>',
        [],
        "",
        "",
    ),
    "another namespace": (
        SIX_EIGHT,
        sample("imageServingPublish", "6.6").decode(),
        ["wrong-namespace"],
        (
            "submitJobParam has the namespace http://www.scene7.com/IpsApi/xsd/2013-02-15, that of "
            "6.6; your WSDL has http://www.scene7.com/IpsApi/xsd/2014-04-03."
        ),
        "",
    ),
    "a beta": (
        changed(("2014-04-03", "2021-01-11-beta")),
        PUBLISH.replace("2014-04-03", "2021-01-11-beta"),
        [],
        "",
        "",
    ),
    "6.8 by a beta": (
        changed(("2014-04-03", "2021-01-11-beta")),
        PUBLISH,
        ["wrong-namespace"],
        "",
        "",
    ),
}


@pytest.mark.parametrize("what", JUDGED)
def test_judged_by_theirs(what: str) -> None:
    text, document, rules, words, source = JUDGED[what]
    report = validate(document, version=given(text))
    assert [found.rule for found in report.violations][: len(rules)] == rules
    assert bool(report.violations) is bool(rules)
    if rules:
        assert report.violations[0].message.startswith(words)
        if source:
            assert report.violations[0].source == source


EXPIRES = '<element name="expires" type="xsd:dateTime"'
END = "</sequence></complexType>"
MANY = "".join(f'<element name="f{n}" type="xsd:int" minOccurs="0"/>' for n in range(200))
UNLIKE: dict[str, tuple[str, str]] = {
    "has the attribute a": (
        changed((END, '</sequence><attribute name="a" type="xsd:string"/></complexType>')),
        "has the attribute a, which nothing in the API has",
    ),
    "nil": (changed((EXPIRES, f'{EXPIRES} nillable="true"')), "has expires, which may be nil"),
    "repeats": (changed(("<sequence>", '<sequence maxOccurs="unbounded">')), "repeats, as a whole"),
    "unqualified": (changed(('elementFormDefault="qualified"', "")), "fields without a namespace"),
    "other": (changed(("http://www.scene7.com/IpsApi", "urn:other")), "no namespace of the API"),
    "many fields": (
        in_type("getUsersParam", lambda t: t.replace("<sequence>", f"<sequence>{MANY}")),
        "has more than 200 fields",
    ),
    "a name that is none": (
        changed((EXPIRES, '<element name="a&quot; b" type="xsd:dateTime"')),
        "is no name",
    ),
    "a pattern that is none": (publish_type('<pattern value="["/>'), "libxml2 does not take it"),
    "a pattern to hurt": (
        publish_type('<pattern value="((a{1,1000}){1,1000}){1,1000}"/>'),
        "counts far in a pattern",
    ),
    "a facet that is none": (publish_type('<fun value="1"/>'), "has a fun of its own"),
    "a length that is none": (publish_type('<maxLength value="x"/>'), "libxml2 does not take it"),
}


@pytest.mark.parametrize("what", UNLIKE)
def test_what_no_version_has_is_not_guessed_at(what: str) -> None:
    text, words = UNLIKE[what]
    with pytest.raises(UnreadableWsdl) as caught:
        given(text)
    assert words in str(caught.value)


def test_a_wsdl_in_several_files_judges_and_is_not_served(tmp_path: Path) -> None:
    version = version_of(split(tmp_path), follow=True)
    request = sample("getCompanyInfo", "6.8")
    assert validate(request, version=version).violations == ()
    with pytest.raises(ValueError, match="in several files"):
        Service(wsdl=version)


@pytest.mark.parametrize("known", every(9, [*VERSIONS, BETA_2016]), ids=str)
def test_our_own_of_each_version(known: Version) -> None:
    version = given(wsdl(known, ADDRESS).decode())
    assert contract(version).messages.keys() == contract(known).messages.keys()
    assert contract(version).companions.keys() == contract(known).companions.keys()
    asked = known._replace(label="asked")
    service = Service(wsdl=version)
    submit(service, version=asked)
    assert service.exchanges[-1].version is version
    assert service.exchanges[-1].report.violations == ()


# ======== The mock ========


@cache
def published_schema(label: str) -> etree.XMLSchema:
    (node, *_) = etree.fromstring(published(label)).iter(f"{XS}schema")
    return etree.XMLSchema(etree.fromstring(etree.tostring(node)))


@each_published
def test_every_answer_is_valid_by_the_published_schema_and_read_by_zeep(label: str) -> None:
    version = theirs(label)
    service = stocked(wsdl=version)
    schema = published_schema(label)
    connect: Any = zeep.Client
    types = connect(
        io.BytesIO(wsdl(version, ADDRESS)), settings=zeep.Settings(strict=True)
    ).wsdl.types
    asked = 0
    for operation, response in answers(service, find_version(label), version.namespace):
        assert response.status == 200, operation
        assert service.exchanges[-1].version is version
        message = etree.fromstring(response.body)[-1][0]
        assert schema.validate(message), (operation, schema.error_log)
        types.deserialize(message)
        asked += 1
    assert asked > 90


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "theirs.wsdl"
    path.write_bytes(published("6.8"))
    return path


@pytest.mark.no_cover
def test_zeep_with_the_wsdl_that_was_given(file: Path) -> None:
    connect: Any = zeep.Client
    with mock.serve(wsdl=file) as server:
        assert server.service.wsdl is not None
        client = connect(server.wsdl_url("6.8"), settings=zeep.Settings(strict=True))
        auth = {"authHeader": {"user": "me", "password": "x", "appName": "t", "appVersion": "1"}}
        job = {"publishType": "Full", "emailSetting": "All"}
        ask = {"companyHandle": "c|47", "_soapheaders": auth}
        client.service.submitJob(jobName="J", imageServingPublishJob=job, **ask)
        (running,) = client.service.getActiveJobs(**ask)
        assert running.originalName == "J"
        assert [exchange.version for exchange in server.exchanges if exchange.operation] == [
            server.service.wsdl,
            server.service.wsdl,
        ]
        assert all(not exchange.report.violations for exchange in server.exchanges)


def test_their_document_is_served_with_our_address(file: Path) -> None:
    with mock.serve(wsdl=file) as server:
        documents = [
            fetched(server, path) for path in ("IpsApi-2014-04-03.wsdl", "IpsApi-6.8.wsdl")
        ]
        assert b"rebuilt from its facts by ips-contract" not in documents[0]
        assert b"rebuilt from its facts by ips-contract" in documents[1]
        assert documents[0].count(server.endpoint.encode()) == 2
        assert ADDRESS.encode() not in documents[0]
        other = documents[0].replace(server.endpoint.encode(), ADDRESS.encode())
        canonical = [
            etree.tostring(etree.fromstring(text), method="c14n")
            for text in (other, published("6.8"))
        ]
        assert canonical[0] == canonical[1]


def fetched(server: mock.MockServer, name: str) -> bytes:
    request = mock.Request(
        "GET", f"/scene7/webservice/{name}", {"host": f"{server.host}:{server.port}"}, b""
    )
    return server.service.handle(request).body


def test_answers_in_their_order_with_what_they_require() -> None:
    def change(text: str) -> str:
        name = '<element name="name" type="xsd:string"/>'
        assert name in text
        kind = f'<element name="kind" type="xsd:string"/>{NEW}'
        return text.replace(name, "").replace("<sequence>", f"<sequence>{name}{kind}")

    version = given(in_type("ActiveJob", change))
    service = Service(wsdl=version)
    submit(service, version=version)
    response = call(service, "getActiveJobs", "<companyHandle>c|47</companyHandle>", version)
    (job,) = etree.fromstring(response.body)[-1][0][0]
    names = [etree.QName(child).localname for child in job]
    assert names[:4] == ["name", "kind", "theirOwn", "companyHandle"]
    assert [child.text for child in job][1:3] == [None, "0"]
    assert validate(response.body, version=version).violations == ()


def test_others_are_judged_as_always() -> None:
    service = Service(wsdl=theirs("6.8"))
    submit(service, version=find_version("6.6"))
    assert service.exchanges[-1].version == find_version("6.6")
    assert service.exchanges[-1].report.violations == ()


def test_an_operation_of_theirs_gets_the_least() -> None:
    version = given(changed(("getUsers", "getTheirUsers")))
    service = Service(wsdl=version)
    response = call(service, "getTheirUsers", "", version)
    assert service.exchanges[-1].report.violations == ()
    assert service.exchanges[-1].operation == "getTheirUsers"
    assert response.status == 200
    assert b"<getTheirUsersReturn" in response.body


def test_another_service_has_it_too() -> None:
    service = Service(wsdl=theirs("6.8"))
    assert service.another().wsdl is service.wsdl


def test_wrong_values() -> None:
    with pytest.raises(ValueError, match=r"6\.8 has no WSDL of yours"):
        Service(wsdl=find_version("6.8"))
    with pytest.raises(TypeError, match="wsdl"):
        Service(wsdl=7)  # type: ignore[arg-type]
    with pytest.raises(UnreadableWsdl, match="No such file"):
        Service(wsdl="none.wsdl")


def test_from_a_file_and_again(file: Path) -> None:
    one, other = version_of(file), version_of(file)
    assert one != other  # Each is its own, with its own rows.
    assert {one: 1}[one] == 1
    assert wsdl(one, "http://a/&").count(b"http://a/&amp;") == 2
