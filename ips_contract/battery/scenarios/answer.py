"""The answer of a scenario: an HTTP response, right or wrong, and the steps that send it.

Nothing here touches a socket: an answer becomes a tuple of steps, which the battery's server plays.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ips_contract.battery.scenarios.operation import SUBMIT
from ips_contract.contract.versions import UNVERSIONED

if TYPE_CHECKING:
    from collections.abc import Callable

    from ips_contract.battery.scenarios.operation import Operation

# No answer that means it serves these: who prints one has searched the text for a handle.
DECOY = "0|DECOY|"
XML_TYPE = "text/xml; charset=utf-8"


class Asked(NamedTuple):
    """What an answer depends on.

    Attributes:
        namespace: that of the request, which the answer repeats.
        handle: the one to be served.
        base: address of the case's folder, for what must not be fetched.
        accepts_gzip: whether the client offered to take gzip.
        redirected: whether the request came to the address of a redirection.
        operation: the one that is asked.
    """

    namespace: str
    handle: str
    base: str = "http://127.0.0.1"
    accepts_gzip: bool = False
    redirected: bool = False
    operation: Operation = SUBMIT


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


# Bodies: templates with placeholders.


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
    "%before%": lambda asked: asked.operation.before.replace("@", ""),
    "%after%": lambda asked: asked.operation.after.replace("@", ""),
    "%a:before%": lambda asked: asked.operation.before.replace("@", "a:"),
    "%a:after%": lambda asked: asked.operation.after.replace("@", "a:"),
    "%soapenv:before%": lambda asked: asked.operation.before.replace("@", "soapenv:"),
    "%soapenv:after%": lambda asked: asked.operation.after.replace("@", "soapenv:"),
    "%item%": lambda asked: asked.operation.item(),
    "%a:item%": lambda asked: asked.operation.item("a:"),
    "%soapenv:item%": lambda asked: asked.operation.item("soapenv:"),
    "%decoy-item%": lambda asked: asked.operation.item(value="%decoy%"),
    "%field%": lambda asked: asked.operation.field,
    "%result%": lambda asked: asked.operation.answer,
    "%another%": lambda asked: asked.operation.another,
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


# Answers.


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, right or wrong.

    Attributes:
        body: the entity, with the placeholders of ``FORMS``; bytes are sent as they are.
        raw: the bytes that stand for ``%raw%`` in it.
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
    raw: bytes = b""

    def head(self, *lines: str, version: str = "HTTP/1.1") -> bytes:
        """Status line and header fields, with ``lines`` as further fields."""
        kind = (f"Content-Type: {self.content_type}",) if self.content_type else ()
        rows = (f"{version} {self.status} {self.reason}", *kind, *self.headers, *lines)
        return "".join(f"{row}\r\n" for row in (*rows, "Connection: close", "")).encode()

    def entity(self, asked: Asked) -> bytes:
        """The body for ``asked``."""
        if isinstance(self.body, bytes):
            return self.body
        return filled(self.body, asked).encode(self.encoding).replace(b"%raw%", self.raw)

    def steps(self, asked: Asked) -> tuple[Step, ...]:
        """What is to be done on the connection, after which it is closed."""
        return (self.send or sized)(self, asked)


def sized(answer: Answer, asked: Asked) -> tuple[Step, ...]:
    """Content-Length and all of it."""
    body = answer.entity(asked)
    return (answer.head(f"Content-Length: {len(body)}"), body)
