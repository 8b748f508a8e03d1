"""The words of every finding, in a golden file.

``python -m tests.validation.test_words`` writes it anew.

``words.json`` has, for every invalid fixture and for the documents below, each finding as a line:
where, rule, severity, fault code and the exact message. What a reader is told changes only on
purpose, and a change is read in the diff.
"""

from __future__ import annotations

import gzip
import json
from functools import lru_cache
from pathlib import Path

import pytest
from lxml import etree

from ips_contract import find_version, validate, validate_exchange
from ips_contract.contract.versions import LATEST, UNVERSIONED
from ips_contract.fixtures import all_fixtures, load
from ips_contract.xml.parser import DEFAULT_LIMIT
from tests.messages import (
    PUBLISH,
    REQUEST,
    RESPONSE,
    SOAP_11,
    SOAP_12,
    envelope,
    request,
    urls,
)

GOLDEN = Path(__file__).parents[1] / "words.json"
XSI = (
    'xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns:x="http://www.w3.org/2001/XMLSchema"'
)
OURS = f'xmlns:n="{UNVERSIONED}"'
AUTH = f'<authHeader xmlns="{UNVERSIONED}"><user>u</user><password>p</password></authHeader>'
SAYS = "<faultcode>s:Server</faultcode><faultstring>x</faultstring>"
V4_5 = find_version("4.5")
PUBLISHING = "<imageServingPublishJob>"
LONG = "x" * 61


def field(name: str, value: str) -> bytes:
    """A request of the latest version whose job name or publish type is another."""
    return request(LATEST).replace(
        *{
            "jobName": (b"My Test Job", value.encode()),
            "publishType": (b"Full", value.encode()),
            "companyHandle": (b"c|47", value.encode()),
        }[name]
    )


def before(inner: str) -> bytes:
    return request(LATEST, before=inner)


def option(inner: str) -> bytes:
    return request(LATEST, job=urls(inner))


def attribute(text: str) -> bytes:
    return REQUEST.replace(b"<jobName>", f"<jobName {XSI} {OURS} {text}>".encode())


def root_attribute(text: str) -> bytes:
    return request(job=PUBLISH.replace(PUBLISHING, f"{PUBLISHING[:-1]} {XSI} {OURS} {text}>"))


def answer(name: str, inner: str) -> bytes:
    return f'<{name} xmlns="{LATEST.namespace}">{inner}</{name}>'.encode()


def plain(inner: str) -> bytes:
    return f'<Request xmlns="{UNVERSIONED}">{inner}</Request>'.encode()


def crowd(start: str) -> bytes:
    """Elements so many that spelling their namespace out for each would take long."""
    return f"{start}{'<a/>' * 5000}</a>".encode()


def fault(inner: str, soap: str = SOAP_11) -> bytes:
    return envelope(f"<s:Fault>{inner}</s:Fault>".encode(), soap=soap)


def detail(kind: str, code: str, namespace: str = UNVERSIONED) -> str:
    return (
        f'<detail><{kind} xmlns="{namespace}"><code>{code}</code><reason>r</reason></{kind}>'
        "</detail>"
    )


def with_entities() -> etree._Element:
    """A tree that no parser of ours gives: entity references in a value and between elements."""
    root = etree.fromstring(REQUEST)
    root[1].append(etree.Entity("name"))
    root.insert(2, etree.Entity("e" * 70))
    return root


def exporting(inner: str) -> bytes:
    handles = "<assetHandleArray><items>a|1</items></assetHandleArray>"
    return request(
        LATEST, job=f"<exportJob>{handles}{inner}<emailSetting>All</emailSetting></exportJob>"
    )


DOCUMENTS: dict[str, bytes | str | etree._Element] = {
    # Documents that cannot be read.
    "zip": b"PK\x03\x04 and so on",
    "gzip in name only": gzip.compress(b"", mtime=0),
    "blank": b" \r\n\t",
    "doctype below comments": b"<!-- a -->\n\n<!DOCTYPE a>\n<a/>",
    "doctype and an error behind it": b"\n<!DOCTYPE a [<!ENTITY e 'x'>]>\n<a>&f;</a>",
    "doctype in UTF-16": "<!DOCTYPE a><a/>".encode("utf-16"),
    "doctype at the start": b"<!DOCTYPE a>\n<a/>",
    "doctype and another in a comment": b"\n<!DOCTYPE a>\n<a><!--\n<!DOCTYPE a> --></a>",
    "doctype and an error, as far as is looked": b" " * 4087 + b"<!DOCTYPE a><a>&f;</a>",
    "doctype and an error, further": b" " * 4088 + b"<!DOCTYPE a><a>&f;</a>",
    "doctype late": b"<!--" + b" " * 5000 + b"-->\n<!DOCTYPE a>\n<a>&f;</a>",
    "doctype in a comment only": b"<a><!-- <!DOCTYPE a> --><b></a>",
    "doctype of a page": b"\n<!DOCTYPE html>\n<html><title>Sign in</title></html>",
    "half a surrogate pair": "<a>\ud800</a>",
    "unknown encoding": b'<?xml version="1.0" encoding="nope-8"?><a/>',
    "no element": b"x",
    "ends early": b"<a>\n <b>",
    "long text of the parser": f"<{'a' * 300}></b>".encode(),
    "depth": b"<a>" * 300,
    "long namespace": crowd(f'<a xmlns="{"n" * 1001}">'),
    "long namespace in single quotes": crowd(f"<a xmlns = '{'n' * 1001}'>"),
    "long namespace in UTF-16": crowd(f'<a xmlns="{"n" * 1001}">').decode().encode("utf-16"),
    "long namespace in UTF-16 without a mark": (
        '<?xml version="1.0" encoding="UTF-16LE"?>' + crowd(f'<a xmlns="{"n" * 1001}">').decode()
    ).encode("utf-16-le"),
    "long namespace of a few": f'<a xmlns="{"n" * 1001}"/>'.encode(),
    "namespace just short enough": crowd(f'<a xmlns="{"n" * 1000}">'),
    # Roots that are no message.
    "not a message": b"<a/>",
    "not a message, name with odd characters": "<a\u0301/>",
    "not a message, long name": f"<{'a' * 100}/>".encode(),
    "not a message, near one": b"<submitJobparam/>",
    "not a message, of ours": REQUEST.replace(b"submitJobParam", b"copyImageParam"),
    "message without namespace": b"<submitJobParam/>",
    "message in a near namespace": REQUEST.replace(b"IpsApi/xsd", b"IpsApi/xds"),
    "message in another namespace": REQUEST.replace(UNVERSIONED.encode(), b"urn:x"),
    "message in a long namespace": REQUEST.replace(UNVERSIONED.encode(), b"urn:" + b"x" * 97),
    "message in a namespace that is no URI": b'<submitJobParam xmlns="a}b"/>',
    "authHeader alone": AUTH.encode().replace(b"<user>u</user>", b""),
    "unpublished": request(LATEST).replace(b"2014-04-03", b"2011-11-04-beta"),
    "page": b"<html><title>Sign in</title></html>",
    "page with a namespace": b'<html xmlns="http://www.w3.org/1999/xhtml"/>',
    "wsdl": b'<d:definitions xmlns:d="http://schemas.xmlsoap.org/wsdl/"/>',
    "schema": b'<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema"/>',
    # Envelopes.
    "envelope of no SOAP": envelope(REQUEST, soap="urn:soap"),
    "envelope in a long namespace": envelope(REQUEST, soap="urn:" + "s" * 120),
    "envelope without namespace": b"<Envelope/>",
    "envelope in our namespace": plain("").replace(b"Request", b"Envelope"),
    "envelope without Body": f'<s:Envelope xmlns:s="{SOAP_11}"/>'.encode(),
    "envelope with an empty Body": envelope(b""),
    "envelope with an escaped message": envelope(REQUEST.replace(b"<", b"&lt;")),
    "envelope with a message in CDATA": envelope(b" <![CDATA[ " + REQUEST + b"]]>"),
    "envelope with text": envelope(b"x"),
    "envelope with three messages": envelope(RESPONSE + REQUEST + b"<a/>"),
    "envelope with two Bodies": envelope(REQUEST, AUTH).replace(
        b"</s:Body>", b"</s:Body><s:Body/>"
    ),
    "envelope with two Headers": envelope(REQUEST, AUTH).replace(
        b"<s:Body>", b"<s:Header/><s:Body>"
    ),
    "envelope with the Header behind": envelope(REQUEST).replace(
        b"</s:Body>", f"</s:Body><s:Header>{AUTH}</s:Header>".encode()
    ),
    "envelope with more": envelope(REQUEST, AUTH).replace(
        b"</s:Body>", b"</s:Body><x/><Body/><Header/>"
    ),
    "envelope of SOAP 1.2 with more": envelope(REQUEST, AUTH, SOAP_12).replace(
        b"</s:Body>", b"</s:Body><x/>"
    ),
    "envelope with all sorts of headers": envelope(
        request(LATEST).replace(b"Full", b"full"),
        AUTH.replace(UNVERSIONED, LATEST.namespace)
        + AUTH.replace(UNVERSIONED, "")
        + AUTH.replace(UNVERSIONED, "urn:x")
        + AUTH.replace("<user>u</user>", "<usr/>")
        + AUTH.replace(UNVERSIONED, UNVERSIONED + "/2011-11-04")
        + '<AuthPassword xmlns="http://www.scene7.com/IpsApi">p</AuthPassword>'
        + '<AuthUser xmlns="http://www.scene7.com/IpsApi">u</AuthUser><AuthUser/>',
    ),
    "envelope with a remark": envelope(request(before="<locale>en</locale>"), AUTH),
    "envelope with a remark, dated": envelope(
        request(LATEST, job=urls(after="<numUrls>1</numUrls>")), AUTH
    ),
    "envelope without credentials": envelope(REQUEST),
    "envelope with another's credentials": envelope(REQUEST, '<Security xmlns="urn:wsse"/>'),
    "envelope around a Request": envelope(plain(REQUEST.decode())),
    # Plain Requests.
    "Request without message": plain(AUTH),
    "Request with two messages": plain(AUTH + REQUEST.decode() * 2),
    "Request with a second message that is wrong": plain(
        AUTH + REQUEST.decode() + REQUEST.decode().replace("Full", "full")
    ),
    "Request without credentials": plain(REQUEST.decode()),
    "Request with authHeader behind": plain(REQUEST.decode() + AUTH),
    "Request with two authHeaders": plain(AUTH * 2 + REQUEST.decode()),
    "Request with a foreign authHeader": plain(
        AUTH.replace(UNVERSIONED, "urn:x") + REQUEST.decode()
    ),
    "Request with a wrong authHeader": plain(
        AUTH.replace("<user>u</user>", "").replace(UNVERSIONED, LATEST.namespace)
        + REQUEST.decode().replace("Full", "full")
    ),
    "Request without namespace": b"<Request/>",
    # Faults.
    "fault of 1.1 without parts": fault(""),
    "fault of 1.2 without parts": fault("", SOAP_12),
    "fault of 1.2 with parts of 1.1": fault(SAYS, SOAP_12),
    "fault of 1.2": fault(
        "<s:Code/><s:Reason/>"
        + detail("ipsApiFault", "2").replace("<detail", "<s:Detail").replace("</d", "</s:D"),
        SOAP_12,
    ),
    "fault with a wrong code": fault(SAYS + detail("ipsApiFault", "20003")),
    "fault with a wrong long code": fault(SAYS + detail("authorizationFault", "1" * 10)),
    "fault with the longest code that is looked up": fault(
        SAYS + detail("authorizationFault", "123456789")
    ),
    "fault with a code in other digits": fault(SAYS + detail("authorizationFault", "\u0663")),
    "fault with a code that is a word": fault(SAYS + detail("authenticationFault", "x")),
    "fault with a code behind a no-break space": fault(SAYS + detail("ipsApiFault", "\u00a02")),
    "fault with a code behind the reason": fault(
        f'{SAYS}<detail><ipsApiFault xmlns="{UNVERSIONED}"><reason>r</reason><code>2</code>'
        "</ipsApiFault></detail>"
    ),
    "fault with a code padded with zeros": fault(SAYS + detail("ipsApiFault", "0000030001")),
    "fault with a code of many digits": fault(SAYS + detail("ipsApiFault", "9" * 5000)),
    "fault with a known code": fault(SAYS + detail("ipsApiFault", "30001")),
    "fault with a negative code": fault(SAYS + detail("authenticationFault", "-1")),
    "fault of a version": fault(SAYS + detail("ipsApiFault", "30001", LATEST.namespace)),
    "fault without namespace": fault(SAYS + detail("ipsApiFault", "30001", "")),
    "fault with parts missing": fault(
        f'{SAYS}<detail><ipsApiFault xmlns="{UNVERSIONED}"/></detail>'
    ),
    "two faults, the first of a version": fault(
        SAYS
        + detail("ipsApiFault", "1", LATEST.namespace).replace("</detail>", "")
        + detail("authorizationFault", "1").replace("<detail>", "")
    ),
    "two faults and another": fault(
        SAYS
        + detail("ipsApiFault", "1").replace("</detail>", "<x/>")
        + detail("authorizationFault", "1").replace("<detail>", "")
    ),
    # Elements: unknown, misplaced, of other versions, repeated, missing.
    "unknown": before("<zzz/>"),
    "unknown, twice": before("<zzz/><yyy/><zzz/>"),
    "unknown, of a long name": before(f"<{LONG}/>"),
    "unknown, in a short type": option(
        "<autoSetCreationOptions><q/></autoSetCreationOptions>"
    ),
    "unknown, in a type of one": answer("deleteJobReturn", "<zzz/>"),
    "unknown, near": before("<discription>x</discription>"),
    "unknown, of another case": before("<DESCRIPTION>x</DESCRIPTION>"),
    "unknown, of one place": before("<process/>"),
    "unknown, of many places": before("<emailSetting/>"),
    "unknown, of two places": before("<fmt/>"),
    "unknown, a misprint": option("<IllustratorOptions/>"),
    "unknown, a misprint elsewhere": before("<IllustratorOptions/>"),
    "unknown, of one translated page": before("<Beschreibung>x</Beschreibung>"),
    "unknown, of the Dutch page": before("<landinstelling>x</landinstelling>"),
    "unknown, of two translated pages": option("<pdfOptions><processo/></pdfOptions>"),
    "unknown, of three translated pages": request(LATEST, job=urls(after="<numUrl/>")),
    "unknown, of two translated pages, a job": request(LATEST, job="<automaticSetGenerationJob/>"),
    "of another namespace": before('<description xmlns="urn:x">x</description>'),
    "of another namespace, not ours": before('<zzz xmlns="urn:x"/>'),
    "of another namespace, a job": request(
        job=PUBLISH.replace(PUBLISHING, PUBLISHING[:-1] + ' xmlns="urn:x">')
    ),
    "of no namespace": before('<description xmlns="">x</description>'),
    "of a long name and namespace": before(f'<{LONG} xmlns="urn:{LONG * 2}"/>'),
    "of a later version": request(find_version("4.2"), job=urls("<autoSetCreationOptions/>")),
    "of a later version, a job": request(find_version("4.0"), job="<exportJob/>"),
    "of an earlier version": option("<photoshopOptions><anchor>North</anchor></photoshopOptions>"),
    "of an earlier version, at its end": request(
        V4_5, job=urls("<photoshopOptions><createTemplate/></photoshopOptions>")
    ),
    "later than the unversioned": request(
        before="<locale>en</locale><description>x</description>", job="<exportJob/>"
    ),
    "deprecated": request(LATEST, job="<ripPdfsJob><emailSetting>All</emailSetting></ripPdfsJob>"),
    "of answers": request(LATEST, job=urls(after="<numUrls>1</numUrls><numUrls>2</numUrls>")),
    "repeated": before("<description>x</description>" * 3),
    "repeated, a list's parent": request(
        LATEST,
        job=urls().replace("</urlArray>", "</urlArray><urlArray/>"),
    ),
    "too many": exporting("").replace(b"<items>a|1</items>", b"<items>a</items>" * 1002),
    "missing, all": b'<submitJobParam xmlns="http://www.scene7.com/IpsApi/xsd"/>',
    "missing, all of a job": request(LATEST, job="<uploadUrlsJob/>"),
    "missing, the first": request(LATEST).replace(b"<companyHandle>c|47</companyHandle>", b""),
    "missing, in the middle": request(LATEST).replace(b"<jobName>My Test Job</jobName>", b""),
    "missing, the last": request(
        LATEST, job=PUBLISH.replace("<emailSetting>Error</emailSetting>", "")
    ),
    "missing, inferred": request(
        LATEST, job="<uploadDirectoryJob><emailSetting>All</emailSetting></uploadDirectoryJob>"
    ),
    "missing, of an answer": answer("submitJobReturn", ""),
    "missing in lists": request(
        LATEST, job=urls().replace("</urlArray>", "<items/><items/></urlArray>")
    ),
    "out of order": request(
        LATEST, job=PUBLISH + "<description>x</description><locale>en</locale>"
    ),
    "out of order, to the front": request(LATEST, job=PUBLISH).replace(
        b"<companyHandle>c|47</companyHandle><jobName>My Test Job</jobName>",
        b"<jobName>My Test Job</jobName><locale>en</locale><companyHandle>c|47</companyHandle>",
    ),
    "out of order, to the end": request(
        LATEST,
        job=PUBLISH.replace("<publishType>Full</publishType>", "").replace(
            "</imageS", "<publishType>Full</publishType></imageS"
        ),
    ),
    "out of order, in a list": request(
        LATEST, job=urls("<createMask>true</createMask><overwrite>true</overwrite>" * 2)
    ),
    "two jobs": request(LATEST, job=PUBLISH * 2 + "<videoPublishJob/>" * 2),
    "no job": request(LATEST, job=""),
    "no job but a misspelt one": request(LATEST, job="<exportJbo/>"),
    "no job but one of a later version in another namespace": request(
        V4_5, job='<exportJob xmlns="urn:x"/>'
    ),
    "no job but one of a later version": request(V4_5, job="<exportJob/>"),
    "two schedules": before(
        "<execTime>2014-04-03T09:30:00Z</execTime><execSchedule>0 0 3 ? * *</execSchedule>"
    ),
    "export without how": exporting("<fmt>convert</fmt>"),
    "export with how": exporting("<fmt>convert</fmt><macro>m</macro>"),
    "export with a modifier": exporting("<fmt>convert</fmt><is_modifier>m</is_modifier>"),
    "export in another format": exporting("<fmt>original</fmt>"),
    # Content and attributes.
    "element in a value": field("publishType", "<b>Full</b>"),
    "element in a value, of a long name": field("publishType", f"Full<{LONG}/>"),
    "text between": before("Hello"),
    "text at the start": request(LATEST).replace(
        b"<companyHandle>", b" \n a\xc2\xa0 \t<companyHandle>"
    ),
    "text at the end": request(LATEST, job=PUBLISH + LONG),
    "no-break space": before("\u00a0"),
    "no-break space at the start": REQUEST.replace(b"xsd\">", b"xsd\">\xc2\xa0"),
    "attribute": attribute('a="1" n:b="2"'),
    "attribute of a long name": attribute(f'{LONG}="1"'),
    "attribute on a message": REQUEST.replace(b"<submitJobParam", b'<submitJobParam id="1"'),
    "attribute on a job": root_attribute('id="1"'),
    "nil": attribute('i:nil="true"').replace(b"My Test Job", b""),
    "nil with text": attribute('i:nil="1"'),
    "xsi:type": attribute('i:type="x:int"'),
    "xsi:type of ours": attribute('i:type="n:JobName"'),
    "xsi:type without prefix": attribute('i:type="string"'),
    "xsi:type of an unknown prefix": attribute('i:type="q:string"'),
    "xsi:type that is empty": attribute('i:type=""'),
    "xsi:type with blanks": attribute('i:type=" x:string\n"'),
    "xsi:type with a no-break space": attribute('i:type="\u00a0x:string"'),
    "xsi:type of two colons": attribute('i:type="n:xs:token"'),
    "xsi:type of a boolean": option(f'<preserveCrop {XSI} i:type="x:int">true</preserveCrop>'),
    "xsi:type derived": attribute('i:type="x:normalizedString"'),
    "xsi:type of a job": root_attribute('i:type="n:ImageServingPublishJob"'),
    "xsi:type of another job": root_attribute('i:type="n:ExportJob"'),
    "entities in a tree": with_entities(),
    # Values.
    "constant": field("publishType", "full"),
    "constant with blanks": field("publishType", " Full "),
    "constant with no-break spaces": field("publishType", "\u00a0\u00a0\u00a0\u00a0Full"),
    "constant, no near one": field("publishType", "Everything"),
    "constant, long": field("publishType", LONG),
    "constant, sixty characters": field("publishType", LONG[1:]),
    "constant with odd characters": field("publishType", "Fu\u200bll\u0085"),
    "constant with accents and odd characters": field("publishType", "F\u00fcll\u200b"),
    "constant, empty": field("publishType", ""),
    "constant, accepted": option("<pdfOptions><process>render</process></pdfOptions>"),
    "constant, near an accepted one": option("<pdfOptions><process>Render</process></pdfOptions>"),
    "boolean": option("<preserveCrop>Yes</preserveCrop>"),
    "number": option("<pdfOptions><resolution>1 0</resolution></pdfOptions>"),
    "whole number": answer(
        "getJobLogsParam", "<companyHandle>c|1</companyHandle><numRows>1.0</numRows>"
    ),
    "sharpening": option(
        "<unsharpMaskOptions><amount>5.1</amount><radius>-1</radius><threshold>x</threshold>"
        "<monochrome>2</monochrome></unsharpMaskOptions>"
    ),
    "sharpening with no number": option(
        "<unsharpMaskOptions><amount>NaN</amount><radius>x</radius><threshold>256</threshold>"
        "</unsharpMaskOptions>"
    ),
    "media time": option(
        "<mediaOptions><thumbnailOptions><thumbnailTime>-1</thumbnailTime></thumbnailOptions>"
        "</mediaOptions>"
    ),
    "dates": before("<execTime>tomorrow</execTime>"),
    "dates, an impossible one": before("<execTime>2014-02-30T00:00:00Z</execTime>"),
    "dates without zone": before("<execTime>2014-02-28T00:00:00</execTime>"),
    "blank name": field("jobName", " \t"),
    "blank handle": field("companyHandle", ""),
    "bar in a name": field("jobName", "a|b"),
    "company handle": field("companyHandle", "47"),
    "user handle": before("").replace(
        b"<companyHandle>", b"<userHandle>x</userHandle><companyHandle>"
    ),
    "job handle": answer("submitJobReturn", "<jobHandle>x</jobHandle>"),
    "job handle, undated": RESPONSE.replace(b"47|", b"j|47|"),
    "job handle, empty": answer("submitJobReturn", "<jobHandle/>"),
    "context handle": request(
        LATEST, job=PUBLISH.replace("imageServing", "imageRendering").replace(
            "</imageR", "<contextHandle>x</contextHandle></imageR"
        ),
    ),
    "locale": before("<locale>EN_us</locale>"),
    "locale with blanks": before("<locale> en</locale>"),
    "locale of no language": before("<locale>xx</locale>"),
    "locale of no country": before("<locale>en-UK</locale>"),
    "locale of neither": before("<locale>xx-UK</locale>"),
    "schedule": before("<execSchedule>0 60 3 ? * *</execSchedule>"),
    "schedule with a list of marks": before("<execSchedule>0 0 3 ? * 2,6L</execSchedule>"),
    "schedule in words": before("<execSchedule>every day</execSchedule>"),
    "URL": request(LATEST, job=urls().replace("https://example.com/a.jpg", "//example.com/a.jpg")),
    "URL, empty": request(LATEST, job=urls().replace("https://example.com/a.jpg", "")),
    # Places.
    "place behind a byte order mark": b"\xef\xbb\xbf" + request(before="<a/>"),
    "place in UTF-16": REQUEST.decode().replace("Full", "\U0001f600").encode("utf-16"),
    "place in Latin-1": b'<?xml version="1.0" encoding="ISO-8859-1"?>\r\n'
    + REQUEST.replace(b"My", b"\xfc<a/>").replace(b"\n", b"\r\n"),
    "place of a start tag over lines": REQUEST.replace(b"<jobName>", b"<jobName\n\n  x='1'\n>"),
    "places on one line": (
        f"<submitJobParam xmlns='{UNVERSIONED}'>\u00fc<a/>\u00fc<b/>\n\u00fc<c/><d/>"
        "</submitJobParam>"
    ),
    "place in a tree": etree.fromstring(REQUEST.replace(b"Full", b"full")),
}  # fmt: skip

EXCHANGES: dict[str, tuple[bytes, bytes]] = {
    "another operation": (REQUEST, answer("deleteJobReturn", "")),
    "an answer for a request": (envelope(RESPONSE), REQUEST),
    "two answers": (RESPONSE, RESPONSE),
    "an answer to a beta": (
        request(LATEST).replace(b'-03"', b'-03-beta"'),
        answer("submitJobReturn", "<jobHandle>j|47|My Test Job||</jobHandle>"),
    ),
    "a request for an answer": (envelope(REQUEST), envelope(b"\n" + REQUEST)),
    "another version": (request(LATEST), RESPONSE),
    "a bare fault": (
        REQUEST,
        detail("ipsApiFault", "30001")[8:-9].encode(),
    ),
    "a fault": (REQUEST, fault(SAYS)),
    "another company and job": (
        REQUEST,
        envelope(RESPONSE.replace(b"47|My Test Job|", b"48|Other|")),
    ),
    "a handle behind something else": (
        REQUEST,
        RESPONSE.replace(b"<jobHandle>47", b"<x/><jobHandle>48"),
    ),
    "another company, asked in a Request": (
        plain(AUTH + REQUEST.decode()),
        RESPONSE.replace(b"47", b"48"),
    ),
    "an instance of another job": (
        REQUEST,
        RESPONSE.replace(b"47|My Test Job|", b"47||Other_2014-04-03-09:30:00.000"),
    ),
    "no company": (REQUEST.replace(b"<companyHandle>47</companyHandle>", b""), RESPONSE),
    "no name": (
        REQUEST.replace(b"<jobName>My Test Job</jobName>", b""),
        RESPONSE.replace(b"My Test Job|", f"{LONG}|".encode()),
    ),
}

# Given with a version to judge by.
ASKED = {
    "asked for another version": (REQUEST, "4.5"),
    "asked for the same version": (REQUEST.replace(b"Full", b"full"), "pre-4.0"),
    "asked for, of no namespace": (b"<submitJobParam/>", "4.5"),
    "asked for, unpublished": (
        request(LATEST).replace(b"2014-04-03", b"2011-11-04"),
        "6.8",
    ),
    "asked for, a fault": (fault(SAYS + detail("ipsApiFault", "1")), "6.8"),
    "asked for, a fault without detail": (fault(""), "6.8"),
}

FIXTURES = {f.name: f for f in all_fixtures() if f.rule is not None}


def told(name: str) -> list[str]:
    """The message's name and version, and a line for each finding."""
    fixture = FIXTURES.get(name)
    if fixture is not None and fixture.request is not None:
        exchange = validate_exchange(load(fixture.request), fixture.data)
        violations, head = exchange.violations, "exchange"
    elif name in EXCHANGES:
        exchange = validate_exchange(*EXCHANGES[name])
        violations, head = exchange.violations, "exchange"
    else:
        if fixture is not None:
            report = validate(fixture.data, limit=fixture.limit or DEFAULT_LIMIT)
        elif name in ASKED:
            document, version = ASKED[name]
            report = validate(document, version=version)
        else:
            report = validate(DOCUMENTS[name])
        violations, head = report.violations, f"{report.message} ({report.version})"
    lines = [head]
    for found in violations:
        place, message = f"{found.line}:{found.column}", found.message
        start, colon, _ = message.partition("not well-formed XML: ")
        if colon:  # What follows is libxml2's or Python's, and other versions say it otherwise.
            place, message = "?", f"{start}{colon}..."
        head = f"{place} {found.path} {found.severity} {found.rule} {found.fault_code}"
        lines.append(f"{head}: {message}")
    return lines


def names() -> list[str]:
    return [*FIXTURES, *DOCUMENTS, *ASKED, *EXCHANGES]


@lru_cache(maxsize=1)
def golden() -> dict[str, list[str]]:
    table: dict[str, list[str]] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return table


@pytest.mark.parametrize("name", names())
def test_words(name: str) -> None:
    assert told(name) == golden()[name]


def test_the_golden_file_has_nothing_else() -> None:
    assert list(golden()) == names()


def main() -> None:
    text = json.dumps({name: told(name) for name in names()}, ensure_ascii=False, indent=1)
    GOLDEN.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
