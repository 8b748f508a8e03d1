"""Recorded answers, to give again: from the mock's own logs, and from HAR files."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

from ips_contract.contract.model import contract
from ips_contract.contract.versions import VERSIONS
from ips_contract.http.messages import Response
from ips_contract.http.redaction import redact, redact_target
from ips_contract.mock.meaning import meaning
from ips_contract.validation.traffic.har import har_bodies, har_entries
from ips_contract.validation.traffic.json_text import (
    Misshapen,
    decoded,
    header_in,
    need_list,
    need_object,
    read_body,
)
from ips_contract.validation.traffic.logs import log_lines
from ips_contract.xml.envelope import message_in
from ips_contract.xml.parser import Unreadable, local_name, parse, text_of
from ips_contract.xml.text import no_such

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from ips_contract.http.messages import Request

T = TypeVar("T")
Key = tuple[str, str, bytes]

_FATES = ("", "drop", "truncate")


class Answer(NamedTuple):
    """A recorded answer, and what it meant."""

    response: Response
    fault: int | None
    reason: str
    handle: str


class Recorded:
    """The answers of a log. A request is known by method, target and what it says: ``meaning``.

    One that was asked several times gets its answers in their order, the last one from then on.

    Args:
        answers: each request, and its answer.
        ignored: local names of elements that are no part of what a request says.
    """

    def __init__(
        self, answers: Iterable[tuple[Key, Answer]], ignored: Collection[str] = ()
    ) -> None:
        self._all = tuple(answers)
        self._ignored = ignored
        self._answers: dict[Key, deque[Answer]] = {}
        for key, answer in self._all:
            self._answers.setdefault(self._said(key), deque()).append(answer)

    def _said(self, key: Key) -> Key:
        method, target, body = key
        return method, target, meaning(body, self._ignored)

    def another(self) -> Recorded:
        """The same answers, none of which were given yet."""
        return Recorded(self._all, self._ignored)

    @classmethod
    def read(cls, path: str, ignored: Collection[str] = ()) -> Recorded:
        """The log, or the HAR file, at ``path``; ``ignored`` as for the class.

        Raises:
            OSError: it cannot be read.
            ValueError: it is none; the message says what is wrong, and where.
        """
        with open(path, "rb") as file:
            data = file.read()
        har = path.lower().endswith(".har")
        try:
            text = decoded(data, har=har)
            found = cls(_in_har(text) if har else _in_log(text), ignored)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
        if not found._answers:
            raise ValueError(f"{path}: no exchange with a message for the API in it")
        return found

    def answer(self, request: Request) -> Answer | None:
        """The recorded answer to ``request``, whose passwords are hidden; None if there is none.

        Messages only: a WSDL has the address of the server that sends it.
        """
        if request.method != "POST":
            return None
        answers = self._answers.get(self._said((request.method, request.target, request.body)))
        if answers is None:
            return None
        return answers.popleft() if len(answers) > 1 else answers[0]


def check_field(name: str) -> None:
    """Does nothing if some message has a field of this name.

    Raises:
        ValueError: none has.
    """
    # All of it is read only where somebody asks.
    known = {
        field.name
        for version in VERSIONS
        for kind in contract(version).complex_types.values()
        for field in kind.fields
    }
    if name not in known:
        raise ValueError(no_such("field", name, tuple(sorted(known))))


def _in_log(text: str) -> Iterator[tuple[Key, Answer]]:
    for number, item in log_lines(text):
        try:
            yield read_row(item)
        except Misshapen as error:
            raise ValueError(f"line {number} is no exchange of a log: {error}") from None


def read_row(item: dict[str, Any]) -> tuple[Key, Answer]:
    """An exchange as ``log_line`` of the command writes it.

    Raises:
        Misshapen: it is none.
    """
    asked = need_object(item.get("request"), "its request")
    told = need_object(item.get("response"), "its response")
    headers = []
    for pair in need_list(told.get("headers"), "the list of headers of its response"):
        if not isinstance(pair, list) or len(pair) != 2:
            raise Misshapen("a header of its response is no pair of a name and a value")
        headers.append((str(pair[0]), str(pair[1])))
    fate = _need(told.get("fate", ""), "the fate of its response", str, "text")
    if fate not in _FATES:
        raise Misshapen("the fate of its response is none of '', 'drop' and 'truncate'")
    fault = item.get("fault")
    response = Response(
        _status(told.get("status")),
        tuple(headers),
        read_body(told.get("body"), told.get("encoding"), "the body of its response"),
        float(_need(told.get("delay", 0), "the delay of its response", (int, float), "number")),
        fate,
    )
    key = (
        _need(asked.get("method"), "the method of its request", str, "text"),
        _need(asked.get("target"), "the target of its request", str, "text"),
        read_body(asked.get("body"), asked.get("encoding"), "the body of its request"),
    )
    return key, Answer(
        response,
        None if fault is None else _need(fault, "its fault", int, "whole number"),
        _need(item.get("reason", ""), "its reason", str, "text"),
        _need(item.get("handle", ""), "its handle", str, "text"),
    )


def _need(value: object, name: str, kind: type[T] | tuple[type[T], ...], words: str) -> T:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise Misshapen(f"{name} is {'missing' if value is None else f'no {words}'}")
    return value


def _status(value: object) -> int:
    status = _need(value, "the status of its response", int, "whole number")
    if not 200 <= status <= 599:
        raise Misshapen(f"the status of its response is {status}, not one of 200 to 599")
    return status


def _in_har(text: str) -> Iterator[tuple[Key, Answer]]:
    for number, entry in har_entries(text):
        try:
            bodies = har_bodies(entry)
            if bodies is None or not bodies[1]:
                continue  # Other traffic, or a connection that broke.
            asked = need_object(entry.get("request"), "its request")
            told = need_object(entry.get("response"), "its response")
            method = _need(asked.get("method"), "the method of its request", str, "text")
            url = urlsplit(_need(asked.get("url"), "the URL of its request", str, "text"))
            status = _status(told.get("status"))
        except Misshapen as error:
            raise ValueError(f"entry {number} is none of a HAR file: {error}") from None
        except ValueError as error:  # Of urlsplit.
            raise ValueError(f"entry {number} is none of a HAR file: its URL: {error}") from None
        target = f"{url.path or '/'}?{url.query}" if url.query else url.path or "/"
        kind = header_in(told.get("headers"), "content-type") or "text/xml;charset=UTF-8"
        # All other headers are about the connection, or the compression that HAR takes off.
        response = Response(status, (("Content-Type", kind),), bodies[1])
        yield (method, redact_target(target), redact(bodies[0])), understood(response)


def understood(response: Response) -> Answer:
    """What an answer says, whose body has no content coding, as far as it can be read."""
    try:
        message = message_in(parse(response.body, limit=len(response.body)))
    except Unreadable:
        message = None
    found: dict[str, str] = {}
    for element in message.iter() if message is not None else ():
        if isinstance(element.tag, str):
            found.setdefault(local_name(element), text_of(element).strip())
    name = local_name(message) if message is not None else ""
    if name in ("submitJobReturn", "uploadPostReturn"):
        return Answer(response, None, "", found.get("jobHandle", ""))
    code = found.get("code", "") if name.endswith("Fault") else ""
    is_code = code.isascii() and code.isdecimal() and len(code) < 10
    return Answer(response, int(code) if is_code else None, found.get("reason", ""), "")
