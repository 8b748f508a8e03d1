"""The service inside the caller's process: one adapter for each kind of client, no port.

Each turns what its library has for a request into a ``Request``, and the ``Response`` back; all
may be called from several threads. The libraries are loaded when an adapter is made.
"""

from __future__ import annotations

import io
import re
import time
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ips_contract.http.messages import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    import httpx
    from requests import PreparedRequest
    from urllib3 import HTTPHeaderDict

    from ips_contract.mock.service import Service

HOSTS = tuple(
    f"s7sps{number}apissl{stage}.scene7.com" for number in (1, 3, 5) for stage in ("", "-staging")
)
"""The six hosts of the service, production and staging."""

_REASONS = {status.value: status.phrase for status in HTTPStatus}
_MISSING = "This needs {0}: pip install 'ips-contract[{0}]'"

_HOST_URLS = re.compile(rf"(?i)https?://({'|'.join(map(re.escape, HOSTS))})(:\d+)?([/?]|$)")
_METHODS = ("POST", "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH")

# RFC 3986 section 3.3; "%" is not among them, for a server has decoded the path.
_PATH_CHARACTERS = "/:@!$&'()*+,;=~"


def _handle(service: Service, request: Request) -> Response:
    with service.lock:
        return service.handle(request)


def _framed(request: Request, response: Response) -> list[tuple[str, str]]:
    """The answer's headers with its length, which is not known of an answer to HEAD."""
    if request.method == "HEAD" and not response.body:
        return list(response.headers)
    return [*response.headers, ("Content-Length", str(len(response.body)))]


def _wait(response: Response, timeout: float | None) -> float:
    """Seconds that a client with this timeout waits for the answer."""
    return response.delay if timeout is None else min(response.delay, timeout)


def wsgi_app(service: Service) -> WSGIApplication:
    """The service as a WSGI application, for whichever WSGI server.

    WSGI cannot drop a connection: where the script says so, ``ConnectionAbortedError`` is raised
    instead, which servers answer by closing or with a 500 of their own.
    """

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = _wsgi_request(environ, service.limit)
        response = _handle(service, request)
        time.sleep(response.delay)
        if response.fate == "drop":
            raise ConnectionAbortedError("The mock was told to drop this connection.")
        status = f"{response.status} {_REASONS.get(response.status, 'Unknown')}"
        start_response(status, _framed(request, response))
        if request.method == "HEAD":
            return []
        if response.fate == "truncate":
            return _broken(response.body)
        return [response.body]

    return app


def _broken(body: bytes) -> Iterator[bytes]:
    yield body[: len(body) // 2]
    raise ConnectionAbortedError("The mock was told to send no more of this answer.")


def _wsgi_request(environ: WSGIEnvironment, limit: int) -> Request:
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
    size = limit + 1
    if length.isdecimal():
        size = min(size, int(length))
    elif not environ.get("wsgi.input_terminated"):
        size = 0  # Without a length, reading could wait for ever (PEP 3333).
    body = environ["wsgi.input"].read(size) if size else b""
    return Request(environ["REQUEST_METHOD"], target, headers, body)


def httpx_transport(service: Service) -> httpx.MockTransport:
    """A transport for ``httpx.Client`` and ``httpx.AsyncClient`` that never leaves the process.

    Delays are waited for, up to the client's read timeout, which is then raised.

    Raises:
        ImportError: httpx is not installed.
    """
    try:
        import httpx
    except ImportError as error:
        raise ImportError(_MISSING.format("httpx")) from error

    def ask(request: httpx.Request, body: bytes) -> tuple[Request, Response, float]:
        target = request.url.raw_path.decode("ascii")
        asked = Request(request.method, target, dict(request.headers), body)
        response = _handle(service, asked)
        timeout = request.extensions.get("timeout", {}).get("read")
        return asked, response, _wait(response, timeout)

    def tell(
        request: httpx.Request, asked: Request, response: Response, waited: float
    ) -> httpx.Response:
        if waited < response.delay:
            raise httpx.ReadTimeout("timed out", request=request)
        if response.fate == "drop":
            text = "Server disconnected without sending a response."
            raise httpx.RemoteProtocolError(text, request=request)
        body = b"" if request.method == "HEAD" else response.body
        if response.fate == "truncate" and body:
            text = (
                "peer closed connection without sending complete message body "
                f"(received {len(body) // 2} bytes, expected {len(body)})"
            )
            raise httpx.RemoteProtocolError(text, request=request)
        return httpx.Response(
            response.status, headers=_framed(asked, response), content=body, request=request
        )

    class Transport(httpx.MockTransport):
        """Both of httpx's kinds of transport."""

        def __init__(self) -> None:
            super().__init__(self.handle_request)

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            asked, response, wait = ask(request, request.read())
            if wait > 0:
                time.sleep(wait)
            return tell(request, asked, response, wait)

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            asked, response, wait = ask(request, await request.aread())
            if wait > 0:
                import anyio  # httpx's own choice: asyncio or trio, as its caller runs.

                await anyio.sleep(wait)
            return tell(request, asked, response, wait)

    return Transport()


def responses_callback(
    service: Service,
) -> Callable[[PreparedRequest], tuple[int, dict[str, str], bytes]]:
    """A callback for ``responses.add_callback``, where you want to choose methods and addresses.

    Delays are waited for, up to the client's read timeout, which is then raised.

    Raises:
        ImportError: requests is not installed.
    """
    ask = _asker(service)

    def callback(request: PreparedRequest) -> tuple[int, dict[str, str], bytes]:
        status, lines, length, body = ask(request)
        headers = {name: value for name, value in lines if name.lower() != "content-length"}
        if length:
            headers["Content-Length"] = length
        return status, headers, body

    return callback


_Asked = tuple[int, tuple[tuple[str, str], ...], str, bytes]


def _asker(service: Service) -> Callable[[PreparedRequest], _Asked]:
    """What gives the answer to a request of requests: status, headers, length and body.

    It raises as requests does where the answer is to be late or broken.

    Raises:
        ImportError: requests is not installed.
    """
    try:
        from requests import exceptions
    except ImportError as error:
        raise ImportError(_MISSING.format("responses")) from error

    def ask(request: PreparedRequest) -> _Asked:
        asked = _requests_request(request)
        response = _handle(service, asked)
        if response.delay > 0:
            timeout = _read_timeout(request)
            wait = _wait(response, timeout)
            time.sleep(wait)
            if wait < response.delay:
                text = f"Read timed out. (read timeout={timeout})"
                raise exceptions.ReadTimeout(text, request=request)
        if response.fate == "drop":
            text = "Connection aborted: remote end closed connection without response"
            raise exceptions.ConnectionError(text, request=request)
        body = b"" if request.method == "HEAD" else response.body
        if response.fate == "truncate" and body:
            half = len(body) // 2
            text = f"Connection broken: {half} bytes read, {len(body) - half} more expected"
            raise exceptions.ChunkedEncodingError(text, request=request)
        # responses before 0.26 waits for the length that an answer to HEAD names.
        length = str(len(body)) if request.method != "HEAD" else ""
        return response.status, response.headers, length, body

    return ask


def _read_timeout(request: Any) -> float | None:
    timeout = request.req_kwargs.get("timeout")  # Put there by responses.
    value: float | None = timeout[1] if isinstance(timeout, tuple) else timeout
    return value


def _requests_request(request: PreparedRequest) -> Request:
    headers = {
        name: value if isinstance(value, str) else value.decode("latin-1")
        for name, value in request.headers.lower_items()
    }
    if "host" not in headers:
        headers["host"] = (request.url or "").split("/", 3)[2].rpartition("@")[2]
    body: Any = request.body
    if body is None:
        body = b""
    elif isinstance(body, str):
        body = body.encode()
    elif isinstance(body, (bytearray, memoryview)):
        body = bytes(body)
    elif not isinstance(body, bytes):
        body = b"".join(body)  # A generator: what is sent in chunks.
    return Request(request.method or "", request.path_url, headers, body)


class _Original:
    """What stands for http.client's response: requests reads the cookies from it."""

    def __init__(self, headers: HTTPHeaderDict) -> None:
        self.msg = headers

    def isclosed(self) -> bool:
        return True

    def close(self) -> None:
        """There is nothing to close."""


@contextmanager
def activate(service: Service) -> Iterator[Service]:
    """Has ``service`` answer what requests sends to the service's six hosts, any path, any scheme.

    A context manager and a decorator. All other requests go where they would without it: to the
    network, or to the ``responses`` mock around it. So it may stand inside other mocks, and in
    itself; a ``responses`` mock inside of it sees its requests first, as the innermost does.

    Raises:
        ImportError: responses is not installed.
    """
    try:
        import responses
        from requests.adapters import HTTPAdapter

        # urllib3 before 2 has both nowhere else in public.
        from urllib3.response import HTTPHeaderDict, HTTPResponse  # type: ignore[attr-defined]
    except ImportError as error:
        raise ImportError(_MISSING.format("responses")) from error

    mock = responses.RequestsMock(
        assert_all_requests_are_fired=False, real_adapter_send=HTTPAdapter.send
    )
    ask = _asker(service)

    class Ours(responses.BaseResponse):
        """One for all methods: responses asks each of its own for every request."""

        def matches(self, request: PreparedRequest) -> tuple[bool, str]:
            ours = request.method in _METHODS and _HOST_URLS.match(request.url or "")
            return (True, "") if ours else (False, "This is no host of IPS.")

        def get_response(self, request: PreparedRequest) -> HTTPResponse:
            status, lines, length, body = ask(request)
            fields = HTTPHeaderDict()
            for name, value in lines:
                fields.add(name, value)
            if length:
                fields["Content-Length"] = length
            original: Any = _Original(fields) if "Set-Cookie" in fields else None
            return HTTPResponse(
                io.BytesIO(body),
                fields,
                status,
                version=11,
                reason=_REASONS.get(status),
                preload_content=False,
                decode_content=False,  # As requests has it: ``raw`` is as it came.
                original_response=original,
                request_method=request.method,
            )

    mock.add(Ours("POST", _HOST_URLS))
    mock.add_passthru(re.compile(""))
    with mock:
        yield service
