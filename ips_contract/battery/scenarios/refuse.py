"""Faults, and answers that cannot be trusted: the client prints no handle and fails."""

from __future__ import annotations

from ips_contract.battery.scenarios.answer import Answer
from ips_contract.battery.scenarios.bodies import (
    DECLARATION,
    RESULT,
    TRACE,
    detail,
    envelope,
    fault,
    field,
    result,
)
from ips_contract.battery.scenarios.scenario import (
    BP,
    FAULT,
    GATING,
    INFORMATIONAL,
    NAMES,
    REFUSE,
    SB,
    SOAP,
    STRICT,
    XML,
    Scenario,
)
from ips_contract.battery.scenarios.sending import (
    bad_size,
    bomb,
    closed,
    dripping,
    dripping_head,
    endless,
    gzip_broken,
    gzip_cut,
    headless,
    in_chunks,
    reset,
    short,
    silent,
    stalled,
    two_lengths,
)
from ips_contract.contract.faults import FAULT_CODES, KINDS
from ips_contract.contract.versions import UNVERSIONED
from ips_contract.xml.envelope import SOAP_12

OF_FIELD = 41  # The number of the cases about the field that is printed.


def _fault(id_: str, number: int, title: str, rule: str, body: str, status: int = 500) -> Scenario:
    words = "OK" if status == 200 else "Internal Server Error"
    return Scenario(id_, number, title, rule, GATING, FAULT, Answer(body, status, words))


def _refuse(
    id_: str,
    number: int,
    title: str,
    rule: str,
    answer: Answer | str,
    level: str = GATING,
    *,
    unanswered: bool = False,
) -> Scenario:
    if isinstance(answer, str):
        answer = Answer(answer)
    of_field = number == OF_FIELD
    return Scenario(
        id_, number, title, rule, level, REFUSE, answer, unanswered=unanswered, of_field=of_field
    )


_FAULT_NAMES = {
    KINDS[0]: ("soapenv:Client", "AuthenticationException"),
    KINDS[1]: ("soapenv:Client", "AuthorizationException"),
    KINDS[2]: ("soapenv:Server", "ipsApiFault"),
}
_DECOY_DETAIL = (
    f'<detail><ipsApiFault xmlns="{UNVERSIONED}"><code>30000</code><reason>exception</reason>'
    "</ipsApiFault>" + result("%decoy-item%") + "</detail>"
)
_WORDS = "<faultstring>{}</faultstring>"

FAULTS: tuple[Scenario, ...] = (
    *(
        _fault(f"fault-{row.code}", 24, f"fault {row.code} ({row.name}) with HTTP 500",
               f"API reference: fault codes; {BP} R1126",
               fault(_FAULT_NAMES[row.kind][0], words=_WORDS.format(_FAULT_NAMES[row.kind][1]),
                     detail=detail(row.code, row.kind, row.name)))
        for row in FAULT_CODES.values()
    ),
    _fault("fault-under-200", 25, "a fault with HTTP 200", f"{BP} R1107",
           fault(detail=detail()), 200),
    _fault("fault-language", 26, "faultstring with xml:lang", f"{BP} R1016",
           fault(words='<faultstring xml:lang="de">Fehler</faultstring>', detail=detail())),
    _fault("fault-detail-absent", 27, "a fault without detail", f"{SOAP} section 4.4",
           fault()),
    _fault("fault-detail-empty", 27, "a fault with an empty detail", f"{BP} R1002, R1003",
           fault(detail="<detail/>")),
    _fault("fault-detail-foreign", 27, "a fault with a foreign detail", f"{BP} R1002, R1003",
           fault(detail='<detail x:a="1" xmlns:x="urn:example:x"><x:stack>at 0x0</x:stack></detail>'
                 )),
    _fault("faultcode-foreign", 28, "a faultcode of a foreign namespace", f"{BP} R1004",
           fault("x:Overload").replace("<faultcode>", '<faultcode xmlns:x="urn:example:x">')),
    _fault("faultcode-dotted", 28, "a faultcode with a dot",
           f"{BP} R1031; {SOAP} section 4.4.1",
           fault("soapenv:Server.Overload", detail=detail())),
    _fault("fault-decoy", 29, "a whole result inside detail", f"{SOAP} section 4.4",
           fault(detail=_DECOY_DETAIL)),
    _fault("fault-decoy-under-200", 29, "a whole result inside detail, with HTTP 200",
           f"{BP} R1107; {SOAP} section 4.4", fault(detail=_DECOY_DETAIL), 200),
)  # fmt: skip

_DTD = DECLARATION + "<!DOCTYPE soapenv:Envelope [{}]>"
_LOL = '<!ENTITY a0 "0|DECOY|">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
)


def _with_dtd(declarations: str, reference: str = "&h;") -> str:
    return envelope(result(field(reference)), before=_DTD.replace("{}", declarations))


_HANDLE = field()
_DECOY = result("%decoy-item%")


def _result(inner: str, name: str = "%result%", ns: str = "%ns%") -> str:
    return envelope(result(inner, name=name, ns=ns))


_NIL = '<%field% xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>'
_PLAIN = envelope(before=DECLARATION)
_BODY = f"<soapenv:Body>{RESULT}</soapenv:Body>"
_FAULT_INSIDE = (
    "<soapenv:Fault><faultcode>soapenv:Server</faultcode>"
    "<faultstring>ipsApiFault</faultstring></soapenv:Fault>"
)
_UNDERSTOOD = TRACE.replace("<t:trace ", '<t:trace soapenv:mustUnderstand="1" ')
_PAGE = (
    "<html xmlns='http://www.w3.org/1999/xhtml'><head><title>Sign in</title></head><body>"
    f"<p>Sign in</p><pre>{RESULT}</pre></body></html>"
)
_RETURN = f"{BP} R2712; documented pages: submitJobReturn with a jobHandle"
_NAMED = f"{SOAP} section 4.3; {BP} R2712"
_FORM = "documented pages: the form of a jobHandle"
_WELL_FORMED = f"{XML} section 2.1"


def _bytes(raw: bytes) -> Answer:
    """The plain answer with raw bytes in its handle."""
    return Answer(envelope(result(field("47|a%raw%b|")), before=DECLARATION), raw=raw)


_DOCUMENT: tuple[Scenario, ...] = (
    _refuse("truncated", 30, "XML that ends early, with an honest length", _WELL_FORMED,
            _PLAIN.partition("</soapenv:Body>")[0]),
    _refuse("entity-internal", 33, "a document type with an internal entity as the handle",
            f"{SOAP} section 3; {BP} R1008", _with_dtd('<!ENTITY h "%handle%">')),
    _refuse("entity-external", 33, "an external entity, which must not be fetched",
            f"{SOAP} section 3; {BP} R1008", _with_dtd('<!ENTITY h SYSTEM "%base%/handle.txt">')),
    _refuse("entity-file", 33, "an external entity that names a local file",
            f"{SOAP} section 3; {BP} R1008", _with_dtd('<!ENTITY h SYSTEM "file:///etc/hostname">')),
    _refuse("dtd-external", 33, "an external subset, which must not be fetched",
            f"{SOAP} section 3; {BP} R1008",
            envelope(before=DECLARATION
                     + '<!DOCTYPE soapenv:Envelope SYSTEM "%base%/answer.dtd" [<!ENTITY h "x">]>')),
    _refuse("entity-bomb", 33, "entities that expand a billion times",
            f"{SOAP} section 3; {BP} R1008", _with_dtd(_LOL, "&a9;")),
    _refuse("doctype-bare", 33, "a document type that declares nothing",
            f"{SOAP} section 3; {BP} R1008",
            envelope(before=DECLARATION + "<!DOCTYPE soapenv:Envelope>"), STRICT),
    _refuse("processing-instruction", 34, "a processing instruction",
            f"{SOAP} section 3; {BP} R1009", envelope(before=DECLARATION + "<?handle 0|DECOY|?>"),
            STRICT),
    _refuse("soap-1.2", 35, "a SOAP 1.2 envelope", f"{SOAP} section 4.1.2",
            envelope(soap=SOAP_12)),
    _refuse("envelope-unknown", 35, "an envelope of an unknown namespace",
            f"{SOAP} section 4.1.2", envelope(soap="urn:example:envelope")),
    _refuse("envelope-none", 36, "the bare result, no envelope", f"{BP} R9980; {SOAP} section 4",
            DECLARATION + RESULT),
    _refuse("body-none", 36, "the result in the envelope without a Body",
            f"{BP} R9980; {SOAP} section 4",
            _PLAIN.replace("<soapenv:Body>", "").replace("</soapenv:Body>", "")),
    _refuse("body-twice", 36, "two Bodies", f"{BP} R9980; {SOAP} section 4",
            envelope(_DECOY, after=_BODY)),
    _refuse("element-after-body", 37, "an element after the Body", f"{BP} R1011",
            envelope(after='<t:end xmlns:t="urn:example:t"/>'), STRICT),
    _refuse("body-empty", 38, "an empty Body", _RETURN, envelope("")),
    _refuse("body-two-children", 38, "two results in the Body", f"{BP} R9981",
            envelope(RESULT + _DECOY)),
    _refuse("other-operation", 39, "the result of another operation", _NAMED,
            _result("%item%", "%another%")),
    _refuse("result-unqualified", 39, "a result of no namespace",
            f"{SOAP} section 4.3; {BP} R1014, R2712",
            _result("%item%", ns="").replace(' xmlns=""', "")),
    _refuse("other-version", 39, "a result of another version's namespace",
            f"{_NAMED}; API reference: a namespace for each version",
            _result("%item%", ns="%other%")),
    _refuse("result-beside-fault", 40, "a result beside a Fault",
            f"{BP} R9981; {SOAP} section 4.4", envelope(RESULT + _FAULT_INSIDE)),
    _refuse("fault-beside-result", 40, "a Fault, then a result", f"{BP} R9981; {SOAP} section 4.4",
            envelope(_FAULT_INSIDE + RESULT)),
    _refuse("handle-missing", 41, "a result without a handle", _RETURN, _result("")),
    _refuse("handle-twice", 41, "two handles in the result", _RETURN,
            _result(_HANDLE + field("%decoy%"))),
    _refuse("handle-nested", 41, "the handle in an element of the result", _RETURN,
            _result(f"<result>{_HANDLE}</result>")),
    # Who asks a library for the whole text of the handle is not told of elements in it.
    _refuse("handle-with-children", 41, "elements inside the handle", _RETURN,
            _result(field("<value>%handle%</value>")), STRICT),
    _refuse("handle-nil", 41, "a nil handle", _RETURN, _result(_NIL)),
    _refuse("handle-empty", 41, "an empty handle", _FORM,
            _result(field(""))),
    _refuse("handle-blank", 41, "a handle of spaces only", _FORM,
            _result(field("  \n "))),
    _refuse("handle-unqualified", 41, "a handle of no namespace", _RETURN,
            _result(field(attributes=' xmlns=""'))),
    _refuse("sibling-unknown", 41, "an unknown element beside the handle", _RETURN,
            _result(_HANDLE + "<jobState>0|DECOY|</jobState>"), STRICT),
    _refuse("header-must-understand", 42, 'an unknown header with mustUnderstand="1"',
            f"{BP} R1027; {SOAP} section 4.2.3",
            envelope(header=f"<soapenv:Header>{_UNDERSTOOD}</soapenv:Header>"), STRICT),
    _refuse("encoding-style", 43, "encodingStyle on the Envelope", f"{BP} R1005",
            envelope(attributes=' soapenv:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"'
                     ), INFORMATIONAL),
    _refuse("invalid-utf-8", 45, "bytes in the handle that are no UTF-8",
            f"{XML} section 4.3.3", _bytes(b"\xff\xfe")),
    _refuse("nul", 45, "a NUL byte in the handle", f"{XML} section 2.2", _bytes(b"\0")),
    _refuse("reference-to-nul", 45, "&#0; in the handle", f"{XML} sections 2.2 and 4.1",
            _bytes(b"&#0;")),
    _refuse("prefix-undeclared", 46, "a prefix that is not declared", f"{NAMES} section 5",
            _result("%item%<x:note/>")),
    _refuse("attribute-twice", 46, "an attribute twice", f"{XML} section 3.1",
            _result(field(attributes=' a="1" a="2"'))),
    _refuse("attribute-twice-by-namespace", 46, "an attribute twice, with different prefixes",
            f"{NAMES} section 6.3",
            _result(field(attributes=' xmlns:p="urn:x" xmlns:q="urn:x" p:a="1" q:a="2"'))),
    _refuse("trailing-text", 47, "text after the envelope", _WELL_FORMED, _PLAIN + "\n0|DECOY|"),
    _refuse("trailing-element", 47, "a second document after the envelope", _WELL_FORMED,
            _PLAIN + envelope(_DECOY, before="")),
    _refuse("xml-1.1", 47, "XML 1.1", f"{SB} R9701",
            envelope(before="<?xml version='1.1' encoding='UTF-8'?>"), INFORMATIONAL),
    _refuse("utf-7", 47, "UTF-7", f"{SB} R1012",
            Answer(envelope(before="<?xml version='1.0' encoding='UTF-7'?>"), encoding="utf-7",
                   content_type="text/xml; charset=utf-7"), INFORMATIONAL),
)  # fmt: skip

_TYPES = f"{SOAP} section 6; {SB} R9703; RFC 9110 section 8.3"
_GZIP = "RFC 1952 section 2.3.1; RFC 9110 section 8.4.1.3"
_ONCE = "RFC 9110 section 9.2.2"
_HTTP: tuple[Scenario, ...] = (
    _refuse("short-body", 31, "a connection closed before the announced length",
            "RFC 9112 sections 6.3 and 8", Answer(_PLAIN, send=short)),
    _refuse("last-chunk-missing", 31, "chunks without the last one",
            "RFC 9112 sections 7.1 and 8", Answer(_PLAIN, send=in_chunks(100, end=""))),
    _refuse("chunk-size-bad", 32, "a chunk size that is no number", "RFC 9112 section 7.1",
            Answer(_PLAIN, send=bad_size)),
    # Python's http.client takes the first, and says nothing.
    _refuse("two-lengths", 32, "two lengths that contradict each other", "RFC 9112 section 6.3",
            Answer(_PLAIN, send=two_lengths), STRICT),
    _refuse("html-page", 44, "an HTML page with HTTP 200, a result quoted in it", _TYPES,
            Answer(_PAGE, content_type="text/html; charset=utf-8")),
    _refuse("type-html", 44, "a right envelope as text/html", _TYPES,
            Answer(_PLAIN, content_type="text/html; charset=utf-8")),
    _refuse("type-plain", 44, "a right envelope as text/plain", _TYPES,
            Answer(_PLAIN, content_type="text/plain; charset=utf-8"), STRICT),
    _refuse("type-soap-1.2", 44, "a right envelope as application/soap+xml", _TYPES,
            Answer(_PLAIN, content_type="application/soap+xml; charset=utf-8"), STRICT),
    _refuse("type-multipart", 44, "a right envelope as a part of multipart/related", _TYPES,
            Answer(f"--b\r\nContent-Type: text/xml; charset=utf-8\r\n\r\n{_PLAIN}\r\n--b--\r\n",
                   content_type="multipart/related; type=\"text/xml\"; boundary=b"), STRICT),
    _refuse("empty-200", 48, "HTTP 200 without a body", f"{SOAP} section 4",
            Answer("")),
    _refuse("empty-202", 48, "HTTP 202 without a body", "RFC 9110 section 15.3.3",
            Answer("", 202, "Accepted", "")),
    _refuse("empty-204", 48, "HTTP 204", "RFC 9110 section 15.3.5",
            Answer("", 204, "No Content", "", send=headless)),
    _refuse("success-under-404", 49, "a success envelope with HTTP 404",
            f"RFC 9110 section 15.5.5; {SOAP} section 6.2", Answer(_PLAIN, 404, "Not Found")),
    _refuse("success-under-500", 49, "a success envelope with HTTP 500",
            f"RFC 9110 section 15.6.1; {BP} R1124",
            Answer(_PLAIN, 500, "Internal Server Error"), INFORMATIONAL),
    _refuse("gzip-checksum", 50, "gzip with a wrong checksum", _GZIP,
            Answer(_PLAIN, send=gzip_broken)),
    # requests and httpx unpack by themselves, and do not tell that the end is missing.
    _refuse("gzip-cut", 50, "gzip without its trailer", _GZIP,
            Answer(_PLAIN, send=gzip_cut), STRICT),
    # Who does not offer to take gzip need not look at Content-Encoding, and reads what is right.
    _refuse("gzip-not", 50, "plain XML that is announced as gzip", "RFC 9110 section 8.4",
            Answer(_PLAIN, headers=("Content-Encoding: gzip",)), STRICT),
    _refuse("reset-in-body", 50, "a connection reset in the body", "RFC 9112 section 8",
            Answer(_PLAIN, send=reset)),
    _refuse("closed-at-once", 50, "a connection closed without an answer",
            f"RFC 9112 section 8; {_ONCE}", Answer(send=closed), unanswered=True),
    _refuse("stall-before-head", 51, "no answer, and no end of the connection",
            f"RFC 9112 section 9.5; {_ONCE}", Answer(send=silent), unanswered=True),
    _refuse("stall-in-body", 51, "half of a body, and then nothing", "RFC 9112 section 9.5",
            Answer(_PLAIN, send=stalled)),
    _refuse("drip-body", 51, "one byte of the body at a time, for minutes",
            "RFC 9110 section 17.5; RFC 9112 section 9.5", Answer(_PLAIN, send=dripping)),
    _refuse("drip-head", 51, "one byte of the head at a time, for minutes",
            "RFC 9110 section 17.5; RFC 9112 section 9.5", Answer(_PLAIN, send=dripping_head),
            STRICT),
    _refuse("endless-body", 51, "a right envelope, then spaces for ever",
            "RFC 9110 section 17.5", Answer(_PLAIN, send=endless)),
    _refuse("gzip-bomb", 51, "a megabyte of gzip data that unpacks to a gigabyte",
            "RFC 9110 sections 8.4.1.3 and 17.5", Answer(DECLARATION + "<!--", send=bomb)),
)  # fmt: skip

REFUSED: tuple[Scenario, ...] = (*_DOCUMENT, *_HTTP)
