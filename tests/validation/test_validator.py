"""The entry point: kinds of documents, options, the fast way and the slow way."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest
from lxml import etree, objectify

import ips_contract
from ips_contract import VERSIONS, InvalidMessage, Report, validate
from ips_contract.contract.faults import COMPANIONS
from ips_contract.contract.model import contract
from ips_contract.contract.versions import LATEST, UNVERSIONED
from ips_contract.validation.judgement import judge
from ips_contract.validation.validator import examine
from ips_contract.xml.parser import parse
from tests.calls import auth
from tests.findings import found, only
from tests.messages import REQUEST, Generator, envelope, request, urls
from tests.sweep import every


@pytest.mark.parametrize(
    "document",
    [
        REQUEST,
        bytearray(REQUEST),
        memoryview(REQUEST),
        REQUEST.decode(),
        '<?xml version="1.0" encoding="UTF-16"?>' + REQUEST.decode(),
        etree.fromstring(REQUEST),
        parse(REQUEST),
        b"\xef\xbb\xbf" + REQUEST,
        REQUEST.decode().encode("utf-16"),
    ],
)
def test_kinds_of_documents(document: object) -> None:
    for text, valid in ((document, True),):
        report = validate(text)  # type: ignore[arg-type] # rows of several types
        assert report.valid is valid
        assert report.violations == ()
        assert (report.message, str(report.version)) == ("submitJobParam", "pre-4.0")


def test_other_types() -> None:
    with pytest.raises(TypeError, match="of type int; give bytes, str or an lxml element"):
        validate(3)  # type: ignore[arg-type] # that is the point


def test_element_with_comments_and_entities() -> None:
    with_comment = REQUEST.replace(b"Full", b"Fu<!-- x -->ll<?pi?>").replace(
        b"<jobName>", b"<!-- name --><jobName>"
    )
    assert validate(etree.fromstring(with_comment)).violations == ()
    lax = etree.XMLParser(resolve_entities=False)
    with_entity = etree.fromstring(
        b'<!DOCTYPE a [<!ENTITY e "Full">]>' + REQUEST.replace(b"Full", b"&e;"), lax
    )
    assert [v.rule for v in validate(with_entity).violations] == ["document-type"]
    detached = etree.Element(f"{{{ips_contract.VERSIONS[0].namespace}}}submitJobReturn")
    child = etree.SubElement(detached, f"{{{ips_contract.VERSIONS[0].namespace}}}jobHandle")
    child.append(etree.Entity("e"))
    detached.append(etree.Entity("f"))
    assert {v.rule for v in validate(detached).violations} >= {"document-type"}


def test_wrong_options() -> None:
    with pytest.raises(ValueError, match=r"no API version '7\.0'; the versions are pre-4\.0, 4\.0"):
        validate(REQUEST, version="7.0")
    with pytest.raises(
        ValueError, match="no engine 'expat'; the engines are lxml, xmlschema, both"
    ):
        validate(REQUEST, engine="expat")


def test_limit() -> None:
    assert validate(REQUEST, limit=len(REQUEST)).valid
    (found,) = validate(REQUEST, limit=len(REQUEST) - 1).violations
    assert found.rule == "too-large"


def test_report() -> None:
    report = validate(REQUEST.replace(b"Full", b"full").replace(b"47", b"c|47"))
    assert not report.valid
    assert [v.rule for v in report.errors] == ["constant"]
    assert [v.rule for v in report.warnings] == ["handle-form"]
    assert repr(report) == "<Report submitJobParam (pre-4.0): invalid, 1 errors, 1 warnings>"
    assert str(report.errors[0]).startswith("error constant at line 5, /submitJobParam/image")
    with pytest.raises(InvalidMessage, match="Write Full") as caught:
        report.raise_for_errors()
    assert caught.value.report is report
    validate(REQUEST).raise_for_errors()
    assert str(validate(b"").violations[0]).startswith("error not-xml at /: ")
    assert str(report) == report.text()
    assert '"rule": "constant"' in report.json()
    assert repr(Report("", None)) == "<Report no message (no version): valid, 0 errors, 0 warnings>"


def test_package() -> None:
    assert ips_contract.validate is validate
    assert set(ips_contract.__all__) <= set(dir(ips_contract))
    for name in ips_contract.__all__:
        assert getattr(ips_contract, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = ips_contract.nothing


@pytest.mark.no_cover
@pytest.mark.parametrize("version", every(3, VERSIONS, LATEST.rank), ids=str)
def test_generated_messages_are_valid_both_ways(version: ips_contract.Version) -> None:
    for seed in every(10, range(150), version.rank):
        generator = Generator(version, random.Random(seed))
        # Faults have the unversioned namespace in every version.
        names = contract(version).messages.keys() - COMPANIONS
        name = generator.chance.choice(sorted(names))
        document = generator.message(name)
        report = validate(document, engine="both")
        assert report.errors == (), document
        fast = validate(document)
        assert fast.violations == judge(parse(document), document).violations == report.violations
        wrapped = envelope(document)
        if not name.endswith("Fault"):
            slow = judge(parse(wrapped), wrapped).violations
            assert examine(parse(wrapped), wrapped).violations == slow


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://example.com/a.jpg?b=c", True),
        ("http://example.com/a.jpg", True),
        ("ftp://example.com/a.jpg", True),
        ("HTTPS://example.com/", True),
        ("<![CDATA[https://example.com/a.jpg]]>", True),
        ("<!-- x -->https://example.com/a.jpg", True),
        ("a.jpg", False),
        ("<!--<sourceUrl>http://-->a.jpg", False),
        ("http", False),
        ("", False),
    ],
)
@pytest.mark.parametrize("before", [1, 400])
def test_urls_fast_and_slow(url: str, clean: bool, before: int) -> None:
    items = (
        "<items><sourceUrl>https://example.com/a.jpg</sourceUrl><destPath>a</destPath></items>"
        * before
    )
    document = request(job=urls()).replace(
        b"</urlArray>",
        f"{items}<items><sourceUrl>{url}</sourceUrl><destPath>a</destPath></items></urlArray>".encode(),
    )
    found = [(v.rule, v.path) for v in validate(document).violations]
    path = f"/submitJobParam/uploadUrlsJob/urlArray/items[{before + 2}]/sourceUrl"
    assert found == ([] if clean else [("absolute-url", path)])
    prefixed = (
        document.replace(b"<", b"<p:").replace(b"<p:/", b"</p:").replace(b" xmlns=", b" xmlns:p=")
    )
    if b"<p:!" not in prefixed:
        assert [(v.rule, v.path) for v in validate(prefixed).violations] == found


@pytest.mark.parametrize("first", ["https://example.com", "http://e", "https://example.com/a"])
def test_relative_urls_behind_a_first_one_that_is_absolute(first: str) -> None:
    item = "<items><sourceUrl>{}</sourceUrl><destPath>a</destPath></items>"
    items = item.format(first) + item.format("a.jpg") * 100
    job = urls().replace("</urlArray>", f"{items}</urlArray>")
    job = job.replace("https://example.com/a.jpg", first)
    assert {rule for rule, _ in found(request(job=job))} == {"absolute-url"}
    assert len(found(request(job=job))) == 100


def test_large_documents_that_begin_wrong() -> None:
    items = "<items><source>https://example.com/a.jpg</source><destPath>a</destPath></items>" * 400
    document = request(job=urls()).replace(b"<urlArray>", f"<urlArray>{items}".encode())
    report = validate(document)
    assert len(report.errors) == 400
    assert {v.rule for v in report.violations} == {"unknown-element"}


PROGRAM = "import sys; from ips_contract import validate; print(validate(sys.stdin.buffer.read()))"


@pytest.mark.parametrize("wrong", [b"", b"<items><destPath/></items>"])
def test_the_first_message_of_a_process(wrong: bytes) -> None:
    """A large one goes to the engine before the diagnosis is loaded; the verdict is the same."""
    item = b"<items><sourceUrl>https://example.com/a.jpg</sourceUrl><destPath>a</destPath></items>"
    document = request(job=urls()).replace(b"</urlArray>", 300 * item + wrong + b"</urlArray>")
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, input=document, stdout=subprocess.PIPE, check=True)
    assert done.stdout.decode().strip() == str(validate(document)).strip()
    assert validate(document).valid is not bool(wrong)


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


@pytest.mark.parametrize("inside", [True, False])
def test_an_entity_reference_in_a_tree_is_refused(inside: bool) -> None:
    root = etree.fromstring(REQUEST)
    (root[1] if inside else root).append(etree.Entity("name"))
    words = "The element holds an entity reference."
    assert only(root) == ("document-type", words, "/", None)


def test_an_objectify_tree() -> None:
    assert found(objectify.fromstring(REQUEST)) == []
    (violation,) = validate(objectify.fromstring(REQUEST.replace(b"Full", b"full"))).violations
    assert (violation.rule, violation.line) == ("constant", 5)


@pytest.mark.parametrize("name", [b"stopJobReturn", b"getActiveJobsParam"])
def test_a_message_without_content_beside_a_word(name: bytes) -> None:
    document = b'<%s xmlns="%s"/><!-- sourceUrl -->' % (name, UNVERSIONED.encode())
    assert found(document) == []
    assert found(envelope(document, auth())) == []


def test_relative_urls_in_utf_16() -> None:
    job = urls().replace("https://example.com/", "")
    document = request(job=job).decode()
    assert [v.rule for v in validate(document.encode("utf-16")).violations] == ["absolute-url"]


@pytest.mark.parametrize("encoding", ["utf-32", "utf-7", "no-such", "utf-16"])
def test_a_text_is_decoded_whatever_it_declares(encoding: str) -> None:
    declaration = f"<?xml version='1.0' encoding='{encoding}'?>"
    assert validate(declaration + REQUEST.decode()).valid
    (row,) = validate(f"{declaration}<!DOCTYPE a>{REQUEST.decode()}").violations
    assert row.rule == "document-type"


@pytest.mark.parametrize("text", ["*", " ** ", "-"])
def test_base64_without_a_letter_of_it(text: str) -> None:
    """libxml2 takes it for Base64."""
    document = (
        f'<getXMPPacketReturn xmlns="{VERSIONS[-2].namespace}"><compressedPacket>{text}'
        "</compressedPacket></getXMPPacketReturn>"
    )
    assert found(document) == [("wrong-type", "/getXMPPacketReturn/compressedPacket")]
    assert found(document.replace(f">{text}<", ">AAAA<")) == []
