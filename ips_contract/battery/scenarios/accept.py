"""Answers that are right, however odd they look: the client prints the handle, exactly."""

from __future__ import annotations

from ips_contract.battery.scenarios.answer import Answer
from ips_contract.battery.scenarios.bodies import DECLARATION, TRACE, envelope, field, result
from ips_contract.battery.scenarios.scenario import (
    ACCEPT,
    GATING,
    INFORMATIONAL,
    JOB_NAME,
    NAMES,
    PASSWORD,
    SB,
    SOAP,
    XML,
    Scenario,
)
from ips_contract.battery.scenarios.sending import (
    after,
    gzipped,
    http_1_0,
    in_chunks,
    moved,
    pieces,
    until_close,
)
from ips_contract.xml.envelope import SOAP_11

_SCHEMAS = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
_TYPED = result(
    field(attributes=' xsi:type="xsd:string"'),
    more=f' {_SCHEMAS} xmlns:xsd="http://www.w3.org/2001/XMLSchema"',
)
_LINES = (
    "<?xml version='1.0' encoding='UTF-8'?>\r\n<soapenv:Envelope xmlns:soapenv='{soap}'>\r\n"
    "  <soapenv:Header/>\r\n  <soapenv:Body>\r\n    <%result% xmlns='%ns%'>\r\n"
    "      %before%%item%%after%\r\n    </%result%>\r\n  </soapenv:Body>\r\n"
    "</soapenv:Envelope>\r\n"
).replace("{soap}", SOAP_11)
_DEFAULTS = f'{DECLARATION}<Envelope xmlns="{SOAP_11}"><Body>{result()}</Body></Envelope>'
_SHADOWED = (
    f'{DECLARATION}<a:Envelope xmlns:a="{SOAP_11}"><a:Body><a:%result% xmlns:a="%ns%">%a:before%'
    "%a:item%%a:after%</a:%result%></a:Body></a:Envelope>"
)
_ODD = (
    f'{DECLARATION}<_-.1:Envelope xmlns:_-.1="{SOAP_11}" xmlns:soapenv="%ns%"><_-.1:Body>'
    "<soapenv:%result%>%soapenv:before%%soapenv:item%"
    "%soapenv:after%</soapenv:%result%></_-.1:Body></_-.1:Envelope>"
)
_FOREIGN = result(
    field(attributes=' x:note="%decoy%"'),
    more=' xmlns:x="urn:example:x" x:%field%="%decoy%"',
)
_ELSEWHERE = (
    '<t:trace xmlns:t="urn:example:trace" soapenv:mustUnderstand="1" '
    'soapenv:actor="urn:example:proxy"><t:jobHandle>%decoy%</t:jobHandle></t:trace>'
)
_LATIN = DECLARATION.replace("UTF-8", "ISO-8859-1")
_EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
_UMLAUTS = "Grüße 作业"


def _form(value: str) -> str:
    return envelope(result(field(value)))


def _row(
    id_: str,
    number: int,
    title: str,
    rule: str,
    answer: Answer,
    level: str = GATING,
    *,
    name: str = JOB_NAME,
    credential: str = PASSWORD,
    handle: str = "",
    posts: int = 1,
) -> Scenario:
    return Scenario(
        id_,
        number,
        title,
        rule,
        level,
        ACCEPT,
        answer,
        job_name=name,
        password=credential,
        handle=handle,
        posts=posts,
    )


# The answer that the service itself gives (observed, O): no Header, no decoy.
PLAIN = _row(
    "plain",
    0,
    "the plain answer of the service",
    f"observed answers of the service; {SOAP} section 4",
    Answer(envelope(before=DECLARATION)),
)

_XML: tuple[Scenario, ...] = (
    _row("declaration-none", 1, "no XML declaration", f"{XML} section 2.8",
         Answer(envelope(before=""))),
    _row("declaration-double-quotes", 1, "an XML declaration in double quotes, with standalone",
         f"{SB} R1010; {XML} section 2.8",
         Answer(envelope(before='<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n'))),
    _row("bom-utf-8", 2, "UTF-8 with a byte order mark", f"{SB} R4001",
         Answer(envelope(), encoding="utf-8-sig")),
    _row("utf-16", 3, "UTF-16 with a byte order mark", f"{SB} R1012; {XML} section 4.3.3",
         Answer(envelope(before="<?xml version='1.0' encoding='UTF-16'?>"), encoding="utf-16",
                content_type="text/xml; charset=utf-16"), name=_UMLAUTS),
    _row("content-type-case", 4, 'TEXT/XML;Charset="UTF-8", header names in odd case',
         "RFC 9110 sections 5.1 and 8.3.1",
         Answer(envelope(), content_type="", headers=('cOnTeNt-TyPe: TEXT/XML;Charset="UTF-8"',))),
    _row("charset-none", 5, "no charset in Content-Type, and a name that is not ASCII",
         f"RFC 7303; {XML} section 4.3.3",
         Answer(envelope(), content_type="text/xml"), name=_UMLAUTS),
    _row("charset-contradicts", 6, "charset=utf-8, and a declaration that says ISO-8859-1",
         f"{SB} R1019", Answer(envelope(before=_LATIN)), INFORMATIONAL, name="Grüße"),
    _row("utf-16-unmarked", 7, "UTF-16BE without a byte order mark", "RFC 7303",
         Answer(envelope(before=""), encoding="utf-16-be",
                content_type="text/xml; charset=utf-16be"), INFORMATIONAL),
    _row("prefix-default", 8, "the envelope's namespace is the default one",
         f"{NAMES} section 6.2", Answer(_DEFAULTS)),
    _row("prefix-shadowed", 8, "one prefix that changes its meaning inside",
         f"{NAMES} section 6.1", Answer(_SHADOWED)),
    _row("prefix-odd", 8, "odd prefixes, and soapenv for the service's namespace",
         f"{NAMES} section 6.1", Answer(_ODD)),
    _row("lines", 9, "single quotes, CRLF, indentation", f"{XML} sections 2.11 and 3.1",
         Answer(_LINES)),
    _row("comment-in-handle", 10, "a comment inside the handle", f"{XML} section 2.5",
         Answer(_form("%split%"))),
    _row("cdata", 11, "the handle as CDATA", f"{XML} section 2.7", Answer(_form("%cdata%")),
         name="A & B <c>"),
    _row("character-references", 11, "the handle as character references", f"{XML} section 4.1",
         Answer(_form("%refs%"))),
    _row("cdata-and-references", 11, "the handle half CDATA, half character references",
         f"{XML} sections 2.7 and 4.1", Answer(_form("%mixed%"))),
    _row("header-empty", 12, "an empty Header", f"{SOAP} section 4",
         Answer(envelope(header="<soapenv:Header/>"))),
    _row("header-decoy", 12, "an unknown header block with a handle in it", f"{SOAP} section 4.2",
         Answer(envelope(header=f"<soapenv:Header>{TRACE}</soapenv:Header>"))),
    _row("header-for-another", 13, 'mustUnderstand="1" for another actor',
         f"{SOAP} sections 4.2.2 and 4.2.3",
         Answer(envelope(header=f"<soapenv:Header>{_ELSEWHERE}</soapenv:Header>"))),
    _row("attributes-foreign", 14, "foreign attributes on the Envelope", f"{SOAP} section 4",
         Answer(envelope(attributes=' xmlns:x="urn:example:x" x:%field%="%decoy%"'))),
    # SOAP lets the Envelope have them; below the Body the schema says, and it has none. Clients
    # may refuse what it does not have, or read past it.
    _row("attributes-on-handle", 14, "foreign attributes on the result and the handle",
         "XML Schema Part 1 sections 3.3.4 and 3.4.4", Answer(envelope(_FOREIGN)), INFORMATIONAL),
    _row("schema-location", 14, "an xsi:schemaLocation, which must not be fetched",
         "XML Schema Part 1 section 2.6.3",
         Answer(envelope(attributes=f' {_SCHEMAS} xsi:schemaLocation="%ns% %base%/schema.xsd"'))),
    _row("xsi-type", 15, 'xsi:type="xsd:string" on the handle', "XML Schema Part 1 section 2.6.1",
         Answer(envelope(_TYPED))),
)  # fmt: skip

_HTTP: tuple[Scenario, ...] = (
    _row("chunks-tiny", 16, "chunks of three bytes", "RFC 9112 section 7.1",
         Answer(envelope(), send=in_chunks(3))),
    _row("chunks-extensions", 16, "chunk extensions", "RFC 9112 section 7.1.1",
         Answer(envelope(), send=in_chunks(100, extension=';note="a;b"'))),
    _row("chunks-trailers", 16, "trailer fields after the last chunk", "RFC 9112 section 7.1.2",
         Answer(envelope(), send=in_chunks(100, trailer="X-Checksum: 0\r\nX-Note: end\r\n"))),
    _row("until-close", 17, "no length: the body ends with the connection",
         "RFC 9112 section 6.3", Answer(envelope(), send=until_close)),
    _row("http-1.0", 18, "an HTTP/1.0 answer", "RFC 9112 section 6.3; RFC 1945 section 7.2.2",
         Answer(envelope(), send=http_1_0)),
    _row("reason-empty", 18, "an empty reason phrase", "RFC 9112 section 4",
         Answer(envelope(), reason="")),
    _row("continue-first", 19, "100 Continue first", "RFC 9110 section 15.2.1",
         Answer(envelope(), send=after(b"HTTP/1.1 100 Continue\r\n\r\n"))),
    _row("early-hints-first", 19, "103 Early Hints first",
         "RFC 9110 section 15.2; RFC 8297 section 2",
         Answer(envelope(), send=after(_EARLY)), INFORMATIONAL),
    _row("gzip", 20, "gzip, if the client offers to take it",
         "RFC 9110 sections 8.4.1.3 and 12.5.3", Answer(envelope(), send=gzipped)),
    _row("cookie", 21, "a cookie that nobody asked for", "RFC 6265 section 3",
         Answer(envelope(), headers=("Set-Cookie: JSESSIONID=0A1B2C; Path=/; HttpOnly",))),
    _row("redirect-307", 22, "307 to another address of the same host", "RFC 9110 section 15.4.8",
         Answer(envelope(), send=moved), INFORMATIONAL, posts=2),
    _row("pieces", 51, "an answer in pieces, with short pauses", "RFC 9112 section 6.3",
         Answer(envelope(), send=pieces)),
)  # fmt: skip

_ESCAPING = f"{XML} section 2.4"
_CHARACTERS = f"{XML} section 2.2"
# The name goes to the service and comes back inside the handle.
_HANDLES: tuple[Scenario, ...] = (
    *(_row(f"name-{id_}", 23, f"a name, and so a handle, with {title}", rule, Answer(envelope()),
         name=name)
    for id_, title, rule, name in (
        ("ampersand", "&", _ESCAPING, "A & B &c"),
        ("angle-brackets", "< and >", _ESCAPING, "a <b> c > d"),
        ("entity", "what looks like a reference", _ESCAPING, "R&amp;D &#65; &lt;"),
        ("cdata-end", "]]>", _ESCAPING, "a ]]> b"),
        ("quotes", "quotes of both kinds", _ESCAPING, "\"Grand\" 'Hotel'"),
        ("spaces-inside", "several spaces inside", f"{XML} section 2.10", "two  and   three"),
        ("spaces-around", "spaces at both ends", f"{XML} section 2.10", "  leading, trailing "),
        ("non-ascii", "umlauts and Chinese", _CHARACTERS, _UMLAUTS),
        ("emoji", "characters beyond the first plane", _CHARACTERS, "launch 🚀 day 👩‍💻"),
        ("4-kb", "4 KB of text", _CHARACTERS, "0123456789 abcde" * 256),
    )),
    _row("handle-of-instance", 23, "the handle of an instance, which starts with no name",
         "API reference: the form of a jobHandle", Answer(envelope()),
         handle="%company%||%name%_2007-09-14-15:04:34"),
    _row("password-markup", 23, "a password with markup characters (what is sent)", _ESCAPING,
         Answer(envelope()), credential="p&a<s>s\"w'ord &amp;"),
)  # fmt: skip

ACCEPTED: tuple[Scenario, ...] = (PLAIN, *_XML, *_HTTP, *_HANDLES)
