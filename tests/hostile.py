"""Hostile documents: one table of builders, for the validator, the server and the benchmarks.

``DOCUMENTS`` maps a name (``group/what``) to the document, to what is done with it (as a rule it is
validated) and to the rules of which its report must have one. ``REFERENCES`` has the documents that
name a file or an address, as functions of it.
Run as a script, it validates each in a process of its own and says what that took::

    python -m tests.hostile NAME_OR_GROUP ...
"""

from __future__ import annotations

import bz2
import gc
import gzip
import io
import json
import lzma
import os
import random
import signal
import sys
import time
import traceback
import zipfile
import zlib
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LIMIT = 1024 * 1024  # Bytes; the default of ips_contract.validate.
IPS = "http://www.scene7.com/IpsApi/xsd"
DATED = f"{IPS}/2014-04-03"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XS = "http://www.w3.org/2001/XMLSchema"

DOCUMENTED = f"""<submitJobParam xmlns="{IPS}">
   <companyHandle>47</companyHandle>
   <jobName>My Test Job</jobName>
   <imageServingPublishJob>
      <publishType>Full</publishType>
      <emailSetting>Error</emailSetting>
   </imageServingPublishJob>
</submitJobParam>
""".encode()

PUBLISH = (
    b"<imageServingPublishJob><publishType>Full</publishType>"
    b"<emailSetting>Error</emailSetting></imageServingPublishJob>"
)


class Document(NamedTuple):
    """``build()`` makes the bytes; the report has one of ``rules``, ``clean`` for none at all.

    ``judge(data)`` gives the rules: those of the report, or a word for what else is done.
    """

    build: Callable[[], bytes]
    rules: frozenset[str]
    judge: Callable[[bytes], Iterable[str]]

    def is_met_by(self, reported: Iterable[str]) -> bool:
        """Whether a report with the rules ``reported`` is a right one."""
        return bool(self.rules & (set(reported) or {CLEAN}))


CLEAN = "clean"
DOCUMENTS: dict[str, Document] = {}
REFERENCES: dict[str, Callable[[str], bytes]] = {}


def names(*chosen: str) -> list[str]:
    """The names in the table that are among ``chosen``, or in a group among them."""
    return [name for name in DOCUMENTS if {name, name.partition("/")[0]} & set(chosen)]


def groups() -> list[str]:
    return sorted({name.partition("/")[0] for name in DOCUMENTS})


def _validated(data: bytes) -> Iterable[str]:
    from ips_contract.validation.validator import validate

    return [found.rule for found in validate(data).violations]


def _add(
    name: str,
    rules: str,
    build: Callable[[], bytes],
    judge: Callable[[bytes], Iterable[str]] = _validated,
) -> None:
    assert name not in DOCUMENTS, name
    DOCUMENTS[name] = Document(build, frozenset(rules.split() or [CLEAN]), judge)


def filled(head: bytes, unit: bytes, tail: bytes, size: int = LIMIT) -> bytes:
    """``head``, as many of ``unit`` as the size allows, and ``tail``."""
    return head + unit * ((size - len(head) - len(tail)) // len(unit)) + tail


def numbered(head: bytes, unit: str, tail: bytes, size: int = LIMIT) -> bytes:
    """``head``, as many of ``unit`` as fit, each with its own ``{n}``, and ``tail``."""
    parts, room, count = [head], size - len(head) - len(tail), 0
    while True:
        part = unit.replace("{n}", f"{count:x}").encode()
        room -= len(part)
        if room < 0:
            return b"".join([*parts, tail])
        parts.append(part)
        count += 1


def message(content: bytes = b"", *, attributes: str = "", name: str = "submitJobParam") -> bytes:
    return f'<{name} xmlns="{IPS}"{attributes}>'.encode() + content + f"</{name}>".encode()


def job(before: bytes = b"", after: bytes = PUBLISH, *, attributes: str = "") -> bytes:
    """A submitJobParam; ``before`` stands behind jobName."""
    start = b"<companyHandle>47</companyHandle><jobName>n</jobName>"
    return message(start + before + after, attributes=attributes)


def upload(items: bytes, namespace: str = IPS, attributes: str = "") -> bytes:
    start = f'<submitJobParam xmlns="{namespace}"{attributes}>'.encode()
    handle = b"47" if namespace == IPS else b"c|47"
    return (
        start
        + b"<companyHandle>"
        + handle
        + b"</companyHandle><jobName>n</jobName><uploadUrlsJob><urlArray>"
        + items
        + b"</urlArray><overwrite>true</overwrite><readyForPublish>true</readyForPublish>"
        b"<createMask>false</createMask><emailSetting>None</emailSetting>"
        b"</uploadUrlsJob></submitJobParam>"
    )


LOGIN = b"<i:authHeader><i:user>u</i:user><i:password>p</i:password></i:authHeader>"


def envelope(body: bytes, header: bytes = b"", after: bytes = b"", soap: str = SOAP) -> bytes:
    head = b"<s:Header>" + header + b"</s:Header>" if header else b""
    return (
        f'<s:Envelope xmlns:s="{soap}" xmlns:i="{IPS}">'.encode()
        + head
        + b"<s:Body>"
        + body
        + b"</s:Body>"
        + after
        + b"</s:Envelope>"
    )


def within(whole: bytes, unit: bytes | str, size: int = LIMIT) -> bytes:
    """``whole`` with its ``@@`` replaced by as many of ``unit`` as fit; str units get numbers."""
    head, _, tail = whole.partition(b"@@")
    if isinstance(unit, str):
        return numbered(head, unit, tail, size)
    return filled(head, unit, tail, size)


def wide(whole: bytes, *units: bytes | str) -> bytes:
    """``whole`` with each of its ``@@`` filled, with equal shares of the size."""
    share = (LIMIT - len(whole)) // len(units)
    for unit in units:
        whole = within(whole, unit, len(whole) - 2 + share)
    return whole


# ---- Document types and entities ----


def _laughs(levels: int, width: int) -> bytes:
    lines = ['<!ENTITY l0 "ha">']
    lines += [f'<!ENTITY l{n} "{f"&l{n - 1};" * width}">' for n in range(1, levels)]
    return f"<!DOCTYPE submitJobParam [{''.join(lines)}]>".encode()


_UNREAD = "document-type not-xml"


def _many_attributes(encoding: str) -> bytes:
    """A document type with many attributes, which cost libxml2 the square of their number."""
    start = declared(encoding, "<!DOCTYPE a [<!ATTLIST a ").encode()
    width = {"utf-16": 2, "utf-32": 4}.get(encoding, 1)
    whole = numbered(start, 'b{n} CDATA "" ', b">]><a/>", LIMIT // width - 64)
    if encoding == "utf-7":
        head, _, tail = whole.partition(b"?>")
        return head + b"?>" + tail.replace(b"<!", b"+ADwAIQ-")
    return whole.decode().encode(encoding)


def _entities() -> None:
    def add(name: str, build: Callable[[], bytes], rules: str = "document-type") -> None:
        _add(f"entities/{name}", rules, build)

    use = message(b"<companyHandle>&l0;</companyHandle>")
    add("billion-laughs", lambda: _laughs(10, 10) + use.replace(b"&l0;", b"&l9;"))
    add("laughs-in-attribute", lambda: _laughs(10, 10) + message(attributes=' a="&l9;"'))
    add("laughs-unused", lambda: _laughs(10, 10) + DOCUMENTED)
    add(
        "quadratic-blowup",
        lambda: filled(
            b'<!DOCTYPE a [<!ENTITY l0 "' + b"x" * 100_000 + b'">]><a>', b"&l0;", b"</a>"
        ),
    )
    add(
        "parameter-bomb",
        lambda: b'<!DOCTYPE a [<!ENTITY % a "x"><!ENTITY % b "%a;%a;%a;">%b;]>' + DOCUMENTED,
    )
    add("recursive", lambda: b'<!DOCTYPE a [<!ENTITY a "&b;"><!ENTITY b "&a;">]><a>&a;</a>')
    add("undefined-with-type", lambda: b"<!DOCTYPE a><a>&nothing;</a>")
    add("undefined", lambda: message(b"&nothing;"), "not-xml")
    add("type-alone", lambda: b"<!DOCTYPE submitJobParam>" + DOCUMENTED)
    add(
        "type-public",
        lambda: b'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "x">' + DOCUMENTED,
    )
    add("type-after-comment", lambda: b"<!--" + b"x" * 100_000 + b"-->" + _laughs(2, 2) + use)
    add(
        "bomb-after-comment",
        lambda: b"<!--" + b"x" * 100_000 + b"-->" + _laughs(10, 10) + use.replace(b"l0", b"l9"),
    )
    add(
        "type-utf-16",
        lambda: (_laughs(3, 3) + use.replace(b"l0", b"l2")).decode().encode("utf-16"),
    )
    add(
        "bomb-utf-16",
        lambda: (_laughs(10, 10) + use.replace(b"l0", b"l9")).decode().encode("utf-16"),
        "document-type not-xml",
    )
    add("type-unclosed", lambda: b"<!DOCTYPE a [", "document-type not-xml")
    add("type-full", lambda: numbered(b"<!DOCTYPE a [", '<!ENTITY e{n} "">', b"]><a/>"))
    add("type-elements", lambda: numbered(b"<!DOCTYPE a [", "<!ELEMENT e{n} ANY>", b"]><a/>"))
    add(
        "type-attributes",
        lambda: numbered(b"<!DOCTYPE a [<!ATTLIST a ", 'b{n} CDATA "" ', b">]><a/>"),
    )
    for encoding in ("cp037", "utf-7", "utf-16", "utf-32"):
        add(f"type-attributes-{encoding}", partial(_many_attributes, encoding), _UNREAD)
    add("type-deep", lambda: filled(b"<!DOCTYPE a [<!ELEMENT a (", b"(", b"a)>]><a/>"))
    add("type-in-body", lambda: message(b"<!DOCTYPE a>"), "not-xml document-type")
    add("type-lower-case", lambda: b"<!doctype a>" + DOCUMENTED, "not-xml document-type")
    add("notation", lambda: b'<!DOCTYPE a [<!NOTATION n SYSTEM "n">]>' + DOCUMENTED)


# ---- References to files and addresses ----

REFERENCES.update(
    {
        "general-entity": lambda target: (
            f'<!DOCTYPE a [<!ENTITY x SYSTEM "{target}">]>'.encode() + message(b"&x;")
        ),
        "entity-in-handle": lambda target: (
            f'<!DOCTYPE a [<!ENTITY x SYSTEM "{target}">]>'.encode()
            + message(b"<companyHandle>&x;</companyHandle>")
        ),
        "parameter-entity": lambda target: (
            f'<!DOCTYPE a [<!ENTITY % x SYSTEM "{target}"> %x;]>'.encode() + DOCUMENTED
        ),
        "external-subset": lambda target: f'<!DOCTYPE a SYSTEM "{target}">'.encode() + DOCUMENTED,
        "public-subset": lambda target: (
            f'<!DOCTYPE a PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "{target}">'.encode()
            + DOCUMENTED
        ),
        "notation": lambda target: (
            (
                f'<!DOCTYPE a [<!NOTATION n SYSTEM "{target}">'
                f'<!ENTITY u SYSTEM "{target}" NDATA n>]>'
            ).encode()
            + DOCUMENTED
        ),
        "xinclude": lambda target: message(
            f'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="{target}"/>'.encode()
        ),
        "xinclude-text": lambda target: job(
            f'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="{target}" parse="text"/>'
            "".encode()
        ),
        "schema-location": lambda target: job(
            attributes=f' xmlns:x="{XSI}" x:schemaLocation="{IPS} {target} urn:x {target}"'
        ),
        "no-namespace-location": lambda target: job(
            attributes=f' xmlns:x="{XSI}" x:noNamespaceSchemaLocation="{target}"'
        ),
        "location-and-type": lambda target: job(
            attributes=f' xmlns:x="{XSI}" xmlns:u="urn:x" x:schemaLocation="urn:x {target}"'
            ' x:type="u:other"'
        ),
        "location-of-unknown": lambda target: message(
            f'<u:a xmlns:u="urn:x" xmlns:x="{XSI}" x:schemaLocation="urn:x {target}"/>'.encode()
        ),
        "stylesheet": lambda target: (
            f'<?xml-stylesheet type="text/xsl" href="{target}"?>'.encode() + DOCUMENTED
        ),
        "xml-model": lambda target: f'<?xml-model href="{target}"?>'.encode() + DOCUMENTED,
        "xsl-import": lambda target: (
            '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
            f'<xsl:import href="{target}"/><xsl:template match="/">'
            f"<xsl:copy-of select=\"document('{target}')\"/></xsl:template></xsl:stylesheet>"
        ).encode(),
        "xsd-import": lambda target: (
            f'<xs:schema xmlns:xs="{XS}"><xs:import namespace="urn:x" schemaLocation="{target}"/>'
            f'<xs:include schemaLocation="{target}"/></xs:schema>'
        ).encode(),
        "base": lambda target: job(attributes=f' xml:base="{target}"'),
        "namespace": lambda target: f'<submitJobParam xmlns="{target}"/>'.encode(),
        "soap-location": lambda target: envelope(job(), LOGIN).replace(
            b"<s:Body>",
            f'<s:Body xmlns:x="{XSI}" x:schemaLocation="{SOAP} {target}" '
            f's:encodingStyle="{target}">'.encode(),
        ),
        "href": lambda target: upload(
            f'<items href="{target}"/><items><sourceUrl>{target}</sourceUrl>'
            "<destPath/></items>".encode()
        ),
    }
)
_REFERENCE_RULES = {
    "xinclude": "wrong-namespace",
    "xinclude-text": "wrong-namespace",
    "schema-location": "",
    "no-namespace-location": "",
    "location-and-type": "stray-attribute",
    "location-of-unknown": "wrong-namespace",
    "stylesheet": "",
    "xml-model": "",
    "xsl-import": "not-a-message",
    "xsd-import": "not-a-message",
    "base": "stray-attribute",
    "namespace": "wrong-namespace",
    "soap-location": "",
    "href": "stray-attribute",
}
_TARGETS = {"file": "file:///etc/hosts", "http": "http://127.0.0.1:9/x"}


def _references() -> None:
    for name, build in REFERENCES.items():
        for kind, target in _TARGETS.items():
            rules = _REFERENCE_RULES.get(name, "document-type")
            _add(f"references/{name}-{kind}", rules, partial(build, target))


# ---- Depth ----


def nested(levels: int, name: str = "a") -> bytes:
    return f"<{name}>".encode() * levels + f"</{name}>".encode() * levels


def _nested_message(levels: int) -> bytes:
    return message(nested(levels))


def _depth() -> None:
    unknown = "unknown-element"
    _add("depth/254", unknown, lambda: message(nested(254)))
    for levels in (255, 256, 257):
        _add(f"depth/{levels}", f"{unknown} too-deep", partial(_nested_message, levels))
    _add("depth/3000", "too-deep", lambda: message(nested(3000)))
    _add("depth/100000", "too-deep", lambda: nested(100_000))
    _add("depth/open-only", "too-deep not-xml", lambda: b"<a>" * (LIMIT // 3))
    _add("depth/close-only", "not-xml", lambda: b"</a>" * (LIMIT // 4))
    _add("depth/messages", unknown, lambda: message(nested(250, "submitJobParam")))
    _add("depth/envelopes", "not-a-message", lambda: _nested_envelopes(80))
    _add("depth/in-field", unknown, lambda: job(b"<description>" + nested(200) + b"</description>"))
    _add(
        "depth/namespaces",
        "too-deep",
        lambda: b"".join(f'<a xmlns="urn:{n}">'.encode() for n in range(40_000)),
    )


def _nested_envelopes(levels: int) -> bytes:
    start = f'<s:Envelope xmlns:s="{SOAP}">'.encode() + b"<s:Body>"
    inner = b"<s:Envelope><s:Body>" * (levels - 1) + b"</s:Body></s:Envelope>" * (levels - 1)
    return start + inner + b"</s:Body></s:Envelope>"


# ---- Floods ----


def _floods() -> None:
    def add(name: str, rules: str, whole: bytes, *units: bytes | str) -> None:
        _add(f"floods/{name}", rules, lambda: wide(whole, *units))

    described = job(b"<description>@@</description>").replace(IPS.encode(), DATED.encode())
    described = described.replace(b">47<", b">c|47<")
    add("text", "", described, b"x")
    add("text-wide", "", described, "\U0001f4a3".encode())
    add("newlines", "", described, b"\n")
    add("blank-lines-between", "", job(b"@@"), b"\r\n")
    add("stray-text", "stray-text", job(b"@@"), b"x")
    add("stray-text-pieces", "stray-text unknown-element", job(b"@@"), b"<a/>x")
    add("cdata", "", described, b"<![CDATA[x]]>")
    add("cdata-empty", "", described, b"<![CDATA[]]>")
    add("cdata-stray", "stray-text", job(b"@@"), b"<![CDATA[x]]>")
    add("comments", "", job(b"@@"), b"<!---->")
    add("comments-in-value", "", described, b"x<!---->")
    add("instructions", "", job(b"@@"), b"<?a?>")
    add("instructions-in-value", "", described, b"x<?a?>")
    add("comment", "", job(b"<!--@@-->"), b"x")
    add("character-references", "", described, b"&#65;")
    add("references-hex", "", described, b"&#x10FFFF;")
    add("references-built-in", "", described, b"&amp;")
    add("reference-long", "", described.replace(b"@@", b"&#@@65;"), b"0")
    add("attribute-value", "stray-attribute", job(attributes=' a="@@"'), b"x")
    add("attribute-value-references", "stray-attribute", job(attributes=' a="@@"'), b"&lt;")
    add("attributes", "stray-attribute too-large", job(attributes="@@"), ' a{n}=""')
    add("attributes-duplicate", "not-xml", job(attributes="@@"), b' a=""')
    add(
        "attributes-prefixed",
        "stray-attribute too-large",
        job(attributes=' xmlns:p="p"@@'),
        ' p:a{n}=""',
    )
    add(
        "attributes-of-soap",
        "stray-attribute",
        job(attributes=f' xmlns:s="{SOAP}"@@'),
        ' s:a{n}=""',
    )
    add(
        "attributes-of-soap-many",
        "",
        upload(b"@@").replace(b"<urlArray>", f'<urlArray xmlns:s="{SOAP}">'.encode()),
        b'<items s:a=""><sourceUrl>a:b</sourceUrl><destPath/></items>',
    )
    add("attributes-on-each", "stray-attribute", upload(b"@@"), b'<items a="" b="" c=""/>')
    long_name = job(attributes=' xmlns:p="@@"@@')
    add("attributes-long-namespace", "stray-attribute too-large", long_name, b"n", ' p:a{n}=""')
    add("namespaces", "clean too-large", job(attributes="@@"), ' xmlns:a{n}="u"')
    add("namespaces-distinct", "clean too-large", job(attributes="@@"), ' xmlns:a{n}="u{n}"')
    add("namespaces-duplicate", "not-xml", job(attributes="@@"), b' xmlns:a="u"')
    add("namespaces-on-each", "wrong-namespace", message(b"@@"), '<a xmlns="u{n}"/>')
    add("namespaces-unused-on-each", "unknown-element", message(b"@@"), '<a xmlns:b="u{n}"/>')
    typed = upload(b"@@", attributes=f' xmlns:x="{XSI}"@@')
    add(
        "namespaces-and-types",
        "stray-attribute missing-element too-large",
        typed,
        ' xmlns:a{n}="u"',
        b'<items x:type=""/>',
    )
    right = f' xmlns:x="{XSI}" xmlns:i="{IPS}"@@'
    typed = upload(b"@@", attributes=right)
    item = b'<items x:type="i:UploadUrl"><sourceUrl>a:b</sourceUrl><destPath/></items>'
    add("namespaces-and-right-types", "clean too-large", typed, ' xmlns:a{n}="u"', item)
    add("types-right", "", upload(b"@@", attributes=right.replace("@@", "")), item)
    add(
        "nil",
        "stray-attribute",
        upload(b"@@", attributes=f' xmlns:x="{XSI}"'),
        b'<items x:nil="true"/>',
    )
    add(
        "long-namespace-elements",
        "wrong-namespace too-large",
        message(b'<p:a xmlns:p="@@"/>'),
        b"n",
    )
    add(
        "long-namespace-children",
        "wrong-namespace too-large",
        message(b"@@", attributes=' xmlns:p="@@"').replace(b"@@", b"@@", 1),
        b"n",
        "<p:a{n}/>",
    )
    add(
        "long-namespace-same",
        "wrong-namespace too-large",
        message(b"@@", attributes=' xmlns:p="@@"'),
        b"n",
        b"<p:a/>",
    )
    add(
        "long-default-namespace", "wrong-namespace too-large", b'<submitJobParam xmlns="@@"/>', b"n"
    )
    add(
        "long-default-children",
        "wrong-namespace too-large",
        b'<submitJobParam xmlns="@@">@@</submitJobParam>',
        b"n",
        b"<items/>",
    )
    add(
        "long-wide-namespace",
        "wrong-namespace too-large not-xml",
        '<submitJobParam xmlns="\U0001f4a3@@"/>'.encode(),
        b"n",
    )
    add("xmlns-in-text", "", described, b"xmlns")
    add("xmlns-in-text-spaced", "", described, b"xmlns ")
    add("xmlns-in-text-before-blanks", "", described.replace(b"@@", b"xmlns@@"), b" ")
    add("xmlns-in-text-equals", "", described, b"xmlns=")
    add("xmlns-in-text-quotes", "", described, b"xmlns='")
    add("xmlns-in-wrong-text", "stray-text", job(b"@@"), b"xmlns")
    add("xmlns-in-wrong-text-prefixed", "stray-text", job(b"@@"), b"xmlns:a ")
    add("xmlns-in-wrong-text-blanks", "stray-text", job(b"xmlns@@"), b" ")
    add("xmlns-in-wrong-text-quotes", "stray-text", job(b"@@"), b"xmlns='")
    add("doctype-in-text", "stray-text", job(b"<![CDATA[@@]]>"), b"<!DOCTYPE")
    add("doctype-in-comments", "", job(b"@@"), b"<!--<!DOCTYPE-->")
    add("instructions-before", "", b"@@" + job(), b"<?a?>")
    add("comments-before", "", b"@@" + job(), b"<!---->")
    add("comments-before-type", "document-type", b"@@<!DOCTYPE a>" + job(), b"<!---->")
    add("comments-behind", "", job() + b"@@", b"<!---->")
    add("long-name-49k", "unknown-element too-large", message(b"<" + b"n" * 49_000 + b"/>@@"), b" ")
    add("long-name-1m", "not-xml unknown-element", message(b"<@@/>"), b"n")
    add("long-names", "unknown-element too-large", message(b"@@"), "<" + "n" * 40_000 + "{n}/>")
    add("long-root-name", "not-a-message not-xml", b"<@@/>", b"n")
    add("long-prefix", "not-xml wrong-namespace", b"<@@:a/>", b"n")
    add("long-instruction-name", "not-xml", b"<?@@?><a/>", b"n")
    add("items", "missing-element", upload(b"@@"), b"<items/>")
    add("items-blank", "missing-element", upload(b"@@"), b"<items> </items>")
    handles = message(
        b"<companyHandle>47</companyHandle><jobName>n</jobName><reprocessAssetsJob>"
        b"<assetHandleArray>@@</assetHandleArray><createMask>true</createMask>"
        b"<emailSetting>None</emailSetting></reprocessAssetsJob>"
    )
    add("items-right", "later-than-pre-4.0", handles, b"<items/>")
    handles = handles.replace(IPS.encode(), DATED.encode()).replace(b">47<", b">c|47<")
    add("items-right-dated", "", handles, b"<items/>")
    sets = handles.replace(b"reprocessAssetsJob", b"automatedSetGenerationJob")
    add("items-over-limit", "array-limit", sets, b"<items/>")
    add(
        "urls-right",
        "",
        upload(b"@@"),
        b"<items><sourceUrl>http://a</sourceUrl><destPath/></items>",
    )
    add(
        "urls-right-with-space",
        "",
        upload(b"@@"),
        b"<items ><sourceUrl>http://a</sourceUrl><destPath/></items>\n",
    )
    add(
        "urls-relative",
        "absolute-url",
        upload(b"@@"),
        b"<items><sourceUrl>a</sourceUrl><destPath/></items>",
    )
    good = b"<items><sourceUrl>http://a</sourceUrl><destPath/></items>" * 20
    relative = b"<items><sourceUrl>a</sourceUrl><destPath/></items>" * 10_010
    add("warnings-then-errors", "missing-element too-many", upload(relative + b"@@"), b"<items/>")
    add("items-wrong-later", "missing-element", upload(good + b"@@"), b"<items/>")
    add("items-unknown-later", "unknown-element", upload(good + b"@@"), b"<items><a/></items>")
    add("items-attribute-later", "stray-attribute", upload(good + b"@@"), b'<items a=""/>')
    add("items-text-later", "stray-text", upload(good + b"@@"), b"<items>x</items>")
    add("items-other-later", "unknown-element", upload(good + b"@@"), b"<a/>")
    add(
        "items-twice-later",
        "repeated-element",
        upload(good + b"<items><sourceUrl>a:b</sourceUrl><destPath/>@@</items>"),
        b"<destPath/>",
    )
    add(
        "items-one-wrong",
        "unknown-element",
        upload(b"<items><sourceUrl>a:b</sourceUrl><a/></items>@@"),
        b"<items><sourceUrl>http://a</sourceUrl><destPath/></items>",
    )
    add(
        "items-last-wrong",
        "unknown-element",
        upload(b"@@<items><sourceUrl>a:b</sourceUrl><a/></items>"),
        b"<items><sourceUrl>http://a</sourceUrl><destPath/></items>",
    )
    add(
        "values-wrong",
        "constant repeated-element",
        job(b"<uploadUrlsJob>@@</uploadUrlsJob>", b""),
        b"<overwrite>x</overwrite>",
    )
    logs = message(b"<jobLogArray>@@</jobLogArray>", name="getJobLogsReturn")
    add(
        "values-wrong-later",
        "wrong-type",
        logs.replace(b"@@", b"<items/>" * 20 + b"@@"),
        b"<items><fatalError>x</fatalError></items>",
    )
    add(
        "values-wrong-numbers",
        "wrong-type",
        logs,
        b"<items><fileErrorCount>x</fileErrorCount></items>",
    )
    add(
        "values-wrong-dates",
        "wrong-type",
        logs,
        b"<items><endDate>9999-02-30T00:00:00</endDate></items>",
    )
    add(
        "values-many-wrong",
        "wrong-type",
        logs,
        b"<items><startDate/><endDate/><fileErrorCount/><fatalError/><detailTotalRows/></items>",
    )
    constants = message(b"<jobArray>@@</jobArray>", name="getActiveJobsReturn")
    add("constants-wrong", "constant", constants, b"<items><state>running</state></items>")
    add("constants-distinct", "constant", constants, "<items><state>Waitin{n}</state></items>")
    add(
        "handles-wrong",
        "handle-form",
        constants,
        b"<items><companyHandle>x</companyHandle></items>",
    )
    assets = b"<getAssetsReturn xmlns='%s'><assetArray>@@</assetArray></getAssetsReturn>"
    add("answers-right", "", assets % DATED.encode(), b"<items/>")
    add("unknown", "unknown-element", message(b"@@"), b"<a/>")
    add("unknown-distinct", "unknown-element", message(b"@@"), "<a{n}/>")
    add("unknown-near", "unknown-element", message(b"@@"), "<imageServingPublishJob{n}/>")
    add(
        "unknown-near-job",
        "unknown-element",
        job(b"<uploadUrlsJob>@@</uploadUrlsJob>", b""),
        "<readyForPublisch{n}/>",
    )
    add(
        "unknown-middle-job",
        "unknown-element",
        job(b"<uploadUrlsJob>@@</uploadUrlsJob>", b""),
        "<postimageservingrenderjobxx{n}/>",
    )
    add(
        "unknown-long-distinct",
        "unknown-element",
        job(b"<uploadUrlsJob>@@</uploadUrlsJob>", b""),
        "<postImageServingPublishJobpostImageServingPublishJobpostImageServingPublishJobpostImageServingPublishJob{n}/>",
    )
    letters = "".join(f"<{chr(n)}/>" for n in range(0x4E00, 0x9FA5)).encode()
    add("unknown-one-letter", "unknown-element", message(b"@@"), letters)
    add("unknown-in-each", "unknown-element", upload(b"@@"), "<items><a{n}/></items>")
    add("wrong-namespace", "wrong-namespace", message(b"@@"), b'<a xmlns="u"/>')
    add("wrong-namespace-items", "wrong-namespace", upload(b"@@"), b'<items xmlns="u"/>')
    add("no-namespace-items", "wrong-namespace", upload(b"@@"), b'<items xmlns=""/>')
    add(
        "not-in-version",
        "not-in-version",
        job(b"<uploadUrlsJob>@@</uploadUrlsJob>", b"").replace(
            IPS.encode(), DATED[:-10].encode() + b"2008-01-15"
        ),
        b"<numUrls/>",
    )
    add("repeated", "repeated-element", message(b"@@"), b"<jobName/>")
    add("repeated-right", "repeated-element", message(b"@@"), b"<jobName>n</jobName>")
    add("jobs", "one-job", job(b"@@"), PUBLISH)
    plan = b"<execSchedule>0 0 2 * * ?</execSchedule>"
    mail = b"<optimizeImagesJob><emailSetting>All</emailSetting></optimizeImagesJob>"
    add("misplaced", "element-order", message(b"@@@@"), mail, plan)
    add("misplaced-pairs", "element-order", message(b"@@"), mail + plan)
    crop = b"<autoTransparentCropOptions><tolerance>0</tolerance></autoTransparentCropOptions>"
    post = b"<postVideoPublishJob><emailSetting>All</emailSetting></postVideoPublishJob>"
    add(
        "misplaced-crops",
        "element-order",
        job(b"<uploadUrlsJob>@@@@</uploadUrlsJob>", b""),
        post,
        crop,
    )
    fields = (b"sourceUrl", b"destPath")
    reverse = (
        b"<items>"
        + b"".join(b"<" + f + b">http://a</" + f + b">" for f in reversed(fields))
        + b"</items>"
    )
    add("reversed-in-each", "element-order", upload(b"@@"), reverse)
    add("reversed-later", "element-order", upload(good + b"@@"), reverse)
    add("late-and-repeated", "repeated-element", message(b"@@"), b"<description/>")
    add("schedules", "one-schedule", job(b"@@"), plan)
    add("schedules-wrong", "schedule-form one-schedule", job(b"@@"), b"<execSchedule/>")
    add("times", "one-schedule", job(b"@@"), b"<execTime>2014-04-03T09:30:00Z</execTime>")


# ---- Envelopes ----


def _envelopes() -> None:
    def add(name: str, rules: str, whole: bytes, *units: bytes | str) -> None:
        _add(f"envelopes/{name}", rules, lambda: wide(whole, *units) if units else whole)

    soap12 = "http://www.w3.org/2003/05/soap-envelope"
    add("text", "", envelope(job().replace(b">n<", b">@@<"), LOGIN), b"x")
    add("stray-text", "stray-text", envelope(b"@@" + job()), b"x")
    add("extras", "envelope-extra", envelope(job(), after=b"@@"), b"<a/>")
    add("extras-1.2", "envelope", envelope(job(), after=b"@@", soap=soap12), b"<a/>")
    add("extras-distinct", "envelope-extra", envelope(job(), after=b"@@"), "<a{n}/>")
    add("headers", "envelope", envelope(job(), after=b"@@"), b"<s:Header/>")
    add("bodies", "envelope", envelope(job(), after=b"@@"), b"<s:Body/>")
    add("messages", "envelope", envelope(job() + b"@@"), b"<a/>")
    add("messages-right", "envelope", envelope(job() + b"@@"), job())
    add("header-entries", "no-credentials", envelope(job(), b"@@"), b"<a/>")
    add("header-entries-login", "", envelope(job(), b"@@" + LOGIN), b"<a/>")
    add("header-text", "stray-text", envelope(job(), b"@@"), b"x")
    add(
        "auth-user",
        "auth-style",
        envelope(job(), b"@@").replace(
            b"<s:Header>", b'<s:Header xmlns:o="http://www.scene7.com/IpsApi">'
        ),
        b"<o:AuthUser/>",
    )
    add("auth-headers", "missing-element", envelope(job(), b"@@"), b"<i:authHeader/>")
    whole = b"<i:authHeader><i:user/><i:password/></i:authHeader>"
    add("auth-headers-right", "unread-header", envelope(job(), b"@@"), whole)
    add("auth-headers-wrong-namespace", "wrong-namespace", envelope(job(), b"@@"), b"<authHeader/>")
    add(
        "auth-headers-long-namespace",
        "wrong-namespace too-large",
        envelope(job(), b'<a xmlns:p="@@"/><p:b xmlns:p="@@"/>')
        .replace(b'<a xmlns:p="@@"/><p:b xmlns:p="@@"/>', b"<a/>@@")
        .replace(b"<s:Header>", b'<s:Header xmlns:p="@@">'),
        b"n",
        b"<p:authHeader/>",
    )
    dated = f'<authHeader xmlns="{IPS}/@"><user/><password/></authHeader>'
    _add("envelopes/auth-headers-unpublished", "auth-namespace", lambda: _unpublished(dated))
    _add(
        "envelopes/auth-headers-unpublished-wrong",
        "auth-namespace",
        lambda: _unpublished(f'<authHeader xmlns="{IPS}/@"/>'),
    )
    add("other-namespace", "envelope", b'<Envelope xmlns="u"><Body/></Envelope>')
    add(
        "other-long-namespace",
        "envelope too-large",
        b'<Envelope xmlns="@@"><Body/></Envelope>',
        b"n",
    )
    add("no-body", "envelope", f'<s:Envelope xmlns:s="{SOAP}"/>'.encode())
    add("no-namespace", "not-a-message", b"<Envelope/>")
    add(
        "attributes",
        "clean too-large",
        envelope(job(), LOGIN).replace(b"<s:Envelope ", b"<s:Envelope @@ "),
        ' a{n}=""',
    )
    fault = envelope(
        b"<s:Fault><faultcode>s:Client</faultcode><faultstring/><detail>@@</detail></s:Fault>"
    )
    add("faults", "missing-element", fault, b"<i:ipsApiFault/>")
    add(
        "faults-wrong-code",
        "fault-code",
        fault,
        b"<i:ipsApiFault><i:code>1</i:code><i:reason/></i:ipsApiFault>",
    )
    add(
        "faults-distinct-codes",
        "fault-code",
        fault,
        "<i:ipsApiFault><i:code>3{n}</i:code><i:reason/></i:ipsApiFault>",
    )
    add(
        "faults-long-code",
        "wrong-type",
        fault.replace(b"@@", b"<i:ipsApiFault><i:code>@@</i:code><i:reason/></i:ipsApiFault>"),
        b"9",
    )
    add("faults-other-namespace", "wrong-namespace", fault, b"<ipsApiFault/>")
    add("faults-other", "", fault, b"<a/>")
    add("fault-empty", "missing-element", envelope(b"<s:Fault/>"))
    request = f'<Request xmlns="{IPS}">@@</Request>'.encode()
    add("request-empty", "envelope", request.replace(b"@@", b""))
    add("request-auth-headers", "envelope missing-element", request, b"<authHeader/>")
    add(
        "request-auth-headers-after",
        "envelope",
        request.replace(b"@@", job() + b"@@"),
        b"<authHeader/>",
    )
    add("request-messages", "envelope", request, b"<a/>")
    add("request-jobs", "envelope", request, job())
    add("request-text", "stray-text", request.replace(b"@@", job() + b"@@"), b"x")
    add(
        "request-nested",
        "not-a-message",
        request.replace(b"@@", f'<Request xmlns="{IPS}"/>'.encode()),
    )


def _unpublished(unit: str) -> bytes:
    """An envelope full of authHeaders, each in the namespace of another date."""
    head, _, tail = envelope(job(), b"@@").partition(b"@@")
    room, count = LIMIT - len(head) - len(tail), 0
    parts: list[bytes] = []
    while True:
        date = f"{2001 + count % 9999 // 336}-{count // 28 % 12 + 1:02}-{count % 28 + 1:02}"
        part = unit.replace("@", date).encode()
        room -= len(part)
        if room < 0:
            return head + b"".join(parts) + tail
        parts.append(part)
        count += 1


# ---- Many entries, each of which is looked at ----

_ENTRIES = 20


def entries(start: str, unit: str, end: str, size: int = 900_000) -> bytes:
    """Twenty elements full of ``unit``: in ``start`` and ``unit`` ``{n}`` is each one's number."""
    share = size // _ENTRIES
    return b"".join(
        numbered(
            start.replace("{n}", str(n)).encode(),
            unit.replace("{n}", f"{n}_{{n}}"),
            end.encode(),
            share,
        )
        for n in range(10, 10 + _ENTRIES)
    )


def _entries() -> None:
    def add(name: str, rules: str, whole: bytes, start: str, unit: str, end: str) -> None:
        _add(f"entries/{name}", rules, lambda: whole.replace(b"@@", entries(start, unit, end)))

    fault = envelope(
        b"<s:Fault><faultcode>s:Client</faultcode><faultstring/><detail>@@</detail></s:Fault>"
    )
    start, end = "<i:ipsApiFault>", "</i:ipsApiFault>"
    add("faults-unknown", "too-many", fault, start, "<i:a{n}/>", end)
    add("faults-unknown-same", "too-many", fault, start, "<i:a/>", end)
    add("faults-near", "too-many", fault, start, "<i:reaso{n}/>", end)
    add("faults-values", "too-many", fault, start, "<i:code>z{n}</i:code>", end)
    head = envelope(job(), b"@@")
    start, end = "<i:authHeader>", "</i:authHeader>"
    add("auth-headers-unknown", "too-many", head, start, "<i:a{n}/>", end)
    add("auth-headers-bare", "too-many", head, start, "<a{n}/>", end)
    add("auth-headers-near", "too-many", head, start, "<i:passwor{n}/>", end)
    add("auth-headers-attributes", "too-many", head, start, '<i:user a{n}="" b="" c=""/>', end)
    dated = f'<i:authHeader xmlns:i="{IPS}/20{{n}}-11-11">'
    add("auth-headers-unpublished", "too-many", head, dated, "<i:passwor{n}/>", end)
    foreign = "<authHeader>", "</authHeader>"
    add("auth-headers-foreign", "wrong-namespace", head, foreign[0], "<a{n}/>", foreign[1])
    misspelt = "<i:AuthHeader>", "</i:AuthHeader>"
    add("auth-headers-misspelt", "unread-header", head, misspelt[0], "<a{n}/>", misspelt[1])


# ---- Names that are like those of fields, and none of them ----


def anagrams(count: int, parent: str) -> bytes:
    """``count`` elements with the letters of fields of the type ``parent`` in another order."""
    from ips_contract.contract.model import contract
    from ips_contract.contract.versions import LATEST

    fields = contract(LATEST).complex_types[parent].fields
    long_ones = sorted((field.name for field in fields), key=len)[-12:]
    chance = random.Random(3)
    found: dict[str, None] = {}
    while len(found) < count:
        name = chance.choice(long_ones)
        found["".join(chance.sample(name, len(name)))] = None
    return "".join(f"<{name}/>" for name in found).encode()


def _names() -> None:
    def add(name: str, rules: str, namespace: str, count: int, parent: str = "") -> None:
        def build() -> bytes:
            inner = anagrams(count, parent or "submitJobParamType")
            if parent:
                inner = f"<{parent[0].lower()}{parent[1:]}>".encode() + inner
                inner += f"</{parent[0].lower()}{parent[1:]}>".encode()
            return message(inner).replace(IPS.encode(), namespace.encode())

        _add(f"names/{name}", rules, build)

    near = IPS.removesuffix("d")
    add("anagrams", "unknown-element", IPS, 990)
    add("anagrams-20000", "unknown-element", IPS, 20_000)
    add("anagrams-wrong-namespace", "wrong-namespace", near, 990)
    add("anagrams-no-namespace", "wrong-namespace", "", 990)
    add("anagrams-wrong-namespace-short", "wrong-namespace", near, 90)
    add("anagrams-in-job", "unknown-element", IPS, 990, "UploadDirectoryJob")
    add("anagrams-in-job-wrong-namespace", "wrong-namespace", near, 980, "UploadDirectoryJob")
    add("anagrams-in-job-wrong-namespace-short", "wrong-namespace", near, 90, "UploadPostJob")
    places = "<items><sourceUrl/><destPath/><companyHandle{n}/><jobName/></items>"
    _add("names/misplaced-in-each", "unknown-element", lambda: within(upload(b"@@"), places))


# ---- Values ----


def _values() -> None:
    def add(name: str, rules: str, whole: bytes, unit: bytes) -> None:
        _add(f"values/{name}", rules, lambda: within(whole, unit))

    head, tail = b"<submitJobParam xmlns='" + IPS.encode() + b"'>", b"</submitJobParam>"
    company = head + b"<companyHandle>@@</companyHandle><jobName>n</jobName>" + PUBLISH + tail
    add("handle-digits", "", company, b"4")
    add("handle-digits-then-letter", "handle-form", company.replace(b"@@", b"@@x"), b"4")
    add("handle-blanks", "blank", company, b" ")
    add("handle-blank-lines", "blank", company, b"\r\n\t ")
    add("handle-blanks-around", "", company.replace(b"@@", b"@@47 "), b" ")
    add("handle-digits-and-blanks", "handle-form", company, b"4 ")
    add("handle-words", "handle-form", company, b"47 11 ")
    add("handle-bars", "handle-form", company, b"|")
    dated = company.replace(IPS.encode(), DATED.encode())
    add("handle-dated", "", dated.replace(b"@@", b"c|@@"), b"4")
    add("handle-dated-bars", "handle-form", dated, b"c|")
    add(
        "user-handle",
        "",
        job(b"@@")
        .replace(b"<jobName>", b"<userHandle>1|@@</userHandle><jobName>")
        .replace(b"</jobName>@@", b"</jobName>"),
        b"x",
    )
    add(
        "user-handle-digits",
        "handle-form",
        job().replace(b"<jobName>", b"<userHandle>@@</userHandle><jobName>"),
        b"1",
    )
    add(
        "user-handle-lines",
        "",
        job().replace(b"<jobName>", b"<userHandle>1|@@</userHandle><jobName>"),
        b"a\n",
    )
    named = job().replace(b">n<", b">@@<")
    add("name-blanks", "blank", named, b" ")
    add("name-bars", "name-separator", named, b"|")
    add("name-words", "", named, b"a ")
    add("name-long-words", "", named, b"ab ")
    add("name-wide-blanks", "", named, "\u2003".encode())
    handle = message(b"<jobHandle>@@</jobHandle>", name="submitJobReturn")
    add("job-handle-bars", "job-handle-form", handle, b"|")
    add("job-handle-digits", "job-handle-form", handle, b"1")
    add("job-handle-blanks", "job-handle-empty", handle, b" ")
    add("job-handle-right", "", handle.replace(b"@@", b"47|@@|"), b"x")
    add(
        "job-handle-dated",
        "",
        handle.replace(IPS.encode(), DATED.encode()).replace(b"@@", b"j|1|@@||"),
        b"x",
    )
    add(
        "job-handle-dated-wrong",
        "job-handle-form",
        handle.replace(IPS.encode(), DATED.encode()).replace(b"@@", b"j|1|@@||x"),
        b"x",
    )
    located = job(b"<locale>@@</locale>").replace(IPS.encode(), DATED.encode())
    add("locale", "locale", located, b"a")
    add("locale-hyphens", "locale", located, b"en-")
    add("locale-blanks", "locale", located.replace(b"@@", b"en@@"), b" ")
    add("locale-newlines", "locale", located.replace(b"@@", b"en@@"), b"\n")
    planned = job(b"<execSchedule>@@</execSchedule>")
    add("cron-stars", "schedule-form", planned, b"* ")
    add("cron-digits", "schedule-form", planned, b"0")
    add("cron-commas", "schedule-form", planned.replace(b"@@", b"0 0 @@ * * ?"), b"1,")
    add("cron-slashes", "schedule-form", planned, b"*/")
    add("cron-dashes", "schedule-form", planned, b"1-")
    add("cron-blanks", "schedule-form", planned, b" ")
    add("cron-blanks-around", "schedule-form", planned.replace(b"@@", b"0 0 2 * * ?@@"), b" ")
    add("cron-wide-digits", "schedule-form", planned, "\u0661".encode())
    timed = job(b"<execTime>@@</execTime>")
    add("time-digits", "wrong-type", timed, b"2")
    add("time-year", "clean wrong-type", timed.replace(b"@@", b"2@@-04-03T09:30:00Z"), b"0")
    add("time-year-zeros", "wrong-type", timed.replace(b"@@", b"@@-04-03T09:30:00Z"), b"0")
    add("time-fraction", "", timed.replace(b"@@", b"2014-04-03T09:30:00.@@Z"), b"1")
    add("time-fraction-no-zone", "time-zone", timed.replace(b"@@", b"2014-04-03T09:30:00.@@"), b"1")
    add("time-fraction-wrong", "wrong-type", timed.replace(b"@@", b"2014-04-03T09:30:00.@@x"), b"1")
    add("time-zones", "wrong-type", timed.replace(b"@@", b"2014-04-03T09:30:00@@"), b"+00:00")
    add("time-blanks", "", timed.replace(b"@@", b"@@2014-04-03T09:30:00Z"), b" ")
    add("time-negative", "wrong-type", timed, b"-")
    numbers = upload(b"<items><sourceUrl>a:b</sourceUrl><destPath/></items>").replace(
        b"</createMask>",
        b"</createMask><manualCropOptions><left>@@</left><right>0</right><top>0</top>"
        b"<bottom>0</bottom></manualCropOptions>",
    )
    add("int-digits", "wrong-type", numbers, b"9")
    add("int-zeros", "", numbers, b"0")
    add("int-zeros-then-one", "", numbers.replace(b"@@", b"@@1"), b"0")
    add("int-signs", "wrong-type", numbers, b"-")
    add("int-minus", "wrong-type", numbers.replace(b"@@", b"-@@"), b"9")
    add("int-blanks", "", numbers.replace(b"@@", b" 1@@"), b" ")
    add("int-wide-digits", "wrong-type", numbers, "\u0661".encode())
    crop = b"<autoTransparentCropOptions><tolerance>@@</tolerance></autoTransparentCropOptions>"
    doubles = upload(b"<items><sourceUrl>a:b</sourceUrl><destPath/></items>").replace(
        b"</createMask>", b"</createMask>" + crop
    )
    add("double-digits", "range", doubles, b"9")
    add("double-zeros", "", doubles, b"0")
    add("double-fraction", "", doubles.replace(b"@@", b"0.@@"), b"1")
    add("double-half-digits", "", doubles.replace(b"@@", b"0.5@@1"), b"0")
    add("double-exponent", "range wrong-type", doubles.replace(b"@@", b"1e@@"), b"9")
    add("double-small-exponent", "", doubles.replace(b"@@", b"1e-@@"), b"9")
    add("double-dots", "wrong-type", doubles, b".")
    add("double-e", "wrong-type", doubles, b"1e")
    add("boolean", "wrong-type", upload(b"").replace(b">true<", b">@@<", 1), b"true")
    add("boolean-blanks", "empty-list", upload(b"").replace(b">true<", b">@@true<", 1), b" ")
    add("constant", "constant", job().replace(b"Full", b"@@"), b"Full")
    add("constant-blanks", "constant", job().replace(b"Full", b"@@Full"), b" ")
    add("url", "", upload(b"<items><sourceUrl>http://@@</sourceUrl><destPath/></items>"), b"a")
    add(
        "url-scheme",
        "absolute-url",
        upload(b"<items><sourceUrl>@@</sourceUrl><destPath/></items>"),
        b"a",
    )
    add(
        "url-blanks",
        "absolute-url",
        upload(b"<items><sourceUrl>@@</sourceUrl><destPath/></items>"),
        b" ",
    )
    add(
        "url-scheme-dots",
        "absolute-url",
        upload(b"<items><sourceUrl>@@</sourceUrl><destPath/></items>"),
        b"a.+-",
    )
    typed = job(attributes=f' xmlns:x="{XSI}" x:type="@@"')
    add("type-name", "stray-attribute", typed, b"a")
    add("type-colons", "stray-attribute", typed, b"a:")
    add(
        "type-blanks",
        "",
        job(attributes=f' xmlns:x="{XSI}" xmlns:i="{IPS}" x:type="@@i:submitJobParamType"'),
        b" ",
    )
    add("fault-code", "wrong-type", message(b"<code>@@</code><reason/>", name="ipsApiFault"), b"3")
    add(
        "date-namespace",
        "unpublished-version",
        b'<submitJobParam xmlns="' + IPS.encode() + b'/9999-99-99">@@</submitJobParam>',
        b" ",
    )
    add(
        "date-namespace-wide",
        "unpublished-version wrong-namespace not-xml",
        '<submitJobParam xmlns="http://www.scene7.com/IpsApi/xsd/٢٠١٤-٠٤-٠٣">@@</submitJobParam>'.encode(),
        b" ",
    )
    add(
        "date-namespace-dashes",
        "unpublished-version wrong-namespace",
        b'<submitJobParam xmlns="' + IPS.encode() + b'/--20140403">@@</submitJobParam>',
        b" ",
    )

    search = b"<companyHandle>47</companyHandle><includeSubfolders>true</includeSubfolders>"
    whole = message(search + b"<assetTypeArray>@@</assetTypeArray>", name="searchAssetsParam")
    build = partial(within, whole, "<items>W{n}mage</items>", LIMIT)
    _add("values/words-of-a-list", "unlisted-constant", build)


# ---- Encodings ----


def declared(name: str, text: str = DOCUMENTED.decode()) -> str:
    return f'<?xml version="1.0" encoding="{name}"?>' + text


def _encodings() -> None:
    text = DOCUMENTED.decode()

    def add(name: str, rules: str, build: Callable[[], bytes]) -> None:
        _add(f"encodings/{name}", rules, build)

    wrong = "not-xml"
    add("nul-alone", wrong, lambda: b"\0")
    add("nul-flood", wrong, lambda: b"\0" * LIMIT)
    add("nul-in-value", wrong, lambda: DOCUMENTED.replace(b"Test", b"\0"))
    add("nul-in-name", wrong, lambda: DOCUMENTED.replace(b"jobName", b"job\0Name"))
    add("nul-behind", wrong, lambda: DOCUMENTED + b"\0")
    add("control", wrong, lambda: DOCUMENTED.replace(b"Test", b"\x01"))
    add("control-reference", wrong, lambda: DOCUMENTED.replace(b"Test", b"&#1;"))
    add("surrogate-reference", wrong, lambda: DOCUMENTED.replace(b"Test", b"&#xD800;"))
    add("huge-reference", wrong, lambda: DOCUMENTED.replace(b"Test", b"&#x110000;"))
    add("noncharacter", wrong, lambda: DOCUMENTED.replace(b"Test", "\uffff".encode()))
    add("invalid-utf-8", wrong, lambda: DOCUMENTED.replace(b"Test", b"\xff"))
    add("half-utf-8", wrong, lambda: DOCUMENTED.replace(b"Test", b"\xe2\x82"))
    add("overlong-utf-8", wrong, lambda: DOCUMENTED.replace(b"Test", b"\xc0\xbc"))
    add("overlong-tag", wrong, lambda: DOCUMENTED.replace(b"<jobName", b"\xc0\xbcjobName"))
    add("surrogate-utf-8", wrong, lambda: DOCUMENTED.replace(b"Test", b"\xed\xa0\x80"))
    add("invalid-flood", wrong, lambda: b"\xff" * LIMIT)
    add("utf-8-bom", "", lambda: b"\xef\xbb\xbf" + DOCUMENTED)
    add("utf-8-two-boms", wrong, lambda: b"\xef\xbb\xbf" * 2 + DOCUMENTED)
    add("bom-alone", wrong, lambda: b"\xef\xbb\xbf")
    for name in ("utf-16-le", "utf-16-be"):
        marked = ("\ufeff" + text).encode(name)
        half = "\ud800".encode(name, "surrogatepass")
        add(f"{name}-no-bom", "not-xml clean", partial(text.encode, name))
        add(f"{name}-declared", "", partial(declared("UTF-16").encode, name))
        add(f"{name}-bom", "", partial(bytes, marked))
        add(f"{name}-odd", wrong, partial(bytes, marked[:-1] + b"<"))
        add(f"{name}-half", wrong, partial(bytes, marked.replace("T".encode(name), half)))
    add("utf-16-says-utf-8", "", lambda: declared("UTF-8").encode("utf-16"))
    add("utf-8-says-utf-16", "not-xml clean", lambda: declared("UTF-16").encode())
    for name in ("utf-32-le", "utf-32-be"):
        add(f"{name}-bom", "not-xml clean", partial(("\ufeff" + text).encode, name))
        add(f"{name}-declared", "not-xml clean", partial(declared("UTF-32").encode, name))
    add(
        "utf-7",
        "not-xml clean",
        lambda: b'<?xml version="1.0" encoding="UTF-7"?>' + text.encode("utf-7"),
    )
    add("utf-7-plain", wrong, lambda: text.encode("utf-7").replace(b"<", b"+ADw-"))
    add("ebcdic", "not-xml clean", lambda: declared("cp037").encode("cp037"))
    add("ebcdic-1140", "not-xml clean", lambda: declared("IBM1140").encode("cp1140"))
    add("ebcdic-no-declaration", wrong, lambda: text.encode("cp037"))
    add("latin-1", "", lambda: declared("ISO-8859-1", text.replace("Test", "é")).encode("latin-1"))
    add("latin-1-not-declared", wrong, lambda: text.replace("Test", "é").encode("latin-1"))
    add(
        "ascii-says-but-is-not",
        "not-xml clean",
        lambda: declared("US-ASCII", text.replace("Test", "é")).encode(),
    )
    add(
        "shift-jis",
        "",
        lambda: declared("Shift_JIS", text.replace("Test", "日本")).encode("shift_jis"),
    )
    add(
        "gb18030",
        "clean not-xml",
        lambda: declared("GB18030", text.replace("Test", "日本")).encode("gb18030"),
    )
    add(
        "iso-2022-jp",
        "not-xml clean",
        lambda: declared("ISO-2022-JP", text.replace("Test", "日本")).encode("iso2022_jp"),
    )
    for name in (
        "rot13",
        "hex",
        "zlib",
        "base64",
        "idna",
        "punycode",
        "unicode_escape",
        "undefined",
        "mbcs",
        "x",
        "UTF-8 ",
        "../y",
        "HTML",
        "UCS-4",
        "EBCDIC",
        "UTF8",
    ):
        add(f"declares-{name.strip(' ./')}", "not-xml clean", partial(declared(name).encode))
    add("declares-100k", "not-xml clean", lambda: declared("x" * 100_000).encode())
    add("declares-1m", "not-xml clean", lambda: declared("x" * (LIMIT - 1000)).encode())
    add("declares-nothing", wrong, lambda: declared("").encode())
    add("declares-twice", wrong, lambda: declared("UTF-8", declared("UTF-8")).encode())
    add(
        "xml-1.1",
        "not-xml clean",
        lambda: DOCUMENTED.replace(b"<submit", b'<?xml version="1.1"?><submit', 1),
    )
    add(
        "xml-1.1-control",
        wrong,
        lambda: b'<?xml version="1.1"?>' + DOCUMENTED.replace(b"Test", b"&#1;"),
    )
    add("xml-9", "not-xml clean", lambda: b'<?xml version="9.9"?>' + DOCUMENTED)
    add("standalone", "", lambda: b'<?xml version="1.0" standalone="yes"?>' + DOCUMENTED)
    add("late-declaration", wrong, lambda: b"\n" + declared("UTF-8").encode())
    add("full-utf-16", "", lambda: filled_text("utf-16"))
    add("full-latin-1", "", lambda: filled_text("iso-8859-1"))
    add("full-wrong-utf-16", "missing-element", lambda: filled_items("utf-16"))
    add("full-wrong-latin-1", "missing-element", lambda: filled_items("iso-8859-1"))


def filled_text(encoding: str) -> bytes:
    text = declared(encoding, job().decode())
    start = len(text.encode(encoding))
    width = len("éé".encode(encoding)) - len("é".encode(encoding))
    return text.replace(">n<", ">" + "é" * ((LIMIT - start) // width) + "<").encode(encoding)


def filled_items(encoding: str) -> bytes:
    text = declared(encoding, upload(b"<items/>@@").decode())
    start = len(text.encode(encoding))
    width = len("aa".encode(encoding)) - len("a".encode(encoding))
    room = (LIMIT - start) // width
    return text.replace("@@", "<items/><!--é-->" * (room // 16)).encode(encoding)


# ---- What is no XML ----


def _zip(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("message.xml", data)
    return file.getvalue()


def _gzip_bomb() -> bytes:
    file = io.BytesIO()
    with gzip.GzipFile(fileobj=file, mode="w") as stream:
        for _ in range(64):
            stream.write(bytes(LIMIT))
    return file.getvalue()


def _others() -> None:
    rows: dict[str, tuple[str, Callable[[], bytes]]] = {
        "gzip": ("compressed", lambda: gzip.compress(DOCUMENTED)),
        "gzip-bomb": ("compressed", _gzip_bomb),
        "gzip-twice": ("compressed", lambda: gzip.compress(_gzip_bomb())),
        "gzip-cut": ("compressed", lambda: gzip.compress(DOCUMENTED)[:20]),
        "gzip-magic": ("compressed", lambda: b"\x1f\x8b"),
        "zip": ("compressed", lambda: _zip(DOCUMENTED)),
        "zlib": ("compressed not-xml", lambda: zlib.compress(DOCUMENTED)),
        "bzip2": ("compressed not-xml", lambda: bz2.compress(DOCUMENTED)),
        "xz": ("compressed not-xml", lambda: lzma.compress(DOCUMENTED)),
        "empty": ("not-xml", lambda: b""),
        "blank": ("not-xml", lambda: b" \r\n\t"),
        "blank-flood": ("not-xml", lambda: b" " * LIMIT),
        "newline-flood": ("not-xml", lambda: b"\n" * LIMIT),
        "text": ("not-xml", lambda: b"submitJob"),
        "json": ("not-xml", lambda: b'{"submitJobParam": {}}'),
        "html": ("not-a-message document-type not-xml", lambda: b"<html><body>502</body></html>"),
        "html-type": ("document-type", lambda: b"<!DOCTYPE html><html><br></html>"),
        "lone-less-than": ("not-xml", lambda: b"<"),
        "less-than-flood": ("not-xml", lambda: b"<" * LIMIT),
        "ampersand-flood": ("not-xml", lambda: b"<a>" + b"&" * 1_000_000),
        "quote-flood": ("not-xml", lambda: b"<a " + b'"' * 1_000_000),
        "random": ("not-xml", _noise),
        "two-roots": ("not-xml", lambda: DOCUMENTED * 2),
        "text-behind": ("not-xml", lambda: DOCUMENTED + b"x"),
        "mismatch": ("not-xml", lambda: DOCUMENTED.replace(b"</jobName>", b"</jobname>")),
        "mismatch-flood": ("not-xml", lambda: b"<a></b>" * (LIMIT // 7)),
        "undeclared-prefix": ("not-xml not-a-message", lambda: b"<p:a/>"),
        "bad-prefix": ("not-xml", lambda: b'<a xmlns:xmlns="u"/>'),
        "comment-open": ("not-xml", lambda: filled(b"<!--", b"-", b"")),
        "comment-double-dash": ("not-xml", lambda: b"<!-- -- --><a/>"),
        "cdata-open": ("not-xml", lambda: filled(b"<a><![CDATA[", b"]", b"")),
        "instruction-open": ("not-xml", lambda: filled(b"<?a ", b"?", b"")),
        "one-byte-too-large": (
            "too-large",
            lambda: DOCUMENTED + b" " * (LIMIT + 1 - len(DOCUMENTED)),
        ),
        "largest": ("", lambda: DOCUMENTED + b" " * (LIMIT - len(DOCUMENTED))),
        "ten-times-too-large": ("too-large", lambda: b" " * (10 * LIMIT)),
        "root-only": ("not-a-message", lambda: b"<a/>"),
        "root-in-xml-namespace": ("not-a-message", lambda: b"<xml:a/>"),
        "root-in-schema-namespace": ("not-a-message", f'<a xmlns="{XS}"/>'.encode),
        "right": ("", lambda: DOCUMENTED),
    }
    for name, (rules, build) in rows.items():
        _add(f"others/{name}", rules, build)


# ---- What else is done with what came ----


def _unpacked(data: bytes) -> Iterable[str]:
    from ips_contract.http.content_encoding import gunzip

    return ["unpacked"] if len(gunzip(data, LIMIT)) <= LIMIT else ["too-much"]


def _hidden(data: bytes) -> Iterable[str]:
    from ips_contract.http.redaction import redact

    return ["hidden"] if len(redact(data)) <= 3 * len(data) else ["grown"]


def _hidden_in_target(data: bytes) -> Iterable[str]:
    from ips_contract.http.redaction import redact_target

    return ["hidden"] if redact_target(data.decode()) else []


def _repaired(data: bytes) -> Iterable[str]:
    from ips_contract.validation.nearest_valid import nearest
    from ips_contract.validation.validator import validate

    return ["repaired"] if nearest(validate(data)) else ["left"]


def _told(data: bytes) -> Iterable[str]:
    from ips_contract.validation.validator import validate

    return ["written"] if validate(data).text() else []


def _written(data: bytes) -> Iterable[str]:
    from ips_contract.validation.report.formats import as_sarif
    from ips_contract.validation.validator import validate

    return ["written"] if as_sarif([("", validate(data))]) else []


def _members(data: bytes) -> bytes:
    member = gzip.compress(data, mtime=0)
    return member * (LIMIT // len(member))


def _done() -> None:
    for name, data in {"empty": b"", "one-byte": b"a"}.items():
        _add(f"gzip/members-{name}", "unpacked", partial(_members, data), _unpacked)
    for name, count in {"short": 30, "full": 200}.items():  # Unpacked, over a mebibyte.
        _add(f"gzip/members-{name}", "too-much", partial(_members, b"a" * count), _unpacked)
    secrets = {
        "open": b"<password>",
        "text": b"<a><password>x",
        "closed": b"</password>",
        "quotes": b"<a pass='",
        "attributes": b'<a pass="x" token="y"/>',
        "comments": b"<!--<!--pass-->",
        "comments-open": b"<!--pass",
        "sections": b"<![CDATA[pass",
        "instructions": b"<?pass",
        "short": b"<pass>",
        "keys": b"<key>password</key><value>x",
        "keys-open": b"<key>pass",
        "keys-blank": b"<key>pass</key>" + b" " * 100,
    }
    for name, unit in secrets.items():
        _add(f"secrets/{name}", "hidden", partial(filled, b"<a>", unit, b""), _hidden)
    header = f'<s:Envelope xmlns:s="{SOAP}"><s:Header>'.encode()
    entry = b"<x><password>p</password><key>token</key><value>v</value></x>"
    build = partial(filled, header, entry, b"</s:Header><s:Body/></s:Envelope>")
    _add("secrets/header", "hidden", build, _hidden)
    for name, unit in {"words": b"pass", "parameters": b"pass=&", "names": b"a"}.items():
        build = partial(filled, b"/?", unit, b"token=")
        _add(f"secrets/target-{name}", "hidden", build, _hidden_in_target)
    size = 64 * 1024
    units: dict[str, tuple[bytes, bytes | str]] = {
        "unknown": (job(b"@@"), "<a{n}/>"),
        "items": (upload(b"@@"), b"<items/>"),
        "namespaces": (upload(b"@@"), b"<items xmlns='u'/>"),
        "values": (
            message(b"<jobArray>@@</jobArray>", name="getActiveJobsReturn"),
            "<items><state>W{n}</state></items>",
        ),
        "text": (job(b"@@"), b"<jobName>n</jobName>x"),
        "near": (upload(b"@@"), "<items><sourceUr>a:{n}</sourceUr><destPath/></items>"),
        "order": (upload(b"@@"), b"<items><destPath/><sourceUrl>a:b</sourceUrl></items>"),
    }
    for name, (whole, item) in units.items():
        build = partial(within, whole, item, size)
        _add(f"repairs/{name}", "repaired left", build, _repaired)
    _add(
        "repairs/anagrams",
        "repaired left",
        lambda: message(anagrams(2500, "submitJobParamType")),
        _repaired,
    )
    for name in ("floods/unknown-one-letter", "encodings/full-wrong-utf-16", "floods/newlines"):
        _add(f"reports/text-{name.partition('/')[2]}", "written", DOCUMENTS[name].build, _told)
    _add("reports/sarif", "written", DOCUMENTS["floods/items"].build, _written)


def _noise() -> bytes:
    return random.Random(7).randbytes(LIMIT)


_entities()
_references()
_depth()
_floods()
_envelopes()
_entries()
_names()
_values()
_encodings()
_others()
_done()


# ---- Measuring ----


def peak_memory() -> int:
    """The largest resident size of this process so far, in bytes."""
    try:
        # ru_maxrss counts what the parent had before this program was started; VmHWM does not.
        with open("/proc/self/status", encoding="ascii") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM:"))
    except OSError:
        import resource

        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def forget_peak() -> None:
    """Makes the present size the largest so far, where the system can do that."""
    gc.collect()
    with suppress(OSError), open("/proc/self/clear_refs", "w", encoding="ascii") as file:
        file.write("5")


class Measured(NamedTuple):
    """What a document took: seconds of the processor, bytes; ``rules`` are what came of it."""

    name: str
    seconds: float
    growth: int
    rules: list[str]


def load() -> None:
    """Loads every module that a validation may load."""
    for name in ("judgement", "validator", "nearest_valid", "report.formats"):
        import_module(f"ips_contract.validation.{name}")
    for name in ("content_encoding", "redaction"):
        import_module(f"ips_contract.http.{name}")


def measure(name: str) -> Measured:
    """Does in this process what is to be done with a document."""
    document = DOCUMENTS[name]
    data = document.build()
    forget_peak()
    start = peak_memory()
    begin = time.process_time()
    rules = document.judge(data)
    seconds = time.process_time() - begin
    growth = peak_memory() - start
    return Measured(name, seconds, growth, sorted(set(rules)))


def measure_apart(name: str, watchdog: float = 60) -> Measured:
    """Validates a document in a fork of this process, which should be small.

    A fork that needs more than ``watchdog`` seconds is ended by a signal.

    Raises:
        RuntimeError: the fork came to a bad end.
    """
    load()
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(reader)
            signal.setitimer(signal.ITIMER_PROF, watchdog)
            with os.fdopen(writer, "w") as file:
                json.dump(measure(name), file)
        except BaseException:  # noqa: BLE001 # whatever it was, this is not the process to know it
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as file:
        text = file.read()
    status = os.waitpid(child, 0)[1]
    if status or not text:
        raise RuntimeError(f"{name}: ended by signal {status}" if status else f"{name}: raised")
    return Measured(*json.loads(text))


def main(arguments: list[str]) -> None:
    """Prints a line of JSON for each document; the exit status is 1 if one came to a bad end."""
    bad = 0
    for name in names(*arguments) if arguments else DOCUMENTS:
        try:
            print(json.dumps(measure_apart(name)), flush=True)
        except RuntimeError as error:
            print(error, file=sys.stderr, flush=True)
            bad = 1
    sys.exit(bad)


if __name__ == "__main__":
    main(sys.argv[1:])
