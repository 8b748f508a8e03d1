"""JSON that others wrote: its parts, or what is wrong with them; headers and bodies in it."""

from __future__ import annotations

import base64
import json
from typing import Any

from ips_contract.http.content_encoding import BadEncoding, gunzip
from ips_contract.xml.parser import DEFAULT_LIMIT


def decoded(data: bytes, *, har: bool) -> str:
    """The text of a log, or of a HAR file.

    Raises:
        ValueError: it is no UTF-8; the message says where.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        kind = "HAR file" if har else "log"
        raise ValueError(f"this is no {kind}: byte {error.start + 1} is not UTF-8") from None


class Misshapen(ValueError):
    """An exchange is not one; the message says why, its place not being known."""


def read_json(text: str) -> Any:
    """A text of JSON.

    Raises:
        Misshapen: it is none.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f"column {error.colno}" if error.lineno == 1 else f"line {error.lineno}"
        raise Misshapen(f"it is no JSON ({error.msg} at {place})") from None
    except RecursionError:
        raise Misshapen("its JSON nests too deeply") from None
    except ValueError:  # The one that is no JSONDecodeError.
        raise Misshapen("it has a number of thousands of digits") from None


def need_object(value: object, name: str) -> dict[str, Any]:
    """``value`` if it is an object of JSON.

    Raises:
        Misshapen: it is none; ``name`` says what is meant.
    """
    if not isinstance(value, dict):
        raise Misshapen(f"{name} is {'missing' if value is None else 'no object'}")
    return value


def need_list(value: object, name: str) -> list[Any]:
    """``value`` if it is a list; as ``need_object``."""
    if not isinstance(value, list):
        raise Misshapen(f"{name} is {'missing' if value is None else 'no list'}")
    return value


def header_in(headers: object, wanted: str) -> str:
    """The value of a header, ``""`` if there is none: of an object, of pairs, or of HAR's rows."""
    rows = list(headers.items()) if isinstance(headers, dict) else headers
    for row in rows if isinstance(rows, list) else ():
        pair: Any = (row.get("name"), row.get("value")) if isinstance(row, dict) else row
        if isinstance(pair, (list, tuple)) and len(pair) == 2 and str(pair[0]).lower() == wanted:
            return str(pair[1])
    return ""


def headers_in(rows: object) -> dict[str, str]:
    """All headers, names in lower case, those that stand twice joined; as ``header_in``."""
    pairs: Any = list(rows.items()) if isinstance(rows, dict) else rows
    found: dict[str, str] = {}
    for row in pairs if isinstance(pairs, list) else ():
        pair: Any = (row.get("name"), row.get("value")) if isinstance(row, dict) else row
        if isinstance(pair, (list, tuple)) and len(pair) == 2:
            name = str(pair[0]).lower()
            found[name] = f"{found[name]}, {pair[1]}" if name in found else str(pair[1])
    return found


def read_body(text: object, encoding: object, name: str) -> bytes:
    """The body that ``text`` stands for, ``encoding`` beside it; as ``need_object``."""
    if not isinstance(text, str):
        raise Misshapen(f"{name} is {'missing' if text is None else 'no text'}")
    if encoding != "base64":
        return text.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:  # binascii.Error is one, and so is a character beyond ASCII.
        raise Misshapen(f"{name} is no base64, though its encoding says so") from None


def unpacked(body: bytes) -> bytes:
    """``body`` without gzip compression, if it has one and is whole; never much of a bomb."""
    if body[:2] != b"\x1f\x8b":
        return body
    try:
        return gunzip(body, DEFAULT_LIMIT)
    except BadEncoding:
        return body
