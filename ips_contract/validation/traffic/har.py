"""HAR files, as browsers and proxies save them: the exchanges with the API in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ips_contract.contract.model import messages
from ips_contract.validation.traffic.json_text import (
    Misshapen,
    header_in,
    need_list,
    need_object,
    read_body,
    read_json,
    unpacked,
)
from ips_contract.validation.traffic.model import Capture, Captures

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
    problems = []
    entries = _har_list(text)
    for number, entry in enumerate(entries, 1):
        name = f"entry {number}"
        try:
            bodies = har_bodies(need_object(entry, "it"))
        except Misshapen as error:
            problems.append(f"{name} is none of a HAR file: {error}")
            continue
        if bodies is not None:
            captures.append(Capture(name, *bodies))
    skipped = len(entries) - len(captures) - len(problems)
    return Captures(captures, len(entries), skipped, tuple(problems))


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
    response = need_object(entry.get("response") or {}, "its response")
    content = need_object(response.get("content") or {}, "its response's content")
    answer = read_body(content.get("text") or "", content.get("encoding"), "its response's text")
    return body, unpacked(answer)


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
