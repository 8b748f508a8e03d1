"""The service as a WSGI application."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import quote

from ips_contract.http.messages import Request
from ips_contract.mock.adapters.transfer import PIECE, REASONS, framed_headers, handle, streamed
from ips_contract.mock.arguments import check_kind
from ips_contract.mock.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from wsgiref.types import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

# RFC 3986 section 3.3; "%" is not among them, for a server has decoded the path.
_PATH_CHARACTERS = "/:@!$&'()*+,;=~"


def app(service: Service | None = None) -> WSGIApplication:
    """The service as a WSGI application, for whichever WSGI server.

    Args:
        service: what answers; by default a new one.

    WSGI cannot drop a connection: where the script says so, ``ConnectionAbortedError`` is raised
    instead, which servers answer by closing or with a 500 of their own.
    """
    behind = Service() if service is None else service
    check_kind("service", behind, Service, "a Service, such as Service()")

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = _request(environ, behind)
        response = handle(behind, request)
        time.sleep(response.delay)
        if response.fate == "drop":
            raise ConnectionAbortedError("The mock was told to drop this connection.")
        status = f"{response.status} {REASONS.get(response.status, 'Unknown')}"
        start_response(status, framed_headers(request, response))
        if request.method == "HEAD":
            return []
        if response.fate == "truncate":
            return _broken(response.body)
        return [response.body]

    return application


def _broken(body: bytes) -> Iterator[bytes]:
    yield body[: len(body) // 2]
    raise ConnectionAbortedError("The mock was told to send no more of this answer.")


def _request(environ: WSGIEnvironment, service: Service) -> Request:
    headers = {
        name[5:].replace("_", "-").lower(): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            headers[name.replace("_", "-").lower()] = environ[name]
    headers.setdefault("host", f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}")
    target = quote(environ.get("PATH_INFO", ""), _PATH_CHARACTERS, "latin-1") or "/"
    if environ.get("QUERY_STRING"):
        target = f"{target}?{environ['QUERY_STRING']}"
    length = headers.get("content-length", "")
    size: float = float("inf")
    if length.isdecimal():
        size = int(length)
    elif not environ.get("wsgi.input_terminated"):
        size = 0  # Without a length, reading could wait for ever (PEP 3333).
    method, stream = environ["REQUEST_METHOD"], environ["wsgi.input"]
    scheme = environ.get("wsgi.url_scheme", "http")
    receiver = service.receiver(method, target, headers)
    if receiver is not None:
        return streamed(method, target, headers, receiver, _pieces(stream, size), scheme)
    most = min(size, service.limit + 1)
    return Request(method, target, headers, stream.read(most) if most else b"", scheme)


def _pieces(stream: InputStream, size: float) -> Iterator[bytes]:
    """What ``stream`` gives, ``size`` bytes at most."""
    while size > 0:
        piece = stream.read(int(min(PIECE, size)))
        if not piece:
            return
        size -= len(piece)
        yield piece
