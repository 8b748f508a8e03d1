"""What a scenario of the client battery is made of: the record, its answer, and how that is sent.

Nothing here touches a socket: an answer becomes a tuple of steps, which ``stage`` plays.
"""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from ips_contract.contract.handles import JobHandle
from ips_contract.contract.versions import UNVERSIONED
from ips_contract.xml.envelope import SOAP_11

if TYPE_CHECKING:
    from collections.abc import Callable

# Levels: does a wrong reaction fail the run, only under --strict, or never?
GATING, STRICT, INFORMATIONAL = LEVELS = ("G", "S", "I")
# Expectations: print exactly the handle; or print none, since it is a fault or not to be trusted.
ACCEPT, FAULT, REFUSE = EXPECTATIONS = ("accept", "fault", "refuse")
# Expectation → what the client should do.
MEANINGS = {
    ACCEPT: "print exactly the handle and exit with status 0",
    FAULT: "print no handle and exit with another status than 0: the answer is a fault",
    REFUSE: "print no handle and exit with another status than 0: the answer cannot be trusted",
}
# The same for a callable.
CALLED = {
    ACCEPT: "return exactly the handle",
    FAULT: "raise an error: the answer is a fault",
    REFUSE: "raise an error: the answer cannot be trusted",
}

SB = "WS-I Simple SOAP Binding Profile 1.0"
BP = "WS-I Basic Profile 1.1"
SOAP = "SOAP 1.1"
XML = "XML 1.0"
NAMES = "Namespaces in XML 1.0"

COMPANY = "47"
USER, PASSWORD = "battery@example.com", "correct horse"
JOB_NAME = "Nightly publish"
DEADLINE = 10.0  # Seconds.
EXAMPLE = 99  # The number of drawn cases, which are none of the list.
# No answer that means it serves these: who prints one has searched the text for a handle.
DECOY = "0|DECOY|"
XML_TYPE = "text/xml; charset=utf-8"
DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>"


class Asked(NamedTuple):
    """What an answer depends on.

    Attributes:
        namespace: that of the request, which the answer repeats.
        handle: the one to be served.
        base: address of the case's folder, for what must not be fetched.
        accepts_gzip: whether the client offered to take gzip.
        redirected: whether the request came to the address of a redirection.
    """

    namespace: str
    handle: str
    base: str = "http://127.0.0.1"
    accepts_gzip: bool = False
    redirected: bool = False


# Steps. Bytes are sent as they are.


class Pause(NamedTuple):
    """Nothing is sent for ``seconds``; infinite: until the client goes away or is ended."""

    seconds: float


class Drip(NamedTuple):
    """``data`` one byte after the other, ``seconds`` apart."""

    data: bytes
    seconds: float


class Endless(NamedTuple):
    """``data`` again and again."""

    data: bytes


class Reset(NamedTuple):
    """The connection is reset (RST) instead of closed."""


Step = bytes | Pause | Drip | Endless | Reset
STALL = Pause(math.inf)


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, right or wrong.

    Attributes:
        body: the entity, with the placeholders of ``FORMS``; bytes are sent as they are.
        status: HTTP status.
        reason: its words.
        content_type: ``""`` for none.
        headers: further header lines.
        encoding: of ``body``.
        send: how head and body become steps; ``sized`` by default.
    """

    body: str | bytes = ""
    status: int = 200
    reason: str = "OK"
    content_type: str = XML_TYPE
    headers: tuple[str, ...] = ()
    encoding: str = "utf-8"
    send: Callable[[Answer, Asked], tuple[Step, ...]] | None = None

    def head(self, *lines: str, version: str = "HTTP/1.1") -> bytes:
        """Status line and header fields, with ``lines`` as further fields."""
        kind = (f"Content-Type: {self.content_type}",) if self.content_type else ()
        rows = (f"{version} {self.status} {self.reason}", *kind, *self.headers, *lines)
        return "".join(f"{row}\r\n" for row in (*rows, "Connection: close", "")).encode()

    def entity(self, asked: Asked) -> bytes:
        """The body for ``asked``."""
        if isinstance(self.body, bytes):
            return self.body
        return filled(self.body, asked).encode(self.encoding)

    def steps(self, asked: Asked) -> tuple[Step, ...]:
        """What is to be done on the connection, after which it is closed."""
        return (self.send or sized)(self, asked)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A case of the battery.

    Attributes:
        id: its name on the command line.
        number: its number in the list of cases.
        title: what is special about the answer.
        rule: who says what is right, with the place.
        level: ``"G"`` gates, ``"S"`` gates under ``--strict``, ``"I"`` informs.
        expect: ``"accept"``, ``"fault"`` or ``"refuse"``.
        answer: what is served.
        deadline: seconds that the client has.
        job_name: the name it is given.
        password: the password it is given.
        handle: the handle served, with ``%name%`` and ``%company%``; ``""``: the usual one.
        posts: the most POSTs that are right.
        unanswered: whether a second POST only breaks a SHOULD, because nothing was answered.
    """

    id: str
    number: int
    title: str
    rule: str
    level: str
    expect: str
    answer: Answer
    deadline: float = DEADLINE
    job_name: str = JOB_NAME
    password: str = PASSWORD
    handle: str = ""
    posts: int = 1
    unanswered: bool = False

    def __str__(self) -> str:
        return self.id

    @property
    def __name__(self) -> str:
        """The id: pytest takes it for the name of a parametrized test."""
        return self.id

    def with_deadline(self, seconds: float) -> Scenario:
        """The same case with another deadline."""
        return replace(self, deadline=seconds)

    def served(self, *, dated: bool) -> str:
        """The handle that an answer to this case's submission has."""
        if self.handle:
            form = self.handle.replace("%company%", COMPANY)
            form = f"j|{form}|" if dated else form
            return form.replace("%name%", self.job_name)
        return JobHandle(COMPANY, self.job_name).text(dated=dated)


# Bodies.


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _other(namespace: str) -> str:
    """The namespace of a version that was not asked."""
    dated = f"{UNVERSIONED}/2010-01-31"
    return UNVERSIONED if namespace == dated else dated


def _half(text: str) -> tuple[str, str]:
    middle = len(text) // 2
    return text[:middle], text[middle:]


# Placeholder → what stands for it.
FORMS: dict[str, Callable[[Asked], str]] = {
    "%ns%": lambda asked: asked.namespace,
    "%other%": lambda asked: _other(asked.namespace),
    "%base%": lambda asked: asked.base,
    "%decoy%": lambda _: DECOY,
    "%handle%": lambda asked: _escaped(asked.handle),
    "%cdata%": lambda asked: f"<![CDATA[{asked.handle}]]>",
    "%refs%": lambda asked: "".join(f"&#x{ord(c):X};" for c in asked.handle),
    "%mixed%": lambda asked: "<![CDATA[{}]]>{}".format(
        _half(asked.handle)[0], "".join(f"&#{ord(c)};" for c in _half(asked.handle)[1])
    ),
    "%split%": lambda asked: "<!-- 0|DECOY| -->".join(map(_escaped, _half(asked.handle))),
}


def filled(template: str, asked: Asked) -> str:
    """``template`` with its placeholders filled."""
    for name, form in FORMS.items():
        if name in template:
            template = template.replace(name, form(asked))
    return template


RESULT = '<submitJobReturn xmlns="%ns%"><jobHandle>%handle%</jobHandle></submitJobReturn>'
COMMENT = "<!-- <jobHandle>%decoy%</jobHandle> -->"
TRACE = '<t:trace xmlns:t="urn:example:trace"><t:jobHandle>%decoy%</t:jobHandle></t:trace>'


def envelope(
    body: str = RESULT,
    *,
    header: str = "",
    before: str = DECLARATION + COMMENT,
    soap: str = SOAP_11,
    attributes: str = "",
    after: str = "",
) -> str:
    """An envelope around ``body``, with a decoy before it that only a parser passes by."""
    return (
        f'{before}<soapenv:Envelope xmlns:soapenv="{soap}"{attributes}>{header}'
        f"<soapenv:Body>{body}</soapenv:Body>{after}</soapenv:Envelope>"
    )


def fault(
    code: str = "soapenv:Server",
    *,
    words: str = "<faultstring>ipsApiFault</faultstring>",
    detail: str = "",
) -> str:
    """A Fault in an envelope."""
    inner = f"<soapenv:Fault><faultcode>{code}</faultcode>{words}{detail}</soapenv:Fault>"
    return envelope(inner, before=DECLARATION)


def detail(code: int = 30000, kind: str = "ipsApiFault", reason: str = "exception") -> str:
    """The detail of a Fault as the service writes it, without a handle in it."""
    return (
        f'<detail><{kind} xmlns="{UNVERSIONED}"><code>{code}</code>'
        f"<reason>{reason}</reason></{kind}></detail>"
    )


# Ways to send. Each takes the answer and what was asked.


def sized(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """Content-Length and all of it."""
    body = answer.entity(asked)
    return (answer.head(f"Content-Length: {len(body)}"), body)


def headless(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """No body, and no field that speaks of one (204)."""
    del asked
    return (answer.head(),)


def until_close(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """No length: the body ends with the connection."""
    return (answer.head(), answer.entity(asked))


def http_1_0(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """HTTP/1.0, the body to the end of the connection."""
    return (answer.head(version="HTTP/1.0"), answer.entity(asked))


def after(interim: bytes) -> Callable[[Answer, Asked], tuple[Step, ...]]:
    """An interim answer first."""
    return lambda answer, asked: (interim, *sized(answer, asked))


def pieces(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """In four pieces with short pauses, the head in two of them."""
    head, body = sized(answer, asked)
    whole = (
        bytes(head) + bytes(body) if isinstance(head, bytes) and isinstance(body, bytes) else b""
    )
    quarter = len(whole) // 4
    first, second = whole[: quarter // 2], whole[quarter // 2 : quarter]
    rest = whole[quarter:]
    middle = len(rest) // 2
    pause = Pause(0.05)
    return (first, pause, second, pause, rest[:middle], pause, rest[middle:])


def in_chunks(
    size: int, *, extension: str = "", trailer: str = "", end: str | None = None
) -> Callable[[Answer, Asked], tuple[Step, ...]]:
    """Chunks of ``size`` bytes; ``end`` stands for the last chunk."""

    def send(answer: Answer, asked: Asked) -> tuple[Step, ...]:
        body = answer.entity(asked)
        parts = [body[at : at + size] for at in range(0, len(body), size)]
        chunks = [f"{len(part):x}{extension}\r\n".encode() + part + b"\r\n" for part in parts]
        last = f"0{extension}\r\n{trailer}\r\n" if end is None else end
        return (answer.head("Transfer-Encoding: chunked"), *chunks, last.encode())

    return send


def bad_size(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """A chunk whose size is no number."""
    body = answer.entity(asked)
    return (answer.head("Transfer-Encoding: chunked"), b"xyz\r\n" + body + b"\r\n0\r\n\r\n")


def two_lengths(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """Two Content-Length fields that contradict each other."""
    body = answer.entity(asked)
    lengths = (f"Content-Length: {len(body)}", f"Content-Length: {len(body) + 7}")
    return (answer.head(*lengths), body)


def short(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """The connection is closed before Content-Length is reached; the XML is whole."""
    body = answer.entity(asked)
    return (answer.head(f"Content-Length: {len(body) + 100}"), body)


def gzipped(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """Gzip if the client offered to take it, else plain."""
    if not asked.accepts_gzip:
        return sized(answer, asked)
    body = gzip(answer.entity(asked))
    return (answer.head("Content-Encoding: gzip", f"Content-Length: {len(body)}"), body)


def gzip_broken(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """Gzip data whose checksum is wrong; all of the XML is there."""
    body = gzip(answer.entity(asked))
    body = body[:-8] + bytes(byte ^ 0xFF for byte in body[-8:-4]) + body[-4:]
    return (answer.head("Content-Encoding: gzip", f"Content-Length: {len(body)}"), body)


def gzip_cut(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """Gzip data that ends before its trailer; all of the XML is there."""
    body = gzip(answer.entity(asked))[:-8]
    return (answer.head("Content-Encoding: gzip", f"Content-Length: {len(body)}"), body)


def gzip(data: bytes) -> bytes:
    """``data`` compressed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()


def bomb(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """A megabyte of gzip data that unpacks to a gigabyte: a comment that does not end."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    start = packer.compress(answer.entity(asked)) + packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush a block stands for itself, and can be repeated as it is.
    megabyte = packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    body = start + megabyte * 1024 + packer.flush()
    return (answer.head("Content-Encoding: gzip", f"Content-Length: {len(body)}"), body)


def closed(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """Not a byte."""
    del answer, asked
    return ()


def reset(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """The whole XML, then a reset before the announced length; no length, so that it counts."""
    body = answer.entity(asked)
    return (answer.head(f"Content-Length: {len(body) + 100}"), body, Pause(0.1), Reset())


def silent(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """Nothing, and the connection stays open."""
    del answer, asked
    return (STALL,)


def stalled(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """Half of the body, and then nothing."""
    body = answer.entity(asked)
    head = answer.head(f"Content-Length: {len(body)}")
    return (head, body[: len(body) // 2], STALL)


def dripping(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """The body byte by byte, so slowly that it takes minutes."""
    body = answer.entity(asked)
    return (answer.head(f"Content-Length: {len(body)}"), Drip(body, 0.4))


def dripping_head(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """Already the head byte by byte."""
    return (Drip(b"".join(step for step in sized(answer, asked) if isinstance(step, bytes)), 0.4),)


def endless(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """A right envelope, then spaces for ever."""
    return (answer.head(), answer.entity(asked), Endless(b" " * 65536))


def moved(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """A 307 to another address of this case, where the answer is."""
    if asked.redirected:
        return sized(answer, asked)
    to = Answer("", 307, "Temporary Redirect", "", (f"Location: {asked.base}/moved",))
    return sized(to, asked)
