"""What goes over HTTP, without any: requests and answers as values, and their encodings."""

import re
import zlib
from functools import lru_cache, partial
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

SERVICE_PATH = "/scene7/services/IpsApiService"  # SOAP 1.1 and 1.2 (D).
PLAIN_PATH = "/scene7/api/IpsApiService"  # XML without SOAP (O).
WSDL_FOLDERS = ("/scene7/webservice/", "/scene7/")  # D, and O.

_HIDDEN_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie"})


class Request(NamedTuple):
    """A request as an adapter received it.

    Attributes:
        method: the HTTP method, upper-case.
        target: path with query, as on the request line.
        headers: names lower-case; duplicates joined by ``", "``.
        body: as received after de-chunking; its Content-Encoding is still on it.
    """

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    def __repr__(self) -> str:
        # A test that fails shows its variables: no passwords there either.
        target, headers = redact_target(self.target), redact_headers(self.headers)
        return f"Request({self.method!r}, {target!r}, {headers!r}, {redact(self.body)!r})"


# As Request(*values), without the Python function that every NamedTuple has for it: there is one
# for each request of a server.
new_request: "Callable[[tuple[str, str, dict[str, str], bytes]], Request]"
new_request = partial(tuple.__new__, Request)


class Response(NamedTuple):
    """An answer for an adapter to send.

    Attributes:
        status: the HTTP status.
        headers: without Content-Length, Connection and Date, which the adapter adds.
        body: the bytes to send, encoded as the headers say; empty in an answer to HEAD.
        delay: seconds that the adapter waits before it sends.
        fate: ``""`` to send normally; ``"drop"`` to close without a byte; ``"truncate"`` to send
            the headers with the full Content-Length, then half of the body, then close.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    delay: float = 0.0
    fate: str = ""


new_response: "Callable[[tuple[int, tuple[tuple[str, str], ...], bytes, float, str]], Response]"
new_response = partial(tuple.__new__, Response)  # Likewise.


class Fault(Exception):
    """The service refuses a request: ``code`` is a key of ``faults.FAULT_CODES``."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


class BadEncoding(ValueError):
    """A body that is not what its Content-Encoding says."""


def accepts_gzip(accept_encoding: str | None) -> bool | None:
    """Whether a client takes gzip by its Accept-Encoding; None if it did not send the header.

    Real clients send ``none`` and ``identity``, too: both mean no.
    """
    if accept_encoding is None:
        return None
    # A client sends the same with each request. What is longer than any of them is not kept.
    return (_known_to_take_gzip if len(accept_encoding) <= 256 else _takes_gzip)(accept_encoding)


def _takes_gzip(accept_encoding: str) -> bool:
    found = {}
    for part in accept_encoding.lower().split(","):
        name, _, parameter = part.partition(";")
        weight = parameter.strip().removeprefix("q=").strip()
        found[name.strip()] = not weight or weight.strip("0.") != ""
    # What is named counts before the star, which stands for all that is not.
    named = [found[name] for name in ("gzip", "x-gzip") if name in found]
    return any(named) if named else found.get("*", False)


_known_to_take_gzip = lru_cache(maxsize=256)(_takes_gzip)


def gzip(data: bytes) -> bytes:
    """``data`` compressed, the same bytes each time."""
    if len(data) < 4096:
        return _small_gzip(data)
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()


@lru_cache(maxsize=256)  # Who submits a job of the same name again gets the same answer.
def _small_gzip(data: bytes) -> bytes:
    # Most answers are small: with little memory and fixed codes, which neither side has to make
    # tables for, this is several times faster than gzip's own. Stored as it is, it would be
    # faster still, but a client that forgets to unpack would find its handle in it.
    packer = zlib.compressobj(1, zlib.DEFLATED, 28, 4, zlib.Z_FIXED)
    return packer.compress(data) + packer.flush()


def gunzip(data: bytes, limit: int) -> bytes:
    """``data`` decompressed, as far as ``limit + 1`` bytes: more than ``limit`` is too much.

    Raises:
        BadEncoding: it is no gzip data, or it ends early.
    """
    found = b""
    while data and len(found) <= limit:
        unpacker = zlib.decompressobj(31)
        try:
            found += unpacker.decompress(data, limit + 1 - len(found))
        except zlib.error as error:
            raise BadEncoding(f"The body is no gzip data: {error}.") from None
        if len(found) > limit:
            break
        if not unpacker.eof:
            raise BadEncoding("The gzip data of the body ends early.")
        data = unpacker.unused_data
    return found


def split_target(target: str) -> tuple[str, str]:
    """The path and the query of a request target, which may name scheme and host, too."""
    path, _, query = target.partition("?")
    if "://" in path:
        path = "/" + path.partition("://")[2].partition("/")[2]
    return path, query


def redact_headers(headers: dict[str, str]) -> dict[str, str]:
    """``headers`` with their secrets hidden; the scheme of Authorization stays."""
    hidden = {name for name in headers if name in _HIDDEN_HEADERS or _names_secret(name)}
    if not hidden:
        return headers
    return {name: _hidden(value) if name in hidden else value for name, value in headers.items()}


def _hidden(value: str) -> str:
    scheme, blank, _ = value.partition(" ")
    return f"{scheme} ***" if blank and scheme.isalpha() else "***"


def redact_target(target: str) -> str:
    """``target`` with the values of parameters such as ``password`` hidden."""
    if not _names_secret(target):
        return target
    return re.sub(r"(?i)([^?&=]*(?:pass|token|saml)[^&=]*=)[^&]*", r"\1***", target)


def _names_secret(text: str) -> bool:
    """Whether a password, accessToken or samlResponse is spoken of, as in ``redaction``."""
    low = text.lower()
    return "pass" in low or "token" in low or "saml" in low


def redact(data: bytes) -> bytes:
    """``data``, a body as received, with its secrets hidden, however malformed it is.

    XML keeps its shape, see ``redaction``. What is no XML is kept only if it is text that does
    not speak of secrets.
    """
    # A server's start does not need it.
    from ips_contract.redaction import may_hold_secrets, redact_xml

    start = data[:256].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] == b"<" and b"\0" not in start:
        return redact_xml(data) if may_hold_secrets(data) else data
    marked = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if marked else ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.lstrip("\ufeff \t\r\n")[:1] == "<":
            hidden = redact_xml(text.encode("utf-8", "replace")).decode()
            return hidden.encode(encoding)
    if start.isascii() and b"\0" not in data and not may_hold_secrets(data):
        return data
    return f"[{len(data)} bytes that are no XML]".encode() if data else b""
