"""HAR files, as browsers and proxies save them: the exchanges with the API in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ips_contract.contract.model import messages
from ips_contract.validation.http_judgement import read_body as by_charset
from ips_contract.validation.traffic.json_text import (
    Misshapen,
    header_in,
    headers_in,
    need_list,
    need_object,
    read_body,
    read_json,
    unpacked,
)
from ips_contract.validation.traffic.model import Body, Capture, Captures
from ips_contract.xml.encodings import as_utf_8
from ips_contract.xml.text import clipped

if TYPE_CHECKING:
    from collections.abc import Iterator


def har_entries(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The entries of a HAR file, with their numbers from 1.

    Raises:
        ValueError: it is none, or one of them is no object; the message names it.
    """
    for number, entry in enumerate(_har_list(text), 1):
        try:
            yield number, need_object(entry, "it")
        except Misshapen as error:
            raise ValueError(f"entry {number} is none of a HAR file: {error}") from None


def _har_list(text: str) -> list[Any]:
    try:
        log = need_object(need_object(read_json(text), "it").get("log"), "its log")
        return need_list(log.get("entries"), "its list of entries")
    except Misshapen as error:
        raise ValueError(f"this is no HAR file: {error}") from None


def read_har(text: str) -> Captures:
    """The exchanges in a HAR file.

    Raises:
        ValueError: it is none; the message says what is wrong.
    """
    captures = []
    problems: list[str] = []
    remarks: list[str] = []
    skipped = 0
    entries = _har_list(text)
    for number, entry in enumerate(entries, 1):
        name = f"entry {number}"
        try:
            found = _read_entry(need_object(entry, "it"))
        except Misshapen as error:
            problems.append(f"{name} is none of a HAR file: {error}")
            continue
        if found is None:
            skipped += 1
            continue
        if found.request is not None or found.response is not None:
            captures.append(Capture(name, found.request, found.response, None, found.headers))
        problems += [f"{name}: {words}" for words in found.lost]
        remarks += [f"{name}: {words}" for words in found.remarks]
    return Captures(captures, len(entries), skipped, tuple(problems), tuple(remarks))


class _Entry(NamedTuple):
    """An entry for the API: its bodies as in ``Capture``; what was not recorded; remarks."""

    request: Body | None
    response: Body | None
    headers: dict[str, str] | None
    lost: list[str]
    remarks: list[str]


_BODILESS = (204, 304)  # Statuses whose answers have none (RFC 9110 section 6.4.1).
_WITHOUT_BODY = ("GET", "HEAD", "OPTIONS")  # A WSDL, a page, what a browser asks before it posts.


def _read_entry(entry: dict[str, Any]) -> _Entry | None:
    """What there is to judge in an entry; None if it is no message for the API.

    Raises:
        Misshapen: it is no entry of a HAR file.
    """
    bodies = har_bodies(entry)
    request = need_object(entry.get("request"), "its request")
    lost: list[str] = []
    remarks: list[str] = []
    if bodies is None:
        if not _is_unrecorded(request, entry):
            return None
        asked, answer = None, har_answer(entry)
        if _is_empty(request):
            asked = Body(b"")
        else:
            lost.append(_unrecorded(request))
    else:
        answer = bodies[1]
        headers = headers_in(request.get("headers"))
        asked = _body(bodies[0], request["postData"], headers)
    told = need_object(entry.get("response") or {}, "its response")
    content = need_object(told.get("content") or {}, "its response's content")
    if answer:
        answered = _body(answer, content, headers_in(told.get("headers")), request=False)
    else:
        answered = None
        words, is_lost = _no_answer(entry, told, content)
        (lost if is_lost else remarks).append(words)
    return _Entry(asked, answered, headers_in(request.get("headers")) or None, lost, remarks)


def _body(
    data: bytes, holder: dict[str, Any], headers: dict[str, str], *, request: bool = True
) -> Body:
    """A body that is not empty. What is no base64 was decoded by who recorded it: it is text."""
    if holder.get("encoding") != "base64":
        return Body(as_utf_8(data.decode("utf-8", "surrogatepass")))
    kind = {"content-type": str(holder.get("mimeType") or "")}
    return Body(*by_charset({**kind, **headers}, data, request=request))


def _is_unrecorded(request: dict[str, Any], entry: dict[str, Any]) -> bool:
    """Whether a request without a body is one for the API that should have one."""
    posted = request.get("postData")
    if isinstance(posted, dict) and posted.get("text"):
        return False  # It has one, and is other traffic.
    if str(request.get("method") or "").upper() in _WITHOUT_BODY:
        return False
    if _is_for_the_api(request, b""):
        return True
    # By its answer, where neither address nor header tells.
    response = entry.get("response")
    content = response.get("content") if isinstance(response, dict) else None
    text = content.get("text") if isinstance(content, dict) else None
    return isinstance(text, str) and "scene7.com/ipsapi" in text.lower()


def _is_empty(request: dict[str, Any]) -> bool:
    """Whether the request is known to have been sent without a body."""
    length = header_in(request.get("headers"), "content-length").strip()
    return not request.get("postData") and (
        length == "0" or (request.get("bodySize") == 0 and not length)
    )


def _unrecorded(request: dict[str, Any]) -> str:
    posted = request.get("postData")
    if isinstance(posted, dict) and posted.get("params"):
        return (
            "its request was recorded as the fields of a form (params), not as text, and is not "
            "judged; record the body"
        )
    comment = posted.get("comment") if isinstance(posted, dict) else None
    said = f" ({clipped(comment)})" if isinstance(comment, str) and comment else ""
    return f"the body of its request was not recorded{said}, and is not judged"


def _no_answer(
    entry: dict[str, Any], told: dict[str, Any], content: dict[str, Any]
) -> tuple[str, bool]:
    """Why an answer has no body, and whether it had one that was not recorded."""
    # -1 is "not known" (HAR 1.2); the second is what was transferred, which may be compressed.
    sizes = [size for size in (content.get("size"), told.get("bodySize")) if isinstance(size, int)]
    size, status = max(sizes, default=-1), told.get("status")
    if size > 0:
        return f"the body of its answer ({size} bytes) was not recorded, and is not judged", True
    error = told.get("_error") or entry.get("_error")
    if error or status == 0 or not told:
        said = f" ({clipped(str(error))})" if error else ""
        return f"no answer came{said}", False
    if isinstance(status, int) and 300 <= status < 400 and status != 304:
        return f"it was answered with a redirect ({status}); send to the address it names", False
    said = f" (status {status})" if isinstance(status, int) else ""
    if size == 0 or status in _BODILESS:
        return f"its answer has no body{said}", False
    return f"the body of its answer{said} was not recorded, and is not judged", True


def har_bodies(entry: dict[str, Any]) -> tuple[bytes, bytes] | None:
    """The bodies of request and answer; None if the request is no message for the API.

    Raises:
        Misshapen: it is no entry of a HAR file.
    """
    request = need_object(entry.get("request"), "its request")
    posted = request.get("postData") or {}
    if not isinstance(posted, dict) and _is_elsewhere(request):
        return None
    posted = need_object(posted, "its request's postData")
    try:
        body = read_body(posted.get("text") or "", posted.get("encoding"), "its request's text")
    except Misshapen:
        if not _is_elsewhere(request):
            raise
        return None
    body = unpacked(body)
    if not body or not _is_for_the_api(request, body):
        return None
    return body, har_answer(entry)


def har_answer(entry: dict[str, Any]) -> bytes:
    """The body of the answer, without gzip; empty if there is none.

    Raises:
        Misshapen: it is no entry of a HAR file.
    """
    response = need_object(entry.get("response") or {}, "its response")
    content = need_object(response.get("content") or {}, "its response's content")
    text, encoding = content.get("text") or "", content.get("encoding")
    return unpacked(read_body(text, encoding, "its response's text"))


def _is_elsewhere(request: dict[str, Any]) -> bool:
    """Whether what cannot be read is other traffic by its address: of whatever form that is."""
    return bool(request.get("url")) and not _is_for_the_api(request, b"")


def _is_for_the_api(request: dict[str, Any], body: bytes) -> bool:
    """Whether the request went to the API, or looks as if it were meant to."""
    if "ipsapi" in str(request.get("url")).partition("?")[0].lower():
        return True
    action = header_in(request.get("headers"), "soapaction").strip('" ').rpartition("/")[2]
    if f"{action}Param" in messages():
        return True
    text = body.replace(b"\0", b"").lower()  # UTF-16, too.
    return b"scene7.com/ipsapi" in text or any(
        name.lower().encode() in text for name in messages() if name.endswith("Param")
    )
